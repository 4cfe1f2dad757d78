//! What was released about whom, compared with what is about to be.
//!
//! So far it compares two imports: somebody who has the numbers of both can subtract them, so people
//! who were added, removed *or whose journey changed* are a group like any other.

use rayon::prelude::*;

use super::journeys::Store;
use super::protect::key::Key;
use crate::views::{Policy, Reimport};

/// Everybody of an import as a keyed pseudonym and a keyed digest of what she did and when.
struct People(Vec<(u128, u128)>);

impl People {
    fn of(store: &Store, key: &Key) -> Self {
        let mut people: Vec<(u128, u128)> = (0..store.subjects())
            .into_par_iter()
            .map_init(Vec::new, |journey, subject| {
                journey.clear();
                for event in store.events_of(subject) {
                    let label = store.dictionary()[store.label(event) as usize].as_bytes();
                    journey.extend_from_slice(&(label.len() as u32).to_le_bytes());
                    journey.extend_from_slice(label);
                    if let Some(times) = &store.time_millis {
                        journey.extend_from_slice(&times[event].to_le_bytes());
                    }
                }
                let digest = |purpose: [&str; 2], what: &[u8]| {
                    let [high, low] = purpose.map(|purpose| u128::from(key.draw(purpose, &[what])));
                    high << 64 | low
                };
                (
                    digest(["pseudonym", "pseudonym, continued"], store.subject_id(subject)),
                    digest(["journey", "journey, continued"], journey),
                )
            })
            .collect();
        people.par_sort_unstable();
        Self(people)
    }

    /// How many people were added, removed or changed.
    fn changed_since(&self, earlier: &Self) -> u64 {
        let (mut now, mut then) = (self.0.iter().peekable(), earlier.0.iter().peekable());
        let mut changed = 0;
        while let (Some(one), Some(other)) = (now.peek(), then.peek()) {
            let order = one.0.cmp(&other.0);
            changed += u64::from(one != other);
            if order.is_le() {
                now.next();
            }
            if order.is_ge() {
                then.next();
            }
        }
        changed + now.count() as u64 + then.count() as u64
    }
}

/// What releasing the same questions about another import would tell.
pub(super) fn compare(
    (store, key): (&Store, &Key),
    (earlier_store, earlier_key): (&Store, &Key),
    policy: Policy,
) -> Reimport {
    if !key.is_same(earlier_key) {
        return Reimport::CannotCompare;
    }
    let earlier = People::of(earlier_store, earlier_key);
    match People::of(store, key).changed_since(&earlier) {
        0 => Reimport::Same,
        few if few < u64::from(policy.k()) => Reimport::TooFew,
        _ => Reimport::Enough,
    }
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::vault::disclose::tests::store_of;
    use crate::vault::journeys::Store;
    use crate::vault::protect::key::Key;
    use crate::views::{Policy, Reimport};

    fn people(paths: &[(&[&'static str], usize)]) -> Store {
        let walked = |(path, people): &(&[&'static str], usize)| vec![path.to_vec(); *people];
        store_of(&paths.iter().flat_map(walked).collect::<Vec<_>>())
    }

    fn compared(now: &Store, then: &Store) -> Reimport {
        let key = Key::from_bytes([1; 32]);
        compare((now, &key), (then, &Key::from_bytes([1; 32])), Policy::default())
    }

    /// The same 60 people; one of them went on from A to B since. "A, then nothing" was 30 and is 29.
    #[test]
    fn case_11_one_more_event_of_the_same_people_is_a_group_of_one() {
        let then = people(&[(&["A"], 30), (&["A", "B"], 30)]);
        let now = people(&[(&["A"], 29), (&["A", "B"], 31)]);
        assert_eq!(compared(&now, &then), Reimport::TooFew);
        assert_eq!(compared(&then, &then), Reimport::Same);
    }

    #[test]
    fn people_who_came_and_went_count_as_those_who_changed() {
        let then = people(&[(&["A"], 60)]);
        // Identifiers are numbers from 0 on, so more people are new ones at the end.
        assert_eq!(compared(&people(&[(&["A"], 63)]), &then), Reimport::TooFew);
        assert_eq!(compared(&people(&[(&["A"], 51)]), &then), Reimport::TooFew);
        assert_eq!(compared(&people(&[(&["A"], 50)]), &then), Reimport::Enough);
        assert_eq!(compared(&people(&[(&["A"], 50), (&["B"], 20)]), &then), Reimport::Enough);
    }

    #[test]
    fn pseudonyms_of_another_key_cannot_be_compared() {
        let store = people(&[(&["A"], 60)]);
        let keys = [Key::from_bytes([1; 32]), Key::from_bytes([2; 32])];
        let compared = compare((&store, &keys[0]), (&store, &keys[1]), Policy::default());
        assert_eq!(compared, Reimport::CannotCompare);
    }
}
