//! A line of text to type.

use egui::text_edit::TextEditState;
use egui::{Frame, Margin, Response, Stroke, TextEdit, Ui};

use crate::app::theme::{self, Look};
use crate::draw::Weight;

/// A field of a given width; its name is what a screen reader says.
pub fn field(ui: &mut Ui, name: &str, words: &mut String, hint: &str, width: f32) -> Response {
    typed(ui, words, &Form { name, hint, width, rows: 1, is_secret: false })
}

/// The same for what nobody is to read: dots stand for the letters, and what was typed before is not
/// kept to be taken back.
pub fn secret_field(ui: &mut Ui, name: &str, words: &mut String, width: f32) -> Response {
    secret_field_with(ui, name, words, "", width)
}

/// The same with words where nothing is typed.
pub fn secret_field_with(
    ui: &mut Ui,
    name: &str,
    words: &mut String,
    hint: &str,
    width: f32,
) -> Response {
    let form = Form { name, hint, width, rows: 1, is_secret: true };
    typed(ui, words, &form)
}

/// The same for several lines, with so many at first.
pub fn text_field(
    ui: &mut Ui,
    name: &str,
    words: &mut String,
    hint: &str,
    rows: usize,
) -> Response {
    let form = Form { name, hint, width: ui.available_width(), rows, is_secret: false };
    typed(ui, words, &form)
}

/// What a field looks like.
struct Form<'a> {
    name: &'a str,
    hint: &'a str,
    width: f32,
    rows: usize,
    is_secret: bool,
}

fn typed(ui: &mut Ui, words: &mut String, form: &Form<'_>) -> Response {
    let look = Look::of(ui);
    let Form { name, hint, width, rows, is_secret } = *form;
    let height = look.tokens.control.field;
    let id = ui.scope_id().with(("field", name));
    let focused = ui.memory(|memory| memory.has_focus(id));
    let stroke = if focused {
        Stroke::new(look.tokens.stroke.focus, look.focus_ring)
    } else {
        look.outline()
    };
    if is_secret && words.is_empty() {
        // What was typed and taken away from outside is no more in the field's own memory either.
        let mut fresh = TextEditState::default();
        if let Some(known) = TextEditState::load(ui.ctx(), id).filter(|_| focused) {
            fresh.cursor = known.cursor;
        }
        fresh.store(ui.ctx(), id);
    }
    let font = theme::body(Weight::Regular);
    let line = ui.fonts_mut(|fonts| fonts.row_height(&font));
    let pad = ((height - line) / 2.0 - stroke.width).max(0.0);
    let edit = if rows > 1 {
        TextEdit::multiline(words).desired_rows(rows)
    } else {
        TextEdit::singleline(words).align(egui::Align2::LEFT_CENTER)
    };
    let output = edit
        .id(id)
        .font(font)
        .text_color(look.text_strong)
        .hint_text(hint)
        .password(is_secret)
        .desired_width(width)
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
