//! Things to be told: an error beside its cause, a word in a tag.

use egui::{Color32, Frame, Margin, Rect, Sense, Ui, Vec2, pos2, vec2};

use super::text;
use crate::app::theme::{self, Look};
use crate::draw::Weight;

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Danger,
    Warning,
    Ok,
}

impl Tone {
    fn colours(self, look: &Look) -> (Color32, Color32) {
        match self {
            Self::Danger => (look.danger, look.danger_soft),
            Self::Warning => (look.warning, look.warning_soft),
            Self::Ok => (look.ok, look.ok_soft),
        }
    }
}

/// A soft ground with a stripe at its left: what happened, then what to do.
pub fn stripe(ui: &mut Ui, tone: Tone, what: &str, then: &str, add: impl FnOnce(&mut Ui)) {
    let look = Look::of(ui);
    let (ink, soft) = tone.colours(look);
    let inner = Frame::new()
        .fill(soft)
        .corner_radius(look.corners_small())
        .inner_margin(Margin { left: 16, right: 12, top: 12, bottom: 12 })
        .show(ui, |ui| {
            ui.take_available_width();
            ui.spacing_mut().item_spacing.y = 4.0;
            let font = theme::body(Weight::Medium);
            let words = egui::RichText::new(what).font(font).color(look.text_strong);
            ui.add(egui::Label::new(words).wrap());
            if !then.is_empty() {
                text::body(ui, then);
            }
            add(ui);
        });
    let rect = inner.response.rect;
    let edge = Rect::from_min_max(rect.min, pos2(rect.left() + 4.0, rect.bottom()));
    ui.painter().rect_filled(edge, look.corners_small(), ink);
}

/// A word on a soft ground.
pub fn tag(ui: &mut Ui, tone: Tone, words: &str) {
    let look = Look::of(ui);
    let (ink, soft) = tone.colours(look);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme::small(Weight::Medium), ink);
    let size = galley.size() + vec2(12.0, 4.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words));
    ui.painter().rect_filled(rect, look.corners_small(), soft);
    ui.painter().galley(rect.min + Vec2::new(6.0, 2.0), galley, ink);
}

/// A word on a quiet ground, `width` wide so that those in a column are alike.
pub fn plain_tag(ui: &mut Ui, words: &str, width: f32) {
    let look = Look::of(ui);
    let font = theme::small(Weight::Regular);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), font, look.text);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words));
    ui.painter().rect_filled(rect, look.corners_small(), look.sunken);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, look.text);
}

/// A quiet ground for what is offered and need not be taken.
pub fn stripe_plain(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let look = Look::of(ui);
    Frame::new()
        .fill(look.sunken)
        .corner_radius(look.corners_small())
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.take_available_width();
            add(ui);
        });
}
