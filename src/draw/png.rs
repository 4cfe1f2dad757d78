//! Pixels from a picture's SVG text.
//!
//! The same text gives the same bytes on every machine, with the shipped fonts and without metadata.
//! Only where it has letters that these lack do fonts of the system take part.

use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};
use thiserror::Error;

use super::scripts;

/// Why a picture could not be made.
#[derive(Debug, Error)]
pub enum PngError {
    #[error("the picture's SVG text cannot be read; write the picture again ({0})")]
    Svg(#[from] usvg::Error),
    #[error(
        "a picture of {width} × {height} pixels is not possible; choose a size between 1 and {} pixels a side",
        LARGEST
    )]
    Size { width: f32, height: f32 },
    #[error("the pixels could not be written as PNG; choose a smaller scale")]
    Encode,
}

/// The longest side, in pixels. More would need gigabytes.
const LARGEST: f32 = 16_384.0;

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> =
    LazyLock::new(|| Arc::new(scripts::shipped()));

/// How a picture's text is read; `with_system` where the shipped fonts lack letters of it.
pub(super) fn options(with_system: bool) -> usvg::Options<'static> {
    usvg::Options {
        font_family: "Inter".to_owned(),
        fontdb: Arc::clone(if with_system { &scripts::WITH_SYSTEM } else { &FONTS }),
        // Pictures are in the text itself; no file is ever looked for.
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_string: Box::new(|_, _| None),
            ..usvg::ImageHrefResolver::default()
        },
        ..usvg::Options::default()
    }
}

fn read(svg: &str) -> Result<usvg::Tree, usvg::Error> {
    usvg::Tree::from_str(svg, &options(svg.chars().any(scripts::lacks)))
}

/// Makes a PNG file of SVG text; at `scale` 1 a point is a pixel.
///
/// # Errors
/// Where the text is no SVG, or the picture would have no pixel or too many.
pub fn render(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    encoded(&pixels(&read(svg)?, scale)?)
}

/// [`render`] at this scale, or at the largest that is possible where that is less.
///
/// # Errors
/// As [`render`].
pub fn render_within(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    let tree = read(svg)?;
    encoded(&pixels(&tree, within(&tree, scale))?)
}

/// Pixels in rows from the top, four bytes each: red, green, blue and opacity, the colours already
/// multiplied by the opacity.
pub struct Pixels {
    /// Width and height.
    pub size: [usize; 2],
    pub rgba: Vec<u8>,
}

/// The pixels of [`render_within`] themselves.
///
/// # Errors
/// As [`render`].
pub fn pixels_within(svg: &str, scale: f32) -> Result<Pixels, PngError> {
    let tree = read(svg)?;
    let pixels = pixels(&tree, within(&tree, scale))?;
    let size = [pixels.width() as usize, pixels.height() as usize];
    Ok(Pixels { size, rgba: pixels.take() })
}

fn within(tree: &usvg::Tree, scale: f32) -> f32 {
    scale.min(LARGEST / tree.size().width().max(tree.size().height()))
}

fn encoded(pixels: &tiny_skia::Pixmap) -> Result<Vec<u8>, PngError> {
    pixels.encode_png().map_err(|_| PngError::Encode)
}

fn pixels(tree: &usvg::Tree, scale: f32) -> Result<tiny_skia::Pixmap, PngError> {
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let fits = |side: f32| (1.0..=LARGEST).contains(&side.round());
    let pixels = (fits(width) && fits(height))
        .then(|| tiny_skia::Pixmap::new(width.round() as u32, height.round() as u32))
        .flatten();
    let Some(mut pixels) = pixels else { return Err(PngError::Size { width, height }) };
    resvg::render(tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    Ok(pixels)
}

/// The pixels of a PNG file; none where it is broken. Whoever asks has seen to it that its sides are
/// not too long.
pub fn decoded(png: &[u8]) -> Option<Pixels> {
    let pixels = tiny_skia::Pixmap::decode_png(png).ok()?;
    let size = [pixels.width() as usize, pixels.height() as usize];
    Some(Pixels { size, rgba: pixels.take() })
}

#[cfg(test)]
mod tests {
    use super::{PngError, render};

    const DOT: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"6\">\
                       <rect width=\"10\" height=\"6\" fill=\"#ff0000\"/></svg>";

    #[test]
    fn a_picture_has_the_size_it_was_asked_for_and_no_metadata() {
        let png = render(DOT, 2.0).unwrap();
        let chunks: Vec<&[u8]> = png
            .windows(4)
            .filter(|name| name.iter().all(u8::is_ascii_alphabetic))
            .filter(|name| {
                [b"tEXt", b"iTXt", b"zTXt", b"tIME", b"eXIf"].contains(&(*name).try_into().unwrap())
            })
            .collect();
        assert!(chunks.is_empty());
        assert_eq!(png[16..24], [0, 0, 0, 20, 0, 0, 0, 12]);
    }

    #[test]
    fn what_cannot_be_drawn_is_an_error() {
        assert!(matches!(render("no picture", 1.0), Err(PngError::Svg(_))));
        for scale in [0.0, -1.0, 1e6, f32::NAN] {
            assert!(matches!(render(DOT, scale), Err(PngError::Size { .. })), "{scale}");
        }
    }
}
