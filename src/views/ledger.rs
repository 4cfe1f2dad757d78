//! What the ledger says of a release: words for the analyst and the reviewer.

use serde::{Deserialize, Serialize};

/// How a release stands to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerAnswer {
    /// Nothing is to be said against it.
    Pass,
    /// Numbers that were published before are published again.
    Republished,
    /// Somebody else is to look at it.
    Reviewer,
    /// The people cannot be compared with those of an earlier release, so a reviewer is to look.
    CannotCompare,
    /// It does not leave.
    Blocked,
}

/// One thing that the ledger found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerFinding {
    pub answer: LedgerAnswer,
    /// What was found and what to do. No number of people, no value from the data.
    pub sentence: String,
}
