//! What a difference says and what it keeps to itself.

use super::lines::{Line, lines};
use super::{points_words, scene};
use crate::draw::LabelColours;
use crate::draw::testing::{comparison, every_kind, funnel, paths, small_flow, timing};
use crate::draw::tokens::Theme;
use crate::views::{PublishedCohort, TimeBin, View};

fn everybody(of: fn(&PublishedCohort) -> View) -> View {
    of(&PublishedCohort::default())
}

#[test]
fn only_two_groups_have_a_difference() {
    for view in every_kind() {
        let is_comparison = matches!(view, View::Comparison(_));
        assert_eq!(
            scene(&view, Theme::Light, &LabelColours::of(&view)).is_some(),
            is_comparison,
            "{}",
            view.kind()
        );
    }
}

#[test]
fn equal_groups_differ_nowhere() {
    for of in [small_flow, paths, timing] {
        let lines = lines(&everybody(of), &everybody(of));
        assert!(!lines.is_empty());
        assert!(lines.iter().all(|line| line.points() == Some(0.0)), "{lines:?}");
    }
}

#[test]
fn a_share_that_grows_is_told_in_points_and_the_largest_first() {
    let one = everybody(small_flow);
    let mut other = one.clone();
    let View::Flow(flow) = &mut other else { panic!("a flow") };
    let people = flow.people;
    flow.nodes[0].count += people / 5;
    let name = flow.nodes[0].label.clone();
    let lines = lines(&one, &other);
    assert!(lines[0].name.starts_with(&name));
    assert!((lines[0].points().unwrap() - 20.0).abs() < 1.0, "{:?}", lines[0]);
    assert_eq!(lines[1].points(), Some(0.0));
}

#[test]
fn the_difference_is_that_of_the_percents_beside_it() {
    let line = |shares: [f64; 2]| Line {
        id: String::new(),
        name: String::new(),
        label: None,
        shares: shares.map(Some),
    };
    // 14 % and 15 %, although 1.8 lie between them.
    assert_eq!(line([0.136, 0.154]).points(), Some(1.0));
    assert_eq!(line([0.146, 0.154]).points(), Some(0.0));
}

#[test]
fn the_steps_of_a_funnel_stay_in_their_order() {
    let one = everybody(funnel);
    let mut other = one.clone();
    let View::Funnel(of) = &mut other else { panic!("a funnel") };
    of.steps.last_mut().unwrap().count += of.people / 5;
    let lines = lines(&one, &other);
    let begin: Vec<&str> = lines.iter().map(|line| &line.name[..2]).collect();
    assert_eq!(begin[..2], ["1.", "2."], "{begin:?}");
    assert!(begin.is_sorted(), "{begin:?}");
}

#[test]
fn a_name_of_one_group_alone_has_no_difference() {
    let one = everybody(small_flow);
    let mut other = one.clone();
    let View::Flow(flow) = &mut other else { panic!("a flow") };
    let gone = flow.nodes.remove(0);
    let lines = lines(&one, &other);
    let line = lines.iter().find(|line| line.id == gone.id).unwrap();
    assert_eq!(line.points(), None);
    assert_eq!(lines.last().unwrap().points(), None, "they come last");
}

#[test]
fn times_are_compared_between_the_boundaries_of_both() {
    let one = everybody(timing);
    let mut other = one.clone();
    let View::Timing(timing) = &mut other else { panic!("times") };
    // Two neighbours are merged in the second group.
    let merged =
        TimeBin { count: timing.bins[1].count + timing.bins[2].count, ..timing.bins[1].clone() };
    let merged = TimeBin { to: timing.bins[2].to, ..merged };
    timing.bins.splice(1..3, [merged]);
    let bins = timing.bins.len();
    let lines = lines(&one, &other);
    assert_eq!(lines.len(), bins);
    assert!(lines.iter().all(|line| line.points() == Some(0.0)), "{lines:?}");
}

#[test]
fn every_row_is_reached_by_a_screen_reader_and_stays_on_the_page() {
    for of in [small_flow, paths, timing] {
        let view = comparison(of);
        let scene = scene(&view, Theme::Dark, &LabelColours::of(&view)).unwrap();
        assert!(!scene.targets.is_empty());
        for target in &scene.targets {
            let [x, y, width, height] = target.rect;
            assert!(target.name.contains("points"), "{}", target.name);
            assert!(x >= 0.0 && x + width <= scene.width && y + height <= scene.height);
        }
    }
}

#[test]
fn points_are_whole() {
    for (points, words) in [(0.4, "0"), (-0.4, "0"), (12.3, "+12"), (-7.6, "+8")] {
        assert_eq!(points_words(points), words);
    }
}
