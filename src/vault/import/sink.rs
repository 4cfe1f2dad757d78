//! The one sink of every format: (subject, session, label, time) of a row → columns of numbers.
//!
//! 16 bytes an event (20 with sessions), in blocks, so that nothing is copied when it grows.
//!
//! *Invariant:* knows no format. Texts of subjects and labels exist once, in the interners; of
//! sessions only marks are kept.

use super::intern::{BATCH, Interner, LONG_BATCH, session_mark};
use super::quality::Refusals;
use super::time::Clock;
use crate::views::RefusalReason;

/// Rows in a block.
const BLOCK: usize = 1 << 16;

/// Which optional columns the import has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) has_session: bool,
    pub(super) has_time: bool,
}

/// One event. `time_millis` is 0 where the import has no time.
#[derive(Clone, Copy, Default)]
pub(super) struct Row {
    pub(super) time_millis: i64,
    pub(super) subject: u32,
    pub(super) label: u32,
}

/// A run of rows. `session` is empty where the import has none.
#[derive(Default)]
pub(super) struct Block {
    pub(super) rows: Vec<Row>,
    pub(super) session: Vec<u32>,
}

impl Block {
    pub(super) fn with_room(rows: usize, layout: Layout) -> Self {
        Self {
            rows: Vec::with_capacity(rows),
            session: Vec::with_capacity(if layout.has_session { rows } else { 0 }),
        }
    }
}

/// Collects the rows of one file, or of one range of it.
pub(super) struct Sink {
    pub(super) layout: Layout,
    pub(super) subjects: Interner,
    pub(super) labels: Interner,
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
}

impl Sink {
    pub(super) fn new(layout: Layout, clock: Clock) -> Self {
        Self {
            layout,
            subjects: Interner::new(),
            labels: Interner::new(),
            blocks: Vec::new(),
            clock,
            refusals: Refusals::default(),
            rows_read: 0,
            lines: 0,
            batch: Batch::default(),
        }
    }

    /// Takes a row whose time is text. `line` is where it stands, for the report.
    #[inline]
    pub(super) fn row(
        &mut self,
        line: u64,
        subject: &[u8],
        session: &[u8],
        label: &[u8],
        time: &[u8],
    ) {
        let millis = if self.layout.has_time { self.clock.read(time) } else { Ok(0) };
        self.row_at(line, subject, session, label, millis);
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
            _ if subject.is_empty() => return self.refusals.add(RefusalReason::NoSubject, line),
            _ if label.is_empty() => return self.refusals.add(RefusalReason::NoEvent, line),
            Err(reason) => return self.refusals.add(reason, line),
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

    /// Counts a row that could not even be split into fields.
    #[cold]
    pub(super) fn refuse(&mut self, line: u64, reason: RefusalReason) {
        self.rows_read += 1;
        self.refusals.add(reason, line);
    }

    /// Gives the last rows their numbers. Must be called once, at the end.
    pub(super) fn flush(&mut self) {
        let Batch { len, bytes, ends, hashes, rows, sessions } = &mut self.batch;
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
        }
        *len = 0;
        bytes.clear();
    }

    pub(super) fn rows_used(&self) -> u64 {
        self.blocks.iter().map(|block| block.rows.len() as u64).sum()
    }
}
