//! A text of the file and the number that its bytes are, where they are few.
//!
//! Most ids and labels have up to sixteen bytes. Those are loaded at once, hashed with one
//! multiplication and compared as two numbers, all of which is the same whatever their length: a
//! loop over bytes, or a branch for every length, is guessed wrongly by the processor for every
//! other label.
//!
//! *Invariant:* knows bytes, not what they stand for.

use std::borrow::Cow;

/// Bytes that fit in one number.
const SHORT: usize = 16;

/// The bytes of a field.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    bytes: &'a [u8],
    /// The first byte is the lowest; 0 where there are more than fit.
    number: u128,
}

/// Two secrets of a table of texts, so that nobody can make a file whose texts all collide.
#[derive(Clone, Copy)]
pub(super) struct Seed(pub(super) u64, pub(super) u64);

impl Seed {
    /// For marks that are compared with those of other ranges and files.
    pub(super) const FIXED: Self = Self(0x2545_F491_4F6C_DD1D, 0x5851_F42D_4C95_7F2D);
}

impl<'a> Text<'a> {
    pub(super) const EMPTY: Self = Self { bytes: &[], number: 0 };

    /// A text that stands by itself.
    #[inline]
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, number: number_of(bytes) }
    }

    /// A text in a buffer, of which mostly more stands behind it.
    #[inline(always)]
    pub(super) fn within(buffer: &'a [u8], start: usize, end: usize) -> Self {
        let bytes = &buffer[start..end];
        let number = match buffer[start..].first_chunk::<SHORT>() {
            Some(all) if bytes.len() <= SHORT => u128::from_le_bytes(*all) & MASKS[bytes.len()],
            _ => rare_number_of(bytes),
        };
        Self { bytes, number }
    }

    /// A text whose bytes stand in these words, whatever follows them there.
    #[inline]
    pub(super) fn in_words(bytes: &'a [u8], words: [u32; 3]) -> Self {
        let [a, b, c] = words.map(|word| u128::from(word.to_le()));
        Self { bytes, number: (a | b << 32 | c << 64) & MASKS[bytes.len()] }
    }

    #[inline]
    pub(super) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    #[inline]
    pub(super) fn is(self, other: Text<'_>) -> bool {
        self.number == other.number
            && self.bytes.len() == other.bytes.len()
            && (self.bytes.len() <= SHORT || self.bytes == other.bytes)
    }

    #[inline(always)]
    pub(super) fn key(self, seed: Seed) -> Key {
        let Self { bytes, number } = self;
        let len = bytes.len() as u32;
        let hash = if bytes.len() <= SHORT {
            hash_of_short(number, len, seed)
        } else {
            hash_of_long(bytes, seed)
        };
        Key { number, hash, len }
    }

    /// What a text is told by where it is only compared.
    #[inline(always)]
    pub(super) fn mark(self) -> u64 {
        self.key(Seed::FIXED).hash
    }
}

/// What can be read as a text.
pub(super) trait AsText {
    fn as_text(&self) -> Text<'_>;
}

impl AsText for Text<'_> {
    #[inline]
    fn as_text(&self) -> Text<'_> {
        *self
    }
}

impl AsText for &[u8] {
    #[inline]
    fn as_text(&self) -> Text<'_> {
        Text::of(self)
    }
}

impl AsText for Cow<'_, [u8]> {
    #[inline]
    fn as_text(&self) -> Text<'_> {
        Text::of(self)
    }
}

/// A text on its way to its number in a table: what it is looked up by.
#[derive(Clone, Copy, Default)]
pub(super) struct Key {
    pub(super) number: u128,
    pub(super) hash: u64,
    pub(super) len: u32,
}

impl Key {
    /// Whether number and length are the whole text.
    #[inline]
    pub(super) fn is_short(self) -> bool {
        self.len as usize <= SHORT
    }
}

#[inline]
fn number_of(bytes: &[u8]) -> u128 {
    match bytes.len() {
        8..=SHORT => overlapped(bytes, u64::from_le_bytes, 8),
        4..=7 => overlapped(bytes, |four: [u8; 4]| u64::from(u32::from_le_bytes(four)), 4),
        0..=3 => bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u128::from(*byte)),
        _ => 0,
    }
}

/// Gives back a number, not a text: what is in two places in memory is written and read again.
#[cold]
#[inline(never)]
fn rare_number_of(bytes: &[u8]) -> u128 {
    number_of(bytes)
}

/// By length, the bytes that belong to a text.
const MASKS: [u128; SHORT + 1] = {
    let mut masks = [u128::MAX; SHORT + 1];
    let mut len = 0;
    while len < SHORT {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

/// `N` to `2 N` bytes, by their first and last `N`, which may overlap.
#[inline]
fn overlapped<const N: usize>(bytes: &[u8], load: fn([u8; N]) -> u64, width: usize) -> u128 {
    match (bytes.first_chunk::<N>(), bytes.last_chunk::<N>()) {
        (Some(first), Some(last)) => {
            u128::from(load(*first)) | u128::from(load(*last)) << (8 * (bytes.len() - width))
        }
        _ => 0,
    }
}

const K0: u64 = 0x9E37_79B9_7F4A_7C15;
const K1: u64 = 0xD6E8_FEB8_6659_FD93;

#[inline(always)]
fn hash_of_short(number: u128, len: u32, seed: Seed) -> u64 {
    let (low, high) = (number as u64, (number >> 64) as u64);
    fold(low ^ seed.0, high ^ seed.1 ^ u64::from(len).wrapping_mul(K0))
}

/// Multiply and fold, eight bytes at a time; the last sixteen may overlap those before.
fn hash_of_long(bytes: &[u8], seed: Seed) -> u64 {
    let mut state = seed.0 ^ (bytes.len() as u64).wrapping_mul(K0);
    let mut rest = bytes;
    while let Some((eight, tail)) = rest.split_first_chunk::<8>() {
        state = fold(state ^ u64::from_le_bytes(*eight), K1);
        rest = tail;
    }
    let last = bytes.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
    fold(state ^ last, seed.1)
}

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Seed, Text};

    const SEED: Seed = Seed(7, 11);

    proptest! {
        #[test]
        fn a_text_is_the_same_wherever_it_stands(
            before in prop::collection::vec(any::<u8>(), 0..20),
            text in prop::collection::vec(any::<u8>(), 0..40),
            after in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let buffer = [&before[..], &text, &after].concat();
            let start = before.len();
            let within = Text::within(&buffer, start, start + text.len());
            let alone = Text::of(&text);
            prop_assert_eq!(within.bytes(), alone.bytes());
            let (within, alone) = (within.key(SEED), alone.key(SEED));
            prop_assert_eq!((within.number, within.hash, within.len), (alone.number, alone.hash, alone.len));
        }

        #[test]
        fn different_texts_have_different_keys(
            a in prop::collection::vec(0..3_u8, 0..24),
            b in prop::collection::vec(0..3_u8, 0..24),
        ) {
            let (of_a, of_b) = (Text::of(&a).key(SEED), Text::of(&b).key(SEED));
            if of_a.is_short() && of_b.is_short() {
                prop_assert_eq!((of_a.number, of_a.len) == (of_b.number, of_b.len), a == b);
            }
            prop_assert_eq!(of_a.hash == of_b.hash, a == b);
        }
    }

    #[test]
    fn short_texts_are_their_bytes_in_order() {
        assert_eq!(Text::of(b"").key(SEED).number, 0);
        assert_eq!(Text::of(b"ab").key(SEED).number, 0x6261);
        assert_eq!(Text::of(b"abcdefghi").key(SEED).number, 0x69_6867_6665_6463_6261);
    }
}
