//! Curves of feeling: a grid from −2 to +2 and a smooth line for every persona.
//!
//! *Invariant:* between two points a curve stays between their heights: it invents no feeling that
//! nobody put there. Personas differ by colour and by dash.

use super::pen::{Ink, Pen, fit};
use crate::board::{Board, Persona, Point};
use crate::draw::scene::{Cubic, Mark, Rgba, Stroke, TextAlign, Weight, point, straight};
use crate::draw::text::{measure, plain};
use crate::draw::tokens::{Theme, tokens};

/// How high the area of the curves is.
pub(super) const HEIGHT: f32 = 128.0;
const CURVE: f32 = 2.5;
const RADIUS: f32 = 4.0;
/// Solid, then these.
const DASHES: [[f32; 2]; 2] = [[8.0, 5.0], [2.0, 5.0]];
/// Between a point and words about it, at both sides of it together.
const NEAR: f32 = 18.0;
/// Words keep this far from curves.
const CLEAR: f32 = 4.5;

/// Where a point of a curve stands in the area of the curves.
pub(super) fn place(area: [f32; 4], stages: usize, at: &Point) -> [f32; 2] {
    let all = (stages.max(1) as u32 * Point::STAGE) as f32;
    let down = f32::from(Point::BEST - at.feeling) / f32::from(2 * i16::from(Point::BEST));
    [area[0] + area[2] * at.at as f32 / all, area[1] + area[3] * down]
}

/// A line through points that are in order from left to right.
fn smooth(points: &[[f32; 2]]) -> Vec<Cubic> {
    let slope = |at: usize| {
        let ([x0, y0], [x1, y1]) = (points[at], points[at + 1]);
        (y1 - y0) / (x1 - x0).max(f32::EPSILON)
    };
    // Fritsch and Carlson, Monotone piecewise cubic interpolation, 1980: with the harmonic mean of
    // the slopes at both sides, and level at every peak, it never overshoots.
    let tangent = |at: usize| {
        if at == 0 || at + 1 == points.len() {
            return slope(at.min(points.len() - 2));
        }
        let (before, after) = (slope(at - 1), slope(at));
        if before * after <= 0.0 { 0.0 } else { 2.0 * before * after / (before + after) }
    };
    (1..points.len())
        .map(|end| {
            let (from, to) = (points[end - 1], points[end]);
            let third = (to[0] - from[0]) / 3.0;
            [
                from,
                [from[0] + third, from[1] + third * tangent(end - 1)],
                [to[0] - third, to[1] - third * tangent(end)],
                to,
            ]
        })
        .collect()
}

/// A persona's curve as it is drawn.
pub(super) struct Line<'a> {
    pub(super) persona: &'a Persona,
    pub(super) points: Vec<[f32; 2]>,
    curve: Vec<Cubic>,
    colour: Rgba,
    dash: Option<[f32; 2]>,
}

pub(super) fn lines<'a>(board: &'a Board, area: [f32; 4], theme: Theme) -> Vec<Line<'a>> {
    let colours = theme.colours();
    let stages = board.stages.len();
    let line = |(at, persona): (usize, &'a Persona)| {
        let points: Vec<_> = persona.curve.iter().map(|point| place(area, stages, point)).collect();
        let curve = if points.len() > 1 { smooth(&points) } else { Vec::new() };
        let dash = (at % 3).checked_sub(1).map(|dash| DASHES[dash]);
        let colour = colours.categorical[at % colours.categorical.len()];
        Line { persona, points, curve, colour, dash }
    };
    board.personas.iter().enumerate().map(line).collect()
}

/// Grid, curves, their names and the notes at their points, in this order. Marks of points come last
/// and by persona, so that each can belong to its target.
pub(super) fn draw(
    lines: &[Line<'_>],
    area: [f32; 4],
    theme: Theme,
) -> (Vec<Mark>, Vec<Vec<Mark>>) {
    let mut pen = Pen {
        colours: theme.colours(),
        left: area[0],
        room: area[2],
        y: area[1],
        marks: Vec::new(),
    };
    grid(&mut pen, [area[0], area[1], area[2] - super::grid::GAP, area[3]]);
    for line in lines {
        let stroke = Stroke { width: CURVE, colour: line.colour };
        let path = line.curve.clone();
        pen.marks.push(match line.dash {
            None => Mark::Curve { path, stroke },
            Some(dash) => Mark::Dashes { path, stroke, dash },
        });
    }
    let mut taken: Vec<[f32; 4]> = Vec::new();
    for line in lines {
        name(&mut pen, line, lines, area, &mut taken);
    }
    for line in lines {
        let ink = pen.weak();
        for (at, point) in line.points.iter().zip(&line.persona.curve) {
            let note = plain(&point.note);
            if note.is_empty() {
                continue;
            }
            let note = fit(&note, ink.style.size, ink.weight, 200.0);
            let width = measure(&note, ink.style.size, ink.weight);
            let rect = free(&[*at], [width, ink.style.line], lines, area, &taken);
            taken.push(rect);
            write(&mut pen, rect, &note, ink);
        }
    }
    let surface = theme.colours().raised;
    let points = lines.iter().map(|line| {
        let dot = |[x, y]: &[f32; 2]| Mark::Rect {
            rect: [x - RADIUS, y - RADIUS, 2.0 * RADIUS, 2.0 * RADIUS],
            radius: RADIUS,
            fill: Some(surface),
            stroke: Some(Stroke { width: 2.0, colour: line.colour }),
        };
        line.points.iter().map(dot).collect()
    });
    let points = points.collect();
    (pen.marks, points)
}

fn grid(pen: &mut Pen, [x, y, width, height]: [f32; 4]) {
    let ink = pen.weak();
    for level in 0..=4_u8 {
        let at = y + height * f32::from(level) / 4.0;
        let path = vec![straight([[x, at], [x + width, at]])];
        let line = tokens().stroke.line;
        if level == 2 {
            let stroke = Stroke { width: line, colour: pen.colours.line_strong };
            pen.line([x, at], [x + width, at], stroke);
        } else {
            let stroke = Stroke { width: line, colour: pen.colours.line };
            pen.marks.push(Mark::Dashes { path, stroke, dash: [2.0, 4.0] });
        }
        let said = ["+2", "", "0", "", "\u{2212}2"][usize::from(level)];
        if !said.is_empty() {
            pen.write([x - 8.0, at], said, ink, TextAlign::Right);
        }
    }
}

/// The name of a persona where its curve leaves room for it.
fn name(
    pen: &mut Pen,
    line: &Line<'_>,
    lines: &[Line<'_>],
    area: [f32; 4],
    taken: &mut Vec<[f32; 4]>,
) {
    const SWATCH: f32 = 12.0;
    if line.points.is_empty() {
        return;
    }
    let ink = Ink::small(Weight::Medium, pen.colours.text_strong);
    let name = fit(&line.persona.name, ink.style.size, ink.weight, 200.0);
    let width = SWATCH + 6.0 + measure(&name, ink.style.size, ink.weight);
    let rect = free(&line.points, [width, ink.style.line], lines, area, taken);
    taken.push(rect);
    let middle = rect[1] + rect[3] / 2.0;
    let path = vec![straight([[rect[0], middle], [rect[0] + SWATCH, middle]])];
    let stroke = Stroke { width: CURVE, colour: line.colour };
    pen.marks.push(match line.dash {
        None => Mark::Curve { path, stroke },
        Some([dash, gap]) => Mark::Dashes { path, stroke, dash: [dash / 2.0, gap / 2.0] },
    });
    let rest = [rect[0] + SWATCH + 6.0, rect[1], rect[2] - SWATCH - 6.0, rect[3]];
    write(pen, rest, &name, ink);
}

/// Words on a plate of paper, so that the grid does not run through them.
fn write(pen: &mut Pen, rect: [f32; 4], text: &str, ink: Ink) {
    let plate = [rect[0] - 2.0, rect[1], rect[2] + 4.0, rect[3]];
    let paper = pen.colours.surface.faded(tokens().flow.label_back_alpha);
    pen.fill(plate, tokens().radius.bar, paper);
    pen.write([rect[0], rect[1] + rect[3] / 2.0], text, ink, TextAlign::Left);
}

/// The first place above or below one of the points that is clear of curves and other words, or
/// the one that is farthest from them.
fn free(
    points: &[[f32; 2]],
    [width, height]: [f32; 2],
    lines: &[Line<'_>],
    area: [f32; 4],
    taken: &[[f32; 4]],
) -> [f32; 4] {
    let [left, top, wide, high] = area;
    let right = (left + wide - width).max(left);
    let mut best = (f32::NEG_INFINITY, [left, top, width, height]);
    let places = points.iter().flat_map(|[x, y]| {
        let above_or_below = [-NEAR, NEAR].into_iter().flat_map(move |beside| {
            let middle = y + beside / 2.0 + beside.signum() * height / 2.0;
            [0.0, 0.5, 1.0].map(|shift| [x - shift * width, middle])
        });
        let aside = [x - NEAR - width, x + NEAR].map(|left| [left, *y]);
        above_or_below.chain(aside)
    });
    for [x, middle] in places {
        let y = (middle - height / 2.0).clamp(top - 8.0, top + high - height + 14.0);
        let rect = [x.clamp(left, right), y, width, height];
        let clear = clearance(rect, lines, taken);
        // Close to a curve is near enough; the first such place is taken.
        if clear >= CLEAR {
            return rect;
        }
        if clear > best.0 {
            best = (clear, rect);
        }
    }
    best.1
}

/// How far a rectangle is from everything that is drawn; less than nothing where it is upon it.
fn clearance([x, y, width, height]: [f32; 4], lines: &[Line<'_>], taken: &[[f32; 4]]) -> f32 {
    let from = |[px, py]: [f32; 2]| {
        let aside = (x - px).max(px - x - width);
        let above = (y - py).max(py - y - height);
        if aside > 0.0 { aside.max(above) } else { above }
    };
    let along = lines
        .iter()
        .flat_map(|line| &line.curve)
        .filter(|curve| curve[3][0] >= x - 8.0 && curve[0][0] <= x + width + 8.0);
    let of_curves = along.flat_map(|curve| (0..=48_u8).map(|t| point(curve, f32::from(t) / 48.0)));
    let of_points = lines.iter().flat_map(|line| line.points.iter().copied());
    let of_words = taken.iter().map(|[tx, ty, tw, th]| {
        (x - tx - tw).max(tx - x - width).max((y - ty - th).max(ty - y - height))
    });
    let nearest = of_curves.map(from).fold(f32::INFINITY, f32::min);
    let nearest = of_points.map(|at| from(at) - RADIUS).fold(nearest, f32::min);
    of_words.fold(nearest, f32::min)
}
