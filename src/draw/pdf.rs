//! A scene as a PDF of one page, or several on pages of their own: vectors, and text that can be
//! selected and searched.
//!
//! The shipped fonts are embedded, as far as they are used, and fonts of the system for letters that
//! these lack. Letters stand where [`super::text`] measures them, one after the other without
//! kerning. Of metadata there are a title and a language:
//! no date, no name of a program or a machine, and its ids are hashes of what is in it, so the same
//! scene gives the same bytes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{
    Fill as PdfFill, FillRule, LinearGradient, SpreadMethod, Stop, Stroke as PdfStroke, StrokeDash,
};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph, TextDirection};
use krilla::{Document, SerializeSettings};
use resvg::usvg::fontdb::ID;
use thiserror::Error;

use super::png::decoded;
use super::scene::{Cubic, Fill, Mark, Rgba, Run, Scene, Stroke, TextAlign, Weight, bounds};
use super::scripts::{Scripts, WITH_SYSTEM};
use super::text::{glyphs, measure};

/// Why a picture could not be made.
#[derive(Debug, Error)]
pub enum PdfError {
    #[error(
        "a picture of {width} × {height} points is not possible on one page of PDF; show less, or print it on several"
    )]
    Size { width: f32, height: f32 },
    #[error("the picture could not be written as PDF; choose another format")]
    Written,
}

/// The longest side of a page in points that readers agree to show (ISO 32000, annex C).
const LARGEST: f32 = 14_400.0;

static FONTS: LazyLock<[Option<Font>; 3]> =
    LazyLock::new(|| Weight::ALL.map(|weight| Font::new(weight.font().into(), 0)));

/// A page and what stands on it.
pub struct Page<'a> {
    pub size: [f32; 2],
    pub placed: Vec<Placed<'a>>,
}

/// A picture on a page, without its background: its top left corner, how large, and what of the page
/// it may cover.
pub struct Placed<'a> {
    pub scene: &'a Scene,
    pub at: [f32; 2],
    pub scale: f32,
    pub within: Option<[f32; 4]>,
}

impl Scene {
    /// The picture as a PDF document; a point of the scene is a point of the page.
    ///
    /// # Errors
    /// Where the picture has no area, or is larger than a page may be.
    pub fn to_pdf(&self) -> Result<Vec<u8>, PdfError> {
        let placed = Placed { scene: self, at: [0.0, 0.0], scale: 1.0, within: None };
        let page = Page { size: [self.width, self.height], placed: vec![placed] };
        written(&self.title, &[page], Some(self.background))
    }
}

/// Pages as one document, on white paper.
///
/// # Errors
/// Where a page has no area, or is larger than a page may be.
pub fn document(title: &str, pages: &[Page<'_>]) -> Result<Vec<u8>, PdfError> {
    written(title, pages, None)
}

fn written(title: &str, pages: &[Page<'_>], paper: Option<Rgba>) -> Result<Vec<u8>, PdfError> {
    let settings = SerializeSettings { xmp_metadata: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(Metadata::new().title(title.to_owned()).language("en".to_owned()));
    for Page { size: [width, height], placed } in pages {
        let (width, height) = (*width, *height);
        let fits = |side: f32| (1.0..=LARGEST).contains(&side);
        let page = (fits(width) && fits(height)).then(|| PageSettings::from_wh(width, height));
        let Some(page) = page.flatten() else { return Err(PdfError::Size { width, height }) };
        let mut page = document.start_page_with(page);
        let mut surface = page.surface();
        let mut writer =
            Writer { surface: &mut surface, scripts: Scripts::default(), fonts: BTreeMap::new() };
        if paper.is_some() {
            writer.rect([0.0, 0.0, width, height], 0.0, paper, None);
        }
        for placed in placed {
            writer.placed(placed);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|_| PdfError::Written)
}

struct Writer<'a, 'b> {
    surface: &'a mut Surface<'b>,
    scripts: Scripts,
    /// Fonts of the system that were needed so far.
    fonts: BTreeMap<ID, Option<Font>>,
}

impl Writer<'_, '_> {
    fn placed(&mut self, Placed { scene, at: [x, y], scale, within }: &Placed<'_>) {
        let area = within.and_then(|[x, y, width, height]| Rect::from_xywh(x, y, width, height));
        let clip = area.and_then(|area| {
            let mut path = PathBuilder::new();
            path.push_rect(area);
            path.finish()
        });
        if let Some(clip) = &clip {
            self.surface.push_clip_path(clip, &FillRule::default());
        }
        let is_moved = (*x, *y, *scale) != (0.0, 0.0, 1.0);
        if is_moved {
            self.surface.push_transform(&Transform::from_row(*scale, 0.0, 0.0, *scale, *x, *y));
        }
        for shape in &scene.shapes {
            self.mark(&shape.mark);
        }
        for _ in 0..usize::from(is_moved) + usize::from(clip.is_some()) {
            self.surface.pop();
        }
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Band { upper, lower, fill } => {
                let mut path = PathBuilder::new();
                path.move_to(upper[0][0], upper[0][1]);
                curve(&mut path, upper);
                path.line_to(lower[3][0], lower[3][1]);
                curve(&mut path, &[lower[3], lower[2], lower[1], lower[0]]);
                path.close();
                let [left, _, width, _] = bounds(&[*upper, *lower].concat());
                let fill = match *fill {
                    Fill::Solid(colour) => solid(colour),
                    Fill::Across(from, to) => gradient([left, 0.0], [left + width, 0.0], from, to),
                };
                self.paint(path.finish(), Some(fill), None);
            }
            Mark::Rect { rect, radius, fill, stroke } => {
                self.rect(*rect, *radius, *fill, *stroke);
            }
            Mark::Line { from, to, stroke } => {
                let mut path = PathBuilder::new();
                path.move_to(from[0], from[1]);
                path.line_to(to[0], to[1]);
                self.paint(path.finish(), None, Some(line(*stroke)));
            }
            Mark::Curve { path: curves, stroke } => {
                let Some(first) = curves.first() else { return };
                let mut path = PathBuilder::new();
                path.move_to(first[0][0], first[0][1]);
                for part in curves {
                    curve(&mut path, part);
                }
                self.paint(path.finish(), None, Some(line(*stroke)));
            }
            Mark::Dashes { path: curves, stroke, dash } => {
                let Some(first) = curves.first() else { return };
                let mut path = PathBuilder::new();
                path.move_to(first[0][0], first[0][1]);
                for part in curves {
                    curve(&mut path, part);
                }
                let dash = StrokeDash { array: dash.to_vec(), offset: 0.0 };
                let stroke = PdfStroke { dash: Some(dash), ..line(*stroke) };
                self.paint(path.finish(), None, Some(stroke));
            }
            Mark::Image { rect, png } => self.image(*rect, png),
            Mark::Polygon { points, fill } => {
                let mut path = PathBuilder::new();
                for (index, [x, y]) in points.iter().enumerate() {
                    if index == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
                }
                path.close();
                self.paint(path.finish(), Some(solid(*fill)), None);
            }
            Mark::Fade { rect: [x, y, w, h], from, to } => {
                let mut path = PathBuilder::new();
                if let Some(rect) = Rect::from_xywh(*x, *y, *w, *h) {
                    path.push_rect(rect);
                }
                let fill = gradient([*x, *y], [*x, y + h], *from, *to);
                self.paint(path.finish(), Some(fill), None);
            }
            Mark::Text { at, size, align, runs } => self.text(*at, *size, *align, runs),
        }
    }

    fn paint(&mut self, path: Option<Path>, fill: Option<PdfFill>, stroke: Option<PdfStroke>) {
        if let Some(path) = path {
            self.surface.set_fill(fill);
            self.surface.set_stroke(stroke);
            self.surface.draw_path(&path);
        }
    }

    fn rect(
        &mut self,
        [x, y, w, h]: [f32; 4],
        radius: f32,
        fill: Option<Rgba>,
        stroke: Option<Stroke>,
    ) {
        let mut path = PathBuilder::new();
        let radius = radius.min(w / 2.0).min(h / 2.0).max(0.0);
        // Where the handles of a cubic are that is nearest to a quarter of a circle.
        let short = radius * (1.0 - 0.552_285);
        let (right, bottom) = (x + w, y + h);
        path.move_to(x + radius, y);
        path.line_to(right - radius, y);
        path.cubic_to(right - short, y, right, y + short, right, y + radius);
        path.line_to(right, bottom - radius);
        path.cubic_to(right, bottom - short, right - short, bottom, right - radius, bottom);
        path.line_to(x + radius, bottom);
        path.cubic_to(x + short, bottom, x, bottom - short, x, bottom - radius);
        path.line_to(x, y + radius);
        path.cubic_to(x, y + short, x + short, y, x + radius, y);
        path.close();
        self.paint(path.finish(), fill.map(solid), stroke.map(line));
    }

    fn image(&mut self, [x, y, width, height]: [f32; 4], png: &[u8]) {
        // A broken one would be found when the document is finished, and then there would be none.
        if decoded(png).is_none() {
            return;
        }
        let Ok(image) = Image::from_png(png.to_vec().into(), true) else { return };
        let Some(area) = Size::from_wh(width, height) else { return };
        self.surface.push_transform(&Transform::from_translate(x, y));
        self.surface.draw_image(image, area);
        self.surface.pop();
    }

    fn text(&mut self, [x, y]: [f32; 2], size: f32, align: TextAlign, runs: &[Run]) {
        let width: f32 =
            runs.iter().map(|run| run.gap + measure(&run.text, size, run.weight)).sum();
        let mut x = match align {
            TextAlign::Left => x,
            TextAlign::Centre => x - width / 2.0,
            TextAlign::Right => x - width,
        };
        self.surface.set_stroke(None);
        for run in runs {
            x += run.gap;
            self.surface.set_fill(Some(solid(run.colour)));
            for stretch in self.scripts.stretches(&run.text) {
                match stretch.font {
                    None => self.shipped(stretch.text, [x, y], size, run.weight),
                    Some(font) => self.of_system(font, stretch.text, [x, y], size),
                }
                x += measure(stretch.text, size, run.weight);
            }
        }
    }

    fn shipped(&mut self, text: &str, [x, y]: [f32; 2], size: f32, weight: Weight) {
        let Some(font) = &FONTS[weight as usize] else { return };
        let glyphs: Vec<KrillaGlyph> = glyphs(text, weight)
            .map(|(id, advance, range)| {
                KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, range, None)
            })
            .collect();
        let at = Point::from_xy(x, y);
        self.surface.draw_glyphs(at, &glyphs, font.clone(), text, size, false);
    }

    fn of_system(&mut self, id: ID, text: &str, [x, y]: [f32; 2], size: f32) {
        let load = || {
            let loaded = WITH_SYSTEM
                .with_face_data(id, |data, index| Font::new(data.to_vec().into(), index));
            loaded.flatten()
        };
        if let Some(font) = self.fonts.entry(id).or_insert_with(load) {
            let (at, font) = (Point::from_xy(x, y), font.clone());
            self.surface.draw_text(at, font, size, text, false, TextDirection::Auto);
        }
    }
}

fn curve(path: &mut PathBuilder, [_, a, b, end]: &Cubic) {
    path.cubic_to(a[0], a[1], b[0], b[1], end[0], end[1]);
}

fn colour(colour: Rgba) -> rgb::Color {
    rgb::Color::new(colour.r, colour.g, colour.b)
}

fn opacity(colour: Rgba) -> NormalizedF32 {
    NormalizedF32::new(colour.a.clamp(0.0, 1.0)).unwrap_or(NormalizedF32::ONE)
}

fn solid(fill: Rgba) -> PdfFill {
    PdfFill { paint: colour(fill).into(), opacity: opacity(fill), ..PdfFill::default() }
}

fn line(stroke: Stroke) -> PdfStroke {
    PdfStroke {
        paint: colour(stroke.colour).into(),
        opacity: opacity(stroke.colour),
        width: stroke.width,
        ..PdfStroke::default()
    }
}

fn gradient([x1, y1]: [f32; 2], [x2, y2]: [f32; 2], from: Rgba, to: Rgba) -> PdfFill {
    let stop = |offset, at: Rgba| Stop { offset, color: colour(at).into(), opacity: opacity(at) };
    let gradient = LinearGradient {
        x1,
        y1,
        x2,
        y2,
        transform: Transform::identity(),
        spread_method: SpreadMethod::Pad,
        stops: vec![stop(NormalizedF32::ZERO, from), stop(NormalizedF32::ONE, to)],
        anti_alias: false,
    };
    PdfFill { paint: gradient.into(), ..PdfFill::default() }
}

#[cfg(test)]
mod tests;
