//! A picture on a wall: cut into pages that overlap, with marks where to cut and words where each page
//! belongs.
//!
//! *Invariant:* every point of the picture is on a page, and what two pages both have is the same.

use super::{Paper, blank, pen, put};
use crate::draw::pdf::{Page, Placed};
use crate::draw::scene::{Scene, Stroke, TextAlign};
use crate::draw::text::number;

/// Cards are read from two metres away.
const SCALE: f32 = 2.0;
/// How much of its neighbour a page has too: a finger's width to glue on.
const OVERLAP: f32 = 28.0;
const MARK: f32 = 14.0;

/// One page of the wall: what is on it of the picture, and the marks around that.
pub(super) struct Tile {
    part: Scene,
    marks: Scene,
    /// On the page.
    area: [f32; 4],
}

impl Tile {
    pub(super) fn page(&self) -> Page<'_> {
        let [x, y, ..] = self.area;
        let part = Placed { scene: &self.part, at: [x, y], scale: SCALE, within: Some(self.area) };
        let marks = Placed { scene: &self.marks, at: [0.0, 0.0], scale: 1.0, within: None };
        Page { size: [self.marks.width, self.marks.height], placed: vec![part, marks] }
    }
}

/// The pages of a picture, row by row.
pub(super) fn tiles(scene: &Scene, paper: Paper, title: &str) -> Vec<Tile> {
    let area = paper.inner();
    let step = [area[2] - OVERLAP, area[3] - OVERLAP];
    let whole = [scene.width * SCALE, scene.height * SCALE];
    let many = [0, 1].map(|axis| ((whole[axis] - OVERLAP) / step[axis]).ceil().max(1.0) as usize);
    let tile = |at: usize| {
        let place = [at % many[0], at / many[0]];
        let from = [0, 1].map(|axis| place[axis] as f32 * step[axis] / SCALE);
        let part = [from[0], from[1], area[2] / SCALE, area[3] / SCALE];
        Tile { part: scene.seen_in(part), marks: marks(paper, area, title, place, many), area }
    };
    (0..many[0] * many[1]).map(tile).collect()
}

fn marks(
    paper: Paper,
    [x, y, width, height]: [f32; 4],
    title: &str,
    place: [usize; 2],
    many: [usize; 2],
) -> Scene {
    let mut page = blank(paper, title);
    let mut pen = pen(x, width, 0.0);
    let stroke = Stroke { width: 0.5, colour: pen.colours.text_strong };
    for (at, inwards) in [
        ([x, y], [-1.0, -1.0]),
        ([x + width, y], [1.0, -1.0]),
        ([x, y + height], [-1.0, 1.0]),
        ([x + width, y + height], [1.0, 1.0]),
    ] {
        pen.line(at, [at[0] + inwards[0] * MARK, at[1]], stroke);
        pen.line(at, [at[0], at[1] + inwards[1] * MARK], stroke);
    }
    // Where the next page begins, so that it is glued on straight.
    let glue = Stroke { width: 0.5, colour: pen.colours.line_strong };
    if place[0] > 0 {
        pen.line([x + OVERLAP, y - MARK], [x + OVERLAP, y - 3.0], glue);
        pen.line([x + OVERLAP, y + height + 3.0], [x + OVERLAP, y + height + MARK], glue);
    }
    if place[1] > 0 {
        pen.line([x - MARK, y + OVERLAP], [x - 3.0, y + OVERLAP], glue);
        pen.line([x + width + 3.0, y + OVERLAP], [x + width + MARK, y + OVERLAP], glue);
    }
    let [column, row] = place.map(|at| number(at as u64 + 1));
    let [columns, rows] = many.map(|count| number(count as u64));
    let words = format!("{title} · row {row} of {rows}, column {column} of {columns}");
    let ink = pen.weak();
    let words = crate::draw::board::fit(&words, ink.style.size, ink.weight, width - 80.0);
    let foot = y + height + super::MARGIN / 2.0;
    pen.write([x + width / 2.0, foot], &words, ink, TextAlign::Centre);
    put(&mut page, pen);
    page
}
