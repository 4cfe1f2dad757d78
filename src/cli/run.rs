//! Does a job: reads, discloses, prints or writes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::args::ViewFormat;
use super::job::{Job, Question, Reading};
use super::project::{self, ProjectArgs, Session};
use super::signing::{KeyFile, key, public_keys};
use super::spec_file::Thresholds;
use super::{Failure, attack, board, history, inspect, one_line, review, say, table};
use crate::app::{self, Start};
use crate::project::{Check, Event};
use crate::release::{self, Choice, Contents, Facts, Formats, Signed};
use crate::sample::{RULES, Sample};
use crate::vault::{DiscloseError, Vault};
use crate::views::{
    Ask, Demands, Disclosed, FlowSpec, ImportPlan, LabelFinding, LedgerAnswer, Policy, Progress,
    ProtectionBands, ProtectionPlan, RiskBands, Rules, Spec, View,
};

pub(super) fn run(job: Job) -> Result<(), Failure> {
    match job {
        Job::Window { files } if files.is_empty() => {
            app::run(Start::Welcome).map_err(Failure::Window)
        }
        Job::Window { files } => app::run(Start::Files(files)).map_err(Failure::Window),
        Job::Packages { role, packages } => {
            app::run(Start::Packages(role, packages)).map_err(Failure::Window)
        }
        Job::SampleWindow => app::run(Start::Sample).map_err(Failure::Window),
        Job::SamplePackage { out } => sample_package(&out),
        Job::Sample { sample, out } => write_sample(sample, &out),
        Job::Inspect { mut reading, json } => {
            let mut session = Session::begin(&mut reading, None)?;
            ended(inspect::inspect(&reading, json, &mut session), session)
        }
        Job::View { mut reading, mut question, format } => {
            let mut session = Session::begin(&mut reading, Some(&mut question))?;
            ended(view(&reading, &question, format, &mut session), session)
        }
        Job::Release { mut reading, mut question, formats, out, review, key } => {
            let mut session = Session::begin(&mut reading, Some(&mut question))?;
            let how = (review, key.as_ref());
            let done = write_release(&reading, &question, formats, &out, how, &mut session);
            ended(done, session)
        }
        Job::History { project, packages, passphrase_file, json } => {
            history::history(&project, passphrase_file.as_deref(), &packages, json)
        }
        Job::Erase { project, list, passphrase_file } => {
            project::erase(&project, passphrase_file.as_deref(), &list)
        }
        Job::Verify { packages, public_keys, json } => verify(&packages, &public_keys, json),
        Job::Review(job) => review::review(&job),
        Job::Present(args) => board::present(&args),
        Job::Board(job) => board::board(&job),
        Job::Key(job) => key(&job),
        Job::Audit { table, json } => attack::audit(&table, json),
    }
}

/// What was done is kept also where it came to nothing.
fn ended(done: Result<(), Failure>, mut session: Session) -> Result<(), Failure> {
    let saved = session.save();
    done.and(saved)
}

/// Standard output, locked and buffered. A caller flushes it, to hear of a closed pipe.
pub(super) fn output() -> impl Write {
    BufWriter::new(io::stdout().lock())
}

/// Wall times of the stages, for `--timings`.
pub(super) struct Stages {
    began: Instant,
    last: Instant,
    secs: serde_json::Map<String, serde_json::Value>,
}

impl Stages {
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), last: Instant::now(), secs: serde_json::Map::new() }
    }

    /// The time since the last stage ended is this one's.
    pub(super) fn end(&mut self, stage: &str) {
        self.add(stage, self.last.elapsed().as_secs_f64());
        self.last = Instant::now();
    }

    /// Seconds to the microsecond.
    fn add(&mut self, stage: &str, secs: f64) {
        let secs = (secs * 1e6).round() / 1e6;
        self.secs.insert(format!("{stage}_secs"), secs.into());
    }

    /// One JSON object on standard error.
    pub(super) fn print(mut self, wanted: bool) {
        if wanted {
            self.add("total", self.began.elapsed().as_secs_f64());
            // Nobody can be told that standard error is closed.
            let _ = writeln!(io::stderr().lock(), "{}", serde_json::Value::Object(self.secs));
        }
    }
}

/// Runs work with a bar on standard error, where that is a terminal.
fn watched<T: Send>(what: &'static str, work: impl FnOnce(&Progress) -> T + Send) -> T {
    let progress = Progress::default();
    if !io::stderr().is_terminal() {
        return work(&progress);
    }
    let bar = ProgressBar::new(1_000).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {percent} %") {
        bar.set_style(style.progress_chars("=> "));
    }
    let (done, finished) = crossbeam_channel::bounded::<()>(1);
    let result = std::thread::scope(|scope| {
        let watcher = (&bar, &progress);
        scope.spawn(move || {
            let (bar, progress) = watcher;
            // A message, or the sender's end: either way the work is over.
            while let Err(crossbeam_channel::RecvTimeoutError::Timeout) =
                finished.recv_timeout(Duration::from_millis(80))
            {
                bar.set_position((progress.share() * 1_000.0) as u64);
            }
        });
        let result = work(&progress);
        drop(done);
        result
    });
    bar.finish_and_clear();
    result
}

/// The journeys of everybody who may be counted.
pub(super) fn import(
    reading: &Reading,
    policy: Option<Policy>,
    session: &mut Session,
    stages: &mut Stages,
) -> Result<Vault, Failure> {
    protected(reading, policy, session, stages).map(|(vault, _)| vault)
}

/// The same, and what may be told of who was left out.
fn protected(
    reading: &Reading,
    policy: Option<Policy>,
    session: &mut Session,
    stages: &mut Stages,
) -> Result<(Vault, Option<ProtectionBands>), Failure> {
    let read = read(reading, session, stages)?;
    session.imported(reading, policy)?;
    Ok(read)
}

fn read(
    reading: &Reading,
    session: &Session,
    stages: &mut Stages,
) -> Result<(Vault, Option<ProtectionBands>), Failure> {
    let mut vault = watched("Reading", |progress| Vault::import(&reading.plan, progress))?;
    if let Some(key) = session.key() {
        vault = vault.with_key(key);
    }
    for (stage, secs) in vault.timings() {
        stages.add(stage, *secs);
    }
    stages.end("import");
    let plan = &reading.protection;
    let erased = session.erased();
    if plan.is_empty() && erased.is_empty() {
        return Ok((vault, None));
    }
    let (vault, report) = watched("Protecting", |progress| vault.protect(plan, erased, progress))?;
    stages.end("protect");
    say(&one_line(&left_out(plan, !erased.is_empty())));
    if !plan.erasures.is_empty() && report.erased == 0 {
        say(
            "nobody in the files is on the erasure list; check that it names people as the files do",
        );
    }
    if report.kept == 0 {
        say(if plan.purposes.is_empty() {
            "everybody in the files is on the erasure list; check that it is the right file"
        } else {
            "nobody in the files may be counted; check that the register names people as the files do"
        });
    }
    if report.unreadable_identities > 0 {
        say(
            "some identities on the erasure list are in a form that cannot be compared (SHA-256 and raw can), so people who are named by these alone are still counted; get a list with identifiers",
        );
    }
    let mut bands = report.bands(plan);
    bands.erasure_applied |= !erased.is_empty();
    Ok((vault, Some(bands)))
}

/// Who is left out, in words that say nothing of how many.
fn left_out(plan: &ProtectionPlan, asked_before: bool) -> String {
    let consent = match plan.purposes.len() {
        0 => None,
        1 => Some("who did not consent to the purpose".to_owned()),
        several => Some(format!("who did not consent to all of {several} purposes")),
    };
    let erased =
        (asked_before || !plan.erasures.is_empty()).then(|| "who asked to be erased".to_owned());
    let who: Vec<String> = consent.into_iter().chain(erased).collect();
    format!("people {} are left out, if there are any", who.join(" or "))
}

/// The views, and whether somebody else is to look at them before they are passed on.
type Leaving = (Vec<Disclosed<View>>, bool);

/// Discloses what was asked, in a project beside all that left it.
fn disclose(
    vault: &Vault,
    rules: &Rules,
    question: &Question,
    session: &mut Session,
    stages: &mut Stages,
) -> Result<Result<Leaving, Failure>, DiscloseError> {
    let asked = (&question.specs[..], rules, question.policy);
    let (told, within) = watched("Counting", |progress| {
        let told = session.disclose(vault, asked, progress);
        told.map(|told| (told, progress.stages()))
    })?;
    for (stage, secs) in within {
        stages.add(&format!("disclose_{stage}"), secs);
    }
    stages.end("disclose");
    if told.answer == LedgerAnswer::Blocked {
        let worst = told.findings.into_iter().next().map(|found| found.sentence);
        return Ok(Err(Failure::Blocked(worst.unwrap_or_default())));
    }
    told.findings.iter().for_each(|found| say(&one_line(&found.sentence)));
    let needs_reviewer =
        matches!(told.answer, LedgerAnswer::Reviewer | LedgerAnswer::CannotCompare);
    let views = told.disclosures.into_iter().map(|disclosure| disclosure.view);
    Ok(Ok((views.collect(), needs_reviewer)))
}

/// One line about labels that are drawn as `Other` because they look personal.
fn tell_unresolved(findings: &[LabelFinding]) {
    if findings.is_empty() {
        return;
    }
    let shapes: Vec<&str> = findings.iter().take(3).map(|finding| finding.shape.as_str()).collect();
    let more = if findings.len() > shapes.len() { ", …" } else { "" };
    let (kinds, verb) = match findings.len() {
        1 => ("1 kind of label".to_owned(), "looks personal and is"),
        n => (format!("{n} kinds of labels"), "look personal and are"),
    };
    say(&one_line(&format!(
        "{kinds} {verb} drawn as Other: {}{more}; use --merge, --hide or --accept-label",
        shapes.join(", ")
    )));
}

fn view(
    reading: &Reading,
    question: &Question,
    format: ViewFormat,
    session: &mut Session,
) -> Result<(), Failure> {
    let mut stages = Stages::begin();
    let vault = import(reading, Some(question.policy), session, &mut stages)?;
    // One view was asked for. That too few people have such a journey is an answer too.
    let disclosed = disclose(&vault, &reading.rules, question, session, &mut stages);
    let (view, too_few) = match disclosed {
        Ok(Err(blocked)) => {
            session.record(&Event::Refused { check: Check::Ledger })?;
            return Err(blocked);
        }
        Ok(Ok((views, needs_reviewer))) => {
            if needs_reviewer {
                session.record(&Event::Refused { check: Check::Ledger })?;
                return Err(Failure::Blocked(
                    "A single view has nobody who could review it; make a release of it."
                        .to_owned(),
                ));
            }
            (views.into_iter().next(), None)
        }
        Err(error @ DiscloseError::TooFew { .. }) => {
            let nothing = question.specs.first().map(|spec| Vault::nothing(spec, question.policy));
            (nothing, Some(error))
        }
        Err(error) => return Err(error.into()),
    };
    let view = view.ok_or(DiscloseError::NotProtected)?;
    let text = match format {
        ViewFormat::Table => table::text(view.view()),
        ViewFormat::Json => release::json(view.view())
            .map_err(|error| Failure::Usage(format!("the view has no JSON ({error})")))?,
        ViewFormat::Csv => release::table(view.view()),
        ViewFormat::Svg => release::picture(&view),
    };
    session.record_leaving(&match &too_few {
        Some(_) => Event::Refused { check: Check::TooFew },
        None => Event::Exported {
            view: view.view().kind().to_owned(),
            form: format.name().to_owned(),
            k: question.policy.k(),
            b: question.policy.b(),
        },
    })?;
    stages.end("write");
    let mut out = output();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    match too_few {
        Some(error) => say(&one_line(&error.to_string())),
        None => tell_unresolved(&vault.label_findings(&reading.rules)),
    }
    stages.print(reading.timings);
    Ok(())
}

fn write_release(
    reading: &Reading,
    question: &Question,
    formats: Formats,
    path: &Path,
    (review, key): (bool, Option<&KeyFile>),
    session: &mut Session,
) -> Result<(), Failure> {
    if let Some(same) = reading.plan.files.iter().find(|file| is_read(file, path)) {
        return Err(Failure::Usage(format!(
            "--out is one of the files that are read ({}); nothing was written, choose another name for the package",
            same.display()
        )));
    }
    // Whoever cannot sign hears of it before the work.
    let key = key.map(KeyFile::open).transpose()?;
    let mut stages = Stages::begin();
    let made = package(reading, question, formats, review, session, &mut stages);
    if let Some(check) = made.as_ref().err().and_then(Failure::check) {
        session.record(&Event::Refused { check })?;
    }
    let (package, unresolved, review) = made?;
    let signed = key.as_ref().map(|key| release::sign(&package.bytes, key)).transpose()?;
    // It is in the history before it is in the world: the other way round a crash could lose it.
    session.record_leaving(&Event::Released {
        package: crate::project::manifest_hash(&package.bytes).unwrap_or_default(),
        views: question.specs.iter().map(|spec| spec.ask.kind().to_owned()).collect(),
        k: question.policy.k(),
        b: question.policy.b(),
        key: key.as_ref().map(|key| key.id().to_string()),
    })?;
    if let Err(error) = release::save(path, signed.as_ref().unwrap_or(&package.bytes)) {
        session.record(&Event::Refused { check: Check::Write })?;
        return Err(error.into());
    }
    stages.end("save");
    tell_unresolved(&unresolved);
    if review {
        say("somebody else has to look at this package before it is passed on: trodden review");
    }
    if let Some(key) = &key {
        say(&format!("the package is signed with key {}", key.id()));
    }
    let mut out = output();
    writeln!(
        out,
        "{} is written: {} files, all {} checks passed.",
        path.display(),
        package.entries.len() + usize::from(key.is_some()),
        package.checks.len()
    )?;
    out.flush()?;
    stages.print(reading.timings);
    Ok(())
}

/// Whether a file that is there is the other one, or lies in it where that is a folder.
fn is_read(read: &Path, out: &Path) -> bool {
    let both = fs::canonicalize(read).and_then(|read| Ok((read, fs::canonicalize(out)?)));
    both.is_ok_and(|(read, out)| out.starts_with(read))
}

fn package(
    reading: &Reading,
    question: &Question,
    formats: Formats,
    review: bool,
    session: &mut Session,
    stages: &mut Stages,
) -> Result<(release::Package, Vec<LabelFinding>, bool), Failure> {
    let inspection = Vault::inspect(&reading.plan)?;
    let (vault, left_out) = protected(reading, Some(question.policy), session, stages)?;
    let disclosed = disclose(&vault, &reading.rules, question, session, stages);
    let (views, needs_reviewer) = disclosed.map_err(|error| match error {
        DiscloseError::TooFew { .. } | DiscloseError::NotProtected => Failure::NotReleased(error),
        other => other.into(),
    })??;
    let review = review || needs_reviewer;
    let (source, history) = session.marks();
    let unresolved = vault.label_findings(&reading.rules);
    let facts = Facts::of(
        &inspection.mapping,
        vault.quality(),
        &reading.rules,
        &question.hidden(),
        &unresolved,
    );
    let gap = reading.plan.session_gap_secs.unwrap_or(ImportPlan::SESSION_GAP_SECS);
    let gap = question.needs_sessions().then_some(gap);
    let risk = measured(&vault, &reading.rules, question)?;
    stages.end("risk");
    let package = release::write(&Contents {
        views: views.iter().collect(),
        policy: question.policy,
        facts: facts
            .with_sessions(gap)
            .with_protection(left_out)
            .with_risk(risk)
            .with_review(review),
        formats,
        source,
        history,
    })?;
    stages.end("package");
    Ok((package, unresolved, review))
}

/// How many people can be singled out by their steps, in the data and in the first view that shows
/// steps, in bands.
fn measured(
    vault: &Vault,
    rules: &Rules,
    question: &Question,
) -> Result<Option<RiskBands>, Failure> {
    let shows_steps = |spec: &&Spec| matches!(spec.ask, Ask::Flow(_) | Ask::Paths(_));
    let steps = question.specs.iter().find(shows_steps);
    let Some(spec) = steps.or(question.specs.first()) else { return Ok(None) };
    let risk = watched("Measuring the risk", |progress| {
        vault.risk(spec, rules, question.policy, progress)
    });
    match risk {
        Ok(risk) => Ok(Some(risk.bands())),
        // Too few or too little to measure is no reason to keep the package back.
        Err(DiscloseError::TooFew { .. } | DiscloseError::NotProtected) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn write_sample(sample: Sample, path: &Path) -> Result<(), Failure> {
    let is_parquet = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("parquet"));
    let events = release::save_with(path, |file| {
        let mut file = BufWriter::new(file);
        let events =
            if is_parquet { sample.write_parquet(&mut file) } else { sample.write_csv(&mut file) };
        events.and_then(|events| file.flush().map(|()| events))
    })?;
    let mut out = output();
    writeln!(
        out,
        "{} is written: {events} made-up events of {} people.",
        path.display(),
        sample.people
    )?;
    Ok(out.flush()?)
}

/// Generates, imports, discloses, writes and verifies the sample, and says where the package is.
fn sample_package(path: &Path) -> Result<(), Failure> {
    let (events, file) = TemporaryFile::new()?;
    let failed =
        |source| Failure::File { path: events.0.display().to_string(), what: "written", source };
    let mut file = BufWriter::new(file);
    Sample::default().write_csv(&mut file).and_then(|_| file.flush()).map_err(failed)?;
    let reading = Reading {
        plan: ImportPlan { files: vec![events.0.clone()], ..ImportPlan::default() },
        protection: ProtectionPlan::default(),
        rules: Rules::of_pairs(RULES),
        timings: false,
        project: ProjectArgs::default(),
        unknown_is_demanded: false,
    };
    let spec = Spec::flow("flow", FlowSpec::default());
    let question = Question {
        specs: vec![spec],
        policy: Policy::default(),
        chosen: Thresholds::default(),
        demands: Demands::default(),
    };
    let (package, unresolved, _) = package(
        &reading,
        &question,
        Formats::default(),
        false,
        &mut Session::default(),
        &mut Stages::begin(),
    )?;
    release::save(path, &package.bytes)?;
    let written = read_package(path)?;
    let verdict = release::verify(&written)
        .map_err(|why| Failure::Package { path: path.display().to_string(), why })?;
    if !verdict.passed() {
        return Err(Failure::Release(release::ReleaseError::Refused(verdict.findings)));
    }
    let shown = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    tell_unresolved(&unresolved);
    let mut out = output();
    writeln!(
        out,
        "The sample's release package is {}; all {} checks passed.",
        shown.display(),
        verdict.checks.len()
    )?;
    Ok(out.flush()?)
}

/// A new file in the folder for temporary ones, gone when dropped. Only made-up data goes there.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new() -> Result<(Self, File), Failure> {
        let name = format!("trodden-sample-{}.csv", std::process::id());
        let path = std::env::temp_dir().join(name);
        match File::options().write(true).create_new(true).open(&path) {
            Ok(file) => Ok((Self(path), file)),
            Err(source) => {
                Err(Failure::File { path: path.display().to_string(), what: "written", source })
            }
        }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // What is left behind is made-up data in a folder that the system empties.
        let _ = fs::remove_file(&self.0);
    }
}

pub(super) fn read_package(path: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    let failed = |source| Failure::File { path: path.display().to_string(), what: "read", source };
    let mut bytes = Vec::new();
    // One byte more than a package may have is enough to refuse it.
    let file = File::open(path).map_err(failed)?;
    file.take(release::LARGEST_PACKAGE as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Checks every package, says what was found in each and in all of them, and ends with the worst.
fn verify(packages: &[PathBuf], keys: &[PathBuf], json: bool) -> Result<(), Failure> {
    let keys = public_keys(keys)?;
    let shown: Vec<String> =
        packages.iter().map(|path| one_line(&path.display().to_string())).collect();
    let read: Vec<Result<Vec<u8>, Failure>> =
        packages.iter().map(|path| read_package(path)).collect();
    let numbered: Vec<(usize, &[u8])> = (1..)
        .zip(&read)
        .filter_map(|(number, bytes)| Some((number, bytes.as_ref().ok()?.as_slice())))
        .collect();
    let together = release::verify_jointly_with(&numbered, &keys);
    let found = together.findings().next().is_some();
    let mut verdicts = together.packages.into_iter();
    let mut out = output();
    let mut told = Vec::new();
    let mut unreadable = Vec::new();
    for (shown, bytes) in shown.iter().zip(read) {
        let unread = |why| Failure::Package { path: shown.clone(), why };
        let verdict = bytes.and_then(|_| match verdicts.next() {
            Some(verdict) => verdict.map_err(unread),
            None => Ok(release::Verdict::default()),
        });
        match verdict {
            Err(failure) => {
                let why = failure.to_string();
                told.push(serde_json::json!({ "package": shown, "unreadable": why }));
                unreadable.push(failure);
            }
            Ok(verdict) if json => {
                let mut value = as_json(shown, &verdict);
                add_signed(&mut value, &verdict);
                told.push(value);
            }
            Ok(verdict) => {
                print_verdict(&mut out, shown, &verdict)?;
                print_signed(&mut out, &verdict)?;
            }
        }
    }
    if let Some(joint) = &together.joint {
        let all = "the packages together";
        if json {
            let mut value = as_json(all, joint);
            value["notes"] = together.notes.clone().into();
            told.push(value);
        } else {
            print_verdict(&mut out, all, joint)?;
            for note in &together.notes {
                writeln!(out, "  {note}")?;
            }
        }
    }
    if json {
        writeln!(out, "{:#}", serde_json::Value::Array(told))?;
    }
    out.flush()?;
    // Unreadable is worse than found, and has one line of its own for each package.
    if let Some(last) = unreadable.pop() {
        for failure in unreadable {
            say(&one_line(&failure.to_string()));
        }
        return Err(last);
    }
    if found { Err(Failure::Found) } else { Ok(()) }
}

fn print_verdict(out: &mut impl Write, shown: &str, verdict: &release::Verdict) -> io::Result<()> {
    let result = if verdict.passed() { "every check passed" } else { "refused" };
    writeln!(out, "{shown}: {result}")?;
    for check in &verdict.checks {
        let mark = if check.passed { "ok    " } else { "FAILED" };
        writeln!(out, "  {mark} {}", check.sentence)?;
    }
    for finding in &verdict.findings {
        writeln!(out, "  {finding}")?;
    }
    Ok(())
}

/// Who signed, and what a reviewer says.
fn print_signed(out: &mut impl Write, verdict: &release::Verdict) -> io::Result<()> {
    writeln!(out, "  {}", verdict.signature.sentence("The package"))?;
    if let Some(presented) = verdict.presented {
        writeln!(out, "  {}", presented.sentence())?;
    }
    let Some(decided) = &verdict.decision else {
        return writeln!(out, "  No reviewer's decision is in it.");
    };
    if !decided.holds {
        return writeln!(out, "  The decision that is in it does not hold.");
    }
    let what = match decided.decision.decision {
        Choice::Approved => "A reviewer approves it",
        Choice::Rejected => "A reviewer rejects it",
    };
    let comment = one_line(&decided.decision.comment);
    let comment = if comment.is_empty() { ".".to_owned() } else { format!(": {comment}") };
    writeln!(out, "  {what}{comment}")?;
    writeln!(out, "  {}", decided.signature.sentence("The decision"))
}

fn add_signed(value: &mut serde_json::Value, verdict: &release::Verdict) {
    let signed = |signed: Signed| match signed {
        Signed::Not => serde_json::json!({ "signed": "no" }),
        Signed::Unchecked(key) => {
            serde_json::json!({ "signed": "unchecked", "key": key.to_string() })
        }
        Signed::Good(key) => serde_json::json!({ "signed": "good", "key": key.to_string() }),
        Signed::Wrong => serde_json::json!({ "signed": "wrong" }),
    };
    value["signature"] = signed(verdict.signature);
    value["presented"] = verdict.presented.map_or(serde_json::Value::Null, |presented| {
        serde_json::json!({
            "boards": presented.boards,
            "cards": presented.cards,
            "pictures": presented.pictures,
            "slides": presented.slides,
            "note": presented.sentence(),
        })
    });
    value["decision"] = verdict.decision.as_ref().map_or(serde_json::Value::Null, |decided| {
        let mut told = signed(decided.signature);
        told["decision"] = serde_json::json!(decided.decision.decision);
        told["holds"] = decided.holds.into();
        told["comment"] = decided.decision.comment.clone().into();
        told
    });
}

fn as_json(package: &str, verdict: &release::Verdict) -> serde_json::Value {
    let checks: Vec<BTreeMap<&str, serde_json::Value>> = verdict
        .checks
        .iter()
        .map(|check| {
            BTreeMap::from([
                ("check", check.sentence.clone().into()),
                ("passed", check.passed.into()),
            ])
        })
        .collect();
    let findings: Vec<_> = verdict
        .findings
        .iter()
        .map(|finding| serde_json::json!({ "place": finding.place, "what": finding.what }))
        .collect();
    serde_json::json!({
        "package": package,
        "passed": verdict.passed(),
        "checks": checks,
        "findings": findings,
    })
}
