//! Every action of the window as a value. Buttons, shortcuts and tests all speak these words, and
//! only [`State::apply`](super::state::State::apply) acts on them.

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::project::ThemeChoice;
use crate::views::{DateOrder, Role, Rule, Side};

/// Where one works. In the order of the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Data,
    Explore,
    Release,
}

impl Place {
    pub const ALL: [Self; 3] = [Self::Data, Self::Explore, Self::Release];

    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "Data",
            Self::Explore => "Explore",
            Self::Release => "Release",
        }
    }
}

/// A part of a package that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Svg,
    Png,
    Tables,
    Page,
}

/// One thing a person can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Go(Place),
    ChooseFile,
    OpenFiles(Vec<PathBuf>),
    OpenSample,
    Forget(PathBuf),
    /// Back to the first screen; what was open is let go.
    CloseData,

    /// `None` means the column is not read.
    SetRole(String, Option<Role>),
    SetDateOrder(DateOrder),
    SetTimezone(String),
    /// Use the readable beginning of a file that breaks off.
    AcceptTruncated,
    Import,
    /// From the report back to the columns.
    EditColumns,

    SetSide(Side),
    StartAt(String),
    EndAt(String),
    ClearAnchor,
    SetSteps(u8),
    SetTop(u8),
    SetCollapse(bool),
    SetDropOff(bool),
    SetThreshold(u32),
    Hide(String),
    Show(String),
    AddRule(Rule),
    RemoveRule(usize),
    Undo,
    Redo,

    /// A node of the flow by its identifier, or none.
    Select(Option<String>),
    ShowTable(bool),
    Ask(bool),

    SetPart(Part, bool),
    ChoosePackage,
    SetPackagePath(String),
    WritePackage,

    SetTheme(ThemeChoice),
    CancelWork,
    Dismiss,
    Escape,
    Quit,
}

/// The shortcuts, and what they do. The first that fits is taken, so that Ctrl Shift Z is not read
/// as Ctrl Z.
pub fn shortcuts() -> [(KeyboardShortcut, Command); 9] {
    let ctrl = |key| KeyboardShortcut::new(Modifiers::COMMAND, key);
    [
        (ctrl(Key::O), Command::ChooseFile),
        (ctrl(Key::S), Command::Go(Place::Release)),
        (KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z), Command::Redo),
        (ctrl(Key::Y), Command::Redo),
        (ctrl(Key::Z), Command::Undo),
        (ctrl(Key::Num1), Command::Go(Place::Data)),
        (ctrl(Key::Num2), Command::Go(Place::Explore)),
        (ctrl(Key::Num3), Command::Go(Place::Release)),
        (ctrl(Key::Q), Command::Quit),
    ]
}
