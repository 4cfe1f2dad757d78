//! Beside a flow: what is selected, in full, and the settings of the view.

use egui::{Align, Color32, Frame, Layout, Margin, Rangef, ScrollArea, Ui, vec2};
use egui_plot::{AxisHints, Bar, BarChart};

use super::facts::{self, Neighbour, NodeFacts};
use super::map;
use super::node_menu;
use super::settings;
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{Button, bar, divider, still_plot, swatch, text};
use crate::draw::text::{number, shorten, step as step_words};
use crate::views::{Flow, LabelKind};

/// How many neighbours are listed; the table has the rest.
const LISTED: usize = 5;

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
            ui.take_available_width();
            if let Some(map) = state.map() {
                map::ui(ui, state, map, commands);
                ui.add_space(8.0);
                divider(ui, 16.0);
                ui.add_space(8.0);
            }
            if let Some(flow) = state.flow() {
                let selected = state.selected.as_deref().and_then(|id| NodeFacts::of(flow, id));
                match selected {
                    Some(facts) => node_ui(ui, state, flow, &facts, commands),
                    None => overview_ui(ui, flow),
                }
                ui.add_space(8.0);
                divider(ui, 16.0);
                ui.add_space(8.0);
            }
            settings::ui(ui, state, commands);
        });
    });
}

fn colour(ui: &Ui, state: &State, kind: LabelKind, label: &str) -> Color32 {
    let look = Look::of(ui);
    state
        .shown
        .as_ref()
        .map_or(look.text_weak, |shown| shown.colours.colour(look.theme, kind, label).into())
}

fn node_ui(
    ui: &mut Ui,
    state: &State,
    flow: &Flow,
    facts: &NodeFacts<'_>,
    commands: &mut Vec<Command>,
) {
    let node = facts.node;
    ui.horizontal(|ui| {
        swatch(ui, colour(ui, state, node.kind, &node.label), 8.0, 16.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::small(ui, format!("{} of {}", facts.step(), facts::steps(flow).len()));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                text::title(ui, &node.label).on_hover_text(&node.label);
            });
        });
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        text::display(ui, number(node.count));
        ui.vertical(|ui| {
            ui.add_space(11.0);
            text::small_cut(ui, facts.unit());
        });
    });
    if facts.is_named() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            for (words, command) in [
                ("Start here", Command::StartAt(node.label.clone())),
                ("End here", Command::EndAt(node.label.clone())),
                ("Hide", Command::Hide(node.label.clone())),
            ] {
                if Button::new(words).small().ui(ui).clicked() {
                    commands.push(command);
                }
            }
        });
    } else {
        text::body(ui, "Steps that are not shown by name here. They may be of any kind.");
        let (words, command) = node_menu::more_names(state.question.now().spec.top);
        if Button::new(&words).small().ui(ui).clicked() {
            commands.push(command);
        }
    }
    ui.add_space(8.0);
    neighbours_ui(ui, state, "Came from", &facts.came_from, None);
    let exit = facts.exit.map(|count| format!("{} {} here", number(count), facts.exit_verb()));
    neighbours_ui(ui, state, "Went on to", &facts.went_to, exit);
}

fn neighbours_ui(
    ui: &mut Ui,
    state: &State,
    heading: &str,
    neighbours: &[Neighbour<'_>],
    exit: Option<String>,
) {
    if neighbours.is_empty() && exit.is_none() {
        return;
    }
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.spacing_mut().interact_size.y = 20.0;
    text::small_heading(ui, heading);
    let most = neighbours.first().map_or(1, |neighbour| neighbour.count.max(1));
    for neighbour in neighbours.iter().take(LISTED) {
        let node = neighbour.node;
        let ink = colour(ui, state, node.kind, &node.label);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            swatch(ui, ink, 4.0, 14.0);
            let size = vec2(84.0, 20.0);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(size.x);
                text::small_cut(ui, shorten(&node.label, 20)).on_hover_text(&node.label);
            });
            let width = (ui.available_width() - 56.0).max(20.0);
            bar(ui, width, neighbour.count as f32 / most as f32, ink);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let look = Look::of(ui);
                text::small_in(ui, number(neighbour.count), look.text_strong);
            });
        });
    }
    let more = neighbours.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| format!("{more} more"));
    let rest: Vec<String> = more.into_iter().chain(exit).collect();
    if !rest.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(12.0);
            text::small(ui, rest.join(" · "));
        });
    }
    ui.add_space(8.0);
}

/// What is shown where nothing is selected: everybody, and how many are there at each step.
fn overview_ui(ui: &mut Ui, flow: &Flow) {
    text::title(ui, "Everybody");
    ui.horizontal(|ui| {
        text::display(ui, number(flow.people));
        ui.vertical(|ui| {
            ui.add_space(11.0);
            text::small_cut(ui, "people");
        });
    });
    let words = "Each is counted once. Select a step in the picture to see where people came from and \
                 went on to.";
    text::small(ui, words);
    ui.add_space(8.0);
    chart_ui(ui, flow);
}

fn chart_ui(ui: &mut Ui, flow: &Flow) {
    let look = Look::of(ui);
    text::small_heading(ui, "People at each step");
    let steps = facts::steps(flow);
    let bars: Vec<Bar> = steps
        .iter()
        .map(|&step| {
            Bar::new(f64::from(step), facts::at_step(flow, step) as f64)
                .width(0.64)
                .fill(look.accent)
                .stroke(egui::Stroke::NONE)
        })
        .collect();
    let words = steps
        .iter()
        .map(|&step| {
            let people = number(facts::at_step(flow, step));
            format!("about {people} at step {}", step_words(step))
        })
        .collect::<Vec<_>>()
        .join(", ");
    let chart = BarChart::new("People", bars).element_formatter(Box::new(|bar: &Bar, _| {
        format!(
            "step {}\nabout {} people",
            step_words(bar.argument as i32),
            number(bar.value as u64)
        )
    }));
    let largest = flow.people;
    let between = facts::between_marks(largest);
    let plot = still_plot("people at each step", 128.0)
        .show_grid([false, true])
        .include_y(0.0)
        .set_margin_fraction(vec2(0.02, 0.08))
        .custom_x_axes(vec![AxisHints::new_x().label_spacing(Rangef::new(8.0, 12.0)).formatter(
            |mark, _| {
                let whole = (mark.value - mark.value.round()).abs() < 1e-6;
                if whole { step_words(mark.value as i32) } else { String::new() }
            },
        )])
        .x_grid_spacer(move |_| {
            steps
                .iter()
                .map(|&step| egui_plot::GridMark { value: f64::from(step), step_size: 1.0 })
                .collect()
        })
        .y_grid_spacer(move |_| {
            let marks = (0..).map(|n| n * between).take_while(|value| *value <= largest);
            marks
                .map(|value| egui_plot::GridMark { value: value as f64, step_size: between as f64 })
                .collect()
        })
        .y_axis_formatter(|mark, _| number(mark.value.max(0.0) as u64))
        .y_axis_min_width(40.0)
        .show(ui, |plot| plot.bar_chart(chart));
    plot.response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("People at each step: {words}"))
    });
}
