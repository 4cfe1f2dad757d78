//! Draw by detour: decides, person by person and step by step, what stands under its own label.
//!
//! It starts with everything under its own label. An edge with 1..k−1 people is banned, and its
//! people take the best drawing that avoids it; an edge into `Other` is filled up to k instead
//! where that costs less. Bans only grow and filling makes no small edge, so it ends, and then
//! every edge and exit has nobody or at least k people and every node passes on what it receives.
//!
//! With sessions as the unit edges count sessions, and "at least k people" means different people;
//! where one person may have many sessions, an edge that one or two of them dominate is small too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::grid::{Best, Drawing, Edge, GONE, Grid, OTHER};
use super::meaning::Meaning;
use crate::vault::measure::flow::{Journeys, MAX_STEPS, Slots};
use crate::views::{Cancelled, Policy, Progress, Unit};

/// When an edge has too few people.
#[derive(Clone, Copy)]
pub(super) struct Threshold {
    pub(super) k: u32,
    /// The most sessions that one person has; 1 where people are the unit.
    pub(super) cap: u32,
    /// Whether one or two people could make up most of an edge with k people.
    pub(super) can_dominate: bool,
}

impl Threshold {
    pub(super) fn new(policy: Policy, unit: Unit) -> Self {
        let (cap, can_dominate) = match unit {
            Unit::People => (1, false),
            _ => (policy.cap(), policy.cap() > policy.default_cap()),
        };
        Self { k: policy.k(), cap, can_dominate }
    }

    /// An edge with as many units as this has k people and nobody who dominates, whoever they are.
    pub(super) fn surely_enough(self) -> u32 {
        if self.cap == 1 { self.k } else { self.cap.saturating_mul(self.k.max(3)) }
    }

    /// Whether units of these people, some of them several times, are too few.
    pub(super) fn is_small(self, whose: impl Iterator<Item = (u64, u32)>) -> bool {
        let mut of: BTreeMap<u64, u32> = BTreeMap::new();
        for (who, units) in whose {
            *of.entry(who).or_default() += units;
        }
        if of.len() < self.k as usize {
            return !of.is_empty();
        }
        if !self.can_dominate {
            return false;
        }
        let all: u32 = of.values().sum();
        let (mut most, mut second) = (0, 0);
        for units in of.into_values() {
            if units > most {
                (most, second) = (units, most);
            } else {
                second = second.max(units);
            }
        }
        2 * most > all || 3 * (most + second) > 2 * all
    }
}

/// People with the same journey who are drawn the same way.
pub(super) struct Group {
    /// Position among the distinct journeys.
    journey: u32,
    people: u32,
    drawing: Drawing,
}

/// A small edge in the order in which it is dealt with.
type Small = (usize, u32, u64, Edge);

/// How many groups an edge lists from the start. Only edges with fewer than k people need all
/// theirs; an edge that loses so many that its list no longer suffices is listed anew.
const LISTED: usize = 256;

/// Groups looked at on each neighbouring edge when one is filled up.
const CANDIDATES: usize = 60;

pub(super) struct Detour<'a> {
    pub(super) meaning: &'a Meaning<'a>,
    pub(super) grid: Grid,
    pub(super) journeys: &'a Journeys,
    pub(super) threshold: Threshold,
    pub(super) people_on: Vec<u32>,
    pub(super) groups: Vec<Group>,
    banned: Vec<bool>,
    bans: Vec<Edge>,
    /// Groups on each edge; may hold some that have left, and is cut short where `partly` says so.
    listed: Vec<Vec<u32>>,
    partly: Vec<bool>,
    /// How long the lists are from the start.
    most_listed: usize,
    /// What stands in one of the two sets below, by edge.
    noted: Vec<Option<Small>>,
    small_by_name: BTreeSet<Small>,
    small_to_other: BTreeSet<Small>,
    ties: HashMap<Edge, u64>,
}

/// A group that could be drawn through `Other`, and how.
struct Candidate {
    loss: u32,
    tie: u64,
    group: u32,
    drawing: Drawing,
}

/// A change that can be taken back: so many people of a group left for a drawing of their own.
struct Move {
    group: u32,
    /// Where they went: the group itself when all of it moved.
    to: u32,
    people: u32,
    before: Drawing,
}

impl<'a> Detour<'a> {
    /// Draws everybody so that no edge or exit has 1..k−1 people, and nobody uses a forbidden one.
    /// The caller has made sure that there are at least k people, and that none of the forbidden
    /// edges leads to `Other`.
    pub(super) fn draw(
        meaning: &'a Meaning<'a>,
        journeys: &'a Journeys,
        threshold: Threshold,
        forbidden: &[Edge],
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        let mut this = Self::start(meaning, journeys, threshold);
        for edge in forbidden {
            this.ban(*edge);
        }
        // What is forbidden stays so; only what was too small is tried again.
        this.bans.clear();
        this.settle(progress)?;
        this.reopen(progress)?;
        Ok(this)
    }

    /// Everything under its own label.
    fn start(meaning: &'a Meaning<'a>, journeys: &'a Journeys, threshold: Threshold) -> Self {
        let grid = meaning.grid;
        let mut this = Self {
            meaning,
            grid,
            journeys,
            threshold,
            people_on: vec![0; grid.edges()],
            groups: Vec::with_capacity(journeys.distinct.len()),
            banned: vec![false; grid.edges()],
            bans: Vec::new(),
            listed: vec![Vec::new(); grid.edges()],
            partly: vec![false; grid.edges()],
            most_listed: LISTED.max(2 * threshold.surely_enough() as usize),
            noted: vec![None; grid.edges()],
            small_by_name: BTreeSet::new(),
            small_to_other: BTreeSet::new(),
            ties: HashMap::new(),
        };
        for ((journey, weight), number) in journeys.distinct.iter().zip(0..) {
            let slots = journey.slots();
            let mut drawing = Drawing::NOTHING;
            for step in 0..slots.len {
                if usize::from(slots.bytes[step]) != OTHER {
                    drawing = drawing.with_own(step);
                }
            }
            if slots.len < grid.steps {
                drawing = drawing.with_exit();
            }
            for edge in grid.path(&slots, drawing) {
                if edge == GONE {
                    break;
                }
                let edge = edge as usize;
                this.people_on[edge] += weight;
                if this.listed[edge].len() < this.most_listed {
                    this.listed[edge].push(number);
                } else {
                    this.partly[edge] = true;
                }
            }
            this.groups.push(Group { journey: number, people: *weight, drawing });
        }
        for edge in 0..grid.edges() as Edge {
            this.note(edge);
        }
        this
    }

    fn settle(&mut self, progress: &Progress) -> Result<(), Cancelled> {
        loop {
            progress.check()?;
            if let Some((_, _, _, edge)) = self.small_by_name.first() {
                self.ban(*edge);
            } else if !self.small_to_other.is_empty() {
                self.settle_one_to_other();
            } else {
                return Ok(());
            }
        }
    }

    /// Deals with the last small edge into `Other` that something can be done about.
    fn settle_one_to_other(&mut self) {
        // Latest step first; within a step the smallest first.
        let mut waiting: Vec<Small> = self.small_to_other.iter().copied().collect();
        waiting.sort_unstable_by_key(|(layer, people, tie, edge)| {
            (std::cmp::Reverse(*layer), *people, *tie, *edge)
        });
        for (layer, _, _, edge) in &waiting {
            let ends = self.grid.ends(*edge);
            let drop_worth = (*layer > 0 && ends.from != OTHER).then(|| self.loss_of_ban(*edge));
            match (self.fill(*edge, None), drop_worth) {
                (Some(moves), drop) => {
                    if drop.is_some_and(|drop| drop < self.loss_of(&moves)) {
                        self.take_back(moves);
                        self.ban(*edge);
                    }
                    return;
                }
                (None, Some(_)) => return self.ban(*edge),
                (None, None) => {
                    if let Some(smallest) = self.smallest_beside(*edge) {
                        return self.ban(smallest);
                    }
                }
            }
        }
        // Fewer than k people in a chain of Others that starts at START: with k people in all,
        // START has another edge, so one of the above applied.
        debug_assert!(waiting.is_empty(), "some edge can always be filled or emptied");
        if let Some(edge) = self.smallest_beside(self.grid.edge(0, OTHER, OTHER)) {
            self.ban(edge);
        } else {
            self.small_to_other.clear();
        }
    }

    /// The edge with the fewest people out of the same node, other than the one into `Other`.
    fn smallest_beside(&mut self, edge: Edge) -> Option<Edge> {
        let ends = self.grid.ends(edge);
        let beside: Vec<Edge> = self
            .grid
            .out_of(ends.layer, ends.from)
            .filter(|e| self.grid.ends(*e).to != OTHER && self.people_on[*e as usize] > 0)
            .collect();
        beside.into_iter().min_by_key(|e| (self.people_on[*e as usize], self.tie(*e), *e))
    }

    /// Bans an edge and redraws its people.
    fn ban(&mut self, edge: Edge) {
        self.banned[edge as usize] = true;
        self.bans.push(edge);
        for group in self.groups_on(edge) {
            let slots = self.slots(group);
            // All as Other is always allowed, so there is always a best drawing.
            if let Some(best) = self.grid.best(&slots, |e| !self.banned[e as usize]) {
                self.redraw(group, self.groups[group as usize].people, best.drawing);
            }
        }
    }

    fn loss_of_ban(&mut self, edge: Edge) -> u64 {
        let mut loss = 0;
        for group in self.groups_on(edge) {
            let slots = self.slots(group);
            let now = Grid::worth(&slots, self.groups[group as usize].drawing);
            let allowed = |e: Edge| e != edge && !self.banned[e as usize];
            let then = self.grid.best(&slots, allowed).map_or(0, |best| best.worth);
            let people = u64::from(self.groups[group as usize].people);
            loss += u64::from(now.saturating_sub(then)) * people;
        }
        loss
    }

    /// Moves people from the neighbouring edges onto an edge into `Other`, those who lose least
    /// first: so many units, or as many as it takes until the edge is not small. No edge that loses
    /// people becomes small, and none that is small is entered but those into `Other` that are
    /// waiting themselves. `None`, and nothing changed, where there are not enough such people.
    fn fill(&mut self, edge: Edge, units: Option<u32>) -> Option<Vec<Move>> {
        let candidates = self.candidates(edge, |this, e| {
            let used = this.people_on[e as usize] > 0;
            let enough = this.noted[e as usize].is_none();
            used && (enough || this.grid.ends(e).to == OTHER)
        });
        let before = self.people_on[edge as usize];
        let moves = self.shift_onto(edge, candidates, units);
        let wanted = units.map_or(self.threshold.k, |units| before + units);
        let missing = wanted.saturating_sub(self.people_on[edge as usize]);
        if missing > 0 || (units.is_none() && self.is_small(edge)) {
            self.take_back(moves);
            return None;
        }
        Some(moves)
    }

    /// [`Self::fill`] for the blur, where nothing is small: does nothing if something would be.
    pub(super) fn fill_by(&mut self, edge: Edge, people: u32) {
        let Some(moves) = self.fill(edge, Some(people)) else { return };
        if !self.small_by_name.is_empty() || !self.small_to_other.is_empty() {
            self.take_back(moves);
        }
    }

    /// Opens an edge into `Other` that nobody uses, for the blur. Whoever moves there goes on
    /// together, as far as they are the first on their way, so that nothing is small. Does nothing
    /// where nobody can.
    pub(super) fn open_by(&mut self, edge: Edge, people: u32) {
        let candidates = self.candidates(edge, |_, _| true);
        let mut by_way: BTreeMap<Vec<Edge>, Vec<Candidate>> = BTreeMap::new();
        for candidate in candidates {
            let path = self.grid.path(&self.slots(candidate.group), candidate.drawing);
            let is_new = |edge: &Edge| *edge != GONE && self.people_on[*edge as usize] == 0;
            let new = path.into_iter().filter(is_new).collect();
            by_way.entry(new).or_default().push(candidate);
        }
        let mut ways: Vec<Vec<Candidate>> = by_way.into_values().collect();
        ways.sort_by_key(|way| way.first().map(|first| (first.loss, first.tie)));
        for way in ways {
            let moves = self.shift_onto(edge, way, Some(people));
            let moved: u32 = moves.iter().map(|m| m.people).sum();
            if moved >= people && self.small_by_name.is_empty() && self.small_to_other.is_empty() {
                return;
            }
            self.take_back(moves);
        }
    }

    /// Groups on the neighbouring edges that could go by an edge into `Other` instead and then only
    /// by edges that may be entered, those who lose least first.
    fn candidates(
        &mut self,
        edge: Edge,
        may_enter: impl Fn(&Self, Edge) -> bool,
    ) -> Vec<Candidate> {
        let ends = self.grid.ends(edge);
        let mut candidates = Vec::new();
        for beside in self.grid.out_of(ends.layer, ends.from) {
            if beside == edge || self.people_on[beside as usize] <= self.threshold.k {
                continue;
            }
            let mut groups = self.groups_on_list(beside);
            if groups.len() < CANDIDATES && self.partly[beside as usize] {
                groups = self.groups_on(beside);
            }
            for group in groups.into_iter().take(CANDIDATES) {
                let slots = self.slots(group);
                let now = self.groups[group as usize].drawing;
                let allowed = |e: Edge| !self.banned[e as usize] && may_enter(self, e);
                if let Some(Best { worth, drawing }) =
                    self.grid.best_through_other(&slots, now, ends.layer, allowed)
                {
                    let loss = Grid::worth(&slots, now).saturating_sub(worth);
                    let journey = self.journeys.distinct[self.journey_of(group)].0;
                    let tie = self.meaning.tie(journey.bytes(), self.whose(group));
                    candidates.push(Candidate { loss, tie, group, drawing });
                }
            }
        }
        candidates.sort_unstable_by_key(|c| (c.loss, c.tie, c.group));
        candidates
    }

    /// Moves candidates, one after the other, until so many units have gone, or the edge is not
    /// small any more. No edge that loses people becomes small.
    fn shift_onto(
        &mut self,
        edge: Edge,
        candidates: Vec<Candidate>,
        units: Option<u32>,
    ) -> Vec<Move> {
        let missing = self.threshold.k.saturating_sub(self.people_on[edge as usize]);
        let mut left = units.unwrap_or(missing);
        let mut moves = Vec::new();
        for Candidate { group, drawing, .. } in candidates {
            if left == 0 && (units.is_some() || !self.is_small(edge)) {
                break;
            }
            let slots = self.slots(group);
            let before = self.grid.path(&slots, self.groups[group as usize].drawing);
            let after = self.grid.path(&slots, drawing);
            let leaves = || {
                let both = before.iter().zip(&after);
                let left = both.filter(|(before, after)| before != after && **before != GONE);
                left.map(|(before, _)| *before)
            };
            if self.threshold.cap == 1 {
                let spare = leaves()
                    .map(|e| self.people_on[e as usize].saturating_sub(self.threshold.k))
                    .min()
                    .unwrap_or(0);
                let people = left.min(spare).min(self.groups[group as usize].people);
                if people > 0 {
                    moves.push(self.redraw(group, people, drawing));
                    left -= people;
                }
            } else {
                // All sessions of one person go together, if nothing becomes small by it.
                let people = self.groups[group as usize].people;
                let moved = self.redraw(group, people, drawing);
                if leaves().any(|e| self.is_small(e)) {
                    self.take_back(vec![moved]);
                } else {
                    moves.push(moved);
                    left = left.saturating_sub(people);
                }
            }
        }
        moves
    }

    fn loss_of(&self, moves: &[Move]) -> u64 {
        moves
            .iter()
            .map(|m| {
                let slots = self.slots(m.to);
                let before = Grid::worth(&slots, m.before);
                let after = Grid::worth(&slots, self.groups[m.to as usize].drawing);
                u64::from(before.saturating_sub(after)) * u64::from(m.people)
            })
            .sum()
    }

    /// Re-opens each ban once, the last first, where more steps get their name and no edge becomes
    /// small.
    fn reopen(&mut self, progress: &Progress) -> Result<(), Cancelled> {
        let mut wanting = self.wanting();
        for edge in std::mem::take(&mut self.bans).into_iter().rev() {
            progress.check()?;
            let Some(groups) = wanting.remove(&edge) else { continue };
            self.banned[edge as usize] = false;
            let mut moves = Vec::new();
            let mut names_gained: i64 = 0;
            for group in groups {
                let (drawing, people) = {
                    let group = &self.groups[group as usize];
                    (group.drawing, group.people)
                };
                let slots = self.slots(group);
                let Some(best) = self.grid.best(&slots, |e| !self.banned[e as usize]) else {
                    continue;
                };
                if people > 0 && best.worth > Grid::worth(&slots, drawing) {
                    let names = i64::from(best.drawing.names()) - i64::from(drawing.names());
                    names_gained += names * i64::from(people);
                    moves.push(self.redraw(group, people, best.drawing));
                }
            }
            let nothing_small = self.small_by_name.is_empty() && self.small_to_other.is_empty();
            if names_gained <= 0 || !nothing_small {
                self.take_back(moves);
                self.banned[edge as usize] = true;
            }
        }
        Ok(())
    }

    /// For each banned edge, the groups that could use it: those not drawn as well as they might.
    fn wanting(&self) -> HashMap<Edge, Vec<u32>> {
        let mut wanting: HashMap<Edge, Vec<u32>> = HashMap::new();
        for (group, number) in self.groups.iter().zip(0..) {
            let slots = self.slots(number);
            let mut want = |edge: Edge| {
                if self.banned[edge as usize] {
                    let groups = wanting.entry(edge).or_default();
                    if groups.last() != Some(&number) {
                        groups.push(number);
                    }
                }
            };
            let full = slots.bytes[..slots.len].iter().filter(|slot| **slot != 0).count() as u32;
            let exits = group.drawing.exits() || slots.len == self.grid.steps;
            if group.people == 0 || (group.drawing.names() == full && exits) {
                continue;
            }
            let mut from = OTHER;
            for layer in 0..self.grid.steps.min(slots.len + 1) {
                let to = if layer < slots.len {
                    usize::from(slots.bytes[layer])
                } else {
                    self.grid.exit()
                };
                for from in [OTHER, from] {
                    want(self.grid.edge(layer, from, to));
                    want(self.grid.edge(layer, from, OTHER));
                }
                from = to;
            }
        }
        wanting
    }

    /// Draws some people of a group in another way, as a group of their own unless all go.
    fn redraw(&mut self, group: u32, people: u32, drawing: Drawing) -> Move {
        let slots = self.slots(group);
        let before = self.groups[group as usize].drawing;
        let to = if people == self.groups[group as usize].people {
            self.groups[group as usize].drawing = drawing;
            group
        } else {
            self.groups[group as usize].people -= people;
            let journey = self.groups[group as usize].journey;
            self.groups.push(Group { journey, people, drawing });
            self.groups.len() as u32 - 1
        };
        self.shift(&slots, to, people, before, drawing);
        Move { group, to, people, before }
    }

    /// Counts people out of the edges of one drawing and into those of another.
    fn shift(&mut self, slots: &Slots, group: u32, people: u32, before: Drawing, after: Drawing) {
        let out = self.grid.path(slots, before);
        let into = self.grid.path(slots, after);
        for layer in 0..MAX_STEPS {
            if into[layer] != GONE {
                self.list(into[layer], group);
            }
            if out[layer] == into[layer] {
                continue;
            }
            if out[layer] != GONE {
                let now = self.people_on[out[layer] as usize] - people;
                self.set(out[layer], now);
            }
            if into[layer] != GONE {
                let now = self.people_on[into[layer] as usize] + people;
                self.set(into[layer], now);
            }
        }
    }

    fn take_back(&mut self, moves: Vec<Move>) {
        for Move { group, to, people, before } in moves.into_iter().rev() {
            let slots = self.slots(to);
            let after = self.groups[to as usize].drawing;
            self.groups[to as usize].drawing = before;
            self.shift(&slots, to, people, after, before);
            if to != group {
                self.groups[to as usize].people -= people;
                self.groups[group as usize].people += people;
            }
        }
    }

    fn list(&mut self, edge: Edge, group: u32) {
        if self.listed[edge as usize].last() != Some(&group) {
            self.listed[edge as usize].push(group);
        }
    }

    fn set(&mut self, edge: Edge, people: u32) {
        self.forget(edge);
        self.people_on[edge as usize] = people;
        self.note(edge);
    }

    /// Whether an edge has somebody, but too few.
    fn is_small(&mut self, edge: Edge) -> bool {
        let units = self.people_on[edge as usize];
        if units == 0 || units >= self.threshold.surely_enough() {
            return false;
        }
        if units < self.threshold.k || self.threshold.cap == 1 {
            return true;
        }
        let groups = self.groups_on(edge);
        let of = |group: u32| (self.whose(group), self.groups[group as usize].people);
        self.threshold.is_small(groups.into_iter().map(of))
    }

    fn note(&mut self, edge: Edge) {
        if !self.is_small(edge) {
            return;
        }
        let ends = self.grid.ends(edge);
        let small = (ends.layer, self.people_on[edge as usize], self.tie(edge), edge);
        self.noted[edge as usize] = Some(small);
        if ends.to == OTHER {
            self.small_to_other.insert(small);
        } else {
            self.small_by_name.insert(small);
        }
    }

    fn forget(&mut self, edge: Edge) {
        if let Some(small) = self.noted[edge as usize].take() {
            self.small_to_other.remove(&small);
            self.small_by_name.remove(&small);
        }
    }

    /// The mark of the person whose journeys a group has; 0 where people are the unit.
    fn whose(&self, group: u32) -> u64 {
        self.journeys.whose.get(self.journey_of(group)).copied().unwrap_or(0)
    }

    /// Whether every edge is used by nobody or by enough, counted anew from the drawings.
    pub(super) fn is_safe(&self) -> bool {
        let mut units = vec![0_u32; self.grid.edges()];
        let mut whose: Vec<Vec<(u64, u32)>> = vec![Vec::new(); self.grid.edges()];
        let enough = self.threshold.surely_enough();
        for (group, number) in self.groups.iter().zip(0..) {
            if group.people == 0 {
                continue;
            }
            let path = self.grid.path(&self.slots(number), group.drawing);
            for edge in path.into_iter().take_while(|edge| *edge != GONE) {
                let edge = edge as usize;
                if units[edge] < enough && self.threshold.cap > 1 {
                    whose[edge].push((self.whose(number), group.people));
                }
                units[edge] += group.people;
            }
        }
        units == self.people_on
            && units.iter().zip(whose).all(|(units, whose)| match *units {
                0 => true,
                units if units >= enough => true,
                units => {
                    self.threshold.cap > 1
                        && units >= self.threshold.k
                        && !self.threshold.is_small(whose.into_iter())
                }
            })
    }

    /// The keyed number that decides between edges of one step with as many people.
    pub(super) fn tie(&mut self, edge: Edge) -> u64 {
        *self.ties.entry(edge).or_insert_with(|| self.meaning.draw("tie", edge))
    }

    fn journey_of(&self, group: u32) -> usize {
        self.groups[group as usize].journey as usize
    }

    fn slots(&self, group: u32) -> Slots {
        self.journeys.distinct[self.journey_of(group)].0.slots()
    }

    fn is_on(&self, group: u32, edge: Edge, layer: usize) -> bool {
        let Group { people, drawing, .. } = self.groups[group as usize];
        people > 0 && self.grid.edge_in(layer, &self.slots(group), drawing) == edge
    }

    /// The groups of an edge's list that are still on it, in a fixed order.
    fn groups_on_list(&self, edge: Edge) -> Vec<u32> {
        let layer = self.grid.ends(edge).layer;
        let mut groups = self.listed[edge as usize].clone();
        groups.sort_unstable();
        groups.dedup();
        groups.retain(|group| self.is_on(*group, edge, layer));
        groups
    }

    /// All groups on an edge, in a fixed order.
    fn groups_on(&mut self, edge: Edge) -> Vec<u32> {
        if self.partly[edge as usize] {
            let layer = self.grid.ends(edge).layer;
            let all = 0..self.groups.len() as u32;
            self.listed[edge as usize] =
                all.filter(|group| self.is_on(*group, edge, layer)).collect();
            self.partly[edge as usize] = false;
            return self.listed[edge as usize].clone();
        }
        let groups = self.groups_on_list(edge);
        self.listed[edge as usize].clone_from(&groups);
        groups
    }

    /// Every distinct journey's position, how many of its people are drawn one way, and which way.
    pub(super) fn drawings(&self) -> impl Iterator<Item = (usize, u32, Drawing)> {
        let drawn = self.groups.iter().filter(|group| group.people > 0);
        drawn.map(|group| (group.journey as usize, group.people, group.drawing))
    }

    /// People-steps that stand under their own label, and those that had one before control.
    pub(super) fn names(&self) -> (u64, u64) {
        let mut kept = 0;
        let mut before = 0;
        for (group, number) in self.groups.iter().zip(0..) {
            let slots = self.slots(number);
            let own = slots.bytes[..slots.len].iter().filter(|slot| **slot != 0).count();
            kept += u64::from(group.drawing.names()) * u64::from(group.people);
            before += own as u64 * u64::from(group.people);
        }
        (kept, before)
    }
}
