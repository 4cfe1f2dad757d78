//! The history of a project: what was done, in the order it was done, chained by hashes.
//!
//! Each entry is one line of canonical JSON (RFC 8785: sorted keys, no spaces) that holds the SHA-256
//! of the line before it; the first holds 32 random bytes instead, so that nobody can guess entries
//! from a hash. Length and last hash are the [`Checkpoint`] that goes into every package.
//!
//! What the chain shows by itself is that no line was changed, taken out or put in *without making
//! the rest again*. Who has the file and its passphrase can write a whole other history that holds;
//! against that stand the checkpoints in packages that others already have: an entry before one of
//! them cannot be changed without that package telling. Times are those of the computer's clock.
//!
//! *Invariant:* no value of the data; see [`Event`].

mod event;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ProjectError;
use super::secret::{hex, random_bytes};
use crate::views::Checkpoint;

pub use event::{Accepted, Check, Event, ProtectionChange};

/// The lines, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    lines: Vec<String>,
}

/// One line as it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counted from 1.
    pub number: u64,
    /// Absent where the line cannot be read.
    pub time: Option<Timestamp>,
    /// Absent where the line cannot be read, or is of a kind that this version does not know.
    pub event: Option<Event>,
    /// It released something, and people were erased since.
    pub is_before_erasure: bool,
}

/// The first entry that does not follow from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the history does not hold from entry {entry} on: {why}")]
pub struct Broken {
    pub entry: u64,
    pub why: &'static str,
}

/// What a checkpoint says about a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is of this history, up to this entry.
    Here,
    /// This history has another entry there.
    Other,
    /// This history is shorter.
    Beyond,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: u64,
    time: Timestamp,
    what: String,
    details: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

impl History {
    /// A history whose first entry says that the project was created.
    ///
    /// # Errors
    /// Where the system gives no random bytes.
    pub fn begin(time: Timestamp) -> Result<Self, ProjectError> {
        let origin = hex(&random_bytes::<32>()?);
        let mut history = Self::default();
        history.push_line(time, &Event::Created {}, None, Some(origin));
        Ok(history)
    }

    pub fn push(&mut self, time: Timestamp, event: &Event) {
        let previous = self.lines.last().map(|line| hash(line));
        self.push_line(time, event, previous, None);
    }

    fn push_line(
        &mut self,
        time: Timestamp,
        event: &Event,
        previous: Option<String>,
        origin: Option<String>,
    ) {
        // Events are words and numbers, which always have a JSON form.
        let event = serde_json::to_value(event).unwrap_or_default();
        let line = Line {
            number: self.lines.len() as u64 + 1,
            time: Timestamp::from_second(time.as_second()).unwrap_or(time),
            what: event["what"].as_str().unwrap_or_default().to_owned(),
            details: event["details"].clone(),
            previous,
            origin,
        };
        self.lines.push(canonical(&line));
    }

    /// From what was kept. Whether it holds is for [`History::verify`] to say.
    pub fn parse(text: &str) -> Self {
        // Byte for byte: another kind of line end is no way in which this program writes.
        let lines = text.split_terminator('\n').map(str::to_owned).collect();
        Self { lines }
    }

    /// A line each, with its end.
    pub fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = (1..)
            .zip(&self.lines)
            .map(|(number, line)| {
                let line: Option<Line> = serde_json::from_str(line).ok();
                let time = line.as_ref().map(|line| line.time);
                let event = line.and_then(|line| {
                    let whole = serde_json::json!({ "what": line.what, "details": line.details });
                    serde_json::from_value(whole).ok()
                });
                Entry { number, time, event, is_before_erasure: false }
            })
            .collect();
        let is_erasure = |entry: &Entry| matches!(entry.event, Some(Event::Erased { .. }));
        let last = entries.iter().rposition(is_erasure).unwrap_or(0);
        for entry in &mut entries[..last] {
            entry.is_before_erasure =
                matches!(entry.event, Some(Event::Released { .. } | Event::Exported { .. }));
        }
        entries
    }

    /// Whether every entry follows from the one before.
    ///
    /// # Errors
    /// The first that does not.
    pub fn verify(&self) -> Result<(), Broken> {
        let mut expected: Option<String> = None;
        if self.lines.is_empty() {
            return Err(Broken { entry: 1, why: "it is missing" });
        }
        for (entry, text) in (1..).zip(&self.lines) {
            let broken = |why| Err(Broken { entry, why });
            let Ok(line) = serde_json::from_str::<Line>(text) else {
                return broken("it cannot be read");
            };
            if canonical(&line) != *text {
                return broken("it is not written as this program writes");
            }
            if line.number != entry {
                return broken("it has another number");
            }
            let is_origin = |origin: &String| origin.len() == 64;
            let follows = match &expected {
                None => line.previous.is_none() && line.origin.as_ref().is_some_and(is_origin),
                Some(hash) => line.origin.is_none() && line.previous.as_ref() == Some(hash),
            };
            if !follows {
                return broken("what stands before it was changed, taken out or put in");
            }
            expected = Some(hash(text));
        }
        Ok(())
    }

    /// How far it has come.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            length: self.lines.len() as u64,
            root: self.lines.last().map(|line| hash(line)).unwrap_or_default(),
        }
    }

    /// Whether a checkpoint is of this history. It says nothing where the chain itself is broken.
    pub fn find(&self, checkpoint: &Checkpoint) -> Found {
        let last = checkpoint.length.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        match last.map(|at| self.lines.get(at)) {
            Some(Some(line)) if hash(line) == checkpoint.root => Found::Here,
            Some(Some(_)) | None => Found::Other,
            Some(None) => Found::Beyond,
        }
    }
}

/// Keys in order, no spaces. All numbers are whole, so that this is RFC 8785.
fn canonical(line: &Line) -> String {
    serde_json::to_value(line).map(|value| value.to_string()).unwrap_or_default()
}

fn hash(line: &str) -> String {
    hex(&Sha256::digest(line.as_bytes()))
}

#[cfg(test)]
mod tests;
