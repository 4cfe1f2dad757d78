//! The vault: the only room that sees records about people and exact counts.
//!
//! This file is its door. Everything else in the room is private, and nothing exact implements
//! `Debug`, `Display`, `Serialize` or `Clone`, so that no other room can keep, print or write it.
//!
//! *Invariant:* what leaves is either sealed ([`Disclosed`]) or about the file rather than its
//! people (formats, column names, masked shapes, row counts, line numbers).

mod disclose;
mod erase;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod import;
mod journeys;
mod ledger;
mod measure;
mod protect;
#[cfg(test)]
mod seal;

use std::sync::OnceLock;

use thiserror::Error;

use crate::views::{
    Cancelled, Disclosed, ImportPlan, Inspection, LabelFinding, LabelReport, Policy, Progress,
    Protection, ProtectionPlan, Quality, Risk, RuleError, Rules, Spec, SpecError, UtilityPoint,
    View,
};

pub use disclose::DiscloseError;
pub use erase::{Erasure, erase};
pub use import::ImportError;
pub use ledger::{Beside, Erased, Ledger, LedgerError};
pub use protect::key::Key;
pub use protect::{ErasedPeople, ErasureRead};

/// One import: everybody's journeys, and the questions they can be asked.
pub struct Vault {
    store: journeys::Store,
    quality: Quality,
    timings: Vec<(&'static str, f64)>,
    key: OnceLock<Key>,
    /// Whether the key is a project's, and not derived from the journeys.
    key_is_given: bool,
}

/// Why nobody can be left out as it was asked for, so that nobody is counted: what, where, what to
/// do. Never a value from the data or from a list.
#[derive(Debug, Error)]
pub enum ProtectError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("{0}")]
    Unusable(String),
}

/// A view that may leave, and one figure that may not.
pub struct Disclosure {
    pub view: Disclosed<View>,
    /// *Kept by name*: people-steps drawn under their own label over people-steps that had a label
    /// of their own before control, in percent. It is computed from exact counts, so it is for the
    /// eyes of the analyst; what leaves is the band in the view.
    pub kept_by_name_percent: f64,
}

impl Vault {
    /// Looks at the beginning of the files: format, columns, a guess at the mapping. Reads no more
    /// than a few hundred rows, hands out no value.
    pub fn inspect(plan: &ImportPlan) -> Result<Inspection, ImportError> {
        import::inspect(plan)
    }

    /// Reads the mapped columns of the files into journeys.
    pub fn import(plan: &ImportPlan, progress: &Progress) -> Result<Self, ImportError> {
        let import::Imported { store, quality, timings } = import::import(plan, progress)?;
        let key = OnceLock::new();
        Ok(Self { store, quality, timings, key, key_is_given: false })
    }

    /// Uses a project's secret for every keyed choice, instead of one derived from the journeys.
    #[must_use]
    pub fn with_key(self, key: Key) -> Self {
        Self { key: OnceLock::from(key), key_is_given: true, ..self }
    }

    /// Leaves out who did not consent to every purpose of the plan and who asked to be erased:
    /// what comes back is the import as if these people had never been in the files. The report
    /// is for the eyes of the analyst. To leave out fewer people later, import again. `erased` are those
    /// of whom a project knows by pseudonyms of the same key; without a project there are none.
    ///
    /// # Errors
    /// Where a list cannot be read or understood, or nothing is known about a purpose.
    pub fn protect(
        self,
        plan: &ProtectionPlan,
        erased: &ErasedPeople,
        progress: &Progress,
    ) -> Result<(Self, Protection), ProtectError> {
        let Self { store, quality, timings, key, key_is_given } = self;
        let known = key.into_inner().unwrap_or_else(|| protect::key::from_journeys(&store));
        let (store, report) = protect::consent::apply(store, &known, plan, erased, progress)?;
        // A derived key is that of the people who are still there.
        let key = if key_is_given { OnceLock::from(known) } else { OnceLock::new() };
        Ok((Self { store, quality, timings, key, key_is_given }, report))
    }

    /// What the import did, for the eyes of the analyst.
    pub fn quality(&self) -> &Quality {
        &self.quality
    }

    /// Stages of the import and their wall time in seconds.
    pub fn timings(&self) -> &[(&'static str, f64)] {
        &self.timings
    }

    /// Labels that look personal after the rules, as masked shapes. They are drawn as `Other`
    /// until a rule renames or hides them or somebody accepts them with a reason.
    pub fn label_findings(&self, rules: &Rules) -> Vec<LabelFinding> {
        protect::labels::findings(self.store.dictionary(), rules)
    }

    /// Whether every rule can be applied. The window asks it before a rule is taken over.
    ///
    /// # Errors
    /// Which rule cannot, and what to do about it; never a pattern.
    pub fn check_rules(rules: &Rules) -> Result<(), RuleError> {
        protect::rules::check(rules)
    }

    /// What the rules do to the labels, what looks personal in labels and attributes, and which
    /// further rules would help; in numbers under control, for the window alone. Nothing is to be
    /// drawn in the window while a finding [blocks](crate::views::Finding::blocks).
    ///
    /// # Errors
    /// As for [`Vault::check_rules`].
    pub fn label_report(&self, rules: &Rules, policy: Policy) -> Result<LabelReport, RuleError> {
        protect::report(&self.store, self.key(), rules, policy)
    }

    /// What is shown where [`DiscloseError::TooFew`] is the answer: a view of that kind with nobody
    /// in it, made without a look at the data.
    pub fn nothing(spec: &Spec, policy: Policy) -> Disclosed<View> {
        disclose::nothing(spec, policy)
    }

    /// The views of one package, protected together.
    pub fn disclose(
        &self,
        specs: &[Spec],
        rules: &Rules,
        policy: Policy,
        progress: &Progress,
    ) -> Result<Vec<Disclosure>, DiscloseError> {
        applicable(rules)?;
        disclose::disclose(&self.store, self.key(), specs, rules, policy, progress)
    }

    /// The views of one release, protected together and beside all that the project has released
    /// before. Once they are written, hand them to [`Ledger::record`].
    ///
    /// # Errors
    /// As for [`Vault::disclose`]. That a release is blocked is no error but an answer.
    pub fn disclose_beside(
        &self,
        ledger: &Ledger,
        specs: &[Spec],
        rules: &Rules,
        policy: Policy,
        progress: &Progress,
    ) -> Result<Beside, DiscloseError> {
        applicable(rules)?;
        let (store, key) = (&self.store, self.key());
        ledger::disclose(ledger, &ledger::Asked { store, key, specs, rules, policy, progress })
    }

    /// How many people can be singled out, in the data and in what is disclosed. For the eyes of
    /// the analyst; what leaves is [`Risk::bands`].
    ///
    /// # Errors
    /// As for [`Vault::disclose`].
    pub fn risk(
        &self,
        spec: &Spec,
        rules: &Rules,
        policy: Policy,
        progress: &Progress,
    ) -> Result<Risk, DiscloseError> {
        applicable(rules)?;
        disclose::risk(&self.store, self.key(), spec, rules, policy, progress)
    }

    /// What each of [`Policy::LISTED`] keeps by name, in that order.
    ///
    /// # Errors
    /// As for [`Vault::disclose`].
    pub fn utility(
        &self,
        spec: &Spec,
        rules: &Rules,
        progress: &Progress,
    ) -> Result<Vec<UtilityPoint>, DiscloseError> {
        applicable(rules)?;
        let measured = disclose::nameable(&self.store, self.key(), spec, rules, progress)?;
        Ok(disclose::curve(&measured))
    }

    fn key(&self) -> &Key {
        self.key.get_or_init(|| protect::key::from_journeys(&self.store))
    }
}

/// Whether a text that somebody wrote, such as the pattern or the new name of a rule, holds anything
/// that looks personal, names of people included. Such a text is copied from the data more often than
/// not, and is not to be remembered outside of them.
#[must_use]
pub fn looks_personal(text: &str) -> bool {
    protect::looks_personal(text)
}

/// A rule that cannot be applied would hide or mask less than somebody asked for.
fn applicable(rules: &Rules) -> Result<(), SpecError> {
    protect::rules::check(rules).map_err(|error| SpecError::Options(error.to_string()))
}
