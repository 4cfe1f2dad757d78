//! Packages read back: untrusted until everything that can be checked has been.
//!
//! *Invariant:* this is the only place outside the vault that seals a view, and it does so after
//! the view's structure and every hash have held.

use super::archive::{File, pack, unpack};
use super::manifest::{self, Manifest, place};
use super::parts::{Part, picture};
use super::{Check, Finding, Unreadable};
use crate::audit;
use crate::views::{Disclosed, View};

/// What `verify` has to say about a package.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub checks: Vec<Check>,
    /// Empty where every check passed.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// A damaged package can have thousands; the first tell enough.
    const MOST_FINDINGS: usize = 100;

    fn check(&mut self, sentence: &str, found: Vec<Finding>) -> bool {
        let passed = found.is_empty();
        self.checks.push(Check { sentence: sentence.to_owned(), passed });
        self.findings.extend(found);
        self.findings.truncate(Self::MOST_FINDINGS);
        passed
    }

    pub fn passed(&self) -> bool {
        self.findings.is_empty()
    }
}

/// A package that has been read.
pub struct Opened {
    /// Sealed where structure and hashes hold; otherwise none.
    pub views: Vec<Disclosed<View>>,
    pub verdict: Verdict,
}

/// Re-runs every check that needs no data. Never panics, whatever the bytes are.
pub fn verify(bytes: &[u8]) -> Result<Verdict, Unreadable> {
    open(bytes).map(|opened| opened.verdict)
}

/// Reads a package, checks it, and seals its views again where they may be trusted.
pub fn open(bytes: &[u8]) -> Result<Opened, Unreadable> {
    let claimed = Claimed::read(bytes)?;
    let mut verdict = Verdict::default();
    verdict.check(
        "The archive is written in the one way in which a package is written.",
        claimed.check_archive(bytes),
    );
    let hashes = verdict.check(
        "The manifest is whole, and every file has the hash that it lists.",
        claimed.check_manifest(),
    );
    let (views, broken) = claimed.views();
    verdict.check("The numbers can be read, and nothing else is among them.", broken);
    let mut sealed = Vec::new();
    for (name, view) in views {
        let found = audit::structure(&view).into_iter().map(|finding| Finding {
            place: format!("{}, {}", place(&Part::View.path(&name)), finding.place),
            ..finding
        });
        let structure = verdict.check(
            "Thresholds, rounding, sums, names and order hold for every number.",
            found.collect(),
        );
        verdict.check(
            "The manifest's policy and name are those of the view.",
            claimed.check_policy(&name, &view),
        );
        if structure {
            let view = Disclosed::after_control(view);
            verdict.check(
                "Table, drawing, page, statement and audit, written again from the numbers, are the same bytes.",
                claimed.check_parts(&name, &view),
            );
            sealed.push(view);
        }
    }
    if !hashes {
        sealed.clear();
    }
    Ok(Opened { views: sealed, verdict })
}

/// A package as somebody claims it to be.
struct Claimed {
    files: Vec<File>,
    manifest: Manifest,
}

/// All that is asked of a manifest at first: a later format may have fields that this version does
/// not know.
#[derive(serde::Deserialize)]
struct Format {
    format: u32,
}

impl Claimed {
    fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let files = unpack(bytes)?;
        let text = find(&files, manifest::NAME).ok_or(Unreadable::NoManifest)?;
        let Format { format } = serde_json::from_slice(text).map_err(|_| Unreadable::NoManifest)?;
        if format != manifest::FORMAT {
            return Err(Unreadable::Format(format));
        }
        let manifest = serde_json::from_slice(text).map_err(|_| Unreadable::NoManifest)?;
        Ok(Self { files, manifest })
    }

    /// Packs the same files again: other times, attributes, extra fields, comments, orders of the
    /// directory, bytes before, between and after, or a name twice give other bytes.
    fn check_archive(&self, bytes: &[u8]) -> Vec<Finding> {
        let mut found = Vec::new();
        let first = self.files.first().map(|(name, _)| name.as_str());
        if first != Some(manifest::NAME) {
            found.push(Finding::new("the archive", "it does not begin with the manifest"));
        }
        if pack(&self.files).ok().is_none_or(|again| again != bytes) {
            found.push(Finding::new(
                "the archive",
                "packed again from its own files it has other bytes; something was added, moved or changed",
            ));
        }
        found
    }

    fn check_manifest(&self) -> Vec<Finding> {
        let mut found = self.manifest.check(find(&self.files, manifest::NAME).unwrap_or_default());
        found.extend(self.manifest.check_files(&self.files));
        let [view] = self.manifest.views.as_slice() else {
            found.push(Finding::new(manifest::NAME, "a package of this format holds one view"));
            return found;
        };
        let mut known = Part::ALL.iter().map(|part| (part, part.path(view)));
        let mut files = self.manifest.files.iter();
        // The files are a subsequence of the parts in their order, with every required one in it.
        let mut next = files.next();
        for (part, path) in known.by_ref() {
            if next.is_some_and(|listed| listed.name == path) {
                next = files.next();
            } else if part.is_required() {
                found.push(Finding::new(place(&path), "it is missing, or not in its place"));
            }
        }
        if let Some(listed) = next {
            found.push(Finding::new(
                place(&listed.name),
                "it is not a file of a package, or not in its place",
            ));
        }
        found
    }

    /// The views that can be read, and what is wrong with the others.
    fn views(&self) -> (Vec<(String, View)>, Vec<Finding>) {
        let mut views = Vec::new();
        let mut found = Vec::new();
        for name in &self.manifest.views {
            let path = Part::View.path(name);
            let Some(text) = find(&self.files, &path) else {
                found.push(Finding::new(place(&path), "the view is missing"));
                continue;
            };
            let Ok(view) = serde_json::from_slice::<View>(text) else {
                found.push(Finding::new(place(&path), "it is not the JSON of a view"));
                continue;
            };
            if manifest::json(&view).ok().is_none_or(|again| again.as_bytes() != text) {
                found.push(Finding::new(
                    place(&path),
                    "it is not written in the one way in which a view is written",
                ));
            }
            views.push((name.clone(), view));
        }
        (views, found)
    }

    fn check_policy(&self, name: &str, view: &View) -> Vec<Finding> {
        let View::Flow(flow) = view else { unreachable!("only flows yet") };
        let policy = &self.manifest.policy;
        let mut found = Vec::new();
        if (policy.k(), policy.b(), policy.blur()) != (flow.k, flow.b, flow.spec.blur) {
            found.push(Finding::new(manifest::NAME, "its policy is not that of the view"));
        }
        if flow.spec.name != name {
            found.push(Finding::new(manifest::NAME, "its name for the view is not the view's own"));
        }
        found
    }

    /// Everything but the pixels is written again and compared. Pixels are held by their hash:
    /// they are a function of the drawing, but of a renderer's version too.
    fn check_parts(&self, name: &str, view: &Disclosed<View>) -> Vec<Finding> {
        let svg = picture(view);
        let rewritten = Part::ALL.into_iter().filter(|part| *part != Part::Png);
        let mut found = Vec::new();
        for part in rewritten {
            let path = part.path(name);
            let Some(bytes) = find(&self.files, &path) else { continue };
            let again = part.bytes(view.view(), &svg, &self.manifest.import);
            if again.ok().is_none_or(|again| again != bytes) {
                let what = if self.manifest.app == env!("CARGO_PKG_VERSION") {
                    "written again from the numbers it has other bytes".to_owned()
                } else {
                    format!(
                        "written again by version {} it has other bytes; verify it with the version that wrote it",
                        env!("CARGO_PKG_VERSION")
                    )
                };
                found.push(Finding::new(place(&path), what));
            }
        }
        found
    }
}

fn find<'a>(files: &'a [File], name: &str) -> Option<&'a [u8]> {
    files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.as_slice())
}
