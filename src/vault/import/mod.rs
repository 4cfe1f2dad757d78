//! Files → journeys: formats, mapping, quality.
//!
//! Every format reads its rows into one [`sink`], which knows no format; [`group`] makes journeys
//! of them. Files are looked at by content: [`source`] says what each is, a sample of its rows
//! gives the [`mapping`], and only mapped columns are read.
//!
//! *Invariant:* no value leaves but through the store. Errors, profiles and reports name columns,
//! lines and counts.

mod cpu;
mod delimited;
mod group;
mod intern;
mod mapping;
mod ndjson;
mod parquet;
mod quality;
mod scan;
mod sink;
mod source;
mod time;
mod xes;

use std::time::Instant;

use jiff::tz::TimeZone;
use thiserror::Error;

use self::mapping::{OrderFound, Roles, Sample};
use self::quality::{Refusals, Repairs};
use self::sink::{Layout, Sink};
use self::source::{Kind, Source};
use self::time::Clock;
use crate::vault::journeys::Store;
use crate::views::{Cancelled, FileFormat, ImportPlan, Inspection, Mapping, Progress, Quality};

/// Rows that are looked at before the mapping is guessed.
const SAMPLE_ROWS: usize = 500;

/// Why an import cannot start or go on: what, where, what to do. Never a value from the data.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("{0}")]
    Unusable(String),
    /// The file breaks off; its readable beginning can be accepted.
    #[error("{0}; accept the readable beginning (--accept-truncated), or get the whole file")]
    Truncated(String),
}

pub(super) struct Imported {
    pub(super) store: Store,
    pub(super) quality: Quality,
    pub(super) timings: Vec<(&'static str, f64)>,
}

/// What one file is read with.
struct Job<'a> {
    layout: Layout,
    roles: Roles,
    clock: Clock,
    progress: &'a Progress,
    accept_truncated: bool,
}

impl Job<'_> {
    fn sink(&self) -> Sink {
        Sink::new(self.layout, self.roles.attributes.len(), self.clock.clone())
    }

    /// What to report where a file breaks off.
    ///
    /// # Errors
    /// Where nobody accepted that.
    fn truncated(&self, what: &str) -> Result<String, ImportError> {
        if self.accept_truncated {
            Ok(what.to_owned())
        } else {
            Err(ImportError::Truncated(what.to_owned()))
        }
    }
}

/// What one file gave: its rows in order, and what there is to report.
#[derive(Default)]
struct Part {
    sinks: Vec<Sink>,
    truncated: Option<String>,
    /// What was put right, and in how many rows.
    repairs: Vec<(String, u64)>,
}

/// The mapping to read by: the plan's own where it is whole, else the plan's over the guess.
fn chosen(plan: &ImportPlan, sample: &Sample, source: &Source) -> Result<Mapping, ImportError> {
    let completed = mapping::complete(&plan.mapping, sample, &source.shown())?;
    Ok(if plan.mapping_is_whole { plan.mapping.clone() } else { completed })
}

pub(super) fn inspect(plan: &ImportPlan) -> Result<Inspection, ImportError> {
    let Some(first) = plan.files.first() else { return Err(no_file()) };
    zone(plan)?;
    let source = Source::open(first)?;
    let sample = sample(&source)?;
    let mapping = chosen(plan, &sample, &source)?;
    let order = mapping.time.as_deref().map(|column| (column, order(&source, &sample, column)));
    let questions = mapping::questions(&mapping, order.filter(|_| plan.date_order.is_none()));
    let columns = mapping::profiles(&sample, &mapping);
    Ok(Inspection { format: format(&source), columns, mapping, questions })
}

pub(super) fn import(plan: &ImportPlan, progress: &Progress) -> Result<Imported, ImportError> {
    if plan.files.is_empty() {
        return Err(no_file());
    }
    let zone = zone(plan)?;
    let started = Instant::now();
    let total = plan.files.iter().filter_map(|file| file.metadata().ok()).map(|meta| meta.len());
    progress.begin(total.sum());
    let mut layout = None;
    let mut attributes = Vec::new();
    let mut sinks = Vec::new();
    let mut quality = Quality::default();
    let mut refusals = Refusals::default();
    let mut repairs = Repairs::default();
    for file in &plan.files {
        let source = Source::open(file)?;
        let sample = sample(&source)?;
        let mapping = chosen(plan, &sample, &source)?;
        let roles = mapping::roles(mapping, &sample, &source.shown())?;
        let own = Layout { has_session: roles.session.is_some(), has_time: roles.time.is_some() };
        if *layout.get_or_insert(own) != own {
            return Err(ImportError::Unusable(format!(
                "{} has a time or a session where an earlier file has none; name the columns, or import the files apart",
                source.shown()
            )));
        }
        let date_order = plan.date_order.or_else(|| {
            roles.time.as_deref().and_then(|column| order(&source, &sample, column).proven())
        });
        let job = Job {
            layout: own,
            roles,
            clock: Clock::new(zone.clone(), date_order),
            progress,
            accept_truncated: plan.accept_truncated,
        };
        let part = read(&source, &sample, &job)?;
        // The plan names them, so they are the same in every file.
        attributes.clone_from(&job.roles.attributes);
        for column in unread(&sample.columns, &job.roles) {
            if !quality.columns_not_read.contains(column) {
                quality.columns_not_read.push(column.clone());
            }
        }
        let mut lines_before = 0;
        for mut sink in part.sinks {
            quality.rows_read += sink.rows_read;
            quality.rows_used += sink.rows_used();
            refusals.append(std::mem::take(&mut sink.refusals), lines_before);
            lines_before += sink.lines;
            if let Some(repair) = source.repair() {
                repairs.add(&repair, sink.rows_used());
            }
            sinks.push(sink);
        }
        for (what, rows) in part.repairs {
            repairs.add(&what, rows);
        }
        if let Some(what) = part.truncated {
            quality.truncated = Some(match quality.truncated.take() {
                Some(before) => format!("{before}; {what}"),
                None => what,
            });
        }
    }
    quality.refusals = refusals.into_list();
    if quality.rows_used == 0 {
        return Err(nothing_usable(plan, &quality));
    }
    let read_secs = started.elapsed().as_secs_f64();
    progress.check()?;
    let started = Instant::now();
    let layout = layout.unwrap_or(Layout { has_session: false, has_time: false });
    let group::Grouped { mut store, rows_decoded, values_decoded } =
        group::group(layout, attributes, sinks)?;
    if let Some(zone) = zone {
        store.zone = zone;
    }
    if let Some(secs) = plan.session_gap_secs {
        store.session_gap_millis = i64::try_from(secs.saturating_mul(1000)).unwrap_or(i64::MAX);
    }
    if rows_decoded > 0 {
        repairs.add("text that was not UTF-8 was read as Windows-1252", rows_decoded);
    }
    if values_decoded > 0 {
        let what = "values of attributes that were not UTF-8 were read as Windows-1252";
        repairs.add(what, values_decoded);
    }
    quality.repairs = repairs.into_list();
    let group_secs = started.elapsed().as_secs_f64();
    Ok(Imported { store, quality, timings: vec![("read", read_secs), ("group", group_secs)] })
}

fn sample(source: &Source) -> Result<Sample, ImportError> {
    match source.kind {
        Kind::Delimited { delimiter } => delimited::sample(source, delimiter, SAMPLE_ROWS),
        Kind::Ndjson => ndjson::sample(source, SAMPLE_ROWS),
        Kind::Parquet => parquet::sample(source, SAMPLE_ROWS),
        Kind::Xes => xes::sample(source, SAMPLE_ROWS),
    }
}

fn read(source: &Source, sample: &Sample, job: &Job<'_>) -> Result<Part, ImportError> {
    match source.kind {
        Kind::Delimited { delimiter } => {
            delimited::read(source, delimiter, &sample.columns, job, None)
        }
        Kind::Ndjson => ndjson::read(source, job, None),
        Kind::Parquet => parquet::read(source, job),
        Kind::Xes => xes::read(source, job),
    }
}

/// What the dates of a column say about the order of day and month: first the sample, and where
/// that leaves it open, more of the file.
fn order(source: &Source, sample: &Sample, column: &str) -> OrderFound {
    let mut found = OrderFound::of_column(sample, column);
    if found.is_open()
        && let Kind::Delimited { delimiter } = source.kind
        && let Some(at) = sample.columns.iter().position(|name| name == column)
    {
        if let Ok(more) = delimited::sample(source, delimiter, usize::MAX) {
            found = OrderFound::of_column(&more, column);
        }
        for value in delimited::late_values(source, at, sample.columns.len()) {
            found.add(&value);
        }
    }
    found
}

fn unread<'a>(columns: &'a [String], roles: &'a Roles) -> impl Iterator<Item = &'a String> {
    let read =
        [Some(&roles.subject), roles.session.as_ref(), Some(&roles.event), roles.time.as_ref()];
    columns
        .iter()
        .filter(move |column| !read.contains(&Some(column)) && !roles.attributes.contains(column))
}

fn format(source: &Source) -> FileFormat {
    let (name, detail) = match source.kind {
        Kind::Delimited { delimiter: b'\t' } => ("CSV", Some("separated by tabs".to_owned())),
        Kind::Delimited { delimiter } => {
            ("CSV", Some(format!("separated by {}", char::from(delimiter))))
        }
        Kind::Ndjson => ("NDJSON", None),
        Kind::Parquet => ("Parquet", None),
        Kind::Xes => ("XES", None),
    };
    let words: Vec<String> = source.wrapping().into_iter().chain(detail).collect();
    FileFormat { name: name.to_owned(), detail: words.join(", ") }
}

/// `None` is UTC.
fn zone(plan: &ImportPlan) -> Result<Option<TimeZone>, ImportError> {
    match plan.timezone.as_deref() {
        None | Some("UTC" | "Etc/UTC") => Ok(None),
        Some(name) => TimeZone::get(name).map(Some).map_err(|_| {
            ImportError::Unusable(
                "the time zone is not known here; write it as Europe/Berlin or America/New_York"
                    .to_owned(),
            )
        }),
    }
}

fn no_file() -> ImportError {
    ImportError::Unusable("no file is named; choose at least one".to_owned())
}

fn nothing_usable(plan: &ImportPlan, quality: &Quality) -> ImportError {
    let what = match plan.files.as_slice() {
        [one] => source::shown(one),
        _ => "these files".to_owned(),
    };
    if quality.rows_read == 0 {
        return ImportError::Unusable(format!(
            "{what}: there is no event after the header; choose a file with events"
        ));
    }
    let most = quality.refusals.iter().max_by_key(|refusal| refusal.rows);
    let line = most.and_then(|refusal| refusal.lines.first()).copied().unwrap_or(1);
    let why = most.map_or("", |refusal| reason_words(refusal.reason));
    ImportError::Unusable(format!(
        "{what}: none of {} rows can be used (the first in line {line}: {why}); check which columns are mapped",
        quality.rows_read
    ))
}

fn reason_words(reason: crate::views::RefusalReason) -> &'static str {
    use crate::views::RefusalReason as R;
    match reason {
        R::NoSubject => "no subject",
        R::NoEvent => "no event",
        R::NoTime => "no time",
        R::UnreadableTime => "the time cannot be read",
        R::SentinelTime => "the time is a placeholder",
        R::AmbiguousDate => "day and month cannot be told apart, say which comes first",
        R::LocalTimeGap => "the clock skipped this local time",
        R::WrongFieldCount => "too few or too many fields",
        R::NotJson => "not a JSON object",
        R::NotText => "not text",
    }
}

#[cfg(test)]
mod tests;
