//! Beside a map: the activity that is selected, in full, with where people came from and went on to.

use egui::{Align, Layout, Ui, vec2};

use crate::app::command::Command;
use crate::app::state::{Sliders, State};
use crate::app::theme::Look;
use crate::app::widgets::{Button, bar, text};
use crate::draw::text::{number, shorten};
use crate::draw::words;
use crate::views::{LabelKind, Map, MapEdge, MapNode, Unit};

/// How many neighbours are listed; the table has the rest.
const LISTED: usize = 6;

pub fn ui(ui: &mut Ui, state: &State, map: &Map, commands: &mut Vec<Command>) {
    let selected = state.selected.as_deref();
    match map.nodes.iter().find(|node| Some(node.label.as_str()) == selected) {
        Some(node) => node_ui(ui, state, map, node, commands),
        None => overview_ui(ui, map),
    }
}

fn unit(map: &Map) -> &'static str {
    match map.unit {
        Unit::People => "people",
        Unit::Sessions => "sessions",
        Unit::Occurrences => "times",
    }
}

fn overview_ui(ui: &mut Ui, map: &Map) {
    text::title(ui, "Everybody");
    figure(ui, map.people, "people");
    let words = format!(
        "{} activities and {} paths are published. Select an activity to see where people came from \
         and went on to.",
        map.nodes.len(),
        map.edges.len()
    );
    text::small(ui, words);
}

fn node_ui(ui: &mut Ui, state: &State, map: &Map, node: &MapNode, commands: &mut Vec<Command>) {
    text::title(ui, &node.label).on_hover_text(&node.label);
    figure(ui, node.count, unit(map));
    let sliders = &state.question.now().sliders;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let is_around = sliders.around.as_ref() == Some(&node.label);
        let around = (!is_around).then(|| node.label.clone());
        let words = if is_around { "Show all" } else { "Show around it" };
        if Button::new(words).small().ui(ui).clicked() {
            commands.push(Command::SetSliders(Sliders { around, ..sliders.clone() }));
        }
        if node.kind == LabelKind::Label && Button::new("Hide").small().ui(ui).clicked() {
            commands.push(Command::Hide(node.label.clone()));
        }
    });
    ui.add_space(8.0);
    let find = |label: &str| map.starts.iter().find(|end| end.label == label).map(|end| end.count);
    let inward = map.edges.iter().filter(|edge| edge.to == node.label);
    let from = find(&node.label).map(|count| format!("about {} begin here", number(count)));
    neighbours_ui(ui, "Came from", inward.map(|edge| (&edge.from, edge)).collect(), from);
    let ends = map.ends.iter().find(|end| end.label == node.label);
    let to = ends.map(|end| format!("about {} end here", number(end.count)));
    let outward = map.edges.iter().filter(|edge| edge.from == node.label);
    neighbours_ui(ui, "Went on to", outward.map(|edge| (&edge.to, edge)).collect(), to);
}

fn neighbours_ui(
    ui: &mut Ui,
    heading: &str,
    mut neighbours: Vec<(&String, &MapEdge)>,
    end: Option<String>,
) {
    if neighbours.is_empty() && end.is_none() {
        return;
    }
    let look = Look::of(ui);
    neighbours.sort_by(|one, other| (other.1.count, one.0).cmp(&(one.1.count, other.0)));
    ui.spacing_mut().item_spacing.y = 4.0;
    text::small_heading(ui, heading);
    let most = neighbours.first().map_or(1, |(_, edge)| edge.count.max(1));
    for (label, edge) in neighbours.iter().take(LISTED) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let size = vec2(96.0, 20.0);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(size.x);
                text::small_cut(ui, shorten(label, 20)).on_hover_text(*label);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let time = edge.median_secs.map_or_else(String::new, words::duration);
                if !time.is_empty() {
                    text::small(ui, time);
                }
                text::small_in(ui, number(edge.count), look.text_strong);
                let width = ui.available_width().max(12.0);
                bar(ui, width, edge.count as f32 / most as f32, look.accent);
            });
        });
    }
    let more = neighbours.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| format!("{more} more"));
    let rest: Vec<String> = more.into_iter().chain(end).collect();
    if !rest.is_empty() {
        text::small(ui, rest.join(" · "));
    }
    ui.add_space(8.0);
}

fn figure(ui: &mut Ui, count: u64, unit: &str) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        text::display(ui, number(count));
        ui.vertical(|ui| {
            ui.add_space(11.0);
            text::small_cut(ui, format!("{unit}, about"));
        });
    });
}
