//! A board on paper: one page, a wall of pages, cards to cut out, a sheet to vote on, a table of what to
//! do. Each is a list of pages, and these are a PDF with text that can be selected.
//!
//! *Invariant:* what is on paper is what [`super::board_page`] draws, or words and grades of the board.
//! Every page is as large as the paper it is for, and nothing but cut marks reaches into its margin.

mod cards;
mod lists;
#[cfg(test)]
mod tests;
mod wall;

use super::board::Pen;
use super::pdf::{self, Page, PdfError, Placed};
use super::scene::{Scene, Shape};
use super::text::plain;
use super::tokens::Theme;
use super::{BoardLook, board_page};
use crate::board::Board;
use crate::views::View;

/// What paper is in the printer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sheet {
    #[default]
    A4,
    A3,
    Letter,
}

impl Sheet {
    /// The shorter and the longer side in points of 1/72 inch.
    fn sides(self) -> [f32; 2] {
        match self {
            Self::A4 => [595.28, 841.89],
            Self::A3 => [841.89, 1190.55],
            Self::Letter => [612.0, 792.0],
        }
    }
}

/// A sheet of paper, and which way round it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    pub sheet: Sheet,
    pub portrait: bool,
}

impl Paper {
    fn size(self) -> [f32; 2] {
        let [short, long] = self.sheet.sides();
        if self.portrait { [short, long] } else { [long, short] }
    }

    /// What a printer can reach on every page: x, y, width, height.
    fn inner(self) -> [f32; 4] {
        let [width, height] = self.size();
        [MARGIN, MARGIN, width - 2.0 * MARGIN, height - 2.0 * MARGIN]
    }
}

/// A centimetre and a little: what office printers leave white.
const MARGIN: f32 = 32.0;

/// What is printed of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// All of it on one page.
    Page,
    /// Twice its size on as many pages as that takes, to be cut and put together.
    Wall,
    /// Every card in a frame of its own.
    Cards,
    /// Ideas by number, with dots to fill.
    Voting,
    /// Ideas by votes and effort, then pain points by severity × frequency.
    Actions,
}

/// Prints a board; with `to_be` that one stands below it where all of it is printed.
///
/// # Errors
/// Where the board is larger than a document can be.
pub fn print(
    board: &Board,
    to_be: Option<&Board>,
    views: &[&View],
    paper: Paper,
    what: Print,
) -> Result<Vec<u8>, PdfError> {
    let title = plain(&board.name);
    let whole = || board_page(board, to_be, views, BoardLook::default());
    match what {
        Print::Page => {
            let scene = whole();
            pdf::document(&title, &[fitted(&scene, paper)])
        }
        Print::Wall => {
            let scene = whole();
            let tiles = wall::tiles(&scene, paper, &title);
            let pages: Vec<Page<'_>> = tiles.iter().map(wall::Tile::page).collect();
            pdf::document(&title, &pages)
        }
        Print::Cards => own_pages(&title, &cards::pages(board, views, paper)),
        Print::Voting => own_pages(&title, &lists::voting(board, paper)),
        Print::Actions => own_pages(&title, &lists::actions(board, views, paper)),
    }
}

/// Pages that are drawn as large as they are.
fn own_pages(title: &str, scenes: &[Scene]) -> Result<Vec<u8>, PdfError> {
    let pages: Vec<Page<'_>> = scenes
        .iter()
        .map(|scene| Page {
            size: [scene.width, scene.height],
            placed: vec![Placed { scene, at: [0.0, 0.0], scale: 1.0, within: None }],
        })
        .collect();
    pdf::document(title, &pages)
}

/// A scene as large as there is room for, in the middle of the page.
fn fitted(scene: &Scene, paper: Paper) -> Page<'_> {
    let [x, y, width, height] = paper.inner();
    let scale = (width / scene.width).min(height / scene.height);
    let at = [x + (width - scene.width * scale) / 2.0, y];
    Page { size: paper.size(), placed: vec![Placed { scene, at, scale, within: None }] }
}

/// An empty page.
fn blank(paper: Paper, title: &str) -> Scene {
    let [width, height] = paper.size();
    Scene {
        width,
        height,
        background: super::Rgba::opaque(255, 255, 255),
        shapes: Vec::new(),
        targets: Vec::new(),
        title: title.to_owned(),
        description: String::new(),
    }
}

/// Writes on light paper.
fn pen(left: f32, room: f32, y: f32) -> Pen {
    Pen { colours: Theme::Light.colours(), left, room, y, marks: Vec::new() }
}

fn put(scene: &mut Scene, pen: Pen) {
    scene.shapes.extend(pen.marks.into_iter().map(|mark| Shape { mark, target: None }));
}
