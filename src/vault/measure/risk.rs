//! How many people nobody else is like.
//!
//! People who are alike so far make a class. Step by step classes are split by what the next step
//! adds (its label, and the day or hour of it); whoever is alone in a class is unique, and stays so
//! whatever is added. That a journey is over is known too. Classes are sorted as whole keys, so
//! nothing is taken for the same that is not.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::{Cohort, Journey};
use crate::vault::protect::labels::LabelTable;
use crate::views::{Cancelled, Progress, Uniqueness};

const STEPS: usize = Uniqueness::STEPS;
/// Journeys that are walked together.
const BLOCK: usize = 16_384;
/// The label of a step after the last.
const ENDED: u32 = u32::MAX;
const HOUR_MILLIS: i64 = 3_600_000;

/// What somebody may know of one journey.
struct Known {
    subject: u32,
    labels: [u32; STEPS],
    /// Hours since 1970 where the person was; 0 where the data have no times.
    hours: [i32; STEPS],
    /// All its steps: the sum of a mark for each label.
    set: u128,
}

/// In the data: of the people of a cohort who have a step. A person with several journeys is unique
/// by any of them.
///
/// # Errors
/// Where somebody asked to stop.
pub(in crate::vault) fn of_cohort(
    store: &Store,
    labels: &LabelTable,
    cohort: &Cohort,
    collapse: bool,
    progress: &Progress,
) -> Result<Uniqueness, Cancelled> {
    let marks: Vec<u128> = (0..labels.names.len() as u64).map(mark).collect();
    let blocks: Vec<Vec<Known>> = cohort
        .journeys
        .par_chunks(BLOCK)
        .map(|journeys| {
            progress.check()?;
            let mut walk = Walk {
                store,
                labels,
                collapse,
                marks: &marks,
                counted: vec![0; marks.len()],
                wall: Wall::new(&store.zone),
            };
            Ok((1..).zip(journeys).filter_map(|(nth, journey)| walk.known(nth, *journey)).collect())
        })
        .collect::<Result<_, Cancelled>>()?;
    let known: Vec<Known> = blocks.into_iter().flatten().collect();
    let mut people = 0;
    let mut before = None;
    for journey in &known {
        people += usize::from(before != Some(journey.subject));
        before = Some(journey.subject);
    }
    let percent = |unique: usize| share(unique as u64, people as u64);
    let subjects = store.subjects();
    let first_steps = |bin: fn(i32) -> i32| -> Result<[f64; STEPS], Cancelled> {
        Ok(by_first_steps(&known, subjects, bin, progress)?.map(percent))
    };
    let has_time = store.time_millis.is_some();
    let with_time = |bin| has_time.then(|| first_steps(bin)).transpose();
    let ((plain, step_set), (with_day, with_hour)) = rayon::join(
        || rayon::join(|| first_steps(|_| 0), || percent(by_set(&known, subjects))),
        || rayon::join(|| with_time(|hour| hour.div_euclid(24)), || with_time(|hour| hour)),
    );
    Ok(Uniqueness { first_steps: plain?, step_set, with_day: with_day?, with_hour: with_hour? })
}

/// In a drawing: `(cells, people)` of every way somebody is drawn. Cells are what the picture counts
/// at each step: in a flow the edge into it or the exit, in a list of paths everything up to it. A
/// cell belongs to one step. Who knows somebody's first steps finds, at best, the smallest cell on
/// her way. No picture tells when a step was taken, so to know that adds nothing; and who knows all
/// her steps finds the smallest cell of all.
pub(in crate::vault) fn of_drawn(drawn: &[(Vec<u32>, u64)], has_time: bool) -> Uniqueness {
    let cells =
        drawn.iter().flat_map(|(cells, _)| cells).max().map_or(0, |most| *most as usize + 1);
    let mut people_in = vec![0; cells];
    for (cells, people) in drawn {
        for cell in cells {
            people_in[*cell as usize] += people;
        }
    }
    let mut unique_by = [0; STEPS];
    let mut unique = 0;
    let mut everybody = 0;
    for (cells, people) in drawn {
        everybody += people;
        let Some(step) = cells.iter().position(|cell| people_in[*cell as usize] == 1) else {
            continue;
        };
        unique += people;
        for by in unique_by.iter_mut().skip(step) {
            *by += people;
        }
    }
    let first_steps = unique_by.map(|unique| share(unique, everybody));
    let timed = has_time.then_some(first_steps);
    let step_set = share(unique, everybody);
    Uniqueness { first_steps, step_set, with_day: timed, with_hour: timed }
}

fn share(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { 100.0 * part as f64 / of as f64 }
}

/// A fixed number for a label. Sums of them tell sets apart: two sets share one by chance in 2^128.
fn mark(label: u64) -> u128 {
    let mut first = [0; 16];
    first.copy_from_slice(&blake3::hash(&label.to_le_bytes()).as_bytes()[..16]);
    u128::from_le_bytes(first)
}

/// Walks the journeys of a block.
struct Walk<'a> {
    store: &'a Store,
    labels: &'a LabelTable,
    collapse: bool,
    marks: &'a [u128],
    /// By label: the last journey of this block whose set has it.
    counted: Vec<u32>,
    wall: Wall<'a>,
}

impl Walk<'_> {
    /// `None` for a journey without a step. `nth` is its number in the block, from 1.
    fn known(&mut self, nth: u32, journey: Journey) -> Option<Known> {
        let mut known =
            Known { subject: journey.subject, labels: [ENDED; STEPS], hours: [0; STEPS], set: 0 };
        let mut taken = 0;
        let mut before = ENDED;
        for event in journey.events() {
            let label = self.labels.effective[self.store.label(event) as usize];
            if label == LabelTable::HIDDEN || (self.collapse && label == before) {
                continue;
            }
            before = label;
            if taken < STEPS {
                known.labels[taken] = label;
                if let Some(times) = &self.store.time_millis {
                    known.hours[taken] = self.wall.hour(times[event]);
                }
            }
            taken += 1;
            let counted = &mut self.counted[label as usize];
            if *counted != nth {
                *counted = nth;
                known.set = known.set.wrapping_add(self.marks[label as usize]);
            }
        }
        (taken > 0).then_some(known)
    }
}

/// A clock on the wall. Its distance from UTC is looked up once between two changes of it.
struct Wall<'a> {
    zone: &'a TimeZone,
    /// From when to when the distance holds.
    holds: std::ops::Range<i64>,
    offset_millis: i64,
}

impl<'a> Wall<'a> {
    fn new(zone: &'a TimeZone) -> Self {
        Self { zone, holds: 0..0, offset_millis: 0 }
    }

    /// Hours since 1970 on this clock.
    fn hour(&mut self, millis: i64) -> i32 {
        if !self.holds.contains(&millis) {
            self.look_up(millis);
        }
        millis.saturating_add(self.offset_millis).div_euclid(HOUR_MILLIS) as i32
    }

    fn look_up(&mut self, millis: i64) {
        self.holds = millis..millis.saturating_add(1);
        let moments =
            (Timestamp::from_millisecond(millis), Timestamp::from_millisecond(millis + 1));
        if let (Ok(now), Ok(next)) = moments {
            let when = |change: jiff::tz::TimeZoneTransition| change.timestamp().as_millisecond();
            let from = self.zone.preceding(next).next().map_or(i64::MIN, when);
            let to = self.zone.following(now).next().map_or(i64::MAX, when);
            self.holds = from..to;
            self.offset_millis = i64::from(self.zone.to_offset(now).seconds()) * 1000;
        }
    }
}

/// Different people who are alone in a class, after each step.
fn by_first_steps(
    known: &[Known],
    subjects: usize,
    bin: impl Fn(i32) -> i32 + Sync,
    progress: &Progress,
) -> Result<[usize; STEPS], Cancelled> {
    let mut unique = Marked::new(subjects);
    // (class, journey) of everybody who is still like somebody else.
    let mut alike: Vec<(u32, u32)> = (0..known.len() as u32).map(|journey| (0, journey)).collect();
    let mut after = [0; STEPS];
    for (step, after) in after.iter_mut().enumerate() {
        progress.check()?;
        let key = |(class, journey): &(u32, u32)| {
            let Known { labels, hours, .. } = &known[*journey as usize];
            let bin = bin(hours[step]) as u32;
            [*class, labels[step], bin, *journey]
                .into_iter()
                .fold(0_u128, |key, part| key << 32 | u128::from(part))
        };
        let mut keys: Vec<u128> = alike.par_iter().map(key).collect();
        keys.par_sort_unstable();
        alike.clear();
        let classes = keys.chunk_by(|one, other| one >> 32 == other >> 32);
        for (number, class) in (0..).zip(classes) {
            // Journeys are sorted by subject, and so are those of a class.
            let of = |key: u128| known[key as u32 as usize].subject;
            let (first, last) = (class[0], class[class.len() - 1]);
            let is_over = (first >> 64) as u32 == ENDED;
            if of(first) == of(last) {
                unique.mark(of(first));
            } else if !is_over {
                alike.extend(class.iter().map(|key| (number, *key as u32)));
            }
        }
        *after = unique.marked;
    }
    Ok(after)
}

/// Different people whose set of steps nobody else has.
fn by_set(known: &[Known], subjects: usize) -> usize {
    let mut unique = Marked::new(subjects);
    let mut sets: Vec<(u128, u32)> =
        known.par_iter().map(|journey| (journey.set, journey.subject)).collect();
    sets.par_sort_unstable();
    for class in sets.chunk_by(|one, other| one.0 == other.0) {
        let (first, last) = (class[0].1, class[class.len() - 1].1);
        if first == last {
            unique.mark(first);
        }
    }
    unique.marked
}

/// Subjects, each counted once.
struct Marked {
    is_marked: Vec<bool>,
    marked: usize,
}

impl Marked {
    fn new(subjects: usize) -> Self {
        Self { is_marked: vec![false; subjects], marked: 0 }
    }

    fn mark(&mut self, subject: u32) {
        let is_marked = &mut self.is_marked[subject as usize];
        self.marked += usize::from(!std::mem::replace(is_marked, true));
    }
}

#[cfg(test)]
mod tests;
