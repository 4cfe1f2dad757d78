//! Whether the numbers of a view can be numbers of a published view.
//!
//! Written against what a stranger may have put into a file: it adds up in 128 bits, looks names
//! up in maps, and takes nothing for granted that another check has only reported.

mod flow;
mod funnel;
mod map;
mod paths;
mod split;
#[cfg(test)]
mod tests;
mod timing;
mod trend;

use super::Finding;
use crate::views::{
    Anchor, Ask, Cohort, FlowAsked, FlowSpec, Head, LabelKind, MapSpec, OTHER, Policy,
    PublishedCohort, Spec, TimeBin, View,
};

/// More people than this are not believed; sums of it stay far from any limit.
const MOST_PEOPLE: u64 = 100_000_000_000;
/// A cohort is told in at most this many words.
const MOST_WORDS: usize = 200;
/// And none of them is longer than this.
const LONGEST_WORD: usize = 4_000;

pub(super) fn view(view: &View) -> Vec<Finding> {
    let head = view.head();
    match view {
        View::Flow(flow) => flow::check(flow, &head),
        View::Map(map) => map::check(map, &head),
        View::Paths(paths) => paths::check(paths, &head),
        View::Funnel(funnel) => funnel::check(funnel, &head),
        View::Timing(timing) => timing::check(timing, &head),
        View::Trend(trend) => trend::check(trend, &head),
        View::Breakdown(breakdown) => split::breakdown(breakdown, &head),
        View::Comparison(comparison) => split::comparison(comparison, &head),
    }
    .found
}

/// What has been found in one view so far, and what its counts are measured by.
struct Check {
    k: u32,
    b: u32,
    people: u64,
    found: Vec<Finding>,
}

impl Check {
    /// Checks what every view says of itself. A view of nobody has nothing in its `lists`.
    fn of(head: &Head<'_>, ask: Ask, lists: &[usize]) -> Self {
        let mut check = Self { k: head.k, b: head.b, people: head.people, found: Vec::new() };
        if let Err(error) = Policy::new(head.k, Some(head.b)) {
            check.report("the thresholds", error.to_string());
        }
        // A view of nobody does not tell the words of its question.
        check.asked(head, if head.people == 0 { Ask::Map(MapSpec::default()) } else { ask });
        let [low, high] = head.by_name_band;
        check.holds(
            low.is_multiple_of(5) && low <= 95 && high == low.saturating_add(5),
            "the share by name",
            "it is not one of the bands 0 to 5, 5 to 10, … 95 to 100",
        );
        if head.people > 0 {
            check.count("people", head.people);
        } else {
            check.holds(
                lists.iter().all(|len| *len == 0),
                "people",
                "there are none, but there are numbers about them",
            );
        }
        check
    }

    /// A view of nobody says nothing, so there is nothing more to check.
    fn is_empty(&self) -> bool {
        self.people == 0
    }

    fn report(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.found.push(Finding::new(place, what));
    }

    fn holds(&mut self, holds: bool, place: &str, what: &str) {
        if !holds {
            self.report(place, what);
        }
    }

    fn asked(&mut self, head: &Head<'_>, ask: Ask) {
        let cohort = Cohort {
            from: head.cohort.from,
            to: head.cohort.to,
            journey: head.cohort.journey.unwrap_or_default(),
            ..Cohort::default()
        };
        let spec =
            Spec { name: head.name.to_owned(), unit: head.unit, cohort, ask, ..Spec::default() };
        if let Err(error) = spec.check() {
            self.report("the question", error.to_string());
        }
        if head.rules.iter().any(|rule| rule != "a rule") {
            self.report("the question", "a rule is told in other words than \"a rule\"");
        }
        self.cohort(head.cohort);
    }

    fn cohort(&mut self, cohort: &PublishedCohort) {
        let filters = cohort.filters.iter().chain(&cohort.where_not);
        let words: Vec<&String> = filters
            .flat_map(|filter| [&filter.attribute, &filter.value])
            .chain(&cohort.did)
            .chain(&cohort.did_not)
            .collect();
        self.holds(
            words.len() <= MOST_WORDS && words.iter().all(|word| word.len() <= LONGEST_WORD),
            "the cohort",
            "it is told in more words than a question has",
        );
        self.holds(
            cohort.journey != Some(crate::views::Extent::Whole),
            "the cohort",
            "whole journeys are told by saying nothing",
        );
    }

    /// A number that is shown because it has at least k people.
    fn count(&mut self, place: &str, count: u64) {
        let (k, b) = (self.k, self.b);
        if count < u64::from(k) {
            self.report(place, format!("the count is below k = {k}"));
        }
        if b == 0 || !count.is_multiple_of(u64::from(b)) {
            self.report(place, format!("the count is not a multiple of b = {b}"));
        }
        if count > MOST_PEOPLE {
            self.report(place, "the count is larger than the number of people can be");
        }
    }

    /// What is left of one number without another, where both are sums of the same cells: nobody,
    /// or at least k people.
    fn rest(&mut self, place: &str, of: u64, without: u64) {
        let rest = of.checked_sub(without);
        let k = u64::from(self.k);
        let what = match rest {
            None => "it is larger than what it is a part of",
            Some(rest) if rest > 0 && rest < k => {
                "what it leaves of the number before it is more than nobody and below k"
            }
            Some(_) => return,
        };
        self.report(place, what);
    }

    /// A number that is rounded by itself may be above the one it is a part of, but not further
    /// than both can have been rounded apart.
    fn inside(&mut self, place: &str, part: u64, whole: u64) {
        let apart = 2 * u64::from(self.b.saturating_sub(1));
        self.holds(
            part <= whole.saturating_add(apart),
            place,
            "the count is larger than rounding allows, given the number it is a part of",
        );
    }

    fn label(&mut self, place: &str, label: &str, kind: LabelKind) {
        self.holds(
            (kind == LabelKind::Other) == (label == OTHER),
            place,
            "only what stands for all other names is of the kind other and is named Other",
        );
    }

    /// Bins of seconds: in ascending order, and only the last may have no end.
    fn time_bins(&mut self, place: &str, bins: &[TimeBin], gaps: bool) {
        for (at, bin) in bins.iter().enumerate() {
            let here = format!("{place} {}", at + 1);
            self.count(&here, bin.count);
            let next = bins.get(at + 1);
            let ends = match (bin.to, next) {
                (None, next) => next.is_none(),
                (Some(to), None) => to > bin.from,
                (Some(to), Some(next)) => {
                    to > bin.from && (to == next.from || gaps && to < next.from)
                }
            };
            self.holds(ends, &here, "it does not end where the next one begins");
        }
    }
}

/// What was asked of a flow or of paths, as far as it was told.
fn flow_asked(asked: &FlowAsked) -> FlowSpec {
    let anchor = Anchor {
        side: asked.anchor,
        label: asked.anchor_label.clone(),
        until: asked.until_label.clone(),
    };
    FlowSpec { anchor, steps: asked.steps, top: asked.top }
}

/// A coarser view is drawn for a finer one of the same journeys.
fn drawn_for(check: &mut Check, asked: &FlowAsked) {
    let Some(finest) = &asked.drawn_for else { return };
    let fits = FlowSpec::STEPS.contains(&finest.steps)
        && FlowSpec::TOP.contains(&finest.top)
        && finest.steps >= asked.steps
        && finest.top >= asked.top
        && finest.by.as_ref().is_none_or(|by| by.len() <= LONGEST_WORD);
    check.holds(
        fits,
        "the question",
        "what it was drawn for is no question, or a coarser one than this",
    );
}

/// A label of the data that reads `Other`, as it is written in a view.
fn is_written_other(label: &str) -> bool {
    label.strip_prefix(OTHER).is_some_and(|rest| rest == " (label)")
}

/// Whether this is how the anchor's label is written.
fn is_anchor(label: &str, anchor: &str) -> bool {
    label == anchor || (anchor == OTHER && is_written_other(label))
}

/// The sum of counts, whatever they are.
fn sum(counts: impl Iterator<Item = u64>) -> u128 {
    counts.map(u128::from).sum()
}

/// A place in a list as a person counts: from 1.
fn place(what: &str, at: usize) -> String {
    format!("{what} {}", at + 1)
}
