//! What an export must never carry, row by row of the design's table of that name. Each row has a
//! test here; where the same is shown closer to the code, that is named too.
//!
//! | channel | here | and |
//! |---|---|---|
//! | geometry, colour scale, order, layout | `geometry_order_and_layout_come_from_published_values_only` | `tests/differential.rs`, `src/draw/bars/tests.rs` |
//! | percentages | `percentages_are_whole_and_of_rounded_counts` | |
//! | figures from exact counts | `figures_from_exact_counts_leave_in_bands_or_as_some_and_none` | |
//! | names and rules in spec and statement | `names_and_rules_are_told_only_where_they_are_harmless` | `src/release/facts.rs` |
//! | thresholds tried | `thresholds_tried_are_the_listed_ones` | `src/views/policy.rs` |
//! | "why is this not here?" | `why_something_is_not_here_has_one_answer` | |
//! | tooltips, titles, ids, comments, metadata, spec, manifest | `titles_ids_comments_and_metadata_hold_published_values_only` | `src/draw/png.rs`, `src/release/parquet.rs` |
//! | labels | `labels_are_harmless_or_accepted_and_have_k_people` | `src/vault/protect/` |
//! | spreadsheet cells | `spreadsheet_cells_do_not_begin_like_formulas` | `src/release/csv.rs` |
//! | fingerprints | `fingerprints_of_data_or_ids_are_in_no_file` | `tests/differential.rs` |
//! | archive | `archive_has_fixed_times_fixed_order_and_no_extra_fields` | `src/release/tests.rs` |
//! | logs, panics, crash text, temp files, settings | `logs_errors_and_temporary_files_hold_no_value` | `tests/cli.rs`, `tests/ui/`, `src/cli/tests.rs` |
//! | clipboard | `the_clipboard_is_written_in_one_place` | |

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};

use polars_io::SerReader as _;
use sha2::{Digest, Sha256};
use trodden::release::{self, Contents, Facts, Formats};
use trodden::vault::{Key, Vault};
use trodden::views::{
    Acceptance, Disclosed, ImportPlan, Kind, Options, Policy, PolicyError, Progress, Rules, Spec,
    View,
};

/// Everything that a package can have.
const EVERY_FORM: Formats = Formats {
    tables: true,
    parquet: true,
    mermaid: true,
    graphml: true,
    dot: true,
    svg: true,
    png: true,
    pdf: true,
    page: true,
};

fn is_a(name: &str, end: &str) -> bool {
    Path::new(name).extension().is_some_and(|known| known == end)
}

/// People on a path.
type Walked<'a> = (&'a [&'a str], usize);

const SHOP: [Walked<'static>; 6] = [
    (&["Home", "Search", "Product", "Buy"], 53),
    (&["Home", "Search", "Home"], 37),
    (&["Home", "Product"], 28),
    (&["Search", "=1+1", "Buy"], 31),
    (&["Home", "mail anna@example.org", "Buy"], 44),
    (&["Product", "Search", "Unheard-of"], 3),
];

/// One event a minute; `refused` rows have no time.
fn csv(walked: &[Walked<'_>], refused: usize) -> String {
    let mut csv = "user,event,time,anna@example.org,country\n".to_owned();
    let mut user = 0;
    for (path, people) in walked {
        for _ in 0..*people {
            let country = if user % 2 == 0 { "DE" } else { "AT" };
            for (minute, step) in path.iter().enumerate() {
                let time = format!("2026-03-01T10:{minute:02}:00Z");
                writeln!(csv, "person-{user:04},{step},{time},x,{country}").expect("a string");
            }
            user += 1;
        }
    }
    for row in 0..refused {
        writeln!(csv, "person-{row:04},Home,never,x,DE").expect("a string");
    }
    csv
}

fn specs() -> Vec<Spec> {
    let flow = Options { steps: Some(4), hide: vec!["Nothing".to_owned()], ..Options::default() };
    let paths = Options { view: Some(Kind::Paths), steps: Some(3), ..Options::default() };
    [flow, paths].map(|options| options.into_spec().expect("a question")).to_vec()
}

struct Exported {
    /// Where the data lay.
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
    files: BTreeMap<String, Vec<u8>>,
    views: Vec<View>,
}

impl Exported {
    fn of(csv: &str, specs: &[Spec], rules: &Rules) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("events.csv");
        fs::write(&path, csv).expect("written");
        let plan = ImportPlan { files: vec![path], ..ImportPlan::default() };
        let inspection = Vault::inspect(&plan).expect("events");
        let vault = Vault::import(&plan, &Progress::default()).expect("events");
        let vault = vault.with_key(Key::from_bytes([7; 32]));
        let policy = Policy::default();
        let disclosed = vault.disclose(specs, rules, policy, &Progress::default()).expect("enough");
        let findings = vault.label_findings(rules);
        let hide: Vec<String> = specs.iter().flat_map(|spec| spec.hide.clone()).collect();
        let facts = Facts::of(&inspection.mapping, vault.quality(), rules, &hide, &findings);
        let views: Vec<&Disclosed<View>> = disclosed.iter().map(|one| &one.view).collect();
        let formats = Formats { png: false, ..EVERY_FORM };
        let (source, history) = (None, None);
        let own = views.clone();
        let package =
            release::write(&Contents { views: own, policy, facts, formats, source, history });
        let bytes = package.expect("publishable").bytes;
        let mut archive =
            zip::ZipArchive::new(std::io::Cursor::new(bytes.clone())).expect("an archive");
        let mut files = BTreeMap::new();
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).expect("a file");
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("content");
            files.insert(file.name().expect("a name").into_owned(), content);
        }
        let views = views.into_iter().map(|view| view.view().clone()).collect();
        Self { folder, bytes, files, views }
    }

    fn shop() -> Self {
        Self::of(&csv(&SHOP, 4), &specs(), &Rules::default())
    }

    fn text(&self, name: &str) -> &str {
        std::str::from_utf8(&self.files[name]).expect("text")
    }

    /// Which files hold these words, in whatever case.
    fn holding(&self, words: &str) -> Vec<&str> {
        let words = words.to_lowercase();
        let holds =
            |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).to_lowercase().contains(&words);
        let files = self.files.iter().filter(|(name, bytes)| name.contains(&words) || holds(bytes));
        files.map(|(name, _)| name.as_str()).collect()
    }
}

/// The other data sets of somebody more here and somebody less there whose published views are the
/// same.
fn neighbours_with_the_same_views(of: &Exported) -> Vec<Exported> {
    let mut same = Vec::new();
    for more in 0..4 {
        for fewer in 0..4 {
            let mut walked = SHOP;
            walked[more].1 += 1;
            if more != fewer {
                walked[fewer].1 -= 1;
            }
            let other = Exported::of(&csv(&walked, 9), &specs(), &Rules::default());
            if other.views == of.views {
                same.push(other);
            }
        }
    }
    assert!(!same.is_empty(), "no other data set has the same published views");
    same
}

#[test]
fn geometry_order_and_layout_come_from_published_values_only() {
    let shop = Exported::shop();
    for other in neighbours_with_the_same_views(&shop) {
        for (name, bytes) in &shop.files {
            assert!(other.files[name] == *bytes, "{name}");
        }
        // So nothing in it can be a fingerprint of the data.
        assert!(other.bytes == shop.bytes);
    }
}

/// Numbers that stand before a percent sign.
fn percents(text: &str) -> Vec<&str> {
    let ends = text.match_indices('%').map(|(at, _)| text[..at].trim_end());
    ends.filter_map(|before| before.rsplit([' ', '>', '\n', '(']).next()).collect()
}

#[test]
fn percentages_are_whole_and_of_rounded_counts() {
    let shop = Exported::shop();
    let page = shop.text("report.html");
    let body = page.split("</style>").nth(1).expect("a body");
    let shown = percents(body);
    assert!(shown.len() > 10, "{shown:?}");
    for share in shown {
        assert!(share.parse::<u8>().is_ok_and(|share| share <= 100), "{share}");
    }
    // Each share of a path is that of its published count among everybody's published number.
    let View::Paths(paths) = &shop.views[1] else { panic!("paths were asked second") };
    for path in &paths.paths {
        let share = (path.count as f64 * 100.0 / paths.people as f64).round();
        assert!(body.contains(&format!("{share:.0}\u{202F}%")), "{share}");
    }
}

#[test]
fn figures_from_exact_counts_leave_in_bands_or_as_some_and_none() {
    let shop = Exported::shop();
    for view in &shop.views {
        let [low, high] = view.head().by_name_band;
        assert!(low.is_multiple_of(5) && high == low + 5, "{low} to {high}");
    }
    let manifest: serde_json::Value =
        serde_json::from_str(shop.text("manifest.json")).expect("JSON");
    let import = manifest["import"].as_object().expect("what is told of the import");
    assert!(import.values().all(|told| !told.is_number()), "{import:?}");
    assert_eq!(import["refused"], "some");
    // Rows read and refused are nowhere, nor how many people there are.
    let rows = csv(&SHOP, 4).lines().count() - 1;
    for exact in [rows.to_string(), (rows - 4).to_string(), "196".to_owned()] {
        let numbers = |text: &str| {
            let plain = text.replace('\u{202F}', "");
            plain.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == exact)
        };
        for name in ["statement.md", "manifest.json", "audit.json", "tables/flow.csv"] {
            assert!(!numbers(shop.text(name)), "{exact} in {name}");
        }
    }
}

#[test]
fn names_and_rules_are_told_only_where_they_are_harmless() {
    let rules = Rules::of_pairs(&[("Unheard*", Some("Rare things")), ("Never seen", None)]);
    let rules = Rules { forbidden: vec!["Forbidden fruit".to_owned()], ..rules };
    let shop = Exported::of(&csv(&SHOP, 0), &specs(), &rules);
    for name in ["Unheard", "Rare things", "Never seen", "Nothing\"", "Forbidden", "anna@"] {
        assert_eq!(shop.holding(name), [] as [&str; 0], "{name}");
    }
    assert!(shop.text("views/flow.json").contains("\"a rule\""));
    assert!(shop.text("statement.md").contains("Rules hid some steps"));
}

#[test]
fn thresholds_tried_are_the_listed_ones() {
    for k in 0..=200 {
        let is_listed = Policy::LISTED.iter().any(|(listed, _)| *listed == k);
        assert_eq!(Policy::new(k, None).is_ok(), is_listed, "{k}");
    }
    assert_eq!(Policy::new(17, Some(17)), Err(PolicyError::Threshold(17)));
}

/// The program, with every folder it could write to in one place.
fn trodden(home: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trodden"));
    for folder in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"] {
        command.env(folder, home);
    }
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").current_dir(home);
    command.args(args).output().expect("the program starts")
}

#[test]
fn why_something_is_not_here_has_one_answer() {
    let (home, data) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("one"));
    let path = data.path().join("events.csv");
    fs::write(&path, csv(&SHOP, 0)).expect("written");
    let path = path.display().to_string();
    let asked = |more: &[&str]| {
        let args = [&["view", &path, "--format", "json"][..], more].concat();
        let output = trodden(home.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{more:?}");
        (output.stdout, output.stderr)
    };
    // Three people do it, and nobody does it who does not do it.
    let (few, said_of_few) = asked(&["--did", "Unheard-of"]);
    let (none, said_of_none) = asked(&["--did", "Unheard-of", "--did-not", "Unheard-of"]);
    assert_eq!(said_of_few, said_of_none);
    let people = |json: &[u8]| {
        let view: serde_json::Value = serde_json::from_slice(json).expect("JSON");
        (view["people"].clone(), view["nodes"].clone(), view["by_name_band"].clone())
    };
    assert_eq!(people(&few), people(&none));
    assert_eq!(people(&few).0, 0);
}

const GRAPH_KEYS: [&str; 9] =
    ["part", "label", "kind", "step", "count", "starts", "ends", "moves", "median"];

#[test]
fn titles_ids_comments_and_metadata_hold_published_values_only() {
    let shop = Exported::shop();
    let folder = shop.folder.path().display().to_string();
    let last = folder.rsplit(['/', '\\']).next().expect("a name").to_owned();
    let mut secrets =
        vec![folder, last, "events.csv".to_owned(), "person-0".to_owned(), "Unheard-of".to_owned()];
    secrets.extend(["2026".to_owned(), "10:00".to_owned(), "anna".to_owned()]);
    let user = std::env::var("USER").ok().filter(|user| user.len() > 4);
    let host = fs::read_to_string("/etc/hostname").map(|host| host.trim().to_owned()).ok();
    secrets.extend(user.into_iter().chain(host.filter(|host| host.len() > 4)));
    for secret in secrets {
        assert_eq!(shop.holding(&secret), [] as [&str; 0], "{secret}");
    }
    for (name, bytes) in &shop.files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("<!--") && !text.contains("<metadata"), "{name}");
        // Gradients, and nodes of a graph by their number, are the only things that have a name of
        // their own.
        for id in text.split(" id=\"").skip(1) {
            let id = id.split('"').next().expect("an end");
            let is_node =
                id.trim_start_matches(['n', 'g']).split('-').all(|at| at.parse::<u32>().is_ok());
            let is_key = is_a(name, "graphml") && GRAPH_KEYS.contains(&id);
            assert!(id.starts_with("fade-") || is_node || is_key, "{name}: {id}");
        }
        assert!(!text.contains("data-"), "{name}");
    }
}

#[test]
fn labels_are_harmless_or_accepted_and_have_k_people() {
    let shop = Exported::shop();
    assert_eq!(shop.holding("Unheard-of"), [] as [&str; 0], "three people took it");
    assert_eq!(shop.holding("anna@example.org"), [] as [&str; 0], "it is an address");
    let accepted = Acceptance {
        label: "mail anna@example.org".to_owned(),
        reason: "an address of the shop".to_owned(),
    };
    let rules = Rules { accepted: vec![accepted.clone()], ..Rules::default() };
    let shop = Exported::of(&csv(&SHOP, 0), &specs(), &rules);
    assert!(shop.holding("anna@example.org").contains(&"views/flow.json"));
    assert_eq!(shop.holding(&accepted.reason), [] as [&str; 0]);
    // What a policy forbids nobody can accept.
    let rules = Rules { forbidden: vec!["mail *".to_owned(), "Buy".to_owned()], ..rules };
    let shop = Exported::of(&csv(&SHOP, 0), &specs(), &rules);
    for label in ["anna@example.org", "Buy"] {
        assert_eq!(shop.holding(label), [] as [&str; 0], "{label}");
    }
}

#[test]
fn spreadsheet_cells_do_not_begin_like_formulas() {
    let shop = Exported::shop();
    let mut seen = false;
    for (name, bytes) in shop.files.iter().filter(|(name, _)| is_a(name, "csv")) {
        for line in String::from_utf8_lossy(bytes).lines() {
            for cell in line.split(',') {
                seen |= cell == "'=1+1";
                assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{name}: {cell}");
                let is_number = cell.parse::<i64>().is_ok();
                assert!(!cell.starts_with('-') || is_number, "{name}: {cell}");
            }
        }
    }
    assert!(seen, "the label is shown");
    // A spreadsheet opens Parquet as well, and takes its texts for what they look like.
    for (name, bytes) in shop.files.iter().filter(|(name, _)| is_a(name, "parquet")) {
        let reader = polars_io::parquet::read::ParquetReader::new(std::io::Cursor::new(bytes));
        let frame = reader.finish().expect("a table");
        for column in frame.columns().iter().filter_map(|column| column.str().ok()) {
            for cell in column.iter().flatten() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: {cell}");
            }
        }
    }
}

#[test]
fn fingerprints_of_data_or_ids_are_in_no_file() {
    let data = csv(&SHOP, 4);
    let shop = Exported::shop();
    for text in [data.as_str(), "person-0000", "person-0001", "person-0195"] {
        let sha = Sha256::digest(text.as_bytes());
        let mut hex = String::new();
        for byte in sha {
            write!(hex, "{byte:02x}").expect("a string");
        }
        let blake = blake3::hash(text.as_bytes()).to_hex().to_string();
        for hash in [&hex[..16], &blake[..16]] {
            assert_eq!(shop.holding(hash), [] as [&str; 0], "{text:.12}");
        }
    }
    // Hashes are those of the files that are in the package, and of the manifest itself.
    let manifest: serde_json::Value =
        serde_json::from_str(shop.text("manifest.json")).expect("JSON");
    let hashes = shop.text("manifest.json").matches("\"sha256\"").count();
    assert_eq!(hashes, 1 + manifest["files"].as_array().expect("a list").len());
    for (name, sum) in shop.files.iter().filter(|(name, _)| name.starts_with("checksums/")) {
        let of = name.trim_start_matches("checksums/").trim_end_matches(".txt");
        let listed = manifest["files"].as_array().expect("a list").iter();
        let mut listed = listed.filter(|file| file["name"] == of);
        let hash = listed.next().expect("a file of the package")["sha256"].as_str();
        assert_eq!(hash.map(str::as_bytes), Some(sum.as_slice()), "{name}");
    }
}

#[test]
fn archive_has_fixed_times_fixed_order_and_no_extra_fields() {
    let shop = Exported::shop();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&shop.bytes)).expect("an archive");
    assert!(archive.comment().is_empty());
    let mut names = Vec::new();
    for at in 0..archive.len() {
        let file = archive.by_index(at).expect("a file");
        let time = file.last_modified().expect("a time");
        assert_eq!((time.year(), time.month(), time.day(), time.hour()), (1980, 1, 1, 0));
        assert!(file.extra_data().is_none_or(|extra| extra.is_empty()));
        assert!(file.comment().is_empty());
        names.push(file.name().expect("a name").into_owned());
    }
    let of_view = |name: &str| {
        [
            ("views", "json"),
            ("tables", "csv"),
            ("tables", "parquet"),
            ("tables", "mmd"),
            ("tables", "graphml"),
            ("tables", "dot"),
            ("pictures", "svg"),
            ("pictures", "pdf"),
        ]
        .map(|(folder, end)| format!("{folder}/{name}.{end}"))
    };
    let mut own: Vec<String> = of_view("flow").into_iter().chain(of_view("paths")).collect();
    own.retain(|name| name != "tables/paths.graphml" && name != "tables/paths.dot");
    own.extend(["report.html", "statement.md", "audit.json"].map(str::to_owned));
    let sums: Vec<String> = own.iter().map(|name| format!("checksums/{name}.txt")).collect();
    let mut expected = vec!["manifest.json".to_owned()];
    expected.append(&mut own);
    expected.push("results.json".to_owned());
    expected.extend(sums);
    assert_eq!(names, expected);
}

#[test]
fn logs_errors_and_temporary_files_hold_no_value() {
    let (home, data) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("one"));
    let path = data.path().join("events.csv");
    fs::write(&path, csv(&SHOP, 4)).expect("written");
    let path = path.display().to_string();
    let out = data.path().join("out.trodden.zip").display().to_string();
    for (args, code) in [
        (&["view", &path, "--timings"] as &[&str], 0),
        (&["inspect", &path], 0),
        (&["release", &path, "--formats", "csv", "--out", &out], 0),
        (&["release", &path, "--did", "Unheard-of", "--out", &out], 1),
        (&["view", &path, "--start", "No such step"], 0),
        (&["view", &path, "--event", "no such column"], 2),
        (&["verify", &path], 2),
    ] {
        let output = trodden(home.path(), args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        for value in ["person-0", "Unheard-of", "mail anna", "2026-03-01", "panicked"] {
            assert!(!said.contains(value), "{args:?}: {said}");
        }
        let left: Vec<_> = fs::read_dir(home.path()).expect("the folder").flatten().collect();
        assert!(left.is_empty(), "{args:?} left {left:?}");
    }
}

/// The clipboard is a way out like a file. One place writes to it: a picture that was made for a file
/// as well, and a table of a published view (`tables.rs`).
#[test]
fn the_clipboard_is_written_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (door, copier) = (root.join("app/mod.rs"), root.join("app/screens/explore/tables.rs"));
    let mut folders = vec![root];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("sources").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("text");
            read += 1;
            for (call, most) in [("copy_text(", 1), ("copy_image(", 1)] {
                let most = if path == door { most } else { 0 };
                assert!(text.matches(call).count() <= most, "{}: {call}", path.display());
            }
            for call in ["arboard", "CopyText", "CopyImage"] {
                assert!(!text.contains(call), "{}: {call}", path.display());
            }
            let may_copy = path == copier
                // What people typed on cards, without any number that stands beside it.
                || path.ends_with("screens/present/keys.rs")
                // The receipt of an erasure, for whoever asked for it.
                || path.ends_with("screens/project/erase.rs")
                || path == door
                || path.ends_with("app/state/mod.rs")
                || path.ends_with("app/role.rs");
            assert!(may_copy || !text.contains("Command::Copy("), "{}", path.display());
        }
    }
    assert!(read > 50);
}
