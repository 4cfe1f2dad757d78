//! What a workshop that was read from a file has to be, before anything is done with it.
//!
//! *Invariant:* after the check every card stands in a cell of its board, every number is in its range,
//! and nothing is known by a number that something else of its kind has.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Board, Card, Evidence, Shows, Slide, State, Voting, Workshop};

/// The largest that is read, in bytes.
pub(super) const LARGEST_FILE: usize = 64 << 20;
pub(super) const BOARDS: usize = 50;
pub(super) const STAGES: usize = 40;
pub(super) const LANES: usize = 40;
pub(super) const CARDS: usize = 2_000;
pub(super) const PERSONAS: usize = 6;
pub(super) const POINTS: usize = 400;
pub(super) const SLIDES: usize = 500;
/// Of a name, in letters.
pub(super) const NAME: usize = 200;
/// Of a text, in letters.
pub(super) const TEXT: usize = 4_000;

/// Why a file is no workshop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BoardError {
    #[error("The board was made by a newer version of Trodden; open it with that one")]
    Newer,
    #[error("The board cannot be read: it is damaged or was never one")]
    Damaged,
    #[error("The board is larger than one can be")]
    TooLarge,
}

/// The format that is written, and the only one so far.
const FORMAT: u64 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: u64,
    #[serde(flatten)]
    workshop: &'a Workshop,
}

/// The same as it is read, straight into what it says: nothing else of a large file is kept.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(rename = "format")]
    _format: u64,
    #[serde(default)]
    boards: Vec<Board>,
    #[serde(default)]
    slides: Vec<Slide>,
    #[serde(default)]
    last_id: u32,
}

/// All that is asked of a file at first: a later format may have fields that this version does not
/// know.
#[derive(Deserialize)]
struct Format {
    format: u64,
}

impl Workshop {
    /// The bytes of `board.json`.
    pub fn to_json(&self) -> Vec<u8> {
        let written = Written { format: FORMAT, workshop: self };
        // Maps have numbers for keys, and nothing else could fail.
        let mut bytes = serde_json::to_vec_pretty(&written).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads `board.json`.
    ///
    /// # Errors
    /// Where it is none, or is not whole.
    pub fn from_json(bytes: &[u8]) -> Result<Self, BoardError> {
        if bytes.len() > LARGEST_FILE {
            return Err(BoardError::TooLarge);
        }
        let Format { format } = serde_json::from_slice(bytes).map_err(|_| BoardError::Damaged)?;
        match format {
            FORMAT => {}
            newer if newer > FORMAT => return Err(BoardError::Newer),
            _ => return Err(BoardError::Damaged),
        }
        let read: Read = serde_json::from_slice(bytes).map_err(|_| BoardError::Damaged)?;
        let Read { boards, slides, last_id, .. } = read;
        Self { boards, slides, last_id }.checked()
    }

    /// The workshop, if it is whole.
    ///
    /// # Errors
    /// Where it contradicts itself or is larger than one can be.
    pub fn checked(self) -> Result<Self, BoardError> {
        let boards = unique(self.boards.iter().map(|board| board.id.0), self.last_id)?;
        unique(self.slides.iter().map(|slide| slide.id.0), self.last_id)?;
        if self.boards.len() > BOARDS || self.slides.len() > SLIDES {
            return Err(BoardError::TooLarge);
        }
        for board in &self.boards {
            check(board, self.last_id)?;
            if let State::ToBe { of } = board.state
                && (!boards.contains(&of.0) || !self.ends(board))
            {
                return Err(BoardError::Damaged);
            }
        }
        for slide in &self.slides {
            fits(&slide.title, NAME)?;
            fits(&slide.notes, TEXT)?;
            if let Shows::Board(id) = &slide.shows
                && !boards.contains(&id.0)
            {
                return Err(BoardError::Damaged);
            }
        }
        Ok(self)
    }

    /// Whether going from how it ought to be to how it is comes to an end.
    fn ends(&self, board: &Board) -> bool {
        let mut board = board;
        for _ in 0..self.boards.len() {
            let State::ToBe { of } = board.state else { return true };
            let Some(as_is) = self.board(of) else { return true };
            board = as_is;
        }
        board.state == State::AsIs
    }
}

fn check(board: &Board, last_id: u32) -> Result<(), BoardError> {
    let counts = [
        (board.stages.len(), STAGES),
        (board.lanes.len(), LANES),
        (board.cards.len(), CARDS),
        (board.personas.len(), PERSONAS),
    ];
    if counts.into_iter().any(|(count, most)| count > most) {
        return Err(BoardError::TooLarge);
    }
    let stages = unique(board.stages.iter().map(|it| it.id.0), last_id)?;
    let lanes = unique(board.lanes.iter().map(|it| it.id.0), last_id)?;
    let cards = unique(board.cards.iter().map(|it| it.id.0), last_id)?;
    unique(board.personas.iter().map(|it| it.id.0), last_id)?;
    fits(&board.name, NAME)?;
    for stage in &board.stages {
        fits(&stage.name, NAME)?;
        fits(&stage.note, NAME)?;
    }
    for lane in &board.lanes {
        fits(&lane.name, NAME)?;
    }
    for persona in &board.personas {
        fits(&persona.name, NAME)?;
        if persona.curve.len() > POINTS
            || !persona.curve.iter().all(|point| point.is_on(board.stages.len()))
            || !persona.curve.is_sorted_by(|one, next| one.at < next.at)
        {
            return Err(BoardError::Damaged);
        }
        for point in &persona.curve {
            fits(&point.note, NAME)?;
        }
    }
    for card in &board.cards {
        let grade = |grade: Option<u8>| grade.is_none_or(|grade| Card::GRADES.contains(&grade));
        let is_in_a_cell = stages.contains(&card.stage.0) && lanes.contains(&card.lane.0);
        if !is_in_a_cell || !grade(card.severity) || !grade(card.frequency) {
            return Err(BoardError::Damaged);
        }
        fits(&card.text, TEXT)?;
        fits(&card.note, TEXT)?;
        fits(&card.owner, NAME)?;
        if let Evidence::Measured(measure) = &card.evidence {
            fits(&measure.view, NAME)?;
        }
    }
    let whole = |voting: &Voting| voting.is_whole(|card| cards.contains(&card.0));
    if !board.voting.as_ref().is_none_or(whole) {
        return Err(BoardError::Damaged);
    }
    Ok(())
}

/// The numbers, each of them once and none that is yet to be given.
fn unique(ids: impl Iterator<Item = u32>, last_id: u32) -> Result<BTreeSet<u32>, BoardError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if id > last_id || !seen.insert(id) {
            return Err(BoardError::Damaged);
        }
    }
    Ok(seen)
}

fn fits(text: &str, letters: usize) -> Result<(), BoardError> {
    if text.chars().nth(letters).is_none() { Ok(()) } else { Err(BoardError::TooLarge) }
}
