//! Arrow IPC, as a file or as a stream, batch by batch, mapped columns only.
//!
//! *Invariant:* finds the columns. What stands in them is [`frames`]' business.

mod lengths;

use polars::prelude::{ArrowSchema, DataFrame, PolarsError};
use polars_arrow::array::Array;
use polars_arrow::io::ipc::read::{
    FileReader, StreamReader, StreamState, get_row_count, read_file_metadata, read_stream_metadata,
};
use polars_arrow::record_batch::RecordBatchT;

use super::frames::{self, guarded};
use super::mapping::Sample;
use super::parquet::Bytes;
use super::source::{Kind, Source};
use super::{ImportError, Job, Part};

/// More rows than this a byte of the file has none that says anything.
const ROWS_A_BYTE: usize = 1_000;

type Batch = RecordBatchT<Box<dyn Array>>;

/// The batches of a file, one after the other.
struct Batches {
    schema: ArrowSchema,
    next: Box<dyn FnMut() -> Result<Option<Batch>, PolarsError>>,
}

impl Batches {
    /// `columns` are read, or all of them.
    fn open(source: &Source, job: Option<&Job<'_>>) -> Result<Self, ImportError> {
        let wanted = |schema: &ArrowSchema| {
            let columns = names(schema);
            let wanted = job.map(|job| frames::wanted(job, &columns))?;
            // In the order of the file, as the readers want it.
            Some(wanted.iter().filter_map(|name| columns.iter().position(|c| c == name)).collect())
        };
        let bytes = Bytes::of(source)?;
        if source.kind == Kind::ArrowStream {
            return guarded(source, || {
                let mut reader = bytes.open();
                let metadata = read_stream_metadata(&mut reader)?;
                lengths::check_stream(&mut reader)?;
                let schema = metadata.schema.clone();
                let projection = wanted(&schema);
                let mut stream = StreamReader::new(reader, metadata, projection);
                let next = move || {
                    Ok(match stream.next().transpose()? {
                        Some(StreamState::Some(batch)) => Some(batch),
                        // Nothing more has been written, and nothing more is waited for.
                        Some(StreamState::Waiting) | None => None,
                    })
                };
                Ok(Self { schema, next: Box::new(next) })
            });
        }
        guarded(source, || {
            let mut reader = bytes.open();
            let metadata = read_file_metadata(&mut reader)?;
            lengths::check_file(&mut reader, &metadata.blocks)?;
            lengths::check_file(&mut reader, metadata.dictionaries.as_deref().unwrap_or_default())?;
            let schema = metadata.schema.as_ref().clone();
            let projection = wanted(&schema);
            // The lengths of packed columns are believed before a byte of them is unpacked, and in
            // a damaged file they may be any; rows are counted elsewhere in the file.
            let rows = usize::try_from(get_row_count(&mut reader)?).unwrap_or(0);
            let most =
                usize::try_from(source.len).unwrap_or(usize::MAX).saturating_mul(ROWS_A_BYTE);
            let mut file = FileReader::new(reader, metadata, projection, Some(rows.min(most)));
            Ok(Self { schema, next: Box::new(move || file.next().transpose()) })
        })
    }

    fn next(&mut self, source: &Source) -> Result<Option<DataFrame>, ImportError> {
        guarded(source, || Ok((self.next)()?.map(DataFrame::from)))
    }
}

fn names(schema: &ArrowSchema) -> Vec<String> {
    schema.iter_names().map(ToString::to_string).collect()
}

pub(super) fn sample(source: &Source, rows: usize) -> Result<Sample, ImportError> {
    let mut batches = Batches::open(source, None)?;
    let mut sample = Sample::default();
    while let Some(frame) = batches.next(source)? {
        if frame.height() == 0 {
            continue;
        }
        let frame = frame.head(Some(rows));
        sample.rows = vec![Vec::new(); frame.height()];
        for column in frame.columns() {
            frames::add_to_sample(&mut sample, column.as_materialized_series());
        }
        return Ok(frames::finish_sample(sample));
    }
    sample.columns = names(&batches.schema);
    Ok(sample)
}

pub(super) fn read(source: &Source, job: &Job<'_>) -> Result<Part, ImportError> {
    let mut batches = Batches::open(source, Some(job))?;
    let mut sink = job.sink();
    let mut rows = 0;
    while let Some(frame) = batches.next(source)? {
        frames::put(source, job, &frame, &[], rows, &mut sink)?;
        rows += frame.height();
        job.progress.check()?;
    }
    sink.flush();
    Ok(Part { sinks: vec![sink], ..Part::default() })
}
