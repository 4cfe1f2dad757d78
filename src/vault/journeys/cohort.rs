//! Whom a question is about: the journeys of a cohort, each with its person and segment.
//!
//! Every measure walks these journeys and nothing else, so filters, time windows, sessions and
//! segments mean the same in every view.

use std::ops::Range;

use jiff::civil::Date;
use rayon::prelude::*;

use super::{Attribute, Store};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::LabelTable;
use crate::views::{Extent, Filter, Policy, Spec, SpecError, Split, TimeGrain, Unit};

/// One journey: a run of events of one subject.
#[derive(Clone, Copy)]
pub(in crate::vault) struct Journey {
    pub(in crate::vault) subject: u32,
    /// A number below the cohort's [`segments`](Cohort::segments).
    pub(in crate::vault) segment: u32,
    pub(in crate::vault) start: u32,
    pub(in crate::vault) end: u32,
}

impl Journey {
    pub(in crate::vault) fn events(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The journeys of a cohort, those of a subject together, subjects in their order.
pub(in crate::vault) struct Cohort {
    pub(in crate::vault) journeys: Vec<Journey>,
    /// One where nothing is split.
    pub(in crate::vault) segments: Vec<Segment>,
}

/// A group that shares nobody with the others.
pub(in crate::vault) struct Segment {
    /// The value of the attribute; empty where nothing is split.
    pub(in crate::vault) name: String,
    pub(in crate::vault) part: Part,
}

/// What a segment is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum Part {
    /// Nothing is split.
    Whole,
    /// A segment of a breakdown.
    Segment,
    /// People of a breakdown without a value.
    NoValue,
    /// The two sides of a comparison.
    A,
    B,
    /// People of a comparison who are on neither side. They are drawn, but not shown.
    Neither,
}

/// The name of the segment of people without a value.
pub(in crate::vault) const NO_VALUE: &str = "(none)";

/// The journeys that a question is about.
///
/// # Errors
/// Where it names an attribute that was not read or a label that the data do not have, or needs
/// times that they do not have.
pub(in crate::vault) fn select(
    store: &Store,
    labels: &LabelTable,
    key: &Key,
    spec: &Spec,
    policy: Policy,
) -> Result<Cohort, SpecError> {
    let side = Sides::of(spec);
    let tests = side
        .filters
        .iter()
        .map(|filter| Test::new(store, filter))
        .collect::<Result<Vec<_>, SpecError>>()?;
    let (segments, segment_of) = segments(store, side.split.as_ref())?;
    let did = labels_of(labels, &spec.cohort.did)?;
    let did_not = labels_of(labels, &spec.cohort.did_not)?;
    let window = window(store, spec, policy)?;
    let grain_millis = grain_of_sessions(store, spec, policy)?;
    let choose = Choose { store, key, spec, cap: policy.cap() as usize, grain_millis };

    let keeps_label = |events: Range<usize>| {
        if did.is_empty() && did_not.is_empty() {
            return true;
        }
        let mut missing = did.clone();
        for event in events {
            let label = labels.effective[store.label(event) as usize];
            if did_not.contains(&label) {
                return false;
            }
            missing.retain(|wanted| *wanted != label);
        }
        missing.is_empty()
    };
    let chunks: Vec<Vec<Journey>> = (0..store.subjects().div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut journeys = Vec::with_capacity(CHUNK);
            for subject in chunk * CHUNK..((chunk + 1) * CHUNK).min(store.subjects()) {
                if !tests.iter().all(|test| test.holds(subject)) {
                    continue;
                }
                let mut events = store.events_of(subject);
                if let (Some((from, to)), Some(times)) = (window, &store.time_millis) {
                    let start = events.start;
                    let times = &times[events];
                    events = start + times.partition_point(|time| *time < from)
                        ..start + times.partition_point(|time| *time < to);
                }
                if events.is_empty() || !keeps_label(events.clone()) {
                    continue;
                }
                let segment = segment_of.of(subject);
                choose.add(subject as u32, segment, events, &mut journeys);
            }
            journeys
        })
        .collect();
    Ok(Cohort { journeys: chunks.concat(), segments })
}

/// Subjects that are walked together.
const CHUNK: usize = 16_384;

/// What remains of filters and split once a comparison has been told apart from its cohort.
struct Sides<'a> {
    filters: Vec<&'a Filter>,
    split: Option<SplitInto<'a>>,
}

enum SplitInto<'a> {
    Every(&'a str),
    Two { attribute: &'a str, a: &'a str, b: Option<&'a str> },
}

impl<'a> Sides<'a> {
    fn of(spec: &'a Spec) -> Self {
        let filters = &spec.cohort.filters;
        match &spec.split {
            None => Self { filters: filters.iter().collect(), split: None },
            Some(Split::By(attribute)) => {
                Self { filters: filters.iter().collect(), split: Some(SplitInto::Every(attribute)) }
            }
            Some(Split::Compare(compare)) => {
                let own = filters.iter().find(|filter| filter.attribute == compare.attribute);
                let others = filters.iter().filter(|filter| filter.attribute != compare.attribute);
                let attribute = compare.attribute.as_str();
                let split = match own {
                    Some(own) => {
                        SplitInto::Two { attribute, a: &own.value, b: Some(&compare.value) }
                    }
                    None => SplitInto::Two { attribute, a: &compare.value, b: None },
                };
                Self { filters: others.collect(), split: Some(split) }
            }
        }
    }
}

fn attribute<'a>(store: &'a Store, name: &str) -> Result<&'a Attribute, SpecError> {
    store.attributes.iter().find(|attribute| attribute.name == name).ok_or_else(|| {
        SpecError::Options(
            "an attribute that is asked for is no column of the data; check the spelling"
                .to_owned(),
        )
    })
}

/// Whether a subject has one value of one attribute.
struct Test<'a> {
    attribute: &'a Attribute,
    value: Option<u32>,
}

impl<'a> Test<'a> {
    fn new(store: &'a Store, filter: &Filter) -> Result<Self, SpecError> {
        let attribute = attribute(store, &filter.attribute)?;
        let value = attribute.values.iter().position(|value| *value == filter.value);
        Ok(Self { attribute, value: value.map(|value| value as u32) })
    }

    fn holds(&self, subject: usize) -> bool {
        self.value == Some(self.attribute.of_subject[subject])
    }
}

/// Which segment each subject is in.
enum SegmentOf<'a> {
    One,
    Value { attribute: &'a Attribute, to: Vec<u32>, else_to: u32 },
}

impl SegmentOf<'_> {
    fn of(&self, subject: usize) -> u32 {
        match self {
            Self::One => 0,
            Self::Value { attribute, to, else_to } => {
                to.get(attribute.of_subject[subject] as usize).copied().unwrap_or(*else_to)
            }
        }
    }
}

fn segments<'a>(
    store: &'a Store,
    split: Option<&SplitInto<'_>>,
) -> Result<(Vec<Segment>, SegmentOf<'a>), SpecError> {
    let segment = |name: &str, part| Segment { name: name.to_owned(), part };
    match split {
        None => Ok((vec![segment("", Part::Whole)], SegmentOf::One)),
        Some(SplitInto::Every(name)) => {
            let attribute = attribute(store, name)?;
            // By their text, so that the order of rows does not matter.
            let mut order: Vec<usize> = (0..attribute.values.len()).collect();
            order.sort_unstable_by_key(|value| &attribute.values[*value]);
            let mut to = vec![0; order.len()];
            let mut segments = Vec::with_capacity(order.len() + 1);
            for (number, value) in order.into_iter().enumerate() {
                to[value] = number as u32;
                segments.push(segment(&attribute.values[value], Part::Segment));
            }
            segments.push(segment(NO_VALUE, Part::NoValue));
            let else_to = segments.len() as u32 - 1;
            Ok((segments, SegmentOf::Value { attribute, to, else_to }))
        }
        Some(SplitInto::Two { attribute: name, a, b }) => {
            let attribute = attribute(store, name)?;
            let segments = vec![
                segment(a, Part::A),
                segment(b.unwrap_or_default(), Part::B),
                segment("", Part::Neither),
            ];
            let else_to = if b.is_some() { 2 } else { 1 };
            let side = |value: &String| {
                if value == a {
                    0
                } else if b.is_some_and(|b| value == b) {
                    1
                } else {
                    else_to
                }
            };
            let to = attribute.values.iter().map(side).collect();
            Ok((segments, SegmentOf::Value { attribute, to, else_to }))
        }
    }
}

fn labels_of(labels: &LabelTable, names: &[String]) -> Result<Vec<u32>, SpecError> {
    names.iter().map(|name| labels.known(name)).collect()
}

/// From the beginning of a day to the end of another, in milliseconds, the end not included.
///
/// Days are whole, so what a time grain cuts off an event's time leaves it in its day.
fn window(store: &Store, spec: &Spec, policy: Policy) -> Result<Option<(i64, i64)>, SpecError> {
    let (from, to) = (spec.cohort.from, spec.cohort.to);
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    if store.time_millis.is_none() {
        return Err(SpecError::Options(
            "the data have no times, so there is no time window; leave --from and --to out"
                .to_owned(),
        ));
    }
    if policy.time_grain() == TimeGrain::Order {
        return Err(SpecError::Options(
            "the policy keeps only the order of events, so there is no time window; leave --from and --to out, or choose another --time-grain"
                .to_owned(),
        ));
    }
    let begins = |day: Date| {
        let zoned = day.to_zoned_datetime(store.zone.clone());
        zoned.map(|zoned| zoned.timestamp().as_millisecond()).map_err(|_| {
            SpecError::Options("a day of the time window is out of range; change it".to_owned())
        })
    };
    let from = from.map(begins).transpose()?.unwrap_or(i64::MIN);
    let to = match to {
        None => i64::MAX,
        Some(day) => day.tomorrow().map_or(Ok(i64::MAX), begins)?,
    };
    Ok(Some((from, to)))
}

/// What times are cut to before sessions are told by pauses.
///
/// # Errors
/// Where that is not possible: a pause that is shorter than the grain cannot be seen.
fn grain_of_sessions(store: &Store, spec: &Spec, policy: Policy) -> Result<i64, SpecError> {
    let are_used = spec.unit == Unit::Sessions || spec.cohort.journey != Extent::Whole;
    if !(are_used && store.has_sessions_by_pause()) {
        return Ok(1);
    }
    let refuse = |why: &str| Err(SpecError::Options(why.to_owned()));
    match policy.time_grain().millis() {
        None => refuse(
            "the policy keeps only the order of events, so no pause can be seen and no session ends; map a session column, or choose another --time-grain",
        ),
        Some(grain) if grain > store.session_gap_millis.max(1) => refuse(
            "times are cut more coarsely than the pause that ends a session, so it cannot be seen; map a session column, choose a longer --session-gap, or another --time-grain",
        ),
        Some(grain) => Ok(grain),
    }
}

/// Which runs of a subject's events are journeys.
struct Choose<'a> {
    store: &'a Store,
    key: &'a Key,
    spec: &'a Spec,
    cap: usize,
    grain_millis: i64,
}

impl Choose<'_> {
    fn add(&self, subject: u32, segment: u32, events: Range<usize>, to: &mut Vec<Journey>) {
        let mut push = |events: Range<usize>| {
            to.push(Journey {
                subject,
                segment,
                start: events.start as u32,
                end: events.end as u32,
            });
        };
        if self.spec.unit == Unit::Sessions {
            let mut sessions = self.store.sessions(events, self.grain_millis);
            if sessions.len() > self.cap {
                let id = self.store.subject_id(subject as usize);
                let mut drawn: Vec<(u64, usize)> = (0..sessions.len())
                    .map(|n| (self.key.draw("cap", &[id, &(n as u64).to_le_bytes()]), n))
                    .collect();
                drawn.sort_unstable();
                drawn.truncate(self.cap);
                drawn.sort_unstable_by_key(|(_, n)| *n);
                sessions = drawn.into_iter().map(|(_, n)| sessions[n].clone()).collect();
            }
            return sessions.into_iter().for_each(push);
        }
        match self.spec.cohort.journey {
            Extent::Whole => push(events),
            extent => {
                let sessions = self.store.sessions(events, self.grain_millis);
                let chosen = match extent {
                    Extent::LastSession => sessions.last(),
                    // The first of the longest.
                    Extent::LongestSession => {
                        sessions.iter().rev().max_by_key(|session| session.len())
                    }
                    _ => sessions.first(),
                };
                if let Some(session) = chosen {
                    push(session.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
