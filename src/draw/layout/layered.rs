//! A directed graph in layers, from left to right, after Sugiyama, Tagawa and Toda (1981).
//!
//! What the people of a map do is full of cycles, and most pairs of steps follow each other both
//! ways. So a layer here is not the longest way to a node: nodes go where the people between them
//! walk one layer ahead, as far as that is possible, and a pair may stand in one layer. Paths over
//! several layers get a place of their own in each layer between (a bend), so that no path runs
//! through a node. Two opposite paths share their bends.
//!
//! The steps, each in a file: [`layers`] (a cheap order of the nodes, then the layers), [`order`]
//! (who stands over whom in a layer, with few crossings of many people), [`place`] (heights).
//! The first two see the whole graph; [`place`] only what is shown of it, so a slider moves nodes
//! nearer to each other but not past each other, nor to another layer.
//!
//! Everything follows from the numbers and the order in which nodes and edges are given.
//!
//! Tried before: rust-sugiyama 0.4 (needs loops taken out, knows no weights, does not say where long
//! paths bend, and was not done with 50 nodes and 300 edges after half a minute, where this takes
//! milliseconds).

mod layers;
mod order;
mod place;

pub use order::arrange;
pub use place::{Places, Room, place};

/// A graph; nodes are numbered from 0. Edges from a node to itself are passed over, and of several
/// between the same two nodes the weights are added.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub edges: Vec<Edge>,
    /// By node, how many begin and end there: what makes it stand at the left or at the right.
    pub starts: Vec<f64>,
    pub ends: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub weight: f64,
}

/// Two nodes with an edge one way or both ways.
#[derive(Clone, Debug)]
pub struct Link {
    /// The end in the earlier layer; in the same layer, the one with the smaller number.
    pub first: usize,
    pub second: usize,
    /// Of both ways together; 1 is the largest of the graph.
    weight: f32,
    /// The bends from the first end to the second, as numbers of items.
    bends: Vec<usize>,
}

/// Layers, and the order in them.
#[derive(Clone, Debug)]
pub struct Arrangement {
    /// From left to right, each from top to bottom: numbers of items.
    layers: Vec<Vec<usize>>,
    /// The nodes in their order, then the bends.
    items: Vec<Item>,
    links: Vec<Link>,
    /// By edge of the graph, its link; none for a loop.
    link_of: Vec<Option<usize>>,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    layer: usize,
    /// The link that bends here; none for a node.
    link: Option<usize>,
}

impl Graph {
    fn nodes(&self) -> usize {
        self.starts.len()
    }
}

impl Arrangement {
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    pub fn link_of(&self, edge: usize) -> Option<usize> {
        self.link_of[edge]
    }
}

#[cfg(test)]
mod tests;
