//! What each threshold keeps by name, and the threshold that is chosen.

use egui::{Rangef, Ui, vec2};
use egui_plot::{AxisHints, GridMark, HLine, Line, PlotPoints, Points, VLine};

use crate::app::command::Command;
use crate::app::state::{Bound, State};
use crate::app::theme::Look;
use crate::app::widgets::{Button, card, card_head, row, slider, still_plot, swatch, text};
use crate::draw::text::NARROW_SPACE;
use crate::views::{Policy, UtilityPoint};

const HEIGHT: f32 = 168.0;

/// One line of the picture, in percent of what could be kept.
struct Kept {
    words: &'static str,
    /// Which of the categorical colours.
    colour: usize,
    percent: Vec<f64>,
}

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let policy = state.question.now().policy;
    let chosen = Policy::LISTED.iter().position(|(k, _)| *k == policy.k()).unwrap_or(0);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        card_head(ui, "What stays visible at each k", "% kept");
        let lines = match &state.utility.answer {
            Some(Ok(points)) => lines(points),
            Some(Err(refused)) => {
                text::small(ui, &refused.sentence);
                Vec::new()
            }
            None => Vec::new(),
        };
        if lines.is_empty() && state.utility.answer.is_none() {
            ui.allocate_ui(vec2(ui.available_width(), HEIGHT), |ui| {
                ui.set_min_height(HEIGHT);
                text::small(ui, "Trying every threshold …");
            });
        } else if !lines.is_empty() {
            plot_ui(ui, &lines, chosen);
        }
        row(ui, "k", |ui| {
            text::emphasis(ui, format!("{} people", policy.k()));
            let last = Policy::LISTED.len() as u8 - 1;
            let width = (ui.available_width() - 32.0).max(80.0);
            if let Some(at) = slider(ui, "Smallest group, k", chosen as u8, 0..=last, width) {
                commands.push(Command::SetThreshold(Policy::LISTED[usize::from(at)].0));
            }
        });
        text::small(
            ui,
            format!(
                "Every number covers at least {} people and is rounded to {}.",
                policy.k(),
                policy.b()
            ),
        );
        for line in &lines {
            let look = Look::of(ui);
            let colour = look.theme.colours().categorical[line.colour];
            ui.horizontal(|ui| {
                swatch(ui, colour.into(), 12.0, 3.0);
                text::small_cut(ui, line.words);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let percent = line.percent.get(chosen).copied().unwrap_or(0.0);
                    text::emphasis(ui, format!("{percent:.0}{NARROW_SPACE}%"));
                });
            });
        }
        text::small(ui, "Computed from rounded counts, for the view that is asked for.");
        policy_ui(ui, state, commands);
    });
}

/// What the organisation demands, below which the slider does not go.
fn policy_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    row(ui, "Policy", |ui| {
        if state.bound.can_be_left() {
            let leave = Button::new("Leave").small().named("Do without the policy");
            if leave.ui(ui).clicked() {
                commands.push(Command::LeavePolicy);
            }
        }
        let words = if state.bound.words().is_some() { "Change …" } else { "Use one …" };
        let choose = Button::new(words).small().named("Use a policy of the organisation");
        if choose.ui(ui).clicked() {
            commands.push(Command::ChoosePolicy);
        }
    });
    if let Some(words) = state.bound.words() {
        text::small(ui, format!("{words}. Nothing is asked below what it demands."));
    } else if let Bound::Broken(why) = &state.bound {
        text::small(ui, why);
    }
}

/// Steps are a share of all that have a name; paths and edges are compared with the lowest k.
fn lines(points: &[UtilityPoint]) -> Vec<Kept> {
    let Some(first) = points.first() else { return Vec::new() };
    let share = |now: u64, most: u64| 100.0 * now as f64 / most.max(1) as f64;
    let of = |value: fn(&UtilityPoint) -> u64, most: u64| {
        points.iter().map(|point| share(value(point), most)).collect()
    };
    vec![
        Kept {
            words: "Steps under their own name",
            colour: 1,
            percent: points.iter().map(|point| f64::from(point.steps_percent)).collect(),
        },
        Kept {
            words: "Edges of the map, against k = 5",
            colour: 0,
            percent: of(|p| p.edges, first.edges),
        },
        Kept {
            words: "Paths by name, against k = 5",
            colour: 5,
            percent: of(|p| p.paths, first.paths),
        },
    ]
}

fn plot_ui(ui: &mut Ui, lines: &[Kept], chosen: usize) {
    let look = Look::of(ui);
    let words = lines
        .iter()
        .map(|line| {
            let percent = line.percent.get(chosen).copied().unwrap_or(0.0);
            format!("{}: {percent:.0} percent", line.words)
        })
        .collect::<Vec<_>>()
        .join(", ");
    let marks = Policy::LISTED.len();
    let plot = still_plot("what stays visible", HEIGHT)
        .show_grid([false, true])
        .include_y(0.0)
        .include_y(100.0)
        .include_x(0.0)
        .include_x(marks as f64 - 1.0)
        .set_margin_fraction(vec2(0.04, 0.06))
        .custom_x_axes(vec![AxisHints::new_x().label_spacing(Rangef::new(8.0, 12.0)).formatter(
            |mark, _| {
                let at = mark.value.round();
                let whole = (mark.value - at).abs() < 1e-6 && at >= 0.0;
                let pair = Policy::LISTED.get(at as usize).filter(|_| whole);
                pair.map_or_else(String::new, |(k, _)| k.to_string())
            },
        )])
        .x_grid_spacer(move |_| {
            (0..marks).map(|at| GridMark { value: at as f64, step_size: 1.0 }).collect()
        })
        .y_grid_spacer(|_| {
            (0..=4).map(|n| GridMark { value: f64::from(n) * 25.0, step_size: 25.0 }).collect()
        })
        .y_axis_formatter(|mark, _| format!("{:.0}", mark.value.max(0.0)))
        .y_axis_min_width(28.0)
        .show(ui, |plot| {
            plot.hline(HLine::new("", 0.0).color(look.line_strong).width(1.0));
            plot.vline(VLine::new("chosen", chosen as f64).color(look.accent).width(2.0));
            for line in lines {
                let colour: egui::Color32 = look.theme.colours().categorical[line.colour].into();
                let points: Vec<[f64; 2]> =
                    line.percent.iter().enumerate().map(|(at, y)| [at as f64, *y]).collect();
                plot.line(
                    Line::new(line.words, PlotPoints::from(points.clone()))
                        .color(colour)
                        .width(2.0),
                );
                plot.points(
                    Points::new(line.words, PlotPoints::from(points)).color(colour).radius(3.0),
                );
            }
        });
    plot.response.widget_info(|| {
        let name = format!("What stays visible at the chosen k. {words}");
        egui::WidgetInfo::labeled(egui::Role::Image, true, name)
    });
}
