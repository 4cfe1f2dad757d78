//! The files of keys: small ones read, new ones written whole or not at all.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

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
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let write = || {
        // A new file is for its owner's eyes alone, unless it is told otherwise.
        let mut options = tempfile::Builder::new();
        #[cfg(unix)]
        if !secret {
            options.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        }
        #[cfg(not(unix))]
        let _ = secret;
        let mut file = options.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        // A rename would replace what is there.
        file.persist_noclobber(path).map(|_| ()).map_err(|error| error.error)
    };
    write().map_err(|source: io::Error| {
        if source.kind() == io::ErrorKind::AlreadyExists {
            KeyError::Taken(path.display().to_string())
        } else {
            failed(path, "written")(source)
        }
    })
}
