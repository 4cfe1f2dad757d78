//! What has to be said before the file can be read: whose export it is, how its times are meant.

use egui::Ui;

use crate::app::command::Command;
use crate::app::state::{Question, Source};
use crate::app::theme::Look;
use crate::app::widgets::{
    Button, Tone, card, choice, divider, field, row, segmented, stripe, text,
};
use crate::app::worker::sentence;
use crate::views::{DateOrder, ImportPlan, Preset, Question as Asked};

#[derive(Default)]
pub struct Reading {
    timezone: Option<String>,
}

/// Pauses that end a session, in seconds.
const GAPS: [(u64, &str); 6] = [
    (5 * 60, "5 minutes"),
    (15 * 60, "15 minutes"),
    (30 * 60, "30 minutes"),
    (60 * 60, "an hour"),
    (4 * 3600, "4 hours"),
    (24 * 3600, "a day"),
];
const CONTROL: f32 = 196.0;

impl Reading {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        source: &Source,
        question: &Question,
        commands: &mut Vec<Command>,
    ) {
        let inspection = source.inspection.as_ref();
        let questions = inspection.map_or(&[][..], |i| &i.questions);
        let recognised = inspection.and_then(|inspection| inspection.preset);
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            text::heading(ui, "How to read it");
            for asked in questions {
                if let Asked::DateOrder { column } = asked {
                    date_order_ui(ui, question, column, commands);
                }
            }
            row(ui, "Read as", |ui| {
                let own = recognised.filter(|_| question.plan.preset.is_none());
                let guess = match own {
                    Some(preset) => format!("{} (found)", preset.title()),
                    None => "As it was found".to_owned(),
                };
                let mut options = vec![(None, guess)];
                options.extend(Preset::ALL.map(|preset| (Some(preset), title(preset))));
                let chosen = question.plan.preset;
                if let Some(preset) = choice(ui, "Read as", &options, chosen, CONTROL) {
                    commands.push(Command::SetPreset(preset));
                }
            });
            if question.plan.mapping.time.is_some() {
                self.time_ui(ui, question, commands);
            } else {
                text::small(ui, "Without a time, events keep the order of the file.");
            }
            if question.plan.mapping.session.is_none() && question.plan.mapping.time.is_some() {
                row(ui, "A session ends after", |ui| {
                    let now =
                        question.plan.session_gap_secs.unwrap_or(ImportPlan::SESSION_GAP_SECS);
                    let mut options = GAPS.map(|(secs, words)| (secs, words.to_owned())).to_vec();
                    if !options.iter().any(|(secs, _)| *secs == now) {
                        options.push((now, format!("{now} seconds")));
                    }
                    if let Some(secs) = choice(ui, "A session ends after", &options, now, CONTROL) {
                        commands.push(Command::SetSessionGap(secs));
                    }
                });
            }
            divider(ui, 16.0);
            import_ui(ui, source, question, commands);
        });
        let notes = inspection.map_or(&[][..], |i| &i.notes);
        if !notes.is_empty() {
            ui.add_space(16.0);
            card(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 6.0;
                text::heading(ui, "What was chosen, and why");
                for note in notes {
                    text::small(ui, sentence(note));
                }
            });
        }
    }

    fn time_ui(&mut self, ui: &mut Ui, question: &Question, commands: &mut Vec<Command>) {
        let held = question.plan.timezone.clone().unwrap_or_default();
        let mut typed = self.timezone.clone().unwrap_or_else(|| held.clone());
        let mut lost = false;
        row(ui, "Time zone", |ui| {
            let response = field(ui, "Time zone", &mut typed, "UTC", CONTROL - 18.0);
            lost = response.lost_focus();
            if response.has_focus() {
                self.timezone = Some(typed.clone());
            }
        });
        let zone = typed.trim();
        let is_known = zone.is_empty() || jiff::tz::TimeZone::get(zone).is_ok();
        if lost && is_known {
            self.timezone = None;
            if zone != held {
                commands.push(Command::SetTimezone(zone.to_owned()));
            }
        }
        if is_known {
            let words = "For times that do not say their own zone: a name such as Europe/Berlin.";
            text::small(ui, words);
        } else {
            let look = Look::of(ui);
            let words = "No time zone has this name. They are called like Europe/Berlin or UTC.";
            text::small_in(ui, words, look.warning);
        }
    }
}

fn import_ui(ui: &mut Ui, source: &Source, question: &Question, commands: &mut Vec<Command>) {
    let blocked = source.blocked(question);
    let width = ui.available_width();
    let ready = blocked.is_none() && !source.working;
    let words = if source.working { "Reading …" } else { "Import" };
    let import = Button::new(words).filled().large().width(width).enabled(ready);
    if import.ui(ui).clicked() && ready {
        commands.push(Command::Import);
    }
    match blocked {
        Some(why) => {
            let look = Look::of(ui);
            text::small_in(ui, why, look.warning);
        }
        None => {
            text::small(ui, "Only these columns are read; the file stays as it is.");
        }
    }
}

fn date_order_ui(ui: &mut Ui, question: &Question, column: &str, commands: &mut Vec<Command>) {
    stripe(
        ui,
        Tone::Warning,
        &format!("Dates in {column} can be read in two ways."),
        "In 03/04/2024, which comes first?",
        |ui| {
            ui.add_space(4.0);
            let orders = [
                (Some(DateOrder::DayFirst), "The day"),
                (Some(DateOrder::MonthFirst), "The month"),
            ];
            let chosen = question.plan.date_order;
            if let Some(Some(order)) = segmented(ui, "What comes first", &orders, chosen) {
                commands.push(Command::SetDateOrder(order));
            }
        },
    );
}

fn title(preset: Preset) -> String {
    match preset {
        Preset::Generic => "Any table".to_owned(),
        vendor => vendor.title().to_owned(),
    }
}
