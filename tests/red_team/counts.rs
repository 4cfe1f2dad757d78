//! Attacks on one view, and beside each a leaky one on which it succeeds.

use std::sync::OnceLock;

use serde_json::{Value, json};
use trodden::views::{Grain, Kind, Options, Order, Policy, Progress, Rules, Side, Unit};

use crate::reader::{
    self, Bin, Proof, bin_differences, drop_offs, flow_remainders, interval_differences, list,
    map_differences, number, parts, prefix_remainders, segment_differences, small_numbers, text,
};
use crate::world::{ask, cruel, flow, funnel, map, owned, paths, policy, specs};

/// One view of every kind and shape.
pub fn questions() -> Vec<Options> {
    vec![
        flow("flow", 4, 8),
        flow("narrow", 3, 1),
        Options { start: Some("A".to_owned()), ..flow("from", 3, 4) },
        Options { end: Some("C".to_owned()), ..flow("until", 3, 4) },
        Options { by: Some("plan".to_owned()), ..flow("flow-by", 3, 4) },
        Options { compare: Some("plan=gold".to_owned()), ..flow("sides", 3, 4) },
        Options { unit: Some(Unit::Sessions), ..flow("sessions", 3, 4) },
        paths("paths", 3),
        Options { anchor: Some(Side::End), ..paths("back", 3) },
        map("map"),
        Options { collapse: Some(true), times: Some(true), ..map("map-times") },
        Options { skip_rare: Some(true), ..map("map-skip") },
        Options { unit: Some(Unit::Occurrences), ..map("map-often") },
        Options { by: Some("plan".to_owned()), ..map("map-by") },
        Options { compare: Some("team=red".to_owned()), ..map("map-sides") },
        Options { did: owned(&["C"]), ..map("did") },
        Options { did_not: owned(&["C"]), ..map("did-not") },
        Options { filters: owned(&["plan=gold"]), ..map("gold") },
        funnel("funnel", &["A", "B", "C"]),
        Options { optional: owned(&["B"]), ..funnel("optional", &["A", "B", "C"]) },
        Options { order: Some(Order::Any), ..funnel("any", &["A", "C"]) },
        Options { timing: owned(&["A", "B"]), ..ask(Kind::Timing, "timing") },
        Options { grain: Some(Grain::Day), ..ask(Kind::Trend, "trend") },
    ]
}

/// Every view of every cruel world that is not refused, each made alone.
fn views() -> &'static [(String, Value)] {
    static VIEWS: OnceLock<Vec<(String, Value)>> = OnceLock::new();
    VIEWS.get_or_init(|| {
        let mut views = Vec::new();
        let policies = [Policy::default(), policy(5).with_blur(false), policy(20)];
        for (name, world) in cruel() {
            let vault = world.keyed(3);
            for (policy, spec) in policies
                .iter()
                .flat_map(|policy| specs(&questions()).into_iter().map(move |s| (policy, s)))
            {
                let asked = std::slice::from_ref(&spec);
                let made = vault.disclose(asked, &Rules::default(), *policy, &Progress::default());
                if let Ok(made) = made {
                    let json = serde_json::to_value(made[0].view.view()).expect("JSON");
                    views.push((format!("{name}, {} at {}", spec.name, policy.k()), json));
                }
            }
        }
        assert!(views.len() > 150, "only {} views were made", views.len());
        views
    })
}

/// Runs an attack on every published view of a kind; there are some of them.
fn nothing_by(kinds: &[&str], attack: impl Fn(&Value) -> Vec<Proof>) {
    let mut met = 0;
    for (name, view) in views() {
        let of_kind = |part: &&Value| kinds.contains(&text(part, "view"));
        for part in parts(view).into_iter().filter(of_kind) {
            met += 1;
            assert_eq!(attack(part), [], "{name}: {part:#}");
        }
    }
    assert!(met > 10, "only {met} views");
}

fn is_found(found: &[Proof], group: &str, least: i64, most: i64) {
    let bin = Bin { least, most };
    let is_it = |proof: &Proof| proof.group.contains(group) && proof.bin == bin;
    assert!(found.iter().any(is_it), "{found:?}");
}

#[test]
fn reading_every_number_finds_none_of_few_people() {
    for (name, view) in views() {
        assert_eq!(small_numbers(view), [], "{name}");
    }
    let leaky = json!({"view": "map", "k": 10, "b": 5, "people": 60,
        "nodes": [{"label": "A", "count": 60}], "edges": [{"from": "A", "to": "A", "count": 5}]});
    is_found(&small_numbers(&leaky), "/edges/0/count", 5, 5);
    let not_rounded = json!({"view": "flow", "k": 10, "b": 5, "people": 57});
    is_found(&small_numbers(&not_rounded), "/people", 57, 57);
}

/// With b = 1, and three people left out: what hides small cells and keeps the total.
fn flow_with_a_hole() -> Value {
    json!({"view": "flow", "k": 10, "b": 1, "people": 60,
        "nodes": [{"id": "1:A", "step": 1, "count": 60}, {"id": "2:B", "step": 2, "count": 45},
            {"id": "2:C", "step": 2, "count": 12}],
        "edges": [{"from": "1:A", "to": "2:B", "count": 45}, {"from": "1:A", "to": "2:C", "count": 12}],
        "exits": []})
}

#[test]
fn a_node_minus_any_choice_of_its_edges_and_its_exit_is_no_small_group() {
    nothing_by(&["flow"], flow_remainders);
    is_found(&flow_remainders(&flow_with_a_hole()), "60 minus [\"2:B\", \"2:C\"]", 3, 3);
}

#[test]
fn what_comes_into_a_node_minus_where_it_comes_from_is_no_small_group() {
    let mut leaky = flow_with_a_hole();
    leaky["nodes"][1]["count"] = json!(49);
    leaky["nodes"][0]["count"] = json!(57);
    leaky["people"] = json!(57);
    is_found(&flow_remainders(&leaky), "49 minus [\"1:A\"]", 4, 4);
}

#[test]
fn a_beginning_of_paths_minus_how_it_goes_on_is_no_small_group() {
    nothing_by(&["paths"], prefix_remainders);
    let step = |label: &str| json!({"label": label, "kind": "label"});
    let path = |labels: &[&str], count: u64| {
        let steps: Vec<Value> = labels.iter().map(|label| step(label)).collect();
        json!({"steps": steps, "ends": true, "count": count})
    };
    let leaky = json!({"view": "paths", "k": 10, "b": 1, "people": 57,
        "paths": [path(&["A", "B"], 30), path(&["A", "C"], 20)]});
    is_found(&prefix_remainders(&leaky), "57 minus [\"label A\"]", 7, 7);
}

#[test]
fn who_drops_off_a_funnel_is_no_small_group() {
    nothing_by(&["funnel"], drop_offs);
    let leaky = json!({"view": "funnel", "k": 10, "b": 5, "people": 60, "spec": {},
        "steps": [{"label": "A", "count": 55}, {"label": "B", "count": 50}]});
    // Rounded together, a difference of 5 is one of 1 to 9.
    is_found(&drop_offs(&leaky), "A but not B", 1, 9);
}

#[test]
fn who_leaves_an_optional_step_out_is_no_small_group() {
    let optional = |view: &Value| !list(&view["spec"], "optional").is_empty();
    assert!(views().iter().any(|(_, view)| optional(view)));
    let leaky = json!({"view": "funnel", "k": 10, "b": 1, "people": 60,
        "spec": {"optional": ["B"]},
        "steps": [{"label": "A", "count": 60}, {"label": "B", "count": 40},
            {"label": "C", "count": 57}]});
    is_found(&drop_offs(&leaky), "A but not C", 3, 3);
}

#[test]
fn a_node_of_a_map_minus_an_edge_is_no_small_group() {
    nothing_by(&["map"], map_differences);
    let leaky = json!({"view": "map", "unit": "people", "k": 10, "b": 1, "people": 60,
        "nodes": [{"label": "A", "count": 60}, {"label": "B", "count": 56}],
        "edges": [{"from": "A", "to": "B", "count": 52}],
        "starts": [{"label": "A", "count": 55}], "ends": []});
    let found = map_differences(&leaky);
    is_found(&found, "A without A → B", 8, 8);
    is_found(&found, "never B", 4, 4);
    is_found(&found, "A not among the starts", 5, 5);
}

#[test]
fn everybody_minus_where_journeys_start_or_end_is_no_small_group() {
    let leaky = json!({"view": "map", "unit": "people", "k": 10, "b": 1, "people": 60, "nodes": [],
        "edges": [], "starts": [{"label": "A", "count": 41}, {"label": "B", "count": 17}],
        "ends": []});
    is_found(&map_differences(&leaky), "60 minus [\"A\", \"B\"]", 2, 2);
}

#[test]
fn people_minus_how_long_they_take_is_no_small_group() {
    nothing_by(&["timing"], bin_differences);
    let leaky = json!({"view": "timing", "k": 10, "b": 1, "people": 60,
        "bins": [{"from": 0, "to": 60, "count": 40}, {"from": 60, "to": null, "count": 14}]});
    is_found(&bin_differences(&leaky), "60 minus", 6, 6);
}

#[test]
fn people_minus_an_interval_of_a_trend_are_no_small_group() {
    nothing_by(&["trend"], interval_differences);
    let leaky = json!({"view": "trend", "k": 10, "b": 1, "people": 60,
        "bins": [{"from": null, "to": "2026-03-02", "count": 58}]});
    is_found(&interval_differences(&leaky), "not in", 2, 2);
}

#[test]
fn a_whole_minus_segments_and_a_segment_s_complement_are_no_small_groups() {
    let mut met = 0;
    for (name, view) in views().iter().filter(|(_, view)| text(view, "view") == "breakdown") {
        met += 1;
        assert_eq!(segment_differences(view), [], "{name}");
    }
    assert!(met > 3);
    let leaky = json!({"view": "breakdown", "k": 10, "b": 1, "people": 60, "segments": [
        {"view": "map", "people": 36}, {"view": "map", "people": 20}]});
    is_found(&segment_differences(&leaky), "60 minus [\"segment 0\", \"segment 1\"]", 4, 4);
}

/// Who is on neither side is the whole, which another view tells, minus both.
#[test]
fn everybody_minus_both_sides_of_a_comparison_is_no_small_group() {
    let mut met = 0;
    for (name, view) in views().iter().filter(|(_, view)| text(view, "view") == "comparison") {
        met += 1;
        assert_eq!(segment_differences(view), [], "{name}");
        let world = name.split(", ").next().expect("a name");
        let k = number(view, "k");
        let whole = views().iter().find(|(other, _)| *other == format!("{world}, map at {k}"));
        let Some((_, whole)) = whole else { continue };
        let both = number(view, "people");
        let neither = reader::rest(whole, number(whole, "people") - both);
        assert!(!neither.is_small(k) || neither.least == 0, "{name}: {neither:?}");
    }
    assert!(met > 3);
}

/// The attacker reads quartiles off the bins herself: what is published has nothing else in it.
#[test]
fn medians_and_quartiles_tell_nothing_that_the_bins_do_not() {
    let read_off = |bins: &[Value], quarter: i64| -> Option<i64> {
        let below = quarter * bins.iter().map(|bin| number(bin, "count")).sum::<i64>();
        let mut before = 0;
        for bin in bins {
            let here = 4 * number(bin, "count");
            if before + here >= below {
                let (from, to) = (number(bin, "from"), bin["to"].as_i64()?);
                return Some(from + (to - from) * (below - before) / here);
            }
            before += here;
        }
        None
    };
    let mut met = 0;
    for (name, view) in views() {
        for part in parts(view) {
            let quantiles = [("p25", 1), ("p50", 2), ("p75", 3)];
            let of_timing = quantiles
                .map(|(field, quarter)| (&part["quantiles"][field], quarter, list(part, "bins")));
            let edges = list(part, "edges").iter();
            let of_edges = edges.map(|edge| (&edge["median_secs"], 2, list(edge, "bins")));
            for (told, quarter, bins) in of_timing.into_iter().chain(of_edges) {
                if let Some(told) = told.as_i64() {
                    met += 1;
                    assert_eq!(read_off(bins, quarter), Some(told), "{name}");
                }
            }
        }
    }
    assert!(met > 5, "{met}");
}

/// One more event of one person among equal times changes nothing that could be computed: the order
/// of the file decides, and everything above was tried on it.
#[test]
fn equal_times_make_no_bin_of_few_people() {
    let at_one_time = views().iter().filter(|(name, _)| name.starts_with("everything at one time"));
    let mut met = 0;
    for (name, view) in at_one_time {
        met += 1;
        assert_eq!(reader::everything(view), [], "{name}");
        for bin in list(view, "bins") {
            assert!(number(bin, "count") >= number(view, "k"), "{name}");
        }
    }
    assert!(met > 10, "{met}");
}
