//! What each published view says, in the terms of the model.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::drawing::{ENDLESS, HOME, Net, START};
use super::model::{Item, Key, Model, Name, OCCURRENCES, Var, Words};
use super::{CellRef, Place};
use crate::audit::system::Sense;
use crate::views::{
    Flow, FlowAsked, Funnel, Head, LabelKind, Map, MapEnd, Order, Path, Paths, Side, TimeBin,
    Timing, Trend, View,
};

/// A view that is not split, and where it stands.
pub(super) struct Part<'a> {
    pub view: usize,
    pub place_in_view: usize,
    /// Its number among all.
    pub number: usize,
    pub place: String,
    pub cohort: usize,
    pub unit: u8,
    pub head: Head<'a>,
    /// Numbers that somebody knows as they were before they were rounded.
    pub known: BTreeMap<Place, u64>,
}

impl Part<'_> {
    pub fn k(&self) -> u64 {
        u64::from(self.head.k)
    }

    fn rules(&self) -> usize {
        self.head.rules.len()
    }

    fn key(&self, item: Item) -> Key {
        Key { cohort: self.cohort, unit: self.unit, item }
    }

    pub fn cell(&self, cell: Place) -> CellRef {
        CellRef { view: self.view, part: self.place_in_view, cell }
    }

    /// What is known of the number at a place, which was rounded as a whole or is a sum of rounded
    /// numbers.
    pub fn says(&self, place: Place, count: u64, is_loose: bool) -> (f64, f64) {
        match self.known.get(&place) {
            Some(known) => (*known as f64, *known as f64),
            None if is_loose => self.loose_bin(count),
            None => self.bin(count),
        }
    }

    /// What a published number says by itself.
    pub fn bin(&self, count: u64) -> (f64, f64) {
        let apart = f64::from(self.head.b.saturating_sub(1));
        let count = count as f64;
        ((count - apart).max(f64::from(self.head.k)), count + apart)
    }

    /// The same of a sum of rounded numbers, each of k at least.
    pub fn loose_bin(&self, count: u64) -> (f64, f64) {
        let summands = (count / self.k().max(1)).max(1) as f64;
        let apart = summands * f64::from(self.head.b.saturating_sub(1));
        let count = count as f64;
        ((count - apart).max(f64::from(self.head.k)), count + apart)
    }
}

/// A map, with what it takes to tell what is absent from it.
pub(super) struct Shown {
    pub number: usize,
    pub place: String,
    pub cohort: usize,
    pub unit: u8,
    pub k: u64,
    pub words: Words,
    pub collapse: bool,
    pub names: Vec<(Name, usize)>,
    pub edges: BTreeSet<(Name, Name)>,
    pub starts: Ends,
    pub ends: Ends,
    /// Nothing stands behind a slider, and nothing was left out that has k people.
    pub is_full: bool,
}

/// Where journeys start, or end.
#[derive(Default)]
pub(super) struct Ends {
    pub named: BTreeSet<Name>,
    pub other: Option<usize>,
}

impl Ends {
    pub fn is_told(&self) -> bool {
        !self.named.is_empty()
    }
}

impl Shown {
    pub fn shows_other(&self) -> bool {
        self.names.iter().any(|(name, _)| matches!(name, Name::Other(_)))
    }

    /// Whether an item of this meaning would stand here if it had k people.
    pub fn would_show(&self, key: Key) -> bool {
        if !self.is_full || (key.cohort, key.unit) != (self.cohort, self.unit) {
            return false;
        }
        match key.item {
            Item::Node(Name::Label(_)) => true,
            Item::Edge { from: Name::Label(from), to: Name::Label(to), words } => {
                words == self.words && (from != to || !self.collapse)
            }
            _ => false,
        }
    }

    pub fn shows(&self, key: Key) -> bool {
        match key.item {
            Item::Node(name) => self.names.iter().any(|(own, _)| *own == name),
            Item::Edge { from, to, .. } => self.edges.contains(&(from, to)),
            _ => false,
        }
    }

    /// A place in words, for what is not shown there.
    pub fn absent(&self, item: Item) -> String {
        let node = |name: Name| {
            let at = self.names.iter().position(|(own, _)| *own == name);
            at.map_or_else(|| "another node".to_owned(), |at| format!("node {}", at + 1))
        };
        let what = match item {
            Item::Edge { from, to, .. } => {
                format!("the edge from {} to {} that is not shown", node(from), node(to))
            }
            Item::Start(name, _) => format!("the start at {} that is not shown", node(name)),
            Item::End(name, _) => format!("the end at {} that is not shown", node(name)),
            _ => "a node that is not shown".to_owned(),
        };
        format!("{}, {what}", self.place)
    }
}

/// Arcs of a drawing and the true group that they belong to.
pub(super) struct Tie {
    pub net: usize,
    pub arcs: Vec<usize>,
    pub to: Key,
}

/// Bins into which the people of an unknown are divided, with the unknown of each.
pub(super) struct Bins {
    pub whole: usize,
    pub bins: Vec<((u64, u64), usize)>,
}

/// A trend's intervals.
pub(super) struct Intervals {
    pub whole: usize,
    pub bins: Vec<usize>,
    /// One begins where the one before ends, and all time is covered.
    pub is_gapless: bool,
}

/// What was read of all views.
#[derive(Default)]
pub(super) struct Read {
    pub maps: Vec<Shown>,
    pub ties: Vec<Tie>,
    pub bins: Vec<Bins>,
    pub trends: Vec<Intervals>,
    /// Who is told of in each part.
    pub population: Vec<Option<Key>>,
}

impl Read {
    pub fn part(&mut self, model: &mut Model, part: &Part<'_>, view: &View) {
        self.population.push(None);
        if part.head.people == 0 {
            // A view of nobody does not tell whom it was asked about.
            return;
        }
        match view {
            View::Flow(flow) => self.flow(model, part, flow),
            View::Map(map) => self.map(model, part, map),
            View::Paths(paths) => self.paths(model, part, paths),
            View::Funnel(funnel) => self.funnel(model, part, funnel),
            View::Timing(timing) => self.timing(model, part, timing),
            View::Trend(trend) => self.trend(model, part, trend),
            View::Breakdown(_) | View::Comparison(_) => {}
        }
    }

    fn people(&mut self, model: &mut Model, part: &Part<'_>, item: Item, is_loose: bool) -> usize {
        let count = part.head.people;
        let bin = part.says(Place::People, count, is_loose);
        let key = part.key(item);
        self.population[part.number] = Some(key);
        model.publish(key, bin, part.k(), part.cell(Place::People))
    }

    fn map(&mut self, model: &mut Model, part: &Part<'_>, map: &Map) {
        let people = self.people(model, part, Item::People { rules: part.rules() }, false);
        let asked = &map.spec.asked;
        let skip = asked.skip_rare.then_some(map.k);
        let words = Words { rules: part.rules(), skip };
        let name = |model: &mut Model, label: &str, kind: LabelKind| match kind {
            LabelKind::Label => model.label(label),
            LabelKind::Other => Name::Other(part.number),
        };
        let has_all_ends = asked.activities == 100 && asked.paths == 100;
        let is_full = has_all_ends && !asked.folded;
        let mut shown = Shown {
            number: part.number,
            place: part.place.clone(),
            cohort: part.cohort,
            unit: part.unit,
            k: part.k(),
            words,
            collapse: map.spec.collapse,
            names: Vec::new(),
            edges: BTreeSet::new(),
            starts: Ends::default(),
            ends: Ends::default(),
            is_full,
        };
        let mut nodes: BTreeMap<&str, (Name, usize)> = BTreeMap::new();
        for (at, node) in map.nodes.iter().enumerate() {
            let name = name(model, &node.label, node.kind);
            let cell = part.cell(Place::Node(at));
            let bin = part.says(Place::Node(at), node.count, false);
            let here = model.publish(part.key(Item::Node(name)), bin, part.k(), cell);
            if part.unit != OCCURRENCES {
                model.nest(here, people);
            }
            nodes.insert(&node.label, (name, here));
            shown.names.push((name, here));
        }
        if is_full && !asked.skip_rare && part.unit != OCCURRENCES {
            // Everybody takes some step: a shown one, or one that stands behind `Other`.
            let other = Name::Other(part.number);
            let mut all: Vec<usize> = shown.names.iter().map(|(_, at)| *at).collect();
            if !shown.names.iter().any(|(name, _)| *name == other) {
                let place = format!("{}, the node Other that is not shown", part.place);
                let most = part.k().saturating_sub(1);
                all.push(model.hide(part.key(Item::Node(other)), most as f64, part.k(), &place));
            }
            let terms = all.into_iter().map(|at| (at, -1.0)).chain([(people, 1.0)]);
            model.relate(terms.collect(), Sense::AtMost);
        }
        for (at, edge) in map.edges.iter().enumerate() {
            let ends = (nodes.get(edge.from.as_str()), nodes.get(edge.to.as_str()));
            let (Some(&(from, from_node)), Some(&(to, to_node))) = ends else { continue };
            let key = part.key(Item::Edge { from, to, words });
            let bin = part.says(Place::Edge(at), edge.count, false);
            let here = model.publish(key, bin, part.k(), part.cell(Place::Edge(at)));
            model.nest(here, from_node);
            model.nest(here, to_node);
            if part.unit != OCCURRENCES {
                model.ask(&[Var::Cell(people)], &[Var::Cell(here)]);
            }
            shown.edges.insert((from, to));
            if part.unit == super::model::PEOPLE && !edge.bins.is_empty() {
                let item = |secs| Item::EdgeBin { from, to, words, secs };
                let place = |bin| Place::EdgeBin(at, bin);
                self.bins(model, part, here, &edge.bins, &item, &place);
            }
        }
        let side = |model: &mut Model,
                    list: &[MapEnd],
                    place: &dyn Fn(usize) -> Place,
                    item: &dyn Fn(Name) -> Item| {
            let mut ends = Ends::default();
            let mut all = Vec::new();
            for (at, end) in list.iter().enumerate() {
                let name = name(model, &end.label, end.kind);
                let key = part.key(item(name));
                let bin = part.says(place(at), end.count, false);
                let here = model.publish(key, bin, part.k(), part.cell(place(at)));
                match nodes.get(end.label.as_str()) {
                    Some(&(_, node)) if end.kind == LabelKind::Label => model.nest(here, node),
                    _ => {}
                }
                if end.kind == LabelKind::Other {
                    ends.other = Some(here);
                }
                ends.named.insert(name);
                all.push(here);
                model.ask(&[Var::Cell(people)], &[Var::Cell(here)]);
            }
            if all.is_empty() {
                // A map that tells nothing of where journeys start or end.
                return ends;
            }
            let is_everybody = has_all_ends && !asked.skip_rare;
            let terms = all.iter().map(|at| (*at, 1.0)).chain([(people, -1.0)]).collect();
            model.relate(terms, if is_everybody { Sense::Equal } else { Sense::AtMost });
            if !is_everybody {
                let all: Vec<Var> = all.into_iter().map(Var::Cell).collect();
                model.ask(&[Var::Cell(people)], &all);
            }
            ends
        };
        shown.starts = side(model, &map.starts, &Place::Start, &|name| Item::Start(name, words));
        shown.ends = side(model, &map.ends, &Place::End, &|name| Item::End(name, words));
        self.maps.push(shown);
    }

    fn bins(
        &mut self,
        model: &mut Model,
        part: &Part<'_>,
        whole: usize,
        bins: &[TimeBin],
        item: &dyn Fn((u64, u64)) -> Item,
        place: &dyn Fn(usize) -> Place,
    ) {
        let mut read = Vec::with_capacity(bins.len());
        for (at, bin) in bins.iter().enumerate() {
            let secs = (bin.from, bin.to.unwrap_or(u64::MAX));
            let key = part.key(item(secs));
            let says = part.says(place(at), bin.count, false);
            let here = model.publish(key, says, part.k(), part.cell(place(at)));
            model.ask(&[Var::Cell(whole)], &[Var::Cell(here)]);
            read.push((secs, here));
        }
        self.bins.push(Bins { whole, bins: read });
    }

    fn timing(&mut self, model: &mut Model, part: &Part<'_>, timing: &Timing) {
        let asked = &timing.spec.asked;
        let (from, to) = (model.label(&asked.from_label), model.label(&asked.to_label));
        let people = self.people(model, part, Item::Timing(from, to), false);
        let item = |secs| Item::TimingBin(from, to, secs);
        self.bins(model, part, people, &timing.bins, &item, &Place::Bin);
    }

    fn trend(&mut self, model: &mut Model, part: &Part<'_>, trend: &Trend) {
        let label = trend.spec.asked.label.as_ref().map(|label| model.label(label));
        // Everybody, or everybody with the step that is counted.
        let everybody = Item::People { rules: part.rules() };
        let people = self.people(model, part, label.map_or(everybody, Item::Node), false);
        let mut bins = Vec::with_capacity(trend.bins.len());
        for (at, bin) in trend.bins.iter().enumerate() {
            let days = (bin.from.unwrap_or(Date::MIN), bin.to.unwrap_or(Date::MAX));
            let key = part.key(Item::Active(label, days.0, days.1));
            let says = part.says(Place::Bin(at), bin.count, false);
            let here = model.publish(key, says, part.k(), part.cell(Place::Bin(at)));
            model.nest(here, people);
            model.ask(&[Var::Cell(people)], &[Var::Cell(here)]);
            bins.push(here);
        }
        let cohort = part.head.cohort;
        let ends = |bin: &crate::views::DateBin| bin.to;
        let is_gapless = trend.bins.windows(2).all(|pair| ends(&pair[0]) == pair[1].from)
            && trend.bins.first().is_some_and(|first| {
                first.from.is_none_or(|from| cohort.from.is_some_and(|begin| begin >= from))
            })
            && trend
                .bins
                .last()
                .is_some_and(|last| last.to.is_none_or(|to| cohort.to.is_some_and(|day| day < to)));
        self.trends.push(Intervals { whole: people, bins, is_gapless });
    }

    /// Who a flow or paths are about.
    fn walkers(&mut self, model: &mut Model, part: &Part<'_>, asked: &FlowAsked) -> (usize, bool) {
        let item = match (&asked.anchor_label, &asked.until_label, asked.anchor) {
            (Some(from), Some(until), Side::Between) => {
                Item::Between(model.label(from), model.label(until))
            }
            (Some(label), ..) => Item::Node(model.label(label)),
            (None, ..) => Item::People { rules: part.rules() },
        };
        // Its own drawing is rounded as a whole. A coarser view is a sum of its cells, and so are
        // its people where it was drawn segment by segment.
        let by_segments = asked.drawn_for.as_ref().is_some_and(|finest| finest.by.is_some());
        (self.people(model, part, item, by_segments), asked.drawn_for.is_some())
    }

    fn tie(&mut self, net: usize, arcs: Vec<usize>, to: Key) {
        self.ties.push(Tie { net, arcs, to });
    }

    fn flow(&mut self, model: &mut Model, part: &Part<'_>, flow: &Flow) {
        let asked = &flow.spec.asked;
        let (people, is_coarse) = self.walkers(model, part, asked);
        let number = model.nets.len();
        let words = Words::plain(part.rules());
        let says = |place, count| part.says(place, count, is_coarse);
        let mut net = Net::new(people, part.k());
        let last = usize::from(asked.steps);
        // Who leaves after a step, or reaches the last one, goes home past the steps before.
        let mut at_step = vec![0_u64; last + 1];
        let step_of = |step: i32| (step.unsigned_abs() as usize).clamp(1, last.max(1));
        for node in &flow.nodes {
            if let Some(sum) = at_step.get_mut(step_of(node.step)) {
                *sum = sum.saturating_add(node.count);
            }
        }
        let mut home = vec![START, HOME];
        for people in at_step.iter().skip(2) {
            let from = net.place();
            let bounds = match (*people, is_coarse) {
                (0, _) => (0.0, 0.0),
                (_, true) => (0.0, f64::INFINITY),
                (people, false) => part.bin(people),
            };
            net.arc(from, home[home.len() - 1], bounds, None);
            home.push(from);
        }
        let mut ends: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
        let mut nodes: BTreeMap<&str, (usize, usize, Option<Name>, usize)> = BTreeMap::new();
        for (at, node) in flow.nodes.iter().enumerate() {
            let step = step_of(node.step);
            let front = if step == 1 { START } else { net.place() };
            let back = if step == last { home[last] } else { net.place() };
            let bin = says(Place::Node(at), node.count);
            let arc = net.arc(front, back, bin, Some(part.cell(Place::Node(at))));
            let label = (node.kind == LabelKind::Label).then(|| model.label(&node.label));
            if let Some(name) = label {
                self.tie(number, vec![arc], part.key(Item::Node(name)));
                let first = match asked.anchor {
                    Side::Start => Some(Item::Start(name, words)),
                    Side::End => Some(Item::End(name, words)),
                    Side::Between => None,
                };
                if let (1, None, Some(first)) = (step, &asked.anchor_label, first) {
                    self.tie(number, vec![arc], part.key(first));
                }
            }
            nodes.insert(&node.id, (front, back, label, step));
        }
        for (at, edge) in flow.edges.iter().enumerate() {
            let ends = (nodes.get(edge.from.as_str()), nodes.get(edge.to.as_str()));
            let (Some(&(_, from, a, _)), Some(&(to, _, b, _))) = ends else { continue };
            let bin = says(Place::Edge(at), edge.count);
            let arc = net.arc(from, to, bin, Some(part.cell(Place::Edge(at))));
            if let (Some(a), Some(b)) = (a, b) {
                let (from, to) = if asked.anchor == Side::End { (b, a) } else { (a, b) };
                self.tie(number, vec![arc], part.key(Item::Edge { from, to, words }));
                if from != to {
                    self.tie(number, vec![arc], part.key(Item::Timing(from, to)));
                }
            }
        }
        for (at, exit) in flow.exits.iter().enumerate() {
            let Some(&(_, from, label, step)) = nodes.get(exit.from.as_str()) else { continue };
            let bin = says(Place::Exit(at), exit.count);
            let arc = net.arc(from, home[step], bin, Some(part.cell(Place::Exit(at))));
            if let Some(label) = label {
                ends.entry(label).or_default().push(arc);
            }
        }
        model.nets.push(net);
        self.tie_ends(number, part, asked.anchor, words, ends);
    }

    fn tie_ends(
        &mut self,
        net: usize,
        part: &Part<'_>,
        anchor: Side,
        words: Words,
        ends: BTreeMap<Name, Vec<usize>>,
    ) {
        for (name, arcs) in ends {
            let item = match anchor {
                Side::Start => Item::End(name, words),
                Side::End => Item::Start(name, words),
                Side::Between => continue,
            };
            self.tie(net, arcs, part.key(item));
        }
    }

    fn paths(&mut self, model: &mut Model, part: &Part<'_>, paths: &Paths) {
        let asked = &paths.spec.asked;
        let (people, is_coarse) = self.walkers(model, part, asked);
        let number = model.nets.len();
        let words = Words::plain(part.rules());
        let mut net = Net::new(people, part.k());
        let mut tied: BTreeMap<Item, Vec<usize>> = BTreeMap::new();
        let mut ends: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
        // A node is a step after what came before; its people are those of all paths through it.
        let mut tree: BTreeMap<(usize, Option<Name>), (usize, usize)> = BTreeMap::new();
        let mut through: BTreeMap<usize, u64> = BTreeMap::new();
        for (at, path) in paths.paths.iter().enumerate() {
            let names = names(model, path);
            let mut here = START;
            for (step, name) in names.iter().enumerate() {
                let (place, arc) = *tree.entry((here, *name)).or_insert_with(|| {
                    let place = net.place();
                    let arc = net.arc(here, place, (0.0, f64::INFINITY), None);
                    let items = told(&names[..=step], asked, words);
                    for item in items {
                        tied.entry(item).or_default().push(arc);
                    }
                    (place, arc)
                });
                let people = through.entry(arc).or_default();
                *people = people.saturating_add(path.count);
                here = place;
            }
            let bin = part.says(Place::Path(at), path.count, is_coarse);
            let arc = net.arc(here, HOME, bin, Some(part.cell(Place::Path(at))));
            if let (true, Some(Some(name))) = (path.ends, names.last()) {
                ends.entry(*name).or_default().push(arc);
            }
        }
        if !is_coarse {
            for (arc, people) in through {
                let (lo, hi) = part.bin(people);
                net.arcs[arc].lo = lo as i64;
                net.arcs[arc].hi = (hi as i64).min(ENDLESS);
            }
        }
        model.nets.push(net);
        for (item, arcs) in tied {
            self.tie(number, arcs, part.key(item));
        }
        self.tie_ends(number, part, asked.anchor, words, ends);
    }

    fn funnel(&mut self, model: &mut Model, part: &Part<'_>, funnel: &Funnel) {
        let people = self.people(model, part, Item::People { rules: part.rules() }, false);
        let asked = &funnel.spec.asked;
        let number = model.nets.len();
        let mut net = Net::new(people, part.k());
        let rest = |of: u64, without: u64| match of.saturating_sub(without) {
            0 => (0.0, 0.0),
            rest => part.bin(rest),
        };
        let (mut here, mut before) = (START, part.head.people);
        let mut passed: Vec<Name> = Vec::new();
        for (at, step) in funnel.steps.iter().enumerate() {
            let is_optional = asked.optional.contains(&step.label);
            let next = net.place();
            let bin = match step.count {
                0 => (0.0, 0.0),
                count => part.says(Place::Step(at), count, false),
            };
            let arc = net.arc(here, next, bin, Some(part.cell(Place::Step(at))));
            // Who leaves an optional step out is back with the others after it.
            let past = if is_optional { next } else { HOME };
            net.arc(here, past, rest(before, step.count), None);
            let name = model.label(&step.label);
            self.tie(number, vec![arc], part.key(Item::Node(name)));
            if asked.order != Order::Any {
                for earlier in &passed {
                    self.tie(number, vec![arc], part.key(Item::Timing(*earlier, name)));
                }
            }
            if !is_optional {
                before = step.count;
                passed.push(name);
            }
            here = next;
        }
        net.arc(here, HOME, (0.0, f64::INFINITY), None);
        model.nets.push(net);
    }
}

fn names(model: &mut Model, path: &Path) -> Vec<Option<Name>> {
    path.steps
        .iter()
        .map(|step| (step.kind == LabelKind::Label).then(|| model.label(&step.label)))
        .collect()
}

/// The true groups that everybody at the last of these steps belongs to for the first time.
fn told(names: &[Option<Name>], asked: &FlowAsked, words: Words) -> Vec<Item> {
    let mut items = Vec::new();
    let Some((Some(last), earlier)) = names.split_last() else { return items };
    if !earlier.contains(&Some(*last)) {
        items.push(Item::Node(*last));
    }
    if earlier.is_empty() && asked.anchor_label.is_none() {
        match asked.anchor {
            Side::Start => items.push(Item::Start(*last, words)),
            Side::End => items.push(Item::End(*last, words)),
            Side::Between => {}
        }
    }
    if let Some(Some(before)) = earlier.last() {
        let is_new =
            !names[..names.len() - 1].windows(2).any(|pair| pair == [Some(*before), Some(*last)]);
        if is_new {
            let (from, to) =
                if asked.anchor == Side::End { (*last, *before) } else { (*before, *last) };
            items.push(Item::Edge { from, to, words });
        }
    }
    items
}
