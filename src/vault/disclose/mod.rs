//! Label, draw by detour, blur, round: from exact counts to sealed views.

use thiserror::Error;

use super::Disclosure;
use super::journeys::Store;
use super::protect::key::Key;
use crate::views::{Cancelled, Policy, Progress, Rules, Spec, SpecError};

/// Why a view is not published. One answer for "nobody" and "too few".
#[derive(Debug, Error)]
pub enum DiscloseError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(
        "fewer than {k} people have such a journey, or nobody has; nothing can be shown (use a wider question, or more data)"
    )]
    TooFew { k: u32 },
    #[error(
        "the numbers could not be protected, so nothing is shown; ask for fewer steps or fewer labels"
    )]
    NotProtected,
}

pub(super) fn disclose(
    _store: &Store,
    _key: &Key,
    _specs: &[Spec],
    _rules: &Rules,
    policy: Policy,
    _progress: &Progress,
) -> Result<Vec<Disclosure>, DiscloseError> {
    Err(DiscloseError::TooFew { k: policy.k() })
}
