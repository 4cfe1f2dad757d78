//! Whether the numbers of paths can be numbers of published paths: everybody is on one of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Check, drawn_for, flow_asked, is_anchor, place, sum};
use crate::views::{Ask, Head, LabelKind, Paths, PathsSpec};

pub(super) fn check(paths: &Paths, head: &Head<'_>) -> Check {
    let asked = &paths.spec.asked;
    let ask = Ask::Paths(PathsSpec { flow: flow_asked(asked) });
    let mut check = Check::of(head, ask, &[paths.paths.len()]);
    if check.is_empty() {
        return check;
    }
    drawn_for(&mut check, asked);
    let mut seen = BTreeMap::new();
    let mut named_at: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (at, path) in paths.paths.iter().enumerate() {
        let here = place("path", at);
        check.count(&here, path.count);
        let length = path.steps.len();
        check.holds(
            (1..=usize::from(asked.steps)).contains(&length),
            &here,
            "it does not have the steps that were asked for",
        );
        check.holds(
            path.ends || length >= usize::from(asked.steps),
            &here,
            "it breaks off before the last step without an end",
        );
        for (step, at) in path.steps.iter().zip(0..) {
            check.label(&here, &step.label, step.kind);
            if step.kind == LabelKind::Label {
                named_at.entry(at).or_default().insert(&step.label);
            }
        }
        if let (Some(anchor), Some(first)) = (&asked.anchor_label, path.steps.first()) {
            check.holds(
                first.kind == LabelKind::Other || is_anchor(&first.label, anchor),
                &here,
                "it does not begin at the label of the anchor",
            );
        }
        if seen.insert((&path.steps, path.ends), at).is_some() {
            check.report(&here, "the same path is there twice");
        }
    }
    check.holds(
        named_at.values().all(|named| named.len() <= usize::from(asked.top)),
        "the paths",
        "a step names more labels than were asked for",
    );
    let in_order = paths.paths.is_sorted_by_key(|path| (Reverse(path.count), &path.steps));
    check.holds(in_order, "the paths", "they are not in the order count, steps");
    check.holds(
        sum(paths.paths.iter().map(|path| path.count)) == u128::from(paths.people),
        "people",
        "it is not the sum of the paths",
    );
    check
}
