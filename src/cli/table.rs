//! A view as text: step by step or list by list, counts in one column.

use std::fmt::Write;

use crate::draw::text::{number, plain, step};
use crate::draw::words;
use crate::release::{HALF_WITHIN, notes, sheets};
use crate::views::{Flow, FlowNode, Side, View};

/// Labels are cut at this many characters, so that a line fits a terminal.
const LONGEST_LABEL: usize = 48;
/// A whole path may be as long as a wide terminal.
const LONGEST_PATH: usize = 100;

/// The view as lines of text. The first lines say under which thresholds.
pub(super) fn text(view: &View) -> String {
    let mut out = head(view);
    let names = words::part_names(view);
    let is_split = matches!(view, View::Breakdown(_) | View::Comparison(_));
    for (at, part) in view.parts().into_iter().enumerate() {
        if is_split {
            let name = names.get(at).map_or_else(String::new, |name| short(name));
            // Writing to a String never fails.
            let _ = writeln!(out, "\n{name}: {}", words::everybody(part));
        }
        align(&mut out, rows(part));
        for note in notes(part) {
            let _ = writeln!(out, "{note}");
        }
    }
    out
}

fn align(out: &mut String, rows: Vec<Row>) {
    let left = rows.iter().map(|row| row.text.chars().count()).max().unwrap_or(0);
    let right = rows.iter().map(|row| row.count.chars().count()).max().unwrap_or(0);
    let share = rows.iter().map(|row| row.share.chars().count()).max().unwrap_or(0);
    for row in rows {
        let gap = left - row.text.chars().count() + 2 + right - row.count.chars().count();
        let blank = if row.opens { "\n" } else { "" };
        let line = format!("{blank}{}{:gap$}{}", row.text, "", row.count);
        let line = line.trim_end();
        // Writing to a String never fails.
        let _ = if row.share.is_empty() {
            writeln!(out, "{line}")
        } else {
            let gap = 2 + share - row.share.chars().count();
            writeln!(out, "{line}{:gap$}{}", "", row.share)
        };
    }
}

fn head(view: &View) -> String {
    let head = view.head();
    let [low, high] = head.by_name_band;
    let title = words::title(view);
    let mut out = format!(
        "{} of {}. {}.\nEvery count covers at least {} people (k) and is a multiple of {} (b). \
         {low} to {high} % of steps by name.\nOne view, not checked against others.\n",
        words::kind(view),
        words::everybody(view),
        plain(&title),
        head.k,
        head.b
    );
    for sentence in words::cohort(head.cohort) {
        let _ = writeln!(out, "{}", plain(&sentence));
    }
    out
}

fn rows(view: &View) -> Vec<Row> {
    let View::Flow(flow) = view else { return of_sheets(view) };
    of_flow(flow)
}

fn of_sheets(view: &View) -> Vec<Row> {
    let mut rows = Vec::new();
    for sheet in sheets(view) {
        let heading = format!("{} ({})", sheet.heading, sheet.counted.to_lowercase());
        rows.push(Row { opens: true, ..Row::bare(heading) });
        let arrow = if sheet.columns.len() > 1 { " → " } else { "" };
        for row in sheet.rows {
            let longest = if row.words.len() == 1 { LONGEST_PATH } else { LONGEST_LABEL };
            let words =
                row.words.iter().map(|word| crate::draw::text::shorten(&plain(word), longest));
            let mut words: Vec<String> = words.collect();
            // The third says how long the way between the first two takes.
            let time = if words.len() > 2 { words.pop() } else { None };
            let time = time.filter(|time| !time.is_empty());
            let half = if sheet.columns.last() == Some(&HALF_WITHIN) { "half within " } else { "" };
            let time = time.map_or_else(String::new, |time| format!(", {half}{time}"));
            let text = format!("  {}{time}", words.join(arrow));
            rows.push(Row { share: row.share.unwrap_or_default(), ..Row::new(text, row.count) });
        }
    }
    rows
}

struct Row {
    text: String,
    count: String,
    share: String,
    /// Whether a step begins here.
    opens: bool,
}

impl Row {
    fn new(text: String, count: u64) -> Self {
        Self { count: number(count), ..Self::bare(text) }
    }

    fn bare(text: String) -> Self {
        Self { text, count: String::new(), share: String::new(), opens: false }
    }
}

fn of_flow(flow: &Flow) -> Vec<Row> {
    let label = |id: &str| {
        let node = flow.nodes.iter().find(|node| node.id == id);
        node.map(|node| short(&node.label)).unwrap_or_default()
    };
    // With an end anchor the next step outward is the step before in time.
    let (arrow, gone) = match flow.spec.asked.anchor {
        Side::Start | Side::Between => ("→", "left"),
        Side::End => ("←", "began here"),
    };
    let mut rows = Vec::new();
    for nodes in flow.nodes.chunk_by(|a, b| a.step == b.step) {
        rows.push(head_row(nodes));
        for node in nodes {
            rows.push(Row::new(format!("  {}", short(&node.label)), node.count));
            for edge in flow.edges.iter().filter(|edge| edge.from == node.id) {
                rows.push(Row::new(format!("    {arrow} {}", label(&edge.to)), edge.count));
            }
            for exit in flow.exits.iter().filter(|exit| exit.from == node.id) {
                rows.push(Row::new(format!("    {gone}"), exit.count));
            }
        }
    }
    rows
}

fn head_row(nodes: &[FlowNode]) -> Row {
    let people = nodes.iter().fold(0_u64, |sum, node| sum.saturating_add(node.count));
    let at = nodes.first().map_or(0, |node| node.step);
    Row { opens: true, ..Row::new(format!("Step {}", step(at)), people) }
}

fn short(label: &str) -> String {
    crate::draw::text::shorten(&plain(label), LONGEST_LABEL)
}
