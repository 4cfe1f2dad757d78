//! How many people a rule, a proposal or a finding is about, as far as it may be told.
//!
//! A number goes to the multiple of b just below or just above by a draw that is keyed by *the
//! people themselves*: however often and in however many ways the same people are described, by one
//! pattern or by a hundred, the answer is the same. It is told where it is *above* k then; whatever
//! else there is, fewer than k people or somewhat more, is told like nobody. (A told k would mean
//! k or more, half a bin. With b = k / 3 such a half next to a whole one proves a group of fewer
//! than k: 15 told for 15..19 people, and 25 for 21..29 of whom they are a part, leave 2..14.)
//!
//! # What somebody could compute by switching rules on and off
//!
//! - *The same people again*: nothing. The draw does not change, so there is nothing to average.
//! - *Whether a rare label exists*, by a rule that catches it: nothing. A rule that catches nobody,
//!   too few people, or too few different labels gives the same answer, absence, and labels of fewer
//!   than k people are never told by name. By a *wider* rule, written once with and once without the
//!   label: its people are others then, so its number may change, as a view may change where a
//!   label is hidden. And a *finding* that goes away when an exact rule is written tells that its
//!   label was there. Whoever can write such rules has a guess, and has the file to look into.
//! - *One person, by two rules that differ by her label*: two numbers in bins that are 2b − 1 wide.
//!   Their difference has 4b − 3 possible values, more than 1..k−1 has, so it proves no such group:
//!   that is why 4b > k + 2. Nor is there a sharp threshold: between k and k + b the draw decides.
//! - *Many different, overlapping groups*: each has its own draw, and the average over m of them
//!   comes nearer to the truth with the square root of m. Any interface that goes on answering can
//!   be worn down so. Therefore these numbers are only shown in the window to somebody who has
//!   the file, are no part of any package, and no command prints them, so that no program can ask
//!   a thousand times.
//!
//! *Invariant:* what comes out is `None` or a multiple of b above k, and about at least k people.

use super::round;
use crate::vault::measure::crowd::Crowd;
use crate::vault::protect::key::Key;
use crate::views::Policy;

/// The number of people as it may be told.
pub(in crate::vault) fn published(crowd: &Crowd, key: &Key, policy: Policy) -> Option<u64> {
    let draw = crowd.draw(key, "people of labels");
    let rounded = round::alone(draw, crowd.number, u64::from(policy.b()));
    // Above k, a multiple of b, is k + b at least; what was rounded to it is more than k.
    Some(rounded).filter(|rounded| *rounded > u64::from(policy.k()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::published;
    use crate::vault::measure::crowd::Crowd;
    use crate::vault::protect::key::Key;
    use crate::views::Policy;

    fn of(people: &[u64]) -> Crowd {
        let mut crowd = Crowd::default();
        for mark in people {
            crowd.add(*mark);
        }
        crowd
    }

    proptest! {
        #[test]
        fn what_is_told_is_nothing_or_a_multiple_of_the_base_that_covers_k(
            people in prop::collection::vec(any::<u64>(), 0..200),
            pair in 0..Policy::LISTED.len(),
            key in any::<[u8; 32]>(),
        ) {
            let (k, b) = Policy::LISTED[pair];
            let policy = Policy::new(k, Some(b)).expect("listed");
            let key = Key::from_bytes(key);
            match published(&of(&people), &key, policy) {
                None => prop_assert!(people.len() < (k + b) as usize),
                Some(told) => {
                    prop_assert!(people.len() >= k as usize);
                    prop_assert!(told > u64::from(k) && told.is_multiple_of(u64::from(b)));
                    prop_assert!(told.abs_diff(people.len() as u64) < u64::from(b));
                }
            }
        }

        /// Nothing that two nested numbers can be proves that fewer than k people make the difference.
        #[test]
        fn two_nested_numbers_prove_no_small_group(
            inner in 0..300_u64, more in 0..300_u64, pair in 0..Policy::LISTED.len(),
        ) {
            let (k, b) = Policy::LISTED[pair];
            let (k, b) = (u64::from(k), u64::from(b));
            // What a reader knows of each: told as v, the number is v - b + 1 ..= v + b - 1.
            let told = |n: u64| Some(n / b * b).filter(|v| *v > k);
            if let (Some(v), Some(w)) = (told(inner), told(inner + more)) {
                let least = (w + 1).saturating_sub(b).saturating_sub(v + b - 1);
                let most = (w + b - 1) - (v + 1 - b);
                prop_assert!(least == 0 || most >= k, "{v} in {w} leaves {least}..{most}");
            }
        }

        #[test]
        fn the_same_people_have_the_same_answer_in_whatever_order(
            mut people in prop::collection::vec(any::<u64>(), 10..60),
            turn in 0..60_usize,
        ) {
            let key = Key::from_bytes([4; 32]);
            let once = published(&of(&people), &key, Policy::default());
            let at = turn % people.len();
            people.rotate_left(at);
            prop_assert_eq!(once, published(&of(&people), &key, Policy::default()));
        }
    }
}
