//! The attacker against tables with known answers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use std::process::{Command, Output};

use trodden::audit::{Table, attack};

fn tables(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths
}

fn sorted(value: &Value) -> Vec<String> {
    let mut ids: Vec<String> =
        value.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// Compares what a table file says about itself with what the attack answers.
fn agrees(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let answer = match Table::parse(&text).and_then(|table| attack(&table)) {
        Ok(answer) => serde_json::to_value(answer).unwrap(),
        Err(error) => {
            assert_eq!(file["expected"]["error"], error.to_string(), "{name}");
            return;
        }
    };
    assert!(file["expected"]["error"].is_null(), "{name} should have been refused");
    let intervals: BTreeMap<String, Value> =
        serde_json::from_value(file["intervals"].clone()).unwrap_or_default();
    for (id, expected) in intervals {
        assert_eq!(answer["intervals"][&id], expected, "{name}: the interval of {id}");
    }
    for finding in ["exact", "small", "narrow", "residual"] {
        if let Some(expected) = file["expected"].get(finding) {
            assert_eq!(sorted(&answer[finding]), sorted(expected), "{name}: {finding}");
        }
    }
    let insiders: BTreeMap<String, Value> =
        serde_json::from_value(file["expected"]["insider_exact"].clone()).unwrap_or_default();
    for (insider, expected) in insiders {
        let found = sorted(&answer["insiders"][&insider]);
        for id in sorted(&expected) {
            assert!(found.contains(&id), "{name}: {insider} does not find {id} but {found:?}");
        }
    }
    if let Some(safe) = file["expected"].get("safe") {
        assert_eq!(&answer["safe"], safe, "{name}: {answer}");
    }
}

#[test]
fn published_tables_give_their_published_answers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sdc-cases");
    let paths = tables(&folder);
    if paths.is_empty() {
        println!("not run: there is no ../shared/sdc-cases");
        return;
    }
    for path in paths {
        agrees(&path);
    }
}

#[test]
fn our_own_tables_give_the_answers_worked_out_by_hand() {
    let paths = tables(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/audit"));
    assert!(!paths.is_empty(), "the fixtures are missing");
    for path in paths {
        agrees(&path);
    }
}

/// A real map with node totals, and its small edges and ends hidden: every one comes back.
#[test]
fn hiding_the_small_edges_of_a_real_log_hides_nothing() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets/reference/bpic2012.json");
    let Ok(text) = fs::read_to_string(path) else {
        println!("not run: there is no ../shared/datasets");
        return;
    };
    // The file has numbers that JSON does not know.
    let log: Value = serde_json::from_str(&text.replace(": NaN", ": null")).unwrap();
    let k = 5;
    let mut cells = serde_json::Map::new();
    let mut into: BTreeMap<String, serde_json::Map<String, Value>> = BTreeMap::new();
    let mut out = into.clone();
    let mut hidden = BTreeMap::new();
    let mut add = |id: String, count: &Value, from: Option<&Value>, to: Option<&Value>| {
        let is_hidden = count.as_u64().unwrap() < k;
        let status = if is_hidden { "suppressed" } else { "published" };
        cells.insert(id.clone(), serde_json::json!({ "status": status, "value": count }));
        for (node, ends) in [(from, &mut out), (to, &mut into)] {
            if let Some(node) = node {
                let node = node.as_str().unwrap().to_owned();
                ends.entry(node).or_default().insert(id.clone(), 1.into());
            }
        }
        if is_hidden {
            hidden.insert(id, serde_json::json!([count, count]));
        }
    };
    for edge in log["dfg"].as_array().unwrap() {
        let (from, to) = (&edge["source"], &edge["target"]);
        add(format!("{from}>{to}"), &edge["events"], Some(from), Some(to));
    }
    for start in log["start_activities"].as_array().unwrap() {
        add(format!(">{}", start["activity"]), &start["count"], None, Some(&start["activity"]));
    }
    for end in log["end_activities"].as_array().unwrap() {
        add(format!("{}>", end["activity"]), &end["count"], Some(&end["activity"]), None);
    }
    let mut constraints = Vec::new();
    for node in log["activities"].as_array().unwrap() {
        for ends in [&into, &out] {
            let terms = &ends[node["activity"].as_str().unwrap()];
            constraints.push(serde_json::json!({ "terms": terms, "rhs": node["events"] }));
        }
    }
    let table = serde_json::json!({
        "k": k, "integer": true, "cells": cells, "constraints": constraints,
    });
    let answer = attack(&Table::parse(&table.to_string()).unwrap()).unwrap();
    println!("{} edges and ends are hidden, {} come back", hidden.len(), answer.exact.len());
    assert!(!hidden.is_empty());
    assert_eq!(serde_json::to_value(&answer.intervals).unwrap(), serde_json::json!(hidden));
    assert_eq!(answer.exact.len(), hidden.len());
}

fn typed(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trodden")).arg("audit").args(args).output().unwrap()
}

fn fixture(name: &str) -> String {
    format!("{}/fixtures/audit/{name}.json", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_command_ends_with_0_for_safe_1_for_unsafe_and_2_for_bad_input() {
    let safe = typed(&[&fixture("rounding_holds")]);
    assert_eq!(safe.status.code(), Some(0));
    assert!(String::from_utf8(safe.stdout).unwrap().contains("Safe: nothing was found."));

    let found = typed(&[&fixture("linked_tables"), "--json"]);
    assert_eq!(found.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(answer["exact"], serde_json::json!(["a", "b", "e"]));
    assert!(found.stderr.is_empty());

    for wrong in [fixture("infeasible"), fixture("absent"), "Cargo.lock".to_owned()] {
        let refused = typed(&[&wrong]);
        assert_eq!(refused.status.code(), Some(2), "{wrong}");
        assert!(refused.stdout.is_empty(), "{wrong}");
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(told.starts_with("trodden: ") && told.lines().count() == 1, "{told}");
    }
}

/// Answers `tables.ndjson` with `answers.ndjson`, a line a line, for `second-opinion/run.py` to
/// compare with another solver.
#[test]
#[ignore = "second-opinion/run.py runs it, with the folder in TRODDEN_SECOND_OPINION"]
fn tables_for_a_second_opinion_are_answered() {
    let folder = PathBuf::from(std::env::var_os("TRODDEN_SECOND_OPINION").unwrap());
    let tables = fs::read_to_string(folder.join("tables.ndjson")).unwrap();
    let answers: Vec<String> = tables
        .lines()
        .map(|line| match Table::parse(line).and_then(|table| attack(&table)) {
            Ok(answer) => serde_json::to_string(&answer).unwrap(),
            Err(error) => serde_json::json!({ "error": error.to_string() }).to_string(),
        })
        .collect();
    assert!(!answers.is_empty());
    fs::write(folder.join("answers.ndjson"), answers.join("\n") + "\n").unwrap();
}
