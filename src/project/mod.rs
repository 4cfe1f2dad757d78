//! Folders, settings, the list of files that were opened, and how their columns were read.
//!
//! *Invariant:* nothing here holds a value from the data. Settings are choices about the program;
//! the recent list holds the paths a person opened and the days they did; what is remembered of a
//! file are names of columns and rules in a person's own words.

pub(crate) mod policy_file;
mod recent;
mod remembered;
mod settings;

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use thiserror::Error;

pub use policy_file::{PolicyFile, PolicyFileError, PolicySigned, signature_beside};
pub use recent::{Recent, RecentFile};
pub use remembered::{Memory, Remembered};
pub use settings::{Settings, ThemeChoice, WindowPlace};

/// Why a file of the program's own could not be kept.
#[derive(Debug, Error)]
#[error("{what} could not be written to {path}: {why}. The program goes on without it", path = .path.display())]
pub struct StoreError {
    what: &'static str,
    path: PathBuf,
    why: String,
}

/// Where the program keeps its own few files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    config: PathBuf,
    data: PathBuf,
    cache: PathBuf,
}

impl Folders {
    /// The folders of the person who is logged in. Without a home folder, those of this run alone.
    pub fn of_this_person() -> Self {
        ProjectDirs::from("", "", "trodden").map_or_else(
            || Self::under(&std::env::temp_dir().join("trodden")),
            |dirs| Self {
                config: dirs.config_dir().to_owned(),
                data: dirs.data_dir().to_owned(),
                cache: dirs.cache_dir().to_owned(),
            },
        )
    }

    /// All folders below one path, so that a trial run leaves nothing elsewhere.
    pub fn under(path: &Path) -> Self {
        Self { config: path.join("config"), data: path.join("data"), cache: path.join("cache") }
    }

    /// Choices about the program.
    pub fn settings_file(&self) -> PathBuf {
        self.config.join("settings.toml")
    }

    /// Public keys of those whose signature a policy needs, where there are any: `NAME.pub`.
    pub fn trusted_keys(&self) -> PathBuf {
        self.config.join("keys")
    }

    /// Paths that were opened.
    pub fn recent_file(&self) -> PathBuf {
        self.data.join("recent.json")
    }

    /// How files with the same columns were read.
    pub fn remembered_file(&self) -> PathBuf {
        self.data.join("remembered.json")
    }

    /// The generated sample, written anew whenever it is opened.
    pub fn sample_file(&self) -> PathBuf {
        self.cache.join("sample.csv")
    }

    /// The smaller sample behind the picture on the first screen.
    pub fn preview_file(&self) -> PathBuf {
        self.cache.join("sample-preview.csv")
    }
}

/// Writes beside the file and renames, so that a half-written file never takes its place.
fn write_whole(what: &'static str, path: &Path, text: &str) -> Result<(), StoreError> {
    let beside = path.with_extension("new");
    let write = || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&beside, text)?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|error: std::io::Error| StoreError {
        what,
        path: path.to_owned(),
        why: error.kind().to_string(),
    })
}
