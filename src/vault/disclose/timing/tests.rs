//! Times from one step to another against brute force.

use proptest::prelude::*;

use super::super::map::tests::{assert_bins, random_people, with_times};
use super::super::tests::{asked, store_of, store_of_sessions};
use super::*;
use crate::vault::journeys::Store;
use crate::views::{Ask, Policy, Spec, TimeGrain};

fn timing_spec(from: &str, to: &str) -> Spec {
    let timing = TimingSpec { from: from.to_owned(), to: to.to_owned() };
    Spec { name: "timing".to_owned(), ask: Ask::Timing(timing), ..Spec::default() }
}

fn ask(store: &Store, spec: &Spec, policy: Policy) -> Result<Timing, DiscloseError> {
    asked(store, 7, spec, policy, |question| {
        let Ask::Timing(timing) = &spec.ask else { unreachable!("only timing is asked here") };
        let Published { view: View::Timing(view), .. } = disclose(question, timing)?.remove(0)
        else {
            unreachable!("timing was asked for")
        };
        Ok(view)
    })
}

/// Everybody's time in seconds, by looking at all pairs of steps.
fn brute(store: &Store, spec: &Spec, from: &str, to: &str) -> Vec<i64> {
    let times = store.time_millis.as_ref().expect("given");
    let mut all = Vec::new();
    for subject in 0..store.subjects() {
        let mut steps: Vec<(&str, i64)> = store
            .events_of(subject)
            .map(|event| (&*store.dictionary()[store.label(event) as usize], times[event] / 1000))
            .collect();
        if spec.collapse {
            steps.dedup_by_key(|(label, _)| *label);
        }
        let Some(first) = steps.iter().position(|(label, _)| *label == from) else { continue };
        let later = steps[first + 1..].iter().find(|(label, _)| *label == to);
        all.extend(later.map(|(_, secs)| secs - steps[first].1));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn bins_hold_everybody_who_gets_there(
        people in random_people(),
        gaps in proptest::collection::vec(prop_oneof![0..5_i64, 0..5_000_i64, 0..9_000_000_i64], 1..40),
        (from, to) in (0..4_usize, 0..4_usize),
        collapse in any::<bool>(),
    ) {
        let store = with_times(store_of_sessions(&people), &gaps);
        let [from, to] = [from, to].map(|at| ["a", "b", "c", "d"][at]);
        let spec = Spec { collapse, ..timing_spec(from, to) };
        let policy = Policy::new(5, None).expect("listed");
        let exact = brute(&store, &spec, from, to);
        match ask(&store, &spec, policy) {
            Ok(view) => {
                assert_bins(&view.bins, &exact, view.people, policy);
                prop_assert!(view.people.abs_diff(exact.len() as u64) < 5);
                let Quantiles { p25, p50, p75 } = view.quantiles;
                let known: Vec<u64> = [p25, p50, p75].into_iter().flatten().collect();
                prop_assert!(known.is_sorted());
                prop_assert!(p25.is_none() || view.people >= 20);
                prop_assert!(p50.is_none() || view.people >= 10);
                for secs in known {
                    let in_it = |bin: &TimeBin| bin.from <= secs && bin.to.is_some_and(|to| secs <= to);
                    prop_assert!(view.bins.iter().any(in_it));
                }
            }
            Err(DiscloseError::TooFew { .. }) => prop_assert!(exact.len() < 5),
            Err(DiscloseError::Spec(_)) => {
                prop_assert!(!(store.dictionary().iter().any(|l| l == from) && store.dictionary().iter().any(|l| l == to)));
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

#[test]
fn quartiles_are_read_off_the_published_bins() {
    let bin = |from, to, count| TimeBin { from, to, count };
    let bins = [bin(0, Some(100), 20), bin(100, Some(200), 40), bin(200, None, 20)];
    assert_eq!(quartile(&bins, 1, 10), Some(100));
    assert_eq!(quartile(&bins, 2, 10), Some(150));
    assert_eq!(quartile(&bins, 3, 10), Some(200));
    assert_eq!(quartile(&bins, 1, 20), Some(100), "twenty people lie below");
    assert_eq!(quartile(&bins, 1, 21), None);
    assert_eq!(quartile(&bins, 2, 21), Some(150));
    let open = [bin(0, Some(100), 20), bin(100, None, 60)];
    assert_eq!(quartile(&open, 2, 10), None, "it lies in a bin without an end");
    assert_eq!(quartile(&[], 2, 10), None);
}

#[test]
fn a_bin_closes_at_k_people_and_the_last_takes_what_is_left() {
    let merged = |people: &[u64], k| -> Vec<(u64, Option<u64>, u64)> {
        let mut exact = [0; BINS];
        exact[..people.len()].copy_from_slice(people);
        merged(&exact, k, |_| true).iter().map(|bin| (bin.from, bin.to, bin.count)).collect()
    };
    assert_eq!(merged(&[10, 9, 1, 10], 10), [(0, Some(1), 10), (1, Some(5), 10), (5, None, 10)]);
    assert_eq!(merged(&[10, 0, 10, 9], 10), [(0, Some(1), 10), (1, None, 19)]);
    assert_eq!(merged(&[9], 10), []);
}

#[test]
fn every_duration_has_one_bin_and_the_grid_is_in_order() {
    assert_eq!(timing::bin(0), 0);
    assert_eq!(timing::bin(999), 0);
    assert_eq!(timing::bin(1000), 1);
    assert_eq!(timing::bin(365 * 86_400_000 - 1), BINS - 2);
    assert_eq!(timing::bin(i64::MAX), BINS - 1);
}

#[test]
fn coarse_times_hide_the_minutes() {
    // 08:59:30 and 09:00:10 are a minute apart by the minute, an hour by the hour.
    let store = with_times(store_of(&vec![vec!["a", "b"]; 40]), &[40, 0]);
    let mut store = store;
    let times = store.time_millis.iter_mut().flatten();
    times.for_each(|time| *time += 8 * 3_600_000 + 59 * 60_000 + 30_000);
    let times = store.time_millis.as_deref().expect("given");
    for (grain, apart) in [
        (TimeGrain::None, 40_000),
        (TimeGrain::Minute, 60_000),
        (TimeGrain::Hour, 3_600_000),
        (TimeGrain::Day, 0),
    ] {
        let clock = Clock { times, grain_millis: grain.millis().expect("a length") };
        assert_eq!(clock.between(0, 1), apart, "{grain:?}");
    }
}

#[test]
fn what_cannot_be_timed_is_said_in_one_sentence() {
    let store = with_times(store_of(&vec![vec!["a", "anna@example.com", "b"]; 40]), &[90]);
    let policy = Policy::default();
    let why = |spec: &Spec, policy| ask(&store, spec, policy).expect_err("refused").to_string();
    assert!(why(&timing_spec("a", "nothing"), policy).contains("label"));
    let order = policy.with_time_grain(TimeGrain::Order);
    assert!(why(&timing_spec("a", "b"), order).contains("--time-grain"));
    // A label that may not be named is answered as one that nobody takes.
    let nobody = ask(&store, &timing_spec("b", "a"), policy);
    assert!(matches!(nobody, Err(DiscloseError::TooFew { .. })));
    let personal = ask(&store, &timing_spec("a", "anna@example.com"), policy);
    assert!(matches!(personal, Err(DiscloseError::TooFew { .. })));
}
