//! Packages made by hand with what follows from them, and random ones against all relations
//! written down at once.

use super::{Arcs, Attack, Leak, joint, understand};
use crate::audit::{Refused, Steps};
use crate::views::{
    Breakdown, Comparison, DateBin, Filter, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, Funnel,
    FunnelAsked, FunnelStep, Grain, LabelKind, Map, MapAsked, MapEdge, MapEnd, MapNode, OTHER,
    OTHER_SEGMENTS, Order, Pair, Path, PathStep, Paths, PublishedCohort, PublishedSpec, Quantiles,
    Segment, Side, SplitAsked, TimeBin, Timing, TimingAsked, Trend, TrendAsked, Unit, View,
};

fn spec<A>(asked: A, cohort: &PublishedCohort) -> PublishedSpec<A> {
    PublishedSpec {
        name: "view".to_owned(),
        asked,
        collapse: true,
        blur: true,
        rules: Vec::new(),
        cohort: cohort.clone(),
    }
}

fn kind(label: &str) -> LabelKind {
    if label == OTHER { LabelKind::Other } else { LabelKind::Label }
}

fn everybody() -> PublishedCohort {
    PublishedCohort::default()
}

fn with(attribute: &str, value: &str) -> PublishedCohort {
    let filter = Filter { attribute: attribute.to_owned(), value: value.to_owned() };
    PublishedCohort { filters: vec![filter], ..everybody() }
}

fn without(attribute: &str, value: &str) -> PublishedCohort {
    let filter = Filter { attribute: attribute.to_owned(), value: value.to_owned() };
    PublishedCohort { where_not: vec![filter], ..everybody() }
}

/// A map of k = 10 and b = 5 in short: `A 60`, `A>B 55`, `>A 60`, `A> 60`.
fn map(cohort: &PublishedCohort, people: u64, cells: &[(&str, u64)]) -> View {
    map_at((10, 5), cohort, people, cells)
}

fn map_at(
    (k, b): (u32, u32),
    cohort: &PublishedCohort,
    people: u64,
    cells: &[(&str, u64)],
) -> View {
    let asked = MapAsked { activities: 100, paths: 100, skip_rare: false, times: false, cap: None };
    let mut map = Map {
        unit: Unit::People,
        k,
        b,
        people,
        by_name_band: [95, 100],
        spec: spec(asked, cohort),
        nodes: Vec::new(),
        edges: Vec::new(),
        starts: Vec::new(),
        ends: Vec::new(),
    };
    for &(what, count) in cells {
        let end = |label: &str| MapEnd { label: label.to_owned(), kind: kind(label), count };
        match what.split_once('>') {
            None => {
                map.nodes.push(MapNode { label: what.to_owned(), kind: kind(what), count });
            }
            Some(("", label)) => map.starts.push(end(label)),
            Some((label, "")) => map.ends.push(end(label)),
            Some((from, to)) => map.edges.push(MapEdge {
                from: from.to_owned(),
                to: to.to_owned(),
                count,
                bins: Vec::new(),
                median_secs: None,
            }),
        }
    }
    View::Map(map)
}

/// A flow of k = 10 and b = 5 in short: `1:A 60`, `1:A>B 55`, `1:A> 5`.
fn flow(cohort: &PublishedCohort, steps: u8, people: u64, cells: &[(&str, u64)]) -> View {
    flow_at((10, 5), cohort, steps, people, cells)
}

fn flow_at(
    (k, b): (u32, u32),
    cohort: &PublishedCohort,
    steps: u8,
    people: u64,
    cells: &[(&str, u64)],
) -> View {
    let asked = FlowAsked {
        anchor: Side::Start,
        anchor_label: None,
        until_label: None,
        steps,
        top: 8,
        drawn_for: None,
    };
    let mut flow = Flow {
        unit: Unit::People,
        k,
        b,
        people,
        by_name_band: [95, 100],
        spec: spec(asked, cohort),
        nodes: Vec::new(),
        edges: Vec::new(),
        exits: Vec::new(),
    };
    for &(what, count) in cells {
        let (step, rest) = what.split_once(':').unwrap();
        let number: i32 = step.parse().unwrap();
        match rest.split_once('>') {
            None => flow.nodes.push(FlowNode {
                id: what.to_owned(),
                step: number,
                label: rest.to_owned(),
                kind: kind(rest),
                count,
            }),
            Some((label, "")) => {
                flow.exits.push(FlowExit { from: format!("{number}:{label}"), count });
            }
            Some((from, to)) => flow.edges.push(FlowEdge {
                from: format!("{number}:{from}"),
                to: format!("{}:{to}", number + 1),
                count,
            }),
        }
    }
    View::Flow(flow)
}

fn attack(views: &[&View]) -> Result<Vec<Leak>, Refused> {
    let places: Vec<String> = (0..views.len()).map(|at| format!("views/{at}.json")).collect();
    let named: Vec<(&str, &View)> =
        places.iter().map(String::as_str).zip(views.iter().copied()).collect();
    joint(&named, &mut Steps::default())
}

/// The places of all findings.
fn found(views: &[&View]) -> Vec<String> {
    attack(views).unwrap().into_iter().map(|leak| leak.finding.to_string()).collect()
}

const SIMPLE: [(&str, u64); 8] =
    [("A", 60), ("B", 55), ("C", 10), ("A>B", 50), ("A>C", 10), (">A", 60), ("B>", 50), ("C>", 10)];

#[test]
fn a_map_in_its_bins_is_safe_alone() {
    assert_eq!(found(&[&map(&everybody(), 60, &SIMPLE)]), Vec::<String>::new());
}
