//! How a map is to be read, in a row under it: what thickness, shade, round heads and fading ends
//! mean. An exported picture has the row in it; the window puts it at its foot.

use super::{MapLayout, MapPicture};
use crate::draw::layout::bars;
use crate::draw::scene::{Mark, Rgba, Run, Scene, Shape, Stroke, TextAlign, Weight};
use crate::draw::text::{HALF_CAPITAL, measure, number};
use crate::draw::tokens::tokens;
use crate::draw::words;
use crate::views::LabelKind;

/// A sign and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct MapKey {
    sign: Sign,
    pub words: String,
    ink: Rgba,
}

#[derive(Clone, Debug, PartialEq)]
enum Sign {
    Path { width: f32, colour: Rgba },
    Shades(Vec<Rgba>),
    Begin(Rgba),
    End(Rgba),
    None,
}

const ROW: f32 = 24.0;
const SIGN_GAP: f32 = 8.0;
const ITEM_GAP: f32 = 24.0;
const SWATCH: [f32; 2] = [14.0, 12.0];
/// How long the sample of a path is.
const LINE: f32 = 28.0;

impl Sign {
    fn width(&self) -> f32 {
        match self {
            Self::Path { .. } | Self::Begin(_) => LINE,
            Self::End(_) => SWATCH[0],
            Self::Shades(shades) => SWATCH[0] * shades.len() as f32,
            Self::None => -SIGN_GAP,
        }
    }

    /// A map that is enlarged has paths that are as much thicker.
    fn marks(&self, [x, y]: [f32; 2], zoom: f32) -> Vec<Mark> {
        match self {
            Self::Path { width, colour } => {
                let width = (width * zoom).min(ROW - 4.0);
                let stroke = Stroke { width, colour: *colour };
                vec![Mark::Line { from: [x, y], to: [x + LINE, y], stroke }]
            }
            Self::Shades(shades) => {
                let swatch = |(at, fill): (usize, &Rgba)| Mark::Rect {
                    rect: [x + SWATCH[0] * at as f32, y - SWATCH[1] / 2.0, SWATCH[0], SWATCH[1]],
                    radius: 0.0,
                    fill: Some(*fill),
                    stroke: None,
                };
                shades.iter().enumerate().map(swatch).collect()
            }
            Self::Begin(colour) => {
                let stroke = Stroke { width: 4.0, colour: *colour };
                let head = Mark::Rect {
                    rect: [x, y - 5.0, 10.0, 10.0],
                    radius: 5.0,
                    fill: Some(*colour),
                    stroke: None,
                };
                vec![Mark::Line { from: [x + 5.0, y], to: [x + LINE, y], stroke }, head]
            }
            Self::End(colour) => {
                let rect = [x + SWATCH[0] / 2.0 - 3.0, y - 8.0, 6.0, 16.0];
                vec![Mark::Fade { rect, from: *colour, to: colour.faded(0.0) }]
            }
            Self::None => Vec::new(),
        }
    }
}

impl MapKey {
    pub fn width(&self) -> f32 {
        let words = measure(&self.words, tokens().text.small.size, Weight::Regular);
        self.sign.width() + SIGN_GAP + words
    }

    /// A picture of the sign and its words, with paths as thick as in a map at this zoom.
    pub fn scene(&self, zoom: f32) -> Scene {
        let mut scene = Scene {
            width: self.width(),
            height: ROW,
            background: Rgba::TRANSPARENT,
            shapes: Vec::new(),
            targets: Vec::new(),
            title: self.words.clone(),
            description: String::new(),
        };
        self.add_to(&mut scene, [0.0, ROW / 2.0], zoom);
        scene
    }

    /// Draws it at this place, which is the middle of its left edge.
    fn add_to(&self, scene: &mut Scene, [x, y]: [f32; 2], zoom: f32) {
        let small = tokens().text.small;
        let marks = self.sign.marks([x, y], zoom).into_iter();
        scene.shapes.extend(marks.map(|mark| Shape { mark, target: None }));
        let at = [x + self.sign.width() + SIGN_GAP, y + small.size * HALF_CAPITAL];
        let (text, weight) = (self.words.clone(), Weight::Regular);
        let runs = vec![Run { text, weight, colour: self.ink, gap: 0.0 }];
        let mark = Mark::Text { at, size: small.size, align: TextAlign::Left, runs };
        scene.shapes.push(Shape { mark, target: None });
    }
}

/// Adds the row, or as many as it takes, under the picture.
pub(super) fn add(scene: &mut Scene, layout: &MapLayout, picture: &MapPicture) {
    let margin = tokens().space.view_margin;
    let colours = picture.theme.colours();
    let top = scene.height;
    let stroke = Stroke { width: tokens().stroke.line, colour: colours.line };
    let line = Mark::Line { from: [0.0, top], to: [scene.width, top], stroke };
    scene.shapes.push(Shape { mark: line, target: None });
    let (mut x, mut y) = (margin, top + 8.0 + ROW / 2.0);
    for key in keys(layout, picture) {
        let width = key.width();
        if x > margin && x + width > scene.width - margin {
            x = margin;
            y += ROW;
        }
        key.add_to(scene, [x, y], 1.0);
        x += width + ITEM_GAP;
    }
    scene.height = (y + ROW / 2.0 + 8.0).ceil();
}

pub(super) fn keys(layout: &MapLayout, picture: &MapPicture) -> Vec<MapKey> {
    let look = &tokens().map;
    let colours = picture.theme.colours();
    let whole = &layout.whole;
    let unit = words::unit(whole.unit);
    let ink = colours.text;
    let key = |sign, words: &str| MapKey { sign, words: words.to_owned(), ink };
    let mut keys = Vec::new();
    let most = layout.most_on_path;
    let samples = samples(most, u64::from(whole.k), u64::from(whole.b));
    for (at, count) in samples.iter().enumerate() {
        let share = (*count as f64 / most.max(1) as f64).sqrt() as f32;
        let [rare, common] = look.path_alpha;
        let colour = colours.map_path.faded(rare + (common - rare) * share);
        let sign = Sign::Path { width: layout.width(*count), colour };
        let last = at + 1 == samples.len();
        let words = if last { format!("{} {unit}", number(*count)) } else { number(*count) };
        keys.push(MapKey { sign, words, ink });
    }
    keys.push(key(Sign::Shades(colours.sequential.to_vec()), &format!("few to many {unit}")));
    if whole.nodes.iter().any(|node| node.kind == LabelKind::Other) {
        keys.push(key(Sign::Shades(vec![colours.other]), "Other"));
    }
    if picture.ends && !whole.starts.is_empty() {
        keys.push(key(Sign::Begin(colours.ok), "begin here"));
    }
    if picture.ends && !whole.ends.is_empty() {
        let near = colours.drop_off.faded(tokens().flow.drop_off_alpha);
        keys.push(key(Sign::End(near), "end here"));
    }
    if picture.times && whole.spec.asked.times {
        keys.push(key(Sign::None, "After the dot: the time that half stay within."));
    }
    keys.push(key(Sign::None, "Of two opposite paths, each keeps to its right."));
    keys
}

/// Up to three round counts, the last near the largest. Only what could be published: no less than
/// k, and multiples of b.
fn samples(most: u64, k: u64, b: u64) -> Vec<u64> {
    let largest = bars::ticks(most).last().copied().unwrap_or(most);
    let b = b.max(1);
    let mut samples: Vec<u64> = [largest / 10, largest * 2 / 5, largest]
        .into_iter()
        .map(|count| (count / b * b).max(k))
        .filter(|count| *count > 0 && *count <= most.max(k))
        .collect();
    samples.dedup();
    samples
}

#[cfg(test)]
mod tests {
    use super::samples;

    #[test]
    fn samples_are_counts_that_could_be_published() {
        assert_eq!(samples(83, 20, 10), [20, 30, 80]);
        assert_eq!(samples(700, 10, 5), [60, 240, 600]);
        for (k, b) in [(5, 5), (10, 5), (20, 10), (100, 50)] {
            for most in k..1_000 {
                let samples = samples(most, k, b);
                assert!(!samples.is_empty() && samples.is_sorted(), "{most}: {samples:?}");
                assert!(samples.iter().all(|count| *count >= k && count % b == 0), "{samples:?}");
            }
        }
    }
}
