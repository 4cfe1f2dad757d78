//! Rows in file order → journeys: every subject's events together, in time order.
//!
//! Counts per subject → prefix sum → stable scatter; only subjects whose times are out of order are
//! sorted, stably, so that equal times keep the order of the file. Each thread places the rows of
//! its own range of subjects, so the result does not depend on how many there are.
//!
//! *Invariant:* numbers in, store out. Knows no file and no format.

use std::collections::HashSet;

use encoding_rs::WINDOWS_1252;
use rayon::prelude::*;

use super::ImportError;
use super::intern::Interner;
use super::sink::{Block, Layout, Sink};
use crate::vault::journeys::{Codes, Store};

/// Journeys, and how many rows had text that was not UTF-8.
pub(super) struct Grouped {
    pub(super) store: Store,
    pub(super) rows_decoded: u64,
}

/// Joins the sinks of all files and ranges, in their order.
pub(super) fn group(layout: Layout, sinks: Vec<Sink>) -> Result<Grouped, ImportError> {
    let events: u64 = sinks.iter().map(Sink::rows_used).sum();
    if events >= u64::from(u32::MAX) {
        return Err(ImportError::Unusable(format!(
            "these files hold {events} events, and one import takes fewer than {}; import a part of them",
            u32::MAX
        )));
    }
    let mut subjects = Names::new();
    let mut labels = Names::new();
    let mut blocks: Vec<Block> = Vec::new();
    let mut rows_decoded = 0;
    for sink in sinks {
        let subject = subjects.join(sink.subjects);
        let label = labels.join(sink.labels);
        let mut own = sink.blocks;
        if !(subject.decoded.is_empty() && label.decoded.is_empty()) {
            let rows = own.iter().flat_map(|block| block.subject.iter().zip(&block.label));
            let is_decoded =
                |(s, l): &(&u32, &u32)| subject.decoded.contains(s) || label.decoded.contains(l);
            rows_decoded += rows.filter(is_decoded).count() as u64;
        }
        own.par_iter_mut().for_each(|block| {
            subject.apply(&mut block.subject);
            label.apply(&mut block.label);
        });
        blocks.append(&mut own);
    }
    let subject_start = starts(&blocks, subjects.interner.len());
    let dictionary: Vec<String> =
        labels.interner.texts().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    let (id_bytes, id_start) = ids(&subjects.interner);
    drop(subjects);
    let mut events = Events::default();
    let label = if dictionary.len() <= usize::from(u16::MAX) + 1 {
        let mut codes = vec![0_u16; events_in(&blocks)];
        events.place(layout, &blocks, &subject_start, &mut codes, |code| code as u16);
        Codes::Narrow(codes)
    } else {
        let mut codes = vec![0_u32; events_in(&blocks)];
        events.place(layout, &blocks, &subject_start, &mut codes, |code| code);
        Codes::Wide(codes)
    };
    let session_start = layout.has_session.then(|| session_bits(&subject_start, &events.session));
    let time_millis = layout.has_time.then_some(events.time);
    let store =
        Store { subject_start, label, time_millis, session_start, dictionary, id_bytes, id_start };
    Ok(Grouped { store, rows_decoded })
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
        let is_text = other.texts().all(|text| std::str::from_utf8(text).is_ok());
        if self.is_first && is_text {
            self.interner = other;
            self.is_first = false;
            return Renumber::default();
        }
        self.is_first = false;
        let mut renumber = Renumber::default();
        renumber.to.reserve_exact(other.len());
        for (number, text) in other.texts().enumerate() {
            renumber.to.push(if std::str::from_utf8(text).is_ok() {
                self.interner.intern(text)
            } else {
                renumber.decoded.insert(number as u32);
                let (decoded, _) = WINDOWS_1252.decode_without_bom_handling(text);
                self.interner.intern(decoded.as_bytes())
            });
        }
        renumber
    }
}

impl Renumber {
    fn apply(&self, numbers: &mut [u32]) {
        if !self.to.is_empty() {
            for number in numbers {
                *number = self.to[*number as usize];
            }
        }
    }
}

fn events_in(blocks: &[Block]) -> usize {
    blocks.iter().map(|block| block.subject.len()).sum()
}

/// Where each subject's events begin, and one end more.
fn starts(blocks: &[Block], subjects: usize) -> Vec<u32> {
    let share = blocks.len().div_ceil(rayon::current_num_threads().max(1)).max(1);
    let counts = blocks
        .par_chunks(share)
        .map(|part| {
            let mut counts = vec![0_u32; subjects];
            for subject in part.iter().flat_map(|block| &block.subject) {
                counts[*subject as usize] += 1;
            }
            counts
        })
        .reduce_with(|mut a, b| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        })
        .unwrap_or_else(|| vec![0; subjects]);
    let mut starts = Vec::with_capacity(subjects + 1);
    let mut sum = 0;
    starts.push(0);
    starts.extend(counts.into_iter().map(|count| {
        sum += count;
        sum
    }));
    starts
}

fn ids(subjects: &Interner) -> (Vec<u8>, Vec<u64>) {
    let mut bytes = Vec::with_capacity(subjects.texts().map(<[u8]>::len).sum());
    let mut starts = Vec::with_capacity(subjects.len() + 1);
    starts.push(0);
    for text in subjects.texts() {
        bytes.extend_from_slice(text);
        starts.push(bytes.len() as u64);
    }
    (bytes, starts)
}

/// The event columns beside the labels.
#[derive(Default)]
struct Events {
    time: Vec<i64>,
    session: Vec<u32>,
}

/// A range of subjects and the places of their events.
struct Part<'a, L> {
    starts: &'a [u32],
    first: u32,
    label: &'a mut [L],
    time: &'a mut [i64],
    session: &'a mut [u32],
}

impl Events {
    fn place<L: Copy + Send>(
        &mut self,
        layout: Layout,
        blocks: &[Block],
        subject_start: &[u32],
        label: &mut [L],
        narrow: impl Fn(u32) -> L + Sync,
    ) {
        let events = label.len();
        self.time = vec![0; if layout.has_time { events } else { 0 }];
        self.session = vec![0; if layout.has_session { events } else { 0 }];
        let parts = split(subject_start, label, &mut self.time, &mut self.session);
        parts.into_par_iter().for_each(|mut part| {
            part.scatter(blocks, &narrow);
            part.sort();
        });
    }
}

/// Ranges of subjects with about as many events each, one for every thread.
fn split<'a, L>(
    subject_start: &'a [u32],
    mut label: &'a mut [L],
    mut time: &'a mut [i64],
    mut session: &'a mut [u32],
) -> Vec<Part<'a, L>> {
    let subjects = subject_start.len() - 1;
    let threads = rayon::current_num_threads().max(1);
    let mut parts = Vec::with_capacity(threads);
    let mut first = 0;
    for thread in 1..=threads {
        let wanted = (label.len() / (threads - thread + 1)) as u32 + subject_start[first];
        let end = if thread == threads {
            subjects
        } else {
            subject_start.partition_point(|start| *start < wanted).clamp(first, subjects)
        };
        let events = (subject_start[end] - subject_start[first]) as usize;
        let (own_label, rest) = label.split_at_mut(events);
        label = rest;
        let (own_time, rest) = time.split_at_mut(events.min(time.len()));
        time = rest;
        let (own_session, rest) = session.split_at_mut(events.min(session.len()));
        session = rest;
        parts.push(Part {
            starts: &subject_start[first..=end],
            first: first as u32,
            label: own_label,
            time: own_time,
            session: own_session,
        });
        first = end;
    }
    parts
}

impl<L: Copy> Part<'_, L> {
    fn scatter(&mut self, blocks: &[Block], narrow: &impl Fn(u32) -> L) {
        let base = self.starts[0];
        let mut next: Vec<u32> =
            self.starts[..self.starts.len() - 1].iter().map(|start| start - base).collect();
        for block in blocks {
            for (row, subject) in block.subject.iter().enumerate() {
                // Subjects of other parts are out of bounds, on either side.
                let Some(slot) = next.get_mut(subject.wrapping_sub(self.first) as usize) else {
                    continue;
                };
                let at = *slot as usize;
                *slot += 1;
                self.label[at] = narrow(block.label[row]);
                if !self.time.is_empty() {
                    self.time[at] = block.time[row];
                }
                if !self.session.is_empty() {
                    self.session[at] = block.session[row];
                }
            }
        }
    }

    fn sort(&mut self) {
        if self.time.is_empty() {
            return;
        }
        let base = self.starts[0];
        let mut rows: Vec<(i64, L, u32)> = Vec::new();
        for pair in self.starts.windows(2) {
            let range = (pair[0] - base) as usize..(pair[1] - base) as usize;
            let time = &mut self.time[range.clone()];
            if time.is_sorted() {
                continue;
            }
            let label = &mut self.label[range.clone()];
            let has_session = !self.session.is_empty();
            let session = if has_session { &mut self.session[range] } else { &mut [][..] };
            rows.clear();
            rows.extend(
                (0..time.len())
                    .map(|at| (time[at], label[at], if has_session { session[at] } else { 0 })),
            );
            rows.sort_by_key(|row| row.0);
            for (at, row) in rows.iter().enumerate() {
                time[at] = row.0;
                label[at] = row.1;
                if has_session {
                    session[at] = row.2;
                }
            }
        }
    }
}

/// A session starts with a subject's first event and wherever its session changes. Interleaved
/// sessions of one subject therefore start anew at every change.
fn session_bits(subject_start: &[u32], session: &[u32]) -> Vec<u64> {
    let mut bits = vec![0_u64; session.len().div_ceil(64)];
    let mut set = |at: usize| bits[at / 64] |= 1 << (at % 64);
    for pair in subject_start.windows(2) {
        let (first, end) = (pair[0] as usize, pair[1] as usize);
        if first < end {
            set(first);
        }
        for at in first + 1..end {
            if session[at] != session[at - 1] {
                set(at);
            }
        }
    }
    bits
}
