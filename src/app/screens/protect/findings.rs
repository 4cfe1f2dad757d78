//! What looks personal in labels and attributes, by its masked shape, with what can be done about it.

use egui::{Align, Layout, Ui};
use egui_material_icons::icons::ICON_CHECK;

use super::rules::RuleList;
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, card, divider, field, tag, text};
use crate::draw::text::number;
use crate::views::{Finding, FindingState, PiiKind, Place, Remedy, Rule, Settled, Settlement};

/// How many are listed until somebody asks for all.
const LISTED: usize = 6;

#[derive(Default)]
pub struct Findings {
    all: bool,
    /// The finding that is to be kept, by place, kind and shape, and the reason that is typed.
    keeping: Option<(Finding, String)>,
    /// The field for the reason was just opened and takes the keyboard.
    asked: bool,
}

impl Findings {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        rules: &mut RuleList,
        commands: &mut Vec<Command>,
    ) {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            let Some(labels) = &state.labels else {
                text::heading(ui, "Personal data");
                text::small(ui, "Looking at the labels …");
                return;
            };
            let report = match &labels.report {
                Ok(report) => report,
                Err(why) => {
                    text::heading(ui, "Personal data");
                    text::small(ui, why);
                    return;
                }
            };
            let open: Vec<&Finding> = report.findings.iter().filter(|f| f.blocks()).collect();
            head_ui(ui, open.len(), report.findings.len());
            if report.findings.is_empty() {
                let words = "No step and no attribute looks like an address, a number or a name of \
                             a person.";
                text::small(ui, words);
                return;
            }
            if open.len() > 1 {
                let all = Button::new("Draw them all as Other").small();
                if all.ui(ui).clicked() {
                    let folded = open.iter().map(|finding| settled(finding, Settled::Folded, ""));
                    commands.push(Command::Settle(folded.collect()));
                }
            }
            let listed = if self.all { report.findings.len() } else { LISTED };
            for finding in report.findings.iter().take(listed) {
                divider(ui, 16.0);
                ui.push_id((&finding.shape, words_of(finding.kind), place(finding)), |ui| {
                    self.finding_ui(ui, state, finding, rules, commands);
                });
            }
            if report.findings.len() > listed {
                let words = format!("Show {} more", report.findings.len() - listed);
                if Button::new(&words).small().link().ui(ui).clicked() {
                    self.all = true;
                }
            }
        });
    }

    fn finding_ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        finding: &Finding,
        rules: &mut RuleList,
        commands: &mut Vec<Command>,
    ) {
        if finding.state != FindingState::Open {
            done_ui(ui, state, finding, commands);
            return;
        }
        let tone = if finding.blocks() { Tone::Danger } else { Tone::Warning };
        ui.horizontal(|ui| {
            tag(ui, tone, words_of(finding.kind));
            text::mono(ui, &finding.shape).on_hover_text(&finding.shape);
        });
        text::small(ui, extent(finding));
        let is_kept = |kept: &(Finding, String)| {
            (&kept.0.place, kept.0.kind, &kept.0.shape)
                == (&finding.place, finding.kind, &finding.shape)
        };
        if let Some((_, reason)) = self.keeping.as_mut().filter(|kept| is_kept(kept)) {
            if keep_ui(ui, finding, reason, std::mem::take(&mut self.asked), commands) {
                self.keeping = None;
            }
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            for (at, remedy) in finding.remedies.iter().enumerate() {
                let words = remedy_words(remedy);
                let button = Button::new(&words).small();
                let button = if at == 0 && finding.blocks() { button.filled() } else { button };
                let button = if *remedy == Remedy::Accept { button.plain() } else { button };
                if !button.named(format!("{words}: {}", finding.shape)).ui(ui).clicked() {
                    continue;
                }
                match remedy {
                    Remedy::Replace { rule, at } | Remedy::Hide { rule, at } => {
                        commands.push(Command::InsertRule(*at, rule.clone()));
                    }
                    Remedy::ChangeRule(at) => rules.edit(*at, &state.question.now().rules.rules),
                    Remedy::LeaveColumnOut(column) => {
                        commands.push(Command::SetRole(column.clone(), None));
                    }
                    Remedy::Fold => {
                        commands.push(Command::Settle(vec![settled(finding, Settled::Folded, "")]));
                    }
                    Remedy::Accept => {
                        self.keeping = Some((finding.clone(), String::new()));
                        self.asked = true;
                    }
                }
            }
        });
    }
}

fn head_ui(ui: &mut Ui, open: usize, all: usize) {
    ui.horizontal(|ui| {
        text::heading(ui, "Personal data");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| match (open, all) {
            (0, 0) => drop(text::small_cut(ui, "none found")),
            (0, _) => tag(ui, Tone::Ok, "settled"),
            (open, _) => tag(ui, Tone::Warning, &format!("{open} to settle")),
        });
    });
}

/// Asks why something is shown as it stands. Says whether that is over.
fn keep_ui(
    ui: &mut Ui,
    finding: &Finding,
    reason: &mut String,
    asked: bool,
    commands: &mut Vec<Command>,
) -> bool {
    text::small(ui, "It will be shown as it stands. Why is that right? The reason is kept.");
    let width = ui.available_width() - 20.0;
    let typed = field(ui, "Reason to keep it", reason, "It is a product, not a person", width);
    if asked {
        typed.request_focus();
        typed.scroll_to_me(Some(Align::Center));
    }
    let has_reason = !reason.trim().is_empty();
    let entered = typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let mut over = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let keep = Button::new("Keep it").small().filled().enabled(has_reason);
        if (keep.ui(ui).clicked() || entered) && has_reason {
            let decision = settled(finding, Settled::Accepted, reason.trim());
            commands.push(Command::Settle(vec![decision]));
            over = true;
        }
        over |= Button::new("Cancel").small().ui(ui).clicked();
    });
    over
}

/// What was decided, and the way back.
fn done_ui(ui: &mut Ui, state: &State, finding: &Finding, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let became = match &finding.state {
        FindingState::Open => return,
        FindingState::Renamed(name) => format!("became {name}"),
        FindingState::Hidden => "left out".to_owned(),
        FindingState::Accepted(reason) => format!("kept: {reason}"),
        FindingState::Folded => "as Other".to_owned(),
    };
    let decision = state.question.now().rules.settled.iter().position(|settlement| {
        (settlement.attribute.as_deref(), settlement.kind, &settlement.shape)
            == (attribute(finding), finding.kind, &finding.shape)
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add(egui::Label::new(ICON_CHECK.rich_text().size(16.0).color(look.ok)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(at) = decision {
                let name = format!("Decide again about {}", finding.shape);
                if Button::new("Decide again").small().link().named(name).ui(ui).clicked() {
                    commands.push(Command::Unsettle(at));
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                text::small_cut(ui, words_of(finding.kind));
                text::mono(ui, crate::draw::text::shorten(&finding.shape, 16))
                    .on_hover_text(&finding.shape);
                text::small_cut(ui, &became).on_hover_text(&became);
            });
        });
    });
}

fn attribute(finding: &Finding) -> Option<&str> {
    match &finding.place {
        Place::Label => None,
        Place::Attribute(name) => Some(name),
    }
}

fn place(finding: &Finding) -> &str {
    attribute(finding).unwrap_or("")
}

fn settled(finding: &Finding, how: Settled, reason: &str) -> Settlement {
    Settlement {
        attribute: attribute(finding).map(str::to_owned),
        kind: finding.kind,
        shape: finding.shape.clone(),
        how,
        reason: reason.to_owned(),
    }
}

/// Where it stands and about how much of it there is.
fn extent(finding: &Finding) -> String {
    let (place, what) = match &finding.place {
        Place::Label => ("In the names of steps".to_owned(), "labels"),
        Place::Attribute(name) => (format!("In the attribute {name}"), "values"),
    };
    let much = match (finding.values, finding.people) {
        (Some(values), Some(people)) => {
            format!("about {} {what}, about {} people", number(values), number(people))
        }
        (None, Some(people)) => format!("few {what}, about {} people", number(people)),
        _ => "too few people to be counted".to_owned(),
    };
    let weak =
        if finding.kind == PiiKind::PersonName { " A weak hint: it blocks nothing." } else { "" };
    format!("{place}: {much}.{weak}")
}

fn remedy_words(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Replace { rule: Rule { label, .. }, .. } => {
            format!("Replace by {}", label.as_deref().unwrap_or("Other"))
        }
        Remedy::Hide { .. } => "Hide".to_owned(),
        Remedy::ChangeRule(at) => format!("Change rule {}", at + 1),
        Remedy::LeaveColumnOut(column) => {
            format!("Do not read {}", crate::draw::text::shorten(column, 20))
        }
        Remedy::Fold => "Draw as Other".to_owned(),
        Remedy::Accept => "Keep".to_owned(),
    }
}

pub fn words_of(kind: PiiKind) -> &'static str {
    match kind {
        PiiKind::Email => "E-mail",
        PiiKind::Phone => "Phone",
        PiiKind::Card => "Card number",
        PiiKind::Iban => "Bank account",
        PiiKind::IpAddress => "IP address",
        PiiKind::Uuid => "Identifier",
        PiiKind::Token => "Secret",
        PiiKind::QueryParameter => "Query",
        PiiKind::Number => "Number",
        PiiKind::PersonName => "Name of a person",
    }
}
