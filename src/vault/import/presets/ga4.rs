//! The BigQuery export of Google Analytics 4, as JSON or Parquet, or some of its columns.
//!
//! `event_timestamp` is in microseconds. The session stands in a list of parameters, and is counted
//! anew for every person. Consent is `Yes`, `No` or `Unset`, in older exports `true` or `false`.

use super::Facts;
use crate::views::Polarity::TrueGrants;
use crate::views::Preset;

pub(super) const FACTS: Facts = Facts {
    preset: Preset::Ga4,
    needs: &[&["event_name"], &["user_pseudo_id"], &["event_timestamp", "event_date"]],
    subject: &["user_id", "user_pseudo_id"],
    session: &["event_params[ga_session_id]", "ga_session_id"],
    event: &["event_name"],
    time: &["event_timestamp", "event_date"],
    consent: &[
        ("analytics_storage", "privacy_info.analytics_storage", TrueGrants),
        ("ads_storage", "privacy_info.ads_storage", TrueGrants),
    ],
    insert_id: &[],
};
