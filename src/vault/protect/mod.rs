//! What is done to records before anything is counted: label rules, personal data in labels and
//! attributes, consent, erasure, keys.

mod census;
pub(super) mod consent;
mod findings;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
pub(super) mod key;
pub(super) mod labels;
mod lists;
mod pii;
mod preview;
mod propose;
pub(super) mod rules;
mod template;

use self::census::Census;
use self::key::Key;
use super::journeys::Store;
use crate::views::{Finding, Policy, Proposal, RuleError, RulePreview, Rules};

/// What each rule catches, and what becomes of each label.
pub(super) fn preview(
    store: &Store,
    key: &Key,
    rules: &Rules,
    policy: Policy,
) -> Result<RulePreview, RuleError> {
    Census::new(store, key, rules, policy).map(|census| preview::preview(&census))
}

/// Rules that would help, beside those that there are.
pub(super) fn proposals(
    store: &Store,
    key: &Key,
    rules: &Rules,
    policy: Policy,
) -> Result<Vec<Proposal>, RuleError> {
    Census::new(store, key, rules, policy).map(|census| propose::proposals(&census))
}

/// What looks personal in labels and attributes, and what can be done about it.
pub(super) fn findings(
    store: &Store,
    key: &Key,
    rules: &Rules,
    policy: Policy,
) -> Result<Vec<Finding>, RuleError> {
    Census::new(store, key, rules, policy).map(|census| findings::findings(&census))
}

#[cfg(test)]
mod tests;
