//! `trodden history`: what was done in a project, whether the chain holds, and whether packages are of it.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::passphrase::{Of, passphrase};
use super::run::{output, read_package};
use super::{Failure, one_line};
use crate::project::{self, Event, Found, History};
use crate::views::Checkpoint;

/// A package beside the history.
struct Beside {
    shown: String,
    checkpoint: Option<Checkpoint>,
    found: Option<Found>,
    /// The entry that says this very package was released.
    released_as: Option<u64>,
    /// People were erased since.
    is_before_erasure: bool,
}

/// Looks at the history and prints it. It takes no lock: what is on the disk is always whole.
pub(super) fn history(
    path: &Path,
    passphrase_file: Option<&Path>,
    packages: &[PathBuf],
    json: bool,
) -> Result<(), Failure> {
    let passphrase = passphrase(passphrase_file, Of::Project)?;
    let shown = one_line(&path.display().to_string());
    let project = project::read(path, &passphrase)
        .map_err(|why| Failure::Project { path: shown.clone(), why })?;
    let history = &project.history;
    let holds = history.verify();
    let packages: Vec<Beside> =
        packages.iter().map(|path| beside(path, history)).collect::<Result<_, _>>()?;
    let mut out = output();
    if json {
        let told = json!({
            "project": shown,
            "holds": holds.is_ok(),
            "broken_at": holds.err().map(|broken| broken.entry),
            "checkpoint": history.checkpoint(),
            "entries": entries_as_json(history),
            "packages": packages.iter().map(Beside::as_json).collect::<Vec<_>>(),
        });
        writeln!(out, "{told:#}")?;
    } else {
        print(&mut out, &shown, history)?;
        for package in &packages {
            writeln!(out, "{}: {}", package.shown, package.words())?;
        }
    }
    out.flush()?;
    let found = |package: &Beside| package.found == Some(Found::Here);
    if holds.is_ok() && packages.iter().all(found) { Ok(()) } else { Err(Failure::Found) }
}

fn print(out: &mut impl Write, shown: &str, history: &History) -> std::io::Result<()> {
    let checkpoint = history.checkpoint();
    match history.verify() {
        Ok(()) => writeln!(
            out,
            "{shown}: {} entries, the chain holds; the last is {}",
            checkpoint.length, checkpoint.root
        )?,
        Err(broken) => writeln!(out, "{shown}: {broken}")?,
    }
    for entry in history.entries() {
        let time = entry
            .time
            .map_or("?".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
        let words = entry.event.map_or_else(
            || "an entry that this version does not know".to_owned(),
            |event| event.words(),
        );
        let mark = if entry.is_before_erasure { " (before an erasure)" } else { "" };
        writeln!(out, "  {:4}  {time}  {}{mark}", entry.number, one_line(&words))?;
    }
    Ok(())
}

/// The lines as they are chained, and what follows from those after them.
fn entries_as_json(history: &History) -> Vec<Value> {
    let text = history.text();
    let entries = history.entries();
    let both = text.lines().zip(entries).map(|(line, entry)| {
        let mut value: Value = serde_json::from_str(line).unwrap_or_else(|_| json!({}));
        if let Value::Object(fields) = &mut value {
            fields.insert("before_erasure".to_owned(), entry.is_before_erasure.into());
        }
        value
    });
    both.collect()
}

fn beside(path: &Path, history: &History) -> Result<Beside, Failure> {
    let bytes = read_package(path)?;
    let shown = one_line(&path.display().to_string());
    let Some(manifest) = project::manifest_hash(&bytes) else {
        let why = crate::release::Unreadable::NotAnArchive;
        return Err(Failure::Package { path: shown, why });
    };
    let checkpoint = project::checkpoint_of(&bytes);
    let entry = history.entries().into_iter().find(|entry| {
        matches!(&entry.event, Some(Event::Released { package, .. }) if *package == manifest)
    });
    Ok(Beside {
        shown,
        found: checkpoint.as_ref().map(|checkpoint| history.find(checkpoint)),
        checkpoint,
        released_as: entry.as_ref().map(|entry| entry.number),
        is_before_erasure: entry.is_some_and(|entry| entry.is_before_erasure),
    })
}

impl Beside {
    fn words(&self) -> String {
        let length = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.length);
        let mut words = match self.found {
            Some(Found::Here) => format!("its checkpoint is entry {length} of this history"),
            Some(Found::Other) => {
                "its checkpoint is not of this history: it is of another project, or an earlier entry was changed".to_owned()
            }
            Some(Found::Beyond) => format!(
                "its checkpoint is entry {length}, which this history does not have: it is of another project, or of a later copy of this one"
            ),
            None => "it has no checkpoint, so it was made without a project".to_owned(),
        };
        if let Some(number) = self.released_as {
            words = format!("{words}; it was released as entry {number}");
        }
        if self.is_before_erasure {
            words = format!("{words}, before an erasure");
        }
        words
    }

    fn as_json(&self) -> Value {
        json!({
            "package": self.shown,
            "checkpoint": self.checkpoint,
            "of_this_history": self.found == Some(Found::Here),
            "released_as": self.released_as,
            "before_erasure": self.is_before_erasure,
        })
    }
}
