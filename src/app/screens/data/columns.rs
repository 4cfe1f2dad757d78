//! Which column is read as what. Examples are shapes, not values.

use egui::{Frame, Margin, Ui};
use egui_material_icons::icons::ICON_CHECK;

use crate::app::command::Command;
use crate::app::state::{PARTS, Question, ReadAs, Source, parts};
use crate::app::theme::Look;
use crate::app::widgets::{Button, card_head, cell, choice, divider, field, line, segmented, text};
use crate::draw::text::{NARROW_SPACE, shorten};
use crate::views::{ColumnProfile, ConsentField, Polarity, Role};

/// The widths of the share of empty values and of the choice.
const EMPTY: f32 = 60.0;
const CHOICE: f32 = 172.0;
/// Columns that are listed although they are not read, until somebody asks for all.
const UNREAD_LISTED: usize = 24;

/// What a row can be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Part(Role),
    StandIn(Role),
    Consent,
    InsertId,
    Nothing,
}

#[derive(Default)]
pub struct Columns {
    all: bool,
    /// The purpose that is typed for a column with consent.
    purpose: Option<(String, String)>,
}

impl Columns {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        source: &Source,
        question: &Question,
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
                let widths = widths(ui);
                line(ui, 28.0, |ui| {
                    for (words, width) in ["In the file", "Shape", "Empty"].into_iter().zip(widths)
                    {
                        cell(ui, width, |ui| drop(text::small_heading(ui, words)));
                    }
                    text::small_heading(ui, "Read as");
                });
                // What is read comes first, in the order of its parts.
                let mapping = &question.plan.mapping;
                let mut listed: Vec<&ColumnProfile> = columns.iter().collect();
                listed.sort_by_key(|column| rank(ReadAs::of(mapping, &column.name)));
                let read = listed
                    .iter()
                    .filter(|column| ReadAs::of(mapping, &column.name) != ReadAs::Nothing)
                    .count();
                let shown = if self.all { listed.len() } else { read + UNREAD_LISTED };
                for column in listed.iter().take(shown) {
                    divider(ui, 16.0);
                    self.row_ui(ui, source, question, column, widths, commands);
                }
                divider(ui, 16.0);
                ui.add_space(8.0);
                if listed.len() > shown {
                    let words = format!("Show {} more columns", listed.len() - shown);
                    if Button::new(&words).small().link().ui(ui).clicked() {
                        self.all = true;
                    }
                }
                text::small(ui, never_read(question, columns));
            });
    }

    fn row_ui(
        &mut self,
        ui: &mut Ui,
        source: &Source,
        question: &Question,
        column: &ColumnProfile,
        widths: [f32; 3],
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        let read_as = ReadAs::of(&question.plan.mapping, &column.name);
        let open = source.imported.is_none() || source.editing;
        line(ui, look.tokens.control.row, |ui| {
            cell(ui, widths[0], |ui| {
                let name = if read_as == ReadAs::Nothing {
                    text::weak_cut(ui, &column.shown)
                } else {
                    text::emphasis(ui, &column.shown)
                };
                name.on_hover_text(&column.shown);
            });
            cell(ui, widths[1], |ui| {
                text::mono(ui, &column.shape).on_hover_text(&column.shape);
            });
            cell(ui, widths[2], |ui| {
                text::small(ui, format!("{}{NARROW_SPACE}%", column.empty_percent));
            });
            if open && !source.working {
                choice_ui(ui, question, column, read_as, commands);
            } else {
                words_ui(ui, question, column, read_as);
            }
        });
        if read_as == ReadAs::Consent && open {
            self.consent_ui(ui, question, column, commands);
        }
    }

    /// What the consent is to, and what `true` says.
    fn consent_ui(
        &mut self,
        ui: &mut Ui,
        question: &Question,
        column: &ColumnProfile,
        commands: &mut Vec<Command>,
    ) {
        let mapping = &question.plan.mapping;
        let Some(held) = mapping.consent.iter().find(|field| field.column == column.name) else {
            return;
        };
        ui.horizontal(|ui| {
            ui.set_min_height(34.0);
            ui.spacing_mut().item_spacing.x = 8.0;
            text::small(ui, "to");
            let mut typed = match &self.purpose {
                Some((of, typed)) if *of == column.name => typed.clone(),
                _ => held.purpose.clone(),
            };
            let name = format!("Purpose in {}", column.shown);
            let response = field(ui, &name, &mut typed, "analytics", 150.0);
            if response.has_focus() {
                self.purpose = Some((column.name.clone(), typed.clone()));
            }
            if response.lost_focus() {
                self.purpose = None;
                let typed = typed.trim();
                if !typed.is_empty() && typed != held.purpose {
                    let changed = ConsentField { purpose: typed.to_owned(), ..held.clone() };
                    commands.push(Command::SetConsent(changed));
                }
            }
            text::small(ui, "true is");
            let ways = [(Polarity::TrueGrants, "yes"), (Polarity::TrueRefuses, "no")];
            let name = format!("True in {} is", column.shown);
            if let Some(polarity) = segmented(ui, &name, &ways, held.polarity) {
                commands.push(Command::SetConsent(ConsentField { polarity, ..held.clone() }));
            }
        });
        ui.add_space(6.0);
    }
}

fn choice_ui(
    ui: &mut Ui,
    question: &Question,
    column: &ColumnProfile,
    read_as: ReadAs,
    commands: &mut Vec<Command>,
) {
    let mapping = &question.plan.mapping;
    let mut options: Vec<(Choice, String)> = PARTS
        .into_iter()
        .chain([Role::Attribute])
        .map(|role| (Choice::Part(role), part_words(role).to_owned()))
        .collect();
    for part in PARTS {
        // A column stands in where another is empty; it cannot stand in for itself.
        let (first, _) = parts(mapping, part);
        if first.is_some_and(|first| first != column.name) {
            let words = format!("{}, if none", part_words(part));
            options.push((Choice::StandIn(part), words));
        }
    }
    options.push((Choice::Consent, "Consent".to_owned()));
    options.push((Choice::InsertId, "Number of the row".to_owned()));
    options.push((Choice::Nothing, "Not read".to_owned()));
    let now = match read_as {
        ReadAs::Part(role) => Choice::Part(role),
        ReadAs::StandIn(role) => Choice::StandIn(role),
        ReadAs::Consent => Choice::Consent,
        ReadAs::InsertId => Choice::InsertId,
        ReadAs::Nothing => Choice::Nothing,
    };
    let name = format!("Read {} as", column.shown);
    let width = (ui.available_width() - 2.0).clamp(80.0, CHOICE);
    let column_name = column.name.clone();
    if let Some(choice) = choice(ui, &name, &options, now, width) {
        commands.push(match choice {
            Choice::Part(role) => Command::SetRole(column_name, Some(role)),
            Choice::StandIn(role) => Command::StandIn(column_name, role),
            Choice::InsertId => Command::SetInsertId(column_name),
            Choice::Nothing => Command::SetRole(column_name, None),
            Choice::Consent => Command::SetConsent(ConsentField {
                purpose: last_part(&column.name).to_owned(),
                column: column_name,
                polarity: Polarity::default(),
            }),
        });
    }
}

fn words_ui(ui: &mut Ui, question: &Question, column: &ColumnProfile, read_as: ReadAs) {
    let look = Look::of(ui);
    if read_as == ReadAs::Nothing {
        text::weak_cut(ui, "Not read");
        return;
    }
    ui.add(egui::Label::new(ICON_CHECK.rich_text().size(16.0).color(look.accent)));
    ui.add_space(6.0);
    let words = match read_as {
        ReadAs::Part(role) => part_words(role).to_owned(),
        ReadAs::StandIn(role) => format!("{}, if none", part_words(role)),
        ReadAs::Consent => {
            let consent = &question.plan.mapping.consent;
            let held = consent.iter().find(|field| field.column == column.name);
            format!("Consent to {}", held.map_or("", |field| field.purpose.as_str()))
        }
        ReadAs::InsertId => "Number of the row".to_owned(),
        ReadAs::Nothing => String::new(),
    };
    text::body_cut(ui, &words).on_hover_text(&words);
}

fn widths(ui: &Ui) -> [f32; 3] {
    let width = ui.available_width();
    let name = (width * 0.34).floor();
    [name, width - name - EMPTY - CHOICE, EMPTY]
}

fn rank(read_as: ReadAs) -> usize {
    let place = |role: Role| PARTS.iter().position(|part| *part == role).unwrap_or(PARTS.len());
    match read_as {
        ReadAs::Part(Role::Attribute) => 20,
        ReadAs::Part(role) => 2 * place(role),
        ReadAs::StandIn(role) => 2 * place(role) + 1,
        ReadAs::Consent => 21,
        ReadAs::InsertId => 22,
        ReadAs::Nothing => 23,
    }
}

/// `ads_storage` of `privacy_info.ads_storage`.
fn last_part(column: &str) -> &str {
    column.rsplit('.').find(|part| !part.is_empty() && *part != "consented").unwrap_or(column)
}

pub fn part_words(role: Role) -> &'static str {
    match role {
        Role::Subject => "Person",
        Role::Session => "Session",
        Role::Event => "Step",
        Role::Time => "Time",
        Role::Attribute => "Attribute",
    }
}

fn never_read(question: &Question, columns: &[ColumnProfile]) -> String {
    let mapping = &question.plan.mapping;
    let names: Vec<String> = columns
        .iter()
        .filter(|column| ReadAs::of(mapping, &column.name) == ReadAs::Nothing)
        .map(|column| shorten(&column.shown, 32))
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
