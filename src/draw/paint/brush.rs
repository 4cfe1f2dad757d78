//! What is curved, as triangles: bands between two curves, lines along curves, arrow heads, fades.
//! Each has one soft pixel at its edges.

use egui::emath::GuiRounding;
use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Pos2, Rect, Vec2, pos2, vec2};

use crate::draw::scene::{Cubic, Fill, Rgba, point};

/// Pieces of a band on the screen are about this long.
const PIECE: f32 = 6.0;

/// Pieces of all bands together: what a screen is painted with in a few milliseconds. A flow of
/// fifty labels a step can have tens of thousands of bands; none of them needs a smooth edge.
const MOST_PIECES: usize = 200_000;

/// How far a line of straight pieces may be from its curve, in points.
const TOLERANCE: f32 = 0.2;
const MOST_PIECES_OF_A_CURVE: f32 = 48.0;

/// What all curved marks of a scene are painted with.
pub(super) struct Brush {
    clip: Rect,
    /// Half a pixel, in points: how soft an edge is to both sides.
    soft: f32,
    pixels: f32,
    most_pieces: usize,
}

impl Brush {
    /// What is outside of `clip` is left out; `pixels` a point, and `bands` in the scene.
    pub(super) fn new(clip: Rect, pixels: f32, bands: usize) -> Self {
        let most_pieces = (MOST_PIECES / bands.max(1)).clamp(8, 64);
        Self { clip, soft: 0.5 / pixels, pixels, most_pieces }
    }

    /// Adds a line along curves: a strip of sections across it.
    pub(super) fn curve(
        &self,
        mesh: &mut Mesh,
        path: impl Iterator<Item = [Pos2; 4]> + Clone,
        width: f32,
        colour: Rgba,
    ) {
        let margin = width / 2.0 + self.soft;
        let mut hull = Rect::NOTHING;
        path.clone().flatten().for_each(|corner| hull.extend_with(corner));
        if !self.clip.intersects(hull.expand(margin)) {
            return;
        }
        let section = Section::new(width, self.soft, colour);
        let mut drawing = false;
        // Where the last section is, and the way there; then the last place without one.
        let mut last = (Pos2::ZERO, Vec2::ZERO);
        let mut passed: Option<(Pos2, Vec2)> = None;
        let mut rest = path.clone().count();
        for curve in path {
            rest -= 1;
            let mut hull = Rect::NOTHING;
            for corner in curve {
                hull.extend_with(corner);
            }
            if !self.clip.intersects(hull.expand(margin)) {
                if let Some((at, way)) = passed.take() {
                    section.add(mesh, at, vec2(-way.y, way.x), true);
                }
                drawing = false;
                continue;
            }
            // Second differences bound how far a chord is from its arc.
            let bend = |a: Pos2, b: Pos2, c: Pos2| (a - b + (c - b)).length();
            let bend = bend(curve[0], curve[1], curve[2]).max(bend(curve[1], curve[2], curve[3]));
            let pieces = (0.75 * bend / TOLERANCE).sqrt().ceil().clamp(1.0, MOST_PIECES_OF_A_CURVE);
            // The next curve begins where the one before ended.
            let first = usize::from(drawing);
            let end = pieces as usize;
            for index in first..=end {
                let (at, way) = along(&curve, index as f32 / pieces);
                let joins = index > 0 || drawing;
                // Whether the line would stay near its curve without a section on the way here.
                let is_near = |(from, before): (Pos2, Vec2)| {
                    let turn = (before.x * way.y - before.y * way.x).abs();
                    (at - from).length() * turn / 8.0 < TOLERANCE && before.dot(way) > 0.0
                };
                if joins
                    && !is_near(last)
                    && let Some((at, way)) = passed.take()
                {
                    section.add(mesh, at, vec2(-way.y, way.x), true);
                    last = (at, way);
                }
                let is_last = index == end && rest == 0;
                if joins && !is_last && is_near(last) {
                    passed = Some((at, way));
                    continue;
                }
                section.add(mesh, at, vec2(-way.y, way.x), joins);
                (last, passed) = ((at, way), None);
            }
            drawing = true;
        }
    }

    /// Adds a convex area.
    pub(super) fn polygon(
        &self,
        mesh: &mut Mesh,
        points: impl ExactSizeIterator<Item = Pos2> + Clone,
        fill: Rgba,
    ) {
        let count = points.len();
        let mut hull = Rect::NOTHING;
        points.clone().for_each(|corner| hull.extend_with(corner));
        // An arrow head of a map seen from afar is less than a pixel.
        let is_speck = hull.width().max(hull.height()) < 2.0 * self.soft;
        if count < 3 || is_speck || !self.clip.intersects(hull) {
            return;
        }
        let middle = points.clone().fold(Vec2::ZERO, |sum, at| sum + at.to_vec2()) / count as f32;
        let first = mesh.vertices.len() as u32;
        let (body, edge) = (Color32::from(fill), Color32::TRANSPARENT);
        for at in points {
            let out = (at.to_vec2() - middle).normalized() * self.soft;
            mesh.vertices.push(Vertex { pos: at - out, uv: WHITE_UV, color: body });
            mesh.vertices.push(Vertex { pos: at + out, uv: WHITE_UV, color: edge });
        }
        let count = count as u32;
        let [inner, outer] =
            [0, 1].map(|side| move |corner: u32| first + corner % count * 2 + side);
        for corner in 1..count - 1 {
            mesh.add_triangle(inner(0), inner(corner), inner(corner + 1));
        }
        for corner in 0..count {
            mesh.add_triangle(inner(corner), outer(corner), inner(corner + 1));
            mesh.add_triangle(outer(corner), outer(corner + 1), inner(corner + 1));
        }
    }

    /// Adds a rectangle that goes from one colour at its top to another at its bottom.
    pub(super) fn fade(&self, mesh: &mut Mesh, rect: Rect, from: Rgba, to: Rgba) {
        if !self.clip.intersects(rect.expand(self.soft)) {
            return;
        }
        for (index, (y, colour)) in
            [(rect.top(), from), (rect.bottom(), to)].into_iter().enumerate()
        {
            let section = Section { points: 4, ..Section::new(rect.width(), self.soft, colour) };
            section.add(mesh, pos2(rect.center().x, y), vec2(1.0, 0.0), index > 0);
        }
    }

    /// Adds the area between two curves as strips: soft edge, body, soft edge.
    pub(super) fn band(&self, mesh: &mut Mesh, upper: &Cubic, lower: &Cubic, fill: Fill) {
        // Bars are rounded to whole pixels, so the ends that touch them are as well.
        let flush = |curve: &Cubic| {
            let mut curve = *curve;
            for end in [0, 3] {
                curve[end][0] = curve[end][0].round_to_pixels(self.pixels);
            }
            curve
        };
        let (upper, lower) = (&flush(upper), &flush(lower));
        let corners = upper.iter().chain(lower).map(|&[x, y]| pos2(x, y));
        let hull = corners.fold(Rect::NOTHING, |hull, corner| hull.union(Rect::from_pos(corner)));
        if !self.clip.intersects(hull) {
            return;
        }
        let length = (upper[3][0] - upper[0][0]).abs() + (upper[3][1] - upper[0][1]).abs();
        let pieces = ((length / PIECE).ceil() as usize).clamp(8, self.most_pieces);
        let soft = self.soft;
        let thin = [0, 3].iter().all(|&end| lower[end][1] - upper[end][1] < THIN);
        let first = mesh.vertices.len() as u32;
        for index in 0..=pieces {
            let t = index as f32 / pieces as f32;
            let colour = match fill {
                Fill::Solid(colour) => colour,
                Fill::Across(from, to) => mix(from, to, t),
            };
            let (above, below) = (edge(upper, t), edge(lower, t));
            for (place, share) in cross_section(above, below, soft, thin) {
                let color = Color32::from(colour.faded(share));
                mesh.vertices.push(Vertex { pos: place, uv: WHITE_UV, color });
            }
            if index > 0 {
                join(mesh, first + index as u32 * 4, 4);
            }
        }
    }
}

/// Joins a section of so many vertices, of which this is the first, to the one before it.
fn join(mesh: &mut Mesh, here: u32, points: u32) {
    for strip in 0..points - 1 {
        let (a, b) = (here - points + strip, here + strip);
        mesh.add_triangle(a, a + 1, b);
        mesh.add_triangle(a + 1, b + 1, b);
    }
}

/// What a line looks like across: soft edge, body, soft edge. A line that is no wider than a pixel
/// has no body.
struct Section {
    /// Offsets from the middle, from one side to the other, with colours.
    across: [(f32, Color32); 4],
    points: u32,
}

impl Section {
    fn new(width: f32, soft: f32, colour: Rgba) -> Self {
        let half = width / 2.0;
        // What covers less than a pixel is paler, by as much as keeps the ink the same.
        let share = (2.0 * half / (half + soft)).min(1.0);
        let body = Color32::from(colour.faded(share));
        let (inner, outer) = ((half - soft).max(0.0), half + soft);
        let clear = Color32::TRANSPARENT;
        if inner > 0.0 {
            let across = [(-outer, clear), (-inner, body), (inner, body), (outer, clear)];
            return Self { across, points: 4 };
        }
        Self { across: [(-outer, clear), (0.0, body), (outer, clear), (outer, clear)], points: 3 }
    }

    /// Adds it at a place, and the strip between it and the one before.
    fn add(&self, mesh: &mut Mesh, at: Pos2, across: Vec2, joins: bool) {
        let here = mesh.vertices.len() as u32;
        for (offset, color) in &self.across[..self.points as usize] {
            let pos = at + across * *offset;
            mesh.vertices.push(Vertex { pos, uv: WHITE_UV, color: *color });
        }
        if joins {
            join(mesh, here, self.points);
        }
    }
}

/// A point of a curve and the direction there, of length 1.
fn along(curve: &[Pos2; 4], t: f32) -> (Pos2, Vec2) {
    let s = 1.0 - t;
    let [ab, bc, cd] = [0, 1, 2].map(|at| curve[at + 1] - curve[at]);
    let at = curve[0] + ab * (1.0 - s * s * s) + bc * (t * t * (3.0 - 2.0 * t)) + cd * (t * t * t);
    let way = ab * (s * s) + bc * (2.0 * s * t) + cd * (t * t);
    let way = if way.length_sq() > 1e-9 { way } else { curve[3] - curve[0] };
    (at, way.normalized())
}

/// Bands up to this thick on the screen are drawn about their middle line.
const THIN: f32 = 4.0;

/// Four points across a band, with the share of its colour at each: soft edge, body, soft edge.
fn cross_section(
    (above, down_above): (Pos2, Vec2),
    (below, down_below): (Pos2, Vec2),
    soft: f32,
    thin: bool,
) -> [(Pos2, f32); 4] {
    if thin {
        // The edges of a thin, steep band pass each other when they are moved on their own.
        let middle = above + (below - above) / 2.0;
        let down = (down_above + down_below).normalized();
        let half = ((below - above).dot(down) / 2.0).max(0.0);
        // What covers less than a pixel is paler, by as much as keeps the ink the same.
        let share = (2.0 * half / (half + soft)).min(1.0);
        let inner = (half - soft).max(0.0);
        return [
            (middle - down * (half + soft), 0.0),
            (middle - down * inner, share),
            (middle + down * inner, share),
            (middle + down * (half + soft), 0.0),
        ];
    }
    [
        (above - down_above * soft, 0.0),
        (above + down_above * soft, 1.0),
        (below - down_below * soft, 1.0),
        (below + down_below * soft, 0.0),
    ]
}

/// A point of a curve, and the way downwards across it.
fn edge(curve: &Cubic, t: f32) -> (Pos2, Vec2) {
    let [x, y] = point(curve, t);
    let (before, after) = (point(curve, (t - 0.01).max(0.0)), point(curve, (t + 0.01).min(1.0)));
    let along = vec2(after[0] - before[0], after[1] - before[1]).normalized();
    (pos2(x, y), vec2(-along.y, along.x))
}

fn mix(from: Rgba, to: Rgba, t: f32) -> Rgba {
    let channel = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * t).round() as u8;
    Rgba {
        r: channel(from.r, to.r),
        g: channel(from.g, to.g),
        b: channel(from.b, to.b),
        a: from.a + (to.a - from.a) * t,
    }
}

#[cfg(test)]
mod tests {
    use egui::epaint::Mesh;
    use egui::{Rect, pos2};
    use proptest::prelude::*;

    use super::{Brush, along};
    use crate::draw::{Fill, Rgba};

    proptest! {
        /// Twice painted spots would show as dots in half-transparent ribbons.
        #[test]
        fn thin_ribbons_are_painted_once_and_as_thick_as_they_are(
            rise in -600.0_f32..600.0,
            run in 60.0_f32..300.0,
            thick in 0.3_f32..3.5,
        ) {
            let edge = |y: f32| {
                let middle = 10.0 + run / 2.0;
                [[10.0, y], [middle, y], [middle, y + rise], [10.0 + run, y + rise]]
            };
            let (upper, lower) = (edge(700.0), edge(700.0 + thick));
            let mut mesh = Mesh::default();
            let ink = Rgba::opaque(255, 255, 255);
            let brush = Brush::new(Rect::EVERYTHING, 1.0, 1);
            brush.band(&mut mesh, &upper, &lower, Fill::Solid(ink));
            let mut covered = 0.0;
            for triangle in mesh.indices.chunks(3) {
                let [a, b, c] = [0, 1, 2].map(|at| mesh.vertices[triangle[at] as usize]);
                let (ab, ac) = (b.pos - a.pos, c.pos - a.pos);
                let area = (ab.x * ac.y - ab.y * ac.x) / 2.0;
                prop_assert!(area < 0.05, "a triangle is turned over: {area}");
                let alpha = [a, b, c].map(|vertex| f32::from(vertex.color.a())).iter().sum::<f32>();
                covered -= area * alpha / 3.0 / 255.0;
            }
            // The area between the edges is thickness times run, however steep.
            let area = thick * run;
            prop_assert!((covered - area).abs() < area * 0.15 + 2.0, "{covered} {area}");
        }

        /// Along the whole way there is as much ink as the width says.
        #[test]
        fn curves_are_as_thick_as_they_are(
            rise in -300.0_f32..300.0,
            run in 80.0_f32..300.0,
            width in 0.3_f32..12.0,
        ) {
            let [a, b] = [pos2(20.0, 400.0), pos2(20.0 + run, 400.0 + rise)];
            let middle = run / 2.0;
            let curve = [a, pos2(a.x + middle, a.y), pos2(b.x - middle, b.y), b];
            let length: f32 = (0..200)
                .map(|at| {
                    let place = |at: usize| along(&curve, at as f32 / 200.0).0;
                    place(at).distance(place(at + 1))
                })
                .sum();
            let mut mesh = Mesh::default();
            let brush = Brush::new(Rect::EVERYTHING, 1.0, 0);
            brush.curve(&mut mesh, [curve].into_iter(), width, Rgba::opaque(255, 255, 255));
            let mut covered = 0.0;
            for triangle in mesh.indices.chunks(3) {
                let [a, b, c] = [0, 1, 2].map(|at| mesh.vertices[triangle[at] as usize]);
                let (ab, ac) = (b.pos - a.pos, c.pos - a.pos);
                let area = ((ab.x * ac.y - ab.y * ac.x) / 2.0).abs();
                let alpha = [a, b, c].map(|vertex| f32::from(vertex.color.a())).iter().sum::<f32>();
                covered += area * alpha / 3.0 / 255.0;
            }
            let ink = length * width;
            prop_assert!((covered - ink).abs() < ink * 0.1 + 2.0, "{covered} {ink}");
        }
    }
}
