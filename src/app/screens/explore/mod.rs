//! The views of the journeys: tabs, the cohort, the picture edge to edge, its legend, and the inspector
//! beside.

mod canvas;
mod chart;
mod chosen;
mod cohort;
mod export;
mod facts;
mod funnel;
mod inspector;
mod map;
mod node_menu;
mod segments;
mod settings;
mod tables;

use egui::{
    Align, CentralPanel, Frame, Layout, Margin, Panel, Rect, Response, ScrollArea, Sense, Ui,
    UiBuilder, vec2,
};
use egui_material_icons::icons::{ICON_ADD, ICON_CHECK, ICON_TABLE};

use super::nothing;
use crate::app::command::{Command, Place};
use crate::app::shell;
use crate::app::state::State;
use crate::app::theme::{self, Look};
use crate::app::widgets::{Button, swatch, text};
use crate::app::worker::{Refused, Then, Worker};
use crate::draw::Weight;
use crate::views::{FlowSpec, FunnelSpec, Kind, LabelKind, Order, Side, Unit, View};
pub use node_menu::more_names;

use canvas::Canvas;
use chart::Chart;
use cohort::CohortBar;

/// Room for the link at the end of the legend.
const LINK: f32 = 152.0;
/// What comes once there are journeys.
const THEN: &str = "The first flow is drawn as soon as the journeys are there.";
/// Letters of a label in the legend.
const LETTERS: usize = 18;

/// What the screen keeps for itself.
#[derive(Default)]
pub struct Explore {
    canvas: Canvas,
    chart: Chart,
    cohort: CohortBar,
    /// Whether the inspector is open where it floats over the view.
    inspector: bool,
}

impl Explore {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        let frame = &look.tokens.frame;
        let floats = ui.ctx().content_rect().width() < frame.inspector_floats_below;
        if !floats && state.is_open() {
            Panel::right("inspector")
                .exact_size(frame.inspector)
                .resizable(false)
                .frame(Frame::new().fill(look.background))
                .show(ui, |ui| inspector::ui(ui, state, commands));
        }
        CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
            if !state.is_open() {
                nothing::ui(ui, state, THEN, commands);
                return;
            }
            let whole = ui.max_rect();
            self.tabs_ui(ui, state, floats, commands);
            self.cohort.ui(ui, state, commands);
            let is_chart = chart::is_chart(state.question.now().kind) && !state.is_difference();
            if is_chart && !state.table {
                self.chart.controls_ui(ui, state, commands);
            }
            let is_map = state.question.now().kind == Kind::Map && !state.is_difference();
            if is_map && !state.table {
                map::row_ui(ui, state, commands);
            }
            if state.notice.is_some() {
                Frame::new().inner_margin(Margin::symmetric(24, 12)).show(ui, |ui| {
                    shell::notice_ui(ui, state, commands);
                });
            }
            let legend_height = frame.legend_row;
            let legend = Rect::from_min_max(
                egui::pos2(whole.left(), whole.bottom() - legend_height),
                whole.max,
            );
            let mut view = ui.available_rect_before_wrap();
            view.max.y = legend.top();
            ui.scope_builder(UiBuilder::new().max_rect(view), |ui| {
                if let Some(incomplete) = &state.incomplete {
                    incomplete_ui(ui, state, incomplete, commands);
                } else if let Some(refused) = state.refused.clone() {
                    refused_ui(ui, state, &refused, commands);
                } else if state.table {
                    tables::ui(ui, state, commands);
                } else if state.shown.is_some() && is_chart {
                    self.chart.ui(ui, state, worker, commands);
                } else if state.shown.is_some() {
                    self.canvas.ui(ui, state, worker, commands);
                } else {
                    canvas::empty(
                        ui,
                        view,
                        &format!("Counting the {} …", state.question.now().kind.name()),
                    );
                }
            });
            ui.painter().hline(legend.x_range(), legend.top(), look.hairline());
            ui.scope_builder(UiBuilder::new().max_rect(legend), |ui| {
                legend_ui(ui, state, self.canvas.zoom(), commands);
            });
            if floats && self.inspector {
                floating_ui(ui, whole, state, commands);
            }
        });
        why_ui(ui, state, commands);
        export::path_ui(ui, state, commands);
    }

    fn tabs_ui(&mut self, ui: &mut Ui, state: &State, floats: bool, commands: &mut Vec<Command>) {
        let look = Look::of(ui);
        let height = look.tokens.frame.tab_row;
        let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        ui.painter().hline(row.x_range(), row.bottom() - 0.5, look.hairline());
        let inside = row.shrink2(vec2(24.0, 0.0));
        let builder =
            UiBuilder::new().max_rect(inside).layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(builder, |ui| {
            let chosen = state.question.now().kind;
            ui.spacing_mut().item_spacing.x = 20.0;
            for (kind, name) in KINDS {
                if tab(ui, name, kind == chosen, look).clicked() && kind != chosen {
                    commands.push(Command::SetKind(kind));
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                release_ui(ui, state, commands);
                let table =
                    Button::new("Table").plain().icon(ICON_TABLE).chosen(state.table).ui(ui);
                if table.clicked() {
                    commands.push(Command::ShowTable(!state.table));
                }
                export::menu_ui(ui, state, commands);
                ui.spacing_mut().item_spacing.x = 0.0;
                // A map has them in its corner.
                let moves =
                    state.is_difference() || chosen != Kind::Map && !chart::is_chart(chosen);
                if moves && !state.table && state.shown.is_some() {
                    ui.add_space(12.0);
                    self.canvas.zoom_ui(ui);
                    ui.add_space(12.0);
                }
                if floats {
                    let open = Button::new("Inspector").plain().chosen(self.inspector);
                    if open.ui(ui).clicked() {
                        self.inspector = !self.inspector;
                    }
                }
            });
        });
    }
}

/// Puts the view among those that leave; where it is among them, shows them.
fn release_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let is_in = state.is_in_release();
    let (words, icon, command) = if is_in {
        ("In the release", ICON_CHECK, Command::Go(Place::Release))
    } else {
        ("Add to the release", ICON_ADD, Command::AddToRelease)
    };
    let button = Button::new(words).icon(icon).chosen(is_in).enabled(state.shown.is_some());
    if button.ui(ui).clicked() {
        commands.push(command);
    }
}

/// The inspector over the view, where there is no room beside it.
fn floating_ui(ui: &mut Ui, whole: Rect, state: &State, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let mut side = whole;
    side.min.x = side.max.x - look.tokens.frame.inspector;
    side.min.y += look.tokens.frame.tab_row;
    egui::Area::new(ui.scope_id().with("inspector"))
        .fixed_pos(side.min)
        .order(egui::Order::Middle)
        .show(ui.ctx(), |ui| {
            Frame::new().fill(look.background).stroke(look.hairline()).show(ui, |ui| {
                ui.set_min_size(side.size());
                ui.set_max_size(side.size());
                inspector::ui(ui, state, commands);
            });
        });
}

/// The views, in the order of their tabs.
const KINDS: [(Kind, &str); 6] = [
    (Kind::Flow, "Flow"),
    (Kind::Map, "Map"),
    (Kind::Paths, "Paths"),
    (Kind::Funnel, "Funnel"),
    (Kind::Timing, "Timing"),
    (Kind::Trend, "Trend"),
];

fn tab(ui: &mut Ui, name: &str, chosen: bool, look: &Look) -> Response {
    let (weight, ink) =
        if chosen { (Weight::SemiBold, look.text_strong) } else { (Weight::Regular, look.text) };
    let galley = ui.painter().layout_no_wrap(name.to_owned(), theme::body(weight), ink);
    let size = vec2(galley.size().x, look.tokens.frame.tab_row);
    let response = ui.allocate_response(size, Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Tab, true, chosen, name));
    let rect = response.rect;
    let at = egui::pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    if response.hovered() && !chosen {
        let tint = look.text_strong.gamma_multiply(0.04);
        ui.painter().rect_filled(rect.expand2(vec2(8.0, -6.0)), look.corners_small(), tint);
    }
    ui.painter().galley(at, galley, ink);
    if chosen {
        let edge = egui::Stroke::new(look.tokens.stroke.selected, look.accent);
        ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, edge);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        let ring = rect.expand2(vec2(6.0, -6.0));
        ui.painter().rect_stroke(ring, look.corners_small(), stroke, egui::StrokeKind::Inside);
    }
    response
}

/// What has to be chosen before anything can be counted.
fn incomplete_ui(ui: &mut Ui, state: &State, why: &str, commands: &mut Vec<Command>) {
    nothing::middle(ui, |ui| {
        text::title(ui, "Nothing is asked yet");
        text::body(ui, why);
        ui.horizontal(|ui| {
            if state.question.can_undo() && Button::new("Undo").ui(ui).clicked() {
                commands.push(Command::Undo);
            }
        });
    });
}

fn legend_ui(ui: &mut Ui, state: &State, zoom: f32, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let inside = ui.max_rect().shrink2(vec2(24.0, 0.0));
    let row = |rect, layout| UiBuilder::new().max_rect(rect).layout(layout);
    let link = inside.with_min_x(inside.right() - LINK);
    ui.scope_builder(row(link, Layout::right_to_left(Align::Center)), |ui| {
        if Button::new("Why is this not here?").link().ui(ui).clicked() {
            commands.push(Command::Ask(true));
        }
    });
    let Some(shown) = &state.shown else { return };
    let keys = state.canvas.drawn.as_ref().map_or(&[][..], |drawn| &drawn.keys);
    if !keys.is_empty() && !state.table {
        let left = inside.with_max_x(link.left());
        ui.scope_builder(row(left, Layout::left_to_right(Align::Center)), |ui| {
            map::legend_ui(ui, keys, zoom);
        });
        return;
    }
    let View::Flow(flow) = shown.view.view() else {
        let left = inside.with_max_x(link.left());
        ui.scope_builder(row(left, Layout::left_to_right(Align::Center)), |ui| {
            let is_funnel = || matches!(shown.view.view().parts().first(), Some(View::Funnel(_)));
            let words = if state.is_difference() && is_funnel() {
                "Shares of each group in percent, their difference in points, step by step."
            } else if state.is_difference() {
                "Shares of each group in percent, their difference in points, the largest first."
            } else if state.is_together() {
                "A bar is everybody there; a ribbon has a stripe for each segment in it."
            } else {
                how_to_read(shown.view.view())
            };
            text::small_cut(ui, words);
        });
        return;
    };
    let colours = look.theme.colours();
    // What is not a label of its own is always explained; of the labels, as many as there is room.
    let mut last: Vec<(&str, egui::Color32, bool)> = Vec::new();
    let is_shown = |label: &str| {
        flow.nodes.iter().any(|node| node.kind == LabelKind::Label && node.label == label)
    };
    let mut labels = flow.nodes.iter().filter(|node| node.kind == LabelKind::Label);
    if labels.any(|node| !shown.colours.has_own(&node.label)) {
        last.push(("Less frequent", colours.rest.into(), false));
    }
    if flow.nodes.iter().any(|node| node.kind == LabelKind::Other) {
        last.push(("Other", colours.other.into(), false));
    }
    if state.question.now().drop_off && !flow.exits.is_empty() {
        let words = if flow.spec.asked.anchor == Side::End { "Began" } else { "Left" };
        last.push((words, colours.drop_off.into(), true));
    }
    let width = |label: &str| {
        let words = crate::draw::text::shorten(label, LETTERS);
        crate::draw::text::measure(&words, look.tokens.text.small.size, Weight::Regular) + 36.0
    };
    let mut room = inside.width() - LINK - last.iter().map(|(label, ..)| width(label)).sum::<f32>();
    let mut entries: Vec<(&str, egui::Color32, bool)> = Vec::new();
    let mut named = shown.colours.named(look.theme).filter(|(label, _)| is_shown(label)).peekable();
    // What there is no room for is named where the pointer rests.
    let more_room = 56.0;
    while let Some((label, rgba)) = named.peek() {
        room -= width(label);
        if room < more_room {
            break;
        }
        entries.push((label, (*rgba).into(), false));
        named.next();
    }
    let left_out: Vec<&str> = named.map(|(label, _)| label).collect();
    entries.append(&mut last);
    let left = inside.with_max_x(link.left());
    ui.scope_builder(row(left, Layout::left_to_right(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        for (label, colour, fades) in entries {
            if fades {
                fading(ui, colour);
            } else {
                swatch(ui, colour, 12.0, 8.0);
            }
            let words = crate::draw::text::shorten(label, LETTERS);
            let is_cut = words != label;
            let entry = text::small(ui, words);
            if is_cut {
                entry.on_hover_text(label);
            }
            ui.add_space(4.0);
        }
        if !left_out.is_empty() {
            let words = format!("+{} more", left_out.len());
            text::small(ui, words).on_hover_text(left_out.join(", "));
        }
    });
}

/// What one unit is, what shares are of, and how a picture is to be read that has no colours of
/// labels.
fn how_to_read(view: &View) -> &'static str {
    match view.parts().first().copied().unwrap_or(view) {
        View::Map(_) => {
            "Thicker and stronger: more people. A person can take several paths, so counts do not add up."
        }
        View::Paths(paths) if paths.unit == Unit::Sessions => {
            "One unit is a session, each in one row. Shares are of all sessions."
        }
        View::Paths(_) => "One unit is a person, each in one row. Shares are of everybody.",
        View::Funnel(_) => "One unit is a person, counted once in each bar that they reached.",
        View::Timing(_) => {
            "One unit is a person, with the first time they took. Shares are of everybody who took both steps."
        }
        View::Trend(_) => {
            "One unit is a person, once in each interval in which they are there. Counts do not add up."
        }
        View::Flow(_) | View::Breakdown(_) | View::Comparison(_) => {
            "Every group fills the height of its own picture, so heights are shares of the group."
        }
    }
}

/// People who left, as they are drawn: fading to nothing.
fn fading(ui: &mut Ui, colour: egui::Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(18.0, 8.0), Sense::hover());
    let mut mesh = egui::Mesh::default();
    for (at, ink) in [
        (rect.left_top(), colour),
        (rect.left_bottom(), colour),
        (rect.right_top(), egui::Color32::TRANSPARENT),
        (rect.right_bottom(), egui::Color32::TRANSPARENT),
    ] {
        mesh.colored_vertex(at, ink);
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(1, 2, 3);
    ui.painter().add(mesh);
}

/// Why there is no picture, and the button that helps. Never how many were too few.
fn refused_ui(ui: &mut Ui, state: &State, refused: &Refused, commands: &mut Vec<Command>) {
    let question = state.question.now();
    let spec = &question.spec;
    let fewest = *FlowSpec::STEPS.start();
    let by_steps = matches!(question.kind, Kind::Flow | Kind::Paths);
    let lower = || {
        let words = "Lower k to 5";
        (question.policy.k() > 5).then_some((words, Command::SetThreshold(5)))
    };
    nothing::middle(ui, |ui| {
        text::title(
            ui,
            match refused.then {
                Then::Settle => "Nothing is drawn yet",
                _ => "Too few people are left to show anything",
            },
        );
        text::body(ui, &refused.sentence);
        let help = match refused.then {
            Then::Settle => Some(("Settle it", Command::Go(Place::Protect))),
            _ if by_steps && spec.anchor.label.is_some() => {
                Some(("Show everybody again", Command::ClearAnchor))
            }
            Then::AskElse if by_steps && spec.steps > fewest => {
                let steps = (spec.steps - 2).max(fewest);
                Some(("Ask for fewer steps", Command::SetSteps(steps)))
            }
            Then::AskElse if question.kind == Kind::Funnel => {
                easier(&question.funnel).or_else(lower)
            }
            _ => lower(),
        };
        ui.horizontal(|ui| {
            if let Some((words, command)) = help
                && Button::new(words).filled().ui(ui).clicked()
            {
                commands.push(command);
            }
            if state.question.can_undo() && Button::new("Undo").ui(ui).clicked() {
                commands.push(Command::Undo);
            }
        });
    });
}

/// A funnel that more people go through.
fn easier(funnel: &FunnelSpec) -> Option<(&'static str, Command)> {
    let mut next = funnel.clone();
    if funnel.order == Order::Exact {
        next.order = Order::This;
        return Some(("Let other steps come between", Command::SetFunnel(next)));
    }
    if next.window_secs.take().is_some() {
        return Some(("Allow any time", Command::SetFunnel(next)));
    }
    (next.steps.len() > *FunnelSpec::STEPS.start()).then(|| {
        next.steps.pop();
        ("Ask for fewer steps", Command::SetFunnel(next))
    })
}

/// One answer, whatever is asked about.
fn why_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    if !state.why {
        return;
    }
    let k = state.question.now().policy.k();
    let modal = egui::Modal::new(egui::Id::unique("why is this not here"))
        .frame(Frame::popup(ui.style()).inner_margin(24))
        .show(ui.ctx(), |ui| {
            ui.set_width(440.0);
            ui.spacing_mut().item_spacing.y = 12.0;
            text::title(ui, "Why is this not here?");
            ScrollArea::vertical().show(ui, |ui| {
                text::body(
                    ui,
                    format!(
                        "A name that is missing from a place means one of three things, and the \
                         program does not tell which: nobody was there, fewer than {k} people were, \
                         or their step is drawn as Other."
                    ),
                );
                text::body(
                    ui,
                    "The answer is the same for all three, because telling them apart would tell \
                     something about a few people.",
                );
                text::body(
                    ui,
                    "More comes to light with fewer steps, with more labels a step, with labels \
                     merged by a rule, or with more people in the data.",
                );
            });
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if Button::new("Close").filled().ui(ui).clicked() {
                        commands.push(Command::Ask(false));
                    }
                });
            });
        });
    if modal.should_close() {
        commands.push(Command::Ask(false));
    }
}
