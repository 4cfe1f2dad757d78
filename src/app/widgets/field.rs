//! Text to type: a line of it, or a few.

use egui::{Frame, Id, Margin, Response, Stroke, TextEdit, Ui};

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

/// A field of some lines, for a sentence or two; `width` and how many lines are seen at once.
pub fn paragraph_field(
    ui: &mut Ui,
    name: &str,
    words: &mut String,
    hint: &str,
    (width, lines): (f32, usize),
) -> Response {
    let look = Look::of(ui);
    let id = ui.scope_id().with(("field", name));
    let stroke = stroke(ui, id, look);
    let output = TextEdit::multiline(words)
        .id(id)
        .font(theme::body(Weight::Regular))
        .text_color(look.text_strong)
        .hint_text(hint)
        .desired_rows(lines)
        .desired_width(width)
        .frame(frame(look, stroke, 7))
        .show(ui);
    output.response.response.accessible_name(name)
}

fn stroke(ui: &Ui, id: Id, look: &Look) -> Stroke {
    if ui.memory(|memory| memory.has_focus(id)) {
        Stroke::new(look.tokens.stroke.focus, look.focus_ring)
    } else {
        look.outline()
    }
}

fn frame(look: &Look, stroke: Stroke, pad: i8) -> Frame {
    Frame::new()
        .fill(look.raised)
        .stroke(stroke)
        .corner_radius(look.corners_small())
        .inner_margin(Margin::symmetric(9, pad))
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
    let stroke = stroke(ui, id, look);
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
        .frame(frame(look, stroke, pad as i8))
        .show(ui);
    if is_secret {
        let mut state = output.state;
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
    output.response.response.accessible_name(name)
}
