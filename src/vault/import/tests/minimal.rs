//! Only what is mapped is read, and what was not read is told by names that are no values.

use std::fs::{self, File};

use polars::prelude::{DataFrame, NamedFrom, Series};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::ParquetWriter;

use super::{error_of, import_bytes, import_plan, plain, plan, refused};
use crate::vault::import::inspect;
use crate::views::{Mapping, RefusalReason};

const ROWS: usize = 3_000;

/// A table in three row groups. Its column `secret` is not one that anybody maps.
fn table() -> tempfile::NamedTempFile {
    let texts = |text: fn(usize) -> String| (0..ROWS).map(text).collect::<Vec<String>>();
    let column = |name: &str, values: Vec<String>| Series::new(name.into(), values).into();
    let columns = vec![
        column("user_id", texts(|row| format!("u{}", row / 10))),
        column("secret", texts(|row| format!("secret number {row} of somebody"))),
        column("event", texts(|row| ["a", "b", "c"][row % 3].to_owned())),
        Series::new(
            "timestamp".into(),
            (0..ROWS as i64).map(|row| 1_767_225_600 + row).collect::<Vec<_>>(),
        )
        .into(),
    ];
    let mut frame = DataFrame::new(ROWS, columns).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    ParquetWriter::new(file.reopen().unwrap())
        .with_row_group_size(Some(1_000))
        .finish(&mut frame)
        .unwrap();
    file
}

/// The file with every byte of a column gone.
fn without(file: &tempfile::NamedTempFile, column: usize) -> tempfile::NamedTempFile {
    let mut bytes = fs::read(file.path()).unwrap();
    let mut reader = ParquetReader::new(File::open(file.path()).unwrap());
    let metadata = reader.get_metadata().unwrap();
    assert_eq!(metadata.row_groups.len(), 3);
    for group in &metadata.row_groups {
        let range = group.parquet_columns()[column].byte_range();
        assert!(range.end - range.start > 40);
        bytes[range.start as usize..range.end as usize].fill(0xff);
    }
    super::file(&bytes)
}

#[test]
fn a_column_that_nobody_maps_is_not_read_from_disk() {
    let whole = table();
    let expected = plain(&import_plan(&plan(whole.path())).unwrap().store);
    assert_eq!(expected.len(), ROWS / 10);
    let damaged = without(&whole, 1);
    let imported = import_plan(&plan(damaged.path())).unwrap();
    assert!(plain(&imported.store) == expected, "the same journeys, to the last event");
    assert_eq!(imported.quality.columns_not_read, ["secret"]);
    // The same damage to a column that is mapped is met.
    for column in [0, 2, 3] {
        let mut plan = plan(without(&whole, column).into_temp_path().keep().unwrap());
        plan.mapping = Mapping {
            subject: Some("user_id".to_owned()),
            event: Some("event".to_owned()),
            time: Some("timestamp".to_owned()),
            ..Mapping::default()
        };
        let error = error_of(import_plan(&plan));
        fs::remove_file(&plan.files[0]).unwrap();
        assert!(error.contains("damaged"), "{error}");
    }
}

#[test]
fn what_was_not_read_is_told_by_names_that_are_no_values() {
    let rows: Vec<String> =
        (0..30).map(|n| format!("u{n},a,{},x,y,z\n", 1_767_225_600 + n)).collect();
    let csv =
        format!("user_id,event,timestamp,plan,jane@example.com,+49 30 1234567\n{}", rows.concat());
    let quality = import_bytes(csv.as_bytes()).unwrap().quality;
    assert_eq!(quality.columns_not_read, ["plan", "aaaa@aaaaaaa.aaa", "+00 00 0000000"]);
    assert_eq!(quality.names_not_read, ["plan"]);
    // A field that one record has could be there because of one person.
    let rows: Vec<String> = (0..30)
        .map(|n| {
            let rare = if n == 7 { ",\"diagnosis\":1" } else { "" };
            format!(
                "{{\"user_id\":\"u{n}\",\"event\":\"a\",\"time\":{},\"plan\":1{rare}}}\n",
                1_767_225_600 + n
            )
        })
        .collect();
    let quality = import_bytes(rows.concat().as_bytes()).unwrap().quality;
    assert_eq!(quality.columns_not_read, ["plan", "diagnosis"]);
    assert_eq!(quality.names_not_read, ["plan"]);
}

/// Where a file has no header, its first row stands where the names should be.
#[test]
fn values_in_the_place_of_names_are_never_told() {
    let headerless = "jane,login,home,2026-01-01\njane,logout,start,2026-01-02\n";
    let path = super::file(headerless.as_bytes());
    let Err(looked) = inspect(&plan(path.path())) else { panic!("a first row is no header") };
    assert!(!looked.to_string().contains("jane"), "{looked}");
    let error = error_of(import_plan(&plan(path.path())));
    assert!(error.contains("values in its first line") && !error.contains("jane"), "{error}");
    let mut wrong = plan(path.path());
    wrong.mapping.subject = Some("nobody".to_owned());
    let error = error_of(import_plan(&wrong));
    assert!(!error.contains("jane") && !error.contains("login"), "{error}");
    // A header is told as it is, whatever steps are called.
    let named = super::file(b"user,event,time,kind\njane,event,2026-01-01,kind\n");
    let inspection = inspect(&plan(named.path())).unwrap();
    assert!(inspection.columns.iter().all(|column| column.shown == column.name));
}

#[test]
fn numbers_that_stand_for_never_are_no_times() {
    let numbers = [
        "-1",
        "0",
        "-1.0",
        "2147483647",
        "4294967295",
        "253402300799",
        "-2208988800",
        "253402300799999",
    ];
    let rows: Vec<String> = numbers.iter().map(|number| format!("u1,a,{number}\n")).collect();
    let csv = format!("user,event,time\nu1,a,1767225600\n{}u1,b,-86400\n", rows.concat());
    let imported = import_bytes(csv.as_bytes()).unwrap();
    let lines = (3..3 + numbers.len() as u64).collect();
    assert_eq!(refused(&imported), [(RefusalReason::SentinelTime, numbers.len() as u64, lines)]);
    assert_eq!(imported.quality.rows_used, 2);
}

#[test]
fn a_row_that_was_sent_twice_is_known_by_its_insert_id_without_a_word() {
    let csv = "user_id,event,time,$insert_id\nu1,a,1767225600,x1\nu1,a,1767225609,x1\nu1,a,1767225610,x2\n";
    let path = super::file(csv.as_bytes());
    let mut plan = plan(path.path());
    let imported = import_plan(&plan).unwrap();
    let duplicates = imported.quality.duplicates;
    assert!(duplicates.by_insert_id && !duplicates.dropped);
    assert_eq!((duplicates.rows, imported.quality.rows_used), (1, 3));
    plan.drop_duplicates = true;
    assert_eq!(import_plan(&plan).unwrap().quality.rows_used, 2);
    let notes = inspect(&plan).unwrap().notes;
    assert!(notes.iter().any(|note| note.contains("$insert_id")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("known by \"user_id\" alone")), "{notes:?}");
}
