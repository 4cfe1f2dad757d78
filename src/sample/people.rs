//! People come, look around, go away and come back: events day by day, in order of time.
//!
//! Memory is about 20 bytes a person and one day of events. A person's random numbers depend on
//! the seed and the person alone.

use std::io;

use super::Sample;
use super::shop::{self, Family, Labels, Page, Row};

const HOUR_MILLIS: u64 = 3_600_000;
const DAY_MILLIS: i64 = 86_400_000;
/// Nobody looks at more pages in one visit, so that a visit ends before 06:00.
const LONGEST_VISIT: usize = 60;
/// The finalizer leaves 0 alone; no seed that anybody types should start there.
pub(super) const SEED_OFFSET: u64 = 0x7472_6F64_6465_6E00;
const LONGEST_STAY_MILLIS: u64 = 330_000;

/// One row of the file. Small fields index the lists in [`shop`]; `person` and `session` are
/// numbers from 0 without gaps.
pub(super) struct Event {
    pub(super) time_millis: i64,
    pub(super) person: u32,
    pub(super) session: u32,
    pub(super) label: u16,
    pub(super) platform: u8,
    pub(super) channel: u8,
    pub(super) consent: u8,
}

/// SplitMix64: small, fast, well mixed, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `bound`. The bias of a multiplication is far below what anybody could see.
    fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.next() as u32) * u64::from(bound)) >> 32) as u32
    }

    fn chance(&mut self, per_mille: u16) -> bool {
        self.below(1000) < u32::from(per_mille)
    }

    /// An index drawn with the given weights, or `None` for the rest up to a thousand.
    fn weighted(&mut self, weights: &[u16]) -> Option<usize> {
        let mut left = self.below(1000);
        weights.iter().position(|weight| {
            let hit = left < u32::from(*weight);
            left = left.wrapping_sub(u32::from(*weight));
            hit
        })
    }

    fn page(&mut self, row: Row) -> Option<Page> {
        let mut left = self.below(1000);
        for (page, weight) in row {
            if left < u32::from(*weight) {
                return Some(*page);
            }
            left -= u32::from(*weight);
        }
        None
    }

    fn of(&mut self, family: &Family) -> u16 {
        // Some come up far more often than others: the product of two draws leans to the front.
        let far = self.below(u32::from(family.count) + 1);
        family.first + self.below(far.max(1)) as u16
    }
}

/// The finalizer of SplitMix64.
pub(super) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Mixes the bits of a number so that different numbers stay different (every step is a bijection).
pub(super) fn scatter(mut n: u32) -> u32 {
    n ^= n >> 16;
    n = n.wrapping_mul(0x21F0_AAAD);
    n ^= n >> 15;
    n = n.wrapping_mul(0x735A_2D97);
    n ^ (n >> 15)
}

struct Person {
    random: Random,
    platform: u8,
    consent: u8,
    /// Out of a thousand, how likely another visit is.
    loyalty: u16,
    came_before: bool,
}

impl Person {
    fn new(seed: u64, number: u32) -> Self {
        let mut random = Random(mix(seed.wrapping_add(SEED_OFFSET)) ^ mix(u64::from(number)));
        let pick = |random: &mut Random, weights| random.weighted(weights).unwrap_or(0) as u8;
        let platform = pick(&mut random, &shop::PLATFORM_WEIGHTS);
        let consent = pick(&mut random, &shop::CONSENT_WEIGHTS);
        let loyalty = shop::LOYALTY[usize::from(pick(&mut random, &shop::LOYALTY_WEIGHTS))];
        Self { random, platform, consent, loyalty, came_before: false }
    }

    /// The day of the next visit, if there is one. Busy days are likelier.
    fn next_visit(&mut self, today: u32, busiest: u32) -> Option<u32> {
        if !self.random.chance(self.loyalty) {
            return None;
        }
        let mut day = today;
        for _ in 0..3 {
            let spread = 1 + self.random.below(6) * self.random.below(6);
            day = today + 1 + self.random.below(spread);
            if day >= shop::DAYS || self.random.below(busiest) < shop::day_weight(day) {
                break;
            }
        }
        (day < shop::DAYS).then_some(day)
    }

    fn visit(
        &mut self,
        number: u32,
        session: u32,
        day: u32,
        labels: &Labels,
        out: &mut Vec<Event>,
    ) {
        let random = &mut self.random;
        let sale = shop::SALE_DAYS.contains(&day);
        let hour = random.weighted(&shop::HOUR_WEIGHTS).unwrap_or(12) as u64;
        let within_hour = u64::from(random.below(HOUR_MILLIS as u32));
        let since_midnight = (hour + u64::from(shop::FIRST_HOUR)) * HOUR_MILLIS + within_hour;
        let mut time_millis =
            shop::FIRST_DAY_MILLIS + i64::from(day) * DAY_MILLIS + since_midnight as i64;
        let channels = if sale { &shop::SALE_CHANNEL_WEIGHTS } else { &shop::CHANNEL_WEIGHTS };
        let channel = random.weighted(channels).unwrap_or(0) as u8;
        if self.came_before && self.consent == 0 && random.chance(8) {
            self.consent = 1; // consent is withdrawn
        }
        let entry = match (sale, self.came_before) {
            (true, _) => shop::SALE_ENTRY,
            (false, true) => shop::LATER_ENTRY,
            (false, false) => shop::FIRST_ENTRY,
        };
        let broken = self.platform == shop::ANDROID && shop::BROKEN_DAYS.contains(&day);
        let mut page = random.page(entry).unwrap_or(Page::Home);
        for _ in 0..LONGEST_VISIT {
            let label = match page {
                Page::Search if random.chance(25) => random.of(&labels.searches),
                Page::Account if random.chance(180) => random.of(&labels.orders),
                Page::Support if random.chance(120) => random.of(&labels.calls),
                _ => page as u16,
            };
            let event = |time_millis, label| Event {
                time_millis,
                person: number,
                session,
                label,
                platform: self.platform,
                channel,
                consent: self.consent,
            };
            out.push(event(time_millis, label));
            if self.platform != 0 && random.chance(30) {
                out.push(event(time_millis + 400, Page::Ping as u16));
            }
            let spread = shop::STAY_SPREAD[random.below(16) as usize];
            let jitter = 500 + u64::from(random.below(2_000));
            let stay = shop::stay_millis(page) * spread / 256 + jitter;
            time_millis += stay.min(LONGEST_STAY_MILLIS) as i64;
            let row = match page {
                Page::Payment if broken => shop::BROKEN_PAYMENT,
                _ => shop::next(page),
            };
            match random.page(row) {
                Some(next) => page = next,
                None => break,
            }
        }
        self.came_before = true;
    }
}

/// Hands every event to `each` in order of time (then person), and gives their number.
pub(super) fn generate(
    sample: Sample,
    labels: &Labels,
    mut each: impl FnMut(&Event) -> io::Result<()>,
) -> io::Result<u64> {
    let weights: Vec<u32> = (0..shop::DAYS).map(shop::day_weight).collect();
    let all: u32 = weights.iter().sum();
    let busiest = weights.iter().copied().max().unwrap_or(1);
    let mut people: Vec<Person> =
        (0..sample.people).map(|number| Person::new(sample.seed, number)).collect();
    let mut visitors: Vec<Vec<u32>> = vec![Vec::new(); shop::DAYS as usize];
    for (number, person) in people.iter_mut().enumerate() {
        let mut left = person.random.below(all);
        let day = weights.iter().position(|weight| {
            let hit = left < *weight;
            left = left.wrapping_sub(*weight);
            hit
        });
        visitors[day.unwrap_or(0)].push(number as u32);
    }
    let mut events = 0;
    let mut sessions = 0;
    let mut pending: Vec<Event> = Vec::new();
    for day in 0..shop::DAYS {
        for number in std::mem::take(&mut visitors[day as usize]) {
            let person = &mut people[number as usize];
            person.visit(number, sessions, day, labels, &mut pending);
            sessions += 1;
            if let Some(next) = person.next_visit(day, busiest) {
                visitors[next as usize].push(number);
            }
        }
        pending.sort_unstable_by_key(|event| (event.time_millis, event.person));
        let midnight = shop::FIRST_DAY_MILLIS + i64::from(day + 1) * DAY_MILLIS;
        let last_day = day + 1 == shop::DAYS;
        let done = pending.partition_point(|event| last_day || event.time_millis < midnight);
        for event in pending.drain(..done) {
            each(&event)?;
            events += 1;
        }
    }
    Ok(events)
}
