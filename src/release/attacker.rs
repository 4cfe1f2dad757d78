//! The attack on the views of packages that are open, by an attacker of one's choice, with the
//! published numbers that prove what is found.
//!
//! *Invariant:* sees sealed views only; the number of a package is that of whoever asks.

use super::joint;
use super::parts::Part;
use super::{Finding, Knows};
use crate::audit::{self, CellRef, Leak, Place, STEPS};
use crate::draw::words;
use crate::views::{Disclosed, Flow, View};

/// Who attacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attacker {
    pub knows: Knows,
    /// Gives up only after ten times as many steps as before a release.
    pub patient: bool,
}

impl Attacker {
    pub(super) fn steps(self) -> u64 {
        if self.patient { 10 * STEPS } else { STEPS }
    }
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
}

/// A published number: whose, what it counts, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// The number of the package.
    pub package: usize,
    pub view: String,
    pub words: String,
    pub count: u64,
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

/// A view of a package: the package's number, the place to say, and the view.
struct Named<'a> {
    package: usize,
    place: String,
    view: &'a View,
}

/// Attacks all views of these packages together. Where the numbers of several contradict each other,
/// some may still be about the same people: then each two are attacked.
pub fn attack(packages: &[(usize, &[Disclosed<View>])], attacker: Attacker) -> Attack {
    let alone = packages.len() == 1;
    let named: Vec<Vec<Named<'_>>> = packages
        .iter()
        .map(|(number, views)| {
            let views = views.iter().map(Disclosed::view);
            let place = |view: &View| {
                let path = Part::View.path(view.name());
                if alone { path } else { format!("package {number}, {path}") }
            };
            views.map(|view| Named { package: *number, place: place(view), view }).collect()
        })
        .collect();
    let all: Vec<&Named<'_>> = named.iter().flatten().collect();
    let (mut found, contradiction) = attack_all(&all, attacker);
    let mut notes = Vec::new();
    if alone {
        let views: Vec<(&str, &View)> =
            all.iter().map(|named| (named.place.as_str(), named.view)).collect();
        let coarser = audit::coarser::check(&views).into_iter();
        found.extend(coarser.map(|finding| Found {
            finding,
            packages: Vec::new(),
            cited: Vec::new(),
        }));
        if contradiction {
            let finding = Finding::new("the views", "their numbers contradict each other");
            found.push(Found { finding, packages: Vec::new(), cited: Vec::new() });
        }
    } else {
        notes.push(SAME_PEOPLE);
    }
    if contradiction && !alone {
        notes.push(if named.len() == 2 { CONTRADICTION_OF_TWO } else { CONTRADICTION });
        for (at, one) in named.iter().enumerate() {
            for other in &named[at + 1..] {
                let pair: Vec<&Named<'_>> = one.iter().chain(other).collect();
                for one_more in attack_all(&pair, attacker).0 {
                    if !found.iter().any(|known| known.finding == one_more.finding) {
                        found.push(one_more);
                    }
                }
            }
        }
    }
    found.truncate(MOST_FOUND);
    Attack { found, notes }
}

fn attack_all(named: &[&Named<'_>], attacker: Attacker) -> (Vec<Found>, bool) {
    let views: Vec<(&str, &View)> =
        named.iter().map(|named| (named.place.as_str(), named.view)).collect();
    let attacked = joint::attack(&views, attacker);
    let found = attacked.leaks.into_iter().map(|Leak { finding, cells }| {
        let mut packages: Vec<usize> =
            cells.iter().filter_map(|cell| Some(named.get(cell.view)?.package)).collect();
        packages.sort_unstable();
        packages.dedup();
        let cited = cells.into_iter().filter_map(|cell| cited(named, cell));
        Found { finding, packages, cited: cited.take(MOST_CITED).collect() }
    });
    (found.collect(), attacked.contradiction)
}

fn cited(named: &[&Named<'_>], cell: CellRef) -> Option<Cited> {
    let named = named.get(cell.view)?;
    let parts = named.view.parts();
    let (words, count) = number(parts.get(cell.part)?, cell.cell)?;
    Some(Cited { package: named.package, view: named.view.name().to_owned(), words, count })
}

/// What a number of one part of a view counts, and the number.
fn number(part: &View, at: Place) -> Option<(String, u64)> {
    let name = |label: &str| words::name(label);
    let pair = |from: &str, to: &str| format!("{} → {}", words::name(from), words::name(to));
    Some(match (part, at) {
        (part, Place::People) => ("Everybody".to_owned(), part.head().people),
        (View::Flow(flow), at) => of_flow(flow, at)?,
        (View::Map(map), Place::Node(at)) => {
            let node = map.nodes.get(at)?;
            (name(&node.label), node.count)
        }
        (View::Map(map), Place::Edge(at)) => {
            let edge = map.edges.get(at)?;
            (pair(&edge.from, &edge.to), edge.count)
        }
        (View::Map(map), Place::EdgeBin(at, bin)) => {
            let edge = map.edges.get(at)?;
            let bin = edge.bins.get(bin)?;
            (format!("{}, {}", pair(&edge.from, &edge.to), words::span(bin)), bin.count)
        }
        (View::Map(map), Place::Start(at)) => {
            let start = map.starts.get(at)?;
            (format!("Starts at {}", name(&start.label)), start.count)
        }
        (View::Map(map), Place::End(at)) => {
            let end = map.ends.get(at)?;
            (format!("Ends at {}", name(&end.label)), end.count)
        }
        (View::Paths(paths), Place::Path(at)) => {
            let path = paths.paths.get(at)?;
            let steps: Vec<String> = path.steps.iter().map(|step| name(&step.label)).collect();
            (steps.join(" → "), path.count)
        }
        (View::Funnel(funnel), Place::Step(at)) => {
            let step = funnel.steps.get(at)?;
            (format!("Reached {}", name(&step.label)), step.count)
        }
        (View::Funnel(funnel), Place::Bin(at)) => {
            let bin = funnel.time_to_convert.get(at)?;
            (words::span(bin), bin.count)
        }
        (View::Timing(timing), Place::Bin(at)) => {
            let bin = timing.bins.get(at)?;
            (words::span(bin), bin.count)
        }
        (View::Trend(trend), Place::Bin(at)) => {
            let bin = trend.bins.get(at)?;
            (words::days(bin), bin.count)
        }
        _ => return None,
    })
}

fn of_flow(flow: &Flow, at: Place) -> Option<(String, u64)> {
    let name = |id: &str| {
        let node = flow.nodes.iter().find(|node| node.id == id)?;
        Some((words::name(&node.label), node.step))
    };
    Some(match at {
        Place::Node(at) => {
            let node = flow.nodes.get(at)?;
            (format!("{}, step {}", words::name(&node.label), node.step), node.count)
        }
        Place::Edge(at) => {
            let edge = flow.edges.get(at)?;
            let ((from, step), (to, _)) = (name(&edge.from)?, name(&edge.to)?);
            (format!("{from} → {to}, from step {step}"), edge.count)
        }
        Place::Exit(at) => {
            let exit = flow.exits.get(at)?;
            let (from, step) = name(&exit.from)?;
            (format!("{from}, step {step}, then no more"), exit.count)
        }
        _ => return None,
    })
}
