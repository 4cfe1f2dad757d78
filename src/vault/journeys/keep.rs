//! A store without some of its people, as if they had never been in the files.
//!
//! *Invariant:* nothing of who is left out stays: no event, no identifier, no label or value of an
//! attribute that nobody else has.

use zeroize::Zeroize;

use super::{Attribute, Codes, Consent, Store};

impl Store {
    /// Keeps the people who are marked; `is_kept` has one mark for everybody.
    pub(in crate::vault) fn keep(mut self, is_kept: &[bool]) -> Self {
        let kept: Vec<usize> = (0..self.subjects()).filter(|subject| is_kept[*subject]).collect();
        let mut subject_start = Vec::with_capacity(kept.len() + 1);
        let mut id_start = Vec::with_capacity(kept.len() + 1);
        let mut id_bytes = Vec::new();
        let mut events = 0;
        for subject in &kept {
            subject_start.push(events);
            events += self.events_of(*subject).len() as u32;
            id_start.push(id_bytes.len() as u64);
            id_bytes.extend_from_slice(self.subject_id(*subject));
        }
        subject_start.push(events);
        id_start.push(id_bytes.len() as u64);
        let old = || kept.iter().flat_map(|subject| self.events_of(*subject));
        let (label, dictionary) = labels(old().map(|event| self.label(event)), &self.dictionary);
        let session_start = self.session_start.as_ref().map(|bits| {
            let mut kept_bits = vec![0_u64; (events as usize).div_ceil(64)];
            for (to, from) in old().enumerate() {
                kept_bits[to / 64] |= (bits[from / 64] >> (from % 64) & 1) << (to % 64);
            }
            kept_bits
        });
        let time_millis =
            self.time_millis.as_ref().map(|times| old().map(|event| times[event]).collect());
        let attributes = self.attributes.iter().map(|attribute| attribute.keep(&kept)).collect();
        let consent = self.consent.iter().map(|consent| Consent {
            purpose: consent.purpose.clone(),
            of_subject: kept.iter().map(|subject| consent.of_subject[*subject]).collect(),
        });
        let consent = consent.collect();
        let zone = self.zone.clone();
        let other_ids = self.other_ids.keep(&kept);
        self.id_bytes.zeroize();
        Self {
            subject_start,
            label,
            time_millis,
            session_start,
            dictionary,
            id_bytes,
            id_start,
            other_ids,
            attributes,
            consent,
            zone,
            session_gap_millis: self.session_gap_millis,
        }
    }
}

impl Attribute {
    fn keep(&self, subjects: &[usize]) -> Self {
        let codes = subjects.iter().map(|subject| self.of_subject[*subject]);
        let (new_code, values) = renumber(codes.clone(), &self.values);
        let number = |code: u32| new_code.get(code as usize).copied().unwrap_or(Self::NONE);
        Self { name: self.name.clone(), values, of_subject: codes.map(number).collect() }
    }
}

/// Codes of events under a dictionary of the labels that are among them.
fn labels(codes: impl Iterator<Item = u32> + Clone, dictionary: &[String]) -> (Codes, Vec<String>) {
    let (new_code, dictionary) = renumber(codes.clone(), dictionary);
    let codes = codes.map(|code| new_code[code as usize]);
    let codes = if dictionary.len() <= usize::from(u16::MAX) + 1 {
        Codes::Narrow(codes.map(|code| code as u16).collect())
    } else {
        Codes::Wide(codes.collect())
    };
    (codes, dictionary)
}

/// The texts that are used, in their order, and the new number of each old one. Codes beyond the
/// texts stand for none of them.
fn renumber(used: impl Iterator<Item = u32>, texts: &[String]) -> (Vec<u32>, Vec<String>) {
    let mut is_used = vec![false; texts.len()];
    for code in used {
        if let Some(is_used) = is_used.get_mut(code as usize) {
            *is_used = true;
        }
    }
    let mut kept = Vec::new();
    let mut new_code = vec![u32::MAX; texts.len()];
    for (old, text) in texts.iter().enumerate().filter(|(old, _)| is_used[*old]) {
        new_code[old] = kept.len() as u32;
        kept.push(text.clone());
    }
    (new_code, kept)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::vault::disclose::tests::{store_of, store_of_sessions, with_plan};
    use crate::vault::journeys::{Attribute, Store};
    use crate::vault::protect::key::from_journeys;

    /// Everything that a store says about one person, in words.
    fn person(store: &Store, subject: usize) -> String {
        let plan = store.attributes.first().and_then(|attribute| {
            let code = attribute.of_subject[subject];
            (code != Attribute::NONE).then(|| attribute.values[code as usize].clone())
        });
        let events: Vec<(String, bool)> = store
            .events_of(subject)
            .enumerate()
            .map(|(nth, event)| {
                let label = store.dictionary()[store.label(event) as usize].clone();
                (label, nth > 0 && store.starts_session(event, 1))
            })
            .collect();
        let id = String::from_utf8_lossy(store.subject_id(subject));
        format!("{id} {plan:?} {events:?}")
    }

    const LABELS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    proptest! {
        #[test]
        fn who_stays_is_as_before_and_nothing_of_the_others_is_left(
            people in prop::collection::vec(
                (prop::collection::vec(prop::collection::vec(0..LABELS.len(), 1..4), 1..4), any::<bool>(), 0..3_usize),
                1..40,
            ),
        ) {
            let sessions: Vec<Vec<Vec<&str>>> = people
                .iter()
                .map(|(sessions, ..)| {
                    sessions.iter().map(|one| one.iter().map(|l| LABELS[*l]).collect()).collect()
                })
                .collect();
            let plans = [None, Some("free"), Some("paid")];
            let plan_of: Vec<Option<&str>> = people.iter().map(|(.., plan)| plans[*plan]).collect();
            let is_kept: Vec<bool> = people.iter().map(|(_, kept, _)| *kept).collect();
            let whole = with_plan(store_of_sessions(&sessions), &plan_of);
            let before: Vec<String> = (0..whole.subjects())
                .filter(|subject| is_kept[*subject])
                .map(|subject| person(&whole, subject))
                .collect();
            let kept = whole.keep(&is_kept);
            let after: Vec<String> = (0..kept.subjects()).map(|subject| person(&kept, subject)).collect();
            prop_assert_eq!(before, after);
            let mut used = vec![false; kept.dictionary().len()];
            for event in 0..kept.subject_start.last().map_or(0, |end| *end as usize) {
                used[kept.label(event) as usize] = true;
            }
            prop_assert!(used.into_iter().all(|used| used), "a label that nobody has is left");
            let attribute = &kept.attributes[0];
            for code in 0..attribute.values.len() as u32 {
                prop_assert!(attribute.of_subject.contains(&code), "a value that nobody has is left");
            }
        }
    }

    /// The key of an import is that of the people who are in it: who was erased has no part in it.
    #[test]
    fn a_store_without_somebody_is_the_store_of_the_others() {
        let kept =
            store_of(&[vec!["a", "b"], vec!["z", "a"], vec!["b"]]).keep(&[true, false, true]);
        let mut others = store_of(&[vec!["a", "b"], vec!["b"]]);
        others.id_bytes = b"02".to_vec();
        let draw = |store: &Store| from_journeys(store).draw("test", &[]);
        assert_eq!(draw(&kept), draw(&others));
    }
}
