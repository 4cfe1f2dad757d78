//! Label, draw by detour, blur, round: from exact counts to sealed views.
//!
//! `measure` gives journeys under their labels; `detour` decides what stands under its own label;
//! `blur` hides why; `round` brings every number to a multiple of the base; `flow` and its
//! neighbours publish; `package` does that for all views of a package together, and `split` for all
//! segments of a view. *Invariant:* nothing is sealed before every edge and exit has been checked to
//! have at least k people. Whatever goes wrong, nothing is shown.

mod again;
mod blur;
pub(super) mod crowd;
#[cfg(test)]
mod design_cases;
mod detour;
mod flow;
mod funnel;
mod grid;
mod map;
mod meaning;
#[cfg(test)]
mod naive;
mod nothing;
mod package;
mod question;
mod risk;
mod round;
mod split;
#[cfg(test)]
pub(super) mod tests;
mod timing;
mod tree;
mod trend;
mod utility;

use thiserror::Error;

use super::Disclosure;
use super::journeys::Store;
use super::protect::key::Key;
use crate::views::{Cancelled, Policy, Progress, Rules, Spec, SpecError, View};

pub(super) use again::again;
pub(super) use nothing::nothing;
pub(super) use package::is_part_of;
pub(super) use risk::risk;
pub(super) use utility::{curve, nameable};

/// Why a view is not published. One answer for "nobody" and "too few".
#[derive(Debug, Error)]
pub enum DiscloseError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(
        "fewer than {k} people have such a journey, or nobody has; nothing can be shown (use a wider question or more data, and labels as they are shown after all rules)"
    )]
    TooFew { k: u32 },
    #[error(
        "the numbers could not be protected, so nothing is shown; ask for fewer steps or fewer labels"
    )]
    NotProtected,
    #[error(
        "a rounding base of 1 goes with one flow, list of paths or funnel alone; leave --round out, or ask for one of these"
    )]
    BaseOfOne,
}

pub(super) fn disclose(
    store: &Store,
    key: &Key,
    specs: &[Spec],
    rules: &Rules,
    policy: Policy,
    progress: &Progress,
) -> Result<Vec<Disclosure>, DiscloseError> {
    disclose_beside(store, key, specs, rules, policy, &[], progress)
}

/// The same beside views that were published before about the same people: what all of them give
/// away together is folded.
pub(super) fn disclose_beside(
    store: &Store,
    key: &Key,
    specs: &[Spec],
    rules: &Rules,
    policy: Policy,
    beside: &[&View],
    progress: &Progress,
) -> Result<Vec<Disclosure>, DiscloseError> {
    let answer = package::disclose(store, key, specs, rules, policy, beside, progress);
    answer.map_err(|error| one_answer(error, policy))
}

/// That nobody has a label is told in the words in which it is told that few have it.
fn one_answer(error: DiscloseError, policy: Policy) -> DiscloseError {
    match error {
        DiscloseError::Spec(SpecError::NoSuchLabel) => DiscloseError::TooFew { k: policy.k() },
        other => other,
    }
}
