//! Files about people that go with the events: who agreed to what, and who asked to be erased.

use std::path::PathBuf;

use egui::{Align, Layout, Ui};
use egui_material_icons::icons::{ICON_ADD, ICON_CLOSE};

use crate::app::command::{Command, List};
use crate::app::state::Question;
use crate::app::widgets::{Button, card, card_head, divider, field, icon_button, text};
use crate::app::worker::file_names;

#[derive(Default)]
pub struct Lists {
    /// The list whose path is typed.
    typing: Option<(List, String)>,
}

impl Lists {
    pub fn ui(&mut self, ui: &mut Ui, question: &Question, commands: &mut Vec<Command>) {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            card_head(ui, "Lists of people", "matched, never shown");
            let plan = &question.protection;
            let words = "Who agreed to what and when: a table of person, purpose, state and time.";
            self.list_ui(ui, List::Register, "Consent register", words, &plan.registers, commands);
            divider(ui, 16.0);
            let words = "Who asked to be forgotten: a table of persons, or OpenDSR requests.";
            self.list_ui(ui, List::Erasure, "Erasure list", words, &plan.erasures, commands);
        });
    }

    fn list_ui(
        &mut self,
        ui: &mut Ui,
        list: List,
        name: &str,
        words: &str,
        files: &[PathBuf],
        commands: &mut Vec<Command>,
    ) {
        ui.horizontal(|ui| {
            text::emphasis(ui, name);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                let add = Button::new("Add").small().icon(ICON_ADD).named(format!("Add: {name}"));
                if add.ui(ui).clicked() {
                    commands.push(Command::ChooseList(list));
                }
                let path =
                    Button::new("Type a path").small().link().named(format!("Type a path: {name}"));
                if path.ui(ui).clicked() {
                    self.typing = Some((list, String::new()));
                }
            });
        });
        text::small(ui, words);
        for file in files {
            let shown = file_names(std::slice::from_ref(file));
            ui.horizontal(|ui| {
                text::body_cut(ui, &shown).on_hover_text(file.display().to_string());
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let name = format!("Take {shown} away");
                    if icon_button(ui, ICON_CLOSE, &name, true).clicked() {
                        commands.push(Command::RemoveList(list, file.clone()));
                    }
                });
            });
        }
        let Some((_, path)) = self.typing.as_mut().filter(|(of, _)| *of == list) else { return };
        let mut over = false;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let width = ui.available_width() - 90.0;
            let typed = field(ui, &format!("Path: {name}"), path, "/data/list.csv", width);
            let entered =
                typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let ready = !path.trim().is_empty();
            let add = Button::new("Add it").small().enabled(ready).ui(ui).clicked();
            if (add || entered) && ready {
                commands.push(Command::AddList(list, PathBuf::from(path.trim())));
                over = true;
            }
        });
        if over {
            self.typing = None;
        }
    }
}
