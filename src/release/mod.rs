//! The release package: written, read back, verified.
//!
//! A package is an ordinary zip of stored files with one fixed order, so the same views give the
//! same bytes on every machine. Its numbers are in `views/`; tables, page and pictures are
//! written from them, and [`verify`] writes them again and compares.
//!
//! *Invariant:* only sealed views go in. What is read from a package is untrusted (`Claimed`)
//! until its hashes and its structure have been checked, and [`open()`] is the only place that
//! seals it again. No path, user, host or clock gets into a package.
//!
//! What `verify` cannot tell: somebody who rewrites every number, every file and every hash
//! consistently, and keeps to thresholds and conservation, makes a package that is as good as a
//! genuine one. Only a signature guards against that ([`sign`]), and a reviewer's decision against
//! what no program can check ([`decide`]).

mod archive;
mod attached;
mod attacker;
mod contents;
mod csv;
mod decision;
mod dot;
mod evidence;
mod facts;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod graph;
mod graphml;
mod history;
mod joint;
mod manifest;
mod mermaid;
mod open;
mod page;
mod parquet;
mod parts;
mod present;
mod results;
mod save;
mod sheets;
mod statement;
#[cfg(test)]
mod tests;
mod together;
mod write;

use thiserror::Error;

use crate::draw::pdf::PdfError;
use crate::draw::png::PngError;
use crate::keys::KeyError;
use crate::views::{Checkpoint, Demands, Disclosed, Policy, SpecError, View};

pub use crate::audit::{Finding, Knows};
/// For tables that are copied.
pub(crate) use crate::views::no_formula;
pub(crate) use archive::LARGEST_ARCHIVE as LARGEST_PACKAGE;
pub use attached::{Signed, sign};
pub use attacker::{Attack, Attacker, Cited, Found, attack};
pub(crate) use csv::table;
pub use decision::{Answer, Choice, Decided, Decision, Judgement, Point, decide};
pub use evidence::{Evidence, evidence, views_named};
pub use facts::{Facts, ReadColumn, SomeOrNone};
pub(crate) use manifest::json;
pub use open::{Opened, Verdict, open, open_with, verify, verify_with};
pub(crate) use parts::picture;
pub use present::{Presented, present};
pub use save::{save, save_with};
pub(crate) use sheets::{HALF_WITHIN, OF_BEFORE, Sheet, notes, sheets};
pub use together::{Together, verify_jointly, verify_jointly_with};
pub use write::write;

/// Which parts a package has besides its numbers, manifest, statement and audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// CSV tables.
    pub tables: bool,
    /// The same cells as Parquet.
    pub parquet: bool,
    /// Maps and flows as flowcharts, funnels and paths as journeys.
    pub mermaid: bool,
    /// Maps and flows as graphs.
    pub graphml: bool,
    pub dot: bool,
    pub svg: bool,
    pub png: bool,
    pub pdf: bool,
    /// The self-contained HTML page.
    pub page: bool,
}

impl Formats {
    /// Those that a policy allows.
    #[must_use]
    pub fn allowed(self, demands: &Demands) -> Self {
        let is = |name: &str| demands.allows_format(name);
        Self {
            tables: self.tables && is("csv"),
            parquet: self.parquet && is("parquet"),
            mermaid: self.mermaid && is("mermaid"),
            graphml: self.graphml && is("graphml"),
            dot: self.dot && is("dot"),
            svg: self.svg && is("svg"),
            png: self.png && is("png"),
            pdf: self.pdf && is("pdf"),
            page: self.page && is("html"),
        }
    }

    /// The numbers alone.
    pub const NONE: Self = Self {
        tables: false,
        parquet: false,
        mermaid: false,
        graphml: false,
        dot: false,
        svg: false,
        png: false,
        pdf: false,
        page: false,
    };
}

impl Default for Formats {
    fn default() -> Self {
        Self { tables: true, svg: true, png: true, page: true, ..Self::NONE }
    }
}

/// What tells one import of a project from others: random, and about nobody.
pub type Source = [u8; 16];

/// What a package is made of.
pub struct Contents<'a> {
    /// At least one, under different names, all under the policy.
    pub views: Vec<&'a Disclosed<View>>,
    pub policy: Policy,
    pub facts: Facts,
    pub formats: Formats,
    /// Absent without a project.
    pub source: Option<Source>,
    /// Absent without a project.
    pub history: Option<Checkpoint>,
}

/// A package that has passed its own verification, ready to be saved.
#[derive(Clone, Debug)]
pub struct Package {
    pub bytes: Vec<u8>,
    pub entries: Vec<Entry>,
    pub checks: Vec<Check>,
}

/// One file of a package. `size` is in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub size: u64,
}

/// Something that was checked, as a sentence, and whether it held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub sentence: String,
    pub passed: bool,
}

/// Why a package was not written.
#[derive(Debug, Error)]
pub enum ReleaseError {
    #[error("a package holds at least one view; choose one")]
    NoView,
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error("the package was refused by its own checks; nothing was written ({} in all, the first: {})", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Refused(Vec<Finding>),
    #[error(transparent)]
    Picture(#[from] PngError),
    #[error(transparent)]
    Page(#[from] PdfError),
    #[error("the package could not be put together; nothing was written ({0})")]
    Built(String),
    #[error("{path} cannot be saved ({source}); what was there is as it was; choose another place")]
    Save { path: String, source: std::io::Error },
}

/// Why a package was not signed.
#[derive(Debug, Error)]
pub enum SignError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the package could not be put together; nothing was written ({0})")]
    Built(String),
}

/// Why a decision was not added.
#[derive(Debug, Error)]
pub enum DecideError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("this package cannot be approved, because its checks found something; reject it ({} in all, the first: {})", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Found(Vec<Finding>),
    #[error(
        "a package is approved only where every point of the checklist holds; go through the list, or reject it"
    )]
    Checklist,
    #[error("a comment has at most {0} characters; shorten it")]
    Comment(usize),
    #[error("the package could not be put together; nothing was written ({0})")]
    Built(String),
}

/// Why a presenter file was not made.
#[derive(Debug, Error)]
pub enum PresentError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("the package was refused by its checks, so it is not to be shown; nothing was written ({} in all, the first: {})", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Refused(Vec<Finding>),
    #[error("the board does not go with the package; nothing was written ({} in all, the first: {})", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Board(Vec<Finding>),
    #[error("the presenter file could not be put together; nothing was written ({0})")]
    Built(String),
}

/// Why a file cannot be read as a package at all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    #[error(
        "this is not a release package: it is no zip archive, or a damaged one; ask for the file again"
    )]
    NotAnArchive,
    #[error("this is larger than a release package can be ({0}); it was not read further")]
    TooLarge(&'static str),
    #[error(
        "this is not a release package: it has no readable manifest.json; ask for the file again"
    )]
    NoManifest,
    #[error("this package has format {0}, which this version does not know; use a newer version")]
    Format(u32),
}
