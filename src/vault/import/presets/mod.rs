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
use super::record::MEMBER;
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
    ALL.iter().find(|facts| facts.list_in(sample).is_some()).map(|facts| facts.preset)
}

impl Facts {
    /// Before which the fields stand: nothing, or the list of an envelope that an interface answers
    /// or is sent with (`batch[].`). `None` where the sample is not of this export.
    fn list_in(&self, sample: &Sample) -> Option<String> {
        let mut lists = vec![String::new()];
        for name in &sample.columns {
            if let Some((list, _)) = name.split_once(MEMBER) {
                let list = format!("{list}{MEMBER}");
                if !lists.contains(&list) {
                    lists.push(list);
                }
            }
        }
        let fits = |list: &String| {
            let has = |field: &&str| find(sample, &within(list, field)).is_some();
            self.needs.iter().all(|group| group.iter().any(has))
        };
        lists.into_iter().find(fits)
    }
}

/// The name of a field in an envelope; those of a list of their own are in no other.
fn within(list: &str, field: &str) -> String {
    if is_of_member(field) { field.to_owned() } else { format!("{list}{field}") }
}

/// What plays which part in an export. `may_be_missing` is for records that leave out fields that
/// are empty, so that the sample need not show all of them.
pub(super) fn mapping(preset: Preset, sample: &Sample, may_be_missing: bool) -> Mapping {
    let Some(facts) = ALL.iter().find(|facts| facts.preset == preset) else {
        return Mapping::default();
    };
    let list = facts.list_in(sample).unwrap_or_default();
    let column = |field: &str| {
        let name = within(&list, field);
        find(sample, &name).or(may_be_missing.then_some(name))
    };
    let all = |fields: &[&str]| -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for name in fields.iter().filter_map(|field| column(field)) {
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
    let consent = facts.consent.iter().filter_map(|(purpose, field, polarity)| {
        let column = column(field)?;
        Some(ConsentField { purpose: (*purpose).to_owned(), column, polarity: *polarity })
    });
    // An id that is empty throughout tells nothing.
    let mut ids = facts.insert_id.iter().filter_map(|field| column(field));
    let known = ids.clone().find(|name| sample.has_values(name));
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
        consent: consent.collect(),
        insert_id: known.or_else(|| ids.next().filter(|_| may_be_missing)),
    }
}

/// The column of a field: of this name, else of this name but for case and punctuation. A field with
/// a `*` is there where some column fits it.
fn find(sample: &Sample, field: &str) -> Option<String> {
    if let Some((before, after)) = field.split_once('*') {
        let fits = |name: &String| {
            name.len() > before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        };
        return sample.columns.iter().any(fits).then(|| field.to_owned());
    }
    if let Some(name) = sample.columns.iter().find(|name| *name == field) {
        return Some(name.clone());
    }
    let wanted = loose(field);
    let fits =
        |name: &&String| is_of_member(name) == is_of_member(field) && loose_eq(name, &wanted);
    sample.columns.iter().find(fits).cloned()
}

fn loose(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn loose_eq(name: &str, wanted: &str) -> bool {
    let plain = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    plain.eq(wanted.chars())
}
