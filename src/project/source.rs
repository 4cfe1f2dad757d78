//! By what a state of the data is known again: which files were read, how large and how old they are,
//! how they were read, and who was left out.
//!
//! Packages of one project that were made of the same state say so by its random name. A file that was
//! changed and kept both size and time is not noticed here; that a person's journey differs is what the
//! vault's ledger finds.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::Project;
use crate::views::{ImportPlan, Mapping, ProtectionPlan};

impl Project {
    /// A digest of the state of the data that these plans read now, keyed with the project's secret.
    pub fn digest_of(&self, plan: &ImportPlan, protection: &ProtectionPlan) -> String {
        let mut hasher = blake3::Hasher::new_keyed(self.secret.bytes());
        // Which attributes are read, and where sessions end, makes no other people of them.
        let mapping = Mapping { attributes: Vec::new(), session: None, ..plan.mapping.clone() };
        let read = ImportPlan { mapping, session_gap_secs: None, ..plan.clone() };
        // Paths that are no Unicode have no JSON; their files are told apart below.
        let how = serde_json::to_vec(&(&read, protection)).unwrap_or_default();
        for part in [how.as_slice(), self.erased.as_slice()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        for path in plan.files.iter().chain(&protection.registers).chain(&protection.erasures) {
            add(path, &mut hasher);
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }
}

/// Size and time of a file, or of every file in a folder.
fn add(path: &Path, hasher: &mut blake3::Hasher) {
    let Ok(meta) = fs::metadata(path) else { return };
    let modified = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    hasher.update(&meta.len().to_le_bytes());
    hasher.update(&modified.unwrap_or_default().as_nanos().to_le_bytes());
    if meta.is_dir() {
        let mut inside: Vec<PathBuf> =
            fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        inside.sort_unstable();
        for path in inside {
            // A link could lead round in circles.
            if path.symlink_metadata().is_ok_and(|meta| !meta.is_symlink()) {
                add(&path, hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::project::testing::{kept, project};
    use crate::views::{ImportPlan, ProtectionPlan};

    #[test]
    fn the_same_files_read_the_same_way_are_known_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        std::fs::write(&file, "who,what\n").unwrap();
        let plan = ImportPlan { files: vec![folder.path().to_owned()], ..ImportPlan::default() };
        let protection = ProtectionPlan::default();
        let mut project = project();
        let first = project.digest_of(&plan, &protection);
        let mut more = plan.clone();
        more.mapping.attributes = vec!["country".to_owned()];
        assert_eq!(project.digest_of(&more, &protection), first);
        let mut other = plan.clone();
        other.mapping.subject = Some("who".to_owned());
        assert_ne!(project.digest_of(&other, &protection), first);
        let consent = ProtectionPlan { purposes: vec!["ads".to_owned()], ..protection.clone() };
        assert_ne!(project.digest_of(&plan, &consent), first);
        std::fs::write(&file, "who,what\na,b\n").unwrap();
        let second = project.digest_of(&plan, &protection);
        assert_ne!(second, first);
        project.erased = kept(vec![1]);
        assert_ne!(project.digest_of(&plan, &protection), second);
    }
}
