//! The sliders of a map: the most frequent activities and paths, still connected.
//!
//! What can be reached from a start, and can reach an end, before the sliders can after them. The
//! vault asks here for what is disclosed, a picture for what it shows of that: the same answer, and
//! the second costs no recount.
//!
//! *Invariant:* knows published numbers only, and changes none.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::{LabelKind, Map, MapEdge, MapEnd};

/// Leaves out what the sliders of the map say. At 100 and 100 that is nothing.
pub(crate) fn filter(map: &mut Map) {
    let (activities, paths) = (map.spec.asked.activities, map.spec.asked.paths);
    if activities >= 100 && paths >= 100 {
        return;
    }
    let shown = shown(map, activities, paths);
    let label_shown: BTreeMap<String, bool> =
        map.nodes.iter().map(|node| node.label.clone()).zip(shown.nodes.clone()).collect();
    keep(&mut map.nodes, &shown.nodes);
    keep(&mut map.edges, &shown.edges);
    // `Other` without a node is not behind a slider.
    let end_shown = |end: &MapEnd| label_shown.get(&end.label).copied().unwrap_or(true);
    map.starts.retain(end_shown);
    map.ends.retain(end_shown);
}

/// What these sliders show of a map, in percent of its activities and of the paths between them.
pub fn shown(map: &Map, activities: u8, paths: u8) -> Shown {
    if activities >= 100 && paths >= 100 {
        return Shown { nodes: vec![true; map.nodes.len()], edges: vec![true; map.edges.len()] };
    }
    let graph = Graph::of(map);
    let mut shown = graph.choose(map, activities, paths);
    // More for the one may be more for the other to connect.
    while graph.forward.connect(&mut shown) | graph.backward.connect(&mut shown) {}
    shown
}

fn keep<T>(list: &mut Vec<T>, shown: &[bool]) {
    let mut shown = shown.iter();
    list.retain(|_| shown.next().copied().unwrap_or(false));
}

/// What is shown, by position in the lists of the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub nodes: Vec<bool>,
    pub edges: Vec<bool>,
}

/// The map both ways: along its edges from its starts, and back from its ends.
struct Graph {
    forward: Side,
    backward: Side,
}

/// One way through the map.
struct Side {
    /// By node, the count with which journeys enter there, where they do.
    entries: Vec<Option<u64>>,
    /// By node, the edges that lead on and the node that each leads to, the most frequent first.
    next: Vec<Vec<(usize, usize)>>,
    /// The edges' counts.
    counts: Vec<u64>,
}

impl Graph {
    fn of(map: &Map) -> Self {
        let nodes = map.nodes.iter().enumerate();
        let at: BTreeMap<&str, usize> = nodes.map(|(at, node)| (&*node.label, at)).collect();
        let entries = |ends: &[MapEnd]| {
            let mut entries = vec![None; at.len()];
            for end in ends {
                if let Some(at) = at.get(&*end.label) {
                    entries[*at] = Some(end.count);
                }
            }
            // Where nothing is said by name, it may be anywhere.
            if entries.iter().all(Option::is_none) {
                entries.fill(Some(0));
            }
            entries
        };
        let side = |ends: &[MapEnd], way: &dyn Fn(&MapEdge) -> (usize, usize)| {
            let mut next = vec![Vec::new(); at.len()];
            for (number, edge) in map.edges.iter().enumerate() {
                let (from, to) = way(edge);
                next[from].push((number, to));
            }
            let counts = map.edges.iter().map(|edge| edge.count).collect();
            Side { entries: entries(ends), next, counts }
        };
        Self {
            forward: side(&map.starts, &|edge| (at[&*edge.from], at[&*edge.to])),
            backward: side(&map.ends, &|edge| (at[&*edge.to], at[&*edge.from])),
        }
    }

    /// The most frequent activities, and the most frequent edges between them. Lists of a map are
    /// in that order.
    fn choose(&self, map: &Map, activities: u8, paths: u8) -> Shown {
        let (forth, back) = (self.forward.reachable(), self.backward.reachable());
        let mut connected: Vec<bool> = forth.iter().zip(back).map(|(f, b)| *f && b).collect();
        let is_label = |at: &usize| map.nodes[*at].kind == LabelKind::Label;
        if !(0..connected.len()).filter(is_label).any(|at| connected[at]) {
            // No activity is, so there is nothing to keep.
            connected.fill(true);
        }
        let share = |number: usize, percent: u8| (number * usize::from(percent)).div_ceil(100);
        let named = (0..map.nodes.len()).filter(is_label).count();
        let mut nodes = vec![false; map.nodes.len()];
        let candidates = (0..map.nodes.len()).filter(is_label).filter(|at| connected[*at]);
        candidates.take(share(named, activities)).for_each(|at| nodes[at] = true);

        // `Other` is shown with its edges.
        let mut may = nodes.clone();
        let other = map.nodes.iter().position(|node| node.kind == LabelKind::Other);
        if let Some(other) = other {
            may[other] = connected[other];
        }
        let mut ends = vec![(0, 0); map.edges.len()];
        for (from, next) in self.forward.next.iter().enumerate() {
            for (number, to) in next {
                ends[*number] = (from, *to);
            }
        }
        let between: Vec<usize> =
            (0..ends.len()).filter(|edge| may[ends[*edge].0] && may[ends[*edge].1]).collect();
        let mut edges = vec![false; ends.len()];
        for edge in &between[..share(between.len(), paths)] {
            edges[*edge] = true;
            nodes[ends[*edge].0] = true;
            nodes[ends[*edge].1] = true;
        }
        Shown { nodes, edges }
    }
}

impl Side {
    /// By node, whether it is reached at all.
    fn reachable(&self) -> Vec<bool> {
        let everything =
            Shown { nodes: vec![true; self.entries.len()], edges: vec![true; self.counts.len()] };
        self.reached(&everything)
    }

    /// By node, whether it is reached over what is shown.
    fn reached(&self, shown: &Shown) -> Vec<bool> {
        let enters = |at: &usize| shown.nodes[*at] && self.entries[*at].is_some();
        let mut waiting: Vec<usize> = (0..self.entries.len()).filter(enters).collect();
        let mut reached = vec![false; self.entries.len()];
        for at in &waiting {
            reached[*at] = true;
        }
        while let Some(at) = waiting.pop() {
            for (edge, to) in &self.next[at] {
                if shown.edges[*edge] && !reached[*to] {
                    reached[*to] = true;
                    waiting.push(*to);
                }
            }
        }
        reached
    }

    /// Shows more until all that is shown is reached, and answers whether that was needed. Each
    /// node gets the path whose smallest count that is not shown yet is largest.
    fn connect(&self, shown: &mut Shown) -> bool {
        let mut changed = false;
        loop {
            let reached = self.reached(shown);
            if (0..reached.len()).all(|at| reached[at] || !shown.nodes[at]) {
                return changed;
            }
            let Some(path) = self.widest_path(shown, &reached) else { return changed };
            changed = true;
            for (at, edge) in path {
                shown.nodes[at] = true;
                if let Some(edge) = edge {
                    shown.edges[edge] = true;
                }
            }
        }
    }

    /// From outside to a shown node that is not reached: nodes, each with the edge to it. Always the
    /// largest count next (Prim), ties by the order of the lists.
    fn widest_path(&self, shown: &Shown, reached: &[bool]) -> Option<Vec<(usize, Option<usize>)>> {
        let mut came_from: Vec<Option<(usize, Option<usize>)>> = vec![None; reached.len()];
        let mut queue = BinaryHeap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            if let Some(count) = entry {
                let count = if shown.nodes[at] { u64::MAX } else { *count };
                queue.push((count, Reverse((0, at)), at, None));
            }
        }
        while let Some((_, _, at, by)) = queue.pop() {
            if came_from[at].is_some() {
                continue;
            }
            // An entry comes from itself.
            came_from[at] = Some(by.unwrap_or((at, None)));
            if shown.nodes[at] && !reached[at] {
                let mut path = Vec::new();
                let mut here = at;
                while let Some((from, edge)) = came_from[here] {
                    path.push((here, edge));
                    if edge.is_none() {
                        break;
                    }
                    here = from;
                }
                return Some(path);
            }
            for (edge, to) in &self.next[at] {
                if came_from[*to].is_none() {
                    let count = if shown.edges[*edge] { u64::MAX } else { self.counts[*edge] };
                    queue.push((count, Reverse((1, *edge)), *to, Some((at, Some(*edge)))));
                }
            }
        }
        None
    }
}
