//! The picture as plain data: shapes to paint, targets to reach.
//!
//! Coordinates are points, x to the right and y down, from the picture's top left corner. A scene
//! does not know what it shows nor who paints it.

use std::sync::Arc;

use super::text::{measure, shorten};
use super::tokens::{Theme, tokens};

/// A picture of `width` × `height` points. Shapes are painted in order, the first at the bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub width: f32,
    pub height: f32,
    pub background: Rgba,
    pub shapes: Vec<Shape>,
    pub targets: Vec<Target>,
    /// What is shown, in a few words.
    pub title: String,
    /// What is to be seen, in a sentence or two.
    pub description: String,
}

/// One mark, and the target it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub mark: Mark,
    /// An index into [`Scene::targets`].
    pub target: Option<usize>,
}

/// What can be painted.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// The area between two curves that both run from left to right.
    Band {
        upper: Cubic,
        lower: Cubic,
        fill: Fill,
    },
    /// `rect` is x, y, width, height. A stroke is centred on the outline.
    Rect {
        rect: [f32; 4],
        radius: f32,
        fill: Option<Rgba>,
        stroke: Option<Stroke>,
    },
    Line {
        from: [f32; 2],
        to: [f32; 2],
        stroke: Stroke,
    },
    /// A line along curves, each of which begins where the one before ends.
    Curve {
        path: Vec<Cubic>,
        stroke: Stroke,
    },
    /// The same in dashes: the length of a dash, and of the gap after it.
    Dashes {
        path: Vec<Cubic>,
        stroke: Stroke,
        dash: [f32; 2],
    },
    /// A convex area with straight sides.
    Polygon {
        points: Vec<[f32; 2]>,
        fill: Rgba,
    },
    /// An upright rectangle that goes from one colour at its top to another at its bottom.
    Fade {
        rect: [f32; 4],
        from: Rgba,
        to: Rgba,
    },
    /// One line of text; `at` is the anchor on the baseline.
    Text {
        at: [f32; 2],
        size: f32,
        align: TextAlign,
        runs: Vec<Run>,
    },
    /// A picture of pixels that fills a rectangle: the bytes of a PNG file.
    Image {
        rect: [f32; 4],
        png: Arc<[u8]>,
    },
}

/// A cubic Bézier curve: start, two handles, end.
pub type Cubic = [[f32; 2]; 4];

impl Mark {
    pub(super) fn moved(self, by: [f32; 2]) -> Self {
        match self {
            Self::Band { upper, lower, fill } => {
                let [upper, lower] = [upper, lower].map(|curve| curve.map(|at| moved(at, by)));
                Self::Band { upper, lower, fill }
            }
            Self::Rect { rect, radius, fill, stroke } => {
                Self::Rect { rect: moved_rect(rect, by), radius, fill, stroke }
            }
            Self::Line { from, to, stroke } => {
                Self::Line { from: moved(from, by), to: moved(to, by), stroke }
            }
            Self::Curve { path, stroke } => {
                let path = path.into_iter().map(|curve| curve.map(|at| moved(at, by)));
                Self::Curve { path: path.collect(), stroke }
            }
            Self::Dashes { path, stroke, dash } => {
                let path = path.into_iter().map(|curve| curve.map(|at| moved(at, by)));
                Self::Dashes { path: path.collect(), stroke, dash }
            }
            Self::Image { rect, png } => Self::Image { rect: moved_rect(rect, by), png },
            Self::Polygon { points, fill } => {
                Self::Polygon { points: points.into_iter().map(|at| moved(at, by)).collect(), fill }
            }
            Self::Fade { rect, from, to } => Self::Fade { rect: moved_rect(rect, by), from, to },
            Self::Text { at, size, align, runs } => {
                Self::Text { at: moved(at, by), size, align, runs }
            }
        }
    }
}

/// How far a letter may reach above its baseline and below it, as a share of its size.
const ABOVE_BELOW: [f32; 2] = [1.1, 0.4];

impl Mark {
    /// The smallest upright rectangle around what is painted, or a little more.
    pub(super) fn bounds(&self) -> [f32; 4] {
        let around = |points: &[[f32; 2]], by: f32| {
            let [x, y, width, height] = bounds(points);
            [x - by, y - by, width + 2.0 * by, height + 2.0 * by]
        };
        match self {
            Self::Rect { rect: [x, y, width, height], stroke, .. } => {
                let by = stroke.map_or(0.0, |stroke| stroke.width / 2.0);
                [x - by, y - by, width + 2.0 * by, height + 2.0 * by]
            }
            Self::Fade { rect, .. } | Self::Image { rect, .. } => *rect,
            Self::Line { from, to, stroke } => around(&[*from, *to], stroke.width / 2.0),
            Self::Curve { path, stroke } | Self::Dashes { path, stroke, .. } => {
                around(&path.concat(), stroke.width / 2.0)
            }
            Self::Polygon { points, .. } => around(points, 0.0),
            Self::Band { upper, lower, .. } => around(&[*upper, *lower].concat(), 0.0),
            Self::Text { at, size, align, runs } => {
                let width: f32 =
                    runs.iter().map(|run| run.gap + measure(&run.text, *size, run.weight)).sum();
                let x = match align {
                    TextAlign::Left => at[0],
                    TextAlign::Centre => at[0] - width / 2.0,
                    TextAlign::Right => at[0] - width,
                };
                let [above, below] = ABOVE_BELOW.map(|share| share * size);
                [x, at[1] - above, width, above + below]
            }
        }
    }

    /// So much larger or smaller, from the top left corner of the picture.
    pub(super) fn scaled(self, by: f32) -> Self {
        let at = |[x, y]: [f32; 2]| [x * by, y * by];
        let area = |rect: [f32; 4]| rect.map(|length| length * by);
        let line = |stroke: Stroke| Stroke { width: stroke.width * by, ..stroke };
        match self {
            Self::Band { upper, lower, fill } => {
                Self::Band { upper: upper.map(at), lower: lower.map(at), fill }
            }
            Self::Rect { rect, radius, fill, stroke } => {
                Self::Rect { rect: area(rect), radius: radius * by, fill, stroke: stroke.map(line) }
            }
            Self::Line { from, to, stroke } => {
                Self::Line { from: at(from), to: at(to), stroke: line(stroke) }
            }
            Self::Curve { path, stroke } => {
                let path = path.into_iter().map(|curve| curve.map(at)).collect();
                Self::Curve { path, stroke: line(stroke) }
            }
            Self::Dashes { path, stroke, dash } => {
                let path = path.into_iter().map(|curve| curve.map(at)).collect();
                Self::Dashes { path, stroke: line(stroke), dash: at(dash) }
            }
            Self::Polygon { points, fill } => {
                Self::Polygon { points: points.into_iter().map(at).collect(), fill }
            }
            Self::Fade { rect, from, to } => Self::Fade { rect: area(rect), from, to },
            Self::Text { at: anchor, size, align, runs } => {
                let runs = runs.into_iter().map(|run| Run { gap: run.gap * by, ..run }).collect();
                Self::Text { at: at(anchor), size: size * by, align, runs }
            }
            Self::Image { rect, png } => Self::Image { rect: area(rect), png },
        }
    }
}

pub(super) fn moved([x, y]: [f32; 2], by: [f32; 2]) -> [f32; 2] {
    [x + by[0], y + by[1]]
}

pub(super) fn moved_rect([x, y, width, height]: [f32; 4], by: [f32; 2]) -> [f32; 4] {
    [x + by[0], y + by[1], width, height]
}

/// How a band is filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    Solid(Rgba),
    /// From the left end of the band to its right end.
    Across(Rgba, Rgba),
}

/// A stretch of text in one weight and colour.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub text: String,
    pub weight: Weight,
    pub colour: Rgba,
    /// Free space before it.
    pub gap: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    pub width: f32,
    pub colour: Rgba,
}

/// Where text stands relative to its anchor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextAlign {
    #[default]
    Left,
    Centre,
    Right,
}

/// The weights that are shipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Weight {
    #[default]
    Regular,
    Medium,
    SemiBold,
}

/// sRGB with straight alpha; `a` is 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rgba {
    pub r: u8,
    pub g: u8,
    pub b: u8,
    pub a: f32,
}

impl Rgba {
    pub const TRANSPARENT: Self = Self { r: 0, g: 0, b: 0, a: 0.0 };

    pub const fn opaque(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b, a: 1.0 }
    }

    /// Reads `#RRGGBB`.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        let [_, r, g, b] = value.to_be_bytes();
        Some(Self::opaque(r, g, b))
    }

    /// The same colour, `share` as opaque.
    #[must_use]
    pub fn faded(self, share: f32) -> Self {
        Self { a: self.a * share, ..self }
    }
}

impl From<Rgba> for egui::Color32 {
    fn from(colour: Rgba) -> Self {
        let alpha = (colour.a.clamp(0.0, 1.0) * 255.0).round() as u8;
        Self::from_rgba_unmultiplied(colour.r, colour.g, colour.b, alpha)
    }
}

/// What a pointer, a key or a screen reader can reach in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// A node is `"3:Product"`, an edge `"2:Home→3:Product"`, an exit `"3:Product→"`.
    pub id: String,
    /// x, y, width, height of what is drawn.
    pub rect: [f32; 4],
    /// The outline of a ribbon; empty where `rect` says it all.
    pub outline: Vec<[f32; 2]>,
    /// The label that stands beside it; it belongs to the target as well.
    pub label: Option<[f32; 4]>,
    /// `"Product, step 3, about 680 people or more"`, with the label in full.
    pub name: String,
    pub kind: TargetKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    Node,
    Edge,
    Exit,
}

/// How far beside a bar a pointer may be and still mean it.
const NEAR: f32 = 3.0;

impl Scene {
    /// The topmost target at a point of the scene: nodes with their labels first, then what other
    /// labels belong to, then exits, then the thinnest ribbon.
    pub fn target_at(&self, at: [f32; 2]) -> Option<&Target> {
        let nodes = || self.targets.iter().filter(|target| target.kind == TargetKind::Node);
        let of_kind = |kind| {
            self.targets.iter().rev().filter(move |target| target.kind == kind && target.covers(at))
        };
        nodes()
            .find(|node| within(node.rect, at, 0.0))
            .or_else(|| nodes().find(|node| node.label.is_some_and(|rect| within(rect, at, 0.0))))
            .or_else(|| nodes().find(|node| within(node.rect, at, NEAR)))
            .or_else(|| {
                let mut labelled = self.targets.iter().rev();
                labelled.find(|target| target.label.is_some_and(|rect| within(rect, at, 0.0)))
            })
            .or_else(|| of_kind(TargetKind::Exit).next())
            .or_else(|| of_kind(TargetKind::Edge).next())
    }

    /// Puts another picture onto this one, with its top left corner at `at`. Ids of its targets get
    /// `before` in front. Its background is not painted.
    pub(super) fn place(&mut self, other: Self, at: [f32; 2], before: &str) {
        let first = self.targets.len();
        self.targets.extend(other.targets.into_iter().map(|target| Target {
            id: format!("{before}{}", target.id),
            rect: moved_rect(target.rect, at),
            outline: target.outline.into_iter().map(|point| moved(point, at)).collect(),
            label: target.label.map(|rect| moved_rect(rect, at)),
            ..target
        }));
        self.shapes.extend(other.shapes.into_iter().map(|shape| Shape {
            mark: shape.mark.moved(at),
            target: shape.target.map(|target| first + target),
        }));
    }

    /// The part of the picture that lies in a rectangle, as a picture of its own. What reaches over its
    /// edge is still there.
    #[must_use]
    pub fn cut_to(mut self, [x, y, width, height]: [f32; 4]) -> Self {
        let mut cut = Self {
            width,
            height,
            background: self.background,
            shapes: Vec::new(),
            targets: Vec::new(),
            title: std::mem::take(&mut self.title),
            description: std::mem::take(&mut self.description),
        };
        cut.place(self, [-x, -y], "");
        cut
    }

    /// The same, without the marks of which nothing lies in the rectangle, and without targets.
    pub(super) fn seen_in(&self, [x, y, width, height]: [f32; 4]) -> Self {
        let is_seen = |mark: &Mark| {
            let [left, top, wide, high] = mark.bounds();
            left < x + width && left + wide > x && top < y + height && top + high > y
        };
        let seen = self.shapes.iter().filter(|shape| is_seen(&shape.mark));
        let shapes =
            seen.map(|shape| Shape { mark: shape.mark.clone().moved([-x, -y]), target: None });
        Self {
            width,
            height,
            background: self.background,
            shapes: shapes.collect(),
            targets: Vec::new(),
            title: self.title.clone(),
            description: self.description.clone(),
        }
    }

    /// Adds a line of small print under everything.
    pub fn add_footnote(&mut self, words: &str, theme: Theme) {
        const ROW: f32 = 32.0;
        let small = tokens().text.small;
        let left = tokens().space.view_margin;
        let room = (self.width - 2.0 * left).max(0.0);
        let fits = |letters: &usize| {
            measure(&shorten(words, *letters), small.size, Weight::Regular) <= room
        };
        let letters = (3..=words.chars().count()).rev().find(fits).unwrap_or(3);
        let at = [left, self.height + ROW / 2.0];
        let colour = theme.colours().text_weak;
        let runs =
            vec![Run { text: shorten(words, letters), weight: Weight::Regular, colour, gap: 0.0 }];
        let mark = Mark::Text { at, size: small.size, align: TextAlign::Left, runs };
        self.shapes.push(Shape { mark, target: None });
        self.height += ROW;
    }

    /// Adds words under everything that nobody overlooks, as large as the picture is wide.
    pub fn add_stamp(&mut self, words: &str, theme: Theme) {
        let left = tokens().space.view_margin;
        let size = (self.width / 50.0).max(tokens().text.title.size);
        let width = measure(words, size, Weight::SemiBold) + 2.0 * size;
        let colours = theme.colours();
        let plate = Mark::Rect {
            rect: [left, self.height, width, 1.8 * size],
            radius: tokens().radius.small,
            fill: Some(colours.warning_soft),
            stroke: Some(Stroke { width: tokens().stroke.line, colour: colours.warning }),
        };
        let run = Run {
            text: words.to_owned(),
            weight: Weight::SemiBold,
            colour: colours.warning,
            gap: 0.0,
        };
        let at = [left + size, self.height + 1.25 * size];
        let text = Mark::Text { at, size, align: TextAlign::Left, runs: vec![run] };
        self.shapes.extend([plate, text].map(|mark| Shape { mark, target: None }));
        self.width = self.width.max(width + 2.0 * left);
        self.height += 1.8 * size + left;
        self.description = format!("{words}. {}", self.description);
    }

    pub fn target(&self, id: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.id == id)
    }
}

impl Target {
    /// Whether a point of the scene lies on what is drawn.
    pub fn covers(&self, at: [f32; 2]) -> bool {
        within(self.rect, at, 0.0) && (self.outline.is_empty() || inside(&self.outline, at))
    }
}

fn within([x, y, width, height]: [f32; 4], at: [f32; 2], margin: f32) -> bool {
    (x - margin..=x + width + margin).contains(&at[0])
        && (y - margin..=y + height + margin).contains(&at[1])
}

/// Even-odd rule.
fn inside(outline: &[[f32; 2]], [x, y]: [f32; 2]) -> bool {
    let mut odd = false;
    for (index, &[x1, y1]) in outline.iter().enumerate() {
        let [x0, y0] = outline[(index + outline.len() - 1) % outline.len()];
        if (y0 > y) != (y1 > y) && x < x0 + (y - y0) / (y1 - y0) * (x1 - x0) {
            odd = !odd;
        }
    }
    odd
}

/// A straight line as a curve.
pub(super) fn straight([from, to]: [[f32; 2]; 2]) -> Cubic {
    let at = |t: f32| [0, 1].map(|axis| from[axis] + t * (to[axis] - from[axis]));
    [from, at(1.0 / 3.0), at(2.0 / 3.0), to]
}

/// The point of a curve at `t`, 0 to 1.
pub(super) fn point(curve: &Cubic, t: f32) -> [f32; 2] {
    let s = 1.0 - t;
    let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
    [0, 1].map(|axis| weights.iter().zip(curve).map(|(weight, at)| weight * at[axis]).sum())
}

/// A band as a closed polygon of `2 * (steps + 1)` points.
pub(super) fn outline(upper: &Cubic, lower: &Cubic, steps: usize) -> Vec<[f32; 2]> {
    let at = |index: usize| index as f32 / steps as f32;
    (0..=steps)
        .map(|index| point(upper, at(index)))
        .chain((0..=steps).rev().map(|index| point(lower, at(index))))
        .collect()
}

/// The smallest upright rectangle around points.
pub(super) fn bounds(points: &[[f32; 2]]) -> [f32; 4] {
    let mut low = [f32::INFINITY; 2];
    let mut high = [f32::NEG_INFINITY; 2];
    for point in points {
        for axis in [0, 1] {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    if points.is_empty() {
        return [0.0; 4];
    }
    [low[0], low[1], high[0] - low[0], high[1] - low[1]]
}
