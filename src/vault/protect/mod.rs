//! What is done to records before anything is counted: label rules, personal data in labels and
//! attributes, consent, erasure, keys.

mod census;
pub(super) mod consent;
mod findings;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
pub(super) mod key;
pub(super) mod labels;
pub(super) mod lists;
mod pii;
mod preview;
mod propose;
pub(super) mod rules;
mod template;

use self::census::Census;
use self::key::Key;
pub use self::lists::erased::{ErasedPeople, ErasureRead};
use super::journeys::Store;
use crate::views::{LabelReport, Policy, RuleError, Rules};

/// What the rules do to labels, what looks personal, and which further rules would help.
pub(super) fn report(
    store: &Store,
    key: &Key,
    rules: &Rules,
    policy: Policy,
) -> Result<LabelReport, RuleError> {
    let census = Census::new(store, key, rules, policy)?;
    Ok(LabelReport {
        preview: preview::preview(&census),
        findings: findings::findings(&census),
        proposals: propose::proposals(&census),
    })
}

/// Whether a text that somebody wrote holds anything personal.
pub(super) fn looks_personal(text: &str) -> bool {
    pii::looks_personal(text)
}

#[cfg(test)]
mod tests;
