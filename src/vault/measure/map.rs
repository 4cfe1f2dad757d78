//! Exact directly-follows counts of one group: steps, pairs of steps, starts and ends, each with
//! the different people behind it.
//!
//! The journeys of a subject stand together, so a "last subject seen" inside each counter is enough
//! to count distinct subjects. Count and last stand in one packed cell and people are counted
//! without a branch: 1.4 ns an event against 2.3 for separate arrays.
//!
//! *Invariant:* exact, so nothing here leaves the vault.

use std::ops::Range;

use rayon::prelude::*;

use super::durations::BINS;
use super::timing;
use crate::vault::journeys::Clock;
use crate::vault::journeys::cohort::Journey;
use crate::vault::journeys::{Codes, Store};
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, Progress, Unit};

/// What one number of a map counts.
#[derive(Clone, Copy, Default)]
pub(in crate::vault) struct Counted {
    /// In the unit of the map.
    pub(in crate::vault) count: u32,
    /// Different people behind it.
    pub(in crate::vault) subjects: u32,
    /// What the one and the other person who add the most add to the count; 0 where the cap lets
    /// nobody dominate.
    most: [u32; 2],
}

impl Counted {
    /// Fewer than `k` people, or one has more than half of it, or two more than two thirds.
    pub(in crate::vault) fn is_small(self, k: u64) -> bool {
        let [most, second] = self.most.map(u64::from);
        let count = u64::from(self.count);
        u64::from(self.subjects) < k || 2 * most > count || 3 * (most + second) > 2 * count
    }

    /// Adds what other people count.
    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.subjects += other.subjects;
        self.most = other.most.into_iter().fold(self.most, with_share);
    }
}

/// A counter, told of everything that happens in the order of the journeys.
trait Tally: Copy + Default + Send {
    /// `subject` and `journey` count from 1.
    fn add(&mut self, subject: u32, journey: u32, cap: u32);
    fn counted(self, cap: u32) -> Counted;
}

/// People: `[subjects, last subject]`.
#[derive(Clone, Copy, Default)]
struct People([u32; 2]);

impl Tally for People {
    #[inline]
    fn add(&mut self, subject: u32, _: u32, _: u32) {
        let Self([subjects, last]) = self;
        *subjects += u32::from(*last != subject);
        *last = subject;
    }

    fn counted(self, _: u32) -> Counted {
        let Self([subjects, _]) = self;
        Counted { count: subjects, subjects, most: [0, 0] }
    }
}

/// Sessions, each once, or (`EACH`) occurrences, of which a person adds no more than the cap. No
/// branch (4 ns an event), unless the `BIGGEST` shares are wanted (12 ns).
#[derive(Clone, Copy, Default)]
struct Shares<const EACH: bool, const BIGGEST: bool> {
    count: u32,
    subjects: u32,
    /// The last ones.
    subject: u32,
    journey: u32,
    /// What the last subject has added, the cap aside.
    share: u32,
    /// The biggest shares before that.
    most: [u32; 2],
}

impl<const EACH: bool, const BIGGEST: bool> Tally for Shares<EACH, BIGGEST> {
    #[inline]
    fn add(&mut self, subject: u32, journey: u32, cap: u32) {
        let is_other = self.subject != subject;
        if BIGGEST && is_other {
            self.most = with_share(self.most, self.share.min(cap));
        }
        let new = if EACH { 1 } else { u32::from(self.journey != journey) };
        if EACH || BIGGEST {
            let same = u32::from(is_other).wrapping_sub(1);
            self.share = (self.share & same) + new;
        }
        self.count += if EACH { u32::from(self.share <= cap) } else { new };
        self.subjects += u32::from(is_other);
        self.subject = subject;
        self.journey = journey;
    }

    fn counted(self, cap: u32) -> Counted {
        let Self { count, subjects, share, most, .. } = self;
        let most = if BIGGEST { with_share(most, share.min(cap)) } else { [0, 0] };
        Counted { count, subjects, most }
    }
}

/// The two biggest of three.
fn with_share([most, second]: [u32; 2], share: u32) -> [u32; 2] {
    if share > most { [share, most] } else { [most, second.max(share)] }
}

/// Which labels stand for themselves, and what the others become.
pub(in crate::vault) struct Slots {
    /// The label of each slot, in the order of names; the slot after them is that of `Other`.
    pub(in crate::vault) named: Vec<u32>,
    /// Slot by raw code, [`SKIPPED`] or [`HIDDEN`].
    of_code: Vec<u32>,
}

/// A step that is left out because too few people take it.
const SKIPPED: u32 = u32::MAX - 1;
/// An event that is no step at all.
const HIDDEN: u32 = LabelTable::HIDDEN;

impl Slots {
    /// So many labels stand for themselves at most: the counters of all pairs take 8 MB, those of
    /// sessions 28.
    pub(in crate::vault) const MOST: usize = 1_000;

    /// The most frequent labels that may be named and have at least `k` of `subjects_at`.
    pub(in crate::vault) fn new(
        labels: &LabelTable,
        subjects_at: &[u32],
        k: u64,
        skip_rare: bool,
    ) -> Self {
        let mut named: Vec<u32> = (0..labels.names.len() as u32)
            .filter(|label| labels.nameable[*label as usize])
            .filter(|label| u64::from(subjects_at[*label as usize]) >= k)
            .collect();
        named.sort_unstable_by_key(|l| (std::cmp::Reverse(subjects_at[*l as usize]), *l));
        named.truncate(Self::MOST);
        named.sort_unstable();
        let rest = if skip_rare { SKIPPED } else { named.len() as u32 };
        let mut of_label = vec![rest; labels.names.len()];
        for (label, slot) in named.iter().zip(0..) {
            of_label[*label as usize] = slot;
        }
        let slot = |label: &u32| of_label.get(*label as usize).copied().unwrap_or(HIDDEN);
        Self { of_code: labels.effective.iter().map(slot).collect(), named }
    }

    /// Every label that is not hidden, on its own.
    fn labels(labels: &LabelTable) -> Self {
        Self { named: (0..labels.names.len() as u32).collect(), of_code: labels.effective.clone() }
    }

    pub(in crate::vault) fn other(&self) -> usize {
        self.named.len()
    }

    fn len(&self) -> usize {
        self.named.len() + 1
    }
}

/// From which end of a journey.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum End {
    Start,
    End,
}

/// The journeys of a group and how their steps are counted.
pub(in crate::vault) struct Walk<'a> {
    pub(in crate::vault) store: &'a Store,
    pub(in crate::vault) labels: &'a LabelTable,
    pub(in crate::vault) journeys: &'a [Journey],
    pub(in crate::vault) collapse: bool,
    pub(in crate::vault) unit: Unit,
    /// The most sessions or occurrences that a person adds; those of sessions are drawn already.
    pub(in crate::vault) cap: u32,
    /// Whether the cap is so high that one or two people can dominate a count.
    pub(in crate::vault) dominance: bool,
    pub(in crate::vault) progress: &'a Progress,
}

/// Journeys with at least one step, and the different people whose journeys they are, by segment.
pub(in crate::vault) fn people(
    store: &Store,
    labels: &LabelTable,
    journeys: &[Journey],
    segments: usize,
) -> (Vec<u64>, Vec<u64>) {
    let all_shown = !labels.effective.contains(&LabelTable::HIDDEN);
    let has_step = |journey: &&Journey| {
        let shown = |event| labels.effective[store.label(event) as usize] != LabelTable::HIDDEN;
        all_shown || journey.events().any(shown)
    };
    let (mut units, mut people) = (vec![0; segments], vec![0; segments]);
    let mut last = None;
    for journey in journeys.iter().filter(has_step) {
        units[journey.segment as usize] += 1;
        people[journey.segment as usize] += u64::from(last != Some(journey.subject));
        last = Some(journey.subject);
    }
    (units, people)
}

impl Walk<'_> {
    /// Distinct subjects of every label.
    pub(in crate::vault) fn subjects_at(&self) -> Result<Vec<u32>, Cancelled> {
        let slots = Slots::labels(self.labels);
        let width = slots.len();
        let cells = self.chunks(
            || vec![People::default(); width],
            |walk, cells, numbered| {
                walk.steps(&slots, numbered.1, |slot, _| {
                    cells[slot as usize].add(numbered.1.subject + 1, 0, 0);
                });
            },
            width > WIDE * WIDE,
        )?;
        let mut subjects = vec![0; width];
        for cells in cells {
            subjects.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell.counted(0).subjects);
        }
        Ok(subjects)
    }

    /// Everything that a map counts.
    pub(in crate::vault) fn count(&self, slots: &Slots) -> Result<Exact, Cancelled> {
        match (self.unit, self.dominance) {
            (Unit::People, _) => self.count_as::<People>(slots),
            (Unit::Sessions, false) => self.count_as::<Shares<false, false>>(slots),
            (Unit::Sessions, true) => self.count_as::<Shares<false, true>>(slots),
            (Unit::Occurrences, false) => self.count_as::<Shares<true, false>>(slots),
            (Unit::Occurrences, true) => self.count_as::<Shares<true, true>>(slots),
        }
    }

    fn count_as<T: Tally>(&self, slots: &Slots) -> Result<Exact, Cancelled> {
        // After the slots comes the place outside, where journeys start and end.
        let (outside, width) = (slots.len(), slots.len() + 1);
        let tables = self.chunks(
            || (vec![T::default(); width], vec![T::default(); width * width]),
            |walk, (nodes, edges), (number, journey)| {
                let (subject, cap) = (journey.subject + 1, walk.cap);
                let mut row = outside * width;
                let skipped = walk.steps(slots, journey, |slot, _| {
                    let slot = slot as usize;
                    nodes[slot].add(subject, number, cap);
                    edges[row + slot].add(subject, number, cap);
                    row = slot * width;
                });
                if row != outside * width {
                    edges[row + outside].add(subject, number, cap);
                } else if skipped {
                    // Nobody is lost: all her steps are left out, and she starts and ends with them.
                    edges[row + slots.other()].add(subject, number, cap);
                    edges[slots.other() * width + outside].add(subject, number, cap);
                } else {
                    return;
                }
                edges[outside * width + outside].add(subject, number, cap);
            },
            width > WIDE,
        )?;
        let mut exact = Exact {
            outside,
            nodes: vec![Counted::default(); width],
            edges: vec![Counted::default(); width * width],
        };
        for (nodes, edges) in tables {
            exact
                .nodes
                .iter_mut()
                .zip(nodes)
                .for_each(|(sum, cell)| sum.merge(cell.counted(self.cap)));
            exact
                .edges
                .iter_mut()
                .zip(edges)
                .for_each(|(sum, cell)| sum.merge(cell.counted(self.cap)));
        }
        Ok(exact)
    }

    /// Journeys that start, or end, in one of these slots. Somebody with several sessions may be
    /// in more than one of them, so they are counted anew.
    pub(in crate::vault) fn ends(
        &self,
        slots: &Slots,
        end: End,
        folded: &[bool],
    ) -> Result<Counted, Cancelled> {
        let cells = self.chunks(
            Shares::<false, true>::default,
            |walk, cell, (number, journey)| {
                let mut at = None;
                let skipped = walk.steps(slots, journey, |slot, _| {
                    if end == End::End || at.is_none() {
                        at = Some(slot as usize);
                    }
                });
                if at.or(skipped.then_some(slots.other())).is_some_and(|at| folded[at]) {
                    cell.add(journey.subject + 1, number, walk.cap);
                }
            },
            false,
        )?;
        let mut counted = Counted::default();
        for cell in cells {
            counted.merge(cell.counted(self.cap));
        }
        Ok(counted)
    }

    /// How long these edges, as pairs of slots, take each person the first time: people by
    /// duration.
    pub(in crate::vault) fn durations(
        &self,
        slots: &Slots,
        edges: &[(usize, usize)],
        clock: Clock<'_>,
    ) -> Result<Vec<[u64; BINS]>, Cancelled> {
        const NONE: u32 = u32::MAX;
        let width = slots.len();
        let mut number_of = vec![NONE; width * width];
        for ((from, to), number) in edges.iter().zip(0..) {
            number_of[from * width + to] = number;
        }
        let tables = self.chunks(
            || (vec![0_u32; edges.len()], vec![[0_u64; BINS]; edges.len()]),
            |walk, (last, bins), (_, journey)| {
                let mut before = None;
                walk.steps(slots, journey, |slot, event| {
                    let slot = slot as usize;
                    if let Some((from, since)) = before.replace((slot, event)) {
                        let number = number_of[from * width + slot] as usize;
                        if number != NONE as usize && last[number] != journey.subject + 1 {
                            last[number] = journey.subject + 1;
                            bins[number][timing::bin(clock.between(since, event))] += 1;
                        }
                    }
                });
            },
            edges.len() > WIDE * WIDE,
        )?;
        let mut sums = vec![[0; BINS]; edges.len()];
        for (_, bins) in tables {
            for (sums, bins) in sums.iter_mut().zip(bins) {
                sums.iter_mut().zip(bins).for_each(|(sum, people)| *sum += people);
            }
        }
        Ok(sums)
    }

    /// Walks all journeys, each with its number from 1, in several threads at once: `new` makes the
    /// counters of one thread. The journeys of a subject are never parted.
    fn chunks<A: Send>(
        &self,
        new: impl Fn() -> A + Sync + Send,
        each: impl Fn(&Self, &mut A, (u32, Journey)) + Sync + Send,
        is_large: bool,
    ) -> Result<Vec<A>, Cancelled> {
        let chunks = subject_chunks(self.journeys);
        // Large counters are made once a thread, small ones more often, so that threads that are
        // done can help.
        let least = if is_large { chunks.len().div_ceil(rayon::current_num_threads()) } else { 1 };
        chunks
            .into_par_iter()
            .with_min_len(least)
            .try_fold(&new, |mut counters, chunk| {
                self.progress.check()?;
                for (number, journey) in chunk.clone().zip(&self.journeys[chunk]) {
                    each(self, &mut counters, (number as u32 + 1, *journey));
                }
                Ok(counters)
            })
            .collect()
    }

    /// Tells every step of a journey, its slot and its event, and answers whether steps were left
    /// out. A step that repeats has the time of its first event.
    #[inline]
    fn steps(&self, slots: &Slots, journey: Journey, step: impl FnMut(u32, usize)) -> bool {
        match (&self.store.label, self.collapse) {
            (Codes::Narrow(codes), false) => self.steps_of::<_, false>(codes, slots, journey, step),
            (Codes::Narrow(codes), true) => self.steps_of::<_, true>(codes, slots, journey, step),
            (Codes::Wide(codes), false) => self.steps_of::<_, false>(codes, slots, journey, step),
            (Codes::Wide(codes), true) => self.steps_of::<_, true>(codes, slots, journey, step),
        }
    }

    #[inline]
    fn steps_of<C: Copy + Into<u32>, const COLLAPSE: bool>(
        &self,
        codes: &[C],
        slots: &Slots,
        journey: Journey,
        mut step: impl FnMut(u32, usize),
    ) -> bool {
        let mut skipped = false;
        let mut last = LabelTable::HIDDEN;
        for (code, event) in codes[journey.events()].iter().zip(journey.events()) {
            let code = Into::<u32>::into(*code) as usize;
            let slot = slots.of_code[code];
            if slot >= SKIPPED {
                skipped |= slot == SKIPPED;
                continue;
            }
            if COLLAPSE {
                let label = self.labels.effective[code];
                if label == last {
                    continue;
                }
                last = label;
            }
            step(slot, event);
        }
        skipped
    }
}

/// Tables wider than this do not fit in the fast part of the memory many times.
const WIDE: usize = 128;

/// Ranges of journeys that share no subject.
pub(super) fn subject_chunks(journeys: &[Journey]) -> Vec<Range<usize>> {
    const CHUNK: usize = 16_384;
    let mut chunks = Vec::with_capacity(journeys.len() / CHUNK + 1);
    let mut start = 0;
    while start < journeys.len() {
        let mut end = (start + CHUNK).min(journeys.len());
        while end < journeys.len() && journeys[end].subject == journeys[end - 1].subject {
            end += 1;
        }
        chunks.push(start..end);
        start = end;
    }
    chunks
}

/// Exact counts of a group.
pub(in crate::vault) struct Exact {
    outside: usize,
    nodes: Vec<Counted>,
    edges: Vec<Counted>,
}

impl Exact {
    /// Everybody.
    pub(in crate::vault) fn all(&self) -> Counted {
        self.edge(self.outside, self.outside)
    }

    pub(in crate::vault) fn node(&self, slot: usize) -> Counted {
        self.nodes[slot]
    }

    pub(in crate::vault) fn edge(&self, from: usize, to: usize) -> Counted {
        self.edges[from * (self.outside + 1) + to]
    }

    /// Journeys that start, or end, with a step.
    pub(in crate::vault) fn end(&self, end: End, slot: usize) -> Counted {
        match end {
            End::Start => self.edge(self.outside, slot),
            End::End => self.edge(slot, self.outside),
        }
    }
}
