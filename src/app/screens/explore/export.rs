//! The view on the screen as a file or in the clipboard: the menu, and the question where to.

use egui::{Align, Frame, Id, Key, Layout, Modal, Popup, Ui};
use egui_material_icons::icons::ICON_DOWNLOAD;

use crate::app::command::{Command, Form};
use crate::app::shell;
use crate::app::state::{Presenting, State};
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, field, stripe, text};

/// The button, and what it opens.
pub fn menu_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let is_there = state.shown.is_some();
    let button = Button::new("Export").plain().icon(ICON_DOWNLOAD).enabled(is_there).ui(ui);
    if !is_there {
        return;
    }
    Popup::menu(&button).width(220.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut add = |words: &str, command: Command| {
            if shell::menu_row(ui, words, false, look).clicked() {
                commands.push(command);
                ui.close();
            }
        };
        if state.has_steps() {
            add("Make a board of its steps", Presenting::BoardOfShown.into());
        }
        add("Copy the picture", Command::CopyPicture);
        for form in Form::ALL {
            add(form.name(), Command::Export(form));
        }
    });
}

/// Asks for the path. It can be typed, so that no file dialog of the system is needed.
pub fn path_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(exporting) = &state.exporting else { return };
    let modal = Modal::new(Id::unique("export"))
        .frame(Frame::popup(ui.style()).inner_margin(24))
        .show(ui.ctx(), |ui| {
            ui.set_width(520.0);
            ui.spacing_mut().item_spacing.y = 12.0;
            text::title(ui, "Save the view");
            text::body(
                ui,
                "What is on the screen, by itself: protected like everything here, but not checked \
                 against other views, and without a statement. For what others rely on, write a \
                 package at Release.",
            );
            let mut path = exporting.path.clone();
            ui.horizontal(|ui| {
                let width = ui.available_width() - 92.0;
                let typed = field(ui, "Path of the file", &mut path, "map.png", width);
                if typed.changed() {
                    commands.push(Command::SetExportPath(path.clone()));
                }
                if typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                    commands.push(Command::WriteExport);
                } else if ui.memory(|memory| memory.focused().is_none()) {
                    // What is asked for can be typed at once.
                    typed.request_focus();
                }
                if Button::new("Choose").width(80.0).ui(ui).clicked() {
                    commands.push(Command::ChooseExportPath);
                }
            });
            if exporting.replaces {
                text::small_in(
                    ui,
                    "There is such a file; it would be replaced.",
                    Look::of(ui).warning,
                );
            }
            if let Some(error) = &exporting.error {
                stripe(ui, Tone::Danger, error, "", |_| {});
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let words = if exporting.replaces { "Replace" } else { "Save" };
                let save = Button::new(words).filled().enabled(!path.trim().is_empty());
                if save.ui(ui).clicked() {
                    commands.push(Command::WriteExport);
                }
                if Button::new("Cancel").ui(ui).clicked() {
                    commands.push(Command::Escape);
                }
            });
        });
    if modal.should_close() {
        commands.push(Command::Escape);
    }
}
