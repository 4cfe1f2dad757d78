//! The parts of a view that is split, put together: a breakdown or a comparison.

use super::question::{Published, Question, attribute_name};
use crate::vault::journeys::cohort::Part;
use crate::views::{
    Breakdown, Comparison, LabelKind, Pair, Segment, Split, SplitAsked, View, share_by_name,
};

/// One view out of what the groups show. A view that is not split has one group.
pub(super) fn assemble(question: &Question, mut published: Vec<Published>) -> View {
    let Some(split) = &question.spec.split else {
        return published.remove(0).view;
    };
    let attribute = match split {
        Split::By(attribute) => attribute,
        Split::Compare(filter) => &filter.attribute,
    };
    let people = published.iter().map(|part| part.view.head().people).sum();
    let unit = question.spec.unit;
    let (k, b) = (question.policy.k(), question.policy.b());
    let spec = question
        .published(SplitAsked { by: attribute_name(attribute) }, &question.everybody(people));
    let by_name_band = share_by_name(published.iter().flat_map(|part| part.view.drawn()));
    match split {
        Split::By(_) => {
            published.sort_by(|one, other| {
                let key = |part: &Published| {
                    let is_rest = part.group.kind == LabelKind::Other;
                    (is_rest, std::cmp::Reverse(part.view.head().people))
                };
                key(one).cmp(&key(other)).then_with(|| one.group.label.cmp(&other.group.label))
            });
            let segments = published
                .into_iter()
                .map(|Published { group, view, .. }| Segment {
                    label: group.label,
                    kind: group.kind,
                    view,
                })
                .collect();
            View::Breakdown(Breakdown { unit, k, b, people, by_name_band, spec, segments })
        }
        Split::Compare(_) => {
            published.sort_by_key(|part| part.group.part == Part::B);
            let mut sides = published.into_iter().map(|part| Box::new(part.view));
            let mut side = || sides.next().unwrap_or_else(|| unreachable!("two sides"));
            let comparison = Pair { a: side(), b: side() };
            View::Comparison(Comparison { unit, k, b, people, by_name_band, spec, comparison })
        }
    }
}
