//! Step by step: one cohort's journeys are drawn once, for the finest question of a package, and
//! rounded once. Every flow and every list of paths about that cohort is made of sums of those
//! rounded numbers, so views of one package cannot be subtracted from each other.

use std::collections::BTreeMap;

use super::DiscloseError;
use super::blur::blur;
use super::detour::{Detour, Threshold};
use super::grid::{Edge, Grid, OTHER};
use super::meaning::{Meaning, Steps};
use super::question::{Group, Published, Question, band};
use super::round::{self, Arc};
use crate::vault::journeys::cohort::Part;
use crate::vault::measure::flow::{Journeys, Measured, measure};
use crate::views::{
    DrawnFor, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, FlowSpec, LabelKind, Split, View,
};

/// Everybody of a cohort, drawn for the finest question and rounded.
pub(super) struct Drawing {
    finest: FlowSpec,
    split: Option<Split>,
    own: Vec<Vec<u32>>,
    parts: Vec<Drawn>,
    /// Whether some people are in no part, because they were too few.
    leaves_out: bool,
    /// *Kept by name* before rounding: people-steps under their own label, and those that had one.
    pub(super) kept: (u64, u64),
}

/// One group's part of a drawing.
struct Drawn {
    group: Group,
    rounded: Rounded,
}

/// Draws a cohort once. The question's own steps, labels and split are the finest that is asked.
pub(super) fn draw(question: &Question, finest: &FlowSpec) -> Result<Drawing, DiscloseError> {
    let Question { store, key, labels, cohort, spec, progress, .. } = question;
    let measured = measure(store, key, labels, cohort, spec, finest, progress)?;
    let who = match &finest.anchor.label {
        None => String::new(),
        Some(_) => format!("anchor {:?}", finest.anchor),
    };
    let units = measured.units();
    let groups = question.groups(&who, &units, &measured.people)?;
    let in_groups: u64 = groups.iter().flat_map(|g| &g.segments).map(|at| units[*at]).sum();
    let mut drawing = Drawing {
        finest: finest.clone(),
        split: spec.split.clone(),
        own: measured.own().to_vec(),
        parts: Vec::with_capacity(groups.len()),
        leaves_out: in_groups < units.iter().sum(),
        kept: (0, 0),
    };
    for group in groups {
        let (rounded, kept) = draw_group(question, &group, finest, &measured)?;
        drawing.kept.0 += kept.0;
        drawing.kept.1 += kept.1;
        drawing.parts.push(Drawn { group, rounded });
    }
    Ok(drawing)
}

fn draw_group(
    question: &Question,
    group: &Group,
    finest: &FlowSpec,
    measured: &Measured,
) -> Result<(Rounded, (u64, u64)), DiscloseError> {
    let journeys = measured.of(&group.segments);
    let meaning = Meaning::new(question, group, finest, &journeys);
    let drawn = draw_journeys(question, &meaning, &journeys)?;
    let exact = ExactFlow::of(&drawn);
    // Fail closed: the drawing is checked as an attacker would read it, not as it was made.
    if !(drawn.is_safe() && exact.is_network(journeys.people)) {
        return Err(DiscloseError::NotProtected);
    }
    let rounded = exact.round(&meaning, question.b(), group.people);
    Ok((rounded.map_err(|_| DiscloseError::NotProtected)?, drawn.names()))
}

pub(super) fn draw_journeys<'a>(
    question: &Question,
    meaning: &'a Meaning<'a>,
    journeys: &'a Journeys,
) -> Result<Detour<'a>, DiscloseError> {
    let threshold = Threshold::new(question.policy, question.spec.unit);
    let mut drawn = Detour::draw(meaning, journeys, threshold, question.progress)?;
    if question.policy.blur() {
        blur(&mut drawn, question.progress)?;
    }
    Ok(drawn)
}

impl Drawing {
    /// One view of the drawing: as it is, or coarser. The question is about the same cohort, and
    /// splits it as the drawing does or not at all.
    pub(super) fn flow(
        &self,
        question: &Question,
        asked: &FlowSpec,
    ) -> Result<Vec<Published>, DiscloseError> {
        let steps = Steps::new(asked, &self.own, &question.labels.names);
        let drawn_for = self.drawn_for(question, asked);
        let publish = |group: &Group, people: u64, rounded: &Rounded| {
            let rounded = rounded.coarser(&steps, asked);
            let (kept, of) = rounded.by_name();
            let flow = Flow {
                unit: question.spec.unit,
                k: question.policy.k(),
                b: question.policy.b(),
                people,
                by_name_band: band(kept, of),
                spec: question.published(asked_of(asked, drawn_for.clone()), group),
                nodes: rounded.nodes(&steps),
                edges: rounded.edges(&steps),
                exits: rounded.exits(&steps),
            };
            (View::Flow(flow), kept, of)
        };
        if question.spec.split.is_none() && self.split.is_some() {
            // The whole is the sum of its segments, and of everybody only if nobody is left out.
            if self.leaves_out {
                return Err(DiscloseError::NotProtected);
            }
            let people = self.parts.iter().map(|part| part.group.people).sum();
            let group = question.everybody(people);
            let sum = Rounded::sum(self.parts.iter().map(|part| &part.rounded));
            let (view, kept, of) = publish(&group, people, &sum);
            return Ok(vec![Published { group, view, kept, of }]);
        }
        let shown = self.parts.iter().filter(|part| part.group.part != Part::Neither);
        Ok(shown
            .map(|part| {
                let (view, kept, of) = publish(&part.group, part.group.people, &part.rounded);
                Published { group: part.group.again(), view, kept, of }
            })
            .collect())
    }

    fn drawn_for(&self, question: &Question, asked: &FlowSpec) -> Option<DrawnFor> {
        let by = match (&question.spec.split, &self.split) {
            (None, Some(Split::By(attribute))) => Some(attribute.clone()),
            (None, Some(Split::Compare(filter))) => Some(filter.attribute.clone()),
            _ => None,
        };
        let same = by.is_none() && asked.steps == self.finest.steps && asked.top == self.finest.top;
        (!same).then(|| DrawnFor {
            paths: false,
            steps: self.finest.steps,
            top: self.finest.top,
            by: by.map(|name| super::question::attribute_name(&name)),
        })
    }
}

fn asked_of(asked: &FlowSpec, drawn_for: Option<DrawnFor>) -> FlowAsked {
    FlowAsked {
        anchor: asked.anchor.side,
        anchor_label: asked.anchor.label.clone(),
        until_label: asked.anchor.until.clone(),
        steps: asked.steps,
        top: asked.top,
        drawn_for,
    }
}

/// The edges of a drawing that somebody uses, with people: exact, before rounding.
struct ExactFlow {
    grid: Grid,
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

    /// Nobody is lost, and every node passes on what it gets.
    fn is_network(&self, people: u64) -> bool {
        let people_in = self.people_at();
        let mut people_out = vec![vec![0; self.grid.width]; self.grid.steps];
        for (edge, people) in &self.edges {
            let ends = self.grid.ends(*edge);
            if ends.layer > 0 {
                people_out[ends.layer - 1][ends.from] += people;
            }
        }
        let last = self.grid.steps - 1;
        people_in[0].iter().sum::<u64>() == people && people_in[..last] == people_out[..last]
    }

    /// Rounds edges, exits, nodes and steps together; the first step is `everybody`.
    ///
    /// Every node is an arc from its front to its back. People who leave, and those who reach the
    /// last step, go home along a chain of places with one arc a step, which so carries exactly the
    /// people of that step.
    fn round(
        &self,
        meaning: &Meaning,
        b: u64,
        everybody: u64,
    ) -> Result<Rounded, round::Infeasible> {
        let grid = self.grid;
        let front = |step: usize, slot: usize| (2 * (step * grid.width + slot)) as u32;
        let back = |step: usize, slot: usize| front(step, slot) + 1;
        // `home(step)` is where those who leave after a step go; `home(0)` leads to START.
        let home = |step: usize| (2 * grid.steps * grid.width + step) as u32;
        let start = home(grid.steps);
        let mut arcs: Vec<Arc> = Vec::new();
        let mut arc = |from, to, people, cost, fixed| {
            arcs.push(Arc { from, to, people, cost, fixed });
        };
        for (edge, people) in &self.edges {
            let ends = grid.ends(*edge);
            let from = if ends.layer == 0 { start } else { back(ends.layer - 1, ends.from) };
            let to = if ends.to == grid.exit() {
                home(ends.layer - 1)
            } else {
                front(ends.layer, ends.to)
            };
            arc(from, to, *people, round::cost(meaning.draw("round", *edge)), None);
        }
        let last = grid.steps - 1;
        let mut of_step = Vec::with_capacity(grid.steps);
        for (step, people) in self.people_at().into_iter().enumerate() {
            of_step.push(people.iter().sum::<u64>());
            for (slot, people) in people.into_iter().enumerate() {
                // A node's count follows from its edges, so it needs no draw of its own.
                arc(front(step, slot), back(step, slot), people, 0, None);
                if step == last {
                    arc(back(step, slot), home(step), people, 0, None);
                }
            }
        }
        for (step, people) in of_step.into_iter().enumerate() {
            if step == 0 {
                arc(home(0), start, people, 0, Some(everybody));
            } else {
                let draw = meaning.draw_for("round step", &(step as u64).to_le_bytes());
                arc(home(step), home(step - 1), people, round::cost(draw), None);
            }
        }
        let rounded = round::round(start as usize + 1, &arcs, b)?;
        let edges = self.edges.iter().zip(rounded).map(|((edge, _), people)| {
            let ends = grid.ends(*edge);
            let to = if ends.to == grid.exit() { Target::Exit } else { Target::Slot(ends.to) };
            ((ends.layer, ends.from, to), people)
        });
        Ok(Rounded { edges: edges.collect() })
    }
}

/// Where an edge leads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Slot(usize),
    Exit,
}

/// Published numbers of a network: people by layer, slot and target. In layer 0 everybody comes
/// from START.
pub(super) struct Rounded {
    edges: BTreeMap<(usize, usize, Target), u64>,
}

impl Rounded {
    fn sum<'a>(parts: impl Iterator<Item = &'a Self>) -> Self {
        let mut edges = BTreeMap::new();
        for (edge, people) in parts.flat_map(|part| &part.edges) {
            *edges.entry(*edge).or_default() += people;
        }
        Self { edges }
    }

    /// People at each step and slot.
    fn people_at(&self) -> BTreeMap<(usize, usize), u64> {
        let mut people_at = BTreeMap::new();
        for ((layer, _, to), people) in &self.edges {
            if let Target::Slot(slot) = to {
                *people_at.entry((*layer, *slot)).or_default() += people;
            }
        }
        people_at
    }

    /// Sums of whole cells: fewer steps, and at each step only the labels with most people by name.
    fn coarser(&self, steps: &Steps, asked: &FlowSpec) -> Self {
        let mut named: BTreeMap<usize, Vec<(std::cmp::Reverse<u64>, &str, usize)>> =
            BTreeMap::new();
        for ((step, slot), people) in self.people_at() {
            if slot != OTHER {
                let of_step = named.entry(step).or_default();
                of_step.push((std::cmp::Reverse(people), steps.label(step, slot), slot));
            }
        }
        let mut shown: Vec<Vec<usize>> = vec![Vec::new(); usize::from(asked.steps)];
        for (step, mut of_step) in named {
            of_step.sort_unstable();
            if let Some(shown) = shown.get_mut(step) {
                shown.extend(of_step.iter().take(usize::from(asked.top)).map(|(.., slot)| *slot));
            }
        }
        let at = |step: usize, slot: usize| if shown[step].contains(&slot) { slot } else { OTHER };
        let last = usize::from(asked.steps);
        let mut edges = BTreeMap::new();
        for ((layer, from, to), people) in &self.edges {
            if *layer >= last {
                continue;
            }
            let from = if *layer == 0 { OTHER } else { at(layer - 1, *from) };
            let to = match to {
                Target::Slot(slot) => Target::Slot(at(*layer, *slot)),
                Target::Exit => Target::Exit,
            };
            *edges.entry((*layer, from, to)).or_default() += people;
        }
        Self { edges }
    }

    /// Steps under their own name, and steps in all.
    fn by_name(&self) -> (u64, u64) {
        let mut kept = 0;
        let mut of = 0;
        for ((_, slot), people) in self.people_at() {
            of += people;
            kept += if slot == OTHER { 0 } else { people };
        }
        (kept, of)
    }

    fn nodes(&self, steps: &Steps) -> Vec<FlowNode> {
        let mut nodes: Vec<FlowNode> = self
            .people_at()
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|((step, slot), count)| FlowNode {
                id: steps.node_id(step, slot),
                step: steps.step(step),
                label: steps.label(step, slot).to_owned(),
                kind: if slot == OTHER { LabelKind::Other } else { LabelKind::Label },
                count,
            })
            .collect();
        nodes.sort_by(|a, b| {
            let key = |node: &FlowNode| (node.step.abs(), std::cmp::Reverse(node.count));
            key(a).cmp(&key(b)).then_with(|| a.label.cmp(&b.label))
        });
        nodes
    }

    fn edges(&self, steps: &Steps) -> Vec<FlowEdge> {
        let mut edges: Vec<(usize, &str, &str, FlowEdge)> = Vec::new();
        for ((layer, from, to), count) in &self.edges {
            if let Target::Slot(to) = to
                && *layer > 0
                && *count > 0
            {
                let edge = FlowEdge {
                    from: steps.node_id(layer - 1, *from),
                    to: steps.node_id(*layer, *to),
                    count: *count,
                };
                edges.push((*layer, steps.label(layer - 1, *from), steps.label(*layer, *to), edge));
            }
        }
        edges.sort_by(|a, b| (a.0, b.3.count, a.1, a.2).cmp(&(b.0, a.3.count, b.1, b.2)));
        edges.into_iter().map(|(.., edge)| edge).collect()
    }

    fn exits(&self, steps: &Steps) -> Vec<FlowExit> {
        let mut exits: Vec<(usize, &str, FlowExit)> = self
            .edges
            .iter()
            .filter(|((.., to), count)| *to == Target::Exit && **count > 0)
            .map(|((layer, from, _), count)| {
                let exit = FlowExit { from: steps.node_id(layer - 1, *from), count: *count };
                (*layer, steps.label(layer - 1, *from), exit)
            })
            .collect();
        exits.sort_by(|a, b| (a.0, b.2.count, a.1).cmp(&(b.0, a.2.count, b.1)));
        exits.into_iter().map(|(.., exit)| exit).collect()
    }
}
