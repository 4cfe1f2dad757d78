//! The first screen: open a file, try the sample, open one again. The recent list holds paths and
//! days, nothing from inside a file.

use std::path::{Path, PathBuf};

use egui::emath::TSTransform;
use egui::{Align, Frame, Layout, Margin, Rect, ScrollArea, Sense, Stroke, Ui, UiBuilder, vec2};
use egui_material_icons::icons::ICON_DRAFT;

use crate::app::command::Command;
use crate::app::shell;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{Button, Column, beside, card, cell, divider, field, line, text};
use crate::app::worker::{Drawing, Slot, Style, Worker};
use crate::draw::{FlowPicture, paint};

/// What is being typed.
#[derive(Default)]
pub struct Welcome {
    typing: bool,
    /// The path field was just asked for and takes the keyboard.
    field_asked: bool,
    path: String,
}

/// The widest the two columns get.
const WIDTH: f32 = 1032.0;
const CARD_HEIGHT: f32 = 272.0;
/// The height of the heads over the columns of a small picture.
const HEADS: f32 = 26.0;

impl Welcome {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let margin = ((ui.available_width() - WIDTH) / 2.0).max(32.0);
            let top = ((ui.available_height() - 670.0) / 2.0).clamp(24.0, 88.0);
            let mut area = ui.available_rect_before_wrap();
            area.min.x += margin;
            area.max.x -= margin;
            area.min.y += top;
            ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
                ui.set_width(area.width());
                shell::notice_ui(ui, state, commands);
                self.contents_ui(ui, state, worker, commands);
            });
        });
    }

    fn contents_ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let k = state.question.now().policy.k();
        ui.spacing_mut().item_spacing.y = 4.0;
        text::display(ui, "See the paths people take, and nobody’s own.");
        text::lead(
            ui,
            format!(
                "Every count shown or exported covers at least {k} different people, and nothing \
                 leaves this computer unless you write it to a file."
            ),
        );
        ui.add_space(36.0);
        let left = ((ui.available_width() - 24.0) * 0.57).round();
        beside(ui, left, 24.0, |ui, column| {
            ui.set_height(CARD_HEIGHT);
            if column == Column::Left {
                self.drop_ui(ui, commands);
            } else {
                sample_ui(ui, state, worker, commands);
            }
        });
        ui.add_space(28.0);
        recent_ui(ui, state, commands);
    }

    fn drop_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let look = Look::of(ui);
        let size = vec2(ui.available_width(), CARD_HEIGHT);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let over = ui.input(|input| !input.raw.hovered_files.is_empty());
        let (ground, line) =
            if over { (look.selection, look.accent) } else { (look.surface, look.line_strong) };
        ui.painter().rect_filled(rect, look.corners_large(), ground);
        dashed(ui, rect, Stroke::new(look.tokens.stroke.line, line));
        let inside = rect.shrink(24.0);
        ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| {
            ui.vertical_centered(|ui| {
                ui.spacing_mut().item_spacing.y = 4.0;
                ui.add_space(if self.typing { 4.0 } else { 20.0 });
                let glyph = ICON_DRAFT.rich_text().size(30.0).color(look.accent);
                ui.add(egui::Label::new(glyph).selectable(false));
                ui.add_space(4.0);
                text::title(ui, "Drop a file with events here");
                text::weak(ui, "A table with who, what and when, or an event log");
                ui.add_space(14.0);
                if self.typing {
                    self.path_ui(ui, inside.width(), commands);
                } else {
                    self.buttons_ui(ui, commands);
                }
                ui.add_space(if self.typing { 4.0 } else { 16.0 });
                let formats = "CSV     TSV     Parquet     JSON lines     XES     also .gz";
                text::small(ui, formats);
            });
        });
    }

    fn buttons_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        centred(ui, 412.0, 40.0, |ui| {
            let open = Button::new("Open a file").hint("Ctrl O").filled().large().width(150.0);
            if open.ui(ui).clicked() {
                commands.push(Command::ChooseFile);
            }
            if Button::new("Type a path").plain().large().width(110.0).ui(ui).clicked() {
                self.typing = true;
                self.field_asked = true;
            }
            let project = Button::new("Open a project").plain().large().width(136.0);
            if project.ui(ui).clicked() {
                commands.push(Command::OpenProject);
            }
        });
    }

    fn path_ui(&mut self, ui: &mut Ui, width: f32, commands: &mut Vec<Command>) {
        let width = width.min(480.0);
        centred(ui, width, 34.0, |ui| {
            let hint = "/home/me/events.csv";
            let typed = field(ui, "Path of the file", &mut self.path, hint, width - 80.0);
            if std::mem::take(&mut self.field_asked) {
                typed.request_focus();
            }
            let entered =
                typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let path = self.path.trim().to_owned();
            let ready = !path.is_empty();
            let open = Button::new("Open").filled().enabled(ready).width(70.0).ui(ui);
            if ready && (open.clicked() || entered) {
                self.typing = false;
                commands.push(Command::OpenFiles(vec![PathBuf::from(path)]));
            }
        });
        ui.add_space(4.0);
        if Button::new("Choose with a dialog instead").link().ui(ui).clicked() {
            self.typing = false;
            commands.push(Command::ChooseFile);
        }
    }
}

fn sample_ui(ui: &mut Ui, state: &mut State, worker: &Worker, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let height = CARD_HEIGHT;
    card(ui, |ui| {
        ui.set_height(height - 34.0);
        ui.horizontal(|ui| {
            text::title(ui, "Try the sample");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text::small_cut(ui, "made up, opens in one click");
            });
        });
        let size = vec2(ui.available_width(), height - 34.0 - 28.0 - 32.0 - 16.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let name = "A picture of the sample: people moving through a shop in six steps";
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
        preview(ui, rect, state, worker, look);
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if Button::new("Open sample").ui(ui).clicked() {
                    commands.push(Command::OpenSample);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    text::small_cut(ui, "An online shop, 70 000 events, six months");
                });
            });
        });
    });
}

/// The flow of a smaller sample, without its words: they would be too small to read.
fn preview(ui: &Ui, rect: Rect, state: &mut State, worker: &Worker, look: &Look) {
    let Some(shown) = &state.preview else { return };
    // The heads of the columns are left out, so the picture may stand higher than its place.
    let [width, height] = [rect.width() * 2.5, (rect.height() + HEADS) * 2.2];
    let picture = FlowPicture { width, height, theme: look.theme, traced: None, drop_off: true };
    let style = Style::Flow(picture);
    let drawing = Drawing { slot: Slot::Preview, shown: shown.clone(), style };
    state.want(drawing, worker);
    let Some(drawn) = &state.preview_picture.drawn else { return };
    let scene = &drawn.scene;
    let scale = (rect.width() / scene.width).min((rect.height() + HEADS) / scene.height);
    let corner = rect.min.to_vec2() - vec2(0.0, HEADS);
    let to_screen = TSTransform::new(corner, scale);
    paint::paint(scene, &ui.painter_at(rect), to_screen);
}

fn recent_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let files = state.recent.files();
    if files.is_empty() {
        return;
    }
    text::small_heading(ui, "Recent files and projects");
    ui.add_space(4.0);
    let look = Look::of(ui);
    let today = jiff::ZonedDateTime::now().date();
    Frame::new()
        .fill(look.raised)
        .stroke(look.hairline())
        .corner_radius(look.corners_large())
        .inner_margin(Margin::symmetric(16, 0))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, file) in files.iter().enumerate() {
                if index > 0 {
                    divider(ui, 16.0);
                }
                line(ui, 44.0, |ui| {
                    let name = name_of(&file.path);
                    cell(ui, 260.0, |ui| {
                        text::emphasis(ui, &name);
                    });
                    cell(ui, 120.0, |ui| {
                        text::small_cut(ui, day_words(file.opened, today));
                    });
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let open = Button::new("Open").link().named(format!("Open {name} again"));
                        if open.ui(ui).clicked() {
                            commands.push(Command::OpenFiles(vec![file.path.clone()]));
                        }
                        let forget = Button::new("Forget")
                            .plain()
                            .named(format!("Take {name} off this list"));
                        if forget.ui(ui).clicked() {
                            commands.push(Command::Forget(file.path.clone()));
                        }
                        let folder = file.path.parent().map(|folder| folder.display().to_string());
                        ui.add_space(8.0);
                        text::small_cut(ui, folder.unwrap_or_default());
                    });
                });
            }
        });
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.display().to_string())
}

fn day_words(day: jiff::civil::Date, today: jiff::civil::Date) -> String {
    match today.since(day).map(|span| span.get_days()) {
        Ok(0) => "Opened today".to_owned(),
        Ok(1) => "Yesterday".to_owned(),
        _ if day.year() == today.year() => day.strftime("%-d %B").to_string(),
        _ => day.strftime("%-d %B %Y").to_string(),
    }
}

/// A row of a known width in the middle of the line.
fn centred(ui: &mut Ui, width: f32, height: f32, add: impl FnOnce(&mut Ui)) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let row = Rect::from_center_size(rect.center(), vec2(width, height));
    ui.scope_builder(
        UiBuilder::new().max_rect(row).layout(Layout::left_to_right(Align::Center)),
        add,
    );
}

fn dashed(ui: &Ui, rect: Rect, stroke: Stroke) {
    let r = rect.shrink(0.5);
    let corners = [r.left_top(), r.right_top(), r.right_bottom(), r.left_bottom(), r.left_top()];
    ui.painter().extend(egui::Shape::dashed_line(&corners, stroke, 4.0, 3.0));
}
