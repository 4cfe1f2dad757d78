//! The program without a window: arguments in, published values out.
//!
//! Raw arguments ([`args`]) and a spec file become one checked [`job`] before any work starts; the
//! work is done by the same rooms that the window uses. *Invariant:* what is printed is published,
//! or about the file rather than its people; an error is one line without any value from the data.

mod args;
mod attack;
mod board;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod history;
mod inspect;
mod job;
mod project;
mod review;
mod run;
mod signing;
mod spec_file;
mod table;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;

use clap::Parser;
use clap::error::ErrorKind;
use thiserror::Error;

use crate::audit::AuditError;
use crate::board::{BoardError, MermaidError};
use crate::keys::KeyError;
use crate::project::{Check, ProjectError};
use crate::release::{DecideError, PresentError, ReleaseError, SignError, Unreadable};
use crate::vault::{DiscloseError, ImportError, ProtectError};
use crate::views::{PolicyError, SpecError};

/// Refused by the program's own checks.
const REFUSED: u8 = 1;
/// Bad input or use.
const UNUSABLE: u8 = 2;

/// Why a command ends without its result.
#[derive(Debug, Error)]
enum Failure {
    /// What was typed cannot be done.
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Protect(#[from] ProtectError),
    #[error(transparent)]
    Disclose(#[from] DiscloseError),
    /// Nothing leaves because it could not be protected.
    #[error("{0}")]
    NotReleased(DiscloseError),
    /// The ledger's sentence.
    #[error("{0} Nothing was written")]
    Blocked(String),
    #[error(transparent)]
    Release(#[from] ReleaseError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(transparent)]
    Decide(#[from] DecideError),
    #[error(transparent)]
    Present(#[from] PresentError),
    #[error("{path}: {why}")]
    Board { path: String, why: BoardError },
    #[error("{path}: {why}")]
    Mermaid { path: String, why: MermaidError },
    #[error("{path}: {why}")]
    Project { path: String, why: ProjectError },
    /// A project that is open, or none yet.
    #[error(transparent)]
    InProject(#[from] ProjectError),
    #[error("{path}: {why}")]
    Package { path: String, why: Unreadable },
    #[error("{path}: {why}")]
    Audit { path: String, why: AuditError },
    /// A file of the user's could not be read or written.
    #[error("{path} cannot be {what} ({source}); check the name and the permissions")]
    File { path: String, what: &'static str, source: io::Error },
    #[error("the result could not be written to standard output ({0}); check where it goes")]
    Output(io::Error),
    #[error("the window could not be opened ({0}); use a subcommand, see trodden --help")]
    Window(anyhow::Error),
    /// A mistake in the program. The message of a panic could hold a value, so it is never shown.
    #[error(
        "the program made a mistake ({0}) and stopped; please report that place, and try other options"
    )]
    Mistake(String),
    /// The checks found something, and it has been said.
    #[error("")]
    Found,
    /// Whoever read the output has stopped reading. That is no error.
    #[error("")]
    NobodyReads,
}

impl Failure {
    /// Which of the program's checks let nothing leave, if one did.
    fn check(&self) -> Option<Check> {
        match self {
            Self::NotReleased(DiscloseError::TooFew { .. }) => Some(Check::TooFew),
            Self::NotReleased(_) => Some(Check::NotProtected),
            Self::Blocked(_) => Some(Check::Ledger),
            Self::Release(ReleaseError::Refused(_)) => Some(Check::Audit),
            _ => None,
        }
    }

    fn exit(&self) -> u8 {
        match self {
            Self::NobodyReads => 0,
            Self::Found
            | Self::NotReleased(_)
            | Self::Blocked(_)
            | Self::Release(ReleaseError::Refused(_))
            | Self::Decide(DecideError::Found(_))
            | Self::Present(PresentError::Refused(_) | PresentError::Board(_)) => REFUSED,
            // An attack that could not be finished has not shown that the table is safe.
            Self::Audit { why, .. } if !why.is_input() => REFUSED,
            _ => UNUSABLE,
        }
    }
}

/// For standard output only: a closed pipe ends the program without complaint.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::NobodyReads
        } else {
            Self::Output(error)
        }
    }
}

/// Runs the program. 0 is success, 1 refused by the checks, 2 bad input or use.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        if let (Some(place), Ok(mut last)) = (panic.location(), LAST_PANIC.lock()) {
            *last = format!("{}:{}", place.file(), place.line());
        }
    }));
    let cli = args::Cli::try_parse_from(args).map_err(|error| usage(&error));
    let done = cli.and_then(|cli| guarded(|| job::Job::new(cli).and_then(run::run)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = one_line(&failure.to_string());
            if !text.is_empty() {
                say(&text);
            }
            ExitCode::from(failure.exit())
        }
    }
}

/// Where the program panicked last: the file and line of its own source, and nothing else.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Does the work; a panic is a failure like any other, without its message.
fn guarded(work: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let place = LAST_PANIC.lock().map(|place| place.clone()).unwrap_or_default();
        Err(Failure::Mistake(place))
    })
}

/// What clap has to say, in one line; help and version are no errors.
fn usage(error: &clap::Error) -> Failure {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Nobody is left to be told that help could not be printed.
        let _ = error.print();
        return Failure::NobodyReads;
    }
    let text = error.to_string();
    let lines = text.lines().take_while(|line| !line.starts_with("Usage:"));
    let text = lines.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let text = text.split(" For more information").next().unwrap_or(text);
    Failure::Usage(format!("{}; see trodden --help", text.trim_end_matches('.')))
}

/// Text without line breaks and without anything that steers a terminal.
fn one_line(text: &str) -> String {
    crate::draw::text::plain(text)
}

/// One line to the person at the terminal. That it cannot be said is no second error.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "trodden: {text}");
}
