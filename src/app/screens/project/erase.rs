//! Who is to be erased from the project, and the receipt of it.

use egui::{Align, Layout, Ui};

use super::{Asked, buttons_ui, error_ui};
use crate::app::command::Command;
use crate::app::state::Asking;
use crate::app::widgets::{Button, Tone, card, stripe, text};
use crate::app::worker::sentence;

impl Asked {
    pub(super) fn erase_ui(&self, ui: &mut Ui, asking: &Asking, commands: &mut Vec<Command>) {
        text::title(ui, "Erase people from the project");
        text::body(
            ui,
            "Who is on the list is left out from now on, and forgotten by what the project remembers of \
             releases. What left before is marked. It cannot be undone.",
        );
        self.path_ui(ui, asking, "Path of the erasure list", "requests.json", false, commands);
        text::small(
            ui,
            "A table of identifiers, or OpenDSR requests. The event files are not changed.",
        );
        error_ui(ui, asking);
        let ready = !asking.path.trim().is_empty() && !asking.is_working();
        let words = if asking.is_working() { "Erasing …" } else { "Erase" };
        if buttons_ui(ui, words, ready, false, commands) {
            commands.push(Command::Erase);
        }
    }

    pub(super) fn receipt_ui(&self, ui: &mut Ui, asking: &Asking, commands: &mut Vec<Command>) {
        text::title(ui, "They are erased");
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            asking.receipt.lines().for_each(|line| drop(text::body(ui, line)));
        });
        for note in &asking.notes {
            stripe(ui, Tone::Warning, &sentence(note), "", |_| {});
        }
        self.path_ui(ui, asking, "Path of the receipt", "receipt.txt", true, commands);
        error_ui(ui, asking);
        let ready = !asking.path.trim().is_empty() && !asking.is_working();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let save = Button::new("Save the receipt").filled().enabled(ready).ui(ui);
            if save.clicked() && ready {
                commands.push(Command::SaveReceipt);
            }
            if Button::new("Copy it").ui(ui).clicked() {
                commands.push(Command::Copy(asking.receipt.clone()));
            }
            if Button::new("Close").named("Close the receipt").ui(ui).clicked() {
                commands.push(Command::Escape);
            }
        });
    }
}
