//! The keyboard on the board: arrows walk, Alt and arrows carry, letters write, digits vote.

use egui::{Event, EventFilter, Id, Key, Modifiers, Ui};

use super::canvas::{Canvas, on, pressed};
use super::feeling::Feeling;
use super::menus::ByKey;
use super::typing::Typing;
use crate::app::command::Command;
use crate::app::state::{Panel, Presenting, Spot, State};
use crate::board::{Board, Card, CardId, Direction, LaneKind, OnBoard, Target};

const ARROWS: [(Key, Direction); 4] = [
    (Key::ArrowLeft, Direction::Left),
    (Key::ArrowRight, Direction::Right),
    (Key::ArrowUp, Direction::Up),
    (Key::ArrowDown, Direction::Down),
];

/// What is pressed while something on the board has the keyboard.
pub fn ui(
    ui: &Ui,
    id: Id,
    spot: Spot,
    board: &Board,
    state: &State,
    canvas: &mut Canvas,
    commands: &mut Vec<Command>,
) {
    let arrows =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
    if canvas.typing.is_some() {
        return;
    }
    for (key, direction) in ARROWS {
        if pressed(ui, Modifiers::ALT, key) {
            canvas.want = Some(spot);
            commands.extend(carried(spot, board, state, direction));
            return;
        }
        let extends = pressed(ui, Modifiers::SHIFT, key);
        if extends || pressed(ui, Modifiers::NONE, key) {
            if canvas.feeling.takes(spot, board, direction, state, commands) {
                return;
            }
            if let Some(next) = neighbour(board, spot, direction) {
                canvas.want = Some(next);
                let mut cards: Vec<CardId> = match next {
                    Spot::Card(card) => vec![card],
                    _ => Vec::new(),
                };
                if extends {
                    cards.extend(&state.present.selected);
                }
                commands.push(Presenting::Select(cards).into());
            }
            return;
        }
    }
    let is_feeling = matches!(spot, Spot::Cell(_, lane)
        if board.lane(lane).is_some_and(|lane| lane.kind == LaneKind::Feeling));
    if pressed(ui, Modifiers::NONE, Key::F2) || pressed(ui, Modifiers::NONE, Key::Enter) {
        if is_feeling && canvas.feeling.is_on() {
            canvas.feeling.end();
        } else {
            canvas.begin_typing(spot, board);
        }
        return;
    }
    if pressed(ui, Modifiers::NONE, Key::Delete) || pressed(ui, Modifiers::NONE, Key::Backspace) {
        if is_feeling {
            Feeling::erase(spot, board, state, commands);
        } else {
            commands.extend(deleted(spot, board, state));
            go_on(after_deletion(spot, board, state), canvas, commands);
        }
        return;
    }
    if pressed(ui, Modifiers::COMMAND, Key::D) && !state.present.selected.is_empty() {
        commands.extend(duplicated(board, state));
        return;
    }
    if pressed(ui, Modifiers::COMMAND, Key::A) {
        let cards = board.cards.iter().map(|card| card.id).collect();
        commands.push(Presenting::Select(cards).into());
        return;
    }
    if pressed(ui, Modifiers::SHIFT, Key::F10) || pressed(ui, Modifiers::NONE, Key::Menu) {
        canvas.menu = Some(ByKey { spot, is_new: true });
        ui.ctx().request_repaint();
        return;
    }
    if pressed(ui, Modifiers::COMMAND, Key::I) {
        commands.push(Presenting::OpenPanel(Some(Panel::Card)).into());
        return;
    }
    if pressed(ui, Modifiers::NONE, Key::Insert) {
        match spot {
            Spot::Stage(stage) => commands.push(stage_beside(board, stage, 1)),
            Spot::Lane(lane) => commands.push(lane_below(board, lane)),
            Spot::Card(card) => {
                if let Some(card) = board.card(card) {
                    let (stage, lane) = (card.stage, card.lane);
                    canvas.typing = Some(Typing::card(board.id, stage, lane, String::new()));
                }
            }
            Spot::Cell(..) => canvas.begin_typing(spot, board),
        }
        return;
    }
    if is_voting(board) && vote(ui, board, commands) {
        return;
    }
    clipboard(ui, spot, board, state, canvas, commands);
    if let Spot::Cell(stage, lane) = spot
        && !is_feeling
    {
        // Whoever types writes a card.
        let typed = ui.input_mut(|input| {
            let mut typed = String::new();
            input.events.retain(|event| match event {
                Event::Text(text) if !(typed.is_empty() && text.trim().is_empty()) => {
                    typed.push_str(text);
                    false
                }
                _ => true,
            });
            typed
        });
        if !typed.is_empty() {
            canvas.typing = Some(Typing::card(board.id, stage, lane, typed));
        }
    }
}

/// Whether there is a lane of feelings.
pub fn has_feeling(board: &Board) -> bool {
    board.lanes.iter().any(|lane| lane.kind == LaneKind::Feeling)
}

/// Whether digits give dots.
pub fn is_voting(board: &Board) -> bool {
    board.voting.as_ref().is_some_and(|voting| !voting.revealed)
}

/// The first nine ideas, as they stand from left to right.
pub fn numbered(board: &Board) -> Vec<(usize, CardId)> {
    let mut ideas = Vec::new();
    for lane in board.lanes.iter().filter(|lane| lane.kind == LaneKind::Opportunities) {
        for stage in &board.stages {
            ideas.extend(board.cell(stage.id, lane.id).map(|card| card.id));
        }
    }
    (1..=9).zip(ideas).collect()
}

/// Digits give dots, with Shift they take them back.
pub fn vote(ui: &Ui, board: &Board, commands: &mut Vec<Command>) -> bool {
    const DIGITS: [Key; 9] = [
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];
    let ideas = numbered(board);
    for (key, (_, idea)) in DIGITS.into_iter().zip(ideas) {
        let change = if pressed(ui, Modifiers::SHIFT, key) {
            OnBoard::TakeBack(idea)
        } else if pressed(ui, Modifiers::NONE, key) {
            OnBoard::Vote(idea)
        } else {
            continue;
        };
        // The digit is no letter for a card.
        ui.input_mut(|input| input.events.retain(|event| !matches!(event, Event::Text(_))));
        commands.push(on(board.id, change));
        return true;
    }
    false
}

/// The cards that something is done to: those that are selected, in the order in which they stand.
pub fn selected(board: &Board, state: &State) -> Vec<CardId> {
    let chosen = |card: &&Card| state.present.selected.contains(&card.id);
    board.cards.iter().filter(chosen).map(|card| card.id).collect()
}

fn carried(spot: Spot, board: &Board, state: &State, direction: Direction) -> Option<Command> {
    let by = |at: usize| match direction {
        Direction::Left | Direction::Up => at.checked_sub(1),
        Direction::Right | Direction::Down => Some(at + 1),
    };
    let across = matches!(direction, Direction::Left | Direction::Right);
    let change = match spot {
        Spot::Card(card) => {
            let mut cards = selected(board, state);
            if !cards.contains(&card) {
                cards = vec![card];
            }
            OnBoard::Shift { cards, direction }
        }
        Spot::Stage(id) if across => {
            OnBoard::MoveStage(id, by(board.stages.iter().position(|it| it.id == id)?)?)
        }
        Spot::Lane(id) if !across => {
            OnBoard::MoveLane(id, by(board.lanes.iter().position(|it| it.id == id)?)?)
        }
        _ => return None,
    };
    Some(on(board.id, change))
}

pub fn deleted(spot: Spot, board: &Board, state: &State) -> Option<Command> {
    let change = match spot {
        Spot::Stage(id) => OnBoard::DeleteStage(id),
        Spot::Lane(id) => OnBoard::DeleteLane(id),
        Spot::Card(card) => {
            let cards = selected(board, state);
            OnBoard::Delete(if cards.contains(&card) { cards } else { vec![card] })
        }
        Spot::Cell(..) => {
            let cards = selected(board, state);
            if cards.is_empty() {
                return None;
            }
            OnBoard::Delete(cards)
        }
    };
    Some(on(board.id, change))
}

/// What is left gets the keyboard, and is selected.
fn go_on(next: Option<Spot>, canvas: &mut Canvas, commands: &mut Vec<Command>) {
    canvas.want = next;
    if let Some(Spot::Card(card)) = next {
        commands.push(Presenting::Select(vec![card]).into());
    }
}

/// Where the keyboard is once a card is gone: at the one above, below, or in its cell.
fn after_deletion(spot: Spot, board: &Board, state: &State) -> Option<Spot> {
    let Spot::Card(id) = spot else { return None };
    let card = board.card(id)?;
    let goes = |other: &Card| other.id == id || state.present.selected.contains(&other.id);
    let cell: Vec<&Card> = board.cell(card.stage, card.lane).collect();
    let at = cell.iter().position(|other| other.id == id)?;
    let above = cell[..at].iter().rev().find(|other| !goes(other));
    let near = above.or_else(|| cell[at..].iter().find(|other| !goes(other)));
    Some(near.map_or(Spot::Cell(card.stage, card.lane), |card| Spot::Card(card.id)))
}

/// Each copy stands right below what it is a copy of.
pub fn duplicated(board: &Board, state: &State) -> Option<Command> {
    let cards = selected(board, state);
    let last = board.card(*cards.last()?)?;
    let mut below = board.cell(last.stage, last.lane).skip_while(|card| card.id != last.id).skip(1);
    let before = below.next().map(|card| card.id);
    let to = Target { stage: last.stage, lane: last.lane, before };
    Some(on(board.id, OnBoard::Copy { cards, to }))
}

pub fn stage_beside(board: &Board, stage: crate::board::StageId, by: usize) -> Command {
    let at = board.stages.iter().position(|it| it.id == stage).unwrap_or(0) + by;
    on(board.id, OnBoard::AddStage { at, name: "New stage".to_owned() })
}

fn lane_below(board: &Board, lane: crate::board::LaneId) -> Command {
    let at = board.lanes.iter().position(|it| it.id == lane).unwrap_or(0) + 1;
    on(board.id, OnBoard::AddLane { at, kind: LaneKind::Free })
}

/// The text of cards, one a line.
fn as_text(cards: &[Card]) -> String {
    cards.iter().map(|card| card.text.replace('\n', " ")).collect::<Vec<_>>().join("\n")
}

fn clipboard(
    ui: &Ui,
    spot: Spot,
    board: &Board,
    state: &State,
    canvas: &mut Canvas,
    commands: &mut Vec<Command>,
) {
    let (mut copy, mut cut, mut pasted) = (false, false, None);
    ui.input_mut(|input| {
        input.events.retain(|event| {
            match event {
                Event::Copy => copy = true,
                Event::Cut => cut = true,
                Event::Paste(text) => pasted = Some(text.clone()),
                _ => return true,
            }
            false
        });
    });
    if copy || cut {
        let mut ids = selected(board, state);
        if let (true, Spot::Card(card)) = (ids.is_empty(), spot) {
            ids = vec![card];
        }
        let cards: Vec<Card> =
            board.cards.iter().filter(|card| ids.contains(&card.id)).cloned().collect();
        if cards.is_empty() {
            return;
        }
        let text = as_text(&cards);
        commands.push(Command::Copy(text.clone()));
        canvas.copied = Some((text, cards));
        if cut {
            commands.push(on(board.id, OnBoard::Delete(ids)));
            go_on(after_deletion(spot, board, state), canvas, commands);
        }
    }
    let Some(text) = pasted else { return };
    let Some(to) = target(spot, board) else { return };
    commands.extend(paste(&text, to, board, canvas));
}

/// Where what is pasted goes.
pub fn target(spot: Spot, board: &Board) -> Option<Target> {
    match spot {
        Spot::Cell(stage, lane) => Some(Target { stage, lane, before: None }),
        Spot::Card(id) => {
            let card = board.card(id)?;
            let mut below = board.cell(card.stage, card.lane).skip_while(|it| it.id != id).skip(1);
            let before = below.next().map(|card| card.id);
            Some(Target { stage: card.stage, lane: card.lane, before })
        }
        Spot::Stage(_) | Spot::Lane(_) => None,
    }
}

/// Cards that were copied here come with all that is on them; of other text every line is a card.
pub fn paste(text: &str, to: Target, board: &Board, canvas: &Canvas) -> Option<Command> {
    let copied = canvas.copied.as_ref().filter(|(of, _)| of.trim() == text.trim());
    let cards = match copied {
        Some((_, cards)) => cards.clone(),
        None => text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| {
                let card = Card::new(CardId::default(), to.stage, to.lane);
                Card { text: line.to_owned(), ..card }
            })
            .collect(),
    };
    (!cards.is_empty()).then(|| on(board.id, OnBoard::Paste { cards, to }))
}

/// What lies beside something on the board. Within a cell the cards come first, then the cell itself.
pub fn neighbour(board: &Board, spot: Spot, direction: Direction) -> Option<Spot> {
    let stage_at = |id| board.stages.iter().position(|stage| stage.id == id);
    let lane_at = |id| board.lanes.iter().position(|lane| lane.id == id);
    let cell = |lane: usize, stage: usize| -> Vec<CardId> {
        let (stage, lane) = (&board.stages[stage], &board.lanes[lane]);
        board.cell(stage.id, lane.id).map(|card| card.id).collect()
    };
    let end = |lane: usize, stage: usize| Spot::Cell(board.stages[stage].id, board.lanes[lane].id);
    // From above one comes to the first card.
    let first = |lane: usize, stage: usize| {
        cell(lane, stage).first().map_or_else(|| end(lane, stage), |card| Spot::Card(*card))
    };
    let (lane, stage, at) = match spot {
        Spot::Stage(id) => {
            let stage = stage_at(id)?;
            return match direction {
                Direction::Left => Some(Spot::Stage(board.stages[stage.checked_sub(1)?].id)),
                Direction::Right => Some(Spot::Stage(board.stages.get(stage + 1)?.id)),
                Direction::Up => None,
                Direction::Down => Some(first(0, stage)),
            };
        }
        Spot::Lane(id) => {
            let lane = lane_at(id)?;
            return match direction {
                Direction::Left => None,
                Direction::Right => Some(first(lane, 0)),
                Direction::Up => Some(Spot::Lane(board.lanes[lane.checked_sub(1)?].id)),
                Direction::Down => Some(Spot::Lane(board.lanes.get(lane + 1)?.id)),
            };
        }
        Spot::Cell(stage, lane) => (lane_at(lane)?, stage_at(stage)?, None),
        Spot::Card(id) => {
            let card = board.card(id)?;
            let (lane, stage) = (lane_at(card.lane)?, stage_at(card.stage)?);
            (lane, stage, cell(lane, stage).iter().position(|other| *other == id))
        }
    };
    // Beside a card stands the card at the same height, or the lowest.
    let beside = |stage: usize| {
        let cards = cell(lane, stage);
        match at.and_then(|at| cards.get(at).or(cards.last())) {
            Some(card) => Spot::Card(*card),
            None => end(lane, stage),
        }
    };
    let cards = cell(lane, stage);
    match direction {
        Direction::Left => match stage.checked_sub(1) {
            Some(stage) => Some(beside(stage)),
            None => Some(Spot::Lane(board.lanes[lane].id)),
        },
        Direction::Right => (stage + 1 < board.stages.len()).then(|| beside(stage + 1)),
        Direction::Up => match at.map_or(cards.len(), |at| at).checked_sub(1) {
            Some(above) => Some(Spot::Card(*cards.get(above)?)),
            None if lane == 0 => Some(Spot::Stage(board.stages[stage].id)),
            None => Some(end(lane - 1, stage)),
        },
        Direction::Down => match at {
            Some(at) if at + 1 < cards.len() => Some(Spot::Card(cards[at + 1])),
            Some(_) => Some(end(lane, stage)),
            None if lane + 1 < board.lanes.len() => Some(first(lane + 1, stage)),
            None => None,
        },
    }
}
