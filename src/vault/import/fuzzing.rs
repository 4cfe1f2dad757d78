//! What must hold for any file: it is read the same way twice, every row is used or refused with a
//! reason and a line, and what is packed reads like what is not.
//!
//! *Invariant:* plain values of records are compared here and go nowhere.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(crate) use super::delimited::fuzzing::delimited;
use super::group::{self, Wanted};
pub(crate) use super::json::fuzzing::records;
use super::mapping::{self, Sample};
use super::quality::Refusals;
use super::roles::Roles;
use super::sink::{Layout, Sink};
pub(crate) use super::time::fuzzing::times;
use super::{ImportError, Imported, container, import, inspect, presets};
use crate::fuzzing::{TempFile, assert_no_value};
use crate::vault::journeys::{SESSION_GAP_MILLIS, Store};
use crate::views::{
    ConsentState, DateOrder, ImportPlan, Mapping, Preset, Progress, Quality, Refusal,
};

/// One event of a row: who, what, when in milliseconds.
pub(super) type Event = (Vec<u8>, Vec<u8>, i64);

/// A person: identifier, events with their times and whether each begins a session, attributes,
/// consent.
type Person = (Vec<u8>, Vec<(String, Option<i64>, bool)>, Vec<Option<String>>, Vec<ConsentState>);

/// What sinks hold.
#[derive(PartialEq)]
pub(super) struct Contents {
    /// In the order of the file.
    pub(super) events: Vec<Event>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) lines: u64,
    people: Vec<Person>,
}

impl Contents {
    pub(super) fn of(layout: Layout, attributes: &[String], mut sinks: Vec<Sink>) -> Self {
        let mut events = Vec::new();
        let mut refusals = Refusals::default();
        let (mut lines, mut rows_read, mut refused) = (0, 0, 0);
        for sink in &mut sinks {
            let subjects: Vec<&[u8]> = sink.subjects.texts().collect();
            let labels: Vec<&[u8]> = sink.labels.texts().collect();
            for row in sink.blocks.iter().flat_map(|block| &block.rows) {
                let (subject, label) = (subjects[row.subject as usize], labels[row.label as usize]);
                events.push((subject.to_vec(), label.to_vec(), row.time_millis));
            }
            refusals.append(std::mem::take(&mut sink.refusals), lines);
            lines += sink.lines;
            rows_read += sink.rows_read;
        }
        let refusals = refusals.into_list();
        refused += refusals.iter().map(|refusal| refusal.rows).sum::<u64>();
        assert_eq!(rows_read, events.len() as u64 + refused, "rows are used or refused");
        let mut people = Vec::new();
        if !events.is_empty() {
            let wanted = Wanted { session_gap_millis: SESSION_GAP_MILLIS, drop_duplicates: false };
            let Ok(grouped) = group::group(layout, attributes.to_vec(), sinks, wanted) else {
                panic!("rows do not become journeys");
            };
            people = plain(&grouped.store);
            assert_eq!(people.iter().map(|person| person.1.len()).sum::<usize>(), events.len());
        }
        Self { events, refusals, lines, people }
    }
}

/// A store as plain values, its own promises checked.
fn plain(store: &Store) -> Vec<Person> {
    let mut dictionary = store.dictionary().to_vec();
    dictionary.sort_unstable();
    assert!(dictionary.windows(2).all(|pair| pair[0] != pair[1]), "a label is there twice");
    let people: Vec<Person> = (0..store.subjects())
        .map(|subject| {
            let range = store.events_of(subject);
            assert!(!range.is_empty(), "somebody did nothing");
            let first = range.start;
            let times = store.time_millis.as_ref();
            let events: Vec<(String, Option<i64>, bool)> = range
                .map(|event| {
                    let label = store.dictionary()[store.label(event) as usize].clone();
                    let begins = event == first || store.starts_session(event, 1);
                    (label, times.map(|times| times[event]), begins)
                })
                .collect();
            assert!(events.is_sorted_by_key(|event| event.1), "events are not in time order");
            let attributes = store.attributes.iter().map(|attribute| {
                attribute.values.get(attribute.of_subject[subject] as usize).cloned()
            });
            let consent = store.consent.iter().map(|consent| consent.of_subject[subject]);
            (store.subject_id(subject).to_vec(), events, attributes.collect(), consent.collect())
        })
        .collect();
    let mut ids: Vec<&[u8]> = people.iter().map(|person| person.0.as_slice()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "somebody is there twice");
    people
}

/// `0` is no preset, `1` the first one.
pub(super) fn preset(byte: u8) -> Option<Preset> {
    let number = usize::from(byte.wrapping_sub(b'0')) % (Preset::ALL.len() + 1);
    Some(Preset::ALL[number.checked_sub(1)?])
}

/// A plan by two bytes: the preset, and a bit for each choice.
fn plan(file: &TempFile, preset_byte: u8, choices: u8) -> ImportPlan {
    let is = |bit: u8| choices & bit != 0;
    ImportPlan {
        files: vec![file.path().to_owned()],
        preset: preset(preset_byte),
        accept_truncated: !is(1),
        drop_duplicates: is(2),
        timezone: is(4).then(|| "Europe/Berlin".to_owned()),
        date_order: is(8).then_some(DateOrder::DayFirst),
        ..ImportPlan::default()
    }
}

/// Imports and checks what every import promises.
fn checked(plan: &ImportPlan) -> Result<(Vec<Person>, Quality), String> {
    match import(plan, &Progress::default()) {
        Ok(Imported { store, quality, .. }) => {
            let people = plain(&store);
            let events: usize = people.iter().map(|person| person.1.len()).sum();
            let refused: u64 = quality.refusals.iter().map(|refusal| refusal.rows).sum();
            let dropped = if quality.duplicates.dropped { quality.duplicates.rows } else { 0 };
            assert_eq!(quality.rows_read, quality.rows_used + dropped + refused);
            assert_eq!(quality.rows_used, events as u64);
            for Refusal { rows, lines, .. } in &quality.refusals {
                assert_eq!(lines.len() as u64, (*rows).min(Refusal::LINES_KEPT as u64));
                assert!(lines.is_sorted() && lines.first().is_none_or(|line| *line > 0));
            }
            assert!(quality.rows_used > 0, "an import of nothing is none");
            Ok((people, quality))
        }
        Err(ImportError::Cancelled(_)) => panic!("nobody has stopped it"),
        Err(error) => {
            let sentence = error.to_string();
            assert!(!sentence.contains(['\n', '\r']), "an error is one line");
            Err(sentence)
        }
    }
}

/// What is said about a file names its columns and repeats none of its values.
fn looked_at(plan: &ImportPlan, bytes: &[u8]) {
    let inspected = inspect(plan);
    let names: Vec<String> = match &inspected {
        Ok(found) => found.columns.iter().map(|column| column.name.clone()).collect(),
        Err(_) => Vec::new(),
    };
    // The file's own name is told as well, and the fuzzer soon knows it.
    let others = [names.join(", "), container::shown(&plan.files[0])];
    let names: Vec<String> = names.into_iter().chain(others).collect();
    // The names of the files in an archive are names, and stand in it as they are.
    let is_archive = memchr::memmem::find(bytes, b"PK").is_some();
    match (&inspected, inspect(plan)) {
        (Ok(one), Ok(other)) => {
            assert!(*one == other, "another look finds something else");
            if !is_archive {
                one.columns.iter().for_each(|column| assert_no_value(&column.shape, bytes, &names));
            }
        }
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
        _ => panic!("another look fails otherwise"),
    }
    let (one, other) = (checked(plan), checked(plan));
    assert!(one == other, "reading again gives something else");
    let said = match one {
        Ok((_, quality)) => format!("{:?} {:?}", quality.repairs, quality.truncated),
        Err(sentence) => sentence,
    };
    if !is_archive {
        assert_no_value(&said, bytes, &names);
    }
}

/// Any file at all, as it would be dropped into the window.
pub(crate) fn tables(data: &[u8]) {
    let Some(([preset, choices], bytes)) = data.split_first_chunk() else { return };
    let file = TempFile::with(bytes);
    looked_at(&plan(&file, *preset, *choices), bytes);
}

/// Parquet and Arrow: a damaged one must not ask for more memory than there is.
pub(crate) fn columnar(data: &[u8]) {
    let magic = [&b"PAR1"[..], b"ARROW1", b"\xFF\xFF\xFF\xFF"];
    if magic.iter().any(|magic| data.starts_with(magic)) {
        let file = TempFile::with(data);
        // Values stand in such files beside their names, and names are told.
        let one = checked(&plan(&file, b'0', 0));
        assert!(one == checked(&plan(&file, b'0', 0)), "reading again gives something else");
        let _ = inspect(&plan(&file, b'0', 0));
    }
}

/// An event log; what does not begin like XML is put into one.
pub(crate) fn xes(data: &[u8]) {
    let whole = if data.starts_with(b"<") {
        data.to_vec()
    } else {
        [b"<log><trace>", data, b"</trace></log>"].concat()
    };
    let file = TempFile::with(&whole);
    looked_at(&plan(&file, b'0', 0), &whole);
}

/// Packings: by the first byte the bytes are an archive themselves, or are packed and then read like
/// what was packed, or are packed and then damaged.
pub(crate) fn container(data: &[u8]) {
    let Some(([way, place], bytes)) = data.split_first_chunk() else { return };
    let (way, place) = (way.wrapping_sub(b'0'), usize::from(*place));
    if way >= 18 {
        unpacked(bytes);
        let file = TempFile::with(bytes);
        let plan = plan(&file, b'0', 0);
        let (one, other) = (checked(&plan), checked(&plan));
        assert!(one == other, "reading again gives something else");
        return;
    }
    let mut packed = pack(way % 6, bytes);
    if way < 6 {
        let (file, other) = (TempFile::with(bytes), TempFile::with(&packed));
        let plain = checked(&plan(&file, b'0', 0));
        let within = checked(&plan(&other, b'0', 0));
        // What is packed already may be packed too often, and a zip in a zip is refused.
        if !is_packed(bytes) {
            assert_eq!(plain.is_ok(), within.is_ok(), "packing makes a difference");
            if let (Ok((plain, one)), Ok((within, other))) = (plain, within) {
                assert!(plain == within, "packing makes other journeys");
                assert_eq!(one.refusals, other.refusals);
            }
        }
        return;
    }
    if way < 12 {
        packed.truncate(packed.len() * place / 256);
    } else if let Some(byte) = packed.get_mut(place) {
        *byte ^= 1 << (place % 8);
    }
    unpacked(&packed);
    let file = TempFile::with(&packed);
    let _ = checked(&plan(&file, b'0', 0));
    let _ = checked(&plan(&file, b'0', 1));
}

fn is_packed(bytes: &[u8]) -> bool {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    starts(b"PK")
        || starts(b"\x1F\x8B")
        || starts(b"\x28\xB5\x2F\xFD")
        || bytes.get(1..4).is_some_and(|rest| rest == b"\x2A\x4D\x18")
}

/// Unpacks everything and counts it.
fn unpacked(bytes: &[u8]) {
    // 64 MB or 250 times the size, a layer.
    let most = (64 << 20).max(bytes.len() as u64 * 250);
    let file = TempFile::with(bytes);
    let Ok(found) = container::open(file.path()) else { return };
    for packed in found.files {
        let got = std::io::copy(&mut packed.unpacked(None), &mut std::io::sink());
        assert!(got.is_err() || got.is_ok_and(|got| got <= most), "it inflates without a bound");
        let _ = packed.is_blank();
        assert!(!packed.shown().contains(['\n', '\r']));
    }
}

fn pack(way: u8, bytes: &[u8]) -> Vec<u8> {
    let gzip = |bytes: &[u8]| {
        let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
        writer.write_all(bytes).and_then(|()| writer.finish())
    };
    let zip = |method: CompressionMethod, bytes: &[u8]| {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        let started = writer.start_file("events", options);
        let written = started.map_err(std::io::Error::other).and_then(|()| writer.write_all(bytes));
        written.and_then(|()| writer.finish().map_err(std::io::Error::other))
    };
    let packed = match way {
        0 => gzip(bytes),
        1 => zstd::encode_all(bytes, 1),
        2 => zip(CompressionMethod::Stored, bytes).map(std::io::Cursor::into_inner),
        3 => zip(CompressionMethod::Deflated, bytes).map(std::io::Cursor::into_inner),
        4 => gzip(bytes)
            .and_then(|inner| zip(CompressionMethod::Stored, &inner))
            .map(std::io::Cursor::into_inner),
        _ => gzip(bytes).and_then(|inner| zstd::encode_all(inner.as_slice(), 1)),
    };
    let Ok(packed) = packed else { panic!("nothing can be packed") };
    packed
}

/// The first line names columns with tabs between them, the others are rows: a mapping is found,
/// completed and told.
pub(crate) fn mapping(data: &[u8]) {
    let Some(([preset_byte, choices], text)) = data.split_first_chunk() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let mut lines = text.split('\n');
    let columns: Vec<String> =
        lines.next().unwrap_or_default().split('\t').map(str::to_owned).collect();
    let rows: Vec<Vec<Vec<u8>>> = lines
        .take(100)
        .map(|line| {
            let mut row: Vec<_> = line.split('\t').map(|cell| cell.as_bytes().to_vec()).collect();
            row.resize(columns.len(), Vec::new());
            row
        })
        .collect();
    let listed = columns.join(", ");
    let told = container::in_one_line(&listed);
    let names: Vec<String> = columns.iter().cloned().chain([listed, told]).collect();
    let is = |bit: u8| choices & bit != 0;
    let sample = Sample { columns, rows, within: 0, is_open: is(1) };
    let preset = preset(*preset_byte).or_else(|| presets::recognise(&sample));
    let nth = |at: usize| sample.columns.get(at).cloned();
    let wanted = Mapping {
        subject: if is(2) { nth(0) } else { None },
        time: if is(4) { nth(1) } else { None },
        attributes: if is(8) {
            sample.columns.iter().take(3).cloned().collect()
        } else {
            Vec::new()
        },
        ..Mapping::default()
    };
    let complete = mapping::complete(&wanted, &sample, preset, "the file");
    let Ok(found) = complete else { panic!("a column that is there is not found") };
    if !sample.is_open {
        let parts = [&found.subject, &found.session, &found.event, &found.time];
        for name in parts.into_iter().flatten() {
            assert!(sample.columns.contains(name), "a column is made up");
        }
    }
    for profile in mapping::profiles(&sample, &found) {
        assert!(profile.empty_percent <= 100);
        assert_no_value(&profile.shape, text.as_bytes(), &names);
    }
    let _ = mapping::questions(&found, None);
    let notes = mapping::notes(&found, preset, sample.names());
    assert!(notes.iter().all(|note| !note.contains(char::is_control)), "a note is one line");
    let said = match mapping::check(&found, &sample, "the file") {
        Ok(()) => Roles::new(found, &sample, "the file").err(),
        Err(error) => Some(error),
    };
    if let Some(error) = said {
        assert_no_value(&error.to_string(), text.as_bytes(), &names);
    }
}
