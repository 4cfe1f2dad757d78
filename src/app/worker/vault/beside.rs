//! What leaves a project, beside what left it before.
//!
//! *Invariant:* the ledger comes and goes as bytes; what it says is words.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Ask, Failure, Refused, Room, Shown, Then, because, refused, shown_of};
use crate::project::{Kept as Bytes, Project};
use crate::vault::{Beside, Ledger};
use crate::views::{LedgerAnswer, LedgerFinding, Policy, Progress, Rules, Spec};

/// Views that may leave a project.
pub struct Weighed {
    pub shown: Vec<Arc<Shown>>,
    /// What the ledger says of them, the gravest first.
    pub findings: Vec<LedgerFinding>,
    /// Whether somebody else is to look at them.
    pub needs_reviewer: bool,
    /// The ledger with them in it, once they have left.
    pub ledger: Bytes,
}

/// Discloses views beside all that the project has released. That they may not leave is an answer.
pub(super) fn weigh(
    room: &mut Room,
    project: &Project,
    (specs, rules, policy): (&[Spec], &Rules, Policy),
    progress: &Progress,
) -> Result<Result<Weighed, Refused>, Failure> {
    let names = room.labels(rules, policy)?.names();
    let mut ledger = Ledger::from_bytes(&project.ledger).map_err(|error| because(&error))?;
    let weighed = room.vault()?.disclose_beside(&ledger, specs, rules, policy, progress);
    let mut beside: Beside = match refused(weighed)? {
        Ok(beside) => beside,
        Err(refused) => return Ok(Err(refused)),
    };
    let findings = beside.findings.clone();
    let answer = beside.answer();
    if answer == LedgerAnswer::Blocked {
        let worst = findings.into_iter().next().map(|found| found.sentence);
        let sentence = worst.unwrap_or_default();
        return Ok(Err(Refused { sentence, then: Then::AskElse }));
    }
    let disclosures = std::mem::take(&mut beside.disclosures);
    let ask = |spec: &Spec| Ask { spec: spec.clone(), policy, rules: rules.clone() };
    let shown = specs
        .iter()
        .zip(disclosures)
        .map(|(spec, disclosure)| Arc::new(shown_of(ask(spec), names.clone(), disclosure)))
        .collect();
    ledger.record(beside);
    Ok(Ok(Weighed {
        shown,
        findings,
        needs_reviewer: matches!(answer, LedgerAnswer::Reviewer | LedgerAnswer::CannotCompare),
        ledger: Zeroizing::new(ledger.to_bytes()).into(),
    }))
}

/// The one view that leaves by itself, as it may.
pub(super) fn weigh_alone(
    room: &mut Room,
    project: &Project,
    shown: &Shown,
    progress: &Progress,
) -> Result<Weighed, Failure> {
    let Ask { spec, policy, rules } = &shown.ask;
    let asked = (std::slice::from_ref(spec), rules, *policy);
    match weigh(room, project, asked, progress)? {
        Ok(weighed) if weighed.needs_reviewer => Err(Failure::Because(format!(
            "{} A view by itself has nobody who could review it; add it to a release.",
            weighed.findings.first().map_or("", |found| &found.sentence)
        ))),
        Ok(weighed) => Ok(weighed),
        Err(refused) => Err(Failure::Because(refused.sentence)),
    }
}
