//! Parquet, row group by row group, mapped columns only.
//!
//! polars-io has neither progress nor cancel, so every row group is one call. Ids become text
//! without passing through a float; times keep the unit and zone of their type.
//!
//! *Invariant:* turns columns into rows. What a value means is the sink's business.

use std::fs::File;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use polars::prelude::{
    ArrowSchema, Column, DataFrame, DataType, Int64Chunked, NewChunkedArray, PolarsError, Series,
    StringChunked, TimeUnit,
};
use polars_io::SerReader;
use polars_io::mmap::MmapBytesReader;
use polars_io::parquet::metadata::FileMetadataRef;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};
use rayon::prelude::*;

use super::mapping::Sample;
use super::sink::Sink;
use super::source::Source;
use super::time::{Clock, DAY_MILLIS, checked_epoch, iso};
use super::{ImportError, Job, Part};
use crate::views::RefusalReason;

/// The bytes of a file, for as many readers as there are threads.
enum Bytes<'a> {
    File(&'a File),
    Unpacked(Arc<[u8]>),
}

struct Table<'a> {
    source: &'a Source,
    bytes: Bytes<'a>,
    metadata: FileMetadataRef,
    schema: Arc<ArrowSchema>,
}

impl<'a> Table<'a> {
    fn open(source: &'a Source) -> Result<Self, ImportError> {
        let bytes = if let Some(file) = source.is_parquet_file() {
            Bytes::File(file)
        } else {
            let mut all = Vec::new();
            source.unpacked(None).read_to_end(&mut all).map_err(|error| source.failed(&error))?;
            Bytes::Unpacked(all.into())
        };
        let reader = || -> Result<_, PolarsError> {
            let mut reader = ParquetReader::new(open(&bytes)?);
            Ok((Arc::clone(reader.get_metadata()?), reader.schema()?))
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

fn open(bytes: &Bytes<'_>) -> Result<Box<dyn MmapBytesReader>, PolarsError> {
    Ok(match bytes {
        Bytes::File(file) => Box::new(file.try_clone()?),
        Bytes::Unpacked(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
    })
}

/// Decoders of damaged files may fail in any way; none of them may take the program down.
fn guarded<T>(
    source: &Source,
    work: impl FnOnce() -> Result<T, PolarsError>,
) -> Result<T, ImportError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        _ => Err(ImportError::Unusable(format!(
            "{} is a damaged or incomplete Parquet file, or uses a feature that is not read; get the whole file, or write it again",
            source.shown()
        ))),
    }
}

pub(super) fn sample(source: &Source, rows: usize) -> Result<Sample, ImportError> {
    let table = Table::open(source)?;
    let columns = table.columns();
    let rows = table.metadata.num_rows.min(rows);
    let mut sample = Sample { columns, rows: vec![Vec::new(); rows] };
    if rows == 0 {
        return Ok(sample);
    }
    for name in sample.columns.clone() {
        let texts = table
            .frame(vec![name.clone()], 0, rows)
            .ok()
            .and_then(|frame| sample_texts(frame.columns().first()?.as_materialized_series()));
        for (at, row) in sample.rows.iter_mut().enumerate() {
            let text = texts.as_ref().and_then(|texts| texts.get(at).cloned());
            row.push(text.unwrap_or_default().into_bytes());
        }
    }
    Ok(sample)
}

/// `None` for nested columns.
fn sample_texts(series: &Series) -> Option<Vec<String>> {
    if let DataType::Datetime(..) | DataType::Date = series.dtype() {
        let shown = Shown::new(series)?;
        let shown = (0..series.len()).map(|at| shown.get(at).map(iso).unwrap_or_default());
        return Some(shown.collect());
    }
    let texts = to_text(series)?;
    Some(texts.iter().map(|value| value.unwrap_or_default().to_owned()).collect())
}

pub(super) fn read(source: &Source, job: &Job<'_>) -> Result<Part, ImportError> {
    let table = Table::open(source)?;
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
                read_group(&table, job, *first, *rows, &mut sink)?;
                job.progress.advance(source.len * *rows as u64 / total)?;
            }
            sink.flush();
            Ok(sink)
        })
        .collect::<Result<Vec<_>, ImportError>>()?;
    Ok(Part { sinks, ..Part::default() })
}

fn read_group(
    table: &Table<'_>,
    job: &Job<'_>,
    first: usize,
    rows: usize,
    sink: &mut Sink,
) -> Result<(), ImportError> {
    let roles = &job.roles;
    let names =
        [Some(&roles.subject), roles.session.as_ref(), Some(&roles.event), roles.time.as_ref()];
    let names = names.into_iter().flatten().chain(&roles.attributes);
    let mut wanted: Vec<String> = names.cloned().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let frame = table.frame(wanted, first, rows)?;
    let series = |name: &str| frame.column(name).map(Column::as_materialized_series).ok();
    let text = |name: &str| {
        series(name).and_then(id_text).ok_or_else(|| {
            ImportError::Unusable(format!(
                "the column {name:?} of {} holds fractions or nested values, which cannot be an id or a label; choose another column",
                table.source.shown()
            ))
        })
    };
    let subject = text(&roles.subject)?;
    let event = text(&roles.event)?;
    let session = roles.session.as_deref().map(text).transpose()?;
    let times = match roles.time.as_deref() {
        None => Times::None,
        Some(name) => series(name).and_then(Times::new).ok_or_else(|| {
            ImportError::Unusable(format!(
                "the column {name:?} of {} is of a type that is no time; choose another column",
                table.source.shown()
            ))
        })?,
    };
    let attributes = roles
        .attributes
        .iter()
        .map(|name| {
            series(name).and_then(attribute_text).ok_or_else(|| {
                ImportError::Unusable(format!(
                    "the column {name:?} of {} holds nested values, which cannot be an attribute; choose another column",
                    table.source.shown()
                ))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (subject, event) = (subject.downcast_as_array(), event.downcast_as_array());
    let session = session.as_ref().map(StringChunked::downcast_as_array);
    for at in 0..frame.height() {
        for (nth, values) in attributes.iter().enumerate() {
            let value = values.downcast_as_array().get(at).unwrap_or_default();
            sink.note(nth, value.as_bytes());
        }
        let millis = times.read(at, &mut sink.clock);
        let session = session.and_then(|session| session.get(at)).unwrap_or_default();
        sink.row_at(
            (first + at + 1) as u64,
            subject.get(at).unwrap_or_default().as_bytes(),
            session.as_bytes(),
            event.get(at).unwrap_or_default().as_bytes(),
            millis,
        );
    }
    Ok(())
}

/// Text of an id or label. Whole floats are written as integers; `None` where one is a fraction.
fn id_text(series: &Series) -> Option<StringChunked> {
    if matches!(series.dtype(), DataType::Float32 | DataType::Float64) {
        let floats = series.cast(&DataType::Float64).ok()?;
        // Above 2^53 a float has already lost digits of an id.
        let is_whole = |value: f64| value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
        if !floats.f64().ok()?.iter().flatten().all(is_whole) {
            return None;
        }
        return to_text(&floats.cast(&DataType::Int64).ok()?);
    }
    to_text(series)
}

/// Text of what is known about a person: also fractions and dates, which no id is.
fn attribute_text(series: &Series) -> Option<StringChunked> {
    if let DataType::Datetime(..) | DataType::Date = series.dtype() {
        let texts = sample_texts(series)?;
        return Some(StringChunked::from_iter_values(
            series.name().clone(),
            texts.iter().map(String::as_str),
        ));
    }
    id_text(series).or_else(|| to_text(series))
}

/// All in one array; `None` for types that have no plain text.
fn to_text(series: &Series) -> Option<StringChunked> {
    let text = match series.dtype() {
        DataType::String => series.clone(),
        DataType::Null
        | DataType::Boolean
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal(..)
        | DataType::Binary
        | DataType::Categorical(..)
        | DataType::Enum(..) => {
            catch_unwind(AssertUnwindSafe(|| series.cast(&DataType::String))).ok()?.ok()?
        }
        _ => return None,
    };
    Some(text.str().ok()?.rechunk().into_owned())
}

/// Dates and times as their clock shows them: physical values, and how one becomes milliseconds.
struct Shown {
    values: Int64Chunked,
    millis: fn(i64) -> i64,
}

impl Shown {
    fn new(series: &Series) -> Option<Self> {
        let millis: fn(i64) -> i64 = match series.dtype() {
            DataType::Datetime(TimeUnit::Milliseconds, _) => |value| value,
            DataType::Datetime(TimeUnit::Microseconds, _) => |value| value.div_euclid(1000),
            DataType::Datetime(TimeUnit::Nanoseconds, _) => |value| value.div_euclid(1_000_000),
            DataType::Date => |value| value.saturating_mul(DAY_MILLIS),
            _ => return None,
        };
        let physical = series.to_physical_repr().cast(&DataType::Int64).ok()?;
        Some(Self { values: whole(&physical)?, millis })
    }

    #[inline]
    fn get(&self, at: usize) -> Option<i64> {
        integer(&self.values, at).map(self.millis)
    }
}

/// The integer of a row, where all are in one array.
#[inline]
fn integer(values: &Int64Chunked, at: usize) -> Option<i64> {
    let array = values.downcast_as_array();
    let is_there = array.validity().is_none_or(|there| there.get_bit(at));
    is_there.then(|| array.values()[at])
}

/// Integers in one array.
fn whole(series: &Series) -> Option<Int64Chunked> {
    Some(series.i64().ok()?.rechunk().into_owned())
}

/// A column of times.
enum Times {
    None,
    Text(StringChunked),
    Epoch(Int64Chunked),
    Seconds(Vec<Option<f64>>),
    /// With a zone: an instant.
    Instant(Shown),
    /// Without one: what a clock on the wall showed.
    Local(Shown),
}

impl Times {
    fn new(series: &Series) -> Option<Self> {
        match series.dtype() {
            DataType::Datetime(_, Some(_)) => Some(Self::Instant(Shown::new(series)?)),
            DataType::Datetime(_, None) | DataType::Date => Some(Self::Local(Shown::new(series)?)),
            dtype if dtype.is_integer() => {
                Some(Self::Epoch(whole(&series.cast(&DataType::Int64).ok()?)?))
            }
            DataType::Float32 | DataType::Float64 => {
                let floats = series.cast(&DataType::Float64).ok()?;
                Some(Self::Seconds(floats.f64().ok()?.iter().collect()))
            }
            DataType::String | DataType::Categorical(..) | DataType::Enum(..) | DataType::Null => {
                Some(Self::Text(to_text(series)?))
            }
            _ => None,
        }
    }

    #[inline]
    fn read(&self, at: usize, clock: &mut Clock) -> Result<i64, RefusalReason> {
        const NONE: RefusalReason = RefusalReason::NoTime;
        match self {
            Self::None => Ok(0),
            Self::Text(texts) => {
                clock.read(texts.downcast_as_array().get(at).unwrap_or_default().as_bytes())
            }
            Self::Epoch(numbers) => integer(numbers, at).map_or(Err(NONE), Clock::read_epoch),
            Self::Seconds(numbers) => match numbers[at] {
                None => Err(NONE),
                // Fractions are of seconds; larger epochs are whole.
                Some(number) if number.is_finite() && number.abs() < 1e11 => {
                    if number.fract() == 0.0 {
                        Clock::read_epoch(number as i64)
                    } else {
                        checked_epoch((number * 1000.0).floor() as i64)
                    }
                }
                Some(number) if number.is_finite() && number.abs() < 9e18 => {
                    Clock::read_epoch(number as i64)
                }
                Some(_) => Err(RefusalReason::UnreadableTime),
            },
            Self::Instant(shown) => shown.get(at).map_or(Err(NONE), checked_epoch),
            Self::Local(shown) => {
                shown.get(at).map_or(Err(NONE), |millis| clock.read_local(millis))
            }
        }
    }
}
