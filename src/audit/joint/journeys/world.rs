//! A small world: a few labels, the kinds of people there can be, and sets of kinds.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::Labels;
use super::walks::Symbol;
use crate::views::{Filter, HIDDEN, PublishedCohort};

/// More ways to be told by attributes than this are not told apart.
const MOST_CLASSES: usize = 12;

/// Kinds of people, a bit each.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Set(Vec<u64>);

impl Set {
    pub fn minus(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(own, other)| own & !other).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub fn is_inside(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & !other == 0)
    }

    pub fn has(&self, kind: usize) -> bool {
        self.0[kind / 64] >> (kind % 64) & 1 == 1
    }
}

/// Labels by number, and everybody there can be.
pub(super) struct World {
    labels: BTreeMap<String, Symbol>,
    /// No view names another label.
    pub is_whole: bool,
    attributes: Vec<String>,
    pub walks: Vec<Vec<Symbol>>,
    /// Values of the attributes; `None` is a value that no view names.
    classes: Vec<Vec<Option<String>>>,
}

impl World {
    /// People who took some walks; these are made for a number of classes. `None` where the views
    /// tell people apart in too many ways.
    pub fn new(
        labels: &Labels,
        cohorts: &[&PublishedCohort],
        walks: impl FnOnce(usize) -> Vec<Vec<Symbol>>,
    ) -> Option<Self> {
        let is_whole = labels.is_whole;
        let labels: BTreeMap<String, Symbol> =
            labels.of.iter().cloned().zip(0..Symbol::MAX / 2).collect();
        let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for cohort in cohorts {
            for filter in cohort.filters.iter().chain(&cohort.where_not) {
                values.entry(&filter.attribute).or_default().insert(&filter.value);
            }
        }
        let mut classes: Vec<Vec<Option<String>>> = vec![Vec::new()];
        for values in values.values() {
            let of_one = |class: &Vec<Option<String>>, value: Option<&str>| {
                class.iter().cloned().chain([value.map(str::to_owned)]).collect()
            };
            let all = || values.iter().copied().map(Some).chain([None]);
            classes = classes
                .iter()
                .flat_map(|class| all().map(move |value| of_one(class, value)))
                .collect();
            if classes.len() > MOST_CLASSES {
                return None;
            }
        }
        let attributes = values.keys().map(|name| (*name).to_owned()).collect();
        let walks = walks(classes.len());
        Some(Self { labels, is_whole, attributes, walks, classes })
    }

    pub fn kinds(&self) -> usize {
        self.walks.len() * self.classes.len()
    }

    /// The kind of somebody who took this walk. None where it is not known what they are.
    pub fn kind(&self, walk: &[Symbol], values: &[Filter]) -> Option<usize> {
        let walk = self.walks.iter().position(|own| own == walk)?;
        let known = |name: &String| values.iter().find(|own| own.attribute == *name);
        let class = self.classes.iter().position(|class| {
            self.attributes.iter().zip(class).all(|(name, value)| {
                known(name).is_some_and(|own| match value {
                    Some(value) => own.value == *value,
                    None => !self.is_named(own),
                })
            })
        })?;
        Some(walk * self.classes.len() + class)
    }

    /// Whether a view names this value.
    fn is_named(&self, filter: &Filter) -> bool {
        let at = self.attributes.iter().position(|own| *own == filter.attribute);
        at.is_some_and(|at| {
            self.classes.iter().any(|class| class[at].as_deref() == Some(&filter.value))
        })
    }

    /// The number of a label; that of everything else where it is none of the world's.
    pub fn symbol(&self, label: &str) -> Symbol {
        self.labels.get(label).copied().unwrap_or_else(|| self.other())
    }

    pub fn knows(&self, label: &str) -> bool {
        self.labels.contains_key(label)
    }

    pub fn other(&self) -> Symbol {
        self.labels.len() as Symbol
    }

    /// The world's own labels.
    pub fn symbols(&self) -> std::ops::Range<Symbol> {
        0..self.other()
    }

    fn set(&self, mut has: impl FnMut(usize, usize) -> bool) -> Set {
        let mut bits = vec![0_u64; self.kinds().div_ceil(64)];
        let mut kind = 0;
        for walk in 0..self.walks.len() {
            for class in 0..self.classes.len() {
                if has(walk, class) {
                    bits[kind / 64] |= 1 << (kind % 64);
                }
                kind += 1;
            }
        }
        Set(bits)
    }

    /// The people of a cohort; `None` where its words do not say who that is here.
    pub fn cohort(&self, cohort: &PublishedCohort) -> Option<Set> {
        let filters = || cohort.filters.iter().chain(&cohort.where_not);
        let labels = || cohort.did.iter().chain(&cohort.did_not);
        if filters().any(|filter| filter.value == HIDDEN || filter.attribute == HIDDEN)
            || labels().any(|label| !self.knows(label))
        {
            return None;
        }
        let place = |name: &str| self.attributes.iter().position(|own| own == name);
        let is = |class: usize, filter: &crate::views::Filter| {
            let at = place(&filter.attribute);
            at.is_some_and(|at| self.classes[class][at].as_deref() == Some(&filter.value))
        };
        Some(self.set(|walk, class| {
            let walk = &self.walks[walk];
            let did = |label: &String| walk.contains(&self.symbol(label));
            cohort.filters.iter().all(|filter| is(class, filter))
                && !cohort.where_not.iter().any(|filter| is(class, filter))
                && cohort.did.iter().all(did)
                && !cohort.did_not.iter().any(did)
        }))
    }

    /// Those of a set whose walk is of some kind.
    pub fn of(&self, within: &Set, has: impl Fn(&[Symbol]) -> bool) -> Set {
        self.of_walks(within, |at| has(&self.walks[at]))
    }

    /// Those of a set who took one of some walks, by their numbers.
    pub fn of_walks(&self, within: &Set, has: impl Fn(usize) -> bool) -> Set {
        let answers: Vec<bool> = (0..self.walks.len()).map(has).collect();
        let mut kind = 0;
        self.set(|walk, _| {
            kind += 1;
            answers[walk] && within.has(kind - 1)
        })
    }

    /// What is seen of every walk.
    pub fn seen(&self, see: impl Fn(&[Symbol]) -> Vec<Symbol>) -> Vec<Vec<Symbol>> {
        self.walks.iter().map(|walk| see(walk)).collect()
    }

    /// The people of a set by something about the walks, by their numbers.
    pub fn by<T: Ord>(&self, within: &Set, tell: impl Fn(usize) -> Option<T>) -> BTreeMap<T, Set> {
        let mut walks: BTreeMap<T, Vec<bool>> = BTreeMap::new();
        for at in 0..self.walks.len() {
            if let Some(told) = tell(at) {
                walks.entry(told).or_insert_with(|| vec![false; self.walks.len()])[at] = true;
            }
        }
        let sets = walks
            .into_iter()
            .map(|(told, answers)| (told, self.of_walks(within, |at| answers[at])));
        sets.filter(|(_, set)| !set.is_empty()).collect()
    }
}
