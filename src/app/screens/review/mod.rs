//! The reviewer's desk: packages at the left, what is in one in the middle, the judgement at the
//! right.
//!
//! *Invariant:* shows what a reader of the packages has, and nothing else; needs no data.

mod assume;
mod beside;
mod contents;
mod findings;
mod judgement;
mod list;

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};
use egui_material_icons::icons::{ICON_ADD, ICON_CLOSE};

use super::nothing;
use crate::app::command::Command;
use crate::app::role::Role;
use crate::app::shell;
use crate::app::state::{Asked, Received, ReviewTab, Reviewing, State};
use crate::app::theme::Look;
use crate::app::widgets::{Button, Tone, field, icon_button, segmented, stripe, text};
use crate::app::worker::Worker;

pub const TABS: [(ReviewTab, &str); 5] = [
    (ReviewTab::Findings, "Findings"),
    (ReviewTab::Contents, "Contents"),
    (ReviewTab::Statement, "Statement"),
    (ReviewTab::History, "History"),
    (ReviewTab::Beside, "Side by side"),
];

/// What is being typed.
#[derive(Default)]
pub struct Review {
    path: String,
    assumed: assume::Typed,
}

impl Review {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        if state.review.packages.is_empty() {
            CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
                self.nothing_ui(ui, state, commands);
            });
            return;
        }
        let whole = ui.available_width();
        let ground = || Frame::new().fill(look.background);
        Panel::left("packages")
            .exact_size((whole * 0.235).clamp(212.0, 308.0))
            .resizable(false)
            .frame(ground())
            .show(ui, |ui| {
                let scroll = ScrollArea::vertical().id_salt("packages").auto_shrink(false);
                scroll.show(ui, |ui| list::ui(ui, state, &mut self.path, commands));
            });
        let judges = state.role != Role::Presenter;
        if judges && state.review.received().is_some_and(|it| it.ready().is_some()) {
            Panel::right("judgement")
                .exact_size((whole * 0.22).clamp(262.0, 300.0))
                .resizable(false)
                .frame(ground())
                .show(ui, |ui| {
                    // What signs is always in sight.
                    Panel::bottom("decision")
                        .resizable(false)
                        .frame(ground().inner_margin(Margin::symmetric(16, 12)))
                        .show(ui, |ui| judgement::decide_ui(ui, state, commands));
                    let scroll = ScrollArea::vertical().id_salt("judgement").auto_shrink(false);
                    scroll.show(ui, |ui| judgement::ui(ui, state, commands));
                });
        }
        CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
            let scroll = ScrollArea::vertical().id_salt("package").auto_shrink(false);
            scroll.show(ui, |ui| {
                let margin = if whole < 1100.0 { 16 } else { 24 };
                Frame::new().inner_margin(Margin::same(margin)).show(ui, |ui| {
                    ui.take_available_width();
                    shell::notice_ui(ui, state, commands);
                    package_ui(ui, state, worker, (&mut self.assumed, commands));
                });
            });
        });
    }

    fn nothing_ui(&mut self, ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
        nothing::middle(ui, |ui| {
            text::title(ui, "No package is open");
            text::body(
                ui,
                "Open release packages, or drop them here. You see what a reader would see; the data \
                 they were made from is not needed.",
            );
            if Button::new("Open a package").filled().ui(ui).clicked() {
                commands.push(Reviewing::Choose(Asked::Packages).into());
            }
            if let Some((shown, _)) = &state.present.show
                && Button::new("Review the presenter file that is shown").ui(ui).clicked()
            {
                commands.push(Reviewing::Open(vec![shown.clone()]).into());
            }
            ui.add_space(8.0);
            path_ui(ui, &mut self.path, commands);
            if let Some(notice) = &state.notice {
                stripe(ui, Tone::Warning, &notice.what, &notice.then, |_| {});
            }
        });
    }
}

/// For whoever has no dialog, or knows the path.
fn path_ui(ui: &mut Ui, path: &mut String, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 72.0).min(360.0);
        let typed = field(ui, "Path of a package", path, "or type its path", width);
        let entered = typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let is_there = !path.trim().is_empty();
        let open = Button::new("Open").named("Open the typed path").enabled(is_there).ui(ui);
        if is_there && (open.clicked() || entered) {
            commands.push(Reviewing::Open(vec![path.trim().into()]).into());
            path.clear();
        }
    });
}

fn package_ui(
    ui: &mut Ui,
    state: &mut State,
    worker: &Worker,
    (typed, commands): (&mut assume::Typed, &mut Vec<Command>),
) {
    let look = Look::of(ui);
    let Some(received) = state.review.received() else {
        text::body(ui, "Choose a package at the left.");
        return;
    };
    let name = received.name();
    ui.horizontal(|ui| {
        let attack = state.role != Role::Presenter
            && received.ready().is_some_and(|it| !it.opened.views.is_empty());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let asks = state.review.asks && state.review.tab == ReviewTab::Findings;
            let button = Button::new("Attack again").enabled(attack).chosen(asks).ui(ui);
            if attack && button.clicked() {
                commands.push(Reviewing::AskAttack(!asks).into());
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let font = crate::app::theme::title();
                let words = egui::RichText::new(&name).font(font).color(look.text_strong);
                ui.add(egui::Label::new(words).truncate());
            });
        });
    });
    match &received.examined {
        None => {
            text::weak(ui, "The package is being read and checked …");
            return;
        }
        Some(Err(why)) => {
            ui.add_space(8.0);
            let then = "Nothing of it was read further, and nothing can be decided about it.";
            stripe(ui, Tone::Danger, &crate::app::worker::sentence(why), then, |_| {});
            return;
        }
        Some(Ok(_)) => {}
    }
    ui.add_space(4.0);
    let has_history = received.ready().is_some_and(|it| it.opened.history().is_some());
    let tabs: Vec<(ReviewTab, &str)> = TABS
        .into_iter()
        .filter(|(tab, _)| *tab != ReviewTab::History || has_history)
        .filter(|(tab, _)| *tab != ReviewTab::Beside || state.review.others().next().is_some())
        .filter(|(tab, _)| state.role.looks_at(*tab))
        .collect();
    if let Some(tab) = segmented(ui, "Look at", &tabs, state.review.tab) {
        commands.push(Reviewing::Look(tab).into());
    }
    ui.add_space(4.0);
    let tab = state.review.tab;
    let judges = state.role != Role::Presenter;
    if judges && tab != ReviewTab::Beside {
        compared_ui(ui, state, commands);
    }
    ui.add_space(12.0);
    match tab {
        ReviewTab::Contents => contents::ui(ui, state, worker, commands),
        ReviewTab::Statement => contents::statement_ui(ui, state),
        ReviewTab::History if has_history => contents::history_ui(ui, state),
        ReviewTab::Beside if state.review.others().next().is_some() => {
            beside::ui(ui, state, worker, commands);
        }
        // Another package was left at what this one has not.
        ReviewTab::Findings | ReviewTab::History | ReviewTab::Beside => {
            let is_drawn = state
                .review
                .received()
                .and_then(|it| it.ready())
                .is_some_and(|it| !it.opened.views.is_empty());
            if judges && state.review.asks && is_drawn {
                assume::ui(ui, typed, state, commands);
                ui.add_space(12.0);
            }
            findings::ui(ui, state, commands);
        }
    }
}

/// The other packages that are open, and whether they are attacked together with this one.
fn compared_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let review = &state.review;
    let is_other = |it: &&Received| {
        Some(it.number) != review.shown && it.ready().is_some_and(|it| !it.opened.views.is_empty())
    };
    let others: Vec<&Received> = review.packages.iter().filter(is_other).collect();
    let is_drawn =
        review.received().and_then(|it| it.ready()).is_some_and(|it| !it.opened.views.is_empty());
    if others.is_empty() || !is_drawn {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        text::small(ui, "Compared with");
        for other in others {
            let name = crate::draw::text::shorten(&other.name(), 24);
            let apart = review.apart.contains(&other.number);
            let (icon, said) = if apart {
                (ICON_ADD, format!("Compare with {name}"))
            } else {
                (ICON_CLOSE, format!("Do not compare with {name}"))
            };
            let chip = Button::new(&name).small().after(icon).named(said).chosen(!apart);
            if chip.ui(ui).clicked() {
                commands.push(Reviewing::Compare(other.number, apart).into());
            }
        }
    });
}

/// A row with a heading and a button that takes it away.
fn removable_ui(ui: &mut Ui, words: &str, remark: &str, remove: &str) -> bool {
    let mut removed = false;
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            removed = icon_button(ui, ICON_CLOSE, remove, true).clicked();
            ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                text::body_cut(ui, words);
                text::small_cut(ui, remark);
            });
        });
    });
    removed
}
