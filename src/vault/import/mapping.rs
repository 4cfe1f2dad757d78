//! Which column is the subject, the session, the event, the time: known of an export, or guessed
//! from names and values.
//!
//! *Invariant:* sees a sample of a few hundred rows and hands out masked shapes only.

use std::collections::{HashMap, HashSet};

use super::ImportError;
use super::consent;
use super::container::{in_one_line, unusable};
use super::json::is_of_member;
use super::names;
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

    /// Whether values come again, as labels do and numbers of rows do not.
    fn repeats(&self, column: usize) -> bool {
        const TOO_FEW: usize = 20;
        let distinct: HashSet<&[u8]> = self.present(column).collect();
        let all = self.present(column).count();
        all < TOO_FEW || distinct.len() * 2 <= all
    }

    /// Whether it says different things of one person, for most who come more than once.
    fn varies(&self, people: usize, column: usize) -> bool {
        let mut of_person: HashMap<&[u8], (&[u8], usize, bool)> = HashMap::new();
        for row in &self.rows {
            let (Some(person), Some(value)) = (row.get(people), row.get(column)) else { continue };
            let (first, rows, differs) = of_person.entry(person).or_insert((value, 0, false));
            *rows += 1;
            *differs |= *first != value;
        }
        let several = || of_person.values().filter(|(_, rows, _)| *rows > 1);
        several().filter(|(_, _, differs)| *differs).count() * 2 > several().count()
    }

    /// How its columns may be called.
    pub(super) fn names(&self) -> Names {
        Names { are_values: !self.is_open && is_without_header(self) }
    }

    /// Whether a column is there whatever the records are: that of a table, or a field that at least
    /// half of the records have. Another one could be a single person's.
    pub(super) fn is_of_all(&self, column: usize) -> bool {
        /// Fewer records prove nothing.
        const RECORDS: usize = 20;
        let rows = self.rows.len();
        !self.is_open || (rows >= RECORDS && 2 * self.present(column).count() >= rows)
    }

    fn share(&self, column: usize, test: impl Fn(&[u8]) -> bool) -> f64 {
        let all = self.present(column).count();
        let hits = self.present(column).filter(|value| test(value)).count();
        if all == 0 { 0.0 } else { hits as f64 / all as f64 }
    }
}

/// How columns may be called where others than the one who has the file may read it.
#[derive(Clone, Copy, Default)]
pub(super) struct Names {
    are_values: bool,
}

impl Names {
    /// The name, or its shape where it could be somebody's value.
    pub(super) fn shown(self, name: &str) -> String {
        if self.are_values || is_value(name) || crate::vault::looks_personal(name) {
            shape(name.as_bytes())
        } else {
            name.to_owned()
        }
    }
}

/// Lower case, and of the punctuation only what makes a path: `Case ID` is `caseid`.
fn plain_name(name: &str) -> String {
    let is_part = |c: &char| c.is_alphanumeric() || matches!(c, '.' | ':' | '[' | ']');
    let plain: String = name.chars().filter(is_part).flat_map(char::to_lowercase).collect();
    plain.trim_matches('.').to_owned()
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
                listed(sample)
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

/// How one part of a mapping is looked for.
#[derive(Clone, Copy)]
struct Guess<'a> {
    names: &'a [&'a str],
    /// Parts of names, where none of the names is there.
    parts: &'a [&'a str],
    no_words: &'a [&'a str],
    fits: &'a dyn Fn(usize) -> bool,
    /// What the values must be in addition, where only a part of the name is known.
    fits_part: &'a dyn Fn(usize) -> bool,
}

/// The words of a name in lower case: `userAgent` and `user_agent` are two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_lower {
            words.push(String::new());
        }
        was_lower = c.is_lowercase();
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words
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
    let mut guess = |given: &Option<String>, what: &Guess<'_>| {
        if given.is_some() {
            return None;
        }
        let fits = |at: &usize| !taken.contains(at) && !of_member[*at] && (what.fits)(*at);
        let find =
            |test: &dyn Fn(&str) -> bool| (0..plain.len()).find(|at| test(&plain[*at]) && fits(at));
        let by_name = || what.names.iter().find_map(|name| find(&|plain| plain == *name));
        // The last parts of a path. Short names (`id`) are those of anything.
        let by_tail = || {
            let long = what.names.iter().filter(|name| name.len() >= 4);
            long.into_iter().find_map(|name| {
                find(&|plain| plain.strip_suffix(name).is_some_and(|before| before.ends_with('.')))
            })
        };
        let by_part = || {
            what.parts.iter().find_map(|part| {
                let is_about = |at: &usize| {
                    let has = |word: &String| what.no_words.contains(&word.as_str());
                    plain[*at].contains(part) && !words(&sample.columns[*at]).iter().any(has)
                };
                (0..plain.len()).find(|at| fits(at) && is_about(at) && (what.fits_part)(*at))
            })
        };
        let at = by_name().or_else(by_tail).or_else(by_part)?;
        taken.push(at);
        Some(sample.columns[at].clone())
    };
    let no_rows = sample.rows.is_empty();
    let has_values = |at: usize| no_rows || sample.present(at).next().is_some();
    let is_time = |at: usize| no_rows || sample.share(at, looks_like_time) >= 0.5;
    let is_surely_time = |at: usize| sample.share(at, is_dated_or_epoch) >= 0.9;
    let is_label =
        |at: usize| has_values(at) && !(sample.rows.len() > 1 && sample.share(at, is_dated) > 0.5);
    let is_id = |at: usize| no_rows || sample.share(at, consent::is_word) < 0.9;
    let of_time = Guess {
        names: names::TIMES,
        parts: &[],
        no_words: names::NO_TIME,
        fits: &is_time,
        fits_part: &is_surely_time,
    };
    let likely = Guess { names: names::LIKELY_TIMES, parts: names::TIME_PARTS, ..of_time };
    let unreadable = Guess { fits: &has_values, ..of_time };
    let any = Guess { names: &[], parts: &[""], ..of_time };
    // A column called `timestamp` that cannot be read is better refused row by row than left out:
    // without it, the order of the file would count, and nobody would know.
    let time = guess(&wanted.time, &of_time)
        .or_else(|| guess(&wanted.time, &likely))
        .or_else(|| guess(&wanted.time, &unreadable))
        .or_else(|| guess(&wanted.time, &any));
    let of_subject = Guess {
        names: names::SUBJECTS,
        parts: names::SUBJECT_PARTS,
        no_words: names::NO_SUBJECT,
        fits: &has_values,
        fits_part: &is_id,
    };
    let subject = guess(&wanted.subject, &of_subject);
    let session =
        guess(&wanted.session, &Guess { names: names::SESSIONS, parts: &[], ..of_subject });
    let of_event = Guess {
        names: names::EVENTS,
        parts: names::EVENT_PARTS,
        no_words: names::NO_EVENT,
        fits: &is_label,
        fits_part: &|at| sample.repeats(at),
    };
    let column =
        |name: &Option<String>| sample.columns.iter().position(|c| Some(c) == name.as_ref());
    let people = column(wanted.subject.as_ref().map_or(&subject, |_| &wanted.subject));
    let is_of_moment =
        |at: usize| is_label(at) && people.is_some_and(|people| sample.varies(people, at));
    let likely = Guess { names: names::LIKELY_EVENTS, parts: &[], fits: &is_of_moment, ..of_event };
    let event = guess(&wanted.event, &of_event).or_else(|| guess(&wanted.event, &likely));
    let mut mapping = Mapping { subject, session, event, time, ..Mapping::default() };
    if mapping.event.is_none() && wanted.event.is_none() {
        from_members(&mut mapping, wanted, sample, &plain);
    }
    if wanted.subject.is_none() {
        with_device(&mut mapping, sample, &plain);
    }
    let insert_id =
        names::INSERT_IDS.iter().find_map(|name| plain.iter().position(|plain| plain == name));
    mapping.insert_id = insert_id
        .filter(|at| sample.present(*at).next().is_some())
        .map(|at| sample.columns[at].clone());
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
    mapping.event = find(names::EVENTS).or_else(|| find(names::MEMBER_EVENTS));
    if mapping.event.is_some() && wanted.time.is_none() {
        mapping.time = find(names::TIMES).or(mapping.time.take());
    }
    if mapping.subject.is_none() && wanted.subject.is_none() {
        mapping.subject = find(names::SUBJECTS);
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
    if names::DEVICES.contains(&own.as_str()) {
        if let Some(person) = find(names::SIGNED_IN) {
            mapping.subject = Some(person);
            mapping.otherwise.subject = vec![subject];
        }
    } else if names::SIGNED_IN.contains(&own.as_str())
        && let Some(device) = find(names::DEVICES)
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
pub(super) fn notes(mapping: &Mapping, preset: Option<Preset>, names: Names) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(preset) = preset.filter(|preset| *preset != Preset::Generic) {
        notes.push(format!(
            "The fields are those of this export: {}. Where that is wrong, --preset generic guesses by names instead.",
            preset.title()
        ));
    }
    let quoted = |columns: &[String]| {
        let quoted = columns.iter().map(|name| format!("\"{}\"", names.shown(name)));
        quoted.collect::<Vec<_>>().join(", then ")
    };
    let mut chain = |what: &str, own: &Option<String>, others: &[String]| {
        if let Some(own) = own
            && !others.is_empty()
        {
            let own = names.shown(own);
            notes.push(format!("{what} \"{own}\"; where that is empty, {}.", quoted(others)));
        }
    };
    let Mapping { subject, session, event, time, otherwise, .. } = mapping;
    chain("A person is known by", subject, &otherwise.subject);
    chain("A session is known by", session, &otherwise.session);
    chain("A step is named by", event, &otherwise.event);
    chain("The time is", time, &otherwise.time);
    if let Some(own) = subject
        && otherwise.subject.is_empty()
    {
        let own = names.shown(own);
        notes.push(format!("A person is known by \"{own}\" alone; rows without it are not used."));
    }
    if !mapping.consent.is_empty() {
        let columns: Vec<String> =
            mapping.consent.iter().map(|field| consent_words(field, names)).collect();
        notes.push(format!("Consent is read from {}.", columns.join(", ")));
    }
    if let Some(id) = &mapping.insert_id {
        let id = names.shown(id);
        notes.push(format!("Rows that were sent twice are known by \"{id}\"."));
    }
    notes.iter().map(|note| in_one_line(note)).collect()
}

fn consent_words(field: &ConsentField, names: Names) -> String {
    let column = names.shown(&field.column);
    match field.polarity {
        Polarity::TrueGrants => format!("\"{column}\""),
        Polarity::TrueRefuses => format!("\"{column}\", where yes is a refusal"),
    }
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
    Err(unusable(
        &format!("in {file}"),
        &format!("no column looks like {role}; name one as the {option}: {}", listed(sample)),
    ))
}

/// Whether the first line of a table is a row like the others: one of its texts stands in its own
/// column again, and at most one is a name that is known; or one is a time, an address or a long
/// number, and none is known.
pub(super) fn is_without_header(sample: &Sample) -> bool {
    let own = sample.own_columns();
    let is_header_again =
        |row: &&Vec<Vec<u8>>| own.iter().zip(*row).all(|(name, cell)| name.as_bytes() == cell);
    let comes_again = |at: usize, name: &str| {
        let rows = sample.rows.iter().filter(|row| !is_header_again(row));
        !name.is_empty() && rows.filter_map(|row| row.get(at)).any(|cell| cell == name.as_bytes())
    };
    let is_known = |name: &str| {
        let plain = plain_name(name);
        let lists = [names::SUBJECTS, names::SESSIONS, names::EVENTS, names::TIMES];
        lists.iter().any(|list| list.contains(&plain.as_str()))
    };
    let again: Vec<bool> = own.iter().enumerate().map(|(at, name)| comes_again(at, name)).collect();
    let known = own.iter().zip(&again).filter(|(name, again)| !**again && is_known(name)).count();
    (again.contains(&true) && known < 2) || (own.iter().any(|name| is_value(name)) && known == 0)
}

/// Column names for a sentence, which is one line; the first forty of them. Where a file has no
/// header, its names are somebody's values, and of those only the shape is said.
fn listed(sample: &Sample) -> String {
    let (columns, shown) = (&sample.columns, sample.names());
    let name = |name: &String| -> String {
        in_one_line(&shown.shown(name).chars().take(60).collect::<String>())
    };
    let mut names: Vec<String> = columns.iter().take(40).map(name).collect();
    if columns.len() > names.len() {
        names.push(format!("and {} more", columns.len() - names.len()));
    }
    names.join(", ")
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
    let names = sample.names();
    let columns = sample.columns.iter().enumerate();
    columns
        .map(|(at, name)| {
            let role = role(name);
            let rows = sample.rows.len();
            let empty = rows - sample.present(at).count();
            ColumnProfile {
                name: name.clone(),
                shown: names.shown(name),
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

/// A time beyond doubt: small numbers are anything.
fn is_dated_or_epoch(value: &[u8]) -> bool {
    let whole = value.split(|c| *c == b'.').next().unwrap_or_default();
    is_dated(value) || is_integer(whole) && whole.len() >= 9 && looks_like_time(value)
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
