//! The sample is always the same, and has the features it is there to show.

use std::collections::{BTreeMap, BTreeSet};

use super::{COLUMNS, RULES, Sample, shop, write};

const SMALL: Sample = Sample { people: 400, seed: 1 };

fn csv(sample: Sample) -> String {
    let mut bytes = Vec::new();
    sample.write_csv(&mut bytes).expect("memory takes every byte");
    String::from_utf8(bytes).expect("the sample is text")
}

/// Labels and other columns of each person, in the order of the file.
fn people(text: &str) -> BTreeMap<&str, Vec<Vec<&str>>> {
    let mut people: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for row in text.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        assert_eq!(fields.len(), COLUMNS.len(), "{row}");
        people.entry(fields[0]).or_default().push(fields);
    }
    people
}

/// `TRODDEN_WRITE_FIXTURES=1 cargo test --lib sample` writes the file again after a wanted change.
#[test]
fn the_fixture_is_what_the_generator_gives() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shop-small.csv");
    if std::env::var_os("TRODDEN_WRITE_FIXTURES").is_some() {
        std::fs::write(path, csv(SMALL)).expect("the fixture can be written");
    }
    let fixture = std::fs::read_to_string(path).expect("the fixture is there");
    assert!(csv(SMALL) == fixture, "the generator gives other bytes than fixtures/shop-small.csv");
}

#[test]
fn another_seed_gives_other_people_and_the_same_seed_the_same_bytes() {
    let sample = Sample { people: 50, seed: 7 };
    assert!(csv(sample) == csv(sample));
    assert!(csv(sample) != csv(Sample { seed: 8, ..sample }));
}

#[test]
fn nobody_at_all_gives_a_header() {
    let nobody = Sample { people: 0, seed: 1 };
    assert_eq!(csv(nobody), format!("{}\n", COLUMNS.join(",")));
    assert_eq!(nobody.write_parquet(Vec::new()).expect("memory takes every byte"), 0);
}

#[test]
fn rows_come_in_order_of_time_and_the_events_of_a_person_never_at_one_time() {
    let text = csv(SMALL);
    let times: Vec<&str> = text.lines().skip(1).filter_map(|row| row.split(',').nth(3)).collect();
    assert!(times.is_sorted());
    for (person, events) in people(&text) {
        for pair in events.windows(2) {
            assert!(pair[0][3] < pair[1][3], "two events of {person} at one time");
        }
    }
    let shape = |time: &str| time.replace(|c: char| c.is_ascii_digit(), "0");
    assert!(times.iter().all(|time| shape(time) == "0000-00-00T00:00:00.000Z"));
    assert!(times.iter().all(|time| ("2026-01-01".."2026-07-02").contains(time)));
}

#[test]
fn everybody_comes_many_for_a_short_time_and_few_for_long() {
    let text = csv(Sample::default());
    let people = people(&text);
    assert_eq!(people.len(), 3_500);
    let mut lengths: Vec<usize> = people.values().map(Vec::len).collect();
    lengths.sort_unstable();
    let mean = lengths.iter().sum::<usize>() / lengths.len();
    let (median, longest) = (lengths[lengths.len() / 2], lengths[lengths.len() - 1]);
    assert!((18..=22).contains(&mean), "{mean} events a person");
    assert!(median < mean, "half of the people have at most {median} events");
    assert!(longest > 6 * mean, "the longest journey has {longest} events");
}

#[test]
fn there_are_loops_a_funnel_rare_paths_and_withdrawn_consent() {
    let text = csv(Sample::default());
    let people = people(&text);
    let having = |test: &dyn Fn(&[&str]) -> bool| {
        people
            .values()
            .filter(|events| test(&events.iter().map(|event| event[2]).collect::<Vec<_>>()))
            .count()
    };
    let reach = |label: &str| having(&|labels| labels.contains(&label));
    let loops =
        having(&|labels| labels.windows(3).any(|w| *w == ["catalog", "product_view", "catalog"]));
    assert!(loops > 600, "{loops} people loop between catalog and product");
    let funnel =
        ["product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase"]
            .map(reach);
    assert!(funnel.windows(2).all(|pair| pair[1] < pair[0]), "{funnel:?}");
    assert!(funnel[5] > 200, "{funnel:?}");
    let rare = reach("gift_card");
    assert!((20..700).contains(&rare), "{rare} people take the rare path");
    for state in ["granted", "denied", "unknown"] {
        let with = people.values().filter(|events| events[0][6] == state).count();
        assert!(with > 150, "{with} people are {state}");
    }
    let withdrawn = people
        .values()
        .filter(|events| events[0][6] == "granted" && events[events.len() - 1][6] == "denied")
        .count();
    assert!(withdrawn > 10, "{withdrawn} people withdrew their consent");
}

#[test]
fn weights_are_shares_of_a_thousand() {
    let sum = |row: shop::Row| row.iter().map(|(_, weight)| *weight).sum::<u16>();
    for entry in [shop::FIRST_ENTRY, shop::LATER_ENTRY, shop::SALE_ENTRY] {
        assert_eq!(sum(entry), 1000, "everybody enters somewhere");
        for (page, _) in entry {
            assert!(sum(shop::next(*page)) < 1000, "from {page:?} some go away");
        }
    }
    assert!(sum(shop::BROKEN_PAYMENT) < 1000);
    assert_eq!(shop::HOUR_WEIGHTS.iter().sum::<u16>(), 1000);
}

#[test]
fn weekends_and_the_sale_are_busy() {
    let text = csv(Sample::default());
    let mut days: BTreeMap<&str, usize> = BTreeMap::new();
    for row in text.lines().skip(1) {
        let time = row.split(',').nth(3).expect("a row has a time");
        *days.entry(&time[..10]).or_default() += 1;
    }
    // Saturday and Sunday, 16 and 17 May 2026, against the Tuesday and Wednesday before.
    assert!(days["2026-05-16"] + days["2026-05-17"] > days["2026-05-12"] + days["2026-05-13"]);
    // The first weekend of the sale against the weekend a fortnight earlier.
    assert!(days["2026-03-21"] + days["2026-03-22"] > days["2026-03-07"] + days["2026-03-08"]);
}

#[test]
fn every_label_is_caught_by_a_rule_and_every_rule_catches_one() {
    let text = csv(SMALL);
    let labels: BTreeSet<&str> =
        text.lines().skip(1).filter_map(|row| row.split(',').nth(2)).collect();
    let catches = |pattern: &str, label: &str| match pattern.strip_suffix('*') {
        Some(start) => label.starts_with(start),
        None => label == pattern,
    };
    for label in &labels {
        assert!(RULES.iter().any(|(pattern, _)| catches(pattern, label)), "{label}");
    }
    for (pattern, _) in RULES {
        assert!(labels.iter().any(|label| catches(pattern, label)), "{pattern} catches nothing");
    }
}

#[test]
fn parquet_holds_the_same_events() {
    use polars::prelude::{AnyValue, DataType, TimeUnit};
    use polars_io::SerReader as _;
    use polars_io::parquet::read::ParquetReader;

    let mut bytes = Vec::new();
    let events = write::parquet(SMALL, &mut bytes, 1_000).expect("memory takes every byte");
    let mut reader = ParquetReader::new(std::io::Cursor::new(bytes));
    let row_groups = reader.get_metadata().expect("it has a footer").row_groups.len() as u64;
    assert_eq!(row_groups, events.div_ceil(1_000));
    let frame = reader.finish().expect("it reads back");
    let text = csv(SMALL);
    assert_eq!(frame.height() as u64, events);
    assert_eq!(frame.height(), text.lines().count() - 1);
    assert_eq!(frame.get_column_names(), COLUMNS);
    assert!(matches!(frame.columns()[3].dtype(), DataType::Datetime(TimeUnit::Milliseconds, _)));
    for (row, line) in text.lines().skip(1).enumerate().step_by(97) {
        for (at, field) in line.split(',').enumerate() {
            match frame.columns()[at].get(row).expect("the row is there") {
                AnyValue::String(value) => assert_eq!(value, field),
                AnyValue::Datetime(millis, _, _) | AnyValue::DatetimeOwned(millis, _, _) => {
                    let time: jiff::Timestamp = field.parse().expect("a time");
                    assert_eq!(millis, time.as_millisecond());
                }
                other => panic!("an unexpected {} in column {at}", other.dtype()),
            }
        }
    }
}
