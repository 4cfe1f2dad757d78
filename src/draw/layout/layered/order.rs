//! Who stands over whom in a layer.
//!
//! Sweeps by barycentre, and exchanges of neighbours, both with the weights of paths: that two large
//! paths cross is worse than that two small ones do. The best order of all sweeps is kept.

use std::collections::BTreeMap;

use super::{Arrangement, Graph, Item, Link, layers};

const SWEEPS: usize = 24;
/// What a pair in one layer costs for each place between the two.
const APART: f32 = 0.35;

/// Layers and orders of a whole graph.
pub fn arrange(graph: &Graph) -> Arrangement {
    let layer_of = layers::layers(graph);
    let mut arrangement = with_bends(graph, &layer_of);
    let mut best: Option<(f32, Vec<Vec<usize>>)> = None;
    for from_right in [false, true] {
        let mut search = Search::new(&arrangement, from_right);
        let found = search.run();
        if best.as_ref().is_none_or(|best| found < best.0 - 1e-3) {
            best = Some((found, search.layers));
        }
    }
    if let Some((_, layers)) = best {
        arrangement.layers = layers;
    }
    arrangement
}

fn with_bends(graph: &Graph, layer_of: &[usize]) -> Arrangement {
    let mut weights: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let ends = |from: usize, to: usize| {
        let backwards = (layer_of[to], to) < (layer_of[from], from);
        if backwards { (to, from) } else { (from, to) }
    };
    for edge in graph.edges.iter().filter(|edge| edge.from != edge.to) {
        *weights.entry(ends(edge.from, edge.to)).or_default() += edge.weight;
    }
    let most = weights.values().copied().fold(1e-9, f64::max);
    let mut items: Vec<Item> =
        layer_of.iter().map(|layer| Item { layer: *layer, link: None }).collect();
    let mut links = Vec::with_capacity(weights.len());
    let mut numbers = BTreeMap::new();
    for ((first, second), weight) in weights {
        let link = links.len();
        let between = layer_of[first] + 1..layer_of[second].max(layer_of[first] + 1);
        let bends = between.map(|layer| {
            items.push(Item { layer, link: Some(link) });
            items.len() - 1
        });
        let bends = bends.collect();
        numbers.insert((first, second), link);
        // The root, and never nothing: small paths count, large ones do not count alone.
        let weight = 0.1 + 0.9 * (weight / most).sqrt() as f32;
        links.push(Link { first, second, weight, bends });
    }
    let link_of = graph.edges.iter().map(|edge| numbers.get(&ends(edge.from, edge.to)).copied());
    let link_of = link_of.collect();
    let mut layers = vec![Vec::new(); layer_of.iter().max().map_or(0, |last| last + 1)];
    for (at, item) in items.iter().enumerate() {
        layers[item.layer].push(at);
    }
    Arrangement { layers, items, links, link_of }
}

/// Neighbours of an item, with the weights of the paths to them.
type Neighbours = Vec<Vec<(usize, f32)>>;

impl Arrangement {
    /// Neighbours in the layer before, in the layer after, and in the same layer.
    fn neighbours(&self) -> [Neighbours; 3] {
        let mut all = [(); 3].map(|()| vec![Vec::new(); self.items.len()]);
        let [before, after, level] = &mut all;
        for link in &self.links {
            if self.items[link.first].layer == self.items[link.second].layer {
                level[link.first].push((link.second, link.weight));
                level[link.second].push((link.first, link.weight));
                continue;
            }
            let mut from = link.first;
            for to in link.bends.iter().copied().chain([link.second]) {
                after[from].push((to, link.weight));
                before[to].push((from, link.weight));
                from = to;
            }
        }
        all
    }
}

struct Search {
    before: Neighbours,
    after: Neighbours,
    level: Neighbours,
    layers: Vec<Vec<usize>>,
    /// By item, its place in its layer.
    place: Vec<usize>,
}

impl Search {
    /// Begins with the order in which a walk from one side finds the items.
    fn new(arrangement: &Arrangement, from_right: bool) -> Self {
        let [before, after, level] = arrangement.neighbours();
        let mut search = Self {
            before,
            after,
            level,
            layers: vec![Vec::new(); arrangement.layers.len()],
            place: vec![0; arrangement.items.len()],
        };
        let mut seen = vec![false; arrangement.items.len()];
        let mut sides: Vec<&Vec<usize>> = arrangement.layers.iter().collect();
        if from_right {
            sides.reverse();
        }
        for begin in sides.into_iter().flatten() {
            let mut waiting = vec![*begin];
            while let Some(item) = waiting.pop() {
                if std::mem::replace(&mut seen[item], true) {
                    continue;
                }
                search.layers[arrangement.items[item].layer].push(item);
                let next = if from_right { &search.before } else { &search.after };
                let mut next = next[item].clone();
                // The largest is taken first, so it is put on last.
                next.sort_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
                waiting.extend(next.into_iter().map(|(to, _)| to));
            }
        }
        (0..search.layers.len()).for_each(|layer| search.number(layer));
        search
    }

    fn number(&mut self, layer: usize) {
        for (place, item) in self.layers[layer].iter().enumerate() {
            self.place[*item] = place;
        }
    }

    /// Sweeps to and fro; what is left is the best order, and its cost.
    fn run(&mut self) -> f32 {
        let mut best = (self.cost(), self.layers.clone());
        let mut idle = 0;
        for sweep in 0..SWEEPS {
            let count = self.layers.len();
            for step in 1..count {
                let (layer, back) =
                    if sweep % 2 == 0 { (step, true) } else { (count - 1 - step, false) };
                self.by_barycentre(layer, back);
            }
            self.exchange();
            let cost = self.cost();
            if cost < best.0 - 1e-3 {
                best = (cost, self.layers.clone());
                idle = 0;
            } else {
                idle += 1;
                if idle > 5 {
                    break;
                }
            }
        }
        self.layers = best.1;
        best.0
    }

    /// Sorts a layer by the weighted mean of its neighbours' places; who has none keeps its place.
    fn by_barycentre(&mut self, layer: usize, back: bool) {
        let neighbours = if back { &self.before } else { &self.after };
        let mean = |item: usize| {
            let list = &neighbours[item];
            let weight: f32 = list.iter().map(|(_, weight)| weight).sum();
            let sum: f32 = list.iter().map(|(to, weight)| self.place[*to] as f32 * weight).sum();
            if weight > 0.0 { Some(sum / weight) } else { None }
        };
        let mut moving: Vec<(f32, usize)> = Vec::new();
        let mut fixed: Vec<bool> = Vec::new();
        for item in &self.layers[layer] {
            let mean = mean(*item);
            fixed.push(mean.is_none());
            moving.extend(mean.map(|mean| (mean, *item)));
        }
        moving.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut moving = moving.into_iter();
        for (slot, fixed) in self.layers[layer].iter_mut().zip(fixed) {
            if !fixed && let Some((_, item)) = moving.next() {
                *slot = item;
            }
        }
        self.number(layer);
    }

    /// Exchanges neighbours as long as that gains something.
    fn exchange(&mut self) {
        for _ in 0..8 {
            let mut gained = false;
            for layer in 0..self.layers.len() {
                for at in 1..self.layers[layer].len() {
                    let (upper, lower) = (self.layers[layer][at - 1], self.layers[layer][at]);
                    if self.gain(upper, lower) > 1e-4 {
                        self.layers[layer].swap(at - 1, at);
                        self.place[upper] = at;
                        self.place[lower] = at - 1;
                        gained = true;
                    }
                }
            }
            if !gained {
                break;
            }
        }
    }

    /// What is gained where two neighbours change places.
    fn gain(&self, upper: usize, lower: usize) -> f32 {
        let mut gain = 0.0;
        for side in [&self.before, &self.after] {
            for (a, weight_a) in &side[upper] {
                for (b, weight_b) in &side[lower] {
                    let weight = weight_a * weight_b;
                    match self.place[*a].cmp(&self.place[*b]) {
                        std::cmp::Ordering::Greater => gain += weight,
                        std::cmp::Ordering::Less => gain -= weight,
                        std::cmp::Ordering::Equal => {}
                    }
                }
            }
        }
        // Who stands in the same layer draws the other nearer.
        for (item, other, down) in [(upper, lower, true), (lower, upper, false)] {
            for (to, weight) in self.level[item].iter().filter(|(to, _)| *to != other) {
                let nearer = (self.place[*to] > self.place[item]) == down;
                gain += if nearer { weight * APART } else { -weight * APART };
            }
        }
        gain
    }

    /// Crossings, each as large as its two paths, and distances within layers.
    fn cost(&self) -> f32 {
        let mut cost = 0.0;
        for layer in 1..self.layers.len() {
            cost += self.crossings(layer);
        }
        for (item, list) in self.level.iter().enumerate() {
            for (to, weight) in list.iter().filter(|(to, _)| *to > item) {
                let apart = self.place[*to].abs_diff(self.place[item]) - 1;
                cost += weight * APART * apart as f32;
            }
        }
        cost
    }

    /// Between a layer and the one before: sums over a Fenwick tree (Barth, Mutzel and Jünger, 2004).
    fn crossings(&self, layer: usize) -> f32 {
        let mut tree = vec![0.0_f32; self.layers[layer].len() + 1];
        let (mut all, mut crossed) = (0.0, 0.0);
        let mut ends: Vec<(usize, f32)> = Vec::new();
        for item in &self.layers[layer - 1] {
            ends.clear();
            ends.extend(self.after[*item].iter().map(|(to, weight)| (self.place[*to], *weight)));
            for (place, weight) in &ends {
                let (mut up_to, mut at) = (0.0, place + 1);
                while at > 0 {
                    up_to += tree[at];
                    at &= at - 1;
                }
                crossed += weight * (all - up_to);
            }
            for (place, weight) in &ends {
                all += weight;
                let mut at = place + 1;
                while at < tree.len() {
                    tree[at] += weight;
                    at += at & at.wrapping_neg();
                }
            }
        }
        crossed
    }
}
