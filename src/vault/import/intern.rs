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
use super::text::{Key, Seed, Text};

/// How many look-ups are in flight at once.
pub(super) const BATCH: usize = 32;
/// A batch with more bytes is cut short.
const LONG_BATCH: usize = 1 << 20;

/// How many short texts are remembered.
const RECENT: usize = 64;

const EMPTY: u64 = u64::MAX;
const HEADER: usize = 8;

/// A slot is the hash's low half as a tag, and where the record begins, in words of eight bytes.
/// A record is its number, its length and its bytes, padded to whole words and to as many as a short
/// text may have, so that one is compared as a number.
pub(super) struct Interner {
    slots: Vec<u64>,
    records: Vec<u8>,
    starts: Vec<u32>,
    seed: Seed,
    /// Short texts that were looked up one by one, by a part of their hash: a file has few labels.
    recent: Box<[Recent; RECENT]>,
}

/// A short text and its number.
#[derive(Clone, Copy)]
struct Recent {
    text: u128,
    /// Longer than any short text where there is none.
    len: u32,
    number: u32,
}

impl Recent {
    const NONE: Self = Self { text: 0, len: u32::MAX, number: 0 };
}

/// Texts that have no numbers yet.
#[derive(Default)]
pub(super) struct Batch {
    keys: [Key; BATCH],
    len: usize,
    /// Those that are not short, end to end.
    long: Vec<u8>,
    /// How many of these bytes are of texts that are added, and not only offered.
    long_len: usize,
    /// Where the record of a text may be, for the first ones.
    words: [u32; BATCH],
    found: usize,
}

impl Batch {
    /// Adds a text; fetches its slot in the table that will be asked for its number.
    #[inline(always)]
    pub(super) fn push(&mut self, table: &Interner, text: Text<'_>) {
        let key = text.key(table.seed);
        fetch_ahead(&table.slots[key.hash as usize & (table.slots.len() - 1)]);
        self.keys[self.len] = key;
        self.len += 1;
        if !key.is_short() {
            add_long(&mut self.long, text);
            self.long_len = self.long.len();
        }
    }

    /// Fetches ahead for a text that may yet turn out not to be wanted: it is added only by
    /// [`Batch::add_offered`]. `ahead` have been offered before it. There must be room.
    #[inline(always)]
    pub(super) fn offer(&mut self, table: &Interner, ahead: usize, text: Text<'_>) {
        let key = text.key(table.seed);
        fetch_ahead(&table.slots[key.hash as usize & (table.slots.len() - 1)]);
        self.keys[self.len + ahead] = key;
        if !key.is_short() {
            add_long(&mut self.long, text);
        }
    }

    /// Fetches the records ahead of so many texts that were offered, whose slots have arrived.
    #[inline]
    pub(super) fn find_offered(&mut self, table: &Interner, texts: usize) {
        self.find(table, self.len + texts);
    }

    fn find(&mut self, table: &Interner, upto: usize) {
        let mask = table.slots.len() - 1;
        let from = self.found.min(upto);
        for (word, key) in self.words[from..upto].iter_mut().zip(&self.keys[from..upto]) {
            let tag = key.hash as u32;
            let mut at = tag as usize & mask;
            let mut slot = table.slots[at];
            while slot != EMPTY && slot as u32 != tag {
                at = (at + 1) & mask;
                slot = table.slots[at];
            }
            *word = (slot >> 32) as u32;
            let start = *word as usize * 8;
            // Every third record lies in two cache lines.
            if let Some([first, .., last]) = table.records.get(start..start + HEADER + 16) {
                fetch_ahead(first);
                fetch_ahead(last);
            }
        }
        self.found = upto;
    }

    /// Adds the first of the texts that were offered.
    #[inline]
    pub(super) fn add_offered(&mut self, texts: usize) {
        if !self.long.is_empty() {
            let added = &self.keys[self.len..self.len + texts];
            let long = added.iter().filter(|key| !key.is_short());
            self.long_len += long.map(|key| key.len as usize).sum::<usize>();
            self.long.truncate(self.long_len);
        }
        self.len += texts;
        self.found = self.found.min(self.len);
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    pub(super) fn is_full(&self) -> bool {
        self.len == BATCH || self.long.len() > LONG_BATCH
    }

    fn clear(&mut self) {
        (self.len, self.found, self.long_len) = (0, 0, 0);
        self.long.clear();
    }
}

#[cold]
fn add_long(long: &mut Vec<u8>, text: Text<'_>) {
    long.extend_from_slice(text.bytes());
}

impl Interner {
    pub(super) fn new() -> Self {
        // A seed nobody can foresee: a file cannot be made so that all its ids collide. Numbers
        // depend on the order of the texts alone.
        let random = RandomState::new();
        let seed = Seed(random.hash_one(0_u64), random.hash_one(1_u64));
        Self {
            slots: vec![EMPTY; 1 << 10],
            records: Vec::new(),
            starts: Vec::new(),
            seed,
            recent: Box::new([Recent::NONE; RECENT]),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// All texts, by number.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.starts.iter().map(|start| self.record(*start).1)
    }

    /// The number of one text.
    #[inline(always)]
    pub(super) fn intern(&mut self, text: Text<'_>) -> u32 {
        let key = text.key(self.seed);
        let at = key.hash as usize % RECENT;
        let Recent { text: known, len, number } = self.recent[at];
        if (known, len) == (key.number, key.len) {
            return number;
        }
        self.intern_other(key, text.bytes(), at)
    }

    #[inline(never)]
    fn intern_other(&mut self, key: Key, text: &[u8], at: usize) -> u32 {
        let number = self.find_or_add(key, text);
        if key.is_short() {
            self.recent[at] = Recent { text: key.number, len: key.len, number };
        }
        number
    }

    /// The numbers of a batch, which is empty afterwards.
    pub(super) fn intern_batch(&mut self, batch: &mut Batch) -> [u32; BATCH] {
        batch.find(self, batch.len);
        let keys = &batch.keys[..batch.len];
        let mut numbers = [0; BATCH];
        let mut long = &batch.long[..];
        for ((number, word), key) in numbers.iter_mut().zip(&batch.words).zip(keys) {
            *number = if !key.is_short() {
                let (text, rest) = long.split_at(key.len as usize);
                long = rest;
                self.find_or_add(*key, text)
            } else if let Some(known) = self.matching_short(*word, *key) {
                known
            } else {
                self.find_or_add(*key, &[])
            };
        }
        batch.clear();
        numbers
    }

    /// The numbers of many texts, in their order; `len` is how many.
    pub(super) fn intern_all<T: AsRef<[u8]>>(
        &mut self,
        texts: impl Iterator<Item = T>,
        len: usize,
    ) -> Vec<u32> {
        let mut all = Vec::with_capacity(len);
        let mut batch = Batch::default();
        for text in texts {
            batch.push(self, Text::of(text.as_ref()));
            if batch.is_full() {
                let filled = batch.len();
                all.extend_from_slice(&self.intern_batch(&mut batch)[..filled]);
            }
        }
        let filled = batch.len();
        all.extend_from_slice(&self.intern_batch(&mut batch)[..filled]);
        all
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

    /// The number of a record, if it is that of this text. `text` is asked for only where the key is
    /// not the whole of it.
    #[inline(always)]
    fn matching(&self, word: u32, key: Key, text: &[u8]) -> Option<u32> {
        if key.is_short() {
            return self.matching_short(word, key);
        }
        let (number, known) = self.record(word);
        (known == text).then_some(number)
    }

    /// The same for a short text. Whatever the record is of, it has as many bytes.
    #[inline(always)]
    fn matching_short(&self, word: u32, key: Key) -> Option<u32> {
        let record = self.records.get(word as usize * 8..)?.first_chunk::<{ HEADER + 16 }>()?;
        let (header, text) = record.split_first_chunk::<HEADER>()?;
        let header = u64::from_le_bytes(*header);
        let is_same = (header >> 32) as u32 == key.len
            && u128::from_le_bytes(*text.first_chunk()?) == key.number;
        is_same.then_some(header as u32)
    }

    #[inline(always)]
    fn find_or_add(&mut self, key: Key, text: &[u8]) -> u32 {
        let tag = key.hash as u32;
        let mask = self.slots.len() - 1;
        let mut at = tag as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return self.add(key, text, at);
            }
            if slot as u32 == tag
                && let Some(number) = self.matching((slot >> 32) as u32, key, text)
            {
                return number;
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn add(&mut self, key: Key, text: &[u8], at: usize) -> u32 {
        let number = self.starts.len() as u32;
        let word = (self.records.len() / 8) as u32;
        self.records.extend_from_slice(&number.to_le_bytes());
        self.records.extend_from_slice(&key.len.to_le_bytes());
        if key.is_short() {
            self.records.extend_from_slice(&key.number.to_le_bytes());
        } else {
            self.records.extend_from_slice(text);
            self.records.resize(self.records.len().next_multiple_of(8), 0);
        }
        self.starts.push(word);
        self.slots[at] = u64::from(word) << 32 | u64::from(key.hash as u32);
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::Interner;
    use crate::vault::import::text::Text;

    proptest! {
        #[test]
        fn texts_are_numbered_by_first_appearance_one_by_one_and_in_batches(
            texts in prop::collection::vec(prop::collection::vec(0..3_u8, 0..20), 0..400),
        ) {
            let mut known: HashMap<&[u8], u32> = HashMap::new();
            let wanted: Vec<u32> = texts
                .iter()
                .map(|text| {
                    let next = known.len() as u32;
                    *known.entry(text).or_insert(next)
                })
                .collect();
            let mut table = Interner::new();
            let one_by_one: Vec<u32> = texts.iter().map(|text| table.intern(Text::of(text))).collect();
            prop_assert_eq!(&one_by_one, &wanted);
            let mut table = Interner::new();
            prop_assert_eq!(table.intern_all(texts.iter(), texts.len()), wanted);
            prop_assert_eq!(table.len(), known.len());
            for (number, text) in table.texts().enumerate() {
                prop_assert_eq!(known[text] as usize, number);
            }
        }
    }
}
