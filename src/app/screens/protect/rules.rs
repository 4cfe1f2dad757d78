//! The label rules in their order, and the editor of one of them. What it would catch is shown while
//! it is written.

use egui::{
    Align, Event, Key, Layout, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::{
    ICON_ADD, ICON_ARROW_DOWNWARD, ICON_ARROW_UPWARD, ICON_CLOSE, ICON_DRAG_INDICATOR,
};

use super::draft::Draft;
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{
    Button, card, cell, divider, field, icon_button, line, plain_tag, segmented, text,
};
use crate::draw::text::number;
use crate::views::{Matching, Rule, RuleKind};

/// The widths of a row's first cells, and of its last.
const HANDLE: f32 = 24.0;
const KIND: f32 = 84.0;
const PEOPLE: f32 = 64.0;
/// The rows that are seen at once; the others are scrolled to.
const HEIGHT: f32 = 12.0 * 37.0;

#[derive(Default)]
pub struct RuleList {
    /// The rule that is looked at.
    selected: Option<usize>,
    draft: Option<Draft>,
    /// The editor was just opened: its first field takes the keyboard.
    focus: bool,
}

impl RuleList {
    /// The rule whose catch is shown: the one that is written, or the one that is looked at.
    pub fn looked_at(&self) -> Option<usize> {
        self.draft.as_ref().map(|draft| draft.at).or(self.selected)
    }

    /// The rule that is written.
    pub fn draft(&self) -> Option<&Draft> {
        self.draft.as_ref()
    }

    /// Opens a rule that is there.
    pub fn edit(&mut self, at: usize, rules: &[Rule]) {
        if let Some(rule) = rules.get(at) {
            self.selected = Some(at);
            self.open(Draft::of(at, rule, false));
        }
    }

    /// Opens a rule that is not there yet.
    pub fn propose(&mut self, at: usize, rule: &Rule) {
        self.open(Draft::of(at, rule, true));
    }

    /// Opens the rule that gives labels this name, or a new one for the label that is called so.
    pub fn write_for(&mut self, label: &str, rules: &[Rule]) {
        if let Some(at) = rules.iter().position(|rule| rule.label.as_deref() == Some(label)) {
            self.edit(at, rules);
        } else {
            let rule = Rule::merge(&[label], "").with(Matching::Exact);
            self.propose(rules.len(), &rule);
        }
    }

    fn open(&mut self, draft: Draft) {
        self.draft = Some(draft);
        self.focus = true;
    }

    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let before = self.draft.clone();
        let held = &state.question.now().rules;
        self.selected = self.selected.filter(|at| *at < held.rules.len());
        if self.draft.as_ref().is_some_and(|draft| {
            let last = held.rules.len();
            draft.at > last || (!draft.is_new && draft.at == last)
        }) {
            // What it was about was undone.
            self.draft = None;
        }
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            self.head_ui(ui, held.rules.len());
            ui.add_space(8.0);
            if held.rules.is_empty() && self.draft.is_none() {
                divider(ui, 16.0);
                ui.add_space(12.0);
                let words = "No rule yet: every step is called as in the file. Rules give steps \
                             better names, put several together, or leave some out.";
                text::body(ui, words);
            } else {
                self.table_ui(ui, state, commands);
            }
            if let Some(draft) = self.draft.as_ref().filter(|draft| draft.is_new) {
                let at = draft.at;
                divider(ui, 16.0);
                self.editor_ui(ui, state, at, commands);
            }
            if !held.rules.is_empty() {
                divider(ui, 16.0);
                ui.add_space(8.0);
                let words = "The first rule that catches a label decides. People are counted once a \
                             rule, rounded; a dash says nothing about how many.";
                text::small(ui, words);
            }
        });
        if self.draft != before {
            // Whoever changes a rule sees what it would do.
            let trial = self.draft.as_ref().filter(|draft| draft.problem(held).is_none());
            commands.push(Command::TryRules(trial.map(|draft| draft.among(held))));
        }
    }

    fn head_ui(&mut self, ui: &mut Ui, rules: usize) {
        ui.horizontal(|ui| {
            text::heading(ui, "Label rules");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                let add = Button::new("Rule").small().icon(ICON_ADD).named("Add a rule");
                if add.enabled(self.draft.is_none()).ui(ui).clicked() && self.draft.is_none() {
                    self.selected = None;
                    self.open(Draft::empty(rules));
                }
                text::small_cut(ui, "in this order");
            });
        });
    }

    fn table_ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let rules = &state.question.now().rules.rules;
        let widths = widths(ui);
        if rules.is_empty() {
            return;
        }
        // As far in as the rows, which are in a list of their own.
        let reach = egui::Margin::symmetric(16, 0);
        egui::Frame::new().inner_margin(reach).show(ui, |ui| {
            line(ui, 24.0, |ui| {
                for (words, width) in ["", "Kind", "Catches", "Becomes"].into_iter().zip(widths) {
                    cell(ui, width, |ui| drop(text::small_heading(ui, words)));
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    text::small_heading(ui, "People");
                });
            });
        });
        let mut dropped = None;
        // The card keeps its height, so that what a rule catches stays in sight below.
        ScrollArea::vertical().id_salt("rules").max_height(HEIGHT).content_margin(reach).show(
            ui,
            |ui| {
                ui.take_available_width();
                let top = ui.cursor().top();
                for (at, rule) in rules.iter().enumerate() {
                    divider(ui, 16.0);
                    if let Some(to) = self.row_ui(ui, state, at, rule, widths, top, commands) {
                        dropped = Some((at, to.min(rules.len() - 1)));
                    }
                    if self.draft.as_ref().is_some_and(|draft| !draft.is_new && draft.at == at) {
                        self.editor_ui(ui, state, at, commands);
                    } else if self.selected == Some(at) && self.draft.is_none() {
                        self.actions_ui(ui, at, rules, commands);
                    }
                }
            },
        );
        if let Some((from, to)) = dropped {
            self.shift(from, to, commands);
        }
    }

    fn shift(&mut self, from: usize, to: usize, commands: &mut Vec<Command>) {
        if from != to {
            self.selected = Some(to);
            commands.push(Command::MoveRule(from, to));
        }
    }

    /// Gives the place where the rule was dropped.
    #[expect(clippy::too_many_arguments, reason = "a row of a table")]
    fn row_ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        at: usize,
        rule: &Rule,
        widths: [f32; 4],
        top: f32,
        commands: &mut Vec<Command>,
    ) -> Option<usize> {
        let look = Look::of(ui);
        let height = look.tokens.control.row;
        let caught = state.labels.as_ref().and_then(|labels| {
            labels.report.as_ref().ok().and_then(|report| report.preview.rules.get(at).copied())
        });
        let people = caught.and_then(|caught| caught.people);
        let rect = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height));
        let row = ui.interact(rect, ui.scope_id().with(("rule", at)), Sense::click());
        let on = self.looked_at() == Some(at);
        row.widget_info(|| WidgetInfo::selected(Role::Row, true, on, row_words(at, rule, people)));
        let wide = rect.expand2(vec2(16.0, 0.0));
        if on {
            ui.painter().rect_filled(wide, 0, look.selection);
            let edge = wide.with_max_x(wide.left() + look.tokens.stroke.selected);
            ui.painter().rect_filled(edge, 0, look.accent);
        } else if row.hovered() {
            ui.painter().rect_filled(wide, 0, look.text_strong.gamma_multiply(0.04));
        }
        if row.has_focus() {
            let stroke = egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring);
            ui.painter().rect_stroke(wide, 0, stroke, egui::StrokeKind::Inside);
        }
        let mut target = None;
        line(ui, height, |ui| {
            cell(ui, widths[0], |ui| {
                let name = format!("Drag rule {}", at + 1);
                let (spot, handle) = ui.allocate_exact_size(vec2(16.0, 28.0), Sense::drag());
                handle.widget_info(|| WidgetInfo::labeled(Role::Unknown, true, &name));
                let font = egui::FontId::new(16.0, ICON_DRAG_INDICATOR.font_family());
                let ink = if handle.hovered() { look.text } else { look.line_strong };
                let glyph = ICON_DRAG_INDICATOR.codepoint;
                let middle = egui::Align2::CENTER_CENTER;
                ui.painter().text(spot.center(), middle, glyph, font, ink);
                let handle = handle.on_hover_cursor(egui::CursorIcon::Grab);
                if let Some(pointer) = handle.interact_pointer_pos() {
                    let step = height + 1.0;
                    let to = ((pointer.y - top) / step).floor().max(0.0) as usize;
                    if handle.drag_stopped() {
                        target = Some(to);
                    } else if handle.dragged() {
                        let last = state.question.now().rules.rules.len() - 1;
                        let to = to.min(last);
                        let below = usize::from(to > at);
                        let y = top + (to + below) as f32 * step;
                        let mark = egui::Stroke::new(look.tokens.stroke.selected, look.accent);
                        ui.ctx().layer_painter(ui.layer_id()).hline(wide.x_range(), y, mark);
                    }
                }
            });
            cell(ui, widths[1], |ui| plain_tag(ui, kind_words(rule), KIND - 16.0));
            cell(ui, widths[2], |ui| {
                let patterns = rule.patterns().collect::<Vec<_>>().join(", ");
                text::mono_strong(ui, &patterns).on_hover_text(&patterns);
            });
            cell(ui, widths[3], |ui| match &rule.label {
                Some(label) => drop(text::emphasis(ui, label).on_hover_text(label)),
                None => drop(text::weak(ui, "left out")),
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let words = people.map_or_else(|| "—".to_owned(), number);
                text::small_in(ui, words, look.text);
            });
        });
        if row.clicked() {
            self.draft = None;
            self.selected = (!on).then_some(at);
            commands.push(Command::TryRules(None));
        }
        if row.double_clicked() {
            self.edit(at, &state.question.now().rules.rules);
        }
        if row.has_focus() && self.draft.is_none() {
            self.keys(ui, at, &state.question.now().rules.rules, commands);
        }
        target
    }

    /// Enter opens a rule, Delete takes it away, Alt with an arrow moves it.
    fn keys(&mut self, ui: &Ui, at: usize, rules: &[Rule], commands: &mut Vec<Command>) {
        let pressed = |wanted: Key, alt: bool| {
            ui.input(|input| {
                input.events.iter().any(|event| {
                    matches!(event, Event::Key { key, pressed: true, modifiers, .. }
                        if *key == wanted && modifiers.alt == alt)
                })
            })
        };
        if pressed(Key::Delete, false) {
            self.selected = None;
            commands.push(Command::RemoveRule(at));
        } else if pressed(Key::Enter, false) {
            self.edit(at, rules);
        } else if pressed(Key::ArrowUp, true) && at > 0 {
            self.shift(at, at - 1, commands);
        } else if pressed(Key::ArrowDown, true) && at + 1 < rules.len() {
            self.shift(at, at + 1, commands);
        }
    }

    fn actions_ui(&mut self, ui: &mut Ui, at: usize, rules: &[Rule], commands: &mut Vec<Command>) {
        let look = Look::of(ui);
        let height = 36.0;
        let rect = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height));
        let wide = rect.expand2(vec2(16.0, 0.0));
        ui.painter().rect_filled(wide, 0, look.selection);
        let edge = wide.with_max_x(wide.left() + look.tokens.stroke.selected);
        ui.painter().rect_filled(edge, 0, look.accent);
        line(ui, height, |ui| {
            ui.add_space(HANDLE);
            ui.spacing_mut().item_spacing.x = 8.0;
            if Button::new("Change")
                .small()
                .named(format!("Change rule {}", at + 1))
                .ui(ui)
                .clicked()
            {
                self.edit(at, rules);
            }
            if Button::new("Remove")
                .small()
                .named(format!("Remove rule {}", at + 1))
                .ui(ui)
                .clicked()
            {
                self.selected = None;
                commands.push(Command::RemoveRule(at));
            }
            ui.spacing_mut().item_spacing.x = 0.0;
            let up = format!("Move rule {} up", at + 1);
            if icon_button(ui, ICON_ARROW_UPWARD, &up, at > 0).clicked() && at > 0 {
                self.shift(at, at - 1, commands);
            }
            let down = format!("Move rule {} down", at + 1);
            let is_last = at + 1 == rules.len();
            if icon_button(ui, ICON_ARROW_DOWNWARD, &down, !is_last).clicked() && !is_last {
                self.shift(at, at + 1, commands);
            }
        });
    }

    fn editor_ui(&mut self, ui: &mut Ui, state: &State, at: usize, commands: &mut Vec<Command>) {
        let Some(draft) = &mut self.draft else { return };
        let look = Look::of(ui);
        let ground = ui.painter().add(egui::Shape::Noop);
        let from = ui.cursor().min;
        ui.add_space(12.0);
        ui.spacing_mut().item_spacing.y = 8.0;
        let is_masked = matches!(draft.matching, Matching::Shape(_));
        ui.horizontal_wrapped(|ui| {
            let kinds = [(false, "Gives a name"), (true, "Leaves out")];
            if let Some(hides) = segmented(ui, "What the rule does", &kinds, draft.hides) {
                draft.hides = hides;
            }
            if !is_masked {
                let ways = [
                    (Matching::Wildcard, "* is anything"),
                    (Matching::Exact, "Exactly"),
                    (Matching::Regex, "Regex"),
                ];
                if let Some(way) = segmented(ui, "How patterns are read", &ways, draft.matching) {
                    draft.matching = way;
                }
            }
        });
        if is_masked {
            let words = "It catches what looks like this and personal, and nothing else.";
            text::small(ui, words);
            text::mono(ui, draft.patterns.join(", "));
        } else {
            patterns_ui(ui, draft, std::mem::take(&mut self.focus));
        }
        if !draft.hides {
            ui.horizontal(|ui| {
                cell_words(ui, "Becomes");
                let width = ui.available_width() - 20.0;
                field(ui, "New name", &mut draft.label, "Product", width);
            });
        }
        let problem = draft.problem(&state.question.now().rules);
        if let Some(problem) = &problem {
            let is_empty = draft.patterns.iter().all(String::is_empty);
            let ink = if is_empty { look.text_weak } else { look.warning };
            text::small_in(ui, problem, ink);
        }
        let entered = ui.input(|input| input.key_pressed(Key::Enter));
        let mut over = false;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let words = if draft.is_new { "Add the rule" } else { "Change the rule" };
            let ready = problem.is_none();
            let take = Button::new(words).small().filled().enabled(ready).ui(ui);
            if (take.clicked() || entered) && ready {
                commands.push(if draft.is_new {
                    Command::InsertRule(at, draft.rule())
                } else {
                    Command::ChangeRule(at, draft.rule())
                });
                self.selected = Some(at);
                over = true;
            }
            over |= Button::new("Cancel").small().ui(ui).clicked();
        });
        if over {
            self.draft = None;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(12.0);
        let area = Rect::from_min_max(from, pos2(ui.max_rect().right(), ui.cursor().top()));
        let area = area.expand2(vec2(16.0, 0.0));
        let fill = look.tinted(look.selection, 0.0);
        let ink = egui::epaint::RectShape::filled(area, 0, fill);
        ui.painter().set(ground, ink);
        let edge = area.with_max_x(area.left() + look.tokens.stroke.selected);
        ui.painter().rect_filled(edge, 0, look.accent);
    }
}

/// One field a pattern, and a way to further ones.
fn patterns_ui(ui: &mut Ui, draft: &mut Draft, focus: bool) {
    let hint = if draft.matching == Matching::Regex { "^order/\\d+$" } else { "product_*" };
    let mut gone = None;
    let many = draft.patterns.len();
    for (number, pattern) in draft.patterns.iter_mut().enumerate() {
        ui.horizontal(|ui| {
            cell_words(ui, if number == 0 { "Catches" } else { "or" });
            let room = if many > 1 { 56.0 } else { 20.0 };
            let name = if number == 0 {
                "Labels it catches".to_owned()
            } else {
                format!("Labels it catches, {}", number + 1)
            };
            let width = ui.available_width() - room;
            let typed = field(ui, &name, pattern, hint, width);
            if focus && number == 0 {
                typed.request_focus();
            }
            let name = format!("Take pattern {} away", number + 1);
            if many > 1 && icon_button(ui, ICON_CLOSE, &name, true).clicked() {
                gone = Some(number);
            }
        });
    }
    if let Some(number) = gone {
        draft.patterns.remove(number);
    }
    ui.horizontal(|ui| {
        cell_words(ui, "");
        if Button::new("Another pattern").small().icon(ICON_ADD).ui(ui).clicked() {
            draft.patterns.push(String::new());
        }
    });
}

fn cell_words(ui: &mut Ui, words: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(64.0, 32.0), Sense::hover());
    let layout = Layout::left_to_right(Align::Center);
    text::small(&mut ui.new_child(UiBuilder::new().max_rect(rect).layout(layout)), words);
}

fn widths(ui: &Ui) -> [f32; 4] {
    // Rows stand as far in as the card's text, on both sides.
    let rest = ui.available_width() - 2.0 * 16.0 - HANDLE - KIND - PEOPLE;
    [HANDLE, KIND, (rest * 0.56).floor(), (rest * 0.44).floor()]
}

/// What kind of rule it is, in a word.
pub fn kind_words(rule: &Rule) -> &'static str {
    match (rule.kind, rule.matching) {
        (RuleKind::Hide, _) => "Hide",
        (_, Matching::Shape(_)) => "Mask",
        (_, Matching::Regex) => "Regex",
        _ if !rule.also.is_empty() => "Merge",
        (_, Matching::Wildcard) if rule.pattern.contains('*') => "Wildcard",
        _ => "Rename",
    }
}

fn row_words(at: usize, rule: &Rule, people: Option<u64>) -> String {
    let patterns = rule.patterns().collect::<Vec<_>>().join(", ");
    let becomes = match &rule.label {
        Some(label) => format!("becomes {label}"),
        None => "is left out".to_owned(),
    };
    let people = people.map_or_else(
        || "too few people to tell, or none".to_owned(),
        |people| format!("about {} people", number(people)),
    );
    format!("Rule {}, {}: {patterns} {becomes}, {people}", at + 1, kind_words(rule))
}
