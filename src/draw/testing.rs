//! Made-up views for tests. Of flows journeys are walked and counted, so every flow conserves
//! people; the others are written down by hand, one of each kind, as they could be published.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::views::{
    Breakdown, Comparison, DateBin, Disclosed, Filter, Flow, FlowAsked, FlowEdge, FlowExit,
    FlowNode, Funnel, FunnelAsked, FunnelStep, Grain, LabelKind, Map, MapAsked, MapEdge, MapEnd,
    MapNode, OTHER, OTHER_SEGMENTS, Order, Pair, Path, PathStep, Paths, PublishedCohort,
    PublishedSpec, Quantiles, Segment, Side, SplitAsked, TimeBin, Timing, TimingAsked, Trend,
    TrendAsked, Unit, View,
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
                anchor,
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

/// The thresholds of the views by hand.
const K: u32 = 10;

fn asked<A>(name: &str, asked: A, cohort: &PublishedCohort) -> PublishedSpec<A> {
    PublishedSpec {
        name: name.to_owned(),
        asked,
        collapse: true,
        blur: true,
        rules: Vec::new(),
        cohort: cohort.clone(),
    }
}

fn kind_of(label: &str) -> LabelKind {
    if label == OTHER { LabelKind::Other } else { LabelKind::Label }
}

pub fn small_flow(cohort: &PublishedCohort) -> View {
    let walk = |labels: &[&str], bases| (labels.iter().map(|l| (*l).to_owned()).collect(), bases);
    let walks: [Walk; 3] = [
        walk(&["Home", "Search", "Buy"], 8),
        walk(&["Home", "Search"], 5),
        walk(&["Search", "Home"], 4),
    ];
    let mut flow = flow(&walks, 3, 8, Side::Start);
    let label = |id: &str| id.split_once(':').map(|(_, label)| label.to_owned());
    let step = |id: &str| id.split_once(':').map(|(step, _)| step.to_owned());
    flow.edges.sort_by_key(|edge| {
        (step(&edge.from), u64::MAX - edge.count, label(&edge.from), label(&edge.to))
    });
    flow.exits.sort_by_key(|exit| (step(&exit.from), u64::MAX - exit.count, label(&exit.from)));
    flow.k = K;
    flow.spec = asked("flow", flow.spec.asked, cohort);
    View::Flow(flow)
}

pub fn map(unit: Unit, times: bool, cohort: &PublishedCohort) -> View {
    let node = |(label, count): (&str, u64)| MapNode {
        label: label.to_owned(),
        kind: kind_of(label),
        count,
    };
    let end = |(label, count): (&str, u64)| MapEnd {
        label: label.to_owned(),
        kind: kind_of(label),
        count,
    };
    let bins = vec![
        TimeBin { from: 0, to: Some(600), count: 30 },
        TimeBin { from: 600, to: Some(3_600), count: 25 },
        TimeBin { from: 3_600, to: None, count: 15 },
    ];
    let edge = |(from, to, count): (&str, &str, u64)| MapEdge {
        from: from.to_owned(),
        to: to.to_owned(),
        count,
        bins: if times && count == 70 { bins.clone() } else { Vec::new() },
        median_secs: (times && count == 70).then_some(1_200),
    };
    View::Map(Map {
        unit,
        k: K,
        b: BASE,
        people: 120,
        by_name_band: [90, 95],
        spec: asked(
            "map",
            MapAsked {
                activities: 100,
                paths: 100,
                skip_rare: false,
                times,
                cap: (unit != Unit::People).then_some(5),
                folded: false,
            },
            cohort,
        ),
        nodes: [("Home", 105), ("Search", 80), ("Buy", 40), (OTHER, 15)].map(node).to_vec(),
        edges: [("Home", "Search", 70), ("Search", "Buy", 35), ("Search", OTHER, 10)]
            .map(edge)
            .to_vec(),
        starts: [("Home", 100), ("Search", 20)].map(end).to_vec(),
        ends: [("Home", 45), ("Buy", 40), ("Search", 35)].map(end).to_vec(),
    })
}

pub fn paths(cohort: &PublishedCohort) -> View {
    let path = |(labels, ends, count): (&[&str], bool, u64)| Path {
        steps: labels
            .iter()
            .map(|label| PathStep { label: (*label).to_owned(), kind: kind_of(label) })
            .collect(),
        ends,
        count,
    };
    View::Paths(Paths {
        unit: Unit::People,
        k: K,
        b: BASE,
        people: 150,
        by_name_band: [85, 90],
        spec: asked(
            "paths",
            FlowAsked {
                anchor: Side::Start,
                anchor_label: None,
                until_label: None,
                steps: 3,
                top: 8,
                drawn_for: None,
            },
            cohort,
        ),
        paths: [
            (&["Home", "Search", "Buy"] as &[&str], false, 95),
            (&["Home", "Search"], true, 30),
            (&["Search", OTHER, OTHER], false, 15),
            (&["Search"], true, 10),
        ]
        .map(path)
        .to_vec(),
    })
}

pub fn funnel(cohort: &PublishedCohort) -> View {
    let step = |(label, count): (&str, u64)| FunnelStep { label: label.to_owned(), count };
    View::Funnel(Funnel {
        unit: Unit::People,
        k: K,
        b: BASE,
        people: 3_525,
        by_name_band: [95, 100],
        spec: asked(
            "funnel",
            FunnelAsked {
                order: Order::This,
                optional: vec!["Cart".to_owned()],
                exclude: vec!["Refund".to_owned()],
                window_secs: Some(604_800),
            },
            cohort,
        ),
        steps: [("Product", 2_810), ("Cart", 845), ("Payment", 345), ("Purchase", 120)]
            .map(step)
            .to_vec(),
        time_to_convert: vec![
            TimeBin { from: 0, to: Some(3_600), count: 70 },
            TimeBin { from: 3_600, to: Some(86_400), count: 35 },
            TimeBin { from: 86_400, to: None, count: 15 },
        ],
    })
}

pub fn timing(cohort: &PublishedCohort) -> View {
    let bins =
        [(0, 60, 25), (60, 300, 40), (300, 3_600, 60), (3_600, 7_200, 15), (7_200, 86_400, 10)];
    View::Timing(Timing {
        unit: Unit::People,
        k: K,
        b: BASE,
        people: 150,
        by_name_band: [95, 100],
        spec: asked(
            "timing",
            TimingAsked { from_label: "Cart".to_owned(), to_label: "Purchase".to_owned() },
            cohort,
        ),
        bins: bins.map(|(from, to, count)| TimeBin { from, to: Some(to), count }).to_vec(),
        quantiles: Quantiles { p25: Some(135), p50: Some(850), p75: Some(2_900) },
    })
}

pub fn trend(cohort: &PublishedCohort) -> View {
    let monday = jiff::civil::date(2026, 3, 2);
    let week = |at: i64| monday.checked_add(jiff::Span::new().weeks(at)).ok();
    View::Trend(Trend {
        unit: Unit::People,
        k: K,
        b: BASE,
        people: 400,
        by_name_band: [95, 100],
        spec: asked(
            "trend",
            TrendAsked { grain: Grain::Week, label: Some("Search".to_owned()) },
            cohort,
        ),
        bins: [150, 180, 90, 245, 10]
            .into_iter()
            .zip(0..)
            .map(|(count, at)| DateBin {
                from: week(at).filter(|_| at > 0),
                to: week(at + 1).filter(|_| at < 4),
                count,
            })
            .collect(),
    })
}

fn of_country(value: &str) -> PublishedCohort {
    let filter = Filter { attribute: "country".to_owned(), value: value.to_owned() };
    PublishedCohort { filters: vec![filter], ..PublishedCohort::default() }
}

fn of_no_country(values: &[&str]) -> PublishedCohort {
    let where_not = values.iter().flat_map(|value| of_country(value).filters).collect();
    PublishedCohort { where_not, ..PublishedCohort::default() }
}

/// The same view for three segments.
pub fn breakdown(of: fn(&PublishedCohort) -> View) -> View {
    let whole = of(&PublishedCohort::default());
    let segment = |label: &str, kind, cohort: &PublishedCohort| Segment {
        label: label.to_owned(),
        kind,
        view: of(cohort),
    };
    let head = whole.head();
    View::Breakdown(Breakdown {
        unit: head.unit,
        k: K,
        b: BASE,
        people: 3 * head.people,
        by_name_band: [90, 95],
        spec: asked(head.name, SplitAsked { by: "country".to_owned() }, head.cohort),
        segments: vec![
            segment("AT", LabelKind::Label, &of_country("AT")),
            segment("DE", LabelKind::Label, &of_country("DE")),
            segment(OTHER_SEGMENTS, LabelKind::Other, &of_no_country(&["AT", "DE"])),
        ],
    })
}

/// The same view for one country and for all others.
pub fn comparison(of: fn(&PublishedCohort) -> View) -> View {
    let whole = of(&PublishedCohort::default());
    let head = whole.head();
    View::Comparison(Comparison {
        unit: head.unit,
        k: K,
        b: BASE,
        people: 2 * head.people,
        by_name_band: [90, 95],
        spec: asked(head.name, SplitAsked { by: "country".to_owned() }, head.cohort),
        comparison: Pair {
            a: Box::new(of(&of_country("DE"))),
            b: Box::new(of(&of_no_country(&["DE"]))),
        },
    })
}

/// One of each kind, and of the kinds that others are made of, more.
pub fn every_kind() -> Vec<View> {
    let all = &PublishedCohort::default();
    vec![
        small_flow(all),
        map(Unit::People, true, all),
        map(Unit::Occurrences, false, all),
        paths(all),
        funnel(all),
        timing(all),
        trend(all),
        breakdown(funnel),
        breakdown(|cohort| map(Unit::People, false, cohort)),
        breakdown(paths),
        comparison(small_flow),
        comparison(timing),
        comparison(trend),
    ]
}

pub fn seal(view: View) -> Disclosed<View> {
    Disclosed::after_control(view)
}
