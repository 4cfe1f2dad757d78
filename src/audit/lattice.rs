//! All whole solutions of the equations of a part, as a point and directions to walk from it in
//! whole steps. It sees what bounds hide: 2x − 2y + z = 5 needs an odd z, however large x and y.

use super::reduce::Part;
use super::system::{Refused, Steps};

/// Larger parts would take too much room: the directions are cells × cells numbers.
const CELLS: usize = 400;
/// Entries beyond this are given up on, so that products stay exact in a 64-bit float.
const LARGEST: i128 = 1 << 40;

/// A part in whole numbers as `base + Σ yⱼ · directions[j]` with whole yⱼ of either sign.
pub(super) struct Lattice {
    pub base: Vec<i128>,
    pub directions: Vec<Vec<i128>>,
    /// What is left of the bounds and inequalities: coefficients of y and the most their sum is.
    pub at_most: Vec<(Vec<i128>, i128)>,
}

impl Lattice {
    /// `None` where there is nothing to gain or the numbers become too large.
    pub(super) fn of(part: &Part, steps: &mut Steps) -> Result<Option<Self>, Refused> {
        let whole = |value: f64| value.fract() == 0.0;
        let is_whole = part
            .rows
            .iter()
            .all(|row| whole(row.rhs) && row.terms.iter().all(|&(_, by)| whole(by)));
        if part.lo.len() > CELLS || !is_whole || !part.rows.iter().any(|row| row.equal) {
            return Ok(None);
        }
        let cells = part.lo.len();
        let mut lattice = Self {
            base: vec![0; cells],
            directions: (0..cells)
                .map(|cell| (0..cells).map(|other| i128::from(other == cell)).collect())
                .collect(),
            at_most: Vec::new(),
        };
        for row in part.rows.iter().filter(|row| row.equal) {
            steps.spend(8 * cells * (1 + lattice.directions.len()))?;
            if !lattice.meet(&row.terms, row.rhs as i128, steps)? {
                return Ok(None);
            }
        }
        Ok(lattice.bound(part)?.then_some(lattice))
    }

    /// Keeps the points that meet one equation: by Euclid's steps between the directions only one
    /// of them still changes its left side, and how far to go along that one is then known.
    fn meet(
        &mut self,
        terms: &[(usize, f64)],
        rhs: i128,
        steps: &mut Steps,
    ) -> Result<bool, Refused> {
        let along = |point: &[i128]| -> i128 {
            terms.iter().map(|&(cell, by)| by as i128 * point[cell]).sum()
        };
        let missing = rhs - along(&self.base);
        let mut slopes: Vec<i128> = self.directions.iter().map(|d| along(d)).collect();
        let chosen = loop {
            let least =
                (0..slopes.len()).filter(|&at| slopes[at] != 0).min_by_key(|&at| slopes[at].abs());
            let Some(least) = least else {
                return if missing == 0 { Ok(true) } else { Err(Refused::Infeasible) };
            };
            let mut is_last = true;
            for other in 0..slopes.len() {
                if other == least || slopes[other] == 0 {
                    continue;
                }
                is_last = false;
                let times = nearest(slopes[other], slopes[least]);
                slopes[other] -= times * slopes[least];
                let (from, to) = pair(&mut self.directions, least, other);
                for (to, from) in to.iter_mut().zip(from) {
                    *to -= times * *from;
                }
            }
            steps.spend(self.base.len() * slopes.len())?;
            if self.is_too_large() {
                return Ok(false);
            }
            if is_last {
                break least;
            }
        };
        if missing % slopes[chosen] != 0 {
            return Err(Refused::Infeasible);
        }
        let way = missing / slopes[chosen];
        let direction = self.directions.swap_remove(chosen);
        for (base, step) in self.base.iter_mut().zip(direction) {
            *base += way * step;
        }
        Ok(!self.is_too_large())
    }

    fn is_too_large(&self) -> bool {
        self.base.iter().chain(self.directions.iter().flatten()).any(|&by| by.abs() > LARGEST)
    }

    /// Writes bounds and inequalities for y. Dividing by what the coefficients share and rounding
    /// the rest down cuts off what no whole y can reach.
    fn bound(&mut self, part: &Part) -> Result<bool, Refused> {
        let mut rows: Vec<(Vec<i128>, i128)> = Vec::new();
        for cell in 0..self.base.len() {
            let by: Vec<i128> = self.directions.iter().map(|d| d[cell]).collect();
            let less: Vec<i128> = by.iter().map(|by| -by).collect();
            rows.push((less, self.base[cell] - part.lo[cell] as i128));
            if part.hi[cell].is_finite() {
                rows.push((by, part.hi[cell] as i128 - self.base[cell]));
            }
        }
        for row in part.rows.iter().filter(|row| !row.equal) {
            let along = |point: &[i128]| -> i128 {
                row.terms.iter().map(|&(cell, by)| by as i128 * point[cell]).sum()
            };
            let by = self.directions.iter().map(|d| along(d)).collect();
            rows.push((by, row.rhs as i128 - along(&self.base)));
        }
        for (mut by, mut most) in rows {
            let shared = by.iter().fold(0, |shared, &by| gcd(shared, by.abs()));
            if shared == 0 {
                if most < 0 {
                    return Err(Refused::Infeasible);
                }
                continue;
            }
            for by in &mut by {
                *by /= shared;
            }
            most = most.div_euclid(shared);
            if most.abs() > LARGEST || by.iter().any(|by| by.abs() > LARGEST) {
                return Ok(false);
            }
            self.at_most.push((by, most));
        }
        Ok(true)
    }
}

/// The whole number of times `by` goes into `value` that leaves least over.
fn nearest(value: i128, by: i128) -> i128 {
    let down = value.div_euclid(by);
    if 2 * (value - down * by).abs() > by.abs() { down + by.signum() } else { down }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// One direction to read and another to change.
fn pair(directions: &mut [Vec<i128>], read: usize, change: usize) -> (&[i128], &mut [i128]) {
    if read < change {
        let (low, high) = directions.split_at_mut(change);
        (&low[read], &mut high[0])
    } else {
        let (low, high) = directions.split_at_mut(read);
        (&high[0], &mut low[change])
    }
}
