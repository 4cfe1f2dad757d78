//! What two groups have in common, name by name, and the share of each.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::draw::words;
use crate::views::{DateBin, LabelKind, TimeBin, Unit, View};

/// One name and its shares, 0 to 1, in the two groups; absent where a group does not tell it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) name: String,
    /// The label whose colour it has.
    pub(super) label: Option<(LabelKind, String)>,
    pub(super) shares: [Option<f64>; 2],
}

impl Line {
    pub(super) fn both(&self) -> Option<[f64; 2]> {
        let [one, other] = self.shares;
        Some([one?, other?])
    }

    /// How much larger the share of the second group is, in percentage points: between the whole
    /// percents that stand beside it, so that everybody who subtracts them finds the same.
    pub(super) fn points(&self) -> Option<f64> {
        self.both().map(|[one, other]| percents(other) - percents(one))
    }
}

/// A share in whole percents, as it is written.
pub(super) fn percents(share: f64) -> f64 {
    (share * 100.0).round()
}

/// The names of both groups, the largest difference first; a funnel's in the order of its steps.
pub(super) fn lines(one: &View, other: &View) -> Vec<Line> {
    let has_order = matches!(one, View::Funnel(_));
    let [one, other] = match (one, other) {
        (View::Timing(one), View::Timing(other)) => {
            let bins = [&one.bins, &other.bins].map(|bins| times(bins));
            in_common(bins, |from, to| words::span(&TimeBin { from, to, count: 0 }))
        }
        (View::Trend(one), View::Trend(other)) => {
            let bins = [&one.bins, &other.bins].map(|bins| dates(bins));
            let people = [one.people, other.people];
            in_common_of(bins, people, |from, to| words::days(&DateBin { from, to, count: 0 }))
        }
        (one, other) => [entries(one), entries(other)],
    };
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    for (at, entries) in [one, other].into_iter().enumerate() {
        for entry in entries {
            let line = lines.entry(entry.id.clone()).or_insert_with(|| Line {
                id: entry.id,
                name: entry.name,
                label: entry.label,
                shares: [None; 2],
            });
            line.shares[at] = Some(entry.count as f64 / entry.whole.max(1) as f64);
        }
    }
    let mut lines: Vec<Line> = lines.into_values().collect();
    if !has_order {
        let size = |line: &Line| line.points().map_or(-1.0, f64::abs);
        lines.sort_by(|one, other| size(other).total_cmp(&size(one)).then(one.id.cmp(&other.id)));
    }
    lines
}

struct Entry {
    id: String,
    name: String,
    label: Option<(LabelKind, String)>,
    count: u64,
    /// What the count is a share of.
    whole: u64,
}

fn entries(view: &View) -> Vec<Entry> {
    match view {
        View::Flow(flow) => flow
            .nodes
            .iter()
            .map(|node| Entry {
                id: node.id.clone(),
                name: format!(
                    "{}, step {}",
                    words::name(&node.label),
                    crate::draw::text::step(node.step)
                ),
                label: Some((node.kind, node.label.clone())),
                count: node.count,
                whole: flow.people,
            })
            .collect(),
        View::Map(map) => {
            // Somebody is at many activities many times, so occurrences are shares of all of them.
            let sum = |counts: &mut dyn Iterator<Item = u64>| match map.unit {
                Unit::Occurrences => counts.fold(0, u64::saturating_add),
                Unit::People | Unit::Sessions => map.people,
            };
            let (at_nodes, on_edges) = (
                sum(&mut map.nodes.iter().map(|node| node.count)),
                sum(&mut map.edges.iter().map(|edge| edge.count)),
            );
            let nodes = map.nodes.iter().map(|node| Entry {
                id: format!("at {}", node.label),
                name: words::name(&node.label),
                label: Some((node.kind, node.label.clone())),
                count: node.count,
                whole: at_nodes,
            });
            let edges = map.edges.iter().map(|edge| Entry {
                id: format!("from {} to {}", edge.from, edge.to),
                name: format!("{} → {}", words::name(&edge.from), words::name(&edge.to)),
                label: None,
                count: edge.count,
                whole: on_edges,
            });
            nodes.chain(edges).collect()
        }
        View::Paths(paths) => paths
            .paths
            .iter()
            .map(|path| {
                let mut names: Vec<String> =
                    path.steps.iter().map(|step| words::name(&step.label)).collect();
                if path.ends {
                    names.push("left".to_owned());
                }
                let kinds: String = path
                    .steps
                    .iter()
                    .map(|step| if step.kind == LabelKind::Other { 'o' } else { 'l' })
                    .collect();
                let name = names.join(" › ");
                Entry {
                    id: format!("{kinds} {name}"),
                    name,
                    label: path.steps.first().map(|step| (step.kind, step.label.clone())),
                    count: path.count,
                    whole: paths.people,
                }
            })
            .collect(),
        View::Funnel(funnel) => funnel
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| Entry {
                // Steps are sorted by it.
                id: format!("{at:02}"),
                name: format!("{}. {}", at + 1, words::name(&step.label)),
                label: Some((LabelKind::Label, step.label.clone())),
                count: step.count,
                whole: funnel.people,
            })
            .collect(),
        View::Timing(_) | View::Trend(_) | View::Breakdown(_) | View::Comparison(_) => Vec::new(),
    }
}

/// A bin from here to there, without an end where there is none.
type Bin<P> = (P, Option<P>, u64);

fn times(bins: &[TimeBin]) -> Vec<Bin<u64>> {
    bins.iter().map(|bin| (bin.from, bin.to, bin.count)).collect()
}

fn dates(bins: &[DateBin]) -> Vec<Bin<Option<Date>>> {
    bins.iter().map(|bin| (bin.from, Some(bin.to), bin.count)).collect()
}

/// Bins of two groups between the boundaries that both have.
fn in_common(
    [one, other]: [Vec<Bin<u64>>; 2],
    name: impl Fn(u64, Option<u64>) -> String,
) -> [Vec<Entry>; 2] {
    let begins = |bins: &[Bin<u64>]| bins.iter().map(|bin| bin.0).collect::<Vec<_>>();
    let (first, second) = (begins(&one), begins(&other));
    let shared: Vec<u64> = first.iter().filter(|at| second.contains(at)).copied().collect();
    let last = [&one, &other].map(|bins| bins.last().and_then(|bin| bin.1));
    // Where the last bins end apart, the end is open.
    let end = if last[0] == last[1] { last[0] } else { None };
    [one, other].map(|bins| {
        let whole: u64 = bins.iter().map(|bin| bin.2).sum();
        shared
            .iter()
            .enumerate()
            .map(|(at, from)| {
                let to = shared.get(at + 1).copied();
                let inside =
                    bins.iter().filter(|bin| bin.0 >= *from && to.is_none_or(|to| bin.0 < to));
                let count = inside.map(|bin| bin.2).sum();
                let name = name(*from, to.or(end));
                Entry { id: format!("{from:020}"), name, label: None, count, whole }
            })
            .collect()
    })
}

/// The same for days. People are in several bins, so bins of one group cannot be added up: only
/// those that both groups have are compared.
fn in_common_of(
    [one, other]: [Vec<Bin<Option<Date>>>; 2],
    people: [u64; 2],
    name: impl Fn(Option<Date>, Option<Date>) -> String,
) -> [Vec<Entry>; 2] {
    let mut bins = [one, other].into_iter().zip(people).map(|(bins, whole)| {
        let entry = |(from, to, count): Bin<Option<Date>>| {
            let name = name(from, to.flatten());
            Entry { id: format!("{from:?} {to:?}"), name, label: None, count, whole }
        };
        bins.into_iter().map(entry).collect::<Vec<Entry>>()
    });
    [bins.next().unwrap_or_default(), bins.next().unwrap_or_default()]
}
