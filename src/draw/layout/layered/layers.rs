//! Which layer a node is in.
//!
//! First a line of all nodes in which most people walk ahead (the greedy heuristic of Eades, Lin and
//! Smyth for feedback arcs, 1993, with weights), then layers along that line, then a search that
//! moves one node at a time as long as that shortens paths.

use super::Graph;

/// What a path costs beyond its people where it stays in its layer, and where it goes back.
const LEVEL: f32 = 0.9;
const BACK: f32 = 1.1;
/// What a layer before those who begin costs, and a layer after those who end, beside a path.
const BEFORE_START: f32 = 0.8;
const AFTER_END: f32 = 0.3;
/// A layer holds about this many nodes, as a multiple of the root of all: what fills a wide screen.
const CROWD: f32 = 1.15;
/// What another node in a full layer costs, in paths of an average node.
const CROWDED: f32 = 0.12;
const MOST_ROUNDS: usize = 40;

/// The layers of the nodes, from 0, none empty.
pub(super) fn layers(graph: &Graph) -> Vec<usize> {
    let ways = Ways::of(graph);
    let line = line(&ways);
    let mut layers = along(&ways, &line);
    improve(&ways, &line, &mut layers);
    let mut used = layers.clone();
    used.sort_unstable();
    used.dedup();
    layers.iter().map(|layer| used.binary_search(layer).unwrap_or_default()).collect()
}

/// The edges by node, with what they weigh: roots of people, so that a few large paths do not decide
/// alone.
struct Ways {
    out: Vec<Vec<(usize, f32)>>,
    back: Vec<Vec<(usize, f32)>>,
    all: f32,
    starts: Vec<f32>,
    ends: Vec<f32>,
}

impl Ways {
    fn of(graph: &Graph) -> Self {
        let most = graph.edges.iter().map(|edge| edge.weight).fold(1e-9, f64::max);
        let root = |weight: &f64| (weight / most).sqrt() as f32;
        let mut ways = Self {
            out: vec![Vec::new(); graph.nodes()],
            back: vec![Vec::new(); graph.nodes()],
            all: 0.0,
            starts: graph.starts.iter().map(root).collect(),
            ends: graph.ends.iter().map(root).collect(),
        };
        for edge in graph.edges.iter().filter(|edge| edge.from != edge.to) {
            let weight = root(&edge.weight);
            ways.out[edge.from].push((edge.to, weight));
            ways.back[edge.to].push((edge.from, weight));
            ways.all += weight;
        }
        ways
    }

    fn len(&self) -> usize {
        self.out.len()
    }
}

/// All nodes so that most people walk from earlier ones to later ones.
fn line(ways: &Ways) -> Vec<usize> {
    let count = ways.len();
    let sum = |list: &[(usize, f32)]| list.iter().map(|(_, weight)| weight * weight).sum::<f32>();
    let mut out: Vec<f32> = ways.out.iter().map(|list| sum(list)).collect();
    let mut back: Vec<f32> = ways.back.iter().map(|list| sum(list)).collect();
    let mut left: Vec<usize> = (0..count).collect();
    let (mut head, mut tail) = (Vec::with_capacity(count), Vec::new());
    // Sums of floats that went up and down again are about nothing.
    let nothing = 1e-4;
    while !left.is_empty() {
        let sink = left.iter().rposition(|node| out[*node] < nothing && back[*node] >= nothing);
        let (at, ends) = if let Some(at) = sink {
            (at, true)
        } else {
            // Who begins there walks on from there, whether or not it is told to where.
            let [starts, ends] = [&ways.starts, &ways.ends].map(|stubs| {
                |node| {
                    let stub: f32 = stubs[node];
                    stub * stub
                }
            });
            let ahead = |node: usize| out[node] - back[node] + 2.0 * starts(node) - ends(node);
            let mut best = 0;
            for at in 1..left.len() {
                if ahead(left[at]) > ahead(left[best]) + nothing {
                    best = at;
                }
            }
            (best, false)
        };
        let node = left.remove(at);
        if ends { &mut tail } else { &mut head }.push(node);
        for (to, weight) in &ways.out[node] {
            back[*to] -= weight * weight;
        }
        for (from, weight) in &ways.back[node] {
            out[*from] -= weight * weight;
        }
    }
    head.extend(tail.into_iter().rev());
    head
}

/// Each node one layer after the last of those from which it gets many of its people.
fn along(ways: &Ways, line: &[usize]) -> Vec<usize> {
    let mut place = vec![0; line.len()];
    for (at, node) in line.iter().enumerate() {
        place[*node] = at;
    }
    let mut layers = vec![0; line.len()];
    for node in line {
        let ahead = || ways.back[*node].iter().filter(|(from, _)| place[*from] < place[*node]);
        let most = ahead().map(|(_, weight)| *weight).fold(0.0, f32::max);
        let large = ahead().filter(|(_, weight)| *weight >= 0.7 * most);
        layers[*node] = large.map(|(from, _)| layers[*from] + 1).max().unwrap_or(0);
    }
    layers
}

fn step_cost(from: i32, to: i32) -> f32 {
    match to - from {
        0 => LEVEL,
        ahead if ahead > 0 => (ahead - 1) as f32,
        back => BACK - (back + 1) as f32,
    }
}

/// Moves single nodes until none gains by it.
fn improve(ways: &Ways, line: &[usize], layers: &mut [usize]) {
    let count = line.len();
    if count == 0 {
        return;
    }
    let room = (count as f32).sqrt() * CROWD;
    let crowded = CROWDED * 2.0 * ways.all / count as f32;
    // One empty layer at each end, to move into.
    let mut layer: Vec<i32> = layers.iter().map(|layer| *layer as i32 + 1).collect();
    let last = layer.iter().copied().max().unwrap_or(0) + 1;
    let mut held = vec![0.0_f32; last as usize + 1];
    for at in &layer {
        held[*at as usize] += 1.0;
    }
    let cost = |node: usize, at: i32, layer: &[i32], held: &[f32]| {
        let out = ways.out[node].iter().map(|(to, weight)| weight * step_cost(at, layer[*to]));
        let back =
            ways.back[node].iter().map(|(from, weight)| weight * step_cost(layer[*from], at));
        let over = (held[at as usize] + 1.0 - room).max(0.0);
        let ends = ways.starts[node] * BEFORE_START * at as f32
            + ways.ends[node] * AFTER_END * (last - at) as f32;
        out.sum::<f32>() + back.sum::<f32>() + crowded * over + ends
    };
    for _ in 0..MOST_ROUNDS {
        let mut moved = false;
        for node in line {
            let here = layer[*node];
            held[here as usize] -= 1.0;
            let mut best = (cost(*node, here, &layer, &held), here);
            for at in 0..=last {
                let there = cost(*node, at, &layer, &held);
                if there < best.0 - 1e-4 {
                    best = (there, at);
                }
            }
            layer[*node] = best.1;
            held[best.1 as usize] += 1.0;
            moved |= best.1 != here;
        }
        if !moved {
            break;
        }
    }
    for (to, from) in layers.iter_mut().zip(layer) {
        *to = from as usize;
    }
}
