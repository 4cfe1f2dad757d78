//! Parquet, row group by row group, mapped columns only.
//!
//! The pages of a column are read at their position into memory of our own and decoded from there.
//! Readers that map the file instead end with the program when somebody makes it shorter meanwhile.
//! What a page or the footer says about sizes is compared with what is there before a decoder
//! believes it, because decoders ask for as much memory as they are told.
//!
//! *Invariant:* finds the columns. What stands in them is [`frames`]' business.

use std::io::{Cursor, Read, Seek};
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::{
    ArrowDataType, ArrowSchema, Column, DataFrame, PlSmallStr, PolarsError, Series,
};
use polars_arrow::array::Array;
use polars_arrow::datatypes::{DTYPE_CATEGORICAL_NEW, Field, IntegerType};
use polars_parquet::parquet::schema::types::PhysicalType;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, FileMetadata, Filter, PageReader, RowGroupMetadata,
    column_iter_to_arrays, infer_schema, read_metadata,
};
use polars_parquet_format::thrift::protocol::TCompactInputProtocol;
use polars_parquet_format::{Encoding, PageHeader};

use super::coded::Coded;
use super::frames::{self, guarded};
use super::mapping::Sample;
use super::shares;
use super::source::Source;
use super::{ImportError, Job, Part};

/// The bytes of a file, for as many readers as there are threads.
pub(super) enum Bytes<'a> {
    File(&'a Source),
    Unpacked(Arc<[u8]>),
}

/// Bytes that can be read from any position.
pub(super) trait Positioned: Read + Seek + Send {}

impl<T: Read + Seek + Send> Positioned for T {}

impl<'a> Bytes<'a> {
    pub(super) fn of(source: &'a Source) -> Result<Self, ImportError> {
        if source.is_plain() {
            return Ok(Self::File(source));
        }
        let mut all = Vec::new();
        source.unpacked(None).read_to_end(&mut all).map_err(|error| source.failed(&error))?;
        Ok(Self::Unpacked(all.into()))
    }

    pub(super) fn open(&self) -> Box<dyn Positioned> {
        match self {
            Self::File(source) => Box::new(source.seekable()),
            Self::Unpacked(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        }
    }

    fn len(&self) -> u64 {
        match self {
            Self::File(source) => source.len,
            Self::Unpacked(bytes) => bytes.len() as u64,
        }
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, PolarsError> {
        let len = range.end - range.start;
        let mut bytes = Vec::new();
        match self {
            Self::File(source) => {
                bytes.reserve_exact(usize::try_from(len).unwrap_or(0));
                source.range(range.start, range.end, None).read_to_end(&mut bytes)?;
            }
            Self::Unpacked(all) => {
                let at = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
                bytes.extend_from_slice(all.get(at(range.start)..at(range.end)).unwrap_or(&[]));
            }
        }
        if bytes.len() as u64 == len { Ok(bytes) } else { Err(impossible()) }
    }
}

/// More values than this a byte of the file has none that says anything.
const VALUES_A_BYTE: u64 = 1_000;
/// A small file may hold this many all the same: a column of one value takes no room.
const FREE_VALUES: u64 = 1 << 22;
/// What a page inflates to where it packs better than any packing but one of nothing would.
const FREE_PAGE: usize = 64 << 20;
const MOST_PAGE_INFLATION: usize = 1_100;
/// How much of a column is read at first, where its beginning is enough.
const BEGINNING: u64 = 1 << 18;

fn impossible() -> PolarsError {
    PolarsError::NoData("impossible sizes".into())
}

/// Refuses counts and positions that cannot be.
fn check(metadata: &FileMetadata, len: u64) -> Result<(), PolarsError> {
    let most = FREE_VALUES.max(len.saturating_mul(VALUES_A_BYTE));
    let mut rows = 0_u64;
    for group in &metadata.row_groups {
        rows = rows.saturating_add(group.num_rows() as u64);
        for column in group.parquet_columns() {
            let is_flat = column.descriptor().descriptor.max_rep_level == 0;
            let values = u64::try_from(column.num_values()).map_err(|_| impossible())?;
            let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
            let size = u64::try_from(column.compressed_size()).map_err(|_| impossible())?;
            let end = u64::try_from(start).ok().and_then(|start| start.checked_add(size));
            if values > most
                || is_flat && values != group.num_rows() as u64
                || end.is_none_or(|end| end > len)
            {
                return Err(impossible());
            }
        }
    }
    if rows > most || rows != metadata.num_rows as u64 { Err(impossible()) } else { Ok(()) }
}

/// Refuses pages that say they are larger than they can be. `is_all` where no page is cut off. Says
/// whether all rows are numbers of a list of values.
fn check_pages(
    column: &ColumnChunkMetadata,
    bytes: &[u8],
    is_all: bool,
) -> Result<bool, PolarsError> {
    let size = |size: i32| usize::try_from(size).map_err(|_| impossible());
    let (mut rest, mut values) = (bytes, 0);
    let (mut has_list, mut is_coded) = (false, true);
    while values < column.num_values() {
        let mut protocol = TCompactInputProtocol::new(&mut rest, most_header(bytes));
        let Ok(page) = PageHeader::read_from_in_protocol(&mut protocol) else { break };
        let packed = size(page.compressed_page_size)?;
        let inflated = size(page.uncompressed_page_size)?;
        has_list |= page.dictionary_page_header.is_some();
        let listed = page.dictionary_page_header.map_or(0, |header| header.num_values);
        let own = page.data_page_header.map(|header| (header.num_values, header.encoding));
        let v2 = page.data_page_header_v2.map(|header| (header.num_values, header.encoding));
        let own = own.or(v2);
        is_coded &= own.is_none_or(|(_, encoding)| {
            matches!(encoding, Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY)
        });
        let own = own.map_or(0, |(values, _)| values);
        let most = FREE_PAGE.max(packed.saturating_mul(MOST_PAGE_INFLATION));
        // A value of a dictionary takes a byte at least.
        if inflated > most || size(listed)? > inflated || own < 0 {
            return Err(impossible());
        }
        values += i64::from(own);
        match rest.get(packed..) {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    // What comes behind a cut is not decoded.
    let is_whole = values == column.num_values();
    if values > column.num_values() || is_all && !is_whole {
        return Err(impossible());
    }
    Ok(has_list && is_coded && is_whole)
}

/// The header of a page is part of the bytes; small ones count for more than they take.
fn most_header(bytes: &[u8]) -> usize {
    bytes.len().saturating_add(1 << 10)
}

struct Table<'a> {
    source: &'a Source,
    bytes: Bytes<'a>,
    metadata: FileMetadata,
    schema: ArrowSchema,
}

impl<'a> Table<'a> {
    fn open(source: &'a Source) -> Result<Self, ImportError> {
        let bytes = Bytes::of(source)?;
        let (metadata, schema) = guarded(source, || {
            let metadata = read_metadata(&mut bytes.open())?;
            check(&metadata, bytes.len())?;
            let schema = infer_schema(&metadata)?;
            Ok((metadata, schema))
        })?;
        Ok(Self { source, bytes, metadata, schema })
    }

    fn columns(&self) -> Vec<String> {
        self.schema.iter_names().map(ToString::to_string).collect()
    }

    /// All rows of a row group; columns that are no times may come as lists of their texts beside.
    fn frame(
        &self,
        columns: &[(String, bool)],
        group: usize,
    ) -> Result<(DataFrame, Vec<Coded>), ImportError> {
        guarded(self.source, || {
            let group = &self.metadata.row_groups[group];
            let (mut typed, mut coded) = (Vec::new(), Vec::new());
            for (name, is_text) in columns {
                let (field, arrays) = self.arrays(group, name, u64::MAX, None, *is_text)?;
                let first = arrays.first().filter(|_| *is_text);
                let as_coded = first.and_then(|array| Coded::new(name, &**array));
                match as_coded {
                    // As the frame does it for the others.
                    Some(column) if column.len() != group.num_rows() => return Err(impossible()),
                    Some(column) if arrays.len() == 1 => coded.push(column),
                    _ => typed.push(Column::from(Series::try_from((&field, arrays))?)),
                }
            }
            Ok((DataFrame::new(group.num_rows(), typed)?, coded))
        })
    }

    /// The first rows of a column, of as many row groups as it takes.
    fn beginning(&self, name: &str, rows: usize) -> Result<Series, ImportError> {
        guarded(self.source, || {
            let mut all: Option<Series> = None;
            for group in self.metadata.row_groups.iter().filter(|group| group.num_rows() > 0) {
                let wanted = (rows - all.as_ref().map_or(0, |all| all.len())).min(group.num_rows());
                if wanted == 0 {
                    break;
                }
                // Pages are long, and most of a column's are behind its first rows.
                let mut most = BEGINNING;
                let part = loop {
                    let filter = Some(Filter::new_ranged(0, wanted));
                    match self.arrays(group, name, most, filter, false) {
                        Ok((field, arrays)) => break Series::try_from((&field, arrays))?,
                        Err(error) if most >= self.bytes.len() => return Err(error),
                        Err(_) => most *= 8,
                    }
                };
                match &mut all {
                    Some(all) => drop(all.append(&part)?),
                    None => all = Some(part),
                }
            }
            all.ok_or_else(impossible)
        })
    }

    /// A column of a row group, from the first `most` bytes of each of its parts. Where it `may_be_coded`
    /// and is written so, it is not spread out over the rows.
    fn arrays(
        &self,
        group: &RowGroupMetadata,
        name: &str,
        most: u64,
        filter: Option<Filter>,
        mut may_be_coded: bool,
    ) -> Result<(Field, Vec<Box<dyn Array>>), PolarsError> {
        let mut field = self.schema.get(name).ok_or_else(impossible)?.clone();
        may_be_coded &= field.dtype == ArrowDataType::Utf8View;
        let (mut parts, mut types) = (Vec::new(), Vec::new());
        for column in group.columns_under_root_iter(name).ok_or_else(impossible)? {
            let whole = column.byte_range();
            let end = whole.end.min(whole.start.saturating_add(most));
            let bytes = self.bytes.read(whole.start..end)?;
            may_be_coded &= check_pages(column, &bytes, end == whole.end)?;
            let physical = column.descriptor().descriptor.primitive_type.physical_type;
            may_be_coded &= physical == PhysicalType::ByteArray;
            let most = most_header(&bytes);
            let pages = PageReader::new(Cursor::new(bytes.into()), column, Vec::new(), most);
            parts.push(BasicDecompressor::new(pages, Vec::new()));
            types.push(&column.descriptor().descriptor.primitive_type);
        }
        if may_be_coded {
            let texts = Box::new(ArrowDataType::Utf8View);
            field.dtype = ArrowDataType::Dictionary(IntegerType::UInt32, texts, false);
            // Otherwise the reader spreads it out all the same.
            let mark = (PlSmallStr::from_static(DTYPE_CATEGORICAL_NEW), PlSmallStr::EMPTY);
            field.metadata = Some(Arc::new([mark].into()));
        }
        let (arrays, _) = column_iter_to_arrays(parts, types, field.clone(), filter)?;
        Ok((field, arrays))
    }
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
        match table.beginning(&name, rows) {
            Ok(series) if series.len() == rows => frames::add_to_sample(&mut sample, &series),
            _ => {
                sample.columns.push(name);
                sample.rows.iter_mut().for_each(|row| row.push(Vec::new()));
            }
        }
    }
    Ok(frames::finish_sample(sample))
}

pub(super) fn read(source: &Source, job: &Job<'_>) -> Result<Part, ImportError> {
    let table = Table::open(source)?;
    let columns = table.columns();
    let wanted: Vec<(String, bool)> = frames::wanted(job, &columns)
        .into_iter()
        .map(|name| (name.clone(), frames::is_text(job, &name, &columns)))
        .collect();
    let mut rows = 0;
    let firsts: Vec<usize> = table
        .metadata
        .row_groups
        .iter()
        .map(|group| {
            rows += group.num_rows();
            rows - group.num_rows()
        })
        .collect();
    let groups = firsts.len();
    let threads = rayon::current_num_threads().clamp(1, groups.max(1));
    let starts: Vec<u64> = (0..threads).map(|nth| (groups * nth / threads) as u64).collect();
    let sinks = shares::work(&starts, groups as u64, 2, Ok::<_, ImportError>, |share| {
        let mut sink = job.sink();
        while let Some(at) = share.take(1).next() {
            let at = at as usize;
            if table.metadata.row_groups[at].num_rows() == 0 {
                continue;
            }
            let (frame, coded) = table.frame(&wanted, at)?;
            frames::put(source, job, &frame, &coded, firsts[at], &mut sink)?;
            job.progress.advance(source.len * frame.height() as u64 / rows.max(1) as u64)?;
        }
        sink.flush();
        Ok(sink)
    })?;
    Ok(Part { sinks, ..Part::default() })
}
