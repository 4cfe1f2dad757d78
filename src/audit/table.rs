//! The table that `trodden audit` reads: cells, what of them is published, and how they relate.
//! What is in the file is untrusted; a table that says something twice or in vain is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::attack::AuditError;

/// Coefficients by cell id.
pub type Terms = BTreeMap<String, f64>;

/// A table to attack. Fields that only a reader needs (`source`, `note` and the like) are passed
/// over; one that is spelled almost like a field of the format is an error.
///
/// ```
/// use trodden::audit::{Table, attack};
///
/// let table = Table::parse(r#"{
///   "k": 5,
///   "cells": {
///     "all": {"status": "published", "value": 50},
///     "left": {"status": "published", "value": 47},
///     "right": {"status": "suppressed"}
///   },
///   "constraints": [{"name": "sum", "terms": {"left": 1, "right": 1, "all": -1}}]
/// }"#)?;
/// let answer = attack(&table)?;
/// assert!(!answer.safe);
/// assert_eq!(answer.exact, ["right"]);
/// assert_eq!(answer.residual, ["sum"]);
/// # Ok::<(), trodden::audit::AuditError>(())
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Table {
    /// Cells by id.
    #[serde(deserialize_with = "each_once")]
    pub cells: BTreeMap<String, Cell>,
    #[serde(default)]
    pub constraints: Vec<Constraint>,
    /// A count in 1..k−1 is a small group. Without it only values are looked for, not groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k: Option<u64>,
    /// The least width an interval may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_width: Option<f64>,
    /// Cells are whole numbers, and the attacker knows it.
    #[serde(default)]
    pub integer: bool,
    /// What the attacker takes for the least value of a suppressed cell: 1 where zeros are shown.
    /// Of a latent cell it is 0.
    #[serde(default)]
    pub lb_suppressed: f64,
    /// Further expressions to attack.
    #[serde(default)]
    pub targets: Vec<Target>,
    /// People who know some of the cells.
    #[serde(default)]
    pub insiders: Vec<Insider>,
    #[serde(flatten, skip_serializing)]
    others: BTreeMap<String, Value>,
}

/// One number of the table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cell {
    pub status: Status,
    /// The published value. Of a cell that is not published only an insider who knows it sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The rounding bin that stands for the value, both ends included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_as: Option<[f64; 2]>,
    /// What the attacker takes for the least value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lb: Option<f64>,
    /// What the attacker takes for the largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ub: Option<f64>,
    #[serde(flatten, skip_serializing)]
    others: BTreeMap<String, Value>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Published,
    /// Hidden, and what the attacker is after.
    #[default]
    Suppressed,
    /// Hidden, and of interest to nobody by itself.
    Latent,
}

/// `terms sense rhs`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Constraint {
    /// `c0`, `c1` … where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(deserialize_with = "each_once")]
    pub terms: Terms,
    #[serde(default)]
    pub rhs: f64,
    #[serde(default)]
    pub sense: Relation,
    #[serde(flatten, skip_serializing)]
    others: BTreeMap<String, Value>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Relation {
    #[default]
    #[serde(rename = "=", alias = "==")]
    Equal,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">=")]
    AtLeast,
}

/// An expression to attack besides the suppressed cells.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Target {
    pub name: String,
    #[serde(deserialize_with = "each_once")]
    pub terms: Terms,
    #[serde(flatten, skip_serializing)]
    others: BTreeMap<String, Value>,
}

/// Someone who knows the value of some cells.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Insider {
    pub name: String,
    pub knows: Vec<String>,
    #[serde(flatten, skip_serializing)]
    others: BTreeMap<String, Value>,
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// [`AuditError::Input`] with one sentence that says what is wrong, where, and what to do.
    pub fn parse(json: &str) -> Result<Self, AuditError> {
        let table: Self = serde_json::from_str(json.strip_prefix('\u{feff}').unwrap_or(json))
            .map_err(|error| unreadable(&error))?;
        table.check()?;
        Ok(table)
    }

    /// The name of a constraint, with `c0`, `c1` … where it has none.
    pub fn constraint_name(&self, index: usize) -> String {
        self.constraints
            .get(index)
            .and_then(|constraint| constraint.name.clone())
            .unwrap_or_else(|| format!("c{index}"))
    }

    /// Everything that can be seen to be wrong before the attack.
    pub(super) fn check(&self) -> Result<(), AuditError> {
        self.check_spelling()?;
        if self.min_width.is_some_and(|width| !width.is_finite() || width < 0.0) {
            return Err(input("`min_width` is not a width; give a number of 0 or more"));
        }
        for (id, cell) in &self.cells {
            if cell.status == Status::Published
                && cell.value.is_none()
                && cell.published_as.is_none()
            {
                return Err(input(format!(
                    "cell {id:?} is published without a value; give `value` or `published_as`"
                )));
            }
            if cell.published_as.is_some_and(|[lo, hi]| lo > hi) {
                return Err(input(format!(
                    "`published_as` of cell {id:?} ends before it begins; give the lower end first"
                )));
            }
            if let (Some(lb), Some(ub)) = (cell.lb, cell.ub)
                && lb > ub
            {
                return Err(input(format!(
                    "cell {id:?} has an `lb` above its `ub`; swap or correct them"
                )));
            }
        }
        for (index, constraint) in self.constraints.iter().enumerate() {
            let place = || format!("constraint {:?}", self.constraint_name(index));
            self.check_ids(constraint.terms.keys(), place)?;
        }
        let mut names = BTreeSet::new();
        for target in &self.targets {
            let place = || format!("target {:?}", target.name);
            self.check_ids(target.terms.keys(), place)?;
            if self.cells.contains_key(&target.name) || !names.insert(&target.name) {
                return Err(input(format!(
                    "{} has a name that is used before; give it a name of its own",
                    place()
                )));
            }
        }
        let mut names = BTreeSet::new();
        for insider in &self.insiders {
            let place = || format!("insider {:?}", insider.name);
            self.check_ids(insider.knows.iter(), place)?;
            if !names.insert(&insider.name) {
                return Err(input(format!("{} occurs twice; give each a name", place())));
            }
            for id in &insider.knows {
                if self.cells.get(id).is_some_and(|cell| cell.value.is_none()) {
                    return Err(input(format!(
                        "{} knows cell {id:?}, which has no value; give its `value`",
                        place()
                    )));
                }
            }
        }
        Ok(())
    }

    fn check_ids<'a>(
        &self,
        ids: impl Iterator<Item = &'a String>,
        place: impl Fn() -> String,
    ) -> Result<(), AuditError> {
        for id in ids {
            if !self.cells.contains_key(id) {
                return Err(input(format!(
                    "{} names cell {id:?}, which is not in `cells`; add it or correct the id",
                    place()
                )));
            }
        }
        Ok(())
    }

    /// A field that is all but spelled right would be passed over, and the attack would know less
    /// than the reader: `constrants` must not make a table safe.
    fn check_spelling(&self) -> Result<(), AuditError> {
        let of_table = [
            "cells",
            "constraints",
            "k",
            "min_width",
            "integer",
            "lb_suppressed",
            "targets",
            "insiders",
        ];
        spelled("the table", &self.others, &of_table)?;
        for (id, cell) in &self.cells {
            let fields = ["status", "value", "published_as", "lb", "ub"];
            spelled(&format!("cell {id:?}"), &cell.others, &fields)?;
        }
        for (index, constraint) in self.constraints.iter().enumerate() {
            let place = format!("constraint {:?}", self.constraint_name(index));
            spelled(&place, &constraint.others, &["name", "terms", "rhs", "sense"])?;
        }
        for target in &self.targets {
            spelled(&format!("target {:?}", target.name), &target.others, &["name", "terms"])?;
        }
        for insider in &self.insiders {
            spelled(&format!("insider {:?}", insider.name), &insider.others, &["name", "knows"])?;
        }
        Ok(())
    }
}

/// The JSON reader's own message can quote a value of the file. Its kind and its place cannot, nor
/// can the name of a field that is missing, which is one of ours.
fn unreadable(error: &serde_json::Error) -> AuditError {
    let message = error.to_string();
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let what = match (error.classify(), missing) {
        (serde_json::error::Category::Data, Some(field)) => format!("misses the field `{field}`"),
        (serde_json::error::Category::Data, None) => {
            "does not fit the format of a table, or names something twice".to_owned()
        }
        (serde_json::error::Category::Eof, _) => "ends too early".to_owned(),
        _ => "is not JSON".to_owned(),
    };
    let (line, column) = (error.line(), error.column());
    input(format!("the table {what} at line {line}, column {column}; correct it there"))
}

fn input(sentence: impl Into<String>) -> AuditError {
    AuditError::Input(sentence.into())
}

fn spelled(
    place: &str,
    others: &BTreeMap<String, Value>,
    fields: &[&str],
) -> Result<(), AuditError> {
    for other in others.keys() {
        if let Some(field) = fields.iter().find(|field| is_almost(other, field)) {
            return Err(input(format!(
                "{place} has a field that is almost `{field}`; spell it `{field}` or remove it"
            )));
        }
    }
    Ok(())
}

/// The same word but for case and joints, or, from three letters on, one letter too many, too few
/// or wrong.
fn is_almost(word: &str, field: &str) -> bool {
    let plain = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (word, field) = (plain(word), plain(field));
    if word == field {
        return true;
    }
    if field.len() < 3 || word.len().abs_diff(field.len()) > 1 {
        return false;
    }
    let same = word.iter().zip(&field).take_while(|(a, b)| a == b).count();
    let (word, field) = (&word[same..], &field[same..]);
    match word.len().cmp(&field.len()) {
        std::cmp::Ordering::Less => word == &field[1..],
        std::cmp::Ordering::Equal => word[1..] == field[1..],
        std::cmp::Ordering::Greater => &word[1..] == field,
    }
}

/// A map in which no key may occur twice: JSON allows it, and the last one would win unseen.
fn each_once<'de, D, V>(deserializer: D) -> Result<BTreeMap<String, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct Once<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for Once<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object in which every name occurs once")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = access.next_entry::<String, V>()? {
                if map.insert(key, value).is_some() {
                    return Err(de::Error::custom("a name occurs twice"));
                }
            }
            Ok(map)
        }
    }

    deserializer.deserialize_map(Once(PhantomData))
}
