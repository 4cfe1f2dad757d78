//! The figures beside paths: each takes the first free of a few places, or is left out.

use super::route::Route;
use crate::draw::scene::{Mark, Rgba, Run, TextAlign};
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
    pub(super) count: u64,
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

/// Nine places along a line, from its middle outwards, as shares of its length.
const PLACES: [f32; 9] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.14, 0.86];

/// The middles of a label along a path.
pub(super) fn along(line: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let lengths: Vec<f32> = line
        .windows(2)
        .map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]))
        .collect();
    let whole: f32 = lengths.iter().sum();
    let at = |share: f32| {
        let mut left = whole * share;
        for (pair, length) in line.windows(2).zip(&lengths) {
            if left <= *length {
                let part = left / length.max(1e-6);
                return [0, 1].map(|axis| pair[0][axis] + (pair[1][axis] - pair[0][axis]) * part);
            }
            left -= length;
        }
        line.last().copied().unwrap_or_default()
    };
    PLACES.map(at).to_vec()
}

/// The middles of a label beside a way from a node back to itself.
pub(super) fn about_loop(label: &Label, route: &Route) -> Vec<[f32; 2]> {
    let line = route.line();
    let top = line.iter().map(|at| at[1]).fold(f32::INFINITY, f32::min);
    let right = line.iter().map(|at| at[0]).fold(f32::NEG_INFINITY, f32::max);
    let left = line.iter().map(|at| at[0]).fold(f32::INFINITY, f32::min);
    let half = label.plate[2] / 2.0;
    vec![
        [right + half + 6.0, top + 10.0],
        [f32::midpoint(left, right), top],
        [left - half - 6.0, top + 10.0],
    ]
}

/// What is taken of a picture, by cells of a grid.
pub(super) struct Free {
    size: [f32; 2],
    columns: usize,
    rows: usize,
    cells: Vec<Vec<[f32; 4]>>,
}

const CELL: f32 = 64.0;

impl Free {
    pub(super) fn new(size: [f32; 2]) -> Self {
        let [columns, rows] = size.map(|side| (side / CELL).ceil().max(1.0) as usize);
        Self { size, columns, rows, cells: vec![Vec::new(); columns * rows] }
    }

    pub(super) fn take(&mut self, rect: [f32; 4]) {
        for cell in self.cells_of(rect) {
            self.cells[cell].push(rect);
        }
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

/// Gives every label the first of its places that is free. Lines are kept clear for labels that
/// are not on the most urgent path.
pub(super) fn place(
    mut wishes: Vec<Wish>,
    lines: &[Vec<[f32; 2]>],
    free: &mut Free,
) -> Vec<(usize, Label)> {
    wishes.sort_by_key(|wish| (u8::MAX - wish.urgency, u64::MAX - wish.count));
    let mut placed = Vec::new();
    let mut clear = lines.is_empty();
    for mut wish in wishes {
        if !clear && wish.urgency < MOST_URGENT {
            clear = true;
            for [x, y] in lines.iter().flatten() {
                free.take([x - LINE, y - LINE, 2.0 * LINE, 2.0 * LINE]);
            }
        }
        let places = wish.places.iter().map(|middle| wish.label.at(*middle));
        let plate = { places }.find(|plate| free.is_within(*plate) && free.is_free(*plate));
        if let Some(plate) = plate {
            free.take(plate);
            wish.label.plate = plate;
            placed.push((wish.target, wish.label));
        }
    }
    placed
}

/// That of a path that is selected; see [`Wish::urgency`].
pub(super) const MOST_URGENT: u8 = 3;
/// Half the side of what is kept clear about a point of a line.
const LINE: f32 = 6.0;
