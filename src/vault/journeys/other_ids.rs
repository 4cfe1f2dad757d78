//! What else people are known by: the device of somebody who is signed in.
//!
//! A journey is told by one identifier. Where others stand beside it in the same row, lists of people may
//! name her by one of those, so they are kept until the lists have been applied.
//!
//! *Invariant:* never counted, never shown; overwritten where it is dropped.

use zeroize::Zeroize;

/// Pairs of a subject and another identifier of hers.
#[derive(Default)]
pub(in crate::vault) struct OtherIds {
    /// The identifiers, end to end, and where each starts.
    bytes: Vec<u8>,
    start: Vec<u64>,
    /// Subject and number of an identifier, sorted, each pair once.
    pairs: Vec<(u32, u32)>,
}

impl OtherIds {
    pub(in crate::vault) fn new<'a>(
        ids: impl Iterator<Item = &'a [u8]>,
        mut pairs: Vec<(u32, u32)>,
    ) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let (mut bytes, mut start) = (Vec::new(), vec![0]);
        for id in ids {
            bytes.extend_from_slice(id);
            start.push(bytes.len() as u64);
        }
        Self { bytes, start, pairs }
    }

    /// Every other identifier, with the subject it is of.
    pub(in crate::vault) fn iter(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.pairs.iter().map(|(subject, id)| (*subject as usize, self.id(*id as usize)))
    }

    fn id(&self, id: usize) -> &[u8] {
        &self.bytes[self.start[id] as usize..self.start[id + 1] as usize]
    }

    /// Those of some subjects, which are numbered anew in their order.
    pub(super) fn keep(&self, subjects: &[usize]) -> Self {
        let mut new_id = vec![u32::MAX; self.start.len().saturating_sub(1)];
        let mut kept: Vec<&[u8]> = Vec::new();
        let mut pairs = Vec::new();
        for (subject, id) in &self.pairs {
            let Ok(subject) = subjects.binary_search(&(*subject as usize)) else { continue };
            let new = &mut new_id[*id as usize];
            if *new == u32::MAX {
                *new = kept.len() as u32;
                kept.push(self.id(*id as usize));
            }
            pairs.push((subject as u32, *new));
        }
        Self::new(kept.into_iter(), pairs)
    }
}

impl Drop for OtherIds {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::OtherIds;

    #[test]
    fn who_stays_keeps_her_own() {
        let ids: [&[u8]; 3] = [b"phone", b"tablet", b"desktop"];
        let all = OtherIds::new(ids.into_iter(), vec![(2, 1), (0, 0), (2, 0), (1, 2), (2, 1)]);
        let told = |ids: &OtherIds| -> Vec<(usize, String)> {
            let text = |id: &[u8]| String::from_utf8_lossy(id).into_owned();
            ids.iter().map(|(subject, id)| (subject, text(id))).collect()
        };
        let pair = |subject: usize, id: &str| (subject, id.to_owned());
        assert_eq!(
            told(&all),
            [pair(0, "phone"), pair(1, "desktop"), pair(2, "phone"), pair(2, "tablet")]
        );
        let kept = all.keep(&[0, 2]);
        assert_eq!(told(&kept), [pair(0, "phone"), pair(1, "phone"), pair(1, "tablet")]);
        assert!(!kept.bytes.windows(7).any(|bytes| bytes == b"desktop"));
        assert_eq!(told(&OtherIds::default()), []);
    }
}
