//! XES, streamed: traces, their events, and the attributes that are mapped.
//!
//! A trace is handed on when it is complete, so that a file that breaks off gives its whole traces
//! and nothing else. Attributes inside lists and containers belong to those, not to the event.
//! A DTD is refused: it can make a small file grow without bound, and no event log needs one.
//!
//! *Invariant:* knows elements and attributes. What an attribute means is the sink's business.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::container::is_truncation;
use super::mapping::Sample;
use super::sink::Sink;
use super::source::Source;
use super::{ImportError, Job, Part, container};
use crate::views::{Cancelled, RefusalReason};

/// What a trace attribute is called among the columns.
const TRACE_PREFIX: &str = "case:";

/// What the file says, in its order.
enum Item<'a> {
    TraceEnd,
    EventEnd,
    /// An event that stands in no trace has ended.
    LooseEventEnd,
    TraceAttribute(&'a str, Value<'a>),
    EventAttribute(&'a str, Value<'a>),
}

/// The value of an attribute, as it stands in the file: of most attributes nobody asks.
struct Value<'a>(&'a Attribute<'a>);

impl Value<'_> {
    /// Nothing where it cannot be read.
    fn text(&self) -> Option<Cow<'_, str>> {
        self.0.normalized_value(XmlVersion::Implicit1_0).ok()
    }
}

/// An element longer than this is a quote that somebody forgot to close.
const LONGEST_ELEMENT: u64 = 64 << 20;

/// Why the reading stopped before the end.
enum Stop {
    Dtd,
    TooLong,
    Cancelled,
    /// Broken off or unreadable from this byte on.
    Broken(u64),
    Failed(io::Error),
}

/// Walks through the file; `take` may stop it.
fn walk(bytes: impl Read, mut take: impl FnMut(Item<'_>) -> ControlFlow<()>) -> Result<(), Stop> {
    let left = Cell::new(LONGEST_ELEMENT);
    let bytes = Limited { bytes, left: &left };
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, bytes));
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    let mut trace: Option<usize> = None;
    let mut event: Option<usize> = None;
    loop {
        // A buffer that was filled once by a long text is not kept for the short ones.
        if buffer.capacity() > 1 << 20 {
            buffer = Vec::new();
        }
        buffer.clear();
        left.set(LONGEST_ELEMENT);
        let before = reader.buffer_position();
        let flow = match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) => {
                depth += 1;
                open(&element, depth, &mut trace, &mut event, &mut take)
            }
            Ok(Event::Empty(element)) => {
                let (trace_before, event_before) = (trace, event);
                depth += 1;
                let flow = open(&element, depth, &mut trace, &mut event, &mut take);
                let flow = if flow.is_break() {
                    flow
                } else {
                    close(depth, &mut trace, &mut event, &mut take)
                };
                depth -= 1;
                debug_assert!((trace, event) == (trace_before, event_before));
                flow
            }
            Ok(Event::End(_)) => {
                let flow = close(depth, &mut trace, &mut event, &mut take);
                depth = depth.saturating_sub(1);
                flow
            }
            Ok(Event::DocType(_)) => return Err(Stop::Dtd),
            Ok(Event::Eof) if depth > 0 => return Err(Stop::Broken(before)),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => ControlFlow::Continue(()),
            Err(quick_xml::Error::Io(error)) => {
                return Err(match error.get_ref() {
                    Some(inner) if inner.is::<Cancelled>() => Stop::Cancelled,
                    _ if is_truncation(&error) => Stop::Broken(before),
                    _ if error.kind() == io::ErrorKind::FileTooLarge => Stop::TooLong,
                    _ => Stop::Failed(
                        Arc::try_unwrap(error)
                            .unwrap_or_else(|error| io::Error::new(error.kind(), "read failed")),
                    ),
                });
            }
            Err(_) => return Err(Stop::Broken(before)),
        };
        if flow.is_break() {
            return Ok(());
        }
    }
}

/// Ends the reading where an element has no end: the reader would keep all of it.
struct Limited<'a, R> {
    bytes: R,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.bytes.read(buffer)?;
        let left = self.left.get().checked_sub(got as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        self.left.set(left);
        Ok(got)
    }
}

fn open(
    element: &BytesStart<'_>,
    depth: usize,
    trace: &mut Option<usize>,
    event: &mut Option<usize>,
    take: &mut impl FnMut(Item<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let local = element.local_name();
    match local.as_ref() {
        "trace" if trace.is_none() && depth == 2 => *trace = Some(depth),
        "event" if event.is_none() && depth == trace.map_or(2, |trace| trace + 1) => {
            *event = Some(depth);
        }
        _ => {
            let is_event = event.is_some_and(|event| depth == event + 1);
            let is_trace = event.is_none() && trace.is_some_and(|trace| depth == trace + 1);
            if (is_event || is_trace)
                && let Some((key, value)) = key_and_value(element)
                && let Ok(key) = key.normalized_value(XmlVersion::Implicit1_0)
            {
                let value = Value(&value);
                return take(if is_event {
                    Item::EventAttribute(&key, value)
                } else {
                    Item::TraceAttribute(&key, value)
                });
            }
        }
    }
    ControlFlow::Continue(())
}

/// Both, found in one pass: this is asked for every attribute of a log.
fn key_and_value<'a>(element: &'a BytesStart<'_>) -> Option<(Attribute<'a>, Attribute<'a>)> {
    let (mut key, mut value) = (None, None);
    // Of two with one name the first counts.
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.ok()?;
        match attribute.key.as_ref() {
            "key" if key.is_none() => key = Some(attribute),
            "value" if value.is_none() => value = Some(attribute),
            _ => continue,
        }
        if key.is_some() && value.is_some() {
            break;
        }
    }
    key.zip(value)
}

fn close(
    depth: usize,
    trace: &mut Option<usize>,
    event: &mut Option<usize>,
    take: &mut impl FnMut(Item<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if *event == Some(depth) {
        *event = None;
        return take(if trace.is_some() { Item::EventEnd } else { Item::LooseEventEnd });
    }
    if *trace == Some(depth) {
        *trace = None;
        return take(Item::TraceEnd);
    }
    ControlFlow::Continue(())
}

/// Attributes of the first events: those of traces as `case:KEY`, those of events as `KEY`. Logs
/// may open with megabytes of statistics about themselves, so this reads until there are events.
pub(super) fn sample(source: &Source, rows: usize) -> Result<Sample, ImportError> {
    let mut sample = Sample::default();
    let mut trace: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut event: Vec<(usize, Vec<u8>)> = Vec::new();
    let column = |columns: &mut Vec<String>, name: String| {
        columns.iter().position(|known| *known == name).unwrap_or_else(|| {
            columns.push(name);
            columns.len() - 1
        })
    };
    let walked = walk(source.text(None), |item| {
        match item {
            Item::TraceAttribute(key, value) => {
                let at = column(&mut sample.columns, format!("{TRACE_PREFIX}{key}"));
                trace.extend(value.text().map(|value| (at, value.as_bytes().to_vec())));
            }
            Item::EventAttribute(key, value) => {
                let at = column(&mut sample.columns, key.to_owned());
                event.extend(value.text().map(|value| (at, value.as_bytes().to_vec())));
            }
            Item::LooseEventEnd => event.clear(),
            Item::EventEnd => {
                let mut row = vec![Vec::new(); sample.columns.len()];
                for (at, value) in trace.iter().cloned().chain(event.drain(..)) {
                    row[at] = value;
                }
                sample.rows.push(row);
            }
            Item::TraceEnd => trace.clear(),
        }
        if sample.rows.len() < rows { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    match walked {
        Err(Stop::Dtd) => Err(dtd(source)),
        Err(Stop::TooLong) => Err(too_long(source)),
        Err(Stop::Failed(error)) => Err(source.failed(&error)),
        // A broken file is reported when it is read.
        _ if sample.rows.is_empty() => Err(ImportError::Unusable(format!(
            "{} has no event that can be read; choose a file with events",
            source.shown()
        ))),
        _ => Ok(sample),
    }
}

/// Where a mapped attribute stands.
struct Wanted<'a> {
    is_trace: bool,
    key: &'a str,
}

impl<'a> Wanted<'a> {
    /// `case:KEY` is an attribute of the trace, `KEY` one of the event.
    fn new(name: &'a str) -> Self {
        match name.strip_prefix(TRACE_PREFIX) {
            Some(key) => Self { is_trace: true, key },
            None => Self { is_trace: false, key: name },
        }
    }
}

/// The texts of all slots.
type Fields = Box<[String]>;

/// Rows of the trace that is being read.
struct Trace {
    own: Fields,
    event: Fields,
    rows: Vec<Fields>,
    used: usize,
}

pub(super) fn read(source: &Source, job: &Job<'_>) -> Result<Part, ImportError> {
    let wanted: Vec<Wanted<'_>> =
        job.roles.slots.names.iter().map(|name| Wanted::new(name)).collect();
    let mut sink = job.sink();
    let mut trace = Trace::new(wanted.len());
    let mut record = 0;
    let mut traces = 0_u64;
    let walked = walk(source.text(Some(job.progress)), |item| {
        match item {
            Item::TraceAttribute(key, value) => keep(&wanted, true, key, &value, &mut trace.own),
            Item::EventAttribute(key, value) => keep(&wanted, false, key, &value, &mut trace.event),
            Item::EventEnd => trace.end_event(),
            Item::LooseEventEnd => {
                record += 1;
                trace.event.iter_mut().for_each(String::clear);
                sink.refuse(record, RefusalReason::NoSubject);
            }
            Item::TraceEnd => {
                traces += 1;
                trace.end_trace(&wanted, job, &mut record, &mut sink);
            }
        }
        ControlFlow::Continue(())
    });
    let mut part = Part::default();
    match walked {
        Ok(()) => {}
        Err(Stop::Dtd) => return Err(dtd(source)),
        Err(Stop::TooLong) => return Err(too_long(source)),
        Err(Stop::Cancelled) => return Err(ImportError::Cancelled(Cancelled)),
        Err(Stop::Failed(error)) => return Err(source.failed(&error)),
        Err(Stop::Broken(byte)) => {
            let line = line_of(source, job, byte)?;
            part.truncated = Some(job.truncated(&format!(
                "{} cannot be read past byte {byte} (line {line}); {traces} complete traces come before it",
                source.shown()
            ))?);
        }
    }
    sink.flush();
    sink.lines = record;
    part.sinks.push(sink);
    Ok(part)
}

fn keep(wanted: &[Wanted<'_>], is_trace: bool, key: &str, value: &Value<'_>, into: &mut [String]) {
    for (wanted, into) in wanted.iter().zip(into) {
        if wanted.is_trace == is_trace
            && wanted.key == key
            && let Some(value) = value.text()
        {
            into.clear();
            into.push_str(&value);
        }
    }
}

impl Trace {
    fn new(fields: usize) -> Self {
        let empty = || vec![String::new(); fields].into_boxed_slice();
        Self { own: empty(), event: empty(), rows: Vec::new(), used: 0 }
    }

    fn end_event(&mut self) {
        if self.used == self.rows.len() {
            self.rows.push(vec![String::new(); self.event.len()].into_boxed_slice());
        }
        // Swapping keeps the strings' room for the next event.
        std::mem::swap(&mut self.rows[self.used], &mut self.event);
        self.event.iter_mut().for_each(String::clear);
        self.used += 1;
    }

    fn end_trace(
        &mut self,
        wanted: &[Wanted<'_>],
        job: &Job<'_>,
        record: &mut u64,
        sink: &mut Sink,
    ) {
        for row in &self.rows[..self.used] {
            *record += 1;
            job.put(sink, *record, &[], |slot| {
                if wanted[slot].is_trace { self.own[slot].as_bytes() } else { row[slot].as_bytes() }
            });
        }
        self.used = 0;
        self.own.iter_mut().for_each(String::clear);
    }
}

fn dtd(source: &Source) -> ImportError {
    ImportError::Unusable(format!(
        "{} has a document type definition (DTD), which is refused because it can be made to fill the memory; remove it from the file",
        source.shown()
    ))
}

fn too_long(source: &Source) -> ImportError {
    container::unusable(
        &source.shown(),
        &format!(
            "has an element or a text of more than {} MB, as where a quote is never closed; mend it in the file",
            LONGEST_ELEMENT >> 20
        ),
    )
}

/// The line of a byte of the text, counted from 1.
fn line_of(source: &Source, job: &Job<'_>, byte: u64) -> Result<u64, ImportError> {
    let mut text = source.text(Some(job.progress)).take(byte);
    let mut block = vec![0; 1 << 16];
    let mut line = 1;
    loop {
        match text.read(&mut block) {
            Ok(0) => return Ok(line),
            Ok(got) => line += memchr::memchr_iter(b'\n', &block[..got]).count() as u64,
            Err(error) if is_truncation(&error) => return Ok(line),
            Err(error) => return Err(source.failed(&error)),
        }
    }
}
