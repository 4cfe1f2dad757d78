//! The way to the file: what is done and what is to do, the last package beside this one, where to
//! write, and what was written.

use std::path::Path;

use egui::{Align, Layout, Sense, Stroke, Ui, pos2, vec2};
use egui_material_icons::icons::ICON_CHECK;

use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, bar, divider, field, stripe, text};
use crate::app::worker::{Compared, Packed, Summary, Worker};
use crate::draw::text::{NARROW_SPACE, number};
use crate::release::Verdict;
use crate::views::View;

/// How far a step on the way is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Yes,
    Held,
    NotYet,
}

pub fn ui(ui: &mut Ui, state: &State, worker: &Worker, commands: &mut Vec<Command>) {
    text::title(ui, "Check and write");
    ui.add_space(12.0);
    steps_ui(ui, state);
    working_ui(ui, state, worker, commands);
    ui.add_space(4.0);
    divider(ui, 24.0);
    ui.add_space(12.0);
    compare_ui(ui, state, commands);
    ui.add_space(12.0);
    divider(ui, 24.0);
    ui.add_space(12.0);
    file_ui(ui, state, commands);
}

fn steps_ui(ui: &mut Ui, state: &State) {
    let packed = state.leaving.packed.as_deref().filter(|_| state.is_packed());
    let wanted = state.wanted();
    let many = wanted.as_ref().map_or(0, |wanted| wanted.specs.len());
    let labels = packed.map(labels).unwrap_or_default();
    let mut chosen = if many == 1 { "1 view".to_owned() } else { format!("{many} views") };
    if labels > 0 {
        chosen = format!("{chosen}, {labels} labels");
    }
    let audit = match packed.map(|packed| &packed.made) {
        None => (Done::NotYet, "the package is being made and attacked".to_owned()),
        Some(Ok(made)) => {
            let all = made.package.checks.len();
            (Done::Yes, format!("all {all} checks passed"))
        }
        Some(Err(kept)) => match kept.findings.len() {
            0 => (Done::Held, "held until it is settled".to_owned()),
            1 => (Done::Held, "1 finding to settle".to_owned()),
            many => (Done::Held, format!("{many} findings to settle")),
        },
    };
    let written = match &state.leaving.written {
        Some((_, verdict)) if verdict.passed() => {
            (Done::Yes, "read back and checked again".to_owned())
        }
        Some(_) => (Done::Held, "the file does not pass".to_owned()),
        None => (Done::NotYet, "nothing yet".to_owned()),
    };
    step_ui(ui, Done::Yes, "Views chosen", &chosen, true);
    step_ui(ui, audit.0, "Audit", &audit.1, true);
    step_ui(ui, written.0, "Written", &written.1, false);
}

/// How many different labels stand by name in any of the views.
fn labels(packed: &Packed) -> usize {
    let mut names: Vec<&str> = Vec::new();
    for view in packed.shown.iter().flat_map(|shown| shown.view.view().parts()) {
        match view {
            View::Flow(flow) => names.extend(flow.nodes.iter().map(|it| it.label.as_str())),
            View::Map(map) => names.extend(map.nodes.iter().map(|it| it.label.as_str())),
            View::Paths(paths) => {
                let steps = paths.paths.iter().flat_map(|path| &path.steps);
                names.extend(steps.map(|it| it.label.as_str()));
            }
            View::Funnel(funnel) => names.extend(funnel.steps.iter().map(|it| it.label.as_str())),
            _ => {}
        }
    }
    names.retain(|name| *name != crate::views::OTHER);
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// Of the mark beside a step.
const RADIUS: f32 = 9.0;

fn step_ui(ui: &mut Ui, done: Done, name: &str, words: &str, more: bool) {
    let look = Look::of(ui);
    ui.horizontal_top(|ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(2.0 * RADIUS, 48.0), Sense::hover());
        let centre = pos2(mark.center().x, mark.top() + 14.0);
        let painter = ui.painter();
        if more {
            let ends = [centre + vec2(0.0, RADIUS + 2.0), centre + vec2(0.0, 52.0 - RADIUS)];
            painter.line_segment(ends, Stroke::new(1.0, look.line_strong));
        }
        let font = egui::FontId::new(14.0, ICON_CHECK.font_family());
        let middle = egui::Align2::CENTER_CENTER;
        match done {
            Done::Yes => {
                painter.circle_filled(centre, RADIUS, look.ok);
                painter.text(centre, middle, ICON_CHECK.codepoint, font, look.raised);
            }
            Done::Held => {
                painter.circle_filled(centre, RADIUS, look.warning);
                let font = crate::app::theme::body(crate::draw::Weight::SemiBold);
                painter.text(centre, middle, "!", font, look.raised);
            }
            Done::NotYet => {
                painter.circle_stroke(centre, RADIUS, Stroke::new(1.5, look.line_strong));
            }
        }
        ui.add_space(4.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(3.0);
            text::emphasis(ui, name);
            text::small_cut(ui, words);
        });
    });
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

fn compare_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let leaving = &state.leaving;
    let packed = leaving.packed.as_deref();
    let compared = leaving.compared.as_deref();
    match compared {
        Some(_) => {
            text::small_heading(ui, format!("Compared with {}", state.earlier_name()));
        }
        None => drop(text::small_heading(ui, "Compared with an earlier release")),
    }
    ui.add_space(4.0);
    match (compared, packed) {
        (Some(_), Some(packed)) if packed.shown.is_empty() => {
            text::small(ui, "Nothing can be compared until the audit is settled.");
        }
        (Some(compared), Some(packed)) => compared_ui(ui, compared, packed),
        (None, _) if leaving.earlier.trim().is_empty() => {
            text::small(
                ui,
                "Choose the last package about these people: what changed, and whether both \
                 together give a small group away.",
            );
        }
        (None, _) if !Path::new(leaving.earlier.trim()).is_file() => {
            text::small(ui, "There is no such file.");
        }
        _ => drop(text::small(ui, "It is being read …")),
    }
    ui.add_space(4.0);
    let mut path = leaving.earlier.clone();
    ui.horizontal(|ui| {
        let width = ui.available_width() - 88.0;
        let name = "Path of an earlier package";
        if field(ui, name, &mut path, "spring.trodden.zip", width).changed() {
            commands.push(Command::SetEarlier(path.clone()));
        }
        let choose = Button::new("Choose").named("Choose an earlier package").width(80.0);
        if choose.ui(ui).clicked() {
            commands.push(Command::ChooseEarlier);
        }
    });
}

/// Then, now, and what changed.
fn compared_ui(ui: &mut Ui, compared: &Compared, packed: &Packed) {
    let look = Look::of(ui);
    let then = match &compared.earlier {
        Ok(earlier) => &earlier.summary,
        Err(why) => {
            stripe(ui, Tone::Warning, why, "", |_| {});
            return;
        }
    };
    let views: Vec<&View> = packed.shown.iter().map(|shown| shown.view.view()).collect();
    let now = Summary::of(&views, packed.wanted.policy);
    let people = |summary: &Summary| summary.people.map_or_else(|| "–".to_owned(), number);
    let band = |[low, high]: [u8; 2]| format!("{low}–{high}{NARROW_SPACE}%");
    let differs = |then: i128, now: i128| match now - then {
        0 => "same".to_owned(),
        more @ 1.. => format!("+{}", number(more as u64)),
        less => format!("−{}", number(less.unsigned_abs() as u64)),
    };
    let of_people = match (then.people, now.people) {
        (Some(then), Some(now)) => differs(i128::from(then), i128::from(now)),
        (None, None) => "same".to_owned(),
        _ => "other unit".to_owned(),
    };
    let same = |is: bool| if is { "same" } else { "changed" }.to_owned();
    ui.spacing_mut().item_spacing.y = 0.0;
    let rows = [
        ("", ["Then".to_owned(), "Now".to_owned(), "Change".to_owned()]),
        ("People shown", [people(then), people(&now), of_people]),
        (
            "k",
            [then.k.to_string(), now.k.to_string(), differs(i128::from(then.k), i128::from(now.k))],
        ),
        (
            "Rounding",
            [then.b.to_string(), now.b.to_string(), differs(i128::from(then.b), i128::from(now.b))],
        ),
        (
            "By name",
            [
                band(then.by_name_band),
                band(now.by_name_band),
                same(then.by_name_band == now.by_name_band),
            ],
        ),
        (
            "Views",
            [then.views.len().to_string(), now.views.len().to_string(), views_changed(then, &now)],
        ),
    ];
    for (at, (name, cells)) in rows.into_iter().enumerate() {
        if at > 0 {
            divider(ui, 0.0);
        }
        compared_row(ui, name, cells, at == 0);
    }
    let Ok(earlier) = &compared.earlier else { return };
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.add_space(8.0);
    for note in &earlier.notes {
        text::small(ui, *note);
    }
    match &earlier.joint {
        Some(joint) if joint.passed() => {
            text::small_in(ui, "Together they give no small group away.", look.ok);
        }
        Some(_) => {
            drop(text::small_in(ui, "Together small groups show; see the audit.", look.warning));
        }
        None => {}
    }
}

fn compared_row(ui: &mut Ui, name: &str, cells: [String; 3], is_head: bool) {
    let height = if is_head { 24.0 } else { 32.0 };
    crate::app::widgets::line(ui, height, |ui| {
        let whole = ui.available_width();
        let last = (whole * 0.24).min(96.0);
        let middle = (whole * 0.24).min(92.0);
        let first = whole - 2.0 * middle - last;
        crate::app::widgets::cell(ui, first, |ui| drop(text::small_cut(ui, name)));
        let [then, now, change] = cells;
        for (width, words) in [(middle, then), (middle, now), (last, change)] {
            crate::app::widgets::cell(ui, width, |ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if is_head || words == "same" {
                        text::small_cut(ui, words);
                    } else {
                        text::body_cut(ui, words);
                    }
                });
            });
        }
    });
}

/// `+ funnel`, `− trend`, or how many of each.
fn views_changed(then: &Summary, now: &Summary) -> String {
    let missing = |from: &[String], of: &[String]| -> Vec<String> {
        of.iter().filter(|name| !from.contains(name)).cloned().collect()
    };
    let (added, gone) = (missing(&then.views, &now.views), missing(&now.views, &then.views));
    match (added.as_slice(), gone.as_slice()) {
        ([], []) => "same".to_owned(),
        (added, []) if added.len() > 1 => format!("+{}", added.len()),
        ([], gone) if gone.len() > 1 => format!("−{}", gone.len()),
        ([one], []) => format!("+ {one}"),
        ([], [one]) => format!("− {one}"),
        (added, gone) => format!("+{}, −{}", added.len(), gone.len()),
    }
}

fn file_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
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
    ui.add_space(8.0);
    let made = leaving.packed.as_ref().filter(|_| state.is_packed()).map(|packed| &packed.made);
    let blocked = match made {
        None if leaving.stopped => Some("Waits for the package, which was stopped."),
        None if leaving.packed.is_some() => Some("Waits for the package to be made again."),
        None => Some("Waits for the package."),
        Some(Err(_)) => Some("Waits until the audit is settled."),
        Some(Ok(_)) if path.trim().is_empty() => Some("Say where the package shall be written."),
        Some(Ok(_)) => None,
    };
    let width = ui.available_width();
    let write = Button::new("Write the package").filled().large().width(width);
    if write.enabled(blocked.is_none()).ui(ui).clicked() && blocked.is_none() {
        commands.push(Command::WritePackage);
    }
    if let Some(why) = blocked {
        text::small_in(ui, why, look.warning);
    }
    ui.add_space(8.0);
    if let Some(error) = &leaving.error {
        let then = "Nothing was written. Choose another place, or ask for less detail.";
        stripe(ui, Tone::Danger, error, then, |_| {});
    }
    if let Some((path, verdict)) = &leaving.written {
        written_ui(ui, path, verdict, commands);
    }
}

fn written_ui(ui: &mut Ui, path: &Path, verdict: &Verdict, commands: &mut Vec<Command>) {
    if verdict.findings.is_empty() {
        let what = format!("Written and read back: {}", path.display());
        let then = format!("{} checks passed on the file.", verdict.checks.len());
        stripe(ui, Tone::Ok, &what, &then, |ui| {
            ui.add_space(4.0);
            if Button::new("Show in folder").small().ui(ui).clicked() {
                commands.push(Command::ShowInFolder(path.to_owned()));
            }
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
