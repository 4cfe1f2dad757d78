//! Who has which labels: groups of labels with the people who have any of them.
//!
//! A crowd carries, beside its number, a keyed sum over its people. The same people have the same
//! sum however they were described, so that what is drawn by it is the same for them, too.
//!
//! *Invariant:* exact, so nothing here leaves the vault but through `disclose::crowd`.

use rayon::prelude::*;

use crate::vault::journeys::Store;
use crate::vault::protect::key::Key;

/// People, or other things that are counted once each.
#[derive(Default)]
pub(in crate::vault) struct Crowd {
    pub(in crate::vault) number: u64,
    /// The marks of all of them, added up.
    sum: u64,
}

impl Crowd {
    pub(in crate::vault) fn add(&mut self, mark: u64) {
        self.number += 1;
        self.sum = self.sum.wrapping_add(mark);
    }

    /// A number that is the same for the same crowd, and as good as random without the key.
    pub(in crate::vault) fn draw(&self, key: &Key, purpose: &str) -> u64 {
        key.draw(purpose, &[&self.number.to_le_bytes(), &self.sum.to_le_bytes()])
    }

    fn join(&mut self, other: &Self) {
        self.number += other.number;
        self.sum = self.sum.wrapping_add(other.sum);
    }
}

/// A keyed number for everybody.
pub(in crate::vault) fn marks(store: &Store, key: &Key) -> Vec<u64> {
    let people = (0..store.subjects()).into_par_iter();
    people.map(|subject| key.draw("person", &[store.subject_id(subject)])).collect()
}

/// In no group.
pub(in crate::vault) const NOWHERE: u32 = u32::MAX;

/// The people who have any label of each group; `group_of` says of each label code which it is in.
pub(in crate::vault) fn crowds(
    store: &Store,
    marks: &[u64],
    group_of: &[u32],
    groups: usize,
) -> Vec<Crowd> {
    let share = store.subjects().div_ceil(rayon::current_num_threads().max(1)).max(1);
    let parts: Vec<Vec<Crowd>> = (0..store.subjects().div_ceil(share))
        .into_par_iter()
        .map(|part| {
            let mut crowds: Vec<Crowd> = (0..groups).map(|_| Crowd::default()).collect();
            let mut last_seen = vec![NOWHERE; groups];
            let subjects = part * share..((part + 1) * share).min(store.subjects());
            for (subject, mark) in subjects.clone().zip(&marks[subjects]) {
                for event in store.events_of(subject) {
                    let group = group_of[store.label(event) as usize];
                    if group != NOWHERE && last_seen[group as usize] != subject as u32 {
                        last_seen[group as usize] = subject as u32;
                        crowds[group as usize].add(*mark);
                    }
                }
            }
            crowds
        })
        .collect();
    let mut all: Vec<Crowd> = (0..groups).map(|_| Crowd::default()).collect();
    for part in parts {
        all.iter_mut().zip(&part).for_each(|(all, part)| all.join(part));
    }
    all
}

/// The people of each group one by one, ascending: for groups that have few.
pub(in crate::vault) struct Members {
    start: Vec<usize>,
    subjects: Vec<u32>,
}

impl Members {
    pub(in crate::vault) fn new(store: &Store, group_of: &[u32], groups: usize) -> Self {
        let mut start = vec![0; groups + 1];
        each(store, group_of, groups, |group, _| start[group + 1] += 1);
        for group in 0..groups {
            start[group + 1] += start[group];
        }
        let mut next = start.clone();
        let mut subjects = vec![0; start[groups]];
        each(store, group_of, groups, |group, subject| {
            subjects[next[group]] = subject;
            next[group] += 1;
        });
        Self { start, subjects }
    }

    pub(in crate::vault) fn of(&self, group: usize) -> &[u32] {
        &self.subjects[self.start[group]..self.start[group + 1]]
    }
}

/// Each group of each subject once.
fn each(store: &Store, group_of: &[u32], groups: usize, mut see: impl FnMut(usize, u32)) {
    let mut last_seen = vec![NOWHERE; groups];
    for subject in 0..store.subjects() {
        for event in store.events_of(subject) {
            let group = group_of[store.label(event) as usize];
            if group != NOWHERE && last_seen[group as usize] != subject as u32 {
                last_seen[group as usize] = subject as u32;
                see(group as usize, subject as u32);
            }
        }
    }
}
