//! What can be done with something on the board, at a right click on it or at the menu key.

use egui::{Id, Popup, Response, SetOpenCommand, Ui};

use super::canvas::{Canvas, on};
use super::keys;
use crate::app::command::Command;
use crate::app::shell::menu_row;
use crate::app::state::{FileFor, Panel, Presenting, Spot, State};
use crate::app::theme::Look;
use crate::app::widgets::text;
use crate::board::{Board, CardChange, Evidence, LaneId, LaneKind, OnBoard, StageId};

/// A menu that was opened with a key: it hangs below what it is about, and takes the keyboard.
#[derive(Clone, Copy)]
pub struct ByKey {
    pub spot: Spot,
    pub is_new: bool,
}

pub fn ui(
    here: &Response,
    spot: Spot,
    board: &Board,
    state: &State,
    canvas: &mut Canvas,
    commands: &mut Vec<Command>,
) {
    let by_key = canvas.menu.filter(|menu| menu.spot == spot);
    let mut popup = Popup::context_menu(here).width(220.0);
    if let Some(menu) = by_key {
        popup = popup.anchor(here.rect);
        if menu.is_new {
            popup = popup.open_memory(SetOpenCommand::Bool(true));
            here.ctx.data_mut(|data| data.insert_temp(begins(), true));
            canvas.menu = Some(ByKey { is_new: false, ..menu });
        }
    }
    let shown = popup.show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        match spot {
            Spot::Card(_) => card_ui(ui, spot, board, state, canvas, commands),
            Spot::Cell(_, lane) => {
                let kind = board.lane(lane).map(|lane| lane.kind);
                let words = match kind {
                    Some(LaneKind::Feeling) => "Draw feeling".to_owned(),
                    Some(kind) => format!("Add {}", kind.card().to_lowercase()),
                    None => return,
                };
                if row(ui, &words) {
                    canvas.begin_typing(spot, board);
                }
                if let (Some((text, _)), Some(to)) = (&canvas.copied, keys::target(spot, board))
                    && kind != Some(LaneKind::Feeling)
                    && row(ui, "Paste")
                {
                    commands.extend(keys::paste(text, to, board, canvas));
                }
            }
            Spot::Stage(stage) => stage_ui(ui, stage, board, canvas, commands),
            Spot::Lane(lane) => lane_ui(ui, lane, board, canvas, commands),
        }
    });
    if by_key.is_some() && shown.is_none() {
        canvas.menu = None;
        canvas.want = canvas.want.or(Some(spot));
    }
}

/// Where it is kept that the next row takes the keyboard.
fn begins() -> Id {
    Id::unique("menu of the board begins")
}

/// A row that closes the menu.
fn row(ui: &mut Ui, words: &str) -> bool {
    let response = menu_row(ui, words, false, Look::of(ui));
    if ui.data_mut(|data| data.remove_temp::<bool>(begins())).is_some() {
        response.request_focus();
    }
    let clicked = response.clicked();
    if clicked {
        ui.close();
    }
    clicked
}

fn card_ui(
    ui: &mut Ui,
    spot: Spot,
    board: &Board,
    state: &State,
    canvas: &mut Canvas,
    commands: &mut Vec<Command>,
) {
    let Spot::Card(id) = spot else { return };
    let Some(card) = board.card(id) else { return };
    if row(ui, "Edit") {
        canvas.begin_typing(spot, board);
    }
    if row(ui, "Details") {
        commands.push(Presenting::Select(vec![id]).into());
        commands.push(Presenting::OpenPanel(Some(Panel::Card)).into());
    }
    if row(ui, "Duplicate") {
        commands.extend(keys::duplicated(board, state));
    }
    let change = |change| on(board.id, OnBoard::Change(id, change));
    if card.evidence != Evidence::Assumed && row(ui, "Mark as assumed") {
        commands.push(change(CardChange::Evidence(Evidence::Assumed)));
    }
    if card.evidence != Evidence::None && row(ui, "Say nothing of its evidence") {
        commands.push(change(CardChange::Evidence(Evidence::None)));
    }
    if row(ui, "Picture from a file …") {
        commands.push(Presenting::Ask(FileFor::Picture(board.id, id)).into());
    }
    if card.picture.is_some() && row(ui, "Take the picture away") {
        commands.push(change(CardChange::Picture(None)));
    }
    if row(ui, "Delete") {
        commands.extend(keys::deleted(spot, board, state));
    }
}

fn stage_ui(
    ui: &mut Ui,
    stage: StageId,
    board: &Board,
    canvas: &mut Canvas,
    commands: &mut Vec<Command>,
) {
    let Some(at) = board.stages.iter().position(|it| it.id == stage) else { return };
    if row(ui, "Rename") {
        canvas.begin_typing(Spot::Stage(stage), board);
    }
    for (words, by) in [("Add a stage before", 0), ("Add a stage after", 1)] {
        if row(ui, words) {
            commands.push(keys::stage_beside(board, stage, by));
        }
    }
    if at > 0 && row(ui, "Move to the left") {
        commands.push(on(board.id, OnBoard::MoveStage(stage, at - 1)));
    }
    if at + 1 < board.stages.len() && row(ui, "Move to the right") {
        commands.push(on(board.id, OnBoard::MoveStage(stage, at + 1)));
    }
    if board.stages.len() > 1 && row(ui, "Delete with its cards") {
        commands.push(on(board.id, OnBoard::DeleteStage(stage)));
    }
}

fn lane_ui(
    ui: &mut Ui,
    lane: LaneId,
    board: &Board,
    canvas: &mut Canvas,
    commands: &mut Vec<Command>,
) {
    let Some(at) = board.lanes.iter().position(|it| it.id == lane) else { return };
    if row(ui, "Rename") {
        canvas.begin_typing(Spot::Lane(lane), board);
    }
    if at > 0 && row(ui, "Move up") {
        commands.push(on(board.id, OnBoard::MoveLane(lane, at - 1)));
    }
    if at + 1 < board.lanes.len() && row(ui, "Move down") {
        commands.push(on(board.id, OnBoard::MoveLane(lane, at + 1)));
    }
    if board.lanes.len() > 1 && row(ui, "Delete with its cards") {
        commands.push(on(board.id, OnBoard::DeleteLane(lane)));
    }
    heading(ui, "Add a lane below");
    lanes_ui(ui, board, at + 1, commands);
}

/// The kinds of lanes, to be added at a place.
pub fn lanes_ui(ui: &mut Ui, board: &Board, at: usize, commands: &mut Vec<Command>) {
    for kind in LaneKind::ALL {
        if row(ui, kind.name()) {
            commands.push(on(board.id, OnBoard::AddLane { at, kind }));
        }
    }
}

pub fn heading(ui: &mut Ui, words: &str) {
    egui::Frame::new().inner_margin(egui::Margin::symmetric(10, 6)).show(ui, |ui| {
        text::small_heading(ui, words);
    });
}
