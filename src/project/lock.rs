//! One holder a project: a lock on a small file beside it, which goes when the project is let go.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use super::{ProjectError, beside};

/// Holds a project. The system lets the lock go where the program ends without a word.
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// # Errors
    /// Where another Trodden holds it, or the folder cannot be written to.
    pub(super) fn of(project: &Path) -> Result<Self, ProjectError> {
        let path = beside(project, "lock")?;
        loop {
            let mut options = File::options();
            options.write(true).create(true).truncate(false);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(&path).map_err(ProjectError::Write)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(ProjectError::InUse),
                Err(TryLockError::Error(error)) => return Err(ProjectError::Write(error)),
            }
            // Whoever held it may have removed the file between the two lines above: then this lock
            // is on a file that nobody else will ever look at.
            if is_still_at(&file, &path) {
                return Ok(Self { path, file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is held. A file that stays behind is no lock and holds nobody up.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

#[cfg(unix)]
fn is_still_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Elsewhere the file is never removed.
#[cfg(not(unix))]
fn is_still_at(_file: &File, _path: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::Lock;
    use crate::project::ProjectError;

    #[test]
    fn the_second_is_told_and_comes_in_when_the_first_has_gone() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("shop.trodden");
        let first = Lock::of(&project).ok().unwrap();
        assert!(matches!(Lock::of(&project).err().unwrap(), ProjectError::InUse));
        assert!(folder.path().join(".shop.trodden.lock").exists());
        drop(first);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(Lock::of(&project).is_ok());
    }

    #[test]
    fn however_many_come_and_go_there_is_never_more_than_one() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("shop.trodden");
        let (inside, entered) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        if let Ok(lock) = Lock::of(&project) {
                            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                            entered.fetch_add(1, Ordering::SeqCst);
                            inside.fetch_sub(1, Ordering::SeqCst);
                            drop(lock);
                        }
                    }
                });
            }
        });
        assert!(entered.into_inner() > 0);
    }
}
