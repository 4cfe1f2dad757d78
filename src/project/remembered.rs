//! How files with the same columns were read last, so that it can be offered again.
//!
//! *Invariant:* names of columns, rules in the words of whoever wrote them, and a day; no value from
//! the data. Whoever keeps something here makes sure that none of its words is personal.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Folders, StoreError, write_whole};
use crate::views::{ColumnProfile, DateOrder, ImportPlan, Mapping, Preset, Rule, Rules};

/// What was decided about files with the same columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    /// Of the names of the columns.
    header: String,
    pub day: Date,
    pub mapping: Mapping,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_gap_secs: Option<u64>,
    #[serde(default)]
    pub drop_duplicates: bool,
    /// Label rules alone: what was accepted in one file need not be right for the next.
    #[serde(default)]
    pub rules: Rules,
}

impl Remembered {
    /// What `plan` and `rules` say about files with these columns.
    pub fn new(columns: &[ColumnProfile], plan: &ImportPlan, rules: &[Rule], day: Date) -> Self {
        Self {
            header: header_of(columns),
            day,
            mapping: plan.mapping.clone(),
            preset: plan.preset,
            timezone: plan.timezone.clone(),
            date_order: plan.date_order,
            session_gap_secs: plan.session_gap_secs,
            drop_duplicates: plan.drop_duplicates,
            rules: Rules { rules: rules.to_vec(), ..Rules::default() },
        }
    }

    /// Puts what was decided over a plan for other files.
    pub fn put_over(&self, plan: &mut ImportPlan) {
        plan.mapping.clone_from(&self.mapping);
        plan.mapping_is_whole = true;
        plan.preset = self.preset;
        plan.timezone.clone_from(&self.timezone);
        plan.date_order = self.date_order;
        plan.session_gap_secs = self.session_gap_secs;
        plan.drop_duplicates = self.drop_duplicates;
    }

    /// Whether both decide the same, whenever they did.
    pub fn is_same(&self, other: &Self) -> bool {
        *self == Self { day: self.day, ..other.clone() }
    }

    /// Every text that would be kept.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let Mapping { subject, session, event, time, attributes, otherwise, consent, insert_id } =
            &self.mapping;
        let parts = [subject, session, event, time, insert_id, &self.timezone];
        let others = [&otherwise.subject, &otherwise.session, &otherwise.event, &otherwise.time];
        let rules =
            self.rules.rules.iter().flat_map(|rule| rule.patterns().chain(rule.label.as_deref()));
        parts
            .into_iter()
            .filter_map(Option::as_deref)
            .chain(others.into_iter().flatten().chain(attributes).map(String::as_str))
            .chain(consent.iter().flat_map(|field| [field.column.as_str(), &field.purpose]))
            .chain(rules)
    }
}

/// A digest of the names of columns in their order.
fn header_of(columns: &[ColumnProfile]) -> String {
    let mut hasher = blake3::Hasher::new();
    for column in columns {
        hasher.update(&(column.name.len() as u64).to_le_bytes());
        hasher.update(column.name.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// The newest first, each header once, at most [`Memory::KEPT`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Memory {
    entries: Vec<Remembered>,
}

impl Memory {
    /// How many headers are remembered.
    pub const KEPT: usize = 40;

    /// What was kept; nothing where the file is missing or not readable any more.
    pub fn load(folders: &Folders) -> Self {
        std::fs::read_to_string(folders.remembered_file())
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// # Errors
    /// Where the folder cannot be made or written to.
    pub fn save(&self, folders: &Folders) -> Result<(), StoreError> {
        // Names and rules always have a JSON form; if they ever had none, nothing is kept.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        write_whole("What columns were read as", &folders.remembered_file(), &text)
    }

    pub fn find(&self, columns: &[ColumnProfile]) -> Option<&Remembered> {
        let header = header_of(columns);
        self.entries.iter().find(|entry| entry.header == header)
    }

    /// Puts it first, in the place of what was known of these columns. Says whether anything is
    /// different.
    pub fn keep(&mut self, entry: Remembered) -> bool {
        if self.entries.first().is_some_and(|first| first.is_same(&entry)) {
            return false;
        }
        self.entries.retain(|other| other.header != entry.header);
        self.entries.insert(0, entry);
        self.entries.truncate(Self::KEPT);
        true
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Memory, Remembered};
    use crate::project::Folders;
    use crate::views::{ColumnKind, ColumnProfile, ImportPlan, Mapping, Rule};

    fn columns(names: &[&str]) -> Vec<ColumnProfile> {
        names
            .iter()
            .map(|name| ColumnProfile {
                name: (*name).to_owned(),
                shown: (*name).to_owned(),
                kind: ColumnKind::Text,
                empty_percent: 0,
                shape: String::new(),
                role: None,
            })
            .collect()
    }

    fn decided(names: &[&str], event: &str) -> Remembered {
        let mapping = Mapping { event: Some(event.to_owned()), ..Mapping::default() };
        let plan = ImportPlan {
            mapping,
            timezone: Some("Europe/Berlin".to_owned()),
            ..ImportPlan::default()
        };
        Remembered::new(&columns(names), &plan, &[Rule::rename("a*", "A")], date(2026, 3, 1))
    }

    #[test]
    fn the_same_columns_are_known_again_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::under(folder.path());
        let mut memory = Memory::load(&folders);
        assert!(memory.keep(decided(&["who", "what"], "what")));
        assert!(!memory.keep(decided(&["who", "what"], "what")), "nothing is different");
        memory.save(&folders).unwrap();
        let memory = Memory::load(&folders);
        assert!(memory.find(&columns(&["what", "who"])).is_none());
        assert!(memory.find(&columns(&["whow", "hat"])).is_none());
        let found = memory.find(&columns(&["who", "what"])).unwrap();
        let mut plan = ImportPlan::default();
        found.put_over(&mut plan);
        assert_eq!(plan.mapping.event.as_deref(), Some("what"));
        assert_eq!(plan.timezone.as_deref(), Some("Europe/Berlin"));
        let texts: Vec<&str> = found.texts().collect();
        assert_eq!(texts, ["what", "Europe/Berlin", "a*", "A"]);
    }

    #[test]
    fn the_last_decision_counts_and_the_oldest_header_goes() {
        let mut memory = Memory::default();
        memory.keep(decided(&["who", "what"], "what"));
        memory.keep(decided(&["who", "what"], "who"));
        let found = memory.find(&columns(&["who", "what"])).unwrap();
        assert_eq!(found.mapping.event.as_deref(), Some("who"));
        for number in 0..Memory::KEPT {
            memory.keep(decided(&[&number.to_string()], "x"));
        }
        assert!(memory.find(&columns(&["who", "what"])).is_none());
    }
}
