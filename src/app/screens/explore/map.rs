//! What belongs to a map: beside it the activity that is selected, in full, with where people came
//! from and went on to, or the path ([`path`]); over it its sliders ([`row`]), in its corner the whole
//! in small ([`overview`]), at its foot how to read it ([`legend`]).

mod legend;
mod motion;
mod overview;
mod path;
mod row;

pub use legend::ui as legend_ui;
pub use motion::Motion;
pub use overview::{Wish, covered, ui as overview_ui};
pub use row::ui as row_ui;

use egui::{Align, Align2, Layout, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::app::command::Command;
use crate::app::state::{Sliders, State};
use crate::app::theme::{self, Look};
use crate::app::widgets::{Button, bar, text};
use crate::draw::text::{measure, number, shorten};
use crate::draw::{MapItem, Target, Weight, words};
use crate::views::{Kind, LabelKind, Map, MapEdge, MapNode, Unit};

/// How many neighbours are listed; the table has the rest.
const LISTED: usize = 6;

pub fn ui(ui: &mut Ui, state: &State, map: &Map, commands: &mut Vec<Command>) {
    match state.selected.as_deref().and_then(|id| MapItem::of(map, id)) {
        Some(MapItem::Node(node)) => node_ui(ui, state, map, node, commands),
        Some(MapItem::Edge(edge)) => path::ui(ui, state, map, edge, commands),
        Some(MapItem::Start(_) | MapItem::End(_)) | None => everybody_ui(ui, map),
    }
}

fn unit(map: &Map) -> &'static str {
    match map.unit {
        Unit::People => "people",
        Unit::Sessions => "sessions",
        Unit::Occurrences => "times",
    }
}

fn everybody_ui(ui: &mut Ui, map: &Map) {
    text::title(ui, "Everybody");
    figure(ui, map.people, "people, about");
    let words = format!(
        "Published are {} and {}. Select an activity to see where people came from \
         and went on to, or a path to see how long they take.",
        several(map.nodes.len(), "one activity", "activities"),
        several(map.edges.len(), "one path", "paths")
    );
    text::small(ui, words);
}

fn several(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}"),
        1 => one.to_owned(),
        _ => format!("{count} {many}"),
    }
}

fn node_ui(ui: &mut Ui, state: &State, map: &Map, node: &MapNode, commands: &mut Vec<Command>) {
    text::title(ui, &node.label).on_hover_text(&node.label);
    figure(ui, node.count, &format!("{}, about", unit(map)));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        around_ui(ui, state, &node.label, commands);
        if node.kind == LabelKind::Label {
            if Button::new("Hide").small().ui(ui).clicked() {
                commands.push(Command::Hide(node.label.clone()));
            }
            if Button::new(START).small().ui(ui).clicked() {
                commands.extend(start(&node.label));
            }
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

const START: &str = "Start a flow here";

fn start(label: &str) -> [Command; 2] {
    [Command::StartAt(label.to_owned()), Command::SetKind(Kind::Flow)]
}

/// What is before and after an activity and nothing else, or all of the map again.
fn around(state: &State, label: &str) -> (String, Command) {
    let sliders = &state.question.now().sliders;
    let is_around = sliders.around.as_deref() == Some(label);
    let words = if is_around {
        "Show all".to_owned()
    } else {
        format!("Around {}", shorten(&words::name(label), 12))
    };
    let around = (!is_around).then(|| label.to_owned());
    (words, Command::SetSliders(Sliders { around, ..sliders.clone() }))
}

fn around_ui(ui: &mut Ui, state: &State, label: &str, commands: &mut Vec<Command>) {
    let (words, command) = around(state, label);
    if Button::new(&words).small().ui(ui).clicked() {
        commands.push(command);
    }
}

/// What can be done with an activity of a map, where it was pointed at.
pub fn menu_ui(ui: &mut Ui, state: &State, target: &Target, commands: &mut Vec<Command>) {
    let Some(MapItem::Node(node)) = state.map().and_then(|map| MapItem::of(map, &target.id)) else {
        return;
    };
    ui.spacing_mut().item_spacing.y = 0.0;
    let (words, command) = around(state, &node.label);
    let mut entries = vec![(words.as_str(), vec![command])];
    if node.kind == LabelKind::Label {
        entries.push(("Hide", vec![Command::Hide(node.label.clone())]));
        entries.push((START, start(&node.label).to_vec()));
    }
    for (words, what) in entries {
        if entry_ui(ui, words) {
            commands.extend(what);
            ui.close();
        }
    }
}

/// How wide the menu is.
const MENU: f32 = 184.0;

fn entry_ui(ui: &mut Ui, words: &str) -> bool {
    let look = Look::of(ui);
    let size = vec2(MENU, look.tokens.control.row_dense);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, true, words));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, look.corners_small(), look.selection);
    }
    let font = theme::body(Weight::Regular);
    let at = pos2(rect.left() + 10.0, rect.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, words, font, look.text_strong);
    response.clicked()
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
    let listed = &neighbours[..neighbours.len().min(LISTED)];
    let said = |edge: &MapEdge| {
        let time = edge.median_secs.map_or_else(String::new, words::brief_duration);
        [number(edge.count), time]
    };
    // Columns are as wide as their widest words, so that all bars begin and end alike.
    let size = look.tokens.text.small.size;
    let widest = |column: usize| {
        let widths =
            listed.iter().map(|(_, edge)| measure(&said(edge)[column], size, Weight::Medium));
        widths.fold(0.0, f32::max).ceil()
    };
    let columns = [widest(0), widest(1)];
    for (label, edge) in listed {
        let [count, time] = said(edge);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            cell_ui(ui, NAME, Align::Min, |ui| {
                text::small_cut(ui, shorten(label, 20)).on_hover_text(*label);
            });
            let figures: f32 = columns.iter().filter(|width| **width > 0.0).map(|w| w + 8.0).sum();
            let width = (ui.available_width() - figures).max(12.0);
            bar(ui, width, edge.count as f32 / most as f32, look.accent);
            cell_ui(ui, columns[0], Align::Max, |ui| {
                text::small_in(ui, count, look.text_strong);
            });
            if columns[1] > 0.0 {
                cell_ui(ui, columns[1], Align::Max, |ui| {
                    text::small(ui, time);
                });
            }
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

/// How wide the names of neighbours are.
const NAME: f32 = 96.0;

/// A part of a row that is this wide, whatever is in it.
fn cell_ui(ui: &mut Ui, width: f32, side: Align, add: impl FnOnce(&mut Ui)) {
    let layout = match side {
        Align::Max => Layout::right_to_left(Align::Center),
        Align::Min | Align::Center => Layout::left_to_right(Align::Center),
    };
    let (rect, _) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    // A child moves no cursor back to where its words end.
    add(&mut ui.new_child(UiBuilder::new().max_rect(rect).layout(layout)));
}

fn figure(ui: &mut Ui, count: u64, unit: &str) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        text::display(ui, number(count));
        ui.vertical(|ui| {
            ui.add_space(11.0);
            text::small_cut(ui, unit);
        });
    });
}
