//! The labels of an import after the rules, each with its people: what previews, proposals and
//! findings are made of.
//!
//! *Invariant:* exact inside; every number goes out through [`Census::told`]. A label is told by
//! name only if k people have it and it looks harmless.

use std::collections::HashMap;

use rayon::prelude::*;

use super::key::Key;
use super::labels::{Accepted, display_name, is_forbidden};
use super::pii;
use super::rules::{Compiled, Label};
use crate::vault::disclose::crowd::published;
use crate::vault::journeys::Store;
use crate::vault::measure::crowd::{Crowd, NOWHERE, crowds, marks};
use crate::views::{Becomes, Policy, RuleError, Rules};

/// Labels that look the same and of which the rules make the same.
pub(super) struct Unit {
    /// The label cleaned.
    pub(super) text: String,
    /// The name that it has, or would have without rules.
    pub(super) own_name: String,
    pub(super) rule: Option<usize>,
    /// The name after the rules; `None` where a rule hides it.
    pub(super) name: Option<String>,
    pub(super) people: Crowd,
    /// Whether it may be told by name: enough people have it, and it looks harmless.
    pub(super) is_told: bool,
}

impl Unit {
    pub(super) fn becomes(&self) -> Becomes {
        match &self.name {
            None => Becomes::Hidden,
            Some(name) if *name == self.own_name => Becomes::Unchanged,
            Some(name) => Becomes::Label(name.clone()),
        }
    }
}

/// Everything that is needed to say what rules do.
pub(super) struct Census<'a> {
    pub(super) store: &'a Store,
    pub(super) key: &'a Key,
    pub(super) policy: Policy,
    pub(super) rules: &'a Rules,
    /// Sorted by text, then rule.
    pub(super) units: Vec<Unit>,
    /// The unit of every label code that somebody has; [`NOWHERE`] for the others.
    unit_of: Vec<u32>,
    marks: Vec<u64>,
}

impl<'a> Census<'a> {
    /// # Errors
    /// Where a rule cannot be applied.
    pub(super) fn new(
        store: &'a Store,
        key: &'a Key,
        rules: &'a Rules,
        policy: Policy,
    ) -> Result<Self, RuleError> {
        super::rules::check(rules)?;
        let compiled = Compiled::new(rules)?;
        let applied: Vec<(String, Option<usize>, Option<String>)> = store
            .dictionary()
            .par_iter()
            .map(|raw| {
                let label = Label::new(raw);
                let (rule, name) = compiled.apply(&label);
                (label.cleaned.into_owned(), rule, name)
            })
            .collect();
        let mut order: Vec<usize> = (0..applied.len()).collect();
        order.par_sort_by(|one, other| applied[*one].cmp(&applied[*other]));
        let mut unit_of = vec![NOWHERE; applied.len()];
        let mut firsts: Vec<usize> = Vec::new();
        for at in order {
            if firsts.last().is_none_or(|first| applied[*first] != applied[at]) {
                firsts.push(at);
            }
            unit_of[at] = firsts.len() as u32 - 1;
        }
        let marks = marks(store, key);
        let people = crowds(store, &marks, &unit_of, firsts.len());
        let accepted = Accepted::new(rules);
        let units = firsts
            .into_par_iter()
            .zip(people)
            .map(|(at, people)| {
                let (text, rule, name) = &applied[at];
                let raw = &store.dictionary()[at];
                let own_name = display_name(raw);
                let is_told = published(&people, key, policy).is_some()
                    && accepted.unresolved(&own_name).is_none()
                    && !is_forbidden(raw, rules);
                Unit {
                    text: text.clone(),
                    own_name,
                    rule: *rule,
                    name: name.clone(),
                    people,
                    is_told,
                }
            })
            .collect();
        Ok(Self { store, key, policy, rules, units, unit_of, marks })
    }

    /// A number as it may be told.
    pub(super) fn told(&self, crowd: &Crowd) -> Option<u64> {
        published(crowd, self.key, self.policy)
    }

    /// The people of groups of units; `group_of` gives [`NOWHERE`] for units in none.
    pub(super) fn people(&self, groups: usize, group_of: impl Fn(usize) -> u32) -> Vec<Crowd> {
        let group_of_unit: Vec<u32> = (0..self.units.len()).map(group_of).collect();
        crowds(self.store, &self.marks, &self.by_label(&group_of_unit), groups)
    }

    /// What is said of units, said of the label codes in them.
    pub(super) fn by_label(&self, of_unit: &[u32]) -> Vec<u32> {
        let of_code = |unit: &u32| of_unit.get(*unit as usize).copied().unwrap_or(NOWHERE);
        self.unit_of.iter().map(of_code).collect()
    }

    /// People who are not told one by one, such as those with a value of an attribute.
    pub(super) fn crowd_of(&self, subjects: impl Iterator<Item = usize>) -> Crowd {
        let mut crowd = Crowd::default();
        subjects.for_each(|subject| crowd.add(self.marks[subject]));
        crowd
    }

    /// How many labels these are, as a crowd of its own: where each person has a label of her own,
    /// the number of labels is a number of people.
    pub(super) fn crowd_of_labels<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Crowd {
        let mut crowd = Crowd::default();
        texts.for_each(|text| crowd.add(self.key.draw("label", &[text.as_bytes()])));
        crowd
    }

    /// Of some labels: how many are told by name, about how many others there are, and about how
    /// many people have any of them. The others are counted only if they have k people together.
    pub(super) fn sizes(&self, all: &Crowd, others: &Crowd, units: &[usize]) -> Sizes {
        let (told, rest): (Vec<usize>, Vec<usize>) =
            units.iter().copied().partition(|unit| self.units[*unit].is_told);
        let labels = self.crowd_of_labels(rest.iter().map(|unit| self.units[*unit].text.as_str()));
        let others = self.told(others).and_then(|_| self.told(&labels));
        Sizes { named: told.len() as u64, rarer: others, people: self.told(all) }
    }

    /// Units in groups, by what they have in common, in its order.
    pub(super) fn grouped<K: Ord + std::hash::Hash + Eq + Clone>(
        &self,
        common: impl Fn(&Unit) -> Option<K>,
    ) -> Vec<(K, Vec<usize>)> {
        let mut groups: HashMap<K, Vec<usize>> = HashMap::new();
        for (at, unit) in self.units.iter().enumerate() {
            if let Some(key) = common(unit) {
                groups.entry(key).or_default().push(at);
            }
        }
        let mut groups: Vec<(K, Vec<usize>)> = groups.into_iter().collect();
        groups.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        groups
    }

    /// The people of groups of units that share none.
    pub(super) fn people_of<'g>(
        &self,
        groups: impl ExactSizeIterator<Item = &'g [usize]>,
    ) -> Vec<Crowd> {
        let number = groups.len();
        let mut group_of = vec![NOWHERE; self.units.len()];
        for (group, units) in (0..).zip(groups) {
            for unit in units {
                group_of[*unit] = group;
            }
        }
        self.people(number, |unit| group_of[unit])
    }
}

/// How much some labels are, as it may be told.
pub(super) struct Sizes {
    pub(super) named: u64,
    pub(super) rarer: Option<u64>,
    pub(super) people: Option<u64>,
}

/// Whether a text looks like nothing personal, not even like the name of a person.
pub(super) fn is_plain(text: &str) -> bool {
    pii::detect_or_hint(text).is_none()
}
