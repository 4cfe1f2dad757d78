//! What can be said about one node of a published flow. Everything here is read off published
//! counts; nothing is asked of the vault.

use crate::draw::text::{number, percent, step as step_words};
use crate::views::{Flow, FlowNode, LabelKind, Side};

/// A neighbour and how many people went between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour<'a> {
    pub node: &'a FlowNode,
    pub count: u64,
}

/// A node with its neighbours in the order of time, whichever end the steps are counted from.
pub struct NodeFacts<'a> {
    pub node: &'a FlowNode,
    /// Everybody at this step.
    pub at_step: u64,
    /// Most people first.
    pub came_from: Vec<Neighbour<'a>>,
    pub went_to: Vec<Neighbour<'a>>,
    /// People who left here, or, where steps are counted from the end, who began here.
    pub exit: Option<u64>,
    side: Side,
}

impl<'a> NodeFacts<'a> {
    pub fn of(flow: &'a Flow, id: &str) -> Option<Self> {
        let find = |id: &str| flow.nodes.iter().find(|node| node.id == id);
        let node = find(id)?;
        let outward = flow.edges.iter().filter(|edge| edge.from == id);
        let outward =
            outward.filter_map(|edge| Some(Neighbour { node: find(&edge.to)?, count: edge.count }));
        let inward = flow.edges.iter().filter(|edge| edge.to == id);
        let inward = inward
            .filter_map(|edge| Some(Neighbour { node: find(&edge.from)?, count: edge.count }));
        let side = flow.spec.asked.anchor;
        let (mut came_from, mut went_to): (Vec<_>, Vec<_>) = match side {
            Side::Start | Side::Between => (inward.collect(), outward.collect()),
            Side::End => (outward.collect(), inward.collect()),
        };
        for list in [&mut came_from, &mut went_to] {
            list.sort_by(|a, b| b.count.cmp(&a.count).then(a.node.label.cmp(&b.node.label)));
        }
        Some(Self {
            node,
            at_step: at_step(flow, node.step),
            came_from,
            went_to,
            exit: flow.exits.iter().find(|exit| exit.from == id).map(|exit| exit.count),
            side,
        })
    }

    pub fn is_named(&self) -> bool {
        self.node.kind == LabelKind::Label
    }

    /// `about 680 people or more`; what is drawn as `Other` is no lower bound of anything.
    pub fn people(&self) -> String {
        let more = if self.is_named() { " or more" } else { "" };
        format!("about {} people{more}", number(self.node.count))
    }

    /// `people or more · 23 % of step 3`, to stand behind the number.
    pub fn unit(&self) -> String {
        let more = if self.is_named() { " or more" } else { "" };
        format!("people{more} · {} of {}", self.share(), self.step())
    }

    pub fn share(&self) -> String {
        percent(self.node.count, self.at_step)
    }

    pub fn step(&self) -> String {
        format!("step {}", step_words(self.node.step))
    }

    /// `Most came from Catalog (225) and went on to Catalog (185). 70 left here.`
    pub fn story(&self) -> String {
        let named = |neighbour: &Neighbour<'_>| {
            format!("{} ({})", neighbour.node.label, number(neighbour.count))
        };
        let mut story = match (self.came_from.first(), self.went_to.first()) {
            (Some(from), Some(to)) => {
                format!("Most came from {} and went on to {}.", named(from), named(to))
            }
            (Some(from), None) => format!("Most came from {}.", named(from)),
            (None, Some(to)) => format!("Most went on to {}.", named(to)),
            (None, None) => String::new(),
        };
        if let Some(exit) = self.exit {
            let space = if story.is_empty() { "" } else { " " };
            story = format!("{story}{space}{} {} here.", number(exit), self.exit_verb());
        }
        story
    }

    pub fn exit_verb(&self) -> &'static str {
        match self.side {
            Side::Start | Side::Between => "left",
            Side::End => "began",
        }
    }
}

/// Everybody at one step.
pub fn at_step(flow: &Flow, step: i32) -> u64 {
    flow.nodes.iter().filter(|node| node.step == step).map(|node| node.count).sum()
}

/// The steps in the order of time.
pub fn steps(flow: &Flow) -> Vec<i32> {
    let mut steps: Vec<i32> = flow.nodes.iter().map(|node| node.step).collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// The distance between the marks of an axis up to `largest`: 1, 2 or 5 times a power of ten, so
/// that there are two to five of them.
pub fn between_marks(largest: u64) -> u64 {
    let powers = std::iter::successors(Some(1_u64), |power| power.checked_mul(10));
    let round = powers.flat_map(|power| [1, 2, 5].map(|times| power.saturating_mul(times)));
    round.into_iter().find(|between| between.saturating_mul(5) > largest).unwrap_or(largest)
}

#[cfg(test)]
mod tests {
    use super::{NodeFacts, between_marks};
    use crate::views::{
        Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, LabelKind, PublishedCohort, PublishedSpec,
        Side, Unit,
    };

    fn node(step: i32, label: &str, count: u64) -> FlowNode {
        let kind = if label == "Other" { LabelKind::Other } else { LabelKind::Label };
        FlowNode { id: format!("{step}:{label}"), step, label: label.to_owned(), kind, count }
    }

    fn edge(from: &str, to: &str, count: u64) -> FlowEdge {
        FlowEdge { from: from.to_owned(), to: to.to_owned(), count }
    }

    fn flow(side: Side) -> Flow {
        let sign = if side == Side::Start { 1 } else { -1 };
        let id = |step: i32, label: &str| format!("{}:{label}", step * sign);
        Flow {
            unit: Unit::People,
            k: 10,
            b: 5,
            people: 1_300,
            by_name_band: [95, 100],
            spec: PublishedSpec {
                name: "flow".to_owned(),
                asked: FlowAsked {
                    anchor: side,
                    anchor_label: None,
                    until_label: None,
                    steps: 2,
                    top: 8,
                    drawn_for: None,
                },
                collapse: true,
                blur: true,
                rules: Vec::new(),
                cohort: PublishedCohort::default(),
            },
            nodes: vec![
                node(sign, "Home", 1_000),
                node(sign, "Other", 300),
                node(2 * sign, "Cart", 1_200),
            ],
            edges: vec![
                edge(&id(1, "Home"), &id(2, "Cart"), 950),
                edge(&id(1, "Other"), &id(2, "Cart"), 250),
            ],
            exits: vec![
                FlowExit { from: id(1, "Home"), count: 50 },
                FlowExit { from: id(1, "Other"), count: 50 },
            ],
        }
    }

    #[test]
    fn an_axis_has_a_few_round_marks() {
        for (largest, between) in
            [(15, 5), (400, 100), (1_050, 500), (13_085, 5_000), (500_000, 200_000)]
        {
            assert_eq!(between_marks(largest), between, "up to {largest}");
        }
    }

    #[test]
    fn a_node_says_what_is_published_about_it() {
        let flow = flow(Side::Start);
        let facts = NodeFacts::of(&flow, "1:Home").unwrap();
        assert_eq!(facts.people(), "about 1\u{202F}000 people or more");
        assert_eq!(facts.unit(), "people or more · 77\u{202F}% of step 1");
        assert_eq!(facts.story(), "Most went on to Cart (950). 50 left here.");
        let facts = NodeFacts::of(&flow, "1:Other").unwrap();
        assert_eq!(facts.people(), "about 300 people");
        let facts = NodeFacts::of(&flow, "2:Cart").unwrap();
        assert_eq!(facts.story(), "Most came from Home (950).");
        assert!(NodeFacts::of(&flow, "2:Nowhere").is_none());
    }

    #[test]
    fn counted_from_the_end_neighbours_are_still_in_the_order_of_time() {
        let flow = flow(Side::End);
        let facts = NodeFacts::of(&flow, "-1:Home").unwrap();
        assert_eq!(facts.story(), "Most came from Cart (950). 50 began here.");
        let facts = NodeFacts::of(&flow, "-2:Cart").unwrap();
        assert_eq!(facts.story(), "Most went on to Home (950).");
    }
}
