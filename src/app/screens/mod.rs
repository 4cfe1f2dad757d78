//! One file a screen. A screen shows the state and hands commands back; what it keeps for itself is
//! text that is being typed and where a picture was moved to.

mod data;
mod explore;
mod history;
mod nothing;
mod present;
mod project;
mod protect;
mod release;
mod review;
mod welcome;

use egui::{CentralPanel, Ui};

pub use explore::more_names;
pub use review::TABS as REVIEW_TABS;

use super::command::{Command, Place};
use super::shell;
use super::state::State;
use super::theme::Look;
use super::worker::Worker;

/// What the screens keep between frames.
#[derive(Default)]
pub struct Screens {
    welcome: welcome::Welcome,
    data: data::Data,
    protect: protect::Protect,
    explore: explore::Explore,
    present: present::Present,
    release: release::Release,
    project: project::Asked,
    history: history::Shown,
    review: review::Review,
}

impl Screens {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        match (state.place, &state.source) {
            (Place::Data, None) => {
                CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
                    self.welcome.ui(ui, state, worker, commands);
                });
            }
            (Place::Data, Some(_)) => {
                CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
                    self.data.ui(ui, state, commands);
                });
            }
            (Place::Protect, _) => {
                CentralPanel::no_frame().frame(shell::paper(look)).show(ui, |ui| {
                    self.protect.ui(ui, state, commands);
                });
            }
            (Place::Explore, _) => self.explore.ui(ui, state, worker, commands),
            (Place::Present, _) => self.present.ui(ui, state, worker, commands),
            (Place::Release, _) => self.release.ui(ui, state, worker, commands),
            (Place::Review, _) => self.review.ui(ui, state, worker, commands),
        }
        self.history.ui(ui, state, commands);
        self.project.ui(ui, state, commands);
    }
}
