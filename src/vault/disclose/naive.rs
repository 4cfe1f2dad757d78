//! Why small edges are not simply hidden: with the totals of the nodes around them, every hidden
//! count of a real log comes back.

use std::collections::BTreeMap;

use super::tests::asked;
use super::*;
use crate::audit::{Table, attack};
use crate::vault::Vault;
use crate::vault::measure::flow::measure;
use crate::views::{FlowSpec, ImportPlan};

/// A node by step and slot; `None` is the end of a journey.
type Node = Option<(usize, u8)>;

/// The edges around a node, and all their people.
type Sum = (serde_json::Map<String, serde_json::Value>, u64);

/// Everybody on each edge and exit of the exact flow.
fn exact(vault: &Vault, flow: &FlowSpec) -> BTreeMap<((usize, u8), Node), u64> {
    let spec = Spec::flow("flow", flow.clone());
    asked(&vault.store, 1, &spec, Policy::default(), |question| {
        let super::question::Question { store, key, labels, cohort, progress, .. } = question;
        let Ok(measured) = measure(store, key, labels, cohort, &spec, flow, progress) else {
            unreachable!("nobody stops it")
        };
        let mut people_on = BTreeMap::new();
        for (journey, people) in &measured.of(&[0]).distinct {
            let slots = journey.slots();
            let node = |step: usize| (step, slots.bytes[step]);
            for step in 1..slots.len {
                *people_on.entry((node(step - 1), Some(node(step)))).or_default() +=
                    u64::from(*people);
            }
            if slots.len < usize::from(flow.steps) {
                *people_on.entry((node(slots.len - 1), None)).or_default() += u64::from(*people);
            }
        }
        people_on
    })
}

#[test]
fn hiding_the_small_edges_of_a_real_flow_hides_nothing() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/datasets/bpic2012/bpic2012.xes.gz");
    if !path.exists() {
        println!("not run: the real logs are not beside the project");
        return;
    }
    let plan = ImportPlan { files: vec![path], ..ImportPlan::default() };
    let vault = Vault::import(&plan, &Progress::default()).expect("a real log");
    let k = 5;
    let flow = FlowSpec { steps: 6, top: 8, ..FlowSpec::default() };
    let people_on = exact(&vault, &flow);

    let mut cells = serde_json::Map::new();
    let mut sums: BTreeMap<(bool, (usize, u8)), Sum> = BTreeMap::new();
    let mut hidden = BTreeMap::new();
    for ((from, to), people) in &people_on {
        let id = format!("{from:?}>{to:?}");
        if *people < k {
            cells.insert(id.clone(), serde_json::json!({ "status": "suppressed" }));
            hidden.insert(id.clone(), serde_json::json!([people, people]));
        } else {
            cells.insert(id.clone(), serde_json::json!({ "status": "published", "value": people }));
        }
        for side in [Some((false, *from)), to.map(|to| (true, to))].into_iter().flatten() {
            let (terms, total) = sums.entry(side).or_default();
            terms.insert(id.clone(), 1.into());
            *total += people;
        }
    }
    // The totals of nodes are shown: what comes in, and what goes on or leaves.
    let constraints: Vec<_> = sums
        .into_values()
        .map(|(terms, total)| serde_json::json!({ "terms": terms, "rhs": total }))
        .collect();
    let table = serde_json::json!({
        "k": k, "integer": true, "cells": cells, "constraints": constraints,
    });
    let table = Table::parse(&table.to_string()).expect("a table");
    let answer = attack(&table).expect("an answer");
    println!("{} edges and exits are hidden, {} come back", hidden.len(), answer.exact.len());
    assert!(!hidden.is_empty());
    assert_eq!(serde_json::json!(answer.intervals), serde_json::json!(hidden));
}
