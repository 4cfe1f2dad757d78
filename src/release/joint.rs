//! All views of a package, or of several, attacked together.

use super::Finding;
use crate::audit::{self, Knows, Leak, Refused, Steps};
use crate::views::View;

/// What the joint attack asks, as sentences for a report.
pub(super) const ASKED: [&str; 3] = [
    "All numbers are taken together: what means the same is the same, parts lie inside their wholes, and rounding hides what it hides.",
    "No group that the numbers can name, no remainder and no difference of them is provably of 1 to k−1 people.",
    "No people are counted as people in one view and by sessions in another.",
];

/// What the joint attack found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attacked {
    pub(super) leaks: Vec<Leak>,
    /// Whether the numbers contradict each other, so that nothing could be tried.
    pub(super) contradiction: bool,
}

/// Attacks the views as one system. Their names are the places of what is found. An attack that
/// was not finished is a finding: nothing was shown to be safe.
pub(super) fn attack(views: &[(&str, &View)], knows: &Knows, mut steps: Steps) -> Attacked {
    match audit::joint_knowing(views, &mut steps, knows) {
        Ok(leaks) => Attacked { leaks, contradiction: false },
        Err(Refused::Infeasible) => Attacked { leaks: Vec::new(), contradiction: true },
        Err(Refused::Steps | Refused::Solver | Refused::TooLarge) => {
            let what = "the attack on all of them together could not be finished, so nothing is shown to be safe; put fewer of them together";
            let finding = Finding::new("the views", what);
            let leak = Leak { finding, cells: Vec::new(), difference: None };
            Attacked { leaks: vec![leak], contradiction: false }
        }
    }
}
