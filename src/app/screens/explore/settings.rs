//! The settings of the view on the screen, each kind with its own.

use egui::{Align, Layout, Ui, vec2};
use egui_material_icons::icons::ICON_CLOSE;

use super::funnel;
use crate::app::command::Command;
use crate::app::state::{Question, Sliders, State};
use crate::app::widgets::{Button, choice, field, picker, segmented, slider, text, toggle};
use crate::draw::text::shorten;
use crate::views::{
    Anchor, Filter, FlowSpec, Kind, LabelKind, MapSpec, Policy, Side, Split, TimingSpec, TrendSpec, Unit,
};

/// The highest number that the slider for labels goes to; the command line goes to 50.
const TOP: u8 = 20;
pub const CONTROL: f32 = 148.0;

/// What is being typed.
#[derive(Default)]
pub struct Settings {
    compared: String,
}

impl Settings {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
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
        self.split_ui(ui, question, commands);
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

    /// By an attribute, or one value of it against the rest.
    fn split_ui(&mut self, ui: &mut Ui, question: &Question, commands: &mut Vec<Command>) {
        let attributes = &question.plan.mapping.attributes;
        if attributes.is_empty() {
            return;
        }
        ui.add_space(8.0);
        text::small_heading(ui, "Segments");
        let by = match &question.split {
            Some(Split::By(attribute)) => Some(attribute.as_str()),
            _ => None,
        };
        row(ui, "Break down by", |ui| {
            let mut options = vec![(None, "nothing".to_owned())];
            options.extend(attributes.iter().map(|name| (Some(name.as_str()), shorten(name, 20))));
            if let Some(by) = choice(ui, "Break down by", &options, by, CONTROL) {
                commands.push(Command::SetSplit(by.map(|name| Split::By(name.to_owned()))));
            }
        });
        let compared = match &question.split {
            Some(Split::Compare(filter)) => Some(filter),
            _ => None,
        };
        row(ui, "Compare", |ui| {
            let mut options = vec![(None, "nothing".to_owned())];
            options.extend(attributes.iter().map(|name| (Some(name.as_str()), shorten(name, 20))));
            let now = compared.map(|filter| filter.attribute.as_str());
            if let Some(attribute) = choice(ui, "Compare", &options, now, CONTROL) {
                self.compared.clear();
                let filter = attribute
                    .map(|name| Filter { attribute: name.to_owned(), value: String::new() });
                commands.push(Command::SetSplit(filter.map(Split::Compare)));
            }
        });
        if let Some(filter) = compared {
            row(ui, "with", |ui| {
                if self.compared.is_empty() {
                    self.compared.clone_from(&filter.value);
                }
                let name = format!("Value of {}", filter.attribute);
                let width = CONTROL - 18.0;
                let typed = field(ui, &name, &mut self.compared, "a value", width);
                if typed.lost_focus() && self.compared.trim() != filter.value {
                    let value = self.compared.trim().to_owned();
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
    let way = common_way(state);
    let label = label.or_else(|| way.first().cloned());
    let until = way.into_iter().rev().find(|name| Some(name) != label.as_ref());
    Anchor { side, label, until }
}

fn between_ui(
    ui: &mut Ui,
    state: &State,
    from: &str,
    until: &str,
    commands: &mut Vec<Command>,
) {
    let names = state.names();
    for (words, name, now, other) in
        [("From", "From the step", from, until), ("To the next", "To the next step", until, from)]
    {
        row(ui, words, |ui| {
            let options = with(&names, now, &[other.to_owned()]);
            if let Some(label) = choice(ui, name, &options, now, CONTROL) {
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
    let sliders = &question.sliders;
    row(ui, "Activities", |ui| {
        number_slider(ui, "Activities, percent", sliders.activities, 1..=100, |activities| {
            commands.push(Command::SetSliders(Sliders { activities, ..sliders.clone() }));
        });
    });
    row(ui, "Paths", |ui| {
        number_slider(ui, "Paths, percent", sliders.paths, 0..=100, |paths| {
            commands.push(Command::SetSliders(Sliders { paths, ..sliders.clone() }));
        });
    });
    if let Some(label) = &sliders.around {
        row(ui, "Around", |ui| {
            if chip(ui, label, "Show the whole map again") {
                commands.push(Command::SetSliders(Sliders { around: None, ..sliders.clone() }));
            }
        });
    }
    let units = [
        (Unit::People, "people"),
        (Unit::Sessions, "sessions"),
        (Unit::Occurrences, "occurrences"),
    ];
    unit_ui(ui, question, &units, commands);
    let map = &question.map;
    row(ui, "Median times", |ui| {
        if toggle(ui, "Median times", map.times).clicked() {
            commands.push(Command::SetMap(MapSpec { times: !map.times, ..map.clone() }));
        }
    });
    row(ui, "Skip rare activities", |ui| {
        if toggle(ui, "Skip rare activities", map.skip_rare).clicked() {
            commands.push(Command::SetMap(MapSpec { skip_rare: !map.skip_rare, ..map.clone() }));
        }
    });
    let words = "The sliders only leave out of the picture; whatever is shown can be reached from a \
                 beginning and leads to an end.";
    text::small(ui, words);
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

/// The way that most people take from the first step on, as far as it is published; else the most
/// frequent steps.
pub fn common_way(state: &State) -> Vec<String> {
    let mut way: Vec<String> = Vec::new();
    if let Some(flow) = state.last_flow() {
        let named = |id: &str| {
            flow.nodes.iter().find(|node| node.id == id && node.kind == LabelKind::Label)
        };
        let first = flow.nodes.iter().filter(|node| {
            node.kind == LabelKind::Label
                && node.step == flow.nodes.iter().map(|n| n.step).min().unwrap_or(1)
        });
        let mut now = first.max_by_key(|node| node.count);
        while let Some(node) = now {
            if !way.contains(&node.label) {
                way.push(node.label.clone());
            }
            let onward = flow.edges.iter().filter(|edge| edge.from == node.id);
            let widest = onward
                .filter(|edge| named(&edge.to).is_some_and(|to| !way.contains(&to.label)))
                .max_by_key(|edge| edge.count);
            now = widest.and_then(|edge| named(&edge.to));
        }
    }
    for name in state.names() {
        if way.len() >= 3 {
            break;
        }
        if !way.contains(&name) {
            way.push(name);
        }
    }
    way
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
