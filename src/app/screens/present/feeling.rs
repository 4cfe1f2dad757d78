//! How somebody feels on the way, drawn with the pointer or stepped with the keys.

use egui::emath::TSTransform;
use egui::{Painter, PointerButton, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2};

use super::canvas::{area, hand, placed};
use crate::app::command::Command;
use crate::app::state::{Presenting, Spot, State};
use crate::app::theme::Look;
use crate::app::worker::BoardPart;
use crate::board::{Board, Direction, LaneKind, Persona, Point};

/// Whether curves are drawn now, and what is being drawn.
#[derive(Default)]
pub struct Feeling {
    is_on: bool,
    /// The line under the pointer, from left to right.
    stroke: Vec<Point>,
    /// The point of the curve that is carried.
    carried: Option<usize>,
}

/// How far a step of the keys goes, in tenths.
const STEP: i8 = 5;
/// Points of a drawn line are so far from each other, in thousandths of a stage.
const GRAIN: u32 = 250;
/// How near to a point one has to press to carry it.
const NEAR: f32 = 10.0;

impl Feeling {
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    pub fn begin(&mut self) {
        self.is_on = true;
    }

    pub fn end(&mut self) {
        *self = Self::default();
    }

    /// Up and down change how it feels at the middle of a stage.
    pub fn takes(
        &self,
        spot: Spot,
        board: &Board,
        direction: Direction,
        state: &State,
        commands: &mut Vec<Command>,
    ) -> bool {
        let by = match direction {
            Direction::Up => STEP,
            Direction::Down => -STEP,
            Direction::Left | Direction::Right => return false,
        };
        let Some(at) = middle(spot, board).filter(|_| self.is_on) else { return false };
        let curve = persona(board, state).map_or(&[][..], |persona| &persona.curve);
        let now = feeling_at(curve, at);
        // From wherever a hand drew it to the next half.
        let half = f32::from(STEP);
        let next = (f32::from(now) / half).round() * half + f32::from(by);
        let feeling = (next as i8).clamp(Point::WORST, Point::BEST);
        let note = curve.iter().find(|point| point.at == at).map(|point| point.note.clone());
        let point = Point { at, feeling, note: note.unwrap_or_default() };
        let mut curve: Vec<Point> = curve.iter().filter(|point| point.at != at).cloned().collect();
        curve.push(point);
        curve.sort_by_key(|point| point.at);
        commands.push(Presenting::Feel(board.id, curve).into());
        true
    }

    /// Takes the points of a stage away.
    pub fn erase(spot: Spot, board: &Board, state: &State, commands: &mut Vec<Command>) {
        let Some((at, persona)) = middle(spot, board).zip(persona(board, state)) else { return };
        let half = Point::STAGE / 2;
        let there = at - half..at + half;
        let curve = persona.curve.iter().filter(|point| !there.contains(&point.at));
        commands.push(Presenting::Feel(board.id, curve.cloned().collect()).into());
    }

    /// The area that takes the pointer while curves are drawn.
    #[expect(clippy::too_many_arguments, reason = "one frame of one canvas")]
    pub fn ui(
        &mut self,
        ui: &Ui,
        part: &BoardPart,
        board: &Board,
        state: &State,
        to_screen: TSTransform,
        painter: &Painter,
        commands: &mut Vec<Command>,
    ) {
        if !self.is_on {
            return;
        }
        let look = Look::of(ui);
        let to = placed(to_screen, part);
        for (lane, rect) in &part.picture.feeling {
            let whole = area(to, *rect);
            let ink = Stroke::new(1.0, look.accent);
            painter.rect_stroke(
                whole.expand(4.0),
                look.corners_small(),
                ink,
                egui::StrokeKind::Outside,
            );
            let touch = whole.expand(6.0).intersect(painter.clip_rect());
            if !touch.is_positive() || hand(ui) {
                continue;
            }
            let id = ui.scope_id().with(("feeling", board.id, lane));
            let here = ui.interact(touch, id, Sense::click_and_drag());
            if here.hovered() {
                ui.ctx().set_cursor_icon(egui::CursorIcon::Crosshair);
            }
            let curve = persona(board, state).map_or(&[][..], |persona| &persona.curve);
            let place = |point: &Point| place(point, board, whole);
            if here.drag_started_by(PointerButton::Primary) {
                let from = ui.input(|input| input.pointer.press_origin());
                let near = |point: &Point| from.is_some_and(|at| at.distance(place(point)) < NEAR);
                self.carried = curve.iter().position(near);
                self.stroke.clear();
                if let (Some(from), None) = (from, self.carried) {
                    self.stroke.push(point_at(from, board, whole));
                }
            }
            if let Some(at) = here.interact_pointer_pos().filter(|_| here.dragged()) {
                let point = point_at(at, board, whole);
                if self.carried.is_some() {
                    self.stroke = vec![point];
                } else {
                    self.stroke.retain(|other| other.at.abs_diff(point.at) >= GRAIN / 2);
                    self.stroke.push(point);
                    self.stroke.sort_by_key(|point| point.at);
                }
                ui.ctx().request_repaint();
            }
            if !self.stroke.is_empty() {
                let line: Vec<Pos2> = self.stroke.iter().map(place).collect();
                for at in &line {
                    painter.circle_filled(*at, 3.5, look.accent);
                }
                painter.add(Shape::line(line, Stroke::new(2.5, look.accent)));
            }
            let clicked = here.clicked().then(|| here.interact_pointer_pos()).flatten();
            if let Some(at) = clicked {
                let point = point_at(at, board, whole);
                self.stroke = vec![point];
            }
            if here.drag_stopped() || clicked.is_some() {
                let curve = joined(curve, std::mem::take(&mut self.stroke), self.carried.take());
                commands.push(Presenting::Feel(board.id, curve).into());
            }
        }
    }
}

fn persona<'a>(board: &'a Board, state: &State) -> Option<&'a Persona> {
    let chosen = state.feeling_persona().and_then(|id| board.persona(id));
    chosen.or_else(|| board.personas.first())
}

/// The middle of the stage that a cell of a lane of feeling is in.
fn middle(spot: Spot, board: &Board) -> Option<u32> {
    let Spot::Cell(stage, lane) = spot else { return None };
    if board.lane(lane)?.kind != LaneKind::Feeling {
        return None;
    }
    let at = board.stages.iter().position(|it| it.id == stage)?;
    Some(at as u32 * Point::STAGE + Point::STAGE / 2)
}

/// How it feels at a place, on the line between the points beside it.
fn feeling_at(curve: &[Point], at: u32) -> i8 {
    let after = curve.partition_point(|point| point.at < at);
    match (after.checked_sub(1).and_then(|at| curve.get(at)), curve.get(after)) {
        (_, Some(next)) if next.at == at => next.feeling,
        (Some(last), Some(next)) => {
            let share = (at - last.at) as f32 / (next.at - last.at).max(1) as f32;
            let [from, to] = [last.feeling, next.feeling].map(f32::from);
            (from + share * (to - from)).round() as i8
        }
        (Some(near), None) | (None, Some(near)) => near.feeling,
        (None, None) => 0,
    }
}

/// What was drawn takes the place of what was there under it.
fn joined(curve: &[Point], mut stroke: Vec<Point>, carried: Option<usize>) -> Vec<Point> {
    let mut kept: Vec<Point> = curve.to_vec();
    if let Some(at) = carried.filter(|at| *at < kept.len()) {
        let old = kept.remove(at);
        // It stays between its neighbours.
        let low = at.checked_sub(1).and_then(|at| kept.get(at)).map_or(0, |point| point.at + 1);
        let high = kept.get(at).map_or(u32::MAX, |point| point.at.saturating_sub(1));
        for point in &mut stroke {
            point.at = point.at.clamp(low, high.max(low));
            point.note.clone_from(&old.note);
        }
    } else if let (Some(first), Some(last)) = (stroke.first(), stroke.last()) {
        let under = first.at.saturating_sub(GRAIN / 2)..=last.at + GRAIN / 2;
        kept.retain(|point| !under.contains(&point.at));
    }
    kept.append(&mut stroke);
    kept.sort_by_key(|point| point.at);
    kept
}

/// Where a point of a curve stands. What the picture says of its own points is the same.
fn place(point: &Point, board: &Board, whole: Rect) -> Pos2 {
    let width = board.stages.len() as f32 * Point::STAGE as f32;
    let x = point.at as f32 / width;
    let (best, worst) = (f32::from(Point::BEST), f32::from(Point::WORST));
    let y = (best - f32::from(point.feeling)) / (best - worst);
    pos2(whole.left() + x * whole.width(), whole.top() + y * whole.height())
}

fn point_at(at: Pos2, board: &Board, whole: Rect) -> Point {
    let width = board.stages.len() as f32 * Point::STAGE as f32;
    let x = ((at.x - whole.left()) / whole.width()).clamp(0.0, 1.0);
    let y = ((at.y - whole.top()) / whole.height()).clamp(0.0, 1.0);
    let (best, worst) = (f32::from(Point::BEST), f32::from(Point::WORST));
    let feeling = (best - y * (best - worst)).round() as i8;
    Point { at: (x * width).round() as u32, feeling, note: String::new() }
}

#[cfg(test)]
mod tests {
    use super::{feeling_at, joined};
    use crate::board::Point;

    fn point(at: u32, feeling: i8) -> Point {
        Point { at, feeling, note: String::new() }
    }

    fn places(curve: &[Point]) -> Vec<(u32, i8)> {
        curve.iter().map(|point| (point.at, point.feeling)).collect()
    }

    #[test]
    fn a_line_takes_the_place_of_what_it_is_drawn_over() {
        let curve = [point(500, 5), point(1500, -5), point(2500, 10)];
        let stroke = vec![point(1300, 0), point(1600, 8)];
        let drawn = joined(&curve, stroke, None);
        assert_eq!(places(&drawn), [(500, 5), (1300, 0), (1600, 8), (2500, 10)]);
    }

    #[test]
    fn a_point_that_is_carried_stays_between_its_neighbours_and_keeps_its_words() {
        let mut curve = [point(500, 5), point(1500, -5), point(2500, 10)];
        curve[1].note = "Refused".to_owned();
        let drawn = joined(&curve, vec![point(9000, -20)], Some(1));
        assert_eq!(places(&drawn), [(500, 5), (2499, -20), (2500, 10)]);
        assert_eq!(drawn[1].note, "Refused");
    }

    #[test]
    fn between_two_points_it_feels_as_the_line_between_them_says() {
        let curve = [point(500, -10), point(1500, 10)];
        assert_eq!(
            [0, 500, 1000, 1500, 3000].map(|at| feeling_at(&curve, at)),
            [-10, -10, 0, 10, 10]
        );
        assert_eq!(feeling_at(&[], 700), 0);
    }
}
