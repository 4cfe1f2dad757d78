//! A view as a Parquet table: the cells of the CSV, with numbers as numbers and nothing where
//! nothing stands.
//!
//! *Invariant:* columns and cells are those of [`grid`]; besides them the file holds their names and
//! types and the name of the library that wrote it.

use polars::prelude::{Column, DataFrame, PlSmallStr, PolarsResult};
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};

use super::csv::{Grid, grid};
use crate::views::View;

/// Columns of whole numbers, wherever they stand.
const NUMBERS: [&str; 6] = ["step", "count", "from_secs", "to_secs", "median_secs", "secs"];

/// The same view gives the same bytes. They are not compressed: a table is small, and then they do
/// not depend on the version of a compressor.
pub(super) fn table(view: &View) -> PolarsResult<Vec<u8>> {
    let Grid { columns, rows } = grid(view);
    let cells = |at: usize| rows.iter().map(move |row| row.get(at).filter(|it| !it.is_empty()));
    let columns = columns.iter().enumerate().map(|(at, name)| {
        let short = PlSmallStr::from_str(name);
        if NUMBERS.contains(&name.as_str()) {
            let numbers: Vec<Option<i64>> =
                cells(at).map(|cell| cell.and_then(|cell| cell.parse().ok())).collect();
            Column::new(short, numbers)
        } else {
            let texts: Vec<Option<&str>> = cells(at).map(|cell| cell.map(String::as_str)).collect();
            Column::new(short, texts)
        }
    });
    let mut frame = DataFrame::new(rows.len(), columns.collect())?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Uncompressed)
        .set_parallel(false)
        .finish(&mut frame)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use polars::prelude::{AnyValue, DataFrame, DataType};
    use polars_io::SerReader;
    use polars_io::parquet::read::ParquetReader;

    use super::table;
    use crate::draw::testing;
    use crate::release::csv;

    /// A cell as CSV would have it between its separators.
    fn cell(frame: &DataFrame, column: usize, row: usize) -> String {
        match frame.columns()[column].get(row).unwrap() {
            AnyValue::Null => String::new(),
            AnyValue::String(text) => text.to_owned(),
            AnyValue::StringOwned(text) => text.to_string(),
            number => number.to_string(),
        }
    }

    #[test]
    fn polars_reads_the_cells_of_the_csv_from_every_kind_of_view() {
        for view in testing::every_kind() {
            let bytes = table(&view).unwrap();
            assert_eq!(bytes, table(&view).unwrap(), "{}: the same bytes each time", view.kind());
            let frame = ParquetReader::new(Cursor::new(bytes)).finish().unwrap();
            let text = csv::table(&view);
            let mut reader = ::csv::Reader::from_reader(text.as_bytes());
            let header = reader.headers().unwrap().clone();
            let names: Vec<&str> = frame.columns().iter().map(|it| it.name().as_str()).collect();
            assert_eq!(names, header.iter().collect::<Vec<_>>(), "{}", view.kind());
            let mut rows = 0;
            for (row, record) in reader.records().enumerate() {
                for (column, expected) in record.unwrap().iter().enumerate() {
                    assert_eq!(cell(&frame, column, row), expected, "{}", view.kind());
                }
                rows += 1;
            }
            assert_eq!(frame.height(), rows);
            let counts = frame.column("count").unwrap();
            assert_eq!(counts.dtype(), &DataType::Int64, "{}", view.kind());
        }
    }

    #[test]
    fn a_file_holds_no_time_host_or_path() {
        let view = testing::every_kind().remove(0);
        let bytes = table(&view).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for word in ["20", "pandas", "/root", "/home", "created_at", "user"] {
            // Counts are binary, so that a year could only stand in words.
            assert!(word == "20" || !text.contains(word), "{word}");
        }
        assert!(!text.contains("2026") && text.contains("Polars"));
    }
}
