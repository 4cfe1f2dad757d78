//! `history.json`: how far the history of the project had come.
//!
//! *Invariant:* a length and a hash, nothing else. Whether they are those of a history only its owner
//! can tell; what is checked here is their form.

use super::manifest::{is_hex, json};
use super::{Finding, archive::File};
use crate::views::Checkpoint;

pub(super) const NAME: &str = "history.json";

/// The checkpoint of a package that has one, and what is wrong with it.
pub(super) fn read(files: &[File]) -> (Option<Checkpoint>, Vec<Finding>) {
    let Some((_, bytes)) = files.iter().find(|(name, _)| name == NAME) else {
        return (None, Vec::new());
    };
    let found = |what: &str| (None, vec![Finding::new(NAME, what)]);
    let Ok(checkpoint) = serde_json::from_slice::<Checkpoint>(bytes) else {
        return found("it is not the checkpoint of a history");
    };
    if json(&checkpoint).ok().is_none_or(|again| again.as_bytes() != *bytes) {
        return found("it is not written in the one way in which a checkpoint is written");
    }
    if checkpoint.length == 0 || !is_hex(&checkpoint.root, 64) {
        return found("it has no entries, or its root is not 64 hexadecimal digits");
    }
    (Some(checkpoint), Vec::new())
}
