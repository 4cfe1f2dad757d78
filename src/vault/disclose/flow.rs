//! From a flow's exact journeys to its published numbers.

use super::DiscloseError;
use super::blur::blur;
use super::detour::Detour;
use super::grid::{Edge, OTHER};
use super::meaning::Meaning;
use super::round::{self, Arc};
use crate::vault::Disclosure;
use crate::vault::journeys::Store;
use crate::vault::measure::flow::measure;
use crate::vault::protect::key::Key;
use crate::vault::protect::labels;
use crate::views::{
    Disclosed, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, FlowSpec, LabelKind, Policy,
    Progress, PublishedCohort, PublishedSpec, Rules, Spec, Unit, View,
};

pub(super) fn disclose(
    store: &Store,
    key: &Key,
    spec: &Spec,
    flow: &FlowSpec,
    rules: &Rules,
    policy: Policy,
    progress: &Progress,
) -> Result<Disclosure, DiscloseError> {
    let labels = labels::table(store.dictionary(), rules, &spec.hide);
    let journeys = measure(store, &labels, spec, flow, progress)?;
    if journeys.people < u64::from(policy.k()) {
        return Err(DiscloseError::TooFew { k: policy.k() });
    }
    let meaning = Meaning::new(key, spec, flow, &journeys, &labels.names);
    let mut drawn = Detour::draw(&meaning, &journeys, policy.k(), progress)?;
    if policy.blur() {
        blur(&mut drawn, progress)?;
    }
    let exact = ExactFlow::of(&drawn);
    // Fail closed: the drawing is checked as an attacker would read it, not as it was made.
    if !exact.is_safe(u64::from(policy.k()), journeys.people) {
        return Err(DiscloseError::NotProtected);
    }
    let rounded = exact.round(&meaning, policy.b()).map_err(|_| DiscloseError::NotProtected)?;
    let (kept, before) = drawn.names();
    let kept_by_name_percent =
        if before == 0 { 100.0 } else { 100.0 * kept as f64 / before as f64 };
    let band = ((kept_by_name_percent / 5.0).floor() as u8 * 5).min(95);
    let flow = Flow {
        unit: Unit::People,
        k: policy.k(),
        b: policy.b(),
        people: rounded.layer_in(0),
        by_name_band: [band, band + 5],
        spec: PublishedSpec {
            name: spec.name.clone(),
            asked: FlowAsked {
                anchor: flow.anchor.side,
                anchor_label: flow.anchor.label.clone(),
                until_label: flow.anchor.until.clone(),
                steps: flow.steps,
                top: flow.top,
                drawn_for: None,
            },
            collapse: spec.collapse,
            blur: policy.blur(),
            rules: vec!["a rule".to_owned(); spec.hide.len() + rules.rules.len()],
            cohort: PublishedCohort::default(),
        },
        nodes: rounded.nodes(&meaning),
        edges: rounded.edges(&meaning),
        exits: rounded.exits(&meaning),
    };
    Ok(Disclosure { view: Disclosed::after_control(View::Flow(flow)), kept_by_name_percent })
}

/// The edges of a drawing that somebody uses, with people: exact before rounding, published after.
struct ExactFlow {
    grid: super::grid::Grid,
    edges: Vec<(Edge, u64)>,
}

impl ExactFlow {
    fn of(drawn: &Detour) -> Self {
        let edges = (0..)
            .zip(&drawn.people_on)
            .filter(|(_, people)| **people > 0)
            .map(|(edge, people)| (edge, u64::from(*people)))
            .collect();
        Self { grid: drawn.grid, edges }
    }

    fn layer_in(&self, layer: usize) -> u64 {
        let here = self.edges.iter().filter(|(edge, _)| {
            let ends = self.grid.ends(*edge);
            ends.layer == layer && ends.to != self.grid.exit()
        });
        here.map(|(_, people)| people).sum()
    }

    /// People into each node, by step and slot.
    fn people_at(&self) -> Vec<Vec<u64>> {
        let mut people_at = vec![vec![0; self.grid.width]; self.grid.steps];
        for (edge, people) in &self.edges {
            let ends = self.grid.ends(*edge);
            if ends.to != self.grid.exit() {
                people_at[ends.layer][ends.to] += people;
            }
        }
        people_at
    }

    /// Nobody is lost, every edge has at least k people, and every node passes on what it gets.
    fn is_safe(&self, k: u64, people: u64) -> bool {
        let people_in = self.people_at();
        let mut people_out = vec![vec![0; self.grid.width]; self.grid.steps];
        for (edge, people) in &self.edges {
            let ends = self.grid.ends(*edge);
            if ends.layer > 0 {
                people_out[ends.layer - 1][ends.from] += people;
            }
        }
        let last = self.grid.steps - 1;
        self.edges.iter().all(|(_, people)| *people >= k)
            && self.layer_in(0) == people
            && people_in[..last] == people_out[..last]
    }

    /// Rounds edges, exits, nodes, steps and the total together.
    ///
    /// Every node is an arc from its front to its back. People who leave, and those who reach the
    /// last step, go home along a chain of places with one arc a step, which so carries exactly the
    /// people of that step.
    fn round(&self, meaning: &Meaning, b: u32) -> Result<Self, round::Infeasible> {
        let grid = self.grid;
        let front = |step: usize, slot: usize| (2 * (step * grid.width + slot)) as u32;
        let back = |step: usize, slot: usize| front(step, slot) + 1;
        // `home(step)` is where those who leave after a step go; `home(0)` leads to START.
        let home = |step: usize| (2 * grid.steps * grid.width + step) as u32;
        let start = home(grid.steps);
        let cost = |draw: u64| (draw >> 33) as i32 - (1 << 30);
        let mut arcs: Vec<Arc> = Vec::new();
        for (edge, people) in &self.edges {
            let ends = grid.ends(*edge);
            let from = if ends.layer == 0 { start } else { back(ends.layer - 1, ends.from) };
            let to = if ends.to == grid.exit() {
                home(ends.layer - 1)
            } else {
                front(ends.layer, ends.to)
            };
            arcs.push(Arc {
                from,
                to,
                people: *people,
                cost: cost(meaning.draw("round", *edge)),
                fixed: None,
            });
        }
        let last = grid.steps - 1;
        let mut of_step = Vec::with_capacity(grid.steps);
        for (step, people) in self.people_at().into_iter().enumerate() {
            of_step.push(people.iter().sum::<u64>());
            for (slot, people) in people.into_iter().enumerate() {
                // A node's count follows from its edges, so it needs no draw of its own.
                arcs.push(Arc {
                    from: front(step, slot),
                    to: back(step, slot),
                    people,
                    cost: 0,
                    fixed: None,
                });
                if step == last {
                    arcs.push(Arc {
                        from: back(step, slot),
                        to: home(step),
                        people,
                        cost: 0,
                        fixed: None,
                    });
                }
            }
        }
        for (step, people) in of_step.into_iter().enumerate() {
            let to = if step == 0 { start } else { home(step - 1) };
            let draw = meaning.draw_for("round step", &(step as u64).to_le_bytes());
            arcs.push(Arc { from: home(step), to, people, cost: cost(draw), fixed: None });
        }
        let rounded = round::round(start as usize + 1, &arcs, u64::from(b))?;
        let edges = self.edges.iter().zip(rounded).map(|((edge, _), people)| (*edge, people));
        Ok(Self { grid, edges: edges.collect() })
    }

    fn nodes(&self, meaning: &Meaning) -> Vec<FlowNode> {
        let mut nodes = Vec::new();
        for (step, people) in self.people_at().into_iter().enumerate() {
            let mut of_step: Vec<FlowNode> = people
                .into_iter()
                .enumerate()
                .filter(|(_, count)| *count > 0)
                .map(|(slot, count)| FlowNode {
                    id: meaning.node_id(step, slot),
                    step: meaning.step(step),
                    label: meaning.label(step, slot).to_owned(),
                    kind: if slot == OTHER { LabelKind::Other } else { LabelKind::Label },
                    count,
                })
                .collect();
            of_step.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
            nodes.extend(of_step);
        }
        nodes
    }

    fn edges(&self, meaning: &Meaning) -> Vec<FlowEdge> {
        let mut edges: Vec<(usize, &str, &str, FlowEdge)> = self
            .edges
            .iter()
            .map(|(edge, count)| (self.grid.ends(*edge), *count))
            .filter(|(ends, count)| ends.layer > 0 && ends.to != self.grid.exit() && *count > 0)
            .map(|(ends, count)| {
                let edge = FlowEdge {
                    from: meaning.node_id(ends.layer - 1, ends.from),
                    to: meaning.node_id(ends.layer, ends.to),
                    count,
                };
                let from = meaning.label(ends.layer - 1, ends.from);
                (ends.layer, from, meaning.label(ends.layer, ends.to), edge)
            })
            .collect();
        edges.sort_by(|a, b| (a.0, b.3.count, a.1, a.2).cmp(&(b.0, a.3.count, b.1, b.2)));
        edges.into_iter().map(|(.., edge)| edge).collect()
    }

    fn exits(&self, meaning: &Meaning) -> Vec<FlowExit> {
        let mut exits: Vec<(usize, &str, FlowExit)> = self
            .edges
            .iter()
            .map(|(edge, count)| (self.grid.ends(*edge), *count))
            .filter(|(ends, count)| ends.to == self.grid.exit() && *count > 0)
            .map(|(ends, count)| {
                let from = meaning.node_id(ends.layer - 1, ends.from);
                let label = meaning.label(ends.layer - 1, ends.from);
                (ends.layer, label, FlowExit { from, count })
            })
            .collect();
        exits.sort_by(|a, b| (a.0, b.2.count, a.1).cmp(&(b.0, a.2.count, b.1)));
        exits.into_iter().map(|(.., exit)| exit).collect()
    }
}
