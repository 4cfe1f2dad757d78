//! A file written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ReleaseError;

/// Writes a new file beside `path`, makes sure that it is on the disk, and gives it its name. A
/// failure or a power cut leaves the old file or the new one, never half of one.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), ReleaseError> {
    save_with(path, |file| file.write_all(bytes))
}

/// The same for what is written bit by bit.
pub fn save_with<T>(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<T>,
) -> Result<T, ReleaseError> {
    let failed = |source| ReleaseError::Save { path: path.display().to_string(), source };
    // A device or a pipe would lose its name to the new file.
    if fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file")));
    }
    let beside = beside(path).map_err(failed)?;
    let written =
        write_new(&beside, write).and_then(|written| fs::rename(&beside, path).map(|()| written));
    if written.is_ok() {
        sync_folder(path);
    } else {
        // The half-written file is ours; that it may not be there is no second error.
        let _ = fs::remove_file(&beside);
    }
    written.map_err(failed)
}

fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no file name is given"))?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.part", std::process::id()));
    Ok(path.with_file_name(hidden))
}

fn write_new<T>(path: &Path, write: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    let written = write(&mut file)?;
    file.sync_all()?;
    Ok(written)
}

/// A new name is on the disk once its folder is. Not every system can do that, and the file itself
/// is safe by then, so a failure here is none.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::save;

    #[test]
    fn a_saved_file_replaces_the_old_one_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.trodden.zip");
        save(&path, b"old").unwrap();
        save(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_an_error_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(save(&folder.path().join("missing").join("a.zip"), b"x").is_err());
        let taken = folder.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        std::fs::write(taken.join("inside"), b"kept").unwrap();
        assert!(save(&taken, b"x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
