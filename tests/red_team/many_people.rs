//! Few people in all, and one or two people behind many numbers.

use serde_json::Value;
use trodden::views::{Kind, Options, Policy, Progress, Rules, Unit};

use crate::counts::questions;
use crate::reader::{list, number};
use crate::world::{World, ask, flow, map, owned, policy, specs};

/// One fewer than k people, whatever is asked of them.
#[test]
fn of_fewer_than_k_people_nothing_is_told() {
    for people in [1, 2, 9] {
        let world = World::new().plan("gold").team("red").people(people, &["A", "B", "C"]);
        let vault = world.keyed(1);
        for spec in specs(&questions()) {
            let made = vault.disclose(
                std::slice::from_ref(&spec),
                &Rules::default(),
                Policy::default(),
                &Progress::default(),
            );
            assert!(made.is_err(), "{people}: {}", spec.name);
        }
    }
}

/// The refusal is the same for one person and for nine, so that it counts nobody.
#[test]
fn a_refusal_does_not_say_how_few_there_are() {
    let refusal = |people: usize| {
        let world = World::new().people(people, &["A", "B"]);
        world.package(&[flow("flow", 3, 4)], Policy::default()).err().expect("too few")
    };
    assert_eq!(refusal(1), refusal(9));
}

/// Ten people of whom nine are bait: an attacker who made nine accounts learns nothing of the tenth,
/// whose step is drawn as no other's.
#[test]
fn nine_accounts_of_one_s_own_do_not_single_out_the_tenth() {
    let names = |odd: &str| {
        let world = World::new().people(9, &["A", "B", "C"]).people(1, &["A", odd, "C"]);
        let package = world.package(&[flow("flow", 3, 8), map("map")], Policy::default());
        package.map(|package| {
            let labels = package.views.iter().flat_map(|view| list(view, "nodes"));
            labels.map(|node| node["label"].to_string()).collect::<Vec<_>>()
        })
    };
    for shown in [names("D"), names("E")] {
        let shown = shown.unwrap_or_default();
        assert!(!shown.iter().any(|label| label.contains('D') || label.contains('E')), "{shown:?}");
        assert!(!shown.iter().any(|label| label.contains('B')), "nine took B: {shown:?}");
    }
}

/// A giant of a user: a session every two hours, hundreds of the same step.
fn with_giants(giants: usize) -> World {
    let mut world = World::new().every(40 * 60).people(40, &["A", "B"]);
    let often: Vec<&str> = std::iter::repeat_n(["A", "C"], 200).flatten().collect();
    for _ in 0..giants {
        world = world.people(1, &often);
    }
    world.people(9, &["C"])
}

/// What the giants add, as the attacker sees it: the same data with and without them.
fn added(view: &Options, giants: usize) -> Vec<(String, i64)> {
    let counts = |giants: usize| -> Option<Value> {
        let package = with_giants(giants).package(std::slice::from_ref(view), Policy::default());
        package.ok().map(|package| package.views[0].clone())
    };
    let (Some(without), Some(with)) = (counts(0), counts(giants)) else { return Vec::new() };
    let nodes = list(&with, "nodes").iter();
    nodes
        .map(|node| {
            let same = list(&without, "nodes").iter().find(|own| own["label"] == node["label"]);
            let before = same.map_or(0, |own| number(own, "count"));
            (node["label"].to_string(), number(node, "count") - before)
        })
        .collect()
}

#[test]
fn one_person_does_not_dominate_occurrences() {
    let occurrences = Options { unit: Some(Unit::Occurrences), ..map("often") };
    for (label, more) in
        added(&occurrences, 1).into_iter().filter(|(label, _)| !label.contains('C'))
    {
        // At most the cap of five, and rounding.
        assert!(more < 5 + 5, "{label} grows by {more}");
    }
}

#[test]
fn two_people_do_not_dominate_sessions() {
    let sessions = Options { unit: Some(Unit::Sessions), ..map("sessions") };
    for (label, more) in added(&sessions, 2).into_iter().filter(|(label, _)| !label.contains('C')) {
        assert!(more < 2 * 5 + 5, "{label} grows by {more}");
    }
}

/// Nine people and a giant: a step of hundreds of occurrences is still one of nine people, or of ten
/// of whom one does most of it.
#[test]
fn occurrences_of_few_people_are_not_told_however_many_they_are() {
    let mut made = 0;
    for unit in [Unit::Occurrences, Unit::Sessions] {
        let often: Vec<&str> = std::iter::repeat_n("C", 30).collect();
        let world = World::new().every(40 * 60).people(40, &["A", "B"]).people(9, &often);
        for policy in [Policy::default(), policy(20)] {
            let asked = Options { unit: Some(unit), ..map("map") };
            let Ok(package) = world.package(&[asked], policy) else { continue };
            made += 1;
            let shown = list(&package.views[0], "nodes").iter().any(|node| node["label"] == "C");
            assert!(!shown, "{unit:?}");
        }
    }
    assert!(made > 0);
}

/// With a cap that somebody raised, what one or two people make up most of is not told.
#[test]
fn a_raised_cap_does_not_let_a_giant_be_seen() {
    let raised = policy(5).with_cap(Some(1000)).expect("a cap");
    let often: Vec<&str> = std::iter::repeat_n("C", 300).collect();
    let world = World::new().people(40, &["A", "B"]).people(9, &["A", "C"]).people(1, &often);
    for unit in [Unit::Occurrences, Unit::Sessions] {
        let asked = Options { unit: Some(unit), ..map("map") };
        let Ok(package) = world.package(&[asked], raised) else { continue };
        for node in list(&package.views[0], "nodes") {
            assert!(number(node, "count") < 100, "{unit:?}: {node}");
        }
    }
}

/// Equal published counts stand in the order of their labels, whichever was really larger.
#[test]
fn ties_are_in_the_order_of_labels_whatever_the_exact_counts() {
    let mut met = 0;
    for (a, b) in [(21, 24), (24, 21), (22, 23), (23, 22), (20, 24), (24, 20), (21, 22), (25, 21)] {
        let world = World::new().people(a, &["A"]).people(b, &["B"]).people(30, &["C"]);
        for asked in [map("map"), flow("flow", 2, 8)] {
            let package = world.package(&[asked], Policy::default()).expect("enough people");
            let nodes = list(&package.views[0], "nodes");
            for pair in nodes.windows(2).filter(|pair| pair[0]["count"] == pair[1]["count"]) {
                met += 1;
                assert!(pair[0]["label"].as_str() < pair[1]["label"].as_str(), "{nodes:?}");
            }
        }
    }
    assert!(met > 0);
}

/// Which of two labels is kept where one must go is no sign of which is larger by one person: what
/// takes up a place is published, and a label behind it is not.
#[test]
fn the_last_place_at_a_step_does_not_tell_who_is_larger_by_one() {
    let shown = |b: usize, c: usize| {
        let world = World::new().people(40, &["A"]).people(b, &["B"]).people(c, &["C"]);
        let package = world.package(&[flow("flow", 2, 2)], Policy::default()).expect("enough");
        let nodes = list(&package.views[0], "nodes").iter();
        nodes.map(|node| node["label"].to_string()).collect::<Vec<_>>()
    };
    // That B is shown and C is not tells that B has no fewer, of groups of at least k each.
    for labels in [shown(14, 13), shown(13, 14), shown(10, 10)] {
        assert!(labels.len() <= 3, "{labels:?}");
    }
}

/// The first and the last moment of the data are one person's each.
#[test]
fn the_first_and_last_day_of_the_data_are_not_told() {
    let world = World::new().day(-30).people(1, &["A"]).day(0).people(30, &["A", "B"]);
    let world = world.day(9).people(20, &["A"]).day(55).people(1, &["B"]);
    let trend = Options { grain: Some(trodden::views::Grain::Day), ..ask(Kind::Trend, "trend") };
    let package = world.package(&[trend], Policy::default()).expect("enough");
    let bins = list(&package.views[0], "bins");
    assert!(bins.len() > 1);
    assert!(bins[0]["from"].is_null() && bins[bins.len() - 1]["to"].is_null());
    for bin in bins {
        for end in ["from", "to"] {
            let day = bin[end].as_str().unwrap_or("2026-03");
            assert!(day.starts_with("2026-02-2") || day.starts_with("2026-03"), "{bin}");
        }
    }
}

/// Of a group that is asked for by name, nobody but its k people or more is counted.
#[test]
fn a_segment_of_one_person_has_no_place_of_its_own() {
    let world =
        World::new().plan("gold").people(1, &["A", "B"]).plan("free").people(30, &["A", "B"]);
    let world = world.plan("trial").people(12, &["A"]);
    let by = Options { by: Some("plan".to_owned()), ..map("by") };
    let package = world.package(&[by], Policy::default()).expect("enough");
    let text = String::from_utf8(package.bytes).unwrap_or_default();
    assert!(!text.contains("gold"));
    for segment in list(&package.views[0], "segments") {
        assert!(number(segment, "people") >= 10);
    }
    let only = Options { filters: owned(&["plan=gold"]), ..map("gold") };
    assert!(world.package(&[only], Policy::default()).is_err());
}
