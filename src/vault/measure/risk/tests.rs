//! Uniqueness against counting by hand and by brute force.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{HOUR_MILLIS, STEPS, Wall, of_cohort, of_drawn};
use crate::vault::journeys::cohort::{Cohort, select};
use crate::vault::journeys::{Codes, Store};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::{self, LabelTable};
use crate::views::{Policy, Progress, Rules, Spec, Uniqueness, Unit};

/// Labels are letters; times are in hours.
type Events = Vec<(u8, i64)>;

fn store(people: &[Events], has_time: bool) -> Store {
    let mut subject_start = vec![0];
    let (mut codes, mut times) = (Vec::new(), Vec::new());
    let (mut id_bytes, mut id_start) = (Vec::new(), vec![0]);
    for (number, events) in people.iter().enumerate() {
        codes.extend(events.iter().map(|(label, _)| u16::from(*label)));
        times.extend(events.iter().map(|(_, hour)| hour * HOUR_MILLIS));
        subject_start.push(codes.len() as u32);
        id_bytes.extend_from_slice(number.to_string().as_bytes());
        id_start.push(id_bytes.len() as u64);
    }
    Store {
        subject_start,
        label: Codes::Narrow(codes),
        time_millis: has_time.then_some(times),
        session_start: None,
        dictionary: ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(),
        id_bytes,
        id_start,
        other_ids: crate::vault::journeys::OtherIds::default(),
        attributes: Vec::new(),
        consent: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        session_gap_millis: 2 * HOUR_MILLIS,
    }
}

fn selected(store: &Store, spec: &Spec) -> (LabelTable, Cohort) {
    let labels = labels::table(store.dictionary(), &Rules::default(), &spec.hide);
    let policy = Policy::default().with_cap(Some(1000)).unwrap();
    let Ok(cohort) = select(store, &labels, &Key::from_bytes([1; 32]), spec, policy) else {
        panic!("everybody can be selected")
    };
    (labels, cohort)
}

fn measured(store: &Store, spec: &Spec) -> Uniqueness {
    let (labels, cohort) = selected(store, spec);
    of_cohort(store, &labels, &cohort, spec.collapse, &Progress::default()).unwrap()
}

fn close(one: [f64; STEPS], other: [f64; STEPS]) -> bool {
    one.iter().zip(other).all(|(one, other)| (one - other).abs() < 1e-9)
}

fn plain(journeys: &[&str]) -> Vec<Events> {
    journeys.iter().map(|steps| steps.bytes().map(|step| (step - b'a', 0)).collect()).collect()
}

#[test]
fn five_people_counted_by_hand() {
    let found =
        measured(&store(&plain(&["abc", "abc", "abd", "a", "ab"]), false), &Spec::default());
    let mut wanted = [60.0; STEPS];
    wanted[..2].copy_from_slice(&[0.0, 20.0]);
    assert!(close(found.first_steps, wanted));
    assert!((found.step_set - 60.0).abs() < 1e-9);
    assert!(found.with_day.is_none() && found.with_hour.is_none());
}

#[test]
fn the_order_and_number_of_steps_is_no_part_of_their_set() {
    let found =
        measured(&store(&plain(&["abc", "ccbbaa", "ab", "ba", "e"]), false), &Spec::default());
    assert!((found.step_set - 20.0).abs() < 1e-9);
    assert!(found.first_steps[0] > 59.0, "c, b and e stand alone");
}

#[test]
fn days_and_hours_tell_more_people_apart() {
    // The same steps; the second step is taken in the same hour, on the same day, on another day.
    let people =
        [vec![(0, 1), (1, 2)], vec![(0, 1), (1, 2)], vec![(0, 1), (1, 9)], vec![(0, 1), (1, 30)]];
    let found = measured(&store(&people, true), &Spec::default());
    assert!(close(found.first_steps, [0.0; STEPS]));
    let at = |shares: Option<[f64; STEPS]>| shares.unwrap()[..2].to_vec();
    assert_eq!(at(found.with_day), [0.0, 25.0]);
    assert_eq!(at(found.with_hour), [0.0, 50.0]);
}

#[test]
fn days_begin_where_the_person_is() {
    let mut store = store(&[vec![(0, 0)], vec![(0, 0)]], true);
    // 21:30 and 22:30 UTC in summer: before and after midnight in Berlin.
    store.time_millis = Some(vec![1_719_869_400_000, 1_719_873_000_000]);
    assert_eq!(measured(&store, &Spec::default()).with_day.unwrap()[0].to_bits(), 0);
    store.zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    assert!(measured(&store, &Spec::default()).with_day.unwrap()[0] > 99.0);
}

#[test]
fn people_without_a_step_are_nobody() {
    let spec = Spec { hide: vec!["e".to_owned()], ..Spec::default() };
    let found = measured(&store(&plain(&["eee", "ab", "ab", "eb", "e"]), false), &spec);
    assert!((found.first_steps[0] - 100.0 / 3.0).abs() < 1e-9);
    let nobody = measured(&store(&plain(&["e"]), false), &spec);
    assert!(close(nobody.first_steps, [0.0; STEPS]));
}

#[test]
fn a_drawing_is_told_by_its_smallest_cells() {
    let drawn = [(vec![1, 10, 20], 3), (vec![1, 10, 21], 1), (vec![2, 11], 1)];
    let found = of_drawn(&drawn, true);
    let mut wanted = [40.0; STEPS];
    wanted[..2].copy_from_slice(&[20.0, 20.0]);
    assert!(close(found.first_steps, wanted) && close(found.with_hour.unwrap(), wanted));
    assert!((found.step_set - 40.0).abs() < 1e-9);
    assert!(of_drawn(&drawn, false).with_day.is_none());
}

/// The first steps as somebody may know them, and whether the journey is over by then.
type Seen = (Vec<(u32, i64)>, bool);

/// Percent of the people with a journey of which no other person has the like.
fn by_force<K: Ord>(journeys: &[(u32, Vec<(u32, i64)>)], like: impl Fn(&[(u32, i64)]) -> K) -> f64 {
    let mut who: BTreeMap<K, BTreeSet<u32>> = BTreeMap::new();
    for (subject, steps) in journeys {
        who.entry(like(steps)).or_default().insert(*subject);
    }
    let alone: BTreeSet<u32> =
        who.values().filter(|who| who.len() == 1).flatten().copied().collect();
    let people: BTreeSet<u32> = journeys.iter().map(|(subject, _)| *subject).collect();
    if people.is_empty() { 0.0 } else { 100.0 * alone.len() as f64 / people.len() as f64 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_figure_agrees_with_brute_force(
        people in prop::collection::vec(
            prop::collection::vec((0..4_u8, 0..4_i64), 1..14), 1..40),
        (collapse, hides, sessions) in any::<(bool, bool, bool)>(),
    ) {
        let mut people = people;
        for events in &mut people {
            let mut hour = -20;
            for (_, time) in events.iter_mut() {
                hour += *time * *time;
                *time = hour;
            }
        }
        let store = store(&people, true);
        let spec = Spec {
            collapse,
            hide: if hides { vec!["b".to_owned()] } else { Vec::new() },
            unit: if sessions { Unit::Sessions } else { Unit::People },
            ..Spec::default()
        };
        let found = measured(&store, &spec);
        let (labels, cohort) = selected(&store, &spec);
        let mut journeys = Vec::new();
        for journey in &cohort.journeys {
            let mut steps: Vec<(u32, i64)> = journey
                .events()
                .map(|event| {
                    let time = store.time_millis.as_ref().unwrap()[event];
                    (labels.effective[store.label(event) as usize], time.div_euclid(HOUR_MILLIS))
                })
                .filter(|(label, _)| *label != LabelTable::HIDDEN)
                .collect();
            if collapse {
                steps.dedup_by_key(|(label, _)| *label);
            }
            if !steps.is_empty() {
                journeys.push((journey.subject, steps));
            }
        }
        let first = |n: usize, bin: fn(i64) -> i64| {
            by_force(&journeys, |steps| -> Seen {
                let seen = steps.iter().take(n).map(|(label, hour)| (*label, bin(*hour)));
                (seen.collect(), steps.len() < n)
            })
        };
        let all = |bin: fn(i64) -> i64| std::array::from_fn(|step| first(step + 1, bin));
        prop_assert!(close(found.first_steps, all(|_| 0)));
        prop_assert!(close(found.with_day.unwrap(), all(|hour| hour.div_euclid(24))));
        prop_assert!(close(found.with_hour.unwrap(), all(|hour| hour)));
        let set = by_force(&journeys, |steps| {
            steps.iter().map(|(label, _)| *label).collect::<BTreeSet<u32>>()
        });
        prop_assert!((found.step_set - set).abs() < 1e-9);
        for shares in [found.first_steps, found.with_day.unwrap(), found.with_hour.unwrap()] {
            prop_assert!(shares.is_sorted(), "to know more never hides anybody");
        }
    }

    #[test]
    fn the_clock_on_the_wall_agrees_with_the_calendar(
        times in prop::collection::vec(-2_000_000_000_000_i64..4_000_000_000_000, 1..50),
        name in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Caracas"]),
    ) {
        let zone = jiff::tz::TimeZone::get(name).unwrap();
        let mut wall = Wall::new(&zone);
        for millis in times {
            let stamp = jiff::Timestamp::from_millisecond(millis).unwrap();
            let shown = stamp.to_zoned_datetime(zone.clone());
            let days = jiff::civil::date(1970, 1, 1).until(shown.date()).unwrap().get_days();
            prop_assert_eq!(wall.hour(millis), days * 24 + i32::from(shown.hour()));
        }
    }

    #[test]
    fn where_every_cell_has_people_enough_nobody_is_unique(
        ways in prop::collection::vec((0..3_u32, 0..3_u32, 0..3_u32), 1..20),
    ) {
        let drawn: Vec<(Vec<u32>, u64)> = ways
            .iter()
            .map(|(one, two, three)| (vec![*one, 3 + two, 6 + three], 5))
            .collect();
        let found = of_drawn(&drawn, true);
        prop_assert!(close(found.first_steps, [0.0; STEPS]) && found.step_set < 1e-9);
    }
}
