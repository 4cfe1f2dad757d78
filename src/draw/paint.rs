//! A scene painted into the window.
//!
//! Shapes are painted in screen space, so text stays sharp at any zoom. Bands become meshes with
//! one soft pixel at their edges. Knows nothing of what a scene shows.

use egui::emath::TSTransform;
use egui::epaint::{Mesh, RectShape, TextShape, Vertex, WHITE_UV};
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Painter, Pos2, Rect, StrokeKind, Vec2, pos2, vec2,
};

use super::scene::{Cubic, Fill, Mark, Rgba, Run, Scene, TextAlign, point};

/// Paints a scene; `to_screen` goes from points of the scene to points of the screen. What the
/// painter's clip rectangle leaves out is skipped.
pub fn paint(scene: &Scene, painter: &Painter, to_screen: TSTransform) {
    let clip = painter.clip_rect();
    let at = |[x, y]: [f32; 2]| to_screen * pos2(x, y);
    let area = |[x, y, w, h]: [f32; 4]| Rect::from_min_max(at([x, y]), at([x + w, y + h]));
    // All bands that follow each other go into one mesh.
    let mut bands = Mesh::default();
    for shape in &scene.shapes {
        if let Mark::Band { upper, lower, fill } = &shape.mark {
            let [upper, lower] = [upper, lower].map(|curve| curve.map(|p| at(p).into()));
            band(&mut bands, &upper, &lower, *fill, clip, painter.pixels_per_point());
            continue;
        }
        flush(&mut bands, painter);
        match &shape.mark {
            Mark::Band { .. } => {}
            Mark::Rect { rect, radius, fill, stroke } => {
                let rect = area(*rect);
                if clip.intersects(rect.expand(4.0)) {
                    let radius = (radius * to_screen.scaling).round().clamp(0.0, 255.0) as u8;
                    let stroke = stroke.map_or(egui::Stroke::NONE, |stroke| {
                        egui::Stroke::new(stroke.width * to_screen.scaling, stroke.colour)
                    });
                    let fill = fill.map_or(Color32::TRANSPARENT, Color32::from);
                    painter.add(RectShape::new(
                        rect,
                        CornerRadius::same(radius),
                        fill,
                        stroke,
                        StrokeKind::Middle,
                    ));
                }
            }
            Mark::Line { from, to, stroke } => {
                let width = stroke.width * to_screen.scaling;
                painter.line_segment([at(*from), at(*to)], egui::Stroke::new(width, stroke.colour));
            }
            Mark::Text { at: anchor, size, align, runs } => {
                words(
                    painter,
                    at(*anchor),
                    size * to_screen.scaling,
                    *align,
                    runs,
                    to_screen.scaling,
                );
            }
        }
    }
    flush(&mut bands, painter);
}

fn flush(mesh: &mut Mesh, painter: &Painter) {
    if !mesh.is_empty() {
        painter.add(std::mem::take(mesh));
    }
}

/// Pieces of a band on the screen are about this long.
const PIECE: f32 = 6.0;

/// Adds the area between two curves as strips: soft edge, body, soft edge.
fn band(mesh: &mut Mesh, upper: &Cubic, lower: &Cubic, fill: Fill, clip: Rect, pixels: f32) {
    let corners = upper.iter().chain(lower).map(|&[x, y]| pos2(x, y));
    let hull = corners.fold(Rect::NOTHING, |hull, corner| hull.union(Rect::from_pos(corner)));
    if !clip.intersects(hull) {
        return;
    }
    let length = (upper[3][0] - upper[0][0]).abs() + (upper[3][1] - upper[0][1]).abs();
    let pieces = ((length / PIECE).ceil() as usize).clamp(8, 64);
    let soft = 0.5 / pixels;
    let first = mesh.vertices.len() as u32;
    for index in 0..=pieces {
        let t = index as f32 / pieces as f32;
        let colour = match fill {
            Fill::Solid(colour) => colour,
            Fill::Across(from, to) => mix(from, to, t),
        };
        let body = Color32::from(colour);
        let (above, below) = (edge(upper, t), edge(lower, t));
        // Where a band is thinner than a pixel its edges do not change places.
        let inset = soft.min((above.0.distance(below.0)) / 2.0);
        for (place, colour) in [
            (above.0 - above.1 * soft, Color32::TRANSPARENT),
            (above.0 + above.1 * inset, body),
            (below.0 - below.1 * inset, body),
            (below.0 + below.1 * soft, Color32::TRANSPARENT),
        ] {
            mesh.vertices.push(Vertex { pos: place, uv: WHITE_UV, color: colour });
        }
        if index > 0 {
            let here = first + index as u32 * 4;
            for strip in 0..3 {
                let (a, b) = (here - 4 + strip, here + strip);
                mesh.add_triangle(a, a + 1, b);
                mesh.add_triangle(a + 1, b + 1, b);
            }
        }
    }
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

/// One line of text with its baseline at `anchor`.
fn words(painter: &Painter, anchor: Pos2, size: f32, align: TextAlign, runs: &[Run], scale: f32) {
    let clip = painter.clip_rect();
    if size < 2.0 || anchor.y < clip.top() - size || anchor.y > clip.bottom() + 2.0 * size {
        return;
    }
    let mut job = LayoutJob::default();
    for run in runs {
        let font = FontId::new(size, FontFamily::Name(run.weight.family().into()));
        let format = TextFormat::simple(font, run.colour.into());
        job.append(&run.text, run.gap * scale, format);
    }
    job.wrap.max_width = f32::INFINITY;
    let galley = painter.layout_job(job);
    let Some(ascent) =
        galley.rows.first().and_then(|row| row.glyphs.first().map(|glyph| row.pos.y + glyph.pos.y))
    else {
        return;
    };
    let left = match align {
        TextAlign::Left => 0.0,
        TextAlign::Centre => galley.size().x / 2.0,
        TextAlign::Right => galley.size().x,
    };
    let place = anchor - vec2(left, ascent);
    painter.add(TextShape::new(place, galley, Color32::PLACEHOLDER));
}
