//! Small files of every dialect, and the sentences for what is not read.

use std::io::Read;

use polars::prelude::{DataFrame, DataType, NamedFrom, Series, TimeUnit};
use polars_io::parquet::write::ParquetWriter;

use super::{Plain, error_of, file, gzip, import_bytes, import_plan, plain, plan, refused, source};
use crate::vault::import::inspect;
use crate::views::{DateOrder, Mapping, Question, RefusalReason, Role};

const TEN: i64 = 1_709_287_200_000;

fn two_events() -> Plain {
    let events = vec![("A".to_owned(), Some(TEN)), ("B".to_owned(), Some(TEN + 60_000))];
    [("u1".to_owned(), events)].into()
}

#[test]
fn one_journey_in_every_dialect() {
    let iso = "2024-03-01T10:00:00Z";
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(
            "user_id,event,timestamp\r\nu1,A,2024-03-01 10:00:00\r\nu1,B,2024-03-01 10:01:00\r\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    let comma = format!("user_id,event,timestamp\nu1,A,{iso}\nu1,B,2024-03-01T10:01Z");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("comma", comma.clone().into_bytes()),
        ("gzip", gzip(comma.as_bytes())),
        ("tab", b"Case ID\tActivity\tComplete Timestamp\nu1\tA\t2024/03/01 10:00:00.000\nu1\tB\t2024/03/01 10:01:00.000\n".to_vec()),
        ("bar, quoted", b"\"case:concept:name\"|\"concept:name\"|\"time:timestamp\"\n\"u1\"|\"A\"|\"2024-03-01 10:00:00+00:00\"\n\"u1\"|\"B\"|\"2024-03-01 11:01:00+0100\"\n".to_vec()),
        ("semicolon, CRLF, German", "fall;aktivität;zeit\r\nu1;A;01.03.2024 10:00\r\nu1;B;01.03.2024 10:01\r\n".into()),
        ("CR alone", b"u,e,t\ru1,A,1709287200\ru1,B,1709287260\r".to_vec()),
        ("UTF-16", utf16),
        ("slashed, proven by a later row", b"user,event,ts\nu1,A,3/1/2024 10:00 AM\nu1,B,3/1/2024 10:01 AM\nu2,,3/28/2024 1:00 PM\n".to_vec()),
        ("Amplitude", b"user_id,device_id,event_type,event_time\n,u1,A,2024-03-01 10:00:00.000000\n,u1,B,2024-03-01 10:01:00.000000\n".to_vec()),
        ("Mixpanel", b"{\"event\":\"A\",\"properties\":{\"distinct_id\":\"u1\",\"time\":1709287200}}\n{\"event\":\"B\",\"properties\":{\"time\":1709287260000,\"distinct_id\":\"u1\"}}\n".to_vec()),
        ("JSON with escapes", br#"{"user_id":"\u00751","event":"\u0041","timestamp":"2024-03-01T10:00:00Z"}
{"user_id":"u1","event":"B","x":[{"event":"no"}],"timestamp":"2024-03-01T10:01:00Z"}"#.to_vec()),
        ("XES with nested attributes", br#"<?xml version="1.0"?><log xes.version="1.0"><global scope="event"><string key="concept:name" value="no"/></global>
<trace><string key="concept:name" value="u1"><string key="concept:name" value="no"/></string>
<event><list key="l"><values><string key="concept:name" value="no"/></values></list><string key="concept:name" value="&#65;"/><date key="time:timestamp" value="2024-03-01T10:00:00.000+00:00"/></event>
<event><string key="concept:name" value="B"><string key="concept:name" value="no"/></string><date key="time:timestamp" value="2024-03-01T11:01:00.000+01:00"/></event></trace></log>"#.to_vec()),
    ];
    for (name, bytes) in cases {
        let imported = import_bytes(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(plain(&imported.store), two_events(), "{name}");
    }
}

#[test]
fn what_is_not_read_says_so() {
    let folder = tempfile::tempdir().unwrap();
    assert!(error_of(import_plan(&plan(folder.path()))).contains("is a folder with no event file"));
    assert!(error_of(import_plan(&plan(folder.path().join("no.csv")))).contains("is not there"));
    for (bytes, words) in [
        (&b""[..], "is empty"),
        (b"  \n\n ", "blanks"),
        (b"PK\x03\x04....", "zip archive that is damaged"),
        (&[0x28, 0xB5, 0x2F, 0xFD, 0, 0], "cannot be read"),
        (b"ARROW1\0\0", "damaged"),
        (b"\xFF\xFF\xFF\xFF\x08\0\0\0........", "damaged"),
        (b"[1,2,3]", "values in its first line"),
        (b"[{\"event\":1}]", "no column looks like the subject"),
        (b"{\n  \"event\": 1,\n  \"b\": 2\n}\n", "no column looks like the subject"),
        (b"PAR1 and nothing more", "damaged"),
        (b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR", "neither text nor a table"),
        (b"<?xml version=\"1.0\"?><rss></rss>", "not XES"),
        (b"<html><body>a</body></html>", "web page"),
        (b"a,b,c\n1,2,3\n", "no column looks like the subject"),
        (b"user_id,b,c\n1,2,3\n", "no column looks like the event"),
        (b"u,e,t\n1,A,never\n", "none of 1 rows"),
    ] {
        let sentence = error_of(import_bytes(bytes));
        assert!(sentence.contains(words), "{sentence}");
    }
}

#[test]
fn a_column_that_is_not_there_is_answered_with_those_that_are() {
    let bytes = file(b"user,event,ts\nu1,A,2024-03-01\n");
    let mut plan = plan(bytes.path());
    plan.mapping.subject = Some("customer".to_owned());
    let sentence = error_of(import_plan(&plan));
    assert!(sentence.contains("user, event, ts"), "{sentence}");
}

#[test]
fn questions_are_asked_where_the_program_will_not_guess() {
    let ambiguous = file(b"user,event,ts\nu1,A,03/04/2024\nu1,B,05/06/2024\n");
    let mut plan_of = plan(ambiguous.path());
    let questions = inspect(&plan_of).unwrap().questions;
    assert_eq!(questions, [Question::DateOrder { column: "ts".to_owned() }]);
    assert!(error_of(import_plan(&plan_of)).contains("day first or month first"));
    plan_of.date_order = Some(DateOrder::MonthFirst);
    let first = plain(&import_plan(&plan_of).unwrap().store)["u1"][0].1;
    assert_eq!(first, Some(1_709_510_400_000), "4 March 2024");

    let strange = file(b"a,b\n1,2\n");
    let questions = inspect(&plan(strange.path())).unwrap().questions;
    assert_eq!(
        questions,
        [Question::Missing { role: Role::Subject }, Question::Missing { role: Role::Event }]
    );
}

#[test]
fn profiles_show_shapes_and_never_values() {
    let bytes =
        file(b"user_id,event,timestamp,mail\n4711,Kauf,2024-03-01 10:00:00,jo@x.de\n,A,,\n");
    let inspection = inspect(&plan(bytes.path())).unwrap();
    let shapes: Vec<(&str, u8)> =
        inspection.columns.iter().map(|c| (c.shape.as_str(), c.empty_percent)).collect();
    assert_eq!(shapes, [("0000", 50), ("Aaaa", 0), ("0000-00-00 00:00:00", 50), ("aa@a.aa", 50)]);
    let json = serde_json::to_string(&inspection).unwrap();
    assert!(!json.contains("4711") && !json.contains("Kauf") && !json.contains("jo@x"));
}

#[test]
fn large_numbers_keep_every_digit() {
    for line in [
        &b"{\"user_id\":9007199254740993,\"event\":\"A\",\"timestamp\":1709287200}\n"[..],
        b"user_id,event,timestamp\n9007199254740993,A,1709287200\n",
    ] {
        let journeys = plain(&import_bytes(line).unwrap().store);
        assert_eq!(journeys.keys().collect::<Vec<_>>(), ["9007199254740993"]);
    }
}

#[test]
fn a_line_that_is_no_object_is_refused_and_a_part_that_is_none_is_empty() {
    let lines = br#"{"event":"A","properties":{"distinct_id":"u1","time":1709287200}}
7
["event"]
{"event":"B","properties":[1,{"distinct_id":"no"}]}
{"event":"B","properties":1.5}
{"event":"B","properties.distinct_id":"u1","properties":{"time":1709287260}}
"#;
    let imported = import_bytes(lines).unwrap();
    let wanted =
        [(RefusalReason::NoSubject, 2, vec![4, 5]), (RefusalReason::NotJson, 2, vec![2, 3])];
    assert_eq!(refused(&imported), wanted);
    assert_eq!(plain(&imported.store), two_events());
}

#[test]
fn several_files_make_one_import() {
    let first = file(b"user_id,event,timestamp\nu1,B,2024-03-01T10:01:00Z\n");
    let second = file(&gzip(b"{\"user_id\":\"u1\",\"event\":\"A\",\"timestamp\":1709287200}\n"));
    let mut both = plan(first.path());
    both.files.push(second.path().to_owned());
    assert_eq!(plain(&import_plan(&both).unwrap().store), two_events());
}

#[test]
fn sessions_start_where_the_session_changes() {
    let rows = b"user_id,session_id,event,timestamp\nu1,s1,A,1\nu1,s1,B,2\nu1,s2,A,3\nu2,s1,A,4\n";
    let imported = import_bytes(rows).unwrap();
    assert_eq!(imported.store.session_start.unwrap(), [0b1101]);
}

#[test]
fn without_a_time_the_order_of_the_file_counts() {
    let imported = import_bytes(b"case_id,activity\n1,B\n2,A\n1,A\n").unwrap();
    assert!(imported.store.time_millis.is_none());
    let journeys = plain(&imported.store);
    assert_eq!(journeys["1"], [("B".to_owned(), None), ("A".to_owned(), None)]);
}

#[test]
fn a_truncated_gzip_needs_a_yes() {
    let mut text = b"user_id,event,timestamp\n".to_vec();
    for row in 0..20_000_u32 {
        let odd = row.wrapping_mul(2_654_435_761);
        text.extend(format!("u{odd},e{},{}\n", odd % 7, 1_709_287_200 + row).bytes());
    }
    let mut packed = gzip(&text);
    packed.truncate(packed.len() / 2);
    let cut = file(&packed);
    let mut plan = plan(cut.path());
    assert!(error_of(import_plan(&plan)).contains("breaks off"));
    plan.accept_truncated = true;
    let imported = import_plan(&plan).unwrap();
    assert!((1000..20_000).contains(&imported.quality.rows_used));
    assert!(imported.quality.refusals.is_empty() && imported.quality.truncated.is_some());
}

#[test]
fn a_quote_that_is_never_closed_is_reported() {
    let imported = import_bytes(
        b"user_id,event,timestamp\nu1,A,1709287200\nu1,\"B,1709287260\nu1,C,1709287320\n",
    )
    .unwrap();
    assert_eq!(refused(&imported), [(RefusalReason::WrongFieldCount, 1, vec![3])]);
    assert!(imported.quality.repairs[0].what.contains("line 3"));
}

#[test]
fn stray_latin_1_in_a_utf_8_file_is_decoded_value_by_value() {
    let mut text = "user_id,event,timestamp\n".as_bytes().to_vec();
    for row in 0..40_000 {
        text.extend(format!("u{row},Prüfung,{}\n", 1_709_287_200 + row).bytes());
    }
    text.extend(b"u1,Pr\xFCfung,1709287300\n");
    let imported = import_bytes(&text).unwrap();
    assert_eq!(imported.store.dictionary(), ["Prüfung"]);
    assert_eq!(imported.quality.repairs[0].rows, 1);
}

#[test]
fn another_encoding_is_read_through_buffers_of_any_size() {
    let text = "Köln, Zürich, Århus; ".repeat(50);
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let bytes = file(&latin);
    let source = source(bytes.path()).unwrap();
    for size in 1..12 {
        let (mut reader, mut all, mut some) = (source.text(None), Vec::new(), vec![0; size]);
        loop {
            let got = reader.read(&mut some).unwrap();
            all.extend_from_slice(&some[..got]);
            if got == 0 {
                break;
            }
        }
        assert_eq!(String::from_utf8(all).unwrap(), text, "{size} bytes at a time");
    }
}

#[test]
fn local_times_follow_the_zone() {
    let bytes = file(
        b"user,event,ts\nu,A,2024-03-31 01:30:00\nu,B,2024-03-31 02:30:00\nu,C,2024-10-27 02:30:00\nu,D,2024-07-01\n",
    );
    let mut plan = plan(bytes.path());
    plan.timezone = Some("Europe/Berlin".to_owned());
    let imported = import_plan(&plan).unwrap();
    // Skipped and repeated hours are two reasons.
    assert_eq!(
        refused(&imported),
        [(RefusalReason::LocalTimeGap, 1, vec![3]), (RefusalReason::LocalTimeTwice, 1, vec![4])]
    );
    let journeys = plain(&imported.store);
    let times: Vec<i64> = journeys["u"].iter().map(|(_, time)| time.unwrap()).collect();
    assert_eq!(times, [1_711_845_000_000, 1_719_784_800_000]);
    plan.timezone = Some("Mars/Olympus".to_owned());
    assert!(error_of(import_plan(&plan)).contains("time zone"));
}

#[test]
fn a_mapping_can_name_any_attribute_of_a_log() {
    let log = br#"<log><trace><string key="concept:name" value="c1"/><event><string key="concept:name" value="A"/><string key="org:resource" value="Pete"/></event></trace><event/></log>"#;
    let bytes = file(log);
    let mut plan = plan(bytes.path());
    plan.mapping = Mapping {
        subject: Some("org:resource".to_owned()),
        event: Some("case:concept:name".to_owned()),
        ..Mapping::default()
    };
    let imported = import_plan(&plan).unwrap();
    assert_eq!(plain(&imported.store)["Pete"], [("c1".to_owned(), None)]);
    assert_eq!(refused(&imported), [(RefusalReason::NoSubject, 1, vec![2])]);
}

#[test]
fn a_stopped_import_says_that_nothing_was_changed() {
    let bytes = file(b"user,event,ts\nu1,A,2024-03-01\n");
    let progress = crate::views::Progress::default();
    progress.cancel();
    let stopped = crate::vault::import::import(&plan(bytes.path()), &progress);
    assert!(matches!(stopped, Err(crate::vault::import::ImportError::Cancelled(_))));
}

/// A Parquet file of three columns.
fn parquet(columns: [Series; 3]) -> tempfile::NamedTempFile {
    let rows = columns[0].len();
    let mut frame = DataFrame::new(rows, columns.map(Into::into).to_vec()).unwrap();
    let table = tempfile::NamedTempFile::new().unwrap();
    ParquetWriter::new(table.reopen().unwrap())
        .with_row_group_size(Some(1))
        .finish(&mut frame)
        .unwrap();
    table
}

#[test]
fn typed_columns_of_parquet_keep_ids_and_times() {
    let labels = || Series::new("event".into(), ["A", "B"]);
    let big = Series::new("user_id".into(), [u64::MAX, u64::MAX]);
    let micros = [TEN * 1000, TEN * 1000 + 60_000_000];
    let unit = DataType::Datetime(TimeUnit::Microseconds, None);
    let times = [
        Series::new("timestamp".into(), micros),
        Series::new("timestamp".into(), micros).cast(&unit).unwrap(),
        Series::new("timestamp".into(), micros.map(|m| m as f64 / 1e6)),
        Series::new("timestamp".into(), ["2024-03-01T10:00:00Z", "01.03.2024 10:01"]),
    ];
    for time in times {
        let table = parquet([big.clone(), labels(), time]);
        let journeys = plain(&import_plan(&plan(table.path())).unwrap().store);
        assert_eq!(journeys["18446744073709551615"], two_events()["u1"]);
    }
    let whole = Series::new("user_id".into(), [7.0, 7.0]);
    let dates = Series::new("timestamp".into(), [19_783, 19_784]).cast(&DataType::Date).unwrap();
    let table = parquet([whole, labels(), dates.clone()]);
    let journeys = plain(&import_plan(&plan(table.path())).unwrap().store);
    assert_eq!(journeys["7"][0].1, Some(1_709_251_200_000));
    let fractions = parquet([Series::new("user_id".into(), [7.5, 7.0]), labels(), dates]);
    assert!(error_of(import_plan(&plan(fractions.path()))).contains("fractions"));
}
