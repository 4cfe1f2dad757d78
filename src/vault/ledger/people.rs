//! Who was in an import, as numbers that mean nothing without the project's key.
//!
//! Everybody of all imports of a project has a number. A table of keyed pseudonyms ties people to
//! numbers, and a keyed digest says whether a person's journey is still what it was. *Invariant:*
//! no identifier, and nothing from which one could be had without the key.

use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;
use roaring::RoaringBitmap;

use crate::vault::journeys::Store;
use crate::vault::protect::key::Key;
use crate::vault::protect::lists::Pseudonym;

/// Pseudonyms and the numbers they stand for, sorted by pseudonym. A person who is known by more
/// than one identifier stands there once for each, and once for the hash of each, by which a request
/// for erasure may name her.
#[derive(Default)]
pub(super) struct People {
    pub(super) rows: Vec<(Pseudonym, u32)>,
    /// The number of whoever comes next. Numbers of people who were erased are not given again.
    pub(super) next: u32,
}

/// An import as the ledger keeps it.
pub(super) struct Import {
    /// Tells the key with which its pseudonyms were made from others.
    pub(super) key_mark: u64,
    pub(super) members: RoaringBitmap,
    /// What each member did, in the order of the numbers.
    pub(super) digests: Vec<u64>,
    /// What else is known of each: attributes and the ends of sessions, as far as they were read.
    pub(super) known: BTreeMap<u64, Vec<u64>>,
    /// How many members were erased since. They are in no other field.
    pub(super) erased: u64,
}

/// An import on its way into the ledger.
pub(super) struct Snapshot {
    pub(super) import: Import,
    /// The number of each subject of the store.
    pub(super) number_of: Vec<u32>,
    /// Rows that the table does not have yet, and the number of whoever comes next after them.
    pub(super) new_rows: Vec<(Pseudonym, u32)>,
    pub(super) next: u32,
}

/// A number that is the same for the same key and tells nothing of it.
pub(super) fn mark(key: &Key) -> u64 {
    key.draw("ledger", &[])
}

impl People {
    fn number(&self, pseudonym: Pseudonym) -> Option<u32> {
        let at = self.rows.binary_search_by_key(&pseudonym, |(known, _)| *known).ok()?;
        Some(self.rows[at].1)
    }

    pub(super) fn add(&mut self, rows: Vec<(Pseudonym, u32)>, next: u32) {
        self.rows.extend(rows);
        self.rows.sort_unstable();
        self.rows.dedup_by_key(|(pseudonym, _)| *pseudonym);
        self.next = next;
    }

    /// The numbers of those for whom one of these pseudonyms stands, whose rows are removed.
    pub(super) fn remove(&mut self, listed: impl Fn(Pseudonym) -> bool) -> RoaringBitmap {
        let named = self.rows.iter().filter(|(pseudonym, _)| listed(*pseudonym));
        let numbers: RoaringBitmap = named.map(|(_, number)| *number).collect();
        self.rows.retain(|(_, number)| !numbers.contains(*number));
        self.rows.shrink_to_fit();
        numbers
    }
}

impl Snapshot {
    pub(super) fn of(store: &Store, key: &Key, people: &People) -> Self {
        let of_id = |id: &[u8]| {
            let id = String::from_utf8_lossy(id);
            [Pseudonym::of(key, &id), Pseudonym::of_hashed(key, &id)]
        };
        let own: Vec<[Pseudonym; 2]> = (0..store.subjects())
            .into_par_iter()
            .map(|subject| of_id(store.subject_id(subject)))
            .collect();
        let mut next = people.next;
        let mut new_rows = Vec::new();
        // Two spellings of one identifier are one person to a list; here they are told apart by what
        // they did, so each needs a number of its own.
        let mut taken = HashSet::new();
        let number_of: Vec<u32> = own
            .iter()
            .map(|[plain, hashed]| {
                let known = people.number(*plain).filter(|number| taken.insert(*number));
                known.unwrap_or_else(|| {
                    let number = next;
                    next += 1;
                    taken.insert(number);
                    new_rows.extend([(*plain, number), (*hashed, number)]);
                    number
                })
            })
            .collect();
        for (subject, id) in store.other_ids.iter() {
            for pseudonym in of_id(id) {
                if people.number(pseudonym).is_none() {
                    new_rows.push((pseudonym, number_of[subject]));
                }
            }
        }
        new_rows.sort_unstable();
        new_rows.dedup_by_key(|(pseudonym, _)| *pseudonym);
        let mut order: Vec<u32> = (0..store.subjects() as u32).collect();
        order.par_sort_unstable_by_key(|subject| number_of[*subject as usize]);
        let each = |digest: &(dyn Fn(usize, &mut Vec<u8>) -> u64 + Sync)| -> Vec<u64> {
            let subjects = order.par_iter().map(|subject| *subject as usize);
            subjects.map_init(Vec::new, |bytes, subject| digest(subject, bytes)).collect()
        };
        let mut known = BTreeMap::new();
        for attribute in &store.attributes {
            let value = |subject: usize, _: &mut Vec<u8>| {
                let value = attribute.values.get(attribute.of_subject[subject] as usize);
                let text = value.map_or(&[][..], |value| value.as_bytes());
                key.draw("attribute", &[&[u8::from(value.is_some())], text])
            };
            known.insert(key.draw("attribute name", &[attribute.name.as_bytes()]), each(&value));
        }
        if store.session_start.is_some() {
            let sessions = |subject: usize, bytes: &mut Vec<u8>| {
                bytes.clear();
                let events = store.events_of(subject).skip(1);
                bytes.extend(events.map(|event| u8::from(store.starts_session(event, 1))));
                key.draw("sessions", &[bytes])
            };
            known.insert(key.draw("attribute name", &[b"sessions", b""]), each(&sessions));
        }
        let import = Import {
            key_mark: mark(key),
            members: number_of.iter().copied().collect(),
            digests: each(&|subject, bytes| digest(store, key, subject, bytes)),
            known,
            erased: 0,
        };
        Self { import, number_of, new_rows, next }
    }
}

/// What a subject did and when, as a keyed number.
fn digest(store: &Store, key: &Key, subject: usize, journey: &mut Vec<u8>) -> u64 {
    journey.clear();
    for event in store.events_of(subject) {
        let label = store.dictionary()[store.label(event) as usize].as_bytes();
        journey.extend_from_slice(&(label.len() as u32).to_le_bytes());
        journey.extend_from_slice(label);
        if let Some(times) = &store.time_millis {
            journey.extend_from_slice(&times[event].to_le_bytes());
        }
    }
    key.draw("journey", &[journey])
}

impl Import {
    /// How many people were added, removed or changed from an earlier import to this one, those who
    /// were erased from the earlier one included.
    pub(super) fn changed_since(&self, earlier: &Self) -> u64 {
        let only_now = self.members.difference_len(&earlier.members);
        let only_then = earlier.members.difference_len(&self.members);
        let both = &self.members & &earlier.members;
        let common = |import: &Self, digests: &[u64]| {
            let members = import.members.iter().zip(digests);
            let common = members.filter(|(number, _)| both.contains(*number));
            common.map(|(_, digest)| *digest).collect::<Vec<u64>>()
        };
        // What only one of the two imports has read says nothing of a change.
        let read =
            self.known.iter().filter_map(|(name, now)| Some((now, earlier.known.get(name)?)));
        let mut is_changed = vec![false; both.len() as usize];
        for (now, then) in std::iter::once((&self.digests, &earlier.digests)).chain(read) {
            let pairs = common(self, now).into_iter().zip(common(earlier, then));
            for (is_changed, (now, then)) in is_changed.iter_mut().zip(pairs) {
                *is_changed |= now != then;
            }
        }
        let changed = is_changed.into_iter().filter(|is_changed| *is_changed).count();
        only_now + only_then + changed as u64 + earlier.erased
    }

    /// Forgets these people, but not that there were so many.
    pub(super) fn erase(&mut self, people: &RoaringBitmap) {
        let gone = self.members.intersection_len(people);
        if gone == 0 {
            return;
        }
        let kept = |digests: &[u64]| -> Vec<u64> {
            let each = self.members.iter().zip(digests);
            each.filter(|(number, _)| !people.contains(*number)).map(|(_, it)| *it).collect()
        };
        let digests = kept(&self.digests);
        let known = self.known.iter().map(|(name, of)| (*name, kept(of))).collect();
        (self.digests, self.known) = (digests, known);
        self.members -= people;
        self.erased += gone;
    }
}
