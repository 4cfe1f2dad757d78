//! One view in one form, for whoever wants the picture or the table and no package.
//!
//! It is made from what is disclosed, as it stands on the screen, on light paper and with nothing
//! selected.

use std::path::Path;

use egui::ColorImage;

use super::Failure;
use super::picture::{Drawing, Style, scene};
use super::vault::because;
use crate::app::command::Form;
use crate::draw::tokens::Theme;
use crate::draw::{ChartPicture, FlowPicture, MapPicture, png};
use crate::release;

/// Pixels a point: sharp on a slide.
const SCALE: f32 = 2.0;

/// Writes the view to a file, whole or not at all.
pub fn write(drawing: &Drawing, form: Form, path: &Path) -> Result<(), Failure> {
    let bytes = match form {
        Form::Csv => release::table(drawing.shown.view.view()).into_bytes(),
        Form::Svg => on_paper(drawing).to_svg().into_bytes(),
        Form::Pdf => on_paper(drawing).to_pdf().map_err(|error| because(&error))?,
        Form::Png => png::render_within(&on_paper(drawing).to_svg(), SCALE)
            .map_err(|error| because(&error))?,
    };
    release::save(path, &bytes).map_err(|error| because(&error))
}

/// The picture for the clipboard.
pub fn pixels(drawing: &Drawing) -> Result<ColorImage, Failure> {
    let svg = on_paper(drawing).to_svg();
    let pixels = png::pixels_within(&svg, SCALE).map_err(|error| because(&error))?;
    Ok(ColorImage::from_rgba_premultiplied(pixels.size, &pixels.rgba))
}

fn on_paper(drawing: &Drawing) -> crate::draw::Scene {
    let theme = Theme::Light;
    let style = match &drawing.style {
        Style::Flow(picture) => Style::Flow(FlowPicture { theme, traced: None, ..picture.clone() }),
        Style::Map(picture) => {
            Style::Map(MapPicture { theme, selected: None, legend: true, ..picture.clone() })
        }
        Style::Chart(picture) => Style::Chart(ChartPicture { theme, ..picture.clone() }),
        Style::Plain(_) => Style::Plain(theme),
        Style::Difference(_) => Style::Difference(theme),
    };
    scene(&drawing.shown, &style)
}
