//! Funnels of random and real journeys.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem};
use proptest::prelude::*;

use super::draw::Drawing;
use crate::vault::Vault;
use crate::vault::disclose::detour::Threshold;
use crate::vault::disclose::tests::store_of;
use crate::vault::disclose::{DiscloseError, disclose};
use crate::vault::journeys::Store;
use crate::vault::protect::key::Key;
use crate::views::{
    Ask, Funnel, FunnelSpec, ImportPlan, Order, Policy, Progress, Rules, Spec, Unit, View,
};

fn ask(store: &Store, spec: &Spec, policy: Policy) -> Result<Funnel, DiscloseError> {
    let (key, rules) = (Key::from_bytes([3; 32]), Rules::default());
    let specs = [spec.clone()];
    let mut out = disclose(store, &key, &specs, &rules, policy, &Progress::default())?;
    let View::Funnel(funnel) = out.remove(0).view.view().clone() else {
        unreachable!("a funnel was asked")
    };
    Ok(funnel)
}

fn spec_of(funnel: FunnelSpec) -> Spec {
    Spec { ask: Ask::Funnel(funnel), ..Spec::flow("funnel", crate::views::FlowSpec::default()) }
}

/// Everything a reader can check where no step may be left out.
fn assert_publishable(funnel: &Funnel) {
    let (k, b) = (u64::from(funnel.k), u64::from(funnel.b));
    let counts = std::iter::once(funnel.people).chain(funnel.steps.iter().map(|step| step.count));
    let counts: Vec<u64> = counts.chain([0]).collect();
    for pair in counts.windows(2) {
        let drops = pair[0].checked_sub(pair[1]).expect("nobody joins on the way");
        assert!(drops == 0 || (drops >= k && drops.is_multiple_of(b)), "{counts:?}");
    }
    let last = funnel.steps.last().expect("there are steps").count;
    if !funnel.time_to_convert.is_empty() {
        assert_eq!(funnel.time_to_convert.iter().map(|bin| bin.count).sum::<u64>(), last);
    }
    for bin in &funnel.time_to_convert {
        assert!(bin.count >= k && bin.count.is_multiple_of(b));
        assert!(bin.to.is_none_or(|to| bin.from < to));
    }
}

/// A store with an event every so many seconds.
fn timed(journeys: &[(Vec<&str>, i64)]) -> Store {
    let labels: Vec<Vec<&str>> = journeys.iter().map(|(labels, _)| labels.clone()).collect();
    let mut store = store_of(&labels);
    let times = journeys
        .iter()
        .flat_map(|(labels, gap)| (0..labels.len()).map(move |at| at as i64 * gap * 1000));
    store.time_millis = Some(times.collect());
    store
}

fn random_people() -> impl Strategy<Value = Vec<(Vec<&'static str>, i64)>> {
    let label = (0..5_usize).prop_map(|at| ["a", "b", "c", "d", "e"][at]);
    let journey = proptest::collection::vec(label, 1..9);
    let many = (journey, 1..16_usize, 1..3000_i64);
    proptest::collection::vec(many, 3..14).prop_map(|groups| {
        let all = groups.into_iter().flat_map(|(journey, people, gap)| {
            (0..people).map(move |n| (journey.clone(), gap * (1 + n as i64 / 4)))
        });
        // All labels are in the data, whoever else is.
        all.chain([(vec!["e", "d", "c", "b", "a"], 1)]).collect()
    })
}

fn random_order() -> impl Strategy<Value = Order> {
    prop_oneof![Just(Order::This), Just(Order::Any), Just(Order::Exact)]
}

fn abcd() -> Vec<String> {
    ["a", "b", "c", "d"].map(str::to_owned).to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_published_is_publishable_whatever_the_order_of_rows(
        people in random_people(),
        order in random_order(),
        optional in any::<bool>(),
        blur in any::<bool>(),
        unit in prop_oneof![Just(Unit::People), Just(Unit::Sessions)],
    ) {
        let policy = Policy::new(5, None).expect("listed").with_blur(blur);
        let optional = if optional { vec!["b".to_owned(), "c".to_owned()] } else { Vec::new() };
        let is_line = optional.is_empty() && unit == Unit::People;
        let funnel = FunnelSpec { steps: abcd(), order, optional, ..FunnelSpec::default() };
        let spec = Spec { unit, ..spec_of(funnel) };
        let named = |store: &Store| ask(store, &spec, policy).map_err(|error| error.to_string());
        let store = timed(&people);
        let published = named(&store);
        match &published {
            Ok(funnel) if is_line => assert_publishable(funnel),
            Ok(funnel) => {
                let counts = funnel.steps.iter().map(|step| step.count);
                for count in counts.chain(funnel.time_to_convert.iter().map(|bin| bin.count)) {
                    prop_assert!(count == 0 || count >= 5);
                    prop_assert!(count.is_multiple_of(5) && count <= funnel.people);
                }
            }
            // A step that few take would be told by being asked for.
            Err(_) => {
                let takes = |label: &String| {
                    people.iter().filter(|(journey, _)| journey.contains(&label.as_str())).count()
                };
                prop_assert!(abcd().iter().any(|label| takes(label) < 5));
            }
        }
        prop_assert_eq!(named(&reversed(&store)), published);
    }

    #[test]
    fn every_edge_has_nobody_or_enough_people(
        people in proptest::collection::vec((0..32_u16, 1..5_usize), 5..60),
        optional in (0..8_u16).prop_map(|bits| bits << 1),
        cap in prop_oneof![Just(None), Just(Some(5)), Just(Some(40))],
        sessions in any::<bool>(),
        blur in any::<bool>(),
    ) {
        let policy = Policy::new(5, None).expect("listed").with_cap(cap).expect("a cap");
        let threshold =
            Threshold::new(policy, if sessions { Unit::Sessions } else { Unit::People });
        let (mut truth, mut whose) = (Vec::new(), Vec::new());
        for (who, (bits, journeys)) in people.iter().enumerate() {
            for number in 0..if sessions { (*journeys).min(policy.cap() as usize) } else { 1 } {
                truth.push(reachable(bits.rotate_left(number as u32 * 3), optional));
                whose.push(who as u32);
            }
        }
        let tie = |journey: usize| blake3_of(journey);
        let progress = Progress::default();
        let mut drawn = Drawing::new(5, optional, threshold, &truth, &whose, &tie, &progress)
            .expect("not cancelled");
        if blur {
            let draw = |purpose: &str, from: usize| blake3_of(from + purpose.len());
            drawn.blur(draw, &progress).expect("not cancelled");
        }
        if !drawn.is_safe() {
            // Nothing can be drawn where two people dominate everybody.
            prop_assert!(threshold.can_dominate && drawn.drawn.iter().all(|bits| *bits == 0));
            return Ok(());
        }
        // Counted once more, from what the numbers mean.
        let mut on: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
        for (at, bits) in drawn.drawn.iter().enumerate() {
            prop_assert_eq!(*bits & truth[at], *bits);
            let mut from = 0;
            for step in (1..=5).filter(|step| bits >> (step - 1) & 1 == 1).chain([6]) {
                on.entry((from, step)).or_default().push(whose[at]);
                from = step;
            }
        }
        for who in on.into_values() {
            let different: BTreeSet<u32> = who.iter().copied().collect();
            prop_assert!(different.len() >= 5);
            let most = |who_is: &u32| who.iter().filter(|who| *who == who_is).count();
            let most = different.iter().map(most).max().expect("somebody");
            prop_assert!(2 * most <= who.len());
        }
    }
}

fn blake3_of(number: usize) -> u64 {
    let hash = blake3::hash(&number.to_le_bytes());
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("eight bytes"))
}

/// The steps up to the first one that is missing and may not be.
fn reachable(bits: u16, optional: u16) -> u16 {
    let missing = !bits & !optional & 31;
    let upto = if missing == 0 { 31 } else { (1 << missing.trailing_zeros()) - 1 };
    if bits & 1 == 0 { 0 } else { bits & upto }
}

/// The same people with the same identifiers, the last first.
fn reversed(store: &Store) -> Store {
    let mut other = store_of(&[]);
    other.dictionary.clone_from(&store.dictionary);
    let (mut codes, mut times) = (Vec::new(), Vec::new());
    for subject in (0..store.subjects()).rev() {
        for event in store.events_of(subject) {
            codes.push(store.label(event) as u16);
            times.push(store.time_millis.as_ref().expect("timed")[event]);
        }
        other.subject_start.push(codes.len() as u32);
        other.id_bytes.extend_from_slice(store.subject_id(subject));
        other.id_start.push(other.id_bytes.len() as u64);
    }
    other.label = crate::vault::journeys::Codes::Narrow(codes);
    other.time_millis = Some(times);
    other
}

/// What the best safe drawing is worth, by integer programming.
fn optimum(truth: &[u16], optional: u16, k: u32) -> f64 {
    let mut people: BTreeMap<u16, i32> = BTreeMap::new();
    for bits in truth {
        *people.entry(*bits).or_default() += 1;
    }
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut on: BTreeMap<(u32, u32), LinearExpr> = BTreeMap::new();
    for (truth, people) in people {
        let mut everybody = LinearExpr::empty();
        for drawn in (0..32).filter(|drawn| drawn & truth == *drawn) {
            if reachable(drawn, optional) != drawn {
                continue;
            }
            let number = problem.add_integer_var(worth(truth, drawn), (0, people));
            everybody.add(number, 1.0);
            let mut from = 0;
            for step in (1..=5).filter(|step| drawn >> (step - 1) & 1 == 1).chain([6]) {
                on.entry((from, step)).or_insert_with(LinearExpr::empty).add(number, 1.0);
                from = step;
            }
        }
        problem.add_constraint(everybody, ComparisonOp::Eq, f64::from(people));
    }
    for people in on.into_values() {
        let used = problem.add_binary_var(0.0);
        let mut at_least = people.clone();
        at_least.add(used, -f64::from(k));
        problem.add_constraint(at_least, ComparisonOp::Ge, 0.0);
        let mut only_if_used = people;
        only_if_used.add(used, -(truth.len() as f64));
        problem.add_constraint(only_if_used, ComparisonOp::Le, 0.0);
    }
    let outcome = problem.solve().expect("everybody at START is feasible");
    outcome.into_solution().expect("solved to the end").objective()
}

fn worth(truth: u16, drawn: u16) -> f64 {
    let in_place = truth & 16 == 0 && truth.leading_zeros() == drawn.leading_zeros();
    f64::from(drawn.count_ones() + u32::from(in_place))
}

#[test]
fn steps_that_may_be_left_out_are_drawn_close_to_the_optimum() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = proptest::collection::vec((0..32_u16, 1..9_usize), 4..9);
    let threshold = Threshold::new(Policy::new(5, None).expect("listed"), Unit::People);
    for (optional, least) in [(0, 0.999), (0b0100, 0.95), (0b1110, 0.9)] {
        let (mut ours_in_all, mut best_in_all) = (0.0, 0.0);
        for _ in 0..40 {
            let tree = strategy.new_tree(&mut runner).expect("a value");
            let truth: Vec<u16> = proptest::strategy::ValueTree::current(&tree)
                .into_iter()
                .flat_map(|(bits, people)| {
                    std::iter::repeat_n(reachable(bits | 1, optional), people)
                })
                .collect();
            if truth.len() < 5 {
                continue;
            }
            let whose: Vec<u32> = (0..truth.len() as u32).collect();
            let progress = Progress::default();
            let drawn = Drawing::new(5, optional, threshold, &truth, &whose, &blake3_of, &progress)
                .expect("not cancelled");
            let of = |(truth, drawn): (&u16, &u16)| worth(*truth, *drawn);
            let ours: f64 = truth.iter().zip(&drawn.drawn).map(of).sum();
            let best = optimum(&truth, optional, 5);
            assert!(ours <= best + 0.5, "worth {ours}, but no drawing is worth more than {best}");
            ours_in_all += ours;
            best_in_all += best;
        }
        assert!(ours_in_all >= least * best_in_all, "{optional}: {ours_in_all} of {best_in_all}");
    }
}

/// A funnel over a real log: little is lost, and everybody is there.
#[test]
fn a_real_funnel_is_nearly_exact() {
    let shared = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets");
    let path = shared.join("sepsis/sepsis.csv");
    if !path.exists() {
        println!("not run: the real logs are not beside the project");
        return;
    }
    let plan = ImportPlan { files: vec![path], ..ImportPlan::default() };
    let vault = Vault::import(&plan, &Progress::default()).expect("a real log");
    let steps = ["ER Registration", "ER Triage", "IV Antibiotics", "Release A", "Return ER"];
    let spec = spec_of(FunnelSpec {
        steps: steps.map(str::to_owned).to_vec(),
        optional: vec!["IV Antibiotics".to_owned()],
        ..FunnelSpec::default()
    });
    let funnel = ask(&vault.store, &spec, Policy::default().with_blur(false)).expect("enough");
    assert!(funnel.people.abs_diff(1050) < 5);
    assert_eq!(funnel.by_name_band, [95, 100]);
    let last = funnel.steps[4].count;
    assert!(last > 200 && funnel.time_to_convert.len() > 2);
    assert_eq!(funnel.time_to_convert.iter().map(|bin| bin.count).sum::<u64>(), last);
}
