//! The published numbers of views, one by one: where each stands, what it counts, how many, and what
//! that says.
//!
//! *Invariant:* in the order of the views, so that two runs give the same list.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::{self, CellRef, Place, Steps};
use crate::draw::words;
use crate::views::{Disclosed, Filter, Flow, HIDDEN, LabelKind, View};

/// A published number of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its view is that of the package.
    pub cell: CellRef,
    /// As findings say it, after the name of the view: `flow, node 3`.
    pub place: String,
    pub view: String,
    pub words: String,
    pub count: u64,
    /// The least and the most that it can have been before it was rounded, by all that the package
    /// says of it. Absent where its numbers contradict each other.
    pub range: Option<(u64, u64)>,
}

/// Every number of the views of a package.
pub fn published(views: &[Disclosed<View>]) -> Vec<Published> {
    let named: Vec<(&str, &View)> =
        views.iter().map(|view| (view.view().name(), view.view())).collect();
    let ranges = audit::ranges(&named, &mut Steps::default()).unwrap_or_default();
    let mut all = Vec::new();
    for (at, view) in views.iter().enumerate() {
        all.extend(of_view(at, view.view(), &ranges));
    }
    all
}

/// Every number of one view, which is this one of its package.
pub(super) fn of_view(
    at: usize,
    view: &View,
    ranges: &BTreeMap<CellRef, (u64, u64)>,
) -> Vec<Published> {
    let parts = view.parts();
    let names = words::part_names(view);
    let mut all = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        for cell in places(part) {
            let Some((words, count)) = self::number(part, cell) else { continue };
            let cell = CellRef { view: at, part: number, cell };
            let name = view.name();
            let (place, words) = match names.get(number) {
                Some(own) => (
                    format!("{name}, {}, {}", audit::words_of_part(view, number), cell.cell),
                    format!("{own}: {words}"),
                ),
                None => (format!("{name}, {}", cell.cell), words),
            };
            let view = name.to_owned();
            all.push(Published {
                cell,
                place,
                view,
                words,
                count,
                range: ranges.get(&cell).copied(),
            });
        }
    }
    all
}

/// Where the numbers of one part of a view stand.
fn places(part: &View) -> Vec<Place> {
    let all = |length: usize, place: fn(usize) -> Place| (0..length).map(place);
    let mut places = vec![Place::People];
    match part {
        View::Flow(flow) => {
            places.extend(all(flow.nodes.len(), Place::Node));
            places.extend(all(flow.edges.len(), Place::Edge));
            places.extend(all(flow.exits.len(), Place::Exit));
        }
        View::Map(map) => {
            places.extend(all(map.nodes.len(), Place::Node));
            for (at, edge) in map.edges.iter().enumerate() {
                places.push(Place::Edge(at));
                places.extend((0..edge.bins.len()).map(|bin| Place::EdgeBin(at, bin)));
            }
            places.extend(all(map.starts.len(), Place::Start));
            places.extend(all(map.ends.len(), Place::End));
        }
        View::Paths(paths) => places.extend(all(paths.paths.len(), Place::Path)),
        View::Funnel(funnel) => {
            places.extend(all(funnel.steps.len(), Place::Step));
            places.extend(all(funnel.time_to_convert.len(), Place::Bin));
        }
        View::Timing(timing) => places.extend(all(timing.bins.len(), Place::Bin)),
        View::Trend(trend) => places.extend(all(trend.bins.len(), Place::Bin)),
        View::Breakdown(_) | View::Comparison(_) => {}
    }
    places
}

/// The labels that views show by name, in their order.
pub fn labels(views: &[Disclosed<View>]) -> Vec<String> {
    let is_label = |kind: LabelKind| kind == LabelKind::Label;
    let mut all = BTreeSet::new();
    for part in views.iter().flat_map(|view| view.view().parts()) {
        match part {
            View::Flow(flow) => {
                let own = flow.nodes.iter().filter(|node| is_label(node.kind));
                all.extend(own.map(|node| node.label.clone()));
            }
            View::Map(map) => {
                let own = map.nodes.iter().filter(|node| is_label(node.kind));
                all.extend(own.map(|node| node.label.clone()));
            }
            View::Paths(paths) => {
                let steps = paths.paths.iter().flat_map(|path| &path.steps);
                all.extend(steps.filter(|it| is_label(it.kind)).map(|step| step.label.clone()));
            }
            View::Funnel(funnel) => all.extend(funnel.steps.iter().map(|it| it.label.clone())),
            View::Timing(timing) => {
                let asked = &timing.spec.asked;
                all.extend([asked.from_label.clone(), asked.to_label.clone()]);
            }
            View::Trend(trend) => all.extend(trend.spec.asked.label.clone()),
            View::Breakdown(_) | View::Comparison(_) => {}
        }
    }
    all.into_iter().collect()
}

/// The values of attributes by which views tell people apart.
pub fn values(views: &[Disclosed<View>]) -> Vec<Filter> {
    let mut all = BTreeSet::new();
    for view in views.iter().map(Disclosed::view) {
        let heads = std::iter::once(view.head()).chain(view.parts().into_iter().map(View::head));
        for cohort in heads.map(|head| head.cohort) {
            let told = cohort.filters.iter().chain(&cohort.where_not);
            all.extend(told.filter(|it| it.value != HIDDEN).cloned());
        }
    }
    all.into_iter().collect()
}

/// What a number of one part of a view counts, and the number.
pub(super) fn number(part: &View, at: Place) -> Option<(String, u64)> {
    let name = |label: &str| words::name(label);
    let pair = |from: &str, to: &str| format!("{} → {}", words::name(from), words::name(to));
    Some(match (part, at) {
        (part, Place::People) => ("Everybody".to_owned(), part.head().people),
        (View::Flow(flow), at) => of_flow(flow, at)?,
        (View::Map(map), Place::Node(at)) => {
            let node = map.nodes.get(at)?;
            (name(&node.label), node.count)
        }
        (View::Map(map), Place::Edge(at)) => {
            let edge = map.edges.get(at)?;
            (pair(&edge.from, &edge.to), edge.count)
        }
        (View::Map(map), Place::EdgeBin(at, bin)) => {
            let edge = map.edges.get(at)?;
            let bin = edge.bins.get(bin)?;
            (format!("{}, {}", pair(&edge.from, &edge.to), words::span(bin)), bin.count)
        }
        (View::Map(map), Place::Start(at)) => {
            let start = map.starts.get(at)?;
            (format!("Starts at {}", name(&start.label)), start.count)
        }
        (View::Map(map), Place::End(at)) => {
            let end = map.ends.get(at)?;
            (format!("Ends at {}", name(&end.label)), end.count)
        }
        (View::Paths(paths), Place::Path(at)) => {
            let path = paths.paths.get(at)?;
            let steps: Vec<String> = path.steps.iter().map(|step| name(&step.label)).collect();
            (steps.join(" → "), path.count)
        }
        (View::Funnel(funnel), Place::Step(at)) => {
            let step = funnel.steps.get(at)?;
            (format!("Reached {}", name(&step.label)), step.count)
        }
        (View::Funnel(funnel), Place::Bin(at)) => {
            let bin = funnel.time_to_convert.get(at)?;
            (words::span(bin), bin.count)
        }
        (View::Timing(timing), Place::Bin(at)) => {
            let bin = timing.bins.get(at)?;
            (words::span(bin), bin.count)
        }
        (View::Trend(trend), Place::Bin(at)) => {
            let bin = trend.bins.get(at)?;
            (words::days(bin), bin.count)
        }
        _ => return None,
    })
}

fn of_flow(flow: &Flow, at: Place) -> Option<(String, u64)> {
    let name = |id: &str| {
        let node = flow.nodes.iter().find(|node| node.id == id)?;
        Some((words::name(&node.label), node.step))
    };
    Some(match at {
        Place::Node(at) => {
            let node = flow.nodes.get(at)?;
            (format!("{}, step {}", words::name(&node.label), node.step), node.count)
        }
        Place::Edge(at) => {
            let edge = flow.edges.get(at)?;
            let ((from, step), (to, _)) = (name(&edge.from)?, name(&edge.to)?);
            (format!("{from} → {to}, from step {step}"), edge.count)
        }
        Place::Exit(at) => {
            let exit = flow.exits.get(at)?;
            let (from, step) = name(&exit.from)?;
            (format!("{from}, step {step}, then no more"), exit.count)
        }
        _ => return None,
    })
}
