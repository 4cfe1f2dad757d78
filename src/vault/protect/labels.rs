//! Label rules: from the labels of the file to the labels that may be drawn.
//!
//! 1. A label that the question hides by its raw text is skipped.
//! 2. The first rule that catches it decides: skip it, or give it another name.
//! 3. The name is cleaned for display. What reads `Other` is written `Other (label)`, because
//!    `Other` alone means "not shown by name here". What has nothing to show is `(empty)`.
//! 4. A label that the question hides by the name it is shown under is skipped.
//! 5. A name that looks personal may not stand for itself, unless somebody accepted it.
//! 6. A label that a policy forbids, as it is in the file or as it is shown, may never stand for
//!    itself.
//!
//! Labels that look the same after cleaning are one label: nobody could tell them apart.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::findings::state_of;
use super::pii;
use super::rules::{Compiled, Label, matches};
use crate::views::{
    FindingState, LabelFinding, OTHER, PiiKind, Rules, Settled, Settlement, SpecError,
};

/// The name of a label that has no visible character.
const EMPTY: &str = "(empty)";

/// What a label of the data that reads `Other` gets behind it.
const OF_THE_DATA: &str = " (label)";

/// What every raw label code becomes.
pub(in crate::vault) struct LabelTable {
    /// Effective label of each raw code; [`LabelTable::HIDDEN`] where its events are skipped.
    pub(in crate::vault) effective: Vec<u32>,
    /// Names of the effective labels, sorted by their text, each once.
    pub(in crate::vault) names: Vec<String>,
    /// Whether the label may stand for itself: it looks harmless, or was accepted, and nothing
    /// forbids it.
    pub(in crate::vault) nameable: Vec<bool>,
}

impl LabelTable {
    pub(in crate::vault) const HIDDEN: u32 = u32::MAX;

    /// The effective label with this name.
    ///
    /// # Errors
    /// Where the data, after the rules, have no such label.
    pub(in crate::vault) fn known(&self, name: &str) -> Result<u32, SpecError> {
        let at = self.names.binary_search_by(|other| other.as_str().cmp(name));
        at.map(|at| at as u32).map_err(|_| SpecError::NoSuchLabel)
    }

    /// The effective label with this name, if it may stand for itself.
    pub(in crate::vault) fn nameable_label(&self, name: &str) -> Option<u32> {
        let at = self.names.binary_search_by(|other| other.as_str().cmp(name)).ok()?;
        self.nameable[at].then_some(at as u32)
    }
}

/// Applies `hide` (exact labels, as in the file or as shown) and the rules. With a rule that cannot
/// be applied nothing may stand for itself; [`super::rules::check`] says which it is.
pub(in crate::vault) fn table(dictionary: &[String], rules: &Rules, hide: &[String]) -> LabelTable {
    let compiled = Compiled::new(rules).ok();
    let shown_as = |raw: &str| match &compiled {
        Some(compiled) => compiled.apply(&Label::new(raw)).1,
        None => Some(display_name(raw)),
    };
    let shown: Vec<Option<String>> = dictionary
        .par_iter()
        .map(|raw| if hide.contains(raw) { None } else { shown_as(raw) })
        .map(|name| name.filter(|name| !hide.contains(name)))
        .collect();
    let mut names: Vec<String> = shown.iter().flatten().cloned().collect();
    names.sort_unstable();
    names.dedup();
    let effective: Vec<u32> = shown
        .iter()
        .map(|name| {
            let at = name.as_ref().and_then(|name| names.binary_search(name).ok());
            at.map_or(LabelTable::HIDDEN, |at| at as u32)
        })
        .collect();
    let accepted = Accepted::new(rules);
    let mut nameable: Vec<bool> = names
        .par_iter()
        .map(|name| {
            let harmless = compiled.is_some() && accepted.unresolved(name).is_none();
            harmless && !is_forbidden(name, rules)
        })
        .collect();
    // Another name does not make a label of the file less forbidden.
    for (raw, code) in dictionary.iter().zip(&effective) {
        if *code != LabelTable::HIDDEN && is_forbidden(raw, rules) {
            nameable[*code as usize] = false;
        }
    }
    LabelTable { effective, names, nameable }
}

/// Labels that look personal once the rules are applied, as masked shapes, by kind and shape.
pub(in crate::vault) fn findings(dictionary: &[String], rules: &Rules) -> Vec<LabelFinding> {
    let LabelTable { names, .. } = table(dictionary, rules, &[]);
    let mut labels_by_shape = BTreeMap::new();
    let accepted = Accepted::new(rules);
    for name in &names {
        if let Some(kind) = accepted.open(name) {
            *labels_by_shape.entry((kind, pii::mask(name))).or_insert(0) += 1;
        }
    }
    labels_by_shape
        .into_iter()
        .map(|((kind, shape), labels)| LabelFinding { kind, shape, labels })
        .collect()
}

/// Whether a text looks like nothing personal, and shows as it stands.
pub(in crate::vault) fn is_harmless(text: &str) -> bool {
    pii::detect(text).is_none() && clean(text) == text && !text.is_empty()
}

/// Whether a policy forbids this label, as it stands or as it looks.
pub(super) fn is_forbidden(label: &str, rules: &Rules) -> bool {
    let cleaned = clean(label);
    rules.forbidden.iter().any(|pattern| matches(pattern, label) || matches(pattern, &cleaned))
}

/// Decisions about names that look personal.
pub(super) struct Accepted<'a> {
    /// Names that were accepted one by one, and why.
    names: BTreeMap<String, &'a str>,
    by_shape: Vec<&'a Settlement>,
}

impl<'a> Accepted<'a> {
    pub(super) fn new(rules: &'a Rules) -> Self {
        let names = rules.accepted.iter();
        Self {
            names: names.map(|it| (display_name(&it.label), it.reason.as_str())).collect(),
            by_shape: rules.settled.iter().filter(|it| it.attribute.is_none()).collect(),
        }
    }

    /// What was decided about a name that seems to hold this.
    pub(super) fn state(&self, kind: PiiKind, name: &str) -> FindingState {
        if let Some(reason) = self.names.get(name) {
            return FindingState::Accepted((*reason).to_owned());
        }
        if self.by_shape.is_empty() {
            return FindingState::Open;
        }
        let shape = pii::mask(name);
        let mut by_shape = self.by_shape.iter();
        state_of(by_shape.find(|it| it.kind == kind && it.shape == shape).copied())
    }

    /// What a name seems to hold, where nobody accepted it. A weak hint counts where somebody took
    /// it for more.
    pub(super) fn unresolved(&self, name: &str) -> Option<PiiKind> {
        let is_accepted =
            |kind: &PiiKind| matches!(self.state(*kind, name), FindingState::Accepted(_));
        pii::detect(name).filter(|kind| !is_accepted(kind)).or_else(|| {
            let kind = PiiKind::PersonName;
            let is_folded = self.by_shape.iter().any(|it| it.kind == kind)
                && pii::detect_or_hint(name) == Some(kind)
                && self.state(kind, name) == FindingState::Folded;
            is_folded.then_some(kind)
        })
    }

    /// Whether somebody has to decide about a name.
    pub(super) fn open(&self, name: &str) -> Option<PiiKind> {
        pii::detect(name).filter(|kind| self.state(*kind, name) == FindingState::Open)
    }
}

/// Whether a value of an attribute may stand for itself: it looks harmless, or was accepted.
pub(in crate::vault) fn may_stand(rules: &Rules, attribute: &str, value: &str) -> bool {
    if clean(value) != value || value.is_empty() {
        return false;
    }
    let decided = |kind: PiiKind| {
        let mut settled =
            rules.settled.iter().filter(|it| it.attribute.as_deref() == Some(attribute));
        settled.find(|it| it.kind == kind && it.shape == pii::mask(value)).map(|it| it.how)
    };
    match pii::detect_or_hint(value) {
        None => true,
        Some(PiiKind::PersonName) => decided(PiiKind::PersonName) != Some(Settled::Folded),
        Some(kind) => decided(kind) == Some(Settled::Accepted),
    }
}

/// A label cleaned, never empty and never the word that stands for "not shown by name".
pub(super) fn display_name(label: &str) -> String {
    let mut name = clean(label);
    if name.is_empty() {
        return EMPTY.to_owned();
    }
    // `Other (label)` in the file gets a second one, so that it stays apart from `Other`.
    let mut stem = name.as_str();
    while let Some(shorter) = stem.strip_suffix(OF_THE_DATA) {
        stem = shorter;
    }
    if stem == OTHER {
        name.push_str(OF_THE_DATA);
    }
    name
}

/// One line of visible text: white space and control characters become single spaces; marks that
/// are invisible or turn the direction of the text go, since with them one label can pass for
/// another.
pub(super) fn clean(label: &str) -> String {
    let mut text = String::with_capacity(label.len());
    for c in label.chars().filter(|c| !is_invisible(*c)) {
        if !(c.is_whitespace() || c.is_control()) {
            text.push(c);
        } else if !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests;
