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

/// The key of an import without a project: BLAKE3 over everybody's identifier and journey. The
/// subjects' digests are sorted, so row order and file format do not matter. Only who has the data
/// can compute it.
pub(in crate::vault) fn from_journeys(store: &Store) -> Key {
    let labels: Vec<[u8; 8]> = store
        .dictionary()
        .iter()
        .map(|label| first_bytes(&blake3::hash(label.as_bytes())))
        .collect();
    let mut digests: Vec<[u8; 16]> = (0..store.subjects())
        .into_par_iter()
        .map_init(Vec::new, |journey, subject| {
            journey.clear();
            let id = store.subject_id(subject);
            journey.extend_from_slice(&(id.len() as u64).to_le_bytes());
            journey.extend_from_slice(id);
            for event in store.events_of(subject) {
                journey.extend_from_slice(&labels[store.label(event) as usize]);
            }
            first_bytes(&blake3::hash(journey))
        })
        .collect();
    digests.par_sort_unstable();
    let mut hasher = blake3::Hasher::new_derive_key("trodden 2026 key derived from journeys");
    hasher.update(digests.as_flattened());
    Key(*hasher.finalize().as_bytes())
}

fn first_bytes<const N: usize>(hash: &blake3::Hash) -> [u8; N] {
    let mut first = [0; N];
    first.copy_from_slice(&hash.as_bytes()[..N]);
    first
}
