//! What will leave, in which forms, with which statement, what the attacker found, and the way to the
//! file.

mod audit;
mod compare;
mod contents;
mod formats;
mod steps;
mod views;
mod write;

use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, ScrollArea, Ui, vec2};

use crate::app::command::{Command, Place};
use crate::app::shell;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{Button, Column, beside, text};
use crate::app::worker::Worker;

/// The way to the file.
const RIGHT: f32 = 440.0;
/// Narrower than this, what stands side by side stands one below the other.
const NARROW: f32 = 640.0;

/// What the screen keeps for itself.
#[derive(Default)]
pub struct Release {
    views: views::Views,
}

impl Release {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        if state.wanted().is_none() {
            CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
                Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                    ui.take_available_width();
                    shell::notice_ui(ui, state, commands);
                    nothing_ui(ui, state, commands);
                });
            });
            return;
        }
        let width = RIGHT.min(ui.available_width() * 0.42);
        Panel::right("to the file")
            .exact_size(width)
            .resizable(false)
            .frame(Frame::new().fill(look.background))
            .show(ui, |ui| {
                Panel::bottom("the file")
                    .resizable(false)
                    .frame(Frame::new().inner_margin(Margin::symmetric(24, 16)))
                    .show(ui, |ui| write::foot_ui(ui, state, commands));
                ScrollArea::vertical().id_salt("to the file").auto_shrink(false).show(ui, |ui| {
                    Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                        ui.take_available_width();
                        write::ui(ui, state, worker, commands);
                    });
                });
            });
        CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                    ui.take_available_width();
                    shell::notice_ui(ui, state, commands);
                    self.contents_ui(ui, state, worker, commands);
                });
            });
        });
        contents::whole_statement_ui(ui, state, commands);
    }

    fn contents_ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            let title = format!("Release of {}", state.source_name());
            text::title(ui, crate::draw::text::shorten(&title, 48));
            text::small_cut(ui, "everything below leaves, nothing else does");
            crate::app::screens::history::link_ui(ui, state, commands);
        });
        ui.add_space(12.0);
        self.views.ui(ui, state, worker, commands);
        ui.add_space(20.0);
        let packed = state.leaving.packed.clone();
        // What holds the package comes first.
        let is_held = packed.as_ref().is_some_and(|packed| packed.made.is_err());
        if is_held {
            audit::ui(ui, state, commands);
            ui.add_space(20.0);
        }
        if ui.available_width() < NARROW {
            formats::ui(ui, state, commands);
            ui.add_space(20.0);
            contents::statement_ui(ui, packed.as_deref(), commands);
        } else {
            let half = (ui.available_width() - 16.0) / 2.0;
            beside(ui, half, 16.0, |ui, column| {
                if column == Column::Left {
                    formats::ui(ui, state, commands);
                } else {
                    contents::statement_ui(ui, packed.as_deref(), commands);
                }
            });
        }
        ui.add_space(20.0);
        if !is_held {
            audit::ui(ui, state, commands);
            ui.add_space(20.0);
        }
        contents::entries_ui(ui, packed.as_deref());
    }
}

/// The head of a group, with room for a link at the right.
fn head_ui(ui: &mut Ui, words: &str, add: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), 28.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        text::small_heading(ui, words);
        ui.with_layout(Layout::right_to_left(Align::Center), add);
    });
}

fn nothing_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    text::title(ui, "There is nothing to release yet");
    text::body(ui, "A package holds views, and none is shown or was added.");
    let (words, command) = if state.is_open() {
        ("Go to the views", Command::Go(Place::Explore))
    } else {
        ("Go to the data", Command::Go(Place::Data))
    };
    if Button::new(words).filled().ui(ui).clicked() {
        commands.push(command);
    }
}
