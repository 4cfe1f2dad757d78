//! From one journey for everybody to distinct journeys with the people on each, in order.
//!
//! A journey is packed into one number that sorts step by step. Numbers are first put apart by their
//! highest byte, block by block. Where few bits differ within such a bucket, as in flows of six steps, there
//! is a counter for every journey that can be in it; otherwise the bucket is sorted byte by byte. Only a
//! handful are ever compared: comparing all took half of the time of a flow.
//!
//! *Invariant:* the order and the numbers are those that sorting everybody would give, whatever the
//! blocks and the threads.

use std::ops::{BitOr, BitXor, Range};

use rayon::prelude::*;

use super::{ENDED, Journey, MAX_STEPS};

/// A journey and the segment of who walked it. In ascending order: by step, then by segment.
pub(super) trait Packed:
    Copy + Ord + Default + Send + Sync + BitOr<Output = Self> + BitXor<Output = Self>
{
    const BITS: u32;
    /// A slot at a step, everything else 0.
    fn step(step: usize, slot: u8) -> Self;
    fn of_segment(segment: u32) -> Self;
    fn segment(self) -> usize;
    fn journey(self) -> Journey;
    /// The same without the segment.
    fn steps(self) -> Self;
    /// The bits from this one on, as many as there is room for.
    fn bits_from(self, bit: u32) -> usize;
    /// These bits from this one on, everything else 0.
    fn of_bits(bits: usize, bit: u32) -> Self;
    /// From the lowest bit that is set to the highest; empty where none is.
    fn bits(self) -> Range<u32>;
    /// The lowest bit that is set, from this one on.
    fn next_bit(self, bit: u32) -> Option<u32>;
}

/// Half a byte a step, and two bytes for the segment.
impl Packed for u64 {
    const BITS: u32 = Self::BITS;

    fn step(step: usize, slot: u8) -> Self {
        Self::from(slot & Slim::ENDED) << (60 - 4 * step)
    }

    fn of_segment(segment: u32) -> Self {
        Self::from(segment)
    }

    fn segment(self) -> usize {
        usize::from(self as u16)
    }

    fn journey(self) -> Journey {
        let mut bytes = [ENDED; 16];
        for (two, both) in bytes[..MAX_STEPS].as_chunks_mut().0.iter_mut().zip(self.to_be_bytes()) {
            *two = TWO_STEPS[usize::from(both)];
        }
        Journey(bytes)
    }

    fn steps(self) -> Self {
        self & !u64::from(u16::MAX)
    }

    #[inline]
    fn bits_from(self, bit: u32) -> usize {
        (self >> bit) as usize
    }

    fn of_bits(bits: usize, bit: u32) -> Self {
        (bits as Self) << bit
    }

    fn bits(self) -> Range<u32> {
        self.trailing_zeros() % Self::BITS..Self::BITS - self.leading_zeros()
    }

    fn next_bit(self, bit: u32) -> Option<u32> {
        let rest = self.checked_shr(bit).unwrap_or(0);
        (rest != 0).then(|| bit + rest.trailing_zeros())
    }
}

/// The slots of two steps that share a byte.
const TWO_STEPS: [[u8; 2]; 256] = {
    let mut all = [[0; 2]; 256];
    let mut both = 0_usize;
    while both < all.len() {
        let slots = [(both >> 4) as u8, (both & 0x0f) as u8];
        let mut at = 0;
        while at < 2 {
            all[both][at] = if slots[at] == Slim::ENDED { ENDED } else { slots[at] };
            at += 1;
        }
        both += 1;
    }
    all
};

/// What fits into [`u64`].
pub(super) struct Slim;

impl Slim {
    const ENDED: u8 = 0x0f;

    pub(super) fn fits(top: u8, segments: usize) -> bool {
        top < Self::ENDED && segments <= usize::from(u16::MAX) + 1
    }
}

/// A byte a step, and four for the segment.
impl Packed for u128 {
    const BITS: u32 = Self::BITS;

    fn step(step: usize, slot: u8) -> Self {
        Self::from(slot) << (120 - 8 * step)
    }

    fn of_segment(segment: u32) -> Self {
        Self::from(segment)
    }

    fn segment(self) -> usize {
        self as u32 as usize
    }

    fn journey(self) -> Journey {
        Journey((self | u128::from(u32::MAX)).to_be_bytes())
    }

    fn steps(self) -> Self {
        self & !u128::from(u32::MAX)
    }

    #[inline]
    fn bits_from(self, bit: u32) -> usize {
        (self >> bit) as usize
    }

    fn of_bits(bits: usize, bit: u32) -> Self {
        (bits as Self) << bit
    }

    fn bits(self) -> Range<u32> {
        self.trailing_zeros() % Self::BITS..Self::BITS - self.leading_zeros()
    }

    fn next_bit(self, bit: u32) -> Option<u32> {
        let rest = self.checked_shr(bit).unwrap_or(0);
        (rest != 0).then(|| bit + rest.trailing_zeros())
    }
}

/// Bits by which journeys are put into buckets.
const BUCKET_BITS: u32 = 8;
const BUCKETS: usize = 1 << BUCKET_BITS;

/// Some journeys by their highest bits.
pub(super) struct Parted<P> {
    packed: Vec<P>,
    /// Where each bucket ends; it begins where the one before it ends.
    end: [u32; BUCKETS],
}

impl<P: Packed> Parted<P> {
    pub(super) fn new(packed: &[P]) -> Self {
        let mut sorted = vec![P::default(); packed.len()];
        let end = scatter(packed, &mut sorted, P::BITS - BUCKET_BITS);
        Self { packed: sorted, end }
    }

    fn bucket(&self, bucket: usize) -> &[P] {
        let start = bucket.checked_sub(1).map_or(0, |before| self.end[before]);
        &self.packed[start as usize..self.end[bucket] as usize]
    }
}

/// The distinct ones of everybody, ascending in pieces that ascend, with how many they are.
pub(super) fn distinct<P: Packed>(blocks: &[Parted<P>]) -> Vec<Vec<(P, u32)>> {
    (0..BUCKETS)
        .into_par_iter()
        .map(|bucket| {
            let parts: Vec<&[P]> = blocks.iter().map(|block| block.bucket(bucket)).collect();
            sorted(&parts)
        })
        .collect()
}

/// The distinct ones of some journeys, ascending, with how many they are.
fn sorted<P: Packed>(parts: &[&[P]]) -> Vec<(P, u32)> {
    let number: usize = parts.iter().map(|part| part.len()).sum();
    let Some(first) = parts.iter().find_map(|part| part.first()) else { return vec![] };
    let journeys = parts.iter().copied().flatten();
    let differ = journeys.fold(P::default(), |differ, one| differ | (*one ^ *first));
    let bits = differ.bits();
    if bits.len() <= MOST_BITS && 1 << bits.len() <= COUNTERS_EACH * number {
        return counted(parts, *first, &bits);
    }
    let mut packed = parts.concat();
    sort(&mut packed, differ);
    weighted(&packed)
}

/// More counters than of so many bits do not stay in the cache.
const MOST_BITS: usize = 16;
/// With more counters for each journey, they take longer than sorting.
const COUNTERS_EACH: usize = 8;

/// The same where only these bits differ: there is a counter for everything that they can be.
fn counted<P: Packed>(parts: &[&[P]], first: P, bits: &Range<u32>) -> Vec<(P, u32)> {
    let mask = (1 << bits.len()) - 1;
    let mut people = vec![0; mask + 1];
    for one in parts.iter().copied().flatten() {
        people[one.bits_from(bits.start) & mask] += 1;
    }
    let same = first ^ P::of_bits(first.bits_from(bits.start) & mask, bits.start);
    let all = people.iter().enumerate().filter(|(_, people)| **people > 0);
    all.map(|(value, people)| (same | P::of_bits(value, bits.start), *people)).collect()
}

fn sort<P: Packed>(packed: &mut Vec<P>, differ: P) {
    // A pass has counters to fill and to sum: few are compared, and only many are worth many counters.
    match packed.len() {
        0..128 => packed.sort_unstable(),
        128..4_096 => sort_by_bits::<P, 8, 256>(packed, differ),
        _ => sort_by_bits::<P, 11, 2_048>(packed, differ),
    }
}

/// Sorts by some bits at a time, the lowest first, and only by those that are not the same everywhere.
fn sort_by_bits<P: Packed, const BITS: u32, const VALUES: usize>(packed: &mut Vec<P>, differ: P) {
    let mut sorted = vec![P::default(); packed.len()];
    let mut from = 0;
    while let Some(bit) = differ.next_bit(from) {
        scatter::<P, VALUES>(packed, &mut sorted, bit);
        std::mem::swap(packed, &mut sorted);
        from = bit + BITS;
    }
}

/// Sorts by the bits from this one on that can have so many values, those that are equal in their order. Returns
/// where each value ends.
fn scatter<P: Packed, const VALUES: usize>(from: &[P], to: &mut [P], bit: u32) -> [u32; VALUES] {
    let mut ends = [0; VALUES];
    for one in from {
        ends[one.bits_from(bit) % VALUES] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    for one in from {
        let at = &mut ends[one.bits_from(bit) % VALUES];
        to[*at as usize] = *one;
        *at += 1;
    }
    ends
}

/// Each once, with how often it stands there. Whether one is new is not guessed: in long flows every second
/// one is.
fn weighted<P: Packed>(sorted: &[P]) -> Vec<(P, u32)> {
    let is_new = |at: usize| at == 0 || sorted[at] != sorted[at - 1];
    let number = (0..sorted.len()).map(|at| usize::from(is_new(at))).sum();
    let mut distinct = vec![(P::default(), 0); number];
    let mut at = usize::MAX;
    let mut before = P::default();
    for (nth, one) in sorted.iter().enumerate() {
        at = at.wrapping_add(usize::from(nth == 0 || *one != before));
        before = *one;
        let (packed, weight) = &mut distinct[at];
        *packed = *one;
        *weight += 1;
    }
    distinct
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted_and_weighted<P: Packed>(all: &[P], block: usize) -> bool {
        let blocks: Vec<Parted<P>> = all.chunks(block).map(Parted::new).collect();
        let mut sorted = all.to_vec();
        sorted.sort_unstable();
        let by_comparing = sorted.chunk_by(|one, next| one == next);
        let by_comparing = by_comparing.map(|same| (same[0], same.len() as u32));
        by_comparing.eq(distinct(&blocks).concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn sorting_by_bits_is_sorting(
            number in prop_oneof![0..300_usize, 4_000..20_000_usize],
            // Which bits differ at all: some of these.
            differ in any::<u128>(),
            (width, from) in prop_oneof![Just((128, 0)), (0..20_u32, 0..128_u32)],
            block in 1..9_000_usize,
            seed in any::<u64>(),
        ) {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                state.rotate_left(32)
            };
            let within = (1_u128.checked_shl(width).unwrap_or(0).wrapping_sub(1)) << from;
            let all: Vec<u128> = (0..number)
                .map(|_| (u128::from(next()) << 64 | u128::from(next())) & differ & within)
                .collect();
            let half: Vec<u64> = all.iter().map(|one| *one as u64).collect();
            prop_assert!(sorted_and_weighted(&all, block));
            prop_assert!(sorted_and_weighted(&half, block));
        }
    }

    fn packed<P: Packed>(slots: &[u8]) -> P {
        let steps = slots.iter().enumerate().map(|(step, slot)| P::step(step, *slot));
        steps.fold(P::of_segment(7), |all, step| all | step)
    }

    #[test]
    fn half_bytes_tell_the_same_journey_as_bytes() {
        for slots in [[0, 1, 14, ENDED], [14, 14, 0, 3], [1, ENDED, ENDED, ENDED]] {
            let slots: Vec<u8> = slots.iter().copied().cycle().take(MAX_STEPS).collect();
            let (slim, full) = (packed::<u64>(&slots), packed::<u128>(&slots));
            assert_eq!(slim.journey().bytes(), full.journey().bytes());
            assert_eq!(slim.journey().bytes()[..MAX_STEPS], slots[..]);
            assert_eq!((slim.segment(), full.segment()), (7, 7));
        }
    }
}
