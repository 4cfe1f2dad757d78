//! From exact durations to published bins, and to what can be read off them.
//!
//! *Invariant:* every published bin has at least k people, bins add up to a number that is
//! published beside them, and medians and quartiles know the published bins only.

use std::ops::Range;

use super::DiscloseError;
use super::map::hidden;
use super::question::{Published, Question};
use super::round::{self, Arc};
use crate::vault::journeys::Clock;
use crate::vault::journeys::cohort::Part;
use crate::vault::measure::durations::{self, BINS};
use crate::vault::measure::timing::{self, Pair};
use crate::views::{
    Quantiles, SpecError, TimeBin, Timing, TimingAsked, TimingSpec, Unit, View, share_by_name,
};

pub(super) fn disclose(
    question: &Question<'_>,
    spec: &TimingSpec,
) -> Result<Vec<Published>, DiscloseError> {
    let clock = clock(question)?;
    let (from, to) = (question.labels.known(&spec.from)?, question.labels.known(&spec.to)?);
    let nameable = &question.labels.nameable;
    if !(nameable[from as usize] && nameable[to as usize]) {
        return Err(DiscloseError::TooFew { k: question.policy.k() });
    }
    let cohort = question.cohort;
    let pair = Pair { from, to, collapse: question.spec.collapse, clock };
    let timed = timing::measure(
        question.store,
        question.labels,
        &cohort.journeys,
        &pair,
        question.progress,
    )?;
    // The next step with the same label is another one where repeats are one step.
    let how = if from == to && question.spec.collapse {
        format!("repeats are one step\n{}", hidden(question))
    } else {
        String::new()
    };
    let who = format!("timing\n{}\n{}\n{how}", spec.from, spec.to);
    let people = timed.people(cohort.segments.len());
    let groups = question.groups(&who, &people, &people)?;
    let shown = groups.into_iter().filter(|group| group.part != Part::Neither);
    shown
        .map(|group| {
            let people = group.people;
            let meaning = question.meaning(&group, &who);
            let bins = bins(question, &meaning, &timed.bins(&group.segments), people)?;
            let quantiles = Quantiles {
                p25: quartile(&bins, 1, question.k()),
                p50: quartile(&bins, 2, question.k()),
                p75: quartile(&bins, 3, question.k()),
            };
            let asked = TimingAsked { from_label: spec.from.clone(), to_label: spec.to.clone() };
            let view = View::Timing(Timing {
                unit: Unit::People,
                k: question.policy.k(),
                b: question.policy.b(),
                people,
                by_name_band: share_by_name([]),
                spec: question.published(asked, &group),
                bins,
                quantiles,
            });
            Ok(Published { group, view, kept: people, of: people })
        })
        .collect()
}

/// When events happened, where the data and the policy let it be asked.
pub(super) fn clock<'a>(question: &Question<'a>) -> Result<Clock<'a>, SpecError> {
    let refuse = |why: &str| SpecError::Options(why.to_owned());
    let times = question.store.time_millis.as_deref().ok_or_else(|| {
        refuse("the data have no times, so nothing can be said about durations or days; ask for a view without them, or map a time column")
    })?;
    let grain_millis = question.policy.time_grain().millis().ok_or_else(|| {
        refuse("the policy keeps only the order of events, so nothing can be said about durations or days; choose another --time-grain")
    })?;
    Ok(Clock { times, grain_millis })
}

/// Neighbouring bins, merged until each has at least k people, each rounded, so that they add up to
/// `people`: the published number of everybody in them. Fewer than k people have no bins.
pub(super) fn bins(
    question: &Question<'_>,
    meaning: &str,
    exact: &[u64; BINS],
    people: u64,
) -> Result<Vec<TimeBin>, DiscloseError> {
    let mut bins = merged(exact, question.k(), |row| question.may_close(row));
    let counts: Vec<(String, u64)> = bins
        .iter()
        .map(|bin| (format!("{} to {:?} seconds", bin.from, bin.to), bin.count))
        .collect();
    for (bin, count) in bins.iter_mut().zip(partition(question, meaning, &counts, people)?) {
        bin.count = count;
    }
    Ok(bins)
}

/// Rounds the parts of a whole whose rounded number is known, so that they add up to it. Each part
/// comes with what it means.
pub(super) fn partition(
    question: &Question<'_>,
    meaning: &str,
    parts: &[(String, u64)],
    whole: u64,
) -> Result<Vec<u64>, DiscloseError> {
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let part = |(what, people): &(String, u64)| Arc {
        from: 0,
        to: 1,
        people: *people,
        cost: round::cost(question.draw_of("part", meaning, what, *people)),
        fixed: None,
    };
    let mut arcs: Vec<Arc> = parts.iter().map(part).collect();
    let exact = parts.iter().map(|(_, people)| people).sum();
    arcs.push(Arc { from: 1, to: 0, people: exact, cost: 0, fixed: Some(whole) });
    let mut rounded =
        round::round(2, &arcs, question.b()).map_err(|_| DiscloseError::NotProtected)?;
    rounded.pop();
    Ok(rounded)
}

/// Neighbouring bins with at least k people each.
fn merged(exact: &[u64; BINS], k: u64, may_close: impl Fn(&Range<usize>) -> bool) -> Vec<TimeBin> {
    let people = |row: &Range<usize>| exact[row.clone()].iter().sum::<u64>();
    let rows = durations::merge(|row| people(row) >= k && may_close(row));
    let bin = |row: Range<usize>| {
        let (from, to) = durations::ends_of(&row);
        TimeBin { from, to, count: people(&row) }
    };
    rows.into_iter().map(bin).collect()
}

/// The time that `quarter` quarters of the people do not exceed, between the ends of its published
/// bin in proportion. Where fewer than k published people lie on one side, or the bin has no end,
/// there is none.
pub(super) fn quartile(bins: &[TimeBin], quarter: u64, k: u64) -> Option<u64> {
    let people: u64 = bins.iter().map(|bin| bin.count).sum();
    // In quarters of a person.
    let below = people * quarter;
    if below.min(4 * people - below) < 4 * k {
        return None;
    }
    let mut before = 0;
    for bin in bins {
        let here = 4 * bin.count;
        if before + here >= below {
            return Some(bin.from + (bin.to? - bin.from) * (below - before) / here);
        }
        before += here;
    }
    None
}

#[cfg(test)]
mod tests;
