//! From exact activity to the people of each published interval.
//!
//! *Invariant:* every interval has at least k different people, and no time of the data is shown:
//! inner bounds are calendar days, outer ones those of a declared window, or none.

use jiff::civil::Date;

use super::DiscloseError;
use super::map::{self, hidden};
use super::question::{Cell, Group, Published, Question};
use super::{round, timing};
use crate::vault::journeys::cohort::Part;
use crate::vault::measure::trend::{self, Interval, NoTrend};
use crate::views::{DateBin, SpecError, Trend, TrendAsked, TrendSpec, Unit, View, share_by_name};

pub(super) fn disclose(
    question: &Question<'_>,
    spec: &TrendSpec,
) -> Result<Vec<Published>, DiscloseError> {
    let too_few = || DiscloseError::TooFew { k: question.policy.k() };
    let clock = timing::clock(question)?;
    let label = spec.label.as_deref().map(|label| question.labels.known(label)).transpose()?;
    if label.is_some_and(|label| !question.labels.nameable[label as usize]) {
        return Err(too_few());
    }
    let cohort = question.cohort;
    let activity = trend::measure(
        question.store,
        clock.times,
        question.labels,
        cohort,
        (spec.grain, label),
        question.progress,
    )
    .map_err(|why| match why {
        NoTrend::Cancelled(cancelled) => DiscloseError::Cancelled(cancelled),
        NoTrend::Nobody => too_few(),
        NoTrend::OutOfRange => DiscloseError::Spec(SpecError::Options(
            "the data have a time that no calendar has; choose a window with --from and --to"
                .to_owned(),
        )),
    })?;
    let people = activity.people(cohort);
    // Everybody, or everybody with a step: who they are is the same in a map.
    let who = spec.label.as_deref().map(map::at_node).unwrap_or_default();
    let groups = question.groups(&who, &people, &people)?;
    let shown = groups.into_iter().filter(|group| group.part != Part::Neither);
    shown
        .map(|group| {
            let mut in_group = vec![false; cohort.segments.len()];
            group.segments.iter().for_each(|segment| in_group[*segment] = true);
            let belongs = |segment: u32| in_group[segment as usize];
            let may_close = |day: Date| !question.folded.contains(&Cell::Boundary(day.to_string()));
            let intervals =
                activity.intervals(cohort, |j| belongs(j.segment), question.k(), may_close);
            let people = group.people;
            let view = View::Trend(Trend {
                unit: Unit::People,
                k: question.policy.k(),
                b: question.policy.b(),
                people,
                by_name_band: share_by_name([]),
                spec: question
                    .published(TrendAsked { grain: spec.grain, label: spec.label.clone() }, &group),
                bins: bins(question, spec, &group, &intervals),
            });
            Ok(Published { group, view, kept: people, of: people })
        })
        .collect()
}

fn bins(
    question: &Question<'_>,
    spec: &TrendSpec,
    group: &Group,
    intervals: &[Interval],
) -> Vec<DateBin> {
    let meaning = question.meaning(
        group,
        &match &spec.label {
            Some(label) => format!("active\n{label}"),
            None => format!("active\n\n{}", hidden(question)),
        },
    );
    let cohort = &question.spec.cohort;
    let last = intervals.len() - 1;
    let bin = |(number, interval): (usize, &Interval)| {
        let from = if number == 0 { cohort.from } else { Some(interval.from) };
        // The day after the window: a bin ends before it.
        let to = if number == last {
            cohort.to.and_then(|day| day.tomorrow().ok())
        } else {
            Some(interval.to)
        };
        // An interval that is alone has everybody in it.
        let count = if last == 0 {
            group.people
        } else {
            let draw = question.draw_of(
                "round",
                &meaning,
                &format!("{from:?} to {to:?}"),
                interval.people,
            );
            round::alone(draw, interval.people, question.b())
        };
        DateBin { from, to, count }
    };
    intervals.iter().enumerate().map(bin).collect()
}

#[cfg(test)]
mod tests;
