//! Asks for the path of a file at Present. It can be typed, so that no file dialog of the system is needed.

use egui::{Align, Frame, Id, Key, Layout, Modal, Ui};

use crate::app::command::Command;
use crate::app::state::{FileFor, Presenting, State};
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, field, segmented, stripe, text};
use crate::draw::paper::{Paper, Sheet};

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(asked) = &state.present.asked else { return };
    let (title, words) = match asked.what {
        FileFor::Show => (
            "Save a presenter file".to_owned(),
            "The boards, the slides and the released numbers in one file. Whoever opens it reaches no \
             data, and trodden verify checks it.",
        ),
        FileFor::Paper(paper) => (
            format!("Save the board: {}", paper.name()),
            "What is on it as measured is what has been released; other numbers stay off.",
        ),
        FileFor::Mermaid => (
            "Open a Mermaid journey".to_owned(),
            "It becomes a board of its own, with its sections as stages.",
        ),
        FileFor::Picture(..) => (
            "A picture for the card".to_owned(),
            "PNG or JPEG. It is made smaller and written anew; where it was taken is not kept.",
        ),
        FileFor::Open => (
            "Open what is to be shown".to_owned(),
            "A presenter file, or a release package whose numbers stand on the boards here.",
        ),
    };
    let modal = Modal::new(Id::unique("file at present"))
        .frame(Frame::popup(ui.style()).inner_margin(24))
        .show(ui.ctx(), |ui| {
            ui.set_width(520.0);
            ui.spacing_mut().item_spacing.y = 12.0;
            text::title(ui, title);
            text::body(ui, words);
            let mut path = asked.path.clone();
            ui.horizontal(|ui| {
                let width = ui.available_width() - 92.0;
                let hint = format!("name.{}", asked.what.ending());
                let typed = field(ui, "Path of the file", &mut path, &hint, width);
                if typed.changed() {
                    commands.push(Presenting::SetPath(path.clone()).into());
                }
                if typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                    commands.push(Presenting::UsePath.into());
                } else if ui.memory(|memory| memory.focused().is_none()) {
                    // What is asked for can be typed at once.
                    typed.request_focus();
                }
                if Button::new("Choose").width(80.0).ui(ui).clicked() {
                    commands.push(Presenting::ChoosePath.into());
                }
            });
            if let FileFor::Paper(output) = asked.what
                && output.is_on_sheets()
            {
                paper_ui(ui, state.present.paper, commands);
            }
            if asked.replaces {
                let warning = Look::of(ui).warning;
                text::small_in(ui, "There is such a file; it would be replaced.", warning);
            }
            if let Some(error) = &asked.error {
                stripe(ui, Tone::Danger, error, "", |_| {});
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let words = match (asked.what.is_written(), asked.replaces) {
                    (true, true) => "Replace",
                    (true, false) => "Save",
                    (false, _) => "Open",
                };
                let is_ready = !path.trim().is_empty() && !asked.is_working();
                let use_it = Button::new(words).named(format!("{words} the file")).filled();
                if use_it.enabled(is_ready).ui(ui).clicked() {
                    commands.push(Presenting::UsePath.into());
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

/// Which sheets are in the printer, and which way round.
fn paper_ui(ui: &mut Ui, paper: Paper, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let sheets = [(Sheet::A4, "A4"), (Sheet::A3, "A3"), (Sheet::Letter, "Letter")];
        if let Some(sheet) = segmented(ui, "Paper", &sheets, paper.sheet) {
            commands.push(Presenting::UsePaper(Paper { sheet, ..paper }).into());
        }
        let ways = [(false, "Landscape"), (true, "Portrait")];
        if let Some(portrait) = segmented(ui, "Which way round", &ways, paper.portrait) {
            commands.push(Presenting::UsePaper(Paper { portrait, ..paper }).into());
        }
    });
}
