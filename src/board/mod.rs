//! The journey board: what a group in a room puts together, and the slides it is shown with.
//!
//! [`Workshop`] is the whole of it: boards and slides. A [`Board`] is a grid of stages and lanes with
//! cards in its cells. What somebody does to a workshop is an [`Edit`]; [`Workshop::edited`] answers
//! with the workshop that results, and the old one is still there. A card says what people think; a
//! [`Measure`] on it says which published number is to stand beside, and [`Measure::read`] looks it
//! up in the view.
//!
//! *Invariant:* a board holds no measured number. It holds the name of a view and what to look up
//! in it, so what is drawn as measured is what the view publishes, or nothing. Neither do its forms as
//! text: `board.json`, a Mermaid journey, a table of cards.

mod check;
mod csv;
mod edit;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod ids;
mod measure;
mod mermaid;
mod model;
mod template;
#[cfg(test)]
mod tests;
mod vote;

pub use check::BoardError;
pub use edit::{CardChange, Direction, Edit, EditError, Edited, Made, OnBoard, Target};
pub use ids::{BoardId, CardId, LaneId, PersonaId, SlideId, StageId};
pub use measure::{Measure, Quantity, Reading};
pub use mermaid::MermaidError;
pub use model::{
    Board, Card, Effort, Evidence, Guess, Lane, LaneKind, Persona, Picture, Point, Shows, Slide,
    Stage, State, Workshop,
};
pub use template::Template;
pub use vote::Voting;
