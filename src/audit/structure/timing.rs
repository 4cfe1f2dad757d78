//! Whether the numbers of a timing view can be published ones: everybody is in one bin.

use super::{Check, sum};
use crate::views::{Ask, Head, Timing, TimingSpec};

pub(super) fn check(timing: &Timing, head: &Head<'_>) -> Check {
    let asked = &timing.spec.asked;
    let spec = TimingSpec { from: asked.from_label.clone(), to: asked.to_label.clone() };
    let mut check = Check::of(head, Ask::Timing(spec), &[timing.bins.len()]);
    let quantiles = [timing.quantiles.p25, timing.quantiles.p50, timing.quantiles.p75];
    if check.is_empty() {
        check.holds(
            quantiles == [None; 3],
            "the quantiles",
            "there is nobody whose time they could be",
        );
        return check;
    }
    check.time_bins("bin", &timing.bins, false);
    check.holds(
        timing.bins.first().is_some_and(|bin| bin.from == 0),
        "the bins",
        "the first one does not begin at 0",
    );
    check.holds(
        sum(timing.bins.iter().map(|bin| bin.count)) == u128::from(timing.people),
        "people",
        "it is not the sum of the bins",
    );
    let told: Vec<u64> = quantiles.into_iter().flatten().collect();
    let end = timing.bins.last().and_then(|bin| bin.to);
    check.holds(
        told.is_sorted() && told.last().is_none_or(|last| end.is_none_or(|end| *last <= end)),
        "the quantiles",
        "they are not in ascending order within the bins",
    );
    check
}
