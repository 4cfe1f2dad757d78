//! The journey store: a structure of arrays, the events of a subject contiguous and in time order.
//!
//! 10 bytes an event plus the dictionaries. Because a subject's events stand together, distinct
//! subjects are counted without hashing: a "last subject seen" beside each counter is enough.

pub(in crate::vault) mod cohort;
mod keep;
mod other_ids;

use std::ops::Range;

use jiff::tz::TimeZone;

pub(in crate::vault) use other_ids::OtherIds;

use crate::views::ConsentState;

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
    pub(in crate::vault) time_millis: Option<Vec<i64>>,
    /// One bit an event: whether it starts a session. Absent when the file has no session.
    pub(in crate::vault) session_start: Option<Vec<u64>>,
    /// The text of each label code.
    pub(in crate::vault) dictionary: Vec<String>,
    /// Identifiers of the subjects, end to end, and where each starts.
    pub(in crate::vault) id_bytes: Vec<u8>,
    pub(in crate::vault) id_start: Vec<u64>,
    pub(in crate::vault) other_ids: OtherIds,
    pub(in crate::vault) attributes: Vec<Attribute>,
    /// What people consented to, sorted by purpose.
    pub(in crate::vault) consent: Vec<Consent>,
    /// The zone in which days begin.
    pub(in crate::vault) zone: TimeZone,
    /// Without sessions in the file, one ends where nothing happens for longer than this.
    pub(in crate::vault) session_gap_millis: i64,
}

/// What is known of every subject: the first value in time that is not empty.
pub(in crate::vault) struct Attribute {
    pub(in crate::vault) name: String,
    /// The text of each value, each once.
    pub(in crate::vault) values: Vec<String>,
    /// By subject; [`Attribute::NONE`] where there is no value.
    pub(in crate::vault) of_subject: Vec<u32>,
}

impl Attribute {
    pub(in crate::vault) const NONE: u32 = u32::MAX;
}

/// What everybody said about a purpose, last in time.
pub(in crate::vault) struct Consent {
    pub(in crate::vault) purpose: String,
    /// By subject; [`ConsentState::Unknown`] where nothing was said.
    pub(in crate::vault) of_subject: Vec<ConsentState>,
}

/// Half an hour, as everywhere in the field.
pub(in crate::vault) const SESSION_GAP_MILLIS: i64 = 30 * 60 * 1000;

/// When events happened, as exactly as the policy lets times be used.
#[derive(Clone, Copy)]
pub(in crate::vault) struct Clock<'a> {
    pub(in crate::vault) times: &'a [i64],
    pub(in crate::vault) grain_millis: i64,
}

impl Clock<'_> {
    /// From one event to a later one, in milliseconds. Times are cut in UTC, where all days are
    /// equally long.
    pub(in crate::vault) fn between(&self, event: usize, later: usize) -> i64 {
        let cut = |event: usize| self.times[event].div_euclid(self.grain_millis);
        (cut(later) - cut(event)).saturating_mul(self.grain_millis)
    }
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

    /// What a subject said about a purpose. Of a purpose that the files do not name, nobody said
    /// anything.
    #[cfg(test)]
    pub(in crate::vault) fn consent(&self, subject: usize, purpose: &str) -> ConsentState {
        let about = self.consent.iter().find(|consent| consent.purpose == purpose);
        about.map_or(ConsentState::Unknown, |consent| consent.of_subject[subject])
    }

    /// Whether sessions are told by pauses alone.
    pub(in crate::vault) fn has_sessions_by_pause(&self) -> bool {
        self.session_start.is_none() && self.time_millis.is_some()
    }

    /// Whether this event, which is not its subject's first, starts a session, by times that are cut
    /// to a grain. Without sessions or times a subject's events are one session.
    pub(in crate::vault) fn starts_session(&self, event: usize, grain_millis: i64) -> bool {
        match (&self.session_start, &self.time_millis) {
            (Some(bits), _) => bits[event / 64] >> (event % 64) & 1 == 1,
            (None, Some(times)) => {
                let clock = Clock { times, grain_millis };
                clock.between(event - 1, event) > self.session_gap_millis
            }
            (None, None) => false,
        }
    }

    /// The sessions within a range of one subject's events.
    pub(in crate::vault) fn sessions(
        &self,
        events: Range<usize>,
        grain_millis: i64,
    ) -> Vec<Range<usize>> {
        let mut sessions = Vec::new();
        let mut start = events.start;
        for event in events.start + 1..events.end {
            if self.starts_session(event, grain_millis) {
                sessions.push(start..event);
                start = event;
            }
        }
        if start < events.end {
            sessions.push(start..events.end);
        }
        sessions
    }
}
