//! Axes of times and of days: where something stands, and which round values are written there.
//!
//! Knows published bounds only, and nothing of pixels but how much room a label needs.

use jiff::ToSpan;
use jiff::civil::Date;

/// How times are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeScale {
    /// Every second is equally wide.
    #[default]
    Even,
    /// Every doubling is equally wide.
    Logarithmic,
}

/// From and to, in seconds; a bin without an end has no `to`.
pub type Span = (u64, Option<u64>);

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Units of time with the words for one of them, the longest first.
const UNITS: [(u64, &str, &str); 4] = [
    (DAY, "d", "a day"),
    (HOUR, "h", "an hour"),
    (MINUTE, "min", "a minute"),
    (1, "s", "a second"),
];

/// Distances between the labels of an axis of times.
const STEPS: [u64; 26] = [
    1,
    2,
    5,
    10,
    15,
    30,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    20 * DAY,
    50 * DAY,
    100 * DAY,
    200 * DAY,
    500 * DAY,
];

/// An axis of times from 0 on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeAxis {
    scale: TimeScale,
    /// Up to here a logarithmic axis is even, so that it has a beginning.
    first: f64,
    /// Where it ends, in seconds. A bin without an end reaches up to here.
    pub end: f64,
    /// Between the labels of an even axis, in seconds.
    step: u64,
}

impl TimeAxis {
    /// An axis on which all these bins can be told apart; `labels` is how many labels there is room
    /// for.
    pub fn new(scale: TimeScale, bins: &[Span], labels: usize) -> Self {
        let ends = || bins.iter().filter_map(|(_, to)| *to);
        let first = ends().filter(|to| *to > 0).min().unwrap_or(1) as f64;
        let open = bins.iter().filter(|(_, to)| to.is_none()).map(|(from, _)| *from).max();
        let last = ends().max().unwrap_or(0) as f64;
        let beyond = open.map_or(0.0, |from| match scale {
            // As wide as the bin before it, and never so narrow that it cannot be seen.
            TimeScale::Even => {
                let before = bins.iter().find(|(_, to)| *to == Some(from));
                let before = before.map_or(0, |(start, _)| from - start);
                from as f64 + (before as f64).max(from as f64 / 4.0)
            }
            TimeScale::Logarithmic => 2.0 * from as f64,
        });
        let end = last.max(beyond);
        let end = if end > 0.0 { end } else { first };
        let fits = |step: &&u64| end / **step as f64 <= labels.max(1) as f64;
        let step = STEPS.iter().find(fits).copied().unwrap_or_else(|| {
            // Longer than any data we know: as many days as it takes.
            let days = end / labels.max(1) as f64 / DAY as f64;
            (days.ceil() as u64).max(1).saturating_mul(DAY)
        });
        Self { scale, first, end, step }
    }

    /// The scale on which bins of this kind are told apart best.
    pub fn best(bins: &[Span]) -> TimeScale {
        let widths = bins.iter().filter_map(|(from, to)| Some((*to)? - from));
        let narrowest = widths.filter(|width| *width > 0).min().unwrap_or(1) as f64;
        let even = Self::new(TimeScale::Even, bins, 1);
        if even.end / narrowest > 90.0 { TimeScale::Logarithmic } else { TimeScale::Even }
    }

    pub fn is_logarithmic(&self) -> bool {
        self.scale == TimeScale::Logarithmic
    }

    /// The unit that people are counted by on an even axis.
    pub fn unit(&self) -> (u64, &'static str, &'static str) {
        let unit = UNITS.into_iter().find(|(secs, ..)| self.step.is_multiple_of(*secs));
        unit.unwrap_or((1, "s", "a second"))
    }

    /// Where a time stands, in units of time or in doublings.
    fn at(&self, secs: f64) -> f64 {
        match self.scale {
            TimeScale::Even => secs / self.unit().0 as f64,
            TimeScale::Logarithmic if secs <= self.first => secs / self.first,
            TimeScale::Logarithmic => 1.0 + (secs / self.first).log2(),
        }
    }

    /// Where a time stands, as a share of the axis.
    pub fn place(&self, secs: f64) -> f32 {
        (self.at(secs) / self.at(self.end)).clamp(0.0, 1.0) as f32
    }

    /// How wide a bin is, in what people are counted by.
    pub fn width(&self, (from, to): Span) -> f64 {
        let to = to.map_or(self.end, |to| to as f64);
        (self.at(to) - self.at(from as f64)).max(1e-9)
    }

    /// The times that may be written, the most important first.
    pub fn labels(&self, bounds: &[u64]) -> Vec<u64> {
        match self.scale {
            TimeScale::Even => {
                let count = (self.end / self.step as f64 + 1e-9).floor() as u64;
                (0..=count).map(|tick| tick.saturating_mul(self.step)).collect()
            }
            TimeScale::Logarithmic => {
                let within = |secs: &u64| *secs as f64 >= self.first && *secs as f64 <= self.end;
                let mut labels: Vec<u64> = bounds.iter().copied().filter(within).collect();
                let rank = |secs: u64| {
                    let whole = [7 * DAY, DAY, HOUR, MINUTE, 1].contains(&secs);
                    let round = [30 * DAY, 365 * DAY, 10 * MINUTE, 10].contains(&secs);
                    (!whole, !round)
                };
                labels.sort_by_key(|secs| (rank(*secs), *secs));
                std::iter::once(0).chain(labels).collect()
            }
        }
    }
}

/// How far two labels of days are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Every {
    Days(i64),
    /// On Mondays.
    Weeks(i64),
    Months(i64),
}

const EVERY: [Every; 14] = [
    Every::Days(1),
    Every::Days(2),
    Every::Weeks(1),
    Every::Weeks(2),
    Every::Months(1),
    Every::Months(2),
    Every::Months(3),
    Every::Months(6),
    Every::Months(12),
    Every::Months(24),
    Every::Months(60),
    Every::Months(120),
    Every::Months(600),
    Every::Months(6_000),
];

/// The day that is written, and whether its month is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayLabel {
    pub day: Date,
    pub month_only: bool,
}

/// Round days from `from` to `to`, at most `most` of them.
pub fn days(from: Date, to: Date, most: usize) -> Vec<DayLabel> {
    let length = between(from, to);
    let about = |every: Every| match every {
        Every::Days(days) => length / days,
        Every::Weeks(weeks) => length / (7 * weeks),
        Every::Months(months) => length / (30 * months),
    };
    let room = most.max(1) as i64;
    let every = EVERY.into_iter().find(|every| about(*every) < room);
    let every = every.unwrap_or(Every::Months(6_000));
    let (first, step, month_only) = match every {
        Every::Days(days) => (Some(from), days.days(), false),
        Every::Weeks(weeks) => {
            let past_monday = i64::from(from.weekday().to_monday_zero_offset());
            (from.checked_add(((7 - past_monday) % 7).days()).ok(), weeks.weeks(), false)
        }
        Every::Months(months) => {
            let month = i64::from(from.month()) - 1;
            let begun = from.day() > 1;
            let next = month + i64::from(begun);
            // From a month on that is a whole number of steps from January.
            let ahead = (months - next.rem_euclid(months.min(12))) % months.min(12);
            let first = from.first_of_month().checked_add((next - month + ahead).months());
            (first.ok(), months.months(), true)
        }
    };
    let mut labels = Vec::new();
    let mut day = first;
    while let Some(label) = day.filter(|day| *day <= to && labels.len() < most.max(1)) {
        labels.push(DayLabel { day: label, month_only });
        day = label.checked_add(step).ok();
    }
    labels
}

/// Days from one day to another.
pub fn between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{DAY, HOUR, MINUTE, TimeAxis, TimeScale, between, days};

    #[test]
    fn an_even_axis_has_round_labels_in_one_unit() {
        let bins = [(0, Some(60)), (60, Some(20 * MINUTE)), (20 * MINUTE, None)];
        let axis = TimeAxis::new(TimeScale::Even, &bins, 8);
        assert_eq!(axis.unit().1, "min");
        assert!((axis.end - 39.0 * 60.0).abs() < 1e-6, "as wide again as the bin before");
        let labels = axis.labels(&[]);
        assert_eq!(labels, [0, 300, 600, 900, 1200, 1500, 1800, 2100]);
        assert!((axis.place(600.0) * 39.0 - 10.0).abs() < 1e-4);
    }

    #[test]
    fn on_a_logarithmic_axis_doublings_are_equally_wide() {
        let bins = [(0, Some(1)), (1, Some(2)), (2, Some(HOUR)), (HOUR, None)];
        let axis = TimeAxis::new(TimeScale::Logarithmic, &bins, 8);
        let width = |from, to| axis.width((from, Some(to)));
        assert!((width(1, 2) - 1.0).abs() < 1e-9 && (width(0, 1) - 1.0).abs() < 1e-9);
        assert!((width(100, 400) - 2.0).abs() < 1e-9);
        assert!((axis.width((HOUR, None)) - 1.0).abs() < 1e-9, "one more doubling");
        assert!((axis.place(1e9) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn bins_of_seconds_and_days_are_told_apart_on_a_logarithmic_axis_only() {
        assert_eq!(TimeAxis::best(&[(0, Some(5)), (5, Some(DAY)), (DAY, None)]), {
            TimeScale::Logarithmic
        });
        assert_eq!(TimeAxis::best(&[(0, Some(HOUR)), (HOUR, Some(DAY))]), TimeScale::Even);
        for bins in [&[][..], &[(0, None)], &[(0, Some(u64::MAX))]] {
            let axis = TimeAxis::new(TimeAxis::best(bins), bins, 8);
            assert!(axis.place(5.0).is_finite() && axis.width((0, None)) > 0.0, "{bins:?}");
            assert!(axis.labels(&[1, 2, 5]).len() < 20);
        }
    }

    #[test]
    fn days_are_written_at_mondays_and_first_days_of_months() {
        let (from, to) = (date(2026, 1, 14), date(2026, 7, 2));
        assert_eq!(between(from, to), 169);
        let months: Vec<i8> = days(from, to, 8).iter().map(|label| label.day.month()).collect();
        assert_eq!(months, [2, 3, 4, 5, 6, 7]);
        let seldom: Vec<i8> = days(from, to, 3).iter().map(|label| label.day.month()).collect();
        assert_eq!(seldom, [3, 5, 7]);
        let weeks = days(from, date(2026, 2, 20), 8);
        assert_eq!(weeks.first().map(|label| label.day), Some(date(2026, 1, 19)));
        assert!(weeks.iter().all(|label| label.day.weekday() == jiff::civil::Weekday::Monday));
        assert_eq!(days(from, from, 8).len(), 1);
        assert!(days(date(-9999, 1, 1), date(9999, 12, 31), 6).len() <= 6);
    }
}
