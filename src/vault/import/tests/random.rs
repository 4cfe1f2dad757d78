//! Properties that must hold for any file, and bytes that mean nothing.

use std::collections::BTreeMap;

use csv_core::{ReadRecordResult, ReaderBuilder};
use proptest::prelude::*;

use super::{COMMA, WANTED, file, import_bytes, plain, plan, source};
use crate::vault::import::mapping::Sample;
use crate::vault::import::roles::Roles;
use crate::vault::import::sink::Layout;
use crate::vault::import::time::Clock;
use crate::vault::import::{Job, delimited, group, inspect};
use crate::views::{Mapping, Progress};

/// What csv-core alone makes of a text: its records, or `None` where a quote stays open.
fn by_csv_core(text: &[u8]) -> Option<Vec<Vec<Vec<u8>>>> {
    let mut reader = ReaderBuilder::new().build();
    let (mut out, mut ends) = (vec![0; text.len() + 16], vec![0; text.len() + 16]);
    let closed = [text, b"\n"].concat();
    let mut rest = &closed[..];
    let mut records = Vec::new();
    loop {
        let (result, taken, _, fields) = reader.read_record(rest, &mut out, &mut ends);
        rest = &rest[taken..];
        match result {
            ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let spans = starts.zip(&ends).take(fields);
                records.push(spans.map(|(start, end)| out[start..*end].to_vec()).collect());
            }
            ReadRecordResult::InputEmpty => {
                let (last, ..) = reader.read_record(b"", &mut out, &mut ends);
                return matches!(last, ReadRecordResult::End).then_some(records);
            }
            _ => return Some(records),
        }
    }
}

/// Journeys without times from a file read in so many ranges.
fn in_ranges(text: &[u8], ranges: usize) -> Option<BTreeMap<String, Vec<String>>> {
    let bytes = file(text);
    let source = source(bytes.path()).ok()?;
    let progress = Progress::default();
    let layout = Layout::default();
    let wanted =
        Mapping { subject: Some("u".into()), event: Some("e".into()), ..Mapping::default() };
    let columns = vec!["u".to_owned(), "e".to_owned(), "x".to_owned()];
    let sample = Sample { columns: columns.clone(), ..Sample::default() };
    let job = Job {
        layout,
        roles: Roles::new(wanted, &sample, "a file").ok()?,
        clock: Clock::new(None, None),
        progress: &progress,
        accept_truncated: false,
    };
    let part = delimited::read(&source, COMMA, &columns, &job, Some(ranges)).ok()?;
    let store = group::group(layout, Vec::new(), part.sinks, WANTED).ok()?.store;
    let journeys = plain(&store).into_iter();
    Some(journeys.map(|(id, events)| (id, events.into_iter().map(|e| e.0).collect())).collect())
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-c]{0,3}",
        1 => "[a-c]\"[a-c]?",
        1 => "\"[a-c,\n]{0,4}\"",
        1 => "\"[a-c]\"\"[a-c\r\n]{0,3}\"",
        1 => "\"[a-c]\"[a-c]",
    ]
}

/// Rows of mostly three cells, with quoted newlines, stray quotes, ragged rows and blank lines.
fn table() -> impl Strategy<Value = String> {
    let row = prop_oneof![
        9 => prop::collection::vec(cell(), 3),
        1 => prop::collection::vec(cell(), 0..5),
    ];
    let rows =
        prop::collection::vec((row, prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n")]), 0..40);
    rows.prop_map(|rows| {
        let mut text = "u,e,x\n".to_owned();
        for (cells, newline) in rows {
            text.push_str(&cells.join(","));
            text.push_str(newline);
        }
        text
    })
}

/// Rows of five cells that are mostly written alike, and some of which are to be refused.
fn even_table() -> impl Strategy<Value = Vec<u8>> {
    let cells = (
        prop::sample::select(vec!["u1", "u2", "a name of more than sixteen bytes", "u3", ""]),
        prop::sample::select(vec!["home", "cart", "another name of more than sixteen", "pay"]),
        prop::sample::select(vec![
            "2026-01-01T06:01:15.550Z",
            "2026-02-28 06:01:15",
            "2025-12-31T23:59:59Z",
            "1767247275",
        ]),
        prop::sample::select(vec!["s1", "s2", "-1", ""]),
        prop::sample::select(vec!["web", "ios", ""]),
    );
    let odd = prop::sample::select(vec![
        "",
        "u1,home",
        "u1,,2026-01-01T06:01:15Z,s,w",
        "u1,home,never,s,w",
        "u1,home,,s,w",
        "\"u,1\",home,2026-01-01T06:01:15Z,s,w",
        "\"u\"\"1\",home,2026-01-01T06:01:15Z,s,w",
        "u\"1,home,2026-01-01T06:01:15Z,s,w",
        "u1,\"a\nb\",2026-01-01T06:01:15Z,s,w",
    ]);
    let row = (cells, prop::option::weighted(0.05, odd), prop::num::u8::ANY);
    let rows = prop::collection::vec(row, 0..200);
    let newline = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    (rows, newline, 0..32_u8).prop_map(|(rows, newline, usual)| {
        let mut text = String::new();
        for (cells, odd, quotes) in rows {
            // One row in many has quotes around other cells.
            let quotes = if quotes < 8 { quotes } else { usual };
            let (subject, label, time, session, platform) = cells;
            let line: Vec<String> =
                [subject, label, time, session, platform]
                    .iter()
                    .enumerate()
                    .map(|(at, cell)| {
                        if quotes >> at & 1 == 1 {
                            format!("\"{cell}\"")
                        } else {
                            (*cell).to_owned()
                        }
                    })
                    .collect();
            text.push_str(odd.unwrap_or(&line.join(",")));
            text.push_str(newline);
        }
        text.into_bytes()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn rows_that_come_many_at_once_agree_with_csv_core(text in even_table(), choices in 0..16_u8) {
        // The comma, quotes or none, a header or none, and more than three columns or not.
        delimited::fuzzing::delimited(&[&[0, choices][..], &text].concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_number_of_ranges_agrees_with_csv_core(text in table()) {
        let Some(records) = by_csv_core(text.as_bytes()) else { return Ok(()) };
        let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for record in records.iter().skip(1).filter(|record| record.len() == 3) {
            let text = |at: usize| String::from_utf8(record[at].clone()).unwrap();
            if !record[0].is_empty() && !record[1].is_empty() {
                wanted.entry(text(0)).or_default().push(text(1));
            }
        }
        for ranges in [1, 2, 3, 8] {
            prop_assert_eq!(in_ranges(text.as_bytes(), ranges), Some(wanted.clone()), "{} ranges", ranges);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter_where_times_differ(
        rows in prop::collection::vec((0..5_u8, 0..4_u8), 1..60),
        shuffle in any::<u64>(),
    ) {
        let mut lines: Vec<String> = rows
            .iter()
            .enumerate()
            .map(|(at, (user, event))| format!("u{user},e{event},{}\n", 1_700_000_000 + at))
            .collect();
        let csv = |lines: &[String]| format!("user,event,ts\n{}", lines.concat());
        let ordered = import_bytes(csv(&lines).as_bytes()).unwrap();
        lines.sort_by_key(|line| blake3::hash(format!("{shuffle}{line}").as_bytes()).to_hex().to_string());
        let shuffled = import_bytes(csv(&lines).as_bytes()).unwrap();
        prop_assert_eq!(shuffled.quality.rows_used, rows.len() as u64);
        let (ordered, shuffled) = (plain(&ordered.store), plain(&shuffled.store));
        prop_assert_eq!(ordered.values().map(Vec::len).sum::<usize>(), rows.len());
        prop_assert_eq!(ordered, shuffled);
    }

    #[test]
    fn bytes_without_meaning_never_panic(
        start in prop::sample::select(vec![
            &b""[..], b"\x1F\x8B\x08\0", b"PAR1", b"<log>", b"<?xml?><log><trace><event>", b"{\"event\":",
            b"user,event,ts\n", b"\xFF\xFE", b"\xEF\xBB\xBF", b"u;e;t\n1;A;",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        is_text in any::<bool>(),
    ) {
        let mut all = start.to_vec();
        all.extend(bytes.iter().map(|b| if is_text { b" \n,;\"<>/=aeuT0129:-.{}[]\\&"[usize::from(*b) % 26] } else { *b }));
        let bytes = file(&all);
        let mut plan = plan(bytes.path());
        plan.accept_truncated = true;
        let _ = inspect(&plan);
        let _ = super::import_plan(&plan);
    }

    #[test]
    fn any_text_is_a_time_or_a_reason(text in "[0-9TZ:/. +-]{0,30}|\\PC{0,20}") {
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").ok();
        let _ = Clock::new(None, None).read(text.as_bytes());
        let _ = Clock::new(zone, Some(crate::views::DateOrder::DayFirst)).read(text.as_bytes());
    }

    #[test]
    fn the_short_way_of_reading_times_agrees_with_the_calendar(
        millis in -2_000_000_000_000_i64..4_000_000_000_000,
        finer_nanos in prop_oneof![Just(0), 1..1_000_000_i128],
    ) {
        prop_assume!(millis != 0);
        let nanos = i128::from(millis) * 1_000_000 + finer_nanos;
        let text = jiff::Timestamp::from_nanosecond(nanos).unwrap().to_string();
        prop_assume!(!text.starts_with("1900-01-01"));
        prop_assert_eq!(Clock::new(None, None).read(text.as_bytes()).ok(), Some(millis), "{}", text);
    }
}
