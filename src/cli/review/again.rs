//! Attacks by somebody of one's choice, and the list of numbers that such a person may know.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::Look;
use crate::cli::{Failure, one_line, run};
use crate::draw::text::number;
use crate::release::{self, Attack, Attacker, Cited, Knows, Opened, Person, Published, Spot};
use crate::views::{Filter, Progress};

/// Somebody who knows nothing besides the numbers, or one hidden one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Who {
    /// Nothing but what is published
    Nothing,
    /// One hidden group, or to be in it
    Group,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Attack again")]
pub(super) struct AgainArgs {
    /// Attack by somebody who knows so much besides
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["knows_number", "knows_step"])]
    knows: Option<Who>,
    /// Attack by somebody who knows a published number as it was before it was rounded: its place
    /// as --numbers prints it, then = and the count. Can be repeated
    #[arg(long, value_name = "PLACE=COUNT", conflicts_with = "knows_step")]
    knows_number: Vec<String>,
    /// Attack by somebody who knows everything that one person did: her steps, in their order. Can
    /// be repeated
    #[arg(long, value_name = "LABEL")]
    knows_step: Vec<String>,
    /// And what that person is, where packages tell people apart by it. Can be repeated
    #[arg(long, value_name = "ATTRIBUTE=VALUE", requires = "knows_step")]
    knows_value: Vec<String>,
    /// Give up only after ten times as many steps
    #[arg(long)]
    patient: bool,
    /// Print every published number, its place, and what it can have been before it was rounded
    #[arg(long, conflicts_with_all = ["knows", "knows_number", "knows_step", "patient"])]
    numbers: bool,
}

/// Who attacks.
#[derive(Debug)]
pub(in crate::cli) struct Again {
    knows: Known,
    patient: bool,
}

#[derive(Debug)]
enum Known {
    Who(Who),
    Person(Person),
    /// Which package, the place of the number, and the count.
    Numbers(Vec<(usize, String, u64)>),
}

impl AgainArgs {
    /// What is asked, if anything is.
    pub(super) fn asked(&self) -> Result<Option<Look>, Failure> {
        if self.numbers {
            return Ok(Some(Look::Numbers));
        }
        let knows = if !self.knows_step.is_empty() {
            let values = self.knows_value.iter().map(|text| value(text));
            let values = values.collect::<Result<_, Failure>>()?;
            Known::Person(Person { path: self.knows_step.clone(), values })
        } else if !self.knows_number.is_empty() {
            let known = self.knows_number.iter().map(|text| known(text));
            Known::Numbers(known.collect::<Result<_, Failure>>()?)
        } else if let Some(who) = self.knows {
            Known::Who(who)
        } else if self.patient {
            Known::Who(Who::Group)
        } else {
            return Ok(None);
        };
        Ok(Some(Look::Attack(Again { knows, patient: self.patient })))
    }
}

fn value(text: &str) -> Result<Filter, Failure> {
    let (attribute, value) = text.split_once('=').ok_or_else(|| {
        Failure::Usage(
            "what a person is, is written ATTRIBUTE=VALUE, such as country=DE".to_owned(),
        )
    })?;
    Ok(Filter { attribute: attribute.to_owned(), value: value.to_owned() })
}

/// `map, node 3=57`, or `2:map, node 3=57` of the second package.
fn known(text: &str) -> Result<(usize, String, u64), Failure> {
    let usage = || {
        let how = "a known number is written PLACE=COUNT, such as 'map, node 3=57'; --numbers lists \
                   the places";
        Failure::Usage(how.to_owned())
    };
    let (place, count) = text.rsplit_once('=').ok_or_else(usage)?;
    let count = count.trim().parse().map_err(|_| usage())?;
    let (package, place) = match place.split_once(':') {
        Some((package, place)) => (package.trim().parse().map_err(|_| usage())?, place),
        None => (1, place),
    };
    Ok((package, place.trim().to_owned(), count))
}

/// Lists what can be known.
pub(super) fn print_numbers(
    packages: &[PathBuf],
    opened: &[Opened],
    as_json: bool,
) -> Result<(), Failure> {
    let mut out = run::output();
    let mut told = Vec::new();
    for (path, opened) in packages.iter().zip(opened) {
        let all = release::published(&opened.views);
        let shown = one_line(&path.display().to_string());
        if as_json {
            let numbers: Vec<_> = all.iter().map(listed).collect();
            told.push(json!({ "package": shown, "numbers": numbers }));
            continue;
        }
        writeln!(out, "{shown}")?;
        let widest = all.iter().map(|it| it.place.len()).max().unwrap_or(0);
        for it in &all {
            let range = it.range.map_or_else(String::new, |(least, most)| {
                format!(", was {} to {}", number(least), number(most))
            });
            let words = one_line(&it.words);
            writeln!(out, "  {:widest$}  {words}: {}{range}", it.place, number(it.count))?;
        }
    }
    if as_json {
        writeln!(out, "{:#}", serde_json::Value::Array(told))?;
    }
    Ok(out.flush()?)
}

fn listed(it: &Published) -> serde_json::Value {
    json!({
        "place": it.place, "view": it.view, "what": it.words, "count": it.count,
        "was": it.range.map(|(least, most)| [least, most]),
    })
}

/// Attacks all packages together and prints what was found.
pub(super) fn attack(
    packages: &[PathBuf],
    opened: &[Opened],
    again: &Again,
    as_json: bool,
) -> Result<(), Failure> {
    let untrusted = opened.iter().position(|opened| opened.views.is_empty());
    if let Some(path) = untrusted.and_then(|at| packages.get(at)) {
        return Err(Failure::Usage(format!(
            "{}: its hashes or numbers do not hold, so there is nothing to attack; see trodden verify",
            path.display()
        )));
    }
    let attacker = Attacker { knows: knows(&again.knows, opened)?, patient: again.patient };
    let attack = run_attack(opened, &attacker)?;
    let mut out = run::output();
    if as_json {
        writeln!(out, "{:#}", as_value(&attack))?;
    } else {
        print(&mut out, packages, &attack)?;
    }
    out.flush()?;
    if attack.found.is_empty() { Ok(()) } else { Err(Failure::Found) }
}

/// All packages together, by their numbers from 1 on.
fn run_attack(opened: &[Opened], attacker: &Attacker) -> Result<Attack, Failure> {
    let views: Vec<_> = (1..).zip(opened.iter().map(|opened| opened.views.as_slice())).collect();
    release::attack(&views, attacker, &Progress::default())
        .map_err(|why| Failure::Usage(why.to_string()))
}

fn knows(known: &Known, opened: &[Opened]) -> Result<Knows, Failure> {
    Ok(match known {
        Known::Who(Who::Nothing) => Knows::Nothing,
        Known::Who(Who::Group) => Knows::OneGroup,
        Known::Person(person) => Knows::Person(person.clone()),
        Known::Numbers(numbers) => {
            let spot = |(package, place, count): &(usize, String, u64)| {
                let of = package.checked_sub(1).and_then(|at| opened.get(at));
                let all = of.map_or_else(Vec::new, |opened| release::published(&opened.views));
                let found = all.into_iter().find(|it| it.place == *place);
                let missing = release::AssumeError::NoNumber { place: place.clone() };
                let found = found.ok_or_else(|| Failure::Usage(missing.to_string()))?;
                Ok((Spot { package: *package, cell: found.cell }, *count))
            };
            Knows::Numbers(numbers.iter().map(spot).collect::<Result<_, Failure>>()?)
        }
    })
}

pub(super) fn print(
    out: &mut impl Write,
    packages: &[PathBuf],
    attack: &Attack,
) -> std::io::Result<()> {
    if attack.found.is_empty() {
        writeln!(out, "Nothing was found: no small group is given away.")?;
    }
    for found in &attack.found {
        writeln!(out, "{}", found.finding)?;
        for one in &found.cited {
            writeln!(out, "  {}", cited(packages, one))?;
        }
        if let Some(two) = &found.difference {
            let (whole, part) = (number(two.whole.count), number(two.part.count));
            writeln!(out, "  {whole} − {part} = 1 to {} people", two.most)?;
        }
    }
    for note in &attack.notes {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

fn cited(packages: &[PathBuf], one: &Cited) -> String {
    let package = match packages {
        [_] => String::new(),
        _ => format!("package {}, ", one.package),
    };
    let range = one.range.map_or_else(String::new, |(least, most)| {
        format!(", was {} to {}", number(least), number(most))
    });
    let words = one_line(&one.words);
    format!("{package}{}, {words}: {}{range}", one.view, number(one.count))
}

pub(super) fn as_value(attack: &Attack) -> serde_json::Value {
    let cited = |one: &Cited| {
        json!({
            "package": one.package, "view": one.view, "what": one.words, "count": one.count,
            "was": one.range.map(|(least, most)| [least, most]),
        })
    };
    let found: Vec<_> = attack
        .found
        .iter()
        .map(|found| {
            let difference = found.difference.as_ref().map(|two| {
                json!({
                    "whole": cited(&two.whole), "part": cited(&two.part), "people": [1, two.most],
                })
            });
            json!({
                "place": found.finding.place, "what": found.finding.what,
                "numbers": found.cited.iter().map(cited).collect::<Vec<_>>(),
                "difference": difference,
            })
        })
        .collect();
    json!({ "passed": attack.found.is_empty(), "findings": found, "notes": attack.notes })
}
