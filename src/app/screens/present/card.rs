//! What is selected on the board, in full: evidence, grades, owner, guesses, feelings.

use egui::Ui;

use super::canvas::on;
use super::drafts::{Drafts, Of};
use crate::app::command::Command;
use crate::app::state::{FileFor, Presenting, Published, Spot, State};
use crate::app::widgets::{Button, check, choice, picker, segmented, text};
use crate::board::{
    Board, Card, CardChange, CardId, Effort, Evidence, LaneKind, Measure, OnBoard, Quantity,
};
use crate::views::Disclosed;

/// What is typed as a guess.
#[derive(Default)]
pub struct CardPanel {
    guess: String,
}

impl CardPanel {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        numbers: &Published,
        spot: Option<Spot>,
        drafts: &mut Drafts,
        commands: &mut Vec<Command>,
    ) {
        let Some(board) = state.board() else { return };
        let selected = &state.present.selected;
        let mut cards = board.cards.iter().filter(|card| selected.contains(&card.id));
        match (cards.next(), cards.next()) {
            (Some(card), None) => self.card_ui(ui, board, card, numbers, drafts, commands),
            (Some(_), Some(_)) => {
                text::title(ui, format!("{} cards", selected.len()));
                text::body(ui, "Drag them together, or press Alt and an arrow.");
                several_ui(ui, board, selected.iter().copied().collect(), commands);
            }
            _ => board_ui(ui, state, board, spot, drafts, commands),
        }
    }

    fn card_ui(
        &mut self,
        ui: &mut Ui,
        board: &Board,
        card: &Card,
        numbers: &Published,
        drafts: &mut Drafts,
        commands: &mut Vec<Command>,
    ) {
        let kind = board.kind_of(card).unwrap_or(LaneKind::Free);
        let stage = board.stage(card.stage).map_or("", |stage| &stage.name);
        text::title(ui, format!("{} at {stage}", kind.card()));
        let (of, id) = (board.id, card.id);
        let change = |change| on(of, OnBoard::Change(id, change));
        label(ui, "Text");
        drafts.lines(ui, "Text", (Of::CardText(of, id), &card.text), 2, commands);
        label(ui, "Note: who said it, where it is known from");
        drafts.lines(ui, "Note", (Of::CardNote(of, id), &card.note), 2, commands);
        evidence_ui(ui, board, card, numbers, commands);
        if let Evidence::Measured(_) = card.evidence {
            self.guess_ui(ui, board, card, commands);
        }
        if kind == LaneKind::PainPoints {
            label(ui, "How bad it is");
            grade_ui(ui, "Severity", card.severity, |it| {
                commands.push(change(CardChange::Severity(it)));
            });
            label(ui, "How often it is met");
            grade_ui(ui, "Frequency", card.frequency, |it| {
                commands.push(change(CardChange::Frequency(it)));
            });
            if let Some(weight) = card.weight() {
                text::small(ui, format!("Severity × frequency: {weight} of 25"));
            }
        }
        if kind == LaneKind::Opportunities {
            label(ui, "Owner");
            let width = ui.available_width() - 20.0;
            drafts.line(
                ui,
                "Owner",
                (Of::CardOwner(of, id), &card.owner),
                "who does it",
                width,
                commands,
            );
            label(ui, "Effort");
            let mut options = vec![(None, "none")];
            options.extend(Effort::ALL.map(|effort| (Some(effort), effort.name())));
            if let Some(effort) = segmented(ui, "Effort", &options, card.effort) {
                commands.push(change(CardChange::Effort(effort)));
            }
        }
        label(ui, "Picture");
        ui.horizontal(|ui| {
            let words =
                if card.picture.is_some() { "Another picture …" } else { "From a file …" };
            if Button::new(words).small().ui(ui).clicked() {
                commands.push(Presenting::Ask(FileFor::Picture(of, id)).into());
            }
            if card.picture.is_some() && Button::new("Take it away").small().ui(ui).clicked() {
                commands.push(change(CardChange::Picture(None)));
            }
        });
    }

    /// The group says what it expects before it sees the number.
    fn guess_ui(&mut self, ui: &mut Ui, board: &Board, card: &Card, commands: &mut Vec<Command>) {
        let change = |change| on(board.id, OnBoard::Change(card.id, change));
        if check(ui, "Let the group guess first", card.guess.is_some()).clicked() {
            commands.push(change(CardChange::Guessing(card.guess.is_none())));
        }
        let Some(guess) = &card.guess else { return };
        if guess.revealed {
            text::small(ui, guesses(&guess.guesses));
            return;
        }
        ui.horizontal(|ui| {
            let typed =
                crate::app::widgets::field(ui, "A guess", &mut self.guess, "a number", 88.0);
            let entered =
                typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let number = self.guess.trim().parse::<u64>().ok();
            let add = Button::new("Add").named("Add the guess").small().enabled(number.is_some());
            if let Some(number) = number.filter(|_| add.ui(ui).clicked() || entered) {
                commands.push(change(CardChange::Guess(number)));
                self.guess.clear();
                typed.request_focus();
            }
            if Button::new("Reveal").small().ui(ui).clicked() {
                commands.push(change(CardChange::Reveal));
            }
        });
        text::small(ui, guesses(&guess.guesses));
    }
}

/// What was guessed, in a sentence.
fn guesses(guesses: &[u64]) -> String {
    let number = crate::draw::text::number;
    match guesses {
        [] => "Nobody has guessed yet.".to_owned(),
        [one] => format!("One guess: {}.", number(*one)),
        many => {
            let (low, high) = many
                .iter()
                .fold((u64::MAX, 0), |(low, high), guess| (low.min(*guess), high.max(*guess)));
            format!("{} guesses, from {} to {}.", many.len(), number(low), number(high))
        }
    }
}

fn label(ui: &mut Ui, words: &str) {
    ui.add_space(4.0);
    text::small(ui, words);
}

fn grade_ui(ui: &mut Ui, name: &str, now: Option<u8>, mut choose: impl FnMut(Option<u8>)) {
    let options = [
        (None, "–"),
        (Some(1), "1"),
        (Some(2), "2"),
        (Some(3), "3"),
        (Some(4), "4"),
        (Some(5), "5"),
    ];
    if let Some(grade) = segmented(ui, name, &options, now) {
        choose(grade);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    None,
    Assumed,
    Measured,
}

fn evidence_ui(
    ui: &mut Ui,
    board: &Board,
    card: &Card,
    numbers: &Published,
    commands: &mut Vec<Command>,
) {
    label(ui, "Evidence");
    let now = match card.evidence {
        Evidence::None => Known::None,
        Evidence::Assumed => Known::Assumed,
        Evidence::Measured(_) => Known::Measured,
    };
    let views = numbers.views();
    let change = |evidence| on(board.id, OnBoard::Change(card.id, CardChange::Evidence(evidence)));
    let options =
        [(Known::None, "Not said"), (Known::Assumed, "Assumed"), (Known::Measured, "Measured")];
    match segmented(ui, "Evidence", &options, now) {
        Some(Known::None) => commands.push(change(Evidence::None)),
        Some(Known::Assumed) => commands.push(change(Evidence::Assumed)),
        Some(Known::Measured) => {
            let view = views.first().map_or("flow", |view| view.view().name());
            let measure = Measure { view: view.to_owned(), quantity: Quantity::Everybody };
            commands.push(change(Evidence::Measured(measure)));
        }
        None => {}
    }
    let Evidence::Measured(measure) = &card.evidence else { return };
    if views.is_empty() {
        text::small(ui, "No published numbers are here to choose from.");
        return;
    }
    let width = ui.available_width();
    let names: Vec<(usize, String)> =
        views.iter().enumerate().map(|(at, view)| (at, view.view().name().to_owned())).collect();
    let at = views.iter().position(|view| view.view().name() == measure.view);
    let chosen = at.unwrap_or(usize::MAX);
    if let Some(at) = choice(ui, "View that measures", &names, chosen, width) {
        let measure = Measure { view: names[at].1.clone(), quantity: Quantity::Everybody };
        commands.push(change(Evidence::Measured(measure)));
    }
    let Some(view) = at.and_then(|at| views.get(at)).map(|view| Disclosed::view(view)) else {
        text::small(ui, format!("There is no view called {} here.", measure.view));
        return;
    };
    let all = Quantity::all(view);
    let words: Vec<String> = all.iter().map(Quantity::words).collect();
    if let Some(at) = picker(ui, "What is measured", &measure.quantity.words(), &words, width) {
        let measure = Measure { view: measure.view.clone(), quantity: all[at].clone() };
        commands.push(change(Evidence::Measured(measure)));
    }
}

fn several_ui(ui: &mut Ui, board: &Board, cards: Vec<CardId>, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        if Button::new("Mark as assumed").small().ui(ui).clicked() {
            let edits = cards.iter().map(|card| {
                let change = CardChange::Evidence(Evidence::Assumed);
                crate::board::Edit::On(board.id, OnBoard::Change(*card, change))
            });
            commands.push(Presenting::Edits(edits.collect()).into());
        }
        if Button::new("Delete").named("Delete the cards").small().ui(ui).clicked() {
            commands.push(on(board.id, OnBoard::Delete(cards)));
        }
    });
}

/// The board itself, where no card is selected: the stage that has the keyboard, and personas.
fn board_ui(
    ui: &mut Ui,
    state: &State,
    board: &Board,
    spot: Option<Spot>,
    drafts: &mut Drafts,
    commands: &mut Vec<Command>,
) {
    text::title(ui, "Board");
    let width = ui.available_width() - 20.0;
    label(ui, "Name");
    drafts.line(
        ui,
        "Name of the board",
        (Of::BoardName(board.id), &board.name),
        "",
        width,
        commands,
    );
    if let Some(Spot::Stage(id)) = spot
        && let Some(stage) = board.stage(id)
    {
        label(ui, &format!("Small words at {}", stage.name));
        let of = (Of::StageNote(board.id, id), stage.note.as_str());
        drafts.line(ui, "Note of the stage", of, "steps 1 – 4", width, commands);
    }
    ui.add_space(8.0);
    text::heading(ui, "Personas");
    for persona in &board.personas {
        ui.push_id(persona.id, |ui| {
            ui.horizontal(|ui| {
                let of = (Of::Persona(board.id, persona.id), persona.name.as_str());
                let name = format!("Name of {}", persona.name);
                drafts.line(ui, &name, of, "", width - 84.0, commands);
                let name = format!("Delete {}", persona.name);
                if Button::new("Delete").small().named(name).ui(ui).clicked() {
                    commands.push(on(board.id, OnBoard::DeletePersona(persona.id)));
                }
            });
        });
    }
    if Button::new("Add a persona").small().ui(ui).clicked() {
        let name = format!("Persona {}", board.personas.len() + 1);
        commands.push(on(board.id, OnBoard::AddPersona(name)));
    }
    words_ui(ui, state, board, drafts, commands);
    ui.add_space(8.0);
    text::small(
        ui,
        "Type in a cell for a new card, Enter for the next. Arrows walk, Alt and arrows carry. F2 edits, \
         Insert adds a stage, lane or card, Delete takes away. Space and drag move the board.",
    );
}

/// Words at the points of a curve.
fn words_ui(
    ui: &mut Ui,
    state: &State,
    board: &Board,
    drafts: &mut Drafts,
    commands: &mut Vec<Command>,
) {
    let Some(persona) = state.feeling_persona().and_then(|id| board.persona(id)) else { return };
    if persona.curve.is_empty() {
        return;
    }
    ui.add_space(8.0);
    text::heading(ui, format!("Words at the curve of {}", persona.name));
    // The lowest and the highest points are what is talked about.
    let mut order: Vec<usize> = (0..persona.curve.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(persona.curve[*at].feeling.unsigned_abs()));
    order.truncate(4);
    order.sort_unstable();
    let width = ui.available_width() - 20.0;
    for at in order {
        let point = &persona.curve[at];
        let stage = board.stages.get((point.at / crate::board::Point::STAGE) as usize);
        let name = stage.map_or("the end", |stage| &stage.name);
        let feeling = format!("{:+.1}", f32::from(point.feeling) / 10.0).replace('-', "−");
        ui.push_id(at, |ui| {
            text::small(ui, format!("{feeling} at {name}"));
            let of = (Of::PointNote(board.id, persona.id, at), point.note.as_str());
            let name = format!("Words at {feeling}, {name}");
            drafts.line(ui, &name, of, "what they say", width, commands);
        });
    }
}
