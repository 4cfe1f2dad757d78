//! Attacks on all views of a package together, by the attacker's own search (`claims`).

use serde_json::{Value, json};
use trodden::vault::{Key, Vault};
use trodden::views::{
    Grain, ImportPlan, Kind, Mapping, Options, Policy, Progress, Rules, Side, Split, Unit,
};

use crate::claims::proofs;
use crate::reader::{everything, number, rest};
use crate::world::{
    World, ask, cruel, flow, funnel, map, owned, paths, plain, policy, publish, shared, specs,
};

/// Nothing is proven of these worlds by the views together, or the package is refused. Hands back
/// how many packages there were.
fn nothing_together(worlds: &[(&str, World)], asked: &[Options], policies: &[Policy]) -> usize {
    let mut made = 0;
    for (name, world) in worlds {
        for policy in policies {
            let Ok(package) = world.package(asked, *policy) else { continue };
            made += 1;
            for view in &package.views {
                assert_eq!(everything(view), [], "{name}");
            }
            assert_eq!(proofs(&package.views), [], "{name} at {}", policy.k());
        }
    }
    made
}

fn thresholds() -> [Policy; 3] {
    [Policy::default(), Policy::default().with_blur(false), policy(5)]
}

#[test]
fn a_flow_with_paths_with_a_funnel_with_a_map_prove_nothing() {
    let asked =
        [flow("flow", 4, 8), paths("paths", 3), funnel("funnel", &["A", "B", "C"]), map("map")];
    assert!(nothing_together(&cruel(), &asked, &thresholds()) > 12);
}

#[test]
fn both_ends_of_journeys_prove_nothing() {
    let asked = [
        flow("flow", 3, 4),
        Options { anchor: Some(Side::End), ..flow("back", 3, 4) },
        Options { anchor: Some(Side::End), ..paths("paths-back", 3) },
        map("map"),
    ];
    assert!(nothing_together(&cruel(), &asked, &thresholds()[..1]) > 2);
}

#[test]
fn a_filter_and_its_complement_prove_nothing() {
    let asked = [
        map("all"),
        Options { did: owned(&["C"]), ..map("did") },
        Options { did_not: owned(&["C"]), ..map("did-not") },
        Options { start: Some("C".to_owned()), ..flow("from", 2, 4) },
        Options {
            label: Some("C".to_owned()),
            grain: Some(Grain::Day),
            ..ask(Kind::Trend, "trend")
        },
    ];
    assert!(nothing_together(&cruel(), &asked, &thresholds()[..1]) > 2);
}

#[test]
fn attributes_that_differ_in_one_person_prove_nothing() {
    let asked = [
        Options { filters: owned(&["plan=gold"]), ..map("plan") },
        Options { filters: owned(&["team=red"]), ..map("team") },
        Options { filters: owned(&["plan=gold", "team=red"]), ..map("both") },
        map("all"),
    ];
    let mut worlds = Vec::new();
    for apart in 1..5 {
        let world = World::new().plan("gold").team("red").people(32, &["A", "B"]);
        let world = world.team("blue").people(apart, &["A", "B"]).plan("free").people(20, &["B"]);
        worlds.push(("apart", world.team("red").people(20, &["A"])));
    }
    assert!(nothing_together(&worlds, &asked, &thresholds()) >= 4);
}

#[test]
fn segments_and_a_filter_on_one_of_them_prove_nothing() {
    let asked = [
        Options { by: Some("plan".to_owned()), ..map("by") },
        Options { filters: owned(&["plan=gold"]), ..map("gold") },
        map("all"),
    ];
    let mut worlds = cruel();
    for rare in [1, 4, 9] {
        let world = World::new().plan("gold").people(30, &["A", "B"]).plan("free");
        let world = world.people(22, &["A", "C"]).people(rare, &["C"]);
        worlds.push(("a rare plan", world.plan("odd").people(rare, &["A", "B"])));
    }
    assert!(nothing_together(&worlds, &asked, &thresholds()) > 6);
}

#[test]
fn nested_groups_of_k_and_one_fewer_prove_nothing() {
    let asked = [
        map("all"),
        Options { did: owned(&["B"]), ..map("b") },
        Options { did: owned(&["B", "C"]), ..map("bc") },
        Options { did: owned(&["B"]), did_not: owned(&["C"]), ..map("b-not-c") },
    ];
    let mut worlds = Vec::new();
    for few in [1, 4, 5, 9] {
        let world = World::new().people(20, &["A", "B", "C"]).people(few, &["A", "B"]);
        worlds.push(("nested", world.people(10, &["A"]).people(12, &["C", "A"])));
    }
    assert!(nothing_together(&worlds, &asked, &thresholds()) >= 1);
}

#[test]
fn adjacent_windows_of_one_package_prove_nothing() {
    let day = |name: &str, to: i8| {
        let to = Some(jiff::civil::date(2026, 2, to));
        Options { to, ..map(name) }
    };
    let trend = Options { grain: Some(Grain::Day), ..ask(Kind::Trend, "trend") };
    let asked = [day("one", 26), day("two", 27), day("three", 28), trend, map("all")];
    let mut worlds = Vec::new();
    for few in [1, 3, 9] {
        let world = World::new().day(0).people(23, &["A", "B"]).day(1).people(few, &["A"]);
        worlds.push(("days", world.day(2).people(few + 1, &["A", "B"]).day(3).people(14, &["B"])));
    }
    assert!(nothing_together(&worlds, &asked, &thresholds()) >= 3);
}

#[test]
fn times_of_edges_and_of_pairs_prove_nothing() {
    let asked = [
        Options { times: Some(true), ..map("map") },
        Options { timing: owned(&["A", "B"]), ..ask(Kind::Timing, "ab") },
        Options { timing: owned(&["A", "C"]), ..ask(Kind::Timing, "ac") },
        funnel("funnel", &["A", "C"]),
    ];
    let mut worlds = cruel();
    let world = World::new().every(5).people(12, &["A", "B", "C"]).every(90).people(9, &["A", "B"]);
    worlds
        .push(("two paces", world.every(4000).people(6, &["A", "C", "B"]).people(30, &["A", "C"])));
    assert!(nothing_together(&worlds, &asked, &thresholds()) > 6);
}

/// Three people went a2·b·c: a flow that says 53 beside a path that says 50 would show them.
#[test]
fn a_flow_and_a_path_that_differ_by_three_people_are_drawn_alike() {
    let world = World::new().people(50, &["A", "B", "C"]).people(3, &["D", "B", "C"]);
    let world = world.people(30, &["D", "C"]);
    let asked = [flow("flow", 3, 8), paths("paths", 3)];
    let package = world.package(&asked, Policy::default()).expect("enough people");
    let count = |view: &Value, wanted: &dyn Fn(&Value) -> bool, of: &str| -> i64 {
        let cells = crate::reader::list(view, of).iter().filter(|cell| wanted(cell));
        cells.map(|cell| number(cell, "count")).sum()
    };
    let edge =
        count(&package.views[0], &|edge| edge["from"] == "2:B" && edge["to"] == "3:C", "edges");
    let through =
        |path: &Value| path["steps"][1]["label"] == "B" && path["steps"][2]["label"] == "C";
    assert_eq!(edge, count(&package.views[1], &through, "paths"));
    // The attack does succeed on numbers that were drawn apart.
    let whole = json!({"k": 10, "b": 1});
    assert!(rest(&whole, 53 - 50).is_small(10));
}

/// Two maps made by hand: everybody, and those who did B, without rounding.
#[test]
fn the_search_succeeds_on_a_leaky_package() {
    let map = |cohort: Value, people: i64, at_b: i64| {
        json!({"view": "map", "unit": "people", "k": 10, "b": 1, "people": people,
            "spec": {"rules": [], "cohort": cohort, "activities": 100, "paths": 100,
                "skip_rare": false, "collapse": false},
            "nodes": [{"label": "B", "kind": "label", "count": at_b}],
            "edges": [], "starts": [], "ends": []})
    };
    let all = map(json!({}), 60, 48);
    let did = map(json!({"did": ["B"]}), 48, 48);
    let did_not = map(json!({"did_not": ["B"]}), 12, 0);
    assert_eq!(proofs(&[all.clone(), did.clone(), did_not.clone()]), []);
    // 48 of 57 did B: nine did not.
    let found = proofs(&[map(json!({}), 57, 48), did.clone()]);
    assert!(found.iter().any(|proof| proof.group == "never at B"), "{found:?}");
    // With two numbers for the same people rounding is undone: 51..54 minus 46..49 is 2..8.
    let rounded = |view: &Value, people: i64, at_b: i64| {
        let mut view = view.clone();
        view["b"] = json!(5);
        view["people"] = json!(people);
        view["nodes"][0]["count"] = json!(at_b);
        view
    };
    let twice = [rounded(&all, 55, 45), rounded(&all, 50, 50)];
    let found = proofs(&twice);
    assert!(found.iter().any(|proof| proof.group == "never at B"), "{found:?}");
    assert_eq!(proofs(&twice[..1]), []);
}

/// Sessions beside people of the same cohort give every person's share of them away.
#[test]
fn people_and_sessions_of_one_cohort_never_leave_together() {
    let world = World::new().people(30, &["A", "B"]).people(25, &["B", "A"]);
    let asked = [map("people"), Options { unit: Some(Unit::Sessions), ..map("sessions") }];
    assert!(world.package(&asked, Policy::default()).is_err());
}

/// Two ways to split the same people name the crossings of segments.
#[test]
fn two_breakdowns_of_the_same_journeys_never_leave_together() {
    let world = World::new().plan("gold").team("red").people(30, &["A", "B"]);
    let world = world.team("blue").people(3, &["A"]).plan("free").people(25, &["B", "A"]);
    let by = |name: &str, attribute: &str| Options {
        by: Some(attribute.to_owned()),
        ..flow(name, 3, 4)
    };
    let asked = [by("plan", "plan"), by("team", "team")];
    assert!(specs(&asked).iter().all(|spec| matches!(spec.split, Some(Split::By(_)))));
    assert!(world.package(&asked, Policy::default()).is_err());
}

#[test]
fn real_logs_prove_nothing() {
    type Log = (&'static str, Option<&'static str>, Option<&'static str>, [&'static str; 3]);
    let logs: [Log; 2] = [
        ("sepsis/sepsis.csv", None, None, ["ER Registration", "ER Triage", "Admission NC"]),
        (
            "retentioneering_ecom/ecom.csv.gz",
            Some("user_id"),
            Some("platform"),
            ["catalog", "product_view", "cart"],
        ),
    ];
    for (file, subject, attribute, steps) in logs {
        let Some(path) = shared(file) else { return };
        let mapping = Mapping {
            subject: subject.map(str::to_owned),
            attributes: attribute.map(str::to_owned).into_iter().collect(),
            ..Mapping::default()
        };
        let plan = ImportPlan { files: vec![path], mapping, ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).expect("a real log");
        let vault = vault.with_key(Key::from_bytes([2; 32]));
        let mut asked = vec![flow("flow", 3, 6), map("map"), funnel("funnel", &steps)];
        if attribute.is_none() {
            asked.push(Options { did: owned(&steps[2..]), ..map("did") });
        }
        if let Some(attribute) = attribute {
            asked.push(Options { by: Some(attribute.to_owned()), ..map("by") });
        }
        let package =
            publish(&vault, &specs(&asked), Policy::default(), &Rules::default(), plain())
                .unwrap_or_else(|error| panic!("{file}: {error}"));
        for view in &package.views {
            assert_eq!(everything(view), [], "{file}");
        }
        assert_eq!(proofs(&package.views), [], "{file}");
    }
}
