//! What the room sees: a sentence, a picture, a footnote.
//!
//! *Invariant:* every number on the wall is one of [`State::released`]. The picture of a slide is laid out
//! from those views alone, and a board before the room is another picture than the board that is worked at.

use egui::emath::TSTransform;
use egui::{
    Align2, Color32, FontFamily, FontId, Pos2, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::group;
use crate::app::state::{OnTheWall, Published, State};
use crate::app::theme::Look;
use crate::app::worker::{BoardDrawing, SlideDrawing, Worker};
use crate::board::{Shows, Slide};
use crate::draw::text::number;
use crate::draw::{BoardLook, Scene, Weight, paint, words};
use crate::views::{Disclosed, View};

/// The wall is laid out in these points, and as large as there is room.
pub const WALL: Vec2 = Vec2::new(1440.0, 900.0);
const MARGIN: f32 = 96.0;
/// A board has much to say and goes nearer to the edges.
const BOARD_MARGIN: f32 = 48.0;
const TITLE: f32 = 48.0;
const TITLE_LINE: f32 = 56.0;
const NOTE: f32 = 16.0;
/// Where the picture stands under a title of one line.
const PICTURE_TOP: f32 = 148.0;
/// How much what is enlarged grows.
const ENLARGED: f32 = 2.4;

/// A picture on a slide.
enum Drawn {
    Scene(std::sync::Arc<Scene>),
    Board(std::sync::Arc<crate::app::worker::BoardDrawn>),
}

impl Drawn {
    fn scene(&self) -> Option<&Scene> {
        match self {
            Self::Scene(scene) => Some(scene),
            Self::Board(drawn) => drawn.parts.first().map(|part| &part.picture.scene),
        }
    }
}

/// Asks for the pictures of a slide, so that it is there when its turn comes.
pub fn want(state: &mut State, slide: &Slide, look: &Look, worker: &Worker) {
    let numbers = state.released();
    let theme = look.theme;
    match &slide.shows {
        Shows::View(view) if numbers.view(view).is_some() => {
            state.want_slide(SlideDrawing { view: view.clone(), numbers, theme }, worker);
        }
        Shows::Board(board) if state.workshop().board(*board).is_some() => {
            let workshop = std::sync::Arc::clone(state.workshop());
            let look = BoardLook { theme, ..BoardLook::default() };
            let drawing =
                BoardDrawing { board: *board, on_the_wall: true, workshop, numbers, look };
            state.want_board(drawing, worker);
        }
        _ => {}
    }
}

fn drawn(state: &State, slide: &Slide) -> Option<Drawn> {
    match &slide.shows {
        Shows::View(view) => {
            let numbers = state.released();
            numbers.view(view)?;
            state.present.slides.get(view)?.drawn.clone().map(Drawn::Scene)
        }
        Shows::Board(board) => {
            state.present.boards.get(&(*board, true))?.drawn.clone().map(Drawn::Board)
        }
        Shows::Title => None,
    }
}

/// One slide in a rectangle, as the room sees it. Gives where its picture is, from the scene to the screen.
pub fn slide_ui(
    ui: &Ui,
    rect: Rect,
    state: &State,
    slide: &Slide,
    enlarged: Option<&str>,
) -> Option<TSTransform> {
    let look = Look::of(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, 0, look.surface);
    let scale = (rect.width() / WALL.x).min(rect.height() / WALL.y);
    // In the middle, where the display has another shape.
    let origin = rect.center() - WALL * scale / 2.0;
    let at = |x: f32, y: f32| origin + vec2(x, y) * scale;
    let font = |size: f32, weight: Weight| {
        FontId::new((size * scale * 2.0).round() / 2.0, FontFamily::Name(weight.family().into()))
    };
    let is_board = matches!(slide.shows, Shows::Board(_));
    let margin = if is_board { BOARD_MARGIN } else { MARGIN };
    let wide = WALL.x - 2.0 * margin;
    let timer = &state.present.timer;
    let clock = timer.is_running().then(|| group::clock(timer));
    let room = if clock.is_some() { wide - 220.0 } else { wide };
    let is_alone = slide.shows == Shows::Title;
    // A long sentence is set smaller rather than cut.
    let lay = |size: f32| {
        painter.layout(
            slide.title.clone(),
            font(size, Weight::SemiBold),
            look.text_strong,
            room * scale,
        )
    };
    let most = if is_alone { 420.0 } else { 2.0 * TITLE_LINE };
    let title = [if is_alone { 64.0 } else { TITLE }, 40.0, 32.0, 24.0]
        .into_iter()
        .map(lay)
        .find(|galley| galley.size().y <= most * 1.15 * scale)
        .unwrap_or_else(|| lay(20.0));
    let tall = title.size().y / scale;
    let title_top = match slide.shows {
        Shows::Title => (WALL.y - tall) / 2.0,
        Shows::Board(_) => 36.0,
        Shows::View(_) => 56.0,
    };
    painter.galley(at(margin, title_top), title, look.text_strong);
    if let Some(clock) = clock {
        let font = font(TITLE, Weight::SemiBold);
        painter.text(at(WALL.x - margin, title_top), Align2::RIGHT_TOP, clock, font, look.accent);
    }
    let foot = at(margin, WALL.y - if is_board { 36.0 } else { 56.0 });
    let released = state.released();
    if let Some(words) = footnote(slide, &released, state) {
        painter.text(foot, Align2::LEFT_CENTER, words, font(NOTE, Weight::Regular), look.text_weak);
    }
    let (top, bottom) = if is_board { (0.0, 64.0) } else { (PICTURE_TOP, 88.0) };
    let top = top.max(title_top + tall + if is_board { 12.0 } else { 28.0 });
    let frame = Rect::from_min_max(at(margin, top), at(WALL.x - margin, WALL.y - bottom));
    if is_alone {
        return None;
    }
    let Some(drawn) = drawn(state, slide) else {
        let words = missing(slide, &released);
        let font = font(24.0, Weight::Regular);
        painter.text(frame.center(), Align2::CENTER_CENTER, words, font, look.text_weak);
        return None;
    };
    let scene = drawn.scene()?;
    let size = vec2(scene.width.max(1.0), scene.height.max(1.0));
    let fit = (frame.width() / size.x).min(frame.height() / size.y);
    let corner = pos2(frame.center().x - size.x * fit / 2.0, frame.top());
    // Left with the title, where it is not as wide as the wall.
    let corner = pos2(corner.x.min(frame.left() + (frame.width() - size.x * fit) / 2.0), corner.y);
    let whole = TSTransform::new(corner.to_vec2(), fit);
    let aim = enlarged.and_then(|id| scene.target(id)).map(|target| target.rect);
    // The wall glides, so that everybody sees where it goes.
    let motion = look.tokens.motion.layout as f32 / 1000.0;
    let id = egui::Id::unique("wall").with((slide.id, rect.width() as i32));
    let share = ui.ctx().animate_bool_with_time(id, aim.is_some(), motion);
    let last = id.with("aim");
    let aim =
        aim.or_else(|| ui.data(|data| data.get_temp::<[f32; 4]>(last)).filter(|_| share > 0.0));
    let mut to = whole;
    if let Some(aim) = aim {
        ui.data_mut(|data| data.insert_temp(last, aim));
        let middle = whole * Pos2::new(aim[0] + aim[2] / 2.0, aim[1] + aim[3] / 2.0);
        let zoom = 1.0 + (ENLARGED - 1.0) * share;
        let goal = middle.lerp(frame.center(), share);
        to = TSTransform::from_translation(goal.to_vec2())
            * TSTransform::from_scaling(zoom)
            * TSTransform::from_translation(-middle.to_vec2())
            * whole;
    }
    let inside = painter.with_clip_rect(frame.expand(24.0 * scale).intersect(painter.clip_rect()));
    paint::paint(scene, &inside, to);
    Some(to)
}

/// The wall with what is on it now, and what the presenter points at.
pub fn ui(
    ui: &Ui,
    rect: Rect,
    state: &State,
    wall: &OnTheWall,
    slides: &[Slide],
) -> Option<TSTransform> {
    let look = Look::of(ui);
    let Some(slide) = slides.get(wall.at).filter(|_| !wall.blank) else {
        ui.painter().rect_filled(rect, 0, Color32::BLACK);
        said(ui, rect, "The wall is blank");
        return None;
    };
    let to = slide_ui(ui, rect, state, slide, wall.enlarged.as_deref());
    let name = format!("On the wall, slide {} of {}: {}", wall.at + 1, slides.len(), slide.title);
    said(ui, rect, &name);
    if let Some([x, y]) = wall.pointed {
        let at = rect.min + vec2(x * rect.width(), y * rect.height());
        let radius = 9.0 * (rect.width() / WALL.x).max(0.5);
        ui.painter().circle_filled(at, radius * 2.2, look.danger.gamma_multiply(0.25));
        ui.painter().circle_filled(at, radius, look.danger);
    }
    to
}

fn said(ui: &Ui, rect: Rect, name: &str) {
    let mark = ui.interact(rect, ui.scope_id().with("wall"), Sense::hover());
    mark.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
}

/// What the numbers on a slide are about. A board says it of its views.
fn footnote(slide: &Slide, released: &Published, state: &State) -> Option<String> {
    let views: Vec<&View> = match &slide.shows {
        Shows::View(name) => released.view(name).map(Disclosed::view).into_iter().collect(),
        Shows::Board(id) => {
            let board = state.workshop().board(*id)?;
            let names = board.views();
            let views = released.views().into_iter().map(Disclosed::view);
            views.filter(|view| names.contains(&view.name())).collect()
        }
        Shows::Title => Vec::new(),
    };
    let first = views.first()?;
    let k = views.iter().map(|view| view.head().k).min()?;
    let b = views.iter().map(|view| view.head().b).max()?;
    let mut words = words::everybody(first);
    let of = words::cohort(first.head().cohort);
    if !of.is_empty() {
        words = format!("{words}, {}", of.join(", "));
    }
    let rounded =
        if b > 1 { format!(" and is rounded to {}", number(u64::from(b))) } else { String::new() };
    let which = match slide.shows {
        Shows::Board(_) => "What is marked as measured",
        _ => "Every number",
    };
    Some(format!("{words}. {which} covers at least {k} people{rounded}."))
}

/// Why there is no picture, for those who look at an empty wall.
fn missing(slide: &Slide, released: &Published) -> &'static str {
    match &slide.shows {
        Shows::View(view) if released.view(view).is_none() => "These numbers are not released.",
        _ => "",
    }
}
