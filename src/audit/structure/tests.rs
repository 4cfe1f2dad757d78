//! Views that nobody published: each is found out, and at the place where it is wrong.

use serde_json::{Value, json};

use super::view;
use crate::views::View;

fn found(value: &Value) -> Vec<String> {
    let read: View = serde_json::from_value(value.clone()).expect("a view");
    view(&read).into_iter().map(|finding| finding.place).collect()
}

fn with(mut value: Value, pointer: &str, to: Value) -> Value {
    *value.pointer_mut(pointer).expect("a field") = to;
    value
}

fn map() -> Value {
    json!({
        "view": "map", "unit": "people", "k": 10, "b": 5, "people": 60, "by_name_band": [95, 100],
        "spec": {
            "name": "map", "activities": 100, "paths": 100, "skip_rare": false, "times": true,
            "collapse": true, "blur": true, "rules": []
        },
        "nodes": [
            {"label": "A", "kind": "label", "count": 60}, {"label": "B", "kind": "label", "count": 50}
        ],
        "edges": [{
            "from": "A", "to": "B", "count": 50,
            "bins": [{"from": 0, "to": 60, "count": 20}, {"from": 60, "to": null, "count": 30}]
        }],
        "starts": [{"label": "A", "kind": "label", "count": 60}],
        "ends": [
            {"label": "B", "kind": "label", "count": 50}, {"label": "A", "kind": "label", "count": 10}
        ]
    })
}

fn funnel() -> Value {
    json!({
        "view": "funnel", "unit": "people", "k": 10, "b": 5, "people": 60, "by_name_band": [0, 5],
        "spec": {
            "name": "funnel", "order": "this", "optional": ["B"], "collapse": true, "blur": true,
            "rules": []
        },
        "steps": [
            {"label": "A", "count": 50}, {"label": "B", "count": 10}, {"label": "C", "count": 30}
        ],
        "time_to_convert": [{"from": 0, "to": 60, "count": 20}, {"from": 60, "to": 90, "count": 10}]
    })
}

fn paths() -> Value {
    let step = |label: &str| json!({ "label": label, "kind": "label" });
    json!({
        "view": "paths", "unit": "people", "k": 10, "b": 5, "people": 60, "by_name_band": [0, 5],
        "spec": {
            "name": "paths", "anchor": "start", "anchor_label": "A", "steps": 2, "top": 8,
            "collapse": true, "blur": true, "rules": []
        },
        "paths": [
            {"steps": [step("A"), step("B")], "ends": false, "count": 40},
            {"steps": [step("A")], "ends": true, "count": 20}
        ]
    })
}

fn trend() -> Value {
    json!({
        "view": "trend", "unit": "people", "k": 10, "b": 5, "people": 60, "by_name_band": [0, 5],
        "spec": {
            "name": "trend", "grain": "week", "collapse": true, "blur": true, "rules": []
        },
        "bins": [
            {"from": null, "to": "2024-01-08", "count": 40},
            {"from": "2024-01-08", "to": null, "count": 50}
        ]
    })
}

#[test]
fn a_view_is_found_out_where_it_is_wrong() {
    for whole in [map(), funnel(), paths(), trend()] {
        assert_eq!(found(&whole), Vec::<String>::new(), "{whole}");
    }
    let cases = [
        (with(map(), "/nodes/1/count", json!(52)), "node 2"),
        (with(map(), "/nodes/1/count", json!(5)), "node 2"),
        (with(map(), "/nodes/0/label", json!("Other")), "node 1"),
        (with(map(), "/edges/0/to", json!("C")), "edge 1"),
        (with(map(), "/edges/0/to", json!("A")), "edge 1"),
        (with(map(), "/edges/0/count", json!(u64::MAX)), "edge 1"),
        (with(map(), "/edges/0/bins/1/from", json!(50)), "edge 1, bin 1"),
        (with(map(), "/edges/0/bins/1/count", json!(90)), "edge 1"),
        (with(map(), "/ends/1/count", json!(15)), "the ends"),
        (with(map(), "/spec/rules", json!(["hide X"])), "the question"),
        (with(map(), "/by_name_band", json!([3, 8])), "the share by name"),
        (with(map(), "/b", json!(3)), "the thresholds"),
        (with(map(), "/people", json!(0)), "people"),
        (with(funnel(), "/steps/0/count", json!(55)), "step 1"),
        (with(funnel(), "/steps/2/count", json!(60)), "step 3"),
        (with(funnel(), "/time_to_convert/1/count", json!(15)), "the times"),
        (with(funnel(), "/time_to_convert/1/from", json!(70)), "time 1"),
        (with(paths(), "/paths/1/ends", json!(false)), "path 2"),
        (with(paths(), "/paths/0/steps/0/label", json!("B")), "path 1"),
        (with(paths(), "/paths/0/count", json!(45)), "people"),
        (with(trend(), "/bins/1/from", json!("2024-01-01")), "bin 1"),
        (with(trend(), "/bins/1/from", json!(null)), "bin 2"),
    ];
    for (wrong, place) in cases {
        assert!(found(&wrong).iter().any(|at| at == place), "{place}: {:?}", found(&wrong));
    }
}
