//! Rules decide in order, names are clean and unique, and what looks personal is not drawn.

use proptest::prelude::*;

use super::{EMPTY, LabelTable, findings, table};
use crate::vault::protect::rules::matches;
use crate::views::{Acceptance, LabelFinding, PiiKind, Rule, Rules};

fn rename(pattern: &str, label: &str) -> Rule {
    Rule::rename(pattern, label)
}

fn hide(pattern: &str) -> Rule {
    Rule::hide(pattern)
}

fn rules(rules: &[Rule]) -> Rules {
    Rules { rules: rules.to_vec(), ..Rules::default() }
}

fn owned(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|label| (*label).to_owned()).collect()
}

/// What each raw label is shown as, `None` where it is hidden.
fn shown(labels: &[&str], rules: &Rules, hidden: &[&str]) -> Vec<Option<String>> {
    let table = table(&owned(labels), rules, &owned(hidden));
    let name = |code: &u32| table.names.get(*code as usize).cloned();
    assert!(table.names.windows(2).all(|pair| pair[0] < pair[1]), "names are sorted, each once");
    assert_eq!(table.nameable.len(), table.names.len());
    table
        .effective
        .iter()
        .map(|code| if *code == LabelTable::HIDDEN { None } else { name(code) })
        .collect()
}

fn some(labels: &[&str]) -> Vec<Option<String>> {
    labels.iter().map(|label| Some((*label).to_owned())).collect()
}

#[test]
fn a_star_stands_for_any_run() {
    let cases = [
        ("cart", "cart", true),
        ("cart", "cart_2", false),
        ("Cart", "cart", false),
        ("*", "", true),
        ("*", "anything", true),
        ("", "", true),
        ("", "a", false),
        ("/order/*", "/order/", true),
        ("/order/*", "/order/481516", true),
        ("/order/*", "/orders", false),
        ("*_view", "product_view", true),
        ("*_view", "product_views", false),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("**ä*", "Prüfung für Ärzte: ä!", true),
        ("*ab", "aab", true),
        ("*aab", "aaab", true),
    ];
    for (pattern, text, expected) in cases {
        assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
    }
}

#[test]
fn a_hostile_pattern_is_done_in_no_time() {
    let text = "a".repeat(5_000);
    let pattern = "*a".repeat(500) + "b";
    let start = std::time::Instant::now();
    assert!(!matches(&pattern, &text));
    assert!(start.elapsed().as_secs() < 5, "the work must not grow beyond pattern × text");
}

#[test]
fn the_first_rule_that_catches_a_label_decides() {
    let rules = rules(&[
        rename("/order/new", "New order"),
        hide("/order/test*"),
        rename("/order/*", "Order"),
        hide("/order/481516"),
    ]);
    let labels = ["/order/new", "/order/test7", "/order/481516", "/order/2", "home"];
    let expected = [Some("New order"), None, Some("Order"), Some("Order"), Some("home")];
    assert_eq!(shown(&labels, &rules, &[]), expected.map(|name| name.map(str::to_owned)));
}

#[test]
fn the_question_hides_labels_by_either_name() {
    let rules = rules(&[rename("product_view", "Product")]);
    let labels = ["product_view", "home"];
    assert_eq!(shown(&labels, &rules, &["product_view"])[0], None);
    assert_eq!(shown(&labels, &rules, &["Product"])[0], None);
    assert_eq!(shown(&labels, &rules, &["Produc"]), some(&["Product", "home"]));
}

#[test]
fn a_label_that_reads_other_is_told_apart_from_other() {
    let labels = ["Other", " Other\n", "Other (label)", "other", "others"];
    let expected =
        some(&["Other (label)", "Other (label)", "Other (label) (label)", "other", "others"]);
    assert_eq!(shown(&labels, &Rules::default(), &[]), expected);
    let renamed = shown(&["misc"], &rules(&[rename("misc", "Other")]), &[]);
    assert_eq!(renamed, some(&["Other (label)"]));
}

#[test]
fn names_are_one_line_without_invisible_marks() {
    let labels = [
        "add\tto\r\ncart",
        "pay\u{202e}ment",
        "\u{feff}home\u{200b}",
        "home",
        "a\u{0}b",
        "\u{2028}",
        "",
        "   ",
        "bell\u{7}",
    ];
    let expected = ["add to cart", "payment", "home", "home", "a b", EMPTY, EMPTY, EMPTY, "bell"];
    assert_eq!(shown(&labels, &Rules::default(), &[]), some(&expected));
}

#[test]
fn a_rule_may_be_written_for_the_label_as_it_looks() {
    let rules = rules(&[rename("add to cart", "Basket")]);
    assert_eq!(shown(&["add\tto cart"], &rules, &[]), some(&["Basket"]));
}

#[test]
fn labels_that_look_personal_are_not_named_until_they_are_resolved() {
    let labels = owned(&["home", "/user/4711/edit", "/user/4712/edit", "mail a@example.com"]);
    let nameable = |rules: &Rules| {
        let table = table(&labels, rules, &[]);
        table.names.into_iter().zip(table.nameable).collect::<Vec<_>>()
    };
    let of = |name: &str, may: bool| (name.to_owned(), may);
    let mut rules = Rules::default();
    assert_eq!(
        nameable(&rules),
        [
            of("/user/4711/edit", false),
            of("/user/4712/edit", false),
            of("home", true),
            of("mail a@example.com", false),
        ]
    );
    let finding =
        |kind, shape: &str, labels| LabelFinding { kind, shape: shape.to_owned(), labels };
    let mail = finding(PiiKind::Email, "aaaa a@aaaaaaa.aaa", 1);
    assert_eq!(
        findings(&labels, &rules),
        [mail.clone(), finding(PiiKind::Number, "/aaaa/0000/aaaa", 2)]
    );

    rules.rules.push(rename("/user/*/edit", "Edit profile"));
    assert_eq!(findings(&labels, &rules), [mail]);

    rules.accepted.push(Acceptance {
        label: "mail a@example.com".to_owned(),
        reason: "an address of the firm".to_owned(),
    });
    assert_eq!(findings(&labels, &rules), []);
    assert!(nameable(&rules).iter().all(|(_, may)| *may));
}

#[test]
fn a_forbidden_label_is_never_named_whatever_it_is_called_or_who_accepted_it() {
    let labels = owned(&["hiv_test", "blood_test", "home", "hiv\tresult"]);
    let rules = Rules {
        rules: vec![rename("blood_test", "HIV status")],
        accepted: vec![Acceptance { label: "hiv_test".to_owned(), reason: "no".to_owned() }],
        forbidden: owned(&["hiv*", "HIV *"]),
        ..Rules::default()
    };
    let table = table(&labels, &rules, &[]);
    let named = table.names.iter().zip(&table.nameable).filter(|(_, may)| **may);
    assert_eq!(named.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["home"]);
}

#[test]
fn another_name_does_not_lift_what_is_forbidden() {
    let rules = Rules {
        rules: vec![rename("hiv_test", "Test"), rename("eye_test", "Test")],
        forbidden: owned(&["hiv_test"]),
        ..Rules::default()
    };
    let table = table(&owned(&["hiv_test", "eye_test"]), &rules, &[]);
    assert_eq!(
        (table.names.as_slice(), table.nameable.as_slice()),
        (&owned(&["Test"])[..], &[false][..])
    );
    assert_eq!(table.nameable_label("Test"), None);
}

#[test]
fn a_rule_that_renames_to_something_personal_resolves_nothing() {
    let rules = rules(&[rename("a", "call +49 30 1234567")]);
    assert_eq!(table(&owned(&["a"]), &rules, &[]).nameable, [false]);
}

#[test]
fn the_sample_brings_the_rules_that_resolve_it() {
    let sample_rules = Rules::of_pairs(crate::sample::RULES);
    let mut csv = Vec::new();
    crate::sample::Sample { people: 400, seed: 1 }.write_csv(&mut csv).expect("memory");
    let text = String::from_utf8(csv).expect("text");
    let mut labels: Vec<String> =
        text.lines().skip(1).filter_map(|row| row.split(',').nth(2)).map(str::to_owned).collect();
    labels.sort_unstable();
    labels.dedup();
    assert_eq!(findings(&labels, &sample_rules), []);
    let kinds: Vec<PiiKind> =
        findings(&labels, &Rules::default()).iter().map(|finding| finding.kind).collect();
    for kind in [PiiKind::Email, PiiKind::Phone, PiiKind::Number] {
        assert!(kinds.contains(&kind), "the sample has something of the kind {kind:?} to resolve");
    }
}

proptest! {
    /// The matcher agrees with the plain definition, tried in every way.
    #[test]
    fn the_matcher_agrees_with_the_definition(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
        fn defined(pattern: &[u8], text: &[u8]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some((b'*', rest)) => (0..=text.len()).any(|at| defined(rest, &text[at..])),
                Some((byte, rest)) => text.first() == Some(byte) && defined(rest, &text[1..]),
            }
        }
        prop_assert_eq!(matches(&pattern, &text), defined(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn names_are_unique_clean_and_never_other(labels in prop::collection::vec("\\PC{0,8}|(Other)|[\\u{0}- \\u{200b}-\\u{202e}a]{0,4}", 0..12)) {
        let table = table(&labels, &Rules::default(), &[]);
        prop_assert!(table.names.windows(2).all(|pair| pair[0] < pair[1]));
        for name in &table.names {
            prop_assert!(!name.is_empty() && name != crate::views::OTHER && name == name.trim());
            prop_assert!(!name.chars().any(char::is_control));
        }
        for code in &table.effective {
            prop_assert!((*code as usize) < table.names.len());
        }
    }
}
