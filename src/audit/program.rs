//! Parts that are no networks: linear programs, and integer programs where the cells are counts
//! and the corner of the linear one is not whole. Every whole answer is checked exactly.

use microlp::{
    ComparisonOp, Error, OptimizationDirection, Problem, SolveOptions, SolveOutcome, Variable,
};

use super::lattice::Lattice;
use super::reduce::Part;
use super::system::{End, Refused, Steps, tidy};

/// Branches that one integer program may open before it is given up.
const BRANCHES: u64 = 20_000;
/// The same where there is another way to ask.
const BRANCHES_FIRST: u64 = 300;

/// The integer programs work within 32 bits around the lower bounds. Where a number of the part
/// comes near that, an extreme could lie outside unseen.
const LARGEST_WHOLE: f64 = 1e9;

/// Points kept because an extreme asked for later may be reached at one of them.
const POINTS: usize = 64;

pub(super) struct Program {
    part: Part,
    whole: bool,
    /// Asks about the whole solutions of the equations at once, rather than when all else failed.
    lattice_first: bool,
    /// Tables that fit, found on the way.
    points: Vec<Vec<f64>>,
    lattice: OnLattice,
}

/// The whole solutions of the equations.
enum OnLattice {
    NotTried,
    NoUse,
    Ready(Lattice),
}

/// What one program says.
enum Found {
    At(Vec<f64>),
    Endless,
}

impl Program {
    pub(super) fn new(part: Part, whole: bool, lattice_first: bool) -> Self {
        Self { part, whole, points: Vec::new(), lattice: OnLattice::NotTried, lattice_first }
    }

    /// The least or the most that the target can be; `None` where it has no end.
    pub(super) fn extreme(
        &mut self,
        terms: &[(usize, f64)],
        end: End,
        steps: &mut Steps,
    ) -> Result<Option<f64>, Refused> {
        let by_bounds = self.by_bounds(terms, end);
        if self.part.rows.is_empty() {
            return Ok(by_bounds.is_finite().then_some(by_bounds));
        }
        steps.spend(terms.len() * (1 + self.points.len()))?;
        let reached = |point: &Vec<f64>| (value(terms, point) - by_bounds).abs() <= 1e-9;
        if self.points.iter().any(reached) {
            return Ok(Some(by_bounds));
        }
        let optimum = self.optimum(terms, end, steps)?;
        Ok(optimum.map(|point| tidy(value(terms, &point))))
    }

    /// A table that fits in which the target is at its least or its most; `None` where it has no
    /// end.
    pub(super) fn optimum(
        &mut self,
        terms: &[(usize, f64)],
        end: End,
        steps: &mut Steps,
    ) -> Result<Option<Vec<f64>>, Refused> {
        if self.part.rows.is_empty() {
            let mut point = self.part.lo.clone();
            for &(cell, by) in terms {
                if (by > 0.0) == (end == End::Most) {
                    point[cell] = self.part.hi[cell];
                }
            }
            return Ok(point.iter().all(|value| value.is_finite()).then_some(point));
        }
        let corner = if self.whole && self.lattice_first {
            self.solve_whole(terms, end, steps)?
        } else {
            self.solve(terms, end, steps)?
        };
        let point = match corner {
            Found::Endless => return Ok(None),
            Found::At(point) if !self.whole => point,
            Found::At(point) => match self.as_whole(&point) {
                Some(point) => point,
                None => match self.solve_whole(terms, end, steps)? {
                    Found::At(point) => self.as_whole(&point).ok_or(Refused::Solver)?,
                    // The linear program has an end and whole numbers cannot go further.
                    Found::Endless => return Err(Refused::Solver),
                },
            },
        };
        if self.points.len() < POINTS {
            self.points.push(point.clone());
        }
        Ok(Some(point))
    }

    /// The first table that was found to fit.
    pub(super) fn example(&self) -> &[f64] {
        self.points.first().unwrap_or(&self.part.lo)
    }

    /// The bounds of a cell.
    pub(super) fn bounds(&self, cell: usize) -> (f64, f64) {
        (self.part.lo[cell], self.part.hi[cell])
    }

    /// Whether any table fits at all.
    pub(super) fn check_feasible(&mut self, steps: &mut Steps) -> Result<(), Refused> {
        if !self.points.is_empty() || self.part.rows.is_empty() {
            return Ok(());
        }
        let found = if self.whole {
            self.solve_whole(&[], End::Least, steps)?
        } else {
            self.solve(&[], End::Least, steps)?
        };
        let Found::At(point) = found else { return Err(Refused::Solver) };
        let point = if self.whole { self.as_whole(&point).ok_or(Refused::Solver)? } else { point };
        self.points.push(point);
        Ok(())
    }

    /// The extreme that the bounds of the cells alone would allow.
    fn by_bounds(&self, terms: &[(usize, f64)], end: End) -> f64 {
        terms
            .iter()
            .map(|&(cell, by)| {
                let high = (by > 0.0) == (end == End::Most);
                by * if high { self.part.hi[cell] } else { self.part.lo[cell] }
            })
            .sum()
    }

    /// The corner that a linear program ends at.
    fn solve(&self, terms: &[(usize, f64)], end: End, steps: &mut Steps) -> Result<Found, Refused> {
        self.solve_directly(terms, end, None, steps)
    }

    /// A whole point at the extreme. Bounds that leave much room to fractions can keep branching
    /// busy without end; then the question is asked again about the whole solutions of the
    /// equations alone.
    fn solve_whole(
        &mut self,
        terms: &[(usize, f64)],
        end: End,
        steps: &mut Steps,
    ) -> Result<Found, Refused> {
        let part = &self.part;
        let bounds = part.lo.iter().chain(part.hi.iter().filter(|hi| hi.is_finite()));
        let mut numbers = bounds.copied().chain(part.rows.iter().map(|row| row.rhs));
        if numbers.any(|number| number.abs() > LARGEST_WHOLE) {
            return Err(Refused::Solver);
        }
        let limit =
            if self.part.rows.iter().any(|row| row.equal) { BRANCHES_FIRST } else { BRANCHES };
        if !self.lattice_first {
            match self.solve_directly(terms, end, Some(limit), steps) {
                Err(Refused::Steps | Refused::Solver) => {}
                found => return found,
            }
        }
        if matches!(self.lattice, OnLattice::NotTried) {
            self.lattice = match Lattice::of(&self.part, steps)? {
                Some(lattice) => OnLattice::Ready(lattice),
                None => OnLattice::NoUse,
            };
        }
        match &self.lattice {
            OnLattice::Ready(lattice) => solve_on(lattice, terms, end, steps),
            OnLattice::NoUse | OnLattice::NotTried => {
                self.solve_directly(terms, end, Some(BRANCHES), steps)
            }
        }
    }

    /// With `branches`, in whole numbers.
    fn solve_directly(
        &self,
        terms: &[(usize, f64)],
        end: End,
        branches: Option<u64>,
        steps: &mut Steps,
    ) -> Result<Found, Refused> {
        let part = &self.part;
        let size: usize =
            part.lo.len() + part.rows.iter().map(|row| row.terms.len()).sum::<usize>();
        let mut cost = vec![0.0; part.lo.len()];
        for &(cell, by) in terms {
            cost[cell] += by;
        }
        let mut problem = Problem::new(direction(end));
        // Cells are counted from their lower bound, so that large numbers do not swallow small ones.
        let cells: Vec<Variable> = (0..part.lo.len())
            .map(|cell| {
                let range = part.hi[cell] - part.lo[cell];
                if branches.is_none() {
                    Ok(problem.add_var(cost[cell], (0.0, range)))
                } else if range == f64::INFINITY {
                    Ok(problem.add_integer_var(cost[cell], (0, i32::MAX)))
                } else if range <= f64::from(i32::MAX) {
                    Ok(problem.add_integer_var(cost[cell], (0, range as i32)))
                } else {
                    Err(Refused::Solver)
                }
            })
            .collect::<Result<_, _>>()?;
        for row in &part.rows {
            let base: f64 = row.terms.iter().map(|&(cell, by)| by * part.lo[cell]).sum();
            let sense = if row.equal { ComparisonOp::Eq } else { ComparisonOp::Le };
            let terms: Vec<(Variable, f64)> =
                row.terms.iter().map(|&(cell, by)| (cells[cell], by)).collect();
            problem.add_constraint(&terms, sense, tidy(row.rhs - base));
        }
        let Some(values) = run(&problem, &cells, size, branches.unwrap_or(BRANCHES), steps)? else {
            return Ok(Found::Endless);
        };
        Ok(Found::At(part.lo.iter().zip(values).map(|(lo, value)| lo + value).collect()))
    }

    /// The point in whole numbers, where it is one and meets every bound and relation: exactly
    /// where the coefficients are whole.
    pub(super) fn as_whole(&self, point: &[f64]) -> Option<Vec<f64>> {
        let whole: Vec<f64> = point.iter().map(|value| value.round() + 0.0).collect();
        let near = point.iter().zip(&whole).all(|(value, whole)| (value - whole).abs() <= 1e-4);
        let inside = (0..whole.len())
            .all(|cell| self.part.lo[cell] <= whole[cell] && whole[cell] <= self.part.hi[cell]);
        let fits = self.part.rows.iter().all(|row| {
            let exact = row.rhs.fract() == 0.0 && row.terms.iter().all(|(_, by)| by.fract() == 0.0);
            if exact {
                let sum: i128 =
                    row.terms.iter().map(|&(cell, by)| by as i128 * whole[cell] as i128).sum();
                let rhs = row.rhs as i128;
                if row.equal { sum == rhs } else { sum <= rhs }
            } else {
                let size = row
                    .terms
                    .iter()
                    .fold(1.0, |size: f64, &(cell, by)| size.max((by * whole[cell]).abs()));
                let over = value(&row.terms, &whole) - row.rhs;
                let noise = 1e-9 * size;
                over <= noise && (!row.equal || over >= -noise)
            }
        });
        (near && inside && fits).then_some(whole)
    }
}

fn direction(end: End) -> OptimizationDirection {
    match end {
        End::Least => OptimizationDirection::Minimize,
        End::Most => OptimizationDirection::Maximize,
    }
}

/// The extreme among the whole solutions of the equations.
fn solve_on(
    lattice: &Lattice,
    terms: &[(usize, f64)],
    end: End,
    steps: &mut Steps,
) -> Result<Found, Refused> {
    let mut problem = Problem::new(direction(end));
    let ways: Vec<Variable> = lattice
        .directions
        .iter()
        .map(|way| {
            let cost = terms.iter().map(|&(cell, by)| by * way[cell] as f64).sum();
            problem.add_integer_var(cost, (-i32::MAX, i32::MAX))
        })
        .collect();
    let mut size = ways.len();
    for (by, most) in &lattice.at_most {
        let terms: Vec<(Variable, f64)> = ways
            .iter()
            .zip(by)
            .filter(|&(_, &by)| by != 0)
            .map(|(&way, &by)| (way, by as f64))
            .collect();
        size += terms.len();
        problem.add_constraint(&terms, ComparisonOp::Le, *most as f64);
    }
    let Some(values) = run(&problem, &ways, size, BRANCHES, steps)? else {
        return Ok(Found::Endless);
    };
    let mut point = lattice.base.clone();
    for (way, value) in lattice.directions.iter().zip(values) {
        let times = value.round() as i128;
        for (at, step) in point.iter_mut().zip(way) {
            *at += times * step;
        }
    }
    Ok(Found::At(point.into_iter().map(|at| at as f64).collect()))
}

/// The values at the optimum; `None` where there is no end.
fn run(
    problem: &Problem,
    variables: &[Variable],
    size: usize,
    branches: u64,
    steps: &mut Steps,
) -> Result<Option<Vec<f64>>, Refused> {
    steps.spend(20 * size)?;
    let mut options = SolveOptions::default();
    options.node_limit = Some(branches.min(steps.left() / (20 * size as u64 + 1)).max(1));
    let mut outcome = problem.solve_with(options.clone());
    if let Err(Error::InternalError(_)) = outcome {
        // The simplification before the search is the likeliest to have met its limits.
        options.presolve = false;
        outcome = problem.solve_with(options);
    }
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(Error::Infeasible) => return Err(Refused::Infeasible),
        Err(Error::Unbounded) => return Ok(None),
        Err(_) => return Err(Refused::Solver),
    };
    let stats = outcome.stats();
    let rounds = stats.lp_iterations.saturating_add(stats.nodes_solved);
    steps.spend(usize::try_from(rounds).unwrap_or(usize::MAX).saturating_mul(size))?;
    match outcome {
        outcome if !outcome.is_optimal() => Err(Refused::Steps),
        SolveOutcome::Solution(solution) => {
            Ok(Some(variables.iter().map(|&variable| solution.var_value(variable)).collect()))
        }
        SolveOutcome::Interrupted(_) => Err(Refused::Steps),
    }
}

fn value(terms: &[(usize, f64)], point: &[f64]) -> f64 {
    terms.iter().map(|&(cell, by)| by * point[cell]).sum()
}
