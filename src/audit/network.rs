//! Parts that are pure networks: every cell stands in at most two relations, out of one and into
//! the other. Their extremes are found by flows, in whole numbers and without rounding.

use std::collections::VecDeque;

use super::reduce::Part;
use super::system::{End, Refused, Steps};

/// Room without an end. Sums of real amounts stay far below: values are at most 10¹².
const ENDLESS: i64 = 1 << 60;

/// A network with a flow in it that fits. Arc `j` has two edges: `2j` along it and `2j + 1`
/// against it; the room on `2j + 1` is what may be taken away.
pub(super) struct Network {
    /// The least amount on each arc.
    floor: Vec<i64>,
    graph: Graph,
    /// The rooms of the flow that fits, to start every question from.
    start: Vec<i64>,
    /// The first arcs are the cells of the part; what inequalities leave over follows.
    cells: usize,
}

impl Network {
    /// The network that this part is, with a flow in it; `None` where it is none.
    pub(super) fn of(part: &Part, steps: &mut Steps) -> Result<Option<Self>, Refused> {
        let Some(arcs) = Arcs::of(part) else { return Ok(None) };
        let nodes = part.rows.len() + 1;
        let mut graph = Graph::new(nodes + 2);
        let mut need = arcs.need;
        for arc in &arcs.list {
            graph.add(arc.tail, arc.head, arc.room);
            need[arc.tail] -= arc.floor;
            need[arc.head] += arc.floor;
        }
        // What must still leave each node comes from a source, and what must arrive goes to a sink.
        let (source, sink) = (nodes, nodes + 1);
        let mut wanted = 0;
        for (node, &need) in need.iter().enumerate() {
            if need > 0 {
                graph.add(source, node, need);
                wanted += need;
            } else if need < 0 {
                graph.add(node, sink, -need);
            }
        }
        if graph.push(source, sink, wanted, steps)? < wanted {
            return Err(Refused::Infeasible);
        }
        let edges = 2 * arcs.list.len();
        graph.room[edges..].fill(0);
        let floor = arcs.list.iter().map(|arc| arc.floor).collect();
        Ok(Some(Self { floor, start: graph.room.clone(), graph, cells: part.lo.len() }))
    }

    /// What each cell carries in the flow that was found first.
    pub(super) fn example(&self) -> Vec<f64> {
        self.carried(&self.start)
    }

    fn carried(&self, room: &[i64]) -> Vec<f64> {
        self.floor[..self.cells]
            .iter()
            .enumerate()
            .map(|(cell, floor)| (floor + room[2 * cell + 1]) as f64)
            .collect()
    }

    /// A flow in which the target is at its least or its most; `None` where it has no end.
    pub(super) fn optimum(
        &mut self,
        costs: &[(usize, i64)],
        end: End,
        steps: &mut Steps,
    ) -> Result<Option<Vec<f64>>, Refused> {
        let Some(value) = self.extreme(costs, end, steps)? else { return Ok(None) };
        let mut point = self.carried(&self.graph.room);
        if let &[(arc, by)] = costs {
            // This arc was taken out of the network to move the others.
            point[arc] = value / by as f64;
        }
        Ok(Some(point))
    }

    /// The target as costs, where it is in whole numbers.
    pub(super) fn costs(terms: &[(usize, f64)]) -> Option<Vec<(usize, i64)>> {
        terms
            .iter()
            .map(|&(arc, by)| (by.fract() == 0.0 && by.abs() < 1e6).then_some((arc, by as i64)))
            .collect()
    }

    /// The least or the most that the target can be; `None` where it has no end.
    pub(super) fn extreme(
        &mut self,
        costs: &[(usize, i64)],
        end: End,
        steps: &mut Steps,
    ) -> Result<Option<f64>, Refused> {
        steps.spend(self.start.len())?;
        self.graph.room.copy_from_slice(&self.start);
        let least = match (costs, end) {
            (&[(arc, by)], _) => {
                let up = (by > 0) == (end == End::Most);
                return Ok(self.one(arc, up, steps)?.map(|value| (by * value) as f64));
            }
            (_, End::Least) => self.least(costs.to_vec(), steps)?,
            (_, End::Most) => {
                self.least(costs.iter().map(|&(arc, by)| (arc, -by)).collect(), steps)?
            }
        };
        let sign = if end == End::Most { -1 } else { 1 };
        Ok(least.map(|value| (sign * value) as f64))
    }

    /// The most that arc can carry, or the least. An arc u→v goes up by what can come back from v
    /// to u past it, and down by what can go from u to v instead of it.
    fn one(&mut self, arc: usize, up: bool, steps: &mut Steps) -> Result<Option<i64>, Refused> {
        let (along, against) = (2 * arc, 2 * arc + 1);
        let carried = self.floor[arc] + self.graph.room[against];
        let (edge, back) = if up { (along, against) } else { (against, along) };
        let (from, to) = (self.graph.head[edge], self.graph.head[back]);
        let limit = self.graph.room[edge];
        self.graph.room[along] = 0;
        self.graph.room[against] = 0;
        let moved = if from == to {
            limit
        } else if limit >= ENDLESS && self.graph.has_endless_way(from, to, steps)? {
            ENDLESS
        } else {
            self.graph.push(from, to, limit, steps)?
        };
        if up && moved >= ENDLESS {
            return Ok(None);
        }
        Ok(Some(if up { carried + moved } else { carried - moved }))
    }

    /// The least cost, by turning round cycles of negative cost until there is none.
    fn least(
        &mut self,
        costs: Vec<(usize, i64)>,
        steps: &mut Steps,
    ) -> Result<Option<i64>, Refused> {
        let mut total: i64 = costs
            .iter()
            .map(|&(arc, by)| by * (self.floor[arc] + self.graph.room[2 * arc + 1]))
            .sum();
        let mut cost = vec![0; self.graph.room.len()];
        for (arc, by) in costs {
            cost[2 * arc] = by;
            cost[2 * arc + 1] = -by;
        }
        if self.graph.cheap_cycle(&cost, ENDLESS, steps)?.is_some() {
            return Ok(None);
        }
        while let Some(cycle) = self.graph.cheap_cycle(&cost, 1, steps)? {
            let room = cycle.iter().map(|&edge| self.graph.room[edge]).min().unwrap_or(0);
            let each: i64 = cycle.iter().map(|&edge| cost[edge]).sum();
            for &edge in &cycle {
                self.graph.send(edge, room);
            }
            total += each * room;
        }
        Ok(Some(total))
    }
}

struct Arc {
    tail: usize,
    head: usize,
    floor: i64,
    room: i64,
}

struct Arcs {
    list: Vec<Arc>,
    /// What leaves each node beyond what enters it. The last node is the ground, where the other
    /// end of a cell with one relation lies.
    need: Vec<i64>,
}

impl Arcs {
    fn of(part: &Part) -> Option<Self> {
        let rows = part.rows.len();
        let mut ends: Vec<Vec<(usize, bool)>> = vec![Vec::new(); part.lo.len()];
        for (at, row) in part.rows.iter().enumerate() {
            if row.rhs.fract() != 0.0 {
                return None;
            }
            for &(cell, by) in &row.terms {
                if !is_unit(by) || ends[cell].len() == 2 {
                    return None;
                }
                ends[cell].push((at, by > 0.0));
            }
        }
        let whole = |value: &f64| value.fract() == 0.0;
        if !part.lo.iter().all(whole) || !part.hi.iter().all(|hi| *hi == f64::INFINITY || whole(hi))
        {
            return None;
        }
        let turned = turned(rows, &ends)?;
        let mut need = vec![0; rows + 1];
        for (at, row) in part.rows.iter().enumerate() {
            need[at] = if turned[at] { -(row.rhs as i64) } else { row.rhs as i64 };
            need[rows] -= need[at];
        }
        let arc = |ends: &[(usize, bool)], lo: f64, hi: f64| {
            let (mut tail, mut head) = (rows, rows);
            for &(row, positive) in ends {
                *(if positive == turned[row] { &mut head } else { &mut tail }) = row;
            }
            let room = if hi == f64::INFINITY { ENDLESS } else { (hi - lo) as i64 };
            Arc { tail, head, floor: lo as i64, room }
        };
        let mut list: Vec<Arc> = ends
            .iter()
            .enumerate()
            .map(|(cell, ends)| arc(ends, part.lo[cell], part.hi[cell]))
            .collect();
        // What an inequality leaves over is an arc too.
        list.extend(
            (0..rows)
                .filter(|&row| !part.rows[row].equal)
                .map(|row| arc(&[(row, true)], 0.0, f64::INFINITY)),
        );
        Some(Self { list, need })
    }
}

#[expect(clippy::float_cmp, reason = "relations with whole coefficients hold them exactly")]
fn is_unit(by: f64) -> bool {
    by.abs() == 1.0
}

/// Which relations to turn round, so that every cell leaves one and enters the other; `None`
/// where an odd ring of them makes that impossible.
fn turned(rows: usize, ends: &[Vec<(usize, bool)>]) -> Option<Vec<bool>> {
    let mut beside: Vec<Vec<(usize, bool)>> = vec![Vec::new(); rows];
    for ends in ends {
        if let [(a, a_positive), (b, b_positive)] = ends[..] {
            beside[a].push((b, a_positive == b_positive));
            beside[b].push((a, a_positive == b_positive));
        }
    }
    let mut turned: Vec<Option<bool>> = vec![None; rows];
    for first in 0..rows {
        if turned[first].is_some() {
            continue;
        }
        turned[first] = Some(false);
        let mut open = vec![first];
        while let Some(row) = open.pop() {
            for &(other, differs) in &beside[row] {
                let wanted = turned[row] != Some(differs);
                match turned[other] {
                    None => {
                        turned[other] = Some(wanted);
                        open.push(other);
                    }
                    Some(is) if is != wanted => return None,
                    Some(_) => {}
                }
            }
        }
    }
    turned.into_iter().collect()
}

pub(super) struct Graph {
    /// Where each edge leads. The edge `e ^ 1` leads back.
    head: Vec<usize>,
    pub(super) room: Vec<i64>,
    edges: Vec<Vec<usize>>,
}

impl Graph {
    pub(super) fn new(nodes: usize) -> Self {
        Self { head: Vec::new(), room: Vec::new(), edges: vec![Vec::new(); nodes] }
    }

    pub(super) fn add(&mut self, tail: usize, head: usize, room: i64) {
        self.edges[tail].push(self.head.len());
        self.edges[head].push(self.head.len() + 1);
        self.head.extend([head, tail]);
        self.room.extend([room, 0]);
    }

    fn send(&mut self, edge: usize, amount: i64) {
        if self.room[edge] < ENDLESS {
            self.room[edge] -= amount;
        }
        if self.room[edge ^ 1] < ENDLESS {
            self.room[edge ^ 1] += amount;
        }
    }

    /// Whether there is a way over edges without an end.
    fn has_endless_way(&self, from: usize, to: usize, steps: &mut Steps) -> Result<bool, Refused> {
        Ok(self.levels(from, ENDLESS, steps)?[to] != usize::MAX)
    }

    /// The distance in edges of each node, over edges with at least this much room.
    pub(super) fn levels(
        &self,
        from: usize,
        room: i64,
        steps: &mut Steps,
    ) -> Result<Vec<usize>, Refused> {
        let mut level = vec![usize::MAX; self.edges.len()];
        level[from] = 0;
        let mut queue = VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            steps.spend(1 + self.edges[node].len())?;
            for &edge in &self.edges[node] {
                let next = self.head[edge];
                if self.room[edge] >= room && level[next] == usize::MAX {
                    level[next] = level[node] + 1;
                    queue.push_back(next);
                }
            }
        }
        Ok(level)
    }

    /// Sends as much as there is room for, up to `limit`, along shortest ways first (Dinic 1970).
    pub(super) fn push(
        &mut self,
        from: usize,
        to: usize,
        limit: i64,
        steps: &mut Steps,
    ) -> Result<i64, Refused> {
        let mut sent = 0;
        while sent < limit {
            let mut level = self.levels(from, 1, steps)?;
            if level[to] == usize::MAX {
                break;
            }
            let mut next = vec![0; self.edges.len()];
            let mut way: Vec<usize> = Vec::new();
            let mut node = from;
            while sent < limit {
                steps.spend(1)?;
                if node == to {
                    let room = way.iter().map(|&edge| self.room[edge]).min().unwrap_or(0);
                    let amount = room.min(limit - sent);
                    for &edge in &way {
                        self.send(edge, amount);
                    }
                    steps.spend(way.len())?;
                    sent += amount;
                    way.clear();
                    node = from;
                } else if let Some(&edge) = self.edges[node].get(next[node]) {
                    let head = self.head[edge];
                    if self.room[edge] > 0 && level[head] == level[node].wrapping_add(1) {
                        way.push(edge);
                        node = head;
                    } else {
                        next[node] += 1;
                    }
                } else {
                    // A dead end: no way leads through here any more.
                    level[node] = usize::MAX - 1;
                    let Some(edge) = way.pop() else { break };
                    node = self.head[edge ^ 1];
                    next[node] += 1;
                }
            }
        }
        Ok(sent)
    }

    /// A cycle of negative cost over edges with at least this much room (Bellman and Ford; a cycle
    /// among the parents is one).
    fn cheap_cycle(
        &self,
        cost: &[i64],
        room: i64,
        steps: &mut Steps,
    ) -> Result<Option<Vec<usize>>, Refused> {
        let nodes = self.edges.len();
        let mut distance = vec![0_i64; nodes];
        let mut parent = vec![usize::MAX; nodes];
        loop {
            steps.spend(self.head.len())?;
            let mut moved = false;
            for node in 0..nodes {
                for &edge in &self.edges[node] {
                    let head = self.head[edge];
                    let through = distance[node] + cost[edge];
                    if self.room[edge] >= room && through < distance[head] {
                        distance[head] = through;
                        parent[head] = edge;
                        moved = true;
                    }
                }
            }
            if !moved {
                return Ok(None);
            }
            if let Some(cycle) = self.parent_cycle(&parent) {
                return Ok(Some(cycle));
            }
        }
    }

    fn parent_cycle(&self, parent: &[usize]) -> Option<Vec<usize>> {
        let mut seen = vec![usize::MAX; parent.len()];
        for first in 0..parent.len() {
            let mut node = first;
            while seen[node] == usize::MAX && parent[node] != usize::MAX {
                seen[node] = first;
                node = self.head[parent[node] ^ 1];
            }
            if seen[node] == first && parent[node] != usize::MAX {
                let mut cycle = vec![parent[node]];
                let mut at = self.head[parent[node] ^ 1];
                while at != node {
                    cycle.push(parent[at]);
                    at = self.head[parent[at] ^ 1];
                }
                return Some(cycle);
            }
        }
        None
    }
}
