//! The journey store: a structure of arrays, the events of a subject contiguous and in time order.
//!
//! 10 bytes an event plus the dictionaries. Because a subject's events stand together, distinct
//! subjects are counted without hashing: a "last subject seen" beside each counter is enough.

use std::ops::Range;

/// Label codes, as narrow as the dictionary allows.
pub(in crate::vault) enum Codes {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

/// Everybody's journeys.
pub(in crate::vault) struct Store {
    /// Offsets into the event columns, one more than there are subjects.
    pub(in crate::vault) subject_start: Vec<u32>,
    pub(in crate::vault) label: Codes,
    /// Milliseconds since 1970 UTC; absent when the file has no time.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the views of times, which come next"))]
    pub(in crate::vault) time_millis: Option<Vec<i64>>,
    /// One bit an event: whether it starts a session. Absent when the file has no session.
    #[cfg_attr(not(test), expect(dead_code, reason = "for sessions as the unit, which come next"))]
    pub(in crate::vault) session_start: Option<Vec<u64>>,
    /// The text of each label code.
    pub(in crate::vault) dictionary: Vec<String>,
    /// Identifiers of the subjects, end to end, and where each starts.
    pub(in crate::vault) id_bytes: Vec<u8>,
    pub(in crate::vault) id_start: Vec<u64>,
}

impl Store {
    pub(in crate::vault) fn subjects(&self) -> usize {
        self.subject_start.len().saturating_sub(1)
    }

    pub(in crate::vault) fn events_of(&self, subject: usize) -> Range<usize> {
        self.subject_start[subject] as usize..self.subject_start[subject + 1] as usize
    }

    pub(in crate::vault) fn label(&self, event: usize) -> u32 {
        match &self.label {
            Codes::Narrow(codes) => u32::from(codes[event]),
            Codes::Wide(codes) => codes[event],
        }
    }

    pub(in crate::vault) fn dictionary(&self) -> &[String] {
        &self.dictionary
    }

    pub(in crate::vault) fn subject_id(&self, subject: usize) -> &[u8] {
        &self.id_bytes[self.id_start[subject] as usize..self.id_start[subject + 1] as usize]
    }
}
