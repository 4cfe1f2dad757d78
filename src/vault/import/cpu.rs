//! What the machine can do for many bytes at once: fetch ahead, compare sixteen together, keep memory
//! in large pages, take back what is free.
//!
//! The only file with unsafe code: one prefetch and two calls about memory, which other machines do without.
//!
//! *Invariant:* changes how long something takes, never what comes of it.

use wide::u8x16;

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

/// A large page; the usual ones have 4 KB.
#[cfg(target_os = "linux")]
const LARGE_PAGE: usize = 1 << 21;

/// Asks for large pages for all the room of a vector; to be called before most of it is touched. Where
/// memory is visited in no order, half of the time would go into looking up its pages, and each page
/// costs a call to be had.
#[allow(unsafe_code)]
pub(super) fn large_pages<T>(memory: &mut Vec<T>) {
    #[cfg(target_os = "linux")]
    {
        let begin = memory.as_mut_ptr().cast::<u8>();
        let before = begin.align_offset(LARGE_PAGE);
        let bytes = memory.capacity() * size_of::<T>();
        let len = bytes.saturating_sub(before) & !(LARGE_PAGE - 1);
        if len > 0 {
            // SAFETY: these bytes lie within the vector, which nobody else has meanwhile. The advice
            // changes how they are kept, not what they are. Where it is not heeded, nothing happens.
            unsafe { libc::madvise(begin.add(before).cast(), len, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = memory;
}

/// Gives memory that is free back to the system, which the allocator would keep for later.
#[allow(unsafe_code)]
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: takes no pointer, and only pages that belong to no allocation are given back.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Bit i is whether byte i is one of the wanted ones, which may be named twice.
#[inline]
pub(super) fn bits(chunk: &[u8; WIDTH], wanted: [u8; 4]) -> u64 {
    let [a, b, c, d] = wanted.map(u8x16::splat);
    let (parts, _) = chunk.as_chunks::<16>();
    parts.iter().rev().fold(0, |all, part| {
        let bytes = u8x16::new(*part);
        let is_wanted =
            (bytes.simd_eq(a) | bytes.simd_eq(b)) | (bytes.simd_eq(c) | bytes.simd_eq(d));
        all << 16 | u64::from(is_wanted.to_bitmask())
    })
}

/// Bit i is whether byte i ends a JSON string or is one that cannot simply stand in it: a quote, a
/// backslash or a control character.
#[inline]
pub(super) fn string_bits(chunk: &[u8; 16]) -> u32 {
    let bytes = u8x16::new(*chunk);
    let is_control = bytes.min(u8x16::splat(0x1F)).simd_eq(bytes);
    let hits = is_control | bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\'));
    hits.to_bitmask()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{bits, string_bits};

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
        }

        #[test]
        fn a_bit_is_set_for_every_byte_that_a_string_cannot_hold(bytes in any::<[u8; 16]>()) {
            let expected = (0..16)
                .filter(|at| bytes[*at] < 0x20 || b"\"\\".contains(&bytes[*at]))
                .fold(0, |bits, at| bits | 1_u32 << at);
            prop_assert_eq!(string_bits(&bytes), expected);
        }
    }
}
