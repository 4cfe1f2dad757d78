//! Whether the parts of a breakdown or comparison belong together: the same question to groups that
//! share nobody, and everybody in one of them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{Check, sum};
use crate::audit::Finding;
use crate::views::{
    Ask, Breakdown, Comparison, Filter, Head, LabelKind, OTHER_SEGMENTS, PublishedCohort, View,
};

/// A breakdown shows at most this many segments by name.
const MOST_SEGMENTS: usize = 50;

pub(super) fn breakdown(breakdown: &Breakdown, head: &Head<'_>) -> Check {
    let segments = &breakdown.segments;
    let views: Vec<&View> = segments.iter().map(|segment| &segment.view).collect();
    let mut check = Check::of(head, asked(&views), &[segments.len()]);
    let mut seen = BTreeSet::new();
    let mut named = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let here = format!("segment {}", at + 1);
        part(&mut check, &here, head, &segment.view);
        check.holds(segment.view.head().people > 0, &here, "a segment has people");
        let is_other = segment.kind == LabelKind::Other;
        check.holds(
            is_other == (segment.label == OTHER_SEGMENTS),
            &here,
            "only what stands for all other segments is of the kind other and is named so",
        );
        check.holds(
            !is_other || at + 1 == segments.len(),
            &here,
            "the other segments are not the last",
        );
        if !seen.insert(&segment.label) {
            check.report(&here, "its label is there twice");
        }
        if !is_other {
            named.push(Filter {
                attribute: breakdown.spec.asked.by.clone(),
                value: segment.label.clone(),
            });
        }
        let mut cohort = head.cohort.clone();
        if is_other {
            cohort.where_not.clone_from(&named);
        } else {
            cohort.filters.extend(named.last().cloned());
        }
        check.holds(
            is_same(segment.view.head().cohort, &cohort),
            &here,
            "the people it says it is about are not those of this segment",
        );
    }
    check.holds(named.len() <= MOST_SEGMENTS, "the segments", "there are too many");
    let order = |segment: &crate::views::Segment| {
        (segment.kind, Reverse(segment.view.head().people), segment.label.clone())
    };
    check.holds(
        segments.is_sorted_by_key(order),
        "the segments",
        "they are not in the order people, label",
    );
    total(&mut check, &views);
    check
}

pub(super) fn comparison(comparison: &Comparison, head: &Head<'_>) -> Check {
    let sides: [&View; 2] = [&comparison.comparison.a, &comparison.comparison.b];
    let mut check = Check::of(head, asked(&sides), &[]);
    for (side, here) in sides.iter().zip(["side a", "side b"]) {
        part(&mut check, here, head, side);
        check.holds(
            (side.head().people > 0) == (head.people > 0),
            here,
            "a side that is compared has people",
        );
    }
    let [a, b] = sides.map(|side| side.head().cohort);
    let by = &comparison.spec.asked.by;
    check.holds(
        is_inside(a, head.cohort) && is_inside(b, head.cohort) && share_nobody(a, b, by),
        "the sides",
        "they are not two groups that share nobody",
    );
    total(&mut check, &sides);
    check
}

/// What the parts were asked; they are checked one by one.
fn asked(parts: &[&View]) -> Ask {
    match parts.first() {
        Some(View::Map(_)) => Ask::Map(crate::views::MapSpec::default()),
        _ => Ask::default(),
    }
}

/// One part: a view by itself, and the same question as the whole.
fn part(check: &mut Check, here: &str, head: &Head<'_>, view: &View) {
    if matches!(view, View::Breakdown(_) | View::Comparison(_)) {
        check.report(here, "a part of a split view is not split again");
        return;
    }
    let found = super::view(view);
    check.found.extend(
        found
            .into_iter()
            .map(|finding| Finding::new(format!("{here}, {}", finding.place), finding.what)),
    );
    let own = view.head();
    check.holds(
        (own.k, own.b, own.unit) == (head.k, head.b, head.unit),
        here,
        "its thresholds or its unit are not those of the whole",
    );
    let said = |head: &Head<'_>| (head.name.to_owned(), head.collapse, head.blur, head.rules.len());
    check.holds(said(&own) == said(head), here, "it was asked another question than the whole");
}

fn total(check: &mut Check, parts: &[&View]) {
    if let [first, others @ ..] = parts {
        check.holds(
            others.iter().all(|other| is_same_question(first, other)),
            "the parts",
            "they were not asked the same question",
        );
    }
    check.holds(
        sum(parts.iter().map(|part| part.head().people)) == u128::from(check.people),
        "people",
        "it is not the sum of the parts",
    );
}

fn is_same_question(a: &View, b: &View) -> bool {
    match (a, b) {
        (View::Flow(a), View::Flow(b)) => a.spec.asked == b.spec.asked,
        (View::Map(a), View::Map(b)) => a.spec.asked == b.spec.asked,
        (View::Paths(a), View::Paths(b)) => a.spec.asked == b.spec.asked,
        (View::Funnel(a), View::Funnel(b)) => a.spec.asked == b.spec.asked,
        (View::Timing(a), View::Timing(b)) => a.spec.asked == b.spec.asked,
        (View::Trend(a), View::Trend(b)) => a.spec.asked == b.spec.asked,
        _ => false,
    }
}

/// The same people, in whatever order they are told.
fn is_same(a: &PublishedCohort, b: &PublishedCohort) -> bool {
    let sorted = |cohort: &PublishedCohort| {
        let mut cohort = cohort.clone();
        cohort.filters.sort_unstable();
        cohort.where_not.sort_unstable();
        cohort
    };
    sorted(a) == sorted(b)
}

/// All that is said of the whole is said of the part, and something more.
fn is_inside(part: &PublishedCohort, whole: &PublishedCohort) -> bool {
    let has = |own: &[Filter], other: &[Filter]| other.iter().all(|filter| own.contains(filter));
    let rest = |cohort: &PublishedCohort| PublishedCohort {
        filters: Vec::new(),
        where_not: Vec::new(),
        ..cohort.clone()
    };
    has(&part.filters, &whole.filters)
        && has(&part.where_not, &whole.where_not)
        && rest(part) == rest(whole)
        && part.filters.len() + part.where_not.len() > whole.filters.len() + whole.where_not.len()
}

fn share_nobody(a: &PublishedCohort, b: &PublishedCohort, by: &str) -> bool {
    let of = |filters: &[Filter]| -> Vec<String> {
        filters.iter().filter(|f| f.attribute == by).map(|f| f.value.clone()).collect()
    };
    let ([a_is, a_not], [b_is, b_not]) =
        ([of(&a.filters), of(&a.where_not)], [of(&b.filters), of(&b.where_not)]);
    let apart = |is: &[String], not: &[String]| is.iter().any(|value| not.contains(value));
    apart(&a_is, &b_not) || apart(&b_is, &a_not) || a_is.iter().any(|a| b_is.iter().any(|b| a != b))
}
