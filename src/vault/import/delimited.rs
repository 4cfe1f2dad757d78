//! CSV and its kin, with any delimiter.
//!
//! csv-core is the parser. A record needs none of its subtler rules where quotes stand only around
//! whole fields and doubled within them, so it is split at delimiters directly; a test holds the two
//! against each other on random files. Large files are
//! read in ranges that start at a newline. A newline may be inside quotes:
//! the first range starts right, so if every range ends between two records, every next one
//! started right, and if one does not, the file is read again in one pass.
//!
//! *Invariant:* splits bytes into fields. What a field means is the sink's business.

#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod places;

use std::io::{self, Cursor, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memchr;

use self::places::Places;
use super::container::{is_truncation, unusable};
use super::json;
use super::mapping::Sample;
use super::presets;
use super::rows::Rows;
use super::scan::{Marks, Next};
use super::sink::Sink;
use super::source::{Dialect, Kind, Source};
use super::text::Text;
use super::{ImportError, Job, Part};
use crate::views::RefusalReason;

const BLOCK: usize = 1 << 18;
/// A record longer than this is a quote that somebody forgot to close.
const LONGEST_RECORD: usize = 32 << 20;

/// One record, and where each of its fields is.
#[derive(Clone, Copy)]
struct Record<'a> {
    /// More than the record's own.
    bytes: &'a [u8],
    /// The place before the record, and where each field ends, if all stand there as they are.
    marks: &'a [u32],
    /// The fields otherwise.
    spans: &'a [Span],
    /// What does not stand in the file: fields out of which a quote was taken.
    other: &'a [u8],
}

/// Where a field begins and ends.
#[derive(Clone, Copy, Default)]
struct Span {
    start: u32,
    end: u32,
    /// In the other bytes.
    is_other: bool,
}

impl Span {
    #[inline]
    fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32, is_other: false }
    }
}

impl<'a> Record<'a> {
    #[inline]
    fn len(&self) -> usize {
        if self.marks.is_empty() { self.spans.len() } else { self.marks.len() - 1 }
    }

    #[inline(always)]
    fn place(&self, at: usize) -> (&'a [u8], usize, usize) {
        if let [before, end, ..] = self.marks.get(at..).unwrap_or_default() {
            return (self.bytes, before.wrapping_add(1) as usize, *end as usize);
        }
        let Span { start, end, is_other } = self.spans[at];
        (if is_other { self.other } else { self.bytes }, start as usize, end as usize)
    }

    #[inline(always)]
    fn text(&self, at: usize) -> Text<'a> {
        let (bytes, start, end) = self.place(at);
        Text::within(bytes, start, end)
    }

    #[inline(always)]
    fn text_or_none(&self, at: Option<usize>) -> Text<'a> {
        match at {
            Some(at) => self.text(at),
            None => Text::EMPTY,
        }
    }

    #[inline(always)]
    fn field(&self, at: usize) -> &'a [u8] {
        let (bytes, start, end) = self.place(at);
        &bytes[start..end]
    }

    fn fields(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map(move |at| self.field(at))
    }
}

/// What ends the bytes that are given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// The end of the file, where a last record needs no newline, or a newline where another range
    /// begins.
    Whole,
    /// Anywhere: the last record may be cut and is left out.
    Cut,
}

/// What is done with records.
trait Taker {
    /// Whether more are wanted.
    fn record(&mut self, line: u64, record: Record<'_>) -> bool;

    /// How many fields, two or more, records have that may come many at once.
    fn width(&self) -> Option<usize> {
        None
    }

    /// Takes records of that width; each is one line, and `line` is that of the first.
    fn rows(&mut self, _line: u64, _rows: Rows<'_>) {}
}

impl<T: FnMut(u64, Record<'_>) -> bool> Taker for T {
    fn record(&mut self, line: u64, record: Record<'_>) -> bool {
        self(line, record)
    }
}

/// How a run over records ended.
#[derive(Default)]
struct Outcome {
    lines: u64,
    /// The line of a quote that was still open at the end.
    open_since: Option<u64>,
    is_truncated: bool,
    /// Records before the rows, such as the header, that were not met.
    heads_missing: usize,
}

/// Splits a stream into records.
struct Splitter {
    delimiter: u8,
    /// The byte that ends lines: `\r` alone on very old systems.
    line_byte: u8,
    marks: Marks,
    core: Reader,
    /// Where the fields of a record are, and room for more.
    spans: Vec<Span>,
    /// Fields that do not stand in the file as they are, end to end.
    other: Vec<u8>,
    other_ends: Vec<usize>,
}

/// What the splitter found at a position.
enum Step {
    /// A record without quotes, and where it ends.
    Line(usize),
    /// One that ends with the bytes.
    Rest,
    /// A record with quotes, its fields, where it ends, and the newlines within.
    Quoted { fields: usize, end: usize, lines: u64 },
    /// A record that csv-core took apart, its fields, and how many bytes it took.
    Hard { fields: usize, taken: usize },
    /// The bytes end within a record.
    More,
    /// The file ends within quotes.
    Open,
}

/// A field in quotes.
struct Closed {
    /// The position after the closing quote, and the mark after that.
    end: usize,
    mark: usize,
    /// Newlines within.
    lines: u64,
    has_doubled: bool,
}

impl Splitter {
    fn new(delimiter: u8, has_quotes: bool, line_byte: u8) -> Self {
        // Where quotes mean nothing they are not looked for, and csv-core is never asked.
        let quote = if has_quotes { b'"' } else { delimiter };
        Self {
            delimiter,
            line_byte,
            marks: Marks::new(delimiter, quote),
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            spans: vec![Span::default(); 64],
            other: vec![0; 4096],
            other_ends: vec![0; 64],
        }
    }

    /// Hands every record with its line to `taker` until that says false.
    fn run(
        &mut self,
        mut reader: impl Read,
        ending: Ending,
        mut taker: impl Taker,
    ) -> io::Result<Outcome> {
        let mut buffer = vec![0; BLOCK];
        let (mut start, mut filled) = (0, 0);
        let mut is_end = false;
        let mut outcome = Outcome::default();
        loop {
            buffer.copy_within(start..filled, 0);
            filled -= start;
            start = 0;
            if buffer.len() - filled < 4096 {
                if buffer.len() >= LONGEST_RECORD {
                    return Err(io::ErrorKind::FileTooLarge.into());
                }
                buffer.resize(buffer.len() * 2, 0);
            }
            // To the brim: a decoder hands out little at a time, and a record that is not whole is
            // looked through again after each call.
            while filled < buffer.len() && !is_end {
                match reader.read(&mut buffer[filled..]) {
                    Ok(0) => is_end = true,
                    Ok(got) => filled += got,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) if is_truncation(&error) => {
                        is_end = true;
                        outcome.is_truncated = true;
                    }
                    Err(error) => return Err(error),
                }
            }
            let data = &buffer[..filled];
            self.marks.start(start);
            loop {
                while let Some(c @ (b'\n' | b'\r')) = data.get(start) {
                    outcome.lines += u64::from(*c == self.line_byte);
                    start += 1;
                }
                if start == filled {
                    break;
                }
                let line = outcome.lines + 1;
                if let Some(width) = taker.width()
                    && let Some(rows) = self.marks.rows(data, start, width, self.line_byte)
                {
                    taker.rows(line, rows);
                    outcome.lines += rows.len() as u64;
                    start = rows.end();
                    continue;
                }
                let mut record = Record { bytes: data, marks: &[], spans: &[], other: &[] };
                let mut is_cut = false;
                match self.step(data, start, is_end) {
                    Step::Line(end) => {
                        record.marks = self.marks.line();
                        start = end;
                    }
                    Step::Rest => {
                        is_cut = outcome.is_truncated || ending == Ending::Cut;
                        record.marks = self.marks.rest(data);
                        start = filled;
                    }
                    Step::Quoted { fields, end, lines } => {
                        is_cut = end == filled && (outcome.is_truncated || ending == Ending::Cut);
                        (record.spans, record.other) = (&self.spans[..fields], &self.other);
                        outcome.lines += lines;
                        start = end;
                    }
                    Step::Hard { fields, taken } => {
                        let bytes = &data[start..start + taken];
                        is_cut = start + taken == filled
                            && !bytes.ends_with(b"\n")
                            && (outcome.is_truncated || ending == Ending::Cut);
                        (record.spans, record.other) = (&self.spans[..fields], &self.other);
                        outcome.lines += memchr::memchr_iter(self.line_byte, bytes).count() as u64;
                        start += taken;
                    }
                    Step::More => break,
                    Step::Open => {
                        outcome.open_since = Some(line);
                        outcome.lines +=
                            memchr::memchr_iter(self.line_byte, &data[start..]).count() as u64;
                        start = filled;
                        continue;
                    }
                }
                if !is_cut && !taker.record(line, record) {
                    return Ok(outcome);
                }
            }
            if is_end {
                return Ok(outcome);
            }
        }
    }

    /// Finds the record that begins at `start`.
    #[inline]
    fn step(&mut self, data: &[u8], start: usize, is_end: bool) -> Step {
        match self.marks.record(data, start) {
            Next::Line(end) => Step::Line(end),
            Next::Rest if is_end => Step::Rest,
            Next::Rest => Step::More,
            Next::Quote => self.quoted(data, start, is_end),
        }
    }

    /// Takes a record with quotes apart, field by field.
    fn quoted(&mut self, data: &[u8], start: usize, is_end: bool) -> Step {
        let (mut fields, mut lines, mut used, mut mark) = (0, 0, 0, 0);
        let mut begin = start;
        loop {
            // Nearly every field is a quote, what stands in it, a quote and a delimiter.
            if let Some([open, close, end]) = self.marks.three(mark)
                && (open, end) == (begin, close + 1)
                && (data[open], data[close], data[end]) == (b'"', b'"', self.delimiter)
            {
                self.set_span(fields, Span::new(begin + 1, close));
                fields += 1;
                (begin, mark) = (end + 1, mark + 3);
                continue;
            }
            let Some(mut hit) = self.marks.get(data, mark) else {
                if !is_end {
                    return Step::More;
                }
                self.set_span(fields, Span::new(begin, data.len()));
                return Step::Quoted { fields: fields + 1, end: data.len(), lines };
            };
            mark += 1;
            let mut span = Span::new(begin, hit);
            if data[hit] == b'"' && self.delimiter != b'"' {
                let closed = if hit == begin { self.close(data, mark, is_end) } else { None };
                let Some(closed) = closed else { return self.hard(&data[start..], is_end) };
                span = Span::new(begin + 1, closed.end - 1);
                if closed.has_doubled {
                    span = self.undouble(&data[begin + 1..closed.end - 1], used);
                    used = span.end as usize;
                }
                lines += closed.lines;
                (hit, mark) = (closed.end, closed.mark);
            }
            self.set_span(fields, span);
            fields += 1;
            if data.get(hit) != Some(&self.delimiter) {
                return Step::Quoted { fields, end: hit, lines };
            }
            begin = hit + 1;
        }
    }

    /// Walks from the mark after a field's first quote to its end; `None` where what csv-core would
    /// make of it is not plain to see.
    #[inline]
    fn close(&mut self, data: &[u8], mut mark: usize, is_end: bool) -> Option<Closed> {
        let (mut lines, mut has_doubled) = (0, false);
        loop {
            let hit = self.marks.get(data, mark)?;
            mark += 1;
            let end = hit + 1;
            if data[hit] != b'"' {
                lines += u64::from(data[hit] == self.line_byte);
                continue;
            }
            match data.get(end) {
                Some(b'"') => has_doubled = true,
                Some(b'\n' | b'\r') => {}
                Some(byte) if *byte == self.delimiter => {}
                None if is_end => {}
                _ => return None,
            }
            // That byte is a mark too.
            mark += 1;
            if data.get(end) != Some(&b'"') {
                return Some(Closed { end, mark, lines, has_doubled });
            }
        }
    }

    /// Puts a text behind those that were put so far, one quote for two.
    #[cold]
    fn undouble(&mut self, text: &[u8], used: usize) -> Span {
        let mut end = used;
        if self.other.len() < used + text.len() {
            self.other.resize((used + text.len()).next_power_of_two(), 0);
        }
        let mut rest = text;
        while !rest.is_empty() {
            let len = memchr(b'"', rest).map_or(rest.len(), |quote| quote + 1);
            self.other[end..end + len].copy_from_slice(&rest[..len]);
            end += len;
            rest = rest.get(len + 1..).unwrap_or_default();
        }
        Span { is_other: true, ..Span::new(used, end) }
    }

    #[inline]
    fn set_span(&mut self, field: usize, span: Span) {
        if field == self.spans.len() {
            self.spans.resize(field * 2, Span::default());
        }
        self.spans[field] = span;
    }

    /// Takes a record apart by csv-core.
    #[cold]
    fn hard(&mut self, data: &[u8], is_end: bool) -> Step {
        loop {
            let core = &mut self.core;
            core.reset();
            // A fresh reader would take a byte order mark off any record; one that has read does
            // not. (A clone of one has lost its tables.)
            core.read_record(b"-\n", &mut [0; 8], &mut [0; 8]);
            let (mut result, taken, wrote, mut fields) =
                core.read_record(data, &mut self.other, &mut self.other_ends);
            let mut is_open = false;
            if matches!(result, ReadRecordResult::InputEmpty) {
                if !is_end {
                    return Step::More;
                }
                // A newline ends any record but one whose quotes are open.
                let (last, _, _, more) = core.read_record(
                    b"\n",
                    &mut self.other[wrote..],
                    &mut self.other_ends[fields..],
                );
                is_open = matches!(last, ReadRecordResult::InputEmpty);
                result = last;
                fields += more;
            }
            match result {
                ReadRecordResult::OutputFull => self.other.resize(self.other.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => {
                    self.other_ends.resize(self.other_ends.len() * 2, 0);
                }
                _ if is_open => return Step::Open,
                _ => {
                    let mut start = 0;
                    for field in 0..fields {
                        let end = self.other_ends[field];
                        self.set_span(field, Span { is_other: true, ..Span::new(start, end) });
                        start = end;
                    }
                    return Step::Hard { fields, taken };
                }
            }
        }
    }
}

/// The delimiter that splits the first lines into the same number of fields, the more the better.
pub(super) fn guess_delimiter(head: &[u8]) -> u8 {
    let score = |delimiter: u8| {
        let mut counts = Vec::new();
        let run = Splitter::new(delimiter, true, b'\n').run(
            Cursor::new(&head[..head.len().min(1 << 16)]),
            if head.len() > 1 << 16 { Ending::Cut } else { Ending::Whole },
            |_, record: Record<'_>| {
                counts.push(record.len());
                counts.len() < 100
            },
        );
        let fields = counts.first().copied().unwrap_or(1);
        if run.is_err() || fields < 2 {
            return (0, 0);
        }
        let same = counts.iter().filter(|count| **count == fields).count();
        (same * 100 / counts.len(), fields)
    };
    // The later of two equal ones wins: the comma is the most usual.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b',')
}

/// The header and the first records.
pub(super) fn sample(
    source: &Source,
    dialect: Dialect,
    rows: usize,
) -> Result<Sample, ImportError> {
    let mut sample = Sample::default();
    let ending = if source.head_is_all { Ending::Whole } else { Ending::Cut };
    let mut to_skip = dialect.skip;
    splitter(dialect, source)
        .run(Cursor::new(&source.head), ending, |_, record: Record<'_>| {
            if to_skip > 0 {
                to_skip -= 1;
                return true;
            }
            if sample.columns.is_empty() {
                if dialect.has_header {
                    let name = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
                    sample.columns = record.fields().map(name).collect();
                    return true;
                }
                sample.columns = presets::snowplow::columns(record.len());
            }
            if record.len() == sample.columns.len() {
                sample.rows.push(record.fields().map(<[u8]>::to_vec).collect());
            }
            sample.rows.len() < rows
        })
        .map_err(|error| source.failed(&error))?;
    if sample.columns.is_empty() {
        return Err(unusable(
            &source.shown(),
            "has no readable first line; choose a file whose first line names its columns",
        ));
    }
    json::expand(&mut sample);
    Ok(sample)
}

fn splitter(dialect: Dialect, source: &Source) -> Splitter {
    Splitter::new(dialect.delimiter, dialect.has_quotes, line_byte(source))
}

/// The times at the end of a large file: where it is in time order, other days than at the start.
pub(super) fn late_values(source: &Source, column: usize, columns: usize) -> Vec<Vec<u8>> {
    let Kind::Delimited(dialect) = source.kind else { return Vec::new() };
    let mut values = Vec::new();
    if source.head_is_all || !source.is_seekable_text() {
        return values;
    }
    let line_byte = line_byte(source);
    for part in 1..=8 {
        let start = source.len / 8 * part - (source.len / 8).min(1 << 16);
        let Ok(start) = source.after_newline(start, line_byte) else { continue };
        let end = (start + (1 << 16)).min(source.len);
        // A wrong start within quotes shows as records of another length, which are left out.
        let _ = splitter(dialect, source).run(
            source.range(start, end, None),
            Ending::Cut,
            |_, record: Record<'_>| {
                if record.len() == columns {
                    values.push(record.field(column).to_vec());
                }
                true
            },
        );
    }
    values
}

/// Reads the rows; `ranges` is for tests, and otherwise one for each thread where it pays.
pub(super) fn read(
    source: &Source,
    dialect: Dialect,
    columns: &[String],
    job: &Job<'_>,
    ranges: Option<usize>,
) -> Result<Part, ImportError> {
    let line_byte = line_byte(source);
    let parts = source.in_ranges(ranges, line_byte, job.progress, |bytes, is_first| {
        one_range(source, dialect, columns, job, bytes, is_first)
    });
    if let Err(error @ ImportError::Cancelled(_)) = parts {
        return Err(error);
    }
    // What else goes wrong may come of a range that begins within quotes.
    if let Ok(Some(parts)) = parts {
        // Where the header is not within the first range, the second took it for a row.
        let has_header = parts.first().is_some_and(|(_, outcome)| outcome.heads_missing == 0);
        if has_header
            && parts[..parts.len() - 1].iter().all(|(_, outcome)| outcome.open_since.is_none())
        {
            return finish(source, job, parts);
        }
    }
    let text = source.text(Some(job.progress));
    let part = one_range(source, dialect, columns, job, text, true)?;
    finish(source, job, vec![part])
}

/// What becomes of the records of a range.
struct Range<'a> {
    job: &'a Job<'a>,
    sink: Sink,
    places: Places,
    /// Fields that a row must have.
    width: usize,
    /// Records before the rows that have not come yet.
    to_skip: usize,
}

impl Taker for &mut Range<'_> {
    #[inline]
    fn record(&mut self, line: u64, record: Record<'_>) -> bool {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if record.len() == self.width {
            self.places.put(self.job, &mut self.sink, line, record);
        } else {
            self.sink.refuse(line, RefusalReason::WrongFieldCount);
        }
        true
    }

    #[inline]
    fn width(&self) -> Option<usize> {
        (self.to_skip == 0 && self.width > 1 && self.places.takes_many()).then_some(self.width)
    }

    fn rows(&mut self, line: u64, rows: Rows<'_>) {
        self.places.put_many(self.job, &mut self.sink, line, rows, self.width);
    }
}

fn one_range(
    source: &Source,
    dialect: Dialect,
    columns: &[String],
    job: &Job<'_>,
    bytes: impl Read,
    is_first: bool,
) -> Result<(Sink, Outcome), ImportError> {
    let to_skip = if is_first { dialect.skip + usize::from(dialect.has_header) } else { 0 };
    let places = Places::new(job, columns);
    let mut range = Range { job, sink: job.sink(), places, width: columns.len(), to_skip };
    let mut outcome = splitter(dialect, source)
        .run(bytes, Ending::Whole, &mut range)
        .map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => unusable(
                &source.shown(),
                &format!(
                    "has a line of more than {} MB, as where a quote is never closed; mend it in the file",
                    LONGEST_RECORD >> 20
                ),
            ),
            _ => source.failed(&error),
        })?;
    let Range { mut sink, to_skip, .. } = range;
    outcome.heads_missing = to_skip;
    sink.lines = outcome.lines;
    sink.flush();
    Ok((sink, outcome))
}

fn finish(
    source: &Source,
    job: &Job<'_>,
    parts: Vec<(Sink, Outcome)>,
) -> Result<Part, ImportError> {
    let mut part = Part::default();
    for (mut sink, outcome) in parts {
        if outcome.is_truncated {
            let rows = sink.rows_used();
            part.truncated = Some(job.truncated(&format!(
                "{} breaks off in its packed data after {rows} usable rows",
                source.shown()
            ))?);
        } else if let Some(line) = outcome.open_since {
            sink.refuse(line, RefusalReason::WrongFieldCount);
            let before: u64 = part.sinks.iter().map(|sink| sink.lines).sum();
            part.repairs.push((
                format!(
                    "{} opens a quote in line {} that is never closed; the lines from there to the end were not used",
                    source.shown(),
                    before + line
                ),
                outcome.lines.saturating_sub(line).max(1),
            ));
        }
        part.sinks.push(sink);
    }
    Ok(part)
}

fn line_byte(source: &Source) -> u8 {
    let has = |byte: u8| memchr(byte, &source.head).is_some();
    if has(b'\r') && !has(b'\n') { b'\r' } else { b'\n' }
}
