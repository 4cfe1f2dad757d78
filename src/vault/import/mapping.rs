//! Which column is the subject, the session, the event, the time: known of an export, or guessed
//! from names and values.
//!
//! *Invariant:* sees a sample of a few hundred rows and hands out masked shapes only.

use std::collections::HashMap;

use super::ImportError;
use super::consent;
use super::container::unusable;
use super::json::is_of_member;
use super::presets;
use super::time::{Clock, OrderEvidence, order_evidence};
use crate::views::{
    ColumnKind, ColumnProfile, ConsentField, DateOrder, Mapping, Polarity, Preset, Question, Role,
};

/// The beginning of a file: column names and values, empty where there is none.
#[derive(Default)]
pub(super) struct Sample {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Vec<u8>>>,
    /// Columns that are fields of objects in the cells of others come after all others.
    pub(super) within: usize,
    /// Records may leave out fields, so the sample need not show all there are.
    pub(super) is_open: bool,
}

/// Columns in order of first appearance, each once.
#[derive(Default)]
pub(super) struct Columns {
    names: Vec<String>,
    at: HashMap<String, usize>,
}

impl Columns {
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn at(&mut self, name: String) -> usize {
        if let Some(at) = self.at.get(&name) {
            return *at;
        }
        self.names.push(name.clone());
        self.at.insert(name, self.names.len() - 1);
        self.names.len() - 1
    }

    /// Rows that name their cells by column.
    pub(super) fn sample(self, rows: Vec<Vec<(usize, Vec<u8>)>>) -> Sample {
        let width = self.names.len();
        let wide = |cells: Vec<(usize, Vec<u8>)>| {
            let mut row = vec![Vec::new(); width];
            for (at, value) in cells {
                row[at] = value;
            }
            row
        };
        let rows = rows.into_iter().map(wide).collect();
        Sample { columns: self.names, rows, within: 0, is_open: true }
    }
}

impl Sample {
    /// Whether some row has something there.
    pub(super) fn has_values(&self, column: &str) -> bool {
        let at = self.columns.iter().position(|name| name == column);
        at.is_some_and(|at| self.present(at).next().is_some())
    }

    /// The columns of the file itself.
    pub(super) fn own_columns(&self) -> &[String] {
        &self.columns[..self.columns.len() - self.within]
    }

    fn values(&self, column: usize) -> impl Iterator<Item = &[u8]> {
        self.rows.iter().filter_map(move |row| row.get(column)).map(Vec::as_slice)
    }

    pub(super) fn present(&self, column: usize) -> impl Iterator<Item = &[u8]> {
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
    "user.id",
    "customer.id",
    "visitor.id",
    "person.id",
    "profile.id",
    "actor.id",
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
    "event.name",
    "eventtype",
    "event.type",
    "event.action",
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
/// A device, which stands for the person where nobody is signed in.
const DEVICES: &[&str] = &[
    "deviceid",
    "anonymousid",
    "anonymoususerid",
    "visitorid",
    "cookieid",
    "userpseudoid",
    "domainuserid",
    "browserid",
    "installationid",
];
/// A person who is signed in, so that there is a device otherwise.
const SIGNED_IN: &[&str] = &[
    "userid",
    "user.id",
    "customerid",
    "customer.id",
    "memberid",
    "personid",
    "accountid",
    "profileid",
];
/// What a field of a member of a list is called in addition.
const MEMBER_EVENTS: &[&str] = &["name", "type", "title"];
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

/// The plan's mapping over what is known of the export, else over the guess.
///
/// # Errors
/// Where the plan names a column that the file does not have.
pub(super) fn complete(
    wanted: &Mapping,
    sample: &Sample,
    preset: Option<Preset>,
    file: &str,
) -> Result<Mapping, ImportError> {
    let preset = preset.filter(|preset| *preset != Preset::Generic);
    let found = match preset {
        Some(preset) => presets::mapping(preset, sample, sample.is_open),
        None => Mapping::default(),
    };
    for (name, role) in named(wanted) {
        let is_known = sample.columns.contains(name)
            || name.contains('*')
            || named(&found).any(|(known, _)| known == name);
        if !is_known {
            return Err(ImportError::Unusable(format!(
                "{file} has no column {name:?} for {role}; its columns are {}",
                listed(&sample.columns)
            )));
        }
    }
    let found = match preset {
        Some(_) => found,
        None => guessed(wanted, sample),
    };
    // Where a part is named, what stands in for the one that was found does not stand in for it.
    let pick =
        |own: &Option<String>, others: &[String], found: Option<String>, more: Vec<String>| {
            match own {
                Some(own) => (Some(own.clone()), others.to_vec()),
                None => (found, if others.is_empty() { more } else { others.to_vec() }),
            }
        };
    let mut all = Mapping {
        attributes: wanted.attributes.clone(),
        consent: if wanted.consent.is_empty() { found.consent } else { wanted.consent.clone() },
        insert_id: wanted.insert_id.clone().or(found.insert_id),
        ..Mapping::default()
    };
    let (own, other) = (&wanted.otherwise, found.otherwise);
    (all.subject, all.otherwise.subject) =
        pick(&wanted.subject, &own.subject, found.subject, other.subject);
    (all.session, all.otherwise.session) =
        pick(&wanted.session, &own.session, found.session, other.session);
    (all.event, all.otherwise.event) = pick(&wanted.event, &own.event, found.event, other.event);
    (all.time, all.otherwise.time) = pick(&wanted.time, &own.time, found.time, other.time);
    Ok(all)
}

/// Every column that a mapping names, and for what.
fn named(mapping: &Mapping) -> impl Iterator<Item = (&String, &'static str)> {
    let Mapping { subject, session, event, time, attributes, otherwise, consent, insert_id } =
        mapping;
    let as_role = |role| move |name| (name, role);
    let subjects = subject.iter().chain(&otherwise.subject).map(as_role("the subject"));
    let sessions = session.iter().chain(&otherwise.session).map(as_role("the session"));
    let events = event.iter().chain(&otherwise.event).map(as_role("the event"));
    let times = time.iter().chain(&otherwise.time).map(as_role("the time"));
    let columns = subjects.chain(sessions).chain(events).chain(times);
    columns
        .chain(attributes.iter().map(as_role("an attribute")))
        .chain(consent.iter().map(|field| (&field.column, "consent")))
        .chain(insert_id.iter().map(as_role("the insert id")))
}

/// A mapping by names and values, around what the plan names.
fn guessed(wanted: &Mapping, sample: &Sample) -> Mapping {
    let plain: Vec<String> = sample.columns.iter().map(|name| plain_name(name)).collect();
    let mut taken: Vec<usize> = [&wanted.subject, &wanted.session, &wanted.event, &wanted.time]
        .into_iter()
        .flatten()
        .filter_map(|name| sample.columns.iter().position(|column| column == name))
        .collect();
    let of_member: Vec<bool> = sample.columns.iter().map(|name| is_of_member(name)).collect();
    let mut guess = |given: &Option<String>,
                     names: &[&str],
                     parts: &[&str],
                     fits: &dyn Fn(usize) -> bool| {
        if given.is_some() {
            return None;
        }
        let fits = |at: &usize| !taken.contains(at) && !of_member[*at] && fits(*at);
        let find =
            |test: &dyn Fn(&str) -> bool| (0..plain.len()).find(|at| test(&plain[*at]) && fits(at));
        let by_name = || names.iter().find_map(|name| find(&|plain| plain == *name));
        // The last parts of a path. Short names (`id`) are those of anything.
        let by_tail = || {
            let long = names.iter().filter(|name| name.len() >= 4);
            long.into_iter().find_map(|name| {
                find(&|plain| plain.strip_suffix(name).is_some_and(|before| before.ends_with('.')))
            })
        };
        let by_part = || parts.iter().find_map(|part| find(&|plain| plain.contains(part)));
        let at = by_name().or_else(by_tail).or_else(by_part)?;
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
        .or_else(|| guess(&wanted.time, TIMES, &[], &has_values));
    let subject = guess(&wanted.subject, SUBJECTS, SUBJECT_PARTS, &has_values);
    let session = guess(&wanted.session, SESSIONS, &[], &has_values);
    let event = guess(&wanted.event, EVENTS, EVENT_PARTS, &is_label);
    let mut mapping = Mapping { subject, session, event, time, ..Mapping::default() };
    if mapping.event.is_none() && wanted.event.is_none() {
        from_members(&mut mapping, wanted, sample, &plain);
    }
    if wanted.subject.is_none() {
        with_device(&mut mapping, sample, &plain);
    }
    mapping.consent = consents(sample, &plain, &mapping);
    mapping
}

/// Events that stand in a list within the records.
fn from_members(mapping: &mut Mapping, wanted: &Mapping, sample: &Sample, plain: &[String]) {
    let find = |names: &[&str]| {
        let tail = |at: &usize, name: &str| {
            let (_, tail) = plain[*at].split_once(super::record::MEMBER).unwrap_or_default();
            tail == name || tail.strip_suffix(name).is_some_and(|before| before.ends_with('.'))
        };
        let at = names.iter().find_map(|name| {
            (0..plain.len()).find(|at| tail(at, name) && sample.present(*at).next().is_some())
        })?;
        Some(sample.columns[at].clone())
    };
    mapping.event = find(EVENTS).or_else(|| find(MEMBER_EVENTS));
    if mapping.event.is_some() && wanted.time.is_none() {
        mapping.time = find(TIMES).or(mapping.time.take());
    }
    if mapping.subject.is_none() && wanted.subject.is_none() {
        mapping.subject = find(SUBJECTS);
    }
}

/// A device stands in for a person who is not signed in.
fn with_device(mapping: &mut Mapping, sample: &Sample, plain: &[String]) {
    let find = |names: &[&str]| {
        let at = names.iter().find_map(|name| plain.iter().position(|plain| plain == name))?;
        Some(sample.columns[at].clone())
    };
    let Some(subject) = mapping.subject.clone() else { return };
    let own = plain_name(&subject);
    if DEVICES.contains(&own.as_str()) {
        if let Some(person) = find(SIGNED_IN) {
            mapping.subject = Some(person);
            mapping.otherwise.subject = vec![subject];
        }
    } else if SIGNED_IN.contains(&own.as_str())
        && let Some(device) = find(DEVICES)
    {
        mapping.otherwise.subject = vec![device];
    }
}

/// Columns that are called consent and read like it.
fn consents(sample: &Sample, plain: &[String], mapping: &Mapping) -> Vec<ConsentField> {
    let all = sample.columns.iter().zip(plain).enumerate();
    all.filter(|(at, (name, _))| {
        !named(mapping).any(|(taken, _)| taken == *name)
            && sample.share(*at, consent::is_word) >= 0.9
    })
    .filter_map(|(_, (name, plain))| {
        let is_out = plain.contains("optout") || plain.contains("optedout");
        if !is_out && !plain.contains("consent") && !plain.contains("optin") {
            return None;
        }
        let polarity = if is_out { Polarity::TrueRefuses } else { Polarity::TrueGrants };
        Some(ConsentField { purpose: purpose(name), column: name.clone(), polarity })
    })
    .collect()
}

/// `consent_analytics` and `analytics opt-out` are both about `analytics`.
fn purpose(column: &str) -> String {
    const WORDS: [&str; 11] = [
        "consent",
        "consents",
        "consented",
        "consentstate",
        "optin",
        "optout",
        "opted",
        "opt",
        "in",
        "out",
        "state",
    ];
    let words = column.split(|c: char| !c.is_alphanumeric());
    let about: Vec<&str> = words
        .filter(|word| !word.is_empty() && !WORDS.contains(&word.to_lowercase().as_str()))
        .collect();
    if about.is_empty() { "all".to_owned() } else { about.join("_").to_lowercase() }
}

/// What was chosen and why, a sentence each.
pub(super) fn notes(mapping: &Mapping, preset: Option<Preset>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(preset) = preset.filter(|preset| *preset != Preset::Generic) {
        notes.push(format!(
            "The fields are those of this export: {}. Where that is wrong, --preset generic guesses by names instead.",
            preset.title()
        ));
    }
    let quoted = |names: &[String]| {
        names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", then ")
    };
    let mut chain = |what: &str, own: &Option<String>, others: &[String]| {
        if let Some(own) = own
            && !others.is_empty()
        {
            notes.push(format!("{what} \"{own}\"; where that is empty, {}.", quoted(others)));
        }
    };
    let Mapping { subject, session, event, time, otherwise, .. } = mapping;
    chain("A person is known by", subject, &otherwise.subject);
    chain("A session is known by", session, &otherwise.session);
    chain("A step is named by", event, &otherwise.event);
    chain("The time is", time, &otherwise.time);
    if !mapping.consent.is_empty() {
        let columns: Vec<String> =
            mapping.consent.iter().map(|c| format!("\"{}\"", c.column)).collect();
        notes.push(format!("Consent is read from {}.", columns.join(", ")));
    }
    if let Some(id) = &mapping.insert_id {
        notes.push(format!("Rows that were sent twice are known by \"{id}\"."));
    }
    notes.iter().map(|note| in_one_line(note)).collect()
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
pub(super) fn check(mapping: &Mapping, sample: &Sample, file: &str) -> Result<(), ImportError> {
    let (role, option) = match missing(mapping) {
        None => return Ok(()),
        Some(Role::Subject) => ("the subject (whose journey it is)", "subject"),
        Some(_) => ("the event (what happened)", "event"),
    };
    let values = sample.columns.iter().filter(|name| is_value(name)).count();
    if values * 2 > sample.columns.len() || values > 1 && sample.columns.len() < 8 {
        return Err(unusable(
            file,
            "seems to have values in its first line, where the names of the columns should be; add a line of names at the top",
        ));
    }
    Err(unusable(
        &format!("in {file}"),
        &format!(
            "no column looks like {role}; name one as the {option}: {}",
            listed(&sample.columns)
        ),
    ))
}

/// Column names for a sentence, which is one line; the first forty of them. Where a file has no
/// header, its names are somebody's values, and of those only the shape is said.
fn listed(columns: &[String]) -> String {
    let name = |name: &String| -> String {
        if is_value(name) {
            shape(name.as_bytes())
        } else {
            in_one_line(&name.chars().take(60).collect::<String>())
        }
    };
    let mut names: Vec<String> = columns.iter().take(40).map(name).collect();
    if columns.len() > names.len() {
        names.push(format!("and {} more", columns.len() - names.len()));
    }
    names.join(", ")
}

/// The name of a column may hold anything, where it stands in quotes.
fn in_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Whether this is hardly the name of a column.
fn is_value(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let text = name.as_bytes();
    name.contains('@') || digits > 5 || is_decimal(text) || looks_like_time(text)
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
    let otherwise = &mapping.otherwise;
    let role = |name: &String| {
        [
            (&mapping.subject, &otherwise.subject, Role::Subject),
            (&mapping.session, &otherwise.session, Role::Session),
            (&mapping.event, &otherwise.event, Role::Event),
            (&mapping.time, &otherwise.time, Role::Time),
        ]
        .into_iter()
        .find_map(|(first, others, role)| {
            (first.as_ref() == Some(name) || others.contains(name)).then_some(role)
        })
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
