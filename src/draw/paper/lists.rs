//! Lists of a board: ideas to vote on, and what is to be done first.
//!
//! *Invariant:* a row is on one page as a whole, and every page says which of how many it is.

use super::{Paper, blank, cards, pen, put};
use crate::board::{Board, Card, LaneKind};
use crate::draw::board::{Ink, Known, Pen, fit, known, wrap};
use crate::draw::scene::{Mark, Scene, Stroke, TextAlign, Weight};
use crate::draw::text::{number, plain};
use crate::draw::tokens::{Theme, tokens};
use crate::views::View;

/// Dots on a sheet to vote on.
const DOTS: u8 = 10;
const DOT: f32 = 14.0;
const AIR: f32 = 8.0;
/// More lines than this end with "…".
const LINES: usize = 4;

/// Rows that go on over as many pages as they take.
struct List {
    paper: Paper,
    title: String,
    sub: String,
    pages: Vec<Scene>,
    y: f32,
}

impl List {
    fn new(paper: Paper, board: &Board, title: &str, sub: &str) -> Self {
        let title = format!("{title}: {}", plain(&board.name));
        let mut list = Self { paper, title, sub: sub.to_owned(), pages: Vec::new(), y: 0.0 };
        list.turn();
        list
    }

    /// Begins a page.
    fn turn(&mut self) {
        let mut page = blank(self.paper, &self.title);
        let [left, top, width, _] = self.paper.inner();
        let mut pen = pen(left, width, top);
        let title = Ink {
            style: tokens().text.title,
            weight: Weight::SemiBold,
            colour: pen.colours.text_strong,
        };
        pen.lines(&self.title, title, 2);
        let weak = pen.weak();
        pen.lines(&self.sub, weak, 3);
        self.y = pen.y + 12.0;
        put(&mut page, pen);
        self.pages.push(page);
    }

    fn foot(&self) -> f32 {
        let [_, top, _, height] = self.paper.inner();
        top + height - 24.0
    }

    /// A row as high as what is written into it; on the next page where this one has no room.
    fn row(&mut self, height: f32, write: impl FnOnce(&mut Pen)) {
        if self.y + height > self.foot() {
            self.turn();
        }
        let [left, _, width, _] = self.paper.inner();
        let mut pen = pen(left, width, self.y);
        write(&mut pen);
        let stroke = Stroke { width: tokens().stroke.line, colour: pen.colours.line };
        let y = self.y + height;
        pen.line([left, y], [left + width, y], stroke);
        self.y = y;
        if let Some(page) = self.pages.last_mut() {
            put(page, pen);
        }
    }

    fn finished(mut self) -> Vec<Scene> {
        let [left, _, width, _] = self.paper.inner();
        let many = self.pages.len() as u64;
        let foot = self.foot() + 16.0;
        for (at, page) in (1..).zip(&mut self.pages) {
            let mut pen = pen(left, width, 0.0);
            let ink = pen.weak();
            let words = format!("page {} of {}", number(at), number(many));
            pen.write([left + width, foot], &words, ink, TextAlign::Right);
            put(page, pen);
        }
        self.pages
    }
}

/// The cards of a kind of lane, stage by stage.
fn of_kind(board: &Board, kind: LaneKind) -> Vec<&Card> {
    let in_order = board.stages.iter().flat_map(|stage| {
        let cards = board.cards.iter().filter(move |card| card.stage == stage.id);
        cards.filter(move |card| board.kind_of(card) == Some(kind))
    });
    in_order.collect()
}

fn stage(board: &Board, card: &Card) -> String {
    board.stage(card.stage).map_or_else(String::new, |stage| plain(&stage.name))
}

/// Ideas by number, with empty dots.
pub(super) fn voting(board: &Board, paper: Paper) -> Vec<Scene> {
    let ideas = of_kind(board, LaneKind::Opportunities);
    if ideas.is_empty() {
        return vec![cards::nothing(
            board,
            paper,
            "There is no idea on this board to vote on yet.",
        )];
    }
    let dots = board.voting.as_ref().map_or(3, |voting| voting.dots);
    let each = if dots == 1 { "one dot".to_owned() } else { format!("{dots} dots") };
    let sub = format!("Everybody fills {each} in all. An idea may get more than one.");
    let mut list = List::new(paper, board, "Voting", &sub);
    let [_, _, width, _] = paper.inner();
    let dots_wide = f32::from(DOTS) * (DOT + 6.0);
    let words_wide = width - 36.0 - dots_wide - 16.0;
    for (number, idea) in (1..).zip(ideas) {
        let small = tokens().text.small;
        let body = tokens().text.body;
        let lines = wrap(&idea.text, body.size, Weight::Medium, words_wide, LINES);
        let height = lines.len().max(1) as f32 * body.line + small.line + 2.0 * AIR;
        list.row(height, |pen| {
            let strong =
                Ink { style: body, weight: Weight::Medium, colour: pen.colours.text_strong };
            let (left, top) = (pen.left, pen.y);
            let large = Ink { style: tokens().text.title, weight: Weight::SemiBold, ..strong };
            let middle = top + height / 2.0;
            pen.write(
                [left, top + AIR + body.line / 2.0],
                &number.to_string(),
                large,
                TextAlign::Left,
            );
            pen.left = left + 36.0;
            pen.room = words_wide;
            pen.y = top + AIR;
            pen.lines(&idea.text, strong, LINES);
            let weak = pen.weak();
            pen.lines(&about(board, idea), weak, 1);
            let stroke = Stroke { width: 1.0, colour: pen.colours.text_weak };
            let mut x = left + width - dots_wide;
            for _ in 0..DOTS {
                pen.marks.push(Mark::Rect {
                    rect: [x, middle - DOT / 2.0, DOT, DOT],
                    radius: DOT / 2.0,
                    fill: None,
                    stroke: Some(stroke),
                });
                x += DOT + 6.0;
            }
        });
    }
    list.finished()
}

/// `Pay · small effort · Payments`.
fn about(board: &Board, idea: &Card) -> String {
    let effort = idea.effort.map(|effort| format!("{} effort", effort.name()));
    let owner = Some(plain(&idea.owner)).filter(|owner| !owner.is_empty());
    let words = [Some(stage(board, idea)), effort, owner];
    words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Columns of a table as shares of its width.
type Columns<const COUNT: usize> = [(&'static str, f32); COUNT];

const IDEAS: Columns<6> = [
    ("", 0.05),
    ("Idea", 0.43),
    ("Votes", 0.09),
    ("Effort", 0.11),
    ("Owner", 0.17),
    ("Stage", 0.15),
];
const PAINS: Columns<5> = [
    ("", 0.05),
    ("Pain point", 0.43),
    ("Severity × frequency", 0.20),
    ("Evidence", 0.17),
    ("Stage", 0.15),
];

/// What to do first, and why.
pub(super) fn actions(board: &Board, views: &[&View], paper: Paper) -> Vec<Scene> {
    let shown = board.voting.as_ref().filter(|voting| voting.revealed);
    let sub = match shown {
        Some(voting) => format!(
            "{} people voted. Ideas stand by votes, then by effort; pain points by severity × frequency.",
            number(u64::from(voting.voters))
        ),
        None => "Ideas stand by effort; pain points by severity × frequency. No votes are shown."
            .to_owned(),
    };
    let mut list = List::new(paper, board, "What to do", &sub);
    table(
        &mut list,
        &IDEAS,
        board.opportunities().into_iter().map(|idea| {
            let votes = shown
                .map_or_else(|| "–".to_owned(), |voting| number(u64::from(voting.of(idea.id))));
            let effort = idea.effort.map_or("–", |effort| effort.name()).to_owned();
            let owner = plain(&idea.owner);
            let owner = if owner.is_empty() { "–".to_owned() } else { owner };
            [plain(&idea.text), votes, effort, owner, stage(board, idea)]
        }),
        "There is no idea on this board yet.",
    );
    let mut pains = of_kind(board, LaneKind::PainPoints);
    pains.sort_by_key(|card| std::cmp::Reverse(card.weight().unwrap_or(0)));
    table(
        &mut list,
        &PAINS,
        pains.into_iter().map(|pain| {
            let weight = match (pain.weight(), pain.severity, pain.frequency) {
                (Some(weight), Some(severity), Some(frequency)) => {
                    format!("{weight} = {severity} × {frequency}")
                }
                _ => "–".to_owned(),
            };
            let evidence = match known(pain, LaneKind::PainPoints, views) {
                Known::Measured(figure) => figure.said,
                Known::Withheld => "withheld: too few or none".to_owned(),
                Known::Assumed => "assumed".to_owned(),
                Known::Unanswered => "no published number".to_owned(),
                Known::Nothing | Known::Guessing(_) => "–".to_owned(),
            };
            [plain(&pain.text), weight, evidence, stage(board, pain)]
        }),
        "There is no pain point on this board yet.",
    );
    list.finished()
}

/// A head, and numbered rows whose cells are as high as the longest of them.
fn table<const COUNT: usize, const CELLS: usize>(
    list: &mut List,
    columns: &Columns<COUNT>,
    rows: impl Iterator<Item = [String; CELLS]>,
    nothing: &str,
) {
    let [left, _, width, _] = list.paper.inner();
    let style = tokens().text.small;
    let edges: Vec<[f32; 2]> = columns
        .iter()
        .scan(left, |x, (_, share)| {
            let at = [*x, width * share - 10.0];
            *x += width * share;
            Some(at)
        })
        .collect();
    let head = Ink { style, weight: Weight::SemiBold, colour: Theme::Light.colours().text_strong };
    list.y += 12.0;
    list.row(style.line + AIR, |pen| {
        let y = pen.y + style.line / 2.0;
        for ((name, _), [x, room]) in columns.iter().zip(&edges) {
            let name = fit(name, style.size, head.weight, *room);
            pen.write([*x, y], &name, head, TextAlign::Left);
        }
    });
    let mut count = 0_u64;
    for row in rows {
        count += 1;
        let cells: Vec<String> = std::iter::once(number(count)).chain(row).collect();
        let weight = |at: usize| if at == 1 { Weight::Medium } else { Weight::Regular };
        let lines: Vec<Vec<String>> = cells
            .iter()
            .zip(&edges)
            .enumerate()
            .map(|(at, (cell, [_, room]))| wrap(cell, style.size, weight(at), *room, LINES))
            .collect();
        let most = lines.iter().map(Vec::len).max().unwrap_or(1).max(1);
        list.row(most as f32 * style.line + AIR, |pen| {
            let top = pen.y + AIR / 2.0;
            for (at, (lines, [x, _])) in lines.iter().zip(&edges).enumerate() {
                let colour = if at == 1 { pen.colours.text_strong } else { pen.colours.text };
                let ink = Ink { style, weight: weight(at), colour };
                for (line, text) in lines.iter().enumerate() {
                    let y = top + (line as f32 + 0.5) * style.line;
                    pen.write([*x, y], text, ink, TextAlign::Left);
                }
            }
        });
    }
    if count == 0 {
        list.row(style.line + AIR, |pen| {
            let ink = pen.weak();
            pen.lines(nothing, ink, 1);
        });
    }
}
