//! What a policy of the organisation demands in the window: floors below which nothing is asked.

use std::path::PathBuf;

use super::{Question, State};
use crate::app::command::Command;
use crate::app::history::History;
use crate::app::toast::Toast;
use crate::app::worker::{Job, Worker};
use crate::project::{PolicyFile, PolicySigned};
use crate::views::Demands;

/// The policy that binds, or why it cannot be read, so that nothing leaves.
#[derive(Default)]
pub enum Bound {
    #[default]
    Free,
    /// It was asked for and is not there yet.
    Asked,
    By(PolicyFile),
    Broken(String),
}

impl Bound {
    /// What is demanded; nothing where no policy binds.
    pub fn demands(&self) -> Option<&Demands> {
        match self {
            Self::By(policy) => Some(&policy.demands),
            _ => None,
        }
    }

    /// `firm, signed by key 8A4F…`.
    pub fn words(&self) -> Option<String> {
        let Self::By(policy) = self else { return None };
        let name = policy.name();
        Some(match policy.signed {
            PolicySigned::Not => format!("{name}, not signed"),
            PolicySigned::Unchecked(key) => format!("{name}, signed by key {key}, not checked"),
            PolicySigned::By(key) => format!("{name}, signed by key {key}"),
        })
    }

    /// Why nothing leaves at the moment.
    pub fn holds_back(&self) -> Option<&str> {
        match self {
            Self::Broken(why) => Some(why),
            Self::Asked => Some("The policy is being read."),
            _ => None,
        }
    }

    /// Whether somebody may do without it: not where a trusted key has signed it.
    pub fn can_be_left(&self) -> bool {
        match self {
            Self::By(policy) => !matches!(policy.signed, PolicySigned::By(_)),
            Self::Broken(_) => true,
            Self::Free | Self::Asked => false,
        }
    }
}

impl State {
    /// Reads a policy, which then binds whatever is asked.
    pub(super) fn use_policy(&mut self, path: PathBuf, worker: &Worker) {
        if matches!(self.bound, Bound::By(_)) && !self.bound.can_be_left() {
            self.toast = Some(Toast::new(
                "The policy that binds is signed by a trusted key and stays.".to_owned(),
            ));
            return;
        }
        self.bound = Bound::Asked;
        self.settings.policy = Some(path.clone());
        self.keep_settings();
        let keys = self.folders.trusted_keys();
        self.awaited.policy = worker.ask(Job::Policy { path, keys });
    }

    pub(super) fn leave_policy(&mut self, worker: &Worker) {
        if !self.bound.can_be_left() {
            return;
        }
        self.bound = Bound::Free;
        self.settings.policy = None;
        self.keep_settings();
        let now = self.question.now();
        let mut next = now.clone();
        next.rules.forbidden.clear();
        let changed = self.question.change(&Command::LeavePolicy, next);
        self.follow(changed, worker);
    }

    pub(super) fn take_policy(&mut self, read: Result<PolicyFile, String>, worker: &Worker) {
        match read {
            Ok(policy) => {
                let now = self.question.now();
                let next = now.clone().under(&policy.demands);
                let changed = next != *now;
                self.leaving.formats = self.leaving.formats.allowed(&policy.demands);
                self.bound = Bound::By(policy);
                if let Some(words) = self.bound.words() {
                    self.toast = Some(Toast::new(format!("The policy {words} binds now.")));
                }
                if changed {
                    // Nobody undoes a policy.
                    self.question = History::new(next);
                    // What is being read is looked at again when it is there.
                    if self.source.as_ref().is_none_or(|source| !source.working) {
                        self.follow(true, worker);
                    }
                }
            }
            Err(why) => {
                self.tell(why.clone(), "Until it can be read nothing leaves this window.");
                self.bound = Bound::Broken(why);
            }
        }
    }

    /// The question as the policy allows it.
    pub(super) fn within_policy(&self, question: Question) -> Question {
        match self.bound.demands() {
            Some(demands) => question.under(demands),
            None => question,
        }
    }

    fn keep_settings(&mut self) {
        if let Err(error) = self.settings.save(&self.folders) {
            self.tell(error.to_string(), "");
        }
    }
}

impl Question {
    /// The same, raised to what is demanded.
    pub(super) fn under(mut self, demands: &Demands) -> Self {
        self.policy = demands.raise(self.policy);
        self.rules.forbidden.clone_from(&demands.forbidden_labels);
        for purpose in &demands.purposes {
            if !self.protection.purposes.contains(purpose) {
                self.protection.purposes.push(purpose.clone());
            }
        }
        if !demands.purposes.is_empty() {
            self.protection.unknown = demands.unknown_consent;
        }
        self
    }
}
