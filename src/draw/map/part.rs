//! One map, drawn into its places.
//!
//! From the bottom: paths, the most common first so that thin ones stay visible; where people begin
//! and end; nodes; figures. What is selected is painted over all other paths.

use std::collections::BTreeMap;

use super::labels::{self, Free, Label, Line, Wish};
use super::plan::Plan;
use super::route::Route;
use super::{MapLayout, MapPicture, NODE_PADDING, words};
use crate::draw::scene::{
    Cubic, Mark, Rgba, Run, Scene, Shape, Stroke, Target, TargetKind, TextAlign, Weight, bounds,
    moved,
};
use crate::draw::text::{HALF_CAPITAL, measure, number, shorten};
use crate::draw::tokens::{Colours, tokens};
use crate::views::{LabelKind, Map, MapEdge, MapNode, View};

pub(super) struct Part<'a> {
    pub(super) layout: &'a MapLayout,
    pub(super) plan: &'a Plan,
    pub(super) view: &'a View,
    pub(super) map: &'a Map,
    pub(super) picture: &'a MapPicture,
}

/// How much of itself something shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Light {
    /// Nothing is selected.
    Even,
    Selected,
    /// It touches what is selected.
    Beside,
    Faded,
}

/// A path that is drawn.
struct Drawn<'a> {
    edge: &'a MapEdge,
    route: &'a Route,
    id: String,
    /// The places of its nodes in the layout.
    ends: [usize; 2],
    light: Light,
}

/// How far from the middle of a thin path a pointer still means it.
const REACH: f32 = 4.0;
/// The radius of the head where people begin, beside half the width of the path.
const ROUND: f32 = 3.0;

impl<'a> Part<'a> {
    /// Ids of the scene's targets are without `before`; that of what is selected begins with it.
    pub(super) fn scene(&self, before: &str) -> Scene {
        let mut scene = Scene {
            width: self.plan.size[0],
            height: self.plan.size[1],
            background: self.colours().surface,
            shapes: Vec::new(),
            targets: Vec::new(),
            title: String::new(),
            description: String::new(),
        };
        let selected = self.picture.selected.as_deref().and_then(|id| id.strip_prefix(before));
        let nodes = self.nodes();
        let drawn = self.drawn(selected);
        let mut free = Free::new(self.plan.size);
        for rect in nodes.iter().filter_map(|(at, _)| self.plan.nodes[*at]) {
            free.take(rect);
        }
        let (mut wishes, mut lines) = (Vec::new(), Vec::new());
        for path in &drawn {
            let wish = self.path(&mut scene, path);
            lines.push(Line {
                target: wish.target,
                urgency: wish.urgency,
                points: path.route.line(),
                width: self.layout.width(path.edge.count),
            });
            wishes.push(wish);
        }
        let lit = self.lit(selected, &drawn);
        wishes.extend(self.stubs(&mut scene, &mut free, lit.as_deref()));
        for (at, node) in &nodes {
            self.node(&mut scene, *at, node, selected, lit.as_deref());
        }
        for (target, label) in labels::place(wishes, &lines, &mut free) {
            let marks = label.marks(self.colours());
            scene.shapes.extend(marks.into_iter().map(|mark| Shape { mark, target: Some(target) }));
            scene.targets[target].label = Some(label.plate);
        }
        scene
    }

    fn colours(&self) -> &'static Colours {
        self.picture.theme.colours()
    }

    /// The nodes of this map that have a place, with it.
    fn nodes(&self) -> Vec<(usize, &'a MapNode)> {
        let own: BTreeMap<&str, &MapNode> =
            self.map.nodes.iter().map(|node| (node.label.as_str(), node)).collect();
        let whole = self.layout.whole.nodes.iter().enumerate();
        whole
            .filter(|(at, _)| self.plan.nodes[*at].is_some())
            .filter_map(|(at, node)| Some((at, *own.get(node.label.as_str())?)))
            .collect()
    }

    /// The paths of this map that have a place, in the order in which they are painted.
    fn drawn(&self, selected: Option<&str>) -> Vec<Drawn<'a>> {
        let own: BTreeMap<(&str, &str), &MapEdge> = self
            .map
            .edges
            .iter()
            .map(|edge| ((edge.from.as_str(), edge.to.as_str()), edge))
            .collect();
        // A path stands out by its colour; a node by its paths, and all others step back.
        let is_node =
            |id: &str| self.layout.whole.nodes.iter().any(|node| words::node_id(&node.label) == id);
        let node = selected.filter(|id| is_node(id));
        let mut drawn = Vec::new();
        for (at, whole) in self.layout.whole.edges.iter().enumerate() {
            let edge = own.get(&(whole.from.as_str(), whole.to.as_str()));
            let (Some(edge), Some(route)) = (edge, &self.plan.edges[at]) else { continue };
            let id = words::edge_id(&edge.from, &edge.to);
            let light = match node {
                Some(node) => {
                    let touches = [&edge.from, &edge.to].map(|label| words::node_id(label));
                    if touches.iter().any(|id| id == node) { Light::Beside } else { Light::Faded }
                }
                None if selected == Some(id.as_str()) => Light::Selected,
                None => Light::Even,
            };
            drawn.push(Drawn { edge, route, id, ends: self.layout.ends[at], light });
        }
        drawn.sort_by_key(|drawn| {
            let over = match drawn.light {
                Light::Even | Light::Faded => 0,
                Light::Beside => 1,
                Light::Selected => 2,
            };
            (over, u64::MAX - drawn.edge.count)
        });
        drawn
    }

    fn colour(&self, count: u64, light: Light) -> Rgba {
        let look = &tokens().map;
        let share = (count as f64 / self.layout.most_on_path.max(1) as f64).min(1.0) as f32;
        let [rare, common] = look.path_alpha;
        let alpha = rare + (common - rare) * share.sqrt();
        match light {
            Light::Even => self.colours().map_path.faded(alpha),
            Light::Beside => self.colours().map_path.faded((alpha + 0.3).min(1.0)),
            Light::Faded => self.colours().map_path.faded(look.path_alpha_faded),
            Light::Selected => self.colours().accent,
        }
    }

    /// Draws a path; what stands beside it comes later.
    fn path(&self, scene: &mut Scene, drawn: &Drawn<'_>) -> Wish {
        let Drawn { edge, route, id, ends, light } = drawn;
        let width = self.layout.width(edge.count);
        let colour = self.colour(edge.count, *light);
        let target = scene.targets.len();
        arrow(scene, route, width, colour, target);
        let outline = outline(&route.line(), (width / 2.0 + 1.0).max(REACH));
        let kinds = ends.map(|at| self.layout.whole.nodes[at].kind);
        scene.targets.push(Target {
            id: id.clone(),
            rect: bounds(&outline),
            outline,
            label: None,
            name: words::edge(self.view, edge, kinds),
            kind: TargetKind::Edge,
        });
        let (count, time) = words::figures(edge, self.picture.times);
        let colours = self.colours();
        let back = (*light == Light::Selected).then_some(colours.accent);
        let (strong, weak) = match light {
            Light::Selected => (colours.accent_on, colours.accent_on),
            Light::Faded => (colours.text_weak, colours.text_weak),
            Light::Even | Light::Beside => (colours.text_strong, colours.text_weak),
        };
        let weight = Weight::Regular;
        let mut runs = vec![Run { text: count, weight, colour: strong, gap: 0.0 }];
        runs.extend(time.map(|time| Run {
            text: format!("· {time}"),
            weight,
            colour: weak,
            gap: 4.0,
        }));
        let label = Label::new(runs, back);
        let places = if edge.from == edge.to {
            labels::about_loop(&label, route, width)
        } else {
            labels::along(&label, &route.line(), width)
        };
        let urgency = match light {
            Light::Selected => 3,
            Light::Beside => 2,
            Light::Even => 1,
            Light::Faded => 0,
        };
        Wish { target, label, places, urgency, under: urgency, count: edge.count }
    }

    /// Draws where people begin and end.
    fn stubs(&self, scene: &mut Scene, free: &mut Free, lit: Option<&[bool]>) -> Vec<Wish> {
        let look = &tokens().map;
        let colours = self.colours();
        let at = |label: &str| self.layout.whole.nodes.iter().position(|node| node.label == label);
        let share = |at: usize| match lit {
            Some(lit) if !lit[at] => tokens().flow.node_alpha_faded,
            _ => 1.0,
        };
        let mut wishes = Vec::new();
        for end in &self.map.starts {
            let at = at(&end.label);
            let route = at.and_then(|at| Some((at, self.plan.starts[at].as_ref()?)));
            let Some((at, route)) = route else { continue };
            let width = self.layout.width(end.count);
            let target = scene.targets.len();
            let colour = colours.ok.faded(share(at));
            arrow(scene, route, width, colour, target);
            let [x, y] = route.path[0][0];
            let radius = width / 2.0 + ROUND;
            let rect = [x - radius, y - radius, 2.0 * radius, 2.0 * radius];
            scene.shapes.push(Shape {
                mark: Mark::Rect { rect, radius, fill: Some(colour), stroke: None },
                target: Some(target),
            });
            let line = outline(&route.line(), radius);
            let whole = bounds(&line);
            let hull = bounds(&[
                [whole[0], whole[1]],
                [whole[0] + whole[2], whole[1] + whole[3]],
                [x - radius, y - radius],
                [x + radius, y + radius],
            ]);
            free.take(hull);
            let text = number(end.count);
            let weight = Weight::Regular;
            let label = Label::new(vec![Run { text, weight, colour: colours.ok, gap: 0.0 }], None);
            let level = route.way[0] > 0.0;
            let places = if level {
                vec![[x + 10.0, y + radius + 12.0], [x + 10.0, y - radius - 12.0]]
            } else {
                let aside = radius + 2.0 + label.plate[2] / 2.0;
                vec![[x - aside, y], [x + aside, y]]
            };
            scene.targets.push(Target {
                id: words::start_id(&end.label),
                rect: hull,
                outline: Vec::new(),
                label: None,
                name: words::start(self.view, end),
                kind: TargetKind::Exit,
            });
            wishes.push(Wish { target, label, places, urgency: 2, under: 1, count: end.count });
        }
        for end in &self.map.ends {
            let at = at(&end.label);
            let place = at.and_then(|at| Some((at, self.plan.ends[at]?)));
            let Some((at, [x, y])) = place else { continue };
            let width = self.layout.width(end.count);
            let target = scene.targets.len();
            let rect = [x - width / 2.0, y, width, look.end_length];
            let near = colours.drop_off.faded(tokens().flow.drop_off_alpha * share(at));
            let mark = Mark::Fade { rect, from: near, to: near.faded(0.0) };
            scene.shapes.push(Shape { mark, target: Some(target) });
            free.take(rect);
            let text = number(end.count);
            let weight = Weight::Regular;
            let runs = vec![Run { text, weight, colour: colours.text_weak, gap: 0.0 }];
            let label = Label::new(runs, None);
            let aside = width / 2.0 + 2.0 + label.plate[2] / 2.0;
            let places = vec![[x + aside, y + 18.0], [x - aside, y + 18.0]];
            scene.targets.push(Target {
                id: words::end_id(&end.label),
                rect: [x - (width / 2.0).max(REACH), y, width.max(2.0 * REACH), look.end_length],
                outline: Vec::new(),
                label: None,
                name: words::end(self.view, end),
                kind: TargetKind::Exit,
            });
            wishes.push(Wish { target, label, places, urgency: 2, under: 1, count: end.count });
        }
        wishes
    }

    /// By node of the layout, whether it is not faded; none where no node is selected.
    fn lit(&self, selected: Option<&str>, drawn: &[Drawn<'_>]) -> Option<Vec<bool>> {
        let selected = selected?;
        let nodes = self.layout.whole.nodes.iter();
        let mut lit: Vec<bool> =
            nodes.map(|node| words::node_id(&node.label) == selected).collect();
        if !lit.contains(&true) {
            return None;
        }
        for drawn in drawn.iter().filter(|drawn| drawn.light == Light::Beside) {
            drawn.ends.iter().for_each(|at| lit[*at] = true);
        }
        Some(lit)
    }

    fn node(
        &self,
        scene: &mut Scene,
        at: usize,
        node: &MapNode,
        selected: Option<&str>,
        lit: Option<&[bool]>,
    ) {
        let Some(rect) = self.plan.nodes[at] else { return };
        let [x, y, width, height] = rect;
        let colours = self.colours();
        let target = Some(scene.targets.len());
        let (fill, ink) = self.fill(node);
        let share = match lit {
            Some(lit) if !lit[at] => tokens().flow.node_alpha_faded,
            _ => 1.0,
        };
        let radius = tokens().radius.large;
        let stroke =
            Stroke { width: tokens().stroke.line, colour: colours.line_strong.faded(share) };
        // Paper under it, so that nothing shines through.
        let paper = Mark::Rect { rect, radius, fill: Some(colours.surface), stroke: None };
        let body = Mark::Rect { rect, radius, fill: Some(fill.faded(share)), stroke: Some(stroke) };
        scene.shapes.extend([paper, body].map(|mark| Shape { mark, target }));
        let id = words::node_id(&node.label);
        if selected == Some(id.as_str()) {
            let width_of_ring = tokens().stroke.focus;
            let out = 1.0 + width_of_ring / 2.0;
            scene.shapes.push(Shape {
                mark: Mark::Rect {
                    rect: [x - out, y - out, width + 2.0 * out, height + 2.0 * out],
                    radius: radius + 2.0,
                    fill: None,
                    stroke: Some(Stroke { width: width_of_ring, colour: colours.focus_ring }),
                },
                target,
            });
        }
        let ink = if share < 1.0 { colours.text_weak } else { ink };
        let small = tokens().text.small;
        let name = words::name(node.kind, &node.label);
        let name = fitting(&name, small.size, width - 2.0 * NODE_PADDING);
        let middle = y + height / 2.0;
        let lines = [
            (middle - small.line / 2.0, name, Weight::SemiBold),
            (middle + small.line / 2.0, number(node.count), Weight::Regular),
        ];
        for (centre, text, weight) in lines {
            let at = [x + width / 2.0, centre + small.size * HALF_CAPITAL];
            let runs = vec![Run { text, weight, colour: ink, gap: 0.0 }];
            let mark = Mark::Text { at, size: small.size, align: TextAlign::Centre, runs };
            scene.shapes.push(Shape { mark, target });
        }
        scene.targets.push(Target {
            id,
            rect,
            outline: Vec::new(),
            label: None,
            name: words::node(self.view, node),
            kind: TargetKind::Node,
        });
    }

    /// The colour of a node and of the words on it.
    fn fill(&self, node: &MapNode) -> (Rgba, Rgba) {
        let colours = self.colours();
        if node.kind == LabelKind::Other {
            return (colours.other, colours.text_strong);
        }
        let shades = colours.sequential.len();
        let share = node.count as f64 / self.layout.most_at_node.max(1) as f64;
        let shade = ((share * shades as f64) as usize).min(shades - 1);
        (colours.sequential[shade], colours.sequential_text[shade])
    }
}

/// The longest form of a name that fits.
fn fitting(name: &str, size: f32, room: f32) -> String {
    let letters = name.chars().count().min(60);
    let fits = |most: &usize| measure(&shorten(name, *most), size, Weight::SemiBold) <= room;
    shorten(name, (2..=letters).rev().find(fits).unwrap_or(1))
}

/// A path with the head of an arrow.
fn arrow(scene: &mut Scene, route: &Route, width: f32, colour: Rgba, target: usize) {
    let (length, half) = (5.5 + width, 3.0 + width * 0.55);
    let [along, across] = [route.way, [-route.way[1], route.way[0]]];
    let Some(tip) = route.path.last().map(|curve: &Cubic| curve[3]) else { return };
    let base = moved(tip, along.map(|part| -part * length));
    let corner = |side: f32| moved(base, across.map(|part| part * side));
    let target = Some(target);
    // The line ends at the head, so that no spot is painted twice.
    let path = route.before_tip(length);
    let mark = Mark::Curve { path, stroke: Stroke { width, colour } };
    scene.shapes.push(Shape { mark, target });
    let points = vec![tip, corner(half), corner(-half)];
    scene.shapes.push(Shape { mark: Mark::Polygon { points, fill: colour }, target });
}

/// The area within this distance of a line.
fn outline(line: &[[f32; 2]], reach: f32) -> Vec<[f32; 2]> {
    let side = |at: usize, reach: f32| {
        let [before, after] = [line[at.saturating_sub(1)], line[(at + 1).min(line.len() - 1)]];
        let way = [after[0] - before[0], after[1] - before[1]];
        let length = way[0].hypot(way[1]).max(1e-3);
        moved(line[at], [-way[1] / length * reach, way[0] / length * reach])
    };
    let there = (0..line.len()).map(|at| side(at, -reach));
    there.chain((0..line.len()).rev().map(|at| side(at, reach))).collect()
}
