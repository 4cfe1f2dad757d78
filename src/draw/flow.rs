//! A published flow as a picture: columns of steps, bars of labels, ribbons of people.
//!
//! Time runs from left to right whichever end the steps are counted from. Sizes, colours, order
//! and words follow from the published counts alone.

mod labels;
mod together;
mod words;

use std::collections::BTreeMap;

use super::bars::view_scene;
use super::layout;
use super::layout::sankey::{self, Layout, Link, Node, Room, Span};
use super::scene::{
    Cubic, Fill, Mark, Rgba, Run, Scene, Shape, Stroke, Target, TargetKind, TextAlign,
};
use super::scene::{Weight, bounds, outline};
use super::tokens::{Colours, Theme, tokens};
use crate::views::{Disclosed, Flow, FlowNode, LabelKind, Side, View};

use together::Stripes;
pub(super) use together::{Group, together, width as width_together};

/// How a flow is drawn. Everything else comes from the published values.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowPicture {
    /// Points; margins are inside.
    pub width: f32,
    pub height: f32,
    pub theme: Theme,
    /// The id of a node whose ribbons stand out.
    pub traced: Option<String>,
    /// Whether people who left (or began) are drawn.
    pub drop_off: bool,
}

/// Baselines of the two lines over a column, and where bars begin.
const HEAD_FIRST: f32 = 28.0;
const HEAD_SECOND: f32 = 46.0;
const BARS_TOP: f32 = 68.0;
/// Under the bars: the fall of a drop-off, and air.
const BARS_BOTTOM: f32 = 36.0;
/// The plate behind a label is this much wider than its text at each end.
const PLATE: f32 = 4.0;
/// Between a name and its count.
const COUNT_GAP: f32 = 6.0;
/// Between a plate and the next column.
const LABEL_AIR: f32 = 4.0;

/// Lays a flow out and names everything in it. Any other view has one size, and is drawn in that.
pub fn flow_scene(view: &Disclosed<View>, picture: &FlowPicture) -> Scene {
    flow_scene_in(view, picture, &LabelColours::new(view))
}

/// The same in colours that other views have too.
pub fn flow_scene_in(
    view: &Disclosed<View>,
    picture: &FlowPicture,
    colours: &LabelColours,
) -> Scene {
    match view.view() {
        View::Flow(flow) => Scene {
            title: super::words::title(view.view()),
            description: super::words::description(view.view()),
            ..Drawing::new(flow, &[flow], picture, colours).scene()
        },
        _ => view_scene(view, picture.theme),
    }
}

/// A flow as a part of a larger picture, in the colours of that picture. Its rows stand in one order
/// with those of the flows that it is shown among.
pub(super) fn part(
    flow: &Flow,
    among: &[&Flow],
    [width, height]: [f32; 2],
    theme: Theme,
    colours: &LabelColours,
) -> Scene {
    let picture = FlowPicture { width, height, theme, traced: None, drop_off: true };
    Drawing::new(flow, among, &picture, colours).scene()
}

/// The smallest size, in points, at which no label is shortened for want of room and no two bars
/// come closer than they should. Never less than 960 × 540 for a flow; any other view has the size
/// that it is drawn in.
pub fn flow_size(view: &Disclosed<View>) -> [f32; 2] {
    if let View::Flow(flow) = view.view() {
        return size(flow);
    }
    let scene = view_scene(view, Theme::Light);
    [scene.width, scene.height]
}

/// [`flow_size`] of a flow.
pub(super) fn size(flow: &Flow) -> [f32; 2] {
    let [width, height] = needed(flow);
    [width.max(960.0), height.max(540.0)]
}

/// The smallest size that has room for everything.
pub(super) fn needed(flow: &Flow) -> [f32; 2] {
    let model = Model::new(flow, &[flow]);
    let look = &tokens().flow;
    let widest = model
        .shown
        .iter()
        .map(|node| labels::full_width(node))
        .chain(model.heads().iter().map(|head| head.width() - look.node_width - look.label_gap))
        .fold(0.0, f32::max);
    let column = look.node_width + look.label_gap + widest + PLATE + LABEL_AIR;
    let rows = model.graph.nodes.iter().fold(vec![0_u16; model.steps.len()], |mut rows, node| {
        rows[node.column] += 1;
        rows
    });
    let rows = f32::from(rows.into_iter().max().unwrap_or(0));
    let margins = 2.0 * tokens().space.view_margin;
    [
        (margins + column * model.steps.len() as f32).ceil(),
        (BARS_TOP + BARS_BOTTOM + rows * look.node_gap * 3.0).ceil(),
    ]
}

/// Which colour a label has. The eight biggest take the eight colours in order; sizes are the
/// published counts summed over all steps, and equal sizes go by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelColours {
    biggest_first: Vec<String>,
}

impl LabelColours {
    pub fn new(view: &Disclosed<View>) -> Self {
        Self::of(view.view())
    }

    /// The same colours for every view of some data: in this order, which is that of the labels
    /// themselves. What the view has besides comes after.
    pub fn ranked(mut names: Vec<String>, view: &Disclosed<View>) -> Self {
        let own = Self::new(view).biggest_first;
        names.extend(own.into_iter().filter(|label| !names.contains(label)).collect::<Vec<_>>());
        Self { biggest_first: names }
    }

    pub(super) fn of(view: &View) -> Self {
        Self::by_size(view.parts().into_iter().flat_map(labels_of))
    }

    fn by_size<'a>(labels: impl IntoIterator<Item = (&'a str, LabelKind, u64)>) -> Self {
        let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
        for (label, kind, count) in labels {
            if kind == LabelKind::Label {
                let size = sizes.entry(label).or_default();
                *size = size.saturating_add(count);
            }
        }
        let mut sizes: Vec<_> = sizes.into_iter().collect();
        sizes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        Self { biggest_first: sizes.into_iter().map(|(label, _)| label.to_owned()).collect() }
    }

    pub fn colour(&self, theme: Theme, kind: LabelKind, label: &str) -> Rgba {
        let colours = theme.colours();
        if kind == LabelKind::Other {
            return colours.other;
        }
        let place = self.biggest_first.iter().position(|known| known == label);
        place.and_then(|place| colours.categorical.get(place)).copied().unwrap_or(colours.rest)
    }

    /// The labels that have a colour of their own, biggest first, for a legend.
    pub fn named(&self, theme: Theme) -> impl Iterator<Item = (&str, Rgba)> {
        self.biggest_first.iter().map(String::as_str).zip(theme.colours().categorical)
    }

    /// Whether a label has a colour of its own.
    pub fn has_own(&self, label: &str) -> bool {
        let most = Theme::Light.colours().categorical.len();
        self.biggest_first.iter().take(most).any(|known| known == label)
    }
}

/// Every place where a label stands in a view, with its people.
fn labels_of(view: &View) -> Vec<(&str, LabelKind, u64)> {
    match view {
        View::Flow(flow) => labels_of_flow(flow).collect(),
        View::Map(map) => {
            map.nodes.iter().map(|node| (node.label.as_str(), node.kind, node.count)).collect()
        }
        View::Paths(paths) => paths
            .paths
            .iter()
            .flat_map(|path| path.steps.iter().map(|s| (s.label.as_str(), s.kind, path.count)))
            .collect(),
        View::Funnel(funnel) => {
            let steps = funnel.steps.iter();
            steps.map(|step| (step.label.as_str(), LabelKind::Label, step.count)).collect()
        }
        View::Timing(_) | View::Trend(_) | View::Breakdown(_) | View::Comparison(_) => Vec::new(),
    }
}

fn labels_of_flow(flow: &Flow) -> impl Iterator<Item = (&str, LabelKind, u64)> {
    flow.nodes.iter().map(|node| (node.label.as_str(), node.kind, node.count))
}

/// A flow turned so that time runs from left to right.
struct Model<'a> {
    flow: &'a Flow,
    /// The steps of the columns, in the order of time.
    steps: Vec<i32>,
    /// The nodes of `graph`, in its order.
    shown: Vec<&'a FlowNode>,
    graph: sankey::Graph,
}

impl<'a> Model<'a> {
    fn new(flow: &'a Flow, among: &[&'a Flow]) -> Self {
        let mut steps: Vec<i32> = flow.nodes.iter().map(|node| node.step).collect();
        steps.sort_unstable();
        steps.dedup();
        let lanes = lanes(among);
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut graph = sankey::Graph {
            columns: steps.len(),
            stubs_right: flow.spec.asked.anchor != Side::End,
            ..sankey::Graph::default()
        };
        let mut shown = Vec::with_capacity(flow.nodes.len());
        for node in &flow.nodes {
            let column = steps.binary_search(&node.step).unwrap_or_default();
            let lane = lanes[&(node.kind, node.label.as_str())];
            places.insert(&node.id, shown.len());
            shown.push(node);
            graph.nodes.push(Node { column, lane, weight: node.count as f64 });
        }
        for edge in &flow.edges {
            let ends = (places.get(edge.from.as_str()), places.get(edge.to.as_str()));
            let (Some(&from), Some(&to)) = ends else { continue };
            let (from, to) = if graph.stubs_right { (from, to) } else { (to, from) };
            if graph.nodes[from].column < graph.nodes[to].column {
                graph.links.push(Link { from, to, weight: edge.count as f64 });
            }
        }
        for exit in &flow.exits {
            if let Some(&node) = places.get(exit.from.as_str()) {
                graph.stubs.push((node, exit.count as f64));
            }
        }
        Self { flow, steps, shown, graph }
    }

    fn heads(&self) -> Vec<words::Head> {
        words::heads(self.flow, &self.steps)
    }
}

/// The order of rows: by the step at which a label typically comes (the mean over its people),
/// `Other` last.
fn lanes<'a>(flows: &[&'a Flow]) -> BTreeMap<(LabelKind, &'a str), usize> {
    let mut sums: BTreeMap<(LabelKind, &str), (f64, f64)> = BTreeMap::new();
    for node in flows.iter().flat_map(|flow| &flow.nodes) {
        let sum = sums.entry((node.kind, &node.label)).or_default();
        // An empty node still has a place.
        let people = (node.count as f64).max(1e-3);
        sum.0 += people * f64::from(node.step);
        sum.1 += people;
    }
    let mut order: Vec<_> = sums.into_iter().collect();
    order.sort_by(|((kind_a, label_a), a), ((kind_b, label_b), b)| {
        let typical = |sum: &(f64, f64)| sum.0 / sum.1;
        kind_a
            .cmp(kind_b)
            .then(typical(a).total_cmp(&typical(b)))
            .then(b.1.total_cmp(&a.1))
            .then(label_a.cmp(label_b))
    });
    order.into_iter().enumerate().map(|(lane, (key, _))| (key, lane)).collect()
}

/// Everything that is needed to put marks on paper.
struct Drawing<'a> {
    model: Model<'a>,
    picture: &'a FlowPicture,
    colours: &'static Colours,
    label_colours: LabelColours,
    layout: Layout,
    /// The left edge of each column.
    lefts: Vec<f32>,
    /// The space a label has in each column, from its first letter on.
    label_rooms: Vec<f32>,
    /// The node that is traced, if the flow has it.
    traced: Option<usize>,
    /// The groups in each ribbon, where there are several.
    stripes: Option<&'a Stripes<'a>>,
}

impl<'a> Drawing<'a> {
    fn new(
        flow: &'a Flow,
        among: &[&'a Flow],
        picture: &'a FlowPicture,
        colours: &LabelColours,
    ) -> Self {
        let model = Model::new(flow, among);
        let look = &tokens().flow;
        let room = Room {
            top: BARS_TOP,
            bottom: (picture.height - BARS_BOTTOM).max(BARS_TOP + 1.0),
            gap: look.node_gap,
            least: look.ribbon_min,
        };
        let layout = layout::sankey::lay_out(&model.graph, room);
        let (lefts, label_rooms) = columns(&model, picture);
        let traced = picture
            .traced
            .as_ref()
            .and_then(|id| model.shown.iter().position(|node| node.id == *id));
        Self {
            picture,
            colours: picture.theme.colours(),
            label_colours: colours.clone(),
            layout,
            lefts,
            label_rooms,
            traced,
            stripes: None,
            model,
        }
    }

    fn scene(&self) -> Scene {
        let mut scene = Scene {
            width: self.picture.width,
            height: self.picture.height,
            background: self.colours.surface,
            shapes: Vec::new(),
            targets: Vec::new(),
            title: String::new(),
            description: String::new(),
        };
        self.heads(&mut scene);
        self.ribbons(&mut scene);
        if self.picture.drop_off {
            self.drop_offs(&mut scene);
        }
        self.nodes(&mut scene);
        scene
    }

    fn colour(&self, node: usize) -> Rgba {
        let node = self.model.shown[node];
        self.label_colours.colour(self.picture.theme, node.kind, &node.label)
    }

    fn left(&self, node: usize) -> f32 {
        self.lefts[self.model.graph.nodes[node].column]
    }

    fn right(&self, node: usize) -> f32 {
        self.left(node) + tokens().flow.node_width
    }

    fn heads(&self, scene: &mut Scene) {
        let size = tokens().text.small.size;
        let heads = self.model.heads();
        let before = tokens().flow.node_width + tokens().flow.label_gap;
        let detail = words::Detail::fitting(&heads, |column| before + self.label_rooms[column]);
        for (head, &left) in heads.iter().zip(&self.lefts) {
            let lines = [
                (HEAD_FIRST, head.step(detail), Weight::SemiBold, self.colours.text_strong),
                (HEAD_SECOND, head.people(detail), Weight::Regular, self.colours.text),
            ];
            for (baseline, line, weight, colour) in lines {
                let runs = vec![Run { text: line, weight, colour, gap: 0.0 }];
                let mark = Mark::Text { at: [left, baseline], size, align: TextAlign::Left, runs };
                scene.shapes.push(Shape { mark, target: None });
            }
        }
    }

    /// How opaque a ribbon or drop-off is that touches these nodes.
    fn share(&self, ends: &[usize]) -> f32 {
        let look = &tokens().flow;
        match self.traced {
            None => look.ribbon_alpha,
            Some(traced) if ends.contains(&traced) => look.ribbon_alpha_traced,
            Some(_) => look.ribbon_alpha_faded,
        }
    }

    fn ribbons(&self, scene: &mut Scene) {
        let graph = &self.model.graph;
        let in_trace = |link: &Link| {
            self.traced.is_some_and(|traced| link.from == traced || link.to == traced)
        };
        // Biggest first, so that thin ones stay visible; the trace over all others.
        let mut order: Vec<usize> = (0..graph.links.len()).collect();
        order.sort_by(|&a, &b| {
            let (a_link, b_link) = (&graph.links[a], &graph.links[b]);
            in_trace(a_link)
                .cmp(&in_trace(b_link))
                .then(b_link.weight.total_cmp(&a_link.weight))
                .then(a.cmp(&b))
        });
        for index in order {
            let link = &graph.links[index];
            let (source, target) = self.layout.links[index];
            let least = tokens().flow.ribbon_min;
            let source = source.at_least(least, self.layout.nodes[link.from]);
            let target = target.at_least(least, self.layout.nodes[link.to]);
            let share = self.share(&[link.from, link.to]);
            let [from, to] = [self.model.shown[link.from], self.model.shown[link.to]];
            let (id, outward) = match self.model.flow.spec.asked.anchor {
                Side::Start | Side::Between => (format!("{}→{}", from.id, to.id), [from, to]),
                Side::End => (format!("{}→{}", to.id, from.id), [to, from]),
            };
            let x = [self.right(link.from), self.left(link.to)];
            let mut push = |ends: [Span; 2], fill: Rgba, id: String, name: String| {
                let (upper, lower) = ribbon(x[0], ends[0], x[1], ends[1]);
                let polygon = outline(&upper, &lower, 16);
                scene.shapes.push(Shape {
                    mark: Mark::Band { upper, lower, fill: Fill::Solid(fill) },
                    target: Some(scene.targets.len()),
                });
                scene.targets.push(Target {
                    id,
                    rect: bounds(&polygon),
                    outline: polygon,
                    label: None,
                    name,
                    kind: TargetKind::Edge,
                });
            };
            let Some(stripes) = self.stripes else {
                let name = words::edge(from, to, link.weight as u64);
                push([source, target], self.colour(link.from).faded(share), id, name);
                continue;
            };
            let mut before = 0.0;
            for (at, count) in stripes.of(&outward[0].id, &outward[1].id) {
                let group = &stripes.groups[*at];
                let part = *count as f32 / link.weight as f32;
                let stripe = |whole: Span| Span {
                    top: whole.top + whole.height * before,
                    height: whole.height * part,
                };
                let name = format!("{}: {}", group.name, words::edge(from, to, *count));
                let fill = group.colour.faded(share);
                push([stripe(source), stripe(target)], fill, format!("{at}/{id}"), name);
                before += part;
            }
        }
    }

    fn drop_offs(&self, scene: &mut Scene) {
        let look = &tokens().flow;
        let graph = &self.model.graph;
        for (&(node, weight), &span) in graph.stubs.iter().zip(&self.layout.stubs) {
            let span = span.at_least(look.ribbon_min, self.layout.nodes[node]);
            let free = self.spacing() - look.node_width;
            let length = look.drop_off_length.min(free * 0.6);
            let fall = look.drop_off_fall;
            let near = self.colours.drop_off.faded(match self.traced {
                None => look.drop_off_alpha,
                Some(traced) if traced == node => look.drop_off_alpha,
                Some(_) => look.node_alpha_faded * look.drop_off_alpha,
            });
            let far = near.faded(0.0);
            let right = graph.stubs_right;
            let edge = if right { self.right(node) } else { self.left(node) };
            let curve = |y: f32| -> Cubic {
                if right {
                    let x = |share: f32| edge + length * share;
                    [[x(0.0), y], [x(0.5), y], [x(0.8), y + fall * 0.4], [x(1.0), y + fall]]
                } else {
                    let x = |share: f32| edge - length * share;
                    [[x(1.0), y + fall], [x(0.8), y + fall * 0.4], [x(0.5), y], [x(0.0), y]]
                }
            };
            let (upper, lower) = (curve(span.top), curve(span.bottom()));
            let polygon = outline(&upper, &lower, 12);
            let fill = if right { Fill::Across(near, far) } else { Fill::Across(far, near) };
            scene.shapes.push(Shape {
                mark: Mark::Band { upper, lower, fill },
                target: Some(scene.targets.len()),
            });
            let shown = self.model.shown[node];
            scene.targets.push(Target {
                id: format!("{}→", shown.id),
                rect: bounds(&polygon),
                outline: polygon,
                label: None,
                name: words::exit(shown, weight as u64, self.model.flow.spec.asked.anchor),
                kind: TargetKind::Exit,
            });
        }
    }

    fn spacing(&self) -> f32 {
        match self.lefts.as_slice() {
            [first, second, ..] => second - first,
            _ => self.picture.width,
        }
    }

    fn nodes(&self, scene: &mut Scene) {
        let look = &tokens().flow;
        let shown_labels = labels::place(self);
        let mut lit = vec![self.traced.is_none(); self.model.shown.len()];
        if let Some(traced) = self.traced {
            lit[traced] = true;
            for link in &self.model.graph.links {
                if link.from == traced || link.to == traced {
                    lit[link.from] = true;
                    lit[link.to] = true;
                }
            }
        }
        for (node, &shown) in self.model.shown.iter().enumerate() {
            let target = Some(scene.targets.len());
            let span = self.layout.nodes[node];
            let rect = [self.left(node), span.top, look.node_width, span.height];
            let fill = self.colour(node).faded(if lit[node] { 1.0 } else { look.node_alpha_faded });
            let radius = tokens().radius.bar.min(span.height / 2.0);
            let mark = Mark::Rect { rect, radius, fill: Some(fill), stroke: None };
            scene.shapes.push(Shape { mark, target });
            if self.traced == Some(node) {
                let width = tokens().stroke.focus;
                // One point of air, then the middle of the stroke.
                let out = 1.0 + width / 2.0;
                let [x, y, w, h] = rect;
                scene.shapes.push(Shape {
                    mark: Mark::Rect {
                        rect: [x - out, y - out, w + 2.0 * out, h + 2.0 * out],
                        radius: tokens().radius.bar + 2.0,
                        fill: None,
                        stroke: Some(Stroke { width, colour: self.colours.focus_ring }),
                    },
                    target,
                });
            }
            let label = &shown_labels[node];
            if let Some(label) = label {
                let marks = label.marks(self.colours, lit[node]);
                scene.shapes.extend(marks.into_iter().map(|mark| Shape { mark, target }));
            }
            scene.targets.push(Target {
                id: shown.id.clone(),
                rect,
                outline: Vec::new(),
                label: label.as_ref().map(|label| label.plate),
                name: words::node(shown),
                kind: TargetKind::Node,
            });
        }
    }
}

/// The left edges of the columns, and the room for a label in each. The last column's labels
/// get what they need, up to an equal share of the width.
fn columns(model: &Model, picture: &FlowPicture) -> (Vec<f32>, Vec<f32>) {
    let look = &tokens().flow;
    let margin = tokens().space.view_margin;
    let count = model.steps.len().max(1);
    let before = look.node_width + look.label_gap;
    let has_stub = |column: usize| {
        picture.drop_off
            && model.graph.stubs.iter().any(|&(node, _)| model.graph.nodes[node].column == column)
    };
    let lead =
        if !model.graph.stubs_right && has_stub(0) { look.drop_off_length - margin } else { 0.0 };
    let lead = lead.max(0.0);
    let usable = (picture.width - 2.0 * margin - lead).max(count as f32);
    let mut last = 0.0_f32;
    for (index, node) in model.shown.iter().enumerate() {
        if model.graph.nodes[index].column + 1 == count {
            last = last.max(before + labels::full_width(node) + PLATE);
        }
    }
    if let Some(head) = model.heads().last() {
        last = last.max(head.width() + PLATE);
    }
    if model.graph.stubs_right && has_stub(count - 1) {
        last = last.max(look.node_width + look.drop_off_length);
    }
    // A trace of air against rounding.
    let last = if count == 1 { usable } else { (last + 0.1).min(usable / count as f32) };
    let spacing = (usable - last) / (count - 1).max(1) as f32;
    let lefts = (0..count).map(|column| margin + lead + spacing * column as f32).collect();
    let inner = if count == 1 { last } else { spacing } - before - PLATE - LABEL_AIR;
    let outer = last - before - PLATE;
    let rooms = (0..count).map(|column| if column + 1 == count { outer } else { inner });
    let rooms = rooms.map(|room| room.max(0.0)).collect();
    (lefts, rooms)
}

/// The two edges of a ribbon. Handles are moved so that a steep ribbon stays about as thick
/// across as it is at its ends: the edge on the outside of the turn bends later.
fn ribbon(x0: f32, source: Span, x1: f32, target: Span) -> (Cubic, Cubic) {
    let run = (x1 - x0).max(1.0);
    let rise = target.middle() - source.middle();
    // The slope in the middle of such a curve is twice that of the straight line.
    let angle = (2.0 * rise.abs() / run).atan();
    let thick = f32::midpoint(source.height, target.height);
    let shift = (thick * (angle / 2.0).tan() / 1.5).min(run * 0.4).copysign(rise);
    let middle = f32::midpoint(x0, x1);
    let edge = |y0: f32, y1: f32, shift: f32| {
        [[x0, y0], [middle + shift, y0], [middle + shift, y1], [x1, y1]]
    };
    (edge(source.top, target.top, shift), edge(source.bottom(), target.bottom(), -shift))
}

#[cfg(test)]
mod tests;
