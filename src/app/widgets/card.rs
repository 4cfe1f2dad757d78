//! Grounds and lines: cards, dividers, swatches and bars.

use egui::{Color32, Frame, InnerResponse, Margin, Rect, Sense, Ui, UiBuilder, pos2, vec2};

use super::text;
use crate::app::theme::Look;

/// A card as wide as there is room, with its own padding.
pub fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let look = Look::of(ui);
    Frame::new()
        .fill(look.raised)
        .stroke(look.hairline())
        .corner_radius(look.corners_large())
        .inner_margin(Margin::same(look.tokens.space.panel_padding as i8))
        .show(ui, |ui| {
            ui.take_available_width();
            add(ui)
        })
}

/// A heading at the left and a remark at the right.
pub fn card_head(ui: &mut Ui, heading: &str, remark: &str) {
    ui.horizontal(|ui| {
        text::heading(ui, heading);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            text::small_cut(ui, remark);
        });
    });
}

/// A hairline through the whole width, `reach` further at both ends.
pub fn divider(ui: &mut Ui, reach: f32) {
    let look = Look::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    let x = rect.left() - reach..=rect.right() + reach;
    ui.painter().hline(egui::Rangef::new(*x.start(), *x.end()), rect.center().y, look.hairline());
}

/// A small upright mark in the colour of a label.
pub fn swatch(ui: &mut Ui, colour: Color32, width: f32, height: f32) {
    let look = Look::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    ui.painter().rect_filled(rect, look.tokens.radius.bar as u8, colour);
}

/// A bar in its track; `share` is 0 to 1.
pub fn bar(ui: &mut Ui, width: f32, share: f32, colour: Color32) {
    let look = Look::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, 8.0), Sense::hover());
    let corners = look.tokens.radius.bar as u8;
    ui.painter().rect_filled(rect, corners, look.sunken);
    let filled = (rect.width() * share.clamp(0.0, 1.0)).max(2.0);
    let end = pos2(rect.left() + filled, rect.bottom());
    ui.painter().rect_filled(Rect::from_min_max(rect.min, end), corners, colour);
}

/// Which of two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Left,
    Right,
}

/// Two columns side by side, the left one `left` wide; then the cursor is below the longer one.
pub fn beside(ui: &mut Ui, left: f32, gap: f32, mut add: impl FnMut(&mut Ui, Column)) {
    let whole = ui.available_rect_before_wrap();
    let split = whole.left() + left;
    let mut low = whole.top();
    for (column, from, to) in
        [(Column::Left, whole.left(), split), (Column::Right, split + gap, whole.right())]
    {
        let area = Rect::from_min_max(pos2(from, whole.top()), pos2(to, whole.bottom()));
        let used = ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
            ui.set_width(area.width());
            add(ui, column);
        });
        low = low.max(used.response.rect.bottom());
    }
    ui.advance_cursor_after_rect(Rect::from_min_max(whole.min, pos2(whole.right(), low)));
}

/// A cell of a row: `width` wide, as high as the row, its contents in the middle and 8 points away
/// from the next cell.
pub fn cell(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let size = vec2(width, ui.available_height());
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let inside = rect.with_max_x(rect.right() - 8.0);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    add(&mut ui.new_child(UiBuilder::new().max_rect(inside).layout(layout)));
}

/// A row of a known height through the whole width, its cells without gaps.
pub fn line(ui: &mut Ui, height: f32, add: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), height);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let mut row = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    row.spacing_mut().item_spacing.x = 0.0;
    add(&mut row);
}

/// What is kept back: a hatch, one line every six points, with an outline. It means nothing else.
pub fn hatch(ui: &mut Ui, width: f32, height: f32) {
    let look = Look::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    ui.painter().rect_filled(rect, look.tokens.radius.bar as u8, look.withheld_fill);
    let stroke = egui::Stroke::new(look.tokens.stroke.line, look.withheld_line);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        painter.line_segment([pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())], stroke);
        x += 6.0;
    }
    let corners = look.tokens.radius.bar as u8;
    ui.painter().rect_stroke(rect, corners, stroke, egui::StrokeKind::Inside);
}

/// Words at the left, a control at the right.
pub fn row(ui: &mut Ui, words: &str, add: impl FnOnce(&mut Ui)) {
    let look = Look::of(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(look.tokens.control.field);
        text::body(ui, words);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), add);
    });
}
