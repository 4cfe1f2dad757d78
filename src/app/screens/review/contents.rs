//! What is in a package: its views drawn, their numbers, its files, its statement.

use egui::emath::TSTransform;
use egui::{Align, Layout, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::command::Command;
use crate::app::state::{Reviewing, State};
use crate::app::theme::Look;
use crate::app::widgets::{Tone, card, card_head, choice, divider, stripe, text};
use crate::app::worker::{Examined, Tables, Worker};
use crate::board::Workshop;
use crate::draw::text::{number, plain};
use crate::draw::{paint, words};
use crate::release::Sheet;
use crate::views::View;

/// A picture is as wide as there is room, and not much higher than the window.
const HIGHEST: f32 = 560.0;

pub fn ui(ui: &mut Ui, state: &mut State, worker: &Worker, commands: &mut Vec<Command>) {
    let Some(examined) = state.review.received().and_then(|it| it.ready()).cloned() else { return };
    ui.spacing_mut().item_spacing.y = 12.0;
    let views = &examined.opened.views;
    if views.is_empty() {
        unverified_ui(ui);
    } else {
        let at = state.review.view.min(views.len() - 1);
        if views.len() > 1 {
            let options: Vec<(usize, String)> = views
                .iter()
                .map(|view| format!("{}, {}", view.view().name(), words::kind(view.view())))
                .enumerate()
                .collect();
            if let Some(at) = choice(ui, "View", &options, at, 320.0_f32.min(ui.available_width()))
            {
                commands.push(Reviewing::LookAt(at).into());
            }
        }
        let view = views[at].view();
        picture_ui(ui, state, worker, view);
        if let Some(tables) = examined.tables.get(at) {
            numbers_ui(ui, tables);
        }
    }
    if let Some(workshop) = &examined.opened.workshop {
        board_ui(ui, workshop);
    }
    files_ui(ui, &examined);
}

/// Everything that somebody typed for the room, the notes of slides as well.
fn board_ui(ui: &mut Ui, workshop: &Workshop) {
    for board in &workshop.boards {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            let cards = board.cards.len();
            card_head(ui, &plain(&board.name), &format!("board, {cards} cards, typed by people"));
            for stage in &board.stages {
                divider(ui, 0.0);
                text::emphasis(ui, plain(&format!("{} {}", stage.name, stage.note)));
                for card in board.cards.iter().filter(|card| card.stage == stage.id) {
                    let words = [&card.text, &card.note, &card.owner];
                    let words: Vec<String> =
                        words.iter().filter(|it| !it.is_empty()).map(|it| plain(it)).collect();
                    let picture = if card.picture.is_some() { " · a picture" } else { "" };
                    text::body(ui, format!("{}{picture}", words.join(" · ")));
                }
            }
            for persona in &board.personas {
                let notes = persona.curve.iter().map(|point| plain(&point.note));
                let notes: Vec<String> = notes.filter(|note| !note.is_empty()).collect();
                text::small(ui, format!("{} feels: {}", plain(&persona.name), notes.join(" · ")));
            }
        });
    }
    if workshop.slides.is_empty() {
        return;
    }
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let count = workshop.slides.len();
        card_head(ui, "Slides and the presenter's notes", &format!("{count} slides"));
        for slide in &workshop.slides {
            text::body(ui, plain(&format!("{} · {}", slide.title, slide.notes)));
        }
    });
}

fn unverified_ui(ui: &mut Ui) {
    stripe(
        ui,
        Tone::Danger,
        "Not verified.",
        "Hashes or numbers do not hold, so its views are not drawn.",
        |_| {},
    );
}

fn picture_ui(ui: &mut Ui, state: &mut State, worker: &Worker, view: &View) {
    let look = Look::of(ui);
    state.review.want(look.theme, worker);
    card(ui, |ui| {
        let head = view.head();
        let everybody = words::everybody(view);
        text::heading(ui, words::title(view));
        text::small(ui, format!("{everybody} · k ≥ {} · rounded to {}", head.k, head.b));
        let Some(scene) = &state.review.scene else {
            text::weak(ui, "The view is being drawn …");
            return;
        };
        let scale = (ui.available_width() / scene.width).min(HIGHEST / scene.height);
        let size = vec2(scene.width, scene.height) * scale;
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let said = format!("{}. {}", scene.title, scene.description);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
        if ui.is_rect_visible(rect) {
            let to_screen = TSTransform::new(rect.min.to_vec2(), scale);
            paint::paint(scene, &ui.painter_at(rect), to_screen);
        }
        if let Some(target) = response
            .hover_pos()
            .and_then(|at| scene.target_at(((at - rect.min) / scale).to_pos2().into()))
        {
            response.on_hover_text_at_pointer(&target.name);
        }
    });
}

/// The same as tables.
fn numbers_ui(ui: &mut Ui, tables: &Tables) {
    for (sheet, rows) in &tables.sheets {
        card(ui, |ui| sheet_ui(ui, sheet, *rows));
    }
    for note in &tables.notes {
        text::small(ui, note);
    }
}

fn sheet_ui(ui: &mut Ui, sheet: &Sheet, rows: usize) {
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.spacing_mut().interact_size.y = 20.0;
    card_head(ui, &sheet.heading, sheet.counted);
    for row in &sheet.rows {
        divider(ui, 0.0);
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text::emphasis(ui, number(row.count));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    text::body_cut(ui, row.words.join(" · "));
                });
            });
        });
    }
    if rows > sheet.rows.len() {
        let more = rows - sheet.rows.len();
        text::small(ui, format!("and {more} more rows, in the package's tables"));
    }
}

fn files_ui(ui: &mut Ui, examined: &Examined) {
    let entries = examined.opened.entries();
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 18.0;
        card_head(ui, "Files in the package", &format!("{} files", entries.len()));
        for entry in entries {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    text::small(ui, format!("{} kB", number(entry.size.div_ceil(1000))));
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let name =
                            crate::draw::text::shorten(&crate::draw::text::plain(&entry.name), 80);
                        ui.add(egui::Label::new(egui::RichText::new(name).monospace()).truncate());
                    });
                });
            });
        }
    });
}

/// The privacy statement as somebody wrote it.
pub fn statement_ui(ui: &mut Ui, state: &State) {
    let Some(examined) = state.review.received().and_then(|it| it.ready()) else { return };
    ui.spacing_mut().item_spacing.y = 12.0;
    if examined.opened.views.is_empty() {
        unverified_ui(ui);
    }
    let Some(statement) = examined.opened.statement() else {
        text::body(ui, "There is no statement that could be read.");
        return;
    };
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        for line in statement.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let plain = line.trim_start_matches(['#', '>', '*', '-', ' ']).replace('\\', "");
            let plain = crate::draw::text::plain(&plain);
            if line.starts_with('#') {
                text::heading(ui, plain);
            } else {
                text::body(ui, plain);
            }
        }
    });
}

/// The checkpoint of the project's history.
pub fn history_ui(ui: &mut Ui, state: &State) {
    let Some(examined) = state.review.received().and_then(|it| it.ready()) else { return };
    let Some(text_of) = examined.opened.history() else { return };
    ui.spacing_mut().item_spacing.y = 12.0;
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        text::heading(ui, "Checkpoint of the project's history");
        text::body(
            ui,
            "So many entries the history of the project had when this package was made, and this is \
             the hash of the last of them. A later history of the same project has to begin with \
             these.",
        );
        let read = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text_of);
        match read {
            Ok(fields) => {
                for (name, value) in fields {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    ui.horizontal_wrapped(|ui| {
                        text::small(ui, crate::draw::text::plain(&name));
                        text::mono(ui, crate::draw::text::plain(&value));
                    });
                }
            }
            Err(_) => {
                text::body(ui, "It cannot be read.");
            }
        }
    });
}
