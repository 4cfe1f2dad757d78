//! How far every journey gets in a funnel.
//!
//! Events that are hidden do not exist; where repeats are collapsed, the first of a row is the
//! step. An *attempt* is a choice of events, each one step of the funnel:
//!
//! - in this order: each comes after the one before, with anything in between;
//! - exactly: nothing comes in between;
//! - in any order: steps 1 to `i` are all there, in whatever order.
//!
//! Steps that may be left out may be left out. All events of an attempt lie within the conversion
//! window from its first one on, the end included, and no excluded label comes between them. Of
//! all attempts the one that gets furthest counts; then the one that left out fewest steps; then
//! the one that got there earliest. How long it took counts from the latest start that allows it.
//!
//! *Invariant:* exact, so nothing here leaves the vault.

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::{Cohort, Journey};
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, FunnelSpec, Order, Progress, SpecError, TimeGrain};

/// How far one journey gets.
pub(in crate::vault) struct Reached {
    /// Bit `n` is set where step `n`, counted from 0, was taken.
    pub(in crate::vault) steps: u16,
    /// Seconds from the first to the last step, where the last one was taken and there are times.
    pub(in crate::vault) secs: u32,
}

/// What is asked of the journeys, in label numbers.
pub(in crate::vault) struct Course<'a> {
    store: &'a Store,
    labels: &'a LabelTable,
    collapse: bool,
    order: Order,
    /// What each label is to the funnel.
    role: Vec<Role>,
    /// How many steps the funnel has.
    steps: usize,
    /// Bits of the steps that may be left out.
    optional: u16,
    /// For each step the last one before it that may not be left out.
    after: Vec<usize>,
    window_millis: i64,
    times: Option<Times<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Step(usize),
    Excluded,
    Else,
}

/// Times, and the grain that they are cut to.
struct Times<'a> {
    millis: &'a [i64],
    grain: i64,
}

impl<'a> Course<'a> {
    /// # Errors
    /// Where a label is not in the data, or a window is asked for and there are no times.
    pub(in crate::vault) fn new(
        store: &'a Store,
        labels: &'a LabelTable,
        funnel: &FunnelSpec,
        collapse: bool,
        grain: TimeGrain,
    ) -> Result<Self, SpecError> {
        let mut role = vec![Role::Else; labels.names.len()];
        for (step, name) in funnel.steps.iter().enumerate() {
            role[labels.known(name)? as usize] = Role::Step(step);
        }
        for name in &funnel.exclude {
            role[labels.known(name)? as usize] = Role::Excluded;
        }
        let times = match (&store.time_millis, grain.millis()) {
            (Some(millis), Some(grain)) => Some(Times { millis, grain }),
            _ => None,
        };
        if funnel.window_secs.is_some() && times.is_none() {
            return Err(SpecError::Options(
                "the data have no times that may be used, so there is no conversion window; leave --window out"
                    .to_owned(),
            ));
        }
        let is_optional = |step: &usize| funnel.optional.contains(&funnel.steps[*step]);
        let steps = funnel.steps.len();
        let after = |step: usize| (0..step).rev().find(|s| !is_optional(s)).unwrap_or(0);
        Ok(Self {
            store,
            labels,
            collapse,
            order: funnel.order,
            role,
            steps,
            optional: (0..steps).filter(is_optional).fold(0, |bits, step| bits | 1 << step),
            after: (0..steps).map(after).collect(),
            window_millis: funnel.window_secs.map_or(i64::MAX, |secs| {
                i64::try_from(secs).unwrap_or(i64::MAX).saturating_mul(1000)
            }),
            times,
        })
    }

    /// Whether it is known how long things took.
    pub(in crate::vault) fn is_timed(&self) -> bool {
        self.times.is_some()
    }

    pub(in crate::vault) fn optional(&self) -> u16 {
        self.optional
    }

    /// How far each journey of the cohort gets; `None` where all its events are hidden.
    pub(in crate::vault) fn measure(
        &self,
        cohort: &Cohort,
        progress: &Progress,
    ) -> Result<Vec<Option<Reached>>, Cancelled> {
        let chunks: Vec<Vec<Option<Reached>>> = cohort
            .journeys
            .par_chunks(CHUNK)
            .map(|journeys| {
                progress.check()?;
                let mut attempts = Attempts::new(self);
                Ok(journeys.iter().map(|journey| attempts.walk(*journey)).collect())
            })
            .collect::<Result<_, Cancelled>>()?;
        Ok(chunks.into_iter().flatten().collect())
    }
}

/// Journeys that are walked together.
const CHUNK: usize = 16_384;

/// The attempts of one journey that can still get further.
struct Attempts<'a> {
    course: &'a Course<'a>,
    /// In order: for each step the attempts that got there last, as their steps and latest start.
    open: Vec<Vec<(u16, i64)>>,
    /// In any order: when each step was last taken.
    taken: Vec<Option<i64>>,
    /// The last step of the best attempt, its steps, and how long it took.
    best: Option<(usize, u16, i64)>,
}

impl<'a> Attempts<'a> {
    fn new(course: &'a Course<'a>) -> Self {
        let steps = course.steps;
        Self { course, open: vec![Vec::new(); steps], taken: vec![None; steps], best: None }
    }

    fn walk(&mut self, journey: Journey) -> Option<Reached> {
        let Course { store, labels, times, .. } = self.course;
        self.end();
        self.best = None;
        let mut before = None;
        for event in journey.events() {
            let label = labels.effective[store.label(event) as usize];
            if label == LabelTable::HIDDEN || (self.course.collapse && before == Some(label)) {
                continue;
            }
            before = Some(label);
            let time = times.as_ref().map_or(0, |times| {
                times.millis[event].div_euclid(times.grain).saturating_mul(times.grain)
            });
            match self.course.role[label as usize] {
                Role::Excluded => self.end(),
                Role::Else if self.course.order == Order::Exact => self.end(),
                Role::Else => {}
                Role::Step(step) if self.course.order == Order::Any => {
                    self.take_in_any_order(step, time);
                }
                Role::Step(step) => self.take_in_order(step, time),
            }
        }
        before?;
        let last = self.course.steps - 1;
        let (steps, millis) = match self.best {
            Some((step, steps, millis)) => (steps, if step == last { millis } else { 0 }),
            None => (0, 0),
        };
        Some(Reached { steps, secs: u32::try_from(millis / 1000).unwrap_or(u32::MAX) })
    }

    /// Nothing that was begun gets further.
    fn end(&mut self) {
        self.open.iter_mut().for_each(Vec::clear);
        self.taken.fill(None);
    }

    fn is_in_window(&self, start: i64, time: i64) -> bool {
        time.saturating_sub(start) <= self.course.window_millis
    }

    fn take_in_order(&mut self, step: usize, time: i64) {
        let mut new: Vec<(u16, i64)> = Vec::new();
        if step == 0 {
            new.push((1, time));
        }
        for before in (self.course.after[step]..step).rev() {
            for (steps, start) in &self.open[before] {
                if self.is_in_window(*start, time) {
                    new.push((steps | 1 << step, *start));
                }
            }
        }
        if self.course.order == Order::Exact {
            self.end();
        }
        new.sort_unstable_by_key(|(steps, _)| Reverse((steps.count_ones(), steps.reverse_bits())));
        for (steps, start) in new {
            self.offer(step, steps, time.saturating_sub(start));
            // A later start can do whatever an earlier one can.
            match self.open[step].iter_mut().find(|(known, _)| *known == steps) {
                Some((_, latest)) => *latest = start.max(*latest),
                None => self.open[step].push((steps, start)),
            }
        }
    }

    fn take_in_any_order(&mut self, step: usize, time: i64) {
        self.taken[step] = Some(time);
        let mut attempt = None;
        for step in 0..self.course.steps {
            match self.taken[step].filter(|taken| self.is_in_window(*taken, time)) {
                Some(taken) => {
                    let (_, steps, start) = attempt.unwrap_or((0, 0, taken));
                    attempt = Some((step, steps | 1 << step, taken.min(start)));
                }
                None if self.course.optional >> step & 1 == 1 => {}
                None => break,
            }
        }
        if let Some((last, steps, start)) = attempt {
            self.offer(last, steps, time.saturating_sub(start));
        }
    }

    /// Keeps the better attempt; of two equal ones at the same event, the one that took the
    /// earlier steps.
    fn offer(&mut self, last: usize, steps: u16, millis: i64) {
        let better = self.best.is_none_or(|(best_last, best_steps, _)| {
            (last, steps.count_ones()) > (best_last, best_steps.count_ones())
        });
        if better {
            self.best = Some((last, steps, millis));
        }
    }
}

#[cfg(test)]
mod tests;
