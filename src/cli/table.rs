//! A flow as text: step by step, counts in one column.

use std::fmt::Write;

use crate::draw::text::{number, plain, step};
use crate::views::{Flow, FlowNode, Side, View};

/// Labels are cut at this many characters, so that a line fits a terminal.
const LONGEST_LABEL: usize = 48;

/// The view as lines of text. The first lines say under which thresholds.
pub(super) fn text(view: &View) -> String {
    let View::Flow(flow) = view else { unreachable!("only flows yet") };
    let rows = rows(flow);
    let left = rows.iter().map(|row| row.text.chars().count()).max().unwrap_or(0);
    let right = rows.iter().map(|row| row.count.chars().count()).max().unwrap_or(0);
    let mut out = head(flow);
    for row in rows {
        let gap = left - row.text.chars().count() + 2 + right - row.count.chars().count();
        let blank = if row.opens { "\n" } else { "" };
        // Writing to a String never fails.
        let _ = writeln!(out, "{blank}{}{:gap$}{}", row.text, "", row.count);
    }
    out
}

fn head(flow: &Flow) -> String {
    let [low, high] = flow.by_name_band;
    let from = match (flow.spec.asked.anchor, &flow.spec.asked.anchor_label) {
        (Side::Start | Side::Between, None) => "from the beginning".to_owned(),
        (Side::End, None) => "backwards from the end".to_owned(),
        (Side::Start | Side::Between, Some(label)) => format!("from \"{}\" on", short(label)),
        (Side::End, Some(label)) => format!("backwards from \"{}\"", short(label)),
    };
    format!(
        "Flow of {} people, {from}.\nEvery count covers at least {} people (k) and is a multiple of {} (b). \
         {low} to {high} % of steps by name.\nOne view, not checked against others.\n",
        number(flow.people),
        flow.k,
        flow.b
    )
}

struct Row {
    text: String,
    count: String,
    /// Whether a step begins here.
    opens: bool,
}

impl Row {
    fn new(text: String, count: u64) -> Self {
        Self { text, count: number(count), opens: false }
    }
}

fn rows(flow: &Flow) -> Vec<Row> {
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
