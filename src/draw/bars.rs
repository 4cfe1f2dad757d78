//! Any published view as a picture: a head, and below it bars, columns over time, or a flow. A map
//! has a picture of its own.
//!
//! Lengths, colours, order and words follow from the published counts alone. What a picture has no
//! room for is in the table of the same view, and the picture says so.

mod blocks;

use blocks::{Bar, Block, Chip, Column, blocks};

use super::layout::bars::{self, Columns};
use super::scene::{
    Cubic, Fill, Mark, Rgba, Run, Scene, Shape, Stroke, Target, TargetKind, TextAlign, Weight,
};
use super::text::{HALF_CAPITAL, NARROW_SPACE, measure, number, shorten};
use super::tokens::{Colours, Theme, tokens};
use super::{LabelColours, MapLayout, MapPicture, flow, words};
use crate::views::{Disclosed, View};

const WIDTH: f32 = 960.0;
/// More bars than this are not drawn in one list: alone, and in a part of a split view.
const MOST_BARS: usize = 40;
const MOST_BARS_OF_PART: usize = 12;
/// A row of one line.
const ROW: f32 = 24.0;
const BAR: f32 = 14.0;
/// The colour before a name, and the room it takes.
const CHIP: f32 = 10.0;
const CHIP_GAP: f32 = 5.0;
/// Between the pieces of a name of several.
const PIECE_GAP: f32 = 8.0;
/// How much of a row its name may take.
const MOST_NAME: f32 = 0.56;
const PLOT: f32 = 220.0;
const LEAST: f32 = 1.0;
/// Columns are not wider than this.
const WIDEST_COLUMN: f32 = 112.0;
/// How much of its colour is left at the end of a drop-off.
const LOST_END: f32 = 0.3;

/// Draws a view of any kind. A flow alone is drawn as large as its labels need, and so are maps.
pub fn view_scene(view: &Disclosed<View>, theme: Theme) -> Scene {
    let view = view.view();
    let label_colours = LabelColours::of(view);
    if let View::Flow(flow) = view
        && !flow.nodes.is_empty()
    {
        return Scene {
            title: words::title(view),
            description: words::description(view),
            ..flow::part(flow, flow::size(flow), theme, &label_colours)
        };
    }
    if let Some(layout) = MapLayout::of(view) {
        return layout.draw(view, &MapPicture { theme, legend: true, ..MapPicture::default() });
    }
    let flows = view.parts().into_iter().filter_map(|part| match part {
        View::Flow(flow) => Some(flow::size(flow)[0]),
        _ => None,
    });
    let mut board = Board {
        scene: Scene {
            width: flows.fold(WIDTH, f32::max),
            height: 0.0,
            background: theme.colours().surface,
            shapes: Vec::new(),
            targets: Vec::new(),
            title: words::title(view),
            description: words::description(view),
        },
        y: tokens().space.view_margin,
        theme,
        colours: theme.colours(),
        label_colours,
        prefix: String::new(),
    };
    board.view(view);
    board.scene.height = (board.y + tokens().space.view_margin).ceil();
    board.scene
}

/// Where the bars of a picture stand, and the counts that fill the room of a bar and of a column.
struct Scale {
    place: Columns,
    bar: u64,
    column: u64,
}

/// A picture that grows downwards.
struct Board {
    scene: Scene,
    /// The first free point.
    y: f32,
    theme: Theme,
    colours: &'static Colours,
    label_colours: LabelColours,
    /// In front of the ids of a part's targets.
    prefix: String,
}

impl Board {
    fn view(&mut self, view: &View) {
        let head = view.head();
        let (title, display) = (tokens().text.title, words::title(view));
        self.line(&display, title.size, title.line, Weight::SemiBold, self.colours.text_strong);
        let rounded = if head.b > 1 { format!(" · rounded to {}", head.b) } else { String::new() };
        let sub = format!("{} · at least {}{rounded}", words::everybody(view), head.k);
        self.small(&sub);
        let named = words::part_names(view);
        let parts = view.parts();
        let blocks: Vec<Vec<Block>> = parts.iter().map(|part| blocks(part)).collect();
        if blocks.iter().flatten().all(Block::is_empty) {
            self.y += 16.0;
            self.small("Nothing is shown: too few people have such a journey, or nobody has.");
            return;
        }
        let is_split = !named.is_empty();
        let limit = if is_split { MOST_BARS_OF_PART } else { MOST_BARS };
        let scale = self.scale(&blocks, limit);
        for (at, part) in blocks.iter().enumerate() {
            if is_split {
                let name = named.get(at).map_or("", String::as_str);
                self.part_head(name, parts[at]);
                self.prefix = format!("{at}/");
            }
            for block in part {
                self.block(block, &scale, limit);
            }
        }
    }

    /// Bars stand in the same place and mean the same in all lists of a picture, and so do columns.
    fn scale(&self, parts: &[Vec<Block<'_>>], limit: usize) -> Scale {
        let small = tokens().text.small;
        let blocks = || parts.iter().flatten();
        let bars = || blocks().flat_map(|block| &block.bars()[..block.bars().len().min(limit)]);
        let figures = |text: &dyn Fn(&Bar) -> String| {
            let widths = bars().map(|bar| measure(&text(bar), small.size, Weight::Regular));
            widths.fold(0.0, f32::max)
        };
        let name = bars().map(|bar| {
            let chips = self.chips(bar);
            let widths = chips.iter().map(|(chip, text)| chip_width(chip, text));
            widths.sum::<f32>() + PIECE_GAP * chips.len().saturating_sub(1) as f32
        });
        let name = name.fold(0.0, f32::max);
        let count = figures(&|bar| number(bar.count));
        let share = figures(&|bar| bar.share.clone().unwrap_or_default());
        let most = |of_bars: bool| {
            let alike = blocks().filter(|block| block.bars().is_empty() != of_bars);
            alike.map(Block::most).max().unwrap_or(0)
        };
        Scale {
            place: bars::columns(left(), self.right(), name, MOST_NAME, count, share),
            bar: most(true),
            column: most(false),
        }
    }

    fn block(&mut self, block: &Block, scale: &Scale, limit: usize) {
        match block {
            Block::Bars { caption, bars } => {
                self.y += 12.0;
                if let Some(caption) = caption {
                    self.caption(caption);
                }
                for bar in &bars[..bars.len().min(limit)] {
                    self.bar(bar, scale);
                }
                if bars.len() > limit {
                    let more = number((bars.len() - limit) as u64);
                    self.small(&format!("{more} more are in the table."));
                }
            }
            Block::Columns { caption, columns, marks } => {
                self.y += 12.0;
                if let Some(caption) = caption {
                    self.caption(caption);
                }
                self.columns(columns, marks, scale.column);
            }
            Block::Flow(flow) => {
                let size = [self.scene.width, flow::size(flow)[1]];
                let scene = flow::part(flow, size, self.theme, &self.label_colours);
                let prefix = self.prefix.clone();
                self.scene.place(scene, [0.0, self.y], &prefix);
                self.y += size[1];
            }
        }
    }

    fn right(&self) -> f32 {
        self.scene.width - tokens().space.view_margin
    }

    /// One line of text at the left, cut where the picture ends.
    fn line(&mut self, text: &str, size: f32, height: f32, weight: Weight, colour: Rgba) {
        let text = fit(text, usize::MAX, size, weight, self.right() - left());
        let baseline = self.y + height / 2.0 + size * HALF_CAPITAL;
        self.text([left(), baseline], size, TextAlign::Left, run(text, weight, colour), None);
        self.y += height;
    }

    fn small(&mut self, text: &str) {
        let small = tokens().text.small;
        self.line(text, small.size, small.line + 4.0, Weight::Regular, self.colours.text_weak);
    }

    fn caption(&mut self, text: &str) {
        let body = tokens().text.body;
        self.line(text, body.size, body.line + 4.0, Weight::SemiBold, self.colours.text_strong);
    }

    /// A rule, and the name of a part with its people.
    fn part_head(&mut self, name: &str, part: &View) {
        self.y += 20.0;
        self.rule([left(), self.y], [self.right(), self.y], self.colours.line);
        self.y += 12.0;
        let body = tokens().text.body;
        let people = words::everybody(part);
        let gap = 10.0;
        let room = self.right() - left() - gap - measure(&people, body.size, Weight::Regular);
        let name = fit(name, usize::MAX, body.size, Weight::SemiBold, room);
        let mut runs = run(name, Weight::SemiBold, self.colours.text_strong);
        runs.extend(run(people, Weight::Regular, self.colours.text_weak));
        runs[1].gap = gap;
        let baseline = self.y + body.line / 2.0 + body.size * HALF_CAPITAL;
        self.text([left(), baseline], body.size, TextAlign::Left, runs, None);
        self.y += body.line;
    }

    /// The pieces of a name as they are shown: none is wider than a line.
    fn chips<'b>(&self, bar: &'b Bar) -> Vec<(&'b Chip, String)> {
        let size = tokens().text.small.size;
        let room = (self.right() - left()) * MOST_NAME - CHIP - CHIP_GAP;
        let letters = if bar.chips.len() > 1 { tokens().flow.label_letters } else { 60 };
        let shown = |chip: &'b Chip| (chip, fit(&chip.text, letters, size, Weight::Medium, room));
        bar.chips.iter().map(shown).collect()
    }

    fn bar(&mut self, bar: &Bar, scale: &Scale) {
        let small = tokens().text.small;
        let (place, most) = (scale.place, scale.bar);
        let chips = self.chips(bar);
        let widths: Vec<f32> = chips.iter().map(|(chip, text)| chip_width(chip, text)).collect();
        let places = bars::wrap(&widths, PIECE_GAP, place.name_room);
        let lines = places.last().map_or(1, |(line, _)| line + 1);
        let height = ROW + small.line * (lines - 1) as f32;
        let top = self.y;
        let target = Some(self.scene.targets.len());
        let length = bars::length(bar.count, most, place.bar_room, LEAST);
        let bar_top = top + (height - BAR) / 2.0;
        self.scene.targets.push(Target {
            id: format!("{}{}", self.prefix, bar.id),
            rect: [place.bar, bar_top, length, BAR],
            outline: Vec::new(),
            label: Some([place.name, top, place.name_room, height]),
            name: bar.name.clone(),
            kind: TargetKind::Node,
        });
        let first = top + ROW / 2.0 + small.size * HALF_CAPITAL;
        let several = chips.len() > 1;
        for ((chip, text), (line, x)) in chips.into_iter().zip(places) {
            let baseline = first + small.line * line as f32;
            let mut x = place.name + x;
            if let Some((kind, label)) = &chip.label {
                let colour = self.label_colours.colour(self.theme, *kind, label);
                let top = baseline - small.size * HALF_CAPITAL - CHIP / 2.0;
                self.rect([x, top, CHIP, CHIP], colour, target);
                x += CHIP + CHIP_GAP;
            }
            let (weight, colour) = if chip.label.is_some() {
                (Weight::Medium, self.colours.text_strong)
            } else if several {
                (Weight::Regular, self.colours.text_weak)
            } else {
                (Weight::Regular, self.colours.text)
            };
            let runs = run(text, weight, colour);
            self.text([x, baseline], small.size, TextAlign::Left, runs, target);
        }
        let colour = match &bar.colour {
            Some((kind, label)) => self.label_colours.colour(self.theme, *kind, label),
            None => self.colours.categorical[0],
        };
        if length > 0.0 {
            self.rect([place.bar, bar_top, length, BAR], colour, target);
        }
        if let Some(lost) = bar.lost.filter(|lost| *lost > 0) {
            let with = bars::length(bar.count.saturating_add(lost), most, place.bar_room, LEAST);
            let near = self.colours.drop_off.faded(tokens().flow.drop_off_alpha);
            let ends = [place.bar + length, place.bar + with];
            let line = |y: f32| -> Cubic { [ends[0], ends[0], ends[1], ends[1]].map(|x| [x, y]) };
            let (upper, lower) = (line(bar_top), line(bar_top + BAR));
            if with > length {
                let fill = Fill::Across(near, near.faded(LOST_END));
                self.scene.shapes.push(Shape { mark: Mark::Band { upper, lower, fill }, target });
            }
        }
        let baseline = top + height / 2.0 + small.size * HALF_CAPITAL;
        let figure = |text: String, colour| run(text, Weight::Regular, colour);
        let strong = figure(number(bar.count), self.colours.text_strong);
        self.text([place.count, baseline], small.size, TextAlign::Right, strong, target);
        if let Some(share) = &bar.share {
            let share = figure(share.clone(), self.colours.text_weak);
            self.text([place.share, baseline], small.size, TextAlign::Right, share, target);
        }
        self.y += height;
    }

    /// Columns side by side on an axis, with marks that stand over them.
    fn columns(&mut self, columns: &[Column], marks: &[(f32, String)], most: u64) {
        if columns.is_empty() {
            return;
        }
        let small = tokens().text.small;
        let width = |text: &str| measure(text, small.size, Weight::Regular);
        let ticks = bars::ticks(most);
        let scale_room = ticks.iter().map(|tick| width(&number(*tick))).fold(0.0, f32::max) + 10.0;
        // Names at both ends stand half outside of their columns.
        let names =
            columns.iter().map(|column| width(&column.text).max(width(&number(column.count))));
        let name = names.fold(0.0, f32::max);
        let left = left() + scale_room.max(name / 2.0);
        let room = self.right() - name / 2.0 - left;
        let each = (room / columns.len() as f32).min(WIDEST_COLUMN);
        let right = left + each * columns.len() as f32;
        let top = self.y + small.line * marks.len() as f32 + 8.0;
        let bottom = top + PLOT;
        self.rule([left, bottom], [right, bottom], self.colours.line_strong);
        for tick in ticks {
            let y = bottom - bars::length(tick, most, PLOT, 0.0);
            self.rule([left, y], [right, y], self.colours.line);
            let runs = run(number(tick), Weight::Regular, self.colours.text_weak);
            let at = [left - 8.0, y + small.size * HALF_CAPITAL];
            self.text(at, small.size, TextAlign::Right, runs, None);
        }
        let every = bars::every(name, each, 12.0);
        let air = (each * 0.12).min(4.0);
        for (at, column) in columns.iter().enumerate() {
            let x = left + each * at as f32;
            let height = bars::length(column.count, most, PLOT, LEAST);
            let rect = [x + air, bottom - height, each - 2.0 * air, height];
            let target = Some(self.scene.targets.len());
            self.scene.targets.push(Target {
                id: format!("{}{}", self.prefix, column.id),
                rect,
                outline: Vec::new(),
                label: None,
                name: column.name.clone(),
                kind: TargetKind::Node,
            });
            if height > 0.0 {
                self.rect(rect, self.colours.categorical[0], target);
            }
            if at % every == 0 {
                let runs = run(column.text.clone(), Weight::Regular, self.colours.text);
                let under = |line: f32| [x + each / 2.0, bottom + small.line * line + 2.0];
                self.text(under(1.0), small.size, TextAlign::Centre, runs, target);
                let count = run(number(column.count), Weight::Medium, self.colours.text_strong);
                self.text(under(2.0), small.size, TextAlign::Centre, count, target);
            }
        }
        for (at, (place, text)) in marks.iter().enumerate() {
            let x = left + each * place.clamp(0.0, columns.len() as f32);
            let y = self.y + small.line * (at as f32 + 0.75);
            self.rule([x, y - small.line * 0.6], [x, bottom], self.colours.text_strong);
            let room = self.right() - x - 6.0;
            let wide = measure(text, small.size, Weight::Medium);
            let runs = run(text.clone(), Weight::Medium, self.colours.text_strong);
            let (x, align) =
                if wide <= room { (x + 6.0, TextAlign::Left) } else { (x - 6.0, TextAlign::Right) };
            self.text([x, y], small.size, align, runs, None);
        }
        self.y = bottom + 2.0 * small.line + 10.0;
    }

    fn text(
        &mut self,
        at: [f32; 2],
        size: f32,
        align: TextAlign,
        runs: Vec<Run>,
        target: Option<usize>,
    ) {
        self.scene.shapes.push(Shape { mark: Mark::Text { at, size, align, runs }, target });
    }

    fn rect(&mut self, rect: [f32; 4], fill: Rgba, target: Option<usize>) {
        let radius = tokens().radius.bar;
        let mark = Mark::Rect { rect, radius, fill: Some(fill), stroke: None };
        self.scene.shapes.push(Shape { mark, target });
    }

    fn rule(&mut self, from: [f32; 2], to: [f32; 2], colour: Rgba) {
        let stroke = Stroke { width: tokens().stroke.line, colour };
        self.scene.shapes.push(Shape { mark: Mark::Line { from, to, stroke }, target: None });
    }
}

fn left() -> f32 {
    tokens().space.view_margin
}

fn run(text: String, weight: Weight, colour: Rgba) -> Vec<Run> {
    vec![Run { text, weight, colour, gap: 0.0 }]
}

fn chip_width(chip: &Chip, text: &str) -> f32 {
    let colour = if chip.label.is_some() { CHIP + CHIP_GAP } else { 0.0 };
    colour + measure(text, tokens().text.small.size, Weight::Medium)
}

/// A text of at most so many letters and of at most this width, cut in the middle.
fn fit(text: &str, letters: usize, size: f32, weight: Weight, room: f32) -> String {
    let most = text.chars().count().min(letters);
    let shown = shorten(text, most);
    if measure(&shown, size, weight) <= room {
        return shown;
    }
    // The widest that fits: a shorter text is never wider by more than the ellipsis.
    let (mut fits, mut too_wide) = (1, most);
    while too_wide - fits > 1 {
        let middle = fits + (too_wide - fits) / 2;
        if measure(&shorten(text, middle), size, weight) <= room {
            fits = middle;
        } else {
            too_wide = middle;
        }
    }
    shorten(text, fits)
}

/// Whole percents of a published count.
fn percent(part: u64, whole: u64) -> Option<String> {
    (whole > 0).then(|| {
        let share = (part as f64 * 100.0 / whole as f64).round();
        format!("{share:.0}{NARROW_SPACE}%")
    })
}

#[cfg(test)]
mod tests;
