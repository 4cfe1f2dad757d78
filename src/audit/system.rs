//! A system of hidden numbers: cells with bounds, the relations between them, and the question
//! how small and how large an expression over them can be. It knows nothing of tables or views.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

use super::network::Network;
use super::program::Program;
use super::reduce::{self, Part, Reduced};
use super::search::{Group, NoMore, Search};
use crate::views::Progress;

/// Numbers beyond this are refused: sums of them would no longer be exact in 64 bits.
const LARGEST: f64 = 1e12;

/// Work that one attack may use before it is refused, in steps of a few nanoseconds. A package of
/// six views uses a few hundred million.
pub const STEPS: u64 = 4_000_000_000;

/// Why an attack ended without an answer. A table is never safe when its attack ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    #[error("the cells and constraints contradict each other, so no table fits them; correct them")]
    Infeasible,
    #[error(
        "the attack used up its steps before it was finished, so nothing is shown to be safe; \
         make the table smaller or split it"
    )]
    Steps,
    #[error(
        "the solver could not finish on these constraints, so nothing is shown to be safe; \
         use coefficients closer to each other"
    )]
    Solver,
    #[error(
        "a number is not finite or is beyond a million million; use smaller units for the table"
    )]
    TooLarge,
}

/// What is left of the work an attack may do. It is a count and not a clock, so that the answer
/// does not depend on the machine.
#[derive(Clone, Debug)]
pub struct Steps {
    left: u64,
    /// Where somebody can stop it.
    progress: Option<Progress>,
}

impl Steps {
    pub fn new(left: u64) -> Self {
        Self { left, progress: None }
    }

    /// The same for work that somebody watches. Stopped, it has no steps left.
    pub fn watched(left: u64, progress: &Progress) -> Self {
        Self { left, progress: Some(progress.clone()) }
    }

    /// So many for a part of the work, which is stopped with all of it.
    pub(super) fn of(&self, left: u64) -> Self {
        Self { left, progress: self.progress.clone() }
    }

    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Refused> {
        let is_stopped = self.progress.as_ref().is_some_and(|watch| watch.check().is_err());
        let left = self.left.checked_sub(steps as u64).filter(|_| !is_stopped);
        self.left = left.unwrap_or(0);
        left.map(|_| ()).ok_or(Refused::Steps)
    }

    pub(super) fn left(&self) -> u64 {
        self.left
    }
}

impl Default for Steps {
    fn default() -> Self {
        Self::new(STEPS)
    }
}

/// The values that an expression can have: from `lo` to `hi`, both included; `None` is no bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub lo: Option<f64>,
    pub hi: Option<f64>,
}

impl Interval {
    /// From `lo` to `hi`, where an infinite `hi` is no bound.
    pub fn new(lo: f64, hi: f64) -> Self {
        Self { lo: lo.is_finite().then_some(lo), hi: hi.is_finite().then_some(hi) }
    }

    /// Only one value is possible.
    pub fn is_exact(self) -> bool {
        self.width().is_some_and(|width| width <= slack(self.hi.unwrap_or(0.0)))
    }

    /// Every possible value is below `k`; 0 counts.
    pub fn is_below(self, k: u64) -> bool {
        let k = k as f64;
        self.hi.is_some_and(|hi| hi < k - slack(k))
    }

    /// Every possible value is a group of 1..k−1: above 0 and below `k`.
    pub fn is_small_group(self, k: u64) -> bool {
        self.lo.is_some_and(|lo| lo > slack(0.0)) && self.is_below(k)
    }

    /// The possible values span less than `width`.
    pub fn is_narrower(self, width: f64) -> bool {
        self.width().is_some_and(|own| own < width - slack(width))
    }

    fn width(self) -> Option<f64> {
        Some(self.hi? - self.lo?)
    }
}

/// Differences below this are rounding noise of the solver. Never as much as half a person.
fn slack(value: f64) -> f64 {
    (1e-10 * value.abs()).clamp(1e-6, 0.25)
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.lo, self.hi) {
            (Some(lo), Some(hi)) if self.is_exact() => write!(f, "{}", f64::midpoint(lo, hi)),
            (Some(lo), Some(hi)) => write!(f, "{lo} to {hi}"),
            (Some(lo), None) => write!(f, "{lo} or more"),
            (None, Some(hi)) => write!(f, "{hi} or less"),
            (None, None) => write!(f, "any value"),
        }
    }
}

/// `[lo, hi]`, with `null` for no bound, and whole numbers without a point.
impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = |value: f64| {
            if value.fract() == 0.0 && value.abs() < 9e15 {
                serde_json::Number::from(value as i64)
            } else {
                serde_json::Number::from_f64(value).unwrap_or_else(|| 0.into())
            }
        };
        (self.lo.map(number), self.hi.map(number)).serialize(serializer)
    }
}

/// One cell of a [`System`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId(pub(super) usize);

/// How a linear expression relates to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    Equal,
    AtMost,
    AtLeast,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub terms: Vec<(usize, f64)>,
    /// `=` rather than `<=`.
    pub equal: bool,
    pub rhs: f64,
}

/// Cells, their bounds and their relations: everything that a reader knows.
///
/// ```
/// use trodden::audit::{Sense, Steps, System};
///
/// // 160 people came through a node; 120 of them went on to one place and 40 to another.
/// let mut system = System::of_counts();
/// let node = system.known(163.0);
/// let shown = [system.known(120.0), system.known(40.0)];
/// let hidden = system.cell(0.0, f64::INFINITY);
/// system.relate([(shown[0], 1.0), (shown[1], 1.0), (hidden, 1.0), (node, -1.0)], Sense::Equal, 0.0);
///
/// let found = system.intervals(&[vec![(hidden, 1.0)]], &mut Steps::default())?;
/// assert!(found[0].is_small_group(5));
/// # Ok::<(), trodden::audit::Refused>(())
/// ```
#[derive(Clone, Debug)]
pub struct System {
    pub(super) whole: bool,
    pub(super) lo: Vec<f64>,
    pub(super) hi: Vec<f64>,
    pub(super) rows: Vec<Row>,
    way: Way,
}

impl System {
    /// Every cell is a whole number.
    pub fn of_counts() -> Self {
        Self::new(true)
    }

    /// Cells are real numbers.
    pub fn of_amounts() -> Self {
        Self::new(false)
    }

    pub(super) fn new(whole: bool) -> Self {
        Self { whole, lo: Vec::new(), hi: Vec::new(), rows: Vec::new(), way: Way::Best }
    }

    /// Solves everything in one way, to compare the ways with each other.
    #[cfg(test)]
    pub(super) fn solved_by(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    /// Adds a cell between `lo`, which must be finite, and `hi`, which may be infinite.
    pub fn cell(&mut self, lo: f64, hi: f64) -> CellId {
        self.lo.push(lo);
        self.hi.push(hi);
        CellId(self.lo.len() - 1)
    }

    /// Adds a cell whose value everybody sees.
    pub fn known(&mut self, value: f64) -> CellId {
        self.cell(value, value)
    }

    /// Narrows what is known about a cell.
    pub fn bound(&mut self, cell: CellId, lo: f64, hi: f64) {
        self.lo[cell.0] = self.lo[cell.0].max(lo);
        self.hi[cell.0] = self.hi[cell.0].min(hi);
    }

    /// Adds the relation `terms sense rhs`. A cell may occur several times.
    pub fn relate(
        &mut self,
        terms: impl IntoIterator<Item = (CellId, f64)>,
        sense: Sense,
        rhs: f64,
    ) {
        let sign = if sense == Sense::AtLeast { -1.0 } else { 1.0 };
        let terms = terms.into_iter().map(|(cell, by)| (cell.0, sign * by)).collect();
        self.rows.push(Row { terms, equal: sense == Sense::Equal, rhs: sign * rhs });
    }

    /// How small and how large each target, a sum of cells times coefficients, can be, given
    /// everything. Networks are solved by flows and exactly; the rest by linear programs, then by
    /// integer ones where the cells are counts and the corner found is not whole.
    ///
    /// # Errors
    /// [`Refused`] where there is no table that fits, or the steps are used up, or the solver fails.
    pub fn intervals(
        &self,
        targets: &[Vec<(CellId, f64)>],
        steps: &mut Steps,
    ) -> Result<Vec<Interval>, Refused> {
        self.check(targets)?;
        let (reduced, mut engines) = self.reduced(steps)?;
        let found = targets
            .iter()
            .map(|target| interval(&reduced, &mut engines, target, steps))
            .collect::<Result<Vec<_>, _>>()?;
        for engine in &mut engines {
            engine.check_feasible(steps)?;
        }
        Ok(found)
    }

    /// Which targets are provably groups of 1..k−1. The answer is that of
    /// [`intervals`](Self::intervals), but comes sooner: one table that fits and in which the group
    /// is empty or has `k` people shows that nothing is proven.
    ///
    /// # Errors
    /// As [`intervals`](Self::intervals).
    pub fn small_groups(
        &self,
        targets: &[Vec<(CellId, f64)>],
        k: u64,
        steps: &mut Steps,
    ) -> Result<Vec<bool>, Refused> {
        self.check(targets)?;
        let groups: Vec<Group> =
            targets.iter().map(|terms| Group { terms: terms.clone(), k, less: 0.0 }).collect();
        Search::new(self.clone(), &NoMore, steps)?.small(&groups, steps)
    }

    pub(super) fn reduced(&self, steps: &mut Steps) -> Result<(Reduced, Vec<Engine>), Refused> {
        let mut reduced = reduce::reduce(self, steps)?;
        let engines = std::mem::take(&mut reduced.parts)
            .into_iter()
            .map(|part| Engine::new(part, self.whole, self.way, steps))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((reduced, engines))
    }

    pub(super) fn check(&self, targets: &[Vec<(CellId, f64)>]) -> Result<(), Refused> {
        let fits = |value: f64| value.abs() <= LARGEST;
        let bounds = self.lo.iter().copied().all(fits)
            && self.hi.iter().all(|&hi| fits(hi) || hi == f64::INFINITY);
        let rows =
            self.rows.iter().all(|row| fits(row.rhs) && row.terms.iter().all(|&(_, by)| fits(by)));
        let targets = targets.iter().flatten().all(|&(_, by)| fits(by));
        if bounds && rows && targets { Ok(()) } else { Err(Refused::TooLarge) }
    }
}

/// One target: the sum of what its known cells give and of what it can be in each part. Parts
/// share no cell and no relation, so that their extremes can be taken together.
fn interval(
    reduced: &Reduced,
    engines: &mut [Engine],
    target: &[(CellId, f64)],
    steps: &mut Steps,
) -> Result<Interval, Refused> {
    let (known, pieces) = pieces(reduced, target);
    let (mut lo, mut hi) = (Some(known), Some(known));
    for (part, terms) in pieces {
        let engine = &mut engines[part];
        if let Some(value) = lo {
            lo = engine.extreme(&terms, End::Least, steps)?.map(|least| value + least);
        }
        if let Some(value) = hi {
            hi = engine.extreme(&terms, End::Most, steps)?.map(|most| value + most);
        }
    }
    Ok(Interval { lo: lo.map(tidy), hi: hi.map(tidy) })
}

/// A part, and the terms that a target has in it.
pub(super) type Piece = (usize, Vec<(usize, f64)>);

/// A target told part by part: what its known cells give, and its terms in each part.
pub(super) fn pieces(reduced: &Reduced, target: &[(CellId, f64)]) -> (f64, Vec<Piece>) {
    let mut known = 0.0;
    let mut open: Vec<(usize, usize, f64)> = Vec::new();
    for &(CellId(cell), by) in target {
        match reduced.place[cell] {
            None => known += by * reduced.value[cell],
            Some((part, index)) => open.push((part, index, by)),
        }
    }
    open.sort_unstable_by_key(|&(part, index, _)| (part, index));
    let mut pieces = Vec::new();
    for piece in open.chunk_by(|a, b| a.0 == b.0) {
        let mut terms: Vec<(usize, f64)> = Vec::with_capacity(piece.len());
        for &(_, index, by) in piece {
            match terms.last_mut() {
                Some(last) if last.0 == index => last.1 += by,
                _ => terms.push((index, by)),
            }
        }
        terms.retain(|&(_, by)| by != 0.0);
        if !terms.is_empty() {
            pieces.push((piece[0].0, terms));
        }
    }
    (known, pieces)
}

/// Takes the noise of the solver off a number that is meant to be whole.
pub(super) fn tidy(value: f64) -> f64 {
    let whole = value.round();
    if (value - whole).abs() <= (1e-11 * whole.abs()).clamp(1e-7, 1e-3) {
        whole + 0.0
    } else {
        value
    }
}

/// Which end of an interval is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Least,
    Most,
}

/// How parts are solved.
#[cfg_attr(not(test), expect(dead_code, reason = "only tests choose"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Networks by flows, the rest by programs, what is hard among it on the lattice.
    Best,
    /// Everything by programs.
    Programs,
    /// Everything in whole numbers on the lattice at once.
    Lattice,
}

pub(super) struct Engine {
    network: Option<Network>,
    program: Program,
}

impl Engine {
    fn new(part: Part, whole: bool, way: Way, steps: &mut Steps) -> Result<Self, Refused> {
        let network = if way == Way::Best { Network::of(&part, steps)? } else { None };
        Ok(Self { network, program: Program::new(part, whole, way == Way::Lattice) })
    }

    fn extreme(
        &mut self,
        terms: &[(usize, f64)],
        end: End,
        steps: &mut Steps,
    ) -> Result<Option<f64>, Refused> {
        if let Some(network) = &mut self.network
            && let Some(costs) = Network::costs(terms)
        {
            return network.extreme(&costs, end, steps);
        }
        self.program.extreme(terms, end, steps)
    }

    /// A table that fits in which the target is at its least or its most; `None` where it has no
    /// end.
    pub(super) fn optimum(
        &mut self,
        terms: &[(usize, f64)],
        end: End,
        steps: &mut Steps,
    ) -> Result<Option<Vec<f64>>, Refused> {
        if let Some(network) = &mut self.network
            && let Some(costs) = Network::costs(terms)
        {
            return network.optimum(&costs, end, steps);
        }
        self.program.optimum(terms, end, steps)
    }

    /// One table that fits. Asked after [`check_feasible`](Self::check_feasible).
    pub(super) fn example(&self) -> Vec<f64> {
        match &self.network {
            Some(network) => network.example(),
            None => self.program.example().to_vec(),
        }
    }

    /// The bounds of a cell.
    pub(super) fn bounds(&self, cell: usize) -> (f64, f64) {
        self.program.bounds(cell)
    }

    /// A network has shown a flow when it was built.
    pub(super) fn check_feasible(&mut self, steps: &mut Steps) -> Result<(), Refused> {
        if self.network.is_some() { Ok(()) } else { self.program.check_feasible(steps) }
    }
}
