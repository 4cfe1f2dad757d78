//! What was checked, one row each: what was found first, with the numbers that prove it.

use egui::{Align, Frame, Layout, Margin, Role, Sense, Ui, WidgetInfo};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CHECK, ICON_CLOSE, ICON_WARNING};

use super::assume;
use crate::app::command::Command;
use crate::app::state::{Received, Reviewing, State, is_of_decision};
use crate::app::theme::Look;
use crate::app::widgets::{Button, Column, Tone, beside, card, divider, stripe, text};
use crate::app::worker::{Examined, sentence};
use crate::draw::text::number;
use crate::release::{Attack, Cited, Finding, Found, Knows};

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(received) = state.review.received() else { return };
    let Some(examined) = received.ready() else { return };
    ui.spacing_mut().item_spacing.y = 12.0;
    if examined.opened.views.is_empty() {
        stripe(
            ui,
            Tone::Danger,
            "None of its views is drawn.",
            "Its hashes or its numbers do not hold, so nothing in it can be trusted.",
            |_| {},
        );
    }
    let verdict = &examined.opened.verdict;
    for finding in &verdict.findings {
        let proof = examined.attack.found.iter().find(|found| found.finding == *finding);
        let blocks = !is_of_decision(finding);
        finding_ui(ui, finding, proof, blocks, (state, commands));
    }
    if let Some(presented) = verdict.presented {
        stripe(ui, Tone::Warning, "There is a board in it.", &presented.sentence(), |_| {});
    }
    again_ui(ui, state, commands);
    joint_ui(ui, state, commands);
    checks_ui(ui, examined, received, state);
}

/// What came of the attack that was asked for by hand.
fn again_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let again = &state.review.again;
    if again.of.is_empty() {
        return;
    }
    let who = match &again.attacker.knows {
        Knows::Nothing => "anybody who has the package".to_owned(),
        Knows::OneGroup => "anybody, and by somebody who is in a group or knows one".to_owned(),
        Knows::Person(person) if person.path.len() == 1 => {
            "somebody who knows one person and the step that person took".to_owned()
        }
        Knows::Person(person) => {
            format!(
                "somebody who knows one person and the {} steps of that person",
                person.path.len()
            )
        }
        Knows::Numbers(known) if known.len() == 1 => {
            "somebody who knows one number as it was before it was rounded".to_owned()
        }
        Knows::Numbers(known) => {
            format!(
                "somebody who knows {} numbers as they were before they were rounded",
                known.len()
            )
        }
    };
    let longer = if again.attacker.patient { ", with ten times as many steps" } else { "" };
    let several = if again.of.len() > 1 { ", together with those it is compared with" } else { "" };
    match &again.answer {
        None => {
            text::weak(ui, "The attack is under way …");
        }
        Some(Err(why)) => stripe(ui, Tone::Warning, &sentence(why), "Attack again.", |_| {}),
        Some(Ok(attack)) => {
            if attack.found.is_empty() {
                let what = format!("Attacked again by {who}{longer}{several}: nothing was found.");
                stripe(ui, Tone::Ok, &what, "", |_| {});
            } else {
                text::small_heading(ui, format!("Attacked again by {who}{longer}{several}"));
                findings_ui(ui, attack, state, commands);
            }
            for note in &attack.notes {
                text::small(ui, *note);
            }
        }
    }
}

/// What the packages that are open give away together.
fn joint_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let joint = &state.review.joint;
    if joint.of.len() < 2 || joint.of != state.review.compared() {
        return;
    }
    for found in state.review.overlap() {
        finding_ui(ui, &found.finding, Some(found), true, (state, commands));
    }
}

/// Everything that an attack found.
pub fn findings_ui(ui: &mut Ui, attack: &Attack, state: &State, commands: &mut Vec<Command>) {
    for found in &attack.found {
        finding_ui(ui, &found.finding, Some(found), true, (state, commands));
    }
}

fn finding_ui(
    ui: &mut Ui,
    finding: &Finding,
    proof: Option<&Found>,
    blocks: bool,
    (state, commands): (&State, &mut Vec<Command>),
) {
    let look = Look::of(ui);
    let cited = proof.map_or(&[][..], |found| &found.cited);
    let difference = proof.and_then(|found| found.difference.as_ref());
    let (ink, soft) =
        if blocks { (look.danger, look.danger_soft) } else { (look.warning, look.warning_soft) };
    let head = match difference {
        Some(difference) => format!("These two numbers subtract to 1 to {}", difference.most),
        None if cited.is_empty() => place(&finding.place, state),
        None => "These numbers give a small group away".to_owned(),
    };
    let outer = Frame::new()
        .fill(look.raised)
        .stroke(egui::Stroke::new(look.tokens.stroke.line, ink))
        .corner_radius(look.corners_large());
    outer.show(ui, |ui| {
        ui.take_available_width();
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut corners = look.corners_large();
        (corners.sw, corners.se) = (0, 0);
        let band = Frame::new().fill(soft).corner_radius(corners);
        band.inner_margin(Margin::symmetric(16, 10)).show(ui, |ui| {
            ui.take_available_width();
            ui.horizontal(|ui| {
                let icon = ICON_WARNING.rich_text().size(18.0).color(ink);
                ui.add(egui::Label::new(icon).selectable(false));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    text::small_in(ui, if blocks { "blocks approval" } else { "to decide" }, ink);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        text::emphasis(ui, head);
                    });
                });
            });
        });
        Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
            ui.take_available_width();
            ui.spacing_mut().item_spacing.y = 8.0;
            text::body(ui, named(&sentence(&finding.what), state));
            if !cited.is_empty() {
                text::small(ui, place(&finding.place, state));
                let whose = |package| of_package(package, state);
                match difference {
                    Some(two) => {
                        cited_ui(ui, &[two.whole.clone(), two.part.clone()], state);
                        assume::sum_ui(ui, two, &whose);
                    }
                    None => cited_ui(ui, cited, state),
                }
                let other = proof.and_then(|found| other_of(found, state));
                if let Some(other) = other {
                    let button = Button::new("Show side by side");
                    if button.ui(ui).clicked() {
                        commands.push(Reviewing::LayBeside(other).into());
                    }
                }
            }
        });
    });
}

/// The other one of the two packages that a finding is about.
fn other_of(found: &Found, state: &State) -> Option<usize> {
    let shown = state.review.shown?;
    let is_beside = state.review.tab == crate::app::state::ReviewTab::Beside;
    match found.packages[..] {
        [one, other] | [other, one] if one == shown && !is_beside => Some(other),
        _ => None,
    }
}

/// Whose number it is, where several packages are attacked together.
fn of_package(package: usize, state: &State) -> String {
    state.review.name_of(package).map_or_else(String::new, |name| format!("{name}, "))
}

/// Packages by their names instead of their numbers.
fn named(words: &str, state: &State) -> String {
    let mut named = words.to_owned();
    for package in state.review.packages.iter().rev() {
        let name = crate::draw::text::shorten(&package.name(), 24);
        named = named.replace(&format!("package {}, ", package.number), &format!("{name}, "));
    }
    named
}

/// Where it is: the name of a file as it is, words like a sentence.
fn place(place: &str, state: &State) -> String {
    if place.contains(['/', '.']) {
        return named(place, state);
    }
    sentence(place).trim_end_matches('.').to_owned()
}

/// The numbers that prove a finding: those of each view in a card of its own, two side by side.
fn cited_ui(ui: &mut Ui, cited: &[Cited], state: &State) {
    let mut views: Vec<(usize, &str)> = Vec::new();
    for one in cited {
        if !views.contains(&(one.package, one.view.as_str())) {
            views.push((one.package, &one.view));
        }
    }
    let of = |ui: &mut Ui, (package, view): (usize, &str)| {
        let numbers: Vec<&Cited> =
            cited.iter().filter(|it| it.package == package && it.view == view).collect();
        let heading = format!("{}{view}", of_package(package, state));
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            text::small_cut(ui, heading);
            for one in numbers {
                ui.horizontal(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        text::emphasis(ui, number(one.count));
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            text::body_cut(ui, &one.words);
                        });
                    });
                });
                if let Some((least, most)) = one.range.filter(|(least, most)| least < most) {
                    let said = format!("was {} to {}", number(least), number(most));
                    ui.with_layout(Layout::right_to_left(Align::Min), |ui| text::small(ui, said));
                }
            }
        });
    };
    for pair in views.chunks(2) {
        if let [one, other] = pair {
            let half = (ui.available_width() - 12.0) / 2.0;
            beside(ui, half, 12.0, |ui, column| {
                of(ui, if column == Column::Left { *one } else { *other });
            });
        } else if let [one] = pair {
            of(ui, *one);
        }
    }
}

/// Every check with its sentence.
fn checks_ui(ui: &mut Ui, examined: &Examined, received: &Received, state: &State) {
    let look = Look::of(ui);
    let mut rows: Vec<(bool, String)> = examined
        .opened
        .verdict
        .checks
        .iter()
        .map(|check| (check.passed, check.sentence.clone()))
        .collect();
    let compared = state.review.compared();
    let joint = &state.review.joint;
    let mut notes: Vec<&str> = Vec::new();
    if compared.len() > 1 && compared.contains(&received.number) {
        match &joint.answer {
            Some(Ok(attack)) if joint.of == compared => {
                let sentence = "Taken together with the packages it is compared with, the numbers give no small group away.";
                rows.push((state.review.overlap().is_empty(), sentence.to_owned()));
                notes.extend(&attack.notes);
            }
            Some(Err(why)) if joint.of == compared => rows.push((false, why.clone())),
            _ => notes.push("The packages are being attacked together …"),
        }
    }
    rows.sort_by_key(|(passed, _)| *passed);
    Frame::new()
        .fill(look.raised)
        .stroke(look.hairline())
        .corner_radius(look.corners_large())
        .show(ui, |ui| {
            ui.take_available_width();
            ui.spacing_mut().item_spacing.y = 0.0;
            for (at, (passed, sentence)) in rows.iter().enumerate() {
                if at > 0 {
                    divider(ui, 0.0);
                }
                row_ui(ui, *passed, sentence);
            }
        });
    for note in notes {
        text::small(ui, note);
    }
}

fn row_ui(ui: &mut Ui, passed: bool, sentence: &str) {
    let look = Look::of(ui);
    let (icon, ink, said): (MaterialIcon, _, _) = if passed {
        (ICON_CHECK, look.ok, "Holds")
    } else {
        (ICON_CLOSE, look.danger, "Does not hold")
    };
    let shown = Frame::new().inner_margin(Margin::symmetric(16, 10)).show(ui, |ui| {
        ui.take_available_width();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            ui.add(egui::Label::new(icon.rich_text().size(18.0).color(ink)).selectable(false));
            ui.vertical(|ui| text::body(ui, sentence));
        });
    });
    let id = ui.scope_id().with(("check", sentence));
    let row = ui.interact(shown.response.rect, id, Sense::hover());
    row.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{said}: {sentence}")));
}
