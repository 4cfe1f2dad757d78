//! A line of text to type.

use egui::{Frame, Margin, Response, Stroke, TextEdit, Ui};

use crate::app::theme::{self, Look};
use crate::draw::Weight;

/// A field of a given width; its name is what a screen reader says.
pub fn field(ui: &mut Ui, name: &str, words: &mut String, hint: &str, width: f32) -> Response {
    typed(ui, name, words, hint, width, false)
}

/// The same for what nobody is to read: dots stand for the letters, and what was typed before is not
/// kept to be taken back.
pub fn secret_field(ui: &mut Ui, name: &str, words: &mut String, width: f32) -> Response {
    typed(ui, name, words, "", width, true)
}

fn typed(
    ui: &mut Ui,
    name: &str,
    words: &mut String,
    hint: &str,
    width: f32,
    is_secret: bool,
) -> Response {
    let look = Look::of(ui);
    let height = look.tokens.control.field;
    let id = ui.scope_id().with(("field", name));
    let focused = ui.memory(|memory| memory.has_focus(id));
    let stroke = if focused {
        Stroke::new(look.tokens.stroke.focus, look.focus_ring)
    } else {
        look.outline()
    };
    let font = theme::body(Weight::Regular);
    let line = ui.fonts_mut(|fonts| fonts.row_height(&font));
    let pad = ((height - line) / 2.0 - stroke.width).max(0.0);
    let output = TextEdit::singleline(words)
        .id(id)
        .font(font)
        .text_color(look.text_strong)
        .hint_text(hint)
        .password(is_secret)
        .desired_width(width)
        .align(egui::Align2::LEFT_CENTER)
        .frame(
            Frame::new()
                .fill(look.raised)
                .stroke(stroke)
                .corner_radius(look.corners_small())
                .inner_margin(Margin::symmetric(9, pad as i8)),
        )
        .show(ui);
    if is_secret {
        let mut state = output.state;
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
    output.response.response.accessible_name(name)
}
