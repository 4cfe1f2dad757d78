//! Somebody who knows one of the people: what she did, and so in which numbers she counts. Taken
//! from these, they tell of the others alone.
//!
//! A number of true people counts her where its words say so. A drawing may have drawn any of her
//! steps as `Other`; the attacker is taken to know that as well, and that she is drawn by as many
//! names as the picture allows. *Invariant:* where it cannot be told whether she counts (how long
//! she took, on which day, in how many sessions), nothing is taken away.

use std::collections::{BTreeMap, BTreeSet};

use super::drawing::START;
use super::model::{Item, Key, Model, Name, PEOPLE, Var};
use super::{Heard, Place, Target};
use crate::views::{
    Filter, Flow, FlowAsked, Funnel, HIDDEN, LabelKind, Order, Paths, PublishedCohort, Side, View,
};

/// One of the people, as somebody else may know her.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Everything she did, in its order, in the words of the packages. A label that none of them
    /// shows is something else.
    pub path: Vec<String>,
    /// What is known of her attributes. She belongs to no group told by others.
    pub values: Vec<Filter>,
}

impl Person {
    /// Whether she is one of these people.
    pub(super) fn belongs(&self, cohort: &PublishedCohort) -> bool {
        let has = |label: &String| self.path.contains(label);
        let is_told = |filter: &Filter| filter.value != HIDDEN && filter.attribute != HIDDEN;
        let differs = |not: &Filter| {
            let own = self.values.iter().find(|own| own.attribute == not.attribute);
            is_told(not) && own.is_some_and(|own| own.value != not.value)
        };
        cohort.filters.iter().all(|filter| is_told(filter) && self.values.contains(filter))
            && cohort.where_not.iter().all(differs)
            && cohort.did.iter().all(has)
            && cohort.did_not.iter().all(|label| label != HIDDEN && !has(label))
    }

    /// Her steps as a view looks at them, outward from its anchor. None where it is not about her.
    fn steps(&self, asked: &FlowAsked, collapse: bool) -> Option<Vec<&str>> {
        let mut steps: Vec<&str> = self.path.iter().map(String::as_str).collect();
        if collapse {
            steps.dedup();
        }
        if asked.anchor == Side::End {
            steps.reverse();
        }
        if let Some(label) = &asked.anchor_label {
            let at = steps.iter().position(|step| step == label)?;
            steps.drain(..at);
        }
        if let Some(label) = &asked.until_label {
            let after = steps.iter().skip(1).position(|step| step == label)?;
            steps.truncate(after + 2);
        }
        (!steps.is_empty()).then_some(steps)
    }
}

/// Whether she counts in each number; `None` where that cannot be told.
pub(super) struct Met {
    cells: Vec<Option<bool>>,
    arcs: Vec<Vec<Option<bool>>>,
}

impl Met {
    pub fn new(person: &Person, model: &Model, parts: &[Heard<'_>]) -> Self {
        let mut cells = vec![None; model.unknowns.len()];
        for (key, at) in &model.keys {
            if key.unit == PEOPLE {
                let belongs = person.belongs(&model.cohorts[key.cohort]);
                let has = || has(person, *key, model, parts);
                cells[*at] = if belongs { has() } else { Some(false) };
            }
        }
        let mut arcs: Vec<Vec<Option<bool>>> =
            model.nets.iter().map(|net| vec![None; net.arcs.len()]).collect();
        let is_drawn =
            |view: &View| matches!(view, View::Flow(_) | View::Paths(_) | View::Funnel(_));
        let drawn = parts.iter().filter(|(part, view)| part.head.people > 0 && is_drawn(view));
        for (net, (part, view)) in drawn.enumerate() {
            let (Some(known), Some(of)) = (arcs.get_mut(net), model.nets.get(net)) else { break };
            let is_person = part.unit == PEOPLE && person.belongs(part.head.cohort);
            let Some(places) = is_person.then(|| places(person, view)).flatten() else { continue };
            for (own, arc) in known.iter_mut().zip(&of.arcs) {
                *own = arc.cell.map(|cell| places.contains(&cell.cell));
            }
            if matches!(view, View::Paths(_)) {
                climb(known, of);
            }
        }
        Self { cells, arcs }
    }

    /// She is there, so there is somebody.
    pub fn mark(&self, model: &mut Model) {
        for (unknown, is_in) in model.unknowns.iter_mut().zip(&self.cells) {
            if *is_in == Some(true) {
                unknown.lo = unknown.lo.max(1.0);
            }
        }
    }

    pub fn is_in(&self, var: Var) -> Option<bool> {
        match var {
            Var::Cell(at) => self.cells.get(at).copied().flatten(),
            Var::Arc(net, arc) => self.arcs.get(net)?.get(arc).copied().flatten(),
        }
    }

    /// Whether she is one of a group: the sum of some numbers without others. `None` where she is in
    /// some of it, and it cannot be told whether in all.
    pub fn is_one_of(&self, target: &Target) -> Option<bool> {
        let is_somewhere = target.iter().any(|(var, _)| self.is_in(*var) == Some(true));
        if !is_somewhere {
            return Some(false);
        }
        let times = target.iter().try_fold(0, |sum, (var, by)| {
            self.is_in(*var).map(|is_in| sum + if is_in { *by } else { 0 })
        });
        times.map(|times| times == 1)
    }
}

/// Marks the places before that of her path: everybody on a path went through them.
fn climb(known: &mut [Option<bool>], net: &super::drawing::Net) {
    let Some(last) = known.iter().position(|is_in| *is_in == Some(true)) else { return };
    let mut here = net.arcs[last].tail;
    let mut through = BTreeSet::new();
    while here != START {
        let Some(before) = net.arcs.iter().position(|arc| arc.head == here) else { break };
        if !through.insert(before) {
            break;
        }
        here = net.arcs[before].tail;
    }
    // The first arc is everybody, which is an unknown as well.
    for (at, is_in) in known.iter_mut().enumerate().skip(1) {
        if net.arcs[at].cell.is_none() {
            *is_in = Some(through.contains(&at));
        }
    }
}

/// Whether a number of true people of her cohort counts her.
fn has(person: &Person, key: Key, model: &Model, parts: &[Heard<'_>]) -> Option<bool> {
    let names = |words: Option<u32>| seen(person, key, words, model, parts);
    let follows = |names: &[Name], from: Name, to: Name| {
        let first = names.iter().position(|name| *name == from);
        first.is_some_and(|at| names[at + 1..].contains(&to))
    };
    match key.item {
        Item::People { .. } => Some(true),
        Item::Node(name) => Some(names(None)?.contains(&name)),
        Item::Edge { from, to, words } => {
            Some(names(words.skip)?.windows(2).any(|pair| pair == [from, to]))
        }
        Item::Start(name, words) => Some(names(words.skip)?.first() == Some(&name)),
        Item::End(name, words) => Some(names(words.skip)?.last() == Some(&name)),
        Item::Between(from, to) | Item::Timing(from, to) => Some(follows(&names(None)?, from, to)),
        Item::EdgeBin { .. } | Item::TimingBin(..) | Item::Active(..) | Item::Atom(..) => None,
    }
}

/// Her path in the names of the map that a number is of; where it is of none in particular, in
/// labels. None where what is skipped is not known.
fn seen(
    person: &Person,
    key: Key,
    skip: Option<u32>,
    model: &Model,
    parts: &[Heard<'_>],
) -> Option<Vec<Name>> {
    let other = key.item.names().into_iter().find_map(|name| match name {
        Name::Other(part) => Some(part),
        Name::Label(_) => None,
    });
    let label = |label: &String| model.labels.get(label).map(|at| Name::Label(*at));
    // What no view shows is never asked for.
    let nowhere = Name::Label(u32::MAX);
    if other.is_none() && skip.is_none() {
        return Some(person.path.iter().map(|step| label(step).unwrap_or(nowhere)).collect());
    }
    let (number, map) = parts.iter().find_map(|(part, view)| {
        let View::Map(map) = view else { return None };
        let is_it = match other {
            Some(number) => part.number == number,
            None => part.cohort == key.cohort && map.spec.asked.skip_rare && skip == Some(map.k),
        };
        is_it.then_some((part.number, map))
    })?;
    let is_shown = |label: &String| {
        map.nodes.iter().any(|node| node.kind == LabelKind::Label && node.label == *label)
    };
    let mut names = Vec::with_capacity(person.path.len());
    for step in &person.path {
        if is_shown(step) {
            names.extend(label(step));
        } else if !map.spec.asked.skip_rare {
            names.push(Name::Other(number));
        }
    }
    if map.spec.collapse {
        names.dedup();
    }
    Some(names)
}

impl Item {
    /// The names that it is told by.
    fn names(self) -> Vec<Name> {
        match self {
            Self::Node(name) | Self::Start(name, _) | Self::End(name, _) => vec![name],
            Self::Edge { from, to, .. } | Self::EdgeBin { from, to, .. } => vec![from, to],
            _ => Vec::new(),
        }
    }
}

/// The numbers of a drawing that she is drawn in. None where it draws nobody like her.
fn places(person: &Person, view: &View) -> Option<BTreeSet<Place>> {
    match view {
        View::Flow(flow) => in_flow(person, flow),
        View::Paths(paths) => in_paths(person, paths),
        View::Funnel(funnel) => Some(in_funnel(person, funnel)),
        _ => None,
    }
}

/// Ways to be drawn so far: the worth of the best one, and where it goes.
type Ways = BTreeMap<usize, (i64, Vec<Place>)>;

fn in_flow(person: &Person, flow: &Flow) -> Option<BTreeSet<Place>> {
    const NAME: i64 = 10;
    let asked = &flow.spec.asked;
    let steps = person.steps(asked, flow.spec.collapse)?;
    let last = usize::from(asked.steps);
    let step_of = |at: usize| flow.nodes[at].step.unsigned_abs() as usize;
    let node = |id: &str| flow.nodes.iter().position(|node| node.id == id);
    // Her own name at this step, or `Other`, where she may also ride when she has left.
    let worth = |at: usize| {
        let own = steps.get(step_of(at) - 1);
        let node = &flow.nodes[at];
        match node.kind {
            LabelKind::Other => Some(0),
            LabelKind::Label => (own == Some(&node.label.as_str())).then_some(NAME),
        }
    };
    let mut best: Option<(i64, Vec<Place>)> = None;
    let mut finish = |worth: i64, way: Vec<Place>| {
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, way));
        }
    };
    let mut ways: Ways = (0..flow.nodes.len())
        .filter(|at| step_of(*at) == 1)
        .filter_map(|at| Some((at, (worth(at)?, vec![Place::Node(at)]))))
        .collect();
    for step in 1..=last {
        let mut next = Ways::new();
        for (here, (so_far, way)) in ways {
            if step == last {
                finish(so_far, way);
                continue;
            }
            if steps.len() <= step {
                let exit = flow.exits.iter().position(|exit| exit.from == flow.nodes[here].id);
                if let Some(exit) = exit {
                    finish(so_far + 1, [way.as_slice(), &[Place::Exit(exit)]].concat());
                }
            }
            for (edge, told) in flow.edges.iter().enumerate() {
                if told.from != flow.nodes[here].id {
                    continue;
                }
                let Some(to) = node(&told.to) else { continue };
                let Some(more) = worth(to) else { continue };
                let all = so_far + more;
                if next.get(&to).is_none_or(|(most, _)| all > *most) {
                    let on = [Place::Edge(edge), Place::Node(to)];
                    next.insert(to, (all, [way.as_slice(), &on].concat()));
                }
            }
        }
        ways = next;
    }
    best.map(|(_, way)| way.into_iter().collect())
}

fn in_paths(person: &Person, paths: &Paths) -> Option<BTreeSet<Place>> {
    let asked = &paths.spec.asked;
    let steps = person.steps(asked, paths.spec.collapse)?;
    let mut best: Option<(usize, usize)> = None;
    for (at, path) in paths.paths.iter().enumerate() {
        let mut names = 0;
        let fits = path.steps.iter().enumerate().all(|(at, step)| match step.kind {
            LabelKind::Other => true,
            LabelKind::Label => {
                names += 1;
                steps.get(at) == Some(&step.label.as_str())
            }
        });
        let has_left = steps.len() <= path.steps.len();
        if fits && (has_left || !path.ends) && best.is_none_or(|(most, _)| names > most) {
            best = Some((names, at));
        }
    }
    best.map(|(_, at)| BTreeSet::from([Place::Path(at)]))
}

fn in_funnel(person: &Person, funnel: &Funnel) -> BTreeSet<Place> {
    let asked = &funnel.spec.asked;
    let mut path: Vec<&str> = person.path.iter().map(String::as_str).collect();
    if funnel.spec.collapse {
        path.dedup();
    }
    let mut reached = BTreeSet::new();
    let mut before: Vec<&str> = Vec::new();
    for (at, step) in funnel.steps.iter().enumerate() {
        let list = [before.as_slice(), &[step.label.as_str()]].concat();
        let is_reached = match asked.order {
            Order::This => {
                let mut rest = path.iter();
                list.iter().all(|step| rest.any(|own| own == step))
            }
            Order::Any => list.iter().all(|step| path.contains(step)),
            Order::Exact => path.windows(list.len()).any(|own| own == list),
        };
        if is_reached {
            reached.insert(Place::Step(at));
        }
        if !asked.optional.contains(&step.label) {
            before.push(&step.label);
        }
    }
    reached
}

#[cfg(test)]
mod tests;
