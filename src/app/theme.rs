//! The look of the window: fonts, text styles and colours, all from the one token file.
//!
//! Everything a widget needs to paint itself is in [`Look`]. Knows nothing of screens or data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use egui::{
    Color32, Context, CornerRadius, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke,
    Style, TextStyle, ThemePreference, Ui, Vec2, Visuals, style::WidgetVisuals,
};

use crate::draw::tokens::{self, Theme, Tokens, tokens};
use crate::draw::{Weight, fonts};
use crate::project::ThemeChoice;

/// The colours of one theme as the window paints them, and the measures of both.
pub struct Look {
    pub theme: Theme,
    pub tokens: &'static Tokens,
    pub background: Color32,
    pub surface: Color32,
    pub raised: Color32,
    pub sunken: Color32,
    pub line: Color32,
    pub line_strong: Color32,
    pub text_strong: Color32,
    pub text: Color32,
    pub text_weak: Color32,
    pub accent: Color32,
    pub accent_on: Color32,
    pub selection: Color32,
    pub focus_ring: Color32,
    pub danger: Color32,
    pub danger_soft: Color32,
    pub warning: Color32,
    pub warning_soft: Color32,
    pub ok: Color32,
    pub ok_soft: Color32,
    pub withheld_line: Color32,
    pub withheld_fill: Color32,
    pub tooltip: Color32,
    pub tooltip_text: Color32,
    pub tooltip_weak: Color32,
}

static LOOKS: LazyLock<[Look; 2]> =
    LazyLock::new(|| [Theme::Light, Theme::Dark].map(|theme| Look::new(theme, theme.colours())));

impl Look {
    /// The look of the theme that is on.
    pub fn of(ui: &Ui) -> &'static Self {
        Self::in_theme(if ui.visuals().dark_mode { Theme::Dark } else { Theme::Light })
    }

    pub fn in_theme(theme: Theme) -> &'static Self {
        &LOOKS[usize::from(theme == Theme::Dark)]
    }

    fn new(theme: Theme, colours: &tokens::Colours) -> Self {
        Self {
            theme,
            tokens: tokens(),
            background: colours.background.into(),
            surface: colours.surface.into(),
            raised: colours.raised.into(),
            sunken: colours.sunken.into(),
            line: colours.line.into(),
            line_strong: colours.line_strong.into(),
            text_strong: colours.text_strong.into(),
            text: colours.text.into(),
            text_weak: colours.text_weak.into(),
            accent: colours.accent.into(),
            accent_on: colours.accent_on.into(),
            selection: colours.selection.into(),
            focus_ring: colours.focus_ring.into(),
            danger: colours.danger.into(),
            danger_soft: colours.danger_soft.into(),
            warning: colours.warning.into(),
            warning_soft: colours.warning_soft.into(),
            ok: colours.ok.into(),
            ok_soft: colours.ok_soft.into(),
            withheld_line: colours.withheld_line.into(),
            withheld_fill: colours.withheld_fill.into(),
            tooltip: colours.tooltip.into(),
            tooltip_text: colours.tooltip_text.into(),
            tooltip_weak: colours.tooltip_weak.into(),
        }
    }

    /// A hairline.
    pub fn hairline(&self) -> Stroke {
        Stroke::new(self.tokens.stroke.line, self.line)
    }

    /// The outline of something that can be touched.
    pub fn outline(&self) -> Stroke {
        Stroke::new(self.tokens.stroke.line, self.line_strong)
    }

    /// The ground under a pointer: `ground` tinted by a few percent of ink.
    pub fn tinted(&self, ground: Color32, share: f32) -> Color32 {
        ground.lerp_to_gamma(self.text_strong, share)
    }

    /// Corners of buttons, fields and tags.
    pub fn corners_small(&self) -> CornerRadius {
        CornerRadius::same(self.tokens.radius.small as u8)
    }

    /// Corners of cards, tooltips and menus.
    pub fn corners_large(&self) -> CornerRadius {
        CornerRadius::same(self.tokens.radius.large as u8)
    }

    fn shadow(&self) -> Shadow {
        let shadow = &self.tokens.shadow;
        Shadow {
            offset: [shadow.offset[0] as i8, shadow.offset[1] as i8],
            blur: shadow.blur as u8,
            spread: 0,
            color: Color32::from_black_alpha((shadow.alpha * 255.0) as u8),
        }
    }
}

/// The measures, where no theme matters.
pub fn look_tokens() -> &'static Tokens {
    tokens()
}

fn font(size: f32, weight: Weight) -> FontId {
    FontId::new(size, FontFamily::Name(weight.family().into()))
}

/// Labels in tables, captions, status.
pub fn small(weight: Weight) -> FontId {
    font(tokens().text.small.size, weight)
}

/// Controls and prose.
pub fn body(weight: Weight) -> FontId {
    font(tokens().text.body.size, weight)
}

/// One a panel.
pub fn title() -> FontId {
    font(tokens().text.title.size, Weight::SemiBold)
}

/// A sentence under a display line.
pub fn lead() -> FontId {
    font(tokens().text.title.size, Weight::Regular)
}

/// One a screen.
pub fn display() -> FontId {
    font(tokens().text.display.size, Weight::SemiBold)
}

/// Shapes and patterns.
pub fn mono() -> FontId {
    FontId::new(tokens().text.small.size, FontFamily::Monospace)
}

/// Installs fonts and both styles. Once, when the window is made.
pub fn install(ctx: &Context) {
    install_fonts(ctx);
    // Where the system does not say, paper is light.
    ctx.options_mut(|options| options.fallback_theme = egui::Theme::Light);
    for (theme, ours) in [(egui::Theme::Light, Theme::Light), (egui::Theme::Dark, Theme::Dark)] {
        ctx.set_style_of(theme, style(Look::in_theme(ours), theme));
    }
}

/// Light, dark, or as the system says.
pub fn choose(ctx: &Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
}

/// The type of the program. Scripts that it lacks come from the stock fonts of egui, and then from the
/// system, which eframe asks when such a letter is first painted.
fn install_fonts(ctx: &Context) {
    let mut definitions = FontDefinitions::default();
    fonts::add_to(&mut definitions);
    ctx.set_fonts(definitions);
    egui_material_icons::initialize(ctx);
}

fn style(look: &Look, theme: egui::Theme) -> Style {
    let mut style = theme.default_style();
    style.text_styles = BTreeMap::from([
        (TextStyle::Small, small(Weight::Regular)),
        (TextStyle::Body, body(Weight::Regular)),
        (TextStyle::Button, body(Weight::Medium)),
        (TextStyle::Heading, title()),
        (TextStyle::Monospace, mono()),
    ]);
    style.drag_value_text_style = TextStyle::Body;

    let control = &look.tokens.control;
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(8.0, 8.0);
    spacing.button_padding = Vec2::new(12.0, 6.0);
    spacing.interact_size = Vec2::new(control.hit_min, control.hit_min);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(4);
    spacing.icon_width = control.checkbox;
    spacing.combo_width = 100.0;
    spacing.tooltip_width = 320.0;
    spacing.scroll.bar_width = 8.0;
    spacing.scroll.floating = true;

    style.interaction.tooltip_delay = look.tokens.motion.tooltip_delay as f32 / 1000.0;
    style.interaction.selectable_labels = false;
    style.animation_time = look.tokens.motion.fade as f32 / 1000.0;
    style.visuals = visuals(look, theme);
    style
}

fn visuals(look: &Look, theme: egui::Theme) -> Visuals {
    let corners = look.corners_small();
    let widget = |fill: Color32, stroke: Stroke, ink: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: stroke,
        corner_radius: corners,
        fg_stroke: Stroke::new(1.0, ink),
        expansion: 0.0,
    };
    let mut visuals = theme.default_visuals();
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(look.text_weak);
    visuals.widgets.noninteractive = widget(look.surface, look.hairline(), look.text);
    visuals.widgets.inactive = widget(look.raised, look.outline(), look.text_strong);
    visuals.widgets.hovered =
        widget(look.tinted(look.raised, 0.04), look.outline(), look.text_strong);
    visuals.widgets.active =
        widget(look.tinted(look.raised, 0.08), look.outline(), look.text_strong);
    visuals.widgets.open = widget(look.tinted(look.raised, 0.04), look.outline(), look.text_strong);
    visuals.selection.bg_fill = look.selection;
    visuals.selection.stroke = Stroke::new(look.tokens.stroke.focus, look.accent);
    visuals.hyperlink_color = look.accent;
    visuals.faint_bg_color = look.background;
    visuals.extreme_bg_color = look.raised;
    visuals.text_edit_bg_color = Some(look.raised);
    visuals.code_bg_color = look.sunken;
    visuals.warn_fg_color = look.warning;
    visuals.error_fg_color = look.danger;
    visuals.window_corner_radius = look.corners_large();
    visuals.menu_corner_radius = look.corners_large();
    visuals.window_shadow = look.shadow();
    visuals.popup_shadow = look.shadow();
    visuals.window_fill = look.raised;
    visuals.window_stroke = look.hairline();
    visuals.panel_fill = look.background;
    visuals.slider_trailing_fill = true;
    visuals.text_cursor.stroke.color = look.accent;
    // A cursor that blinks would repaint an idle window.
    visuals.text_cursor.blink = false;
    visuals
}
