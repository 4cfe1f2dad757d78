//! The controls of the window, each painted from tokens and each with a name and a role.
//!
//! *Invariant:* a widget knows what it looks like and whether it was used, never what it is for.

mod button;
mod card;
mod choice;
mod field;
mod notice;
mod picker;
mod plot;
mod slider;
mod switch;
pub mod text;

pub use button::{Button, icon_button};
pub use card::{Column, bar, beside, card, card_head, cell, divider, hatch, line, row, swatch};
pub use choice::{choice, segmented};
pub use field::{field, secret_field, secret_field_with, text_field};
pub use notice::{Tone, plain_tag, stripe, stripe_plain, tag};
pub use picker::{pick_from, picker};
pub use plot::still_plot;
pub use slider::slider;
pub use switch::{check, toggle};

use egui::{Response, Sense, StrokeKind, Ui, Vec2};

use super::theme::Look;

/// The ring around what has the keyboard.
fn focus_ring(ui: &Ui, response: &Response, look: &Look) {
    if response.has_focus() {
        let corners = look.tokens.radius.small as u8 + 2;
        let stroke = egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        ui.painter().rect_stroke(response.rect.expand(1.0), corners, stroke, StrokeKind::Outside);
    }
}

/// Room for a control of `size`, in the middle of a row that may be higher.
fn room(ui: &mut Ui, size: Vec2, enabled: bool) -> Response {
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    ui.allocate_response(size, sense)
}
