//! Words that are being written on the board itself, where they will stand.

use egui::emath::TSTransform;
use egui::{
    EventFilter, FontId, Frame, Id, Key, KeyboardShortcut, Margin, Modifiers, Rect, Stroke,
    TextEdit, Ui, UiBuilder, pos2, vec2,
};

use super::canvas::{Canvas, area, on, placed};
use crate::app::command::Command;
use crate::app::state::Spot;
use crate::app::theme::{self, Look};
use crate::app::worker::BoardPart;
use crate::board::{Board, BoardId, CardChange, CardId, LaneId, OnBoard, StageId, Target};
use crate::draw::Weight;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Card(CardId),
    /// A card that is not there yet.
    NewCard(StageId, LaneId),
    Stage(StageId),
    Lane(LaneId),
}

pub struct Typing {
    pub board: BoardId,
    pub what: What,
    text: String,
    /// It has not been shown yet.
    is_new: bool,
    /// Where it stands may be out of sight.
    pub is_new_place: bool,
}

impl Typing {
    pub fn over(board: BoardId, what: What, text: String) -> Self {
        Self { board, what, text, is_new: true, is_new_place: true }
    }

    pub fn card(board: BoardId, stage: StageId, lane: LaneId, text: String) -> Self {
        Self::over(board, What::NewCard(stage, lane), text)
    }

    /// What has the keyboard once it is written.
    pub fn spot(&self) -> Spot {
        match self.what {
            What::Card(id) => Spot::Card(id),
            What::NewCard(stage, lane) => Spot::Cell(stage, lane),
            What::Stage(id) => Spot::Stage(id),
            What::Lane(id) => Spot::Lane(id),
        }
    }

    fn name(&self, board: &Board) -> String {
        match self.what {
            What::Card(_) => "Text of the card".to_owned(),
            What::NewCard(_, lane) => {
                let kind = board.lane(lane).map_or("Card", |lane| lane.kind.card());
                format!("New {}", kind.to_lowercase())
            }
            What::Stage(_) => "Name of the stage".to_owned(),
            What::Lane(_) => "Name of the lane".to_owned(),
        }
    }

    /// What was written, as an edit; none where nothing is different.
    fn edit(&self, board: &Board) -> Option<OnBoard> {
        let text = self.text.trim();
        match self.what {
            What::Card(id) => {
                let is_other = board.card(id).is_some_and(|card| card.text != text);
                is_other.then(|| OnBoard::Change(id, CardChange::Text(text.to_owned())))
            }
            What::NewCard(stage, lane) => (!text.is_empty()).then(|| {
                let to = Target { stage, lane, before: None };
                OnBoard::AddCard { to, text: text.to_owned() }
            }),
            What::Stage(id) => {
                let is_other = board.stage(id).is_some_and(|stage| stage.name != text);
                (is_other && !text.is_empty()).then(|| OnBoard::RenameStage(id, text.to_owned()))
            }
            What::Lane(id) => {
                let is_other = board.lane(id).is_some_and(|lane| lane.name != text);
                (is_other && !text.is_empty()).then(|| OnBoard::RenameLane(id, text.to_owned()))
            }
        }
    }
}

/// A field is at least this high, so that letters fit.
const LOWEST: f32 = 36.0;

impl Canvas {
    /// The field over the place where the words will stand. Enter takes them, Shift Enter is a new line.
    pub fn typing_ui(
        &mut self,
        ui: &mut Ui,
        part: &BoardPart,
        board: &Board,
        to_screen: TSTransform,
        canvas: Rect,
        commands: &mut Vec<Command>,
    ) {
        let Some(mut typing) = self.typing.take() else { return };
        let to = placed(to_screen, part);
        let Some(rect) = place_of(&typing, part, to) else {
            // What was written on is gone, or not laid out yet.
            let is_there = match typing.what {
                What::Card(id) => board.card(id).is_some(),
                What::NewCard(stage, lane) => {
                    board.stage(stage).is_some() && board.lane(lane).is_some()
                }
                What::Stage(id) => board.stage(id).is_some(),
                What::Lane(id) => board.lane(id).is_some(),
            };
            self.typing = is_there.then_some(typing);
            return;
        };
        let look = Look::of(ui);
        let id = Id::unique("written on the board");
        let take = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (entered, escaped, tabbed) = if typing.is_new {
            (false, false, false)
        } else {
            (take(Key::Enter), take(Key::Escape), take(Key::Tab))
        };
        let name = typing.name(board);
        let size = look.tokens.text.small.size.max(13.0) * to.scaling.clamp(0.75, 2.5);
        let font = FontId::new(size.round(), theme::body(Weight::Regular).family);
        let builder =
            UiBuilder::new().max_rect(rect.with_max_y(canvas.bottom().max(rect.bottom())));
        let output = ui
            .scope_builder(builder, |ui| {
                ui.set_clip_rect(canvas);
                TextEdit::multiline(&mut typing.text)
                    .id(id)
                    .font(font)
                    .text_color(look.text_strong)
                    .hint_text(&name)
                    .desired_width(rect.width() - 24.0)
                    .desired_rows(1)
                    .min_size(vec2(rect.width(), rect.height().max(LOWEST)))
                    .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
                    .frame(
                        Frame::new()
                            .fill(look.raised)
                            .stroke(Stroke::new(look.tokens.stroke.focus, look.accent))
                            .corner_radius(look.corners_small())
                            .inner_margin(Margin::symmetric(10, 8)),
                    )
                    .show(ui)
            })
            .inner;
        let response = output.response.response.accessible_name(&name);
        if typing.is_new {
            typing.is_new = false;
            response.request_focus();
            let mut state = output.state;
            let end = egui::text::CCursor::new(typing.text.chars().count());
            let selects = matches!(typing.what, What::Stage(_) | What::Lane(_));
            let begin = if selects { egui::text::CCursor::new(0) } else { end };
            let range = egui::text::CCursorRange::two(begin, end);
            state.cursor.set_char_range(Some(range));
            state.store(ui.ctx(), id);
            self.typing = Some(typing);
            return;
        }
        ui.memory_mut(|memory| {
            let filter = EventFilter {
                tab: true,
                horizontal_arrows: true,
                vertical_arrows: true,
                escape: true,
            };
            memory.set_focus_lock_filter(id, filter);
        });
        let left = response.lost_focus() || !response.has_focus();
        if !(entered || escaped || tabbed || left) {
            self.typing = Some(typing);
            return;
        }
        let edit = typing.edit(board);
        let wrote = edit.is_some();
        commands.extend(edit.map(|edit| on(board.id, edit)));
        // Enter goes on to the next card, Tab to the next cell; whoever clicks elsewhere is there.
        match typing.what {
            What::NewCard(stage, lane) if entered && wrote => {
                self.typing = Some(Typing::card(board.id, stage, lane, String::new()));
            }
            What::NewCard(stage, lane) if tabbed => {
                let at = board.stages.iter().position(|it| it.id == stage);
                let next = at.and_then(|at| board.stages.get(at + 1)).map_or(stage, |it| it.id);
                self.typing = Some(Typing::card(board.id, next, lane, String::new()));
            }
            _ if left && !entered && !escaped => {}
            _ => self.want = Some(typing.spot()),
        }
        ui.ctx().request_repaint();
    }
}

/// Where the field stands: over what is written on, or below the last card of a cell.
fn place_of(typing: &Typing, part: &BoardPart, to: TSTransform) -> Option<Rect> {
    let spot = typing.spot();
    let rect = part.places.iter().find(|place| place.spot == spot)?.rect;
    let rect = area(to, rect);
    let What::NewCard(..) = typing.what else { return Some(rect) };
    let inside = part.picture.cards.iter().map(|(_, card)| area(to, *card));
    let lowest = inside
        .filter(|card| rect.contains(card.center()))
        .map(|card| card.bottom() + 4.0)
        .fold(rect.top(), f32::max);
    let height = (LOWEST * to.scaling).max(LOWEST);
    let place = Rect::from_min_size(pos2(rect.left(), lowest), vec2(rect.width(), height));
    Some(place)
}
