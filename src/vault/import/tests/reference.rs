//! Exact counts against answers that PM4Py and pandas gave for the same files.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{import_plan, plain, plan, shared};
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::Journey;
use crate::vault::measure::map::{End, Slots, Walk};
use crate::vault::protect::labels::LabelTable;
use crate::views::{Mapping, Progress, Unit};

fn check(store: &Store, answer: &Value) {
    let labels = store.dictionary();
    // Every label as it is, in the order of the dictionary.
    let table = LabelTable {
        effective: (0..labels.len() as u32).collect(),
        names: labels.to_vec(),
        nameable: vec![true; labels.len()],
    };
    let journey = |subject: usize| {
        let events = store.events_of(subject);
        let (start, end) = (events.start as u32, events.end as u32);
        Journey { subject: subject as u32, segment: 0, start, end }
    };
    let journeys: Vec<Journey> = (0..store.subjects()).map(journey).collect();
    let exact = |unit| {
        let walk = Walk {
            store,
            labels: &table,
            journeys: &journeys,
            collapse: false,
            unit,
            cap: u32::MAX,
            dominance: false,
            progress: &Progress::default(),
        };
        let slots = Slots::new(&table, &walk.subjects_at().unwrap(), 1, false);
        assert_eq!(slots.named, table.effective, "every label has its slot");
        walk.count(&slots).unwrap()
    };
    // Without a cap, occurrences are events.
    let (people, events) = (exact(Unit::People), exact(Unit::Occurrences));
    let name = |label: usize| labels[label].clone();
    let number = |value: &Value| value.as_u64().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = |key: &str| answer[key].as_array().unwrap().iter();

    assert_eq!(store.subjects() as u64, number(&answer["n_cases"]));
    assert_eq!(u64::from(*store.subject_start.last().unwrap()), number(&answer["n_events"]));

    let mut edges = BTreeMap::new();
    for from in 0..labels.len() {
        for to in 0..labels.len() {
            let (events, people) = (events.edge(from, to), people.edge(from, to));
            assert_eq!(events.subjects, people.count);
            if events.count > 0 {
                let counts = (u64::from(events.count), u64::from(people.count));
                edges.insert((name(from), name(to)), counts);
            }
        }
    }
    let wanted: BTreeMap<_, _> = list("dfg")
        .map(|edge| {
            (
                (text(&edge["source"]), text(&edge["target"])),
                (number(&edge["events"]), number(&edge["cases"])),
            )
        })
        .collect();
    assert_eq!(edges, wanted);

    let activities: BTreeMap<_, _> = (0..labels.len())
        .map(|label| {
            let (events, people) = (events.node(label).count, people.node(label).count);
            (name(label), (u64::from(events), u64::from(people)))
        })
        .collect();
    let wanted: BTreeMap<_, _> = list("activities")
        .map(|a| (text(&a["activity"]), (number(&a["events"]), number(&a["cases"]))))
        .collect();
    assert_eq!(activities, wanted);

    for (key, end) in [("start_activities", End::Start), ("end_activities", End::End)] {
        let counts: BTreeMap<_, _> = (0..labels.len())
            .map(|label| (name(label), u64::from(people.end(end, label).count)))
            .filter(|(_, count)| *count > 0)
            .collect();
        let wanted: BTreeMap<_, _> =
            list(key).map(|a| (text(&a["activity"]), number(&a["count"]))).collect();
        assert_eq!(counts, wanted, "{key}");
    }

    let mut variants: HashMap<Vec<u32>, u64> = HashMap::new();
    for subject in 0..store.subjects() {
        let variant = store.events_of(subject).map(|event| store.label(event)).collect();
        *variants.entry(variant).or_default() += 1;
    }
    assert_eq!(variants.len() as u64, number(&answer["n_variants"]));
    for top in list("top10_variants") {
        let variant: Vec<u32> = top["activities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| labels.iter().position(|label| label == a.as_str().unwrap()).unwrap() as u32)
            .collect();
        assert_eq!(variants[&variant], number(&top["cases"]));
    }
}

fn agrees(file: &str, answer: &str, mapping: Mapping) {
    let (Some(path), Some(answer)) = (shared(file), shared(&format!("reference/{answer}.json")))
    else {
        return;
    };
    // Python writes NaN, which is no JSON; it stands only in figures that are not compared.
    let answer = std::fs::read_to_string(answer).unwrap().replace(": NaN", ": null");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let mut plan = plan(path);
    plan.mapping = mapping;
    let imported = import_plan(&plan).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert!(imported.quality.refusals.is_empty(), "{file}: {:?}", imported.quality.refusals);
    check(&imported.store, &answer);
}

#[test]
fn a_real_xes_log_agrees_with_the_reference() {
    agrees("bpic2012/bpic2012.xes.gz", "bpic2012", Mapping::default());
}

#[test]
fn a_disco_export_agrees_with_the_reference() {
    agrees("sepsis/sepsis.csv", "sepsis", Mapping::default());
}

#[test]
fn a_log_with_days_only_agrees_with_the_reference() {
    agrees("traffic_fines/traffic_fines.csv", "traffic_fines", Mapping::default());
}

#[test]
fn a_clickstream_agrees_with_the_reference_by_user_and_by_session() {
    agrees("retentioneering_ecom/ecom.csv.gz", "ecom_by_user", Mapping::default());
    let by_session = Mapping { subject: Some("session_id".to_owned()), ..Mapping::default() };
    agrees("retentioneering_ecom/ecom.csv.gz", "ecom_by_session", by_session);
}

#[test]
fn csv_parquet_and_xes_give_the_same_journeys() {
    let mut all = Vec::new();
    for extension in ["csv", "parquet", "xes"] {
        let file = format!("running_example/running-example.{extension}");
        agrees(&file, "running_example", Mapping::default());
        let Some(path) = shared(&file) else { return };
        // The Parquet file holds the local times of the others, without their zone.
        let mut plan = plan(path);
        plan.timezone = Some("Europe/Berlin".to_owned());
        all.push(plain(&import_plan(&plan).unwrap().store));
    }
    assert_eq!(all[0], all[1], "CSV and Parquet");
    assert_eq!(all[0], all[2], "CSV and XES");
}

#[test]
fn shuffled_rows_give_the_same_journeys() {
    let (Some(shuffled), Some(ordered)) = (
        shared("ugly/shuffled_running_example.csv"),
        shared("running_example/running-example.csv"),
    ) else {
        return;
    };
    let [shuffled, ordered] =
        [shuffled, ordered].map(|path| plain(&import_plan(&plan(path)).unwrap().store));
    assert_eq!(shuffled, ordered);
}
