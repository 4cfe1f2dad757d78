//! Bytes → the places of the few that matter.
//!
//! One pass over the text, 64 bytes at a time, gives a bit for every delimiter, quote and line
//! end. A search from one to the next would be a call for every field, and fields are short.
//!
//! *Invariant:* finds bytes. What they mean is the splitter's business.

use super::cpu::{WIDTH, bits};

/// A walk over the wanted bytes of a text, forwards.
pub(super) struct Marks {
    wanted: [u8; 4],
    /// Where the bytes of `bits` begin.
    base: usize,
    /// Wanted bytes that were not handed out yet.
    bits: u64,
}

impl Marks {
    /// `wanted` may name a byte twice. Walks over nothing until [`Marks::start`].
    pub(super) fn new(wanted: [u8; 4]) -> Self {
        Self { wanted, base: 0, bits: 0 }
    }

    /// Begins a walk over another text.
    pub(super) fn start(&mut self, text: &[u8], at: usize) {
        self.base = at;
        self.bits = self.look(&text[at..]);
    }

    /// Passes over what is before `at`, which lies no further back than the walk has come.
    #[inline]
    pub(super) fn skip_to(&mut self, text: &[u8], at: usize) {
        let ahead = at - self.base;
        if ahead < WIDTH {
            self.bits &= u64::MAX << ahead;
        } else {
            self.start(text, at);
        }
    }

    /// The next wanted byte.
    #[inline]
    pub(super) fn next(&mut self, text: &[u8]) -> Option<usize> {
        while self.bits == 0 {
            let rest = text.get(self.base + WIDTH..)?;
            self.base += WIDTH;
            self.bits = self.look(rest);
        }
        let hit = self.base + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(hit)
    }

    #[inline]
    fn look(&self, text: &[u8]) -> u64 {
        if let Some(chunk) = text.first_chunk() {
            return bits(chunk, self.wanted);
        }
        let mut chunk = [0; WIDTH];
        chunk[..text.len()].copy_from_slice(text);
        bits(&chunk, self.wanted) & !(u64::MAX << text.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Marks;

    const WANTED: [u8; 4] = *b",\"\n\r";

    fn all(text: &[u8], from: usize) -> Vec<usize> {
        let mut marks = Marks::new(WANTED);
        marks.start(text, from);
        std::iter::from_fn(|| marks.next(text)).collect()
    }

    fn one_by_one(text: &[u8], from: usize) -> Vec<usize> {
        (from..text.len()).filter(|at| WANTED.contains(&text[*at])).collect()
    }

    proptest! {
        #[test]
        fn every_wanted_byte_is_found_once(
            text in prop::collection::vec(
                prop_oneof![any::<u8>(), prop::sample::select(WANTED.to_vec())], 0..300),
            from in 0_usize..300,
            skip in 0_usize..300,
        ) {
            let from = from.min(text.len());
            prop_assert_eq!(all(&text, from), one_by_one(&text, from));
            let mut marks = Marks::new(WANTED);
            marks.start(&text, from);
            let to = (from + skip).min(text.len());
            marks.skip_to(&text, to);
            let rest: Vec<usize> = std::iter::from_fn(|| marks.next(&text)).collect();
            prop_assert_eq!(rest, one_by_one(&text, to));
        }
    }
}
