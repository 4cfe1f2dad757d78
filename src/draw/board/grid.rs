//! Where everything on a board stands: heads of stages, names of lanes, cells, cards.
//!
//! *Invariant:* every stage, lane and card is a target, and no card reaches out of its cell.

use super::card::{Drawn, frame, touchpoints};
use super::pen::{Ink, Pen, wrap};
use super::{BoardLook, BoardPicture, feeling, words};
use crate::board::{Board, Card, Lane, LaneKind, Stage};
use crate::draw::scene::{
    Mark, Scene, Shape, Stroke, Target, TargetKind, TextAlign, Weight, moved_rect,
};
use crate::draw::text::{measure, plain};
use crate::draw::tokens::{Theme, tokens};
use crate::views::View;

/// Around the whole.
const MARGIN: f32 = 16.0;
/// For the names of lanes.
const NAMES: f32 = 100.0;
/// Between stages, and between cards of a cell.
pub(super) const GAP: f32 = 4.0;
/// Above and below the cards of a lane.
const AIR: f32 = 6.0;
const HEAD: f32 = 40.0;
const LOWEST_CELL: f32 = 36.0;

pub(super) fn picture(
    board: &Board,
    views: &[&View],
    look: BoardLook,
    columns: usize,
) -> BoardPicture {
    let columns = columns.max(1) as f32;
    let room = look.width - 2.0 * MARGIN - NAMES;
    let column = ((room - (columns - 1.0) * GAP) / columns).floor().max(look.stage);
    let width = look.width.max(2.0 * MARGIN + NAMES + columns * (column + GAP) - GAP);
    let scene = Scene {
        width,
        height: 0.0,
        background: look.theme.colours().surface,
        shapes: Vec::new(),
        targets: Vec::new(),
        title: plain(&board.name),
        description: words::description(board),
    };
    let picture = BoardPicture {
        scene,
        cards: Vec::new(),
        cells: Vec::new(),
        stages: Vec::new(),
        lanes: Vec::new(),
        feeling: Vec::new(),
        points: Vec::new(),
        votes: Vec::new(),
    };
    let mut grid = Grid { board, views, theme: look.theme, column, y: MARGIN, picture };
    grid.heads();
    for lane in &board.lanes {
        grid.lane(lane);
    }
    grid.picture.scene.height = (grid.y + MARGIN).ceil();
    grid.picture
}

struct Grid<'a> {
    board: &'a Board,
    views: &'a [&'a View],
    theme: Theme,
    /// How wide a stage is.
    column: f32,
    /// The first free point.
    y: f32,
    picture: BoardPicture,
}

impl Grid<'_> {
    fn left(&self, stage: usize) -> f32 {
        MARGIN + NAMES + stage as f32 * (self.column + GAP)
    }

    fn pen(&self) -> Pen {
        Pen {
            colours: self.theme.colours(),
            left: 0.0,
            room: self.column - 24.0,
            y: 0.0,
            marks: Vec::new(),
        }
    }

    fn add(&mut self, marks: Vec<Mark>, by: [f32; 2], target: Option<usize>) {
        let shapes = &mut self.picture.scene.shapes;
        shapes.extend(marks.into_iter().map(|mark| Shape { mark: mark.moved(by), target }));
    }

    fn target(&mut self, id: String, rect: [f32; 4], name: String) -> usize {
        let kind = TargetKind::Node;
        let targets = &mut self.picture.scene.targets;
        targets.push(Target { id, rect, outline: Vec::new(), label: None, name, kind });
        targets.len() - 1
    }

    fn heads(&mut self) {
        let heads: Vec<(Vec<Mark>, f32)> =
            self.board.stages.iter().map(|stage| self.head(stage)).collect();
        let height = heads.iter().map(|(_, height)| *height).fold(HEAD, f32::max);
        for (at, (stage, (marks, own))) in self.board.stages.iter().zip(heads).enumerate() {
            let rect = [self.left(at), self.y, self.column, height];
            let note = plain(&stage.note);
            let name =
                format!("Stage {} of {}: {}", at + 1, self.board.stages.len(), plain(&stage.name));
            let name = if note.is_empty() { name } else { format!("{name}, {note}") };
            let target = self.target(format!("stage:{}", stage.id.0), rect, name);
            let mut pen = self.pen();
            pen.fill([0.0, 0.0, self.column, height], tokens().radius.small, pen.colours.sunken);
            self.add(pen.marks, [rect[0], rect[1]], Some(target));
            self.add(marks, [rect[0], rect[1] + (height - own) / 2.0], Some(target));
            self.picture.stages.push((stage.id, rect));
        }
        self.y += height + 6.0;
    }

    /// The name, and the note beside it where there is room, or below.
    fn head(&self, stage: &Stage) -> (Vec<Mark>, f32) {
        const LINES: usize = 3;
        let mut pen = Pen { left: 12.0, ..self.pen() };
        let name = Ink::small(Weight::SemiBold, pen.colours.text_strong);
        let weak = pen.weak();
        let note = plain(&stage.note);
        let wide = |text: &str, ink: Ink| measure(text, ink.style.size, ink.weight);
        pen.y = 4.0;
        let beside = !note.is_empty()
            && wide(&plain(&stage.name), name) + 12.0 + wide(&note, weak) <= pen.room;
        if beside {
            let right = [12.0 + pen.room, pen.y + name.style.line / 2.0];
            pen.write(right, &note, weak, TextAlign::Right);
        }
        pen.lines(&stage.name, name, LINES);
        if !beside {
            pen.lines(&note, weak, 2);
        }
        pen.y += 4.0;
        (pen.marks, pen.y)
    }

    fn lane(&mut self, lane: &Lane) {
        let top = self.y;
        let name = format!("Lane {}", plain(&lane.name));
        let mut pen = self.pen();
        let ink = Ink::small(Weight::Medium, pen.colours.text);
        let lines = wrap(&lane.name, ink.style.size, ink.weight, NAMES - 28.0, 3);
        let height = lines.len() as f32 * ink.style.line;
        pen.room = NAMES - 28.0;
        pen.y = AIR + 10.0;
        pen.lines(&lane.name, ink, 3);
        let rect = [MARGIN, top + AIR, NAMES - 8.0, height.max(ink.style.line) + 20.0];
        let target = self.target(format!("lane:{}", lane.id.0), rect, name);
        self.add(pen.marks, [MARGIN, top], Some(target));
        let least = (height + 20.0).max(LOWEST_CELL);
        let inner = match lane.kind {
            LaneKind::Feeling => self.feeling(lane),
            LaneKind::Touchpoints => self.touchpoints(lane, least),
            _ => self.cells(lane, least),
        };
        let whole = inner + 2.0 * AIR;
        let width = self.picture.scene.width - 2.0 * MARGIN;
        self.picture.lanes.push((lane.id, [MARGIN, top, width, whole]));
        let stroke = Stroke { width: tokens().stroke.line, colour: self.theme.colours().line };
        let y = (top + whole).round() + 0.5;
        let from = [MARGIN, y];
        let mark = Mark::Line { from, to: [MARGIN + width, y], stroke };
        self.add(vec![mark], [0.0, 0.0], None);
        self.y = top + whole + tokens().stroke.line;
    }

    /// Cards below each other; returns how high the highest cell is.
    fn cells(&mut self, lane: &Lane, least: f32) -> f32 {
        // Cards with a number, a grade or dots line up across stages.
        let is_even = matches!(
            lane.kind,
            LaneKind::Measured | LaneKind::PainPoints | LaneKind::Opportunities | LaneKind::Quotes
        );
        let board = self.board;
        let columns: Vec<Vec<(&Card, Drawn)>> = board
            .stages
            .iter()
            .map(|stage| {
                let cards = board.cell(stage.id, lane.id);
                let drawn =
                    |card| Drawn::new(board, card, lane.kind, self.views, self.theme, self.column);
                cards.map(|card| (card, drawn(card))).collect()
            })
            .collect();
        let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
        let highest = |row: usize| {
            let of = columns.iter().filter_map(|cards| cards.get(row));
            of.map(|(_, drawn)| drawn.height).fold(0.0, f32::max)
        };
        let even: Vec<f32> = if is_even { (0..rows).map(highest).collect() } else { Vec::new() };
        let height = |row: usize, own: f32| even.get(row).copied().unwrap_or(own);
        let total = |cards: &Vec<(&Card, Drawn)>| {
            let sum: f32 = cards
                .iter()
                .enumerate()
                .map(|(row, (_, drawn))| height(row, drawn.height) + GAP)
                .sum();
            (sum - GAP).max(0.0)
        };
        let inner = columns.iter().map(total).fold(least, f32::max);
        let top = self.y + AIR;
        for (at, (stage, cards)) in board.stages.iter().zip(columns).enumerate() {
            let left = self.left(at);
            self.picture.cells.push((stage.id, lane.id, [left, top, self.column, inner]));
            let mut y = top;
            for (row, (card, drawn)) in cards.into_iter().enumerate() {
                let rect = [left, y, self.column, height(row, drawn.height)];
                y += rect[3] + GAP;
                let target = self.card(card, lane.kind, rect);
                self.add(frame(lane.kind, rect, self.theme), [0.0, 0.0], Some(target));
                self.add(drawn.marks, [rect[0], rect[1]], Some(target));
                if let Some(dots) = drawn.votes {
                    self.picture.votes.push((card.id, moved_rect(dots, [rect[0], rect[1]])));
                }
            }
        }
        inner
    }

    fn card(&mut self, card: &Card, kind: LaneKind, rect: [f32; 4]) -> usize {
        let name = words::card_name(self.board, card, kind, self.views);
        self.picture.cards.push((card.id, rect));
        self.target(format!("card:{}", card.id.0), rect, name)
    }

    fn touchpoints(&mut self, lane: &Lane, least: f32) -> f32 {
        let top = self.y + AIR;
        let board = self.board;
        let mut inner = least;
        let mut placed = Vec::new();
        for stage in &board.stages {
            let cards = board.cell(stage.id, lane.id);
            let (words, height) = touchpoints(cards, self.theme, self.column);
            inner = inner.max(height);
            placed.push(words);
        }
        for (at, (stage, words)) in board.stages.iter().zip(placed).enumerate() {
            let left = self.left(at);
            self.picture.cells.push((stage.id, lane.id, [left, top, self.column, inner]));
            let cards = board.cell(stage.id, lane.id);
            for (card, (rect, marks)) in cards.zip(words) {
                let target = self.card(card, lane.kind, moved_rect(rect, [left, top]));
                self.add(marks, [left, top], Some(target));
            }
        }
        inner
    }

    fn feeling(&mut self, lane: &Lane) -> f32 {
        let board = self.board;
        let wide = board.stages.len().max(1) as f32 * (self.column + GAP);
        let area = [self.left(0), self.y + AIR + 10.0, wide, feeling::HEIGHT];
        self.picture.feeling.push((lane.id, area));
        let lines = feeling::lines(board, area, self.theme);
        let (marks, points) = feeling::draw(&lines, area, self.theme);
        self.add(marks, [0.0, 0.0], None);
        for (line, marks) in lines.iter().zip(points) {
            let each = line.points.iter().zip(&line.persona.curve).zip(marks).enumerate();
            for (at, ((place, point), mark)) in each {
                self.picture.points.push((line.persona.id, at, *place));
                let stage = board.stages.get((point.at / crate::board::Point::STAGE) as usize);
                let stage = stage.or(board.stages.last());
                let mut name = format!(
                    "{}, stage {}: feeling {}",
                    plain(&line.persona.name),
                    stage.map_or_else(String::new, |stage| plain(&stage.name)),
                    words::feeling(point.feeling),
                );
                if !plain(&point.note).is_empty() {
                    name = format!("{name}, {}", plain(&point.note));
                }
                let rect = [place[0] - 6.0, place[1] - 6.0, 12.0, 12.0];
                let id = format!("point:{}:{at}", line.persona.id.0);
                let target = self.target(id, rect, name);
                self.add(vec![mark], [0.0, 0.0], Some(target));
            }
        }
        feeling::HEIGHT + 20.0
    }
}
