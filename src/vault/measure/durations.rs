//! The fixed bins of durations. They are the same for everybody, so that where a bin begins and
//! ends tells nothing about the data.

use std::ops::Range;

use crate::views::TimeBin;

/// Where the second and every later bin begins, in seconds. The first begins at 0 and the last has
/// no end.
const FROM_SECS: [u64; 27] = TimeBin::GRID_SECS;

pub(in crate::vault) const BINS: usize = FROM_SECS.len() + 1;

/// The bin that a duration lies in.
pub(in crate::vault) fn bin_of(secs: u64) -> usize {
    FROM_SECS.partition_point(|from| *from <= secs)
}

/// Where a row of bins begins, and where it ends if it does.
pub(in crate::vault) fn ends_of(bins: &Range<usize>) -> (u64, Option<u64>) {
    let from = bins.start.checked_sub(1).map_or(0, |before| FROM_SECS[before]);
    (from, FROM_SECS.get(bins.end - 1).copied())
}

/// Rows of neighbouring bins, each closed as soon as it has enough people, from short to long and
/// without a gap, so that nobody is not told apart from too few. What is left over goes to the
/// last, which has no end. None where not even all together are enough.
pub(in crate::vault) fn merge(is_enough: impl Fn(&Range<usize>) -> bool) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for bin in 0..BINS {
        let row = start..bin + 1;
        if is_enough(&row) {
            start = row.end;
            rows.push(row);
        }
    }
    if let Some(last) = rows.last_mut() {
        last.end = BINS;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    #[test]
    fn every_duration_lies_in_its_bin() {
        for secs in (0..200).chain((1..400).map(|day| day * DAY - 1)) {
            let bin = bin_of(secs);
            let (from, to) = ends_of(&(bin..bin + 1));
            assert!(from <= secs && to.is_none_or(|to| secs < to), "{secs} in {from}..{to:?}");
        }
        assert_eq!(bin_of(u64::MAX), BINS - 1);
    }

    #[test]
    fn neighbours_merge_until_each_has_enough() {
        let people = |counts: &[(usize, u64)]| {
            let mut people = [0; BINS];
            for (bin, count) in counts {
                people[*bin] = *count;
            }
            merge(|row| people[row.clone()].iter().sum::<u64>() >= 5)
        };
        assert_eq!(people(&[(3, 5), (4, 9), (20, 6)]), [0..4, 4..5, 5..BINS]);
        assert_eq!(people(&[(3, 2), (6, 3), (9, 5), (12, 4)]), [0..7, 7..BINS]);
        assert_eq!(people(&[(27, 5)]), vec![0..BINS]);
        assert_eq!(people(&[(3, 4)]), [] as [Range<usize>; 0]);
        assert_eq!(people(&[]), [] as [Range<usize>; 0]);
    }
}
