//! One checked, high-level value out of everything that was typed: no work starts before it stands.

use std::path::PathBuf;

use super::Failure;
use super::args::{
    Cli, Command, ConsentArgs, ImportArgs, LabelArgs, PackageFormat, ProtectionArgs, QuestionArgs,
    Switch, ViewFormat, WhatArgs, WhoArgs, WindowRole,
};
use super::board::{BoardJob, PresentArgs};
use super::project::ProjectArgs;
use super::review::Review;
use super::signing::{KeyFile, KeyJob, policy as signed_policy};
use super::spec_file::{Import, SpecFile, Thresholds};
use crate::app::Role;
use crate::release::Formats;
use crate::sample::Sample;
use crate::vault::Vault;
use crate::views::{
    Acceptance, Demands, Extent, ImportPlan, Mapping, Matching, Options, Policy, ProtectionPlan,
    Rule, Rules, Spec, SpecError, Unit, UnknownConsent, seconds,
};

/// What is to be done.
#[derive(Debug)]
pub(super) enum Job {
    Window {
        files: Vec<PathBuf>,
    },
    /// The window without any way to data.
    Packages {
        role: Role,
        packages: Vec<PathBuf>,
    },
    SampleWindow,
    /// The sample's whole job without a window.
    SamplePackage {
        out: PathBuf,
    },
    Sample {
        sample: Sample,
        out: PathBuf,
    },
    Inspect {
        reading: Reading,
        json: bool,
    },
    View {
        reading: Reading,
        question: Question,
        format: ViewFormat,
    },
    Release {
        reading: Reading,
        question: Question,
        formats: Formats,
        out: PathBuf,
        /// Whether a policy demands that somebody else looks at the package.
        review: bool,
        /// Signs the package.
        key: Option<KeyFile>,
    },
    Verify {
        packages: Vec<PathBuf>,
        public_keys: Vec<PathBuf>,
        json: bool,
    },
    Review(Review),
    Present(PresentArgs),
    Board(BoardJob),
    Key(KeyJob),
    History {
        project: PathBuf,
        packages: Vec<PathBuf>,
        passphrase_file: Option<PathBuf>,
        json: bool,
    },
    Erase {
        project: PathBuf,
        list: PathBuf,
        passphrase_file: Option<PathBuf>,
    },
    Audit {
        table: PathBuf,
        json: bool,
    },
}

/// Which files, and how they and their labels are read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) plan: ImportPlan,
    /// Whose journeys may be counted.
    pub(super) protection: ProtectionPlan,
    pub(super) rules: Rules,
    pub(super) timings: bool,
    /// Where what is decided is kept.
    pub(super) project: ProjectArgs,
    /// Whether a policy says what unknown consent is taken for.
    pub(super) unknown_is_demanded: bool,
}

/// What is asked, under which thresholds.
#[derive(Debug)]
pub(super) struct Question {
    /// At least one. Their names differ.
    pub(super) specs: Vec<Spec>,
    pub(super) policy: Policy,
    /// What of the policy was typed, or stands in a file.
    pub(super) chosen: Thresholds,
    pub(super) demands: Demands,
}

impl Question {
    /// Labels that the views skip.
    pub(super) fn hidden(&self) -> Vec<String> {
        self.specs.iter().flat_map(|spec| spec.hide.iter().cloned()).collect()
    }

    /// The thresholds that were kept count where nothing else was chosen.
    pub(super) fn put_under(&mut self, kept: Policy) -> Result<(), Failure> {
        let Thresholds { k, b, blur, cap, time_grain } = &self.chosen;
        let kept_cap = (kept.cap() != kept.default_cap()).then_some(kept.cap());
        let chosen = Thresholds {
            k: k.or(Some(kept.k())),
            b: b.or(if k.is_none() { Some(kept.b()) } else { None }),
            blur: blur.or(Some(kept.blur())),
            cap: cap.or(if k.is_none() { kept_cap } else { None }),
            time_grain: time_grain.or(Some(kept.time_grain())),
        };
        self.policy = policy(&chosen, &self.demands)?;
        Ok(())
    }

    /// Whether any view cuts journeys into sessions.
    pub(super) fn needs_sessions(&self) -> bool {
        self.specs
            .iter()
            .any(|spec| spec.unit == Unit::Sessions || spec.cohort.journey != Extent::Whole)
    }
}

/// Where the sample's package goes where nobody says.
const SAMPLE_PACKAGE: &str = "trodden-sample.trodden.zip";

impl Job {
    pub(super) fn new(cli: Cli) -> Result<Self, Failure> {
        let Some(command) = cli.command else {
            // A command that is misspelled reads like a file.
            if let Some(file) = cli.files.iter().find(|file| !file.exists()) {
                return Err(Failure::Usage(format!(
                    "there is no command and no file called {}; see trodden --help",
                    file.display()
                )));
            }
            if let Some(role) = cli.role {
                let role = match role {
                    WindowRole::Reviewer => Role::Reviewer,
                    WindowRole::Presenter => Role::Presenter,
                };
                return Ok(Self::Packages { role, packages: cli.files });
            }
            return Ok(match (cli.sample, cli.out) {
                (false, _) => Self::Window { files: cli.files },
                (true, Some(out)) => Self::SamplePackage { out },
                (true, None) if has_display() => Self::SampleWindow,
                (true, None) => Self::SamplePackage { out: PathBuf::from(SAMPLE_PACKAGE) },
            });
        };
        let nothing = SpecFile::default();
        Ok(match command {
            Command::Sample(args) => Self::Sample {
                sample: Sample { people: args.people, seed: args.seed },
                out: args.out,
            },
            Command::Inspect(args) => Self::Inspect {
                reading: reading(args.import, &args.labels, &nothing)?,
                json: args.json,
            },
            Command::View(args) => {
                let (reading, question) =
                    asked(args.import, &args.labels, args.question, &nothing)?;
                Self::View { reading, question, format: args.format }
            }
            Command::Release(args) => {
                let file = args.spec.as_deref().map(SpecFile::read).transpose()?;
                let file = file.unwrap_or_default();
                let (reading, question) = asked(args.import, &args.labels, args.question, &file)?;
                let formats = formats(&args.formats, &question.demands)?;
                let review = question.demands.review_required;
                let key = args.signing.chosen();
                Self::Release { reading, question, formats, out: args.out, review, key }
            }
            Command::Verify(args) => Self::Verify {
                packages: args.packages,
                public_keys: args.public_key,
                json: args.json,
            },
            Command::Review(args) => Self::Review(args.try_into()?),
            Command::Present(args) => Self::Present(args),
            Command::Board(args) => Self::Board(args.try_into()?),
            Command::Key(args) => Self::Key(args.into()),
            Command::History(args) => Self::History {
                project: args.project,
                packages: args.packages,
                passphrase_file: args.passphrase_file,
                json: args.json,
            },
            Command::Erase(args) => Self::Erase {
                project: args.project,
                list: args.list,
                passphrase_file: args.passphrase_file,
            },
            Command::Audit(args) => Self::Audit { table: args.table, json: args.json },
        })
    }
}

/// Whether a window could be shown. Only where windows come from a display server is that a question.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn reading(args: ImportArgs, labels: &LabelArgs, file: &SpecFile) -> Result<Reading, Failure> {
    let said = file.import.mapping();
    let session_gap = args.session_gap.as_ref().or(file.import.session_gap.as_ref());
    let plan = ImportPlan {
        files: args.files,
        mapping: Mapping {
            subject: args.subject.or(said.subject),
            session: args.session.or(said.session),
            event: args.event.or(said.event),
            time: args.time.or(said.time),
            ..Mapping::default()
        },
        mapping_is_whole: false,
        timezone: args.timezone.or_else(|| file.import.timezone.clone()),
        date_order: args.date_order.or(file.import.date_order),
        accept_truncated: args.accept_truncated || file.import.accept_truncated,
        session_gap_secs: session_gap.map(|typed| seconds(typed)).transpose()?,
        preset: args.preset.or(file.import.preset),
        drop_duplicates: args.drop_duplicates || file.import.drop_duplicates,
    };
    let protection = protection(args.consent, &file.import);
    // The first rule that fits counts, so what was typed stands before the file.
    let typed = labels.merge.iter().map(|typed| {
        let (pattern, label) = pair(typed, "--merge", "PATTERN=LABEL")?;
        Ok(Rule::rename(&pattern, &label))
    });
    let typed = typed.chain(labels.merge_regex.iter().map(|typed| {
        let (pattern, label) = pair(typed, "--merge-regex", "REGEX=LABEL")?;
        Ok(Rule::rename(&pattern, &label).with(Matching::Regex))
    }));
    let accepted = labels.accept_label.iter().map(|typed| {
        let (label, reason) = pair(typed, "--accept-label", "LABEL=REASON")?;
        Ok(Acceptance { label, reason })
    });
    let rules = Rules {
        rules: typed.chain(file.rules.iter().cloned().map(Ok)).collect::<Result<_, Failure>>()?,
        accepted: accepted
            .chain(file.accepted.iter().cloned().map(Ok))
            .collect::<Result<_, Failure>>()?,
        settled: file.settled.clone(),
        forbidden: Vec::new(),
    };
    Vault::check_rules(&rules).map_err(|error| Failure::Usage(error.to_string()))?;
    let project = args.project;
    Ok(Reading {
        plan,
        protection,
        rules,
        timings: args.timings,
        project,
        unknown_is_demanded: false,
    })
}

/// What was typed and what the file says: each makes the group that is counted smaller.
fn protection(args: ConsentArgs, file: &Import) -> ProtectionPlan {
    let both = |typed: Vec<PathBuf>, said: &[PathBuf]| typed.into_iter().chain(said.to_vec());
    ProtectionPlan {
        purposes: distinct(args.purposes.into_iter().chain(file.consent.clone())),
        registers: both(args.consent_register, &file.consent_register).collect(),
        erasures: both(args.erasure, &file.erasure).collect(),
        unknown: UnknownConsent::Refused,
    }
}

/// Each once, in their order.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut distinct = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct
}

/// Split at the last `=`: labels of the data often hold one (`search?q=*=Search`).
fn pair(typed: &str, option: &str, form: &str) -> Result<(String, String), Failure> {
    match typed.rsplit_once('=') {
        Some((left, right)) if !left.is_empty() && !right.trim().is_empty() => {
            Ok((left.to_owned(), right.trim().to_owned()))
        }
        _ => {
            Err(Failure::Usage(format!("{option} takes {form}, with text on both sides of the =")))
        }
    }
}

/// What is asked of one view, flat, as a file would say it.
fn typed(who: WhoArgs, what: WhatArgs) -> Options {
    Options {
        view: what.view,
        name: None,
        unit: who.unit,
        filters: who.filters,
        did: who.did,
        did_not: who.did_not,
        from: who.from,
        to: who.to,
        journey: who.journey,
        by: who.by,
        compare: who.compare,
        hide: what.hide,
        collapse: what.collapse.map(|switch| switch == Switch::On),
        anchor: what.anchor,
        start: what.start,
        end: what.end,
        steps: what.steps,
        top: what.top,
        activities: what.activities,
        paths: what.paths,
        skip_rare: what.skip_rare.then_some(true),
        times: what.times.then_some(true),
        funnel: labels(what.funnel),
        order: what.order,
        optional: what.optional,
        exclude: what.exclude,
        window: what.window,
        timing: labels(what.timing),
        grain: what.grain,
        label: what.label,
    }
}

/// Labels in one text with commas between them, or each in a text of its own.
fn labels(typed: Vec<String>) -> Vec<String> {
    match <[String; 1]>::try_from(typed) {
        Ok([one]) => one.split(',').map(|label| label.trim().to_owned()).collect(),
        Err(several) => several,
    }
}

/// The views that are asked for: those of the file, or the one that was typed over it.
fn views(typed: Options, file: &SpecFile) -> Result<Vec<Options>, Failure> {
    let mut views: Vec<Options> = match file.views.as_slice() {
        [] => vec![typed],
        [one] => vec![typed.over(one.clone())],
        several if typed == Options::default() => several.to_vec(),
        several => {
            return Err(Failure::Usage(format!(
                "the spec file has {} views, and what is typed would not say which it means; change the file, or leave the options of the view out",
                several.len()
            )));
        }
    };
    for view in &mut views {
        *view = std::mem::take(view).over(file.cohort.options());
    }
    Ok(views)
}

/// Gives every view without a name that of its kind, with a number where several share it.
fn name(views: &mut [Options]) -> Result<(), Failure> {
    let mut taken: Vec<String> = views.iter().filter_map(|view| view.name.clone()).collect();
    let given = taken.len();
    taken.sort_unstable();
    taken.dedup();
    if taken.len() < given {
        return Err(SpecError::SameName.into());
    }
    for view in views.iter_mut().filter(|view| view.name.is_none()) {
        let kind = view.view.unwrap_or_default().name();
        let numbered = (2..).map(|number| format!("{kind}-{number}"));
        let mut names = std::iter::once(kind.to_owned()).chain(numbered);
        view.name = names.find(|name| !taken.contains(name));
        taken.extend(view.name.clone());
    }
    Ok(())
}

/// The question, and the columns that must be read for it.
fn question(
    who: WhoArgs,
    what: WhatArgs,
    file: &SpecFile,
) -> Result<(Vec<Spec>, Vec<String>), Failure> {
    let mut views = views(typed(who, what), file)?;
    name(&mut views)?;
    let mut attributes: Vec<String> = Vec::new();
    for attribute in views.iter().flat_map(Options::attributes) {
        if !attributes.contains(&attribute) {
            attributes.push(attribute);
        }
    }
    let specs = views.into_iter().map(Options::into_spec).collect::<Result<_, SpecError>>()?;
    Ok((specs, attributes))
}

/// What of the policy was typed, else stands in the file.
fn chosen(args: &ProtectionArgs, file: &SpecFile) -> Thresholds {
    let said = &file.policy;
    Thresholds {
        k: args.k.or(said.k),
        // A base of the file goes with the k of the file, not with one that was typed.
        b: args.round.or(if args.k.is_none() { said.b } else { None }),
        blur: args.blur.map(|switch| switch == Switch::On).or(said.blur),
        cap: args.cap.or(said.cap),
        time_grain: args.time_grain.or(said.time_grain),
    }
}

/// What was chosen, else what is demanded, else the defaults.
fn policy(chosen: &Thresholds, demands: &Demands) -> Result<Policy, Failure> {
    let least = demands.default_policy()?;
    let policy = match (chosen.k, chosen.b) {
        (None, None) => least,
        (k, b) => Policy::new(k.unwrap_or(least.k()), b)?,
    };
    let demanded = demands.cap.filter(|cap| *cap < policy.default_cap());
    let policy = policy
        .with_cap(chosen.cap.or(demanded))?
        .with_time_grain(chosen.time_grain.unwrap_or(demands.time_grain))
        .with_blur(chosen.blur.unwrap_or(true));
    demands.allow(policy)?;
    Ok(policy)
}

/// The parts of the package that were chosen, where no demand forbids one.
fn formats(chosen: &[PackageFormat], demands: &Demands) -> Result<Formats, Failure> {
    if !demands.formats.is_empty() {
        let allowed = |format: &PackageFormat| {
            // The numbers are always in it.
            *format == PackageFormat::Json || demands.allows_format(format.name())
        };
        if let Some(refused) = chosen.iter().find(|format| !allowed(format)) {
            return Err(Failure::Usage(format!(
                "the policy allows no {}; leave it out of --formats",
                refused.name()
            )));
        }
    }
    let has = |format| chosen.contains(&format);
    Ok(Formats {
        tables: has(PackageFormat::Csv),
        parquet: has(PackageFormat::Parquet),
        mermaid: has(PackageFormat::Mermaid),
        graphml: has(PackageFormat::Graphml),
        dot: has(PackageFormat::Dot),
        svg: has(PackageFormat::Svg),
        png: has(PackageFormat::Png),
        pdf: has(PackageFormat::Pdf),
        page: has(PackageFormat::Html),
    })
}

/// How to read, and what is asked of it, under what somebody demands.
fn asked(
    import: ImportArgs,
    labels: &LabelArgs,
    args: QuestionArgs,
    file: &SpecFile,
) -> Result<(Reading, Question), Failure> {
    let demands = match &args.protection.policy {
        Some(path) => signed_policy(path, &args.protection.public_key)?,
        None => Demands::default(),
    };
    let is_demanded = args.protection.policy.is_some();
    let chosen = chosen(&args.protection, file);
    let policy = policy(&chosen, &demands)?;
    let (specs, attributes) = question(args.who, args.what, file)?;
    let mut reading = reading(import, labels, file)?;
    reading.plan.mapping.attributes = attributes;
    reading.rules.forbidden.clone_from(&demands.forbidden_labels);
    let purposes = std::mem::take(&mut reading.protection.purposes);
    let demanded = demands.purposes.iter().cloned();
    reading.protection.purposes = distinct(purposes.into_iter().chain(demanded));
    reading.protection.unknown = demands.unknown_consent;
    reading.unknown_is_demanded = is_demanded;
    Ok((reading, Question { specs, policy, chosen, demands }))
}
