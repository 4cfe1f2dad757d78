//! The files: what they look like, which column is what, which lists of people go with them, and what
//! came of reading them.

mod columns;
mod lists;
mod quality;
mod reading;

use egui::{Align, Frame, Layout, Margin, ScrollArea, Ui};

use crate::app::command::{Command, Place};
use crate::app::shell;
use crate::app::state::{Question, Source, State};
use crate::app::widgets::{Button, Column, Tone, beside, stripe, text};

/// What is being typed and how far lists are open.
#[derive(Default)]
pub struct Data {
    columns: columns::Columns,
    lists: lists::Lists,
    reading: reading::Reading,
}

/// The width of the right column.
const RIGHT: f32 = 392.0;
/// A page narrower than this has one column.
const NARROW: f32 = 860.0;

impl Data {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let Some(source) = &state.source else { return };
        let question = state.question.now();
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                ui.take_available_width();
                shell::notice_ui(ui, state, commands);
                head_ui(ui, state, source, question, commands);
                if let Some(error) = &source.error {
                    error_ui(ui, source, question, state.project.is_some(), error, commands);
                }
                remembered_ui(ui, state, commands);
                let Some(inspection) = &source.inspection else {
                    if source.working {
                        text::body(ui, "Looking at the beginning of the file …");
                    }
                    return;
                };
                let room = ui.available_width();
                if room >= NARROW {
                    beside(ui, room - RIGHT - 24.0, 24.0, |ui, column| match column {
                        Column::Left => {
                            let columns = &inspection.columns;
                            self.columns.ui(ui, source, question, columns, commands);
                        }
                        Column::Right => self.right_ui(ui, source, question, commands),
                    });
                } else {
                    self.right_ui(ui, source, question, commands);
                    ui.add_space(16.0);
                    self.columns.ui(ui, source, question, &inspection.columns, commands);
                }
            });
        });
    }

    fn right_ui(
        &mut self,
        ui: &mut Ui,
        source: &Source,
        question: &Question,
        commands: &mut Vec<Command>,
    ) {
        match source.imported.as_deref().filter(|_| !source.editing) {
            Some(imported) => quality::ui(ui, question, imported, commands),
            None => self.reading.ui(ui, source, question, commands),
        }
        ui.add_space(16.0);
        self.lists.ui(ui, question, commands);
    }
}

fn head_ui(
    ui: &mut Ui,
    state: &State,
    source: &Source,
    question: &Question,
    commands: &mut Vec<Command>,
) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        text::title(ui, "Data");
        let mut words = source.name(question);
        if let Some(inspection) = &source.inspection {
            words = format!("{words} · {}", inspection.format.name);
            if !inspection.format.detail.is_empty() {
                words = format!("{words}, {}", inspection.format.detail);
            }
            if inspection.files > 1 {
                words = format!("{words} · {} files", inspection.files);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if source.imported.is_some() && !source.editing {
                let open = state.open_findings().unwrap_or(0);
                if open > 0 {
                    let words = format!("Settle {open} in Protect");
                    if Button::new(&words).filled().ui(ui).clicked() {
                        commands.push(Command::Go(Place::Protect));
                    }
                } else if Button::new("Show the flow").filled().ui(ui).clicked() {
                    commands.push(Command::Go(Place::Explore));
                }
                if Button::new("Change the columns").ui(ui).clicked() {
                    commands.push(Command::EditColumns);
                }
            } else if Button::new("Open another file").ui(ui).clicked() {
                commands.push(Command::ChooseFile);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                text::weak_cut(ui, &words).on_hover_text(&words);
            });
        });
    });
    ui.add_space(16.0);
}

/// Files with the same columns were read before.
fn remembered_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(remembered) = &state.offered else { return };
    let rules = match remembered.rules.rules.len() {
        0 => String::new(),
        1 => " and one label rule".to_owned(),
        many => format!(" and {many} label rules"),
    };
    let what = format!("You read a file with these columns on {}.", remembered.day);
    let then = format!("What its columns were read as{rules} can be used again.");
    stripe(ui, Tone::Ok, &what, &then, |ui| {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            if Button::new("Use them again").small().filled().ui(ui).clicked() {
                commands.push(Command::UseRemembered);
            }
            if Button::new("Not now").small().ui(ui).clicked() {
                commands.push(Command::PassRemembered);
            }
        });
    });
    ui.add_space(16.0);
}

fn error_ui(
    ui: &mut Ui,
    source: &Source,
    question: &Question,
    is_project: bool,
    error: &str,
    commands: &mut Vec<Command>,
) {
    let then = if source.inspection.is_some() {
        "Change how the columns are read and import again, or open another file."
    } else {
        "Open another file, or repair this one and open it again."
    };
    stripe(ui, Tone::Danger, error, then, |ui| {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            if source.truncated
                && Button::new("Use the readable beginning").small().ui(ui).clicked()
            {
                commands.push(Command::AcceptTruncated);
            }
            if source.inspection.is_none() {
                let again = Button::new("Try again").small();
                if again.ui(ui).clicked() {
                    let open = if is_project {
                        Command::Import
                    } else if source.is_sample {
                        Command::OpenSample
                    } else {
                        Command::OpenFiles(question.plan.files.clone())
                    };
                    commands.push(open);
                }
            }
            if is_project && Button::new("Find the file …").small().ui(ui).clicked() {
                commands.push(Command::FindFiles);
            }
            if Button::new("Back to the first screen").small().ui(ui).clicked() {
                commands.push(Command::CloseData);
            }
        });
    });
    ui.add_space(16.0);
}
