//! Whether the numbers of a funnel can be numbers of a published funnel: at every step nobody or at
//! least k people drop off.

use super::{Check, place, sum};
use crate::views::{Ask, Funnel, FunnelSpec, Head};

pub(super) fn check(funnel: &Funnel, head: &Head<'_>) -> Check {
    let asked = &funnel.spec.asked;
    let ask = Ask::Funnel(FunnelSpec {
        steps: funnel.steps.iter().map(|step| step.label.clone()).collect(),
        order: asked.order,
        optional: asked.optional.clone(),
        exclude: asked.exclude.clone(),
        window_secs: asked.window_secs,
    });
    let mut check = Check::of(head, ask, &[funnel.steps.len(), funnel.time_to_convert.len()]);
    if check.is_empty() {
        return check;
    }
    let mut before = funnel.people;
    for (at, step) in funnel.steps.iter().enumerate() {
        let here = place("step", at);
        if step.count > 0 {
            check.count(&here, step.count);
        }
        check.rest(&here, before, step.count);
        if !asked.optional.contains(&step.label) {
            before = step.count;
        }
    }
    check.time_bins("time", &funnel.time_to_convert, false);
    let last = funnel.steps.last().map_or(0, |step| u128::from(step.count));
    check.holds(
        funnel.time_to_convert.is_empty()
            || sum(funnel.time_to_convert.iter().map(|bin| bin.count)) == last,
        "the times",
        "they do not add up to the last step",
    );
    check
}
