//! What the window knows, and what each command does to it.
//!
//! One value, changed only by [`State::apply`] (what a person does) and [`State::take`] (what the
//! threads report). Paints nothing, reads no file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::command::{Command, Part, Place};
use super::history::History;
use super::worker::{
    Ask, Drawing, Drawn, Failure, Imported, Job, Outcome, Packed, Refused, Report, Shown, Slot,
    Worker, sample_rules,
};
use crate::project::{Folders, Recent, Settings};
use crate::release::{self, Formats};
use crate::views::{
    Flow, FlowSpec, ImportPlan, Inspection, LabelFinding, Mapping, Policy, Role, Rules, Side, Spec,
    View,
};

/// What is asked, as far as it can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub spec: FlowSpec,
    pub collapse: bool,
    /// Labels whose events are skipped.
    pub hide: Vec<String>,
    pub policy: Policy,
    pub rules: Rules,
    /// A matter of drawing: nothing is counted again.
    pub drop_off: bool,
}

impl Default for Question {
    fn default() -> Self {
        Self {
            spec: FlowSpec::default(),
            collapse: true,
            hide: Vec::new(),
            policy: Policy::default(),
            rules: Rules::default(),
            drop_off: true,
        }
    }
}

impl Question {
    fn ask(&self) -> Ask {
        let flow = Spec::flow("flow", self.spec.clone());
        let spec = Spec { collapse: self.collapse, hide: self.hide.clone(), ..flow };
        Ask { spec, policy: self.policy, rules: self.rules.clone() }
    }
}

/// The files that are open, from the first look to the journeys.
pub struct Source {
    pub plan: ImportPlan,
    pub is_sample: bool,
    /// What the files look like; absent until they have been looked at.
    pub inspection: Option<Inspection>,
    pub mapping: Mapping,
    pub imported: Option<Box<Imported>>,
    /// The columns are shown again although there are journeys.
    pub editing: bool,
    pub working: bool,
    pub error: Option<String>,
    /// The error is a file that breaks off, and going on is offered.
    pub truncated: bool,
}

impl Source {
    fn new(files: Vec<PathBuf>, is_sample: bool) -> Self {
        Self {
            plan: ImportPlan { files, ..ImportPlan::default() },
            is_sample,
            inspection: None,
            mapping: Mapping::default(),
            imported: None,
            editing: false,
            working: true,
            error: None,
            truncated: false,
        }
    }

    /// `events.csv`, or what stands for it.
    pub fn name(&self) -> String {
        if self.is_sample {
            return "Sample shop".to_owned();
        }
        super::worker::file_names(&self.plan.files)
    }

    /// The part a column plays.
    pub fn role(&self, column: &str) -> Option<Role> {
        ROLES.into_iter().find(|role| self.column(*role) == Some(column))
    }

    /// The column that plays a part.
    pub fn column(&self, role: Role) -> Option<&str> {
        let Mapping { subject, session, event, time, .. } = &self.mapping;
        match role {
            Role::Subject => subject,
            Role::Session => session,
            Role::Event => event,
            Role::Time => time,
            Role::Attribute => return None,
        }
        .as_deref()
    }

    fn set_role(&mut self, column: &str, role: Option<Role>) {
        let Mapping { subject, session, event, time, otherwise, .. } = &mut self.mapping;
        let slots = [
            (&mut *subject, &mut otherwise.subject),
            (&mut *session, &mut otherwise.session),
            (&mut *event, &mut otherwise.event),
            (&mut *time, &mut otherwise.time),
        ];
        for (slot, others) in slots {
            others.retain(|other| other != column);
            if slot.as_deref() == Some(column) {
                *slot = None;
            }
        }
        // What stood in for the column before does not stand in for this one.
        let (slot, others) = match role {
            None | Some(Role::Attribute) => return,
            Some(Role::Subject) => (subject, &mut otherwise.subject),
            Some(Role::Session) => (session, &mut otherwise.session),
            Some(Role::Event) => (event, &mut otherwise.event),
            Some(Role::Time) => (time, &mut otherwise.time),
        };
        others.clear();
        *slot = Some(column.to_owned());
    }

    /// What is missing before an import can start, in a sentence.
    pub fn missing(&self) -> Option<&'static str> {
        if self.mapping.subject.is_none() {
            return Some("Choose the column that says who: read one as Person.");
        }
        if self.mapping.event.is_none() {
            return Some("Choose the column that says what happened: read one as Step.");
        }
        None
    }
}

/// The parts a column can play, in the order they are offered.
pub const ROLES: [Role; 4] = [Role::Subject, Role::Session, Role::Event, Role::Time];

/// A picture that was asked for, and the last one that came.
#[derive(Default)]
pub struct Picture {
    wanted: Option<Drawing>,
    pub drawn: Option<Drawn>,
}

/// What is about to leave.
pub struct Leaving {
    pub formats: Formats,
    pub path: String,
    /// The path was not typed by hand, so it follows the source.
    path_is_ours: bool,
    pub packed: Option<Arc<Packed>>,
    asked: Option<(Arc<Shown>, Formats)>,
    pub error: Option<String>,
    pub written: Option<(PathBuf, release::Verdict)>,
}

/// Something to be told that belongs to no field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub what: String,
    pub then: String,
}

/// The numbers of the reports that are waited for; others are of work that was replaced.
#[derive(Default)]
struct Awaited {
    source: u64,
    flow: u64,
    pack: u64,
    save: u64,
}

pub struct State {
    pub folders: Folders,
    pub settings: Settings,
    pub recent: Recent,
    pub place: Place,
    pub source: Option<Source>,
    pub question: History<Question>,
    pub shown: Option<Arc<Shown>>,
    pub refused: Option<Refused>,
    pub findings: Vec<LabelFinding>,
    pub selected: Option<String>,
    pub table: bool,
    /// Whether "Why is this not here?" is open.
    pub why: bool,
    pub preview: Option<Arc<Shown>>,
    pub canvas: Picture,
    pub preview_picture: Picture,
    pub release_picture: Picture,
    pub leaving: Leaving,
    pub notice: Option<Notice>,
    awaited: Awaited,
}

impl State {
    pub fn new(folders: Folders) -> Self {
        Self {
            settings: Settings::load(&folders),
            recent: Recent::load(&folders),
            folders,
            place: Place::default(),
            source: None,
            question: History::new(Question::default()),
            shown: None,
            refused: None,
            findings: Vec::new(),
            selected: None,
            table: false,
            why: false,
            preview: None,
            canvas: Picture::default(),
            preview_picture: Picture::default(),
            release_picture: Picture::default(),
            leaving: Leaving {
                formats: Formats::default(),
                path: String::new(),
                path_is_ours: true,
                packed: None,
                asked: None,
                error: None,
                written: None,
            },
            notice: None,
            awaited: Awaited::default(),
        }
    }

    /// The published flow on the screen.
    pub fn flow(&self) -> Option<&Flow> {
        let View::Flow(flow) = self.shown.as_ref()?.view.view() else { return None };
        Some(flow)
    }

    /// Whether there are journeys to ask about.
    pub fn is_open(&self) -> bool {
        self.source.as_ref().is_some_and(|source| source.imported.is_some())
    }

    /// Does what a person asked for. Dialogs, the theme and the end of the program need the window
    /// itself and are done there.
    pub fn apply(&mut self, command: Command, worker: &Worker) {
        match command {
            Command::Go(place) => self.place = place,
            Command::OpenFiles(files) => self.open(files, worker),
            Command::OpenSample => {
                self.begin(Source::new(vec![self.folders.sample_file()], true));
                self.change_rules(sample_rules());
                self.place = Place::Explore;
                self.awaited.source = worker.ask(Job::Sample(self.folders.sample_file()));
            }
            Command::Forget(path) => {
                self.recent.forget(&path);
                self.keep_recent();
            }
            Command::CloseData => {
                self.forget_data();
                self.source = None;
                self.place = Place::Data;
                worker.ask(Job::Close);
            }
            Command::SetRole(..)
            | Command::SetDateOrder(_)
            | Command::SetTimezone(_)
            | Command::AcceptTruncated
            | Command::EditColumns
            | Command::Import => self.apply_to_source(command, worker),
            Command::Undo => {
                let changed = self.question.undo();
                self.ask_again(changed, worker);
            }
            Command::Redo => {
                let changed = self.question.redo();
                self.ask_again(changed, worker);
            }
            Command::Select(node) => self.selected = node,
            Command::ShowTable(table) => self.table = table,
            Command::Ask(why) => self.why = why,
            Command::SetPart(part, on) => {
                let formats = &mut self.leaving.formats;
                match part {
                    Part::Svg => formats.svg = on,
                    Part::Png => formats.png = on,
                    Part::Tables => formats.tables = on,
                    Part::Page => formats.page = on,
                }
                self.leaving.written = None;
            }
            Command::SetPackagePath(path) => {
                self.leaving.path = path;
                self.leaving.path_is_ours = false;
                self.leaving.written = None;
                self.leaving.error = None;
            }
            Command::WritePackage => self.write_package(worker),
            Command::CancelWork => worker.cancel(),
            Command::Dismiss => self.notice = None,
            Command::Escape => {
                if self.why {
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
            Command::ChooseFile | Command::ChoosePackage | Command::Quit => {}
            question => self.apply_to_question(&question, worker),
        }
    }

    fn apply_to_question(&mut self, command: &Command, worker: &Worker) {
        let mut next = self.question.now().clone();
        let spec = &mut next.spec;
        match command {
            Command::SetSide(side) => {
                spec.anchor.side = *side;
                self.selected = None;
            }
            Command::StartAt(label) => {
                spec.anchor.side = Side::Start;
                spec.anchor.label = Some(label.clone());
                self.selected = None;
            }
            Command::EndAt(label) => {
                spec.anchor.side = Side::End;
                spec.anchor.label = Some(label.clone());
                self.selected = None;
            }
            Command::ClearAnchor => {
                spec.anchor.label = None;
                self.selected = None;
            }
            Command::SetSteps(steps) => spec.steps = *steps,
            Command::SetTop(top) => spec.top = *top,
            Command::SetCollapse(collapse) => next.collapse = *collapse,
            Command::SetDropOff(drop_off) => next.drop_off = *drop_off,
            Command::SetThreshold(k) => {
                if let Ok(policy) = Policy::new(*k, None) {
                    next.policy = policy.with_blur(next.policy.blur());
                }
            }
            Command::Hide(label) => {
                if !next.hide.contains(label) {
                    next.hide.push(label.clone());
                }
                if spec.anchor.label.as_ref() == Some(label) {
                    spec.anchor.label = None;
                }
                self.selected = None;
            }
            Command::Show(label) => next.hide.retain(|hidden| hidden != label),
            Command::AddRule(rule) => next.rules.rules.push(rule.clone()),
            Command::RemoveRule(index) if *index < next.rules.rules.len() => {
                next.rules.rules.remove(*index);
            }
            _ => {}
        }
        let changed = self.question.change(command, next);
        self.ask_again(changed, worker);
    }

    fn apply_to_source(&mut self, command: Command, worker: &Worker) {
        let Some(source) = &mut self.source else { return };
        source.error = None;
        source.truncated = false;
        match command {
            Command::SetRole(column, role) => {
                source.set_role(&column, role);
                source.plan.mapping = source.mapping.clone();
                source.plan.mapping_is_whole = true;
                // Another column of times may have other questions.
                let plan = ImportPlan { date_order: None, ..source.plan.clone() };
                self.awaited.source = worker.ask(Job::Inspect(plan));
            }
            Command::SetDateOrder(order) => source.plan.date_order = Some(order),
            Command::SetTimezone(zone) => {
                let zone = zone.trim();
                source.plan.timezone = (!zone.is_empty()).then(|| zone.to_owned());
            }
            Command::AcceptTruncated => {
                source.plan.accept_truncated = true;
                source.working = true;
                if source.inspection.is_some() {
                    self.apply_to_source(Command::Import, worker);
                } else {
                    self.awaited.source = worker.ask(Job::Inspect(source.plan.clone()));
                }
            }
            Command::EditColumns => source.editing = true,
            Command::Import => {
                source.plan.mapping = source.mapping.clone();
                source.plan.mapping_is_whole = true;
                source.working = true;
                let job = Job::Import {
                    plan: source.plan.clone(),
                    rules: self.question.now().rules.clone(),
                };
                self.forget_data();
                self.awaited.source = worker.ask(job);
            }
            _ => {}
        }
    }

    fn open(&mut self, files: Vec<PathBuf>, worker: &Worker) {
        let Some(first) = files.first() else { return };
        self.recent.add(first, jiff::ZonedDateTime::now().date());
        self.keep_recent();
        let source = Source::new(files, false);
        let plan = source.plan.clone();
        self.begin(source);
        self.place = Place::Data;
        self.awaited.source = worker.ask(Job::Inspect(plan));
    }

    fn begin(&mut self, source: Source) {
        self.forget_data();
        self.question = History::new(Question::default());
        self.leaving.path_is_ours = true;
        self.source = Some(source);
    }

    /// Nothing of the last data stays on the screen.
    fn forget_data(&mut self) {
        self.shown = None;
        self.refused = None;
        self.findings.clear();
        self.selected = None;
        self.canvas = Picture::default();
        self.release_picture = Picture::default();
        self.leaving.packed = None;
        self.leaving.asked = None;
        self.leaving.error = None;
        self.leaving.written = None;
        self.notice = None;
        if let Some(source) = &mut self.source {
            source.imported = None;
        }
    }

    fn change_rules(&mut self, rules: Rules) {
        let question = Question { rules, ..self.question.now().clone() };
        self.question = History::new(question);
    }

    fn ask_again(&mut self, changed: bool, worker: &Worker) {
        if !changed || !self.is_open() {
            return;
        }
        let ask = self.question.now().ask();
        if self.shown.as_ref().is_some_and(|shown| shown.ask == ask) && self.refused.is_none() {
            // Undone before it was counted: the picture is the right one already.
            self.awaited.flow = 0;
            return;
        }
        self.awaited.flow = worker.ask(Job::Disclose(Box::new(ask)));
    }

    fn write_package(&mut self, worker: &Worker) {
        let Some(package) = self.leaving.packed.clone() else { return };
        let path = PathBuf::from(self.leaving.path.trim());
        self.leaving.error = None;
        self.leaving.written = None;
        self.awaited.save = worker.ask(Job::Save { package, path });
    }

    /// Leaves the work that the place on screen needs and nobody has asked for yet.
    pub fn prepare(&mut self, worker: &Worker) {
        if self.place == Place::Release
            && let Some(shown) = &self.shown
            && let Some(imported) =
                self.source.as_ref().and_then(|source| source.imported.as_deref())
        {
            let formats = self.leaving.formats;
            let asked = self.leaving.asked.as_ref();
            if asked.is_none_or(|(last, with)| !Arc::ptr_eq(last, shown) || *with != formats) {
                self.leaving.asked = Some((Arc::clone(shown), formats));
                self.leaving.error = None;
                self.awaited.pack = worker.ask(Job::Pack {
                    shown: Arc::clone(shown),
                    formats,
                    facts: Box::new(release::Facts::of(
                        &imported.inspection.mapping,
                        &imported.quality,
                        &shown.ask.rules,
                        &shown.ask.spec.hide,
                        &self.findings,
                    )),
                });
            }
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
            Slot::Release => &mut self.release_picture,
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
            Report::Vault { number, outcome: Err(failure) } => self.take_failure(number, failure),
            Report::Dialog(answer) => self.take_answer(answer, worker),
        }
    }

    fn take_outcome(&mut self, number: u64, outcome: Outcome, worker: &Worker) {
        match outcome {
            Outcome::Inspected(inspection) if number == self.awaited.source => {
                if let Some(source) = &mut self.source {
                    source.mapping = inspection.mapping.clone();
                    source.inspection = Some(*inspection);
                    source.working = false;
                }
            }
            Outcome::Imported(imported) if number == self.awaited.source => {
                self.findings.clone_from(&imported.findings);
                if let Some(source) = &mut self.source {
                    source.mapping = imported.inspection.mapping.clone();
                    source.inspection = Some(imported.inspection.clone());
                    source.imported = Some(imported);
                    source.working = false;
                    source.editing = false;
                }
                let ask = self.question.now().ask();
                self.awaited.flow = worker.ask(Job::Disclose(Box::new(ask)));
            }
            Outcome::Previewed(shown) => self.preview = Some(shown),
            Outcome::Disclosed(answer, findings) if number == self.awaited.flow => {
                self.findings = findings;
                match answer {
                    Ok(shown) => self.show(shown),
                    Err(refused) => {
                        self.refused = Some(refused);
                        self.shown = None;
                        self.canvas = Picture::default();
                        self.leaving.packed = None;
                        self.leaving.asked = None;
                    }
                }
            }
            Outcome::Packed(packed) if number == self.awaited.pack => {
                self.leaving.packed = Some(packed);
                self.suggest_path();
            }
            Outcome::Saved { path, verdict } if number == self.awaited.save => {
                self.leaving.written = Some((path, verdict));
            }
            _ => {}
        }
    }

    fn show(&mut self, shown: Arc<Shown>) {
        // The window shows flows; in another view nothing can be selected.
        let is_there = |selected: &String| match shown.view.view() {
            View::Flow(flow) => flow.nodes.iter().any(|node| node.id == *selected),
            _ => false,
        };
        self.selected = self.selected.take().filter(is_there);
        self.shown = Some(shown);
        self.refused = None;
        self.leaving.written = None;
    }

    fn take_failure(&mut self, number: u64, failure: Failure) {
        if number == self.awaited.source {
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
        // What was stopped on purpose needs no words.
        let Failure::Because(why) = failure else { return };
        if number == self.awaited.pack || number == self.awaited.save {
            self.leaving.error = Some(why);
        } else if number == self.awaited.flow {
            self.tell(why, "The last picture is still shown.");
        }
    }

    fn take_answer(&mut self, answer: super::dialogs::Answer, worker: &Worker) {
        use super::dialogs::Answer;
        match answer {
            Answer::Open(files) => self.open(files, worker),
            Answer::Save(path) => {
                self.apply(Command::SetPackagePath(path.display().to_string()), worker);
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

    /// The file name that a dialog suggests.
    pub fn package_name(&self) -> String {
        Path::new(&self.leaving.path)
            .file_name()
            .map_or_else(|| "journeys.trodden.zip".to_owned(), |name| name.display().to_string())
    }

    /// Beside the file that was read, in its name.
    fn suggest_path(&mut self) {
        let Some(source) = &self.source else { return };
        if !self.leaving.path_is_ours {
            return;
        }
        let first = source.plan.files.first();
        let (folder, stem) = if source.is_sample {
            (home(), "sample".to_owned())
        } else {
            let folder = first.and_then(|file| file.parent()).map(Path::to_owned);
            let name = first.and_then(|file| file.file_name());
            let stem =
                name.map_or_else(|| "journeys".to_owned(), |name| name.display().to_string());
            let stem = stem.split('.').next().unwrap_or(&stem).to_owned();
            (folder.unwrap_or_default(), stem)
        };
        self.leaving.path = folder.join(format!("{stem}.trodden.zip")).display().to_string();
    }
}

/// Where a person looks for what the program wrote.
fn home() -> PathBuf {
    directories::UserDirs::new().map_or_else(PathBuf::new, |dirs| {
        dirs.document_dir().unwrap_or_else(|| dirs.home_dir()).to_owned()
    })
}
