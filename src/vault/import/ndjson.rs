//! NDJSON: one object a line, nested fields by dotted path.
//!
//! Only mapped fields are looked at, as the text in the file: a 64-bit id never becomes a float.
//! A newline cannot be inside a JSON text, so ranges can start at any.
//!
//! *Invariant:* takes lines apart. What a field means is the sink's business.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};

use memchr::memchr;
use rayon::prelude::*;
use serde::Deserialize;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::mapping::Sample;
use super::sink::Sink;
use super::source::{Source, is_truncation};
use super::{ImportError, Job, Part};
use crate::views::RefusalReason;

const BLOCK: usize = 1 << 18;
const LONGEST_LINE: usize = 64 << 20;
const SMALL_FILE: u64 = 4 << 20;
/// How deep nested objects are offered as columns.
const DEEPEST: usize = 4;

/// The mapped paths as a tree: a key may be a whole dotted name or only its first part.
#[derive(Default)]
struct Paths {
    leaves: Vec<(String, usize)>,
    inner: Vec<(String, Paths)>,
}

impl Paths {
    fn add(&mut self, path: &str, slot: usize) {
        self.leaves.push((path.to_owned(), slot));
        for (dot, _) in path.match_indices('.') {
            let (first, rest) = (&path[..dot], &path[dot + 1..]);
            let at = self.inner.iter().position(|(key, _)| key == first).unwrap_or_else(|| {
                self.inner.push((first.to_owned(), Self::default()));
                self.inner.len() - 1
            });
            self.inner[at].1.add(rest, slot);
        }
    }
}

/// What is mapped of one line, as written.
struct Fields<'de> {
    /// Subject, session, event, time.
    own: [Option<&'de RawValue>; 4],
    attributes: Vec<Option<&'de RawValue>>,
}

impl<'de> Fields<'de> {
    /// Parts first, then attributes.
    fn set(&mut self, slot: usize, value: &'de RawValue) {
        match slot.checked_sub(self.own.len()) {
            None => self.own[slot] = Some(value),
            Some(nth) => self.attributes[nth] = Some(value),
        }
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Fills the fields from one object.
struct Object<'a, 'de> {
    paths: &'a Paths,
    fields: &'a mut Fields<'de>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, 'de> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    // What is not an object has no fields, and that is no fault of the line.

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            let is_leaf = self.paths.leaves.iter().any(|(name, _)| *name == key);
            let inner = self.paths.inner.iter().find(|(name, _)| *name == key);
            if !is_leaf && inner.is_none() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if let (false, Some((_, paths))) = (is_leaf, inner) {
                map.next_value_seed(Object { paths, fields: &mut *self.fields })?;
                continue;
            }
            let value: &'de RawValue = map.next_value()?;
            // One field may play two parts.
            for (name, slot) in &self.paths.leaves {
                if *name == key {
                    self.fields.set(*slot, value);
                }
            }
            if let Some((_, paths)) = inner
                && value.get().starts_with('{')
            {
                let mut nested = serde_json::Deserializer::from_str(value.get());
                Object { paths, fields: &mut *self.fields }
                    .deserialize(&mut nested)
                    .map_err(serde::de::Error::custom)?;
            }
        }
        Ok(())
    }
}

/// The text of a value: strings without quotes, numbers as written, nothing for null and lists.
fn text(value: Option<&RawValue>) -> Cow<'_, str> {
    let Some(raw) = value.map(RawValue::get) else { return Cow::Borrowed("") };
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Text<'_>>(raw).map_or(Cow::Borrowed(""), |t| t.0),
        Some(b'{' | b'[' | b'n') | None => Cow::Borrowed(""),
        Some(_) => Cow::Borrowed(raw),
    }
}

/// Fields of the first objects, nested ones by dotted path, in order of first appearance.
pub(super) fn sample(source: &Source, rows: usize) -> Result<Sample, ImportError> {
    let mut columns: Vec<String> = Vec::new();
    let mut objects = Vec::new();
    for line in source.head.split(|c| *c == b'\n') {
        if let Ok(Value::Object(object)) = serde_json::from_slice(line) {
            let mut cells = Vec::new();
            flatten("", &object, 1, &mut cells);
            for (name, _) in &cells {
                if !columns.contains(name) {
                    columns.push(name.clone());
                }
            }
            objects.push(cells);
            if objects.len() >= rows {
                break;
            }
        }
    }
    if objects.is_empty() {
        return Err(ImportError::Unusable(format!(
            "{} looks like NDJSON, but none of its first lines is a JSON object; choose another file",
            source.shown()
        )));
    }
    let rows = objects
        .into_iter()
        .map(|cells| {
            let mut row = vec![Vec::new(); columns.len()];
            for (name, value) in cells {
                if let Some(at) = columns.iter().position(|column| *column == name) {
                    row[at] = value;
                }
            }
            row
        })
        .collect();
    Ok(Sample { columns, rows })
}

fn flatten(
    prefix: &str,
    object: &serde_json::Map<String, Value>,
    depth: usize,
    cells: &mut Vec<(String, Vec<u8>)>,
) {
    for (key, value) in object {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Object(inner) if depth < DEEPEST => flatten(&name, inner, depth + 1, cells),
            Value::Object(_) | Value::Array(_) => {}
            Value::Null => cells.push((name, Vec::new())),
            Value::String(text) => cells.push((name, text.clone().into_bytes())),
            Value::Bool(_) | Value::Number(_) => cells.push((name, value.to_string().into_bytes())),
        }
    }
}

pub(super) fn read(
    source: &Source,
    job: &Job<'_>,
    ranges: Option<usize>,
) -> Result<Part, ImportError> {
    let wanted = ranges
        .unwrap_or_else(|| if source.len < SMALL_FILE { 1 } else { rayon::current_num_threads() });
    let parts: Vec<(Sink, bool)> = if source.is_seekable_text() && wanted > 1 {
        let starts = source.line_starts(wanted, b'\n').map_err(|error| source.failed(&error))?;
        let ends = starts.iter().skip(1).copied().chain([source.len]);
        let spans: Vec<(u64, u64)> = starts.iter().copied().zip(ends).collect();
        spans
            .into_par_iter()
            .map(|(start, end)| lines(source, job, source.range(start, end, Some(job.progress))))
            .collect::<Result<_, _>>()?
    } else {
        vec![lines(source, job, source.text(Some(job.progress)))?]
    };
    let mut part = Part::default();
    for (sink, is_truncated) in parts {
        if is_truncated {
            let rows = sink.rows_used();
            part.truncated = Some(job.truncated(&format!(
                "{} breaks off in its packed data after {rows} usable rows",
                source.shown()
            ))?);
        }
        part.sinks.push(sink);
    }
    Ok(part)
}

/// Reads the lines of a range; whether its bytes broke off.
fn lines(
    source: &Source,
    job: &Job<'_>,
    mut reader: impl Read,
) -> Result<(Sink, bool), ImportError> {
    let mut paths = Paths::default();
    let roles = &job.roles;
    let names =
        [Some(&roles.subject), roles.session.as_ref(), Some(&roles.event), roles.time.as_ref()];
    let names = names.into_iter().chain(roles.attributes.iter().map(Some));
    for (slot, name) in names.enumerate() {
        if let Some(name) = name {
            paths.add(name, slot);
        }
    }
    let mut sink = job.sink();
    let mut buffer = vec![0; BLOCK];
    let (mut start, mut filled) = (0, 0);
    let (mut is_end, mut is_truncated) = (false, false);
    while !is_end {
        buffer.copy_within(start..filled, 0);
        filled -= start;
        start = 0;
        if buffer.len() - filled < 4096 {
            if buffer.len() > LONGEST_LINE {
                return Err(ImportError::Unusable(format!(
                    "{} has a line longer than {} MB; choose a file with one object a line",
                    source.shown(),
                    LONGEST_LINE >> 20
                )));
            }
            buffer.resize(buffer.len() * 2, 0);
        }
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => is_end = true,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if is_truncation(&error) => (is_end, is_truncated) = (true, true),
            Err(error) => return Err(source.failed(&error)),
        }
        while let Some(len) = memchr(b'\n', &buffer[start..filled]) {
            sink.lines += 1;
            line(&mut sink, &paths, &buffer[start..start + len]);
            start += len + 1;
        }
    }
    if start < filled && !is_truncated {
        sink.lines += 1;
        line(&mut sink, &paths, &buffer[start..filled]);
    }
    sink.flush();
    Ok((sink, is_truncated))
}

fn line(sink: &mut Sink, paths: &Paths, bytes: &[u8]) {
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() {
        return;
    }
    let number = sink.lines;
    let Ok(json) = std::str::from_utf8(bytes) else {
        return sink.refuse(number, RefusalReason::NotText);
    };
    let mut fields = Fields { own: [None; 4], attributes: vec![None; sink.attributes.len()] };
    let mut parser = serde_json::Deserializer::from_str(json);
    let is_object = json.starts_with('{')
        && Object { paths, fields: &mut fields }.deserialize(&mut parser).is_ok();
    if !is_object || parser.end().is_err() {
        return sink.refuse(number, RefusalReason::NotJson);
    }
    for (nth, value) in fields.attributes.into_iter().enumerate() {
        sink.note(nth, text(value).as_bytes());
    }
    let [subject, session, event, time] = fields.own.map(text);
    sink.row(number, subject.as_bytes(), session.as_bytes(), event.as_bytes(), time.as_bytes());
}
