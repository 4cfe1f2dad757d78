//! What somebody does to a workshop.
//!
//! *Invariant:* an edit either gives a whole workshop or says in one sentence why not; the workshop it
//! was made from is as it was.

use std::collections::BTreeMap;

use thiserror::Error;

use super::check::{BOARDS, CARDS, LANES, NAME, PERSONAS, POINTS, SLIDES, STAGES, TEXT};
use super::ids::next_id;
use super::template::Builder;
use super::{
    Board, BoardId, Card, CardId, Effort, Evidence, Guess, Lane, LaneId, LaneKind, Persona,
    PersonaId, Picture, Point, Shows, Slide, SlideId, Stage, StageId, State, Template, Voting,
    Workshop,
};
use crate::views::View;

/// One thing done to a workshop.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    NewBoard(Template),
    /// A board with a stage for every step of a flow or funnel.
    BoardOf(Box<View>),
    /// A board that was made elsewhere. What it is known by is given anew.
    Take(Box<Board>),
    /// A copy to show how it ought to be, beside how it is.
    ToBe(BoardId),
    RenameBoard(BoardId, String),
    DeleteBoard(BoardId),
    On(BoardId, OnBoard),

    AddSlide {
        shows: Shows,
        title: String,
        /// At which place; at the end without one.
        at: Option<usize>,
    },
    SetTitle(SlideId, String),
    SetNotes(SlideId, String),
    MoveSlide(SlideId, usize),
    DeleteSlide(SlideId),
}

/// One thing done to one board.
#[derive(Clone, Debug, PartialEq)]
pub enum OnBoard {
    AddStage {
        at: usize,
        name: String,
    },
    RenameStage(StageId, String),
    SetStageNote(StageId, String),
    MoveStage(StageId, usize),
    /// With its cards.
    DeleteStage(StageId),

    AddLane {
        at: usize,
        kind: LaneKind,
    },
    RenameLane(LaneId, String),
    MoveLane(LaneId, usize),
    /// With its cards.
    DeleteLane(LaneId),

    AddCard {
        to: Target,
        text: String,
    },
    Change(CardId, CardChange),
    /// Together and in the order in which they stand.
    Move {
        cards: Vec<CardId>,
        to: Target,
    },
    Copy {
        cards: Vec<CardId>,
        to: Target,
    },
    /// Cards that were copied elsewhere, with all that is on them.
    Paste {
        cards: Vec<Card>,
        to: Target,
    },
    /// Each by one cell, or by one place in its cell.
    Shift {
        cards: Vec<CardId>,
        direction: Direction,
    },
    Delete(Vec<CardId>),

    AddPersona(String),
    RenamePersona(PersonaId, String),
    SetCurve(PersonaId, Vec<Point>),
    DeletePersona(PersonaId),

    /// Everybody has as many dots.
    StartVoting(u8),
    Vote(CardId),
    TakeBack(CardId),
    NextVoter,
    RevealVotes,
    EndVoting,
}

/// Where in a board cards are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub stage: StageId,
    pub lane: LaneId,
    /// At the end of the cell without one.
    pub before: Option<CardId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// A change of one card.
#[derive(Clone, Debug, PartialEq)]
pub enum CardChange {
    Text(String),
    Note(String),
    Evidence(Evidence),
    Severity(Option<u8>),
    Frequency(Option<u8>),
    Owner(String),
    Effort(Option<Effort>),
    Picture(Option<Picture>),
    /// The group is to guess before it sees the number, or no longer.
    Guessing(bool),
    Guess(u64),
    Reveal,
}

/// A workshop after an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    pub workshop: Workshop,
    /// What is new, the last of several.
    pub made: Option<Made>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    Board(BoardId),
    Stage(StageId),
    Lane(LaneId),
    Card(CardId),
    Persona(PersonaId),
    Slide(SlideId),
}

/// Why an edit cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    #[error("It is not there any more; nothing was changed")]
    Gone,
    #[error("There are {0} of them already, which is as many as there can be")]
    TooMany(usize),
    #[error("That is longer than {0} letters; make it shorter")]
    TooLong(usize),
    #[error("A board keeps at least one stage and one lane")]
    LastOne,
    #[error("Only a flow or a funnel has steps to make stages of")]
    NoSteps,
    #[error("All dots are given, or the vote is over")]
    NoDots,
    #[error("A curve is drawn from the first stage to the last, between −2 and +2")]
    NoCurve,
    #[error("A grade is a number from 1 to 5")]
    NoGrade,
}

impl Workshop {
    /// The workshop after an edit.
    ///
    /// # Errors
    /// Where the edit cannot be made.
    pub fn edited(&self, edit: Edit) -> Result<Edited, EditError> {
        let mut next = self.clone();
        let made = next.edit(edit)?;
        Ok(Edited { workshop: next, made })
    }

    fn edit(&mut self, edit: Edit) -> Result<Option<Made>, EditError> {
        match edit {
            Edit::NewBoard(template) => {
                let board = Builder::new(&mut self.last_id).template(template);
                self.push_board(board).map(Some)
            }
            Edit::BoardOf(view) => {
                let board = Builder::new(&mut self.last_id).of_view(&view);
                self.push_board(board.ok_or(EditError::NoSteps)?).map(Some)
            }
            Edit::Take(board) => {
                let board = self.renumbered(*board);
                self.push_board(Board { state: State::AsIs, ..board }).map(Some)
            }
            Edit::ToBe(of) => {
                if let Some(board) = self.to_be(of) {
                    return Ok(Some(Made::Board(board.id)));
                }
                let as_is = self.board(of).ok_or(EditError::Gone)?.clone();
                let name = format!("{}, to be", as_is.name);
                let name = if name.chars().count() > NAME { as_is.name.clone() } else { name };
                let board = self.renumbered(as_is);
                let state = State::ToBe { of };
                self.push_board(Board { name, state, voting: None, ..board }).map(Some)
            }
            Edit::RenameBoard(id, name) => {
                self.board_mut(id)?.name = short(name, NAME)?;
                Ok(None)
            }
            Edit::DeleteBoard(id) => {
                self.board_mut(id)?;
                self.boards.retain(|board| board.id != id);
                for board in &mut self.boards {
                    if board.state == (State::ToBe { of: id }) {
                        board.state = State::AsIs;
                    }
                }
                self.slides.retain(|slide| slide.shows != Shows::Board(id));
                Ok(None)
            }
            Edit::On(id, change) => {
                let Self { boards, last_id, .. } = self;
                let board = boards.iter_mut().find(|board| board.id == id);
                board.ok_or(EditError::Gone)?.change(change, last_id)
            }
            Edit::AddSlide { shows, title, at } => {
                room(self.slides.len(), 1, SLIDES)?;
                if let Shows::Board(id) = shows {
                    self.board_mut(id)?;
                }
                let id = SlideId(self.next_id());
                let slide = Slide { id, title: short(title, NAME)?, notes: String::new(), shows };
                let at = at.unwrap_or(self.slides.len()).min(self.slides.len());
                self.slides.insert(at, slide);
                Ok(Some(Made::Slide(id)))
            }
            Edit::SetTitle(id, title) => {
                self.slide_mut(id)?.title = short(title, NAME)?;
                Ok(None)
            }
            Edit::SetNotes(id, notes) => {
                self.slide_mut(id)?.notes = short(notes, TEXT)?;
                Ok(None)
            }
            Edit::MoveSlide(id, to) => move_to(&mut self.slides, |slide| slide.id == id, to),
            Edit::DeleteSlide(id) => {
                self.slide_mut(id)?;
                self.slides.retain(|slide| slide.id != id);
                Ok(None)
            }
        }
    }

    fn push_board(&mut self, board: Board) -> Result<Made, EditError> {
        room(self.boards.len(), 1, BOARDS)?;
        let made = Made::Board(board.id);
        // How it ought to be stands right after how it is.
        let of = |other: &Board| board.state == State::ToBe { of: other.id };
        let at = self.boards.iter().position(of).map_or(self.boards.len(), |at| at + 1);
        self.boards.insert(at, board);
        Ok(made)
    }

    /// The same board with numbers of this workshop.
    fn renumbered(&mut self, mut board: Board) -> Board {
        board.id = BoardId(self.next_id());
        // From all old numbers to all new ones at once: a new one may be another's old one.
        let mut stages = BTreeMap::new();
        for stage in &mut board.stages {
            let id = StageId(self.next_id());
            stages.insert(std::mem::replace(&mut stage.id, id), id);
        }
        let mut lanes = BTreeMap::new();
        for lane in &mut board.lanes {
            let id = LaneId(self.next_id());
            lanes.insert(std::mem::replace(&mut lane.id, id), id);
        }
        for card in &mut board.cards {
            card.stage = stages.get(&card.stage).copied().unwrap_or(card.stage);
            card.lane = lanes.get(&card.lane).copied().unwrap_or(card.lane);
        }
        board.cards.iter_mut().for_each(|card| card.id = CardId(self.next_id()));
        board.personas.iter_mut().for_each(|it| it.id = PersonaId(self.next_id()));
        board.voting = None;
        board
    }

    fn board_mut(&mut self, id: BoardId) -> Result<&mut Board, EditError> {
        self.boards.iter_mut().find(|board| board.id == id).ok_or(EditError::Gone)
    }

    fn slide_mut(&mut self, id: SlideId) -> Result<&mut Slide, EditError> {
        self.slides.iter_mut().find(|slide| slide.id == id).ok_or(EditError::Gone)
    }
}

impl Board {
    fn change(&mut self, change: OnBoard, last_id: &mut u32) -> Result<Option<Made>, EditError> {
        match change {
            OnBoard::AddStage { at, name } => {
                room(self.stages.len(), 1, STAGES)?;
                let id = StageId(next_id(last_id));
                let at = at.min(self.stages.len());
                let stage = Stage { id, name: short(name, NAME)?, note: String::new() };
                self.stages.insert(at, stage);
                // What was drawn over later stages goes with them.
                let from = at as u32 * Point::STAGE;
                for point in self.points().filter(|point| point.at >= from) {
                    point.at += Point::STAGE;
                }
                Ok(Some(Made::Stage(id)))
            }
            OnBoard::RenameStage(id, name) => {
                self.stage_mut(id)?.name = short(name, NAME)?;
                Ok(None)
            }
            OnBoard::SetStageNote(id, note) => {
                self.stage_mut(id)?.note = short(note, NAME)?;
                Ok(None)
            }
            OnBoard::MoveStage(id, to) => {
                let from = self.stages.iter().position(|it| it.id == id).ok_or(EditError::Gone)?;
                let to = to.min(self.stages.len() - 1);
                let mut order: Vec<usize> = (0..self.stages.len()).collect();
                let moved = order.remove(from);
                order.insert(to, moved);
                for persona in &mut self.personas {
                    for point in &mut persona.curve {
                        let (stage, rest) = within(point.at, order.len());
                        let now = order.iter().position(|old| *old == stage).unwrap_or(stage);
                        point.at = now as u32 * Point::STAGE + rest;
                    }
                    tidy(&mut persona.curve);
                }
                move_to(&mut self.stages, |stage| stage.id == id, to)
            }
            OnBoard::DeleteStage(id) => {
                let at = self.stages.iter().position(|it| it.id == id).ok_or(EditError::Gone)?;
                if self.stages.len() == 1 {
                    return Err(EditError::LastOne);
                }
                let count = self.stages.len();
                for persona in &mut self.personas {
                    persona.curve.retain(|point| within(point.at, count).0 != at);
                    let later = |point: &&mut Point| within(point.at, count).0 > at;
                    persona.curve.iter_mut().filter(later).for_each(|it| it.at -= Point::STAGE);
                    tidy(&mut persona.curve);
                }
                self.stages.remove(at);
                self.drop_cards(|card| card.stage == id);
                Ok(None)
            }
            OnBoard::AddLane { at, kind } => {
                room(self.lanes.len(), 1, LANES)?;
                let id = LaneId(next_id(last_id));
                let lane = Lane { id, name: kind.name().to_owned(), kind };
                self.lanes.insert(at.min(self.lanes.len()), lane);
                Ok(Some(Made::Lane(id)))
            }
            OnBoard::RenameLane(id, name) => {
                self.lane_mut(id)?.name = short(name, NAME)?;
                Ok(None)
            }
            OnBoard::MoveLane(id, to) => move_to(&mut self.lanes, |lane| lane.id == id, to),
            OnBoard::DeleteLane(id) => {
                self.lane_mut(id)?;
                if self.lanes.len() == 1 {
                    return Err(EditError::LastOne);
                }
                self.lanes.retain(|lane| lane.id != id);
                self.drop_cards(|card| card.lane == id);
                Ok(None)
            }
            OnBoard::AddCard { to, text } => {
                room(self.cards.len(), 1, CARDS)?;
                let id = CardId(next_id(last_id));
                let card = Card { text: short(text, TEXT)?, ..Card::new(id, to.stage, to.lane) };
                self.put(vec![card], to)?;
                Ok(Some(Made::Card(id)))
            }
            OnBoard::Change(id, change) => {
                self.card_mut(id)?.change(change)?;
                Ok(None)
            }
            OnBoard::Move { cards, to } => {
                let moved = self.take(&cards)?;
                // A card is not put before itself.
                let before = to.before.filter(|before| !cards.contains(before));
                self.put(moved, Target { before, ..to })?;
                Ok(None)
            }
            OnBoard::Copy { cards, to } => {
                let mut copies = self.chosen(&cards)?;
                room(self.cards.len(), copies.len(), CARDS)?;
                for card in &mut copies {
                    card.id = CardId(next_id(last_id));
                }
                let last = copies.last().map(|card| Made::Card(card.id));
                self.put(copies, to)?;
                Ok(last)
            }
            OnBoard::Paste { mut cards, to } => {
                room(self.cards.len(), cards.len(), CARDS)?;
                for card in &mut cards {
                    card.id = CardId(next_id(last_id));
                    // Guesses belong to the group that made them.
                    card.guess = card.guess.take().map(|_| Guess::default());
                    card.check()?;
                }
                let last = cards.last().map(|card| Made::Card(card.id));
                self.put(cards, to)?;
                Ok(last)
            }
            OnBoard::Shift { cards, direction } => self.shift(&cards, direction),
            OnBoard::Delete(cards) => {
                self.take(&cards)?;
                self.forget_votes();
                Ok(None)
            }
            OnBoard::AddPersona(name) => {
                room(self.personas.len(), 1, PERSONAS)?;
                let id = PersonaId(next_id(last_id));
                let name = short(name, NAME)?;
                self.personas.push(Persona { id, name, curve: Vec::new() });
                Ok(Some(Made::Persona(id)))
            }
            OnBoard::RenamePersona(id, name) => {
                self.persona_mut(id)?.name = short(name, NAME)?;
                Ok(None)
            }
            OnBoard::SetCurve(id, mut curve) => {
                if !curve.iter().all(|point| point.is_on(self.stages.len())) {
                    return Err(EditError::NoCurve);
                }
                tidy(&mut curve);
                room(0, curve.len(), POINTS)?;
                self.persona_mut(id)?.curve = curve;
                Ok(None)
            }
            OnBoard::DeletePersona(id) => {
                self.persona_mut(id)?;
                self.personas.retain(|persona| persona.id != id);
                Ok(None)
            }
            OnBoard::StartVoting(dots) => {
                self.voting = Some(Voting::new(dots));
                Ok(None)
            }
            OnBoard::Vote(card) => {
                self.card_mut(card)?;
                self.vote()?.give(card).then_some(None).ok_or(EditError::NoDots)
            }
            OnBoard::TakeBack(card) => {
                self.vote()?.take_back(card).then_some(None).ok_or(EditError::Gone)
            }
            OnBoard::NextVoter => {
                self.vote()?.next();
                Ok(None)
            }
            OnBoard::RevealVotes => {
                self.vote()?.reveal();
                Ok(None)
            }
            OnBoard::EndVoting => {
                self.voting = None;
                Ok(None)
            }
        }
    }

    /// Takes cards out, in the order in which they stand.
    fn take(&mut self, ids: &[CardId]) -> Result<Vec<Card>, EditError> {
        let taken = self.chosen(ids)?;
        self.cards.retain(|card| !ids.contains(&card.id));
        Ok(taken)
    }

    fn chosen(&self, ids: &[CardId]) -> Result<Vec<Card>, EditError> {
        if ids.iter().any(|id| self.card(*id).is_none()) {
            return Err(EditError::Gone);
        }
        Ok(self.cards.iter().filter(|card| ids.contains(&card.id)).cloned().collect())
    }

    fn put(&mut self, cards: Vec<Card>, to: Target) -> Result<(), EditError> {
        let lane = self.lane(to.lane).ok_or(EditError::Gone)?;
        if self.stage(to.stage).is_none() || lane.kind == LaneKind::Feeling {
            return Err(EditError::Gone);
        }
        let before = to.before.and_then(|id| {
            let is_it =
                |card: &Card| card.id == id && card.stage == to.stage && card.lane == to.lane;
            self.cards.iter().position(is_it)
        });
        let at = before.unwrap_or(self.cards.len());
        let here = cards.into_iter().map(|card| Card { stage: to.stage, lane: to.lane, ..card });
        self.cards.splice(at..at, here);
        Ok(())
    }

    fn shift(&mut self, ids: &[CardId], direction: Direction) -> Result<Option<Made>, EditError> {
        let mut cards: Vec<CardId> = self.chosen(ids)?.iter().map(|card| card.id).collect();
        if direction == Direction::Down {
            cards.reverse();
        }
        for id in cards {
            let card = self.card(id).ok_or(EditError::Gone)?;
            let (stage, lane) = (card.stage, card.lane);
            match direction {
                Direction::Left | Direction::Right => {
                    let at = self.stages.iter().position(|it| it.id == stage);
                    let at = at.ok_or(EditError::Gone)?;
                    let next =
                        if direction == Direction::Left { at.checked_sub(1) } else { Some(at + 1) };
                    let Some(stage) = next.and_then(|at| self.stages.get(at)) else { continue };
                    let to = Target { stage: stage.id, lane, before: None };
                    let moved = self.take(&[id])?;
                    self.put(moved, to)?;
                }
                Direction::Up | Direction::Down => {
                    let cell: Vec<CardId> = self.cell(stage, lane).map(|card| card.id).collect();
                    let at = cell.iter().position(|other| *other == id).unwrap_or(0);
                    let next =
                        if direction == Direction::Up { at.checked_sub(1) } else { Some(at + 1) };
                    match next.and_then(|at| cell.get(at)) {
                        // Those that are moved together keep their order.
                        Some(other) if ids.contains(other) => {}
                        Some(other) => {
                            let place = |id| self.cards.iter().position(|card| card.id == id);
                            if let Some((one, other)) = place(id).zip(place(*other)) {
                                self.cards.swap(one, other);
                            }
                        }
                        None => {
                            let Some(to) = self.next_lane(lane, direction) else { continue };
                            let first = self.cell(stage, to).next().map(|card| card.id);
                            let before = first.filter(|_| direction == Direction::Down);
                            let moved = self.take(&[id])?;
                            self.put(moved, Target { stage, lane: to, before })?;
                        }
                    }
                }
            }
        }
        Ok(None)
    }

    /// The lane above or below that has cards.
    fn next_lane(&self, lane: LaneId, direction: Direction) -> Option<LaneId> {
        let at = self.lanes.iter().position(|it| it.id == lane)?;
        let takes = |lane: &&Lane| lane.kind != LaneKind::Feeling;
        let found = if direction == Direction::Up {
            self.lanes[..at].iter().rev().find(takes)
        } else {
            self.lanes[at + 1..].iter().find(takes)
        };
        found.map(|lane| lane.id)
    }

    fn drop_cards(&mut self, gone: impl Fn(&Card) -> bool) {
        self.cards.retain(|card| !gone(card));
        self.forget_votes();
    }

    /// Of cards that are gone.
    fn forget_votes(&mut self) {
        let there: std::collections::BTreeSet<CardId> =
            self.cards.iter().map(|card| card.id).collect();
        if let Some(voting) = &mut self.voting {
            voting.keep(|card| there.contains(&card));
        }
    }

    fn points(&mut self) -> impl Iterator<Item = &mut Point> {
        self.personas.iter_mut().flat_map(|persona| persona.curve.iter_mut())
    }

    fn vote(&mut self) -> Result<&mut Voting, EditError> {
        self.voting.as_mut().ok_or(EditError::NoDots)
    }

    fn stage_mut(&mut self, id: StageId) -> Result<&mut Stage, EditError> {
        self.stages.iter_mut().find(|stage| stage.id == id).ok_or(EditError::Gone)
    }

    fn lane_mut(&mut self, id: LaneId) -> Result<&mut Lane, EditError> {
        self.lanes.iter_mut().find(|lane| lane.id == id).ok_or(EditError::Gone)
    }

    fn card_mut(&mut self, id: CardId) -> Result<&mut Card, EditError> {
        self.cards.iter_mut().find(|card| card.id == id).ok_or(EditError::Gone)
    }

    fn persona_mut(&mut self, id: PersonaId) -> Result<&mut Persona, EditError> {
        self.personas.iter_mut().find(|persona| persona.id == id).ok_or(EditError::Gone)
    }
}

impl Card {
    /// Whether a card that comes from elsewhere fits a board.
    fn check(&self) -> Result<(), EditError> {
        let graded = [self.severity, self.frequency].into_iter().flatten();
        if graded.into_iter().any(|grade| !(1..=5).contains(&grade)) {
            return Err(EditError::NoGrade);
        }
        let texts = [(&self.text, TEXT), (&self.note, TEXT), (&self.owner, NAME)];
        let long = texts.into_iter().find(|(text, most)| text.chars().nth(*most).is_some());
        long.map_or(Ok(()), |(_, most)| Err(EditError::TooLong(most)))
    }

    fn change(&mut self, change: CardChange) -> Result<(), EditError> {
        let grade = |grade: Option<u8>| {
            let fits = grade.is_none_or(|grade| Card::GRADES.contains(&grade));
            fits.then_some(grade).ok_or(EditError::NoGrade)
        };
        match change {
            CardChange::Text(text) => self.text = short(text, TEXT)?,
            CardChange::Note(note) => self.note = short(note, TEXT)?,
            CardChange::Evidence(evidence) => {
                // A guess was about the number that stood there before.
                if evidence != self.evidence {
                    self.guess = self.guess.take().map(|_| Guess::default());
                }
                if !matches!(evidence, Evidence::Measured(_)) {
                    self.guess = None;
                }
                self.evidence = evidence;
            }
            CardChange::Severity(severity) => self.severity = grade(severity)?,
            CardChange::Frequency(frequency) => self.frequency = grade(frequency)?,
            CardChange::Owner(owner) => self.owner = short(owner, NAME)?,
            CardChange::Effort(effort) => self.effort = effort,
            CardChange::Picture(picture) => self.picture = picture,
            CardChange::Guessing(on) => {
                let is_measured = matches!(self.evidence, Evidence::Measured(_));
                self.guess = (on && is_measured).then(Guess::default);
            }
            CardChange::Guess(number) => {
                let guess = self.guess.as_mut().filter(|guess| !guess.revealed);
                let guesses = &mut guess.ok_or(EditError::Gone)?.guesses;
                room(guesses.len(), 1, GUESSES)?;
                guesses.push(number);
            }
            CardChange::Reveal => self.guess.as_mut().ok_or(EditError::Gone)?.revealed = true,
        }
        Ok(())
    }
}

/// How many guesses a card keeps.
const GUESSES: usize = 200;

/// In which stage a point of a curve lies, and how far in it. The very end belongs to the last.
fn within(at: u32, stages: usize) -> (usize, u32) {
    let stage = ((at / Point::STAGE) as usize).min(stages.saturating_sub(1));
    (stage, at - stage as u32 * Point::STAGE)
}

/// From left to right, and one point at a place: the last that was put there.
fn tidy(curve: &mut Vec<Point>) {
    curve.reverse();
    curve.sort_by_key(|point| point.at);
    curve.dedup_by_key(|point| point.at);
}

fn room(have: usize, more: usize, most: usize) -> Result<(), EditError> {
    if have + more <= most { Ok(()) } else { Err(EditError::TooMany(most)) }
}

fn short(text: String, letters: usize) -> Result<String, EditError> {
    if text.chars().nth(letters).is_none() { Ok(text) } else { Err(EditError::TooLong(letters)) }
}

fn move_to<T>(
    list: &mut Vec<T>,
    is_it: impl Fn(&T) -> bool,
    to: usize,
) -> Result<Option<Made>, EditError> {
    let from = list.iter().position(is_it).ok_or(EditError::Gone)?;
    let moved = list.remove(from);
    list.insert(to.min(list.len()), moved);
    Ok(None)
}
