//! JSON in any number of ranges and in pieces of any size; fields held against serde_json's own
//! tree.

use serde_json::Value;

use super::super::container;
use super::super::fuzzing::{Contents, preset};
use super::super::mapping;
use super::super::presets;
use super::super::roles::Roles;
use super::super::sink::Layout;
use super::super::source::{Kind, Source};
use super::super::time::Clock;
use super::super::{Job, Part};
use super::{one_range, read, sample};
use crate::fuzzing::{Dribble, TempFile, assert_no_value};
use crate::views::{Mapping, Progress, RefusalReason};

/// The first byte chooses a preset; the rest is the file.
pub(crate) fn records(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let file = TempFile::with(bytes);
    let Ok(mut found) = container::open(file.path()) else { return };
    if found.files.len() != 1 {
        return;
    }
    let Ok(source) = Source::open(found.files.remove(0), None) else { return };
    if !matches!(source.kind, Kind::Ndjson | Kind::Json) {
        return;
    }
    let mut text = Vec::new();
    if source.text(None).read_to_end(&mut text).is_err() {
        return;
    }
    let sample = match sample(&source, 100) {
        Ok(sample) => sample,
        Err(error) => return assert_no_value(&error.to_string(), &text, &[source.shown()]),
    };
    let preset = preset(*choice).or_else(|| presets::recognise(&sample));
    let completed = mapping::complete(&Mapping::default(), &sample, preset, "the file");
    let Ok(mut mapping) = completed else { panic!("nothing was asked for that could be missing") };
    mapping.attributes = sample.columns.iter().take(2).cloned().collect();
    if mapping::missing(&mapping).is_some() {
        return;
    }
    let by_leaf = leaves(&mapping);
    let Ok(roles) = Roles::new(mapping, &sample, "the file") else { return };
    let layout = Layout {
        has_session: !roles.slots.session.is_empty(),
        has_time: !roles.slots.time.is_empty(),
        has_insert_id: roles.has_insert_id(),
    };
    let progress = Progress::default();
    let job = Job {
        layout,
        roles,
        clock: Clock::new(None, None),
        progress: &progress,
        accept_truncated: true,
    };
    let contents = |part: Part| Contents::of(layout, &job.roles.attributes, part.sinks);
    let in_ranges = |ranges: usize| {
        let Ok(part) = read(&source, &job, Some(ranges)) else { panic!("a text cannot be read") };
        contents(part)
    };
    let whole = in_ranges(1);
    assert!([2, 3, 8].iter().all(|ranges| in_ranges(*ranges) == whole), "ranges make a difference");
    let Ok((sink, _)) = one_range(&source, &job, Dribble::new(&text, *choice)) else {
        panic!("a text cannot be read in pieces");
    };
    assert!(
        contents(Part { sinks: vec![sink], ..Part::default() }) == whole,
        "pieces make a difference"
    );
    if source.kind == Kind::Ndjson {
        hold_against_trees(&text, &whole, by_leaf.as_ref());
    }
}

/// Subject and event, where both are fields of the record itself and nothing stands in for them.
fn leaves(mapping: &Mapping) -> Option<(String, String)> {
    let is_leaf = |name: &String| !name.contains(['.', '[', '*']);
    if !mapping.otherwise.subject.is_empty() || !mapping.otherwise.event.is_empty() {
        return None;
    }
    // Members of a list are several rows a record.
    let others = mapping.session.iter().chain(&mapping.time).chain(&mapping.insert_id);
    let fields = others.chain(&mapping.otherwise.session).chain(&mapping.otherwise.time);
    if fields.chain(&mapping.attributes).any(|name| super::is_of_member(name)) {
        return None;
    }
    mapping.subject.clone().zip(mapping.event.clone()).filter(|(a, b)| is_leaf(a) && is_leaf(b))
}

/// A line that is an object to serde_json is one here, and its texts are the same.
fn hold_against_trees(text: &[u8], whole: &Contents, by_leaf: Option<&(String, String)>) {
    let mut events = whole.events.iter();
    let not_json: Vec<u64> = whole
        .refusals
        .iter()
        .filter(|it| matches!(it.reason, RefusalReason::NotJson | RefusalReason::NotText))
        .flat_map(|it| it.lines.iter().copied())
        .collect();
    let refused: Vec<u64> = whole.refusals.iter().flat_map(|it| it.lines.iter().copied()).collect();
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii();
        let tree = serde_json::from_slice::<Value>(line).ok();
        if let Some(Value::Object(_)) = tree {
            assert!(!not_json.contains(&number), "line {number} is an object");
        }
        let Some((subject, event)) = by_leaf else { continue };
        if line.is_empty() || refused.contains(&number) {
            continue;
        }
        let Some((id, label, _)) = events.next() else { panic!("line {number} is missing") };
        let said = |name: &str| tree.as_ref().and_then(|tree| tree.get(name)?.as_str());
        assert!(said(subject).is_none_or(|text| text.as_bytes() == id.as_slice()));
        assert!(said(event).is_none_or(|text| text.as_bytes() == label.as_slice()));
    }
}
