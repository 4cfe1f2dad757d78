//! The board, to be moved, enlarged, written on and walked through with the keys.
//!
//! It paints the last picture that was laid out and asks for the next one. Every head, cell and card is a
//! button to the keyboard and to a screen reader; what is done to one is an edit.
//!
//! *Invariant:* lays nothing out; what is on a card is in its picture and nowhere else.

use std::sync::Arc;

use egui::emath::TSTransform;
use egui::{
    Align, Align2, Key, Layout, Modifiers, Painter, PointerButton, Pos2, Rect, Response, Role,
    Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::{ICON_ADD, ICON_FIT_SCREEN, ICON_REMOVE};

use super::dragging::Drag;
use super::feeling::Feeling;
use super::keys;
use super::menus::ByKey;
use super::typing::{Typing, What};
use crate::app::command::Command;
use crate::app::state::{Presenting, Published, Spot, State};
use crate::app::theme::{self, Look};
use crate::app::widgets::icon_button;
use crate::app::worker::{BoardDrawing, BoardDrawn, BoardPart, Worker};
use crate::board::{Board, BoardId, Card, CardId, LaneId, LaneKind, Made, OnBoard, StageId};
use crate::draw::{BoardLook, Weight, paint};

pub const ZOOM: std::ops::RangeInclusive<f32> = 0.2..=4.0;
/// A board is not laid out narrower than this; it is moved instead.
const NARROWEST: f32 = 720.0;

/// What the canvas keeps between frames.
#[derive(Default)]
pub struct Canvas {
    /// From the picture to points beside the canvas' corner; `None` begins at its top left.
    moved: Option<TSTransform>,
    /// What was painted last, and how much room it had.
    now: TSTransform,
    size: Vec2,
    whole: Vec2,
    /// Whoever goes to another board begins anew.
    about: Option<BoardId>,
    /// Where the keyboard was last.
    pub spot: Option<Spot>,
    /// Give this the keyboard as soon as it is there.
    pub want: Option<Spot>,
    pub typing: Option<Typing>,
    pub drag: Option<Drag>,
    /// Where a band around cards began, on the picture.
    band: Option<Pos2>,
    /// What was copied last: as text, and with all that was on the cards.
    pub copied: Option<(String, Vec<Card>)>,
    pub feeling: Feeling,
    pub menu: Option<ByKey>,
}

impl Canvas {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        numbers: &Published,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let size = ui.available_size();
        let (response, painter) = ui.allocate_painter(size, Sense::click_and_drag());
        let Some(board) = state.board() else { return };
        let (root, name) = (state.root_board(), board.name.clone());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Canvas, true, format!("{name}, the board")));
        let Some(root) = root else { return };
        let drawing = BoardDrawing {
            board: root,
            on_the_wall: false,
            workshop: Arc::clone(state.workshop()),
            numbers: numbers.clone(),
            look: BoardLook {
                theme: Look::of(ui).theme,
                width: size.x.max(NARROWEST).round(),
                ..BoardLook::default()
            },
        };
        state.want_board(drawing, worker);
        if self.about != Some(root) {
            *self = Self { copied: self.copied.take(), about: Some(root), ..Self::default() };
        }
        let drawn = state.present.boards.get(&(root, false)).and_then(|laid| laid.drawn.clone());
        let Some(drawn) = drawn else { return };
        let is_fresh = Arc::ptr_eq(&drawn.drawing.workshop, state.workshop());
        self.take_made(state, is_fresh);
        self.size = response.rect.size();
        self.whole = vec2(drawn.width, drawn.height);
        if is_fresh {
            self.bring_into_sight(&drawn);
        }
        let corner = response.rect.min.to_vec2();
        let to_screen = self.move_ui(ui, &response, corner);
        for part in &drawn.parts {
            paint::paint(&part.picture.scene, &painter, placed(to_screen, part));
            part_name_ui(ui, &painter, to_screen, part, &drawn);
        }
        self.background_ui(ui, &response, &drawn, to_screen, &painter, state, commands);
        let workshop = Arc::clone(state.workshop());
        for part in &drawn.parts {
            let Some(board) = workshop.board(part.board) else { continue };
            self.places_ui(ui, part, board, state, to_screen, &response, commands);
            self.feeling.ui(ui, part, board, state, to_screen, &painter, commands);
            votes_ui(ui, part, board, to_screen, &painter);
            if self.typing.as_ref().is_some_and(|typing| typing.board == board.id) {
                self.typing_ui(ui, part, board, to_screen, response.rect, commands);
            }
        }
        self.drag_ui(ui, &drawn, state, to_screen, &painter, response.rect, commands);
        self.sticky_ui(ui, &drawn, to_screen, &painter);
        self.bars_ui(ui, response.rect, to_screen);
        self.now = to_screen;
        self.zoom_ui(ui, response.rect);
    }

    /// How much of the board is in sight and where, as soon as it is not all of it.
    fn bars_ui(&mut self, ui: &Ui, canvas: Rect, to_screen: TSTransform) {
        const THICK: f32 = 6.0;
        const TOUCH: f32 = 12.0;
        let look = Look::of(ui);
        for (axis, name) in [(0, "Move the board sideways"), (1, "Move the board up and down")] {
            let whole = self.whole[axis] * to_screen.scaling;
            let sight = self.size[axis];
            if whole <= sight + 1.0 {
                continue;
            }
            let before = canvas.min[axis] - to_screen.translation[axis];
            let track = sight - TOUCH;
            let long = (sight / whole * track).max(24.0);
            let at = canvas.min[axis] + before / (whole - sight) * (track - long);
            let (mut from, mut to) = (canvas.max - Vec2::splat(TOUCH), canvas.max);
            from[axis] = at;
            to[axis] = at + long;
            let touch = Rect::from_min_max(from, to);
            let bar = ui.interact(touch, ui.scope_id().with(name), Sense::drag());
            bar.widget_info(|| WidgetInfo::labeled(Role::Unknown, true, name));
            let pulled = bar.drag_delta()[axis];
            if pulled != 0.0 {
                let mut by = Vec2::ZERO;
                by[axis] = -pulled * (whole - sight) / (track - long).max(1.0);
                self.nudge(by);
            }
            let is_used = bar.hovered() || bar.dragged();
            let ink = if is_used { look.text_weak } else { look.line_strong };
            let mut thumb = touch;
            thumb.min[1 - axis] = thumb.max[1 - axis] - THICK - 3.0;
            thumb.max[1 - axis] -= 3.0;
            ui.painter().rect_filled(thumb, THICK / 2.0, ink);
        }
    }

    /// In the corner, over the board.
    fn zoom_ui(&mut self, ui: &mut Ui, canvas: Rect) {
        let look = Look::of(ui);
        let side = look.tokens.control.hit_min;
        let size = vec2(3.0 * side, side);
        let rect = Rect::from_min_size(canvas.max - size - vec2(16.0, 12.0), size);
        let corners = look.corners_small();
        ui.painter().rect(rect, corners, look.raised, look.hairline(), StrokeKind::Outside);
        let row = Layout::left_to_right(Align::Center);
        ui.scope_builder(UiBuilder::new().max_rect(rect).layout(row), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if icon_button(ui, ICON_REMOVE, "Smaller", true).clicked() {
                self.zoom_by(0.8);
            }
            if icon_button(ui, ICON_ADD, "Larger", true).clicked() {
                self.zoom_by(1.25);
            }
            if icon_button(ui, ICON_FIT_SCREEN, "Fit the board", true).clicked() {
                self.fit();
            }
        });
    }

    /// What an edit made gets the keyboard; a new stage or lane is named at once.
    fn take_made(&mut self, state: &mut State, is_fresh: bool) {
        if !is_fresh {
            return;
        }
        let Some(made) = state.present.made.take() else { return };
        let Some(board) = state.board() else { return };
        match made {
            Made::Card(id) => {
                // Whoever writes card after card goes on writing.
                if self.typing.is_none() {
                    self.want = Some(Spot::Card(id));
                }
            }
            Made::Stage(id) => {
                let name = board.stage(id).map_or_else(String::new, |stage| stage.name.clone());
                self.want = Some(Spot::Stage(id));
                self.typing = Some(Typing::over(board.id, What::Stage(id), name));
            }
            Made::Lane(id) => {
                let name = board.lane(id).map_or_else(String::new, |lane| lane.name.clone());
                self.want = Some(Spot::Lane(id));
                self.typing = Some(Typing::over(board.id, What::Lane(id), name));
            }
            Made::Persona(_) | Made::Board(_) | Made::Slide(_) => {}
        }
    }

    /// What is wanted comes into sight.
    fn bring_into_sight(&mut self, drawn: &BoardDrawn) {
        let typed = self.typing.as_ref().filter(|typing| typing.is_new_place).map(Typing::spot);
        let Some(wanted) = self.want.or(typed) else { return };
        let found = drawn.parts.iter().find_map(|part| {
            let place = part.places.iter().find(|place| place.spot == wanted)?;
            Some((part, place.rect))
        });
        let Some((part, [x, y, width, height])) = found else { return };
        let to = self.moved.unwrap_or_default();
        let rect = to * Rect::from_min_size(pos2(x, y + part.at), vec2(width, height));
        let head = part.head * to.scaling + 8.0;
        let sight = Rect::from_min_max(pos2(8.0, head), pos2(self.size.x - 8.0, self.size.y - 8.0));
        let by = |low: f32, high: f32, from: f32, until: f32| {
            if low < from {
                from - low
            } else if high > until {
                (until - high).max(from - low)
            } else {
                0.0
            }
        };
        let by = vec2(
            by(rect.left(), rect.right(), sight.left(), sight.right()),
            by(rect.top(), rect.bottom(), sight.top(), sight.bottom()),
        );
        if by != Vec2::ZERO {
            self.moved = Some(TSTransform::from_translation(by) * to);
        }
        if let Some(typing) = &mut self.typing {
            typing.is_new_place = false;
        }
    }

    /// Wheel, pinch, and drags that move the board.
    fn move_ui(&mut self, ui: &Ui, response: &Response, corner: Vec2) -> TSTransform {
        let mut to = self.moved.unwrap_or_default();
        let pointer = ui.input(|input| input.pointer.hover_pos());
        let is_over = pointer.is_some_and(|at| {
            response.rect.contains(at) && ui.ctx().layer_id_at(at) == Some(response.layer_id)
        });
        if let Some(at) = pointer.filter(|_| is_over) {
            let (zoom, by) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta()));
            if (zoom - 1.0).abs() > f32::EPSILON {
                let zoom = (to.scaling * zoom).clamp(*ZOOM.start(), *ZOOM.end()) / to.scaling;
                let fixed = (at - corner).to_vec2();
                to = TSTransform::from_translation(fixed)
                    * TSTransform::from_scaling(zoom)
                    * TSTransform::from_translation(-fixed)
                    * to;
            } else if by != Vec2::ZERO {
                to.translation += by;
            }
        }
        let pans = response.dragged_by(PointerButton::Middle)
            || response.dragged_by(PointerButton::Primary) && hand(ui);
        if pans {
            to.translation += response.drag_delta();
            ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
        }
        // No further than to the edge of the board.
        for axis in [0, 1] {
            let least = (self.size[axis] - self.whole[axis] * to.scaling).min(0.0);
            to.translation[axis] = to.translation[axis].clamp(least, 0.0);
        }
        self.moved = (to != TSTransform::IDENTITY).then_some(to);
        TSTransform::from_translation(corner) * to
    }

    pub fn nudge(&mut self, by: Vec2) {
        self.moved = Some(TSTransform::from_translation(by) * self.moved.unwrap_or_default());
    }

    fn zoom_by(&mut self, factor: f32) {
        let to = self.moved.unwrap_or_default();
        let zoom = (to.scaling * factor).clamp(*ZOOM.start(), *ZOOM.end()) / to.scaling;
        let middle = self.size / 2.0;
        self.moved = Some(
            TSTransform::from_translation(middle)
                * TSTransform::from_scaling(zoom)
                * TSTransform::from_translation(-middle)
                * to,
        );
    }

    /// All of it in sight, or as large as it was laid out.
    fn fit(&mut self) {
        let scale = (self.size.x / self.whole.x.max(1.0)).min(self.size.y / self.whole.y.max(1.0));
        let scale = scale.clamp(*ZOOM.start(), 1.0);
        let is_fitted = (self.now.scaling - scale).abs() < 0.01;
        self.moved = (!is_fitted).then(|| TSTransform::from_scaling(scale));
    }

    /// What is done where no card is: nothing is selected any more, or a band is drawn around cards.
    #[expect(clippy::too_many_arguments, reason = "one frame of one canvas")]
    fn background_ui(
        &mut self,
        ui: &Ui,
        response: &Response,
        drawn: &BoardDrawn,
        to_screen: TSTransform,
        painter: &Painter,
        state: &State,
        commands: &mut Vec<Command>,
    ) {
        if response.clicked() && !state.present.selected.is_empty() {
            commands.push(Presenting::Select(Vec::new()).into());
        }
        if self.feeling.is_on() {
            return;
        }
        let back = to_screen.inverse();
        if response.drag_started_by(PointerButton::Primary) && !hand(ui) {
            let from = ui.input(|input| input.pointer.press_origin());
            self.band = from.map(|from| back * from);
        }
        let Some(from) = self.band else { return };
        let Some(at) = response.interact_pointer_pos() else {
            self.band = None;
            return;
        };
        let band = Rect::from_two_pos(to_screen * from, at);
        let look = Look::of(ui);
        painter.rect(
            band,
            2,
            look.accent.gamma_multiply(0.08),
            Stroke::new(1.0, look.accent),
            StrokeKind::Inside,
        );
        if response.drag_stopped() {
            self.band = None;
            let inside = drawn.parts.iter().flat_map(|part| {
                let to = placed(to_screen, part);
                part.picture.cards.iter().filter(move |(_, rect)| area(to, *rect).intersects(band))
            });
            let mut cards: Vec<CardId> = inside.map(|(id, _)| *id).collect();
            if ui.input(|input| input.modifiers.shift) {
                cards.extend(&state.present.selected);
            }
            commands.push(Presenting::Select(cards).into());
        }
    }

    /// Everything that can be reached on one board.
    #[expect(clippy::too_many_arguments, reason = "one frame of one canvas")]
    fn places_ui(
        &mut self,
        ui: &Ui,
        part: &BoardPart,
        board: &Board,
        state: &State,
        to_screen: TSTransform,
        canvas: &Response,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        let to = placed(to_screen, part);
        let painter = ui.painter().with_clip_rect(canvas.rect.intersect(ui.clip_rect()));
        for place in &part.places {
            let rect = area(to, place.rect);
            let touch = rect.intersect(canvas.rect);
            if !touch.is_positive() {
                continue;
            }
            let id = canvas.id.with(place.spot);
            let sense = match place.spot {
                // A drag over a cell draws a band.
                Spot::Cell(..) => Sense::click(),
                Spot::Stage(_) | Spot::Lane(_) | Spot::Card(_) => Sense::click_and_drag(),
            };
            let here = ui.interact(touch, id, sense);
            let selected = match place.spot {
                Spot::Card(card) => state.present.selected.contains(&card),
                _ => false,
            };
            here.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &place.name));
            if self.want == Some(place.spot) && self.typing.is_none() {
                here.request_focus();
                self.want = None;
            }
            if here.clicked() || here.secondary_clicked() {
                here.request_focus();
                self.spot = Some(place.spot);
            }
            self.touched(ui, &here, place.spot, board, state, commands);
            super::menus::ui(&here, place.spot, board, state, self, commands);
            let has_focus = here.has_focus();
            if has_focus {
                self.spot = Some(place.spot);
                keys::ui(ui, id, place.spot, board, state, self, commands);
            }
            if let Spot::Cell(stage, lane) = place.spot
                && (has_focus || begins(board, stage, lane))
            {
                hint_ui(&painter, rect, board, (stage, lane), look);
            }
            let is_dragged = self.drag.as_ref().is_some_and(|drag| drag.has(place.spot));
            if is_dragged {
                painter.rect_filled(rect, look.corners_small(), look.surface.gamma_multiply(0.6));
            } else if selected || has_focus {
                let width = look.tokens.stroke.focus;
                let stroke =
                    Stroke::new(width, if selected { look.accent } else { look.focus_ring });
                painter.rect_stroke(rect, look.corners_small(), stroke, StrokeKind::Inside);
            } else if here.hovered() && self.drag.is_none() {
                let tint = look.text_strong.gamma_multiply(0.03);
                painter.rect_filled(rect, look.corners_small(), tint);
            }
            if let Spot::Card(card) = place.spot
                && here.hovered()
                && self.drag.is_none()
            {
                whole_text_ui(here, board, card);
            }
        }
    }

    /// Clicks on something, and the beginning of drags.
    fn touched(
        &mut self,
        ui: &Ui,
        here: &Response,
        spot: Spot,
        board: &Board,
        state: &State,
        commands: &mut Vec<Command>,
    ) {
        let modifiers = ui.input(|input| input.modifiers);
        if here.drag_started_by(PointerButton::Primary) && !hand(ui) {
            let from = ui.input(|input| input.pointer.press_origin());
            self.drag = from.map(|from| Drag::new(spot, board, state, from, here.rect));
        }
        match spot {
            Spot::Card(card) if here.clicked() => {
                let mut cards = state.present.selected.clone();
                if modifiers.command {
                    if !cards.remove(&card) {
                        cards.insert(card);
                    }
                } else if modifiers.shift {
                    cards.extend(between(board, last_card(state), card));
                } else {
                    cards = std::iter::once(card).collect();
                }
                commands.push(Presenting::Select(cards.into_iter().collect()).into());
                if !part_is_chosen(state, board) {
                    commands.push(Presenting::WorkAt(board.id).into());
                }
            }
            Spot::Card(card)
                if here.secondary_clicked() && !state.present.selected.contains(&card) =>
            {
                commands.push(Presenting::Select(vec![card]).into());
            }
            Spot::Cell(..) | Spot::Stage(_) | Spot::Lane(_) if here.clicked() => {
                if !state.present.selected.is_empty() {
                    commands.push(Presenting::Select(Vec::new()).into());
                }
                if !part_is_chosen(state, board) {
                    commands.push(Presenting::WorkAt(board.id).into());
                }
            }
            _ => {}
        }
        if here.double_clicked() {
            self.begin_typing(spot, board);
        }
    }

    /// Writes on what is there, or a new card in a cell.
    pub fn begin_typing(&mut self, spot: Spot, board: &Board) {
        self.typing = match spot {
            Spot::Card(id) => {
                board.card(id).map(|card| Typing::over(board.id, What::Card(id), card.text.clone()))
            }
            Spot::Stage(id) => board
                .stage(id)
                .map(|stage| Typing::over(board.id, What::Stage(id), stage.name.clone())),
            Spot::Lane(id) => {
                board.lane(id).map(|lane| Typing::over(board.id, What::Lane(id), lane.name.clone()))
            }
            Spot::Cell(stage, lane) => {
                let kind = board.lane(lane).map(|lane| lane.kind);
                if kind == Some(LaneKind::Feeling) {
                    self.feeling.begin();
                    return;
                }
                Some(Typing::card(board.id, stage, lane, String::new()))
            }
        };
    }

    /// The heads of the stages stay at the top while lanes go by.
    fn sticky_ui(&self, ui: &Ui, drawn: &BoardDrawn, to_screen: TSTransform, painter: &Painter) {
        let look = Look::of(ui);
        let clip = painter.clip_rect();
        for part in &drawn.parts {
            let to = placed(to_screen, part);
            let top = (to * pos2(0.0, 0.0)).y;
            let bottom = (to * pos2(0.0, part.picture.scene.height)).y;
            let height = part.head * to.scaling;
            if top >= clip.top() || bottom < clip.top() + height || self.typing.is_some() {
                continue;
            }
            let band = Rect::from_min_size(clip.min, vec2(clip.width(), height));
            let over = painter.with_clip_rect(band);
            over.rect_filled(band, 0, look.surface);
            let fixed = TSTransform { translation: vec2(to.translation.x, clip.top()), ..to };
            paint::paint(&part.picture.scene, &over, fixed);
            painter.hline(band.x_range(), band.bottom(), look.hairline());
        }
    }
}

/// Whether the pointer moves the board instead of what is on it.
pub fn hand(ui: &Ui) -> bool {
    ui.input(|input| input.key_down(Key::Space)) && !ui.ctx().text_edit_focused()
}

fn last_card(state: &State) -> Option<CardId> {
    state.present.selected.iter().next_back().copied()
}

/// Whether the board that is worked at is this one.
fn part_is_chosen(state: &State, board: &Board) -> bool {
    state.board().is_some_and(|chosen| chosen.id == board.id)
}

/// Where a board of the picture stands on the screen.
pub fn placed(to_screen: TSTransform, part: &BoardPart) -> TSTransform {
    to_screen * TSTransform::from_translation(vec2(0.0, part.at))
}

pub fn area(to: TSTransform, [x, y, width, height]: [f32; 4]) -> Rect {
    to * Rect::from_min_size(pos2(x, y), vec2(width, height))
}

/// Of two boards below each other, which is which.
fn part_name_ui(
    ui: &Ui,
    painter: &Painter,
    to_screen: TSTransform,
    part: &BoardPart,
    drawn: &BoardDrawn,
) {
    if drawn.parts.len() < 2 {
        return;
    }
    let look = Look::of(ui);
    let at = to_screen * pos2(16.0, part.at - BoardPart::NAME / 2.0 + 8.0);
    let mut font = theme::body(Weight::SemiBold);
    font.size *= to_screen.scaling;
    painter.text(at, Align2::LEFT_CENTER, &part.name, font, look.text_strong);
}

/// The dots that can be given with the keys 1 to 9, while there is a vote.
fn votes_ui(ui: &Ui, part: &BoardPart, board: &Board, to_screen: TSTransform, painter: &Painter) {
    if !keys::is_voting(board) {
        return;
    }
    let look = Look::of(ui);
    let to = placed(to_screen, part);
    for (number, idea) in keys::numbered(board) {
        let found = part.picture.cards.iter().find(|(id, _)| *id == idea);
        let Some((_, rect)) = found else { continue };
        let corner = area(to, *rect).right_top() + vec2(-12.0, 12.0) * to.scaling.min(1.5);
        painter.circle_filled(corner, 9.0, look.accent);
        let font = theme::small(Weight::SemiBold);
        let words = number.to_string();
        painter.text(corner, Align2::CENTER_CENTER, words, font, look.accent_on);
    }
}

/// Whether a cell is the first of a lane in which nothing stands yet.
fn begins(board: &Board, stage: StageId, lane: LaneId) -> bool {
    board.stages.first().is_some_and(|first| first.id == stage)
        && !board.cards.iter().any(|card| card.lane == lane)
}

/// What typing in an empty cell does.
fn hint_ui(painter: &Painter, rect: Rect, board: &Board, cell: (StageId, LaneId), look: &Look) {
    let (stage, lane) = cell;
    let Some(lane) = board.lane(lane) else { return };
    if lane.kind == LaneKind::Feeling || board.cell(stage, lane.id).next().is_some() {
        return;
    }
    let words = format!("+ {}", lane.kind.card());
    let font = theme::small(Weight::Regular);
    painter.text(rect.center(), Align2::CENTER_CENTER, words, font, look.text_weak);
}

/// All of a text that may be shortened on its card.
fn whole_text_ui(here: Response, board: &Board, card: CardId) {
    const FITS: usize = 44;
    let Some(card) = board.card(card) else { return };
    let whole = [&card.text, &card.note].map(|text| text.trim());
    if whole.iter().any(|text| text.chars().count() > FITS) {
        let words = whole.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        here.on_hover_text(words.join("\n"));
    }
}

/// The cards from one to another, as they stand on the board.
fn between(board: &Board, from: Option<CardId>, to: CardId) -> Vec<CardId> {
    let mut order: Vec<CardId> = Vec::new();
    for lane in &board.lanes {
        for stage in &board.stages {
            order.extend(board.cell(stage.id, lane.id).map(|card| card.id));
        }
    }
    let place = |id| order.iter().position(|other| *other == id);
    match (from.and_then(place), place(to)) {
        (Some(from), Some(to)) => order[from.min(to)..=from.max(to)].to_vec(),
        _ => vec![to],
    }
}

/// An edit of a board as something to do.
pub fn on(board: BoardId, change: OnBoard) -> Command {
    Presenting::Edit(crate::board::Edit::On(board, change)).into()
}

/// Whether a key was pressed with exactly these others held.
pub fn pressed(ui: &Ui, modifiers: Modifiers, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(modifiers, key))
}
