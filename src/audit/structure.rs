//! Whether the numbers of a flow can be numbers of a published flow.
//!
//! Written against what a stranger may have put into a file: it adds up in 128 bits, looks names
//! up in maps, and takes nothing for granted that another check has only reported.

use std::collections::BTreeMap;

use super::Finding;
use crate::views::{Flow, FlowNode, FlowSpec, LabelKind, OTHER, Policy, Side, Spec};

/// More people than this are not believed; sums of it stay far from any limit.
const MOST_PEOPLE: u64 = 100_000_000_000;

pub(super) fn flow(flow: &Flow) -> Vec<Finding> {
    let mut check = Check { flow, found: Vec::new() };
    check.policy();
    check.asked();
    check.band();
    check.counts();
    check.nodes();
    check.arcs();
    check.conservation();
    check.found
}

struct Check<'a> {
    flow: &'a Flow,
    found: Vec<Finding>,
}

/// How the numbers around a node add up.
#[derive(Default)]
struct Sums {
    into: u128,
    out: u128,
}

impl Check<'_> {
    fn report(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.found.push(Finding::new(place, what));
    }

    fn policy(&mut self) {
        if let Err(error) = Policy::new(self.flow.k, Some(self.flow.b)) {
            self.report("the thresholds", error.to_string());
        }
    }

    fn asked(&mut self) {
        let spec = &self.flow.spec;
        let asked =
            FlowSpec { steps: spec.asked.steps, top: spec.asked.top, ..FlowSpec::default() };
        let asked = Spec::flow(&spec.name, asked);
        if let Err(error) = asked.check() {
            self.report("the question", error.to_string());
        }
        if spec.rules.iter().any(|rule| rule != "a rule") {
            self.report("the question", "a rule is told in other words than \"a rule\"");
        }
        if let Some(anchor) = &spec.asked.anchor_label {
            let first = self.first_step();
            let mut labels = self
                .flow
                .nodes
                .iter()
                .filter(|node| node.step == first && node.kind == LabelKind::Label)
                .map(|node| &node.label);
            let own = labels.next();
            let is_anchor =
                |label: &String| label == anchor || (anchor == OTHER && is_written_other(label));
            if !own.is_some_and(is_anchor) || labels.next().is_some() {
                self.report(
                    "the question",
                    "the label at the anchor is not the one at the first step",
                );
            }
        }
    }

    fn band(&mut self) {
        let [low, high] = self.flow.by_name_band;
        let is_band = low.is_multiple_of(5) && low <= 95 && high == low + 5;
        if !is_band {
            self.report(
                "the share by name",
                "it is not one of the bands 0 to 5, 5 to 10, … 95 to 100",
            );
        }
    }

    fn counts(&mut self) {
        let flow = self.flow;
        self.count("people", flow.people);
        for (at, node) in flow.nodes.iter().enumerate() {
            self.count(&place("node", at), node.count);
        }
        for (at, edge) in flow.edges.iter().enumerate() {
            self.count(&place("edge", at), edge.count);
        }
        for (at, exit) in flow.exits.iter().enumerate() {
            self.count(&place("exit", at), exit.count);
        }
    }

    fn count(&mut self, place: &str, count: u64) {
        let (k, b) = (self.flow.k, self.flow.b);
        if count < u64::from(k) {
            self.report(place, format!("the count is below k = {k}"));
        }
        if b == 0 || !count.is_multiple_of(u64::from(b)) {
            self.report(place, format!("the count is not a multiple of b = {b}"));
        }
        if count > MOST_PEOPLE {
            self.report(place, "the count is larger than the number of people can be");
        }
    }

    fn first_step(&self) -> i32 {
        if self.flow.spec.asked.anchor == Side::End { -1 } else { 1 }
    }

    /// Steps outward from the anchor, from 1; 0 where the step is on the wrong side of it.
    fn outward(&self, step: i32) -> u32 {
        if step.signum() == self.first_step() { step.unsigned_abs() } else { 0 }
    }

    fn nodes(&mut self) {
        let flow = self.flow;
        let steps = u32::from(flow.spec.asked.steps);
        let mut named_at: BTreeMap<i32, u32> = BTreeMap::new();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, node) in flow.nodes.iter().enumerate() {
            let here = place("node", at);
            if seen.insert(&node.id, at).is_some() {
                self.report(&here, "its id is there twice");
            }
            if node.id != format!("{}:{}", node.step, node.label) {
                self.report(&here, "its id is not its step and its label");
            }
            if (node.kind == LabelKind::Other) != (node.label == OTHER) {
                self.report(&here, "only the node Other is of the kind other");
            }
            if !(1..=steps).contains(&self.outward(node.step)) {
                self.report(&here, "its step is outside the steps that were asked for");
            }
            if node.kind == LabelKind::Label {
                *named_at.entry(node.step).or_default() += 1;
            }
        }
        if named_at.values().any(|named| *named > u32::from(flow.spec.asked.top)) {
            self.report("the nodes", "a step names more labels than were asked for");
        }
        let mut present: Vec<u32> = flow.nodes.iter().map(|node| self.outward(node.step)).collect();
        present.sort_unstable();
        present.dedup();
        if present.is_empty() || !present.iter().copied().eq(1..=present.len() as u32) {
            self.report("the nodes", "a step between the first and the last has none");
        }
        let key = |node: &FlowNode| {
            (node.step.unsigned_abs(), std::cmp::Reverse(node.count), node.label.clone())
        };
        if !flow.nodes.is_sorted_by_key(key) {
            self.report("the nodes", "they are not in the order step, count, label");
        }
    }

    fn arcs(&mut self) {
        let flow = self.flow;
        let nodes = nodes_by_id(flow);
        let last = u32::from(flow.spec.asked.steps);
        let outward = |id: &str| nodes.get(id).map(|node| self.outward(node.step));
        let mut found = Vec::new();
        let mut pairs = BTreeMap::new();
        for (at, edge) in flow.edges.iter().enumerate() {
            let wrong = match (outward(&edge.from), outward(&edge.to)) {
                (Some(from), Some(to)) if to == from.saturating_add(1) => None,
                (Some(_), Some(_)) => Some("it does not lead to the next step"),
                _ => Some("it joins a node that is not there"),
            };
            found.extend(wrong.map(|what| Finding::new(place("edge", at), what)));
            if pairs.insert((&edge.from, Some(&edge.to)), at).is_some() {
                found.push(Finding::new(place("edge", at), "the same edge is there twice"));
            }
        }
        for (at, exit) in flow.exits.iter().enumerate() {
            let wrong = match outward(&exit.from) {
                Some(step) if step < last => None,
                Some(_) => Some("the last step has no exits to tell of"),
                None => Some("it leaves a node that is not there"),
            };
            found.extend(wrong.map(|what| Finding::new(place("exit", at), what)));
            if pairs.insert((&exit.from, None), at).is_some() {
                found.push(Finding::new(place("exit", at), "the same exit is there twice"));
            }
        }
        let label = |id: &str| nodes.get(id).map(|node| node.label.clone());
        let edges_sorted = flow.edges.is_sorted_by_key(|edge| {
            let count = std::cmp::Reverse(edge.count);
            (outward(&edge.from), count, label(&edge.from), label(&edge.to))
        });
        if !edges_sorted {
            found.push(Finding::new("the edges", "they are not in the order step, count, label"));
        }
        let exits_sorted = flow.exits.is_sorted_by_key(|exit| {
            (outward(&exit.from), std::cmp::Reverse(exit.count), label(&exit.from))
        });
        if !exits_sorted {
            found.push(Finding::new("the exits", "they are not in the order step, count, label"));
        }
        self.found.append(&mut found);
    }

    /// At every node but those of the first step, edges in make the node; at every node but those
    /// of the last step, edges out and exit make it. The first step is everybody.
    fn conservation(&mut self) {
        let flow = self.flow;
        let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
        for edge in &flow.edges {
            sums.entry(&edge.from).or_default().out += u128::from(edge.count);
            sums.entry(&edge.to).or_default().into += u128::from(edge.count);
        }
        for exit in &flow.exits {
            sums.entry(&exit.from).or_default().out += u128::from(exit.count);
        }
        let mut first = 0;
        for (at, node) in flow.nodes.iter().enumerate() {
            let sums = sums.remove(node.id.as_str()).unwrap_or_default();
            let count = u128::from(node.count);
            let step = self.outward(node.step);
            if step == 1 {
                first += count;
            } else if sums.into != count {
                self.report(place("node", at), "the people who come in are not the people at it");
            }
            if step < u32::from(flow.spec.asked.steps) && sums.out != count {
                self.report(
                    place("node", at),
                    "the people who go on and those who leave are not the people at it",
                );
            }
        }
        if first != u128::from(flow.people) {
            self.report("people", "it is not the sum of the first step");
        }
    }
}

/// A label of the data that reads `Other`, as it is written in a view.
fn is_written_other(label: &str) -> bool {
    label.strip_prefix(OTHER).is_some_and(|rest| rest == " (label)")
}

fn nodes_by_id(flow: &Flow) -> BTreeMap<&str, &FlowNode> {
    flow.nodes.iter().map(|node| (node.id.as_str(), node)).collect()
}

/// A place in a list as a person counts: from 1.
fn place(what: &str, at: usize) -> String {
    format!("{what} {}", at + 1)
}
