//! Two views as two pictures in the same layout, so that what is in both stands in the same place, or
//! at least in the same size and colours.
//!
//! Maps share one arrangement of everything that either shows. Flows share their size and the order of
//! their rows, times their
//! axis, and all of them the colour of a label.

use super::bars::{ChartPicture, chart_scene_in, scale_of, view_scene};
use super::flow::{self, LabelColours};
use super::map::{MapLayout, MapPicture};
use super::scene::Scene;
use super::tokens::Theme;
use super::words;
use crate::views::{Comparison, Disclosed, Pair, PublishedSpec, SplitAsked, View};

/// Half of the usual width: the two stand side by side.
const WIDTH: f32 = 560.0;

/// Draws two views of one kind for each other; others as each is drawn alone.
pub fn beside_scenes(views: [&Disclosed<View>; 2], theme: Theme) -> [Scene; 2] {
    let [one, other] = views.map(Disclosed::view);
    let joined = joined(one, other);
    match (one, other) {
        (View::Flow(left), View::Flow(right))
            if !left.nodes.is_empty() && !right.nodes.is_empty() =>
        {
            let colours = LabelColours::of(&joined);
            let [a, b] = [left, right].map(flow::size);
            let size = [a[0].max(b[0]), a[1].max(b[1])];
            [(left, one), (right, other)].map(|(flow, view)| Scene {
                title: words::title(view),
                description: words::description(view),
                ..flow::part(flow, &[left, right], size, theme, &colours)
            })
        }
        (View::Map(_), View::Map(_)) => match MapLayout::of(&joined) {
            Some(layout) => {
                let picture = MapPicture { theme, ..MapPicture::default() };
                views.map(|view| layout.scene(view, &picture))
            }
            None => views.map(|view| view_scene(view, theme)),
        },
        (View::Paths(_), View::Paths(_))
        | (View::Funnel(_), View::Funnel(_))
        | (View::Timing(_), View::Timing(_))
        | (View::Trend(_), View::Trend(_)) => {
            let colours = LabelColours::of(&joined);
            let scale = scale_of(&joined);
            let picture = ChartPicture { theme, width: WIDTH, scale, ..ChartPicture::default() };
            views.map(|view| chart_scene_in(view, &picture, &colours))
        }
        _ => views.map(|view| view_scene(view, theme)),
    }
}

/// Both as the sides of one view, which is laid out and never shown.
fn joined(one: &View, other: &View) -> View {
    let head = one.head();
    View::Comparison(Comparison {
        unit: head.unit,
        k: head.k,
        b: head.b,
        people: head.people.saturating_add(other.head().people),
        by_name_band: head.by_name_band,
        spec: PublishedSpec {
            name: String::new(),
            asked: SplitAsked { by: String::new() },
            collapse: head.collapse,
            blur: head.blur,
            rules: Vec::new(),
            cohort: head.cohort.clone(),
        },
        comparison: Pair { a: Box::new(one.clone()), b: Box::new(other.clone()) },
    })
}

#[cfg(test)]
mod tests {
    use super::{Scene, beside_scenes};
    use crate::draw::testing::{self, seal};
    use crate::draw::tokens::Theme;
    use crate::views::{PublishedCohort, Unit, View};

    fn is_one_size(one: &Scene, other: &Scene) -> bool {
        (one.width - other.width).abs() < 0.01 && (one.height - other.height).abs() < 0.01
    }

    #[test]
    fn what_is_in_both_maps_stands_in_the_same_place() {
        let View::Map(one) = testing::map(Unit::People, false, &PublishedCohort::default()) else {
            panic!("a map");
        };
        let mut other = one.clone();
        let gone = other.nodes.pop().expect("a node").label;
        other.edges.retain(|edge| edge.from != gone && edge.to != gone);
        for ends in [&mut other.starts, &mut other.ends] {
            ends.retain(|end| end.label != gone);
        }
        let (one, other) = (seal(View::Map(one)), seal(View::Map(other)));
        let [left, right] = beside_scenes([&one, &other], Theme::Light);
        assert!(is_one_size(&left, &right));
        let mut both = 0;
        for target in &right.targets {
            if let Some(same) = left.target(&target.id) {
                let apart = same.rect.iter().zip(target.rect).map(|(a, b)| (a - b).abs());
                assert!(apart.sum::<f32>() < 0.01, "{}", target.id);
                both += 1;
            }
        }
        assert!(both > 2 && left.targets.len() > right.targets.len());
    }

    #[test]
    fn flows_have_one_size_and_every_kind_is_drawn() {
        for view in testing::every_kind() {
            let (one, other) = (seal(view.clone()), seal(view));
            let [left, right] = beside_scenes([&one, &other], Theme::Dark);
            assert!(left.width > 0.0 && !left.title.is_empty());
            assert!(is_one_size(&left, &right));
        }
    }
}
