//! Rows in file order → journeys: every subject's events together, in time order.
//!
//! Rows first go into piles, each of a range of subjects small enough for the cache; then every
//! pile is placed by counts per subject → prefix sum → stable scatter. Only subjects whose times are
//! out of order are sorted, stably, so that equal times keep the order of the file. Piles are cut by
//! the numbers of the subjects alone, so the result does not depend on how many threads there are.
//!
//! *Invariant:* numbers in, store out. Knows no file and no format.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use encoding_rs::WINDOWS_1252;
use rayon::prelude::*;

use super::ImportError;
use super::consent::Consents;
use super::cpu::{give_back, large_pages};
use super::intern::Interner;
use super::sink::{Block, First, Known, Layout, Row, Sink};
use super::text::Text;
use jiff::tz::TimeZone;

use crate::vault::journeys::{Attribute, Codes, OtherIds, Store};

/// Events that a pile should have: with 10 to 14 bytes each, they fit in the cache of one core.
const PILE_EVENTS: u64 = 1 << 17;
/// More piles than this would be too many places to write to at once.
const MOST_PILES: u64 = 1 << 9;
/// Rows in a block of a pile.
const PILE_BLOCK: usize = 1 << 11;

/// What is wanted of the grouping beside the journeys.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// An event without a session begins one where nothing happened for longer than this.
    pub(super) session_gap_millis: i64,
    pub(super) drop_duplicates: bool,
}

/// Journeys, and how many rows and values of attributes had text that was not UTF-8.
pub(super) struct Grouped {
    pub(super) store: Store,
    /// Rows that say again what one before has said, dropped or not.
    pub(super) duplicates: u64,
    pub(super) rows_decoded: u64,
    pub(super) values_decoded: u64,
}

/// Joins the sinks of all files and ranges, in their order. Each has one [`Known`] for each of the
/// attributes.
pub(super) fn group(
    layout: Layout,
    attributes: Vec<String>,
    sinks: Vec<Sink>,
    wanted: Wanted,
) -> Result<Grouped, ImportError> {
    let mut events: u64 = sinks.iter().map(Sink::rows_used).sum();
    if events >= u64::from(u32::MAX) {
        return Err(ImportError::Unusable(format!(
            "these files hold {events} events, and one import takes fewer than {}; import a part of them",
            u32::MAX
        )));
    }
    let mut subjects = Names::new();
    let mut labels = Names::new();
    let mut blocks: Vec<Unnumbered> = Vec::new();
    let mut renumbers = Vec::new();
    let mut rows_decoded = 0;
    let mut consents = Consents::default();
    let mut other_ids = Names::new();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut attributes: Vec<Joined> = attributes.into_iter().map(Joined::new).collect();
    for sink in sinks {
        let subject = subjects.join(sink.subjects);
        let label = labels.join(sink.labels);
        if !(subject.decoded.is_empty() && label.decoded.is_empty()) {
            let is_decoded = |row: &&Row| {
                subject.decoded.contains(&row.subject) || label.decoded.contains(&row.label)
            };
            let rows = sink.blocks.iter().flat_map(|block| &block.rows);
            rows_decoded += rows.filter(is_decoded).count() as u64;
        }
        for (joined, known) in attributes.iter_mut().zip(sink.attributes) {
            joined.join(known, &subject);
        }
        consents.join(sink.consents, |number| subject.of(number));
        let other = other_ids.join(sink.other_ids.ids);
        let seen = sink.other_ids.pairs.into_iter();
        pairs.extend(seen.map(|(number, id)| (subject.of(number), other.of(id))));
        let sink_number = renumbers.len();
        blocks.extend(sink.blocks.into_iter().map(|block| (sink_number, block)));
        renumbers.push((subject, label));
    }
    let dictionary: Vec<String> =
        labels.interner.texts().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    let (id_bytes, id_start) = subjects.interner.into_parts();
    let subjects = id_start.len() - 1;
    let values_decoded = attributes.iter().map(Joined::decoded).sum();
    let attributes = attributes.into_iter().map(|joined| joined.finish(subjects)).collect();
    let shift = pile_shift(subjects, events);
    let mut piles = pile_up(layout, blocks, &renumbers, (subjects >> shift) + 1, shift);
    drop(renumbers);
    let mut duplicates = None;
    if layout.has_insert_id || wanted.drop_duplicates && layout.has_time {
        let rows: u64 = piles.par_iter_mut().map(|pile| repeats(pile, layout, wanted)).sum();
        events -= if wanted.drop_duplicates { rows } else { 0 };
        duplicates = Some(rows);
    }
    let mut placed = Placed {
        subject_start: vec![0; subjects + 1],
        time: vec![0; if layout.has_time { events as usize } else { 0 }],
        session_start: bits(if layout.has_session { events as usize } else { 0 }),
        session_gap_millis: wanted.session_gap_millis,
        same_rows: AtomicU64::new(0),
    };
    large_pages(&mut placed.time);
    let label = if dictionary.len() <= usize::from(u16::MAX) + 1 {
        let mut codes = vec![0_u16; events as usize];
        large_pages(&mut codes);
        placed.fill(layout, piles, shift, &mut codes, |code| code as u16);
        Codes::Narrow(codes)
    } else {
        let mut codes = vec![0_u32; events as usize];
        large_pages(&mut codes);
        placed.fill(layout, piles, shift, &mut codes, |code| code);
        Codes::Wide(codes)
    };
    let Placed { subject_start, time, session_start, same_rows, .. } = placed;
    let words = session_start.into_iter().map(AtomicU64::into_inner);
    let session_start = layout.has_session.then(|| words.collect());
    let time_millis = layout.has_time.then_some(time);
    let store = Store {
        subject_start,
        label,
        time_millis,
        session_start,
        dictionary,
        id_bytes,
        id_start,
        other_ids: OtherIds::new(other_ids.interner.texts(), pairs),
        attributes,
        consent: consents.finish(subjects),
        zone: TimeZone::UTC,
        session_gap_millis: wanted.session_gap_millis,
    };
    let duplicates = duplicates.unwrap_or_else(|| same_rows.into_inner());
    Ok(Grouped { store, duplicates, rows_decoded, values_decoded })
}

/// The texts of all sinks so far.
struct Names {
    interner: Interner,
    is_first: bool,
}

/// How the numbers of one sink become the numbers of the import.
#[derive(Default)]
struct Renumber {
    /// Empty where nothing changes.
    to: Vec<u32>,
    decoded: HashSet<u32>,
}

impl Names {
    fn new() -> Self {
        Self { interner: Interner::new(), is_first: true }
    }

    /// Texts that are not UTF-8 in a file that otherwise is are read as Windows-1252.
    fn join(&mut self, other: Interner) -> Renumber {
        let is_first = std::mem::replace(&mut self.is_first, false);
        if other.is_utf8() {
            if is_first {
                self.interner = other;
                return Renumber::default();
            }
            return Renumber { to: self.interner.join(&other), decoded: HashSet::new() };
        }
        let mut renumber = Renumber::default();
        for (number, text) in (0..).zip(other.texts()) {
            let mut text = Cow::Borrowed(text);
            if std::str::from_utf8(&text).is_err() {
                renumber.decoded.insert(number);
                let (decoded, _) = WINDOWS_1252.decode_without_bom_handling(&text);
                text = Cow::Owned(decoded.into_owned().into_bytes());
            }
            renumber.to.push(self.interner.intern(Text::of(&text)));
        }
        renumber
    }
}

impl Renumber {
    #[inline]
    fn of(&self, number: u32) -> u32 {
        if self.to.is_empty() { number } else { self.to[number as usize] }
    }
}

/// What is known of the subjects of all sinks so far.
struct Joined {
    name: String,
    values: Names,
    /// By subject, and whether the value was not UTF-8; may end before the last subjects.
    first: Vec<(First, bool)>,
}

impl Joined {
    fn new(name: String) -> Self {
        Self { name, values: Names::new(), first: Vec::new() }
    }

    /// Adds a sink that comes later in the files, and how its subjects are numbered here.
    fn join(&mut self, known: Known, subjects: &Renumber) {
        let values = self.values.join(known.values);
        for (subject, first) in (0..).zip(known.first) {
            if first.value == Attribute::NONE {
                continue;
            }
            let at = subjects.of(subject) as usize;
            if at >= self.first.len() {
                self.first.resize(at + 1, (First::NOTHING, false));
            }
            if !self.first[at].0.is_before(first.time_millis) {
                let is_decoded = values.decoded.contains(&first.value);
                self.first[at] = (First { value: values.of(first.value), ..first }, is_decoded);
            }
        }
    }

    fn decoded(&self) -> u64 {
        self.first.iter().filter(|(_, is_decoded)| *is_decoded).count() as u64
    }

    /// The values that somebody has, sorted: which others were seen depends on how the files were
    /// cut into ranges.
    fn finish(self, subjects: usize) -> Attribute {
        let texts: Vec<&[u8]> = self.values.interner.texts().collect();
        let mut rank = vec![Attribute::NONE; texts.len()];
        let used = self.first.iter().filter(|(first, _)| first.value != Attribute::NONE);
        used.for_each(|(first, _)| rank[first.value as usize] = 0);
        let mut sorted: Vec<usize> =
            (0..texts.len()).filter(|value| rank[*value] != Attribute::NONE).collect();
        sorted.sort_unstable_by_key(|value| texts[*value]);
        for (number, value) in (0..).zip(&sorted) {
            rank[*value] = number;
        }
        let values = sorted
            .iter()
            .map(|value| String::from_utf8_lossy(texts[*value]).into_owned())
            .collect();
        let number = |(first, _): &(First, bool)| {
            rank.get(first.value as usize).copied().unwrap_or(Attribute::NONE)
        };
        let mut of_subject: Vec<u32> = self.first.iter().map(number).collect();
        of_subject.resize(subjects, Attribute::NONE);
        Attribute { name: self.name, values, of_subject }
    }
}

/// A block with the numbers of its own sink, and which sink that is.
type Unnumbered = (usize, Block);

/// The rows of a range of subjects, in file order.
type Pile = Vec<Block>;

/// The subjects of pile p are those whose number, shifted by this, is p.
fn pile_shift(subjects: usize, events: u64) -> u32 {
    let piles = (events / PILE_EVENTS).clamp(1, MOST_PILES) as usize;
    subjects.div_ceil(piles).next_power_of_two().trailing_zeros()
}

/// Gives every row its final numbers and puts it on the pile of its subject.
fn pile_up(
    layout: Layout,
    mut blocks: Vec<Unnumbered>,
    renumbers: &[(Renumber, Renumber)],
    piles: usize,
    shift: u32,
) -> Vec<Pile> {
    // Two for each thread: blocks whose numbers change take longer.
    let share = blocks.len().div_ceil(2 * rayon::current_num_threads().max(1)).max(1);
    let runs: Vec<Vec<Pile>> = blocks
        .par_chunks_mut(share)
        .map(|run| {
            let new_block = || Block::with_room(PILE_BLOCK, layout);
            let mut open: Vec<Block> = (0..piles).map(|_| new_block()).collect();
            let mut full: Vec<Pile> = (0..piles).map(|_| Vec::new()).collect();
            for (sink, block) in run {
                let (subject, label) = &renumbers[*sink];
                // Taken, so that its memory is free for the piles.
                let mut block = std::mem::take(block);
                // For itself, so that many look-ups wait at once.
                for row in &mut block.rows {
                    row.subject = subject.of(row.subject);
                }
                for (at, row) in block.rows.iter().enumerate() {
                    let row = Row { label: label.of(row.label), ..*row };
                    let pile = (row.subject >> shift) as usize;
                    let own = &mut open[pile];
                    if own.rows.len() == PILE_BLOCK {
                        full[pile].push(std::mem::replace(own, new_block()));
                    }
                    own.rows.push(row);
                    if layout.has_session {
                        own.session.push(block.session[at]);
                    }
                    if layout.has_insert_id {
                        own.insert_id.push(block.insert_id[at]);
                    }
                }
            }
            full.iter_mut().zip(open).for_each(|(pile, block)| pile.push(block));
            full
        })
        .collect();
    let mut all: Vec<Pile> = (0..piles).map(|_| Vec::new()).collect();
    for run in runs {
        all.iter_mut().zip(run).for_each(|(pile, mut more)| pile.append(&mut more));
    }
    all
}

/// Counts the rows of a pile that say again what one before has said, and drops them where that is
/// wanted. An insert id counts within a subject; a row without one is no repetition.
fn repeats(pile: &mut Pile, layout: Layout, wanted: Wanted) -> u64 {
    let mut by_id: HashSet<(u32, u64)> = HashSet::new();
    let mut by_row: HashSet<(u32, u32, i64, u32)> = HashSet::new();
    let mut rows = 0;
    for block in pile {
        let session = |at: usize| block.session.get(at).copied().unwrap_or_default();
        let is_new: Vec<bool> = block
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                if layout.has_insert_id {
                    let id = block.insert_id[at];
                    id == 0 || by_id.insert((row.subject, id))
                } else {
                    by_row.insert((row.subject, row.label, row.time_millis, session(at)))
                }
            })
            .collect();
        rows += is_new.iter().filter(|is_new| !**is_new).count() as u64;
        if wanted.drop_duplicates {
            retain(&mut block.rows, &is_new);
            retain(&mut block.session, &is_new);
        }
    }
    rows
}

/// Keeps the items that are marked; a column that the import does not have is empty.
fn retain<T>(items: &mut Vec<T>, is_kept: &[bool]) {
    let mut kept = is_kept.iter();
    items.retain(|_| kept.next().is_none_or(|kept| *kept));
}

/// Where the subjects begin, and the event columns beside the labels.
struct Placed {
    subject_start: Vec<u32>,
    time: Vec<i64>,
    /// One bit an event. Two parts may meet within a word.
    session_start: Vec<AtomicU64>,
    session_gap_millis: i64,
    /// Rows of one subject at one time with one label and one session, but for the first of them.
    same_rows: AtomicU64,
}

fn bits(len: usize) -> Vec<AtomicU64> {
    std::iter::repeat_with(AtomicU64::default).take(len.div_ceil(64)).collect()
}

/// A range of subjects, where each begins, and the places of their events.
struct Part<'a, L> {
    first_subject: u32,
    first_event: u32,
    starts: &'a mut [u32],
    label: &'a mut [L],
    time: &'a mut [i64],
    /// Empty where the import has no sessions.
    session: Vec<u32>,
}

impl Placed {
    fn fill<L: Copy + Ord + Send>(
        &mut self,
        layout: Layout,
        piles: Vec<Pile>,
        shift: u32,
        mut label: &mut [L],
        narrow: impl Fn(u32) -> L + Sync,
    ) {
        fn cut<T>(rest: &mut [T], len: usize) -> (&mut [T], &mut [T]) {
            rest.split_at_mut(len.min(rest.len()))
        }
        // Every subject's start is filled with its pile; the one more is the end of all.
        let subjects = self.subject_start.len() - 1;
        let (mut starts, end) = self.subject_start.split_at_mut(subjects);
        end.fill(label.len() as u32);
        let mut time = &mut self.time[..];
        let mut first_event = 0;
        let mut parts = Vec::with_capacity(piles.len());
        for (number, pile) in piles.into_iter().enumerate() {
            let events: usize = pile.iter().map(|block| block.rows.len()).sum();
            let (own_starts, more_starts) = cut(starts, 1 << shift);
            let (own_label, more_label) = cut(label, events);
            let (own_time, more_time) = cut(time, events);
            (starts, label, time) = (more_starts, more_label, more_time);
            let part = Part {
                first_subject: (number << shift) as u32,
                first_event,
                starts: own_starts,
                label: own_label,
                time: own_time,
                session: Vec::new(),
            };
            parts.push((pile, part));
            first_event += events as u32;
        }
        let (session_start, same_rows) = (&self.session_start, &self.same_rows);
        let gap_millis = self.session_gap_millis;
        let half = parts.len().div_ceil(2);
        let placed = AtomicUsize::new(0);
        parts.into_par_iter().for_each(|(pile, mut part)| {
            part.session = vec![0; if layout.has_session { part.label.len() } else { 0 }];
            let ends = part.scatter(pile, &narrow);
            same_rows.fetch_add(part.sort(&ends), Ordering::Relaxed);
            part.mark_sessions(&ends, gap_millis, session_start);
            // Or all rows would be in memory twice at the end.
            if placed.fetch_add(1, Ordering::Relaxed) + 1 == half {
                give_back();
            }
        });
    }
}

/// The places of times in the order of time, those of equal times as they are.
fn order_by_time(time: &[i64], order: &mut Vec<usize>) {
    const PLACE_BITS: u32 = 6;
    let first = time.iter().min().copied().unwrap_or_default();
    let last = time.iter().max().copied().unwrap_or_default();
    order.clear();
    // Few times and their places fit in one number each, and numbers are sorted without guessing.
    if time.len() <= 1 << PLACE_BITS && last.abs_diff(first) >> (u64::BITS - PLACE_BITS) == 0 {
        let mut small = [0; 1 << PLACE_BITS];
        let small = &mut small[..time.len()];
        for ((number, time), place) in small.iter_mut().zip(time).zip(0..) {
            *number = time.abs_diff(first) << PLACE_BITS | place;
        }
        small.sort_unstable();
        order.extend(small.iter().map(|number| (number & ((1 << PLACE_BITS) - 1)) as usize));
    } else {
        order.extend(0..time.len());
        order.sort_by_key(|at| time[*at]);
    }
}

impl<L: Copy + Ord> Part<'_, L> {
    /// Places the rows, and says where each subject ends, counted from the part's first event.
    fn scatter(&mut self, pile: Pile, narrow: &impl Fn(u32) -> L) -> Vec<u32> {
        let mut next = vec![0_u32; self.starts.len()];
        for row in pile.iter().flat_map(|block| &block.rows) {
            next[(row.subject - self.first_subject) as usize] += 1;
        }
        let mut sum = 0;
        for (start, next) in self.starts.iter_mut().zip(&mut next) {
            *start = self.first_event + sum;
            sum += std::mem::replace(next, sum);
        }
        for block in pile {
            for (from, row) in block.rows.iter().enumerate() {
                let slot = &mut next[(row.subject - self.first_subject) as usize];
                let at = *slot as usize;
                *slot += 1;
                self.label[at] = narrow(row.label);
                if !self.time.is_empty() {
                    self.time[at] = row.time_millis;
                }
                if !self.session.is_empty() {
                    self.session[at] = block.session[from];
                }
            }
        }
        next
    }

    /// Puts everybody's events in the order of time, and counts rows that are as one before in all that
    /// is mapped.
    fn sort(&mut self, ends: &[u32]) -> u64 {
        if self.time.is_empty() {
            return 0;
        }
        let mut same_rows = 0;
        let mut order: Vec<usize> = Vec::new();
        let mut rows: Vec<(i64, L, u32)> = Vec::new();
        let mut run: Vec<(L, u32)> = Vec::new();
        for (start, end) in self.starts.iter().zip(ends) {
            let range = (start - self.first_event) as usize..*end as usize;
            let time = &mut self.time[range.clone()];
            // Most people are done here.
            if time.is_sorted_by(|a, b| a < b) {
                continue;
            }
            let label = &mut self.label[range.clone()];
            let has_session = !self.session.is_empty();
            let session = if has_session { &mut self.session[range] } else { &mut [][..] };
            if !time.is_sorted() {
                order_by_time(time, &mut order);
                rows.clear();
                rows.extend(
                    order.iter().map(|at| {
                        (time[*at], label[*at], if has_session { session[*at] } else { 0 })
                    }),
                );
                for (at, row) in rows.iter().enumerate() {
                    time[at] = row.0;
                    label[at] = row.1;
                    if has_session {
                        session[at] = row.2;
                    }
                }
            }
            let mut first = 0;
            for same in time.chunk_by(|a, b| a == b) {
                if same.len() > 1 {
                    let session = |at: usize| session.get(at).copied().unwrap_or_default();
                    run.clear();
                    run.extend((first..first + same.len()).map(|at| (label[at], session(at))));
                    run.sort_unstable();
                    same_rows += run.windows(2).filter(|two| two[0] == two[1]).count() as u64;
                }
                first += same.len();
            }
        }
        same_rows
    }

    /// A session starts with a subject's first event and wherever its session changes. Interleaved
    /// sessions of one subject therefore start anew at every change. An event that has no session
    /// is of the one before, unless nothing happened for too long.
    fn mark_sessions(&self, ends: &[u32], gap_millis: i64, bits: &[AtomicU64]) {
        const NONE: u32 = 0;
        if self.session.is_empty() {
            return;
        }
        let mut word = 0;
        let mut event = self.first_event as usize;
        let flush = |word: &mut u64, event: usize| {
            bits[event / 64].fetch_or(std::mem::take(word), Ordering::Relaxed);
        };
        for (start, end) in self.starts.iter().zip(ends) {
            let range = (start - self.first_event) as usize..*end as usize;
            let mut before = None;
            for at in range {
                let session = self.session[at];
                let starts = match before {
                    Some(_) if session == NONE => {
                        !self.time.is_empty()
                            && self.time[at].saturating_sub(self.time[at - 1]) > gap_millis
                    }
                    before => before != Some(session),
                };
                if starts || session != NONE {
                    before = Some(session);
                }
                word |= u64::from(starts) << (event % 64);
                if event % 64 == 63 {
                    flush(&mut word, event);
                }
                event += 1;
            }
        }
        if word != 0 {
            flush(&mut word, event);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::order_by_time;

    proptest! {
        #[test]
        fn times_are_put_in_order_and_equal_ones_stay_as_they_are(
            times in prop::collection::vec(
                prop_oneof![0..9_i64, any::<i64>(), 0..1_i64 << 58], 0..100),
            least in prop_oneof![Just(0_i64), Just(i64::MIN / 2)],
        ) {
            let times: Vec<i64> = times.iter().map(|time| time.saturating_add(least)).collect();
            let mut wanted: Vec<usize> = (0..times.len()).collect();
            wanted.sort_by_key(|at| times[*at]);
            let mut order = vec![7];
            order_by_time(&times, &mut order);
            prop_assert_eq!(order, wanted);
        }
    }
}
