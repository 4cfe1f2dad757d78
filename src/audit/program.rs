//! Parts that are no networks: linear programs, and integer programs where the cells are counts
//! and the corner of the linear one is not whole. Every whole answer is checked exactly.

use microlp::{
    ComparisonOp, Error, OptimizationDirection, Problem, SolveOptions, SolveOutcome, Variable,
};

use super::reduce::Part;
use super::system::{End, Refused, Steps, tidy};

/// Branches that one integer program may open before the attack is refused.
const BRANCHES: u64 = 20_000;

/// Points kept because an extreme asked for later may be reached at one of them.
const POINTS: usize = 64;

pub(super) struct Program<'a> {
    part: &'a Part,
    whole: bool,
    /// Tables that fit, found on the way.
    points: Vec<Vec<f64>>,
}

/// What one program says.
enum Found {
    At(Vec<f64>),
    Endless,
}

impl<'a> Program<'a> {
    pub(super) fn new(part: &'a Part, whole: bool) -> Self {
        Self { part, whole, points: Vec::new() }
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
        let reached = |point: &Vec<f64>| tidy(value(terms, point)) == by_bounds;
        if self.points.iter().any(reached) {
            return Ok(Some(by_bounds));
        }
        let point = match self.solve(terms, end, false, steps)? {
            Found::Endless => return Ok(None),
            Found::At(point) if !self.whole => point,
            Found::At(point) => match self.as_whole(&point) {
                Some(point) => point,
                None => match self.solve(terms, end, true, steps)? {
                    Found::At(point) => self.as_whole(&point).ok_or(Refused::Solver)?,
                    // The linear program has an end and whole numbers cannot go further.
                    Found::Endless => return Err(Refused::Solver),
                },
            },
        };
        let extreme = tidy(value(terms, &point));
        if self.points.len() < POINTS {
            self.points.push(point);
        }
        Ok(Some(extreme))
    }

    /// Whether any table fits at all.
    pub(super) fn check_feasible(&mut self, steps: &mut Steps) -> Result<(), Refused> {
        if !self.points.is_empty() || self.part.rows.is_empty() {
            return Ok(());
        }
        match self.solve(&[], End::Least, self.whole, steps)? {
            Found::At(point) if !self.whole || self.as_whole(&point).is_some() => Ok(()),
            Found::At(_) | Found::Endless => Err(Refused::Solver),
        }
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

    fn solve(
        &self,
        terms: &[(usize, f64)],
        end: End,
        whole: bool,
        steps: &mut Steps,
    ) -> Result<Found, Refused> {
        let part = self.part;
        let size: usize =
            part.lo.len() + part.rows.iter().map(|row| row.terms.len()).sum::<usize>();
        steps.spend(20 * size)?;
        let mut cost = vec![0.0; part.lo.len()];
        for &(cell, by) in terms {
            cost[cell] += by;
        }
        let mut problem = Problem::new(match end {
            End::Least => OptimizationDirection::Minimize,
            End::Most => OptimizationDirection::Maximize,
        });
        // Cells are counted from their lower bound, so that large numbers do not swallow small ones.
        let cells: Vec<Variable> = (0..part.lo.len())
            .map(|cell| {
                let range = part.hi[cell] - part.lo[cell];
                if !whole {
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
        let mut options = SolveOptions::default();
        options.node_limit = Some(BRANCHES.min(steps.left() / (20 * size as u64 + 1)).max(1));
        let outcome = match problem.solve_with(options) {
            Ok(outcome) => outcome,
            Err(Error::Infeasible) => return Err(Refused::Infeasible),
            Err(Error::Unbounded) => return Ok(Found::Endless),
            Err(_) => return Err(Refused::Solver),
        };
        let stats = outcome.stats();
        let rounds = stats.lp_iterations.saturating_add(stats.nodes_solved);
        steps.spend(usize::try_from(rounds).unwrap_or(usize::MAX).saturating_mul(size))?;
        match outcome {
            outcome if !outcome.is_optimal() => Err(Refused::Steps),
            SolveOutcome::Solution(solution) => Ok(Found::At(
                cells
                    .iter()
                    .enumerate()
                    .map(|(cell, &variable)| part.lo[cell] + solution.var_value(variable))
                    .collect(),
            )),
            _ => Err(Refused::Solver),
        }
    }

    /// The point in whole numbers, where it is one and meets every bound and relation: exactly
    /// where the coefficients are whole.
    fn as_whole(&self, point: &[f64]) -> Option<Vec<f64>> {
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

fn value(terms: &[(usize, f64)], point: &[f64]) -> f64 {
    terms.iter().map(|&(cell, by)| by * point[cell]).sum()
}
