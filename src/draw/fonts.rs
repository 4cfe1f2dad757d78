//! The type of the program: Inter in three weights, with tabular figures switched on in the files.
//!
//! `assets/fonts/make.py` says how they were made. Knows nothing but bytes and names.

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
