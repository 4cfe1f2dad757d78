//! `manifest.json`: what a package says it is, and the hashes that hold it together.
//!
//! *Invariant:* no path, user, host or clock. Whatever can be told of an import is in [`Facts`].

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::archive::File;
use super::facts::{Facts, is_plain_name};
use super::{Finding, Source};
use crate::views::{Policy, Role};

pub(super) const NAME: &str = "manifest.json";
/// Counts up with every change of a file's form.
pub(super) const FORMAT: u32 = 2;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// The version of the program that wrote the package.
    pub(super) app: String,
    pub(super) policy: Policy,
    /// A random number for each import of a project, as 32 hexadecimal digits; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    pub(super) views: Vec<String>,
    pub(super) import: Facts,
    /// All other files, in the order of the archive.
    pub(super) files: Vec<Listed>,
    /// Of the manifest's own text without this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
}

/// A file and the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) sha256: String,
}

impl Manifest {
    pub(super) fn new(
        policy: Policy,
        views: Vec<String>,
        import: Facts,
        files: &[File],
    ) -> Result<Self, serde_json::Error> {
        let mut manifest = Self {
            format: FORMAT,
            app: env!("CARGO_PKG_VERSION").to_owned(),
            policy,
            source: None,
            views,
            import,
            files: files.iter().map(|(name, bytes)| Listed::new(name, bytes)).collect(),
            sha256: None,
        };
        manifest.sha256 = Some(manifest.own_hash()?);
        Ok(manifest)
    }

    /// The same with what tells its import from others.
    pub(super) fn with_source(self, source: Option<Source>) -> Result<Self, serde_json::Error> {
        let mut manifest = Self { source: source.map(|source| hex(&source)), ..self };
        manifest.sha256 = Some(manifest.own_hash()?);
        Ok(manifest)
    }

    /// The hash of the text that the manifest has without the field for it.
    fn own_hash(&self) -> Result<String, serde_json::Error> {
        let bare = Self { sha256: None, ..self.clone() };
        Ok(sha256(json(&bare)?.as_bytes()))
    }

    /// What the manifest says about itself, apart from its files.
    pub(super) fn check(&self, bytes: &[u8]) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut report = |what: &str| found.push(Finding::new(NAME, what));
        if json(self).ok().is_none_or(|text| text.as_bytes() != bytes) {
            report("it is not written in the one way in which a manifest is written");
        }
        if self.own_hash().ok() != self.sha256 {
            report("its own hash does not match it");
        }
        let version: Vec<&str> = self.app.split('.').collect();
        let is_number = |part: &&str| part.len() <= 4 && part.parse::<u16>().is_ok();
        if version.len() != 3 || !version.iter().all(is_number) {
            report("the version of the program is no version");
        }
        if self.source.as_ref().is_some_and(|source| !is_hex(source, 32)) {
            report("its source is not 32 hexadecimal digits");
        }
        if self.import.risk.as_ref().is_some_and(|risk| !risk.is_in_bands()) {
            report("a share of people who can be singled out is told more exactly than in bands");
        }
        if self.import.reason.as_ref().is_some_and(|reason| !reason.is_in_form()) {
            report("its reason is longer than a reason is, or holds characters that steer");
        }
        let follows = |a: Role, b: Role| a < b || (a == b && a == Role::Attribute);
        if !self.import.columns.is_sorted_by(|a, b| follows(a.role, b.role)) {
            report("the columns that were read are not in their order, or one is there twice");
        }
        let read = self.import.columns.iter().filter_map(|column| column.name.as_ref());
        let not_read = &self.import.names_not_read;
        if !not_read.is_empty() && !self.import.columns_not_read.is_some() {
            report("columns that were not read are told, and it is said that there are none");
        }
        if not_read.len() > Facts::NAMES_TOLD {
            report("more columns are told that were not read than ever are");
        }
        if !read.chain(not_read).map(String::as_str).all(is_plain_name) {
            report("a column is told by a name that could be something else");
        }
        found
    }

    /// Whether every file has the hash that is listed for it, and none is missing or too many.
    pub(super) fn check_files(&self, files: &[File]) -> Vec<Finding> {
        let mut found = Vec::new();
        for listed in &self.files {
            match files.iter().find(|(name, _)| *name == listed.name) {
                None => found.push(Finding::new(
                    place(&listed.name),
                    "the manifest lists it, but the package does not have it",
                )),
                Some((_, bytes)) if sha256(bytes) != listed.sha256 => found.push(Finding::new(
                    place(&listed.name),
                    "its bytes are not those of the hash in the manifest",
                )),
                Some(_) => {}
            }
        }
        for (name, _) in files {
            if name != NAME && !self.files.iter().any(|listed| listed.name == *name) {
                found.push(Finding::new(place(name), "the manifest does not list it"));
            }
        }
        let names = || files.iter().map(|(name, _)| name).filter(|name| *name != NAME);
        if !names().eq(self.files.iter().map(|listed| &listed.name)) {
            found.push(Finding::new(NAME, "the files are not in the order of the archive"));
        }
        found
    }
}

impl Listed {
    pub(super) fn new(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), sha256: sha256(bytes) }
    }
}

/// The one way in which this program writes JSON into a package: two spaces, one newline at the
/// end, keys in the order of the fields.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

/// 64 hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether a text is so many lower-case hexadecimal digits.
pub(super) fn is_hex(text: &str, digits: usize) -> bool {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == digits && text.as_bytes().iter().all(is_digit)
}

/// The name of a file, as far as it may be repeated: a stranger may have chosen it.
pub(super) fn place(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    if name.len() <= 80 && name.chars().all(plain) { name.to_owned() } else { "a file".to_owned() }
}
