//! Amplitude's export: gzips of lines in a zip, or its table in a warehouse.
//!
//! Times are UTC, written without a zone. A session is known by its start, and −1 stands for none.

use super::Facts;
use crate::views::Preset;

pub(super) const FACTS: Facts = Facts {
    preset: Preset::Amplitude,
    needs: &[
        &["event_type"],
        &["event_time", "client_event_time"],
        &["amplitude_id", "$insert_id", "amplitude_event_type", "client_upload_time"],
    ],
    subject: &["user_id", "device_id", "amplitude_id"],
    session: &["session_id"],
    event: &["event_type"],
    time: &["event_time", "client_event_time"],
    consent: &[],
    insert_id: &["$insert_id", "uuid"],
};
