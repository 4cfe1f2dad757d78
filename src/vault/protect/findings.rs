//! Personal data in labels and in values of attributes, by shape, with what can be done about it.
//!
//! A finding is told by its masked shape, so that nobody has to look at a value to settle it, and
//! its rules are written for that shape and kind: they catch what the finding is about and nothing
//! else, and hold no value of the data.
//!
//! *Invariant:* numbers are under control; the one word of a label that a proposed name may repeat
//! is one that enough people's labels begin with.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::census::{Census, is_plain};
use super::labels::{Accepted, clean};
use super::pii;
use crate::vault::journeys::Attribute;
use crate::vault::measure::crowd::NOWHERE;
use crate::views::{
    Finding, FindingState, Matching, PiiKind, Place, Remedy, Rule, RuleKind, Settled, Settlement,
};

/// Every finding: those that are open first, then by place, kind and shape.
pub(super) fn findings(census: &Census<'_>) -> Vec<Finding> {
    let mut findings = in_labels(census);
    for attribute in &census.store.attributes {
        findings.extend(in_attribute(census, attribute));
    }
    let weak = |finding: &Finding| finding.kind == PiiKind::PersonName;
    findings.sort_by(|one, other| {
        (
            !one.blocks(),
            one.state != FindingState::Open,
            weak(one),
            &one.place,
            one.kind,
            &one.shape,
        )
            .cmp(&(
                !other.blocks(),
                other.state != FindingState::Open,
                weak(other),
                &other.place,
                other.kind,
                &other.shape,
            ))
    });
    findings
}

/// What the findings of labels have in common; the rule that gives the name, where that name is the
/// finding.
type Common = (PiiKind, String, FindingState, Option<usize>, Option<usize>);

fn in_labels(census: &Census<'_>) -> Vec<Finding> {
    let accepted = Accepted::new(census.rules);
    let groups = census.grouped(|unit| -> Option<Common> {
        let raw_kind = pii::detect_or_hint(&unit.own_name);
        let shape = || pii::mask(&unit.own_name);
        match &unit.name {
            None => Some((raw_kind?, shape(), FindingState::Hidden, None, None)),
            Some(name) if *name == unit.own_name => {
                let kind = raw_kind?;
                Some((kind, shape(), accepted.state(kind, name), None, unit.rule))
            }
            Some(name) => match pii::detect_or_hint(name) {
                // A new name that is personal itself resolves nothing.
                Some(kind) if accepted.state(kind, name) == FindingState::Open => {
                    Some((kind, pii::mask(name), FindingState::Open, unit.rule, None))
                }
                _ => Some((raw_kind?, shape(), FindingState::Renamed(name.clone()), None, None)),
            },
        }
    });
    let people = census.people_of(groups.iter().map(|(_, units)| units.as_slice()));
    let names = names(census, &groups);
    groups
        .into_iter()
        .zip(people)
        .zip(names)
        .map(|((((kind, shape, state, source, shield), units), people), name)| {
            let texts = units.iter().map(|unit| census.units[*unit].text.as_str());
            let remedies = match (&state, source) {
                (FindingState::Open, Some(rule)) => vec![Remedy::ChangeRule(rule)],
                (FindingState::Open, None) => {
                    let at = shield.unwrap_or(census.rules.rules.len());
                    remedies(kind, &shape, &name, at)
                }
                _ => Vec::new(),
            };
            Finding {
                place: Place::Label,
                kind,
                values: census.told(&census.crowd_of_labels(texts)),
                people: census.told(&people),
                shape,
                state,
                remedies,
            }
        })
        .collect()
}

fn remedies(kind: PiiKind, shape: &str, name: &str, at: usize) -> Vec<Remedy> {
    let hide = Rule::hide(shape).with(Matching::Shape(kind));
    let replace = Rule { kind: RuleKind::Rename, label: Some(name.to_owned()), ..hide.clone() };
    vec![
        Remedy::Replace { rule: replace, at },
        Remedy::Hide { rule: hide, at },
        Remedy::Fold,
        Remedy::Accept,
    ]
}

/// A harmless name for each group of labels: the word that all of them begin with, where enough
/// people have labels that do, else what kind of thing it is.
fn names(census: &Census<'_>, groups: &[(Common, Vec<usize>)]) -> Vec<String> {
    let word_of = |unit: usize| first_word(&census.units[unit].text);
    let common: Vec<Option<String>> = groups
        .iter()
        .map(|((kind, ..), units)| {
            let words: BTreeSet<Option<String>> = units.iter().map(|unit| word_of(*unit)).collect();
            let mut words = words.into_iter().flatten();
            match (words.next(), words.next()) {
                (Some(word), None) if *kind != PiiKind::PersonName => Some(word),
                _ => None,
            }
        })
        .collect();
    let mut number_of: HashMap<&str, u32> = HashMap::new();
    for word in common.iter().flatten() {
        let next = number_of.len() as u32;
        number_of.entry(word).or_insert(next);
    }
    let people = census.people(number_of.len(), |unit| {
        let word = word_of(unit);
        word.and_then(|word| number_of.get(word.as_str()).copied()).unwrap_or(NOWHERE)
    });
    let may_be_told = |word: &&String| {
        let number = number_of.get(word.as_str()).map(|number| *number as usize);
        number.is_some_and(|number| census.told(&people[number]).is_some()) && is_plain(word)
    };
    groups
        .iter()
        .zip(&common)
        .map(|(((kind, ..), _), word)| match word.as_ref().filter(may_be_told) {
            Some(word) => capitalized(word),
            None => words_for(*kind).to_owned(),
        })
        .collect()
}

/// The first run of letters, in small ones, where it is a word.
fn first_word(label: &str) -> Option<String> {
    let word = label.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty())?;
    let length = word.chars().count();
    // What goes on in digits or an at sign is no word but a piece of what is personal.
    let after = label[label.find(word)? + word.len()..].chars().next();
    let is_whole = after.is_none_or(|c| !c.is_alphanumeric() && !"@.+'%".contains(c));
    ((3..=20).contains(&length) && is_whole).then(|| word.to_lowercase())
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn words_for(kind: PiiKind) -> &'static str {
    match kind {
        PiiKind::Email => "(e-mail address)",
        PiiKind::Phone => "(telephone number)",
        PiiKind::Card => "(card number)",
        PiiKind::Iban => "(bank account)",
        PiiKind::IpAddress => "(network address)",
        PiiKind::Uuid => "(identifier)",
        PiiKind::Token => "(secret)",
        PiiKind::QueryParameter => "(query)",
        PiiKind::Number => "(number)",
        PiiKind::PersonName => "(name)",
    }
}

fn in_attribute(census: &Census<'_>, attribute: &Attribute) -> Vec<Finding> {
    let mut shapes: BTreeMap<(PiiKind, String), Vec<usize>> = BTreeMap::new();
    for (code, value) in attribute.values.iter().enumerate() {
        let value = clean(value);
        if let Some(kind) = pii::detect_or_hint(&value) {
            shapes.entry((kind, pii::mask(&value))).or_default().push(code);
        }
    }
    let mut group_of = vec![usize::MAX; attribute.values.len()];
    for (group, codes) in shapes.values().enumerate() {
        for code in codes {
            group_of[*code] = group;
        }
    }
    let mut subjects: Vec<Vec<usize>> = vec![Vec::new(); shapes.len()];
    for (subject, code) in attribute.of_subject.iter().enumerate() {
        let group = group_of.get(*code as usize).filter(|group| **group != usize::MAX);
        if let Some(group) = group {
            subjects[*group].push(subject);
        }
    }
    shapes
        .into_iter()
        .zip(subjects)
        .map(|(((kind, shape), codes), subjects)| {
            let settled = census.rules.settled.iter().find(|settled| {
                settled.attribute.as_deref() == Some(&attribute.name)
                    && settled.kind == kind
                    && settled.shape == shape
            });
            let state = state_of(settled);
            let remedies = match state {
                FindingState::Open => vec![
                    Remedy::Fold,
                    Remedy::LeaveColumnOut(attribute.name.clone()),
                    Remedy::Accept,
                ],
                _ => Vec::new(),
            };
            let values = codes.iter().map(|code| attribute.values[*code].as_str());
            Finding {
                place: Place::Attribute(attribute.name.clone()),
                kind,
                shape,
                values: census.told(&census.crowd_of_labels(values)),
                people: census.told(&census.crowd_of(subjects.into_iter())),
                state,
                remedies,
            }
        })
        .collect()
}

/// How far a decision settles a finding.
pub(super) fn state_of(settled: Option<&Settlement>) -> FindingState {
    match settled {
        None => FindingState::Open,
        Some(Settlement { how: Settled::Folded, .. }) => FindingState::Folded,
        Some(Settlement { how: Settled::Accepted, reason, .. }) => {
            FindingState::Accepted(reason.clone())
        }
    }
}
