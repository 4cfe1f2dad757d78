//! What a reader does not know, keyed by what it means, and how it hangs together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::CellRef;
use super::drawing::Net;
use crate::audit::system::Sense;
use crate::views::{PublishedCohort, Unit};

/// A label, by number; `Other` means something else in every part of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Label(u32),
    Other(usize),
}

/// Which events count. More rules hide more events, which then stand between no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Words {
    pub rules: usize,
    /// Labels with fewer people than this are skipped.
    pub skip: Option<u32>,
}

impl Words {
    pub fn plain(rules: usize) -> Self {
        Self { rules, skip: None }
    }

    /// Whether the other hides at least as much, as far as it can be told.
    fn shows_more_than(self, other: Self) -> bool {
        (self.rules == other.rules || self.rules == 0)
            && match (self.skip, other.skip) {
                (None, _) => true,
                (Some(own), Some(other)) => own <= other,
                (Some(_), None) => false,
            }
    }
}

/// What a number of true people counts, within its cohort and unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    People {
        rules: usize,
    },
    Node(Name),
    Edge {
        from: Name,
        to: Name,
        words: Words,
    },
    /// People by how long an edge took them.
    EdgeBin {
        from: Name,
        to: Name,
        words: Words,
        secs: (u64, u64),
    },
    Start(Name, Words),
    End(Name, Words),
    /// People whose journey from one label to another is told.
    Between(Name, Name),
    Timing(Name, Name),
    TimingBin(Name, Name, (u64, u64)),
    /// People who do something, or this, in an interval.
    Active(Option<Name>, Date, Date),
    /// People between two cuts of times, where views cut them in different places.
    Atom(usize, (u64, u64)),
}

impl Item {
    /// Needs the same journeys to be nested, not only parts of them.
    pub fn is_of_whole_journeys(self) -> bool {
        match self {
            Self::Start(..) | Self::End(..) | Self::EdgeBin { .. } | Self::TimingBin(..) => true,
            Self::People { .. }
            | Self::Node(_)
            | Self::Edge { .. }
            | Self::Between(..)
            | Self::Timing(..)
            | Self::Active(..)
            | Self::Atom(..) => false,
        }
    }

    /// Means the same in no other part.
    pub fn is_private(self) -> bool {
        let other = |name: Name| matches!(name, Name::Other(_));
        match self {
            Self::Node(name) | Self::Start(name, _) | Self::End(name, _) => other(name),
            Self::Edge { from, to, .. } | Self::EdgeBin { from, to, .. } => {
                other(from) || other(to)
            }
            Self::Atom(..) => true,
            _ => false,
        }
    }

    /// The same under other rules, and whether that has at least as many people.
    pub fn under(self, own: Words, other: Words) -> Option<Self> {
        if own == other || !own.shows_more_than(other) {
            return None;
        }
        match self {
            Self::Edge { from, to, words } if words == own => {
                Some(Self::Edge { from, to, words: other })
            }
            Self::Start(name, words) if words == own => Some(Self::Start(name, other)),
            Self::End(name, words) if words == own => Some(Self::End(name, other)),
            _ => None,
        }
    }
}

/// What a number counts: about whom, in which unit, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub cohort: usize,
    pub unit: u8,
    pub item: Item,
}

pub(super) fn unit(unit: Unit) -> u8 {
    match unit {
        Unit::People => 0,
        Unit::Sessions => 1,
        Unit::Occurrences => 2,
    }
}

pub(super) const PEOPLE: u8 = 0;
pub(super) const OCCURRENCES: u8 = 2;

/// A number that a reader does not know exactly.
pub(super) struct Unknown {
    pub lo: f64,
    pub hi: f64,
    /// What counts as small here: the least of the thresholds of the views that speak of it.
    pub k: u64,
    /// Where it is published.
    pub cells: Vec<CellRef>,
    /// Where it would stand, of one that is derived from published labels only.
    pub hidden: Option<String>,
}

/// An unknown, or a number of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Var {
    Cell(usize),
    Arc(usize, usize),
}

/// A sum of unknowns that is 0, or at most 0.
pub(super) struct Relation {
    pub terms: Vec<(usize, f64)>,
    pub sense: Sense,
}

/// Arcs of a drawing that share nobody and belong to one true group.
pub(super) struct Coupling {
    pub net: usize,
    pub arcs: Vec<usize>,
    pub within: usize,
}

/// Everything that the views say together.
#[derive(Default)]
pub(super) struct Model {
    pub cohorts: Vec<PublishedCohort>,
    pub labels: BTreeMap<String, u32>,
    pub keys: BTreeMap<Key, usize>,
    pub unknowns: Vec<Unknown>,
    pub relations: Vec<Relation>,
    /// The first is a part of the second.
    pub nested: BTreeSet<(usize, usize)>,
    pub nets: Vec<Net>,
    pub couplings: Vec<Coupling>,
    pub targets: BTreeSet<Vec<(Var, i8)>>,
}

impl Model {
    pub fn label(&mut self, label: &str) -> Name {
        let next = self.labels.len() as u32;
        if let Some(known) = self.labels.get(label) {
            return Name::Label(*known);
        }
        self.labels.insert(label.to_owned(), next);
        Name::Label(next)
    }

    pub fn cohort(&mut self, cohort: &PublishedCohort) -> usize {
        let cohort = super::cohorts::normal(cohort);
        if let Some(known) = self.cohorts.iter().position(|known| *known == cohort) {
            return known;
        }
        self.cohorts.push(cohort);
        self.cohorts.len() - 1
    }

    pub fn get(&self, key: Key) -> Option<usize> {
        self.keys.get(&key).copied()
    }

    /// The unknown of this meaning; new ones can be anything.
    pub fn latent(&mut self, key: Key) -> usize {
        let next = self.unknowns.len();
        let at = *self.keys.entry(key).or_insert(next);
        if at == next {
            self.unknowns.push(Unknown {
                lo: 0.0,
                hi: f64::INFINITY,
                k: u64::MAX,
                cells: Vec::new(),
                hidden: None,
            });
        }
        at
    }

    /// A group that no number stands for.
    pub fn anybody(&mut self) -> usize {
        self.unknowns.push(Unknown {
            lo: 0.0,
            hi: f64::INFINITY,
            k: u64::MAX,
            cells: Vec::new(),
            hidden: None,
        });
        self.unknowns.len() - 1
    }

    /// A number that is published somewhere.
    pub fn publish(&mut self, key: Key, (lo, hi): (f64, f64), k: u64, cell: CellRef) -> usize {
        let at = self.latent(key);
        let unknown = &mut self.unknowns[at];
        unknown.lo = unknown.lo.max(lo);
        unknown.hi = unknown.hi.min(hi);
        unknown.k = unknown.k.min(k);
        unknown.cells.push(cell);
        at
    }

    /// A number that is absent from a place where it would stand if it were `most + 1` or more.
    /// Where it is known to be more than that, it was folded for another reason.
    pub fn hide(&mut self, key: Key, most: f64, k: u64, place: &str) -> usize {
        let at = self.latent(key);
        let unknown = &mut self.unknowns[at];
        if most >= unknown.lo {
            unknown.hi = unknown.hi.min(most);
            unknown.k = unknown.k.min(k);
            unknown.hidden.get_or_insert_with(|| place.to_owned());
        }
        at
    }

    pub fn nest(&mut self, part: usize, whole: usize) {
        if part != whole {
            self.nested.insert((part, whole));
        }
    }

    pub fn relate(&mut self, terms: Vec<(usize, f64)>, sense: Sense) {
        self.relations.push(Relation { terms, sense });
    }

    /// A group that is asked about: one sum without others.
    pub fn ask(&mut self, whole: &[Var], parts: &[Var]) {
        let mut terms: Vec<(Var, i8)> =
            whole.iter().map(|var| (*var, 1)).chain(parts.iter().map(|var| (*var, -1))).collect();
        terms.sort_unstable();
        if whole.iter().all(|var| !parts.contains(var)) {
            self.targets.insert(terms);
        }
    }
}
