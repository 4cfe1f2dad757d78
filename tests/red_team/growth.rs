//! Data that grow, shrink, and are exchanged for others between releases.
//!
//! Were a number rounded by one draw for what it means, whatever the number is, then the published number
//! would be a staircase of the exact one, each step `b` wide. Two numbers of one staircase tell their
//! difference to within `b − 1`, not `2b − 2`; with k = 2b, one step up would prove 1 to k−1
//! people. So the attacker tries that, and has to err.

use serde_json::Value;
use trodden::views::{LedgerAnswer, Options, Policy, Rule, Rules};

use crate::reader::{Bin, list, number};
use crate::releases::Project;
use crate::world::{World, flow, map, owned, plain, publish, specs};

/// What two numbers of one meaning and one key say of the difference of the exact ones.
fn staircase(small: i64, large: i64, b: i64) -> Bin {
    Bin { least: large - small - b + 1, most: large - small + b - 1 }
}

/// Of each try: how many people really are the difference, and the two published numbers.
fn no_staircase(tries: &[(i64, i64, i64)]) {
    assert!(tries.len() > 5, "{tries:?}");
    let mut errs = 0;
    for (truth, small, large) in tries {
        let found = staircase(*small, *large, 5);
        errs += usize::from(!(found.least..=found.most).contains(truth));
        let difference = Bin { least: large - small - 8, most: large - small + 8 };
        assert!((difference.least..=difference.most).contains(truth), "{tries:?}");
        assert!(!difference.is_small(10), "{tries:?}");
    }
    assert!(errs > 0, "they are all on one staircase: {tries:?}");
}

fn at(view: &Value, label: &str) -> i64 {
    let node = list(view, "nodes").iter().find(|node| node["label"] == label);
    node.map_or(0, |node| number(node, "count"))
}

#[test]
fn a_staircase_of_width_b_proves_what_bins_do_not() {
    // Independent draws: 36..44 and 41..49, which leaves 0..13. One draw: 1..9.
    assert!(staircase(40, 45, 5).is_small(10));
    assert!(!staircase(40, 40, 5).is_small(10));
    assert!(!staircase(40, 50, 5).is_small(10));
}

/// Two views of one package: with a step and without it. The difference is who did nothing else.
#[test]
fn hiding_a_step_does_not_tell_how_few_did_nothing_else() {
    let mut tries = Vec::new();
    for only in 1..14_usize {
        let world =
            World::new().people(41, &["A", "B"]).people(only, &["Ping"]).people(12, &["A", "Ping"]);
        let asked = [map("all"), Options { hide: owned(&["Ping"]), ..map("without") }];
        let made =
            publish(&world.keyed(6), &specs(&asked), Policy::default(), &Rules::default(), plain());
        let Ok(package) = made else { continue };
        let [all, without] = [0, 1].map(|at| number(&package.views[at], "people"));
        tries.push((only as i64, without, all));
    }
    no_staircase(&tries);
}

/// Month after month, no attacker but the one who reads: twenty new people, a few of them with the
/// step in question.
#[test]
fn data_that_grow_do_not_tell_how_few_are_new_at_a_step() {
    let mut tries = Vec::new();
    for (base, new) in [41, 43, 44].into_iter().flat_map(|base| (1..14).map(move |new| (base, new)))
    {
        let before = World::new().people(base, &["A", "Complain"]).people(33, &["A", "B"]);
        let after = before.clone().people(new, &["A", "Complain"]).people(20, &["A", "B"]);
        let mut project = Project::new();
        let (_, first) = project.release(&before, &[map("march")]);
        let (answer, then) = project.release(&after, &[map("april")]);
        if answer < LedgerAnswer::Reviewer {
            let [small, large] = [&first[0], &then[0]].map(|view| at(view, "Complain"));
            tries.push((new as i64, small, large));
        }
    }
    no_staircase(&tries);
}

/// The same data under two rules: with a label merged into another, and without.
#[test]
fn merging_a_label_into_another_does_not_tell_how_few_had_it() {
    let mut tries = Vec::new();
    for (base, few) in (41..45).flat_map(|base| (1..10).map(move |few| (base, few))) {
        let world =
            World::new().people(base, &["A", "B"]).people(few, &["A", "Rare"]).people(30, &["A"]);
        let mut project = Project::new();
        let (_, first) = project.release(&world, &[map("plain")]);
        project.rules = Rules { rules: vec![Rule::rename("Rare", "B")], ..Rules::default() };
        let (answer, then) = project.release(&world, &[map("merged")]);
        if answer < LedgerAnswer::Reviewer {
            let [small, large] = [&first[0], &then[0]].map(|view| at(view, "B"));
            tries.push((few as i64, small, large));
        }
    }
    no_staircase(&tries);
}

fn exact() -> Policy {
    Policy::new(10, Some(1)).expect("for one view of class A").with_blur(false)
}

/// Enough people are new, but only three of them at a step: exact numbers would subtract to them.
#[test]
fn without_rounding_few_new_people_at_a_step_are_blocked() {
    let before = World::new().people(60, &["A", "X"]).people(60, &["A", "Y"]);
    let after = before.clone().people(3, &["A", "X"]).people(9, &["A", "Y"]);
    let mut project = Project::with(exact());
    project.release(&before, &[flow("flow", 2, 4)]);
    assert_eq!(project.answer(&after, &[flow("flow", 2, 4)]), LedgerAnswer::Blocked);
}

/// The same with people who were erased: twelve in all, three of them at a step.
#[test]
fn without_rounding_few_erased_people_at_a_step_are_blocked() {
    let stay = World::new().people(57, &["A", "X"]).people(51, &["A", "Y"]);
    let before = stay.clone().people(3, &["A", "X"]).people(9, &["A", "Y"]);
    let mut project = Project::with(exact());
    let (_, first) = project.release(&before, &[flow("flow", 2, 4)]);
    project.erase(108..120);
    let (answer, then) = project.release(&stay, &[flow("flow", 2, 4)]);
    let told = |views: &[Value]| {
        let nodes = views.iter().flat_map(|view| list(view, "nodes")).cloned().collect::<Vec<_>>();
        nodes.iter().find(|node| node["id"] == "2:X").map(|node| number(node, "count"))
    };
    let (first, then) = (told(&first), told(&then));
    assert_eq!(answer, LedgerAnswer::Blocked, "{first:?} minus {then:?}, and nobody is Other");
}

#[test]
fn few_erased_people_cannot_be_subtracted() {
    let stay = World::new().people(50, &["A", "B"]).people(40, &["B"]);
    let before = stay.clone().people(4, &["A", "B"]);
    let mut project = Project::new();
    let (_, first) = project.release(&before, &[map("map")]);
    project.erase(90..94);
    assert_eq!(project.answer(&stay, &[flow("flow", 2, 4)]), LedgerAnswer::Blocked);
    let (answer, again) = project.release(&stay, &[map("map")]);
    assert_eq!((answer, again), (LedgerAnswer::Republished, first));
    // Erased one by one, they add up.
    let mut project = Project::new();
    project.release(&before, &[map("map")]);
    for person in 90..94 {
        project.erase(person..person + 1);
        assert_eq!(project.answer(&stay, &[flow("flow", 2, 4)]), LedgerAnswer::Blocked);
    }
}

/// Two data sets that differ by one person, in turn, each with accounts of the attacker's own so
/// that enough people differ.
#[test]
fn alternating_between_two_data_sets_ends_with_a_reviewer() {
    let target = World::new().people(61, &["A", "B"]).people(50, &["B"]);
    let without = World::new().from(1).people(60, &["A", "B"]).people(50, &["B"]);
    let mut project = Project::new();
    let mut answers = Vec::new();
    for round in 0..8 {
        let base = if round % 2 == 0 { target.clone() } else { without.clone() };
        // Ten other bystanders each time.
        let bystanders = base.from(1000 + 10 * round).people(10, &["B"]);
        let asked = flow(&format!("v{round}"), 2, 4);
        answers.push(project.answer(&bystanders, &[asked]));
    }
    assert!(answers[6..].iter().all(|answer| *answer >= LedgerAnswer::Reviewer), "{answers:?}");
}

/// A release of nine people more is blocked, of nine more than the blocked one as well: what was
/// blocked is no step on the way.
#[test]
fn what_was_blocked_is_no_stepping_stone() {
    let base = World::new().people(60, &["A", "B"]).people(30, &["B"]);
    let mut project = Project::new();
    project.release(&base, &[map("map")]);
    for more in 1..10 {
        let world = base.clone().people(more, &["A", "B"]);
        assert_eq!(project.answer(&world, &[flow("flow", 2, 4)]), LedgerAnswer::Blocked, "{more}");
    }
    let enough = base.people(10, &["A", "B"]);
    assert!(project.answer(&enough, &[flow("flow", 2, 4)]) <= LedgerAnswer::Republished);
}

/// Week after week six people come. Each week is near the one before, whose numbers were those of
/// the week before it, so that what is told was true long ago.
#[test]
fn numbers_that_are_published_again_stay_near_the_truth() {
    let mut project = Project::new();
    let (mut world, mut people) = (World::new().people(60, &["A", "B"]), 60);
    for week in 0..8 {
        let (answer, views) = project.release(&world, &[map("map")]);
        if answer < LedgerAnswer::Reviewer {
            let told = number(&views[0], "people");
            // Fewer than k people may have been added, and rounding comes on top.
            assert!(people - told < 10 + 5, "week {week}: {people} people are told as {told}");
        }
        (world, people) = (world.people(6, &["A", "B"]), people + 6);
    }
}

/// Forty people leave and forty others come, but for three who stay: nobody who stayed is shown.
#[test]
fn people_who_stay_while_all_others_change_are_not_told() {
    let before = World::new().people(43, &["A", "B"]).people(40, &["B"]);
    let after =
        World::new().people(3, &["A", "B"]).from(500).people(40, &["A", "B"]).people(40, &["B"]);
    let mut project = Project::new();
    let (_, first) = project.release(&before, &[map("map")]);
    let (answer, then) = project.release(&after, &[map("map")]);
    assert_eq!(answer, LedgerAnswer::Pass);
    assert_eq!(crate::reader::everything(&first[0]), []);
    assert_eq!(crate::reader::everything(&then[0]), []);
}
