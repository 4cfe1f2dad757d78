//! Groups of people: a view for each value of an attribute, or one value against all others.

use egui::Ui;

use super::settings::CONTROL;
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::widgets::{Button, choice, row, text, toggle};
use crate::draw::text::shorten;
use crate::views::{Filter, Kind, Split};

const LETTERS: usize = 20;

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let question = state.question.now();
    let attributes = &question.plan.mapping.attributes;
    if attributes.is_empty() {
        return;
    }
    ui.add_space(8.0);
    text::small_heading(ui, "Segments");
    let (by, compared) = match &question.split {
        Some(Split::By(attribute)) => (Some(attribute.as_str()), None),
        Some(Split::Compare(filter)) => (None, Some(filter)),
        None => (None, None),
    };
    // One after the other, before anybody asks.
    let is_unknown =
        |name: &&String| state.values_of(name).is_none() && !state.stopped_looking_at(name);
    if let Some(unknown) = attributes.iter().find(is_unknown) {
        commands.push(Command::LookAtValues(unknown.clone()));
    }
    let mut options = vec![(None, "nothing".to_owned())];
    options.extend(attributes.iter().map(|name| (Some(name.as_str()), shorten(name, LETTERS))));
    row(ui, "Break down by", |ui| {
        if let Some(by) = choice(ui, "Break down by", &options, by, CONTROL) {
            commands.push(Command::SetSplit(by.map(|name| Split::By(name.to_owned()))));
        }
    });
    row(ui, "Compare", |ui| {
        let now = compared.map(|filter| filter.attribute.as_str());
        if let Some(attribute) = choice(ui, "Compare", &options, now, CONTROL) {
            // The largest group to begin with, so that there is something to look at.
            let largest = |name: &str| {
                state.values_of(name).and_then(<[String]>::first).cloned().unwrap_or_default()
            };
            let filter =
                attribute.map(|name| Filter { attribute: name.to_owned(), value: largest(name) });
            commands.push(Command::SetSplit(filter.map(Split::Compare)));
        }
    });
    if question.split.is_some() && question.kind == Kind::Flow && !state.is_difference() {
        row(ui, "In one picture", |ui| {
            if toggle(ui, "In one picture", question.together).clicked() {
                commands.push(Command::SetTogether(!question.together));
            }
        });
        text::small(
            ui,
            if question.together {
                "Ribbons are striped by segment."
            } else {
                "Every segment has a picture of its own."
            },
        );
    }
    let Some(filter) = compared else { return };
    row(ui, &format!("whose {} is", shorten(&filter.attribute, 12)), |ui| {
        let name = format!("Value of {}", filter.attribute);
        let (attribute, now) = (&filter.attribute, &filter.value);
        if let Some(value) = value_ui(ui, state, &name, attribute, now, CONTROL, commands) {
            let filter = Filter { value, ..filter.clone() };
            commands.push(Command::SetSplit(Some(Split::Compare(filter))));
        }
    });
    row(ui, "As a difference", |ui| {
        if toggle(ui, "As a difference", question.difference).clicked() {
            commands.push(Command::SetDifference(!question.difference));
        }
    });
    text::small(
        ui,
        if question.difference {
            "How much larger a share of the one group than of the other does it."
        } else {
            "This value against all others, in one layout."
        },
    );
}

/// A list of the values that can be asked about by name; asks for them where they are not known yet.
pub fn value_ui(
    ui: &mut Ui,
    state: &State,
    name: &str,
    attribute: &str,
    now: &str,
    width: f32,
    commands: &mut Vec<Command>,
) -> Option<String> {
    let Some(values) = state.values_of(attribute) else {
        if state.stopped_looking_at(attribute) {
            if Button::new("Look again").link().ui(ui).clicked() {
                commands.push(Command::LookAtValues(attribute.to_owned()));
            }
            return None;
        }
        commands.push(Command::LookAtValues(attribute.to_owned()));
        text::small_cut(ui, "looking …");
        return None;
    };
    if values.is_empty() {
        text::small_cut(ui, "no value is shared by enough");
        return None;
    }
    let mut options: Vec<(&str, String)> =
        values.iter().map(|value| (value.as_str(), shorten(value, LETTERS))).collect();
    if !values.iter().any(|value| value == now) {
        let words = if now.is_empty() { "choose".to_owned() } else { shorten(now, LETTERS) };
        options.insert(0, (now, words));
    }
    choice(ui, name, &options, now, width).map(str::to_owned)
}
