//! The type of the program: Inter in three weights, with tabular figures switched on in the files.
//!
//! `assets/fonts/make.py` says how they were made. Knows nothing but bytes and names.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontTweak};

use super::scene::Weight;

/// Weight 400.
pub const INTER_REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.ttf");
/// Weight 500.
pub const INTER_MEDIUM: &[u8] = include_bytes!("../../assets/fonts/Inter-Medium.ttf");
/// Weight 600.
pub const INTER_SEMIBOLD: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.ttf");

impl Weight {
    /// All weights, lightest first.
    pub const ALL: [Self; 3] = [Self::Regular, Self::Medium, Self::SemiBold];

    /// The font file of this weight.
    pub fn font(self) -> &'static [u8] {
        match self {
            Self::Regular => INTER_REGULAR,
            Self::Medium => INTER_MEDIUM,
            Self::SemiBold => INTER_SEMIBOLD,
        }
    }

    /// The name under which the window installs this weight.
    pub fn family(self) -> &'static str {
        match self {
            Self::Regular => "inter-regular",
            Self::Medium => "inter-medium",
            Self::SemiBold => "inter-semibold",
        }
    }

    /// As CSS and SVG count it.
    pub fn css(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::Medium => 500,
            Self::SemiBold => 600,
        }
    }
}

/// The width of the space between thousands as a share of a word space. The window lays this
/// space out by itself; the share makes it as wide as it is in the font file.
const THIN_SPACE: f32 = 0.89;

/// Adds the three weights under their names, and the regular one as the usual font. What was the
/// usual font before stays behind them for characters that Inter lacks.
pub fn add_to(definitions: &mut FontDefinitions) {
    let usual = definitions.families.entry(FontFamily::Proportional).or_default().clone();
    for weight in Weight::ALL {
        let name = weight.family().to_owned();
        let tweak = FontTweak { thin_space_width: THIN_SPACE, ..FontTweak::default() };
        let data = FontData::from_static(weight.font()).tweak(tweak);
        definitions.font_data.insert(name.clone(), Arc::new(data));
        let chain: Vec<String> =
            std::iter::once(name.clone()).chain(usual.iter().cloned()).collect();
        if weight == Weight::Regular {
            definitions.families.insert(FontFamily::Proportional, chain.clone());
        }
        definitions.families.insert(FontFamily::Name(name.into()), chain);
    }
}

#[cfg(test)]
mod tests {
    use egui::{FontFamily, FontId};

    use super::{FontDefinitions, Weight, add_to};
    use crate::draw::text::{measure, number};

    #[test]
    fn the_window_writes_text_as_wide_as_it_was_measured() {
        let context = egui::Context::default();
        let mut definitions = FontDefinitions::default();
        add_to(&mut definitions);
        context.set_fonts(definitions);
        let mut output = context.run_ui(egui::RawInput::default(), |ui| {
            for weight in Weight::ALL {
                for text in ["Product", "Add to cart", "Ünïcödé", &number(1_234_567), "≥ 10 · −3 →"]
                {
                    let font = FontId::new(24.0, FontFamily::Name(weight.family().into()));
                    let galley =
                        ui.painter().layout_no_wrap(text.to_owned(), font, egui::Color32::BLACK);
                    let (painted, measured) = (galley.size().x, measure(text, 24.0, weight));
                    // Kerning and whole pixels.
                    let near = (painted - measured).abs() <= 1.0 + measured * 0.03;
                    assert!(near, "{text}: {painted} {measured}");
                }
            }
        });
        output.textures_delta.clear();
    }
}
