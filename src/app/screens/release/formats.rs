//! In which forms the views leave.

use egui::{Align, Frame, Layout, Margin, Ui, vec2};
use egui_material_icons::icons::ICON_CHECK;

use crate::app::command::{Command, Part};
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{check, divider, text};
use crate::release::Formats;

/// The width of the name of a group.
const NAME: f32 = 84.0;

/// A part, its name, and whether it is chosen.
type Row = (Part, &'static str, fn(Formats) -> bool);

/// The name of a group, what it is good for, and its forms.
const GROUPS: [(&str, &str, &[Row]); 4] = [
    (
        "Pictures",
        "on light paper",
        &[
            (Part::Svg, "SVG", |formats| formats.svg),
            (Part::Png, "PNG", |formats| formats.png),
            (Part::Pdf, "PDF", |formats| formats.pdf),
        ],
    ),
    (
        "Tables",
        "formulas neutralised",
        &[
            (Part::Tables, "CSV", |formats| formats.tables),
            (Part::Parquet, "Parquet", |formats| formats.parquet),
        ],
    ),
    (
        "Graphs",
        "of maps and flows",
        &[
            (Part::GraphMl, "GraphML", |formats| formats.graphml),
            (Part::Dot, "DOT", |formats| formats.dot),
        ],
    ),
    (
        "Documents",
        "one file, no scripts",
        &[
            (Part::Page, "HTML page", |formats| formats.page),
            (Part::Mermaid, "Mermaid", |formats| formats.mermaid),
        ],
    ),
];

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let formats = state.leaving.formats;
    super::head_ui(ui, "Formats", |_| {});
    Frame::new()
        .fill(look.raised)
        .stroke(look.hairline())
        .corner_radius(look.corners_large())
        .inner_margin(Margin::symmetric(16, 4))
        .show(ui, |ui| {
            ui.take_available_width();
            ui.spacing_mut().item_spacing.y = 0.0;
            row_ui(ui, "Numbers", "always", |ui| {
                let tick = ICON_CHECK.rich_text().size(16.0).color(look.ok);
                ui.add(egui::Label::new(tick).selectable(false));
                text::body_cut(ui, "JSON, statement, audit");
            });
            for (name, remark, rows) in GROUPS {
                divider(ui, 16.0);
                row_ui(ui, name, remark, |ui| {
                    ui.spacing_mut().item_spacing.x = 12.0;
                    for (part, words, is_on) in rows {
                        let on = is_on(formats);
                        if check(ui, words, on).clicked() {
                            commands.push(Command::SetPart(*part, !on));
                        }
                    }
                });
            }
        });
}

fn row_ui(ui: &mut Ui, name: &str, remark: &str, add: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), 40.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        let left = ui.cursor().left();
        text::emphasis(ui, name);
        ui.add_space((left + NAME - ui.cursor().left()).max(0.0));
        add(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::small_cut(ui, remark);
        });
    });
}
