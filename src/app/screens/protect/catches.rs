//! What becomes of each label, and rules that would help.

use egui::{Align, Layout, ScrollArea, Ui};

use super::rules::RuleList;
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{
    Button, bar, card, cell, divider, hatch, line, segmented, stripe_plain, text,
};
use crate::draw::text::number;
use crate::views::{Becomes, LabelReport, LabelRow, Proposal, ProposalKind, Rule};

/// Which labels are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Filter {
    #[default]
    All,
    /// Those that the rule which is looked at catches.
    Caught,
    /// Those that are called otherwise than in the file.
    Changed,
}

#[derive(Default)]
pub struct Catches {
    filter: Filter,
    /// All proposals are listed.
    all: bool,
}

const ROW: f32 = 28.0;
/// The rows that are seen at once; the others are scrolled to.
const SEEN: f32 = 9.0;
const NUMBER: f32 = 64.0;
/// How many proposals are listed until somebody asks for all.
const LISTED: usize = 3;

impl Catches {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        rules: &mut RuleList,
        commands: &mut Vec<Command>,
    ) {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            let Some(report) =
                state.labels_to_show().and_then(|labels| labels.report.as_ref().ok())
            else {
                text::heading(ui, "What becomes of the labels");
                text::small(ui, "Looking at the labels …");
                return;
            };
            self.head_ui(ui, state, rules);
            self.labels_ui(ui, report, rules.looked_at());
            let proposals: Vec<&Proposal> = report.proposals.iter().collect();
            if rules.draft().is_none() && !proposals.is_empty() {
                self.proposals_ui(ui, &proposals, rules, commands);
            }
        });
    }

    fn head_ui(&mut self, ui: &mut Ui, state: &State, rules: &RuleList) {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let filters = [
                    (Filter::All, "All labels"),
                    (Filter::Caught, "Caught"),
                    (Filter::Changed, "Changed"),
                ];
                if let Some(filter) = segmented(ui, "Labels listed", &filters, self.filter) {
                    self.filter = filter;
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let held = &state.question.now().rules.rules;
                    let rule = match (rules.draft(), rules.looked_at()) {
                        (Some(draft), _) => Some(draft.rule()),
                        (None, Some(at)) => held.get(at).cloned(),
                        (None, None) => None,
                    };
                    match rule.map(|rule| rule.patterns().collect::<Vec<_>>().join(", ")) {
                        Some(pattern) if !pattern.is_empty() => {
                            text::heading(ui, "What");
                            text::mono_strong(ui, crate::draw::text::shorten(&pattern, 18))
                                .on_hover_text(&pattern);
                            text::heading(ui, "catches");
                        }
                        _ => drop(text::heading(ui, "What becomes of the labels")),
                    }
                });
            });
        });
    }

    fn labels_ui(&self, ui: &mut Ui, report: &LabelReport, looked_at: Option<usize>) {
        let preview = &report.preview;
        let is_caught = |row: &LabelRow| match looked_at {
            Some(at) => row.caught_by == Some(at),
            None => row.caught_by.is_some(),
        };
        let rows: Vec<&LabelRow> = preview
            .labels
            .iter()
            .filter(|row| match self.filter {
                Filter::All => true,
                Filter::Caught => is_caught(row),
                Filter::Changed => row.becomes != Becomes::Unchanged,
            })
            .collect();
        let shapes = if self.filter == Filter::All { preview.shapes.as_slice() } else { &[] };
        if rows.is_empty() && shapes.is_empty() {
            let words = match self.filter {
                Filter::All => "Too few people share a label to tell any by name.",
                Filter::Caught => {
                    "No label that may be told by name is caught. It may catch rarer ones."
                }
                Filter::Changed => "Every label is called as in the file.",
            };
            text::small(ui, words);
            return;
        }
        let most = preview.labels.first().map_or(1, |row| row.people.max(1));
        let widest = preview.shapes.first().map_or(1, |row| row.people.max(1)).max(most);
        let total = rows.len() + shapes.len();
        let height = ROW * SEEN.min(total as f32);
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical()
            .id_salt("labels")
            .max_height(height)
            .min_scrolled_height(height)
            .show_rows(ui, ROW, total, |ui, range| {
                for at in range {
                    if let Some(row) = rows.get(at) {
                        label_ui(ui, row, widest, looked_at.is_some() && is_caught(row));
                    } else {
                        let row = &shapes[at - rows.len()];
                        shape_ui(ui, &row.shape, row.people, widest);
                    }
                }
            });
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.add_space(4.0);
        if !shapes.is_empty() {
            text::small(
                ui,
                "Hatched: labels of few people or with personal data, told by their shape.",
            );
        }
    }

    fn proposals_ui(
        &mut self,
        ui: &mut Ui,
        proposals: &[&Proposal],
        rules: &mut RuleList,
        commands: &mut Vec<Command>,
    ) {
        divider(ui, 16.0);
        ui.horizontal(|ui| {
            text::heading(ui, "Proposals");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let words = format!("{} that would bring more to light", proposals.len());
                text::small_cut(ui, words);
            });
        });
        let listed = if self.all { proposals.len() } else { LISTED };
        for proposal in proposals.iter().take(listed) {
            stripe_plain(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.spacing_mut().item_spacing.x = 8.0;
                        let pattern = &proposal.rule.pattern;
                        let add = Button::new("Add").small().named(format!("Add {pattern}"));
                        if add.ui(ui).clicked() {
                            let rule = proposal.rule.clone();
                            commands.push(Command::InsertRule(proposal.at, rule));
                        }
                        let attempt = Button::new("Try it").small().named(format!("Try {pattern}"));
                        if attempt.ui(ui).clicked() {
                            rules.propose(proposal.at, &proposal.rule);
                        }
                        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                            ui.vertical(|ui| {
                                ui.spacing_mut().item_spacing.y = 2.0;
                                text::mono_strong(ui, pattern_words(&proposal.rule))
                                    .on_hover_text(pattern);
                                text::small(ui, why_words(proposal));
                            });
                        });
                    });
                });
            });
        }
        if proposals.len() > listed {
            let words = format!("Show {} more proposals", proposals.len() - listed);
            if Button::new(&words).small().link().ui(ui).clicked() {
                self.all = true;
            }
        }
    }
}

/// The widths of the name and of the bar in a row.
fn widths(ui: &Ui) -> [f32; 3] {
    let rest = ui.available_width() - NUMBER;
    [(rest * 0.36).floor(), (rest * 0.34).floor(), NUMBER]
}

fn label_ui(ui: &mut Ui, row: &LabelRow, most: u64, is_caught: bool) {
    let look = Look::of(ui);
    let [name, track, number_width] = widths(ui);
    line(ui, ROW, |ui| {
        cell(ui, name, |ui| {
            let label = if is_caught {
                text::mono_strong(ui, &row.label)
            } else {
                text::mono(ui, &row.label)
            };
            label.on_hover_text(&row.label);
        });
        cell(ui, track, |ui| {
            let ink = if is_caught { look.accent } else { look.line_strong };
            bar(ui, track - 8.0, row.people as f32 / most as f32, ink);
        });
        cell(ui, number_width, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text::small_in(ui, number(row.people), look.text);
            });
        });
        ui.add_space(8.0);
        match &row.becomes {
            Becomes::Unchanged => drop(text::small_cut(ui, "unchanged")),
            Becomes::Label(label) => drop(text::small_link(ui, label).on_hover_text(label)),
            Becomes::Hidden => drop(text::small_cut(ui, "left out")),
        }
    });
}

fn shape_ui(ui: &mut Ui, shape: &str, people: u64, most: u64) {
    let look = Look::of(ui);
    let [name, track, number_width] = widths(ui);
    line(ui, ROW, |ui| {
        cell(ui, name, |ui| drop(text::mono(ui, shape).on_hover_text(shape)));
        cell(ui, track, |ui| {
            let share = people as f32 / most as f32;
            hatch(ui, ((track - 8.0) * share.clamp(0.08, 1.0)).round(), 10.0);
        });
        cell(ui, number_width, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text::small_in(ui, number(people), look.text);
            });
        });
        ui.add_space(8.0);
        text::small_cut(ui, "shape only");
    });
}

fn pattern_words(rule: &Rule) -> String {
    let patterns = rule.patterns().collect::<Vec<_>>().join(", ");
    match &rule.label {
        Some(label) if *label != patterns => format!("{patterns} → {label}"),
        _ => patterns,
    }
}

/// What it is good for, with about how many people.
fn why_words(proposal: &Proposal) -> String {
    let people = number(proposal.people);
    match proposal.why {
        ProposalKind::Template => {
            format!(
                "Labels that differ in numbers or identifiers become one step of about {people} people."
            )
        }
        ProposalKind::Rescue => {
            format!(
                "Labels too rare to be named, together about {people} people, come out of Other."
            )
        }
        ProposalKind::KeepApart => {
            format!(
                "Of what a rule merges, this is much: about {people} people. It can keep its own name."
            )
        }
    }
}
