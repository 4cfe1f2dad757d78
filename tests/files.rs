//! Files as people have them, through the command line and without a flag: what is chosen for the
//! shared data sets, and what is said where a file, a disk or a pipe does not hold.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Rows of somebody's events, with values that must not be told.
const ROWS: &str = "canary-person,Canary Step,2024-03-01T10:00:00Z\n";
const HEADER: &str = "user_id,event,timestamp\n";

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_trodden"));
    program.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").stdin(Stdio::null());
    program
}

fn trodden(args: &[&str]) -> Output {
    program().args(args).output().expect("the program starts")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are UTF-8")
}

/// What was found in a file, and what of it can be used.
fn inspected(path: &Path) -> Value {
    let output = trodden(&["inspect", &path.display().to_string(), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}: {}", path.display(), said(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Exit code 2 and one sentence on standard error that tells no value; nothing on standard output.
fn assert_is_one_sentence(output: &Output, about: &str) -> String {
    let said = said(output);
    assert_eq!(output.status.code(), Some(2), "{about}: {said}");
    assert_eq!(said.lines().count(), 1, "{about}: {said}");
    assert!(said.starts_with("trodden: ") && said.len() < 600, "{about}: {said}");
    assert!(output.stdout.is_empty(), "{about}");
    for value in ["canary", "Canary", "2024-03-01", "panicked", "the program made a mistake"] {
        assert!(!said.contains(value), "{about}: {said}");
    }
    said
}

fn refused(path: &Path) -> String {
    let path = path.display().to_string();
    assert_is_one_sentence(&trodden(&["view", &path, "--k", "5"]), &path)
}

fn write(folder: &tempfile::TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file can be written");
    path
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("memory");
        archive.write_all(bytes).expect("memory");
    }
    archive.finish().expect("memory").into_inner()
}

fn fixture() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop-small.csv").display().to_string()
}

/// What must be chosen for a file: preset, subject, session, event, time, rows that are used.
type Chosen = (&'static str, [Option<&'static str>; 5], u64);

const XES: [Option<&str>; 5] =
    [None, Some("case:concept:name"), None, Some("concept:name"), Some("time:timestamp")];
const SHARED: &[Chosen] = &[
    ("bpic2012/bpic2012.xes.gz", XES, 262_200),
    ("running_example/running-example.xes", XES, 42),
    ("running_example/running-example.csv", XES, 42),
    ("running_example/running-example.parquet", XES, 42),
    (
        "retentioneering_ecom/ecom.csv.gz",
        [None, Some("user_id"), Some("session_id"), Some("event"), Some("timestamp")],
        31_106,
    ),
    (
        "sepsis/sepsis.csv",
        [None, Some("Case ID"), None, Some("Activity"), Some("Complete Timestamp")],
        15_214,
    ),
    (
        "traffic_fines/traffic_fines.csv",
        [None, Some("case_id"), None, Some("activity"), Some("timestamp")],
        34_724,
    ),
    (
        "vendor_amplitude_fivetran/amplitude_event_data.csv",
        [
            Some("amplitude"),
            Some("user_id"),
            Some("session_id"),
            Some("event_type"),
            Some("event_time"),
        ],
        10,
    ),
    (
        "vendor_ga4_public_sample/ga4_public_dataset.csv",
        [Some("ga4"), Some("user_pseudo_id"), None, Some("event_name"), Some("event_date")],
        100,
    ),
    (
        "vendor_mparticle/mparticle.inbound.eventsapi.sample.json",
        [
            Some("mparticle"),
            Some("mpid"),
            Some("events[].data.session_uuid"),
            Some("events[].data.event_name"),
            Some("events[].data.timestamp_unixtime_ms"),
        ],
        14,
    ),
];

/// The event files of the shared data sets, or one line that the test did not run.
fn shared() -> Option<Vec<(String, PathBuf)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets");
    let Ok(sets) = fs::read_dir(&folder) else {
        eprintln!("not run: the shared data sets are not here");
        return None;
    };
    let mut files = Vec::new();
    for set in sets.map(|set| set.expect("readable").path()) {
        let own = set.file_name().expect("named").to_string_lossy().into_owned();
        if ["ugly", "reference"].contains(&own.as_str()) || !set.is_dir() {
            continue;
        }
        for file in fs::read_dir(&set).expect("readable").map(|file| file.expect("readable")) {
            let name = file.file_name().to_string_lossy().into_owned();
            let is_other = name == "SOURCE.txt"
                || name.ends_with("schema.json")
                || name == "amplitude_event_type_data.csv";
            if !is_other {
                files.push((format!("{own}/{name}"), file.path()));
            }
        }
    }
    Some(files)
}

#[test]
fn every_shared_event_file_is_mapped_right_without_a_flag() {
    let Some(files) = shared() else { return };
    for (name, path) in &files {
        let (_, chosen, rows) = SHARED
            .iter()
            .find(|(known, _, _)| known == name)
            .unwrap_or_else(|| panic!("{name} has no line in the table"));
        let found = inspected(path);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let mapping = &found["mapping"];
        let parts = ["subject", "session", "event", "time"].map(|part| text(&mapping[part]));
        let wanted = chosen.map(|part| part.map(str::to_owned));
        assert_eq!(text(&found["preset"]), wanted[0], "{name}");
        assert_eq!(parts, wanted[1..], "{name}");
        assert_eq!(found["questions"], Value::Array(Vec::new()), "{name}");
        assert_eq!(found["quality"]["rows_used"], *rows, "{name}");
        assert_eq!(found["quality"]["refusals"], Value::Array(Vec::new()), "{name}");
        // What is in the largest is compared with its reference elsewhere.
        if *rows < 100_000 {
            let path = path.display().to_string();
            let output = trodden(&["view", &path, "--k", "5", "--format", "json"]);
            assert_eq!(output.status.code(), Some(0), "{name}: {}", said(&output));
        }
    }
    assert_eq!(files.len(), SHARED.len(), "every line of the table has its file");
}

/// How an ugly file ends: refused with these words, or read with so many usable rows, and others for
/// these reasons.
enum End {
    Refused(&'static str),
    Read(u64, &'static [(&'static str, u64)]),
}

const UGLY: &[(&str, End)] = &[
    ("billion_laughs.xes", End::Refused("DTD")),
    ("empty.csv", End::Refused("is empty")),
    ("formula_injection.csv", End::Read(3, &[])),
    ("gz_named_plain.xes", End::Read(42, &[])),
    ("header_only.csv", End::Refused("no event after the header")),
    ("html_saved_as.xes", End::Refused("is a web page")),
    (
        "mixed_timestamps.csv",
        End::Read(7, &[("unreadable_time", 1), ("sentinel_time", 3), ("ambiguous_date", 1)]),
    ),
    ("na_like_ids.csv", End::Read(8, &[("no_subject", 1)])),
    ("ndjson_with_bad_lines.ndjson", End::Read(2, &[("not_json", 2)])),
    ("pii_in_event_names.csv", End::Read(6, &[])),
    ("ragged_rows.csv", End::Read(2, &[("wrong_field_count", 2)])),
    ("semicolon_latin1.csv", End::Read(28, &[])),
    ("shuffled_running_example.csv", End::Read(42, &[])),
    ("ties_same_timestamp.csv", End::Read(60, &[])),
    ("truncated_midtag.xes", End::Refused("complete traces come before it")),
    ("utf8_bom.csv", End::Read(42, &[])),
];

#[test]
fn every_ugly_file_ends_as_its_line_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets/ugly");
    let Ok(expected) = fs::read_to_string(folder.join("EXPECT.tsv")) else {
        eprintln!("not run: the shared data sets are not here");
        return;
    };
    let named = expected.lines().skip(1).filter_map(|line| line.split('\t').next());
    let named: Vec<&str> = named.filter(|name| !name.is_empty()).collect();
    assert_eq!(named, UGLY.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, end) in UGLY {
        let path = folder.join(name);
        match end {
            End::Refused(words) => {
                let said = refused(&path);
                assert!(said.contains(words), "{name}: {said}");
            }
            End::Read(rows, others) => {
                let quality = &inspected(&path)["quality"];
                assert_eq!(quality["rows_used"], *rows, "{name}");
                let refusals = quality["refusals"].as_array().expect("a list");
                let refusals: Vec<(&str, u64)> = refusals
                    .iter()
                    .map(|one| (one["reason"].as_str().unwrap(), one["rows"].as_u64().unwrap()))
                    .collect();
                assert_eq!(refusals, *others, "{name}");
            }
        }
    }
    let accepted = folder.join("truncated_midtag.xes").display().to_string();
    let output = trodden(&["inspect", &accepted, "--json", "--accept-truncated"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(found["quality"]["rows_used"].as_u64().is_some_and(|rows| rows > 0));
    // The order of the rows is nothing where the times say it, and a mark is no part of a name.
    let view = |name: &str| {
        let path = folder.join(name).display().to_string();
        trodden(&["view", &path, "--view", "map", "--k", "5", "--format", "json"]).stdout
    };
    let ordered = view("../running_example/running-example.csv");
    assert!(!ordered.is_empty());
    assert_eq!(view("shuffled_running_example.csv"), ordered);
    assert_eq!(view("utf8_bom.csv"), ordered);
    let personal = inspected(&folder.join("pii_in_event_names.csv"));
    assert!(personal["label_findings"].as_array().is_some_and(|found| found.len() >= 4));
}

#[test]
fn consent_of_an_export_is_read_without_a_flag() {
    let Some(files) = shared() else { return };
    let (_, path) = files.iter().find(|(name, _)| name.contains("mparticle")).expect("listed");
    let found = inspected(path);
    let purposes = found["mapping"]["consent"].as_array().expect("a list");
    let of = |column: &str| purposes.iter().find(|field| field["column"] == column).expect(column);
    // What a state of CCPA says is that somebody opted out.
    let sale = of("consent_state.ccpa.data_sale_opt_out.consented");
    assert_eq!(sale["polarity"], "true_refuses");
    assert_eq!(of("consent_state.gdpr.*.consented")["polarity"], "true_grants");
}

#[test]
fn dates_that_can_be_read_either_way_are_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let mut dates = "user,event,date\n".to_owned();
    for day in 1..=12 {
        // The fifth of May is the same either way, and that is no answer for the others.
        let other = day % 9 + 1;
        writeln!(dates, "u{day},A,0{other}/05/2024 10:00\nu{day},B,05/05/2024 11:00").unwrap();
    }
    let csv = write(&folder, "dates.csv", &dates);
    let line =
        |day: u8| format!("{{\"user\":\"u{day}\",\"event\":\"A\",\"time\":\"4/{day}/2024\"}}");
    let lines: Vec<String> = (1..=12).map(line).collect();
    let json = write(&folder, "dates.ndjson", lines.join("\n"));
    for (path, rows) in [(csv, 24), (json, 12)] {
        let said = refused(&path);
        assert!(said.contains("--date-order day-first or --date-order month-first"), "{said}");
        let path = path.display().to_string();
        for order in ["day-first", "month-first"] {
            let output = trodden(&["inspect", &path, "--json", "--date-order", order]);
            assert_eq!(output.status.code(), Some(0), "{}", self::said(&output));
            let found: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(found["quality"]["rows_used"], rows, "{order}");
        }
    }
}

#[test]
fn a_table_without_names_is_refused_and_not_told() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("time.csv", ROWS.repeat(3)),
        ("one.csv", ROWS.to_owned()),
        ("no-time.csv", "canary-person,Canary Step,x\ncanary-other,Canary Step,y\n".to_owned()),
        ("known.csv", "canary-person,page,2024-03-01\ncanary-other,page,2024-03-02\n".to_owned()),
        ("id.csv", "4711007,Canary Step,x\n".to_owned()),
    ] {
        let path = write(&folder, name, text);
        assert!(refused(&path).contains("values in its first line"), "{name}");
        let path = path.display().to_string();
        for more in [&["inspect", &path][..], &["view", &path, "--subject", "who"]] {
            assert_is_one_sentence(&trodden(more), name);
        }
    }
}

#[test]
fn archives_that_break_off_anywhere_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let row = |row: u64| format!("u{row},Step {row},{}", 1_700_000_000 + row);
    let rows: Vec<String> = (0..500).map(row).collect();
    let text = format!("{HEADER}{}\n", rows.join("\n"));
    let packed = [
        ("a.csv.gz", gzip(text.as_bytes())),
        ("a.csv.zst", zstd::stream::encode_all(text.as_bytes(), 3).unwrap()),
        ("a.zip", zip(&[("a.csv", text.as_bytes())])),
        ("gzips.zip", zip(&[("a.csv.gz", &gzip(text.as_bytes()))])),
    ];
    for (name, bytes) in packed {
        assert!(bytes.len() > 1_000, "{name}");
        for part in [5, 9, 17, 40, 64, 120, bytes.len() / 2, bytes.len() - 1] {
            let path = write(&folder, name, &bytes[..part]);
            let said = refused(&path);
            let is_known = ["breaks off", "damaged", "holds nothing", "neither text"];
            assert!(is_known.iter().any(|words| said.contains(words)), "{name} to {part}: {said}");
        }
    }
}

#[test]
fn bombs_are_refused_before_they_fill_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut blank = HEADER.as_bytes().to_vec();
    blank.resize(70 << 20, b'\n');
    let inner = gzip(&blank);
    let many: Vec<(String, &[u8])> =
        (0..40).map(|at| (format!("{at}.csv.gz"), &inner[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (&name[..], *bytes)).collect();
    for (name, bytes, words) in [
        ("gzips.zip", zip(&many), "inflates"),
        ("zip.zip", zip(&[("a.zip", &zip(&[("a.csv", HEADER.as_bytes())]))]), "another zip"),
        ("zstd.csv", zstd::stream::encode_all(&blank[..], 3).unwrap(), "inflates"),
        (
            "xes.gz",
            gzip(
                &[&b"<log>"[..], &[b"<!--", &[b' '; 4096][..], b"-->"].concat().repeat(17 << 10)]
                    .concat(),
            ),
            "inflates",
        ),
        (
            "window.zst",
            // A frame that says it needs two gigabytes to unpack.
            [&b"\x28\xB5\x2F\xFD\x00"[..], b"\xA8", b"\x01\x00\x00"].concat(),
            "128 MB",
        ),
    ] {
        let path = write(&folder, name, bytes);
        let said = refused(&path);
        assert!(said.contains(words), "{name}: {said}");
    }
}

#[test]
fn declarations_that_expand_are_refused_wherever_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let log = "<log><trace><string key=\"concept:name\" value=\"canary\"/><event>\
        <string key=\"concept:name\" value=\"A\"/></event></trace></log>";
    let dtd = "<!DOCTYPE log [<!ENTITY a \"canary\"><!ENTITY b \"&a;&a;\">]>";
    for (name, text) in [
        ("first.xes", format!("{dtd}{log}")),
        ("later.xes", format!("<?xml version=\"1.0\"?><!-- {} -->\n{dtd}{log}", "-".repeat(3000))),
        ("remote.xes", format!("<!DOCTYPE log SYSTEM \"file:///etc/passwd\">{log}")),
        ("lower.xes", format!("<!doctype log []>{log}")),
    ] {
        let said = refused(&write(&folder, name, text));
        assert!(said.contains("DTD"), "{name}: {said}");
    }
}

#[test]
fn one_line_of_a_hundred_megabytes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(100 << 20);
    for (name, text) in [
        ("a.csv", format!("{HEADER}u1,{long},5\n")),
        ("a.json", format!("[{{\"user_id\":\"{long}\"}}]")),
        (
            "a.ndjson",
            format!("{{\"user\":\"u\",\"event\":\"A\",\"time\":5}}\n{{\"user\":\"{long}\"}}\n"),
        ),
        (
            "a.xes",
            format!(
                "<log><trace><event><string key=\"concept:name\" value=\"{long}\"/></event></trace></log>"
            ),
        ),
        ("text.xes", format!("<log>{long}</log>")),
    ] {
        let path = write(&folder, name, text);
        let said = refused(&path);
        assert!(said.contains("MB"), "{name}: {said}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn nesting_zeros_and_huge_numbers_are_survived() {
    let folder = tempfile::tempdir().unwrap();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let row = "{\"user\":\"u1\",\"event\":\"A\",\"time\":5}\n";
    let huge = "9".repeat(5_000);
    for (name, text) in [
        ("deep.json", deep.clone()),
        ("objects.json", objects.clone()),
        (
            "inside.ndjson",
            format!("{row}{{\"user\":\"u2\",\"event\":\"B\",\"time\":5,\"x\":{deep}}}\n"),
        ),
        ("inside.csv", format!("user,event,time,properties\nu1,A,5,{objects}\n")),
        ("zeros.csv", format!("{HEADER}u1\0,A\0B,5\n")),
        ("zero.json", "{\"user\":\"u\0\",\"event\":\"A\",\"time\":5}\n".repeat(3)),
        ("huge.csv", format!("{HEADER}u1,A,{huge}\nu1,A,1e{huge}\nu1,A,-{huge}\n")),
        ("huge.ndjson", format!("{row}{{\"user\":{huge},\"event\":\"B\",\"time\":{huge}}}\n")),
        (
            "deep.xes",
            format!("<log>{}{}</log>", "<trace>".repeat(50_000), "</trace>".repeat(50_000)),
        ),
    ] {
        let path = write(&folder, name, text).display().to_string();
        for command in ["inspect", "view"] {
            let output = trodden(&[command, &path]);
            let said = said(&output);
            assert!(matches!(output.status.code(), Some(0 | 2)), "{name}: {said}");
            assert!(said.lines().count() <= 1 && said.len() < 600, "{name}: {said}");
            assert!(!said.contains("mistake"), "{name}: {said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("x.csv");
    fs::create_dir(&named).unwrap();
    assert!(refused(&named).contains("folder with no event file"));
    let pipe = folder.path().join("pipe.csv");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    assert!(made.success());
    assert!(refused(&pipe).contains("is not a file"));
    assert!(refused(&folder.path().join("missing.csv")).contains("is not there"));
    assert!(refused(Path::new("/dev/null")).contains("is not a file"));
}

#[cfg(unix)]
#[test]
fn without_permission_nothing_is_read_or_lost() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "a.csv", format!("{HEADER}{ROWS}"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        eprintln!("not run: this user may read everything");
        return;
    }
    assert!(refused(&path).contains("permission is denied"));
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o500)).unwrap();
    let out = locked.join("a.trodden.zip").display().to_string();
    assert_is_one_sentence(&trodden(&["release", &fixture(), "--out", &out]), "locked");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_a_closed_pipe_is_no_error() {
    let view = ["view", &fixture(), "--k", "5", "--format", "json"];
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let output = program().args(view).stdout(full).output().unwrap();
    assert_is_one_sentence(&output, "full");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program().args(view).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), said(&output)), (Some(0), String::new()));
}

#[cfg(unix)]
#[test]
fn a_package_takes_no_other_files_place() {
    let folder = tempfile::tempdir().unwrap();
    let events = write(&folder, "shop.csv", fs::read(fixture()).unwrap());
    let before = fs::read(&events).unwrap();
    let events = events.display().to_string();
    let said = assert_is_one_sentence(&trodden(&["release", &events, "--out", &events]), "itself");
    assert!(said.contains("--out"), "{said}");
    let inside = ["release", &folder.path().display().to_string(), "--out", &events];
    assert_is_one_sentence(&trodden(&inside), "a file of the folder");
    assert_eq!(fs::read(&events).unwrap(), before);
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pipe = pipe.display().to_string();
    for args in [&["release", &events, "--out", &pipe][..], &["sample", "--people", "9", &pipe]] {
        assert!(assert_is_one_sentence(&trodden(args), "a pipe").contains("not a file"));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside them");
}
