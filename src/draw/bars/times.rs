//! People by how long something took: bars as wide as their bins, so that area is people. What was
//! put together is lighter and has a lid; what a half and a quarter take is read off the bins.

use super::{Board, Sign, left, widest};
use crate::draw::layout::axis::{Span, TimeAxis, TimeScale};
use crate::draw::layout::bars;
use crate::draw::scene::{Fill, Mark, Shape};
use crate::draw::text::{HALF_CAPITAL, measure, number};
use crate::draw::tokens::tokens;
use crate::draw::{Cubic, Rgba, TextAlign, Weight, words};
use crate::views::{Quantiles, TimeBin, View};

/// Over the highest bar there is room for a number.
const AIR: f64 = 1.14;
/// Room for one label of the axis.
const LABEL: f32 = 76.0;
/// A bar that takes more of the width than this says in words what it is.
const WIDE: f32 = 0.16;
/// How many times as long as the rest a tail is that is not drawn out.
const TAIL: u64 = 8;
const LIGHT: f32 = 0.45;
const LID: f32 = 2.0;
const DASHES: [f32; 2] = [3.0, 3.0];

/// How the times of a view are laid out where nobody chooses; nothing where it has none.
pub fn scale_of(view: &View) -> Option<TimeScale> {
    let spans: Vec<Span> = view.parts().into_iter().flat_map(bins_of).map(span).collect();
    (!spans.is_empty()).then(|| TimeAxis::best(&spans))
}

fn bins_of(view: &View) -> &[TimeBin] {
    match view {
        View::Timing(timing) => &timing.bins,
        View::Funnel(funnel) => &funnel.time_to_convert,
        _ => &[],
    }
}

fn span(bin: &TimeBin) -> Span {
    (bin.from, bin.to)
}

/// People for one unit of the axis.
fn density(axis: &TimeAxis, bin: &TimeBin) -> f64 {
    bin.count as f64 / axis.width(span(bin))
}

/// A time that a share of the people do not exceed.
struct Reading {
    secs: u64,
    /// In full, and where room is short.
    words: [String; 2],
    is_half: bool,
}

/// Where the words of a reading stand.
struct Placed {
    x: f32,
    /// The middle of the line of text, and where its text begins.
    middle: f32,
    text_left: f32,
    text: String,
    is_half: bool,
}

/// The plot on the page.
#[derive(Clone, Copy)]
struct Frame {
    left: f32,
    width: f32,
    top: f32,
    bottom: f32,
}

impl Board<'_> {
    /// The parts of a timing below each other, on the same axes.
    pub(super) fn all_times(&mut self, view: &View) {
        let names = words::part_names(view);
        let parts = view.parts();
        if let ([View::Timing(timing)], true) = (parts.as_slice(), names.is_empty()) {
            self.one_timing(view, &timing.bins, &timing.quantiles);
            return;
        }
        let axis = self.time_axis(parts.iter().flat_map(|part| bins_of(part)));
        let most = parts.iter().flat_map(|part| bins_of(part)).map(|bin| density(&axis, bin));
        let most = most.fold(0.0, f64::max);
        for (at, part) in parts.iter().enumerate() {
            if let Some(name) = names.get(at) {
                self.part_head(name, part, [0.0, self.scene.width]);
                self.prefix = format!("{at}/");
            }
            let View::Timing(timing) = part else { continue };
            self.times(part, &timing.bins, &timing.quantiles, &axis, most);
        }
        self.times_legend(view, &axis, false);
    }

    /// The times of one view that has them beside something else.
    pub(super) fn own_times(&mut self, view: &View) {
        self.one_timing(view, bins_of(view), &Quantiles::default());
    }

    fn one_timing(&mut self, view: &View, published: &[TimeBin], quantiles: &Quantiles) {
        let scale = self.picture.scale;
        let spans = || published.iter().map(span).collect::<Vec<_>>();
        let is_even = scale.unwrap_or_else(|| TimeAxis::best(&spans())) == TimeScale::Even;
        let bins = if is_even { without_tail(published) } else { published.to_vec() };
        let axis = TimeAxis::new(
            if is_even { TimeScale::Even } else { TimeScale::Logarithmic },
            &bins.iter().map(span).collect::<Vec<_>>(),
            self.labels_of_times(),
        );
        let most = bins.iter().map(|bin| density(&axis, bin)).fold(0.0, f64::max);
        self.times(view, &bins, quantiles, &axis, most);
        self.times_legend(view, &axis, bins.len() < published.len());
    }

    fn labels_of_times(&self) -> usize {
        ((self.right() - left()) / LABEL).max(2.0) as usize
    }

    fn time_axis<'b>(&self, bins: impl Iterator<Item = &'b TimeBin>) -> TimeAxis {
        let spans: Vec<Span> = bins.map(span).collect();
        let scale = self.picture.scale.unwrap_or_else(|| TimeAxis::best(&spans));
        TimeAxis::new(scale, &spans, self.labels_of_times())
    }

    fn times(
        &mut self,
        view: &View,
        bins: &[TimeBin],
        quantiles: &Quantiles,
        axis: &TimeAxis,
        most: f64,
    ) {
        if bins.is_empty() {
            self.small("Nothing is shown: too few people have such a journey, or nobody has.");
            return;
        }
        let small = tokens().text.small;
        let unit = words::unit(view.head().unit);
        let per = if axis.is_logarithmic() {
            format!("{unit} for each doubling of the time")
        } else {
            format!("{unit} {}", axis.unit().2)
        };
        self.y += 4.0;
        self.small(&per);
        let ticks = bars::marks(most, 0.0);
        let x = left() + widest(&ticks) + 10.0;
        let frame = Frame { left: x, width: self.right() - x, top: 0.0, bottom: 0.0 };
        let readings = readings(quantiles, bins, axis, frame);
        let rows = readings.iter().map(|placed| placed.middle).fold(0.0, f32::max);
        let top = self.y + if readings.is_empty() { 0.0 } else { rows + small.line / 2.0 + 2.0 };
        let frame = Frame { top, bottom: top + self.plot, ..frame };
        let scale = most * AIR;
        let above = self.y;
        self.grid([frame.left, frame.left + frame.width], frame.bottom, &ticks, scale);
        let shown: Vec<[f32; 4]> = bins
            .iter()
            .enumerate()
            .map(|(at, bin)| self.time_bar(view, at, bin, axis, scale, frame))
            .collect();
        let upright: Vec<f32> = readings.iter().map(|placed| placed.x).collect();
        for placed in readings {
            self.reading(placed, above, frame.bottom);
        }
        for (bin, bar) in bins.iter().zip(shown) {
            self.bar_words(unit, bin, bar, frame, &upright);
        }
        self.y = frame.bottom;
        self.time_labels(bins, axis, frame);
    }

    /// Draws a bar and gives its place.
    fn time_bar(
        &mut self,
        view: &View,
        at: usize,
        bin: &TimeBin,
        axis: &TimeAxis,
        scale: f64,
        frame: Frame,
    ) -> [f32; 4] {
        let end = bin.to.map_or(axis.end, |to| to as f64);
        let [from, to] =
            [bin.from as f64, end].map(|secs| frame.left + axis.place(secs) * frame.width);
        let plot = frame.bottom - frame.top;
        let share = if scale > 0.0 { (density(axis, bin) / scale) as f32 } else { 0.0 };
        let height = if bin.count > 0 { (share * plot).clamp(1.0, plot) } else { 0.0 };
        // A hair of paper between neighbours, where they are wide enough to spare it.
        let air = if to - from > 4.0 { 0.5 } else { 0.0 };
        let rect = [from + air, frame.bottom - height, (to - from - 2.0 * air).max(1.0), height];
        let share = super::percent(bin.count, everybody(view));
        let share = share.map_or_else(String::new, |share| format!(", {share}"));
        let merged = if bin.is_merged() { ", put together" } else { "" };
        let name =
            format!("{}, {}{share}{merged}", words::span(bin), words::about(view, bin.count));
        let reach = [from, frame.top, to - from, plot];
        let target = Some(self.target(&format!("time-{at}"), rect, reach, name));
        let colour = self.colours.categorical[0];
        if height <= 0.0 {
            return rect;
        }
        let lid = [rect[0], rect[1], rect[2], LID.min(height)];
        if bin.to.is_none() {
            // It has no end, and so it fades.
            self.fading(rect, colour.faded(LIGHT), target);
            self.fading(lid, colour, target);
        } else if bin.is_merged() {
            self.block(rect, colour.faded(LIGHT), target);
            self.block(lid, colour, target);
        } else {
            self.block(rect, colour, target);
        }
        rect
    }

    /// A rectangle that fades to the right.
    fn fading(&mut self, [x, y, width, height]: [f32; 4], near: Rgba, target: Option<usize>) {
        let line = |y: f32| -> Cubic { [x, x, x + width, x + width].map(|x| [x, y]) };
        let fill = Fill::Across(near, near.faded(0.1));
        let mark = Mark::Band { upper: line(y), lower: line(y + height), fill };
        self.scene.shapes.push(Shape { mark, target });
    }

    /// A number over a bar; over one that is very wide, a bracket with words.
    fn bar_words(
        &mut self,
        unit: &str,
        bin: &TimeBin,
        [x, y, width, _]: [f32; 4],
        frame: Frame,
        upright: &[f32],
    ) {
        let small = tokens().text.small;
        let centre = x + width / 2.0;
        let long = format!("one bar, {} {unit}, {}", number(bin.count), words::span(bin));
        let long_width = measure(&long, small.size, Weight::Regular);
        let is_wide = width > WIDE * frame.width && bin.is_merged();
        let (text, wide, lift) = if is_wide && long_width + 16.0 <= width && y - 32.0 >= frame.top {
            let level = y - 10.0;
            self.rule([x + 1.0, level], [x + width - 1.0, level], self.colours.text_weak);
            for end in [x + 1.0, x + width - 1.0] {
                self.rule([end, level - 4.0], [end, level + 4.0], self.colours.text_weak);
            }
            (long, long_width, 18.0)
        } else {
            let text = number(bin.count);
            let wide = measure(&text, small.size, Weight::Regular);
            (text, wide, 5.0)
        };
        if wide + 2.0 > width || bin.count == 0 {
            return;
        }
        let baseline = y - lift;
        let apart = wide / 2.0 + 4.0;
        let is_free = |centre: f32| upright.iter().all(|mark| (mark - centre).abs() >= apart);
        let is_over = |centre: &f32| {
            centre - wide / 2.0 >= x && centre + wide / 2.0 <= x + width && is_free(*centre)
        };
        // Beside the lines of quarters, as near to the middle of the bar as there is room.
        let beside = upright.iter().flat_map(|mark| [mark - apart - 1.0, mark + apart + 1.0]);
        let nearest =
            beside.filter(is_over).min_by(|a, b| (a - centre).abs().total_cmp(&(b - centre).abs()));
        let centre = match nearest {
            Some(beside) if !is_free(centre) => beside,
            _ => centre,
        };
        if !is_free(centre) {
            let plate = [centre - wide / 2.0 - 3.0, baseline - small.size + 1.0, wide + 6.0, 14.0];
            self.rect(plate, self.colours.surface, None);
        }
        let style = (Weight::Regular, self.colours.text);
        self.note([centre, baseline], TextAlign::Centre, text, style, None);
    }

    fn reading(&mut self, placed: Placed, above: f32, bottom: f32) {
        let small = tokens().text.small;
        let ink = self.colours.text_strong;
        let Placed { x, middle, text_left, text, is_half } = placed;
        let weight = if is_half { Weight::SemiBold } else { Weight::Regular };
        let wide = measure(&text, small.size, weight);
        let middle = above + middle;
        // Beside its words a line goes up to their middle, under them it ends below.
        let beside = text_left > x || text_left + wide < x;
        let top = if beside { middle - small.line / 2.0 } else { middle + small.line / 2.0 };
        let pattern = if is_half { [1.0, 0.0] } else { DASHES };
        self.dashed(&[[x, top], [x, bottom]], pattern, ink);
        self.plate([text_left - 2.0, middle - small.line / 2.0, wide + 4.0, small.line]);
        let at = [text_left, middle + small.size * HALF_CAPITAL];
        self.note(at, TextAlign::Left, text, (weight, ink), None);
    }

    fn time_labels(&mut self, bins: &[TimeBin], axis: &TimeAxis, frame: Frame) {
        let small = tokens().text.small;
        let is_even = !axis.is_logarithmic();
        let (secs_of_unit, unit, _) = axis.unit();
        let mut times = axis.labels(&TimeBin::GRID_SECS);
        let last = times.last().copied();
        if !is_even {
            // Where a bar ends is worth more than what is round within it.
            let within = |secs: u64| {
                bins.iter().any(|bin| bin.from < secs && bin.to.is_none_or(|to| secs < to))
            };
            times.sort_by_key(|secs| within(*secs));
        }
        let mut taken: Vec<[f32; 2]> = Vec::new();
        for secs in times {
            let text = match (is_even, Some(secs) == last) {
                (true, true) => format!("{} {unit}", number(secs / secs_of_unit)),
                (true, false) => number(secs / secs_of_unit),
                (false, _) if secs == 0 => "0".to_owned(),
                (false, _) => words::duration(secs),
            };
            let wide = measure(&text, small.size, Weight::Regular);
            let x = frame.left + axis.place(secs as f64) * frame.width;
            let centre = x.min(self.right() - wide / 2.0);
            let [from, to] = [centre - wide / 2.0, centre + wide / 2.0];
            if taken.iter().any(|[a, b]| from - 10.0 < *b && *a < to + 10.0) {
                continue;
            }
            taken.push([from, to]);
            self.rule([x, frame.bottom], [x, frame.bottom + 4.0], self.colours.line_strong);
            let at = [centre, frame.bottom + small.line];
            self.note(at, TextAlign::Centre, text, (Weight::Regular, self.colours.text), None);
        }
        self.y = frame.bottom + small.line + 8.0;
    }

    fn times_legend(&mut self, view: &View, axis: &TimeAxis, has_tail: bool) {
        let parts = view.parts();
        let bins = || parts.iter().flat_map(|part| bins_of(part));
        let colour = self.colours.categorical[0];
        let merged = format!(
            "wider and lower: put together until at least {} people are in it",
            number(u64::from(view.head().k))
        );
        let mut entries = Vec::new();
        if bins().any(|bin| !bin.is_merged()) {
            entries.push((Sign::Square(colour), "as finely as times are told"));
        }
        if bins().any(TimeBin::is_merged) {
            let sign = Sign::Lidded { fill: colour.faded(LIGHT), lid: colour };
            entries.push((sign, merged.as_str()));
        }
        let has_quarters = parts.iter().any(|part| match part {
            View::Timing(timing) => {
                timing.quantiles.p25.is_some() || timing.quantiles.p75.is_some()
            }
            _ => false,
        });
        if has_quarters {
            entries.push((Sign::Upright(self.colours.text_strong, DASHES), "quarters"));
        }
        entries.push((
            Sign::Nothing,
            if axis.is_logarithmic() {
                "Area is people; each doubling of the time is equally wide."
            } else {
                "Area is people."
            },
        ));
        if bins().any(|bin| bin.to.is_none() && bin.from > 0) {
            entries.push((Sign::Nothing, "What fades has no end."));
        }
        if has_tail {
            let words = "Longer times are one bar here; the table tells them apart.";
            entries.push((Sign::Nothing, words));
        }
        self.y += 6.0;
        self.legend(&entries);
    }
}

/// The words of what is read off the bins: in one line where there is room, else in steps, so
/// that no line runs through the words of another.
fn readings(quantiles: &Quantiles, bins: &[TimeBin], axis: &TimeAxis, frame: Frame) -> Vec<Placed> {
    let small = tokens().text.small;
    let Quantiles { p25, p50, p75 } = *quantiles;
    let said = [("a quarter by ", p25), ("half by ", p50), ("three quarters by ", p75)];
    let readings: Vec<Reading> = said
        .into_iter()
        .filter_map(|(share, secs)| {
            let secs = secs?;
            let brief = words::reading(secs, bins);
            let is_half = share == said[1].0;
            let short = if is_half { format!("{share}{brief}") } else { brief.clone() };
            Some(Reading { secs, words: [format!("{share}{brief}"), short], is_half })
        })
        .collect();
    let x = |reading: &Reading| frame.left + axis.place(reading.secs as f64) * frame.width;
    let width = |text: &str| measure(text, small.size, Weight::SemiBold);
    let (low, high) = (left(), frame.left + frame.width);
    let half = readings.iter().position(|reading| reading.is_half);
    for form in 0..2 {
        let line: Vec<Placed> = readings
            .iter()
            .enumerate()
            .map(|(at, reading)| {
                let text = reading.words[form].clone();
                let wide = width(&text);
                let begin = match half {
                    Some(half) if at < half => x(reading) - wide + 4.0,
                    Some(half) if at > half => x(reading) - 4.0,
                    _ => x(reading) - wide / 2.0,
                };
                let text_left = begin.max(low).min(high - wide);
                let (x, middle) = (x(reading), small.line / 2.0);
                Placed { x, middle, text_left, text, is_half: reading.is_half }
            })
            .collect();
        let apart = line
            .windows(2)
            .all(|pair| pair[0].text_left + width(&pair[0].text) + 12.0 <= pair[1].text_left);
        if apart {
            return line;
        }
    }
    let steps = readings.iter().enumerate().map(|(at, reading)| {
        let text = reading.words[0].clone();
        let text_left = (x(reading) + 6.0).min(high - width(&text));
        let middle = small.line * (at as f32 + 0.5);
        Placed { x: x(reading), middle, text_left, text, is_half: reading.is_half }
    });
    steps.collect()
}

/// Where most people take minutes and a few take weeks, an even axis to the last of them would show
/// nobody: beyond what three quarters take, all are one bar without an end.
fn without_tail(bins: &[TimeBin]) -> Vec<TimeBin> {
    let sum = |bins: &[TimeBin]| bins.iter().fold(0, |sum: u64, bin| sum.saturating_add(bin.count));
    let all = sum(bins);
    let last = bins.last().map_or(0, |bin| bin.from);
    for at in 1..bins.len() {
        let (head, tail) = bins.split_at(at);
        if sum(head) / 3 >= all / 4 {
            let from = tail[0].from;
            if tail.len() < 2 || last <= from.saturating_mul(TAIL) {
                break;
            }
            let rest = TimeBin { from, to: None, count: sum(tail) };
            return head.iter().cloned().chain([rest]).collect();
        }
    }
    bins.to_vec()
}

/// Everybody in the bins of a view.
fn everybody(view: &View) -> u64 {
    bins_of(view).iter().fold(0, |sum: u64, bin| sum.saturating_add(bin.count))
}
