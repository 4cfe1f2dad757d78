//! Another passphrase for the project that is open.

use egui::{Key, Ui};

use super::{Asked, WIDTH, buttons_ui, error_ui, labelled, phrase, strength_ui};
use crate::app::command::Command;
use crate::app::state::{Asking, What};
use crate::app::theme::Look;
use crate::app::widgets::{secret_field, text};

impl Asked {
    pub(super) fn new_passphrase_ui(
        &mut self,
        ui: &mut Ui,
        asking: &Asking,
        commands: &mut Vec<Command>,
    ) {
        text::title(ui, "Change the passphrase");
        text::body(
            ui,
            "The project is written anew and opened by the new passphrase from then on. Copies that were \
             made before are still opened by the old one.",
        );
        let first = labelled(ui, "Passphrase until now", |ui| {
            secret_field(ui, "The passphrase until now", &mut self.passphrase, WIDTH)
        });
        if self.is_first(What::Passphrase) {
            first.request_focus();
        }
        labelled(ui, "New passphrase", |ui| {
            secret_field(ui, "The new passphrase", &mut self.new, WIDTH)
        });
        strength_ui(ui, &self.new);
        let last = labelled(ui, "Once more", |ui| {
            secret_field(ui, "The new passphrase again", &mut self.again, WIDTH)
        });
        let differs = self.again != self.new;
        if differs && !self.again.is_empty() {
            text::small_in(ui, "The two differ.", Look::of(ui).warning);
        } else {
            text::small(ui, "It is kept nowhere and cannot be recovered.");
        }
        error_ui(ui, asking);
        let typed = !self.passphrase.is_empty() && !self.new.is_empty();
        let ready = typed && !differs && !asking.is_working();
        let entered = last.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let words = if asking.is_working() { "Changing …" } else { "Change it" };
        if buttons_ui(ui, words, ready, entered, commands)
            && let (Some(old), Some(new)) = (self.phrase(), phrase(&self.new))
        {
            commands.push(Command::SetPassphrase(old, new));
        }
    }
}
