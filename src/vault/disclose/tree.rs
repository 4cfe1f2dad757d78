//! Draw by detour on the tree of paths: a node is a step after one exact row of steps.
//!
//! At every node people go on to the child of their own label, end, or go on to the child `Other`,
//! below which they may stand under their own label again. Children and ends with too few people
//! are not drawn; their people *wait* for `Other`. Where those who wait at a node are too few
//! themselves, the cheapest of three things is done: people from the other children join them, so
//! many as are missing; the smallest child joins them whole; or they leave the node and wait at the
//! one above, where they meet those who wait there. Each costs names, and the number of names is
//! what is compared.
//!
//! People who have ended end by name or as `Other`, or ride along in `Other`, and may end there
//! later. *Invariant:* every child and every end has nobody or enough people, and everybody is in
//! one leaf.

mod round;
#[cfg(test)]
mod tests;

use super::blur::geometric;
use super::detour::Threshold;
use super::grid::{Edge, OTHER};
use super::meaning::Meaning;
use crate::vault::measure::flow::Journeys;
use crate::views::{Cancelled, Progress};

/// The slot of those who end.
const END: u8 = u8::MAX;

/// People with one journey: its position among the distinct ones, and how many of them.
type Row = (u32, u32);

/// A step after one row of steps; its leaves are ends and the last step.
struct Node {
    slot: u8,
    people: u32,
    /// In the order of their slots.
    children: Vec<Node>,
    /// Who is here, in a leaf.
    rows: Vec<Row>,
}

impl Node {
    fn leaf(slot: u8, rows: Vec<Row>) -> Self {
        Self { slot, people: units(&rows), children: Vec::new(), rows }
    }

    /// Whether the step stands under its own label.
    fn is_named(&self) -> bool {
        usize::from(self.slot) != OTHER && self.slot != END
    }

    /// Everybody below.
    fn everybody(&self) -> Vec<Row> {
        let mut rows = self.rows.clone();
        rows.extend(self.children.iter().flat_map(Self::everybody));
        rows
    }

    /// Adds people to the leaf that a path of positions leads to, and to all nodes on the way.
    fn add(&mut self, path: &[usize], (journey, people): Row) {
        self.people += people;
        if let Some((first, rest)) = path.split_first() {
            self.children[*first].add(rest, (journey, people));
        } else if let Some(row) = self.rows.iter_mut().find(|row| row.0 == journey) {
            row.1 += people;
        } else {
            self.rows.push((journey, people));
        }
    }

    fn remove(&mut self, path: &[usize], (journey, people): Row) {
        self.people -= people;
        if let Some((first, rest)) = path.split_first() {
            self.children[*first].remove(rest, (journey, people));
        } else {
            for row in self.rows.iter_mut().filter(|row| row.0 == journey) {
                row.1 -= people;
            }
            self.rows.retain(|row| row.1 > 0);
        }
    }
}

fn units(rows: &[Row]) -> u32 {
    rows.iter().map(|(_, people)| people).sum()
}

/// Everybody's drawn path.
pub(super) struct Tree {
    root: Node,
    /// People-steps under their own label, and those that had one.
    names: (u64, u64),
}

impl Tree {
    /// Draws everybody; nobody goes by a forbidden edge of the flow that the paths make up. There
    /// are at least k people, and none of the forbidden edges leads to `Other`.
    pub(super) fn draw(
        meaning: &Meaning,
        journeys: &Journeys,
        threshold: Threshold,
        forbidden: &[Edge],
        blur: bool,
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        let keys =
            journeys.distinct.iter().map(|(journey, _)| u128::from_be_bytes(journey.bytes()));
        let grower = Grower {
            meaning,
            journeys,
            threshold,
            steps: meaning.grid.steps,
            keys: keys.collect(),
            forbidden,
            progress,
        };
        let rows: Vec<Row> =
            (0..).zip(&journeys.distinct).map(|(at, (_, people))| (at, *people)).collect();
        let (mut root, _) = grower.grow(OTHER as u8, &rows, 0, false)?;
        if blur {
            grower.blur(&mut root, 0, 0)?;
        }
        let before = journeys.distinct.iter().map(|(journey, people)| {
            let slots = journey.slots();
            let own = slots.bytes[..slots.len].iter().filter(|slot| usize::from(**slot) != OTHER);
            own.count() as u64 * u64::from(*people)
        });
        let names = (kept(&root), before.sum());
        Ok(Self { root, names })
    }

    /// People-steps that stand under their own label, and those that had one before control.
    pub(super) fn names(&self) -> (u64, u64) {
        self.names
    }

    /// Every leaf: the numbers of the nodes on the way to it, and its people.
    pub(super) fn ways(&self) -> Vec<(Vec<u32>, u64)> {
        let (mut ways, mut nodes) = (Vec::new(), 0);
        add_ways(&self.root, &mut Vec::new(), &mut nodes, &mut ways);
        ways
    }

    /// Whether everybody is in one leaf and every child and end has enough people, counted anew.
    pub(super) fn is_safe(&self, journeys: &Journeys, threshold: Threshold) -> bool {
        let mut people = vec![0; journeys.distinct.len()];
        for (journey, number) in self.root.everybody() {
            people[journey as usize] += number;
        }
        people.iter().zip(&journeys.distinct).all(|(drawn, (_, walked))| drawn == walked)
            && self.root.children.iter().all(|child| is_enough(child, journeys, threshold))
    }
}

/// People-steps under their own label.
fn kept(node: &Node) -> u64 {
    node.children
        .iter()
        .map(|child| kept(child) + u64::from(child.people) * u64::from(child.is_named()))
        .sum()
}

/// Adds the leaves below a node; `way` are the numbers of the nodes down to it, of `nodes` so far.
fn add_ways(node: &Node, way: &mut Vec<u32>, nodes: &mut u32, ways: &mut Vec<(Vec<u32>, u64)>) {
    if node.children.is_empty() {
        ways.push((way.clone(), u64::from(node.people)));
    }
    for child in &node.children {
        way.push(*nodes);
        *nodes += 1;
        add_ways(child, way, nodes, ways);
        way.pop();
    }
}

fn is_enough(node: &Node, journeys: &Journeys, threshold: Threshold) -> bool {
    let below: u32 = node.children.iter().map(|child| child.people).sum();
    below + units(&node.rows) == node.people
        && node.people >= threshold.k
        && (node.rows.is_empty() || node.children.is_empty())
        && (threshold.cap == 1 || !is_small(&node.everybody(), journeys, threshold))
        && node.children.iter().all(|child| is_enough(child, journeys, threshold))
}

/// Whether there is somebody, but too few.
fn is_small(rows: &[Row], journeys: &Journeys, threshold: Threshold) -> bool {
    let units = units(rows);
    if threshold.cap == 1 || units < threshold.k {
        return units > 0 && units < threshold.k;
    }
    if units >= threshold.surely_enough() {
        return false;
    }
    threshold.is_small(rows.iter().map(|(at, people)| (journeys.whose[*at as usize], *people)))
}

/// What grows a tree.
struct Grower<'a> {
    meaning: &'a Meaning<'a>,
    journeys: &'a Journeys,
    threshold: Threshold,
    steps: usize,
    /// The distinct journeys as numbers that sort step by step.
    keys: Vec<u128>,
    forbidden: &'a [Edge],
    progress: &'a Progress,
}

/// People taken from a leaf: where it was, and whom.
type Taken = (Vec<usize>, Row);

impl Grower<'_> {
    /// The slot of a journey at a step, or [`END`].
    fn slot(&self, row: Row, step: usize) -> u8 {
        (self.keys[row.0 as usize] >> (120 - 8 * step)) as u8
    }

    fn is_forbidden(&self, step: usize, from: u8, to: u8) -> bool {
        let grid = self.meaning.grid;
        let to = if to == END { grid.exit() } else { usize::from(to) };
        self.forbidden.contains(&grid.edge(step, from.into(), to))
    }

    fn is_small(&self, rows: &[Row]) -> bool {
        is_small(rows, self.journeys, self.threshold)
    }

    fn tie(&self, row: Row) -> u64 {
        let whose = self.journeys.whose.get(row.0 as usize).copied().unwrap_or(0);
        self.meaning.tie(self.keys[row.0 as usize].to_be_bytes(), whose)
    }

    /// Sorted by what comes from a step on.
    fn sort(&self, rows: &mut [Row], step: usize) {
        rows.sort_unstable_by_key(|row| (self.keys[row.0 as usize] << (8 * step), row.0));
    }

    /// The node of some people, who are not too few and sorted by what comes next: `step` is the
    /// number of the next step. Those who leave the node to wait above are given back.
    fn grow(
        &self,
        slot: u8,
        rows: &[Row],
        step: usize,
        may_leave: bool,
    ) -> Result<(Node, Vec<Row>), Cancelled> {
        self.progress.check()?;
        if step == self.steps || slot == END {
            return Ok((Node::leaf(slot, rows.to_vec()), Vec::new()));
        }
        let mut children: Vec<Node> = Vec::new();
        let mut waiting: Vec<Row> = Vec::new();
        let mut named: Vec<&[Row]> = Vec::new();
        for run in rows.chunk_by(|a, b| self.slot(*a, step) == self.slot(*b, step)) {
            let to = self.slot(run[0], step);
            let is_other = usize::from(to) == OTHER;
            if is_other || self.is_forbidden(step, slot, to) || self.is_small(run) {
                waiting.extend_from_slice(run);
            } else {
                named.push(run);
            }
        }
        for run in named {
            let (child, left) = self.grow(self.slot(run[0], step), run, step + 1, true)?;
            waiting.extend(left);
            children.push(child);
        }
        let mut leave = Vec::new();
        while self.is_small(&waiting) && !children.is_empty() {
            self.settle(&mut children, &mut waiting, may_leave, &mut leave);
        }
        if !waiting.is_empty() {
            children.insert(0, self.other(waiting, step)?);
        }
        let people = children.iter().map(|child| child.people).sum();
        Ok((Node { slot, people, children, rows: Vec::new() }, leave))
    }

    /// The child `Other` of those who wait for it before a step.
    fn other(&self, mut waiting: Vec<Row>, step: usize) -> Result<Node, Cancelled> {
        self.sort(&mut waiting, step + 1);
        merge(&mut waiting);
        let (node, _) = self.grow(OTHER as u8, &waiting, step + 1, false)?;
        Ok(node)
    }

    /// Too few wait: more join them, or they leave.
    fn settle(
        &self,
        children: &mut Vec<Node>,
        waiting: &mut Vec<Row>,
        may_leave: bool,
        leave: &mut Vec<Row>,
    ) {
        // As if enough waited above: to guess what it may cost to join there kept no more names.
        let loss_of_leaving = may_leave.then(|| units(waiting));
        let smallest =
            (0..children.len()).min_by_key(|at| (children[*at].people, children[*at].slot));
        let loss_of_join =
            smallest.map(|at| children[at].people * u32::from(children[at].is_named()));
        let taken = self.take(children, waiting, None, |_| true);
        let loss_of_taking = taken.as_ref().map(|(loss, _)| *loss);
        let cheapest = [loss_of_taking, loss_of_join, loss_of_leaving].into_iter().flatten().min();
        if let Some((_, taken)) = taken {
            if loss_of_taking == cheapest {
                waiting.extend(taken.into_iter().map(|(_, row)| row));
                return;
            }
            put_back(children, taken);
        }
        match smallest {
            Some(at) if loss_of_join == cheapest => {
                waiting.extend(children.remove(at).everybody());
            }
            _ => *leave = std::mem::take(waiting),
        }
    }

    /// Takes people out of children other than `Other`, those who lose fewest names first, and
    /// tells how many names: so many people, or as many as it takes until those who wait with them
    /// are enough. Nobody is left behind in too small a number. `None`, and nothing changed, where
    /// there are not enough such people.
    fn take(
        &self,
        children: &mut [Node],
        waiting: &[Row],
        people: Option<u32>,
        fits: impl Fn(Row) -> bool,
    ) -> Option<(u32, Vec<Taken>)> {
        // Leaves from which somebody can be spared, with the names that are lost.
        let mut leaves: Vec<(u32, u64, Vec<usize>)> = Vec::new();
        for (at, child) in children.iter().enumerate() {
            if usize::from(child.slot) != OTHER {
                self.leaves(child, &mut vec![at], 0, &mut leaves);
            }
        }
        leaves.sort_unstable();
        let enough = |taken: &[Taken], left: u32| {
            left == 0
                && (people.is_some() || self.threshold.cap == 1 || {
                    let all = waiting.iter().copied().chain(taken.iter().map(|(_, row)| *row));
                    !self.is_small(&all.collect::<Vec<Row>>())
                })
        };
        let mut left = people.unwrap_or_else(|| self.threshold.k.saturating_sub(units(waiting)));
        let mut taken: Vec<Taken> = Vec::new();
        let mut loss = 0;
        'leaves: for (names, _, path) in leaves {
            let mut rows = leaf(children, &path).rows.clone();
            rows.sort_by_cached_key(|row| (self.tie(*row), row.0));
            for row in rows {
                if enough(&taken, left) {
                    break 'leaves;
                }
                if !fits(row) {
                    continue;
                }
                let number = if self.threshold.cap == 1 {
                    left.min(row.1).min(self.spare(children, &path))
                } else {
                    // All sessions of one person with this journey go together.
                    row.1
                };
                if number == 0 {
                    continue;
                }
                let row = (row.0, number);
                children[path[0]].remove(&path[1..], row);
                if self.threshold.cap > 1 && self.leaves_few(children, &path) {
                    children[path[0]].add(&path[1..], row);
                    continue;
                }
                left = left.saturating_sub(number);
                loss += names * number;
                taken.push((path.clone(), row));
            }
        }
        if enough(&taken, left) {
            return Some((loss, taken));
        }
        put_back(children, taken);
        None
    }

    fn leaves(
        &self,
        node: &Node,
        path: &mut Vec<usize>,
        names: u32,
        leaves: &mut Vec<(u32, u64, Vec<usize>)>,
    ) {
        if node.people <= self.threshold.k {
            return;
        }
        let names = names + u32::from(node.is_named());
        if node.children.is_empty() {
            let tie = node.rows.iter().min().map_or(0, |row| self.tie(*row));
            leaves.push((names, tie, path.clone()));
        }
        for (at, child) in node.children.iter().enumerate() {
            path.push(at);
            self.leaves(child, path, names, leaves);
            path.pop();
        }
    }

    /// How many can leave a leaf so that everywhere on the way to it at least k are left.
    fn spare(&self, children: &[Node], path: &[usize]) -> u32 {
        let mut node = &children[path[0]];
        let mut spare = node.people - self.threshold.k;
        for at in &path[1..] {
            node = &node.children[*at];
            spare = spare.min(node.people - self.threshold.k);
        }
        spare
    }

    /// Whether too few are left somewhere on the way to a leaf.
    fn leaves_few(&self, children: &[Node], path: &[usize]) -> bool {
        let mut node = &children[path[0]];
        let few = |node: &Node| node.people == 0 || self.is_small(&node.everybody());
        let mut any = few(node);
        for at in &path[1..] {
            node = &node.children[*at];
            any = any || few(node);
        }
        any
    }

    /// Blur the reason: at every node a keyed number of people more than needed goes on as `Other`.
    /// `mark` is a keyed number for the path to the node.
    fn blur(&self, node: &mut Node, step: usize, mark: u64) -> Result<(), Cancelled> {
        self.progress.check()?;
        if node.children.is_empty() {
            return Ok(());
        }
        let draw = |purpose: &str| self.meaning.draw_for(purpose, &mark.to_le_bytes());
        let more = geometric(draw("blur path by"));
        if usize::from(node.children[0].slot) == OTHER {
            if more > 0 {
                self.blur_by(node, step, more);
            }
        } else if draw("blur path at all").is_multiple_of(8) {
            let people = Some(self.threshold.k + more);
            if let Some((_, taken)) = self.take(&mut node.children, &[], people, |_| true) {
                let rows: Vec<Row> = taken.iter().map(|(_, row)| *row).collect();
                if self.is_small(&rows) {
                    put_back(&mut node.children, taken);
                } else {
                    node.children.insert(0, self.other(rows, step)?);
                }
            }
        }
        for child in &mut node.children {
            if child.slot != END {
                self.blur(child, step + 1, mark_of(self.meaning, mark, step, child.slot))?;
            }
        }
        Ok(())
    }

    /// Draws so many people more below `Other`, as its paths are.
    fn blur_by(&self, node: &mut Node, step: usize, more: u32) {
        let [other, beside @ ..] = &mut node.children[..] else { return };
        let way = |row: Row| self.way(other, row, step + 1);
        let Some((_, taken)) = self.take(beside, &[], Some(more), |row| way(row).is_some()) else {
            return;
        };
        let ways: Vec<Vec<usize>> = taken.iter().filter_map(|(_, row)| way(*row)).collect();
        for ((_, row), way) in taken.iter().zip(&ways) {
            other.add(way, *row);
        }
        // Somebody may dominate now.
        if self.threshold.can_dominate && !is_enough(other, self.journeys, self.threshold) {
            for ((_, row), way) in taken.iter().zip(&ways) {
                other.remove(way, *row);
            }
            put_back(beside, taken);
        }
    }

    /// The way of a journey through a node that is drawn, from a step on: by its own label where
    /// that leads to a leaf, else by `Other`.
    fn way(&self, node: &Node, row: Row, step: usize) -> Option<Vec<usize>> {
        if node.children.is_empty() {
            return Some(Vec::new());
        }
        let slot = self.slot(row, step);
        let own = node.children.iter().position(|child| child.slot == slot);
        let other = node.children.iter().position(|child| usize::from(child.slot) == OTHER);
        [own, other].into_iter().flatten().find_map(|at| {
            let mut way = self.way(&node.children[at], row, step + 1)?;
            way.insert(0, at);
            Some(way)
        })
    }
}

/// Rows of the same journey become one. They are neighbours.
fn merge(rows: &mut Vec<Row>) {
    rows.dedup_by(|row, kept| {
        let is_same = row.0 == kept.0;
        if is_same {
            kept.1 += row.1;
        }
        is_same
    });
}

fn leaf<'n>(children: &'n [Node], path: &[usize]) -> &'n Node {
    path[1..].iter().fold(&children[path[0]], |node, at| &node.children[*at])
}

fn put_back(children: &mut [Node], taken: Vec<Taken>) {
    for (path, row) in taken {
        children[path[0]].add(&path[1..], row);
    }
}

/// A keyed number for the path to a child.
fn mark_of(meaning: &Meaning, mark: u64, step: usize, slot: u8) -> u64 {
    let (kind, label) = match slot {
        END => (b'e', ""),
        slot if usize::from(slot) == OTHER => (b'o', ""),
        slot => (b'l', meaning.steps.label(step, slot.into())),
    };
    let mut what = Vec::with_capacity(9 + label.len());
    what.extend_from_slice(&mark.to_le_bytes());
    what.push(kind);
    what.extend_from_slice(label.as_bytes());
    meaning.draw_for("path", &what)
}
