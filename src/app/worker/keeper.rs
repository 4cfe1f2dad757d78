//! The thread that keeps the project: to open and to write it takes a second of work on purpose, and
//! no other thread waits for it.
//!
//! *Invariant:* it alone holds the file's lock and the passphrase.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::inbox::Work;
use super::vault::{file_names, sentence};
use crate::keys::Passphrase;
use crate::project::{Holder, Project};
use crate::release;

/// One thing to do with the project's file.
#[derive(Clone)]
pub enum Keeping {
    Create(PathBuf, Arc<Passphrase>, Arc<Project>),
    Open(PathBuf, Arc<Passphrase>),
    Save(Arc<Project>),
    /// Opened by the first until now, by the second from now on, and written like this.
    ChangePassphrase([Arc<Passphrase>; 2], Arc<Project>),
    /// Write the receipt of an erasure.
    Receipt(PathBuf, String),
    /// Let the file go, so that others can open it.
    Close,
}

/// What came of it.
pub enum KeptProject {
    Created(PathBuf, Arc<Project>),
    Opened(PathBuf, Box<Project>),
    Saved,
    PassphraseChanged,
    ReceiptSaved(PathBuf),
    Closed,
}

impl Work for Keeping {
    fn name(&self) -> String {
        match self {
            Self::Create(path, ..) => format!("Making {}", file_name(path)),
            Self::Open(path, _) => format!("Opening {}", file_name(path)),
            Self::Save(_) => "Saving".to_owned(),
            Self::ChangePassphrase(..) => "Changing the passphrase".to_owned(),
            Self::Receipt(path, _) => format!("Writing {}", file_name(path)),
            Self::Close => "Closing".to_owned(),
        }
    }

    /// A later state of the project is all that has to be written.
    fn replaces(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Save(_), Self::Save(_)))
    }
}

/// Where the open project's file is.
#[derive(Default)]
pub struct Desk {
    holder: Option<Holder>,
}

impl Desk {
    /// # Errors
    /// In a sentence. A project that is open stays open unless another one took its place.
    pub fn work(&mut self, keeping: Keeping) -> Result<KeptProject, String> {
        match keeping {
            Keeping::Create(path, passphrase, project) => {
                let holder = Holder::create(&path, passphrase, &project)
                    .map_err(|error| sentence(&error.to_string()))?;
                self.holder = Some(holder);
                Ok(KeptProject::Created(path, project))
            }
            Keeping::Open(path, passphrase) => {
                let (holder, project) = Holder::open(&path, passphrase)
                    .map_err(|error| sentence(&error.to_string()))?;
                self.holder = Some(holder);
                Ok(KeptProject::Opened(path, Box::new(project)))
            }
            Keeping::Save(project) => {
                let Some(holder) = &self.holder else { return Ok(KeptProject::Closed) };
                holder.save(&project).map_err(|error| {
                    let why = sentence(&error.to_string());
                    format!("{} was not saved. {why}", file_name(holder.path()))
                })?;
                Ok(KeptProject::Saved)
            }
            Keeping::ChangePassphrase([old, new], project) => {
                let Some(holder) = &mut self.holder else { return Ok(KeptProject::Closed) };
                if !holder.is_opened_by(&old) {
                    let why = "The first passphrase is not the one of this project; type it again.";
                    return Err(why.to_owned());
                }
                let done = holder.change_passphrase(new, &project);
                done.map_err(|error| sentence(&error.to_string()))?;
                Ok(KeptProject::PassphraseChanged)
            }
            Keeping::Receipt(path, text) => {
                let done = release::save(&path, text.as_bytes());
                done.map_err(|error| sentence(&error.to_string()))?;
                Ok(KeptProject::ReceiptSaved(path))
            }
            Keeping::Close => {
                self.holder = None;
                Ok(KeptProject::Closed)
            }
        }
    }
}

fn file_name(path: &Path) -> String {
    file_names(&[path.to_owned()])
}
