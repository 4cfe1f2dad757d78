//! Patterns of every kind catch what they say, and a bad one is a sentence that repeats nothing.

use proptest::prelude::*;

use super::{Compiled, Label, check};
use crate::vault::protect::labels::table;
use crate::views::{Matching, PiiKind, Rule, RuleKind, Rules, Settled, Settlement};

fn rules(rules: &[Rule]) -> Rules {
    Rules { rules: rules.to_vec(), ..Rules::default() }
}

/// The number of the rule that decides about a label.
fn first(rules: &Rules, label: &str) -> Option<usize> {
    let compiled = Compiled::new(rules).expect("rules that can be applied");
    compiled.first(&Label::new(label)).map(|(at, _)| at)
}

#[test]
fn each_way_of_matching_catches_what_it_says() {
    let of = |pattern: &str, matching| rules(&[Rule::rename(pattern, "x").with(matching)]);
    let shape = |kind| Matching::Shape(kind);
    let cases = [
        ("/order/*", Matching::Wildcard, "/order/7", true),
        ("/order/*", Matching::Exact, "/order/7", false),
        ("/order/*", Matching::Exact, "/order/*", true),
        ("^order/[0-9]+$", Matching::Regex, "order/4711", true),
        ("^order/[0-9]+$", Matching::Regex, "order/new", false),
        ("[0-9]", Matching::Regex, "step 3", true),
        ("^add to cart$", Matching::Regex, "add\tto\ncart", true),
        ("^.{4}$", Matching::Regex, "Prüf", true),
        ("aaaa a@aaa.aa", shape(PiiKind::Email), "mail j@doe.uk", true),
        ("aaaa a@aaa.aa", shape(PiiKind::Email), "mail j@doe.com", false),
        ("aaaa a@aaa.aa", shape(PiiKind::Phone), "mail j@doe.uk", false),
        ("aaaa aaaa", shape(PiiKind::Email), "hold data", false),
        ("Aaaa Aaa", shape(PiiKind::PersonName), "Jane Doe", true),
        ("Aaaa Aaa", shape(PiiKind::PersonName), "Edit Box", false),
        ("*", shape(PiiKind::Email), "mail j@doe.uk", false),
    ];
    for (pattern, matching, label, expected) in cases {
        let caught = first(&of(pattern, matching), label).is_some();
        assert_eq!(caught, expected, "{pattern} as {matching:?} on {label}");
    }
}

#[test]
fn a_merge_catches_every_pattern_of_its_list() {
    let rules = rules(&[
        Rule::merge(&["payment_error", "*_bug"], "Payment trouble"),
        Rule::merge(&["^a+$", "^b+$"], "Letters").with(Matching::Regex),
        Rule::hide("*"),
    ]);
    let labels = ["payment_error", "cart_bug", "aaa", "bb", "ab"];
    let caught: Vec<Option<usize>> = labels.iter().map(|label| first(&rules, label)).collect();
    assert_eq!(caught, [Some(0), Some(0), Some(1), Some(1), Some(2)]);
}

#[test]
fn a_rule_that_cannot_be_applied_is_one_sentence_without_its_pattern() {
    let regex = |pattern: &str| Rule::rename(pattern, "x").with(Matching::Regex);
    let long = "canary".repeat(1_000);
    let cases = [
        (regex("(canary"), "a bracket ( is not closed"),
        (regex("canary)"), "a bracket ) was not opened"),
        (regex("[canary"), "a bracket [ is not closed"),
        (regex("*canary"), "there is nothing before"),
        (regex("canary(?=x)"), "cannot be done fast"),
        (regex(r"canary\q"), "a backslash"),
        (regex("(canary{1000}){1000}"), "too large"),
        (regex(r"\p{canary}"), "is no regular expression"),
        (regex(&long), "at most 2000 letters"),
        (Rule { kind: RuleKind::Hide, ..Rule::rename("canary", "canary") }, "takes no new name"),
    ];
    for (rule, expected) in cases {
        let error = check(&rules(&[Rule::hide("fine"), rule])).expect_err(expected);
        let text = error.to_string();
        assert!(text.contains(expected), "{text}");
        assert!(text.starts_with("label rule 2: "), "{text}");
        assert!(!text.contains("canary") && !text.contains('\n'), "{text}");
    }
}

#[test]
fn to_accept_takes_a_reason() {
    let settled = |how, reason: &str| Rules {
        settled: vec![Settlement {
            attribute: None,
            kind: PiiKind::Email,
            shape: "a@a.aa".to_owned(),
            how,
            reason: reason.to_owned(),
        }],
        ..Rules::default()
    };
    assert!(check(&settled(Settled::Accepted, " ")).is_err());
    assert!(check(&settled(Settled::Accepted, "an address of the firm")).is_ok());
    assert!(check(&settled(Settled::Folded, "")).is_ok());
}

#[test]
fn with_a_rule_that_cannot_be_applied_nothing_is_named() {
    let labels = ["home".to_owned(), "cart".to_owned()];
    let broken = rules(&[Rule::hide("(").with(Matching::Regex)]);
    assert_eq!(table(&labels, &broken, &[]).nameable, [false, false]);
}

#[test]
fn rules_come_back_from_files_as_they_were() {
    let all = rules(&[
        Rule::hide("a"),
        Rule::merge(&["a", "b"], "c"),
        Rule::rename("^a", "d").with(Matching::Regex),
        Rule::rename("aa@aa.aa", "e").with(Matching::Shape(PiiKind::Email)),
    ]);
    let text = toml::to_string(&all).expect("TOML");
    assert_eq!(toml::from_str::<Rules>(&text).expect("TOML"), all, "{text}");
    let json = serde_json::to_string(&all).expect("JSON");
    assert_eq!(serde_json::from_str::<Rules>(&json).expect("JSON"), all, "{json}");
}

proptest! {
    #[test]
    fn any_text_is_a_pattern_or_an_error_that_does_not_repeat_it(
        pattern in "[a-z0-9()\\[\\]{}*+?|^$.,:=!<>\\\\-]{0,40}",
        label in "\\PC{0,30}",
        way in 0..4_usize,
    ) {
        let matching = [
            Matching::Wildcard, Matching::Exact, Matching::Regex, Matching::Shape(PiiKind::Number),
        ][way];
        let pattern = format!("{pattern}QCANARYQ{pattern}");
        let rules = rules(&[Rule::rename(&pattern, "x").with(matching)]);
        match Compiled::new(&rules) {
            Ok(compiled) => drop(compiled.first(&Label::new(&label))),
            Err(error) => prop_assert!(!error.to_string().contains("CANARY")),
        }
    }
}
