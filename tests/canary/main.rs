//! Nothing of the data is written anywhere: the whole program runs under strace, on files full of values
//! that occur nowhere else, and every byte and every name that it hands to the system is searched.
//!
//! It is looked at from outside. What may be published is the names of steps that enough people share, and
//! these hold none of the values.

#![cfg(target_os = "linux")]

mod files;
mod needles;
mod trace;
mod window;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use files::{Files, STEPS};
use trace::{Home, Traced};

const PROGRAM: &str = env!("CARGO_BIN_EXE_trodden");

/// One run of the program: what is typed, and how it ends.
struct Run {
    args: Vec<String>,
    code: i32,
}

impl Run {
    fn new(args: &[&str], code: i32) -> Self {
        Self { args: args.iter().map(|arg| (*arg).to_owned()).collect(), code }
    }

    /// Everything that was written, in an order that does not depend on threads.
    fn under_strace(&self, home: &Home) -> Traced {
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        let traced = trace::run(home, OsStr::new(PROGRAM), &args);
        assert_eq!(traced.code, Some(self.code), "{args:?}: {}", text_of(&traced));
        assert_eq!(traced.programs, 1, "{args:?} started another program");
        assert_eq!(traced.internet, [] as [String; 0], "{args:?}");
        assert_eq!(traced.mapped_for_writing, [] as [String; 0], "{args:?}");
        traced
    }
}

/// What went to the terminal.
fn text_of(traced: &Traced) -> String {
    let streams = ["1", "2"].into_iter().filter_map(|fd| traced.written.get(fd));
    streams.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

/// Fails where any needle is in what was written, in names, or in what was left behind.
fn assert_clean(files: &Files, traced: &Traced, what: &str) {
    for (descriptor, bytes) in &traced.written {
        let found = files.needles.found_in(bytes);
        assert_eq!(found, BTreeSet::new(), "{what}, file descriptor {descriptor}");
    }
    let found = files.needles.found_in(&traced.names);
    assert_eq!(found, BTreeSet::new(), "{what}, names of files");
}

fn assert_left_clean(files: &Files, folder: &Path) -> usize {
    let left = trace::files_below(folder);
    for path in &left {
        let found = files.needles.found_in(path.to_str().expect("ASCII").as_bytes());
        assert_eq!(found, BTreeSet::new(), "{}", path.display());
        let bytes = fs::read(path).expect("it reads");
        let found = files.needles.found_in(&bytes);
        assert_eq!(found, BTreeSet::new(), "{}", path.display());
        if bytes.starts_with(b"PK\x03\x04") {
            assert_package_clean(files, path);
        }
    }
    left.len()
}

/// What a package holds is packed, so the bytes of the archive say nothing.
fn assert_package_clean(files: &Files, path: &Path) {
    let mut archive = zip::ZipArchive::new(File::open(path).expect("it opens")).expect("a zip");
    assert!(archive.len() >= 6);
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("it unpacks");
        let name = entry.name().expect("UTF-8").into_owned();
        let what = format!("{name} in {}", path.display());
        assert_eq!(files.needles.found_in(&bytes), BTreeSet::new(), "{what}");
        assert_eq!(files.needles.found_in(name.as_bytes()), BTreeSet::new(), "{what}");
    }
}

/// Does all runs, two at a time, and looks at each.
fn all(files: &Files, home: &Home, runs: &[Run], look: impl Fn(&Run, &Traced) + Sync) {
    let next = AtomicUsize::new(0);
    let failed: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        let traced = run.under_strace(home);
                        assert_clean(files, &traced, &format!("{:?}", run.args));
                        look(run, &traced);
                    }));
                    if looked.is_err() {
                        failed.lock().expect("no panic while locked").push(run.args.join(" "));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("no panic while locked");
    assert!(failed.is_empty(), "{} of {} runs:\n{}", failed.len(), runs.len(), failed.join("\n"));
}

/// What the searching is worth: a program that does write the data is caught.
#[test]
fn what_is_written_is_seen() {
    if !trace::is_possible("what_is_written_is_seen") {
        return;
    }
    let (files, home) = (Files::write(), Home::new());
    assert!(files.needles.len() > 1_500, "{} values", files.needles.len());
    let csv = trace::run(&home, OsStr::new("cat"), &[&files.path("events.csv")]);
    assert_eq!(csv.code, Some(0));
    let found = files.needles.found_in(&csv.written["1"]);
    for what in [
        "a subject",
        "a session",
        "a rare label",
        "a label with an address",
        "a label that many people have",
        "an attribute that is asked about",
        "a column that is not read",
        "a time of day",
        "an insert id",
        "a row that is refused",
    ] {
        assert!(found.contains(what), "{what} is not found in the file itself");
    }
    let copy = home.path().join("tmp/copy.csv").display().to_string();
    let copied = trace::run(
        &home,
        OsStr::new("dd"),
        &[&format!("if={}", files.path("events.csv")), &format!("of={copy}"), "status=none"],
    );
    assert!(copied.written.values().any(|bytes| !files.needles.found_in(bytes).is_empty()));
    let names = String::from_utf8_lossy(&copied.names).into_owned();
    assert!(names.contains("tmp/copy.csv"), "{names}");
}

/// What the watch for sockets is worth.
#[test]
fn a_socket_for_the_internet_is_seen() {
    if !trace::is_possible("a_socket_for_the_internet_is_seen") {
        return;
    }
    let home = Home::new();
    let script = "import socket; socket.socket(socket.AF_INET6)";
    let python = trace::run(&home, OsStr::new("python3"), &["-c", script]);
    if python.code == Some(0) {
        assert_eq!(python.internet.len(), 1, "{:?}", python.internet);
    } else {
        eprintln!("a_socket_for_the_internet_is_seen did not run: there is no python3");
    }
}

#[test]
fn nothing_of_the_data_is_written_while_files_are_looked_at_and_drawn() {
    if !trace::is_possible("nothing_of_the_data_is_written_while_files_are_looked_at_and_drawn") {
        return;
    }
    let (files, home) = (Files::write(), Home::new());
    let mut runs = Vec::new();
    let paths = [
        "events.csv",
        "events.ndjson",
        "events.parquet",
        "events.xes",
        "events.csv.gz",
        "events.zip",
    ]
    .map(|name| files.path(name));
    for path in &paths {
        let xes = std::path::Path::new(path).extension().is_some_and(|end| end == "xes");
        let by: &[&str] = if xes { &[] } else { &["--by", "plan"] };
        runs.push(Run::new(&["inspect", path, "--timings"], 0));
        runs.push(Run::new(&["inspect", path, "--json"], 0));
        runs.push(Run::new(&[&["view", path, "--timings"], by].concat(), 0));
        runs.push(Run::new(&[&["view", path, "--view", "map", "--format", "svg"], by].concat(), 0));
    }
    let csv = &paths[0];
    let funnel = STEPS[..3].join(",");
    let timing = STEPS[..2].join(",");
    let kinds: [&[&str]; 6] = [
        &["flow"],
        &["map", "--times"],
        &["paths", "--unit", "sessions"],
        &["funnel", "--funnel", &funnel],
        &["timing", "--timing", &timing],
        &["trend", "--grain", "day"],
    ];
    for kind in kinds {
        for format in ["table", "json", "csv", "svg"] {
            let view = [&["view", csv, "--format", format, "--view"], kind].concat();
            runs.push(Run::new(&view, 0));
        }
    }
    let (register, table, request) =
        (files.path("register.csv"), files.path("erased.csv"), files.path("erased.json"));
    let lists = [
        "--consent",
        "analytics",
        "--consent-register",
        &register,
        "--erasure",
        &table,
        "--erasure",
        &request,
    ];
    runs.push(Run::new(&[&["view", csv], &lists[..]].concat(), 0));
    runs.push(Run::new(&[&["inspect", csv, "--drop-duplicates"], &lists[..]].concat(), 0));
    let folder = files.folder().display().to_string();
    runs.push(Run::new(&["view", csv, &paths[4], "--drop-duplicates"], 0));
    runs.push(Run::new(&["inspect", &folder], 2));
    let drawn = AtomicUsize::new(0);
    all(&files, &home, &runs, |run, traced| {
        let said = text_of(traced);
        if run.args[0] == "view" && STEPS.iter().any(|step| said.contains(step)) {
            drawn.fetch_add(1, Ordering::Relaxed);
        }
    });
    // A trend names no steps, and an SVG may break a name.
    assert!(drawn.into_inner() >= 20, "steps that may be named are hardly ever named");
    assert_eq!(
        home.files(),
        [] as [std::path::PathBuf; 0],
        "the command line leaves nothing behind"
    );
}

/// Everything that a package can have.
const EVERY_FORM: &str = "csv,svg,png,pdf,html,parquet,mermaid,graphml,dot";

#[test]
fn nothing_of_the_data_is_in_a_package() {
    if !trace::is_possible("nothing_of_the_data_is_in_a_package") {
        return;
    }
    let (files, home) = (Files::write(), Home::new());
    let out = tempfile::tempdir().expect("a folder");
    let package = |name: &str| out.path().join(name).display().to_string();
    let spec = files.path("two.toml");
    let views = "[[view]]\nview = \"map\"\n[[view]]\nview = \"trend\"\ngrain = \"week\"\n";
    fs::write(&spec, views).expect("it is written");
    let (register, request) = (files.path("register.csv"), files.path("erased.json"));
    let [csv, parquet, zip] =
        ["events.csv", "events.parquet", "events.zip"].map(|name| files.path(name));
    let [one, two, three, four] =
        ["one", "two", "three", "four"].map(|name| package(&format!("{name}.trodden.zip")));
    let releases = [
        Run::new(&["release", &csv, "--formats", EVERY_FORM, "--out", &one], 0),
        Run::new(&["release", &parquet, "--by", "plan", "--out", &two], 0),
        Run::new(&["release", &zip, "--spec", &spec, "--formats", EVERY_FORM, "--out", &three], 0),
        Run::new(
            &[
                "release",
                &csv,
                "--consent",
                "analytics",
                "--consent-register",
                &register,
                "--erasure",
                &request,
                "--out",
                &four,
            ],
            0,
        ),
    ];
    all(&files, &home, &releases, |_, _| {});
    assert_eq!(assert_left_clean(&files, out.path()), 4);
    let mut archive = zip::ZipArchive::new(File::open(&one).expect("it opens")).expect("a zip");
    let mut statement = String::new();
    archive
        .by_name("statement.md")
        .expect("a statement")
        .read_to_string(&mut statement)
        .expect("it unpacks");
    let not_read = statement.lines().find(|line| line.contains("Among them are"));
    let not_read = not_read.expect("columns that were not read are told");
    for name in ["email", "note", "iban\\_of\\_payer", "revenue", "plan"] {
        assert!(not_read.contains(&format!("“{name}”")), "{not_read}");
    }
    assert!(!not_read.contains("user") && !not_read.contains("timestamp"), "{not_read}");
    let bytes = fs::read(&one).expect("it was written");
    let cut = package("cut.trodden.zip");
    fs::write(&cut, &bytes[..bytes.len() / 2]).expect("it is written");
    let checks = [
        Run::new(&["verify", &one], 0),
        Run::new(&["verify", &two, &four, "--json"], 0),
        Run::new(&["verify", &one, &three], 0),
        Run::new(&["verify", &cut], 2),
        // A file of events is no package.
        Run::new(&["verify", &csv, &zip], 2),
    ];
    for run in &checks {
        let traced = trace::run(
            &home,
            OsStr::new(PROGRAM),
            &run.args.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        // Packages that are about the same people in different ways may be refused together.
        let joint = run.args.len() > 2 && run.code == 0 && traced.code == Some(1);
        assert!(traced.code == Some(run.code) || joint, "{:?}: {}", run.args, text_of(&traced));
        assert_clean(&files, &traced, &format!("{:?}", run.args));
        assert_eq!(traced.internet, [] as [String; 0]);
    }
    assert_eq!(home.files(), [] as [std::path::PathBuf; 0]);
}

#[test]
fn nothing_of_the_data_is_written_where_something_goes_wrong() {
    if !trace::is_possible("nothing_of_the_data_is_written_where_something_goes_wrong") {
        return;
    }
    let (files, home) = (Files::write(), Home::new());
    let csv = files.path("events.csv");
    let out = home.path().join("tmp/never.trodden.zip").display().to_string();
    let nowhere = home.path().join("no/such/folder/a.trodden.zip").display().to_string();
    let mut runs = vec![
        Run::new(&["view", &csv, "--subject", "no_such_column"], 2),
        Run::new(&["view", &csv, "--where", "no_such_column=1"], 2),
        Run::new(&["view", &csv, "--start", "no such step"], 0),
        Run::new(&["view", &csv, "--did", "no such step"], 0),
        Run::new(&["view", &csv, "--timezone", "Mars/Olympus"], 2),
        Run::new(&["view", &csv, "--time", "note"], 2),
        Run::new(&["view", &csv, "--time", "email"], 2),
        Run::new(&["inspect", &csv, "--time", "note"], 2),
        Run::new(&["view", &csv, "--subject", "event", "--event", "user_id"], 0),
        Run::new(&["view", &csv, "--event", "email"], 0),
        Run::new(&["view", &csv, "--event", "note", "--view", "map"], 0),
        Run::new(&["view", &csv, "--by", "email"], 0),
        Run::new(&["view", &csv, "--by", "revenue", "--view", "map"], 0),
        Run::new(&["view", &csv, "--k", "100"], 0),
        Run::new(&["release", &csv, "--k", "100", "--out", &out], 1),
        Run::new(&["release", &csv, "--out", &nowhere], 2),
        Run::new(&["view", &csv, "--merge-regex", "(=x"], 2),
        Run::new(
            &[
                "view",
                &csv,
                "--consent",
                "analytics",
                "--erasure",
                &files.path("erased-broken.json"),
            ],
            2,
        ),
        Run::new(&["view", &csv, "--erasure", &files.path("erased-other.json")], 2),
        Run::new(&["view", &csv, "--erasure", &csv], 0),
        Run::new(&["view", &csv, "--consent", "analytics", "--consent-register", &csv], 2),
        Run::new(&["view", &csv, "--consent", "marketing"], 2),
        Run::new(&["view", &csv, "--policy", &files.path("policy.toml")], 2),
        Run::new(&["audit", &files.path("table.json")], 2),
        Run::new(&["audit", &files.path("table-broken.json")], 2),
        Run::new(&["audit", &csv], 2),
    ];
    for name in ["register-state.csv", "register-time.csv", "register-names.csv"] {
        let register = files.path(name);
        runs.push(Run::new(
            &["view", &csv, "--consent", "analytics", "--consent-register", &register],
            2,
        ));
    }
    for name in [
        "cut.csv.gz",
        "headerless.csv",
        "headerless-letters.csv",
        "no-time.csv",
        "broken.json",
        "cut.xes",
        "entity.xes",
        "keys.ndjson",
        "web.csv",
        "either-way.csv",
    ] {
        let path = files.path(name);
        runs.push(Run::new(&["inspect", &path], 2));
        runs.push(Run::new(&["inspect", &path, "--json"], 2));
        runs.push(Run::new(&["view", &path], 2));
    }
    let lines = files.path("broken.ndjson");
    runs.push(Run::new(&["inspect", &lines], 0));
    runs.push(Run::new(&["inspect", &lines, "--json"], 0));
    runs.push(Run::new(&["view", &lines], 0));
    for name in
        ["value", "kind", "syntax", "field", "table", "date", "regex", "twice", "where", "did"]
    {
        let spec = files.path(&format!("spec-{name}.toml"));
        let code = if ["where", "did"].contains(&name) { 1 } else { 2 };
        runs.push(Run::new(&["release", &csv, "--spec", &spec, "--out", &out], code));
    }
    all(&files, &home, &runs, |run, traced| {
        let said = text_of(traced);
        let messages =
            traced.written.get("2").map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let lines = messages.unwrap_or_default().lines().count();
        assert!(run.code == 0 || lines == 1, "{:?}: {said}", run.args);
    });
    assert!(home.files().is_empty(), "{:?}", home.files());
}

/// Damaged tables take the readers of others into states nobody has thought of; some panic.
#[test]
fn nothing_of_a_damaged_table_is_written() {
    if !trace::is_possible("nothing_of_a_damaged_table_is_written") {
        return;
    }
    let (files, home) = (Files::write(), Home::new());
    let damaged: Vec<String> =
        (0..12).map(|nth| files.path(&format!("damaged-{nth}.parquet"))).collect();
    let mut refused = 0;
    for path in &damaged {
        for command in ["inspect", "view"] {
            let traced = trace::run(&home, OsStr::new(PROGRAM), &[command, path]);
            let code = traced.code.expect("it ends by itself");
            assert!(code == 0 || code == 2, "{command} {path}: {code}");
            refused += usize::from(code == 2);
            assert_clean(&files, &traced, &format!("{command} {path}"));
            let said = text_of(&traced);
            assert!(!said.contains("panicked") && !said.contains("backtrace"), "{said}");
        }
    }
    assert!(refused >= 4, "{refused} of {} runs met the damage", 2 * damaged.len());
}
