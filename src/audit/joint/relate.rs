//! What follows from meanings: which true groups lie inside which, which add up, and what stands
//! where nothing is shown.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::cohorts::{Family, Inside, families, inside};
use super::model::{Coupling, Item, Key, Model, Name, OCCURRENCES, PEOPLE, Var, Words};
use super::read::{Read, Shown};
use crate::audit::system::Sense;
use crate::views::PublishedCohort;

/// Segments of a breakdown that are everybody.
pub(super) struct Segments {
    pub base: usize,
    /// Numbers of the parts.
    pub parts: Vec<usize>,
    pub cohorts: Vec<usize>,
}

/// Adds all that follows.
pub(super) fn relate(model: &mut Model, read: &Read, segments: &[Segments]) {
    tie(model, read);
    cohorts_by_label(model);
    windows(model);
    groups(model, read, segments);
    covering(model, read);
    without(model, read);
    absent_ends(model, read);
    absent(model, read);
    bins(model, read);
    within_cohort(model);
    across_rules(model);
    across_cohorts(model);
    for intervals in read.trends.iter().filter(|trend| trend.is_gapless) {
        // Everybody is active at some time.
        let terms = intervals.bins.iter().map(|bin| (*bin, -1.0));
        model.relate(terms.chain([(intervals.whole, 1.0)]).collect(), Sense::AtMost);
    }
    let nested: Vec<(usize, usize)> = model.nested.iter().copied().collect();
    for (part, whole) in nested {
        model.ask(&[Var::Cell(whole)], &[Var::Cell(part)]);
    }
}

/// Ties drawings to the true numbers that other views tell.
fn tie(model: &mut Model, read: &Read) {
    let told: BTreeSet<(u8, Item)> = model.keys.keys().map(|key| (key.unit, key.item)).collect();
    for tie in &read.ties {
        let to = tie.to;
        let has_ends =
            |shown: &&Shown| shown.is_full && (shown.cohort, shown.unit) == (to.cohort, to.unit);
        let is_end_of_map = match to.item {
            Item::Start(_, words) | Item::End(_, words) => {
                read.maps.iter().filter(has_ends).any(|shown| shown.words == words)
            }
            _ => false,
        };
        let under = |words: Words| {
            read.maps
                .iter()
                .filter(|shown| shown.unit == to.unit)
                .filter_map(|shown| to.item.under(words, shown.words))
                .any(|item| told.contains(&(to.unit, item)))
        };
        let words = match to.item {
            Item::Edge { words, .. } | Item::Start(_, words) | Item::End(_, words) => Some(words),
            _ => None,
        };
        // Elsewhere the same may be told of more people, or under more rules.
        let is_told = told.contains(&(to.unit, to.item)) || words.is_some_and(under);
        // A map of other people may tell by its silence.
        let is_silent = matches!(to.item, Item::Node(_) | Item::Edge { .. })
            && read
                .maps
                .iter()
                .any(|shown| shown.is_full && shown.unit == to.unit && shown.cohort != to.cohort);
        if is_told || is_end_of_map || is_silent {
            let within = model.latent(to);
            model.couplings.push(Coupling { net: tie.net, arcs: tie.arcs.clone(), within });
        }
    }
}

/// Who did something, of a cohort, is a cohort too.
fn cohorts_by_label(model: &mut Model) {
    for at in 0..model.cohorts.len() {
        let cohort = model.cohorts[at].clone();
        if cohort.journey.is_some() {
            continue;
        }
        let people = |cohort| Key { cohort, unit: PEOPLE, item: Item::People { rules: 0 } };
        for (list, did) in [(&cohort.did, true), (&cohort.did_not, false)] {
            for label in list {
                let name = model.label(label);
                let node = |cohort| Key { cohort, unit: PEOPLE, item: Item::Node(name) };
                let mut wider = cohort.clone();
                let from = if did { &mut wider.did } else { &mut wider.did_not };
                from.retain(|other| other != label);
                let wider = model.cohorts.iter().position(|other| *other == wider);
                if did
                    && let (Some(own), Some(people)) = (model.get(node(at)), model.get(people(at)))
                {
                    model.relate(vec![(own, 1.0), (people, -1.0)], Sense::Equal);
                }
                let Some(wider) = wider else { continue };
                let (Some(own), Some(all)) = (model.get(people(at)), model.get(people(wider)))
                else {
                    continue;
                };
                let has = model.latent(node(wider));
                model.nest(has, all);
                if did {
                    model.relate(vec![(own, 1.0), (has, -1.0)], Sense::Equal);
                } else {
                    model.relate(vec![(own, 1.0), (has, 1.0), (all, -1.0)], Sense::Equal);
                }
            }
        }
    }
}

/// Who is active in a time, of a cohort, is a cohort too.
fn windows(model: &mut Model) {
    let active: Vec<(Key, usize)> = model
        .keys
        .iter()
        .filter(|(key, _)| matches!(key.item, Item::Active(..)) && key.unit == PEOPLE)
        .map(|(key, at)| (*key, *at))
        .collect();
    for (key, at) in active {
        let Item::Active(label, from, to) = key.item else { continue };
        let outer = &model.cohorts[key.cohort];
        if !outer.did.is_empty() || !outer.did_not.is_empty() || outer.journey.is_some() {
            continue;
        }
        let (from, to) = (Some(from).filter(|day| *day > Date::MIN), Some(to));
        let to = to.filter(|day| *day < Date::MAX).and_then(|day| day.yesterday().ok());
        let later = |a: Option<Date>, b: Option<Date>| a.max(b);
        let sooner = match (to, outer.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let window = PublishedCohort { from: later(from, outer.from), to: sooner, ..outer.clone() };
        let Some(cohort) = model.cohorts.iter().position(|other| *other == window) else {
            continue;
        };
        let item = label.map_or(Item::People { rules: 0 }, Item::Node);
        if let Some(same) = model.get(Key { cohort, unit: PEOPLE, item }) {
            model.relate(vec![(at, 1.0), (same, -1.0)], Sense::Equal);
        }
    }
}

/// Journeys start or end somewhere: where a map does not say so by name, in its `Other`.
fn absent_ends(model: &mut Model, read: &Read) {
    for shown in read.maps.iter().filter(|shown| shown.is_full && shown.words.skip.is_none()) {
        let sides = [(&shown.starts, true), (&shown.ends, false)];
        for (ends, is_start) in sides.into_iter().filter(|(ends, _)| ends.is_told()) {
            let absent: Vec<(Key, usize)> = model
                .keys
                .iter()
                .filter(|(key, _)| (key.cohort, key.unit) == (shown.cohort, shown.unit))
                .filter(|(key, _)| match key.item {
                    Item::Start(name @ Name::Label(_), words) => {
                        is_start && words == shown.words && !ends.named.contains(&name)
                    }
                    Item::End(name @ Name::Label(_), words) => {
                        !is_start && words == shown.words && !ends.named.contains(&name)
                    }
                    _ => false,
                })
                .map(|(key, at)| (*key, *at))
                .collect();
            let most = ends.other.map_or(0.0, |other| model.unknowns[other].hi);
            for (key, _) in &absent {
                model.hide(*key, most, shown.k, &shown.absent(key.item));
            }
            if let (Some(other), false) = (ends.other, absent.is_empty()) {
                let terms = absent.iter().map(|(_, at)| (*at, 1.0)).chain([(other, -1.0)]);
                model.relate(terms.collect(), Sense::AtMost);
            }
        }
    }
}

/// The most an absent item can be, the threshold there, and where it would stand.
type Absent = (f64, u64, String);

/// The most an absent item can be, by what is shown where it would stand.
fn most_absent(read: &Read, key: Key) -> Option<Absent> {
    read.maps
        .iter()
        .filter(|shown| shown.would_show(key) && !shown.shows(key))
        .map(|shown| (shown.k.saturating_sub(1) as f64, shown.k, shown.absent(key.item)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

/// Segments, sides and other values of an attribute: what they have adds up to what the base has.
fn groups(model: &mut Model, read: &Read, segments: &[Segments]) {
    let mut scoped: Vec<(Family, Option<Key>)> =
        families(&model.cohorts).into_iter().map(|family| (family, None)).collect();
    for Segments { base, parts, cohorts } in segments {
        let population = parts.first().and_then(|part| read.population.get(*part).copied());
        if let Some(Some(population)) = population {
            let family = Family { base: *base, members: cohorts.clone(), is_all: true };
            scoped.push((family, Some(population)));
        }
    }
    let mut items: BTreeMap<usize, BTreeSet<(u8, Item)>> = BTreeMap::new();
    for key in model.keys.keys().filter(|key| !key.item.is_private()) {
        items.entry(key.cohort).or_default().insert((key.unit, key.item));
    }
    let none = BTreeSet::new();
    let of = |cohort: &usize| items.get(cohort).unwrap_or(&none);
    // A base that is told by several families only is still one and the same.
    let mut told: BTreeMap<Key, usize> = BTreeMap::new();
    let mut wanted: Vec<(usize, BTreeSet<(u8, Item)>)> = Vec::new();
    for (at, (family, population)) in scoped.iter().enumerate() {
        let mut all: BTreeSet<(u8, Item)> = of(&family.base).clone();
        for member in &family.members {
            all.extend(of(member).iter().copied());
        }
        all.retain(|(unit, item)| population.is_none_or(|key| covers(key, *unit, *item)));
        if family.is_all {
            for (unit, item) in &all {
                *told.entry(Key { cohort: family.base, unit: *unit, item: *item }).or_default() +=
                    1;
            }
        }
        wanted.push((at, all));
    }
    for (at, all) in wanted {
        let Family { base, members, is_all } = &scoped[at].0;
        for (unit, item) in all {
            let key = |cohort: usize| Key { cohort, unit, item };
            let is_told_again = told.get(&key(*base)).is_some_and(|times| *times > 1);
            let whole = match model.get(key(*base)) {
                Some(whole) => whole,
                None if is_told_again || matches!(item, Item::People { .. }) => {
                    model.latent(key(*base))
                }
                None => continue,
            };
            if *is_all {
                exhaust(model, read, whole, members.iter().map(|member| key(*member)));
            } else {
                let parts: Vec<usize> =
                    members.iter().filter_map(|member| model.get(key(*member))).collect();
                if parts.is_empty() {
                    continue;
                }
                let terms = parts.iter().map(|part| (*part, 1.0)).chain([(whole, -1.0)]).collect();
                model.relate(terms, Sense::AtMost);
                let parts: Vec<Var> = parts.into_iter().map(Var::Cell).collect();
                model.ask(&[Var::Cell(whole)], &parts);
            }
        }
    }
}

/// Whether segments that are everybody of this population are everybody who is in such an item.
fn covers(population: Key, unit: u8, item: Item) -> bool {
    if population.unit != unit {
        return false;
    }
    match population.item {
        Item::People { rules } => match item {
            Item::People { rules: own } => own == rules,
            _ => true,
        },
        Item::Timing(from, to) => {
            item == population.item
                || matches!(item, Item::TimingBin(a, b, _) if (a, b) == (from, to))
        }
        own => item == own,
    }
}

/// A whole that is divided among cohorts: what one of them does not show is hidden there.
fn exhaust(model: &mut Model, read: &Read, whole: usize, members: impl Iterator<Item = Key>) {
    let (mut shown, mut hidden) = (Vec::new(), Vec::new());
    for key in members {
        let told = model.get(key).filter(|at| !model.unknowns[*at].cells.is_empty());
        match told {
            Some(at) => shown.push(at),
            None => hidden.push(key),
        }
    }
    let absent: Vec<(Key, Option<Absent>)> =
        hidden.into_iter().map(|key| (key, most_absent(read, key))).collect();
    let most: f64 =
        absent.iter().map(|(_, most)| most.as_ref().map_or(f64::INFINITY, |m| m.0)).sum();
    let told: f64 = shown.iter().map(|at| model.unknowns[*at].hi).sum();
    // Where all that is absent cannot be small, something was folded for another reason.
    let holds = model.unknowns[whole].lo <= told + most;
    let mut hidden = Vec::new();
    for (key, most) in absent {
        let at = match most {
            Some((most, k, place)) if holds => model.hide(key, most, k, &place),
            _ => model.latent(key),
        };
        model.unknowns[at].k = model.unknowns[at].k.min(model.unknowns[whole].k);
        model.ask(&[Var::Cell(at)], &[]);
        hidden.push(at);
    }
    if hidden.len() > 1 {
        let all: Vec<Var> = hidden.iter().copied().map(Var::Cell).collect();
        model.ask(&all, &[]);
    }
    let parts = shown.iter().chain(&hidden).map(|at| (*at, 1.0));
    model.relate(parts.chain([(whole, -1.0)]).collect(), Sense::Equal);
    for at in shown.iter().chain(&hidden) {
        model.nest(*at, whole);
    }
}

/// Who never takes a step starts at another one and does not go from there to it, and ends at
/// another one and has not come from it. Told only where that leaves fewer than k.
fn without(model: &mut Model, read: &Read) {
    for shown in read.maps.iter().filter(|shown| shown.is_full && shown.words.skip.is_none()) {
        let key = |item| Key { cohort: shown.cohort, unit: shown.unit, item };
        let words = shown.words;
        let Some(people) = model.get(key(Item::People { rules: words.rules })) else { continue };
        let labels = shown.names.iter().filter(|(name, _)| matches!(name, Name::Label(_)));
        for (name, node) in labels {
            for at_start in [true, false] {
                let ends = if at_start { &shown.starts } else { &shown.ends };
                if ends.named.is_empty() {
                    continue;
                }
                let mut parts: Vec<(usize, Option<(usize, usize)>)> = Vec::new();
                let mut most = 0.0;
                for end in ends.named.iter().filter(|end| *end != name) {
                    let (item, edge) = if at_start {
                        (Item::Start(*end, words), Item::Edge { from: *end, to: *name, words })
                    } else {
                        (Item::End(*end, words), Item::Edge { from: *name, to: *end, words })
                    };
                    let Some(end_cell) = model.get(key(item)) else { continue };
                    // Who starts at `Other` may start at a shown step that few start at.
                    let is_label = matches!(end, Name::Label(_));
                    let own = shown.names.iter().find(|(own, _)| is_label && own == end);
                    let own = own.map(|(_, at)| *at);
                    let edge =
                        model.get(key(edge)).filter(|at| !model.unknowns[*at].cells.is_empty());
                    let pair = own.zip(edge);
                    let hi = model.unknowns[end_cell].hi;
                    most += pair.map_or(hi, |(own, edge)| {
                        hi.min((model.unknowns[own].hi - model.unknowns[edge].lo).max(0.0))
                    });
                    parts.push((end_cell, pair));
                }
                if most >= shown.k as f64 {
                    continue;
                }
                let mut terms = vec![(people, 1.0), (*node, -1.0)];
                for (end, pair) in parts {
                    let never = model.anybody();
                    model.nest(never, end);
                    if let Some((own, edge)) = pair {
                        let both = vec![(never, 1.0), (edge, 1.0), (own, -1.0)];
                        model.relate(both, Sense::AtMost);
                    }
                    terms.push((never, -1.0));
                }
                model.relate(terms, Sense::AtMost);
            }
        }
    }
}

/// Everybody at a node goes on by some edge or ends there, and came by some edge or started there.
/// An edge between shown labels that is absent has fewer than k; so where the shown ones do not
/// suffice, an absent one has somebody.
fn covering(model: &mut Model, read: &Read) {
    for shown in read.maps.iter().filter(|shown| shown.is_full && shown.words.skip.is_none()) {
        let is_other = |name: &Name| matches!(name, Name::Other(_));
        let other_is_told = shown.edges.iter().any(|(from, to)| is_other(from) || is_other(to));
        if shown.names.iter().any(|(name, _)| is_other(name)) && !other_is_told {
            continue;
        }
        let mut out: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
        let mut into: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
        for (from, to) in &shown.edges {
            out.entry(*from).or_default().insert(*to);
            into.entry(*to).or_default().insert(*from);
        }
        for (name, node) in &shown.names {
            for (beside, ends, is_out) in [(&out, &shown.ends, true), (&into, &shown.starts, false)]
            {
                if ends.is_told() {
                    cover(model, shown, *name, *node, beside.get(name), ends, is_out);
                }
            }
        }
    }
}

fn cover(
    model: &mut Model,
    shown: &Shown,
    name: Name,
    node: usize,
    beside: Option<&BTreeSet<Name>>,
    ends: &super::read::Ends,
    is_out: bool,
) {
    let words = shown.words;
    let key = |item| Key { cohort: shown.cohort, unit: shown.unit, item };
    let edge = |other: Name| {
        let (from, to) = if is_out { (name, other) } else { (other, name) };
        key(Item::Edge { from, to, words })
    };
    let end = key(if is_out { Item::End(name, words) } else { Item::Start(name, words) });
    // A person's last time at a label is followed by another one, so that repeats do not matter;
    // they do where every time counts.
    let repeats = shown.unit == OCCURRENCES && !shown.collapse;
    let matters = |other: Name| other != name || repeats || matches!(name, Name::Other(_));
    let is_beside = |other: Name| beside.is_some_and(|beside| beside.contains(&other));
    let told: Vec<usize> = beside
        .into_iter()
        .flatten()
        .filter(|other| matters(**other))
        .filter_map(|other| model.get(edge(*other)))
        .chain(ends.named.contains(&name).then(|| model.get(end)).flatten())
        .collect();
    let absent: Vec<Name> = shown
        .names
        .iter()
        .map(|(other, _)| *other)
        // An `Other` with fewer than k people is there without being shown.
        .chain((!shown.shows_other()).then_some(Name::Other(shown.number)))
        .filter(|other| matters(*other) && !is_beside(*other))
        .collect();
    // `Other` among the ends is every end that is not shown; a label of its own it is not.
    let absent_end = if ends.named.contains(&name) && !matches!(name, Name::Other(_)) {
        0.0
    } else {
        ends.other.map_or(0.0, |other| model.unknowns[other].hi)
    };
    let small = shown.k.saturating_sub(1) as f64;
    let (mut least, mut most) = (0.0, absent_end);
    for at in &told {
        least += model.unknowns[*at].lo;
        most += model.unknowns[*at].hi;
    }
    let hidden = small * absent.len() as f64;
    let (lo, hi) = (model.unknowns[node].lo, model.unknowns[node].hi);
    let restricts = hi > least + hidden;
    let proves = !absent.is_empty() && lo > most + hidden - small;
    if !(restricts || proves) || lo > most + hidden {
        return;
    }
    let mut terms: Vec<(usize, f64)> = told.iter().map(|at| (*at, -1.0)).collect();
    let mut all_hidden = Vec::new();
    for other in absent {
        let key = edge(other);
        let at = model.hide(key, small, shown.k, &shown.absent(key.item));
        model.ask(&[Var::Cell(at)], &[]);
        all_hidden.push(Var::Cell(at));
        terms.push((at, -1.0));
    }
    model.ask(&all_hidden, &[]);
    if absent_end > 0.0 {
        if let Name::Label(_) = name {
            let at = model.hide(end, absent_end, shown.k, &shown.absent(end.item));
            terms.push((at, -1.0));
            model.nest(at, node);
        }
        if let Some(other) = ends.other
            && matches!(name, Name::Other(_))
            && !told.contains(&other)
        {
            terms.push((other, -1.0));
        }
    }
    terms.push((node, 1.0));
    model.relate(terms, Sense::AtMost);
}

/// What another view tells of and a map does not show.
fn absent(model: &mut Model, read: &Read) {
    for shown in &read.maps {
        let absent: Vec<Key> = model
            .keys
            .keys()
            .filter(|key| shown.would_show(**key) && !shown.shows(**key))
            .copied()
            .collect();
        for key in absent {
            let at = model.latent(key);
            let drawn = model
                .couplings
                .iter()
                .filter(|coupling| coupling.within == at)
                .map(|coupling| {
                    let arcs = &model.nets[coupling.net].arcs;
                    coupling.arcs.iter().map(|arc| arcs[*arc].lo as f64).sum::<f64>()
                })
                .fold(0.0, f64::max);
            let most = shown.k.saturating_sub(1) as f64;
            if drawn <= most {
                model.hide(key, most, shown.k, &shown.absent(key.item));
                model.ask(&[Var::Cell(at)], &[]);
            }
        }
    }
}

/// Bins from and to some seconds, with the unknown of each.
type List = Vec<((u64, u64), usize)>;

/// Bins add up to their whole. Where views cut times in different places, what lies between two
/// cuts is a group too.
fn bins(model: &mut Model, read: &Read) {
    let mut of: BTreeMap<usize, BTreeSet<List>> = BTreeMap::new();
    for bins in &read.bins {
        of.entry(bins.whole).or_default().insert(bins.bins.clone());
    }
    for (whole, lists) in of {
        if let [bins] = lists.iter().collect::<Vec<_>>()[..] {
            let terms = bins.iter().map(|(_, at)| (*at, 1.0)).chain([(whole, -1.0)]).collect();
            model.relate(terms, Sense::Equal);
            continue;
        }
        let mut cuts: Vec<u64> =
            lists.iter().flatten().flat_map(|((from, to), _)| [*from, *to]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let atoms: Vec<((u64, u64), usize)> = cuts
            .windows(2)
            .map(|pair| {
                let secs = (pair[0], pair[1]);
                let item = Item::Atom(whole, secs);
                (secs, model.latent(Key { cohort: 0, unit: PEOPLE, item }))
            })
            .collect();
        for (_, atom) in &atoms {
            model.unknowns[*atom].k = model.unknowns[whole].k;
            model.ask(&[Var::Cell(*atom)], &[]);
        }
        for bins in lists {
            let mut all = Vec::new();
            for ((from, to), at) in bins {
                let inside = atoms.iter().filter(|((a, b), _)| *a >= from && *b <= to);
                let terms = inside.map(|(_, atom)| (*atom, 1.0)).chain([(at, -1.0)]).collect();
                model.relate(terms, Sense::Equal);
                all.push((at, 1.0));
            }
            all.push((whole, -1.0));
            model.relate(all, Sense::Equal);
        }
    }
}

/// Groups of one cohort inside each other.
fn within_cohort(model: &mut Model) {
    let keys: Vec<(Key, usize)> = model.keys.iter().map(|(key, at)| (*key, *at)).collect();
    for (key, at) in &keys {
        let within = |model: &mut Model, item: Item| {
            if let Some(whole) = model.get(Key { item, ..*key }) {
                model.nest(*at, whole);
            }
        };
        match key.item {
            Item::Node(Name::Label(_)) if key.unit != OCCURRENCES => {
                within(model, Item::People { rules: 0 });
            }
            Item::Edge { from, to, .. } => {
                within(model, Item::Node(from));
                within(model, Item::Node(to));
                if key.unit == PEOPLE {
                    within(model, Item::Timing(from, to));
                }
            }
            Item::Start(name @ Name::Label(_), words) | Item::End(name @ Name::Label(_), words) => {
                within(model, Item::Node(name));
                within(model, Item::People { rules: words.rules });
            }
            Item::Between(from, _) => {
                within(model, Item::Node(from));
                within(model, Item::People { rules: 0 });
            }
            Item::Timing(from, to) => {
                within(model, Item::Node(from));
                within(model, Item::Node(to));
                within(model, Item::People { rules: 0 });
            }
            Item::Active(label, from, to) => {
                if label.is_some() {
                    within(model, Item::Active(None, from, to));
                }
                for (other, whole) in &keys {
                    if let Item::Active(own, begin, end) = other.item
                        && (other.cohort, other.unit) == (key.cohort, key.unit)
                        && (own == label || own.is_none())
                        && begin <= from
                        && to <= end
                    {
                        model.nest(*at, *whole);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The same seen under rules that hide more: what follows each other still does, and more may.
fn across_rules(model: &mut Model) {
    let words: BTreeSet<Words> = model
        .keys
        .keys()
        .filter_map(|key| match key.item {
            Item::Edge { words, .. } | Item::Start(_, words) | Item::End(_, words) => Some(words),
            _ => None,
        })
        .collect();
    let keys: Vec<(Key, usize)> = model.keys.iter().map(|(key, at)| (*key, *at)).collect();
    for (key, at) in keys {
        for own in &words {
            for other in &words {
                if let Some(item) = key.item.under(*own, *other)
                    && let Some(whole) = model.get(Key { item, ..key })
                {
                    model.nest(at, whole);
                }
            }
        }
        // Whoever has only hidden events is not told of.
        if let Item::People { rules } = key.item
            && rules > 0
            && let Some(all) = model.get(Key { item: Item::People { rules: 0 }, ..key })
        {
            model.nest(at, all);
        }
    }
}

/// The same of people who are among others.
fn across_cohorts(model: &mut Model) {
    let mut keys: BTreeMap<usize, Vec<(Key, usize)>> = BTreeMap::new();
    for (key, at) in &model.keys {
        if !key.item.is_private() {
            keys.entry(key.cohort).or_default().push((*key, *at));
        }
    }
    let mut nested: Vec<(usize, usize, bool)> = Vec::new();
    for (inner, own) in &keys {
        for outer in keys.keys().filter(|outer| *outer != inner) {
            let (inner_cohort, outer_cohort) = (&model.cohorts[*inner], &model.cohorts[*outer]);
            let Some(how) = inside(inner_cohort, outer_cohort) else { continue };
            // A part of a journey that belongs to everybody who has one.
            let is_same_people = PublishedCohort { journey: None, ..inner_cohort.clone() }
                == PublishedCohort { journey: None, ..outer_cohort.clone() };
            for (key, at) in own {
                let is_same_journeys = how == Inside::People;
                if !is_same_journeys && (key.item.is_of_whole_journeys() || key.unit != PEOPLE) {
                    continue;
                }
                if let Some(whole) = model.get(Key { cohort: *outer, ..*key }) {
                    let is_equal = is_same_people && key.item == Item::People { rules: 0 };
                    nested.push((*at, whole, is_equal));
                }
            }
        }
    }
    for (part, whole, is_equal) in nested {
        if is_equal {
            model.relate(vec![(part, 1.0), (whole, -1.0)], Sense::Equal);
        } else {
            model.nest(part, whole);
        }
    }
}
