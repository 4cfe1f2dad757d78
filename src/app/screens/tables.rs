//! The numbers of a flow as a table: for screen readers, and for reading them all.

use egui::{Align, Frame, Layout, Margin, Ui};
use egui_extras::{Column, TableBuilder};

use super::facts;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::text;
use crate::draw::text::{number, percent, step as step_words};
use crate::views::{Flow, LabelKind, Side};

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
    let Some(flow) = state.flow() else { return };
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
