//! Two ways of saying yes or no: a switch that acts at once, and a box that is ticked.

use egui::{Response, Role, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use egui_material_icons::icons::ICON_CHECK;

use crate::app::theme::{self, Look};
use crate::draw::Weight;

/// A switch; its words stand elsewhere in the row.
pub fn toggle(ui: &mut Ui, name: &str, on: bool) -> Response {
    let look = Look::of(ui);
    let [width, height] = look.tokens.control.toggle;
    let response = super::room(ui, vec2(width, height.max(16.0)), true);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    if ui.is_rect_visible(response.rect) {
        let rect = response.rect;
        let ground = if on { look.accent } else { look.line_strong };
        ui.painter().rect_filled(rect, height / 2.0, ground);
        let place = ui.ctx().animate_bool(response.id, on);
        let reach = rect.width() - height;
        let centre = pos2(rect.left() + height / 2.0 + reach * place, rect.center().y);
        let knob = if on { look.accent_on } else { look.raised };
        ui.painter().circle_filled(centre, height / 2.0 - 2.0, knob);
        super::focus_ring(ui, &response, look);
    }
    response
}

/// A box with its words, which are its name.
pub fn check(ui: &mut Ui, words: &str, on: bool) -> Response {
    let look = Look::of(ui);
    let side = look.tokens.control.checkbox;
    let font = theme::body(Weight::Medium);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), font, look.text_strong);
    let size = vec2(side + 12.0 + galley.size().x, look.tokens.control.hit_min);
    let response = super::room(ui, size, true);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, words));
    if ui.is_rect_visible(response.rect) {
        let middle = response.rect.center().y;
        let corner = pos2(response.rect.left(), middle - side / 2.0);
        let square = egui::Rect::from_min_size(corner, vec2(side, side));
        let (fill, stroke) = if on {
            (look.accent, egui::Stroke::NONE)
        } else if response.hovered() {
            (look.tinted(look.raised, 0.04), look.outline())
        } else {
            (look.raised, look.outline())
        };
        ui.painter().rect(square, look.corners_small(), fill, stroke, StrokeKind::Inside);
        if on {
            let font = egui::FontId::new(side - 3.0, ICON_CHECK.font_family());
            let at = square.center();
            let tick = ICON_CHECK.codepoint;
            ui.painter().text(at, egui::Align2::CENTER_CENTER, tick, font, look.accent_on);
        }
        let at = pos2(square.right() + 12.0, middle - galley.size().y / 2.0);
        ui.painter().galley(at, galley, look.text_strong);
        super::focus_ring(ui, &response, look);
    }
    response
}
