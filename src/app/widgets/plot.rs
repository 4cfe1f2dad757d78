//! Small plots that are looked at and not moved.

use egui::AsIdSalt;
use egui_plot::Plot;

/// A plot of this height that stays where it is: without a ground, dragging, zooming or a cursor's
/// numbers.
pub fn still_plot<'a>(id: impl AsIdSalt, height: f32) -> Plot<'a> {
    Plot::new(id)
        .height(height)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .show_background(false)
}
