//! `NAME.trodden` on the disk: opened by one holder at a time, replaced whole or not at all.
//!
//! A new file is written beside the old one, forced to the disk and given its name; then the folder is.
//! What a crash leaves beside it is removed by the next holder.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::history::Event;
use super::lock::Lock;
use super::{Project, ProjectError, beside, sealed};
use crate::keys::Passphrase;

/// Whoever has the project open. Others are told while it lives.
pub struct Holder {
    path: PathBuf,
    passphrase: Arc<Passphrase>,
    /// How much work a guess is, as a power of two.
    work: u8,
    /// Let go when dropped.
    _lock: Lock,
}

impl Holder {
    /// A new project.
    ///
    /// # Errors
    /// Where there is a file already, or the folder cannot be written to.
    pub fn create(
        path: &Path,
        passphrase: impl Into<Arc<Passphrase>>,
        project: &Project,
    ) -> Result<Self, ProjectError> {
        Self::create_with(path, passphrase.into(), project, sealed::WORK)
    }

    pub(super) fn create_with(
        path: &Path,
        passphrase: Arc<Passphrase>,
        project: &Project,
        work: u8,
    ) -> Result<Self, ProjectError> {
        if path.symlink_metadata().is_ok() {
            return Err(ProjectError::Exists);
        }
        let lock = Lock::of(path)?;
        let holder = Self { path: path.to_owned(), passphrase, work, _lock: lock };
        let written = holder.write(project, &holder.passphrase)?;
        written.persist_noclobber(path).map_err(|error| match error.error.kind() {
            ErrorKind::AlreadyExists => ProjectError::Exists,
            _ => ProjectError::Write(error.error),
        })?;
        sync_folder(path);
        Ok(holder)
    }

    /// # Errors
    /// Where another holder has it, the passphrase does not open it, or it is no project.
    pub fn open(
        path: &Path,
        passphrase: impl Into<Arc<Passphrase>>,
    ) -> Result<(Self, Project), ProjectError> {
        Self::open_with(path, passphrase.into(), sealed::WORK)
    }

    pub(super) fn open_with(
        path: &Path,
        passphrase: Arc<Passphrase>,
        work: u8,
    ) -> Result<(Self, Project), ProjectError> {
        // A link would lose its name to the new file.
        let path = fs::canonicalize(path).map_err(ProjectError::Read)?;
        let lock = Lock::of(&path)?;
        let mut project = read(&path, &passphrase)?;
        if remove_leftovers(&path)? {
            project.history.push(Timestamp::now(), &Event::OpenedAfterInterruptedSave {});
        }
        Ok((Self { path, passphrase, work, _lock: lock }, project))
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// Where that cannot be done; the old file is then as it was.
    pub fn save(&self, project: &Project) -> Result<(), ProjectError> {
        self.replace(project, &self.passphrase)
    }

    /// Whether this is the passphrase that it was opened with.
    pub fn is_opened_by(&self, passphrase: &Passphrase) -> bool {
        self.passphrase.is_same(passphrase)
    }

    /// Replaces the file by one that another passphrase opens.
    ///
    /// # Errors
    /// Where that cannot be done; the old file is then as it was, and so is what opens it.
    pub fn change_passphrase(
        &mut self,
        passphrase: impl Into<Arc<Passphrase>>,
        project: &Project,
    ) -> Result<(), ProjectError> {
        let passphrase = passphrase.into();
        self.replace(project, &passphrase)?;
        self.passphrase = passphrase;
        Ok(())
    }

    fn replace(&self, project: &Project, passphrase: &Passphrase) -> Result<(), ProjectError> {
        let written = self.write(project, passphrase)?;
        written.persist(&self.path).map_err(|error| ProjectError::Write(error.error))?;
        sync_folder(&self.path);
        Ok(())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The new file beside the old one, on the disk, for its holder's eyes alone.
    fn write(
        &self,
        project: &Project,
        passphrase: &Passphrase,
    ) -> Result<NamedTempFile, ProjectError> {
        let sealed = sealed::seal(project, passphrase, self.work)?;
        let like = beside(&self.path, "")?;
        let name = like.file_name().unwrap_or_default();
        let write = || {
            let mut file = tempfile::Builder::new()
                .prefix(name)
                .suffix(NEW)
                .tempfile_in(folder_of(&self.path))?;
            file.write_all(&sealed)?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        write().map_err(ProjectError::Write)
    }
}

/// How files end that have not got their name yet.
const NEW: &str = ".new";

/// A project to look at, whoever holds it: what is read is always whole.
///
/// # Errors
/// As for [`Holder::open`].
pub fn read(path: &Path, passphrase: &Passphrase) -> Result<Project, ProjectError> {
    let file = File::open(path).map_err(ProjectError::Read)?;
    let meta = file.metadata().map_err(ProjectError::Read)?;
    if !meta.is_file() {
        return Err(ProjectError::Read(Error::new(ErrorKind::InvalidInput, "it is no file")));
    }
    let mut sealed = Vec::new();
    file.take(sealed::MOST_BYTES + 1).read_to_end(&mut sealed).map_err(ProjectError::Read)?;
    if sealed.len() as u64 > sealed::MOST_BYTES {
        return Err(ProjectError::NoProject);
    }
    sealed::open(&sealed, passphrase)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes what an interrupted save left beside the file, and says whether there was anything.
fn remove_leftovers(path: &Path) -> Result<bool, ProjectError> {
    let like = beside(path, "")?;
    let like = like.file_name().unwrap_or_default().as_encoded_bytes();
    let mut found = false;
    for entry in fs::read_dir(folder_of(path)).map_err(ProjectError::Read)?.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(like) && name.ends_with(NEW.as_bytes()) {
            found = true;
            // One that stays is looked at again by the next holder.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(found)
}

/// A new name is on the disk once its folder is. Not every system can do that, and the file itself
/// is safe by then, so a failure here is none.
fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests;
