//! What was released about whom, and how the next release stands to it.
//!
//! What was published once counts as known for ever. So a release is compared with all that were
//! made before it in the project: with the people behind them, as an import, and number by number.
//!
//! | found | answer |
//! |---|---|
//! | the same question to the same people | the numbers that were published before, again |
//! | a coarser question to the same people | numbers from the drawing that was published |
//! | the numbers of both together prove a group of 1 to k−1 people | folded more, or blocked |
//! | such a group is there, but nothing proves it | passes and is counted; from the fifth on a reviewer is asked |
//! | 1 to k−1 people were added, removed or changed since | the numbers of before, or blocked |
//! | another k, a smaller base, another blur or cap, on the same people | a reviewer is asked |
//! | pseudonyms were made with another key | cannot be compared: a reviewer is asked |
//!
//! *Invariant:* exact, so nothing here leaves the vault but as encrypted bytes and as words without
//! numbers of people.

mod bytes;
mod cells;
mod compare;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod people;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use roaring::RoaringBitmap;
use thiserror::Error;

use self::people::{Import, People, Snapshot};
use super::protect::key::Key;
use super::protect::lists::List;
use super::protect::lists::erasure::Erasures;
use super::{Disclosure, ProtectError};
use crate::views::{LedgerAnswer, LedgerFinding, Policy, Spec, View};

pub(super) use compare::{Asked, disclose};

/// All releases of a project, and who was in them.
#[derive(Default)]
pub struct Ledger {
    people: People,
    imports: Vec<Import>,
    releases: Vec<Release>,
}

/// Why bytes are no ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LedgerError {
    #[error("the project's list of releases is damaged; open a copy of the project")]
    Damaged,
    #[error(
        "the project's list of releases has form {0}, which this version does not know; use a newer version"
    )]
    Format(u32),
}

/// What was published together.
struct Release {
    /// Position of its import.
    import: usize,
    policy: Policy,
    /// Digest of the label rules.
    rules: [u8; 32],
    /// Whether a group of it was nearly the same as one that was published before.
    is_near: bool,
    /// Whether somebody in it was erased since.
    before_erasure: bool,
    views: Vec<Released>,
}

/// A published view, and who is behind its numbers.
struct Released {
    spec: Spec,
    view: View,
    cells: Vec<Cell>,
}

/// A published number and the people to whom its meaning applies.
struct Cell {
    /// What the number means, the cohort aside.
    place: String,
    value: u64,
    /// The base of its rounding.
    b: u64,
    who: RoaringBitmap,
    /// How many people were erased from it since. The number counts them still.
    erased: u64,
}

impl Cell {
    /// The same number, published once more.
    fn again(&self) -> Self {
        Self {
            place: self.place.clone(),
            value: self.value,
            b: self.b,
            who: self.who.clone(),
            erased: self.erased,
        }
    }

    /// How many people the number is about.
    fn people(&self) -> u64 {
        self.who.len() + self.erased
    }
}

/// Views that may leave beside what was published before, and what was found on the way.
pub struct Beside {
    /// In the order of the questions; empty where the release is blocked.
    pub disclosures: Vec<Disclosure>,
    /// The gravest first.
    pub findings: Vec<LedgerFinding>,
    entry: Option<Entry>,
}

/// A release on its way into the ledger.
struct Entry {
    snapshot: Snapshot,
    /// The import that is the same one, if there is.
    import: Option<usize>,
    release: Release,
}

/// What an erasure did to the ledger. For the eyes of the analyst.
pub struct Erased {
    /// How many people of the lists the ledger knew.
    pub people: u64,
    /// How many earlier releases they had been counted in.
    pub releases: usize,
}

impl Beside {
    /// The gravest answer of all findings.
    #[must_use]
    pub fn answer(&self) -> LedgerAnswer {
        self.findings.iter().map(|found| found.answer).max().unwrap_or(LedgerAnswer::Pass)
    }
}

impl Ledger {
    /// How many releases were recorded.
    #[must_use]
    pub fn releases(&self) -> usize {
        self.releases.len()
    }

    /// Remembers that these views have left. To be called once they are written, and not before.
    pub fn record(&mut self, published: Beside) {
        let Some(Entry { snapshot, import, mut release }) = published.entry else { return };
        release.import = import.unwrap_or_else(|| {
            self.people.add(snapshot.new_rows, snapshot.next);
            self.imports.push(snapshot.import);
            self.imports.len() - 1
        });
        self.releases.push(release);
    }

    /// Forgets the people of these erasure lists: their pseudonyms, what they did, and where they
    /// were counted. That there were so many stays, so that nobody is shown by subtracting.
    ///
    /// # Errors
    /// Where a list cannot be read or understood.
    pub fn erase(&mut self, key: &Key, lists: &[PathBuf]) -> Result<Erased, ProtectError> {
        let mut erasures = Erasures::default();
        for path in lists {
            erasures.add(&List::read(path)?, key)?;
        }
        let gone = self.people.remove(|person| {
            erasures.people.contains(&person) || erasures.hashed.contains(&person)
        });
        let met: Vec<bool> =
            self.imports.iter().map(|import| !import.members.is_disjoint(&gone)).collect();
        self.imports.iter_mut().for_each(|import| import.erase(&gone));
        let mut releases = 0;
        for release in self.releases.iter_mut().filter(|release| met[release.import]) {
            releases += 1;
            release.before_erasure = true;
            let cells = release.views.iter_mut().flat_map(|released| &mut released.cells);
            for cell in cells {
                cell.erased += cell.who.intersection_len(&gone);
                cell.who -= &gone;
            }
        }
        Ok(Erased { people: gone.len(), releases })
    }
}
