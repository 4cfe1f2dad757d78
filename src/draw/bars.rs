//! Any published view as a picture: a head, and below it a list of paths, a funnel, people by time
//! or by day, or a flow. A map has a picture of its own.
//!
//! Timing and Trend are scenes like all others, not plots of the window's toolkit: what is on the
//! screen is then what SVG, PNG and PDF are made of, merged bins can be as wide as they are, and
//! every bar is a target that a pointer and a screen reader reach.
//!
//! Lengths, colours, order and words follow from the published counts alone. What a picture has no
//! room for is in the table of the same view, and the picture says so.

mod days;
mod paths;
mod steps;
mod times;

pub use super::layout::axis::TimeScale;
pub use paths::{Listing, PathOrder};
pub use times::scale_of;

use super::layout::bars;
use super::scene::{Mark, Rgba, Run, Scene, Shape, Stroke, Target, TargetKind, TextAlign, Weight};
use super::text::{HALF_CAPITAL, NARROW_SPACE, measure, number, shorten};
use super::tokens::{Colours, Theme, tokens};
use super::{LabelColours, MapLayout, MapPicture, flow, words};
use crate::views::{Disclosed, Flow, LabelKind, View};

/// The size of a picture that nobody gives a size to.
const WIDTH: f32 = 960.0;
const PLOT: f32 = 236.0;
/// A part of a split view has a lower plot.
const PLOT_OF_PART: f32 = 140.0;
const HIGHEST_PLOT: f32 = 520.0;
/// More paths than this are not drawn in one list: alone, and in a part of a split view.
const MOST_ROWS: usize = 40;
const MOST_ROWS_OF_PART: usize = 12;
/// More groups than there are colours are in the table only.
const MOST_SERIES: usize = 8;
/// Of two flows side by side.
const LEAST_HALF: f32 = 480.0;
const MOST_HALF: f32 = 960.0;
/// How high each of them is at least, as a share of its width.
const HIGH: f32 = 0.9;

/// How a view other than a flow or map is drawn. Everything else comes from the published values.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartPicture {
    pub theme: Theme,
    pub width: f32,
    /// Plots grow to fill it; a list goes on below it.
    pub height: f32,
    /// How times are laid out; without it, so that they are told apart best.
    pub scale: Option<TimeScale>,
    pub listing: Listing,
    pub most_rows: usize,
    /// The flows of several groups are one picture, with a stripe for each group.
    pub together: bool,
    /// The id of a target that stands out.
    pub selected: Option<String>,
}

impl Default for ChartPicture {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            width: WIDTH,
            height: 0.0,
            scale: None,
            listing: Listing::default(),
            most_rows: MOST_ROWS,
            together: false,
            selected: None,
        }
    }
}

/// Draws a view of any kind. A flow alone is drawn as large as its labels need, and so are maps.
pub fn view_scene(view: &Disclosed<View>, theme: Theme) -> Scene {
    let view = view.view();
    if let View::Flow(flow) = view
        && !flow.nodes.is_empty()
    {
        return Scene {
            title: words::title(view),
            description: words::description(view),
            ..flow::part(flow, &[flow], flow::size(flow), theme, &LabelColours::of(view))
        };
    }
    if let Some(layout) = MapLayout::of(view) {
        return layout.draw(view, &MapPicture { theme, legend: true, ..MapPicture::default() });
    }
    let picture = ChartPicture { theme, ..ChartPicture::default() };
    chart(view, &picture, &LabelColours::of(view))
}

/// Draws paths, a funnel, a timing or a trend in a given room, or parts of any kind below each
/// other.
pub fn chart_scene(view: &Disclosed<View>, picture: &ChartPicture) -> Scene {
    chart(view.view(), picture, &LabelColours::new(view))
}

/// The same in colours that other views have too.
pub fn chart_scene_in(
    view: &Disclosed<View>,
    picture: &ChartPicture,
    colours: &LabelColours,
) -> Scene {
    chart(view.view(), picture, colours)
}

fn chart(view: &View, picture: &ChartPicture, colours: &LabelColours) -> Scene {
    let plots = plots(view);
    let is_crowded = picture.height > 0.0 && plots > 1;
    let is_split = view.parts().len() > 1;
    let plot = if is_split || is_crowded { PLOT_OF_PART } else { PLOT };
    let scene = Board::new(view, picture, colours, plot).drawn(view);
    let more = ((picture.height - scene.height) / plots.max(1) as f32).floor();
    if plots == 0 || more < 1.0 {
        return scene;
    }
    // There is room for higher plots.
    Board::new(view, picture, colours, (plot + more).min(HIGHEST_PLOT)).drawn(view)
}

/// How many plots a picture has that can be of any height.
fn plots(view: &View) -> usize {
    let parts = view.parts();
    match parts.first() {
        Some(View::Trend(_)) => 1,
        Some(View::Funnel(funnel)) => 1 + usize::from(has_times(funnel, parts.len())),
        Some(View::Timing(_)) => parts.len(),
        _ => 0,
    }
}

/// How long it took is drawn with a funnel that is not split.
fn has_times(funnel: &crate::views::Funnel, parts: usize) -> bool {
    parts == 1 && !funnel.time_to_convert.is_empty()
}

/// One group of a picture that has several in one plot, or everybody.
struct Series<'a, T> {
    view: &'a View,
    of: &'a T,
    name: Option<String>,
    colour: Rgba,
    /// In front of the ids of its targets.
    prefix: String,
}

/// A picture that grows downwards.
struct Board<'a> {
    scene: Scene,
    picture: &'a ChartPicture,
    /// The first free point.
    y: f32,
    /// How high a plot is.
    plot: f32,
    colours: &'static Colours,
    label_colours: LabelColours,
    /// In front of the ids of a part's targets.
    prefix: String,
}

impl<'a> Board<'a> {
    fn new(view: &View, picture: &'a ChartPicture, colours: &LabelColours, plot: f32) -> Self {
        let wide = match beside(view) {
            _ if picture.together => flow::width_together(&groups(view, picture.theme)),
            Some(half) => 2.0 * half,
            None => flows_of(view).into_iter().map(|it| flow::size(it)[0]).fold(0.0, f32::max),
        };
        Self {
            scene: Scene {
                width: picture.width.max(wide),
                height: 0.0,
                background: picture.theme.colours().surface,
                shapes: Vec::new(),
                targets: Vec::new(),
                title: words::title(view),
                description: words::description(view),
            },
            picture,
            y: tokens().space.view_margin,
            plot,
            colours: picture.theme.colours(),
            label_colours: colours.clone(),
            prefix: String::new(),
        }
    }

    fn drawn(mut self, view: &View) -> Scene {
        self.head(view);
        let parts = view.parts();
        if parts.iter().all(|part| is_empty(part)) {
            self.y += 16.0;
            self.small("Nothing is shown: too few people have such a journey, or nobody has.");
        } else {
            match parts.first() {
                Some(View::Funnel(_)) => self.steps(view),
                Some(View::Trend(_)) => self.days(view),
                Some(View::Timing(_)) => self.all_times(view),
                Some(View::Paths(_)) => self.paths(view),
                _ => self.flows(view),
            }
        }
        self.scene.height = (self.y + tokens().space.view_margin).ceil();
        self.scene
    }

    fn head(&mut self, view: &View) {
        let head = view.head();
        let (title, display) = (tokens().text.title, words::title(view));
        self.line(&display, title.size, title.line, Weight::SemiBold, self.colours.text_strong);
        let rounded = if head.b > 1 { format!(" · rounded to {}", head.b) } else { String::new() };
        let sub = format!("{} · at least {}{rounded}", words::everybody(view), head.k);
        self.small(&sub);
    }

    fn flows(&mut self, view: &View) {
        let names = words::part_names(view);
        if self.picture.together && !names.is_empty() {
            let groups = groups(view, self.picture.theme);
            let entries: Vec<(Sign, &str)> = groups
                .iter()
                .map(|group| (Sign::Square(group.colour), group.name.as_str()))
                .collect();
            self.y += 8.0;
            self.legend(&entries);
            if let Some(scene) = flow::together(&groups, self.scene.width, self.picture.theme) {
                let height = scene.height;
                self.scene.place(scene, [0.0, self.y], "");
                self.y += height;
            }
            return;
        }
        let flows = flows_of(view);
        let half = beside(view).map(|half| half.max(self.scene.width / 2.0));
        let height = flows.iter().map(|flow| flow::size(flow)[1]).fold(0.0, f32::max);
        let top = self.y;
        for (at, flow) in flows.iter().enumerate() {
            let (x, size) = match half {
                // Two groups stand side by side, each with half of the room.
                Some(half) => {
                    self.y = top;
                    (at as f32 * half, [half, height.max(half * HIGH)])
                }
                None => (0.0, [self.scene.width, flow::size(flow)[1]]),
            };
            if let Some(name) = names.get(at) {
                self.part_head(name, view.parts()[at], [x, size[0]]);
                self.prefix = format!("{at}/");
            }
            let (theme, colours) = (self.picture.theme, &self.label_colours);
            let scene = flow::part(flow, &flows, size, theme, colours);
            let prefix = self.prefix.clone();
            self.scene.place(scene, [x, self.y], &prefix);
            self.y += size[1];
        }
    }

    /// The parts of a view that are drawn in one plot, each in a colour of its own.
    fn series_of<'v, T>(
        &self,
        view: &'v View,
        of: impl Fn(&'v View) -> Option<&'v T>,
    ) -> Vec<Series<'v, T>> {
        let names = words::part_names(view);
        let parts = view.parts().into_iter().enumerate();
        let drawn = parts.filter_map(|(at, part)| of(part).map(|of| (at, part, of)));
        let coloured = drawn.take(MOST_SERIES).zip(self.colours.categorical);
        coloured
            .map(|((at, view, of), colour)| Series {
                view,
                of,
                name: names.get(at).cloned(),
                colour,
                prefix: if names.is_empty() { String::new() } else { format!("{at}/") },
            })
            .collect()
    }

    /// How many groups of the view are not in the plot.
    fn those_not_drawn(&mut self, without: usize) {
        if without > 0 {
            self.small(&format!(
                "{without} more segments are in the table, or have nobody to show."
            ));
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

    /// A rule, and the name of a part with its people, from `x` on and as wide as there is room.
    fn part_head(&mut self, name: &str, part: &View, [x, width]: [f32; 2]) {
        let [from, to] = [x + left(), x + width - left()];
        self.y += 20.0;
        self.rule([from, self.y], [to, self.y], self.colours.line);
        self.y += 12.0;
        let body = tokens().text.body;
        let people = words::everybody(part);
        let gap = 10.0;
        let room = to - from - gap - measure(&people, body.size, Weight::Regular);
        let name = fit(name, usize::MAX, body.size, Weight::SemiBold, room);
        let mut runs = run(name, Weight::SemiBold, self.colours.text_strong);
        runs.extend(run(people, Weight::Regular, self.colours.text_weak));
        runs[1].gap = gap;
        let baseline = self.y + body.line / 2.0 + body.size * HALF_CAPITAL;
        self.text([from, baseline], body.size, TextAlign::Left, runs, None);
        self.y += body.line;
    }

    /// What the marks mean, each with the mark before it, in as many lines as it takes.
    fn legend(&mut self, entries: &[(Sign, &str)]) {
        let small = tokens().text.small;
        let room = self.right() - left();
        let shown: Vec<(Sign, String)> = entries
            .iter()
            .map(|(sign, text)| {
                let room = room - sign.width();
                (*sign, fit(text, usize::MAX, small.size, Weight::Regular, room))
            })
            .collect();
        let widths: Vec<f32> = shown
            .iter()
            .map(|(sign, text)| sign.width() + measure(text, small.size, Weight::Regular))
            .collect();
        let places = bars::wrap(&widths, 16.0, room);
        let height = small.line + 4.0;
        for ((sign, text), (line, x)) in shown.into_iter().zip(&places) {
            let x = left() + x;
            let middle = self.y + height * (*line as f32 + 0.5);
            self.sign(sign, [x, middle]);
            let runs = run(text, Weight::Regular, self.colours.text_weak);
            let at = [x + sign.width(), middle + small.size * HALF_CAPITAL];
            self.text(at, small.size, TextAlign::Left, runs, None);
        }
        self.y += height * places.last().map_or(0.0, |(line, _)| *line as f32 + 1.0);
    }

    fn sign(&mut self, sign: Sign, [x, middle]: [f32; 2]) {
        match sign {
            Sign::Nothing => {}
            Sign::Square(colour) => self.rect([x, middle - 5.0, 10.0, 10.0], colour, None),
            Sign::Lidded { fill, lid } => {
                self.rect([x, middle - 5.0, 24.0, 10.0], fill, None);
                self.rect([x, middle - 5.0, 24.0, 2.0], lid, None);
            }
            Sign::Level(colour) => {
                let rect = [x, middle - days::MERGED / 2.0, 24.0, days::MERGED];
                self.rect(rect, colour, None);
            }
            Sign::Fading(near, far) => {
                let rect = [x, middle - 6.0, 12.0, 12.0];
                let mark = Mark::Fade { rect, from: near, to: far };
                self.scene.shapes.push(Shape { mark, target: None });
            }
            Sign::Upright(colour, pattern) => {
                self.dashed(&[[x + 2.0, middle - 7.0], [x + 2.0, middle + 7.0]], pattern, colour);
            }
        }
    }

    /// A line of one point, in dashes.
    fn dashed(&mut self, points: &[[f32; 2]], pattern: [f32; 2], colour: Rgba) {
        let stroke = Stroke { width: tokens().stroke.line, colour };
        for [from, to] in bars::dashes(points, pattern) {
            self.scene.shapes.push(Shape { mark: Mark::Line { from, to, stroke }, target: None });
        }
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

    /// A small text in one weight.
    fn note(
        &mut self,
        at: [f32; 2],
        align: TextAlign,
        text: String,
        (weight, colour): (Weight, Rgba),
        target: Option<usize>,
    ) {
        let size = tokens().text.small.size;
        self.text(at, size, align, run(text, weight, colour), target);
    }

    /// Paper behind words that stand over something.
    fn plate(&mut self, rect: [f32; 4]) {
        let fill = self.colours.surface.faded(tokens().flow.label_back_alpha);
        self.rect(rect, fill, None);
    }

    fn rect(&mut self, rect: [f32; 4], fill: Rgba, target: Option<usize>) {
        let radius = tokens().radius.bar;
        let mark = Mark::Rect { rect, radius, fill: Some(fill), stroke: None };
        self.scene.shapes.push(Shape { mark, target });
    }

    /// A rectangle with sharp corners, which may touch another.
    fn block(&mut self, rect: [f32; 4], fill: Rgba, target: Option<usize>) {
        let mark = Mark::Rect { rect, radius: 0.0, fill: Some(fill), stroke: None };
        self.scene.shapes.push(Shape { mark, target });
    }

    fn rule(&mut self, from: [f32; 2], to: [f32; 2], colour: Rgba) {
        let stroke = Stroke { width: tokens().stroke.line, colour };
        self.scene.shapes.push(Shape { mark: Mark::Line { from, to, stroke }, target: None });
    }

    /// What a pointer and a screen reader reach: what is drawn, and where else it may be meant.
    fn target(&mut self, id: &str, rect: [f32; 4], reach: [f32; 4], name: String) -> usize {
        self.scene.targets.push(Target {
            id: format!("{}{id}", self.prefix),
            rect,
            outline: Vec::new(),
            label: Some(reach),
            name,
            kind: TargetKind::Node,
        });
        self.scene.targets.len() - 1
    }

    /// Lines across a plot at round values, with the values at its left.
    fn grid(&mut self, [x, right]: [f32; 2], bottom: f32, ticks: &[f64], most: f64) {
        self.rule([x, bottom], [right, bottom], self.colours.line_strong);
        let size = tokens().text.small.size;
        let step = ticks.first().copied().unwrap_or(1.0);
        for tick in ticks {
            let y = bottom - (tick / most) as f32 * self.plot;
            self.rule([x, y], [right, y], self.colours.line);
            let style = (Weight::Regular, self.colours.text_weak);
            let at = [x - 8.0, y + size * HALF_CAPITAL];
            self.note(at, TextAlign::Right, value(*tick, step), style, None);
        }
    }
}

/// A mark in a legend.
#[derive(Clone, Copy)]
enum Sign {
    Nothing,
    Square(Rgba),
    Lidded {
        fill: Rgba,
        lid: Rgba,
    },
    /// A thick piece of a line.
    Level(Rgba),
    Fading(Rgba, Rgba),
    Upright(Rgba, [f32; 2]),
}

impl Sign {
    /// Room for it and before the words.
    fn width(self) -> f32 {
        match self {
            Self::Nothing => 0.0,
            Self::Square(_) => 16.0,
            Self::Lidded { .. } | Self::Level(_) => 30.0,
            Self::Fading(..) => 18.0,
            Self::Upright(..) => 10.0,
        }
    }
}

fn is_empty(view: &View) -> bool {
    match view {
        View::Flow(flow) => flow.nodes.is_empty(),
        View::Paths(paths) => paths.paths.is_empty(),
        View::Funnel(funnel) => funnel.steps.is_empty(),
        View::Timing(timing) => timing.bins.is_empty(),
        View::Trend(trend) => trend.bins.is_empty(),
        // Maps are drawn as maps. A part is never split again; one that is has no picture.
        View::Map(_) | View::Breakdown(_) | View::Comparison(_) => true,
    }
}

/// The flows that a view is made of.
fn flows_of(view: &View) -> Vec<&Flow> {
    let parts = view.parts().into_iter();
    parts.filter_map(|part| if let View::Flow(flow) = part { Some(flow) } else { None }).collect()
}

/// How wide each of two flows is where they stand side by side; nothing where they stand below each
/// other, being more than two or too wide.
fn beside(view: &View) -> Option<f32> {
    let [one, other] = flows_of(view)[..] else { return None };
    let half = flow::needed(one)[0].max(flow::needed(other)[0]).max(LEAST_HALF);
    (half <= MOST_HALF).then_some(half)
}

/// The groups of a split flow, each in a colour of its own.
fn groups(view: &View, theme: Theme) -> Vec<flow::Group<'_>> {
    let colours = theme.colours();
    let names = words::part_names(view);
    let is_rest = |at: usize| match view {
        View::Breakdown(breakdown) => breakdown.segments[at].kind == LabelKind::Other,
        _ => false,
    };
    let colour = |at: usize| match colours.categorical.get(at) {
        _ if is_rest(at) => colours.other,
        Some(colour) => *colour,
        None => colours.rest,
    };
    let flows = flows_of(view).into_iter().zip(names).enumerate();
    flows.map(|(at, (flow, name))| flow::Group { name, colour: colour(at), flow }).collect()
}

fn left() -> f32 {
    tokens().space.view_margin
}

fn run(text: String, weight: Weight, colour: Rgba) -> Vec<Run> {
    vec![Run { text, weight, colour, gap: 0.0 }]
}

/// A value of an axis whose labels are `step` apart.
fn value(tick: f64, step: f64) -> String {
    if step >= 1.0 {
        number(tick.round() as u64)
    } else {
        let decimals = (-step.log10()).ceil().clamp(1.0, 6.0) as usize;
        format!("{tick:.decimals$}")
    }
}

/// The widest value of an axis.
fn widest(ticks: &[f64]) -> f32 {
    let step = ticks.first().copied().unwrap_or(1.0);
    let size = tokens().text.small.size;
    let widths = ticks.iter().map(|tick| measure(&value(*tick, step), size, Weight::Regular));
    widths.fold(0.0, f32::max)
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
