//! Risk before and after: how many people are alone, in the data and in the picture of them.

use std::collections::BTreeSet;

use super::DiscloseError;
use super::flow::draw_journeys;
use super::grid::GONE;
use super::meaning::Meaning;
use super::question::Question;
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::{self, Part};
use crate::vault::measure::flow::{Measured, Unmeasured, measure};
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
    let spec = &Spec { unit, ..spec.clone() };
    let flow = flow_of(spec);
    let question = Question {
        store,
        key,
        labels: &labels,
        cohort: &cohort,
        spec,
        rules,
        policy,
        progress,
        folded: &BTreeSet::new(),
    };
    let measured = measure(store, key, &labels, &cohort, spec, &flow, progress)?;
    let after = drawn(&question, &flow, &measured)?;
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

fn drawn(
    question: &Question,
    flow: &FlowSpec,
    measured: &Measured,
) -> Result<Uniqueness, DiscloseError> {
    let mut ways = Vec::new();
    let mut cells_before = 0;
    for group in question.groups("risk", &measured.units(), &measured.people)? {
        if group.part == Part::Neither {
            continue;
        }
        let journeys = measured.of(&group.segments);
        let meaning = Meaning::new(question, &group, flow, &journeys);
        let drawn = draw_journeys(question, &meaning, &journeys)?;
        for (journey, people, drawing) in drawn.drawings() {
            let path = drawn.grid.path(&journeys.distinct[journey].0.slots(), drawing);
            let cells = path.into_iter().take_while(|edge| *edge != GONE);
            ways.push((cells.map(|edge| cells_before + edge).collect(), u64::from(people)));
        }
        cells_before += drawn.grid.edges() as u32;
    }
    Ok(of_drawn(&ways, question.store.time_millis.is_some()))
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
    use proptest::prelude::*;

    use super::risk;
    use crate::vault::disclose::DiscloseError;
    use crate::vault::disclose::tests::store_of;
    use crate::vault::protect::key::Key;
    use crate::views::{Ask, FlowSpec, MapSpec, Policy, Progress, Risk, Rules, Spec, Unit};

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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn after_control_nobody_is_unique(
            journeys in prop::collection::vec(
                prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 1..8), 5..60),
            steps in 2..8_u8,
            sessions in any::<bool>(),
        ) {
            let mut spec = Spec::flow("flow", FlowSpec { steps, top: 3, ..FlowSpec::default() });
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
