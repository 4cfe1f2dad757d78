//! Who agreed to what: a table with a subject, a purpose, a state and a time, in which the latest
//! entry counts; or one with a column for each purpose.
//!
//! A column may say the opposite of consent (`opt_out`). What yes means there is the opposite, too.

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
    said: Said,
    time: Option<usize>,
}

enum Said {
    /// A purpose in every row, and what is said about it.
    InRow { purpose: usize, state: usize, yes: Yes },
    /// A column for a purpose, by its place among those asked about.
    InColumns(Vec<(usize, usize, Yes)>),
}

/// What yes means in a column, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Yes {
    Grants,
    /// `opt_out`: who did not opt out, agrees.
    OptsOut,
    /// `withdrawn`: that somebody did not, is no consent yet.
    Refuses,
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
                None => match header(&row, &self.purposes) {
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
                        said: Said::InRow { purpose: 1, state: 2, yes: Yes::Grants },
                        time: (row.len() > 3).then_some(3),
                    }),
                },
            };
            let cell = |at: usize| row.get(at).unwrap_or_default();
            let subject = cell(columns.subject);
            if subject.is_empty() {
                return refuse("there is no subject; add it, or remove the row");
            }
            let time_millis = match columns.time.map(|at| time_millis(cell(at))) {
                None => i64::MIN,
                Some(Some(time)) => time,
                Some(None) => {
                    return refuse("the time cannot be read; write it as 2026-03-01T12:00:00Z");
                }
            };
            let has_time = columns.time.is_some();
            let pseudonym = Pseudonym::of(key, subject);
            entries += 1;
            let said: Vec<(Option<usize>, usize, Yes)> = match &columns.said {
                Said::InRow { purpose, state, yes } => {
                    let purpose = same(cell(*purpose));
                    vec![(self.purposes.iter().position(|one| *one == purpose), *state, *yes)]
                }
                Said::InColumns(all) => {
                    all.iter().map(|(purpose, at, yes)| (Some(*purpose), *at, *yes)).collect()
                }
            };
            for (purpose, at, yes) in said {
                let Some(word) = word(cell(at)) else {
                    return refuse(
                        "the state is none that is known; write granted, refused or unknown",
                    );
                };
                let Some(purpose) = purpose else { continue };
                self.is_known[purpose] = true;
                let entry = Entry { time_millis, state: word.means(yes) };
                self.entries
                    .entry((pseudonym, purpose as u32))
                    .and_modify(|known| *known = known.then(entry, has_time))
                    .or_insert(entry);
            }
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

/// `purposes` are those that are asked about.
fn header(row: &csv::StringRecord, purposes: &[String]) -> Header {
    let names: Vec<String> = row.iter().map(plain_name).collect();
    let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    let subject = names.iter().position(|name| names_a_subject(name));
    let (purpose, time) = (find(&PURPOSES), find(&TIMES));
    let state = find(&STATES).map(|at| (at, Yes::Grants));
    let state = state.or_else(|| find(&OPT_OUTS).map(|at| (at, Yes::OptsOut)));
    let state = state.or_else(|| find(&REFUSALS).map(|at| (at, Yes::Refuses)));
    // An entry could have the word `granted` or an odd identifier; two names make a header. Where a
    // subject and a purpose are named, a word such as `opt_out` beside them is a name, too.
    let is_entry = row.len() >= 3 && row.get(2).is_some_and(|cell| word(cell).is_some());
    let in_columns = || -> Vec<(usize, usize, Yes)> {
        let columns = row.iter().enumerate();
        columns
            .filter_map(|(at, name)| about(name, purposes).map(|(p, yes)| (p, at, yes)))
            .collect()
    };
    match (subject, purpose, state) {
        (Some(subject), Some(purpose), Some((state, yes))) => {
            Header::Is(Columns { subject, said: Said::InRow { purpose, state, yes }, time })
        }
        (Some(_), Some(_), None) => Header::Lacks("state"),
        _ if is_entry => Header::None,
        (Some(subject), None, _) if !in_columns().is_empty() => {
            Header::Is(Columns { subject, said: Said::InColumns(in_columns()), time })
        }
        (None, None, None) if time.is_none() && row.len() >= 3 => Header::None,
        (None, ..) => Header::Lacks("subject"),
        (_, None, _) => Header::Lacks("purpose"),
    }
}

const PURPOSES: [&str; 12] = [
    "purpose",
    "purposes",
    "category",
    "consentpurpose",
    "topic",
    "purposename",
    "zweck",
    "verwendungszweck",
    "finalité",
    "finalidad",
    "scopo",
    "doel",
];
const STATES: [&str; 21] = [
    "state",
    "status",
    "consent",
    "consented",
    "granted",
    "consentstate",
    "consentstatus",
    "decision",
    "value",
    "optin",
    "optedin",
    "agreed",
    "accepted",
    "allowed",
    "einwilligung",
    "zustimmung",
    "consentement",
    "consentimiento",
    "consenso",
    "toestemming",
    "hasconsent",
];
const OPT_OUTS: [&str; 8] = [
    "optout",
    "optedout",
    "isoptedout",
    "hasoptedout",
    "donotsell",
    "donottrack",
    "unsubscribed",
    "isoptout",
];
const REFUSALS: [&str; 10] = [
    "refused",
    "denied",
    "declined",
    "rejected",
    "withdrawn",
    "revoked",
    "objected",
    "objection",
    "widerruf",
    "widersprochen",
];
const TIMES: [&str; 18] = [
    "time",
    "timestamp",
    "date",
    "datetime",
    "at",
    "updatedat",
    "changedat",
    "createdat",
    "when",
    "consentedat",
    "grantedat",
    "lastupdated",
    "datum",
    "zeit",
    "zeitpunkt",
    "zeitstempel",
    "fecha",
    "horodatage",
];

/// Which of the purposes a column is about (`consent_analytics`, `analytics opt-out`), and what yes
/// means in it.
fn about(column: &str, purposes: &[String]) -> Option<(usize, Yes)> {
    const WORDS: [&str; 16] = [
        "consent",
        "consented",
        "consents",
        "opt",
        "in",
        "out",
        "optin",
        "optout",
        "opted",
        "to",
        "for",
        "state",
        "status",
        "granted",
        "einwilligung",
        "zustimmung",
    ];
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let all = words(column);
    let own: Vec<&String> = all.iter().filter(|word| !WORDS.contains(&word.as_str())).collect();
    let purpose = purposes.iter().position(|purpose| {
        let purpose = words(purpose);
        !purpose.is_empty() && (all == purpose || own.iter().copied().eq(&purpose))
    })?;
    let plain = plain_name(column);
    let is_out = plain.contains("optout") || plain.contains("optedout");
    Some((purpose, if is_out { Yes::OptsOut } else { Yes::Grants }))
}

/// A purpose as it is compared.
fn same(purpose: &str) -> String {
    purpose.trim().to_lowercase()
}

pub(in crate::vault::protect) fn is_same_purpose(one: &str, other: &str) -> bool {
    same(one) == same(other)
}

/// What a cell says, for itself or as an answer.
#[derive(Clone, Copy)]
enum Word {
    Yes,
    No,
    State(ConsentState),
}

impl Word {
    fn means(self, yes: Yes) -> ConsentState {
        match (self, yes) {
            (Self::State(state), _) => state,
            (Self::Yes, Yes::Grants) | (Self::No, Yes::OptsOut) => ConsentState::Granted,
            (Self::No, Yes::Grants) | (Self::Yes, Yes::OptsOut | Yes::Refuses) => {
                ConsentState::Refused
            }
            (Self::No, Yes::Refuses) => ConsentState::Unknown,
        }
    }
}

/// `None` where a cell says nothing that is known.
fn word(cell: &str) -> Option<Word> {
    let word: String =
        cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Some(match word.as_str() {
        "yes" | "y" | "true" | "t" | "1" | "on" | "ja" | "j" | "wahr" | "oui" | "vrai" | "si"
        | "sí" | "sì" => Word::Yes,
        "no" | "n" | "false" | "f" | "0" | "off" | "nein" | "falsch" | "non" | "faux" | "nee" => {
            Word::No
        }
        "granted" | "grant" | "given" | "accepted" | "accept" | "allowed" | "allow" | "optin"
        | "optedin" | "in" | "consented" | "agreed" | "erteilt" | "zugestimmt" | "accepté"
        | "aceptado" => Word::State(ConsentState::Granted),
        "refused" | "refuse" | "denied" | "deny" | "declined" | "rejected" | "reject"
        | "withdrawn" | "revoked" | "optout" | "optedout" | "out" | "expired" | "objected"
        | "verweigert" | "abgelehnt" | "widerrufen" | "refusé" | "retiré" | "rechazado" => {
            Word::State(ConsentState::Refused)
        }
        "" | "unknown" | "unset" | "none" | "null" | "na" | "pending" | "notset" | "unbekannt"
        | "offen" => Word::State(ConsentState::Unknown),
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
