//! A map on its way from where its nodes stood to where they stand: when a slider moves, nodes glide
//! and take their paths along.

use std::collections::BTreeMap;

use super::words;
use crate::draw::scene::{Mark, Scene, Shape, Target, TargetKind, moved};

/// By id of a node, how far it is from where it stands, for those that stood elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Glide {
    offsets: BTreeMap<String, [f32; 2]>,
}

/// What moves by less than this is not seen to move.
const LEAST: f32 = 0.5;

impl Glide {
    /// From one picture of a map to another; none where no node has moved.
    pub fn between(before: &Scene, after: &Scene) -> Option<Self> {
        let nodes = |scene: &'_ Scene| -> BTreeMap<String, [f32; 2]> {
            let nodes = scene.targets.iter().filter(|target| target.kind == TargetKind::Node);
            nodes.map(|node| (node.id.clone(), [node.rect[0], node.rect[1]])).collect()
        };
        let before = nodes(before);
        let mut offsets = BTreeMap::new();
        for (id, [x, y]) in nodes(after) {
            let Some([before_x, before_y]) = before.get(&id) else { continue };
            let by = [before_x - x, before_y - y];
            if by.iter().any(|by| by.abs() > LEAST) {
                offsets.insert(id, by);
            }
        }
        (!offsets.is_empty()).then_some(Self { offsets })
    }

    /// The picture while this share of the way is left, 1 to 0. Of its targets it has the nodes.
    pub fn scene(&self, after: &Scene, left: f32) -> Scene {
        let offset = |id: &str| self.offsets.get(id).map_or([0.0; 2], |by| by.map(|by| by * left));
        // By target, how far its two ends are.
        let ends: Vec<[[f32; 2]; 2]> = (after.targets.iter())
            .map(|target| match words::ends(&target.id) {
                Some(("", node) | (node, "")) => [offset(node); 2],
                Some((from, to)) => [offset(from), offset(to)],
                None => [offset(&target.id); 2],
            })
            .collect();
        let shape = |shape: &Shape| {
            let ends = shape.target.map_or([[0.0; 2]; 2], |target| ends[target]);
            Shape { mark: along(&shape.mark, ends), target: None }
        };
        let nodes = after.targets.iter().zip(&ends);
        let nodes = nodes.filter(|(target, _)| target.kind == TargetKind::Node);
        let node = |(target, [by, _]): (&Target, &[[f32; 2]; 2])| {
            let [x, y, width, height] = target.rect;
            Target { rect: [x + by[0], y + by[1], width, height], ..target.clone() }
        };
        Scene {
            shapes: after.shapes.iter().map(shape).collect(),
            targets: nodes.map(node).collect(),
            title: after.title.clone(),
            description: after.description.clone(),
            ..*after
        }
    }
}

/// A mark whose ends are moved; what lies between is moved by a mixture.
fn along(mark: &Mark, [from, to]: [[f32; 2]; 2]) -> Mark {
    let mix = |share: f32| [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share);
    match mark {
        Mark::Curve { path, stroke } => {
            let last = (path.len() * 3).max(1) as f32;
            let path = path.iter().enumerate().map(|(number, curve)| {
                [0, 1, 2, 3].map(|at| moved(curve[at], mix((number * 3 + at) as f32 / last)))
            });
            Mark::Curve { path: path.collect(), stroke: *stroke }
        }
        // The head of an arrow.
        Mark::Polygon { .. } => mark.clone().moved(to),
        _ => mark.clone().moved(mix(0.5)),
    }
}
