//! Makes a system smaller without changing what it says: bounds are carried through the relations,
//! known cells are put in, and what is left falls into parts that share nothing.

use std::collections::{BTreeMap, VecDeque};

use super::system::{Refused, Row, Steps, System, tidy};

/// How often one relation may narrow its cells. Whole numbers narrow by at least 1 and mostly
/// stop by themselves; real ones may creep for ever.
const ROUNDS_WHOLE: u32 = 100;
const ROUNDS_REAL: u32 = 10;

/// What is left of a system.
pub(super) struct Reduced {
    pub parts: Vec<Part>,
    /// For each cell of the system its part and its index there; `None` where it is known.
    pub place: Vec<Option<(usize, usize)>>,
    /// The value of each known cell.
    pub value: Vec<f64>,
}

/// Cells that hang together, with cells numbered from 0.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub lo: Vec<f64>,
    pub hi: Vec<f64>,
    pub rows: Vec<Row>,
}

pub(super) fn reduce(system: &System, steps: &mut Steps) -> Result<Reduced, Refused> {
    let mut state = State::new(system)?;
    state.narrow(steps)?;
    let known: Vec<bool> = (0..state.lo.len()).map(|cell| state.is_known(cell)).collect();
    let value: Vec<f64> =
        state.lo.iter().zip(&state.hi).map(|(lo, hi)| tidy(f64::midpoint(*lo, *hi))).collect();
    let rows = state.open_rows(&known, &value)?;
    Ok(split(&state, rows, &known, value))
}

struct State {
    whole: bool,
    lo: Vec<f64>,
    hi: Vec<f64>,
    rows: Vec<Row>,
    /// The relations of each cell.
    uses: Vec<Vec<usize>>,
}

/// The least and the most a relation's left side can be, with infinite terms counted apart.
struct Reach {
    least: f64,
    least_open: usize,
    most: f64,
    most_open: usize,
    /// The size of the numbers added up, for the rounding error.
    size: f64,
}

impl State {
    fn new(system: &System) -> Result<Self, Refused> {
        let mut state = Self {
            whole: system.whole,
            lo: system.lo.clone(),
            hi: system.hi.clone(),
            rows: Vec::with_capacity(system.rows.len()),
            uses: vec![Vec::new(); system.lo.len()],
        };
        if state.whole {
            for bound in &mut state.lo {
                *bound = (*bound - 1e-7).ceil() + 0.0;
            }
            for bound in &mut state.hi {
                *bound = (*bound + 1e-7).floor() + 0.0;
            }
        }
        for row in &system.rows {
            let mut row = row.clone();
            if normalise(&mut row, state.whole)? {
                for &(cell, _) in &row.terms {
                    state.uses[cell].push(state.rows.len());
                }
                state.rows.push(row);
            }
        }
        for cell in 0..state.lo.len() {
            state.check(cell)?;
        }
        Ok(state)
    }

    fn check(&mut self, cell: usize) -> Result<(), Refused> {
        let (lo, hi) = (self.lo[cell], self.hi[cell]);
        if lo <= hi {
            return Ok(());
        }
        if self.whole || lo - hi > (1e-11 * lo.abs()).max(1e-7) {
            return Err(Refused::Infeasible);
        }
        self.lo[cell] = f64::midpoint(lo, hi);
        self.hi[cell] = self.lo[cell];
        Ok(())
    }

    #[expect(clippy::float_cmp, reason = "bounds of whole numbers are whole")]
    fn is_known(&self, cell: usize) -> bool {
        let (lo, hi) = (self.lo[cell], self.hi[cell]);
        if self.whole { lo == hi } else { hi - lo <= (1e-12 * lo.abs()).max(1e-9) }
    }

    /// Carries bounds through the relations until nothing moves, or for long enough.
    fn narrow(&mut self, steps: &mut Steps) -> Result<(), Refused> {
        let most = if self.whole { ROUNDS_WHOLE } else { ROUNDS_REAL };
        let mut rounds = vec![0; self.rows.len()];
        let mut queued = vec![true; self.rows.len()];
        let mut queue: VecDeque<usize> = (0..self.rows.len()).collect();
        while let Some(row) = queue.pop_front() {
            queued[row] = false;
            rounds[row] += 1;
            steps.spend(4 * self.rows[row].terms.len())?;
            let moved = self.narrow_by(row)?;
            for cell in moved {
                for &other in &self.uses[cell] {
                    if !queued[other] && rounds[other] < most {
                        queued[other] = true;
                        queue.push_back(other);
                    }
                }
            }
        }
        Ok(())
    }

    fn reach(&self, row: &Row) -> Reach {
        let mut reach = Reach { least: 0.0, least_open: 0, most: 0.0, most_open: 0, size: 1.0 };
        for &(cell, by) in &row.terms {
            let (low, high) = if by > 0.0 {
                (by * self.lo[cell], by * self.hi[cell])
            } else {
                (by * self.hi[cell], by * self.lo[cell])
            };
            if low.is_finite() {
                reach.least += low;
                reach.size = reach.size.max(low.abs());
            } else {
                reach.least_open += 1;
            }
            if high.is_finite() {
                reach.most += high;
                reach.size = reach.size.max(high.abs());
            } else {
                reach.most_open += 1;
            }
        }
        reach.size = reach.size.max(row.rhs.abs());
        reach
    }

    /// The cells that one relation narrows.
    fn narrow_by(&mut self, row: usize) -> Result<Vec<usize>, Refused> {
        let row = self.rows[row].clone();
        let reach = self.reach(&row);
        let noise = 1e-11 * reach.size * row.terms.len() as f64 + 1e-8;
        if (reach.least_open == 0 && reach.least > row.rhs + noise)
            || (row.equal && reach.most_open == 0 && reach.most < row.rhs - noise)
        {
            return Err(Refused::Infeasible);
        }
        let mut moved = Vec::new();
        for &(cell, by) in &row.terms {
            let (lo, hi) = (self.lo[cell], self.hi[cell]);
            // What the others take at least leaves this cell at most the rest.
            let (own_least, own_most) =
                if by > 0.0 { (by * lo, by * hi) } else { (by * hi, by * lo) };
            let mut changed = false;
            let others_open = reach.least_open - usize::from(!own_least.is_finite());
            if others_open == 0 {
                let others = reach.least - if own_least.is_finite() { own_least } else { 0.0 };
                let rest = (row.rhs - others) / by;
                changed |= if by > 0.0 {
                    self.lower_hi(cell, rest, noise / by)
                } else {
                    self.raise_lo(cell, rest, noise / -by)
                };
            }
            let others_open = reach.most_open - usize::from(!own_most.is_finite());
            if row.equal && others_open == 0 {
                let others = reach.most - if own_most.is_finite() { own_most } else { 0.0 };
                let rest = (row.rhs - others) / by;
                changed |= if by > 0.0 {
                    self.raise_lo(cell, rest, noise / by)
                } else {
                    self.lower_hi(cell, rest, noise / -by)
                };
            }
            if changed {
                self.check(cell)?;
                moved.push(cell);
            }
        }
        Ok(moved)
    }

    fn lower_hi(&mut self, cell: usize, to: f64, noise: f64) -> bool {
        let to = if self.whole { (to + noise).floor() } else { tidy(to) };
        let gain = self.hi[cell] - to;
        let moves = self.worth(gain, cell);
        if moves {
            self.hi[cell] = to + 0.0;
        }
        moves
    }

    fn raise_lo(&mut self, cell: usize, to: f64, noise: f64) -> bool {
        let to = if self.whole { (to - noise).ceil() } else { tidy(to) };
        let gain = to - self.lo[cell];
        let moves = self.worth(gain, cell);
        if moves {
            self.lo[cell] = to + 0.0;
        }
        moves
    }

    fn worth(&self, gain: f64, cell: usize) -> bool {
        if self.whole { gain > 0.5 } else { gain > 1e-7 * self.lo[cell].abs().max(1.0) }
    }

    /// The relations that still say something, with the known cells put in.
    fn open_rows(&self, known: &[bool], value: &[f64]) -> Result<Vec<Row>, Refused> {
        // The same left side twice says no more than its tighter right side, and would hide a network.
        let mut rows: Vec<Row> = Vec::new();
        let mut seen: BTreeMap<(bool, Vec<(usize, u64)>), usize> = BTreeMap::new();
        for row in &self.rows {
            let reach = self.reach(row);
            let noise = 1e-11 * reach.size * row.terms.len() as f64 + 1e-8;
            if !row.equal && reach.most_open == 0 && reach.most <= row.rhs + noise {
                continue;
            }
            let mut open = Row { terms: Vec::new(), equal: row.equal, rhs: row.rhs };
            for &(cell, by) in &row.terms {
                if known[cell] {
                    open.rhs -= by * value[cell];
                } else {
                    open.terms.push((cell, by));
                }
            }
            open.rhs = tidy(open.rhs);
            if open.terms.is_empty() {
                let fits = if open.equal {
                    open.rhs.abs() <= noise.max(1e-6)
                } else {
                    open.rhs >= -noise.max(1e-6)
                };
                if !fits {
                    return Err(Refused::Infeasible);
                }
                continue;
            }
            if !normalise(&mut open, self.whole)? {
                continue;
            }
            let key = (open.equal, open.terms.iter().map(|&(c, by)| (c, by.to_bits())).collect());
            match seen.get(&key) {
                None => {
                    seen.insert(key, rows.len());
                    rows.push(open);
                }
                Some(&at) => {
                    let gap = (rows[at].rhs - open.rhs).abs();
                    if open.equal && gap > noise.max(1e-6) {
                        return Err(Refused::Infeasible);
                    }
                    rows[at].rhs = rows[at].rhs.min(open.rhs);
                }
            }
        }
        Ok(rows)
    }
}

/// One order, each cell once, and the smallest whole coefficients where there are whole ones; an
/// equation starts with a positive coefficient. `false` where nothing is left of the relation.
fn normalise(row: &mut Row, whole: bool) -> Result<bool, Refused> {
    row.terms.sort_unstable_by_key(|&(cell, _)| cell);
    let mut terms: Vec<(usize, f64)> = Vec::with_capacity(row.terms.len());
    for &(cell, by) in &row.terms {
        match terms.last_mut() {
            Some(last) if last.0 == cell => last.1 += by,
            _ => terms.push((cell, by)),
        }
    }
    terms.retain(|&(_, by)| by != 0.0);
    row.terms = terms;
    let Some(&(_, first)) = row.terms.first() else {
        let fits = if row.equal { row.rhs.abs() <= 1e-6 } else { row.rhs >= -1e-6 };
        return if fits { Ok(false) } else { Err(Refused::Infeasible) };
    };
    let least = row.terms.iter().fold(f64::INFINITY, |least, &(_, by)| least.min(by.abs()));
    let sign = if row.equal && first < 0.0 { -1.0 } else { 1.0 };
    let is_whole = |scale: f64| {
        row.terms.iter().all(|&(_, by)| {
            let scaled = by * scale;
            scaled.abs() < 1e9 && (scaled - scaled.round()).abs() <= 1e-9 * scaled.abs()
        })
    };
    // Decimal fractions become whole by a power of ten, anything proportional by its least one.
    let scales = [1.0, 10.0, 100.0, 1000.0, 10_000.0, 1.0 / least];
    let Some(scale) = scales.into_iter().find(|&scale| is_whole(scale)) else {
        return Ok(true);
    };
    let divisor = row
        .terms
        .iter()
        .fold(0, |divisor, &(_, by)| gcd(divisor, (by * scale).round().abs() as u64))
        as f64;
    for (_, by) in &mut row.terms {
        *by = sign * (*by * scale).round() / divisor;
    }
    row.rhs = tidy(sign * row.rhs * scale / divisor);
    if whole && row.rhs.fract() != 0.0 {
        if row.equal {
            return Err(Refused::Infeasible);
        }
        row.rhs = row.rhs.floor();
    }
    Ok(true)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Cells that no relation ties together, directly or through others, are parts of their own.
fn split(state: &State, rows: Vec<Row>, known: &[bool], value: Vec<f64>) -> Reduced {
    let mut leader: Vec<usize> = (0..known.len()).collect();
    for row in &rows {
        for pair in row.terms.windows(2) {
            let (a, b) = (find(&mut leader, pair[0].0), find(&mut leader, pair[1].0));
            leader[a.max(b)] = a.min(b);
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut part_of = vec![usize::MAX; known.len()];
    let mut place = vec![None; known.len()];
    for cell in (0..known.len()).filter(|&cell| !known[cell]) {
        let first = find(&mut leader, cell);
        if part_of[first] == usize::MAX {
            part_of[first] = parts.len();
            parts.push(Part { lo: Vec::new(), hi: Vec::new(), rows: Vec::new() });
        }
        let part = &mut parts[part_of[first]];
        place[cell] = Some((part_of[first], part.lo.len()));
        part.lo.push(state.lo[cell]);
        part.hi.push(state.hi[cell]);
    }
    for mut row in rows {
        let mut at = 0;
        for (cell, _) in &mut row.terms {
            if let Some((part, index)) = place[*cell] {
                at = part;
                *cell = index;
            }
        }
        parts[at].rows.push(row);
    }
    Reduced { parts, place, value }
}

fn find(leader: &mut [usize], mut cell: usize) -> usize {
    while leader[cell] != cell {
        leader[cell] = leader[leader[cell]];
        cell = leader[cell];
    }
    cell
}
