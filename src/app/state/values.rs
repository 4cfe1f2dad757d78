//! Which values of attributes can be asked about by name, as far as somebody wanted to know.

use super::State;
use crate::app::worker::{Job, ValuesOf, Worker};

#[derive(Default)]
pub struct Values {
    pub(super) known: Vec<(ValuesOf, Vec<String>)>,
    asked: Option<ValuesOf>,
    /// Somebody stopped the looking; it is not begun again by itself.
    stopped: bool,
}

impl State {
    /// The values that enough people share, those of most people first. Absent until they were
    /// looked at under the rules and the policy that hold; [`Command::LookAtValues`] does that.
    ///
    /// [`Command::LookAtValues`]: crate::app::command::Command::LookAtValues
    pub fn values_of(&self, attribute: &str) -> Option<&[String]> {
        let of = self.values_asked(attribute.to_owned());
        self.values.known.iter().find(|(known, _)| *known == of).map(|(_, values)| &values[..])
    }

    fn values_asked(&self, attribute: String) -> ValuesOf {
        let question = self.question.now();
        ValuesOf { attribute, rules: question.rules.clone(), policy: question.policy }
    }

    /// What was asked for may have been dropped for other work, so it is asked for again.
    pub(super) fn forget_asked_values(&mut self) {
        self.values.asked = None;
        self.values.stopped = false;
        self.awaited.values = 0;
    }

    /// Whether somebody stopped the looking before anything was known of the attribute.
    pub fn stopped_looking_at(&self, attribute: &str) -> bool {
        self.values.stopped && self.values_of(attribute).is_none()
    }

    pub(super) fn stop_looking_at_values(&mut self) {
        self.values.stopped =
            self.values.asked.as_ref().is_some_and(|of| self.values_of(&of.attribute).is_none());
    }

    pub(super) fn look_at_values(&mut self, attribute: String, worker: &Worker) {
        let of = self.values_asked(attribute);
        let is_known = self.values.known.iter().any(|(known, _)| *known == of);
        let is_asked = self.values.asked.as_ref() == Some(&of) && !self.values.stopped;
        if is_known || is_asked {
            return;
        }
        self.values.stopped = false;
        // What was known under other rules is of no use any more.
        self.values.known.retain(|(known, _)| known.rules == of.rules && known.policy == of.policy);
        self.values.asked = Some(of.clone());
        self.awaited.values = worker.ask(Job::Values(Box::new(of)));
    }
}
