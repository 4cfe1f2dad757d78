//! What was found, in words without any label: which numbers, how they combine, what to change.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::model::{Model, Var};
use super::{CellRef, Leak, MOST_CELLS, Target, journeys};
use crate::audit::Finding;
use crate::views::View;

/// A finding names at most this many numbers.
const MOST_PLACES: usize = 6;

/// Who can conclude something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Anybody,
    /// Somebody who knows numbers as they were before they were rounded.
    Informed,
    /// Somebody who knows one of the people.
    KnowsOne,
}

impl Who {
    /// How it is concluded.
    fn by(self, how: &str) -> String {
        match self {
            Self::Anybody => how.to_owned(),
            Self::Informed => format!("for somebody who knows what is assumed, {how}"),
            Self::KnowsOne => format!("for somebody who knows that one person, {how}"),
        }
    }
}

/// A leak in words, without any label: which numbers, how they combine, what to change.
pub(super) fn told(model: &Model, views: &[(&str, &View)], target: &Target, who: Who) -> Leak {
    let mut cells: BTreeSet<CellRef> = BTreeSet::new();
    let (mut whole, mut without) = (Vec::new(), Vec::new());
    let mut k = u64::MAX;
    let mut sides: Vec<(i8, Option<CellRef>)> = Vec::new();
    for &(var, by) in target {
        let (place, own): (String, Vec<CellRef>) = match var {
            Var::Arc(net, arc) => {
                k = k.min(model.nets[net].k);
                let cell = model.nets[net].arcs[arc].cell;
                let place = cell.map(|cell| place_of(views, cell));
                let place = place.unwrap_or_else(|| "a step of a path".to_owned());
                (place, cell.into_iter().collect())
            }
            Var::Cell(at) => {
                let unknown = &model.unknowns[at];
                k = k.min(unknown.k);
                let place = match (unknown.cells.first(), &unknown.hidden) {
                    (Some(cell), _) => place_of(views, *cell),
                    (None, Some(place)) => place.clone(),
                    (None, None) => "a group that no number stands for".to_owned(),
                };
                let mut own = unknown.cells.clone();
                if own.is_empty() {
                    // What proves it stands in the relations of what is hidden.
                    let related = model
                        .relations
                        .iter()
                        .filter(|relation| relation.terms.iter().any(|(other, _)| *other == at));
                    let others = related.flat_map(|relation| &relation.terms);
                    own.extend(others.flat_map(|(other, _)| &model.unknowns[*other].cells));
                }
                (place, own)
            }
        };
        let is_published = match var {
            Var::Arc(..) => true,
            Var::Cell(at) => !model.unknowns[at].cells.is_empty(),
        };
        sides.push((by, own.first().copied().filter(|_| is_published)));
        cells.extend(own);
        if by > 0 { whole.push(place) } else { without.push(place) }
    }
    let small = k.saturating_sub(1);
    let people = if who == Who::KnowsOne { "the other people there" } else { "the people there" };
    let group = if without.is_empty() {
        format!("{people} are")
    } else {
        format!("{people} who are not in {} are", listed(&without))
    };
    let by = who.by("by what the numbers mean and how they are rounded");
    let what = format!(
        "{by}, {group} provably 1 to {small}; fold one of these numbers, show a view less finely, or \
         leave one out"
    );
    sides.sort_by_key(|(by, _)| -by);
    let difference = match sides[..] {
        [(1, Some(whole)), (-1, Some(part))] => Some([whole, part]),
        _ => None,
    };
    let cells = cells.into_iter().take(MOST_CELLS).collect();
    Leak { finding: Finding::new(listed(&whole), what), cells, difference }
}

/// The same of a group that was found by what people may have done.
pub(super) fn by_journeys(views: &[(&str, &View)], small: journeys::Small, who: Who) -> Leak {
    let most = small.k.saturating_sub(1);
    let by = if small.of_others { Who::KnowsOne } else { who };
    let (who, mut places): (_, Vec<String>) = if small.is_published {
        (
            "people there, or there and not elsewhere,",
            small.cells.iter().map(|cell| place_of(views, *cell)).collect(),
        )
    } else {
        (
            "people of a group that is not shown",
            small.cells.iter().map(|cell| part_of(views, *cell)).collect(),
        )
    };
    places.dedup();
    let by = by.by("by the journeys that people can have had");
    let other = if small.of_others { "other " } else { "" };
    let what = format!(
        "{by}, {other}{who} are provably 1 to {most}; fold one of these numbers, show a view less \
         finely, or leave one out"
    );
    Leak { finding: Finding::new(listed(&places), what), cells: small.cells, difference: None }
}

fn listed(places: &[String]) -> String {
    let (shown, more) = places.split_at(places.len().min(MOST_PLACES));
    let mut text = shown.join(" and ");
    if !more.is_empty() {
        // Writing to a string does not fail.
        let _ = write!(text, " and {} more", more.len());
    }
    text
}

/// Which part of a split view: `segment 2`, `side a`.
pub fn words_of_part(view: &View, part: usize) -> String {
    match view {
        View::Comparison(_) => format!("side {}", if part == 0 { "a" } else { "b" }),
        _ => format!("segment {}", part + 1),
    }
}

fn place_of(views: &[(&str, &View)], cell: CellRef) -> String {
    format!("{}, {}", part_of(views, cell), cell.cell)
}

/// The view that a number stands in, and the segment.
fn part_of(views: &[(&str, &View)], cell: CellRef) -> String {
    let Some((place, view)) = views.get(cell.view) else { return String::new() };
    if view.parts().len() > 1 {
        format!("{place}, {}", words_of_part(view, cell.part))
    } else {
        (*place).to_owned()
    }
}
