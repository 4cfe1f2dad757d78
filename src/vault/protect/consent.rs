//! Whose journeys may be counted: consent by purpose, and erasure.
//!
//! Consent is known from the event files themselves, from registers, or from both; where they
//! contradict each other the more careful answer counts. Nobody is counted who refused one of the
//! purposes, and nobody of whom nothing is known, unless the plan says otherwise. Who asked to be
//! erased is not counted whatever she agreed to.
//!
//! *Invariant:* people are compared by keyed pseudonym. What is left of a list is numbers.

use std::collections::HashSet;

use rayon::prelude::*;

use super::key::Key;
use super::lists::List;
use super::lists::Pseudonym;
use super::lists::erasure::Erasures;
use super::lists::register::{Register, is_same_purpose};
use crate::vault::ProtectError;
use crate::vault::journeys::Store;
use crate::views::{
    ConsentState, Progress, Protection, ProtectionPlan, PurposeCount, UnknownConsent,
};

/// Why somebody is counted or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Erased,
    WithoutConsent,
}

/// The store without those who may not be counted, and a report of who they were.
///
/// # Errors
/// Where a list cannot be read or understood, or nothing is known about a purpose.
pub(in crate::vault) fn apply(
    store: Store,
    key: &Key,
    plan: &ProtectionPlan,
    progress: &Progress,
) -> Result<(Store, Protection), ProtectError> {
    if plan.purposes.is_empty() && !plan.registers.is_empty() {
        return Err(ProtectError::Unusable(
            "a consent register is given, and no purpose; say which with --consent PURPOSE"
                .to_owned(),
        ));
    }
    let mut register = Register::about(&plan.purposes);
    for path in &plan.registers {
        progress.check()?;
        register.add(&List::read(path)?, key)?;
    }
    let mut erasures = Erasures::default();
    for path in &plan.erasures {
        progress.check()?;
        erasures.add(&List::read(path)?, key)?;
    }
    for (at, purpose) in plan.purposes.iter().enumerate() {
        let in_files = store.consent.iter().any(|own| is_same_purpose(&own.purpose, purpose));
        if !in_files && !register.knows(at) {
            return Err(ProtectError::Unusable(format!(
                "nothing is known about consent to purpose {} that is asked for; check its name, or add a register with --consent-register FILE",
                at + 1
            )));
        }
    }
    progress.check()?;
    let people: Vec<(Pseudonym, bool)> = (0..store.subjects())
        .into_par_iter()
        .map(|subject| {
            let id = String::from_utf8_lossy(store.subject_id(subject));
            let pseudonym = Pseudonym::of(key, &id);
            let is_hashed = !erasures.hashed.is_empty()
                && erasures.hashed.contains(&Pseudonym::of_hashed(key, &id));
            (pseudonym, is_hashed || erasures.people.contains(&pseudonym))
        })
        .collect();
    let mut report = Protection {
        people: people.len() as u64,
        other_requests: erasures.other_requests,
        unreadable_identities: erasures.unreadable,
        ..Protection::default()
    };
    let mut fate: Vec<Fate> = people
        .iter()
        .map(|(_, is_erased)| if *is_erased { Fate::Erased } else { Fate::Kept })
        .collect();
    for (at, purpose) in plan.purposes.iter().enumerate() {
        let own: Vec<_> =
            store.consent.iter().filter(|own| is_same_purpose(&own.purpose, purpose)).collect();
        let mut count = PurposeCount { purpose: purpose.clone(), ..PurposeCount::default() };
        for (subject, (pseudonym, is_erased)) in people.iter().enumerate() {
            if *is_erased {
                continue;
            }
            // What the files do not say contradicts nothing.
            let own = own.iter().map(|own| own.of_subject[subject]);
            let said = own.filter(|state| *state != ConsentState::Unknown);
            let state = said.chain(register.state(*pseudonym, at)).reduce(ConsentState::and);
            let is_granted = match state.unwrap_or_default() {
                ConsentState::Granted => {
                    count.granted += 1;
                    true
                }
                ConsentState::Refused => {
                    count.refused += 1;
                    false
                }
                ConsentState::Unknown => {
                    count.unknown += 1;
                    plan.unknown == UnknownConsent::Granted
                }
            };
            if !is_granted {
                fate[subject] = Fate::WithoutConsent;
            }
        }
        report.purposes.push(count);
    }
    let count = |of: Fate| fate.iter().filter(|fate| **fate == of).count() as u64;
    report.kept = count(Fate::Kept);
    report.erased = count(Fate::Erased);
    let known: HashSet<Pseudonym> = people.iter().map(|(pseudonym, _)| *pseudonym).collect();
    let unmatched = erasures.people.iter().filter(|asked| !known.contains(asked)).count();
    report.erasures_unmatched = unmatched as u64;
    report.entries_unmatched =
        register.subjects().filter(|subject| !known.contains(subject)).count() as u64;
    let is_kept: Vec<bool> = fate.iter().map(|fate| *fate == Fate::Kept).collect();
    let store = if report.kept == report.people { store } else { store.keep(&is_kept) };
    Ok((store, report))
}

#[cfg(test)]
mod tests;
