//! One of a few: as segments side by side, or as a list that opens.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Galley, Popup, Rect, Response, Role, ScrollArea, Sense, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::{ICON_CHECK, ICON_KEYBOARD_ARROW_DOWN};

use crate::app::theme::{self, Look};
use crate::draw::Weight;

/// Segments in a sunken track. Gives what was chosen.
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    options: &[(T, &str)],
    chosen: T,
) -> Option<T> {
    let look = Look::of(ui);
    let height = look.tokens.control.segment;
    let font = theme::body(Weight::Medium);
    let galleys: Vec<_> = options
        .iter()
        .map(|(value, words)| {
            let ink = if *value == chosen { look.text_strong } else { look.text };
            ui.painter().layout_no_wrap((*words).to_owned(), font.clone(), ink)
        })
        .collect();
    let width: f32 = galleys.iter().map(|galley| galley.size().x + 24.0).sum();
    let (track, _) = ui.allocate_exact_size(vec2(width + 2.0, height), Sense::hover());
    ui.painter().rect_filled(track, look.corners_small(), look.sunken);
    let mut x = track.left() + 1.0;
    let mut picked = None;
    for ((value, words), galley) in options.iter().zip(galleys) {
        let rect = Rect::from_min_size(
            pos2(x, track.top() + 1.0),
            vec2(galley.size().x + 24.0, height - 2.0),
        );
        x = rect.right();
        let id = ui.scope_id().with((name, words));
        let response = ui.interact(rect, id, Sense::click());
        let on = *value == chosen;
        let label = format!("{name}: {words}");
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, on, &label));
        if on {
            let corners = look.tokens.radius.small as u8;
            ui.painter().rect(rect, corners, look.raised, look.outline(), StrokeKind::Inside);
        } else if response.hovered() {
            let tint = look.text_strong.gamma_multiply(0.04);
            ui.painter().rect_filled(rect, look.corners_small(), tint);
        }
        let at = rect.center() - galley.size() / 2.0;
        ui.painter().galley(at, galley, look.text);
        super::focus_ring(ui, &response, look);
        if response.clicked() && !on {
            picked = Some(*value);
        }
    }
    picked
}

/// A field that opens a list. `ink` tells a choice that means "nothing" from the others.
pub fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    options: &[(T, String)],
    chosen: T,
    width: f32,
) -> Option<T> {
    let look = Look::of(ui);
    let words =
        options.iter().find(|(value, _)| *value == chosen).map_or("", |(_, words)| words.as_str());
    let response = closed(ui, name, words, width, look);
    let mut picked = None;
    let offset = 4.0;
    Popup::menu(&response).gap(offset).width(width).accessible_name(name).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // Only the rows in sight are laid out: a list may hold every label of a file.
        let height = look.tokens.control.row_dense;
        ScrollArea::vertical().max_height(14.0 * height).show_rows(
            ui,
            height,
            options.len(),
            |ui, range| {
                for (value, words) in &options[range] {
                    if row(ui, words, *value == chosen, look).clicked() {
                        picked = Some(*value);
                        ui.close();
                    }
                }
            },
        );
    });
    picked.filter(|value| *value != chosen)
}

pub(super) fn closed(ui: &mut Ui, name: &str, words: &str, width: f32, look: &Look) -> Response {
    let control = &look.tokens.control;
    let response = ui.allocate_response(vec2(width, control.segment), Sense::click());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, true, name);
        info.current_text_value = Some(words.to_owned());
        info
    });
    let rect = response.rect;
    if ui.is_rect_visible(rect) {
        let share = if response.hovered() { 0.04 } else { 0.0 };
        let ground = look.tinted(look.raised, share);
        ui.painter().rect(rect, look.corners_small(), ground, look.outline(), StrokeKind::Inside);
        let font = theme::body(Weight::Regular);
        let room = rect.width() - 20.0 - control.icon_small;
        let galley = fitting(ui, words, &font, room, look);
        let at = pos2(rect.left() + 10.0, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, look.text_strong);
        let arrow = ICON_KEYBOARD_ARROW_DOWN;
        let font = egui::FontId::new(control.icon_small, arrow.font_family());
        let at = pos2(rect.right() - 8.0, rect.center().y);
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, arrow.codepoint, font, look.text);
        super::focus_ring(ui, &response, look);
    }
    response
}

/// One line that is cut at its end where it is wider than `room`.
fn fitting(ui: &Ui, words: &str, font: &egui::FontId, room: f32, look: &Look) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(words.to_owned(), font.clone(), look.text_strong);
    job.wrap = TextWrapping::truncate_at_width(room);
    ui.painter().layout_job(job)
}

pub(super) fn row(ui: &mut Ui, words: &str, on: bool, look: &Look) -> Response {
    let size = vec2(ui.available_width(), look.tokens.control.row_dense);
    let response = ui.allocate_response(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, on, words));
    let rect = response.rect;
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, look.corners_small(), look.selection);
    }
    let font = theme::body(if on { Weight::Medium } else { Weight::Regular });
    let at = pos2(rect.left() + 10.0, rect.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, words, font, look.text_strong);
    if on {
        let font = egui::FontId::new(look.tokens.control.icon_small, ICON_CHECK.font_family());
        let at = pos2(rect.right() - 8.0, rect.center().y);
        let tick = ICON_CHECK.codepoint;
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, tick, font, look.accent);
    }
    response
}
