//! The vault: the only room that sees records about people and exact counts.
//!
//! This file is its door. Everything else in the room is private, and nothing exact implements
//! `Debug`, `Display`, `Serialize` or `Clone`, so that no other room can keep, print or write it.
//!
//! *Invariant:* what leaves is either sealed ([`Disclosed`]) or about the file rather than its
//! people (formats, column names, masked shapes, row counts, line numbers).

mod disclose;
mod import;
mod journeys;
mod ledger;
mod measure;
mod protect;
#[cfg(test)]
mod seal;

use crate::views::{
    Disclosed, ImportPlan, Inspection, LabelFinding, Policy, Progress, Quality, Reimport, Risk,
    Rules, Spec, UtilityPoint, View,
};

pub use disclose::DiscloseError;
pub use import::ImportError;
pub use protect::key::Key;

/// One import: everybody's journeys, and the questions they can be asked.
pub struct Vault {
    store: journeys::Store,
    quality: Quality,
    timings: Vec<(&'static str, f64)>,
    key: std::sync::OnceLock<Key>,
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
        Ok(Self { store, quality, timings, key: std::sync::OnceLock::new() })
    }

    /// Uses a project's secret for every keyed choice, instead of one derived from the journeys.
    #[must_use]
    pub fn with_key(self, key: Key) -> Self {
        Self { key: std::sync::OnceLock::from(key), ..self }
    }

    /// What the import did, for the eyes of the analyst.
    pub fn quality(&self) -> &Quality {
        &self.quality
    }

    /// Stages of the import and their wall time in seconds.
    pub fn timings(&self) -> &[(&'static str, f64)] {
        &self.timings
    }

    /// Whether the numbers of this import may be released beside those of an earlier one of the
    /// same people. Both need the key of one project.
    pub fn compare_with(&self, earlier: &Self, policy: Policy) -> Reimport {
        ledger::compare((&self.store, self.key()), (&earlier.store, earlier.key()), policy)
    }

    /// Labels that look personal after the rules, as masked shapes. They are drawn as `Other`
    /// until a rule renames or hides them or somebody accepts them with a reason.
    pub fn label_findings(&self, rules: &Rules) -> Vec<LabelFinding> {
        protect::labels::findings(self.store.dictionary(), rules)
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
        disclose::disclose(&self.store, self.key(), specs, rules, policy, progress)
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
        let measured = disclose::nameable(&self.store, self.key(), spec, rules, progress)?;
        Ok(disclose::curve(&measured))
    }

    fn key(&self) -> &Key {
        self.key.get_or_init(|| protect::key::from_journeys(&self.store))
    }
}
