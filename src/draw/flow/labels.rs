//! The words beside the bars: what they say where room is short, and which of them are shown.

use super::{COUNT_GAP, Drawing, PLATE, words};
use crate::draw::scene::{Mark, Run, TextAlign, Weight};
use crate::draw::text::{HALF_CAPITAL, measure, number, shorten};
use crate::draw::tokens::{Colours, tokens};
use crate::views::FlowNode;

/// A label that stands.
pub(super) struct Label {
    name: String,
    /// Left out where there is no room for it; the target's name has it.
    count: Option<String>,
    /// x, y, width, height of the plate behind the words.
    pub(super) plate: [f32; 4],
}

/// A name is not cut further than this to make room for its count.
const LEAST_LETTERS: usize = 9;

fn size() -> f32 {
    tokens().text.small.size
}

fn width(name: &str, count: Option<&str>) -> f32 {
    let count = count.map_or(0.0, |count| COUNT_GAP + measure(count, size(), Weight::Regular));
    measure(name, size(), Weight::Medium) + count
}

/// The width of a label that is only shortened for its length.
pub(super) fn full_width(node: &FlowNode) -> f32 {
    let name = shorten(&words::name(node), tokens().flow.label_letters);
    width(&name, Some(&number(node.count)))
}

/// The words that fit into `room`: first the name is cut, then the count goes, then more of the
/// name. `None` where not even two letters fit.
fn fit(node: &FlowNode, room: f32) -> Option<(String, Option<String>)> {
    let full = words::name(node);
    let letters = full.chars().count().min(tokens().flow.label_letters);
    let count = number(node.count);
    let with_count = (LEAST_LETTERS.min(letters)..=letters).rev().map(|most| (most, true));
    let without = (4.min(letters)..=letters).rev().map(|most| (most, false));
    with_count.chain(without).find_map(|(most, counted)| {
        let name = shorten(&full, most);
        let count = counted.then(|| count.clone());
        (width(&name, count.as_deref()) <= room).then_some((name, count))
    })
}

/// One label a node at most, no two of which meet. Where bars stand closer than a line of text,
/// the biggest keep theirs.
pub(super) fn place(drawing: &Drawing) -> Vec<Option<Label>> {
    let line = tokens().text.small.line;
    let nodes = &drawing.model.shown;
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by(|&a, &b| nodes[b].count.cmp(&nodes[a].count).then(a.cmp(&b)));
    let mut taken: Vec<Vec<f32>> = vec![Vec::new(); drawing.lefts.len()];
    let mut labels: Vec<Option<Label>> = nodes.iter().map(|_| None).collect();
    for node in order {
        let column = drawing.model.graph.nodes[node].column;
        let top = drawing.layout.nodes[node].middle() - line / 2.0;
        if taken[column].iter().any(|other| (other - top).abs() < line) {
            continue;
        }
        let Some((name, count)) = fit(nodes[node], drawing.label_rooms[column]) else { continue };
        let left = drawing.right(node) + tokens().flow.label_gap;
        let width = width(&name, count.as_deref());
        let plate = [left - lead(), top, width + lead() + PLATE, line];
        taken[column].push(top);
        labels[node] = Some(Label { name, count, plate });
    }
    labels
}

impl Label {
    /// The plate and the words. Labels outside a trace step back.
    pub(super) fn marks(&self, colours: &Colours, lit: bool) -> Vec<Mark> {
        let [x, y, _, height] = self.plate;
        let plate = Mark::Rect {
            rect: self.plate,
            radius: tokens().radius.small,
            fill: Some(colours.surface.faded(tokens().flow.label_back_alpha)),
            stroke: None,
        };
        let (name_colour, count_colour) = if lit {
            (colours.text_strong, colours.text)
        } else {
            (colours.text_weak, colours.text_weak)
        };
        let weight = if lit { Weight::Medium } else { Weight::Regular };
        let name = Run { text: self.name.clone(), weight, colour: name_colour, gap: 0.0 };
        let count = self.count.clone().map(|text| Run {
            text,
            weight: Weight::Regular,
            colour: count_colour,
            gap: COUNT_GAP,
        });
        let baseline = y + height / 2.0 + size() * HALF_CAPITAL;
        let line = |x: f32, runs: Vec<Run>| Mark::Text {
            at: [x, baseline],
            size: size(),
            align: TextAlign::Left,
            runs,
        };
        let left = x + lead();
        match count {
            // Beside a name that runs to the left, a number in the same line would change sides.
            Some(count) if runs_left(&self.name) => {
                let beside = left + width(&self.name, None) + COUNT_GAP;
                let count = line(beside, vec![Run { gap: 0.0, ..count }]);
                vec![plate, line(left, vec![name]), count]
            }
            count => vec![plate, line(left, std::iter::once(name).chain(count).collect())],
        }
    }
}

/// The plate starts right of the bar, so it is less wide on that side.
fn lead() -> f32 {
    PLATE.min(tokens().flow.label_gap - 2.0)
}

/// Whether text holds letters of a script that is written from right to left.
fn runs_left(text: &str) -> bool {
    text.chars().any(|letter| {
        matches!(letter, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
            | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
    })
}
