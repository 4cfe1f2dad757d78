//! What is painted while a map changes: nodes glide from where they were. At rest it is the picture
//! itself, and nothing asks for another frame.

use std::sync::Arc;

use egui::Ui;
use egui::emath::{TSTransform, easing};

use crate::app::theme::Look;
use crate::draw::{Glide, Scene};

/// What was painted last.
#[derive(Default)]
pub struct Motion {
    /// The picture as it was laid out, as it was painted, and where.
    last: Option<(Arc<Scene>, Arc<Scene>, TSTransform)>,
    glide: Option<(Glide, TSTransform, f64)>,
}

impl Motion {
    /// What to paint of this picture now, and where. Only one that `glides` is on its
    /// way anywhere.
    pub fn frame(
        &mut self,
        ui: &Ui,
        scene: &Arc<Scene>,
        to_screen: TSTransform,
        glides: bool,
    ) -> (Arc<Scene>, TSTransform) {
        let now = ui.input(|input| input.time);
        let duration = f64::from(Look::of(ui).tokens.motion.layout) / 1000.0;
        // Whoever wants no motion sets this to nothing.
        let glides = glides && ui.style().animation_time > 0.0;
        if let Some((laid_out, painted, place)) = &self.last
            && !Arc::ptr_eq(laid_out, scene)
        {
            let glide = Glide::between(painted, scene).filter(|_| glides);
            self.glide = glide.map(|glide| (glide, *place, now));
        }
        let (painted, place) = match &self.glide {
            Some((glide, from, began)) if glides && now - began < duration => {
                ui.ctx().request_repaint();
                let share = easing::cubic_out(((now - began) / duration) as f32);
                let left = 1.0 - share;
                let between = TSTransform::new(
                    to_screen.translation + (from.translation - to_screen.translation) * left,
                    to_screen.scaling + (from.scaling - to_screen.scaling) * left,
                );
                (Arc::new(glide.scene(scene, left)), between)
            }
            _ => {
                self.glide = None;
                (Arc::clone(scene), to_screen)
            }
        };
        self.last = Some((Arc::clone(scene), Arc::clone(&painted), place));
        (painted, place)
    }
}
