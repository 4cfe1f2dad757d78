//! How high everything stands: heights that keep paths short and straight, in the order that was
//! found, with room for what is drawn about a node.
//!
//! Each layer in turn takes the heights that are nearest to its neighbours' in the layers beside it
//! and keep their distances. For one layer that is a regression with an order, which pooling solves
//! exactly (Ayer and others, 1955); layer after layer it settles within a few rounds.

use std::collections::BTreeSet;

use super::Arrangement;

const ROUNDS: usize = 32;
/// Straight bends matter more than near neighbours (as in dot, Gansner and others, 1993).
const BEND_TO_NODE: f32 = 2.0;
const BEND_TO_BEND: f32 = 8.0;

/// What is shown, and how much room it takes.
#[derive(Clone, Debug)]
pub struct Room {
    pub nodes: Vec<bool>,
    pub links: Vec<bool>,
    /// By node, from its middle up and down.
    pub above: Vec<f32>,
    pub below: Vec<f32>,
    /// By link, how thick it is with both ways.
    pub thick: Vec<f32>,
    /// Between two nodes, between two with a link from the one to the other, and beside a bend.
    pub node_gap: f32,
    pub level_gap: f32,
    pub bend_gap: f32,
}

/// Where an item stands: its column from the left, none of them empty, and its middle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    pub column: usize,
    pub y: f32,
}

/// Where everything that is shown stands.
#[derive(Clone, Debug)]
pub struct Places {
    pub columns: usize,
    /// By node; of those that are not shown it means nothing.
    pub nodes: Vec<Place>,
    /// By link: its bends from the first end to the second. The top of the highest thing is at 0.
    pub bends: Vec<Vec<Place>>,
}

/// Places what is shown of an arrangement.
pub fn place(arrangement: &Arrangement, room: &Room) -> Places {
    let count = room.nodes.len();
    let shown_item = |item: usize| match arrangement.items[item].link {
        None => room.nodes[item],
        Some(link) => room.links[link],
    };
    let layers: Vec<Vec<usize>> = arrangement
        .layers
        .iter()
        .map(|layer| layer.iter().copied().filter(|item| shown_item(*item)).collect::<Vec<_>>())
        .filter(|layer| layer.iter().any(|item| *item < count))
        .collect();
    let mut column = vec![usize::MAX; arrangement.items.len()];
    for (at, layer) in layers.iter().enumerate() {
        for item in layer {
            column[*item] = at;
        }
    }
    let extent = |item: usize| match arrangement.items[item].link {
        None => (room.above[item], room.below[item]),
        Some(link) => (room.thick[link] / 2.0, room.thick[link] / 2.0),
    };
    let level: BTreeSet<(usize, usize)> = (arrangement.links.iter().zip(&room.links))
        .filter(|(link, shown)| **shown && column[link.first] == column[link.second])
        .map(|(link, _)| (link.first.min(link.second), link.first.max(link.second)))
        .collect();
    let apart = |upper: usize, lower: usize| {
        let gap = if upper >= count || lower >= count {
            room.bend_gap
        } else if level.contains(&(upper.min(lower), upper.max(lower))) {
            room.level_gap
        } else {
            room.node_gap
        };
        extent(upper).1 + gap + extent(lower).0
    };
    let pulls = pulls(arrangement, room, &column);
    let mut y = vec![0.0_f32; arrangement.items.len()];
    for layer in &layers {
        let mut at = 0.0;
        for (index, item) in layer.iter().enumerate() {
            if index > 0 {
                at += apart(layer[index - 1], *item);
            }
            y[*item] = at;
        }
        for item in layer {
            y[*item] -= at / 2.0;
        }
    }
    for round in 0..ROUNDS {
        let mut order: Vec<&Vec<usize>> = layers.iter().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for layer in order {
            settle(layer, &mut y, &pulls, apart);
        }
    }
    let top = layers.iter().flatten().map(|item| y[*item] - extent(*item).0);
    let top = top.fold(f32::INFINITY, f32::min);
    let top = if top.is_finite() { top } else { 0.0 };
    let of = |item: usize| Place { column: column[item], y: y[item] - top };
    let bends = arrangement.links.iter().map(|link| {
        let shown = link.bends.iter().filter(|item| column[**item] != usize::MAX);
        shown.map(|item| of(*item)).collect()
    });
    Places { columns: layers.len(), nodes: (0..count).map(of).collect(), bends: bends.collect() }
}

/// By item, whom it wants to stand level with, and how much. Layers that are not shown are stepped
/// over.
fn pulls(arrangement: &Arrangement, room: &Room, column: &[usize]) -> Vec<Vec<(usize, f32)>> {
    let mut pulls = vec![Vec::new(); arrangement.items.len()];
    for (link, shown) in arrangement.links.iter().zip(&room.links) {
        if !shown || column[link.first] == column[link.second] {
            continue;
        }
        let mut from = link.first;
        for to in link.bends.iter().copied().chain([link.second]) {
            if column[to] == usize::MAX {
                continue;
            }
            let bends = [from, to].iter().filter(|item| **item >= room.nodes.len()).count();
            let straight = [1.0, BEND_TO_NODE, BEND_TO_BEND][bends];
            pulls[from].push((to, straight * link.weight));
            pulls[to].push((from, straight * link.weight));
            from = to;
        }
    }
    pulls
}

/// Moves one layer to where its neighbours want it.
fn settle(
    layer: &[usize],
    y: &mut [f32],
    pulls: &[Vec<(usize, f32)>],
    apart: impl Fn(usize, usize) -> f32,
) {
    // Blocks of items that stand as near as they may: the sum of weights, of weighted wishes, and
    // how many there are. A wish is as if all distances were nothing.
    let mut blocks: Vec<(f32, f32, usize)> = Vec::new();
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (index, item) in layer.iter().enumerate() {
        if index > 0 {
            offset += apart(layer[index - 1], *item);
        }
        offsets.push(offset);
        let weight: f32 = pulls[*item].iter().map(|(_, weight)| weight).sum();
        let sum: f32 = pulls[*item].iter().map(|(to, weight)| y[*to] * weight).sum();
        // Who is drawn by nobody stays, but gives way.
        let (weight, sum) = if weight > 0.0 { (weight, sum) } else { (1e-3, y[*item] * 1e-3) };
        let mut block = (weight, sum - offset * weight, 1);
        while let Some(before) = blocks.last() {
            if before.1 / before.0 < block.1 / block.0 {
                break;
            }
            block = (block.0 + before.0, block.1 + before.1, block.2 + before.2);
            blocks.pop();
        }
        blocks.push(block);
    }
    let mut items = layer.iter().zip(offsets);
    for (weight, sum, count) in blocks {
        for (item, offset) in items.by_ref().take(count) {
            y[*item] = sum / weight + offset;
        }
    }
}
