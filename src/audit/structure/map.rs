//! Whether the numbers of a map can be numbers of a published map. A person can be in several, so
//! they do not add up; but a part is not larger than its whole by more than rounding.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Check, place, sum};
use crate::views::{Ask, Head, LabelKind, Map, MapEnd, MapSpec, OTHER, Unit};

pub(super) fn check(map: &Map, head: &Head<'_>) -> Check {
    let asked = &map.spec.asked;
    let spec = MapSpec {
        activities: asked.activities,
        paths: asked.paths,
        skip_rare: asked.skip_rare,
        times: asked.times,
    };
    let lists = [map.nodes.len(), map.edges.len(), map.starts.len(), map.ends.len()];
    let mut check = Check::of(head, Ask::Map(spec), &lists);
    check.holds(
        asked.cap.is_none_or(|cap| (1..=1000).contains(&cap)),
        "the question",
        "a person adds 1 to 1000 sessions or occurrences to a count",
    );
    if check.is_empty() {
        return check;
    }
    let nodes = nodes(map, &mut check);
    edges(map, &nodes, &mut check);
    ends(map, "start", &map.starts, &nodes, &mut check);
    ends(map, "end", &map.ends, &nodes, &mut check);
    check
}

fn nodes<'a>(map: &'a Map, check: &mut Check) -> BTreeMap<&'a str, u64> {
    let mut nodes = BTreeMap::new();
    for (at, node) in map.nodes.iter().enumerate() {
        let here = place("node", at);
        check.count(&here, node.count);
        check.label(&here, &node.label, node.kind);
        if nodes.insert(node.label.as_str(), node.count).is_some() {
            check.report(&here, "its label is there twice");
        }
        if map.unit != Unit::Occurrences {
            check.inside(&here, node.count, map.people);
        }
    }
    let in_order = map.nodes.is_sorted_by_key(|node| (Reverse(node.count), &node.label));
    check.holds(in_order, "the nodes", "they are not in the order count, label");
    nodes
}

fn edges(map: &Map, nodes: &BTreeMap<&str, u64>, check: &mut Check) {
    let mut seen = BTreeMap::new();
    for (at, edge) in map.edges.iter().enumerate() {
        let here = place("edge", at);
        check.count(&here, edge.count);
        for end in [&edge.from, &edge.to] {
            match nodes.get(end.as_str()) {
                Some(node) => check.inside(&here, edge.count, *node),
                None => check.report(&here, "it joins a node that is not there"),
            }
        }
        if seen.insert((&edge.from, &edge.to), at).is_some() {
            check.report(&here, "the same edge is there twice");
        }
        if map.spec.collapse && edge.from == edge.to && edge.from != OTHER {
            check.report(&here, "repeats count as one step, so no label follows itself");
        }
        check.holds(
            map.spec.asked.times || (edge.bins.is_empty() && edge.median_secs.is_none()),
            &here,
            "it has times, which were not asked for",
        );
        check.time_bins(&format!("{here}, bin"), &edge.bins, true);
        if map.unit == Unit::People && !edge.bins.is_empty() {
            let (bins, count) = (sum(edge.bins.iter().map(|bin| bin.count)), edge.count.into());
            let apart = u128::from(map.b.saturating_sub(1)) * (edge.bins.len() as u128 + 1);
            check.holds(
                bins.abs_diff(count) <= apart,
                &here,
                "its bins are further from it than rounding allows",
            );
        }
        let median_is_inside = edge.median_secs.is_none_or(|median| {
            let first = edge.bins.first().is_some_and(|bin| bin.from <= median);
            first && edge.bins.last().and_then(|bin| bin.to).is_none_or(|to| median <= to)
        });
        check.holds(median_is_inside, &here, "its median lies outside its bins");
    }
    let in_order = map.edges.is_sorted_by_key(|edge| (Reverse(edge.count), &edge.from, &edge.to));
    check.holds(in_order, "the edges", "they are not in the order count, label");
}

/// Where journeys start, or end. All of them together are everybody.
fn ends(map: &Map, what: &str, ends: &[MapEnd], nodes: &BTreeMap<&str, u64>, check: &mut Check) {
    let mut seen = BTreeMap::new();
    for (at, end) in ends.iter().enumerate() {
        let here = place(what, at);
        check.count(&here, end.count);
        check.label(&here, &end.label, end.kind);
        if seen.insert(&end.label, at).is_some() {
            check.report(&here, "its label is there twice");
        }
        if end.kind == LabelKind::Label {
            match nodes.get(end.label.as_str()) {
                Some(node) => check.inside(&here, end.count, *node),
                None => check.report(&here, "it names a node that is not there"),
            }
        }
    }
    let all = format!("the {what}s");
    let in_order = ends.is_sorted_by_key(|end| (Reverse(end.count), &end.label));
    check.holds(in_order, &all, "they are not in the order count, label");
    let (total, people) = (sum(ends.iter().map(|end| end.count)), u128::from(map.people));
    let asked = &map.spec.asked;
    let are_all = asked.activities == 100 && asked.paths == 100 && !asked.skip_rare;
    check.holds(
        total == people || (!are_all && total < people),
        &all,
        "they do not add up to everybody",
    );
}
