//! Parquet, row group by row group, mapped columns only.
//!
//! polars-io has neither progress nor cancel, so every row group is one call.
//!
//! *Invariant:* finds the columns. What stands in them is [`frames`]' business.

use std::fs::File;
use std::io::{Cursor, Read};
use std::sync::Arc;

use polars::prelude::{ArrowSchema, Column, DataFrame, PolarsError};
use polars_io::SerReader;
use polars_io::mmap::MmapBytesReader;
use polars_io::parquet::metadata::FileMetadataRef;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};
use rayon::prelude::*;

use super::frames::{self, guarded};
use super::mapping::Sample;
use super::source::Source;
use super::{ImportError, Job, Part};

/// The bytes of a file, for as many readers as there are threads.
pub(super) enum Bytes<'a> {
    File(&'a File),
    Unpacked(Arc<[u8]>),
}

impl<'a> Bytes<'a> {
    pub(super) fn of(source: &'a Source) -> Result<Self, ImportError> {
        if let Some(file) = source.plain_file() {
            return Ok(Self::File(file));
        }
        let mut all = Vec::new();
        source.unpacked(None).read_to_end(&mut all).map_err(|error| source.failed(&error))?;
        Ok(Self::Unpacked(all.into()))
    }

    fn len(&self, source: &Source) -> u64 {
        match self {
            Self::File(_) => source.len,
            Self::Unpacked(bytes) => bytes.len() as u64,
        }
    }
}

/// More values than this a byte of the file has none that says anything.
const VALUES_A_BYTE: u64 = 10_000;

/// Refuses sizes that cannot be: in a damaged file they may be any, and the reader believes them and
/// asks for that much memory.
fn check(metadata: &FileMetadataRef, len: u64) -> Result<(), PolarsError> {
    let most = len.saturating_mul(VALUES_A_BYTE);
    let fits = |size: i64, most: u64| u64::try_from(size).is_ok_and(|size| size <= most);
    let mut columns = metadata.row_groups.iter().flat_map(|group| group.parquet_columns().iter());
    let rows = metadata.row_groups.iter().map(|group| group.num_rows() as u64);
    let is_possible = rows.fold(0, u64::saturating_add) <= most
        && metadata.num_rows as u64 <= most
        && columns.all(|column| {
            fits(column.num_values(), most)
                && fits(column.uncompressed_size(), most)
                && fits(column.compressed_size(), len)
        });
    if is_possible { Ok(()) } else { Err(PolarsError::NoData("impossible sizes".into())) }
}

struct Table<'a> {
    source: &'a Source,
    bytes: Bytes<'a>,
    metadata: FileMetadataRef,
    schema: Arc<ArrowSchema>,
}

impl<'a> Table<'a> {
    fn open(source: &'a Source) -> Result<Self, ImportError> {
        let bytes = Bytes::of(source)?;
        let reader = || -> Result<_, PolarsError> {
            let mut reader = ParquetReader::new(open(&bytes)?);
            let metadata = Arc::clone(reader.get_metadata()?);
            check(&metadata, bytes.len(source))?;
            Ok((metadata, reader.schema()?))
        };
        let (metadata, schema) = guarded(source, reader)?;
        Ok(Self { source, bytes, metadata, schema })
    }

    fn columns(&self) -> Vec<String> {
        self.schema.iter_names().map(ToString::to_string).collect()
    }

    fn frame(
        &self,
        columns: Vec<String>,
        first: usize,
        rows: usize,
    ) -> Result<DataFrame, ImportError> {
        guarded(self.source, || {
            let mut reader = ParquetReader::new(open(&self.bytes)?);
            reader.set_metadata(Arc::clone(&self.metadata));
            reader
                .with_columns(Some(columns))
                .with_slice(Some((first, rows)))
                .read_parallel(ParallelStrategy::RowGroups)
                .finish()
        })
    }
}

pub(super) fn open(bytes: &Bytes<'_>) -> Result<Box<dyn MmapBytesReader>, PolarsError> {
    Ok(match bytes {
        Bytes::File(file) => Box::new(file.try_clone()?),
        Bytes::Unpacked(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
    })
}

pub(super) fn sample(source: &Source, rows: usize) -> Result<Sample, ImportError> {
    let table = Table::open(source)?;
    let columns = table.columns();
    let rows = table.metadata.num_rows.min(rows);
    if rows == 0 {
        return Ok(Sample { columns, ..Sample::default() });
    }
    let mut sample = Sample { rows: vec![Vec::new(); rows], ..Sample::default() };
    for name in columns {
        // One by one: a column of a type that is not read does not hide the others.
        if let Ok(frame) = table.frame(vec![name.clone()], 0, rows) {
            let columns = frame.columns().iter().map(Column::as_materialized_series);
            columns.for_each(|series| frames::add_to_sample(&mut sample, series));
        } else {
            sample.columns.push(name);
            sample.rows.iter_mut().for_each(|row| row.push(Vec::new()));
        }
    }
    Ok(frames::finish_sample(sample))
}

pub(super) fn read(source: &Source, job: &Job<'_>) -> Result<Part, ImportError> {
    let table = Table::open(source)?;
    let wanted = frames::wanted(job, &table.columns());
    let mut first = 0;
    let groups: Vec<(usize, usize)> = table
        .metadata
        .row_groups
        .iter()
        .map(|group| {
            let span = (first, group.num_rows());
            first += group.num_rows();
            span
        })
        .filter(|(_, rows)| *rows > 0)
        .collect();
    let total = first.max(1) as u64;
    let share = groups.len().div_ceil(rayon::current_num_threads().max(1)).max(1);
    let sinks = groups
        .par_chunks(share)
        .map(|groups| {
            let mut sink = job.sink();
            for (first, rows) in groups {
                let frame = table.frame(wanted.clone(), *first, *rows)?;
                frames::put(source, job, &frame, *first, &mut sink)?;
                job.progress.advance(source.len * *rows as u64 / total)?;
            }
            sink.flush();
            Ok(sink)
        })
        .collect::<Result<Vec<_>, ImportError>>()?;
    Ok(Part { sinks, ..Part::default() })
}
