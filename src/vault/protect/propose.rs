//! Rules that would help: templates for labels that differ in numbers and identifiers, and merges
//! that bring rare labels out of `Other`.
//!
//! *Invariant:* only what enough people share is proposed. The words of a rule are a beginning, an
//! end or a frame that the labels of k people have in common, so no rule spells the label of fewer.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::census::{Census, is_plain};
use super::preview::rules;
use super::rules::{Compiled, Label, matches};
use super::template::Template;
use crate::vault::measure::crowd::{Crowd, Members, NOWHERE};
use crate::views::{Matching, Proposal, ProposalKind, Rule, RuleKind, Rules};

/// More than anybody would read.
const MOST_TEMPLATES: usize = 40;
const MOST_RESCUES: usize = 20;
/// Groups that are looked at; those of most labels first.
const MOST_GROUPS: usize = 200;

pub(super) fn proposals(census: &Census<'_>) -> Vec<Proposal> {
    // What a rule catches already is decided.
    let free: Vec<usize> =
        (0..census.units.len()).filter(|unit| census.units[*unit].rule.is_none()).collect();
    let templates = templates(census, &free);
    let mut in_template = vec![false; census.units.len()];
    templates.iter().flat_map(|(_, units)| units).for_each(|unit| in_template[*unit] = true);
    let rare: Vec<usize> = free
        .iter()
        .copied()
        .filter(|unit| !census.units[*unit].is_told && !in_template[*unit])
        .collect();
    let rescues = rescues(census, &free, &rare);
    let order = |proposals: &mut Vec<Proposal>, most: usize| {
        proposals.sort_by(|one, other| {
            (other.people, &one.rule.pattern).cmp(&(one.people, &other.rule.pattern))
        });
        proposals.truncate(most);
    };
    let mut all = sized(census, ProposalKind::Template, templates);
    order(&mut all, MOST_TEMPLATES);
    let mut more = sized(census, ProposalKind::Rescue, rescues);
    order(&mut more, MOST_RESCUES);
    all.append(&mut more);
    all.append(&mut kept_apart(census));
    all
}

/// Proposals of rules for all labels that they catch. Groups that share no label are counted in one
/// pass; nearly all of them share none.
fn sized(
    census: &Census<'_>,
    why: ProposalKind,
    mut groups: Vec<(Rule, Vec<usize>)>,
) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    while !groups.is_empty() {
        let mut is_used = vec![false; census.units.len()];
        let (batch, rest): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(_, units)| {
            let is_apart = units.iter().all(|unit| !is_used[*unit]);
            if is_apart {
                for unit in units {
                    is_used[*unit] = true;
                }
            }
            is_apart
        });
        groups = rest;
        let others: Vec<Vec<usize>> = batch
            .iter()
            .map(|(_, units)| {
                units.iter().copied().filter(|unit| !census.units[*unit].is_told).collect()
            })
            .collect();
        let people = census.people_of(batch.iter().map(|(_, units)| units.as_slice()));
        let of_others = census.people_of(others.iter().map(Vec::as_slice));
        let sized = batch.into_iter().zip(people.iter().zip(&of_others));
        proposals.extend(sized.filter_map(|((rule, units), (people, others))| {
            let sizes = census.sizes(people, others, &units);
            Some(Proposal {
                why,
                rule,
                at: census.rules.rules.len(),
                named: sizes.named,
                rarer: sizes.rarer,
                people: sizes.people?,
            })
        }));
    }
    proposals
}

/// Labels that make up much of what a rule merges, and could stand for themselves. It is decided by
/// numbers that are told anyway.
fn kept_apart(census: &Census<'_>) -> Vec<Proposal> {
    let catches = rules(census);
    let merges = census.rules.rules.iter().enumerate().filter(|(_, rule)| rule.kind.names());
    merges
        .filter_map(|(at, rule)| {
            let caught = census.units.iter().filter(|unit| unit.rule == Some(at) && unit.is_told);
            let caught = caught.filter_map(|unit| Some((census.told(&unit.people)?, unit)));
            let caught: Vec<_> = caught.collect();
            let (people, biggest) = caught
                .iter()
                .max_by_key(|(people, unit)| (*people, std::cmp::Reverse(&unit.text)))?;
            // Of two labels nothing would be merged any more.
            let is_worth_it = caught.len() >= 3 && 5 * people >= 2 * catches[at].people?;
            let is_asked_for = rule.patterns().any(|pattern| pattern == biggest.text);
            (is_worth_it && !is_asked_for).then(|| Proposal {
                why: ProposalKind::KeepApart,
                rule: Rule::rename(&biggest.text, &biggest.own_name).with(Matching::Exact),
                at,
                named: 1,
                rarer: None,
                people: *people,
            })
        })
        .collect()
}

/// Rules for labels of one template, with the units that each catches.
fn templates(census: &Census<'_>, free: &[usize]) -> Vec<(Rule, Vec<usize>)> {
    let of_unit: Vec<(usize, Template)> = free
        .par_iter()
        .filter_map(|unit| Some((*unit, Template::of(&census.units[*unit].text)?)))
        .collect();
    let mut groups: HashMap<Template, Vec<usize>> = HashMap::new();
    for (unit, template) in of_unit {
        groups.entry(template).or_default().push(unit);
    }
    let mut groups: Vec<(Template, Vec<usize>)> =
        groups.into_iter().filter(|(_, units)| units.len() > 1).collect();
    groups
        .sort_unstable_by(|(one, some), (other, more)| (more.len(), one).cmp(&(some.len(), other)));
    groups.truncate(MOST_GROUPS);
    let people = census.people_of(groups.iter().map(|(_, units)| units.as_slice()));
    groups
        .into_par_iter()
        .zip(people)
        .filter(|(_, people)| census.told(people).is_some())
        .filter_map(|((template, units), _)| catching(census, free, &template, &units))
        .collect()
}

/// The rule that catches the labels of a template and the fewest others, and what it catches. None
/// where it would take the name away from a label outside the template.
fn catching(
    census: &Census<'_>,
    free: &[usize],
    template: &Template,
    units: &[usize],
) -> Option<(Rule, Vec<usize>)> {
    let name = template.name();
    let rule = |pattern: String, matching| Rule {
        kind: RuleKind::Merge,
        label: Some(name.clone()),
        ..Rule::hide(&pattern).with(matching)
    };
    // Units are sorted by their text, and so are those without a rule.
    let text = |unit: &usize| census.units[*unit].text.as_str();
    let from = free.partition_point(|unit| text(unit) < template.beginning());
    let near = free[from..].iter().take_while(|unit| text(unit).starts_with(template.beginning()));
    let near: Vec<usize> = near.copied().collect();
    let caught = |rule: &Rule| -> Option<Vec<usize>> {
        let rules = Rules { rules: vec![rule.clone()], ..Rules::default() };
        let compiled = Compiled::new(&rules).ok()?;
        let catches = |unit: &&usize| compiled.first(&Label::clean(text(unit))).is_some();
        Some(near.iter().filter(catches).copied().collect())
    };
    let mut best: Option<(Rule, Vec<usize>)> = None;
    let writings = [
        rule(template.wildcard(), Matching::Wildcard),
        rule(template.narrow(), Matching::Regex),
        rule(template.digits(), Matching::Regex),
    ];
    for rule in writings {
        let Some(caught) = caught(&rule) else { continue };
        let is_whole = units.iter().all(|unit| caught.binary_search(unit).is_ok());
        if is_whole && best.as_ref().is_none_or(|(_, fewest)| caught.len() < fewest.len()) {
            best = Some((rule, caught));
        }
        if best.as_ref().is_some_and(|(_, caught)| caught.len() == units.len()) {
            break;
        }
    }
    best.filter(|(_, caught)| {
        caught.iter().all(|unit| units.binary_search(unit).is_ok() || !census.units[*unit].is_told)
    })
}

/// A beginning or an end of labels, up to or from a place where a word ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part<'a> {
    Beginning(&'a str),
    End(&'a str),
}

impl Part<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Beginning(text) | Self::End(text) => text,
        }
    }

    fn pattern(&self) -> String {
        match self {
            Self::Beginning(text) => format!("{text}*"),
            Self::End(text) => format!("*{text}"),
        }
    }
}

/// Merges of rare labels that begin or end alike, the longest common part first; no label is in
/// two of them, and none takes a name away.
fn rescues(census: &Census<'_>, free: &[usize], rare: &[usize]) -> Vec<(Rule, Vec<usize>)> {
    let text = |unit: usize| census.units[unit].text.as_str();
    let told: Vec<&str> =
        free.iter().filter(|unit| census.units[**unit].is_told).map(|unit| text(*unit)).collect();
    let mut groups: BTreeMap<Part<'_>, Vec<usize>> = BTreeMap::new();
    // A part of a label that looks personal may be personal itself.
    for unit in rare.iter().copied().filter(|unit| is_plain(text(*unit))) {
        for part in parts(text(unit)) {
            groups.entry(part).or_default().push(unit);
        }
    }
    let mut groups: Vec<(Part<'_>, Vec<usize>)> = groups
        .into_iter()
        .filter(|(part, units)| units.len() > 1 && is_plain(part.text()))
        .collect();
    groups.sort_by_key(|(part, units)| {
        (std::cmp::Reverse(part.text().len()), std::cmp::Reverse(units.len()))
    });
    let mut number_of = vec![NOWHERE; census.units.len()];
    (0..).zip(rare).for_each(|(number, unit)| number_of[*unit] = number);
    let members = Members::new(census.store, &census.by_label(&number_of), rare.len());
    let mut is_taken = vec![false; census.units.len()];
    let mut rescues = Vec::new();
    for (part, units) in groups {
        let units: Vec<usize> = units.into_iter().filter(|unit| !is_taken[*unit]).collect();
        if units.len() < 2 || rescues.len() >= MOST_GROUPS {
            continue;
        }
        let mut people: Vec<u32> =
            units.iter().flat_map(|unit| members.of(number_of[*unit] as usize)).copied().collect();
        people.sort_unstable();
        people.dedup();
        let crowd: Crowd = census.crowd_of(people.into_iter().map(|subject| subject as usize));
        let pattern = part.pattern();
        if census.told(&crowd).is_none() || told.iter().any(|label| matches(&pattern, label)) {
            continue;
        }
        // What looks personal and begins alike is caught, too.
        let caught: Vec<usize> = rare
            .iter()
            .copied()
            .filter(|unit| !is_taken[*unit] && matches(&pattern, text(*unit)))
            .collect();
        for unit in &caught {
            is_taken[*unit] = true;
        }
        rescues.push((Rule { kind: RuleKind::Merge, ..Rule::rename(&pattern, &pattern) }, caught));
    }
    rescues
}

/// The beginnings and ends of a label at the ends of its words. A part has three letters or more.
fn parts(label: &str) -> Vec<Part<'_>> {
    /// More words than this no name of a step has.
    const MOST: usize = 12;
    if label.contains('*') {
        return Vec::new();
    }
    let says_something = |part: &str| part.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let mut parts = Vec::new();
    let mut before: Option<char> = None;
    for (at, c) in label.char_indices() {
        if let Some(before) = before {
            let is_separator = |c: char| !c.is_alphanumeric();
            let is_hump = before.is_lowercase() && c.is_uppercase();
            if (is_separator(before) && !is_separator(c)) || is_hump {
                parts.push(Part::Beginning(&label[..at]));
            }
            if (is_separator(c) && !is_separator(before)) || is_hump {
                parts.push(Part::End(&label[at..]));
            }
        }
        before = Some(c);
        if parts.len() >= MOST {
            break;
        }
    }
    parts.retain(|part| says_something(part.text()));
    parts
}
