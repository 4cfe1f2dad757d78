//! Every action of the window as a value. Buttons, shortcuts and tests all speak these words, and
//! only [`State::apply`](super::state::State::apply) acts on them.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::state::{MapLook, Presenting, Reviewing, Sliders, Sorting};
use crate::draw::{Listing, TimeScale};
use crate::keys::Passphrase;
use crate::project::ThemeChoice;
use crate::views::{
    Anchor, Cohort, ConsentField, DateOrder, FunnelSpec, Kind, MapSpec, Preset, Role, Rule, Rules,
    Settlement, Spec, Split, TimeGrain, TimingSpec, TrendSpec, Unit, UnknownConsent,
};

/// Where one works. In the order of the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Data,
    Protect,
    Explore,
    Present,
    Release,
    Review,
}

impl Place {
    pub const ALL: [Self; 6] =
        [Self::Data, Self::Protect, Self::Explore, Self::Present, Self::Release, Self::Review];

    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "Data",
            Self::Protect => "Protect",
            Self::Explore => "Explore",
            Self::Present => "Present",
            Self::Release => "Release",
            Self::Review => "Review",
        }
    }
}

/// A part of a package that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Svg,
    Png,
    Pdf,
    Tables,
    Parquet,
    Mermaid,
    GraphMl,
    Dot,
    Page,
}

/// A form in which the view on the screen is passed on, alone and without a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Svg,
    Png,
    Pdf,
    /// The numbers as a table.
    Csv,
}

impl Form {
    pub const ALL: [Self; 4] = [Self::Png, Self::Svg, Self::Pdf, Self::Csv];

    pub fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
            Self::Csv => "csv",
        }
    }

    /// `Picture, PNG`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Svg => "Picture, SVG",
            Self::Png => "Picture, PNG",
            Self::Pdf => "Picture, PDF",
            Self::Csv => "Table, CSV",
        }
    }
}

/// A file about people that goes with the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Who agreed to what and when.
    Register,
    /// Who asked to be erased.
    Erasure,
}

/// A passphrase on its way; nobody can print it.
#[derive(Clone)]
pub struct Phrase(pub Arc<Passphrase>);

impl fmt::Debug for Phrase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Phrase")
    }
}

impl PartialEq for Phrase {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&other.0)
    }
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

    /// Ask for the name and the passphrase of a new project about what is open.
    NewProject,
    /// Ask which project is to be opened, and for its passphrase.
    OpenProject,
    SetProjectPath(String),
    ChooseProjectPath,
    CreateProject(Phrase),
    UnlockProject(Phrase),
    SaveProject,
    /// Ask for a list of people who asked to be erased from the project.
    EraseFromProject,
    /// Apply the list that was named.
    Erase,
    /// Write the receipt of an erasure where it was said.
    SaveReceipt,
    /// Ask for another passphrase for the project.
    ChangePassphrase,
    /// The one that opens it now, and the one that shall.
    SetPassphrase(Phrase, Phrase),
    /// Ask where a file is now that the project reads.
    FindFiles,
    /// Read these files in place of those that the project reads.
    UseFiles(Vec<PathBuf>),
    /// What could not be saved is given up.
    DropChanges,
    ShowHistory(bool),

    /// `None` means the column is not read.
    SetRole(String, Option<Role>),
    /// The column is read where the first of this part is empty.
    StandIn(String, Role),
    /// The column says what people consented to.
    SetConsent(ConsentField),
    /// The column by which a row that was sent twice is known.
    SetInsertId(String),
    /// Read the files as this export; `None` is as they were recognised.
    SetPreset(Option<Preset>),
    SetDateOrder(DateOrder),
    SetTimezone(String),
    /// The pause that ends a session, in seconds.
    SetSessionGap(u64),
    DropDuplicates(bool),
    ChooseList(List),
    AddList(List, PathBuf),
    RemoveList(List, PathBuf),
    /// Read the columns as those of files like this were read before, with the same rules.
    UseRemembered,
    /// Do not.
    PassRemembered,
    /// Use the readable beginning of a file that breaks off.
    AcceptTruncated,
    Import,
    /// From the report back to the columns.
    EditColumns,

    /// Another of the views.
    SetKind(Kind),
    SetMap(MapSpec),
    SetFunnel(FunnelSpec),
    SetTiming(TimingSpec),
    SetTrend(TrendSpec),
    SetCohort(Cohort),
    /// Look which values of an attribute can be asked about by name.
    LookAtValues(String),
    SetUnit(Unit),
    SetSplit(Option<Split>),
    /// Two groups are drawn as their difference, or side by side.
    SetDifference(bool),
    /// The flows of several groups are drawn as one, or each by itself.
    SetTogether(bool),
    /// How much of a map is sliders.
    SetSliders(Sliders),
    /// How times are laid out.
    SetTimeScale(TimeScale),
    /// Which of the published paths are listed.
    SetListing(Listing),
    /// Several changes of the question, undone as one.
    AtOnce(Vec<Command>),
    /// What is drawn of a map.
    SetMapLook(MapLook),

    /// Where steps are counted from, and from which label on.
    SetAnchor(Anchor),
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
    /// Write a rule for what is called like this, or change the one that calls it so, at Protect.
    RuleFor(String),
    /// Consent to this purpose is needed, or not.
    RequirePurpose(String, bool),
    SetUnknownConsent(UnknownConsent),
    SetTimeGrain(TimeGrain),
    /// Ask for the file of a policy.
    ChoosePolicy,
    /// From now on nothing is asked below what this policy demands.
    UsePolicy(PathBuf),
    /// Do without the policy, where nobody signed it whose key is trusted.
    LeavePolicy,
    /// Put a rule at this place among the others.
    InsertRule(usize, Rule),
    ChangeRule(usize, Rule),
    /// From one place among the rules to another.
    MoveRule(usize, usize),
    RemoveRule(usize),
    /// Show what these rules would do, without taking them over; `None` ends the trial.
    TryRules(Option<Rules>),
    /// What is decided about findings.
    Settle(Vec<Settlement>),
    /// A decision is taken back.
    Unsettle(usize),
    Undo,
    Redo,

    /// A node of the flow, a node or a path of the map, by its identifier; or none.
    Select(Option<String>),
    ShowTable(bool),
    /// The order of the rows of a table; `None` is as they are published.
    SortTable(Option<Sorting>),
    /// Puts published words on the clipboard.
    Copy(String),
    Ask(bool),

    /// The picture on the screen, to the clipboard.
    CopyPicture,
    /// Ask where the view on the screen shall be written.
    Export(Form),
    SetExportPath(String),
    ChooseExportPath,
    WriteExport,

    /// The question on the screen becomes a view of the release.
    AddToRelease,
    /// A view of the release under another name, or asked in another way.
    ChangeReleased(usize, Box<Spec>),
    /// From one place among the views of the release to another.
    MoveReleased(usize, usize),
    RemoveReleased(usize),
    /// A view of the release on the screen.
    ShowReleased(usize),
    SetPart(Part, bool),
    /// Whether the whole statement is open.
    ReadStatement(bool),
    /// The package is made again after somebody stopped it.
    MakePackage,
    /// Compare with the package in this file; with none where it is empty.
    SetEarlier(String),
    ChooseEarlier,
    ChoosePackage,
    SetPackagePath(String),
    /// What the release is for.
    SetReason(String),
    /// The file of the key that signs the package; none where it is empty.
    SetSigningKey(String),
    ChooseSigningKey,
    /// A new key in that file, with the passphrase that was typed.
    MakeSigningKey,
    WritePackage,
    /// The folder of the package in the file manager.
    ShowInFolder(PathBuf),

    /// At the board and before the room.
    Present(Presenting),

    /// At the reviewer's desk.
    Review(Reviewing),

    /// Everything that can be done, by its name.
    OpenPalette,
    SetTheme(ThemeChoice),
    /// The window takes the whole display, or no longer does.
    FullScreen,
    CancelWork,
    Dismiss,
    Escape,
    Quit,
}

/// The shortcuts, and what they do. The first that fits is taken, so that Ctrl Shift Z is not read
/// as Ctrl Z.
pub fn shortcuts() -> [(KeyboardShortcut, Command); 20] {
    let ctrl = |key| KeyboardShortcut::new(Modifiers::COMMAND, key);
    [
        (ctrl(Key::K), Command::OpenPalette),
        (
            KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::C),
            Command::CopyPicture,
        ),
        (
            KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::A),
            Command::AddToRelease,
        ),
        (ctrl(Key::E), Command::Export(Form::Png)),
        (KeyboardShortcut::new(Modifiers::NONE, Key::F11), Command::FullScreen),
        (
            KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::O),
            Command::OpenProject,
        ),
        (ctrl(Key::O), Command::ChooseFile),
        (ctrl(Key::N), Command::NewProject),
        (ctrl(Key::S), Command::SaveProject),
        (KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z), Command::Redo),
        (ctrl(Key::Y), Command::Redo),
        (ctrl(Key::Z), Command::Undo),
        (ctrl(Key::Num1), Command::Go(Place::Data)),
        (ctrl(Key::Num2), Command::Go(Place::Protect)),
        (ctrl(Key::Num3), Command::Go(Place::Explore)),
        (ctrl(Key::Num4), Command::Go(Place::Present)),
        (ctrl(Key::Num5), Command::Go(Place::Release)),
        (ctrl(Key::Num6), Command::Go(Place::Review)),
        (
            KeyboardShortcut::new(Modifiers::NONE, Key::F5),
            Command::Present(Presenting::Begin(None)),
        ),
        (ctrl(Key::Q), Command::Quit),
    ]
}
