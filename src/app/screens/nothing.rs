//! What a place shows where there are no journeys yet: what is missing, and the button that brings
//! it.

use egui::{Rect, Ui, UiBuilder, vec2};

use crate::app::command::{Command, Place};
use crate::app::state::State;
use crate::app::widgets::{Button, text};

/// `then` is what happens here once the journeys are there.
pub fn ui(ui: &mut Ui, state: &State, then: &str, commands: &mut Vec<Command>) {
    middle(ui, |ui| match &state.source {
        Some(source) if source.working => {
            text::title(ui, format!("Reading {}", state.source_name()));
            text::body(ui, then);
        }
        Some(_) => {
            text::title(ui, "The journeys are not there yet");
            text::body(ui, "Say which column is which, then import the file.");
            if Button::new("Go to the columns").filled().ui(ui).clicked() {
                commands.push(Command::Go(Place::Data));
            }
        }
        None => {
            text::title(ui, "Nothing is open");
            text::body(ui, format!("Open a file with events, or try the sample. {then}"));
            ui.horizontal(|ui| {
                if Button::new("Open a file").filled().ui(ui).clicked() {
                    commands.push(Command::ChooseFile);
                }
                if Button::new("Open the sample").ui(ui).clicked() {
                    commands.push(Command::OpenSample);
                }
            });
        }
    });
}

/// Words in the middle of the place.
pub fn middle(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let whole = ui.max_rect();
    let area = Rect::from_center_size(whole.center(), vec2(440.0_f32.min(whole.width()), 160.0));
    ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
        ui.spacing_mut().item_spacing.y = 12.0;
        add(ui);
    });
}
