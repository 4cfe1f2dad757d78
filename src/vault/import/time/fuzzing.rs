//! Times: the short way of reading against the long one, a clock that has read against a fresh one,
//! and both against jiff where jiff reads the form.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, civil};

use super::{Clock, checked_epoch, iso, order_evidence};
use crate::views::{DateOrder, RefusalReason};

/// Zones with an hour, half an hour and a whole day that was skipped or shown twice.
const ZONES: [Option<&str>; 5] = [
    None,
    Some("Europe/Berlin"),
    Some("America/New_York"),
    Some("Australia/Lord_Howe"),
    Some("Pacific/Apia"),
];

/// Two bytes choose the zone and the order of day and month; then come eight bytes of a number and
/// lines with a time each.
pub(crate) fn times(data: &[u8]) {
    let Some(([zone, order], rest)) = data.split_first_chunk() else { return };
    let zone = ZONES[usize::from(*zone) % ZONES.len()].and_then(|name| TimeZone::get(name).ok());
    let order =
        [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)][usize::from(*order) % 3];
    if let Some(number) = rest.first_chunk() {
        let number = i64::from_le_bytes(*number);
        let _ = (Clock::read_epoch(number), checked_epoch(number), iso(number));
        let _ = Clock::new(zone.clone(), order).read_local(number);
    }
    let mut clock = Clock::new(zone.clone(), order);
    for text in rest.split(|byte| *byte == b'\n').take(100) {
        let fresh = || Clock::new(zone.clone(), order);
        let read = clock.read(text);
        assert!(read == fresh().read(text), "what was read before makes a difference");
        if let Some(millis) = fresh().read_iso(text) {
            assert!(fresh().read_any(text) == Ok(millis), "the short way differs");
        }
        let _ = order_evidence(text);
        if let Ok(text) = std::str::from_utf8(text) {
            hold_against_jiff(text.trim_ascii(), read, zone.as_ref());
        }
        if let (Ok(millis), None) = (read, &zone)
            && (-2_000_000_000_000..4_000_000_000_000).contains(&millis)
            && checked_epoch(millis).is_ok()
        {
            let again = fresh().read(iso(millis).as_bytes());
            assert!(again == Ok(millis) || again == Err(RefusalReason::SentinelTime));
        }
    }
}

/// Whether the time of day ends with second 60, between colons or without them.
fn is_leap_second(text: &str) -> bool {
    let clock = text.split_once(['T', 't', ' ']).map_or("", |(_, clock)| clock);
    let digits: String = clock.chars().filter(char::is_ascii_digit).take(6).collect();
    text.contains(":60") || digits.get(4..) == Some("60")
}

fn hold_against_jiff(text: &str, read: Result<i64, RefusalReason>, zone: Option<&TimeZone>) {
    // Numbers are epochs here; a leap second counts here and is the second before to jiff.
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number || is_leap_second(text) {
        return;
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        let floor = instant.as_nanosecond().div_euclid(1_000_000);
        assert!(read.is_err() || read.ok().map(i128::from) == Some(floor), "another instant");
        return;
    }
    let time_of_day = text.get(10..).unwrap_or_default();
    if time_of_day.contains(['+', '-', 'Z', 'z', '[']) {
        return;
    }
    let Ok(wall) = text.parse::<DateTime>() else { return };
    let floor = |wall: civil::DateTime, zone: &TimeZone| {
        let instant = zone.to_ambiguous_timestamp(wall).compatible().ok()?;
        Some(instant.as_nanosecond().div_euclid(1_000_000))
    };
    let offset = zone.map(|zone| zone.to_ambiguous_timestamp(wall).offset());
    match (offset, read) {
        (None, Ok(millis)) => {
            assert_eq!(Some(i128::from(millis)), floor(wall, &TimeZone::UTC), "another instant");
        }
        (Some(AmbiguousOffset::Unambiguous { .. }), Ok(millis)) => {
            let floor = zone.and_then(|zone| floor(wall, zone));
            assert_eq!(Some(i128::from(millis)), floor, "another instant");
        }
        (Some(AmbiguousOffset::Fold { .. } | AmbiguousOffset::Gap { .. }), Ok(_)) => {
            panic!("a local time that is none or two");
        }
        (Some(AmbiguousOffset::Unambiguous { .. }), Err(reason)) => {
            let is_of_zone = [RefusalReason::LocalTimeGap, RefusalReason::LocalTimeTwice];
            assert!(!is_of_zone.contains(&reason), "the zone has this time once");
        }
        _ => {}
    }
}
