//! The files that are open, from the first look to the journeys.

use super::question::{PARTS, Question};
use crate::app::worker::{Imported, file_names};
use crate::views::{Inspection, Mapping, Question as Asked, Role};

/// The files that are open. What is asked of them is in [`Question`].
pub struct Source {
    pub is_sample: bool,
    /// What the files look like; absent until they have been looked at.
    pub inspection: Option<Inspection>,
    pub imported: Option<Box<Imported>>,
    /// The columns are shown again although there are journeys.
    pub editing: bool,
    pub working: bool,
    pub error: Option<String>,
    /// The error is a file that breaks off, and going on is offered.
    pub truncated: bool,
}

impl Source {
    pub fn new(is_sample: bool) -> Self {
        Self {
            is_sample,
            inspection: None,
            imported: None,
            editing: false,
            working: true,
            error: None,
            truncated: false,
        }
    }

    /// `events.csv`, or what stands for it.
    pub fn name(&self, question: &Question) -> String {
        if self.is_sample {
            return "Sample shop".to_owned();
        }
        file_names(&question.plan.files)
    }

    /// What has to be chosen before the files can be read.
    pub fn blocked(&self, question: &Question) -> Option<&'static str> {
        let asked = self.inspection.as_ref().map_or(&[][..], |it| &it.questions);
        let is_asked = asked.iter().any(|asked| {
            matches!(asked, Asked::DateOrder { column }
                if question.plan.mapping.time.as_ref() == Some(column))
        });
        let order = "Say whether the day or the month comes first.";
        missing(&question.plan.mapping)
            .or((is_asked && question.plan.date_order.is_none()).then_some(order))
    }

    /// Whether there is something to import: all is chosen, nothing is under way, and it was not imported
    /// as it is.
    pub fn is_ready(&self, question: &Question) -> bool {
        let is_asked_for = self.imported.is_none() || self.editing;
        self.inspection.is_some()
            && is_asked_for
            && !self.working
            && self.blocked(question).is_none()
    }
}

/// What a column is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadAs {
    Part(Role),
    /// Where the first column of the part is empty.
    StandIn(Role),
    Consent,
    InsertId,
    Nothing,
}

impl ReadAs {
    pub fn of(mapping: &Mapping, column: &str) -> Self {
        for part in PARTS {
            let (first, others) = parts(mapping, part);
            if first == Some(column) {
                return Self::Part(part);
            }
            if others.iter().any(|other| other == column) {
                return Self::StandIn(part);
            }
        }
        if mapping.attributes.iter().any(|other| other == column) {
            Self::Part(Role::Attribute)
        } else if mapping.consent.iter().any(|field| field.column == column) {
            Self::Consent
        } else if mapping.insert_id.as_deref() == Some(column) {
            Self::InsertId
        } else {
            Self::Nothing
        }
    }
}

/// The column of a part, and those that stand in for it.
pub fn parts(mapping: &Mapping, part: Role) -> (Option<&str>, &[String]) {
    let Mapping { subject, session, event, time, otherwise, .. } = mapping;
    let (first, others) = match part {
        Role::Subject => (subject, &otherwise.subject),
        Role::Session => (session, &otherwise.session),
        Role::Event => (event, &otherwise.event),
        Role::Time => (time, &otherwise.time),
        Role::Attribute => return (None, &[]),
    };
    (first.as_deref(), others)
}

/// What is missing before an import can start, in a sentence.
pub fn missing(mapping: &Mapping) -> Option<&'static str> {
    if mapping.subject.is_none() {
        return Some("Choose the column that says who: read one as Person.");
    }
    if mapping.event.is_none() {
        return Some("Choose the column that says what happened: read one as Step.");
    }
    None
}
