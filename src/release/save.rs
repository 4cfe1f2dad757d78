//! A file written whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

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
    let written = write_new(path, write);
    if written.is_ok() {
        sync_folder(path);
    }
    written.map_err(failed)
}

/// The half-written file is gone where anything fails.
fn write_new<T>(path: &Path, write: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no file name is given"))?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".");
    let mut options = tempfile::Builder::new();
    options.prefix(&hidden).suffix(".part");
    // As any new file; what the person's own mask takes away is taken away.
    #[cfg(unix)]
    options.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = options.tempfile_in(folder_of(path))?;
    let written = write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(written)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new name is on the disk once its folder is. Not every system can do that, and the file itself
/// is safe by then, so a failure here is none.
fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{save, save_with};

    #[test]
    fn a_saved_file_replaces_the_old_one_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.trodden.zip");
        save(&path, b"old").unwrap();
        save(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode =
                |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
            let other = tempfile::tempdir().unwrap();
            let plain = other.path().join("plain");
            std::fs::write(&plain, b"").unwrap();
            assert_eq!(mode(&path), mode(&plain), "as any other file");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn half_a_file_is_left_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        save(&path, b"whole").unwrap();
        let broken = save_with(&path, |file| {
            file.write_all(b"half")?;
            Err::<(), _>(std::io::Error::other("no room"))
        });
        assert!(broken.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
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
