//! Consent by purpose: whose journeys are counted, and what silence is taken for.

use egui::{Align, Layout, Ui};

use crate::app::command::{Command, Place};
use crate::app::state::State;
use crate::app::widgets::{
    Button, card, card_head, check, choice, divider, field, segmented, text,
};
use crate::draw::text::{NARROW_SPACE, number};
use crate::views::{PurposeCount, TimeGrain, UnknownConsent};

/// What is being typed.
#[derive(Default)]
pub struct Consent {
    purpose: String,
}

impl Consent {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            card_head(ui, "Who is counted", "for your eyes only");
            self.purposes_ui(ui, state, commands);
            divider(ui, 16.0);
            grain_ui(ui, state, commands);
        });
    }

    fn purposes_ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let Some(imported) = state.source.as_ref().and_then(|source| source.imported.as_deref())
        else {
            return;
        };
        let plan = &state.question.now().protection;
        let mut purposes: Vec<&String> = imported.quality.purposes.iter().collect();
        purposes.extend(plan.purposes.iter().filter(|p| !imported.quality.purposes.contains(p)));
        let has_lists = !plan.registers.is_empty() || !plan.erasures.is_empty();
        if purposes.is_empty() && !has_lists {
            let words = "Everybody in the file. It says nothing about consent; a register of consent \
                         or a list of people to erase can be added under Data.";
            text::small(ui, words);
            if Button::new("Add a list").small().ui(ui).clicked() {
                commands.push(Command::Go(Place::Data));
            }
            return;
        }
        let report = imported.protection.as_ref();
        for purpose in purposes {
            let needed = plan.purposes.contains(purpose);
            let words = format!("Only with consent to {purpose}");
            if check(ui, &words, needed).clicked() {
                commands.push(Command::RequirePurpose(purpose.clone(), !needed));
            }
            let count = report
                .and_then(|report| report.purposes.iter().find(|count| count.purpose == *purpose));
            if let Some(count) = count {
                ui.indent(purpose, |ui| purpose_ui(ui, count));
            }
        }
        if plan.purposes.is_empty() {
            let words = "Nobody is left out yet. Tick what these figures are for, and only people who \
                         agreed to it are counted.";
            text::small(ui, words);
        }
        if !plan.registers.is_empty() {
            self.purpose_field_ui(ui, commands);
        }
        if !plan.purposes.is_empty() {
            ui.horizontal(|ui| {
                text::body(ui, "Nothing said is");
                let ways =
                    [(UnknownConsent::Refused, "a refusal"), (UnknownConsent::Granted, "consent")];
                if let Some(way) = segmented(ui, "Nothing said is", &ways, plan.unknown) {
                    commands.push(Command::SetUnknownConsent(way));
                }
            });
        }
        let Some(report) = report else { return };
        let share = 100.0 * report.kept as f64 / report.people.max(1) as f64;
        let kept = format!(
            "{} of {} people are counted, {:.0}{NARROW_SPACE}%.",
            number(report.kept),
            number(report.people),
            share.floor()
        );
        text::body(ui, kept);
        if !plan.erasures.is_empty() {
            text::small(ui, format!("Erased: {} people.", number(report.erased)));
            for (count, words) in [
                (report.erasures_unmatched, "requests met nobody in the files"),
                (report.other_requests, "requests ask for something else and were passed over"),
                (report.unreadable_identities, "identities are in a form that cannot be compared"),
            ] {
                if count > 0 {
                    text::small(ui, format!("{} {words}.", number(count)));
                }
            }
        }
        if report.entries_unmatched > 0 {
            let entries = number(report.entries_unmatched);
            text::small(ui, format!("{entries} entries of the register met nobody in the files."));
        }
        text::small(ui, "A package tells the share as a band of five percent, and no count.");
    }

    /// A register may name purposes that the events do not.
    fn purpose_field_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let width = ui.available_width() - 110.0;
            let name = "Another purpose in the register";
            let typed = field(ui, name, &mut self.purpose, "analytics", width);
            let ready = !self.purpose.trim().is_empty();
            let entered =
                typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let add = Button::new("Require it").small().enabled(ready).ui(ui);
            if (add.clicked() || entered) && ready {
                let purpose = self.purpose.trim().to_owned();
                commands.push(Command::RequirePurpose(purpose, true));
                self.purpose.clear();
            }
        });
    }
}

fn purpose_ui(ui: &mut Ui, count: &PurposeCount) {
    let words = format!(
        "{} agreed, {} refused, {} said nothing",
        number(count.granted),
        number(count.refused),
        number(count.unknown)
    );
    text::small(ui, words);
}

fn grain_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        text::body(ui, "Times are used");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let grains = [
                (TimeGrain::None, "as in the file"),
                (TimeGrain::Minute, "to the minute"),
                (TimeGrain::Hour, "to the hour"),
                (TimeGrain::Day, "to the day"),
                (TimeGrain::Order, "for the order alone"),
            ]
            .map(|(grain, words)| (grain, words.to_owned()));
            let now = state.question.now().policy.time_grain();
            if let Some(grain) = choice(ui, "Times are used", &grains, now, 164.0) {
                commands.push(Command::SetTimeGrain(grain));
            }
        });
    });
    text::small(ui, "Coarser times make people harder to recognise by when they came.");
}
