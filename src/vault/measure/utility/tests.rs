//! What could be kept by name, against counting one by one.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Item, Nameable, measure};
use crate::vault::journeys::cohort::select;
use crate::vault::journeys::{Codes, Store};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::{self, LabelTable};
use crate::views::{FlowSpec, Policy, Progress, Rules, Spec, Unit};

/// Two labels of the dictionary look personal, so they may not stand for themselves.
const LABELS: [&str; 5] = ["a", "b", "c", "jo@example.org", "d"];

/// A number is a label; a negative one begins a session.
fn store(people: &[Vec<i8>]) -> Store {
    let mut subject_start = vec![0];
    let (mut codes, mut bits) = (Vec::new(), vec![0_u64; 1 + people.concat().len() / 64]);
    let (mut id_bytes, mut id_start) = (Vec::new(), vec![0]);
    for (number, events) in people.iter().enumerate() {
        for (nth, event) in events.iter().enumerate() {
            if *event < 0 || nth == 0 {
                bits[codes.len() / 64] |= 1 << (codes.len() % 64);
            }
            codes.push(u16::from(event.unsigned_abs() % 5));
        }
        subject_start.push(codes.len() as u32);
        id_bytes.extend_from_slice(number.to_string().as_bytes());
        id_start.push(id_bytes.len() as u64);
    }
    Store {
        subject_start,
        label: Codes::Narrow(codes),
        time_millis: None,
        session_start: Some(bits),
        dictionary: LABELS.map(str::to_owned).to_vec(),
        id_bytes,
        id_start,
        other_ids: crate::vault::journeys::OtherIds::default(),
        attributes: Vec::new(),
        consent: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        session_gap_millis: crate::vault::journeys::SESSION_GAP_MILLIS,
    }
}

fn people(items: &[Item]) -> Vec<u64> {
    let mut people: Vec<u64> = items.iter().map(|item| item.people).collect();
    people.sort_unstable();
    people
}

/// People of every group with enough of them.
fn enough<K: Ord>(groups: BTreeMap<K, BTreeSet<u32>>) -> Vec<u64> {
    let mut people: Vec<u64> =
        groups.into_values().map(|who| who.len() as u64).filter(|people| *people >= 5).collect();
    people.sort_unstable();
    people
}

fn measured(store: &Store, spec: &Spec, flow: &FlowSpec) -> Nameable {
    let labels = labels::table(store.dictionary(), &Rules::default(), &spec.hide);
    let key = Key::from_bytes([3; 32]);
    let Ok(cohort) = select(store, &labels, &key, spec, Policy::default()) else {
        panic!("everybody can be selected")
    };
    let measured = measure(store, &key, &labels, &cohort, spec, flow, &Progress::default());
    let Ok(measured) = measured else { panic!("it can be measured") };
    measured
}

#[test]
fn draws_are_by_meaning() {
    let one = store(&vec![vec![0, 1, 2]; 7]);
    let mut people = vec![vec![0, 1, 2]; 7];
    people.extend(vec![vec![2, 0]; 9]);
    people.rotate_left(3);
    let more = store(&people);
    let (spec, flow) = (Spec::default(), FlowSpec::default());
    let (one, more) = (measured(&one, &spec, &flow), measured(&more, &spec, &flow));
    let draws = |items: &[Item]| items.iter().map(|item| item.draw).collect::<BTreeSet<u64>>();
    for (one, more) in
        [(&one.nodes, &more.nodes), (&one.paths, &more.paths), (&one.edges, &more.edges)]
    {
        assert_eq!(draws(one).len(), one.len(), "each meaning has its own");
        assert!(more.len() > one.len());
        assert!(draws(one).is_subset(&draws(more)), "whoever else is there");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_count_agrees_with_counting_one_by_one(
        everybody in prop::collection::vec(prop::collection::vec(-4..5_i8, 1..9), 1..60),
        (collapse, hides, sessions) in any::<(bool, bool, bool)>(),
        steps in 2..6_u8,
        top in 1..5_u8,
    ) {
        let store = store(&everybody);
        let spec = Spec {
            collapse,
            hide: if hides { vec!["b".to_owned()] } else { Vec::new() },
            unit: if sessions { Unit::Sessions } else { Unit::People },
            ..Spec::default()
        };
        let flow = FlowSpec { steps, top, ..FlowSpec::default() };
        let found = measured(&store, &spec, &flow);

        let labels = labels::table(store.dictionary(), &Rules::default(), &spec.hide);
        let key = Key::from_bytes([3; 32]);
        let Ok(cohort) = select(&store, &labels, &key, &spec, Policy::default()) else {
            return Err(TestCaseError::fail("everybody"))
        };
        let mut journeys: Vec<(u32, Vec<u32>)> = Vec::new();
        for journey in &cohort.journeys {
            let mut taken: Vec<u32> = journey
                .events()
                .map(|event| labels.effective[store.label(event) as usize])
                .filter(|label| *label != LabelTable::HIDDEN)
                .collect();
            if collapse {
                taken.dedup();
            }
            if !taken.is_empty() {
                journeys.push((journey.subject, taken));
            }
        }
        let nameable = |label: &u32| labels.nameable[*label as usize];
        // The labels with most journeys at each step have a name, ties by text.
        let mut own: Vec<Vec<u32>> = Vec::new();
        for step in 0..usize::from(steps) {
            let mut count: BTreeMap<u32, usize> = BTreeMap::new();
            for label in journeys.iter().filter_map(|(_, taken)| taken.get(step)) {
                *count.entry(*label).or_default() += 1;
            }
            let mut count: Vec<(u32, usize)> =
                count.into_iter().filter(|(label, _)| nameable(label)).collect();
            count.sort_by_key(|(label, count)| (std::cmp::Reverse(*count), *label));
            own.push(count.into_iter().take(usize::from(top)).map(|(label, _)| label).collect());
        }
        let mut nodes: BTreeMap<(usize, u32), BTreeSet<u32>> = BTreeMap::new();
        let mut of_step: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
        let mut paths: BTreeMap<Vec<u32>, BTreeSet<u32>> = BTreeMap::new();
        let mut edges: BTreeMap<(u32, u32), BTreeSet<u32>> = BTreeMap::new();
        for (subject, taken) in &journeys {
            let mut by_name = true;
            for (step, label) in taken.iter().enumerate().take(usize::from(steps)) {
                if own[step].contains(label) {
                    nodes.entry((step, *label)).or_default().insert(*subject);
                    of_step.entry(step).or_default().insert(*subject);
                } else {
                    by_name = false;
                }
                if by_name {
                    paths.entry(taken[..=step].to_vec()).or_default().insert(*subject);
                }
            }
            for pair in taken.windows(2).filter(|pair| pair.iter().all(nameable)) {
                edges.entry((pair[0], pair[1])).or_default().insert(*subject);
            }
        }
        let subjects: BTreeSet<u32> = journeys.iter().map(|(subject, _)| *subject).collect();
        prop_assert_eq!(found.people, subjects.len() as u64);
        prop_assert_eq!(people(&found.nodes), enough(nodes));
        prop_assert_eq!(people(&found.steps), enough(of_step));
        prop_assert_eq!(people(&found.paths), enough(paths));
        prop_assert_eq!(people(&found.edges), enough(edges));
    }
}
