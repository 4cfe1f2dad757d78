//! What an import did with the rows, and what can be done about it.

use egui::{Align, Layout, Ui};

use crate::app::command::{Command, Place};
use crate::app::state::Question;
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, card, card_head, stripe, text};
use crate::app::worker::Imported;
use crate::draw::text::number;
use crate::views::{Quality, RefusalReason};

/// How many line numbers of refused rows are written out.
const LINES: usize = 6;

pub fn ui(ui: &mut Ui, question: &Question, imported: &Imported, commands: &mut Vec<Command>) {
    let quality = &imported.quality;
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        card_head(ui, "What was read", "for your eyes only");
        figure(ui, "Rows read", quality.rows_read);
        figure(ui, "Rows used", quality.rows_used);
        if quality.refusals.is_empty() {
            text::small(ui, "No row was refused.");
        }
        for refusal in &quality.refusals {
            figure(ui, reason_words(refusal.reason), refusal.rows);
            let lines: Vec<String> =
                refusal.lines.iter().take(LINES).map(|&line| number(line)).collect();
            let more = if refusal.rows as usize > lines.len() { " …" } else { "" };
            text::small(ui, format!("lines {}{more}", lines.join(", ")));
        }
        for repair in &quality.repairs {
            figure(ui, &repair.what, repair.rows);
        }
        if let Some(where_it_broke) = &quality.truncated {
            let then = "The readable beginning was used, as you asked.";
            stripe(ui, Tone::Warning, where_it_broke, then, |_| {});
        }
        remedies_ui(ui, quality, commands);
        duplicates_ui(ui, question, quality, commands);
        if let Some(protection) = &imported.protection {
            let left = protection.people.saturating_sub(protection.kept);
            figure(ui, "People left out", left);
            if Button::new("See who is counted").small().link().ui(ui).clicked() {
                commands.push(Command::Go(Place::Protect));
            }
        }
    });
}

/// Where something can be done about refused rows, the button that does it.
fn remedies_ui(ui: &mut Ui, quality: &Quality, commands: &mut Vec<Command>) {
    let refused =
        |reason: RefusalReason| quality.refusals.iter().any(|refusal| refusal.reason == reason);
    if refused(RefusalReason::AmbiguousDate)
        && Button::new("Say how dates are read").small().ui(ui).clicked()
    {
        commands.push(Command::EditColumns);
    }
    let clocks = refused(RefusalReason::LocalTimeGap) || refused(RefusalReason::LocalTimeTwice);
    if clocks && Button::new("Choose another time zone").small().ui(ui).clicked() {
        commands.push(Command::EditColumns);
    }
    if refused(RefusalReason::NoSubject)
        && Button::new("Let another column say who").small().ui(ui).clicked()
    {
        commands.push(Command::EditColumns);
    }
}

/// Rows that were sent twice: offered, never taken away unasked.
fn duplicates_ui(ui: &mut Ui, question: &Question, quality: &Quality, commands: &mut Vec<Command>) {
    let duplicates = quality.duplicates;
    if duplicates.rows == 0 {
        return;
    }
    let how = if duplicates.by_insert_id {
        "by the number of the row"
    } else {
        "the same in every column that is read"
    };
    let drop = question.plan.drop_duplicates;
    figure(ui, if drop { "Sent twice, left out" } else { "Sent twice" }, duplicates.rows);
    text::small(ui, format!("Rows that say again what one before has said, {how}."));
    let words = if drop { "Count them again" } else { "Leave them out" };
    if Button::new(words).small().ui(ui).clicked() {
        commands.push(Command::DropDuplicates(!drop));
    }
}

fn figure(ui: &mut Ui, words: &str, count: u64) {
    let look = Look::of(ui);
    ui.horizontal(|ui| {
        text::body(ui, words);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::small_in(ui, number(count), look.text_strong);
        });
    });
}

fn reason_words(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::NoSubject => "Refused: nobody named",
        RefusalReason::NoEvent => "Refused: no step named",
        RefusalReason::NoTime => "Refused: no time",
        RefusalReason::UnreadableTime => "Refused: time not readable",
        RefusalReason::SentinelTime => "Refused: placeholder for a time",
        RefusalReason::AmbiguousDate => "Refused: day or month first?",
        RefusalReason::LocalTimeGap => "Refused: time skipped by a change of clocks",
        RefusalReason::LocalTimeTwice => "Refused: time repeated by a change of clocks",
        RefusalReason::WrongFieldCount => "Refused: wrong number of fields",
        RefusalReason::NotJson => "Refused: not JSON",
        RefusalReason::NotText => "Refused: not text",
    }
}
