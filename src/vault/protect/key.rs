//! The secret behind every keyed choice (ties, rounding, blur).

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
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        u64::from_le_bytes(first)
    }
}

/// The key of an import without a project: BLAKE3 over all journeys, sorted by subject, so that
/// row order and file format do not matter. Only who has the data can compute it.
pub(in crate::vault) fn from_journeys(store: &Store) -> Key {
    let mut order: Vec<u32> = (0..store.subjects() as u32).collect();
    order.sort_unstable_by(|a, b| store.subject_id(*a as usize).cmp(store.subject_id(*b as usize)));
    let labels: Vec<[u8; 16]> = store
        .dictionary()
        .iter()
        .map(|label| {
            let mut short = [0; 16];
            short.copy_from_slice(&blake3::hash(label.as_bytes()).as_bytes()[..16]);
            short
        })
        .collect();
    let mut hasher = blake3::Hasher::new_derive_key("trodden 2026 key derived from journeys");
    for subject in order {
        let id = store.subject_id(subject as usize);
        hasher.update(&(id.len() as u64).to_le_bytes());
        hasher.update(id);
        let events = store.events_of(subject as usize);
        hasher.update(&(events.len() as u64).to_le_bytes());
        for event in events {
            hasher.update(&labels[store.label(event) as usize]);
        }
    }
    Key(*hasher.finalize().as_bytes())
}
