//! Words, tags and rules, written one below the other from the top of a card.
//!
//! *Invariant:* nothing reaches over the width it was given; what is longer is broken into lines, and
//! after the last of these ends with "…".

use crate::draw::scene::{Cubic, Mark, Rgba, Run, Stroke, TextAlign, Weight, straight};
use crate::draw::text::{HALF_CAPITAL, measure, plain};
use crate::draw::tokens::{Colours, TextStyle, tokens};

/// Breaks a text into at most `most` lines that fit into `room`.
pub(in crate::draw) fn wrap(
    text: &str,
    size: f32,
    weight: Weight,
    room: f32,
    most: usize,
) -> Vec<String> {
    let mut lines = Vec::new();
    let space = measure(" ", size, weight);
    for paragraph in text.lines().map(plain).filter(|line| !line.is_empty()) {
        let (mut line, mut width) = (String::new(), 0.0);
        for word in paragraph.split(' ') {
            let mut word = word;
            let mut long = measure(word, size, weight);
            if !line.is_empty() && width + space + long > room {
                lines.push(std::mem::take(&mut line));
                width = 0.0;
            }
            while long > room && lines.len() < most {
                let end = letters_within(word, size, weight, room);
                lines.push(word[..end].to_owned());
                word = &word[end..];
                long = measure(word, size, weight);
            }
            if lines.len() >= most && !word.is_empty() {
                return with_dots(lines, size, weight, room, most);
            }
            if !line.is_empty() {
                line.push(' ');
                width += space;
            }
            line.push_str(word);
            width += long;
        }
        if !line.is_empty() {
            lines.push(line);
        }
        if lines.len() > most {
            break;
        }
    }
    if lines.len() > most { with_dots(lines, size, weight, room, most) } else { lines }
}

/// The first `most` lines; the last of them says that it is not the end.
fn with_dots(
    mut lines: Vec<String>,
    size: f32,
    weight: Weight,
    room: f32,
    most: usize,
) -> Vec<String> {
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        let dots = measure("…", size, weight);
        last.truncate(letters_within(last, size, weight, room - dots));
        last.truncate(last.trim_end().len());
        last.push('…');
    }
    lines
}

/// How many bytes of a text stand in so much room; one letter at least.
fn letters_within(text: &str, size: f32, weight: Weight, room: f32) -> usize {
    let mut width = 0.0;
    let mut letter = [0; 4];
    for (at, next) in text.char_indices() {
        width += measure(next.encode_utf8(&mut letter), size, weight);
        if width > room && at > 0 {
            return at;
        }
    }
    text.len()
}

/// One line of a text, as much of it as there is room for.
pub(in crate::draw) fn fit(text: &str, size: f32, weight: Weight, room: f32) -> String {
    wrap(text, size, weight, room, 1).pop().unwrap_or_default()
}

/// How a text is written.
#[derive(Clone, Copy)]
pub(in crate::draw) struct Ink {
    pub(in crate::draw) style: TextStyle,
    pub(in crate::draw) weight: Weight,
    pub(in crate::draw) colour: Rgba,
}

impl Ink {
    pub(in crate::draw) fn small(weight: Weight, colour: Rgba) -> Self {
        Self { style: tokens().text.small, weight, colour }
    }
}

/// How high a tag is.
pub(in crate::draw) const TAG: f32 = 18.0;
const TAG_PADDING: f32 = 6.0;
/// The room of a tick in front of a tag's word.
const TICK: f32 = 14.0;
/// A hatch is as large wherever it stands.
const HATCH: [f32; 2] = [40.0, 14.0];

/// Writes from top to bottom. `y` is the first free point.
pub(in crate::draw) struct Pen {
    pub(in crate::draw) colours: &'static Colours,
    pub(in crate::draw) left: f32,
    pub(in crate::draw) room: f32,
    pub(in crate::draw) y: f32,
    pub(in crate::draw) marks: Vec<Mark>,
}

impl Pen {
    pub(in crate::draw) fn strong(&self) -> Ink {
        Ink::small(Weight::Medium, self.colours.text_strong)
    }

    pub(in crate::draw) fn plain(&self) -> Ink {
        Ink::small(Weight::Regular, self.colours.text)
    }

    pub(in crate::draw) fn weak(&self) -> Ink {
        Ink::small(Weight::Regular, self.colours.text_weak)
    }

    /// Lines of a text, one below the other.
    pub(in crate::draw) fn lines(&mut self, text: &str, ink: Ink, most: usize) {
        for line in wrap(text, ink.style.size, ink.weight, self.room, most) {
            self.write([self.left, self.y + ink.style.line / 2.0], &line, ink, TextAlign::Left);
            self.y += ink.style.line;
        }
    }

    /// One line with its capitals in the middle of `at`.
    pub(in crate::draw) fn write(&mut self, at: [f32; 2], text: &str, ink: Ink, align: TextAlign) {
        let runs =
            vec![Run { text: text.to_owned(), weight: ink.weight, colour: ink.colour, gap: 0.0 }];
        let at = [at[0], at[1] + ink.style.size * HALF_CAPITAL];
        self.marks.push(Mark::Text { at, size: ink.style.size, align, runs });
    }

    pub(in crate::draw) fn fill(&mut self, rect: [f32; 4], radius: f32, fill: Rgba) {
        self.marks.push(Mark::Rect { rect, radius, fill: Some(fill), stroke: None });
    }

    pub(in crate::draw) fn line(&mut self, from: [f32; 2], to: [f32; 2], stroke: Stroke) {
        self.marks.push(Mark::Line { from, to, stroke });
    }

    /// How wide a tag with a word is.
    pub(in crate::draw) fn tag_width(word: &str, tick: bool) -> f32 {
        let small = tokens().text.small;
        let tick = if tick { TICK } else { 0.0 };
        (measure(word, small.size, Weight::Regular) + tick + 2.0 * TAG_PADDING).ceil()
    }

    /// A word on a plate; returns where it ends.
    pub(in crate::draw) fn tag(
        &mut self,
        [x, y]: [f32; 2],
        word: &str,
        fill: Rgba,
        ink: Rgba,
    ) -> f32 {
        let width = Self::tag_width(word, false);
        self.fill([x, y, width, TAG], tokens().radius.small, fill);
        let ink = Ink::small(Weight::Regular, ink);
        self.write([x + TAG_PADDING, y + TAG / 2.0], word, ink, TextAlign::Left);
        x + width
    }

    /// The same with a tick: it was measured.
    pub(in crate::draw) fn ticked(&mut self, [x, y]: [f32; 2], word: &str) {
        let (fill, ink) = (self.colours.ok_soft, self.colours.ok);
        self.fill([x, y, Self::tag_width(word, true), TAG], tokens().radius.small, fill);
        let stroke = Stroke { width: tokens().stroke.icon, colour: ink };
        let (left, middle) = (x + TAG_PADDING, y + TAG / 2.0);
        self.line([left, middle + 0.5], [left + 3.0, middle + 3.5], stroke);
        self.line([left + 3.0, middle + 3.5], [left + 9.0, middle - 3.0], stroke);
        let ink = Ink::small(Weight::Regular, ink);
        self.write([left + TICK, middle], word, ink, TextAlign::Left);
    }

    /// The same with a dashed outline: it was not measured.
    pub(in crate::draw) fn dashed(&mut self, [x, y]: [f32; 2], word: &str) {
        let width = Self::tag_width(word, false);
        let stroke = Stroke { width: tokens().stroke.line, colour: self.colours.text_weak };
        let path = outline([x + 0.5, y + 0.5, width - 1.0, TAG - 1.0]);
        self.marks.push(Mark::Dashes { path, stroke, dash: [3.0, 2.0] });
        let ink = self.plain();
        self.write([x + TAG_PADDING, y + TAG / 2.0], word, ink, TextAlign::Left);
    }

    /// What is kept back: lines of 45°, one every six points, with an outline. Returns where it ends.
    pub(in crate::draw) fn hatch(&mut self, [x, y]: [f32; 2]) -> f32 {
        let [width, height] = HATCH;
        let stroke = Stroke { width: tokens().stroke.line, colour: self.colours.withheld_line };
        let mark = Mark::Rect {
            rect: [x, y, width, height],
            radius: tokens().radius.bar,
            fill: Some(self.colours.withheld_fill),
            stroke: Some(stroke),
        };
        self.marks.push(mark);
        let mut foot = 6.0 - height;
        while foot < width {
            // From the foot upwards, cut off at the sides.
            let (low, high) = (foot.max(0.0), (foot + height).min(width));
            let up = |along: f32| y + height - (along - foot);
            self.line([x + low, up(low)], [x + high, up(high)], stroke);
            foot += 6.0;
        }
        x + width
    }
}

/// The sides of a rectangle.
pub(in crate::draw) fn outline([x, y, width, height]: [f32; 4]) -> Vec<Cubic> {
    let corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]];
    corners.windows(2).map(|side| straight([side[0], side[1]])).collect()
}
