//! A funnel: a bar for everyone and one for each step, above each the people who went no further.
//! Segments stand side by side in each step, and their numbers in rows below.

use super::{Board, Series, Sign, fit, has_times, left, percent};
use crate::draw::layout::bars;
use crate::draw::scene::{Mark, Shape};
use crate::draw::text::{HALF_CAPITAL, measure, number};
use crate::draw::tokens::tokens;
use crate::draw::{Rgba, TextAlign, Weight, words};
use crate::views::{Funnel, View};

/// A bar is not wider than this.
const WIDEST: f32 = 96.0;
/// How much of a step its bars take.
const SHARE: f32 = 0.58;
/// The names of segments take no more than this.
const MOST_NAME: f32 = 168.0;
/// A bar of this height has room for its number.
const HIGH_ENOUGH: f32 = 22.0;
/// What is left of a step that may be left out.
const OPTIONAL: f32 = 0.55;
const BETWEEN: f32 = 0.07;
const LOST: [f32; 2] = [0.55, 0.12];

/// One bar: everyone, or a step.
struct Step {
    name: String,
    count: u64,
    /// Those who could have come here: of the last step before that may not be left out.
    from: Option<u64>,
    is_optional: bool,
}

impl Step {
    fn lost(&self) -> u64 {
        self.from.map_or(0, |from| from.saturating_sub(self.count))
    }
}

/// The plot on the page.
#[derive(Clone, Copy)]
struct Frame {
    left: f32,
    /// The room of one step.
    slot: f32,
    top: f32,
    bottom: f32,
    /// How many people fill the plot.
    most: u64,
}

impl Frame {
    fn centre(self, step: usize) -> f32 {
        self.left + self.slot * (step as f32 + 0.5)
    }

    fn height(self, count: u64) -> f32 {
        bars::length(count, self.most, self.bottom - self.top, 1.0)
    }
}

impl Board<'_> {
    pub(super) fn steps(&mut self, view: &View) {
        let parts = view.parts();
        let series = self.series_of(view, |part| match part {
            View::Funnel(funnel) if !funnel.steps.is_empty() => Some(funnel),
            _ => None,
        });
        let Some(first) = series.first() else { return };
        let labels = steps_of(first.of);
        let name_room = name_room(&series);
        let plot_left = left() + name_room;
        let slot = (self.right() - plot_left) / labels.len() as f32;
        let most = series.iter().map(|series| series.of.people).max().unwrap_or(0);
        let top = self.y + 12.0;
        let bottom = top + self.plot;
        let frame = Frame { left: plot_left, slot, top, bottom, most };
        for (at, one) in series.iter().enumerate() {
            self.prefix.clone_from(&one.prefix);
            self.funnel(one, [at, series.len()], frame);
        }
        self.prefix.clear();
        self.rule([plot_left, bottom], [self.right(), bottom], self.colours.line_strong);
        self.y = bottom + 4.0;
        self.step_names(&labels, frame, series.len() == 1);
        if series.len() > 1 || first.name.is_some() {
            self.series_rows(&series, frame, name_room);
        }
        self.those_not_drawn(parts.len() - series.len());
        self.steps_legend(&series);
        if let Some(single) = series.first().filter(|_| has_times(first.of, parts.len())) {
            self.y += 16.0;
            self.rule([left(), self.y], [self.right(), self.y], self.colours.line);
            self.y += 12.0;
            self.caption("How long they took from the first step to the last");
            self.own_times(single.view);
        }
    }

    fn funnel(&mut self, series: &Series<'_, Funnel>, [at, of]: [usize; 2], frame: Frame) {
        let steps = steps_of(series.of);
        let all = series.of.people;
        let size = tokens().text.small.size;
        let widest = measure("100\u{202F}%", size, Weight::Medium) + 10.0;
        let group = (frame.slot * SHARE).min(frame.slot - widest).clamp(4.0, WIDEST * of as f32);
        let width = group / of as f32;
        for (step, here) in steps.iter().enumerate() {
            let x = frame.centre(step) - group / 2.0 + width * at as f32;
            let air = if of > 1 { 1.0 } else { 0.0 };
            let height = frame.height(here.count);
            let rect = [x + air, frame.bottom - height, (width - 2.0 * air).max(1.0), height];
            let id = if step == 0 { "everyone".to_owned() } else { format!("step-{}", step - 1) };
            let name = spoken(series, here, all);
            let reach = if of > 1 {
                [x, frame.top, width, frame.bottom - frame.top]
            } else {
                let left = frame.centre(step) - frame.slot / 2.0;
                [left, frame.top, frame.slot, frame.bottom - frame.top + 38.0]
            };
            let target = self.target(&id, rect, reach, name);
            let is_selected =
                self.picture.selected.as_ref() == Some(&self.scene.targets[target].id);
            let target = Some(target);
            if is_selected {
                // Under the bar, so that nothing beside it is covered.
                let under = frame.bottom + 1.0;
                let foot = [reach[0], under, reach[2], reach[1] + reach[3] - under];
                if foot[3] > 0.0 {
                    self.block(foot, self.colours.selection, target);
                }
                let edge = [reach[0], under, reach[2], tokens().stroke.selected];
                self.block(edge, self.colours.accent, target);
            }
            let lost = frame.height(here.count.saturating_add(here.lost())) - height;
            if lost > 0.5 {
                let near = self.colours.drop_off.faded(LOST[0]);
                let far = self.colours.drop_off.faded(LOST[1]);
                let rect = [rect[0], rect[1] - lost, rect[2], lost];
                let mark = Mark::Fade { rect, from: near, to: far };
                self.scene.shapes.push(Shape { mark, target });
            }
            let ink = if here.is_optional { series.colour.faded(OPTIONAL) } else { series.colour };
            if height > 0.0 {
                self.rect(rect, ink, target);
            }
            if of > 1 {
                // The numbers of several stand in the rows below.
                continue;
            }
            self.step_figures(here, rect, lost, target);
            if let Some(next) = steps.get(step + 1) {
                self.passage(here, next, [x + width, rect[1]], frame, width, series.colour);
            }
        }
    }

    /// From one bar to the next, with the share that goes on.
    fn passage(
        &mut self,
        here: &Step,
        next: &Step,
        [x, top]: [f32; 2],
        frame: Frame,
        width: f32,
        colour: Rgba,
    ) {
        let gap = frame.slot - width;
        if here.count > 0 {
            self.block([x, top, gap, frame.bottom - top], colour.faded(BETWEEN), None);
        }
        let share = next.from.and_then(|from| percent(next.count, from));
        if let Some(share) = share {
            let at = [x + gap / 2.0, frame.bottom - 9.0];
            let style = (Weight::Medium, self.colours.text_strong);
            self.note(at, TextAlign::Centre, share, style, None);
        }
    }

    /// How many there are, in the bar or over it, and how many are lost.
    fn step_figures(
        &mut self,
        step: &Step,
        [x, y, width, height]: [f32; 4],
        lost: f32,
        target: Option<usize>,
    ) {
        let size = tokens().text.small.size;
        let centre = x + width / 2.0;
        let count = number(step.count);
        let fits = |text: &str, weight| measure(text, size, weight) <= width + 1.0;
        if !fits(&count, Weight::SemiBold) {
            return;
        }
        let inside = height >= HIGH_ENOUGH && !step.is_optional;
        let (baseline, ink) = if inside {
            (y + 17.0, self.colours.surface)
        } else {
            (y - 5.0, self.colours.text_strong)
        };
        let within = |baseline: f32| baseline - size;
        // A bar that fills the plot has its number inside, whatever else.
        let baseline = if within(baseline) < self.y { y + 17.0 } else { baseline };
        let style = (Weight::SemiBold, ink);
        self.note([centre, baseline], TextAlign::Centre, count, style, target);
        let over = if baseline < y { 16.0 } else { 0.0 };
        let gone = format!("\u{2212}{}", number(step.lost()));
        if lost >= HIGH_ENOUGH + over && fits(&gone, Weight::Regular) {
            let at = [centre, y - lost + 16.0];
            let style = (Weight::Regular, self.colours.text_strong);
            self.note(at, TextAlign::Centre, gone, style, target);
        }
    }

    /// Under the bars: what they are, and which share of everyone.
    fn step_names(&mut self, steps: &[Step], frame: Frame, with_shares: bool) {
        let small = tokens().text.small;
        let room = frame.slot - 8.0;
        let all = steps.first().map_or(0, |step| step.count);
        let names: Vec<Vec<String>> =
            steps.iter().map(|step| two_lines(&step.name, small.size, room)).collect();
        let lines = names.iter().map(Vec::len).max().unwrap_or(1);
        for (at, (step, name)) in steps.iter().zip(names).enumerate() {
            let x = frame.centre(at);
            let mut baseline = self.y + small.line / 2.0 + small.size * HALF_CAPITAL;
            for text in name {
                let style = (Weight::Medium, self.colours.text_strong);
                self.note([x, baseline], TextAlign::Centre, text, style, None);
                baseline += small.line;
            }
            let weak = (Weight::Regular, self.colours.text_weak);
            if with_shares && let Some(share) = percent(step.count, all) {
                let long = format!("{share} of all");
                let fits = measure(&long, small.size, Weight::Regular) <= room;
                let text = if fits { long } else { share };
                self.note([x, baseline], TextAlign::Centre, text, weak, None);
                baseline += small.line;
            }
            if step.is_optional {
                let text = fit("may be left out", usize::MAX, small.size, Weight::Regular, room);
                self.note([x, baseline], TextAlign::Centre, text, weak, None);
            }
        }
        let optional = steps.iter().any(|step| step.is_optional);
        let lines = lines + usize::from(with_shares) + usize::from(optional);
        self.y += small.line * lines as f32 + 8.0;
    }

    /// A row for each segment: how many at each step, and which share of everyone in it.
    fn series_rows(&mut self, series: &[Series<'_, Funnel>], frame: Frame, name_room: f32) {
        let small = tokens().text.small;
        let height = small.line + 10.0;
        for one in series {
            self.rule([left(), self.y], [self.right(), self.y], self.colours.line);
            let middle = self.y + height / 2.0;
            let baseline = middle + small.size * HALF_CAPITAL;
            self.rect([left(), middle - 5.0, 10.0, 10.0], one.colour, None);
            let name = one.name.as_deref().unwrap_or_default();
            let room = name_room - 32.0;
            let name = fit(name, usize::MAX, small.size, Weight::Medium, room);
            let strong = (Weight::Medium, self.colours.text_strong);
            self.note([left() + 16.0, baseline], TextAlign::Left, name, strong, None);
            for (at, step) in steps_of(one.of).iter().enumerate() {
                let x = frame.centre(at);
                let count = number(step.count);
                let share = percent(step.count, one.of.people).filter(|_| at > 0);
                let wide = |text: &str| measure(text, small.size, Weight::Medium);
                let whole = wide(&count) + share.as_ref().map_or(0.0, |share| 6.0 + wide(share));
                if whole > frame.slot - 8.0 {
                    self.note([x, baseline], TextAlign::Centre, count, strong, None);
                    continue;
                }
                let begin = x - whole / 2.0;
                let beside = begin + wide(&count) + 6.0;
                self.note([begin, baseline], TextAlign::Left, count, strong, None);
                if let Some(share) = share {
                    let weak = (Weight::Regular, self.colours.text_weak);
                    self.note([beside, baseline], TextAlign::Left, share, weak, None);
                }
            }
            self.y += height;
        }
        self.rule([left(), self.y], [self.right(), self.y], self.colours.line);
        self.y += 8.0;
    }

    fn steps_legend(&mut self, series: &[Series<'_, Funnel>]) {
        let [near, far] = LOST.map(|share| self.colours.drop_off.faded(share));
        let mut entries = vec![(Sign::Fading(near, far), "did not come this far")];
        entries.push((
            Sign::Nothing,
            if series.iter().any(|series| series.name.is_some()) {
                "Shares are of everyone in that segment."
            } else {
                "Shares under the bars are of everyone, between them of the bar before."
            },
        ));
        let optional = series.iter().any(|series| !series.of.spec.asked.optional.is_empty());
        if optional {
            let words =
                "A pale bar may be left out; the one after it is compared with the one before.";
            entries.push((Sign::Nothing, words));
        }
        self.legend(&entries);
    }
}

/// Room for the names of segments, at the left of their rows.
fn name_room(series: &[Series<'_, Funnel>]) -> f32 {
    let size = tokens().text.small.size;
    let names = series.iter().filter_map(|series| series.name.as_ref());
    let widest = names.map(|name| measure(name, size, Weight::Medium) + 32.0);
    widest.fold(0.0, f32::max).min(MOST_NAME)
}

/// Everyone, and then the steps.
fn steps_of(funnel: &Funnel) -> Vec<Step> {
    let optional = &funnel.spec.asked.optional;
    let mut steps = vec![Step {
        name: "Everyone".to_owned(),
        count: funnel.people,
        from: None,
        is_optional: false,
    }];
    for step in &funnel.steps {
        let from = steps.iter().rev().find(|before| !before.is_optional);
        steps.push(Step {
            name: words::name(&step.label),
            count: step.count,
            from: from.map(|before| before.count),
            is_optional: optional.contains(&step.label),
        });
    }
    steps
}

/// `Cart, about 845 people or more, 24 % of all, 30 % of the step before, about 1 965 did not come this far`.
fn spoken(series: &Series<'_, Funnel>, step: &Step, all: u64) -> String {
    let segment = series.name.as_ref().map_or_else(String::new, |name| format!("{name}, "));
    let about = words::about(series.view, step.count);
    let mut said = vec![format!("{segment}{}, {about}", step.name)];
    if let Some(from) = step.from {
        said.extend(percent(step.count, all).map(|share| format!("{share} of all")));
        said.extend(percent(step.count, from).map(|share| format!("{share} of the step before")));
    }
    if step.lost() > 0 {
        said.push(format!("about {} did not come this far", number(step.lost())));
    }
    said.join(", ")
}

/// A name in one line or two, the second cut where it must be.
fn two_lines(name: &str, size: f32, room: f32) -> Vec<String> {
    let wide = |text: &str| measure(text, size, Weight::Medium);
    let cut = |text: &str| fit(text, usize::MAX, size, Weight::Medium, room);
    if wide(name) <= room {
        return vec![name.to_owned()];
    }
    let mut breaks = name
        .char_indices()
        .filter(|(_, letter)| [' ', '_', '-', '/'].contains(letter))
        .map(|(at, letter)| at + letter.len_utf8());
    let last = breaks.rfind(|at| wide(name[..*at].trim_end()) <= room);
    match last {
        Some(at) => vec![name[..at].trim_end().to_owned(), cut(name[at..].trim_start())],
        None => vec![cut(name)],
    }
}
