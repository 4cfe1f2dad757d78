//! The search for tables that fit and in which a group is not small: each table found clears many
//! groups at once, so that few of them need an optimum of their own.
//!
//! A system may have more relations than are written down: those of a network, which are asked for
//! only where a table breaks one ([`More`]). That is exact: a table is believed only after nothing
//! more is asked of it, and every relation that is added holds for all tables (Benders 1962).

use super::reduce::Reduced;
use super::system::{CellId, End, Engine, Interval, Refused, Row, Steps, System, pieces};

/// A sum of cells that a reader can name as a group of people.
#[derive(Clone)]
pub(super) struct Group {
    pub terms: Vec<(CellId, f64)>,
    pub k: u64,
    /// People of it who are left aside.
    pub less: f64,
}

/// Relations that are not written down in the system.
pub(super) trait More {
    /// Those that this table breaks. None where it fits.
    fn broken_by(&self, table: &[f64], steps: &mut Steps) -> Result<Vec<Row>, Refused>;
}

/// Nothing but the system itself.
pub(super) struct NoMore;

impl More for NoMore {
    fn broken_by(&self, _: &[f64], _: &mut Steps) -> Result<Vec<Row>, Refused> {
        Ok(Vec::new())
    }
}

/// Rounds in which all groups that are left are pulled the same way at once.
const ROUNDS: usize = 6;

pub(super) struct Search<'a> {
    system: System,
    more: &'a dyn More,
    reduced: Reduced,
    engines: Vec<Engine>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        system: System,
        more: &'a dyn More,
        steps: &mut Steps,
    ) -> Result<Self, Refused> {
        let (reduced, engines) = system.reduced(steps)?;
        let mut search = Self { system, more, reduced, engines };
        search.check_feasible(steps)?;
        Ok(search)
    }

    fn check_feasible(&mut self, steps: &mut Steps) -> Result<(), Refused> {
        self.engines.iter_mut().try_for_each(|engine| engine.check_feasible(steps))
    }

    /// Which groups are provably of 1..k−1.
    pub(super) fn small(
        &mut self,
        groups: &[Group],
        steps: &mut Steps,
    ) -> Result<Vec<bool>, Refused> {
        let mut small = vec![false; groups.len()];
        // That some table fits has to be shown, whatever is asked.
        let first = self.table(&[], End::Least, steps)?.ok_or(Refused::Solver)?;
        let mut open: Vec<usize> = Vec::new();
        for (at, group) in groups.iter().enumerate() {
            steps.spend(group.terms.len())?;
            let bounds = self.bounds(group);
            if bounds.is_small_group(group.k) {
                small[at] = true;
            } else if !bounds.lo.is_some_and(|lo| lo >= group.k as f64)
                && !bounds.hi.is_some_and(|hi| hi <= 0.0)
            {
                open.push(at);
            }
        }
        clear(groups, &mut open, &first, steps)?;
        for _ in 0..ROUNDS {
            let before = open.len();
            for end in [End::Most, End::Least] {
                if open.is_empty() {
                    return Ok(small);
                }
                let all: Vec<(CellId, f64)> =
                    open.iter().flat_map(|&at| groups[at].terms.iter().copied()).collect();
                if let Some(table) = self.table(&all, end, steps)? {
                    clear(groups, &mut open, &table, steps)?;
                }
            }
            if open.len() == before {
                break;
            }
        }
        while let Some(&at) = open.first() {
            let group = &groups[at];
            let mut is_small = true;
            for end in [End::Most, End::Least] {
                let Some(table) = self.table(&group.terms, end, steps)? else {
                    is_small = false;
                    break;
                };
                clear(groups, &mut open, &table, steps)?;
                if open.first() != Some(&at) {
                    is_small = false;
                    break;
                }
            }
            small[at] = is_small;
            open.retain(|&other| other != at);
        }
        Ok(small)
    }

    /// What the bounds of its cells say about a group.
    fn bounds(&self, group: &Group) -> Interval {
        let (known, pieces) = pieces(&self.reduced, &group.terms);
        let (mut lo, mut hi) = (known - group.less, known - group.less);
        for (part, terms) in pieces {
            for (cell, by) in terms {
                let (least, most) = self.engines[part].bounds(cell);
                lo += if by > 0.0 { by * least } else { by * most };
                hi += if by > 0.0 { by * most } else { by * least };
            }
        }
        Interval::new(lo, hi)
    }

    /// A table that fits everything and in which the sum is at its end; `None` where it has none.
    fn table(
        &mut self,
        terms: &[(CellId, f64)],
        end: End,
        steps: &mut Steps,
    ) -> Result<Option<Vec<f64>>, Refused> {
        loop {
            steps.spend(self.reduced.place.len() + terms.len())?;
            let (_, pieces) = pieces(&self.reduced, terms);
            let mut at_end: Vec<Option<Vec<f64>>> = vec![None; self.engines.len()];
            for (part, terms) in pieces {
                let Some(point) = self.engines[part].optimum(&terms, end, steps)? else {
                    return Ok(None);
                };
                at_end[part] = Some(point);
            }
            let points: Vec<Vec<f64>> = at_end
                .into_iter()
                .zip(&self.engines)
                .map(|(point, engine)| point.unwrap_or_else(|| engine.example()))
                .collect();
            let table: Vec<f64> = self
                .reduced
                .place
                .iter()
                .zip(&self.reduced.value)
                .map(|(place, value)| place.map_or(*value, |(part, cell)| points[part][cell]))
                .collect();
            let broken = self.more.broken_by(&table, steps)?;
            if broken.is_empty() {
                return Ok(Some(table));
            }
            self.system.rows.extend(broken);
            (self.reduced, self.engines) = self.system.reduced(steps)?;
            self.check_feasible(steps)?;
        }
    }
}

/// Takes out the groups that are not small in this table.
fn clear(
    groups: &[Group],
    open: &mut Vec<usize>,
    table: &[f64],
    steps: &mut Steps,
) -> Result<(), Refused> {
    let terms: usize = open.iter().map(|&at| groups[at].terms.len()).sum();
    steps.spend(terms)?;
    open.retain(|&at| {
        let group = &groups[at];
        let people: f64 = group.terms.iter().map(|&(CellId(cell), by)| by * table[cell]).sum();
        let people = people - group.less;
        Interval::new(people, people).is_small_group(group.k)
    });
    Ok(())
}
