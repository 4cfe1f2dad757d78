//! Lays pictures out, one slot for each place of the window that shows one.

use std::sync::Arc;

use super::inbox::Work;
use super::vault::Shown;
use crate::draw::tokens::Theme;
use crate::draw::{
    ChartPicture, FlowPicture, LabelColours, MapKey, MapPicture, Mark, Scene, TargetKind,
    chart_scene_in, difference_scene, flow_scene_in, view_scene,
};

/// Where in the window a picture stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    Canvas,
    /// The sample on the first screen.
    Preview,
    /// One of the views that are about to leave.
    Release(usize),
}

/// How a view is drawn, by its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Style {
    Flow(FlowPicture),
    Map(MapPicture),
    /// Paths, funnels, times and days, as large as there is room.
    Chart(ChartPicture),
    /// As large as it is, with nothing to choose.
    Plain(Theme),
    /// Two groups as their difference.
    Difference(Theme),
    /// The flows of several groups as one.
    Together(Theme),
}

/// A picture to be made.
#[derive(Clone)]
pub struct Drawing {
    pub slot: Slot,
    pub shown: Arc<Shown>,
    pub style: Style,
}

impl Drawing {
    /// Whether both would give the same scene.
    pub fn is_same(&self, other: &Self) -> bool {
        self.slot == other.slot
            && Arc::ptr_eq(&self.shown, &other.shown)
            && self.style == other.style
    }
}

/// A picture that was made, and from what.
pub struct Drawn {
    pub drawing: Drawing,
    pub scene: Arc<Scene>,
    /// How it is to be read, where the window says so under it.
    pub keys: Vec<MapKey>,
}

impl Work for Drawing {
    fn name(&self) -> String {
        "Drawing the picture".to_owned()
    }

    fn replaces(&self, other: &Self) -> bool {
        self.slot == other.slot
    }
}

/// A view as a picture, its labels in these colours.
pub fn scene(shown: &Shown, style: &Style, colours: &LabelColours) -> Scene {
    match style {
        Style::Flow(picture) => flow_scene_in(&shown.view, picture, colours),
        // The layout is that of all that is published, so that it stays while sliders move.
        Style::Map(picture) => match shown.layout() {
            Some(layout) => layout.scene(&shown.view, picture),
            None => view_scene(&shown.view, picture.theme),
        },
        Style::Chart(picture) => chart_scene_in(&shown.view, picture, colours),
        // Parts of any kind below each other, or a map, which has a way of its own.
        Style::Plain(theme) if shown.layout().is_none() => {
            let picture = ChartPicture { theme: *theme, ..ChartPicture::default() };
            chart_scene_in(&shown.view, &picture, colours)
        }
        Style::Plain(theme) => view_scene(&shown.view, *theme),
        Style::Together(theme) => {
            let picture = ChartPicture { theme: *theme, together: true, ..ChartPicture::default() };
            chart_scene_in(&shown.view, &picture, colours)
        }
        Style::Difference(theme) => difference_scene(&shown.view, *theme, colours)
            .unwrap_or_else(|| view_scene(&shown.view, *theme)),
    }
}

pub fn draw(drawing: &Drawing) -> Drawn {
    let mut scene = scene(&drawing.shown, &drawing.style, &drawing.shown.colours);
    let keys = match &drawing.style {
        Style::Map(picture) => drawing.shown.layout().map_or_else(Vec::new, |it| it.keys(picture)),
        _ => Vec::new(),
    };
    match drawing.slot {
        Slot::Canvas => {}
        _ if matches!(drawing.style, Style::Flow(_)) => without_words(&mut scene),
        Slot::Preview => {}
        Slot::Release(_) => {
            scene.shapes.retain(|shape| !matches!(shape.mark, Mark::Text { .. }));
            let is_map = matches!(drawing.style, Style::Map(_));
            if let Some(rect) = around_nodes(&scene).filter(|_| is_map) {
                scene = scene.cut_to(rect);
            }
        }
    }
    Drawn { drawing: drawing.clone(), scene: Arc::new(scene), keys }
}

/// Where the nodes of a network are and what is between them; there is no room for words around.
fn around_nodes(scene: &Scene) -> Option<[f32; 4]> {
    const MARGIN: f32 = 24.0;
    let nodes = scene.targets.iter().filter(|target| target.kind == TargetKind::Node);
    let rects: Vec<[f32; 4]> = nodes.map(|target| target.rect).collect();
    let least = |at: usize| rects.iter().map(|rect| rect[at]).fold(f32::MAX, f32::min) - MARGIN;
    let most =
        |at: usize| rects.iter().map(|rect| rect[at] + rect[at + 2]).fold(0.0, f32::max) + MARGIN;
    let (left, top) = (least(0), least(1));
    (!rects.is_empty()).then(|| [left, top, most(0) - left, most(1) - top])
}

/// In a picture the size of a hand, words and the plates behind them would be specks.
fn without_words(scene: &mut Scene) {
    scene.shapes.retain(|shape| match &shape.mark {
        Mark::Text { .. } => false,
        Mark::Rect { fill, .. } => fill.is_none_or(|fill| fill.a >= 1.0),
        Mark::Band { .. }
        | Mark::Line { .. }
        | Mark::Curve { .. }
        | Mark::Dashes { .. }
        | Mark::Image { .. }
        | Mark::Polygon { .. }
        | Mark::Fade { .. } => true,
    });
    // The last column needs no room for its words either.
    let bars = scene.targets.iter().filter(|target| target.kind == TargetKind::Node);
    let right = bars.map(|bar| bar.rect[0] + bar.rect[2]).fold(0.0, f32::max);
    let left = scene.targets.iter().map(|target| target.rect[0]).fold(right, f32::min);
    scene.width = right + left;
}
