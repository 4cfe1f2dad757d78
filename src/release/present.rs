//! The presenter file: a package with the board and the slides that it is shown with.
//!
//! `board.json` stands after everything else, so that the package is the same bytes, and what signs it
//! and what a reviewer decided still hold. Nobody signs or reviews the board: its words were typed.
//!
//! *Invariant:* a board adds no number to a package: it has names of its views, grades, guesses, dots
//! and curves. What is read of it is untrusted until every name is one of the package's and every
//! picture was drawn once.

use super::archive::{File, pack, unpack};
use super::attached::{BOARD, split};
use super::manifest::place;
use super::open::examine;
use super::{Finding, PresentError};
use crate::board::{Card, Evidence, Shows, Workshop};
use crate::draw::png;
use crate::views::{Disclosed, View};

/// More findings of one kind say no more.
const MOST_FINDINGS: usize = 20;

/// What a presenter file is shown with, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    pub boards: usize,
    pub cards: usize,
    pub pictures: usize,
    pub slides: usize,
}

impl Presented {
    pub(super) fn of(workshop: &Workshop) -> Self {
        let pictures = cards(workshop).filter(|card| card.picture.is_some()).count();
        let (boards, slides) = (workshop.boards.len(), workshop.slides.len());
        Self { boards, cards: cards(workshop).count(), pictures, slides }
    }

    /// What is to be known of it, whatever the checks say.
    pub fn sentence(self) -> String {
        let some = |count: usize, one: &str| {
            let more = if count == 1 { "" } else { "s" };
            format!("{count} {one}{more}")
        };
        format!(
            "It is a presenter file: {} with {} ({}), and {}. Their words were typed by people, and \
             nobody checked them or the pictures; no signature covers them.",
            some(self.boards, "board"),
            some(self.cards, "card"),
            some(self.pictures, "picture"),
            some(self.slides, "slide"),
        )
    }
}

fn cards(workshop: &Workshop) -> impl Iterator<Item = &Card> {
    workshop.boards.iter().flat_map(|board| &board.cards)
}

/// Puts boards and slides into a package, in place of those that are there. Its own files, signature
/// and decision stay as they are.
pub fn present(package: &[u8], workshop: &Workshop) -> Result<Vec<u8>, PresentError> {
    let built = |error: zip::result::ZipError| PresentError::Built(error.to_string());
    let mut files: Vec<File> = unpack(package)?;
    if pack(&files).map_err(built)? != package {
        // What is around its files would be gone in what is written, and seen by nobody.
        return Err(PresentError::Refused(examine(package, &[], true)?.verdict.findings));
    }
    if split(&files).1.board.is_some() {
        files.pop();
    }
    let opened = examine(&pack(&files).map_err(built)?, &[], true)?;
    if !opened.verdict.passed() {
        return Err(PresentError::Refused(opened.verdict.findings));
    }
    let text = without_unpublished(workshop, &opened.views).to_json();
    let (_, found) = check(&text, &opened.manifest.views, &opened.views);
    if !found.is_empty() {
        return Err(PresentError::Board(found));
    }
    files.push((BOARD.to_owned(), text));
    let bytes = pack(&files).map_err(built)?;
    // What leaves is checked as a reader gets it.
    let verdict = examine(&bytes, &[], true)?.verdict;
    if verdict.passed() { Ok(bytes) } else { Err(PresentError::Refused(verdict.findings)) }
}

/// The same boards, in which no card names a label that the package does not publish.
fn without_unpublished(workshop: &Workshop, views: &[Disclosed<View>]) -> Workshop {
    let mut workshop = workshop.clone();
    for card in workshop.boards.iter_mut().flat_map(|board| &mut board.cards) {
        let Evidence::Measured(measure) = &mut card.evidence else { continue };
        if let Some(view) = views.iter().find(|view| view.view().name() == measure.view) {
            measure.quantity = measure.quantity.told(view.view());
        }
    }
    workshop
}

/// What a board of unknown origin says, and what is wrong with it in a package of these views, as far as
/// they could be read.
pub(super) fn check(
    text: &[u8],
    names: &[String],
    views: &[Disclosed<View>],
) -> (Option<Workshop>, Vec<Finding>) {
    let workshop = match Workshop::from_json(text) {
        Ok(workshop) => workshop,
        Err(why) => return (None, vec![Finding::new(place(BOARD), why.to_string())]),
    };
    let mut found = Vec::new();
    let mut report = |what: String| found.push(Finding::new(place(BOARD), what));
    if workshop.to_json() != text {
        report("it is not written in the one way in which a board is written".to_owned());
    }
    let is_there = |view: &str| names.iter().any(|known| known == view);
    let unknown = |card: &&Card| matches!(&card.evidence, Evidence::Measured(measure) if !is_there(&measure.view));
    for card in cards(&workshop).filter(unknown).take(MOST_FINDINGS) {
        report(format!("card {} looks into a view that is none of the package", card.id.0));
    }
    let unpublished = |card: &&Card| {
        let Evidence::Measured(measure) = &card.evidence else { return false };
        let view = views.iter().find(|view| view.view().name() == measure.view);
        view.is_some_and(|view| measure.quantity.told(view.view()) != measure.quantity)
    };
    for card in cards(&workshop).filter(unpublished).take(MOST_FINDINGS) {
        report(format!("card {} names what the package does not publish", card.id.0));
    }
    let unknown = |shows: &Shows| matches!(shows, Shows::View(view) if !is_there(view));
    let slides = (1..).zip(&workshop.slides).filter(|(_, slide)| unknown(&slide.shows));
    for (number, _) in slides.take(MOST_FINDINGS) {
        report(format!("slide {number} shows a view that is none of the package"));
    }
    let broken = |card: &&Card| {
        card.picture.as_ref().is_some_and(|picture| png::decoded(picture.png()).is_none())
    };
    for card in cards(&workshop).filter(broken).take(MOST_FINDINGS) {
        report(format!("the picture of card {} cannot be drawn", card.id.0));
    }
    (Some(workshop), found)
}

#[cfg(test)]
mod tests;
