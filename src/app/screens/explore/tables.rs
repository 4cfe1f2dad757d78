//! The numbers of a view as tables: for screen readers, and for reading them all.

use egui::{Align, Frame, Layout, Margin, Ui};
use egui_extras::{Column, TableBuilder};

use super::facts;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::text;
use crate::draw::text::{number, percent, step as step_words};
use crate::draw::words;
use crate::release::{Sheet, notes, sheets};
use crate::views::{Flow, LabelKind, Side, View};

/// One row: what it is, from where, to where, how many, and its share of what.
struct Row<'a> {
    kind: &'static str,
    step: i32,
    from: &'a str,
    to: &'a str,
    count: u64,
    more: bool,
    whole: u64,
}

pub fn ui(ui: &mut Ui, state: &State) {
    match (state.flow(), &state.shown) {
        (Some(flow), _) => flow_ui(ui, flow),
        (None, Some(shown)) => sheets_ui(ui, shown.view.view()),
        (None, None) => {}
    }
}

/// Any view: its lists, part by part.
fn sheets_ui(ui: &mut Ui, view: &View) {
    let names = words::part_names(view);
    egui::ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(24, 16)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            text::small(ui, "Every count is about this many, and covers enough different people.");
            for (at, part) in view.parts().into_iter().enumerate() {
                if let Some(name) = names.get(at) {
                    ui.add_space(12.0);
                    text::title(ui, format!("{name}: {}", words::everybody(part)));
                }
                let sheets = sheets(part);
                if sheets.is_empty() {
                    text::body(ui, "Nothing is shown here: too few people, or nobody.");
                }
                for (number, sheet) in sheets.iter().enumerate() {
                    ui.push_id((at, number), |ui| sheet_ui(ui, sheet));
                }
                for note in notes(part) {
                    text::body(ui, note);
                }
            }
        });
    });
}

fn sheet_ui(ui: &mut Ui, sheet: &Sheet) {
    let look = Look::of(ui);
    ui.add_space(12.0);
    text::heading(ui, &sheet.heading);
    ui.spacing_mut().item_spacing.y = 0.0;
    let has_share = sheet.rows.iter().any(|row| row.share.is_some());
    let wide = ((ui.available_width() - 240.0) / sheet.columns.len().max(1) as f32).max(120.0);
    let mut table = TableBuilder::new(ui)
        .striped(false)
        .vscroll(false)
        .cell_layout(Layout::left_to_right(Align::Center));
    for _ in &sheet.columns {
        table = table.column(Column::exact(wide.min(360.0)).clip(true));
    }
    table = table.column(Column::exact(120.0));
    if has_share {
        table = table.column(Column::exact(72.0));
    }
    let header = table.header(28.0, |mut header| {
        for words in &sheet.columns {
            header.col(|ui| drop(text::small_heading(ui, *words)));
        }
        header.col(|ui| right(ui, |ui| drop(text::small_heading(ui, sheet.counted))));
        if has_share {
            header.col(|ui| right(ui, |ui| drop(text::small_heading(ui, "Share"))));
        }
    });
    header.body(|body| {
        body.rows(look.tokens.control.row_dense, sheet.rows.len(), |mut line| {
            let row = &sheet.rows[line.index()];
            for at in 0..sheet.columns.len() {
                let words = row.words.get(at).map_or("", String::as_str);
                line.col(|ui| drop(text::small_in(ui, words, look.text_strong)));
            }
            line.col(|ui| {
                right(ui, |ui| {
                    text::small_in(ui, format!("about {}", number(row.count)), look.text_strong);
                });
            });
            if has_share {
                let share = row.share.clone().unwrap_or_default();
                line.col(|ui| right(ui, |ui| drop(text::small_cut(ui, share))));
            }
        });
    });
}

fn flow_ui(ui: &mut Ui, flow: &Flow) {
    let look = Look::of(ui);
    let rows = rows(flow);
    Frame::new().inner_margin(Margin::symmetric(24, 16)).show(ui, |ui| {
        text::small(
            ui,
            "One unit is a person. Counts beside names read “about this many or more”. Shares are \
             of everybody at the step.",
        );
        ui.add_space(8.0);
        let height = ui.available_height() - 40.0;
        ui.spacing_mut().item_spacing.y = 0.0;
        TableBuilder::new(ui)
            .striped(false)
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::exact(96.0))
            .column(Column::exact(56.0))
            .column(Column::remainder().at_least(120.0).clip(true))
            .column(Column::remainder().at_least(120.0).clip(true))
            .column(Column::exact(150.0))
            .column(Column::exact(72.0))
            .max_scroll_height(height)
            .auto_shrink(false)
            .header(32.0, |mut header| {
                for words in ["What", "Step", "At or from", "To"] {
                    header.col(|ui| {
                        text::small_heading(ui, words);
                    });
                }
                for words in ["People", "Share"] {
                    header.col(|ui| right(ui, |ui| drop(text::small_heading(ui, words))));
                }
            })
            .body(|body| {
                body.rows(look.tokens.control.row_dense, rows.len(), |mut line| {
                    let row = &rows[line.index()];
                    line.col(|ui| drop(text::small_cut(ui, row.kind)));
                    line.col(|ui| drop(text::small_cut(ui, step_words(row.step))));
                    line.col(|ui| drop(text::small_in(ui, row.from, look.text_strong)));
                    line.col(|ui| drop(text::small_in(ui, row.to, look.text_strong)));
                    line.col(|ui| {
                        right(ui, |ui| {
                            let more = if row.more { " or more" } else { "" };
                            let words = format!("about {}{more}", number(row.count));
                            text::small_in(ui, words, look.text_strong);
                        });
                    });
                    line.col(|ui| {
                        right(ui, |ui| drop(text::small_cut(ui, percent(row.count, row.whole))));
                    });
                });
            });
    });
}

fn right(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::right_to_left(Align::Center), add);
}

/// Nodes, then ribbons in the order of time, then those who left or began.
fn rows(flow: &Flow) -> Vec<Row<'_>> {
    let node = |id: &str| flow.nodes.iter().find(|node| node.id == id);
    let named = |id: &str| node(id).is_some_and(|node| node.kind == LabelKind::Label);
    let label = |id: &str| node(id).map_or("", |node| node.label.as_str());
    let step = |id: &str| node(id).map_or(0, |node| node.step);
    let whole = |step| facts::at_step(flow, step);
    let mut rows: Vec<Row<'_>> = flow
        .nodes
        .iter()
        .map(|node| Row {
            kind: "Step",
            step: node.step,
            from: &node.label,
            to: "",
            count: node.count,
            more: node.kind == LabelKind::Label,
            whole: whole(node.step),
        })
        .collect();
    for edge in &flow.edges {
        let (from, to) = match flow.spec.asked.anchor {
            Side::Start | Side::Between => (&edge.from, &edge.to),
            Side::End => (&edge.to, &edge.from),
        };
        rows.push(Row {
            kind: "Went on",
            step: step(from),
            from: label(from),
            to: label(to),
            count: edge.count,
            more: named(from) && named(to),
            whole: whole(step(from)),
        });
    }
    for exit in &flow.exits {
        rows.push(Row {
            kind: if flow.spec.asked.anchor == Side::Start { "Left" } else { "Began" },
            step: step(&exit.from),
            from: label(&exit.from),
            to: "",
            count: exit.count,
            more: named(&exit.from),
            whole: whole(step(&exit.from)),
        });
    }
    rows
}
