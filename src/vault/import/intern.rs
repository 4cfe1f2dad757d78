//! Texts → dense numbers, in order of first appearance.
//!
//! This is where an import spends its time (3 s with a general hash map, 0.8 s so, for ten million
//! rows of half a million people in random order), because nearly every look-up misses the cache.
//! So a slot of the table holds a short text whole, a look-up touches one cache line, and look-ups
//! come in batches: the slots of a batch are fetched one directly after the other, and arrive while
//! something else is read.
//!
//! *Invariant:* knows bytes and numbers, not what they stand for.

use std::hash::{BuildHasher, RandomState};

use rayon::prelude::*;

use super::cpu::{fetch_ahead, large_pages};
use super::text::{Key, Seed, Text};

/// How many look-ups are in flight at once.
pub(super) const BATCH: usize = 64;
/// A batch with more bytes is cut short.
const LONG_BATCH: usize = 1 << 20;

/// How many short texts are remembered.
const RECENT: usize = 64;

/// Texts of another table that one thread looks up.
const JOINED: usize = 1 << 12;
/// Slots of a new table; a power of two, as ever after.
const FIRST_SLOTS: usize = 1 << 8;

/// One text, in half a cache line; its fields are those of its [`Key`].
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Slot {
    text: u128,
    hash: u64,
    len: u32,
    number: u32,
}

impl Slot {
    /// Longer than any text that is looked up.
    const EMPTY: Self = Self { text: 0, hash: 0, len: u32::MAX, number: u32::MAX };

    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.number == u32::MAX
    }
}

/// A table of texts by their hash, and all texts in the order of their numbers.
pub(super) struct Interner {
    slots: Vec<Slot>,
    /// End to end.
    bytes: Vec<u8>,
    /// Where each begins, and the end of all.
    starts: Vec<u64>,
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
pub(super) struct Batch {
    keys: [Key; BATCH],
    len: usize,
    /// Those that are not short, end to end.
    long: Vec<u8>,
    /// How many of these bytes are of texts that are added, and not only offered.
    long_len: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self { keys: [Key::default(); BATCH], len: 0, long: Vec::new(), long_len: 0 }
    }
}

impl Batch {
    /// Adds a text; fetches its slot in the table that will be asked for its number.
    #[inline(always)]
    pub(super) fn push(&mut self, table: &Interner, text: Text<'_>) {
        let key = text.key(table.seed);
        fetch_ahead(&table.slots[table.place(key.hash)]);
        self.keys[self.len] = key;
        self.len += 1;
        if !key.is_short() {
            add_long(&mut self.long, text);
            self.long_len = self.long.len();
        }
    }

    /// Takes a text that may yet turn out not to be wanted: it is added only by
    /// [`Batch::add_offered`]. `ahead` have been offered before it. There must be room.
    #[inline(always)]
    pub(super) fn offer(&mut self, table: &Interner, ahead: usize, text: Text<'_>) {
        let key = text.key(table.seed);
        self.keys[self.len + ahead] = key;
        if !key.is_short() {
            add_long(&mut self.long, text);
        }
    }

    /// Fetches the slots of so many texts that were offered. One directly after the other, they wait
    /// for the same time.
    #[inline]
    pub(super) fn fetch_offered(&self, table: &Interner, texts: usize) {
        for key in &self.keys[self.len..self.len + texts] {
            fetch_ahead(&table.slots[table.place(key.hash)]);
        }
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
        (self.len, self.long_len) = (0, 0);
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
            slots: vec![Slot::EMPTY; FIRST_SLOTS],
            bytes: Vec::new(),
            starts: vec![0],
            seed,
            recent: Box::new([Recent::NONE; RECENT]),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// All texts, by number.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.starts.windows(2).map(|two| &self.bytes[two[0] as usize..two[1] as usize])
    }

    /// Whether every text is UTF-8.
    pub(super) fn is_utf8(&self) -> bool {
        self.bytes.is_ascii() || self.texts().all(|text| std::str::from_utf8(text).is_ok())
    }

    /// All texts end to end, and where each begins and the last one ends.
    pub(super) fn into_parts(self) -> (Vec<u8>, Vec<u64>) {
        (self.bytes, self.starts)
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
        let keys = &batch.keys[..batch.len];
        let mut numbers = [0; BATCH];
        let mut long = &batch.long[..];
        for (number, key) in numbers.iter_mut().zip(keys) {
            let mut text: &[u8] = &[];
            if !key.is_short() {
                (text, long) = long.split_at(key.len as usize);
            }
            *number = self.find_or_add(*key, text);
        }
        batch.clear();
        numbers
    }

    /// The numbers of many texts, in their order; `len` is how many.
    pub(super) fn intern_all<'a>(
        &mut self,
        texts: impl Iterator<Item = Text<'a>>,
        len: usize,
    ) -> Vec<u32> {
        let mut all = Vec::with_capacity(len);
        let mut batch = Batch::default();
        for text in texts {
            batch.push(self, text);
            if batch.is_full() {
                let filled = batch.len();
                all.extend_from_slice(&self.intern_batch(&mut batch)[..filled]);
            }
        }
        let filled = batch.len();
        all.extend_from_slice(&self.intern_batch(&mut batch)[..filled]);
        all
    }

    /// The numbers of all texts of another table, in their order.
    pub(super) fn join(&mut self, other: &Self) -> Vec<u32> {
        const NONE: u32 = u32::MAX;
        let mut numbers = vec![NONE; other.len()];
        // Most are known in a file of people in no order: they are found by all threads.
        numbers.par_chunks_mut(JOINED).enumerate().for_each(|(nth, numbers)| {
            let mut first = (nth * JOINED) as u32;
            for numbers in numbers.chunks_mut(BATCH) {
                let mut keys = [Key::default(); BATCH];
                for (key, number) in keys.iter_mut().zip(first..).take(numbers.len()) {
                    *key = other.text(number).key(self.seed);
                    fetch_ahead(&self.slots[self.place(key.hash)]);
                }
                for ((number, key), own) in numbers.iter_mut().zip(keys).zip(first..) {
                    *number = self.find(key, other.text(own).bytes()).unwrap_or(NONE);
                }
                first += BATCH as u32;
            }
        });
        let unknown = || numbers.iter().zip(0..).filter(|(number, _)| **number == NONE);
        let len = unknown().count();
        let added = self.intern_all(unknown().map(|(_, own)| other.text(own)), len);
        numbers
            .iter_mut()
            .filter(|number| **number == NONE)
            .zip(added)
            .for_each(|(n, new)| *n = new);
        numbers
    }

    #[inline(always)]
    fn place(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    /// The number of a text, or the slot for it. `text` is asked for only where the key is not the whole
    /// of it.
    #[inline(always)]
    fn find(&self, key: Key, text: &[u8]) -> Result<u32, usize> {
        let mut at = self.place(key.hash);
        loop {
            let slot = &self.slots[at];
            if (slot.text, slot.len) == (key.number, key.len)
                && (key.is_short()
                    || slot.hash == key.hash && self.text(slot.number).bytes() == text)
            {
                return Ok(slot.number);
            }
            if slot.is_empty() {
                return Err(at);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    #[inline(always)]
    fn find_or_add(&mut self, key: Key, text: &[u8]) -> u32 {
        self.find(key, text).unwrap_or_else(|at| self.add(key, text, at))
    }

    #[inline]
    fn text(&self, number: u32) -> Text<'_> {
        let [start, end] = [0, 1].map(|more| self.starts[number as usize + more] as usize);
        Text::within(&self.bytes, start, end)
    }

    #[cold]
    fn add(&mut self, key: Key, text: &[u8], at: usize) -> u32 {
        let number = self.len() as u32;
        if key.is_short() {
            self.bytes.extend_from_slice(&key.number.to_le_bytes()[..key.len as usize]);
        } else {
            self.bytes.extend_from_slice(text);
        }
        self.starts.push(self.bytes.len() as u64);
        self.slots[at] = Slot { text: key.number, hash: key.hash, len: key.len, number };
        if self.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let mut slots = Vec::with_capacity(self.slots.len() * 2);
        large_pages(&mut slots);
        slots.resize(self.slots.len() * 2, Slot::EMPTY);
        let before = std::mem::replace(&mut self.slots, slots);
        for slot in before.into_iter().filter(|slot| !slot.is_empty()) {
            let mut at = self.place(slot.hash);
            while !self.slots[at].is_empty() {
                at = (at + 1) & (self.slots.len() - 1);
            }
            self.slots[at] = slot;
        }
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
            cut in any::<prop::sample::Index>(),
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
            let all = table.intern_all(texts.iter().map(|text| Text::of(text)), texts.len());
            prop_assert_eq!(&all, &wanted);
            prop_assert_eq!(table.len(), known.len());
            for (number, text) in table.texts().enumerate() {
                prop_assert_eq!(known[text] as usize, number);
            }
            // A table of the first texts, and one of the others that is joined to it.
            let (first, rest) = texts.split_at(cut.index(texts.len() + 1));
            let [mut table, mut other] = [Interner::new(), Interner::new()];
            let own = table.intern_all(first.iter().map(|text| Text::of(text)), first.len());
            let others = other.intern_all(rest.iter().map(|text| Text::of(text)), rest.len());
            let joined = table.join(&other);
            let joined = others.into_iter().map(|number| joined[number as usize]);
            prop_assert_eq!(own.into_iter().chain(joined).collect::<Vec<_>>(), wanted);
            prop_assert_eq!(table.len(), known.len());
        }
    }
}
