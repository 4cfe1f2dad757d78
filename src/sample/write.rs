//! Sample events as CSV and Parquet.

use std::io::{self, Write};

use polars::prelude::{
    Column, DataFrame, Int64Chunked, IntoColumn, IntoSeries, PlSmallStr, PolarsResult,
    StringChunked, StringChunkedBuilder, TimeUnit, TimeZone,
};
use polars_io::parquet::write::ParquetWriter;

use super::people::{Event, SEED_OFFSET, generate, mix, scatter};
use super::shop::{CHANNELS, CONSENTS, Labels, PLATFORMS};
use super::{COLUMNS, Sample};

const BLOCK_BYTES: usize = 1 << 18;
pub(super) const ROW_GROUP_EVENTS: usize = 500_000;

/// An identifier: a letter and eight hexadecimal digits. Different numbers give different ones.
fn id(letter: u8, number: u32) -> [u8; 9] {
    let mut text = [letter; 9];
    let scattered = scatter(number);
    for (at, byte) in text[1..].iter_mut().enumerate() {
        let digit = (scattered >> (28 - 4 * at)) & 15;
        *byte = b"0123456789abcdef"[digit as usize];
    }
    text
}

/// Identifiers of one sample: those of another seed begin elsewhere.
#[derive(Clone, Copy)]
struct Ids {
    first_person: u32,
    first_session: u32,
}

impl Ids {
    fn new(sample: Sample) -> Self {
        let start = mix(sample.seed.wrapping_add(SEED_OFFSET));
        Self { first_person: start as u32, first_session: (start >> 32) as u32 }
    }

    fn person(self, event: &Event) -> [u8; 9] {
        id(b'u', self.first_person.wrapping_add(event.person))
    }

    fn session(self, event: &Event) -> [u8; 9] {
        id(b's', self.first_session.wrapping_add(event.session))
    }
}

/// The date of a time, kept from event to event: rows come in order of time.
struct Clock {
    day: i64,
    date: [u8; 10],
}

impl Clock {
    fn new() -> Self {
        Self { day: i64::MIN, date: [b'0'; 10] }
    }

    /// `2026-03-20T14:05:09.123Z`
    fn write(&mut self, time_millis: i64, out: &mut Vec<u8>) {
        const DAY_MILLIS: i64 = 86_400_000;
        let day = time_millis.div_euclid(DAY_MILLIS);
        if day != self.day {
            self.day = day;
            self.date = date(day);
        }
        let millis = time_millis.rem_euclid(DAY_MILLIS) as u32;
        let (seconds, millis) = (millis / 1000, millis % 1000);
        let two = |n: u32| [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
        let ([h1, h2], [m1, m2], [s1, s2]) =
            (two(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60));
        let [t1, t2] = two(millis / 10);
        let t3 = b'0' + (millis % 10) as u8;
        out.extend_from_slice(&self.date);
        out.extend_from_slice(&[b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'.', t1, t2, t3, b'Z']);
    }
}

/// The date of a day since 1970 in the Gregorian calendar. A year is counted from March, so that
/// the leap day comes last (the usual arithmetic over eras of 400 years).
fn date(day_since_1970: i64) -> [u8; 10] {
    let days = day_since_1970 + 719_468; // since 1 March of the year 0
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * from_march + 2) / 5 + 1) as u32;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 } as u32;
    let year = (year_of_era + era * 400 + i64::from(month <= 2)) as u32;
    let digit = |n: u32, unit: u32| b'0' + (n / unit % 10) as u8;
    [
        digit(year, 1000),
        digit(year, 100),
        digit(year, 10),
        digit(year, 1),
        b'-',
        digit(month, 10),
        digit(month, 1),
        b'-',
        digit(day, 10),
        digit(day, 1),
    ]
}

pub(super) fn csv(sample: Sample, out: &mut dyn Write) -> io::Result<u64> {
    let (labels, ids) = (Labels::new(), Ids::new(sample));
    let mut clock = Clock::new();
    let mut block = Vec::with_capacity(BLOCK_BYTES + 256);
    block.extend_from_slice(COLUMNS.join(",").as_bytes());
    block.push(b'\n');
    // No label of the sample holds a comma, a quote or a line break, so none needs quoting.
    let events = generate(sample, &labels, |event| {
        block.extend_from_slice(&ids.person(event));
        block.push(b',');
        block.extend_from_slice(&ids.session(event));
        block.push(b',');
        block.extend_from_slice(labels.text[usize::from(event.label)].as_bytes());
        block.push(b',');
        clock.write(event.time_millis, &mut block);
        for word in [
            PLATFORMS[usize::from(event.platform)],
            CHANNELS[usize::from(event.channel)],
            CONSENTS[usize::from(event.consent)],
        ] {
            block.push(b',');
            block.extend_from_slice(word.as_bytes());
        }
        block.push(b'\n');
        if block.len() >= BLOCK_BYTES {
            out.write_all(&block)?;
            block.clear();
        }
        Ok(())
    })?;
    out.write_all(&block)?;
    out.flush()?;
    Ok(events)
}

/// The columns of one row group while it fills.
struct Batch {
    /// In the order of [`COLUMNS`], without the time.
    text: [StringChunkedBuilder; 6],
    time_millis: Vec<i64>,
}

impl Batch {
    fn new(events: usize) -> Self {
        let [user, session, event, _, platform, channel, consent] = COLUMNS;
        let builder = |name: &str| StringChunkedBuilder::new(name.into(), events);
        Self {
            text: [user, session, event, platform, channel, consent].map(builder),
            time_millis: Vec::with_capacity(events),
        }
    }

    fn push(&mut self, ids: Ids, labels: &Labels, event: &Event) {
        let (person, session) = (ids.person(event), ids.session(event));
        let words = [
            str::from_utf8(&person).unwrap_or_default(),
            str::from_utf8(&session).unwrap_or_default(),
            &labels.text[usize::from(event.label)],
            PLATFORMS[usize::from(event.platform)],
            CHANNELS[usize::from(event.channel)],
            CONSENTS[usize::from(event.consent)],
        ];
        for (column, word) in self.text.iter_mut().zip(words) {
            column.append_value(word);
        }
        self.time_millis.push(event.time_millis);
    }

    fn finish(self) -> PolarsResult<DataFrame> {
        let rows = self.time_millis.len();
        let time = Int64Chunked::from_vec(PlSmallStr::from_static(COLUMNS[3]), self.time_millis)
            .into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC))
            .into_series();
        let mut columns: Vec<Column> =
            self.text.map(StringChunkedBuilder::finish).map(StringChunked::into_column).into();
        columns.insert(3, time.into_column());
        DataFrame::new(rows, columns)
    }
}

pub(super) fn parquet(sample: Sample, out: impl Write, row_group_events: usize) -> io::Result<u64> {
    let (labels, ids) = (Labels::new(), Ids::new(sample));
    let empty = Batch::new(row_group_events).finish().map_err(io::Error::other)?;
    let mut writer = ParquetWriter::new(out).batched(empty.schema()).map_err(io::Error::other)?;
    let mut batch = Batch::new(row_group_events);
    let mut put = |batch: Batch| -> io::Result<()> {
        let frame = batch.finish().map_err(io::Error::other)?;
        writer.write_batch(&frame).map_err(io::Error::other)
    };
    let events = generate(sample, &labels, |event| {
        batch.push(ids, &labels, event);
        if batch.time_millis.len() == row_group_events {
            put(std::mem::replace(&mut batch, Batch::new(row_group_events)))?;
        }
        Ok(())
    })?;
    put(batch)?;
    writer.finish().map_err(io::Error::other)?;
    Ok(events)
}
