//! PostHog's batch export, as lines or Parquet, and its events as its interface saves them.
//!
//! The properties are an object, or an object written into a string.

use super::Facts;
use crate::views::Preset;

pub(super) const FACTS: Facts = Facts {
    preset: Preset::Posthog,
    needs: &[
        &["event"],
        &["distinct_id"],
        &["timestamp"],
        &["person_id", "person.id", "properties.$session_id", "properties.$lib", "elements_chain"],
    ],
    subject: &["person_id", "person.id", "distinct_id"],
    session: &["properties.$session_id"],
    event: &["event"],
    time: &["timestamp"],
    consent: &[],
    insert_id: &["uuid"],
};
