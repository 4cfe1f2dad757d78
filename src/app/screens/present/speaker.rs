//! The presenter's own window while the room looks at the wall: the slide, the next one, notes, a clock.

use egui::{
    Align, Align2, CentralPanel, Frame, Key, Layout, Margin, Modifiers, Panel, PointerButton, Rect,
    ScrollArea, Sense, Ui, ViewportBuilder, ViewportClass, ViewportCommand, ViewportId, vec2,
};

use super::canvas::pressed;
use super::{group, wall};
use crate::app::command::{Command, Place};
use crate::app::shell;
use crate::app::state::{Presenting, State, Timing, Turn};
use crate::app::theme::{self, Look};
use crate::app::widgets::{Button, Tone, segmented, stripe, text};
use crate::app::worker::Worker;
use crate::board::{Shows, Slide};
use crate::draw::{TargetKind, Weight};

/// The keys of a keyboard, and those that a clicker sends.
const TURNS: [(Key, Turn); 10] = [
    (Key::ArrowRight, Turn::Next),
    (Key::ArrowDown, Turn::Next),
    (Key::PageDown, Turn::Next),
    (Key::ArrowLeft, Turn::Back),
    (Key::ArrowUp, Turn::Back),
    (Key::PageUp, Turn::Back),
    (Key::Home, Turn::First),
    (Key::End, Turn::Last),
    (Key::B, Turn::Blank),
    (Key::Escape, Turn::End),
];

pub fn ui(ui: &mut Ui, state: &mut State, worker: &Worker, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let slides = state.slides();
    let Some(on_wall) = &mut state.present.wall else { return };
    on_wall.at = on_wall.at.min(slides.len().saturating_sub(1));
    let at = on_wall.at;
    for slide in slides.iter().skip(at.saturating_sub(1)).take(3) {
        wall::want(state, slide, look, worker);
    }
    turns(ui, commands);
    Panel::right("next slide")
        .exact_size((ui.available_width() * 0.3).clamp(260.0, 420.0))
        .resizable(false)
        .frame(Frame::new().fill(look.background).inner_margin(Margin::same(16)))
        .show(ui, |ui| side_ui(ui, state, &slides, at, commands));
    CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 12.0;
        Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
            row_ui(ui, state, &slides, at, commands);
            current_ui(ui, state, &slides, commands);
            notes_ui(ui, state, &slides, at, commands);
        });
    });
    window_ui(ui, state, &slides, commands);
    if state.present.timer.is_running() {
        super::tick(ui, state);
    } else {
        // The clock of the talk.
        ui.ctx().request_repaint_after_secs(1.0);
    }
}

fn turns(ui: &Ui, commands: &mut Vec<Command>) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    // What has the keyboard is pressed by the space bar.
    if ui.memory(|memory| memory.focused().is_none()) && pressed(ui, Modifiers::NONE, Key::Space) {
        commands.push(Presenting::Turn(Turn::Next).into());
    }
    for (key, turn) in TURNS {
        if pressed(ui, Modifiers::NONE, key) {
            commands.push(Presenting::Turn(turn).into());
        }
    }
}

fn row_ui(ui: &mut Ui, state: &State, slides: &[Slide], at: usize, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        text::title(ui, format!("Slide {} of {}", at + 1, slides.len()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let turn = |turn| Command::from(Presenting::Turn(turn));
            if Button::new("End").hint("Esc").named("End presenting").ui(ui).clicked() {
                commands.push(turn(Turn::End));
            }
            let is_blank = state.present.wall.as_ref().is_some_and(|wall| wall.blank);
            let blank = Button::new("Blank").hint("B").chosen(is_blank);
            if blank.named("Blank the wall").ui(ui).clicked() {
                commands.push(turn(Turn::Blank));
            }
            let next = Button::new("Next").enabled(at + 1 < slides.len());
            if next.named("Next slide").ui(ui).clicked() {
                commands.push(turn(Turn::Next));
            }
            let back = Button::new("Back").enabled(at > 0);
            if back.named("Slide before").ui(ui).clicked() {
                commands.push(turn(Turn::Back));
            }
        });
    });
}

/// The slide as it is on the wall. The pointer is the light on the wall; a click enlarges a node.
fn current_ui(ui: &mut Ui, state: &mut State, slides: &[Slide], commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let room = vec2(ui.available_width(), (ui.available_height() - 150.0).max(160.0));
    let scale = (room.x / wall::WALL.x).min(room.y / wall::WALL.y);
    let (rect, response) = ui.allocate_exact_size(wall::WALL * scale, Sense::click_and_drag());
    let Some(on_wall) = &state.present.wall else { return };
    let to = wall::ui(ui, rect, state, on_wall, slides);
    ui.painter().rect_stroke(rect, 0, look.outline(), egui::StrokeKind::Outside);
    let hovered = ui.input(|input| input.pointer.hover_pos()).filter(|at| rect.contains(*at));
    let points_at = hovered.filter(|_| !on_wall.blank).map(|at| {
        let share = (at - rect.min) / rect.size();
        [share.x, share.y]
    });
    if points_at != on_wall.pointed {
        commands.push(Presenting::Point(points_at).into());
    }
    let (Some(to), Some(slide)) = (to, slides.get(on_wall.at)) else { return };
    nodes_ui(ui, state, slide, to, rect, commands);
    if response.clicked_by(PointerButton::Primary) {
        commands.push(Presenting::Enlarge(None).into());
    }
}

/// Every node is a button: it is enlarged on the wall, or all of the picture is shown again.
fn nodes_ui(
    ui: &Ui,
    state: &State,
    slide: &Slide,
    to: egui::emath::TSTransform,
    frame: Rect,
    commands: &mut Vec<Command>,
) {
    let look = Look::of(ui);
    let Some(scene) = super::wall_scene(state, slide) else { return };
    for target in scene.targets.iter().filter(|target| target.kind == TargetKind::Node) {
        let rect = super::canvas::area(to, target.rect).intersect(frame);
        if !rect.is_positive() {
            continue;
        }
        let id = ui.scope_id().with(("on the wall", &target.id));
        let node = ui.interact(rect, id, Sense::click());
        let name = format!("Enlarge {}", target.name);
        node.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if node.clicked() {
            commands.push(Presenting::Enlarge(Some(target.id.clone())).into());
        }
        if node.has_focus() {
            ui.painter().rect_stroke(
                rect.expand(2.0),
                look.corners_small(),
                egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring),
                egui::StrokeKind::Outside,
            );
        }
    }
}

fn notes_ui(ui: &mut Ui, state: &State, slides: &[Slide], at: usize, commands: &mut Vec<Command>) {
    if let Some(why) = unreleased(state, slides) {
        stripe(ui, Tone::Warning, why, "Measured cells stay empty on the wall until then.", |ui| {
            if state.role.sees_data() && Button::new("Go to Release").small().ui(ui).clicked() {
                commands.push(Presenting::Turn(Turn::End).into());
                commands.push(Command::Go(Place::Release));
            }
        });
    }
    let notes = slides.get(at).map_or("", |slide| slide.notes.as_str());
    ScrollArea::vertical().id_salt("notes").auto_shrink(false).show(ui, |ui| {
        if notes.is_empty() {
            text::weak(ui, "No notes for this slide.");
        } else {
            text::lead(ui, notes);
        }
    });
}

/// Whether numbers are waited for that the room may not see yet.
fn unreleased(state: &State, slides: &[Slide]) -> Option<&'static str> {
    let released = state.released();
    let workshop = state.workshop();
    let asks = |slide: &Slide| match &slide.shows {
        Shows::View(view) => released.view(view).is_none(),
        Shows::Board(board) => workshop
            .board(*board)
            .is_some_and(|board| board.views().iter().any(|view| released.view(view).is_none())),
        Shows::Title => false,
    };
    let is_missing = slides.iter().any(asks);
    if !is_missing {
        return None;
    }
    Some(if state.published().is_nothing() {
        "Some numbers are not here."
    } else {
        "Some numbers are not released yet: the package with them has to be written first."
    })
}

fn side_ui(
    ui: &mut Ui,
    state: &mut State,
    slides: &[Slide],
    at: usize,
    commands: &mut Vec<Command>,
) {
    let look = Look::of(ui);
    ui.spacing_mut().item_spacing.y = 8.0;
    if let Some(on_wall) = &state.present.wall {
        let secs = on_wall.since.elapsed().as_secs();
        ui.horizontal(|ui| {
            text::display(ui, format!("{}:{:02}", secs / 60, secs % 60));
            text::small(ui, "since you began");
        });
    }
    let now = jiff::ZonedDateTime::now();
    text::small(ui, format!("It is {:02}:{:02}", now.hour(), now.minute()));
    time_ui(ui, state, commands);
    text::heading(ui, "Next");
    let width = ui.available_width();
    let (rect, _) =
        ui.allocate_exact_size(vec2(width, width * wall::WALL.y / wall::WALL.x), Sense::hover());
    if let Some(next) = slides.get(at + 1) {
        wall::slide_ui(ui, rect, state, next, None);
    } else {
        ui.painter().rect_filled(rect, 0, look.sunken);
        let font = theme::body(Weight::Regular);
        let words = "This is the last slide";
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, words, font, look.text_weak);
    }
    ui.painter().rect_stroke(rect, 0, look.hairline(), egui::StrokeKind::Outside);
    displays_ui(ui, state, commands);
    ScrollArea::vertical().id_salt("slides").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (number, slide) in slides.iter().enumerate() {
            let words = format!("{}  {}", number + 1, slide.title);
            let letters = (ui.available_width() / 8.0).max(8.0) as usize;
            let words = crate::draw::text::shorten(&words, letters);
            if shell::menu_row(ui, &words, number == at, look).clicked() {
                commands.push(Presenting::Turn(Turn::To(number)).into());
            }
        }
    });
}

fn time_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let timer = &state.present.timer;
    ui.horizontal(|ui| {
        let words = format!("{} left", group::clock(timer));
        if timer.is_used() {
            text::emphasis(ui, words);
        }
        let (words, timing) =
            if timer.is_running() { ("Pause", Timing::Pause) } else { ("Start", Timing::Start) };
        let named = format!("{words} the time");
        let words = format!("{words} {} min", timer.minutes);
        if Button::new(&words).small().named(named).ui(ui).clicked() {
            commands.push(Presenting::Time(timing).into());
        }
        if timer.is_used() && Button::new("Reset").small().named("Reset the time").ui(ui).clicked()
        {
            commands.push(Presenting::Time(Timing::Reset).into());
        }
    });
}

/// How many displays the choice offers; what the system does not have leaves the window where it is.
const DISPLAYS: [(usize, &str); 3] = [(0, "1"), (1, "2"), (2, "3")];

fn displays_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    if ui.ctx().embed_viewports() {
        return;
    }
    let chosen = state.present.wall.as_ref().and_then(|wall| wall.display);
    ui.horizontal(|ui| {
        text::small(ui, "Fill display");
        let chosen = chosen.unwrap_or(usize::MAX);
        if let Some(display) = segmented(ui, "Display", &DISPLAYS, chosen) {
            commands.push(Presenting::Display(display).into());
        }
    });
    text::small(ui, "Or move the other window there and press F11 in it.");
}

/// The window for the wall. Where there can be no second one, the presenter's view has it all.
fn window_ui(ui: &Ui, state: &State, slides: &[Slide], commands: &mut Vec<Command>) {
    if ui.ctx().embed_viewports() {
        return;
    }
    let Some(on_wall) = &state.present.wall else { return };
    let mut builder = ViewportBuilder::default()
        .with_title("Trodden, for the room")
        .with_app_id("trodden")
        .with_inner_size([960.0, 600.0]);
    if let Some(display) = on_wall.display {
        builder = builder.with_monitor(display);
    }
    ui.ctx().show_viewport_immediate(ViewportId::from_hash_of("wall"), builder, |ui, class| {
        if class == ViewportClass::EmbeddedWindow {
            return;
        }
        let rect = ui.ctx().content_rect();
        wall::ui(ui, rect, state, on_wall, slides);
        let whole = ui.interact(rect, ui.scope_id().with("whole wall"), Sense::click());
        let grows = whole.double_clicked() || pressed(ui, Modifiers::NONE, Key::F11);
        if grows {
            let is_full = ui.input(|input| input.viewport().fullscreen.unwrap_or(false));
            ui.ctx().send_viewport_cmd(ViewportCommand::Fullscreen(!is_full));
        }
        turns(ui, commands);
        if ui.input(|input| input.viewport().close_requested()) {
            commands.push(Presenting::Turn(Turn::End).into());
        }
        if ui.input(|input| input.pointer.is_still()) {
            ui.ctx().set_cursor_icon(egui::CursorIcon::None);
        }
    });
}
