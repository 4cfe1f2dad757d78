//! What the package says, and which files it holds.

use egui::{Align, Frame, Id, Layout, Modal, ScrollArea, Ui};

use crate::app::command::Command;
use crate::app::state::State;
use crate::app::widgets::{Button, Column, beside, card, text};
use crate::app::worker::{Made, Packed};
use crate::draw::text::number;
use crate::release::Entry;

/// How many of the first words of the statement stand on the screen.
const FIRST: usize = 5;
/// From this width on the files stand in two columns.
const TWO_COLUMNS: f32 = 560.0;

fn made(packed: Option<&Packed>) -> Option<&Made> {
    packed.and_then(|packed| packed.made.as_ref().ok())
}

/// Said where there is no package, in place of what it would hold.
fn none_ui(ui: &mut Ui, packed: Option<&Packed>) {
    let words = match packed {
        Some(_) => "It is written once nothing is left to settle.",
        None => "The package is being made …",
    };
    text::weak(ui, words);
}

/// A line of the statement: a head, or words.
fn line_ui(ui: &mut Ui, line: &str) {
    let plain = plain(line.trim_start_matches(['#', '-', ' ']));
    if line.starts_with('#') {
        ui.add_space(6.0);
        text::heading(ui, plain);
    } else if line.starts_with('-') {
        ui.horizontal_top(|ui| {
            text::body(ui, "·");
            ui.vertical(|ui| text::body(ui, plain));
        });
    } else {
        text::body(ui, plain);
    }
}

/// Without the backslashes of Markdown.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        plain.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    plain
}

fn lines(statement: &str) -> impl Iterator<Item = &str> {
    // The first head says what the card is called.
    statement.lines().map(str::trim).filter(|line| !line.is_empty()).skip(1)
}

/// Its first words.
pub fn statement_ui(ui: &mut Ui, packed: Option<&Packed>, commands: &mut Vec<Command>) {
    super::head_ui(ui, "Statement", |ui| {
        let is_there = made(packed).is_some();
        if is_there && Button::new("Read all of it").link().small().ui(ui).clicked() {
            commands.push(Command::ReadStatement(true));
        }
    });
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let Some(made) = made(packed) else {
            none_ui(ui, packed);
            return;
        };
        for line in lines(&made.statement).take(FIRST) {
            line_ui(ui, line);
        }
    });
}

/// All of it, over the screen.
pub fn whole_statement_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let packed = state.leaving.packed.clone();
    let Some(made) = made(packed.as_deref()).filter(|_| state.leaving.statement_is_open) else {
        return;
    };
    let height = ui.ctx().content_rect().height() - 200.0;
    let modal = Modal::new(Id::unique("statement"))
        .frame(Frame::popup(ui.style()).inner_margin(24))
        .show(ui.ctx(), |ui| {
            ui.set_width(640.0);
            text::title(ui, "Privacy statement");
            ui.add_space(8.0);
            ScrollArea::vertical().max_height(height).show(ui, |ui| {
                ui.take_available_width();
                ui.spacing_mut().item_spacing.y = 6.0;
                for line in lines(&made.statement) {
                    line_ui(ui, line);
                }
            });
            ui.add_space(12.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if Button::new("Close").filled().ui(ui).clicked() {
                    commands.push(Command::ReadStatement(false));
                }
            });
        });
    if modal.should_close() {
        commands.push(Command::ReadStatement(false));
    }
}

pub fn entries_ui(ui: &mut Ui, packed: Option<&Packed>) {
    super::head_ui(ui, "Files in the package", |_| {});
    card(ui, |ui| {
        let Some(made) = made(packed) else {
            none_ui(ui, packed);
            return;
        };
        ui.spacing_mut().item_spacing.y = 2.0;
        let is_sum = |name: &str| name.starts_with("checksums/");
        let own = made.package.entries.iter().filter(|entry| !is_sum(&entry.name));
        let own: Vec<&Entry> = own.collect();
        // Two columns where there is room, the first one the longer.
        let columns = if ui.available_width() < TWO_COLUMNS { 1 } else { 2 };
        let (left, right) = own.split_at(own.len().div_ceil(columns));
        if columns == 1 {
            list_ui(ui, left);
        } else {
            let half = (ui.available_width() - 32.0) / 2.0;
            beside(ui, half, 32.0, |ui, column| {
                list_ui(ui, if column == Column::Left { left } else { right });
            });
        }
        ui.add_space(4.0);
        let sums = made.package.entries.iter().filter(|entry| is_sum(&entry.name)).count();
        let words = format!("and {sums} hashes in checksums/, as SACRO Viewer asks for them");
        text::small_cut(ui, words);
    });
}

fn list_ui(ui: &mut Ui, entries: &[&Entry]) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for entry in entries {
        ui.horizontal(|ui| {
            text::mono(ui, &entry.name);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text::small(ui, size_words(entry.size));
            });
        });
    }
}

fn size_words(bytes: u64) -> String {
    if bytes < 1000 {
        format!("{bytes} bytes")
    } else {
        format!("{} kB", number(bytes.div_ceil(1000)))
    }
}
