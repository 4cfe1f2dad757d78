//! Disclosure control on random and real journeys.

use std::collections::BTreeMap;

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem};
use proptest::prelude::*;

use super::grid::{Drawing, Edge, GONE, Grid};
use super::meaning::Meaning;
use super::question::Question;
use super::*;
use crate::vault::Vault;
use crate::vault::journeys::{Codes, Store, cohort};
use crate::vault::measure::flow::{Journeys, measure};
use crate::vault::protect::labels;
use crate::views::{Anchor, Ask, Flow, FlowSpec, ImportPlan, Mapping, Side, Spec, View};

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
        attributes: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        session_gap_millis: crate::vault::journeys::SESSION_GAP_MILLIS,
    }
}

/// Asks a question of a store, without label rules, and gives it to `then` with the journeys of
/// everybody who has one.
pub(in crate::vault) fn asked<R>(
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

fn key(seed: u8) -> Key {
    Key::from_bytes([seed; 32])
}

/// Asks one question, without label rules.
fn ask(store: &Store, seed: u8, spec: &Spec, policy: Policy) -> Result<(Flow, f64), DiscloseError> {
    let specs = [spec.clone()];
    let rules = Rules::default();
    let mut out = disclose(store, &key(seed), &specs, &rules, policy, &Progress::default())?;
    let Disclosure { view, kept_by_name_percent } = out.pop().expect("one view a question");
    let View::Flow(flow) = view.view() else { unreachable!("only flows yet") };
    Ok((flow.clone(), kept_by_name_percent))
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
            Spec { collapse, hide, ..Spec::flow("flow", FlowSpec { anchor, steps, top }) }
        },
    )
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
        match ask(&store_of(&journeys), seed, &spec, policy) {
            Ok((flow, kept)) => {
                assert_publishable(&flow);
                prop_assert!((0.0..=100.0).contains(&kept));
            }
            Err(DiscloseError::TooFew { .. }) => {
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
    fn the_same_people_in_another_order_give_the_same_numbers(
        journeys in random_journeys(),
        spec in random_spec(),
        seed in any::<u8>(),
    ) {
        let mut reversed = journeys.clone();
        reversed.reverse();
        let policy = Policy::new(5, None).expect("listed");
        let one = ask(&store_of(&journeys), seed, &spec, policy).map_err(|e| e.to_string());
        let other = ask(&store_of(&reversed), seed, &spec, policy).map_err(|e| e.to_string());
        prop_assert_eq!(one, other);
    }
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
            let (flow, kept) = ask(&vault.store, 7, &spec, policy).expect("enough people");
            assert_publishable(&flow);
            assert!(kept >= measured - 0.5, "{file}, {steps} steps: {kept:.1}, not {measured}");
        }
    }
}
