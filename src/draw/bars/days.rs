//! People by day: a line of everybody, or one line a segment, told apart by their dashes, their marks
//! and the name at their end. Intervals that were put together are as wide as they are.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Board, MOST_SERIES, Series, Sign, fit, left, widest};
use crate::draw::layout::axis;
use crate::draw::layout::bars;
use crate::draw::scene::{Mark, Shape, Stroke};
use crate::draw::text::{HALF_CAPITAL, measure};
use crate::draw::tokens::tokens;
use crate::draw::{Rgba, TextAlign, Weight, words};
use crate::views::{DateBin, Grain, Trend, View};

const AIR: f64 = 1.08;
const LINE: f32 = 2.0;
/// A stretch that was put together is a line as thick as this.
pub(super) const MERGED: f32 = 4.0;
const MARK: f32 = 7.0;
/// How much of a hollow mark is paper.
const HOLLOW: f32 = 0.5;
/// Names of lines take no more than this.
const MOST_NAME: f32 = 150.0;
/// Room for one label of the axis.
const LABEL: f32 = 64.0;
/// How long a line is drawn, and then not; each of its own.
const DASHES: [[f32; 2]; MOST_SERIES] = [
    [1.0, 0.0],
    [7.0, 4.0],
    [2.0, 3.0],
    [12.0, 4.0],
    [4.0, 4.0],
    [16.0, 6.0],
    [3.0, 6.0],
    [9.0, 2.0],
];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// An interval with both ends: where it has none, it is as long as intervals are.
#[derive(Clone, Copy)]
struct Interval {
    from: Date,
    to: Date,
    is_merged: bool,
    is_open: bool,
}

/// The plot on the page, and the days it shows.
#[derive(Clone, Copy)]
struct Frame {
    left: f32,
    width: f32,
    top: f32,
    bottom: f32,
    first: Date,
    last: Date,
    most: f64,
}

impl Frame {
    fn x(self, day: Date) -> f32 {
        let whole = axis::between(self.first, self.last).max(1) as f32;
        self.left + axis::between(self.first, day) as f32 / whole * self.width
    }

    fn y(self, count: u64) -> f32 {
        let share = if self.most > 0.0 { count as f64 / self.most } else { 0.0 };
        self.bottom - share as f32 * (self.bottom - self.top)
    }
}

impl Board<'_> {
    pub(super) fn days(&mut self, view: &View) {
        let parts = view.parts();
        let series = self.series_of(view, |part| match part {
            View::Trend(trend) if !trend.bins.is_empty() => Some(trend),
            _ => None,
        });
        let told: Vec<Vec<Option<Interval>>> = series.iter().map(|one| intervals(one.of)).collect();
        let days = || told.iter().flatten().flatten();
        let first = days().map(|interval| interval.from).min();
        let last = days().map(|interval| interval.to).max();
        let (Some(first), Some(last)) = (first, last) else {
            self.all_days(&series);
            return;
        };
        // A line of one interval without ends runs through the whole plot.
        let whole = Interval { from: first, to: last, is_merged: true, is_open: true };
        let spans: Vec<Vec<Interval>> = told
            .into_iter()
            .map(|spans| spans.into_iter().map(|span| span.unwrap_or(whole)).collect())
            .collect();
        let unit = words::unit(view.head().unit);
        let grain = series.first().map_or(Grain::Week, |one| one.of.spec.asked.grain);
        self.y += 4.0;
        self.small(&format!("{unit} in {}", one_of(grain)));
        let most = series.iter().flat_map(|one| &one.of.bins).map(|bin| bin.count).max();
        let most = most.unwrap_or(0) as f64;
        let ticks = bars::marks(most, 1.0);
        let x = left() + widest(&ticks) + 10.0;
        let names = end_names(&series);
        let size = tokens().text.small.size;
        let room =
            names.iter().map(|name| measure(name, size, Weight::Medium) + 24.0).fold(0.0, f32::max);
        let top = self.y;
        let frame = Frame {
            left: x,
            width: self.right() - room - x,
            top,
            bottom: top + self.plot,
            first,
            last,
            most: most * AIR,
        };
        self.grid([frame.left, frame.left + frame.width], frame.bottom, &ticks, frame.most);
        // The first line is of most people; it is painted last.
        for (at, one) in series.iter().enumerate().rev() {
            self.prefix.clone_from(&one.prefix);
            self.series(at, one, &spans[at], frame, series.len() == 1);
        }
        self.prefix.clear();
        self.name_ends(&series, &names, frame);
        self.day_labels(frame);
        self.those_not_drawn(parts.len() - series.len());
        self.days_legend(view, &series, &spans);
    }

    /// What can be said where no day is told apart from another.
    fn all_days(&mut self, series: &[Series<'_, Trend>]) {
        for one in series {
            self.prefix.clone_from(&one.prefix);
            let count = one.of.bins.iter().map(|bin| bin.count).max().unwrap_or(0);
            let about = words::about(one.view, count);
            let segment = one.name.as_ref().map_or_else(String::new, |name| format!("{name}, "));
            let said = format!("{segment}all days put together: {about}");
            let rect = [left(), self.y, self.right() - left(), tokens().text.small.line + 4.0];
            self.small(&said);
            self.target("days-0", rect, rect, said);
        }
        self.prefix.clear();
    }

    fn series(
        &mut self,
        at: usize,
        series: &Series<'_, Trend>,
        spans: &[Interval],
        frame: Frame,
        is_alone: bool,
    ) {
        let pattern = if is_alone { [1.0, 0.0] } else { DASHES[at % MOST_SERIES] };
        let mut points = Vec::new();
        for (bin, span) in series.of.bins.iter().zip(spans) {
            let (from, to, y) = (frame.x(span.from), frame.x(span.to), frame.y(bin.count));
            if span.is_merged {
                points.extend([[from, y], [to, y]]);
            } else {
                points.push([f32::midpoint(from, to), y]);
            }
        }
        let stroke = Stroke { width: LINE, colour: series.colour };
        for [from, to] in bars::dashes(&points, pattern) {
            self.scene.shapes.push(Shape { mark: Mark::Line { from, to, stroke }, target: None });
        }
        for (number, (bin, span)) in series.of.bins.iter().zip(spans).enumerate() {
            let (from, to, y) = (frame.x(span.from), frame.x(span.to), frame.y(bin.count));
            let segment = series.name.as_ref().map_or_else(String::new, |n| format!("{n}, "));
            let merged = if span.is_merged { ", put together" } else { "" };
            let about = words::about(series.view, bin.count);
            let name = format!("{segment}{}, {about}{merged}", words::days(bin));
            let middle = f32::midpoint(from, to);
            let rect = if span.is_merged {
                [from, y - MERGED / 2.0, (to - from).max(1.0), MERGED]
            } else {
                [middle - MARK / 2.0, y - MARK / 2.0, MARK, MARK]
            };
            // Alone, a line is reached anywhere above or below; among others, near by.
            let reach = if is_alone {
                [from, frame.top, to - from, frame.bottom - frame.top]
            } else {
                [rect[0] - 3.0, rect[1] - 3.0, rect[2] + 6.0, rect[3] + 6.0]
            };
            let target = self.target(&format!("days-{number}"), rect, reach, name);
            let target = Some(target);
            if span.is_merged {
                self.rect(rect, series.colour, target);
            } else if (to - from) >= MARK + 1.0 {
                self.mark(at, [middle, y], series.colour, span.is_open, target);
            }
        }
    }

    /// A mark on a line, each line with its own; hollow where an interval has no beginning or end.
    fn mark(
        &mut self,
        at: usize,
        [x, y]: [f32; 2],
        colour: Rgba,
        hollow: bool,
        target: Option<usize>,
    ) {
        let half = MARK / 2.0;
        let points = match at % 4 {
            1 => vec![
                [x, y - half - 1.0],
                [x + half + 1.0, y],
                [x, y + half + 1.0],
                [x - half - 1.0, y],
            ],
            2 => vec![[x, y - half - 1.0], [x + half + 1.0, y + half], [x - half - 1.0, y + half]],
            _ => Vec::new(),
        };
        let mark = if points.is_empty() {
            let radius = if at.is_multiple_of(4) { half } else { 0.0 };
            let (fill, stroke) = if hollow {
                (self.colours.surface, Some(Stroke { width: 1.5, colour }))
            } else {
                (colour, None)
            };
            let rect = [x - half, y - half, MARK, MARK];
            Mark::Rect { rect, radius, fill: Some(fill), stroke }
        } else {
            let mark = Mark::Polygon { points: points.clone(), fill: colour };
            self.scene.shapes.push(Shape { mark, target });
            if !hollow {
                return;
            }
            // Paper inside, as far from every side.
            let share = 1.0 / points.len() as f32;
            let centre = points.iter().fold([0.0, 0.0], |[a, b], [x, y]| [a + x, b + y]);
            let [a, b] = centre.map(|sum| sum * share);
            let inner = |[x, y]: [f32; 2]| [a + (x - a) * HOLLOW, b + (y - b) * HOLLOW];
            let points = points.into_iter().map(inner).collect();
            Mark::Polygon { points, fill: self.colours.surface }
        };
        self.scene.shapes.push(Shape { mark, target });
    }

    /// At the end of each line its name, moved apart where lines end close to each other.
    fn name_ends(&mut self, series: &[Series<'_, Trend>], names: &[String], frame: Frame) {
        if names.len() != series.len() {
            return;
        }
        let small = tokens().text.small;
        let ends: Vec<f32> = series
            .iter()
            .map(|one| frame.y(one.of.bins.last().map_or(0, |bin| bin.count)))
            .collect();
        let places = bars::apart(&ends, small.line, [frame.top + 8.0, frame.bottom - 4.0]);
        let right = frame.left + frame.width;
        for (at, (one, name)) in series.iter().zip(names).enumerate() {
            let begin = [right + 4.0, places[at]];
            self.line_of(at, begin, 14.0, one.colour);
            let at = [right + 22.0, places[at] + small.size * HALF_CAPITAL];
            let style = (Weight::Medium, self.colours.text_strong);
            self.note(at, TextAlign::Left, name.clone(), style, None);
        }
    }

    /// A piece of a line with its mark, as it is in the plot.
    fn line_of(&mut self, at: usize, [x, y]: [f32; 2], length: f32, colour: Rgba) {
        let stroke = Stroke { width: LINE, colour };
        for [from, to] in bars::dashes(&[[x, y], [x + length, y]], DASHES[at % MOST_SERIES]) {
            self.scene.shapes.push(Shape { mark: Mark::Line { from, to, stroke }, target: None });
        }
        self.mark(at, [x + length / 2.0, y], colour, false, None);
    }

    /// Days and months under the plot; the year under the first one of it.
    fn day_labels(&mut self, frame: Frame) {
        let small = tokens().text.small;
        let most = (frame.width / LABEL).max(1.0) as usize;
        let style = (Weight::Regular, self.colours.text);
        let weak = (Weight::Regular, self.colours.text_weak);
        let mut year = None;
        for label in axis::days(frame.first, frame.last, most) {
            let x = frame.x(label.day);
            let month = MONTHS[usize::from(label.day.month().unsigned_abs().clamp(1, 12)) - 1];
            let text = if label.month_only {
                month.to_owned()
            } else {
                format!("{} {month}", label.day.day())
            };
            let wide = measure(&text, small.size, Weight::Regular);
            let centre = x.min(self.right() - wide / 2.0);
            self.rule([x, frame.bottom], [x, frame.bottom + 4.0], self.colours.line_strong);
            let at = [centre, frame.bottom + small.line];
            self.note(at, TextAlign::Centre, text, style, None);
            if year != Some(label.day.year()) {
                year = Some(label.day.year());
                let at = [centre, frame.bottom + 2.0 * small.line];
                let text = label.day.year().to_string();
                self.note(at, TextAlign::Centre, text, weak, None);
            }
        }
        self.y = frame.bottom + 2.0 * small.line + 10.0;
    }

    fn days_legend(&mut self, view: &View, series: &[Series<'_, Trend>], spans: &[Vec<Interval>]) {
        let days = || spans.iter().flatten();
        let ink = series.first().map_or(self.colours.text, |one| one.colour);
        let mut entries =
            vec![(Sign::Nothing, "Somebody who is there in several intervals is counted in each.")];
        let merged = format!(
            "put together until at least {} people are in it",
            crate::draw::text::number(u64::from(view.head().k))
        );
        if days().any(|interval| interval.is_merged) {
            entries.push((Sign::Level(ink), merged.as_str()));
        }
        if days().any(|interval| interval.is_open) {
            entries.push((
                Sign::Nothing,
                "The first and the last reach as far as the data do, which is not told.",
            ));
        }
        self.legend(&entries);
    }
}

/// The names at the ends of the lines, where there are several.
fn end_names(series: &[Series<'_, Trend>]) -> Vec<String> {
    let size = tokens().text.small.size;
    let names = series.iter().filter_map(|one| one.name.as_ref());
    names.map(|name| fit(name, usize::MAX, size, Weight::Medium, MOST_NAME)).collect()
}

fn one_of(grain: Grain) -> &'static str {
    match grain {
        Grain::Day => "a day",
        Grain::Week => "a week",
        Grain::Month => "a month",
    }
}

/// What can be drawn of each interval; nothing of one that has neither beginning nor end.
fn intervals(trend: &Trend) -> Vec<Option<Interval>> {
    let length = match trend.spec.asked.grain {
        Grain::Day => 1.days(),
        Grain::Week => 1.weeks(),
        Grain::Month => 1.months(),
    };
    let interval = |bin: &DateBin| {
        let before = |day: Date| day.checked_sub(length).unwrap_or(day);
        let after = |day: Date| day.checked_add(length).unwrap_or(day);
        let (from, to) = match (bin.from, bin.to) {
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => (from, after(from)),
            (None, Some(to)) => (before(to), to),
            (None, None) => return None,
        };
        let is_open = bin.from.is_none() || bin.to.is_none();
        // Within a declared window the first and the last may also be shorter.
        let is_merged = !is_open && to > after(from);
        Some(Interval { from, to, is_merged, is_open })
    };
    trend.bins.iter().map(interval).collect()
}
