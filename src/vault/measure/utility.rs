//! What could stand under its own name: the steps, paths and map edges of a cohort with the people
//! on each, measured once for all thresholds.
//!
//! *Invariant:* exact, so nothing here leaves the vault. What fewer people have than the lowest
//! threshold asks for is left out: no threshold shows it.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::flow::{self, Journeys, Unmeasured};
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::{Cohort, Journey};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, FlowSpec, Policy, Progress, Spec};

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
    let edges =
        edges(store, labels, cohort, spec.collapse, progress).map_err(Unmeasured::Cancelled)?;

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
        .map(|((from, to), people)| item(people, "edge", &[name(from), name(to)]));
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

/// Different people on every edge by name, with their last subject beside them. Up to 1,024 labels
/// fit in a table.
enum Edges {
    Table { width: usize, cells: Vec<[u32; 2]> },
    Listed(HashMap<(u32, u32), [u32; 2]>),
}

impl Edges {
    const WIDEST: usize = 1024;

    fn new(labels: usize) -> Self {
        if labels <= Self::WIDEST {
            Self::Table { width: labels, cells: vec![[0; 2]; labels * labels] }
        } else {
            Self::Listed(HashMap::new())
        }
    }

    #[inline]
    fn add(&mut self, from: u32, to: u32, subject: u32) {
        let [people, last] = match self {
            Self::Table { width, cells } => &mut cells[from as usize * *width + to as usize],
            Self::Listed(cells) => cells.entry((from, to)).or_default(),
        };
        *people += u32::from(*last != subject + 1);
        *last = subject + 1;
    }

    fn used(self) -> Vec<((u32, u32), u64)> {
        let used = |(edge, [people, _]): ((u32, u32), [u32; 2])| {
            (people > 0).then_some((edge, u64::from(people)))
        };
        match self {
            Self::Table { width, cells } => {
                let cells = cells.into_iter().enumerate();
                let edge = |at: usize| ((at / width) as u32, (at % width) as u32);
                cells.filter_map(|(at, cell)| used((edge(at), cell))).collect()
            }
            Self::Listed(cells) => cells.into_iter().filter_map(used).collect(),
        }
    }
}

fn edges(
    store: &Store,
    labels: &LabelTable,
    cohort: &Cohort,
    collapse: bool,
    progress: &Progress,
) -> Result<BTreeMap<(u32, u32), u64>, Cancelled> {
    let parts: Vec<Vec<((u32, u32), u64)>> = parts(&cohort.journeys)
        .into_par_iter()
        .map(|journeys| {
            progress.check()?;
            let mut edges = Edges::new(labels.names.len());
            for journey in journeys {
                let mut before = None;
                for event in journey.events() {
                    let label = labels.effective[store.label(event) as usize];
                    if label == LabelTable::HIDDEN || (collapse && before == Some(label)) {
                        continue;
                    }
                    if let Some(before) = before {
                        edges.add(before, label, journey.subject);
                    }
                    before = Some(label);
                }
            }
            Ok(edges.used())
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut all = BTreeMap::new();
    for (edge, people) in parts.into_iter().flatten() {
        *all.entry(edge).or_default() += people;
    }
    let nameable = |label: u32| labels.nameable[label as usize];
    all.retain(|(from, to), people| *people >= FLOOR && nameable(*from) && nameable(*to));
    Ok(all)
}

/// One part for each thread; the journeys of a subject are in one of them.
fn parts(journeys: &[Journey]) -> Vec<&[Journey]> {
    let share = journeys.len().div_ceil(rayon::current_num_threads().max(1)).max(1);
    let mut parts = Vec::new();
    let mut rest = journeys;
    while !rest.is_empty() {
        let mut len = share.min(rest.len());
        while len < rest.len() && rest[len].subject == rest[len - 1].subject {
            len += 1;
        }
        let (part, more) = rest.split_at(len);
        parts.push(part);
        rest = more;
    }
    parts
}

#[cfg(test)]
mod tests;
