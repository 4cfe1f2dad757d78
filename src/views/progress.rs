//! A handle on long work: how far it is, what it does, and a way to stop it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use thiserror::Error;

/// The work was stopped on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("stopped as asked; nothing was changed")]
pub struct Cancelled;

/// Shared between the one who works and the one who watches. Clones are handles on the same work.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    stages: Mutex<Vec<(&'static str, Instant)>>,
}

impl Progress {
    /// Starts a stage of `total` units (bytes, rows), none of them done.
    pub fn begin(&self, total: u64) {
        self.0.done.store(0, Ordering::Relaxed);
        self.0.total.store(total, Ordering::Relaxed);
    }

    /// Says what the work does from now on (`measure`); the stage before has ended.
    pub fn stage(&self, name: &'static str) {
        if let Ok(mut stages) = self.0.stages.lock() {
            stages.push((name, Instant::now()));
        }
    }

    /// Stages so far and their wall time in seconds, those of one name together. The last one lasts
    /// until now.
    pub fn stages(&self) -> Vec<(&'static str, f64)> {
        let Ok(begun) = self.0.stages.lock() else { return Vec::new() };
        let ends = begun.iter().skip(1).map(|(_, begun)| *begun).chain([Instant::now()]);
        let mut stages: Vec<(&'static str, f64)> = Vec::new();
        for ((name, begun), end) in begun.iter().zip(ends) {
            let secs = end.duration_since(*begun).as_secs_f64();
            match stages.iter_mut().find(|(known, _)| known == name) {
                Some((_, sum)) => *sum += secs,
                None => stages.push((name, secs)),
            }
        }
        stages
    }

    /// # Errors
    /// [`Cancelled`] where somebody asked to stop: the caller unwinds at once.
    pub fn advance(&self, units: u64) -> Result<(), Cancelled> {
        self.0.done.fetch_add(units, Ordering::Relaxed);
        self.check()
    }

    /// # Errors
    /// [`Cancelled`] where somebody asked to stop.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.0.cancelled.load(Ordering::Relaxed) { Err(Cancelled) } else { Ok(()) }
    }

    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// The share that is done, 0 to 1; 0 where the total is not known.
    pub fn share(&self) -> f32 {
        let total = self.0.total.load(Ordering::Relaxed);
        if total == 0 {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a progress bar has a few hundred pixels")]
        let share = self.0.done.load(Ordering::Relaxed) as f32 / total as f32;
        share.min(1.0)
    }
}
