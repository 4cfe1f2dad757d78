//! Programs of others open what a package holds: `unzip`, `pdftotext`, an SVG parser, NetworkX,
//! Graphviz, and the rules by which SACRO Viewer loads a folder.
//!
//! What is not installed is passed over, in a line that says so.

#![expect(clippy::print_stdout, reason = "a test that cannot run says so")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest, Sha256};

const SPEC: &str = r#"
[[view]]
view = "flow"
[[view]]
view = "map"
times = true
[[view]]
view = "funnel"
funnel = ["home", "catalog", "cart"]
[[view]]
view = "map"
name = "by-platform"
by = "platform"
[[view]]
view = "trend"
"#;
const FORMATS: &str = "csv,svg,pdf,html,parquet,mermaid,graphml,dot";

/// A package of the small shop with everything a package can have, written once.
struct Package {
    /// Kept as long as the path is used.
    _folder: tempfile::TempDir,
    path: PathBuf,
    files: BTreeMap<String, Vec<u8>>,
}

fn package() -> &'static Package {
    static PACKAGE: OnceLock<Package> = OnceLock::new();
    PACKAGE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let (spec, path) = (folder.path().join("spec.toml"), folder.path().join("shop.zip"));
        fs::write(&spec, SPEC).expect("written");
        let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop-small.csv");
        let output = Command::new(env!("CARGO_BIN_EXE_trodden"))
            .arg("release")
            .arg(events)
            .arg("--spec")
            .arg(spec)
            .args(["--formats", FORMATS, "--out"])
            .arg(&path)
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut archive =
            zip::ZipArchive::new(fs::File::open(&path).expect("a file")).expect("zip");
        let mut files = BTreeMap::new();
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).expect("a file");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("its bytes");
            files.insert(file.name().expect("a name").into_owned(), bytes);
        }
        Package { _folder: folder, path, files }
    })
}

/// The files with this ending.
fn ending(end: &str) -> impl Iterator<Item = (&'static String, &'static Vec<u8>)> {
    let end = format!(".{end}");
    package().files.iter().filter(move |(name, _)| name.ends_with(&end))
}

fn text(name: &str) -> &'static str {
    std::str::from_utf8(&package().files[name]).expect("text")
}

/// The published labels of a view, whatever is not the name of a label left out.
fn labels(view: &str) -> Vec<String> {
    let view: Value = serde_json::from_str(text(&format!("views/{view}.json"))).expect("JSON");
    let nodes = view["nodes"].as_array().expect("nodes").iter();
    nodes.map(|node| node["label"].as_str().expect("a label").to_owned()).collect()
}

/// A program of others, or a line that it is not here.
fn run(program: &str, args: &[&str], input: Option<&str>) -> Option<Output> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        println!("not run: {program} is not installed");
        return None;
    };
    if let (Some(input), Some(stdin)) = (input, child.stdin.as_mut()) {
        std::io::Write::write_all(stdin, input.as_bytes()).expect("it reads");
    }
    drop(child.stdin.take());
    Some(child.wait_with_output().expect("it ends"))
}

#[test]
fn unzip_finds_no_error_in_a_package() {
    let path = package().path.display().to_string();
    let Some(output) = run("unzip", &["-t", &path], None) else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("No errors detected"), "{said}");
    assert_eq!(said.matches(" OK").count(), package().files.len());
}

#[test]
fn pdftotext_finds_the_labels_in_the_pages() {
    for view in ["flow", "map"] {
        let pdf = package().path.with_file_name(format!("{view}.pdf"));
        fs::write(&pdf, &package().files[&format!("pictures/{view}.pdf")]).expect("written");
        let path = pdf.display().to_string();
        let Some(output) = run("pdftotext", &["-layout", &path, "-"], None) else { return };
        assert!(output.status.success());
        let said = String::from_utf8_lossy(&output.stdout).replace('\u{202f}', " ");
        let labels = labels(view);
        let found = labels.iter().filter(|label| said.contains(label.as_str())).count();
        // Long names are cut in the middle.
        assert!(found * 10 >= labels.len() * 9, "{view}: {found} of {}: {said}", labels.len());
    }
}

#[test]
fn an_svg_parser_reads_every_picture_and_finds_nothing_to_run() {
    let options = resvg::usvg::Options::default();
    let mut pictures = 0;
    for (name, bytes) in ending("svg") {
        let tree = resvg::usvg::Tree::from_data(bytes, &options).expect(name);
        assert!(tree.size().width() > 100.0 && tree.root().has_children(), "{name}");
        let text = String::from_utf8_lossy(bytes);
        for word in ["<script", "<foreignObject", "javascript:", " onload", "<image", "href"] {
            assert!(!text.contains(word), "{name}: {word}");
        }
        if let Some(output) = run("xmllint", &["--noout", "-"], Some(&text)) {
            assert!(output.status.success(), "{name}");
        }
        pictures += 1;
    }
    assert_eq!(pictures, 5);
}

#[test]
fn networkx_reads_the_map_with_its_labels_and_counts() {
    const READ: &str = "import sys, io, json, networkx
graph = networkx.read_graphml(io.BytesIO(sys.stdin.buffer.read()))
print(json.dumps([[data['label'], data['count']] for _, data in graph.nodes(data=True)]))
print(json.dumps(sorted([graph.nodes[a]['label'], graph.nodes[b]['label'], data['count']]
                        for a, b, data in graph.edges(data=True))))";
    let Some(here) = run("python3", &["-c", "import networkx"], None) else { return };
    if !here.status.success() {
        println!("not run: networkx is not installed");
        return;
    }
    let output =
        run("python3", &["-c", READ], Some(text("tables/map.graphml"))).expect("it is here");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).expect("text");
    let read: Vec<Value> =
        said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let view: Value = serde_json::from_str(text("views/map.json")).expect("JSON");
    let list = |name: &str| view[name].as_array().expect("a list").iter();
    let nodes: Vec<Value> =
        list("nodes").map(|node| serde_json::json!([node["label"], node["count"]])).collect();
    assert_eq!(read[0], Value::from(nodes));
    let mut edges: Vec<String> = list("edges")
        .map(|edge| serde_json::json!([edge["from"], edge["to"], edge["count"]]).to_string())
        .collect();
    let mut found: Vec<String> =
        read[1].as_array().expect("a list").iter().map(Value::to_string).collect();
    edges.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, edges);
}

#[test]
fn graphviz_draws_every_graph() {
    for (name, bytes) in ending("dot") {
        let text = String::from_utf8_lossy(bytes);
        let Some(output) = run("dot", &["-Tplain"], Some(&text)) else { return };
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let drawn = String::from_utf8_lossy(&output.stdout);
        let nodes = drawn.lines().filter(|line| line.starts_with("node ")).count();
        assert_eq!(nodes, text.matches(" [label=").count() - text.matches("->").count(), "{name}");
    }
}

/// What SACRO Viewer does with a folder (`find_acro_metadata`, `ACROOutputs` and `check_version` in
/// AI-SDC/SACRO-Viewer, in words of our own): which file it takes, and whether it shows a file as
/// unchanged.
fn load(folder: &Path) -> Result<BTreeMap<String, Vec<(String, bool)>>, String> {
    let is_json = |path: &PathBuf| path.extension().is_some_and(|end| end == "json");
    let there = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let files: Vec<PathBuf> = there.flatten().map(|entry| entry.path()).filter(is_json).collect();
    let read = |path: &PathBuf| -> Value {
        let text = fs::read_to_string(path).unwrap_or_default();
        // A file that is no JSON ends the viewer, and is not passed over.
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{} is no JSON", path.display()))
    };
    let is_valid = |value: &Value| {
        let outputs = value["results"].as_object();
        value.get("version").is_some()
            && outputs.is_some_and(|outputs| {
                outputs.values().all(|output| {
                    let files = output["files"].as_array().filter(|files| !files.is_empty());
                    files.is_some_and(|files| files.iter().all(|file| file["name"].is_string()))
                })
            })
    };
    let preferred = folder.join("outputs.json");
    let chosen: Vec<Value> = if preferred.exists() || files.len() == 1 {
        let only = files.first().cloned().unwrap_or_default();
        vec![read(if preferred.exists() { &preferred } else { &only })]
    } else {
        files.iter().map(read).filter(is_valid).collect()
    };
    let [metadata] = chosen.as_slice() else {
        return Err(format!("{} files of outputs", chosen.len()));
    };
    if !is_valid(metadata) {
        return Err("no valid file of outputs".to_owned());
    }
    let version = metadata["version"].as_str().ok_or("a version is text")?;
    let mut numbers = version.split('.');
    let [major, minor] = [numbers.next(), numbers.next()].map(Option::unwrap_or_default);
    // It compares them as texts, and asks for 0.4 or more.
    if major.parse::<u32>().is_err() || minor.parse::<u32>().is_err() || (major, minor) < ("0", "4")
    {
        return Err(format!("version {version} is not supported"));
    }
    let mut outputs = BTreeMap::new();
    for (name, output) in metadata["results"].as_object().ok_or("outputs are named")? {
        let mut shown = Vec::new();
        for file in output["files"].as_array().ok_or("files are a list")? {
            let file = file["name"].as_str().ok_or("a file has a name")?;
            let claimed = fs::read_to_string(folder.join("checksums").join(format!("{file}.txt")));
            let found = fs::read(folder.join(file)).map(|bytes| {
                Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
                    write!(text, "{byte:02x}").expect("a string");
                    text
                })
            });
            let is_unchanged = matches!((claimed, found), (Ok(one), Ok(other)) if one == other);
            shown.push((file.to_owned(), is_unchanged));
        }
        outputs.insert(name.clone(), shown);
    }
    Ok(outputs)
}

fn unpacked() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in &package().files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }
    folder
}

#[test]
fn sacro_viewer_loads_an_unpacked_package_and_shows_every_file_as_unchanged() {
    let folder = unpacked();
    let outputs = load(folder.path()).expect("it is loaded");
    let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
    assert_eq!(names, ["by-platform", "flow", "funnel", "map", "the whole package", "trend"]);
    assert!(outputs.values().flatten().all(|(_, is_unchanged)| *is_unchanged), "{outputs:?}");
    let mut listed: Vec<&str> = outputs.values().flatten().map(|(name, _)| name.as_str()).collect();
    listed.sort_unstable();
    let others = package().files.keys().map(String::as_str).filter(|name| {
        *name != "manifest.json" && *name != "results.json" && !name.starts_with("checksums/")
    });
    assert_eq!(listed, others.collect::<Vec<_>>(), "nothing leaves unseen");
    // The first file is the one that is shown, and the viewer can show tables and pictures.
    assert_eq!(outputs["flow"][0].0, "tables/flow.csv");
    fs::write(folder.path().join("tables/flow.csv"), "changed").expect("written");
    let changed = load(folder.path()).expect("it is loaded all the same");
    assert!(!changed["flow"][0].1, "and says that the file is another");
}

#[test]
fn an_output_has_everything_that_acro_writes_and_no_label() {
    let results: Value = serde_json::from_str(text("results.json")).expect("JSON");
    for (name, output) in results["results"].as_object().expect("outputs") {
        assert_eq!(output["uid"], name.as_str());
        assert!(["pass", "review"].contains(&output["status"].as_str().expect("a status")));
        // What the viewer reads without asking whether it is there.
        assert!(output["properties"]["method"].is_string() && output["type"].is_string());
        assert!(output["summary"].is_string() && output["command"].is_string());
        assert!(output["comments"].as_array().is_some_and(|comments| !comments.is_empty()));
        assert!(output["outcome"].is_object() && output["exception"] == "");
        assert_eq!(output["timestamp"], "1980-01-01T00:00:00");
        for file in output["files"].as_array().expect("files") {
            assert!(file["sdc"].is_object());
            let cells = file["sdc"]["cells"].as_object();
            let none = |flagged: &Value| flagged.as_array().is_some_and(Vec::is_empty);
            assert!(cells.is_none_or(|cells| cells.values().all(none)));
        }
    }
    let said = text("results.json");
    for label in labels("map").iter().filter(|label| !matches!(label.as_str(), "Other")) {
        assert!(!said.contains(&format!("{label}\"")) && !said.contains(&format!("{label} ")));
    }
}
