//! Disclosure control on random and real journeys.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem};
use proptest::prelude::*;

use super::grid::{Drawing, Edge, GONE, Grid};
use super::meaning::Meaning;
use super::question::Question;
use super::*;
use crate::audit::coarser;
use crate::vault::Vault;
use crate::vault::journeys::{Attribute, Codes, Store, cohort};
use crate::vault::measure::flow::{Journeys, measure};
use crate::vault::protect::labels;
use crate::views::{
    Anchor, Ask, Filter, Flow, FlowSpec, ImportPlan, LabelKind, Mapping, Side, Spec, Split, Unit,
    View,
};

/// A store of the given journeys; the subject's identifier is its position.
pub(in crate::vault) fn store_of(journeys: &[Vec<&str>]) -> Store {
    let mut dictionary: Vec<String> =
        journeys.iter().flatten().map(|label| (*label).to_owned()).collect();
    dictionary.sort();
    dictionary.dedup();
    let mut subject_start = vec![0];
    let mut codes = Vec::new();
    let mut id_bytes = Vec::new();
    let mut id_start = vec![0];
    for (number, journey) in journeys.iter().enumerate() {
        for label in journey {
            let code = dictionary.iter().position(|known| known == label).expect("listed");
            codes.push(code as u16);
        }
        subject_start.push(codes.len() as u32);
        id_bytes.extend_from_slice(number.to_string().as_bytes());
        id_start.push(id_bytes.len() as u64);
    }
    Store {
        subject_start,
        label: Codes::Narrow(codes),
        time_millis: None,
        session_start: None,
        dictionary,
        id_bytes,
        id_start,
        other_ids: crate::vault::journeys::OtherIds::default(),
        attributes: Vec::new(),
        consent: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        session_gap_millis: crate::vault::journeys::SESSION_GAP_MILLIS,
    }
}

/// A store of the given people, each with some sessions.
pub(in crate::vault) fn store_of_sessions(people: &[Vec<Vec<&str>>]) -> Store {
    let journeys: Vec<Vec<&str>> = people.iter().map(|sessions| sessions.concat()).collect();
    let mut store = store_of(&journeys);
    let mut bits =
        vec![0_u64; store.subject_start.last().map_or(0, |end| *end as usize).div_ceil(64)];
    let mut event = 0;
    for session in people.iter().flatten().filter(|session| !session.is_empty()) {
        bits[event / 64] |= 1 << (event % 64);
        event += session.len();
    }
    store.session_start = Some(bits);
    store
}

/// The same store, in which everybody has a value of the attribute `plan`, or none.
pub(in crate::vault) fn with_plan(mut store: Store, plan_of: &[Option<&str>]) -> Store {
    let mut values: Vec<String> = plan_of.iter().flatten().map(|v| (*v).to_owned()).collect();
    values.sort();
    values.dedup();
    let code = |plan: Option<&str>| {
        let at = plan.and_then(|plan| values.iter().position(|value| value == plan));
        at.map_or(Attribute::NONE, |at| at as u32)
    };
    let of_subject = plan_of.iter().cycle().copied().take(store.subjects()).map(code).collect();
    store.attributes = vec![Attribute { name: "plan".to_owned(), values, of_subject }];
    store
}

/// Asks a question of a store, without label rules, and gives it to `then` with the journeys of
/// everybody who has one.
pub(super) fn asked<R>(
    store: &Store,
    seed: u8,
    spec: &Spec,
    policy: Policy,
    then: impl FnOnce(&Question) -> R,
) -> R {
    let key = key(seed);
    let rules = Rules::default();
    let labels = labels::table(store.dictionary(), &rules, &spec.hide);
    let cohort = cohort::select(store, &labels, &key, spec, policy).expect("a cohort");
    let progress = Progress::default();
    then(&Question {
        store,
        key: &key,
        labels: &labels,
        cohort: &cohort,
        spec,
        rules: &rules,
        policy,
        progress: &progress,
        folded: &BTreeSet::new(),
    })
}

/// The journeys of a flow that is not split, if the data have its anchor.
fn journeys_of(question: &Question) -> Option<Journeys> {
    let Question { store, key, labels, cohort, spec, progress, .. } = question;
    let measured = measure(store, key, labels, cohort, spec, flow_of(spec), progress);
    measured.ok().map(|measured| measured.of(&[0]))
}

fn flow_of(spec: &Spec) -> &FlowSpec {
    let Ask::Flow(flow) = &spec.ask else { unreachable!("only flows are asked here") };
    flow
}

pub(super) fn key(seed: u8) -> Key {
    Key::from_bytes([seed; 32])
}

/// Asks one question, without label rules: the flow, and how much is kept by name.
pub(super) fn ask_flow(
    store: &Store,
    seed: u8,
    spec: &Spec,
    policy: Policy,
) -> Result<(Flow, f64), DiscloseError> {
    let specs = [spec.clone()];
    let rules = Rules::default();
    let mut out = disclose(store, &key(seed), &specs, &rules, policy, &Progress::default())?;
    let Disclosure { view, kept_by_name_percent } = out.pop().expect("one view a question");
    let View::Flow(flow) = view.view() else { unreachable!("only flows yet") };
    Ok((flow.clone(), kept_by_name_percent))
}

/// Asks several questions together.
fn ask_all(
    store: &Store,
    seed: u8,
    specs: &[Spec],
    policy: Policy,
) -> Result<Vec<View>, DiscloseError> {
    let rules = Rules::default();
    let out = disclose(store, &key(seed), specs, &rules, policy, &Progress::default())?;
    Ok(out.into_iter().map(|disclosure| disclosure.view.view().clone()).collect())
}

/// Everything a reader can check: thresholds, multiples, and in = out at every node.
fn assert_publishable(flow: &Flow) {
    let (k, b) = (u64::from(flow.k), u64::from(flow.b));
    let counts = (flow.nodes.iter().map(|n| n.count))
        .chain(flow.edges.iter().map(|e| e.count))
        .chain(flow.exits.iter().map(|e| e.count))
        .chain([flow.people]);
    for count in counts {
        assert!(count >= k && count.is_multiple_of(b), "{count} with k = {k}, b = {b}");
    }
    let steps = i32::from(flow.spec.asked.steps);
    let mut first = 0;
    for node in &flow.nodes {
        let into: u64 = flow.edges.iter().filter(|e| e.to == node.id).map(|e| e.count).sum();
        let on: u64 = flow.edges.iter().filter(|e| e.from == node.id).map(|e| e.count).sum();
        let out: u64 = flow.exits.iter().filter(|e| e.from == node.id).map(|e| e.count).sum();
        if node.step.abs() == 1 {
            first += node.count;
        } else {
            assert_eq!(into, node.count, "into {}", node.id);
        }
        if node.step.abs() < steps {
            assert_eq!(on + out, node.count, "out of {}", node.id);
        }
    }
    assert_eq!(first, flow.people);
}

const LABELS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Random journeys in which common and rare paths mix: a few templates walked by many, with
/// random steps changed.
fn random_journeys() -> impl Strategy<Value = Vec<Vec<&'static str>>> {
    let label = (0..LABELS.len()).prop_map(|at| LABELS[at]);
    let template = proptest::collection::vec(label.clone(), 1..9);
    let templates = proptest::collection::vec((template, 1..25_usize), 1..8);
    let noise = proptest::collection::vec((any::<prop::sample::Index>(), 0..8_usize, label), 0..30);
    (templates, noise).prop_map(|(templates, noise)| {
        let mut all: Vec<Vec<&str>> = Vec::new();
        for (template, people) in templates {
            all.extend(std::iter::repeat_n(template, people));
        }
        for (who, step, label) in noise {
            let journey = who.get_mut(&mut all);
            let step = step % journey.len();
            journey[step] = label;
        }
        all
    })
}

fn random_spec() -> impl Strategy<Value = Spec> {
    let side = prop_oneof![Just(Side::Start), Just(Side::End)];
    let label =
        proptest::option::weighted(0.3, (0..LABELS.len()).prop_map(|at| LABELS[at].to_owned()));
    let hide =
        proptest::collection::vec((0..LABELS.len()).prop_map(|at| LABELS[at].to_owned()), 0..2);
    (2..9_u8, 1..7_u8, side, label, any::<bool>(), hide).prop_map(
        |(steps, top, side, label, collapse, hide)| {
            let anchor = Anchor { side, label, until: None };
            Spec { hide, collapse, ..Spec::flow("flow", FlowSpec { anchor, steps, top }) }
        },
    )
}

/// People with one to twelve sessions each, some of them with many.
fn random_people() -> impl Strategy<Value = Vec<Vec<Vec<&'static str>>>> {
    let label = (0..LABELS.len()).prop_map(|at| LABELS[at]);
    let session = proptest::collection::vec(label, 1..5);
    let kinds = proptest::collection::vec(session, 1..6);
    let some = |range| proptest::collection::vec(any::<prop::sample::Index>(), range);
    let person = prop_oneof![3 => some(1..4), 1 => some(5..13)];
    (kinds, proptest::collection::vec(person, 3..40)).prop_map(|(kinds, people)| {
        let sessions = |person: Vec<prop::sample::Index>| {
            person.into_iter().map(|kind| kind.get(&kinds).clone()).collect()
        };
        people.into_iter().map(sessions).collect()
    })
}

fn random_policy() -> impl Strategy<Value = Policy> {
    (0..4_usize, any::<bool>()).prop_map(|(at, blur)| {
        let (k, b) = [(5, 5), (5, 1), (10, 5), (10, 10)][at];
        Policy::new(k, Some(b)).expect("a safe pair").with_blur(blur)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_is_published_is_publishable(
        journeys in random_journeys(),
        spec in random_spec(),
        policy in random_policy(),
        seed in any::<u8>(),
    ) {
        match ask_flow(&store_of(&journeys), seed, &spec, policy) {
            Ok((flow, kept)) => {
                assert_publishable(&flow);
                prop_assert!((0.0..=100.0).contains(&kept));
            }
            Err(DiscloseError::TooFew { .. } | DiscloseError::Spec(_)) => {
                let anchored = |journey: &Vec<&str>| {
                    let shown = |label: &&&str| !spec.hide.iter().any(|hidden| hidden == **label);
                    let mut shown = journey.iter().filter(shown);
                    match &flow_of(&spec).anchor.label {
                        Some(anchor) => shown.any(|label| label == anchor),
                        None => shown.next().is_some(),
                    }
                };
                let people = journeys.iter().filter(|journey| anchored(journey)).count();
                prop_assert!(people < policy.k() as usize, "{people} people were refused");
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn nobody_is_lost_and_names_are_true(
        journeys in random_journeys(),
        spec in random_spec(),
        policy in random_policy(),
    ) {
        let store = store_of(&journeys);
        let policy = policy.with_blur(false);
        asked(&store, 1, &spec, policy, |question| {
            let k = policy.k();
            let journeys = journeys_of(question);
            let Some(journeys) = journeys.filter(|j| j.people >= u64::from(k)) else {
                return Ok(());
            };
            let group = question.everybody(0);
            let meaning = Meaning::new(question, &group, flow_of(&spec), &journeys);
            let mut drawn = flow::draw_journeys(question, &meaning, &journeys).expect("ends");
            for blurred in [false, true] {
                if blurred {
                    super::blur::blur(&mut drawn, &Progress::default()).expect("ends");
                }
                let mut people = BTreeMap::new();
                let mut on: BTreeMap<Edge, u32> = BTreeMap::new();
                for (journey, number, drawing) in drawn.drawings() {
                    *people.entry(journey).or_insert(0) += number;
                    let slots = journeys.distinct[journey].0.slots();
                    for step in 0..flow_of(&spec).steps.into() {
                        let has_a_name = step < slots.len && slots.bytes[step] != 0;
                        prop_assert!(has_a_name || !drawing.is_own(step));
                    }
                    for edge in meaning.grid.path(&slots, drawing) {
                        if edge != GONE {
                            *on.entry(edge).or_insert(0) += number;
                        }
                    }
                }
                let walked = journeys.distinct.iter().map(|(_, people)| *people);
                prop_assert!(people.into_values().eq(walked), "everybody is drawn once");
                for (edge, people) in (0..).zip(&drawn.people_on) {
                    prop_assert_eq!(*people, on.get(&edge).copied().unwrap_or(0));
                    prop_assert!(*people == 0 || *people >= k, "{} people on an edge", people);
                }
                prop_assert!(drawn.is_safe());
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_edge_of_sessions_has_k_people_and_nobody_dominates_it(
        people in random_people(),
        spec in random_spec(),
        cap in proptest::option::of(1..12_u32),
        blur in any::<bool>(),
    ) {
        let store = store_of_sessions(&people);
        let spec = Spec { unit: Unit::Sessions, ..spec };
        let policy = Policy::new(5, None).expect("listed").with_cap(cap).expect("a cap");
        let policy = policy.with_blur(blur);
        asked(&store, 1, &spec, policy, |question| {
            let Some(journeys) = journeys_of(question) else { return Ok(()) };
            let group = question.everybody(0);
            let meaning = Meaning::new(question, &group, flow_of(&spec), &journeys);
            let drawn = match flow::draw_journeys(question, &meaning, &journeys) {
                Ok(drawn) => drawn,
                Err(error) => {
                    let mut of: BTreeMap<u64, u32> = BTreeMap::new();
                    for (whose, (_, units)) in journeys.whose.iter().zip(&journeys.distinct) {
                        *of.entry(*whose).or_default() += units;
                    }
                    let dominated = policy.cap() > policy.default_cap();
                    prop_assert!(of.len() < 5 || dominated, "{error}, of {} people", of.len());
                    return Ok(());
                }
            };
            let mut on: BTreeMap<Edge, BTreeMap<u64, u32>> = BTreeMap::new();
            for (journey, number, drawing) in drawn.drawings() {
                let slots = journeys.distinct[journey].0.slots();
                for edge in meaning.grid.path(&slots, drawing) {
                    if edge != GONE {
                        *on.entry(edge).or_default().entry(journeys.whose[journey]).or_default() += number;
                    }
                }
            }
            for whose in on.into_values() {
                let mut units: Vec<u32> = whose.into_values().collect();
                units.sort_unstable();
                let all: u32 = units.iter().sum();
                prop_assert!(units.len() >= 5, "{} people on an edge", units.len());
                prop_assert!(units.last() <= Some(&policy.cap()));
                let two: u32 = units.iter().rev().take(2).sum();
                prop_assert!(2 * units[units.len() - 1] <= all && 3 * two <= 2 * all);
            }
            prop_assert!(drawn.is_safe());
            Ok(())
        })?;
    }

    #[test]
    fn every_segment_and_everybody_else_has_k_people(
        journeys in random_journeys(),
        plans in proptest::collection::vec(proptest::option::weighted(0.8, 0..4_usize), 1..40),
        spec in random_spec(),
        seed in any::<u8>(),
        whole in any::<bool>(),
    ) {
        let names = ["basic", "free", "pro", "trial"];
        let plans: Vec<Option<&str>> = plans.iter().map(|plan| plan.map(|at| names[at])).collect();
        let store = with_plan(store_of(&journeys), &plans);
        let policy = Policy::new(5, None).expect("listed");
        let split = Split::By("plan".to_owned());
        let mut specs = vec![Spec { split: Some(split), ..spec.clone() }];
        if whole {
            specs.push(Spec { name: "whole".to_owned(), ..spec.clone() });
        }
        let Ok(views) = ask_all(&store, seed, &specs, policy) else { return Ok(()) };
        let View::Breakdown(breakdown) = &views[0] else { panic!("a breakdown") };
        let mut exact: BTreeMap<&str, usize> = BTreeMap::new();
        for (subject, journey) in journeys.iter().enumerate() {
            let hidden = |label: &&str| spec.hide.iter().any(|hidden| hidden == label);
            let mut shown = journey.iter().filter(|label| !hidden(label));
            let anchor = flow_of(&spec).anchor.label.as_deref();
            if shown.any(|label| anchor.is_none_or(|anchor| *label == anchor)) {
                *exact.entry(plans[subject % plans.len()].unwrap_or("(none)")).or_default() += 1;
            }
        }
        let everybody: usize = exact.values().sum();
        let mut sum = 0;
        let mut named = 0;
        for segment in &breakdown.segments {
            let View::Flow(flow) = &segment.view else { panic!("a flow") };
            assert_publishable(flow);
            sum += flow.people;
            let people = match segment.kind {
                LabelKind::Label => exact[segment.label.as_str()],
                LabelKind::Other => everybody - named,
            };
            named += people;
            prop_assert!(people >= 5 && (everybody == people || everybody - people >= 5));
            prop_assert!((flow.people as i64 - people as i64).abs() < 5);
        }
        prop_assert_eq!(named, everybody, "everybody is in a segment");
        prop_assert_eq!(sum, breakdown.people);
        if let Some(View::Flow(flow)) = views.get(1) {
            assert_publishable(flow);
            prop_assert_eq!(flow.people, sum);
            prop_assert_eq!(flow.spec.asked.drawn_for.as_ref().and_then(|d| d.by.as_deref()), Some("plan"));
        }
    }

    #[test]
    fn two_cohorts_share_nobody_and_have_k_people_each(
        journeys in random_journeys(),
        plans in proptest::collection::vec(proptest::option::weighted(0.8, 0..3_usize), 1..40),
        spec in random_spec(),
        against_all in any::<bool>(),
    ) {
        let names = ["basic", "free", "pro"];
        let plans: Vec<Option<&str>> = plans.iter().map(|plan| plan.map(|at| names[at])).collect();
        let store = with_plan(store_of(&journeys), &plans);
        let is = |value: &str| Filter { attribute: "plan".to_owned(), value: value.to_owned() };
        let filters = if against_all { Vec::new() } else { vec![is("free")] };
        let cohort = crate::views::Cohort { filters, ..Default::default() };
        let spec = Spec { cohort, split: Some(Split::Compare(is("pro"))), ..spec };
        let policy = Policy::new(5, None).expect("listed");
        let Ok(views) = ask_all(&store, 3, std::slice::from_ref(&spec), policy) else { return Ok(()) };
        let View::Comparison(comparison) = &views[0] else { panic!("a comparison") };
        let (a, b) = (comparison.comparison.a.head(), comparison.comparison.b.head());
        prop_assert_eq!(a.people + b.people, comparison.people);
        let (first, second) = if against_all { ("pro", None) } else { ("free", Some("pro")) };
        prop_assert_eq!(&a.cohort.filters[..], &[is(first)][..]);
        if let Some(second) = second {
            prop_assert_eq!(&b.cohort.filters[..], &[is(second)][..]);
        } else {
            prop_assert_eq!(&b.cohort.where_not[..], &[is("pro")][..]);
        }
        if flow_of(&spec).anchor.label.is_none() && spec.hide.is_empty() {
            let has = |value: &str| {
                let plan = |subject: usize| plans[subject % plans.len()];
                (0..journeys.len()).filter(|subject| plan(*subject) == Some(value)).count()
            };
            let other = second.map_or_else(|| journeys.len() - has("pro"), has);
            prop_assert!((a.people as i64 - has(first) as i64).abs() < 5);
            prop_assert!((b.people as i64 - other as i64).abs() < 5);
            prop_assert!(has(first) >= 5 && other >= 5);
        }
    }

    #[test]
    fn views_of_one_cohort_are_sums_of_one_drawing(
        journeys in random_journeys(),
        spec in random_spec(),
        steps in 2..9_u8,
        top in 1..7_u8,
        seed in any::<u8>(),
    ) {
        let fine = flow_of(&spec).clone();
        let coarse = FlowSpec { steps: steps.min(fine.steps), top: top.min(fine.top), ..fine };
        let other = Spec { name: "coarse".to_owned(), ask: Ask::Flow(coarse), ..spec.clone() };
        let policy = Policy::new(5, None).expect("listed");
        let store = store_of(&journeys);
        let asked = [spec.clone(), other.clone()];
        let Ok(views) = ask_all(&store, seed, &asked, policy) else { return Ok(()) };
        let [View::Flow(fine), View::Flow(coarse)] = &views[..] else { panic!("two flows") };
        assert_publishable(fine);
        assert_publishable(coarse);
        prop_assert_eq!(fine.people, coarse.people);
        // Whoever has both can see that they are.
        let check = |coarse: &Flow| {
            let coarse = View::Flow(coarse.clone());
            coarser::check(&[("fine", &views[0]), ("coarse", &coarse)]).len()
        };
        prop_assert_eq!(check(coarse), 0);
        if let Some(drawn_for) = &coarse.spec.asked.drawn_for {
            let mut hiding = coarse.clone();
            hiding.spec.asked.drawn_for = None;
            prop_assert_eq!(check(&hiding), 1, "two drawings of the same journeys");
            let apart = ask_all(&store, seed.wrapping_add(1), &[other], policy).expect("as before");
            let [View::Flow(apart)] = &apart[..] else { panic!("a flow") };
            let mut lying = apart.clone();
            lying.spec.asked.drawn_for = Some(drawn_for.clone());
            let same = (&apart.nodes, &apart.edges, &apart.exits)
                == (&coarse.nodes, &coarse.edges, &coarse.exits);
            prop_assert_eq!(check(&lying), usize::from(!same), "not a sum of the finer");
        }
        // The finer view is what it would be alone, and every named node of the coarser is its own.
        let alone = ask_all(&store, seed, &[spec], policy).expect("as before");
        prop_assert_eq!(&views[0], &alone[0]);
        for node in coarse.nodes.iter().filter(|node| node.kind == LabelKind::Label) {
            let same = fine.nodes.iter().find(|other| other.id == node.id);
            prop_assert_eq!(same.map(|same| same.count), Some(node.count));
        }
    }

    #[test]
    fn a_flow_between_two_labels_is_what_lies_between(
        journeys in random_journeys(),
        steps in 2..9_u8,
        collapse in any::<bool>(),
    ) {
        let anchor = Anchor {
            side: Side::Between,
            label: Some("a".to_owned()),
            until: Some("b".to_owned()),
        };
        let flow = FlowSpec { anchor, steps, top: 6 };
        let spec = Spec { collapse, ..Spec::flow("flow", flow) };
        let mut expected: BTreeMap<Vec<&str>, u32> = BTreeMap::new();
        for journey in &journeys {
            let Some(start) = journey.iter().position(|label| *label == "a") else { continue };
            let rest = &journey[start..];
            let Some(end) = rest.iter().position(|label| *label == "b") else { continue };
            let mut taken = rest[..=end].to_vec();
            if collapse {
                taken.dedup();
            }
            taken.truncate(steps.into());
            *expected.entry(taken).or_default() += 1;
        }
        asked(&store_of(&journeys), 1, &spec, Policy::default(), |question| {
            let Some(journeys) = journeys_of(question) else { return Ok(()) };
            let name = |step: usize, slot: u8| {
                let label = journeys.own[step][usize::from(slot) - 1];
                question.labels.names[label as usize].as_str()
            };
            let mut found: BTreeMap<Vec<&str>, u32> = BTreeMap::new();
            for (journey, people) in &journeys.distinct {
                let slots = journey.slots();
                let labels = (0..slots.len).map(|step| name(step, slots.bytes[step]));
                *found.entry(labels.collect()).or_default() += people;
            }
            prop_assert_eq!(found, expected);
            Ok(())
        })?;
    }

    #[test]
    fn the_same_people_in_another_order_give_the_same_numbers(
        journeys in random_journeys(),
        spec in random_spec(),
        seed in any::<u8>(),
    ) {
        let mut reversed = journeys.clone();
        reversed.reverse();
        let policy = Policy::new(5, None).expect("listed");
        let one = ask_flow(&store_of(&journeys), seed, &spec, policy).map_err(|e| e.to_string());
        let other = ask_flow(&store_of(&reversed), seed, &spec, policy).map_err(|e| e.to_string());
        prop_assert_eq!(one, other);
    }
}

/// To leave out those who did what few do would tell that somebody did it.
#[test]
fn a_label_that_few_have_is_not_told_by_leaving_them_out() {
    let mut all = vec![vec!["a", "b"]; 40];
    all.extend(vec![vec!["a", "rare"]; 3]);
    all.extend(vec![vec!["a", "common"]; 20]);
    let store = store_of(&all);
    let policy = Policy::default();
    let without = |label: &str| {
        let cohort = crate::views::Cohort { did_not: vec![label.to_owned()], ..Default::default() };
        let spec = Spec { cohort, ..Spec::flow("flow", FlowSpec::default()) };
        ask_flow(&store, 1, &spec, policy).map(|(flow, _)| flow.spec.cohort.did_not)
    };
    assert_eq!(without("common").ok(), Some(vec!["common".to_owned()]));
    assert!(matches!(without("rare"), Err(DiscloseError::TooFew { k: 10 })));
}

/// The most that any drawing without small edges is worth, by integer programming.
fn optimum(grid: Grid, journeys: &Journeys, k: u32) -> f64 {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut on: BTreeMap<Edge, LinearExpr> = BTreeMap::new();
    for (journey, people) in &journeys.distinct {
        let slots = journey.slots();
        let named: Vec<usize> = (0..slots.len).filter(|step| slots.bytes[*step] != 0).collect();
        let mut everybody = LinearExpr::empty();
        for mask in 0..1_u32 << named.len() {
            let mut drawing = Drawing::NOTHING;
            for (bit, step) in named.iter().enumerate() {
                if mask >> bit & 1 == 1 {
                    drawing = drawing.with_own(*step);
                }
            }
            let mut ways = vec![drawing];
            if slots.len < grid.steps {
                ways.push(drawing.with_exit());
            }
            for drawing in ways {
                let worth = f64::from(Grid::worth(&slots, drawing));
                let number = problem.add_integer_var(worth, (0, *people as i32));
                everybody.add(number, 1.0);
                for edge in grid.path(&slots, drawing).into_iter().filter(|edge| *edge != GONE) {
                    on.entry(edge).or_insert_with(LinearExpr::empty).add(number, 1.0);
                }
            }
        }
        problem.add_constraint(everybody, ComparisonOp::Eq, f64::from(*people));
    }
    for people in on.into_values() {
        let used = problem.add_binary_var(0.0);
        let mut at_least = people.clone();
        at_least.add(used, -f64::from(k));
        problem.add_constraint(at_least, ComparisonOp::Ge, 0.0);
        let mut only_if_used = people;
        only_if_used.add(used, -(journeys.people as f64));
        problem.add_constraint(only_if_used, ComparisonOp::Le, 0.0);
    }
    let outcome = problem.solve().expect("all as Other is feasible");
    outcome.into_solution().expect("solved to the end").objective()
}

#[test]
fn drawing_by_detour_comes_close_to_the_optimum_on_small_instances() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let label = (0..3_usize).prop_map(|at| LABELS[at]);
    let journey = proptest::collection::vec(label, 1..4);
    let strategy = proptest::collection::vec((journey, 1..9_usize), 3..7);
    let mut ours_in_all = 0.0;
    let mut best_in_all = 0.0;
    for _ in 0..60 {
        let tree = strategy.new_tree(&mut runner).expect("a value");
        let mut all: Vec<Vec<&str>> = Vec::new();
        for (journey, people) in proptest::strategy::ValueTree::current(&tree) {
            all.extend(std::iter::repeat_n(journey, people));
        }
        let flow = FlowSpec { steps: 3, top: 3, ..FlowSpec::default() };
        let spec = Spec { collapse: false, ..Spec::flow("flow", flow) };
        let store = store_of(&all);
        let k = 5;
        let policy = Policy::new(k, None).expect("listed").with_blur(false);
        let (ours, best) = asked(&store, 1, &spec, policy, |question| {
            let journeys = journeys_of(question).expect("no anchor");
            if journeys.people < k.into() {
                return (0.0, 0.0);
            }
            let group = question.everybody(0);
            let meaning = Meaning::new(question, &group, flow_of(&spec), &journeys);
            let drawn = flow::draw_journeys(question, &meaning, &journeys).expect("ends");
            let worth = |(journey, people, drawing): (usize, u32, Drawing)| {
                let slots = journeys.distinct[journey].0.slots();
                f64::from(Grid::worth(&slots, drawing)) * f64::from(people)
            };
            (drawn.drawings().map(worth).sum(), optimum(meaning.grid, &journeys, k))
        });
        assert!(ours <= best + 0.5, "worth {ours}, but no drawing is worth more than {best}");
        ours_in_all += ours;
        best_in_all += best;
    }
    assert!(ours_in_all >= 0.9 * best_in_all, "{ours_in_all} of {best_in_all}");
}

/// Where the real logs are, when they are.
fn shared(file: &str) -> Option<std::path::PathBuf> {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets").join(file);
    if path.exists() {
        return Some(path);
    }
    println!("not run: the real logs are not beside the project");
    None
}

/// The detour column of the design's table: k = 10, repeats collapsed, one journey per case,
/// without the blur, at 6 steps and top 8, and at 10 steps and top 10, in percent.
#[test]
fn as_much_is_kept_by_name_as_the_design_measured() {
    let by = |subject: &str| Mapping { subject: Some(subject.to_owned()), ..Mapping::default() };
    for (file, mapping, six, ten) in [
        ("bpic2012/bpic2012.xes.gz", Mapping::default(), 99.9, 99.8),
        ("sepsis/sepsis.csv", Mapping::default(), 93.9, 92.6),
        ("retentioneering_ecom/ecom.csv.gz", by("user_id"), 85.5, 79.5),
        ("retentioneering_ecom/ecom.csv.gz", by("session_id"), 97.0, 91.7),
    ] {
        let Some(path) = shared(file) else { return };
        let plan = ImportPlan { files: vec![path], mapping, ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).expect("a real log");
        for (steps, top, measured) in [(6, 8, six), (10, 10, ten)] {
            let spec = Spec::flow("flow", FlowSpec { steps, top, ..FlowSpec::default() });
            let policy = Policy::default().with_blur(false);
            let (flow, kept) = ask_flow(&vault.store, 7, &spec, policy).expect("enough people");
            assert_publishable(&flow);
            assert!(kept >= measured - 0.5, "{file}, {steps} steps: {kept:.1}, not {measured}");
        }
    }
}
