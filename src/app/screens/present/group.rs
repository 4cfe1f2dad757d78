//! What a group does together: the time, dots for ideas, guesses, and the ideas that lead.

use egui::{Align, Layout, Ui};

use super::canvas::on;
use super::keys;
use crate::app::command::Command;
use crate::app::state::{Presenting, State, Timer, Timing};
use crate::app::theme::Look;
use crate::app::widgets::{Button, divider, segmented, text};
use crate::board::{Board, Card, CardChange, OnBoard, Voting};

/// How many dots everybody gets.
pub struct Group {
    dots: u8,
}

impl Default for Group {
    fn default() -> Self {
        Self { dots: 3 }
    }
}

impl Group {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        timer_ui(ui, &state.present.timer, commands);
        let Some(board) = state.board() else { return };
        gap(ui);
        self.voting_ui(ui, board, commands);
        gap(ui);
        guesses_ui(ui, board, commands);
        gap(ui);
        ideas_ui(ui, board, commands);
    }

    fn voting_ui(&mut self, ui: &mut Ui, board: &Board, commands: &mut Vec<Command>) {
        text::title(ui, "Vote");
        let ideas = board.opportunities().len();
        match &board.voting {
            None => {
                if ideas == 0 {
                    text::body(ui, "There are no ideas to vote about yet.");
                    return;
                }
                text::small(ui, "Dots for everybody");
                let options = [(1, "1"), (3, "3"), (5, "5"), (7, "7"), (10, "10")];
                if let Some(dots) = segmented(ui, "Dots", &options, self.dots) {
                    self.dots = dots;
                }
                if Button::new("Begin the vote").filled().ui(ui).clicked() {
                    commands.push(on(board.id, OnBoard::StartVoting(self.dots)));
                }
            }
            Some(voting) if voting.revealed => {
                text::body(ui, format!("{} voted. The totals are shown.", people(voting.voters)));
                if Button::new("End the vote").ui(ui).clicked() {
                    commands.push(on(board.id, OnBoard::EndVoting));
                }
            }
            Some(voting) => {
                text::body(ui, turn(voting));
                text::small(
                    ui,
                    "Keys 1 to 9 give a dot to an idea by its number, with Shift they take it back.",
                );
                ui.horizontal(|ui| {
                    if Button::new("Next person").filled().ui(ui).clicked() {
                        commands.push(on(board.id, OnBoard::NextVoter));
                    }
                    if Button::new("Reveal").named("Reveal the votes").ui(ui).clicked() {
                        commands.push(on(board.id, OnBoard::RevealVotes));
                    }
                });
            }
        }
    }
}

fn gap(ui: &mut Ui) {
    ui.add_space(4.0);
    divider(ui, 16.0);
    ui.add_space(4.0);
}

fn people(count: u32) -> String {
    if count == 1 { "One person".to_owned() } else { format!("{count} people") }
}

/// `Person 3: 2 dots left`.
pub fn turn(voting: &Voting) -> String {
    let dots = match voting.left() {
        0 => "no dots left".to_owned(),
        1 => "1 dot left".to_owned(),
        many => format!("{many} dots left"),
    };
    format!("Person {}: {dots}", voting.voters + 1)
}

/// `4:59`.
pub fn clock(timer: &Timer) -> String {
    // A second that has begun is shown whole.
    let secs = timer.left().as_millis().div_ceil(1000);
    format!("{}:{:02}", secs / 60, secs % 60)
}

fn timer_ui(ui: &mut Ui, timer: &Timer, commands: &mut Vec<Command>) {
    text::title(ui, "Time");
    ui.horizontal(|ui| {
        text::display(ui, clock(timer));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut step = |words: &str, name: &str, minutes: u32, ui: &mut Ui| {
                if Button::new(words).small().named(name).ui(ui).clicked() {
                    commands.push(Presenting::Time(Timing::Minutes(minutes)).into());
                }
            };
            step("+ 1", "One minute more", timer.minutes + 1, ui);
            step("− 1", "One minute less", timer.minutes.saturating_sub(1), ui);
            text::small(ui, format!("{} min", timer.minutes));
        });
    });
    ui.horizontal(|ui| {
        let (words, timing) =
            if timer.is_running() { ("Pause", Timing::Pause) } else { ("Start", Timing::Start) };
        let name = format!("{words} the time");
        if Button::new(words).named(name).ui(ui).clicked() {
            commands.push(Presenting::Time(timing).into());
        }
        if timer.is_used() && Button::new("Reset").named("Reset the time").ui(ui).clicked() {
            commands.push(Presenting::Time(Timing::Reset).into());
        }
    });
}

/// Numbers that are kept back until the group has guessed.
fn guesses_ui(ui: &mut Ui, board: &Board, commands: &mut Vec<Command>) {
    text::title(ui, "Guess, then see");
    let guessed: Vec<&Card> = board.cards.iter().filter(|card| card.guess.is_some()).collect();
    if guessed.is_empty() {
        text::body(ui, "Select a measured card and let the group guess its number first.");
    }
    for card in guessed {
        let Some(guess) = &card.guess else { continue };
        ui.push_id(card.id, |ui| {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let select = format!("Show the card {}", card.text);
                    if Button::new("Show").small().named(select).ui(ui).clicked() {
                        commands.push(Presenting::Select(vec![card.id]).into());
                        let panel = crate::app::state::Panel::Card;
                        commands.push(Presenting::OpenPanel(Some(panel)).into());
                    }
                    if !guess.revealed {
                        let name = format!("Reveal {}", card.text);
                        if Button::new("Reveal").small().named(name).ui(ui).clicked() {
                            let change = OnBoard::Change(card.id, CardChange::Reveal);
                            commands.push(on(board.id, change));
                        }
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        text::body_cut(ui, format!("{} ({})", card.text, guess.guesses.len()));
                    });
                });
            });
        });
    }
}

/// How many ideas are listed.
const LISTED: usize = 12;

/// The ideas that lead: by votes where they are shown, else by effort.
fn ideas_ui(ui: &mut Ui, board: &Board, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    text::title(ui, "Top ideas");
    let ideas = board.opportunities();
    if ideas.is_empty() {
        text::body(ui, "Cards in a lane of ideas are listed here.");
    }
    let numbered = keys::numbered(board);
    let is_voting = keys::is_voting(board);
    for (at, idea) in ideas.iter().take(LISTED).enumerate() {
        ui.push_id(idea.id, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    match &board.voting {
                        Some(voting) if voting.revealed => {
                            text::emphasis(ui, voting.of(idea.id).to_string());
                        }
                        Some(voting) => {
                            let vote = Button::new("+ dot").small().enabled(voting.left() > 0);
                            if vote.named(format!("Vote for {}", idea.text)).ui(ui).clicked() {
                                commands.push(on(board.id, OnBoard::Vote(idea.id)));
                            }
                            let mine = voting.mine(idea.id);
                            if mine > 0 {
                                let back = Button::new("−").small();
                                let name = format!("Take a dot back from {}", idea.text);
                                if back.named(name).ui(ui).clicked() {
                                    commands.push(on(board.id, OnBoard::TakeBack(idea.id)));
                                }
                                text::small_in(ui, format!("{mine} given"), look.accent);
                            }
                        }
                        None => {}
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let number = numbered.iter().find(|(_, id)| *id == idea.id);
                        let number = if is_voting {
                            number.map_or_else(|| "·".to_owned(), |(number, _)| number.to_string())
                        } else {
                            (at + 1).to_string()
                        };
                        text::small(ui, number);
                        text::body_cut(ui, &idea.text);
                    });
                });
            });
            let effort = idea.effort.map(|effort| effort.name().to_owned());
            let owner = Some(idea.owner.clone()).filter(|owner| !owner.is_empty());
            let words: Vec<String> = effort.into_iter().chain(owner).collect();
            if !words.is_empty() {
                text::small_cut(ui, words.join(" · "));
            }
        });
    }
    if ideas.len() > LISTED {
        text::small(ui, format!("{} more are on the action sheet.", ideas.len() - LISTED));
    }
}
