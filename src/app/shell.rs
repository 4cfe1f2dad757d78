//! The frame around every screen: top bar, rail, status bar.

use egui::{
    Align, Align2, Color32, Frame, Layout, Margin, Panel, Popup, PopupCloseBehavior, Response,
    Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_CLOSE, ICON_DATABASE, ICON_FACT_CHECK, ICON_IOS_SHARE, ICON_KEYBOARD_ARROW_DOWN,
    ICON_MONITOR, ICON_REDO, ICON_SEARCH, ICON_SETTINGS, ICON_SHIELD, ICON_SHUFFLE, ICON_UNDO,
};

use super::command::{Command, Place};
use super::screens::Screens;
use super::state::State;
use super::theme::{self, Look};
use super::widgets::{self, Button, Tone, icon_button, text};
use super::worker::Worker;
use crate::draw::Weight;
use crate::draw::text::{NARROW_SPACE, number};
use crate::project::ThemeChoice;

/// Shows the whole window and collects what was asked for.
pub fn frame_ui(
    ui: &mut Ui,
    state: &mut State,
    screens: &mut Screens,
    worker: &Worker,
    commands: &mut Vec<Command>,
) {
    let look = Look::of(ui);
    let frame = &look.tokens.frame;
    let ground = Frame::new().fill(look.background);
    Panel::top("top bar")
        .exact_size(frame.top_bar)
        .resizable(false)
        .frame(ground.inner_margin(Margin::symmetric(16, 0)))
        .show(ui, |ui| top_bar_ui(ui, state, commands));
    Panel::bottom("status bar")
        .exact_size(frame.status_bar)
        .resizable(false)
        .frame(ground.inner_margin(Margin::symmetric(16, 0)))
        .show(ui, |ui| status_ui(ui, state, worker, commands));
    Panel::left("rail")
        .exact_size(frame.rail)
        .resizable(false)
        .frame(ground.inner_margin(Margin::symmetric(4, 8)))
        .show(ui, |ui| rail_ui(ui, state, commands));
    screens.ui(ui, state, worker, commands);
}

fn top_bar_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        let look = Look::of(ui);
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add_space(8.0);
        mark(ui, look);
        ui.add_space(4.0);
        text::title(ui, "Trodden");
        ui.add_space(16.0);
        if let Some(name) = state.open_name() {
            let name = crate::draw::text::shorten(&name, 40);
            let menu = Button::new(&name)
                .plain()
                .after(ICON_KEYBOARD_ARROW_DOWN)
                .named(format!("{name}, what is open"))
                .ui(ui);
            Popup::menu(&menu).width(220.0).show(|ui| {
                let keep = match state.project {
                    Some(_) => ("Save", Command::SaveProject),
                    None => ("New project …", Command::NewProject),
                };
                let of_project = [
                    ("History", Command::ShowHistory(true)),
                    ("Erase people …", Command::EraseFromProject),
                    ("Change the passphrase …", Command::ChangePassphrase),
                ];
                let rows = [
                    ("Open another file", Command::ChooseFile),
                    ("Open a project …", Command::OpenProject),
                    keep,
                ];
                let of_project = of_project.into_iter().filter(|_| state.project.is_some());
                let rows = rows.into_iter().chain(of_project);
                for (words, command) in rows.chain([("Close it", Command::CloseData)]) {
                    if menu_row(ui, words, false, look).clicked() {
                        commands.push(command);
                        ui.close();
                    }
                }
            });
            ui.add_space(8.0);
        }
        // A board is made with nothing open as well.
        if state.open_name().is_some() || !state.workshop().is_empty() {
            undo_ui(ui, state, commands);
        }
        let search = search_place(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| privacy_chip(ui, state));
        if let Some(place) = search
            && search_ui(ui, place)
        {
            commands.push(Command::OpenPalette);
        }
    });
}

fn undo_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let history = &state.question;
    ui.spacing_mut().item_spacing.x = 0.0;
    if icon_button(ui, ICON_UNDO, "Undo", history.can_undo()).clicked() {
        commands.push(Command::Undo);
    }
    if icon_button(ui, ICON_REDO, "Redo", history.can_redo()).clicked() {
        commands.push(Command::Redo);
    }
}

/// How wide the way to everything is.
const SEARCH: std::ops::RangeInclusive<f32> = 200.0..=400.0;
/// What is left for the privacy chip, at its longest.
const CHIP: f32 = 344.0;

/// Where the way to everything stands: in the middle, where there is room for it.
fn search_place(ui: &Ui) -> Option<egui::Rect> {
    let whole = ui.ctx().content_rect();
    let from = ui.cursor().left() + 16.0;
    let to = whole.right() - CHIP - 16.0;
    let width = (to - from).min(*SEARCH.end());
    // In the middle of the window, or as near to it as there is room.
    let middle =
        whole.center().x.clamp(from + width / 2.0, (to - width / 2.0).max(from + width / 2.0));
    let place =
        egui::Rect::from_center_size(pos2(middle, ui.max_rect().center().y), vec2(width, 32.0));
    (width >= *SEARCH.start()).then_some(place)
}

/// A field to press rather than to type in; what is typed goes into the palette.
fn search_ui(ui: &mut Ui, place: egui::Rect) -> bool {
    let look = Look::of(ui);
    let response = ui.interact(place, ui.scope_id().with("search"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Run a command, Ctrl K"));
    let ground = if response.hovered() { look.tinted(look.raised, 0.04) } else { look.raised };
    let corners = look.corners_small();
    ui.painter().rect(place, corners, ground, look.hairline(), StrokeKind::Inside);
    let font = theme::body(Weight::Regular);
    let icon = egui::FontId::new(look.tokens.control.icon_small, ICON_SEARCH.font_family());
    let middle = place.center().y;
    let at = pos2(place.left() + 12.0, middle);
    ui.painter().text(at, Align2::LEFT_CENTER, ICON_SEARCH.codepoint, icon, look.text_weak);
    let at = pos2(place.left() + 36.0, middle);
    ui.painter().text(at, Align2::LEFT_CENTER, "Run a command", font, look.text_weak);
    let at = pos2(place.right() - 12.0, middle);
    let small = theme::small(Weight::Regular);
    ui.painter().text(at, Align2::RIGHT_CENTER, "Ctrl K", small, look.text_weak);
    if response.has_focus() {
        let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        ui.painter().rect_stroke(place, corners, stroke, StrokeKind::Outside);
    }
    response.clicked()
}

/// A diamond with a path through it.
fn mark(ui: &mut Ui, look: &Look) {
    let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
    let stroke = Stroke::new(look.tokens.stroke.icon, look.accent);
    let (centre, reach) = (rect.center(), 10.5);
    let corners = [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]
        .map(|(x, y)| centre + vec2(x, y) * reach);
    ui.painter().add(egui::Shape::closed_line(corners.to_vec(), stroke));
    let path = [(-4.5, 3.0), (-1.5, 0.5), (1.0, 1.5), (4.5, -3.0)]
        .map(|(x, y)| centre + vec2(x, y))
        .to_vec();
    ui.painter().line(path, stroke);
    ui.painter().circle_filled(centre + vec2(-4.5, 3.0), 1.8, look.accent);
    ui.painter().circle_filled(centre + vec2(4.5, -3.0), 1.8, look.accent);
}

/// The thresholds, always in sight; a click explains them.
fn privacy_chip(ui: &mut Ui, state: &State) {
    let look = Look::of(ui);
    let reviewed = reviewed_policy(state);
    let policy = reviewed.unwrap_or(state.question.now().policy);
    let mut words = format!("k ≥ {} · rounded to {}", policy.k(), policy.b());
    if reviewed.is_some() {
        words = format!("The package: {words}");
    } else if let Some(shown) = &state.shown {
        let percent = shown.kept_by_name_percent.floor();
        words = format!("{words} · {percent:.0}{NARROW_SPACE}% by name");
    }
    let font = theme::body(Weight::Medium);
    let galley = ui.painter().layout_no_wrap(words.clone(), font, look.accent);
    let icon = look.tokens.control.icon_small;
    let size = vec2(galley.size().x + 2.0 * icon + 36.0, look.tokens.control.hit_min);
    let response = ui.allocate_response(size, Sense::click());
    let name = format!("What is protected: {words}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let rect = response.rect;
    let fill = if response.hovered() { look.tinted(look.selection, 0.04) } else { look.selection };
    let stroke = if response.has_focus() {
        Stroke::new(look.tokens.stroke.focus, look.focus_ring)
    } else {
        Stroke::NONE
    };
    ui.painter().rect(rect, rect.height() / 2.0, fill, stroke, StrokeKind::Outside);
    let glyph = |at, glyph: MaterialIcon, align| {
        let font = egui::FontId::new(icon, glyph.font_family());
        ui.painter().text(at, align, glyph.codepoint, font, look.accent);
    };
    let middle = rect.center().y;
    glyph(pos2(rect.left() + 12.0, middle), ICON_SHIELD, Align2::LEFT_CENTER);
    glyph(pos2(rect.right() - 10.0, middle), ICON_KEYBOARD_ARROW_DOWN, Align2::RIGHT_CENTER);
    let at = pos2(rect.left() + 20.0 + icon, middle - galley.size().y / 2.0);
    ui.painter().galley(at, galley, look.accent);
    Popup::from_toggle_button_response(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .gap(8.0)
        .width(340.0)
        .frame(Frame::popup(ui.style()).inner_margin(16))
        .show(|ui| promise_ui(ui, state));
}

/// What the package says it keeps to that is being looked at.
fn reviewed_policy(state: &State) -> Option<crate::views::Policy> {
    if let Some((_, shown)) = state.present.show.as_ref().filter(|_| state.place == Place::Present)
    {
        return Some(shown.opened.policy());
    }
    let package = state.review.received().filter(|_| state.place == Place::Review)?;
    Some(package.ready()?.opened.policy())
}

fn promise_ui(ui: &mut Ui, state: &State) {
    let reviewed = reviewed_policy(state);
    let policy = reviewed.unwrap_or(state.question.now().policy);
    ui.spacing_mut().item_spacing.y = 8.0;
    text::heading(ui, "What is protected");
    text::body(
        ui,
        format!(
            "Every count covers at least {} different people. Where fewer share a step, their step \
             is drawn as Other; nobody is left out.",
            policy.k()
        ),
    );
    text::body(
        ui,
        format!(
            "Every count is a multiple of {}. A count beside a name is a lower bound up to that \
             rounding, so it reads “about 680 or more”.",
            policy.b()
        ),
    );
    if let Some(shown) = state.shown.as_ref().filter(|_| reviewed.is_none()) {
        text::body(
            ui,
            format!(
                "{:.0}{NARROW_SPACE}% of all steps stand under their own name. This figure is for \
                 your eyes; a package tells it as a band of five.",
                shown.kept_by_name_percent.floor()
            ),
        );
    }
    text::small(
        ui,
        "Not promised: safety against what a reader knows from elsewhere, differential privacy, or \
         legal anonymity.",
    );
}

fn rail_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = 4.0;
    for place in state.role.places().iter().copied() {
        let icon = match place {
            Place::Data => ICON_DATABASE,
            Place::Protect => ICON_SHIELD,
            Place::Explore => ICON_SHUFFLE,
            Place::Present => ICON_MONITOR,
            Place::Release => ICON_IOS_SHARE,
            Place::Review => ICON_FACT_CHECK,
        };
        if rail_item(ui, place.name(), icon, state.place == place).clicked() {
            commands.push(Command::Go(place));
        }
    }
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        let look = Look::of(ui);
        let response = rail_item(ui, "Settings", ICON_SETTINGS, false);
        Popup::menu(&response).align(egui::RectAlign::RIGHT_END).width(240.0).show(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            Frame::new().inner_margin(Margin::symmetric(10, 6)).show(ui, |ui| {
                text::small_heading(ui, "Appearance");
            });
            for (choice, words) in [
                (ThemeChoice::System, "As the system"),
                (ThemeChoice::Light, "Light"),
                (ThemeChoice::Dark, "Dark"),
            ] {
                if menu_row(ui, words, state.settings.theme == choice, look).clicked() {
                    commands.push(Command::SetTheme(choice));
                    ui.close();
                }
            }
        });
    });
}

fn rail_item(ui: &mut Ui, name: &str, icon: MaterialIcon, chosen: bool) -> Response {
    let look = Look::of(ui);
    let [width, height] = look.tokens.control.rail_item;
    let response = ui.allocate_response(vec2(width, height), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, name));
    let rect = response.rect;
    if chosen {
        ui.painter().rect_filled(rect, look.corners_large(), look.selection);
    } else if response.hovered() {
        let tint = look.text_strong.gamma_multiply(0.04);
        ui.painter().rect_filled(rect, look.corners_large(), tint);
    }
    let ink = if chosen { look.accent } else { look.text_weak };
    let glyph = egui::FontId::new(look.tokens.control.icon, icon.font_family());
    let at = pos2(rect.center().x, rect.top() + 19.0);
    ui.painter().text(at, Align2::CENTER_CENTER, icon.codepoint, glyph, ink);
    let font = theme::small(if chosen { Weight::SemiBold } else { Weight::Regular });
    let at = pos2(rect.center().x, rect.top() + 41.0);
    ui.painter().text(at, Align2::CENTER_CENTER, name, font, ink);
    if response.has_focus() {
        let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        ui.painter().rect_stroke(rect, look.corners_large(), stroke, StrokeKind::Inside);
    }
    response
}

pub fn menu_row(ui: &mut Ui, words: &str, chosen: bool, look: &Look) -> Response {
    let size = vec2(ui.available_width(), look.tokens.control.row_dense + 4.0);
    let response = ui.allocate_response(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, chosen, words));
    let rect = response.rect;
    if response.hovered() || response.has_focus() || chosen {
        ui.painter().rect_filled(rect, look.corners_small(), look.selection);
    }
    let font = theme::body(if chosen { Weight::Medium } else { Weight::Regular });
    let at = pos2(rect.left() + 10.0, rect.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, words, font, look.text_strong);
    response
}

fn status_ui(ui: &mut Ui, state: &State, worker: &Worker, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let whole = ui.max_rect();
    ui.horizontal_centered(|ui| {
        text::small_cut(ui, status_words(state));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            let scale = (ui.ctx().zoom_factor() * 100.0).round();
            text::small_cut(ui, format!("{scale:.0}{NARROW_SPACE}%"));
            text::small_cut(ui, "Offline");
            if let Some(project) = &state.project {
                text::small_cut(ui, project.words());
            }
        });
    });
    let Some(activity) = worker.activity() else { return };
    if activity.since.elapsed().as_millis() < u128::from(look.tokens.motion.progress_after) {
        return;
    }
    let share = activity.progress.share();
    let words = if share > 0.0 {
        format!("{}, {:.0}{NARROW_SPACE}%", activity.name, (share * 100.0).floor())
    } else {
        activity.name
    };
    let middle = egui::Rect::from_center_size(whole.center(), vec2(460.0, whole.height()));
    ui.scope_builder(egui::UiBuilder::new().max_rect(middle), |ui| {
        ui.horizontal_centered(|ui| {
            progress_bar(ui, share, look);
            text::small_cut(ui, words);
            if icon_button(ui, ICON_CLOSE, "Stop", true).clicked() {
                commands.push(Command::CancelWork);
            }
        });
    });
}

fn progress_bar(ui: &mut Ui, share: f32, look: &Look) {
    let (rect, response) = ui.allocate_exact_size(vec2(96.0, 4.0), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, "Progress");
        info.value = Some(f64::from(share));
        info
    });
    ui.painter().rect_filled(rect, 2, look.line);
    let end = pos2(rect.left() + rect.width() * share, rect.bottom());
    ui.painter().rect_filled(egui::Rect::from_min_max(rect.min, end), 2, look.accent);
}

fn status_words(state: &State) -> String {
    if state.place == Place::Review {
        return match state.review.packages.len() {
            0 => "No package is open".to_owned(),
            1 => "1 package is open".to_owned(),
            several => format!("{several} packages are open"),
        };
    }
    if let Some((path, _)) = state.present.show.as_ref().filter(|_| state.place == Place::Present) {
        let name = super::worker::file_names(std::slice::from_ref(path));
        return format!("Measured cells follow {name}");
    }
    if let Some(board) = state.board().filter(|_| state.place == Place::Present) {
        let count = |many: usize, one: &str| match many {
            1 => format!("1 {one}"),
            many => format!("{} {one}s", number(many as u64)),
        };
        let [stages, lanes, cards] = [board.stages.len(), board.lanes.len(), board.cards.len()];
        return [count(stages, "stage"), count(lanes, "lane"), count(cards, "card")].join(" · ");
    }
    let Some(source) = &state.source else { return "Nothing is open".to_owned() };
    let name = state.source_name();
    match (&state.shown, &source.imported) {
        (Some(shown), _) => {
            format!("{} · {name}", crate::draw::words::everybody(shown.view.view()))
        }
        (None, Some(imported)) => {
            format!("{} rows read · {name}", number(imported.quality.rows_read))
        }
        (None, None) => name,
    }
}

/// What has to be told across the whole screen, at the top of it.
pub fn notice_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(notice) = &state.notice else { return };
    widgets::stripe(ui, Tone::Warning, &notice.what, &notice.then, |ui| {
        if Button::new("Close this message").small().ui(ui).clicked() {
            commands.push(Command::Dismiss);
        }
    });
    ui.add_space(16.0);
}

/// Paper for a view.
pub fn paper(look: &Look) -> Frame {
    Frame::new()
        .fill(look.surface)
        .inner_margin(Margin::ZERO)
        .stroke(Stroke::new(0.0, Color32::TRANSPARENT))
}
