//! Paths, funnels, times and days: the controls over the picture, the picture, and what is said of
//! what is selected in it.
//!
//! Nothing is laid out here: it paints the last scene that came and asks for the next one, as wide
//! as the window. Every bar, row and point is in the accessibility tree with its published value.

use egui::emath::TSTransform;
use egui::{
    Align, EventFilter, Frame, Id, Key, LayerId, Layout, Margin, Order as Layer, Panel, Pos2, Rect,
    Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::chosen::{self, Chosen};
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::{self, Look};
use crate::app::widgets::{Button, choice, field, segmented, text};
use crate::app::worker::{Drawing, Slot, Style, Worker};
use crate::draw::{
    ChartPicture, Listing, PathOrder, Target, TimeScale, Weight, paint, scale_of, words,
};
use crate::views::{FunnelSpec, Grain, Kind, Order, Side, TrendSpec};

/// More paths than this are told together in the picture; the table has them all.
const MOST_ROWS: usize = 200;
const SEARCH: f32 = 132.0;
const SORT: f32 = 128.0;

/// What the charts keep for themselves.
#[derive(Default)]
pub struct Chart {
    /// What is being typed into the search.
    sought: String,
    /// Give this target the keyboard as soon as it is there.
    focus: Option<String>,
}

/// Whether a kind of view is drawn here.
pub fn is_chart(kind: Kind) -> bool {
    matches!(kind, Kind::Paths | Kind::Funnel | Kind::Timing | Kind::Trend)
}

impl Chart {
    /// The row over the picture: what the view is about, and how it is shown.
    pub fn controls_ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let look = Look::of(ui);
        let question = state.question.now();
        Frame::new().inner_margin(Margin::symmetric(24, 4)).show(ui, |ui| {
            ui.allocate_ui_with_layout(
                vec2(ui.available_width(), look.tokens.control.button),
                Layout::right_to_left(Align::Center),
                |ui| {
                    ui.spacing_mut().item_spacing.x = 8.0;
                    let said = match question.kind {
                        Kind::Paths => self.paths_ui(ui, state, commands),
                        Kind::Funnel => order_ui(ui, &question.funnel, commands),
                        Kind::Timing => scale_ui(ui, state, commands),
                        Kind::Trend => grain_ui(ui, &question.trend, commands),
                        Kind::Flow | Kind::Map => String::new(),
                    };
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        text::small_cut(ui, said);
                    });
                },
            );
        });
        let line = ui.cursor().top();
        ui.painter().hline(ui.max_rect().x_range(), line, look.hairline());
    }

    fn paths_ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) -> String {
        let listing = &state.listing;
        let typed = field(ui, "Contains step", &mut self.sought, "Contains step", SEARCH);
        if typed.changed() {
            let contains = self.sought.clone();
            commands.push(Command::SetListing(Listing { contains, ..listing.clone() }));
        } else if !typed.has_focus() && self.sought != listing.contains {
            self.sought.clone_from(&listing.contains);
        }
        let kinds = [(false, "Beginnings"), (true, "Whole")];
        if let Some(whole) = segmented(ui, "Paths", &kinds, listing.whole) {
            commands.push(Command::SetListing(Listing { whole, ..listing.clone() }));
        }
        let orders = [
            (PathOrder::People, "most people".to_owned()),
            (PathOrder::Length, "fewest steps".to_owned()),
            (PathOrder::Name, "by name".to_owned()),
        ];
        if let Some(order) = choice(ui, "Sort paths", &orders, listing.order, SORT) {
            commands.push(Command::SetListing(Listing { order, ..listing.clone() }));
        }
        let spec = &state.question.now().spec;
        match (listing.whole, spec.anchor.side) {
            (true, _) => format!("journeys of fewer than {} steps, told whole", spec.steps),
            (false, Side::End) => format!("how journeys end, the last {} steps", spec.steps),
            (false, _) => format!("how journeys begin, the first {} steps", spec.steps),
        }
    }

    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let chosen = state.shown.as_ref().zip(state.selected.as_ref()).and_then(|(shown, id)| {
            chosen::of(shown.view.view(), id, &state.question.now().cohort)
        });
        if let Some(chosen) = &chosen {
            chosen_ui(ui, chosen, commands);
        }
        let room = ui.available_size();
        ScrollArea::vertical().id_salt("chart").auto_shrink(false).show(ui, |ui| {
            self.picture_ui(ui, room, state, worker, chosen.as_ref(), commands);
        });
    }

    fn picture_ui(
        &mut self,
        ui: &mut Ui,
        room: Vec2,
        state: &mut State,
        worker: &Worker,
        chosen: Option<&Chosen>,
        commands: &mut Vec<Command>,
    ) {
        let Some(shown) = state.shown.clone() else { return };
        let picture = ChartPicture {
            theme: Look::of(ui).theme,
            width: room.x.round(),
            height: room.y.floor(),
            scale: state.question.now().time_scale,
            listing: state.listing.clone(),
            most_rows: MOST_ROWS,
            together: false,
            selected: state.selected.clone(),
        };
        let kind = words::kind(shown.view.view().parts().first().map_or(shown.view.view(), |p| p));
        let style = Style::Chart(picture);
        state.want(Drawing { slot: Slot::Canvas, shown, style }, worker);
        let drawn = state.canvas.drawn.as_ref();
        let Some(drawn) = drawn.filter(|drawn| matches!(drawn.drawing.style, Style::Chart(_)))
        else {
            return;
        };
        let scene = drawn.scene.clone();
        let size = vec2(scene.width, scene.height);
        let (response, painter) = ui.allocate_painter(size, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, kind));
        if response.clicked() && state.selected.is_some() {
            commands.push(Command::Select(None));
        }
        let to_screen = TSTransform::from_translation(response.rect.min.to_vec2());
        paint::paint(&scene, &painter, to_screen);
        let is_selectable =
            |target: &&Target| target.id.contains("path-") || target.id.contains("step-");
        let walked: Vec<&Target> = scene.targets.iter().filter(is_selectable).collect();
        let mut pointed_at = None;
        let mut next = None;
        for target in &scene.targets {
            let place = walked.iter().position(|other| std::ptr::eq(*other, target));
            let mark = self.target_ui(ui, &response, target, state, place.is_some());
            if mark.hovered() {
                pointed_at = Some(target);
            }
            let Some(place) = place else { continue };
            if mark.clicked() {
                mark.request_focus();
                let again = state.selected.as_ref() == Some(&target.id);
                let entered = ui.input(|input| input.key_pressed(Key::Enter));
                let way = chosen.and_then(|chosen| chosen.ways.first());
                commands.push(match way {
                    Some((_, command)) if again && entered => command.clone(),
                    _ => Command::Select(Some(target.id.clone())),
                });
            }
            if mark.has_focus() && next.is_none() {
                next = walk(ui, mark.id, place, walked.len());
            }
        }
        if let Some(next) = next {
            // From the next frame on, so that one press is one step.
            self.focus = Some(walked[next].id.clone());
            commands.push(Command::Select(self.focus.clone()));
        }
        if let Some(target) = pointed_at
            && let Some(at) = ui.input(|input| input.pointer.hover_pos())
        {
            tip(ui, at + vec2(14.0, 18.0), target);
        }
    }

    /// One bar, row or point: for a pointer, the keys and a screen reader.
    fn target_ui(
        &mut self,
        ui: &Ui,
        canvas: &Response,
        target: &Target,
        state: &State,
        is_selectable: bool,
    ) -> Response {
        let look = Look::of(ui);
        let area = |[x, y, width, height]: [f32; 4]| {
            Rect::from_min_size(canvas.rect.min + vec2(x, y), vec2(width, height))
        };
        let rect = area(target.label.unwrap_or(target.rect)).intersect(canvas.rect);
        // Not that of the canvas, which changes with what stands beside it.
        let id = Id::unique("chart target").with(&target.id);
        let sense = if is_selectable { Sense::click() } else { Sense::hover() };
        let mark = ui.interact(rect, id, sense);
        let selected = state.selected.as_ref() == Some(&target.id);
        mark.widget_info(|| {
            if is_selectable {
                WidgetInfo::selected(Role::Button, true, selected, &target.name)
            } else {
                WidgetInfo::labeled(Role::Label, true, &target.name)
            }
        });
        if self.focus.as_ref() == Some(&target.id) {
            mark.request_focus();
            mark.scroll_to_me(None);
            self.focus = None;
        }
        if mark.hovered() {
            let tint = look.text_strong.gamma_multiply(0.04);
            ui.painter().rect_filled(rect, look.tokens.radius.bar as u8, tint);
        }
        if mark.has_focus() {
            let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
            ui.painter().rect_stroke(rect, look.corners_small(), stroke, StrokeKind::Inside);
        }
        mark
    }
}

/// The place that an arrow leads to, in a list or in a row.
fn walk(ui: &Ui, id: Id, at: usize, of: usize) -> Option<usize> {
    let arrows =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    if pressed(Key::ArrowUp) || pressed(Key::ArrowLeft) {
        at.checked_sub(1)
    } else if pressed(Key::ArrowDown) || pressed(Key::ArrowRight) {
        Some(at + 1).filter(|next| *next < of)
    } else if pressed(Key::Home) {
        Some(0)
    } else if pressed(Key::End) {
        of.checked_sub(1)
    } else {
        None
    }
}

/// What is selected, and where one can go from it.
fn chosen_ui(ui: &mut Ui, chosen: &Chosen, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let frame =
        Frame::new().fill(look.sunken).inner_margin(Margin::symmetric(24, 10)).stroke(Stroke::NONE);
    Panel::bottom("what is selected").resizable(false).frame(frame).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 6.0);
        text::heading(ui, &chosen.what).on_hover_text(&chosen.what);
        text::small_in(ui, &chosen.said, look.text);
        if !chosen.ways.is_empty() {
            ui.horizontal_wrapped(|ui| {
                for (words, command) in &chosen.ways {
                    let shown = crate::draw::text::shorten(words, 60);
                    if Button::new(&shown).small().named(words).ui(ui).clicked() {
                        commands.push(command.clone());
                    }
                }
            });
        }
    });
}

fn order_ui(ui: &mut Ui, funnel: &FunnelSpec, commands: &mut Vec<Command>) -> String {
    let orders = [(Order::This, "This order"), (Order::Any, "Any order"), (Order::Exact, "Exact")];
    if let Some(order) = segmented(ui, "Order", &orders, funnel.order) {
        commands.push(Command::SetFunnel(FunnelSpec { order, ..funnel.clone() }));
    }
    let said = match funnel.order {
        Order::This => "in this order, other steps may come between",
        Order::Any => "each step with all those before it, in any order",
        Order::Exact => "in this order, nothing may come between",
    };
    match funnel.window_secs {
        Some(secs) => format!("{said}, within {}", words::duration(secs)),
        None => said.to_owned(),
    }
}

fn scale_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) -> String {
    let timing = &state.question.now().timing;
    let best = state.shown.as_ref().and_then(|shown| scale_of(shown.view.view()));
    let scale = state.question.now().time_scale.or(best).unwrap_or_default();
    let scales = [(TimeScale::Even, "Even"), (TimeScale::Logarithmic, "Logarithmic")];
    if let Some(scale) = segmented(ui, "Scale", &scales, scale) {
        commands.push(Command::SetTimeScale(scale));
    }
    text::small(ui, "Scale");
    if timing.from.is_empty() || timing.to.is_empty() {
        return String::new();
    }
    let [from, to] = [&timing.from, &timing.to].map(|label| words::quoted(label));
    format!("from the first {from} to the next {to}")
}

fn grain_ui(ui: &mut Ui, trend: &TrendSpec, commands: &mut Vec<Command>) -> String {
    let grains = [(Grain::Day, "Day"), (Grain::Week, "Week"), (Grain::Month, "Month")];
    if let Some(grain) = segmented(ui, "Each", &grains, trend.grain) {
        commands.push(Command::SetTrend(TrendSpec { grain, ..trend.clone() }));
    }
    text::small(ui, "Each");
    let grain = match trend.grain {
        Grain::Day => "day",
        Grain::Week => "week",
        Grain::Month => "month",
    };
    match &trend.label {
        Some(label) => format!("people who did {} in each {grain}", words::quoted(label)),
        None => format!("people who did anything in each {grain}"),
    }
}

/// A dark plate beside the pointer: what it is, and its published value in words.
fn tip(ui: &Ui, at: Pos2, target: &Target) {
    let look = Look::of(ui);
    let layer = LayerId::new(Layer::Tooltip, Id::unique("chart tip"));
    let painter = ui.ctx().layer_painter(layer);
    let width = 280.0;
    let lay = |words: &str, font, ink| painter.layout(words.to_owned(), font, ink, width - 24.0);
    let small = theme::small(Weight::Regular);
    let strong = theme::body(Weight::SemiBold);
    let lines = match target.name.split_once(", about ") {
        Some((what, value)) => vec![
            lay(what, strong, look.tooltip_text),
            lay(&format!("about {value}"), small, look.tooltip_text),
        ],
        None => vec![lay(&target.name, small, look.tooltip_text)],
    };
    let wide = lines.iter().map(|line| line.size().x).fold(0.0, f32::max);
    let high: f32 = lines.iter().map(|line| line.size().y + 4.0).sum();
    let size = vec2(wide + 24.0, high + 16.0);
    let room = ui.ctx().content_rect().shrink(8.0);
    let x = at.x.min(room.right() - size.x).max(room.left());
    let y = if at.y + size.y > room.bottom() { at.y - size.y - 28.0 } else { at.y };
    let plate = Rect::from_min_size(pos2(x, y), size);
    painter.add(ui.visuals().popup_shadow.as_shape(plate, look.corners_large()));
    painter.rect_filled(plate, look.corners_large(), look.tooltip);
    let mut y = plate.top() + 10.0;
    for line in lines {
        let height = line.size().y;
        painter.galley(pos2(plate.left() + 12.0, y), line, look.tooltip_text);
        y += height + 4.0;
    }
}
