//! The secret behind every keyed choice (ties, rounding, blur).

use rayon::prelude::*;
use zeroize::ZeroizeOnDrop;

use crate::vault::journeys::Store;

/// 32 secret bytes. They cannot be printed, copied or written, and are overwritten when dropped.
#[derive(ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A number drawn for one purpose and one meaning. The same key, purpose and parts always give
    /// the same number; parts are length-prefixed, so that `ab, c` is not `a, bc`.
    pub(in crate::vault) fn draw(&self, purpose: &str, parts: &[&[u8]]) -> u64 {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        u64::from_le_bytes(first_bytes(&hasher.finalize()))
    }
}

/// The key of an import without a project: BLAKE3 over the labels and everybody's identifier and
/// journey. Labels count by their rank among all, and the subjects' digests are sorted, so row
/// order and file format do not matter. Only who has the data can compute it.
pub(in crate::vault) fn from_journeys(store: &Store) -> Key {
    let mut sorted: Vec<&str> = store.dictionary().iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let rank = |label: &String| sorted.partition_point(|other| *other < label.as_str()) as u32;
    let ranks: Vec<u32> = store.dictionary().iter().map(rank).collect();
    // As numbers, which are in the same order as their bytes and sorted sooner.
    let mut digests: Vec<u128> = (0..store.subjects())
        .into_par_iter()
        .map_init(Vec::new, |journey, subject| {
            journey.clear();
            let id = store.subject_id(subject);
            journey.extend_from_slice(&(id.len() as u32).to_le_bytes());
            journey.extend_from_slice(id);
            // Two bytes a label: most journeys fit in one block of the hash.
            for event in store.events_of(subject) {
                let rank = ranks[store.label(event) as usize];
                if let Ok(narrow) = u16::try_from(rank) {
                    journey.extend_from_slice(&narrow.to_le_bytes());
                } else {
                    journey.extend_from_slice(&[u8::MAX; 2]);
                    journey.extend_from_slice(&rank.to_le_bytes());
                }
            }
            u128::from_be_bytes(first_bytes(&blake3::hash(journey)))
        })
        .collect();
    digests.par_sort_unstable();
    let mut hasher = blake3::Hasher::new_derive_key("trodden 2026 key derived from journeys");
    for label in sorted {
        hasher.update(&(label.len() as u64).to_le_bytes());
        hasher.update(label.as_bytes());
    }
    let digests: Vec<[u8; 16]> = digests.into_iter().map(u128::to_be_bytes).collect();
    hasher.update(digests.as_flattened());
    Key(*hasher.finalize().as_bytes())
}

fn first_bytes<const N: usize>(hash: &blake3::Hash) -> [u8; N] {
    let mut first = [0; N];
    first.copy_from_slice(&hash.as_bytes()[..N]);
    first
}
