//! The settings of the view on the screen, each kind with its own.

use egui::{Align, Layout, Ui, vec2};
use egui_material_icons::icons::ICON_CLOSE;

use super::{funnel, segments};
use crate::app::command::Command;
use crate::app::state::{MapLook, Question, State};
use crate::app::widgets::{Button, choice, picker, segmented, slider, text, toggle};
use crate::draw::text::shorten;
use crate::views::{Anchor, FlowSpec, Kind, MapSpec, Policy, Side, TimingSpec, TrendSpec, Unit};

/// The highest number that the slider for labels goes to; the command line goes to 50.
const TOP: u8 = 20;
pub const CONTROL: f32 = 148.0;

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let question = state.question.now();
    text::small_heading(ui, "View");
    ui.spacing_mut().item_spacing.y = 8.0;
    match question.kind {
        Kind::Flow | Kind::Paths => flow_ui(ui, state, commands),
        Kind::Map => map_ui(ui, question, commands),
        Kind::Funnel => funnel::ui(ui, state, commands),
        Kind::Timing => timing_ui(ui, state, commands),
        Kind::Trend => trend_ui(ui, state, commands),
    }
    row(ui, "At least", |ui| {
        let options = Policy::LISTED.map(|(k, _)| (k, format!("{k} people")));
        let name = "Smallest group, k";
        if let Some(k) = choice(ui, name, &options, question.policy.k(), CONTROL) {
            commands.push(Command::SetThreshold(k));
        }
    });
    segments::ui(ui, state, commands);
    if !question.hide.is_empty() {
        ui.add_space(8.0);
        text::small_heading(ui, "Hidden steps");
        ui.horizontal_wrapped(|ui| {
            for label in &question.hide {
                if chip(ui, label, &format!("Show {label} again")) {
                    commands.push(Command::Show(label.clone()));
                }
            }
        });
    }
}

fn unit_ui(ui: &mut Ui, question: &Question, units: &[(Unit, &str)], commands: &mut Vec<Command>) {
    row(ui, "Count", |ui| {
        let options: Vec<(Unit, String)> =
            units.iter().map(|(unit, words)| (*unit, (*words).to_owned())).collect();
        if let Some(unit) = choice(ui, "Count", &options, question.unit, CONTROL) {
            commands.push(Command::SetUnit(unit));
        }
    });
}

fn flow_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let question = state.question.now();
    let spec = &question.spec;
    row(ui, "Anchor", |ui| {
        let sides = [(Side::Start, "Start"), (Side::End, "End"), (Side::Between, "Between")];
        if let Some(side) = segmented(ui, "Anchor", &sides, spec.anchor.side) {
            commands.push(Command::SetAnchor(anchor_at(state, side)));
        }
    });
    if let Anchor { side: Side::Between, label: Some(from), until: Some(until) } = &spec.anchor {
        between_ui(ui, state, from, until, commands);
    } else if let Some(label) = &spec.anchor.label {
        let words = match spec.anchor.side {
            Side::Start | Side::Between => "From",
            Side::End => "Up to",
        };
        row(ui, words, |ui| {
            if chip(ui, label, &format!("Stop anchoring at {label}")) {
                commands.push(Command::ClearAnchor);
            }
        });
    }
    row(ui, "Steps", |ui| {
        number_slider(ui, "Steps", spec.steps, FlowSpec::STEPS, |steps| {
            commands.push(Command::SetSteps(steps));
        });
    });
    row(ui, "Top labels a step", |ui| {
        let most = TOP.max(spec.top);
        number_slider(ui, "Top labels a step", spec.top, *FlowSpec::TOP.start()..=most, |top| {
            commands.push(Command::SetTop(top));
        });
    });
    unit_ui(ui, question, &[(Unit::People, "people"), (Unit::Sessions, "sessions")], commands);
    row(ui, "Collapse repeats", |ui| {
        if toggle(ui, "Collapse repeats", question.collapse).clicked() {
            commands.push(Command::SetCollapse(!question.collapse));
        }
    });
    if question.kind == Kind::Flow {
        row(ui, "Draw drop-off", |ui| {
            if toggle(ui, "Draw drop-off", question.drop_off).clicked() {
                commands.push(Command::SetDropOff(!question.drop_off));
            }
        });
    }
}

/// The anchor at another end, with as much of what was chosen as fits. Between two labels it begins
/// with the way most people take, so that there is something to change.
fn anchor_at(state: &State, side: Side) -> Anchor {
    let label = state.question.now().spec.anchor.label.clone();
    if side != Side::Between {
        return Anchor { side, label, until: None };
    }
    let way = state.common_way();
    let label = label.or_else(|| way.first().cloned());
    let until = way.into_iter().rev().find(|name| Some(name) != label.as_ref());
    Anchor { side, label, until }
}

fn between_ui(ui: &mut Ui, state: &State, from: &str, until: &str, commands: &mut Vec<Command>) {
    for (words, name, now, other) in
        [("From", "From the step", from, until), ("To the next", "To the next step", until, from)]
    {
        let mut names = state.names();
        names.retain(|name| name != other);
        row(ui, words, |ui| {
            if let Some(at) = picker(ui, name, now, &names, CONTROL) {
                let label = names[at].as_str();
                let (from, until) = if now == from { (label, until) } else { (from, label) };
                commands.push(Command::SetAnchor(Anchor {
                    side: Side::Between,
                    label: Some(from.to_owned()),
                    until: Some(until.to_owned()),
                }));
            }
        });
    }
}

fn map_ui(ui: &mut Ui, question: &Question, commands: &mut Vec<Command>) {
    row(ui, "Count", |ui| {
        let units =
            [(Unit::People, "People"), (Unit::Sessions, "Sessions"), (Unit::Occurrences, "Times")];
        if let Some(unit) = segmented(ui, "Count", &units, question.unit) {
            commands.push(Command::SetUnit(unit));
        }
    });
    let map = &question.map;
    row(ui, "Second value", |ui| {
        if question.unit != Unit::People {
            text::small(ui, "times are those of people");
            return;
        }
        let options = [(true, "median time".to_owned()), (false, "none".to_owned())];
        if let Some(times) = choice(ui, "Second value", &options, map.times, CONTROL) {
            commands.push(Command::SetMap(MapSpec { times, ..map.clone() }));
        }
    });
    row(ui, "Rare activities", |ui| {
        let options = [(false, "fold into Other".to_owned()), (true, "skip".to_owned())];
        if let Some(skip_rare) = choice(ui, "Rare activities", &options, map.skip_rare, CONTROL) {
            commands.push(Command::SetMap(MapSpec { skip_rare, ..map.clone() }));
        }
    });
    let look = question.map_look;
    for (words, on, next) in [
        ("Self-loops", look.loops, MapLook { loops: !look.loops, ..look }),
        ("Begin and end", look.ends, MapLook { ends: !look.ends, ..look }),
        ("Mini-map", look.mini_map, MapLook { mini_map: !look.mini_map, ..look }),
    ] {
        row(ui, words, |ui| {
            if toggle(ui, words, on).clicked() {
                commands.push(Command::SetMapLook(next));
            }
        });
    }
}

fn timing_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let timing = &state.question.now().timing;
    let names = state.names();
    for (words, name, now, is_from) in [
        ("From", "From the step", &timing.from, true),
        ("To the next", "To the next step", &timing.to, false),
    ] {
        row(ui, words, |ui| {
            let shown = if now.is_empty() { "choose" } else { now.as_str() };
            if let Some(at) = picker(ui, name, shown, &names, CONTROL) {
                let label = names[at].clone();
                commands.push(Command::SetTiming(if is_from {
                    TimingSpec { from: label, to: timing.to.clone() }
                } else {
                    TimingSpec { from: timing.from.clone(), to: label }
                }));
            }
        });
    }
    let turned = TimingSpec { from: timing.to.clone(), to: timing.from.clone() };
    if turned != *timing && Button::new("The other way round").small().ui(ui).clicked() {
        commands.push(Command::SetTiming(turned));
    }
}

fn trend_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let trend = &state.question.now().trend;
    row(ui, "Who did", |ui| {
        let anything = "anything";
        let names: Vec<String> =
            std::iter::once(anything.to_owned()).chain(state.names()).collect();
        let shown = trend.label.as_deref().unwrap_or(anything);
        if let Some(at) = picker(ui, "Who did", shown, &names, CONTROL) {
            let label = (at > 0).then(|| names[at].clone());
            commands.push(Command::SetTrend(TrendSpec { label, ..trend.clone() }));
        }
    });
}

pub fn row(ui: &mut Ui, words: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        text::body(ui, words);
        ui.with_layout(Layout::right_to_left(Align::Center), add);
    });
}

fn number_slider(
    ui: &mut Ui,
    name: &str,
    value: u8,
    range: std::ops::RangeInclusive<u8>,
    mut change: impl FnMut(u8),
) {
    let size = vec2(24.0, 20.0);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_width(size.x);
        text::emphasis(ui, value.to_string());
    });
    if let Some(next) = slider(ui, name, value, range, 116.0) {
        change(next);
    }
}

/// A label with a cross; says whether the cross was used.
pub fn chip(ui: &mut Ui, label: &str, name: &str) -> bool {
    let words = shorten(label, 20);
    Button::new(&words).small().after(ICON_CLOSE).named(name).ui(ui).on_hover_text(label).clicked()
}
