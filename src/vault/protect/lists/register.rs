//! Who agreed to what: a table with a subject, a purpose, a state and a time, in which the latest
//! entry counts.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::{List, Pseudonym, names_a_subject, plain_name};
use crate::vault::ProtectError;
use crate::vault::protect::key::Key;
use crate::views::ConsentState;

/// What registers say about some purposes.
pub(in crate::vault::protect) struct Register {
    /// The purposes that are asked about, as they are compared.
    purposes: Vec<String>,
    /// Whether any entry is about a purpose.
    is_known: Vec<bool>,
    entries: HashMap<(Pseudonym, u32), Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    /// Milliseconds since 1970; before everything where the table has no time.
    time_millis: i64,
    state: ConsentState,
}

/// Where the parts of an entry stand in a row.
struct Columns {
    subject: usize,
    purpose: usize,
    state: usize,
    time: Option<usize>,
}

impl Register {
    pub(in crate::vault::protect) fn about(purposes: &[String]) -> Self {
        let purposes: Vec<String> = purposes.iter().map(|purpose| same(purpose)).collect();
        Self { is_known: vec![false; purposes.len()], purposes, entries: HashMap::new() }
    }

    /// # Errors
    /// Where the table has no such columns, or a state or time cannot be read: nobody is counted on
    /// the strength of an entry that was not understood.
    pub(in crate::vault::protect) fn add(
        &mut self,
        list: &List,
        key: &Key,
    ) -> Result<(), ProtectError> {
        let mut columns: Option<Columns> = None;
        let mut entries = 0_u64;
        for row in list.rows() {
            let (line, row) = row?;
            let refuse = |what: &str| Err(list.refuse(&format!(", line {line}: {what}")));
            let columns = match &columns {
                Some(columns) => columns,
                None => match header(&row) {
                    Header::Is(found) => {
                        columns = Some(found);
                        continue;
                    }
                    Header::Lacks(what) => {
                        return refuse(&format!(
                            "there is no column with the {what}; name the columns subject, purpose, state and time"
                        ));
                    }
                    Header::None => columns.insert(Columns {
                        subject: 0,
                        purpose: 1,
                        state: 2,
                        time: (row.len() > 3).then_some(3),
                    }),
                },
            };
            let cell = |at: usize| row.get(at).unwrap_or_default();
            let subject = cell(columns.subject);
            if subject.is_empty() {
                return refuse("there is no subject; add it, or remove the row");
            }
            let Some(state) = state(cell(columns.state)) else {
                return refuse(
                    "the state is none that is known; write granted, refused or unknown",
                );
            };
            let time_millis = match columns.time.map(|at| time_millis(cell(at))) {
                None => i64::MIN,
                Some(Some(time)) => time,
                Some(None) => {
                    return refuse("the time cannot be read; write it as 2026-03-01T12:00:00Z");
                }
            };
            entries += 1;
            let purpose = same(cell(columns.purpose));
            let Some(purpose) = self.purposes.iter().position(|one| *one == purpose) else {
                continue;
            };
            self.is_known[purpose] = true;
            let entry = Entry { time_millis, state };
            let has_time = columns.time.is_some();
            self.entries
                .entry((Pseudonym::of(key, subject), purpose as u32))
                .and_modify(|known| *known = known.then(entry, has_time))
                .or_insert(entry);
        }
        if entries == 0 {
            return Err(
                list.refuse(" has no entry; choose a table with subject, purpose, state and time")
            );
        }
        Ok(())
    }

    /// Whether there is any entry about a purpose, by its place among those asked about.
    pub(in crate::vault::protect) fn knows(&self, purpose: usize) -> bool {
        self.is_known[purpose]
    }

    /// What the latest entry says; `None` where there is none.
    pub(in crate::vault::protect) fn state(
        &self,
        subject: Pseudonym,
        purpose: usize,
    ) -> Option<ConsentState> {
        self.entries.get(&(subject, purpose as u32)).map(|entry| entry.state)
    }

    /// Everybody with an entry, once for each purpose.
    pub(in crate::vault::protect) fn subjects(&self) -> impl Iterator<Item = Pseudonym> {
        self.entries.keys().map(|(subject, _)| *subject)
    }
}

impl Entry {
    /// What counts after one more entry. At one and the same time the more careful one does;
    /// without times, the one further down.
    fn then(self, later: Self, has_time: bool) -> Self {
        match self.time_millis.cmp(&later.time_millis) {
            std::cmp::Ordering::Greater => self,
            std::cmp::Ordering::Equal if has_time => {
                Self { state: self.state.and(later.state), ..self }
            }
            _ => later,
        }
    }
}

enum Header {
    Is(Columns),
    /// Some of the names are there, this one is not.
    Lacks(&'static str),
    /// The row is an entry.
    None,
}

fn header(row: &csv::StringRecord) -> Header {
    let names: Vec<String> = row.iter().map(plain_name).collect();
    let find = |is: &dyn Fn(&str) -> bool| names.iter().position(|name| is(name));
    let subject = find(&names_a_subject);
    let purpose = find(&|name| {
        matches!(name, "purpose" | "purposes" | "category" | "consentpurpose" | "topic")
    });
    let state = find(&|name| {
        matches!(
            name,
            "state"
                | "status"
                | "consent"
                | "consented"
                | "granted"
                | "consentstate"
                | "consentstatus"
                | "decision"
                | "value"
        )
    });
    let time = find(&|name| {
        matches!(
            name,
            "time"
                | "timestamp"
                | "date"
                | "datetime"
                | "at"
                | "updatedat"
                | "changedat"
                | "createdat"
                | "when"
        )
    });
    // An entry could have the word `granted` or an odd identifier; two names make a header.
    let found = [subject, purpose, state, time].iter().flatten().count();
    let is_entry = row.len() >= 3 && row.get(2).is_some_and(|cell| self::state(cell).is_some());
    match (subject, purpose, state) {
        (Some(subject), Some(purpose), Some(state)) => {
            Header::Is(Columns { subject, purpose, state, time })
        }
        _ if is_entry => Header::None,
        _ if found == 0 && row.len() >= 3 => Header::None,
        (None, ..) => Header::Lacks("subject"),
        (_, None, _) => Header::Lacks("purpose"),
        (.., None) => Header::Lacks("state"),
    }
}

/// A purpose as it is compared.
fn same(purpose: &str) -> String {
    purpose.trim().to_lowercase()
}

pub(in crate::vault::protect) fn is_same_purpose(one: &str, other: &str) -> bool {
    same(one) == same(other)
}

/// What a word says; `None` where it says nothing that is known.
fn state(word: &str) -> Option<ConsentState> {
    let word: String =
        word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Some(match word.as_str() {
        "granted" | "grant" | "given" | "yes" | "y" | "true" | "1" | "accepted" | "accept"
        | "allowed" | "allow" | "optin" | "optedin" | "in" | "consented" | "agreed" => {
            ConsentState::Granted
        }
        "refused" | "refuse" | "no" | "n" | "false" | "0" | "denied" | "deny" | "declined"
        | "rejected" | "reject" | "withdrawn" | "revoked" | "optout" | "optedout" | "out"
        | "expired" | "objected" => ConsentState::Refused,
        "" | "unknown" | "unset" | "none" | "null" | "na" | "pending" | "notset" => {
            ConsentState::Unknown
        }
        _ => return None,
    })
}

/// ISO 8601 with a zone or in UTC, a day, or seconds or milliseconds since 1970.
fn time_millis(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>() {
        /// Seconds up to the year 5138; as milliseconds it would be 1973.
        const SECONDS_END: i64 = 100_000_000_000;
        return if number.abs() < SECONDS_END { number.checked_mul(1000) } else { Some(number) };
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_millisecond());
    }
    let text = text.strip_suffix("UTC").or_else(|| text.strip_suffix("GMT")).unwrap_or(text).trim();
    let civil: DateTime = match text.parse::<DateTime>() {
        Ok(civil) => civil,
        Err(_) => text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()),
    };
    TimeZone::UTC.to_timestamp(civil).ok().map(Timestamp::as_millisecond)
}
