//! Sealed views into a package.

use super::archive::pack;
use super::manifest::{self, Manifest};
use super::parts::Content;
use super::{Contents, Entry, Package, ReleaseError, open};
use crate::views::SpecError;

/// Builds a package, reads its own bytes back, checks them, and refuses where anything is found.
/// The same contents give the same bytes.
pub fn write(contents: &Contents<'_>) -> Result<Package, ReleaseError> {
    if contents.views.is_empty() {
        return Err(ReleaseError::NoView);
    }
    let names: Vec<String> =
        contents.views.iter().map(|view| view.view().name().to_owned()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(SpecError::SameName.into());
    }
    let built = |error: serde_json::Error| ReleaseError::Built(error.to_string());
    let people = contents.views.iter().map(|view| view.view().head().people).min();
    let facts = contents.facts.clone().about(people.unwrap_or(0), contents.policy.k());
    let content = Content::new(&contents.views, contents.policy, &facts)
        .with_history(contents.history.as_ref());
    let mut files = content.files(contents.formats)?;
    let manifest = Manifest::new(contents.policy, names, facts.clone(), &files)
        .and_then(|manifest| manifest.with_source(contents.source))
        .and_then(|manifest| manifest::json(&manifest))
        .map_err(built)?;
    files.insert(0, (manifest::NAME.to_owned(), manifest.into_bytes()));
    let bytes = pack(&files).map_err(|error| ReleaseError::Built(error.to_string()))?;
    // What leaves is checked as a reader gets it, not as it was in memory.
    // A review that is demanded can only come after.
    let opened = open::examine(&bytes, &[], false)
        .map_err(|error| ReleaseError::Built(error.to_string()))?;
    let verdict = opened.verdict;
    if !verdict.findings.is_empty() {
        return Err(ReleaseError::Refused(verdict.findings));
    }
    let entries =
        files.into_iter().map(|(name, bytes)| Entry { name, size: bytes.len() as u64 }).collect();
    Ok(Package { bytes, entries, checks: verdict.checks })
}
