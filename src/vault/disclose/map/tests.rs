//! Maps against brute force on random people, and against the reference of real logs.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;

use super::super::tests::{asked, store_of, store_of_sessions, with_plan};
use super::*;
use crate::vault::Vault;
use crate::vault::journeys::Store;
use crate::views::{
    Ask, Filter, HIDDEN, ImportPlan, Mapping, Policy, Progress, PublishedCohort, Spec, Split,
    TimeBin, TimeGrain,
};

type People = Vec<Vec<Vec<&'static str>>>;

const LABELS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// People with some sessions each: common and rare ones mix.
pub(in crate::vault) fn random_people() -> impl Strategy<Value = People> {
    let label = (0..LABELS.len()).prop_map(|at| LABELS[at]);
    let session = proptest::collection::vec(label, 1..8);
    let kinds = proptest::collection::vec(session, 1..7);
    let some = |range| proptest::collection::vec(any::<prop::sample::Index>(), range);
    let person = prop_oneof![4 => some(1..4), 1 => some(4..15)];
    (kinds, proptest::collection::vec(person, 3..60)).prop_map(|(kinds, people)| {
        let sessions = |person: Vec<prop::sample::Index>| {
            person.into_iter().map(|kind| kind.get(&kinds).clone()).collect()
        };
        people.into_iter().map(sessions).collect()
    })
}

/// The same store with times: everybody begins at 0, and from one event to the next so many
/// seconds pass, in turn.
pub(in crate::vault) fn with_times(mut store: Store, gaps_secs: &[i64]) -> Store {
    let mut times = Vec::new();
    let mut gaps = gaps_secs.iter().cycle();
    for subject in 0..store.subjects() {
        let mut now = 0;
        for _ in store.events_of(subject) {
            times.push(now * 1000);
            now += gaps.next().copied().unwrap_or_default();
        }
    }
    store.time_millis = Some(times);
    store
}

fn map_spec(map: MapSpec) -> Spec {
    Spec { name: "map".to_owned(), ask: Ask::Map(map), ..Spec::default() }
}

fn map_of(spec: &Spec) -> &MapSpec {
    let Ask::Map(map) = &spec.ask else { unreachable!("only maps are asked here") };
    map
}

fn random_spec() -> impl Strategy<Value = Spec> {
    let unit = prop_oneof![Just(Unit::People), Just(Unit::Sessions), Just(Unit::Occurrences)];
    let hide =
        proptest::collection::vec((0..LABELS.len()).prop_map(|at| LABELS[at].to_owned()), 0..2);
    (unit, hide, any::<bool>(), any::<bool>()).prop_map(|(unit, hide, collapse, skip_rare)| Spec {
        unit,
        hide,
        collapse,
        ..map_spec(MapSpec { skip_rare, ..MapSpec::default() })
    })
}

fn random_policy() -> impl Strategy<Value = Policy> {
    (0..3_usize, proptest::option::of(1..20_u32)).prop_map(|(at, cap)| {
        let (k, b) = [(5, 5), (10, 5), (10, 10)][at];
        Policy::new(k, Some(b)).expect("a safe pair").with_cap(cap).expect("a cap")
    })
}

fn ask(store: &Store, seed: u8, spec: &Spec, policy: Policy) -> Result<Vec<Map>, DiscloseError> {
    asked(store, seed, spec, policy, |question| {
        let published = disclose(question, map_of(spec))?;
        let map = |published: Published| match published.view {
            View::Map(map) => map,
            _ => unreachable!("a map was asked for"),
        };
        Ok(published.into_iter().map(map).collect())
    })
}

fn ask_one(store: &Store, spec: &Spec, policy: Policy) -> Map {
    ask(store, 7, spec, policy).expect("enough people").remove(0)
}

/// A place of a map in plain words: `Some` a label, or `None` for `Other`; and what each person
/// adds to a number.
type Place = Option<String>;
type Shares = BTreeMap<u32, u32>;

/// Everything that a map counts, without any table, person by person.
#[derive(Default)]
struct Brute {
    nodes: BTreeMap<Place, Shares>,
    edges: BTreeMap<(Place, Place), Shares>,
    starts: BTreeMap<Place, Shares>,
    ends: BTreeMap<Place, Shares>,
    all: Shares,
}

impl Brute {
    fn of(question: &Question<'_>, map: &MapSpec) -> Self {
        let Question { store, spec, cohort, policy, .. } = question;
        let hidden = |label: &String| spec.hide.contains(label);
        let visible = |journey: &Journey| -> Vec<String> {
            let labels =
                journey.events().map(|e| store.dictionary()[store.label(e) as usize].clone());
            labels.filter(|label| !hidden(label)).collect()
        };
        let mut who: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
        for journey in &cohort.journeys {
            for label in visible(journey) {
                who.entry(label).or_default().insert(journey.subject);
            }
        }
        let is_rare = |label: &String| who[label].len() < policy.k() as usize;
        let mut brute = Self::default();
        for journey in &cohort.journeys {
            let seen = visible(journey);
            if seen.is_empty() {
                continue;
            }
            let mut steps = seen.clone();
            if map.skip_rare {
                steps.retain(|label| !is_rare(label));
            }
            if spec.collapse {
                steps.dedup();
            }
            let place = |label: &String| Some(label.clone()).filter(|label| !is_rare(label));
            let steps: Vec<Place> = steps.iter().map(place).collect();
            // What this journey has, each with how often.
            let mut here = Self::default();
            let add = |shares: &mut Shares| *shares.entry(journey.subject).or_default() += 1;
            for step in &steps {
                add(here.nodes.entry(step.clone()).or_default());
            }
            for pair in steps.windows(2) {
                add(here.edges.entry((pair[0].clone(), pair[1].clone())).or_default());
            }
            add(here.starts.entry(steps.first().cloned().flatten()).or_default());
            add(here.ends.entry(steps.last().cloned().flatten()).or_default());
            add(&mut here.all);
            brute.merge(here, spec.unit);
        }
        let cap = if spec.unit == Unit::People { 1 } else { policy.cap() };
        let everything = (brute.nodes.values_mut().chain(brute.edges.values_mut()))
            .chain(brute.starts.values_mut().chain(brute.ends.values_mut()))
            .chain([&mut brute.all]);
        everything.flat_map(BTreeMap::values_mut).for_each(|share| *share = (*share).min(cap));
        brute
    }

    fn merge(&mut self, journey: Self, unit: Unit) {
        let add = |sum: &mut Shares, shares: Shares| {
            for (subject, share) in shares {
                // A session counts once in all that it has.
                *sum.entry(subject).or_default() +=
                    if unit == Unit::Occurrences { share } else { 1 };
            }
        };
        for (place, shares) in journey.nodes {
            add(self.nodes.entry(place).or_default(), shares);
        }
        for (pair, shares) in journey.edges {
            add(self.edges.entry(pair).or_default(), shares);
        }
        for (place, shares) in journey.starts {
            add(self.starts.entry(place).or_default(), shares);
        }
        for (place, shares) in journey.ends {
            add(self.ends.entry(place).or_default(), shares);
        }
        add(&mut self.all, journey.all);
    }
}

fn is_small(shares: &Shares, k: u32) -> bool {
    let mut sorted: Vec<u32> = shares.values().copied().collect();
    sorted.sort_unstable();
    sorted.reverse();
    let sum: u32 = sorted.iter().sum();
    sorted.len() < k as usize || 2 * sorted[0] > sum || 3 * (sorted[0] + sorted[1]) > 2 * sum
}

fn sum(shares: &Shares) -> u64 {
    shares.values().copied().map(u64::from).sum()
}

fn place(label: &str) -> Place {
    (label != OTHER).then(|| label.to_owned())
}

/// Whether a published number is one of the multiples of b beside the exact one.
fn is_beside(published: u64, exact: u64, policy: Policy) -> bool {
    let (k, b) = (u64::from(policy.k()), u64::from(policy.b()));
    published >= k && published.is_multiple_of(b) && published.abs_diff(exact) < b
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn exact_counts_are_those_of_brute_force(
        people in random_people(),
        spec in random_spec(),
        policy in random_policy(),
    ) {
        let store = store_of_sessions(&people);
        asked(&store, 1, &spec, policy, |question| {
            let walk = Walk {
                store: question.store,
                labels: question.labels,
                journeys: &question.cohort.journeys,
                collapse: spec.collapse,
                unit: spec.unit,
                cap: policy.cap(),
                dominance: policy.cap() > policy.default_cap(),
                progress: question.progress,
            };
            let subjects_at = walk.subjects_at().expect("not cancelled");
            let skip_rare = map_of(&spec).skip_rare;
            let slots = Slots::new(question.labels, &subjects_at, policy.k().into(), skip_rare);
            let exact = walk.count(&slots).expect("not cancelled");
            let brute = Brute::of(question, map_of(&spec));
            let nobody = Shares::new();
            let same = |counted: Counted, shares: Option<&Shares>| {
                let shares = shares.unwrap_or(&nobody);
                let number = (u64::from(counted.count), counted.subjects as usize);
                assert_eq!(number, (sum(shares), shares.len()));
                if !shares.is_empty() {
                    assert_eq!(counted.is_small(policy.k().into()), is_small(shares, policy.k()));
                }
            };
            let place = |slot: usize| {
                slots.named.get(slot).map(|label| question.labels.names[*label as usize].clone())
            };
            same(exact.all(), Some(&brute.all));
            for slot in 0..=slots.other() {
                same(exact.node(slot), brute.nodes.get(&place(slot)));
                same(exact.end(End::Start, slot), brute.starts.get(&place(slot)));
                same(exact.end(End::End, slot), brute.ends.get(&place(slot)));
                for to in 0..=slots.other() {
                    same(exact.edge(slot, to), brute.edges.get(&(place(slot), place(to))));
                }
            }
        });
    }

    #[test]
    fn a_map_shows_what_enough_people_do_and_nobody_dominates(
        people in random_people(),
        spec in random_spec(),
        policy in random_policy(),
        seed in any::<u8>(),
    ) {
        let store = store_of_sessions(&people);
        asked(&store, seed, &spec, policy, |question| {
            let brute = Brute::of(question, map_of(&spec));
            let map = match disclose(question, map_of(&spec)) {
                Ok(mut published) => match published.remove(0).view {
                    View::Map(map) => map,
                    _ => unreachable!("a map was asked for"),
                },
                Err(DiscloseError::TooFew { .. }) => {
                    assert!(brute.all.is_empty() || is_small(&brute.all, policy.k()));
                    return;
                }
                Err(other) => panic!("{other}"),
            };
            let k = policy.k();
            assert!(is_beside(map.people, sum(&brute.all), policy));
            let large = |cells: &BTreeMap<Place, Shares>| -> BTreeSet<Place> {
                let large = cells.iter().filter(|(_, shares)| !is_small(shares, k));
                large.map(|(place, _)| place.clone()).collect()
            };
            let nodes = large(&brute.nodes);
            assert_eq!(map.nodes.len(), nodes.len());
            for node in &map.nodes {
                assert_eq!(node.kind == LabelKind::Other, place(&node.label).is_none());
                assert!(is_beside(node.count, sum(&brute.nodes[&place(&node.label)]), policy));
            }
            let between = |(from, to): &(Place, Place)| nodes.contains(from) && nodes.contains(to);
            let edges =
                brute.edges.iter().filter(|(e, shares)| !is_small(shares, k) && between(e));
            assert_eq!(map.edges.len(), edges.count());
            for edge in &map.edges {
                let exact = &brute.edges[&(place(&edge.from), place(&edge.to))];
                assert!(!is_small(exact, k));
                assert!(is_beside(edge.count, sum(exact), policy));
            }
            for (rows, exact) in [(&map.starts, &brute.starts), (&map.ends, &brute.ends)] {
                assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), map.people);
                let named: Vec<Place> = rows.iter().map(|row| place(&row.label)).collect();
                let mut rest: Shares = BTreeMap::new();
                for (place, shares) in exact {
                    if place.is_none() || !named.contains(place) {
                        for (who, share) in shares {
                            *rest.entry(*who).or_default() += share;
                        }
                    }
                }
                assert_eq!(named.contains(&None), !rest.is_empty());
                for row in rows {
                    let exact = if row.kind == LabelKind::Other { &rest } else { &exact[&place(&row.label)] };
                    assert!(!is_small(exact, k), "{} people", exact.len());
                    assert!(is_beside(row.count, sum(exact), policy));
                }
            }
        });
    }

    #[test]
    fn the_same_people_in_another_order_give_the_same_map(
        people in random_people(),
        spec in random_spec(),
        seed in any::<u8>(),
    ) {
        // Which sessions of many are counted is drawn by identifier, which is a position here.
        let spec = Spec { unit: if spec.unit == Unit::Sessions { Unit::People } else { spec.unit }, ..spec };
        let spec = Spec { ask: Ask::Map(MapSpec { activities: 60, paths: 30, ..map_of(&spec).clone() }), ..spec };
        let reversed: People = people.iter().rev().cloned().collect();
        let policy = Policy::new(5, None).expect("listed");
        let one = ask(&store_of_sessions(&people), seed, &spec, policy);
        let other = ask(&store_of_sessions(&reversed), seed, &spec, policy);
        prop_assert_eq!(one.map_err(|e| e.to_string()), other.map_err(|e| e.to_string()));
    }

    #[test]
    fn what_is_shown_behind_sliders_stays_connected(
        people in random_people(),
        skip_rare in any::<bool>(),
        activities in 1..=100_u8,
        paths in 0..=100_u8,
    ) {
        let store = store_of_sessions(&people);
        let policy = Policy::new(5, None).expect("listed");
        let all = map_spec(MapSpec { skip_rare, ..MapSpec::default() });
        let Ok(mut all) = ask(&store, 7, &all, policy) else { return Ok(()) };
        let all = all.remove(0);
        let some = map_spec(MapSpec { activities, paths, skip_rare, ..MapSpec::default() });
        let some = ask_one(&store, &some, policy);
        prop_assert!(some.nodes.iter().all(|node| all.nodes.contains(node)));
        prop_assert!(some.edges.iter().all(|edge| all.edges.contains(edge)));
        prop_assert!(some.starts.iter().all(|row| all.starts.contains(row)));
        prop_assert!(some.ends.iter().all(|row| all.ends.contains(row)));
        prop_assert_eq!(some.people, all.people);
        let labels = |map: &Map| map.nodes.iter().map(|n| n.label.clone()).collect::<BTreeSet<_>>();
        let is_shown = labels(&some);
        prop_assert!(some.edges.iter().all(|e| is_shown.contains(&e.from) && is_shown.contains(&e.to)));
        if activities == 100 && paths == 100 {
            prop_assert_eq!(&some.nodes, &all.nodes);
            prop_assert_eq!(&some.edges, &all.edges);
            return Ok(());
        }
        let connected = |map: &Map| {
            let (forth, back) = reached(map);
            labels(map).into_iter().filter(|l| forth.contains(l) && back.contains(l)).collect::<BTreeSet<_>>()
        };
        let possible = connected(&all);
        let has_name = |map: &Map| map.nodes.iter().any(|node| node.kind == LabelKind::Label);
        prop_assert_eq!(has_name(&all), has_name(&some));
        if possible.iter().all(|label| label == OTHER) {
            return Ok(());
        }
        prop_assert_eq!(connected(&some), labels(&some), "all that is shown is connected");
        // The most frequent activities that can be connected are there.
        let named = all.nodes.iter().filter(|node| node.kind == LabelKind::Label);
        let number = (named.clone().count() * usize::from(activities)).div_ceil(100);
        for node in named.filter(|node| possible.contains(&node.label)).take(number) {
            prop_assert!(is_shown.contains(&node.label));
        }
    }

    #[test]
    fn times_of_edges_are_those_of_first_times_and_add_up(
        people in random_people(),
        gaps in proptest::collection::vec(prop_oneof![0..5_i64, 0..5_000_i64, 0..9_000_000_i64], 1..40),
        collapse in any::<bool>(),
        grain in prop_oneof![Just(TimeGrain::None), Just(TimeGrain::Hour)],
    ) {
        let store = with_times(store_of_sessions(&people), &gaps);
        let policy = Policy::new(5, None).expect("listed").with_time_grain(grain);
        let spec = Spec { collapse, ..map_spec(MapSpec { times: true, ..MapSpec::default() }) };
        let Ok(mut map) = ask(&store, 7, &spec, policy) else { return Ok(()) };
        let map = map.remove(0);
        let shown: Vec<&str> = map.nodes.iter().map(|node| &*node.label).collect();
        let times = store.time_millis.as_ref().expect("given");
        let mut firsts: BTreeMap<(String, String), Vec<i64>> = BTreeMap::new();
        for subject in 0..store.subjects() {
            let mut steps: Vec<(String, i64)> = Vec::new();
            let mut before = String::new();
            for event in store.events_of(subject) {
                let label = store.dictionary()[store.label(event) as usize].clone();
                if !(collapse && label == before) {
                    let name = if shown.contains(&&*label) { label.clone() } else { OTHER.to_owned() };
                    steps.push((name, times[event]));
                }
                before = label;
            }
            let mut done = BTreeSet::new();
            for pair in steps.windows(2) {
                let edge = (pair[0].0.clone(), pair[1].0.clone());
                if done.insert(edge.clone()) {
                    let cut = |millis: i64| if grain == TimeGrain::Hour { millis / 3_600_000 * 3600 } else { millis / 1000 };
                    firsts.entry(edge).or_default().push(cut(pair[1].1) - cut(pair[0].1));
                }
            }
        }
        for edge in &map.edges {
            let exact = &firsts[&(edge.from.clone(), edge.to.clone())];
            assert_bins(&edge.bins, exact, edge.count, policy);
        }
    }
}

/// What can be reached from a start, and what can reach an end, over the edges of a map. Where no
/// start (or end) is a node, all are.
fn reached(map: &Map) -> (BTreeSet<String>, BTreeSet<String>) {
    let spread = |rows: &[MapEnd], way: &dyn Fn(&MapEdge) -> (String, String)| {
        let nodes = || map.nodes.iter().map(|node| node.label.clone());
        let mut reached: BTreeSet<String> =
            nodes().filter(|label| rows.iter().any(|row| row.label == *label)).collect();
        if reached.is_empty() {
            reached = nodes().collect();
        }
        for _ in 0..map.nodes.len() {
            for edge in &map.edges {
                let (from, to) = way(edge);
                if reached.contains(&from) {
                    reached.insert(to);
                }
            }
        }
        reached
    };
    (
        spread(&map.starts, &|edge| (edge.from.clone(), edge.to.clone())),
        spread(&map.ends, &|edge| (edge.to.clone(), edge.from.clone())),
    )
}

/// Published bins against the exact times in seconds that they are made of.
pub(in crate::vault) fn assert_bins(bins: &[TimeBin], exact: &[i64], people: u64, policy: Policy) {
    assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), people);
    assert_eq!(bins.first().map(|bin| bin.from), Some(0));
    assert_eq!(bins.last().map(|bin| bin.to), Some(None));
    for pair in bins.windows(2) {
        assert_eq!(pair[0].to, Some(pair[1].from));
    }
    for bin in bins {
        let from = i64::try_from(bin.from).expect("small");
        let to = bin.to.map_or(i64::MAX, |to| i64::try_from(to).expect("small"));
        let inside = exact.iter().filter(|secs| (from..to).contains(secs)).count() as u64;
        assert!(inside >= policy.k().into(), "{inside} people in a bin");
        assert!(is_beside(bin.count, inside, policy));
    }
}

fn everybody(journeys: &[(&'static str, usize)]) -> People {
    let walks = |(labels, people): &(&'static str, usize)| {
        std::iter::repeat_n(vec![labels.split(' ').collect()], *people)
    };
    journeys.iter().flat_map(walks).collect()
}

fn count(map: &Map, from: &str, to: &str) -> Option<u64> {
    map.edges.iter().find(|edge| edge.from == from && edge.to == to).map(|edge| edge.count)
}

#[test]
fn people_are_counted_and_not_what_they_do() {
    let busy = "a a a a a a a a a a a a";
    let store = store_of_sessions(&everybody(&[("a b", 20), (busy, 4)]));
    let policy = Policy::new(5, None).expect("listed");
    for unit in [Unit::People, Unit::Sessions, Unit::Occurrences] {
        let map = ask_one(&store, &Spec { unit, ..map_spec(MapSpec::default()) }, policy);
        assert_eq!(count(&map, "a", "a"), None, "four people are too few, whatever they do");
        assert_eq!(count(&map, "a", "b"), Some(20));
    }
}

#[test]
fn what_one_person_dominates_is_not_shown_and_a_cap_helps() {
    let mut people = everybody(&[("a b", 6), ("c", 20)]);
    people[0] = vec![["a", "b"].repeat(30)];
    let store = store_of_sessions(&people);
    let spec = Spec { unit: Unit::Occurrences, ..map_spec(MapSpec::default()) };
    let policy = Policy::new(5, None).expect("listed");
    let capped = ask_one(&store, &spec, policy);
    // Three times by one, once by five others.
    assert!(matches!(count(&capped, "a", "b"), Some(5 | 10)));
    let loose = ask_one(&store, &spec, policy.with_cap(Some(30)).expect("a cap"));
    assert_eq!(count(&loose, "a", "b"), None);
    assert_eq!(loose.nodes.len(), 1, "neither are a and b shown");
}

#[test]
fn starts_fold_until_nobody_is_left_over() {
    // The counterexample 02 of the design: with a alone, five people who start elsewhere show.
    let store = store_of_sessions(&everybody(&[("a b", 95), ("c b", 5)]));
    let map = ask_one(&store, &map_spec(MapSpec::default()), Policy::default());
    let rows: Vec<(&str, LabelKind, u64)> =
        map.starts.iter().map(|row| (&*row.label, row.kind, row.count)).collect();
    assert_eq!(rows, [(OTHER, LabelKind::Other, 100)]);
    assert!(map.nodes.iter().all(|node| node.label != OTHER));
    assert_eq!(map.ends.len(), 1);
    // Starts that say nothing by name lead anywhere, so that the sliders leave something.
    let spec = map_spec(MapSpec { activities: 100, paths: 50, ..MapSpec::default() });
    assert_eq!(ask_one(&store, &spec, Policy::default()).nodes.len(), 2);
}

#[test]
fn only_as_many_starts_fold_as_must() {
    for (c, d, named) in
        [(10, 0, &["a", "b", "c"][..]), (9, 2, &["a", "b"]), (9, 0, &["a"]), (10, 1, &["a", "b"])]
    {
        let walks = [("a x", 95), ("b x", 20), ("c x", c), ("d x", d)];
        let store = store_of_sessions(&everybody(&walks));
        let map = ask_one(&store, &map_spec(MapSpec::default()), Policy::default());
        let rows = map.starts.iter().filter(|row| row.kind == LabelKind::Label);
        let labels: BTreeSet<&str> = rows.map(|row| &*row.label).collect();
        assert!(labels.iter().eq(named), "{c} and {d}: {labels:?}");
    }
}

#[test]
fn rare_labels_become_other_or_are_skipped_and_nobody_is_lost() {
    let rare: Vec<String> = (0..30).map(|n| format!("rare {}", "x".repeat(n + 1))).collect();
    let mut journeys: Vec<Vec<&str>> = rare.iter().map(|rare| vec!["a", rare, "b"]).collect();
    journeys.extend(rare.iter().map(|rare| vec![&**rare]));
    let store = store_of(&journeys);
    let policy = Policy::new(5, None).expect("listed");
    let map = ask_one(&store, &map_spec(MapSpec::default()), policy);
    assert_eq!(count(&map, "a", OTHER), Some(30));
    assert_eq!(map.people, 60);
    let labels: Vec<&str> = map.nodes.iter().map(|node| &*node.label).collect();
    assert_eq!(labels, [OTHER, "a", "b"]);
    assert_eq!(View::Map(map.clone()).by_name(), [50, 55]);
    let skipped = map_spec(MapSpec { skip_rare: true, ..MapSpec::default() });
    let map = ask_one(&store, &skipped, policy);
    assert_eq!(count(&map, "a", "b"), Some(30));
    assert_eq!((map.people, map.nodes.len()), (60, 2));
    let starts: Vec<(&str, u64)> = map.starts.iter().map(|r| (&*r.label, r.count)).collect();
    assert_eq!(starts, [(OTHER, 30), ("a", 30)]);
}

#[test]
fn a_label_that_looks_personal_is_never_named() {
    let store = store_of(&vec![vec!["a", "mail anna@example.com", "b"]; 40]);
    let map = ask_one(&store, &map_spec(MapSpec::default()), Policy::default());
    assert_eq!(count(&map, "a", OTHER), Some(40));
    assert!(map.nodes.iter().all(|node| !node.label.contains('@')));
}

#[test]
fn data_that_differ_in_what_too_few_do_look_alike() {
    let base = [("s a e", 20), ("s b e", 20), ("s c e", 20), ("s d e", 20)];
    let policy = Policy::new(5, None).expect("listed");
    let mut seen = BTreeSet::new();
    for few in ["s a b c d e", "s a c b d e"] {
        let store = store_of_sessions(&everybody(&[&base[..], &[(few, 4)]].concat()));
        let spec =
            map_spec(MapSpec { times: true, activities: 60, paths: 40, ..MapSpec::default() });
        let map = ask_one(&with_times(store, &[60]), &spec, policy);
        seen.insert(serde_json::to_string(&View::Map(map)).expect("plain data"));
    }
    assert_eq!(seen.len(), 1);
}

#[test]
fn times_need_people_and_times() {
    let store = store_of(&vec![vec!["a", "b"]; 40]);
    let spec = map_spec(MapSpec { times: true, ..MapSpec::default() });
    let refused = |store: &Store, spec: &Spec, policy: Policy, why: &str| {
        let error = ask(store, 1, spec, policy).expect_err("refused").to_string();
        assert!(error.contains(why) && !error.contains('\n'), "{error}");
    };
    refused(&store, &spec, Policy::default(), "no times");
    let store = with_times(store, &[90]);
    let order = Policy::default().with_time_grain(TimeGrain::Order);
    refused(&store, &spec, order, "--time-grain");
    let sessions = Spec { unit: Unit::Sessions, ..spec.clone() };
    refused(&store, &sessions, Policy::default(), "people");
    let map = ask_one(&store, &spec, Policy::default());
    // Everybody is in the bin from 0 without an end, so there is no median.
    assert_eq!(map.edges[0].bins.len(), 1);
    assert_eq!(map.edges[0].median_secs, None);
}

#[test]
fn a_median_lies_within_its_bin() {
    // 20 people take 70 seconds, 20 take 150, 20 take an hour and a half.
    let store = store_of(&vec![vec!["a", "b"]; 60]);
    let mut gaps = Vec::new();
    for secs in [70, 150, 5400] {
        for _ in 0..20 {
            gaps.extend([secs, 0]);
        }
    }
    let spec = map_spec(MapSpec { times: true, ..MapSpec::default() });
    let map = ask_one(&with_times(store, &gaps), &spec, Policy::default());
    let bins: Vec<(u64, Option<u64>, u64)> =
        map.edges[0].bins.iter().map(|bin| (bin.from, bin.to, bin.count)).collect();
    assert_eq!(bins, [(0, Some(120), 20), (120, Some(300), 20), (300, None, 20)]);
    assert_eq!(map.edges[0].median_secs, Some(210), "half way through the middle bin");
}

#[test]
fn what_a_reader_could_compute_with_is_folded() {
    let store = store_of_sessions(&everybody(&[("a b c", 40), ("b c a", 40), ("c a b", 40)]));
    let spec = map_spec(MapSpec::default());
    let folded = |cells: &[Cell]| {
        let folded = cells.iter().cloned().collect();
        asked(&store, 7, &spec, Policy::default(), |question| {
            let question = Question { folded: &folded, ..*question };
            let published = disclose(&question, map_of(&spec)).expect("enough people").remove(0);
            let View::Map(map) = published.view else { unreachable!("a map was asked for") };
            map
        })
    };
    let [a, b] = ["a", "b"].map(str::to_owned);
    let all = folded(&[]);
    assert_eq!((all.edges.len(), all.starts.len()), (3, 3));
    let map = folded(&[Cell::Edge(a.clone(), b.clone())]);
    assert_eq!((map.edges.len(), count(&map, "a", "b")), (2, None));
    assert_eq!(map.nodes, all.nodes);
    let map = folded(&[Cell::Start(a.clone()), Cell::End(b.clone())]);
    assert_eq!(map.edges, all.edges);
    let labels = |rows: &[MapEnd]| rows.iter().map(|row| row.label.clone()).collect::<Vec<_>>();
    assert_eq!(
        (labels(&map.starts), labels(&map.ends)),
        (
            vec![OTHER.to_owned(), "b".to_owned(), "c".to_owned()],
            vec![OTHER.to_owned(), "a".to_owned(), "c".to_owned()],
        )
    );
    let map = folded(&[Cell::Node(a.clone())]);
    assert!(map.nodes.iter().all(|node| node.label != a));
    assert_eq!((count(&map, OTHER, "b"), count(&map, "c", OTHER)), (Some(80), Some(80)));
    let map = folded(&[Cell::Node(a), Cell::Node(OTHER.to_owned())]);
    assert_eq!((map.nodes.len(), map.edges.len()), (2, 1));
}

#[test]
fn segments_are_maps_of_their_own_people() {
    let people = everybody(&[("a b", 30), ("a c b", 30), ("a rare", 10), ("a", 12)]);
    let plans: Vec<Option<&str>> = [(Some("x"), 30), (Some("y"), 30), (Some("z"), 10), (None, 12)]
        .into_iter()
        .flat_map(|(plan, people)| std::iter::repeat_n(plan, people))
        .collect();
    let store = with_plan(store_of_sessions(&people), &plans);
    let spec = Spec { split: Some(Split::By("plan".to_owned())), ..map_spec(MapSpec::default()) };
    let policy = Policy::new(10, None).expect("listed");
    let maps = ask(&store, 7, &spec, policy).expect("enough people");
    assert_eq!(maps.len(), 4);
    let of = |value: &str| {
        let filter = Filter { attribute: "plan".to_owned(), value: value.to_owned() };
        let cohort = PublishedCohort { filters: vec![filter], ..PublishedCohort::default() };
        maps.iter().find(|map| map.spec.cohort == cohort).expect("a segment")
    };
    assert_eq!((count(of("x"), "a", "b"), count(of("y"), "a", "b")), (Some(30), None));
    assert_eq!(count(of("y"), "c", "b"), Some(30));
    assert_eq!(count(of("z"), "a", "rare"), Some(10));
    let total: u64 = maps.iter().map(|map| map.people).sum();
    assert!(total.abs_diff(82) < 5);
    assert!(maps.iter().all(|map| map.spec.cohort.filters[0].value != HIDDEN));
}

#[test]
fn sixty_thousand_labels_are_no_burden() {
    let names: Vec<String> = (0..60_000_u32)
        .map(|n| {
            let letter = |place: u32| char::from(b'a' + (n / 26_u32.pow(place) % 26) as u8);
            (0..4).map(letter).collect()
        })
        .collect();
    let mut journeys: Vec<Vec<&str>> = names
        .chunks(20)
        .map(|names| {
            let names = names.iter().map(String::as_str);
            std::iter::once("home page").chain(names).collect()
        })
        .collect();
    // More labels that many people have than may be named.
    journeys.extend((0..5).map(|_| names[..1_200].iter().map(String::as_str).collect()));
    let store = wide_store_of(&journeys);
    let policy = Policy::new(5, None).expect("listed");
    let begun = std::time::Instant::now();
    let map = ask_one(&store, &map_spec(MapSpec::default()), policy);
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    assert_eq!(map.nodes.iter().filter(|n| n.kind == LabelKind::Label).count(), Slots::MOST);
    assert!(matches!(count(&map, "home page", OTHER), Some(2_900..)));
}

/// As [`store_of`], for many labels.
fn wide_store_of(journeys: &[Vec<&str>]) -> Store {
    let mut store = store_of(&vec![vec![]; journeys.len()]);
    let labels: BTreeSet<&str> = journeys.iter().flatten().copied().collect();
    let code: BTreeMap<&str, u32> = labels.iter().copied().zip(0..).collect();
    let codes: Vec<u32> = journeys.iter().flatten().map(|label| code[label]).collect();
    let mut end = 0;
    for (start, journey) in store.subject_start[1..].iter_mut().zip(journeys) {
        end += journey.len() as u32;
        *start = end;
    }
    store.dictionary = labels.into_iter().map(str::to_owned).collect();
    store.label = crate::vault::journeys::Codes::Wide(codes);
    store
}

/// Where the real logs are, when they are.
pub(in crate::vault) fn shared(file: &str) -> Option<std::path::PathBuf> {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets").join(file);
    if path.exists() {
        return Some(path);
    }
    println!("not run: the real logs are not beside the project");
    None
}

#[test]
fn on_real_logs_the_edges_are_those_that_five_people_use() {
    let by = |subject: &str| Mapping { subject: Some(subject.to_owned()), ..Mapping::default() };
    for (file, answer, mapping) in [
        ("bpic2012/bpic2012.xes.gz", "bpic2012", Mapping::default()),
        ("sepsis/sepsis.csv", "sepsis", Mapping::default()),
        ("traffic_fines/traffic_fines.csv", "traffic_fines", Mapping::default()),
        ("running_example/running-example.csv", "running_example", Mapping::default()),
        ("retentioneering_ecom/ecom.csv.gz", "ecom_by_user", by("user_id")),
        ("retentioneering_ecom/ecom.csv.gz", "ecom_by_session", by("session_id")),
    ] {
        let (Some(path), Some(answer)) =
            (shared(file), shared(&format!("reference/{answer}.json")))
        else {
            return;
        };
        let answer = std::fs::read_to_string(answer).expect("read").replace(": NaN", ": null");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let plan = ImportPlan { files: vec![path], mapping, ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).expect("a real log");
        let policy = Policy::new(5, Some(5)).expect("a safe pair");
        let map = ask_one(&vault.store, &map_spec(MapSpec::default()), policy);

        let list = |key: &str| answer[key].as_array().expect("a list").iter();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let cases = |of: &Value| of.as_u64().expect("a number");
        let enough = |cases: &u64| *cases >= 5;
        let edges: BTreeMap<(String, String), u64> = list("dfg")
            .map(|e| ((text(&e["source"]), text(&e["target"])), cases(&e["cases"])))
            .filter(|(_, cases)| enough(cases))
            .collect();
        let published: BTreeMap<(String, String), u64> = map
            .edges
            .iter()
            .filter(|edge| edge.from != OTHER && edge.to != OTHER)
            .map(|edge| ((edge.from.clone(), edge.to.clone()), edge.count))
            .collect();
        assert!(edges.keys().eq(published.keys()), "{file}");
        for (edge, cases) in &edges {
            assert!(is_beside(published[edge], *cases, policy), "{file}: {edge:?}");
        }
        let nodes: BTreeMap<String, u64> = list("activities")
            .map(|activity| (text(&activity["activity"]), cases(&activity["cases"])))
            .filter(|(_, cases)| enough(cases))
            .collect();
        let named = map.nodes.iter().filter(|node| node.kind == LabelKind::Label);
        assert_eq!(named.clone().count(), nodes.len(), "{file}");
        for node in named {
            assert!(is_beside(node.count, nodes[&node.label], policy), "{file}: {}", node.label);
        }
        for (key, rows) in [("start_activities", &map.starts), ("end_activities", &map.ends)] {
            let exact: BTreeMap<String, u64> =
                list(key).map(|a| (text(&a["activity"]), cases(&a["count"]))).collect();
            for row in rows.iter().filter(|row| row.kind == LabelKind::Label) {
                assert!(is_beside(row.count, exact[&row.label], policy), "{file}: {key}");
            }
            assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), map.people);
        }
    }
}
