//! The package that would leave: all its views disclosed together, written, and attacked from its own
//! bytes; and an earlier package beside it.
//!
//! *Invariant:* what is reported is disclosed, in bands, or about files.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::{
    Ask, Failure, Outcome, Packed, Refused, Room, Shown, Then, because, beside, open_words,
    read_statement, refused, sentence, shown_of,
};
use crate::project::{Kept as Bytes, Project};
use crate::release::{
    self, Contents, Facts, Finding, Formats, Reason, ReleaseError, SomeOrNone, Verdict,
};
use crate::views::{
    self, Disclosed, LabelFinding, LedgerFinding, Policy, Progress, RiskBands, Rules, Spec, Unit,
};

/// What shall leave.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// At least one.
    pub specs: Vec<Spec>,
    pub policy: Policy,
    pub rules: Rules,
    pub formats: Formats,
    /// What it is for, where it has been said.
    pub reason: Option<Reason>,
    /// Counts up with what leaves a project by the way; a package is made beside all of it.
    pub beside: u64,
}

/// A package as it can leave.
pub struct Made {
    pub package: release::Package,
    /// The statement that is in the package, word for word.
    pub statement: String,
    /// What the ledger of the project says of it, and the ledger with it, once it has left.
    pub findings: Vec<LedgerFinding>,
    pub ledger: Option<Bytes>,
    /// Whether somebody else is to look at it before it is passed on.
    pub needs_review: bool,
}

/// Why the views cannot leave like this.
pub struct Kept {
    pub sentence: String,
    /// What the attacker found, where it was the attacker.
    pub findings: Vec<Finding>,
    pub then: Then,
}

/// The views of a release, protected together, while nothing but the formats changes.
pub(super) struct Together {
    specs: Vec<Spec>,
    policy: Policy,
    rules: Rules,
    shown: Vec<Arc<Shown>>,
    unresolved: Vec<LabelFinding>,
    risk: Option<RiskBands>,
    beside: u64,
    findings: Vec<LedgerFinding>,
    needs_reviewer: bool,
    ledger: Option<Bytes>,
}

impl Together {
    fn is_of(&self, wanted: &Wanted) -> bool {
        let Wanted { specs, policy, rules, beside, .. } = wanted;
        (&self.specs, &self.policy, &self.rules, &self.beside) == (specs, policy, rules, beside)
    }
}

/// Makes the package. That it may not leave is an answer too. `known` is the view on the screen,
/// which is not counted again where it leaves alone.
pub(super) fn pack(
    room: &mut Room,
    wanted: Wanted,
    facts: Facts,
    (known, project): (Option<Arc<Shown>>, Option<Arc<Project>>),
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let kept = |shown: Vec<Arc<Shown>>, wanted: Wanted, kept: Kept| {
        Ok(Outcome::Packed(Arc::new(Packed { wanted, shown, made: Err(kept) })))
    };
    if !room.together.as_ref().is_some_and(|together| together.is_of(&wanted)) {
        room.together = None;
        match together(room, &wanted, (known, project.as_deref()), progress)? {
            Ok(together) => room.together = Some(together),
            Err(Refused { sentence, then }) => {
                return kept(Vec::new(), wanted, Kept { sentence, findings: Vec::new(), then });
            }
        }
    }
    let Some(together) = &room.together else { return Err(Failure::Stopped) };
    let shown = together.shown.clone();
    let review = facts.review_required || together.needs_reviewer;
    let facts = Facts { drawn_as_other: SomeOrNone::of(together.unresolved.len()), ..facts }
        .with_risk(together.risk.clone())
        .with_review(review)
        .with_reason(wanted.reason.clone());
    let source = project.as_ref().and_then(|project| project.source.as_ref()?.bytes());
    progress.check().map_err(|_| Failure::Stopped)?;
    let package = release::write(&Contents {
        views: shown.iter().map(|shown| &shown.view).collect(),
        policy: wanted.policy,
        facts,
        formats: wanted.formats,
        source,
        history: project.map(|project| project.history.checkpoint()),
    });
    match package {
        Ok(package) => {
            let statement = read_statement(&package.bytes).unwrap_or_default();
            let (findings, ledger) = (together.findings.clone(), together.ledger.clone());
            let made = Ok(Made { package, statement, findings, ledger, needs_review: review });
            Ok(Outcome::Packed(Arc::new(Packed { wanted, shown, made })))
        }
        Err(ReleaseError::Refused(findings)) => {
            let what = "Somebody could find a small group with the numbers of this package. It is \
                        held until that is settled.";
            let then = Then::AskForLess;
            kept(shown, wanted, Kept { sentence: what.to_owned(), findings, then })
        }
        Err(error) => Err(because(&error)),
    }
}

/// Protects the views of a release together, and measures how many can be singled out.
fn together(
    room: &mut Room,
    wanted: &Wanted,
    (known, project): (Option<Arc<Shown>>, Option<&Project>),
    progress: &Progress,
) -> Result<Result<Together, Refused>, Failure> {
    let Wanted { specs, policy, rules, .. } = wanted;
    let labels = room.labels(rules, *policy)?;
    if let open @ 1.. = labels.open().count() {
        return Ok(Err(Refused { sentence: open_words(open), then: Then::Settle }));
    }
    let ask = |spec: &Spec| Ask { spec: spec.clone(), policy: *policy, rules: rules.clone() };
    let known = known.filter(|known| matches!(&specs[..], [only] if known.ask == ask(only)));
    let (mut findings, mut needs_reviewer, mut ledger) = (Vec::new(), false, None);
    let shown: Vec<Arc<Shown>> = match (project, known) {
        (Some(project), _) => {
            let asked = (&specs[..], rules, *policy);
            match beside::weigh(room, project, asked, progress)? {
                Ok(weighed) => {
                    findings = weighed.findings;
                    needs_reviewer = weighed.needs_reviewer;
                    ledger = Some(weighed.ledger);
                    weighed.shown
                }
                Err(refused) => return Ok(Err(refused)),
            }
        }
        (None, Some(known)) => vec![known],
        (None, None) => match refused(room.vault()?.disclose(specs, rules, *policy, progress))? {
            Ok(disclosures) => {
                let each = specs.iter().zip(disclosures);
                let shown = |(spec, it)| Arc::new(shown_of(ask(spec), labels.names(), it));
                each.map(shown).collect()
            }
            Err(refused) => return Ok(Err(in_words(specs, refused))),
        },
    };
    let shows_steps = |spec: &&Spec| matches!(spec.ask, views::Ask::Flow(_) | views::Ask::Paths(_));
    let of = specs.iter().find(shows_steps).or(specs.first());
    let vault = room.vault()?;
    let risk = match of {
        // Too few or too little to measure is no reason to keep the package back.
        Some(spec) => refused(vault.risk(spec, rules, *policy, progress))?.ok(),
        None => None,
    };
    Ok(Ok(Together {
        specs: specs.clone(),
        policy: *policy,
        rules: rules.clone(),
        unresolved: vault.label_findings(rules),
        risk: risk.map(|risk| risk.bands()),
        shown,
        beside: wanted.beside,
        findings,
        needs_reviewer,
        ledger,
    }))
}

/// Whether some views count people and others sessions, or what is counted among sessions.
pub fn has_two_units(specs: &[Spec]) -> bool {
    let people = specs.iter().filter(|spec| spec.unit == Unit::People).count();
    people > 0 && people < specs.len()
}

/// Why views cannot leave together, where more can be said than that they cannot.
fn in_words(specs: &[Spec], refused: Refused) -> Refused {
    if refused.then != Then::AskElse || !has_two_units(specs) {
        return refused;
    }
    let sentence = "Some of these views count people and others sessions. Of the same people a \
                    package tells only one of the two: who has both can subtract them.";
    Refused { sentence: sentence.to_owned(), ..refused }
}

/// An earlier package beside the one that would leave.
pub struct Compared {
    /// The package it was compared with.
    pub with: Arc<Packed>,
    /// What it shows, or why it cannot be compared, in a sentence.
    pub earlier: Result<Earlier, String>,
}

/// What is told of an earlier package.
pub struct Earlier {
    pub summary: Summary,
    /// What both give away together; absent where they were not attacked together.
    pub joint: Option<Verdict>,
    pub notes: Vec<&'static str>,
}

/// A package in a few words and numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Everybody of the largest view that counts people.
    pub people: Option<u64>,
    pub k: u32,
    pub b: u32,
    /// Of the view with the fewest names.
    pub by_name_band: [u8; 2],
    pub views: Vec<String>,
}

impl Summary {
    pub fn of(views: &[&views::View], policy: Policy) -> Self {
        let people = views.iter().filter(|view| view.head().unit == Unit::People);
        Self {
            people: people.map(|view| view.head().people).max(),
            k: policy.k(),
            b: policy.b(),
            by_name_band: views.iter().map(|it| it.head().by_name_band).min().unwrap_or_default(),
            views: views.iter().map(|view| view.name().to_owned()).collect(),
        }
    }
}

/// Reads a package from a file and attacks it together with the one that would leave.
pub(super) fn compare(path: &Path, with: Arc<Packed>) -> Outcome {
    let earlier = earlier(path, &with);
    Outcome::Compared(Arc::new(Compared { with, earlier }))
}

fn earlier(path: &Path, with: &Packed) -> Result<Earlier, String> {
    let bytes = read(path)
        .map_err(|error| sentence(&format!("the package cannot be read: {}", error.kind())))?;
    let opened = release::open(&bytes).map_err(|error| sentence(&error.to_string()))?;
    if opened.views.is_empty() {
        return Err("This package does not pass its own checks, so its numbers are not compared. \
                    Ask for the file again."
            .to_owned());
    }
    let views: Vec<&views::View> = opened.views.iter().map(Disclosed::view).collect();
    let summary = Summary::of(&views, opened.policy);
    let now = with.made.as_ref().ok().map(|made| made.package.bytes.as_slice());
    let together = now.map(|now| release::verify_jointly(&[(1, &bytes), (2, now)]));
    let (joint, notes) = together.map_or((None, Vec::new()), |together| {
        (together.joint.filter(|_| !together.contradiction), together.notes)
    });
    Ok(Earlier { summary, joint, notes })
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than a package may have is enough to refuse it.
    let file = File::open(path)?;
    file.take(release::LARGEST_PACKAGE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
