//! Rows of bars, columns over time, and pieces of text in lines: where each one stands.

/// Where the parts of a row stand, from left to right: name, bar, figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns {
    pub name: f32,
    pub name_room: f32,
    pub bar: f32,
    pub bar_room: f32,
    /// The right edge of each figure.
    pub figures: [f32; 3],
}

/// Between two parts of a row.
const GAP: f32 = 16.0;

/// Names get what they want, up to `most_name`, a share of the width; figures get their widths, and
/// bars what is left.
pub fn columns([left, right]: [f32; 2], name: f32, most_name: f32, figures: [f32; 3]) -> Columns {
    let name_room = name.min((right - left) * most_name).max(0.0);
    let bar = left + name_room + GAP;
    let mut edges = [right; 3];
    let mut edge = right;
    for (at, width) in figures.into_iter().enumerate().rev() {
        edges[at] = edge;
        edge -= width + GAP;
    }
    Columns { name: left, name_room, bar, bar_room: (edge - bar).max(1.0), figures: edges }
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

/// Steps of an axis from 0 to `most`: at most five, of 1, 2 or 5 times a power of ten, none of them
/// less than `least`.
pub fn marks(most: f64, least: f64) -> Vec<f64> {
    if !(most > 0.0 && most.is_finite()) {
        return Vec::new();
    }
    let power = 10_f64.powf((most / 5.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power);
    let step =
        step.fold(
            power * 10.0,
            |best: f64, step| {
                if most / step <= 5.0 + 1e-9 { best.min(step) } else { best }
            },
        );
    let step = step.max(least);
    let count = (most / step + 1e-9).floor() as u32;
    (1..=count).map(|tick| f64::from(tick) * step).collect()
}

/// The same for counts.
pub fn ticks(most: u64) -> Vec<u64> {
    marks(most as f64, 1.0).into_iter().map(|tick| tick.round() as u64).collect()
}

/// Moves middles apart along a line until each is at least `gap` from the next, keeping their order
/// and staying within `low..=high` where there is room for all.
pub fn apart(wanted: &[f32], gap: f32, [low, high]: [f32; 2]) -> Vec<f32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut places = wanted.to_vec();
    let mut free = low;
    for at in &order {
        places[*at] = places[*at].max(free);
        free = places[*at] + gap;
    }
    let mut free = high;
    for at in order.iter().rev() {
        places[*at] = places[*at].min(free);
        free = places[*at] - gap;
    }
    places
}

/// A line in dashes: the stretches of it that are drawn. `pattern` is how long it is drawn and then
/// not; a line that is never interrupted is drawn as it is.
pub fn dashes(points: &[[f32; 2]], pattern: [f32; 2]) -> Vec<[[f32; 2]; 2]> {
    let pairs = points.windows(2).map(|pair| [pair[0], pair[1]]);
    let [drawn, gap] = pattern;
    if gap <= 0.0 || drawn <= 0.0 {
        return pairs.collect();
    }
    let mut dashes = Vec::new();
    // How far into the pattern the line is.
    let mut phase = 0.0;
    for [from, to] in pairs {
        let (run, rise) = (to[0] - from[0], to[1] - from[1]);
        let length = run.hypot(rise);
        if length <= 0.0 {
            continue;
        }
        let at = |distance: f32| {
            let share = distance / length;
            [from[0] + run * share, from[1] + rise * share]
        };
        let mut walked = 0.0;
        while walked < length {
            let (left, is_drawn) =
                if phase < drawn { (drawn - phase, true) } else { (drawn + gap - phase, false) };
            let stride = left.min(length - walked).max(1e-3);
            if is_drawn {
                dashes.push([at(walked), at((walked + stride).min(length))]);
            }
            walked += stride;
            phase = (phase + stride) % (drawn + gap);
        }
    }
    dashes
}

#[cfg(test)]
mod tests {
    use super::{apart, columns, dashes, length, marks, ticks, wrap};

    #[test]
    fn the_parts_of_a_row_do_not_meet() {
        for (name, figures) in
            [(40.0, [30.0, 20.0, 40.0]), (4000.0, [60.0, 0.0, 0.0]), (0.0, [0.0; 3])]
        {
            let row = columns([24.0, 936.0], name, 0.5, figures);
            assert!(row.name + row.name_room < row.bar, "{row:?}");
            assert!(row.bar + row.bar_room <= row.figures[0] - figures[0], "{row:?}");
            for at in [1, 2] {
                assert!(row.figures[at - 1] <= row.figures[at] - figures[at], "{row:?}");
            }
            assert!(row.figures[2] <= 936.0, "{row:?}");
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
        let near = |most: f64, least: f64, expected: &[f64]| {
            let ticks = marks(most, least);
            let same = ticks.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9 * b.abs());
            assert!(same && ticks.len() == expected.len(), "{most}: {ticks:?}");
        };
        near(0.0, 1.0, &[]);
        near(5.0, 1.0, &[1.0, 2.0, 3.0, 4.0, 5.0]);
        near(25.0, 1.0, &[5.0, 10.0, 15.0, 20.0, 25.0]);
        near(845.0, 1.0, &[200.0, 400.0, 600.0, 800.0]);
        near(2.0, 1.0, &[1.0, 2.0]);
        near(0.9, 0.0, &[0.2, 0.4, 0.6, 0.8]);
        assert_eq!(ticks(845), [200, 400, 600, 800]);
        assert!(ticks(u64::MAX).len() <= 5 && marks(f64::INFINITY, 1.0).is_empty());
    }

    #[test]
    fn names_beside_lines_are_moved_apart_and_keep_their_order() {
        let places = apart(&[50.0, 52.0, 10.0, 98.0], 16.0, [0.0, 100.0]);
        assert!(places[2] < places[0] && places[0] + 15.9 <= places[1], "{places:?}");
        assert!(places[3] <= 100.0 && places[1] + 15.9 <= places[3], "{places:?}");
    }

    #[test]
    fn dashes_cover_their_share_of_a_line() {
        let line = [[0.0, 0.0], [60.0, 0.0], [60.0, 40.0]];
        let drawn: f32 =
            dashes(&line, [6.0, 4.0]).iter().map(|[a, b]| (b[0] - a[0]).hypot(b[1] - a[1])).sum();
        assert!((drawn - 60.0).abs() < 1.0, "{drawn}");
        assert_eq!(dashes(&line, [6.0, 0.0]).len(), 2);
    }
}
