//! Everything that can be done, found by its name.
//!
//! The entries are the same [`Command`]s that menus, shortcuts and tests use; here they have words.

use egui::{Align, Frame, Key, Layout, Modal, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};

use super::command::{Command, Form, Place, shortcuts};
use super::screens;
use super::screens::REVIEW_TABS;
use super::state::{Asked, FileFor, Panel, Presenting, Reviewing, State, Timing};
use super::theme::Look;
use super::widgets::{field, text};
use super::worker::Output;
use crate::board::{Edit, Template};
use crate::project::ThemeChoice;
use crate::views::{Anchor, Kind, Policy, Side, TimeGrain, Unit};

/// What is being typed, while the palette is open.
#[derive(Default)]
pub struct Palette {
    open: bool,
    typed: String,
    /// The entry that Enter takes, counted from the best.
    at: usize,
    asked: bool,
}

/// How many entries are seen at once.
const SEEN: usize = 9;
const ROW: f32 = 32.0;

impl Palette {
    pub fn open(&mut self) {
        *self = Self { open: true, asked: true, ..Self::default() };
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        if !self.open {
            return;
        }
        let look = Look::of(ui);
        let mut entries = best(all(state), &self.typed);
        self.at = self.at.min(entries.len().saturating_sub(1));
        ui.input_mut(|input| {
            if input.consume_key(egui::Modifiers::NONE, Key::ArrowDown) {
                self.at = (self.at + 1).min(entries.len().saturating_sub(1));
            }
            if input.consume_key(egui::Modifiers::NONE, Key::ArrowUp) {
                self.at = self.at.saturating_sub(1);
            }
        });
        let mut taken = None;
        let modal = Modal::new(egui::Id::unique("palette"))
            .frame(Frame::popup(ui.style()).inner_margin(12))
            .show(ui.ctx(), |ui| {
                ui.set_width(520.0);
                ui.spacing_mut().item_spacing.y = 8.0;
                let hint = "What do you want to do?";
                let typed = field(ui, "Run a command", &mut self.typed, hint, 520.0);
                if std::mem::take(&mut self.asked) {
                    typed.request_focus();
                }
                if typed.changed() {
                    // Enter may come in the same frame, and means what was typed before it.
                    self.at = 0;
                    entries = best(all(state), &self.typed);
                }
                let entered = typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if entered {
                    taken = entries.get(self.at).map(|entry| entry.1.clone());
                }
                if entries.is_empty() {
                    text::small(ui, "Nothing is called like this.");
                }
                let height = ROW * SEEN.min(entries.len()) as f32;
                ScrollArea::vertical().max_height(height).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for (at, (words, command)) in entries.iter().enumerate() {
                        if row_ui(ui, words, command, at == self.at, look) {
                            taken = Some(command.clone());
                        }
                    }
                });
            });
        if taken.is_some() || modal.should_close() {
            self.open = false;
        }
        commands.extend(taken);
    }
}

fn row_ui(ui: &mut Ui, words: &str, command: &Command, on: bool, look: &Look) -> bool {
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, on, words));
    if on || response.hovered() {
        ui.painter().rect_filled(rect, look.corners_small(), look.selection);
    }
    if on {
        response.scroll_to_me(None);
    }
    let layout = Layout::left_to_right(Align::Center);
    let inside = rect.shrink2(vec2(10.0, 0.0));
    let mut row = ui.new_child(egui::UiBuilder::new().max_rect(inside).layout(layout));
    row.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let keys = shortcuts().into_iter().find(|(_, other)| other == command);
        if let Some((keys, _)) = keys {
            text::small(ui, ui.ctx().format_shortcut(&keys));
        }
        ui.with_layout(layout, |ui| text::body_cut(ui, words));
    });
    response.clicked()
}

/// Those that the typed letters are in, the nearest first; all of them where nothing is typed.
fn best(entries: Vec<(String, Command)>, typed: &str) -> Vec<(String, Command)> {
    if typed.trim().is_empty() {
        return entries;
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut letters = Vec::new();
    let mut scored: Vec<(u32, (String, Command))> = entries
        .into_iter()
        .filter_map(|entry| {
            let words = nucleo_matcher::Utf32Str::new(&entry.0, &mut letters);
            Some((pattern.score(words, &mut matcher)?, entry))
        })
        .collect();
    // What was typed to the end comes first; equal ones stay in their order.
    let whole = typed.trim().to_lowercase();
    scored.sort_by_key(|(score, (words, _))| (words.to_lowercase() != whole, u32::MAX - score));
    scored.into_iter().map(|(_, entry)| entry).collect()
}

/// What can be done now.
fn all(state: &State) -> Vec<(String, Command)> {
    let mut entries = of_analysts(state);
    entries.retain(|(_, command)| state.role.may(command));
    entries
}

fn of_analysts(state: &State) -> Vec<(String, Command)> {
    let mut entries: Vec<(String, Command)> = Vec::new();
    let mut add = |words: &str, command: Command| entries.push((words.to_owned(), command));
    for place in state.role.places().iter().copied() {
        add(&format!("Go to {}", place.name()), Command::Go(place));
    }
    add("Open a file", Command::ChooseFile);
    add("Open the sample", Command::OpenSample);
    add("New project", Command::NewProject);
    add("Open a project", Command::OpenProject);
    if state.project.is_some() {
        add("Save the project", Command::SaveProject);
        add("Show the history", Command::ShowHistory(true));
        add("Erase people from the project", Command::EraseFromProject);
        add("Change the passphrase of the project", Command::ChangePassphrase);
        add("Read other files in this project", Command::FindFiles);
    }
    add("Open a package", Command::Review(Reviewing::Choose(Asked::Packages)));
    add("Add a public key", Command::Review(Reviewing::Choose(Asked::PublicKey)));
    if state.place == Place::Review && state.review.received().is_some() {
        for (tab, words) in REVIEW_TABS {
            add(&format!("Review: {words}"), Command::Review(Reviewing::Look(tab)));
        }
        add("Attack again", Command::Review(Reviewing::AskAttack(true)));
    }
    for (words, presenting) in at_the_board(state) {
        add(&words, presenting.into());
    }
    if let Some(source) = &state.source {
        if source.is_ready(state.question.now()) {
            add("Import what is open", Command::Import);
        }
        add("Close what is open", Command::CloseData);
    }
    if state.question.can_undo() {
        add("Undo", Command::Undo);
    }
    if state.question.can_redo() {
        add("Redo", Command::Redo);
    }
    if state.is_open() {
        for (kind, name) in [
            (Kind::Flow, "flow"),
            (Kind::Map, "map"),
            (Kind::Paths, "paths"),
            (Kind::Funnel, "funnel"),
            (Kind::Timing, "timing"),
            (Kind::Trend, "trend"),
        ] {
            add(&format!("Show the {name}"), Command::SetKind(kind));
        }
        add("Show the table", Command::ShowTable(true));
        add("Show the picture", Command::ShowTable(false));
        if state.shown.is_some() {
            add("Add to the release", Command::AddToRelease);
            add("Copy the picture", Command::CopyPicture);
            for form in Form::ALL {
                add(&format!("Save the view: {}", form.name()), Command::Export(form));
            }
        }
        add("Change the columns", Command::EditColumns);
        add("Count people", Command::SetUnit(Unit::People));
        add("Count sessions", Command::SetUnit(Unit::Sessions));
        for (side, words) in [(Side::Start, "start"), (Side::End, "end")] {
            let label = state.question.now().spec.anchor.label.clone();
            let anchor = Anchor { side, label, until: None };
            add(&format!("Steps from the {words}"), Command::SetAnchor(anchor));
        }
        let (words, command) = screens::more_names(state.question.now().spec.top);
        add(&words, command);
        add("Show everybody again", Command::ClearAnchor);
        let question = state.question.now();
        add("Collapse repeats", Command::SetCollapse(!question.collapse));
        add("Draw drop-off", Command::SetDropOff(!question.drop_off));
        for name in state.names().iter().take(30) {
            add(&format!("Start at {name}"), Command::StartAt(name.clone()));
            add(&format!("End at {name}"), Command::EndAt(name.clone()));
            add(&format!("Hide {name}"), Command::Hide(name.clone()));
        }
        for label in &question.hide {
            add(&format!("Show {label} again"), Command::Show(label.clone()));
        }
    }
    for (k, _) in Policy::LISTED {
        add(&format!("At least {k} people"), Command::SetThreshold(k));
    }
    for (grain, words) in [
        (TimeGrain::None, "Use times as in the file"),
        (TimeGrain::Hour, "Use times to the hour"),
        (TimeGrain::Day, "Use times to the day"),
        (TimeGrain::Order, "Use times for the order alone"),
    ] {
        add(words, Command::SetTimeGrain(grain));
    }
    add("Use a policy of the organisation", Command::ChoosePolicy);
    if state.bound.can_be_left() {
        add("Do without the policy", Command::LeavePolicy);
    }
    add("Why is this not here?", Command::Ask(true));
    for (theme, words) in [
        (ThemeChoice::System, "Look as the system does"),
        (ThemeChoice::Light, "Light"),
        (ThemeChoice::Dark, "Dark"),
    ] {
        add(words, Command::SetTheme(theme));
    }
    add("Full screen", Command::FullScreen);
    add("Quit", Command::Quit);
    entries
}

/// What can be done with boards.
fn at_the_board(state: &State) -> Vec<(String, Presenting)> {
    let mut entries: Vec<(String, Presenting)> = Template::ALL
        .into_iter()
        .map(|template| {
            let words = format!("New board: {}", template.name());
            (words, Presenting::Edit(Edit::NewBoard(template)))
        })
        .collect();
    let mut add = |words: &str, presenting| entries.push((words.to_owned(), presenting));
    if state.has_steps() {
        add("Make a board of the steps on the screen", Presenting::BoardOfShown);
    }
    add("Open a presenter file", Presenting::Ask(FileFor::Open));
    add("Open a Mermaid journey", Presenting::Ask(FileFor::Mermaid));
    let Some(board) = state.board() else { return entries };
    add("Present", Presenting::Begin(None));
    add("Save a presenter file", Presenting::Ask(FileFor::Show));
    add("How the board ought to be, below it", Presenting::Edit(Edit::ToBe(board.id)));
    for panel in [Panel::Card, Panel::Slides, Panel::Group] {
        let words = format!("Board: {}", panel.name().to_lowercase());
        add(&words, Presenting::OpenPanel(Some(panel)));
    }
    add("Start the time", Presenting::Time(Timing::Start));
    for output in Output::ALL {
        let words = format!("Save the board: {}", output.name());
        add(&words, Presenting::Ask(FileFor::Paper(output)));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::best;
    use crate::app::command::{Command, Place};

    #[test]
    fn what_is_typed_finds_what_is_meant() {
        let entries = || {
            vec![
                ("Go to Data".to_owned(), Command::Go(Place::Data)),
                ("Show the map".to_owned(), Command::Undo),
                ("Hide Compare".to_owned(), Command::Redo),
                ("Go to Present".to_owned(), Command::Go(Place::Present)),
                ("Present".to_owned(), Command::Quit),
            ]
        };
        let first = |typed: &str| best(entries(), typed).first().map(|entry| entry.0.clone());
        assert_eq!(best(entries(), " ").len(), 5);
        assert_eq!(first("map").as_deref(), Some("Show the map"));
        assert_eq!(first("present").as_deref(), Some("Present"));
        assert_eq!(first("hdcmp").as_deref(), Some("Hide Compare"));
        assert_eq!(first("zzz"), None);
    }
}
