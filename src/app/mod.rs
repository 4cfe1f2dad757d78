//! The window.

use std::path::PathBuf;

/// What the window shows first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    Welcome,
    Sample,
    Files(Vec<PathBuf>),
}

/// Opens the window and returns once it is closed.
pub fn run(start: Start) -> anyhow::Result<()> {
    let _ = start;
    anyhow::bail!("this build has no window; use a subcommand")
}
