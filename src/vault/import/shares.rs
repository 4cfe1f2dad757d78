//! One long stretch of work, divided among threads.
//!
//! Threads are not equally fast: cores differ, and other programs use them too. So whoever is done
//! takes over the second half of what another one has still before it.
//!
//! *Invariant:* knows positions, not what stands there. Results come in the order of the positions,
//! whichever thread they are from.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

/// Positions that one thread goes through, from the first on.
pub(super) struct Share {
    start: u64,
    left: Mutex<Left>,
}

struct Left {
    positions: Range<u64>,
    is_begun: bool,
}

impl Share {
    fn new(positions: Range<u64>, is_begun: bool) -> Self {
        Self { start: positions.start, left: Mutex::new(Left { positions, is_begun }) }
    }

    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The next positions, no more than so many; empty where the share is done.
    pub(super) fn take(&self, most: u64) -> Range<u64> {
        let left = &mut locked(&self.left).positions;
        let start = left.start;
        left.start = left.end.min(start.saturating_add(most));
        start..left.start
    }

    /// Whether nobody has begun it before.
    fn begin(&self) -> bool {
        !std::mem::replace(&mut locked(&self.left).is_begun, true)
    }

    fn left(&self) -> Range<u64> {
        locked(&self.left).positions.clone()
    }

    /// The second half of what is left, which is no longer its own. `cut` gives the first position from
    /// one on where a share may begin.
    fn halve<E>(&self, least: u64, cut: impl Fn(u64) -> Result<u64, E>) -> Result<Option<Self>, E> {
        let Range { start, end } = self.left();
        if end - start < least {
            return Ok(None);
        }
        let middle = cut(start + (end - start) / 2)?;
        let left = &mut locked(&self.left).positions;
        // Meanwhile its thread has gone on, and another one may have halved it.
        if middle < left.start || middle >= left.end {
            return Ok(None);
        }
        let half = middle..left.end;
        left.end = middle;
        Ok(Some(Self::new(half, true)))
    }
}

/// Works through all positions up to `end`, in shares that begin at `starts`, and then wherever a
/// thread without work takes over from one that has `least` positions left or more. `cut` gives the
/// first position from one on where a share may begin; `work` takes all positions of a share.
pub(super) fn work<T: Send, E: Send>(
    starts: &[u64],
    end: u64,
    least: u64,
    cut: impl Fn(u64) -> Result<u64, E> + Sync,
    work: impl Fn(&Share) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let ends = starts.iter().skip(1).copied().chain([end]);
    let shares = starts.iter().zip(ends).map(|(start, end)| Share::new(*start..end, false));
    let shares: Mutex<Vec<Arc<Share>>> = Mutex::new(shares.map(Arc::new).collect());
    let has_failed = AtomicBool::new(false);
    let next = || {
        if has_failed.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let all: Vec<Arc<Share>> = locked(&shares).clone();
        if let Some(share) = all.iter().find(|share| share.begin()) {
            return Ok(Some(Arc::clone(share)));
        }
        let longest = all.iter().max_by_key(|share| share.left().count());
        let Some(longest) = longest else { return Ok(None) };
        let half = longest.halve(least, &cut)?.map(Arc::new);
        locked(&shares).extend(half.clone());
        Ok(half)
    };
    let done: Vec<Vec<(u64, T)>> = starts
        .par_iter()
        .with_max_len(1)
        .map(|_| {
            let mut done = Vec::new();
            while let Some(share) = next()? {
                let result = work(&share);
                has_failed.fetch_or(result.is_err(), Ordering::Relaxed);
                done.push((share.start, result?));
            }
            Ok(done)
        })
        .collect::<Result<_, E>>()?;
    let mut done: Vec<(u64, T)> = done.into_iter().flatten().collect();
    done.sort_by_key(|(start, _)| *start);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::ops::Range;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use proptest::prelude::*;

    use super::{Share, work};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]

        #[test]
        fn every_position_is_taken_once_and_results_are_in_order(
            len in 1..2000_u64,
            starts in prop::collection::btree_set(1..2000_u64, 0..6),
            step in 2..9_u64,
            threads in 1..5_usize,
        ) {
            let starts: Vec<u64> =
                [0].into_iter().chain(starts).filter(|start| *start < len).collect();
            let shares = AtomicUsize::new(0);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            // A share may begin at every third position.
            let taken = pool.install(|| work(
                &starts,
                len,
                step,
                |from| Ok::<u64, ()>(from.next_multiple_of(3)),
                |share: &Share| {
                    shares.fetch_add(1, Ordering::Relaxed);
                    let mut all: Vec<Range<u64>> = Vec::new();
                    loop {
                        let next = share.take(step);
                        if next.is_empty() {
                            return Ok(all);
                        }
                        // One share is slow, so that others take over from it.
                        if share.start() == 0 {
                            std::thread::yield_now();
                        }
                        all.push(next);
                    }
                },
            )).unwrap();
            prop_assert_eq!(taken.len(), shares.into_inner());
            for own in taken.iter().filter(|own| !own.is_empty()) {
                let start = own[0].start;
                prop_assert!(starts.contains(&start) || start % 3 == 0, "begins at {}", start);
            }
            let positions: Vec<u64> = taken.into_iter().flatten().flatten().collect();
            prop_assert_eq!(positions, (0..len).collect::<Vec<_>>());
        }
    }

    #[test]
    fn nobody_takes_over_from_one_that_has_failed() {
        let tries = AtomicUsize::new(0);
        let failed = work(&[0, 10], 1_000_000, 2, Ok, |_| {
            tries.fetch_add(1, Ordering::Relaxed);
            Err::<(), u8>(7)
        });
        assert_eq!(failed, Err(7));
        assert!(tries.into_inner() <= 2, "its rest is left");
    }

    #[test]
    fn half_of_what_is_left_is_given_away_and_no_more_taken() {
        let share = Share::new(0..100, true);
        assert_eq!(share.take(20), 0..20);
        let Ok(Some(half)) = share.halve(10, Ok::<u64, ()>) else { panic!("80 are left") };
        assert_eq!((half.left(), share.left()), (60..100, 20..60));
        assert_eq!(share.take(100), 20..60);
        assert!(share.take(100).is_empty());
        assert!(matches!(share.halve(10, Ok::<u64, ()>), Ok(None)), "nothing is left");
        assert!(matches!(half.halve(41, Ok::<u64, ()>), Ok(None)), "too little is left");
        assert!(matches!(half.halve(10, |_| Ok::<u64, ()>(100)), Ok(None)), "no place to cut");
        assert!(matches!(half.halve(10, |_| Err(())), Err(())));
    }
}
