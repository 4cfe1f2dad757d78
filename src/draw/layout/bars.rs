//! Rows of bars, columns over time, and pieces of text in lines: where each one stands.

/// Where the parts of a row stand, from left to right: name, bar, count, share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns {
    pub name: f32,
    pub name_room: f32,
    pub bar: f32,
    pub bar_room: f32,
    /// The right edges of the two figures.
    pub count: f32,
    pub share: f32,
}

/// Between two parts of a row.
const GAP: f32 = 12.0;

/// Names get what they want, up to `most_name`, a share of the width; bars get what is left.
pub fn columns(
    left: f32,
    right: f32,
    name: f32,
    most_name: f32,
    count: f32,
    share: f32,
) -> Columns {
    let name_room = name.min((right - left) * most_name).max(0.0);
    let share_room = if share > 0.0 { share + GAP } else { 0.0 };
    let count_right = right - share_room;
    let bar = left + name_room + GAP;
    Columns {
        name: left,
        name_room,
        bar,
        bar_room: (count_right - count - GAP - bar).max(1.0),
        count: count_right,
        share: right,
    }
}

/// The length of a bar: `part` of `room`, where `whole` fills it. What is there can be seen.
pub fn length(part: u64, whole: u64, room: f32, least: f32) -> f32 {
    if part == 0 || whole == 0 {
        return 0.0;
    }
    let share = (part as f64 / whole as f64).min(1.0) as f32;
    (share * room).max(least.min(room))
}

/// The line and the left edge of each piece, one after the other with `gap` between them, where a
/// line has this room. Only a piece that is wider than a whole line leaves it.
pub fn wrap(widths: &[f32], gap: f32, room: f32) -> Vec<(usize, f32)> {
    let (mut line, mut at) = (0, 0.0);
    let mut places = Vec::with_capacity(widths.len());
    for width in widths {
        if at > 0.0 && at + width > room {
            line += 1;
            at = 0.0;
        }
        places.push((line, at));
        at += width + gap;
    }
    places
}

/// Steps of an axis from 0 to `most`: at most five, of 1, 2 or 5 times a power of ten.
pub fn ticks(most: u64) -> Vec<u64> {
    let mut step: u64 = 1;
    let mut factors = [2, 5, 10].into_iter().cycle();
    let mut power: u64 = 1;
    while most / step > 5 {
        let factor = factors.next().unwrap_or(10);
        step = power.saturating_mul(factor);
        if factor == 10 {
            power = step;
        }
    }
    (1..=most / step).map(|tick| tick * step).collect()
}

/// Every how many columns a name of this width can stand under its column.
pub fn every(name: f32, column: f32, gap: f32) -> usize {
    (((name + gap) / column.max(0.01)).ceil() as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::{columns, every, length, ticks, wrap};

    #[test]
    fn the_parts_of_a_row_do_not_meet() {
        for (name, count, share) in [(40.0, 30.0, 20.0), (4000.0, 60.0, 0.0), (0.0, 0.0, 0.0)] {
            let row = columns(24.0, 936.0, name, 0.5, count, share);
            assert!(row.name + row.name_room < row.bar, "{row:?}");
            assert!(row.bar + row.bar_room <= row.count - count, "{row:?}");
            assert!(row.count <= row.share - share && row.share <= 936.0, "{row:?}");
        }
    }

    #[test]
    fn bars_are_as_long_as_their_share_and_never_too_long() {
        assert!((length(50, 100, 200.0, 1.0) - 100.0).abs() < 1e-3);
        for (part, whole, expected) in [(0, 0, 0.0), (5, 0, 0.0), (9, 3, 200.0), (1, u64::MAX, 1.0)]
        {
            assert!((length(part, whole, 200.0, 1.0) - expected).abs() < 1e-3, "{part} of {whole}");
        }
    }

    #[test]
    fn pieces_stay_within_their_lines() {
        let places = wrap(&[40.0, 40.0, 40.0, 200.0, 10.0], 10.0, 100.0);
        assert_eq!(places, [(0, 0.0), (0, 50.0), (1, 0.0), (2, 0.0), (3, 0.0)]);
    }

    #[test]
    fn an_axis_has_few_round_steps() {
        assert_eq!(ticks(0), [] as [u64; 0]);
        assert_eq!(ticks(5), [1, 2, 3, 4, 5]);
        assert_eq!(ticks(25), [5, 10, 15, 20, 25]);
        assert_eq!(ticks(845), [200, 400, 600, 800]);
        assert!(ticks(u64::MAX).len() <= 5);
    }

    #[test]
    fn names_under_columns_leave_room_for_each_other() {
        assert_eq!(every(30.0, 40.0, 8.0), 1);
        assert_eq!(every(100.0, 40.0, 8.0), 3);
    }
}
