//! What the window knows, and what each command does to it.
//!
//! One value, changed only by [`State::apply`] (what a person does) and [`State::take`] (what the
//! threads report). Paints nothing, reads no file.

use std::path::PathBuf;
use std::sync::Arc;

mod demands;
mod erasing;
mod exporting;
mod present;
mod project;
mod question;
mod releasing;
mod review;
mod source;
mod values;
mod views;

use super::command::{Command, Place};
use super::history::History;
use super::role::Role;
use super::toast::Toast;
use super::worker::{
    Ask, Drawing, Drawn, Failure, Imported, Job, Labels, Outcome, Refused, Report, Shown, Slot,
    Worker, sample_plan, sample_rules,
};
use crate::draw::{Listing, MapItem};
use crate::project::{Folders, Memory, Recent, Remembered, Settings};
use crate::vault::looks_personal;
use crate::views::{
    ColumnProfile, Flow, ImportPlan, Inspection, Map, Policy, Risk, Rules, UtilityPoint, View,
};

pub use demands::Bound;
pub use exporting::Exporting;
use exporting::LeavesNext;
pub use present::{
    AskedFile, FileFor, OnTheWall, Panel, Present, Presenting, Published, Spot, Timer, Timing, Turn,
};
pub use project::{Asking, OpenProject, What};
pub use question::{MapLook, PARTS, Question, Sliders};
pub use releasing::{Leaving, Written, next_threshold, why_no_name};
pub use review::{
    Asked, Assumed, Assumes, Received, Review, ReviewTab, Reviewing, is_of_decision, is_show,
};
pub use source::{ReadAs, Source, missing, parts};
use values::Values;

/// The rows of one of the tables on the screen by one of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorting {
    /// Which table, from the top.
    pub table: usize,
    pub column: usize,
    pub down: bool,
}

/// A picture that was asked for, and the last one that came.
#[derive(Default)]
pub struct Picture {
    wanted: Option<Drawing>,
    pub drawn: Option<Drawn>,
}

/// Something to be told that belongs to no field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub what: String,
    pub then: String,
}

/// Figures about a question, for the eyes of the analyst: what they are about, and what they are.
pub struct Figures<T> {
    asked: Option<Ask>,
    pub of: Option<Ask>,
    pub answer: Option<Result<T, Refused>>,
}

impl<T> Default for Figures<T> {
    fn default() -> Self {
        Self { asked: None, of: None, answer: None }
    }
}

impl<T> Figures<T> {
    fn take(&mut self, ask: Ask, answer: Result<T, Refused>) {
        self.of = Some(ask);
        self.answer = Some(answer);
    }
}

/// The numbers of the reports that are waited for; others are of work that was replaced.
#[derive(Default)]
struct Awaited {
    source: u64,
    policy: u64,
    labels: u64,
    trial: u64,
    utility: u64,
    risk: u64,
    /// 0 where no flow is on its way.
    flow: u64,
    pack: u64,
    compare: u64,
    save: u64,
    values: u64,
    /// A package that is signed.
    sign: u64,
    /// A key that is made to sign with.
    key: u64,
    /// A view that is compared with what left before, on its way out by itself.
    weigh: u64,
    export: u64,
    /// Views that may be asked for next.
    ahead: Vec<u64>,
}

/// How many views are kept.
const KEPT: usize = 12;
/// Of so many rows views are counted before they are asked for: each takes a moment.
const AHEAD_FROM_ROWS: u64 = 1_000_000;

pub struct State {
    pub folders: Folders,
    /// Who sits before the window.
    pub role: Role,
    pub settings: Settings,
    pub recent: Recent,
    memory: Memory,
    /// How files with these columns were read before, until somebody says yes or no.
    pub offered: Option<Remembered>,
    pub place: Place,
    pub source: Option<Source>,
    pub question: History<Question>,
    /// The policy that binds.
    pub bound: Bound,
    pub shown: Option<Arc<Shown>>,
    /// Views that were shown lately, so that going back counts nothing again.
    kept: Vec<Arc<Shown>>,
    pub refused: Option<Refused>,
    /// What has to be chosen before anything can be counted.
    pub incomplete: Option<String>,
    pub labels: Option<Arc<Labels>>,
    /// Rules that are being written, and what they would do.
    trial: Option<Rules>,
    tried: Option<Arc<Labels>>,
    /// The name that somebody wants a rule for, until the editor has opened.
    pub rule_for: Option<String>,
    pub utility: Figures<Vec<UtilityPoint>>,
    pub risk: Figures<Risk>,
    values: Values,
    pub selected: Option<String>,
    pub table: bool,
    /// Which of the published paths are listed.
    pub listing: Listing,
    pub sorting: Option<Sorting>,
    /// Whether "Why is this not here?" is open.
    pub why: bool,
    pub preview: Option<Arc<Shown>>,
    pub canvas: Picture,
    pub preview_picture: Picture,
    pub release_pictures: Vec<Picture>,
    pub leaving: Leaving,
    pub present: Present,
    pub review: Review,
    pub exporting: Option<Exporting>,
    /// A picture for the clipboard, until the window has put it there.
    pub copied: Option<egui::ColorImage>,
    /// The project that is open.
    pub project: Option<OpenProject>,
    /// What is asked about a project.
    pub asking: Option<Asking>,
    /// Whether the history is shown.
    pub history_is_open: bool,
    /// What is done once the project is saved.
    waiting: Option<Command>,
    /// What waited and can be done now.
    pub due: Vec<Command>,
    /// What leaves once the history that says so is on the disk.
    leaves_next: Vec<LeavesNext>,
    pub notice: Option<Notice>,
    pub toast: Option<Toast>,
    awaited: Awaited,
}

impl State {
    pub fn new(folders: Folders) -> Self {
        Self {
            settings: Settings::load(&folders),
            recent: Recent::load(&folders),
            memory: Memory::load(&folders),
            offered: None,
            folders,
            role: Role::default(),
            place: Place::default(),
            source: None,
            question: History::new(Question::default()),
            bound: Bound::default(),
            shown: None,
            kept: Vec::new(),
            refused: None,
            incomplete: None,
            labels: None,
            trial: None,
            tried: None,
            rule_for: None,
            utility: Figures::default(),
            risk: Figures::default(),
            values: Values::default(),
            selected: None,
            table: false,
            listing: Listing::default(),
            sorting: None,
            why: false,
            preview: None,
            canvas: Picture::default(),
            preview_picture: Picture::default(),
            release_pictures: Vec::new(),
            leaving: Leaving::default(),
            present: Present::default(),
            review: Review::default(),
            exporting: None,
            copied: None,
            project: None,
            asking: None,
            history_is_open: false,
            waiting: None,
            due: Vec::new(),
            leaves_next: Vec::new(),
            notice: None,
            toast: None,
            awaited: Awaited::default(),
        }
    }

    /// The published flow on the screen.
    pub fn flow(&self) -> Option<&Flow> {
        let View::Flow(flow) = self.shown.as_ref()?.view.view() else { return None };
        Some(flow)
    }

    /// The flow that was shown last, whatever is on the screen now.
    pub fn last_flow(&self) -> Option<&Flow> {
        self.kept.iter().rev().find_map(|shown| match shown.view.view() {
            View::Flow(flow) => Some(flow),
            _ => None,
        })
    }

    /// The published map on the screen.
    pub fn map(&self) -> Option<&Map> {
        let View::Map(map) = self.shown.as_ref()?.view.view() else { return None };
        Some(map)
    }

    /// Whether the view on the screen is of two groups, drawn as their difference.
    pub fn is_difference(&self) -> bool {
        let shown = self.shown.as_ref().map(|shown| shown.view.view());
        self.question.now().difference && matches!(shown, Some(View::Comparison(_)))
    }

    /// Whether the view on the screen is the flows of several groups, drawn as one.
    pub fn is_together(&self) -> bool {
        let shown = self.shown.as_ref().map(|shown| shown.view.view());
        let is_flow = |view: &View| {
            let parts = view.parts();
            parts.len() > 1 && parts.iter().all(|part| matches!(part, View::Flow(_)))
        };
        self.question.now().together && !self.is_difference() && shown.is_some_and(is_flow)
    }

    /// Labels that may be told by name, as they are called under the rules: those of most people
    /// first.
    pub fn names(&self) -> Vec<String> {
        self.labels.as_ref().map_or_else(Vec::new, |labels| labels.names())
    }

    /// `events.csv`, or what stands for it.
    pub fn source_name(&self) -> String {
        self.source.as_ref().map_or_else(String::new, |source| source.name(self.question.now()))
    }

    /// How many findings have to be decided about before anything is shown. Absent until the labels
    /// have been looked at.
    pub fn open_findings(&self) -> Option<usize> {
        self.labels.as_ref().map(|labels| labels.open().count())
    }

    /// Whether there are journeys to ask about.
    pub fn is_open(&self) -> bool {
        self.source.as_ref().is_some_and(|source| source.imported.is_some())
    }

    /// Does what a person asked for. Dialogs, the theme and the end of the program need the window
    /// itself and are done there.
    pub fn apply(&mut self, command: Command, worker: &Worker) {
        if !self.role.may(&command) {
            return;
        }
        let leaves_project = matches!(
            command,
            Command::OpenFiles(_)
                | Command::OpenSample
                | Command::CloseData
                | Command::CreateProject(_)
                | Command::UnlockProject(_)
        );
        if leaves_project && self.saves_first(&command, worker) {
            return;
        }
        match command {
            Command::Go(place) => self.place = place,
            Command::OpenFiles(files) => self.open(files, worker),
            Command::NewProject => self.ask_for_new_project(),
            Command::OpenProject => self.ask_which_project(None),
            Command::SetProjectPath(path) => self.set_project_path(path),
            Command::CreateProject(phrase) => self.create_project(phrase, worker),
            Command::UnlockProject(phrase) => self.unlock_project(phrase, worker),
            Command::SaveProject if self.project.is_none() => self.ask_for_new_project(),
            Command::SaveProject => self.save_project(worker),
            Command::EraseFromProject => self.ask_who_is_erased(),
            Command::Erase => self.erase(worker),
            Command::SaveReceipt => self.save_receipt(worker),
            Command::ChangePassphrase => self.ask_for_another_passphrase(),
            Command::SetPassphrase(old, new) => self.set_passphrase(old, new, worker),
            Command::FindFiles => self.ask_where_files_are(),
            Command::UseFiles(_) => self.use_files(&command, worker),
            Command::DropChanges => self.drop_changes(),
            Command::ShowHistory(open) => self.history_is_open = open && self.project.is_some(),
            Command::OpenSample => {
                let workshop = self.unsaved_boards();
                self.let_project_go(worker);
                let plan = sample_plan(self.folders.sample_file());
                let rules = sample_rules();
                let question = Question { rules, plan, workshop, ..Question::default() };
                self.begin(Source::new(true), question);
                self.place = Place::Explore;
                self.awaited.source = worker.ask(Job::Sample(self.folders.sample_file()));
            }
            Command::Forget(path) => {
                self.recent.forget(&path);
                self.keep_recent();
            }
            Command::CloseData => {
                let workshop = self.unsaved_boards();
                self.let_project_go(worker);
                self.forget_data();
                self.source = None;
                self.question =
                    History::new(self.within_policy(Question { workshop, ..Question::default() }));
                self.place = Place::Data;
                worker.ask(Job::Close);
            }
            Command::EditColumns => {
                if let Some(source) = &mut self.source {
                    source.editing = true;
                }
            }
            Command::UseRemembered => {
                if let Some(remembered) = self.offered.take() {
                    let next = self.question.now().with_remembered(&remembered);
                    let next = self.within_policy(next);
                    let changed = self.question.change(&command, next);
                    self.follow(changed, worker);
                }
            }
            Command::PassRemembered => self.offered = None,
            Command::Import => {
                self.offered = None;
                self.import(worker);
            }
            Command::AcceptTruncated => {
                let is_known = self.source.as_ref().is_some_and(|s| s.inspection.is_some());
                self.apply_to_question(&command, worker);
                if is_known {
                    self.import(worker);
                } else if let Some(source) = &mut self.source {
                    source.working = true;
                }
            }
            Command::Undo => {
                let changed = self.question.undo();
                self.forget_gone_cards();
                self.follow(changed, worker);
            }
            Command::Redo => {
                let changed = self.question.redo();
                self.forget_gone_cards();
                self.follow(changed, worker);
            }
            Command::UsePolicy(path) => self.use_policy(path, worker),
            Command::LeavePolicy => self.leave_policy(worker),
            Command::RuleFor(label) => {
                self.place = Place::Protect;
                self.rule_for = Some(label);
            }
            Command::TryRules(rules) => self.try_rules(rules, worker),
            Command::Select(node) => self.selected = node,
            Command::ShowTable(table) => self.table = table,
            Command::SortTable(sorting) => self.sorting = sorting,
            Command::SetListing(listing) => {
                self.listing = listing;
                self.selected = None;
            }
            Command::Ask(why) => self.why = why,
            Command::AddToRelease => self.add_to_release(worker),
            Command::ShowReleased(at) => self.show_released(at, worker),
            Command::SetPart(part, on) => self.leaving.set_part(part, on),
            Command::ReadStatement(open) => self.leaving.statement_is_open = open,
            Command::MakePackage => self.leaving.make_again(),
            Command::SetEarlier(path) => self.leaving.set_earlier(path),
            Command::SetPackagePath(path) => self.leaving.set_path(path),
            Command::SetReason(text) => self.leaving.set_reason(text),
            Command::SetSigningKey(path) => self.leaving.set_key(path),
            Command::MakeSigningKey => self.make_signing_key(worker),
            Command::WritePackage => self.write_package(worker),
            Command::Present(command) => self.apply_present(command, worker),
            Command::Review(command) => self.apply_review(command, worker),
            Command::LookAtValues(attribute) => self.look_at_values(attribute, worker),
            Command::CopyPicture => self.copy_picture(worker),
            Command::Export(form) => self.begin_export(form),
            Command::SetExportPath(path) => self.set_export_path(path),
            Command::WriteExport => self.write_export(worker),
            Command::CancelWork => {
                worker.cancel();
                self.review.stopped();
                self.stop_looking_at_values();
                // What only waited is dropped without a report.
                self.awaited.flow = 0;
                self.awaited.labels = 0;
                self.leaving.stop();
                self.stopped_leaving();
            }
            Command::Dismiss => self.notice = None,
            Command::Escape => {
                if self.asking.is_some() {
                    self.stop_asking();
                } else if self.history_is_open {
                    self.history_is_open = false;
                } else if self.exporting.is_some() {
                    self.exporting = None;
                } else if self.present.asked.is_some() {
                    self.present.asked = None;
                } else if self.present.wall.is_some() {
                    self.present.wall = None;
                } else if self.leaving.statement_is_open {
                    self.leaving.statement_is_open = false;
                } else if self.why {
                    self.why = false;
                } else if self.notice.is_some() {
                    self.notice = None;
                } else {
                    self.selected = None;
                }
            }
            Command::SetTheme(theme) => {
                self.settings.theme = theme;
                if let Err(error) = self.settings.save(&self.folders) {
                    self.tell(error.to_string(), "");
                }
            }
            Command::ChooseFile
            | Command::ChooseList(_)
            | Command::ChoosePackage
            | Command::ChooseExportPath
            | Command::ChooseEarlier
            | Command::ChooseSigningKey
            | Command::ChoosePolicy
            | Command::ShowInFolder(_)
            | Command::ChooseProjectPath
            | Command::FullScreen
            | Command::Copy(_)
            | Command::OpenPalette
            | Command::Quit => {}
            question => self.apply_to_question(&question, worker),
        }
    }

    fn apply_to_question(&mut self, command: &Command, worker: &Worker) {
        if let Command::SetAnchor(_)
        | Command::StartAt(_)
        | Command::EndAt(_)
        | Command::ClearAnchor
        | Command::Hide(_) = command
        {
            self.selected = None;
        }
        let next = match command {
            Command::SetKind(kind) => self.about(*kind),
            command => self.question.now().after(command),
        };
        let next = self.within_policy(next);
        let changed = self.question.change(command, next);
        self.follow(changed, worker);
    }

    /// Leaves the work that a change of the question asks for: to look at the files again, to read
    /// them again, or to count again.
    fn follow(&mut self, changed: bool, worker: &Worker) {
        let Some(source) = &mut self.source else { return };
        if !changed {
            return;
        }
        source.error = None;
        source.truncated = false;
        let question = self.question.now();
        let imported = source.imported.as_ref().map(|imported| &imported.reading);
        let is_read = imported.is_some_and(|reading| *reading == question.reading());
        if is_read {
            self.ask_again(worker);
        } else if imported.is_some() && !source.editing && missing(&question.plan.mapping).is_none()
        {
            self.import(worker);
        } else {
            self.awaited.source = worker.ask(Job::Inspect(Box::new(question.plan.clone())));
        }
    }

    /// Reads the files. What is on the screen stays until the new journeys are there.
    fn import(&mut self, worker: &Worker) {
        let Some(source) = &mut self.source else { return };
        source.error = None;
        source.truncated = false;
        source.working = true;
        let reading = self.question.now().reading();
        let project = self.project_to_read_for();
        self.awaited.source = worker.ask(Job::Import(Box::new(reading), project));
    }

    fn open(&mut self, files: Vec<PathBuf>, worker: &Worker) {
        let Some(first) = files.first() else { return };
        if project::is_project(first) {
            self.ask_which_project(Some(first.clone()));
            return;
        }
        let workshop = self.unsaved_boards();
        self.let_project_go(worker);
        self.recent.add(first, jiff::ZonedDateTime::now().date());
        self.keep_recent();
        let plan = ImportPlan { files, ..ImportPlan::default() };
        let question = Question { plan: plan.clone(), workshop, ..Question::default() };
        self.begin(Source::new(false), question);
        self.place = Place::Data;
        self.awaited.source = worker.ask(Job::Inspect(Box::new(plan)));
    }

    fn begin(&mut self, source: Source, question: Question) {
        self.offered = None;
        self.forget_data();
        self.question = History::new(self.within_policy(question));
        self.leaving.is_of_another_source();
        self.source = Some(source);
    }

    /// Nothing of the last data stays on the screen.
    fn forget_data(&mut self) {
        self.shown = None;
        self.kept.clear();
        self.awaited.ahead.clear();
        self.refused = None;
        self.labels = None;
        self.trial = None;
        self.tried = None;
        self.utility = Figures::default();
        self.risk = Figures::default();
        self.values = Values::default();
        self.selected = None;
        self.listing = Listing::default();
        self.sorting = None;
        self.canvas = Picture::default();
        self.release_pictures.clear();
        self.leaving.forget();
        self.forget_numbers();
        self.notice = None;
        self.exporting = None;
        self.copied = None;
        if let Some(source) = &mut self.source {
            source.imported = None;
        }
    }

    fn ask_again(&mut self, worker: &Worker) {
        let asked = self.question.now().ask();
        let kept = asked
            .as_ref()
            .ok()
            .and_then(|ask| self.kept.iter().find(|shown| shown.ask == *ask).cloned());
        if let Some(shown) = kept {
            // It was counted before: the picture is there already.
            self.awaited.flow = 0;
            if self.shown.as_ref().is_none_or(|now| !Arc::ptr_eq(now, &shown)) {
                self.show(shown);
                self.look_ahead(worker);
            }
            self.refused = None;
            return;
        }
        let is_other =
            |shown: &Arc<Shown>| shown.ask.spec.ask.kind() != self.question.now().kind.name();
        if self.shown.as_ref().is_some_and(is_other) {
            // A picture of another kind is no stand-in for the one that is waited for.
            self.shown = None;
            self.sorting = None;
            self.selected = None;
            self.canvas = Picture::default();
        }
        self.count(worker);
    }

    fn try_rules(&mut self, rules: Option<Rules>, worker: &Worker) {
        if self.trial == rules {
            return;
        }
        let policy = self.question.now().policy;
        self.awaited.trial = match &rules {
            Some(rules) if self.is_open() => worker.ask(Job::Trial(rules.clone(), policy)),
            _ => 0,
        };
        if rules.is_none() {
            self.tried = None;
        }
        self.trial = rules;
    }

    /// What the labels come to under the rules that are being written, or that hold. The last
    /// report stays until the next is there.
    pub fn labels_to_show(&self) -> Option<&Labels> {
        self.tried.as_deref().filter(|_| self.trial.is_some()).or(self.labels.as_deref())
    }

    fn count(&mut self, worker: &Worker) {
        self.forget_asked_values();
        let question = self.question.now();
        let (rules, policy) = (question.rules.clone(), question.policy);
        let is_known = self
            .labels
            .as_ref()
            .is_some_and(|labels| labels.rules == rules && labels.policy == policy);
        if !is_known {
            self.awaited.labels = worker.ask(Job::Labels(rules, policy));
        }
        self.risk.asked = None;
        self.awaited.risk = 0;
        match question.ask() {
            Ok(ask) => {
                self.incomplete = None;
                self.awaited.flow = worker.ask(Job::Disclose(Box::new(ask)));
            }
            Err(why) => {
                self.awaited.flow = 0;
                self.incomplete = Some(why);
                self.shown = None;
                self.refused = None;
            }
        }
    }

    /// Leaves the work that the place on screen needs and nobody has asked for yet.
    pub fn prepare(&mut self, worker: &Worker) {
        self.autosave(worker);
        if self.place == Place::Review {
            self.review.prepare(worker);
        }
        if self.place == Place::Present {
            self.prepare_present(worker);
        }
        if self.source.as_ref().is_none_or(|source| source.working) {
            return;
        }
        if self.place == Place::Protect && self.is_open() && self.awaited.flow == 0 {
            self.prepare_figures(worker);
        }
        if self.place == Place::Release {
            self.prepare_release(worker);
        }
    }

    /// The figures on the protection, each asked for once. The curve is about every threshold.
    fn prepare_figures(&mut self, worker: &Worker) {
        let Ok(ask) = self.question.now().ask_steps() else { return };
        if self.labels.is_none() && self.awaited.labels == 0 {
            self.awaited.labels = worker.ask(Job::Labels(ask.rules.clone(), ask.policy));
        }
        let same = |last: &Ask| last.spec == ask.spec && last.rules == ask.rules;
        if !self.utility.asked.as_ref().is_some_and(same) {
            self.utility.asked = Some(ask.clone());
            self.awaited.utility = worker.ask(Job::Utility(Box::new(ask.clone())));
        }
        if self.risk.asked.as_ref() != Some(&ask) {
            self.risk.asked = Some(ask.clone());
            self.awaited.risk = worker.ask(Job::Risk(Box::new(ask)));
        }
    }

    /// Asks for a picture unless this very one is there or on its way.
    pub fn want(&mut self, drawing: Drawing, worker: &Worker) {
        let picture = self.picture(drawing.slot);
        if picture.wanted.as_ref().is_some_and(|wanted| wanted.is_same(&drawing)) {
            return;
        }
        picture.wanted = Some(drawing.clone());
        worker.draw(drawing);
    }

    fn picture(&mut self, slot: Slot) -> &mut Picture {
        match slot {
            Slot::Canvas => &mut self.canvas,
            Slot::Preview => &mut self.preview_picture,
            Slot::Release(at) => {
                if self.release_pictures.len() <= at {
                    self.release_pictures.resize_with(at + 1, Picture::default);
                }
                &mut self.release_pictures[at]
            }
        }
    }

    /// Takes what a thread reports.
    pub fn take(&mut self, report: Report, worker: &Worker) {
        match report {
            Report::Picture(Ok(drawn)) => {
                let slot = drawn.drawing.slot;
                self.picture(slot).drawn = Some(drawn);
            }
            Report::Picture(Err(Failure::Because(why) | Failure::Truncated(why))) => {
                self.tell(why, "The table holds the same numbers.");
            }
            Report::Picture(Err(Failure::Stopped)) => {}
            Report::Vault { number, outcome: Ok(outcome) } => {
                self.take_outcome(number, outcome, worker);
            }
            Report::Vault { number, outcome: Err(failure) } => {
                self.take_failure(number, failure, worker);
            }
            Report::Keeper { number, kept } => self.take_kept(number, kept, worker),
            Report::Review { number, outcome } if number == self.awaited.key => {
                self.take_signing_key(outcome);
            }
            Report::Board(Ok(drawn)) => self.take_board(drawn),
            Report::Slide(Ok((drawing, scene))) => self.take_slide(&drawing, scene),
            Report::Board(Err(failure)) | Report::Slide(Err(failure)) => {
                if let Failure::Because(why) | Failure::Truncated(why) = failure {
                    self.tell(why, "The board is as it was.");
                }
            }
            Report::Present { number, outcome } => self.take_present(number, outcome),
            Report::Review { number, outcome } => self.take_review(number, outcome, worker),
            Report::Dialog(answer) => self.take_answer(answer, worker),
        }
    }

    fn take_outcome(&mut self, number: u64, outcome: Outcome, worker: &Worker) {
        match outcome {
            Outcome::Inspected(inspection) if number == self.awaited.source => {
                self.take_mapping(&inspection);
                self.offer(&inspection);
                if let Some(source) = &mut self.source {
                    source.inspection = Some(*inspection);
                    source.working = false;
                }
            }
            Outcome::Imported(mut imported) if number == self.awaited.source => {
                self.take_mapping(&imported.inspection);
                // What was guessed is what was read.
                imported.reading.plan.mapping.clone_from(&self.question.now().plan.mapping);
                imported.reading.plan.mapping_is_whole = true;
                self.record_import(imported.digest.clone());
                self.forget_data();
                if let Some(source) = &mut self.source {
                    source.inspection = Some(imported.inspection.clone());
                    source.imported = Some(imported);
                    source.working = false;
                    source.editing = false;
                }
                let imported = self.source.as_ref().and_then(|source| source.imported.as_ref());
                // A policy may have come while the files were read.
                if imported.is_some_and(|it| it.reading == self.question.now().reading()) {
                    self.count(worker);
                } else {
                    self.follow(true, worker);
                }
            }
            Outcome::Policy(read) if number == self.awaited.policy => {
                self.awaited.policy = 0;
                self.take_policy(read, worker);
            }
            Outcome::Labels(labels) if number == self.awaited.labels => {
                self.awaited.labels = 0;
                self.labels = Some(labels);
            }
            Outcome::Labels(labels) if number == self.awaited.trial => {
                self.awaited.trial = 0;
                self.tried = Some(labels);
            }
            Outcome::Utility(ask, answer) if number == self.awaited.utility => {
                self.utility.take(*ask, answer);
            }
            Outcome::Risk(ask, answer) if number == self.awaited.risk => {
                self.risk.take(*ask, *answer);
            }
            Outcome::Previewed(shown) => self.preview = Some(shown),
            Outcome::Disclosed(answer) if number == self.awaited.flow => {
                self.awaited.flow = 0;
                self.remember();
                match answer {
                    Ok(shown) => {
                        self.show(shown);
                        self.look_ahead(worker);
                    }
                    Err(refused) => {
                        self.refused = Some(refused);
                        self.shown = None;
                        self.canvas = Picture::default();
                    }
                }
            }
            Outcome::Ahead(shown) if self.awaited.ahead.contains(&number) => {
                self.awaited.ahead.retain(|awaited| *awaited != number);
                if let Some(shown) = shown {
                    self.keep(shown);
                }
            }
            Outcome::Packed(packed) if number == self.awaited.pack => self.take_packed(packed),
            Outcome::Compared(compared) if number == self.awaited.compare => {
                self.leaving.compared = Some(compared);
            }
            Outcome::Signed(leaves) if number == self.awaited.sign => {
                self.take_signed(leaves, worker);
            }
            Outcome::Saved { package, path, verdict, manifest } if number == self.awaited.save => {
                self.take_released(&package, &verdict);
                self.leaving.take_saved(&package, path, verdict, manifest);
            }
            Outcome::Erased(erasure) => self.take_erased(number, *erasure, worker),
            Outcome::Values(of, values) if number == self.awaited.values => {
                self.values.known.push((*of, values));
            }
            Outcome::Weighed(alone, ledger) if number == self.awaited.weigh => {
                self.take_weighed(alone, ledger, worker);
            }
            Outcome::Exported(path) if number == self.awaited.export => self.take_exported(path),
            Outcome::Copied(picture) if number == self.awaited.export => self.take_copied(picture),
            _ => {}
        }
    }

    /// At the first look, offers what was decided about files with the same columns.
    fn offer(&mut self, inspection: &Inspection) {
        let is_first = self.source.as_ref().is_some_and(|source| source.inspection.is_none());
        if is_first {
            let now = self.question.now();
            let found = self.memory.find(&inspection.columns);
            self.offered = found.filter(|found| now.with_remembered(found) != *now).cloned();
        }
    }

    /// Keeps what was decided about these columns for the next file that has them, unless any of
    /// the words looks personal. A header of values is no header.
    fn remember(&mut self) {
        let Some(source) = self.source.as_ref().filter(|source| !source.is_sample) else { return };
        let Some(inspection) = &source.inspection else { return };
        let columns = &inspection.columns;
        let is_value =
            |column: &ColumnProfile| column.shown != column.name || looks_personal(&column.name);
        if columns.iter().any(is_value) {
            return;
        }
        let now = self.question.now();
        let rules = now
            .rules
            .rules
            .iter()
            .filter(|rule| !rule.patterns().chain(rule.label.as_deref()).any(looks_personal));
        let rules: Vec<_> = rules.cloned().collect();
        let today = jiff::ZonedDateTime::now().date();
        let entry = Remembered::new(columns, &now.plan, &rules, today);
        if entry.texts().any(looks_personal) || !self.memory.keep(entry) {
            return;
        }
        if let Err(error) = self.memory.save(&self.folders) {
            self.tell(error.to_string(), "");
        }
    }

    /// From the first look on the mapping is whole, so that nothing is guessed behind one's back.
    fn take_mapping(&mut self, inspection: &Inspection) {
        self.question.amend(|question| {
            question.plan.mapping.clone_from(&inspection.mapping);
            question.plan.mapping_is_whole = true;
        });
    }

    fn show(&mut self, shown: Arc<Shown>) {
        let is_there = |selected: &String| match shown.view.view() {
            View::Flow(flow) => flow.nodes.iter().any(|node| node.id == *selected),
            View::Map(map) => MapItem::of(map, selected).is_some(),
            _ => false,
        };
        self.selected = self.selected.take().filter(is_there);
        self.keep(Arc::clone(&shown));
        self.shown = Some(shown);
        self.refused = None;
        self.incomplete = None;
    }

    fn keep(&mut self, shown: Arc<Shown>) {
        self.kept.retain(|kept| kept.ask != shown.ask);
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        self.kept.push(shown);
    }

    /// Leaves to be counted what a step of the threshold up or down would ask for, where it would be
    /// waited for.
    fn look_ahead(&mut self, worker: &Worker) {
        self.awaited.ahead.clear();
        let rows = self.source.as_ref().and_then(|source| source.imported.as_ref());
        if rows.is_none_or(|imported| imported.quality.rows_used < AHEAD_FROM_ROWS) {
            return;
        }
        let now = self.question.now();
        let k = now.policy.k();
        let at = Policy::LISTED.iter().position(|(listed, _)| *listed == k);
        let beside = at.map_or([None; 2], |at| [Some(at + 1), at.checked_sub(1)]);
        for (k, _) in beside.into_iter().flatten().filter_map(|at| Policy::LISTED.get(at)) {
            let next = self.within_policy(now.after(&Command::SetThreshold(*k)));
            let Ok(ask) = next.ask() else { continue };
            if !self.kept.iter().any(|shown| shown.ask == ask) {
                self.awaited.ahead.push(worker.ask(Job::Ahead(Box::new(ask))));
            }
        }
    }

    fn take_failure(&mut self, number: u64, failure: Failure, worker: &Worker) {
        if number == self.awaited.source {
            // A second reading that fails leaves no journeys behind.
            let was_reading = self.source.as_ref().is_some_and(|source| source.working);
            if was_reading {
                self.forget_data();
            }
            if let Some(source) = &mut self.source {
                source.working = false;
                source.truncated = matches!(failure, Failure::Truncated(_));
                source.error = Some(match failure {
                    Failure::Because(why) | Failure::Truncated(why) => why,
                    Failure::Stopped => "Stopped as asked. Nothing was kept.".to_owned(),
                });
            }
            self.place = Place::Data;
            return;
        }
        if number == self.awaited.policy {
            self.awaited.policy = 0;
            self.take_policy(
                Err("The policy was not read to its end; choose it again.".to_owned()),
                worker,
            );
            return;
        }
        if number == self.awaited.flow {
            self.awaited.flow = 0;
        }
        if number == self.awaited.labels {
            self.awaited.labels = 0;
        }
        if number == self.awaited.values {
            self.awaited.values = 0;
        }
        if number == self.awaited.pack && failure == Failure::Stopped {
            self.leaving.stop();
        }
        if number == self.awaited.sign {
            self.leaving.is_signing = false;
        }
        if self.take_not_erased(number, &failure) {
            return;
        }
        // What was stopped on purpose needs no words.
        let Failure::Because(why) = failure else { return };
        self.record_refusal(number);
        let leaves_alone = number == self.awaited.export || number == self.awaited.weigh;
        if number == self.awaited.sign {
            self.leaving.key_error = Some(why);
        } else if number == self.awaited.pack || number == self.awaited.save {
            self.leaving.error = Some(why);
        } else if let Some(exporting) = self.exporting.as_mut().filter(|_| leaves_alone) {
            exporting.error = Some(why);
        } else {
            self.tell(why, "The last picture is still shown.");
        }
    }

    fn take_answer(&mut self, answer: super::dialogs::Answer, worker: &Worker) {
        use super::dialogs::Answer;
        match answer {
            Answer::Open(files) => self.open(files, worker),
            Answer::List(list, path) => self.apply(Command::AddList(list, path), worker),
            Answer::Save(path) => {
                self.apply(Command::SetPackagePath(path.display().to_string()), worker);
            }
            Answer::Earlier(path) => {
                self.apply(Command::SetEarlier(path.display().to_string()), worker);
            }
            Answer::Policy(path) => self.apply(Command::UsePolicy(path), worker),
            Answer::SigningKey(path) => {
                self.apply(Command::SetSigningKey(path.display().to_string()), worker);
            }
            Answer::Project(path) => self.set_project_path(path.display().to_string()),
            Answer::Instead(files) => {
                self.asking = None;
                self.apply(Command::UseFiles(files), worker);
            }
            Answer::Export(path) => {
                self.apply(Command::SetExportPath(path.display().to_string()), worker);
            }
            Answer::Review(command) => self.apply(Command::Review(command), worker),
            Answer::Present(path) => {
                let path = path.display().to_string();
                self.apply(Presenting::SetPath(path).into(), worker);
            }
            Answer::Nothing => {}
            Answer::NoPortal => self.tell(
                "No file dialog answered: this desktop runs no file portal.".to_owned(),
                "Type the path instead, or drop the file on the window.",
            ),
        }
    }

    pub fn tell(&mut self, what: String, then: &str) {
        self.notice = Some(Notice { what, then: then.to_owned() });
    }

    fn keep_recent(&mut self) {
        if let Err(error) = self.recent.save(&self.folders) {
            self.tell(error.to_string(), "");
        }
    }
}

/// Where a person looks for what the program wrote.
fn home() -> PathBuf {
    directories::UserDirs::new().map_or_else(PathBuf::new, |dirs| {
        dirs.document_dir().unwrap_or_else(|| dirs.home_dir()).to_owned()
    })
}
