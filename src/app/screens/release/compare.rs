//! The last package beside the one that would leave: what changed, and what both give away together.

use std::path::Path;

use egui::{Align, Layout, Ui};

use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, divider, field, stripe, text};
use crate::app::worker::{Compared, Packed, Summary};
use crate::draw::text::{NARROW_SPACE, number};
use crate::views::View;

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
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
