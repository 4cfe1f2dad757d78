//! Two packages side by side: what each says of itself, the views that ask the same, their pictures
//! and the numbers that differ, and what the two give away together.

use std::sync::Arc;

use egui::emath::TSTransform;
use egui::{Align, Layout, Role, Sense, Ui, WidgetInfo, vec2};

use super::findings::findings_ui;
use crate::app::command::Command;
use crate::app::state::{Reviewing, State};
use crate::app::theme::Look;
use crate::app::widgets::{
    Column, Tone, beside, card, card_head, cell, choice, divider, line, stripe, tag, text,
};
use crate::app::worker::Worker;
use crate::draw::text::{number, shorten};
use crate::draw::{Scene, paint};
use crate::release::{Beside, Fact, Line, Match, Matched};

/// Rows that are shown of a table; more are read by nobody.
const ROWS: usize = 80;
/// A picture is not higher than this.
const HIGHEST: f32 = 420.0;
const ROW: f32 = 28.0;
const GAP: f32 = 12.0;
/// The column of a count.
const COUNT: f32 = 84.0;

pub fn ui(ui: &mut Ui, state: &mut State, worker: &Worker, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = 12.0;
    let Some(left) = state.review.received() else { return };
    let Some(right) = state.review.right() else {
        text::body(ui, "Open another package to lay it beside this one.");
        return;
    };
    let names = [left, right].map(|it| shorten(&it.name(), 40));
    let options: Vec<(usize, String)> =
        state.review.others().map(|it| (it.number, it.name())).collect();
    ui.horizontal(|ui| {
        text::small_cut(ui, format!("{} beside", shorten(&names[0], 28)));
        let width = ui.available_width().min(280.0);
        if let Some(other) = choice(ui, "The package beside it", &options, right.number, width) {
            commands.push(Reviewing::LayBeside(other).into());
        }
    });
    let beside = match &state.review.pair.answer {
        Some(Ok(beside)) => Arc::clone(beside),
        Some(Err(why)) => {
            stripe(ui, Tone::Warning, why, "Choose the package again.", |_| {});
            return;
        }
        None => {
            text::weak(ui, "The packages are being compared …");
            return;
        }
    };
    if let Some(cannot) = &beside.cannot {
        stripe(ui, Tone::Warning, cannot, "What they say of themselves stands below.", |_| {});
    }
    facts_ui(ui, &beside, &names);
    risk_ui(ui, state, commands);
    let at = state.review.pair.at.min(beside.views.len().saturating_sub(1));
    views_ui(ui, &beside, at, commands);
    if let Some(matched) = beside.views.get(at) {
        asked_ui(ui, matched, &names);
        if let [Some(one), Some(other)] = matched.views {
            pictures_ui(ui, state, worker, [one, other], &names);
            numbers_ui(ui, matched, &names);
        }
    }
}

/// A row of a table: words, and a column each for the left and the right.
fn row_ui(ui: &mut Ui, words: &str, values: [&str; 2]) {
    let column = (ui.available_width() * 0.28).floor();
    line(ui, ROW, |ui| {
        cell(ui, ui.available_width() - 2.0 * column, |ui| {
            text::small_cut(ui, words);
        });
        for value in values {
            cell(ui, column, |ui| {
                text::body_cut(ui, value);
            });
        }
    });
}

fn facts_ui(ui: &mut Ui, beside: &Beside, names: &[String; 2]) {
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let differ = beside.facts.iter().filter(|fact| !fact.is_same()).count();
        let remark = match differ {
            0 => "all the same".to_owned(),
            1 => "1 differs".to_owned(),
            several => format!("{several} differ"),
        };
        card_head(ui, "What they say of themselves", &remark);
        ui.add_space(6.0);
        text::body(ui, beside.source);
        ui.add_space(6.0);
        head_ui(ui, names);
        // What differs is what is looked for.
        let (same, other): (Vec<&Fact>, Vec<&Fact>) =
            beside.facts.iter().partition(|fact| fact.is_same());
        for fact in other.into_iter().chain(same) {
            divider(ui, 0.0);
            fact_ui(ui, fact);
        }
    });
}

fn head_ui(ui: &mut Ui, names: &[String; 2]) {
    let column = (ui.available_width() * 0.28).floor();
    line(ui, ROW, |ui| {
        cell(ui, ui.available_width() - 2.0 * column, |_| {});
        for name in names {
            cell(ui, column, |ui| {
                text::heading(ui, name);
            });
        }
    });
}

fn fact_ui(ui: &mut Ui, fact: &Fact) {
    row_ui(ui, fact.name, [&fact.left, &fact.right]);
    if !fact.is_same() {
        // A bar at the left says it as well as its place above the others.
        let rect = ui.min_rect();
        let look = Look::of(ui);
        let edge = egui::Rect::from_min_max(
            egui::pos2(rect.left() - 8.0, rect.bottom() - ROW + 4.0),
            egui::pos2(rect.left() - 5.0, rect.bottom() - 4.0),
        );
        ui.painter().rect_filled(edge, 1.0, look.warning);
    }
}

/// What the two give away together.
fn risk_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let attack = &state.review.pair.attack;
    if attack.of.is_empty() {
        return;
    }
    match &attack.answer {
        None => {
            text::weak(ui, "The two are being attacked together …");
        }
        Some(Err(why)) => stripe(ui, Tone::Warning, why, "Choose the package again.", |_| {}),
        Some(Ok(attack)) => {
            if attack.found.is_empty() {
                let what = "Taken together, the two give no small group away.";
                stripe(ui, Tone::Ok, what, "", |_| {});
            } else {
                findings_ui(ui, attack, state, commands);
            }
            for note in &attack.notes {
                text::small(ui, *note);
            }
        }
    }
}

/// Every view of either, and the one that is looked at.
fn views_ui(ui: &mut Ui, beside: &Beside, at: usize, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let pairs = beside.views.iter().filter(|it| it.views.iter().all(Option::is_some)).count();
        let remark = if pairs == 1 { "1 pair".to_owned() } else { format!("{pairs} pairs") };
        card_head(ui, "Views, by what they ask", &remark);
        ui.add_space(6.0);
        for (number, matched) in beside.views.iter().enumerate() {
            divider(ui, 0.0);
            let size = vec2(ui.available_width(), 36.0);
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            let (tone, how) = how(matched);
            let said = format!("{}, {}: {how}", matched.kind, matched.title);
            let on = number == at;
            response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, on, &said));
            let ground = rect.expand2(vec2(8.0, 0.0));
            if on {
                ui.painter().rect_filled(ground, look.corners_small(), look.selection);
            } else if response.hovered() {
                let tint = look.text_strong.gamma_multiply(0.04);
                ui.painter().rect_filled(ground, look.corners_small(), tint);
            }
            if response.has_focus() {
                let stroke = egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring);
                let kind = egui::StrokeKind::Inside;
                ui.painter().rect_stroke(ground, look.corners_small(), stroke, kind);
            }
            let mut row = ui.new_child(egui::UiBuilder::new().max_rect(rect));
            row.with_layout(Layout::right_to_left(Align::Center), |ui| {
                tag(ui, tone, how);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    text::body_cut(ui, format!("{}. {}", matched.kind, matched.title));
                });
            });
            if response.clicked() && !on {
                commands.push(Reviewing::LookAtPair(number).into());
            }
        }
    });
}

fn how(matched: &Matched) -> (Tone, &'static str) {
    match matched.how {
        Match::Same if matched.lines.is_empty() => (Tone::Ok, "the same, in every number"),
        Match::Same => (Tone::Ok, "same question"),
        Match::Changed => (Tone::Warning, "changed question"),
        Match::OnlyLeft => (Tone::Warning, "only at the left"),
        Match::OnlyRight => (Tone::Warning, "only at the right"),
    }
}

/// What only the one was asked.
fn asked_ui(ui: &mut Ui, matched: &Matched, names: &[String; 2]) {
    match matched.how {
        Match::Same => return,
        Match::OnlyLeft | Match::OnlyRight => {
            let at = usize::from(matched.how == Match::OnlyRight);
            let what = format!("No view of {} asks this.", names[1 - at]);
            let then = "It is in the package's contents; there is nothing to lay beside it.";
            stripe(ui, Tone::Warning, &what, then, |_| {});
            return;
        }
        Match::Changed => {}
    }
    card(ui, |ui| {
        text::heading(ui, "What was asked differently");
        for (name, said) in names.iter().zip(&matched.asked) {
            for sentence in said {
                text::small_cut(ui, name);
                text::body(ui, sentence);
            }
        }
    });
}

fn pictures_ui(
    ui: &mut Ui,
    state: &mut State,
    worker: &Worker,
    views: [usize; 2],
    names: &[String; 2],
) {
    state.review.want_pair(views, Look::of(ui).theme, worker);
    let Some(scenes) = state.review.pair.scenes.clone() else {
        text::weak(ui, "The views are being drawn …");
        return;
    };
    let half = ((ui.available_width() - GAP) / 2.0).floor();
    beside(ui, half, GAP, |ui, column| {
        let at = usize::from(column == Column::Right);
        card(ui, |ui| {
            text::heading(ui, &names[at]);
            picture_ui(ui, &scenes[at], &names[at]);
        });
    });
}

fn picture_ui(ui: &mut Ui, scene: &Scene, name: &str) {
    let scale = (ui.available_width() / scene.width).min(HIGHEST / scene.height);
    let size = vec2(scene.width, scene.height) * scale;
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let said = format!("{name}. {}. {}", scene.title, scene.description);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
    if ui.is_rect_visible(rect) {
        let to_screen = TSTransform::new(rect.min.to_vec2(), scale);
        paint::paint(scene, &ui.painter_at(rect), to_screen);
    }
    let under = response
        .hover_pos()
        .and_then(|at| scene.target_at(((at - rect.min) / scale).to_pos2().into()));
    if let Some(target) = under {
        response.on_hover_text_at_pointer(&target.name);
    }
}

/// The numbers that differ.
fn numbers_ui(ui: &mut Ui, matched: &Matched, names: &[String; 2]) {
    if let Some(cannot) = matched.cannot {
        stripe(ui, Tone::Warning, cannot, "", |_| {});
        return;
    }
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let alike = match matched.alike {
            1 => "1 more is the same".to_owned(),
            alike => format!("{} more are the same", number(alike as u64)),
        };
        card_head(ui, "Numbers that differ", &alike);
        ui.add_space(6.0);
        if matched.lines.is_empty() {
            text::body(ui, "Every number is the same in both.");
            return;
        }
        line_ui(ui, "", ["left", "right", "difference"].map(str::to_owned), true);
        for one in matched.lines.iter().take(ROWS) {
            divider(ui, 0.0);
            number_ui(ui, one, names);
        }
        if matched.lines.len() > ROWS {
            let more = number((matched.lines.len() - ROWS) as u64);
            text::small(ui, format!("and {more} more, in the packages' tables"));
        }
        let has_absent = matched.lines.iter().any(|it| it.difference.is_none());
        if has_absent {
            ui.add_space(6.0);
            text::small(
                ui,
                "What only one of them publishes is, in the other, nobody, too few, or drawn as Other.",
            );
        }
    });
}

fn number_ui(ui: &mut Ui, one: &Line, names: &[String; 2]) {
    let count = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), number);
    let difference = one.difference.map_or_else(|| "–".to_owned(), signed);
    let values = [count(one.left), count(one.right), difference];
    let said = format!(
        "{}: {} in {}, {} in {}, difference {}",
        one.words, values[0], names[0], values[1], names[1], values[2]
    );
    let top = ui.cursor().top();
    line_ui(ui, &one.words, values, false);
    let rect = egui::Rect::from_min_max(
        egui::pos2(ui.min_rect().left(), top),
        egui::pos2(ui.min_rect().right(), top + ROW),
    );
    let row = ui.interact(rect, ui.scope_id().with(("line", &said)), Sense::hover());
    row.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
}

/// With its sign, a true minus.
fn signed(difference: i64) -> String {
    let sign = if difference < 0 { '−' } else { '+' };
    format!("{sign}{}", number(difference.unsigned_abs()))
}

fn line_ui(ui: &mut Ui, words: &str, values: [String; 3], is_head: bool) {
    line(ui, ROW, |ui| {
        cell(ui, ui.available_width() - 3.0 * COUNT, |ui| {
            text::body_cut(ui, words);
        });
        for value in values {
            let size = vec2(COUNT, ui.available_height());
            let layout = Layout::right_to_left(Align::Center);
            ui.allocate_ui_with_layout(size, layout, |ui| {
                if is_head {
                    text::small(ui, value);
                } else {
                    text::emphasis(ui, value);
                }
            });
        }
    });
}
