//! A text that is being typed in a field beside the board, until it is taken over.
//!
//! *Invariant:* what is typed is never lost: it becomes an edit when its field is left, also where that
//! is because something else is shown in its place.

use egui::{Frame, Margin, Response, Stroke, TextEdit, Ui};

use super::canvas::on;
use crate::app::command::Command;
use crate::app::state::Presenting;
use crate::app::theme::{self, Look};
use crate::app::widgets::field;
use crate::board::{BoardId, CardChange, CardId, Edit, OnBoard, PersonaId, SlideId, StageId};
use crate::draw::Weight;

/// What the text belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    CardText(BoardId, CardId),
    CardNote(BoardId, CardId),
    CardOwner(BoardId, CardId),
    BoardName(BoardId),
    StageNote(BoardId, StageId),
    Persona(BoardId, PersonaId),
    PointNote(BoardId, PersonaId, usize),
    SlideTitle(SlideId),
    SlideNotes(SlideId),
}

impl Of {
    fn command(self, text: String) -> Option<Command> {
        let change = |board, card, change| on(board, OnBoard::Change(card, change));
        Some(match self {
            Self::CardText(board, card) => change(board, card, CardChange::Text(text)),
            Self::CardNote(board, card) => change(board, card, CardChange::Note(text)),
            Self::CardOwner(board, card) => change(board, card, CardChange::Owner(text)),
            Self::BoardName(_) | Self::Persona(..) if text.trim().is_empty() => return None,
            Self::BoardName(board) => Presenting::Edit(Edit::RenameBoard(board, text)).into(),
            Self::StageNote(board, stage) => on(board, OnBoard::SetStageNote(stage, text)),
            Self::Persona(board, persona) => on(board, OnBoard::RenamePersona(persona, text)),
            Self::PointNote(board, persona, at) => {
                Presenting::Note(board, persona, at, text).into()
            }
            Self::SlideTitle(slide) => Presenting::Edit(Edit::SetTitle(slide, text)).into(),
            Self::SlideNotes(slide) => Presenting::Edit(Edit::SetNotes(slide, text)).into(),
        })
    }
}

/// The one text that is being typed.
#[derive(Default)]
pub struct Drafts {
    typed: Option<(Of, String)>,
    is_seen: bool,
}

impl Drafts {
    /// One line.
    pub fn line(
        &mut self,
        ui: &mut Ui,
        name: &str,
        (of, now): (Of, &str),
        hint: &str,
        width: f32,
        commands: &mut Vec<Command>,
    ) -> Response {
        let mut words = self.words(of, now);
        let response = field(ui, name, &mut words, hint, width);
        self.keep(of, now, words, &response, commands);
        response
    }

    /// Several lines.
    pub fn lines(
        &mut self,
        ui: &mut Ui,
        name: &str,
        (of, now): (Of, &str),
        rows: usize,
        commands: &mut Vec<Command>,
    ) -> Response {
        let look = Look::of(ui);
        let mut words = self.words(of, now);
        let id = ui.scope_id().with(("lines", name));
        let focused = ui.memory(|memory| memory.has_focus(id));
        let stroke = if focused {
            Stroke::new(look.tokens.stroke.focus, look.focus_ring)
        } else {
            look.outline()
        };
        let frame = Frame::new()
            .fill(look.raised)
            .stroke(stroke)
            .corner_radius(look.corners_small())
            .inner_margin(Margin::symmetric(9, 6));
        let output = TextEdit::multiline(&mut words)
            .id(id)
            .font(theme::body(Weight::Regular))
            .text_color(look.text_strong)
            .desired_rows(rows)
            .desired_width(ui.available_width() - 2.0)
            .frame(frame)
            .show(ui);
        let response = output.response.response.accessible_name(name);
        self.keep(of, now, words, &response, commands);
        response
    }

    fn words(&self, of: Of, now: &str) -> String {
        let typed = self.typed.as_ref().filter(|(other, _)| *other == of);
        typed.map_or_else(|| now.to_owned(), |(_, words)| words.clone())
    }

    fn keep(
        &mut self,
        of: Of,
        now: &str,
        words: String,
        response: &Response,
        commands: &mut Vec<Command>,
    ) {
        let is_typed = self.typed.as_ref().is_some_and(|(other, _)| *other == of);
        if response.has_focus() {
            if !is_typed {
                self.take_over(commands);
            }
            if is_typed || words != now {
                self.typed = Some((of, words));
            }
            self.is_seen = true;
        } else if is_typed {
            self.typed = None;
            if words != now {
                commands.extend(of.command(words));
            }
        }
    }

    /// Once a frame, after everything is shown: a text whose field is gone is taken over.
    pub fn end_frame(&mut self, commands: &mut Vec<Command>) {
        if !std::mem::take(&mut self.is_seen) {
            self.take_over(commands);
        }
    }

    fn take_over(&mut self, commands: &mut Vec<Command>) {
        if let Some((of, words)) = self.typed.take() {
            commands.extend(of.command(words));
        }
    }
}
