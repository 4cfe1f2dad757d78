//! Walks that people probably took, by the published numbers: from step to step as often as these
//! say. A reader can try no better ones, and numbers of real logs seldom fit without them.

use super::walks::{OVER, Symbol};
use crate::views::{LabelKind, View};

/// How often people begin somewhere, go on to something, or end there.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    symbols: usize,
    /// By where they are, and by where they go; the row after the last symbol is where they begin,
    /// the column after it is that they end.
    weights: Vec<f64>,
}

/// Steps of a likely walk at most.
const LONGEST: usize = 60;

impl Chain {
    /// What a view says of steps and what follows them. `None` where it says nothing of it.
    pub fn of(view: &View, other: Symbol, symbol: &dyn Fn(&str) -> Symbol) -> Option<Self> {
        let symbols = usize::from(other) + 1;
        let mut chain = Self { symbols, weights: vec![0.0; (symbols + 1) * (symbols + 1)] };
        let name = |label: &str, kind: LabelKind| {
            usize::from(if kind == LabelKind::Label { symbol(label) } else { other })
        };
        match view {
            View::Map(map) => {
                let at = |label: &str| {
                    let node = map.nodes.iter().find(|node| node.label == label);
                    node.map_or(usize::from(other), |node| name(label, node.kind))
                };
                for edge in &map.edges {
                    chain.add(at(&edge.from), at(&edge.to), edge.count);
                }
                for start in &map.starts {
                    chain.add(symbols, name(&start.label, start.kind), start.count);
                }
                for end in &map.ends {
                    chain.add(name(&end.label, end.kind), symbols, end.count);
                }
            }
            View::Flow(flow) => {
                let node = |id: &str| flow.nodes.iter().find(|node| node.id == id);
                let at = |id: &str| node(id).map_or(usize::from(other), |n| name(&n.label, n.kind));
                for node in flow.nodes.iter().filter(|node| node.step.unsigned_abs() == 1) {
                    chain.add(symbols, name(&node.label, node.kind), node.count);
                }
                for edge in &flow.edges {
                    chain.add(at(&edge.from), at(&edge.to), edge.count);
                }
                for exit in &flow.exits {
                    chain.add(at(&exit.from), symbols, exit.count);
                }
            }
            _ => return None,
        }
        let begins = &chain.weights[symbols * (symbols + 1)..];
        begins.iter().any(|weight| *weight > 0.0).then_some(chain)
    }

    fn add(&mut self, from: usize, to: usize, count: u64) {
        self.weights[from * (self.symbols + 1) + to] += count as f64;
    }

    /// One walk. `dice` gives numbers from 0 up to 1.
    pub fn walk(&self, dice: &mut dyn FnMut() -> f64) -> Vec<Symbol> {
        let mut walk = Vec::new();
        let mut here = self.symbols;
        while walk.len() < LONGEST {
            let row = &self.weights[here * (self.symbols + 1)..][..=self.symbols];
            let mut left = dice() * row.iter().sum::<f64>();
            let to = row.iter().position(|weight| {
                left -= weight;
                left < 0.0
            });
            match to {
                Some(to) if to < self.symbols => {
                    walk.push(to as Symbol);
                    here = to;
                }
                _ => break,
            }
        }
        debug_assert!(!walk.contains(&OVER), "every step has a symbol");
        walk
    }
}
