//! What the views of a package say of the people of a small world.

use std::collections::{BTreeMap, BTreeSet};

use super::super::read::Part;
use super::super::{CellRef, Place};
use super::walks::{Lens, OVER, Symbol};
use super::world::{Set, World};
use crate::views::{
    Flow, FlowAsked, Funnel, LabelKind, Map, MapEnd, Order, Paths, Timing, Trend, View,
};

/// Steps of a flow that are told apart.
const DEPTH: usize = 4;

/// A number of people of some kinds.
pub(super) struct Told {
    pub set: Set,
    pub lo: f64,
    pub hi: f64,
}

/// A group that a reader can name.
pub(super) struct Named {
    pub set: Set,
    /// Everybody it is taken from.
    pub of: Set,
    pub k: u64,
    pub cells: Vec<CellRef>,
}

/// A drawing: people of each class are drawn by some of the arcs that it may take.
#[derive(Default)]
pub(super) struct Drawn {
    pub arcs: Vec<(f64, f64)>,
    /// Who, and by which arcs; `None` is not drawn any more.
    pub classes: Vec<(Set, Vec<Option<usize>>)>,
    /// Classes and arcs at places in between: what comes in by the first goes out by the others.
    pub places: Vec<(Vec<usize>, Vec<usize>)>,
}

/// Everything that is said.
#[derive(Default)]
pub(super) struct Said {
    pub told: Vec<Told>,
    pub named: Vec<Named>,
    pub drawn: Vec<Drawn>,
    /// A whole and what is published of it.
    pub rests: Vec<Named>,
}

/// What a view looks at, in the symbols of a world. `None` where it speaks of other labels.
pub(super) fn lenses(view: &View, knows: &dyn Fn(&str) -> Option<Symbol>) -> Vec<Lens> {
    let lens = match view {
        View::Flow(flow) => steps_lens(&flow.spec.asked, flow.spec.collapse, knows),
        View::Paths(paths) => steps_lens(&paths.spec.asked, paths.spec.collapse, knows),
        View::Funnel(funnel) => funnel_lens(funnel, knows),
        View::Timing(timing) => timing_lens(timing, knows),
        View::Map(map) if map.spec.asked.skip_rare => {
            let labels = map.nodes.iter().filter(|node| node.kind == LabelKind::Label);
            Some(Lens::Among(labels.filter_map(|node| knows(&node.label)).collect()))
        }
        View::Map(_) | View::Trend(_) | View::Breakdown(_) | View::Comparison(_) => None,
    };
    lens.into_iter().collect()
}

fn steps_lens(
    asked: &FlowAsked,
    collapse: bool,
    knows: &dyn Fn(&str) -> Option<Symbol>,
) -> Option<Lens> {
    let symbol = |label: &Option<String>| match label {
        Some(label) => knows(label).map(Some),
        None => Some(None),
    };
    Some(Lens::Steps {
        side: asked.anchor,
        from: symbol(&asked.anchor_label)?,
        until: symbol(&asked.until_label)?,
        collapse,
        steps: usize::from(asked.steps).min(DEPTH),
    })
}

fn funnel_lens(funnel: &Funnel, knows: &dyn Fn(&str) -> Option<Symbol>) -> Option<Lens> {
    let asked = &funnel.spec.asked;
    let mut before: Vec<Symbol> = Vec::new();
    let mut lists = Vec::new();
    for step in &funnel.steps {
        let symbol = knows(&step.label)?;
        lists.push([before.as_slice(), &[symbol]].concat());
        if !asked.optional.contains(&step.label) {
            before.push(symbol);
        }
    }
    // With a step that may be left out nothing stands side by side for certain.
    let order = if asked.optional.is_empty() || asked.order != Order::Exact {
        asked.order
    } else {
        Order::This
    };
    Some(Lens::Reach { lists, order, collapse: funnel.spec.collapse })
}

fn timing_lens(timing: &Timing, knows: &dyn Fn(&str) -> Option<Symbol>) -> Option<Lens> {
    let asked = &timing.spec.asked;
    let list = vec![knows(&asked.from_label)?, knows(&asked.to_label)?];
    (list[0] != list[1]).then(|| Lens::Reach {
        lists: vec![list],
        order: Order::This,
        collapse: true,
    })
}

impl Said {
    pub fn part(&mut self, world: &World, part: &Part<'_>, view: &View) {
        if part.head.people == 0 {
            return;
        }
        let Some(cohort) = world.cohort(part.head.cohort) else { return };
        let speaker = Speaker { world, part, cohort: &cohort };
        let knows = |label: &str| world.knows(label).then(|| world.symbol(label));
        let lens = lenses(view, &knows).pop();
        match (view, lens) {
            (View::Map(map), lens) => self.map(&speaker, map, lens.as_ref()),
            (View::Flow(flow), Some(lens)) => self.flow(&speaker, flow, &lens),
            (View::Paths(paths), Some(lens)) => self.paths(&speaker, paths, &lens),
            (View::Funnel(funnel), Some(lens)) => self.funnel(&speaker, funnel, &lens),
            (View::Timing(timing), Some(lens)) => self.timing(&speaker, timing, &lens),
            (View::Trend(trend), _) => self.trend(&speaker, trend),
            _ => {}
        }
    }

    /// A group whose number is somewhere between two bounds.
    fn tell(&mut self, set: &Set, (lo, hi): (f64, f64)) {
        self.told.push(Told { set: set.clone(), lo, hi });
    }

    fn name(&mut self, by: &Speaker<'_>, set: Set, cells: Vec<CellRef>) {
        self.named.push(Named { set, of: by.cohort.clone(), k: by.part.k(), cells });
    }

    fn rest(
        &mut self,
        by: &Speaker<'_>,
        whole: &Set,
        parts: &[(Set, CellRef)],
        own: Option<CellRef>,
    ) {
        if parts.is_empty() {
            return;
        }
        let set = parts.iter().fold(whole.clone(), |rest, (part, _)| rest.minus(part));
        let cells = own.into_iter().chain(parts.iter().map(|(_, cell)| *cell)).collect();
        self.rests.push(Named { set, of: whole.clone(), k: by.part.k(), cells });
    }

    fn people(&mut self, by: &Speaker<'_>, set: &Set, bounds: (f64, f64)) {
        self.tell(set, bounds);
        self.name(by, by.cohort.clone(), Vec::new());
        self.name(by, set.clone(), vec![by.part.cell(Place::People)]);
    }

    fn map(&mut self, by: &Speaker<'_>, map: &Map, lens: Option<&Lens>) {
        let (world, part) = (by.world, by.part);
        self.people(by, by.cohort, part.says(Place::People, map.people, false));
        let asked = &map.spec.asked;
        let has_all_ends = asked.activities == 100 && asked.paths == 100;
        let is_full = has_all_ends && !asked.folded;
        let small = (0.0, part.k().saturating_sub(1) as f64);
        let is_label = |label: &str| {
            map.nodes.iter().any(|node| node.label == label && node.kind == LabelKind::Label)
        };
        // Shown labels of the world, and what stands for everything else.
        let by_symbol: BTreeMap<Symbol, &str> = map
            .nodes
            .iter()
            .filter(|node| is_label(&node.label) && world.knows(&node.label))
            .map(|node| (world.symbol(&node.label), node.label.as_str()))
            .collect();
        let stands = |symbol: Symbol| by_symbol.contains_key(&symbol).then_some(symbol);
        let elsewhere: Vec<&str> = map
            .nodes
            .iter()
            .filter(|node| is_label(&node.label) && !world.knows(&node.label))
            .map(|node| node.label.as_str())
            .collect();
        let other = map.nodes.iter().find(|node| node.kind == LabelKind::Other);
        let nodes: BTreeMap<&str, (usize, u64)> = map
            .nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (node.label.as_str(), (at, node.count)))
            .collect();
        let mut sets: BTreeMap<Option<Symbol>, Set> = BTreeMap::new();
        for symbol in world.symbols() {
            let set = world.of(by.cohort, |walk| walk.contains(&symbol));
            if let Some((at, count)) = by_symbol.get(&symbol).map(|label| nodes[label]) {
                self.tell(&set, part.says(Place::Node(at), count, false));
                self.name(by, set.clone(), vec![part.cell(Place::Node(at))]);
                sets.insert(Some(symbol), set);
            } else {
                if is_full {
                    self.tell(&set, small);
                }
                self.name(by, set, Vec::new());
            }
        }
        let rest = world.of(by.cohort, |walk| walk.iter().any(|step| stands(*step).is_none()));
        let rest_cells: Vec<CellRef> = other
            .iter()
            .filter_map(|node| nodes.get(node.label.as_str()))
            .map(|(at, _)| part.cell(Place::Node(*at)))
            .collect();
        let counts = elsewhere.iter().map(|label| {
            let (at, count) = nodes[label];
            part.says(Place::Node(at), count, false)
        });
        let of_other = match other {
            Some(node) => {
                let at = nodes.get(node.label.as_str()).map_or(0, |(at, _)| *at);
                Some(part.says(Place::Node(at), node.count, false))
            }
            None if is_full && !asked.skip_rare => Some(small),
            None => None,
        };
        if let Some(of_other) = of_other {
            self.tell(&rest, any_of(counts.chain([of_other])));
            if elsewhere.is_empty() {
                self.name(by, rest.clone(), rest_cells);
            }
            sets.insert(None, rest);
        }
        let seen = world.seen(|walk| match lens {
            Some(lens) => lens.see(walk, world.other()),
            None => walk.to_vec(),
        });
        if asked.skip_rare && !(is_full && elsewhere.is_empty()) {
            // What stands between two events is not known.
            return;
        }
        self.edges(
            by,
            map,
            &Sides { sets, seen, stands: &stands, is_full, elsewhere: elsewhere.len() + 1 },
        );
        if asked.skip_rare {
            return;
        }
        for (ends, is_start) in [(&map.starts, true), (&map.ends, false)] {
            self.ends(by, ends, is_start, has_all_ends);
        }
    }

    fn edges(&mut self, by: &Speaker<'_>, map: &Map, sides: &Sides<'_>) {
        let (world, part) = (by.world, by.part);
        let small = (0.0, part.k().saturating_sub(1) as f64);
        let side = |label: &str| {
            let node = map.nodes.iter().find(|node| node.label == label)?;
            let is_own = node.kind == LabelKind::Label && world.knows(label);
            Some(is_own.then(|| world.symbol(label)))
        };
        let mut shown: BTreeMap<Pair, Vec<(usize, u64)>> = BTreeMap::new();
        for (at, edge) in map.edges.iter().enumerate() {
            if let (Some(from), Some(to)) = (side(&edge.from), side(&edge.to)) {
                shown.entry((from, to)).or_default().push((at, edge.count));
            }
        }
        let mut out: BTreeMap<Option<Symbol>, Vec<(Set, CellRef)>> = BTreeMap::new();
        let mut into: BTreeMap<Option<Symbol>, Vec<(Set, CellRef)>> = BTreeMap::new();
        let stands = sides.stands;
        let members = |name: Option<Symbol>| if name.is_some() { 1 } else { sides.elsewhere };
        for from in sides.sets.keys() {
            for to in sides.sets.keys() {
                let set = world.of_walks(by.cohort, |at| {
                    sides.seen[at].windows(2).any(|pair| {
                        stands(pair[0]) == *from
                            && stands(pair[1]) == *to
                            // A repeat is no step where repeats are one.
                            && !(map.spec.collapse && pair[0] == pair[1] && pair[0] != world.other())
                    })
                });
                let published = shown.get(&(*from, *to)).map_or(&[][..], Vec::as_slice);
                let absent = members(*from) * members(*to) - published.len();
                let unseen = if sides.is_full { small } else { (0.0, f64::INFINITY) };
                let counts =
                    published.iter().map(|(at, count)| part.says(Place::Edge(*at), *count, false));
                self.tell(&set, any_of(counts.chain(std::iter::repeat_n(unseen, absent))));
                if let ([(at, _)], true) = (published, absent == 0) {
                    let cell = part.cell(Place::Edge(*at));
                    out.entry(*from).or_default().push((set.clone(), cell));
                    into.entry(*to).or_default().push((set.clone(), cell));
                    self.name(by, set, vec![cell]);
                } else if from.is_some() && to.is_some() {
                    self.name(by, set, Vec::new());
                }
            }
        }
        for beside in [out, into] {
            for (name, parts) in beside {
                self.rest(by, &sides.sets[&name], &parts, None);
            }
        }
    }

    fn ends(&mut self, by: &Speaker<'_>, ends: &[MapEnd], is_start: bool, is_everybody: bool) {
        let (world, part) = (by.world, by.part);
        if ends.is_empty() {
            return;
        }
        let at_end = |at| if is_start { Place::Start(at) } else { Place::End(at) };
        let place = |at| part.cell(at_end(at));
        let end = |walk: &[Symbol]| if is_start { walk.first() } else { walk.last() }.copied();
        let mut named: BTreeSet<Symbol> = BTreeSet::new();
        // Everything that is no label of the world: other names, and `Other`.
        let (mut lo, mut hi, mut cells) = (0.0, 0.0, Vec::new());
        for (at, here) in ends.iter().enumerate() {
            let bounds = part.says(at_end(at), here.count, false);
            if here.kind == LabelKind::Label && world.knows(&here.label) {
                let symbol = world.symbol(&here.label);
                let set = world.of(by.cohort, |walk| end(walk) == Some(symbol));
                self.tell(&set, bounds);
                self.name(by, set, vec![place(at)]);
                named.insert(symbol);
            } else {
                lo += bounds.0;
                hi += bounds.1;
                cells.push(place(at));
            }
        }
        for symbol in world.symbols().filter(|symbol| !named.contains(symbol)) {
            self.name(by, world.of(by.cohort, |walk| end(walk) == Some(symbol)), Vec::new());
        }
        let rest = world.of(by.cohort, |walk| end(walk).is_none_or(|end| !named.contains(&end)));
        self.tell(&rest, (lo, if is_everybody { hi } else { f64::INFINITY }));
        if cells.len() == 1 {
            self.name(by, rest, cells);
        }
    }

    /// Everybody that a flow or paths tell of.
    fn walkers(&mut self, by: &Speaker<'_>, asked: &FlowAsked, seen: &[Vec<Symbol>]) -> Set {
        let all = by.world.of_walks(by.cohort, |at| !seen[at].is_empty());
        let people = by.part.head.people;
        let by_segments = asked.drawn_for.as_ref().is_some_and(|finest| finest.by.is_some());
        let bounds = by.part.says(Place::People, people, by_segments);
        self.people(by, &all, bounds);
        all
    }

    fn flow(&mut self, by: &Speaker<'_>, flow: &Flow, lens: &Lens) {
        let (world, part, asked) = (by.world, by.part, &flow.spec.asked);
        let seen = world.seen(|walk| lens.see(walk, world.other()));
        let all = self.walkers(by, asked, &seen);
        let is_coarse = asked.drawn_for.is_some();
        let says = |place, count| part.says(place, count, is_coarse);
        let depth = usize::from(asked.steps).min(DEPTH);
        let mut arcs = Arcs::default();
        let mut nodes: BTreeMap<&str, (usize, Symbol)> = BTreeMap::new();
        let mut at_step: BTreeMap<(usize, Symbol), (f64, CellRef)> = BTreeMap::new();
        for (at, node) in flow.nodes.iter().enumerate() {
            let step = node.step.unsigned_abs() as usize;
            let name = drawn_as(world, &node.label, node.kind);
            nodes.insert(&node.id, (step, name));
            let bin = says(Place::Node(at), node.count);
            at_step.insert((step, name), (bin.0, part.cell(Place::Node(at))));
            if step == 1 {
                arcs.add((0, BEGIN, name), bin, part.cell(Place::Node(at)));
            }
        }
        for (at, edge) in flow.edges.iter().enumerate() {
            let ends = (nodes.get(edge.from.as_str()), nodes.get(edge.to.as_str()));
            if let (Some(&(step, from)), Some(&(_, to))) = ends
                && step < depth
            {
                let bin = says(Place::Edge(at), edge.count);
                arcs.add((step, from, to), bin, part.cell(Place::Edge(at)));
            }
        }
        for (at, exit) in flow.exits.iter().enumerate() {
            if let Some(&(step, from)) = nodes.get(exit.from.as_str())
                && step < depth
            {
                let bin = says(Place::Exit(at), exit.count);
                arcs.add((step, from, EXIT), bin, part.cell(Place::Exit(at)));
            }
        }
        let symbol_at = |walk: usize, step: usize| {
            let seen = &seen[walk];
            (!seen.is_empty()).then(|| seen.get(step - 1).copied().unwrap_or(OVER))
        };
        if world.is_whole {
            self.drawn.push(arcs.drawn(world, &all, depth, &symbol_at));
        }
        for step in 1..=depth {
            for symbol in world.symbols() {
                let here = world.of_walks(&all, |walk| symbol_at(walk, step) == Some(symbol));
                let mut parts = Vec::new();
                for next in world.symbols().chain([OVER]).filter(|_| step < depth) {
                    let set = world.of_walks(&here, |walk| symbol_at(walk, step + 1) == Some(next));
                    let name = if next == OVER { EXIT } else { next };
                    let arc = arcs.get(step, symbol, name);
                    if let Some((lo, cell)) = arc {
                        self.tell(&set, (lo, f64::INFINITY));
                        parts.push((set.clone(), cell));
                    }
                    self.name(by, set, arc.into_iter().map(|(_, cell)| cell).collect());
                }
                let node = at_step.get(&(step, symbol)).copied();
                if let Some((lo, _)) = node {
                    self.tell(&here, (lo, f64::INFINITY));
                }
                let cell = node.map(|(_, cell)| cell);
                self.rest(by, &here, &parts, cell);
                self.name(by, here, cell.into_iter().collect());
            }
        }
    }

    fn paths(&mut self, by: &Speaker<'_>, paths: &Paths, lens: &Lens) {
        let (world, part, asked) = (by.world, by.part, &paths.spec.asked);
        let seen = world.seen(|walk| lens.see(walk, world.other()));
        let all = self.walkers(by, asked, &seen);
        let is_coarse = asked.drawn_for.is_some();
        let depth = usize::from(asked.steps).min(DEPTH);
        let mut drawn = Drawn::default();
        // Paths that look alike this far are one.
        let mut known: BTreeMap<(Vec<Symbol>, bool), usize> = BTreeMap::new();
        let mut named: BTreeMap<(Vec<Symbol>, bool), (f64, Vec<CellRef>)> = BTreeMap::new();
        for (at, path) in paths.paths.iter().enumerate() {
            let (lo, hi) = part.says(Place::Path(at), path.count, is_coarse);
            let steps: Vec<Symbol> = path
                .steps
                .iter()
                .take(depth)
                .map(|step| drawn_as(world, &step.label, step.kind))
                .collect();
            let ends = path.ends && path.steps.len() <= depth;
            for length in 1..=steps.len() {
                let key = (steps[..length].to_vec(), ends && length == steps.len());
                let own = named.entry(key).or_default();
                own.0 += lo;
                own.1.push(part.cell(Place::Path(at)));
            }
            let arc = *known.entry((steps, ends)).or_insert_with(|| {
                drawn.arcs.push((0.0, 0.0));
                drawn.arcs.len() - 1
            });
            drawn.arcs[arc].0 += lo;
            drawn.arcs[arc].1 += hi;
        }
        let tell = |at: usize| (!seen[at].is_empty()).then(|| seen[at].as_slice());
        let is_on = |seen: &[Symbol], steps: &[Symbol], ends: bool| {
            let own = seen.strip_suffix(&[OVER]).unwrap_or(seen);
            steps.iter().enumerate().all(|(at, step)| *step == OTHER || own.get(at) == Some(step))
                && (!ends || own.len() <= steps.len())
        };
        for (seen, set) in world.by(&all, tell).into_iter().filter(|_| world.is_whole) {
            let ways = known.iter().filter(|((steps, ends), _)| is_on(seen, steps, *ends));
            drawn.classes.push((set, ways.map(|(_, arc)| Some(*arc)).collect()));
        }
        if world.is_whole {
            self.drawn.push(drawn);
        }
        for ((steps, ends), (least, cells)) in named {
            let is_world = steps.iter().all(|step| *step != world.other());
            if is_world && steps.iter().any(|step| *step != OTHER) {
                let set = world
                    .of_walks(&all, |at| tell(at).is_some_and(|seen| is_on(seen, &steps, ends)));
                self.tell(&set, (least, f64::INFINITY));
                self.name(by, set, cells);
            }
        }
    }

    fn funnel(&mut self, by: &Speaker<'_>, funnel: &Funnel, lens: &Lens) {
        self.people(by, by.cohort, by.part.says(Place::People, funnel.people, false));
        for (at, step) in funnel.steps.iter().enumerate() {
            let other = by.world.other();
            let reached = |walk: &[Symbol]| lens.see(walk, other).get(at) == Some(&1);
            let set = by.world.of(by.cohort, reached);
            if step.count > 0 {
                // Few are drawn further than they came, and nobody is.
                let (least, _) = by.part.says(Place::Step(at), step.count, false);
                self.tell(&set, (least, f64::INFINITY));
            }
            self.name(by, set, vec![by.part.cell(Place::Step(at))]);
        }
    }

    fn timing(&mut self, by: &Speaker<'_>, timing: &Timing, lens: &Lens) {
        let other = by.world.other();
        let set = by.world.of(by.cohort, |walk| lens.see(walk, other) == [1]);
        self.people(by, &set, by.part.says(Place::People, timing.people, false));
        let bins = timing.bins.iter().enumerate();
        let bins = bins.map(|(at, bin)| by.part.says(Place::Bin(at), bin.count, false));
        let sum = bins.fold((0.0, 0.0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1));
        self.tell(&set, sum);
    }

    fn trend(&mut self, by: &Speaker<'_>, trend: &Trend) {
        let set = match &trend.spec.asked.label {
            None => by.cohort.clone(),
            Some(label) if by.world.knows(label) => {
                let symbol = by.world.symbol(label);
                by.world.of(by.cohort, |walk| walk.contains(&symbol))
            }
            Some(_) => return,
        };
        self.people(by, &set, by.part.says(Place::People, trend.people, false));
        for (at, bin) in trend.bins.iter().enumerate() {
            let (least, _) = by.part.says(Place::Bin(at), bin.count, false);
            self.tell(&set, (least, f64::INFINITY));
        }
    }
}

/// Who speaks, of whom, in which world.
struct Speaker<'a> {
    world: &'a World,
    part: &'a Part<'a>,
    cohort: &'a Set,
}

/// From a label to a label; `None` is everything else.
type Pair = (Option<Symbol>, Option<Symbol>);

/// What is known of the ends of edges.
struct Sides<'a> {
    /// People at each; `None` is `Other`.
    sets: BTreeMap<Option<Symbol>, Set>,
    /// What is seen of every walk.
    seen: Vec<Vec<Symbol>>,
    /// The label that a step stands for, or `Other`.
    stands: &'a dyn Fn(Symbol) -> Option<Symbol>,
    is_full: bool,
    /// How many names there are besides those of the world.
    elsewhere: usize,
}

/// The arcs of a flow, from a name at a step to a name at the next one.
#[derive(Default)]
struct Arcs {
    /// Everybody who goes from everything else to everything else goes by one arc.
    at: BTreeMap<(usize, Symbol, Symbol), usize>,
    bounds: Vec<(f64, f64)>,
    cells: Vec<CellRef>,
}

impl Arcs {
    fn add(&mut self, arc: (usize, Symbol, Symbol), (lo, hi): (f64, f64), cell: CellRef) {
        let at = *self.at.entry(arc).or_insert_with(|| {
            self.bounds.push((0.0, 0.0));
            self.cells.push(cell);
            self.bounds.len() - 1
        });
        self.bounds[at].0 += lo;
        self.bounds[at].1 += hi;
    }

    fn find(&self, step: usize, from: Symbol, to: Symbol) -> Option<usize> {
        self.at.get(&(step, from, to)).copied()
    }

    fn get(&self, step: usize, from: Symbol, to: Symbol) -> Option<(f64, CellRef)> {
        self.find(step, from, to).map(|at| (self.bounds[at].0, self.cells[at]))
    }

    fn drawn(
        &self,
        world: &World,
        all: &Set,
        depth: usize,
        symbol_at: &dyn Fn(usize, usize) -> Option<Symbol>,
    ) -> Drawn {
        let mut drawn = Drawn { arcs: self.bounds.clone(), ..Drawn::default() };
        for (symbol, set) in world.by(all, |walk| symbol_at(walk, 1)) {
            let ways = [symbol, OTHER].into_iter().filter_map(|name| self.find(0, BEGIN, name));
            drawn.classes.push((set, ways.map(Some).collect()));
        }
        for step in 1..depth {
            let pair = |walk: usize| symbol_at(walk, step).zip(symbol_at(walk, step + 1));
            for ((from, to), set) in world.by(all, pair) {
                let mut ways: Vec<Option<usize>> = Vec::new();
                // Who has left may ride in `Other`.
                let (froms, tos) = match (from, to) {
                    (OVER, _) => {
                        ways.push(None);
                        (vec![OTHER], vec![OTHER, EXIT])
                    }
                    (from, OVER) => (vec![from, OTHER], vec![EXIT, OTHER]),
                    (from, to) => (vec![from, OTHER], vec![to, OTHER]),
                };
                for from in froms {
                    ways.extend(tos.iter().filter_map(|to| self.find(step, from, *to)).map(Some));
                }
                drawn.classes.push((set, ways));
            }
            let names: BTreeSet<Symbol> =
                self.at.keys().filter(|key| key.0 == step).map(|key| key.1).collect();
            for name in names {
                let arcs = |has: &dyn Fn(&(usize, Symbol, Symbol)) -> bool| -> Vec<usize> {
                    self.at.iter().filter(|(key, _)| has(key)).map(|(_, arc)| *arc).collect()
                };
                let into = arcs(&|(at, _, to)| at + 1 == step && *to == name);
                let out = arcs(&|(at, from, _)| *at == step && *from == name);
                drawn.places.push((into, out));
            }
        }
        drawn
    }
}

/// Names in drawings besides those of the world; the number of everything else is drawn as itself.
const OTHER: Symbol = OVER - 1;
const EXIT: Symbol = OVER - 2;
const BEGIN: Symbol = OVER - 3;

fn drawn_as(world: &World, label: &str, kind: LabelKind) -> Symbol {
    if kind == LabelKind::Other { OTHER } else { world.symbol(label) }
}

/// People in any of some groups that may share some.
fn any_of(groups: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    groups.fold((0.0, 0.0), |all, own| (all.0.max(own.0), all.1 + own.1))
}
