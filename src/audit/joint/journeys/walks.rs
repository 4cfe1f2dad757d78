//! The kinds of people of a small world: what they did, step by step, and what they are.
//!
//! A world has a few labels; everything else is one more. Of the endless number of walks over them
//! those are kept that differ in something that a view could tell. Knows no view and no number.

use std::collections::BTreeSet;

use super::chain::Chain;
use crate::views::{Order, Side};

/// A label of the world by number; the last one is everything else.
pub(super) type Symbol = u8;

/// No further step.
pub(super) const OVER: Symbol = u8::MAX;

/// More kinds of short walks than this are not told apart.
const MOST_SHORT: usize = 300;
/// Walks are taken further step by step up to this many.
const LONGEST: usize = 8;
/// Steps of a long walk before it makes for its end.
const LONG: usize = 40;
/// More kinds than this of people who did much are not needed.
const MOST_LONG: usize = 300;

/// Tries at likely walks.
const LIKELY: usize = 240;

/// What a view can see of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lens {
    /// The first steps from an anchor outward.
    Steps { side: Side, from: Option<Symbol>, until: Option<Symbol>, collapse: bool, steps: usize },
    /// Which of these steps is reached, each after its own list of others.
    Reach { lists: Vec<Vec<Symbol>>, order: Order, collapse: bool },
    /// What follows what where all but these labels are skipped.
    Among(Vec<Symbol>),
}

impl Lens {
    /// What is seen, in symbols. Empty where the walk is none that the view tells of.
    pub fn see(&self, walk: &[Symbol], other: Symbol) -> Vec<Symbol> {
        match self {
            Self::Steps { side, from, until, collapse, steps } => {
                let mut all = if *collapse { collapsed(walk, other) } else { walk.to_vec() };
                if *side == Side::End {
                    all.reverse();
                }
                if let Some(from) = from {
                    let Some(at) = all.iter().position(|step| step == from) else {
                        return Vec::new();
                    };
                    all.drain(..at);
                }
                if let Some(until) = until {
                    let after = all.iter().skip(1).position(|step| step == until);
                    let Some(at) = after else { return Vec::new() };
                    all.truncate(at + 2);
                }
                if all.len() < *steps {
                    all.push(OVER);
                }
                all.truncate(*steps);
                all
            }
            Self::Reach { lists, order, collapse } => {
                let reached = |list: &Vec<Symbol>| match order {
                    Order::This => {
                        let mut rest = walk.iter();
                        list.iter().all(|step| rest.any(|own| own == step))
                    }
                    Order::Any => list.iter().all(|step| walk.contains(step)),
                    Order::Exact => {
                        let own = if *collapse { collapsed(walk, other) } else { walk.to_vec() };
                        own.windows(list.len()).any(|own| own == *list)
                    }
                };
                lists.iter().map(|list| Symbol::from(reached(list))).collect()
            }
            Self::Among(labels) => {
                walk.iter().copied().filter(|step| labels.contains(step)).collect()
            }
        }
    }
}

/// A walk without repeats in a row. What is else may be another thing each time.
fn collapsed(walk: &[Symbol], other: Symbol) -> Vec<Symbol> {
    let mut all: Vec<Symbol> = Vec::with_capacity(walk.len());
    for step in walk {
        if *step == other || all.last() != Some(step) {
            all.push(*step);
        }
    }
    all
}

/// Walks that differ: in where they begin and end, in what follows what, or in what a lens sees.
///
/// `share` is how many of all kinds a walk makes, and `effort` how many times as many as usual to
/// try.
pub(super) fn walks(
    symbols: Symbol,
    lenses: &[Lens],
    chains: &[Chain],
    share: usize,
    effort: usize,
) -> Vec<Vec<Symbol>> {
    let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut walks: Vec<Vec<Symbol>> = Vec::new();
    let mut last: Vec<Vec<Symbol>> = vec![Vec::new()];
    let mut is_new = |walk: &[Symbol]| seen.insert(facts(walk, symbols, lenses));
    for _ in 0..LONGEST {
        let mut next = Vec::new();
        for walk in &last {
            for step in 0..symbols {
                let longer = [walk.as_slice(), &[step]].concat();
                if walks.len() + next.len() < effort * MOST_SHORT / share.min(3) && is_new(&longer)
                {
                    next.push(longer);
                }
            }
        }
        walks.extend(next.iter().cloned());
        last = next;
    }
    let mut dice = Dice(1);
    let long = long_walks(symbols, &mut dice);
    walks.extend(long.into_iter().filter(|walk| is_new(walk)).take(effort * MOST_LONG / share));
    for chain in chains {
        let likely = (0..effort * LIKELY / chains.len()).map(|_| chain.walk(&mut || dice.share()));
        let likely = likely.filter(|walk| !walk.is_empty()).collect::<Vec<_>>();
        walks.extend(likely.into_iter().filter(|walk| is_new(walk)));
    }
    walks
}

/// A fixed sequence without a pattern (a linear congruence with Knuth's multiplier).
struct Dice(u64);

impl Dice {
    fn bits(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, most: usize) -> usize {
        self.bits() as usize % most
    }

    fn share(&mut self) -> f64 {
        self.bits() as f64 / (1_u64 << 31) as f64
    }
}

/// Walks of people who did nearly everything among some of the symbols, all but one step of it:
/// with the short ones, most of what people do lies in between.
fn long_walks(symbols: Symbol, dice: &mut Dice) -> Vec<Vec<Symbol>> {
    let mut walks = Vec::new();
    let subsets = (1_u32..1 << symbols)
        .map(|bits| (0..symbols).filter(|symbol| bits >> symbol & 1 == 1).collect::<Vec<Symbol>>());
    let mut subsets: Vec<Vec<Symbol>> = subsets.filter(|subset| subset.len() > 1).collect();
    subsets.sort_by_key(|subset| std::cmp::Reverse(subset.len()));
    for subset in &subsets {
        let pairs = subset.iter().flat_map(|from| subset.iter().map(|to| Some((*from, *to))));
        for left_out in std::iter::once(None).chain(pairs) {
            for start in subset {
                for end in subset {
                    let mut walk = vec![*start];
                    // Who gets stuck stays where that is.
                    for at in 0..2 * LONG {
                        let here = walk[walk.len() - 1];
                        if at >= LONG && here == *end {
                            break;
                        }
                        let to = subset[dice.below(subset.len())];
                        if left_out != Some((here, to)) {
                            walk.push(to);
                        }
                    }
                    walks.push(walk);
                }
            }
        }
    }
    walks
}

/// Everything that can be told of a walk.
fn facts(walk: &[Symbol], symbols: Symbol, lenses: &[Lens]) -> Vec<u8> {
    let mut facts: Vec<u8> = vec![0; usize::from(symbols) * usize::from(symbols)];
    for pair in walk.windows(2) {
        facts[usize::from(pair[0]) * usize::from(symbols) + usize::from(pair[1])] = 1;
    }
    facts.extend([walk.first(), walk.last()].into_iter().flatten());
    for lens in lenses {
        facts.push(OVER - 1);
        let view = lens.see(walk, symbols - 1);
        match lens {
            Lens::Among(labels) => {
                let follows =
                    |from: Symbol, to: Symbol| view.windows(2).any(|pair| pair == [from, to]);
                facts.extend([view.first(), view.last()].into_iter().flatten());
                for from in labels {
                    facts.extend(labels.iter().map(|to| u8::from(follows(*from, *to))));
                }
            }
            _ => facts.extend(view),
        }
    }
    facts
}
