//! A view as tables for people: words, a count, a share. The page and the terminal show the same.
//!
//! *Invariant:* shares are whole percents of published counts.

use crate::draw::text::percent;
use crate::draw::words;
use crate::views::{
    Flow, FlowNode, Funnel, LabelKind, Map, MapEnd, Paths, Side, TimeBin, Timing, Trend, Unit, View,
};

/// The name of the column with shares of the step before.
pub(crate) const OF_BEFORE: &str = "Of the step before";

/// The name of the column with medians.
pub(crate) const HALF_WITHIN: &str = "Half within";

/// One table.
pub(crate) struct Sheet {
    pub(crate) heading: String,
    /// Names of the columns with words, and of the one with counts.
    pub(crate) columns: Vec<&'static str>,
    pub(crate) counted: &'static str,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) words: Vec<String>,
    pub(crate) kind: LabelKind,
    pub(crate) count: u64,
    pub(crate) share: Option<String>,
    /// The share of those at the step before, where there is one.
    pub(crate) of_before: Option<String>,
}

/// The tables of one part of a view. One that would be empty is left out.
pub(crate) fn sheets(view: &View) -> Vec<Sheet> {
    let mut sheets = match view {
        View::Flow(flow) => vec![moves(flow)],
        View::Map(map) => of_map(map),
        View::Paths(paths) => vec![of_paths(paths)],
        View::Funnel(funnel) => of_funnel(funnel),
        View::Timing(timing) => vec![of_timing(timing)],
        View::Trend(trend) => vec![of_trend(trend)],
        // A part of a split view is never split again.
        View::Breakdown(_) | View::Comparison(_) => Vec::new(),
    };
    sheets.retain(|sheet| !sheet.rows.is_empty());
    sheets
}

/// What is said beside the tables.
pub(crate) fn notes(view: &View) -> Vec<String> {
    let View::Timing(timing) = view else { return Vec::new() };
    let quantiles = &timing.quantiles;
    let said =
        [("A quarter", quantiles.p25), ("Half", quantiles.p50), ("Three quarters", quantiles.p75)];
    said.into_iter()
        .filter_map(|(share, secs)| {
            Some(format!(
                "{share} of them take at most about {}.",
                words::reading(secs?, &timing.bins)
            ))
        })
        .collect()
}

fn counted(unit: Unit) -> &'static str {
    match unit {
        Unit::People => "People",
        Unit::Sessions => "Sessions",
        Unit::Occurrences => "Occurrences",
    }
}

fn label(words: Vec<String>, kind: LabelKind, count: u64, share: Option<String>) -> Row {
    Row { words, kind, count, share, of_before: None }
}

/// Where people go, step by step; where they are is told by the page in its own way.
fn moves(flow: &Flow) -> Sheet {
    let nodes: std::collections::BTreeMap<&str, &FlowNode> =
        flow.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let backwards = flow.spec.asked.anchor == Side::End;
    let name = |node: &FlowNode| words::name(&node.label);
    let edges = flow.edges.iter().filter_map(|edge| {
        let (from, to) = (nodes.get(edge.from.as_str())?, nodes.get(edge.to.as_str())?);
        let words = vec![crate::draw::text::step(from.step), name(from), name(to)];
        Some(label(words, from.kind.max(to.kind), edge.count, None))
    });
    let exits = flow.exits.iter().filter_map(|exit| {
        let from = nodes.get(exit.from.as_str())?;
        let over = if backwards { "(began)" } else { "(left)" };
        let words = vec![crate::draw::text::step(from.step), name(from), over.to_owned()];
        Some(label(words, from.kind, exit.count, None))
    });
    Sheet {
        heading: "How people move".to_owned(),
        columns: if backwards { vec!["Step", "To", "From"] } else { vec!["Step", "From", "To"] },
        counted: counted(flow.unit),
        rows: edges.chain(exits).collect(),
    }
}

fn of_map(map: &Map) -> Vec<Sheet> {
    let counted = counted(map.unit);
    let sheet = |heading: &str, columns: Vec<&'static str>, rows: Vec<Row>| Sheet {
        heading: heading.to_owned(),
        columns,
        counted,
        rows,
    };
    let kind = |name: &str| {
        let node = map.nodes.iter().find(|node| node.label == name);
        node.map_or(LabelKind::Label, |node| node.kind)
    };
    let nodes = map.nodes.iter().map(|n| label(vec![words::name(&n.label)], n.kind, n.count, None));
    let ends = |edge: &crate::views::MapEdge| vec![words::name(&edge.from), words::name(&edge.to)];
    let has_median = map.edges.iter().any(|edge| edge.median_secs.is_some());
    let edges = map.edges.iter().map(|edge| {
        let mut words = ends(edge);
        if has_median {
            words.push(edge.median_secs.map_or_else(String::new, words::duration));
        }
        label(words, kind(&edge.from).max(kind(&edge.to)), edge.count, None)
    });
    let times = map.edges.iter().flat_map(|edge| {
        edge.bins.iter().map(move |bin| {
            let mut words = ends(edge);
            words.push(words::span(bin));
            label(words, LabelKind::Label, bin.count, None)
        })
    });
    let partition = |ends: &[MapEnd]| -> Vec<Row> {
        let row = |end: &MapEnd| label(vec![words::name(&end.label)], end.kind, end.count, None);
        ends.iter().map(row).collect()
    };
    let moves = if has_median { vec!["From", "To", HALF_WITHIN] } else { vec!["From", "To"] };
    vec![
        sheet("Activities", vec!["Activity"], nodes.collect()),
        sheet("From one to the next", moves, edges.collect()),
        sheet("How long that takes", vec!["From", "To", "Time"], times.collect()),
        sheet("Where journeys start", vec!["Activity"], partition(&map.starts)),
        sheet("Where journeys end", vec!["Activity"], partition(&map.ends)),
    ]
}

fn of_paths(paths: &Paths) -> Sheet {
    let backwards = paths.spec.asked.anchor == Side::End;
    let (arrow, over) = if backwards { (" ← ", "(began)") } else { (" → ", "(left)") };
    let rows = paths.paths.iter().map(|path| {
        let mut steps: Vec<String> = path.steps.iter().map(|s| words::name(&s.label)).collect();
        if path.ends {
            steps.push(over.to_owned());
        }
        let only_other = path.steps.iter().all(|step| step.kind == LabelKind::Other);
        let kind = if only_other { LabelKind::Other } else { LabelKind::Label };
        let share = Some(percent(path.count, paths.people));
        label(vec![steps.join(arrow)], kind, path.count, share)
    });
    Sheet {
        heading: "Paths".to_owned(),
        columns: vec!["Path"],
        counted: counted(paths.unit),
        rows: rows.collect(),
    }
}

fn of_funnel(funnel: &Funnel) -> Vec<Sheet> {
    // Of the same whole as in the picture, whose first bar is everyone.
    let row = |name: String, count: u64| {
        label(vec![name], LabelKind::Label, count, Some(percent(count, funnel.people)))
    };
    let optional = &funnel.spec.asked.optional;
    // A step that may be left out is none to come from.
    let mut before = funnel.people;
    let mut steps = Vec::new();
    if !funnel.steps.is_empty() {
        steps.push(row("Everyone".to_owned(), funnel.people));
    }
    for step in &funnel.steps {
        let of_before = Some(percent(step.count, before));
        steps.push(Row { of_before, ..row(words::name(&step.label), step.count) });
        if !optional.contains(&step.label) {
            before = step.count;
        }
    }
    vec![
        Sheet {
            heading: "How many get how far".to_owned(),
            columns: vec!["Step"],
            counted: counted(funnel.unit),
            rows: steps,
        },
        times("From the first step to the last", &funnel.time_to_convert, funnel.unit),
    ]
}

fn times(heading: &str, bins: &[TimeBin], unit: Unit) -> Sheet {
    let all = bins.iter().fold(0, |sum: u64, bin| sum.saturating_add(bin.count));
    let row = |bin: &TimeBin| {
        label(vec![words::span(bin)], LabelKind::Label, bin.count, Some(percent(bin.count, all)))
    };
    Sheet {
        heading: heading.to_owned(),
        columns: vec!["Time"],
        counted: counted(unit),
        rows: bins.iter().map(row).collect(),
    }
}

fn of_timing(timing: &Timing) -> Sheet {
    times("How long it takes", &timing.bins, timing.unit)
}

fn of_trend(trend: &Trend) -> Sheet {
    // Somebody can be in several intervals, so that shares would add up to nothing.
    let rows = trend
        .bins
        .iter()
        .map(|bin| label(vec![words::days(bin)], LabelKind::Label, bin.count, None));
    Sheet {
        heading: "Over time".to_owned(),
        columns: vec!["Days"],
        counted: counted(trend.unit),
        rows: rows.collect(),
    }
}
