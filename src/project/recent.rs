//! The files a person opened lately: their paths and the day, nothing from inside them.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Folders, StoreError, write_whole};

/// One file that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentFile {
    pub path: PathBuf,
    pub opened: Date,
}

/// The newest first, each path once, at most [`Recent::KEPT`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Recent {
    files: Vec<RecentFile>,
}

impl Recent {
    /// How many files are remembered.
    pub const KEPT: usize = 6;

    /// What was kept; nothing where the list is missing or not readable any more.
    pub fn load(folders: &Folders) -> Self {
        std::fs::read_to_string(folders.recent_file())
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// # Errors
    /// Where the folder cannot be made or written to.
    pub fn save(&self, folders: &Folders) -> Result<(), StoreError> {
        // A list of paths and days always has a JSON form, unless a path is not Unicode: then
        // the list is left as it was.
        match serde_json::to_string_pretty(self) {
            Ok(text) => write_whole("The list of recent files", &folders.recent_file(), &text),
            Err(_) => Ok(()),
        }
    }

    /// Puts a path first.
    pub fn add(&mut self, path: &Path, opened: Date) {
        self.files.retain(|file| file.path != path);
        self.files.insert(0, RecentFile { path: path.to_owned(), opened });
        self.files.truncate(Self::KEPT);
    }

    /// Takes a path off the list.
    pub fn forget(&mut self, path: &Path) {
        self.files.retain(|file| file.path != path);
    }

    pub fn files(&self) -> &[RecentFile] {
        &self.files
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;

    use super::Recent;
    use crate::project::Folders;

    #[test]
    fn the_newest_comes_first_each_path_once() {
        let mut recent = Recent::default();
        for name in ["a", "b", "c", "a"] {
            recent.add(Path::new(name), date(2026, 3, 1));
        }
        let order: Vec<_> = recent.files().iter().map(|file| file.path.clone()).collect();
        assert_eq!(order, ["a", "c", "b"].map(std::path::PathBuf::from));
        for name in 0..20 {
            recent.add(Path::new(&name.to_string()), date(2026, 3, 2));
        }
        assert_eq!(recent.files().len(), Recent::KEPT);
    }

    #[test]
    fn the_list_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::under(folder.path());
        let mut recent = Recent::load(&folders);
        recent.add(Path::new("/data/events.csv"), date(2026, 3, 1));
        recent.save(&folders).unwrap();
        assert_eq!(Recent::load(&folders), recent);
        recent.forget(Path::new("/data/events.csv"));
        assert!(recent.files().is_empty());
    }
}
