//! Columns of Parquet that are lists of texts, held against the same rows as CSV.

use std::path::Path;

use polars::prelude::{Categories, Column, DataFrame, DataType, NamedFrom, Series};
use polars_io::parquet::write::ParquetWriter;
use proptest::prelude::*;

use super::{Imported, Store, file, import_plan, plain, plan, refused};
use crate::views::{ConsentField, ImportPlan, Mapping, Polarity};

/// Rows as they may stand in any table: subject, session, label, time, and twice a consent.
fn rows() -> impl Strategy<Value = Vec<[Option<&'static str>; 6]>> {
    let of = |texts: &'static [&'static str]| {
        prop::option::weighted(0.9, prop::sample::select(texts.to_vec()))
    };
    let row = (
        of(&["u1", "u2", "a name of more than sixteen bytes", "u3", "u4", ""]),
        of(&["s1", "s2", "-1", ""]),
        of(&["home", "cart", "another name of more than sixteen", ""]),
        of(&["2026-01-01T06:01:15Z", "2026-01-02T06:01:15Z", "2025-12-31T23:59:59Z", "never"]),
        of(&["true", "false", "unset", ""]),
        of(&["true", "false", ""]),
    );
    let row = row.prop_map(|(subject, session, label, time, consent, opt_out)| {
        [subject, session, label, time, consent, opt_out]
    });
    prop::collection::vec(row, 1..400)
}

const NAMES: [&str; 6] =
    ["user_id", "session_id", "event", "timestamp", "consent_analytics", "analytics_opt_out"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn columns_that_are_lists_of_texts_give_the_same_as_csv(
        rows in rows(),
        has_session in any::<bool>(),
        has_long_ids in any::<bool>(),
        is_categorical in any::<bool>(),
        group in prop::sample::select(vec![3_usize, 100, 1000]),
    ) {
        // Ids that are all different are not written as a list.
        let id = |at: usize, id: &str| {
            if has_long_ids && !id.is_empty() { format!("{id} {at}") } else { id.to_owned() }
        };
        let cell = |at: usize, column: usize| {
            let text = rows[at][column]?;
            Some(if column == 0 { id(at % 50, text) } else if column == 1 { id(at, text) } else { text.to_owned() })
        };
        let used = (0..6).filter(|column| *column != 1 || has_session);
        let columns: Vec<Column> = used.clone().map(|column| {
            let texts: Vec<Option<String>> = (0..rows.len()).map(|at| cell(at, column)).collect();
            let series = Series::new(NAMES[column].into(), texts);
            let categories = DataType::from_categories(Categories::global());
            if is_categorical { series.cast(&categories).unwrap().into() } else { series.into() }
        }).collect();
        let mut frame = DataFrame::new(rows.len(), columns).unwrap();
        let table = tempfile::NamedTempFile::new().unwrap();
        ParquetWriter::new(table.reopen().unwrap())
            .with_row_group_size(Some(group))
            .finish(&mut frame)
            .unwrap();
        let mut csv = used.clone().map(|column| NAMES[column]).collect::<Vec<_>>().join(",");
        for at in 0..rows.len() {
            let cells: Vec<String> =
                used.clone().map(|column| cell(at, column).unwrap_or_default()).collect();
            csv.push('\n');
            csv.push_str(&cells.join(","));
        }
        let text = file(csv.as_bytes());
        let name = |at: usize| Some(NAMES[at].to_owned());
        let read = |path: &Path| {
            let mapping = Mapping {
                subject: name(0),
                session: name(1).filter(|_| has_session),
                event: name(2),
                time: name(3),
                consent: [(4, Polarity::TrueGrants), (5, Polarity::TrueRefuses)]
                    .map(|(at, polarity)| ConsentField {
                        purpose: "analytics".to_owned(),
                        column: NAMES[at].to_owned(),
                        polarity,
                    })
                    .to_vec(),
                ..Mapping::default()
            };
            import_plan(&ImportPlan { mapping, mapping_is_whole: true, ..plan(path) })
        };
        let (Ok(coded), Ok(plain_rows)) = (read(table.path()), read(text.path())) else {
            prop_assert_eq!(read(table.path()).err().is_some(), read(text.path()).err().is_some());
            return Ok(());
        };
        prop_assert_eq!(plain(&coded.store), plain(&plain_rows.store));
        prop_assert_eq!(&coded.store.id_bytes, &plain_rows.store.id_bytes);
        prop_assert_eq!(coded.store.dictionary(), plain_rows.store.dictionary());
        prop_assert_eq!(&coded.store.session_start, &plain_rows.store.session_start);
        let consent = |store: &Store| {
            store.consent.iter().map(|one| (one.purpose.clone(), one.of_subject.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(consent(&coded.store), consent(&plain_rows.store));
        // Lines have the header before them, and rows of a table do not.
        let reasons = |imported: &Imported| {
            refused(imported).into_iter().map(|(reason, rows, _)| (reason, rows)).collect::<Vec<_>>()
        };
        prop_assert_eq!(reasons(&coded), reasons(&plain_rows));
        prop_assert_eq!(coded.quality.rows_read, plain_rows.quality.rows_read);
    }
}

#[test]
fn people_are_numbered_in_the_order_of_the_file_however_a_row_group_is_written() {
    // A group of people who are all different is written out, the next one as a list.
    let ids: Vec<String> =
        (0..200).chain(0..40).chain(900..950).map(|at| format!("u{at}")).collect();
    let column = |name: &str, texts: &[&str]| Column::from(Series::new(name.into(), texts));
    let texts: Vec<&str> = ids.iter().map(String::as_str).collect();
    let columns = vec![column("user_id", &texts), column("event", &vec!["home"; ids.len()])];
    let mut frame = DataFrame::new(ids.len(), columns).unwrap();
    let table = tempfile::NamedTempFile::new().unwrap();
    ParquetWriter::new(table.reopen().unwrap())
        .with_row_group_size(Some(190))
        .finish(&mut frame)
        .unwrap();
    let distinct: Vec<String> = (0..200).chain(900..950).map(|at| format!("u{at}")).collect();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let imported = pool.install(|| import_plan(&plan(table.path()))).unwrap();
        assert_eq!(String::from_utf8(imported.store.id_bytes.clone()).unwrap(), distinct.concat());
    }
}
