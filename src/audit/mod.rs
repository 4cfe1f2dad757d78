//! The attacker: what a reader could work out from a package. Knows only published views.
//!
//! [`attack`] takes a [`Table`] of published and hidden numbers and says what follows from the
//! first about the second; [`System`] is the same for numbers that come from elsewhere. Besides
//! them [`structure`] asks whether the numbers of a view can be numbers of a view at all, and
//! [`joint`](joint()) attacks all views of a package, or of several, together.
//!
//! The attack is general: bounds are carried through the relations (`reduce`), pure networks are
//! solved exactly by flows (`network`), everything else by linear and then by integer programs
//! (`program`, `lattice`). It fails closed: without an answer nothing is safe.
//! *Invariant:* nothing here sees a record, an exact count, a file or a picture.

mod attack;
pub mod coarser;
mod joint;
mod lattice;
mod network;
mod program;
mod reduce;
mod report;
mod search;
mod structure;
mod system;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

pub use attack::{Answer, AuditError, attack, attack_within};
pub use joint::{CellRef, Knows, Leak, Person, Place, joint, joint_knowing, ranges, words_of_part};
pub use report::report;
pub use system::{CellId, Interval, Refused, STEPS, Sense, Steps, System};
pub use table::{Cell, Constraint, Insider, Relation, Status, Table, Target, Terms};

use crate::views::View;

/// Something that is wrong, and where. Together they are one sentence, without any label, so
/// that a package of unknown origin cannot put words into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `views/flow.json, node 3`
    pub place: String,
    /// `the count is not a multiple of 5`
    pub what: String,
}

impl Finding {
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}.", self.place, self.what)
    }
}

/// What [`structure`] asks, as sentences for a report.
pub const ASKED: [&str; 5] = [
    "Threshold and rounding base are a pair that does not unpick itself.",
    "Every count covers at least k people and is a multiple of the base.",
    "At every node, as many people come in as are there, and as many go on or leave.",
    "The first step is everybody.",
    "Names, order and references are those of a published view.",
];

/// Everything that keeps a view from being a published view: thresholds, multiples of the base,
/// sums, names, order. Empty where nothing does. Places are relative to the view (`node 3`).
pub fn structure(view: &View) -> Vec<Finding> {
    structure::view(view)
}
