//! What became different from one setup to the next, as far as the history keeps it.

use super::history::{Accepted, Event, ProtectionChange};
use super::setup::Setup;
use crate::views::Settled;

/// The entries for what a person changed. `is_personal` says of a text that somebody typed whether it
/// is to be kept out.
#[must_use]
pub fn changes(before: &Setup, now: &Setup, is_personal: &dyn Fn(&str) -> bool) -> Vec<Event> {
    let mut events = Vec::new();
    let protection = protection(before, now, is_personal);
    if protection != ProtectionChange::default() {
        events.push(Event::ProtectionChanged(protection));
    }
    let thresholds = |setup: &Setup| {
        let policy = setup.policy;
        (policy.k(), policy.b(), policy.blur(), policy.cap())
    };
    let (k, b, blur, cap) = thresholds(now);
    if thresholds(before) != (k, b, blur, cap) {
        events.push(Event::PolicyChanged { k, b, blur, cap });
    }
    events
}

fn protection(before: &Setup, now: &Setup, is_personal: &dyn Fn(&str) -> bool) -> ProtectionChange {
    fn changed<T: PartialEq>(before: &T, now: &T) -> bool {
        before != now
    }
    let reason = |reason: &String| (!is_personal(reason)).then(|| reason.clone());
    let labels = now
        .rules
        .accepted
        .iter()
        .filter(|accepted| !before.rules.accepted.contains(accepted))
        .map(|accepted| Accepted { kind: None, shape: None, reason: reason(&accepted.reason) });
    let shapes = now
        .rules
        .settled
        .iter()
        .filter(|one| one.how == Settled::Accepted && !before.rules.settled.contains(one))
        .map(|one| Accepted {
            kind: Some(one.kind),
            shape: Some(one.shape.clone()),
            reason: reason(&one.reason),
        });
    let accepted: Vec<Accepted> = labels.chain(shapes).collect();
    let decisions = |setup: &Setup| (setup.rules.settled.len() + setup.rules.accepted.len()) as u64;
    let others_settled = changed(&before.rules.settled, &now.rules.settled)
        || changed(&before.rules.accepted, &now.rules.accepted);
    let (old, new) = (&before.protection, &now.protection);
    let count = |changed: bool, count: usize| changed.then_some(count as u64);
    ProtectionChange {
        rules: count(changed(&before.rules.rules, &now.rules.rules), now.rules.rules.len()),
        settled: others_settled.then(|| decisions(now)),
        accepted,
        purposes: changed(&old.purposes, &new.purposes).then(|| {
            new.purposes.iter().filter(|purpose| !is_personal(purpose)).cloned().collect()
        }),
        unknown_consent: changed(&old.unknown, &new.unknown).then_some(new.unknown),
        registers: count(changed(&old.registers, &new.registers), new.registers.len()),
        erasure_lists: count(changed(&old.erasures, &new.erasures), new.erasures.len()),
        time_grain: changed(&before.policy.time_grain(), &now.policy.time_grain())
            .then(|| now.policy.time_grain()),
    }
}

#[cfg(test)]
mod tests {
    use super::changes;
    use crate::project::Setup;
    use crate::project::history::Event;
    use crate::views::{Acceptance, PiiKind, Policy, Rule, Settled, Settlement, TimeGrain};

    #[test]
    fn only_what_became_different_is_told_and_nothing_personal() {
        let before = Setup::default();
        assert!(changes(&before, &before, &|_| false).is_empty());
        let mut now = before.clone();
        now.rules.rules.push(Rule::rename("jane@example.com", "Jane"));
        now.rules.settled.push(Settlement {
            attribute: None,
            kind: PiiKind::Email,
            shape: "aaaa@aaaaaaa.aaa".to_owned(),
            how: Settled::Accepted,
            reason: "a test account".to_owned(),
        });
        now.rules.accepted.push(Acceptance {
            label: "jane@example.com".to_owned(),
            reason: "it is jane@example.com".to_owned(),
        });
        now.protection.purposes = vec!["analytics".to_owned(), "jane@example.com".to_owned()];
        now.policy = Policy::new(20, None).unwrap().with_time_grain(TimeGrain::Day);
        let events = changes(&before, &now, &|text| text.contains('@'));
        let [Event::ProtectionChanged(protection), Event::PolicyChanged { k: 20, b: 10, .. }] =
            events.as_slice()
        else {
            panic!("{events:?}")
        };
        assert_eq!(protection.rules, Some(1));
        assert_eq!(protection.purposes.as_deref(), Some(&["analytics".to_owned()][..]));
        assert_eq!(protection.time_grain, Some(TimeGrain::Day));
        let reasons: Vec<_> = protection.accepted.iter().map(|it| it.reason.as_deref()).collect();
        assert_eq!(reasons, [None, Some("a test account")]);
        let text = serde_json::to_string(&events).unwrap();
        assert!(!text.contains("jane") && !text.contains("Jane"), "{text}");
    }
}
