//! The packages that are open, and the public keys they are checked with.

use egui::{Frame, Margin, Rect, Role, Sense, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use egui_material_icons::icons::{ICON_CLOSE, ICON_INFO};

use super::{path_ui, removable_ui};
use crate::app::command::Command;
use crate::app::state::{Asked, Received, Reviewing, State};
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, divider, icon_button, plain_tag, tag, text};
use crate::release::{Choice, Signed};

/// What stands behind the name of a package.
struct Status {
    tone: Option<Tone>,
    words: String,
}

fn status(package: &Received) -> Status {
    let told = |tone, words: &str| Status { tone, words: words.to_owned() };
    match &package.examined {
        None => return told(None, "Being read"),
        Some(Err(_)) => return told(Some(Tone::Danger), "Unreadable"),
        Some(Ok(_)) => {}
    }
    match package.blocking() {
        0 => {}
        1 => return told(Some(Tone::Danger), "1 finding"),
        several => {
            return Status { tone: Some(Tone::Danger), words: format!("{several} findings") };
        }
    }
    if package.decision().is_some_and(|decided| !decided.holds) {
        return told(Some(Tone::Danger), "Decision wrong");
    }
    match package.decision().map(|decided| decided.decision.decision) {
        Some(Choice::Approved) => told(Some(Tone::Ok), "Approved"),
        Some(Choice::Rejected) => told(None, "Rejected"),
        None => told(Some(Tone::Warning), "To judge"),
    }
}

/// `k ≥ 10 · to 5 · 3 views`
fn about(package: &Received) -> String {
    let Some(examined) = package.ready() else { return String::new() };
    let policy = examined.opened.policy();
    let views = match examined.opened.names().len() {
        1 => "1 view".to_owned(),
        several => format!("{several} views"),
    };
    format!("k ≥ {} · to {} · {views}", policy.k(), policy.b())
}

fn signed(package: &Received) -> &'static str {
    match package.ready().map(|examined| examined.opened.verdict.signature) {
        None => "",
        Some(Signed::Not) => "not signed",
        Some(Signed::Unchecked(_)) => "signed",
        Some(Signed::Good(_)) => "signature holds",
        Some(Signed::Wrong) => "signature wrong",
    }
}

pub fn ui(ui: &mut Ui, state: &State, path: &mut String, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    Frame::new().inner_margin(Margin::symmetric(16, 14)).show(ui, |ui| {
        ui.horizontal(|ui| {
            text::title(ui, "Review");
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if Button::new("Open").named("Open a package").ui(ui).clicked() {
                    commands.push(Reviewing::Choose(Asked::Packages).into());
                }
            });
        });
    });
    divider(ui, 0.0);
    for package in &state.review.packages {
        let on = state.review.shown == Some(package.number);
        row_ui(ui, package, on, commands);
        divider(ui, 0.0);
    }
    Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
        ui.take_available_width();
        ui.spacing_mut().item_spacing.y = 8.0;
        path_ui(ui, path, commands);
        ui.add_space(8.0);
        keys_ui(ui, state, commands);
        ui.add_space(8.0);
        ui.horizontal_top(|ui| {
            let icon = ICON_INFO.rich_text().size(16.0).color(look.text_weak);
            ui.add(egui::Label::new(icon).selectable(false));
            ui.vertical(|ui| {
                text::small(
                    ui,
                    "You see what a reader of the packages would see. No data about single people \
                     is read here.",
                );
            });
        });
    });
}

fn row_ui(ui: &mut Ui, package: &Received, on: bool, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let size = vec2(ui.available_width(), 68.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = package.name();
    let Status { tone, words } = status(package);
    let said = format!("{name}, {words}");
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, on, &said));
    if on {
        ui.painter().rect_filled(rect, 0.0, look.selection);
        let edge = Rect::from_min_max(rect.min, pos2(rect.left() + 3.0, rect.bottom()));
        ui.painter().rect_filled(edge, 0.0, look.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, look.text_strong.gamma_multiply(0.04));
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        ui.painter().rect_stroke(rect, look.corners_small(), stroke, StrokeKind::Inside);
    }
    let inside = rect.shrink2(vec2(16.0, 10.0)).with_max_x(rect.right() - 8.0);
    let mut row = ui.new_child(UiBuilder::new().max_rect(inside));
    row.spacing_mut().item_spacing.y = 2.0;
    row.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            if icon_button(ui, ICON_CLOSE, &format!("Close {name}"), true).clicked() {
                commands.push(Reviewing::Close(package.number).into());
            }
            match tone {
                Some(tone) => tag(ui, tone, &words),
                None => plain_tag(ui, &words, 76.0),
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                text::body_cut(ui, &name);
            });
        });
    });
    row.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add_space(8.0);
            text::small(ui, signed(package));
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                text::small_cut(ui, about(package));
            });
        });
    });
    if response.clicked() && !on {
        commands.push(Reviewing::Show(package.number).into());
    }
}

/// Whose signatures are believed.
fn keys_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        text::small_heading(ui, "Public keys");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let add = Button::new("Add").link().named("Add a public key");
            if add.ui(ui).clicked() {
                commands.push(Reviewing::Choose(Asked::PublicKey).into());
            }
        });
    });
    if state.review.keys.is_empty() {
        text::small(ui, "With public keys, every signature has to be of one of them.");
    }
    for (at, (path, key)) in state.review.keys.iter().enumerate() {
        let name = crate::app::worker::file_names(std::slice::from_ref(path));
        let remove = format!("Take {name} away");
        if removable_ui(ui, &name, &key.id().to_string(), &remove) {
            commands.push(Reviewing::RemoveKey(at).into());
        }
    }
}
