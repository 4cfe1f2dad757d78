//! Words on the screen, in the sizes of the token file.

use egui::{Color32, FontId, Label, Response, RichText, Ui};

use crate::app::theme::{self, Look};
use crate::draw::Weight;

fn say(
    ui: &mut Ui,
    words: impl Into<String>,
    font: FontId,
    line: f32,
    colour: Color32,
) -> Response {
    let text = RichText::new(words).font(font).color(colour).line_height(Some(line));
    ui.add(Label::new(text).selectable(false))
}

/// One line; what does not fit is cut, and shown in full under the pointer.
fn cut(
    ui: &mut Ui,
    words: impl Into<String>,
    font: FontId,
    line: f32,
    colour: Color32,
) -> Response {
    let text = RichText::new(words).font(font).color(colour).line_height(Some(line));
    ui.add(Label::new(text).selectable(false).truncate())
}

/// One sentence or number a screen.
pub fn display(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    say(ui, words, theme::display(), look.tokens.text.display.line, look.text_strong)
}

/// The sentence under it.
pub fn lead(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    say(ui, words, theme::lead(), look.tokens.text.title.line, look.text)
}

/// One a panel.
pub fn title(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::title(), look.tokens.text.title.line, look.text_strong)
}

/// The head of a group.
pub fn heading(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::body(Weight::SemiBold), look.tokens.text.body.line, look.text_strong)
}

/// Prose.
pub fn body(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    say(ui, words, theme::body(Weight::Regular), look.tokens.text.body.line, look.text)
}

/// A name among prose.
pub fn emphasis(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::body(Weight::Medium), look.tokens.text.body.line, look.text_strong)
}

/// What stands beside something more important.
pub fn weak(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    say(ui, words, theme::body(Weight::Regular), look.tokens.text.body.line, look.text_weak)
}

/// Captions.
pub fn small(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    say(ui, words, theme::small(Weight::Regular), look.tokens.text.small.line, look.text_weak)
}

/// Captions on one line.
pub fn small_cut(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::small(Weight::Regular), look.tokens.text.small.line, look.text_weak)
}

/// The head of a column.
pub fn small_heading(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::small(Weight::SemiBold), look.tokens.text.small.line, look.text_strong)
}

/// A small text in any colour.
pub fn small_in(ui: &mut Ui, words: impl Into<String>, colour: Color32) -> Response {
    let look = Look::of(ui);
    say(ui, words, theme::small(Weight::Medium), look.tokens.text.small.line, colour)
}

/// Shapes of columns, patterns of rules, paths.
pub fn mono(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::mono(), look.tokens.text.small.line, look.text_weak)
}

/// A pattern or a label as it is in the file, where it is what the row is about.
pub fn mono_strong(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::mono(), look.tokens.text.small.line, look.text_strong)
}

/// Prose on one line.
pub fn body_cut(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::body(Weight::Regular), look.tokens.text.body.line, look.text)
}

/// What something becomes, on one line.
pub fn small_link(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::small(Weight::Medium), look.tokens.text.small.line, look.accent)
}

/// What stands beside something more important, on one line.
pub fn weak_cut(ui: &mut Ui, words: impl Into<String>) -> Response {
    let look = Look::of(ui);
    cut(ui, words, theme::body(Weight::Regular), look.tokens.text.body.line, look.text_weak)
}
