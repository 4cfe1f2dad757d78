//! The one sink of every format: (subject, session, label, time) of a row → columns of numbers.
//!
//! 16 bytes an event (20 with sessions), in blocks, so that nothing is copied when it grows. What
//! a row says about its subject is kept by subject, not by row.
//!
//! *Invariant:* knows no format. Texts of subjects and labels exist once, in the interners; of
//! sessions only marks are kept.

use std::collections::HashSet;

use super::consent::Consents;
use super::intern::{self, BATCH, Interner};
use super::quality::Refusals;
use super::text::Text;
use super::time::Clock;
use crate::vault::journeys::Attribute;
use crate::views::{ConsentState, Polarity, RefusalReason};

/// Rows in a block.
const BLOCK: usize = 1 << 12;
/// A batch whose values have more bytes is cut short.
const LONG_BATCH: usize = 1 << 20;
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
struct Batch {
    subjects: intern::Batch,
    rows: [Row; BATCH],
    sessions: [u32; BATCH],
    insert_ids: [u64; BATCH],
    noted: Noted,
    /// What the rows say of each purpose.
    said: Vec<[Option<ConsentState>; BATCH]>,
    /// The row of the batch, and the number of another identifier in it.
    other_ids: Vec<(usize, u32)>,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            subjects: intern::Batch::default(),
            rows: [Row::default(); BATCH],
            sessions: [0; BATCH],
            insert_ids: [0; BATCH],
            noted: Noted::default(),
            said: Vec::new(),
            other_ids: Vec::new(),
        }
    }
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

    fn see(&mut self, subject: u32, time_millis: i64, value: Text<'_>) {
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
            first.value = self.values.intern(Text::of(texts[first.value as usize]));
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

    /// Must be called before anything is said of a row.
    #[inline]
    pub(super) fn begin_row(&mut self) {
        if self.batch.noted.bytes.len() > LONG_BATCH {
            self.flush();
        }
        // A row that was refused has left its values here.
        self.batch.noted.truncate(self.batch.subjects.len() * self.attributes.len());
    }

    /// How many rows may be told of before they are put.
    #[inline]
    pub(super) fn room(&self) -> usize {
        BATCH - self.batch.subjects.len()
    }

    /// Takes what a row says about its subject: every attribute in its order, empty where the row says
    /// nothing.
    #[inline]
    pub(super) fn note(&mut self, value: &[u8]) {
        self.batch.noted.bytes.extend_from_slice(value);
        self.batch.noted.ends.push(self.batch.noted.bytes.len());
    }

    /// The number of a purpose.
    pub(super) fn purpose(&mut self, name: &str) -> usize {
        let purpose = self.consents.purpose(name);
        if purpose == self.batch.said.len() {
            self.batch.said.push([None; BATCH]);
        }
        purpose
    }

    /// Takes what a row says about a purpose; `ahead` rows will be put before it.
    #[inline(always)]
    pub(super) fn consent(
        &mut self,
        ahead: usize,
        purpose: usize,
        text: Text<'_>,
        polarity: Polarity,
    ) {
        let state = self.consents.state(text, polarity);
        if state.is_some() {
            self.batch.said[purpose][self.batch.subjects.len() + ahead] = state;
        }
    }

    /// Takes what else the subject of the next row is known by.
    pub(super) fn other_id(&mut self, id: Text<'_>) {
        let number = self.other_ids.ids.intern(id);
        self.batch.other_ids.push((self.batch.subjects.len(), number));
    }

    /// Takes the insert id of a row; `ahead` rows will be put before it.
    pub(super) fn insert_id(&mut self, ahead: usize, id: Text<'_>) {
        let mark = if id.is_empty() { 0 } else { id.mark().max(1) };
        self.batch.insert_ids[self.batch.subjects.len() + ahead] = mark;
    }

    /// Takes a row whose time was read already.
    #[inline(always)]
    pub(super) fn row_at(
        &mut self,
        line: u64,
        subject: Text<'_>,
        session: Text<'_>,
        label: Text<'_>,
        time_millis: Result<i64, RefusalReason>,
    ) {
        self.rows_read += 1;
        let millis = match time_millis {
            _ if subject.is_empty() => return self.drop_row(RefusalReason::NoSubject, line),
            _ if label.is_empty() => return self.drop_row(RefusalReason::NoEvent, line),
            Err(reason) => return self.drop_row(reason, line),
            Ok(millis) => millis,
        };
        let batch = &mut self.batch;
        let at = batch.subjects.len();
        batch.rows[at] = Row { time_millis: millis, subject: 0, label: self.labels.intern(label) };
        if self.layout.has_session {
            batch.sessions[at] = session_mark(session);
        }
        batch.subjects.push(&self.subjects, subject);
        if batch.subjects.is_full() {
            self.flush();
        }
    }

    /// Takes subjects, times and labels of the next rows, no more than there is room for, up to the
    /// first that is to be refused. `read` makes milliseconds of a time. Says of how many; what else
    /// those say must follow, and then [`Sink::put_offered`].
    #[inline(always)]
    pub(super) fn offer<'a, T>(
        &mut self,
        subjects: impl Iterator<Item = Text<'a>>,
        times: impl Iterator<Item = T>,
        read: impl Fn(&mut Clock, T) -> Result<i64, RefusalReason>,
        labels: impl Iterator<Item = Text<'a>>,
    ) -> usize {
        let Self { batch, clock, .. } = self;
        let at = batch.subjects.len();
        let mut rows = 0;
        for ((row, subject), time) in batch.rows[at..].iter_mut().zip(subjects).zip(times) {
            if subject.is_empty() {
                break;
            }
            batch.subjects.offer(&self.subjects, rows, subject);
            let Ok(millis) = read(clock, time) else { break };
            row.time_millis = millis;
            rows += 1;
        }
        // While labels are looked up, the slots of the subjects arrive.
        batch.subjects.fetch_offered(&self.subjects, rows);
        let mut taken = 0;
        for (row, label) in batch.rows[at..at + rows].iter_mut().zip(labels) {
            if label.is_empty() {
                break;
            }
            row.label = self.labels.intern(label);
            taken += 1;
        }
        taken
    }

    /// Takes the sessions of the offered rows, where the import has sessions.
    #[inline(always)]
    pub(super) fn sessions<'a>(&mut self, sessions: impl Iterator<Item = Text<'a>>) {
        let at = self.batch.subjects.len();
        if self.layout.has_session {
            for (mark, session) in self.batch.sessions[at..].iter_mut().zip(sessions) {
                *mark = session_mark(session);
            }
        }
    }

    /// Puts the offered rows.
    #[inline]
    pub(super) fn put_offered(&mut self, rows: usize) {
        self.rows_read += rows as u64;
        self.batch.subjects.add_offered(rows);
        if self.batch.subjects.is_full() {
            self.flush();
        }
    }

    /// Takes rows whose subjects and labels have their numbers already, with their sessions, in an import
    /// without insert ids. All rows before must have their numbers too; what they say about consent is
    /// settled.
    pub(super) fn put_numbered(&mut self, rows: &[Row], sessions: &[u32]) {
        self.consents.settle();
        self.rows_read += rows.len() as u64;
        add(&mut self.blocks, self.layout, rows, sessions, &[]);
    }

    #[cold]
    fn drop_row(&mut self, reason: RefusalReason, line: u64) {
        self.refusals.add(reason, line);
        let Batch { subjects, said, other_ids, .. } = &mut self.batch;
        let len = subjects.len();
        for said in said {
            said[len] = None;
        }
        other_ids.truncate(other_ids.iter().take_while(|(row, _)| *row < len).count());
    }

    /// Counts a row that could not even be split into fields.
    #[cold]
    pub(super) fn refuse(&mut self, line: u64, reason: RefusalReason) {
        self.rows_read += 1;
        self.refusals.add(reason, line);
    }

    /// Gives the last rows their numbers. Must be called at the end.
    pub(super) fn flush(&mut self) {
        let Batch { subjects, rows, sessions, insert_ids, noted, said, other_ids } =
            &mut self.batch;
        let len = subjects.len();
        if len == 0 {
            return;
        }
        let numbers = self.subjects.intern_batch(subjects);
        let rows = &mut rows[..len];
        for (row, subject) in rows.iter_mut().zip(numbers) {
            row.subject = subject;
        }
        let blocks = &mut self.blocks;
        add(blocks, self.layout, rows, &sessions[..len], &insert_ids[..len]);
        let width = self.attributes.len();
        for (nth, known) in self.attributes.iter_mut().enumerate() {
            for (at, row) in rows.iter().enumerate() {
                let value = noted.get(at * width + nth);
                if !value.is_empty() {
                    known.see(row.subject, row.time_millis, Text::of(value));
                }
            }
        }
        self.consents.settle();
        for (purpose, said) in said.iter_mut().enumerate() {
            let said = std::mem::replace(said, [None; BATCH]);
            for (row, said) in rows.iter().zip(said) {
                if let Some(state) = said {
                    self.consents.say_soon(purpose, row.subject, row.time_millis, state);
                }
            }
        }
        for (row, id) in other_ids.drain(..) {
            self.other_ids.see(rows[row].subject, id);
        }
        noted.truncate(0);
    }

    pub(super) fn rows_used(&self) -> u64 {
        self.blocks.iter().map(|block| block.rows.len() as u64).sum()
    }
}

/// Puts rows behind the others.
fn add(
    blocks: &mut Vec<Block>,
    layout: Layout,
    rows: &[Row],
    sessions: &[u32],
    insert_ids: &[u64],
) {
    if blocks.last().is_none_or(|block| block.rows.len() + rows.len() > BLOCK) {
        blocks.push(Block::with_room(BLOCK, layout));
    }
    if let Some(block) = blocks.last_mut() {
        block.rows.extend_from_slice(rows);
        if layout.has_session {
            block.session.extend_from_slice(sessions);
        }
        if layout.has_insert_id {
            block.insert_id.extend_from_slice(insert_ids);
        }
    }
}

/// What a session is told by; 0 where there is none. Sessions are only ever compared with the one
/// before of the same subject, so 32 bits of a hash do: a change of session goes unseen once in
/// four billion.
#[inline(always)]
pub(super) fn session_mark(session: Text<'_>) -> u32 {
    if session.is_empty() { 0 } else { (session.mark() as u32).max(1) }
}
