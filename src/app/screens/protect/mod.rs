//! What is done before anything is shown: what looks personal, what steps are called, who is counted,
//! and how many people a number needs.
//!
//! One file a card. *Invariant:* labels are told by name only where enough people have them; every
//! number here is under control, or says that it is for the eyes of the analyst.

mod catches;
mod consent;
mod curve;
mod draft;
mod findings;
mod risk;
mod rules;

use egui::{Align, Frame, Layout, Margin, ScrollArea, Ui};

use super::nothing;
use crate::app::command::{Command, Place};
use crate::app::shell;
use crate::app::state::State;
use crate::app::widgets::{Button, Column, beside, text};

/// What the screen keeps for itself: what is being typed and what is looked at.
#[derive(Default)]
pub struct Protect {
    findings: findings::Findings,
    rules: rules::RuleList,
    catches: catches::Catches,
    consent: consent::Consent,
}

/// The widths of the right and of the left column where there are three.
const RIGHT: f32 = 344.0;
const LEFT: f32 = 384.0;
/// Narrower than this, there are two columns; narrower still, one.
const WIDE: f32 = 1160.0;
const NARROW: f32 = 820.0;
const GAP: f32 = 24.0;
const BETWEEN: f32 = 8.0;

impl Protect {
    pub fn ui(&mut self, ui: &mut Ui, state: &mut State, commands: &mut Vec<Command>) {
        if !state.is_open() {
            nothing::ui(ui, state, "Labels are looked at once the journeys are there.", commands);
            return;
        }
        if let Some(label) = state.rule_for.take() {
            self.rules.write_for(&label, &state.question.now().rules.rules);
        }
        let state = &*state;
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                ui.take_available_width();
                shell::notice_ui(ui, state, commands);
                head_ui(ui, state, commands);
                let room = ui.available_width();
                if room >= WIDE {
                    beside(ui, LEFT, GAP, |ui, column| match column {
                        Column::Left => self.people_ui(ui, state, commands),
                        Column::Right => {
                            let middle = ui.available_width() - RIGHT - GAP;
                            beside(ui, middle, GAP, |ui, column| match column {
                                Column::Left => self.labels_ui(ui, state, commands),
                                Column::Right => figures_ui(ui, state, commands),
                            });
                        }
                    });
                } else if room >= NARROW {
                    beside(ui, room - RIGHT - GAP, GAP, |ui, column| match column {
                        Column::Left => {
                            self.labels_ui(ui, state, commands);
                            ui.add_space(BETWEEN);
                            figures_ui(ui, state, commands);
                        }
                        Column::Right => self.people_ui(ui, state, commands),
                    });
                } else {
                    self.people_ui(ui, state, commands);
                    ui.add_space(BETWEEN);
                    self.labels_ui(ui, state, commands);
                    ui.add_space(BETWEEN);
                    figures_ui(ui, state, commands);
                }
            });
        });
    }

    /// What looks personal, and who is counted.
    fn people_ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        self.findings.ui(ui, state, &mut self.rules, commands);
        ui.add_space(BETWEEN);
        self.consent.ui(ui, state, commands);
    }

    /// What steps are called, and what would help.
    fn labels_ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        self.rules.ui(ui, state, commands);
        ui.add_space(BETWEEN);
        self.catches.ui(ui, state, &mut self.rules, commands);
    }
}

fn figures_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    curve::ui(ui, state, commands);
    ui.add_space(BETWEEN);
    risk::ui(ui, state);
}

fn head_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let open = state.open_findings();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        text::title(ui, "Protect");
        let words = match open {
            None => "looking at the labels …".to_owned(),
            Some(0) => "nothing is left to settle".to_owned(),
            Some(1) => "one finding is open, so nothing is drawn yet".to_owned(),
            Some(many) => format!("{many} findings are open, so nothing is drawn yet"),
        };
        text::weak(ui, format!("{} · {words}", state.source_name()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = if state.shown.is_some() { "Show the flow" } else { "Draw the first flow" };
            let show = Button::new(words).filled().enabled(open == Some(0));
            if show.ui(ui).clicked() && open == Some(0) {
                commands.push(Command::Go(Place::Explore));
            }
        });
    });
    ui.add_space(16.0);
}
