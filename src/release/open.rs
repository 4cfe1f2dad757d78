//! Packages read back: untrusted until everything that can be checked has been.

use super::{Check, Finding, Unreadable};
use crate::views::{Disclosed, View};

/// What `verify` has to say about a package.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub checks: Vec<Check>,
    /// Empty where every check passed.
    pub findings: Vec<Finding>,
}

/// A package that has been read.
pub struct Opened {
    /// Sealed where structure and hashes hold; otherwise none.
    pub views: Vec<Disclosed<View>>,
    pub verdict: Verdict,
}

pub fn verify(bytes: &[u8]) -> Result<Verdict, Unreadable> {
    open(bytes).map(|opened| opened.verdict)
}

pub fn open(_bytes: &[u8]) -> Result<Opened, Unreadable> {
    Err(Unreadable::NotAnArchive)
}
