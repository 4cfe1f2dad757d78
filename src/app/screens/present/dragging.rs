//! Things carried with the pointer: cards from cell to cell, stages along their row, lanes up and down.

use egui::emath::TSTransform;
use egui::{Align2, Painter, Pos2, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use super::canvas::{Canvas, area, on, placed};
use super::keys;
use crate::app::command::Command;
use crate::app::state::{Presenting, Spot, State};
use crate::app::theme::{self, Look};
use crate::app::worker::{BoardDrawn, BoardPart};
use crate::board::{Board, BoardId, CardId, OnBoard, Target};
use crate::draw::Weight;
use crate::draw::text::shorten;

/// What is carried.
pub struct Drag {
    board: BoardId,
    spot: Spot,
    cards: Vec<CardId>,
    /// Where it was taken, from its own corner, and how large it is.
    grip: Vec2,
    size: Vec2,
}

impl Drag {
    pub fn new(spot: Spot, board: &Board, state: &State, from: Pos2, rect: Rect) -> Self {
        let cards = match spot {
            Spot::Card(card) => {
                let selected = keys::selected(board, state);
                if selected.contains(&card) { selected } else { vec![card] }
            }
            _ => Vec::new(),
        };
        Self { board: board.id, spot, cards, grip: from - rect.min, size: rect.size() }
    }

    pub fn has(&self, spot: Spot) -> bool {
        match spot {
            Spot::Card(card) => self.cards.contains(&card),
            other => self.spot == other,
        }
    }
}

/// How near to the edge the board begins to move along.
const EDGE: f32 = 28.0;
/// Points a frame.
const SPEED: f32 = 10.0;

impl Canvas {
    /// What is carried under the pointer, where it would go, and the end of it.
    #[expect(clippy::too_many_arguments, reason = "one frame of one canvas")]
    pub fn drag_ui(
        &mut self,
        ui: &Ui,
        drawn: &BoardDrawn,
        state: &State,
        to_screen: TSTransform,
        painter: &Painter,
        canvas: Rect,
        commands: &mut Vec<Command>,
    ) {
        let Some(drag) = &self.drag else { return };
        let (pointer, is_down, escaped, copies) = ui.input(|input| {
            let pointer = input.pointer.interact_pos();
            let escaped = input.key_pressed(egui::Key::Escape);
            (pointer, input.pointer.any_down(), escaped, input.modifiers.command)
        });
        let found = drawn.parts.iter().find(|part| part.board == drag.board);
        let (Some(at), Some(part), false) = (pointer, found, escaped) else {
            self.drag = None;
            return;
        };
        let workshop = state.workshop();
        let Some(board) = workshop.board(drag.board) else { return };
        let look = Look::of(ui);
        let to = placed(to_screen, part);
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
        let goal = goal(drag, part, board, to, at);
        if let Some((_, line)) = &goal {
            painter.line_segment(*line, Stroke::new(3.0, look.accent));
        }
        ghost(drag, board, at, painter, look);
        if is_down {
            let by = [at.x, at.y]
                .into_iter()
                .zip([(canvas.left(), canvas.right()), (canvas.top(), canvas.bottom())]);
            let by: Vec<f32> = by
                .map(|(at, (low, high))| {
                    let speed = |depth: f32| (depth / EDGE).clamp(0.0, 1.0) * SPEED;
                    speed(low + EDGE - at) - speed(at - high + EDGE)
                })
                .collect();
            if by.iter().any(|by| *by != 0.0) {
                self.nudge(vec2(by[0], by[1]));
                ui.ctx().request_repaint();
            }
            return;
        }
        let (cards, spot) = (drag.cards.clone(), drag.spot);
        let id = drag.board;
        self.drag = None;
        let Some((goal, _)) = goal else { return };
        let change = match (goal, spot) {
            (Goal::Cell(to), _) if copies => OnBoard::Copy { cards, to },
            (Goal::Cell(to), _) => {
                commands.push(Presenting::Select(cards.clone()).into());
                OnBoard::Move { cards, to }
            }
            (Goal::Place(at), Spot::Stage(stage)) => OnBoard::MoveStage(stage, at),
            (Goal::Place(at), Spot::Lane(lane)) => OnBoard::MoveLane(lane, at),
            (Goal::Place(_), _) => return,
        };
        self.want = Some(spot);
        commands.push(on(id, change));
    }
}

/// Where something would go.
enum Goal {
    Cell(Target),
    /// Among the stages or lanes.
    Place(usize),
}

/// Where what is carried would go, and the line that says so.
fn goal(
    drag: &Drag,
    part: &BoardPart,
    board: &Board,
    to: TSTransform,
    at: Pos2,
) -> Option<(Goal, [Pos2; 2])> {
    let picture = &part.picture;
    match drag.spot {
        Spot::Card(_) => {
            let cells =
                picture.cells.iter().map(|(stage, lane, rect)| (stage, lane, area(to, *rect)));
            let (stage, lane, cell) = cells.into_iter().find(|(.., rect)| rect.contains(at))?;
            let is_here = |card: &&crate::board::Card| !drag.cards.contains(&card.id);
            let mut others = board.cell(*stage, *lane).filter(is_here).filter_map(|card| {
                let rect = picture.cards.iter().find(|(id, _)| *id == card.id)?.1;
                Some((card.id, area(to, rect)))
            });
            let mut lowest = cell.top() + 3.0;
            let before = others.find(|(_, rect)| {
                let is_above = at.y < rect.center().y;
                if !is_above {
                    lowest = rect.bottom() + 2.0;
                }
                is_above
            });
            let y = before.map_or(lowest, |(_, rect)| rect.top() - 2.0);
            let target = Target { stage: *stage, lane: *lane, before: before.map(|(id, _)| id) };
            Some((Goal::Cell(target), [pos2(cell.left(), y), pos2(cell.right(), y)]))
        }
        Spot::Stage(stage) => {
            let from = board.stages.iter().position(|it| it.id == stage)?;
            let heads: Vec<Rect> = picture.stages.iter().map(|(_, rect)| area(to, *rect)).collect();
            let place = heads.iter().filter(|head| head.center().x < at.x).count();
            let x = heads.get(place).map_or_else(
                || heads.last().map_or(at.x, |head| head.right() + 2.0),
                |head| head.left() - 2.0,
            );
            let [top, bottom] = [0.0, picture.scene.height].map(|y| (to * pos2(0.0, y)).y);
            // Taken out first, so what was behind it comes one nearer.
            let place = if place > from { place - 1 } else { place };
            Some((Goal::Place(place), [pos2(x, top), pos2(x, bottom)]))
        }
        Spot::Lane(lane) => {
            let from = board.lanes.iter().position(|it| it.id == lane)?;
            let rows: Vec<Rect> = picture.lanes.iter().map(|(_, rect)| area(to, *rect)).collect();
            let place = rows.iter().filter(|row| row.center().y < at.y).count();
            let y =
                rows.get(place).map_or_else(|| rows.last().map_or(at.y, Rect::bottom), Rect::top);
            let sides = rows.first()?.x_range();
            let place = if place > from { place - 1 } else { place };
            Some((Goal::Place(place), [pos2(sides.min, y), pos2(sides.max, y)]))
        }
        Spot::Cell(..) => None,
    }
}

/// A sheet with the first words of what is carried.
fn ghost(drag: &Drag, board: &Board, at: Pos2, painter: &Painter, look: &Look) {
    const LETTERS: usize = 30;
    let words = match drag.spot {
        Spot::Card(id) => board.card(id).map_or("", |card| &card.text),
        Spot::Stage(id) => board.stage(id).map_or("", |stage| &stage.name),
        Spot::Lane(id) => board.lane(id).map_or("", |lane| &lane.name),
        Spot::Cell(..) => "",
    };
    let size = vec2(drag.size.x.min(240.0), drag.size.y.min(56.0));
    let grip = drag.grip.min(size - vec2(8.0, 8.0));
    let sheet = Rect::from_min_size(at - grip, size);
    let many = drag.cards.len() > 1;
    let sheets = if many { [6.0, 0.0].as_slice() } else { &[0.0] };
    for by in sheets {
        painter.rect(
            sheet.translate(vec2(*by, *by)),
            look.corners_small(),
            look.raised,
            Stroke::new(1.0, look.accent),
            StrokeKind::Inside,
        );
    }
    let words = shorten(words.lines().next().unwrap_or_default(), LETTERS);
    let words = if many { format!("{} cards", drag.cards.len()) } else { words };
    let font = theme::small(Weight::Medium);
    let inside = painter.with_clip_rect(sheet.intersect(painter.clip_rect()));
    inside.text(
        sheet.left_center() + vec2(10.0, 0.0),
        Align2::LEFT_CENTER,
        words,
        font,
        look.text_strong,
    );
}
