//! What a picture of a flow promises.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{FlowPicture, LabelColours, flow_scene, flow_size};
use crate::draw::layout::sankey::Layout;
use crate::draw::testing::{any_flow, disclosed, flow, shop};
use crate::draw::tokens::{Theme, tokens};
use crate::draw::{Mark, Scene, TargetKind, png, text};
use crate::views::{Flow, LabelKind, Side};

fn picture(width: f32, height: f32) -> FlowPicture {
    FlowPicture { width, height, theme: Theme::Light, traced: None, drop_off: true }
}

fn drawing<'a>(flow: &'a Flow, picture: &'a FlowPicture) -> super::Drawing<'a> {
    super::Drawing::new(flow, &[flow], picture, &LabelColours::by_size(super::labels_of_flow(flow)))
}

fn usual() -> FlowPicture {
    picture(1064.0, 703.0)
}

fn layout(flow: &Flow, picture: &FlowPicture) -> Layout {
    drawing(flow, picture).layout
}

fn meet(a: [f32; 4], b: [f32; 4]) -> bool {
    let overlap = |axis: usize| {
        (a[axis] + a[axis + 2]).min(b[axis] + b[axis + 2]) - a[axis].max(b[axis]) > 0.01
    };
    overlap(0) && overlap(1)
}

fn no_labels_meet(scene: &Scene) -> Result<(), TestCaseError> {
    let plates: Vec<[f32; 4]> = scene.targets.iter().filter_map(|target| target.label).collect();
    for (index, a) in plates.iter().enumerate() {
        prop_assert!(a[0] + a[2] <= scene.width, "{a:?} leaves the picture");
        for b in &plates[..index] {
            prop_assert!(!meet(*a, *b), "{a:?} {b:?}");
        }
        for node in scene.targets.iter().filter(|target| target.kind == TargetKind::Node) {
            prop_assert!(!meet(*a, node.rect), "{a:?} {:?}", node.rect);
        }
    }
    Ok(())
}

fn every_number_is_finite(scene: &Scene) -> bool {
    let svg = scene.to_svg();
    !svg.contains("NaN") && !svg.contains("inf")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn labels_never_meet(flow in any_flow(), width in 500.0_f32..2000.0, height in 200.0_f32..1200.0) {
        let scene = flow_scene(&disclosed(flow), &picture(width, height));
        no_labels_meet(&scene)?;
        prop_assert!(every_number_is_finite(&scene));
    }

    #[test]
    fn ribbons_are_at_least_one_thick_and_stay_within_their_bars(flow in any_flow()) {
        let view = disclosed(flow);
        let scene = flow_scene(&view, &usual());
        let rect = |id: &str| scene.target(id).map(|target| target.rect);
        for shape in &scene.shapes {
            let (Mark::Band { upper, lower, .. }, Some(target)) = (&shape.mark, shape.target)
            else { continue };
            let thick = [0, 3].map(|end| lower[end][1] - upper[end][1]);
            prop_assert!(thick.iter().all(|thick| *thick >= 0.999), "{thick:?}");
            let target = &scene.targets[target];
            if target.kind == TargetKind::Edge {
                let ends = target.id.split('→').filter_map(rect).collect::<Vec<_>>();
                for [_, top, _, height] in ends {
                    let inside = |end: usize| {
                        upper[end][1] >= top - 0.01 && lower[end][1] <= top + height + 0.01
                    };
                    prop_assert!(inside(0) || inside(3));
                }
            }
        }
    }

    #[test]
    fn ribbons_fill_their_bars(flow in any_flow()) {
        let picture = usual();
        let drawing = drawing(&flow, &picture);
        let (graph, layout) = (&drawing.model.graph, &drawing.layout);
        for (node, span) in layout.nodes.iter().enumerate() {
            let mut sides = [0.0_f32; 2];
            for (link, (source, target)) in graph.links.iter().zip(&layout.links) {
                if link.from == node { sides[1] += source.height }
                if link.to == node { sides[0] += target.height }
            }
            for ((at, _), stub) in graph.stubs.iter().zip(&layout.stubs) {
                if *at == node { sides[usize::from(graph.stubs_right)] += stub.height }
            }
            for sum in sides {
                prop_assert!(sum <= span.height + 0.05, "{sum} {}", span.height);
                // A bar is only higher than what it passes on where it would not be seen otherwise.
                let seen = span.height > tokens().flow.ribbon_min;
                prop_assert!(sum < 0.001 || !seen || (sum - span.height).abs() < 0.05);
            }
        }
    }

    #[test]
    fn bars_keep_their_order_and_stay_inside(flow in any_flow(), height in 300.0_f32..1200.0) {
        let picture = picture(1064.0, height);
        let drawing = drawing(&flow, &picture);
        let graph = &drawing.model.graph;
        for column in 0..graph.columns {
            let mut bars: Vec<_> = graph.nodes.iter().zip(&drawing.layout.nodes)
                .filter(|(node, _)| node.column == column).collect();
            bars.sort_by_key(|(node, _)| node.lane);
            for pair in bars.windows(2) {
                prop_assert!(pair[0].1.bottom() < pair[1].1.top + 0.01);
            }
            for (_, span) in bars {
                prop_assert!(span.top >= super::BARS_TOP - 0.01);
                prop_assert!(span.bottom() <= height - super::BARS_BOTTOM + 0.05);
            }
        }
    }

    #[test]
    fn everything_published_can_be_reached(flow in any_flow()) {
        let scene = flow_scene(&disclosed(flow.clone()), &usual());
        prop_assert_eq!(scene.targets.len(), flow.nodes.len() + flow.edges.len() + flow.exits.len());
        let ids: BTreeSet<_> = scene.targets.iter().map(|target| target.id.as_str()).collect();
        prop_assert!(flow.nodes.iter().all(|node| ids.contains(node.id.as_str())));
        for edge in &flow.edges {
            let id = format!("{}→{}", edge.from, edge.to);
            prop_assert!(ids.contains(id.as_str()));
        }
    }
}

proptest! {
    // Text is shaped in full, which takes a second a picture without optimization.
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_flow_becomes_svg_that_can_be_read(flow in any_flow()) {
        let svg = flow_scene(&disclosed(flow), &usual()).to_svg();
        let tree = resvg::usvg::Tree::from_str(&svg, &png::options(false));
        prop_assert!(tree.is_ok(), "{:?}", tree.err());
    }
}

#[test]
fn neighbouring_bars_stay_a_line_of_text_apart_while_there_is_room() {
    for side in [Side::Start, Side::End] {
        let flow = flow(&shop(700), 6, 8, side);
        let picture = usual();
        let drawing = drawing(&flow, &picture);
        for (a, span_a) in drawing.model.graph.nodes.iter().zip(&drawing.layout.nodes) {
            for (b, span_b) in drawing.model.graph.nodes.iter().zip(&drawing.layout.nodes) {
                if a.column == b.column && span_a.top < span_b.top {
                    assert!(span_b.top - span_a.bottom() >= tokens().flow.node_gap - 0.01);
                }
            }
        }
        let scene = flow_scene(&disclosed(flow.clone()), &picture);
        let labelled = scene.targets.iter().filter(|target| target.label.is_some()).count();
        assert_eq!(labelled, flow.nodes.len(), "a label is missing");
    }
}

#[test]
fn the_same_flow_gives_the_same_bytes() {
    let flow = flow(&shop(400), 6, 8, Side::Start);
    let svg = || flow_scene(&disclosed(flow.clone()), &picture(400.0, 300.0)).to_svg();
    let (first, second) = (svg(), svg());
    assert_eq!(first, second);
    assert_eq!(png::render(&first, 1.0).unwrap(), png::render(&second, 1.0).unwrap());
}

/// Two groups of people whose ways differ, but not in any number that is published.
#[test]
fn a_picture_shows_nothing_but_the_published_flow() {
    let walk = |labels: [&str; 3]| (labels.map(str::to_owned).to_vec(), 4);
    let one = [walk(["a", "m", "x"]), walk(["b", "m", "y"])];
    let two = [walk(["a", "m", "y"]), walk(["b", "m", "x"])];
    assert_ne!(one, two);
    let [one, two] = [one, two].map(|walks| flow(&walks, 3, 5, Side::Start));
    assert_eq!(one, two);
    let svg = |flow| flow_scene(&disclosed(flow), &usual()).to_svg();
    assert_eq!(svg(one), svg(two));
}

#[test]
fn the_smallest_flows_are_pictures_too() {
    let only_other = |count: u64| vec![(vec!["a".to_owned()], count)];
    for (walks, top) in [(Vec::new(), 3), (only_other(2), 0), (only_other(0), 1)] {
        for side in [Side::Start, Side::End] {
            let flow = flow(&walks, 2, top, side);
            let nodes = flow.nodes.len();
            for (width, height) in [(1064.0, 703.0), (1.0, 1.0), (0.0, 0.0)] {
                let scene = flow_scene(&disclosed(flow.clone()), &picture(width, height));
                let found = scene.targets.iter().filter(|t| t.kind == TargetKind::Node).count();
                assert_eq!(found, nodes);
                assert!(every_number_is_finite(&scene));
            }
        }
    }
}

#[test]
fn names_say_the_label_the_step_and_what_the_count_is() {
    let walks =
        vec![(vec!["Home".to_owned(), "Product".to_owned()], 300), (vec!["Home".to_owned()], 20)];
    let name = |side, id: &str| {
        let scene = flow_scene(&disclosed(flow(&walks, 2, 5, side)), &usual());
        scene.target(id).map(|target| target.name.clone()).unwrap_or_default()
    };
    let start = |id| name(Side::Start, id);
    assert_eq!(start("1:Home"), "Home, step 1, about 1\u{202F}600 people or more");
    assert_eq!(
        start("1:Home→2:Product"),
        "Home, step 1 to Product, step 2, about 1\u{202F}500 people or more"
    );
    assert_eq!(start("1:Home→"), "Home, step 1, about 100 people or more left here");
    let few = flow(&walks, 2, 5, Side::Start);
    let svg = flow_scene(&disclosed(few), &usual()).to_svg();
    assert!(svg.contains(">1\u{202F}600 people</tspan>"), "a head is short where there is room");
    assert!(svg.contains(">1\u{202F}500 · 6\u{202F}% left</tspan>"));
    let end = |id| name(Side::End, id);
    assert_eq!(
        end("-1:Product→-2:Home"),
        "Home, step −2 to Product, step −1, about 1\u{202F}500 people or more"
    );
    assert_eq!(end("-1:Home→"), "Home, step −1, about 100 people or more began here");
}

#[test]
fn another_order_of_the_same_published_lists_gives_the_same_bars() {
    let flow = flow(&shop(400), 6, 8, Side::Start);
    let mut turned = flow.clone();
    turned.nodes.reverse();
    let spans = |flow: &Flow| {
        let layout = layout(flow, &usual());
        let mut spans: Vec<_> = flow
            .nodes
            .iter()
            .zip(layout.nodes)
            .map(|(node, span)| (node.id.clone(), (span.top * 10.0).round() as i64))
            .collect();
        spans.sort();
        spans
    };
    assert_eq!(spans(&flow), spans(&turned));
}

/// Runs of digits in text, with the spaces between groups taken out.
fn numbers(words: &str) -> BTreeSet<u64> {
    words
        .replace(text::NARROW_SPACE, "")
        .split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

#[test]
fn the_words_of_an_svg_hold_every_published_count_and_no_other_number() {
    for side in [Side::Start, Side::End] {
        let flow = flow(&shop(500), 6, 8, side);
        let svg = flow_scene(&disclosed(flow.clone()), &usual()).to_svg();
        let document = resvg::usvg::roxmltree::Document::parse(&svg).unwrap();
        let mut words = String::new();
        let mut percents = BTreeSet::new();
        for node in document.descendants().filter(resvg::usvg::roxmltree::Node::is_text) {
            let said = node.text().unwrap_or_default();
            // A share is derived from two published sums and is at most 100.
            let shared = said.split(" · ").nth(1).filter(|share| share.contains('%'));
            percents.extend(shared.map(numbers).unwrap_or_default());
            words.push_str(said.split(" · ").next().unwrap_or_default());
            words.push('\n');
        }
        let said = numbers(&words);
        let mut published: BTreeSet<u64> = flow.nodes.iter().map(|node| node.count).collect();
        published.extend(flow.edges.iter().map(|edge| edge.count));
        published.extend(flow.exits.iter().map(|exit| exit.count));
        assert!(published.is_subset(&said), "{:?}", published.difference(&said));
        let mut known = published;
        known.extend([flow.people, u64::from(flow.k), u64::from(flow.b)]);
        known.extend(flow.nodes.iter().map(|node| u64::from(node.step.unsigned_abs())));
        for step in flow.nodes.iter().map(|node| node.step) {
            known.insert(flow.nodes.iter().filter(|n| n.step == step).map(|n| n.count).sum());
        }
        assert!(said.is_subset(&known), "{:?}", said.difference(&known));
        assert!(percents.iter().all(|percent| *percent <= 100));
    }
}

#[test]
fn labels_cannot_break_out_of_the_svg() {
    let evil = "</title><script>alert(\"1\")</script>&lt;\u{0}\u{FFFE}";
    let walks = vec![(vec![evil.to_owned(), "B".to_owned()], 3)];
    let svg = flow_scene(&disclosed(flow(&walks, 2, 3, Side::Start)), &usual()).to_svg();
    assert!(!svg.contains("<script"), "{svg}");
    let document = resvg::usvg::roxmltree::Document::parse(&svg).unwrap();
    let title = "</title><script>alert(\"1\")</script>&lt;";
    assert!(
        document.descendants().any(|node| node.text().is_some_and(|text| text.starts_with(title))),
        "the full name is not there: {svg}"
    );
}

#[test]
fn a_traced_node_keeps_its_neighbours_and_fades_the_rest() {
    let flow = flow(&shop(400), 6, 8, Side::Start);
    let traced = "3:Product".to_owned();
    let picture = FlowPicture { traced: Some(traced.clone()), ..usual() };
    let scene = flow_scene(&disclosed(flow), &picture);
    let look = &tokens().flow;
    let mut through = 0;
    let mut trace_began = false;
    for shape in &scene.shapes {
        let (Mark::Band { fill: super::Fill::Solid(fill), .. }, Some(target)) =
            (&shape.mark, shape.target)
        else {
            continue;
        };
        let touches = scene.targets[target].id.split('→').any(|end| end == traced);
        assert!(touches || !trace_began, "the trace is not painted last");
        trace_began |= touches;
        through += usize::from(touches);
        let alpha = if touches { look.ribbon_alpha_traced } else { look.ribbon_alpha_faded };
        assert!((fill.a - alpha).abs() < 1e-6);
    }
    assert!(through > 4, "{through}");
}

#[test]
fn an_unknown_traced_node_changes_nothing() {
    let view = disclosed(flow(&shop(100), 4, 5, Side::Start));
    let picture = FlowPicture { traced: Some("9:Nowhere".to_owned()), ..usual() };
    assert_eq!(flow_scene(&view, &picture), flow_scene(&view, &usual()));
}

#[test]
fn colours_go_to_the_biggest_labels_in_order() {
    let walks: Vec<_> = ('a'..='j')
        .enumerate()
        .map(|(index, label)| (vec![label.to_string(), "z".to_owned()], 20 - index as u64))
        .collect();
    let view = disclosed(flow(&walks, 2, 20, Side::Start));
    let colours = LabelColours::new(&view);
    let theme = Theme::Light;
    let named: Vec<&str> = colours.named(theme).map(|(label, _)| label).collect();
    assert_eq!(named, ["z", "a", "b", "c", "d", "e", "f", "g"]);
    assert!(colours.has_own("g") && !colours.has_own("h"));
    assert_eq!(colours.colour(theme, LabelKind::Label, "z"), theme.colours().categorical[0]);
    assert_eq!(colours.colour(theme, LabelKind::Label, "h"), theme.colours().rest);
    assert_eq!(colours.colour(theme, LabelKind::Other, "Other"), theme.colours().other);
}

#[test]
fn time_runs_to_the_right_from_either_end() {
    for side in [Side::Start, Side::End] {
        let view = disclosed(flow(&shop(200), 5, 6, side));
        let scene = flow_scene(&view, &usual());
        let crate::views::View::Flow(flow) = view.view() else { unreachable!("only flows yet") };
        let left = |step: i32| {
            let node = flow.nodes.iter().find(|node| node.step == step).unwrap();
            scene.target(&node.id).unwrap().rect[0]
        };
        let (early, late) = if side == Side::Start { (1, 5) } else { (-5, -1) };
        assert!(left(early) < left(late), "{side:?}");
    }
}

#[test]
fn pointers_find_nodes_labels_ribbons_and_drop_offs() {
    let scene = flow_scene(&disclosed(flow(&shop(400), 6, 8, Side::Start)), &usual());
    for target in &scene.targets {
        let at = match target.kind {
            TargetKind::Node => {
                let [x, y, w, h] = target.rect;
                if let Some([x, y, w, h]) = target.label {
                    let found = scene.target_at([x + w - 1.0, y + h / 2.0]);
                    assert_eq!(found.map(|found| &found.id), Some(&target.id));
                }
                [x + w / 2.0, y + h / 2.0]
            }
            TargetKind::Edge | TargetKind::Exit => continue,
        };
        assert_eq!(scene.target_at(at).map(|found| &found.id), Some(&target.id));
    }
    assert_eq!(scene.target_at([1.0, 1.0]), None);
    let biggest = scene.targets.iter().find(|target| target.kind == TargetKind::Edge).unwrap();
    let middle = [
        f32::midpoint(biggest.outline[8][0], biggest.outline[25][0]),
        f32::midpoint(biggest.outline[8][1], biggest.outline[25][1]),
    ];
    assert!(biggest.covers(middle));
    assert!(scene.target_at(middle).is_some());
}

#[test]
fn the_comfortable_size_has_room_for_every_label() {
    for (steps, top) in [(6, 8), (12, 15)] {
        let view = disclosed(flow(&shop(900), steps, top, Side::Start));
        let [width, height] = flow_size(&view);
        let scene = flow_scene(&view, &picture(width, height));
        let crate::views::View::Flow(flow) = view.view() else { unreachable!("only flows yet") };
        let svg = scene.to_svg();
        assert!(
            svg.contains(" people</tspan>") && svg.contains("\u{202F}% left</tspan>"),
            "short heads"
        );
        for node in &flow.nodes {
            assert!(scene.target(&node.id).unwrap().label.is_some(), "{}", node.id);
            assert!(svg.contains(&format!(
                "</tspan><tspan dx=\"6\" fill=\"#40454a\">{}",
                text::number(node.count)
            )));
        }
    }
}
