//! What will leave, in which forms, with which statement, and the way to the file.

use egui::emath::TSTransform;
use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, ScrollArea, Sense, Ui, vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CHECK, ICON_CLOSE};

use crate::app::command::{Command, Part, Place};
use crate::app::shell;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{
    Button, Column, Tone, beside, card, check, divider, field, stripe, tag, text,
};
use crate::app::worker::{Drawing, Packed, Shown, Slot, Style, Worker};
use crate::draw::text::number;
use crate::draw::{FlowPicture, paint, words};
use crate::release::Check;
use crate::views::View;

/// The way to the file.
const RIGHT: f32 = 440.0;
/// The height of the heads over the columns of a small picture, which are left out.
const HEADS: f32 = 24.0;

pub fn ui(ui: &mut Ui, state: &mut State, worker: &Worker, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let Some(shown) = state.shown.clone() else {
        CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
            Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                ui.take_available_width();
                shell::notice_ui(ui, state, commands);
                text::title(ui, "There is nothing to release yet");
                text::body(ui, "A package holds a view, and no view is shown.");
                let (words, command) = if state.is_open() {
                    ("Go to the flow", Command::Go(Place::Explore))
                } else {
                    ("Go to the data", Command::Go(Place::Data))
                };
                if Button::new(words).filled().ui(ui).clicked() {
                    commands.push(command);
                }
            });
        });
        return;
    };
    let width = RIGHT.min(ui.available_width() * 0.42);
    Panel::right("to the file")
        .exact_size(width)
        .resizable(false)
        .frame(Frame::new().fill(look.background))
        .show(ui, |ui| {
            ScrollArea::vertical().id_salt("to the file").auto_shrink(false).show(ui, |ui| {
                Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                    ui.take_available_width();
                    write_ui(ui, state, commands);
                });
            });
        });
    CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                ui.take_available_width();
                shell::notice_ui(ui, state, commands);
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 12.0;
                    text::title(ui, "Release");
                    text::small(ui, "everything below leaves, nothing else does");
                    super::history::link_ui(ui, state, commands);
                });
                ui.add_space(12.0);
                let half = (ui.available_width() - 16.0) / 2.0;
                beside(ui, half, 16.0, |ui, column| {
                    if column == Column::Left {
                        text::small_heading(ui, "View");
                        view_ui(ui, state, worker, &shown);
                    } else {
                        text::small_heading(ui, "Formats");
                        formats_ui(ui, state, commands);
                    }
                });
                ui.add_space(16.0);
                let packed = state.leaving.packed.clone();
                beside(ui, half, 16.0, |ui, column| {
                    if column == Column::Left {
                        text::small_heading(ui, "Statement");
                        statement_ui(ui, packed.as_deref());
                    } else {
                        text::small_heading(ui, "Files in the package");
                        entries_ui(ui, packed.as_deref());
                    }
                });
            });
        });
    });
}

fn view_ui(ui: &mut Ui, state: &mut State, worker: &Worker, shown: &std::sync::Arc<Shown>) {
    let look = Look::of(ui);
    card(ui, |ui| {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), 128.0), Sense::hover());
        let words = "A picture of the view that leaves";
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, words));
        let flow = FlowPicture {
            width: rect.width() * 2.7,
            height: (rect.height() + HEADS) * 2.4,
            theme: look.theme,
            traced: None,
            drop_off: state.question.now().drop_off,
        };
        let style = match shown.view.view() {
            View::Flow(_) => Style::Flow(flow),
            _ => Style::Plain(look.theme),
        };
        let drawing = Drawing { slot: Slot::Release, shown: std::sync::Arc::clone(shown), style };
        state.want(drawing, worker);
        if let Some(drawn) = &state.release_picture.drawn {
            let scene = &drawn.scene;
            let heads = if matches!(shown.view.view(), View::Flow(_)) { HEADS } else { 0.0 };
            let scale = (rect.width() / scene.width).min((rect.height() + heads) / scene.height);
            let corner = rect.min.to_vec2() - vec2(0.0, heads);
            let to_screen = TSTransform::new(corner, scale);
            paint::paint(scene, &ui.painter_at(rect), to_screen);
        }
        let view = shown.view.view();
        let head = view.head();
        let title = match view {
            View::Flow(flow) => format!("Flow, {} steps", flow.spec.asked.steps),
            other => words::title(other),
        };
        text::emphasis(ui, &title).on_hover_text(&title);
        let everybody = words::everybody(view);
        text::small(ui, format!("{everybody} · k ≥ {} · rounded to {}", head.k, head.b));
        if view.parts().iter().any(|part| matches!(part, View::Map(_))) {
            text::small(ui, "All that is published leaves, whatever the sliders leave out.");
        }
    });
}

fn formats_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let formats = state.leaving.formats;
    Frame::new()
        .fill(look.raised)
        .stroke(look.hairline())
        .corner_radius(look.corners_large())
        .inner_margin(Margin::symmetric(16, 4))
        .show(ui, |ui| {
            ui.take_available_width();
            ui.spacing_mut().item_spacing.y = 0.0;
            format_row(ui, |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(16.0, 28.0), Sense::hover());
                let font = egui::FontId::new(16.0, ICON_CHECK.font_family());
                let tick = ICON_CHECK.codepoint;
                let at = rect.center();
                ui.painter().text(at, egui::Align2::CENTER_CENTER, tick, font, look.ok);
                ui.add_space(4.0);
                text::emphasis(ui, "Numbers");
                "JSON, statement, audit · always"
            });
            let rows = [
                (Part::Svg, "Pictures, SVG", "as seen on the screen", formats.svg),
                (Part::Png, "Pictures, PNG", "for slides", formats.png),
                (Part::Pdf, "Pictures, PDF", "for print, as vectors", formats.pdf),
                (Part::Tables, "Tables, CSV", "for a spreadsheet", formats.tables),
                (Part::Page, "Page, HTML", "one file, no scripts", formats.page),
            ];
            for (part, words, remark, on) in rows {
                divider(ui, 16.0);
                format_row(ui, |ui| {
                    if check(ui, words, on).clicked() {
                        commands.push(Command::SetPart(part, !on));
                    }
                    remark
                });
            }
        });
}

fn format_row(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> &'static str) {
    let size = vec2(ui.available_width(), 36.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        let remark = add(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::small_cut(ui, remark);
        });
    });
}

fn statement_ui(ui: &mut Ui, packed: Option<&Packed>) {
    card(ui, |ui| {
        let Some(packed) = packed else {
            text::weak(ui, "The package is being made …");
            return;
        };
        ui.spacing_mut().item_spacing.y = 6.0;
        for line in packed.statement.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let plain = line.trim_start_matches(['#', '>', '*', '-', ' ']).replace("**", "");
            if line.starts_with('#') {
                text::heading(ui, plain);
            } else if line.starts_with('|') {
                text::mono(ui, plain);
            } else {
                text::body(ui, plain);
            }
        }
    });
}

fn entries_ui(ui: &mut Ui, packed: Option<&Packed>) {
    card(ui, |ui| {
        let Some(packed) = packed else {
            text::weak(ui, "The package is being made …");
            return;
        };
        ui.spacing_mut().item_spacing.y = 0.0;
        for entry in &packed.package.entries {
            ui.horizontal(|ui| {
                text::mono(ui, &entry.name);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    text::small(ui, size_words(entry.size));
                });
            });
        }
    });
}

fn size_words(bytes: u64) -> String {
    if bytes < 1000 {
        format!("{bytes} bytes")
    } else {
        format!("{} kB", number(bytes.div_ceil(1000)))
    }
}

fn write_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let leaving = &state.leaving;
    text::title(ui, "Check and write");
    ui.add_space(8.0);
    match (&leaving.packed, &leaving.error) {
        (Some(packed), _) => checks_ui(ui, &packed.package.checks),
        (None, Some(_)) => {}
        (None, None) => drop(text::weak(ui, "The package is being made and checked …")),
    }
    ui.add_space(8.0);
    divider(ui, 24.0);
    ui.add_space(8.0);
    text::small_heading(ui, "Write to");
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
    let current = leaving.packed.as_ref().is_some_and(|packed| {
        packed.formats == leaving.formats
            && state
                .shown
                .as_ref()
                .is_some_and(|shown| std::sync::Arc::ptr_eq(shown, &packed.shown))
    });
    let blocked = if leaving.packed.is_none() {
        Some("Waits for the package.")
    } else if !current {
        Some("Waits for the package to be made again.")
    } else if path.trim().is_empty() {
        Some("Say where the package shall be written.")
    } else {
        None
    };
    let width = ui.available_width();
    let write = Button::new("Write the package").filled().large().width(width);
    if write.enabled(blocked.is_none()).ui(ui).clicked() && blocked.is_none() {
        commands.push(Command::WritePackage);
    }
    if let Some(why) = blocked {
        let look = Look::of(ui);
        text::small_in(ui, why, look.warning);
    }
    ui.add_space(8.0);
    if let Some(error) = &leaving.error {
        let then = "Nothing was written. Choose another place, or ask for less detail.";
        stripe(ui, Tone::Danger, error, then, |_| {});
    }
    if let Some((path, verdict)) = &leaving.written {
        written_ui(ui, path, verdict);
    }
}

fn written_ui(ui: &mut Ui, path: &std::path::Path, verdict: &crate::release::Verdict) {
    if verdict.findings.is_empty() {
        let what = format!("Written and read back: {}", path.display());
        let then = format!("{} checks passed on the file.", verdict.checks.len());
        stripe(ui, Tone::Ok, &what, &then, |_| {});
        return;
    }
    let what = format!("{} was written, but does not pass its checks.", path.display());
    stripe(ui, Tone::Danger, &what, "Do not pass it on. Write it again.", |ui| {
        for finding in &verdict.findings {
            text::small(ui, finding.to_string());
        }
    });
}

fn checks_ui(ui: &mut Ui, checks: &[Check]) {
    let passed = checks.iter().filter(|check| check.passed).count();
    ui.horizontal(|ui| {
        text::small_heading(ui, "The program's own checks");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if passed == checks.len() {
                tag(ui, Tone::Ok, &format!("{passed} passed"));
            } else {
                tag(ui, Tone::Danger, &format!("{} failed", checks.len() - passed));
            }
        });
    });
    ui.spacing_mut().item_spacing.y = 6.0;
    for check in checks {
        ui.horizontal_top(|ui| {
            let look = Look::of(ui);
            let (icon, ink): (MaterialIcon, _) =
                if check.passed { (ICON_CHECK, look.ok) } else { (ICON_CLOSE, look.danger) };
            ui.add(egui::Label::new(icon.rich_text().size(16.0).color(ink)).selectable(false));
            ui.vertical(|ui| text::body(ui, &check.sentence));
        });
    }
}
