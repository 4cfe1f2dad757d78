//! A scene painted into the window.
//!
//! Shapes are painted in screen space, so text stays sharp at any zoom. Bands become meshes with
//! one soft pixel at their edges. Knows nothing of what a scene shows.

use egui::emath::{GuiRounding, TSTransform};
use egui::epaint::{Mesh, RectShape, TextShape, Vertex, WHITE_UV};
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Painter, Pos2, Rect, StrokeKind, Vec2, pos2, vec2,
};

use super::scene::{Cubic, Fill, Mark, Rgba, Run, Scene, TextAlign, point};

/// Paints a scene; `to_screen` goes from points of the scene to points of the screen. What the
/// painter's clip rectangle leaves out is skipped. The fonts of [`super::fonts::add_to`] must be
/// installed.
pub fn paint(scene: &Scene, painter: &Painter, to_screen: TSTransform) {
    let clip = painter.clip_rect();
    let at = |[x, y]: [f32; 2]| to_screen * pos2(x, y);
    let area = |[x, y, w, h]: [f32; 4]| Rect::from_min_max(at([x, y]), at([x + w, y + h]));
    let count = scene.shapes.iter().filter(|shape| matches!(shape.mark, Mark::Band { .. })).count();
    let brush = Brush {
        clip,
        pixels: painter.pixels_per_point(),
        most_pieces: (MOST_PIECES / count.max(1)).clamp(8, 64),
    };
    // All bands that follow each other go into one mesh.
    let mut bands = Mesh::default();
    for shape in &scene.shapes {
        if let Mark::Band { upper, lower, fill } = &shape.mark {
            let [upper, lower] = [upper, lower].map(|curve| curve.map(|p| at(p).into()));
            brush.band(&mut bands, &upper, &lower, *fill);
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

/// Pieces of all bands together: what a screen is painted with in a few milliseconds. A flow of
/// fifty labels a step can have tens of thousands of bands; none of them needs a smooth edge.
const MOST_PIECES: usize = 200_000;

/// What all bands of a scene are painted with.
struct Brush {
    clip: Rect,
    /// Pixels a point.
    pixels: f32,
    most_pieces: usize,
}

impl Brush {
    /// Adds the area between two curves as strips: soft edge, body, soft edge.
    fn band(&self, mesh: &mut Mesh, upper: &Cubic, lower: &Cubic, fill: Fill) {
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
        let soft = 0.5 / self.pixels;
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
                let here = first + index as u32 * 4;
                for strip in 0..3 {
                    let (a, b) = (here - 4 + strip, here + strip);
                    mesh.add_triangle(a, a + 1, b);
                    mesh.add_triangle(a + 1, b + 1, b);
                }
            }
        }
    }
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

/// One line of text with its baseline at `anchor`.
fn words(painter: &Painter, anchor: Pos2, size: f32, align: TextAlign, runs: &[Run], scale: f32) {
    let clip = painter.clip_rect();
    // Half points at the finest, so that a zoom does not fill the glyph atlas with every size.
    let size = (size * 2.0).round() / 2.0;
    let beyond = align == TextAlign::Left && anchor.x > clip.right();
    if size < 2.0 || beyond || anchor.y < clip.top() - size || anchor.y > clip.bottom() + 2.0 * size
    {
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

#[cfg(test)]
mod tests {
    use egui::emath::TSTransform;
    use egui::epaint::{ClippedPrimitive, Primitive};
    use egui::{Context, RawInput, Rect, pos2, vec2};
    use proptest::prelude::*;

    use super::{Brush, Mesh, paint};
    use crate::draw::testing::{disclosed, flow, shop};
    use crate::draw::tokens::Theme;
    use crate::draw::{Fill, FlowPicture, Rgba, Scene, flow_scene, fonts};
    use crate::views::Side;

    fn scene(steps: usize, top: usize) -> Scene {
        let picture = FlowPicture {
            width: 1064.0,
            height: 703.0,
            theme: Theme::Light,
            traced: None,
            drop_off: true,
        };
        flow_scene(&disclosed(flow(&shop(900), steps, top, Side::Start)), &picture)
    }

    fn painted(scene: &Scene, to_screen: TSTransform) -> Vec<ClippedPrimitive> {
        let context = Context::default();
        let mut definitions = egui::FontDefinitions::default();
        fonts::add_to(&mut definitions);
        context.set_fonts(definitions);
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1064.0, 703.0));
        let input = RawInput { screen_rect: Some(screen), ..RawInput::default() };
        let mut output = context.run_ui(input, |ui| paint(scene, ui.painter(), to_screen));
        output.textures_delta.clear();
        context.tessellate(output.shapes, output.pixels_per_point)
    }

    fn vertices(primitives: &[ClippedPrimitive]) -> usize {
        primitives
            .iter()
            .map(|primitive| match &primitive.primitive {
                Primitive::Mesh(mesh) => {
                    assert!(mesh.is_valid());
                    assert!(mesh.vertices.iter().all(|vertex| vertex.pos.is_finite()));
                    mesh.vertices.len()
                }
                Primitive::Callback(_) => 0,
            })
            .sum()
    }

    #[test]
    fn a_scene_reaches_the_screen_and_what_is_off_it_is_skipped() {
        let scene = scene(12, 15);
        let whole = vertices(&painted(&scene, TSTransform::IDENTITY));
        assert!(whole > 10_000, "{whole}");
        let corner = vertices(&painted(&scene, TSTransform::new(vec2(-3000.0, 0.0), 4.0)));
        assert!(corner < whole, "{corner} of {whole}");
        let away = vertices(&painted(&scene, TSTransform::new(vec2(5000.0, 5000.0), 1.0)));
        assert_eq!(away, 0);
    }

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
            let brush = Brush { clip: Rect::EVERYTHING, pixels: 1.0, most_pieces: 64 };
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
    }
}
