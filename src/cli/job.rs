//! One checked, high-level value out of everything that was typed: no work starts before it stands.

use std::path::PathBuf;

use super::Failure;
use super::args::{
    AnchorSide, Cli, Command, CountedUnit, ImportArgs, LabelArgs, Order, PackageFormat,
    QuestionArgs, Switch, ViewFormat, ViewKind,
};
use super::spec_file::SpecFile;
use crate::release::Formats;
use crate::sample::Sample;
use crate::views::{
    Acceptance, DateOrder, ImportPlan, Mapping, Options, Policy, Rule, RuleKind, Rules, Side, Spec,
};

/// What is to be done.
#[derive(Debug)]
pub(super) enum Job {
    Window,
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
    },
    Verify {
        packages: Vec<PathBuf>,
        json: bool,
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
    pub(super) rules: Rules,
    pub(super) timings: bool,
}

/// What is asked, under which thresholds.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) spec: Spec,
    pub(super) policy: Policy,
}

impl Question {
    /// Labels that the view skips.
    pub(super) fn hidden(&self) -> &[String] {
        &self.spec.hide
    }
}

/// Where the sample's package goes where nobody says.
const SAMPLE_PACKAGE: &str = "trodden-sample.trodden.zip";

impl Job {
    pub(super) fn new(cli: Cli) -> Result<Self, Failure> {
        let Some(command) = cli.command else {
            return Ok(match (cli.sample, cli.out) {
                (false, _) => Self::Window,
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
            Command::View(args) => Self::View {
                reading: reading(args.import, &args.labels, &nothing)?,
                question: question(args.question, &nothing)?,
                format: args.format,
            },
            Command::Release(args) => {
                let file = args.spec.as_deref().map(SpecFile::read).transpose()?;
                let file = file.unwrap_or_default();
                Self::Release {
                    reading: reading(args.import, &args.labels, &file)?,
                    question: question(args.question, &file)?,
                    formats: formats(&args.formats),
                    out: args.out,
                }
            }
            Command::Verify(args) => Self::Verify { packages: args.packages, json: args.json },
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
    let plan = ImportPlan {
        files: args.files,
        mapping: Mapping {
            subject: args.subject.or(said.subject),
            session: args.session.or(said.session),
            event: args.event.or(said.event),
            time: args.time.or(said.time),
            attributes: Vec::new(),
        },
        mapping_is_whole: false,
        timezone: args.timezone.or_else(|| file.import.timezone.clone()),
        date_order: args.date_order.map(date_order).or(file.import.date_order),
        accept_truncated: args.accept_truncated || file.import.accept_truncated,
        session_gap_secs: None,
    };
    // The first rule that fits counts, so what was typed stands before the file.
    let typed = labels.merge.iter().map(|typed| {
        let (pattern, label) = pair(typed, "--merge", "PATTERN=LABEL")?;
        Ok(Rule { kind: RuleKind::Rename, pattern, label: Some(label) })
    });
    let accepted = labels.accept_label.iter().map(|typed| {
        let (label, reason) = pair(typed, "--accept-label", "LABEL=REASON")?;
        Ok(Acceptance { label, reason })
    });
    let rules = Rules {
        rules: typed.chain(file.rules.iter().cloned().map(Ok)).collect::<Result<_, Failure>>()?,
        accepted: accepted
            .chain(file.accepted.iter().cloned().map(Ok))
            .collect::<Result<_, Failure>>()?,
    };
    Ok(Reading { plan, rules, timings: args.timings })
}

fn date_order(order: Order) -> DateOrder {
    match order {
        Order::DayFirst => DateOrder::DayFirst,
        Order::MonthFirst => DateOrder::MonthFirst,
    }
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

fn question(args: QuestionArgs, file: &SpecFile) -> Result<Question, Failure> {
    let ViewKind::Flow = args.view;
    let CountedUnit::People = args.unit;
    let typed = Options {
        start: args.start,
        end: args.end,
        anchor: args.anchor.map(|side| match side {
            AnchorSide::Start => Side::Start,
            AnchorSide::End => Side::End,
        }),
        steps: args.steps,
        top: args.top,
        collapse: args.collapse.map(|switch| switch == Switch::On),
        hide: args.hide,
        ..Options::default()
    };
    let file_view = file.views.first().cloned().unwrap_or_default();
    let spec = typed.over(file_view).into_spec()?;
    let said = &file.policy;
    // A base of the file goes with the k of the file, not with one that was typed.
    let b = args.round.or(if args.k.is_none() { said.b } else { None });
    let k = args.k.or(said.k).unwrap_or(Policy::default().k());
    let blur = args.blur.map(|switch| switch == Switch::On).or(said.blur).unwrap_or(true);
    Ok(Question { spec, policy: Policy::new(k, b)?.with_blur(blur) })
}

fn formats(chosen: &[PackageFormat]) -> Formats {
    let has = |format| chosen.contains(&format);
    Formats {
        tables: has(PackageFormat::Csv),
        svg: has(PackageFormat::Svg),
        png: has(PackageFormat::Png),
        page: has(PackageFormat::Html),
    }
}
