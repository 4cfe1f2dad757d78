//! How a map is to be read, at its foot: as many signs as there is room for.

use egui::emath::TSTransform;
use egui::{Role, Sense, Ui, WidgetInfo, vec2};

use crate::draw::{MapKey, paint};

const GAP: f32 = 24.0;

/// Signs beside each other, with paths as thick as they are in the map at this zoom.
pub fn ui(ui: &mut Ui, keys: &[MapKey], zoom: f32) {
    ui.spacing_mut().item_spacing.x = GAP;
    for key in keys {
        if key.width() > ui.available_width() {
            continue;
        }
        let scene = key.scene(zoom);
        let (rect, response) =
            ui.allocate_exact_size(vec2(scene.width, scene.height), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &key.words));
        let place = TSTransform::from_translation(rect.min.to_vec2());
        paint::paint(&scene, &ui.painter().with_clip_rect(rect.expand(1.0)), place);
    }
}
