//! What is known of a person: her first value in time that is not empty, in every format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use polars::prelude::{Column, DataFrame, NamedFrom, Series};
use polars_io::parquet::write::ParquetWriter;
use proptest::prelude::*;

use super::{COMMA, WANTED, error_of, file, gzip, import_plan, plan, source};
use crate::vault::import::mapping::Sample;
use crate::vault::import::roles::Roles;
use crate::vault::import::sink::Layout;
use crate::vault::import::time::Clock;
use crate::vault::import::{Imported, Job, Part, delimited, group, inspect, json};
use crate::vault::journeys::{Attribute, Store};
use crate::views::{ImportPlan, Mapping, Progress, Role};

/// The value of everybody who has one, by identifier.
fn values(store: &Store, name: &str) -> BTreeMap<String, String> {
    let attribute = store.attributes.iter().find(|a| a.name == name).expect("it was mapped");
    assert!(attribute.values.is_sorted(), "the order says nothing about the file");
    assert_eq!(attribute.of_subject.len(), store.subjects());
    let used: std::collections::BTreeSet<u32> =
        attribute.of_subject.iter().copied().filter(|value| *value != Attribute::NONE).collect();
    assert_eq!(used.len(), attribute.values.len(), "each value is somebody's");
    (0..store.subjects())
        .filter(|subject| attribute.of_subject[*subject] != Attribute::NONE)
        .map(|subject| {
            let id = String::from_utf8(store.subject_id(subject).to_vec()).unwrap();
            (id, attribute.values[attribute.of_subject[subject] as usize].clone())
        })
        .collect()
}

fn of<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(id, value)| (id.to_owned(), value.to_owned())).collect()
}

fn plan_for(path: &Path, attributes: &[&str]) -> ImportPlan {
    let mut plan = plan(path);
    plan.mapping.attributes = attributes.iter().map(|name| (*name).to_owned()).collect();
    plan
}

fn import_with(bytes: &[u8], attributes: &[&str]) -> Imported {
    import_plan(&plan_for(file(bytes).path(), attributes)).unwrap()
}

#[test]
fn the_first_value_in_time_that_is_not_empty_counts() {
    let rows = b"user_id,event,timestamp,plan,land\n\
        u4,,1,refused,XX\n\
        u1,A,30,free,\n\
        u4,A,never,refused,XX\n\
        u1,B,10,,AT\n\
        u1,C,20,gold,DE\n\
        u2,A,7,gold,CH\n\
        u2,B,7,free,DE\n\
        u3,A,1,,\n\
        u4,,1,refused,XX\n";
    let imported = import_with(rows, &["plan", "land"]);
    assert_eq!(values(&imported.store, "plan"), of([("u1", "gold"), ("u2", "gold")]));
    assert_eq!(values(&imported.store, "land"), of([("u1", "AT"), ("u2", "CH")]));
    assert_eq!(imported.quality.columns_not_read, [] as [String; 0]);
}

#[test]
fn long_values_stay_whole() {
    let mut text = "user_id,event,timestamp,note\n".to_owned();
    for row in 0..5 {
        writeln!(text, "u{row},A,7,{row}{}", "x".repeat(700_000)).unwrap();
    }
    let store = import_with(text.as_bytes(), &["note"]).store;
    let values = values(&store, "note");
    for row in 0..5 {
        let value = &values[&format!("u{row}")];
        assert!(value.starts_with(&row.to_string()) && value.len() == 700_001);
    }
}

#[test]
fn without_a_time_the_first_in_the_file_counts() {
    let imported = import_with(b"case_id,activity,plan\n1,B,\n2,A,x\n1,A,y\n1,A,z\n", &["plan"]);
    assert_eq!(values(&imported.store, "plan"), of([("1", "y"), ("2", "x")]));
}

#[test]
fn a_column_can_be_an_attribute_and_another_part_and_is_read_once_where_named_twice() {
    let rows = b"user_id,session_id,event,timestamp\nu1,s1,A,2\nu1,s2,B,1\n";
    let imported = import_with(rows, &["event", "session_id", "user_id", "event"]);
    let names: Vec<&str> = imported.store.attributes.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["event", "session_id", "user_id"]);
    assert_eq!(values(&imported.store, "event"), of([("u1", "B")]));
    assert_eq!(values(&imported.store, "session_id"), of([("u1", "s2")]));
    assert_eq!(values(&imported.store, "user_id"), of([("u1", "u1")]));
    assert_eq!(imported.store.session_start.unwrap(), [0b11]);
}

#[test]
fn nothing_is_kept_where_nothing_is_mapped() {
    let imported = import_with(b"user_id,event,timestamp,plan\nu1,A,2,x\n", &[]);
    assert!(imported.store.attributes.is_empty());
    assert_eq!(imported.quality.columns_not_read, ["plan"]);
}

#[test]
fn fields_of_ndjson_are_told_by_dotted_names_and_as_written() {
    let lines = br#"{"user_id":"u1","event":"A","timestamp":30,"properties":{"plan":"free","geo":{"land":"DE"}},"age":41}
{"user_id":"u1","event":"B","timestamp":10,"properties":{"plan":null,"geo":{"land":"\u0041T"}},"vip":true}
{"user_id":"u1","event":"C","timestamp":20,"properties":{"plan":"gold","geo":7}}
{"user_id":"u2","event":"A","timestamp":5,"properties.plan":"dotted","vip":false,"age":[1]}
"#;
    let names = ["properties.plan", "properties.geo.land", "age", "vip"];
    let store = import_with(lines, &names).store;
    assert_eq!(values(&store, names[0]), of([("u1", "gold"), ("u2", "dotted")]));
    assert_eq!(values(&store, names[1]), of([("u1", "AT")]));
    assert_eq!(values(&store, names[2]), of([("u1", "41")]));
    assert_eq!(values(&store, names[3]), of([("u1", "true"), ("u2", "false")]));
}

#[test]
fn attributes_of_traces_and_of_events_are_read_from_xes() {
    let log = br#"<log><trace><string key="concept:name" value="c1"/><string key="kind" value="big"/>
<event><string key="concept:name" value="A"/><string key="who" value="Pete"/><date key="time:timestamp" value="2024-03-01T10:00:00Z"/></event>
<event><string key="concept:name" value="B"/><string key="who" value="Ann"/><date key="time:timestamp" value="2024-02-01T10:00:00Z"/></event></trace>
<trace><string key="concept:name" value="c2"/>
<event><string key="concept:name" value="A"/><date key="time:timestamp" value="2024-03-01T10:00:00Z"/></event></trace></log>"#;
    let store = import_with(log, &["case:kind", "who"]).store;
    assert_eq!(values(&store, "case:kind"), of([("c1", "big")]));
    assert_eq!(values(&store, "who"), of([("c1", "Ann")]));
}

#[test]
fn typed_columns_of_parquet_become_text() {
    let dates = Series::new("born".into(), [Some(0), None, Some(19_783)])
        .cast(&polars::prelude::DataType::Date)
        .unwrap();
    let lists = Series::new("list".into(), vec![Series::new("".into(), [1_i64]); 3]);
    let columns: Vec<Column> = [
        Series::new("user_id".into(), ["u1", "u1", "u2"]),
        Series::new("event".into(), ["A", "B", "A"]),
        Series::new("timestamp".into(), [30_i64, 10, 20]),
        Series::new("age".into(), [Some(41_i32), None, Some(7)]),
        Series::new("score".into(), [1.5, 2.0, f64::from(3)]),
        Series::new("vip".into(), [true, false, true]),
        dates,
        lists,
    ]
    .map(Into::into)
    .to_vec();
    let mut frame = DataFrame::new(3, columns).unwrap();
    let table = tempfile::NamedTempFile::new().unwrap();
    let writer = ParquetWriter::new(table.reopen().unwrap()).with_row_group_size(Some(1));
    writer.finish(&mut frame).unwrap();
    let store =
        import_plan(&plan_for(table.path(), &["age", "score", "vip", "born"])).unwrap().store;
    assert_eq!(values(&store, "age"), of([("u1", "41"), ("u2", "7")]));
    // Row groups are files of their own here: 1.5 is a fraction, and 2.0 alone is whole.
    assert_eq!(values(&store, "score"), of([("u1", "2"), ("u2", "3")]));
    assert_eq!(values(&store, "vip"), of([("u1", "false"), ("u2", "true")]));
    let born = values(&store, "born");
    assert!(born["u1"].starts_with("1970-01-01") && born["u2"].starts_with("2024-03-01"));
    let sentence = error_of(import_plan(&plan_for(table.path(), &["list"])));
    assert!(sentence.contains("\"list\"") && sentence.contains("nested"), "{sentence}");
}

#[test]
fn several_files_know_one_person() {
    let first = file(b"user_id,event,timestamp,plan\nu2,B,1709287260,gold\nu1,B,1709287260,gold\n");
    let second = file(&gzip(
        b"{\"user_id\":\"u1\",\"event\":\"A\",\"timestamp\":1709287200,\"plan\":\"free\"}\n{\"user_id\":\"u2\",\"event\":\"A\",\"timestamp\":1709287260,\"plan\":\"late\"}\n",
    ));
    let mut both = plan_for(first.path(), &["plan"]);
    both.files.push(second.path().to_owned());
    let store = import_plan(&both).unwrap().store;
    assert_eq!(values(&store, "plan"), of([("u1", "free"), ("u2", "gold")]));
}

#[test]
fn an_attribute_that_a_file_does_not_have_is_one_sentence() {
    let first = file(b"user_id,event,timestamp,plan\nu1,B,1,gold\n");
    let second = file(b"user_id,event,timestamp\nu1,B,1\n");
    let mut both = plan_for(first.path(), &["plan"]);
    both.files.push(second.path().to_owned());
    for wrong in [plan_for(first.path(), &["country"]), both] {
        let sentence = error_of(import_plan(&wrong));
        assert!(
            sentence.contains("for an attribute; its columns are user_id, event"),
            "{sentence}"
        );
        let mut whole = wrong.clone();
        whole.mapping_is_whole = true;
        whole.mapping.subject = Some("user_id".to_owned());
        whole.mapping.event = Some("event".to_owned());
        assert_eq!(error_of(import_plan(&whole)), sentence);
    }
    assert!(inspect(&plan_for(first.path(), &["country"])).is_err());
}

#[test]
fn profiles_say_which_columns_are_attributes() {
    let bytes = file(b"user_id,event,timestamp,plan,x\nu1,B,1,gold,y\n");
    let inspection = inspect(&plan_for(bytes.path(), &["plan", "event"])).unwrap();
    let roles: Vec<Option<Role>> = inspection.columns.iter().map(|column| column.role).collect();
    let wanted =
        [Some(Role::Subject), Some(Role::Event), Some(Role::Time), Some(Role::Attribute), None];
    assert_eq!(roles, wanted);
}

#[test]
fn values_that_are_not_utf_8_are_decoded_and_counted() {
    let mut text = "user_id,event,timestamp,stadt\n".as_bytes().to_vec();
    for row in 0..40_000 {
        text.extend(format!("u{row},Anmeldung,{},Köln\n", 1_709_287_200 + row).bytes());
    }
    // The second is not the first in time.
    text.extend(b"v,A,1709287300,K\xF6ln\nu1,A,1709297300,K\xF6ln\n");
    let imported = import_with(&text, &["stadt"]);
    assert_eq!(imported.store.attributes[0].values, ["Köln"]);
    let repairs = &imported.quality.repairs;
    assert_eq!(repairs.iter().map(|repair| repair.rows).collect::<Vec<_>>(), [1]);
    assert!(repairs[0].what.contains("attributes"));
}

#[test]
fn memory_is_by_person_where_every_row_has_a_value_of_its_own() {
    let mut text = "user_id,event,timestamp,note\n".to_owned();
    for row in 0..20_000 {
        writeln!(text, "u{},A,{},note {row}", row % 3, 1_709_300_000 - row).unwrap();
    }
    let columns = ["user_id", "event", "timestamp", "note"];
    let part = read_in_ranges(text.as_bytes(), &columns, &["note"], 1);
    assert!(part.sinks[0].attributes[0].values.len() < 2000, "values no longer used are let go");
    let store = import_with(text.as_bytes(), &["note"]).store;
    let last = [("u0", "note 19998"), ("u1", "note 19999"), ("u2", "note 19997")];
    assert_eq!(values(&store, "note"), of(last));
}

/// A CSV file, or NDJSON where no columns are given, read in so many ranges: columns are subject,
/// event, time, attributes.
fn read_in_ranges(text: &[u8], columns: &[&str], attributes: &[&str], ranges: usize) -> Part {
    let bytes = file(text);
    let source = source(bytes.path()).unwrap();
    let progress = Progress::default();
    let mapping = Mapping {
        subject: Some(columns[0].to_owned()),
        event: Some(columns[1].to_owned()),
        time: Some(columns[2].to_owned()),
        attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
        ..Mapping::default()
    };
    let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    let sample = Sample { columns: columns.clone(), ..Sample::default() };
    let job = Job {
        layout: LAYOUT,
        roles: Roles::new(mapping, &sample, "a file").unwrap(),
        clock: Clock::new(None, None),
        progress: &progress,
        accept_truncated: false,
    };
    if text.starts_with(b"{") {
        json::read(&source, &job, Some(ranges)).unwrap()
    } else {
        delimited::read(&source, COMMA, &columns, &job, Some(ranges)).unwrap()
    }
}

const LAYOUT: Layout = Layout { has_session: false, has_time: true, has_insert_id: false };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_number_of_ranges_finds_the_first_values(
        rows in prop::collection::vec((0..6_u8, 0..8_i64, "[abc]?", "[x-z]{0,2}"), 1..60),
    ) {
        let names = ["plan", "land"];
        let mut csv = "u,e,t,plan,land\n".to_owned();
        let mut json = String::new();
        // (time, row) of the first values.
        let mut wanted: [BTreeMap<String, (i64, String)>; 2] = Default::default();
        for (user, time, plan, land) in &rows {
            let time = 1_709_287_200 + time;
            writeln!(csv, "u{user},A,{time},{plan},{land}").unwrap();
            writeln!(
                json,
                r#"{{"u":"u{user}","e":"A","t":{time},"plan":"{plan}","land":"{land}"}}"#
            ).unwrap();
            for (wanted, value) in wanted.iter_mut().zip([plan, land]) {
                let first = wanted.get(&format!("u{user}"));
                if !value.is_empty() && first.is_none_or(|(first, _)| time < *first) {
                    wanted.insert(format!("u{user}"), (time, value.clone()));
                }
            }
        }
        for text in [csv, json] {
            for ranges in [1, 2, 3, 8] {
                let columns = ["u", "e", "t", "plan", "land"];
                let part = read_in_ranges(text.as_bytes(), &columns, &names, ranges);
                let attributes = names.map(str::to_owned).to_vec();
                let Ok(grouped) = group::group(LAYOUT, attributes, part.sinks, WANTED) else {
                    panic!("a small file")
                };
                for (name, wanted) in names.iter().zip(&wanted) {
                    let wanted: BTreeMap<String, String> =
                        wanted.iter().map(|(id, (_, value))| (id.clone(), value.clone())).collect();
                    prop_assert_eq!(values(&grouped.store, name), wanted, "{} ranges", ranges);
                }
            }
        }
    }
}
