//! The published numbers that a finding is about: its places are words, and here they are looked up.
//!
//! A finding never holds a label, since a stranger may have written the package it is about. Whoever
//! shows it to somebody who may see the views shows the numbers beside it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Finding;
use crate::draw::words;
use crate::views::{FlowNode, View};

/// A number that a finding names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The name of the view.
    pub view: String,
    /// What the number is of.
    pub what: String,
    pub count: u64,
}

/// As [`crate::audit`] writes places, after the path of a view in a package.
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"views/([A-Za-z0-9_-]+)\.json(?:, (?:side ([ab])|segment ([0-9]+)))?, (people|(node|edge|exit|start|end|path|step|bin) ([0-9]+))",
    )
    .ok()
});

/// The numbers that stand in a finding, in its order, each once. One that no view has is left out.
pub fn evidence(finding: &Finding, views: &[&View]) -> Vec<Evidence> {
    let text = finding.to_string();
    let Some(place) = PLACE.as_ref() else { return Vec::new() };
    let mut found: Vec<Evidence> = Vec::new();
    for captures in place.captures_iter(&text) {
        if let Some(one) = look_up(&captures, views)
            && !found.contains(&one)
        {
            found.push(one);
        }
    }
    found
}

/// The names of the views that a finding is about.
pub fn views_named<'a>(finding: &Finding, views: &[&'a View]) -> Vec<&'a str> {
    let text = finding.to_string();
    let names = views.iter().map(|view| view.name());
    names.filter(|name| text.contains(&format!("views/{name}.json"))).collect()
}

fn look_up(captures: &Captures<'_>, views: &[&View]) -> Option<Evidence> {
    let word = |at: usize| captures.get(at).map(|found| found.as_str());
    let number = |at: usize| word(at).and_then(|word| word.parse::<usize>().ok());
    let name = word(1)?;
    let whole = views.iter().find(|view| view.name() == name)?;
    let part = match (word(2), number(3)) {
        (Some(side), _) => usize::from(side == "b"),
        (_, Some(segment)) => segment.checked_sub(1)?,
        _ => 0,
    };
    let view = *whole.parts().get(part)?;
    let (what, count) = if word(4)? == "people" {
        ("everybody".to_owned(), view.head().people)
    } else {
        cell(view, word(5)?, number(6)?.checked_sub(1)?)?
    };
    let what = match words::part_names(whole).get(part) {
        Some(segment) => format!("{segment}: {what}"),
        None => what,
    };
    Some(Evidence { view: name.to_owned(), what, count })
}

fn cell(view: &View, list: &str, at: usize) -> Option<(String, u64)> {
    let arrow = |from: &str, to: &str| format!("{} → {}", words::name(from), words::name(to));
    Some(match (view, list) {
        (View::Flow(flow), _) => {
            let node = |id: &str| flow.nodes.iter().find(|node| node.id == id);
            let at_step = |node: &FlowNode| {
                let step = crate::draw::text::step(node.step);
                format!("{} at step {step}", words::name(&node.label))
            };
            match list {
                "node" => flow.nodes.get(at).map(|node| (at_step(node), node.count))?,
                "edge" => {
                    let edge = flow.edges.get(at)?;
                    let (from, to) = (node(&edge.from)?, node(&edge.to)?);
                    (format!("{} → {}", at_step(from), words::name(&to.label)), edge.count)
                }
                "exit" => {
                    let exit = flow.exits.get(at)?;
                    (format!("{}, then gone", at_step(node(&exit.from)?)), exit.count)
                }
                _ => return None,
            }
        }
        (View::Map(map), "node") => {
            map.nodes.get(at).map(|node| (words::name(&node.label), node.count))?
        }
        (View::Map(map), "edge") => {
            map.edges.get(at).map(|edge| (arrow(&edge.from, &edge.to), edge.count))?
        }
        (View::Map(map), "start") => {
            let start = map.starts.get(at)?;
            (format!("start at {}", words::name(&start.label)), start.count)
        }
        (View::Map(map), "end") => {
            let end = map.ends.get(at)?;
            (format!("end at {}", words::name(&end.label)), end.count)
        }
        (View::Paths(paths), "path") => {
            let path = paths.paths.get(at)?;
            let steps: Vec<String> = path.steps.iter().map(|it| words::name(&it.label)).collect();
            (steps.join(" → "), path.count)
        }
        (View::Funnel(funnel), "step") => {
            funnel.steps.get(at).map(|step| (words::name(&step.label), step.count))?
        }
        (View::Funnel(funnel), "bin") => {
            funnel.time_to_convert.get(at).map(|bin| (words::span(bin), bin.count))?
        }
        (View::Timing(timing), "bin") => {
            timing.bins.get(at).map(|bin| (words::span(bin), bin.count))?
        }
        (View::Trend(trend), "bin") => {
            trend.bins.get(at).map(|bin| (words::days(bin), bin.count))?
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Evidence, evidence, views_named};
    use crate::draw::testing;
    use crate::release::Finding;
    use crate::views::{PublishedCohort, View};

    #[test]
    fn a_finding_is_shown_with_the_numbers_that_it_names() {
        let all = &PublishedCohort::default();
        let (flow, funnel) = (testing::small_flow(all), testing::funnel(all));
        let split = testing::breakdown(testing::funnel);
        let views: Vec<&View> = vec![&flow, &funnel];
        let found = Finding::new(
            "views/flow.json, node 1 and views/funnel.json, step 2",
            "the people there who are not in views/flow.json, edge 1 and views/flow.json, node 999 \
             are provably 1 to 9",
        );
        let named = evidence(&found, &views);
        let View::Flow(flow) = &flow else { panic!("a flow") };
        let View::Funnel(funnel) = &funnel else { panic!("a funnel") };
        let counts: Vec<u64> = named.iter().map(|one| one.count).collect();
        assert_eq!(counts, [flow.nodes[0].count, funnel.steps[1].count, flow.edges[0].count]);
        assert!(named[0].what.contains("at step 1") && named[2].what.contains(" → "), "{named:?}");
        assert_eq!(views_named(&found, &views), ["flow", "funnel"]);

        let split: Vec<&View> = vec![&split];
        let name = split[0].name();
        let of_part = Finding::new(format!("views/{name}.json, segment 2, people"), "it is small");
        let people = split[0].parts()[1].head().people;
        let [Evidence { what, count, .. }] = &evidence(&of_part, &split)[..] else {
            panic!("one number");
        };
        assert_eq!(*count, people);
        assert!(what.ends_with(": everybody"), "{what}");
    }

    #[test]
    fn a_place_that_no_view_has_is_left_out() {
        let flow = testing::small_flow(&PublishedCohort::default());
        for place in
            ["views/other.json, node 1", "views/flow.json, node 0", "views/flow.json, bin 1", "x"]
        {
            assert_eq!(evidence(&Finding::new(place, "it is wrong"), &[&flow]), []);
        }
    }
}
