//! Two groups as their difference: how much larger a share of the one does something than of the
//! other.
//!
//! Everything follows from published counts. A name that is published for one group alone has no
//! difference: for the other it may be nobody, too few, or drawn as `Other`. Bins of time that were
//! merged in one group are merged in both.

mod lines;

use lines::{Line, lines, percents};

use super::LabelColours;
use super::scene::{Mark, Rgba, Run, Scene, Shape, Target, TargetKind, TextAlign, Weight};
use super::text::{HALF_CAPITAL, NARROW_SPACE, measure, shorten};
use super::tokens::{Colours, Theme, tokens};
use super::words;
use crate::views::{Disclosed, View};

const WIDTH: f32 = 960.0;
const ROW: f32 = 28.0;
const BAR: f32 = 14.0;
/// The colour before a name, with the room after it; a name without one is as far in.
const CHIP: f32 = 10.0;
const CHIP_ROOM: f32 = 18.0;
/// Letters of a name.
const LETTERS: usize = 44;
/// From the left: names, the shares of the two, and the room of the bars with their figures.
const SHARES: [f32; 2] = [400.0, 490.0];
const BARS: [f32; 2] = [520.0, 936.0];
/// The figure at the end of a bar.
const FIGURE: f32 = 44.0;
/// Rows; the tables of the two groups have the rest.
const MOST: usize = 40;

/// The difference between the two groups of a comparison, the largest first. None for any other view.
pub fn difference_scene(
    view: &Disclosed<View>,
    theme: Theme,
    colours: &LabelColours,
) -> Option<Scene> {
    scene(view.view(), theme, colours)
}

fn scene(view: &View, theme: Theme, colours: &LabelColours) -> Option<Scene> {
    let View::Comparison(_) = view else { return None };
    let parts = view.parts();
    let [one, other] = parts.as_slice() else { return None };
    let names = words::part_names(view);
    let [first, second] = names.as_slice() else { return None };
    let mut board = Board {
        scene: Scene {
            width: WIDTH,
            height: 0.0,
            background: theme.colours().surface,
            shapes: Vec::new(),
            targets: Vec::new(),
            title: words::title(view),
            description: words::description(view),
        },
        y: tokens().space.view_margin,
        colours: theme.colours(),
        label_colours: colours.clone(),
        theme,
        names: [first, second],
    };
    board.head(view, [one, other]);
    let lines = lines(one, other);
    board.rows(&lines);
    board.scene.height = (board.y + tokens().space.view_margin).ceil();
    Some(board.scene)
}

struct Board<'a> {
    scene: Scene,
    y: f32,
    colours: &'static Colours,
    label_colours: LabelColours,
    theme: Theme,
    names: [&'a str; 2],
}

impl Board<'_> {
    fn head(&mut self, view: &View, parts: [&View; 2]) {
        let (title, small) = (tokens().text.title, tokens().text.small);
        let left = tokens().space.view_margin;
        let words = fit(&words::title(view), title.size, Weight::SemiBold, WIDTH - 2.0 * left);
        let ink = self.colours.text_strong;
        let baseline = self.y + title.line / 2.0 + title.size * HALF_CAPITAL;
        self.text(
            [left, baseline],
            title.size,
            TextAlign::Left,
            (&words, Weight::SemiBold, ink),
            None,
        );
        self.y += title.line;
        let head = view.head();
        let sizes = [0, 1].map(|at| format!("{}: {}", self.names[at], words::everybody(parts[at])));
        let said = format!("{} · {} · at least {}", sizes[0], sizes[1], head.k);
        let said = fit(&said, small.size, Weight::Regular, WIDTH - 2.0 * left);
        let baseline = self.y + small.line / 2.0 + small.size * HALF_CAPITAL;
        let weak = self.colours.text_weak;
        self.text(
            [left, baseline],
            small.size,
            TextAlign::Left,
            (&said, Weight::Regular, weak),
            None,
        );
        self.y += small.line + 16.0;
    }

    fn rows(&mut self, lines: &[Line]) {
        let small = tokens().text.small;
        let left = tokens().space.view_margin;
        let (strong, weak) = (self.colours.text_strong, self.colours.text_weak);
        let middle = f32::midpoint(BARS[0], BARS[1]);
        let (told, alone): (Vec<&Line>, Vec<&Line>) =
            lines.iter().partition(|line| line.points().is_some());
        if told.is_empty() {
            self.note("No name is published for both groups, so there is no difference to show.");
        } else {
            let baseline = self.y + ROW / 2.0 + small.size * HALF_CAPITAL;
            for (at, x) in SHARES.into_iter().enumerate() {
                let name = shorten(self.names[at], 12);
                self.text(
                    [x, baseline],
                    small.size,
                    TextAlign::Right,
                    (&name, Weight::SemiBold, strong),
                    None,
                );
            }
            let more = |name: &str| format!("larger among {}", shorten(name, 18));
            let sides = [(BARS[0], TextAlign::Left, 0), (BARS[1], TextAlign::Right, 1)];
            for (x, align, at) in sides {
                let words = more(self.names[at]);
                self.text([x, baseline], small.size, align, (&words, Weight::Regular, weak), None);
            }
            self.y += ROW;
            self.rule(left, WIDTH - left);
            let most =
                told.iter().filter_map(|line| line.points()).map(f64::abs).fold(1.0, f64::max);
            let has_chips = told.iter().any(|line| line.label.is_some());
            let indent = if has_chips { CHIP_ROOM } else { 0.0 };
            let top = self.y;
            for line in told.iter().take(MOST) {
                self.row(line, most, indent);
            }
            let axis = Mark::Rect {
                rect: [middle - 0.5, top, 1.0, self.y - top],
                radius: 0.0,
                fill: Some(self.colours.line_strong),
                stroke: None,
            };
            self.scene.shapes.push(Shape { mark: axis, target: None });
            if told.len() > MOST {
                self.note(&format!("{} smaller differences are left out.", told.len() - MOST));
            }
        }
        if !alone.is_empty() {
            let names: Vec<String> =
                alone.iter().take(MOST).map(|line| shorten(&line.name, LETTERS)).collect();
            let more = alone.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            self.y += 8.0;
            self.note("Told for one group alone, which says nothing about the other:");
            self.paragraph(&format!("{}{more}", names.join(" · ")));
        }
    }

    fn row(&mut self, line: &Line, most: f64, indent: f32) {
        let (Some([one, other]), Some(points)) = (line.both(), line.points()) else { return };
        let small = tokens().text.small;
        let left = tokens().space.view_margin;
        let (strong, text) = (self.colours.text_strong, self.colours.text);
        let middle = f32::midpoint(BARS[0], BARS[1]);
        let baseline = self.y + ROW / 2.0 + small.size * HALF_CAPITAL;
        let figure = points_words(points);
        let target = self.scene.targets.len();
        let room = (BARS[1] - BARS[0]) / 2.0 - FIGURE;
        let length = room * (points.abs() / most) as f32;
        let (bar_left, at) = if points < 0.0 { (middle - length, 0) } else { (middle, 1) };
        self.scene.targets.push(Target {
            id: line.id.clone(),
            rect: [bar_left, self.y + (ROW - BAR) / 2.0, length.max(1.0), BAR],
            outline: Vec::new(),
            label: Some([left, self.y, SHARES[1] - left, ROW]),
            name: format!(
                "{}: about {} of {}, about {} of {}, a difference of {:.0} points",
                line.name,
                share(one),
                self.names[0],
                share(other),
                self.names[1],
                points.abs(),
            ),
            kind: TargetKind::Node,
        });
        let target = Some(target);
        if let Some((kind, label)) = &line.label {
            let colour = self.label_colours.colour(self.theme, *kind, label);
            self.rect([left, self.y + (ROW - CHIP) / 2.0, CHIP, CHIP], colour, target);
        }
        let x = left + indent;
        let name =
            fit(&shorten(&line.name, LETTERS), small.size, Weight::Medium, SHARES[0] - 56.0 - x);
        self.text(
            [x, baseline],
            small.size,
            TextAlign::Left,
            (&name, Weight::Medium, strong),
            target,
        );
        for (x, of) in SHARES.into_iter().zip([one, other]) {
            self.text(
                [x, baseline],
                small.size,
                TextAlign::Right,
                (&share(of), Weight::Regular, text),
                target,
            );
        }
        // The two groups differ in shade and in side; colours of their own belong to labels.
        let colour = [self.colours.sequential[3], self.colours.sequential[4]][at];
        if length > 0.0 {
            self.rect([bar_left, self.y + (ROW - BAR) / 2.0, length, BAR], colour, target);
        }
        let (x, align) = if points < 0.0 {
            (bar_left - 6.0, TextAlign::Right)
        } else {
            (bar_left + length + 6.0, TextAlign::Left)
        };
        self.text([x, baseline], small.size, align, (&figure, Weight::Medium, strong), target);
        self.y += ROW;
    }

    fn note(&mut self, words: &str) {
        let small = tokens().text.small;
        let left = tokens().space.view_margin;
        let baseline = self.y + ROW / 2.0 + small.size * HALF_CAPITAL;
        let weak = self.colours.text_weak;
        self.text(
            [left, baseline],
            small.size,
            TextAlign::Left,
            (words, Weight::Regular, weak),
            None,
        );
        self.y += ROW;
    }

    /// Words in as many lines as they take.
    fn paragraph(&mut self, words: &str) {
        let small = tokens().text.small;
        let room = WIDTH - 2.0 * tokens().space.view_margin;
        let mut line = String::new();
        for word in words.split(' ') {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if measure(&longer, small.size, Weight::Regular) > room && !line.is_empty() {
                self.note(&line);
                word.clone_into(&mut line);
            } else {
                line = longer;
            }
        }
        self.note(&fit(&line, small.size, Weight::Regular, room));
    }

    fn rule(&mut self, left: f32, right: f32) {
        let rect = [left, self.y, right - left, tokens().stroke.line];
        self.rect(rect, self.colours.line, None);
        self.y += 4.0;
    }

    fn rect(&mut self, rect: [f32; 4], fill: Rgba, target: Option<usize>) {
        let mark = Mark::Rect { rect, radius: 2.0, fill: Some(fill), stroke: None };
        self.scene.shapes.push(Shape { mark, target });
    }

    fn text(
        &mut self,
        at: [f32; 2],
        size: f32,
        align: TextAlign,
        (text, weight, colour): (&str, Weight, Rgba),
        target: Option<usize>,
    ) {
        let runs = vec![Run { text: text.to_owned(), weight, colour, gap: 0.0 }];
        self.scene.shapes.push(Shape { mark: Mark::Text { at, size, align, runs }, target });
    }
}

/// As much of a text as there is room for.
fn fit(text: &str, size: f32, weight: Weight, room: f32) -> String {
    if measure(text, size, weight) <= room {
        return text.to_owned();
    }
    let longest = text.chars().count();
    let fitting = (3..longest).rev().map(|letters| shorten(text, letters));
    fitting.into_iter().find(|cut| measure(cut, size, weight) <= room).unwrap_or_default()
}

fn share(share: f64) -> String {
    format!("{:.0}{NARROW_SPACE}%", percents(share))
}

/// In whole points, nothing more precise than the counts; the side says whose share is larger.
fn points_words(points: f64) -> String {
    match points.abs().round() {
        0.0 => "0".to_owned(),
        points => format!("+{points:.0}"),
    }
}

#[cfg(test)]
mod tests;
