//! The utility curve: what each listed pair of k and b keeps by name.
//!
//! *Invariant:* reads counts as they would be published. "Visible at 17, gone at 18" is an exact
//! count; so only the listed pairs are tried, and only on rounded counts. Data with the same
//! rounded counts give the same curve.

use super::DiscloseError;
use super::risk::flow_of;
use super::round;
use crate::vault::journeys::{Store, cohort};
use crate::vault::measure::utility::{Item, Nameable, measure};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels;
use crate::views::{Policy, Progress, Rules, Spec, UtilityPoint};

/// The measure, which can be kept while only the thresholds change.
///
/// # Errors
/// Where the cohort has fewer people than the lowest listed threshold asks for.
pub(in crate::vault) fn nameable(
    store: &Store,
    key: &Key,
    spec: &Spec,
    rules: &Rules,
    progress: &Progress,
) -> Result<Nameable, DiscloseError> {
    spec.check()?;
    let labels = labels::table(store.dictionary(), rules, &spec.hide);
    let cohort = cohort::select(store, &labels, key, spec, Policy::default())?;
    let measured = measure(store, key, &labels, &cohort, spec, &flow_of(spec), progress)?;
    let (k, _) = Policy::LISTED[0];
    if measured.people < u64::from(k) {
        return Err(DiscloseError::TooFew { k });
    }
    Ok(measured)
}

/// The curve.
pub(in crate::vault) fn curve(measured: &Nameable) -> Vec<UtilityPoint> {
    let point = |(k, b): (u32, u32)| {
        let rounded = |item: &Item| round::alone(item.draw, item.people, u64::from(b));
        let kept = |items: &[Item]| {
            let kept = items.iter().map(rounded).filter(|people| *people >= u64::from(k));
            kept.fold((0, 0), |(items, people), more| (items + 1, people + more))
        };
        let steps: u64 = measured.steps.iter().map(rounded).sum();
        let (_, by_name) = kept(&measured.nodes);
        UtilityPoint {
            k,
            b,
            // Rounded one by one, parts may add up to more than their whole.
            steps_percent: (100 * by_name).checked_div(steps).unwrap_or(0).min(100) as u8,
            paths: kept(&measured.paths).0,
            edges: kept(&measured.edges).0,
        }
    };
    Policy::LISTED.into_iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{curve, nameable};
    use crate::vault::disclose::DiscloseError;
    use crate::vault::disclose::round::alone;
    use crate::vault::disclose::tests::store_of;
    use crate::vault::measure::utility::{Item, Nameable};
    use crate::vault::protect::key::Key;
    use crate::views::{FlowSpec, Policy, Progress, Rules, Spec, UtilityPoint};

    fn of(people: &[(u64, u64)]) -> Nameable {
        let items =
            || people.iter().map(|(people, draw)| Item { people: *people, draw: *draw }).collect();
        let everybody = people.iter().map(|(people, _)| people).sum();
        let steps = vec![Item { people: everybody, draw: 0 }];
        Nameable { people: everybody, nodes: items(), steps, paths: items(), edges: items() }
    }

    #[test]
    fn multiples_of_every_base_are_kept_exactly_where_they_reach_k() {
        let points = curve(&of(&[(100, 1), (200, 2), (300, 3), (400, 4)]));
        let pairs: Vec<(u32, u32)> = points.iter().map(|point| (point.k, point.b)).collect();
        assert_eq!(pairs, Policy::LISTED);
        for UtilityPoint { steps_percent, paths, edges, .. } in points {
            assert_eq!((steps_percent, paths, edges), (100, 4, 4));
        }
        let points = curve(&of(&[(50, 1), (50, 2), (100, 3)]));
        let kept = points.iter().map(|point| (point.k, point.steps_percent, point.paths));
        let last: Vec<(u32, u8, u64)> = kept.skip(6).collect();
        assert_eq!(last, [(50, 100, 3), (75, 50, 1), (100, 50, 1)]);
    }

    #[test]
    fn a_cohort_of_journeys_has_a_curve() {
        let mut journeys = vec![vec!["a", "b"]; 400];
        journeys.extend(vec![vec!["a", "c"]; 100]);
        journeys.extend(vec![vec!["a", "d"]; 4]);
        let spec = Spec::flow("flow", FlowSpec::default());
        let key = Key::from_bytes([9; 32]);
        let ask = |journeys: &[Vec<&str>]| {
            let store = store_of(journeys);
            nameable(&store, &key, &spec, &Rules::default(), &Progress::default())
        };
        let Ok(measured) = ask(&journeys) else { panic!("enough people") };
        for UtilityPoint { paths, edges, steps_percent, .. } in curve(&measured) {
            // a, a b, a c; four people are fewer than any threshold asks for.
            assert_eq!((paths, edges), (3, 2));
            assert!(steps_percent >= 90);
        }
        assert!(matches!(ask(&journeys[..4]), Err(DiscloseError::TooFew { k: 5 })));
        journeys.rotate_left(77);
        let Ok(turned) = ask(&journeys) else { panic!("enough people") };
        assert_eq!(curve(&turned), curve(&measured), "the order of people does not matter");
    }

    /// Another number of people that is published the same with every listed base.
    fn same_published(people: u64, draw: u64) -> Option<u64> {
        let published = |people| Policy::LISTED.map(|(_, b)| alone(draw, people, u64::from(b)));
        (5..people + 5).find(|other| *other != people && published(*other) == published(people))
    }

    proptest! {
        #[test]
        fn data_with_the_same_rounded_counts_have_the_same_curve(
            items in prop::collection::vec((5..400_u64, any::<u64>()), 1..60),
        ) {
            let one = of(&items);
            let mut other = of(&items);
            let mut changed = 0;
            for all in [&mut other.nodes, &mut other.steps, &mut other.paths, &mut other.edges] {
                for item in all {
                    if let Some(people) = same_published(item.people, item.draw) {
                        item.people = people;
                        changed += 1;
                    }
                }
            }
            prop_assume!(changed > 0);
            prop_assert_eq!(curve(&one), curve(&other));
        }
    }
}
