//! The ugly files, each with the end that `EXPECT.tsv` names.

use super::{error_of, import_plan, plain, plan, refused, shared};
use crate::vault::import::{Imported, inspect};
use crate::views::{DateOrder, Question, RefusalReason};

fn ugly(file: &str) -> Option<Imported> {
    let path = shared(&format!("ugly/{file}"))?;
    Some(import_plan(&plan(path)).unwrap_or_else(|error| panic!("{file}: {error}")))
}

fn sentence(file: &str) -> Option<String> {
    Some(error_of(import_plan(&plan(shared(&format!("ugly/{file}"))?))))
}

#[test]
fn files_without_events_are_refused_in_one_sentence() {
    for (file, words) in [
        ("billion_laughs.xes", "DTD"),
        ("empty.csv", "is empty"),
        ("header_only.csv", "no event after the header"),
        ("html_saved_as.xes", "is a web page"),
    ] {
        let Some(sentence) = sentence(file) else { return };
        assert!(sentence.contains(words), "{file}: {sentence}");
    }
}

#[test]
fn a_packed_file_is_known_by_its_content() {
    let Some(imported) = ugly("gz_named_plain.xes") else { return };
    assert!(imported.quality.rows_used > 0);
}

#[test]
fn mixed_times_are_read_or_refused_one_by_one() {
    use RefusalReason::{AmbiguousDate, SentinelTime, UnreadableTime};
    let Some(path) = shared("ugly/mixed_timestamps.csv") else { return };
    let mut plan = plan(path);
    let imported = import_plan(&plan).unwrap();
    assert_eq!(
        refused(&imported),
        [
            (UnreadableTime, 1, vec![10]),
            (SentinelTime, 3, vec![11, 12, 13]),
            (AmbiguousDate, 1, vec![7]),
        ]
    );
    let journeys = plain(&imported.store);
    let times: Vec<(&str, i64)> =
        journeys["1"].iter().map(|(label, time)| (label.as_str(), time.unwrap())).collect();
    let ten = 1_709_287_200_000;
    // Equal times keep the order of the file.
    assert_eq!(
        times,
        [
            ("A", ten),
            ("B", ten),
            ("C", ten),
            ("G", ten),
            ("D", ten + 123),
            ("E", ten + 123),
            ("H", ten + 123),
        ]
    );
    let questions = inspect(&plan).unwrap().questions;
    assert_eq!(questions, [Question::DateOrder { column: "t".to_owned() }]);
    plan.date_order = Some(DateOrder::DayFirst);
    assert_eq!(import_plan(&plan).unwrap().quality.rows_used, 8);
    assert_eq!(inspect(&plan).unwrap().questions, []);
}

#[test]
fn ids_are_text() {
    let Some(imported) = ugly("na_like_ids.csv") else { return };
    let journeys = plain(&imported.store);
    let ids: Vec<&str> = journeys.keys().map(String::as_str).collect();
    assert_eq!(ids, ["007", "1e5", "7", "NA", "NaN", "None", "null"]);
    assert_eq!(refused(&imported), [(RefusalReason::NoSubject, 1, vec![7])]);
}

#[test]
fn bad_lines_of_json_are_refused_and_blank_ones_ignored() {
    let Some(imported) = ugly("ndjson_with_bad_lines.ndjson") else { return };
    assert_eq!(refused(&imported), [(RefusalReason::NotJson, 2, vec![2, 3])]);
    let journeys = plain(&imported.store);
    assert_eq!(journeys["u1"], [("A".to_owned(), Some(1_704_067_200_000))]);
    assert_eq!(journeys["u2"], [("C".to_owned(), Some(1_704_067_320_000))]);
}

#[test]
fn ragged_rows_are_refused_and_columns_never_shift() {
    let Some(imported) = ugly("ragged_rows.csv") else { return };
    assert_eq!(refused(&imported), [(RefusalReason::WrongFieldCount, 2, vec![3, 4])]);
    assert_eq!(imported.quality.rows_used, 2);
    let labels: Vec<String> =
        plain(&imported.store).into_values().flatten().map(|(label, _)| label).collect();
    assert_eq!(labels, ["A", "A"]);
}

#[test]
fn a_german_latin_1_export_is_read() {
    let Some(imported) = ugly("semicolon_latin1.csv") else { return };
    assert!(imported.quality.refusals.is_empty());
    assert_eq!(imported.store.dictionary(), ["Prüfung 0", "Prüfung 1", "Prüfung 2"]);
    assert_eq!(imported.quality.repairs.len(), 1);
    assert_eq!(imported.quality.columns_not_read, ["betrag"]);
    let journeys = plain(&imported.store);
    assert_eq!(journeys["0"][0].1, Some(1_709_287_200_000), "01.03.2024 10:00 UTC");
}

#[test]
fn equal_times_keep_the_order_of_the_file() {
    let Some(imported) = ugly("ties_same_timestamp.csv") else { return };
    for journey in plain(&imported.store).into_values() {
        let labels: Vec<String> = journey.into_iter().map(|(label, _)| label).collect();
        assert_eq!(labels, ["A", "B", "C"]);
    }
}

#[test]
fn a_truncated_log_says_where_and_offers_its_complete_traces() {
    let Some(path) = shared("ugly/truncated_midtag.xes") else { return };
    let mut plan = plan(path);
    let sentence = error_of(import_plan(&plan));
    assert!(sentence.contains("byte") && sentence.contains("line"), "{sentence}");
    assert!(sentence.contains("complete traces"), "{sentence}");
    plan.accept_truncated = true;
    let imported = import_plan(&plan).unwrap();
    assert!(imported.quality.truncated.is_some());
    let whole = shared("running_example/running-example.xes").unwrap();
    let whole = plain(&import_plan(&super::plan(whole)).unwrap().store);
    let part = plain(&imported.store);
    assert!(!part.is_empty() && part.len() < whole.len());
    for (id, journey) in part {
        assert_eq!(whole[&id], journey);
    }
}

#[test]
fn a_byte_order_mark_is_not_part_of_a_name() {
    let Some(path) = shared("ugly/utf8_bom.csv") else { return };
    assert_eq!(inspect(&plan(&path)).unwrap().columns[0].name, "");
    let plainly = shared("running_example/running-example.csv").unwrap();
    let [marked, plainly] = [path, plainly].map(|p| plain(&import_plan(&plan(p)).unwrap().store));
    assert_eq!(marked, plainly);
}

#[test]
fn labels_stay_as_they_are_until_they_are_protected() {
    for (file, rows) in [("formula_injection.csv", 3), ("pii_in_event_names.csv", 6)] {
        let Some(imported) = ugly(file) else { return };
        assert_eq!((imported.quality.rows_used, imported.quality.refusals.len()), (rows, 0));
    }
}
