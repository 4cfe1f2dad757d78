//! All views of a package, or of several, attacked together.

use super::Finding;
use crate::views::View;

/// What the joint attack asks, as sentences for a report.
pub(super) const ASKED: [&str; 0] = [];

/// What the joint attack found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attacked {
    pub(super) findings: Vec<Finding>,
    /// Whether the numbers contradict each other, so that nothing could be tried.
    pub(super) contradiction: bool,
}

/// Attacks the views as one system. Their names are the places of what is found.
pub(super) fn attack(_views: &[(&str, &View)]) -> Attacked {
    Attacked::default()
}
