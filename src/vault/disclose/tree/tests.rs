//! Trees of random and real journeys.

use std::collections::BTreeMap;

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem};
use proptest::prelude::*;

use super::round::Rounded;
use super::*;
use crate::audit::coarser;
use crate::vault::Vault;
use crate::vault::disclose::disclose;
use crate::vault::disclose::question::Question;
use crate::vault::disclose::tests::store_of;
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort;
use crate::vault::measure::flow::measure;
use crate::vault::protect::key::Key;
use crate::vault::protect::labels;
use crate::views::{
    Ask, FlowSpec, ImportPlan, Mapping, PathsSpec, Policy, Rules, Spec, Unit, View,
};

/// The journeys of a question, and a tree of them.
fn with_tree<T>(
    store: &Store,
    spec: &Spec,
    flow: &FlowSpec,
    policy: Policy,
    forbidden: &[Edge],
    look: impl FnOnce(&Meaning, &Journeys, &Tree, Threshold) -> T,
) -> Option<T> {
    let key = Key::from_bytes([5; 32]);
    let (rules, progress) = (Rules::default(), Progress::default());
    let labels = labels::table(store.dictionary(), &rules, &spec.hide);
    let cohort = cohort::select(store, &labels, &key, spec, policy).expect("a cohort");
    let measured = measure(store, &key, &labels, &cohort, spec, flow, &progress)
        .unwrap_or_else(|_| unreachable!("known labels, not cancelled"));
    if measured.people[0] < u64::from(policy.k()) {
        return None;
    }
    let (labels, cohort, rules) = (&labels, &cohort, &rules);
    let (progress, folded) = (&progress, &std::collections::BTreeSet::new());
    let question =
        Question { store, key: &key, labels, cohort, spec, rules, policy, progress, folded };
    let journeys = measured.of(&[0]);
    let group = question.everybody(0);
    let meaning = Meaning::new(&question, &group, flow, &journeys);
    let threshold = Threshold::new(policy, spec.unit);
    let tree = Tree::draw(&meaning, &journeys, threshold, forbidden, policy.blur(), progress)
        .expect("not cancelled");
    Some(look(&meaning, &journeys, &tree, threshold))
}

fn random_journeys() -> impl Strategy<Value = Vec<Vec<&'static str>>> {
    let label = || (0..5_usize).prop_map(|at| ["a", "b", "c", "d", "e"][at]);
    let template = (proptest::collection::vec(label(), 1..7), 1..20_usize);
    let noise = (any::<prop::sample::Index>(), 0..6_usize, label());
    (proptest::collection::vec(template, 1..10), proptest::collection::vec(noise, 0..25)).prop_map(
        |(templates, noise)| {
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
        },
    )
}

/// Every few events of a person are a session.
fn with_sessions(mut store: Store) -> Store {
    let mut times = Vec::new();
    for subject in 0..store.subjects() {
        for (at, _) in store.events_of(subject).enumerate() {
            times.push((at as i64 + at as i64 / 2 * 10_000) * 1000);
        }
    }
    store.time_millis = Some(times);
    store
}

fn random_flow() -> impl Strategy<Value = FlowSpec> {
    (2..7_u8, 1..6_u8).prop_map(|(steps, top)| FlowSpec { steps, top, ..FlowSpec::default() })
}

proptest! {
    // The attack on each package takes its time.
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_flow_beside_paths_is_their_sum(
        journeys in random_journeys(),
        flow in random_flow(),
        asked in random_flow(),
        unit in prop_oneof![3 => Just(Unit::People), 1 => Just(Unit::Sessions)],
    ) {
        let policy = Policy::new(5, None).expect("listed");
        let store = with_sessions(store_of(&journeys));
        let paths = Ask::Paths(PathsSpec { flow: flow.clone() });
        let spec = |name: &str, ask: Ask| Spec { unit, ask, ..Spec::flow(name, flow.clone()) };
        let specs = [spec("paths", paths), spec("flow", Ask::Flow(asked.clone()))];
        let (key, rules) = (Key::from_bytes([5; 32]), Rules::default());
        let shown = match disclose(&store, &key, &specs, &rules, policy, &Progress::default()) {
            Ok(shown) => shown,
            Err(error) => {
                prop_assert!(journeys.len() < 5, "{error}");
                return Ok(());
            }
        };
        let [View::Paths(paths), View::Flow(sum)] = [shown[0].view.view(), shown[1].view.view()]
        else {
            return Err(TestCaseError::fail("paths and a flow were asked"));
        };
        prop_assert_eq!(paths.people, sum.people);
        prop_assert_eq!(paths.paths.iter().map(|path| path.count).sum::<u64>(), sum.people);
        prop_assert!(paths.paths.iter().all(|path| path.count >= 5));
        if asked.steps <= flow.steps && asked.top <= flow.top {
            let cells = coarser::cells_of_paths(&paths.paths).coarser(asked.steps, asked.top);
            prop_assert_eq!(cells, coarser::cells(&sum.nodes, &sum.edges, &sum.exits));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_node_and_end_has_enough_people_and_numbers_add_up(
        journeys in random_journeys(),
        flow in random_flow(),
        blur in any::<bool>(),
        unit in prop_oneof![3 => Just(Unit::People), 1 => Just(Unit::Sessions)],
        cap in prop_oneof![Just(None), Just(Some(40))],
    ) {
        let policy = Policy::new(5, None).expect("listed").with_blur(blur);
        let policy = policy.with_cap(cap).expect("a cap");
        let spec = Spec { unit, ..Spec::flow("paths", flow.clone()) };
        let store = with_sessions(store_of(&journeys));
        let checked = with_tree(&store, &spec, &flow, policy, &[], |meaning, journeys, tree, threshold| {
            if !tree.is_safe(journeys, threshold) {
                // Nothing can be drawn where two people dominate everybody.
                let all: Vec<Row> =
                    (0..).zip(&journeys.distinct).map(|(at, (_, people))| (at, *people)).collect();
                assert!(is_small(&all, journeys, threshold));
                return;
            }
            assert_true(&tree.root, journeys, 0, usize::from(flow.steps));
            let everybody = journeys.people / 5 * 5 + 5 * u64::from(!journeys.people.is_multiple_of(5));
            let rounded = tree.round(meaning, 5, everybody);
            assert_eq!(rounded.paths.values().sum::<u64>(), everybody);
            assert!(rounded.paths.values().all(|people| *people >= 5 && people % 5 == 0));
            assert_in_bins(&tree.root, &mut Vec::new(), &rounded);
            let paths = rounded.paths(&meaning.steps);
            assert!(paths.iter().all(|path| path.ends || path.steps.len() == usize::from(flow.steps)));
            let cells = coarser::coarser_paths(&paths, flow.steps, flow.top);
            assert!(cells == paths, "what is as fine as it was drawn is as it was drawn");
        });
        prop_assert!(checked.is_some() || journeys.len() < 5);
    }

    #[test]
    fn nobody_goes_by_a_forbidden_edge(
        journeys in random_journeys(),
        flow in random_flow(),
        forbidden in proptest::collection::vec((0..6_usize, 0..6_usize, 1..7_usize), 1..6),
    ) {
        let spec = Spec::flow("paths", flow.clone());
        let policy = Policy::new(5, None).expect("listed").with_blur(true);
        let store = store_of(&journeys);
        let grid = with_tree(&store, &spec, &flow, policy, &[], |meaning, _, _, _| meaning.grid);
        let Some(grid) = grid else { return Ok(()) };
        let forbidden: Vec<Edge> = forbidden
            .into_iter()
            .map(|(step, from, to)| {
                let from = if step == 0 { 0 } else { from % grid.width };
                grid.edge(step % grid.steps, from, to.clamp(1, grid.exit()))
            })
            .collect();
        with_tree(&store, &spec, &flow, policy, &forbidden, |meaning, journeys, tree, threshold| {
            assert!(tree.is_safe(journeys, threshold));
            assert_avoids(&tree.root, meaning, 0, &forbidden);
        });
    }

    #[test]
    fn the_same_people_in_another_order_give_the_same_tree(
        journeys in random_journeys(),
        flow in random_flow(),
    ) {
        let mut reversed = journeys.clone();
        reversed.reverse();
        let spec = Spec::flow("paths", flow.clone());
        let policy = Policy::new(5, None).expect("listed");
        let drawn = |journeys: &[Vec<&str>]| {
            with_tree(&store_of(journeys), &spec, &flow, policy, &[], |meaning, journeys, tree, _| {
                tree.round(meaning, 5, journeys.people / 5 * 5).paths
            })
        };
        prop_assert_eq!(drawn(&journeys), drawn(&reversed));
    }
}

fn assert_avoids(node: &Node, meaning: &Meaning, step: usize, forbidden: &[Edge]) {
    for child in &node.children {
        let grid = meaning.grid;
        let to = if child.slot == END { grid.exit() } else { child.slot.into() };
        assert!(!forbidden.contains(&grid.edge(step, node.slot.into(), to)));
        assert_avoids(child, meaning, step + 1, forbidden);
    }
}

/// Names are true, and who ends has ended.
fn assert_true(node: &Node, journeys: &Journeys, step: usize, steps: usize) {
    assert!(step < steps || node.children.is_empty());
    for child in &node.children {
        for (journey, _) in child.everybody() {
            let slots = journeys.distinct[journey as usize].0.slots();
            if child.slot == END {
                assert!(slots.len <= step);
            } else if child.is_named() {
                assert!(step < slots.len && slots.bytes[step] == child.slot);
            }
        }
        if child.slot != END {
            assert_true(child, journeys, step + 1, steps);
        }
    }
}

/// Every number is rounded to one of its two multiples.
fn assert_in_bins(node: &Node, path: &mut Vec<u8>, rounded: &Rounded) {
    for child in &node.children {
        let people = if child.slot == END {
            rounded.paths.get(&(path.clone(), true)).copied().unwrap_or(0)
        } else {
            path.push(child.slot);
            let below = rounded.paths.iter().filter(|((other, _), _)| other.starts_with(path));
            let people = below.map(|(_, people)| people).sum();
            assert_in_bins(child, path, rounded);
            path.pop();
            people
        };
        assert!(people.abs_diff(child.people.into()) < 5);
    }
}

/// The most names that any safe tree has, by integer programming.
fn optimum(journeys: &Journeys, steps: usize, k: u32) -> f64 {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut on: BTreeMap<Vec<u8>, LinearExpr> = BTreeMap::new();
    for (journey, people) in &journeys.distinct {
        let slots = journey.slots();
        let named: Vec<usize> = (0..slots.len).filter(|step| slots.bytes[*step] != 0).collect();
        let mut everybody = LinearExpr::empty();
        for mask in 0..1_u32 << named.len() {
            let mut path = vec![0_u8; slots.len];
            for (bit, step) in named.iter().enumerate() {
                if mask >> bit & 1 == 1 {
                    path[*step] = slots.bytes[*step];
                }
            }
            let mut ways = Vec::new();
            while path.len() < steps {
                let mut ended = path.clone();
                ended.push(END);
                ways.push(ended);
                path.push(0);
            }
            ways.push(path);
            for way in ways {
                let number =
                    problem.add_integer_var(f64::from(mask.count_ones()), (0, *people as i32));
                everybody.add(number, 1.0);
                for upto in 1..=way.len() {
                    let arc = on.entry(way[..upto].to_vec()).or_insert_with(LinearExpr::empty);
                    arc.add(number, 1.0);
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
fn trees_come_close_to_the_optimum_on_small_instances() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let label = (0..3_usize).prop_map(|at| ["a", "b", "c"][at]);
    let journey = proptest::collection::vec(label, 1..4);
    let strategy = proptest::collection::vec((journey, 1..9_usize), 3..7);
    let flow = FlowSpec { steps: 3, top: 3, ..FlowSpec::default() };
    let spec = Spec { collapse: false, ..Spec::flow("paths", flow.clone()) };
    let policy = Policy::new(5, None).expect("listed").with_blur(false);
    let (mut ours_in_all, mut best_in_all) = (0.0, 0.0);
    for _ in 0..60 {
        let tree = strategy.new_tree(&mut runner).expect("a value");
        let mut all: Vec<Vec<&str>> = Vec::new();
        for (journey, people) in proptest::strategy::ValueTree::current(&tree) {
            all.extend(std::iter::repeat_n(journey, people));
        }
        let worth =
            with_tree(&store_of(&all), &spec, &flow, policy, &[], |_, journeys, tree, _| {
                (tree.names().0 as f64, optimum(journeys, 3, 5))
            });
        let Some((ours, best)) = worth else { continue };
        assert!(ours <= best + 0.5, "{ours} names, but no tree has more than {best}");
        ours_in_all += ours;
        best_in_all += best;
    }
    assert!(ours_in_all >= 0.93 * best_in_all, "{ours_in_all} of {best_in_all}");
}

#[test]
fn real_logs_keep_most_names() {
    let shared = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets");
    let by = |subject: &str| Mapping { subject: Some(subject.to_owned()), ..Mapping::default() };
    for (file, mapping, least) in [
        ("bpic2012/bpic2012.xes.gz", Mapping::default(), 99.5),
        ("sepsis/sepsis.csv", Mapping::default(), 89.0),
        ("retentioneering_ecom/ecom.csv.gz", by("user_id"), 37.0),
        ("retentioneering_ecom/ecom.csv.gz", by("session_id"), 58.0),
    ] {
        let path = shared.join(file);
        if !path.exists() {
            println!("not run: the real logs are not beside the project");
            return;
        }
        let plan = ImportPlan { files: vec![path], mapping, ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).expect("a real log");
        for blur in [false, true] {
            let flow = FlowSpec { steps: 6, top: 8, ..FlowSpec::default() };
            let spec = Spec::flow("paths", flow.clone());
            let policy = Policy::default().with_blur(blur);
            let kept = with_tree(
                &vault.store,
                &spec,
                &flow,
                policy,
                &[],
                |_, journeys, tree, threshold| {
                    assert!(tree.is_safe(journeys, threshold));
                    let (kept, before) = tree.names();
                    100.0 * kept as f64 / before as f64
                },
            );
            let kept = kept.expect("enough people");
            assert!(kept >= least, "{file}: {kept:.1} % by name");
        }
    }
}
