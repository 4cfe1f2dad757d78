//! A drawing of class A as a network: everybody goes round once, and every published number is an
//! arc, or the sum of some.
//!
//! A drawing is tied to true numbers at few arcs. So it is not written into the system: whether the
//! rest of it can go with given numbers on these arcs is a question of flows, and where it cannot, a
//! cut of the network says why (Hoffman 1960), which is a relation between these arcs alone.

use super::CellRef;
use crate::audit::network::Graph;
use crate::audit::search::More;
use crate::audit::system::{Refused, Row, Steps};

/// No bound. Sums of it stay far from any limit.
pub(super) const ENDLESS: i64 = 1 << 45;

pub(super) struct Arc {
    pub tail: usize,
    pub head: usize,
    pub lo: i64,
    pub hi: i64,
    pub cell: Option<CellRef>,
}

pub(super) struct Net {
    pub places: usize,
    /// The first is everybody, which is also the unknown `people`.
    pub arcs: Vec<Arc>,
    pub people: usize,
    pub k: u64,
}

impl Net {
    pub fn new(people: usize, k: u64) -> Self {
        let everybody = Arc { tail: HOME, head: START, lo: 0, hi: ENDLESS, cell: None };
        Self { places: 2, arcs: vec![everybody], people, k }
    }

    pub fn place(&mut self) -> usize {
        self.places += 1;
        self.places - 1
    }

    pub fn arc(
        &mut self,
        tail: usize,
        head: usize,
        (lo, hi): (f64, f64),
        cell: Option<CellRef>,
    ) -> usize {
        let whole = |value: f64| if value.is_finite() { value as i64 } else { ENDLESS };
        self.arcs.push(Arc { tail, head, lo: whole(lo), hi: whole(hi), cell });
        self.arcs.len() - 1
    }
}

pub(super) const START: usize = 0;
pub(super) const HOME: usize = 1;

/// Drawings whose arcs are cells of a system where they are tied to something.
pub(super) struct Drawings<'a> {
    pub nets: &'a [Net],
    /// The cell of each arc of each network, where it has one.
    pub cells: Vec<Vec<Option<usize>>>,
}

impl Drawings<'_> {
    /// The drawings that are not written down as a whole.
    fn asked(&self) -> impl Iterator<Item = (&Net, &Vec<Option<usize>>)> {
        let all = self.nets.iter().zip(&self.cells);
        all.filter(|(_, cells)| cells.iter().any(Option::is_none))
    }

    /// What must hold at every place where two arcs or more are cells; nothing else would be found
    /// sooner.
    pub fn at_places(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (net, cells) in self.asked() {
            // What comes in against what can leave, and the other way round.
            let mut at: Vec<[Sum; 2]> = vec![[Sum::default(), Sum::default()]; net.places];
            for (arc, cell) in net.arcs.iter().zip(cells) {
                let (in_first, out_first) = match cell {
                    Some(cell) => ((Some(*cell), 0), (Some(*cell), 0)),
                    None => ((None, arc.lo), (None, arc.hi)),
                };
                for (place, forth, back) in [(arc.head, 0, 1), (arc.tail, 1, 0)] {
                    at[place][forth].add(in_first, 1.0);
                    at[place][back].add(out_first, -1.0);
                }
            }
            rows.extend(
                at.into_iter()
                    .flatten()
                    .filter(|sum| sum.row.terms.len() > 1)
                    .filter_map(|sum| (!sum.is_endless).then_some(sum.row)),
            );
        }
        rows
    }
}

/// The relation of one place, as it is put together.
#[derive(Clone)]
struct Sum {
    row: Row,
    is_endless: bool,
}

impl Default for Sum {
    fn default() -> Self {
        Self { row: Row { terms: Vec::new(), equal: false, rhs: 0.0 }, is_endless: false }
    }
}

impl Sum {
    fn add(&mut self, (cell, bound): (Option<usize>, i64), by: f64) {
        match cell {
            Some(cell) => self.row.terms.push((cell, by)),
            None if bound >= ENDLESS => self.is_endless = true,
            None => self.row.rhs -= by * bound as f64,
        }
    }
}

/// No more may have to come into these places than can leave them. `None` where it says nothing.
fn cut(net: &Net, cells: &[Option<usize>], is_in: &[bool]) -> Option<Row> {
    let mut row = Row { terms: Vec::new(), equal: false, rhs: 0.0 };
    for (arc, cell) in net.arcs.iter().zip(cells) {
        match (is_in[arc.tail], is_in[arc.head], cell) {
            (false, true, Some(cell)) => row.terms.push((*cell, 1.0)),
            (true, false, Some(cell)) => row.terms.push((*cell, -1.0)),
            (false, true, None) => row.rhs -= arc.lo as f64,
            (true, false, None) if arc.hi >= ENDLESS => return None,
            (true, false, None) => row.rhs += arc.hi as f64,
            _ => {}
        }
    }
    (!row.terms.is_empty()).then_some(row)
}

impl More for Drawings<'_> {
    fn broken_by(&self, table: &[f64], steps: &mut Steps) -> Result<Vec<Row>, Refused> {
        let mut broken = Vec::new();
        for (net, cells) in self.asked() {
            // What one cut says of its arcs is taken as said, to see what else is wrong: a table
            // that breaks many relations is told of many at once.
            let mut open = cells.clone();
            while let Some(is_in) = blocked(net, &open, table, steps)? {
                let before = broken.len();
                broken.extend(cut(net, cells, &is_in));
                let mut is_freed = false;
                for (arc, cell) in net.arcs.iter().zip(&mut open) {
                    if is_in[arc.tail] != is_in[arc.head] && cell.is_some() {
                        *cell = None;
                        is_freed = true;
                    }
                }
                if !is_freed || broken.len() == before {
                    // A drawing that cannot be for any numbers has a cut without a cell.
                    return Err(Refused::Infeasible);
                }
            }
        }
        Ok(broken)
    }
}

/// The places into which more must come than can leave them, given the numbers of a table; `None`
/// where the drawing can be.
fn blocked(
    net: &Net,
    cells: &[Option<usize>],
    table: &[f64],
    steps: &mut Steps,
) -> Result<Option<Vec<bool>>, Refused> {
    steps.spend(4 * net.arcs.len())?;
    let (source, sink) = (net.places, net.places + 1);
    let mut graph = Graph::new(net.places + 2);
    let mut over = vec![0_i64; net.places];
    for (arc, cell) in net.arcs.iter().zip(cells) {
        let (lo, hi) = cell.map_or((arc.lo, arc.hi), |cell| {
            let carried = table[cell].round() as i64;
            (carried, carried)
        });
        if lo > hi {
            return Err(Refused::Infeasible);
        }
        if hi > lo {
            graph.add(arc.tail, arc.head, hi - lo);
        }
        over[arc.head] += lo;
        over[arc.tail] -= lo;
    }
    let mut wanted = 0;
    for (place, over) in over.into_iter().enumerate() {
        if over > 0 {
            graph.add(source, place, over);
            wanted += over;
        } else if over < 0 {
            graph.add(place, sink, -over);
        }
    }
    if graph.push(source, sink, wanted, steps)? >= wanted {
        return Ok(None);
    }
    let levels = graph.levels(source, 1, steps)?;
    Ok(Some(levels[..net.places].iter().map(|level| *level != usize::MAX).collect()))
}
