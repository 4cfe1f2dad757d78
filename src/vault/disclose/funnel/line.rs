//! The best drawing of a funnel in which no step may be left out.
//!
//! Everybody stands on a line and may be drawn as dropping off earlier than she did. Wanted are
//! people `H` at each step, not more than got there, so that everybody who drops off does so with
//! at least k − 1 others. A person is worth one for each step that she is drawn at, and one more
//! where she drops off at her own place; after step `d` those are as many as drop off there in the
//! drawing, but not more than did.
//!
//! Where nobody's limit and no group of exactly k is in the way, a row of steps can be raised
//! together without loss. So only numbers `G − m·k` are worth trying, `G` being the people who got
//! to some step.

/// People drawn at each step, START first, given how many got there. Exact, by dynamic programming.
/// Everybody is at START; they must be at least k.
pub(super) fn best(got_to: &[u64], k: u64) -> Vec<u64> {
    let steps = got_to.len();
    let mut tried: Vec<u64> = got_to
        .iter()
        .flat_map(|people| (0..=steps as u64).filter_map(|m| people.checked_sub(m * k)))
        .chain([0])
        .collect();
    tried.sort_unstable_by(|a, b| b.cmp(a));
    tried.dedup();
    // Backwards: what the rest of the line is worth with so many people at a step, and how many
    // are then at the next one. The most people first, so that ties keep more people longer.
    let mut worth: Vec<Option<u64>> = tried
        .iter()
        .map(|people| {
            (*people <= got_to[steps - 1] && (*people == 0 || *people >= k)).then_some(*people)
        })
        .collect();
    let mut next_of: Vec<Vec<usize>> = Vec::new();
    for step in (0..steps - 1).rev() {
        let dropped = got_to[step] - got_to[step + 1];
        let mut next = vec![0; tried.len()];
        let before = std::mem::take(&mut worth);
        for (at, people) in tried.iter().enumerate() {
            let mut best = None;
            for (to, on) in tried.iter().enumerate().skip(at) {
                let drops = people - on;
                if let Some(rest) = before[to].filter(|_| drops == 0 || drops >= k) {
                    // At START nobody stands under a name.
                    let names = if step == 0 { 0 } else { *people };
                    let total = rest + names + drops.min(dropped);
                    if best.is_none_or(|best| total > best) {
                        best = Some(total);
                        next[at] = to;
                    }
                }
            }
            worth.push(best.filter(|_| *people <= got_to[step]));
        }
        next_of.push(next);
    }
    let mut at = tried.iter().position(|people| *people == got_to[0]).unwrap_or(0);
    let mut drawn = vec![got_to[0]];
    for next in next_of.iter().rev() {
        at = next[at];
        drawn.push(tried[at]);
    }
    drawn
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::best;

    /// Worth of a drawing; `None` where it is not safe.
    fn worth(got_to: &[u64], drawn: &[u64], k: u64) -> Option<u64> {
        let mut worth = 0;
        for step in 0..got_to.len() {
            let next = |people: &[u64]| people.get(step + 1).copied().unwrap_or(0);
            let drops = drawn[step].checked_sub(next(drawn))?;
            if drawn[step] > got_to[step] || (drops > 0 && drops < k) {
                return None;
            }
            if step > 0 {
                worth += drawn[step];
            }
            if step + 1 < got_to.len() {
                worth += drops.min(got_to[step] - next(got_to));
            }
        }
        Some(worth)
    }

    fn exhaustive(got_to: &[u64], drawn: &mut Vec<u64>, k: u64) -> Option<u64> {
        if drawn.len() == got_to.len() {
            return worth(got_to, drawn, k);
        }
        let mut most = None;
        for people in 0..=got_to[drawn.len()].min(drawn[drawn.len() - 1]) {
            drawn.push(people);
            most = most.max(exhaustive(got_to, drawn, k));
            drawn.pop();
        }
        most
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn no_drawing_is_worth_more(
            drops in proptest::collection::vec(0..8_u64, 2..6),
            k in 1..6_u64,
        ) {
            let got_to: Vec<u64> = (0..drops.len()).map(|at| drops[at..].iter().sum()).collect();
            prop_assume!(got_to[0] >= k && got_to[0] <= 26);
            let ours = best(&got_to, k);
            prop_assert_eq!(ours[0], got_to[0]);
            let most = exhaustive(&got_to, &mut vec![got_to[0]], k);
            prop_assert_eq!(worth(&got_to, &ours, k), most, "{:?} for {:?}", ours, got_to);
        }
    }
}
