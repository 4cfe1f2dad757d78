//! Passphrases on the command line: of a key, or of a project.
//!
//! *Invariant:* a passphrase comes from a terminal that does not show it, or from the first line of a
//! file; it is never an argument, which other people on the same machine could read.

use std::io::{self, IsTerminal};
use std::path::Path;

use zeroize::Zeroizing;

use super::Failure;
use crate::keys::Passphrase;

/// Which passphrase is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Key,
    NewKey,
    Project,
    NewProject,
    /// In place of the one that a project has.
    ProjectFromNowOn,
}

impl Of {
    fn prompt(self) -> &'static str {
        match self {
            Self::Key => "Passphrase of the key: ",
            Self::NewKey => "Passphrase for the new key, at least 8 letters: ",
            Self::Project | Self::NewProject => "Passphrase: ",
            Self::ProjectFromNowOn => "New passphrase: ",
        }
    }

    /// What names a file that holds it.
    fn option(self) -> &'static str {
        match self {
            // `trodden key` is about nothing else.
            Self::Key => "--key-passphrase-file or, of trodden key, --passphrase-file",
            Self::NewKey | Self::Project | Self::NewProject => "--passphrase-file",
            Self::ProjectFromNowOn => "--new-passphrase-file",
        }
    }

    /// One that is new is typed twice, because nobody could open what a slip of the hand closes.
    fn is_new(self) -> bool {
        !matches!(self, Self::Key | Self::Project)
    }
}

/// Out of the file that was named, or asked for without an echo.
pub(super) fn passphrase(file: Option<&Path>, of: Of) -> Result<Passphrase, Failure> {
    if let Some(file) = file {
        return Ok(Passphrase::read(file)?);
    }
    let typed = ask(of, of.prompt())?;
    if of.is_new() && !typed.is_same(&ask(of, "The same passphrase again: ")?) {
        return Err(Failure::Usage(
            "the two passphrases differ, so nothing was done; type the same one twice".to_owned(),
        ));
    }
    Ok(typed)
}

fn ask(of: Of, prompt: &str) -> Result<Passphrase, Failure> {
    let nobody = || {
        Failure::Usage(format!(
            "there is no terminal to ask for the passphrase at; name a file that holds it: {} FILE",
            of.option()
        ))
    };
    if !io::stdin().is_terminal() {
        return Err(nobody());
    }
    let typed = Zeroizing::new(rpassword::prompt_password(prompt).map_err(|_| nobody())?);
    Ok(Passphrase::new(&typed)?)
}
