//! Who is drawn how far: a network from START through the steps and out.
//!
//! A journey is drawn at some of the steps that it took, never at others: it may drop off earlier
//! than it did, and it may pass by a step that may be left out. Every edge between two steps and
//! every drop-off has nobody or enough people. Without steps that may be left out, and with one
//! journey a person, the drawing is the best there is (`line`). Otherwise it starts with everybody
//! as they are and deals with the deepest edge that has too few people: it is *banned*, and its
//! people are drawn lower, or *filled* from those who can be drawn lower onto it, whichever loses
//! less. Bans only grow and filling makes no edge small, so it ends.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::line;
use crate::vault::disclose::blur::geometric;
use crate::vault::disclose::detour::Threshold;
use crate::views::{Cancelled, Progress};

/// A place: 0 is START, `n` is the step `n` (the bit `n − 1`), one more than the last is out.
pub(super) type Place = usize;

/// How far journeys got, and how far they are drawn.
pub(super) struct Drawing<'a> {
    pub(super) steps: usize,
    optional: u16,
    threshold: Threshold,
    /// Bits of the steps that each journey took.
    truth: &'a [u16],
    /// Whose journeys they are; those of a person are neighbours.
    whose: &'a [u32],
    /// A keyed number for each journey: decides between those that lose equally much.
    tie: &'a (dyn Fn(usize) -> u64 + Sync),
    /// The same, drawn once somebody has to be moved.
    ties: OnceLock<Vec<u64>>,
    /// Bits of the steps that each is drawn at.
    pub(super) drawn: Vec<u16>,
    /// Different people on each edge.
    people_on: Vec<u32>,
    banned: Vec<bool>,
}

/// What was changed, to take it back: journeys and how they were drawn before.
type Moves = Vec<(usize, u16)>;

impl<'a> Drawing<'a> {
    /// Draws everybody so that no edge has too few people. There are at least k.
    pub(super) fn new(
        steps: usize,
        optional: u16,
        threshold: Threshold,
        truth: &'a [u16],
        whose: &'a [u32],
        tie: &'a (dyn Fn(usize) -> u64 + Sync),
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        let edges = (steps + 1) * (steps + 2);
        let mut this = Self {
            steps,
            optional,
            threshold,
            truth,
            whose,
            tie,
            ties: OnceLock::new(),
            drawn: truth.to_vec(),
            people_on: Vec::new(),
            banned: vec![false; edges],
        };
        if optional == 0 && threshold.cap == 1 {
            this.draw_on_a_line();
        }
        this.people_on = this.count();
        this.settle(progress)?;
        Ok(this)
    }

    pub(super) fn out(&self) -> Place {
        self.steps + 1
    }

    fn edge(&self, from: Place, to: Place) -> usize {
        from * (self.steps + 2) + to
    }

    fn ends(&self, edge: usize) -> (Place, Place) {
        (edge / (self.steps + 2), edge % (self.steps + 2))
    }

    /// The edges that a journey drawn at these steps uses.
    fn path(&self, drawn: u16) -> impl Iterator<Item = usize> + use<> {
        let (width, out) = (self.steps + 2, self.out());
        let mut left = Some(drawn);
        let mut from = 0;
        std::iter::from_fn(move || {
            let bits = left?;
            let to = if bits == 0 { out } else { bits.trailing_zeros() as usize + 1 };
            left = (bits != 0).then_some(bits & bits.wrapping_sub(1));
            let edge = from * width + to;
            from = to;
            Some(edge)
        })
    }

    fn uses(&self, drawn: u16, edge: usize) -> bool {
        self.path(drawn).any(|used| used == edge)
    }

    /// One for each step, and one for dropping off at the right place.
    fn worth(&self, truth: u16, drawn: u16) -> u32 {
        let drops = truth >> (self.steps - 1) & 1 == 0;
        let in_place = drops && truth.leading_zeros() == drawn.leading_zeros();
        drawn.count_ones() + u32::from(in_place)
    }

    /// The journeys of the same person.
    fn same_person(&self, journey: usize) -> impl Iterator<Item = usize> + '_ {
        let who = self.whose[journey];
        let before = (0..journey).rev().take_while(move |other| self.whose[*other] == who);
        let after = (journey + 1..self.whose.len()).take_while(move |o| self.whose[*o] == who);
        before.chain(after)
    }

    /// Different people on each edge, counted anew.
    fn count(&self) -> Vec<u32> {
        let edges = self.banned.len();
        let mut people = vec![0; edges];
        let mut last = vec![u32::MAX; edges];
        for (drawn, who) in self.drawn.iter().zip(self.whose) {
            for edge in self.path(*drawn) {
                people[edge] += u32::from(last[edge] != *who);
                last[edge] = *who;
            }
        }
        people
    }

    /// Journeys on each edge.
    pub(super) fn journeys(&self) -> Vec<((Place, Place), u64)> {
        let mut journeys = vec![0; self.banned.len()];
        for drawn in &self.drawn {
            self.path(*drawn).for_each(|edge| journeys[edge] += 1);
        }
        let used = journeys.into_iter().enumerate().filter(|(_, journeys)| *journeys > 0);
        used.map(|(edge, journeys)| (self.ends(edge), journeys)).collect()
    }

    /// Whether an edge has somebody, but too few, or is one or two people's for the most part.
    fn is_small(&self, edge: usize) -> bool {
        let people = self.people_on[edge];
        if people == 0 || people < self.threshold.k {
            return people > 0;
        }
        self.threshold.can_dominate && {
            let on = (0..self.drawn.len()).filter(|at| self.uses(self.drawn[*at], edge));
            self.threshold.is_small(on.map(|at| (u64::from(self.whose[at]), 1)))
        }
    }

    /// Nobody is drawn at a step that she did not take or that the funnel does not let her reach,
    /// and every edge has nobody or enough people.
    pub(super) fn is_safe(&self) -> bool {
        let needed = |drawn: u16| match drawn {
            0 => 0,
            _ => (u16::MAX >> drawn.leading_zeros()) & !self.optional,
        };
        self.drawn
            .iter()
            .zip(self.truth)
            .all(|(drawn, truth)| drawn & !truth == 0 && needed(*drawn) & !drawn == 0)
            && self.count() == self.people_on
            && (0..self.people_on.len()).all(|edge| !self.is_small(edge))
    }

    /// Everybody's place on the line; who is moved is drawn by key.
    fn draw_on_a_line(&mut self) {
        let depth = |truth: u16| truth.count_ones() as usize;
        let mut at: Vec<Vec<usize>> = vec![Vec::new(); self.steps + 1];
        for (journey, truth) in self.truth.iter().enumerate() {
            at[depth(*truth)].push(journey);
        }
        let mut got_to: Vec<u64> = at.iter().map(|at| at.len() as u64).collect();
        for step in (0..self.steps).rev() {
            got_to[step] += got_to[step + 1];
        }
        let drawn = line::best(&got_to, u64::from(self.threshold.k));
        let mut moved: Vec<usize> = Vec::new();
        for (step, mut own) in at.into_iter().enumerate().rev() {
            let beyond = drawn.get(step + 1).copied().unwrap_or(0);
            let stay = (drawn[step] - beyond) as usize;
            let short = stay.saturating_sub(own.len());
            let crowd = if short > 0 { &mut moved } else { &mut own };
            if short > 0 || stay < crowd.len() {
                let ties = self.ties();
                crowd.par_sort_unstable_by_key(|journey| (ties[*journey], *journey));
            }
            if short > 0 {
                for journey in moved.drain(..short.min(moved.len())) {
                    self.drawn[journey] &= (1 << step) - 1;
                }
            } else {
                moved.extend(own.drain(stay..));
            }
        }
    }

    fn ties(&self) -> &[u64] {
        let draw = || (0..self.truth.len()).into_par_iter().map(|at| (self.tie)(at)).collect();
        self.ties.get_or_init(draw)
    }

    fn settle(&mut self, progress: &Progress) -> Result<(), Cancelled> {
        let out_of_start = self.edge(0, self.out());
        loop {
            progress.check()?;
            let small = (0..self.people_on.len()).filter(|edge| self.is_small(*edge));
            // The deepest first, and of its edges the smallest.
            let key = |edge: &usize| {
                let (from, to) = self.ends(*edge);
                (std::cmp::Reverse(from), self.people_on[*edge], to)
            };
            let Some(edge) = small.min_by_key(key) else { return Ok(()) };
            let is_dominated = self.people_on[edge] >= self.threshold.k;
            if edge != out_of_start {
                if is_dominated {
                    self.ban(edge);
                    continue;
                }
                let ban = self.loss_of_ban(edge);
                match self.fill(edge, self.threshold.k) {
                    Some(moves) if self.loss_of(&moves) <= ban => {}
                    Some(moves) => {
                        self.take_back(moves);
                        self.ban(edge);
                    }
                    None => self.ban(edge),
                }
            } else if is_dominated || self.fill(edge, self.threshold.k).is_none() {
                // Nobody can be drawn lower than at START: those beside join.
                let beside = (1..=self.steps).map(|to| self.edge(0, to));
                let used = beside.filter(|edge| self.people_on[*edge] > 0);
                let Some(beside) = used.min_by_key(|edge| self.people_on[*edge]) else {
                    return Ok(());
                };
                self.ban(beside);
            }
        }
    }

    /// The best drawing of a journey that uses no banned edge. Nowhere is always allowed.
    fn best(&self, truth: u16, banned: impl Fn(usize) -> bool) -> u16 {
        let mut best = 0;
        let mut tops = truth;
        while tops != 0 {
            let top = 1 << tops.ilog2();
            let free = tops & self.optional & !top;
            // Every way to leave some optional steps out, none of them first.
            let mut out = 0;
            loop {
                let drawn = tops & !out;
                if self.worth(truth, drawn) > self.worth(truth, best)
                    && !self.path(drawn).any(&banned)
                {
                    best = drawn;
                }
                out = out.wrapping_sub(free) & free;
                if out == 0 {
                    break;
                }
            }
            tops &= !top;
        }
        best
    }

    fn on(&self, edge: usize) -> Vec<usize> {
        (0..self.drawn.len()).filter(|at| self.uses(self.drawn[*at], edge)).collect()
    }

    fn ban(&mut self, edge: usize) {
        self.banned[edge] = true;
        for journey in self.on(edge) {
            let drawn = self.best(self.truth[journey], |edge| self.banned[edge]);
            self.redraw(journey, drawn);
        }
    }

    fn loss_of_ban(&self, edge: usize) -> u32 {
        let loss = |journey: usize| {
            let truth = self.truth[journey];
            let then = self.best(truth, |other| other == edge || self.banned[other]);
            self.worth(truth, self.drawn[journey]).saturating_sub(self.worth(truth, then))
        };
        self.on(edge).into_iter().map(loss).sum()
    }

    fn loss_of(&self, moves: &Moves) -> u32 {
        let loss = |(journey, before): &(usize, u16)| {
            let truth = self.truth[*journey];
            let now = self.worth(truth, self.drawn[*journey]);
            self.worth(truth, *before).saturating_sub(now)
        };
        moves.iter().map(loss).sum()
    }

    /// How a journey is drawn when it is lowered onto an edge: it drops off here, or passes by what
    /// lies between.
    fn lowered(&self, drawn: u16, edge: usize) -> Option<u16> {
        let (from, to) = self.ends(edge);
        let is_at = |place: Place| place == 0 || drawn >> (place - 1) & 1 == 1;
        let upto = (1 << from) - 1;
        let lowered =
            if to == self.out() { drawn & upto } else { drawn & (upto | !((1 << (to - 1)) - 1)) };
        let can = is_at(from) && (to == self.out() || is_at(to)) && lowered != drawn;
        (can && (drawn & !lowered & !self.optional == 0 || to == self.out())).then_some(lowered)
    }

    /// Moves journeys onto an edge until so many different people are on it, those who lose least
    /// first. No edge that loses people becomes small and no other that is small or banned is
    /// entered. `None`, and nothing changed, where there are not enough.
    fn fill(&mut self, edge: usize, people: u32) -> Option<Moves> {
        if self.banned[edge] {
            return None;
        }
        // Whether and how it goes depends on how a journey is drawn now, but for what the same
        // person's other journeys keep up.
        let mut known: Vec<Option<Option<u16>>> = vec![None; 1 << self.steps];
        let mut by_loss: Vec<Vec<usize>> = Vec::new();
        for journey in 0..self.drawn.len() {
            let (truth, drawn) = (self.truth[journey], self.drawn[journey]);
            let lowered = *known[usize::from(drawn)].get_or_insert_with(|| {
                let lowered = self.lowered(drawn, edge)?;
                self.may_enter(drawn, lowered, edge).then_some(lowered).filter(|lowered| {
                    self.threshold.cap > 1 || self.may_leave(journey, drawn, *lowered)
                })
            });
            if let Some(lowered) = lowered {
                let loss = self.worth(truth, drawn).saturating_sub(self.worth(truth, lowered));
                let loss = loss as usize;
                by_loss.resize(by_loss.len().max(loss + 1), Vec::new());
                by_loss[loss].push(journey);
            }
        }
        let mut moves = Vec::new();
        for equals in by_loss {
            let mut rest = equals.as_slice();
            let mut sorted: Vec<usize>;
            while self.people_on[edge] < people && !rest.is_empty() {
                // A few are wanted of perhaps very many: no need to sort them all.
                let wanted = (people - self.people_on[edge]) as usize;
                let ties = self.ties();
                sorted = rest.to_vec();
                let some = (2 * wanted).min(sorted.len());
                if some < sorted.len() {
                    sorted.select_nth_unstable_by_key(some, |at| (ties[*at], *at));
                }
                sorted[..some].sort_unstable_by_key(|at| (ties[*at], *at));
                let left = sorted.split_off(some);
                for journey in sorted {
                    let before = self.drawn[journey];
                    let lowered = known[usize::from(before)].flatten();
                    let goes = lowered.filter(|lowered| {
                        self.people_on[edge] < people
                            && self.may_enter(before, *lowered, edge)
                            && self.may_leave(journey, before, *lowered)
                    });
                    if let Some(lowered) = goes {
                        self.redraw(journey, lowered);
                        moves.push((journey, before));
                    }
                }
                sorted = left;
                rest = &sorted;
            }
        }
        let dominated = || {
            let changed = (0..self.people_on.len()).filter(|changed| {
                moves.iter().any(|(journey, before)| {
                    self.uses(*before, *changed) || self.uses(self.drawn[*journey], *changed)
                })
            });
            self.threshold.can_dominate && changed.into_iter().any(|edge| self.is_small(edge))
        };
        if self.people_on[edge] < people || dominated() {
            self.take_back(moves);
            return None;
        }
        Some(moves)
    }

    /// Whether lowering onto an edge enters no other one that is small or banned.
    fn may_enter(&self, drawn: u16, lowered: u16, edge: usize) -> bool {
        let mut enters = self.path(lowered).filter(|edge| !self.uses(drawn, *edge));
        enters.all(|e| e == edge || (!self.banned[e] && self.people_on[e] >= self.threshold.k))
    }

    /// Whether no edge becomes small when this journey leaves it.
    fn may_leave(&self, journey: usize, drawn: u16, lowered: u16) -> bool {
        let stays = |edge: usize| self.same_person(journey).any(|o| self.uses(self.drawn[o], edge));
        let mut leaves = self.path(drawn).filter(|edge| !self.uses(lowered, *edge));
        leaves.all(|e| self.people_on[e] > self.threshold.k || stays(e))
    }

    fn redraw(&mut self, journey: usize, drawn: u16) {
        let before = self.drawn[journey];
        let others: Vec<u16> = self.same_person(journey).map(|o| self.drawn[o]).collect();
        let is_alone = |edge: usize| !others.iter().any(|other| self.uses(*other, edge));
        let leaves: Vec<usize> = self.path(before).filter(|edge| is_alone(*edge)).collect();
        let enters: Vec<usize> = self.path(drawn).filter(|edge| is_alone(*edge)).collect();
        for edge in leaves {
            self.people_on[edge] -= 1;
        }
        for edge in enters {
            self.people_on[edge] += 1;
        }
        self.drawn[journey] = drawn;
    }

    fn take_back(&mut self, moves: Moves) {
        for (journey, before) in moves.into_iter().rev() {
            self.redraw(journey, before);
        }
    }

    /// Blur the reason: after every step a keyed number of people more drop off than need to.
    pub(super) fn blur(
        &mut self,
        draw: impl Fn(&str, Place) -> u64,
        progress: &Progress,
    ) -> Result<(), Cancelled> {
        for from in 0..self.steps {
            progress.check()?;
            let edge = self.edge(from, self.out());
            let passes = (from + 1..=self.out()).any(|to| self.people_on[self.edge(from, to)] > 0);
            let people = self.people_on[edge];
            let more = geometric(draw("blur by", from));
            if people > 0 && more > 0 {
                self.fill(edge, people + more);
            } else if people == 0 && passes && draw("blur at all", from).is_multiple_of(8) {
                self.fill(edge, self.threshold.k + more);
            }
        }
        Ok(())
    }
}
