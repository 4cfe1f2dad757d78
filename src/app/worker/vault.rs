//! What the vault thread can be asked for, and the room where it works.

use std::fs::File;
use std::io::{BufWriter, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Failure;
use super::inbox::Work;
use crate::draw::{LabelColours, flow_size};
use crate::release::{self, Contents, Package};
use crate::sample::{self, Sample};
use crate::vault::{DiscloseError, ImportError, Vault};
use crate::views::{
    Disclosed, FlowSpec, ImportPlan, Inspection, LabelFinding, Policy, Progress, Quality, Rules,
    Spec, View,
};

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
    Inspect(ImportPlan),
    /// Read files into journeys.
    Import { plan: ImportPlan, rules: Rules },
    /// Write the built-in sample to this path and read it.
    Sample(PathBuf),
    /// A small sample for the picture on the first screen; the vault is left alone.
    Preview(PathBuf),
    /// Count a flow.
    Disclose(Box<Ask>),
    /// Make the package that would leave, without writing it.
    Pack { shown: Arc<Shown>, formats: release::Formats, facts: Box<release::Facts> },
    /// Write a package and read it back.
    Save { package: Arc<Packed>, path: PathBuf },
    /// Let the journeys go.
    Close,
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
}

/// What an import left behind for the eyes of the analyst.
#[derive(Clone, Debug)]
pub struct Imported {
    pub inspection: Inspection,
    pub quality: Quality,
    pub findings: Vec<LabelFinding>,
}

/// A package that has not been written yet.
pub struct Packed {
    pub shown: Arc<Shown>,
    pub formats: release::Formats,
    pub package: Package,
    /// The statement that is in the package, word for word.
    pub statement: String,
}

/// What came of a job that went well.
pub enum Outcome {
    Inspected(Box<Inspection>),
    Imported(Box<Imported>),
    Previewed(Arc<Shown>),
    /// The flow, and labels that still look personal under its rules. A question that has no
    /// answer is an answer too: it is asked again in other words.
    Disclosed(Result<Arc<Shown>, Refused>, Vec<LabelFinding>),
    Packed(Arc<Packed>),
    Saved {
        path: PathBuf,
        verdict: release::Verdict,
    },
    Closed,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub sentence: String,
    /// Whether asking for less detail may help.
    pub too_few: bool,
}

impl Work for Job {
    fn name(&self) -> String {
        match self {
            Self::Inspect(plan) => format!("Looking at {}", file_names(&plan.files)),
            Self::Import { plan, .. } => format!("Reading {}", file_names(&plan.files)),
            Self::Sample(_) => "Making the sample".to_owned(),
            Self::Preview(_) => "Drawing the sample".to_owned(),
            Self::Disclose(ask) => format!("Counting the {}", ask.spec.ask.kind()),
            Self::Pack { .. } => "Making the package".to_owned(),
            Self::Save { path, .. } => {
                format!("Writing {}", file_names(std::slice::from_ref(path)))
            }
            Self::Close => "Closing".to_owned(),
        }
    }

    fn replaces(&self, other: &Self) -> bool {
        match self {
            // Another file: whatever was asked about the last one is void. A file that is being
            // written is finished.
            Self::Inspect(_) | Self::Import { .. } | Self::Sample(_) | Self::Close => {
                !matches!(other, Self::Save { .. })
            }
            Self::Disclose(_) => matches!(other, Self::Disclose(_) | Self::Preview(_)),
            Self::Preview(_) => matches!(other, Self::Preview(_)),
            Self::Pack { .. } => matches!(other, Self::Pack { .. }),
            Self::Save { .. } => matches!(other, Self::Save { .. }),
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

/// The label rules that come with the sample.
pub fn sample_rules() -> Rules {
    Rules::of_pairs(sample::RULES)
}

/// Where the vault is.
#[derive(Default)]
pub struct Room {
    vault: Option<Vault>,
}

impl Room {
    pub fn work(&mut self, job: Job, progress: &Progress) -> Result<Outcome, Failure> {
        match job {
            Job::Inspect(plan) => {
                let inspection = Vault::inspect(&plan)?;
                Ok(Outcome::Inspected(Box::new(inspection)))
            }
            Job::Import { plan, rules } => self.import(&plan, &rules, progress),
            Job::Sample(path) => {
                let rows = write_sample(Sample::default(), &path)?;
                progress.begin(rows);
                let plan = ImportPlan { files: vec![path], ..ImportPlan::default() };
                self.import(&plan, &sample_rules(), progress)
            }
            Job::Preview(path) => preview(&path, progress),
            Job::Disclose(ask) => self.disclose(&ask, progress),
            Job::Pack { shown, formats, facts } => pack(&shown, formats, *facts),
            Job::Save { package, path } => save(&package, path),
            Job::Close => {
                self.vault = None;
                Ok(Outcome::Closed)
            }
        }
    }

    fn import(
        &mut self,
        plan: &ImportPlan,
        rules: &Rules,
        progress: &Progress,
    ) -> Result<Outcome, Failure> {
        // The last journeys go first: two data sets at once could be more than there is room for.
        self.vault = None;
        let inspection = Vault::inspect(plan)?;
        let vault = Vault::import(plan, progress)?;
        let imported = Imported {
            inspection,
            quality: vault.quality().clone(),
            findings: vault.label_findings(rules),
        };
        self.vault = Some(vault);
        Ok(Outcome::Imported(Box::new(imported)))
    }

    fn disclose(&self, ask: &Ask, progress: &Progress) -> Result<Outcome, Failure> {
        let Some(vault) = &self.vault else { return Err(Failure::Stopped) };
        let findings = vault.label_findings(&ask.rules);
        let answer = match disclose(vault, ask, progress) {
            Ok(shown) => Ok(Arc::new(shown)),
            Err(DiscloseError::Cancelled(_)) => return Err(Failure::Stopped),
            Err(error) => Err(Refused {
                too_few: matches!(error, DiscloseError::TooFew { .. }),
                sentence: sentence(&error.to_string()),
            }),
        };
        Ok(Outcome::Disclosed(answer, findings))
    }
}

fn disclose(vault: &Vault, ask: &Ask, progress: &Progress) -> Result<Shown, DiscloseError> {
    let specs = [ask.spec.clone()];
    let disclosures = vault.disclose(&specs, &ask.rules, ask.policy, progress)?;
    // One view for one question.
    let disclosure = disclosures.into_iter().next().ok_or(DiscloseError::NotProtected)?;
    Ok(Shown {
        ask: ask.clone(),
        colours: LabelColours::new(&disclosure.view),
        height: flow_size(&disclosure.view)[1],
        view: disclosure.view,
        kept_by_name_percent: disclosure.kept_by_name_percent,
    })
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
    let shown = disclose(&vault, &ask, progress)
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

fn pack(
    shown: &Arc<Shown>,
    formats: release::Formats,
    facts: release::Facts,
) -> Result<Outcome, Failure> {
    let policy = shown.ask.policy;
    let contents = Contents { views: vec![&shown.view], policy, facts, formats };
    let package = release::write(&contents).map_err(|error| because(&error))?;
    let statement = read_statement(&package.bytes).unwrap_or_default();
    let shown = Arc::clone(shown);
    Ok(Outcome::Packed(Arc::new(Packed { shown, formats, package, statement })))
}

/// The statement as it stands in the archive.
fn read_statement(bytes: &[u8]) -> Option<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut text = String::new();
    archive.by_name("statement.md").ok()?.read_to_string(&mut text).ok()?;
    Some(text)
}

/// Writes the package, reads the file back and checks what is in it.
fn save(package: &Packed, path: PathBuf) -> Result<Outcome, Failure> {
    release::save(&path, &package.package.bytes).map_err(|error| because(&error))?;
    let bytes = std::fs::read(&path).map_err(|error| {
        Failure::Because(format!(
            "{} was written but cannot be read back: {}. Write it to another place.",
            path.display(),
            error.kind()
        ))
    })?;
    let verdict = release::verify(&bytes).map_err(|error| because(&error))?;
    Ok(Outcome::Saved { path, verdict })
}

/// An error as a sentence for the window.
fn because(error: &impl std::fmt::Display) -> Failure {
    Failure::Because(sentence(&error.to_string()))
}

/// With a capital at its beginning and a full stop at its end.
fn sentence(text: &str) -> String {
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
