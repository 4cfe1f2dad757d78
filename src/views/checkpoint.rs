//! How far the history of a project had come: what a package tells of it.

use serde::{Deserialize, Serialize};

/// Length and root of a history. Whoever has two of them from one project, and the history itself,
/// sees whether the earlier part was kept as it was. The chain begins with 32 random bytes, so that
/// nobody can guess its entries by their hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Entries so far.
    pub length: u64,
    /// Hash of the last one, as 64 lower-case hexadecimal digits.
    pub root: String,
}
