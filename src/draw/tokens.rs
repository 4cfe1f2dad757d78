//! The look as data: colours and measures from `assets/tokens.toml`, read once into one struct.
//!
//! The window's theme and the pictures take their values here, so they cannot drift apart. Knows
//! nothing of views, screens or files.

use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use super::scene::Rgba;

/// Light or dark paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

/// All values of the token file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    pub light: Colours,
    pub dark: Colours,
    pub text: Texts,
    pub space: Space,
    pub radius: Radius,
    pub frame: Frame,
    pub stroke: Strokes,
    pub shadow: Shadow,
    pub flow: Flow,
    pub map: Map,
    pub control: Control,
    pub motion: Motion,
}

/// The colours of one theme, by the role they play.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    #[serde(deserialize_with = "colour")]
    pub background: Rgba,
    #[serde(deserialize_with = "colour")]
    pub surface: Rgba,
    #[serde(deserialize_with = "colour")]
    pub raised: Rgba,
    #[serde(deserialize_with = "colour")]
    pub sunken: Rgba,
    #[serde(deserialize_with = "colour")]
    pub line: Rgba,
    #[serde(deserialize_with = "colour")]
    pub line_strong: Rgba,
    #[serde(deserialize_with = "colour")]
    pub text_strong: Rgba,
    #[serde(deserialize_with = "colour")]
    pub text: Rgba,
    #[serde(deserialize_with = "colour")]
    pub text_weak: Rgba,
    #[serde(deserialize_with = "colour")]
    pub accent: Rgba,
    #[serde(deserialize_with = "colour")]
    pub accent_on: Rgba,
    #[serde(deserialize_with = "colour")]
    pub selection: Rgba,
    #[serde(deserialize_with = "colour")]
    pub focus_ring: Rgba,
    #[serde(deserialize_with = "colour")]
    pub danger: Rgba,
    #[serde(deserialize_with = "colour")]
    pub danger_soft: Rgba,
    #[serde(deserialize_with = "colour")]
    pub warning: Rgba,
    #[serde(deserialize_with = "colour")]
    pub warning_soft: Rgba,
    #[serde(deserialize_with = "colour")]
    pub ok: Rgba,
    #[serde(deserialize_with = "colour")]
    pub ok_soft: Rgba,
    #[serde(deserialize_with = "colour")]
    pub other: Rgba,
    #[serde(deserialize_with = "colour")]
    pub drop_off: Rgba,
    #[serde(deserialize_with = "colour")]
    pub rest: Rgba,
    /// The lines and the ground of the hatch over what is kept back.
    #[serde(deserialize_with = "colour")]
    pub withheld_line: Rgba,
    #[serde(deserialize_with = "colour")]
    pub withheld_fill: Rgba,
    #[serde(deserialize_with = "colour")]
    pub map_path: Rgba,
    #[serde(deserialize_with = "colour")]
    pub tooltip: Rgba,
    #[serde(deserialize_with = "colour")]
    pub tooltip_text: Rgba,
    #[serde(deserialize_with = "colour")]
    pub tooltip_weak: Rgba,
    /// For the biggest labels, in order.
    #[serde(deserialize_with = "list")]
    pub categorical: [Rgba; 8],
    /// For a measured quantity, low to high, and the text on each.
    #[serde(deserialize_with = "list")]
    pub sequential: [Rgba; 5],
    #[serde(deserialize_with = "list")]
    pub sequential_text: [Rgba; 5],
}

/// One text style.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextStyle {
    pub size: f32,
    pub line: f32,
    pub weight: u16,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Labels in views, table cells, captions, status.
    pub small: TextStyle,
    /// Controls and prose.
    pub body: TextStyle,
    /// One a panel.
    pub title: TextStyle,
    /// One a screen.
    pub display: TextStyle,
    /// The weight of names and buttons.
    pub emphasis: u16,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    pub steps: Vec<f32>,
    pub panel_padding: f32,
    pub view_margin: f32,
    pub card_gap: f32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Radius {
    pub small: f32,
    pub large: f32,
    pub bar: f32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    pub top_bar: f32,
    pub rail: f32,
    pub inspector: f32,
    pub status_bar: f32,
    pub tab_row: f32,
    pub cohort_bar: f32,
    pub legend_row: f32,
    pub min_window: [f32; 2],
    pub inspector_floats_below: f32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strokes {
    pub line: f32,
    pub selected: f32,
    pub focus: f32,
    pub icon: f32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    pub offset: [f32; 2],
    pub blur: f32,
    pub alpha: f32,
}

/// How a flow is drawn.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    pub node_width: f32,
    pub node_gap: f32,
    pub ribbon_min: f32,
    pub ribbon_alpha: f32,
    pub ribbon_alpha_traced: f32,
    pub ribbon_alpha_faded: f32,
    pub node_alpha_faded: f32,
    pub label_gap: f32,
    pub label_back_alpha: f32,
    pub label_letters: usize,
    pub drop_off_length: f32,
    pub drop_off_fall: f32,
    pub drop_off_alpha: f32,
}

/// How a map is drawn.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    pub node: [f32; 2],
    pub node_widest: f32,
    pub path_min: f32,
    pub path_max: f32,
    /// Of the rarest and of the most common path.
    pub path_alpha: [f32; 2],
    pub path_alpha_faded: f32,
    pub pair_offset: f32,
    pub loop_height: f32,
    pub end_length: f32,
    pub mini_map: [f32; 2],
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    pub button: f32,
    pub button_small: f32,
    pub button_large: f32,
    pub field: f32,
    pub segment: f32,
    pub slider_knob: f32,
    pub toggle: [f32; 2],
    pub checkbox: f32,
    pub row: f32,
    pub row_dense: f32,
    pub hit_min: f32,
    pub rail_item: [f32; 2],
    pub icon: f32,
    pub icon_small: f32,
}

/// Milliseconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Motion {
    pub hover: u32,
    pub fade: u32,
    pub layout: u32,
    pub tooltip_delay: u32,
    pub progress_after: u32,
}

static TOKENS: LazyLock<Tokens> = LazyLock::new(|| {
    // The file is part of the program and `the_token_file_is_read_in_full` reads it in the tests,
    // so a program that was built and tested never takes the other way out.
    toml::from_str(include_str!("../../assets/tokens.toml")).unwrap_or_else(|error| {
        panic!("assets/tokens.toml does not fit src/draw/tokens.rs: {error}")
    })
});

/// The values of the token file.
pub fn tokens() -> &'static Tokens {
    &TOKENS
}

impl Theme {
    pub fn colours(self) -> &'static Colours {
        match self {
            Self::Light => &TOKENS.light,
            Self::Dark => &TOKENS.dark,
        }
    }
}

fn colour<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rgba, D::Error> {
    let hex = String::deserialize(deserializer)?;
    Rgba::from_hex(&hex).ok_or_else(|| serde::de::Error::custom(format!("{hex} is not #RRGGBB")))
}

fn list<'de, D: Deserializer<'de>, const COUNT: usize>(
    deserializer: D,
) -> Result<[Rgba; COUNT], D::Error> {
    let list = Vec::<String>::deserialize(deserializer)?;
    let mut colours = Vec::with_capacity(COUNT);
    for hex in list {
        let colour = Rgba::from_hex(&hex);
        let not = || serde::de::Error::custom(format!("{hex} is not #RRGGBB"));
        colours.push(colour.ok_or_else(not)?);
    }
    let not = |list: Vec<_>| {
        serde::de::Error::custom(format!("{} colours where there should be {COUNT}", list.len()))
    };
    colours.try_into().map_err(not)
}

#[cfg(test)]
mod tests {
    use super::{Theme, tokens};
    use crate::draw::scene::Rgba;

    #[test]
    fn the_token_file_is_read_in_full() {
        assert_eq!(Theme::Light.colours().categorical[0], Rgba::opaque(0x48, 0x6A, 0xD5));
        assert_eq!(Theme::Dark.colours().surface, Rgba::opaque(0x1A, 0x1E, 0x22));
        assert!(tokens().flow.node_gap >= tokens().text.small.line, "labels of neighbours meet");
    }

    /// WCAG 2 contrast of two opaque colours.
    fn contrast(a: Rgba, b: Rgba) -> f32 {
        let light = |c: Rgba| {
            let channel = |v: u8| {
                let v = f32::from(v) / 255.0;
                if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(c.r) + 0.7152 * channel(c.g) + 0.0722 * channel(c.b) + 0.05
        };
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_is_readable_on_every_ground_it_stands_on() {
        for theme in [Theme::Light, Theme::Dark] {
            let c = theme.colours();
            for (ink, ground) in [
                (c.text_strong, c.surface),
                (c.text, c.surface),
                (c.text_weak, c.surface),
                (c.text_weak, c.background),
                (c.text_weak, c.sunken),
                (c.accent, c.background),
                (c.accent_on, c.accent),
                (c.tooltip_text, c.tooltip),
                (c.tooltip_weak, c.tooltip),
                (c.danger, c.danger_soft),
                (c.warning, c.warning_soft),
                (c.ok, c.ok_soft),
            ]
            .into_iter()
            .chain(c.sequential_text.into_iter().zip(c.sequential))
            {
                assert!(contrast(ink, ground) >= 4.5, "{theme:?}: {ink:?} on {ground:?}");
            }
        }
    }
}
