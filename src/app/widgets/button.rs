//! Buttons.

use std::sync::Arc;

use egui::{Color32, Galley, Response, Role, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};
use egui_material_icons::MaterialIcon;

use crate::app::theme::{self, Look};
use crate::draw::Weight;

/// How much a button asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One a task.
    Filled,
    Outlined,
    /// No ground until the pointer is over it.
    Plain,
    /// Accent ink, no ground.
    Link,
}

/// A button with a word, and perhaps an icon before it.
pub struct Button<'a> {
    words: &'a str,
    name: Option<String>,
    icon: Option<MaterialIcon>,
    kind: Kind,
    height: Option<f32>,
    small: bool,
    width: Option<f32>,
    hint: Option<&'a str>,
    enabled: bool,
    chosen: bool,
    after: Option<MaterialIcon>,
}

impl<'a> Button<'a> {
    pub fn new(words: &'a str) -> Self {
        Self {
            words,
            name: None,
            icon: None,
            kind: Kind::Outlined,
            height: None,
            small: false,
            width: None,
            hint: None,
            enabled: true,
            chosen: false,
            after: None,
        }
    }

    #[must_use]
    pub fn filled(self) -> Self {
        Self { kind: Kind::Filled, ..self }
    }

    #[must_use]
    pub fn plain(self) -> Self {
        Self { kind: Kind::Plain, ..self }
    }

    #[must_use]
    pub fn link(self) -> Self {
        Self { kind: Kind::Link, ..self }
    }

    /// Inside cards.
    #[must_use]
    pub fn small(self) -> Self {
        Self { small: true, ..self }
    }

    #[must_use]
    pub fn large(self) -> Self {
        Self { height: Some(theme::look_tokens().control.button_large), ..self }
    }

    #[must_use]
    pub fn width(self, width: f32) -> Self {
        Self { width: Some(width), ..self }
    }

    #[must_use]
    pub fn icon(self, icon: MaterialIcon) -> Self {
        Self { icon: Some(icon), ..self }
    }

    /// An icon behind the words.
    #[must_use]
    pub fn after(self, icon: MaterialIcon) -> Self {
        Self { after: Some(icon), ..self }
    }

    /// A shortcut, shown weakly behind the words.
    #[must_use]
    pub fn hint(self, hint: &'a str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// What a screen reader says where the words alone do not tell the whole.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    #[must_use]
    pub fn enabled(self, enabled: bool) -> Self {
        Self { enabled, ..self }
    }

    /// Whether it stands for something that is on.
    #[must_use]
    pub fn chosen(self, chosen: bool) -> Self {
        Self { chosen, ..self }
    }

    pub fn ui(self, ui: &mut Ui) -> Response {
        let look = Look::of(ui);
        let control = &look.tokens.control;
        let height =
            self.height.unwrap_or(if self.small { control.button_small } else { control.button });
        let pad = match (self.kind, self.small) {
            (Kind::Link, _) => 4.0,
            (_, true) => 8.0,
            (_, false) if height > control.button => 20.0,
            _ => 12.0,
        };
        let ink = self.ink(look);
        let font =
            if self.small { theme::small(Weight::Medium) } else { theme::body(Weight::Medium) };
        let icon_size = if self.small { 14.0 } else { control.icon_small };
        let lay = |words: &str, font, ink| ui.painter().layout_no_wrap(words.to_owned(), font, ink);
        let glyph = |icon: MaterialIcon| {
            lay(icon.codepoint, egui::FontId::new(icon_size, icon.font_family()), ink)
        };
        let mut parts: Vec<Arc<Galley>> = Vec::new();
        parts.extend(self.icon.map(glyph));
        parts.push(lay(self.words, font, ink));
        if let Some(hint) = self.hint {
            let weak = ink.gamma_multiply(0.75);
            parts.push(lay(hint, theme::small(Weight::Regular), weak));
        }
        parts.extend(self.after.map(glyph));
        let gap = if self.small { 4.0 } else { 8.0 };
        let content: f32 =
            parts.iter().map(|part| part.size().x).sum::<f32>() + gap * (parts.len() - 1) as f32;
        let size = vec2(self.width.unwrap_or(content + 2.0 * pad), height);

        let response = super::room(ui, size, self.enabled);
        let name = self.name.as_deref().unwrap_or(self.words);
        response.widget_info(|| {
            if self.chosen {
                WidgetInfo::selected(Role::Button, self.enabled, true, name)
            } else {
                WidgetInfo::labeled(Role::Button, self.enabled, name)
            }
        });
        if ui.is_rect_visible(response.rect) {
            let (fill, stroke) = self.ground(look, &response);
            let rect = response.rect;
            ui.painter().rect(rect, look.corners_small(), fill, stroke, StrokeKind::Inside);
            let mut x = rect.center().x - content / 2.0;
            for part in parts {
                let at = egui::pos2(x, rect.center().y - part.size().y / 2.0);
                x += part.size().x + gap;
                ui.painter().galley(at, part, ink);
            }
            super::focus_ring(ui, &response, look);
        }
        response
    }

    fn ink(&self, look: &Look) -> Color32 {
        match self.kind {
            _ if !self.enabled => look.text_weak,
            Kind::Filled => look.accent_on,
            Kind::Link => look.accent,
            Kind::Outlined | Kind::Plain => look.text_strong,
        }
    }

    fn ground(&self, look: &Look, response: &Response) -> (Color32, Stroke) {
        let share = if response.is_pointer_button_down_on() {
            0.08
        } else if response.hovered() {
            0.04
        } else {
            0.0
        };
        let touched = share > 0.0;
        match self.kind {
            Kind::Filled | Kind::Outlined if !self.enabled => (look.sunken, Stroke::NONE),
            Kind::Filled => (look.tinted(look.accent, share * 2.0), Stroke::NONE),
            Kind::Outlined if self.chosen => (look.selection, Stroke::new(1.0, look.accent)),
            Kind::Outlined => (look.tinted(look.raised, share), look.outline()),
            Kind::Plain if self.chosen => (look.selection, Stroke::NONE),
            Kind::Plain | Kind::Link if touched && self.enabled => {
                (look.text_strong.gamma_multiply(share), Stroke::NONE)
            }
            Kind::Plain | Kind::Link => (Color32::TRANSPARENT, Stroke::NONE),
        }
    }
}

/// An icon alone, for the few that everybody knows: plus, minus, fit, undo, redo, close.
pub fn icon_button(ui: &mut Ui, icon: MaterialIcon, name: &str, enabled: bool) -> Response {
    let look = Look::of(ui);
    let response = super::room(ui, Vec2::splat(look.tokens.control.hit_min), enabled);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    if ui.is_rect_visible(response.rect) {
        let share = if response.is_pointer_button_down_on() { 0.08 } else { 0.04 };
        if enabled && response.hovered() {
            let tint = look.text_strong.gamma_multiply(share);
            ui.painter().rect_filled(response.rect, look.corners_small(), tint);
        }
        let ink = if enabled { look.text } else { look.line_strong };
        let font = egui::FontId::new(look.tokens.control.icon_small + 2.0, icon.font_family());
        let centre = response.rect.center();
        ui.painter().text(centre, egui::Align2::CENTER_CENTER, icon.codepoint, font, ink);
        super::focus_ring(ui, &response, look);
    }
    response.on_hover_text(name)
}
