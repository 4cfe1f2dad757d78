//! The encrypted project file and its history; folders, settings, the list of files that were opened,
//! and how their columns were read.
//!
//! *Invariant:* nothing here holds a value from the data. Settings are choices about the program;
//! the recent list holds the paths a person opened and the days they did; what is remembered of a
//! file are names of columns and rules in a person's own words. A project holds more of these, and what
//! the vault gave it to keep, as bytes that mean nothing here; it is never on the disk but encrypted.
//!
//! A project is for those who analyse: it says where the data are and holds the secret behind every
//! pseudonym and every rounding. Who reviews opens packages, a policy, and a history where it is shown to
//! her; who presents opens released packages alone. Neither needs the project or its passphrase.

mod changes;
mod document;
mod file;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod history;
mod lock;
mod package;
pub(crate) mod policy_file;
mod receipt;
mod recent;
mod remembered;
mod sealed;
mod secret;
mod settings;
mod setup;
mod source;
#[cfg(test)]
mod testing;
mod wiped;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use directories::ProjectDirs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

pub use changes::changes;
pub use file::{Holder, read};
pub use history::{Accepted, Broken, Check, Entry, Event, Found, History, ProtectionChange};
pub use package::{checkpoint_of, manifest_hash};
pub use policy_file::{PolicyFile, PolicyFileError, PolicySigned, signature_beside};
pub use receipt::Receipt;
pub use recent::{Recent, RecentFile};
pub use remembered::{Memory, Remembered};
pub use secret::{Secret, Strength, random_name, strength};
pub use settings::{Settings, ThemeChoice, WindowPlace};
pub use setup::{Asked, PictureSetup, Setup};

/// How the name of a project's file ends, after the dot.
pub const ENDING: &str = "trodden";

/// A project, opened. It cannot be printed, copied or written but by its [`Holder`].
pub struct Project {
    /// Shared with whoever reads the data, and overwritten with its last owner.
    pub secret: Arc<Secret>,
    /// Which state of the data the last import was of.
    pub source: Option<SourceOf>,
    pub setup: Setup,
    pub history: History,
    /// What was released about whom, as the vault writes it.
    pub ledger: Kept,
    /// Who asked to be erased, as the vault writes it.
    pub erased: Kept,
}

/// Bytes that mean nothing here, overwritten with their last owner.
pub type Kept = Arc<Zeroizing<Vec<u8>>>;

/// A state of the data: the name it has in packages, and what it is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceOf {
    /// Random, so that it tells nothing of the data.
    pub name: String,
    /// A digest of what was read and how. It never leaves the project.
    pub digest: String,
}

impl SourceOf {
    /// The name as the bytes that a package takes.
    #[must_use]
    pub fn bytes(&self) -> Option<[u8; 16]> {
        let digit = |at: usize| u8::from_str_radix(self.name.get(2 * at..2 * at + 2)?, 16).ok();
        let bytes: Vec<u8> = (0..16).map_while(digit).collect();
        bytes.try_into().ok()
    }
}

impl Project {
    /// A new one about this.
    ///
    /// # Errors
    /// Where the system gives no random bytes.
    pub fn new(setup: Setup, now: Timestamp) -> Result<Self, ProjectError> {
        Ok(Self {
            secret: Arc::new(Secret::random()?),
            source: None,
            setup,
            history: History::begin(now)?,
            ledger: Kept::default(),
            erased: Kept::default(),
        })
    }

    /// Takes over what a person decided since, and writes into the history what of it belongs there.
    pub fn set_up(&mut self, setup: Setup, now: Timestamp, is_personal: &dyn Fn(&str) -> bool) {
        for event in changes(&self.setup, &setup, is_personal) {
            self.history.push(now, &event);
        }
        self.setup = setup;
    }

    /// The data were read. They keep the name they had as long as they are known by the same digest.
    ///
    /// # Errors
    /// Where the system gives no random bytes.
    pub fn imported(&mut self, digest: String, now: Timestamp) -> Result<(), ProjectError> {
        let is_same = self.source.as_ref().is_some_and(|source| source.digest == digest);
        if !is_same {
            self.source = Some(SourceOf { name: random_name()?, digest });
        }
        let source = self.source.as_ref().map(|source| source.name.clone()).unwrap_or_default();
        let files = self.setup.plan.files.len() as u64;
        self.history.push(now, &Event::Imported { files, source });
        Ok(())
    }

    /// What there is to write now, for a thread that writes it.
    #[must_use]
    pub fn to_write(&self) -> Self {
        Self {
            secret: Arc::clone(&self.secret),
            source: self.source.clone(),
            setup: self.setup.clone(),
            history: self.history.clone(),
            ledger: Arc::clone(&self.ledger),
            erased: Arc::clone(&self.erased),
        }
    }
}

/// Why a project cannot be opened or kept: what happened and what to do, a sentence without its file.
#[derive(Debug, Error)]
pub enum ProjectError {
    #[error("this is no project of Trodden; choose a file that ends in .trodden")]
    NoProject,
    #[error("this passphrase does not open the project; type it again, and mind capitals")]
    WrongPassphrase,
    #[error("the project is damaged or not all there; take the last copy of it that you have")]
    Damaged,
    #[error(
        "opening this takes more work than a project of Trodden does, so it was not tried; it was made by another program"
    )]
    TooMuchWork,
    #[error("the project was written by a newer version of Trodden; open it with that one")]
    Newer,
    #[error("another Trodden has this project open; close it there first")]
    InUse,
    #[error("there is a file of this name already; choose another name, or open it")]
    Exists,
    #[error("the project cannot be read ({}); check the name and the permissions", .0.kind())]
    Read(io::Error),
    #[error(
        "the project cannot be written there ({}); what was there is as it was; choose another place, or make room",
        .0.kind()
    )]
    Write(io::Error),
    #[error("a name in the project has no written form; name the files in Unicode")]
    Unwritable,
    #[error("the system gives no random numbers, so nothing was made; start the computer again")]
    NoRandomness,
}

/// `.NAME.trodden.` with an ending, in the same folder: what belongs to a project for a while.
fn beside(project: &Path, ending: &str) -> Result<PathBuf, ProjectError> {
    let name = project.file_name().ok_or_else(|| {
        ProjectError::Write(io::Error::new(io::ErrorKind::InvalidInput, "no file name is given"))
    })?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".");
    hidden.push(ending);
    Ok(project.with_file_name(hidden))
}

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
