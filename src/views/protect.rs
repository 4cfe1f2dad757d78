//! What protecting shows: what rules catch, what to do about personal data, which rules would
//! help, and who was left out for want of consent or because they asked to be erased.
//!
//! *Invariant:* numbers of people here are rounded and at least k. What fewer people have is told
//! like what nobody has. The one exception is [`Protection`], which has no `Debug` and no
//! `Serialize`, for the eyes of the analyst.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{PiiKind, Rule};

/// A rule that cannot be applied: which, and what to do. Never a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("label rule {number}: {what}")]
pub struct RuleError {
    /// Counted from 1.
    pub number: usize,
    pub what: String,
}

/// Everything about labels that somebody needs who writes rules for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelReport {
    pub preview: RulePreview,
    /// Those that are open first.
    pub findings: Vec<Finding>,
    pub proposals: Vec<Proposal>,
}

/// What the rules do to the labels of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePreview {
    /// One for each rule, in order.
    pub rules: Vec<RuleCatch>,
    /// Labels of at least k people that look harmless, those of most people first.
    pub labels: Vec<LabelRow>,
    /// All other labels by their masked shape, where the labels of a shape have k people together.
    pub shapes: Vec<ShapeRow>,
}

/// What one rule catches. A rule that catches nobody and one that catches too few look the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleCatch {
    /// How many of the labels that are told by name.
    pub named: u64,
    /// About how many others. Absent where they are few, or of few people, or none.
    pub rarer: Option<u64>,
    /// How many people have any label that it catches. Absent where fewer than k, or nobody.
    pub people: Option<u64>,
}

/// A label that may be told by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRow {
    /// As it is in the file, cleaned for display.
    pub label: String,
    pub people: u64,
    /// The rule that decides about it.
    pub caught_by: Option<usize>,
    pub becomes: Becomes,
}

/// Labels that are told by their shape only, whatever the rules make of them: which rule catches
/// some of them would be told by a number that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeRow {
    /// Letters as `a`/`A`, digits as `0`.
    pub shape: String,
    pub people: u64,
}

/// What a rule makes of a label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Becomes {
    Unchanged,
    /// Another name.
    Label(String),
    /// Its events are left out.
    Hidden,
}

/// A rule that would help, and what it would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub why: ProposalKind,
    pub rule: Rule,
    /// Where the rule is to be added among the others.
    pub at: usize,
    /// How many labels that are told by name it would merge.
    pub named: u64,
    /// About how many others. Absent where they are few, or of few people, or none.
    pub rarer: Option<u64>,
    /// How many people have any of these labels.
    pub people: u64,
}

/// What a proposed rule is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProposalKind {
    /// Labels that differ in numbers, identifiers, dates or parameters become one.
    Template,
    /// Labels that too few people have, each drawn as `Other`, together have a name.
    Rescue,
    /// A label that makes up much of what a rule merges could keep its own name.
    KeepApart,
}

/// Where something personal was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Label,
    /// A value of this column.
    Attribute(String),
}

/// Labels or values of one shape that look personal. Holds a masked shape, never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub place: Place,
    pub kind: PiiKind,
    pub shape: String,
    /// About how many different labels or values have this shape. Absent where fewer than k.
    pub values: Option<u64>,
    /// How many people have any of them. Absent where fewer than k.
    pub people: Option<u64>,
    pub state: FindingState,
    /// What can be done about it, the best first. Empty where it is settled.
    pub remedies: Vec<Remedy>,
}

impl Finding {
    /// Whether somebody has to decide before anything is shown.
    pub fn blocks(&self) -> bool {
        self.state == FindingState::Open && self.kind != PiiKind::PersonName
    }
}

/// How far a finding is settled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingState {
    Open,
    /// A rule gives it a harmless name.
    Renamed(String),
    /// A rule leaves it out.
    Hidden,
    /// It is shown as it stands, for this reason.
    Accepted(String),
    /// It never stands for itself.
    Folded,
}

/// A way to settle a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Add this rule at this place among the rules: it catches the labels of the finding and no
    /// others, and gives them a harmless name.
    Replace { rule: Rule, at: usize },
    /// Add this rule at this place: the steps are left out.
    Hide { rule: Rule, at: usize },
    /// The name comes from this rule: change it.
    ChangeRule(usize),
    /// Do not read this column.
    LeaveColumnOut(String),
    /// Leave it folded into `Other` or `Other segments`: a [`super::Settlement`] without a reason.
    Fold,
    /// Show it as it stands: a [`super::Settlement`] with a reason.
    Accept,
}

/// What a person said about a purpose, last in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    Granted,
    Refused,
    /// Nothing, or nothing that could be read.
    #[default]
    Unknown,
}

impl ConsentState {
    /// Of two that contradict each other, the one that gives the person the benefit of the doubt.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refused, _) | (_, Self::Refused) => Self::Refused,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Granted, Self::Granted) => Self::Granted,
        }
    }
}

/// What unknown consent is taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownConsent {
    #[default]
    Refused,
    Granted,
}

/// Whose journeys may be counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProtectionPlan {
    /// Consent to each of these is needed.
    pub purposes: Vec<String>,
    /// Files that say who agreed to what and when: subject, purpose, state, time.
    pub registers: Vec<PathBuf>,
    /// Files that say who asked to be erased: identifiers, or OpenDSR requests.
    pub erasures: Vec<PathBuf>,
    pub unknown: UnknownConsent,
}

impl ProtectionPlan {
    /// Whether everybody stays.
    pub fn is_empty(&self) -> bool {
        self.purposes.is_empty() && self.registers.is_empty() && self.erasures.is_empty()
    }
}

/// Who was left out, in exact numbers. For the eyes of the analyst: what leaves is
/// [`Protection::bands`]. A person is counted under the first that applies: erased, refused,
/// unknown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Protection {
    /// People in the files.
    pub people: u64,
    /// People whose journeys are counted.
    pub kept: u64,
    pub erased: u64,
    /// One for each purpose of the plan, among those who were not erased.
    pub purposes: Vec<PurposeCount>,
    /// Erasure requests that met nobody in the files.
    pub erasures_unmatched: u64,
    /// Entries of registers that met nobody in the files.
    pub entries_unmatched: u64,
    /// Requests in an erasure file that ask for something else.
    pub other_requests: u64,
    /// Identities in an erasure file in a form that cannot be compared (a hash that is not
    /// SHA-256).
    pub unreadable_identities: u64,
}

/// How many people agreed to a purpose.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PurposeCount {
    pub purpose: String,
    pub granted: u64,
    pub refused: u64,
    pub unknown: u64,
}

/// As much of a [`Protection`] as may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtectionBands {
    /// Whether consent was asked for, whoever had given it.
    pub consent_required: bool,
    /// What unknown consent was taken for.
    pub unknown: UnknownConsent,
    /// Whether an erasure list was applied, whomever it met.
    pub erasure_applied: bool,
    /// The share of people who were kept, in percent, as a band of five; absent where there are too
    /// few people for a share that shows nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_band: Option<[u8; 2]>,
}

impl Protection {
    /// What leaves: what was done, and a share in bands of five percent. Whether a list met anybody
    /// is not told, since with one name on it that would be about one person.
    pub fn bands(&self, plan: &ProtectionPlan) -> ProtectionBands {
        let percent = (100 * self.kept).checked_div(self.people).unwrap_or(100);
        let low = (percent / 5 * 5).min(95) as u8;
        ProtectionBands {
            consent_required: !plan.purposes.is_empty(),
            unknown: plan.unknown,
            erasure_applied: !plan.erasures.is_empty(),
            kept_band: Some([low, low + 5]),
        }
    }
}
