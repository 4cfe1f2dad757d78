//! Flows against walking everybody one by one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{ENDED, Journeys, MAX_STEPS, Measured, measure};
use crate::vault::disclose::tests::{store_of_sessions, with_plan};
use crate::vault::journeys::cohort::{Cohort, select};
use crate::vault::journeys::{Codes, Store};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::{self, LabelTable};
use crate::views::{Anchor, FlowSpec, Policy, Progress, Rules, Side, Spec, Split, Unit};

/// What is asked, as numbers.
#[derive(Debug, Clone)]
struct Asked {
    steps: u8,
    top: u8,
    side: Side,
    /// Labels by number.
    anchor: Option<u16>,
    until: Option<u16>,
    hide: Option<u16>,
    collapse: bool,
    sessions: bool,
    split: bool,
    /// Whether the codes of the store are of the wide kind.
    wide: bool,
}

fn asked() -> impl Strategy<Value = Asked> {
    let side = prop_oneof![Just(Side::Start), Just(Side::End), Just(Side::Between)];
    let label = || prop::option::of(0_u16..4);
    let numbers = (2_u8..=12, 1_u8..=50, side);
    (numbers, label(), 0_u16..4, label(), any::<[bool; 4]>()).prop_map(
        |((steps, top, side), anchor, until, hide, [collapse, sessions, split, wide])| {
            let is_between = side == Side::Between;
            let anchor = if is_between { anchor.or(Some(0)) } else { anchor };
            let until = is_between.then_some(until);
            Asked { steps, top, side, anchor, until, hide, collapse, sessions, split, wide }
        },
    )
}

/// Few labels that come often, or more than fit into a byte; one of them may not stand for itself.
fn name(label: u16) -> String {
    if label == 3 { "jo@example.org".to_owned() } else { format!("label {label:03}") }
}

fn people() -> impl Strategy<Value = Vec<Vec<Vec<u16>>>> {
    prop_oneof![Just(2_u16), Just(6), Just(30), Just(600)].prop_flat_map(|labels| {
        let session = prop::collection::vec(0..labels, 1..14);
        let person = prop::collection::vec(session, 1..4);
        prop_oneof![
            prop::collection::vec(person.clone(), 1..12),
            prop::collection::vec(person, 150..400)
        ]
    })
}

fn store(people: &[Vec<Vec<u16>>], wide: bool) -> Store {
    let names: Vec<String> = (0..600).map(name).collect();
    let text = |session: &Vec<u16>| -> Vec<&str> {
        session.iter().map(|label| names[usize::from(*label)].as_str()).collect()
    };
    let people: Vec<Vec<Vec<&str>>> =
        people.iter().map(|sessions| sessions.iter().map(text).collect()).collect();
    let mut store = with_plan(store_of_sessions(&people), &[Some("free"), None, Some("paid")]);
    if wide && let Codes::Narrow(codes) = &store.label {
        store.label = Codes::Wide(codes.iter().map(|code| u32::from(*code)).collect());
    }
    store
}

/// The labels at the steps of one journey; nothing where it has none.
fn steps(
    store: &Store,
    labels: &LabelTable,
    asked: &Asked,
    events: std::ops::Range<usize>,
) -> Vec<u32> {
    let mut shown: Vec<u32> = events
        .map(|event| labels.effective[store.label(event) as usize])
        .filter(|label| *label != LabelTable::HIDDEN)
        .collect();
    if asked.side == Side::End {
        shown.reverse();
    }
    let is = |label: &u32, wanted: u16| {
        labels.names[*label as usize] == name(wanted) && labels.nameable[*label as usize]
    };
    if let Some(anchor) = asked.anchor {
        let Some(at) = shown.iter().position(|label| is(label, anchor)) else { return vec![] };
        shown.drain(..at);
    }
    if let Some(until) = asked.until {
        let Some(at) = shown.iter().position(|label| is(label, until)) else { return vec![] };
        shown.truncate(at + 1);
    }
    if asked.collapse {
        shown.dedup();
    }
    shown.truncate(usize::from(asked.steps));
    shown
}

/// Whose journey, in which segment, and its labels.
type Walked = (u32, u32, Vec<u32>);

fn one_by_one(store: &Store, labels: &LabelTable, cohort: &Cohort, asked: &Asked) -> Vec<Walked> {
    let walked = cohort.journeys.iter().map(|journey| {
        (journey.subject, journey.segment, steps(store, labels, asked, journey.events()))
    });
    walked.filter(|(.., steps)| !steps.is_empty()).collect()
}

fn own(walked: &[Walked], labels: &LabelTable, asked: &Asked) -> Vec<Vec<u32>> {
    let at = |step: usize| {
        let mut people: BTreeMap<u32, usize> = BTreeMap::new();
        for label in walked.iter().filter_map(|(.., steps)| steps.get(step)) {
            *people.entry(*label).or_default() += 1;
        }
        let mut own: Vec<(Reverse<usize>, u32)> = people
            .into_iter()
            .filter(|(label, _)| labels.nameable[*label as usize])
            .map(|(label, people)| (Reverse(people), label))
            .collect();
        own.sort_unstable();
        own.truncate(usize::from(asked.top));
        own.into_iter().map(|(_, label)| label).collect()
    };
    (0..usize::from(asked.steps)).map(at).collect()
}

/// Bytes of a journey, whose it is, and how many have it.
type Told = Vec<([u8; 16], Option<u64>, u32)>;

fn distinct(
    walked: &[Walked],
    own: &[Vec<u32>],
    segments: &[usize],
    mark: impl Fn(u32) -> Option<u64>,
) -> Told {
    // With sessions as the unit a person's come after those of the segments before hers.
    let mut distinct: BTreeMap<(_, Option<(u32, u64)>), u32> = BTreeMap::new();
    for (subject, segment, steps) in walked {
        if !segments.contains(&(*segment as usize)) {
            continue;
        }
        let mut bytes = [ENDED; 16];
        for ((byte, label), own) in bytes.iter_mut().zip(steps).zip(own) {
            *byte = own.iter().position(|own| own == label).map_or(0, |at| at as u8 + 1);
        }
        let whose = mark(*subject).map(|mark| (*segment, mark));
        *distinct.entry((bytes, whose)).or_default() += 1;
    }
    let told = distinct.into_iter();
    told.map(|((bytes, whose), weight)| (bytes, whose.map(|(_, mark)| mark), weight)).collect()
}

fn told(journeys: &Journeys) -> Told {
    let whose = |at: usize| journeys.whose.get(at).copied();
    let distinct = journeys.distinct.iter().enumerate();
    distinct.map(|(at, (journey, weight))| (journey.bytes(), whose(at), *weight)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_flow_is_what_everybody_walks_one_by_one(people in people(), asked in asked()) {
        let store = store(&people, asked.wide);
        let anchor = Anchor {
            side: asked.side,
            label: asked.anchor.map(name),
            until: asked.until.map(name),
        };
        let flow = FlowSpec { anchor, steps: asked.steps, top: asked.top };
        let spec = Spec {
            collapse: asked.collapse,
            unit: if asked.sessions { Unit::Sessions } else { Unit::People },
            split: asked.split.then(|| Split::By("plan".to_owned())),
            hide: asked.hide.map(name).into_iter().collect(),
            ..Spec::flow("flow", flow.clone())
        };
        let key = Key::from_bytes([1; 32]);
        let labels = labels::table(store.dictionary(), &Rules::default(), &spec.hide);
        let cohort = select(&store, &labels, &key, &spec, Policy::default()).expect("a cohort");
        let Ok(measured) =
            measure(&store, &key, &labels, &cohort, &spec, &flow, &Progress::default())
        else {
            return Ok(()); // nobody has the label of the anchor
        };

        let walked = one_by_one(&store, &labels, &cohort, &asked);
        let own = own(&walked, &labels, &asked);
        let mark = |subject: u32| {
            asked.sessions.then(|| key.draw("person", &[store.subject_id(subject as usize)]))
        };
        let all: Vec<usize> = (0..cohort.segments.len()).collect();
        for segments in all.chunks(1).chain(all.chunks(2)).chain([&all[..]]) {
            let journeys = measured.of(segments);
            prop_assert_eq!(&journeys.own, &own);
            prop_assert_eq!(told(&journeys), distinct(&walked, &own, segments, mark));
        }
        let in_segment = |segment: u32| walked.iter().filter(move |(_, its, _)| *its == segment);
        let Measured { people, .. } = &measured;
        for (segment, (people, units)) in (0..).zip(people.iter().zip(measured.units())) {
            let different: BTreeSet<u32> = in_segment(segment).map(|(who, ..)| *who).collect();
            prop_assert_eq!(*people, different.len() as u64);
            prop_assert_eq!(units, in_segment(segment).count() as u64);
        }
    }
}

#[test]
fn a_journey_has_room_for_all_steps() {
    assert!(usize::from(*FlowSpec::STEPS.end()) <= MAX_STEPS);
}
