//! A view as Mermaid, for documents that draw it: a `flowchart` of a map or a flow, a `journey` of the
//! steps of a funnel or of paths.
//!
//! A journey has a score from 1 to 5 for every task, which is how somebody felt. A published number
//! is no score, so that numbers stand in words, and every task has [`UNSCORED`], the face that says
//! nothing. Times and days are no diagram of either kind.
//!
//! *Invariant:* every word is one of ours or a published label. Of a label, letters, digits and spaces
//! stand for themselves and everything else as a number between `#` and `;`, so that no label can end
//! a text, begin a directive or be markup. What Mermaid would refuse to draw is left out by a rule
//! that is told in the file.

use std::fmt::Write;

use super::graph::{Network, is_network, networks};
use crate::draw::words;
use crate::views::{Funnel, LabelKind, Paths, Side, View};

/// Mermaid draws 500 arrows and refuses more.
const MOST_MOVES: usize = 500;
/// A journey of more paths is a wall of them.
const MOST_PATHS: usize = 24;
/// The middle of the scale.
const UNSCORED: u8 = 3;

/// Whether a view has a form in Mermaid.
pub(super) fn has_form(view: &View) -> bool {
    let parts = view.parts();
    let is_journey = |part: &&View| matches!(part, View::Paths(_) | View::Funnel(_));
    is_network(view) || (!parts.is_empty() && parts.iter().all(is_journey))
}

/// The file; nothing where the view has no such form.
pub(super) fn text(view: &View) -> Option<String> {
    if !has_form(view) {
        return None;
    }
    let mut file = File { out: String::new() };
    if is_network(view) {
        file.flowchart(view);
    } else {
        file.journey(view);
    }
    Some(file.out)
}

struct File {
    out: String,
}

impl File {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String never fails.
        let _ = writeln!(self.out, "{text}");
    }

    /// What the diagram is about, for those who cannot see it. None of it comes from a label.
    fn description(&mut self, view: &View, more: &str) {
        let about = words::description(view);
        self.line(format_args!("  accTitle: {} of {}", words::kind(view), words::everybody(view)));
        self.line(format_args!("  accDescr: {about}{more}"));
    }

    fn flowchart(&mut self, view: &View) {
        let networks = networks(view);
        self.line(format_args!("flowchart LR"));
        let all: usize = networks.iter().map(|network| network.moves.len()).sum();
        // The same share of every part, so that no part is left without arrows.
        let most = MOST_MOVES / networks.len().max(1);
        let drawn: usize = networks.iter().map(|network| network.moves.len().min(most)).sum();
        let more = if drawn < all {
            format!(" Of {all} arrows the {drawn} of most people are drawn.")
        } else {
            String::new()
        };
        self.description(view, &more);
        for (part, network) in networks.iter().enumerate() {
            self.network(part, network, most);
        }
    }

    fn network(&mut self, part: usize, network: &Network, most: usize) {
        if let Some(name) = &network.name {
            self.line(format_args!("  subgraph s{part}[\"{}\"]", Safe(name)));
        }
        for (at, node) in network.nodes.iter().enumerate() {
            // Round ends tell Other from a label that reads like it.
            let [open, close] =
                if node.kind == LabelKind::Other { ["([", "])"] } else { ["[", "]"] };
            let (label, count) = (Safe(&node.label), node.count);
            self.line(format_args!("  n{part}_{at}{open}\"{label} · {count}\"{close}"));
        }
        let mut widest: Vec<usize> = (0..network.moves.len()).collect();
        widest.sort_by_key(|at| (u64::MAX - network.moves[*at].count, *at));
        widest.truncate(most);
        widest.sort_unstable();
        for step in widest.into_iter().filter_map(|at| network.moves.get(at)) {
            let (from, to, count) = (step.from, step.to, step.count);
            self.line(format_args!("  n{part}_{from} -->|\"{count}\"| n{part}_{to}"));
        }
        if network.name.is_some() {
            self.line(format_args!("  end"));
        }
    }

    fn journey(&mut self, view: &View) {
        self.line(format_args!("journey"));
        let names = words::part_names(view);
        let parts = view.parts();
        let most = (MOST_PATHS / parts.len().max(1)).max(1);
        let of = |part: &&View| if let View::Paths(paths) = part { paths.paths.len() } else { 0 };
        let all: usize = parts.iter().map(of).sum();
        let drawn: usize = parts.iter().map(|part| of(part).min(most)).sum();
        let mut more = " The faces mean nothing, a count is no score.".to_owned();
        if drawn < all {
            let _ = write!(more, " Of {all} paths the {drawn} of most people are drawn.");
        }
        self.description(view, &more);
        for (at, part) in parts.into_iter().enumerate() {
            let name = names.get(at).map(String::as_str);
            match part {
                View::Funnel(funnel) => self.funnel(funnel, part, name),
                View::Paths(paths) => self.paths(paths, part, name, most),
                _ => {}
            }
        }
    }

    fn section(&mut self, name: Option<&str>, what: &str) {
        match name {
            Some(name) => self.line(format_args!("  section {}, {what}", Safe(name))),
            None => self.line(format_args!("  section {what}")),
        }
    }

    /// A number in front keeps a label from being read as one of Mermaid's own words.
    fn task(&mut self, number: usize, label: &str, more: &str) {
        self.line(format_args!("    {number} {}{more}: {UNSCORED}", Safe(label)));
    }

    fn funnel(&mut self, funnel: &Funnel, view: &View, name: Option<&str>) {
        self.section(name, &format!("everyone {}", words::everybody(view)));
        for (at, step) in funnel.steps.iter().enumerate() {
            let count = format!(", {}", words::about(view, step.count));
            self.task(at + 1, &words::name(&step.label), &count);
        }
    }

    fn paths(&mut self, paths: &Paths, view: &View, name: Option<&str>, most: usize) {
        let backwards = paths.spec.asked.anchor == Side::End;
        for path in paths.paths.iter().take(most) {
            let over = match (path.ends, backwards) {
                (false, _) => "",
                (true, false) => ", then they leave",
                (true, true) => ", as they begin",
            };
            self.section(name, &format!("{}{over}", words::about(view, path.count)));
            // From left to right in time.
            let mut steps: Vec<&str> = path.steps.iter().map(|it| it.label.as_str()).collect();
            if backwards {
                steps.reverse();
            }
            for (at, label) in steps.into_iter().enumerate() {
                self.task(at + 1, &words::name(label), "");
            }
        }
    }
}

/// A label that is text and nothing else.
struct Safe<'a>(&'a str);

impl std::fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars() {
            if letter.is_alphanumeric() || letter == ' ' {
                f.write_char(letter)?;
            } else {
                write!(f, "#{};", u32::from(letter))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_MOVES, MOST_PATHS, has_form, text};
    use crate::draw::testing;
    use crate::release::graph::tests::{HOSTILE, hostile_map};
    use crate::views::{MapEdge, PathStep, PublishedCohort, View};

    /// The labels that a reader of the file sees: what stands as a number is that letter again.
    fn read(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('#') {
            out.push_str(before);
            let (number, later) = after.split_once(';').expect("a letter as a number ends");
            out.push(char::from_u32(number.parse().unwrap()).unwrap());
            rest = later;
        }
        out + rest
    }

    #[test]
    fn no_label_of_a_flowchart_is_anything_but_text() {
        let text = text(&hostile_map()).unwrap();
        let nodes: Vec<&str> = text.lines().filter(|line| line.contains(" · ")).collect();
        assert_eq!(nodes.len(), HOSTILE.len());
        for (at, (line, label)) in nodes.iter().zip(HOSTILE).enumerate() {
            let inside = line
                .strip_prefix(&format!("  n0_{at}[\""))
                .and_then(|line| line.strip_suffix(" · 100\"]"))
                .expect("a node in quotes");
            let plain = |c: char| c.is_alphanumeric() || " #;".contains(c);
            assert!(inside.chars().all(plain), "{inside}");
            assert_eq!(read(inside), crate::draw::words::name(label));
        }
        assert_eq!(text.matches("-->").count(), HOSTILE.len());
    }

    #[test]
    fn no_label_of_a_journey_is_a_keyword_a_score_or_a_comment() {
        let View::Paths(mut paths) = testing::paths(&PublishedCohort::default()) else {
            panic!("paths");
        };
        paths.paths.truncate(1);
        paths.paths[0].steps = HOSTILE
            .map(|label| PathStep { label: label.to_owned(), kind: crate::views::LabelKind::Label })
            .to_vec();
        let text = text(&View::Paths(paths)).unwrap();
        let tasks: Vec<&str> = text.lines().filter(|line| line.ends_with(": 3")).collect();
        assert_eq!(tasks.len(), HOSTILE.len());
        for (at, (task, label)) in tasks.iter().zip(HOSTILE).enumerate() {
            let inside = task.strip_prefix(&format!("    {} ", at + 1)).unwrap();
            let inside = inside.strip_suffix(": 3").unwrap();
            assert!(!inside.contains(':') && !inside.contains('%'), "{inside}");
            assert_eq!(read(inside), crate::draw::words::name(label));
        }
    }

    #[test]
    fn a_funnel_is_a_journey_whose_numbers_are_words() {
        let text = text(&testing::funnel(&PublishedCohort::default())).unwrap();
        assert!(text.starts_with("journey\n"), "{text}");
        assert!(text.contains("Cart, about 845 people or more: 3"), "{text}");
        assert!(!text.contains(": 845"));
    }

    #[test]
    fn what_mermaid_would_not_draw_is_left_out_and_that_is_said() {
        let View::Map(mut map) = hostile_map() else { panic!("a map") };
        map.edges = (0..MOST_MOVES + 100)
            .map(|at| MapEdge {
                from: HOSTILE[at % 12].to_owned(),
                to: HOSTILE[at / 12 % 12].to_owned(),
                count: 10 + at as u64,
                bins: Vec::new(),
                median_secs: None,
            })
            .collect();
        let flowchart = text(&View::Map(map)).unwrap();
        assert_eq!(flowchart.matches("-->").count(), MOST_MOVES);
        assert!(flowchart.contains("Of 600 arrows the 500 of most people are drawn."));
        assert!(!flowchart.contains("|\"10\"|") && flowchart.contains("|\"609\"|"));

        let View::Paths(mut paths) = testing::paths(&PublishedCohort::default()) else {
            panic!("paths");
        };
        let one = paths.paths[0].clone();
        paths.paths = vec![one; MOST_PATHS + 3];
        let journey = text(&View::Paths(paths)).unwrap();
        assert_eq!(journey.matches("  section ").count(), MOST_PATHS);
        assert!(journey.contains("Of 27 paths the 24"));
    }

    #[test]
    fn times_and_days_have_no_diagram() {
        for view in testing::every_kind() {
            let parts = view.parts();
            let is_time = matches!(parts[0], View::Timing(_) | View::Trend(_));
            assert_eq!(has_form(&view), !is_time, "{}", view.kind());
            assert_eq!(text(&view).is_some(), !is_time);
        }
    }
}
