//! Cards to cut out: one in every frame, as it is on the board, and where it came from.
//!
//! *Invariant:* every card of the board is on a page once, and frames of a page are all as large.

use super::{Paper, blank, pen, put};
use crate::board::{Board, Card, LaneKind};
use crate::draw::board::{Drawn, fit, frame, outline};
use crate::draw::scene::{Mark, Scene, Shape, Stroke, TextAlign};
use crate::draw::text::plain;
use crate::draw::tokens::Theme;
use crate::views::View;

/// A frame is no narrower, and no lower.
const FRAME: [f32; 2] = [236.0, 150.0];
/// Between the frame and the card in it.
const AIR: f32 = 12.0;
const ORIGIN: f32 = 20.0;
/// A card in the hand is read from farther away than one on a screen.
const LARGER: f32 = 1.25;

pub(super) fn pages(board: &Board, views: &[&View], paper: Paper) -> Vec<Scene> {
    let [left, top, width, height] = paper.inner();
    let many = [(width / FRAME[0]).floor().max(1.0), (height / FRAME[1]).floor().max(1.0)];
    let size = [width / many[0], height / many[1]];
    let in_order = board
        .stages
        .iter()
        .flat_map(|stage| board.lanes.iter().flat_map(|lane| board.cell(stage.id, lane.id)));
    let cards: Vec<&Card> = in_order.collect();
    let page = |cards: &[&Card]| {
        let mut page = blank(paper, &plain(&board.name));
        for (at, card) in cards.iter().enumerate() {
            let [column, row] = [at % many[0] as usize, at / many[0] as usize];
            let place = [left + column as f32 * size[0], top + row as f32 * size[1]];
            one(&mut page, board, card, views, [place[0], place[1], size[0], size[1]]);
        }
        page
    };
    let each = (many[0] * many[1]) as usize;
    if cards.is_empty() {
        return vec![nothing(board, paper, "There is no card on this board yet.")];
    }
    cards.chunks(each).map(page).collect()
}

fn one(page: &mut Scene, board: &Board, card: &Card, views: &[&View], area: [f32; 4]) {
    let [x, y, width, height] = area;
    let kind = board.kind_of(card).unwrap_or(LaneKind::Free);
    // A touchpoint is a word in a line on the board; on its own it is a card.
    let shown = width - 2.0 * AIR;
    let drawn = Drawn::new(board, card, kind, views, Theme::Light, shown / LARGER);
    let room = height - 2.0 * AIR - ORIGIN;
    let mut pen = pen(x + AIR, shown, y);
    let stroke = Stroke { width: 0.5, colour: pen.colours.line_strong };
    pen.marks.push(Mark::Dashes { path: outline(area), stroke, dash: [4.0, 3.0] });
    let name = |name: Option<&str>| name.map_or_else(String::new, plain);
    let stage = name(board.stage(card.stage).map(|stage| stage.name.as_str()));
    let lane = name(board.lane(card.lane).map(|lane| lane.name.as_str()));
    let ink = pen.weak();
    let words = fit(&format!("{stage} · {lane}"), ink.style.size, ink.weight, shown);
    pen.write([x + AIR, y + height - AIR - ORIGIN / 2.0 + 4.0], &words, ink, TextAlign::Left);
    put(page, pen);
    // What is higher than its frame is made smaller as a whole.
    let scale = (room / drawn.height).min(LARGER);
    let paper = [0.0, 0.0, shown / LARGER, (room / scale).max(drawn.height)];
    let marks = frame(kind, paper, Theme::Light).into_iter().chain(drawn.marks);
    let marks = marks.map(|mark| mark.scaled(scale).moved([x + AIR, y + AIR]));
    page.shapes.extend(marks.map(|mark| Shape { mark, target: None }));
}

pub(super) fn nothing(board: &Board, paper: Paper, words: &str) -> Scene {
    let mut page = blank(paper, &plain(&board.name));
    let [left, top, width, _] = paper.inner();
    let mut pen = pen(left, width, top);
    let ink = pen.plain();
    pen.lines(words, ink, 2);
    put(&mut page, pen);
    page
}
