//! The way to the file: what is done and what is to do, the last package beside this one, what it is for,
//! who signs, where to write, and what was written.

use std::path::Path;

use egui::Ui;

use super::{compare, steps};
use crate::app::command::Command;
use crate::app::state::{Reviewing, State, Written};
use crate::app::theme::Look;
use crate::app::widgets::{
    Button, Tone, bar, divider, field, secret_field, stripe, text, text_field,
};
use crate::app::worker::{Worker, sentence};

pub fn ui(ui: &mut Ui, state: &mut State, worker: &Worker, commands: &mut Vec<Command>) {
    text::title(ui, "Sign and write");
    ui.add_space(12.0);
    steps::ui(ui, state);
    working_ui(ui, state, worker, commands);
    section(ui);
    compare::ui(ui, state, commands);
    section(ui);
    reason_ui(ui, state, commands);
    ui.add_space(12.0);
    key_ui(ui, state, commands);
    ui.add_space(12.0);
    file_ui(ui, state, commands);
}

fn section(ui: &mut Ui) {
    ui.add_space(8.0);
    divider(ui, 24.0);
    ui.add_space(12.0);
}

/// What is being done, how far it is, and the way to stop it; or that it was stopped.
fn working_ui(ui: &mut Ui, state: &State, worker: &Worker, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    if state.leaving.stopped {
        ui.horizontal(|ui| {
            text::small_in(ui, "Stopped as asked.", look.warning);
            if Button::new("Make the package").small().ui(ui).clicked() {
                commands.push(Command::MakePackage);
            }
        });
        return;
    }
    if state.is_packed() {
        return;
    }
    let Some(activity) = worker.activity() else { return };
    ui.horizontal(|ui| {
        text::small_cut(ui, format!("{} …", activity.name));
        bar(ui, 96.0, activity.progress.share(), look.accent);
        if Button::new("Cancel").small().ui(ui).clicked() {
            commands.push(Command::CancelWork);
        }
    });
}

/// What it is for. A reviewer reads it first.
fn reason_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let leaving = &state.leaving;
    text::small_heading(ui, "Reason for this release");
    ui.add_space(4.0);
    let mut reason = leaving.reason.clone();
    let hint = "For the shop team's planning week";
    if text_field(ui, "What the release is for", &mut reason, hint, 2).changed() {
        commands.push(Command::SetReason(reason));
    }
    match &leaving.said {
        Err(error) => drop(text::small_in(ui, sentence(&error.to_string()), look.warning)),
        Ok(None) if leaving.needs_review() => {
            drop(text::small_in(
                ui,
                "A reviewer is to look at it, and reads this first.",
                look.warning,
            ));
        }
        Ok(_) => drop(text::small(ui, "It stands in the package, for everybody who opens it.")),
    }
}

/// With which key it is signed, if with any.
fn key_ui(ui: &mut Ui, state: &mut State, commands: &mut Vec<Command>) {
    text::small_heading(ui, "Sign with");
    ui.add_space(4.0);
    let mut key = state.leaving.key.clone();
    let width = ui.available_width();
    ui.horizontal(|ui| {
        let width = ui.available_width() - 88.0;
        let hint = "analyst.key, or nothing";
        if field(ui, "Path of the signing key", &mut key, hint, width).changed() {
            commands.push(Command::SetSigningKey(key.clone()));
        }
        let choose = Button::new("Choose").named("Choose the signing key").width(80.0);
        if choose.ui(ui).clicked() {
            commands.push(Command::ChooseSigningKey);
        }
    });
    if key.trim().is_empty() {
        text::small(ui, "Without a key nobody can tell who made the package.");
        return;
    }
    ui.add_space(4.0);
    let name = "Passphrase of the signing key";
    secret_field(ui, name, &mut state.leaving.passphrase, width);
    if !Path::new(key.trim()).exists() {
        ui.horizontal(|ui| {
            let can_make = state.leaving.passphrase.len() >= 8;
            let make = Button::new("Make a new key there").link().enabled(can_make).ui(ui);
            if make.clicked() && can_make {
                commands.push(Command::MakeSigningKey);
            }
        });
        text::small(
            ui,
            "There is no such file. A new key has a passphrase of at least 8 letters, which is typed once \
             more to sign.",
        );
    }
    if let Some(why) = &state.leaving.key_error {
        stripe(ui, Tone::Danger, why, "Nothing was written.", |_| {});
    }
}

fn file_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let leaving = &state.leaving;
    text::small_heading(ui, "Write to");
    ui.add_space(4.0);
    let mut path = leaving.path.clone();
    ui.horizontal(|ui| {
        let width = ui.available_width() - 88.0;
        if field(ui, "Path of the package", &mut path, "journeys.trodden.zip", width).changed() {
            commands.push(Command::SetPackagePath(path.clone()));
        }
        if Button::new("Choose").width(80.0).ui(ui).clicked() {
            commands.push(Command::ChoosePackage);
        }
    });
    text::small(ui, "Same input, same bytes. No name of a person, path or clock is inside.");
}

/// What is pressed at the end, and what came of it: always in sight.
pub fn foot_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let leaving = &state.leaving;
    let blocked = state.why_not_written();
    let width = ui.available_width();
    let signs = !leaving.key.trim().is_empty();
    let words = if signs { "Sign and write the package" } else { "Write the package" };
    let write = Button::new(words).filled().large().width(width);
    if write.enabled(blocked.is_none()).ui(ui).clicked() && blocked.is_none() {
        commands.push(Command::WritePackage);
    }
    if let Some(why) = blocked {
        text::small_in(ui, why, look.warning);
    }
    if let Some(error) = &leaving.error {
        ui.add_space(8.0);
        let then = "Nothing was written. Choose another place, or ask for less detail.";
        stripe(ui, Tone::Danger, error, then, |_| {});
    }
    if let Some(written) = &leaving.written {
        ui.add_space(8.0);
        written_ui(ui, written, commands);
    }
}

fn written_ui(ui: &mut Ui, written: &Written, commands: &mut Vec<Command>) {
    let Written { path, verdict, needs_review, .. } = written;
    if verdict.findings.is_empty() {
        let what = format!("Written and read back: {}", path.display());
        let then = match needs_review {
            true => {
                "All checks passed on the file. A reviewer is to look at it before it is passed on."
                    .to_owned()
            }
            false => format!("{} checks passed on the file.", verdict.checks.len()),
        };
        stripe(ui, Tone::Ok, &what, &then, |ui| {
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                if Button::new("Show in folder").small().ui(ui).clicked() {
                    commands.push(Command::ShowInFolder(path.clone()));
                }
                if Button::new("Open in Review").small().ui(ui).clicked() {
                    commands.push(Reviewing::Open(vec![path.clone()]).into());
                }
            });
        });
        return;
    }
    let what = format!("{} was written, but does not pass its checks.", path.display());
    stripe(ui, Tone::Danger, &what, "Do not pass it on. Write it again.", |ui| {
        for finding in &verdict.findings {
            text::small(ui, finding.to_string());
        }
    });
}
