//! The attack on all views of a package, or of several packages, together.
//!
//! Every number is read for what it means: how many true people are in some group, or how many of
//! them were drawn in it (`read`). The same meaning is the same unknown (`model`), and meanings lie
//! inside each other, add up, or are hidden (`relate`, `cohorts`). Then the attacker asks whether
//! any group that they can name is provably of 1..k−1 people. Drawings are networks of their own
//! (`drawing`), tied to true numbers where these could tell something.
//!
//! *Invariant:* the answer is that of all relations together, however few of them are written down
//! at first; whatever cannot be answered is an error.

mod cohorts;
mod drawing;
mod insider;
mod journeys;
mod known;
mod model;
mod read;
mod relate;
#[cfg(test)]
mod tests;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Finding;
use super::search::{Group, Search};
use super::system::{CellId, Refused, Sense, Steps, System};
use crate::views::{Unit, View};
use drawing::Drawings;
use known::Met;
use model::{Model, Var};
use read::{Part, Read};
use relate::Segments;
use told::{Who, by_journeys, told};

pub use known::Person;
pub use told::words_of_part;

/// Numbers of people beyond this are not believed.
const MOST_PEOPLE: u64 = 100_000_000_000;
/// A drawing that is tied at more arcs than this is written down as a whole: asking for what it
/// breaks would take more rounds than that is worth.
const MOST_TIED: usize = 8;
/// A finding has at most this many cells to fold.
const MOST_CELLS: usize = 60;

/// A group that is provably of 1..k−1 people, and the published numbers that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    pub finding: Finding,
    pub cells: Vec<CellRef>,
    /// Where it is one published number without another: the two.
    pub difference: Option<[CellRef; 2]>,
}

/// A published number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellRef {
    pub view: usize,
    /// Its place in [`View::parts`].
    pub part: usize,
    pub cell: Place,
}

/// Where in a view a number stands: a place in the list of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    People,
    Node(usize),
    Edge(usize),
    Exit(usize),
    Start(usize),
    End(usize),
    Path(usize),
    Step(usize),
    Bin(usize),
    /// An edge, and a bin of its times.
    EdgeBin(usize, usize),
}

/// As findings write it: `node 3`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::People => write!(f, "people"),
            Self::Node(at) => write!(f, "node {}", at + 1),
            Self::Edge(at) => write!(f, "edge {}", at + 1),
            Self::Exit(at) => write!(f, "exit {}", at + 1),
            Self::Start(at) => write!(f, "start {}", at + 1),
            Self::End(at) => write!(f, "end {}", at + 1),
            Self::Path(at) => write!(f, "path {}", at + 1),
            Self::Step(at) => write!(f, "step {}", at + 1),
            Self::Bin(at) => write!(f, "bin {}", at + 1),
            Self::EdgeBin(edge, bin) => write!(f, "edge {}, bin {}", edge + 1, bin + 1),
        }
    }
}

/// What a reader knows besides the numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Knows {
    Nothing,
    /// One hidden number, or to be one of the people in it.
    #[default]
    OneGroup,
    /// One of the people, and what she did.
    Person(Person),
    /// Published numbers as they were before they were rounded.
    Numbers(BTreeMap<CellRef, u64>),
}

/// Attacks views together, each with the place to say in findings (`views/flow.json`). Empty where
/// nothing is found.
///
/// # Errors
/// [`Refused`] where the numbers contradict each other or the attack could not be finished. Views
/// without an answer are not safe together.
pub fn joint(views: &[(&str, &View)], steps: &mut Steps) -> Result<Vec<Leak>, Refused> {
    joint_knowing(views, steps, &Knows::default())
}

/// The same by somebody who knows so much.
///
/// # Errors
/// See [`joint()`].
pub fn joint_knowing(
    views: &[(&str, &View)],
    steps: &mut Steps,
    knows: &Knows,
) -> Result<Vec<Leak>, Refused> {
    let mut leaks = two_units(views);
    let nothing = BTreeMap::new();
    let known = if let Knows::Numbers(known) = knows { known } else { &nothing };
    let (mut model, parts) = understand(views, known, steps)?;
    let person = if let Knows::Person(person) = knows { Some(person) } else { None };
    let met = person.map(|person| Met::new(person, &model, &parts));
    if let Some(met) = &met {
        met.mark(&mut model);
    }
    let who = if known.is_empty() { Who::Anybody } else { Who::Informed };
    for asked in attacked(&model, Arcs::Tied, met.as_ref(), steps)? {
        if asked.is_small {
            let who = if asked.of_others { Who::KnowsOne } else { who };
            leaks.push(told(&model, views, &asked.target, who));
        }
    }
    leaks.extend(met.iter().flat_map(|met| drawn_with(met, &model, views)));
    let insiders = match knows {
        Knows::OneGroup => insider::insiders(&model, steps)?,
        Knows::Nothing | Knows::Person(_) | Knows::Numbers(_) => Vec::new(),
    };
    for terms in insiders {
        let leak = told(&model, views, &terms, who);
        let what = "somebody who is in one of these groups, or knows how many are, learns that \
                    the others are 1 to k−1 people; fold one of the numbers beside them, show a view \
                    less finely, or leave one out";
        let finding = Finding::new(leak.finding.place, what);
        leaks.push(Leak { finding, difference: None, ..leak });
    }
    if leaks.is_empty() && !is_one_drawing(views) {
        let small = journeys::small(&parts, person, steps)?;
        leaks.extend(small.into_iter().map(|small| by_journeys(views, small, who)));
    }
    Ok(leaks)
}

/// What the packages say of each of their numbers: the least and the most that it can have been
/// before it was rounded.
///
/// # Errors
/// See [`joint()`].
pub fn ranges(
    views: &[(&str, &View)],
    steps: &mut Steps,
) -> Result<BTreeMap<CellRef, (u64, u64)>, Refused> {
    let (model, _) = understand(views, &BTreeMap::new(), steps)?;
    let mut ranges = BTreeMap::new();
    for unknown in model.unknowns.iter().filter(|unknown| unknown.hi.is_finite()) {
        let range = (unknown.lo.max(0.0) as u64, unknown.hi.max(0.0) as u64);
        ranges.extend(unknown.cells.iter().map(|cell| (*cell, range)));
    }
    for arc in model.nets.iter().flat_map(|net| &net.arcs) {
        if let Some(cell) = arc.cell.filter(|_| arc.hi < drawing::ENDLESS) {
            ranges.insert(cell, (arc.lo.unsigned_abs(), arc.hi.unsigned_abs()));
        }
    }
    Ok(ranges)
}

/// The numbers of drawings that count somebody who is known and too few others, by what each says
/// alone: in a drawing every number has k people, so only one that is known exactly can.
fn drawn_with(met: &Met, model: &Model, views: &[(&str, &View)]) -> Vec<Leak> {
    let mut leaks = Vec::new();
    for (number, net) in model.nets.iter().enumerate() {
        for (at, arc) in net.arcs.iter().enumerate() {
            let var = Var::Arc(number, at);
            let is_small = arc.hi <= net.k as i64 && arc.lo > 1;
            if arc.cell.is_some() && is_small && met.is_in(var) == Some(true) {
                leaks.push(told(model, views, &vec![(var, 1)], Who::KnowsOne));
            }
        }
    }
    leaks
}

/// Whether everything is read off one drawing: that is a network in which every number has k
/// people, and its views are sums of these ([`coarser`](super::coarser)).
fn is_one_drawing(views: &[(&str, &View)]) -> bool {
    let asked = |view: &View| {
        let (asked, collapse) = match view {
            View::Flow(flow) => (&flow.spec.asked, flow.spec.collapse),
            View::Paths(paths) => (&paths.spec.asked, paths.spec.collapse),
            _ => return None,
        };
        Some((asked.anchor, asked.anchor_label.clone(), asked.until_label.clone(), collapse))
    };
    let heads = |view: &View| {
        let head = view.head();
        (head.cohort.clone(), head.unit, head.rules.len())
    };
    let Some((_, first)) = views.first() else { return true };
    let of_first = first.parts().first().and_then(|part| asked(part));
    of_first.is_some()
        && views.iter().all(|(_, view)| {
            heads(view) == heads(first) && view.parts().iter().all(|part| asked(part) == of_first)
        })
}

/// People and sessions of one cohort: the difference counts people who have several.
fn two_units(views: &[(&str, &View)]) -> Vec<Leak> {
    let mut first: BTreeMap<crate::views::PublishedCohort, (Unit, usize)> = BTreeMap::new();
    let mut leaks = Vec::new();
    for (at, (place, view)) in views.iter().enumerate() {
        let parts = view.parts();
        let heads = [view.head()].into_iter().chain(parts.iter().map(|part| part.head()));
        let mut found: BTreeSet<usize> = BTreeSet::new();
        for head in heads.filter(|head| head.people > 0 && head.unit != Unit::Occurrences) {
            let mut cohort = cohorts::normal(head.cohort);
            cohort.journey = None;
            let (unit, other) = *first.entry(cohort).or_insert((head.unit, at));
            if unit != head.unit {
                found.insert(other);
            }
        }
        for other in found {
            let people = |view: usize| {
                let parts = 0..views[view].1.parts().len();
                parts.map(move |part| CellRef { view, part, cell: Place::People })
            };
            let cells = people(other).chain(people(at)).collect();
            let what = format!(
                "one counts people and the other sessions of the same people; the two together \
                 tell how many have several, so count both alike or leave one out (the other is {})",
                views[other].0
            );
            leaks.push(Leak { finding: Finding::new(*place, what), cells, difference: None });
        }
    }
    leaks
}

/// A part, and the view that it is.
type Heard<'a> = (Part<'a>, &'a View);

/// Everything that the views say, and what follows from their meanings.
fn understand<'a>(
    views: &[(&str, &'a View)],
    known: &BTreeMap<CellRef, u64>,
    steps: &mut Steps,
) -> Result<(Model, Vec<Heard<'a>>), Refused> {
    let mut model = Model::default();
    let mut read = Read::default();
    let mut segments = Vec::new();
    let mut all = Vec::new();
    for (at, (place, view)) in views.iter().enumerate() {
        let parts = view.parts();
        let first = all.len();
        let mut cohorts = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let head = part.head();
            if head.people > MOST_PEOPLE || head.k == 0 {
                return Err(Refused::TooLarge);
            }
            let cohort = model.cohort(head.cohort);
            cohorts.push(cohort);
            let part_place = if parts.len() > 1 {
                format!("{place}, {}", words_of_part(view, number))
            } else {
                (*place).to_owned()
            };
            let here = known.iter().filter(|(cell, _)| (cell.view, cell.part) == (at, number));
            let part_read = Part {
                known: here.map(|(cell, count)| (cell.cell, *count)).collect(),
                view: at,
                place_in_view: number,
                number: all.len(),
                place: part_place,
                cohort,
                unit: model::unit(head.unit),
                head,
            };
            read.part(&mut model, &part_read, part);
            all.push((part_read, *part));
        }
        if view.head().people > 0 && !matches!(parts[..], [part] if std::ptr::eq(part, *view)) {
            let base = model.cohort(view.head().cohort);
            let is_all = matches!(view, View::Breakdown(_));
            if is_all {
                segments.push(Segments { base, parts: (first..all.len()).collect(), cohorts });
            }
        }
    }
    steps.spend(model.cohorts.len().saturating_mul(model.cohorts.len() + model.keys.len()))?;
    relate::relate(&mut model, &read, &segments);
    Ok((model, all))
}

type Target = Vec<(Var, i8)>;

/// A system of everything that may tell something, and the groups to ask about.
struct Attack<'a> {
    system: System,
    drawings: Drawings<'a>,
    targets: Vec<Target>,
    groups: Vec<Group>,
}

/// Which arcs of drawings are cells of the system.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arcs {
    /// Those that could tell something about a true group, or it about them; all of a drawing
    /// where these are many.
    Tied,
    /// Never all.
    #[cfg(test)]
    Few,
    /// All, with what comes in and goes out at every place.
    #[cfg(test)]
    All,
}

impl Arcs {
    fn are_all(self, tied: usize) -> bool {
        match self {
            Self::Tied => tied > MOST_TIED,
            #[cfg(test)]
            Self::Few => false,
            #[cfg(test)]
            Self::All => true,
        }
    }

    fn leave_out_far_pairs(self) -> bool {
        match self {
            Self::Tied => true,
            #[cfg(test)]
            Self::Few => true,
            #[cfg(test)]
            Self::All => false,
        }
    }
}

/// A group that was asked about.
struct Asked {
    target: Target,
    /// All of it but one who is known.
    of_others: bool,
    is_small: bool,
}

/// All targets and which of them are small.
fn attacked(
    model: &Model,
    arcs: Arcs,
    met: Option<&Met>,
    steps: &mut Steps,
) -> Result<Vec<Asked>, Refused> {
    let mut attack = Attack::new(model, arcs);
    if let Some(met) = met {
        attack.ask_of_others(model, met);
    }
    let terms: Vec<_> = attack.groups.iter().map(|group| group.terms.clone()).collect();
    attack.system.check(&terms)?;
    let Attack { system, drawings, targets, groups } = attack;
    let small = Search::new(system, &drawings, steps)?.small(&groups, steps)?;
    let all = targets.into_iter().zip(&groups).zip(small);
    let asked = all.map(|((target, group), is_small)| Asked {
        target,
        of_others: group.less > 0.0,
        is_small,
    });
    Ok(asked.collect())
}

impl<'a> Attack<'a> {
    fn new(model: &'a Model, arcs: Arcs) -> Self {
        let mut system = System::of_counts();
        for unknown in &model.unknowns {
            system.cell(unknown.lo, unknown.hi);
        }
        let mut attack = Self {
            system,
            drawings: Drawings {
                nets: &model.nets,
                cells: model.nets.iter().map(|net| vec![None; net.arcs.len()]).collect(),
            },
            targets: Vec::new(),
            groups: Vec::new(),
        };
        for relation in &model.relations {
            let terms = relation.terms.iter().map(|&(at, by)| (CellId(at), by));
            attack.system.relate(terms, relation.sense, 0.0);
        }
        for &(part, whole) in &model.nested {
            attack.system.relate([(CellId(part), 1.0), (CellId(whole), -1.0)], Sense::AtMost, 0.0);
        }
        for (net, cells) in model.nets.iter().zip(&mut attack.drawings.cells) {
            cells[0] = Some(net.people);
        }
        attack.tie(model, arcs);
        for target in &model.targets {
            attack.ask(model, target.clone());
        }
        for net in 0..model.nets.len() {
            let tied = attack.drawings.cells[net].iter().flatten().count();
            if arcs.are_all(tied) {
                attack.write_out(model, net);
            }
        }
        let rows = attack.drawings.at_places();
        attack.system.rows.extend(rows);
        attack
    }

    fn cell(&mut self, model: &Model, net: usize, arc: usize) -> CellId {
        if let Some(cell) = self.drawings.cells[net][arc] {
            return CellId(cell);
        }
        let drawn = &model.nets[net].arcs[arc];
        let hi = if drawn.hi >= drawing::ENDLESS { f64::INFINITY } else { drawn.hi as f64 };
        let cell = self.system.cell(drawn.lo as f64, hi);
        self.drawings.cells[net][arc] = Some(cell.0);
        cell
    }

    /// Drawn groups lie inside true ones; what is left of these is a group too. Pairs that are too
    /// far from each other say nothing.
    fn tie(&mut self, model: &Model, arcs: Arcs) {
        for coupling in &model.couplings {
            let net = &model.nets[coupling.net];
            let true_lo = model.unknowns[coupling.within].lo as i64;
            let most =
                coupling.arcs.iter().fold(0_i64, |sum, arc| sum.saturating_add(net.arcs[*arc].hi));
            let k = net.k.min(model.unknowns[coupling.within].k) as i64;
            if arcs.leave_out_far_pairs() && true_lo >= most && true_lo - most >= k {
                continue;
            }
            let cells: Vec<CellId> =
                coupling.arcs.iter().map(|arc| self.cell(model, coupling.net, *arc)).collect();
            let terms = cells.iter().map(|cell| (*cell, 1.0));
            let within = (CellId(coupling.within), -1.0);
            self.system.relate(terms.chain([within]), Sense::AtMost, 0.0);
            let drawn: Vec<Var> =
                coupling.arcs.iter().map(|arc| Var::Arc(coupling.net, *arc)).collect();
            let whole = (Var::Cell(coupling.within), 1);
            let without =
                |arcs: &[Var]| arcs.iter().map(|arc| (*arc, -1)).chain([whole]).collect::<Target>();
            self.ask(model, without(&drawn));
            if drawn.len() > 1 {
                for arc in &drawn {
                    self.ask(model, without(&[*arc]));
                }
            }
        }
    }

    fn ask(&mut self, model: &Model, target: Target) {
        let mut k = u64::MAX;
        let mut terms = Vec::with_capacity(target.len());
        for &(var, by) in &target {
            let cell = match var {
                Var::Cell(at) => {
                    k = k.min(model.unknowns[at].k);
                    CellId(at)
                }
                Var::Arc(net, arc) => {
                    k = k.min(model.nets[net].k);
                    self.cell(model, net, arc)
                }
            };
            terms.push((cell, f64::from(by)));
        }
        // What no view speaks of is no group.
        if k < u64::MAX {
            self.groups.push(Group { terms, k, less: 0.0 });
            self.targets.push(target);
        }
    }

    /// Takes somebody who is known out of the groups that she is one of: that she is there is no
    /// news. Published numbers are asked about by themselves as well.
    fn ask_of_others(&mut self, model: &Model, met: &Met) {
        for (target, group) in self.targets.iter().zip(&mut self.groups) {
            match met.is_one_of(target) {
                Some(true) => group.less = 1.0,
                Some(false) => {}
                // Whom it would be about is not known.
                None => group.k = 0,
            }
        }
        for (at, unknown) in model.unknowns.iter().enumerate() {
            let is_in = met.is_in(Var::Cell(at)) == Some(true);
            if is_in && !unknown.cells.is_empty() && unknown.k < u64::MAX {
                let terms = vec![(CellId(at), 1.0)];
                self.groups.push(Group { terms, k: unknown.k, less: 1.0 });
                self.targets.push(vec![(Var::Cell(at), 1)]);
            }
        }
    }

    /// Makes every arc of a drawing a cell, and every place a relation.
    fn write_out(&mut self, model: &Model, number: usize) {
        let net = &model.nets[number];
        let mut at: Vec<Vec<(CellId, f64)>> = vec![Vec::new(); net.places];
        for (arc, ends) in net.arcs.iter().enumerate() {
            let cell = self.cell(model, number, arc);
            at[ends.head].push((cell, 1.0));
            at[ends.tail].push((cell, -1.0));
        }
        for terms in at {
            self.system.relate(terms, Sense::Equal, 0.0);
        }
    }
}
