//! Funnels against every attempt there is.

use std::cmp::Reverse;

use proptest::prelude::*;

use super::*;
use crate::vault::journeys::{Codes, SESSION_GAP_MILLIS};
use crate::vault::protect::labels;
use crate::views::Rules;

const LABELS: [&str; 7] = ["a", "b", "c", "d", "excluded", "hidden", "other"];

/// One person's journey: labels and seconds.
fn store_of(events: &[(usize, i64)]) -> Store {
    Store {
        subject_start: vec![0, events.len() as u32],
        label: Codes::Narrow(events.iter().map(|(label, _)| *label as u16).collect()),
        time_millis: Some(events.iter().map(|(_, secs)| secs * 1000).collect()),
        session_start: None,
        dictionary: LABELS.iter().map(|label| (*label).to_owned()).collect(),
        id_bytes: vec![b'1'],
        id_start: vec![0, 1],
        other_ids: crate::vault::journeys::OtherIds::default(),
        attributes: Vec::new(),
        consent: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        session_gap_millis: SESSION_GAP_MILLIS,
    }
}

fn measured(
    events: &[(usize, i64)],
    funnel: &FunnelSpec,
    collapse: bool,
    grain: TimeGrain,
) -> Option<(u16, u32)> {
    let store = store_of(events);
    let labels = labels::table(store.dictionary(), &Rules::default(), &["hidden".to_owned()]);
    let course = Course::new(&store, &labels, funnel, collapse, grain).expect("known labels");
    let journey = Journey { subject: 0, segment: 0, start: 0, end: events.len() as u32 };
    let cohort = Cohort { journeys: vec![journey], segments: Vec::new() };
    let reached = course.measure(&cohort, &Progress::default()).expect("not cancelled");
    reached[0].as_ref().map(|reached| (reached.steps, reached.secs))
}

/// The best of all attempts: every set of events is looked at.
fn best_attempt(
    events: &[(usize, i64)],
    funnel: &FunnelSpec,
    collapse: bool,
    grain: TimeGrain,
) -> Option<(u16, u32)> {
    let grain_secs = grain.millis().expect("with times") / 1000;
    let mut seen: Vec<(&str, i64)> = Vec::new();
    for (label, secs) in events {
        let label = LABELS[*label];
        if label == "hidden" || (collapse && seen.last().is_some_and(|(last, _)| *last == label)) {
            continue;
        }
        let secs = if grain_secs == 0 { *secs } else { secs.div_euclid(grain_secs) * grain_secs };
        seen.push((label, secs));
    }
    if seen.is_empty() {
        return None;
    }
    let last = funnel.steps.len() - 1;
    let step_of = |label: &str| funnel.steps.iter().position(|step| step == label);
    let mut best = None;
    for set in 1_u32..1 << seen.len() {
        let at: Vec<usize> = (0..seen.len()).filter(|at| set >> at & 1 == 1).collect();
        let Some(steps) = at.iter().map(|at| step_of(seen[*at].0)).collect::<Option<Vec<_>>>()
        else {
            continue;
        };
        let (first, end) = (at[0], at[at.len() - 1]);
        let bits = steps.iter().fold(0_u16, |bits, step| bits | 1 << step);
        let top = *steps.iter().max().expect("not empty");
        let is_each_once = bits.count_ones() as usize == steps.len();
        let is_complete = (0..top)
            .all(|step| bits >> step & 1 == 1 || funnel.optional.contains(&funnel.steps[step]));
        let is_in_order = steps.is_sorted();
        let is_in_a_row = end - first + 1 == at.len();
        let fits = match funnel.order {
            Order::This => is_in_order,
            Order::Any => true,
            Order::Exact => is_in_order && is_in_a_row,
        };
        let is_ended =
            seen[first..end].iter().any(|(label, _)| funnel.exclude.contains(&(*label).to_owned()));
        let secs = seen[end].1 - seen[first].1;
        let is_late = funnel.window_secs.is_some_and(|window| secs > window as i64);
        if is_each_once && is_complete && fits && !is_ended && !is_late {
            let rank = (top, bits.count_ones(), Reverse(end), bits.reverse_bits(), Reverse(secs));
            best = best.max(Some((rank, bits, if top == last { secs } else { 0 })));
        }
    }
    Some(best.map_or((0, 0), |(_, bits, secs)| (bits, secs as u32)))
}

fn random_funnel() -> impl Strategy<Value = FunnelSpec> {
    let order = prop_oneof![Just(Order::This), Just(Order::Any), Just(Order::Exact)];
    let steps = Just(vec!["a", "b", "c", "d"]).prop_shuffle();
    let window = proptest::option::of(1..150_u64);
    (order, steps, 2..=4_usize, 0..4_u8, any::<bool>(), window).prop_map(
        |(order, mut steps, len, optional, excludes, window_secs)| {
            steps.truncate(len);
            let steps: Vec<String> = steps.into_iter().map(str::to_owned).collect();
            let inner = steps[1..len - 1].iter().enumerate();
            let optional = inner.filter(|(bit, _)| optional >> bit & 1 == 1);
            FunnelSpec {
                order,
                optional: optional.map(|(_, step)| step.clone()).collect(),
                exclude: if excludes { vec!["excluded".to_owned()] } else { Vec::new() },
                window_secs,
                steps,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn the_best_of_all_attempts_counts(
        funnel in random_funnel(),
        gaps in proptest::collection::vec(
            (prop_oneof![5 => 0..4_usize, 1 => 4..7_usize], 0..45_i64), 0..11),
        collapse in any::<bool>(),
        grain in prop_oneof![Just(TimeGrain::None), Just(TimeGrain::Minute)],
    ) {
        let mut now = -100;
        let events: Vec<(usize, i64)> = gaps.into_iter().map(|(label, gap)| {
            now += gap;
            (label, now)
        }).collect();
        prop_assert_eq!(
            measured(&events, &funnel, collapse, grain),
            best_attempt(&events, &funnel, collapse, grain)
        );
    }
}

#[test]
fn a_window_needs_times_and_every_label_is_one_of_the_data() {
    let store = store_of(&[(0, 0)]);
    let labels = labels::table(store.dictionary(), &Rules::default(), &[]);
    let funnel = |last: &str| FunnelSpec {
        steps: vec!["a".to_owned(), last.to_owned()],
        window_secs: Some(10),
        ..FunnelSpec::default()
    };
    let course = |funnel, grain| Course::new(&store, &labels, &funnel, true, grain).map(|_| ());
    assert_eq!(course(funnel("b"), TimeGrain::Day), Ok(()));
    assert!(course(funnel("b"), TimeGrain::Order).is_err());
    assert!(course(funnel("nowhere"), TimeGrain::None).is_err());
}
