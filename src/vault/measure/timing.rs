//! How long everybody takes from one step to another, as a number of a bin.
//!
//! *Invariant:* exact, so nothing here leaves the vault.

use rayon::prelude::*;

use super::map::subject_chunks;
use crate::vault::journeys::cohort::Journey;
use crate::vault::journeys::{Clock, Store};
use crate::vault::measure::durations::{self, BINS};
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, Progress};

/// The bin of a duration.
pub(in crate::vault) fn bin(millis: i64) -> usize {
    durations::bin_of(u64::try_from(millis / 1000).unwrap_or(0))
}

/// People who go from one step to another, each with the segment that they are in and the bin of
/// their time.
pub(in crate::vault) struct Timed(Vec<(u32, u8)>);

/// What to time.
pub(in crate::vault) struct Pair<'a> {
    pub(in crate::vault) from: u32,
    pub(in crate::vault) to: u32,
    pub(in crate::vault) collapse: bool,
    pub(in crate::vault) clock: Clock<'a>,
}

/// Times everybody from her first step `from` to the first step `to` after it.
pub(in crate::vault) fn measure(
    store: &Store,
    labels: &LabelTable,
    journeys: &[Journey],
    pair: &Pair<'_>,
    progress: &Progress,
) -> Result<Timed, Cancelled> {
    let chunks: Vec<Vec<(u32, u8)>> = subject_chunks(journeys)
        .into_par_iter()
        .map(|chunk| {
            progress.check()?;
            let timed = |journey: &Journey| {
                Some((journey.segment, pair.bin(store, labels, *journey)? as u8))
            };
            Ok(journeys[chunk].iter().filter_map(timed).collect())
        })
        .collect::<Result<_, Cancelled>>()?;
    Ok(Timed(chunks.concat()))
}

impl Pair<'_> {
    /// The bin of the time that one journey takes, if it has both steps.
    pub(in crate::vault) fn bin(
        &self,
        store: &Store,
        labels: &LabelTable,
        journey: Journey,
    ) -> Option<usize> {
        let (event, later) = self.events(store, labels, journey)?;
        Some(bin(self.clock.between(event, later)))
    }

    fn events(
        &self,
        store: &Store,
        labels: &LabelTable,
        journey: Journey,
    ) -> Option<(usize, usize)> {
        let mut since = None;
        let mut last = LabelTable::HIDDEN;
        for event in journey.events() {
            let label = labels.effective[store.label(event) as usize];
            if label == LabelTable::HIDDEN || (self.collapse && label == last) {
                continue;
            }
            last = label;
            match since {
                Some(since) if label == self.to => return Some((since, event)),
                None if label == self.from => since = Some(event),
                _ => {}
            }
        }
        None
    }
}

impl Timed {
    /// By segment.
    pub(in crate::vault) fn people(&self, segments: usize) -> Vec<u64> {
        let mut people = vec![0; segments];
        self.0.iter().for_each(|(segment, _)| people[*segment as usize] += 1);
        people
    }

    /// People by duration, of these segments.
    pub(in crate::vault) fn bins(&self, segments: &[usize]) -> [u64; BINS] {
        let mut bins = [0; BINS];
        let mut wanted = vec![false; segments.iter().max().map_or(0, |most| most + 1)];
        for segment in segments {
            wanted[*segment] = true;
        }
        for (segment, bin) in &self.0 {
            if wanted.get(*segment as usize).copied().unwrap_or(false) {
                bins[usize::from(*bin)] += 1;
            }
        }
        bins
    }
}
