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
use super::lists::erased::ErasedPeople;
use super::lists::erasure::{Erasures, Identity};
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
    erased_before: &ErasedPeople,
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
    erasures.add_erased(erased_before);
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
    let people = Known::of_all(&store, key, &erasures);
    let other_ids: Vec<(usize, Known)> = store
        .other_ids
        .iter()
        .map(|(subject, id)| (subject, Known::by(id, key, &erasures)))
        .collect();
    let is_erased = erased(&people, &other_ids);
    let mut report = Protection {
        people: people.len() as u64,
        other_requests: erasures.other_requests,
        unreadable_identities: erasures.unreadable,
        ..Protection::default()
    };
    let mut fate: Vec<Fate> = is_erased
        .iter()
        .map(|is_erased| if *is_erased { Fate::Erased } else { Fate::Kept })
        .collect();
    for (at, purpose) in plan.purposes.iter().enumerate() {
        let own: Vec<_> =
            store.consent.iter().filter(|own| is_same_purpose(&own.purpose, purpose)).collect();
        let mut count = PurposeCount { purpose: purpose.clone(), ..PurposeCount::default() };
        // Who refused on a device refused, whatever is known of her account.
        let refused: HashSet<usize> = other_ids
            .iter()
            .filter(|(_, id)| register.state(id.pseudonym, at) == Some(ConsentState::Refused))
            .map(|(subject, _)| *subject)
            .collect();
        for (subject, person) in people.iter().enumerate() {
            if is_erased[subject] {
                continue;
            }
            // What the files do not say contradicts nothing.
            let own = own.iter().map(|own| own.of_subject[subject]);
            let said = own.filter(|state| *state != ConsentState::Unknown);
            let said = said.chain(register.state(person.pseudonym, at));
            let said = said.chain(refused.contains(&subject).then_some(ConsentState::Refused));
            let state = said.reduce(ConsentState::and);
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
    let all = || people.iter().chain(other_ids.iter().map(|(_, id)| id));
    let known: HashSet<Pseudonym> = all().map(|id| id.pseudonym).collect();
    let hashes: HashSet<Pseudonym> = all().filter_map(|id| id.hashed).collect();
    let is_known = |identity: &Identity| match identity {
        Identity::Plain(person) => known.contains(person),
        Identity::Hashed(person) => hashes.contains(person),
    };
    let unmatched =
        erasures.requests.iter().filter(|identities| !identities.iter().any(is_known)).count();
    report.erasures_unmatched = unmatched as u64;
    report.entries_unmatched =
        register.subjects().filter(|subject| !known.contains(subject)).count() as u64;
    let is_kept: Vec<bool> = fate.iter().map(|fate| *fate == Fate::Kept).collect();
    let store = if report.kept == report.people { store } else { store.keep(&is_kept) };
    Ok((store, report))
}

/// Somebody by one identifier.
struct Known {
    pseudonym: Pseudonym,
    /// By the hash of it, where lists have hashes.
    hashed: Option<Pseudonym>,
    /// Whether a list asks for erasure by this identifier.
    is_listed: bool,
}

impl Known {
    fn by(id: &[u8], key: &Key, erasures: &Erasures) -> Self {
        let id = String::from_utf8_lossy(id);
        let pseudonym = Pseudonym::of(key, &id);
        let hashed = (!erasures.hashed.is_empty()).then(|| Pseudonym::of_hashed(key, &id));
        let is_listed = erasures.people.contains(&pseudonym)
            || hashed.is_some_and(|hashed| erasures.hashed.contains(&hashed));
        Self { pseudonym, hashed, is_listed }
    }

    fn of_all(store: &Store, key: &Key, erasures: &Erasures) -> Vec<Self> {
        let subjects = (0..store.subjects()).into_par_iter();
        subjects.map(|subject| Self::by(store.subject_id(subject), key, erasures)).collect()
    }
}

/// Who is erased: by her identifier or by another of hers; and what is known by another identifier of
/// such a person alone, which is what she did before she signed in.
fn erased(people: &[Known], other_ids: &[(usize, Known)]) -> Vec<bool> {
    let mut is_erased: Vec<bool> = people.iter().map(|person| person.is_listed).collect();
    for (subject, _) in other_ids.iter().filter(|(_, id)| id.is_listed) {
        is_erased[*subject] = true;
    }
    let theirs: HashSet<Pseudonym> = other_ids
        .iter()
        .filter(|(subject, _)| is_erased[*subject])
        .map(|(_, id)| id.pseudonym)
        .collect();
    for (is_erased, person) in is_erased.iter_mut().zip(people) {
        *is_erased |= theirs.contains(&person.pseudonym);
    }
    is_erased
}

#[cfg(test)]
mod tests;
