//! A small search over whole numbers: which values numbers can have that stand in sums to each other.
//!
//! Bounds are carried through the sums until nothing moves, then an unknown that is still open is
//! split in two. Where the search is given up, everything counts as possible: the attacker says only
//! what she has proven.

use std::collections::VecDeque;

/// Beyond all that is asked here.
pub const ENDLESS: i64 = 1 << 40;

/// A sum of unknowns, each times a small number.
pub type Terms = Vec<(usize, i64)>;

/// `least ≤ sum ≤ most`.
#[derive(Clone)]
struct Row {
    terms: Terms,
    least: i64,
    most: i64,
}

#[derive(Clone, Default)]
pub struct Search {
    least: Vec<i64>,
    most: Vec<i64>,
    rows: Vec<Row>,
    /// The rows of each unknown.
    of: Vec<Vec<usize>>,
}

impl Search {
    pub fn unknown(&mut self, least: i64, most: i64) -> usize {
        self.least.push(least);
        self.most.push(most);
        self.of.push(Vec::new());
        self.least.len() - 1
    }

    /// Narrows what is known of an unknown.
    pub fn narrow(&mut self, at: usize, least: i64, most: i64) {
        self.least[at] = self.least[at].max(least);
        self.most[at] = self.most[at].min(most);
    }

    pub fn between(&mut self, terms: Terms, least: i64, most: i64) {
        for (at, _) in &terms {
            self.of[*at].push(self.rows.len());
        }
        self.rows.push(Row { terms, least, most });
    }

    /// Carries all bounds as far as they go. `false` where nothing fits.
    pub fn settle(&mut self) -> bool {
        let all = (0..self.rows.len()).collect();
        self.carry(all)
    }

    fn carry(&mut self, rows: Vec<usize>) -> bool {
        let mut is_open = vec![false; self.rows.len()];
        let mut open: VecDeque<usize> = rows.into();
        for row in &open {
            is_open[*row] = true;
        }
        // Bounds of sums that go round can creep; then they stay as wide as they are.
        let mut left = 40 * self.rows.len() + 1000;
        while let Some(row) = open.pop_front() {
            is_open[row] = false;
            if left == 0 {
                return true;
            }
            left -= 1;
            let Row { terms, least, most } = self.rows[row].clone();
            let (mut low, mut high) = (0, 0);
            for (at, by) in &terms {
                let (a, b) = (by * self.least[*at], by * self.most[*at]);
                low += a.min(b);
                high += a.max(b);
            }
            if low > most || high < least {
                return false;
            }
            for (at, by) in &terms {
                let (a, b) = (by * self.least[*at], by * self.most[*at]);
                // What the others leave to this one.
                let up = most - (low - a.min(b));
                let down = least - (high - a.max(b));
                let (down, up) = if *by > 0 { (down, up) } else { (-up, -down) };
                let by = by.abs();
                let (down, up) = (-(-down).div_euclid(by), up.div_euclid(by));
                if down <= self.least[*at] && up >= self.most[*at] {
                    continue;
                }
                self.narrow(*at, down, up);
                if self.least[*at] > self.most[*at] {
                    return false;
                }
                let beside = self.of[*at].iter().filter(|other| **other != row);
                for other in beside {
                    if !std::mem::replace(&mut is_open[*other], true) {
                        open.push_back(*other);
                    }
                }
            }
        }
        true
    }

    /// Whether the sum can lie there, as far as the search goes: `true` where it gives up.
    pub fn may_be(&self, terms: &Terms, least: i64, most: i64) -> bool {
        let mut tried = self.clone();
        tried.between(terms.clone(), least, most);
        let mut left = 60;
        tried.has_answer(vec![tried.rows.len() - 1], &mut left)
    }

    fn has_answer(&mut self, rows: Vec<usize>, left: &mut u32) -> bool {
        if !self.carry(rows) {
            return false;
        }
        // The unknown with the fewest values left, where it is not settled.
        let open = (0..self.least.len()).filter(|at| self.least[*at] < self.most[*at]);
        let Some(at) = open.min_by_key(|at| self.most[*at] - self.least[*at]) else { return true };
        let middle = self.least[at] + (self.most[at] - self.least[at]) / 2;
        for (least, most) in [(self.least[at], middle), (middle + 1, self.most[at])] {
            if *left == 0 {
                return true;
            }
            *left -= 1;
            let mut half = self.clone();
            half.narrow(at, least, most);
            if half.has_answer(self.of[at].clone(), left) {
                return true;
            }
        }
        false
    }

    /// Whether the sum is proven to lie in `1..k`.
    pub fn proves_small(&self, terms: &Terms, k: i64) -> bool {
        !self.may_be(terms, -ENDLESS, 0) && !self.may_be(terms, k, ENDLESS)
    }

    /// What the carried bounds say of a sum, without a search.
    pub fn bounds(&self, terms: &Terms) -> (i64, i64) {
        terms.iter().fold((0, 0), |(low, high), (at, by)| {
            let (a, b) = (by * self.least[*at], by * self.most[*at]);
            (low + a.min(b), high + a.max(b))
        })
    }
}

#[test]
fn the_search_finds_what_follows_and_no_more() {
    let mut search = Search::default();
    let whole = search.unknown(61, 64);
    let parts = [search.unknown(46, 54), search.unknown(0, ENDLESS)];
    search.between(vec![(whole, -1), (parts[0], 1), (parts[1], 1)], 0, 0);
    assert!(search.settle());
    // 61..64 minus 46..54 is 7..18.
    assert!(!search.proves_small(&vec![(parts[1], 1)], 18));
    assert!(search.proves_small(&vec![(parts[1], 1)], 19));
    search.between(vec![(parts[1], 1)], 30, 40);
    assert!(!search.settle());
    // Twice a whole number is never odd.
    let mut search = Search::default();
    let one = search.unknown(0, 9);
    let two = search.unknown(7, 7);
    assert!(!search.may_be(&vec![(one, 2), (two, -1)], 0, 0));
}
