//! Projects as they are typed: what is kept, what the history says, and that other people's tools read
//! the file.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests and their helpers")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use trodden::keys::Passphrase;
use trodden::project::{self, Holder};

const PASSPHRASE: &str = "lamp otter quiet seven";

/// A folder with a project's name, its passphrase in a file, and the program beside it.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret.txt"), format!("{PASSPHRASE}\nnot this\n")).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_trodden"))
            .args(args)
            .current_dir(self.0.path())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What it prints, with the passphrase given.
    fn done(&self, args: &[&str]) -> String {
        let output = self.with_passphrase(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    fn with_passphrase(&self, args: &[&str]) -> Output {
        self.run(&[args, &["--passphrase-file", "secret.txt"]].concat())
    }

    fn history(&self) -> Value {
        serde_json::from_str(&self.done(&["history", "shop.trodden", "--json"])).unwrap()
    }

    fn whats(&self) -> Vec<String> {
        let history = self.history();
        assert_eq!(history["holds"], true);
        let entries = history["entries"].as_array().unwrap();
        entries.iter().map(|entry| entry["what"].as_str().unwrap().to_owned()).collect()
    }

    fn opened(&self) -> project::Project {
        let passphrase = Passphrase::new(PASSPHRASE).unwrap();
        project::read(&self.path("shop.trodden"), &passphrase).unwrap_or_else(|why| panic!("{why}"))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn fixture() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop-small.csv").display().to_string()
}

/// Exit code 2 and one line.
fn unusable(output: &Output) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}{}", text(&output.stdout));
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn what_was_typed_once_counts_until_something_else_is() {
    let bench = Bench::new();
    let view = ["view", "--project", "shop.trodden", "--format", "json"];
    let fixture = fixture();
    let typed = ["--k", "20", "--merge", "*_page=Page"];
    let first = bench.done(&[&view[..], &[&fixture], &typed[..]].concat());
    let again = bench.done(&view);
    assert_eq!(first, again, "the same files, rules, thresholds and secret give the same view");
    let json: Value = serde_json::from_str(&again).unwrap();
    assert_eq!((json["k"].as_u64(), again.contains("\"Page\"")), (Some(20), true));
    let other = bench.with_passphrase(&[&view[..], &["--k", "10"]].concat());
    assert_eq!(other.status.code(), Some(1), "{}", text(&other.stdout));
    assert!(text(&other.stderr).contains("with another k"), "{}", text(&other.stderr));
    assert_eq!(
        bench.whats(),
        [
            "created",
            "protection_changed",
            "policy_changed",
            "imported",
            "exported",
            "imported",
            "exported",
            "policy_changed",
            "imported",
            "refused"
        ]
    );
    // The files are the same, so it is the same state of the data.
    let history = bench.history();
    let imported =
        history["entries"].as_array().unwrap().iter().filter(|it| it["what"] == "imported");
    let sources: Vec<&Value> = imported.map(|entry| &entry["details"]["source"]).collect();
    assert!(sources.windows(2).all(|pair| pair[0] == pair[1]), "{sources:?}");
    let inspected = bench.done(&["inspect", "--project", "shop.trodden"]);
    assert!(inspected.contains("user_id"), "{inspected}");
}

#[test]
fn what_cannot_be_opened_is_said_in_one_line() {
    let bench = Bench::new();
    let nothing = bench.with_passphrase(&["view", "--project", "shop.trodden"]);
    assert!(unusable(&nothing).contains("name the event files"));
    assert!(!bench.path("shop.trodden").exists());
    let unasked = bench.run(&["view", &fixture(), "--project", "shop.trodden"]);
    assert!(unusable(&unasked).contains("--passphrase-file"));
    bench.done(&["view", &fixture(), "--project", "shop.trodden", "--format", "json"]);
    let view = ["view", "--project", "shop.trodden", "--passphrase-file", "other.txt"];
    fs::write(bench.path("other.txt"), "another\n").unwrap();
    assert!(unusable(&bench.run(&view)).contains("this passphrase does not open"));
    fs::write(bench.path("other.txt"), "\n").unwrap();
    assert!(unusable(&bench.run(&view)).contains("no passphrase in its first line"));
    let foreign = ["history", "other.txt", "--passphrase-file", "secret.txt"];
    assert!(unusable(&bench.run(&foreign)).contains("no project of Trodden"));
    let passphrase = Passphrase::new(PASSPHRASE).unwrap();
    let (holder, _) = Holder::open(&bench.path("shop.trodden"), passphrase).ok().unwrap();
    let second = bench.with_passphrase(&["view", "--project", "shop.trodden"]);
    assert!(unusable(&second).contains("another Trodden has this project open"));
    assert_eq!(bench.whats().len(), 3, "to look at the history it need not be closed");
    drop(holder);
    let whole = fs::read(bench.path("shop.trodden")).unwrap();
    fs::write(bench.path("shop.trodden"), &whole[..whole.len() - 9]).unwrap();
    let damaged = bench.with_passphrase(&["view", "--project", "shop.trodden"]);
    assert!(unusable(&damaged).contains("damaged or not all there"));
}

/// A zip with these files.
fn zip(path: &Path, files: &[(&str, &str)]) {
    let mut writer = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn a_release_is_in_the_history_under_the_hash_of_its_manifest() {
    let bench = Bench::new();
    let release = ["release", "--project", "shop.trodden", "--out", "a.trodden.zip"];
    bench.done(&[&release[..], &[&fixture(), "--formats", "json"]].concat());
    let mut archive =
        zip::ZipArchive::new(fs::File::open(bench.path("a.trodden.zip")).unwrap()).unwrap();
    let mut manifest = Vec::new();
    archive.by_name("manifest.json").unwrap().read_to_end(&mut manifest).unwrap();
    let hash = Sha256::digest(&manifest)
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let history = bench.history();
    let last = history["entries"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["what"], &last["details"]["package"]), (&"released".into(), &hash.into()));
    assert_eq!(last["details"]["views"], serde_json::json!(["flow"]));
    // What is refused is there as well: before the data begin there is nobody.
    let refused = bench.with_passphrase(&[&release[..], &["--to", "1999-12-31"]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(bench.whats().last().unwrap(), "refused");
    let nowhere = ["release", "--project", "shop.trodden", "--out", "missing/a.trodden.zip"];
    assert_eq!(bench.with_passphrase(&nowhere).status.code(), Some(2));
    assert_eq!(bench.whats()[bench.whats().len() - 2..], ["released", "refused"]);
}

#[test]
fn a_package_is_of_this_history_or_it_is_not() {
    let bench = Bench::new();
    let view = ["view", &fixture(), "--project", "shop.trodden", "--format", "json"];
    bench.done(&view);
    let checkpoint = bench.history()["checkpoint"].to_string();
    let length = bench.history()["checkpoint"]["length"].as_u64().unwrap();
    bench.done(&view);
    let with = |name: &str, checkpoint: &str| {
        zip(&bench.path(name), &[("manifest.json", "{}"), ("history.json", checkpoint)]);
    };
    with("mine.zip", &checkpoint);
    with("later.zip", &checkpoint.replace(&length.to_string(), "999"));
    with("other.zip", &format!("{{\"length\":{length},\"root\":\"{}\"}}", "0".repeat(64)));
    with("odd.zip", "[]");
    let history = |package: &str| bench.with_passphrase(&["history", "shop.trodden", package]);
    let mine = history("mine.zip");
    assert_eq!(mine.status.code(), Some(0), "{}", text(&mine.stdout));
    let words = format!("mine.zip: its checkpoint is entry {length} of this history");
    assert!(text(&mine.stdout).contains(&words) && text(&mine.stdout).contains("the chain holds"));
    for (package, words) in [
        ("later.zip", "which this history does not have"),
        ("other.zip", "is not of this history"),
        ("odd.zip", "it has no checkpoint"),
    ] {
        let told = history(package);
        assert_eq!(told.status.code(), Some(1), "{package}");
        assert!(text(&told.stdout).contains(words), "{package}: {}", text(&told.stdout));
        assert!(told.stderr.is_empty());
    }
    assert!(unusable(&history("secret.txt")).contains("not a release package"));
    let both = ["history", "shop.trodden", "mine.zip", "other.zip", "--json"];
    let told = bench.with_passphrase(&both);
    let json: Value = serde_json::from_slice(&told.stdout).unwrap();
    let found: Vec<_> =
        json["packages"].as_array().unwrap().iter().map(|it| &it["of_this_history"]).collect();
    assert_eq!(found, [true, false]);
}

#[test]
fn who_asked_to_be_erased_is_left_out_and_stands_nowhere() {
    let bench = Bench::new();
    let view = ["view", "--project", "shop.trodden", "--format", "json"];
    let before = bench.done(&[&view[..], &[&fixture()]].concat());
    let events = fs::read_to_string(fixture()).unwrap();
    let everybody: Vec<&str> =
        events.lines().skip(1).map(|row| row.split(',').next().unwrap()).collect();
    fs::write(bench.path("list.csv"), format!("user_id\n{}\n", everybody.join("\n"))).unwrap();
    let receipt = bench.done(&["erase", "shop.trodden", "list.csv"]);
    let number = receipt.lines().next().unwrap().strip_prefix("Receipt ").unwrap();
    assert!(
        number.len() == 32 && receipt.contains("What left before, once, is marked"),
        "{receipt}"
    );
    fs::remove_file(bench.path("list.csv")).unwrap();
    let after = bench.with_passphrase(&view);
    let said = text(&after.stderr);
    assert!(said.contains("people who asked to be erased are left out"), "{said}");
    assert!(said.contains("everybody in the files is on the erasure list"), "{said}");
    assert!(before.contains("\"count\"") && !text(&after.stdout).contains("\"count\""));
    let history = bench.history();
    let entries = history["entries"].as_array().unwrap();
    let marked: Vec<_> =
        entries.iter().filter(|it| it["before_erasure"] == true).map(|it| &it["what"]).collect();
    assert_eq!(marked, ["exported"]);
    let erased = entries.iter().find(|entry| entry["what"] == "erased").unwrap();
    assert_eq!(erased["details"]["receipt"], number);
    let project = bench.opened();
    let kept = [project.history.text().into_bytes(), project.erased.to_vec()].concat();
    assert!(!project.erased.is_empty());
    for id in everybody {
        assert!(!kept.windows(id.len()).any(|part| part == id.as_bytes()), "an identifier is kept");
        assert!(!receipt.contains(id));
    }
    fs::write(bench.path("empty.csv"), "user_id\n").unwrap();
    let nobody = bench.with_passphrase(&["erase", "shop.trodden", "empty.csv"]);
    assert!(unusable(&nobody).contains("names nobody"));
}

#[test]
fn another_passphrase_opens_a_project_from_now_on_and_the_history_says_so() {
    let bench = Bench::new();
    bench.done(&["view", "--project", "shop.trodden", &fixture()]);
    fs::write(bench.path("new.txt"), "willow brick seven\n").unwrap();
    let change = ["passphrase", "shop.trodden", "--new-passphrase-file", "new.txt"];
    let said = bench.done(&change);
    assert!(said.contains("shop.trodden has a new passphrase"), "{said}");
    let old = bench.with_passphrase(&["history", "shop.trodden"]);
    assert!(unusable(&old).contains("this passphrase does not open"));
    let new = bench.run(&["history", "shop.trodden", "--passphrase-file", "new.txt"]);
    assert_eq!(new.status.code(), Some(0));
    let told = text(&new.stdout);
    assert!(
        told.contains("the chain holds") && told.contains("The passphrase was changed"),
        "{told}"
    );
}

#[test]
fn what_a_release_is_for_stands_in_the_history() {
    let bench = Bench::new();
    let reason = ["--reason", "For the shop team's planning week"];
    let release = ["release", &fixture(), "--project", "shop.trodden", "--out", "a.trodden.zip"];
    bench.done(&[&release[..], &["--formats", "svg"], &reason].concat());
    let history = bench.history();
    let released = history["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(released["details"]["reason"], reason[1]);
}

/// Says that a test did not run, or fails where it has to.
fn without(test: &str, tool: &str) {
    assert!(std::env::var_os("TRODDEN_REQUIRE_TOOLS").is_none(), "{tool} is missing");
    eprintln!("{test} did not run: {tool} is not here");
}

/// Runs a command at a terminal of its own and types the passphrase where it is asked for. Gives what
/// the terminal showed, or nothing where there is no `script` to make a terminal.
fn at_a_terminal(test: &str, folder: &Path, command: &str) -> Option<(String, Option<i32>)> {
    let child = Command::new("script")
        .args(["-qec", command, "/dev/null"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        without(test, "script");
        return None;
    };
    let mut shown = Vec::new();
    let mut stdin = child.stdin.take().unwrap();
    let mut is_typed = false;
    let mut stdout = child.stdout.take().unwrap();
    let mut part = [0; 512];
    while let Ok(read @ 1..) = stdout.read(&mut part) {
        shown.extend_from_slice(&part[..read]);
        if !is_typed && text(&shown).to_lowercase().contains("passphrase: ") {
            is_typed = true;
            // Whoever asks turns the echo off before or just after the question.
            std::thread::sleep(std::time::Duration::from_millis(300));
            stdin.write_all(format!("{PASSPHRASE}\n").as_bytes()).unwrap();
            stdin.flush().unwrap();
        }
    }
    Some((text(&shown), child.wait().unwrap().code()))
}

#[test]
fn the_passphrase_is_asked_for_at_a_terminal_and_not_shown() {
    const NAME: &str = "the_passphrase_is_asked_for_at_a_terminal_and_not_shown";
    let bench = Bench::new();
    bench.done(&["view", &fixture(), "--project", "shop.trodden", "--format", "json"]);
    let command = format!("{} history shop.trodden", env!("CARGO_BIN_EXE_trodden"));
    let Some((shown, code)) = at_a_terminal(NAME, bench.0.path(), &command) else { return };
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("Passphrase: ") && shown.contains("the chain holds"), "{shown}");
    assert!(!shown.contains(PASSPHRASE));
}

#[test]
fn the_stock_age_and_unzip_open_a_project() {
    const NAME: &str = "the_stock_age_and_unzip_open_a_project";
    let bench = Bench::new();
    bench.done(&["view", &fixture(), "--project", "shop.trodden", "--format", "json"]);
    for tool in ["age", "unzip"] {
        if Command::new(tool).arg("--version").stdin(Stdio::null()).output().is_err() {
            without(NAME, tool);
            return;
        }
    }
    let command = "age -d -o shop.zip shop.trodden";
    let Some((shown, code)) = at_a_terminal(NAME, bench.0.path(), command) else { return };
    assert_eq!(code, Some(0), "{shown}");
    let tested =
        Command::new("unzip").args(["-t", "shop.zip"]).current_dir(bench.0.path()).output();
    let tested = tested.unwrap();
    assert!(tested.status.success() && text(&tested.stdout).contains("No errors detected"));
    let mut archive =
        zip::ZipArchive::new(fs::File::open(bench.path("shop.zip")).unwrap()).unwrap();
    let mut part = |name: &str| {
        let mut content = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        // The ledger is bytes; what is looked for in it is text.
        String::from_utf8_lossy(&content).into_owned()
    };
    let document: Value = serde_json::from_str(&part("project.json")).unwrap();
    assert_eq!((&document["format"], &document["setup"]["name"]), (&1.into(), &"shop".into()));
    assert_eq!(document["secret"].as_str().unwrap().len(), 64);
    assert_eq!(part("history.jsonl").lines().count(), 3);
    // No row and no value of the data.
    let all =
        [part("project.json"), part("history.jsonl"), part("ledger"), part("erased")].concat();
    let events = fs::read_to_string(fixture()).unwrap();
    for value in events.lines().skip(1).flat_map(|row| row.split(',').take(2)) {
        assert!(!all.contains(value), "a value of the data is kept");
    }
}
