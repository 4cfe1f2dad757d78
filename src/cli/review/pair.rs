//! Two packages side by side, as text or JSON.

use std::io::Write;
use std::path::PathBuf;

use super::again;
use crate::cli::{Failure, one_line, run};
use crate::draw::text::number;
use crate::release::{self, Attacker, Beside, Line, Match, Matched, Opened};
use crate::views::Progress;

/// Prints what differs, and what the two give away together.
pub(super) fn print(
    packages: &[PathBuf],
    [left, right]: [&Opened; 2],
    as_json: bool,
) -> Result<(), Failure> {
    let beside = release::beside(left, right);
    let are_drawn = !left.views.is_empty() && !right.views.is_empty();
    let views = [(1, left.views.as_slice()), (2, right.views.as_slice())];
    let attack = are_drawn
        .then(|| release::attack(&views, &Attacker::default(), &Progress::default()))
        .transpose()
        .map_err(|why| Failure::Usage(why.to_string()))?;
    let mut out = run::output();
    let names: Vec<String> =
        packages.iter().map(|path| one_line(&path.display().to_string())).collect();
    if as_json {
        let mut told = serde_json::to_value(&beside)
            .map_err(|error| Failure::Usage(format!("the answer has no JSON ({error})")))?;
        told["packages"] = names.into();
        told["together"] = attack.as_ref().map_or(serde_json::Value::Null, again::as_value);
        writeln!(out, "{told:#}")?;
    } else {
        write(&mut out, &names, &beside)?;
        writeln!(out, "\nTogether")?;
        match &attack {
            Some(attack) => again::print(&mut out, packages, attack)?,
            None => writeln!(out, "They were not attacked together.")?,
        }
    }
    out.flush()?;
    let is_found = attack.is_some_and(|attack| !attack.found.is_empty());
    if is_found || beside.cannot.is_some() { Err(Failure::Found) } else { Ok(()) }
}

fn write(out: &mut impl Write, names: &[String], beside: &Beside) -> std::io::Result<()> {
    for (side, name) in ["left", "right"].into_iter().zip(names) {
        writeln!(out, "{side:<6} {name}")?;
    }
    if let Some(cannot) = &beside.cannot {
        writeln!(out, "\n{cannot}")?;
    }
    writeln!(out, "\nWhat they say of themselves")?;
    for fact in &beside.facts {
        let mark = if fact.is_same() { ' ' } else { '*' };
        let (left, right) = (one_line(&fact.left), one_line(&fact.right));
        let said = if fact.is_same() { left } else { format!("{left} | {right}") };
        writeln!(out, "{mark} {:<32} {said}", fact.name)?;
    }
    writeln!(out, "{}", beside.source)?;
    for matched in &beside.views {
        write_view(out, matched)?;
    }
    Ok(())
}

fn write_view(out: &mut impl Write, matched: &Matched) -> std::io::Result<()> {
    let how = match matched.how {
        Match::Same => "the same question",
        Match::Changed => "a changed question",
        Match::OnlyLeft => "only in the left one",
        Match::OnlyRight => "only in the right one",
    };
    writeln!(out, "\n{}. {}: {how}", matched.kind, one_line(&matched.title))?;
    for (side, said) in ["left", "right"].into_iter().zip(&matched.asked) {
        for sentence in said {
            writeln!(out, "  {side}: {}", one_line(sentence))?;
        }
    }
    if let Some(cannot) = matched.cannot {
        return writeln!(out, "  {cannot}");
    }
    if matches!(matched.how, Match::OnlyLeft | Match::OnlyRight) {
        return Ok(());
    }
    let rows: Vec<[String; 4]> = matched.lines.iter().map(row).collect();
    let width = |at: usize, least: usize| {
        rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0).max(least)
    };
    let (words, left, right) = (width(0, 6), width(1, 4), width(2, 5));
    if !rows.is_empty() {
        writeln!(out, "  {:words$}  {:>left$}  {:>right$}  difference", "number", "left", "right")?;
    }
    for [what, one, other, difference] in &rows {
        writeln!(out, "  {what:words$}  {one:>left$}  {other:>right$}  {difference:>10}")?;
    }
    match (rows.is_empty(), matched.alike) {
        (true, _) => writeln!(out, "  Every number is the same."),
        (false, 1) => writeln!(out, "  1 more number is the same."),
        (false, alike) => writeln!(out, "  {alike} more numbers are the same."),
    }
}

fn row(line: &Line) -> [String; 4] {
    let count = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), number);
    let difference = line.difference.map_or_else(
        || "–".to_owned(),
        |by| format!("{}{}", if by < 0 { '−' } else { '+' }, number(by.unsigned_abs())),
    );
    [one_line(&line.words), count(line.left), count(line.right), difference]
}
