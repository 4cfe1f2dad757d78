//! The first steps of everybody's journey, as distinct journeys with the number of people on each.
//!
//! Two passes: one walks the events of each journey outward from the anchor and counts them per
//! label and step; the other replaces labels by their rank at that step and merges equal journeys.
//! With sessions as the unit a person has several journeys; then only those of one person merge.
//!
//! *Invariant:* exact, so nothing here leaves the vault.

mod distinct;
mod walk;

use rayon::prelude::*;

pub(in crate::vault) use self::walk::Walk;

use self::distinct::{Packed, Parted, Slim};
use self::walk::{Code, ROOM, Raw, Row};
use super::map::subject_chunks;
use crate::vault::journeys::cohort::{self, Cohort};
use crate::vault::journeys::{Codes, Store};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, FlowSpec, Progress, Spec, SpecError, Unit};

/// A journey of at most 12 steps, a byte a step.
///
/// A byte holds the slot of the step's label: 0 for a label without a slot of its own, 1… for the
/// labels that may stand for themselves at that step, [`ENDED`] once the journey is over. Sorting
/// them sorts the journeys step by step.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
pub(in crate::vault) struct Journey([u8; 16]);

const ENDED: u8 = u8::MAX;
pub(in crate::vault) const MAX_STEPS: usize = 12;

impl Journey {
    /// The slots of the steps that were taken, unpacked once so that a step is a lookup.
    pub(in crate::vault) fn slots(self) -> Slots {
        let Self(bytes) = self;
        let len = bytes[..MAX_STEPS].iter().position(|b| *b == ENDED).unwrap_or(MAX_STEPS);
        Slots { bytes, len }
    }

    pub(in crate::vault) fn bytes(self) -> [u8; 16] {
        self.0
    }
}

/// A journey unpacked: `bytes[step]` is the slot at a step, for steps below `len`.
pub(in crate::vault) struct Slots {
    pub(in crate::vault) bytes: [u8; 16],
    pub(in crate::vault) len: usize,
}

/// The people of a group, as distinct journeys.
pub(in crate::vault) struct Journeys {
    pub(in crate::vault) steps: usize,
    /// Labels with a slot of their own at each step: slot `n` is the effective label `[step][n-1]`.
    pub(in crate::vault) own: Vec<Vec<u32>>,
    /// Distinct journeys in ascending order, and how many people (or sessions) walked each.
    pub(in crate::vault) distinct: Vec<(Journey, u32)>,
    /// With sessions as the unit: whose journey each is, as a keyed mark of the person. One person
    /// may be there several times, with different journeys. Empty where people are the unit.
    pub(in crate::vault) whose: Vec<u64>,
    /// People, or sessions.
    pub(in crate::vault) people: u64,
}

/// Everybody of a cohort who has such a journey, by segment.
pub(in crate::vault) struct Measured {
    steps: usize,
    own: Vec<Vec<u32>>,
    walked: Walked,
    /// People, or sessions, by segment.
    units: Vec<u64>,
    /// Different people, by segment.
    pub(in crate::vault) people: Vec<u64>,
}

/// Distinct journeys of each segment, as narrow as their slots allow.
enum Walked {
    Slim(Distinct<u64>),
    Full(Distinct<u128>),
}

struct Distinct<P> {
    /// Ascending, in pieces that ascend.
    weighted: Vec<Vec<(P, u32)>>,
    /// The marks beside them; empty where people are the unit.
    whose: Vec<u64>,
}

/// Why a flow is not measured.
pub(in crate::vault) enum Unmeasured {
    Cancelled(Cancelled),
    Spec(SpecError),
}

impl Measured {
    /// People, or sessions, by segment.
    pub(in crate::vault) fn units(&self) -> Vec<u64> {
        self.units.clone()
    }

    /// The journeys of some segments together.
    pub(in crate::vault) fn of(&self, segments: &[usize]) -> Journeys {
        let mut is_chosen = vec![false; self.people.len()];
        for segment in segments {
            is_chosen[*segment] = true;
        }
        let (distinct, whose) = match &self.walked {
            Walked::Slim(walked) => walked.of(&is_chosen),
            Walked::Full(walked) => walked.of(&is_chosen),
        };
        Journeys {
            steps: self.steps,
            own: self.own.clone(),
            people: distinct.iter().map(|(_, weight)| u64::from(*weight)).sum(),
            distinct,
            whose,
        }
    }
}

impl<P: Packed> Distinct<P> {
    /// People, or sessions, by segment.
    fn units(&self, segments: usize) -> Vec<u64> {
        let mut units = vec![0; segments];
        for (packed, weight) in self.weighted.iter().flatten() {
            units[packed.segment()] += u64::from(*weight);
        }
        units
    }

    fn of(&self, is_chosen: &[bool]) -> (Vec<(Journey, u32)>, Vec<u64>) {
        let mut distinct: Vec<(Journey, u32)> =
            Vec::with_capacity(self.weighted.iter().map(Vec::len).sum());
        let mut whose = Vec::new();
        let mut before = None;
        for (at, (packed, weight)) in self.weighted.iter().flatten().enumerate() {
            if !is_chosen[packed.segment()] {
                continue;
            }
            let one = Some((packed.steps(), self.whose.get(at)));
            match distinct.last_mut() {
                Some((_, sum)) if one == before => *sum += weight,
                _ => {
                    distinct.push((packed.journey(), *weight));
                    whose.extend(self.whose.get(at));
                }
            }
            before = one;
        }
        (distinct, whose)
    }
}

/// Measures a flow.
///
/// # Errors
/// Where the data do not have the label of an anchor, or somebody asked to stop.
pub(in crate::vault) fn measure(
    store: &Store,
    key: &Key,
    labels: &LabelTable,
    cohort: &Cohort,
    question: &Spec,
    spec: &FlowSpec,
    progress: &Progress,
) -> Result<Measured, Unmeasured> {
    let walk = Walk::new(labels, question, spec).map_err(Unmeasured::Spec)?;
    let measure = Measure { store, key, labels, cohort, question, spec, progress, walk };
    let measured = match (&store.label, labels.names.len()) {
        (Codes::Narrow(codes), 0..0xff) => measure.measure::<_, u8>(codes),
        (Codes::Narrow(codes), 0xff..0xffff) => measure.measure::<_, u16>(codes),
        (Codes::Narrow(codes), _) => measure.measure::<_, u32>(codes),
        (Codes::Wide(codes), 0..0xff) => measure.measure::<_, u8>(codes),
        (Codes::Wide(codes), _) => measure.measure::<_, u32>(codes),
    };
    measured.map_err(Unmeasured::Cancelled)
}

/// The labels that stand for themselves at a step: the most frequent, ties by name.
fn top(people: &[u32], nameable: &[bool], top: u8) -> Vec<u32> {
    let mut labels: Vec<u32> = (0..people.len() as u32)
        .filter(|label| people[*label as usize] > 0 && nameable[*label as usize])
        .collect();
    labels.sort_unstable_by_key(|label| (std::cmp::Reverse(people[*label as usize]), *label));
    labels.truncate(usize::from(top));
    labels
}

/// Some journeys.
struct Block<'a, R> {
    journeys: &'a [cohort::Journey],
    /// As many labels for each as there are tables of steps; who has no step has no first one.
    rows: Vec<R>,
}

/// What one thread has walked, and how many stand where.
struct Part<'a, R: Code> {
    blocks: Vec<Block<'a, R>>,
    people_at: Vec<R::Of<u32>>,
}

impl<R: Code> Block<'_, R> {
    /// The journeys that have a step.
    fn walked(&self, steps: usize) -> impl Iterator<Item = &cohort::Journey> {
        let both = self.journeys.iter().zip(self.rows.chunks(steps));
        both.filter(|(_, row)| row[0] != R::NONE).map(|(journey, _)| journey)
    }
}

/// Calls a function that is made for so many steps, or one more: without the ends of its loops it takes half
/// of the time.
macro_rules! unrolled {
    ($steps:expr, $up_to:ident => $call:expr) => {
        match $steps {
            0..=4 => unrolled!($up_to = 4, $call),
            5..=6 => unrolled!($up_to = 6, $call),
            7..=8 => unrolled!($up_to = 8, $call),
            9..=10 => unrolled!($up_to = 10, $call),
            _ => unrolled!($up_to = MAX_STEPS, $call),
        }
    };
    ($up_to:ident = $steps:expr, $call:expr) => {{
        const $up_to: usize = $steps;
        $call
    }};
}

/// Journeys that are walked before they are counted: bytes that have just been written one by one are
/// slow to read.
const FEW: usize = 256;

struct Measure<'a> {
    store: &'a Store,
    key: &'a Key,
    labels: &'a LabelTable,
    cohort: &'a Cohort,
    question: &'a Spec,
    spec: &'a FlowSpec,
    progress: &'a Progress,
    walk: Walk<'a>,
}

impl Measure<'_> {
    fn measure<C: Raw, R: Code>(&self, codes: &[C]) -> Result<Measured, Cancelled> {
        let effective: Vec<R> = self.walk.effective::<C, R>();
        let labels = self.labels.names.len();
        // Large tables are made once a thread, small ones more often, so that threads that are done
        // can help.
        let chunks = subject_chunks(&self.cohort.journeys);
        let is_large = labels > usize::from(u16::MAX);
        let least = if is_large { chunks.len().div_ceil(rayon::current_num_threads()) } else { 1 };
        let new = || Part { blocks: vec![], people_at: vec![R::of(labels, 0); self.tables()] };
        let parts: Vec<Part<R>> = chunks
            .into_par_iter()
            .with_min_len(least)
            .try_fold(new, |mut part, chunk| {
                self.progress.check()?;
                let journeys = &self.cohort.journeys[chunk];
                let block = self.block(&effective, codes, journeys, &mut part.people_at);
                part.blocks.push(block);
                Ok(part)
            })
            .collect::<Result<_, Cancelled>>()?;
        let own: Vec<Vec<u32>> = (0..self.walk.steps)
            .map(|step| {
                let of_label = |label: u32| -> u32 {
                    parts.iter().map(|part| R::new(label).at(&part.people_at[step])).sum()
                };
                let people: Vec<u32> = (0..labels as u32).map(of_label).collect();
                top(&people, &self.labels.nameable, self.spec.top)
            })
            .collect();
        let blocks: Vec<Block<R>> = parts.into_iter().flat_map(|part| part.blocks).collect();
        self.progress.check()?;
        let walked = if Slim::fits(self.spec.top, self.cohort.segments.len()) {
            Walked::Slim(self.distinct(&blocks, &own))
        } else {
            Walked::Full(self.distinct(&blocks, &own))
        };
        self.progress.check()?;
        let units = match &walked {
            Walked::Slim(walked) => walked.units(self.cohort.segments.len()),
            Walked::Full(walked) => walked.units(self.cohort.segments.len()),
        };
        let people = if self.question.unit == Unit::Sessions {
            let mut people = vec![0; self.cohort.segments.len()];
            let mut before = NONE;
            for journey in blocks.iter().flat_map(|block| block.walked(self.tables())) {
                people[journey.segment as usize] += u64::from(journey.subject != before);
                before = journey.subject;
            }
            people
        } else {
            units.clone()
        };
        Ok(Measured { steps: self.walk.steps, own, walked, units, people })
    }

    /// Tables of steps that the unrolled functions want.
    fn tables(&self) -> usize {
        unrolled!(self.walk.steps, UP_TO => UP_TO)
    }

    /// Walks some journeys and counts them.
    fn block<'j, C: Raw, R: Code>(
        &self,
        effective: &[R],
        codes: &[C],
        journeys: &'j [cohort::Journey],
        people_at: &mut [R::Of<u32>],
    ) -> Block<'j, R> {
        let steps = self.tables();
        let mut kept = vec![R::NONE; steps * journeys.len()];
        for (journeys, kept) in journeys.chunks(FEW).zip(kept.chunks_mut(steps * FEW)) {
            let mut rows = [[R::NONE; ROOM]; FEW];
            let rows = &mut rows[..journeys.len()];
            if self.walk.is_plain() {
                self.walk.first_of_each(effective, codes, journeys, rows);
            } else {
                for (journey, row) in journeys.iter().zip(rows.iter_mut()) {
                    if self.walk.take(codes, journey.events(), row) == 0 {
                        *row = [R::NONE; ROOM];
                    }
                }
            }
            unrolled!(self.walk.steps, UP_TO => count::<UP_TO, R>(rows, people_at, kept));
        }
        Block { journeys, rows: kept }
    }

    fn distinct<P: Packed, R: Code>(&self, blocks: &[Block<R>], own: &[Vec<u32>]) -> Distinct<P> {
        let labels = self.labels.names.len();
        let slot_of: Vec<R::Of<P>> = (0..self.tables())
            .map(|step| {
                let Some(own) = own.get(step) else { return R::of(labels, P::step(step, ENDED)) };
                let mut slots = R::of(labels, P::step(step, 0));
                *R::NONE.at_mut(&mut slots) = P::step(step, ENDED);
                for (label, slot) in own.iter().zip(1..) {
                    *R::new(*label).at_mut(&mut slots) = P::step(step, slot);
                }
                slots
            })
            .collect();
        let packed = |block: &Block<R>| -> Vec<P> {
            unrolled!(self.walk.steps, UP_TO => pack::<UP_TO, P, R>(block, &slot_of))
        };
        if self.question.unit == Unit::Sessions {
            let mut both: Vec<(P, u64)> = blocks
                .par_iter()
                .flat_map_iter(|block| {
                    packed(block).into_iter().zip(self.marks(block.walked(self.tables())))
                })
                .collect();
            both.par_sort_unstable();
            let same = both.chunk_by(|one, next| one == next);
            let (weighted, whose) =
                same.map(|same| ((same[0].0, same.len() as u32), same[0].1)).unzip();
            return Distinct { weighted: vec![weighted], whose };
        }
        let parted: Vec<Parted<P>> =
            blocks.par_iter().map(|block| Parted::new(&packed(block))).collect();
        Distinct { weighted: distinct::distinct(&parted), whose: Vec::new() }
    }

    /// Whose these journeys are, as keyed marks.
    fn marks<'j>(
        &self,
        journeys: impl Iterator<Item = &'j cohort::Journey>,
    ) -> impl Iterator<Item = u64> {
        let mut last = (NONE, 0);
        journeys.map(move |journey| {
            if journey.subject != last.0 {
                let id = self.store.subject_id(journey.subject as usize);
                last = (journey.subject, self.key.draw("person", &[id]));
            }
            last.1
        })
    }
}

/// Counts who stands where at the first steps, and keeps these.
fn count<const STEPS: usize, R: Code>(
    rows: &[Row<R>],
    people_at: &mut [R::Of<u32>],
    kept: &mut [R],
) {
    let Some(people_at) = people_at.first_chunk_mut::<STEPS>() else { return };
    for (row, kept) in rows.iter().zip(kept.as_chunks_mut::<STEPS>().0) {
        kept.copy_from_slice(&row[..STEPS]);
        for step in 0..STEPS {
            *row[step].at_mut(&mut people_at[step]) += 1;
        }
    }
}

/// Replaces labels by their slots; who has no step is left out.
fn pack<const STEPS: usize, P: Packed, R: Code>(block: &Block<R>, slot_of: &[R::Of<P>]) -> Vec<P> {
    let mut packed = vec![P::default(); block.journeys.len()];
    let Some(slot_of) = slot_of.first_chunk::<STEPS>() else { return packed };
    let rest = (STEPS..MAX_STEPS).fold(P::default(), |rest, step| rest | P::step(step, ENDED));
    let mut number = 0;
    for (journey, row) in block.journeys.iter().zip(block.rows.as_chunks::<STEPS>().0) {
        let mut one = rest | P::of_segment(journey.segment);
        for step in 0..STEPS {
            one = one | *row[step].at(&slot_of[step]);
        }
        packed[number] = one;
        number += usize::from(row[0] != R::NONE);
    }
    packed.truncate(number);
    packed
}

const NONE: u32 = u32::MAX;

#[cfg(test)]
mod tests;
