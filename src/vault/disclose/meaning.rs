//! What each node and edge of a flow means, in the words in which it is published.
//!
//! Keyed choices are drawn for a meaning, never for a position in memory, so the same question to
//! the same people always gets the same answer.

use super::grid::{Edge, Grid, OTHER};
use crate::vault::measure::flow::Journeys;
use crate::vault::protect::key::Key;
use crate::views::{self, FlowSpec, Side, Spec};

pub(super) struct Meaning<'a> {
    key: &'a Key,
    pub(super) grid: Grid,
    cohort: String,
    /// Labels by step and slot.
    labels: Vec<Vec<&'a str>>,
    side: Side,
}

impl<'a> Meaning<'a> {
    pub(super) fn new(
        key: &'a Key,
        spec: &Spec,
        flow: &FlowSpec,
        journeys: &Journeys,
        names: &'a [String],
    ) -> Self {
        let labels: Vec<Vec<&str>> = journeys
            .own
            .iter()
            .map(|own| {
                let own = own.iter().map(|label| names[*label as usize].as_str());
                std::iter::once(views::OTHER).chain(own).collect()
            })
            .collect();
        let width = labels.iter().map(Vec::len).max().unwrap_or(1);
        let grid = Grid { steps: journeys.steps, width };
        let cohort = format!(
            "flow\n{:?}\n{}\n{}",
            flow.anchor.side,
            flow.anchor.label.as_deref().unwrap_or_default(),
            spec.collapse
        );
        Self { key, grid, cohort, labels, side: flow.anchor.side }
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

    /// A keyed number for an edge and a purpose.
    pub(super) fn draw(&self, purpose: &str, edge: Edge) -> u64 {
        let ends = self.grid.ends(edge);
        let from = if ends.layer == 0 {
            "START".to_owned()
        } else {
            self.node_id(ends.layer - 1, ends.from)
        };
        let to = if ends.to == self.grid.exit() {
            "EXIT".to_owned()
        } else {
            // The kind tells a label that reads "Other" from the real Other.
            let kind = if ends.to == OTHER { "other" } else { "label" };
            format!("{kind} {}", self.node_id(ends.layer, ends.to))
        };
        self.key.draw(purpose, &[self.cohort.as_bytes(), from.as_bytes(), to.as_bytes()])
    }

    /// A keyed number for anything else inside this question.
    pub(super) fn draw_for(&self, purpose: &str, what: &[u8]) -> u64 {
        self.key.draw(purpose, &[self.cohort.as_bytes(), what])
    }
}
