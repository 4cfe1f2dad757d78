//! Beside a map: the path that is selected, in full, with how long people take on it.

use egui::{Align, Align2, Layout, Rangef, RichText, Stroke, Ui, vec2};
use egui_plot::{AxisHints, Bar, BarChart, GridMark, LineStyle, PlotPoint, Text, VLine};

use super::{around_ui, figure};
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::{self, Look};
use crate::app::widgets::{Button, still_plot, text};
use crate::draw::Weight;
use crate::draw::text::{measure, number, percent, shorten};
use crate::draw::words;
use crate::views::{FunnelSpec, Kind, LabelKind, Map, MapEdge, MapNode, Order, TimeBin, Unit};

pub fn ui(ui: &mut Ui, state: &State, map: &Map, edge: &MapEdge, commands: &mut Vec<Command>) {
    let (from, to) = (words::name(&edge.from), words::name(&edge.to));
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::small(ui, "path");
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words =
                    |letters| format!("{} → {}", shorten(&from, letters), shorten(&to, letters));
                let (size, room) = (Look::of(ui).tokens.text.title.size, ui.available_width());
                let words = longest(words, size, Weight::SemiBold, room);
                text::title(ui, words).on_hover_text(format!("{from} → {to}"));
            });
        });
    });
    let unit = match map.unit {
        Unit::People => "people, at least once each",
        Unit::Sessions => "sessions, at least once each",
        Unit::Occurrences => "times",
    };
    figure(ui, edge.count, unit);
    follow_ui(ui, state, map, edge, commands);
    ui.add_space(8.0);
    shares_ui(ui, map, edge);
    ui.add_space(8.0);
    times_ui(ui, map, edge);
}

/// Why a view cannot count the people of a path.
fn obstacle(map: &Map, edge: &MapEdge) -> Option<&'static str> {
    let is_named = |label: &str| node(map, label).is_some_and(|n| n.kind == LabelKind::Label);
    if edge.from == edge.to {
        Some("A funnel takes each step once, so who repeats one cannot be followed.")
    } else if is_named(&edge.from) && is_named(&edge.to) {
        None
    } else {
        Some("Other stands for many steps, so these people cannot be followed.")
    }
}

fn follow_ui(ui: &mut Ui, state: &State, map: &Map, edge: &MapEdge, commands: &mut Vec<Command>) {
    let obstacle = obstacle(map, edge);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        let follow = Button::new("Follow these people").small().enabled(obstacle.is_none()).ui(ui);
        let counted = format!(
            "Counts who goes straight from {} to {}, as a funnel to which more steps can be added.",
            words::name(&edge.from),
            words::name(&edge.to)
        );
        if follow.on_hover_text(counted).clicked() {
            let steps = vec![edge.from.clone(), edge.to.clone()];
            let funnel = FunnelSpec { steps, order: Order::Exact, ..FunnelSpec::default() };
            commands.extend([Command::SetFunnel(funnel), Command::SetKind(Kind::Funnel)]);
        }
        around_ui(ui, state, &edge.from, commands);
    });
    if let Some(why) = obstacle {
        text::small(ui, why);
    }
}

fn node<'a>(map: &'a Map, label: &str) -> Option<&'a MapNode> {
    map.nodes.iter().find(|node| node.label == label)
}

/// The path as shares of what is published about its ends, and the way back.
fn shares_ui(ui: &mut Ui, map: &Map, edge: &MapEdge) {
    ui.spacing_mut().item_spacing.y = 4.0;
    let whole = match map.unit {
        Unit::People => "of people in",
        Unit::Sessions => "of sessions with",
        Unit::Occurrences => "of all",
    };
    let mut ends = vec![&edge.from];
    if edge.from != edge.to {
        ends.push(&edge.to);
    }
    for label in ends {
        if let Some(node) = node(map, label) {
            // Both are rounded, so that a path may seem to have more than its end.
            let share = percent(edge.count.min(node.count), node.count);
            let name = words::name(label);
            let words = |letters| format!("{whole} {}", shorten(&name, letters));
            fact(ui, words, &format!("{share} of {}", number(node.count)));
        }
    }
    let is_back = |other: &&MapEdge| other.from == edge.to && other.to == edge.from;
    if edge.from != edge.to
        && let Some(back) = map.edges.iter().find(is_back)
    {
        fact(ui, |_| "the way back".to_owned(), &number(back.count));
    }
}

/// What can be said with as many letters of a label as there is room for.
fn longest(words: impl Fn(usize) -> String, size: f32, weight: Weight, room: f32) -> String {
    let fits = |words: &String| measure(words, size, weight) <= room;
    (6..=40).rev().map(&words).find(fits).unwrap_or_else(|| words(5))
}

fn fact(ui: &mut Ui, words: impl Fn(usize) -> String, value: &str) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::emphasis(ui, value);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let (size, room) = (Look::of(ui).tokens.text.body.size, ui.available_width());
                text::body_cut(ui, longest(words, size, Weight::Regular, room));
            });
        });
    });
}

fn times_ui(ui: &mut Ui, map: &Map, edge: &MapEdge) {
    text::small_heading(ui, "Time to the next step");
    if map.unit != Unit::People {
        text::small(ui, "Times are those of people. Count people to see them.");
        return;
    }
    if !map.spec.asked.times {
        text::small(ui, "Choose the median time as second value below to see how long it takes.");
        return;
    }
    if edge.bins.len() < 2 {
        text::small(ui, "Too few people, or nobody: no times can be told apart here.");
        return;
    }
    plot_ui(ui, edge);
    let is_open = edge.bins.last().is_some_and(|bin| bin.to.is_none());
    let open = if is_open { " The last bar has no end." } else { "" };
    text::small(
        ui,
        format!(
            "The area of a bar is people. Wider bars are neighbours merged until each holds {} \
             people. The median is read off these bars.{open}",
            number(u64::from(map.k))
        ),
    );
}

/// Where a time stands: people take seconds, or months, so that each doubling takes the same room.
fn place(secs: u64) -> f64 {
    (1.0 + secs as f64).log2()
}

/// How wide a bar without an end is.
const OPEN: f64 = 1.5;

/// Where a bar begins and ends.
fn span(bin: &TimeBin) -> [f64; 2] {
    let from = place(bin.from);
    [from, bin.to.map_or(from + OPEN, place)]
}

/// How high a bar is, so that its area is people.
fn height(bin: &TimeBin) -> f64 {
    let [from, to] = span(bin);
    bin.count as f64 / (to - from).max(0.1)
}

/// A bar that is lower than this share of the highest would not be seen.
const LOWEST: f64 = 0.03;

/// The times under the axis: where bars begin or end, as many as there is room for.
fn marks(bins: &[TimeBin]) -> Vec<u64> {
    let edges = bins.iter().map(|bin| bin.from).chain(bins.last().and_then(|bin| bin.to));
    let ends = bins.first().map(span).zip(bins.last().map(span));
    let least = ends.map_or(0.0, |([from, _], [_, to])| (to - from) * 0.17);
    let mut marks: Vec<u64> = Vec::new();
    for edge in edges {
        if marks.last().is_none_or(|last| place(edge) - place(*last) >= least) {
            marks.push(edge);
        }
    }
    marks
}

fn plot_ui(ui: &mut Ui, edge: &MapEdge) {
    let look = Look::of(ui);
    let fill: egui::Color32 = look.theme.colours().categorical[0].into();
    let bins = edge.bins.clone();
    let said = |bin: &TimeBin| format!("{}, about {} people", words::span(bin), number(bin.count));
    let name = format!(
        "How long it takes from {} to {}: {}",
        words::name(&edge.from),
        words::name(&edge.to),
        bins.iter().map(said).collect::<Vec<_>>().join("; ")
    );
    let highest = bins.iter().map(height).fold(0.0, f64::max);
    let range =
        bins.first().map_or(0.0, |bin| span(bin)[0])..=bins.last().map_or(1.0, |bin| span(bin)[1]);
    // A hair between two bars.
    let between = (range.end() - range.start()) / 250.0;
    let bar = |bin: &TimeBin| {
        let [from, to] = span(bin);
        // What has no end is paler.
        let fill = if bin.to.is_some() { fill } else { fill.gamma_multiply(0.55) };
        Bar::new(f64::midpoint(from, to), height(bin).max(highest * LOWEST))
            .width((to - from - between).max(to / 1e3))
            .fill(fill)
            .stroke(Stroke::NONE)
            .name(format!("{}\nabout {} people", words::span(bin), number(bin.count)))
    };
    let chart = BarChart::new("People", bins.iter().map(bar).collect())
        .element_formatter(Box::new(|bar: &Bar, _| bar.name.clone()));
    let marks = marks(&bins);
    let plot = still_plot(("times", &edge.from, &edge.to), 116.0)
        .show_grid(false)
        .show_axes([true, false])
        .include_x(*range.start())
        .include_x(*range.end())
        .include_y(0.0)
        .include_y(highest * 1.22)
        .set_margin_fraction(vec2(0.05, 0.0))
        .custom_x_axes(vec![AxisHints::new_x().label_spacing(Rangef::new(8.0, 12.0)).formatter(
            |mark, _| words::brief_duration((mark.value.exp2() - 1.0).round().max(0.0) as u64),
        )])
        .x_grid_spacer(move |_| {
            marks.iter().map(|secs| GridMark { value: place(*secs), step_size: 100.0 }).collect()
        })
        .show(ui, |plot| {
            plot.bar_chart(chart);
            let Some(median) = edge.median_secs else { return };
            let x = place(median);
            let ink = look.text_strong;
            let line = VLine::new("median", x).style(LineStyle::dashed_loose());
            plot.vline(line.stroke(Stroke::new(1.0, ink)).allow_hover(false));
            let beyond = x > f64::midpoint(*range.start(), *range.end());
            let (anchor, gap) =
                if beyond { (Align2::RIGHT_TOP, " ") } else { (Align2::LEFT_TOP, " ") };
            let said = format!("{gap}median {}{gap}", words::brief_duration(median));
            let said = RichText::new(said).font(theme::small(Weight::Medium)).color(ink);
            let at = PlotPoint::new(x, highest * 1.2);
            plot.text(Text::new("median", at, said).anchor(anchor).allow_hover(false));
        });
    plot.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
}

#[cfg(test)]
mod tests {
    use super::{height, marks, span};
    use crate::views::TimeBin;

    #[test]
    fn the_area_of_a_bar_is_people_however_wide_it_is() {
        for (from, to, count) in [(0, Some(5), 40), (5, Some(3_600), 40), (3_600, None, 15)] {
            let bin = TimeBin { from, to, count };
            let [left, right] = span(&bin);
            assert!(((right - left) * height(&bin) - count as f64).abs() < 1e-6);
        }
    }

    #[test]
    fn times_under_the_axis_stand_where_bars_end_and_clear_of_each_other() {
        let ends = [0, 5, 10, 20, 30, 60, 120, 300];
        let bins: Vec<TimeBin> = ends
            .windows(2)
            .map(|pair| TimeBin { from: pair[0], to: Some(pair[1]), count: 10 })
            .collect();
        let marks = marks(&bins);
        assert!(marks.len() >= 4 && marks.iter().all(|secs| ends.contains(secs)), "{marks:?}");
    }
}
