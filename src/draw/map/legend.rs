//! How a map is to be read, in a row under it: what thickness, shade, round heads and fading ends
//! mean.

use super::{MapLayout, MapPicture};
use crate::draw::layout::bars;
use crate::draw::scene::{Mark, Rgba, Run, Scene, Shape, Stroke, TextAlign, Weight};
use crate::draw::text::{HALF_CAPITAL, measure, number};
use crate::draw::tokens::tokens;
use crate::draw::words;
use crate::views::LabelKind;

/// A sign and what it means.
struct Item {
    sign: Sign,
    words: String,
}

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
const LINE: f32 = 28.0;

impl Sign {
    fn width(&self) -> f32 {
        match self {
            Self::Path { .. } | Self::Begin(_) | Self::End(_) => LINE,
            Self::Shades(shades) => SWATCH[0] * shades.len() as f32,
            Self::None => -SIGN_GAP,
        }
    }

    fn marks(&self, [x, y]: [f32; 2]) -> Vec<Mark> {
        match self {
            Self::Path { width, colour } => {
                let stroke = Stroke { width: *width, colour: *colour };
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
                let rect = [x + LINE / 2.0 - 3.0, y - 8.0, 6.0, 16.0];
                vec![Mark::Fade { rect, from: *colour, to: colour.faded(0.0) }]
            }
            Self::None => Vec::new(),
        }
    }
}

/// Adds the row, or as many as it takes, under the picture.
pub(super) fn add(scene: &mut Scene, layout: &MapLayout, picture: &MapPicture) {
    let small = tokens().text.small;
    let margin = tokens().space.view_margin;
    let colours = picture.theme.colours();
    let top = scene.height;
    let stroke = Stroke { width: tokens().stroke.line, colour: colours.line };
    let line = Mark::Line { from: [0.0, top], to: [scene.width, top], stroke };
    scene.shapes.push(Shape { mark: line, target: None });
    let (mut x, mut y) = (margin, top + 8.0 + ROW / 2.0);
    for item in items(layout, picture) {
        let words = measure(&item.words, small.size, Weight::Regular);
        let width = item.sign.width() + SIGN_GAP + words;
        if x > margin && x + width > scene.width - margin {
            x = margin;
            y += ROW;
        }
        let marks = item.sign.marks([x, y]);
        scene.shapes.extend(marks.into_iter().map(|mark| Shape { mark, target: None }));
        let colour = colours.text;
        let at = [x + item.sign.width() + SIGN_GAP, y + small.size * HALF_CAPITAL];
        let runs = vec![Run { text: item.words, weight: Weight::Regular, colour, gap: 0.0 }];
        let mark = Mark::Text { at, size: small.size, align: TextAlign::Left, runs };
        scene.shapes.push(Shape { mark, target: None });
        x += width + ITEM_GAP;
    }
    scene.height = (y + ROW / 2.0 + 8.0).ceil();
}

fn items(layout: &MapLayout, picture: &MapPicture) -> Vec<Item> {
    let look = &tokens().map;
    let colours = picture.theme.colours();
    let whole = &layout.whole;
    let unit = words::unit(whole.unit);
    let item = |sign, words: &str| Item { sign, words: words.to_owned() };
    let mut items = Vec::new();
    let most = layout.most_on_path;
    let samples = samples(most);
    for (at, count) in samples.iter().enumerate() {
        let share = (*count as f64 / most.max(1) as f64).sqrt() as f32;
        let [rare, common] = look.path_alpha;
        let colour = colours.map_path.faded(rare + (common - rare) * share);
        let sign = Sign::Path { width: layout.width(*count), colour };
        let last = at + 1 == samples.len();
        items.push(Item {
            sign,
            words: if last { format!("{} {unit}", number(*count)) } else { number(*count) },
        });
    }
    items.push(item(Sign::Shades(colours.sequential.to_vec()), &format!("few to many {unit}")));
    if whole.nodes.iter().any(|node| node.kind == LabelKind::Other) {
        items.push(item(Sign::Shades(vec![colours.other]), "Other: what is not shown by name"));
    }
    if picture.ends && !whole.starts.is_empty() {
        items.push(item(Sign::Begin(colours.ok), "begin here"));
    }
    if picture.ends && !whole.ends.is_empty() {
        let near = colours.drop_off.faded(tokens().flow.drop_off_alpha);
        items.push(item(Sign::End(near), "end here"));
    }
    if picture.times && whole.spec.asked.times {
        items.push(item(Sign::None, "After the dot: the time that half stay within."));
    }
    items.push(item(Sign::None, "Of two opposite paths, each keeps to its right."));
    items
}

/// Up to three round counts, the last near the largest.
fn samples(most: u64) -> Vec<u64> {
    let largest = bars::ticks(most).last().copied().unwrap_or(most);
    let mut samples = vec![largest / 10, largest * 2 / 5, largest];
    samples.retain(|count| *count > 0);
    samples.dedup();
    samples
}
