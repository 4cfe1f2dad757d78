//! The attack on a table: everything that is published, as a system, and what follows from it
//! about the rest. It sees what a reader sees; hidden values are given to insiders only.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use thiserror::Error;

use super::system::{CellId, Interval, Refused, Sense, Steps, System};
use super::table::{Cell, Relation, Status, Table};

/// Why there is no answer. Without an answer nothing counts as safe.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AuditError {
    /// The table cannot be attacked as it stands. The text says what, where, and what to do.
    #[error("{0}")]
    Input(String),
    #[error("{0}")]
    Refused(#[from] Refused),
    /// What an insider is said to know does not fit the rest.
    #[error("what insider {name:?} knows does not fit the table: {refused}")]
    Insider { name: String, refused: Refused },
}

impl AuditError {
    /// The table itself is at fault, rather than the work of attacking it.
    pub fn is_input(&self) -> bool {
        match self {
            Self::Input(_) => true,
            Self::Refused(refused) | Self::Insider { refused, .. } => {
                matches!(refused, Refused::Infeasible | Refused::TooLarge)
            }
        }
    }
}

/// What the attacker found. As JSON it is the audit's answer format.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Nothing was found: the five lists are empty.
    pub safe: bool,
    /// One value is possible, be it 0.
    pub exact: Vec<String>,
    /// Every possible value is below k.
    pub small: Vec<String>,
    /// The possible values span less than `min_width`.
    pub narrow: Vec<String>,
    /// Equations whose hidden cells together are a group of 1..k−1.
    pub residual: Vec<String>,
    /// The possible values of each suppressed cell, each published bin and each target.
    pub intervals: BTreeMap<String, Interval>,
    /// What each insider who finds anything finds.
    pub insiders: BTreeMap<String, Vec<String>>,
}

/// Attacks a table with everything that is published in it.
///
/// A published bin is attacked too: it counts as found where the attack proves more than the bin
/// itself says.
///
/// # Errors
/// [`AuditError`] where the table contradicts itself or the attack could not be finished. A table
/// without an answer is not safe.
pub fn attack(table: &Table) -> Result<Answer, AuditError> {
    attack_within(table, &mut Steps::default())
}

/// [`attack`] with as many steps as are left.
///
/// # Errors
/// As [`attack`].
pub fn attack_within(table: &Table, steps: &mut Steps) -> Result<Answer, AuditError> {
    table.check()?;
    let attacked = Attacked::new(table);
    let sums = residual_sums(table, &attacked);
    let mut asked = attacked.terms();
    asked.extend(sums.iter().map(|(_, terms)| terms.clone()));
    let found = attacked.system.intervals(&asked, steps)?;
    let (found, sums_found) = found.split_at(attacked.targets.len());

    let mut answer = Answer {
        safe: false,
        exact: Vec::new(),
        small: Vec::new(),
        narrow: Vec::new(),
        residual: Vec::new(),
        intervals: BTreeMap::new(),
        insiders: BTreeMap::new(),
    };
    for (target, &interval) in attacked.targets.iter().zip(found) {
        let id = || target.id.clone();
        let proves =
            |rule: &dyn Fn(Interval) -> bool| rule(interval) && !target.bin.is_some_and(rule);
        if proves(&Interval::is_exact) {
            answer.exact.push(id());
        }
        if let Some(k) = table.k
            && (proves(&|interval| interval.is_below(k))
                || target.bin.is_some() && proves(&|interval| interval.is_small_group(k)))
        {
            answer.small.push(id());
        }
        if let Some(width) = table.min_width
            && proves(&|interval| interval.is_narrower(width))
        {
            answer.narrow.push(id());
        }
        answer.intervals.insert(id(), interval);
    }
    if let Some(k) = table.k {
        answer.residual = sums
            .iter()
            .zip(sums_found)
            .filter(|(_, interval)| interval.is_small_group(k))
            .map(|(&(index, _), _)| table.constraint_name(index))
            .collect();
    }
    for insider in &table.insiders {
        let found = attacked
            .by_insider(table, &insider.knows, steps)
            .map_err(|refused| AuditError::Insider { name: insider.name.clone(), refused })?;
        if !found.is_empty() {
            answer.insiders.insert(insider.name.clone(), found);
        }
    }
    answer.safe = answer.exact.is_empty()
        && answer.small.is_empty()
        && answer.narrow.is_empty()
        && answer.residual.is_empty()
        && answer.insiders.is_empty();
    Ok(answer)
}

/// Something the attacker is after.
struct Aim {
    id: String,
    terms: Vec<(CellId, f64)>,
    /// What its publication says itself, of a published bin.
    bin: Option<Interval>,
    /// The cells it is about that are not simply published.
    about: BTreeSet<String>,
}

struct Attacked {
    system: System,
    ids: BTreeMap<String, CellId>,
    targets: Vec<Aim>,
}

impl Attacked {
    fn new(table: &Table) -> Self {
        let mut system = System::new(table.integer);
        let mut ids = BTreeMap::new();
        let mut targets = Vec::new();
        for (id, cell) in &table.cells {
            let (lo, hi) = known_bounds(table, cell);
            let at = system.cell(lo, hi);
            ids.insert(id.clone(), at);
            let bin = (cell.status == Status::Published).then(|| Interval::new(lo, hi));
            let is_attacked = match cell.status {
                Status::Suppressed => true,
                Status::Published => is_hidden(cell),
                Status::Latent => false,
            };
            if is_attacked {
                let about = BTreeSet::from([id.clone()]);
                targets.push(Aim { id: id.clone(), terms: vec![(at, 1.0)], bin, about });
            }
        }
        for constraint in &table.constraints {
            let sense = match constraint.sense {
                Relation::Equal => Sense::Equal,
                Relation::AtMost => Sense::AtMost,
                Relation::AtLeast => Sense::AtLeast,
            };
            let terms = constraint.terms.iter().map(|(id, &by)| (ids[id], by));
            system.relate(terms, sense, constraint.rhs);
        }
        for target in &table.targets {
            let terms = target.terms.iter().map(|(id, &by)| (ids[id], by)).collect();
            let about = target
                .terms
                .iter()
                .filter(|&(id, &by)| by != 0.0 && is_hidden(&table.cells[id]))
                .map(|(id, _)| id.clone())
                .collect();
            targets.push(Aim { id: target.name.clone(), terms, bin: None, about });
        }
        Self { system, ids, targets }
    }

    fn terms(&self) -> Vec<Vec<(CellId, f64)>> {
        self.targets.iter().map(|target| target.terms.clone()).collect()
    }

    /// What someone finds who knows these cells, beyond them: values, and groups of 1..k−1.
    fn by_insider(
        &self,
        table: &Table,
        knows: &[String],
        steps: &mut Steps,
    ) -> Result<Vec<String>, Refused> {
        let mut system = self.system.clone();
        for id in knows {
            if let Some(value) = table.cells[id].value {
                system.bound(self.ids[id], value, value);
            }
        }
        let aims: Vec<&Aim> = self
            .targets
            .iter()
            .filter(|target| !target.about.iter().all(|id| knows.contains(id)))
            .collect();
        let terms: Vec<_> = aims.iter().map(|target| target.terms.clone()).collect();
        let found = system.intervals(&terms, steps)?;
        let is_found = |target: &Aim, interval: Interval| {
            let proves =
                |rule: &dyn Fn(Interval) -> bool| rule(interval) && !target.bin.is_some_and(rule);
            proves(&Interval::is_exact)
                || table.k.is_some_and(|k| proves(&|interval| interval.is_small_group(k)))
        };
        Ok(aims
            .into_iter()
            .zip(found)
            .filter(|&(target, interval)| is_found(target, interval))
            .map(|(target, _)| target.id.clone())
            .collect())
    }
}

/// Not known to everybody from its publication alone.
fn is_hidden(cell: &Cell) -> bool {
    cell.status != Status::Published || cell.published_as.is_some_and(|[lo, hi]| lo < hi)
}

/// What a reader knows about a cell by itself.
fn known_bounds(table: &Table, cell: &Cell) -> (f64, f64) {
    let (mut lo, mut hi) = (cell.lb.unwrap_or(f64::NEG_INFINITY), cell.ub.unwrap_or(f64::INFINITY));
    let mut narrow = |least: f64, most: f64| {
        lo = lo.max(least);
        hi = hi.min(most);
    };
    match (cell.published_as, cell.status, cell.value) {
        (Some([least, most]), _, _) => narrow(least, most),
        (None, Status::Published, Some(value)) => narrow(value, value),
        (None, Status::Suppressed, _) if cell.lb.is_none() => {
            narrow(table.lb_suppressed, f64::INFINITY);
        }
        (None, ..) if cell.lb.is_none() => narrow(0.0, f64::INFINITY),
        (None, ..) => {}
    }
    (lo, hi)
}

/// For each equation whose hidden cells have one sign, and at least one of which is suppressed,
/// the sum of these cells.
fn residual_sums(table: &Table, attacked: &Attacked) -> Vec<(usize, Vec<(CellId, f64)>)> {
    if table.k.is_none() {
        return Vec::new();
    }
    let mut sums = Vec::new();
    for (index, constraint) in table.constraints.iter().enumerate() {
        if constraint.sense != Relation::Equal {
            continue;
        }
        let hidden: Vec<(&String, f64)> = constraint
            .terms
            .iter()
            .map(|(id, &by)| (id, by))
            .filter(|&(id, by)| by != 0.0 && table.cells[id].status != Status::Published)
            .collect();
        let one_sign =
            hidden.iter().all(|&(_, by)| by > 0.0) || hidden.iter().all(|&(_, by)| by < 0.0);
        let suppressed = hidden.iter().any(|(id, _)| table.cells[*id].status == Status::Suppressed);
        if one_sign && suppressed {
            sums.push((index, hidden.iter().map(|(id, _)| (attacked.ids[*id], 1.0)).collect()));
        }
    }
    sums
}
