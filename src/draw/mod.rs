//! View or board → [`Scene`] → window, SVG, PNG. One picture, however it is shown.
//!
//! A scene function takes a disclosed view and gives shapes in points, together with what a
//! pointer or a screen reader can reach among them. [`paint`] puts the shapes into the window,
//! [`Scene::to_svg`] writes them as text, [`png`] makes pixels of that text, and [`Scene::to_pdf`]
//! writes a page: what is exported is what was on the screen. [`paper`] prints boards.
//!
//! *Invariant:* every coordinate, colour and word comes from published values, or was typed on a
//! board, so two data sets with the same published view give the same bytes. Nothing here knows a record, an exact count,
//! a file or the time of day.

pub mod fonts;
pub mod paint;
pub mod paper;
pub mod pdf;
pub mod png;
pub mod text;
pub mod tokens;
pub mod words;

mod bars;
mod board;
mod difference;
mod flow;
mod layout;
mod map;
mod scene;
mod scripts;
mod svg;
#[cfg(test)]
pub(crate) mod testing;

pub use bars::{
    ChartPicture, Listing, PathOrder, TimeScale, chart_scene, chart_scene_in, scale_of, view_scene,
};
#[cfg(test)]
pub(crate) use board::testing as board_testing;
pub use board::{BoardLook, BoardPicture, board_page, board_scene, boards_scene};
pub use difference::difference_scene;
pub use flow::{FlowPicture, LabelColours, flow_scene, flow_scene_in, flow_size};
pub use map::{Glide, MapItem, MapKey, MapLayout, MapPicture, map_node_id, map_scene};
pub use scene::{
    Cubic, Fill, Mark, Rgba, Run, Scene, Shape, Stroke, Target, TargetKind, TextAlign, Weight,
};
