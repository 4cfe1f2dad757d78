//! What is in a package that was opened, for whoever looks into it.
//!
//! *Invariant:* texts are as somebody wrote them, and trusted no more than the verdict beside them.

use super::open::Opened;
use super::parts::Part;
use super::{Entry, Facts};
use crate::views::Policy;

/// Whose checkpoint a package from a project has.
const HISTORY: &str = "history.json";
/// More of a text is shown to nobody.
const LONGEST_TEXT: usize = 256 << 10;

impl Opened {
    pub fn policy(&self) -> Policy {
        self.manifest.policy
    }

    /// What is told of the import.
    pub fn facts(&self) -> &Facts {
        &self.manifest.import
    }

    /// The version of the program that says it wrote the package.
    pub fn app(&self) -> &str {
        &self.manifest.app
    }

    /// The names that the manifest has for the views.
    pub fn names(&self) -> &[String] {
        &self.manifest.views
    }

    /// Every file in its order.
    pub fn entries(&self) -> Vec<Entry> {
        let entry = |(name, bytes): &(String, Vec<u8>)| Entry {
            name: name.clone(),
            size: bytes.len() as u64,
        };
        self.files.iter().map(entry).collect()
    }

    /// The privacy statement.
    pub fn statement(&self) -> Option<&str> {
        self.text(&Part::Statement.path(""))
    }

    /// The checkpoint of a project's history.
    pub fn history(&self) -> Option<&str> {
        self.text(HISTORY)
    }

    fn text(&self, name: &str) -> Option<&str> {
        let (_, bytes) = self.files.iter().find(|(known, _)| known == name)?;
        std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST_TEXT)
    }
}
