//! Risk before and after: how many people are alone, in the data and in the picture of them.

use std::collections::BTreeSet;

use super::DiscloseError;
use super::flow::{draw_journeys, draw_tree};
use super::grid::GONE;
use super::meaning::Meaning;
use super::question::Question;
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::{self, Part};
use crate::vault::measure::flow::{Unmeasured, measure};
use crate::vault::measure::risk::{of_cohort, of_drawn};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels;
use crate::views::{
    Ask, FlowSpec, PathsSpec, Policy, Progress, Risk, Rules, Spec, Uniqueness, Unit,
};

pub(in crate::vault) fn risk(
    store: &Store,
    key: &Key,
    spec: &Spec,
    rules: &Rules,
    policy: Policy,
    progress: &Progress,
) -> Result<Risk, DiscloseError> {
    spec.check()?;
    let labels = labels::table(store.dictionary(), rules, &spec.hide);
    let cohort = cohort::select(store, &labels, key, spec, policy)?;
    // Only a map counts occurrences; a flow counts those people once.
    let unit = if spec.unit == Unit::Occurrences { Unit::People } else { spec.unit };
    let question = Question {
        store,
        key,
        labels: &labels,
        cohort: &cohort,
        spec: &Spec { unit, ..spec.clone() },
        rules,
        policy,
        progress,
        folded: &BTreeSet::new(),
    };
    let after = of_drawn(&ways(&question)?, store.time_millis.is_some());
    let before = of_cohort(store, &labels, &cohort, spec.collapse, progress)?;
    Ok(Risk { before, after })
}

/// The flow by which a cohort is looked at. Views of other kinds tell nothing of whole journeys, so
/// for them it is a flow with as many steps as somebody is assumed to know.
pub(super) fn flow_of(spec: &Spec) -> FlowSpec {
    match &spec.ask {
        Ask::Flow(flow) | Ask::Paths(PathsSpec { flow }) => flow.clone(),
        _ => FlowSpec { steps: Uniqueness::STEPS as u8, ..FlowSpec::default() },
    }
}

/// The cells through which everybody is drawn, and how many are drawn through them.
fn ways(question: &Question) -> Result<Vec<(Vec<u32>, u64)>, DiscloseError> {
    let Question { store, key, labels, cohort, spec, progress, .. } = question;
    let flow = &flow_of(spec);
    let measured = measure(store, key, labels, cohort, spec, flow, progress)?;
    let mut ways: Vec<(Vec<u32>, u64)> = Vec::new();
    // Groups share no cell.
    let mut cells_before = 0;
    for group in question.groups("risk", &measured.units(), &measured.people)? {
        if group.part == Part::Neither {
            continue;
        }
        let journeys = measured.of(&group.segments);
        let meaning = Meaning::new(question, &group, flow, &journeys);
        let mut own = if matches!(spec.ask, Ask::Paths(_)) {
            draw_tree(question, &meaning, &journeys)?.ways()
        } else {
            let drawn = draw_journeys(question, &meaning, &journeys)?;
            let way = |(journey, people, drawing): (usize, u32, _)| {
                let path = drawn.grid.path(&journeys.distinct[journey].0.slots(), drawing);
                let cells = path.into_iter().take_while(|edge| *edge != GONE);
                (cells.collect(), u64::from(people))
            };
            drawn.drawings().map(way).collect()
        };
        let cells = own.iter_mut().flat_map(|(cells, _)| cells);
        let mut most = cells_before;
        for cell in cells {
            *cell += cells_before;
            most = most.max(*cell + 1);
        }
        cells_before = most;
        ways.append(&mut own);
    }
    Ok(ways)
}

impl From<Unmeasured> for DiscloseError {
    fn from(why: Unmeasured) -> Self {
        match why {
            Unmeasured::Cancelled(cancelled) => Self::Cancelled(cancelled),
            Unmeasured::Spec(error) => Self::Spec(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::{risk, ways};
    use crate::vault::disclose::DiscloseError;
    use crate::vault::disclose::question::Question;
    use crate::vault::disclose::tests::store_of;
    use crate::vault::journeys::cohort;
    use crate::vault::protect::key::Key;
    use crate::vault::protect::labels;
    use crate::views::{
        Ask, FlowSpec, MapSpec, PathsSpec, Policy, Progress, Risk, Rules, Spec, Unit,
    };

    fn asked(journeys: &[Vec<&str>], spec: &Spec, k: u32) -> Result<Risk, DiscloseError> {
        let (store, key) = (store_of(journeys), Key::from_bytes([7; 32]));
        let policy = Policy::new(k, None).expect("listed");
        risk(&store, &key, spec, &Rules::default(), policy, &Progress::default())
    }

    #[test]
    fn too_few_people_are_not_told_apart() {
        let journeys = vec![vec!["a"]; 4];
        let spec = Spec::flow("flow", FlowSpec::default());
        assert!(matches!(asked(&journeys, &spec, 5), Err(DiscloseError::TooFew { k: 5 })));
    }

    #[test]
    fn views_of_other_kinds_are_looked_at_as_a_flow() {
        let mut journeys = vec![vec!["a", "b"]; 19];
        journeys.push(vec!["a", "c"]);
        let mut spec = Spec::flow("map", FlowSpec::default());
        let Ok(flow) = asked(&journeys, &spec, 5) else { panic!("enough people") };
        spec.ask = Ask::Map(MapSpec::default());
        let Ok(map) = asked(&journeys, &spec, 5) else { panic!("enough people") };
        spec.unit = Unit::Occurrences;
        let Ok(occurrences) = asked(&journeys, &spec, 5) else { panic!("enough people") };
        assert!(map == flow && occurrences == flow);
        assert!((map.before.first_steps[1] - 5.0).abs() < 1e-9);
    }

    #[test]
    fn everybody_is_drawn_through_cells_with_enough_people() {
        let mut journeys = Vec::new();
        for person in 0..200_usize {
            let label = |step: usize| ["a", "b", "c"][person * (step + 3) / 7 % 3];
            journeys.push((0..=person % 5).map(label).collect());
        }
        let (store, key) = (store_of(&journeys), Key::from_bytes([7; 32]));
        let rules = Rules::default();
        let labels = labels::table(store.dictionary(), &rules, &[]);
        let flow = FlowSpec { steps: 4, ..FlowSpec::default() };
        for ask in [Ask::Flow(flow.clone()), Ask::Paths(PathsSpec { flow })] {
            let spec = Spec { ask, ..Spec::flow("view", FlowSpec::default()) };
            let policy = Policy::default();
            let Ok(cohort) = cohort::select(&store, &labels, &key, &spec, policy) else {
                panic!("everybody can be selected")
            };
            let question = Question {
                store: &store,
                key: &key,
                labels: &labels,
                cohort: &cohort,
                spec: &spec,
                rules: &rules,
                policy,
                progress: &Progress::default(),
                folded: &BTreeSet::new(),
            };
            let Ok(ways) = ways(&question) else { panic!("enough people") };
            let mut people_in: BTreeMap<u32, u64> = BTreeMap::new();
            for (cells, people) in &ways {
                assert!((1..=5).contains(&cells.len()));
                for cell in cells {
                    *people_in.entry(*cell).or_default() += people;
                }
            }
            assert_eq!(ways.iter().map(|(_, people)| people).sum::<u64>(), 200);
            assert!(people_in.len() > 5 && people_in.values().all(|people| *people >= 10));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn after_control_nobody_is_unique(
            journeys in prop::collection::vec(
                prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 1..8), 5..60),
            steps in 2..8_u8,
            (sessions, paths) in any::<(bool, bool)>(),
        ) {
            let flow = FlowSpec { steps, top: 3, ..FlowSpec::default() };
            let mut spec = Spec::flow("flow", flow.clone());
            if paths {
                spec.ask = Ask::Paths(PathsSpec { flow });
            }
            spec.unit = if sessions { Unit::Sessions } else { Unit::People };
            let Ok(Risk { before, after }) = asked(&journeys, &spec, 5) else {
                return Err(TestCaseError::fail("enough people"))
            };
            prop_assert!(after.first_steps.iter().all(|share| *share < 1e-9));
            prop_assert!(after.step_set < 1e-9);
            prop_assert!(before.first_steps.iter().all(|share| (0.0..=100.0).contains(share)));
        }
    }
}
