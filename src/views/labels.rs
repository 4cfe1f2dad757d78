//! Rules that rename, merge or hide labels, and what was found in labels that looks personal.

use serde::{Deserialize, Serialize};

/// What a rule does with the labels that it catches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// Events with this label are skipped.
    Hide,
    /// The label gets another name; several labels may get the same one.
    Rename,
}

/// One label rule. In a pattern `*` stands for any run of characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub kind: RuleKind,
    pub pattern: String,
    /// The new name, for `rename`.
    #[serde(default)]
    pub label: Option<String>,
}

/// A label that looks personal but was accepted by hand, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    pub label: String,
    pub reason: String,
}

/// All rules in order; the first that catches a label decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    pub rules: Vec<Rule>,
    pub accepted: Vec<Acceptance>,
    /// Patterns of labels that are never shown by name, whoever accepted them. A policy says so.
    pub forbidden: Vec<String>,
}

impl Rules {
    /// Rules from patterns and new names; a pattern without a name hides.
    pub fn of_pairs(pairs: &[(&str, Option<&str>)]) -> Self {
        let rules = pairs.iter().map(|(pattern, label)| Rule {
            kind: if label.is_some() { RuleKind::Rename } else { RuleKind::Hide },
            pattern: (*pattern).to_owned(),
            label: label.map(str::to_owned),
        });
        Self { rules: rules.collect(), ..Self::default() }
    }
}

/// What kind of personal data a label seems to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PiiKind {
    Email,
    Phone,
    Card,
    Iban,
    IpAddress,
    Uuid,
    Token,
    QueryParameter,
    /// A run of digits that looks like the number of one thing or person (`/user/4711`).
    Number,
}

/// Labels of one shape that look personal. Holds a masked shape (`/aaaa/0000/aaaa`), never a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelFinding {
    pub kind: PiiKind,
    pub shape: String,
    /// How many different labels have this shape.
    pub labels: u64,
}
