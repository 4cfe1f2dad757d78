//! Whether the numbers of a flow can be numbers of a published flow: a network in which every node
//! passes on as many people as it gets.

use std::collections::BTreeMap;

use super::{Check, drawn_for, flow_asked, is_anchor, place};
use crate::audit::Finding;
use crate::views::{Ask, Flow, FlowNode, Head, LabelKind, Side};

pub(super) fn check(flow: &Flow, head: &Head<'_>) -> Check {
    let lists = [flow.nodes.len(), flow.edges.len(), flow.exits.len()];
    let ask = Ask::Flow(flow_asked(&flow.spec.asked));
    let check = Check::of(head, ask, &lists);
    if check.is_empty() {
        return check;
    }
    let mut network = Network { flow, check };
    drawn_for(&mut network.check, &flow.spec.asked);
    network.anchor();
    network.counts();
    network.nodes();
    network.arcs();
    network.conservation();
    network.check
}

struct Network<'a> {
    flow: &'a Flow,
    check: Check,
}

/// How the numbers around a node add up.
#[derive(Default)]
struct Sums {
    into: u128,
    out: u128,
}

impl Network<'_> {
    fn report(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.check.report(place, what);
    }

    fn anchor(&mut self) {
        let Some(anchor) = &self.flow.spec.asked.anchor_label else { return };
        let first = self.first_step();
        let mut labels = self
            .flow
            .nodes
            .iter()
            .filter(|node| node.step == first && node.kind == LabelKind::Label)
            .map(|node| &node.label);
        let own = labels.next();
        if own.is_some_and(|label| !is_anchor(label, anchor)) || labels.next().is_some() {
            self.report("the question", "the label at the anchor is not the one at the first step");
        }
    }

    fn counts(&mut self) {
        let flow = self.flow;
        for (at, node) in flow.nodes.iter().enumerate() {
            self.check.count(&place("node", at), node.count);
        }
        for (at, edge) in flow.edges.iter().enumerate() {
            self.check.count(&place("edge", at), edge.count);
        }
        for (at, exit) in flow.exits.iter().enumerate() {
            self.check.count(&place("exit", at), exit.count);
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
            self.check.label(&here, &node.label, node.kind);
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
        self.check.found.append(&mut found);
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

fn nodes_by_id(flow: &Flow) -> BTreeMap<&str, &FlowNode> {
    flow.nodes.iter().map(|node| (node.id.as_str(), node)).collect()
}
