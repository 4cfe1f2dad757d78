//! Previews, proposals and findings: what they tell, and what they keep to themselves.

use proptest::prelude::*;

use super::key::Key;
use super::report;
use crate::vault::disclose::tests::{store_of, with_plan};
use crate::vault::journeys::Store;
use crate::views::{
    Becomes, Finding, FindingState, LabelReport, Matching, PiiKind, Place, Policy, Proposal,
    ProposalKind, Remedy, Rule, RuleCatch, Rules, Settled, Settlement,
};

fn key() -> Key {
    Key::from_bytes([7; 32])
}

fn rules(rules: &[Rule]) -> Rules {
    Rules { rules: rules.to_vec(), ..Rules::default() }
}

/// As many people as the number says have these labels, and everybody has `home`.
fn people(labels: &[(&str, usize)]) -> Store {
    let mut journeys = Vec::new();
    for (label, number) in labels {
        journeys.extend(vec![vec!["home", *label]; *number]);
    }
    store_of(&journeys)
}

fn reported(store: &Store, rules: &Rules) -> LabelReport {
    report(store, &key(), rules, Policy::default()).expect("rules that can be applied")
}

fn proposed(store: &Store, rules: &Rules) -> Vec<Proposal> {
    reported(store, rules).proposals
}

fn found(store: &Store, rules: &Rules) -> Vec<Finding> {
    reported(store, rules).findings
}

#[test]
fn a_preview_says_what_each_rule_catches_and_what_becomes_of_each_label() {
    let store = people(&[("promo_page", 71), ("error_page", 26), ("catalog", 100), ("rare", 3)]);
    let rules =
        rules(&[Rule::rename("*_page", "Page"), Rule::hide("heartbeat"), Rule::hide("rare")]);
    let told = reported(&store, &rules).preview;
    assert_eq!(told.rules[0].named, 2);
    assert!(told.rules[0].people.is_some_and(|people| [95, 100].contains(&people)));
    // Three people and nobody look the same.
    assert_eq!(told.rules[1], RuleCatch::default());
    assert_eq!(told.rules[2], RuleCatch::default());
    let rows: Vec<(&str, &Becomes)> =
        told.labels.iter().map(|row| (row.label.as_str(), &row.becomes)).collect();
    let page = Becomes::Label("Page".to_owned());
    assert_eq!(
        rows,
        [
            ("home", &Becomes::Unchanged),
            ("catalog", &Becomes::Unchanged),
            ("promo_page", &page),
            ("error_page", &page)
        ]
    );
    for row in &told.labels {
        assert!(row.people > 10 && row.people.is_multiple_of(5));
    }
}

#[test]
fn the_same_people_have_the_same_number_however_they_are_caught() {
    // Everybody with an `a` has one of many more labels, too, so that the patterns differ and the
    // people do not.
    let more: Vec<String> = (0..20).map(|n| format!("a{n}")).collect();
    let journeys: Vec<Vec<&str>> = (0..37)
        .map(|_| std::iter::once("a").chain(more.iter().map(String::as_str)).collect())
        .collect();
    let store = store_of(&journeys);
    let numbers: std::collections::BTreeSet<Option<u64>> = (0..20)
        .map(|n| {
            let rules = rules(&[Rule::rename(&format!("^a({n}|x)?$"), "x").with(Matching::Regex)]);
            reported(&store, &rules).preview.rules[0].people
        })
        .collect();
    assert_eq!(numbers.len(), 1, "an average over many patterns would tell the exact number");
}

#[test]
fn templates_are_proposed_and_catch_what_they_are_about() {
    let ids: Vec<String> = (0..40).map(|n| format!("/product/{n}")).collect();
    let mut labels: Vec<(&str, usize)> = ids.iter().map(|id| (id.as_str(), 2)).collect();
    labels.extend([("/product/sale", 50), ("/search?q=red", 20), ("/search?q=blue", 20)]);
    labels.extend([("/few/1", 2), ("/few/2", 2)]);
    let store = people(&labels);
    let proposals = proposed(&store, &Rules::default());
    let templates: Vec<&Proposal> =
        proposals.iter().filter(|p| p.why == ProposalKind::Template).collect();
    let names: Vec<&str> = templates.iter().filter_map(|p| p.rule.label.as_deref()).collect();
    assert_eq!(names, ["/product/*", "/search"]);
    // `/product/*` would take the name of `/product/sale`.
    assert_eq!(templates[0].rule.matching, Matching::Regex);
    assert!([80, 85].contains(&templates[0].people) || templates[0].people == 75);
    assert!(templates[0].rarer.is_some_and(|labels| (35..=45).contains(&labels)));
    // What was proposed and taken over is proposed no more.
    let adopted = rules(&[templates[0].rule.clone(), templates[1].rule.clone()]);
    assert!(proposed(&store, &adopted).iter().all(|p| p.why != ProposalKind::Template));
    let told = reported(&store, &adopted).preview;
    let sale = told.labels.iter().find(|row| row.label == "/product/sale").expect("told");
    assert_eq!(sale.becomes, Becomes::Unchanged);
}

#[test]
fn rare_labels_that_begin_or_end_alike_are_brought_out_of_other() {
    let store = people(&[
        ("payment_error", 6),
        ("payment_bug", 6),
        ("payment_timeout", 5),
        ("help_page", 4),
        ("legal_page", 4),
        ("press_page", 9),
        ("shop_now", 40),
        ("shop_later", 8),
        ("shop_never", 8),
        ("alone", 9),
    ]);
    let proposals = proposed(&store, &Rules::default());
    let mut patterns: Vec<&str> =
        proposals.iter().map(|proposal| proposal.rule.pattern.as_str()).collect();
    patterns.sort_unstable();
    // `shop_*` would take the name of `shop_now`.
    assert_eq!(patterns, ["*_page", "payment_*"]);
    for proposal in &proposals {
        assert_eq!((proposal.why, proposal.named), (ProposalKind::Rescue, 0));
        assert!(proposal.people.is_multiple_of(5) && proposal.people > 10);
    }
    let after = reported(&store, &rules(&[proposals[0].rule.clone()])).preview;
    assert_eq!(after.rules[0].people, Some(proposals[0].people));
}

#[test]
fn a_label_that_is_much_of_a_merge_may_keep_its_name() {
    let store = people(&[("promo_page", 71), ("error_page", 26), ("help_page", 22)]);
    let merge = Rule::rename("*_page", "Page");
    let proposals = proposed(&store, &rules(&[Rule::hide("x"), merge.clone()]));
    let [apart] = proposals.as_slice() else { panic!("one proposal: {proposals:?}") };
    assert_eq!((apart.why, apart.at), (ProposalKind::KeepApart, 1));
    let after = rules(&[Rule::hide("x"), apart.rule.clone(), merge]);
    let told = reported(&store, &after).preview;
    let promo = told.labels.iter().find(|row| row.label == "promo_page").expect("told");
    assert_eq!(promo.becomes, Becomes::Unchanged);
    assert_eq!(proposed(&store, &after), []);
}

#[test]
fn a_finding_is_told_by_its_shape_and_each_remedy_settles_it_and_nothing_else() {
    let store = people(&[
        ("search?q=jane.doe@example.com", 1),
        ("search?q=joan.roe@example.com", 1),
        ("search shoes", 30),
        ("search?q=jane.doe_example_com", 1),
        ("support/call/+49 30 23125000", 1),
    ]);
    let all = found(&store, &Rules::default());
    assert!(all.iter().all(|finding| finding.blocks() && finding.place == Place::Label));
    let kinds: Vec<PiiKind> = all.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [PiiKind::Email, PiiKind::Phone, PiiKind::QueryParameter]);
    let email = &all[0];
    assert_eq!((email.values, email.people), (None, None), "two people are not told");
    assert_eq!(email.shape, "aaaaaa?a=aaaa.aaa@aaaaaaa.aaa");
    let Some(Remedy::Replace { rule, at }) = email.remedies.first() else { panic!("a rule") };
    // Enough people search, so the word may be told; few call for support.
    assert_eq!((rule.label.as_deref(), *at), (Some("Search"), 0));
    let Some(Remedy::Replace { rule: phone, .. }) = all[1].remedies.first() else { panic!("one") };
    assert_eq!(phone.label.as_deref(), Some("(telephone number)"));
    for rule in
        [rule.clone(), Rule { label: None, ..Rule::hide(&rule.pattern) }.with(rule.matching)]
    {
        let after = found(&store, &rules(&[rule]));
        let open: Vec<PiiKind> =
            after.iter().filter(|f| f.blocks()).map(|finding| finding.kind).collect();
        assert_eq!(open, [PiiKind::Phone, PiiKind::QueryParameter]);
        let state = after.iter().find(|f| f.kind == PiiKind::Email).map(|f| f.state.clone());
        let states = [FindingState::Renamed("Search".to_owned()), FindingState::Hidden];
        assert!(state.is_some_and(|state| states.contains(&state)));
    }
    for (how, reason) in [(Settled::Accepted, "an address of the firm"), (Settled::Folded, "")] {
        let settled = Rules {
            settled: vec![Settlement {
                attribute: None,
                kind: email.kind,
                shape: email.shape.clone(),
                how,
                reason: reason.to_owned(),
            }],
            ..Rules::default()
        };
        let after = found(&store, &settled);
        assert_eq!(after.iter().filter(|finding| finding.blocks()).count(), 2);
        let names = super::labels::table(store.dictionary(), &settled, &[]);
        let named = names.nameable_label("search?q=jane.doe@example.com").is_some();
        assert_eq!(named, how == Settled::Accepted);
    }
}

#[test]
fn a_name_that_a_rule_gives_is_a_finding_about_the_rule() {
    let store = people(&[("contact", 20)]);
    let all =
        found(&store, &rules(&[Rule::hide("x"), Rule::rename("contact", "call +49 30 1234567")]));
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].remedies, [Remedy::ChangeRule(1)]);
}

#[test]
fn values_of_attributes_are_looked_at_and_shown_only_when_accepted() {
    let plans: Vec<Option<&str>> =
        (0..60).map(|n| if n < 30 { Some("jane@example.com") } else { Some("free") }).collect();
    let store = with_plan(people(&[("cart", 60)]), &plans);
    let all = found(&store, &Rules::default());
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].place, Place::Attribute("plan".to_owned()));
    assert!(all[0].blocks() && all[0].people.is_some_and(|people| people.is_multiple_of(5)));
    assert_eq!(
        all[0].remedies,
        [Remedy::Fold, Remedy::LeaveColumnOut("plan".to_owned()), Remedy::Accept]
    );
    let accepted = Rules {
        settled: vec![Settlement {
            attribute: Some("plan".to_owned()),
            kind: all[0].kind,
            shape: all[0].shape.clone(),
            how: Settled::Accepted,
            reason: "the address of a shop".to_owned(),
        }],
        ..Rules::default()
    };
    let stands = |rules: &Rules| super::labels::may_stand(rules, "plan", "jane@example.com");
    assert!(!stands(&Rules::default()) && stands(&accepted));
    assert!(!super::labels::may_stand(&accepted, "city", "jane@example.com"));
    assert!(found(&store, &accepted).iter().all(|finding| !finding.blocks()));
}

#[test]
fn names_of_people_are_a_hint_that_blocks_nothing() {
    let store = people(&[("call with Jane Doe", 30)]);
    let all = found(&store, &Rules::default());
    assert_eq!((all[0].kind, all[0].blocks()), (PiiKind::PersonName, false));
    let Some(Remedy::Replace { rule, .. }) = all[0].remedies.first() else { panic!("a rule") };
    assert_eq!(rule.label.as_deref(), Some("(name)"));
    assert!(
        found(&store, &rules(std::slice::from_ref(rule)))
            .iter()
            .all(|f| f.state != FindingState::Open)
    );
}

proptest! {
    /// The words of fewer than k people are in nothing that is told.
    #[test]
    fn a_rare_word_is_never_told(
        common in prop::collection::vec(10..60_usize, 1..4),
        rare in prop::collection::vec(1..10_usize, 1..4),
        form in 0..6_usize,
    ) {
        let frame = |n: usize| match form {
            0 => format!("zebra{n}"),
            1 => format!("/zebra/{n}"),
            2 => format!("zebra_{}", ["x", "y", "z"][n]),
            3 => format!("page?zebra={n}"),
            4 => format!("zebra{n}@example.com"),
            _ => format!("visit of Zebra {}", 40_000 + n),
        };
        let rare: Vec<(String, usize)> =
            rare.into_iter().enumerate().map(|(n, people)| (frame(n), people)).collect();
        let few: usize = rare.iter().map(|(_, people)| people).sum();
        prop_assume!(few < 10);
        let words = ["cart", "checkout", "search"];
        let mut labels: Vec<(&str, usize)> =
            words.into_iter().zip(common).collect();
        labels.extend(rare.iter().map(|(label, people)| (label.as_str(), *people)));
        let store = people(&labels);
        let told = reported(&store, &Rules::default()).preview;
        let told = format!(
            "{told:?} {:?} {:?}",
            proposed(&store, &Rules::default()),
            found(&store, &Rules::default())
        );
        prop_assert!(!told.to_lowercase().contains("zebra"), "{}", told);
    }

    #[test]
    fn every_number_that_is_told_is_above_k_and_a_multiple_of_the_base(
        journeys in prop::collection::vec(
            prop::collection::vec("(/p/[0-9]{1,2}|a_[bc]|d[ef]_x|g@h.io|[ij])", 1..4), 5..80,
        ),
        pair in 0..3_usize,
    ) {
        let (k, b) = Policy::LISTED[pair];
        let policy = Policy::new(k, Some(b)).expect("listed");
        let journeys: Vec<Vec<&str>> =
            journeys.iter().map(|one| one.iter().map(String::as_str).collect()).collect();
        let store = store_of(&journeys);
        let rules = rules(&[Rule::rename("a_*", "A"), Rule::hide("i")]);
        let LabelReport { preview: told, findings, proposals } =
            report(&store, &key(), &rules, policy).expect("fine");
        let numbers = told.rules.iter().flat_map(|rule| [rule.people, rule.rarer])
            .chain(told.labels.iter().map(|row| Some(row.people)))
            .chain(told.shapes.iter().map(|row| Some(row.people)))
            .chain(proposals.iter().flat_map(|p| [Some(p.people), p.rarer]))
            .chain(findings.iter().flat_map(|f| [f.people, f.values]));
        for number in numbers.flatten() {
            prop_assert!(number > u64::from(k) && number.is_multiple_of(u64::from(b)));
        }
        // Each proposal does what it says when it is taken over.
        for proposal in &proposals {
            let mut more = rules.clone();
            more.rules.insert(proposal.at, proposal.rule.clone());
            let after = report(&store, &key(), &more, policy).expect("fine").preview;
            let last = after.rules[proposal.at];
            let said = RuleCatch {
                named: proposal.named, rarer: proposal.rarer, people: Some(proposal.people),
            };
            prop_assert_eq!(last, said);
        }
    }
}
