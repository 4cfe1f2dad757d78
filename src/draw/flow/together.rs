//! The flows of several groups in one picture: a ribbon for each way, and in it a stripe for each
//! group.
//!
//! *Invariant:* every number is a published number of a group, or the sum of those of all groups.

use std::collections::BTreeMap;

use super::{Drawing, FlowPicture, LabelColours, size};
use crate::draw::scene::{Rgba, Scene};
use crate::draw::tokens::Theme;
use crate::views::{Flow, FlowEdge, FlowExit, FlowNode};

/// One group.
pub(in crate::draw) struct Group<'a> {
    pub(in crate::draw) name: String,
    pub(in crate::draw) colour: Rgba,
    pub(in crate::draw) flow: &'a Flow,
}

/// What a ribbon is made of: groups by their place, and how many people of each.
type Parts = Vec<(usize, u64)>;

/// Which groups are in which ribbon.
pub(super) struct Stripes<'a> {
    pub(super) groups: &'a [Group<'a>],
    by_way: BTreeMap<&'a str, BTreeMap<&'a str, Parts>>,
}

impl<'a> Stripes<'a> {
    fn new(groups: &'a [Group<'a>]) -> Self {
        let mut by_way: BTreeMap<&str, BTreeMap<&str, Parts>> = BTreeMap::new();
        for (at, group) in groups.iter().enumerate() {
            for edge in &group.flow.edges {
                let from = by_way.entry(&edge.from).or_default();
                from.entry(&edge.to).or_default().push((at, edge.count));
            }
        }
        Self { groups, by_way }
    }

    /// From a node outward from the anchor to another.
    pub(super) fn of(&self, from: &str, to: &str) -> &[(usize, u64)] {
        self.by_way.get(from).and_then(|ways| ways.get(to)).map_or(&[], Vec::as_slice)
    }
}

/// The picture, as large as its labels need.
pub(in crate::draw) fn together(groups: &[Group<'_>], width: f32, theme: Theme) -> Option<Scene> {
    let sum = sum(groups)?;
    let [least, height] = size(&sum);
    let picture =
        FlowPicture { width: width.max(least), height, theme, traced: None, drop_off: true };
    let stripes = Stripes::new(groups);
    // The colours are those of the groups; a label has none of its own.
    let colours = LabelColours { biggest_first: Vec::new() };
    let drawing =
        Drawing { stripes: Some(&stripes), ..Drawing::new(&sum, &[&sum], &picture, &colours) };
    Some(drawing.scene())
}

/// How wide it is at least.
pub(in crate::draw) fn width(groups: &[Group<'_>]) -> f32 {
    sum(groups).map_or(0.0, |flow| size(&flow)[0])
}

/// All groups as one flow. They share nobody, so their people add up.
fn sum(groups: &[Group<'_>]) -> Option<Flow> {
    let mut nodes: BTreeMap<&str, FlowNode> = BTreeMap::new();
    let mut edges: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut exits: BTreeMap<&str, u64> = BTreeMap::new();
    for flow in groups.iter().map(|group| group.flow) {
        for node in &flow.nodes {
            let all =
                nodes.entry(&node.id).or_insert_with(|| FlowNode { count: 0, ..node.clone() });
            all.count += node.count;
        }
        for edge in &flow.edges {
            *edges.entry((&edge.from, &edge.to)).or_default() += edge.count;
        }
        for exit in &flow.exits {
            *exits.entry(&exit.from).or_default() += exit.count;
        }
    }
    let first = groups.first()?.flow;
    let mut nodes: Vec<FlowNode> = nodes.into_values().collect();
    nodes.sort_by(|a, b| (a.step.abs(), b.count, &a.label).cmp(&(b.step.abs(), a.count, &b.label)));
    Some(Flow {
        people: groups.iter().map(|group| group.flow.people).sum(),
        nodes,
        edges: edges
            .into_iter()
            .map(|((from, to), count)| FlowEdge { from: from.to_owned(), to: to.to_owned(), count })
            .collect(),
        exits: exits
            .into_iter()
            .map(|(from, count)| FlowExit { from: from.to_owned(), count })
            .collect(),
        spec: first.spec.clone(),
        ..*first
    })
}
