//! Sealed views into a package.

use super::archive::{File, pack};
use super::manifest::{self, Manifest};
use super::parts::{Part, picture};
use super::{Contents, Entry, Package, ReleaseError, open};
use crate::views::{Policy, View};

/// Builds a package, reads its own bytes back, checks them, and refuses where anything is found.
/// The same contents give the same bytes.
pub fn write(contents: &Contents<'_>) -> Result<Package, ReleaseError> {
    let [view] = contents.views.as_slice() else { return Err(ReleaseError::OneView) };
    let View::Flow(flow) = view.view() else { unreachable!("only flows yet") };
    let svg = picture(view);
    let mut files: Vec<File> = Vec::new();
    for part in Part::ALL.into_iter().filter(|part| part.is_chosen(contents.formats)) {
        let bytes = part.bytes(view.view(), &svg, &contents.facts)?;
        files.push((part.path(&flow.spec.name), bytes));
    }
    let policy = Policy::new(flow.k, Some(flow.b))
        .map_err(|error| ReleaseError::Built(error.to_string()))?
        .with_blur(flow.spec.blur);
    let names = vec![flow.spec.name.clone()];
    let manifest = Manifest::new(policy, names, contents.facts.clone(), &files)
        .and_then(|manifest| manifest::json(&manifest))
        .map_err(|error| ReleaseError::Built(error.to_string()))?;
    files.insert(0, (manifest::NAME.to_owned(), manifest.into_bytes()));
    let bytes = pack(&files).map_err(|error| ReleaseError::Built(error.to_string()))?;
    // What leaves is checked as a reader gets it, not as it was in memory.
    let verdict = open::verify(&bytes).map_err(|error| ReleaseError::Built(error.to_string()))?;
    if !verdict.findings.is_empty() {
        return Err(ReleaseError::Refused(verdict.findings));
    }
    let entries =
        files.into_iter().map(|(name, bytes)| Entry { name, size: bytes.len() as u64 }).collect();
    Ok(Package { bytes, entries, checks: verdict.checks })
}
