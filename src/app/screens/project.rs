//! What is asked about a project: where it is, its passphrase, where its files are now, whom it is to
//! forget.
//!
//! *Invariant:* what is typed as a passphrase stays here, is overwritten when the question is over, and
//! leaves as a value that cannot be printed.

mod erase;
mod passphrase;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Align, Frame, Id, Key, Layout, Modal, Ui};
use zeroize::Zeroizing;

use crate::app::command::{Command, Phrase};
use crate::app::state::{Asking, State, What};
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, field, secret_field, stripe, text};
use crate::keys::Passphrase;
use crate::project::{Strength, strength};

/// What is being typed.
#[derive(Default)]
pub struct Asked {
    passphrase: Zeroizing<String>,
    again: Zeroizing<String>,
    /// In place of the passphrase that there is.
    new: Zeroizing<String>,
    /// What is asked, once its first field has been given the keyboard.
    begun: Option<What>,
}

const WIDTH: f32 = 520.0;

impl Asked {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let asked = state.asking.as_ref().map(|asking| asking.what);
        if asked != self.begun {
            self.passphrase = Zeroizing::default();
            self.again = Zeroizing::default();
            self.new = Zeroizing::default();
        }
        let Some(asking) = &state.asking else {
            self.begun = None;
            return;
        };
        let modal = Modal::new(Id::unique("project"))
            .frame(Frame::popup(ui.style()).inner_margin(24))
            .show(ui.ctx(), |ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing.y = 12.0;
                match asking.what {
                    What::New => self.new_ui(ui, asking, commands),
                    What::Open => self.open_ui(ui, asking, commands),
                    What::Find => self.find_ui(ui, asking, commands),
                    What::Unsaved => unsaved_ui(ui, asking, commands),
                    What::Erase => self.erase_ui(ui, asking, commands),
                    What::Receipt => self.receipt_ui(ui, asking, commands),
                    What::Passphrase => self.new_passphrase_ui(ui, asking, commands),
                }
            });
        if modal.should_close() {
            commands.push(Command::Escape);
        }
        self.begun = asked;
    }

    fn new_ui(&mut self, ui: &mut Ui, asking: &Asking, commands: &mut Vec<Command>) {
        text::title(ui, "New project");
        text::body(
            ui,
            "One encrypted file that keeps how the data are read, the rules, what is asked, and a \
             history of what leaves. The data stay where they are.",
        );
        self.path_ui(ui, asking, "Path of the project", "shop.trodden", true, commands);
        let first = labelled(ui, "Passphrase", |ui| {
            secret_field(ui, "The passphrase", &mut self.passphrase, WIDTH)
        });
        if self.is_first(What::New) {
            first.request_focus();
        }
        strength_ui(ui, &self.passphrase);
        let look = Look::of(ui);
        let second = labelled(ui, "Once more", |ui| {
            secret_field(ui, "The same passphrase again", &mut self.again, WIDTH)
        });
        let differs = self.again != self.passphrase;
        if differs && !self.again.is_empty() {
            text::small_in(ui, "The two differ.", look.warning);
        } else {
            text::small(
                ui,
                "It is kept nowhere and cannot be recovered: without it nobody can open the project \
                 again.",
            );
        }
        error_ui(ui, asking);
        let ready = !differs && !self.passphrase.is_empty() && !asking.path.trim().is_empty();
        let entered = second.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let words = if asking.is_working() { "Creating …" } else { "Create" };
        if buttons_ui(ui, words, ready && !asking.is_working(), entered, commands)
            && let Some(phrase) = self.phrase()
        {
            commands.push(Command::CreateProject(phrase));
        }
    }

    fn open_ui(&mut self, ui: &mut Ui, asking: &Asking, commands: &mut Vec<Command>) {
        text::title(ui, "Open a project");
        let is_known = !asking.path.is_empty();
        self.path_ui(ui, asking, "Path of the project", "shop.trodden", is_known, commands);
        let typed = labelled(ui, "Passphrase", |ui| {
            secret_field(ui, "The passphrase", &mut self.passphrase, WIDTH)
        });
        if is_known && self.is_first(What::Open) {
            typed.request_focus();
        }
        error_ui(ui, asking);
        let ready = !self.passphrase.is_empty() && !asking.path.trim().is_empty();
        let entered = typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let words = if asking.is_working() { "Opening …" } else { "Open" };
        if buttons_ui(ui, words, ready && !asking.is_working(), entered, commands)
            && let Some(phrase) = self.phrase()
        {
            commands.push(Command::UnlockProject(phrase));
        }
    }

    fn find_ui(&mut self, ui: &mut Ui, asking: &Asking, commands: &mut Vec<Command>) {
        text::title(ui, "Find the file");
        text::body(
            ui,
            "The project reads this file from now on, with the columns and the rules that it has.",
        );
        self.path_ui(ui, asking, "Path of the file", "/data/events.csv", false, commands);
        error_ui(ui, asking);
        let path = asking.path.trim();
        if buttons_ui(ui, "Read it", !path.is_empty(), false, commands) {
            commands.push(Command::UseFiles(vec![PathBuf::from(path)]));
        }
    }

    /// A path that can be typed, so that no file dialog of the system is needed.
    fn path_ui(
        &self,
        ui: &mut Ui,
        asking: &Asking,
        name: &str,
        hint: &str,
        is_known: bool,
        commands: &mut Vec<Command>,
    ) {
        let mut path = asking.path.clone();
        let row = |ui: &mut Ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let typed = field(ui, name, &mut path, hint, WIDTH - 88.0);
            if !is_known && self.is_first(asking.what) {
                typed.request_focus();
            }
            let choose = Button::new("Choose").width(80.0).ui(ui);
            (typed.changed(), choose.clicked())
        };
        let (is_changed, chooses) = labelled(ui, "File", |ui| ui.horizontal(row).inner);
        if is_changed {
            commands.push(Command::SetProjectPath(path));
        }
        if chooses {
            commands.push(Command::ChooseProjectPath);
        }
    }

    /// Whether this is the first time that it is shown.
    fn is_first(&self, what: What) -> bool {
        self.begun != Some(what)
    }

    fn phrase(&self) -> Option<Phrase> {
        phrase(&self.passphrase)
    }
}

fn phrase(typed: &str) -> Option<Phrase> {
    Some(Phrase(Arc::new(Passphrase::new(typed).ok()?)))
}

/// How hard a new passphrase is to guess.
fn strength_ui(ui: &mut Ui, typed: &str) {
    let look = Look::of(ui);
    if typed.is_empty() {
        text::small(ui, "Four or more words that do not belong together are good.");
        return;
    }
    let (words, colour) = match strength(typed) {
        Strength::Weak => (
            "Easy to guess: four or more words that do not belong together are better.",
            look.warning,
        ),
        Strength::Fair => ("Fair. A word or two more would be better.", look.text_weak),
        Strength::Strong => ("Hard to guess.", look.ok),
    };
    text::small_in(ui, words, colour);
}

/// A control under what it is for.
fn labelled<T>(ui: &mut Ui, words: &str, add: impl FnOnce(&mut Ui) -> T) -> T {
    let add = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        text::small_heading(ui, words);
        add(ui)
    };
    ui.vertical(add).inner
}

fn unsaved_ui(ui: &mut Ui, asking: &Asking, commands: &mut Vec<Command>) {
    text::title(ui, "The project is not saved");
    error_ui(ui, asking);
    text::body(ui, "What changed since it was saved last would be lost.");
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if Button::new("Try again").filled().ui(ui).clicked() {
            commands.push(Command::SaveProject);
        }
        if Button::new("Stay").ui(ui).clicked() {
            commands.push(Command::Escape);
        }
        if Button::new("Go on without saving").ui(ui).clicked() {
            commands.push(Command::DropChanges);
        }
    });
}

fn error_ui(ui: &mut Ui, asking: &Asking) {
    if let Some(error) = &asking.error {
        stripe(ui, Tone::Danger, error, "", |_| {});
    }
}

/// Whether it is to be done.
fn buttons_ui(
    ui: &mut Ui,
    words: &str,
    ready: bool,
    entered: bool,
    commands: &mut Vec<Command>,
) -> bool {
    let mut done = entered && ready;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        done |= Button::new(words).filled().enabled(ready).ui(ui).clicked();
        if Button::new("Cancel").ui(ui).clicked() {
            commands.push(Command::Escape);
        }
    });
    done
}
