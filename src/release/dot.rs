//! A network as DOT, the language of Graphviz.
//!
//! *Invariant:* every word is one of ours or a published label, in quotes that a label cannot close.

use std::fmt::Write;

use super::graph::{Network, networks};
use crate::views::{LabelKind, View};

/// The file; nothing where the view is no network.
pub(super) fn text(view: &View) -> Option<String> {
    let networks = networks(view);
    if networks.is_empty() {
        return None;
    }
    let mut out =
        String::from("digraph {\n  graph [rankdir=LR]\n  node [shape=box, style=rounded]\n");
    for (part, network) in networks.iter().enumerate() {
        write_network(&mut out, part, network);
    }
    out.push_str("}\n");
    Some(out)
}

fn write_network(out: &mut String, part: usize, network: &Network) {
    // Writing to a String never fails.
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = writeln!(out, "  {text}");
    };
    if let Some(name) = &network.name {
        line(format_args!("subgraph cluster_{part} {{"));
        line(format_args!("label={}", Quoted(name, None)));
    }
    for (at, node) in network.nodes.iter().enumerate() {
        let label = Quoted(&node.label, Some(node.count));
        let mut told = format!("label={label}, count={}", node.count);
        if node.kind == LabelKind::Other {
            told.push_str(", style=\"rounded,dashed\"");
        }
        let step = node.step.map(|step| ("step", step.to_string()));
        let starts = node.starts.map(|count| ("starts", count.to_string()));
        let ends = node.ends.map(|count| ("ends", count.to_string()));
        for (name, value) in [step, starts, ends].into_iter().flatten() {
            let _ = write!(told, ", {name}={value}");
        }
        line(format_args!("n{part}_{at} [{told}]"));
    }
    for step in &network.moves {
        let mut told = format!("label={0}, count={0}", step.count);
        if let Some(secs) = step.median_secs {
            let _ = write!(told, ", median_secs={secs}");
        }
        line(format_args!("n{part}_{} -> n{part}_{} [{told}]", step.from, step.to));
    }
    if network.name.is_some() {
        line(format_args!("}}"));
    }
}

/// A text in quotes, and a number on a line of its own under it. Graphviz reads a backslash and an
/// ampersand in a label as the beginning of something else.
struct Quoted<'a>(&'a str, Option<u64>);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_char('"')?;
        for letter in self.0.chars() {
            match letter {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '&' => f.write_str("&amp;")?,
                letter => f.write_char(letter)?,
            }
        }
        if let Some(number) = self.1 {
            write!(f, "\\n{number}")?;
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::draw::testing;
    use crate::release::graph::networks;
    use crate::release::graph::tests::hostile_map;
    use crate::views::PublishedCohort;

    /// The texts in quotes, as Graphviz's own lexer tells where they end, and the rest.
    fn split(text: &str) -> (Vec<String>, String) {
        let (mut quoted, mut rest, mut letters) = (Vec::new(), String::new(), text.chars());
        while let Some(letter) = letters.next() {
            if letter != '"' {
                rest.push(letter);
                continue;
            }
            let mut inside = String::new();
            loop {
                match letters.next().expect("a quote is closed") {
                    '"' => break,
                    '\\' => match letters.next().expect("a letter after a backslash") {
                        'n' => inside.push('\n'),
                        letter => inside.push(letter),
                    },
                    letter => inside.push(letter),
                }
            }
            quoted.push(inside.replace("&amp;", "&"));
        }
        (quoted, rest)
    }

    #[test]
    fn a_label_stays_within_its_quotes() {
        let view = hostile_map();
        let text = text(&view).unwrap();
        let (quoted, rest) = split(&text);
        let labels: Vec<&String> = quoted.iter().filter(|it| it.contains('\n')).collect();
        let network = &networks(&view)[0];
        assert_eq!(labels.len(), network.nodes.len());
        for (label, node) in labels.iter().zip(&network.nodes) {
            assert_eq!(**label, format!("{}\n{}", node.label, node.count));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || " \n_[]{}=,->".contains(c);
        assert!(rest.chars().all(plain), "{rest}");
        assert_eq!(rest.matches("->").count(), network.moves.len());
    }

    #[test]
    fn parts_are_clusters() {
        let all = testing::breakdown(|all| testing::map(crate::views::Unit::People, false, all));
        let text = text(&all).unwrap();
        assert_eq!(text.matches("subgraph cluster_").count(), all.parts().len());
        assert_eq!(text.matches('{').count(), text.matches('}').count());
        assert!(super::text(&testing::funnel(&PublishedCohort::default())).is_none());
    }
}
