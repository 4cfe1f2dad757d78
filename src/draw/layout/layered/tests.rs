use proptest::prelude::*;

use super::{Arrangement, Edge, Graph, Places, Room, arrange, place};

fn graph(nodes: usize, edges: &[(usize, usize, u32)]) -> Graph {
    let edge = |&(from, to, weight)| Edge { from, to, weight: f64::from(weight) };
    Graph {
        edges: edges.iter().map(edge).collect(),
        starts: vec![0.0; nodes],
        ends: vec![0.0; nodes],
    }
}

const HALF: f32 = 22.0;
const NODE_GAP: f32 = 24.0;
const BEND_GAP: f32 = 7.0;

fn room(arrangement: &Arrangement, nodes: Vec<bool>) -> Room {
    let links = arrangement.links().iter();
    let links: Vec<bool> = links.map(|link| nodes[link.first] && nodes[link.second]).collect();
    Room {
        above: vec![HALF; nodes.len()],
        below: vec![HALF; nodes.len()],
        thick: vec![4.0; links.len()],
        nodes,
        links,
        node_gap: NODE_GAP,
        level_gap: 2.0 * NODE_GAP,
        bend_gap: BEND_GAP,
    }
}

fn placed(graph: &Graph) -> Places {
    let arrangement = arrange(graph);
    place(&arrangement, &room(&arrangement, vec![true; graph.starts.len()]))
}

fn columns(places: &Places) -> Vec<usize> {
    places.nodes.iter().map(|place| place.column).collect()
}

#[test]
fn a_chain_is_a_straight_line() {
    let places = placed(&graph(5, &[(0, 1, 9), (1, 2, 9), (2, 3, 5), (3, 4, 1)]));
    assert_eq!(columns(&places), [0, 1, 2, 3, 4]);
    assert!(places.nodes.iter().all(|place| (place.y - places.nodes[0].y).abs() < 0.5));
}

#[test]
fn most_people_walk_to_the_right_and_the_few_back() {
    let places = placed(&graph(3, &[(2, 0, 100), (0, 1, 90), (1, 2, 5)]));
    assert_eq!(columns(&places), [1, 2, 0]);
}

#[test]
fn where_people_begin_is_at_the_left() {
    let mut graph = graph(3, &[(0, 1, 50), (1, 0, 60), (1, 2, 50), (2, 1, 50)]);
    graph.starts[2] = 500.0;
    let places = placed(&graph);
    assert_eq!(places.nodes[2].column, 0, "{places:?}");
}

#[test]
fn paths_that_need_not_cross_do_not() {
    // Two chains whose nodes are given in turn.
    let edges = [(0, 3, 5), (1, 2, 5), (2, 5, 5), (3, 4, 5), (0, 1, 1)];
    let places = placed(&graph(6, &edges));
    let over = |a: usize, b: usize| places.nodes[a].y < places.nodes[b].y;
    assert_eq!(over(3, 2), over(4, 5), "{places:?}");
}

#[test]
fn no_node_and_one_node_have_places() {
    assert_eq!(placed(&graph(0, &[])).columns, 0);
    let one = placed(&graph(1, &[(0, 0, 7)]));
    assert_eq!((one.columns, one.nodes.len()), (1, 1));
}

fn any_graph() -> impl Strategy<Value = Graph> {
    (1_usize..25).prop_flat_map(|nodes| {
        let edges = prop::collection::vec((0..nodes, 0..nodes, 1_u32..1_000), 0..90);
        let stubs = prop::collection::vec(0_u32..500, nodes);
        (edges, stubs.clone(), stubs).prop_map(move |(edges, starts, ends)| Graph {
            starts: starts.into_iter().map(f64::from).collect(),
            ends: ends.into_iter().map(f64::from).collect(),
            ..graph(nodes, &edges)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_meets_and_every_path_bends_in_every_column_between(
        graph in any_graph(),
        hidden in prop::collection::vec(any::<bool>(), 25),
    ) {
        let nodes = graph.starts.len();
        let arrangement = arrange(&graph);
        prop_assert_eq!(
            format!("{:?}", arrange(&graph)),
            format!("{arrangement:?}"),
            "the same each time"
        );
        let shown: Vec<bool> = (0..nodes).map(|at| !hidden[at]).collect();
        for shown in [vec![true; nodes], shown] {
            let room = room(&arrangement, shown.clone());
            let places = place(&arrangement, &room);
            let mut things: Vec<(usize, f32, f32)> = Vec::new();
            for at in (0..nodes).filter(|at| shown[*at]) {
                things.push((places.nodes[at].column, places.nodes[at].y, HALF));
            }
            for (number, link) in arrangement.links().iter().enumerate() {
                if !room.links[number] {
                    prop_assert!(!(shown[link.first] && shown[link.second]));
                    continue;
                }
                let [first, second] = [link.first, link.second].map(|at| places.nodes[at].column);
                prop_assert!(first <= second);
                let bends: Vec<usize> = places.bends[number].iter().map(|b| b.column).collect();
                prop_assert_eq!(bends, (first + 1..second.max(first + 1)).collect::<Vec<_>>());
                things.extend(places.bends[number].iter().map(|bend| (bend.column, bend.y, 2.0)));
            }
            things.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            for pair in things.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
                let free = pair[1].1 - pair[0].1 - pair[0].2 - pair[1].2;
                prop_assert!(free > BEND_GAP - 0.1, "{free}");
            }
            for thing in &things {
                prop_assert!(thing.0 < places.columns);
                prop_assert!(thing.1 - thing.2 > -0.1);
            }
        }
    }

    #[test]
    fn who_is_hidden_changes_no_order(
        graph in any_graph(),
        hidden in prop::collection::vec(any::<bool>(), 25),
    ) {
        let nodes = graph.starts.len();
        let arrangement = arrange(&graph);
        let all = place(&arrangement, &room(&arrangement, vec![true; nodes]));
        let shown: Vec<bool> = (0..nodes).map(|at| !hidden[at]).collect();
        let some = place(&arrangement, &room(&arrangement, shown.clone()));
        for a in (0..nodes).filter(|at| shown[*at]) {
            for b in (0..nodes).filter(|at| shown[*at]) {
                let (a_all, b_all) = (all.nodes[a], all.nodes[b]);
                let (a_some, b_some) = (some.nodes[a], some.nodes[b]);
                prop_assert_eq!(a_all.column.cmp(&b_all.column), a_some.column.cmp(&b_some.column));
                if a_all.column == b_all.column && a != b {
                    prop_assert_eq!(a_all.y < b_all.y, a_some.y < b_some.y);
                }
            }
        }
    }
}
