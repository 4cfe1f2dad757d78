//! What somebody learns who knows more than the numbers, against arithmetic of the tests' own.

use std::collections::BTreeMap;

use super::Person;
use crate::audit::joint::tests::{everybody, flow_at, map, map_at, with};
use crate::audit::joint::{CellRef, Knows, Place, joint_knowing, ranges};
use crate::audit::{Refused, Steps};
use crate::views::{Filter, Progress, View};

fn found(views: &[&View], knows: &Knows) -> Vec<String> {
    let places: Vec<String> = (0..views.len()).map(|at| format!("views/{at}.json")).collect();
    let named: Vec<(&str, &View)> =
        places.iter().map(String::as_str).zip(views.iter().copied()).collect();
    let leaks = joint_knowing(&named, &mut Steps::default(), knows).expect("an answer");
    leaks.into_iter().map(|leak| leak.finding.to_string()).collect()
}

fn number(cell: Place, count: u64) -> (CellRef, u64) {
    (CellRef { view: 0, part: 0, cell }, count)
}

fn person(path: &[&str]) -> Knows {
    let path = path.iter().map(|step| (*step).to_owned()).collect();
    Knows::Person(Person { path, values: Vec::new() })
}

/// A is 51 to 59 and A>B 46 to 54, so that 0 to 13 of A never go on to B. Who knows A to be `a`
/// knows these to be a − 54 to a − 46.
#[test]
fn a_known_number_tells_of_what_is_left_beside_another_and_only_where_it_does() {
    let view = map(&everybody(), 100, &[("A", 55), ("B", 60), ("A>B", 50)]);
    assert_eq!(found(&[&view], &Knows::Nothing), Vec::<String>::new());
    let mut telling = 0;
    for a in 51..=59_i64 {
        let left = (46..=54).map(|edge| a - edge).filter(|left| *left >= 0);
        let is_small = left.clone().all(|left| (1..=9).contains(&left));
        let known = Knows::Numbers(BTreeMap::from([number(Place::Node(0), a.unsigned_abs())]));
        let leaks = found(&[&view], &known);
        assert_eq!(!leaks.is_empty(), is_small, "A is {a}: {leaks:?}");
        for leak in leaks {
            assert!(leak.contains("for somebody who knows what is assumed"), "{leak}");
            assert!(leak.contains("not in views/0.json, edge 1"), "{leak}");
            telling += 1;
        }
    }
    assert_eq!(telling, 1, "only 55");
}

/// 56 and 54 leave exactly 2; each of them alone leaves up to ten.
#[test]
fn two_known_numbers_tell_more_than_each() {
    let view = map(&everybody(), 100, &[("A", 60), ("B", 60), ("A>B", 50)]);
    let (a, edge) = (number(Place::Node(0), 56), number(Place::Edge(0), 54));
    let knows = |known: &[(CellRef, u64)]| Knows::Numbers(known.iter().copied().collect());
    assert_eq!(found(&[&view], &knows(&[a])), Vec::<String>::new());
    assert_eq!(found(&[&view], &knows(&[edge])), Vec::<String>::new());
    assert_eq!(found(&[&view], &knows(&[a, edge])).len(), 1);
}

#[test]
fn a_number_that_does_not_go_with_the_others_is_a_contradiction() {
    let view = map(&everybody(), 100, &[("A", 60), ("B", 60), ("A>B", 50)]);
    let known = Knows::Numbers(BTreeMap::from([number(Place::Node(0), 20)]));
    let views = [("views/0.json", &view)];
    let refused = joint_knowing(&views, &mut Steps::default(), &known);
    assert_eq!(refused, Err(Refused::Infeasible), "20 people cannot hold 46");
}

/// With b = 1 exactly 10 of A never go on to B. Who knows one of them knows of nine others; who knows
/// one of those that go on does not.
#[test]
fn a_known_person_is_taken_from_what_she_counts_in_and_from_nothing_else() {
    let view = map_at((10, 1), &everybody(), 100, &[("A", 60), ("B", 50), ("A>B", 50)]);
    assert_eq!(found(&[&view], &Knows::Nothing), Vec::<String>::new());
    let leaks = found(&[&view], &person(&["A"]));
    assert_eq!(leaks.len(), 1, "{leaks:?}");
    assert!(leaks[0].contains("the other people there who are not in views/0.json, edge 1"));
    assert!(leaks[0].contains("for somebody who knows that one person"), "{leaks:?}");
    for path in [&["A", "B"][..], &["B", "A", "B"], &["C"]] {
        assert_eq!(found(&[&view], &person(path)), Vec::<String>::new(), "{path:?}");
    }
}

#[test]
fn a_person_belongs_to_a_group_only_where_that_is_known() {
    let of_x = with("country", "x");
    let view = map_at((10, 1), &of_x, 100, &[("A", 60), ("B", 50), ("A>B", 50)]);
    assert_eq!(found(&[&view], &person(&["A"])), Vec::<String>::new());
    let known = |value: &str| {
        let value = Filter { attribute: "country".to_owned(), value: value.to_owned() };
        Knows::Person(Person { path: vec!["A".to_owned()], values: vec![value] })
    };
    assert_eq!(found(&[&view], &known("x")).len(), 1);
    assert_eq!(found(&[&view], &known("y")), Vec::<String>::new());
}

/// Ten go from A to B, exactly or up to fourteen.
#[test]
fn in_a_drawing_a_known_person_leaves_too_few_only_where_it_is_exact() {
    let cells = [("1:A", 35), ("1:A>B", 10), ("1:A>Other", 25), ("2:B", 10), ("2:Other", 25)];
    let exact = flow_at((10, 1), &everybody(), 2, 35, &cells);
    let leaks = found(&[&exact], &person(&["A", "B"]));
    assert_eq!(leaks.len(), 2, "the way to B, and B: {leaks:?}");
    assert_eq!(found(&[&exact], &person(&["A", "C"])), Vec::<String>::new(), "she is in Other");
    let rounded = flow_at((10, 5), &everybody(), 2, 35, &cells);
    assert_eq!(found(&[&rounded], &person(&["A", "B"])), Vec::<String>::new());
}

#[test]
fn what_a_number_can_have_been_is_told_by_all_that_is_said_of_it() {
    let view =
        |pair, a, edge| map_at(pair, &everybody(), 100, &[("A", a), ("A>B", edge), ("B", 100)]);
    let (fine, coarse) = (view((10, 5), 60, 50), view((10, 10), 50, 60));
    let range = |views: &[(&str, &View)]| {
        let at = CellRef { view: 0, part: 0, cell: Place::Node(0) };
        ranges(views, &mut Steps::default()).expect("ranges")[&at]
    };
    assert_eq!(range(&[("fine", &fine)]), (56, 64));
    assert_eq!(range(&[("fine", &fine), ("coarse", &coarse)]), (56, 59));
}

#[test]
fn work_that_is_stopped_has_no_answer() {
    let view = map(&everybody(), 100, &[("A", 60), ("B", 60), ("A>B", 50)]);
    let progress = Progress::default();
    progress.cancel();
    let mut steps = Steps::watched(u64::MAX, &progress);
    let answer = joint_knowing(&[("view", &view)], &mut steps, &Knows::Nothing);
    assert_eq!(answer, Err(Refused::Steps));
}

/// The way from A to C is not shown, so it has up to nine people. That one who is known took it is no
/// news of anybody else.
#[test]
fn that_a_known_person_is_in_a_hidden_group_is_no_finding() {
    let cells = [("A", 60), ("B", 60), ("C", 40), ("A>B", 40), ("B>C", 30), (">A", 60), (">B", 40)];
    let view = map(&everybody(), 100, &cells);
    assert_eq!(found(&[&view], &Knows::Nothing), Vec::<String>::new());
    assert_eq!(found(&[&view], &person(&["A", "C"])), Vec::<String>::new());
}
