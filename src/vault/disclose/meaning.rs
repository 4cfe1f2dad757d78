//! What each node and edge of a flow means, in the words in which it is published.
//!
//! Keyed choices are drawn for a meaning, never for a position in memory, so the same question to
//! the same people always gets the same answer.

use super::grid::{Edge, Grid, OTHER};
use super::question::{Cell, Group, Question};
use crate::vault::measure::flow::Journeys;
use crate::vault::protect::key::Key;
use crate::views::{self, FlowSpec, Side};

pub(super) struct Meaning<'a> {
    key: &'a Key,
    pub(super) grid: Grid,
    cohort: String,
    pub(super) steps: Steps<'a>,
    /// Decides between journeys that lose equally much: drawn once, then mixed with each.
    seed: u64,
}

/// The labels of every step and slot, and how steps are numbered.
pub(super) struct Steps<'a> {
    labels: Vec<Vec<&'a str>>,
    side: Side,
}

impl<'a> Steps<'a> {
    pub(super) fn new(flow: &FlowSpec, own: &[Vec<u32>], names: &'a [String]) -> Self {
        let labels = own.iter().map(|own| {
            let own = own.iter().map(|label| names[*label as usize].as_str());
            std::iter::once(views::OTHER).chain(own).collect()
        });
        Self { labels: labels.collect(), side: flow.anchor.side }
    }

    /// The number under which a step is published: 1, 2, … or −1, −2, …
    pub(super) fn step(&self, step: usize) -> i32 {
        let outward = step as i32 + 1;
        if self.side == Side::End { -outward } else { outward }
    }

    /// The label of a slot. Slots that no label of this step has are never used.
    pub(super) fn label(&self, step: usize, slot: usize) -> &'a str {
        self.labels[step].get(slot).copied().unwrap_or_default()
    }

    pub(super) fn node_id(&self, step: usize, slot: usize) -> String {
        format!("{}:{}", self.step(step), self.label(step, slot))
    }

    /// The grid that holds every slot.
    pub(super) fn grid(&self) -> Grid {
        let width = self.labels.iter().map(Vec::len).max().unwrap_or(1);
        Grid { steps: self.labels.len(), width }
    }
}

impl<'a> Meaning<'a> {
    pub(super) fn new(
        question: &Question<'a>,
        group: &Group,
        flow: &FlowSpec,
        journeys: &Journeys,
    ) -> Self {
        let steps = Steps::new(flow, &journeys.own, &question.labels.names);
        let cohort =
            question.meaning(group, &format!("flow {:?} {}", flow.anchor, question.spec.collapse));
        let seed = question.draw("fill", &cohort, "");
        Self { key: question.key, grid: steps.grid(), cohort, steps, seed }
    }

    /// An edge between steps, or an exit, as it is published; `None` from START.
    pub(super) fn cell(&self, edge: Edge) -> Option<Cell> {
        let ends = self.grid.ends(edge);
        let from = self.steps.node_id(ends.layer.checked_sub(1)?, ends.from);
        Some(if ends.to == self.grid.exit() {
            Cell::Exit(from)
        } else {
            Cell::Edge(from, self.steps.node_id(ends.layer, ends.to))
        })
    }

    /// A keyed number for an edge and a purpose.
    pub(super) fn draw(&self, purpose: &str, edge: Edge) -> u64 {
        self.draw_about(purpose, edge, &[])
    }

    /// The same for an edge with so many people on it: see [`Question::draw_of`].
    pub(super) fn draw_of(&self, purpose: &str, edge: Edge, people: u64) -> u64 {
        self.draw_about(purpose, edge, &people.to_le_bytes())
    }

    fn draw_about(&self, purpose: &str, edge: Edge, about: &[u8]) -> u64 {
        let ends = self.grid.ends(edge);
        let from = if ends.layer == 0 {
            "START".to_owned()
        } else {
            self.steps.node_id(ends.layer - 1, ends.from)
        };
        let to = if ends.to == self.grid.exit() {
            "EXIT".to_owned()
        } else {
            // The kind tells a label that reads "Other" from the real Other.
            let kind = if ends.to == OTHER { "other" } else { "label" };
            format!("{kind} {}", self.steps.node_id(ends.layer, ends.to))
        };
        self.key.draw(purpose, &[self.cohort.as_bytes(), from.as_bytes(), to.as_bytes(), about])
    }

    /// A keyed number for anything else inside this question.
    pub(super) fn draw_for(&self, purpose: &str, what: &[u8]) -> u64 {
        self.key.draw(purpose, &[self.cohort.as_bytes(), what])
    }

    /// A number that decides between journeys, the same for the same journey and person. It is
    /// asked for very often and never leaves, so one keyed number is mixed with what it is for.
    pub(super) fn tie(&self, journey: [u8; 16], who: u64) -> u64 {
        let journey = u128::from_be_bytes(journey);
        let mut mixed = self.seed ^ who;
        for word in [journey as u64, (journey >> 64) as u64] {
            let product = u128::from(mixed ^ word) * 0x9e37_79b9_7f4a_7c15;
            mixed = (product >> 64) as u64 ^ product as u64;
        }
        mixed
    }
}
