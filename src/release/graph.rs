//! A map or a flow as nodes and moves: what GraphML, DOT and Mermaid are written from, so that they
//! say the same.
//!
//! *Invariant:* labels and counts are published ones; an arrow always points forward in time.

use std::collections::BTreeMap;

use crate::draw::words;
use crate::views::{Flow, LabelKind, Map, Side, View};

/// One network; a breakdown or comparison has several.
pub(super) struct Network {
    /// The name of the segment, where there are several.
    pub(super) name: Option<String>,
    pub(super) nodes: Vec<Node>,
    pub(super) moves: Vec<Move>,
}

pub(super) struct Node {
    pub(super) label: String,
    pub(super) kind: LabelKind,
    /// In a flow.
    pub(super) step: Option<i32>,
    pub(super) count: u64,
    /// How many begin here and end here, where that is published.
    pub(super) starts: Option<u64>,
    pub(super) ends: Option<u64>,
}

/// From one node of the list to another.
pub(super) struct Move {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) count: u64,
    pub(super) median_secs: Option<u64>,
}

/// The networks of a view; none where it is no map and no flow.
pub(super) fn networks(view: &View) -> Vec<Network> {
    let names = words::part_names(view);
    let parts = view.parts().into_iter().enumerate();
    parts
        .filter_map(|(at, part)| {
            let network = match part {
                View::Map(map) => of_map(map),
                View::Flow(flow) => of_flow(flow),
                _ => return None,
            };
            Some(Network { name: names.get(at).cloned(), ..network })
        })
        .collect()
}

/// Whether a view, or each of its parts, is a network.
pub(super) fn is_network(view: &View) -> bool {
    let parts = view.parts();
    !parts.is_empty() && parts.iter().all(|part| matches!(part, View::Map(_) | View::Flow(_)))
}

fn of_map(map: &Map) -> Network {
    let at: BTreeMap<&str, usize> =
        map.nodes.iter().enumerate().map(|(at, node)| (node.label.as_str(), at)).collect();
    let mut nodes: Vec<Node> = map
        .nodes
        .iter()
        .map(|node| Node {
            label: words::name(&node.label),
            kind: node.kind,
            step: None,
            count: node.count,
            starts: None,
            ends: None,
        })
        .collect();
    for start in &map.starts {
        if let Some(node) = at.get(start.label.as_str()).and_then(|at| nodes.get_mut(*at)) {
            node.starts = Some(start.count);
        }
    }
    for end in &map.ends {
        if let Some(node) = at.get(end.label.as_str()).and_then(|at| nodes.get_mut(*at)) {
            node.ends = Some(end.count);
        }
    }
    let moves = map.edges.iter().filter_map(|edge| {
        let (from, to) = (*at.get(edge.from.as_str())?, *at.get(edge.to.as_str())?);
        Some(Move { from, to, count: edge.count, median_secs: edge.median_secs })
    });
    Network { name: None, moves: moves.collect(), nodes }
}

/// Backwards from an end, an edge leads to what came before, and who goes no further began there.
fn of_flow(flow: &Flow) -> Network {
    let backwards = flow.spec.asked.anchor == Side::End;
    let at: BTreeMap<&str, usize> =
        flow.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
    let mut nodes: Vec<Node> = flow
        .nodes
        .iter()
        .map(|node| Node {
            label: words::name(&node.label),
            kind: node.kind,
            step: Some(node.step),
            count: node.count,
            starts: None,
            ends: None,
        })
        .collect();
    for exit in &flow.exits {
        if let Some(node) = at.get(exit.from.as_str()).and_then(|at| nodes.get_mut(*at)) {
            let told = if backwards { &mut node.starts } else { &mut node.ends };
            *told = Some(exit.count);
        }
    }
    let moves = flow.edges.iter().filter_map(|edge| {
        let (from, to) = (*at.get(edge.from.as_str())?, *at.get(edge.to.as_str())?);
        let (from, to) = if backwards { (to, from) } else { (from, to) };
        Some(Move { from, to, count: edge.count, median_secs: None })
    });
    Network { name: None, moves: moves.collect(), nodes }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{is_network, networks};
    use crate::draw::testing;
    use crate::views::{LabelKind, MapEdge, MapNode, PublishedCohort, Side, Unit, View};

    /// Labels that have broken one of these languages somewhere.
    pub(in crate::release) const HOSTILE: [&str; 12] = [
        "say \"x\"",
        "a: b: c",
        "a; b; %% c",
        "one\ntwo\r\nthree",
        "]] --> n0",
        "<script>alert(1)</script><!-- & -->",
        "title page",
        "section end",
        "back\\slash\\",
        "`md` **bold** #35; #quot;",
        "<![CDATA[x]]> &amp; &#0;",
        "\u{202E}größer ﷽ 100 %{init: x}",
    ];

    /// A map of them in a circle.
    pub(in crate::release) fn hostile_map() -> View {
        let View::Map(mut map) = testing::map(Unit::People, true, &PublishedCohort::default())
        else {
            panic!("a map");
        };
        let label = |at: usize| HOSTILE[at % HOSTILE.len()].to_owned();
        map.nodes = (0..HOSTILE.len())
            .map(|at| MapNode { label: label(at), kind: LabelKind::Label, count: 100 })
            .collect();
        map.edges = (0..HOSTILE.len())
            .map(|at| MapEdge {
                from: label(at),
                to: label(at + 1),
                count: 50,
                bins: Vec::new(),
                median_secs: Some(60),
            })
            .collect();
        map.starts.clear();
        map.ends.clear();
        View::Map(map)
    }

    #[test]
    fn an_arrow_points_forward_in_time_whichever_end_is_the_anchor() {
        let View::Flow(mut flow) = testing::small_flow(&PublishedCohort::default()) else {
            panic!("a flow");
        };
        let forward = &networks(&View::Flow(flow.clone()))[0];
        let ends: u64 = forward.nodes.iter().filter_map(|node| node.ends).sum();
        assert_eq!(ends, flow.exits.iter().map(|exit| exit.count).sum::<u64>());
        assert!(forward.nodes.iter().all(|node| node.starts.is_none()));
        flow.spec.asked.anchor = Side::End;
        let backward = &networks(&View::Flow(flow))[0];
        for (one, other) in forward.moves.iter().zip(&backward.moves) {
            assert_eq!((one.from, one.to, one.count), (other.to, other.from, other.count));
        }
        assert!(backward.nodes.iter().all(|node| node.ends.is_none()));
    }

    #[test]
    fn maps_and_flows_are_networks_and_nothing_else_is() {
        for view in testing::every_kind() {
            let parts = networks(&view).len();
            assert_eq!(is_network(&view), parts > 0, "{}", view.kind());
            assert!(parts == 0 || parts == view.parts().len());
        }
    }
}
