//! The attack on the views of packages that are open, by an attacker of one's choice, with the
//! published numbers that prove what is found.
//!
//! *Invariant:* sees sealed views only; the number of a package is that of whoever asks.

use std::collections::BTreeMap;

use thiserror::Error;

use super::numbers::{self, number};
use super::parts::Part;
use super::{Finding, joint};
use crate::audit::{self, CellRef, Leak, Person, STEPS, Steps};
use crate::views::{Disclosed, Progress, View};

/// A published number of one of several packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub package: usize,
    /// Its view is that of the package.
    pub cell: CellRef,
}

/// What an attacker knows besides the numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Knows {
    Nothing,
    /// One hidden number, or to be one of the people in it.
    #[default]
    OneGroup,
    /// One of the people, and what she did.
    Person(Person),
    /// Published numbers as they were before they were rounded.
    Numbers(Vec<(Spot, u64)>),
}

/// Who attacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attacker {
    pub knows: Knows,
    /// Gives up only after ten times as many steps as before a release.
    pub patient: bool,
}

/// Why nobody can know what is assumed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AssumeError {
    #[error(
        "{place} was {least} to {most} before it was rounded, so it was not {count}; give a number between these two"
    )]
    Outside { place: String, least: u64, most: u64, count: u64 },
    #[error("{place} is no number of these packages; choose one of those that they publish")]
    NoNumber { place: String },
    #[error("no number is known; choose one, and say how many it was before it was rounded")]
    NoNumbers,
    #[error("nothing is known of that person; choose at least one step")]
    NoPath,
    #[error("a step of that person is in no view; choose among the labels that the packages show")]
    NoLabel,
    #[error(
        "what is assumed does not go together with the numbers, so nobody can know it; assume something else"
    )]
    Contradiction,
}

/// What an attack came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attack {
    pub found: Vec<Found>,
    /// What has to be known to read it.
    pub notes: Vec<&'static str>,
}

/// Something that was found, and the numbers that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub finding: Finding,
    /// The packages that these numbers are of. Empty where it is about all of them.
    pub packages: Vec<usize>,
    pub cited: Vec<Cited>,
    /// Where it is one number without another.
    pub difference: Option<Difference>,
}

/// Two published numbers, and how many people are in the one and not in the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub whole: Cited,
    pub part: Cited,
    /// At most: 1 to so many.
    pub most: u64,
}

/// A published number: whose, what it counts, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// The number of the package.
    pub package: usize,
    pub view: String,
    pub words: String,
    pub count: u64,
    /// What is known of it: the least and the most that it can have been before it was rounded.
    pub range: Option<(u64, u64)>,
}

/// Only packages of one project say which import they are of; others are taken for the worst.
pub(super) const SAME_PEOPLE: &str = "These packages may be about different people; the joint check assumes they are about the same.";
pub(super) const ONE_IMPORT: &str =
    "These packages say that they are of the same import, and so about the same people.";
pub(super) const CONTRADICTION_OF_TWO: &str = "The numbers of these packages contradict each other, so they cannot be about the same people at the same time; they were not attacked together.";
pub(super) const CONTRADICTION: &str = "The numbers of these packages contradict each other, so they cannot all be about the same people at the same time; only each two of them were attacked together.";

/// More of it is read by nobody.
const MOST_FOUND: usize = 100;
const MOST_CITED: usize = 12;

/// Numbers that somebody may have been in or not are left as they are.
const NOT_TAKEN: &str = "That person was taken from every number that her steps tell she is in. Sessions, times and days were left as they are: whether she is in these is not known.";

/// A view of a package: the package's number, its place in the package, the place to say, and the
/// view.
struct Named<'a> {
    package: usize,
    at: usize,
    place: String,
    view: &'a View,
}

/// Attacks all views of these packages together. Where the numbers of several contradict each other,
/// some may still be about the same people: then each two are attacked.
///
/// # Errors
/// [`AssumeError`] where nobody can know what the attacker is said to know.
pub fn attack(
    packages: &[(usize, &[Disclosed<View>])],
    attacker: &Attacker,
    progress: &Progress,
) -> Result<Attack, AssumeError> {
    check(packages, &attacker.knows)?;
    let alone = packages.len() == 1;
    let named: Vec<Vec<Named<'_>>> = packages
        .iter()
        .map(|(number, views)| {
            let place = |view: &View| {
                let path = Part::View.path(view.name());
                if alone { path } else { format!("package {number}, {path}") }
            };
            let views = views.iter().map(Disclosed::view).enumerate();
            let named =
                views.map(|(at, view)| Named { package: *number, at, place: place(view), view });
            named.collect()
        })
        .collect();
    let all: Vec<&Named<'_>> = named.iter().flatten().collect();
    let (mut found, contradiction) = attack_all(&all, attacker, progress);
    let assumes = matches!(attacker.knows, Knows::Person(_) | Knows::Numbers(_));
    if contradiction && assumes && (alone || !attack_all(&all, &PLAIN, progress).1) {
        return Err(AssumeError::Contradiction);
    }
    let mut notes = Vec::new();
    let whole =
        |finding| Found { finding, packages: Vec::new(), cited: Vec::new(), difference: None };
    if alone {
        let views: Vec<(&str, &View)> =
            all.iter().map(|named| (named.place.as_str(), named.view)).collect();
        found.extend(audit::coarser::check(&views).into_iter().map(whole));
        if contradiction {
            found.push(whole(Finding::new("the views", "their numbers contradict each other")));
        }
    } else {
        notes.push(SAME_PEOPLE);
    }
    if contradiction && !alone {
        notes.push(if named.len() == 2 { CONTRADICTION_OF_TWO } else { CONTRADICTION });
        for (at, one) in named.iter().enumerate() {
            for other in &named[at + 1..] {
                let pair: Vec<&Named<'_>> = one.iter().chain(other).collect();
                for one_more in attack_all(&pair, attacker, progress).0 {
                    if !found.iter().any(|known| known.finding == one_more.finding) {
                        found.push(one_more);
                    }
                }
            }
        }
    }
    if matches!(attacker.knows, Knows::Person(_)) {
        notes.push(NOT_TAKEN);
    }
    found.truncate(MOST_FOUND);
    Ok(Attack { found, notes })
}

const PLAIN: Attacker = Attacker { knows: Knows::Nothing, patient: false };

/// Whether somebody can know that, as far as each number tells by itself.
fn check(packages: &[(usize, &[Disclosed<View>])], knows: &Knows) -> Result<(), AssumeError> {
    match knows {
        Knows::Nothing | Knows::OneGroup => Ok(()),
        Knows::Person(person) if person.path.is_empty() => Err(AssumeError::NoPath),
        Knows::Person(person) => {
            let labels: Vec<String> =
                packages.iter().flat_map(|(_, views)| numbers::labels(views)).collect();
            let is_shown = |label: &String| labels.contains(label);
            person.path.iter().all(is_shown).then_some(()).ok_or(AssumeError::NoLabel)
        }
        Knows::Numbers(known) if known.is_empty() => Err(AssumeError::NoNumbers),
        Knows::Numbers(known) => {
            let all: Vec<(usize, Vec<numbers::Published>)> = packages
                .iter()
                .map(|(number, views)| (*number, numbers::published(views)))
                .collect();
            known.iter().try_for_each(|(spot, count)| {
                let of = all.iter().find(|(number, _)| *number == spot.package);
                let own = of.and_then(|(_, all)| all.iter().find(|it| it.cell == spot.cell));
                let Some(own) = own else {
                    return Err(AssumeError::NoNumber { place: spot.cell.cell.to_string() });
                };
                own.admits(*count)
            })
        }
    }
}

impl numbers::Published {
    /// Whether it can have been so many before it was rounded.
    ///
    /// # Errors
    /// [`AssumeError::Outside`] where it cannot.
    pub fn admits(&self, count: u64) -> Result<(), AssumeError> {
        let (least, most) = self.range.unwrap_or((0, u64::MAX));
        if (least..=most).contains(&count) {
            return Ok(());
        }
        Err(AssumeError::Outside { place: self.place.clone(), least, most, count })
    }
}

/// The same in the numbers of the views that are attacked.
fn known(named: &[&Named<'_>], knows: &Knows) -> audit::Knows {
    match knows {
        Knows::Nothing => audit::Knows::Nothing,
        Knows::OneGroup => audit::Knows::OneGroup,
        Knows::Person(person) => audit::Knows::Person(person.clone()),
        Knows::Numbers(known) => {
            let own = known.iter().filter_map(|(spot, count)| {
                let is_it = |it: &&Named<'_>| (it.package, it.at) == (spot.package, spot.cell.view);
                let view = named.iter().position(is_it)?;
                Some((CellRef { view, ..spot.cell }, *count))
            });
            audit::Knows::Numbers(own.collect())
        }
    }
}

fn attack_all(
    named: &[&Named<'_>],
    attacker: &Attacker,
    progress: &Progress,
) -> (Vec<Found>, bool) {
    let views: Vec<(&str, &View)> =
        named.iter().map(|named| (named.place.as_str(), named.view)).collect();
    let steps = Steps::watched(if attacker.patient { 10 * STEPS } else { STEPS }, progress);
    let attacked = joint::attack(&views, &known(named, &attacker.knows), steps);
    let ranges = if attacked.leaks.is_empty() {
        BTreeMap::new()
    } else {
        audit::ranges(&views, &mut Steps::default()).unwrap_or_default()
    };
    let cited = |cell: CellRef| cited(named, cell, &ranges);
    let found = attacked.leaks.into_iter().map(|Leak { finding, cells, difference }| {
        let mut packages: Vec<usize> =
            cells.iter().filter_map(|cell| Some(named.get(cell.view)?.package)).collect();
        packages.sort_unstable();
        packages.dedup();
        let k = |cell: CellRef| named.get(cell.view).map(|it| u64::from(it.view.head().k));
        let difference = difference.and_then(|[whole, part]| {
            let most = k(whole)?.min(k(part)?).saturating_sub(1);
            Some(Difference { whole: cited(whole)?, part: cited(part)?, most })
        });
        let cited = cells.into_iter().filter_map(cited).take(MOST_CITED).collect();
        Found { finding, packages, cited, difference }
    });
    (found.collect(), attacked.contradiction)
}

fn cited(
    named: &[&Named<'_>],
    cell: CellRef,
    ranges: &BTreeMap<CellRef, (u64, u64)>,
) -> Option<Cited> {
    let named = named.get(cell.view)?;
    let parts = named.view.parts();
    let (words, count) = number(parts.get(cell.part)?, cell.cell)?;
    let words = match crate::draw::words::part_names(named.view).get(cell.part) {
        Some(segment) => format!("{segment}: {words}"),
        None => words,
    };
    let view = named.view.name().to_owned();
    Some(Cited { package: named.package, view, words, count, range: ranges.get(&cell).copied() })
}
