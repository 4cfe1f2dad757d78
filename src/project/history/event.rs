//! What can have happened in a project.
//!
//! *Invariant:* no value of the data, nobody's identifier, and no number of people. Of rules there are
//! numbers, of findings masked shapes; the words are a person's own, and only where they look harmless.

use serde::{Deserialize, Serialize};

use crate::views::{PiiKind, TimeGrain, UnknownConsent};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "details", rename_all = "snake_case")]
pub enum Event {
    Created {},
    /// Files were read into journeys. `source` is what packages call this state of the data.
    Imported {
        files: u64,
        source: String,
    },
    ProtectionChanged(ProtectionChange),
    PolicyChanged {
        k: u32,
        b: u32,
        blur: bool,
        cap: u32,
    },
    /// A package was made. `package` is the SHA-256 of its manifest, `key` that of a signature.
    Released {
        package: String,
        views: Vec<String>,
        k: u32,
        b: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// Why, as it stands in the package.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// One view left by itself, in this form.
    Exported {
        view: String,
        form: String,
        k: u32,
        b: u32,
    },
    /// Something was to leave and did not.
    Refused {
        check: Check,
    },
    /// A decision about a package of this project was seen. `checked` says whether its signature was,
    /// with a public key.
    Reviewed {
        package: String,
        approved: bool,
        key: String,
        #[serde(default)]
        checked: bool,
    },
    /// Lists of people who asked to be erased were applied.
    Erased {
        receipt: String,
        lists: u64,
    },
    OpenedAfterInterruptedSave {},
    /// The passphrase is another.
    KeyChanged {},
}

/// Which check let nothing leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Too few people, or nobody.
    TooFew,
    /// The numbers could not be protected.
    NotProtected,
    /// The attacker found something in the finished package.
    Audit,
    /// Beside what was released before it would show a small group.
    Ledger,
    /// It could not be written where it was to go.
    Write,
}

/// What is protected otherwise than before. What is not named is as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProtectionChange {
    /// How many label rules there are now, where any of them is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<u64>,
    /// What may be shown from now on although it looks personal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
    /// How many decisions about findings there are, where some were taken back or only fold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<u64>,
    /// Purposes to which consent is needed now. One that looks personal is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purposes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_consent: Option<UnknownConsent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registers: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erasure_lists: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_grain: Option<TimeGrain>,
}

/// A finding that was accepted: its kind and masked shape, or neither for one label by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PiiKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
    /// Absent where it looks personal itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Event {
    /// In words, without a full stop.
    pub fn words(&self) -> String {
        match self {
            Self::Created {} => "The project was created".to_owned(),
            Self::Imported { files, .. } => {
                format!("{} read", counted(*files, "file was", "files were"))
            }
            Self::ProtectionChanged(change) => format!("Protection changed: {}", change.words()),
            Self::PolicyChanged { k, b, blur, cap } => format!(
                "Thresholds changed: k = {k}, rounded to {b}, blur {}, at most {cap} of one person",
                if *blur { "on" } else { "off" }
            ),
            Self::Released { package, views, k, b, key, reason } => {
                let signed =
                    key.as_ref().map_or("not signed".to_owned(), |key| format!("signed by {key}"));
                let why = reason.as_ref().map_or(String::new(), |why| format!(", for “{why}”"));
                format!(
                    "A package was released: {}; k = {k}, rounded to {b}, {signed}, manifest {}{why}",
                    views.join(", "),
                    short(package)
                )
            }
            Self::Exported { view, form, k, b } => {
                format!("One view left by itself: {view} as {form}; k = {k}, rounded to {b}")
            }
            Self::Refused { check } => format!("Nothing left: {}", check.words()),
            Self::Reviewed { package, approved, key, checked } => format!(
                "A package was {}: manifest {}, by {key}{}",
                if *approved { "approved" } else { "rejected" },
                short(package),
                if *checked { "" } else { ", whose signature was not checked" }
            ),
            Self::Erased { receipt, lists } => format!(
                "{} applied, receipt {receipt}",
                counted(*lists, "erasure list was", "erasure lists were")
            ),
            Self::OpenedAfterInterruptedSave {} => {
                "The project was opened after a save that was interrupted".to_owned()
            }
            Self::KeyChanged {} => "The passphrase was changed".to_owned(),
        }
    }
}

impl Check {
    fn words(self) -> &'static str {
        match self {
            Self::TooFew => "too few people, or nobody",
            Self::NotProtected => "the numbers could not be protected",
            Self::Audit => "the attacker found something in it",
            Self::Ledger => "beside earlier releases it would show a small group",
            Self::Write => "it could not be written",
        }
    }
}

impl ProtectionChange {
    fn words(&self) -> String {
        let mut words = Vec::new();
        let mut add = |what: String| words.push(what);
        if let Some(rules) = self.rules {
            add(counted(rules, "label rule", "label rules"));
        }
        for Accepted { shape, reason, .. } in &self.accepted {
            let what = shape.as_ref().map_or("a label".to_owned(), |shape| format!("{shape:?}"));
            let why = reason.as_deref().unwrap_or("for a reason that looks personal itself");
            add(format!("{what} accepted ({why})"));
        }
        if let Some(settled) = self.settled {
            add(counted(settled, "finding is settled", "findings are settled"));
        }
        match self.purposes.as_deref() {
            Some([]) => add("no consent needed".to_owned()),
            Some(purposes) => add(format!("consent needed to {}", purposes.join(", "))),
            None => {}
        }
        if let Some(unknown) = self.unknown_consent {
            let taken = if unknown == UnknownConsent::Granted { "granted" } else { "refused" };
            add(format!("unknown consent is taken for {taken}"));
        }
        if let Some(registers) = self.registers {
            add(counted(registers, "consent register", "consent registers"));
        }
        if let Some(lists) = self.erasure_lists {
            add(counted(lists, "erasure list", "erasure lists"));
        }
        if let Some(grain) = self.time_grain {
            add(match grain {
                TimeGrain::None => "times as in the data".to_owned(),
                TimeGrain::Minute => "times to the minute".to_owned(),
                TimeGrain::Hour => "times to the hour".to_owned(),
                TimeGrain::Day => "times to the day".to_owned(),
                TimeGrain::Order => "times for the order alone".to_owned(),
            });
        }
        words.join("; ")
    }
}

fn counted(number: u64, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}

/// Enough of a hash to tell it from others by eye.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
