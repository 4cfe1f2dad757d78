//! What may be told about an import: words and bands, never an exact count, a path or a value.

use serde::{Deserialize, Serialize};

use super::reason::Reason;
use crate::views::{
    LabelFinding, Mapping, ProtectionBands, Quality, RiskBands, Role, Rules, Settled,
};

/// As much of a number as may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SomeOrNone {
    #[default]
    None,
    Some,
}

impl SomeOrNone {
    pub fn of(number: usize) -> Self {
        if number == 0 { Self::None } else { Self::Some }
    }

    pub fn is_some(self) -> bool {
        self == Self::Some
    }
}

/// A column that was read, for the part it plays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadColumn {
    pub role: Role,
    /// Absent where the name could be something else than the name of a column.
    pub name: Option<String>,
}

/// What is told about an import, its rules and what is demanded of them. The order of fields is the order in the manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The columns that were read, in the order subject, session, event, time, attributes.
    pub columns: Vec<ReadColumn>,
    /// Whether the files had columns that were not read.
    pub columns_not_read: SomeOrNone,
    /// The names of those of them that can be told, at most [`Facts::NAMES_TOLD`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names_not_read: Vec<String>,
    /// Rows that could not be used.
    pub refused: SomeOrNone,
    /// Rows in which something was put right.
    pub repaired: SomeOrNone,
    /// Whether a file broke off and its readable beginning was used.
    pub truncated: bool,
    /// Rules that rename or merge labels.
    pub renamed: SomeOrNone,
    /// Rules that hide labels.
    pub hidden: SomeOrNone,
    /// Labels that look personal and were accepted by hand.
    pub accepted: SomeOrNone,
    /// Labels that look personal and were therefore drawn as `Other`.
    pub drawn_as_other: SomeOrNone,
    /// The pause, in seconds, that ended a session, where sessions were used and no column told
    /// them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_gap_secs: Option<u64>,
    /// What was done about consent and erasure, where anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<ProtectionBands>,
    /// Whether somebody else is to look at the package before it is passed on: a policy demands it, or
    /// what left before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub review_required: bool,
    /// Why the package leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// How many people can be singled out, in the data and in what is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<RiskBands>,
}

impl Facts {
    /// A longer list is read by nobody.
    pub const NAMES_TOLD: usize = 40;

    /// What may be told of an import. `hide` are the labels that the views of the package skip.
    pub fn of(
        mapping: &Mapping,
        quality: &Quality,
        rules: &Rules,
        hide: &[String],
        unresolved: &[LabelFinding],
    ) -> Self {
        let names = |names| rules.rules.iter().filter(|rule| rule.kind.names() == names).count();
        let by_shape = rules.settled.iter().filter(|settled| settled.how == Settled::Accepted);
        Self {
            columns: columns(mapping),
            columns_not_read: SomeOrNone::of(quality.columns_not_read.len()),
            names_not_read: quality
                .names_not_read
                .iter()
                .filter(|name| is_plain_name(name))
                .take(Self::NAMES_TOLD)
                .cloned()
                .collect(),
            refused: SomeOrNone::of(quality.refusals.len()),
            repaired: SomeOrNone::of(quality.repairs.len()),
            truncated: quality.truncated.is_some(),
            renamed: SomeOrNone::of(names(true)),
            hidden: SomeOrNone::of(names(false) + hide.len()),
            accepted: SomeOrNone::of(rules.accepted.len() + by_shape.count()),
            drawn_as_other: SomeOrNone::of(unresolved.len()),
            session_gap_secs: None,
            protection: None,
            review_required: false,
            reason: None,
            risk: None,
        }
    }

    /// The same where people were left out for want of consent or because they asked for it.
    #[must_use]
    pub fn with_protection(self, protection: Option<ProtectionBands>) -> Self {
        Self { protection, ..self }
    }

    /// The same under a policy that demands a review, or not.
    #[must_use]
    pub fn with_review(self, review_required: bool) -> Self {
        Self { review_required, ..self }
    }

    /// The same with the words of whoever releases it.
    #[must_use]
    pub fn with_reason(self, reason: Option<Reason>) -> Self {
        Self { reason, ..self }
    }

    /// The same as it may be told of so many people, as they are published. A band of five percent is
    /// of k people and more where there are 20 k; of fewer it could be of one.
    #[must_use]
    pub(super) fn about(self, people: u64, k: u32) -> Self {
        if Self::has_shares(people, k) {
            return self;
        }
        let protection = self.protection.map(|bands| ProtectionBands { kept_band: None, ..bands });
        Self { protection, risk: None, ..self }
    }

    /// Whether shares are told of so many people.
    pub(super) fn has_shares(people: u64, k: u32) -> bool {
        people >= 20 * u64::from(k) + u64::from(k)
    }

    /// The same with how many people can be singled out.
    #[must_use]
    pub fn with_risk(self, risk: Option<RiskBands>) -> Self {
        Self { risk, ..self }
    }

    /// The same where a view cuts journeys into sessions, by this pause unless a column tells them.
    #[must_use]
    pub fn with_sessions(self, gap_secs: Option<u64>) -> Self {
        let told = self.columns.iter().any(|column| column.role == Role::Session);
        Self { session_gap_secs: gap_secs.filter(|_| !told), ..self }
    }
}

fn columns(mapping: &Mapping) -> Vec<ReadColumn> {
    [
        (Role::Subject, &mapping.subject),
        (Role::Session, &mapping.session),
        (Role::Event, &mapping.event),
        (Role::Time, &mapping.time),
    ]
    .into_iter()
    .filter_map(|(role, name)| Some((role, name.as_ref()?)))
    .chain(mapping.attributes.iter().map(|name| (Role::Attribute, name)))
    .map(|(role, name)| ReadColumn { role, name: is_plain_name(name).then(|| name.clone()) })
    .collect()
}

/// Whether a text is surely the name of a column and nothing about a person: letters, spaces and
/// the usual separators, at most four digits in all, at most 40 characters. A file without a header
/// has its first row where the names should be, so this is stricter than the detector for labels.
pub(super) fn is_plain_name(name: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | ' ' | '$');
    let digits = name.chars().filter(char::is_ascii_digit).count();
    !name.is_empty() && name.len() <= 40 && digits <= 4 && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_plain_name;

    #[test]
    fn a_header_that_could_be_a_value_is_not_told() {
        for name in ["user_id", "case:concept:name", "Complete Timestamp", "properties.$session_id"]
        {
            assert!(is_plain_name(name), "{name}");
        }
        for value in
            ["anna@example.org", "+49 30 901820", "", "10.0.0.1/24", "4539148803436467", "é"]
        {
            assert!(!is_plain_name(value), "{value}");
        }
    }
}
