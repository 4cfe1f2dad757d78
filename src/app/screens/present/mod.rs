//! The place of a workshop: the journey board, the slides, and the room.
//!
//! *Invariant:* shows published numbers and what people wrote; needs no data. Everything done to a board
//! is an [`crate::board::Edit`], so that it can be undone.

mod asking;
mod canvas;
mod card;
mod drafts;
mod dragging;
mod feeling;
mod group;
mod head;
mod keys;
mod menus;
mod slides;
mod speaker;
mod typing;
mod wall;

use egui::{
    Align, CentralPanel, Frame, Key, Layout, Margin, Modifiers, Panel as Side, Rect, ScrollArea,
    Sense, Ui, vec2,
};

use crate::app::command::{Command, Place};
use crate::app::shell;
use crate::app::state::{FileFor, Panel, Presenting, Published, State};
use crate::app::theme::{self, Look};
use crate::app::widgets::{Button, text};
use crate::app::worker::Worker;
use crate::board::{Edit, Shows, Slide, Template};
use crate::draw::{Scene, Weight};
use crate::views::{Disclosed, View};

/// What the place keeps for itself.
#[derive(Default)]
pub struct Present {
    canvas: canvas::Canvas,
    card: card::CardPanel,
    slides: slides::Slides,
    group: group::Group,
    drafts: drafts::Drafts,
}

impl Present {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        if state.present.wall.is_some() {
            self.drafts.end_frame(commands);
            speaker::ui(ui, state, worker, commands);
            return;
        }
        let look = Look::of(ui);
        let numbers = state.published();
        if let Some(panel) = state.present.panel.filter(|_| state.board().is_some()) {
            self.panel_ui(ui, panel, state, &numbers, commands);
        }
        CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
            if state.board().is_none() {
                empty_ui(ui, state, &numbers, commands);
                return;
            }
            ui.spacing_mut().item_spacing.y = 0.0;
            head::ui(ui, state, &numbers, &mut self.canvas, commands);
            if state.notice.is_some() {
                Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
                    shell::notice_ui(ui, state, commands);
                });
            }
            numbers_ui(ui, state, &numbers, commands);
            self.canvas.ui(ui, state, &numbers, worker, commands);
        });
        self.drafts.end_frame(commands);
        asking::ui(ui, state, commands);
        self.shortcuts(ui, state, commands);
        tick(ui, state);
    }

    fn panel_ui(
        &mut self,
        ui: &mut Ui,
        panel: Panel,
        state: &State,
        numbers: &Published,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        Side::right("present panel")
            .exact_size(look.tokens.frame.inspector)
            .resizable(false)
            .frame(Frame::new().fill(look.background))
            .show(ui, |ui| {
                let scroll = ScrollArea::vertical().id_salt(panel.name()).auto_shrink(false);
                scroll.show(ui, |ui| {
                    Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
                        ui.take_available_width();
                        ui.spacing_mut().item_spacing.y = 8.0;
                        let Self { canvas, card, slides, group, drafts } = self;
                        match panel {
                            Panel::Card => {
                                card.ui(ui, state, numbers, canvas.spot, drafts, commands);
                            }
                            Panel::Slides => slides.ui(ui, state, numbers, drafts, commands),
                            Panel::Group => group.ui(ui, state, commands),
                        }
                    });
                });
            });
    }

    /// Keys that need nothing selected. While somebody types they are letters.
    fn shortcuts(&mut self, ui: &Ui, state: &State, commands: &mut Vec<Command>) {
        let is_writing = ui.ctx().text_edit_focused()
            || self.canvas.typing.is_some()
            || state.present.asked.is_some();
        if is_writing {
            return;
        }
        // Escape takes the keyboard from what has it first, so it is heard here.
        if self.canvas.feeling.is_on() && canvas::pressed(ui, Modifiers::NONE, Key::Escape) {
            self.canvas.feeling.end();
        }
        if canvas::pressed(ui, Modifiers::NONE, Key::F) {
            commands.push(Presenting::Begin(None).into());
        }
        if let Some(board) = state.board().filter(|board| keys::is_voting(board)) {
            keys::vote(ui, board, commands);
        }
    }
}

/// The picture of a slide on the wall.
fn wall_scene<'a>(state: &'a State, slide: &Slide) -> Option<&'a Scene> {
    match &slide.shows {
        Shows::View(view) => state.present.slides.get(view)?.drawn.as_deref(),
        Shows::Board(board) => {
            let drawn = state.present.boards.get(&(*board, true))?.drawn.as_ref()?;
            drawn.parts.first().map(|part| &part.picture.scene)
        }
        Shows::Title => None,
    }
}

/// The time is shown anew each second, and not more often.
fn tick(ui: &Ui, state: &State) {
    let timer = &state.present.timer;
    if timer.is_running() {
        let left = timer.left();
        let rest = u64::from(left.subsec_millis()) + 5;
        let wait = if left.is_zero() { 60_000 } else { rest };
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(wait));
    }
}

/// Whose numbers stand on the board, where that has to be said, and what brings them.
fn numbers_ui(ui: &mut Ui, state: &State, numbers: &Published, commands: &mut Vec<Command>) {
    let Some(board) = state.board() else { return };
    let names = board.views();
    if names.is_empty() {
        return;
    }
    let is_missing = names.iter().any(|name| numbers.view(name).is_none());
    let is_out = state.shows_unreleased();
    if !is_missing && !is_out {
        return;
    }
    let look = Look::of(ui);
    let why = state.leaving.packed.as_ref().and_then(|packed| packed.made.as_ref().err());
    let why = why.filter(|_| state.present.wants_numbers && state.is_packed());
    let works = state.present.wants_numbers && is_missing && state.leaving.packed.is_none();
    let words = if works {
        "The numbers are being worked out with all views of the release."
    } else if !is_missing {
        "These numbers are as they would leave, and not released yet: the wall and paper show them once \
         the package is written."
    } else if let Some(why) = why {
        &why.sentence
    } else {
        "Some numbers on this board are not here."
    };
    let frame = Frame::new().fill(look.background).inner_margin(Margin::symmetric(16, 6));
    frame.show(ui, |ui| {
        let row = vec2(ui.available_width(), look.tokens.control.hit_min);
        // Buttons first, so that words make room for them.
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            if !works && !is_missing {
                if Button::new("Go to Release").small().ui(ui).clicked() {
                    commands.push(Command::Go(Place::Release));
                }
            } else if !works {
                if Button::new("Open a presenter file").small().ui(ui).clicked() {
                    commands.push(Presenting::Ask(FileFor::Open).into());
                }
                if state.is_open() && state.role.sees_data() {
                    let button = Button::new("Work the numbers out").small();
                    if button.enabled(state.wanted().is_some()).ui(ui).clicked() {
                        commands.push(Presenting::WorkOut.into());
                    }
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| text::small_cut(ui, words));
        });
    });
}

/// What one can begin with, where there is no board.
fn empty_ui(ui: &mut Ui, state: &State, numbers: &Published, commands: &mut Vec<Command>) {
    let whole = ui.max_rect();
    let width = 640.0_f32.min(whole.width() - 48.0);
    let area = Rect::from_center_size(whole.center(), vec2(width, 420.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(area), |ui| {
        ui.spacing_mut().item_spacing.y = 12.0;
        if state.notice.is_some() {
            shell::notice_ui(ui, state, commands);
        }
        text::title(ui, "No board yet");
        text::body(
            ui,
            "A board tells the journey in stages and lanes, with words of the people in the room and \
             numbers that are safe to show. Begin with one of these; everything on it can be changed.",
        );
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(12.0, 12.0);
            for template in Template::ALL {
                if template_ui(ui, template, ((width - 24.0) / 3.0).floor() - 1.0).clicked() {
                    commands.push(Presenting::Edit(Edit::NewBoard(template)).into());
                }
            }
        });
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            let is_of_steps = |view: &View| matches!(view, View::Flow(_) | View::Funnel(_));
            let shown = state.shown.as_ref().map(|shown| shown.view.view());
            if state.has_steps() && state.role.sees_data() {
                let words = "Stages from the view in Explore";
                if Button::new(words).filled().ui(ui).clicked() {
                    commands.push(Presenting::BoardOfShown.into());
                }
            }
            for view in numbers.views().into_iter().map(Disclosed::view) {
                if is_of_steps(view) && shown.is_none() {
                    let words = format!("Stages from the view {}", view.name());
                    if Button::new(&words).filled().ui(ui).clicked() {
                        commands.push(Presenting::BoardOf(view.name().to_owned()).into());
                    }
                }
            }
            if Button::new("Open a presenter file …").ui(ui).clicked() {
                commands.push(Presenting::Ask(FileFor::Open).into());
            }
            if Button::new("From a Mermaid journey …").ui(ui).clicked() {
                commands.push(Presenting::Ask(FileFor::Mermaid).into());
            }
        });
    });
}

/// A board in small: its name, its stages, and how many lanes it has.
fn template_ui(ui: &mut Ui, template: Template, width: f32) -> egui::Response {
    let look = Look::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 104.0), Sense::click());
    let stages = template.stages();
    let lanes = template.lanes().len();
    let name = format!("{}: {} stages, {lanes} lanes", template.name(), stages.len());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    let fill = if response.hovered() { look.tinted(look.raised, 0.04) } else { look.raised };
    let stroke = if response.has_focus() {
        egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring)
    } else {
        look.hairline()
    };
    let painter = ui.painter();
    painter.rect(rect, look.corners_large(), fill, stroke, egui::StrokeKind::Inside);
    let at = rect.min + vec2(12.0, 12.0);
    let font = theme::body(Weight::Medium);
    painter.text(at, egui::Align2::LEFT_TOP, template.name(), font, look.text_strong);
    let grid = Rect::from_min_max(rect.min + vec2(12.0, 40.0), rect.max - vec2(12.0, 30.0));
    let column = grid.width() / stages.len() as f32;
    for stage in 0..stages.len() {
        let left = grid.left() + stage as f32 * column;
        let head = Rect::from_min_size(egui::pos2(left, grid.top()), vec2(column - 3.0, 8.0));
        painter.rect_filled(head, 2, look.line_strong);
        for lane in 0..3 {
            let top = grid.top() + 12.0 + lane as f32 * 8.0;
            let cell = Rect::from_min_size(egui::pos2(left, top), vec2(column - 3.0, 5.0));
            painter.rect_filled(cell, 1, look.sunken);
        }
    }
    let words = format!("{} stages, {lanes} lanes", stages.len());
    let at = rect.left_bottom() + vec2(12.0, -10.0);
    let font = theme::small(Weight::Regular);
    painter.text(at, egui::Align2::LEFT_BOTTOM, words, font, look.text_weak);
    response
}
