//! The ways of paths, as smooth curves: across columns, within a column, back to the same node, in
//! from outside.

use super::plan::TIP_GAP;
use crate::draw::scene::{Cubic, moved, point};
use crate::draw::tokens::tokens;

/// Curves from where a path leaves to where the tip of its arrow is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Route {
    pub(super) path: Vec<Cubic>,
    /// The direction at the tip, of length 1.
    pub(super) way: [f32; 2],
}

/// How far the handles of a curve reach, as a share of its run.
const REACH: f32 = 0.46;
/// Pieces of a curve where a line of points is needed.
const PIECES: usize = 12;

impl Route {
    pub(super) fn points(&self) -> impl Iterator<Item = [f32; 2]> + '_ {
        self.path.iter().flatten().copied()
    }

    pub(super) fn shift(&mut self, by: [f32; 2]) {
        for curve in &mut self.path {
            *curve = curve.map(|at| moved(at, by));
        }
    }

    /// The same way, ending this much before the tip.
    pub(super) fn before_tip(&self, length: f32) -> Vec<Cubic> {
        let mut path = self.path.clone();
        if let Some(last) = path.last_mut() {
            for handle in [2, 3] {
                last[handle] = moved(last[handle], self.way.map(|way| -way * length));
            }
        }
        path
    }

    /// Points along the way, the first and the last with them.
    pub(super) fn line(&self) -> Vec<[f32; 2]> {
        let mut line: Vec<[f32; 2]> = self.path.iter().take(1).map(|curve| curve[0]).collect();
        for curve in &self.path {
            line.extend((1..=PIECES).map(|at| point(curve, at as f32 / PIECES as f32)));
        }
        line
    }
}

/// Across columns: from one end to the other or back, through bends (the left edge and the height of
/// a column of this width each). `aside` keeps two opposite ways apart, each on its right; between
/// columns a way may lean by `slack` while it passes through one.
pub(super) fn across(
    [first, second]: [[f32; 2]; 2],
    bends: &[[f32; 2]],
    width: f32,
    slack: f32,
    forth: bool,
    aside: f32,
) -> Route {
    // Heading right, the right hand is below.
    let aside = if forth { aside } else { -aside };
    let middles: Vec<[f32; 2]> = std::iter::once(first)
        .chain(bends.iter().map(|[x, y]| [x + width / 2.0, *y]))
        .chain([second])
        .collect();
    // Places with slopes: each bend is passed from edge to edge of its column.
    let mut knots: Vec<([f32; 2], f32)> = vec![(first, 0.0)];
    for (at, [left, y]) in bends.iter().enumerate() {
        let slope = |a: [f32; 2], b: [f32; 2]| (b[1] - a[1]) / (b[0] - a[0]).max(1.0);
        let [before, after] =
            [slope(middles[at], middles[at + 1]), slope(middles[at + 1], middles[at + 2])];
        // The harmonic mean keeps the way between its bends (Fritsch and Carlson, 1980).
        let mean = if before * after > 0.0 { 2.0 * before * after / (before + after) } else { 0.0 };
        let most = slack / (width / 2.0);
        let slope = mean.clamp(-most, most);
        let lean = slope * width / 2.0;
        knots.push(([*left, y - lean], slope));
        knots.push(([left + width, y + lean], slope));
    }
    knots.push((second, 0.0));
    let (start_gap, end_gap) = if forth { (0.0, TIP_GAP) } else { (TIP_GAP, 0.0) };
    knots[0].0[0] += start_gap;
    if let Some(last) = knots.last_mut() {
        last.0[0] -= end_gap;
    }
    let mut path: Vec<Cubic> =
        knots.windows(2).map(|pair| smooth(pair[0], pair[1], aside)).collect();
    if !forth {
        path.reverse();
        for curve in &mut path {
            curve.reverse();
        }
    }
    Route { path, way: if forth { [1.0, 0.0] } else { [-1.0, 0.0] } }
}

/// Between two places with slopes, moved aside: down where that is more than 0. A steep way is moved
/// sideways as well, so that two beside each other keep their distance.
fn smooth((a, slope_a): ([f32; 2], f32), (b, slope_b): ([f32; 2], f32), aside: f32) -> Cubic {
    let run = (b[0] - a[0]).max(0.0);
    let rise = b[1] - a[1];
    let angle = (2.0 * rise.abs() / run.max(1.0)).atan();
    let lean = (aside.abs() * (angle / 2.0).tan() / 1.5).min(run * 0.3);
    // Below a way that falls is on its inner side, so it bends earlier there.
    let lean = if (rise > 0.0) == (aside > 0.0) { -lean } else { lean };
    let reach = run * REACH;
    let [ha, hb] = [reach + lean, reach - lean];
    [
        [a[0], a[1] + aside],
        [a[0] + ha, a[1] + aside + slope_a * ha],
        [b[0] - hb, b[1] + aside - slope_b * hb],
        [b[0], b[1] + aside],
    ]
}

/// Straight down or up between neighbours of a column; `aside` is to the right of the picture.
pub(super) fn upright(from: [f32; 4], to: [f32; 4], aside: f32) -> Route {
    let down = from[1] < to[1];
    let x = from[0] + from[2] * 0.42 + aside;
    let (start, end) = if down {
        (from[1] + from[3], to[1] - TIP_GAP)
    } else {
        (from[1], to[1] + to[3] + TIP_GAP)
    };
    let at = |share: f32| [x, start + (end - start) * share];
    Route {
        path: vec![[at(0.0), at(1.0 / 3.0), at(2.0 / 3.0), at(1.0)]],
        way: [0.0, if down { 1.0 } else { -1.0 }],
    }
}

/// Out of one side of a column and back into it, past what stands between. `gap` is the room there,
/// less than 0 where that is the left side; `aside` is to the right of the picture.
pub(super) fn about(x: f32, from_y: f32, to_y: f32, gap: f32, aside: f32) -> Route {
    // The further apart, the further out, so that ways of a column lie within each other.
    let bulge = (26.0 + 0.16 * (to_y - from_y).abs()).min(gap.abs() * 0.6);
    // A cubic reaches three quarters of the way to its handles.
    let out = x + (bulge.copysign(gap) + aside) / 0.75;
    let (start, end) = ([x, from_y], [x + TIP_GAP.copysign(gap), to_y]);
    Route {
        path: vec![[start, [out, from_y], [out, to_y], end]],
        way: [-1.0_f32.copysign(gap), 0.0],
    }
}

/// From a node back to itself, over its right half.
pub(super) fn own([x, y, width, _]: [f32; 4]) -> Route {
    let [out, back] = [x + width * 0.58, x + width * 0.58 + 32.0];
    let high = y - tokens().map.loop_height;
    let spread = 5.0;
    Route {
        path: vec![[[out, y], [out - spread, high], [back + spread, high], [back, y - TIP_GAP]]],
        way: [0.0, 1.0],
    }
}

/// Into a node from the left.
pub(super) fn from_left([x, y, _, height]: [f32; 4]) -> Route {
    let y = y + height / 2.0;
    straight([x - tokens().map.end_length - 8.0, y], [x - TIP_GAP, y], [1.0, 0.0])
}

/// Into a node from above, over its left half.
pub(super) fn from_above([x, y, width, _]: [f32; 4]) -> Route {
    let x = x + width * 0.2;
    straight([x, y - tokens().map.end_length], [x, y - TIP_GAP], [0.0, 1.0])
}

fn straight(from: [f32; 2], to: [f32; 2], way: [f32; 2]) -> Route {
    let at = |share: f32| [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share);
    Route { path: vec![[at(0.0), at(1.0 / 3.0), at(2.0 / 3.0), at(1.0)]], way }
}
