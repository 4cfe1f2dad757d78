//! Whether the numbers of a trend can be published ones: intervals in order, and neither the first
//! nor the last time of the data among them.

use super::{Check, place};
use crate::views::{Ask, Head, Trend, TrendSpec};

pub(super) fn check(trend: &Trend, head: &Head<'_>) -> Check {
    let asked = &trend.spec.asked;
    let spec = TrendSpec { grain: asked.grain, label: asked.label.clone() };
    let mut check = Check::of(head, Ask::Trend(spec), &[trend.bins.len()]);
    if check.is_empty() {
        return check;
    }
    let last = trend.bins.len().saturating_sub(1);
    for (at, bin) in trend.bins.iter().enumerate() {
        let here = place("bin", at);
        check.count(&here, bin.count);
        check.inside(&here, bin.count, trend.people);
        check.holds(
            (bin.from.is_some() || at == 0) && (bin.to.is_some() || at == last),
            &here,
            "only the first interval may have no beginning and only the last no end",
        );
        let next = trend.bins.get(at + 1).and_then(|next| next.from);
        let is_before = |a: Option<jiff::civil::Date>, b: Option<jiff::civil::Date>, same: bool| {
            a.zip(b).is_none_or(|(a, b)| a < b || same && a == b)
        };
        check.holds(
            is_before(bin.from, bin.to, false) && is_before(bin.to, next, true),
            &here,
            "it does not end before the next one begins",
        );
    }
    check
}
