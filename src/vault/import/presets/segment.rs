//! Segment's calls, as its archives and warehouses keep them.
//!
//! A `track` has an event, a `page` or `screen` a name, an `identify` neither. Consent is stamped on
//! the context, a category each.

use super::Facts;
use crate::views::Polarity::TrueGrants;
use crate::views::Preset;

pub(super) const FACTS: Facts = Facts {
    preset: Preset::Segment,
    needs: &[
        &["anonymousId", "userId"],
        &["messageId", "originalTimestamp"],
        &["event", "name", "type"],
        &["timestamp", "originalTimestamp"],
    ],
    subject: &["userId", "anonymousId"],
    session: &[],
    event: &["event", "name", "type"],
    time: &["timestamp", "originalTimestamp"],
    consent: &[("*", "context.consent.categoryPreferences.*", TrueGrants)],
    insert_id: &["messageId"],
};
