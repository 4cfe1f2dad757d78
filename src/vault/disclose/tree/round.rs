//! Rounding a tree, and the paths that are published from it.
//!
//! In a tree no search is needed: everybody's number is given, and at each node so many children
//! and ends go up to the next multiple of the base as the node's own number asks for; a keyed draw
//! says which. The others go down. So every number is one of its two multiples, and every node
//! passes on what it receives.

use std::collections::BTreeMap;

use super::super::grid::OTHER;
use super::super::meaning::{Meaning, Steps};
use super::{END, Node, Tree, mark_of};
use crate::audit::coarser::sort_paths;
use crate::views::{LabelKind, Path, PathStep};

/// Published numbers: people by the whole path that they are drawn at.
pub(in super::super) struct Rounded {
    /// The slots of the steps, and whether the journey ends after them.
    pub(in super::super) paths: BTreeMap<(Vec<u8>, bool), u64>,
}

impl Tree {
    /// Rounds every child and end; all together are `everybody`, one of the two multiples.
    pub(in super::super) fn round(&self, meaning: &Meaning, b: u64, everybody: u64) -> Rounded {
        let mut rounded = Rounded { paths: BTreeMap::new() };
        let mut rounding = Rounding { meaning, b, path: Vec::new() };
        rounding.node(&self.root, everybody, 0, &mut rounded.paths);
        rounded
    }
}

struct Rounding<'a> {
    meaning: &'a Meaning<'a>,
    b: u64,
    path: Vec<u8>,
}

impl Rounding<'_> {
    fn node(
        &mut self,
        node: &Node,
        people: u64,
        mark: u64,
        paths: &mut BTreeMap<(Vec<u8>, bool), u64>,
    ) {
        if people == 0 {
            return;
        }
        if node.children.is_empty() {
            paths.insert((self.path.clone(), node.slot == END), people);
            return;
        }
        let step = self.path.len();
        let b = self.b;
        let below = |child: &Node| u64::from(child.people) / b * b;
        let marks: Vec<u64> = node
            .children
            .iter()
            .map(|child| mark_of(self.meaning, mark, step, child.slot))
            .collect();
        let floors: u64 = node.children.iter().map(below).sum();
        let mut free: Vec<usize> = (0..node.children.len())
            .filter(|at| !u64::from(node.children[*at].people).is_multiple_of(self.b))
            .collect();
        free.sort_by_cached_key(|at| {
            let mut what = marks[*at].to_le_bytes().to_vec();
            what.extend(u64::from(node.children[*at].people).to_le_bytes());
            (self.meaning.draw_for("round path", &what), *at)
        });
        free.truncate((people.saturating_sub(floors) / self.b) as usize);
        for (at, child) in node.children.iter().enumerate() {
            let people = below(child) + if free.contains(&at) { b } else { 0 };
            if child.slot == END {
                self.node(child, people, marks[at], paths);
            } else {
                self.path.push(child.slot);
                self.node(child, people, marks[at], paths);
                self.path.pop();
            }
        }
    }
}

impl Rounded {
    /// The paths as they are published, in their order.
    pub(in super::super) fn paths(&self, steps: &Steps) -> Vec<Path> {
        let told = |(step, slot): (usize, &u8)| PathStep {
            label: steps.label(step, usize::from(*slot)).to_owned(),
            kind: if usize::from(*slot) == OTHER { LabelKind::Other } else { LabelKind::Label },
        };
        let mut paths: Vec<Path> = self
            .paths
            .iter()
            .map(|((path, ends), count)| Path {
                steps: path.iter().enumerate().map(told).collect(),
                ends: *ends,
                count: *count,
            })
            .collect();
        sort_paths(&mut paths);
        paths
    }
}
