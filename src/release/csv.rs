//! A view as a table: CSV as RFC 4180 has it, safe to open in a spreadsheet.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::draw::words;
use crate::views::{
    Flow, FlowNode, Funnel, Map, Paths, TimeBin, Timing, Trend, View, no_formula, quoted,
};

/// A view as rows of cells under named columns: what every form of a table is written from.
pub(super) struct Grid {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// The tables of the parts of a split view are one, with the name of the part in front.
pub(super) fn grid(view: &View) -> Grid {
    let parts = view.parts();
    let names = words::part_names(view);
    let is_split = matches!(view, View::Breakdown(_) | View::Comparison(_));
    let longest = parts.iter().map(|part| longest_path(part)).max().unwrap_or(0);
    let with = |segment: &str, cells: Vec<String>| -> Vec<String> {
        is_split.then(|| segment.to_owned()).into_iter().chain(cells).collect()
    };
    let columns = with("segment", parts.first().map_or_else(Vec::new, |it| header(it, longest)));
    let mut rows = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let segment = names.get(at).map_or_else(String::new, |name| no_formula(name));
        rows.extend(self::rows(part, longest).into_iter().map(|row| with(&segment, row)));
    }
    Grid { columns, rows }
}

/// Lines end in CR LF; the first line names the columns.
pub(crate) fn table(view: &View) -> String {
    let grid = grid(view);
    let mut out = String::new();
    for cells in std::iter::once(&grid.columns).chain(&grid.rows) {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        // Writing to a String never fails.
        let _ = write!(out, "{}\r\n", cells.join(","));
    }
    out
}

fn longest_path(view: &View) -> usize {
    match view {
        View::Paths(paths) => paths.paths.iter().map(|path| path.steps.len()).max().unwrap_or(0),
        _ => 0,
    }
}

/// The names of the columns. A part of a split view is never split again and has none then.
fn header(view: &View, longest: usize) -> Vec<String> {
    let names: &[&str] = match view {
        View::Flow(_) => &["kind", "step", "label", "from", "to", "count"],
        View::Map(_) => {
            &["kind", "label", "from", "to", "from_secs", "to_secs", "median_secs", "count"]
        }
        View::Paths(_) => &["count", "ends"],
        View::Funnel(_) => &["kind", "label", "from_secs", "to_secs", "count"],
        View::Timing(_) => &["kind", "from_secs", "to_secs", "secs", "count"],
        View::Trend(_) => &["from", "to", "count"],
        View::Breakdown(_) | View::Comparison(_) => &[],
    };
    let steps = (1..=longest).map(|step| format!("step_{step}"));
    names.iter().map(|name| (*name).to_owned()).chain(steps).collect()
}

fn rows(view: &View, longest: usize) -> Vec<Vec<String>> {
    match view {
        View::Flow(flow) => of_flow(flow),
        View::Map(map) => of_map(map),
        View::Paths(paths) => of_paths(paths, longest),
        View::Funnel(funnel) => of_funnel(funnel),
        View::Timing(timing) => of_timing(timing),
        View::Trend(trend) => of_trend(trend),
        View::Breakdown(_) | View::Comparison(_) => Vec::new(),
    }
}

/// An edge or exit stands at the step of the node it leaves.
fn of_flow(flow: &Flow) -> Vec<Vec<String>> {
    let nodes: BTreeMap<&str, &FlowNode> =
        flow.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let label = |id: &str| nodes.get(id).map_or("", |node| node.label.as_str());
    let step = |id: &str| nodes.get(id).map_or(0, |node| node.step);
    let row = |kind: &str, step: i32, texts: [&str; 3], count: u64| {
        let [label, from, to] = texts.map(no_formula);
        vec![kind.to_owned(), step.to_string(), label, from, to, count.to_string()]
    };
    let nodes = flow.nodes.iter().map(|n| row("node", n.step, [&n.label, "", ""], n.count));
    let edges = flow.edges.iter().map(|edge| {
        row("edge", step(&edge.from), ["", label(&edge.from), label(&edge.to)], edge.count)
    });
    let exits = flow
        .exits
        .iter()
        .map(|exit| row("exit", step(&exit.from), ["", label(&exit.from), ""], exit.count));
    nodes.chain(edges).chain(exits).collect()
}

fn of_map(map: &Map) -> Vec<Vec<String>> {
    let row = |kind: &str, texts: [&str; 3], secs: [Option<u64>; 3], count: u64| {
        let mut row = vec![kind.to_owned()];
        row.extend(texts.map(no_formula));
        row.extend(secs.map(or_nothing));
        row.push(count.to_string());
        row
    };
    let none = [None; 3];
    let mut rows: Vec<_> =
        map.nodes.iter().map(|node| row("node", [&node.label, "", ""], none, node.count)).collect();
    for edge in &map.edges {
        let ends = ["", edge.from.as_str(), edge.to.as_str()];
        rows.push(row("edge", ends, [None, None, edge.median_secs], edge.count));
        for bin in &edge.bins {
            rows.push(row("edge_time", ends, [Some(bin.from), bin.to, None], bin.count));
        }
    }
    for (kind, ends) in [("start", &map.starts), ("end", &map.ends)] {
        rows.extend(ends.iter().map(|end| row(kind, [&end.label, "", ""], none, end.count)));
    }
    rows
}

fn of_paths(paths: &Paths, longest: usize) -> Vec<Vec<String>> {
    let row = |path: &crate::views::Path| {
        let ends = if path.ends { "yes" } else { "no" };
        let mut row = vec![path.count.to_string(), ends.to_owned()];
        row.extend(path.steps.iter().map(|step| no_formula(&step.label)));
        row.resize(2 + longest, String::new());
        row
    };
    paths.paths.iter().map(row).collect()
}

fn of_funnel(funnel: &Funnel) -> Vec<Vec<String>> {
    let steps = funnel.steps.iter().map(|step| {
        let none = String::new;
        vec!["step".to_owned(), no_formula(&step.label), none(), none(), step.count.to_string()]
    });
    let times = funnel.time_to_convert.iter().map(|bin| {
        let [from, to, count] = numbers(bin);
        vec!["time".to_owned(), String::new(), from, to, count]
    });
    steps.chain(times).collect()
}

fn of_timing(timing: &Timing) -> Vec<Vec<String>> {
    let bins = timing.bins.iter().map(|bin| {
        let [from, to, count] = numbers(bin);
        vec!["bin".to_owned(), from, to, String::new(), count]
    });
    let quantiles = &timing.quantiles;
    let said = [("p25", quantiles.p25), ("p50", quantiles.p50), ("p75", quantiles.p75)];
    let quantiles = said.into_iter().filter_map(|(name, secs)| {
        let none = String::new;
        Some(vec![name.to_owned(), none(), none(), secs?.to_string(), none()])
    });
    bins.chain(quantiles).collect()
}

fn of_trend(trend: &Trend) -> Vec<Vec<String>> {
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
    trend.bins.iter().map(|bin| vec![day(bin.from), day(bin.to), bin.count.to_string()]).collect()
}

fn numbers(bin: &TimeBin) -> [String; 3] {
    [bin.from.to_string(), or_nothing(bin.to), bin.count.to_string()]
}

fn or_nothing(number: Option<u64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::draw::testing;
    use crate::views::{PublishedCohort, Unit, View};

    fn lines(view: &View) -> Vec<String> {
        let text = table(view);
        assert!(text.ends_with("\r\n"));
        text.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn every_kind_of_view_is_one_table_with_as_many_cells_in_every_line() {
        for view in testing::every_kind() {
            let lines = lines(&view);
            let cells = |line: &String| line.matches(',').count();
            assert!(lines.len() > 3, "{}", view.kind());
            for line in &lines[..lines.len() - 1] {
                assert_eq!(cells(line), cells(&lines[0]), "{}: {line}", view.kind());
            }
        }
    }

    #[test]
    fn a_table_says_what_the_view_says() {
        let all = &PublishedCohort::default();
        let cases: [(View, &[&str]); 6] = [
            (
                testing::map(Unit::People, true, all),
                &[
                    "kind,label,from,to,from_secs,to_secs,median_secs,count",
                    "node,Other,,,,,,15",
                    "edge,,Home,Search,,,1200,70",
                    "edge_time,,Home,Search,3600,,,15",
                    "start,Home,,,,,,100",
                    "end,Buy,,,,,,40",
                ],
            ),
            (
                testing::paths(all),
                &["count,ends,step_1,step_2,step_3", "95,no,Home,Search,Buy", "10,yes,Search,,"],
            ),
            (
                testing::funnel(all),
                &["kind,label,from_secs,to_secs,count", "step,Cart,,,845", "time,,86400,,15"],
            ),
            (
                testing::timing(all),
                &["kind,from_secs,to_secs,secs,count", "bin,60,300,,40", "p50,,,850,"],
            ),
            (
                testing::trend(all),
                &[
                    "from,to,count",
                    ",2026-03-09,150",
                    "2026-03-09,2026-03-16,180",
                    "2026-03-30,,10",
                ],
            ),
            (
                testing::breakdown(testing::funnel),
                &[
                    "segment,kind,label,from_secs,to_secs,count",
                    "DE,step,Purchase,,,120",
                    "Other segments,step,Product,,,2810",
                ],
            ),
        ];
        for (view, expected) in cases {
            let lines = lines(&view);
            assert_eq!(lines[0], expected[0]);
            for line in expected {
                assert!(lines.iter().any(|known| known == line), "{line} in {lines:#?}");
            }
        }
        let sides = lines(&testing::comparison(testing::timing));
        assert!(sides.contains(&"DE,bin,0,60,,25".to_owned()), "{sides:#?}");
        assert!(sides.contains(&"not DE,bin,0,60,,25".to_owned()), "{sides:#?}");
    }
}
