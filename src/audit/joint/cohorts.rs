//! How the groups of people that views are about lie inside each other.

use crate::views::{Filter, HIDDEN, PublishedCohort};

/// The same people told in the same way, whatever the order of the words.
pub(super) fn normal(cohort: &PublishedCohort) -> PublishedCohort {
    let mut cohort = cohort.clone();
    for filters in [&mut cohort.filters, &mut cohort.where_not] {
        filters.sort_unstable();
        filters.dedup();
    }
    for labels in [&mut cohort.did, &mut cohort.did_not] {
        labels.sort_unstable();
        labels.dedup();
    }
    cohort
}

/// What one cohort has of another that it lies inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// Some of the people, each with the same journey.
    People,
    /// And perhaps only a part of their journeys.
    Parts,
}

/// Whether everybody of `inner` belongs to `outer`, by what is said of them.
pub(super) fn inside(inner: &PublishedCohort, outer: &PublishedCohort) -> Option<Inside> {
    let excludes = |not: &Filter| {
        inner.where_not.contains(not)
            || inner.filters.iter().any(|is| {
                is.attribute == not.attribute
                    && is.value != not.value
                    && [&is.attribute, &is.value, &not.value].iter().all(|word| *word != HIDDEN)
            })
    };
    let window_is_same = inner.from == outer.from && inner.to == outer.to;
    let window_is_inside = outer.from.is_none_or(|from| inner.from.is_some_and(|own| own >= from))
        && outer.to.is_none_or(|to| inner.to.is_some_and(|own| own <= to));
    let holds = outer.filters.iter().all(|filter| inner.filters.contains(filter))
        && outer.where_not.iter().all(excludes)
        && outer.did.iter().all(|label| inner.did.contains(label))
        && outer.did_not.iter().all(|label| inner.did_not.contains(label))
        && window_is_inside
        // Who did not do something in a short time may have done it in a longer one.
        && (window_is_same || outer.did_not.is_empty())
        && (inner.journey == outer.journey || outer.journey.is_none());
    if !holds {
        None
    } else if window_is_same && inner.journey == outer.journey {
        Some(Inside::People)
    } else {
        Some(Inside::Parts)
    }
}

/// Cohorts inside another that share nobody.
pub(super) struct Family {
    pub base: usize,
    pub members: Vec<usize>,
    /// Everybody of the base is in one of them.
    pub is_all: bool,
}

/// The families among these cohorts that follow from their words: other values of one attribute,
/// and everybody with none of some values.
pub(super) fn families(cohorts: &[PublishedCohort]) -> Vec<Family> {
    let mut families = Vec::new();
    for (base, outer) in cohorts.iter().enumerate() {
        let mut with: Vec<(&Filter, usize)> = Vec::new();
        let mut without: Vec<(Vec<&Filter>, usize)> = Vec::new();
        for (at, inner) in cohorts.iter().enumerate() {
            let is = more(&inner.filters, &outer.filters);
            let not = more(&inner.where_not, &outer.where_not);
            let rest = |cohort: &PublishedCohort| PublishedCohort {
                filters: Vec::new(),
                where_not: Vec::new(),
                ..cohort.clone()
            };
            match (is.as_deref(), not.as_deref()) {
                (Some([is]), Some([])) if rest(inner) == rest(outer) => with.push((is, at)),
                (Some([]), Some(not @ [first, others @ ..]))
                    if others.iter().all(|other| other.attribute == first.attribute)
                        && rest(inner) == rest(outer) =>
                {
                    without.push((not.to_vec(), at));
                }
                _ => {}
            }
        }
        with.sort_unstable();
        for group in with.chunk_by(|a, b| a.0.attribute == b.0.attribute) {
            if group.len() > 1 {
                let members = group.iter().map(|(_, at)| *at).collect();
                families.push(Family { base, members, is_all: false });
            }
        }
        for (not, rest) in without {
            let named: Vec<usize> =
                with.iter().filter(|(is, _)| not.contains(is)).map(|(_, at)| *at).collect();
            let is_all = named.len() == not.len();
            families.push(Family { base, members: [named, vec![rest]].concat(), is_all });
        }
    }
    families
}

/// What `own` has beyond `other`, where it has all of it.
fn more<'a>(own: &'a [Filter], other: &[Filter]) -> Option<Vec<&'a Filter>> {
    (own.len() >= other.len() && other.iter().all(|filter| own.contains(filter)))
        .then(|| own.iter().filter(|filter| !other.contains(filter)).collect())
}
