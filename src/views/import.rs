//! How files become events: the mapping of columns, and what the import found.
//!
//! Profiles and reports hold masked shapes, counts and line numbers, never a value from the data.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which column plays which part. Names are those in the file; a nested field is written with
/// dots (`properties.distinct_id`), a field of an XES trace as `case:concept:name`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    pub subject: Option<String>,
    pub session: Option<String>,
    pub event: Option<String>,
    /// Without a time, events keep the order of the file.
    pub time: Option<String>,
    /// Columns with something about the person by which she can be told from others (a country, a
    /// plan). The first value in time counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// Columns that are read where the first of a part is empty.
    #[serde(skip_serializing_if = "Otherwise::is_empty")]
    pub otherwise: Otherwise,
    /// Columns that say what people consented to. The last state in time counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consent: Vec<ConsentField>,
    /// The column by which a row that was sent twice is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insert_id: Option<String>,
}

/// For each part, columns in the order in which they are tried where those before are empty: a
/// device where nobody is signed in, a screen's name where the event has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Otherwise {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subject: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub session: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub event: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub time: Vec<String>,
}

impl Otherwise {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A column with consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentField {
    /// For what: `analytics`. `*` where the column has one, and then it is what stands there.
    pub purpose: String,
    /// A name as in [`Mapping`]; one part of it may be `*` (`consent_state.gdpr.*.consented`).
    pub column: String,
    #[serde(default)]
    pub polarity: Polarity,
}

/// What `true` says in a column with consent. Words such as `granted` or `denied` say it alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Opted in.
    #[default]
    TrueGrants,
    /// Opted out.
    TrueRefuses,
}

/// Where files come from: what is known of the fields of a vendor's export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    Mparticle,
    Amplitude,
    Mixpanel,
    Segment,
    Ga4,
    Snowplow,
    Posthog,
    Matomo,
    /// No vendor's: columns are guessed by their names and values.
    Generic,
}

impl Preset {
    pub const ALL: [Self; 9] = [
        Self::Mparticle,
        Self::Amplitude,
        Self::Mixpanel,
        Self::Segment,
        Self::Ga4,
        Self::Snowplow,
        Self::Posthog,
        Self::Matomo,
        Self::Generic,
    ];

    /// As it is typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mparticle => "mparticle",
            Self::Amplitude => "amplitude",
            Self::Mixpanel => "mixpanel",
            Self::Segment => "segment",
            Self::Ga4 => "ga4",
            Self::Snowplow => "snowplow",
            Self::Posthog => "posthog",
            Self::Matomo => "matomo",
            Self::Generic => "generic",
        }
    }

    /// As it is shown.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mparticle => "mParticle batches",
            Self::Amplitude => "Amplitude export",
            Self::Mixpanel => "Mixpanel raw export",
            Self::Segment => "Segment",
            Self::Ga4 => "GA4 BigQuery export",
            Self::Snowplow => "Snowplow enriched events",
            Self::Posthog => "PostHog batch export",
            Self::Matomo => "Matomo visits",
            Self::Generic => "no vendor's format",
        }
    }
}

/// How `03/04/2024` is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
}

/// Everything an import needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportPlan {
    pub files: Vec<PathBuf>,
    /// What is given here wins over the guess.
    pub mapping: Mapping,
    /// The mapping is meant as it stands: a part without a column is not read, nothing is guessed.
    pub mapping_is_whole: bool,
    /// An IANA name (`Europe/Berlin`) for times without a zone; UTC where absent.
    pub timezone: Option<String>,
    pub date_order: Option<DateOrder>,
    /// Go on with the readable beginning of a truncated file.
    pub accept_truncated: bool,
    /// Without a session column, a session ends where nothing happens for longer than this.
    /// 30 minutes where absent.
    pub session_gap_secs: Option<u64>,
    /// Read the files as this export, whatever they look like.
    pub preset: Option<Preset>,
    /// Leave out rows that say again what one before has said: by their insert id where one is
    /// mapped, else where subject, session, event and time are the same.
    pub drop_duplicates: bool,
}

impl ImportPlan {
    /// A pause as long as this ends a session where nothing else is said.
    pub const SESSION_GAP_SECS: u64 = 30 * 60;
}

/// The container and dialect of a file, in words (`CSV, gzip, separated by ;`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFormat {
    pub name: String,
    pub detail: String,
}

/// What the values of a column look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    Empty,
    Boolean,
    Integer,
    Decimal,
    Time,
    Text,
}

/// The part a column plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Subject,
    Session,
    Event,
    Time,
    Attribute,
}

/// A column as it may be shown: name and shape, never a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// As it is in the file, to map it by.
    pub name: String,
    /// As it may be shown: the shape, where the name could be somebody's value.
    pub shown: String,
    pub kind: ColumnKind,
    /// Share of empty values in the sample that was looked at, whole percents.
    pub empty_percent: u8,
    /// Letters as `a`/`A`, digits as `0`: `aaa@aaa.aa`, `0000-00-00 00:00:00`.
    pub shape: String,
    pub role: Option<Role>,
}

/// Something the program will not guess.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Dates such as `03/04/2024` could be read either way.
    DateOrder { column: String },
    /// No column looks like this part; the import cannot start without it.
    Missing { role: Role },
}

/// What a file looks like before it is imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    pub format: FileFormat,
    /// The files that are read: one, or those of the folders and archives.
    pub files: usize,
    /// The vendor's export that the first file was recognised as.
    pub preset: Option<Preset>,
    pub columns: Vec<ColumnProfile>,
    /// The guess, with what the plan gave put over it.
    pub mapping: Mapping,
    pub questions: Vec<Question>,
    /// What was chosen and why, a sentence each.
    pub notes: Vec<String>,
}

/// Why rows could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    NoSubject,
    NoEvent,
    NoTime,
    UnreadableTime,
    /// A placeholder such as `0000-00-00` or a year nobody lives in.
    SentinelTime,
    /// `03/04/2024`, and nobody said whether the day or the month comes first.
    AmbiguousDate,
    /// A local time that a change of clocks skips.
    LocalTimeGap,
    /// A local time that a change of clocks repeats, so that it is either of two instants.
    LocalTimeTwice,
    WrongFieldCount,
    NotJson,
    NotText,
}

/// Rows that were not used, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub reason: RefusalReason,
    pub rows: u64,
    /// Line numbers in the file (records in Parquet and XES), counted from 1, ascending;
    /// at most [`Refusal::LINES_KEPT`].
    pub lines: Vec<u64>,
}

impl Refusal {
    pub const LINES_KEPT: usize = 10_000;
}

/// Something that was put right, in words that hold no value (`2 bytes were not UTF-8`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    pub what: String,
    pub rows: u64,
}

/// What an import did. For the eyes of the analyst: these counts are exact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    pub rows_read: u64,
    pub rows_used: u64,
    pub refusals: Vec<Refusal>,
    pub repairs: Vec<Repair>,
    /// Columns that were in the file and were never read, as they may be shown.
    pub columns_not_read: Vec<String>,
    /// Those of them that can be told to everybody: names that are no values, of columns that the files
    /// have whoever is in them.
    pub names_not_read: Vec<String>,
    /// `Some(…)` where a file broke off and the readable beginning was accepted.
    pub truncated: Option<String>,
    pub duplicates: Duplicates,
    /// Purposes of which the files said something about consent, sorted.
    pub purposes: Vec<String>,
}

/// Rows that say again what one before has said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    pub rows: u64,
    /// Known by their insert id, else by subject, session, event and time.
    pub by_insert_id: bool,
    /// They were left out.
    pub dropped: bool,
}
