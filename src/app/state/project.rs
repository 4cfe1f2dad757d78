//! The project that is open: what of the window belongs into it, what its history says, and when it is
//! written.
//!
//! Whatever changes is written two seconds later, by a thread of its own. What would let the project go
//! waits until it is written.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{MapLook, Question, Sliders, Source, State, home};
use crate::app::command::{Command, Phrase, Place};
use crate::app::history::History;
use crate::app::state::exporting::LeavesNext;
use crate::app::worker::{
    Alone, Examined, Failure, Keeping, KeptProject, Leaving, Worker, file_names,
};
use crate::draw::TimeScale;
use crate::project::{
    Asked, Check, ENDING, Event, Kept, PictureSetup, Project, Setup, manifest_hash,
};
use crate::release::Signed;
use crate::vault::looks_personal;
use crate::views::{ImportPlan, ProtectionPlan};

/// A project, opened.
pub struct OpenProject {
    pub path: PathBuf,
    pub project: Project,
    /// What the window asked when it was looked at last.
    seen: Question,
    /// How many views left by themselves since it was opened.
    pub exports: u64,
    /// When what changed is to be written.
    due: Option<Instant>,
    /// The number of the report that will say it is written.
    saving: Option<u64>,
    pub error: Option<String>,
}

/// What is being asked about a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    New,
    Open,
    /// Where its files are now.
    Find,
    /// What to do with changes that cannot be saved.
    Unsaved,
    /// The list of those who are to be erased from it.
    Erase,
    /// What came of that, and where the receipt shall be written.
    Receipt,
    /// By which passphrase it is opened from now on.
    Passphrase,
}

pub struct Asking {
    pub what: What,
    pub path: String,
    pub error: Option<String>,
    /// What an erasure came to: the receipt, and what is to be told of the list.
    pub receipt: String,
    pub notes: Vec<&'static str>,
    /// The number of the report that is waited for.
    pub(super) working: Option<u64>,
}

impl Asking {
    pub(super) fn about(what: What, path: String) -> Self {
        Self { what, path, error: None, receipt: String::new(), notes: Vec::new(), working: None }
    }

    pub fn is_working(&self) -> bool {
        self.working.is_some()
    }
}

/// How long after a change it is written, so that a drag is written once.
const QUIET: Duration = Duration::from_secs(2);
/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(30);

impl OpenProject {
    fn new(path: PathBuf, project: Project, seen: Question) -> Self {
        Self { path, project, seen, exports: 0, due: None, saving: None, error: None }
    }

    pub fn is_saved(&self) -> bool {
        self.due.is_none() && self.saving.is_none()
    }

    /// How it stands, in a few words.
    pub fn words(&self) -> &'static str {
        if self.saving.is_some() {
            "Saving …"
        } else if self.error.is_some() {
            "Not saved"
        } else if self.due.is_some() {
            "Changed"
        } else {
            "Saved, encrypted"
        }
    }

    fn change(&mut self) {
        self.due = Some(Instant::now() + QUIET);
    }
}

/// Whether a path names a project, by its ending.
pub fn is_project(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING))
}

impl State {
    pub(super) fn ask_for_new_project(&mut self) {
        let folder = self.folder_of_source();
        let folder = if folder.as_os_str().is_empty() { home() } else { folder };
        let path = folder.join(format!("{}.{ENDING}", self.stem()));
        self.asking = Some(Asking::about(What::New, path.display().to_string()));
    }

    pub(super) fn ask_which_project(&mut self, path: Option<PathBuf>) {
        if path.is_some() && self.project.as_ref().map(|open| &open.path) == path.as_ref() {
            return;
        }
        let path = path.map_or_else(String::new, |path| path.display().to_string());
        self.asking = Some(Asking::about(What::Open, path));
    }

    pub(super) fn ask_where_files_are(&mut self) {
        let first = self.question.now().plan.files.first();
        let path = first.map_or_else(String::new, |path| path.display().to_string());
        self.asking = Some(Asking::about(What::Find, path));
    }

    pub(super) fn set_project_path(&mut self, path: String) {
        if let Some(asking) = &mut self.asking {
            asking.path = path;
            asking.error = None;
        }
    }

    /// What waited for an answer waits no longer.
    pub(super) fn stop_asking(&mut self) {
        if self.asking.take().is_some_and(|asking| asking.what == What::Unsaved) {
            self.waiting = None;
        }
    }

    /// What is open, by the name of its project or of its files.
    pub fn open_name(&self) -> Option<String> {
        match (&self.project, &self.source) {
            (Some(open), _) => Some(open.project.setup.name.clone()),
            (None, Some(_)) => Some(self.source_name()),
            (None, None) => None,
        }
    }

    /// The file name that a dialog suggests.
    pub fn project_file_name(&self) -> String {
        let path = self.asking.as_ref().map(|asking| Path::new(asking.path.trim()));
        let name = path.and_then(Path::file_name);
        name.map_or_else(|| format!("journeys.{ENDING}"), |name| name.display().to_string())
    }

    pub(super) fn create_project(&mut self, Phrase(passphrase): Phrase, worker: &Worker) {
        let Some(asking) = self.asking.as_ref().filter(|asking| !asking.is_working()) else {
            return;
        };
        let mut path = PathBuf::from(asking.path.trim());
        if !is_project(&path) {
            path.as_mut_os_string().push(format!(".{ENDING}"));
        }
        let setup = self.setup_of(&path);
        let made = Project::new(setup, Timestamp::now());
        let Some(asking) = &mut self.asking else { return };
        asking.error = None;
        match made {
            Ok(project) => {
                let keeping = Keeping::Create(path, passphrase, Arc::new(project));
                asking.working = Some(worker.keep(keeping));
            }
            Err(error) => asking.error = Some(error.to_string()),
        }
    }

    pub(super) fn unlock_project(&mut self, Phrase(passphrase): Phrase, worker: &Worker) {
        if let Some(asking) = self.asking.as_mut().filter(|asking| !asking.is_working()) {
            asking.error = None;
            let path = PathBuf::from(asking.path.trim());
            asking.working = Some(worker.keep(Keeping::Open(path, passphrase)));
        }
    }

    /// What a new project at this path would hold.
    fn setup_of(&self, path: &Path) -> Setup {
        let name = path.file_stem().unwrap_or_default().display().to_string();
        let is_sample = self.source.as_ref().is_some_and(|source| source.is_sample);
        self.question.now().to_setup(name, is_sample)
    }

    /// What a person decided since goes into the project, and what belongs there into its history.
    fn keep_setup(&mut self) {
        let Some(open) = &self.project else { return };
        let setup = Setup { name: open.project.setup.name.clone(), ..self.setup_of(&open.path) };
        let Some(open) = &mut self.project else { return };
        if setup != open.project.setup {
            open.project.set_up(setup, Timestamp::now(), &looks_personal);
            open.change();
        }
    }

    /// What the vault needs of the project to read the files for it.
    pub(super) fn project_to_read_for(&mut self) -> Option<Arc<Project>> {
        self.keep_setup();
        self.project.as_ref().map(|open| Arc::new(open.project.to_write()))
    }

    pub(super) fn save_project(&mut self, worker: &Worker) {
        self.keep_setup();
        if let Some(open) = &mut self.project {
            open.due = None;
            let keeping = Keeping::Save(Arc::new(open.project.to_write()));
            open.saving = Some(worker.keep(keeping));
        }
    }

    /// Notices what changed, and writes it when nothing has for a while.
    pub(super) fn autosave(&mut self, worker: &Worker) {
        let question = self.question.now();
        let Some(open) = &mut self.project else { return };
        if open.seen != *question {
            open.seen.clone_from(question);
            open.change();
        }
        let is_due = open.due.is_some_and(|due| due <= Instant::now());
        if is_due && open.saving.is_none() {
            self.save_project(worker);
        }
    }

    /// How long until something is to be written.
    pub fn next_save(&self) -> Option<Duration> {
        let due = self.project.as_ref()?.due?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    /// Whether a command has to wait until the project is written. It is done then.
    pub fn saves_first(&mut self, command: &Command, worker: &Worker) -> bool {
        self.keep_setup();
        let Some(open) = &self.project else { return false };
        if open.is_saved() {
            return false;
        }
        let is_saving = open.saving.is_some();
        self.waiting = Some(command.clone());
        if !is_saving || open.due.is_some() {
            self.save_project(worker);
        }
        true
    }

    pub(super) fn drop_changes(&mut self) {
        if let Some(open) = &mut self.project {
            (open.due, open.saving, open.error) = (None, None, None);
            // What is dropped is the state of the window as well, so it must not come back as a change.
            open.seen.clone_from(self.question.now());
            let name = open.project.setup.name.clone();
            let is_sample = self.source.as_ref().is_some_and(|source| source.is_sample);
            open.project.setup = self.question.now().to_setup(name, is_sample);
        }
        self.asking = None;
        self.due.extend(self.waiting.take());
    }

    pub(super) fn let_project_go(&mut self, worker: &Worker) {
        if self.project.take().is_some() {
            worker.keep(Keeping::Close);
        }
        self.history_is_open = false;
        self.asking = None;
    }

    pub(super) fn record(&mut self, event: &Event) {
        self.keep_setup();
        if let Some(open) = &mut self.project {
            open.project.history.push(Timestamp::now(), event);
            open.change();
        }
    }

    pub(super) fn record_import(&mut self, digest: Option<String>) {
        let (Some(open), Some(digest)) = (&mut self.project, digest) else { return };
        let done = open.project.imported(digest, Timestamp::now());
        open.change();
        if let Err(error) = done {
            self.tell(error.to_string(), "");
        }
    }

    /// A view is about to leave by itself; from now on it is in the ledger. `false` where the project has
    /// been let go since.
    pub(super) fn record_alone(&mut self, alone: &Alone, form: &str, ledger: Kept) -> bool {
        let Some(open) = &mut self.project else { return false };
        open.project.ledger = ledger;
        open.exports += 1;
        let view = alone.drawing.shown.view.view();
        let head = view.head();
        let (view, form) = (view.kind().to_owned(), form.to_owned());
        self.record(&Event::Exported { view, form, k: head.k, b: head.b });
        true
    }

    /// A decision that is seen goes into the history of the project whose package it is about, once. Which
    /// key made it is told, and whether that was checked.
    pub(super) fn record_decision(&mut self, examined: &Examined) {
        let (Some(open), Some(manifest)) = (&self.project, &examined.manifest) else { return };
        let decided = examined.opened.verdict.decision.as_ref().filter(|decided| decided.holds);
        let Some(decided) = decided else { return };
        let (key, checked) = match decided.signature {
            Signed::Good(key) => (key.to_string(), true),
            Signed::Unchecked(key) => (key.to_string(), false),
            Signed::Not | Signed::Wrong => return,
        };
        let entries = open.project.history.entries();
        let mut events = entries.into_iter().filter_map(|entry| entry.event);
        let is_ours =
            |event: &Event| matches!(event, Event::Released { package, .. } if package == manifest);
        if !events.any(|event| is_ours(&event)) {
            return;
        }
        let approved = decided.is_approved();
        let seen = Event::Reviewed { package: manifest.clone(), approved, key, checked };
        if !events.any(|event| event == seen) {
            self.record(&seen);
        }
    }

    /// Packages that lay on the reviewer's desk before the project was opened.
    fn record_decisions(&mut self) {
        let examined: Vec<_> =
            self.review.packages.iter().filter_map(|it| it.ready().cloned()).collect();
        for examined in examined {
            self.record_decision(&examined);
        }
    }

    /// A package that was to be made or written was not.
    pub(super) fn record_refusal(&mut self, number: u64) {
        if number == self.awaited.pack {
            self.record(&Event::Refused { check: Check::Audit });
        } else if number == self.awaited.weigh {
            self.record(&Event::Refused { check: Check::Ledger });
        } else if number == self.awaited.save || number == self.awaited.export {
            self.record(&Event::Refused { check: Check::Write });
        }
    }

    /// A release is in the history, and that on the disk, before the package is.
    pub(super) fn release_from_project(&mut self, leaves: Leaving, worker: &Worker) {
        let Ok(made) = &leaves.package.made else { return };
        let wanted = &leaves.package.wanted;
        let kinds = leaves.package.shown.iter().map(|it| it.view.view().kind().to_owned());
        let event = Event::Released {
            package: manifest_hash(&made.package.bytes).unwrap_or_default(),
            views: kinds.collect(),
            k: wanted.policy.k(),
            b: wanted.policy.b(),
            key: leaves.signed.as_ref().map(|signed| signed.1.id().to_string()),
            reason: wanted.reason.as_ref().map(|reason| reason.words().to_owned()),
        };
        if let (Some(open), Some(ledger)) = (&mut self.project, &made.ledger) {
            open.project.ledger = Arc::clone(ledger);
        }
        self.record(&event);
        self.save_project(worker);
        self.leaves_next.push(LeavesNext::Package(leaves));
    }

    /// The project reads other files.
    pub(super) fn use_files(&mut self, command: &Command, worker: &Worker) {
        let next = self.question.now().after(command);
        self.question.change(command, next);
        self.asking = None;
        if let Some(source) = &mut self.source {
            source.is_sample = false;
        }
        self.import(worker);
    }

    pub(super) fn take_kept(
        &mut self,
        number: u64,
        kept: Result<KeptProject, Failure>,
        worker: &Worker,
    ) {
        match kept {
            Ok(KeptProject::Created(path, project)) => {
                let project = project.to_write();
                self.begin_project(path, project);
                // The secret is another one now, and every keyed choice with it.
                if self.is_open() {
                    self.import(worker);
                }
            }
            Ok(KeptProject::Opened(path, project)) => self.open_project(path, *project, worker),
            Ok(KeptProject::Saved) => self.take_saved(number, worker),
            Ok(KeptProject::PassphraseChanged) => self.take_passphrase_changed(number, worker),
            Ok(KeptProject::ReceiptSaved(path)) => self.take_receipt_saved(&path),
            Ok(KeptProject::Closed) | Err(Failure::Stopped) => {}
            Err(Failure::Because(why) | Failure::Truncated(why)) => self.take_unkept(number, why),
        }
    }

    fn begin_project(&mut self, path: PathBuf, project: Project) {
        self.asking = None;
        self.recent.add(&path, jiff::ZonedDateTime::now().date());
        self.keep_recent();
        let seen = self.question.now().clone();
        self.project = Some(OpenProject::new(path, project, seen));
        // What changed while it was made, and what the history has to say about its last end.
        self.keep_setup();
        self.record_decisions();
        if let Some(open) = &mut self.project {
            open.change();
        }
    }

    fn open_project(&mut self, path: PathBuf, project: Project, worker: &Worker) {
        let mut question = Question::of_setup(&project.setup);
        if project.setup.is_sample {
            question.plan.files = vec![self.folders.sample_file()];
        }
        let has_files = !question.plan.files.is_empty();
        if has_files {
            self.begin(Source::new(project.setup.is_sample), question);
            self.place = Place::Explore;
        } else {
            self.forget_data();
            self.source = None;
            self.question = History::new(question);
            self.place = Place::Data;
        }
        self.begin_project(path, project);
        if has_files {
            self.import(worker);
        }
    }

    fn take_saved(&mut self, number: u64, worker: &Worker) {
        let Some(open) = self.project.as_mut().filter(|open| open.saving == Some(number)) else {
            return;
        };
        (open.saving, open.error) = (None, None);
        let is_saved = open.is_saved();
        self.asking.take_if(|asking| asking.what == What::Unsaved);
        self.leave(worker);
        if is_saved {
            self.due.extend(self.waiting.take());
        } else if self.waiting.is_some() {
            self.save_project(worker);
        }
    }

    fn take_unkept(&mut self, number: u64, why: String) {
        // The numbers of the vault's reports are others.
        let is_ours = |it: &&mut Asking| it.working == Some(number) && it.what != What::Erase;
        if let Some(asking) = self.asking.as_mut().filter(is_ours) {
            asking.working = None;
            asking.error = Some(why);
            return;
        }
        if self.project.as_ref().is_none_or(|open| open.saving != Some(number)) {
            return;
        }
        let stays = self.stay(&why);
        if stays {
            self.record(&Event::Refused { check: Check::Write });
        }
        let Some(open) = &mut self.project else { return };
        open.saving = None;
        open.error = Some(why.clone());
        open.due = Some(Instant::now() + AGAIN);
        let path = file_names(std::slice::from_ref(&open.path));
        if stays {
            return;
        }
        if self.waiting.is_some() {
            self.asking = Some(Asking { error: Some(why), ..Asking::about(What::Unsaved, path) });
        } else {
            self.tell(why, "What changed is still here, and is tried again in a moment.");
        }
    }
}

/// The project may be opened from another folder.
fn absolute(paths: &[PathBuf]) -> Vec<PathBuf> {
    let one = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    paths.iter().map(one).collect()
}

impl Question {
    fn to_setup(&self, name: String, is_sample: bool) -> Setup {
        let picture = PictureSetup {
            difference: self.difference,
            together: self.together,
            drop_off: self.drop_off,
            activities: self.sliders.activities,
            paths: self.sliders.paths,
            around: self.sliders.around.clone(),
            logarithmic: self.time_scale.map(|scale| scale == TimeScale::Logarithmic),
            loops: self.map_look.loops,
            ends: self.map_look.ends,
            mini_map: self.map_look.mini_map,
        };
        Setup {
            name,
            is_sample,
            plan: ImportPlan { files: absolute(&self.plan.files), ..self.plan.clone() },
            protection: ProtectionPlan {
                registers: absolute(&self.protection.registers),
                erasures: absolute(&self.protection.erasures),
                ..self.protection.clone()
            },
            rules: self.rules.clone(),
            policy: self.policy,
            asked: Asked {
                kind: self.kind,
                flow: self.spec.clone(),
                map: self.map.clone(),
                funnel: self.funnel.clone(),
                timing: self.timing.clone(),
                trend: self.trend.clone(),
                cohort: self.cohort.clone(),
                unit: self.unit,
                split: self.split.clone(),
                collapse: self.collapse,
                hide: self.hide.clone(),
                release: self.release.clone(),
                picture,
            },
            workshop: Arc::clone(&self.workshop),
        }
    }

    fn of_setup(setup: &Setup) -> Self {
        let Setup { plan, protection, rules, policy, asked, workshop, .. } = setup.clone();
        let Asked {
            kind,
            flow,
            map,
            funnel,
            timing,
            trend,
            cohort,
            unit,
            split,
            collapse,
            hide,
            release,
            picture,
        } = asked;
        let scale = |is_logarithmic| {
            if is_logarithmic { TimeScale::Logarithmic } else { TimeScale::Even }
        };
        Self {
            kind,
            spec: flow,
            map,
            funnel,
            timing,
            trend,
            cohort,
            unit,
            split,
            difference: picture.difference,
            together: picture.together,
            collapse,
            hide,
            policy,
            rules,
            release,
            drop_off: picture.drop_off,
            sliders: Sliders {
                activities: picture.activities,
                paths: picture.paths,
                around: picture.around,
            },
            time_scale: picture.logarithmic.map(scale),
            map_look: MapLook {
                loops: picture.loops,
                ends: picture.ends,
                mini_map: picture.mini_map,
            },
            plan,
            protection,
            workshop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Question;
    use crate::app::command::Command;
    use crate::draw::TimeScale;
    use crate::project::Setup;
    use crate::views::{Filter, FunnelSpec, Kind, Rule, Split, TimeGrain};

    #[test]
    fn a_question_comes_back_from_a_project_as_it_was() {
        let funnel = FunnelSpec {
            steps: vec!["A".to_owned(), "B".to_owned()],
            window_secs: Some(60),
            ..FunnelSpec::default()
        };
        let compare = Filter { attribute: "platform".to_owned(), value: "web".to_owned() };
        let question = Question::default().after(&Command::AtOnce(vec![
            Command::SetKind(Kind::Funnel),
            Command::SetFunnel(funnel),
            Command::SetSplit(Some(Split::Compare(compare))),
            Command::SetThreshold(20),
            Command::SetTimeGrain(TimeGrain::Day),
            Command::SetTimeScale(TimeScale::Logarithmic),
            Command::StartAt("A".to_owned()),
            Command::Hide("C".to_owned()),
            Command::InsertRule(0, Rule::rename("a*", "A")),
            Command::UseFiles(vec!["/data/a.csv".into()]),
        ]));
        let setup = question.to_setup("Shop".to_owned(), false);
        let text = serde_json::to_string(&setup).unwrap();
        let back: Setup = serde_json::from_str(&text).unwrap();
        assert!(back == setup && Question::of_setup(&back) == question);
        let default = Question::default();
        let setup = default.to_setup(String::new(), false);
        assert!(setup == Setup::default() && Question::of_setup(&setup) == default);
    }
}
