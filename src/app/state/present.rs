//! The place Present: which board is worked at, whose numbers stand in it, what is shown to the room, and
//! which file is asked for. The boards themselves are in [`super::Question`], so that everything done to
//! them can be undone.
//!
//! *Invariant:* the wall shows numbers of [`State::released`] alone: of a package that was written from
//! here, held when it was read back and waits for no reviewer, or of one that was opened, holds and was
//! not rejected. What is
//! only about to leave stands in the analyst's own window: it is in no ledger yet, and a room full of
//! people is a release.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{State, home};
use crate::app::command::{Command, Place};
use crate::app::toast::Toast;
use crate::app::worker::{
    BoardDrawing, BoardDrawn, Examined, Failure, Output, Packed, PresentJob, PresentOutcome,
    Printing, SlideDrawing, Worker, file_names,
};
use crate::board::{
    Board, BoardId, CardChange, CardId, Edit, EditError, LaneId, Made, OnBoard, PersonaId, Point,
    Shows, Slide, SlideId, StageId, State as BoardState, Workshop,
};
use crate::draw::Scene;
use crate::draw::paper::Paper;
use crate::release::{Choice, Verdict};
use crate::views::{Disclosed, View};

/// What stands beside the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// What is selected, in full.
    Card,
    Slides,
    /// Votes, guesses, the time, the ideas that lead.
    Group,
}

impl Panel {
    pub fn name(self) -> &'static str {
        match self {
            Self::Card => "Details",
            Self::Slides => "Slides",
            Self::Group => "Group",
        }
    }
}

/// Something on a board that can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spot {
    Stage(StageId),
    Lane(LaneId),
    Cell(StageId, LaneId),
    Card(CardId),
}

/// One thing a person can do at Present.
#[derive(Clone, Debug, PartialEq)]
pub enum Presenting {
    Edit(Edit),
    /// Several edits, undone as one.
    Edits(Vec<Edit>),
    /// Writes of a persona how they feel; of a new one where there is none.
    Feel(BoardId, Vec<Point>),
    /// Words beside a point of a curve.
    Note(BoardId, PersonaId, usize, String),
    ShowBoard(BoardId),
    /// The other of two boards below each other.
    WorkAt(BoardId),
    /// Whose feeling is drawn.
    Persona(PersonaId),
    Select(Vec<CardId>),
    OpenPanel(Option<Panel>),
    /// A board of the steps of the view on the screen, which joins the release.
    BoardOfShown,
    /// A board of the steps of a view whose numbers are here.
    BoardOf(String),
    /// Make the package whose numbers stand on the board.
    WorkOut,
    Time(Timing),

    /// Show slides, from this one on or from the first.
    Begin(Option<SlideId>),
    Turn(Turn),
    /// What is pointed at on the wall, from the corner of the slide's picture; in shares of its size.
    Point(Option<[f32; 2]>),
    /// Enlarge a part of the picture on the wall, or show all of it.
    Enlarge(Option<String>),
    /// On which display the wall fills the screen.
    Display(usize),

    /// Ask for a file.
    Ask(FileFor),
    ChoosePath,
    SetPath(String),
    UsePath,
    UsePaper(Paper),
    /// A file that was let fall on the place.
    Drop(PathBuf),
    Open(PathBuf),
    /// The numbers are those of the own release again.
    CloseShow,
}

impl Presenting {
    /// Whether it leads to data, and so to nobody but an analyst.
    pub fn asks_data(&self) -> bool {
        matches!(self, Self::BoardOfShown | Self::WorkOut)
    }
}

/// What is done with the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    Minutes(u32),
    Start,
    Pause,
    Reset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Next,
    Back,
    First,
    Last,
    To(usize),
    /// Nothing on the wall, or something again.
    Blank,
    End,
}

/// What a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFor {
    /// Everything for the room in one file.
    Show,
    /// The board on paper or as a picture.
    Paper(Output),
    /// A journey written elsewhere.
    Mermaid,
    /// A picture for a card.
    Picture(BoardId, CardId),
    /// A presenter file or package.
    Open,
}

impl FileFor {
    pub fn is_written(self) -> bool {
        matches!(self, Self::Show | Self::Paper(_))
    }

    pub fn ending(self) -> &'static str {
        match self {
            Self::Show => "trodden-show.zip",
            Self::Paper(paper) => paper.ending(),
            Self::Mermaid => "mmd",
            Self::Picture(..) => "png",
            Self::Open => "zip",
        }
    }
}

/// A file that is being asked for.
pub struct AskedFile {
    pub what: FileFor,
    pub path: String,
    pub replaces: bool,
    pub error: Option<String>,
    working: Option<u64>,
}

impl AskedFile {
    fn new(what: FileFor, path: String) -> Self {
        let replaces = what.is_written() && Path::new(path.trim()).is_file();
        Self { what, path, replaces, error: None, working: None }
    }

    pub fn is_working(&self) -> bool {
        self.working.is_some()
    }

    pub fn file_name(&self) -> String {
        let name = Path::new(self.path.trim()).file_name();
        name.map_or_else(String::new, |name| name.display().to_string())
    }
}

/// Whose numbers stand on a board.
#[derive(Clone, Default)]
pub enum Published {
    #[default]
    Nothing,
    /// Of a package made here.
    Packed(Arc<Packed>),
    /// Of a package that was read.
    Opened(Arc<Examined>),
}

impl Published {
    pub fn views(&self) -> Vec<&Disclosed<View>> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Packed(packed) => packed.shown.iter().map(|shown| &shown.view).collect(),
            Self::Opened(examined) => examined.opened.views.iter().collect(),
        }
    }

    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) => true,
            (Self::Packed(one), Self::Packed(other)) => Arc::ptr_eq(one, other),
            (Self::Opened(one), Self::Opened(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    pub fn is_nothing(&self) -> bool {
        self.views().is_empty()
    }

    pub fn view(&self, name: &str) -> Option<&Disclosed<View>> {
        self.views().into_iter().find(|view| view.view().name() == name)
    }

    /// The bytes of the package.
    pub fn package(&self) -> Option<&[u8]> {
        match self {
            Self::Nothing => None,
            Self::Packed(packed) => packed.made.as_ref().ok().map(|made| &made.package.bytes[..]),
            Self::Opened(examined) => Some(&examined.bytes),
        }
    }
}

/// A clock that runs backwards.
pub struct Timer {
    pub minutes: u32,
    left: Duration,
    since: Option<Instant>,
}

impl Default for Timer {
    fn default() -> Self {
        Self { minutes: 5, left: Duration::from_mins(5), since: None }
    }
}

impl Timer {
    pub const MINUTES: std::ops::RangeInclusive<u32> = 1..=180;

    pub fn is_running(&self) -> bool {
        self.since.is_some()
    }

    /// Somebody started it, and it is not set back.
    pub fn is_used(&self) -> bool {
        self.is_running() || self.left != Duration::from_mins(u64::from(self.minutes))
    }

    pub fn left(&self) -> Duration {
        self.left.saturating_sub(self.since.map_or(Duration::ZERO, |since| since.elapsed()))
    }

    fn change(&mut self, timing: Timing) {
        match timing {
            Timing::Minutes(minutes) => {
                self.minutes = minutes.clamp(*Self::MINUTES.start(), *Self::MINUTES.end());
                self.change(Timing::Reset);
            }
            Timing::Start => self.since = self.since.or_else(|| Some(Instant::now())),
            Timing::Pause => (self.left, self.since) = (self.left(), None),
            Timing::Reset => {
                (self.left, self.since) = (Duration::from_mins(u64::from(self.minutes)), None);
            }
        }
    }
}

/// What the room sees now.
pub struct OnTheWall {
    /// Which slide.
    pub at: usize,
    pub blank: bool,
    /// Where the light points to, in shares of the picture.
    pub pointed: Option<[f32; 2]>,
    /// The id of what is enlarged.
    pub enlarged: Option<String>,
    pub display: Option<usize>,
    pub since: Instant,
}

/// A picture that was asked for, and the last one that came.
pub struct Laid<D, P> {
    wanted: Option<D>,
    pub drawn: Option<P>,
}

impl<D, P> Default for Laid<D, P> {
    fn default() -> Self {
        Self { wanted: None, drawn: None }
    }
}

/// Everything at the place Present that is not undone.
#[derive(Default)]
pub struct Present {
    board: Option<BoardId>,
    pub selected: BTreeSet<CardId>,
    persona: Option<PersonaId>,
    pub panel: Option<Panel>,
    /// The package or presenter file that was opened here.
    pub show: Option<(PathBuf, Arc<Examined>)>,
    /// The last package that was written here.
    written: Option<Arc<Packed>>,
    /// Somebody wants the numbers of the release.
    pub wants_numbers: bool,
    /// What the last edit made, until the screen has looked.
    pub made: Option<Made>,
    pub timer: Timer,
    pub wall: Option<OnTheWall>,
    pub asked: Option<AskedFile>,
    /// What is in the printer.
    pub paper: Paper,
    /// By board, the pictures in the window and, before the room, those on the wall.
    pub boards: BTreeMap<(BoardId, bool), Laid<BoardDrawing, Arc<BoardDrawn>>>,
    /// By view.
    pub slides: BTreeMap<String, Laid<SlideDrawing, Arc<Scene>>>,
    awaited: BTreeMap<u64, FileFor>,
}

impl State {
    pub fn workshop(&self) -> &Arc<Workshop> {
        &self.question.now().workshop
    }

    /// The board that is worked at.
    pub fn board(&self) -> Option<&Board> {
        let workshop = self.workshop();
        let chosen = self.present.board.and_then(|id| workshop.board(id));
        chosen.or_else(|| workshop.boards.first())
    }

    /// The board at the top of the picture: of two that belong together, how it is.
    pub fn root_board(&self) -> Option<BoardId> {
        let board = self.board()?;
        match board.state {
            BoardState::ToBe { of } if self.workshop().board(of).is_some() => Some(of),
            _ => Some(board.id),
        }
    }

    /// The numbers that stand on the boards of this window.
    pub fn published(&self) -> Published {
        let fresh = self.leaving.packed.as_ref().filter(|_| self.is_packed());
        match fresh.filter(|packed| packed.made.is_ok()) {
            Some(packed) if self.present.show.is_none() => Published::Packed(Arc::clone(packed)),
            _ => self.released(),
        }
    }

    /// The numbers that may be shown to a room.
    pub fn released(&self) -> Published {
        if let Some((_, examined)) = &self.present.show {
            return Published::Opened(Arc::clone(examined));
        }
        if let Some(written) = &self.present.written {
            return Published::Packed(Arc::clone(written));
        }
        let received = self.review.received().and_then(|package| package.ready());
        received
            .filter(|examined| holds(examined))
            .map_or(Published::Nothing, |examined| Published::Opened(Arc::clone(examined)))
    }

    /// Whether something on the board differs from what the room sees, because it is not released.
    pub fn shows_unreleased(&self) -> bool {
        !self.published().is_same(&self.released())
    }

    /// What is shown, in its order: the slides, or else the board that is worked at.
    pub fn slides(&self) -> Vec<Slide> {
        let workshop = self.workshop();
        if !workshop.slides.is_empty() {
            return workshop.slides.clone();
        }
        let board = self.board().map(|board| Slide {
            id: SlideId::default(),
            title: board.name.clone(),
            notes: String::new(),
            shows: Shows::Board(board.id),
        });
        board.into_iter().collect()
    }

    pub(super) fn apply_present(&mut self, command: Presenting, worker: &Worker) {
        match command {
            Presenting::Edit(edit) => self.edit(vec![edit]),
            Presenting::Edits(edits) => self.edit(edits),
            Presenting::Feel(board, curve) => self.feel(board, curve),
            Presenting::Note(board, persona, at, words) => {
                let known = self.workshop().board(board).and_then(|board| board.persona(persona));
                let Some(mut curve) = known.map(|persona| persona.curve.clone()) else { return };
                let Some(point) = curve.get_mut(at) else { return };
                point.note = words;
                self.edit(vec![Edit::On(board, OnBoard::SetCurve(persona, curve))]);
            }
            Presenting::ShowBoard(id) => {
                self.present.board = Some(id);
                self.present.selected.clear();
            }
            Presenting::WorkAt(id) => self.present.board = Some(id),
            Presenting::Persona(id) => self.present.persona = Some(id),
            Presenting::Select(cards) => self.present.selected = cards.into_iter().collect(),
            Presenting::OpenPanel(panel) => {
                self.place = Place::Present;
                self.present.panel = panel;
            }
            Presenting::BoardOfShown => self.board_of_shown(worker),
            Presenting::BoardOf(name) => {
                let view = self.published().view(&name).map(|view| view.view().clone());
                if let Some(view) = view {
                    self.edit(vec![Edit::BoardOf(Box::new(view))]);
                }
            }
            Presenting::WorkOut => {
                self.present.wants_numbers = true;
                self.leaving.make_again();
            }
            Presenting::Time(timing) => self.present.timer.change(timing),
            Presenting::Begin(from) => self.begin_show(from),
            Presenting::Turn(turn) => self.turn(turn),
            Presenting::Point(at) => {
                if let Some(wall) = &mut self.present.wall {
                    wall.pointed = at;
                }
            }
            Presenting::Enlarge(what) => {
                if let Some(wall) = &mut self.present.wall {
                    wall.enlarged = what.filter(|what| wall.enlarged.as_ref() != Some(what));
                }
            }
            Presenting::Display(display) => {
                if let Some(wall) = &mut self.present.wall {
                    wall.display = Some(display);
                }
            }
            Presenting::Ask(what) => {
                self.place = Place::Present;
                self.ask_for_file(what);
            }
            // Dialogs need the window itself.
            Presenting::ChoosePath => {}
            Presenting::SetPath(path) => {
                if let Some(asked) = &mut self.present.asked {
                    *asked = AskedFile::new(asked.what, path);
                }
            }
            Presenting::UsePath => self.use_path(worker),
            Presenting::UsePaper(paper) => self.present.paper = paper,
            Presenting::Drop(path) => self.drop_file(path, worker),
            Presenting::Open(path) => {
                self.place = Place::Present;
                let number = worker.present(PresentJob::Open { path });
                self.present.awaited.insert(number, FileFor::Open);
            }
            Presenting::CloseShow => self.present.show = None,
        }
    }

    /// Does something to the boards. What cannot be done is said in a sentence, and they are as before.
    pub(super) fn edit(&mut self, edits: Vec<Edit>) {
        let mut workshop = Workshop::clone(self.workshop());
        let mut made = None;
        for edit in edits {
            match workshop.edited(edit) {
                Ok(edited) => {
                    made = edited.made.or(made);
                    workshop = edited.workshop;
                }
                Err(error) => {
                    self.toast = Some(Toast::new(sentence(error)));
                    return;
                }
            }
        }
        self.take_workshop(workshop, made);
    }

    fn take_workshop(&mut self, workshop: Workshop, made: Option<Made>) {
        let next = super::Question { workshop: Arc::new(workshop), ..self.question.now().clone() };
        // Every edit is undone by itself, also while a pointer is down.
        self.question.settle();
        let command = Command::Present(Presenting::Edits(Vec::new()));
        self.question.change(&command, next);
        self.question.settle();
        match made {
            Some(Made::Board(id)) => {
                self.place = Place::Present;
                self.present.board = Some(id);
                self.present.selected.clear();
            }
            Some(Made::Persona(id)) => self.present.persona = Some(id),
            Some(Made::Card(id)) => self.present.selected = BTreeSet::from([id]),
            _ => {}
        }
        self.present.made = made;
        self.forget_gone_cards();
    }

    /// What is selected and not there any more, after an edit or when one was undone.
    pub(super) fn forget_gone_cards(&mut self) {
        let there: BTreeSet<CardId> = self
            .board()
            .map_or_else(BTreeSet::new, |board| board.cards.iter().map(|card| card.id).collect());
        self.present.selected.retain(|card| there.contains(card));
        let workshop = Arc::clone(self.workshop());
        self.present.boards.retain(|(id, _), _| workshop.board(*id).is_some());
    }

    fn feel(&mut self, board: BoardId, curve: Vec<Point>) {
        let workshop = Arc::clone(self.workshop());
        let Some(known) = workshop.board(board) else { return };
        let chosen = self.feeling_persona().filter(|id| known.persona(*id).is_some());
        let persona = chosen.or_else(|| known.personas.first().map(|persona| persona.id));
        let on = |change| Edit::On(board, change);
        if let Some(persona) = persona {
            self.edit(vec![on(OnBoard::SetCurve(persona, curve))]);
            return;
        }
        let everybody = on(OnBoard::AddPersona("Everybody".to_owned()));
        let Ok(edited) = workshop.edited(everybody) else { return };
        let Some(Made::Persona(id)) = edited.made else { return };
        if let Ok(drawn) = edited.workshop.edited(on(OnBoard::SetCurve(id, curve))) {
            self.take_workshop(drawn.workshop, Some(Made::Persona(id)));
        }
    }

    /// Whether the view on the screen has an order of steps, of which stages can be made.
    pub fn has_steps(&self) -> bool {
        let shown = self.shown.as_ref().map(|shown| shown.view.view());
        matches!(shown, Some(View::Flow(_) | View::Funnel(_)))
    }

    /// The boards that are in no project: another file that is opened does not take them away.
    pub(super) fn unsaved_boards(&self) -> Arc<Workshop> {
        let is_saved = self.project.is_some();
        if is_saved { Arc::default() } else { Arc::clone(self.workshop()) }
    }

    /// The steps of the view on the screen become stages. The view joins the release, so that its
    /// numbers stand in the board under its name there.
    fn board_of_shown(&mut self, worker: &Worker) {
        let Some(shown) = self.shown.clone() else {
            self.toast = Some(Toast::new("There is no view on the screen yet.".to_owned()));
            return;
        };
        if !self.has_steps() {
            self.toast = Some(Toast::new(sentence(EditError::NoSteps)));
            return;
        }
        if !self.is_in_release() {
            self.add_to_release(worker);
        }
        let Some(name) = self.name_in_release() else { return };
        let mut view = shown.view.view().clone();
        match &mut view {
            View::Flow(flow) => flow.spec.name = name,
            View::Funnel(funnel) => funnel.spec.name = name,
            _ => {}
        }
        self.edit(vec![Edit::BoardOf(Box::new(view))]);
        self.place = Place::Present;
        self.present.wants_numbers = true;
    }

    /// Leaves the work that the place needs: the package whose numbers are wanted.
    pub(super) fn prepare_present(&mut self, worker: &Worker) {
        let waits = self.source.as_ref().is_none_or(|source| source.working);
        if !waits && self.present.wants_numbers && self.present.show.is_none() {
            self.prepare_release(worker);
        }
    }

    /// A package was written. If it held when it was read back, its numbers are released from now on,
    /// except where a reviewer is to look at it first: then they are once it is opened with the decision.
    pub(super) fn take_released(&mut self, package: &Arc<Packed>, verdict: &Verdict) {
        if verdict.passed() && !package.needs_review() {
            self.present.written = Some(Arc::clone(package));
        }
    }

    /// The data are others now; the boards stay with the question they are part of.
    pub(super) fn forget_numbers(&mut self) {
        self.present.written = None;
        self.present.wants_numbers = false;
        self.present.wall = None;
    }

    fn begin_show(&mut self, from: Option<SlideId>) {
        if self.place != Place::Present {
            self.place = Place::Present;
        }
        let slides = self.slides();
        if slides.is_empty() {
            let words = "There is nothing to present yet: make a board, or add a slide.";
            self.toast = Some(Toast::new(words.to_owned()));
            return;
        }
        let at = from.and_then(|id| slides.iter().position(|slide| slide.id == id)).unwrap_or(0);
        let display = self.present.wall.as_ref().and_then(|wall| wall.display);
        self.present.wall = Some(OnTheWall {
            at,
            blank: false,
            pointed: None,
            enlarged: None,
            display,
            since: Instant::now(),
        });
    }

    fn turn(&mut self, turn: Turn) {
        let last = self.slides().len().saturating_sub(1);
        let Some(wall) = &mut self.present.wall else { return };
        let at = match turn {
            Turn::Next => wall.at + 1,
            Turn::Back => wall.at.saturating_sub(1),
            Turn::First => 0,
            Turn::Last => last,
            Turn::To(at) => at,
            Turn::Blank => {
                wall.blank = !wall.blank;
                return;
            }
            Turn::End => {
                self.present.wall = None;
                return;
            }
        };
        (wall.at, wall.blank, wall.pointed, wall.enlarged) = (at.min(last), false, None, None);
    }

    fn ask_for_file(&mut self, what: FileFor) {
        if what == FileFor::Show && self.released().package().is_none() {
            let words = "A presenter file is made of released numbers. Write the package at Release \
                         first, or open one.";
            self.toast = Some(Toast::new(words.to_owned()));
            return;
        }
        let path = if what.is_written() {
            let opened = self.present.show.as_ref().and_then(|(path, _)| path.parent());
            let folder = opened.map_or_else(|| self.folder_of_source(), Path::to_owned);
            let folder = if folder.as_os_str().is_empty() { home() } else { folder };
            let stem = match what {
                FileFor::Show => self.stem(),
                _ => {
                    self.board().map_or_else(|| "board".to_owned(), |board| file_stem(&board.name))
                }
            };
            let stem = match what {
                FileFor::Paper(paper) => format!("{stem}{}", paper.suffix()),
                _ => stem,
            };
            folder.join(format!("{stem}.{}", what.ending())).display().to_string()
        } else {
            String::new()
        };
        self.present.asked = Some(AskedFile::new(what, path));
    }

    fn use_path(&mut self, worker: &Worker) {
        let released = self.released();
        let workshop = Arc::clone(self.workshop());
        let board = self.board().map(|board| board.id);
        let inputs = self.question.now().plan.files.clone();
        let Some(asked) = self.present.asked.as_mut().filter(|asked| !asked.is_working()) else {
            return;
        };
        let path = PathBuf::from(asked.path.trim());
        if asked.what.is_written()
            && inputs.iter().any(|input| super::exporting::is_same_file(input, &path))
        {
            let why = "This is the file with the events; it is not replaced. Choose another name.";
            asked.error = Some(why.to_owned());
            return;
        }
        let job = match asked.what {
            FileFor::Show => PresentJob::Save { numbers: released, workshop, path },
            FileFor::Paper(paper) => {
                let Some(board) = board else { return };
                // What is printed leaves the window: only released numbers are on it.
                let (numbers, output) = (released, paper);
                let paper = self.present.paper;
                let printing = Printing { numbers, workshop, board, output, paper };
                PresentJob::Print(Box::new(printing), path)
            }
            FileFor::Mermaid => PresentJob::ReadMermaid { path },
            FileFor::Picture(..) => PresentJob::ReadPicture { path },
            FileFor::Open => PresentJob::Open { path },
        };
        let what = asked.what;
        asked.error = None;
        let number = worker.present(job);
        asked.working = Some(number);
        self.present.awaited.insert(number, what);
    }

    /// What a file is for is told by its ending.
    fn drop_file(&mut self, path: PathBuf, worker: &Worker) {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let board = self.board().map(|board| board.id);
        let mut selected = self.present.selected.iter();
        let card = (selected.next(), selected.next());
        let (what, job) = match ending.as_deref() {
            Some("mmd" | "mermaid" | "md") => (FileFor::Mermaid, PresentJob::ReadMermaid { path }),
            Some("png" | "jpg" | "jpeg") => {
                let ((Some(card), None), Some(board)) = (card, board) else {
                    let words = "Select the card that the picture is for, then drop it again.";
                    self.toast = Some(Toast::new(words.to_owned()));
                    return;
                };
                (FileFor::Picture(board, *card), PresentJob::ReadPicture { path })
            }
            _ => (FileFor::Open, PresentJob::Open { path }),
        };
        let number = worker.present(job);
        self.present.awaited.insert(number, what);
    }

    pub(super) fn take_present(&mut self, number: u64, outcome: Result<PresentOutcome, Failure>) {
        let Some(what) = self.present.awaited.remove(&number) else { return };
        let is_asked =
            self.present.asked.as_ref().is_some_and(|asked| asked.working == Some(number));
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(Failure::Stopped) => {
                self.present.asked.take_if(|asked| asked.working == Some(number));
                return;
            }
            Err(Failure::Because(why) | Failure::Truncated(why)) => {
                match self.present.asked.as_mut().filter(|_| is_asked) {
                    Some(asked) => (asked.error, asked.working) = (Some(why), None),
                    None => self.tell(why, "The board is as it was."),
                }
                return;
            }
        };
        if is_asked {
            self.present.asked = None;
        }
        match (outcome, what) {
            (PresentOutcome::Written(path), _) => {
                let name = file_names(&[path]);
                self.toast = Some(Toast::new(format!("{name} is written.")));
            }
            (PresentOutcome::Board(board), _) => self.edit(vec![Edit::Take(board)]),
            (PresentOutcome::Picture(picture), FileFor::Picture(board, card)) => {
                let change = OnBoard::Change(card, CardChange::Picture(Some(picture)));
                self.edit(vec![Edit::On(board, change)]);
            }
            (PresentOutcome::Opened(path, examined), _) => self.take_show(path, examined),
            (PresentOutcome::Picture(_), _) => {}
        }
    }

    /// A presenter file or package is open: its numbers, and its boards in place of those that were here.
    fn take_show(&mut self, path: PathBuf, examined: Arc<Examined>) {
        if !holds(&examined) {
            let name = file_names(&[path]);
            self.tell(
                format!("{name} does not hold what it promises, so nothing of it is shown."),
                "Look at it at Review, and ask for a new one.",
            );
            return;
        }
        let workshop = examined.opened.workshop.clone();
        self.present.show = Some((path, examined));
        if let Some(workshop) = workshop {
            if !self.workshop().is_empty() {
                let words = "Its boards are here. Undo brings back those that were.";
                self.toast = Some(Toast::new(words.to_owned()));
            }
            self.take_workshop(workshop, None);
            self.present.board = None;
        }
        self.place = Place::Present;
    }

    /// Asks for the picture of a board unless this very one is there or on its way.
    pub fn want_board(&mut self, drawing: BoardDrawing, worker: &Worker) {
        let laid = self.present.boards.entry((drawing.board, drawing.on_the_wall)).or_default();
        if !laid.wanted.as_ref().is_some_and(|wanted| wanted.is_same(&drawing)) {
            laid.wanted = Some(drawing.clone());
            worker.lay_board(drawing);
        }
    }

    /// The same for a view on a slide.
    pub fn want_slide(&mut self, drawing: SlideDrawing, worker: &Worker) {
        let laid = self.present.slides.entry(drawing.view.clone()).or_default();
        if !laid.wanted.as_ref().is_some_and(|wanted| wanted.is_same(&drawing)) {
            // Numbers of another package are no stand-in.
            laid.drawn = None;
            laid.wanted = Some(drawing.clone());
            worker.draw_slide(drawing);
        }
    }

    pub(super) fn take_board(&mut self, drawn: Arc<BoardDrawn>) {
        let key = (drawn.drawing.board, drawn.drawing.on_the_wall);
        if let Some(laid) = self.present.boards.get_mut(&key) {
            laid.drawn = Some(drawn);
        }
    }

    pub(super) fn take_slide(&mut self, drawing: &SlideDrawing, scene: Arc<Scene>) {
        if let Some(laid) = self.present.slides.get_mut(&drawing.view)
            && laid.wanted.as_ref().is_some_and(|wanted| wanted.is_same(drawing))
        {
            laid.drawn = Some(scene);
        }
    }

    /// The persona whose curve is drawn: that of the selection, else the first.
    pub fn feeling_persona(&self) -> Option<PersonaId> {
        let board = self.board()?;
        let chosen = self.present.persona.filter(|id| board.persona(*id).is_some());
        chosen.or_else(|| board.personas.first().map(|persona| persona.id))
    }
}

/// Whether a package may be shown: its checks hold, and nobody rejected it.
fn holds(examined: &Examined) -> bool {
    let verdict = &examined.opened.verdict;
    let rejected =
        verdict.decision.as_ref().is_some_and(|it| it.decision.decision == Choice::Rejected);
    verdict.passed() && !rejected
}

/// What was wrong, as a sentence with its full stop.
fn sentence(error: EditError) -> String {
    format!("{error}.")
}

/// Of a board's name, what a file can be called.
fn file_stem(name: &str) -> String {
    let letters: String = name
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { '-' })
        .take(40)
        .collect();
    let stem = letters.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if stem.is_empty() { "board".to_owned() } else { stem.to_lowercase() }
}

impl From<Presenting> for Command {
    fn from(presenting: Presenting) -> Self {
        Self::Present(presenting)
    }
}
