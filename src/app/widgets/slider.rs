//! A slider over whole numbers.

use std::ops::RangeInclusive;

use egui::accesskit::Action;
use egui::{EventFilter, Key, Rect, Sense, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::app::theme::Look;

/// Gives the new number where it was moved, by pointer, arrow keys or a screen reader.
pub fn slider(
    ui: &mut Ui,
    name: &str,
    value: u8,
    range: RangeInclusive<u8>,
    width: f32,
) -> Option<u8> {
    let look = Look::of(ui);
    let knob = look.tokens.control.slider_knob;
    let size = vec2(width, look.tokens.control.hit_min);
    let response = ui.allocate_response(size, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(value), name));
    let (low, high) = (f32::from(*range.start()), f32::from(*range.end()));
    let span = (high - low).max(1.0);
    let rail = response.rect.left() + knob / 2.0..=response.rect.right() - knob / 2.0;
    let length = rail.end() - rail.start();

    let mut next = i32::from(value);
    if (response.dragged() || response.clicked() || response.drag_started())
        && let Some(at) = response.interact_pointer_pos()
    {
        next = (low + (at.x - rail.start()) / length * span).round() as i32;
        response.request_focus();
    }
    if response.has_focus() {
        // Arrows move the knob, not the focus.
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let pressed = |key| ui.input(|input| input.num_presses(key) as i32);
        next += pressed(Key::ArrowRight) + pressed(Key::ArrowUp);
        next -= pressed(Key::ArrowLeft) + pressed(Key::ArrowDown);
        if pressed(Key::Home) > 0 {
            next = low as i32;
        }
        if pressed(Key::End) > 0 {
            next = high as i32;
        }
    }
    ui.input(|input| {
        let asked = |action| input.num_accesskit_action_requests(response.id, action) as i32;
        next += asked(Action::Increment) - asked(Action::Decrement);
        for request in input.accesskit_action_requests(response.id, Action::SetValue) {
            if let Some(egui::accesskit::ActionData::NumericValue(number)) = request.data {
                next = number.round() as i32;
            }
        }
    });
    let next = next.clamp(i32::from(*range.start()), i32::from(*range.end())) as u8;
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(f64::from(low));
        node.set_max_numeric_value(f64::from(high));
        node.set_numeric_value_step(1.0);
        node.add_action(Action::SetValue);
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
    });

    if ui.is_rect_visible(response.rect) {
        let middle = response.rect.center().y;
        let x = rail.start() + (f32::from(next) - low) / span * length;
        let track = |from: f32, to: f32| {
            Rect::from_min_max(pos2(from, middle - 2.0), pos2(to, middle + 2.0))
        };
        ui.painter().rect_filled(track(*rail.start(), *rail.end()), 2, look.line);
        ui.painter().rect_filled(track(*rail.start(), x), 2, look.accent);
        let centre = pos2(x, middle);
        let ground = if response.hovered() || response.dragged() {
            look.tinted(look.raised, 0.04)
        } else {
            look.raised
        };
        ui.painter().circle(centre, knob / 2.0, ground, look.outline());
        if response.has_focus() {
            let ring = Rect::from_center_size(centre, vec2(knob + 4.0, knob + 4.0));
            let stroke = egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring);
            ui.painter().rect_stroke(ring, knob, stroke, StrokeKind::Middle);
        }
    }
    (next != value).then_some(next)
}
