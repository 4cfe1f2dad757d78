//! In a corner of a map: the whole of it in small, with what is in sight, and plus, minus and fit.

use egui::emath::TSTransform;
use egui::{
    Align, EventFilter, Key, Layout, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    Vec2, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::{ICON_ADD, ICON_FIT_SCREEN, ICON_REMOVE};

use super::super::canvas::{ZOOM, area};
use crate::app::theme::Look;
use crate::app::widgets::icon_button;
use crate::draw::tokens::tokens;
use crate::draw::{Mark, Scene, TargetKind};

/// Where a person wants to look.
pub enum Wish {
    /// At all of it, however small.
    Whole,
    /// From the scene to the screen.
    To(TSTransform),
}

const MARGIN: f32 = 16.0;
const BUTTONS: f32 = 36.0;
/// Between what is drawn in small and its frame.
const PADDING: f32 = 6.0;
/// A map of a few activities is still small there.
const LARGEST: f32 = 0.16;
/// Paths that are drawn in small, the most common first: more of them are a blot.
const PATHS: usize = 120;

/// What is covered of the map, and what was wished for.
pub fn ui(
    ui: &mut Ui,
    scene: &Scene,
    to_screen: TSTransform,
    canvas: Rect,
    has_mini_map: bool,
    selected: Option<&str>,
) -> (Rect, Option<Wish>) {
    if !scene.targets.iter().any(|target| target.kind == TargetKind::Node) {
        return (Rect::NOTHING, None);
    }
    let look = Look::of(ui);
    let [width, height] = look.tokens.map.mini_map;
    let margin = look.tokens.space.view_margin;
    let corner = pos2(canvas.left() + margin, canvas.bottom() - MARGIN - height);
    let frame = Rect::from_min_size(corner, vec2(width, height));
    // Where all is in sight, it is not worth covering anything with it.
    let whole = area(to_screen, [0.0, 0.0, scene.width, scene.height]);
    let is_shown = has_mini_map && !canvas.expand(1.0).contains_rect(whole);
    let mut wish = None;
    let mut left = corner.x;
    let mut covered = Rect::NOTHING;
    if is_shown {
        wish = mini_map_ui(ui, scene, to_screen, canvas, frame, selected);
        left += width + 8.0;
        covered = frame;
    }
    let buttons = Rect::from_min_size(pos2(left, corner.y), vec2(BUTTONS, height));
    plate(ui, buttons, look);
    // What is missed by a hair is not meant for the map.
    ui.interact(buttons, ui.scope_id().with("zoom"), Sense::click_and_drag());
    let builder = UiBuilder::new()
        .max_rect(buttons.shrink2(vec2(4.0, 4.0)))
        .layout(Layout::top_down(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (icon, name, by) in [(ICON_ADD, "Larger", 1.25), (ICON_REMOVE, "Smaller", 0.8)] {
            let next = about(to_screen, canvas.center(), by);
            if icon_button(ui, icon, name, next.is_some()).clicked() {
                wish = next.map(Wish::To);
            }
        }
        if icon_button(ui, ICON_FIT_SCREEN, "Fit", true).clicked() {
            wish = Some(Wish::Whole);
        }
    });
    (covered.union(buttons), wish)
}

fn plate(ui: &Ui, rect: Rect, look: &Look) {
    let corners = look.corners_large();
    ui.painter().rect(rect, corners, look.raised, look.hairline(), StrokeKind::Inside);
}

/// Larger or smaller about a point of the screen, as far as that goes.
fn about(to_screen: TSTransform, centre: Pos2, by: f32) -> Option<TSTransform> {
    let scaling = to_screen.scaling * by;
    let translation = centre.to_vec2() + (to_screen.translation - centre.to_vec2()) * by;
    ZOOM.contains(&scaling).then_some(TSTransform { scaling, translation })
}

/// How far what stands in the corner reaches from there: the buttons alone, and with the small map.
pub fn covered() -> [Vec2; 2] {
    let [width, height] = tokens().map.mini_map;
    let buttons = vec2(tokens().space.view_margin + BUTTONS, MARGIN + height);
    [buttons, buttons + vec2(width + 8.0, 0.0)]
}

fn mini_map_ui(
    ui: &Ui,
    scene: &Scene,
    to_screen: TSTransform,
    canvas: Rect,
    frame: Rect,
    selected: Option<&str>,
) -> Option<Wish> {
    let look = Look::of(ui);
    plate(ui, frame, look);
    let room = frame.shrink(PADDING);
    let scale = (room.width() / scene.width).min(room.height() / scene.height).min(LARGEST);
    let size = vec2(scene.width, scene.height) * scale;
    let to_mini = TSTransform::new((room.center() - size / 2.0).to_vec2(), scale);
    let painter = ui.painter().with_clip_rect(frame.shrink(1.0));
    let ends = scene.shapes.iter().filter_map(|shape| match &shape.mark {
        Mark::Curve { path, .. } => Some([path.first()?[0], path.last()?[3]]),
        _ => None,
    });
    for ends in ends.take(PATHS) {
        let ends = ends.map(|[x, y]| to_mini * pos2(x, y));
        painter.line_segment(ends, Stroke::new(1.0, look.text_weak.gamma_multiply(0.35)));
    }
    for target in scene.targets.iter().filter(|target| target.kind == TargetKind::Node) {
        let rect = area(to_mini, target.rect);
        let rect = Rect::from_center_size(rect.center(), rect.size().max(Vec2::splat(2.0)));
        let is_selected = selected == Some(target.id.as_str());
        painter.rect_filled(rect, 1, if is_selected { look.accent } else { look.text_weak });
    }
    let in_sight = to_mini * (to_screen.inverse() * canvas);
    let in_sight = in_sight.intersect(frame.shrink(2.0));
    painter.rect_stroke(in_sight, 2, Stroke::new(1.5, look.accent), StrokeKind::Inside);

    let response = ui.interact(frame, ui.scope_id().with("mini-map"), Sense::click_and_drag());
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::Button,
            true,
            "Mini-map: click, drag or use arrows to look elsewhere",
        )
    });
    if response.has_focus() {
        let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        painter.rect_stroke(frame.shrink(1.0), look.corners_large(), stroke, StrokeKind::Inside);
    }
    let shift =
        |by: Vec2| Wish::To(TSTransform { translation: to_screen.translation + by, ..to_screen });
    if (response.dragged() || response.clicked())
        && let Some(at) = response.interact_pointer_pos()
    {
        let wanted = to_screen * (to_mini.inverse() * at);
        return Some(shift(canvas.center() - wanted));
    }
    keys(ui, &response).map(|way| shift(way * canvas.size() * -0.1))
}

/// Where arrows lead, while the keyboard is here.
fn keys(ui: &Ui, response: &egui::Response) -> Option<Vec2> {
    if !response.has_focus() {
        return None;
    }
    let arrows =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let pressed = |key| ui.input(|input| input.num_presses(key)) as f32;
    let way = vec2(
        pressed(Key::ArrowRight) - pressed(Key::ArrowLeft),
        pressed(Key::ArrowDown) - pressed(Key::ArrowUp),
    );
    (way != Vec2::ZERO).then_some(way)
}
