//! What the attacker inside the program found: what is to be settled first, with the numbers it is
//! about and the ways out, and then every check that passed.

use egui::{Align, Frame, Label, Layout, Margin, Ui};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CHECK, ICON_CLOSE, ICON_WARNING};

use crate::app::command::{Command, Place};
use crate::app::state::{State, next_threshold};
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, divider, hatch, tag, text};
use crate::app::worker::{Compared, Kept, Packed, Then, has_two_units};
use crate::draw::text::number;
use crate::release::{Check, Finding, evidence, views_named};
use crate::views::{Ask, LedgerAnswer, LedgerFinding, Spec, Unit, View};

/// A package that leaks has many findings of one cause.
const MOST_FINDINGS: usize = 3;

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let packed = state.leaving.packed.as_deref();
    let compared = state.leaving.compared.as_deref();
    let joint = compared.and_then(joint_of);
    let checks = checks(packed, joint);
    let failed = checks.iter().filter(|(check, _)| !check.passed).count();
    let kept = packed.and_then(|packed| packed.made.as_ref().err());
    let open = kept.map_or(0, |kept| kept.findings.len().max(1)) + failed;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        text::heading(ui, "The audit");
        if open > 0 {
            tag(ui, Tone::Warning, &format!("{open} to settle"));
        }
        let passed = checks.len() - failed;
        if passed > 0 {
            tag(ui, Tone::Ok, &format!("{passed} passed"));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::small_cut(ui, "An attacker in the program looks for small groups");
        });
    });
    ui.add_space(4.0);
    let corners = look.corners_large();
    let ground = Frame::new().fill(look.raised).stroke(look.hairline()).corner_radius(corners);
    ground.show(ui, |ui| {
        ui.take_available_width();
        ui.spacing_mut().item_spacing.y = 0.0;
        if let (Some(packed), Some(kept)) = (packed, kept) {
            kept_ui(ui, state, packed, kept, commands);
        }
        if let Some(compared) = compared {
            together_ui(ui, compared, commands);
        }
        if checks.is_empty() && kept.is_none() {
            Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
                text::weak(ui, "The package is being made and checked …");
            });
        }
        rows_ui(ui, &checks);
        let made = packed.and_then(|packed| packed.made.as_ref().ok());
        for found in made.map_or(&[][..], |made| &made.findings) {
            divider(ui, 0.0);
            Frame::new()
                .inner_margin(Margin::symmetric(16, 10))
                .show(ui, |ui| ledger_ui(ui, found));
        }
    });
}

/// What the ledger says of the package, beside what left before.
fn ledger_ui(ui: &mut Ui, found: &LedgerFinding) {
    let look = Look::of(ui);
    let is_fine = found.answer <= LedgerAnswer::Republished;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let (icon, ink): (MaterialIcon, _) =
            if is_fine { (ICON_CHECK, look.ok) } else { (ICON_WARNING, look.warning) };
        ui.add(Label::new(icon.rich_text().size(16.0).color(ink)).selectable(false));
        ui.vertical(|ui| {
            text::body(ui, &found.sentence);
            if !is_fine {
                text::small(
                    ui,
                    "Its pictures say “Not reviewed” until a reviewer has approved it.",
                );
            }
        });
    });
}

/// What two packages give away together, where both could be read.
fn joint_of(compared: &Compared) -> Option<&crate::release::Verdict> {
    compared.earlier.as_ref().ok().and_then(|earlier| earlier.joint.as_ref())
}

/// Every check, and whether it is one of two packages.
fn checks<'a>(
    packed: Option<&'a Packed>,
    joint: Option<&'a crate::release::Verdict>,
) -> Vec<(&'a Check, bool)> {
    let made = packed.and_then(|packed| packed.made.as_ref().ok());
    let own = made.map_or(&[][..], |made| &made.package.checks);
    let joint = joint.map_or(&[][..], |joint| &joint.checks);
    own.iter().map(|check| (check, false)).chain(joint.iter().map(|check| (check, true))).collect()
}

/// Each check on a line of its own, two side by side where there is room.
fn rows_ui(ui: &mut Ui, checks: &[(&Check, bool)]) {
    let columns = if ui.available_width() < 560.0 { 1 } else { 2 };
    let width = ui.available_width() / columns as f32;
    for (at, row) in checks.chunks(columns).enumerate() {
        if at > 0 {
            divider(ui, 0.0);
        }
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for (check, of_two) in row {
                ui.allocate_ui(egui::vec2(width, 0.0), |ui| {
                    Frame::new().inner_margin(Margin::symmetric(16, 10)).show(ui, |ui| {
                        ui.set_width(width - 32.0);
                        check_ui(ui, check, *of_two);
                    });
                });
            }
        });
    }
}

fn check_ui(ui: &mut Ui, check: &Check, of_two: bool) {
    let look = Look::of(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let (icon, ink): (MaterialIcon, _) =
            if check.passed { (ICON_CHECK, look.ok) } else { (ICON_CLOSE, look.warning) };
        ui.add(Label::new(icon.rich_text().size(16.0).color(ink)).selectable(false));
        ui.vertical(|ui| {
            let words = match (of_two, check.passed) {
                (false, _) => check.sentence.clone(),
                (true, true) => {
                    "Together with the earlier package nothing can be subtracted.".into()
                }
                (true, false) => "Together with the earlier package small groups show.".into(),
            };
            text::body(ui, words);
        });
    });
}

/// Why the package is held, the numbers that this is about, and the ways out.
fn kept_ui(ui: &mut Ui, state: &State, packed: &Packed, kept: &Kept, commands: &mut Vec<Command>) {
    let views: Vec<&View> = packed.shown.iter().map(|shown| shown.view.view()).collect();
    warning_ui(ui, |ui| {
        text::emphasis(ui, title(kept, packed.wanted.specs.len()));
        text::body(ui, &kept.sentence);
        for finding in kept.findings.iter().take(MOST_FINDINGS) {
            ui.add_space(4.0);
            finding_ui(ui, finding, &views, packed.wanted.policy.k());
        }
        if let more @ 1.. = kept.findings.len().saturating_sub(MOST_FINDINGS) {
            text::small(ui, format!("and {more} more of this kind"));
        }
        ui.add_space(8.0);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(8.0, 8.0);
            for (at, (words, command)) in remedies(state, packed, kept).into_iter().enumerate() {
                let button = Button::new(&words);
                let button = if at == 0 { button.filled() } else { button };
                if button.ui(ui).clicked() {
                    commands.push(command);
                }
            }
        });
    });
}

fn title(kept: &Kept, views: usize) -> &'static str {
    match (kept.then, kept.findings.is_empty()) {
        (Then::Settle, _) => "Something in the data looks personal",
        (_, false) => "Numbers, put together, single out a small group",
        (_, true) if views > 1 => "These views cannot be protected together",
        (_, true) => "This view cannot be protected",
    }
}

fn warning_ui(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let look = Look::of(ui);
    Frame::new()
        .fill(look.warning_soft)
        .corner_radius(look.corners_large())
        .inner_margin(Margin::same(16))
        .show(ui, |ui| {
            ui.take_available_width();
            ui.horizontal_top(|ui| {
                let icon = ICON_WARNING.rich_text().size(20.0).color(look.warning);
                ui.add(Label::new(icon).selectable(false));
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 4.0;
                    add(ui);
                });
            });
        });
}

/// The numbers that a finding names beside each other, and what they give away.
fn finding_ui(ui: &mut Ui, finding: &Finding, views: &[&View], k: u32) {
    let look = Look::of(ui);
    let numbers = evidence(finding, views);
    if numbers.is_empty() {
        text::small(ui, finding.to_string());
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 4.0);
        for (at, one) in numbers.iter().enumerate() {
            if at > 0 {
                text::body(ui, "and");
            }
            Frame::new()
                .fill(look.raised)
                .stroke(look.hairline())
                .corner_radius(look.corners_small())
                .inner_margin(Margin::symmetric(8, 3))
                .show(ui, |ui| {
                    text::small(ui, format!("{}: {}", one.view, one.what));
                    text::emphasis(ui, number(one.count));
                });
        }
        text::body(ui, "→");
        hatch(ui, 40.0, 22.0);
        text::small_in(ui, format!("fewer than {k} people"), look.warning);
    });
    text::small(ui, finding.to_string());
}

/// What may help, the gentlest first: fewer names, one view less, a higher k.
fn remedies(state: &State, packed: &Packed, kept: &Kept) -> Vec<(String, Command)> {
    if kept.then == Then::Settle {
        return vec![("Settle it".to_owned(), Command::Go(Place::Protect))];
    }
    let specs = &packed.wanted.specs;
    let is_list = !state.question.now().release.is_empty();
    let mut remedies = Vec::new();
    remedies.extend(if has_two_units(specs) {
        Some(people_everywhere(specs))
    } else {
        fewer_names(specs, is_list)
    });
    if specs.len() > 1 {
        let views: Vec<&View> = packed.shown.iter().map(|shown| shown.view.view()).collect();
        let named: Vec<&str> =
            kept.findings.iter().flat_map(|finding| views_named(finding, &views)).collect();
        let is_named = |spec: &Spec| named.is_empty() || named.contains(&spec.name.as_str());
        let last = specs.iter().rposition(is_named).unwrap_or(specs.len() - 1);
        let words = format!("Take {} out", specs[last].name);
        remedies.push((words, Command::RemoveReleased(last)));
    }
    if let Some(k) = next_threshold(packed.wanted.policy) {
        remedies.push((format!("Raise k to {k}"), Command::SetThreshold(k)));
    }
    remedies
}

/// Every view counts people.
fn people_everywhere(specs: &[Spec]) -> (String, Command) {
    let others = specs.iter().enumerate().filter(|(_, spec)| spec.unit != Unit::People);
    let changes = others.map(|(at, spec)| {
        let people = Spec { unit: Unit::People, ..spec.clone() };
        Command::ChangeReleased(at, Box::new(people))
    });
    ("Count people everywhere".to_owned(), Command::AtOnce(changes.collect()))
}

/// Two names less a step, of every view that has steps; one command, undone as one.
fn fewer_names(specs: &[Spec], is_list: bool) -> Option<(String, Command)> {
    let mut changes = Vec::new();
    let mut least = u8::MAX;
    for (at, spec) in specs.iter().enumerate() {
        let mut fewer = spec.clone();
        let (Ask::Flow(flow) | Ask::Paths(crate::views::PathsSpec { flow })) = &mut fewer.ask
        else {
            continue;
        };
        if flow.top > 2 {
            flow.top -= 2;
            least = least.min(flow.top);
            changes.push(if is_list {
                Command::ChangeReleased(at, Box::new(fewer))
            } else {
                Command::SetTop(flow.top)
            });
        }
    }
    let command = match changes.len() {
        0 => return None,
        1 => changes.remove(0),
        _ => Command::AtOnce(changes),
    };
    Some((format!("Fewer names a step: {least}"), command))
}

/// What the package and an earlier one give away together. It is for somebody to decide: the earlier
/// one may be about others.
fn together_ui(ui: &mut Ui, compared: &Compared, commands: &mut Vec<Command>) {
    let Some(joint) = joint_of(compared).filter(|joint| !joint.passed()) else { return };
    warning_ui(ui, |ui| {
        text::emphasis(ui, "Together with the earlier package small groups show");
        for finding in joint.findings.iter().take(MOST_FINDINGS) {
            text::small(ui, finding.to_string());
        }
        text::body(
            ui,
            "Package 1 is the earlier one, package 2 this one. Who has both can put their numbers \
             together, as long as they are about the same people.",
        );
        let number_two = joint.findings.iter().map(ToString::to_string).collect::<String>();
        let named =
            compared.with.wanted.specs.iter().rposition(|spec| {
                number_two.contains(&format!("package 2, views/{}.json", spec.name))
            });
        if let Some(at) = named.filter(|_| compared.with.wanted.specs.len() > 1) {
            let words = format!("Take {} out", compared.with.wanted.specs[at].name);
            if Button::new(&words).ui(ui).clicked() {
                commands.push(Command::RemoveReleased(at));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{fewer_names, people_everywhere};
    use crate::app::command::Command;
    use crate::app::state::Question;
    use crate::views::{Ask, FlowSpec, MapSpec, Spec, Unit};

    fn specs() -> Vec<Spec> {
        let map = Spec {
            name: "map".to_owned(),
            unit: Unit::Sessions,
            ask: Ask::Map(MapSpec::default()),
            ..Spec::default()
        };
        let flow = |name: &str, top| Spec::flow(name, FlowSpec { top, ..FlowSpec::default() });
        vec![flow("flow", 8), map, flow("short", 2)]
    }

    fn after(command: &Command) -> Vec<Spec> {
        Question { release: specs(), ..Question::default() }.after(command).release
    }

    #[test]
    fn names_are_taken_from_every_view_that_has_more_than_two_a_step() {
        let (words, command) = fewer_names(&specs(), true).unwrap();
        assert_eq!(words, "Fewer names a step: 6");
        let tops = after(&command).into_iter().filter_map(|spec| match spec.ask {
            Ask::Flow(flow) => Some(flow.top),
            _ => None,
        });
        assert_eq!(tops.collect::<Vec<_>>(), [6, 2]);
        let alone = fewer_names(&specs()[..1], false).unwrap().1;
        assert_eq!(alone, Command::SetTop(6), "the view on the screen itself");
        assert!(fewer_names(&specs()[1..], true).is_none());
    }

    #[test]
    fn every_view_counts_people_after_one_press() {
        let (_, command) = people_everywhere(&specs());
        assert!(after(&command).iter().all(|spec| spec.unit == Unit::People));
    }
}
