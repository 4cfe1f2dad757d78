//! Controlled rounding: every edge, exit, node, step and total goes to the multiple of b just
//! below or just above, and in = out stays true.
//!
//! In units of b this is an integral circulation whose arcs lie between the floor and the ceiling
//! of the exact values. The exact values themselves are a fractional one, so an integral one
//! exists (the network matrix is totally unimodular). Among the feasible ones a keyed random cost
//! picks, not least change: a reader who knows "nearest" halves every bin.
//!
//! Solved as a minimum-cost flow: each arc starts at its cheaper end, then successive shortest
//! paths (Dijkstra with potentials) bring every node into balance.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A place through which people flow.
pub(super) type Place = u32;

/// People who go from one place to another.
pub(super) struct Arc {
    pub(super) from: Place,
    pub(super) to: Place,
    pub(super) people: u64,
    /// Drawn by key and meaning; decides between the two multiples.
    pub(super) cost: i32,
    /// The value that was published before, or is published elsewhere: one of the two multiples.
    pub(super) fixed: Option<u64>,
}

/// The cost of an arc from a keyed number: as often below 0 as above.
pub(super) fn cost(draw: u64) -> i32 {
    (draw >> 33) as i32 - (1 << 30)
}

/// A number that is part of no sum: up or down by the draw, up the more often the closer it is.
pub(super) fn alone(draw: u64, people: u64, b: u64) -> u64 {
    let floor = people / b * b;
    if draw % b < people - floor { floor + b } else { floor }
}

/// No rounding keeps every number within its bin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Infeasible;

/// A step that an arc may take from one of its multiples to the other.
struct Step {
    to: Place,
    /// The step back.
    back: u32,
    cost: i64,
    open: bool,
}

/// Rounds every arc of a circulation to a multiple of `b`. At every place as many people come in
/// as go out, before and after.
pub(super) fn round(places: usize, arcs: &[Arc], b: u64) -> Result<Vec<u64>, Infeasible> {
    let mut units: Vec<u64> = arcs.iter().map(|arc| arc.people / b).collect();
    let mut steps: Vec<Step> = Vec::new();
    let mut out_of: Vec<Vec<u32>> = vec![Vec::new(); places];
    let mut excess = vec![0_i64; places];
    // The step that takes each free arc from where it starts to its other end.
    let mut step_of: Vec<Option<(u32, bool)>> = Vec::with_capacity(arcs.len());
    for (arc, units) in arcs.iter().zip(&mut units) {
        let free = !arc.people.is_multiple_of(b) && arc.fixed.is_none();
        let up = match arc.fixed {
            Some(fixed) => fixed / b > *units,
            None => free && arc.cost < 0,
        };
        if up {
            *units += 1;
        }
        excess[arc.to as usize] += *units as i64;
        excess[arc.from as usize] -= *units as i64;
        if !free {
            step_of.push(None);
            continue;
        }
        // An arc at its ceiling is lowered by sending a unit backwards.
        let (from, to) = if up { (arc.to, arc.from) } else { (arc.from, arc.to) };
        let forth = steps.len() as u32;
        let cost = i64::from(arc.cost.unsigned_abs());
        steps.push(Step { to, back: forth + 1, cost, open: true });
        steps.push(Step { to: from, back: forth, cost: -cost, open: false });
        out_of[from as usize].push(forth);
        out_of[to as usize].push(forth + 1);
        step_of.push(Some((forth, up)));
    }
    balance(&mut steps, &out_of, &mut excess)?;
    for (units, step) in units.iter_mut().zip(&step_of) {
        match step {
            Some((forth, up)) if !steps[*forth as usize].open => {
                *units = if *up { *units - 1 } else { *units + 1 };
            }
            _ => {}
        }
    }
    Ok(units.into_iter().map(|units| units * b).collect())
}

/// Sends units from places with too many to places with too few, along cheapest paths.
fn balance(steps: &mut [Step], out_of: &[Vec<u32>], excess: &mut [i64]) -> Result<(), Infeasible> {
    let mut potential = vec![0_i64; excess.len()];
    let mut distance = vec![i64::MAX; excess.len()];
    let mut came_by = vec![u32::MAX; excess.len()];
    for source in 0..excess.len() {
        while excess[source] > 0 {
            // Dijkstra on reduced costs, until the first place with too few.
            let mut seen = vec![source];
            let mut done: Vec<usize> = Vec::new();
            let mut queue = BinaryHeap::from([Reverse((0_i64, source))]);
            distance[source] = 0;
            let mut target = None;
            while let Some(Reverse((so_far, place))) = queue.pop() {
                if so_far > distance[place] {
                    continue;
                }
                if excess[place] < 0 {
                    target = Some(place);
                    break;
                }
                done.push(place);
                for number in &out_of[place] {
                    let step = &steps[*number as usize];
                    if !step.open {
                        continue;
                    }
                    let to = step.to as usize;
                    let next = so_far + step.cost + potential[place] - potential[to];
                    if next < distance[to] {
                        if distance[to] == i64::MAX {
                            seen.push(to);
                        }
                        distance[to] = next;
                        came_by[to] = *number;
                        queue.push(Reverse((next, to)));
                    }
                }
            }
            let Some(target) = target else { return Err(Infeasible) };
            // Places settled before the target come closer; all reduced costs stay at least 0.
            let reached = distance[target];
            for place in done {
                potential[place] += distance[place] - reached;
            }
            let mut place = target;
            while place != source {
                let number = came_by[place] as usize;
                let back = steps[number].back as usize;
                steps[number].open = false;
                steps[back].open = true;
                place = steps[back].to as usize;
            }
            excess[source] -= 1;
            excess[target] += 1;
            for place in seen {
                distance[place] = i64::MAX;
            }
        }
    }
    if excess.iter().all(|excess| *excess == 0) { Ok(()) } else { Err(Infeasible) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Arc, alone, round};

    /// Nearest would halve every bin: a number goes up as often as its remainder says, and not at
    /// all where it is a multiple.
    #[test]
    fn a_number_alone_goes_up_as_often_as_its_remainder_says() {
        for (people, b) in [(10, 5), (11, 5), (12, 5), (14, 5), (33, 10), (38, 10), (76, 25)] {
            let draws = 20_000;
            let ups = (0..draws)
                .map(|n: u64| {
                    let mut bytes = [0; 8];
                    bytes.copy_from_slice(&blake3::hash(&n.to_le_bytes()).as_bytes()[..8]);
                    alone(u64::from_le_bytes(bytes), people, b)
                })
                .inspect(|rounded| {
                    assert!(rounded.is_multiple_of(b) && rounded.abs_diff(people) < b);
                })
                .filter(|rounded| *rounded > people)
                .count() as u64;
            let expected = draws * (people % b) / b;
            assert!(ups.abs_diff(expected) < draws / 50, "{ups} of {draws} for {people} by {b}");
            assert_eq!(ups == 0, people.is_multiple_of(b));
        }
    }

    fn arcs_of(plain: &[(u32, u32, u64, i32)]) -> Vec<Arc> {
        plain
            .iter()
            .map(|(from, to, people, cost)| Arc {
                from: *from,
                to: *to,
                people: *people,
                cost: *cost,
                fixed: None,
            })
            .collect()
    }

    /// A random circulation: cycles through random places, each with some people.
    ///
    /// Exact types have no `Debug`, so the strategy yields plain tuples.
    fn circulation() -> impl Strategy<Value = (Vec<(u32, u32, u64, i32)>, u64)> {
        let cycle = (proptest::collection::vec(0..12_u32, 2..7), 1..40_u64);
        let cycles = proptest::collection::vec(cycle, 1..25);
        (cycles, proptest::collection::vec(any::<i32>(), 200), 1..11_u64).prop_map(
            |(cycles, costs, b)| {
                let mut people = std::collections::BTreeMap::new();
                for (places, number) in cycles {
                    for (from, to) in places.iter().zip(places.iter().cycle().skip(1)) {
                        *people.entry((*from, *to)).or_insert(0) += number;
                    }
                }
                let arcs = people
                    .into_iter()
                    .zip(costs)
                    .map(|(((from, to), people), cost)| (from, to, people, cost / 2))
                    .collect();
                (arcs, b)
            },
        )
    }

    proptest! {
        #[test]
        fn every_arc_stays_in_its_bin_and_every_place_in_balance((plain, b) in circulation()) {
            let arcs = arcs_of(&plain);
            let rounded = round(12, &arcs, b).expect("a circulation can always be rounded");
            let mut balance = [0_i64; 12];
            for (arc, rounded) in arcs.iter().zip(&rounded) {
                prop_assert_eq!(rounded % b, 0);
                prop_assert!(rounded.abs_diff(arc.people) < b);
                balance[arc.from as usize] -= *rounded as i64;
                balance[arc.to as usize] += *rounded as i64;
            }
            prop_assert_eq!(balance, [0; 12]);
        }

        #[test]
        fn the_choice_is_the_cheapest((plain, b) in circulation()) {
            let arcs = arcs_of(&plain);
            // The cost in units of b above the floors, against microlp's optimum of the same
            // linear program (integral at its vertices).
            let rounded = round(12, &arcs, b).expect("feasible");
            let ours: i64 = arcs
                .iter()
                .zip(&rounded)
                .map(|(arc, rounded)| i64::from(arc.cost) * ((rounded - arc.people / b * b) / b) as i64)
                .sum();
            let mut problem = microlp::Problem::new(microlp::OptimizationDirection::Minimize);
            let mut at: Vec<microlp::LinearExpr> = (0..12).map(|_| microlp::LinearExpr::empty()).collect();
            let mut shift = [0.0; 12];
            for arc in &arcs {
                let floor = (arc.people / b) as f64;
                let width = if arc.people % b == 0 { 0.0 } else { 1.0 };
                let variable = problem.add_var(f64::from(arc.cost), (0.0, width));
                shift[arc.from as usize] += floor;
                shift[arc.to as usize] -= floor;
                if arc.from != arc.to {
                    at[arc.from as usize].add(variable, -1.0);
                    at[arc.to as usize].add(variable, 1.0);
                }
            }
            for (expression, shift) in at.into_iter().zip(shift) {
                problem.add_constraint(expression, microlp::ComparisonOp::Eq, shift);
            }
            let best = problem.solve().expect("solved").into_solution().expect("feasible").objective();
            prop_assert!((best - ours as f64).abs() < 1.0, "ours {ours}, best {best}");
        }
    }
}
