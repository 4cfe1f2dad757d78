//! What the processor can do and the language cannot say: fetch ahead, compare sixteen bytes at once.
//!
//! The only file with unsafe code. Both functions have a safe body for other processors, and a
//! test holds the two ways of comparing against each other.
//!
//! *Invariant:* changes how long something takes, never what comes of it.

/// Bytes that are compared together.
pub(super) const WIDTH: usize = 64;

/// Asks for the cache line of a place that will be read soon, without waiting for it.
#[inline]
#[allow(unsafe_code)]
pub(super) fn fetch_ahead<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the place is borrowed and therefore valid, and a prefetch changes nothing but
        // the cache. SSE is part of every 64-bit x86.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// Bit i is whether byte i is one of the wanted ones, which may be named twice.
#[cfg(target_arch = "x86_64")]
#[inline]
#[allow(unsafe_code)]
pub(super) fn bits(chunk: &[u8; WIDTH], wanted: [u8; 4]) -> u64 {
    // SAFETY: SSE2, all that the function needs, is part of every 64-bit x86.
    unsafe { bits_by_vectors(chunk, wanted) }
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) use bits_by_words as bits;

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
#[inline]
fn bits_by_vectors(chunk: &[u8; WIDTH], wanted: [u8; 4]) -> u64 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
    };
    let [a, b, c, d] = wanted.map(u8::cast_signed);
    let (a, b, c, d) = (_mm_set1_epi8(a), _mm_set1_epi8(b), _mm_set1_epi8(c), _mm_set1_epi8(d));
    let mut bits = 0;
    let (words, _) = chunk.as_chunks::<8>();
    let (pairs, _) = words.as_chunks::<2>();
    for [low, high] in pairs.iter().rev() {
        let bytes = _mm_set_epi64x(i64::from_le_bytes(*high), i64::from_le_bytes(*low));
        let ab = _mm_or_si128(_mm_cmpeq_epi8(bytes, a), _mm_cmpeq_epi8(bytes, b));
        let cd = _mm_or_si128(_mm_cmpeq_epi8(bytes, c), _mm_cmpeq_epi8(bytes, d));
        bits = bits << 16 | u64::from(_mm_movemask_epi8(_mm_or_si128(ab, cd)) as u16);
    }
    bits
}

/// The same in words of eight bytes.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(super) fn bits_by_words(chunk: &[u8; WIDTH], wanted: [u8; 4]) -> u64 {
    const LOW_SEVEN: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let (words, _) = chunk.as_chunks::<8>();
    words.iter().rev().fold(0, |bits, word| {
        let word = u64::from_le_bytes(*word);
        // The high bit of every byte that differs from a wanted one in nothing.
        let high = wanted.iter().fold(0, |high, byte| {
            let differs = word ^ u64::from_ne_bytes([*byte; 8]);
            high | !(((differs & LOW_SEVEN) + LOW_SEVEN) | differs | LOW_SEVEN)
        });
        // The product moves the eight high bits next to each other.
        bits << 8 | (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{bits, bits_by_words};

    proptest! {
        #[test]
        fn a_bit_is_set_for_every_wanted_byte(
            bytes in prop::collection::vec(
                prop_oneof![any::<u8>(), prop::sample::select(b",;\"\n\r\x8a\xac".to_vec())], 64),
            wanted in prop::array::uniform4(
                prop_oneof![any::<u8>(), prop::sample::select(b",;\"\n\r".to_vec())]),
        ) {
            let chunk = bytes.as_slice().try_into().expect("64 bytes");
            let expected = (0..64)
                .filter(|at| wanted.contains(&bytes[*at]))
                .fold(0, |bits, at| bits | 1_u64 << at);
            prop_assert_eq!(bits(chunk, wanted), expected);
            prop_assert_eq!(bits_by_words(chunk, wanted), expected);
        }
    }
}
