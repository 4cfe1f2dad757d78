//! Work in a project: what it holds is put under what was typed, what is done goes into its history,
//! and it is written again before anything leaves.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::job::{Question, Reading};
use super::passphrase::{Of, passphrase};
use super::run::output;
use super::{Failure, one_line, say};
use crate::project::{Event, Holder, Project, ProjectError, Setup};
use crate::vault::{
    self, Beside, DiscloseError, Disclosure, ErasedPeople, Key, Ledger, Vault, looks_personal,
};
use crate::views::{
    Checkpoint, ImportPlan, LedgerAnswer, LedgerFinding, Mapping, Otherwise, Policy, Progress,
    ProtectionPlan, Rules, Spec,
};

/// Where what is decided is kept.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Project")]
pub(super) struct ProjectArgs {
    /// Keep what is decided, and a history of what is done, in this encrypted file. It is made where
    /// there is none; where there is one, what it holds counts as far as nothing else is typed
    #[arg(long, value_name = "NAME.trodden")]
    pub(super) project: Option<PathBuf>,
    /// A file whose first line is the passphrase, which is asked for at the terminal otherwise
    #[arg(long, value_name = "FILE", requires = "project")]
    pub(super) passphrase_file: Option<PathBuf>,
}

/// A project while a command works in it, or none.
#[derive(Default)]
pub(super) struct Session {
    open: Option<Open>,
    erased: ErasedPeople,
    ledger: Ledger,
    /// What is about to leave, until it is in the ledger.
    leaving: Option<Beside>,
}

struct Open {
    holder: Holder,
    project: Project,
    /// How it is called in messages.
    shown: String,
    /// Whether anything is not on the disk yet.
    is_changed: bool,
}

impl Session {
    /// Opens the project that was named, or makes it, and puts what it holds under what was typed.
    pub(super) fn begin(
        reading: &mut Reading,
        question: Option<&mut Question>,
    ) -> Result<Self, Failure> {
        let Some(path) = reading.project.project.clone() else { return Ok(Self::default()) };
        let passphrase_file = reading.project.passphrase_file.as_deref();
        let session = if path.exists() {
            Self::open(&path, passphrase_file)?
        } else {
            if reading.plan.files.is_empty() {
                return Err(Failure::Usage(format!(
                    "there is no project {} yet; name the event files that it shall be about",
                    path.display()
                )));
            }
            Self::create(&path, passphrase_file)?
        };
        if let Some(Open { project, .. }) = &session.open {
            put_under(&project.setup, reading)?;
            if let Some(question) = question {
                question.put_under(project.setup.policy)?;
            }
        }
        Ok(session)
    }

    fn create(path: &Path, passphrase_file: Option<&Path>) -> Result<Self, Failure> {
        let passphrase = passphrase(passphrase_file, Of::NewProject)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let setup = Setup { name: stem, ..Setup::default() };
        let failed = failed(path);
        let project = Project::new(setup, Timestamp::now()).map_err(&failed)?;
        let holder = Holder::create(path, passphrase, &project).map_err(&failed)?;
        say(&one_line(&format!(
            "{} is made; without its passphrase nobody can open it again",
            path.display()
        )));
        Ok(Self::of(path, holder, project, ErasedPeople::default()))
    }

    /// Opens a project that is there.
    pub(super) fn open(path: &Path, passphrase_file: Option<&Path>) -> Result<Self, Failure> {
        let passphrase = passphrase(passphrase_file, Of::Project)?;
        let (holder, project) = Holder::open(path, passphrase).map_err(failed(path))?;
        let erased = ErasedPeople::from_bytes(&project.erased)?;
        let ledger = Ledger::from_bytes(&project.ledger)
            .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
        Ok(Self { ledger, ..Self::of(path, holder, project, erased) })
    }

    fn of(path: &Path, holder: Holder, project: Project, erased: ErasedPeople) -> Self {
        let shown = path.display().to_string();
        let open = Some(Open { holder, project, shown, is_changed: false });
        Self { open, erased, ..Self::default() }
    }

    /// The secret for pseudonyms, where there is a project.
    pub(super) fn key(&self) -> Option<Key> {
        self.open.as_ref().map(|open| Key::from_bytes(*open.project.secret.bytes()))
    }

    /// Who asked the project to be erased.
    pub(super) fn erased(&self) -> &ErasedPeople {
        &self.erased
    }

    /// The data were read like this: that is how the project reads them from now on.
    pub(super) fn imported(
        &mut self,
        reading: &Reading,
        policy: Option<Policy>,
    ) -> Result<(), Failure> {
        let Some(Open { project, is_changed, .. }) = &mut self.open else { return Ok(()) };
        *is_changed = true;
        let now = Timestamp::now();
        let setup = Setup {
            is_sample: project.setup.is_sample && reading.plan.files == project.setup.plan.files,
            plan: reading.plan.clone(),
            protection: reading.protection.clone(),
            rules: Rules { forbidden: Vec::new(), ..reading.rules.clone() },
            policy: policy.unwrap_or(project.setup.policy),
            ..project.setup.clone()
        };
        project.set_up(setup, now, &looks_personal);
        let digest = project.digest_of(&reading.plan, &reading.protection);
        project.imported(digest, now)?;
        Ok(())
    }

    /// Discloses views beside all that the project has released; what is found is told. Whether
    /// somebody else is to look at them is the answer.
    pub(super) fn disclose(
        &mut self,
        vault: &Vault,
        (specs, rules, policy): (&[Spec], &Rules, Policy),
        progress: &Progress,
    ) -> Result<Told, DiscloseError> {
        if self.open.is_none() {
            let disclosures = vault.disclose(specs, rules, policy, progress)?;
            return Ok(Told { disclosures, findings: Vec::new(), answer: LedgerAnswer::Pass });
        }
        let mut beside = vault.disclose_beside(&self.ledger, specs, rules, policy, progress)?;
        let disclosures = std::mem::take(&mut beside.disclosures);
        let told = Told { disclosures, findings: beside.findings.clone(), answer: beside.answer() };
        self.leaving = Some(beside);
        Ok(told)
    }

    /// The name of the data in packages, and how far the history has come.
    pub(super) fn marks(&self) -> (Option<[u8; 16]>, Option<Checkpoint>) {
        let project = self.open.as_ref().map(|open| &open.project);
        let source = project.and_then(|it| it.source.as_ref()?.bytes());
        (source, project.map(|project| project.history.checkpoint()))
    }

    /// Writes into ledger and history that something leaves, before it does.
    pub(super) fn record_leaving(&mut self, event: &Event) -> Result<(), Failure> {
        if let (Some(open), Some(beside)) = (&mut self.open, self.leaving.take()) {
            self.ledger.record(beside);
            open.project.ledger = Zeroizing::new(self.ledger.to_bytes()).into();
        }
        self.record(event)
    }

    /// Writes down what happens, before it does.
    pub(super) fn record(&mut self, event: &Event) -> Result<(), Failure> {
        if let Some(open) = &mut self.open {
            open.project.history.push(Timestamp::now(), event);
            open.is_changed = true;
        }
        self.save()
    }

    /// Writes what is not on the disk yet.
    pub(super) fn save(&mut self) -> Result<(), Failure> {
        let Some(open) = self.open.as_mut().filter(|open| open.is_changed) else { return Ok(()) };
        open.holder
            .save(&open.project)
            .map_err(|why| Failure::Project { path: open.shown.clone(), why })?;
        open.is_changed = false;
        Ok(())
    }
}

/// Views that may leave, and what the ledger says of them.
pub(super) struct Told {
    pub(super) disclosures: Vec<Disclosure>,
    pub(super) findings: Vec<LedgerFinding>,
    pub(super) answer: LedgerAnswer,
}

/// `trodden erase`: who is on the list is left out from now on, and what left before is marked.
pub(super) fn erase(
    path: &Path,
    passphrase_file: Option<&Path>,
    list: &Path,
) -> Result<(), Failure> {
    let mut session = Session::open(path, passphrase_file)?;
    let Some(Open { project, is_changed, shown, .. }) = &mut session.open else { return Ok(()) };
    let key = Key::from_bytes(*project.secret.bytes());
    let erasure = vault::erase(list, &key, (&project.erased, &project.ledger))?;
    let kept = (erasure.erased.into(), erasure.ledger.into());
    let receipt = project.erase(kept, erasure.was_known, Timestamp::now())?;
    *is_changed = true;
    let text = receipt.text(shown);
    session.save()?;
    let mut out = output();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    erasure.read.notes().into_iter().for_each(say);
    Ok(())
}

/// `trodden passphrase`: another one opens the project from now on.
pub(super) fn change_passphrase(
    path: &Path,
    passphrase_file: Option<&Path>,
    new_passphrase_file: Option<&Path>,
) -> Result<(), Failure> {
    let mut session = Session::open(path, passphrase_file)?;
    let passphrase = passphrase(new_passphrase_file, Of::ProjectFromNowOn)?;
    let Some(Open { holder, project, shown, .. }) = &mut session.open else { return Ok(()) };
    project.history.push(Timestamp::now(), &Event::KeyChanged {});
    holder
        .change_passphrase(passphrase, project)
        .map_err(|why| Failure::Project { path: shown.clone(), why })?;
    let mut out = output();
    writeln!(
        out,
        "{} has a new passphrase. Copies that were made before are still opened by the old one.",
        one_line(shown)
    )?;
    Ok(out.flush()?)
}

/// What the project holds, where nothing else was typed; and what both say together where that leaves
/// out more.
fn put_under(setup: &Setup, reading: &mut Reading) -> Result<(), Failure> {
    let Reading { plan, protection, rules, unknown_is_demanded, .. } = reading;
    *plan = plan_over(std::mem::take(plan), &setup.plan)?;
    let said = &setup.protection;
    *protection = ProtectionPlan {
        purposes: both(&said.purposes, &protection.purposes),
        registers: both(&said.registers, &absolute(&protection.registers)?),
        erasures: both(&said.erasures, &absolute(&protection.erasures)?),
        unknown: if *unknown_is_demanded { protection.unknown } else { said.unknown },
    };
    // The first rule that fits counts, so what was typed stands before what was kept.
    rules.rules = both(&rules.rules, &setup.rules.rules);
    rules.accepted = both(&rules.accepted, &setup.rules.accepted);
    rules.settled = both(&rules.settled, &setup.rules.settled);
    Ok(())
}

fn plan_over(typed: ImportPlan, said: &ImportPlan) -> Result<ImportPlan, Failure> {
    let mut otherwise = said.mapping.otherwise.clone();
    let mut part = |typed: Option<String>,
                    said: &Option<String>,
                    others: fn(&mut Otherwise) -> &mut Vec<String>| {
        if typed.is_some() && typed != *said {
            // What stood in for the column before does not stand in for this one.
            others(&mut otherwise).clear();
        }
        typed.or_else(|| said.clone())
    };
    let mapping = typed.mapping;
    let mapping = Mapping {
        subject: part(mapping.subject, &said.mapping.subject, |it| &mut it.subject),
        session: part(mapping.session, &said.mapping.session, |it| &mut it.session),
        event: part(mapping.event, &said.mapping.event, |it| &mut it.event),
        time: part(mapping.time, &said.mapping.time, |it| &mut it.time),
        attributes: both(&said.mapping.attributes, &mapping.attributes),
        otherwise,
        consent: said.mapping.consent.clone(),
        insert_id: said.mapping.insert_id.clone(),
    };
    Ok(ImportPlan {
        files: if typed.files.is_empty() { said.files.clone() } else { absolute(&typed.files)? },
        mapping,
        mapping_is_whole: said.mapping_is_whole,
        timezone: typed.timezone.or_else(|| said.timezone.clone()),
        date_order: typed.date_order.or(said.date_order),
        accept_truncated: typed.accept_truncated || said.accept_truncated,
        session_gap_secs: typed.session_gap_secs.or(said.session_gap_secs),
        preset: typed.preset.or(said.preset),
        drop_duplicates: typed.drop_duplicates || said.drop_duplicates,
    })
}

/// Each once, those of the first in front.
fn both<T: Clone + PartialEq>(first: &[T], second: &[T]) -> Vec<T> {
    let mut all: Vec<T> = first.to_vec();
    all.extend(second.iter().filter(|one| !first.contains(one)).cloned());
    all
}

/// The project may be opened from another folder.
fn absolute(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let one = |path: &PathBuf| {
        std::path::absolute(path).map_err(|source| Failure::File {
            path: path.display().to_string(),
            what: "found",
            source,
        })
    };
    paths.iter().map(one).collect()
}

fn failed(path: &Path) -> impl Fn(ProjectError) -> Failure {
    move |why| Failure::Project { path: path.display().to_string(), why }
}
