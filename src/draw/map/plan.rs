//! Where everything of a map stands in points: nodes, and the ways between and about them. The same
//! for all parts of a view.

use super::route::{self, Route};
use super::{MapLayout, MapPicture};
use crate::draw::layout::layered::{Link, Places, Room, place};
use crate::draw::scene::{bounds, moved, moved_rect};
use crate::draw::tokens::tokens;

/// Between two nodes of a column, beside a path that passes through a column, and between what
/// stands over and under nodes.
const NODE_GAP: f32 = 24.0;
/// Between two nodes of a column with a path from the one to the other.
const LEVEL_GAP: f32 = 48.0;
const BEND_GAP: f32 = 7.0;
/// From one column to the next: at least this, more for figures with a time, more where paths are
/// steep, never more than the last.
const COLUMN_GAP: f32 = 92.0;
const COLUMN_GAP_WITH_TIMES: f32 = 112.0;
const COLUMN_GAP_STEEP: f32 = 0.18;
const COLUMN_GAP_CROWDED: f32 = 1.5;
const COLUMN_GAP_MOST: f32 = 240.0;
/// Between the ends of paths at one side of a node, and from there to its corners.
const PORT_GAP: f32 = 4.0;
const PORT_MARGIN: f32 = 7.0;
/// Between the tip of an arrow and its node.
pub(super) const TIP_GAP: f32 = 1.5;

pub(super) struct Plan {
    pub(super) size: [f32; 2],
    /// By node of the whole: its rectangle, where it is shown.
    pub(super) nodes: Vec<Option<[f32; 4]>>,
    /// By edge of the whole.
    pub(super) edges: Vec<Option<Route>>,
    /// By node: the way in from outside, and from where the way out falls, where there is one.
    pub(super) starts: Vec<Option<Route>>,
    pub(super) ends: Vec<Option<[f32; 2]>>,
}

impl MapLayout {
    /// How thick a path of this many is.
    pub(super) fn width(&self, count: u64) -> f32 {
        let look = &tokens().map;
        let share = (count as f64 / self.most_on_path.max(1) as f64).min(1.0) as f32;
        look.path_min + (look.path_max - look.path_min) * share
    }
}

impl Plan {
    /// At least this wide.
    pub(super) fn new(layout: &MapLayout, picture: &MapPicture, least: f32) -> Self {
        fitted(Planner::new(layout, picture).plan(), least)
    }
}

/// How a link goes between its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// From one column to another.
    Across,
    /// Within a column, to the next node of it.
    Beside,
    /// Within a column, about what stands between.
    Left,
    Right,
}

/// The end of a link at one side of a node.
struct Port {
    link: usize,
    at_first: bool,
    /// The height of the next thing along the link.
    toward: f32,
    thick: f32,
}

struct Planner<'a> {
    layout: &'a MapLayout,
    picture: &'a MapPicture,
    nodes: Vec<bool>,
    /// By edge, whether it is shown and is no loop.
    edges: Vec<bool>,
    loops: Vec<bool>,
    starts: Vec<bool>,
    ends: Vec<bool>,
    /// By link, the widths of the shown path from its first end and of that from its second.
    widths: Vec<[Option<f32>; 2]>,
}

impl<'a> Planner<'a> {
    fn new(layout: &'a MapLayout, picture: &'a MapPicture) -> Self {
        let shown = layout.shown(picture);
        let whole = &layout.whole;
        let at = |label: &str| whole.nodes.iter().position(|node| node.label == label);
        let mut loops = vec![false; whole.nodes.len()];
        let mut edges = shown.edges.clone();
        let mut widths = vec![[None; 2]; layout.arrangement.links().len()];
        for (number, edge) in whole.edges.iter().enumerate() {
            let from = layout.ends[number][0];
            match layout.arrangement.link_of(number) {
                None => {
                    loops[from] |= edges[number] && shown.nodes[from] && picture.loops;
                    edges[number] = false;
                }
                Some(link) if edges[number] => {
                    let back = usize::from(layout.arrangement.links()[link].first != from);
                    widths[link][back] = Some(layout.width(edge.count));
                }
                Some(_) => {}
            }
        }
        let stubs = |ends: &[crate::views::MapEnd]| {
            let mut stubs = vec![false; whole.nodes.len()];
            for at in ends.iter().filter_map(|end| at(&end.label)) {
                stubs[at] = picture.ends && shown.nodes[at];
            }
            stubs
        };
        let (starts, ends) = (stubs(&whole.starts), stubs(&whole.ends));
        Self { layout, picture, nodes: shown.nodes, edges, loops, starts, ends, widths }
    }

    fn plan(&self) -> Plan {
        let look = &tokens().map;
        let half = look.node[1] / 2.0;
        let over = look.loop_height * 0.82 + 10.0;
        let under = look.end_length + 4.0;
        let thick: Vec<f32> = self.widths.iter().map(thick).collect();
        let room = Room {
            nodes: self.nodes.clone(),
            links: self.widths.iter().map(|ways| ways.iter().any(Option::is_some)).collect(),
            above: (0..self.nodes.len())
                .map(|at| half + if self.loops[at] || self.starts[at] { over } else { 0.0 })
                .collect(),
            below: self.ends.iter().map(|ends| half + if *ends { under } else { 0.0 }).collect(),
            thick,
            node_gap: NODE_GAP,
            level_gap: LEVEL_GAP,
            bend_gap: BEND_GAP,
        };
        let places = place(&self.layout.arrangement, &room);
        let lefts = self.columns(&places);
        let levels = self.levels(&places);
        let ports = self.ports(&places, &room, &levels);
        let nodes: Vec<Option<[f32; 4]>> = (0..self.nodes.len())
            .map(|at| {
                let place = places.nodes[at];
                let [width, height] = [self.layout.node_width, look.node[1]];
                self.nodes[at].then(|| [lefts[place.column], place.y - half, width, height])
            })
            .collect();
        let mut edges: Vec<Option<Route>> = self.routes(&places, &lefts, &ports, &levels, &nodes);
        for (edge, [from, to]) in edges.iter_mut().zip(&self.layout.ends) {
            if from == to && self.loops[*from] {
                *edge = nodes[*from].map(route::own);
            }
        }
        let first_column = |at: usize| places.nodes[at].column == 0;
        let starts = (0..nodes.len()).map(|at| {
            let rect = nodes[at].filter(|_| self.starts[at])?;
            Some(if first_column(at) { route::from_left(rect) } else { route::from_above(rect) })
        });
        let starts: Vec<_> = starts.collect();
        let ends = (0..nodes.len()).map(|at| {
            let [x, y, width, height] = nodes[at].filter(|_| self.ends[at])?;
            Some([x + width * 0.72, y + height])
        });
        let ends = ends.collect();
        Plan { size: [0.0; 2], nodes, edges, starts, ends }
    }

    /// The left edges of the columns. Where paths are steep there is more room for them.
    fn columns(&self, places: &Places) -> Vec<f32> {
        let has_times = self.picture.times && self.layout.whole.spec.asked.times;
        let least = if has_times { COLUMN_GAP_WITH_TIMES } else { COLUMN_GAP };
        let mut steepest = vec![0.0_f32; places.columns];
        let mut ways_across = vec![0_u16; places.columns];
        let links = self.layout.arrangement.links().iter().zip(&self.widths);
        for (number, (link, ways)) in links.enumerate() {
            if ways.iter().all(Option::is_none) {
                continue;
            }
            let mut from = places.nodes[link.first];
            for to in places.bends[number].iter().copied().chain([places.nodes[link.second]]) {
                if to.column > from.column {
                    steepest[from.column] = steepest[from.column].max((to.y - from.y).abs());
                    ways_across[from.column] = ways_across[from.column].saturating_add(1);
                }
                from = to;
            }
        }
        let mut left = 0.0;
        let gap = |steep: f32, ways: u16| {
            let wanted =
                least * 0.7 + steep * COLUMN_GAP_STEEP + f32::from(ways) * COLUMN_GAP_CROWDED;
            wanted.clamp(least, COLUMN_GAP_MOST)
        };
        let columns = steepest.into_iter().zip(ways_across);
        columns
            .map(|(steep, ways)| {
                let here = left;
                left += self.layout.node_width + gap(steep, ways);
                here
            })
            .collect()
    }

    /// Whether the two ends stand over each other with no node between them.
    fn is_beside(&self, link: &Link, places: &Places) -> bool {
        let [a, b] = [link.first, link.second].map(|node| places.nodes[node]);
        let between = (0..self.nodes.len()).filter(|at| self.nodes[*at]).any(|at| {
            let place = places.nodes[at];
            place.column == a.column && place.y > a.y.min(b.y) && place.y < a.y.max(b.y)
        });
        a.column == b.column && !between
    }

    /// By link, how it goes where both ends stand in one column: through what lies between them at
    /// the right or at the left, whichever side has fewer ways yet.
    fn levels(&self, places: &Places) -> Vec<Level> {
        let links = self.layout.arrangement.links();
        let shown = |at: &usize| self.widths[*at].iter().any(Option::is_some);
        let columns = |link: &Link| [link.first, link.second].map(|at| places.nodes[at].column);
        // At the left of each column, and at the right of the last.
        let mut load = vec![0_usize; places.columns + 1];
        for link in (0..links.len()).filter(shown).map(|at| &links[at]) {
            let [first, second] = columns(link);
            (first + 1..=second).for_each(|gap| load[gap] += 1);
        }
        let mut levels = vec![Level::Across; links.len()];
        for at in (0..links.len()).filter(shown) {
            let [column, second] = columns(&links[at]);
            if column != second {
                continue;
            }
            levels[at] = if self.is_beside(&links[at], places) {
                Level::Beside
            } else if column > 0 && load[column] + 1 < load[column + 1] {
                load[column] += 1;
                Level::Left
            } else {
                load[column + 1] += 1;
                Level::Right
            };
        }
        levels
    }

    /// By link, the heights at its first and its second end.
    fn ports(&self, places: &Places, room: &Room, levels: &[Level]) -> Vec<[f32; 2]> {
        let links = self.layout.arrangement.links();
        let mut sides: Vec<[Vec<Port>; 2]> =
            (0..self.nodes.len()).map(|_| [Vec::new(), Vec::new()]).collect();
        for (number, link) in links.iter().enumerate().filter(|(at, _)| room.links[*at]) {
            let bends = &places.bends[number];
            let [first, second] = [places.nodes[link.first], places.nodes[link.second]];
            let thick = room.thick[number];
            let toward_first = bends.first().map_or(second.y, |bend| bend.y);
            let toward_second = bends.last().map_or(first.y, |bend| bend.y);
            let [at_first, at_second] = match levels[number] {
                Level::Beside => continue,
                Level::Across => [1, 0],
                Level::Left => [0, 0],
                Level::Right => [1, 1],
            };
            sides[link.first][at_first].push(Port {
                link: number,
                at_first: true,
                toward: toward_first,
                thick,
            });
            sides[link.second][at_second].push(Port {
                link: number,
                at_first: false,
                toward: toward_second,
                thick,
            });
        }
        let mut heights = vec![[0.0; 2]; links.len()];
        let free = tokens().map.node[1] - 2.0 * PORT_MARGIN;
        for (node, sides) in sides.iter_mut().enumerate() {
            for ports in sides {
                ports.sort_by(|a, b| a.toward.total_cmp(&b.toward).then(a.link.cmp(&b.link)));
                let gaps = PORT_GAP * ports.len().saturating_sub(1) as f32;
                let needed = ports.iter().map(|port| port.thick).sum::<f32>() + gaps;
                let scale = (free / needed.max(1e-3)).min(1.0);
                let mut at = places.nodes[node].y - needed * scale / 2.0;
                for port in ports {
                    let height = at + port.thick * scale / 2.0;
                    heights[port.link][usize::from(!port.at_first)] = height;
                    at += (port.thick + PORT_GAP) * scale;
                }
            }
        }
        heights
    }

    fn routes(
        &self,
        places: &Places,
        lefts: &[f32],
        ports: &[[f32; 2]],
        levels: &[Level],
        nodes: &[Option<[f32; 4]>],
    ) -> Vec<Option<Route>> {
        let layout = self.layout;
        let route = |number: usize| {
            let link_number = layout.arrangement.link_of(number).filter(|_| self.edges[number])?;
            let link = &layout.arrangement.links()[link_number];
            let (first, second) = (nodes[link.first]?, nodes[link.second]?);
            let forth = link.first == layout.ends[number][0];
            let both = self.widths[link_number].iter().all(Option::is_some);
            let aside = if both { tokens().map.pair_offset } else { 0.0 };
            let heights = ports[link_number];
            if levels[link_number] != Level::Across {
                let down = (first[1] < second[1]) == forth;
                let aside = if down { -aside } else { aside };
                let [from, to] = if forth { [first, second] } else { [second, first] };
                let [from_y, to_y] = if forth { heights } else { [heights[1], heights[0]] };
                let column = places.nodes[link.first].column;
                return Some(match levels[link_number] {
                    Level::Left => {
                        let gap = lefts[column] - lefts[column - 1] - layout.node_width;
                        route::about(first[0], from_y, to_y, -gap, aside)
                    }
                    Level::Right => {
                        let right = first[0] + first[2];
                        let gap =
                            lefts.get(column + 1).map_or(COLUMN_GAP_MOST, |next| next - right);
                        route::about(right, from_y, to_y, gap, aside)
                    }
                    Level::Beside | Level::Across => route::upright(from, to, aside),
                });
            }
            let width = layout.node_width;
            let bends: Vec<[f32; 2]> =
                places.bends[link_number].iter().map(|bend| [lefts[bend.column], bend.y]).collect();
            let ends = [[first[0] + width, heights[0]], [second[0], heights[1]]];
            Some(route::across(ends, &bends, width, BEND_GAP, forth, aside))
        };
        (0..layout.whole.edges.len()).map(route).collect()
    }
}

/// Both ways of a link together.
fn thick(ways: &[Option<f32>; 2]) -> f32 {
    match ways {
        [Some(forth), Some(back)] => 2.0 * tokens().map.pair_offset + f32::midpoint(*forth, *back),
        [one, other] => one.or(*other).unwrap_or(0.0),
    }
}

/// Moves everything so that it begins at the margin, and says how large it is; what is less wide than
/// it should be stands in the middle.
fn fitted(mut plan: Plan, least: f32) -> Plan {
    let margin = tokens().space.view_margin;
    let look = &tokens().map;
    let mut points: Vec<[f32; 2]> = Vec::new();
    for [x, y, width, height] in plan.nodes.iter().flatten() {
        points.extend([[*x, *y], [x + width, y + height]]);
    }
    for route in plan.edges.iter().flatten() {
        // The hull of the handles holds the curve, and half the widest path on both sides.
        let wide = look.path_max / 2.0 + 4.0;
        points
            .extend(route.points().flat_map(|[x, y]| [[x - wide, y - wide], [x + wide, y + wide]]));
    }
    for route in plan.starts.iter().flatten() {
        let [x, y] = route.path[0][0];
        points.extend([[x - STUB_WORDS, y - 12.0], [x + 8.0, y + STUB_WORDS_UNDER]]);
    }
    for [x, y] in plan.ends.iter().flatten() {
        points.push([x + STUB_WORDS, y + look.end_length + 4.0]);
    }
    let [x, y, width, height] = bounds(&points);
    let full = (width + 2.0 * margin).max(least).ceil();
    let by = [(full - width) / 2.0 - x, margin - y];
    for rect in plan.nodes.iter_mut().flatten() {
        *rect = moved_rect(*rect, by);
    }
    let routes = plan.edges.iter_mut().chain(&mut plan.starts).flatten();
    routes.for_each(|route| route.shift(by));
    for end in plan.ends.iter_mut().flatten() {
        *end = moved(*end, by);
    }
    plan.size = [full, (height + 2.0 * margin).ceil()];
    plan
}

/// Room for the figures beside a beginning or an end.
const STUB_WORDS: f32 = 52.0;
const STUB_WORDS_UNDER: f32 = 28.0;
