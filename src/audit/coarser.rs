//! Coarser views out of finer ones, by adding whole cells: fewer steps, fewer labels by name, paths
//! as a flow, segments as a whole.
//!
//! Disclosure control makes the coarser views of a package with these functions, and whoever checks
//! a package makes them again: a coarser view that is more than such a sum would tell something new.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::views::{
    Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, Head, LabelKind, OTHER, Path, PathStep, Side,
    View,
};

/// A node by outward step, counted from 1, and label; `None` is `Other`.
pub type At = (u32, Option<String>);

/// What a flow says: people from START or a node to a node or an exit (`None`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    into_first: BTreeMap<Option<String>, u64>,
    edges: BTreeMap<(At, At), u64>,
    exits: BTreeMap<At, u64>,
}

fn add<K: Ord>(cells: &mut BTreeMap<K, u64>, key: K, count: u64) {
    let cell = cells.entry(key).or_default();
    *cell = cell.saturating_add(count);
}

/// The cells of a flow. What refers to nothing is left out; a view with such cells is no view.
pub fn cells(nodes: &[FlowNode], edges: &[FlowEdge], exits: &[FlowExit]) -> Cells {
    let places: BTreeMap<&str, At> = nodes
        .iter()
        .map(|node| {
            let label = (node.kind == LabelKind::Label).then(|| node.label.clone());
            (node.id.as_str(), (node.step.unsigned_abs(), label))
        })
        .collect();
    let at = |id: &str| places.get(id).cloned();
    let mut cells = Cells::default();
    for node in nodes.iter().filter(|node| node.step.unsigned_abs() == 1) {
        cells.add(None, at(&node.id), node.count);
    }
    for edge in edges {
        if let (Some(from), Some(to)) = (at(&edge.from), at(&edge.to)) {
            cells.add(Some(from), Some(to), edge.count);
        }
    }
    for exit in exits {
        if let Some(from) = at(&exit.from) {
            cells.add(Some(from), None, exit.count);
        }
    }
    cells
}

/// The cells of paths, seen step by step.
pub fn cells_of_paths(paths: &[Path]) -> Cells {
    let mut cells = Cells::default();
    for path in paths {
        let steps: Vec<At> =
            (1..).zip(&path.steps).map(|(step, taken)| (step, label_of(taken))).collect();
        cells.add(None, steps.first().cloned(), path.count);
        for pair in steps.windows(2) {
            cells.add(Some(pair[0].clone()), Some(pair[1].clone()), path.count);
        }
        if path.ends {
            cells.add(steps.last().cloned(), None, path.count);
        }
    }
    cells
}

fn label_of(step: &PathStep) -> Option<String> {
    (step.kind == LabelKind::Label).then(|| step.label.clone())
}

/// Everybody of several groups that share nobody.
pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Cells>) -> Cells {
    let mut sum = Cells::default();
    for part in parts.into_iter().cloned() {
        part.into_first.into_iter().for_each(|(key, count)| add(&mut sum.into_first, key, count));
        part.edges.into_iter().for_each(|(key, count)| add(&mut sum.edges, key, count));
        part.exits.into_iter().for_each(|(key, count)| add(&mut sum.exits, key, count));
    }
    sum
}

impl Cells {
    /// Counts people from START (`None`) or a node to a node or out (`None`).
    pub fn add(&mut self, from: Option<At>, to: Option<At>, count: u64) {
        match (from, to) {
            (None, Some((_, label))) => add(&mut self.into_first, label, count),
            (Some(from), Some(to)) => add(&mut self.edges, (from, to), count),
            (Some(from), None) => add(&mut self.exits, from, count),
            (None, None) => {}
        }
    }

    fn people_at(&self) -> BTreeMap<At, u64> {
        let mut people_at = BTreeMap::new();
        for (label, count) in &self.into_first {
            add(&mut people_at, (1, label.clone()), *count);
        }
        for ((_, to), count) in &self.edges {
            add(&mut people_at, to.clone(), *count);
        }
        people_at
    }

    /// Whole cells added up: the first steps only, and at each step only the labels with most
    /// people under their own name, ties by label.
    #[must_use]
    pub fn coarser(&self, steps: u8, top: u8) -> Self {
        let shown = most(self.people_at(), top);
        let last = u32::from(steps);
        let at = |(step, label): &At| -> At {
            let shown = label.as_ref().filter(|label| shown.contains(&(*step, (*label).clone())));
            (*step, shown.cloned())
        };
        let mut coarser = Self::default();
        for (label, count) in &self.into_first {
            add(&mut coarser.into_first, at(&(1, label.clone())).1, *count);
        }
        for ((from, to), count) in self.edges.iter().filter(|((_, to), _)| to.0 <= last) {
            add(&mut coarser.edges, (at(from), at(to)), *count);
        }
        // After the last step nobody is told to leave.
        for (from, count) in self.exits.iter().filter(|(from, _)| from.0 < last) {
            add(&mut coarser.exits, at(from), *count);
        }
        coarser
    }

    /// Nodes, edges and exits as a flow has them, in their order.
    pub fn lists(&self, side: Side) -> (Vec<FlowNode>, Vec<FlowEdge>, Vec<FlowExit>) {
        let signed = |step: u32| {
            let step = i32::try_from(step).unwrap_or(i32::MAX);
            if side == Side::End { -step } else { step }
        };
        let text = |label: &Option<String>| label.clone().unwrap_or_else(|| OTHER.to_owned());
        let id = |(step, label): &At| format!("{}:{}", signed(*step), text(label));
        let mut nodes: Vec<FlowNode> = self
            .people_at()
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(at, count)| FlowNode {
                id: id(at),
                step: signed(at.0),
                label: text(&at.1),
                kind: if at.1.is_some() { LabelKind::Label } else { LabelKind::Other },
                count: *count,
            })
            .collect();
        nodes.sort_by(|a, b| {
            let key = |node: &FlowNode| (node.step.unsigned_abs(), Reverse(node.count));
            key(a).cmp(&key(b)).then_with(|| a.label.cmp(&b.label))
        });
        let mut edges: Vec<(&At, &At, u64)> =
            self.edges.iter().map(|((from, to), count)| (from, to, *count)).collect();
        edges.retain(|(.., count)| *count > 0);
        edges
            .sort_by_key(|(from, to, count)| (from.0, Reverse(*count), text(&from.1), text(&to.1)));
        let edges = edges
            .into_iter()
            .map(|(from, to, count)| FlowEdge { from: id(from), to: id(to), count })
            .collect();
        let mut exits: Vec<(&At, u64)> =
            self.exits.iter().map(|(from, count)| (from, *count)).collect();
        exits.retain(|(_, count)| *count > 0);
        exits.sort_by_key(|(from, count)| (from.0, Reverse(*count), text(&from.1)));
        let exits =
            exits.into_iter().map(|(from, count)| FlowExit { from: id(from), count }).collect();
        (nodes, edges, exits)
    }
}

/// The labels of each step that most people have.
fn most(people_at: BTreeMap<At, u64>, top: u8) -> BTreeSet<(u32, String)> {
    let mut of_step: BTreeMap<u32, Vec<(Reverse<u64>, String)>> = BTreeMap::new();
    for ((step, label), count) in people_at {
        if let Some(label) = label {
            of_step.entry(step).or_default().push((Reverse(count), label));
        }
    }
    let mut shown = BTreeSet::new();
    for (step, mut labels) in of_step {
        labels.sort_unstable();
        let labels = labels.into_iter().take(usize::from(top));
        shown.extend(labels.map(|(_, label)| (step, label)));
    }
    shown
}

/// Paths added up: the first steps only, and at each step only the labels with most people under
/// their own name.
pub fn coarser_paths(paths: &[Path], steps: u8, top: u8) -> Vec<Path> {
    let mut people_at = BTreeMap::new();
    for path in paths {
        for (step, taken) in (1..).zip(&path.steps) {
            add(&mut people_at, (step, label_of(taken)), path.count);
        }
    }
    let shown = most(people_at, top);
    let last = usize::from(steps);
    let mut sums: BTreeMap<(Vec<PathStep>, bool), u64> = BTreeMap::new();
    for path in paths {
        let taken = (1..).zip(&path.steps).take(last).map(|(step, taken)| {
            if shown.contains(&(step, taken.label.clone())) {
                taken.clone()
            } else {
                PathStep { label: OTHER.to_owned(), kind: LabelKind::Other }
            }
        });
        let ends = path.ends && path.steps.len() < last;
        add(&mut sums, (taken.collect(), ends), path.count);
    }
    let mut coarser: Vec<Path> =
        sums.into_iter().map(|((steps, ends), count)| Path { steps, ends, count }).collect();
    sort_paths(&mut coarser);
    coarser
}

/// The order of paths in a view: count descending, then steps, and one that goes on before one
/// that ends.
pub fn sort_paths(paths: &mut [Path]) {
    paths.sort_by(|a, b| {
        (Reverse(a.count), &a.steps, a.ends).cmp(&(Reverse(b.count), &b.steps, b.ends))
    });
}

/// What a step-by-step view says it was drawn for, and what its numbers are.
struct Told<'a> {
    place: &'a str,
    head: Head<'a>,
    asked: &'a FlowAsked,
    is_paths: bool,
    numbers: Numbers<'a>,
}

enum Numbers<'a> {
    Flow(&'a Flow),
    Paths(&'a [Path]),
}

impl<'a> Told<'a> {
    fn of(place: &'a str, view: &'a View) -> Option<Self> {
        let (asked, numbers) = match view {
            View::Flow(flow) => (&flow.spec.asked, Numbers::Flow(flow)),
            View::Paths(paths) => (&paths.spec.asked, Numbers::Paths(&paths.paths)),
            _ => return None,
        };
        let is_paths = matches!(numbers, Numbers::Paths(_));
        Some(Self { place, head: view.head(), asked, is_paths, numbers })
    }

    fn cells(&self) -> Cells {
        match &self.numbers {
            Numbers::Flow(flow) => cells(&flow.nodes, &flow.edges, &flow.exits),
            Numbers::Paths(paths) => cells_of_paths(paths),
        }
    }

    /// Whether both are about the same journeys of the same people, so that one drawing must serve.
    fn is_drawn_with(&self, other: &Self) -> bool {
        let of = |told: &Self| (told.head.unit, told.head.collapse, told.asked.anchor);
        of(self) == of(other)
            && self.head.cohort == other.head.cohort
            && self.asked.anchor_label == other.asked.anchor_label
            && self.asked.until_label == other.asked.until_label
            && self.head.rules == other.head.rules
    }

    fn is_finest(&self) -> bool {
        self.asked.drawn_for.is_none()
    }

    /// Whether this is the whole-cell sum of finer numbers.
    fn is_sum(&self, finer: &[&Self]) -> bool {
        let (steps, top) = (self.asked.steps, self.asked.top);
        if let Numbers::Paths(own) = &self.numbers {
            let all: Vec<Path> = finer
                .iter()
                .filter_map(|told| match &told.numbers {
                    Numbers::Paths(paths) => Some(paths.iter().cloned()),
                    Numbers::Flow(_) => None,
                })
                .flatten()
                .collect();
            return coarser_paths(&all, steps, top) == **own;
        }
        let finer: Vec<Cells> = finer.iter().map(|told| told.cells()).collect();
        sum(&finer).coarser(steps, top) == self.cells()
    }
}

/// Whether views of one cohort that go step by step are sums of one drawing, as far as the views
/// themselves tell: two drawings of the same people could be subtracted from each other.
pub fn check(views: &[(&str, &View)]) -> Vec<Finding> {
    let parts: Vec<(&View, Told)> = views
        .iter()
        .flat_map(|(place, view)| view.parts().into_iter().map(move |part| (*place, *view, part)))
        .filter_map(|(place, view, part)| Some((view, Told::of(place, part)?)))
        .collect();
    let mut found = Vec::new();
    for (at, (_, told)) in parts.iter().enumerate() {
        let Some(drawn_for) = &told.asked.drawn_for else {
            let other = parts[..at].iter().map(|(_, other)| other);
            // The same question twice is one drawing if it has one answer.
            let is_apart = |other: &&Told| {
                let same = (other.is_paths, other.asked.steps, other.asked.top)
                    == (told.is_paths, told.asked.steps, told.asked.top);
                other.is_finest() && other.is_drawn_with(told) && !(same && told.is_sum(&[*other]))
            };
            let mut other = other.filter(is_apart);
            if let Some(other) = other.next() {
                let what = format!(
                    "it and {} are about the same journeys and were drawn apart; draw them together",
                    other.place
                );
                found.push(Finding::new(told.place, what));
            }
            continue;
        };
        let is_finer = |other: &Told| {
            other.is_finest()
                && (other.is_paths, other.asked.steps, other.asked.top)
                    == (drawn_for.paths, drawn_for.steps, drawn_for.top)
        };
        let finer: Vec<&Told> = match &drawn_for.by {
            None => parts
                .iter()
                .map(|(_, other)| other)
                .filter(|other| is_finer(other) && other.is_drawn_with(told))
                .collect(),
            // The segments of a breakdown are everybody; the sides of a comparison need not be.
            Some(by) => parts
                .iter()
                .filter(|(view, other)| {
                    matches!(view, View::Breakdown(whole) if whole.spec.asked.by == *by
                        && whole.spec.cohort == *told.head.cohort)
                        && is_finer(other)
                        && other.head.unit == told.head.unit
                        && other.head.collapse == told.head.collapse
                        && other.asked.anchor == told.asked.anchor
                        && other.asked.anchor_label == told.asked.anchor_label
                        && other.asked.until_label == told.asked.until_label
                })
                .map(|(_, other)| other)
                .collect(),
        };
        if !finer.is_empty() && !told.is_sum(&finer) {
            found.push(Finding::new(
                told.place,
                "its numbers are not the sums of those of the finer view that it was drawn with",
            ));
        }
    }
    found
}
