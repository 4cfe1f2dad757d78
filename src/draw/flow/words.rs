//! What a flow says: names of targets, heads of columns, the picture's title.
//!
//! Counts are lower bounds that were rounded, and the words say so.

use crate::draw::Weight;
use crate::draw::text::{measure, number, percent, plain, step};
use crate::draw::tokens::tokens;
use crate::views::{Flow, FlowNode, LabelKind, Side};

/// `Product, step 3, about 680 people or more`.
pub(super) fn node(node: &FlowNode) -> String {
    format!("{}, {}", place(node), people(node.count))
}

/// From the earlier node to the later one.
pub(super) fn edge(from: &FlowNode, to: &FlowNode, count: u64) -> String {
    format!("{} to {}, {}", place(from), place(to), people(count))
}

pub(super) fn exit(node: &FlowNode, count: u64, anchor: Side) -> String {
    let what = match anchor {
        Side::Start | Side::Between => "left here",
        Side::End => "began here",
    };
    format!("{}, {} {what}", place(node), people(count))
}

fn people(count: u64) -> String {
    format!("about {} people or more", number(count))
}

fn place(node: &FlowNode) -> String {
    format!("{}, step {}", name(node), step(node.step))
}

/// The label in full, fit to be shown.
pub(super) fn name(node: &FlowNode) -> String {
    let name = plain(&node.label);
    match (name.is_empty(), node.kind) {
        (false, _) => name,
        (true, LabelKind::Label) => "(empty)".to_owned(),
        (true, LabelKind::Other) => crate::views::OTHER.to_owned(),
    }
}

/// What stands over a column.
pub(super) struct Head {
    step: i32,
    people: u64,
    /// The share of the step nearer to the anchor that went no further, and the word for it.
    lost: Option<(String, &'static str)>,
}

/// How much of a head there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    Full,
    People,
    Number,
}

impl Detail {
    /// The same for all columns, so that they read alike.
    pub(super) fn fitting(heads: &[Head], room: impl Fn(usize) -> f32) -> Self {
        let fits = |detail| {
            heads.iter().enumerate().all(|(column, head)| head.width_with(detail) <= room(column))
        };
        [Self::Full, Self::People].into_iter().find(|&detail| fits(detail)).unwrap_or(Self::Number)
    }
}

impl Head {
    pub(super) fn step(&self, detail: Detail) -> String {
        match detail {
            Detail::Full | Detail::People => format!("Step {}", step(self.step)),
            Detail::Number => step(self.step),
        }
    }

    pub(super) fn people(&self, detail: Detail) -> String {
        let people = number(self.people);
        match (detail, &self.lost) {
            (Detail::Full, Some((share, word))) => format!("{people} · {share} {word}"),
            (Detail::Full, None) => format!("{people} people"),
            (Detail::People | Detail::Number, _) => people,
        }
    }

    pub(super) fn width(&self) -> f32 {
        self.width_with(Detail::Full)
    }

    fn width_with(&self, detail: Detail) -> f32 {
        let size = tokens().text.small.size;
        let step = measure(&self.step(detail), size, Weight::SemiBold);
        step.max(measure(&self.people(detail), size, Weight::Regular))
    }
}

/// The heads of the columns of these steps, in the order of time.
pub(super) fn heads(flow: &Flow, steps: &[i32]) -> Vec<Head> {
    let people: Vec<u64> = steps
        .iter()
        .map(|&step| {
            let counts = flow.nodes.iter().filter(|node| node.step == step).map(|node| node.count);
            counts.fold(0, u64::saturating_add)
        })
        .collect();
    let head = |(column, &step): (usize, &i32)| {
        let (nearer, word) = match flow.spec.asked.anchor {
            Side::Start | Side::Between => (column.checked_sub(1), "left"),
            Side::End => (Some(column + 1), "began later"),
        };
        let nearer = nearer.and_then(|column| people.get(column));
        let nearer = nearer.filter(|nearer| **nearer > people[column]);
        let lost =
            nearer.map(|&nearer| (percent(nearer.saturating_sub(people[column]), nearer), word));
        Head { step, people: people[column], lost }
    };
    steps.iter().enumerate().map(head).collect()
}
