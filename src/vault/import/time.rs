//! Text → milliseconds since 1970 UTC: ISO 8601, epochs, the common local spellings.
//!
//! *Invariant:* knows nothing of files or columns. What it cannot read it refuses with a reason;
//! it never guesses between day and month.

#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;

use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::views::{DateOrder, RefusalReason};

pub(super) const DAY_MILLIS: i64 = 86_400_000;

/// Reads the times of one column. Cheap to clone, one for each thread.
#[derive(Clone)]
pub(super) struct Clock {
    /// `None` is UTC, which needs no table.
    zone: Option<TimeZone>,
    order: Option<DateOrder>,
    /// ISO dates that were read, each at its place: files repeat them, also those that are in no
    /// order. Empty until the first one.
    dates: Vec<Date>,
    /// The last local hour looked up and its offset, where the whole hour has one.
    hour: i64,
    hour_offset_millis: i64,
}

/// An ISO date, and the midnight that it stands for.
#[derive(Clone, Copy)]
struct Date {
    text: [u8; 10],
    millis: i64,
}

impl Date {
    /// How many are remembered: those of two years.
    const PLACES: usize = 1 << 10;

    /// Where a date has its place: every day of two years has one of its own.
    #[inline]
    fn place(text: &[u8; 10]) -> usize {
        // Without the hyphens. Each byte then is followed by a digit that comes behind it in its number.
        let [_, _, rest @ ..] = *text;
        let digits = u64::from_le_bytes(rest) & 0x0F0F_000F_0F00_0F0F;
        let [year, _, _, month, _, _, day, _] =
            digits.wrapping_mul(10).wrapping_add(digits >> 8).to_le_bytes();
        usize::from(year % 2) << 9 | usize::from(month % 16) << 5 | usize::from(day % 32)
    }
}

/// What a date says about the order of day and month in its column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderEvidence {
    DayFirst,
    MonthFirst,
    Either,
}

/// A date and a time of day, not yet placed on the time line.
struct Civil {
    year: i64,
    month: u32,
    day: u32,
    millis_of_day: i64,
    nanos_rest: bool,
    offset_millis: Option<i64>,
}

impl Clock {
    pub(super) fn new(zone: Option<TimeZone>, order: Option<DateOrder>) -> Self {
        Self { zone, order, dates: Vec::new(), hour: i64::MIN, hour_offset_millis: 0 }
    }

    /// # Errors
    /// Why the row cannot be placed in time.
    #[inline]
    pub(super) fn read(&mut self, text: &[u8]) -> Result<i64, RefusalReason> {
        match self.read_usual(text) {
            Some(millis) => Ok(millis),
            None => self.read_other(text),
        }
    }

    #[inline(never)]
    fn read_other(&mut self, text: &[u8]) -> Result<i64, RefusalReason> {
        match self.read_iso(text) {
            Some(millis) => Ok(millis),
            None => self.read_any(text),
        }
    }

    /// What [`Clock::read_iso`] reads where the date is a known one, in its four most usual lengths:
    /// nearly every time of nearly every file.
    #[inline(always)]
    fn read_usual(&self, text: &[u8]) -> Option<i64> {
        let (head, tail) = text.split_first_chunk::<19>()?;
        let (date, clock) = head.split_first_chunk::<10>()?;
        let (separator, clock) = clock.split_first()?;
        let clock = millis_of_day(*clock.first_chunk()?)?;
        let known = self.dates.get(Date::place(date))?;
        if *date != known.text || !matches!(separator, b'T' | b' ') {
            return None;
        }
        let fraction = match tail {
            [fraction @ .., b'Z'] if fraction.len() == 4 => {
                millis_of_second(*fraction.first_chunk()?)?
            }
            [b'Z'] => 0,
            _ if self.zone.is_some() => return None,
            [] => 0,
            _ if tail.len() == 4 => millis_of_second(*tail.first_chunk()?)?,
            _ => return None,
        };
        let millis = known.millis + clock + fraction;
        (millis != 0).then_some(millis)
    }

    /// `2024-03-01T10:00:00.123Z` and its like, where the date is one that was seen before.
    /// Anything unusual is `None` and goes the long way, which gives the same answers.
    #[inline]
    fn read_iso(&mut self, text: &[u8]) -> Option<i64> {
        let (date, rest) = text.split_first_chunk::<10>()?;
        let date_millis = self.date_millis(date)?;
        let (separator, rest) = rest.split_first()?;
        if !matches!(separator, b'T' | b' ') {
            return None;
        }
        let (clock, rest) = rest.split_first_chunk::<8>()?;
        let local = date_millis + millis_of_day(*clock)?;
        let (fraction, rest) = match rest.split_first_chunk::<4>() {
            Some((fraction, after)) => match millis_of_second(*fraction) {
                // What is finer than a millisecond is cut off.
                Some(millis) => (millis, without_digits(after)),
                None => (0, rest),
            },
            None => (0, rest),
        };
        let local = local + fraction;
        let millis = match rest {
            [b'Z'] => local,
            [] if self.zone.is_none() => local,
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2]
                if [h1, h2, m1, m2].iter().all(|d| d.is_ascii_digit()) =>
            {
                let minutes = i64::from(h1 - b'0') * 600
                    + i64::from(h2 - b'0') * 60
                    + i64::from(m1 - b'0') * 10
                    + i64::from(m2 - b'0');
                if minutes >= 24 * 60 {
                    return None;
                }
                let offset = minutes * 60_000;
                if *sign == b'+' { local - offset } else { local + offset }
            }
            _ => return None,
        };
        // 0 exactly is a placeholder, which the long way says.
        (millis != 0).then_some(millis)
    }

    fn date_millis(&mut self, date: &[u8; 10]) -> Option<i64> {
        let place = Date::place(date);
        if let Some(known) = self.dates.get(place)
            && known.text == *date
        {
            return Some(known.millis);
        }
        let millis = iso_date_millis(date)?;
        let read = Date { text: *date, millis };
        // The first one takes all places, so that each holds a date that was read.
        self.dates.resize(Date::PLACES, read);
        self.dates[place] = read;
        Some(millis)
    }

    #[cold]
    fn read_any(&mut self, text: &[u8]) -> Result<i64, RefusalReason> {
        let text = text.trim_ascii();
        if text.is_empty() {
            return Err(RefusalReason::NoTime);
        }
        if let Some(result) = self.read_digits(text) {
            return result;
        }
        let civil = Scan { rest: text }.date_and_time(self.order)?;
        self.place(&civil)
    }

    /// Numbers: an epoch by its magnitude, or a date written without separators.
    fn read_digits(&mut self, text: &[u8]) -> Option<Result<i64, RefusalReason>> {
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let point = digits.iter().position(|c| *c == b'.').unwrap_or(digits.len());
        let (whole, fraction) = digits.split_at(point);
        let fraction = fraction.get(1..).unwrap_or_default();
        let all_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        if !negative
            && fraction.is_empty()
            && matches!(whole.len(), 8 | 12 | 14)
            && let Some(civil) = compact(whole)
        {
            return Some(self.place(&civil));
        }
        // Nineteen digits fit, and nanoseconds have them.
        if whole.len() > 19 {
            return Some(Err(RefusalReason::UnreadableTime));
        }
        let number = whole.iter().fold(0_u64, |sum, c| sum * 10 + u64::from(c - b'0'));
        let Ok(number) = i64::try_from(number) else {
            return Some(Err(RefusalReason::UnreadableTime));
        };
        let is_whole = fraction.iter().all(|c| *c == b'0');
        if is_whole && is_sentinel_number(if negative { -number } else { number }) {
            return Some(Err(RefusalReason::SentinelTime));
        }
        let unit = EpochUnit::of(number);
        let mut millis = unit.millis(if negative { -number } else { number });
        if unit == EpochUnit::Seconds {
            let part = fraction_millis(fraction);
            millis += if negative { -part } else { part };
        }
        Some(checked_epoch(millis))
    }

    fn place(&mut self, civil: &Civil) -> Result<i64, RefusalReason> {
        let &Civil { year, month, day, .. } = civil;
        if (month == 0 && day == 0) || is_sentinel_date(year, month, day) {
            return Err(RefusalReason::SentinelTime);
        }
        if !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
            return Err(RefusalReason::UnreadableTime);
        }
        let local = days_from_civil(year, month, day) * DAY_MILLIS + civil.millis_of_day;
        // Midnight of the first day, in whatever zone somebody thought to be.
        if local == 0 && !civil.nanos_rest && civil.offset_millis.is_none() {
            return Err(RefusalReason::SentinelTime);
        }
        let millis = match civil.offset_millis {
            Some(offset) => local - offset,
            None => local - self.offset_at(local)?,
        };
        if millis == 0 && !civil.nanos_rest {
            return Err(RefusalReason::SentinelTime);
        }
        Ok(millis)
    }

    /// Offset of the plan's zone at a local time.
    fn offset_at(&mut self, local: i64) -> Result<i64, RefusalReason> {
        const HOUR_MILLIS: i64 = 3_600_000;
        let Some(zone) = &self.zone else { return Ok(0) };
        let hour = local.div_euclid(HOUR_MILLIS);
        if hour == self.hour {
            return Ok(self.hour_offset_millis);
        }
        let lookup = |at: i64| {
            civil_at(at)
                .map(|civil| zone.to_ambiguous_timestamp(civil).offset())
                .ok_or(RefusalReason::UnreadableTime)
        };
        if let (
            AmbiguousOffset::Unambiguous { offset: first },
            AmbiguousOffset::Unambiguous { offset: last },
        ) = (lookup(hour * HOUR_MILLIS)?, lookup((hour + 1) * HOUR_MILLIS - 1)?)
            && first == last
        {
            self.hour = hour;
            self.hour_offset_millis = i64::from(first.seconds()) * 1000;
            return Ok(self.hour_offset_millis);
        }
        match lookup(local)? {
            AmbiguousOffset::Unambiguous { offset } => Ok(i64::from(offset.seconds()) * 1000),
            // The file cannot say which of the two it was, and an hour is long in a journey.
            AmbiguousOffset::Fold { .. } => Err(RefusalReason::LocalTimeTwice),
            AmbiguousOffset::Gap { .. } => Err(RefusalReason::LocalTimeGap),
        }
    }

    /// An integer of a typed column.
    pub(super) fn read_epoch(number: i64) -> Result<i64, RefusalReason> {
        if (19_000_101..=21_991_231).contains(&number) {
            let digits = number.to_string();
            if let Some(civil) = compact(digits.as_bytes()) {
                return Clock::new(None, None).place(&civil);
            }
        }
        if is_sentinel_number(number) {
            return Err(RefusalReason::SentinelTime);
        }
        checked_epoch(EpochUnit::of(number).millis(number))
    }

    /// A local time of a typed column, in milliseconds.
    pub(super) fn read_local(&mut self, local: i64) -> Result<i64, RefusalReason> {
        let local = checked_epoch(local)?;
        Ok(local - self.offset_at(local)?)
    }
}

/// A local time as ISO text, for samples of typed columns.
pub(super) fn iso(millis: i64) -> String {
    let (year, month, day) = civil_from_days(millis.div_euclid(DAY_MILLIS));
    let rest = millis.rem_euclid(DAY_MILLIS);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{milli:03}")
}

/// The instant of a typed column, refused where it is a placeholder.
#[inline]
pub(super) fn checked_epoch(millis: i64) -> Result<i64, RefusalReason> {
    // From 1904-01-02 to 2099-12-30 there is one placeholder.
    const USUAL: std::ops::Range<i64> =
        days_from_civil(1904, 1, 2) * DAY_MILLIS..days_from_civil(2099, 12, 31) * DAY_MILLIS;
    if USUAL.contains(&millis) && millis != 0 {
        return Ok(millis);
    }
    let (year, month, day) = civil_from_days(millis.div_euclid(DAY_MILLIS));
    if millis == 0 || is_sentinel_date(year, month, day) {
        return Err(RefusalReason::SentinelTime);
    }
    Ok(millis)
}

/// What `03/04/2024` alone says about its column; `None` where the text is no such date.
pub(super) fn order_evidence(text: &[u8]) -> Option<OrderEvidence> {
    let mut scan = Scan { rest: text.trim_ascii() };
    let (first, first_len) = scan.number()?;
    let separator = scan.byte()?;
    if !matches!(separator, b'/' | b'-') || first_len > 2 {
        return None;
    }
    let (second, second_len) = scan.number()?;
    if second_len > 2 || scan.byte()? != separator {
        return None;
    }
    scan.number()?;
    match (first, second) {
        (13..=31, 1..=12) => Some(OrderEvidence::DayFirst),
        (1..=12, 13..=31) => Some(OrderEvidence::MonthFirst),
        (1..=12, 1..=12) if first != second => Some(OrderEvidence::Either),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum EpochUnit {
    Seconds,
    Millis,
    Micros,
    Nanos,
}

impl EpochUnit {
    /// By magnitude: seconds until the year 5138, milliseconds from 1973, and so on.
    fn of(number: i64) -> Self {
        match number.unsigned_abs() {
            0..100_000_000_000 => Self::Seconds,
            100_000_000_000..100_000_000_000_000 => Self::Millis,
            100_000_000_000_000..100_000_000_000_000_000 => Self::Micros,
            _ => Self::Nanos,
        }
    }

    fn millis(self, number: i64) -> i64 {
        match self {
            Self::Seconds => number * 1000,
            Self::Millis => number,
            Self::Micros => number.div_euclid(1000),
            Self::Nanos => number.div_euclid(1_000_000),
        }
    }
}

/// `20240301`, `202403011015`, `20240301101559`, where it is a plausible date.
fn compact(digits: &[u8]) -> Option<Civil> {
    let part = |from: usize, len: usize| {
        digits
            .get(from..from + len)
            .map(|part| part.iter().fold(0_i64, |sum, c| sum * 10 + i64::from(c - b'0')))
    };
    let (year, month, day) = (part(0, 4)?, part(4, 2)? as u32, part(6, 2)? as u32);
    let zeros = digits.iter().all(|c| *c == b'0');
    let plausible = (1900..2200).contains(&year) || year == 9999;
    if !zeros && (!plausible || !(1..=12).contains(&month) || day == 0 || day > 31) {
        return None;
    }
    let (hour, minute, second) =
        (part(8, 2).unwrap_or(0), part(10, 2).unwrap_or(0), part(12, 2).unwrap_or(0));
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let millis_of_day = ((hour * 60 + minute) * 60 + second) * 1000;
    Some(Civil { year, month, day, millis_of_day, nanos_rest: false, offset_millis: None })
}

/// A cursor over the bytes of one time.
struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn eat(&mut self, wanted: &[u8]) -> bool {
        let hit = self.rest.first().is_some_and(|c| wanted.contains(c));
        if hit {
            self.rest = &self.rest[1..];
        }
        hit
    }

    fn spaces(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    /// A run of at most nine digits: its value and length.
    fn number(&mut self) -> Option<(i64, usize)> {
        let len = self.rest.iter().take_while(|c| c.is_ascii_digit()).count();
        if len == 0 || len > 9 {
            return None;
        }
        let value = self.rest[..len].iter().fold(0_i64, |sum, c| sum * 10 + i64::from(c - b'0'));
        self.rest = &self.rest[len..];
        Some((value, len))
    }

    /// A run of letters (bytes above ASCII count: `Mär`).
    fn word(&mut self) -> &[u8] {
        let is_letter = |c: &u8| c.is_ascii_alphabetic() || !c.is_ascii();
        let len = self.rest.iter().take_while(|c| is_letter(c)).count();
        let (word, rest) = self.rest.split_at(len);
        self.rest = rest;
        word
    }

    fn date_and_time(mut self, order: Option<DateOrder>) -> Result<Civil, RefusalReason> {
        let (year, month, day) = self.date(order)?;
        let mut civil =
            Civil { year, month, day, millis_of_day: 0, nanos_rest: false, offset_millis: None };
        self.time_of_day(&mut civil).ok_or(RefusalReason::UnreadableTime)?;
        Ok(civil)
    }

    fn date(&mut self, order: Option<DateOrder>) -> Result<(i64, u32, u32), RefusalReason> {
        const UNREADABLE: RefusalReason = RefusalReason::UnreadableTime;
        let is_word = self.rest.first().is_some_and(|c| !c.is_ascii_digit());
        if is_word {
            let word = self.word();
            let month = month_by_name(word);
            if month.is_none() && !is_weekday(word) {
                return Err(UNREADABLE);
            }
            self.eat(b".");
            self.eat(b",");
            self.spaces();
            if let Some(month) = month {
                // Mar 01, 2024
                let (day, _) = self.number().ok_or(UNREADABLE)?;
                self.eat(b",");
                self.spaces();
                let (year, len) = self.number().ok_or(UNREADABLE)?;
                return Ok((full_year(year, len).ok_or(UNREADABLE)?, month, day as u32));
            }
        }
        let (first, first_len) = self.number().ok_or(UNREADABLE)?;
        if first_len == 8 {
            let digits = format!("{first:08}");
            let civil = compact(digits.as_bytes()).ok_or(UNREADABLE)?;
            return Ok((civil.year, civil.month, civil.day));
        }
        let separator = self.byte().ok_or(UNREADABLE)?;
        if separator == b'.' {
            self.spaces();
        }
        if self.rest.first().is_some_and(|c| c.is_ascii_alphabetic() || !c.is_ascii()) {
            // 01-Mar-2024, 1. März 2024
            let month = month_by_name(self.word()).ok_or(UNREADABLE)?;
            self.eat(b".");
            self.eat(b"-/ ,");
            self.spaces();
            let (year, len) = self.number().ok_or(UNREADABLE)?;
            return Ok((full_year(year, len).ok_or(UNREADABLE)?, month, first as u32));
        }
        let (second, second_len) = self.number().ok_or(UNREADABLE)?;
        if !self.eat(&[separator]) || second_len > 2 {
            return Err(UNREADABLE);
        }
        let (third, third_len) = self.number().ok_or(UNREADABLE)?;
        if first_len == 4 && matches!(separator, b'-' | b'/' | b'.') && third_len <= 2 {
            return Ok((first, second as u32, third as u32));
        }
        if first_len > 2 {
            return Err(UNREADABLE);
        }
        let year = full_year(third, third_len).ok_or(UNREADABLE)?;
        let (first, second) = (first as u32, second as u32);
        match (separator, order) {
            (b'.', _) | (b'/' | b'-', Some(DateOrder::DayFirst)) => Ok((year, second, first)),
            (b'/' | b'-', Some(DateOrder::MonthFirst)) => Ok((year, first, second)),
            (b'/' | b'-', None) if first > 12 || first == second => Ok((year, second, first)),
            (b'/' | b'-', None) if second > 12 => Ok((year, first, second)),
            (b'/' | b'-', None) => Err(RefusalReason::AmbiguousDate),
            _ => Err(UNREADABLE),
        }
    }

    /// What follows a date: nothing, or a time of day with fraction, AM or PM, and zone.
    fn time_of_day(&mut self, civil: &mut Civil) -> Option<()> {
        self.eat(b",");
        if !self.eat(b"T") {
            self.spaces();
        }
        if self.rest.is_empty() {
            return Some(());
        }
        if self.rest.first().is_some_and(u8::is_ascii_digit) {
            let (mut hour, len) = self.number()?;
            let (minute, second) = if self.eat(b":") {
                let (minute, _) = self.number()?;
                let second = if self.eat(b":") { self.number()?.0 } else { 0 };
                (minute, second)
            } else {
                // 101559, 1015
                match len {
                    6 => {
                        let all = hour;
                        hour = all / 10_000;
                        (all / 100 % 100, all % 100)
                    }
                    4 => {
                        let all = hour;
                        hour = all / 100;
                        (all % 100, 0)
                    }
                    _ => return None,
                }
            };
            let mut millis = 0;
            if self.eat(b".,") {
                let digits = self.rest.iter().take_while(|c| c.is_ascii_digit()).count();
                let (fraction, rest) = self.rest.split_at(digits);
                if digits == 0 {
                    return None;
                }
                millis = fraction_millis(fraction);
                civil.nanos_rest = fraction.iter().skip(3).any(|c| *c != b'0');
                self.rest = rest;
            }
            self.spaces();
            let mark = self.rest.get(..2).map(<[u8]>::to_ascii_uppercase);
            if let Some(mark @ (b"AM" | b"PM")) = mark.as_deref() {
                if hour == 0 || hour > 12 {
                    return None;
                }
                hour = hour % 12 + if mark == b"PM" { 12 } else { 0 };
                self.rest = &self.rest[2..];
            }
            // 24:00:00 is the midnight that ends the day; second 60 is a leap second.
            let is_midnight = hour == 24 && minute == 0 && second == 0;
            if (hour > 23 && !is_midnight) || minute > 59 || second > 60 {
                return None;
            }
            civil.millis_of_day = ((hour * 60 + minute) * 60 + second) * 1000 + millis;
        }
        self.spaces();
        self.zone(civil)
    }

    fn zone(&mut self, civil: &mut Civil) -> Option<()> {
        match self.rest {
            [] => return Some(()),
            [b'Z' | b'z'] | b"UTC" | b"GMT" => {
                civil.offset_millis = Some(0);
                return Some(());
            }
            _ => {}
        }
        if self.rest.starts_with(b"UTC") || self.rest.starts_with(b"GMT") {
            self.rest = &self.rest[3..];
        }
        let sign = match self.byte()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let (number, len) = self.number()?;
        let minutes = match len {
            1 | 2 => {
                let minutes = if self.eat(b":") { self.number()?.0 } else { 0 };
                // Historical offsets have seconds; they are read and left out of the minutes.
                number * 60 + minutes
            }
            4 => number / 100 * 60 + number % 100,
            _ => return None,
        };
        if minutes >= 24 * 60 {
            return None;
        }
        civil.offset_millis = Some(sign * minutes * 60_000);
        // 2024-03-01T10:00:00+01:00[Europe/Berlin]: the offset has already said it.
        (self.rest.is_empty() || self.rest.starts_with(b"[")).then_some(())
    }
}

/// `24` is 2024 and `99` is 1999, as POSIX has it.
fn full_year(year: i64, len: usize) -> Option<i64> {
    match len {
        4 => Some(year),
        2 if year < 69 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// English and German names, in full or cut after three letters.
fn month_by_name(word: &[u8]) -> Option<u32> {
    const NAMES: [&[&str]; 12] = [
        &["jan", "jän"],
        &["feb"],
        &["mar", "mär", "mrz"],
        &["apr"],
        &["may", "mai"],
        &["jun"],
        &["jul"],
        &["aug"],
        &["sep"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez"],
    ];
    let word = String::from_utf8_lossy(word).to_lowercase();
    let month = NAMES.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    Some(month as u32 + 1)
}

fn is_weekday(word: &[u8]) -> bool {
    let word = word.to_ascii_lowercase();
    [&b"mon"[..], b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"]
        .iter()
        .any(|day| word.starts_with(day))
}

fn fraction_millis(digits: &[u8]) -> i64 {
    (0..3).fold(0, |sum, at| sum * 10 + digits.get(at).map_or(0, |c| i64::from(c - b'0')))
}

/// Placeholders: year 0 and 1, the first days of the clocks and calendars of old systems, the zero
/// day of spreadsheets, and the days that stand for "never".
fn is_sentinel_date(year: i64, month: u32, day: u32) -> bool {
    year <= 1
        || year >= 2900
        || matches!((month, day), (1, 1)) && matches!(year, 1601 | 1753 | 1800 | 1900 | 1904)
        || matches!((year, month, day), (1899, 12, 30 | 31) | (2099 | 2199 | 2299, 12, 31))
}

/// Numbers that stand for "none" or "never", in whatever unit: −1, the largest numbers of 32 bits, and
/// the last second of the year 9999.
fn is_sentinel_number(number: i64) -> bool {
    matches!(number, -1 | 0x7fff_ffff | 0xffff_ffff | 253_402_300_799 | 253_402_300_799_999)
}

/// Midnight UTC of `YYYY-MM-DD`; `None` where the long way must decide.
fn iso_date_millis(date: &[u8; 10]) -> Option<i64> {
    let digit = |at: usize| {
        let value = date[at].wrapping_sub(b'0');
        (value < 10).then_some(u32::from(value))
    };
    if date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let year = digit(0)? * 1000 + digit(1)? * 100 + digit(2)? * 10 + digit(3)?;
    let month = digit(5)? * 10 + digit(6)?;
    let day = digit(8)? * 10 + digit(9)?;
    let year = i64::from(year);
    if !(1..=12).contains(&month)
        || day == 0
        || day > days_in_month(year, month)
        || is_sentinel_date(year, month, day)
    {
        return None;
    }
    Some(days_from_civil(year, month, day) * DAY_MILLIS)
}

/// `HH:MM:SS`, all eight bytes at once: a digit XOR `0` is its value, a colon XOR `:` is zero.
#[inline]
fn millis_of_day(clock: [u8; 8]) -> Option<i64> {
    let value = u64::from_le_bytes(clock) ^ u64::from_le_bytes(*b"00:00:00");
    let too_large = value.wrapping_add(0x0606_0606_0606_0606) | value;
    if too_large & 0xF0F0_F0F0_F0F0_F0F0 | value & 0x0000_FF00_00FF_0000 != 0 {
        return None;
    }
    let pairs = value.wrapping_mul(10).wrapping_add(value >> 8);
    let (hour, minute, second) = (pairs & 0xFF, pairs >> 24 & 0xFF, pairs >> 48 & 0xFF);
    // A difference below zero has its highest bit set.
    if (23_u64.wrapping_sub(hour) | 59_u64.wrapping_sub(minute) | 59_u64.wrapping_sub(second)) >> 63
        != 0
    {
        return None;
    }
    Some(((hour * 3600 + minute * 60 + second) * 1000) as i64)
}

#[inline]
fn without_digits(mut text: &[u8]) -> &[u8] {
    while let [b'0'..=b'9', rest @ ..] = text {
        text = rest;
    }
    text
}

/// `.mmm`, all four bytes at once.
#[inline]
fn millis_of_second(fraction: [u8; 4]) -> Option<i64> {
    let value = u32::from_le_bytes(fraction) ^ u32::from_le_bytes(*b".000");
    let too_large = value.wrapping_add(0x0606_0600) | value;
    if too_large & 0xF0F0_F0FF != 0 {
        return None;
    }
    Some(i64::from((value >> 8 & 0xFF) * 100 + (value >> 16 & 0xFF) * 10 + (value >> 24)))
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years that
/// begin in March, so that the leap day comes last.
const fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let months_since_march = ((month + 9) % 12) as i64;
    let day_of_year = (153 * months_since_march + 2) / 5 + day as i64 - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = (months_since_march + 2) % 12 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}

fn civil_at(local: i64) -> Option<jiff::civil::DateTime> {
    let (year, month, day) = civil_from_days(local.div_euclid(DAY_MILLIS));
    let millis = local.rem_euclid(DAY_MILLIS);
    jiff::civil::DateTime::new(
        i16::try_from(year).ok()?,
        month as i8,
        day as i8,
        (millis / 3_600_000) as i8,
        (millis / 60_000 % 60) as i8,
        (millis / 1000 % 60) as i8,
        (millis % 1000 * 1_000_000) as i32,
    )
    .ok()
}
