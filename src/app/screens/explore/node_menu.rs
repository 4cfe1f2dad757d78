//! What can be done with a step of a flow, at a right click on it.

use egui::{Popup, Response, Ui};

use crate::app::command::Command;
use crate::app::shell::menu_row;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::draw::text::shorten;
use crate::views::{Anchor, FlowNode, FlowSpec, LabelKind, Side, Split};

/// How many more labels a step names at once.
const MORE: u8 = 4;
const LETTERS: usize = 20;

pub fn ui(node: &Response, shown: &FlowNode, state: &State, commands: &mut Vec<Command>) {
    Popup::context_menu(node).width(240.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (words, command) in entries(shown, state) {
            add(ui, &words, command, commands);
        }
    });
}

fn add(ui: &mut Ui, words: &str, command: Command, commands: &mut Vec<Command>) {
    if menu_row(ui, words, false, Look::of(ui)).clicked() {
        commands.push(command);
        ui.close();
    }
}

/// What can be done with this step, in words.
fn entries(node: &FlowNode, state: &State) -> Vec<(String, Command)> {
    let question = state.question.now();
    if node.kind == LabelKind::Other {
        return vec![
            more_names(question.spec.top),
            ("Why is this not here?".to_owned(), Command::Ask(true)),
        ];
    }
    let label = &node.label;
    let mut entries = vec![
        ("Start here".to_owned(), Command::StartAt(label.clone())),
        ("End here".to_owned(), Command::EndAt(label.clone())),
    ];
    // From what the flow starts at, or what was selected before, to here.
    let begin = question.spec.anchor.label.as_ref().filter(|begin| *begin != label);
    if let Some(begin) = begin {
        let anchor =
            Anchor { side: Side::Between, label: Some(begin.clone()), until: Some(label.clone()) };
        let words = format!("Between {} and here", shorten(begin, LETTERS));
        entries.push((words, Command::SetAnchor(anchor)));
    }
    entries.push(("Hide".to_owned(), Command::Hide(label.clone())));
    entries.push(("Merge or rename …".to_owned(), Command::RuleFor(label.clone())));
    for attribute in &question.plan.mapping.attributes {
        let words = format!("Break down by {}", shorten(attribute, LETTERS));
        let by = Some(Split::By(attribute.clone()));
        entries.push((words, Command::SetSplit(by)));
    }
    entries
}

/// Takes more labels out of `Other`, at every step, where enough people share them.
pub fn more_names(top: u8) -> (String, Command) {
    let more = top.saturating_add(MORE).min(*FlowSpec::TOP.end());
    ("Name more steps".to_owned(), Command::SetTop(more))
}
