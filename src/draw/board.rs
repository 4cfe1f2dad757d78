//! A journey board as a picture: stages from left to right, lanes from top to bottom, cards in the
//! cells, a curve of feeling for every persona.
//!
//! Where things stand is decided here, once for window, file and paper: a stage is as wide as its
//! share of the width, a lane as high as its highest cell, and a text that is too long for its card
//! ends with "…" while the name of its target has all of it.
//!
//! *Invariant:* a number on a card that is drawn as measured is one that its view publishes. Guesses,
//! grades and dots look different from it.

mod card;
mod feeling;
mod grid;
mod pen;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod words;

pub(super) use card::{Drawn, frame};
pub(super) use pen::{Ink, Pen, fit, outline, wrap};
pub(super) use words::{Known, known};

use super::scene::{Mark, Run, Scene, Shape, TextAlign, Weight};
use super::text::plain;
use super::tokens::{Theme, tokens};
use crate::board::{Board, CardId, LaneId, PersonaId, StageId};
use crate::views::View;

/// How a board is drawn. Everything else follows from the board and what its views publish.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoardLook {
    pub theme: Theme,
    /// Stages share it; a board of many stages is wider.
    pub width: f32,
    /// How wide a stage is at least.
    pub stage: f32,
}

impl Default for BoardLook {
    fn default() -> Self {
        Self { theme: Theme::default(), width: 1368.0, stage: 176.0 }
    }
}

/// A board as it is drawn, and where everything on it stands: x, y, width, height.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardPicture {
    /// Targets are `card:7`, `stage:2`, `lane:4` and `point:9:0`, by the numbers that things on the
    /// board are known by; of a point the persona, and the how-manieth of the curve it is.
    pub scene: Scene,
    pub cards: Vec<(CardId, [f32; 4])>,
    /// Every cell, with cards or without, except those of lanes of feeling.
    pub cells: Vec<(StageId, LaneId, [f32; 4])>,
    /// The heads of the stages.
    pub stages: Vec<(StageId, [f32; 4])>,
    /// Whole rows.
    pub lanes: Vec<(LaneId, [f32; 4])>,
    /// The area of the curves: all stages from its left edge to its right one, from +2 at its top to
    /// −2 at its bottom.
    pub feeling: Vec<(LaneId, [f32; 4])>,
    pub points: Vec<(PersonaId, usize, [f32; 2])>,
    /// Where the dots of ideas are, while there is or was a vote.
    pub votes: Vec<(CardId, [f32; 4])>,
}

/// Draws a board; `views` are the published ones that its cards look into.
pub fn board_scene(board: &Board, views: &[&View], look: BoardLook) -> BoardPicture {
    grid::picture(board, views, look, board.stages.len())
}

/// How it is and how it ought to be, in the same columns, to stand one below the other.
pub fn boards_scene(
    as_is: &Board,
    to_be: &Board,
    views: &[&View],
    look: BoardLook,
) -> [BoardPicture; 2] {
    let columns = as_is.stages.len().max(to_be.stages.len());
    [as_is, to_be].map(|board| grid::picture(board, views, look, columns))
}

/// A board as a page of its own: its name, the grid, and what the badges mean. With `to_be` that one
/// stands below.
pub fn board_page(board: &Board, to_be: Option<&Board>, views: &[&View], look: BoardLook) -> Scene {
    let both = to_be.map(|to_be| boards_scene(board, to_be, views, look));
    let pictures = match both {
        Some(both) => Vec::from(both),
        None => vec![board_scene(board, views, look)],
    };
    let colours = look.theme.colours();
    let margin = tokens().space.card_gap;
    let title = tokens().text.title;
    let mut page = Scene {
        width: pictures.iter().map(|picture| picture.scene.width).fold(0.0, f32::max),
        height: 0.0,
        background: colours.surface,
        shapes: Vec::new(),
        targets: Vec::new(),
        title: plain(&board.name),
        description: String::new(),
    };
    let names = [Some(board), to_be].into_iter().flatten();
    for (at, (board, picture)) in names.zip(pictures).enumerate() {
        let run = Run {
            text: plain(&board.name),
            weight: Weight::SemiBold,
            colour: colours.text_strong,
            gap: 0.0,
        };
        let place = [margin, page.height + 8.0 + title.line];
        let mark =
            Mark::Text { at: place, size: title.size, align: TextAlign::Left, runs: vec![run] };
        page.shapes.push(Shape { mark, target: None });
        page.height += 8.0 + title.line;
        page.description.clone_from(&picture.scene.description);
        let height = picture.scene.height;
        let before = if at == 0 { "" } else { "to-be:" };
        page.place(picture.scene, [0.0, page.height], before);
        page.height += height;
    }
    page.add_footnote(&words::legend(views), look.theme);
    page
}
