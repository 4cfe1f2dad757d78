//! The first steps of everybody's journey, as distinct journeys with the number of people on each.
//!
//! Two passes: one walks the events of each journey outward from the anchor and counts them per
//! label and step; the other replaces labels by their rank at that step and merges equal journeys.
//! With sessions as the unit a person has several journeys; then only those of one person merge.

use std::ops::Range;

use rayon::prelude::*;

use crate::vault::journeys::cohort::Cohort;
use crate::vault::journeys::{Codes, Store};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, FlowSpec, Progress, Side, Spec, SpecError, Unit};

/// A journey of at most 12 steps, a byte a step, the first step in the highest byte.
///
/// A byte holds the slot of the step's label: 0 for a label without a slot of its own, 1… for the
/// labels that may stand for themselves at that step, [`ENDED`] once the journey is over. Sorting
/// the numbers sorts the journeys step by step.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
pub(in crate::vault) struct Journey(u128);

const ENDED: u8 = u8::MAX;
pub(in crate::vault) const MAX_STEPS: usize = 12;

impl Journey {
    fn new(slots: impl Iterator<Item = u8>) -> Self {
        let mut bytes = [ENDED; 16];
        for (byte, slot) in bytes.iter_mut().zip(slots) {
            *byte = slot;
        }
        Self(u128::from_be_bytes(bytes))
    }

    /// The slots of the steps that were taken, unpacked once so that a step is a lookup.
    pub(in crate::vault) fn slots(self) -> Slots {
        let bytes = self.0.to_be_bytes();
        let len = bytes[..MAX_STEPS].iter().position(|b| *b == ENDED).unwrap_or(MAX_STEPS);
        Slots { bytes, len }
    }

    pub(in crate::vault) fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
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
    /// Ascending by journey, then segment, which stands in the four bytes that no step uses.
    everybody: Vec<u128>,
    /// The marks beside them; empty where people are the unit.
    whose: Vec<u64>,
    /// Different people, by segment.
    pub(in crate::vault) people: Vec<u64>,
}

const NONE: u32 = u32::MAX;

/// Journeys that are walked together: cancelling is noticed between blocks, and each has a table
/// of its own.
const BLOCK: usize = 16_384;

/// Why a flow is not measured.
pub(in crate::vault) enum Unmeasured {
    Cancelled(Cancelled),
    Spec(SpecError),
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
    let measured = match &store.label {
        Codes::Narrow(codes) => {
            walk.measure(store, key, codes, labels, cohort, question, spec, progress)
        }
        Codes::Wide(codes) => {
            walk.measure(store, key, codes, labels, cohort, question, spec, progress)
        }
    };
    measured.map_err(Unmeasured::Cancelled)
}

impl Measured {
    const SEGMENT: u128 = 0xffff_ffff;

    /// People, or sessions, by segment.
    pub(in crate::vault) fn units(&self) -> Vec<u64> {
        let mut units = vec![0; self.people.len()];
        for walked in &self.everybody {
            units[(walked & Self::SEGMENT) as usize] += 1;
        }
        units
    }

    /// The journeys of some segments together.
    pub(in crate::vault) fn of(&self, segments: &[usize]) -> Journeys {
        let mut is_chosen = vec![false; self.people.len()];
        for segment in segments {
            is_chosen[*segment] = true;
        }
        let mut journeys = Journeys {
            steps: self.steps,
            own: self.own.clone(),
            distinct: Vec::new(),
            whose: Vec::new(),
            people: 0,
        };
        for (at, walked) in self.everybody.iter().enumerate() {
            if !is_chosen[(walked & Self::SEGMENT) as usize] {
                continue;
            }
            journeys.people += 1;
            let journey = Journey(walked | Self::SEGMENT);
            let who = self.whose.get(at);
            match journeys.distinct.last_mut() {
                Some((last, weight)) if *last == journey && journeys.whose.last() == who => {
                    *weight += 1;
                }
                _ => {
                    journeys.distinct.push((journey, 1));
                    journeys.whose.extend(who);
                }
            }
        }
        journeys
    }
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

/// Some journeys, `steps` labels each, and how many stand where.
struct Block {
    /// Positions in the cohort of those that are rows.
    from: Vec<u32>,
    rows: Vec<u32>,
    people_at: Vec<Vec<u32>>,
}

impl Block {
    fn new(steps: usize, labels: usize) -> Self {
        Self { from: Vec::new(), rows: Vec::new(), people_at: vec![vec![0; labels]; steps] }
    }

    /// Adds one journey's row, unless nothing of it belongs to the cohort.
    fn add(&mut self, number: usize, take: impl FnOnce(&mut [u32]) -> usize) {
        let start = self.rows.len();
        self.rows.resize(start + self.people_at.len(), NONE);
        let row = &mut self.rows[start..];
        let taken = take(row);
        for (label, people) in row[..taken].iter().zip(&mut self.people_at) {
            people[*label as usize] += 1;
        }
        if taken == 0 {
            self.rows.truncate(start);
        } else {
            self.from.push(number as u32);
        }
    }
}

/// How the steps of one journey are taken.
pub(in crate::vault) struct Walk<'a> {
    effective: &'a [u32],
    /// The label to wait for; [`NONE`], which nobody has, where no such label may be shown.
    anchor: Option<u32>,
    /// The label after which the journey is over. Without it there is no journey.
    until: Option<u32>,
    backwards: bool,
    collapse: bool,
    steps: usize,
}

impl<'a> Walk<'a> {
    /// # Errors
    /// Where the data do not have the label of an anchor.
    pub(in crate::vault) fn new(
        labels: &'a LabelTable,
        question: &Spec,
        spec: &FlowSpec,
    ) -> Result<Self, SpecError> {
        // A label that may not be shown is nobody's, like one that nobody has.
        let label = |name: &Option<String>| -> Result<Option<u32>, SpecError> {
            let Some(name) = name else { return Ok(None) };
            let label = labels.known(name)?;
            Ok(Some(if labels.nameable[label as usize] { label } else { NONE }))
        };
        Ok(Self {
            effective: &labels.effective,
            anchor: label(&spec.anchor.label)?,
            until: label(&spec.anchor.until)?,
            backwards: spec.anchor.side == Side::End,
            collapse: question.collapse,
            steps: usize::from(spec.steps),
        })
    }

    /// Fills `row`, as long as there are steps, with the labels that one journey has at them, and
    /// returns how many it has.
    pub(in crate::vault) fn row(
        &self,
        store: &Store,
        events: Range<usize>,
        row: &mut [u32],
    ) -> usize {
        match &store.label {
            Codes::Narrow(codes) => self.take(&codes[events], row),
            Codes::Wide(codes) => self.take(&codes[events], row),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the two widths of codes share this body")]
    fn measure<C: Copy + Into<u32> + Sync>(
        &self,
        store: &Store,
        key: &Key,
        codes: &[C],
        labels: &LabelTable,
        cohort: &Cohort,
        question: &Spec,
        spec: &FlowSpec,
        progress: &Progress,
    ) -> Result<Measured, Cancelled> {
        let steps = self.steps;
        let journeys = &cohort.journeys;
        let blocks: Vec<Block> = (0..journeys.len().div_ceil(BLOCK))
            .into_par_iter()
            .map(|block| {
                progress.check()?;
                let mut taken = Block::new(steps, labels.names.len());
                let first = block * BLOCK;
                for (number, journey) in (first..).zip(&journeys[first..]).take(BLOCK) {
                    let events = journey.events();
                    taken.add(number, |row| self.take(&codes[events], row));
                }
                Ok(taken)
            })
            .collect::<Result<_, Cancelled>>()?;

        let mut people_at = vec![vec![0_u32; labels.names.len()]; steps];
        for block in &blocks {
            for (total, part) in people_at.iter_mut().zip(&block.people_at) {
                total.iter_mut().zip(part).for_each(|(total, part)| *total += part);
            }
        }
        let own: Vec<Vec<u32>> =
            people_at.iter().map(|people| top(people, &labels.nameable, spec.top)).collect();
        let slot_of: Vec<Vec<u8>> = own
            .iter()
            .map(|own| {
                let mut slots = vec![0; labels.names.len()];
                own.iter().zip(1..).for_each(|(label, slot)| slots[*label as usize] = slot);
                slots
            })
            .collect();
        let rows = |block: &Block| -> Vec<u128> {
            let rows = block.from.iter().zip(block.rows.chunks_exact(steps));
            rows.map(|(number, row)| {
                // No label is called NONE, so where the journey is over there is no slot.
                let slot = |(label, slots): (&u32, &Vec<u8>)| slots.get(*label as usize).copied();
                let slots = row.iter().zip(&slot_of).map(|step| slot(step).unwrap_or(ENDED));
                let segment = u128::from(journeys[*number as usize].segment);
                Journey::new(slots).0 & !Measured::SEGMENT | segment
            })
            .collect()
        };
        let (everybody, whose) = if question.unit == Unit::Sessions {
            let mut both: Vec<(u128, u64)> = blocks
                .par_iter()
                .flat_map_iter(|block| {
                    let mut last = (NONE, 0);
                    let marks = block.from.iter().map(move |number| {
                        let subject = journeys[*number as usize].subject;
                        if subject != last.0 {
                            last = (
                                subject,
                                key.draw("person", &[store.subject_id(subject as usize)]),
                            );
                        }
                        last.1
                    });
                    rows(block).into_iter().zip(marks)
                })
                .collect();
            both.par_sort_unstable();
            both.into_iter().unzip()
        } else {
            let mut everybody: Vec<u128> = blocks.par_iter().flat_map_iter(rows).collect();
            everybody.par_sort_unstable();
            (everybody, Vec::new())
        };
        progress.check()?;
        let mut people = vec![0_u64; cohort.segments.len()];
        let mut before = NONE;
        for number in blocks.iter().flat_map(|block| &block.from) {
            let walked = journeys[*number as usize];
            people[walked.segment as usize] += u64::from(walked.subject != before);
            before = walked.subject;
        }
        Ok(Measured { steps, own, everybody, whose, people })
    }

    /// Fills `row` with the labels of the first steps and returns how many there are.
    fn take<C: Copy + Into<u32>>(&self, events: &[C], row: &mut [u32]) -> usize {
        let is_plain = self.anchor.is_none() && self.until.is_none();
        if is_plain && !self.backwards {
            self.take_first(events.iter(), row)
        } else if is_plain {
            self.take_first(events.iter().rev(), row)
        } else if self.backwards {
            self.take_in_order(events.iter().rev(), row)
        } else {
            self.take_in_order(events.iter(), row)
        }
    }

    /// The same for journeys without a label to wait for. Whatever stands next is written, and counts
    /// or is written over: a branch for each step is guessed wrongly as often as people repeat one.
    fn take_first<'e, C: Copy + Into<u32> + 'e>(
        &self,
        events: impl Iterator<Item = &'e C>,
        row: &mut [u32],
    ) -> usize {
        let (mut taken, mut last) = (0, NONE);
        for code in events {
            let label = self.effective[Into::<u32>::into(*code) as usize];
            let is_repeat = self.collapse && label == last;
            let counts = label != LabelTable::HIDDEN && !is_repeat;
            row[taken] = label;
            last = if counts { label } else { last };
            taken += usize::from(counts);
            if taken == row.len() {
                return taken;
            }
        }
        if let Some(over) = row.get_mut(taken) {
            *over = NONE;
        }
        taken
    }

    fn take_in_order<'e, C: Copy + Into<u32> + 'e>(
        &self,
        events: impl Iterator<Item = &'e C>,
        row: &mut [u32],
    ) -> usize {
        let mut taken = 0;
        let mut waiting = self.anchor;
        let mut last = NONE;
        for code in events {
            let label = self.effective[Into::<u32>::into(*code) as usize];
            if label == LabelTable::HIDDEN {
                continue;
            }
            if let Some(anchor) = waiting {
                if label != anchor {
                    continue;
                }
                waiting = None;
            }
            if taken < self.steps && !(self.collapse && label == last) {
                row[taken] = label;
                taken += 1;
                last = label;
            }
            match self.until {
                Some(until) if label == until => return taken,
                None if taken == self.steps => return taken,
                _ => {}
            }
        }
        if self.until.is_some() { 0 } else { taken }
    }
}
