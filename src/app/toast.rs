//! A word about what was done, that goes away by itself. What needs an answer is a notice instead.

use egui::{Align2, Area, Frame, Id, Margin, Order, Role, Sense, WidgetInfo, vec2};

use super::state::State;
use super::theme::Look;
use super::widgets::text;
use crate::draw::tokens::Theme;

/// How long it stays, in seconds.
const STAYS: f64 = 4.0;

/// What is told, and since when it is seen.
pub struct Toast {
    words: String,
    since: Option<f64>,
}

impl Toast {
    pub fn new(words: String) -> Self {
        Self { words, since: None }
    }
}

pub fn ui(ctx: &egui::Context, state: &mut State) {
    let Some(toast) = &mut state.toast else { return };
    let now = ctx.input(|input| input.time);
    let left = STAYS - (now - *toast.since.get_or_insert(now));
    if left <= 0.0 {
        state.toast = None;
        return;
    }
    ctx.request_repaint_after_secs(left as f32);
    let look =
        Look::in_theme(if ctx.theme() == egui::Theme::Dark { Theme::Dark } else { Theme::Light });
    let above_status = look.tokens.frame.status_bar + 16.0;
    Area::new(Id::unique("toast"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -above_status))
        .interactable(false)
        .show(ctx, |ui| {
            let shown = Frame::new()
                .fill(look.tooltip)
                .corner_radius(look.corners_large())
                .inner_margin(Margin::symmetric(16, 10))
                .show(ui, |ui| text::small_in(ui, &toast.words, look.tooltip_text));
            let said = ui.interact(shown.response.rect, Id::unique("toast words"), Sense::hover());
            said.widget_info(|| WidgetInfo::labeled(Role::Status, true, &toast.words));
        });
}
