//! A file in the file manager of the system, which is a program of its own and may not be there.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

/// The program that opens a folder.
const OPENER: &str = if cfg!(target_os = "macos") {
    "open"
} else if cfg!(target_os = "windows") {
    "explorer"
} else {
    "xdg-open"
};

/// Opens the folder that a file is in. Does not wait for it.
///
/// # Errors
/// In a sentence, where no program opens folders here.
pub fn in_folder(path: &Path) -> Result<(), String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let told = |what: &str| {
        format!("The folder could not be opened: {what}. The package is in {}.", folder.display())
    };
    let child = Command::new(OPENER)
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.map_err(|_| told(&format!("there is no {OPENER} on this system")))?;
    // Somebody has to hear that it ended, and the window must not wait for that.
    let waits = thread::Builder::new().name("trodden-folder".to_owned());
    waits.spawn(move || child.wait()).map_err(|_| told("the system gives no thread"))?;
    Ok(())
}
