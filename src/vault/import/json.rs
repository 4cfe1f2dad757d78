//! JSON: one object a line, a list of objects, or objects one after the other over several lines.
//!
//! A newline cannot be inside a JSON text, so lines can be read in ranges that start at any. A list
//! is read in one pass, an object at a time, so that it may be larger than the memory.
//!
//! *Invariant:* finds where records begin and end. What a record says is taken apart in [`record`].

#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;

use std::io::{self, Read};
use std::ops::ControlFlow;

use memchr::{memchr, memchr2};
use serde_json::{Map, Value};

use super::flat::Flat;
use super::mapping::{Columns, Sample};
use super::record::{self, MEMBER, Paths};
use super::sink::Sink;
use super::source::{Kind, Source};
use super::{ImportError, Job, Part, container};
use crate::views::RefusalReason;

const BLOCK: usize = 1 << 18;
const LONGEST_RECORD: usize = 64 << 20;
/// How deep nested objects are offered as columns.
const DEEPEST: usize = 5;
/// Columns beyond this many are not offered; they can be named all the same.
const MOST_COLUMNS: usize = 20_000;
/// How much of a file is looked at for its columns.
const SAMPLE_BYTES: usize = 8 << 20;

/// Where the beginning has more strays than this and no record, it is no file of records.
const MOST_STRAYS: usize = 1_000;

/// One record of a file, and the line in which it starts.
enum Found<'a> {
    Record(u64, &'a [u8]),
    /// Something that is no object stands where one should.
    Stray(u64),
}

/// How a run over records ended.
#[derive(Clone, Copy, Default)]
struct Outcome {
    lines: u64,
    /// The bytes broke off, or the text ends within a record or a list.
    is_truncated: bool,
}

/// A window that slides over the bytes of a reader.
struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    is_end: bool,
    is_truncated: bool,
}

impl<R: Read> Window<R> {
    fn new(reader: R) -> Self {
        let buffer = vec![0; BLOCK];
        Self { reader, buffer, start: 0, filled: 0, is_end: false, is_truncated: false }
    }

    /// Moves what is left to the beginning and reads more behind it.
    fn more(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.start = 0;
        if self.buffer.len() - self.filled < 4096 {
            if self.buffer.len() >= LONGEST_RECORD {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        // To the brim: a long record is looked through again after each call, and a decoder hands
        // out little at a time.
        while self.filled < self.buffer.len() && !self.is_end {
            match self.reader.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.is_end = true,
                Ok(got) => self.filled += got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if container::is_truncation(&error) => {
                    (self.is_end, self.is_truncated) = (true, true);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.start..self.filled]
    }
}

/// Hands on every line that is not blank.
fn lines(
    reader: impl Read,
    mut take: impl FnMut(Found<'_>) -> ControlFlow<()>,
) -> io::Result<Outcome> {
    let mut window = Window::new(reader);
    let mut lines = 0;
    let mut hand_on = |number: u64, line: &[u8]| match line.trim_ascii() {
        [] => ControlFlow::Continue(()),
        line => take(Found::Record(number, line)),
    };
    while !window.is_end {
        window.more()?;
        while let Some(len) = memchr(b'\n', window.rest()) {
            lines += 1;
            let flow = hand_on(lines, &window.rest()[..len]);
            window.start += len + 1;
            if flow.is_break() {
                return Ok(Outcome { lines, is_truncated: false });
            }
        }
    }
    if !window.rest().is_empty() && !window.is_truncated {
        lines += 1;
        let _ = hand_on(lines, window.rest());
    }
    Ok(Outcome { lines, is_truncated: window.is_truncated })
}

/// Hands on every object that stands in a list or by itself.
fn documents(
    reader: impl Read,
    mut take: impl FnMut(Found<'_>) -> ControlFlow<()>,
) -> io::Result<Outcome> {
    let mut window = Window::new(reader);
    let mut line = 1;
    // Lists that were opened around the records.
    let mut lists = 0_usize;
    let mut is_stray = false;
    'more: loop {
        if window.is_end {
            let is_truncated = window.is_truncated || lists > 0 || !window.rest().is_empty();
            return Ok(Outcome { lines: line, is_truncated });
        }
        window.more()?;
        while let Some(byte) = window.rest().first().copied() {
            let flow = match byte {
                b'{' => {
                    let Some(len) = object_len(window.rest()) else { continue 'more };
                    let record = &window.rest()[..len];
                    let flow = take(Found::Record(line, record));
                    line += memchr::memchr_iter(b'\n', record).count() as u64;
                    window.start += len;
                    is_stray = false;
                    if flow.is_break() {
                        return Ok(Outcome { lines: line, is_truncated: false });
                    }
                    continue;
                }
                b'[' => {
                    lists += 1;
                    ControlFlow::Continue(())
                }
                b']' => {
                    lists = lists.saturating_sub(1);
                    is_stray = false;
                    ControlFlow::Continue(())
                }
                b',' | b'\n' => {
                    line += u64::from(byte == b'\n');
                    is_stray = false;
                    ControlFlow::Continue(())
                }
                b' ' | b'\t' | b'\r' | 0x1E => ControlFlow::Continue(()),
                _ if is_stray => ControlFlow::Continue(()),
                _ => {
                    is_stray = true;
                    take(Found::Stray(line))
                }
            };
            window.start += 1;
            if flow.is_break() {
                return Ok(Outcome { lines: line, is_truncated: false });
            }
        }
    }
}

/// Where an object ends; `None` where the bytes end before it.
pub(super) fn object_len(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => {
                at += 1;
                loop {
                    at += memchr2(b'"', b'\\', text.get(at..)?)?;
                    if text[at] == b'"' {
                        break;
                    }
                    at += 2;
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn records(
    kind: Kind,
    reader: impl Read,
    take: impl FnMut(Found<'_>) -> ControlFlow<()>,
) -> io::Result<Outcome> {
    if kind == Kind::Json { documents(reader, take) } else { lines(reader, take) }
}

fn failed(source: &Source, error: &io::Error) -> ImportError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return container::unusable(
            &source.shown(),
            &format!(
                "has a line or an object longer than {} MB; choose a file with one event, or one batch of them, an object",
                LONGEST_RECORD >> 20
            ),
        );
    }
    source.failed(error)
}

/// Fields of the first records, nested ones by their paths, in order of first appearance. Where
/// records hold a list of objects, each of its members is a row.
pub(super) fn sample(source: &Source, rows: usize) -> Result<Sample, ImportError> {
    let mut columns = Columns::default();
    let mut cells: Vec<Vec<(usize, Vec<u8>)>> = Vec::new();
    let (mut seen, mut strays) = (0, 0);
    records(source.kind, source.text(None), |found| {
        match found {
            Found::Record(_, bytes) => {
                seen += bytes.len();
                match serde_json::from_slice(bytes) {
                    Ok(Value::Object(object)) => add(&object, &mut columns, &mut cells),
                    _ => strays += 1,
                }
            }
            Found::Stray(_) => strays += 1,
        }
        if cells.len() < rows && seen < SAMPLE_BYTES && strays < MOST_STRAYS {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })
    .map_err(|error| failed(source, &error))?;
    if cells.is_empty() && strays > 0 {
        return Err(container::unusable(
            &source.shown(),
            "looks like JSON, but none of its first records is an object; choose another file",
        ));
    }
    Ok(columns.sample(cells))
}

/// The cells of one record: one row, or one for each member of the longest of its lists.
fn add(object: &Map<String, Value>, columns: &mut Columns, rows: &mut Vec<Vec<(usize, Vec<u8>)>>) {
    let list = object
        .iter()
        .filter_map(|(key, value)| Some((key, value.as_array()?)))
        .filter(|(_, list)| list.iter().any(Value::is_object) && !list.iter().any(is_entry))
        .max_by_key(|(_, list)| list.len());
    let mut outer = Vec::new();
    flatten("", object, 1, columns, &mut outer);
    let Some((key, list)) = list else { return rows.push(outer) };
    for member in list.iter().filter_map(Value::as_object) {
        let mut row = outer.clone();
        flatten(&format!("{key}[]"), member, 1, columns, &mut row);
        rows.push(row);
    }
}

/// Whether a member of a list is a key with its value.
fn is_entry(value: &Value) -> bool {
    value.as_object().is_some_and(|entry| entry.contains_key("key") && entry.contains_key("value"))
}

fn flatten(
    prefix: &str,
    object: &Map<String, Value>,
    depth: usize,
    columns: &mut Columns,
    cells: &mut Vec<(usize, Vec<u8>)>,
) {
    for (key, value) in object {
        if columns.len() >= MOST_COLUMNS {
            return;
        }
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        let mut set = |name: String, text: Vec<u8>| cells.push((columns.at(name), text));
        match value {
            Value::Object(inner) if depth < DEEPEST => {
                flatten(&name, inner, depth + 1, columns, cells);
            }
            Value::Array(list) if !list.is_empty() && list.iter().all(is_entry) => {
                for entry in list.iter().filter_map(Value::as_object) {
                    let text = match entry.get("value") {
                        Some(Value::Object(typed)) => {
                            typed.values().map(text).find(|t| !t.is_empty())
                        }
                        Some(value) => Some(text(value)),
                        None => None,
                    };
                    if let Some(Value::String(key)) = entry.get("key") {
                        set(format!("{name}[{key}]"), text.unwrap_or_default());
                    }
                }
            }
            Value::Object(_) | Value::Array(_) => {}
            Value::String(written) if is_written(written.as_bytes()) && depth < DEEPEST => {
                match serde_json::from_str(written) {
                    Ok(inner) => flatten_written(&name, inner, depth, columns, cells),
                    Err(_) => set(name, written.clone().into_bytes()),
                }
            }
            value => set(name, text(value)),
        }
    }
}

/// Whether a text looks like an object or a list of them.
fn is_written(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.starts_with(b"{") && text.ends_with(b"}")
        || text.starts_with(b"[{") && text.ends_with(b"]")
}

/// The fields of what is written into a text of this name.
fn flatten_written(
    name: &str,
    written: Value,
    depth: usize,
    columns: &mut Columns,
    cells: &mut Vec<(usize, Vec<u8>)>,
) {
    match written {
        Value::Object(inner) => flatten(name, &inner, depth + 1, columns, cells),
        list => flatten("", &Map::from_iter([(name.to_owned(), list)]), depth, columns, cells),
    }
}

fn text(value: &Value) -> Vec<u8> {
    match value {
        Value::Null | Value::Object(_) | Value::Array(_) => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        Value::Bool(_) | Value::Number(_) => value.to_string().into_bytes(),
    }
}

/// Adds the fields of objects that stand as text in the cells of a table.
pub(super) fn expand(sample: &mut Sample) {
    for at in 0..sample.columns.len() {
        let is_nothing = |value: &[u8]| value == b"[]";
        let is_object = |value: &[u8]| is_written(value) || is_nothing(value);
        if sample.present(at).all(is_nothing) || !sample.present(at).all(is_object) {
            continue;
        }
        let mut columns = Columns::default();
        let cells: Vec<Vec<(usize, Vec<u8>)>> = sample
            .rows
            .iter()
            .map(|row| {
                let mut cells = Vec::new();
                if let Ok(written) = serde_json::from_slice(&row[at]) {
                    flatten_written(&sample.columns[at], written, 0, &mut columns, &mut cells);
                }
                cells
            })
            .collect();
        let inner = columns.sample(cells);
        sample.within += inner.columns.len();
        sample.columns.extend(inner.columns);
        for (row, more) in sample.rows.iter_mut().zip(inner.rows) {
            row.extend(more);
        }
    }
}

pub(super) fn read(
    source: &Source,
    job: &Job<'_>,
    ranges: Option<usize>,
) -> Result<Part, ImportError> {
    let mut parts = None;
    if source.kind == Kind::Ndjson {
        parts = source
            .in_ranges(ranges, b'\n', job.progress, |bytes, _| one_range(source, job, bytes))?;
    }
    let parts = match parts {
        Some(parts) => parts,
        None => vec![one_range(source, job, source.text(Some(job.progress)))?],
    };
    let mut part = Part::default();
    for (sink, is_truncated) in parts {
        if is_truncated {
            let rows = sink.rows_used();
            part.truncated = Some(
                job.truncated(&format!("{} breaks off after {rows} usable rows", source.shown()))?,
            );
        }
        part.sinks.push(sink);
    }
    Ok(part)
}

/// Reads the records of a range; whether it broke off.
fn one_range(
    source: &Source,
    job: &Job<'_>,
    reader: impl Read,
) -> Result<(Sink, bool), ImportError> {
    let flat = Flat::new(&job.roles);
    let mut paths = Paths::default();
    for (slot, name) in job.roles.slots.names.iter().enumerate() {
        paths.add(name, slot);
    }
    for (number, field) in job.roles.wild.iter().enumerate() {
        paths.add_wild(&field.column, number);
    }
    let mut sink = job.sink();
    let outcome = records(source.kind, reader, |found| {
        match found {
            Found::Record(line, bytes) => {
                one_record(&mut sink, job, flat.as_ref(), &paths, line, bytes);
            }
            Found::Stray(line) => sink.refuse(line, RefusalReason::NotJson),
        }
        ControlFlow::Continue(())
    })
    .map_err(|error| failed(source, &error))?;
    sink.lines = outcome.lines;
    sink.flush();
    Ok((sink, outcome.is_truncated))
}

fn one_record(
    sink: &mut Sink,
    job: &Job<'_>,
    flat: Option<&Flat<'_>>,
    paths: &Paths,
    line: u64,
    bytes: &[u8],
) {
    let Ok(json) = std::str::from_utf8(bytes) else {
        return sink.refuse(line, RefusalReason::NotText);
    };
    if let Some(texts) = flat.and_then(|flat| flat.read(json)) {
        return job.put(sink, line, &[], |slot| texts[slot]);
    }
    let read = record::read(json, paths, |fields| {
        job.put(sink, line, &fields.wild, |slot| fields.text(slot));
    });
    if read.is_err() {
        sink.refuse(line, RefusalReason::NotJson);
    }
}

/// Whether a name is a field of the members of a list.
pub(super) fn is_of_member(name: &str) -> bool {
    name.contains(MEMBER)
}
