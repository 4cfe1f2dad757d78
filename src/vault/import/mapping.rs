//! Which column is the subject, the session, the event, the time: guessed from names and values.
//!
//! *Invariant:* sees a sample of a few hundred rows and hands out masked shapes only.

use std::collections::HashMap;

use super::ImportError;
use super::time::{Clock, OrderEvidence, order_evidence};
use crate::views::{ColumnKind, ColumnProfile, DateOrder, Mapping, Question, Role};

/// The beginning of a file: column names and values, empty where there is none.
#[derive(Default)]
pub(super) struct Sample {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Vec<u8>>>,
}

/// A mapping that an import can start with.
#[derive(Clone)]
pub(super) struct Roles {
    pub(super) subject: String,
    pub(super) session: Option<String>,
    pub(super) event: String,
    pub(super) time: Option<String>,
    /// Each once.
    pub(super) attributes: Vec<String>,
}

impl Sample {
    fn values(&self, column: usize) -> impl Iterator<Item = &[u8]> {
        self.rows.iter().filter_map(move |row| row.get(column)).map(Vec::as_slice)
    }

    fn present(&self, column: usize) -> impl Iterator<Item = &[u8]> {
        self.values(column).filter(|value| !value.is_empty())
    }

    fn share(&self, column: usize, test: impl Fn(&[u8]) -> bool) -> f64 {
        let all = self.present(column).count();
        let hits = self.present(column).filter(|value| test(value)).count();
        if all == 0 { 0.0 } else { hits as f64 / all as f64 }
    }
}

/// Names in the order of preference, as [`plain_name`] writes them.
const SUBJECTS: &[&str] = &[
    "case:concept:name",
    "caseid",
    "case",
    "properties.distinctid",
    "userid",
    "userpseudoid",
    "mpid",
    "distinctid",
    "personid",
    "customerid",
    "clientid",
    "visitorid",
    "patientid",
    "memberid",
    "accountid",
    "domainuserid",
    "anonymousid",
    "deviceid",
    "amplitudeid",
    "traceid",
    "subjectid",
    "kundennummer",
    "kundenid",
    "nutzerid",
    "fallid",
    "fall",
    "subject",
    "user",
    "person",
    "customer",
    "client",
    "visitor",
    "patient",
    "kunde",
    "nutzer",
    "uid",
    "cid",
    "u",
    "id",
];
const SESSIONS: &[&str] = &[
    "sessionid",
    "gasessionid",
    "domainsessionid",
    "sessionuuid",
    "properties.sessionid",
    "idvisit",
    "visitid",
    "session",
    "sitzung",
];
const EVENTS: &[&str] = &[
    "concept:name",
    "activity",
    "activityname",
    "eventname",
    "eventtype",
    "event",
    "action",
    "aktivität",
    "aktivitaet",
    "ereignis",
    "vorgang",
    "task",
    "step",
    "schritt",
    "page",
    "screen",
    "screenname",
    "pageurl",
    "url",
    "label",
    "e",
];
const TIMES: &[&str] = &[
    "time:timestamp",
    "completetimestamp",
    "eventtimestamp",
    "eventtime",
    "timestamp",
    "properties.time",
    "derivedtstamp",
    "datetime",
    "time",
    "zeitstempel",
    "zeitpunkt",
    "zeit",
    "starttimestamp",
    "starttime",
    "eventdate",
    "createdat",
    "occurredat",
    "date",
    "datum",
    "ts",
    "t",
];
/// Parts of names, where no whole name fits.
const SUBJECT_PARTS: &[&str] = &[
    "user", "case", "customer", "client", "visitor", "patient", "person", "member", "kunde",
    "nutzer",
];
const EVENT_PARTS: &[&str] =
    &["event", "activit", "aktivit", "action", "ereignis", "screen", "page"];
const TIME_PARTS: &[&str] = &["timestamp", "time", "zeit", "date", "datum"];

/// Lower case, without blanks, hyphens, underscores and `$`: `Case ID` is `caseid`.
fn plain_name(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, ' ' | '_' | '-' | '$' | '"'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The plan's mapping over the guess.
///
/// # Errors
/// Where the plan names a column that the file does not have.
pub(super) fn complete(
    wanted: &Mapping,
    sample: &Sample,
    file: &str,
) -> Result<Mapping, ImportError> {
    let parts = [
        (&wanted.subject, "the subject"),
        (&wanted.session, "the session"),
        (&wanted.event, "the event"),
        (&wanted.time, "the time"),
    ];
    let parts = parts.into_iter().filter_map(|(name, role)| Some((name.as_ref()?, role)));
    let attributes = wanted.attributes.iter().map(|name| (name, "an attribute"));
    for (name, role) in parts.chain(attributes) {
        if !sample.columns.contains(name) {
            return Err(ImportError::Unusable(format!(
                "{file} has no column {name:?} for {role}; its columns are {}",
                listed(&sample.columns)
            )));
        }
    }
    let plain: Vec<String> = sample.columns.iter().map(|name| plain_name(name)).collect();
    let mut taken: Vec<usize> = [&wanted.subject, &wanted.session, &wanted.event, &wanted.time]
        .into_iter()
        .flatten()
        .filter_map(|name| sample.columns.iter().position(|column| column == name))
        .collect();
    let mut guess =
        |given: &Option<String>, names: &[&str], parts: &[&str], fits: &dyn Fn(usize) -> bool| {
            if given.is_some() {
                return given.clone();
            }
            let fits = |at: &usize| !taken.contains(at) && fits(*at);
            let by_name = names
                .iter()
                .find_map(|name| (0..plain.len()).find(|at| plain[*at] == *name && fits(at)));
            let by_part = || {
                parts.iter().find_map(|part| {
                    (0..plain.len()).find(|at| plain[*at].contains(part) && fits(at))
                })
            };
            let at = by_name.or_else(by_part)?;
            taken.push(at);
            Some(sample.columns[at].clone())
        };
    let no_rows = sample.rows.is_empty();
    let has_values = |at: usize| no_rows || sample.present(at).next().is_some();
    let is_time = |at: usize| no_rows || sample.share(at, looks_like_time) >= 0.5;
    let is_label =
        |at: usize| has_values(at) && !(sample.rows.len() > 1 && sample.share(at, is_dated) > 0.5);
    // A column called `timestamp` that cannot be read is better refused row by row than left out:
    // without it, the order of the file would count, and nobody would know.
    let time = guess(&wanted.time, TIMES, TIME_PARTS, &is_time)
        .or_else(|| guess(&None, TIMES, &[], &has_values));
    let subject = guess(&wanted.subject, SUBJECTS, SUBJECT_PARTS, &has_values);
    let session = guess(&wanted.session, SESSIONS, &[], &has_values);
    let event = guess(&wanted.event, EVENTS, EVENT_PARTS, &is_label);
    Ok(Mapping { subject, session, event, time, attributes: wanted.attributes.clone() })
}

/// The parts without which nothing can start.
pub(super) fn missing(mapping: &Mapping) -> Option<Role> {
    if mapping.subject.is_none() {
        Some(Role::Subject)
    } else if mapping.event.is_none() {
        Some(Role::Event)
    } else {
        None
    }
}

/// # Errors
/// Where the subject or the event is not known.
pub(super) fn roles(mapping: Mapping, sample: &Sample, file: &str) -> Result<Roles, ImportError> {
    match mapping {
        Mapping { subject: Some(subject), session, event: Some(event), time, attributes: all } => {
            let mut attributes: Vec<String> = Vec::with_capacity(all.len());
            for name in all {
                if !attributes.contains(&name) {
                    attributes.push(name);
                }
            }
            Ok(Roles { subject, session, event, time, attributes })
        }
        mapping => {
            let (role, option) = match missing(&mapping) {
                Some(Role::Subject) => ("the subject (whose journey it is)", "subject"),
                _ => ("the event (what happened)", "event"),
            };
            Err(ImportError::Unusable(format!(
                "in {file} no column looks like {role}; name one as the {option}: {}",
                listed(&sample.columns)
            )))
        }
    }
}

/// Column names for a sentence, the first forty of them.
fn listed(columns: &[String]) -> String {
    let mut names: Vec<String> =
        columns.iter().take(40).map(|name| name.chars().take(60).collect()).collect();
    if columns.len() > names.len() {
        names.push(format!("and {} more", columns.len() - names.len()));
    }
    names.join(", ")
}

/// What a column's dates say about day and month.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct OrderFound {
    day_first: bool,
    month_first: bool,
    either: bool,
}

impl OrderFound {
    pub(super) fn add(&mut self, value: &[u8]) {
        match order_evidence(value) {
            Some(OrderEvidence::DayFirst) => self.day_first = true,
            Some(OrderEvidence::MonthFirst) => self.month_first = true,
            Some(OrderEvidence::Either) => self.either = true,
            None => {}
        }
    }

    pub(super) fn of_column(sample: &Sample, column: &str) -> Self {
        let mut found = Self::default();
        if let Some(at) = sample.columns.iter().position(|name| name == column) {
            sample.present(at).for_each(|value| found.add(value));
        }
        found
    }

    /// The order that some date proves and none contradicts.
    pub(super) fn proven(self) -> Option<DateOrder> {
        match self {
            Self { day_first: true, month_first: false, .. } => Some(DateOrder::DayFirst),
            Self { day_first: false, month_first: true, .. } => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// Whether some date can be read either way and nothing says which.
    pub(super) fn is_open(self) -> bool {
        self.either && self.proven().is_none()
    }
}

/// The questions a person must answer before the import is whole.
pub(super) fn questions(mapping: &Mapping, order: Option<(&str, OrderFound)>) -> Vec<Question> {
    let mut questions = Vec::new();
    if mapping.subject.is_none() {
        questions.push(Question::Missing { role: Role::Subject });
    }
    if mapping.event.is_none() {
        questions.push(Question::Missing { role: Role::Event });
    }
    if let Some((column, found)) = order
        && found.is_open()
    {
        questions.push(Question::DateOrder { column: column.to_owned() });
    }
    questions
}

/// Columns as they may be shown.
pub(super) fn profiles(sample: &Sample, mapping: &Mapping) -> Vec<ColumnProfile> {
    let role = |name: &String| {
        [
            (&mapping.subject, Role::Subject),
            (&mapping.session, Role::Session),
            (&mapping.event, Role::Event),
            (&mapping.time, Role::Time),
        ]
        .into_iter()
        .find_map(|(mapped, role)| (mapped.as_ref() == Some(name)).then_some(role))
        .or_else(|| mapping.attributes.contains(name).then_some(Role::Attribute))
    };
    let columns = sample.columns.iter().enumerate();
    columns
        .map(|(at, name)| {
            let role = role(name);
            let rows = sample.rows.len();
            let empty = rows - sample.present(at).count();
            ColumnProfile {
                name: name.clone(),
                kind: kind(sample, at, role == Some(Role::Time)),
                empty_percent: (empty * 100).checked_div(rows).unwrap_or(100) as u8,
                shape: usual_shape(sample, at),
                role,
            }
        })
        .collect()
}

fn kind(sample: &Sample, column: usize, is_time: bool) -> ColumnKind {
    let all = |test: fn(&[u8]) -> bool| sample.share(column, test) >= 0.9;
    if sample.present(column).next().is_none() {
        ColumnKind::Empty
    } else if is_time || all(is_dated) {
        ColumnKind::Time
    } else if all(|value| {
        [&b"true"[..], b"false", b"yes", b"no"].iter().any(|word| value.eq_ignore_ascii_case(word))
    }) {
        ColumnKind::Boolean
    } else if all(is_integer) {
        ColumnKind::Integer
    } else if all(is_decimal) {
        ColumnKind::Decimal
    } else {
        ColumnKind::Text
    }
}

fn is_integer(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

fn is_decimal(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
        && value
            .iter()
            .all(|c| c.is_ascii_digit() || matches!(c, b'.' | b',' | b'-' | b'+' | b'e' | b'E'))
}

/// Readable as a time, whatever the order of day and month.
fn looks_like_time(value: &[u8]) -> bool {
    use crate::views::RefusalReason::{AmbiguousDate, SentinelTime};
    matches!(Clock::new(None, None).read(value), Ok(_) | Err(SentinelTime | AmbiguousDate))
}

/// A time that no number is.
fn is_dated(value: &[u8]) -> bool {
    !is_decimal(value) && looks_like_time(value)
}

/// The most frequent shape, the earliest of equals.
fn usual_shape(sample: &Sample, column: usize) -> String {
    let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
    for (at, value) in sample.present(column).enumerate() {
        counts.entry(shape(value)).or_insert((0, at)).0 += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(_, (count, first))| (*count, std::cmp::Reverse(*first)))
        .map_or_else(String::new, |(shape, _)| shape)
}

/// Letters as `a` and `A`, digits as `0`, at most forty of them.
fn shape(value: &[u8]) -> String {
    const LONGEST: usize = 40;
    let text = String::from_utf8_lossy(value);
    let mut shape: String = text
        .chars()
        .take(LONGEST)
        .map(|c| match c {
            c if c.is_numeric() => '0',
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_control() => ' ',
            c if c.is_ascii() => c,
            _ => '·',
        })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shape.push('…');
    }
    shape
}
