//! Blur the reason: a keyed number of people more than needed is drawn as `Other` after each node.
//!
//! Without it, a reader who knows the method can be certain of some small group in 5–31 % of tiny
//! data sets (exhaustive search); with it in none or nearly none. It costs one to three points of
//! names.

use super::detour::Detour;
use super::grid::OTHER;
use crate::views::{Cancelled, Progress};

pub(super) fn blur(drawn: &mut Detour, progress: &Progress) -> Result<(), Cancelled> {
    let grid = drawn.grid;
    for layer in 0..grid.steps {
        let froms = if layer == 0 { 1 } else { grid.width };
        for from in 0..froms {
            progress.check()?;
            let edge = grid.edge(layer, from, OTHER);
            if grid.out_of(layer, from).all(|e| drawn.people_on[e as usize] == 0) {
                continue;
            }
            let more = geometric(drawn.meaning.draw("blur by", edge));
            if drawn.people_on[edge as usize] > 0 {
                drawn.fill_by(edge, more);
            } else if drawn.meaning.draw("blur at all", edge).is_multiple_of(8) {
                drawn.open_by(edge, drawn.threshold.k + more);
            }
        }
    }
    Ok(())
}

/// A geometric number from 0 with mean 3: how often in a row a keyed four-sided die is not 0.
pub(super) fn geometric(draw: u64) -> u32 {
    (0..32).take_while(|roll| draw >> (2 * roll) & 3 != 0).count() as u32
}

#[cfg(test)]
mod tests {
    use super::geometric;

    #[test]
    fn the_blur_has_mean_three() {
        let sum: u64 = (0..100_000_u64)
            .map(|n| {
                let draw = blake3::hash(&n.to_le_bytes());
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&draw.as_bytes()[..8]);
                u64::from(geometric(u64::from_le_bytes(bytes)))
            })
            .sum();
        assert!((290_000..310_000).contains(&sum), "{sum}");
    }
}
