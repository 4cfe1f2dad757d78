//! Label rules, templates and the detector of personal data.

use std::collections::BTreeSet;

use regex::RegexBuilder;

use super::labels::{LabelTable, clean, display_name, is_harmless, table};
pub(crate) use super::lists::fuzzing::lists;
use super::rules::{Compiled, Label, check, matches};
use super::template::Template;
use super::{labels, pii};
use crate::fuzzing::assert_no_value;
use crate::views::{Matching, OTHER, PiiKind, Rule, RuleKind, Rules};

/// Lines: `!`, a letter for the kind and one for the way of matching, a pattern, a tab and a new
/// name are a rule; `-` and a pattern are what a policy forbids; everything else is a label.
pub(crate) fn rules(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut rules = Rules::default();
    let mut dictionary: Vec<String> = Vec::new();
    for line in text.split('\n').take(40) {
        match line.split_at_checked(1) {
            Some(("!", rest)) => rules.rules.extend(rule(rest)),
            Some(("-", pattern)) => rules.forbidden.push(pattern.to_owned()),
            _ if dictionary.iter().all(|known| known != line) => dictionary.push(line.to_owned()),
            _ => {}
        }
    }
    let hide: Vec<String> = dictionary.iter().take(1).filter(|it| it.len() == 3).cloned().collect();
    match check(&rules) {
        Ok(()) => {}
        Err(error) => {
            let sentence = error.to_string();
            assert!(!sentence.contains(['\n', '\r']));
            assert_no_value(&sentence, data, &[]);
        }
    }
    let made = table(&dictionary, &rules, &hide);
    promises(&made, &dictionary, &rules);
    hold_against_regexes(&dictionary, &rules);
    for label in &dictionary {
        template(label);
        let shown = display_name(label);
        assert!(shown != OTHER && !shown.is_empty());
        assert_eq!(clean(&clean(label)), clean(label), "cleaned twice");
    }
    for finding in labels::findings(&dictionary, &rules) {
        assert!(finding.labels > 0);
    }
}

fn rule(text: &str) -> Option<Rule> {
    let mut letters = text.chars();
    let kind = [RuleKind::Hide, RuleKind::Rename, RuleKind::Merge][letters.next()? as usize % 3];
    let matching = [
        Matching::Wildcard,
        Matching::Exact,
        Matching::Regex,
        Matching::Shape(PiiKind::Email),
        Matching::Shape(PiiKind::Number),
    ][letters.next()? as usize % 5];
    let rest = letters.as_str();
    let (patterns, label) = match rest.split_once('\t') {
        Some((patterns, label)) => (patterns, Some(label.to_owned())),
        None => (rest, None),
    };
    let mut patterns = patterns.split('\r').map(str::to_owned);
    let pattern = patterns.next()?;
    Some(Rule { kind, pattern, also: patterns.collect(), label, matching })
}

fn promises(made: &LabelTable, dictionary: &[String], rules: &Rules) {
    let LabelTable { effective, names, nameable } = made;
    assert_eq!((effective.len(), nameable.len()), (dictionary.len(), names.len()));
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "names are sorted, each once");
    let used: BTreeSet<u32> =
        effective.iter().copied().filter(|code| *code != LabelTable::HIDDEN).collect();
    assert!(used.into_iter().eq(0..names.len() as u32), "every name is of some label");
    for (name, nameable) in names.iter().zip(nameable) {
        assert!(name != OTHER, "a label passes for Other");
        assert!(clean(name) == *name, "a name holds what cannot be seen");
        if *nameable {
            assert!(pii::detect(name).is_none(), "what looks personal stands for itself");
            assert!(!rules.forbidden.iter().any(|pattern| matches(pattern, name)));
        }
        if is_harmless(name) {
            assert!(pii::detect(name).is_none());
        }
    }
    if let Ok(compiled) = Compiled::new(rules) {
        for (raw, code) in dictionary.iter().zip(effective) {
            let (_, shown) = compiled.apply(&Label::new(raw));
            let name = names.get(*code as usize);
            assert!(name.is_none() || name == shown.as_ref(), "another name than the rule's");
        }
    }
}

/// A `*` is `.*`, and the regular expressions say the same of every label.
fn hold_against_regexes(dictionary: &[String], rules: &Rules) {
    const LONGEST: usize = 200;
    let forbidden = rules.forbidden.iter().map(String::as_str);
    let patterns = rules.rules.iter().flat_map(Rule::patterns).chain(forbidden);
    for pattern in patterns.filter(|pattern| pattern.len() < LONGEST).take(20) {
        let parts: Vec<String> = pattern.split('*').map(regex::escape).collect();
        let whole = format!("^(?:{})$", parts.join(".*"));
        let Ok(regex) = RegexBuilder::new(&whole).dot_matches_new_line(true).build() else {
            continue;
        };
        for label in dictionary {
            assert_eq!(matches(pattern, label), regex.is_match(label), "a wildcard");
        }
    }
}

fn template(label: &str) {
    let Some(template) = Template::of(label) else { return };
    assert!(matches(&template.wildcard(), label), "a label fits its own template");
    assert!(label.starts_with(template.beginning()));
    assert!(pii::detect(&template.name()).is_none(), "a template holds what looks personal");
    for pattern in [template.narrow(), template.digits()] {
        let rule = Rule::rename(&pattern, "A name").with(Matching::Regex);
        assert!(check(&Rules { rules: vec![rule], ..Rules::default() }).is_ok());
    }
}

/// What is personal is found whatever stands around it, and a mask gives nothing back.
pub(crate) fn personal(data: &[u8]) {
    const PLANTED: [&str; 4] = [
        "jane.doe@example.com",
        "4111 1111 1111 1111",
        "DE89 3704 0044 0532 0130 00",
        "192.0.2.17",
    ];
    let text = String::from_utf8_lossy(data);
    for label in text.split('\n').take(20) {
        let kind = pii::detect(label);
        assert!(kind.is_none_or(|kind| kind != PiiKind::PersonName));
        assert!(kind.is_none() || pii::detect_or_hint(label) == kind);
        let shape = pii::mask(label);
        assert_eq!(shape.chars().count(), label.chars().count());
        let is_masked = |c: char| !c.is_alphanumeric() || "aA0".contains(c);
        assert!(shape.chars().all(is_masked), "a mask keeps a letter or a digit");
        assert_eq!(pii::mask(&shape), shape, "masked twice");
        // Invisible characters are no way around the detector.
        let hidden: String = label.chars().flat_map(|c| [c, '\u{200b}']).collect();
        assert_eq!(pii::detect(&hidden), kind, "what cannot be seen makes a difference");
    }
    // Before and after what is personal stands what is not of its kind.
    let (before, after) = text.split_once('\n').unwrap_or((&text, ""));
    for planted in PLANTED {
        let label = format!("{before} | {planted} | {after}");
        assert!(pii::detect(&label).is_some(), "what is personal is not found");
    }
}
