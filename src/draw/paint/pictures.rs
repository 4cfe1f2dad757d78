//! Pictures of pixels in the window: each is read once and stays with the graphics card while anybody
//! holds it.
//!
//! *Invariant:* nothing is read twice, and what nobody else holds any more is let go.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Color32, ColorImage, Id, Painter, Rect, TextureHandle, TextureOptions, pos2};

use crate::draw::png::decoded;

/// By where the bytes are. Holding them keeps the place from being given to others.
#[derive(Clone, Default)]
struct Known(BTreeMap<usize, (Arc<[u8]>, Option<TextureHandle>)>);

/// Fills a rectangle of the screen with a PNG file. A broken one paints nothing.
pub(super) fn paint(painter: &Painter, rect: Rect, png: &Arc<[u8]>) {
    let Some(texture) = texture(painter, png) else { return };
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(texture.id(), rect, whole, Color32::WHITE);
}

fn texture(painter: &Painter, png: &Arc<[u8]>) -> Option<TextureHandle> {
    let (context, id) = (painter.ctx(), Id::unique("pictures on cards"));
    let place = png.as_ptr() as usize;
    let known = context.data_mut(|data| {
        let Known(known) = data.get_temp_mut_or_default(id);
        known.get(&place).map(|(_, texture)| texture.clone())
    });
    if let Some(known) = known {
        return known;
    }
    let texture = decoded(png).map(|pixels| {
        let image = ColorImage::from_rgba_premultiplied(pixels.size, &pixels.rgba);
        context.load_texture("picture", image, TextureOptions::LINEAR)
    });
    let gone = context.data_mut(|data| {
        let Known(known) = data.get_temp_mut_or_default(id);
        let (kept, gone) = std::mem::take(known)
            .into_iter()
            .partition(|(_, (bytes, _))| Arc::strong_count(bytes) > 1);
        *known = kept;
        known.insert(place, (Arc::clone(png), texture.clone()));
        gone
    });
    // A texture is let go outside of the lock that it takes.
    drop::<BTreeMap<_, _>>(gone);
    texture
}
