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
    /// Several labels, that one pattern or a list of them catches, become one.
    Merge,
}

impl RuleKind {
    /// Whether what is caught gets a name, rather than being left out.
    pub fn names(self) -> bool {
        self != Self::Hide
    }
}

/// How the patterns of a rule are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// The whole label; `*` stands for any run of characters.
    #[default]
    Wildcard,
    /// The whole label, in which `*` is a star.
    Exact,
    /// A regular expression that is found anywhere in the label; `^` and `$` are its ends.
    Regex,
    /// The masked shape of labels that hold personal data of this kind. It catches what a finding
    /// told of and nothing else, and a rule need not hold a value of the data to do so.
    Shape(PiiKind),
}

impl Matching {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// One label rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub kind: RuleKind,
    pub pattern: String,
    /// Further patterns; a label that any of them fits is caught.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The new name, unless labels are hidden.
    #[serde(default)]
    pub label: Option<String>,
    #[serde(default, rename = "match", skip_serializing_if = "Matching::is_default")]
    pub matching: Matching,
}

impl Rule {
    /// Leaves out what a pattern with `*` fits.
    pub fn hide(pattern: &str) -> Self {
        Self {
            kind: RuleKind::Hide,
            pattern: pattern.to_owned(),
            also: Vec::new(),
            label: None,
            matching: Matching::Wildcard,
        }
    }

    /// Gives what a pattern with `*` fits another name.
    pub fn rename(pattern: &str, label: &str) -> Self {
        Self { kind: RuleKind::Rename, label: Some(label.to_owned()), ..Self::hide(pattern) }
    }

    /// Gives what any of these patterns fits one name.
    pub fn merge(patterns: &[&str], label: &str) -> Self {
        let (first, more) = patterns.split_first().unwrap_or((&"", &[]));
        Self {
            kind: RuleKind::Merge,
            also: more.iter().map(|pattern| (*pattern).to_owned()).collect(),
            ..Self::rename(first, label)
        }
    }

    #[must_use]
    pub fn with(self, matching: Matching) -> Self {
        Self { matching, ..self }
    }

    /// All its patterns.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.pattern).chain(&self.also).map(String::as_str)
    }
}

/// A label that looks personal but was accepted by hand, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    pub label: String,
    pub reason: String,
}

/// Labels, or values of an attribute, of one shape that look personal, and what somebody decided
/// about all of them. It holds no value of the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// The column, where these are values of an attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    pub kind: PiiKind,
    pub shape: String,
    pub how: Settled,
    /// Why, for the history. To accept takes one.
    #[serde(default)]
    pub reason: String,
}

/// What was decided about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// It may be shown as it stands.
    Accepted,
    /// It is seen, and never stands for itself: a label is drawn as `Other`, a value is in
    /// `Other segments`.
    Folded,
}

/// All rules in order; the first that catches a label decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    pub rules: Vec<Rule>,
    pub accepted: Vec<Acceptance>,
    /// What was decided about findings by their shape.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<Settlement>,
    /// Patterns of labels that are never shown by name, whoever accepted them. A policy says so.
    pub forbidden: Vec<String>,
}

impl Rules {
    /// Rules from patterns and new names; a pattern without a name hides.
    pub fn of_pairs(pairs: &[(&str, Option<&str>)]) -> Self {
        let rules = pairs.iter().map(|(pattern, label)| match label {
            Some(label) => Rule::rename(pattern, label),
            None => Rule::hide(pattern),
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
    /// What could be the name of a person. A weak hint: it is told, and blocks nothing.
    PersonName,
}

/// Labels of one shape that look personal. Holds a masked shape (`/aaaa/0000/aaaa`), never a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelFinding {
    pub kind: PiiKind,
    pub shape: String,
    /// How many different labels have this shape.
    pub labels: u64,
}
