//! Mixpanel's raw export: an event and its properties, among them who and when.
//!
//! `time` is in seconds; newer exports and pipelines write milliseconds. There are no sessions.

use super::Facts;
use crate::views::Preset;

pub(super) const FACTS: Facts = Facts {
    preset: Preset::Mixpanel,
    needs: &[
        &["event", "event_name"],
        &["properties.distinct_id", "mp_distinct_id", "distinct_id"],
        &["properties.time", "time"],
        &[
            "properties.time",
            "properties.$insert_id",
            "$insert_id",
            "mp_lib",
            "mp_processing_time_ms",
        ],
    ],
    subject: &["properties.distinct_id", "distinct_id", "properties.$device_id"],
    session: &[],
    event: &["event", "event_name"],
    time: &["properties.time", "time"],
    consent: &[],
    insert_id: &["properties.$insert_id", "$insert_id"],
};
