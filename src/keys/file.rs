//! The files of keys: small ones read, new ones written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::KeyError;

/// Keys, signatures and passphrases are far smaller.
const LARGEST: u64 = 8 << 10;

fn failed(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> KeyError {
    move |source| KeyError::File { path: path.display().to_string(), what, source }
}

/// The text of a small file. What is longer is cut, and then no key any more.
pub(super) fn read(path: &Path) -> Result<String, KeyError> {
    let mut text = String::new();
    let file = File::open(path).map_err(failed(path, "read"))?;
    file.take(LARGEST).read_to_string(&mut text).map_err(failed(path, "read"))?;
    Ok(text)
}

/// Writes a file that was not there before. With `secret`, nobody but its owner may read it.
pub(super) fn write_new(path: &Path, text: &str, secret: bool) -> Result<(), KeyError> {
    let beside = beside(path).map_err(failed(path, "written"))?;
    let written = write(&beside, text, secret).and_then(|()| name(&beside, path));
    // Ours alone, and without use once the other name stands; that it is gone already is no error.
    let _ = fs::remove_file(&beside);
    written.map_err(|source| {
        if source.kind() == io::ErrorKind::AlreadyExists {
            KeyError::Taken(path.display().to_string())
        } else {
            failed(path, "written")(source)
        }
    })
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

fn write(path: &Path, text: &str, secret: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if secret { 0o600 } else { 0o644 });
    #[cfg(not(unix))]
    let _ = secret;
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives a file a second name that nothing has yet. A rename would replace what is there; where a
/// file cannot have two names, looking first is the best that can be done.
fn name(file: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(file, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            if fs::symlink_metadata(path).is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(file, path)
        }
        done => done,
    }
}
