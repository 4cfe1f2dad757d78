//! Texts → dense numbers, in order of first appearance.
//!
//! This is where an import spends its time (3 s with a general hash map, 0.8 s so, for ten million
//! rows of half a million people in random order), because nearly every look-up misses the cache.
//! So look-ups come in batches, and what they need is fetched ahead: the slot as soon as a text is
//! announced, the records when the batch is full. The cache lines arrive while other rows are read.
//!
//! *Invariant:* knows bytes and numbers, not what they stand for.

use std::hash::{BuildHasher, RandomState};

use super::cpu::fetch_ahead;

/// How many look-ups are in flight at once.
pub(super) const BATCH: usize = 32;
/// A batch with more bytes is cut short, so that an end fits in 32 bits.
pub(super) const LONG_BATCH: usize = 1 << 20;

const EMPTY: u64 = u64::MAX;
const HEADER: usize = 8;

/// A slot is the hash's low half as a tag, and where the record begins, in words of eight bytes.
/// A record is its number, its length and its bytes, padded to whole words.
pub(super) struct Interner {
    slots: Vec<u64>,
    records: Vec<u8>,
    starts: Vec<u32>,
    seed: u64,
}

impl Interner {
    pub(super) fn new() -> Self {
        // A seed nobody can foresee: a file cannot be made so that all its ids collide. Numbers
        // depend on the order of the texts alone.
        let seed = RandomState::new().hash_one(0_u64);
        Self { slots: vec![EMPTY; 1 << 10], records: Vec::new(), starts: Vec::new(), seed }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// All texts, by number.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.starts.iter().map(|start| self.record(*start).1)
    }

    /// The number of one text.
    #[inline]
    pub(super) fn intern(&mut self, text: &[u8]) -> u32 {
        let hash = hash_of(text, self.seed);
        self.find_or_add(text, hash)
    }

    /// The hash of a text that [`Interner::intern_batch`] will be asked for; fetches its slot.
    #[inline]
    pub(super) fn announce(&self, text: &[u8]) -> u64 {
        let hash = hash_of(text, self.seed);
        fetch_ahead(&self.slots[hash as usize & (self.slots.len() - 1)]);
        hash
    }

    /// The numbers of up to [`BATCH`] texts that stand end to end; `ends[i]` is where text i ends,
    /// `hashes[i]` what [`Interner::announce`] said of it.
    pub(super) fn intern_batch(
        &mut self,
        bytes: &[u8],
        ends: &[u32],
        hashes: &[u64],
        numbers: &mut [u32],
    ) {
        let mut words = [u32::MAX; BATCH];
        let mask = self.slots.len() - 1;
        for (word, hash) in words.iter_mut().zip(hashes) {
            let tag = *hash as u32;
            let mut at = tag as usize & mask;
            let mut slot = self.slots[at];
            while slot != EMPTY && slot as u32 != tag {
                at = (at + 1) & mask;
                slot = self.slots[at];
            }
            *word = (slot >> 32) as u32;
            if let Some(record) = self.records.get(*word as usize * 8) {
                fetch_ahead(record);
            }
        }
        let mut start = 0;
        for (at, end) in ends.iter().enumerate() {
            let end = *end as usize;
            let text = &bytes[start..end];
            start = end;
            if words[at] != u32::MAX {
                let (number, known) = self.record(words[at]);
                if same(known, text) {
                    numbers[at] = number;
                    continue;
                }
            }
            numbers[at] = self.find_or_add(text, hashes[at]);
        }
    }

    /// The numbers of many texts, in their order; `len` is how many.
    pub(super) fn intern_all<T: AsRef<[u8]>>(
        &mut self,
        mut texts: impl Iterator<Item = T>,
        len: usize,
    ) -> Vec<u32> {
        let mut all = Vec::with_capacity(len);
        let mut bytes = Vec::new();
        let (mut ends, mut hashes, mut numbers) = ([0; BATCH], [0; BATCH], [0; BATCH]);
        loop {
            bytes.clear();
            let mut filled = 0;
            for text in texts.by_ref().take(BATCH) {
                hashes[filled] = self.announce(text.as_ref());
                bytes.extend_from_slice(text.as_ref());
                ends[filled] = bytes.len() as u32;
                filled += 1;
                if bytes.len() > LONG_BATCH {
                    break;
                }
            }
            if filled == 0 {
                return all;
            }
            self.intern_batch(&bytes, &ends[..filled], &hashes[..filled], &mut numbers);
            all.extend_from_slice(&numbers[..filled]);
        }
    }

    #[inline]
    fn record(&self, word: u32) -> (u32, &[u8]) {
        let at = word as usize * 8;
        let field = |from: usize| {
            let mut four = [0; 4];
            four.copy_from_slice(&self.records[at + from..at + from + 4]);
            u32::from_le_bytes(four)
        };
        let len = field(4) as usize;
        (field(0), &self.records[at + HEADER..at + HEADER + len])
    }

    #[inline]
    fn find_or_add(&mut self, text: &[u8], hash: u64) -> u32 {
        let tag = hash as u32;
        let mask = self.slots.len() - 1;
        let mut at = tag as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return self.add(text, tag, at);
            }
            if slot as u32 == tag {
                let (number, known) = self.record((slot >> 32) as u32);
                if same(known, text) {
                    return number;
                }
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn add(&mut self, text: &[u8], tag: u32, at: usize) -> u32 {
        let number = self.starts.len() as u32;
        let word = (self.records.len() / 8) as u32;
        self.records.extend_from_slice(&number.to_le_bytes());
        self.records.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.records.extend_from_slice(text);
        self.records.resize(self.records.len().next_multiple_of(8), 0);
        self.starts.push(word);
        self.slots[at] = u64::from(word) << 32 | u64::from(tag);
        if self.starts.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let mut slots = vec![EMPTY; self.slots.len() * 2];
        let mask = slots.len() - 1;
        for slot in self.slots.iter().filter(|slot| **slot != EMPTY) {
            let mut at = *slot as u32 as usize & mask;
            while slots[at] != EMPTY {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }
}

/// Multiply and fold, eight bytes at a time.
#[inline]
fn hash_of(text: &[u8], seed: u64) -> u64 {
    const K0: u64 = 0x9E37_79B9_7F4A_7C15;
    const K1: u64 = 0xD6E8_FEB8_6659_FD93;
    let mut state = seed ^ (text.len() as u64).wrapping_mul(K0);
    let mut rest = text;
    while let Some((eight, tail)) = rest.split_first_chunk::<8>() {
        state = fold(state ^ u64::from_le_bytes(*eight), K1);
        rest = tail;
    }
    let last = if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>())
    {
        u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
    } else {
        rest.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    };
    fold(state ^ last, K0)
}

/// What a session is told by; 0 where there is none. Sessions are only ever compared with the one
/// before of the same subject, so 32 bits of a hash do: a change of session goes unseen once in
/// four billion.
#[inline]
pub(super) fn session_mark(text: &[u8]) -> u32 {
    if text.is_empty() { 0 } else { (hash_of(text, 0) as u32).max(1) }
}

/// What an insert id is told by, which is never 0. It is compared with those of the same subject.
#[inline]
pub(super) fn text_mark(text: &[u8]) -> u64 {
    hash_of(text, 0).max(1)
}

/// Equality. Most ids have 4 to 16 bytes, which are two loads that may overlap instead of a call.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    fn ends<const N: usize>(text: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        Some((text.first_chunk()?, text.last_chunk()?))
    }
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        8..=16 => ends::<8>(a) == ends::<8>(b),
        4..=7 => ends::<4>(a) == ends::<4>(b),
        _ => a == b,
    }
}

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}
