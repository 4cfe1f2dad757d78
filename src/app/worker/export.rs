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
use crate::draw::{ChartPicture, FlowPicture, LabelColours, MapPicture, png};
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
        Style::Together(_) => Style::Together(theme),
    };
    // On the screen a label has the same colour in all views, by its people in the data. What leaves
    // follows from the view alone, colours as well.
    let colours = LabelColours::new(&drawing.shown.view);
    let mut scene = scene(&drawing.shown, &style, &colours);
    let head = drawing.shown.view.view().head();
    let rounded = if head.b > 1 { format!(", rounded to {}", head.b) } else { String::new() };
    scene.add_footnote(
        &format!("Every count covers at least {} people{rounded}. {ALONE}", head.k),
        theme,
    );
    scene
}

/// A picture that leaves alone says so: what others were shown before is not known to it.
const ALONE: &str = "One view, not checked against others.";

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{ALONE, write};
    use crate::app::command::Form;
    use crate::app::worker::picture::{Drawing, Slot, Style};
    use crate::app::worker::vault::shown_for_tests;
    use crate::draw::tokens::Theme;
    use crate::draw::{LabelColours, Mark, testing};
    use crate::views::PublishedCohort;

    #[test]
    fn a_picture_that_leaves_tells_nothing_of_labels_in_other_views() {
        let view = || testing::seal(testing::small_flow(&PublishedCohort::default()));
        let picture = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let view = view();
            let colours = LabelColours::ranked(names, &view);
            let mut shown = shown_for_tests(view);
            shown.colours = colours;
            let shown = Arc::new(shown);
            let style = Style::Plain(Theme::Light);
            super::on_paper(&Drawing { slot: Slot::Canvas, shown, style }).to_svg()
        };
        assert_eq!(picture(&[]), picture(&["somewhere else", "Search", "Home"]));
    }

    #[test]
    fn a_picture_that_leaves_alone_says_so_and_has_nothing_of_what_was_selected() {
        let view = testing::seal(testing::small_flow(&PublishedCohort::default()));
        let shown = Arc::new(shown_for_tests(view));
        let style = Style::Plain(Theme::Dark);
        let drawing = Drawing { slot: Slot::Canvas, shown, style };
        let scene = super::on_paper(&drawing);
        let words = scene.shapes.iter().filter_map(|shape| match &shape.mark {
            Mark::Text { runs, .. } => runs.first().map(|run| run.text.as_str()),
            _ => None,
        });
        assert!(words.collect::<Vec<_>>().pop().unwrap().ends_with(ALONE));
        assert_eq!(scene.background, Theme::Light.colours().surface);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flow.svg");
        write(&drawing, Form::Svg, &path).map_err(|_| ()).unwrap();
        assert!(std::fs::read_to_string(path).unwrap().contains(ALONE));
    }
}
