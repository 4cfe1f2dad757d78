//! Lays pictures out, one slot for each place of the window that shows one.

use std::collections::HashMap;
use std::sync::Arc;

use super::inbox::Work;
use super::vault::Shown;
use super::{Failure, Report, guarded};
use crate::app::state::{Published, Spot};
use crate::board::{Board, BoardId, LaneKind, Persona, Point, Workshop};
use crate::draw::tokens::Theme;
use crate::draw::{
    BoardLook, BoardPicture, ChartPicture, FlowPicture, LabelColours, MapKey, MapLayout,
    MapPicture, Mark, Scene, TargetKind, board_scene, boards_scene, chart_scene_in,
    difference_scene, flow_scene_in, view_scene,
};
use crate::views::{Disclosed, View};

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

/// A board to be laid out.
#[derive(Clone)]
pub struct BoardDrawing {
    pub board: BoardId,
    /// Before the room, where only released numbers are.
    pub on_the_wall: bool,
    pub workshop: Arc<Workshop>,
    pub numbers: Published,
    pub look: BoardLook,
}

impl BoardDrawing {
    /// Whether both would give the same picture.
    pub fn is_same(&self, other: &Self) -> bool {
        self.board == other.board
            && self.on_the_wall == other.on_the_wall
            && Arc::ptr_eq(&self.workshop, &other.workshop)
            && self.numbers.is_same(&other.numbers)
            && self.look == other.look
    }
}

/// A board as it was laid out, and from what.
pub struct BoardDrawn {
    pub drawing: BoardDrawing,
    /// How it is, and below it how it ought to be, where there is such a board.
    pub parts: Vec<BoardPart>,
    pub width: f32,
    pub height: f32,
}

/// One board of a picture.
pub struct BoardPart {
    pub board: BoardId,
    pub name: String,
    pub picture: BoardPicture,
    /// How far below the top of the whole it begins.
    pub at: f32,
    /// How high the heads of its stages are, with what is above them.
    pub head: f32,
    /// Everything that can be reached, cells before the cards that lie on them.
    pub places: Vec<Place>,
}

impl BoardPart {
    /// Room for its name, where there are two.
    pub const NAME: f32 = 28.0;
}

/// Where something can be reached.
pub struct Place {
    pub spot: Spot,
    pub rect: [f32; 4],
    /// For whoever does not see it.
    pub name: String,
}

/// A view to be laid out for a slide.
#[derive(Clone)]
pub struct SlideDrawing {
    pub view: String,
    pub numbers: Published,
    pub theme: Theme,
}

impl SlideDrawing {
    pub fn is_same(&self, other: &Self) -> bool {
        self.view == other.view && self.numbers.is_same(&other.numbers) && self.theme == other.theme
    }
}

/// Something to be laid out.
#[derive(Clone)]
pub enum Laying {
    View(Box<Drawing>),
    Board(BoardDrawing),
    Slide(SlideDrawing),
}

impl Work for Laying {
    fn name(&self) -> String {
        "Drawing the picture".to_owned()
    }

    fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::View(one), Self::View(other)) => one.slot == other.slot,
            (Self::Board(one), Self::Board(other)) => {
                (one.board, one.on_the_wall) == (other.board, other.on_the_wall)
            }
            (Self::Slide(one), Self::Slide(other)) => one.view == other.view,
            _ => false,
        }
    }
}

/// Lays something out, and reports it.
pub fn lay(laying: Laying) -> Report {
    const WHAT: &str = "Drawing the picture";
    match laying {
        Laying::View(drawing) => Report::Picture(guarded(WHAT, || Ok(draw(&drawing)))),
        Laying::Board(drawing) => Report::Board(guarded(WHAT, || board(drawing))),
        Laying::Slide(drawing) => {
            Report::Slide(guarded(WHAT, || slide(&drawing).map(|scene| (drawing, scene))))
        }
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

/// A board with its numbers, and the board of how it ought to be below it.
fn board(drawing: BoardDrawing) -> Result<Arc<BoardDrawn>, Failure> {
    let board = drawing.workshop.board(drawing.board).ok_or(Failure::Stopped)?;
    let told = drawing.on_the_wall.then(|| told(board));
    let board = told.as_ref().unwrap_or(board);
    let views: Vec<&View> = drawing.numbers.views().into_iter().map(Disclosed::view).collect();
    let to_be = drawing.workshop.to_be(board.id).filter(|_| !drawing.on_the_wall);
    let pictures: Vec<(&Board, BoardPicture)> = match to_be {
        Some(to_be) => {
            let both = boards_scene(board, to_be, &views, drawing.look);
            [board, to_be].into_iter().zip(both).collect()
        }
        None if drawing.on_the_wall => vec![(board, largest(board, &views, drawing.look))],
        None => vec![(board, board_scene(board, &views, drawing.look))],
    };
    let above = if pictures.len() > 1 { BoardPart::NAME } else { 0.0 };
    let (mut width, mut height) = (0.0_f32, 0.0_f32);
    let mut parts = Vec::new();
    for (board, picture) in pictures {
        let at = height + above;
        width = width.max(picture.scene.width);
        height = at + picture.scene.height;
        let head = picture.stages.iter().map(|(_, [_, y, _, tall])| y + tall).fold(0.0, f32::max);
        let places = places(board, &picture);
        parts.push(BoardPart {
            board: board.id,
            name: board.name.clone(),
            picture,
            at,
            head,
            places,
        });
    }
    Ok(Arc::new(BoardDrawn { drawing, parts, width, height }))
}

/// A board with stages as wide as they have to be to fill a slide with the largest words.
fn largest(board: &Board, views: &[&View], look: BoardLook) -> BoardPicture {
    const STAGES: [f32; 7] = [128.0, 144.0, 160.0, 176.0, 208.0, 240.0, 288.0];
    let scale = |picture: &BoardPicture| {
        (BOARD_SLIDE[0] / picture.scene.width).min(BOARD_SLIDE[1] / picture.scene.height)
    };
    let picture = |stage| board_scene(board, views, BoardLook { width: 0.0, stage, ..look });
    let rest = STAGES[1..].iter().map(|stage| picture(*stage));
    rest.fold(
        picture(STAGES[0]),
        |best, next| if scale(&next) >= scale(&best) { next } else { best },
    )
}

/// A board without the lanes in which there is nothing: on a wall they would only make the others small.
fn told(board: &Board) -> Board {
    let is_felt = board.personas.iter().any(|persona| !persona.curve.is_empty());
    let mut told = board.clone();
    told.lanes.retain(|lane| match lane.kind {
        LaneKind::Feeling => is_felt,
        _ => board.cards.iter().any(|card| card.lane == lane.id),
    });
    if told.lanes.is_empty() { board.clone() } else { told }
}

/// What can be reached on a board, and where.
fn places(board: &Board, picture: &BoardPicture) -> Vec<Place> {
    let name =
        |id: String| picture.scene.target(&id).map_or_else(String::new, |it| it.name.clone());
    let mut places = Vec::new();
    let mut add = |spot, rect, name| places.push(Place { spot, rect, name });
    for (id, rect) in &picture.stages {
        add(Spot::Stage(*id), *rect, name(format!("stage:{}", id.0)));
    }
    let left = picture.stages.first().map_or(0.0, |(_, rect)| rect[0]);
    for (id, [x, y, _, tall]) in &picture.lanes {
        let rect = [*x, *y, (left - x - 4.0).max(24.0), *tall];
        add(Spot::Lane(*id), rect, name(format!("lane:{}", id.0)));
    }
    let named = |stage, lane| {
        let lane = board.lane(lane).map_or("", |lane| &lane.name);
        let stage = board.stage(stage).map_or("", |stage| &stage.name);
        format!("{lane} at {stage}")
    };
    for (stage, lane, rect) in &picture.cells {
        let cards = match board.cell(*stage, *lane).count() {
            0 => "empty".to_owned(),
            1 => "1 card".to_owned(),
            many => format!("{many} cards"),
        };
        add(Spot::Cell(*stage, *lane), *rect, format!("{}, {cards}", named(*stage, *lane)));
    }
    for (lane, [_, y, _, tall]) in &picture.feeling {
        for (at, (stage, [x, _, wide, _])) in picture.stages.iter().enumerate() {
            let felt: Vec<String> = board.personas.iter().map(|it| felt(it, at)).collect();
            let felt = if felt.is_empty() { "nothing drawn".to_owned() } else { felt.join(", ") };
            let words = format!("{}: {felt}", named(*stage, *lane));
            add(Spot::Cell(*stage, *lane), [*x, *y, *wide, *tall], words);
        }
    }
    let cards: HashMap<&str, &str> = picture
        .scene
        .targets
        .iter()
        .map(|target| (target.id.as_str(), target.name.as_str()))
        .collect();
    for (id, rect) in &picture.cards {
        let name = cards.get(format!("card:{}", id.0).as_str()).copied().unwrap_or_default();
        add(Spot::Card(*id), *rect, name.to_owned());
    }
    places
}

/// How somebody feels at a stage: `Returning buyer −1.5`.
fn felt(persona: &Persona, stage: usize) -> String {
    let from = stage as u32 * Point::STAGE;
    let here: Vec<f32> = persona
        .curve
        .iter()
        .filter(|point| (from..from + Point::STAGE).contains(&point.at))
        .map(|point| f32::from(point.feeling) / 10.0)
        .collect();
    if here.is_empty() {
        return format!("{} not drawn", persona.name);
    }
    let mean = here.iter().sum::<f32>() / here.len() as f32;
    format!("{} {mean:+.1}", persona.name).replace('-', "−")
}

/// The picture of a view on a slide, in points of [`SLIDE`].
fn slide(drawing: &SlideDrawing) -> Result<Arc<Scene>, Failure> {
    let view = drawing.numbers.view(&drawing.view).ok_or(Failure::Stopped)?;
    let theme = drawing.theme;
    // What is seen from the last row is laid out small and painted large.
    let [width, height] = SLIDE.map(|side| side / LARGE);
    let colours = LabelColours::new(view);
    let chart = ChartPicture { theme, width, height, ..ChartPicture::default() };
    let map = MapPicture { theme, paths: 40, ..MapPicture::default() };
    let flow = FlowPicture { width, height, theme, traced: None, drop_off: true };
    let is_flow = matches!(view.view(), View::Flow(_));
    Ok(Arc::new(match MapLayout::new(view) {
        _ if is_flow => flow_scene_in(view, &flow, &colours),
        Some(layout) => layout.scene(view, &map),
        None => chart_scene_in(view, &chart, &colours),
    }))
}

/// How much room the picture of a slide has, on a wall of 1440 × 900 points.
const SLIDE: [f32; 2] = [1248.0, 640.0];
/// And that of a board, which goes nearer to the edges.
const BOARD_SLIDE: [f32; 2] = [1344.0, 732.0];
/// How much larger than in the window its words are.
const LARGE: f32 = 1.6;

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
