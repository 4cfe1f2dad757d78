//! The sliders of a map, in a row over it, with how much of what is published they leave.

use std::sync::Arc;

use egui::{Align, Layout, Sense, Ui, UiBuilder, vec2};

use super::super::settings::chip;
use crate::app::command::Command;
use crate::app::state::{Sliders, State};
use crate::app::theme::Look;
use crate::app::widgets::{slider, text};
use crate::draw::text::measure;
use crate::draw::{TargetKind, Weight, map_node_id};
use crate::views::LabelKind;

const SLIDER: f32 = 168.0;
/// Room for `1 204 of 2 100`.
const COUNT: f32 = 88.0;
/// What holds whatever the sliders say.
const CONNECTED: &str = "Every activity shown can be reached, and left";

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let sliders = &state.question.now().sliders;
    let height = look.tokens.frame.cohort_bar;
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let inside = row.shrink2(vec2(look.tokens.space.view_margin, 0.0));
    let builder = UiBuilder::new().max_rect(inside).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        let [activities, paths] = counts(state);
        text::emphasis(ui, "Activities");
        let name = "Activities, percent";
        if let Some(activities) = slider(ui, name, sliders.activities, 1..=100, SLIDER) {
            commands.push(Command::SetSliders(Sliders { activities, ..sliders.clone() }));
        }
        count_ui(ui, activities);
        text::emphasis(ui, "Paths");
        if let Some(paths) = slider(ui, "Paths, percent", sliders.paths, 0..=100, SLIDER) {
            commands.push(Command::SetSliders(Sliders { paths, ..sliders.clone() }));
        }
        count_ui(ui, paths);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(label) = &sliders.around {
                if chip(ui, label, "Show the whole map again") {
                    let whole = Sliders { around: None, ..sliders.clone() };
                    commands.push(Command::SetSliders(whole));
                }
                text::small(ui, "Around");
                return;
            }
            let width = measure(CONNECTED, look.tokens.text.small.size, Weight::Regular);
            if width < ui.available_width() {
                text::small(ui, CONNECTED);
            }
        });
    });
}

fn count_ui(ui: &mut Ui, count: Option<[usize; 2]>) {
    let height = ui.available_height();
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(COUNT, height), layout, |ui| {
        ui.set_min_width(COUNT);
        if let Some([shown, all]) = count {
            text::small(ui, format!("{shown} of {all}"));
        }
    });
}

/// How many activities and paths are drawn, of how many that are published by name. None where the
/// picture is still another one, or of several maps.
fn counts(state: &State) -> [Option<[usize; 2]>; 2] {
    let (Some(map), Some(drawn), Some(shown)) = (state.map(), &state.canvas.drawn, &state.shown)
    else {
        return [None; 2];
    };
    if !Arc::ptr_eq(&drawn.drawing.shown, shown) {
        return [None; 2];
    }
    let count = |kind| drawn.scene.targets.iter().filter(|target| target.kind == kind).count();
    let others = map.nodes.iter().filter(|node| node.kind == LabelKind::Other);
    let drawn_others =
        others.clone().filter(|node| drawn.scene.target(&map_node_id(&node.label)).is_some());
    let activities = count(TargetKind::Node) - drawn_others.count();
    let named = map.nodes.len() - others.count();
    [Some([activities, named]), Some([count(TargetKind::Edge), map.edges.len()])]
}
