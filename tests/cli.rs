//! The program as it is typed: results, exit codes, and what it never says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn trodden(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trodden"))
        .args(args)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the program ends by itself")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("output is UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("messages are UTF-8")
}

/// What a success prints; a failure says why.
fn success(args: &[&str]) -> String {
    let output = trodden(args);
    assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
    stdout(&output).to_owned()
}

/// Exit code 2 and one line, which is given back.
fn unusable(args: &[&str]) -> String {
    let output = trodden(args);
    assert_eq!(code(&output), 2, "{args:?}: {}{}", stdout(&output), stderr(&output));
    let text = stderr(&output);
    assert_eq!(text.lines().count(), 1, "{args:?}: {text}");
    assert!(text.starts_with("trodden: "), "{text}");
    text.to_owned()
}

fn here(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

fn fixture() -> String {
    here("fixtures/shop-small.csv")
}

/// The shared data sets, where they are; otherwise one line that the test did not run.
fn shared(test: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets");
    if !folder.is_dir() {
        eprintln!("{test} did not run: the shared data sets are not here");
        return None;
    }
    Some(folder)
}

fn count(of: &Value) -> u64 {
    of["count"].as_u64().expect("a count is a whole number")
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().expect("text")
}

/// Reads the view as somebody else's program would, and adds it up.
fn assert_is_published(json: &str, k: u64, b: u64) {
    let view: Value = serde_json::from_str(json).expect("JSON");
    let list = |key: &str| view[key].as_array().expect("a list").clone();
    let (nodes, edges, exits) = (list("nodes"), list("edges"), list("exits"));
    assert!(!nodes.is_empty());
    for cell in nodes.iter().chain(&edges).chain(&exits) {
        assert!(count(cell) >= k && count(cell).is_multiple_of(b), "{cell}");
    }
    let mut into: BTreeMap<&str, u64> = BTreeMap::new();
    let mut out: BTreeMap<&str, u64> = BTreeMap::new();
    for edge in &edges {
        *into.entry(text(edge, "to")).or_default() += count(edge);
        *out.entry(text(edge, "from")).or_default() += count(edge);
    }
    for exit in &exits {
        *out.entry(text(exit, "from")).or_default() += count(exit);
    }
    let last = view["spec"]["steps"].as_u64().expect("steps");
    let step = |node: &Value| node["step"].as_i64().expect("a step").unsigned_abs();
    for node in &nodes {
        let id = text(node, "id");
        if step(node) > 1 {
            assert_eq!(into.get(id), Some(&count(node)), "into {id}");
        }
        if step(node) < last {
            assert_eq!(out.get(id), Some(&count(node)), "out of {id}");
        }
    }
    let first: u64 = nodes.iter().filter(|node| step(node) == 1).map(count).sum();
    assert_eq!(view["people"].as_u64(), Some(first));
    assert_eq!((view["k"].as_u64(), view["b"].as_u64()), (Some(k), Some(b)));
}

/// Exit code 0, a view with nobody in it, and one line that says so without a number of people.
fn assert_is_of_nobody(output: &Output, kind: &str) {
    assert_eq!(code(output), 0, "{}", stderr(output));
    let view: Value = serde_json::from_str(stdout(output)).expect("JSON");
    assert_eq!((text(&view, "view"), view["people"].as_u64()), (kind, Some(0)));
    assert!(!stdout(output).contains("\"count\""), "{}", stdout(output));
    assert_eq!(stderr(output).lines().count(), 1, "{}", stderr(output));
    assert!(stderr(output).starts_with("trodden: fewer than "), "{}", stderr(output));
}

#[test]
fn a_question_about_too_few_people_gives_an_empty_view_and_no_package() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("nobody.trodden.zip").display().to_string();
    let fixture = fixture();
    let kinds: [(&str, &[&str]); 6] = [
        ("flow", &[]),
        ("map", &["--times"]),
        ("paths", &["--start", "cart"]),
        ("funnel", &["--funnel", "home,cart"]),
        ("timing", &["--timing", "home,cart"]),
        ("trend", &[]),
    ];
    for (kind, more) in kinds {
        // Before the data begin there is nobody.
        let nobody = [&["--view", kind, "--to", "1999-12-31"], more].concat();
        let view = [&["view", &fixture], &nobody[..]].concat();
        assert_is_of_nobody(&trodden(&[&view[..], &["--format", "json"]].concat()), kind);
        for format in ["table", "csv", "svg"] {
            let output = trodden(&[&view[..], &["--format", format]].concat());
            assert_eq!(code(&output), 0, "{kind} {format}: {}", stderr(&output));
            assert!(!stdout(&output).is_empty(), "{kind} {format}");
        }
        let release = [&["release", &fixture, "--out", &out], &nobody[..]].concat();
        let output = trodden(&release);
        assert_eq!(code(&output), 1, "{kind}: {}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1);
        assert!(!Path::new(&out).exists());
    }
}

#[test]
fn the_fixture_goes_from_file_to_a_verified_package() {
    let folder = tempfile::tempdir().unwrap();
    let package = |name: &str| folder.path().join(name).display().to_string();
    let (one, two) = (package("one.trodden.zip"), package("two.trodden.zip"));
    assert_is_published(&success(&["view", &fixture(), "--k", "5", "--format", "json"]), 5, 5);
    for out in [&one, &two] {
        let said = success(&["release", &fixture(), "--k", "5", "--out", out]);
        assert!(said.contains("is written"), "{said}");
    }
    let bytes = std::fs::read(&one).unwrap();
    assert!(bytes == std::fs::read(&two).unwrap(), "the same inputs give the same bytes");
    let together = success(&["verify", &one, &two]);
    assert!(together.contains("the packages together: every check passed"), "{together}");
    assert!(together.contains("may be about different people"), "{together}");
    let told: Value = serde_json::from_str(&success(&["verify", &one, "--json"])).unwrap();
    assert_eq!(told[0]["passed"], true);

    let mut damaged = bytes.clone();
    let at = damaged.len() / 2;
    damaged[at] ^= 1;
    std::fs::write(&two, damaged).unwrap();
    let output = trodden(&["verify", &two]);
    assert_eq!(code(&output), 1, "{}", stdout(&output));
    assert!(stdout(&output).contains("FAILED"));
    std::fs::write(&two, &bytes[..bytes.len() / 2]).unwrap();
    unusable(&["verify", &one, &two]);
}

#[test]
fn every_format_of_a_view_is_printed() {
    let view = |format: &str| success(&["view", &fixture(), "--k", "5", "--format", format]);
    assert!(view("table").starts_with("Flow of "));
    assert!(view("csv").starts_with("kind,step,label,from,to,count\r\n"));
    assert!(view("svg").starts_with("<svg"));
    assert_is_published(&view("json"), 5, 5);
}

#[test]
fn a_view_can_be_asked_backwards_and_at_a_label() {
    let json =
        success(&["view", &fixture(), "--anchor", "end", "--steps", "4", "--format", "json"]);
    assert_is_published(&json, 10, 5);
    assert!(json.contains("\"step\": -1"));
    let json = success(&["view", &fixture(), "--start", "cart", "--k", "5", "--format", "json"]);
    assert_is_published(&json, 5, 5);
    assert!(json.contains("\"anchor_label\": \"cart\""));
}

#[test]
fn timings_are_one_object_on_standard_error() {
    let output = trodden(&["view", &fixture(), "--k", "5", "--timings"]);
    let last = stderr(&output).lines().last().expect("a line");
    let timings: Value = serde_json::from_str(last).expect("JSON");
    assert!(
        timings["disclose_secs"].as_f64().is_some() && timings["total_secs"].as_f64().is_some()
    );
}

#[test]
fn a_spec_file_says_what_would_be_typed() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("spec.toml");
    let text = "[policy]\nk = 20\n[[view]]\nview = \"flow\"\nname = \"shop\"\nsteps = 3\n";
    std::fs::write(&spec, text).unwrap();
    let out = folder.path().join("shop.trodden.zip").display().to_string();
    let spec = spec.display().to_string();
    success(&["release", &fixture(), "--spec", &spec, "--formats", "json", "--out", &out]);
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&out).unwrap()).unwrap();
    // Numbers, manifest, statement, audit, the list for output checkers, and three checksums.
    assert_eq!(archive.len(), 8);
    let view = std::io::read_to_string(archive.by_name("views/shop.json").unwrap()).unwrap();
    assert_is_published(&view, 20, 10);
}

#[test]
fn the_sample_does_its_whole_job_without_a_display() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trodden"))
        .arg("--sample")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(stderr(&output), "", "its rules leave no label that looks personal");
    let package = folder.path().join("trodden-sample.trodden.zip");
    assert!(stdout(&output).contains("trodden-sample.trodden.zip"));
    success(&["verify", &package.display().to_string()]);
}

#[test]
fn the_sample_is_the_same_as_csv_and_as_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let view = |name: &str| {
        let path = folder.path().join(name).display().to_string();
        success(&["sample", "--people", "400", "--seed", "3", &path]);
        success(&["view", &path, "--format", "json"])
    };
    assert_eq!(view("shop.csv"), view("shop.parquet"));
}

#[test]
fn a_label_that_nobody_has_is_answered_like_one_of_few() {
    let fixture = fixture();
    for asked in [&["--start", "no such step"] as &[&str], &["--did", "no such step"]] {
        let output = trodden(&[&["view", fixture.as_str()], asked].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert!(stderr(&output).contains("or nobody has"), "{}", stderr(&output));
    }
}

#[test]
fn wrong_use_ends_with_2_and_one_line() {
    let fixture = fixture();
    let cases: [&[&str]; 14] = [
        &["view", &fixture, "--where", "no such column=x"],
        &["view", &fixture, "--steps", "0"],
        &["view", &fixture, "--k", "10", "--round", "3"],
        &["view", &fixture, "--k", "20", "--round", "5"],
        &["view", &fixture, "--view", "map", "--round", "1"],
        &["view"],
        &["view", "nowhere.csv"],
        &["view", &fixture, "--k", "3"],
        &["view", &fixture, "--subject", "no such column"],
        &["view", &fixture, "--nonsense"],
        &["view", &fixture, "--timezone", "Mars/Olympus"],
        &["release", &fixture, "--out", "/nowhere/at/all.zip"],
        &["verify", "nowhere.zip"],
        &["verify", &fixture],
    ];
    for args in cases {
        unusable(args);
    }
}

#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trodden"))
        .args(["view", &fixture(), "--k", "5", "--format", "svg"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0);
    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
}

#[test]
fn real_logs_go_from_file_to_a_verified_package() {
    let Some(data) = shared("real_logs_go_from_file_to_a_verified_package") else { return };
    let folder = tempfile::tempdir().unwrap();
    let files = [
        "bpic2012/bpic2012.xes.gz",
        "sepsis/sepsis.csv",
        "traffic_fines/traffic_fines.csv",
        "retentioneering_ecom/ecom.csv.gz",
        "running_example/running-example.csv",
        "running_example/running-example.parquet",
        "running_example/running-example.xes",
    ];
    for file in files {
        let path = data.join(file).display().to_string();
        assert_is_published(&success(&["view", &path, "--k", "5", "--format", "json"]), 5, 5);
        let out = folder.path().join("log.trodden.zip").display().to_string();
        success(&["release", &path, "--k", "5", "--out", &out]);
        success(&["verify", &out]);
    }
}

#[test]
fn csv_parquet_and_xes_give_the_same_answer() {
    let Some(data) = shared("csv_parquet_and_xes_give_the_same_answer") else { return };
    let view = |file: &str| {
        let path = data.join("running_example").join(file).display().to_string();
        success(&["view", &path, "--k", "5", "--format", "json"])
    };
    let csv = view("running-example.csv");
    assert_eq!(csv, view("running-example.parquet"));
    assert_eq!(csv, view("running-example.xes"));
}

/// Texts of a CSV file below its header that would tell something if they were printed.
fn values(file: &Path) -> Vec<String> {
    if file.extension().is_none_or(|end| end != "csv") {
        return Vec::new();
    }
    let bytes = std::fs::read(file).expect("the file is there");
    let text = String::from_utf8_lossy(&bytes);
    let rows = text.lines().skip(1);
    let fields = rows.flat_map(|row| row.split([',', ';', '"']));
    fields.filter(|field| field.len() >= 5).map(str::to_owned).collect()
}

#[test]
fn ugly_files_end_as_expected_and_never_tell_a_value() {
    let Some(data) = shared("ugly_files_end_as_expected_and_never_tell_a_value") else { return };
    // Nothing that can be read.
    let refused = [
        "billion_laughs.xes",
        "empty.csv",
        "header_only.csv",
        "html_saved_as.xes",
        "truncated_midtag.xes",
    ];
    // Fewer than five people: an empty view and one line.
    let too_few = [
        "formula_injection.csv",
        "mixed_timestamps.csv",
        "ndjson_with_bad_lines.ndjson",
        "ragged_rows.csv",
    ];
    let mut seen = 0;
    for entry in std::fs::read_dir(data.join("ugly")).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if name == "EXPECT.tsv" {
            continue;
        }
        seen += 1;
        let path = file.display().to_string();
        if refused.contains(&name.as_str()) {
            let said = unusable(&["view", &path, "--k", "5"]);
            for value in values(&file) {
                assert!(!said.contains(&value), "{name}: {said}");
            }
        } else if too_few.contains(&name.as_str()) {
            let output = trodden(&["view", &path, "--k", "5", "--format", "json"]);
            assert_is_of_nobody(&output, "flow");
            for value in values(&file) {
                assert!(!stdout(&output).contains(&value), "{name}: {value}");
                assert!(!stderr(&output).contains(&value), "{name}: {value}");
            }
        } else {
            assert_is_published(&success(&["view", &path, "--k", "5", "--format", "json"]), 5, 5);
        }
        for args in [&["inspect", &path][..], &["inspect", &path, "--json"]] {
            let output = trodden(args);
            let said = format!("{}{}", stdout(&output), stderr(&output));
            assert!([0, 2].contains(&code(&output)), "{name}: {said}");
            assert!(!said.contains("panicked"), "{name}: {said}");
            for value in values(&file) {
                assert!(!said.contains(&value), "{name}: {value} in {said}");
            }
        }
    }
    assert!(seen >= refused.len() + too_few.len());
}

#[test]
fn labels_that_look_personal_are_drawn_as_other_and_told_as_shapes() {
    let Some(data) = shared("labels_that_look_personal_are_drawn_as_other") else { return };
    let path = data.join("ugly/pii_in_event_names.csv").display().to_string();
    let output = trodden(&["view", &path, "--k", "5", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("--accept-label"), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1);
    for secret in ["jane.doe", "9f8e7d6c5b4a", "1234567", "4711", "4111111111111111"] {
        assert!(!stdout(&output).contains(secret) && !stderr(&output).contains(secret), "{secret}");
    }
}

#[test]
fn a_board_goes_into_a_presenter_file_and_out_on_paper() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (package, show, board) = (at("a.trodden.zip"), at("a.trodden-show.zip"), at("board.json"));
    success(&["release", &fixture(), "--out", &package, "--formats", "csv"]);
    std::fs::copy(here("fixtures/corpus/board/small.json"), &board).unwrap();
    let said = success(&["present", &package, "--board", &board, "--out", &show]);
    assert!(said.contains("shows 1 board and 2 slides"), "{said}");
    let verified = success(&["verify", &show]);
    assert!(verified.contains("every check passed"), "{verified}");
    assert!(verified.contains("1 board with 2 cards (0 pictures), and 2 slides"), "{verified}");
    assert!(verified.contains("typed by people, and nobody checked them"), "{verified}");
    for (name, options, begins) in [
        ("b.pdf", vec![], "%PDF-1."),
        ("page.pdf", vec!["--paper", "letter"], "%PDF-1."),
        ("wall.pdf", vec!["--tiled", "--paper", "a3"], "%PDF-1."),
        ("cards.pdf", vec!["--cards", "--portrait"], "%PDF-1."),
        ("vote.pdf", vec!["--voting"], "%PDF-1."),
        ("todo.pdf", vec!["--actions"], "%PDF-1."),
        ("b.svg", vec!["--dark"], "<svg "),
        ("b.mmd", vec![], "journey\n"),
        ("b.csv", vec![], "stage,lane,card,text"),
        ("b.json", vec![], "{\n  \"format\": 1"),
    ] {
        let out = at(name);
        let mut args = vec!["board", &show, "--out", &out];
        args.extend(options);
        success(&args);
        let bytes = std::fs::read(&out).unwrap();
        assert!(bytes.starts_with(begins.as_bytes()), "{name}");
    }
    success(&["board", &show, "--out", &at("b.png")]);
    // What is looked up is there with the package, and has no answer without it.
    let (alone, with) = (at("alone.svg"), at("with.svg"));
    success(&["board", &board, "--out", &alone]);
    success(&["board", &board, "--out", &with, "--package", &package]);
    let text = |path: &str| std::fs::read_to_string(path).unwrap();
    assert!(text(&alone).contains("guess first") && text(&with).contains("guess first"));
    // A journey becomes a board, and the board the same journey.
    let (journey, again) = (here("fixtures/corpus/journey/day.mmd"), at("again.mmd"));
    let from_journey = at("journey.json");
    success(&["board", &journey, "--out", &from_journey]);
    success(&["board", &from_journey, "--out", &again]);
    assert!(text(&again).contains("    Make tea: 5: Me\n"), "{}", text(&again));
    success(&["present", &package, "--board", &journey, "--out", &show]);
    success(&["verify", &show]);
}

#[test]
fn a_board_that_cannot_be_used_ends_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let package = at("a.trodden.zip");
    success(&["release", &fixture(), "--out", &package, "--formats", "json"]);
    let corpus = |name: &str| here(&format!("fixtures/corpus/{name}"));
    let (out, svg) = (at("x.trodden-show.zip"), at("x.svg"));
    let present = |board: &str| unusable(&["present", &package, "--board", board, "--out", &out]);
    assert!(present(&corpus("journey/broken.mmd")).contains("Line 3: a score"));
    assert!(present(&corpus("journey/other.mmd")).contains("Line 1: a Mermaid journey begins"));
    assert!(present(&corpus("board/newer.json")).contains("newer version"));
    assert!(present(&corpus("board/cycle.json")).contains("damaged"));
    assert!(present(&package).contains("package without a board"));
    let board = corpus("board/small.json");
    for (options, expected) in [
        (vec!["--out", "x.docx"], "pdf, svg, png, mmd, csv and json"),
        (vec!["--out", &svg, "--cards"], "paper is for PDF alone"),
        (vec!["--out", &svg, "--number", "2"], "choose --number 1 to 1"),
        (vec!["--out", "x.csv", "--dark"], "--dark is for pictures"),
        (vec!["--out", "x.pdf", "--cards", "--voting"], "cannot be used with"),
    ] {
        let mut args = vec!["board", &board];
        args.extend(options);
        let said = unusable(&args);
        assert!(said.contains(expected), "{said}");
    }
    // A board of other views is refused by the checks, not by its form.
    let other = std::fs::read_to_string(&board).unwrap().replace("\"flow\"", "\"gone\"");
    std::fs::write(at("other.json"), other).unwrap();
    let refused = trodden(&["present", &package, "--board", &at("other.json"), "--out", &out]);
    assert_eq!(code(&refused), 1);
    assert!(stderr(&refused).contains("none of the package") && !Path::new(&out).exists());
}
