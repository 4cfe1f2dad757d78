//! Files → journeys: formats, mapping, quality.
//!
//! Every format reads its rows into one [`sink`], which knows no format; [`group`] makes journeys
//! of them. Files are looked at by content: [`container`] unpacks them, [`source`] says what each
//! is, a sample of its rows gives the [`mapping`], from what is known of an export ([`presets`])
//! where it is of one, and only mapped columns are read.
//!
//! *Invariant:* no value leaves but through the store. Errors, profiles and reports name columns,
//! lines and counts.

mod arrow;
mod coded;
mod consent;
mod container;
mod cpu;
mod delimited;
mod flat;
mod frames;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod group;
mod intern;
mod json;
mod mapping;
mod names;
mod parquet;
mod presets;
mod quality;
mod record;
mod roles;
mod rows;
mod scan;
mod shares;
mod sink;
mod source;
mod text;
mod time;
mod xes;

use std::collections::HashSet;
use std::time::Instant;

use jiff::tz::TimeZone;
use thiserror::Error;

use self::container::Packed;
use self::mapping::{OrderFound, Sample};
use self::quality::{Refusals, Repairs};
use self::roles::Roles;
use self::sink::{Layout, Sink};
use self::source::{Dialect, Kind, Source};
use self::time::Clock;
use crate::vault::journeys::{SESSION_GAP_MILLIS, Store};
use crate::views::{
    Cancelled, Duplicates, FileFormat, ImportPlan, Inspection, Mapping, Preset, Progress, Quality,
    RefusalReason,
};

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

/// One file that has been looked at.
struct Looked {
    source: Source,
    sample: Sample,
    preset: Option<Preset>,
    mapping: Mapping,
}

impl Looked {
    /// The mapping is the plan's own where it is whole, else the plan's over what was found. `None`
    /// where the file holds no record, and others may: an hour without events.
    fn at(packed: Packed, plan: &ImportPlan, is_only: bool) -> Result<Option<Self>, ImportError> {
        if !is_only && packed.is_blank()? {
            return Ok(None);
        }
        let source = Source::open(packed, plan.preset)?;
        let sample = sample(&source)?;
        if sample.columns.is_empty() {
            let nothing = "holds no record; choose a file with events";
            let error = container::unusable(&source.shown(), nothing);
            return if is_only { Err(error) } else { Ok(None) };
        }
        if source.head_is_cut && sample.rows.is_empty() {
            let cut = "breaks off before its first row; get the whole file";
            return Err(container::unusable(&source.shown(), cut));
        }
        let named = [&plan.mapping.subject, &plan.mapping.event];
        let is_named =
            |name: &Option<String>| name.as_ref().is_some_and(|name| sample.columns.contains(name));
        if matches!(source.kind, Kind::Delimited(Dialect { has_header: true, .. }))
            && !named.into_iter().all(is_named)
            && mapping::is_without_header(&sample)
        {
            return Err(container::unusable(
                &source.shown(),
                "seems to have values in its first line, where the names of the columns should be; add a line of names at the top",
            ));
        }
        let preset = plan.preset.or_else(|| presets::recognise(&sample));
        let completed = mapping::complete(&plan.mapping, &sample, preset, &source.shown())?;
        let mapping = if plan.mapping_is_whole { plan.mapping.clone() } else { completed };
        Ok(Some(Self { source, sample, preset, mapping }))
    }
}

pub(super) fn inspect(plan: &ImportPlan) -> Result<Inspection, ImportError> {
    zone(plan)?;
    let paths = container::files(&plan.files)?.files;
    let mut first = None;
    let mut files = 0;
    for path in &paths {
        let members = container::open(path)?.files;
        files += members.len();
        let is_only = paths.len() == 1 && members.len() == 1;
        for member in members {
            if first.is_none() {
                first = Looked::at(member, plan, is_only)?;
            }
        }
    }
    let Some(Looked { source, sample, preset, mapping }) = first else { return Err(no_file()) };
    let order = mapping.time.as_deref().map(|column| (column, order(&source, &sample, column)));
    let questions = mapping::questions(&mapping, order.filter(|_| plan.date_order.is_none()));
    let columns = mapping::profiles(&sample, &mapping);
    let notes = mapping::notes(&mapping, preset, sample.names());
    Ok(Inspection { format: format(&source), files, preset, columns, mapping, questions, notes })
}

/// What all files gave so far.
#[derive(Default)]
struct Gathered {
    layout: Option<Layout>,
    attributes: Vec<String>,
    sinks: Vec<Sink>,
    quality: Quality,
    refusals: Refusals,
    repairs: Repairs,
    not_read: HashSet<String>,
}

impl Gathered {
    fn add(
        &mut self,
        looked: Looked,
        plan: &ImportPlan,
        zone: Option<&TimeZone>,
        progress: &Progress,
    ) -> Result<(), ImportError> {
        let Looked { source, sample, mapping, .. } = looked;
        mapping::check(&mapping, &sample, &source.shown())?;
        let has_time = mapping.time.is_some();
        let time = mapping.time.clone().unwrap_or_default();
        let date_order = plan.date_order.or_else(|| {
            let column = mapping.time.as_deref()?;
            order(&source, &sample, column).proven()
        });
        let roles = Roles::new(mapping, &sample, &source.shown())?;
        let own = Layout {
            has_session: !roles.slots.session.is_empty(),
            has_time,
            has_insert_id: roles.has_insert_id(),
        };
        if *self.layout.get_or_insert(own) != own {
            return Err(ImportError::Unusable(format!(
                "{} has a time, a session or an insert id where an earlier file has none; name the columns, or import the files apart",
                source.shown()
            )));
        }
        let job = Job {
            layout: own,
            roles,
            clock: Clock::new(zone.cloned(), date_order),
            progress,
            accept_truncated: plan.accept_truncated,
        };
        let part = read(&source, &sample, &job);
        // A file that became shorter breaks off, and that is not what there is to say about it.
        if !matches!(part, Err(ImportError::Cancelled(_))) {
            source.unchanged()?;
        }
        let part = part?;
        if plan.date_order.is_none() {
            ask_for_order(&source, &part, &time)?;
        }
        // The plan names them, so they are the same in every file.
        self.attributes.clone_from(&job.roles.attributes);
        let names = sample.names();
        for (at, column) in sample.own_columns().iter().enumerate() {
            if !job.roles.reads(column) && self.not_read.insert(column.clone()) {
                let shown = names.shown(column);
                if shown == *column && sample.is_of_all(at) {
                    self.quality.names_not_read.push(shown.clone());
                }
                self.quality.columns_not_read.push(shown);
            }
        }
        let mut lines_before = 0;
        for mut sink in part.sinks {
            self.quality.rows_read += sink.rows_read;
            self.quality.rows_used += sink.rows_used();
            self.refusals.append(std::mem::take(&mut sink.refusals), lines_before);
            lines_before += sink.lines;
            if let Some(repair) = source.repair() {
                self.repairs.add(&repair, sink.rows_used());
            }
            self.sinks.push(sink);
        }
        for (what, rows) in part.repairs {
            self.repairs.add(&what, rows);
        }
        if let Some(what) = part.truncated {
            let before = self.quality.truncated.take();
            self.quality.truncated = Some(match before {
                Some(before) => format!("{before}; {what}"),
                None => what,
            });
        }
        Ok(())
    }
}

pub(super) fn import(plan: &ImportPlan, progress: &Progress) -> Result<Imported, ImportError> {
    if plan.files.is_empty() {
        return Err(no_file());
    }
    let zone = zone(plan)?;
    let started = Instant::now();
    let found = container::files(&plan.files)?;
    let total = found.files.iter().filter_map(|file| file.metadata().ok()).map(|meta| meta.len());
    progress.begin(total.sum());
    let mut gathered = Gathered::default();
    let mut skipped = found.skipped;
    for path in &found.files {
        let members = container::open(path)?;
        skipped += members.skipped;
        let is_only = found.files.len() == 1 && members.files.len() == 1;
        for packed in members.files {
            match Looked::at(packed, plan, is_only)? {
                Some(looked) => gathered.add(looked, plan, zone.as_ref(), progress)?,
                None => skipped += 1,
            }
        }
    }
    let Gathered { layout, attributes, sinks, mut quality, refusals, mut repairs, .. } = gathered;
    quality.refusals = refusals.into_list();
    if quality.rows_used == 0 {
        return Err(nothing_usable(plan, &quality));
    }
    let read_secs = started.elapsed().as_secs_f64();
    progress.check()?;
    let started = Instant::now();
    let layout = layout.unwrap_or_default();
    let gap = plan.session_gap_secs.map(|secs| secs.saturating_mul(1000));
    let wanted = group::Wanted {
        session_gap_millis: gap
            .map_or(SESSION_GAP_MILLIS, |millis| i64::try_from(millis).unwrap_or(i64::MAX)),
        drop_duplicates: plan.drop_duplicates,
    };
    let group::Grouped { mut store, duplicates, rows_decoded, values_decoded } =
        group::group(layout, attributes, sinks, wanted)?;
    if let Some(zone) = zone {
        store.zone = zone;
    }
    if rows_decoded > 0 {
        repairs.add("text that was not UTF-8 was read as Windows-1252", rows_decoded);
    }
    if values_decoded > 0 {
        let what = "values of attributes that were not UTF-8 were read as Windows-1252";
        repairs.add(what, values_decoded);
    }
    if skipped > 0 {
        let what = "files are hidden, empty or not called like event files, and were not read";
        repairs.add(what, skipped);
    }
    quality.repairs = repairs.into_list();
    quality.duplicates = Duplicates {
        rows: duplicates,
        by_insert_id: layout.has_insert_id,
        dropped: plan.drop_duplicates && duplicates > 0,
    };
    if plan.drop_duplicates {
        quality.rows_used -= duplicates;
    }
    quality.purposes = store.consent.iter().map(|consent| consent.purpose.clone()).collect();
    let group_secs = started.elapsed().as_secs_f64();
    Ok(Imported { store, quality, timings: vec![("read", read_secs), ("group", group_secs)] })
}

fn sample(source: &Source) -> Result<Sample, ImportError> {
    match source.kind {
        Kind::Delimited(dialect) => delimited::sample(source, dialect, SAMPLE_ROWS),
        Kind::Ndjson | Kind::Json => json::sample(source, SAMPLE_ROWS),
        Kind::Parquet => parquet::sample(source, SAMPLE_ROWS),
        Kind::ArrowFile | Kind::ArrowStream => arrow::sample(source, SAMPLE_ROWS),
        Kind::Xes => xes::sample(source, SAMPLE_ROWS),
    }
}

fn read(source: &Source, sample: &Sample, job: &Job<'_>) -> Result<Part, ImportError> {
    match source.kind {
        Kind::Delimited(dialect) => {
            delimited::read(source, dialect, sample.own_columns(), job, None)
        }
        Kind::Ndjson | Kind::Json => json::read(source, job, None),
        Kind::Parquet => parquet::read(source, job),
        Kind::ArrowFile | Kind::ArrowStream => arrow::read(source, job),
        Kind::Xes => xes::read(source, job),
    }
}

/// What the dates of a column say about the order of day and month: first the sample, and where
/// that leaves it open, more of the file.
fn order(source: &Source, sample: &Sample, column: &str) -> OrderFound {
    let mut found = OrderFound::of_column(sample, column);
    if found.is_open()
        && let Kind::Delimited(dialect) = source.kind
        && let Some(at) = sample.own_columns().iter().position(|name| name == column)
    {
        if let Ok(more) = delimited::sample(source, dialect, usize::MAX) {
            found = OrderFound::of_column(&more, column);
        }
        for value in delimited::late_values(source, at, sample.own_columns().len()) {
            found.add(&value);
        }
    }
    found
}

/// Asks where nothing in a file says which number is the day. A few such dates among others are
/// refused with their lines; where they are many, what is left would be another story.
fn ask_for_order(source: &Source, part: &Part, time: &str) -> Result<(), ImportError> {
    const MOST_SHARE: u64 = 10;
    let rows = |sink: &Sink| sink.refusals.rows(RefusalReason::AmbiguousDate);
    let ambiguous: u64 = part.sinks.iter().map(rows).sum();
    let all: u64 = part.sinks.iter().map(|sink| sink.rows_read).sum();
    if ambiguous == 0 || ambiguous.saturating_mul(MOST_SHARE) < all {
        return Ok(());
    }
    Err(ImportError::Unusable(format!(
        "{}: dates in {} can be read day first or month first; say --date-order day-first or --date-order month-first",
        source.shown(),
        mapping::Names::default().shown(time)
    )))
}

fn format(source: &Source) -> FileFormat {
    let (name, detail) = match source.kind {
        Kind::Delimited(Dialect { delimiter: b'\t', has_header, .. }) => {
            let header = if has_header { "" } else { ", without a header" };
            ("CSV", Some(format!("separated by tabs{header}")))
        }
        Kind::Delimited(Dialect { delimiter, .. }) => {
            ("CSV", Some(format!("separated by {}", char::from(delimiter))))
        }
        Kind::Ndjson => ("NDJSON", None),
        Kind::Json => ("JSON", None),
        Kind::ArrowFile => ("Arrow", None),
        Kind::ArrowStream => ("Arrow", Some("a stream".to_owned())),
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
        [one] => container::shown(one),
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

fn reason_words(reason: RefusalReason) -> &'static str {
    use RefusalReason as R;
    match reason {
        R::NoSubject => "no subject",
        R::NoEvent => "no event",
        R::NoTime => "no time",
        R::UnreadableTime => "the time cannot be read",
        R::SentinelTime => "the time is a placeholder",
        R::AmbiguousDate => "day and month cannot be told apart, say which comes first",
        R::LocalTimeGap => "the clock skipped this local time",
        R::LocalTimeTwice => "the clock showed this local time twice",
        R::WrongFieldCount => "too few or too many fields",
        R::NotJson => "not a JSON object",
        R::NotText => "not text",
    }
}

#[cfg(test)]
mod tests;
