//! Letters that the shipped type lacks: which they are, and the fonts that have them.
//!
//! Pictures with Latin, Greek and Cyrillic text never look here, so they are the same on every machine,
//! and so are emoji, which come from the fonts that the window brings. A label in another script is
//! drawn with what this machine has; without such a font the letters stay boxes. The window asks for such fonts by itself, through eframe.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use egui::FontDefinitions;
use resvg::usvg::fontdb::{Database, ID, Source, Style};
use skrifa::{FontRef, MetadataProvider};

use super::scene::Weight;

/// The fonts of this program, those of the window, and those of the system. Reading the last takes a
/// moment, so it is done where a letter is lacking, once.
pub(super) static WITH_SYSTEM: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = shipped();
    for font in FontDefinitions::default().font_data.into_values() {
        fonts.load_font_source(Source::Binary(Arc::clone(&font.font)));
    }
    fonts.load_system_fonts();
    fonts.set_sans_serif_family("Inter");
    Arc::new(fonts)
});

/// The fonts of this program.
pub(super) fn shipped() -> Database {
    let mut fonts = Database::new();
    for weight in Weight::ALL {
        fonts.load_font_data(weight.font().to_vec());
    }
    fonts.set_sans_serif_family("Inter");
    fonts
}

static REGULAR: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::new(Weight::Regular.font()).ok());

/// Whether the shipped type has no glyph for a letter that draws something.
pub(super) fn lacks(letter: char) -> bool {
    !letter.is_ascii()
        && !letter.is_control()
        && REGULAR.as_ref().is_some_and(|font| font.charmap().map(letter).is_none())
}

/// A run of letters that one font draws: of the shipped type, or of a font of the system.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch<'a> {
    pub(super) text: &'a str,
    pub(super) font: Option<ID>,
}

/// Finds fonts of the system, each letter once.
#[derive(Default)]
pub(super) struct Scripts {
    known: BTreeMap<char, Option<ID>>,
}

impl Scripts {
    /// Cuts a text where the font changes. Blanks between letters of a script belong to it.
    pub(super) fn stretches<'a>(&mut self, text: &'a str) -> Vec<Stretch<'a>> {
        let mut stretches: Vec<Stretch<'a>> = Vec::new();
        let mut begin = 0;
        for (at, letter) in text.char_indices() {
            let font = if lacks(letter) { self.font(letter) } else { None };
            let end = at + letter.len_utf8();
            match stretches.last_mut() {
                Some(last) if last.font == font || (last.font.is_some() && letter == ' ') => {
                    last.text = &text[begin..end];
                }
                _ => {
                    begin = at;
                    stretches.push(Stretch { text: &text[begin..end], font });
                }
            }
        }
        stretches
    }

    /// A font of the window that has the letter, else the first upright one of the system without serifs
    /// that has it, or any other.
    fn font(&mut self, letter: char) -> Option<ID> {
        if let Some(known) = self.known.get(&letter) {
            return *known;
        }
        let fonts = &*WITH_SYSTEM;
        // One that was found for another letter of the text comes first: a word is of one kind.
        let before = self.known.values().flatten().copied();
        let mut candidates: Vec<(bool, bool, bool, u16, ID)> = fonts
            .faces()
            .map(|face| {
                let family = face.families.first().map_or("", |(name, _)| name.as_str());
                let plain = family.contains("Sans") && !family.contains("Mono");
                let near = face.weight.0.abs_diff(400);
                let foreign = !matches!(face.source, Source::Binary(_));
                (foreign, face.style != Style::Normal, !plain, near, face.id)
            })
            .collect();
        candidates
            .sort_by_key(|(foreign, slanted, other, near, _)| (*foreign, *slanted, *other, *near));
        let all = before.chain(candidates.into_iter().map(|(.., id)| id));
        let found = all.into_iter().find(|id| has(fonts, *id, letter));
        self.known.insert(letter, found);
        found
    }
}

fn has(fonts: &Database, id: ID, letter: char) -> bool {
    let found = fonts.with_face_data(id, |data, index| {
        FontRef::from_index(data, index).is_ok_and(|font| font.charmap().map(letter).is_some())
    });
    found == Some(true)
}

#[cfg(test)]
mod tests {
    use super::{Scripts, Source, WITH_SYSTEM, lacks};

    #[test]
    fn latin_greek_and_cyrillic_need_no_font_of_the_system() {
        for letter in "Ünïcödé Ωμέγα Жизнь −3 → ≥ · …\u{202F}".chars() {
            assert!(!lacks(letter), "{letter}");
        }
        for letter in "地図العربيةไทย".chars() {
            assert!(lacks(letter), "{letter}");
        }
    }

    #[test]
    fn emoji_are_drawn_with_fonts_of_this_program() {
        let mut scripts = Scripts::default();
        for letter in "😀🚀🎉👍🔍".chars() {
            let font = scripts.font(letter).and_then(|id| WITH_SYSTEM.face(id));
            assert!(font.is_some_and(|it| matches!(it.source, Source::Binary(_))), "{letter}");
        }
    }

    #[test]
    fn a_text_is_cut_where_its_font_changes_and_nothing_of_it_is_lost() {
        let mut scripts = Scripts::default();
        let plain = scripts.stretches("Ωμέγα 12");
        assert_eq!(plain.len(), 1);
        for text in ["", "地図 12", "search العربية بحث end", "ไ", "a地b"] {
            let stretches = scripts.stretches(text);
            let whole: String = stretches.iter().map(|stretch| stretch.text).collect();
            assert_eq!(whole, text);
            for stretch in stretches.iter().filter(|stretch| stretch.font.is_some()) {
                let begins = stretch.text.chars().next();
                assert!(begins.is_some_and(lacks), "{text}");
            }
        }
    }
}
