//! The engine against enumeration, one way of solving against the other, and the edges of both.

use std::time::Instant;

use proptest::prelude::*;

use super::lattice::Lattice;
use super::program::Program;
use super::reduce::Part;
use super::system::{Row, Way};
use super::{
    AuditError, CellId, Interval, Refused, Sense, Steps, System, Table, attack, attack_within,
};

/// The least and the most of each target, over every table of whole numbers that fits.
fn by_enumeration(
    bounds: &[(i64, i64)],
    rows: &[(Vec<i64>, Sense, i64)],
    targets: &[Vec<i64>],
) -> Option<Vec<(i64, i64)>> {
    let dot = |terms: &[i64], at: &[i64]| -> i64 { terms.iter().zip(at).map(|(a, b)| a * b).sum() };
    let mut found: Option<Vec<(i64, i64)>> = None;
    let mut at: Vec<i64> = bounds.iter().map(|&(lo, _)| lo).collect();
    loop {
        let fits = rows.iter().all(|(terms, sense, rhs)| match sense {
            Sense::Equal => dot(terms, &at) == *rhs,
            Sense::AtMost => dot(terms, &at) <= *rhs,
            Sense::AtLeast => dot(terms, &at) >= *rhs,
        });
        if fits {
            let here: Vec<i64> = targets.iter().map(|target| dot(target, &at)).collect();
            let ends =
                found.get_or_insert_with(|| here.iter().map(|&value| (value, value)).collect());
            for (end, value) in ends.iter_mut().zip(here) {
                *end = (end.0.min(value), end.1.max(value));
            }
        }
        let Some(next) = (0..at.len()).find(|&cell| at[cell] < bounds[cell].1) else {
            return found;
        };
        at[next] += 1;
        for cell in 0..next {
            at[cell] = bounds[cell].0;
        }
    }
}

fn system_of(
    whole: bool,
    bounds: &[(i64, i64)],
    rows: &[(Vec<i64>, Sense, i64)],
    targets: &[Vec<i64>],
) -> (System, Vec<Vec<(CellId, f64)>>) {
    let mut system = System::new(whole);
    let cells: Vec<CellId> =
        bounds.iter().map(|&(lo, hi)| system.cell(lo as f64, hi as f64)).collect();
    let terms = |by: &[i64]| -> Vec<(CellId, f64)> {
        cells.iter().copied().zip(by.iter().map(|&by| by as f64)).collect()
    };
    for (by, sense, rhs) in rows {
        system.relate(terms(by), *sense, *rhs as f64);
    }
    let targets = targets.iter().map(|target| terms(target)).collect();
    (system, targets)
}

fn as_interval(&(lo, hi): &(i64, i64)) -> Interval {
    Interval::new(lo as f64, hi as f64)
}

fn sense() -> impl Strategy<Value = Sense> {
    prop_oneof![3 => Just(Sense::Equal), 1 => Just(Sense::AtMost), 1 => Just(Sense::AtLeast)]
}

/// Bounds, relations and targets, and a point around which the relations are laid.
type Drawn = (Vec<(i64, i64)>, Vec<(Vec<i64>, Sense, i64)>, Vec<Vec<i64>>);

/// Any small system. Most fit the point they were drawn around; `off` pushes some of them off it.
fn any_system() -> impl Strategy<Value = Drawn> {
    (2..=5_usize).prop_flat_map(|cells| {
        let bounds = prop::collection::vec((-2..=2_i64, 0..=4_i64), cells);
        let point = prop::collection::vec(0..=4_i64, cells);
        let row = (prop::collection::vec(-3..=3_i64, cells), sense(), 0..=3_i64, 0..12_u8);
        let rows = prop::collection::vec(row, 1..=4);
        let targets = prop::collection::vec(prop::collection::vec(-2..=2_i64, cells), 1..=2);
        (bounds, point, rows, targets).prop_map(|(bounds, point, rows, mut targets)| {
            let cells = bounds.len();
            let bounds: Vec<(i64, i64)> =
                bounds.into_iter().map(|(lo, width)| (lo, lo + width)).collect();
            let point: Vec<i64> =
                point.iter().zip(&bounds).map(|(&value, &(lo, hi))| (lo + value).min(hi)).collect();
            let rows = rows
                .into_iter()
                .map(|(by, sense, room, off)| {
                    let sum: i64 = by.iter().zip(&point).map(|(a, b)| a * b).sum();
                    let rhs = match sense {
                        Sense::Equal => sum + i64::from(off == 0),
                        Sense::AtMost => sum + room,
                        Sense::AtLeast => sum - room,
                    };
                    (by, sense, rhs)
                })
                .collect();
            for cell in 0..cells {
                targets.push((0..cells).map(|other| i64::from(other == cell)).collect());
            }
            (bounds, rows, targets)
        })
    })
}

/// A network of a few nodes: each cell leaves one of them and enters another, or the ground.
fn any_network() -> impl Strategy<Value = Drawn> {
    (2..=4_usize).prop_flat_map(|nodes| {
        let arc = (0..=nodes, 0..=nodes, 0..=2_i64, 0..=3_i64, 0..=3_i64);
        let arcs = prop::collection::vec(arc, 2..=6);
        (arcs, prop::collection::vec((any::<bool>(), sense(), 0..=2_i64), nodes), 0..20_u8)
            .prop_map(move |(arcs, nodes, off)| {
                let bounds: Vec<(i64, i64)> =
                    arcs.iter().map(|&(_, _, lo, width, _)| (lo, lo + width)).collect();
                let mut rows: Vec<(Vec<i64>, Sense, i64)> = nodes
                    .iter()
                    .enumerate()
                    .map(|(node, &(turned, sense, room))| {
                        let sign = if turned { -1 } else { 1 };
                        let by: Vec<i64> = arcs
                            .iter()
                            .map(|&(tail, head, ..)| {
                                sign * (i64::from(tail == node) - i64::from(head == node))
                            })
                            .collect();
                        let sum: i64 = by
                            .iter()
                            .zip(&arcs)
                            .map(|(by, &(_, _, lo, width, at))| by * (lo + at.min(width)))
                            .sum();
                        let rhs = match sense {
                            Sense::Equal => sum,
                            Sense::AtMost => sum + room,
                            Sense::AtLeast => sum - room,
                        };
                        (by, sense, rhs)
                    })
                    .collect();
                if off == 0 {
                    rows[0].2 += 1;
                }
                let cells = arcs.len();
                let mut targets: Vec<Vec<i64>> = (0..cells)
                    .map(|cell| (0..cells).map(|other| i64::from(other == cell)).collect())
                    .collect();
                targets.push((0..cells as i64).map(|cell| cell % 3 - 1).collect());
                targets.push(vec![1; cells]);
                (bounds, rows, targets)
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn whole_systems_agree_with_enumeration((bounds, rows, targets) in any_system()) {
        let (system, asked) = system_of(true, &bounds, &rows, &targets);
        let expected = by_enumeration(&bounds, &rows, &targets)
            .map(|ends| ends.iter().map(as_interval).collect::<Vec<_>>())
            .ok_or(Refused::Infeasible);
        for way in [Way::Best, Way::Lattice] {
            let found = system.clone().solved_by(way).intervals(&asked, &mut Steps::default());
            prop_assert_eq!(&found, &expected, "{:?}", way);
        }
    }

    #[test]
    fn networks_agree_with_enumeration((bounds, rows, targets) in any_network()) {
        let (system, asked) = system_of(true, &bounds, &rows, &targets);
        let found = system.intervals(&asked, &mut Steps::default());
        let expected = by_enumeration(&bounds, &rows, &targets)
            .map(|ends| ends.iter().map(as_interval).collect::<Vec<_>>())
            .ok_or(Refused::Infeasible);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn flows_agree_with_programs((bounds, rows, targets) in any_network(), whole in any::<bool>()) {
        let (system, asked) = system_of(whole, &bounds, &rows, &targets);
        let by_flows = system.intervals(&asked, &mut Steps::default());
        let by_programs = system.solved_by(Way::Programs).intervals(&asked, &mut Steps::default());
        prop_assert_eq!(by_flows, by_programs);
    }

    #[test]
    fn small_groups_are_those_of_the_intervals(
        (bounds, rows, targets) in prop_oneof![any_system(), any_network()],
        k in 2..=5_u64,
    ) {
        let (system, asked) = system_of(true, &bounds, &rows, &targets);
        let small = system.small_groups(&asked, k, &mut Steps::default());
        let by_intervals = system
            .intervals(&asked, &mut Steps::default())
            .map(|found| found.iter().map(|found| found.is_small_group(k)).collect::<Vec<_>>());
        prop_assert_eq!(small, by_intervals);
    }

    /// What is proven of real numbers is also proven of whole ones.
    #[test]
    fn whole_numbers_are_never_freer((bounds, rows, targets) in any_system()) {
        let (whole, asked) = system_of(true, &bounds, &rows, &targets);
        let (real, _) = system_of(false, &bounds, &rows, &targets);
        if let Ok(whole) = whole.intervals(&asked, &mut Steps::default()) {
            let real = real.intervals(&asked, &mut Steps::default());
            prop_assert!(real.is_ok(), "{real:?}");
            for (whole, real) in whole.iter().zip(real.unwrap_or_default()) {
                prop_assert!(real.lo.unwrap() <= whole.lo.unwrap() + 1e-6);
                prop_assert!(real.hi.unwrap() >= whole.hi.unwrap() - 1e-6);
            }
        }
    }

    #[test]
    fn findings_agree_with_enumeration((bounds, rows, _) in any_system(), k in 2..=5_u64) {
        let table = table_of(&bounds, &rows, k);
        let cells = bounds.len();
        let unit = |cell: usize| (0..cells).map(|other| i64::from(other == cell)).collect();
        let mut targets: Vec<Vec<i64>> = (0..cells).map(unit).collect();
        targets.extend(rows.iter().map(|(by, ..)| by.iter().map(|by| by.abs().min(1)).collect()));
        let ends = by_enumeration(&bounds, &rows, &targets);
        let answer = attack(&table);
        let Some(ends) = ends else {
            prop_assert_eq!(answer, Err(AuditError::Refused(Refused::Infeasible)));
            return Ok(());
        };
        let answer = answer.unwrap();
        let limit = k as i64;
        let named = |rule: &dyn Fn((i64, i64)) -> bool| -> Vec<String> {
            (0..cells).filter(|&cell| rule(ends[cell])).map(|cell| format!("x{cell}")).collect()
        };
        prop_assert_eq!(&answer.exact, &named(&|(lo, hi)| lo == hi));
        prop_assert_eq!(&answer.small, &named(&|(_, hi)| hi < limit));
        prop_assert_eq!(&answer.narrow, &named(&|(lo, hi)| hi - lo < 2));
        let residual: Vec<String> = rows
            .iter()
            .enumerate()
            .filter(|(index, (by, sense, _))| {
                let (lo, hi) = ends[cells + index];
                let one_sign = by.iter().all(|&by| by >= 0) || by.iter().all(|&by| by <= 0);
                *sense == Sense::Equal && one_sign && lo >= 1 && hi < limit
            })
            .map(|(index, _)| format!("c{index}"))
            .collect();
        prop_assert_eq!(&answer.residual, &residual);
        prop_assert_eq!(
            answer.safe,
            answer.exact.is_empty() && answer.small.is_empty() && answer.narrow.is_empty() && residual.is_empty()
        );
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]{}\":,a-z0-9.\\-]{0,60}") {
        let _ = Table::parse(&text).and_then(|table| attack(&table));
    }
}

/// All cells suppressed, with their bounds told.
fn table_of(bounds: &[(i64, i64)], rows: &[(Vec<i64>, Sense, i64)], k: u64) -> Table {
    let cells: serde_json::Map<String, serde_json::Value> = bounds
        .iter()
        .enumerate()
        .map(|(cell, (lo, hi))| {
            let told = serde_json::json!({"status": "suppressed", "lb": lo, "ub": hi});
            (format!("x{cell}"), told)
        })
        .collect();
    let constraints: Vec<serde_json::Value> = rows
        .iter()
        .map(|(by, sense, rhs)| {
            let terms: serde_json::Map<String, serde_json::Value> =
                by.iter().enumerate().map(|(cell, &by)| (format!("x{cell}"), by.into())).collect();
            let sense = match sense {
                Sense::Equal => "=",
                Sense::AtMost => "<=",
                Sense::AtLeast => ">=",
            };
            serde_json::json!({"terms": terms, "rhs": rhs, "sense": sense})
        })
        .collect();
    let table = serde_json::json!({
        "k": k, "min_width": 2, "integer": true, "cells": cells, "constraints": constraints,
    });
    Table::parse(&table.to_string()).unwrap()
}

/// A flow view of many steps with every edge hidden and every node shown: the size of the largest
/// real one.
fn hidden_flow(nodes: usize, steps: usize, edges: usize) -> (System, Vec<Vec<(CellId, f64)>>) {
    let mut system = System::of_counts();
    let mut into: Vec<Vec<(CellId, f64)>> = vec![Vec::new(); nodes * steps];
    let mut out = into.clone();
    let mut counts = vec![(0.0, 0.0); nodes * steps];
    let mut targets = Vec::new();
    let mut state = 7_u64;
    for _ in 0..edges {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let draw = (state >> 33) as usize;
        let step = draw % (steps - 1);
        let from = step * nodes + draw / 64 % nodes;
        let to = (step + 1) * nodes + draw / 4096 % nodes;
        let people = (draw / 65536 % 40) as f64;
        let edge = system.cell(0.0, f64::INFINITY);
        out[from].push((edge, 1.0));
        into[to].push((edge, 1.0));
        counts[from].1 += people;
        counts[to].0 += people;
        targets.push(vec![(edge, 1.0)]);
    }
    for node in 0..nodes * steps {
        system.relate(into[node].clone(), Sense::Equal, counts[node].0);
        system.relate(out[node].clone(), Sense::Equal, counts[node].1);
    }
    (system, targets)
}

#[test]
fn a_flow_of_839_hidden_edges_takes_few_steps() {
    let (system, targets) = hidden_flow(12, 12, 839);
    let begin = Instant::now();
    let mut steps = Steps::new(100_000_000);
    let found = system.intervals(&targets, &mut steps).unwrap();
    println!("839 hidden edges: {:?}, {} steps left", begin.elapsed(), steps.left());
    assert_eq!(found.len(), 839);
    assert!(found.iter().any(|interval| !interval.is_exact()));
}

#[test]
fn used_up_steps_refuse_on_every_path() {
    let (system, targets) = hidden_flow(6, 6, 60);
    let mut needed = Steps::default();
    let before = needed.left();
    system.intervals(&targets, &mut needed).unwrap();
    let needed = before - needed.left();
    assert!(system.intervals(&targets, &mut Steps::new(needed)).is_ok());
    for steps in [0, 1, needed / 2, needed - 1] {
        assert_eq!(system.intervals(&targets, &mut Steps::new(steps)), Err(Refused::Steps));
    }
    let programs = system.solved_by(Way::Programs);
    assert_eq!(programs.intervals(&targets, &mut Steps::new(2000)), Err(Refused::Steps));
    let table = table_of(&[(0, 4), (0, 4)], &[(vec![1, 1], Sense::Equal, 4)], 3);
    let refused = attack_within(&table, &mut Steps::new(3));
    assert_eq!(refused, Err(AuditError::Refused(Refused::Steps)));
}

#[test]
fn no_upper_end_is_told_from_a_far_one() {
    for whole in [true, false] {
        for way in [Way::Best, Way::Programs] {
            let mut system = System::new(whole);
            let [a, b, c] = [(); 3].map(|()| system.cell(0.0, f64::INFINITY));
            // a − b = 3 has no end; a + c = 1000 gives it one.
            system.relate([(a, 1.0), (b, -1.0)], Sense::Equal, 3.0);
            let open = system.clone().solved_by(way);
            let all = [vec![(a, 1.0)], vec![(b, 1.0)], vec![(a, 1.0), (b, -1.0)], vec![(a, -1.0)]];
            let found = open.intervals(&all, &mut Steps::default()).unwrap();
            let ends = |lo: Option<f64>, hi: Option<f64>| Interval { lo, hi };
            assert_eq!(found[0], ends(Some(3.0), None));
            assert_eq!(found[1], ends(Some(0.0), None));
            assert_eq!(found[2], ends(Some(3.0), Some(3.0)));
            assert_eq!(found[3], ends(None, Some(-3.0)));
            system.relate([(a, 1.0), (c, 1.0)], Sense::Equal, 1000.0);
            let closed = system.solved_by(way);
            let found = closed.intervals(&all, &mut Steps::default()).unwrap();
            assert_eq!(found[0], ends(Some(3.0), Some(1000.0)));
            assert_eq!(found[1], ends(Some(0.0), Some(997.0)));
        }
    }
}

/// No single node bounds the cell `u`: two of them pass any amount to each other, and only both
/// together can give no more than comes in.
#[test]
fn a_cut_around_two_nodes_bounds_what_leaves_them() {
    for way in [Way::Best, Way::Programs] {
        let mut system = System::of_counts();
        let t = system.cell(0.0, 5.0);
        let [to, back, u, out] = [(); 4].map(|()| system.cell(0.0, f64::INFINITY));
        system.relate([(t, 1.0), (back, 1.0), (to, -1.0), (u, -1.0)], Sense::Equal, 0.0);
        system.relate([(to, 1.0), (back, -1.0)], Sense::Equal, 0.0);
        system.relate([(u, 1.0), (out, -1.0)], Sense::Equal, 0.0);
        let asked = [vec![(u, 1.0)], vec![(to, 1.0)], vec![(u, 1.0), (t, 1.0)]];
        let found = system.solved_by(way).intervals(&asked, &mut Steps::default()).unwrap();
        assert_eq!(found[0], Interval::new(0.0, 5.0));
        assert_eq!(found[1], Interval::new(0.0, f64::INFINITY));
        assert_eq!(found[2], Interval::new(0.0, 10.0));
    }
}

#[test]
fn of_two_relations_with_one_left_side_the_tighter_counts() {
    for (first, second) in [(5.0, 3.0), (3.0, 5.0)] {
        let mut system = System::of_counts();
        let [a, b] = [(); 2].map(|()| system.cell(0.0, 4.0));
        system.relate([(a, 1.0), (b, 1.0)], Sense::AtMost, first);
        system.relate([(a, 2.0), (b, 2.0)], Sense::AtMost, 2.0 * second);
        let both = [vec![(a, 1.0), (b, 1.0)]];
        let found = system.intervals(&both, &mut Steps::default()).unwrap();
        assert_eq!(found[0], Interval::new(0.0, 3.0));
    }
}

#[test]
fn integer_programs_beyond_their_range_are_refused() {
    let mut system = System::of_counts();
    let [x, y, z] = [(); 3].map(|()| system.cell(0.0, 9e10));
    system.relate([(x, 2.0), (y, 3.0), (z, 6.0)], Sense::Equal, 8e10 + 1.0);
    system.relate([(x, 3.0), (y, -5.0), (z, 7.0)], Sense::AtMost, 8e10 + 3.0);
    let found = system.intervals(&[vec![(x, 1.0), (y, 1.0)]], &mut Steps::default());
    assert_eq!(found, Err(Refused::Solver));
}

fn part(bounds: &[(f64, f64)], rows: &[(&[f64], bool, f64)]) -> Part {
    let row = |&(by, equal, rhs): &(&[f64], bool, f64)| Row {
        terms: by.iter().copied().enumerate().collect(),
        equal,
        rhs,
    };
    Part {
        lo: bounds.iter().map(|bound| bound.0).collect(),
        hi: bounds.iter().map(|bound| bound.1).collect(),
        rows: rows.iter().map(row).collect(),
    }
}

#[test]
fn a_point_counts_as_whole_only_where_it_fits_exactly() {
    let part =
        part(&[(0.0, 9.0), (0.0, 9.0)], &[(&[2.0, 3.0], true, 12.0), (&[1.0, -1.0], false, 3.0)]);
    let program = Program::new(part, true, false);
    assert_eq!(program.as_whole(&[3.0, 2.000_000_01]), Some(vec![3.0, 2.0]));
    for wrong in [[2.5, 2.333], [3.0, 3.0], [6.0, 0.0], [0.0, 4.4], [-3.0, 6.0]] {
        assert_eq!(program.as_whole(&wrong), None, "{wrong:?}");
    }
}

#[test]
fn the_lattice_knows_what_no_whole_number_solves() {
    let none = part(&[(0.0, 99.0); 2], &[(&[6.0, 4.0], true, 9.0)]);
    let none = Lattice::of(&none, &mut Steps::default());
    assert!(matches!(none, Err(Refused::Infeasible)));
    let some = part(&[(0.0, 99.0); 3], &[(&[6.0, 10.0, 15.0], true, 1.0)]);
    let some = Lattice::of(&some, &mut Steps::default()).unwrap().unwrap();
    assert_eq!(some.directions.len(), 2);
    let along = |point: &[i128]| 6 * point[0] + 10 * point[1] + 15 * point[2];
    assert_eq!(along(&some.base), 1);
    assert!(some.directions.iter().all(|way| along(way) == 0));
}

/// Branching alone does not come to an end here: the cells have none, and z is odd.
#[test]
fn a_parity_over_cells_without_an_end_is_seen() {
    let mut system = System::of_counts();
    let [x, y, z, w] = [(); 4].map(|()| system.cell(0.0, f64::INFINITY));
    let terms = [(x, -2.0), (y, 2.0), (w, 2.0), (z, 1.0)];
    system.relate(terms, Sense::Equal, 5.0);
    system.relate([(x, 5.0), (y, -1.0)], Sense::AtLeast, 27.0);
    system.relate([(w, 1.0), (y, 1.0)], Sense::AtLeast, 2.0);
    let found = system.intervals(&[vec![(z, 1.0)]], &mut Steps::default()).unwrap();
    assert_eq!(found[0].lo, Some(1.0));
    assert_eq!(found[0].hi, None);
}

/// A best choice that takes many branches to prove is no answer before it is proven.
#[test]
fn an_unfinished_search_refuses() {
    let mut system = System::of_counts();
    let cells: Vec<CellId> = (0..30).map(|_| system.cell(0.0, 1.0)).collect();
    let weight = |cell: usize| 1000.0 + (cell * cell * 37 % 211) as f64;
    let terms = |more: f64| -> Vec<(CellId, f64)> {
        cells.iter().enumerate().map(|(at, &cell)| (cell, weight(at) + more)).collect()
    };
    system.relate(terms(0.0), Sense::AtMost, 15_500.0);
    let asked = [terms(100.0)];
    for steps in [20_000, 3_000_000] {
        let found = system.intervals(&asked, &mut Steps::new(steps));
        assert_eq!(found, Err(Refused::Steps), "{steps}");
    }
}

#[test]
fn each_finding_alone_makes_a_table_unsafe() {
    let cases = [
        // Cells below 0 leave a sum of 3 open in every way but one.
        (
            r#""k": 5, "cells": {"a": {"status": "suppressed", "lb": -9}, "b": {"status": "suppressed", "lb": -9}},
            "constraints": [{"terms": {"a": 1, "b": 1}, "rhs": 3}]"#,
            "residual",
        ),
        (
            r#""cells": {"a": {"status": "suppressed"}}, "constraints": [{"terms": {"a": 1}, "rhs": 9}]"#,
            "exact",
        ),
        (r#""k": 5, "cells": {"a": {"status": "suppressed", "ub": 3}}"#, "small"),
        (
            r#""min_width": 4, "cells": {"a": {"status": "suppressed", "lb": 7, "ub": 10}}"#,
            "narrow",
        ),
        (
            r#""cells": {"a": {"status": "suppressed", "value": 7}, "b": {"status": "suppressed"}},
            "insiders": [{"name": "i", "knows": ["a"]}], "constraints": [{"terms": {"a": 1, "b": 1}, "rhs": 9}]"#,
            "insiders",
        ),
    ];
    for (text, alone) in cases {
        let table = Table::parse(&format!("{{{text}}}")).unwrap();
        let answer = serde_json::to_value(attack(&table).unwrap()).unwrap();
        assert_eq!(answer["safe"], false, "{alone}");
        for finding in ["exact", "small", "narrow", "residual", "insiders"] {
            let found = &answer[finding];
            let is_empty = found.as_array().is_none_or(Vec::is_empty)
                && found.as_object().is_none_or(serde_json::Map::is_empty);
            assert_eq!(is_empty, finding != alone, "{alone}: {answer}");
        }
    }
}

#[test]
fn what_is_never_shown_is_no_finding_by_itself() {
    let table = Table::parse(
        r#"{"k": 5, "cells": {"a": {"status": "latent"}, "b": {"status": "latent"}},
            "constraints": [{"terms": {"a": 1, "b": 1}, "rhs": 3}]}"#,
    );
    assert!(attack(&table.unwrap()).unwrap().safe);
}

#[test]
fn large_numbers_stay_exact() {
    let mut system = System::of_counts();
    let total = system.known(9e11);
    let shown = system.known(9e11 - 7.0);
    let [p, q, r] = [(); 3].map(|()| system.cell(0.0, f64::INFINITY));
    system.relate([(shown, 1.0), (p, 1.0), (q, 1.0), (total, -1.0)], Sense::Equal, 0.0);
    system.relate([(q, 1.0), (r, 1.0)], Sense::Equal, 1e11 + 3.0);
    let found = system.intervals(&[vec![(p, 1.0)], vec![(r, 1.0)]], &mut Steps::default()).unwrap();
    assert_eq!(found[0], Interval::new(0.0, 7.0));
    assert_eq!(found[1], Interval::new(1e11 - 4.0, 1e11 + 3.0));
    let mut system = System::of_counts();
    let huge = system.cell(0.0, 1e13);
    let found = system.intervals(&[vec![(huge, 1.0)]], &mut Steps::default());
    assert_eq!(found, Err(Refused::TooLarge));
}

#[test]
fn a_wrong_table_is_told_what_and_where() {
    let cases = [
        ("", "the table ends too early at line 1, column 0; correct it there"),
        (r#"{"cells" 3}"#, "the table is not JSON at line 1, column 10; correct it there"),
        (
            r#"{"cells": {"a": {"status": "seen"}}}"#,
            "the table does not fit the format of a table, or names something twice at line 1, column 33; correct it there",
        ),
        (
            r#"{"cells": {"a": {}}}"#,
            "the table misses the field `status` at line 1, column 18; correct it there",
        ),
        (
            r#"{"cells": {"a": {"status": "suppressed"}, "a": {"status": "latent"}}}"#,
            "the table does not fit the format of a table, or names something twice at line 1, column 68; correct it there",
        ),
        (
            r#"{"cells": {}, "constrants": []}"#,
            "the table has a field that is almost `constraints`; spell it `constraints` or remove it",
        ),
        (
            r#"{"cells": {"a": {"status": "suppressed", "UB": 3}}}"#,
            "cell \"a\" has a field that is almost `ub`; spell it `ub` or remove it",
        ),
        (
            r#"{"cells": {"a": {"status": "published"}}}"#,
            "cell \"a\" is published without a value; give `value` or `published_as`",
        ),
        (
            r#"{"cells": {"a": {"status": "published", "published_as": [4, 1]}}}"#,
            "`published_as` of cell \"a\" ends before it begins; give the lower end first",
        ),
        (
            r#"{"cells": {"a": {"status": "latent", "lb": 4, "ub": 3}}}"#,
            "cell \"a\" has an `lb` above its `ub`; swap or correct them",
        ),
        (
            r#"{"cells": {}, "constraints": [{"terms": {"b": 1}}]}"#,
            "constraint \"c0\" names cell \"b\", which is not in `cells`; add it or correct the id",
        ),
        (
            r#"{"cells": {"a": {"status": "latent"}}, "targets": [{"name": "a", "terms": {"a": 1}}]}"#,
            "target \"a\" has a name that is used before; give it a name of its own",
        ),
        (
            r#"{"cells": {"a": {"status": "suppressed"}}, "insiders": [{"name": "me", "knows": ["a"]}]}"#,
            "insider \"me\" knows cell \"a\", which has no value; give its `value`",
        ),
        (
            r#"{"cells": {"a": {"status": "suppressed", "value": 9, "ub": 3}}, "insiders": [{"name": "me", "knows": ["a"]}]}"#,
            "what insider \"me\" knows does not fit the table: the cells and constraints contradict each other, so no table fits them; correct them",
        ),
        (
            r#"{"cells": {"a": {"status": "suppressed", "lb": 1e300}}}"#,
            "a number is not finite or is beyond a million million; use smaller units for the table",
        ),
    ];
    for (text, sentence) in cases {
        let error = Table::parse(text).and_then(|table| attack(&table)).unwrap_err();
        assert_eq!(error.to_string(), sentence, "{text}");
        assert!(error.is_input());
    }
}

#[test]
fn fields_for_the_reader_are_passed_over() {
    let table = Table::parse(
        r#"{"name": "n", "source": "s", "note": "", "primary": [], "published_secondary": ["a"],
            "cells": {"a": {"status": "suppressed", "weight": 3}}, "expected": {"exact": []}}"#,
    );
    assert!(attack(&table.unwrap()).unwrap().safe);
}

#[test]
fn an_answer_is_written_in_the_audit_format() {
    let table = Table::parse(
        r#"{"k": 5, "cells": {"a": {"status": "suppressed", "value": 2},
                               "b": {"status": "suppressed"}, "c": {"status": "suppressed"}},
            "constraints": [{"terms": {"a": 2, "b": 2}, "rhs": 5}],
            "insiders": [{"name": "i", "knows": ["a"]}, {"name": "j", "knows": []}]}"#,
    )
    .unwrap();
    assert_eq!(
        serde_json::to_string(&attack(&table).unwrap()).unwrap(),
        r#"{"safe":false,"exact":[],"small":["a","b"],"narrow":[],"residual":["c0"],"intervals":{"a":[0,2.5],"b":[0,2.5],"c":[0,null]},"insiders":{"i":["b"]}}"#
    );
}
