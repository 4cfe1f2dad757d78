//! The attack's answer in words, for the command line and the statement.

use std::fmt::Write as _;

use super::attack::Answer;
use super::table::Table;

/// Names come from a file: in quotes, they cannot pass for sentences or steer a terminal.
fn quoted(ids: &[String]) -> String {
    ids.iter().map(|id| format!("{id:?}")).collect::<Vec<_>>().join(", ")
}

/// What was tried and found, in plain sentences, with one line a finding.
pub fn report(table: &Table, answer: &Answer) -> String {
    let mut text = String::new();
    let mut line = |sentence: String| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{sentence}");
    };
    let attacked = answer.intervals.len();
    line(format!(
        "Attacked {attacked} {} with {} {} and {} {}{}.",
        if attacked == 1 { "number" } else { "numbers" },
        table.constraints.len(),
        if table.constraints.len() == 1 { "constraint" } else { "constraints" },
        table.insiders.len(),
        if table.insiders.len() == 1 { "insider" } else { "insiders" },
        if table.integer { ", as whole numbers" } else { "" },
    ));
    if answer.safe {
        line("Safe: nothing was found.".to_owned());
    } else {
        line("Unsafe: the published numbers give away more than they say.".to_owned());
    }
    let k = table.k.unwrap_or(0);
    for id in &answer.exact {
        line(format!("  {id:?} can only be {}.", answer.intervals[id]));
    }
    for id in answer.small.iter().filter(|id| !answer.exact.contains(id)) {
        line(format!("  {id:?} is {}, and so below {k}.", answer.intervals[id]));
    }
    for id in answer.narrow.iter().filter(|id| !answer.exact.contains(id)) {
        line(format!("  {id:?} is {}, which is too close.", answer.intervals[id]));
    }
    for name in &answer.residual {
        line(format!(
            "  What {name:?} leaves to its hidden cells together is 1 to {}.",
            k.saturating_sub(1)
        ));
    }
    for (name, ids) in &answer.insiders {
        line(format!("  Insider {name:?} finds out {}.", quoted(ids)));
    }
    if !table.integer {
        line(
            "The numbers were taken for amounts; with \"integer\": true the attacker also knows \
             that they are counts."
                .to_owned(),
        );
    }
    text
}
