//! The row over the board: its name, whose feelings are drawn, and what is done with all of it.

use egui::{
    Align, Layout, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, vec2,
};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_GESTURE, ICON_HOW_TO_VOTE, ICON_KEYBOARD_ARROW_DOWN, ICON_PLAY_ARROW, ICON_PRINT,
    ICON_SLIDESHOW, ICON_TUNE,
};

use super::canvas::{Canvas, on};
use super::menus::{heading, lanes_ui};
use super::{group, keys};
use crate::app::command::Command;
use crate::app::shell::menu_row;
use crate::app::state::{FileFor, Panel, Presenting, Published, State};
use crate::app::theme::{self, Look};
use crate::app::widgets::{Button, text};
use crate::app::worker::Output;
use crate::board::{Board, Edit, OnBoard, State as BoardState, Template};
use crate::draw::Weight;
use crate::draw::text::shorten;
use crate::views::View;

/// How high the row is.
pub const HEIGHT: f32 = 56.0;
/// The dashes that tell personas apart on the board: drawn, then left out.
const DASHES: [&[f32]; 3] = [&[16.0], &[6.0, 3.0, 7.0], &[2.0, 4.0, 2.0, 4.0, 2.0]];

/// What there is room for in the row.
#[derive(Clone, Copy)]
struct Room {
    personas: bool,
    icons: bool,
    /// Buttons of the usual size; there are small ones beside a panel in a small window.
    usual: bool,
}

impl Room {
    fn of(width: f32) -> Self {
        Self { personas: width >= 1180.0, icons: width >= 960.0, usual: width >= 720.0 }
    }

    fn button(self, words: &str) -> Button<'_> {
        if self.usual { Button::new(words) } else { Button::new(words).small() }
    }

    fn with_icon(self, words: &str, icon: MaterialIcon) -> Button<'_> {
        let button = self.button(words);
        if self.icons { button.icon(icon) } else { button }
    }
}

pub fn ui(
    ui: &mut Ui,
    state: &State,
    numbers: &Published,
    canvas: &mut Canvas,
    commands: &mut Vec<Command>,
) {
    let look = Look::of(ui);
    let width = ui.available_width();
    let (row, _) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let room = Room::of(width);
    let builder = UiBuilder::new()
        .max_rect(row.shrink2(vec2(16.0, 0.0)))
        .layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let present = room.button("Present").filled().icon(ICON_PLAY_ARROW);
        if present.named("Present, F5").ui(ui).clicked() {
            commands.push(Presenting::Begin(None).into());
        }
        let panel = state.present.panel;
        for (words, which, icon) in [
            ("Details", Panel::Card, ICON_TUNE),
            ("Slides", Panel::Slides, ICON_SLIDESHOW),
            ("Group", Panel::Group, ICON_HOW_TO_VOTE),
        ] {
            let is_open = panel == Some(which);
            let words = if which == Panel::Group { group_words(state) } else { words.to_owned() };
            if room.with_icon(&words, icon).chosen(is_open).ui(ui).clicked() {
                commands.push(Presenting::OpenPanel((!is_open).then_some(which)).into());
            }
        }
        print_ui(ui, state, room, commands);
        add_ui(ui, state, room, commands);
        if let Some(board) = state.board().filter(|board| keys::has_feeling(board)) {
            feeling_ui(ui, state, board, room, canvas, commands);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            boards_ui(ui, state, numbers, canvas, commands);
        });
    });
    ui.painter().hline(row.x_range(), row.bottom() - 0.5, look.hairline());
}

/// What goes on in the group, so that it is in sight whatever is open.
fn group_words(state: &State) -> String {
    let timer = &state.present.timer;
    if timer.is_running() {
        return format!("Group · {}", group::clock(timer));
    }
    let voting = state.board().and_then(|board| board.voting.as_ref());
    match voting.filter(|voting| !voting.revealed) {
        Some(voting) => format!("Voting: {} left", voting.left()),
        None => "Group".to_owned(),
    }
}

/// The name of the board; a click lists all of them.
fn boards_ui(
    ui: &mut Ui,
    state: &State,
    numbers: &Published,
    canvas: &mut Canvas,
    commands: &mut Vec<Command>,
) {
    let look = Look::of(ui);
    let Some(board) = state.board() else { return };
    let workshop = state.workshop();
    // What does not fit beside the buttons is cut.
    let letters = ((ui.available_width() - 40.0) / 9.5).max(4.0) as usize;
    let name = shorten(&board.name, letters.min(44));
    let head = title_button(ui, &name, &format!("{}, boards", board.name));
    Popup::menu(&head).width(264.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut row = |ui: &mut Ui, words: &str, chosen: bool, command: Command| {
            if menu_row(ui, words, chosen, look).clicked() {
                commands.push(command);
                ui.close();
            }
        };
        for other in &workshop.boards {
            let words = shorten(&other.name, 32);
            row(ui, &words, other.id == board.id, Presenting::ShowBoard(other.id).into());
        }
        heading(ui, "This board");
        row(ui, "Rename", false, Presenting::OpenPanel(Some(Panel::Card)).into());
        if board.state == BoardState::AsIs && workshop.to_be(board.id).is_none() {
            let to_be = Presenting::Edit(Edit::ToBe(board.id));
            row(ui, "How it ought to be, below it", false, to_be.into());
        }
        row(ui, "Delete", false, Presenting::Edit(Edit::DeleteBoard(board.id)).into());
        heading(ui, "New board");
        for template in Template::ALL {
            row(ui, template.name(), false, Presenting::Edit(Edit::NewBoard(template)).into());
        }
        for view in numbers.views() {
            if let View::Flow(_) | View::Funnel(_) = view.view() {
                let name = view.view().name();
                let words = format!("Of the steps of {}", shorten(name, 18));
                row(ui, &words, false, Presenting::BoardOf(name.to_owned()).into());
            }
        }
        row(ui, "From a Mermaid journey …", false, Presenting::Ask(FileFor::Mermaid).into());
        heading(ui, "Files");
        row(ui, "Save a presenter file …", false, Presenting::Ask(FileFor::Show).into());
        row(ui, "Open a presenter file …", false, Presenting::Ask(FileFor::Open).into());
        if state.present.show.is_some() && state.role.sees_data() {
            row(ui, "Close the presenter file", false, Presenting::CloseShow.into());
        }
    });
    if head.double_clicked() {
        commands.push(Presenting::OpenPanel(Some(Panel::Card)).into());
        canvas.spot = None;
    }
}

fn title_button(ui: &mut Ui, words: &str, name: &str) -> Response {
    let look = Look::of(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme::title(), look.text_strong);
    let icon = look.tokens.control.icon_small + 2.0;
    let size = vec2(galley.size().x + icon + 12.0, look.tokens.control.button);
    let response = ui.allocate_response(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let rect = response.rect;
    if response.hovered() {
        let tint = look.text_strong.gamma_multiply(0.04);
        ui.painter().rect_filled(rect.expand2(vec2(6.0, 0.0)), look.corners_small(), tint);
    }
    let at = egui::pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, look.text_strong);
    let font = egui::FontId::new(icon, ICON_KEYBOARD_ARROW_DOWN.font_family());
    let glyph = ICON_KEYBOARD_ARROW_DOWN.codepoint;
    ui.painter().text(rect.right_center(), egui::Align2::RIGHT_CENTER, glyph, font, look.text_weak);
    if response.has_focus() {
        let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        let ring = rect.expand2(vec2(6.0, 0.0));
        ui.painter().rect_stroke(ring, look.corners_small(), stroke, StrokeKind::Inside);
    }
    response
}

fn add_ui(ui: &mut Ui, state: &State, room: Room, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let Some(board) = state.board() else { return };
    let button = room.button("Add").after(ICON_KEYBOARD_ARROW_DOWN);
    let button = button.named("Add a stage or a lane").ui(ui);
    Popup::menu(&button).width(200.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if menu_row(ui, "Stage", false, look).clicked() {
            let at = board.stages.len();
            commands.push(on(board.id, OnBoard::AddStage { at, name: "New stage".to_owned() }));
            ui.close();
        }
        if menu_row(ui, "Persona", false, look).clicked() {
            let name = format!("Persona {}", board.personas.len() + 1);
            commands.push(on(board.id, OnBoard::AddPersona(name)));
            commands.push(Presenting::OpenPanel(Some(Panel::Card)).into());
            ui.close();
        }
        heading(ui, "Lane");
        lanes_ui(ui, board, board.lanes.len(), commands);
    });
}

fn print_ui(ui: &mut Ui, state: &State, room: Room, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let button = room.with_icon("Print", ICON_PRINT).named("Print or save the board").ui(ui);
    Popup::menu(&button).width(264.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if state.shows_unreleased() {
            egui::Frame::new().inner_margin(egui::Margin::symmetric(10, 6)).show(ui, |ui| {
                text::small(ui, "Numbers that are not released yet stay off paper.");
            });
        }
        for paper in Output::ALL {
            if menu_row(ui, paper.name(), false, look).clicked() {
                commands.push(Presenting::Ask(FileFor::Paper(paper)).into());
                ui.close();
            }
        }
    });
}

/// Whose feelings there are, and the switch that draws them.
fn feeling_ui(
    ui: &mut Ui,
    state: &State,
    board: &Board,
    room: Room,
    canvas: &mut Canvas,
    commands: &mut Vec<Command>,
) {
    let is_on = canvas.feeling.is_on();
    if room.with_icon("Draw feeling", ICON_GESTURE).chosen(is_on).ui(ui).clicked() {
        if is_on {
            canvas.feeling.end();
        } else {
            canvas.feeling.begin();
        }
    }
    // Beside the panel there is no room for them.
    if !(room.personas || is_on) || ui.available_width() < 240.0 {
        return;
    }
    let chosen = state.feeling_persona();
    for (at, persona) in board.personas.iter().enumerate().rev() {
        let is_chosen = is_on && chosen == Some(persona.id);
        if persona_chip(ui, at, &shorten(&persona.name, 20), &persona.name, is_chosen).clicked() {
            commands.push(Presenting::Persona(persona.id).into());
            canvas.feeling.begin();
        }
        if ui.available_width() < 240.0 {
            break;
        }
    }
}

fn persona_chip(ui: &mut Ui, at: usize, words: &str, name: &str, chosen: bool) -> Response {
    let look = Look::of(ui);
    let font = theme::small(Weight::Regular);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), font, look.text_strong);
    let size = vec2(galley.size().x + 44.0, look.tokens.control.hit_min);
    let response = ui.allocate_response(size, Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(Role::Button, true, chosen, format!("Persona {name}"))
    });
    let rect = response.rect;
    let (fill, stroke) = if chosen {
        (look.selection, Stroke::new(1.0, look.accent))
    } else if response.hovered() {
        (look.tinted(look.raised, 0.04), look.hairline())
    } else {
        (look.raised, look.hairline())
    };
    ui.painter().rect(rect, look.corners_small(), fill, stroke, StrokeKind::Inside);
    let colours = look.theme.colours();
    let ink = colours.categorical[at % colours.categorical.len()];
    let mut x = rect.left() + 10.0;
    for (part, length) in DASHES[at % DASHES.len()].iter().enumerate() {
        if part % 2 == 0 {
            let dash =
                Rect::from_min_size(egui::pos2(x, rect.center().y - 1.5), vec2(*length, 3.0));
            ui.painter().rect_filled(dash, 1, egui::Color32::from(ink));
        }
        x += length;
    }
    let to = egui::pos2(rect.left() + 34.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(to, galley, look.text_strong);
    if response.has_focus() {
        let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        ui.painter().rect_stroke(rect, look.corners_small(), stroke, StrokeKind::Outside);
    }
    response
}
