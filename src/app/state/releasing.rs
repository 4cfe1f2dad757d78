//! The views that are about to leave together, on their way to a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::{Zeroize, Zeroizing};

use super::{Imported, Shown, State};
use crate::app::command::{Command, Part};
use crate::app::toast::Toast;
use crate::app::worker::{
    Compared, Examined, Failure, Job, Leaving as Leaves, Packed, ReviewJob, ReviewOutcome, Wanted,
    Worker, file_names, sentence,
};
use crate::keys::{Passphrase, PublicKey};
use crate::release::{self, Decided, Formats, Reason, ReasonError};
use crate::vault::looks_personal;
use crate::views::{Extent, ImportPlan, Policy, Spec, Unit};

/// What is about to leave. Which views that are is in [`super::Question`], so that it can be undone.
pub struct Leaving {
    pub formats: Formats,
    pub path: String,
    /// The path was not typed by hand, so it follows the source.
    path_is_ours: bool,
    /// The last package that was made, or why none may leave.
    pub packed: Option<Arc<Packed>>,
    asked: Option<Wanted>,
    /// Somebody stopped the making; it is not begun again by itself.
    pub stopped: bool,
    /// By view, whether its numbers differ from those of the view alone.
    pub differs: Vec<bool>,
    pub error: Option<String>,
    pub written: Option<Written>,
    /// What the release is for, as it is typed, and as it can stand in the package.
    pub reason: String,
    pub said: Result<Option<Reason>, ReasonError>,
    /// The path of the key that signs; nothing is signed where it is empty.
    pub key: String,
    /// Typed, and never part of a command; taken from here when something is signed, and gone then.
    pub passphrase: Zeroizing<String>,
    /// About the key.
    pub key_error: Option<String>,
    pub is_signing: bool,
    pub statement_is_open: bool,
    /// The path of the package that is compared with.
    pub earlier: String,
    /// It was not typed by hand: it is the last one that was written of this source.
    earlier_is_ours: bool,
    /// What was written last, until another package is made.
    last: Option<PathBuf>,
    asked_to_compare: Option<(PathBuf, Arc<Packed>)>,
    pub compared: Option<Arc<Compared>>,
}

/// A package that was written, and what has become of it since.
pub struct Written {
    pub path: PathBuf,
    pub verdict: release::Verdict,
    /// By which it is known.
    manifest: Option<String>,
    pub needs_review: bool,
    /// The last decision about it that was seen, and the file it is in.
    pub decided: Option<(Decided, PathBuf)>,
}

impl Default for Leaving {
    fn default() -> Self {
        Self {
            formats: Formats::default(),
            path: String::new(),
            path_is_ours: true,
            packed: None,
            asked: None,
            stopped: false,
            differs: Vec::new(),
            error: None,
            written: None,
            reason: String::new(),
            said: Ok(None),
            key: String::new(),
            passphrase: Zeroizing::default(),
            key_error: None,
            is_signing: false,
            statement_is_open: false,
            earlier: String::new(),
            earlier_is_ours: true,
            last: None,
            asked_to_compare: None,
            compared: None,
        }
    }
}

impl Leaving {
    /// The data are others now; where to write stays.
    pub(super) fn forget(&mut self) {
        let kept = std::mem::take(self);
        let Self { formats, path, path_is_ours, earlier, earlier_is_ours, last, .. } = kept;
        let Self { reason, said, key, .. } = kept;
        *self = Self {
            formats,
            path,
            path_is_ours,
            reason,
            said,
            key,
            earlier,
            earlier_is_ours,
            last,
            ..Self::default()
        };
    }

    pub(super) fn is_of_another_source(&mut self) {
        let key = std::mem::take(&mut self.key);
        *self = Self { formats: self.formats, key, ..Self::default() };
    }

    pub(super) fn set_part(&mut self, part: Part, on: bool) {
        let formats = &mut self.formats;
        let chosen = match part {
            Part::Svg => &mut formats.svg,
            Part::Png => &mut formats.png,
            Part::Pdf => &mut formats.pdf,
            Part::Tables => &mut formats.tables,
            Part::Parquet => &mut formats.parquet,
            Part::Mermaid => &mut formats.mermaid,
            Part::GraphMl => &mut formats.graphml,
            Part::Dot => &mut formats.dot,
            Part::Page => &mut formats.page,
        };
        *chosen = on;
    }

    pub(super) fn set_path(&mut self, path: String) {
        self.path = path;
        self.path_is_ours = false;
        self.written = None;
        self.error = None;
    }

    pub(super) fn set_reason(&mut self, text: String) {
        self.said = match Reason::new(&text, &looks_personal) {
            Err(ReasonError::Empty) => Ok(None),
            said => said.map(Some),
        };
        self.reason = text;
        self.error = None;
    }

    pub(super) fn set_key(&mut self, path: String) {
        self.key = path;
        self.key_error = None;
    }

    /// Whether somebody else is to look at the package that was made.
    pub fn needs_review(&self) -> bool {
        self.packed.as_ref().is_some_and(|packed| packed.needs_review())
    }

    /// What is typed, taken out of the field. The field is empty afterwards.
    fn take_passphrase(&mut self) -> Option<Arc<Passphrase>> {
        let taken = Passphrase::new(&self.passphrase);
        self.passphrase.zeroize();
        match taken {
            Ok(passphrase) => Some(Arc::new(passphrase)),
            Err(error) => {
                self.key_error = Some(sentence(&error.to_string()));
                None
            }
        }
    }

    pub(super) fn set_earlier(&mut self, path: String) {
        self.earlier = path;
        self.earlier_is_ours = false;
        self.compared = None;
        self.asked_to_compare = None;
    }

    pub(super) fn stop(&mut self) {
        self.stopped = self.asked.is_some()
            && self.packed.as_ref().map(|packed| &packed.wanted) != self.asked.as_ref();
    }

    pub(super) fn make_again(&mut self) {
        self.stopped = false;
        self.asked = None;
        self.error = None;
    }

    pub(super) fn take_saved(
        &mut self,
        package: &Packed,
        path: PathBuf,
        verdict: release::Verdict,
        manifest: Option<String>,
    ) {
        if verdict.passed() {
            self.last = Some(path.clone());
        }
        let needs_review = package.needs_review();
        self.written = Some(Written { path, verdict, manifest, needs_review, decided: None });
    }
}

impl State {
    /// What would leave: the views that were put together, else the one on the screen.
    pub fn wanted(&self) -> Option<Wanted> {
        let question = self.question.now();
        let demands = self.bound.demands();
        // Without a project nothing is beside it.
        let beside = self.project.as_ref().map_or(0, |open| 1 + open.exports);
        let reason = self.leaving.said.clone().ok().flatten();
        let formats = demands.map_or(self.leaving.formats, |it| self.leaving.formats.allowed(it));
        if question.release.is_empty() {
            let ask = self.shown.as_ref()?.ask.clone();
            let (specs, policy, rules) = (vec![ask.spec], ask.policy, ask.rules);
            return Some(Wanted { specs, policy, rules, formats, reason, beside });
        }
        let (specs, policy) = (question.release.clone(), question.policy);
        Some(Wanted { specs, policy, rules: question.rules.clone(), formats, reason, beside })
    }

    /// Whether the package that was made is the one that is wanted.
    pub fn is_packed(&self) -> bool {
        let packed = self.leaving.packed.as_ref();
        packed.is_some_and(|packed| Some(&packed.wanted) == self.wanted().as_ref())
    }

    /// Whether the question on the screen is among the views of the release.
    pub fn is_in_release(&self) -> bool {
        self.place_in_release().is_some()
    }

    /// What the view on the screen is called in the release.
    pub(super) fn name_in_release(&self) -> Option<String> {
        let at = self.place_in_release()?;
        self.question.now().release.get(at).map(|spec| spec.name.clone())
    }

    fn place_in_release(&self) -> Option<usize> {
        let now = self.question.now();
        if now.release.is_empty() {
            return None;
        }
        let spec = now.ask().ok()?.spec;
        now.release.iter().position(|other| is_same_question(other, &spec))
    }

    pub(super) fn add_to_release(&mut self, worker: &Worker) {
        if let Some(at) = self.place_in_release() {
            let name = &self.question.now().release[at].name;
            self.toast =
                Some(Toast::new(format!("This view is in the release already, as {name}.")));
            return;
        }
        let Some(shown) = &self.shown else {
            self.toast = Some(Toast::new("There is no view on the screen to add.".to_owned()));
            return;
        };
        let mut spec = shown.ask.spec.clone();
        let mut next = self.question.now().clone();
        spec.name = free_name(&spec.name, &next.release);
        let words = match next.release.len() + 1 {
            1 => format!("{} is the first view of the release.", spec.name),
            many => format!("{} is added; the release has {many} views.", spec.name),
        };
        next.release.push(spec);
        let changed = self.question.change(&Command::AddToRelease, next);
        self.question.settle();
        self.toast = Some(Toast::new(words));
        self.follow(changed, worker);
    }

    pub(super) fn show_released(&mut self, at: usize, worker: &Worker) {
        self.place = super::Place::Explore;
        let now = self.question.now();
        let Some(spec) = now.release.get(at) else { return };
        let next = now.showing(spec);
        let changed = self.question.change(&Command::ShowReleased(at), next);
        self.follow(changed, worker);
    }

    pub(super) fn prepare_release(&mut self, worker: &Worker) {
        let Some(wanted) = self.wanted() else {
            self.leaving.packed = None;
            self.leaving.asked = None;
            return;
        };
        let Some(imported) = self.source.as_ref().and_then(|source| source.imported.as_deref())
        else {
            return;
        };
        if self.leaving.asked.as_ref() != Some(&wanted) {
            let review = self.bound.demands().is_some_and(|demands| demands.review_required);
            let facts = Box::new(facts(imported, &wanted).with_review(review));
            let leaving = &mut self.leaving;
            leaving.asked = Some(wanted.clone());
            leaving.error = None;
            leaving.written = None;
            leaving.stopped = false;
            if let Some(last) = leaving.last.take().filter(|_| leaving.earlier_is_ours) {
                leaving.earlier = last.display().to_string();
            }
            let known = self.shown.clone();
            let wanted = Box::new(wanted);
            let project = self.project_to_read_for();
            self.awaited.pack = worker.ask(Job::Pack { wanted, facts, known, project });
        }
        self.prepare_comparison(worker);
    }

    fn prepare_comparison(&mut self, worker: &Worker) {
        let path = PathBuf::from(self.leaving.earlier.trim());
        let Some(packed) = self.leaving.packed.clone().filter(|_| self.is_packed()) else { return };
        // While it is typed there is no such file yet.
        if path.as_os_str().is_empty() || !path.is_file() {
            return;
        }
        let asked = self.leaving.asked_to_compare.as_ref();
        if asked.is_some_and(|(last, with)| *last == path && Arc::ptr_eq(with, &packed)) {
            return;
        }
        self.leaving.asked_to_compare = Some((path.clone(), Arc::clone(&packed)));
        self.awaited.compare = worker.ask(Job::Compare { path, with: packed });
    }

    pub(super) fn take_packed(&mut self, packed: Arc<Packed>) {
        let differs = packed.shown.iter().map(|shown| {
            let alone = self.kept.iter().find(|alone| {
                let (one, other) = (&alone.ask, &shown.ask);
                is_same_question(&one.spec, &other.spec)
                    && (one.policy, &one.rules) == (other.policy, &other.rules)
            });
            // A table has the numbers and not the name.
            let table = |shown: &Shown| release::table(shown.view.view());
            alone.is_some_and(|alone| !Arc::ptr_eq(alone, shown) && table(alone) != table(shown))
        });
        self.leaving.differs = differs.collect();
        self.release_pictures.truncate(packed.shown.len());
        self.leaving.packed = Some(packed);
        self.suggest_path();
    }

    /// Why the package cannot be written now, in a sentence.
    pub fn why_not_written(&self) -> Option<String> {
        let leaving = &self.leaving;
        let made = leaving.packed.as_ref().filter(|_| self.is_packed()).map(|packed| &packed.made);
        let why = match (made, &leaving.said) {
            (_, Err(error)) => return Some(sentence(&error.to_string())),
            (None, _) if leaving.stopped => "Waits for the package, which was stopped.",
            (None, _) if leaving.packed.is_some() => "Waits for the package to be made again.",
            (None, _) => "Waits for the package.",
            (Some(Err(_)), _) => "Waits until the audit is settled.",
            (Some(Ok(made)), Ok(None)) if made.needs_review => {
                "Say what the release is for: a reviewer is to look at it."
            }
            _ if leaving.is_signing => "The package is being signed.",
            _ if leaving.path.trim().is_empty() => "Say where the package shall be written.",
            _ if !leaving.key.trim().is_empty() && leaving.passphrase.is_empty() => {
                "Type the passphrase of the key, or take the key away."
            }
            _ => return None,
        };
        Some(why.to_owned())
    }

    pub(super) fn write_package(&mut self, worker: &Worker) {
        if self.why_not_written().is_some() {
            return;
        }
        let Some(package) = self.leaving.packed.clone() else { return };
        if let Some(why) = self.bound.holds_back() {
            self.leaving.error = Some(why.to_owned());
            return;
        }
        let leaving = &mut self.leaving;
        leaving.error = None;
        leaving.key_error = None;
        leaving.written = None;
        let path = PathBuf::from(leaving.path.trim());
        let key = leaving.key.trim();
        if key.is_empty() {
            self.leaves(Leaves { package, signed: None, path }, worker);
            return;
        }
        let key = PathBuf::from(key);
        if let Some(passphrase) = leaving.take_passphrase() {
            leaving.is_signing = true;
            self.awaited.sign = worker.ask(Job::Sign { package, path, key, passphrase });
        }
    }

    pub(super) fn take_signed(&mut self, leaves: Leaves, worker: &Worker) {
        self.awaited.sign = 0;
        self.leaving.is_signing = false;
        let packed = self.leaving.packed.as_ref().filter(|_| self.is_packed());
        if packed.is_some_and(|packed| Arc::ptr_eq(packed, &leaves.package)) {
            self.leaves(leaves, worker);
        } else {
            let why = "The package changed while it was signed.";
            self.leaving.error = Some(why.to_owned());
        }
    }

    fn leaves(&mut self, leaves: Leaves, worker: &Worker) {
        if self.project.is_some() {
            self.release_from_project(leaves, worker);
        } else {
            self.awaited.save = worker.ask(Job::Save(leaves));
        }
    }

    pub(super) fn make_signing_key(&mut self, worker: &Worker) {
        let path = PathBuf::from(self.leaving.key.trim());
        self.leaving.key_error = None;
        if let Some(passphrase) = self.leaving.take_passphrase() {
            self.awaited.key = worker.review(ReviewJob::MakeKey { path, passphrase });
        }
    }

    pub(super) fn take_signing_key(&mut self, outcome: Result<ReviewOutcome, Failure>) {
        self.awaited.key = 0;
        match outcome {
            Ok(ReviewOutcome::Made(path, id)) => {
                let name = file_names(&[PublicKey::place_beside(&path)]);
                let words = format!("Key {id} is made. {name} is for everybody.");
                self.toast = Some(Toast::new(words));
            }
            Err(Failure::Because(why) | Failure::Truncated(why)) => {
                self.leaving.key_error = Some(why);
            }
            Ok(_) | Err(Failure::Stopped) => {}
        }
    }

    /// A package lies on the reviewer's desk, or was decided about there: perhaps it is the one that was
    /// written here.
    pub(super) fn see_decision(&mut self, examined: &Examined, path: &Path) {
        self.record_decision(examined);
        let Some(written) = &mut self.leaving.written else { return };
        let decided = examined.opened.verdict.decision.as_ref();
        if let Some(decided) = decided.filter(|_| written.manifest == examined.manifest) {
            written.decided = Some((decided.clone(), path.to_owned()));
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
        if self.source.is_some() && self.leaving.path_is_ours {
            let name = format!("{}.trodden.zip", self.stem());
            self.leaving.path = self.folder_of_source().join(name).display().to_string();
        }
    }

    /// The name of the file that is compared with.
    pub fn earlier_name(&self) -> String {
        file_names(&[PathBuf::from(self.leaving.earlier.trim())])
    }
}

/// What may be told of the import, for views that ask this.
fn facts(imported: &Imported, wanted: &Wanted) -> release::Facts {
    let protection = imported.protection.as_ref();
    let hide: Vec<String> = wanted.specs.iter().flat_map(|spec| spec.hide.clone()).collect();
    let cuts = |spec: &Spec| spec.unit == Unit::Sessions || spec.cohort.journey != Extent::Whole;
    let gap = imported.reading.plan.session_gap_secs.unwrap_or(ImportPlan::SESSION_GAP_SECS);
    // Which names look personal is known where the views are protected.
    release::Facts::of(&imported.inspection.mapping, &imported.quality, &wanted.rules, &hide, &[])
        .with_sessions(wanted.specs.iter().any(cuts).then_some(gap))
        .with_protection(protection.map(|report| {
            let mut bands = report.bands(&imported.reading.protection);
            bands.erasure_applied |= imported.asked_before;
            bands
        }))
}

/// Whether both ask the same, whatever they are called.
fn is_same_question(one: &Spec, other: &Spec) -> bool {
    Spec { name: String::new(), ..one.clone() } == Spec { name: String::new(), ..other.clone() }
}

/// This name, or the first with a number behind it that no view has.
fn free_name(name: &str, taken: &[Spec]) -> String {
    let is_free = |name: &String| taken.iter().all(|spec| spec.name != *name);
    let numbered = (2_usize..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(is_free).unwrap_or_default()
}

/// Why a view of the release cannot be called like this, in a sentence.
pub fn why_no_name(name: &str, at: usize, release: &[Spec]) -> Option<&'static str> {
    let spec = Spec { name: name.to_owned(), ..release.get(at).cloned().unwrap_or_default() };
    if spec.check().is_err() {
        return Some("A name has 1 to 40 letters, digits, - or _.");
    }
    let taken = release.iter().enumerate().any(|(other, spec)| other != at && spec.name == name);
    taken.then_some("Another view of the release has this name.")
}

/// The next listed threshold above one.
pub fn next_threshold(policy: Policy) -> Option<u32> {
    Policy::LISTED.into_iter().map(|(k, _)| k).find(|k| *k > policy.k())
}

#[cfg(test)]
mod tests {
    use super::{Leaving, free_name, is_same_question, next_threshold, why_no_name};
    use crate::app::command::Command;
    use crate::app::state::Question;
    use crate::app::worker::Wanted;
    use crate::release::Formats;
    use crate::views::{FlowSpec, Kind, Policy, Rules, Spec};

    fn flow(name: &str, steps: u8) -> Spec {
        Spec::flow(name, FlowSpec { steps, ..FlowSpec::default() })
    }

    #[test]
    fn a_name_is_free_plain_and_short_or_it_is_said_why_not() {
        let release = [flow("flow", 6), flow("flow-2", 4)];
        assert_eq!(free_name("flow", &release), "flow-3");
        assert_eq!(free_name("map", &release), "map");
        assert_eq!(why_no_name("first-steps", 0, &release), None);
        assert_eq!(why_no_name("flow", 0, &release), None, "its own");
        for name in ["", "two words", "../up", &"x".repeat(41)] {
            assert!(why_no_name(name, 0, &release).is_some_and(|why| why.contains("letters")));
        }
        assert!(why_no_name("flow-2", 0, &release).is_some_and(|why| why.contains("Another")));
    }

    #[test]
    fn a_view_is_the_same_question_under_any_name() {
        assert!(is_same_question(&flow("one", 6), &flow("two", 6)));
        assert!(!is_same_question(&flow("one", 6), &flow("one", 4)));
    }

    #[test]
    fn views_are_moved_changed_and_taken_out() {
        let question =
            Question { release: vec![flow("a", 4), flow("b", 5)], ..Question::default() };
        let names = |question: &Question| -> Vec<String> {
            question.release.iter().map(|spec| spec.name.clone()).collect()
        };
        let question = question.after(&Command::MoveReleased(0, 1));
        assert_eq!(names(&question), ["b", "a"]);
        let question = question.after(&Command::ChangeReleased(1, Box::new(flow("c", 3))));
        assert_eq!(names(&question), ["b", "c"]);
        assert_eq!(names(&question.after(&Command::RemoveReleased(0))), ["c"]);
        let shown = question.showing(&flow("c", 3));
        assert_eq!((shown.kind, shown.spec.steps), (Kind::Flow, 3));
    }

    #[test]
    fn what_was_stopped_is_made_again_only_where_somebody_asks() {
        let mut leaving = Leaving::default();
        leaving.stop();
        assert!(!leaving.stopped, "nothing was under way");
        leaving.asked = Some(Wanted {
            specs: vec![flow("a", 4)],
            policy: Policy::default(),
            rules: Rules::default(),
            formats: Formats::default(),
            reason: None,
            beside: 0,
        });
        leaving.stop();
        assert!(leaving.stopped && leaving.asked.is_some());
        leaving.make_again();
        assert!(!leaving.stopped && leaving.asked.is_none());
    }

    #[test]
    fn k_is_raised_to_the_next_listed_pair() {
        assert_eq!(next_threshold(Policy::default()), Some(15));
        assert_eq!(next_threshold(Policy::new(100, None).unwrap()), None);
    }
}
