//! Who sits before the window, and what they can do in it.
//!
//! Only an analyst's window has a thread with a vault in it, and one that opens projects. For the
//! others there is none, so that no click, key or dropped file leads to a record about a person.

use super::command::{Command, Place};
use super::state::{ReviewTab, Reviewing};

/// What a window is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Data, their protection, and what is released.
    #[default]
    Analyst,
    /// Packages, judged and signed; no data.
    Reviewer,
    /// Packages, looked at; no data and no judgement.
    Presenter,
}

impl Role {
    pub fn places(self) -> &'static [Place] {
        match self {
            Self::Analyst => &Place::ALL,
            Self::Reviewer | Self::Presenter => &[Place::Present, Place::Review],
        }
    }

    /// The parts of a package that are looked at.
    pub fn looks_at(self, tab: ReviewTab) -> bool {
        self != Self::Presenter || matches!(tab, ReviewTab::Contents | ReviewTab::Statement)
    }

    /// Whether the window may see data.
    pub fn sees_data(self) -> bool {
        self == Self::Analyst
    }

    /// Whether somebody in this role can do this.
    pub fn may(self, command: &Command) -> bool {
        match command {
            _ if self.sees_data() => true,
            Command::Go(place) => self.places().contains(place),
            Command::Review(reviewing) => self == Self::Reviewer || is_looking(reviewing),
            // Boards are made of what packages publish, and of words.
            Command::Present(presenting) => !presenting.asks_data(),
            Command::Copy(_)
            | Command::Undo
            | Command::Redo
            | Command::OpenPalette
            | Command::SetTheme(_)
            | Command::FullScreen
            | Command::Dismiss
            | Command::Escape
            | Command::Quit => true,
            _ => false,
        }
    }
}

fn is_looking(reviewing: &Reviewing) -> bool {
    match reviewing {
        Reviewing::Choose(asked) => *asked == super::state::Asked::Packages,
        Reviewing::Look(tab) => Role::Presenter.looks_at(*tab),
        Reviewing::Open(_) | Reviewing::Close(_) | Reviewing::Show(_) | Reviewing::LookAt(_) => {
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Role;
    use crate::app::command::{Command, Form, Place};
    use crate::app::state::{Presenting, Reviewing};
    use crate::release::Choice;

    #[test]
    fn only_an_analyst_reaches_data_and_only_a_reviewer_judges() {
        let of_data = [
            Command::ChooseFile,
            Command::OpenFiles(vec![PathBuf::from("a.csv")]),
            Command::OpenSample,
            Command::OpenProject,
            Command::NewProject,
            Command::Import,
            Command::Present(Presenting::BoardOfShown),
            Command::Present(Presenting::WorkOut),
            Command::Go(Place::Explore),
            Command::Export(Form::Png),
            Command::WritePackage,
        ];
        for command in of_data {
            assert!(Role::Analyst.may(&command), "{command:?}");
            assert!(!Role::Reviewer.may(&command) && !Role::Presenter.may(&command), "{command:?}");
        }
        let decide = Command::Review(Reviewing::Decide(Choice::Approved));
        assert!(Role::Reviewer.may(&decide) && !Role::Presenter.may(&decide));
        let open = Command::Review(Reviewing::Open(Vec::new()));
        assert!(Role::Reviewer.may(&open) && Role::Presenter.may(&open));
    }
}
