//! The first steps of everybody's journey, as distinct journeys with the number of people on each.
//!
//! Two passes: one walks each subject's events outward from the anchor and counts people per label
//! and step; the other replaces labels by their rank at that step and merges equal journeys.

use rayon::prelude::*;

use crate::vault::journeys::{Codes, Store};
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, FlowSpec, Progress, Side, Spec};

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

/// Everybody of a cohort, as distinct journeys.
pub(in crate::vault) struct Journeys {
    pub(in crate::vault) steps: usize,
    /// Labels with a slot of their own at each step: slot `n` is the effective label `[step][n-1]`.
    pub(in crate::vault) own: Vec<Vec<u32>>,
    /// Distinct journeys in ascending order, and how many people walked each.
    pub(in crate::vault) distinct: Vec<(Journey, u32)>,
    pub(in crate::vault) people: u64,
}

const NONE: u32 = u32::MAX;

/// Subjects that are walked together: cancelling is noticed between blocks, and each has a table
/// of its own.
const BLOCK: usize = 16_384;

/// Measures the cohort of a flow.
pub(in crate::vault) fn measure(
    store: &Store,
    labels: &LabelTable,
    question: &Spec,
    spec: &FlowSpec,
    progress: &Progress,
) -> Result<Journeys, Cancelled> {
    match &store.label {
        Codes::Narrow(codes) => measure_codes(store, codes, labels, question, spec, progress),
        Codes::Wide(codes) => measure_codes(store, codes, labels, question, spec, progress),
    }
}

fn measure_codes<C: Copy + Into<u32> + Sync>(
    store: &Store,
    codes: &[C],
    labels: &LabelTable,
    question: &Spec,
    spec: &FlowSpec,
    progress: &Progress,
) -> Result<Journeys, Cancelled> {
    let steps = usize::from(spec.steps);
    let walk = Walk {
        effective: &labels.effective,
        anchor: spec
            .anchor
            .label
            .as_ref()
            .map(|label| labels.nameable_label(label).unwrap_or(NONE)),
        backwards: spec.anchor.side == Side::End,
        collapse: question.collapse,
        steps,
    };
    let subjects = store.subjects();
    let blocks: Vec<Block> = (0..subjects.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            progress.check()?;
            let mut taken = Block::new(steps, labels.names.len());
            for subject in block * BLOCK..((block + 1) * BLOCK).min(subjects) {
                taken.add(|row| walk.take(&codes[store.events_of(subject)], row));
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

    let mut everybody: Vec<Journey> = blocks
        .par_iter()
        .flat_map_iter(|block| {
            block.rows.chunks_exact(steps).map(|row| {
                let taken = row.iter().take_while(|label| **label != NONE);
                Journey::new(taken.zip(&slot_of).map(|(label, slots)| slots[*label as usize]))
            })
        })
        .collect();
    progress.check()?;
    everybody.par_sort_unstable();
    let people = everybody.len() as u64;
    let mut distinct: Vec<(Journey, u32)> = Vec::new();
    for journey in everybody {
        match distinct.last_mut() {
            Some((last, weight)) if *last == journey => *weight += 1,
            _ => distinct.push((journey, 1)),
        }
    }
    Ok(Journeys { steps, own, distinct, people })
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

/// The journeys of some subjects, `steps` labels each, and how many people stand where.
struct Block {
    rows: Vec<u32>,
    people_at: Vec<Vec<u32>>,
}

impl Block {
    fn new(steps: usize, labels: usize) -> Self {
        Self { rows: Vec::new(), people_at: vec![vec![0; labels]; steps] }
    }

    /// Adds one subject's row, unless nothing of her journey belongs to the cohort.
    fn add(&mut self, take: impl FnOnce(&mut [u32]) -> usize) {
        let start = self.rows.len();
        self.rows.resize(start + self.people_at.len(), NONE);
        let row = &mut self.rows[start..];
        let taken = take(row);
        for (label, people) in row[..taken].iter().zip(&mut self.people_at) {
            people[*label as usize] += 1;
        }
        if taken == 0 {
            self.rows.truncate(start);
        }
    }
}

/// How the steps of one journey are taken.
struct Walk<'a> {
    effective: &'a [u32],
    /// The label to wait for; [`NONE`], which nobody has, where no such label may be shown.
    anchor: Option<u32>,
    backwards: bool,
    collapse: bool,
    steps: usize,
}

impl Walk<'_> {
    /// Fills `row` with the labels of the first steps and returns how many there are.
    fn take<C: Copy + Into<u32>>(&self, events: &[C], row: &mut [u32]) -> usize {
        if self.backwards {
            self.take_in_order(events.iter().rev(), row)
        } else {
            self.take_in_order(events.iter(), row)
        }
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
            if self.collapse && label == last {
                continue;
            }
            row[taken] = label;
            taken += 1;
            last = label;
            if taken == self.steps {
                break;
            }
        }
        taken
    }
}
