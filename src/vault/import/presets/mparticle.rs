//! mParticle batches: a person and a list of events, from the Events API, S3 or a forwarder.
//!
//! `mpid` is a number of 64 bits. Consent is the batch's, and what a CCPA state says is whether
//! somebody opted *out*; so does an `opt_out` event, which is about being measured at all.

use super::Facts;
use crate::views::Polarity::{TrueGrants, TrueRefuses};
use crate::views::Preset;

pub(super) const FACTS: Facts = Facts {
    preset: Preset::Mparticle,
    needs: &[
        &["events[].event_type"],
        &["mpid", "mp_deviceid", "user_identities.customer_id", "batch_id", "source_request_id"],
    ],
    subject: &["mpid", "mp_deviceid"],
    session: &["events[].data.session_uuid", "events[].data.session_id"],
    event: &["events[].data.event_name", "events[].data.screen_name", "events[].event_type"],
    time: &["events[].data.timestamp_unixtime_ms", "timestamp_unixtime_ms"],
    consent: &[
        ("*", "consent_state.gdpr.*.consented", TrueGrants),
        ("data_sale", "consent_state.ccpa.data_sale_opt_out.consented", TrueRefuses),
        ("measurement", "events[].data.is_opted_out", TrueRefuses),
    ],
    insert_id: &["events[].data.source_message_id"],
};
