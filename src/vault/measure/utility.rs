//! What could stand under its own name: the steps, paths and map edges of a cohort with the people
//! on each, measured once for all thresholds.
//!
//! *Invariant:* exact, so nothing here leaves the vault. What fewer people have than the lowest
//! threshold asks for is left out: no threshold shows it.

use rayon::prelude::*;

use super::flow::{self, Journeys, Unmeasured};
use super::map::{Slots, Walk};
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::Cohort;
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, FlowSpec, Policy, Progress, Spec, Unit};

/// Something that can be kept by name, and the keyed number by which its people are rounded.
pub(in crate::vault) struct Item {
    pub(in crate::vault) people: u64,
    pub(in crate::vault) draw: u64,
}

/// Everything that can be kept by name.
pub(in crate::vault) struct Nameable {
    /// Different people of the cohort.
    pub(in crate::vault) people: u64,
    /// Labels at steps.
    pub(in crate::vault) nodes: Vec<Item>,
    /// Everybody with a label of their own, by step.
    pub(in crate::vault) steps: Vec<Item>,
    /// Beginnings of journeys in which every step has a label of its own.
    pub(in crate::vault) paths: Vec<Item>,
    /// One step right after another, anywhere.
    pub(in crate::vault) edges: Vec<Item>,
}

/// The lowest of the listed thresholds.
const FLOOR: u64 = Policy::LISTED[0].0 as u64;

/// # Errors
/// Where the data do not have the label of an anchor, or somebody asked to stop.
pub(in crate::vault) fn measure(
    store: &Store,
    key: &Key,
    labels: &LabelTable,
    cohort: &Cohort,
    spec: &Spec,
    flow: &FlowSpec,
    progress: &Progress,
) -> Result<Nameable, Unmeasured> {
    let measured = flow::measure(store, key, labels, cohort, spec, flow, progress)?;
    let all: Vec<usize> = (0..cohort.segments.len()).collect();
    let journeys = measured.of(&all);
    let walk = Walk {
        store,
        labels,
        journeys: &cohort.journeys,
        collapse: spec.collapse,
        unit: Unit::People,
        cap: 1,
        dominance: false,
        progress,
    };
    let edges = edges(&walk).map_err(Unmeasured::Cancelled)?;

    let who = format!("{:?} {:?} {} {:?}", spec.cohort, spec.unit, spec.collapse, flow.anchor);
    let item = |people: u64, what: &str, parts: &[&str]| {
        let parts = [who.as_str(), what].into_iter().chain(parts.iter().copied());
        let parts: Vec<&[u8]> = parts.map(str::as_bytes).collect();
        Item { people, draw: key.draw("utility", &parts) }
    };
    let name = |label: u32| labels.names[label as usize].as_str();
    let at = |step: usize, slot: u8| name(journeys.own[step][usize::from(slot) - 1]);
    let (nodes, steps) = nodes(&journeys);
    let nodes = nodes.into_iter().map(|Node { step, slot, people }| {
        item(people, "step", &[&(step + 1).to_string(), at(step, slot)])
    });
    let steps = steps
        .into_iter()
        .map(|(step, people)| item(people, "everybody", &[&(step + 1).to_string()]));
    let paths = paths(&journeys).into_par_iter().map(|(slots, people)| {
        let names: Vec<&str> =
            slots.iter().enumerate().map(|(step, slot)| at(step, *slot)).collect();
        item(people, "path", &names)
    });
    let edges = edges
        .into_par_iter()
        .map(|(from, to, people)| item(people, "edge", &[name(from), name(to)]));
    Ok(Nameable {
        people: measured.people.iter().sum(),
        nodes: nodes.collect(),
        steps: steps.collect(),
        paths: paths.collect(),
        edges: edges.collect(),
    })
}

/// Different people. With sessions as the unit one person comes several times, each time with the
/// same mark.
#[derive(Default)]
struct Tally {
    people: u64,
    marks: Vec<u64>,
}

impl Tally {
    fn add(&mut self, people: u32, mark: Option<&u64>) {
        match mark {
            Some(mark) => self.marks.push(*mark),
            None => self.people += u64::from(people),
        }
    }

    /// How many they are, if enough; begins anew.
    fn take(&mut self) -> Option<u64> {
        self.marks.sort_unstable();
        self.marks.dedup();
        let people = std::mem::take(&mut self.people) + self.marks.len() as u64;
        self.marks.clear();
        (people >= FLOOR).then_some(people)
    }
}

/// People with one label at a step.
struct Node {
    step: usize,
    slot: u8,
    people: u64,
}

/// Labels at steps, and (step, people) of all labels of a step.
fn nodes(journeys: &Journeys) -> (Vec<Node>, Vec<(usize, u64)>) {
    let new = |_: &u32| Tally::default();
    let mut of_label: Vec<Vec<Tally>> =
        journeys.own.iter().map(|own| own.iter().map(new).collect()).collect();
    let mut of_step: Vec<Tally> = journeys.own.iter().map(|_| Tally::default()).collect();
    for (number, (journey, people)) in journeys.distinct.iter().enumerate() {
        let slots = journey.slots();
        let mark = journeys.whose.get(number);
        for (step, slot) in slots.bytes[..slots.len].iter().enumerate() {
            // Slot 0 is what has no label of its own.
            if let Some(nth) = usize::from(*slot).checked_sub(1) {
                of_label[step][nth].add(*people, mark);
                of_step[step].add(*people, mark);
            }
        }
    }
    let mut nodes = Vec::new();
    for (step, tallies) in of_label.iter_mut().enumerate() {
        for (slot, tally) in (1..).zip(tallies) {
            nodes.extend(tally.take().map(|people| Node { step, slot, people }));
        }
    }
    let steps = of_step.iter_mut().enumerate();
    (nodes, steps.filter_map(|(step, tally)| Some((step, tally.take()?))).collect())
}

/// Beginnings of journeys by name, with the people who began so. The journeys are sorted, so those
/// with the same beginning stand together.
fn paths(journeys: &Journeys) -> Vec<(Vec<u8>, u64)> {
    let mut paths = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    let mut tallies: Vec<Tally> = (0..journeys.steps).map(|_| Tally::default()).collect();
    let mut close = |open: &mut Vec<u8>, tallies: &mut [Tally], keep: usize| {
        while open.len() > keep {
            if let Some(people) = tallies[open.len() - 1].take() {
                paths.push((open.clone(), people));
            }
            open.pop();
        }
    };
    for (number, (journey, people)) in journeys.distinct.iter().enumerate() {
        let slots = journey.slots();
        let named = slots.bytes[..slots.len].iter().take_while(|slot| **slot != 0).count();
        let named = &slots.bytes[..named];
        let same = open.iter().zip(named).take_while(|(one, other)| one == other).count();
        close(&mut open, &mut tallies, same);
        open.extend_from_slice(&named[same..]);
        for tally in &mut tallies[..open.len()] {
            tally.add(*people, journeys.whose.get(number));
        }
    }
    close(&mut open, &mut tallies, 0);
    paths
}

/// Edges between labels that may stand for themselves, with the people on each.
fn edges(walk: &Walk) -> Result<Vec<(u32, u32, u64)>, Cancelled> {
    let slots = Slots::new(walk.labels, &walk.subjects_at()?, FLOOR, false);
    let exact = walk.count(&slots)?;
    let mut edges = Vec::new();
    for (from, label) in slots.named.iter().enumerate() {
        for (to, next) in slots.named.iter().enumerate() {
            let people = u64::from(exact.edge(from, to).subjects);
            if people >= FLOOR {
                edges.push((*label, *next, people));
            }
        }
    }
    Ok(edges)
}

#[cfg(test)]
mod tests;
