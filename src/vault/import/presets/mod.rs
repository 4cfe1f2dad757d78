//! What is known of the exports of vendors: one file each, a table of facts.
//!
//! A preset says by which fields an export is recognised, and which field plays which part. It
//! parses nothing. Names are compared without regard to case and punctuation, because warehouses
//! write `user_id` for `userId`. Epochs need no unit here: counted from 1973 on, seconds,
//! milliseconds, microseconds and nanoseconds have different lengths, and exports mix them.
//!
//! *Invariant:* knows names. What stands in the fields is nobody's business here.

mod amplitude;
mod ga4;
mod matomo;
mod mixpanel;
mod mparticle;
mod posthog;
mod segment;
pub(super) mod snowplow;

use super::json::is_of_member;
use super::mapping::Sample;
use crate::views::{ConsentField, Mapping, Otherwise, Polarity, Preset};

/// What is known of one export. Lists of fields are in the order of preference.
struct Facts {
    preset: Preset,
    /// Of every group at least one field must be there.
    needs: &'static [&'static [&'static str]],
    subject: &'static [&'static str],
    session: &'static [&'static str],
    event: &'static [&'static str],
    time: &'static [&'static str],
    /// Purpose, field, what `true` says.
    consent: &'static [(&'static str, &'static str, Polarity)],
    insert_id: &'static [&'static str],
}

/// The more special before the more general.
const ALL: [&Facts; 8] = [
    &mparticle::FACTS,
    &matomo::FACTS,
    &snowplow::FACTS,
    &ga4::FACTS,
    &posthog::FACTS,
    &amplitude::FACTS,
    &mixpanel::FACTS,
    &segment::FACTS,
];

/// The export that a sample is of.
pub(super) fn recognise(sample: &Sample) -> Option<Preset> {
    let has = |field: &&str| find(sample, field).is_some();
    let fits = |facts: &&&Facts| facts.needs.iter().all(|group| group.iter().any(has));
    ALL.iter().find(fits).map(|facts| facts.preset)
}

/// What plays which part in an export. `may_be_missing` is for records that leave out fields that
/// are empty, so that the sample need not show all of them.
pub(super) fn mapping(preset: Preset, sample: &Sample, may_be_missing: bool) -> Mapping {
    let Some(facts) = ALL.iter().find(|facts| facts.preset == preset) else {
        return Mapping::default();
    };
    let all = |fields: &[&'static str]| -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for field in fields {
            let name = match find(sample, field) {
                Some(name) => name.to_owned(),
                None if may_be_missing => (*field).to_owned(),
                None => continue,
            };
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    };
    let first = |fields| {
        let mut all = all(fields).into_iter();
        (all.next(), all.collect())
    };
    let (subject, other_subjects) = first(facts.subject);
    let (session, other_sessions) = first(facts.session);
    let (event, other_events) = first(facts.event);
    let (time, other_times) = first(facts.time);
    let mut consent = Vec::new();
    for (purpose, field, polarity) in facts.consent {
        let column = match find(sample, field) {
            Some(name) => name.to_owned(),
            None if may_be_missing => (*field).to_owned(),
            None => continue,
        };
        consent.push(ConsentField { purpose: (*purpose).to_owned(), column, polarity: *polarity });
    }
    // An id that is empty throughout tells nothing.
    let present = |field: &&&str| find(sample, field).is_some_and(|name| sample.has_values(name));
    let insert_id = facts.insert_id.iter().find(present).or(if may_be_missing {
        facts.insert_id.first()
    } else {
        None
    });
    Mapping {
        subject,
        session,
        event,
        time,
        attributes: Vec::new(),
        otherwise: Otherwise {
            subject: other_subjects,
            session: other_sessions,
            event: other_events,
            time: other_times,
        },
        consent,
        insert_id: insert_id.map(|field| find(sample, field).unwrap_or(field).to_owned()),
    }
}

/// The column of a field: of this name, else of this name but for case and punctuation. A field with
/// a `*` is there where some column fits it.
fn find<'a>(sample: &'a Sample, field: &'a str) -> Option<&'a str> {
    if let Some((before, after)) = field.split_once('*') {
        let fits = |name: &String| {
            name.len() > before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        };
        return sample.columns.iter().any(fits).then_some(field);
    }
    if let Some(name) = sample.columns.iter().find(|name| *name == field) {
        return Some(name);
    }
    let wanted = loose(field);
    let fits =
        |name: &&String| is_of_member(name) == is_of_member(field) && loose_eq(name, &wanted);
    sample.columns.iter().find(fits).map(String::as_str)
}

fn loose(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn loose_eq(name: &str, wanted: &str) -> bool {
    let plain = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    plain.eq(wanted.chars())
}
