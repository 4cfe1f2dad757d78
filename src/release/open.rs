//! Packages read back: untrusted until everything that can be checked has been.
//!
//! *Invariant:* this is the only place outside the vault that seals a view, and it does so after
//! the view's structure and every hash have held.

use super::archive::{File, pack, unpack};
use super::attached::{Attached, SIGNATURE, Signed, signed, split};
use super::decision::{self, Decided};
use super::manifest::{self, Manifest, place};
use super::parts::{self, Content, Part};
use super::present::{self, Presented};
use super::{Check, Facts, Finding, Unreadable, history, joint};
use crate::audit;
use crate::board::Workshop;
use crate::keys::PublicKey;
use crate::views::{Checkpoint, Disclosed, Policy, View};

/// A package of more views is not believed.
const MOST_VIEWS: usize = 100;

/// What `verify` has to say about a package.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub checks: Vec<Check>,
    /// Empty where every check passed.
    pub findings: Vec<Finding>,
    /// What is known of the signature of the manifest.
    pub signature: Signed,
    /// The reviewer's decision, where one is in it.
    pub decision: Option<Decided>,
    /// What a presenter file is shown with, where there is such a thing and it is in order.
    pub presented: Option<Presented>,
}

impl Verdict {
    /// A damaged package can have thousands; the first tell enough.
    const MOST_FINDINGS: usize = 100;

    pub(super) fn check(&mut self, sentence: &str, found: Vec<Finding>) -> bool {
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
    /// The thresholds as the package claims them.
    pub policy: Policy,
    /// What tells its import from others, as the package claims it.
    pub source: Option<String>,
    /// How far the history of its project had come, as the package claims it.
    pub history: Option<Checkpoint>,
    /// Boards and slides of a presenter file, where they are in order.
    pub workshop: Option<Workshop>,
    pub verdict: Verdict,
    pub(super) manifest: Manifest,
    pub(super) files: Vec<File>,
}

/// Re-runs every check that needs no data. Never panics, whatever the bytes are.
pub fn verify(bytes: &[u8]) -> Result<Verdict, Unreadable> {
    verify_with(bytes, &[])
}

/// The same with the public keys that a package has to be signed with.
pub fn verify_with(bytes: &[u8], keys: &[PublicKey]) -> Result<Verdict, Unreadable> {
    open_with(bytes, keys).map(|opened| opened.verdict)
}

/// The same of a package that was written a moment ago: a review that is demanded can only come after.
pub fn verify_written(bytes: &[u8], keys: &[PublicKey]) -> Result<Verdict, Unreadable> {
    examine(bytes, keys, false).map(|opened| opened.verdict)
}

/// Reads a package, checks it, and seals its views again where they may be trusted.
pub fn open(bytes: &[u8]) -> Result<Opened, Unreadable> {
    open_with(bytes, &[])
}

/// The same. With keys, every signature in the package has to be of one of them, and there has to be
/// one.
pub fn open_with(bytes: &[u8], keys: &[PublicKey]) -> Result<Opened, Unreadable> {
    examine(bytes, keys, true)
}

/// The same; with `answered` it is a finding where a decision that is demanded is missing.
pub(super) fn examine(
    bytes: &[u8],
    keys: &[PublicKey],
    answered: bool,
) -> Result<Opened, Unreadable> {
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
    let readable =
        verdict.check("The numbers can be read, and nothing else is among them.", broken);
    let structure = verdict.check(
        "Thresholds, rounding, sums, names and order hold for every number.",
        views.iter().flat_map(parts::structure).collect(),
    );
    let policy = verdict.check(
        "The manifest's policy and names are those of the views, and the views go together.",
        claimed.check_policy(&views),
    );
    let (history, broken) = history::read(&claimed.files);
    let history_holds = history.is_none() && broken.is_empty()
        || verdict.check("The checkpoint of the history has the form of one.", broken);
    let is_whole = readable && structure;
    let views = if is_whole { views } else { Vec::new() };
    let sealed: Vec<Disclosed<View>> = views.into_iter().map(Disclosed::after_control).collect();
    if is_whole && policy && history_holds {
        verdict.check(
            "Tables, drawings, page, statement and audit, written again from the numbers, are the same bytes.",
            claimed.check_parts(&sealed, history.as_ref()),
        );
        verdict.check("Taken together, the numbers give no small group away.", attack(&sealed));
    }
    // Who knows the hashes to be wrong trusts nothing.
    let views = if hashes { sealed } else { Vec::new() };
    claimed.check_attached(&mut verdict, (&views, history.as_ref()), keys, answered);
    let workshop = claimed.check_board(&views, &mut verdict);
    let Claimed { files, manifest, .. } = claimed;
    Ok(Opened {
        views,
        policy: manifest.policy,
        source: manifest.source.clone(),
        history,
        workshop,
        verdict,
        manifest,
        files,
    })
}

/// What all views of a package give away together. That they contradict each other is a finding.
fn attack(views: &[Disclosed<View>]) -> Vec<Finding> {
    let paths: Vec<String> =
        views.iter().map(|view| place(&Part::View.path(view.view().name()))).collect();
    let named: Vec<(&str, &View)> =
        paths.iter().map(String::as_str).zip(views.iter().map(Disclosed::view)).collect();
    let attacked = joint::attack(&named, &audit::Knows::default(), audit::Steps::default());
    let mut found = audit::coarser::check(&named);
    found.extend(attacked.leaks.into_iter().map(|leak| leak.finding));
    if attacked.contradiction {
        found.push(Finding::new("the views", "their numbers contradict each other"));
    }
    found
}

/// A package as somebody claims it to be.
struct Claimed {
    /// All of them; the manifest has to list the first so many.
    files: Vec<File>,
    listed: usize,
    manifest: Manifest,
}

/// A longer manifest is not read: one that lists every file there can be is far shorter.
const LARGEST_MANIFEST: usize = 1 << 20;

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
        if text.len() > LARGEST_MANIFEST {
            return Err(Unreadable::TooLarge("a manifest of more than 1 MB"));
        }
        let Format { format } = serde_json::from_slice(text).map_err(|_| Unreadable::NoManifest)?;
        if format != manifest::FORMAT {
            return Err(Unreadable::Format(format));
        }
        let manifest = serde_json::from_slice(text).map_err(|_| Unreadable::NoManifest)?;
        let listed = split(&files).0.len();
        Ok(Self { files, listed, manifest })
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
        found.extend(self.manifest.check_files(&self.files[..self.listed]));
        let names = &self.manifest.views;
        if names.is_empty() || names.len() > MOST_VIEWS {
            found.push(Finding::new(
                manifest::NAME,
                format!("a package holds 1 to {MOST_VIEWS} views"),
            ));
            return found;
        }
        let mut sorted: Vec<&String> = names.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() < names.len() {
            found.push(Finding::new(manifest::NAME, "two of its views have the same name"));
            return found;
        }
        let mut files = self.manifest.files.iter();
        // The files are a subsequence of the parts in their order, with every required one in it.
        let mut next = files.next();
        let has = |name: &str| self.manifest.files.iter().any(|listed| listed.name == name);
        for known in Part::places(names.iter().map(String::as_str)) {
            if next.is_some_and(|listed| listed.name == known.path) {
                next = files.next();
            } else if known.is_required(has) {
                found.push(Finding::new(place(&known.path), "it is missing, or not in its place"));
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
    fn views(&self) -> (Vec<View>, Vec<Finding>) {
        let mut views = Vec::new();
        let mut found = Vec::new();
        for name in self.manifest.views.iter().take(MOST_VIEWS) {
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
            views.push(view);
        }
        (views, found)
    }

    /// Whether the views are those of the manifest, and may be in one package.
    fn check_policy(&self, views: &[View]) -> Vec<Finding> {
        let policy = &self.manifest.policy;
        let mut found = Vec::new();
        let mut report = |what: &str| found.push(Finding::new(manifest::NAME, what));
        for view in views.iter().flat_map(|view| std::iter::once(view).chain(view.parts())) {
            let head = view.head();
            if (policy.k(), policy.b(), policy.blur()) != (head.k, head.b, head.blur) {
                report("its policy is not that of a view");
            }
            let cap = if let View::Map(map) = view { map.spec.asked.cap } else { None };
            if cap.is_some_and(|cap| cap != policy.cap()) {
                report("its cap is not that of a map");
            }
        }
        let people = views.iter().map(|view| view.head().people).min().unwrap_or(0);
        let facts = &self.manifest.import;
        let has_shares =
            facts.risk.is_some() || facts.protection.is_some_and(|it| it.kept_band.is_some());
        if has_shares && !Facts::has_shares(people, policy.k()) {
            report("it tells shares of people where there are too few of them");
        }
        if !self.manifest.views.iter().eq(views.iter().map(View::name)) {
            report("its names for the views are not the views' own");
        }
        let is_alone = matches!(views, [View::Flow(_) | View::Paths(_) | View::Funnel(_)]);
        if policy.b() == 1 && !is_alone {
            report("a rounding base of 1 is for one flow, one funnel or one list of paths alone");
        }
        found
    }

    /// Signatures and the decision, where there are any or somebody asks for them.
    fn check_attached(
        &self,
        verdict: &mut Verdict,
        (views, history): (&[Disclosed<View>], Option<&Checkpoint>),
        keys: &[PublicKey],
        answered: bool,
    ) {
        let (_, attached) = split(&self.files);
        let text = find(&self.files, manifest::NAME).unwrap_or_default();
        let (signature, mut found) = signed(attached.signature, text, SIGNATURE, keys);
        verdict.signature = signature;
        let Attached { decision, decision_signature, reviewed, .. } = attached;
        let is_decided = decision.is_some() || decision_signature.is_some() || !reviewed.is_empty();
        if !keys.is_empty() && signature == Signed::Not && decision_signature.is_none() {
            found.push(Finding::new(
                manifest::NAME,
                "it is not signed, and a public key was given to check it with",
            ));
        }
        if !keys.is_empty() {
            // A decision is for this manifest, so its signature speaks for the package as well.
            let sentence = match (signature, decision_signature) {
                (Signed::Not, Some(_)) => {
                    "The package itself is not signed; the decision about it has to be, by a key that was given."
                }
                (Signed::Not, None) => {
                    "The package, or a decision about it, is signed by a key that was given."
                }
                _ => "The package is signed by a key that was given.",
            };
            verdict.check(sentence, found);
        } else if attached.signature.is_some() {
            verdict.check("The signature is one in its form; whose it is was not asked.", found);
        }
        if is_decided {
            let (decided, found) =
                decision::check(&attached, &self.manifest, text, (views, history), keys);
            verdict.decision = decided;
            let sentence = if keys.is_empty() {
                "The decision is for this package and no other, whole and signed, with the pictures that it adds."
            } else {
                "The decision is for this package and no other, whole and signed by a key that was given, with the pictures that it adds."
            };
            verdict.check(sentence, found);
        }
        let demanded = self.manifest.import.review_required && answered;
        if demanded || verdict.decision.is_some() {
            let found = decision::check_answer(demanded, verdict.decision.as_ref());
            let sentence = "Nobody has rejected it, and a review that is demanded has approved it.";
            verdict.check(sentence, found);
        }
    }

    /// The board of a presenter file. Nothing signs it.
    fn check_board(&self, views: &[Disclosed<View>], verdict: &mut Verdict) -> Option<Workshop> {
        let (_, attached) = split(&self.files);
        let (workshop, found) = present::check(attached.board?, &self.manifest.views, views);
        let holds = verdict.check(
            "The board names what this package publishes and nothing else, and its pictures can be drawn.",
            found,
        );
        let workshop = workshop.filter(|_| holds);
        verdict.presented = workshop.as_ref().map(Presented::of);
        workshop
    }

    /// Everything but pixels, PDF and Parquet is written again and compared. These are held by their
    /// hash: they are a function of the view, but of a library's version too.
    fn check_parts(&self, views: &[Disclosed<View>], history: Option<&Checkpoint>) -> Vec<Finding> {
        let views: Vec<&Disclosed<View>> = views.iter().collect();
        let content =
            Content::new(&views, self.manifest.policy, &self.manifest.import).with_history(history);
        let mut found = Vec::new();
        for known in content.places() {
            let path = &known.path;
            let Some(bytes) = find(&self.files, path).filter(|_| !known.part.is_held_by_hash())
            else {
                continue;
            };
            if content.bytes(&known, &self.files).ok().is_none_or(|again| again != bytes) {
                let what = if self.manifest.app == env!("CARGO_PKG_VERSION") {
                    "written again from the numbers it has other bytes".to_owned()
                } else {
                    format!(
                        "written again by version {} it has other bytes; verify it with the version that wrote it",
                        env!("CARGO_PKG_VERSION")
                    )
                };
                found.push(Finding::new(place(path), what));
            }
        }
        found
    }
}

fn find<'a>(files: &'a [File], name: &str) -> Option<&'a [u8]> {
    files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.as_slice())
}
