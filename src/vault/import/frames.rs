//! A frame of typed columns → rows: what Parquet and Arrow have in common.
//!
//! Ids become text without passing through a float; times keep the unit and zone of their type. A
//! field may stand within a column: in a struct, in a list of keys and values, or in an object that
//! is written as text.
//!
//! *Invariant:* turns columns into rows. What a value means is the sink's business.

use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::prelude::{
    Column, DataFrame, DataType, Int64Chunked, IntoSeries, NewChunkedArray, PolarsError, Series,
    StringChunked, TimeUnit,
};
use polars_arrow::array::Utf8ViewArray;

use super::coded::{Coded, CodedRows, Texts};
use super::container::unusable;
use super::mapping::Sample;
use super::record::{self, Paths};
use super::roles::session_or_none;
use super::sink::Sink;
use super::source::Source;
use super::text::Text;
use super::time::{Clock, DAY_MILLIS, checked_epoch, iso};
use super::{ImportError, Job, json};
use crate::views::RefusalReason;

/// How deep structs are offered as columns.
const DEEPEST: usize = 4;
/// Keys of one list that are offered as columns.
const MOST_KEYS: usize = 200;

/// Decoders of damaged files may fail in any way; none of them may take the program down.
pub(super) fn guarded<T>(
    source: &Source,
    work: impl FnOnce() -> Result<T, PolarsError>,
) -> Result<T, ImportError> {
    if let Ok(Ok(value)) = catch_unwind(AssertUnwindSafe(work)) {
        return Ok(value);
    }
    source.unchanged()?;
    Err(unusable(
        &source.shown(),
        "is a damaged or incomplete table, or uses a feature that is not read; get the whole file, or write it again",
    ))
}

/// The column of the file that holds a field.
pub(super) fn column_of(name: &str, columns: &[String]) -> Option<usize> {
    let at = |name: &str| columns.iter().position(|column| column == name);
    let cuts = name.match_indices(['.', '[']);
    at(name).or_else(|| cuts.filter_map(|(cut, _)| at(&name[..cut])).next_back())
}

/// Whether a column is mapped as it stands, and as text.
pub(super) fn is_text(job: &Job<'_>, name: &str, columns: &[String]) -> bool {
    let slots = &job.roles.slots;
    let mut fields = slots.names.iter().enumerate().filter(|(_, field)| {
        column_of(field, columns).is_some_and(|column| columns[column] == name)
    });
    fields.all(|(slot, field)| field == name && !slots.time.contains(&slot))
}

/// The columns of the file that hold a mapped field, each once.
pub(super) fn wanted(job: &Job<'_>, columns: &[String]) -> Vec<String> {
    let names = &job.roles.slots.names;
    let mut wanted: Vec<usize> = names.iter().filter_map(|name| column_of(name, columns)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.into_iter().map(|at| columns[at].clone()).collect()
}

/// Adds a column to a sample, and the fields within it.
pub(super) fn add_to_sample(sample: &mut Sample, series: &Series) {
    add_field(sample, series.name(), series, 0);
}

fn add_field(sample: &mut Sample, name: &str, series: &Series, depth: usize) {
    if depth < DEEPEST
        && let Ok(fields) = series.struct_()
    {
        for field in fields.fields_as_series() {
            add_field(sample, &format!("{name}.{}", field.name()), &field, depth + 1);
        }
        return;
    }
    if let Some(list) = Entries::new(series) {
        for key in list.keys() {
            let texts = list.texts(&key);
            add_texts(sample, format!("{name}[{key}]"), &texts);
        }
        return;
    }
    let texts = sample_texts(series).unwrap_or_else(|| vec![None; series.len()]);
    add_texts(sample, name.to_owned(), &texts);
}

fn add_texts(sample: &mut Sample, name: String, texts: &[Option<String>]) {
    sample.columns.push(name);
    for (row, text) in sample.rows.iter_mut().zip(texts) {
        row.push(text.clone().unwrap_or_default().into_bytes());
    }
}

/// The sample as it is looked at: objects that stand as text have fields too.
pub(super) fn finish_sample(mut sample: Sample) -> Sample {
    json::expand(&mut sample);
    sample
}

/// `None` for nested columns.
fn sample_texts(series: &Series) -> Option<Vec<Option<String>>> {
    if let DataType::Datetime(..) | DataType::Date = series.dtype() {
        let shown = Shown::new(series)?;
        return Some((0..series.len()).map(|at| shown.get(at).map(iso)).collect());
    }
    let texts = to_text(series)?;
    Some(texts.iter().map(|value| value.map(str::to_owned)).collect())
}

/// A list of keys and values in every row, as BigQuery has its parameters.
struct Entries {
    /// Where the entries of each row begin, and the end.
    starts: Vec<usize>,
    keys: StringChunked,
    /// The values by their types, of which one is there.
    values: Vec<StringChunked>,
}

impl Entries {
    fn new(series: &Series) -> Option<Self> {
        let list = series.list().ok()?.rechunk().into_owned();
        let array = list.downcast_as_array();
        let starts = array.offsets().iter().map(|start| *start as usize).collect();
        let inner = list.get_inner();
        let entries = inner.struct_().ok()?;
        let keys = to_text(&entries.field_by_name("key").ok()?)?;
        let value = entries.field_by_name("value").ok()?;
        let values = match value.struct_() {
            Ok(typed) => {
                typed.fields_as_series().iter().filter_map(attribute_text).collect::<Vec<_>>()
            }
            Err(_) => vec![attribute_text(&value)?],
        };
        Some(Self { starts, keys, values })
    }

    fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for key in self.keys.iter().flatten() {
            if keys.len() < MOST_KEYS && !keys.iter().any(|known| known == key) {
                keys.push(key.to_owned());
            }
        }
        keys
    }

    fn texts(&self, key: &str) -> Vec<Option<String>> {
        let keys = self.keys.downcast_as_array();
        let value = |at: usize| {
            let mut typed =
                self.values.iter().filter_map(|values| values.downcast_as_array().get(at));
            typed.find(|text| !text.is_empty()).map(str::to_owned)
        };
        let rows = self.starts.windows(2);
        rows.map(|row| (row[0]..row[1]).find(|at| keys.get(*at) == Some(key)).and_then(value))
            .collect()
    }
}

/// The field of a name, which may stand within a column.
fn field(frame: &DataFrame, name: &str) -> Option<Series> {
    if let Ok(column) = frame.column(name) {
        return Some(column.as_materialized_series().clone());
    }
    let columns: Vec<String> =
        frame.columns().iter().map(|column| column.name().to_string()).collect();
    let column = &columns[column_of(name, &columns)?];
    let series = frame.column(column).map(Column::as_materialized_series).ok()?;
    within(series, &name[column.len()..])
}

/// `path` begins with a dot or a bracket.
fn within(series: &Series, path: &str) -> Option<Series> {
    let of_texts = |texts: Vec<Option<String>>| {
        StringChunked::from_iter_options(series.name().clone(), texts.into_iter()).into_series()
    };
    if path.is_empty() {
        return Some(series.clone());
    }
    if let Some(key) = path.strip_prefix('[')
        && let Some(list) = Entries::new(series)
    {
        return Some(of_texts(list.texts(key.strip_suffix(']')?)));
    }
    let path = path.trim_start_matches('.');
    if let Ok(fields) = series.struct_() {
        let mut ends = path.match_indices(['.', '[']).map(|(at, _)| at).chain([path.len()]);
        return ends
            .find_map(|end| within(&fields.field_by_name(&path[..end]).ok()?, &path[end..]));
    }
    let mut paths = Paths::default();
    paths.add(path, 0);
    let texts = to_text(series)?;
    let texts = texts.iter().map(|text| {
        let fields = record::read_cell(text?.as_bytes(), &paths)?;
        Some(String::from_utf8_lossy(&fields.text(0)).into_owned())
    });
    Some(of_texts(texts.collect()))
}

/// Takes all rows of a frame and of the coded columns beside it; `first` of the file come before them.
pub(super) fn put(
    source: &Source,
    job: &Job<'_>,
    frame: &DataFrame,
    coded: &[Coded],
    first: usize,
    sink: &mut Sink,
) -> Result<(), ImportError> {
    let slots = &job.roles.slots;
    let unfit = |name: &str, what: &str| {
        unusable(
            &format!("the column {name:?} of {}", source.shown()),
            &format!("{what}; choose another column"),
        )
    };
    let mut texts: Vec<Option<Texts>> = Vec::with_capacity(slots.names.len());
    let mut times = Vec::new();
    for (slot, name) in slots.names.iter().enumerate() {
        if let Some(coded) = coded.iter().find(|coded| coded.name == *name) {
            texts.push(Some(Texts::Coded(coded)));
            continue;
        }
        let series = field(frame, name);
        if slots.time.contains(&slot) {
            let time = series.as_ref().and_then(Times::new);
            times.push(time.ok_or_else(|| unfit(name, "is of a type that is no time"))?);
            texts.push(None);
            continue;
        }
        let (text, what) = if slots.is_id(slot) {
            let what = "holds fractions or nested values, which cannot be an id or a label";
            (series.as_ref().and_then(id_text), what)
        } else {
            let what = "holds nested values, which cannot be an attribute";
            (series.as_ref().and_then(attribute_text), what)
        };
        texts.push(Some(Texts::Plain(text.ok_or_else(|| unfit(name, what))?)));
    }
    let text =
        |at: usize, slot: usize| texts[slot].as_ref().map_or(Text::EMPTY, |texts| texts.text(at));
    let mut coded_rows =
        if times.len() > 1 { None } else { CodedRows::new(job, sink, &times, &texts) };
    let mut done = 0;
    while done < frame.height() {
        if let Some(rows) = &mut coded_rows {
            done += rows.put(sink, done..frame.height());
            if done == frame.height() {
                break;
            }
        } else if let (Some([Some(subject), session, Some(event), _]), [] | [_]) =
            (slots.single(), times.as_slice())
        {
            sink.begin_row();
            let rows = done..frame.height().min(done + sink.room());
            let column = |slot: usize| rows.clone().map(move |at| text(at, slot));
            let read = |clock: &mut Clock, at: usize| match times.first() {
                Some(time) => time.read(at, clock),
                None => Ok(0),
            };
            let taken = sink.offer(column(subject), rows.clone(), read, column(event));
            match session {
                Some(slot) => sink.sessions(column(slot).take(taken).map(session_or_none)),
                None => sink.sessions(std::iter::repeat_n(Text::EMPTY, taken)),
            }
            job.put_about_many(sink, taken, |row, slot| text(done + row, slot));
            sink.put_offered(taken);
            done += taken;
            if taken == rows.len() {
                continue;
            }
        }
        // One to be refused, or with others to fall back on.
        let mut millis = times.first().map_or(Ok(0), |time| time.read(done, &mut sink.clock));
        for time in times.iter().skip(1) {
            if millis != Err(RefusalReason::NoTime) {
                break;
            }
            millis = time.read(done, &mut sink.clock);
        }
        job.put_at(sink, (first + done + 1) as u64, &[], |slot| text(done, slot), millis);
        done += 1;
    }
    Ok(())
}

/// The text of a row. Few bytes stand in the array itself, as a number.
#[inline]
pub(super) fn text_of(array: &Utf8ViewArray, at: usize) -> Text<'_> {
    let Some(text) = array.get(at) else { return Text::EMPTY };
    let view = array.views()[at];
    if view.is_inline() {
        Text::in_words(text.as_bytes(), [view.prefix, view.buffer_idx, view.offset])
    } else {
        Text::of(text.as_bytes())
    }
}

/// Text of an id or label. Whole floats are written as integers; `None` where one is a fraction.
fn id_text(series: &Series) -> Option<StringChunked> {
    if matches!(series.dtype(), DataType::Float32 | DataType::Float64) {
        let floats = series.cast(&DataType::Float64).ok()?;
        // Above 2^53 a float has already lost digits of an id.
        let is_whole = |value: f64| value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
        if !floats.f64().ok()?.iter().flatten().all(is_whole) {
            return None;
        }
        return to_text(&floats.cast(&DataType::Int64).ok()?);
    }
    to_text(series)
}

/// Text of what is known about a person: also fractions and dates, which no id is.
fn attribute_text(series: &Series) -> Option<StringChunked> {
    if let DataType::Datetime(..) | DataType::Date = series.dtype() {
        let texts = sample_texts(series)?;
        return Some(StringChunked::from_iter_options(series.name().clone(), texts.into_iter()));
    }
    id_text(series).or_else(|| to_text(series))
}

/// All in one array; `None` for types that have no plain text.
fn to_text(series: &Series) -> Option<StringChunked> {
    let text = match series.dtype() {
        DataType::String => series.clone(),
        DataType::Null
        | DataType::Boolean
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal(..)
        | DataType::Binary
        | DataType::Categorical(..)
        | DataType::Enum(..) => {
            catch_unwind(AssertUnwindSafe(|| series.cast(&DataType::String))).ok()?.ok()?
        }
        _ => return None,
    };
    Some(text.str().ok()?.rechunk().into_owned())
}

/// Dates and times as their clock shows them: physical values, and how one becomes milliseconds.
pub(super) struct Shown {
    values: Int64Chunked,
    millis: fn(i64) -> i64,
}

impl Shown {
    fn new(series: &Series) -> Option<Self> {
        let millis: fn(i64) -> i64 = match series.dtype() {
            DataType::Datetime(TimeUnit::Milliseconds, _) => |value| value,
            DataType::Datetime(TimeUnit::Microseconds, _) => |value| value.div_euclid(1000),
            DataType::Datetime(TimeUnit::Nanoseconds, _) => |value| value.div_euclid(1_000_000),
            DataType::Date => |value| value.saturating_mul(DAY_MILLIS),
            _ => return None,
        };
        let physical = series.to_physical_repr().cast(&DataType::Int64).ok()?;
        Some(Self { values: whole(&physical)?, millis })
    }

    #[inline]
    fn get(&self, at: usize) -> Option<i64> {
        integer(&self.values, at).map(self.millis)
    }
}

/// The integer of a row, where all are in one array.
#[inline]
fn integer(values: &Int64Chunked, at: usize) -> Option<i64> {
    let array = values.downcast_as_array();
    let is_there = array.validity().is_none_or(|there| there.get_bit(at));
    is_there.then(|| array.values()[at])
}

/// Integers in one array.
fn whole(series: &Series) -> Option<Int64Chunked> {
    Some(series.i64().ok()?.rechunk().into_owned())
}

/// A column of times.
pub(super) enum Times {
    Text(StringChunked),
    Epoch(Int64Chunked),
    Seconds(Vec<Option<f64>>),
    /// With a zone: an instant.
    Instant(Shown),
    /// Without one: what a clock on the wall showed.
    Local(Shown),
}

impl Times {
    fn new(series: &Series) -> Option<Self> {
        match series.dtype() {
            DataType::Datetime(_, Some(_)) => Some(Self::Instant(Shown::new(series)?)),
            DataType::Datetime(_, None) | DataType::Date => Some(Self::Local(Shown::new(series)?)),
            dtype if dtype.is_integer() => {
                Some(Self::Epoch(whole(&series.cast(&DataType::Int64).ok()?)?))
            }
            DataType::Float32 | DataType::Float64 => {
                let floats = series.cast(&DataType::Float64).ok()?;
                Some(Self::Seconds(floats.f64().ok()?.iter().collect()))
            }
            DataType::String | DataType::Categorical(..) | DataType::Enum(..) | DataType::Null => {
                Some(Self::Text(to_text(series)?))
            }
            _ => None,
        }
    }

    #[inline]
    pub(super) fn read(&self, at: usize, clock: &mut Clock) -> Result<i64, RefusalReason> {
        const NONE: RefusalReason = RefusalReason::NoTime;
        match self {
            Self::Text(texts) => {
                clock.read(texts.downcast_as_array().get(at).unwrap_or_default().as_bytes())
            }
            Self::Epoch(numbers) => integer(numbers, at).map_or(Err(NONE), Clock::read_epoch),
            Self::Seconds(numbers) => match numbers[at] {
                None => Err(NONE),
                // Fractions are of seconds; larger epochs are whole.
                Some(number) if number.is_finite() && number.abs() < 1e11 => {
                    if number.fract() == 0.0 {
                        Clock::read_epoch(number as i64)
                    } else {
                        checked_epoch((number * 1000.0).floor() as i64)
                    }
                }
                Some(number) if number.is_finite() && number.abs() < 9e18 => {
                    Clock::read_epoch(number as i64)
                }
                Some(_) => Err(RefusalReason::UnreadableTime),
            },
            Self::Instant(shown) => shown.get(at).map_or(Err(NONE), checked_epoch),
            Self::Local(shown) => {
                shown.get(at).map_or(Err(NONE), |millis| clock.read_local(millis))
            }
        }
    }
}
