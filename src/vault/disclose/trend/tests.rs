//! Trends against brute force, in zones that change their clocks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::super::map::tests::random_people;
use super::super::tests::{asked, store_of, store_of_sessions};
use super::*;
use crate::vault::journeys::Store;
use crate::views::{Ask, Cohort, Grain, MapSpec, Policy, Spec, TimeGrain};

fn trend_spec(grain: Grain, label: Option<&str>) -> Spec {
    let trend = TrendSpec { grain, label: label.map(str::to_owned) };
    Spec { name: "trend".to_owned(), ask: Ask::Trend(trend), ..Spec::default() }
}

fn ask(store: &Store, spec: &Spec, policy: Policy) -> Result<Trend, DiscloseError> {
    asked(store, 7, spec, policy, |question| {
        let Ask::Trend(trend) = &spec.ask else { unreachable!("only trends are asked here") };
        let Published { view: View::Trend(view), .. } = disclose(question, trend)?.remove(0) else {
            unreachable!("a trend was asked for")
        };
        Ok(view)
    })
}

/// The store with times: everybody begins some hours after the first of March 2024 in the zone, and
/// so many hours pass from one event to the next, in turn.
fn dated(mut store: Store, zone: &TimeZone, hours: &[i64]) -> Store {
    let begin = date(2024, 3, 1).to_zoned_datetime(zone.clone()).expect("a day").timestamp();
    let mut hours = hours.iter().cycle();
    let mut times = Vec::new();
    for subject in 0..store.subjects() {
        let mut now = begin.as_millisecond();
        for _ in store.events_of(subject) {
            now += hours.next().expect("some") * 1_800_000;
            times.push(now);
        }
    }
    store.time_millis = Some(times);
    store.zone = zone.clone();
    store
}

/// Every event's interval by the calendar, one by one; then neighbours merged as the design says.
fn brute(store: &Store, grain: Grain, label: Option<&str>, k: usize) -> Vec<(Date, Date, usize)> {
    let times = store.time_millis.as_ref().expect("given");
    let interval = |event: usize| {
        let time = Timestamp::from_millisecond(times[event]).expect("in range");
        let day = store.zone.to_datetime(time).date();
        match grain {
            Grain::Day => day,
            Grain::Week => (0..7)
                .map(|back| day.checked_sub(back.days()).expect("in range"))
                .find(|day| day.weekday() == jiff::civil::Weekday::Monday)
                .expect("every week has one"),
            Grain::Month => date(day.year(), day.month(), 1),
        }
    };
    let next = |day: Date| match grain {
        Grain::Day => day.checked_add(1.day()).expect("in range"),
        Grain::Week => day.checked_add(7.days()).expect("in range"),
        Grain::Month if day.month() == 12 => date(day.year() + 1, 1, 1),
        Grain::Month => date(day.year(), day.month() + 1, 1),
    };
    let mut active: BTreeMap<Date, BTreeSet<usize>> = BTreeMap::new();
    for subject in 0..store.subjects() {
        for event in store.events_of(subject) {
            let who = active.entry(interval(event)).or_default();
            if label.is_none_or(|label| store.dictionary()[store.label(event) as usize] == label) {
                who.insert(subject);
            }
        }
    }
    let Some((first, last)) = active.keys().next().copied().zip(active.keys().last().copied())
    else {
        return Vec::new();
    };
    let mut merged: Vec<(Date, Date, BTreeSet<usize>)> = Vec::new();
    let mut day = first;
    let mut open = (first, BTreeSet::new());
    while day <= last {
        open.1.extend(active.get(&day).into_iter().flatten().copied());
        day = next(day);
        if open.1.len() >= k {
            let (from, who) = std::mem::replace(&mut open, (day, BTreeSet::new()));
            merged.push((from, day, who));
        }
    }
    if let Some((_, to, who)) = merged.last_mut() {
        *to = day;
        who.extend(open.1);
    }
    merged.into_iter().map(|(from, to, who)| (from, to, who.len())).collect()
}

fn grain() -> impl Strategy<Value = Grain> {
    prop_oneof![Just(Grain::Day), Just(Grain::Week), Just(Grain::Month)]
}

/// Clocks change at night, at midnight, never, and by half an hour.
const ZONES: [&str; 4] =
    ["Europe/Berlin", "America/Santiago", "Asia/Kolkata", "Australia/Lord_Howe"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn intervals_hold_everybody_who_is_active_in_them(
        people in random_people(),
        hours in proptest::collection::vec(prop_oneof![4 => 0..40_i64, 1 => 0..2_000_i64], 1..30),
        zone in 0..ZONES.len(),
        grain in grain(),
        label in proptest::option::of(0..3_usize),
        k in prop_oneof![Just(5_u32), Just(10)],
    ) {
        let zone = TimeZone::get(ZONES[zone]).expect("a zone");
        let store = dated(store_of_sessions(&people), &zone, &hours);
        let label = label.map(|at| ["a", "b", "c"][at]);
        let spec = trend_spec(grain, label);
        let policy = Policy::new(k, Some(5)).expect("a safe pair");
        let exact = brute(&store, grain, label, k as usize);
        match ask(&store, &spec, policy) {
            Ok(view) => {
                prop_assert_eq!(view.bins.len(), exact.len());
                let last = exact.len() - 1;
                for (at, (bin, (from, to, people))) in view.bins.iter().zip(&exact).enumerate() {
                    prop_assert_eq!(bin.from, (at > 0).then_some(*from));
                    prop_assert_eq!(bin.to, (at < last).then_some(*to));
                    prop_assert!(bin.count >= u64::from(k) && bin.count.is_multiple_of(5));
                    prop_assert!(bin.count.abs_diff(*people as u64) < 5);
                }
            }
            Err(DiscloseError::TooFew { .. }) => prop_assert!(exact.is_empty()),
            Err(DiscloseError::Spec(_)) => {
                prop_assert!(!store.dictionary().iter().any(|known| Some(&**known) == label));
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

#[test]
fn a_declared_window_is_shown_and_the_times_of_the_data_are_not() {
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    // Everybody on the 2nd, 4th and 6th of March.
    let store = dated(store_of(&vec![vec!["a", "b", "c"]; 40]), &zone, &[60, 96, 96]);
    let bins = |spec: &Spec| -> Vec<(Option<Date>, Option<Date>)> {
        let view = ask(&store, spec, Policy::default()).expect("enough people");
        view.bins.iter().map(|bin| (bin.from, bin.to)).collect()
    };
    let day = |day| Some(date(2024, 3, day));
    let spec = trend_spec(Grain::Day, None);
    assert_eq!(bins(&spec), [(None, day(3)), (day(3), day(5)), (day(5), None)]);
    let cohort = Cohort { from: day(1), to: day(5), ..Cohort::default() };
    let spec = Spec { cohort, ..spec };
    assert_eq!(bins(&spec), [(day(1), day(3)), (day(3), day(6))]);
    // A window that begins inside a week begins where it says.
    let spec = Spec { ask: trend_spec(Grain::Week, None).ask, ..spec };
    assert_eq!(bins(&spec), [(day(1), day(4)), (day(4), day(6))]);
}

#[test]
fn who_has_a_step_is_the_same_number_in_a_map() {
    let zone = TimeZone::UTC;
    let mut journeys = vec![vec!["a", "b"]; 33];
    journeys.extend(vec![vec!["b"]; 20]);
    let store = dated(store_of(&journeys), &zone, &[1]);
    for seed in 0..20 {
        let trend = trend_spec(Grain::Week, Some("a"));
        let map_spec = Spec { ask: Ask::Map(MapSpec::default()), ..trend_spec(Grain::Week, None) };
        let view = |spec: &Spec| {
            asked(&store, seed, spec, Policy::default(), |question| {
                let published = match &spec.ask {
                    Ask::Trend(trend) => disclose(question, trend),
                    Ask::Map(asked) => map::disclose(question, asked),
                    _ => unreachable!("only these are asked here"),
                };
                published.expect("enough people").remove(0).view
            })
        };
        let (View::Trend(trend), View::Map(map)) = (view(&trend), view(&map_spec)) else {
            unreachable!("both were asked for")
        };
        let node = map.nodes.iter().find(|node| node.label == "a").expect("shown");
        assert_eq!(trend.people, node.count);
        assert_eq!(trend.bins[0].count, node.count);
    }
}

#[test]
fn without_times_there_is_no_trend() {
    let store = store_of(&vec![vec!["a", "b"]; 40]);
    let spec = trend_spec(Grain::Day, None);
    let why = ask(&store, &spec, Policy::default()).expect_err("refused").to_string();
    assert!(why.contains("no times"), "{why}");
    let store = dated(store, &TimeZone::UTC, &[1]);
    let order = Policy::default().with_time_grain(TimeGrain::Order);
    let why = ask(&store, &spec, order).expect_err("refused").to_string();
    assert!(why.contains("--time-grain"), "{why}");
    let unknown = ask(&store, &trend_spec(Grain::Day, Some("zzz")), Policy::default());
    assert!(matches!(unknown, Err(DiscloseError::Spec(_))));
}
