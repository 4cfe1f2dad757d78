//! Matomo's visits, as `Live.getLastVisitsDetails` gives them: a visit and the list of its actions.
//!
//! A step is what somebody tracked (the action of an event, a goal), else the page by its title or
//! its address, else the kind of the action (a search, an order).

use super::Facts;
use crate::views::Preset;

pub(super) const FACTS: Facts = Facts {
    preset: Preset::Matomo,
    needs: &[&["idVisit"], &["actionDetails[].type"], &["visitorId", "userId"]],
    subject: &["userId", "visitorId"],
    session: &["idVisit"],
    event: &[
        "actionDetails[].eventAction",
        "actionDetails[].goalName",
        "actionDetails[].pageTitle",
        "actionDetails[].url",
        "actionDetails[].type",
    ],
    time: &["actionDetails[].timestamp", "serverTimestamp"],
    consent: &[],
    insert_id: &[],
};
