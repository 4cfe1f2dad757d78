//! About whom: the bar over the picture, with what everybody in it has in common.

use egui::{Align, Area, Frame, Layout, Margin, Order, Popup, Pos2, Ui, vec2};
use egui_material_icons::icons::ICON_ADD;
use jiff::civil::Date;

use super::segments::value_ui;
use super::settings::chip;
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{Button, choice, field, row, text};
use crate::draw::text::shorten;
use crate::views::{Cohort, Extent, Filter};

/// What is being typed.
#[derive(Default)]
pub struct CohortBar {
    /// Whether filters are offered below the bar.
    open: bool,
    attribute: Option<String>,
    from: String,
    to: String,
}

const FIELD: f32 = 200.0;

impl CohortBar {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let look = Look::of(ui);
        let cohort = &state.question.now().cohort;
        ui.spacing_mut().item_spacing.y = 0.0;
        Frame::new().inner_margin(Margin::symmetric(24, 4)).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(look.tokens.control.button);
                ui.take_available_width();
                ui.spacing_mut().item_spacing.x = 8.0;
                text::small(ui, if cohort.is_everybody() { "Everybody" } else { "People" });
                let mut next = cohort.clone();
                chips_ui(ui, &mut next);
                let add = Button::new("Filter")
                    .small()
                    .icon(ICON_ADD)
                    .named("Add a filter")
                    .chosen(self.open)
                    .ui(ui);
                if add.clicked() {
                    self.open = !self.open;
                }
                if self.open {
                    self.panel_ui(ui, state, add.rect.left_bottom(), &mut next, commands);
                }
                if next != *cohort {
                    commands.push(Command::SetCohort(next));
                }
            });
        });
        let line = ui.cursor().top();
        ui.painter().hline(ui.max_rect().x_range(), line, look.hairline());
    }

    /// A plate below the button. It is no menu, since lists open over it.
    fn panel_ui(
        &mut self,
        ui: &Ui,
        state: &State,
        at: Pos2,
        cohort: &mut Cohort,
        commands: &mut Vec<Command>,
    ) {
        let area = Area::new(ui.scope_id().with("filters"))
            .fixed_pos(at + vec2(0.0, 8.0))
            .order(Order::Middle)
            .show(ui.ctx(), |ui| {
                Frame::popup(ui.style()).inner_margin(16).show(ui, |ui| {
                    ui.set_width(288.0);
                    self.filter_ui(ui, state, cohort, commands);
                    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                        Button::new("Done").small().ui(ui).clicked()
                    })
                    .inner
                })
            });
        let escaped =
            !Popup::is_any_open(ui.ctx()) && ui.input(|input| input.key_pressed(egui::Key::Escape));
        if area.inner.inner || escaped {
            self.open = false;
        }
    }

    /// What can be asked of people, each acting at once.
    fn filter_ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        cohort: &mut Cohort,
        commands: &mut Vec<Command>,
    ) {
        ui.spacing_mut().item_spacing.y = 8.0;
        let names = state.names();
        let free = |taken: &[String]| {
            let mut options = vec![("", "choose a step".to_owned())];
            options.extend(
                names
                    .iter()
                    .filter(|name| !taken.contains(name))
                    .map(|name| (name.as_str(), shorten(name, 24))),
            );
            options
        };
        row(ui, "who did", |ui| {
            let options = free(&cohort.did);
            if let Some(label) = choice(ui, "People who did", &options, "", FIELD) {
                cohort.did.push(label.to_owned());
            }
        });
        row(ui, "who did not", |ui| {
            let options = free(&cohort.did_not);
            if let Some(label) = choice(ui, "People who did not", &options, "", FIELD) {
                cohort.did_not.push(label.to_owned());
            }
        });
        let attributes = &state.question.now().plan.mapping.attributes;
        if attributes.is_empty() {
            let words = "Read a column as an attribute under Data to choose people by it.";
            text::small(ui, words);
        } else {
            self.attribute_ui(ui, state, cohort, commands);
        }
        row(ui, "from the day", |ui| {
            day_ui(ui, "From the day", &mut self.from, &mut cohort.from);
        });
        row(ui, "to the day", |ui| {
            day_ui(ui, "To the day", &mut self.to, &mut cohort.to);
        });
        row(ui, "of their", |ui| {
            let parts = [
                (Extent::Whole, "whole history".to_owned()),
                (Extent::FirstSession, "first session".to_owned()),
                (Extent::LastSession, "last session".to_owned()),
                (Extent::LongestSession, "longest session".to_owned()),
            ];
            if let Some(part) = choice(ui, "Part of their journeys", &parts, cohort.journey, FIELD)
            {
                cohort.journey = part;
            }
        });
        text::small(ui, "A group and everybody else have enough people each, or nothing is shown.");
    }

    fn attribute_ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        cohort: &mut Cohort,
        commands: &mut Vec<Command>,
    ) {
        let attributes = &state.question.now().plan.mapping.attributes;
        let chosen = self.attribute.clone().or_else(|| attributes.first().cloned());
        row(ui, "whose", |ui| {
            let options: Vec<(&str, String)> =
                attributes.iter().map(|name| (name.as_str(), shorten(name, 24))).collect();
            let now = chosen.as_deref().unwrap_or_default();
            if let Some(name) = choice(ui, "Attribute", &options, now, FIELD) {
                self.attribute = Some(name.to_owned());
            }
        });
        row(ui, "is", |ui| {
            let Some(attribute) = chosen else { return };
            let value = value_ui(ui, state, "Value", &attribute, "", FIELD, commands);
            if let Some(value) = value {
                cohort.filters.push(Filter { attribute, value });
            }
        });
    }
}

fn chips_ui(ui: &mut Ui, cohort: &mut Cohort) {
    let mut lists: [(&str, &mut Vec<String>); 2] =
        [("did", &mut cohort.did), ("did not", &mut cohort.did_not)];
    for (verb, labels) in &mut lists {
        let mut gone = None;
        for (at, label) in labels.iter().enumerate() {
            let words = format!("{verb} {label}");
            if chip(ui, &words, &format!("Do not ask who {words}")) {
                gone = Some(at);
            }
        }
        if let Some(at) = gone {
            labels.remove(at);
        }
    }
    let mut gone = None;
    for (at, filter) in cohort.filters.iter().enumerate() {
        let words = format!("{} is {}", filter.attribute, filter.value);
        if chip(ui, &words, &format!("Do not ask whose {words}")) {
            gone = Some(at);
        }
    }
    if let Some(at) = gone {
        cohort.filters.remove(at);
    }
    if let Some(day) = cohort.from
        && chip(ui, &format!("from {day}"), "Take the first day away")
    {
        cohort.from = None;
    }
    if let Some(day) = cohort.to
        && chip(ui, &format!("to {day}"), "Take the last day away")
    {
        cohort.to = None;
    }
    let part = match cohort.journey {
        Extent::Whole => None,
        Extent::FirstSession => Some("first session"),
        Extent::LastSession => Some("last session"),
        Extent::LongestSession => Some("longest session"),
    };
    if let Some(part) = part
        && chip(ui, part, "Take their whole history again")
    {
        cohort.journey = Extent::Whole;
    }
}

/// A day as `2026-03-01`, taken over once the field is left and it is whole or empty.
fn day_ui(ui: &mut Ui, name: &str, typed: &mut String, day: &mut Option<Date>) {
    let response = field(ui, name, typed, "2026-03-01", FIELD - 18.0);
    if !response.lost_focus() {
        return;
    }
    let words = typed.trim();
    if words.is_empty() {
        *day = None;
    } else if let Ok(typed) = words.parse() {
        *day = Some(typed);
    }
}
