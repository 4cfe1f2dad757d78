//! How many people can be singled out, in the data and in what is shown.

use egui::{Align, Layout, Ui, pos2, vec2};

use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{card, card_head, cell, divider, line, text};
use crate::draw::text::NARROW_SPACE;
use crate::views::{Risk, Uniqueness};

const FIGURE: f32 = 64.0;
/// How many first steps somebody is assumed to know.
const KNOWN: usize = 3;

pub fn ui(ui: &mut Ui, state: &State) {
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        card_head(ui, "Risk of being found again", "for your eyes only");
        let risk = match &state.risk.answer {
            Some(Ok(risk)) => risk,
            Some(Err(refused)) => {
                text::small(ui, &refused.sentence);
                return;
            }
            None => {
                text::small(ui, "Measuring the risk …");
                return;
            }
        };
        head_ui(ui);
        for (words, before, after) in rows(risk) {
            divider(ui, 16.0);
            figure_ui(ui, &words, before, after);
        }
        divider(ui, 16.0);
        text::small(
            ui,
            "The share of people whom nobody else is like, for somebody who knows this much of one \
             of them. Shown: by what is drawn. What is known from elsewhere is not counted.",
        );
    });
}

/// What somebody knows, and the percent of the people who are alone with that, before and after.
fn rows(risk: &Risk) -> Vec<(String, f64, f64)> {
    let Risk { before, after } = risk;
    let last = Uniqueness::STEPS - 1;
    let mut rows = vec![
        (
            "Their first three steps".to_owned(),
            before.first_steps[KNOWN - 1],
            after.first_steps[KNOWN - 1],
        ),
        ("Their first ten steps".to_owned(), before.first_steps[last], after.first_steps[last]),
        ("The set of all their steps".to_owned(), before.step_set, after.step_set),
    ];
    // What is shown holds no days, so nobody is told apart by them.
    let zero = [0.0; Uniqueness::STEPS];
    if let Some(days) = before.with_day {
        let shown = after.with_day.unwrap_or(zero);
        rows.push(("Three steps and their days".to_owned(), days[KNOWN - 1], shown[KNOWN - 1]));
    }
    rows
}

fn head_ui(ui: &mut Ui) {
    line(ui, 20.0, |ui| {
        let width = ui.available_width() - 2.0 * FIGURE;
        cell(ui, width, |ui| drop(text::small_heading(ui, "Who knows")));
        for words in ["Before", "Shown"] {
            cell(ui, FIGURE, |ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    text::small_heading(ui, words);
                });
            });
        }
    });
}

fn figure_ui(ui: &mut Ui, words: &str, before: f64, after: f64) {
    let look = Look::of(ui);
    line(ui, 24.0, |ui| {
        let width = ui.available_width() - 2.0 * FIGURE;
        cell(ui, width, |ui| drop(text::body_cut(ui, words)));
        for (percent, ink) in [(before, look.danger), (after, look.ok)] {
            cell(ui, FIGURE, |ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    text::small_in(ui, share(percent), ink);
                });
            });
        }
    });
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), egui::Sense::hover());
    for (at, percent, ink) in [(0.0, before, look.danger), (4.0, after, look.ok)] {
        if percent <= 0.0 {
            continue;
        }
        let width = (rect.width() * (percent / 100.0) as f32).max(2.0);
        let from = pos2(rect.left(), rect.top() + at);
        let bar = egui::Rect::from_min_size(from, vec2(width, 3.0));
        ui.painter().rect_filled(bar, 1, ink);
    }
}

fn share(percent: f64) -> String {
    match percent {
        p if p <= 0.0 => format!("0{NARROW_SPACE}%"),
        p if p < 1.0 => format!("< 1{NARROW_SPACE}%"),
        p => format!("{:.0}{NARROW_SPACE}%", p.floor()),
    }
}
