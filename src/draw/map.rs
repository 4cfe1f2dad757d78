//! A published map as a picture: rounded nodes in layers from left to right, and the ways people
//! take between them.
//!
//! Thickness and strength of a path are its people. Of two opposite paths each keeps to its right.
//! Where people begin has a round head, where they end fades out. A path whose numbers find no free
//! place beside it is drawn without them; the table has them. Several maps are drawn side by side in
//! one layout, that of all they show together.
//!
//! Places, order, sizes and words follow from the published counts alone. The layout is that of
//! everything that is published; sliders only leave things out.

mod glide;
mod labels;
mod legend;
mod part;
mod plan;
mod route;
mod words;

use std::collections::BTreeMap;

pub use self::glide::Glide;
pub use self::legend::MapKey;
use self::part::Part;
use self::plan::Plan;
pub use self::words::{MapItem, node_id as map_node_id};
use super::layout::layered::{Arrangement, Edge, Graph, arrange};
use super::scene::{Mark, Run, Scene, Shape, TextAlign, Weight};
use super::text::{HALF_CAPITAL, measure, shorten};
use super::tokens::{Theme, tokens};
use super::words as said;
use crate::views::sliders::{self, Shown};
use crate::views::{Disclosed, Map, MapEdge, MapEnd, MapNode, View};

/// How a map is drawn. Everything else comes from the published values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapPicture {
    pub theme: Theme,
    /// How much of what is published is shown, in percent.
    pub activities: u8,
    pub paths: u8,
    /// The label of an activity that is shown with those before and after it and nothing else.
    pub around: Option<String>,
    /// The id of a target that stands out: a node with its paths, or a path.
    pub selected: Option<String>,
    /// Whether what follows itself is drawn.
    pub loops: bool,
    /// Whether it is drawn where people begin and end.
    pub ends: bool,
    /// Whether paths say how long they take, where that is published.
    pub times: bool,
    /// Whether it is said under the picture how it is to be read.
    pub legend: bool,
}

impl Default for MapPicture {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            activities: 100,
            paths: 100,
            around: None,
            selected: None,
            loops: true,
            ends: true,
            times: true,
            legend: false,
        }
    }
}

/// The layout of everything that a view of maps shows. It is what takes time; pictures of the view
/// with other settings share it.
#[derive(Clone, Debug)]
pub struct MapLayout {
    /// All parts together: counts are sums, and there are no times.
    whole: Map,
    /// By path of the whole, the places of its two nodes.
    ends: Vec<[usize; 2]>,
    arrangement: Arrangement,
    /// The largest count of a node and of a path in any part: what colour and thickness are shares
    /// of, so that they mean the same in all parts.
    most_at_node: u64,
    most_on_path: u64,
    node_width: f32,
}

impl MapLayout {
    /// None where the view shows no map, or an empty one.
    pub fn new(view: &Disclosed<View>) -> Option<Self> {
        Self::of(view.view())
    }

    pub(super) fn of(view: &View) -> Option<Self> {
        let maps = maps(view);
        let whole = whole(&maps)?;
        let place: BTreeMap<&str, usize> =
            whole.nodes.iter().enumerate().map(|(at, node)| (&*node.label, at)).collect();
        let ends = whole.edges.iter().map(|edge| [place[&*edge.from], place[&*edge.to]]);
        let ends: Vec<[usize; 2]> = ends.collect();
        let edge = |(edge, [from, to]): (&MapEdge, &[usize; 2])| Edge {
            from: *from,
            to: *to,
            weight: edge.count as f64,
        };
        let edges = whole.edges.iter().zip(&ends).map(edge).collect();
        let stubs = |stubs: &[MapEnd]| {
            let mut weights = vec![0.0; whole.nodes.len()];
            for stub in stubs {
                if let Some(at) = place.get(&*stub.label) {
                    weights[*at] = stub.count as f64;
                }
            }
            weights
        };
        let graph = Graph { edges, starts: stubs(&whole.starts), ends: stubs(&whole.ends) };
        let look = &tokens().map;
        let padding = 2.0 * NODE_PADDING;
        let widest = whole.nodes.iter().map(|node| {
            let name = shorten(&words::name(node.kind, &node.label), tokens().flow.label_letters);
            measure(&name, tokens().text.small.size, Weight::SemiBold) + padding
        });
        let paths = |map: &&Map| {
            let ends = map.starts.iter().chain(&map.ends).map(|end| end.count);
            map.edges.iter().map(|edge| edge.count).chain(ends).max().unwrap_or(0)
        };
        let at_node = |map: &&Map| map.nodes.iter().map(|node| node.count).max().unwrap_or(0);
        Some(Self {
            arrangement: arrange(&graph),
            most_at_node: maps.iter().map(at_node).max().unwrap_or(0),
            most_on_path: maps.iter().map(paths).max().unwrap_or(0),
            node_width: widest.fold(look.node[0], f32::max).min(look.node_widest).ceil(),
            ends,
            whole,
        })
    }

    /// What the settings of a picture show.
    fn shown(&self, picture: &MapPicture) -> Shown {
        let mut shown = sliders::shown(&self.whole, picture.activities, picture.paths);
        if let Some(label) = &picture.around {
            self.around(label, &mut shown);
        }
        shown
    }

    /// Leaves an activity, those before and after it, and the paths between these and it.
    fn around(&self, label: &str, shown: &mut Shown) {
        let whole = &self.whole;
        let Some(middle) = whole.nodes.iter().position(|node| node.label == *label) else { return };
        if !shown.nodes[middle] {
            *shown = sliders::shown(whole, 100, 100);
        }
        let mut near = vec![false; whole.nodes.len()];
        near[middle] = true;
        for (ends, shown) in self.ends.iter().zip(&mut shown.edges) {
            *shown &= ends.contains(&middle);
            if *shown {
                near[ends[0]] = true;
                near[ends[1]] = true;
            }
        }
        shown.nodes = near;
    }
}

/// Between a name and the ends of its node.
const NODE_PADDING: f32 = 10.0;
/// A picture of several maps is about this wide where that leaves room for two side by side.
const WIDE: f32 = 2400.0;
/// A picture that says how it is to be read is at least this wide, and a part with a name.
const LEGEND_WIDTH: f32 = 640.0;
const PART_WIDTH: f32 = 320.0;
/// The line over a part.
const HEAD: f32 = 36.0;

/// The maps that a view is made of.
fn maps(view: &View) -> Vec<&Map> {
    let parts = view.parts().into_iter();
    parts.filter_map(|part| if let View::Map(map) = part { Some(map) } else { None }).collect()
}

/// Several maps as one, with sums in the place of counts. None where no map has a node.
fn whole(maps: &[&Map]) -> Option<Map> {
    let first = maps.iter().find(|map| !map.nodes.is_empty())?;
    let mut whole = Map { people: 0, ..(*first).clone() };
    let mut nodes: BTreeMap<&str, MapNode> = BTreeMap::new();
    let mut edges: BTreeMap<(&str, &str), MapEdge> = BTreeMap::new();
    let mut ends: [BTreeMap<&str, MapEnd>; 2] = [BTreeMap::new(), BTreeMap::new()];
    for map in maps {
        whole.people = whole.people.saturating_add(map.people);
        for node in &map.nodes {
            let sum =
                nodes.entry(&node.label).or_insert_with(|| MapNode { count: 0, ..node.clone() });
            sum.count = sum.count.saturating_add(node.count);
        }
        for edge in &map.edges {
            let sum = edges.entry((&edge.from, &edge.to)).or_insert_with(|| MapEdge {
                from: edge.from.clone(),
                to: edge.to.clone(),
                count: 0,
                bins: Vec::new(),
                median_secs: None,
            });
            sum.count = sum.count.saturating_add(edge.count);
        }
        for (sums, rows) in ends.iter_mut().zip([&map.starts, &map.ends]) {
            for end in rows {
                let sum =
                    sums.entry(&end.label).or_insert_with(|| MapEnd { count: 0, ..end.clone() });
                sum.count = sum.count.saturating_add(end.count);
            }
        }
    }
    // What names no node cannot be drawn; a package that was checked has no such path.
    edges.retain(|(from, to), _| nodes.contains_key(from) && nodes.contains_key(to));
    whole.edges = edges.into_values().collect();
    whole.nodes = nodes.into_values().collect();
    // Lists of a map are in this order; equal ones stay in that of their labels.
    whole.nodes.sort_by_key(|node| u64::MAX - node.count);
    whole.edges.sort_by_key(|edge| u64::MAX - edge.count);
    [whole.starts, whole.ends] = ends.map(|ends| {
        let mut ends: Vec<MapEnd> = ends.into_values().collect();
        ends.sort_by_key(|end| u64::MAX - end.count);
        ends
    });
    Some(whole)
}

/// Draws a view of maps in a layout of its own. Any other view is drawn as it always is.
pub fn map_scene(view: &Disclosed<View>, picture: &MapPicture) -> Scene {
    match MapLayout::new(view) {
        Some(layout) => layout.scene(view, picture),
        None => super::view_scene(view, picture.theme),
    }
}

impl MapLayout {
    /// Draws the view that this is the layout of, or another one with the same labels: what the
    /// layout does not know is left out.
    pub fn scene(&self, view: &Disclosed<View>, picture: &MapPicture) -> Scene {
        self.draw(view.view(), picture)
    }

    /// How the picture is to be read, the most telling first.
    pub fn keys(&self, picture: &MapPicture) -> Vec<MapKey> {
        legend::keys(self, picture)
    }

    pub(super) fn draw(&self, view: &View, picture: &MapPicture) -> Scene {
        let parts = view.parts();
        let names = said::part_names(view);
        let least = match (picture.legend, names.is_empty()) {
            (true, true) => LEGEND_WIDTH,
            (false, true) => 0.0,
            (_, false) => PART_WIDTH,
        };
        let plan = Plan::new(self, picture, least);
        let mut scene = Scene {
            width: plan.size[0],
            height: plan.size[1],
            background: picture.theme.colours().surface,
            shapes: Vec::new(),
            targets: Vec::new(),
            title: said::title(view),
            description: said::description(view),
        };
        let drawn = parts.iter().enumerate().filter_map(|(at, part)| match part {
            View::Map(map) => {
                let before = if names.is_empty() { String::new() } else { format!("{at}/") };
                Some((at, before, Part { layout: self, plan: &plan, view: part, map, picture }))
            }
            _ => None,
        });
        if names.is_empty() {
            drawn.for_each(|(_, before, part)| scene.place(part.scene(&before), [0.0; 2], &before));
        } else {
            let fitting = (WIDE / plan.size[0]).floor().clamp(2.0, 3.0) as usize;
            let columns = fitting.min(parts.len().max(1));
            let [width, height] = [plan.size[0], plan.size[1] + HEAD];
            scene.width = width * columns as f32;
            scene.height = height * parts.len().div_ceil(columns) as f32;
            for (at, before, part) in drawn {
                let corner = [width * (at % columns) as f32, height * (at / columns) as f32];
                let name = names.get(at).map_or("", String::as_str);
                head(&mut scene, corner, width, name, part.view, picture.theme);
                let scene_of_part = part.scene(&before);
                scene.place(scene_of_part, [corner[0], corner[1] + HEAD], &before);
            }
        }
        if picture.legend {
            legend::add(&mut scene, self, picture);
        }
        scene
    }
}

/// The name of a part and its people, over it.
fn head(scene: &mut Scene, [x, y]: [f32; 2], width: f32, name: &str, part: &View, theme: Theme) {
    let body = tokens().text.body;
    let colours = theme.colours();
    let margin = tokens().space.view_margin;
    let people = said::everybody(part);
    let gap = 10.0;
    let room = width - 2.0 * margin - gap - measure(&people, body.size, Weight::Regular);
    let letters = (4..=name.chars().count().max(4))
        .rev()
        .find(|letters| measure(&shorten(name, *letters), body.size, Weight::SemiBold) <= room);
    let name = shorten(name, letters.unwrap_or(4));
    let runs = vec![
        Run { text: name, weight: Weight::SemiBold, colour: colours.text_strong, gap: 0.0 },
        Run { text: people, weight: Weight::Regular, colour: colours.text_weak, gap },
    ];
    let baseline = y + HEAD - body.line / 2.0 + body.size * HALF_CAPITAL;
    let at = [x + margin, baseline];
    let mark = Mark::Text { at, size: body.size, align: TextAlign::Left, runs };
    scene.shapes.push(Shape { mark, target: None });
}

#[cfg(test)]
mod tests;
