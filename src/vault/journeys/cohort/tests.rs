//! Times are cut before sessions are told by them, and not used at all where only the order is kept.

use super::select;
use crate::vault::disclose::tests::{store_of, store_of_sessions};
use crate::vault::journeys::Store;
use crate::vault::protect::key::Key;
use crate::vault::protect::labels;
use crate::views::{Extent, FlowSpec, Policy, Rules, Spec, TimeGrain, Unit};

/// One person who is away for 30 minutes and 10 seconds, 10:59:30 to 11:29:40, and then for a day.
fn store() -> Store {
    let mut store = store_of(&[vec!["a", "b", "c"]]);
    let begin = 1_772_362_770_000;
    store.time_millis = Some(vec![begin, begin + 1_810_000, begin + 86_400_000]);
    store
}

fn sessions(store: &Store, spec: &Spec, grain: TimeGrain) -> Result<usize, String> {
    let labels = labels::table(store.dictionary(), &Rules::default(), &[]);
    let policy = Policy::default().with_time_grain(grain);
    let cohort = select(store, &labels, &Key::from_bytes([7; 32]), spec, policy);
    cohort.map(|cohort| cohort.journeys.len()).map_err(|error| error.to_string())
}

fn by_session() -> Spec {
    Spec { unit: Unit::Sessions, ..Spec::flow("flow", FlowSpec::default()) }
}

#[test]
fn a_pause_is_seen_in_times_that_are_cut() {
    let mut store = store();
    let spec = by_session();
    assert_eq!(sessions(&store, &spec, TimeGrain::None), Ok(3));
    assert_eq!(sessions(&store, &spec, TimeGrain::Minute), Ok(2));
    store.session_gap_millis = 2 * 3_600_000;
    assert_eq!(sessions(&store, &spec, TimeGrain::Hour), Ok(2));
    store.session_gap_millis = 86_400_000;
    assert_eq!(sessions(&store, &spec, TimeGrain::Day), Ok(1));
}

#[test]
fn a_pause_that_cannot_be_seen_is_refused() {
    let (store, spec) = (store(), by_session());
    for grain in [TimeGrain::Hour, TimeGrain::Day] {
        let why = sessions(&store, &spec, grain).expect_err("the pause is 30 minutes");
        assert!(why.contains("--session-gap"), "{why}");
    }
    let why = sessions(&store, &spec, TimeGrain::Order).expect_err("no pause is known");
    assert!(why.contains("only the order"), "{why}");
    let mut part = Spec::flow("flow", FlowSpec::default());
    assert_eq!(sessions(&store, &part, TimeGrain::Order), Ok(1));
    part.cohort.journey = Extent::LongestSession;
    assert!(sessions(&store, &part, TimeGrain::Order).is_err());
    // Sessions of the file need no times, and without times there are no pauses.
    let told = store_of_sessions(&[vec![vec!["a"], vec!["b", "c"]]]);
    assert_eq!(sessions(&told, &spec, TimeGrain::Order), Ok(2));
    assert_eq!(sessions(&store_of(&[vec!["a", "b"]]), &spec, TimeGrain::Order), Ok(1));
}

#[test]
fn a_window_of_days_needs_more_than_the_order() {
    let store = store();
    let mut spec = Spec::flow("flow", FlowSpec::default());
    spec.cohort.from = Some(jiff::civil::date(2026, 3, 2));
    for grain in [TimeGrain::None, TimeGrain::Minute, TimeGrain::Hour, TimeGrain::Day] {
        assert_eq!(sessions(&store, &spec, grain), Ok(1));
    }
    let why = sessions(&store, &spec, TimeGrain::Order).expect_err("no day is known");
    assert!(why.contains("--from"), "{why}");
}
