//! Packages that only whole journeys give away, and what is true against what is believed.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::{self, Labels};
use super::says::Said;
use super::walks::{Lens, OVER, Symbol, walks};
use super::world::World;
use super::{attacked, groups, same_journeys, small};
use crate::audit::Steps;
use crate::audit::joint::read::Part;
use crate::audit::joint::tests::{self, Dice, NAMES, everybody, map, spec, with};
use crate::audit::joint::{joint, understand};
use crate::views::{FlowAsked, LabelKind, OTHER, Path, PathStep, Paths, Side, Unit, View};

fn parts(views: &[View]) -> Vec<(Part<'_>, &View)> {
    let named: Vec<(&str, &View)> = views.iter().map(|view| ("view", view)).collect();
    understand(&named, &BTreeMap::new(), &mut Steps::default()).expect("a package").1
}

fn leaks(views: &[&View]) -> Vec<String> {
    let named: Vec<(&str, &View)> = views.iter().map(|view| ("view", *view)).collect();
    let leaks = joint(&named, &mut Steps::default()).expect("an answer");
    leaks.into_iter().map(|leak| leak.finding.to_string()).collect()
}

/// Paths of k = 10 and b = 5 in three steps; what ends with `|` is known to end.
fn paths(people: u64, list: &[(&str, u64)]) -> View {
    let asked = FlowAsked {
        anchor: Side::Start,
        anchor_label: None,
        until_label: None,
        steps: 3,
        top: 8,
        drawn_for: None,
    };
    let step = |label: &str| PathStep {
        label: label.to_owned(),
        kind: if label == OTHER { LabelKind::Other } else { LabelKind::Label },
    };
    let path = |(told, count): &(&str, u64)| Path {
        steps: told.trim_end_matches('|').split('.').map(step).collect(),
        ends: told.ends_with('|'),
        count: *count,
    };
    View::Paths(Paths {
        unit: Unit::People,
        k: 10,
        b: 5,
        people,
        by_name_band: [85, 90],
        spec: spec(asked, &everybody()),
        paths: list.iter().map(path).collect(),
    })
}

#[test]
fn who_is_in_other_on_a_path_is_found_by_what_the_map_leaves_over() {
    let cells = [
        ("A", 60),
        ("B", 45),
        ("C", 35),
        (">A", 55),
        (">B", 15),
        ("Other>", 35),
        ("C>", 35),
        ("A>B", 30),
        ("A>C", 25),
    ];
    let map = map(&everybody(), 70, &cells);
    let paths = paths(70, &[("A.C|", 30), ("A.B|", 25), ("B.Other|", 15)]);
    assert_eq!(leaks(&[&map]), [""; 0]);
    assert_eq!(leaks(&[&paths]), [""; 0]);
    let both = leaks(&[&map, &paths]);
    assert!(both.iter().any(|leak| leak.contains("by the journeys")), "{both:?}");
}

#[test]
fn an_absent_edge_is_used_where_the_last_steps_leave_no_other_way() {
    let cells = [
        ("G", 75),
        ("M", 65),
        ("B", 40),
        ("Z", 20),
        (">G", 40),
        (">M", 40),
        (">Other", 25),
        ("G>", 75),
        ("M>", 20),
        ("B>", 10),
        ("G>G", 30),
        ("M>G", 30),
        ("B>Z", 25),
        ("Z>B", 25),
        ("Z>M", 25),
    ];
    let View::Map(mut map) = map(&everybody(), 105, &cells) else { unreachable!("a map") };
    map.spec.collapse = false;
    let View::Paths(mut paths) =
        paths(105, &[("G|", 40), ("G.M|", 25), ("M.Z.B", 20), ("B.Other|", 10), ("G.M.Other", 10)])
    else {
        unreachable!("paths")
    };
    paths.spec.asked.anchor = Side::End;
    let both = leaks(&[&View::Map(map), &View::Paths(paths)]);
    assert!(both.iter().any(|leak| leak.contains("by the journeys")), "{both:?}");
}

#[test]
fn an_end_that_nobody_has_is_none_in_a_segment_either() {
    let cells = [
        ("A", 65),
        ("B", 50),
        ("C", 15),
        (">A", 65),
        ("B>", 45),
        ("C>", 20),
        ("A>B", 50),
        ("A>C", 15),
    ];
    let all = map(&everybody(), 65, &cells);
    let cells = [("A", 30), ("B", 20), (">A", 30), ("Other>", 30), ("A>B", 25)];
    let some = map(&with("country", "x"), 30, &cells);
    assert_eq!(leaks(&[&all]), [""; 0]);
    assert_eq!(leaks(&[&some]), [""; 0]);
    let both = leaks(&[&all, &some]);
    assert!(both.iter().any(|leak| leak.contains("by the journeys")), "{both:?}");
}

/// The attack believes nothing that is not so: with the true journeys among those thought of, what
/// is published has an answer, and no group of another size is called small.
#[test]
fn what_is_true_is_among_what_is_believed() {
    let mut found = 0;
    for seed in 1..=200_u64 {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
        let truth = tests::World::new(&mut dice);
        let views = truth.package(&mut dice, seed);
        let read = parts(&views);
        let all: Vec<_> = read.iter().filter(|(part, _)| part.head.people > 0).collect();
        for labels in choice::all(&all).into_iter().chain([two_labels(seed)]) {
            let symbol = |at: &usize| {
                let own = labels.of.iter().position(|own| own == NAMES[*at]);
                own.unwrap_or(labels.of.len()) as Symbol
            };
            let walk = |labels: &Vec<usize>| labels.iter().map(symbol).collect::<Vec<Symbol>>();
            let mut walks: Vec<Vec<Symbol>> =
                truth.templates.iter().map(|template| walk(&template.0)).collect();
            walks.sort();
            walks.dedup();
            let cohorts: Vec<_> = all.iter().map(|(part, _)| part.head.cohort).collect();
            let own = walks.clone();
            let world = World::new(&labels, &cohorts, |_| own).expect("few classes");
            let mut said = Said::default();
            for (part, view) in &all {
                said.part(&world, part, view);
            }
            // In a world with classes the first is `x`, the other anything else.
            let classes = world.kinds() / walks.len();
            let people = |kind: usize| -> u64 {
                let is_of_kind = |(labels, _, _, is_x): &&(Vec<usize>, u64, bool, bool)| {
                    walk(labels) == walks[kind / classes]
                        && (classes == 1 || *is_x == kind.is_multiple_of(classes))
                };
                truth.templates.iter().filter(is_of_kind).map(|template| template.1).sum()
            };
            let counts: Vec<u64> = (0..world.kinds()).map(people).collect();
            let sum = |set: &super::Set| -> u64 {
                counts.iter().enumerate().filter(|(at, _)| set.has(*at)).map(|(_, n)| n).sum()
            };
            for told in &said.told {
                let people = sum(&told.set) as f64;
                assert!(told.lo <= people && people <= told.hi, "seed {seed}: {people}");
            }
            let groups = groups(&said);
            let small = attacked(&world, &said, &groups, None, &mut Steps::default());
            let small = small.unwrap_or_else(|refused| panic!("seed {seed}: {refused}"));
            for (group, _) in groups.iter().zip(small).filter(|(_, small)| *small) {
                let people = sum(&group.set);
                assert!((1..group.k).contains(&people), "seed {seed}: {people}");
                found += 1;
            }
        }
    }
    assert!(found > 200, "only {found} groups are small where nothing else can have happened");
}

/// A world in which two of the labels are something else.
fn two_labels(seed: u64) -> Labels {
    let at = seed as usize % 3;
    let of = NAMES[at..at + 2].iter().map(|name| (*name).to_owned()).collect();
    Labels { of, is_whole: false }
}

#[test]
fn near_numbers_are_looked_at_together() {
    let letters: Vec<String> = (b'A'..=b'P').map(|letter| char::from(letter).to_string()).collect();
    let mut cells: Vec<(String, u64)> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        cells.push((letter.clone(), 1_000 + 200 * at as u64));
        cells.push((format!("{letter}>{}", letters[(at + 1) % letters.len()]), 500));
    }
    // Nearly everybody at `B` comes from `A`, and nearly everybody at `D` goes on to `A`.
    cells.push(("A>B".to_owned(), 1_195));
    cells.push(("D>A".to_owned(), 1_590));
    let cells: Vec<(&str, u64)> =
        cells.iter().map(|(cell, count)| (cell.as_str(), *count)).collect();
    let view = map(&everybody(), 10_000, &cells);
    let views = [view];
    let read = parts(&views);
    let all: Vec<_> = read.iter().collect();
    assert!(choice::all(&all).is_none(), "16 labels are many");
    let worlds = choice::threes(&all);
    assert!(worlds.len() <= 36 && worlds.iter().all(|world| world.of.len() == 3));
    let first: Vec<&BTreeSet<String>> = worlds.iter().take(4).map(|world| &world.of).collect();
    for [a, b] in [["A", "B"], ["A", "D"]] {
        assert!(first.iter().any(|of| of.contains(a) && of.contains(b)), "{a} and {b}");
    }
}

#[test]
fn views_of_other_journeys_are_other_worlds() {
    let whole = map(&everybody(), 70, &[("A", 70), (">A", 70), ("A>", 70)]);
    let View::Map(mut first) = whole.clone() else { unreachable!("a map") };
    first.spec.cohort.journey = Some(crate::views::Extent::FirstSession);
    let views = [whole, View::Map(first)];
    let read = parts(&views);
    assert_ne!(same_journeys(&read[0].0), same_journeys(&read[1].0));
    assert!(small(&read, None, &mut Steps::default()).expect("an answer").is_empty());
}

#[test]
fn lenses_see_what_views_tell() {
    // 0 and 1 are labels, 2 is everything else.
    let walk = [0, 0, 1, 2, 2, 1, 0];
    let steps = |side, from, until, collapse, steps| {
        Lens::Steps { side, from, until, collapse, steps }.see(&walk, 2)
    };
    assert_eq!(steps(Side::Start, None, None, true, 4), [0, 1, 2, 2]);
    assert_eq!(steps(Side::Start, None, None, false, 3), [0, 0, 1]);
    assert_eq!(steps(Side::End, None, None, true, 8), [0, 1, 2, 2, 1, 0, OVER]);
    assert_eq!(steps(Side::Start, Some(1), None, true, 3), [1, 2, 2]);
    assert_eq!(steps(Side::Between, Some(0), Some(1), true, 4), [0, 1, OVER]);
    assert_eq!(steps(Side::Start, Some(5), None, true, 4), [0; 0]);
    assert_eq!(Lens::Among(vec![0, 1]).see(&walk, 2), [0, 0, 1, 1, 0]);
}

#[test]
fn walks_are_of_many_kinds_and_each_is_one() {
    let all = walks(3, &[], &[], 1, 1);
    let lengths: BTreeSet<usize> = all.iter().map(Vec::len).collect();
    assert!(lengths.contains(&1) && lengths.iter().any(|length| *length > 30));
    let distinct: BTreeSet<&Vec<Symbol>> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert!(all.iter().flatten().all(|step| *step < 3));
}
