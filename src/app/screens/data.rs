//! What the files look like, which column is which, and what the import found. Shapes and line
//! numbers, never a value.

use egui::{Align, Frame, Layout, Margin, ScrollArea, Ui};
use egui_material_icons::icons::{ICON_ADD, ICON_CHECK, ICON_CLOSE};

use crate::app::command::{Command, Place};
use crate::app::shell;
use crate::app::state::{ROLES, Source, State};
use crate::app::theme::Look;
use crate::app::widgets::{
    Button, Column, Tone, beside, card, card_head, cell, choice, divider, field, icon_button, line,
    segmented, stripe, tag, text,
};
use crate::app::worker::Imported;
use crate::draw::text::number;
use crate::views::{
    ColumnProfile, DateOrder, LabelFinding, PiiKind, Question, RefusalReason, Role, Rule,
};

/// What is being typed.
#[derive(Default)]
pub struct Data {
    timezone: String,
    pattern: String,
    label: String,
}

/// The width of the right column.
const RIGHT: f32 = 392.0;
/// A page narrower than this has one column.
const NARROW: f32 = 860.0;
/// How many line numbers of refused rows are written out.
const LINES: usize = 6;

impl Data {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let Some(source) = &state.source else { return };
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin::same(24)).show(ui, |ui| {
                ui.take_available_width();
                shell::notice_ui(ui, state, commands);
                head_ui(ui, source, commands);
                if let Some(error) = &source.error {
                    error_ui(ui, source, error, commands);
                }
                let Some(inspection) = &source.inspection else {
                    if source.working {
                        text::body(ui, "Looking at the beginning of the file …");
                    }
                    return;
                };
                let room = ui.available_width();
                let beside_each_other = room >= NARROW;
                let imported = source.imported.as_deref().filter(|_| !source.editing);
                let right =
                    |data: &mut Self, ui: &mut Ui, commands: &mut Vec<Command>| match imported {
                        Some(imported) => data.report_ui(ui, state, imported, commands),
                        None => data.reading_ui(ui, source, commands),
                    };
                if beside_each_other {
                    beside(ui, room - RIGHT - 24.0, 24.0, |ui, column| match column {
                        Column::Left => columns_ui(ui, source, &inspection.columns, commands),
                        Column::Right => right(self, ui, commands),
                    });
                } else {
                    right(self, ui, commands);
                    ui.add_space(16.0);
                    columns_ui(ui, source, &inspection.columns, commands);
                }
            });
        });
    }

    /// What has to be said before the file can be read.
    fn reading_ui(&mut self, ui: &mut Ui, source: &Source, commands: &mut Vec<Command>) {
        let questions = source.inspection.as_ref().map_or(&[][..], |i| &i.questions);
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            text::heading(ui, "How to read it");
            for question in questions {
                if let Question::DateOrder { column } = question {
                    date_order_ui(ui, source, column, commands);
                }
            }
            if source.column(Role::Time).is_some() {
                row(ui, "Time zone", |ui| {
                    let typed = field(ui, "Time zone", &mut self.timezone, "UTC", 180.0);
                    if typed.changed() {
                        commands.push(Command::SetTimezone(self.timezone.clone()));
                    }
                });
                text::small(
                    ui,
                    "For times that do not say their own zone: a name such as Europe/Berlin.",
                );
            } else {
                text::small(ui, "Without a time, events keep the order of the file.");
            }
            divider(ui, 16.0);
            let missing = source.missing();
            let unanswered = (source.plan.date_order.is_none()
                && questions.iter().any(|q| {
                    matches!(q, Question::DateOrder { column }
                        if source.column(Role::Time) == Some(column))
                }))
            .then_some("Say whether the day or the month comes first.");
            let blocked = missing.or(unanswered);
            let width = ui.available_width();
            let ready = blocked.is_none() && !source.working;
            let words = if source.working { "Reading …" } else { "Import" };
            let import = Button::new(words).filled().large().width(width).enabled(ready);
            if import.ui(ui).clicked() && ready {
                commands.push(Command::Import);
            }
            match blocked {
                Some(why) => {
                    let look = Look::of(ui);
                    text::small_in(ui, why, look.warning);
                }
                None => {
                    text::small(ui, "Only these columns are read; the file stays as it is.");
                }
            }
        });
    }

    /// What the import did.
    fn report_ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        imported: &Imported,
        commands: &mut Vec<Command>,
    ) {
        quality_ui(ui, imported, commands);
        ui.add_space(16.0);
        self.findings_ui(ui, state, commands);
        ui.add_space(16.0);
        self.rules_ui(ui, state, commands);
    }

    fn findings_ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            if state.findings.is_empty() {
                card_head(ui, "Personal data in labels", "none found");
                text::small(ui, "No step looks like an address, a number or a name of a person.");
                return;
            }
            ui.horizontal(|ui| {
                text::heading(ui, "Personal data in labels");
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    tag(ui, Tone::Warning, &format!("{} to settle", state.findings.len()));
                });
            });
            text::small(
                ui,
                "These steps are drawn as Other. To show them, give all labels of a shape one \
                 harmless name; to leave them out, hide them.",
            );
            for finding in state.findings.iter().take(8) {
                divider(ui, 16.0);
                self.finding_ui(ui, finding, commands);
            }
            if state.findings.len() > 8 {
                text::small(ui, format!("{} more shapes", state.findings.len() - 8));
            }
        });
    }

    fn finding_ui(&mut self, ui: &mut Ui, finding: &LabelFinding, commands: &mut Vec<Command>) {
        ui.horizontal(|ui| {
            tag(ui, Tone::Danger, kind_words(finding.kind));
            text::mono(ui, &finding.shape);
        });
        let labels = finding.labels;
        ui.horizontal(|ui| {
            let many =
                if labels == 1 { "one label".to_owned() } else { format!("{labels} labels") };
            text::small(ui, many);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let pattern = pattern_of(&finding.shape);
                let usable = pattern.chars().any(|c| c != '*');
                let name = format!("Write a rule for {}", finding.shape);
                let write = Button::new("Write a rule").small().named(name).enabled(usable);
                if write.ui(ui).clicked() {
                    self.pattern.clone_from(&pattern);
                }
                let name = format!("Hide steps like {}", finding.shape);
                let hide = Button::new("Hide the step").small().named(name).enabled(usable);
                if hide.ui(ui).clicked() {
                    let rule = Rule::hide(&pattern);
                    commands.push(Command::AddRule(rule));
                }
            });
        });
    }

    fn rules_ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        let rules = &state.question.now().rules.rules;
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            card_head(ui, "Label rules", if rules.is_empty() { "" } else { "the first that fits" });
            for (index, rule) in rules.iter().enumerate() {
                line(ui, 28.0, |ui| {
                    let each = (ui.available_width() - 28.0) / 2.0;
                    cell(ui, each, |ui| drop(text::mono(ui, &rule.pattern)));
                    cell(ui, each, |ui| match &rule.label {
                        Some(label) => drop(text::emphasis(ui, label)),
                        None => drop(text::small(ui, "hidden")),
                    });
                    let name = format!("Take the rule for {} away", rule.pattern);
                    if icon_button(ui, ICON_CLOSE, &name, true).clicked() {
                        commands.push(Command::RemoveRule(index));
                    }
                });
            }
            divider(ui, 16.0);
            let width = ui.available_width();
            ui.horizontal(|ui| {
                let each = (width - 8.0) / 2.0;
                field(ui, "Labels that a rule catches", &mut self.pattern, "/order/*", each);
                field(ui, "New name", &mut self.label, "New name", each);
            });
            let pattern = self.pattern.trim().to_owned();
            let label = self.label.trim().to_owned();
            ui.horizontal(|ui| {
                let named = !pattern.is_empty() && !label.is_empty();
                if Button::new("Rename").icon(ICON_ADD).enabled(named).ui(ui).clicked() && named {
                    let rule = Rule::rename(&pattern, &label);
                    commands.push(Command::AddRule(rule));
                    self.pattern.clear();
                    self.label.clear();
                }
                let caught = !pattern.is_empty();
                if Button::new("Hide").icon(ICON_ADD).enabled(caught).ui(ui).clicked() && caught {
                    let rule = Rule::hide(&pattern);
                    commands.push(Command::AddRule(rule));
                    self.pattern.clear();
                }
            });
            text::small(ui, "In a pattern, * stands for any run of characters.");
        });
    }
}

fn head_ui(ui: &mut Ui, source: &Source, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        text::title(ui, "Data");
        let mut words = source.name();
        if let Some(inspection) = &source.inspection {
            words = format!("{words} · {}", inspection.format.name);
            if !inspection.format.detail.is_empty() {
                words = format!("{words}, {}", inspection.format.detail);
            }
        }
        text::weak(ui, words);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if source.imported.is_some() && !source.editing {
                if Button::new("Show the flow").filled().ui(ui).clicked() {
                    commands.push(Command::Go(Place::Explore));
                }
                if Button::new("Change the columns").ui(ui).clicked() {
                    commands.push(Command::EditColumns);
                }
            } else if Button::new("Open another file").ui(ui).clicked() {
                commands.push(Command::ChooseFile);
            }
        });
    });
    ui.add_space(16.0);
}

fn error_ui(ui: &mut Ui, source: &Source, error: &str, commands: &mut Vec<Command>) {
    let then = if source.inspection.is_some() {
        "Change how the columns are read and import again, or open another file."
    } else {
        "Open another file, or repair this one and open it again."
    };
    stripe(ui, Tone::Danger, error, then, |ui| {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            if source.truncated
                && Button::new("Use the readable beginning").small().ui(ui).clicked()
            {
                commands.push(Command::AcceptTruncated);
            }
            if source.inspection.is_none() {
                let again = Button::new("Try again").small();
                if again.ui(ui).clicked() {
                    let open = if source.is_sample {
                        Command::OpenSample
                    } else {
                        Command::OpenFiles(source.plan.files.clone())
                    };
                    commands.push(open);
                }
            }
            if Button::new("Back to the first screen").small().ui(ui).clicked() {
                commands.push(Command::CloseData);
            }
        });
    });
    ui.add_space(16.0);
}

fn columns_ui(
    ui: &mut Ui,
    source: &Source,
    columns: &[ColumnProfile],
    commands: &mut Vec<Command>,
) {
    let look = Look::of(ui);
    Frame::new()
        .fill(look.raised)
        .stroke(look.hairline())
        .corner_radius(look.corners_large())
        .inner_margin(Margin::symmetric(16, 12))
        .show(ui, |ui| {
            ui.take_available_width();
            ui.spacing_mut().item_spacing.y = 0.0;
            card_head(ui, "Columns", "examples are masked");
            ui.add_space(8.0);
            let width = ui.available_width();
            let widths = [width * 0.32, width - width * 0.32 - 64.0 - 150.0, 64.0];
            line(ui, 28.0, |ui| {
                for (words, width) in ["In the file", "Shape", "Empty"].into_iter().zip(widths) {
                    cell(ui, width, |ui| drop(text::small_heading(ui, words)));
                }
                text::small_heading(ui, "Read as");
            });
            for column in columns {
                divider(ui, 16.0);
                let role = source.role(&column.name);
                line(ui, look.tokens.control.row, |ui| {
                    cell(ui, widths[0], |ui| {
                        let name = if role.is_some() {
                            text::emphasis(ui, &column.name)
                        } else {
                            text::weak(ui, crate::draw::text::shorten(&column.name, 32))
                        };
                        name.on_hover_text(&column.name);
                    });
                    cell(ui, widths[1], |ui| drop(text::mono(ui, &column.shape)));
                    cell(ui, widths[2], |ui| {
                        text::small(ui, format!("{}\u{202F}%", column.empty_percent));
                    });
                    let open = source.imported.is_none() || source.editing;
                    role_ui(ui, column, role, open && !source.working, commands);
                });
            }
            divider(ui, 16.0);
            ui.add_space(8.0);
            text::small(ui, never_read(source, columns));
        });
}

fn role_ui(
    ui: &mut Ui,
    column: &ColumnProfile,
    role: Option<Role>,
    open: bool,
    commands: &mut Vec<Command>,
) {
    if !open {
        let look = Look::of(ui);
        if role.is_some() {
            ui.add(egui::Label::new(ICON_CHECK.rich_text().size(16.0).color(look.accent)));
            ui.add_space(6.0);
            text::body(ui, role_words(role));
        } else {
            text::weak(ui, role_words(role));
        }
        return;
    }
    let options: Vec<(Option<Role>, String)> = ROLES
        .into_iter()
        .map(Some)
        .chain([None])
        .map(|role| (role, role_words(role).to_owned()))
        .collect();
    let name = format!("Read {} as", column.name);
    let width = (ui.available_width() - 2.0).clamp(80.0, 150.0);
    if let Some(role) = choice(ui, &name, &options, role, width) {
        commands.push(Command::SetRole(column.name.clone(), role));
    }
}

fn role_words(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Subject) => "Person",
        Some(Role::Session) => "Session",
        Some(Role::Event) => "Step",
        Some(Role::Time) => "Time",
        Some(Role::Attribute) => "Attribute",
        None => "Not read",
    }
}

fn never_read(source: &Source, columns: &[ColumnProfile]) -> String {
    let names: Vec<&str> = columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| source.role(name).is_none())
        .collect();
    match names.as_slice() {
        [] => "Every column is read.".to_owned(),
        [one] => format!("One column is never read: {one}"),
        many if many.len() > 12 => {
            format!("{} columns are never read: {} and more", many.len(), many[..12].join(", "))
        }
        many => format!("{} columns are never read: {}", many.len(), many.join(", ")),
    }
}

fn date_order_ui(ui: &mut Ui, source: &Source, column: &str, commands: &mut Vec<Command>) {
    stripe(
        ui,
        Tone::Warning,
        &format!("Dates in {column} can be read in two ways."),
        "In 03/04/2024, which comes first?",
        |ui| {
            ui.add_space(4.0);
            let orders = [
                (Some(DateOrder::DayFirst), "The day"),
                (Some(DateOrder::MonthFirst), "The month"),
            ];
            let chosen = source.plan.date_order;
            if let Some(Some(order)) = segmented(ui, "What comes first", &orders, chosen) {
                commands.push(Command::SetDateOrder(order));
            }
        },
    );
}

fn quality_ui(ui: &mut Ui, imported: &Imported, commands: &mut Vec<Command>) {
    let quality = &imported.quality;
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        card_head(ui, "What was read", "for your eyes only");
        figure(ui, "Rows read", quality.rows_read);
        figure(ui, "Rows used", quality.rows_used);
        if quality.refusals.is_empty() {
            text::small(ui, "No row was refused.");
        }
        for refusal in &quality.refusals {
            figure(ui, reason_words(refusal.reason), refusal.rows);
            let lines: Vec<String> =
                refusal.lines.iter().take(LINES).map(|&line| number(line)).collect();
            let more = if refusal.rows as usize > lines.len() { " …" } else { "" };
            text::small(ui, format!("lines {}{more}", lines.join(", ")));
        }
        for repair in &quality.repairs {
            figure(ui, &repair.what, repair.rows);
        }
        if let Some(where_it_broke) = &quality.truncated {
            let then = "The readable beginning was used, as you asked.";
            stripe(ui, Tone::Warning, where_it_broke, then, |_| {});
        }
        let ambiguous = quality.refusals.iter().any(|r| r.reason == RefusalReason::AmbiguousDate);
        if ambiguous && Button::new("Say how dates are read").small().ui(ui).clicked() {
            commands.push(Command::EditColumns);
        }
    });
}

fn figure(ui: &mut Ui, words: &str, count: u64) {
    let look = Look::of(ui);
    row(ui, words, |ui| drop(text::small_in(ui, number(count), look.text_strong)));
}

fn reason_words(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::NoSubject => "Refused: nobody named",
        RefusalReason::NoEvent => "Refused: no step named",
        RefusalReason::NoTime => "Refused: no time",
        RefusalReason::UnreadableTime => "Refused: time not readable",
        RefusalReason::SentinelTime => "Refused: placeholder for a time",
        RefusalReason::AmbiguousDate => "Refused: day or month first?",
        RefusalReason::LocalTimeGap => "Refused: time skipped by a change of clocks",
        RefusalReason::LocalTimeTwice => "Refused: time repeated by a change of clocks",
        RefusalReason::WrongFieldCount => "Refused: wrong number of fields",
        RefusalReason::NotJson => "Refused: not JSON",
        RefusalReason::NotText => "Refused: not text",
    }
}

fn kind_words(kind: PiiKind) -> &'static str {
    match kind {
        PiiKind::Email => "E-mail",
        PiiKind::Phone => "Phone",
        PiiKind::Card => "Card",
        PiiKind::Iban => "Bank account",
        PiiKind::IpAddress => "IP address",
        PiiKind::Uuid => "Identifier",
        PiiKind::Token => "Secret",
        PiiKind::QueryParameter => "Query",
        PiiKind::Number => "Number",
        PiiKind::PersonName => "Name",
    }
}

/// A pattern that catches labels of a masked shape: what was masked (letters and digits that stand
/// for any) becomes `*`, signs stay. The words of a label are masked too, so this is a first
/// proposal, to be made narrower by hand.
fn pattern_of(shape: &str) -> String {
    let mut pattern = String::new();
    for letter in shape.chars() {
        if letter.is_alphanumeric() {
            if !pattern.ends_with('*') {
                pattern.push('*');
            }
        } else {
            pattern.push(letter);
        }
    }
    pattern
}

fn row(ui: &mut Ui, words: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        text::body(ui, words);
        ui.with_layout(Layout::right_to_left(Align::Center), add);
    });
}

#[cfg(test)]
mod tests {
    use super::pattern_of;

    #[test]
    fn a_shape_becomes_a_pattern_that_keeps_its_signs() {
        assert_eq!(pattern_of("aaaaaa?a=aaa@aaa.aa"), "*?*=*@*.*");
        assert_eq!(pattern_of("/aaaaa/0000"), "/*/*");
        assert_eq!(pattern_of("0000"), "*");
    }
}
