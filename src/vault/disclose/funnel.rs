//! How many people get how far: from attempts to the published numbers of a funnel.
//!
//! A funnel is a network. Its places are START and the steps; people go from each step to the next
//! one that they took, or drop off. Every edge and every drop-off is published in effect, since it
//! is the difference of two steps, so each has nobody or at least k people.

mod draw;
mod line;
#[cfg(test)]
mod tests;

use self::draw::Drawing;
use super::DiscloseError;
use super::detour::Threshold;
use super::question::{Group, Published, Question};
use super::round::{self, Arc};
use crate::vault::journeys::cohort::Part;
use crate::vault::measure::durations;
use crate::vault::measure::funnel::{Course, Reached};
use crate::views::{Funnel, FunnelAsked, FunnelSpec, FunnelStep, TimeBin, View, share_by_name};

pub(super) fn disclose(
    question: &Question<'_>,
    spec: &FunnelSpec,
) -> Result<Vec<Published>, DiscloseError> {
    let Question { store, labels, cohort, policy, progress, .. } = question;
    let course = Course::new(store, labels, spec, question.spec.collapse, policy.time_grain())?;
    // A step that few people take would be told by being asked for.
    if spec.steps.iter().any(|name| !question.is_common(name)) {
        return Err(DiscloseError::TooFew { k: policy.k() });
    }
    let reached = course.measure(cohort, progress)?;
    let mut units = vec![0; cohort.segments.len()];
    let mut people = vec![0; cohort.segments.len()];
    let mut before = None;
    for (journey, _) in cohort.journeys.iter().zip(&reached).filter(|(_, r)| r.is_some()) {
        units[journey.segment as usize] += 1;
        people[journey.segment as usize] += u64::from(before != Some(journey.subject));
        before = Some(journey.subject);
    }
    let groups = question.groups("", &units, &people)?;
    let shown = groups.into_iter().filter(|group| group.part != Part::Neither);
    shown.map(|group| of_group(question, spec, &course, &reached, group)).collect()
}

fn of_group(
    question: &Question<'_>,
    spec: &FunnelSpec,
    course: &Course<'_>,
    reached: &[Option<Reached>],
    group: Group,
) -> Result<Published, DiscloseError> {
    let Question { store, key, cohort, policy, progress, .. } = question;
    let mut is_chosen = vec![false; cohort.segments.len()];
    group.segments.iter().for_each(|segment| is_chosen[*segment] = true);
    let (mut truth, mut whose, mut secs) = (Vec::new(), Vec::new(), Vec::new());
    for (journey, reached) in cohort.journeys.iter().zip(reached) {
        if let Some(reached) = reached.as_ref().filter(|_| is_chosen[journey.segment as usize]) {
            truth.push(reached.steps);
            whose.push(journey.subject);
            secs.push(reached.secs);
        }
    }
    let meaning = question.meaning(&group, &format!("{spec:?} {}", question.spec.collapse));
    let seed = question.draw("funnel", &meaning, "").to_le_bytes();
    let tie = |journey: usize| {
        let who = whose[journey];
        let earlier = whose[..journey].iter().rev().take_while(|other| **other == who).count();
        let id = store.subject_id(who as usize);
        key.draw("funnel person", &[&seed, id, &(earlier as u64).to_le_bytes()])
    };
    let steps = spec.steps.len();
    let threshold = Threshold::new(*policy, question.spec.unit);
    // Whoever dominates everybody dominates every drawing of them.
    let everybody = || whose.iter().map(|who| (u64::from(*who), 1));
    if threshold.can_dominate && threshold.is_small(everybody()) {
        return Err(DiscloseError::TooFew { k: policy.k() });
    }
    let mut drawn =
        Drawing::new(steps, course.optional(), threshold, &truth, &whose, &tie, progress)?;
    if policy.blur() {
        let draw = |purpose: &str, from| question.draw(purpose, &meaning, &format!("{from}"));
        drawn.blur(draw, progress)?;
    }
    let last = 1 << (steps - 1);
    let converted: Vec<(u32, usize)> = (0..truth.len())
        .filter(|journey| drawn.drawn[*journey] & last != 0)
        .map(|journey| (whose[journey], durations::bin_of(secs[journey].into())))
        .collect();
    let bins =
        if course.is_timed() { bins_of(question, &converted, threshold) } else { Vec::new() };
    // Fail closed: the drawing is checked as it is, not as it was made.
    if !drawn.is_safe() || bins.iter().any(|bin| is_small(&converted, &bin.bins, threshold)) {
        return Err(DiscloseError::NotProtected);
    }
    let (at_steps, of_bins) = round(question, &meaning, &drawn, &bins, group.people)?;
    let count = |bits: &[u16]| bits.iter().map(|bits| u64::from(bits.count_ones())).sum();
    let (kept, of): (u64, u64) = (count(&drawn.drawn), count(&truth));
    let time_to_convert = bins
        .iter()
        .zip(of_bins)
        .map(|(bin, count)| {
            let (from, to) = durations::ends_of(&bin.bins);
            TimeBin { from, to, count }
        })
        .collect();
    let asked = FunnelAsked {
        order: spec.order,
        optional: spec.optional.clone(),
        // Nobody need be counted who took such a step, so it is told only where k people did.
        exclude: spec.exclude.iter().map(|name| question.label_with_k(name)).collect(),
        window_secs: spec.window_secs,
    };
    let view = View::Funnel(Funnel {
        unit: question.spec.unit,
        k: policy.k(),
        b: policy.b(),
        people: group.people,
        by_name_band: share_by_name([]),
        spec: question.published(asked, &group),
        steps: spec
            .steps
            .iter()
            .zip(at_steps)
            .map(|(label, count)| FunnelStep { label: label.clone(), count })
            .collect(),
        time_to_convert,
    });
    Ok(Published { group, view, kept, of })
}

/// Journeys that took about as long, in bins of the fixed grid.
struct Bin {
    bins: std::ops::Range<usize>,
    journeys: u64,
}

/// Those who reached the last step by how long it took, each bin with enough people.
fn bins_of(question: &Question<'_>, converted: &[(u32, usize)], threshold: Threshold) -> Vec<Bin> {
    let mut journeys = [0; durations::BINS];
    for (_, bin) in converted {
        journeys[*bin] += 1;
    }
    let rows = durations::merge(|bins| {
        journeys[bins.clone()].iter().any(|journeys| *journeys > 0)
            && !is_small(converted, bins, threshold)
            && question.may_close(bins)
    });
    rows.into_iter()
        .map(|bins| Bin { journeys: journeys[bins.clone()].iter().sum(), bins })
        .collect()
}

fn is_small(
    converted: &[(u32, usize)],
    bins: &std::ops::Range<usize>,
    threshold: Threshold,
) -> bool {
    let inside = converted.iter().filter(|(_, bin)| bins.contains(bin));
    if threshold.cap == 1 {
        return inside.count() < threshold.k as usize;
    }
    threshold.is_small(inside.map(|(who, _)| (u64::from(*who), 1)))
}

/// Rounds steps, edges, drop-offs, bins and everybody together. Gives steps and bins.
fn round(
    question: &Question<'_>,
    meaning: &str,
    drawn: &Drawing,
    bins: &[Bin],
    everybody: u64,
) -> Result<(Vec<u64>, Vec<u64>), DiscloseError> {
    let (steps, out) = (drawn.steps, drawn.out());
    let front = |step: usize| 2 * step as u32;
    let back = |step: usize| front(step) + 1;
    let draw =
        |what: String, people: u64| round::cost(question.draw_of("round", meaning, &what, people));
    let mut arcs: Vec<Arc> = Vec::new();
    let mut at_steps = vec![0; steps + 1];
    for ((from, to), people) in drawn.journeys() {
        if from < steps {
            at_steps[to.min(steps)] += if to == out { 0 } else { people };
        }
        // Those at the last step leave by how long they took.
        if from < steps || bins.is_empty() {
            let cost = draw(format!("{from} {to}"), people);
            arcs.push(Arc { from: back(from), to: front(to), people, cost, fixed: None });
        }
    }
    let bins_start = arcs.len();
    for bin in bins {
        let cost = draw(format!("bin {:?}", durations::ends_of(&bin.bins)), bin.journeys);
        let (from, to) = (back(steps), front(out));
        arcs.push(Arc { from, to, people: bin.journeys, cost, fixed: None });
    }
    let steps_start = arcs.len();
    for (step, people) in at_steps.iter().enumerate().skip(1) {
        // A step's count follows from its edges, so it needs no draw of its own.
        let (from, to) = (front(step), back(step));
        arcs.push(Arc { from, to, people: *people, cost: 0, fixed: None });
    }
    let people = drawn.drawn.len() as u64;
    let (from, to) = (front(out), back(0));
    arcs.push(Arc { from, to, people, cost: 0, fixed: Some(everybody) });
    let rounded = round::round(2 * (out + 1), &arcs, question.b())
        .map_err(|_| DiscloseError::NotProtected)?;
    let of_bins = rounded[bins_start..steps_start].to_vec();
    let at_steps = rounded[steps_start..steps_start + steps].to_vec();
    Ok((at_steps, of_bins))
}
