//! What is shown to the room, in its order.

use egui::{
    Align, Frame, Key, Layout, Margin, Modifiers, Popup, Role, Sense, Ui, WidgetInfo, vec2,
};
use egui_material_icons::icons::{ICON_ADD, ICON_ARROW_DOWNWARD, ICON_ARROW_UPWARD, ICON_CLOSE};

use super::canvas::pressed;
use super::drafts::{Drafts, Of};
use crate::app::command::Command;
use crate::app::shell::menu_row;
use crate::app::state::{Presenting, Published, State};
use crate::app::theme::Look;
use crate::app::widgets::{Button, icon_button, text};
use crate::board::{Edit, Shows, Slide, SlideId};
use crate::draw::words;

/// Which slide is open, and where one is dragged to.
#[derive(Default)]
pub struct Slides {
    open: Option<SlideId>,
    dragged: Option<SlideId>,
    focus: Option<SlideId>,
}

impl Slides {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        numbers: &Published,
        drafts: &mut Drafts,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        text::title(ui, "Slides");
        let workshop = state.workshop();
        if workshop.slides.is_empty() {
            text::body(
                ui,
                "Without slides the board is shown. Add views and boards to tell a story.",
            );
        }
        let mut rects = Vec::new();
        for (at, slide) in workshop.slides.iter().enumerate() {
            let rect = self.slide_ui(ui, at, slide, state, numbers, commands);
            rects.push(rect);
            if self.open == Some(slide.id) {
                opened_ui(ui, slide, drafts, commands);
            }
        }
        self.drop_ui(ui, &rects, state, commands);
        let add = Button::new("Add a slide").icon(ICON_ADD).small().ui(ui);
        Popup::menu(&add).width(248.0).show(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut row = |words: String, shows: Shows, title: String| {
                if menu_row(ui, &words, false, look).clicked() {
                    commands
                        .push(Presenting::Edit(Edit::AddSlide { shows, title, at: None }).into());
                    ui.close();
                }
            };
            for board in &workshop.boards {
                let name = crate::draw::text::shorten(&board.name, 26);
                row(format!("Board: {name}"), Shows::Board(board.id), board.name.clone());
            }
            for view in numbers.views() {
                let view = view.view();
                let title = words::title(view);
                let name = crate::draw::text::shorten(view.name(), 26);
                row(format!("View: {name}"), Shows::View(view.name().to_owned()), title);
            }
            row("A sentence alone".to_owned(), Shows::Title, "A sentence".to_owned());
        });
        if numbers.is_nothing() {
            text::small(ui, "Views can be added once their numbers are here.");
        }
    }

    fn slide_ui(
        &mut self,
        ui: &mut Ui,
        at: usize,
        slide: &Slide,
        state: &State,
        numbers: &Published,
        commands: &mut Vec<Command>,
    ) -> egui::Rect {
        let look = Look::of(ui);
        let size = vec2(ui.available_width(), look.tokens.control.row + 8.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let is_open = self.open == Some(slide.id);
        let shows = shows_words(&slide.shows, state, numbers);
        let name = format!("Slide {}: {}, {shows}", at + 1, slide.title);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_open, &name));
        if self.focus == Some(slide.id) {
            response.request_focus();
            self.focus = None;
        }
        if response.clicked() {
            self.open = (!is_open).then_some(slide.id);
            response.request_focus();
        }
        if response.drag_started() {
            self.dragged = Some(slide.id);
        }
        let fill = if is_open { look.selection } else { look.raised };
        ui.painter().rect(
            rect,
            look.corners_small(),
            fill,
            look.hairline(),
            egui::StrokeKind::Inside,
        );
        let inside = rect.shrink2(vec2(10.0, 4.0));
        let builder =
            egui::UiBuilder::new().max_rect(inside).layout(Layout::right_to_left(Align::Center));
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let last = state.workshop().slides.len() - 1;
            let delete = format!("Delete slide {}", at + 1);
            if icon_button(ui, ICON_CLOSE, &delete, true).clicked() {
                commands.push(Presenting::Edit(Edit::DeleteSlide(slide.id)).into());
            }
            let down = format!("Move slide {} down", at + 1);
            if icon_button(ui, ICON_ARROW_DOWNWARD, &down, at < last).clicked() {
                commands.push(Presenting::Edit(Edit::MoveSlide(slide.id, at + 1)).into());
            }
            let up = format!("Move slide {} up", at + 1);
            if icon_button(ui, ICON_ARROW_UPWARD, &up, at > 0).clicked() {
                commands.push(Presenting::Edit(Edit::MoveSlide(slide.id, at - 1)).into());
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let title = if slide.title.is_empty() { "No title" } else { &slide.title };
                text::emphasis(ui, format!("{}  {title}", at + 1));
                text::small_cut(ui, shows);
            });
        });
        if response.has_focus() {
            let stroke = egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring);
            ui.painter().rect_stroke(rect, look.corners_small(), stroke, egui::StrokeKind::Outside);
            for (key, to) in [(Key::ArrowUp, at.checked_sub(1)), (Key::ArrowDown, Some(at + 1))] {
                if let Some(to) = to.filter(|_| pressed(ui, Modifiers::ALT, key)) {
                    self.focus = Some(slide.id);
                    commands.push(Presenting::Edit(Edit::MoveSlide(slide.id, to)).into());
                }
            }
            if pressed(ui, Modifiers::NONE, Key::Delete) {
                commands.push(Presenting::Edit(Edit::DeleteSlide(slide.id)).into());
            }
        }
        rect
    }

    fn drop_ui(
        &mut self,
        ui: &Ui,
        rects: &[egui::Rect],
        state: &State,
        commands: &mut Vec<Command>,
    ) {
        let Some(dragged) = self.dragged else { return };
        let slides = &state.workshop().slides;
        let from = slides.iter().position(|slide| slide.id == dragged);
        let (at, is_down) =
            ui.input(|input| (input.pointer.interact_pos(), input.pointer.any_down()));
        let (Some(from), Some(at)) = (from, at) else {
            self.dragged = None;
            return;
        };
        let place = rects.iter().filter(|rect| rect.center().y < at.y).count();
        if let Some(near) = rects.get(place).or(rects.last()) {
            let y = if place < rects.len() { near.top() - 4.0 } else { near.bottom() + 4.0 };
            let stroke = egui::Stroke::new(3.0, Look::of(ui).accent);
            ui.painter().hline(near.x_range(), y, stroke);
        }
        if !is_down {
            self.dragged = None;
            let to = if place > from { place - 1 } else { place };
            if to != from {
                commands.push(Presenting::Edit(Edit::MoveSlide(dragged, to)).into());
            }
        }
    }
}

fn opened_ui(ui: &mut Ui, slide: &Slide, drafts: &mut Drafts, commands: &mut Vec<Command>) {
    Frame::new().inner_margin(Margin { left: 8, right: 0, top: 0, bottom: 8 }).show(ui, |ui| {
        ui.push_id(slide.id, |ui| {
            text::small(ui, "The sentence over the picture");
            drafts.lines(
                ui,
                "Title of the slide",
                (Of::SlideTitle(slide.id), &slide.title),
                2,
                commands,
            );
            text::small(ui, "Notes, for you alone");
            drafts.lines(
                ui,
                "Notes of the slide",
                (Of::SlideNotes(slide.id), &slide.notes),
                3,
                commands,
            );
            if Button::new("Present from here").small().ui(ui).clicked() {
                commands.push(Presenting::Begin(Some(slide.id)).into());
            }
        });
    });
}

/// What is under the sentence.
pub fn shows_words(shows: &Shows, state: &State, numbers: &Published) -> String {
    match shows {
        Shows::Board(id) => {
            let name = state.workshop().board(*id).map_or("gone", |board| &board.name);
            format!("board: {name}")
        }
        Shows::View(name) if numbers.view(name).is_none() => format!("view: {name}, not here"),
        Shows::View(name) => format!("view: {name}"),
        Shows::Title => "a sentence alone".to_owned(),
    }
}
