use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Glide, MapItem, MapLayout, MapPicture, map_scene};
use crate::draw::scene::bounds;
use crate::draw::testing::{self, seal};
use crate::draw::text::{measure, number};
use crate::draw::tokens::Theme;
use crate::draw::{Mark, Scene, TargetKind, TextAlign};
use crate::views::{LabelKind, Map, MapEdge, MapEnd, MapNode, OTHER, PublishedCohort, Unit, View};

/// A map with these nodes; paths and ends name nodes by their place.
fn map(
    labels: &[String],
    counts: &[u64],
    edges: &[(usize, usize, u64)],
    starts: &[(usize, u64)],
    ends: &[(usize, u64)],
) -> Map {
    let View::Map(empty) = testing::map(Unit::People, true, &PublishedCohort::default()) else {
        panic!("a map was made")
    };
    let kind = |label: &str| if label == OTHER { LabelKind::Other } else { LabelKind::Label };
    let end = |&(at, count): &(usize, u64)| MapEnd {
        label: labels[at].clone(),
        kind: kind(&labels[at]),
        count,
    };
    let mut map = Map {
        nodes: (labels.iter().zip(counts))
            .map(|(label, count)| MapNode {
                label: label.clone(),
                kind: kind(label),
                count: *count,
            })
            .collect(),
        edges: edges
            .iter()
            .map(|&(from, to, count)| MapEdge {
                from: labels[from].clone(),
                to: labels[to].clone(),
                count,
                bins: Vec::new(),
                median_secs: (count % 2 == 0).then_some(count * 7),
            })
            .collect(),
        starts: starts.iter().map(end).collect(),
        ends: ends.iter().map(end).collect(),
        ..empty
    };
    map.nodes.sort_by(|a, b| b.count.cmp(&a.count).then(a.label.cmp(&b.label)));
    map.edges.sort_by(|a, b| b.count.cmp(&a.count).then(a.from.cmp(&b.from)).then(a.to.cmp(&b.to)));
    map
}

/// A shop, with loops, with paths both ways and over several columns.
fn shop() -> Map {
    let labels = ["Home", "Catalog", "Product", "Cart", "Payment", "Thanks", OTHER];
    let labels: Vec<String> = labels.map(str::to_owned).to_vec();
    let edges = [
        (0, 1, 700),
        (1, 0, 300),
        (1, 2, 650),
        (2, 1, 400),
        (2, 2, 250),
        (2, 3, 300),
        (3, 2, 80),
        (3, 4, 200),
        (4, 5, 150),
        (0, 4, 20),
        (5, 0, 15),
        (1, 6, 10),
    ];
    let (starts, ends) = ([(0, 800), (1, 150)], [(1, 300), (2, 350), (5, 140), (6, 10)]);
    map(&labels, &[900, 850, 800, 320, 210, 150, 20], &edges, &starts, &ends)
}

fn draw(map: &Map, picture: &MapPicture) -> Scene {
    map_scene(&seal(View::Map(map.clone())), picture)
}

fn meet(a: [f32; 4], b: [f32; 4]) -> bool {
    a[0] + 0.01 < b[0] + b[2]
        && b[0] + 0.01 < a[0] + a[2]
        && a[1] + 0.01 < b[1] + b[3]
        && b[1] + 0.01 < a[1] + a[3]
}

fn of_kind(scene: &Scene, kind: TargetKind) -> Vec<&crate::draw::Target> {
    scene.targets.iter().filter(|target| target.kind == kind).collect()
}

/// x, y, width, height of what is painted.
fn extent(mark: &Mark) -> [f32; 4] {
    let around = |points: &[[f32; 2]], by: f32| {
        let [x, y, width, height] = bounds(points);
        [x - by, y - by, width + 2.0 * by, height + 2.0 * by]
    };
    match mark {
        Mark::Rect { rect, .. } | Mark::Fade { rect, .. } | Mark::Image { rect, .. } => *rect,
        Mark::Line { from, to, stroke } => around(&[*from, *to], stroke.width / 2.0),
        Mark::Curve { path, stroke } | Mark::Dashes { path, stroke, .. } => {
            around(&path.concat(), stroke.width / 2.0)
        }
        Mark::Polygon { points, .. } => around(points, 0.0),
        Mark::Band { upper, lower, .. } => around(&[*upper, *lower].concat(), 0.0),
        Mark::Text { at, size, align, runs } => {
            let width: f32 =
                runs.iter().map(|run| run.gap + measure(&run.text, *size, run.weight)).sum();
            let x = match align {
                TextAlign::Left => at[0],
                TextAlign::Centre => at[0] - width / 2.0,
                TextAlign::Right => at[0] - width,
            };
            [x, at[1] - size, width, *size]
        }
    }
}

/// Nodes and figures stand clear of each other, and nothing leaves the picture.
fn check(scene: &Scene) -> Result<(), TestCaseError> {
    let nodes: Vec<[f32; 4]> =
        of_kind(scene, TargetKind::Node).iter().map(|target| target.rect).collect();
    let labels: Vec<[f32; 4]> = scene.targets.iter().filter_map(|target| target.label).collect();
    for (at, rect) in nodes.iter().enumerate() {
        prop_assert!(nodes[..at].iter().all(|other| !meet(*rect, *other)), "nodes meet");
        prop_assert!(labels.iter().all(|label| !meet(*rect, *label)), "a figure is on a node");
    }
    for (at, label) in labels.iter().enumerate() {
        let [x, y, width, height] = *label;
        let around = [x, y - height, width, 3.0 * height];
        prop_assert!(
            labels[..at].iter().all(|other| !meet(around, *other)),
            "figures stand over each other"
        );
    }
    // Whose figures they are can be told: no other path runs under them.
    for path in of_kind(scene, TargetKind::Edge) {
        let sides = path.outline.iter().zip(path.outline.iter().rev());
        let line = sides.take(path.outline.len() / 2);
        let middles = line.map(|(a, b)| [0, 1].map(|axis| f32::midpoint(a[axis], b[axis])));
        let middles: Vec<[f32; 2]> = middles.collect();
        for target in scene.targets.iter().filter(|target| target.id != path.id) {
            let Some(label) = target.label else { continue };
            prop_assert!(
                !middles.iter().any(|[x, y]| meet([*x, *y, 0.1, 0.1], label)),
                "{} runs under the figures of {}",
                path.id,
                target.id
            );
        }
    }
    for shape in &scene.shapes {
        let [x, y, width, height] = extent(&shape.mark);
        prop_assert!(
            x > -1.0
                && y > -1.0
                && x + width < scene.width + 1.0
                && y + height < scene.height + 1.0,
            "{:?} leaves {} × {}",
            shape.mark,
            scene.width,
            scene.height
        );
    }
    Ok(())
}

#[test]
fn everything_that_is_published_can_be_reached_by_its_name_and_number() {
    let map = shop();
    let scene = draw(&map, &MapPicture::default());
    let names: Vec<&str> = scene.targets.iter().map(|target| target.name.as_str()).collect();
    for node in &map.nodes {
        assert!(
            names
                .contains(&format!("{}, about {} people", node.label, number(node.count)).as_str())
        );
    }
    assert!(
        names.contains(&"Home to Catalog, about 700 people, half within 1 h 21 min"),
        "{names:?}"
    );
    assert!(names.contains(&"Product again, about 250 people, half within 29 min 10 s"));
    assert!(names.contains(&"Home, about 800 people begin here"));
    assert!(names.contains(&"Thanks, about 140 people end here"));
    let all = map.nodes.len() + map.edges.len() + map.starts.len() + map.ends.len();
    assert_eq!(scene.targets.len(), all);
    let ids: BTreeSet<&str> = scene.targets.iter().map(|target| target.id.as_str()).collect();
    assert_eq!(ids.len(), all, "no two have the same id");
}

#[test]
fn a_pointer_finds_nodes_paths_and_figures() {
    let scene = draw(&shop(), &MapPicture::default());
    let middle = |[x, y, width, height]: [f32; 4]| [x + width / 2.0, y + height / 2.0];
    let home = scene.target("Home").unwrap();
    assert_eq!(scene.target_at(middle(home.rect)).unwrap().id, "Home");
    let path = scene.target("Home→Catalog").unwrap();
    assert_eq!(scene.target_at(middle(path.label.unwrap())).unwrap().id, "Home→Catalog");
    let points = &path.outline;
    // Between both sides of the line, a little before its middle.
    let [a, b] = [points[4], points[points.len() - 5]];
    let on_it = [0, 1].map(|axis| f32::midpoint(a[axis], b[axis]));
    assert_eq!(scene.target_at(on_it).unwrap().id, "Home→Catalog");
}

#[test]
fn of_two_opposite_paths_each_keeps_to_its_right() {
    let scene = draw(&shop(), &MapPicture::default());
    let height = |id: &str| {
        let [_, y, _, height] = scene.target(id).unwrap().rect;
        y + height / 2.0
    };
    let left = |id: &str| scene.target(id).unwrap().rect[0];
    assert!(left("Home") < left("Catalog"));
    assert!(height("Home→Catalog") > height("Catalog→Home"), "to the right of the way is below");
}

#[test]
fn thickness_and_shade_are_people() {
    let scene = draw(&shop(), &MapPicture::default());
    let stroke = |id: &str| {
        let target = scene.targets.iter().position(|target| target.id == id).unwrap();
        let mark = scene.shapes.iter().find(|shape| shape.target == Some(target)).unwrap();
        let Mark::Curve { stroke, .. } = &mark.mark else { panic!("a path is a curve") };
        *stroke
    };
    // The largest count of the picture, 800 begin at Home, is as thick as can be.
    assert!((stroke("→Home").width - 12.0).abs() < 1e-3);
    assert!((stroke("Product→Cart").width - (1.0 + 11.0 * 300.0 / 800.0)).abs() < 1e-3);
    assert!(stroke("Home→Payment").colour.a < stroke("Home→Catalog").colour.a);
}

#[test]
fn sliders_leave_out_and_change_no_order() {
    let map = shop();
    let layout = MapLayout::new(&seal(View::Map(map.clone()))).unwrap();
    let view = seal(View::Map(map));
    let all = layout.scene(&view, &MapPicture::default());
    for (activities, paths) in [(50, 30), (80, 0), (20, 100)] {
        let picture = MapPicture { activities, paths, ..MapPicture::default() };
        let some = layout.scene(&view, &picture);
        assert!(some.targets.len() < all.targets.len());
        let nodes = of_kind(&some, TargetKind::Node);
        for a in &nodes {
            let a_all = all.target(&a.id).unwrap();
            assert_eq!(a_all.name, a.name);
            for b in &nodes {
                let b_all = all.target(&b.id).unwrap();
                let left = |x: f32, y: f32| x + 1.0 < y;
                assert_eq!(
                    left(a_all.rect[0], b_all.rect[0]),
                    left(a.rect[0], b.rect[0]),
                    "columns stay in their order"
                );
            }
        }
        // Whoever is shown is reached by a path or by those who begin.
        for node in nodes {
            let to = format!("→{}", node.id);
            assert!(some.targets.iter().any(|target| target.id.ends_with(&to)), "{}", node.id);
        }
    }
}

#[test]
fn around_a_node_are_its_neighbours_and_no_other_paths() {
    let picture = MapPicture { around: Some("Cart".to_owned()), ..MapPicture::default() };
    let scene = draw(&shop(), &picture);
    let ids = |kind| -> BTreeSet<&str> {
        of_kind(&scene, kind).into_iter().map(|target| target.id.as_str()).collect()
    };
    assert_eq!(ids(TargetKind::Node), ["Cart", "Payment", "Product"].into());
    assert_eq!(ids(TargetKind::Edge), ["Cart→Payment", "Cart→Product", "Product→Cart"].into());
}

#[test]
fn what_is_selected_stands_out() {
    let accent = Theme::Light.colours().accent;
    let strokes = |selected: &str| {
        let picture = MapPicture { selected: Some(selected.to_owned()), ..MapPicture::default() };
        let scene = draw(&shop(), &picture);
        let shapes = scene.shapes.iter().filter_map(|shape| match &shape.mark {
            Mark::Curve { stroke, .. } => Some((scene.targets[shape.target?].id.clone(), *stroke)),
            _ => None,
        });
        shapes.collect::<Vec<_>>()
    };
    let path = strokes("Cart→Payment");
    let chosen: Vec<_> = path.iter().filter(|(_, stroke)| stroke.colour == accent).collect();
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0].0, "Cart→Payment");
    let node = strokes("Cart");
    let alpha = |id: &str| node.iter().find(|(known, _)| known == id).unwrap().1.colour.a;
    assert!(
        alpha("Cart→Product") > alpha("Home→Catalog"),
        "a small path of it, a large one of others"
    );
    assert_eq!(strokes("Nothing"), strokes(""), "what is not there changes nothing");
}

#[test]
fn parts_are_drawn_side_by_side_in_the_same_places() {
    let of = |cohort: &PublishedCohort| testing::map(Unit::People, false, cohort);
    for view in [testing::comparison(of), testing::breakdown(of)] {
        let parts = view.parts().len();
        let scene = map_scene(&seal(view), &MapPicture::default());
        check(&scene).unwrap();
        let place =
            |part: usize, label: &str| scene.target(&format!("{part}/{label}")).unwrap().rect;
        for part in 1..parts {
            let [x, y, ..] = place(0, "Home");
            let [other_x, other_y, ..] = place(part, "Home");
            let by = [other_x - x, other_y - y];
            assert!(by != [0.0, 0.0]);
            for label in ["Search", "Buy", OTHER] {
                let ([x, y, ..], [other_x, other_y, ..]) = (place(0, label), place(part, label));
                assert!((other_x - x - by[0]).abs() < 0.01 && (other_y - y - by[1]).abs() < 0.01);
            }
        }
    }
}

#[test]
fn a_map_of_nothing_says_so() {
    let nothing = map(&[], &[], &[], &[], &[]);
    let svg = draw(&nothing, &MapPicture::default()).to_svg();
    assert!(svg.contains("Nothing is shown"));
}

#[test]
fn ids_tell_arrows_in_labels_from_arrows_between_them() {
    let labels = ["a→b", "c", "a", "b→c"].map(str::to_owned);
    let map = map(&labels, &[40, 30, 20, 10], &[(0, 1, 15), (2, 3, 10)], &[], &[]);
    let scene = draw(&map, &MapPicture::default());
    let ids: BTreeSet<&str> = scene.targets.iter().map(|target| target.id.as_str()).collect();
    assert_eq!(ids.len(), 6);
    for (at, id) in ["a\\→b→c", "a→b\\→c"].iter().enumerate() {
        let item = MapItem::of(&map, id);
        assert_eq!(item, Some(MapItem::Edge(&map.edges[at])), "{id}");
    }
    assert!(matches!(MapItem::of(&map, "a\\→b"), Some(MapItem::Node(node)) if node.label == "a→b"));
    assert_eq!(MapItem::of(&map, "a→b"), None);
}

#[test]
fn every_target_says_what_of_the_map_it_is() {
    let map = shop();
    for target in draw(&map, &MapPicture::default()).targets {
        let said = match MapItem::of(&map, &target.id).unwrap() {
            MapItem::Node(node) => (TargetKind::Node, node.count),
            MapItem::Edge(edge) => (TargetKind::Edge, edge.count),
            MapItem::Start(end) | MapItem::End(end) => (TargetKind::Exit, end.count),
        };
        assert_eq!(said.0, target.kind, "{}", target.id);
        assert!(target.name.contains(&number(said.1)), "{}", target.name);
    }
}

#[test]
fn nodes_glide_from_where_they_stood_and_take_their_paths_along() {
    let map = shop();
    let before = draw(&map, &MapPicture::default());
    let after = draw(&map, &MapPicture { activities: 50, paths: 0, ..MapPicture::default() });
    let glide = Glide::between(&before, &after).expect("fewer nodes stand closer");
    let rect = |scene: &Scene, id: &str| scene.target(id).unwrap().rect;
    let near = |a: [f32; 2], b: [f32; 2]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1.0);
    for left in [1.0, 0.5, 0.0] {
        let scene = glide.scene(&after, left);
        assert_eq!(scene.shapes.len(), after.shapes.len());
        for node in of_kind(&after, TargetKind::Node) {
            let ([x0, y0, ..], [x1, y1, ..]) = (rect(&before, &node.id), node.rect);
            let wanted = [x1 + (x0 - x1) * left, y1 + (y0 - y1) * left];
            let [x, y, ..] = rect(&scene, &node.id);
            assert!(near([x, y], wanted), "{} with {left} left", node.id);
        }
        // A path still begins at its node and ends at the other.
        for (at, shape) in after.shapes.iter().enumerate() {
            let (Mark::Curve { path, .. }, Some(target)) = (&shape.mark, shape.target) else {
                continue;
            };
            let target = &after.targets[target];
            let Some(MapItem::Edge(edge)) = MapItem::of(&map, &target.id) else { continue };
            let Mark::Curve { path: moved, .. } = &scene.shapes[at].mark else { panic!("a curve") };
            let offset = |id: &str| {
                let ([x0, y0, ..], [x1, y1, ..]) = (rect(&scene, id), rect(&after, id));
                [x0 - x1, y0 - y1]
            };
            let (from, to) = (offset(&edge.from), offset(&edge.to));
            let ([x, y], [z, w]) = (path[0][0], path[path.len() - 1][3]);
            assert!(near(moved[0][0], [x + from[0], y + from[1]]), "{}", target.id);
            assert!(near(moved[moved.len() - 1][3], [z + to[0], w + to[1]]), "{}", target.id);
        }
    }
    assert_eq!(Glide::between(&after, &after), None, "what stands still does not glide");
}

fn any_map() -> impl Strategy<Value = Map> {
    prop::collection::btree_set(testing::label(), 1..14).prop_flat_map(|labels| {
        let labels: Vec<String> = labels.into_iter().collect();
        let nodes = labels.len();
        let count = prop_oneof![10_u64..50, 10_u64..5_000, Just(3_000_000_u64)];
        let edges = prop::collection::btree_map((0..nodes, 0..nodes), count.clone(), 0..50);
        let stubs = prop::collection::btree_map(0..nodes, count.clone(), 0..5);
        (prop::collection::vec(count, nodes), edges, stubs.clone(), stubs).prop_map(
            move |(counts, edges, starts, ends)| {
                let edges: Vec<_> =
                    edges.into_iter().map(|((a, b), count)| (a, b, count)).collect();
                let list = |stubs: std::collections::BTreeMap<usize, u64>| {
                    stubs.into_iter().collect::<Vec<_>>()
                };
                map(&labels, &counts, &edges, &list(starts), &list(ends))
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nodes_and_figures_stand_clear_and_nothing_is_cut_off(
        map in any_map(),
        activities in 1_u8..=100,
        paths in 0_u8..=100,
        legend in any::<bool>(),
        dark in any::<bool>(),
    ) {
        let theme = if dark { Theme::Dark } else { Theme::Light };
        let picture = MapPicture { theme, activities, paths, legend, ..MapPicture::default() };
        for picture in [MapPicture { legend, ..MapPicture::default() }, picture] {
            let scene = draw(&map, &picture);
            check(&scene)?;
            prop_assert_eq!(scene.to_svg(), draw(&map, &picture).to_svg(), "the same each time");
        }
    }
}
