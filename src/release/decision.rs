//! A reviewer's decision about a package: approved or rejected, for this manifest and no other.
//!
//! *Invariant:* what a decision of unknown origin says is believed only where its form, its manifest
//! and its signature have held; its words are never part of a finding.

use serde::{Deserialize, Serialize};

use super::archive::{File, pack, unpack};
use super::attached::{
    Attached, BOARD, DECISION, DECISION_SIGNATURE, REVIEWED, SIGNATURE, Signed, signed, split,
};
use super::manifest::{self, Listed, Manifest, json, place, sha256};
use super::open::{Opened, Verdict, examine};
use super::parts::{Content, Part, Place};
use super::{DecideError, Facts, Finding};
use crate::draw::text::plain;
use crate::keys::{PublicKey, SecretKey};
use crate::views::{Checkpoint, Disclosed, View};

#[cfg(test)]
mod tests;

/// Counts up with every change of the file's form.
const FORMAT: u32 = 1;
/// A longer one is read by nobody.
const LONGEST_COMMENT: usize = 4_000;
/// A longer file is no decision: there is one hash a picture in it.
const LARGEST: usize = 256 << 10;

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Approved,
    Rejected,
}

/// What no program can check, and a reviewer has to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    Purpose,
    Labels,
    Cohort,
    LeftOut,
    Outside,
    Audience,
}

impl Point {
    pub const ALL: [Self; 6] =
        [Self::Purpose, Self::Labels, Self::Cohort, Self::LeftOut, Self::Outside, Self::Audience];

    pub fn sentence(self) -> &'static str {
        match self {
            Self::Purpose => "The purpose is one that people agreed to",
            Self::Labels => "No label lets somebody be recognised",
            Self::Cohort => "Time and group of people are declared",
            Self::LeftOut => "Who was left out is no group of its own",
            Self::Outside => "Nothing known from elsewhere adds to it",
            Self::Audience => "Those who get it are those it is for",
        }
    }
}

/// A point of the list, and whether the reviewer says that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub point: Point,
    pub holds: bool,
}

/// What a reviewer says, before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub choice: Choice,
    /// The points that hold. To approve, all have to.
    pub holds: Vec<Point>,
    pub comment: String,
}

/// `decision.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    format: u32,
    pub decision: Choice,
    /// Of the file `manifest.json` that it is for.
    manifest_sha256: String,
    /// The number of the key that signs it.
    key: String,
    pub checklist: Vec<Answer>,
    pub comment: String,
    /// Pictures without the words that nobody has reviewed them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reviewed: Vec<Listed>,
}

/// A decision that is in a package, and what is known of its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub decision: Decision,
    pub signature: Signed,
    /// Whether its form, its manifest, its pictures and its signature are in order, as far as they
    /// could be checked.
    pub holds: bool,
}

impl Decided {
    pub fn is_approved(&self) -> bool {
        self.holds && self.decision.decision == Choice::Approved
    }
}

impl Decision {
    fn new(
        judgement: &Judgement,
        manifest: &[u8],
        key: &SecretKey,
        reviewed: &[File],
    ) -> Result<Self, DecideError> {
        let comment = tidy(&judgement.comment);
        if comment.chars().count() > LONGEST_COMMENT {
            return Err(DecideError::Comment(LONGEST_COMMENT));
        }
        let holds = |point| judgement.holds.contains(&point);
        let checklist = Point::ALL.map(|point| Answer { point, holds: holds(point) });
        if judgement.choice == Choice::Approved && !checklist.iter().all(|answer| answer.holds) {
            return Err(DecideError::Checklist);
        }
        Ok(Self {
            format: FORMAT,
            decision: judgement.choice,
            manifest_sha256: sha256(manifest),
            key: key.id().to_string(),
            checklist: checklist.to_vec(),
            comment,
            reviewed: reviewed.iter().map(|(name, bytes)| Listed::new(name, bytes)).collect(),
        })
    }

    /// What is wrong with it, apart from its signature and pictures.
    fn check(&self, text: &[u8], manifest: &[u8]) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut report = |what: &str| found.push(Finding::new(DECISION, what));
        if json(self).ok().is_none_or(|again| again.as_bytes() != text) {
            report("it is not written in the one way in which a decision is written");
        }
        if self.format != FORMAT {
            report("this version does not know its format; use a newer version");
        }
        if self.manifest_sha256 != sha256(manifest) {
            report("it is for another package: the hash in it is not that of this manifest");
        }
        if !self.checklist.iter().map(|answer| answer.point).eq(Point::ALL) {
            report("its checklist is not that of a review");
        }
        let is_approved = self.decision == Choice::Approved;
        if is_approved && !self.checklist.iter().all(|answer| answer.holds) {
            report("it approves although a point of the checklist does not hold");
        }
        if self.comment != tidy(&self.comment) || self.comment.chars().count() > LONGEST_COMMENT {
            report("its comment is longer than a comment is, or holds characters that steer");
        }
        found
    }
}

/// Lines without anything that steers a terminal or turns text around.
fn tidy(comment: &str) -> String {
    let lines: Vec<String> = comment.lines().map(plain).collect();
    lines.join("\n").trim().to_owned()
}

/// The pictures that an approval adds: where each is in the package, and its own name.
fn pictures(manifest: &Manifest) -> impl Iterator<Item = (Place, String)> + '_ {
    let listed = |path: &String| manifest.files.iter().any(|file| file.name == *path);
    Part::places(manifest.views.iter().map(String::as_str))
        .into_iter()
        .filter(move |known| known.part.is_picture() && listed(&known.path))
        .map(|known| {
            let path = format!("{REVIEWED}{}", known.path);
            (known, path)
        })
}

/// The decision that is attached to a package, and what is wrong with it. `views` are those of the
/// package where they could be sealed.
pub(super) fn check(
    attached: &Attached<'_>,
    manifest: &Manifest,
    manifest_text: &[u8],
    (views, history): (&[Disclosed<View>], Option<&Checkpoint>),
    keys: &[PublicKey],
) -> (Option<Decided>, Vec<Finding>) {
    let Some(text) = attached.decision else {
        let mut found: Vec<Finding> = attached.reviewed.iter().map(stray).collect();
        if attached.decision_signature.is_some() {
            found.push(Finding::new(DECISION_SIGNATURE, "the decision that it signs is missing"));
        }
        return (None, found);
    };
    let parsed = if text.len() > LARGEST { None } else { serde_json::from_slice(text).ok() };
    let Some(decision): Option<Decision> = parsed else {
        return (None, vec![Finding::new(DECISION, "it is not the JSON of a decision")]);
    };
    let mut found = decision.check(text, manifest_text);
    let (signature, wrong) = signed(attached.decision_signature, text, DECISION_SIGNATURE, keys);
    found.extend(wrong);
    match signature {
        Signed::Not => found.push(Finding::new(DECISION, "nobody has signed it")),
        Signed::Unchecked(key) | Signed::Good(key) if key.to_string() != decision.key => {
            found.push(Finding::new(DECISION, "it names another key than the one that signed it"));
        }
        _ => {}
    }
    found.extend(check_pictures(&decision, attached.reviewed, manifest, (views, history)));
    (Some(Decided { decision, signature, holds: found.is_empty() }), found)
}

fn stray((name, _): &File) -> Finding {
    Finding::new(place(name), "no decision lists it")
}

/// Whether the pictures are those that the decision lists and that the package has, and the same
/// bytes as drawn from the numbers, where these are a function of the numbers alone.
fn check_pictures(
    decision: &Decision,
    reviewed: &[File],
    manifest: &Manifest,
    (views, history): (&[Disclosed<View>], Option<&Checkpoint>),
) -> Vec<Finding> {
    let adds = decision.decision == Choice::Approved && manifest.import.review_required;
    let expected: Vec<_> = if adds { pictures(manifest).collect() } else { Vec::new() };
    let names = expected.iter().map(|(_, path)| path);
    if !names.clone().eq(decision.reviewed.iter().map(|listed| &listed.name))
        || !names.eq(reviewed.iter().map(|(name, _)| name))
    {
        let what = "the pictures that it adds are not those of the package, once each and in order";
        return vec![Finding::new(DECISION, what)];
    }
    let mut found = Vec::new();
    for (listed, (name, bytes)) in decision.reviewed.iter().zip(reviewed) {
        if listed.sha256 != sha256(bytes) {
            let what = "its bytes are not those of the hash in the decision";
            found.push(Finding::new(place(name), what));
        }
    }
    // Without views there are findings already.
    if views.len() == manifest.views.len() {
        let views: Vec<&Disclosed<View>> = views.iter().collect();
        let facts = reviewed_facts(manifest);
        let content = Content::new(&views, manifest.policy, &facts).with_history(history);
        for ((known, path), (_, bytes)) in expected.into_iter().zip(reviewed) {
            let is_written_again = !known.part.is_held_by_hash();
            let again = || content.bytes(&known, &[]).ok();
            if is_written_again && again().is_none_or(|again| again != *bytes) {
                found.push(Finding::new(
                    place(&path),
                    "written again from the numbers it has other bytes",
                ));
            }
        }
    }
    found
}

/// What is told of the import in pictures that somebody has reviewed.
fn reviewed_facts(manifest: &Manifest) -> Facts {
    Facts { review_required: false, ..manifest.import.clone() }
}

/// What a review that is demanded still lacks, and whether somebody said no.
pub(super) fn check_answer(demanded: bool, decided: Option<&Decided>) -> Vec<Finding> {
    // What is wrong with a decision that does not hold has been said.
    let what = match decided.map(|decided| decided.decision.decision) {
        Some(Choice::Rejected) => "the reviewer rejected this package; do not pass it on",
        None if demanded => {
            "the policy demands that somebody reviews this package, and no decision is in it"
        }
        Some(Choice::Approved) | None => return Vec::new(),
    };
    vec![Finding::new(DECISION, what)]
}

/// Adds a signed decision to a package, in place of one that is there. `keys` are the public keys
/// that the package may be signed with; without any, its signature is taken as it is.
pub fn decide(
    package: &[u8],
    judgement: &Judgement,
    key: &SecretKey,
    keys: &[PublicKey],
) -> Result<Vec<u8>, DecideError> {
    let files = unpack(package)?;
    let repacked =
        |files: &[File]| pack(files).map_err(|error| DecideError::Built(error.to_string()));
    let (listed, attached) = split(&files);
    let mut decided = listed.to_vec();
    decided.extend(attached.signature.map(|bytes| (SIGNATURE.to_owned(), bytes.to_vec())));
    let before = repacked(&decided)?;
    let opened = examine(&before, keys, false)?;
    if judgement.choice == Choice::Approved {
        // What was around the files would be gone in what is written, and seen by nobody.
        let verdict = if repacked(&files)? == package {
            opened.verdict.clone()
        } else {
            examine(package, keys, false)?.verdict
        };
        if !verdict.passed() {
            return Err(DecideError::Found(verdict.findings));
        }
    }
    let adds = judgement.choice == Choice::Approved && opened.manifest.import.review_required;
    let reviewed = if adds { draw_reviewed(&opened)? } else { Vec::new() };
    let manifest = listed.first().filter(|(name, _)| name == manifest::NAME);
    let (_, manifest) = manifest.ok_or(super::Unreadable::NoManifest)?;
    let decision = Decision::new(judgement, manifest, key, &reviewed)?;
    let text = json(&decision).map_err(|error| DecideError::Built(error.to_string()))?;
    let signature = key.sign(text.as_bytes())?;
    decided.extend(reviewed);
    decided.push((DECISION.to_owned(), text.into_bytes()));
    decided.push((DECISION_SIGNATURE.to_owned(), signature.text().as_bytes().to_vec()));
    decided.extend(attached.board.map(|bytes| (BOARD.to_owned(), bytes.to_vec())));
    let bytes = repacked(&decided)?;
    if judgement.choice == Choice::Approved {
        // What leaves is checked as a reader gets it.
        let verdict = verify_own(&bytes, key, keys)?;
        if !verdict.passed() {
            return Err(DecideError::Found(verdict.findings));
        }
    }
    Ok(bytes)
}

/// With the reviewer's own key among those that are asked for, where any is.
fn verify_own(bytes: &[u8], key: &SecretKey, keys: &[PublicKey]) -> Result<Verdict, DecideError> {
    let mut all = keys.to_vec();
    if !all.is_empty() {
        all.push(key.public().clone());
    }
    Ok(examine(bytes, &all, true)?.verdict)
}

fn draw_reviewed(opened: &Opened) -> Result<Vec<File>, DecideError> {
    let views: Vec<&Disclosed<View>> = opened.views.iter().collect();
    let facts = reviewed_facts(&opened.manifest);
    let content =
        Content::new(&views, opened.manifest.policy, &facts).with_history(opened.history.as_ref());
    let drawn = pictures(&opened.manifest).map(|(known, path)| {
        let bytes = content.bytes(&known, &[]);
        bytes.map(|bytes| (path, bytes)).map_err(|error| DecideError::Built(error.to_string()))
    });
    drawn.collect()
}
