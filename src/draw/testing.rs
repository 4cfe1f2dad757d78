//! Made-up flows for tests: journeys are walked and counted, so every flow conserves people.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::views::{
    Disclosed, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, LabelKind, OTHER, PublishedCohort,
    PublishedSpec, Side, Unit, View,
};

/// People who walk the same way: labels in the order of time, and how many bases of people.
pub type Walk = (Vec<String>, u64);

pub const BASE: u32 = 5;

/// Counts walks into a flow as it would be published. At each step the `top` biggest labels have
/// a name.
pub fn flow(walks: &[Walk], steps: usize, top: usize, anchor: Side) -> Flow {
    let outward = |walk: &Walk| -> Vec<String> {
        let labels = walk.0.iter().cloned();
        match anchor {
            Side::Start | Side::Between => labels.take(steps).collect(),
            Side::End => labels.rev().take(steps).collect(),
        }
    };
    let signed = |index: usize| match anchor {
        Side::Start | Side::Between => index as i32 + 1,
        Side::End => -(index as i32) - 1,
    };
    let mut sizes: BTreeMap<(usize, String), u64> = BTreeMap::new();
    for walk in walks {
        for (index, label) in outward(walk).into_iter().enumerate() {
            *sizes.entry((index, label)).or_default() += walk.1;
        }
    }
    let named = |index: usize, label: &str| {
        let mut here: Vec<_> = sizes.iter().filter(|((at, _), _)| *at == index).collect();
        here.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        here.iter().take(top).any(|((_, name), _)| name == label)
    };
    let mut nodes: BTreeMap<(usize, LabelKind, String), u64> = BTreeMap::new();
    let mut edges: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut exits: BTreeMap<String, u64> = BTreeMap::new();
    for walk in walks {
        let count = walk.1 * u64::from(BASE);
        let mut before: Option<String> = None;
        let path = outward(walk);
        let ends = walk.0.len() <= steps;
        for (index, label) in path.iter().enumerate() {
            let (kind, label) = if named(index, label) {
                (LabelKind::Label, label.clone())
            } else {
                (LabelKind::Other, OTHER.to_owned())
            };
            let id = format!("{}:{label}", signed(index));
            *nodes.entry((index, kind, label)).or_default() += count;
            if let Some(before) = before.replace(id.clone()) {
                *edges.entry((before, id)).or_default() += count;
            }
        }
        if let Some(last) = before.filter(|_| ends && path.len() < steps) {
            *exits.entry(last).or_default() += count;
        }
    }
    let mut nodes: Vec<_> = nodes.into_iter().collect();
    nodes.sort_by(|((step_a, _, a), count_a), ((step_b, _, b), count_b)| {
        step_a.cmp(step_b).then(count_b.cmp(count_a)).then(a.cmp(b))
    });
    Flow {
        unit: Unit::People,
        k: BASE,
        b: BASE,
        people: walks.iter().filter(|walk| !walk.0.is_empty()).map(|walk| walk.1).sum::<u64>()
            * u64::from(BASE),
        by_name_band: [95, 100],
        spec: PublishedSpec {
            name: "flow".to_owned(),
            asked: FlowAsked {
                anchor: anchor,
                anchor_label: None,
                until_label: None,
                steps: steps as u8,
                top: top as u8,
                drawn_for: None,
            },
            collapse: true,
            blur: false,
            rules: Vec::new(),
            cohort: PublishedCohort::default(),
        },
        nodes: nodes
            .into_iter()
            .map(|((index, kind, label), count)| FlowNode {
                id: format!("{}:{label}", signed(index)),
                step: signed(index),
                label,
                kind,
                count,
            })
            .collect(),
        edges: edges.into_iter().map(|((from, to), count)| FlowEdge { from, to, count }).collect(),
        exits: exits.into_iter().map(|(from, count)| FlowExit { from, count }).collect(),
    }
}

pub fn disclosed(flow: Flow) -> Disclosed<View> {
    Disclosed::after_control(View::Flow(flow))
}

/// Walks through a shop, the same ones every time.
pub fn shop(walkers: usize) -> Vec<Walk> {
    const NAMES: [&str; 11] = [
        "Home",
        "Catalog",
        "Search",
        "Product",
        "Filter",
        "Promo",
        "Account",
        "Add to cart",
        "Cart",
        "Shipping",
        "Wishlist",
    ];
    /// From each label to the labels that follow it, in hundredths; what is missing ends.
    const NEXT: [&[(usize, u64)]; 11] = [
        &[(1, 34), (2, 20), (3, 16), (5, 6), (6, 6), (4, 5), (7, 2)],
        &[(3, 42), (4, 16), (2, 12), (0, 10), (7, 5), (5, 3), (8, 2)],
        &[(3, 40), (1, 24), (4, 12), (0, 8), (6, 3), (10, 3)],
        &[(1, 26), (2, 18), (7, 15), (4, 12), (8, 8), (10, 5), (0, 7)],
        &[(3, 46), (1, 22), (2, 12), (7, 6), (10, 3)],
        &[(3, 40), (1, 30), (7, 10)],
        &[(0, 20), (9, 15), (8, 15), (1, 30)],
        &[(8, 56), (3, 16), (1, 14), (9, 3)],
        &[(9, 48), (3, 14), (1, 12), (6, 4)],
        &[(8, 12), (6, 12), (0, 5)],
        &[(3, 38), (7, 20), (1, 20)],
    ];
    const FIRST: [(usize, u64); 7] = [(0, 33), (1, 26), (2, 20), (3, 14), (4, 3), (5, 2), (6, 1)];
    let mut state = 7_u64;
    let mut dice = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 100
    };
    let pick = |options: &[(usize, u64)], mut rolled: u64| {
        options.iter().find_map(|&(label, share)| {
            if rolled < share {
                return Some(label);
            }
            rolled -= share;
            None
        })
    };
    (0..walkers)
        .map(|_| {
            let mut labels = Vec::new();
            let mut here = pick(&FIRST, dice());
            while let Some(label) = here.filter(|_| labels.len() < 14) {
                labels.push(NAMES[label].to_owned());
                here = pick(NEXT[label], dice());
            }
            (labels, 1)
        })
        .collect()
}

/// Labels of every kind of trouble.
pub fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][a-z]{2,9}",
        "[A-Za-z <>&\"']{0,60}",
        "\\PC{1,30}",
        "[\u{5B57}-\u{5B5F}]{1,30}",
        "[\u{627}-\u{63A} ]{1,40}",
        Just("Other (label)".to_owned()),
        Just("\u{202E}\u{0}\u{7}".to_owned()),
    ]
}

/// A random flow that conserves people.
pub fn any_flow() -> impl Strategy<Value = Flow> {
    (prop::collection::vec(label(), 1..30), 2_usize..=12, 1_usize..=50, any::<bool>())
        .prop_flat_map(|(names, steps, top, start)| {
            let anchor = if start { Side::Start } else { Side::End };
            let walk = (
                prop::collection::vec(prop::sample::select(names), 1..14),
                prop_oneof![1_u64..5, 1_u64..200, Just(1_000_000_u64)],
            );
            prop::collection::vec(walk, 1..60)
                .prop_map(move |walks| flow(&walks, steps, top, anchor))
        })
}
