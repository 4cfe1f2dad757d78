//! Dots that people in the room give to ideas.
//!
//! *Invariant:* dots are counted by card only. Which dots belong together is forgotten when the next
//! person votes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::CardId;

/// A vote that is going on or is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voting {
    /// How many dots everybody has.
    pub dots: u8,
    /// How many people have voted before the one who votes now.
    pub voters: u32,
    /// How many dots whoever votes now has given.
    pub given: u8,
    votes: BTreeMap<CardId, u32>,
    /// The dots of whoever votes now, so that they can be taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    last: Vec<CardId>,
    /// Totals are shown.
    pub revealed: bool,
}

impl Voting {
    pub const DOTS: std::ops::RangeInclusive<u8> = 1..=20;

    pub fn new(dots: u8) -> Self {
        let dots = dots.clamp(*Self::DOTS.start(), *Self::DOTS.end());
        Self {
            dots,
            voters: 0,
            given: 0,
            votes: BTreeMap::new(),
            last: Vec::new(),
            revealed: false,
        }
    }

    /// How many dots a card has.
    pub fn of(&self, card: CardId) -> u32 {
        self.votes.get(&card).copied().unwrap_or(0)
    }

    /// How many dots whoever votes now gave to a card.
    pub fn mine(&self, card: CardId) -> usize {
        self.last.iter().filter(|given| **given == card).count()
    }

    pub fn left(&self) -> u8 {
        self.dots.saturating_sub(self.given)
    }

    pub(super) fn give(&mut self, card: CardId) -> bool {
        if self.left() == 0 || self.revealed {
            return false;
        }
        *self.votes.entry(card).or_default() += 1;
        self.last.push(card);
        self.given += 1;
        true
    }

    /// Takes back a dot that whoever votes now gave to a card.
    pub(super) fn take_back(&mut self, card: CardId) -> bool {
        let Some(at) = self.last.iter().rposition(|given| *given == card) else { return false };
        self.last.remove(at);
        self.given -= 1;
        if let Some(votes) = self.votes.get_mut(&card) {
            *votes -= 1;
        }
        self.votes.retain(|_, votes| *votes > 0);
        true
    }

    /// It is the turn of somebody else. Whoever gave no dot has not voted.
    pub(super) fn next(&mut self) {
        self.voters += u32::from(self.given > 0);
        self.given = 0;
        self.last.clear();
    }

    pub(super) fn reveal(&mut self) {
        self.next();
        self.revealed = true;
    }

    /// Whether it could have come about on a board with these cards.
    pub(super) fn is_whole(&self, has: impl Fn(CardId) -> bool) -> bool {
        Self::DOTS.contains(&self.dots)
            && self.given <= self.dots
            && self.last.len() == usize::from(self.given)
            && self.last.iter().all(|card| self.mine(*card) as u64 <= u64::from(self.of(*card)))
            && self.votes.keys().all(|card| has(*card))
    }

    /// Dots of other cards are gone.
    pub(super) fn keep(&mut self, stays: impl Fn(CardId) -> bool) {
        self.votes.retain(|card, _| stays(*card));
        self.last.retain(|card| stays(*card));
        self.given = self.last.len() as u8;
    }
}
