//! What is asked of a project that is open besides to keep it: to forget people, and to be opened by
//! another passphrase.
//!
//! *Invariant:* what a project forgot is no part of any question, so that nothing that is undone brings
//! it back; and nothing leaves that was counted before.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::State;
use super::project::{Asking, What};
use crate::app::command::Phrase;
use crate::app::toast::Toast;
use crate::app::worker::{Failure, Job, Keeping, Worker, file_names, sentence};
use crate::project::Event;
use crate::vault::Erasure;

impl State {
    pub(super) fn ask_who_is_erased(&mut self) {
        if self.project.is_some() {
            self.asking = Some(Asking::about(What::Erase, String::new()));
        }
    }

    /// Applies the list that was named to what the project remembers.
    pub(super) fn erase(&mut self, worker: &Worker) {
        let Some(project) = self.project_to_read_for() else { return };
        self.nothing_leaves();
        let is_asked = |asking: &&mut Asking| asking.what == What::Erase && !asking.is_working();
        if let Some(asking) = self.asking.as_mut().filter(is_asked) {
            asking.error = None;
            let list = PathBuf::from(asking.path.trim());
            asking.working = Some(worker.ask(Job::Erase { list, project }));
        }
    }

    /// What is being made of the people before is not taken any more.
    fn nothing_leaves(&mut self) {
        self.stopped_leaving();
        self.awaited.pack = 0;
    }

    pub(super) fn take_erased(&mut self, number: u64, erasure: Erasure, worker: &Worker) {
        // Somebody who closed the question before it was done did not ask for it any more.
        let is_asked =
            |asking: &&mut Asking| asking.what == What::Erase && asking.working == Some(number);
        let Some(asking) = self.asking.as_mut().filter(is_asked) else { return };
        let Some(open) = &mut self.project else { return };
        let Erasure { erased, ledger, read, was_known } = erasure;
        let done = open.project.erase((erased.into(), ledger.into()), was_known, Timestamp::now());
        asking.working = None;
        match done {
            Ok(receipt) => {
                let name = file_names(std::slice::from_ref(&open.path));
                let path = open.path.with_file_name(format!("{name}.receipt.txt"));
                self.asking = Some(Asking {
                    receipt: receipt.text(&name),
                    notes: read.notes(),
                    ..Asking::about(What::Receipt, path.display().to_string())
                });
            }
            Err(error) => {
                asking.error = Some(sentence(&error.to_string()));
                return;
            }
        }
        self.save_project(worker);
        self.nothing_leaves();
        if self.is_open() {
            // Nothing of them stays on the screen, and they are left out of what is read again.
            self.forget_data();
            self.import(worker);
        }
    }

    /// Whether it was an erasure that failed.
    pub(super) fn take_not_erased(&mut self, number: u64, failure: &Failure) -> bool {
        let is_erasure =
            |asking: &&mut Asking| asking.what == What::Erase && asking.working == Some(number);
        let Some(asking) = self.asking.as_mut().filter(is_erasure) else { return false };
        asking.working = None;
        asking.error = Some(match failure {
            Failure::Because(why) | Failure::Truncated(why) => why.clone(),
            Failure::Stopped => "Stopped as asked. Nobody was erased.".to_owned(),
        });
        true
    }

    pub(super) fn save_receipt(&mut self, worker: &Worker) {
        let is_asked = |asking: &&mut Asking| asking.what == What::Receipt && !asking.is_working();
        if let Some(asking) = self.asking.as_mut().filter(is_asked) {
            asking.error = None;
            let path = PathBuf::from(asking.path.trim());
            asking.working = Some(worker.keep(Keeping::Receipt(path, asking.receipt.clone())));
        }
    }

    pub(super) fn take_receipt_saved(&mut self, path: &Path) {
        self.asking.take_if(|asking| asking.what == What::Receipt);
        let name = file_names(&[path.to_owned()]);
        self.toast = Some(Toast::new(format!("{name} is written.")));
    }

    pub(super) fn ask_for_another_passphrase(&mut self) {
        if let Some(open) = &self.project {
            let path = open.path.display().to_string();
            self.asking = Some(Asking::about(What::Passphrase, path));
        }
    }

    pub(super) fn set_passphrase(&mut self, old: Phrase, new: Phrase, worker: &Worker) {
        let Some(project) = self.project_to_read_for() else { return };
        let is_asked =
            |asking: &&mut Asking| asking.what == What::Passphrase && !asking.is_working();
        let Some(asking) = self.asking.as_mut().filter(is_asked) else { return };
        asking.error = None;
        // What is written says so already; the window does once it is.
        let mut project = project.to_write();
        project.history.push(Timestamp::now(), &Event::KeyChanged {});
        let keeping = Keeping::ChangePassphrase([old.0, new.0], Arc::new(project));
        asking.working = Some(worker.keep(keeping));
    }

    pub(super) fn take_passphrase_changed(&mut self, number: u64, worker: &Worker) {
        self.asking
            .take_if(|asking| asking.what == What::Passphrase && asking.working == Some(number));
        self.record(&Event::KeyChanged {});
        self.save_project(worker);
        let words =
            "The project has a new passphrase. Copies that were made before keep the old one.";
        self.toast = Some(Toast::new(words.to_owned()));
    }
}
