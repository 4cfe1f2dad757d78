//! The one sink of every format: (subject, session, label, time) of a row → columns of numbers.
//!
//! 16 bytes an event (20 with sessions), in blocks, so that nothing is copied when it grows. What
//! a row says about its subject is kept by subject, not by row.
//!
//! *Invariant:* knows no format. Texts of subjects and labels exist once, in the interners; of
//! sessions only marks are kept.

use std::collections::HashSet;

use super::consent::Consents;
use super::intern::{BATCH, Interner, LONG_BATCH, session_mark, text_mark};
use super::quality::Refusals;
use super::time::Clock;
use crate::vault::journeys::Attribute;
use crate::views::{ConsentState, RefusalReason};

/// Rows in a block.
const BLOCK: usize = 1 << 16;
/// Values that may be kept without need before they are looked through.
const SPARE_VALUES: usize = 1 << 10;

/// Which optional columns the import has.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) has_session: bool,
    pub(super) has_time: bool,
    pub(super) has_insert_id: bool,
}

/// One event. `time_millis` is 0 where the import has no time.
#[derive(Clone, Copy, Default)]
pub(super) struct Row {
    pub(super) time_millis: i64,
    pub(super) subject: u32,
    pub(super) label: u32,
}

/// A run of rows. `session` and `insert_id` are empty where the import has none.
#[derive(Default)]
pub(super) struct Block {
    pub(super) rows: Vec<Row>,
    pub(super) session: Vec<u32>,
    /// Marks; 0 where the row has none.
    pub(super) insert_id: Vec<u64>,
}

impl Block {
    pub(super) fn with_room(rows: usize, layout: Layout) -> Self {
        Self {
            rows: Vec::with_capacity(rows),
            session: Vec::with_capacity(if layout.has_session { rows } else { 0 }),
            insert_id: Vec::with_capacity(if layout.has_insert_id { rows } else { 0 }),
        }
    }
}

/// Collects the rows of one file, or of one range of it.
pub(super) struct Sink {
    pub(super) layout: Layout,
    pub(super) subjects: Interner,
    pub(super) labels: Interner,
    pub(super) attributes: Vec<Known>,
    pub(super) consents: Consents,
    pub(super) other_ids: SeenIds,
    pub(super) blocks: Vec<Block>,
    pub(super) clock: Clock,
    pub(super) refusals: Refusals,
    pub(super) rows_read: u64,
    /// Lines this part of the file has.
    pub(super) lines: u64,
    batch: Batch,
}

/// Rows whose subject has no number yet.
#[derive(Default)]
struct Batch {
    len: usize,
    bytes: Vec<u8>,
    ends: [u32; BATCH],
    hashes: [u64; BATCH],
    rows: [Row; BATCH],
    sessions: [u32; BATCH],
    insert_ids: [u64; BATCH],
    noted: Noted,
    said: Vec<Said>,
    /// The row of the batch, and the number of another identifier in it.
    other_ids: Vec<(usize, u32)>,
}

/// What else subjects of a sink are known by.
pub(super) struct SeenIds {
    pub(super) ids: Interner,
    /// Subject and identifier.
    pub(super) pairs: HashSet<(u32, u32)>,
    /// The last pair of some subjects: nearly every row repeats one.
    recent: Vec<(u32, u32)>,
}

impl SeenIds {
    /// How many recent pairs are remembered.
    const RECENT: usize = 1 << 10;

    fn new() -> Self {
        Self { ids: Interner::new(), pairs: HashSet::new(), recent: Vec::new() }
    }

    fn see(&mut self, subject: u32, id: u32) {
        self.recent.resize(Self::RECENT, (u32::MAX, u32::MAX));
        let recent = &mut self.recent[subject as usize % Self::RECENT];
        if *recent != (subject, id) {
            *recent = (subject, id);
            self.pairs.insert((subject, id));
        }
    }
}

/// What a row of the batch says of a purpose.
struct Said {
    row: usize,
    purpose: usize,
    state: ConsentState,
}

/// Values of attributes, row by row, end to end, and where each ends.
#[derive(Default)]
struct Noted {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Noted {
    fn get(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start..self.ends[at]]
    }

    /// Keeps only so many values.
    fn truncate(&mut self, values: usize) {
        self.ends.truncate(values);
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }
}

/// One attribute of the subjects of a sink.
pub(super) struct Known {
    pub(super) values: Interner,
    /// By subject; may end before the last subjects, of whom nothing is known.
    pub(super) first: Vec<First>,
}

/// The value that came first in time, in file order where times are equal.
#[derive(Clone, Copy)]
pub(super) struct First {
    pub(super) time_millis: i64,
    /// [`Attribute::NONE`] where there is no value yet.
    pub(super) value: u32,
}

impl First {
    pub(super) const NOTHING: Self = Self { time_millis: i64::MAX, value: Attribute::NONE };

    /// Whether this one counts rather than one that comes later in the file.
    pub(super) fn is_before(self, later: i64) -> bool {
        self.value != Attribute::NONE && self.time_millis <= later
    }
}

impl Known {
    fn new() -> Self {
        Self { values: Interner::new(), first: Vec::new() }
    }

    fn see(&mut self, subject: u32, time_millis: i64, value: &[u8]) {
        let at = subject as usize;
        if at >= self.first.len() {
            self.first.resize(at + 1, First::NOTHING);
        }
        if self.first[at].is_before(time_millis) {
            return;
        }
        self.first[at] = First { time_millis, value: self.values.intern(value) };
        // Where every row has a value of its own and rows run backwards in time, values that no
        // longer count would pile up by row.
        if self.values.len() > 2 * self.first.len() + SPARE_VALUES {
            self.forget_unused();
        }
    }

    #[cold]
    fn forget_unused(&mut self) {
        let all = std::mem::replace(&mut self.values, Interner::new());
        let texts: Vec<&[u8]> = all.texts().collect();
        for first in self.first.iter_mut().filter(|first| first.value != Attribute::NONE) {
            first.value = self.values.intern(texts[first.value as usize]);
        }
    }
}

impl Sink {
    pub(super) fn new(layout: Layout, attributes: usize, clock: Clock) -> Self {
        Self {
            layout,
            subjects: Interner::new(),
            labels: Interner::new(),
            attributes: (0..attributes).map(|_| Known::new()).collect(),
            consents: Consents::default(),
            other_ids: SeenIds::new(),
            blocks: Vec::new(),
            clock,
            refusals: Refusals::default(),
            rows_read: 0,
            lines: 0,
            batch: Batch::default(),
        }
    }

    /// Takes what the next row says about its subject: every attribute in its order, empty where the
    /// row says nothing.
    pub(super) fn note(&mut self, attribute: usize, value: &[u8]) {
        if attribute == 0 {
            if self.batch.noted.bytes.len() > LONG_BATCH {
                self.flush();
            }
            // A row that was refused has left its values here.
            self.batch.noted.truncate(self.batch.len * self.attributes.len());
        }
        self.batch.noted.bytes.extend_from_slice(value);
        self.batch.noted.ends.push(self.batch.noted.bytes.len());
    }

    /// The number of a purpose.
    pub(super) fn purpose(&mut self, name: &str) -> usize {
        self.consents.purpose(name)
    }

    /// Takes what the next row says about a purpose, after its attributes.
    pub(super) fn consent(&mut self, purpose: usize, state: ConsentState) {
        self.batch.said.push(Said { row: self.batch.len, purpose, state });
    }

    /// Takes what else the subject of the next row is known by, after its attributes.
    pub(super) fn other_id(&mut self, id: &[u8]) {
        let number = self.other_ids.ids.intern(id);
        self.batch.other_ids.push((self.batch.len, number));
    }

    /// Takes the insert id of the next row, after its attributes.
    pub(super) fn insert_id(&mut self, id: &[u8]) {
        self.batch.insert_ids[self.batch.len] = if id.is_empty() { 0 } else { text_mark(id) };
    }

    /// Takes a row whose time was read already.
    #[inline]
    pub(super) fn row_at(
        &mut self,
        line: u64,
        subject: &[u8],
        session: &[u8],
        label: &[u8],
        time_millis: Result<i64, RefusalReason>,
    ) {
        self.rows_read += 1;
        let millis = match time_millis {
            _ if subject.is_empty() => return self.drop_row(RefusalReason::NoSubject, line),
            _ if label.is_empty() => return self.drop_row(RefusalReason::NoEvent, line),
            Err(reason) => return self.drop_row(reason, line),
            Ok(millis) => millis,
        };
        let at = self.batch.len;
        self.batch.hashes[at] = self.subjects.announce(subject);
        self.batch.bytes.extend_from_slice(subject);
        self.batch.ends[at] = self.batch.bytes.len() as u32;
        self.batch.rows[at] =
            Row { time_millis: millis, subject: 0, label: self.labels.intern(label) };
        if self.layout.has_session {
            self.batch.sessions[at] = session_mark(session);
        }
        self.batch.len += 1;
        if self.batch.len == BATCH || self.batch.bytes.len() > LONG_BATCH {
            self.flush();
        }
    }

    #[cold]
    fn drop_row(&mut self, reason: RefusalReason, line: u64) {
        self.refusals.add(reason, line);
        let Batch { len, said, other_ids, .. } = &mut self.batch;
        said.truncate(said.iter().take_while(|said| said.row < *len).count());
        other_ids.truncate(other_ids.iter().take_while(|(row, _)| row < len).count());
    }

    /// Counts a row that could not even be split into fields.
    #[cold]
    pub(super) fn refuse(&mut self, line: u64, reason: RefusalReason) {
        self.rows_read += 1;
        self.refusals.add(reason, line);
    }

    /// Gives the last rows their numbers. Must be called once, at the end.
    pub(super) fn flush(&mut self) {
        let Batch { len, bytes, ends, hashes, rows, sessions, insert_ids, noted, said, other_ids } =
            &mut self.batch;
        if *len == 0 {
            return;
        }
        let mut subjects = [0; BATCH];
        self.subjects.intern_batch(bytes, &ends[..*len], &hashes[..*len], &mut subjects);
        for (row, subject) in rows.iter_mut().zip(subjects) {
            row.subject = subject;
        }
        if self.blocks.last().is_none_or(|block| block.rows.len() + BATCH > BLOCK) {
            self.blocks.push(Block::with_room(BLOCK, self.layout));
        }
        if let Some(block) = self.blocks.last_mut() {
            block.rows.extend_from_slice(&rows[..*len]);
            if self.layout.has_session {
                block.session.extend_from_slice(&sessions[..*len]);
            }
            if self.layout.has_insert_id {
                block.insert_id.extend_from_slice(&insert_ids[..*len]);
            }
        }
        let width = self.attributes.len();
        for (nth, known) in self.attributes.iter_mut().enumerate() {
            for (at, row) in rows[..*len].iter().enumerate() {
                let value = noted.get(at * width + nth);
                if !value.is_empty() {
                    known.see(row.subject, row.time_millis, value);
                }
            }
        }
        for Said { row, purpose, state } in said.drain(..) {
            let row = &rows[row];
            self.consents.say(purpose, row.subject, row.time_millis, state);
        }
        for (row, id) in other_ids.drain(..) {
            self.other_ids.see(rows[row].subject, id);
        }
        noted.truncate(0);
        *len = 0;
        bytes.clear();
    }

    pub(super) fn rows_used(&self) -> u64 {
        self.blocks.iter().map(|block| block.rows.len() as u64).sum()
    }
}
