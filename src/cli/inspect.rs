//! `trodden inspect`: what is in a file, as far as it may be shown to the one who has it.

use std::fmt::Write as _;
use std::io::Write;

use serde::Serialize;

use super::Failure;
use super::job::Reading;
use super::project::Session;
use super::run::{Stages, import, output};
use crate::draw::text::{number, plain, shorten};
use crate::vault::Vault;
use crate::views::{
    ColumnKind, ColumnProfile, Inspection, LabelFinding, Mapping, Otherwise, PiiKind, Quality,
    Question, RefusalReason, Role,
};

/// What was found, as `--json` prints it. Names and shapes, row numbers and counts of rows; no value.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    inspection: &'a Inspection,
    quality: Option<&'a Quality>,
    label_findings: &'a [LabelFinding],
}

/// Prints what the beginning of the files tells, and what a full import finds. Where the import
/// cannot be done, what is known is printed all the same: it shows what to do about it.
pub(super) fn inspect(reading: &Reading, json: bool, session: &mut Session) -> Result<(), Failure> {
    let mut stages = Stages::begin();
    let inspection = Vault::inspect(&reading.plan)?;
    stages.end("inspect");
    let vault = import(reading, None, session, &mut stages);
    let findings = match &vault {
        Ok(vault) => vault.label_findings(&reading.rules),
        Err(_) => Vec::new(),
    };
    let quality = vault.as_ref().ok().map(Vault::quality);
    let mut out = output();
    if json {
        let shown = shown(inspection.clone());
        let report = Report { inspection: &shown, quality, label_findings: &findings };
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| Failure::Usage(format!("the report has no JSON ({error})")))?;
        writeln!(out, "{text}")?;
    } else {
        out.write_all(text(&inspection, quality, &findings).as_bytes())?;
    }
    out.flush()?;
    vault?;
    stages.print(reading.timings);
    Ok(())
}

/// The same with every column by the name that may be shown.
fn shown(mut inspection: Inspection) -> Inspection {
    let columns = std::mem::take(&mut inspection.columns);
    let shown = |name: &mut String| {
        if let Some(column) = columns.iter().find(|column| column.name == *name) {
            name.clone_from(&column.shown);
        }
    };
    let Mapping { subject, session, event, time, attributes, otherwise, consent, insert_id } =
        &mut inspection.mapping;
    [subject, session, event, time, insert_id].into_iter().flatten().for_each(shown);
    let Otherwise { subject, session, event, time } = otherwise;
    [attributes, subject, session, event, time].into_iter().flatten().for_each(shown);
    consent.iter_mut().map(|field| &mut field.column).for_each(shown);
    for question in &mut inspection.questions {
        if let Question::DateOrder { column } = question {
            shown(column);
        }
    }
    inspection.columns = columns
        .iter()
        .map(|column| ColumnProfile { name: column.shown.clone(), ..column.clone() })
        .collect();
    inspection
}

fn text(inspection: &Inspection, quality: Option<&Quality>, findings: &[LabelFinding]) -> String {
    let mut out = String::new();
    // Writing to a String never fails.
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = writeln!(out, "{text}");
    };
    let format = &inspection.format;
    line(format_args!("{} ({})", plain(&format.name), plain(&format.detail)));
    if inspection.files > 1 {
        line(format_args!("  the first of {} files", number(inspection.files as u64)));
    }
    for note in &inspection.notes {
        line(format_args!("  {}", plain(note)));
    }
    line(format_args!("\nColumns"));
    let names: Vec<String> =
        inspection.columns.iter().map(|column| shorten(&plain(&column.shown), 40)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (column, name) in inspection.columns.iter().zip(&names) {
        let role = column.role.map_or(String::new(), |role| format!("  ← {}", role_name(role)));
        line(format_args!(
            "  {name:width$}  {:7}  {:3} % empty  {}{role}",
            kind_name(column.kind),
            column.empty_percent,
            shorten(&plain(&column.shape), 40),
        ));
    }
    for question in &shown(inspection.clone()).questions {
        line(format_args!("  {}", ask(question)));
    }
    if let Some(quality) = quality {
        line(format_args!("\nRows"));
        line(format_args!(
            "  {} read, {} used",
            number(quality.rows_read),
            number(quality.rows_used)
        ));
        if !quality.columns_not_read.is_empty() {
            line(format_args!("  columns that were not read: {}", not_read(quality)));
        }
        for refusal in &quality.refusals {
            let lines: Vec<String> = refusal.lines.iter().take(5).map(u64::to_string).collect();
            let more = if refusal.lines.len() > lines.len() { ", …" } else { "" };
            line(format_args!(
                "  {} refused: {} (line {}{more})",
                number(refusal.rows),
                reason(refusal.reason),
                lines.join(", ")
            ));
        }
        for repair in &quality.repairs {
            line(format_args!("  {} put right: {}", number(repair.rows), plain(&repair.what)));
        }
        let repeated = quality.duplicates;
        if repeated.rows > 0 {
            let how = if repeated.by_insert_id {
                "were sent twice, by their insert id"
            } else {
                "have the same person, session, step and time as another"
            };
            let end = if repeated.dropped {
                "and were left out"
            } else {
                "and are counted; --drop-duplicates leaves them out"
            };
            line(format_args!("  {} {how}, {end}", number(repeated.rows)));
        }
        if !quality.purposes.is_empty() {
            line(format_args!("  consent for {}", plain(&quality.purposes.join(", "))));
        }
        if let Some(truncated) = &quality.truncated {
            line(format_args!("  {}", plain(truncated)));
        }
        line(format_args!("\nLabels that look personal"));
        if findings.is_empty() {
            line(format_args!("  none"));
        }
    }
    for finding in findings {
        line(format_args!(
            "  {} ({}), {} labels",
            shorten(&plain(&finding.shape), 60),
            pii_name(finding.kind),
            number(finding.labels)
        ));
    }
    if !findings.is_empty() {
        line(format_args!(
            "  They are drawn as Other until --merge or --hide takes them or --accept-label lets them through."
        ));
    }
    out
}

/// The names, as many as can be taken in.
fn not_read(quality: &Quality) -> String {
    const MOST: usize = 60;
    let names = quality.columns_not_read.iter().take(MOST);
    let mut names: Vec<String> = names.map(|name| shorten(&plain(name), 40)).collect();
    if let more @ 1.. = quality.columns_not_read.len() - names.len() {
        names.push(format!("and {} more", number(more as u64)));
    }
    names.join(", ")
}

fn ask(question: &Question) -> String {
    match question {
        Question::DateOrder { column } => format!(
            "Dates in \"{}\" could be read either way; say --date-order day-first or month-first.",
            shorten(&plain(column), 40)
        ),
        Question::Missing { role } => {
            format!("No column looks like the {0}; name it with --{0}.", role_name(*role))
        }
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Subject => "subject",
        Role::Session => "session",
        Role::Event => "event",
        Role::Time => "time",
        Role::Attribute => "attribute",
    }
}

fn kind_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Empty => "empty",
        ColumnKind::Boolean => "boolean",
        ColumnKind::Integer => "integer",
        ColumnKind::Decimal => "decimal",
        ColumnKind::Time => "time",
        ColumnKind::Text => "text",
    }
}

fn reason(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::NoSubject => "no subject",
        RefusalReason::NoEvent => "no event",
        RefusalReason::NoTime => "no time",
        RefusalReason::UnreadableTime => "a time that cannot be read",
        RefusalReason::SentinelTime => "a placeholder instead of a time",
        RefusalReason::AmbiguousDate => "a date that could be read either way",
        RefusalReason::LocalTimeGap => "a local time that a change of clocks skips",
        RefusalReason::LocalTimeTwice => {
            "a local time that a change of clocks repeats, so that it is either of two"
        }
        RefusalReason::WrongFieldCount => "too many or too few fields",
        RefusalReason::NotJson => "not JSON",
        RefusalReason::NotText => "not text",
    }
}

fn pii_name(kind: PiiKind) -> &'static str {
    match kind {
        PiiKind::Email => "email address",
        PiiKind::Phone => "telephone number",
        PiiKind::Card => "card number",
        PiiKind::Iban => "bank account",
        PiiKind::IpAddress => "network address",
        PiiKind::Uuid => "unique identifier",
        PiiKind::Token => "token",
        PiiKind::QueryParameter => "query parameter",
        PiiKind::Number => "number of one thing",
        PiiKind::PersonName => "name of a person",
    }
}
