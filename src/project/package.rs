//! What the history needs of a release package: the hash it is known by, and the checkpoint in it.
//!
//! *Invariant:* the package may be anybody's, so no more than a little of it is read, and nothing of it
//! is believed.

use std::io::{Cursor, Read};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::secret::hex;
use crate::views::Checkpoint;

/// A manifest names its files and has no reason to be larger.
const MOST_BYTES: u64 = 4 << 20;

/// The SHA-256 of the manifest, by which history and review name a package. `None` where there is none.
pub fn manifest_hash(package: &[u8]) -> Option<String> {
    part(package, "manifest.json").map(|manifest| hex(&Sha256::digest(manifest)))
}

/// The checkpoint that it carries. `None` where it has none that can be read.
pub fn checkpoint_of(package: &[u8]) -> Option<Checkpoint> {
    serde_json::from_slice(&part(package, "history.json")?).ok()
}

fn part(package: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(package)).ok()?;
    let mut bytes = Vec::new();
    let read = archive.by_name(name).ok()?.take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (read as u64 <= MOST_BYTES).then_some(bytes)
}
