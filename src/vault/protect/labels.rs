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

use super::pii;
use crate::views::{LabelFinding, OTHER, RuleKind, Rules, SpecError};

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
        at.map(|at| at as u32).map_err(|_| {
            SpecError::Options(
                "the data have no step with a label that is asked for; check the spelling, as it is shown after all rules"
                    .to_owned(),
            )
        })
    }

    /// The effective label with this name, if it may stand for itself.
    pub(in crate::vault) fn nameable_label(&self, name: &str) -> Option<u32> {
        let at = self.names.binary_search_by(|other| other.as_str().cmp(name)).ok()?;
        self.nameable[at].then_some(at as u32)
    }
}

/// Applies `hide` (exact labels, as in the file or as shown) and the rules.
pub(in crate::vault) fn table(dictionary: &[String], rules: &Rules, hide: &[String]) -> LabelTable {
    let shown: Vec<Option<String>> = dictionary
        .iter()
        .map(|raw| if hide.contains(raw) { None } else { shown_as(raw, rules) })
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
    let mut nameable: Vec<bool> = names
        .iter()
        .map(|name| unresolved(name, rules).is_none() && !is_forbidden(name, rules))
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
    for name in &names {
        if let Some(kind) = unresolved(name, rules) {
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
fn is_forbidden(label: &str, rules: &Rules) -> bool {
    let cleaned = clean(label);
    rules.forbidden.iter().any(|pattern| matches(pattern, label) || matches(pattern, &cleaned))
}

/// What a name seems to hold, where nobody accepted it.
fn unresolved(name: &str, rules: &Rules) -> Option<crate::views::PiiKind> {
    let kind = pii::detect(name)?;
    let accepted = rules.accepted.iter().any(|accepted| display_name(&accepted.label) == name);
    (!accepted).then_some(kind)
}

/// The name that a label of the file is shown under, or `None` where a rule hides it. A pattern
/// may be written for the label as it is in the file or as it looks.
fn shown_as(raw: &str, rules: &Rules) -> Option<String> {
    let cleaned = clean(raw);
    let rule = rules
        .rules
        .iter()
        .find(|rule| matches(&rule.pattern, raw) || matches(&rule.pattern, &cleaned));
    match rule.map(|rule| (rule.kind, rule.label.as_deref())) {
        Some((RuleKind::Hide, _)) => None,
        Some((RuleKind::Rename, Some(label))) => Some(display_name(label)),
        // A rename that gives no name shields the label from later rules.
        Some((RuleKind::Rename, None)) | None => Some(display_name(raw)),
    }
}

/// A label cleaned, never empty and never the word that stands for "not shown by name".
fn display_name(label: &str) -> String {
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
fn clean(label: &str) -> String {
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

/// Whether a pattern, in which `*` stands for any run of characters, is the whole text.
///
/// On a mismatch the text under the last `*` grows by one, and no earlier `*` is tried again: the
/// earliest place for what stands between two of them leaves the most room for the rest. So the
/// work is at most the product of the two lengths. Bytes do, since UTF-8 never finds one character
/// inside another.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut in_pattern, mut in_text) = (0, 0);
    let mut last_star = None;
    while in_text < text.len() {
        match pattern.get(in_pattern) {
            Some(b'*') => {
                last_star = Some((in_pattern, in_text));
                in_pattern += 1;
            }
            Some(byte) if *byte == text[in_text] => {
                in_pattern += 1;
                in_text += 1;
            }
            _ => {
                let Some((star, covered)) = last_star else { return false };
                last_star = Some((star, covered + 1));
                in_pattern = star + 1;
                in_text = covered + 1;
            }
        }
    }
    pattern[in_pattern..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests;
