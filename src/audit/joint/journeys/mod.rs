//! The attack by whole journeys.
//!
//! Where a package speaks of few labels, everybody's journey is of one of a few hundred kinds, as
//! far as the package can tell. How many people are of each kind is what a reader does not know;
//! every published number is a sum over kinds, and so is every group that a reader can name. That
//! sees what relations between two or three numbers do not: that somebody who is nowhere else must
//! be here.
//!
//! A package of many labels is looked at through a few of them at a time, with everything else as
//! one more ([`choice`]).
//!
//! Not every journey is written down: more are where the numbers fit none of them, and before a
//! group is called small, which may still be a little more than is proven. Where no table fits in
//! the end, or the work is too much, nothing is found here; the relations of the package stand on
//! their own.

mod chain;
mod choice;
mod says;
#[cfg(test)]
mod tests;
mod walks;
mod world;

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use rayon::prelude::*;

use super::read::Part;
use super::{CellRef, MOST_CELLS, Person};
use crate::audit::search::{Group, NoMore, Search};
use crate::audit::system::{CellId, Refused, Sense, Steps, System};
use crate::views::{Extent, View};
use chain::Chain;
use choice::Labels;
use says::{Drawn, Named, Said, lenses};
use walks::{Lens, walks};
use world::{Set, World};

/// Work that the attack on all labels at once may use. It uses a few million.
const STEPS_OF_ALL: u64 = 1_000_000_000;
/// The same of three among many.
const STEPS_OF_THREE: u64 = 120_000_000;

/// A group that is provably of 1..k−1 people, and numbers that have something to do with it.
pub(super) struct Small {
    pub cells: Vec<CellRef>,
    pub k: u64,
    /// Whether a number of the package stands for it.
    pub is_published: bool,
    /// All of it but one who is known.
    pub of_others: bool,
}

/// How many times as many kinds of journeys as usual are thought of, try by try.
const EFFORTS: [usize; 3] = [1, 5, 25];

/// Groups that are small, for somebody who may know one of the people.
///
/// # Errors
/// [`Refused`] where a world could not be searched.
pub(super) fn small(
    parts: &[(Part<'_>, &View)],
    person: Option<&Person>,
    steps: &mut Steps,
) -> Result<Vec<Small>, Refused> {
    let mut alike: BTreeMap<_, Vec<&(Part<'_>, &View)>> = BTreeMap::new();
    for part in parts.iter().filter(|(part, _)| part.head.people > 0) {
        if part.0.unit != super::model::OCCURRENCES {
            alike.entry(same_journeys(&part.0)).or_default().push(part);
        }
    }
    let mut found = Vec::new();
    for parts in alike.into_values() {
        if let Some(labels) = choice::all(&parts)
            && let Some(small) = looked_at(&labels, &parts, person, steps)?
        {
            found.extend(small);
            continue;
        }
        let threes = choice::threes(&parts);
        steps.spend(threes.len())?;
        let steps = &*steps;
        let look = |labels| looked_at(labels, &parts, person, steps);
        let small: Vec<_> = threes.par_iter().map(look).collect();
        for small in small {
            found.extend(small?.into_iter().flatten());
        }
    }
    Ok(found)
}

/// The attack in one world. More kinds of journeys are thought of where the numbers fit none of
/// those before, and before a group is called small. `None` where there is no answer.
fn looked_at(
    labels: &Labels,
    parts: &[&(Part<'_>, &View)],
    person: Option<&Person>,
    all: &Steps,
) -> Result<Option<Vec<Small>>, Refused> {
    let (efforts, steps) = if labels.is_whole {
        (&EFFORTS[..], STEPS_OF_ALL)
    } else {
        (&EFFORTS[..2], STEPS_OF_THREE)
    };
    let mut found = None;
    for effort in efforts {
        match in_world(labels, parts, person, *effort, &mut all.of(steps)) {
            Ok(small) if small.is_empty() => return Ok(Some(small)),
            Ok(small) => found = Some(small),
            Err(Refused::Infeasible) => {}
            // What was found with fewer kinds stands.
            Err(Refused::Steps) => break,
            Err(other) => return Err(other),
        }
    }
    Ok(found)
}

/// Views of the same part of journeys under as many rules are about the same walks.
fn same_journeys(part: &Part<'_>) -> (u8, usize, Option<Date>, Option<Date>, Option<Extent>) {
    let cohort = part.head.cohort;
    (part.unit, part.head.rules.len(), cohort.from, cohort.to, cohort.journey)
}

/// The attack in a world of these labels.
fn in_world(
    labels: &Labels,
    parts: &[&(Part<'_>, &View)],
    person: Option<&Person>,
    effort: usize,
    steps: &mut Steps,
) -> Result<Vec<Small>, Refused> {
    let knows = |label: &str| labels.of.iter().position(|own| own == label).map(|at| at as u8);
    let mut all: Vec<Lens> = Vec::new();
    for lens in parts.iter().flat_map(|(_, view)| lenses(view, &knows)) {
        if !all.contains(&lens) {
            all.push(lens);
        }
    }
    let cohorts: Vec<_> = parts.iter().map(|(part, _)| part.head.cohort).collect();
    let other = labels.of.len() as u8;
    let symbol = |label: &str| knows(label).unwrap_or(other);
    let chains: Vec<Chain> =
        parts.iter().filter_map(|(_, view)| Chain::of(view, other, &symbol)).collect();
    let own: Option<Vec<_>> =
        person.map(|person| person.path.iter().map(|label| symbol(label)).collect());
    let made = |classes| {
        let mut made = walks(other + 1, &all, &chains, classes, effort);
        made.extend(own.clone().filter(|own| !own.is_empty() && !made.contains(own)));
        made
    };
    let Some(world) = World::new(labels, &cohorts, made) else { return Ok(Vec::new()) };
    let mut said = Said::default();
    for (part, view) in parts {
        said.part(&world, part, view);
    }
    steps.spend(world.kinds() * (said.told.len() + said.named.len()))?;
    let groups = groups(&said);
    let own = person.zip(own).and_then(|(person, own)| world.kind(&own, &person.values));
    let small = attacked(&world, &said, &groups, own, steps)?;
    let small = groups.into_iter().zip(small).filter(|(_, small)| *small);
    Ok(small
        .map(|(group, _)| Small {
            cells: suspects(&said, &group),
            k: group.k,
            is_published: !group.cells.is_empty(),
            of_others: own.is_some_and(|own| group.set.has(own)),
        })
        .collect())
}

/// Published groups, those that could be, who is in none of them, and their differences.
fn groups(said: &Said) -> Vec<Named> {
    let mut base: BTreeMap<Set, (u64, Vec<CellRef>)> = BTreeMap::new();
    let mut all: BTreeMap<Set, (u64, Vec<CellRef>)> = BTreeMap::new();
    let add = |to: &mut BTreeMap<Set, (u64, Vec<CellRef>)>, set: Set, k: u64, cells: &[CellRef]| {
        if !set.is_empty() {
            let known = to.entry(set).or_insert((k, Vec::new()));
            known.0 = known.0.min(k);
            known.1.extend(cells);
        }
    };
    for group in &said.named {
        add(&mut base, group.set.clone(), group.k, &group.cells);
    }
    for group in said.named.iter().chain(&said.rests) {
        add(&mut all, group.set.clone(), group.k, &group.cells);
        add(&mut all, group.of.minus(&group.set), group.k, &group.cells);
    }
    for (whole, (k, cells)) in &base {
        for (part, (other, more)) in &base {
            if whole != part && part.is_inside(whole) {
                let cells: Vec<CellRef> = cells.iter().chain(more).copied().collect();
                add(&mut all, whole.minus(part), *k.min(other), &cells);
            }
        }
    }
    all.into_iter()
        .map(|(set, (k, mut cells))| {
            cells.sort_unstable();
            cells.dedup();
            Named { of: set.clone(), set, k, cells }
        })
        .collect()
}

/// Which groups are small, without somebody whose own kind is known.
fn attacked(
    world: &World,
    said: &Said,
    groups: &[Named],
    own: Option<usize>,
    steps: &mut Steps,
) -> Result<Vec<bool>, Refused> {
    // Kinds that no number tells apart are one.
    let mut told: BTreeMap<&Set, (f64, f64)> = BTreeMap::new();
    for own in &said.told {
        let bounds = told.entry(&own.set).or_insert((0.0, f64::INFINITY));
        *bounds = (bounds.0.max(own.lo), bounds.1.min(own.hi));
    }
    let classes = said.drawn.iter().flat_map(|drawn| &drawn.classes).map(|(set, _)| set);
    let sets: Vec<&Set> =
        told.keys().copied().chain(classes).chain(groups.iter().map(|group| &group.set)).collect();
    let mut same: HashSet<Vec<u64>> = HashSet::new();
    let mut first: Vec<usize> = Vec::new();
    for kind in 0..world.kinds() {
        let mut signature = vec![0_u64; sets.len().div_ceil(64)];
        for (at, set) in sets.iter().enumerate() {
            signature[at / 64] |= u64::from(set.has(kind)) << (at % 64);
        }
        if signature.iter().any(|bits| *bits > 0) && same.insert(signature) {
            first.push(kind);
        }
    }
    steps.spend(world.kinds() * sets.len())?;
    let mut system = System::of_amounts();
    let people: Vec<CellId> = first.iter().map(|_| system.cell(0.0, f64::INFINITY)).collect();
    let of = |set: &Set| -> Vec<(CellId, f64)> {
        let kinds = first.iter().zip(&people).filter(|(kind, _)| set.has(**kind));
        kinds.map(|(_, cell)| (*cell, 1.0)).collect()
    };
    for (set, (lo, hi)) in told {
        relate(&mut system, of(set), lo, hi)?;
    }
    for drawn in &said.drawn {
        draw(&mut system, drawn, &of)?;
    }
    if let Some(own) = own {
        let alike = |kind: usize| sets.iter().all(|set| set.has(kind) == set.has(own));
        let same = first.iter().zip(&people).filter(|(kind, _)| alike(**kind));
        let same: Vec<(CellId, f64)> = same.map(|(_, cell)| (*cell, 1.0)).collect();
        if !same.is_empty() {
            relate(&mut system, same, 1.0, f64::INFINITY)?;
        }
    }
    // That somebody who is known is there is no news.
    let less = |group: &Named| f64::from(u8::from(own.is_some_and(|own| group.set.has(own))));
    let asked = groups.iter().map(|it| Group { terms: of(&it.set), k: it.k, less: less(it) });
    let asked: Vec<Group> = asked.collect();
    Search::new(system, &NoMore, steps)?.small(&asked, steps)
}

/// A sum that lies between two bounds.
fn relate(system: &mut System, terms: Vec<(CellId, f64)>, lo: f64, hi: f64) -> Result<(), Refused> {
    if terms.is_empty() {
        return if lo > 0.0 { Err(Refused::Infeasible) } else { Ok(()) };
    }
    if lo > hi {
        return Err(Refused::Infeasible);
    }
    let sum = system.cell(lo, hi);
    system.relate(terms.into_iter().chain([(sum, -1.0)]), Sense::Equal, 0.0);
    Ok(())
}

fn draw(
    system: &mut System,
    drawn: &Drawn,
    of: &dyn Fn(&Set) -> Vec<(CellId, f64)>,
) -> Result<(), Refused> {
    let mut by_arc: Vec<Vec<CellId>> = vec![Vec::new(); drawn.arcs.len()];
    for (set, ways) in &drawn.classes {
        let mut terms = of(set);
        for way in ways {
            let cell = system.cell(0.0, f64::INFINITY);
            terms.push((cell, -1.0));
            if let Some(arc) = way {
                by_arc[*arc].push(cell);
            }
        }
        system.relate(terms, Sense::Equal, 0.0);
    }
    for (cells, (lo, hi)) in by_arc.iter().zip(&drawn.arcs) {
        relate(system, cells.iter().map(|cell| (*cell, 1.0)).collect(), *lo, *hi)?;
    }
    for (into, out) in &drawn.places {
        let side = |arcs: &[usize], by: f64| -> Vec<(CellId, f64)> {
            arcs.iter().flat_map(|arc| &by_arc[*arc]).map(|cell| (*cell, by)).collect()
        };
        system.relate([side(into, 1.0), side(out, -1.0)].concat(), Sense::Equal, 0.0);
    }
    Ok(())
}

/// Numbers that a small group hangs on: its own, or those of groups that share somebody with it.
fn suspects(said: &Said, group: &Named) -> Vec<CellRef> {
    if !group.cells.is_empty() {
        return group.cells.clone();
    }
    let near = said
        .named
        .iter()
        .filter(|other| !other.cells.is_empty() && other.set.minus(&group.set) != other.set);
    let mut cells: Vec<CellRef> = near.flat_map(|other| other.cells.iter().copied()).collect();
    cells.sort_unstable();
    cells.dedup();
    cells.truncate(MOST_CELLS);
    cells
}
