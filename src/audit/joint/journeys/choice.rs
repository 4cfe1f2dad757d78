//! Which labels to look at together.
//!
//! All of them, where they are few. Where they are many, or that gave no answer, three at a time, so that each two of them
//! are together somewhere, those first whose numbers are nearest to each other: a group is small
//! where one number is little more than another.

use std::collections::{BTreeMap, BTreeSet};

use super::super::read::Part;
use crate::views::{HIDDEN, LabelKind, View};

/// With more labels than this there are too many kinds of journeys for one world.
const MOST_LABELS: usize = 6;
/// Labels that are looked at, at most.
const MOST_TOGETHER: usize = 30;
/// Sets of three labels that are looked at, at most.
const MOST_WORLDS: usize = 36;

/// The labels of a world.
pub(super) struct Labels {
    pub of: BTreeSet<String>,
    /// There are no others.
    pub is_whole: bool,
}

/// All labels, where they are few.
pub(super) fn all(parts: &[&(Part<'_>, &View)]) -> Option<Labels> {
    let Numbers { labels, .. } = Numbers::of_parts(parts);
    (labels.len() <= MOST_LABELS)
        .then(|| Labels { of: labels.into_iter().map(str::to_owned).collect(), is_whole: true })
}

/// Three labels at a time, out of many.
pub(super) fn threes(parts: &[&(Part<'_>, &View)]) -> Vec<Labels> {
    let numbers = Numbers::of_parts(parts);
    let all: Vec<&str> = numbers.labels.iter().copied().collect();
    let k = parts.iter().map(|(part, _)| part.k()).max().unwrap_or(0);
    let labels = |three: [usize; 3]| Labels {
        of: three.iter().map(|at| all[*at].to_owned()).collect(),
        is_whole: false,
    };
    chosen(&all, &numbers, k).into_iter().map(labels).collect()
}

/// Sets of three of the labels. What two labels have to tell is worth less once they were together.
fn chosen(all: &[&str], numbers: &Numbers<'_>, k: u64) -> Vec<[usize; 3]> {
    let worth = |a: &str, b: &str| {
        let apart = numbers.apart(a, b);
        if apart < 2 * k { 3.0 } else { f64::from(u8::from(apart < u64::MAX)) }
    };
    let mut left: Vec<Vec<f64>> =
        all.iter().map(|a| all.iter().map(|b| worth(a, b)).collect()).collect();
    // Those that have most to tell.
    let mut best: Vec<usize> = (0..all.len()).collect();
    let sum = |at: usize| left[at].iter().sum::<f64>();
    best.sort_by(|a, b| sum(*b).total_cmp(&sum(*a)).then(a.cmp(b)));
    best.truncate(MOST_TOGETHER);
    best.sort_unstable();
    let mut chosen = Vec::new();
    while chosen.len() < MOST_WORLDS {
        let mut first: Option<(f64, [usize; 3])> = None;
        for (at, a) in best.iter().enumerate() {
            for (next, b) in best.iter().enumerate().skip(at + 1) {
                for c in &best[next + 1..] {
                    let worth = left[*a][*b] + left[*a][*c] + left[*b][*c];
                    if worth > first.map_or(0.0, |(most, _)| most)
                        && !chosen.contains(&[*a, *b, *c])
                    {
                        first = Some((worth, [*a, *b, *c]));
                    }
                }
            }
        }
        let Some((_, three)) = first else { break };
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            left[three[a]][three[b]] /= 8.0;
        }
        chosen.push(three);
    }
    chosen
}

/// What is published of labels, and of one after another.
#[derive(Default)]
struct Numbers<'a> {
    labels: BTreeSet<&'a str>,
    of: BTreeMap<&'a str, Vec<u64>>,
    between: BTreeMap<(&'a str, &'a str), Vec<u64>>,
}

impl<'a> Numbers<'a> {
    fn of_parts(parts: &[&(Part<'_>, &'a View)]) -> Self {
        let mut numbers = Self::default();
        for (_, view) in parts {
            numbers.read(view);
        }
        numbers
    }

    fn of(&mut self, label: &'a str, count: u64) {
        self.labels.insert(label);
        self.of.entry(label).or_default().push(count);
    }

    fn between(&mut self, a: &'a str, b: &'a str, count: u64) {
        let pair = if a <= b { (a, b) } else { (b, a) };
        self.between.entry(pair).or_default().push(count);
    }

    fn read(&mut self, view: &'a View) {
        let named = |kind: LabelKind| kind == LabelKind::Label;
        match view {
            View::Flow(flow) => {
                let mut labels = BTreeMap::new();
                for node in flow.nodes.iter().filter(|node| named(node.kind)) {
                    labels.insert(&node.id, node.label.as_str());
                    self.of(&node.label, node.count);
                }
                for edge in &flow.edges {
                    if let (Some(a), Some(b)) = (labels.get(&edge.from), labels.get(&edge.to)) {
                        self.between(a, b, edge.count);
                    }
                }
                let asked = [&flow.spec.asked.anchor_label, &flow.spec.asked.until_label];
                self.labels.extend(asked.into_iter().flatten().map(String::as_str));
            }
            View::Paths(paths) => {
                for path in &paths.paths {
                    for step in path.steps.iter().filter(|step| named(step.kind)) {
                        self.of(&step.label, path.count);
                    }
                    for pair in path.steps.windows(2) {
                        if named(pair[0].kind) && named(pair[1].kind) {
                            self.between(&pair[0].label, &pair[1].label, path.count);
                        }
                    }
                }
                let asked = [&paths.spec.asked.anchor_label, &paths.spec.asked.until_label];
                self.labels.extend(asked.into_iter().flatten().map(String::as_str));
            }
            View::Map(map) => {
                for node in map.nodes.iter().filter(|node| named(node.kind)) {
                    self.of(&node.label, node.count);
                }
                for end in map.starts.iter().chain(&map.ends).filter(|end| named(end.kind)) {
                    self.of(&end.label, end.count);
                }
                let is_label = |label: &str| {
                    map.nodes.iter().any(|node| node.label == label && named(node.kind))
                };
                for edge in &map.edges {
                    if is_label(&edge.from) && is_label(&edge.to) {
                        self.between(&edge.from, &edge.to, edge.count);
                    }
                }
            }
            View::Funnel(funnel) => {
                for step in &funnel.steps {
                    self.of(&step.label, step.count);
                }
                for pair in funnel.steps.windows(2) {
                    self.between(&pair[0].label, &pair[1].label, pair[1].count);
                }
            }
            View::Timing(timing) => {
                let asked = &timing.spec.asked;
                self.labels.extend([asked.from_label.as_str(), asked.to_label.as_str()]);
                self.between(&asked.from_label, &asked.to_label, timing.people);
            }
            View::Trend(trend) => {
                if let Some(label) = &trend.spec.asked.label {
                    self.of(label, trend.people);
                }
            }
            View::Breakdown(_) | View::Comparison(_) => {}
        }
        let head = view.head();
        for label in head.cohort.did.iter().chain(&head.cohort.did_not) {
            if label != HIDDEN {
                self.of(label, head.people);
            }
        }
    }

    /// How near the nearest two numbers are of which one speaks of both labels.
    fn apart(&self, a: &str, b: &str) -> u64 {
        let none = Vec::new();
        let pair = if a <= b { (a, b) } else { (b, a) };
        let both = self.between.get(&pair).unwrap_or(&none);
        let alone = |label: &str| self.of.get(label).unwrap_or(&none).iter().copied();
        let near = both.iter().enumerate().flat_map(|(at, own)| {
            let others = both[..at].iter().copied().chain(alone(a)).chain(alone(b));
            others.map(move |other| own.abs_diff(other))
        });
        near.min().unwrap_or(u64::MAX)
    }
}
