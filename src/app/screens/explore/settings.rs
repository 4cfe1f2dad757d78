//! The settings of the view on the screen, each kind with its own.

use egui::{Align, Layout, Ui, vec2};
use egui_material_icons::icons::{ICON_ADD, ICON_CLOSE};

use crate::app::command::Command;
use crate::app::state::{MapLook, Question, State};
use crate::app::widgets::{Button, choice, field, icon_button, segmented, slider, text, toggle};
use crate::draw::text::shorten;
use crate::views::{
    Filter, FlowSpec, FunnelSpec, Grain, Kind, LabelKind, MapSpec, Order, Policy, Side, Split,
    TimingSpec, TrendSpec, Unit,
};

/// The highest number that the slider for labels goes to; the command line goes to 50.
const TOP: u8 = 20;
const CONTROL: f32 = 148.0;

/// What is being typed.
#[derive(Default)]
pub struct Settings {
    compared: String,
}

/// Conversion windows, in seconds.
const WINDOWS: [(Option<u64>, &str); 6] = [
    (None, "any time"),
    (Some(3600), "an hour"),
    (Some(86_400), "a day"),
    (Some(7 * 86_400), "a week"),
    (Some(14 * 86_400), "two weeks"),
    (Some(30 * 86_400), "30 days"),
];

impl Settings {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let question = state.question.now();
        text::small_heading(ui, "View");
        ui.spacing_mut().item_spacing.y = 8.0;
        match question.kind {
            Kind::Flow | Kind::Paths => flow_ui(ui, question, commands),
            Kind::Map => map_ui(ui, question, commands),
            Kind::Funnel => funnel_ui(ui, state, commands),
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
            text::small(ui, "This value against all others, in one layout.");
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

fn flow_ui(ui: &mut Ui, question: &Question, commands: &mut Vec<Command>) {
    let spec = &question.spec;
    row(ui, "Anchor", |ui| {
        let sides = [(Side::Start, "Start"), (Side::End, "End")];
        if let Some(side) = segmented(ui, "Anchor", &sides, spec.anchor.side) {
            commands.push(Command::SetSide(side));
        }
    });
    if let Some(label) = &spec.anchor.label {
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

fn funnel_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let question = state.question.now();
    let funnel = &question.funnel;
    let names = state.names();
    let mut next = funnel.clone();
    for (at, label) in funnel.steps.iter().enumerate() {
        ui.horizontal(|ui| {
            ui.set_min_height(28.0);
            text::small(ui, (at + 1).to_string());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let name = format!("Take step {} out", at + 1);
                if icon_button(ui, ICON_CLOSE, &name, true).clicked() {
                    let gone = next.steps.remove(at);
                    next.optional.retain(|label| *label != gone);
                }
                let width = ui.available_width() - 2.0;
                let options = with(&names, label, &funnel.steps);
                let name = format!("Step {} of the funnel", at + 1);
                if let Some(label) = choice(ui, &name, &options, label.as_str(), width) {
                    next.optional.retain(|other| *other != funnel.steps[at]);
                    label.clone_into(&mut next.steps[at]);
                }
            });
        });
    }
    if funnel.steps.len() < *FunnelSpec::STEPS.end() {
        let free = names.iter().find(|name| !funnel.steps.contains(name));
        let add = Button::new("Add a step").small().icon(ICON_ADD).enabled(free.is_some());
        if add.ui(ui).clicked()
            && let Some(free) = free
        {
            next.steps.push(free.clone());
        }
    }
    row(ui, "Order", |ui| {
        let orders = [
            (Order::This, "this order".to_owned()),
            (Order::Any, "any order".to_owned()),
            (Order::Exact, "nothing between".to_owned()),
        ];
        if let Some(order) = choice(ui, "Order", &orders, funnel.order, CONTROL) {
            next.order = order;
        }
    });
    row(ui, "Within", |ui| {
        let mut options = WINDOWS.map(|(secs, words)| (secs, words.to_owned())).to_vec();
        if !options.iter().any(|(secs, _)| *secs == funnel.window_secs) {
            let secs = funnel.window_secs.unwrap_or_default();
            options.push((Some(secs), crate::draw::words::duration(secs)));
        }
        if let Some(secs) = choice(ui, "Within", &options, funnel.window_secs, CONTROL) {
            next.window_secs = secs;
        }
    });
    let inner = funnel.steps.get(1..funnel.steps.len().saturating_sub(1)).unwrap_or_default();
    if !inner.is_empty() {
        row(ui, "May be left out", |ui| {
            let mut options = vec![(None, "no step".to_owned())];
            options.extend(inner.iter().map(|label| (Some(label.as_str()), shorten(label, 18))));
            let now = funnel.optional.first().map(String::as_str);
            if let Some(label) = choice(ui, "May be left out", &options, now, CONTROL) {
                next.optional = label.map(str::to_owned).into_iter().collect();
            }
        });
    }
    row(ui, "Ended by", |ui| {
        let mut options = vec![(None, "nothing".to_owned())];
        let others = names.iter().filter(|name| !funnel.steps.contains(name));
        options.extend(others.map(|label| (Some(label.as_str()), shorten(label, 18))));
        let now = funnel.exclude.first().map(String::as_str);
        if let Some(label) = choice(ui, "Ended by", &options, now, CONTROL) {
            next.exclude = label.map(str::to_owned).into_iter().collect();
        }
    });
    if next != *funnel {
        commands.push(Command::SetFunnel(next));
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
            let options = with(&names, now, &[]);
            if let Some(label) = choice(ui, name, &options, now.as_str(), CONTROL) {
                let label = label.to_owned();
                commands.push(Command::SetTiming(if is_from {
                    TimingSpec { from: label, to: timing.to.clone() }
                } else {
                    TimingSpec { from: timing.from.clone(), to: label }
                }));
            }
        });
    }
}

fn trend_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let trend = &state.question.now().trend;
    row(ui, "Each", |ui| {
        let grains = [(Grain::Day, "Day"), (Grain::Week, "Week"), (Grain::Month, "Month")];
        if let Some(grain) = segmented(ui, "Each", &grains, trend.grain) {
            commands.push(Command::SetTrend(TrendSpec { grain, ..trend.clone() }));
        }
    });
    row(ui, "Who did", |ui| {
        let names = state.names();
        let mut options = vec![(None, "anything".to_owned())];
        options.extend(names.iter().map(|label| (Some(label.as_str()), shorten(label, 18))));
        let now = trend.label.as_deref();
        if let Some(label) = choice(ui, "Who did", &options, now, CONTROL) {
            let label = label.map(str::to_owned);
            commands.push(Command::SetTrend(TrendSpec { label, ..trend.clone() }));
        }
    });
}

/// The names that may be chosen, with the one that is, without those that are taken elsewhere.
fn with<'a>(names: &'a [String], now: &'a str, taken: &[String]) -> Vec<(&'a str, String)> {
    let mut options: Vec<(&str, String)> = names
        .iter()
        .filter(|name| *name == now || !taken.contains(name))
        .map(|name| (name.as_str(), shorten(name, 24)))
        .collect();
    if !now.is_empty() && !names.iter().any(|name| name == now) {
        options.insert(0, (now, shorten(now, 24)));
    }
    if now.is_empty() {
        options.insert(0, ("", "choose".to_owned()));
    }
    options
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

fn row(ui: &mut Ui, words: &str, add: impl FnOnce(&mut Ui)) {
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
