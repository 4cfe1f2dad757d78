//! Packages made by hand with what follows from them, and random ones against all relations
//! written down at once.

use std::collections::BTreeMap;

use super::{Arcs, Attack, CellRef, Leak, Place, joint, understand};
use crate::audit::{Refused, Steps};
use crate::views::{
    Breakdown, Comparison, DateBin, Filter, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, Funnel,
    FunnelAsked, FunnelStep, Grain, LabelKind, Map, MapAsked, MapEdge, MapEnd, MapNode, OTHER,
    OTHER_SEGMENTS, Order, Pair, Path, PathStep, Paths, PublishedCohort, PublishedSpec, Quantiles,
    Segment, Side, SplitAsked, TimeBin, Timing, TimingAsked, Trend, TrendAsked, Unit, View,
};

pub(super) fn spec<A>(asked: A, cohort: &PublishedCohort) -> PublishedSpec<A> {
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

pub(super) fn everybody() -> PublishedCohort {
    PublishedCohort::default()
}

pub(super) fn with(attribute: &str, value: &str) -> PublishedCohort {
    let filter = Filter { attribute: attribute.to_owned(), value: value.to_owned() };
    PublishedCohort { filters: vec![filter], ..everybody() }
}

pub(super) fn without(attribute: &str, value: &str) -> PublishedCohort {
    let filter = Filter { attribute: attribute.to_owned(), value: value.to_owned() };
    PublishedCohort { where_not: vec![filter], ..everybody() }
}

/// A map of k = 10 and b = 5 in short: `A 60`, `A>B 55`, `>A 60`, `A> 60`.
pub(super) fn map(cohort: &PublishedCohort, people: u64, cells: &[(&str, u64)]) -> View {
    map_at((10, 5), cohort, people, cells)
}

pub(super) fn map_at(
    (k, b): (u32, u32),
    cohort: &PublishedCohort,
    people: u64,
    cells: &[(&str, u64)],
) -> View {
    let asked = MapAsked {
        activities: 100,
        paths: 100,
        skip_rare: false,
        times: false,
        cap: None,
        folded: false,
    };
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
pub(super) fn flow(
    cohort: &PublishedCohort,
    steps: u8,
    people: u64,
    cells: &[(&str, u64)],
) -> View {
    flow_at((10, 5), cohort, steps, people, cells)
}

pub(super) fn flow_at(
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

#[test]
fn the_same_number_rounded_in_two_ways_is_known_better() {
    let view = |k_and_b, a, edge| {
        map_at(k_and_b, &everybody(), 100, &[("A", a), ("A>B", edge), ("B", 100)])
    };
    // A is 56 to 64 and A>B 46 to 54; by another base they are 41 to 59 and 51 to 69.
    let [fine, coarse] = [view((10, 5), 60, 50), view((10, 10), 50, 60)];
    assert_eq!(found(&[&fine]), Vec::<String>::new());
    assert_eq!(found(&[&coarse]), Vec::<String>::new());
    // Together 56 to 59 and 51 to 54: 2 to 8 of A never go on to B.
    let leaks = attack(&[&fine, &coarse]).unwrap();
    assert_eq!(
        leaks[0].finding.to_string(),
        "views/0.json, node 1: by what the numbers mean and how they are rounded, the people there \
         who are not in views/0.json, edge 1 are provably 1 to 9; fold one of these numbers, show a \
         view less finely, or leave one out."
    );
    let cell = |view, cell| CellRef { view, part: 0, cell };
    assert_eq!(
        leaks[0].cells,
        [
            cell(0, Place::Node(0)),
            cell(0, Place::Edge(0)),
            cell(1, Place::Node(0)),
            cell(1, Place::Edge(0))
        ]
    );
    // A base that tells no more, and one that contradicts.
    assert_eq!(found(&[&fine, &view((10, 10), 60, 50)]), Vec::<String>::new());
    assert_eq!(attack(&[&fine, &view((10, 10), 80, 50)]), Err(Refused::Infeasible));
}

fn found_between(views: &[&View], place: &str) -> Vec<String> {
    found(views).into_iter().filter(|finding| finding.contains(place)).collect()
}

#[test]
fn a_base_that_does_not_go_with_k_is_found_out_from_a_node_and_its_edge() {
    // Design 13, were the policy to allow it: node A 60 and edge A>B 50 with k = 20 and b = 5.
    let cells = [("A", 60), ("B", 60), ("A>B", 50)];
    let leaks = found(&[&map_at((20, 5), &everybody(), 100, &cells)]);
    assert!(leaks.iter().any(|leak| leak.contains("views/0.json, node 1: ")), "{leaks:?}");
    assert!(leaks.iter().all(|leak| leak.contains("provably 1 to 19")), "{leaks:?}");
    assert!(crate::views::Policy::new(20, Some(5)).is_err(), "and the policy does not");
}

#[test]
fn what_is_hidden_in_one_segment_stands_between_the_others_and_the_whole() {
    let whole = map(&everybody(), 200, &[("A", 200), ("B", 150), ("A>B", 100)]);
    let x = map(&with("country", "x"), 150, &[("A", 150), ("B", 130), ("A>B", 90)]);
    let y = map(&with("country", "y"), 50, &[("A", 50), ("B", 20)]);
    assert_eq!(found(&[&whole, &x]), Vec::<String>::new(), "y is not known to be the rest");
    let leaks = found(&[&whole, &breakdown(200, vec![("x", x), ("y", y)])]);
    let hidden = "views/1.json, segment 2, the edge from node 1 to node 2 that is not shown";
    assert!(leaks.iter().any(|leak| leak.starts_with(hidden)), "{leaks:?}");
    assert!(leaks.iter().all(|leak| !leak.contains("\"A\"")));
}

fn breakdown(people: u64, segments: Vec<(&str, View)>) -> View {
    let segments = segments
        .into_iter()
        .map(|(label, view)| Segment {
            label: label.to_owned(),
            kind: if label == OTHER_SEGMENTS { LabelKind::Other } else { LabelKind::Label },
            view,
        })
        .collect();
    View::Breakdown(Breakdown {
        unit: Unit::People,
        k: 10,
        b: 5,
        people,
        by_name_band: [95, 100],
        spec: spec(SplitAsked { by: "country".to_owned() }, &everybody()),
        segments,
    })
}

#[test]
fn segments_that_leave_room_are_safe_with_the_whole() {
    let whole = map(&everybody(), 200, &[("A", 200), ("B", 150), ("A>B", 100)]);
    let x = map(&with("country", "x"), 150, &[("A", 150), ("B", 130), ("A>B", 80)]);
    let y = map(&with("country", "y"), 50, &[("A", 50), ("B", 20), ("A>B", 15)]);
    assert_eq!(found(&[&whole, &breakdown(200, vec![("x", x), ("y", y)])]), Vec::<String>::new());
}

/// 11 or more go on to B in the flow, and no segment has B: each has fewer than k there, and so 2
/// or more.
#[test]
fn segments_that_are_silent_tell_beside_a_flow() {
    let flow = |count| {
        let cells = [
            ("1:A", 200),
            ("1:A>B", count),
            ("1:A>Other", 200 - count),
            ("2:B", count),
            ("2:Other", 200 - count),
        ];
        flow(&everybody(), 2, 200, &cells)
    };
    let segment = |value| map(&with("country", value), 100, &[("A", 100), ("C", 90), ("A>C", 80)]);
    let silent = breakdown(200, vec![("x", segment("x")), ("y", segment("y"))]);
    assert!(!found(&[&flow(15), &silent]).is_empty());
    assert_eq!(found(&[&silent]), Vec::<String>::new());
}

#[test]
fn the_complement_of_a_filter_is_what_is_left_of_everybody() {
    let rule = |whole, part| {
        found(&[
            &map_at((20, 5), &everybody(), whole, &[("Other", whole)]),
            &map_at((20, 5), &with("country", "x"), part, &[("Other", part)]),
        ])
    };
    assert_eq!(rule(60, 50).len(), 1, "2 to 18 people have another country");
    assert_eq!(rule(60, 55), Vec::<String>::new());
    assert_eq!(rule(100, 60), Vec::<String>::new());
    // Told as two sides, the other one is published, and so has k people.
    let pair = Pair {
        a: Box::new(map_at((20, 5), &with("country", "x"), 50, &[("Other", 50)])),
        b: Box::new(map_at((20, 5), &without("country", "x"), 20, &[("Other", 20)])),
    };
    let sides = View::Comparison(Comparison {
        unit: Unit::People,
        k: 20,
        b: 5,
        people: 70,
        by_name_band: [95, 100],
        spec: spec(SplitAsked { by: "country".to_owned() }, &everybody()),
        comparison: pair,
    });
    assert_eq!(
        found(&[&map_at((20, 5), &everybody(), 65, &[("Other", 65)]), &sides]),
        Vec::<String>::new()
    );
    let narrow = map_at((20, 5), &everybody(), 40, &[("Other", 40)]);
    assert_eq!(attack(&[&narrow, &sides]), Err(Refused::Infeasible), "46 + 20 are more than 44");
}

#[test]
fn who_did_something_is_a_cohort_and_a_node() {
    let did = PublishedCohort { did: vec!["A".to_owned()], ..everybody() };
    let did_not = PublishedCohort { did_not: vec!["A".to_owned()], ..everybody() };
    let whole = map_at((20, 5), &everybody(), 100, &[("A", 60), ("B", 80)]);
    let same = map_at((20, 5), &did, 65, &[("A", 65)]);
    // 61 to 64 people did A: the bins meet, and nothing is small.
    assert_eq!(found(&[&whole, &same]), Vec::<String>::new());
    let off = map_at((20, 5), &did, 75, &[("Other", 75)]);
    assert_eq!(attack(&[&whole, &off]), Err(Refused::Infeasible));
    // 96 to 104 people, 86 to 94 of whom never did A: 2 to 18 did.
    let whole = map_at((20, 5), &everybody(), 100, &[("B", 80), ("Other", 90)]);
    assert!(!found(&[&whole, &map_at((20, 5), &did_not, 90, &[("Other", 90)])]).is_empty());
}

#[test]
fn a_drawing_and_a_map_are_one_population() {
    // Drawn: 46 to 54 start with A. True: 56 to 64. Between them nothing small is proven with
    // k = 10, b = 5, but it is with k = 20.
    let cells =
        [("1:A", 50), ("1:Other", 50), ("1:A>Other", 50), ("1:Other>Other", 50), ("2:Other", 100)];
    let starts = [("A", 60), ("B", 80), (">A", 60), (">B", 40)];
    let safe = [flow(&everybody(), 2, 100, &cells), map(&everybody(), 100, &starts)];
    assert_eq!(found(&[&safe[0], &safe[1]]), Vec::<String>::new());
    let leaks = found(&[
        &flow_at((20, 5), &everybody(), 2, 100, &cells),
        &map_at((20, 5), &everybody(), 100, &starts),
    ]);
    let start = "views/1.json, start 1: by what the numbers mean and how they are rounded, the \
                 people there who are not in views/0.json, node 1 are provably 1 to 19";
    assert!(leaks.iter().any(|leak| leak.starts_with(start)), "{leaks:?}");
}

/// Found by somebody who attacked whole packages: everybody takes some step, and fewer than k take
/// one that is not shown.
#[test]
fn who_takes_no_shown_step_takes_a_hidden_one() {
    let leaks = |people| {
        found(&[&map(&everybody(), people, &[("A", 35), (">Other", people), ("Other>", people)])])
    };
    // 41 to 49 people, 31 to 39 at A: 2 or more elsewhere, and fewer than 10.
    assert!(leaks(45)[0].starts_with("views/0.json, people"), "{:?}", leaks(45));
    // 36 to 44 people: everybody may be at A.
    assert!(!leaks(40).iter().any(|leak| leak.starts_with("views/0.json, people")));
}

/// Found in the same way: 46 or more people and 44 or fewer at B, so 2 or more are never there. All
/// of them start at A, and of 34 or fewer there 26 or more go on to B.
#[test]
fn who_never_takes_a_step_starts_elsewhere_and_stays_away() {
    let cells = |edge| {
        [("A", 30), ("B", 40), ("A>B", edge), (">A", 30), (">B", 20), ("B>", 40), ("Other>", 10)]
    };
    let leaks = |edge| found(&[&map(&everybody(), 50, &cells(edge))]);
    assert!(
        leaks(30).iter().any(|leak| leak.starts_with("views/0.json, people")),
        "{:?}",
        leaks(30)
    );
}

#[test]
fn starts_and_ends_are_everybody() {
    // 46 to 54 and 26 to 34 are not 96 to 104, and nobody starts elsewhere.
    for cells in [
        [("A", 80), ("B", 70), (">A", 50), (">B", 30), ("A>", 60), ("B>", 40)],
        [("A", 80), ("B", 70), (">A", 60), (">B", 40), ("A>", 50), ("B>", 30)],
    ] {
        let map = map(&everybody(), 100, &cells);
        let attacked = joint(&[("views/0.json", &map)], &mut Steps::default());
        assert_eq!(attacked.err(), Some(Refused::Infeasible));
    }
}

#[test]
fn where_the_shown_edges_do_not_suffice_an_absent_one_has_somebody() {
    // 96 to 104 are at A; 31 to 39 end there and 36 to 44 go on to B. So 13 or more go to C or to
    // labels that are not shown, and fewer than k to each of the two: at least 4.
    let cells =
        |end| vec![("A", 100), ("B", 80), ("C", 50), ("A>B", 40), ("A>", end), ("B>", 100 - end)];
    let leaks = |end| found_between(&[&map(&everybody(), 100, &cells(end))], "not shown");
    let hidden = "views/0.json, the edge from node 1 to node 3 that is not shown";
    assert!(leaks(35).iter().any(|leak| leak.starts_with(hidden)), "{:?}", leaks(35));
    // With 41 to 49 who end there it is 3 or more in the two: only who is in one of them learns of
    // the other.
    let inside = "somebody who is in one of these groups";
    assert!(leaks(45).iter().all(|leak| leak.contains(inside)), "{:?}", leaks(45));
    assert_eq!(leaks(45).len(), 1);
}

#[test]
fn times_cut_in_two_ways_leave_a_group_between_the_cuts() {
    let timing = |bins: &[(u64, Option<u64>, u64)]| {
        let asked = TimingAsked { from_label: "A".to_owned(), to_label: "B".to_owned() };
        View::Timing(Timing {
            unit: Unit::People,
            k: 20,
            b: 5,
            people: bins.iter().map(|bin| bin.2).sum(),
            by_name_band: [95, 100],
            spec: spec(asked, &everybody()),
            bins: bins.iter().map(|&(from, to, count)| TimeBin { from, to, count }).collect(),
            quantiles: Quantiles::default(),
        })
    };
    let one = timing(&[(0, Some(60), 50), (60, None, 60)]);
    let two = timing(&[(0, Some(120), 60), (120, None, 50)]);
    assert_eq!(found(&[&one]), Vec::<String>::new());
    assert!(!found(&[&one, &two]).is_empty(), "2 to 18 people took 60 to 120 seconds");
    let far = timing(&[(0, Some(120), 80), (120, None, 30)]);
    assert_eq!(found(&[&one, &far]), Vec::<String>::new());
}

#[test]
fn an_interval_of_a_trend_and_a_window_are_the_same_people() {
    let day = |day| jiff::civil::date(2024, 1, day);
    let trend = View::Trend(Trend {
        unit: Unit::People,
        k: 20,
        b: 5,
        people: 90,
        by_name_band: [95, 100],
        spec: spec(TrendAsked { grain: Grain::Week, label: None }, &everybody()),
        bins: vec![
            DateBin { from: None, to: Some(day(8)), count: 60 },
            DateBin { from: Some(day(8)), to: None, count: 55 },
        ],
    });
    assert_eq!(found(&[&trend]), Vec::<String>::new());
    let first = PublishedCohort { to: Some(day(7)), ..everybody() };
    let same = map_at((20, 5), &first, 70, &[]);
    assert_eq!(attack(&[&trend, &same]), Err(Refused::Infeasible), "56 to 64 are not 66 to 74");
    let a = map_at((20, 5), &first, 60, &[("A", 50)]);
    assert!(!found(&[&trend, &a]).is_empty(), "2 to 18 of them never did A");
}

#[test]
fn people_and_sessions_of_one_cohort_are_a_finding() {
    // Design 14b.
    let people = map(&everybody(), 60, &SIMPLE);
    let View::Flow(mut sessions) = flow(&everybody(), 2, 150, &[("1:A", 150), ("1:A>", 150)])
    else {
        unreachable!()
    };
    sessions.unit = Unit::Sessions;
    let sessions = View::Flow(sessions);
    let leaks = attack(&[&people, &sessions]).unwrap();
    assert_eq!(leaks.len(), 1);
    assert_eq!(leaks[0].finding.place, "views/1.json");
    assert!(leaks[0].finding.what.contains("views/0.json"));
    assert_eq!(found(&[&sessions]), Vec::<String>::new());
}

#[test]
fn paths_and_a_funnel_are_tied_to_the_map_too() {
    let step = |label: &str| PathStep { label: label.to_owned(), kind: kind(label) };
    let asked = FlowAsked {
        anchor: Side::Start,
        anchor_label: None,
        until_label: None,
        steps: 3,
        top: 8,
        drawn_for: None,
    };
    let paths = View::Paths(Paths {
        unit: Unit::People,
        k: 20,
        b: 5,
        people: 100,
        by_name_band: [95, 100],
        spec: spec(asked, &everybody()),
        paths: vec![
            Path { steps: vec![step("A"), step("B")], ends: true, count: 25 },
            Path { steps: vec![step("A"), step("C"), step("B")], ends: true, count: 25 },
            Path { steps: vec![step(OTHER)], ends: true, count: 50 },
        ],
    });
    // 46 to 54 drawn people start with A, 56 to 64 do.
    let starts = [("A", 100), ("B", 100), ("C", 100), (">A", 60), (">B", 40)];
    let leaks = found(&[&paths, &map_at((20, 5), &everybody(), 100, &starts)]);
    assert!(leaks.iter().any(|leak| leak.contains("views/1.json, start 1: ")), "{leaks:?}");

    let asked = FunnelAsked {
        order: Order::This,
        optional: Vec::new(),
        exclude: Vec::new(),
        window_secs: None,
    };
    let steps = [("A", 80), ("B", 50)];
    let funnel = View::Funnel(Funnel {
        unit: Unit::People,
        k: 20,
        b: 5,
        people: 100,
        by_name_band: [95, 100],
        spec: spec(asked, &everybody()),
        steps: steps.map(|(label, count)| FunnelStep { label: label.to_owned(), count }).to_vec(),
        time_to_convert: Vec::new(),
    });
    assert_eq!(found(&[&funnel]), Vec::<String>::new());
    let nodes = [("A", 100), ("B", 60)];
    let leaks = found(&[&funnel, &map_at((20, 5), &everybody(), 100, &nodes)]);
    assert!(
        leaks.iter().any(|leak| leak.starts_with("views/1.json, node 2: ")
            && leak.contains("not in views/0.json, step 2 ")),
        "{leaks:?}"
    );
}

#[test]
fn used_up_steps_refuse() {
    let map = map(&everybody(), 60, &SIMPLE);
    let found = joint(&[("views/map.json", &map)], &mut Steps::new(50));
    assert_eq!(found, Err(Refused::Steps));
}

#[test]
fn a_view_of_nobody_says_nothing() {
    let nobody = map(&everybody(), 0, &[]);
    assert_eq!(found(&[&nobody, &map(&everybody(), 60, &SIMPLE)]), Vec::<String>::new());
    assert_eq!(found(&[&nobody]), Vec::<String>::new());
}

/// Draws of a test, the same every time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Journeys of weighted templates, and what a package of them would say. Numbers are rounded up or
/// down as it falls; drawings have weights that need no rounding, and everybody else is in `Other`.
pub(super) struct World {
    pub(super) k: u32,
    b: u32,
    /// Labels, people, whether they are drawn by name, and whether they belong to the first segment.
    pub(super) templates: Vec<(Vec<usize>, u64, bool, bool)>,
}

pub(super) const NAMES: [&str; 4] = ["A", "B", "C", "D"];

impl World {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let (k, b) = [(10, 5), (20, 5), (20, 5), (5, 1)][dice.below(4) as usize];
        let mut templates = Vec::new();
        for number in 0..3 + dice.below(4) {
            let mut labels: Vec<usize> =
                (0..=dice.below(3)).map(|_| dice.below(4) as usize).collect();
            labels.dedup();
            let drawn = number < 3;
            let people = if drawn {
                u64::from(k) + u64::from(b) * dice.below(4)
            } else {
                1 + dice.below(u64::from(k))
            };
            templates.push((labels, people, drawn, dice.below(2) == 0));
        }
        // Those in `Other` are nobody or k people at least, and need no rounding either.
        let rest: u64 = templates.iter().skip(3).map(|template| template.1).sum();
        if rest > 0 {
            let enough = rest.max(u64::from(k)).next_multiple_of(u64::from(b));
            templates[3].1 += enough - rest;
        }
        Self { k, b, templates }
    }

    fn round(&self, dice: &mut Dice, count: u64) -> u64 {
        let b = u64::from(self.b);
        let floor = count / b * b;
        if count > floor && dice.below(2) == 0 { floor + b } else { floor }
    }

    /// A map of one segment or of everybody.
    pub(super) fn map(
        &self,
        dice: &mut Dice,
        cohort: &PublishedCohort,
        segment: Option<bool>,
    ) -> View {
        let k = u64::from(self.k);
        let own: Vec<&(Vec<usize>, u64, bool, bool)> = self
            .templates
            .iter()
            .filter(|template| segment.is_none_or(|segment| segment == template.3))
            .collect();
        let all = own.iter().map(|template| template.1).sum();
        // Rare labels become `Other`, which is shown if it has k people.
        let at = |label: usize| -> u64 {
            let here = own.iter().filter(|template| template.0.contains(&label));
            here.map(|template| template.1).sum()
        };
        let name = |label: usize| {
            if at(label) < k { OTHER } else { NAMES[label] }
        };
        let mut cells: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
        for (labels, people, ..) in &own {
            let mut told: Vec<String> = labels.iter().map(|at| name(*at).to_owned()).collect();
            let pairs = labels.windows(2);
            told.extend(pairs.map(|pair| format!("{}>{}", name(pair[0]), name(pair[1]))));
            told.push(format!(">{}", name(labels[0])));
            told.push(format!("{}>", name(labels[labels.len() - 1])));
            told.sort();
            told.dedup();
            for cell in told {
                *cells.entry(cell).or_default() += people;
            }
        }
        // Small starts and ends are folded so that the rest is nobody or has k people.
        for is_start in [true, false] {
            let is_end =
                |cell: &str| if is_start { cell.starts_with('>') } else { cell.ends_with('>') };
            let mut ends: Vec<(u64, String)> = cells
                .iter()
                .filter(|(cell, _)| is_end(cell) && !cell.contains(OTHER))
                .map(|(cell, people)| (*people, cell.clone()))
                .collect();
            ends.sort();
            let other = if is_start { ">Other" } else { "Other>" };
            let mut folded = cells.remove(other).unwrap_or(0);
            for (people, cell) in ends {
                if people < k || (folded > 0 && folded < k) {
                    folded += people;
                    cells.remove(&cell);
                }
            }
            if folded > 0 {
                cells.insert(other.to_owned(), folded);
            }
        }
        let names: Vec<String> = cells
            .iter()
            .filter(|(cell, n)| !cell.contains('>') && **n >= k)
            .map(|(c, _)| c.clone())
            .collect();
        let shown: Vec<(String, u64)> = cells
            .into_iter()
            .filter(|(cell, people)| {
                *people >= k
                    && cell.split('>').all(|end| {
                        end.is_empty() || end == OTHER || names.iter().any(|name| name == end)
                    })
            })
            .map(|(cell, people)| (cell, self.round(dice, people)))
            .collect();
        let people = self.round(dice, all);
        let cells: Vec<(&str, u64)> = shown.iter().map(|(cell, n)| (cell.as_str(), *n)).collect();
        map_at((self.k, self.b), cohort, people, &cells)
    }

    pub(super) fn flow(&self) -> View {
        let mut cells: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
        let mut rest = 0;
        let mut all = 0;
        for (labels, people, drawn, _) in &self.templates {
            if !drawn {
                rest += people;
                continue;
            }
            all += people;
            for (at, label) in labels.iter().take(2).enumerate() {
                *cells.entry(format!("{}:{}", at + 1, NAMES[*label])).or_default() += people;
            }
            let first = NAMES[labels[0]];
            let next = labels.get(1).map_or("", |label| NAMES[*label]);
            *cells.entry(format!("1:{first}>{next}")).or_default() += people;
        }
        if rest > 0 {
            for cell in ["1:Other", "1:Other>Other", "2:Other"] {
                cells.insert(cell.to_owned(), rest);
            }
        }
        let cells: Vec<(&str, u64)> = cells.iter().map(|(cell, n)| (cell.as_str(), *n)).collect();
        flow_at((self.k, self.b), &everybody(), 2, all + rest, &cells)
    }

    /// A package of some views, by the seed.
    pub(super) fn package(&self, dice: &mut Dice, seed: u64) -> Vec<View> {
        let mut views = vec![self.map(dice, &everybody(), None)];
        if seed.is_multiple_of(2) {
            views.push(self.flow());
        }
        if seed % 4 == 1 {
            views.push(self.paths());
        }
        if seed.is_multiple_of(7) {
            views.push(self.funnel());
        }
        let k = u64::from(self.k);
        if seed.is_multiple_of(3) && self.all(Some(true)) >= k && self.all(Some(false)) >= k {
            let x = self.map(dice, &with("country", "x"), Some(true));
            let y = self.map(dice, &without("country", "x"), Some(false));
            views.extend([x, y]);
        }
        if seed.is_multiple_of(5) {
            views.push(self.map(dice, &everybody(), None));
        }
        views
    }

    pub(super) fn all(&self, segment: Option<bool>) -> u64 {
        let is_in = |own: bool| segment.is_none_or(|segment| segment == own);
        self.templates.iter().filter(|template| is_in(template.3)).map(|template| template.1).sum()
    }

    pub(super) fn paths(&self) -> View {
        let mut counts: std::collections::BTreeMap<(Vec<PathStep>, bool), u64> =
            std::collections::BTreeMap::new();
        for (labels, people, drawn, _) in &self.templates {
            let step = |label: &str| PathStep { label: label.to_owned(), kind: kind(label) };
            let steps = if *drawn {
                labels.iter().take(2).map(|at| step(NAMES[*at])).collect()
            } else {
                vec![step(OTHER); 2]
            };
            *counts.entry((steps, *drawn && labels.len() <= 2)).or_default() += people;
        }
        let asked = FlowAsked {
            anchor: Side::Start,
            anchor_label: None,
            until_label: None,
            steps: 2,
            top: 8,
            drawn_for: None,
        };
        View::Paths(Paths {
            unit: Unit::People,
            k: self.k,
            b: self.b,
            people: self.all(None),
            by_name_band: [95, 100],
            spec: spec(asked, &everybody()),
            paths: counts
                .into_iter()
                .map(|((steps, ends), count)| Path { steps, ends, count })
                .collect(),
        })
    }

    /// A, then B.
    pub(super) fn funnel(&self) -> View {
        let mut counts = [0, 0];
        for (labels, people, ..) in self.templates.iter().filter(|template| template.2) {
            if let Some(first) = labels.iter().position(|label| *label == 0) {
                counts[0] += people;
                counts[1] += if labels[first..].contains(&1) { *people } else { 0 };
            }
        }
        let asked = FunnelAsked {
            order: Order::This,
            optional: Vec::new(),
            exclude: Vec::new(),
            window_secs: None,
        };
        View::Funnel(Funnel {
            unit: Unit::People,
            k: self.k,
            b: self.b,
            people: self.all(None),
            by_name_band: [95, 100],
            spec: spec(asked, &everybody()),
            steps: ["A", "B"]
                .into_iter()
                .zip(counts)
                .map(|(label, count)| FunnelStep { label: label.to_owned(), count })
                .collect(),
            time_to_convert: Vec::new(),
        })
    }
}

/// All targets that are small, by all relations written down at once.
fn small_by_everything(
    views: &[(&str, &View)],
    by_intervals: bool,
) -> Result<Vec<String>, Refused> {
    let mut steps = Steps::default();
    let (model, _) = understand(views, &BTreeMap::new(), &mut steps)?;
    let Attack { system, targets, groups, .. } = Attack::new(&model, Arcs::All);
    let small = if by_intervals {
        let terms: Vec<_> = groups.iter().map(|group| group.terms.clone()).collect();
        let found = system.intervals(&terms, &mut steps)?;
        found.iter().zip(&groups).map(|(found, group)| found.is_small_group(group.k)).collect()
    } else {
        let nothing = crate::audit::search::NoMore;
        crate::audit::search::Search::new(system, &nothing, &mut steps)?
            .small(&groups, &mut steps)?
    };
    Ok(named(&targets, &small))
}

fn named(targets: &[super::Target], small: &[bool]) -> Vec<String> {
    let mut named: Vec<String> = targets
        .iter()
        .zip(small)
        .filter(|(_, small)| **small)
        .map(|(target, _)| {
            let mut target = target.clone();
            target.sort_unstable();
            format!("{target:?}")
        })
        .collect();
    named.sort();
    named.dedup();
    named
}

#[test]
fn the_answer_is_that_of_all_relations_at_once() {
    let mut found = 0;
    for seed in 1..=300 {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
        let world = World::new(&mut dice);
        let views = world.package(&mut dice, seed);
        let named_views: Vec<(&str, &View)> = views.iter().map(|view| ("view", view)).collect();
        let mut steps = Steps::default();
        let (model, _) = understand(&named_views, &BTreeMap::new(), &mut steps).unwrap();
        let [ours, by_cuts] = [Arcs::Tied, Arcs::Few].map(|arcs| {
            super::attacked(&model, arcs, None, &mut steps).map(|asked| {
                let (targets, small): (Vec<_>, Vec<_>) =
                    asked.into_iter().map(|asked| (asked.target, asked.is_small)).unzip();
                named(&targets, &small)
            })
        });
        let all = small_by_everything(&named_views, seed % 10 == 0);
        assert_eq!(ours, all, "seed {seed}");
        assert_eq!(by_cuts, all, "seed {seed}, by cuts");
        // What is true does not contradict itself.
        found += usize::from(!ours.unwrap().is_empty());
    }
    assert!(found > 30, "only {found} of 300 packages leak");
}

/// A package of the largest size: a map of many nodes and edges, and a flow and paths of as many
/// steps and labels as can be asked for, all of the same people.
fn large(dice: &mut Dice, labels: u64, edges: usize, steps: usize) -> Vec<View> {
    let (k, b) = (10, 5);
    let mut journeys: Vec<(Vec<u64>, u64)> = Vec::new();
    let mut pairs = std::collections::BTreeSet::new();
    while pairs.len() < edges {
        let mut at = dice.below(labels);
        let mut journey = vec![at];
        for _ in 0..dice.below(2 * steps as u64) {
            // Some labels are far more frequent than others.
            let most = 1 + dice.below(labels);
            let next = dice.below(most);
            if next != at {
                journey.push(next);
                pairs.insert((at, next));
            }
            at = next;
        }
        journeys.push((journey, k + b * dice.below(6)));
    }
    let name = |label: u64| format!("L{label}");
    let mut map: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    let mut flow: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    let mut all = 0;
    for (journey, people) in &journeys {
        all += people;
        let mut told: Vec<String> = journey.iter().map(|at| name(*at)).collect();
        told.extend(journey.windows(2).map(|pair| format!("{}>{}", name(pair[0]), name(pair[1]))));
        told.push(format!(">{}", name(journey[0])));
        told.push(format!("{}>", name(journey[journey.len() - 1])));
        told.sort();
        told.dedup();
        for cell in told {
            *map.entry(cell).or_default() += people;
        }
        for (at, label) in journey.iter().take(steps).enumerate() {
            let here = format!("{}:{}", at + 1, name(*label));
            *flow.entry(here.clone()).or_default() += people;
            if at + 1 < steps {
                let next = journey.get(at + 1).map_or_else(String::new, |next| name(*next));
                *flow.entry(format!("{here}>{next}")).or_default() += people;
            }
        }
    }
    // A few more have been drawn as nothing but `Other`, so that the map has a little more.
    for (cell, people) in &mut map {
        if !cell.contains('>') && dice.below(2) == 0 {
            *people += b;
        }
    }
    let cells = |of: &std::collections::BTreeMap<String, u64>| -> Vec<(String, u64)> {
        of.iter().map(|(cell, people)| (cell.clone(), *people)).collect()
    };
    let (map_cells, flow_cells) = (cells(&map), cells(&flow));
    let short = |cells: &'static [(String, u64)]| -> Vec<(&'static str, u64)> {
        cells.iter().map(|(cell, people)| (cell.as_str(), *people)).collect()
    };
    let (map_cells, flow_cells) = (map_cells.leak(), flow_cells.leak());
    vec![
        map_at((10, 5), &everybody(), all, &short(map_cells)),
        flow_at((10, 5), &everybody(), steps as u8, all, &short(flow_cells)),
    ]
}

#[test]
fn large_packages_take_few_steps() {
    for (labels, edges, steps, most) in [(30, 400, 12, 50_000_000), (300, 2_000, 6, 500_000_000)] {
        let views = large(&mut Dice(7), labels, edges, steps);
        let named: Vec<(&str, &View)> = views.iter().map(|view| ("view", view)).collect();
        let mut left = Steps::new(4_000_000_000);
        let begun = std::time::Instant::now();
        joint(&named, &mut left).unwrap();
        let took = 4_000_000_000 - left.left();
        println!("{labels} labels, {edges} edges: {took} steps, {:?}", begun.elapsed());
        assert!(took < most, "{labels} labels: {took} steps");
    }
}
