//! Who is active when: different people by calendar interval, and by merged intervals.
//!
//! Timestamps are never turned into dates one by one. The instants at which intervals begin are
//! found once; a journey's events are in order, so most stay in the interval of the one before.
//!
//! *Invariant:* exact, so nothing here leaves the vault.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rayon::prelude::*;

use super::map::subject_chunks;
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::{Cohort, Journey};
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, Grain, Progress};

/// Calendar intervals without a gap.
struct Calendar {
    /// The first day of each interval, and the day after the last.
    days: Vec<Date>,
    /// When each of these days begins, in milliseconds.
    begins: Vec<i64>,
}

impl Calendar {
    /// The intervals from the one of a time to the one of another; `None` where a time is beyond
    /// the calendar.
    fn new(zone: &TimeZone, grain: Grain, first: i64, last: i64) -> Option<Self> {
        let day_of = |millis: i64| {
            Timestamp::from_millisecond(millis).ok().map(|time| zone.to_datetime(time).date())
        };
        let last = day_of(last)?;
        let mut days = vec![Self::interval_of(day_of(first)?, grain)?];
        let mut day = days[0];
        while day <= last {
            let step = match grain {
                Grain::Day => 1.day(),
                Grain::Week => 1.week(),
                Grain::Month => 1.month(),
            };
            day = day.checked_add(step).ok()?;
            days.push(day);
        }
        let begins = |day: &Date| {
            let zoned = day.to_zoned_datetime(zone.clone()).ok()?;
            Some(zoned.timestamp().as_millisecond())
        };
        let begins = days.iter().map(begins).collect::<Option<_>>()?;
        Some(Self { days, begins })
    }

    /// The first day of the interval that a day is in.
    fn interval_of(day: Date, grain: Grain) -> Option<Date> {
        match grain {
            Grain::Day => Some(day),
            Grain::Week => {
                let since_monday = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(since_monday.days()).ok()
            }
            Grain::Month => Some(day.first_of_month()),
        }
    }

    fn len(&self) -> usize {
        self.days.len() - 1
    }

    /// Where a clock is set back just after midnight, the last hour of a day comes again once the
    /// next day has begun: it belongs to that one, or there is none and it stays in the last.
    fn interval_at(&self, time: i64) -> usize {
        let begun = self.begins.partition_point(|begin| *begin <= time);
        begun.saturating_sub(1).min(self.len() - 1)
    }
}

/// Who is active in which interval.
pub(in crate::vault) struct Activity {
    calendar: Calendar,
    /// Interval and position of the journey, each pair once, in the order of the journeys.
    active: Vec<(u32, u32)>,
}

/// Why there is no trend.
pub(in crate::vault) enum NoTrend {
    Cancelled(Cancelled),
    /// A time is beyond the calendar.
    OutOfRange,
    /// Nobody has a step.
    Nobody,
}

/// A merged interval: these days have so many different people.
pub(in crate::vault) struct Interval {
    pub(in crate::vault) from: Date,
    pub(in crate::vault) to: Date,
    pub(in crate::vault) people: u64,
}

/// Finds everybody's active intervals: any step counts, or one with a label. A person has one
/// journey here.
pub(in crate::vault) fn measure(
    store: &Store,
    times: &[i64],
    labels: &LabelTable,
    cohort: &Cohort,
    (grain, label): (Grain, Option<u32>),
    progress: &Progress,
) -> Result<Activity, NoTrend> {
    let journeys = &cohort.journeys;
    let counts = |event: usize| {
        let at = labels.effective[store.label(event) as usize];
        at != LabelTable::HIDDEN && label.is_none_or(|label| label == at)
    };
    let first = journeys.iter().map(|journey| times[journey.start as usize]).min();
    let last = journeys.iter().map(|journey| times[journey.end as usize - 1]).max();
    let (Some(first), Some(last)) = (first, last) else { return Err(NoTrend::Nobody) };
    let calendar = Calendar::new(&store.zone, grain, first, last).ok_or(NoTrend::OutOfRange)?;
    let active: Vec<Vec<(u32, u32)>> = subject_chunks(journeys)
        .into_par_iter()
        .map(|chunk| {
            progress.check()?;
            let mut active = Vec::new();
            for (position, journey) in chunk.clone().zip(&journeys[chunk]) {
                let mut until = i64::MIN;
                for event in journey.events() {
                    let time = times[event];
                    if time < until || !counts(event) {
                        continue;
                    }
                    let interval = calendar.interval_at(time);
                    until = calendar.begins[interval + 1];
                    active.push((interval as u32, position as u32));
                }
            }
            Ok(active)
        })
        .collect::<Result<_, Cancelled>>()
        .map_err(NoTrend::Cancelled)?;
    Ok(Activity { calendar, active: active.concat() })
}

impl Activity {
    /// Different people by segment.
    pub(in crate::vault) fn people(&self, cohort: &Cohort) -> Vec<u64> {
        let mut people = vec![0; cohort.segments.len()];
        for of_one in self.active.chunk_by(|(_, one), (_, other)| one == other) {
            people[cohort.journeys[of_one[0].1 as usize].segment as usize] += 1;
        }
        people
    }

    /// Neighbouring intervals, merged until each has at least `k` different people among those for
    /// whom `belongs` holds, and may close at the day on which the next begins; what is left over at
    /// the end goes to the last. Empty where there are fewer than `k` people in all.
    pub(in crate::vault) fn intervals(
        &self,
        cohort: &Cohort,
        belongs: impl Fn(&Journey) -> bool,
        k: u64,
        may_close: impl Fn(Date) -> bool,
    ) -> Vec<Interval> {
        let active = || {
            let of_group =
                |(_, position): &&(u32, u32)| belongs(&cohort.journeys[*position as usize]);
            self.active.iter().filter(of_group)
        };
        // Sorted by interval: `who[start[i]..start[i + 1]]` are active in interval i.
        let intervals = self.calendar.len();
        let mut start = vec![0_usize; intervals + 1];
        active().for_each(|(interval, _)| start[*interval as usize + 1] += 1);
        for interval in 0..intervals {
            start[interval + 1] += start[interval];
        }
        let mut next = start.clone();
        let mut who = vec![0_u32; start[intervals]];
        for (interval, position) in active() {
            let next = &mut next[*interval as usize];
            who[*next] = *position;
            *next += 1;
        }
        // The last merged interval in which each person was counted.
        let mut counted_in = vec![0_u32; cohort.journeys.len()];
        let mut number = 1;
        let mut new_in = |interval: usize, number: u32| {
            let mut people = 0;
            for position in &who[start[interval]..start[interval + 1]] {
                let counted_in = &mut counted_in[*position as usize];
                people += u64::from(*counted_in != number);
                *counted_in = number;
            }
            people
        };
        let mut merged: Vec<(usize, usize, u64)> = Vec::new();
        let (mut from, mut people) = (0, 0);
        for interval in 0..intervals {
            people += new_in(interval, number);
            let is_last = interval + 1 == intervals;
            if people >= k && (is_last || may_close(self.calendar.days[interval + 1])) {
                merged.push((from, interval + 1, people));
                (from, people, number) = (interval + 1, 0, number + 1);
            }
        }
        if let Some((from, to, people)) = merged.last_mut().filter(|(_, to, _)| *to < intervals) {
            *to = intervals;
            *people = (*from..*to).map(|interval| new_in(interval, number + 1)).sum();
        }
        let days = &self.calendar.days;
        let interval = |(from, to, people)| Interval { from: days[from], to: days[to], people };
        merged.into_iter().map(interval).collect()
    }
}
