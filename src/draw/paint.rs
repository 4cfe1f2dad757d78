//! A scene painted into the window.
//!
//! Shapes are painted in screen space, so text stays sharp at any zoom. What is curved becomes meshes
//! with one soft pixel at their edges ([`brush`]). Knows nothing of what a scene shows.

mod brush;
mod pictures;

use brush::Brush;
use egui::emath::TSTransform;
use egui::epaint::{Mesh, RectShape, TextShape};
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Painter, Pos2, Rect, StrokeKind, pos2, vec2,
};

use super::scene::{Cubic, Mark, Run, Scene, TextAlign, point};

/// Paints a scene; `to_screen` goes from points of the scene to points of the screen. What the
/// painter's clip rectangle leaves out is skipped. The fonts of [`super::fonts::add_to`] must be
/// installed.
pub fn paint(scene: &Scene, painter: &Painter, to_screen: TSTransform) {
    let clip = painter.clip_rect();
    let at = |[x, y]: [f32; 2]| to_screen * pos2(x, y);
    let area = |[x, y, w, h]: [f32; 4]| Rect::from_min_max(at([x, y]), at([x + w, y + h]));
    let count = scene.shapes.iter().filter(|shape| matches!(shape.mark, Mark::Band { .. })).count();
    let brush = Brush::new(clip, painter.pixels_per_point(), count);
    let scale = to_screen.scaling;
    // All curved marks that follow each other go into one mesh.
    let mut mesh = Mesh::default();
    // A mesh that grows is copied again and again.
    let curves =
        scene.shapes.iter().filter(|shape| matches!(shape.mark, Mark::Curve { .. })).count();
    mesh.reserve_vertices(curves * 64);
    mesh.reserve_triangles(curves * 96);
    for (number, shape) in scene.shapes.iter().enumerate() {
        match &shape.mark {
            Mark::Band { upper, lower, fill } => {
                let [upper, lower] = [upper, lower].map(|curve| curve.map(|p| at(p).into()));
                brush.band(&mut mesh, &upper, &lower, *fill);
                continue;
            }
            Mark::Curve { path, stroke } => {
                let path = path.iter().map(|curve| curve.map(at));
                brush.curve(&mut mesh, path, stroke.width * scale, stroke.colour);
                continue;
            }
            Mark::Polygon { points, fill } => {
                brush.polygon(&mut mesh, points.iter().map(|point| at(*point)), *fill);
                continue;
            }
            Mark::Fade { rect, from, to } => {
                brush.fade(&mut mesh, area(*rect), *from, *to);
                continue;
            }
            Mark::Rect { .. }
            | Mark::Line { .. }
            | Mark::Dashes { .. }
            | Mark::Image { .. }
            | Mark::Text { .. } => {}
        }
        flush(&mut mesh, painter);
        match &shape.mark {
            Mark::Band { .. } | Mark::Curve { .. } | Mark::Polygon { .. } | Mark::Fade { .. } => {}
            Mark::Rect { rect, radius, fill, stroke } => {
                // A plate without its words would only cover what is under it.
                let is_plate = stroke.is_none()
                    && matches!(scene.shapes.get(number + 1).map(|next| &next.mark),
                        Some(Mark::Text { at, size, .. })
                            if letters(size * scale).is_none() && holds(*rect, *at));
                let rect = area(*rect);
                if !is_plate && clip.intersects(rect.expand(4.0)) {
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
            Mark::Dashes { path, stroke, dash } => {
                let line: Vec<Pos2> = along(path).map(at).collect();
                let bounds = Rect::from_points(&line).expand(stroke.width * scale);
                let [dash, gap] = dash.map(|length| (length * scale).max(1.0));
                if clip.intersects(bounds) {
                    let stroke = egui::Stroke::new(stroke.width * scale, stroke.colour);
                    painter.extend(egui::Shape::dashed_line(&line, stroke, dash, gap));
                }
            }
            Mark::Image { rect, png } => {
                let rect = area(*rect);
                if clip.intersects(rect) {
                    pictures::paint(painter, rect, png);
                }
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
    flush(&mut mesh, painter);
}

/// Points along curves; a straight one needs its ends only.
fn along(path: &[Cubic]) -> impl Iterator<Item = [f32; 2]> + '_ {
    let begin = path.first().map(|first| first[0]);
    let rest = path.iter().flat_map(|curve| {
        let pieces = if is_straight(curve) { 1 } else { 12_u8 };
        (1..=pieces).map(move |piece| point(curve, f32::from(piece) / f32::from(pieces)))
    });
    begin.into_iter().chain(rest)
}

fn is_straight([from, a, b, to]: &Cubic) -> bool {
    let aside = |at: &[f32; 2]| {
        (to[0] - from[0]) * (at[1] - from[1]) - (to[1] - from[1]) * (at[0] - from[0])
    };
    aside(a).abs() < 0.5 && aside(b).abs() < 0.5
}

fn flush(mesh: &mut Mesh, painter: &Painter) {
    if !mesh.is_empty() {
        painter.add(std::mem::take(mesh));
    }
}

/// Smaller letters cannot be read; a large map seen from afar has thousands of them.
const LEAST_SIZE: f32 = 5.0;

/// The size at which letters are painted, where they can be read. Half points at the finest, so that
/// a zoom does not fill the glyph atlas with every size.
fn letters(size: f32) -> Option<f32> {
    let size = (size * 2.0).round() / 2.0;
    (size >= LEAST_SIZE).then_some(size)
}

fn holds([x, y, width, height]: [f32; 4], at: [f32; 2]) -> bool {
    (x..=x + width).contains(&at[0]) && (y..=y + height).contains(&at[1])
}

/// One line of text with its baseline at `anchor`.
fn words(painter: &Painter, anchor: Pos2, size: f32, align: TextAlign, runs: &[Run], scale: f32) {
    let clip = painter.clip_rect();
    let Some(size) = letters(size) else { return };
    let beyond = align == TextAlign::Left && anchor.x > clip.right();
    if beyond || anchor.y < clip.top() - size || anchor.y > clip.bottom() + 2.0 * size {
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

    use super::paint;
    use crate::draw::testing::{self, disclosed, flow, seal, shop};
    use crate::draw::tokens::Theme;
    use crate::draw::{
        BoardLook, FlowPicture, MapPicture, Mark, Scene, board_scene, board_testing, flow_scene,
        fonts, map_scene,
    };
    use crate::views::{PublishedCohort, Side, Unit};

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

    #[test]
    fn a_picture_on_a_card_is_read_once_and_dashes_are_painted() {
        let board = &board_testing::workshop().boards[0];
        let look = BoardLook { width: 1064.0, ..BoardLook::default() };
        let mut scene = board_scene(board, &[], look).scene;
        let context = Context::default();
        let mut definitions = egui::FontDefinitions::default();
        fonts::add_to(&mut definitions);
        context.set_fonts(definitions);
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1064.0, 703.0));
        let pictures = || {
            let input = RawInput { screen_rect: Some(screen), ..RawInput::default() };
            let paint = |ui: &mut egui::Ui| paint(&scene, ui.painter(), TSTransform::IDENTITY);
            let output = context.run_ui(input, paint);
            let new = output.textures_delta.set.iter();
            new.filter(|(id, _)| **id != egui::TextureId::default()).count()
        };
        assert_eq!([pictures(), pictures(), pictures()], [1, 0, 0]);
        let whole = vertices(&painted(&scene, TSTransform::IDENTITY));
        scene.shapes.retain(|shape| !matches!(shape.mark, Mark::Dashes { .. }));
        assert!(vertices(&painted(&scene, TSTransform::IDENTITY)) + 500 < whole);
    }

    #[test]
    fn where_letters_are_too_small_their_plates_cover_nothing() {
        let map = testing::map(Unit::People, true, &PublishedCohort::default());
        let scene = map_scene(&seal(map), &MapPicture::default());
        let mut bare = scene.clone();
        let words_at = |at: usize| {
            scene.shapes.get(at).is_some_and(|shape| matches!(shape.mark, Mark::Text { .. }))
        };
        let mut number = 0;
        bare.shapes.retain(|shape| {
            number += 1;
            let is_plate = matches!(shape.mark, Mark::Rect { stroke: None, .. });
            !(words_at(number - 1) || (is_plate && words_at(number)))
        });
        assert!(bare.shapes.len() < scene.shapes.len());
        let count =
            |scene: &Scene, zoom: f32| vertices(&painted(scene, TSTransform::from_scaling(zoom)));
        assert_eq!(count(&scene, 0.2), count(&bare, 0.2));
        assert!(count(&scene, 1.0) > count(&bare, 1.0));
    }

    #[test]
    fn a_map_reaches_the_screen_and_what_is_off_it_is_skipped() {
        let map = testing::map(Unit::People, true, &PublishedCohort::default());
        let scene = map_scene(&seal(map), &MapPicture::default());
        let whole = vertices(&painted(&scene, TSTransform::IDENTITY));
        assert!(whole > 500, "{whole}");
        let away = vertices(&painted(&scene, TSTransform::new(vec2(5000.0, 5000.0), 1.0)));
        assert_eq!(away, 0);
    }
}
