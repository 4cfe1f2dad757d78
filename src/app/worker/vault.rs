//! What the vault thread can be asked for, and the room where it works.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

mod beside;
mod pack;

use super::inbox::Work;
use super::picture::Drawing;
use super::{Failure, export};
use crate::app::command::Form;
use crate::draw::{LabelColours, MapLayout, flow_size};
use crate::keys::{Passphrase, PublicKey, SecretKey};
use crate::project::{Kept as Bytes, PolicyFile, Project, Setup, manifest_hash};
use crate::release;
use crate::sample::{self, Sample};
use crate::vault::{
    self, DiscloseError, Disclosure, ErasedPeople, Erasure, ImportError, Key, ProtectError, Vault,
};
use crate::views::{
    Becomes, Disclosed, Finding, FlowSpec, ImportPlan, Inspection, LabelKind, LabelReport, Mapping,
    Policy, Progress, Protection, ProtectionPlan, Quality, Risk, Rules, Spec, Split, UtilityPoint,
    View,
};
use pack::Together;
pub use pack::{Compared, Kept, Made, Summary, Wanted, has_two_units};

/// A question in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub spec: Spec,
    pub policy: Policy,
    pub rules: Rules,
}

/// One piece of work.
#[derive(Clone)]
pub enum Job {
    /// Look at the beginning of files.
    Inspect(Box<ImportPlan>),
    /// Read files into journeys, of those who are to be counted; in a project, with its secret.
    Import(Box<Reading>, Option<Arc<Project>>),
    /// Write the built-in sample to this path and read it.
    Sample(PathBuf),
    /// A small sample for the picture on the first screen; the vault is left alone.
    Preview(PathBuf),
    /// Look at the labels: what the rules do, what looks personal, what would help.
    Labels(Rules, Policy),
    /// The same for rules that are being written.
    Trial(Rules, Policy),
    /// What each listed threshold keeps by name.
    Utility(Box<Ask>),
    /// How many people can be singled out, before and after.
    Risk(Box<Ask>),
    /// Which values of an attribute enough people share to be asked about by name.
    Values(Box<ValuesOf>),
    /// Count a view.
    Disclose(Box<Ask>),
    /// Count a view that may be asked for next. Whatever is asked for comes first.
    Ahead(Box<Ask>),
    /// Make the package that would leave, without writing it. The view on the screen may be it.
    Pack {
        wanted: Box<Wanted>,
        facts: Box<release::Facts>,
        known: Option<Arc<Shown>>,
        /// The project that it leaves, where there is one.
        project: Option<Arc<Project>>,
    },
    /// Look at an earlier package beside the one that would leave.
    Compare { path: PathBuf, with: Arc<Packed> },
    /// Sign a package, with a secret key that this passphrase opens.
    Sign { package: Arc<Packed>, path: PathBuf, key: PathBuf, passphrase: Arc<Passphrase> },
    /// Write a package and read it back.
    Save(Leaving),
    /// In a project, look at one view beside what left before, as it would leave by itself.
    Weigh(Alone, Arc<Project>),
    /// Write one view in one form, or make the picture for the clipboard.
    LeaveAlone(Alone),
    /// Apply an erasure list to what a project remembers.
    Erase { list: PathBuf, project: Arc<Project> },
    /// Read a policy, and whether one of the trusted keys in a folder has signed it.
    Policy { path: PathBuf, keys: PathBuf },
    /// Let the journeys go.
    Close,
}

/// A package on its way to a file.
#[derive(Clone)]
pub struct Leaving {
    pub package: Arc<Packed>,
    /// Its bytes with a signature, and what checks it, where it has one.
    pub signed: Option<Arc<(Vec<u8>, PublicKey)>>,
    pub path: PathBuf,
}

/// One view on its way out without a package.
#[derive(Clone)]
pub struct Alone {
    pub drawing: Box<Drawing>,
    pub to: To,
}

/// Where a view goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    File(Form, PathBuf),
    Clipboard,
}

/// An attribute, under rules and a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuesOf {
    pub attribute: String,
    pub rules: Rules,
    pub policy: Policy,
}

/// How files become journeys: what is read, and who is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub plan: ImportPlan,
    pub protection: ProtectionPlan,
}

/// A view that is shown, and the question it answers.
pub struct Shown {
    pub ask: Ask,
    pub view: Disclosed<View>,
    pub colours: LabelColours,
    /// The least height in points at which bars keep their distance.
    pub height: f32,
    /// For the eyes of the analyst.
    pub kept_by_name_percent: f64,
    layout: OnceLock<Option<MapLayout>>,
}

impl Shown {
    /// Where everything of a map stands, worked out once. Not for the thread of the window.
    pub fn layout(&self) -> Option<&MapLayout> {
        self.layout.get_or_init(|| MapLayout::new(&self.view)).as_ref()
    }
}

/// What an import left behind for the eyes of the analyst.
pub struct Imported {
    pub reading: Reading,
    pub inspection: Inspection,
    pub quality: Quality,
    /// Who was left out, where anybody was asked about.
    pub protection: Option<Protection>,
    /// In a project: by what this state of the data is known again.
    pub digest: Option<String>,
    /// Whether people asked the project to be erased.
    pub asked_before: bool,
}

/// Labels under rules, at a threshold.
pub struct Labels {
    pub rules: Rules,
    pub policy: Policy,
    /// Or which rule cannot be applied, in a sentence.
    pub report: Result<LabelReport, String>,
}

impl Labels {
    /// Labels that may be told by name, as they are called under the rules: those of most people
    /// first.
    pub fn names(&self) -> Vec<String> {
        self.report.as_ref().map_or_else(|_| Vec::new(), names)
    }

    /// The findings that somebody has to decide about before anything is shown.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.report.as_ref().map_or(&[][..], |report| &report.findings);
        findings.iter().filter(|finding| finding.blocks())
    }
}

fn names(report: &LabelReport) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for row in &report.preview.labels {
        let name = match &row.becomes {
            Becomes::Unchanged => &row.label,
            Becomes::Label(name) => name,
            Becomes::Hidden => continue,
        };
        if seen.insert(name) {
            names.push(name.clone());
        }
    }
    names
}

/// A package that has not been written yet.
pub struct Packed {
    pub wanted: Wanted,
    /// The views as they would leave, in their order; none where they could not be protected.
    pub shown: Vec<Arc<Shown>>,
    /// The package, or why it may not leave.
    pub made: Result<Made, Kept>,
}

impl Packed {
    /// Whether somebody else is to look at the package that was made.
    pub fn needs_review(&self) -> bool {
        self.made.as_ref().is_ok_and(|made| made.needs_review)
    }
}

/// What came of a job that went well.
pub enum Outcome {
    Inspected(Box<Inspection>),
    Imported(Box<Imported>),
    Previewed(Arc<Shown>),
    Labels(Arc<Labels>),
    Utility(Box<Ask>, Result<Vec<UtilityPoint>, Refused>),
    Risk(Box<Ask>, Box<Result<Risk, Refused>>),
    Values(Box<ValuesOf>, Vec<String>),
    /// The view. A question that has no answer is an answer too: it is asked again in other words.
    Disclosed(Result<Arc<Shown>, Refused>),
    /// A view that was not asked for yet, where there is one.
    Ahead(Option<Arc<Shown>>),
    Packed(Arc<Packed>),
    Compared(Arc<Compared>),
    Saved {
        /// What was written, whatever was made since.
        package: Arc<Packed>,
        path: PathBuf,
        verdict: release::Verdict,
        /// By which the package is known.
        manifest: Option<String>,
    },
    Signed(Leaving),
    /// The view as it may leave, and the ledger with it.
    Weighed(Alone, Bytes),
    Exported(PathBuf),
    Copied(egui::ColorImage),
    Erased(Box<Erasure>),
    /// Or why it cannot be used, in a sentence.
    Policy(Result<PolicyFile, String>),
    Closed,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub sentence: String,
    pub then: Then,
}

/// What may help where there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Settling what looks personal.
    Settle,
    /// Asking for less detail.
    AskForLess,
    /// Asking something else.
    AskElse,
}

impl Work for Job {
    fn name(&self) -> String {
        match self {
            Self::Inspect(plan) => format!("Looking at {}", file_names(&plan.files)),
            Self::Import(reading, _) => format!("Reading {}", file_names(&reading.plan.files)),
            Self::Sample(_) => "Making the sample".to_owned(),
            Self::Preview(_) => "Drawing the sample".to_owned(),
            Self::Labels(..) | Self::Trial(..) => "Looking at the labels".to_owned(),
            Self::Utility(_) => "Trying every threshold".to_owned(),
            Self::Risk(_) => "Measuring the risk".to_owned(),
            Self::Values(_) => "Looking at the groups".to_owned(),
            Self::Disclose(ask) => format!("Counting the {}", ask.spec.ask.kind()),
            Self::Ahead(ask) => {
                format!("Counting the {} for k ≥ {}", ask.spec.ask.kind(), ask.policy.k())
            }
            Self::Pack { .. } => "Making the package".to_owned(),
            Self::Compare { path, .. } => {
                format!("Comparing with {}", file_names(std::slice::from_ref(path)))
            }
            Self::Sign { .. } => "Signing the package".to_owned(),
            Self::Save(Leaving { path, .. })
            | Self::LeaveAlone(Alone { to: To::File(_, path), .. }) => {
                format!("Writing {}", file_names(std::slice::from_ref(path)))
            }
            Self::Weigh(..) => "Comparing with what left before".to_owned(),
            Self::LeaveAlone(_) => "Drawing the picture".to_owned(),
            Self::Erase { .. } => "Erasing".to_owned(),
            Self::Policy { .. } => "Reading the policy".to_owned(),
            Self::Close => "Closing".to_owned(),
        }
    }

    fn replaces(&self, other: &Self) -> bool {
        if matches!(other, Self::Ahead(_)) {
            return !matches!(self, Self::Ahead(_));
        }
        match self {
            // Another file: whatever was asked about the last one is void. A file that is being
            // written is finished.
            Self::Inspect(_) | Self::Import(..) | Self::Sample(_) | Self::Close => {
                let stays = matches!(
                    other,
                    Self::Sign { .. } | Self::Save(_) | Self::LeaveAlone(_) | Self::Policy { .. }
                );
                // A project's file is no other one because the data are read again.
                !stays && !matches!(other, Self::Erase { .. })
            }
            Self::Policy { .. } => matches!(other, Self::Policy { .. }),
            Self::Labels(..) => matches!(other, Self::Labels(..)),
            Self::Trial(..) => matches!(other, Self::Trial(..)),
            Self::Utility(_) => matches!(other, Self::Utility(_)),
            Self::Risk(_) => matches!(other, Self::Risk(_)),
            // A picture comes before the figures about it, which are asked for again.
            Self::Disclose(_) => {
                matches!(
                    other,
                    Self::Disclose(_) | Self::Preview(_) | Self::Risk(_) | Self::Values(_)
                )
            }
            Self::Preview(_) => matches!(other, Self::Preview(_)),
            Self::Values(_) => matches!(other, Self::Values(_)),
            // What is compared with the last package is asked for again.
            Self::Pack { .. } => matches!(other, Self::Pack { .. } | Self::Compare { .. }),
            Self::Compare { .. } => matches!(other, Self::Compare { .. }),
            Self::Sign { .. } => matches!(other, Self::Sign { .. }),
            Self::Save(_) => matches!(other, Self::Save(_)),
            Self::Weigh(..) => matches!(other, Self::Weigh(..)),
            // What is in the history already is not dropped.
            Self::LeaveAlone(_) | Self::Ahead(_) => false,
            Self::Erase { .. } => matches!(other, Self::Erase { .. } | Self::Weigh(..)),
        }
    }
}

/// `a.csv`, or `a.csv and 2 more`.
pub fn file_names(files: &[PathBuf]) -> String {
    let name = |path: &PathBuf| {
        path.file_name()
            .map_or_else(|| path.display().to_string(), |name| name.display().to_string())
    };
    match files {
        [] => "no file".to_owned(),
        [one] => name(one),
        [first, rest @ ..] => format!("{} and {} more", name(first), rest.len()),
    }
}

/// How the sample is read: as it would be guessed, and by whom groups can be compared.
pub fn sample_plan(path: PathBuf) -> ImportPlan {
    let attributes = sample::ATTRIBUTES.map(str::to_owned).to_vec();
    let mapping = Mapping { attributes, ..Mapping::default() };
    ImportPlan { files: vec![path], mapping, ..ImportPlan::default() }
}

/// The label rules that come with the sample.
pub fn sample_rules() -> Rules {
    Rules::of_pairs(sample::RULES)
}

/// Reads a policy. Where there is a folder of public keys, one of them has to have signed it.
fn read_policy(path: &Path, folder: &Path) -> Result<PolicyFile, String> {
    let mut keys = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.path();
        if file.extension().is_some_and(|ending| ending == "pub") {
            keys.push(PublicKey::read(&file).map_err(|error| error.to_string())?);
        }
    }
    PolicyFile::read(path, &keys).map_err(|error| sentence(&error.to_string()))
}

/// Reports on labels that are kept, so that going back and forth counts nothing twice.
const LABELS_KEPT: usize = 4;

/// Where the vault is.
#[derive(Default)]
pub struct Room {
    vault: Option<Vault>,
    /// The labels as they were looked at last, the newest last: with the rules that hold, and with
    /// those that are tried.
    labels: Vec<Arc<Labels>>,
    /// The views of the release as they were protected last.
    together: Option<Together>,
}

impl Room {
    pub fn work(&mut self, job: Job, progress: &Progress) -> Result<Outcome, Failure> {
        match job {
            Job::Inspect(plan) => {
                let inspection = Vault::inspect(&plan)?;
                Ok(Outcome::Inspected(Box::new(inspection)))
            }
            Job::Policy { path, keys } => Ok(Outcome::Policy(read_policy(&path, &keys))),
            Job::Import(reading, project) => self.import(*reading, project.as_deref(), progress),
            Job::Sample(path) => {
                let rows = write_sample(Sample::default(), &path)?;
                progress.begin(rows);
                let plan = sample_plan(path);
                self.import(Reading { plan, ..Reading::default() }, None, progress)
            }
            Job::Preview(path) => preview(&path, progress),
            Job::Labels(rules, policy) | Job::Trial(rules, policy) => {
                Ok(Outcome::Labels(self.labels(&rules, policy)?))
            }
            Job::Utility(ask) => {
                let curve = self.vault()?.utility(&ask.spec, &ask.rules, progress);
                Ok(Outcome::Utility(ask, refused(curve)?))
            }
            Job::Risk(ask) => {
                let risk = self.vault()?.risk(&ask.spec, &ask.rules, ask.policy, progress);
                Ok(Outcome::Risk(ask, Box::new(refused(risk)?)))
            }
            Job::Values(of) => {
                let values = self.values(&of, progress)?;
                Ok(Outcome::Values(of, values))
            }
            Job::Disclose(ask) => Ok(Outcome::Disclosed(self.disclose(&ask, progress)?)),
            Job::Ahead(ask) => Ok(Outcome::Ahead(self.disclose(&ask, progress)?.ok())),
            Job::Pack { wanted, facts, known, project } => {
                pack::pack(self, *wanted, *facts, (known, project), progress)
            }
            Job::Compare { path, with } => Ok(pack::compare(&path, with)),
            Job::Sign { package, path, key, passphrase } => sign(package, path, &key, &passphrase),
            Job::Save(leaving) => save(leaving),
            Job::Weigh(mut alone, project) => {
                let weighed = beside::weigh_alone(self, &project, &alone.drawing.shown, progress)?;
                if let Some(shown) = weighed.shown.into_iter().next() {
                    alone.drawing.shown = shown;
                }
                Ok(Outcome::Weighed(alone, weighed.ledger))
            }
            Job::LeaveAlone(Alone { drawing, to: To::File(form, path) }) => {
                export::write(&drawing, form, &path)?;
                Ok(Outcome::Exported(path))
            }
            Job::LeaveAlone(Alone { drawing, to: To::Clipboard }) => {
                Ok(Outcome::Copied(export::pixels(&drawing)?))
            }
            Job::Erase { list, project } => {
                let key = Key::from_bytes(*project.secret.bytes());
                let kept = (project.erased.as_slice(), project.ledger.as_slice());
                Ok(Outcome::Erased(Box::new(vault::erase(&list, &key, kept)?)))
            }
            Job::Close => {
                *self = Self::default();
                Ok(Outcome::Closed)
            }
        }
    }

    fn vault(&self) -> Result<&Vault, Failure> {
        self.vault.as_ref().ok_or(Failure::Stopped)
    }

    fn import(
        &mut self,
        reading: Reading,
        project: Option<&Project>,
        progress: &Progress,
    ) -> Result<Outcome, Failure> {
        // The last journeys go first: two data sets at once could be more than there is room for.
        *self = Self::default();
        if let (Some(Project { setup: Setup { is_sample: true, .. }, .. }), Some(path)) =
            (project, reading.plan.files.first())
        {
            write_sample(Sample::default(), path)?;
        }
        let inspection = Vault::inspect(&reading.plan)?;
        let mut vault = Vault::import(&reading.plan, progress)?;
        let mut protection = None;
        let mut erased = ErasedPeople::default();
        if let Some(project) = project {
            vault = vault.with_key(Key::from_bytes(*project.secret.bytes()));
            erased = ErasedPeople::from_bytes(&project.erased)?;
        }
        let asked_before = !erased.is_empty();
        if !reading.protection.is_empty() || asked_before {
            let (kept, report) = vault.protect(&reading.protection, &erased, progress)?;
            (vault, protection) = (kept, Some(report));
        }
        let quality = vault.quality().clone();
        self.vault = Some(vault);
        let digest = project.map(|it| it.digest_of(&reading.plan, &reading.protection));
        let imported = Imported { reading, inspection, quality, protection, digest, asked_before };
        Ok(Outcome::Imported(Box::new(imported)))
    }

    /// The labels under these rules, counted once.
    fn labels(&mut self, rules: &Rules, policy: Policy) -> Result<Arc<Labels>, Failure> {
        let is_same = |labels: &Arc<Labels>| labels.rules == *rules && labels.policy == policy;
        let labels = if let Some(at) = self.labels.iter().position(is_same) {
            self.labels.remove(at)
        } else {
            let report = self.vault()?.label_report(rules, policy);
            let report = report.map_err(|error| sentence(&error.to_string()));
            Arc::new(Labels { rules: rules.clone(), policy, report })
        };
        if self.labels.len() == LABELS_KEPT {
            self.labels.remove(0);
        }
        self.labels.push(Arc::clone(&labels));
        Ok(labels)
    }

    /// The values by which a breakdown of everybody would tell its segments. They are under the same
    /// control, so whoever sees the list learns what a breakdown says and no more.
    fn values(&mut self, of: &ValuesOf, progress: &Progress) -> Result<Vec<String>, Failure> {
        let ask = Ask {
            spec: Spec {
                split: Some(Split::By(of.attribute.clone())),
                ..Spec::flow("groups", FlowSpec { steps: 2, top: 1, ..FlowSpec::default() })
            },
            policy: of.policy,
            rules: of.rules.clone(),
        };
        let Ok(shown) = self.disclose(&ask, progress)? else { return Ok(Vec::new()) };
        let View::Breakdown(breakdown) = shown.view.view() else { return Ok(Vec::new()) };
        let named = breakdown.segments.iter().filter(|it| it.kind == LabelKind::Label);
        Ok(named.map(|segment| segment.label.clone()).collect())
    }

    /// Nothing is drawn while something that looks personal is open.
    fn disclose(
        &mut self,
        ask: &Ask,
        progress: &Progress,
    ) -> Result<Result<Arc<Shown>, Refused>, Failure> {
        let labels = self.labels(&ask.rules, ask.policy)?;
        let vault = self.vault()?;
        Ok(match labels.open().count() {
            0 => refused(disclose(vault, ask, labels.names(), progress))?.map(Arc::new),
            open => Err(Refused { sentence: open_words(open), then: Then::Settle }),
        })
    }
}

/// What nothing is drawn for yet.
fn open_words(open: usize) -> String {
    let what = match open {
        1 => "One finding is".to_owned(),
        many => format!("{many} findings are"),
    };
    format!(
        "{what} open: something in the data looks personal. Nothing is drawn until that is settled."
    )
}

/// Tells a question without an answer from work that was stopped.
fn refused<T>(answer: Result<T, DiscloseError>) -> Result<Result<T, Refused>, Failure> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(DiscloseError::Cancelled(_)) => Err(Failure::Stopped),
        Err(error) => {
            let too_few = matches!(error, DiscloseError::TooFew { .. });
            let then = if too_few { Then::AskForLess } else { Then::AskElse };
            Ok(Err(Refused { sentence: sentence(&error.to_string()), then }))
        }
    }
}

/// `names` are the labels in the order in which they get their colours.
fn disclose(
    vault: &Vault,
    ask: &Ask,
    names: Vec<String>,
    progress: &Progress,
) -> Result<Shown, DiscloseError> {
    let specs = [ask.spec.clone()];
    let disclosures = vault.disclose(&specs, &ask.rules, ask.policy, progress)?;
    // One view for one question.
    let disclosure = disclosures.into_iter().next().ok_or(DiscloseError::NotProtected)?;
    Ok(shown_of(ask.clone(), names, disclosure))
}

fn shown_of(ask: Ask, names: Vec<String>, disclosure: Disclosure) -> Shown {
    Shown {
        ask,
        colours: LabelColours::ranked(names, &disclosure.view),
        height: match disclosure.view.view() {
            View::Flow(_) => flow_size(&disclosure.view)[1],
            _ => 0.0,
        },
        view: disclosure.view,
        kept_by_name_percent: disclosure.kept_by_name_percent,
        layout: OnceLock::new(),
    }
}

/// A view as if it had been asked for, in tests of what is done with it.
#[cfg(test)]
pub fn shown_for_tests(view: Disclosed<View>) -> Shown {
    Shown {
        ask: Ask { spec: Spec::default(), policy: Policy::default(), rules: Rules::default() },
        colours: LabelColours::new(&view),
        height: 0.0,
        view,
        kept_by_name_percent: 100.0,
        layout: OnceLock::new(),
    }
}

/// A flow of a smaller sample, for a picture the size of a hand.
fn preview(path: &Path, progress: &Progress) -> Result<Outcome, Failure> {
    let sample = Sample { people: 1_200, ..Sample::default() };
    write_sample(sample, path)?;
    let plan = ImportPlan { files: vec![path.to_owned()], ..ImportPlan::default() };
    let vault = Vault::import(&plan, progress)?;
    let ask = Ask {
        spec: Spec::flow("flow", FlowSpec { top: 6, ..FlowSpec::default() }),
        policy: Policy::default(),
        rules: sample_rules(),
    };
    let report = vault.label_report(&ask.rules, ask.policy);
    let names = report.as_ref().map_or_else(|_| Vec::new(), names);
    let shown = disclose(&vault, &ask, names, progress)
        .map_err(|error| Failure::Because(format!("The sample could not be drawn: {error}.")))?;
    Ok(Outcome::Previewed(Arc::new(shown)))
}

/// Writes the sample as CSV and gives the number of its events.
fn write_sample(sample: Sample, path: &Path) -> Result<u64, Failure> {
    let write = || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut out = BufWriter::new(File::create(path)?);
        let rows = sample.write_csv(&mut out)?;
        out.flush()?;
        Ok(rows)
    };
    write().map_err(|error: std::io::Error| {
        Failure::Because(format!(
            "The sample could not be written to {}: {}. Make that folder writable and try again.",
            path.display(),
            error.kind()
        ))
    })
}

/// The statement as it stands in the archive.
fn read_statement(bytes: &[u8]) -> Option<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut text = String::new();
    archive.by_name("statement.md").ok()?.read_to_string(&mut text).ok()?;
    Some(text)
}

/// Opens the key and signs.
fn sign(
    package: Arc<Packed>,
    path: PathBuf,
    key: &Path,
    passphrase: &Passphrase,
) -> Result<Outcome, Failure> {
    let Ok(made) = &package.made else { return Err(Failure::Stopped) };
    let key = SecretKey::read(key, passphrase).map_err(|error| because(&error))?;
    let bytes = release::sign(&made.package.bytes, &key).map_err(|error| because(&error))?;
    let signed = Some(Arc::new((bytes, key.public().clone())));
    Ok(Outcome::Signed(Leaving { package, signed, path }))
}

/// Writes the package, reads the file back and checks what is in it.
fn save(leaving: Leaving) -> Result<Outcome, Failure> {
    let Leaving { package, signed, path } = leaving;
    // What may not leave cannot be asked to be written.
    let Ok(made) = &package.made else { return Err(Failure::Stopped) };
    let (bytes, keys) = match signed.as_deref() {
        Some((bytes, key)) => (bytes, vec![key.clone()]),
        None => (&made.package.bytes, Vec::new()),
    };
    release::save(&path, bytes).map_err(|error| because(&error))?;
    let bytes = std::fs::read(&path).map_err(|error| {
        Failure::Because(format!(
            "{} was written but cannot be read back: {}. Write it to another place.",
            path.display(),
            error.kind()
        ))
    })?;
    let verdict = release::verify_written(&bytes, &keys).map_err(|error| because(&error))?;
    Ok(Outcome::Saved { package, path, verdict, manifest: manifest_hash(&bytes) })
}

/// An error as a sentence for the window.
pub fn because(error: &impl std::fmt::Display) -> Failure {
    Failure::Because(sentence(&error.to_string()))
}

/// With a capital at its beginning and a full stop at its end.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    let mut sentence: String = first.into_iter().flatten().chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Cancelled(_) => Self::Stopped,
            ImportError::Truncated(_) => Self::Truncated(sentence(&error.to_string())),
            unusable @ ImportError::Unusable(_) => because(&unusable),
        }
    }
}

impl From<ProtectError> for Failure {
    fn from(error: ProtectError) -> Self {
        match error {
            ProtectError::Cancelled(_) => Self::Stopped,
            unusable @ ProtectError::Unusable(_) => because(&unusable),
        }
    }
}
