//! A view as a table: CSV as RFC 4180 has it, safe to open in a spreadsheet.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::views::{Flow, FlowNode, View};

/// Lines end in CR LF; the first line names the columns. An edge or exit stands at the step of the
/// node it leaves.
pub(crate) fn table(view: &View) -> String {
    match view {
        View::Flow(flow) => of_flow(flow),
        _ => String::new(),
    }
}

fn of_flow(flow: &Flow) -> String {
    let nodes: BTreeMap<&str, &FlowNode> =
        flow.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let label = |id: &str| nodes.get(id).map_or("", |node| node.label.as_str());
    let step = |id: &str| nodes.get(id).map_or(0, |node| node.step);
    let mut out = String::from("kind,step,label,from,to,count\r\n");
    let mut line = |kind: &str, step: i32, texts: [&str; 3], count: u64| {
        let [label, from, to] = texts.map(cell);
        // Writing to a String never fails.
        let _ = write!(out, "{kind},{step},{label},{from},{to},{count}\r\n");
    };
    for node in &flow.nodes {
        line("node", node.step, [&node.label, "", ""], node.count);
    }
    for edge in &flow.edges {
        line("edge", step(&edge.from), ["", label(&edge.from), label(&edge.to)], edge.count);
    }
    for exit in &flow.exits {
        line("exit", step(&exit.from), ["", label(&exit.from), ""], exit.count);
    }
    out
}

/// Text that a spreadsheet would take for a formula gets an apostrophe in front; text with a
/// separator, a quote or a line break is quoted.
fn cell(text: &str) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let text = if runs { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_starts_like_a_formula() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
        ];
        for (label, expected) in cases {
            assert_eq!(cell(label), expected);
        }
    }

    #[test]
    fn cells_are_quoted_only_where_they_must_be() {
        let cases =
            [("Cart", "Cart"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("", "")];
        for (label, expected) in cases {
            assert_eq!(cell(label), expected);
        }
    }
}
