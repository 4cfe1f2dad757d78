//! The figures beside paths: each takes the first free of a few places, or is left out. A place is
//! free where a reader cannot take the figures for those of another path.

use super::route::Route;
use crate::draw::scene::{Mark, Rgba, Run, TextAlign, bounds};
use crate::draw::text::{HALF_CAPITAL, measure};
use crate::draw::tokens::{Colours, tokens};

/// Words on a plate, whose corner is not yet known.
pub(super) struct Label {
    runs: Vec<Run>,
    /// The plate's colour where it is not that of the paper.
    back: Option<Rgba>,
    /// x, y, width, height.
    pub(super) plate: [f32; 4],
}

/// A label, and the middles of the places where it may stand, the best first.
pub(super) struct Wish {
    pub(super) target: usize,
    pub(super) label: Label,
    pub(super) places: Vec<[f32; 2]>,
    /// Who is more urgent is asked first; among equals, whoever has more people.
    pub(super) urgency: u8,
    /// Other paths of this urgency, or more, may not run under it.
    pub(super) under: u8,
    pub(super) count: u64,
}

/// A path that is drawn, which keeps the figures of others away.
pub(super) struct Line {
    pub(super) target: usize,
    pub(super) urgency: u8,
    pub(super) points: Vec<[f32; 2]>,
    pub(super) width: f32,
}

/// Between words and the ends of their plate.
const PADDING: f32 = 4.0;

impl Label {
    pub(super) fn new(runs: Vec<Run>, back: Option<Rgba>) -> Self {
        let small = tokens().text.small;
        let width: f32 =
            runs.iter().map(|run| run.gap + measure(&run.text, small.size, run.weight)).sum();
        Self { runs, back, plate: [0.0, 0.0, width + 2.0 * PADDING, small.line] }
    }

    pub(super) fn marks(&self, colours: &Colours) -> [Mark; 2] {
        let size = tokens().text.small.size;
        let [x, y, _, height] = self.plate;
        let paper = colours.surface.faded(tokens().flow.label_back_alpha);
        let plate = Mark::Rect {
            rect: self.plate,
            radius: tokens().radius.small,
            fill: Some(self.back.unwrap_or(paper)),
            stroke: None,
        };
        let at = [x + PADDING, y + height / 2.0 + size * HALF_CAPITAL];
        [plate, Mark::Text { at, size, align: TextAlign::Left, runs: self.runs.clone() }]
    }

    fn at(&self, [x, y]: [f32; 2]) -> [f32; 4] {
        let [_, _, width, height] = self.plate;
        [x - width / 2.0, y - height / 2.0, width, height]
    }
}

/// Places along a line, from its middle outwards, as shares of its length.
const PLACES: [f32; 11] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8, 0.14, 0.86];

/// The middles of a label along a path: on it, then close beside it, first on the side that two
/// opposite paths turn away from each other.
pub(super) fn along(label: &Label, line: &[[f32; 2]], width: f32) -> Vec<[f32; 2]> {
    let lengths: Vec<f32> = line
        .windows(2)
        .map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]))
        .collect();
    let whole: f32 = lengths.iter().sum();
    // A place, and the way there.
    let at = |share: f32| {
        let mut left = whole * share;
        for (pair, length) in line.windows(2).zip(&lengths) {
            if left <= *length {
                let way = [0, 1].map(|axis| (pair[1][axis] - pair[0][axis]) / length.max(1e-6));
                return ([0, 1].map(|axis| pair[0][axis] + way[axis] * left), way);
            }
            left -= length;
        }
        (line.last().copied().unwrap_or_default(), [0.0; 2])
    };
    let [_, _, across, high] = label.plate;
    let beside = |share: f32, side: f32| {
        let ([x, y], [right, down]) = at(share);
        // So far that the plate touches the path.
        let reach = (down.abs() * across + right.abs() * high + width) / 2.0 + 1.0;
        [x - down * reach * side, y + right * reach * side]
    };
    let on_it = PLACES.map(|share| at(share).0).into_iter();
    on_it
        .chain(PLACES.map(|share| beside(share, 1.0)))
        .chain(PLACES.map(|share| beside(share, -1.0)))
        .collect()
}

/// The middles of a label beside a way from a node back to itself, or over it.
pub(super) fn about_loop(label: &Label, route: &Route, width: f32) -> Vec<[f32; 2]> {
    let line = route.line();
    let top = line.iter().map(|at| at[1]).fold(f32::INFINITY, f32::min);
    let right = line.iter().map(|at| at[0]).fold(f32::NEG_INFINITY, f32::max);
    let left = line.iter().map(|at| at[0]).fold(f32::INFINITY, f32::min);
    let [_, _, across, high] = label.plate;
    let aside = f32::midpoint(across, width) + 2.0;
    vec![
        [right + aside, top + 10.0],
        [left - aside, top + 10.0],
        [f32::midpoint(left, right), top - f32::midpoint(high, width) - 1.0],
    ]
}

/// What is taken of a picture, by cells of a grid.
pub(super) struct Free {
    size: [f32; 2],
    columns: usize,
    rows: usize,
    cells: Vec<Vec<[f32; 4]>>,
    strokes: Vec<Vec<Piece>>,
}

/// A straight piece of a path.
#[derive(Clone, Copy)]
struct Piece {
    target: usize,
    urgency: u8,
    ends: [[f32; 2]; 2],
    /// Half of its width, and what is kept clear beside it.
    reach: f32,
}

const CELL: f32 = 64.0;

impl Free {
    pub(super) fn new(size: [f32; 2]) -> Self {
        let [columns, rows] = size.map(|side| (side / CELL).ceil().max(1.0) as usize);
        let (cells, strokes) = (vec![Vec::new(); columns * rows], vec![Vec::new(); columns * rows]);
        Self { size, columns, rows, cells, strokes }
    }

    pub(super) fn take(&mut self, rect: [f32; 4]) {
        for cell in self.cells_of(rect) {
            self.cells[cell].push(rect);
        }
    }

    fn take_line(&mut self, line: &Line) {
        let reach = line.width / 2.0 + CLEAR;
        for pair in line.points.windows(2) {
            let ends = [pair[0], pair[1]];
            let piece = Piece { target: line.target, urgency: line.urgency, ends, reach };
            for cell in self.cells_of(grown(bounds(&ends), [reach; 2])) {
                self.strokes[cell].push(piece);
            }
        }
    }

    /// Whether another path of this urgency, or more, runs under a rectangle.
    fn is_over_another(&self, rect: [f32; 4], target: usize, under: u8) -> bool {
        let meets = |piece: &Piece| {
            piece.target != target
                && piece.urgency >= under
                && crosses(piece.ends, grown(rect, [piece.reach; 2]))
        };
        self.cells_of(rect).any(|cell| self.strokes[cell].iter().any(meets))
    }

    fn is_free(&self, rect: [f32; 4]) -> bool {
        let meets = |other: &[f32; 4]| {
            rect[0] < other[0] + other[2]
                && other[0] < rect[0] + rect[2]
                && rect[1] < other[1] + other[3]
                && other[1] < rect[1] + rect[3]
        };
        self.cells_of(rect).all(|cell| !self.cells[cell].iter().any(meets))
    }

    fn is_within(&self, [x, y, width, height]: [f32; 4]) -> bool {
        x >= 0.0 && y >= 0.0 && x + width <= self.size[0] && y + height <= self.size[1]
    }

    fn cells_of(&self, [x, y, width, height]: [f32; 4]) -> impl Iterator<Item = usize> + use<> {
        let cell = |at: f32, count: usize| ((at / CELL).max(0.0) as usize).min(count - 1);
        let columns = cell(x, self.columns)..=cell(x + width, self.columns);
        let rows = cell(y, self.rows)..=cell(y + height, self.rows);
        let across = self.columns;
        rows.flat_map(move |row| columns.clone().map(move |column| row * across + column))
    }
}

/// A rectangle with this much more on both sides.
fn grown([x, y, width, height]: [f32; 4], [across, down]: [f32; 2]) -> [f32; 4] {
    [x - across, y - down, width + 2.0 * across, height + 2.0 * down]
}

/// Whether a straight line is partly within a rectangle (Liang and Barsky, 1984).
fn crosses([from, to]: [[f32; 2]; 2], [x, y, width, height]: [f32; 4]) -> bool {
    let (mut enters, mut leaves) = (0.0_f32, 1.0_f32);
    for (axis, low, high) in [(0, x, x + width), (1, y, y + height)] {
        let run = to[axis] - from[axis];
        if run.abs() < 1e-6 {
            if from[axis] < low || from[axis] > high {
                return false;
            }
            continue;
        }
        let (one, other) = ((low - from[axis]) / run, (high - from[axis]) / run);
        enters = enters.max(one.min(other));
        leaves = leaves.min(one.max(other));
    }
    enters <= leaves
}

/// Gives every label the first of its places that is free, where no other path runs under it and no
/// other label is within a line over or under it.
pub(super) fn place(mut wishes: Vec<Wish>, lines: &[Line], free: &mut Free) -> Vec<(usize, Label)> {
    for line in lines {
        free.take_line(line);
    }
    wishes.sort_by_key(|wish| (u8::MAX - wish.urgency, u64::MAX - wish.count));
    let between = [PADDING, tokens().text.small.line];
    let mut placed = Vec::new();
    for mut wish in wishes {
        let places = wish.places.iter().map(|middle| wish.label.at(*middle));
        let plate = { places }.find(|plate| {
            free.is_within(*plate)
                && free.is_free(*plate)
                && !free.is_over_another(*plate, wish.target, wish.under)
        });
        if let Some(plate) = plate {
            free.take(grown(plate, between));
            wish.label.plate = plate;
            placed.push((wish.target, wish.label));
        }
    }
    placed
}

/// Between a label and the path of another.
const CLEAR: f32 = 3.0;
