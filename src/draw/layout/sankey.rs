//! Columns of bars joined by ribbons, one scale for both.
//!
//! Rows keep the order they are given in every column, so that they read as lanes. Within that
//! order bars are moved to where their ribbons are short: each column in turn takes the best
//! places for what its neighbours ask of it, which is a regression with an order and has an exact
//! answer. Knows nothing of labels or time; equal input gives equal output, bit for bit.

/// What is to be laid out. Ribbons run from a column to a later one.
#[derive(Debug, Default)]
pub struct Graph {
    pub columns: usize,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    /// Parts of a node that go nowhere, at its foot: node and weight, at most one a node.
    pub stubs: Vec<(usize, f64)>,
    /// Whether stubs leave to the right (`true`) or come in from the left.
    pub stubs_right: bool,
}

#[derive(Debug)]
pub struct Node {
    pub column: usize,
    /// The place in the order of rows; the same in every column for the same row.
    pub lane: usize,
    pub weight: f64,
}

#[derive(Debug)]
pub struct Link {
    pub from: usize,
    pub to: usize,
    pub weight: f64,
}

/// The space that is there.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub top: f32,
    pub bottom: f32,
    /// Free space between two bars, as long as there is room.
    pub gap: f32,
    /// The least height of a bar and of a ribbon.
    pub least: f32,
}

/// Tops and heights, in the order of the graph's lists.
#[derive(Debug)]
pub struct Layout {
    pub nodes: Vec<Span>,
    /// Each link where it leaves its source and where it enters its target.
    pub links: Vec<(Span, Span)>,
    pub stubs: Vec<Span>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    pub top: f32,
    pub height: f32,
}

impl Span {
    pub fn bottom(self) -> f32 {
        self.top + self.height
    }

    pub fn middle(self) -> f32 {
        self.top + self.height / 2.0
    }

    /// At least `least` high, about the same middle, and inside `bounds` where that is possible.
    pub fn at_least(self, least: f32, bounds: Self) -> Self {
        let height = self.height.max(least);
        let lowest = (bounds.bottom() - height).max(bounds.top);
        Self { top: (self.middle() - height / 2.0).clamp(bounds.top, lowest), height }
    }
}

/// How often the columns are gone through, there and back.
const ROUNDS: usize = 40;

/// How much stronger a bar is drawn towards its own row in the columns beside it than towards the
/// other ends of its ribbons. At 2 the rows of later columns crowd in the middle; at 60 they run
/// level, and ribbons are still short where a row is missing.
const LANE_PULL: f64 = 60.0;

/// At most this share of the height is free space between bars.
const MOST_FREE: f32 = 0.5;

pub fn lay_out(graph: &Graph, room: Room) -> Layout {
    let columns = columns(graph);
    let room_height = (room.bottom - room.top).max(1.0);
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    let gaps = rows.saturating_sub(1).max(1) as f32;
    let gap = room.gap.min(room_height * MOST_FREE / gaps);
    let scale = scale(graph, &columns, f64::from(room_height), f64::from(gap), room.least);
    let heights: Vec<f64> =
        graph.nodes.iter().map(|node| height(node.weight, scale, room.least)).collect();

    let mut tops = vec![0.0; graph.nodes.len()];
    for column in &columns {
        // To begin with, what is free is shared out evenly.
        let used: f64 = column.iter().map(|&node| heights[node]).sum();
        let free = (f64::from(room_height) - used) / column.len().saturating_sub(1).max(1) as f64;
        let free = if column.len() == 1 { 0.0 } else { free.max(0.0) };
        let mut top = f64::from(room.top);
        for &node in column {
            tops[node] = top;
            top += heights[node] + free;
        }
    }
    let mut sheet = Sheet { graph, columns, heights, tops, scale, gap: f64::from(gap), room };
    sheet.settle();
    sheet.finish()
}

/// The nodes of each column from top to bottom.
fn columns(graph: &Graph) -> Vec<Vec<usize>> {
    let mut columns = vec![Vec::new(); graph.columns];
    for (index, node) in graph.nodes.iter().enumerate() {
        columns[node.column].push(index);
    }
    for column in &mut columns {
        column.sort_by_key(|&node| (graph.nodes[node].lane, node));
    }
    columns
}

fn height(weight: f64, scale: f64, least: f32) -> f64 {
    (weight * scale).max(f64::from(least))
}

/// The largest scale at which every column fits, by bisection: bars have a least height, so the
/// space they take does not simply grow with the scale.
fn scale(graph: &Graph, columns: &[Vec<usize>], room: f64, gap: f64, least: f32) -> f64 {
    let fits = |scale: f64| {
        columns.iter().all(|column| {
            let bars: f64 =
                column.iter().map(|&node| height(graph.nodes[node].weight, scale, least)).sum();
            bars + gap * column.len().saturating_sub(1) as f64 <= room
        })
    };
    let heaviest = graph.nodes.iter().map(|node| node.weight).fold(1.0, f64::max);
    let (mut low, mut high) = (0.0, room / heaviest);
    if fits(high) {
        return high;
    }
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

struct Sheet<'a> {
    graph: &'a Graph,
    columns: Vec<Vec<usize>>,
    heights: Vec<f64>,
    tops: Vec<f64>,
    scale: f64,
    gap: f64,
    room: Room,
}

impl Sheet<'_> {
    fn middle(&self, node: usize) -> f64 {
        self.tops[node] + self.heights[node] / 2.0
    }

    /// Moves bars towards the other ends of their ribbons and towards their own row beside them.
    fn settle(&mut self) {
        let mut wishes: Vec<Vec<(usize, f64)>> = vec![Vec::new(); self.graph.nodes.len()];
        for link in &self.graph.links {
            wishes[link.from].push((link.to, link.weight));
            wishes[link.to].push((link.from, link.weight));
        }
        for pair in self.columns.windows(2) {
            for &left in &pair[0] {
                let lane = self.graph.nodes[left].lane;
                let beside = pair[1].iter().find(|&&right| self.graph.nodes[right].lane == lane);
                if let Some(&right) = beside {
                    let [a, b] = [left, right].map(|node| self.graph.nodes[node].weight);
                    let pull = a.min(b) * LANE_PULL;
                    wishes[left].push((right, pull));
                    wishes[right].push((left, pull));
                }
            }
        }
        let last = self.columns.len().saturating_sub(1);
        for _ in 0..ROUNDS {
            for column in (1..=last).chain((0..last).rev()) {
                self.place(column, &wishes);
            }
        }
    }

    /// The best places for one column: the least sum of squared distances from where its bars
    /// wish to be, under the order, the gap and the room. Pools adjacent violators.
    fn place(&mut self, column: usize, wishes: &[Vec<(usize, f64)>]) {
        struct Block {
            place: f64,
            weight: f64,
            bars: usize,
        }
        let order = &self.columns[column];
        let mut blocks: Vec<Block> = Vec::with_capacity(order.len());
        let mut above = 0.0;
        for &node in order {
            let pull: f64 = wishes[node].iter().map(|(_, weight)| weight).sum();
            let wish = if pull > 0.0 {
                wishes[node].iter().map(|(other, weight)| self.middle(*other) * weight).sum::<f64>()
                    / pull
            } else {
                self.middle(node)
            };
            let mut block = Block {
                place: wish - self.heights[node] / 2.0 - above,
                weight: self.graph.nodes[node].weight.max(1e-9),
                bars: 1,
            };
            while let Some(before) = blocks.pop_if(|before| before.place > block.place) {
                let weight = before.weight + block.weight;
                block = Block {
                    place: (before.place * before.weight + block.place * block.weight) / weight,
                    weight,
                    bars: before.bars + block.bars,
                };
            }
            blocks.push(block);
            above += self.heights[node] + self.gap;
        }
        let top = f64::from(self.room.top);
        let lowest = (f64::from(self.room.bottom) - (above - self.gap)).max(top);
        let mut above = 0.0;
        let mut bars = order.iter();
        for block in blocks {
            let place = block.place.clamp(top, lowest);
            for &node in bars.by_ref().take(block.bars) {
                self.tops[node] = place + above;
                above += self.heights[node] + self.gap;
            }
        }
    }

    /// Gives each ribbon its part of the bars at both ends, in the order of the other ends, so
    /// that ribbons cross where they must and not at the bar.
    fn finish(self) -> Layout {
        let Self { graph, scale, .. } = self;
        let nodes: Vec<Span> = self
            .tops
            .iter()
            .zip(&self.heights)
            .map(|(&top, &height)| Span { top: top as f32, height: height as f32 })
            .collect();
        let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        let mut into: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        for (index, link) in graph.links.iter().enumerate() {
            out[link.from].push(index);
            into[link.to].push(index);
        }
        let mut links = vec![(Span::default(), Span::default()); graph.links.len()];
        let span =
            |top: f64, weight: f64| Span { top: top as f32, height: (weight * scale) as f32 };
        for node in 0..nodes.len() {
            let by_other_end = |link: &usize, other: fn(&Link) -> usize| {
                let other = other(&graph.links[*link]);
                (graph.nodes[other].column, graph.nodes[other].lane, *link)
            };
            out[node].sort_by_key(|link| by_other_end(link, |link| link.to));
            into[node].sort_by_key(|link| by_other_end(link, |link| link.from));
            let mut top = self.tops[node];
            for &link in &out[node] {
                links[link].0 = span(top, graph.links[link].weight);
                top += graph.links[link].weight * scale;
            }
            let mut top = self.tops[node];
            for &link in &into[node] {
                links[link].1 = span(top, graph.links[link].weight);
                top += graph.links[link].weight * scale;
            }
        }
        let stubs = graph
            .stubs
            .iter()
            .map(|&(node, weight)| {
                let height = weight * scale;
                span(self.tops[node] + self.heights[node] - height, weight)
            })
            .collect();
        Layout { nodes, links, stubs }
    }
}
