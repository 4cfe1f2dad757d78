//! Words and numbers as they are written in pictures: grouped, shortened, measured.
//!
//! Knows the shipped fonts, and nothing of what a text says.

use std::sync::LazyLock;

use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, Size},
};

use super::scene::Weight;

/// Between the groups of a number, and between a number and its percent sign.
pub const NARROW_SPACE: char = '\u{202F}';

/// A count in groups of three: `3 525`, `1 204 000`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(NARROW_SPACE);
        }
        grouped.push(digit);
    }
    grouped
}

/// A step as it is said: with a true minus.
pub fn step(step: i32) -> String {
    if step < 0 { format!("\u{2212}{}", step.unsigned_abs()) } else { step.to_string() }
}

/// `part` of `whole` in whole percents.
pub fn percent(part: u64, whole: u64) -> String {
    let share = if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 };
    format!("{share:.0}{NARROW_SPACE}%")
}

/// A label of at most `max` characters, cut in the middle where it is longer; its beginning and
/// its end are what tells it apart. `max` below 3 gives an ellipsis alone.
pub fn shorten(label: &str, max: usize) -> String {
    let letters: Vec<char> = label.chars().collect();
    if letters.len() <= max {
        return label.to_owned();
    }
    let kept = max.saturating_sub(1);
    if kept < 2 {
        return "…".to_owned();
    }
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    let head: String = letters[..head].iter().collect();
    let tail: String = letters[letters.len() - tail..].iter().collect();
    format!("{}…{}", head.trim_end(), tail.trim_start())
}

/// A label without characters that draw nothing or change how others are drawn: controls, and
/// the marks that set the direction of text. Runs of white space become one space, and no letter
/// carries more marks than writing does, which would be drawn over what stands above it.
pub fn plain(label: &str) -> String {
    const MOST_MARKS: usize = 4;
    let mut plain = String::with_capacity(label.len());
    let mut marks = 0;
    for letter in label.chars() {
        marks = if is_mark(letter) { marks + 1 } else { 0 };
        if marks > MOST_MARKS {
            continue;
        }
        if letter.is_whitespace() {
            if !plain.ends_with(' ') && !plain.is_empty() {
                plain.push(' ');
            }
        } else if !letter.is_control() && !steers(letter) {
            plain.push(letter);
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// Marks that are drawn on the letter before.
fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Marks of direction, joiners aside, and code points that XML does not allow.
fn steers(letter: char) -> bool {
    matches!(letter,
        '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{061C}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The width of one line in points, without kerning. Characters that the fonts lack count as the
/// box that is drawn in their place, and as a full square where their script is that wide.
pub fn measure(text: &str, size: f32, weight: Weight) -> f32 {
    let face = &FACES[weight as usize];
    text.chars().map(|letter| face.advance(letter)).sum::<f32>() * size
}

/// By letter of a line its glyph in the font, its advance in em, and its bytes. What [`measure`] sums.
pub(super) fn glyphs(
    text: &str,
    weight: Weight,
) -> impl Iterator<Item = (u32, f32, std::ops::Range<usize>)> + '_ {
    let face = &FACES[weight as usize];
    text.char_indices().map(move |(at, letter)| {
        let glyph = face.font.as_ref().and_then(|font| font.charmap().map(letter));
        let range = at..at + letter.len_utf8();
        (glyph.unwrap_or(GlyphId::NOTDEF).to_u32(), face.advance(letter), range)
    })
}

/// From the baseline up to half the height of a capital, as a share of the size.
pub const HALF_CAPITAL: f32 = 0.364;

struct Face {
    /// Advances of the first characters, in em; most labels need no others.
    common: Vec<f32>,
    font: Option<FontRef<'static>>,
}

static FACES: LazyLock<[Face; 3]> = LazyLock::new(|| Weight::ALL.map(Face::new));

impl Face {
    fn new(weight: Weight) -> Self {
        let mut face = Self { common: Vec::new(), font: FontRef::new(weight.font()).ok() };
        face.common = ('\0'..'\u{0250}').map(|letter| face.look_up(letter)).collect();
        face
    }

    fn advance(&self, letter: char) -> f32 {
        self.common.get(letter as usize).copied().unwrap_or_else(|| self.look_up(letter))
    }

    fn look_up(&self, letter: char) -> f32 {
        let Some(font) = &self.font else { return 1.0 };
        // At size 1 the metrics are in em.
        let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
        match font.charmap().map(letter) {
            Some(glyph) => metrics.advance_width(glyph).unwrap_or(1.0),
            None if is_wide(letter) => 1.0,
            None => metrics.advance_width(GlyphId::NOTDEF).unwrap_or(1.0),
        }
    }
}

/// Scripts whose letters fill a square: Chinese, Japanese, Korean and pictures.
fn is_wide(letter: char) -> bool {
    matches!(letter,
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}' | '\u{1F000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::{measure, number, percent, plain, shorten, step};
    use crate::draw::Weight;

    #[test]
    fn a_letter_carries_no_tower_of_marks() {
        let tower = format!("Z{}a\u{0301}", "\u{0301}".repeat(3_000));
        assert_eq!(plain(&tower), format!("Z{}a\u{0301}", "\u{0301}".repeat(4)));
    }

    #[test]
    fn numbers_are_grouped_by_narrow_spaces() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1\u{202F}000"),
            (3_525, "3\u{202F}525"),
            (12_345_678, "12\u{202F}345\u{202F}678"),
        ] {
            assert_eq!(number(n), text);
        }
        assert_eq!(step(-3), "−3");
        assert_eq!(percent(250, 3_525), "7\u{202F}%");
        assert_eq!(percent(1, 0), "0\u{202F}%");
    }

    #[test]
    fn long_labels_are_cut_in_the_middle() {
        assert_eq!(shorten("Product", 20), "Product");
        assert_eq!(shorten("Send for Credit Collection", 20), "Send for C…ollection");
        assert_eq!(shorten("Send for Credit Collection", 20).chars().count(), 20);
        assert_eq!(shorten("héé地図 and more", 5), "hé…re");
        assert_eq!(shorten("abc", 1), "…");
        assert_eq!(shorten("", 0), "");
    }

    #[test]
    fn labels_lose_what_draws_nothing_or_turns_text_around() {
        assert_eq!(plain("a\u{0}b\tc\n  d\u{202E}e "), "ab c de");
    }

    #[test]
    fn figures_are_tabular_and_heavier_text_is_wider() {
        for weight in Weight::ALL {
            let widths: Vec<f32> =
                ('0'..='9').map(|d| measure(&d.to_string(), 12.0, weight)).collect();
            assert!(widths.iter().all(|width| (width - widths[0]).abs() < 1e-4), "{widths:?}");
        }
        let [light, _, heavy] = Weight::ALL.map(|weight| measure("Product", 12.0, weight));
        assert!((40.0..50.0).contains(&light) && heavy > light, "{light} {heavy}");
        assert!((measure("地図", 12.0, Weight::Regular) - 24.0).abs() < 1e-4);
        let missing = measure("\u{627}", 12.0, Weight::Regular);
        assert!((6.0..12.0).contains(&missing), "{missing}");
    }
}
