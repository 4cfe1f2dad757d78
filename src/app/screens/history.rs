//! The history of the open project: what was done, and whether the chain of its entries holds.

use egui::{Align, Frame, Id, Layout, Modal, ScrollArea, Ui};

use crate::app::command::Command;
use crate::app::state::State;
use crate::app::widgets::{Button, Tone, cell, divider, stripe, tag, text};
use crate::draw::text::plain;
use crate::project::{Broken, Entry, History};
use crate::views::Checkpoint;

/// The entries as they were looked at last.
#[derive(Default)]
pub struct Shown {
    of: Option<Checkpoint>,
    entries: Vec<Entry>,
    broken: Option<Broken>,
}

const WIDTH: f32 = 720.0;

/// The way to it, where there is a project.
pub fn link_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    if state.project.is_some() && Button::new("History").link().ui(ui).clicked() {
        commands.push(Command::ShowHistory(true));
    }
}

impl Shown {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let Some(open) = state.project.as_ref().filter(|_| state.history_is_open) else { return };
        self.look_at(&open.project.history);
        let modal = Modal::new(Id::unique("history"))
            .frame(Frame::popup(ui.style()).inner_margin(24))
            .show(ui.ctx(), |ui| {
                ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 96.0));
                ui.spacing_mut().item_spacing.y = 12.0;
                text::title(ui, "History");
                let entries = self.entries.len();
                match &self.broken {
                    None => stripe(
                        ui,
                        Tone::Ok,
                        &format!("The chain holds: {entries} entries, each with the hash of the one before."),
                        "",
                        |_| {},
                    ),
                    Some(broken) => stripe(
                        ui,
                        Tone::Danger,
                        &format!("The chain is broken at entry {}: {}.", broken.entry, broken.why),
                        "Take the last copy of the project that you trust.",
                        |_| {},
                    ),
                }
                let height = ui.ctx().content_rect().height() - 340.0;
                ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 6.0;
                    for entry in self.entries.iter().rev() {
                        entry_ui(ui, entry);
                        divider(ui, 0.0);
                    }
                });
                text::small(
                    ui,
                    "Who has this file and its passphrase could write another history that holds. The \
                     checkpoints in packages that others have cannot be made to fit it: trodden \
                     history compares them.",
                );
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if Button::new("Close the history").filled().ui(ui).clicked() {
                        commands.push(Command::ShowHistory(false));
                    }
                });
            });
        if modal.should_close() {
            commands.push(Command::ShowHistory(false));
        }
    }

    /// Reads the entries again where there are others than before.
    fn look_at(&mut self, history: &History) {
        let now = history.checkpoint();
        if self.of.as_ref() != Some(&now) {
            self.entries = history.entries();
            self.broken = history.verify().err();
            self.of = Some(now);
        }
    }
}

fn entry_ui(ui: &mut Ui, entry: &Entry) {
    ui.horizontal_top(|ui| {
        ui.set_min_height(20.0);
        let zone = jiff::tz::TimeZone::system();
        let time = entry.time.map(|time| time.to_zoned_datetime(zone));
        let time =
            time.map_or("?".to_owned(), |time| time.strftime("%-d %b %Y, %H:%M").to_string());
        ui.allocate_ui(egui::vec2(40.0, 20.0), |ui| {
            cell(ui, 40.0, |ui| {
                text::small_cut(ui, entry.number.to_string());
            });
        });
        ui.allocate_ui(egui::vec2(136.0, 20.0), |ui| {
            cell(ui, 136.0, |ui| {
                text::small_cut(ui, time);
            });
        });
        ui.vertical(|ui| {
            let words = match &entry.event {
                Some(event) => event.words(),
                None => "An entry that this version does not know".to_owned(),
            };
            text::body(ui, format!("{}.", plain(&words)));
            if entry.is_before_erasure {
                tag(ui, Tone::Warning, "before an erasure");
            }
        });
    });
}
