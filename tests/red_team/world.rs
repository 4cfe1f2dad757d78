//! Data as bad as they can be made, and what is published about them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use trodden::release::{self, Contents, Facts, Formats};
use trodden::vault::{Key, Vault};
use trodden::views::{
    Disclosed, ImportPlan, Kind, Mapping, Options, Policy, Progress, Rules, Spec, View,
};

/// A file of events, person by person. What is set holds for the people that come after.
#[derive(Clone)]
pub struct World {
    csv: String,
    next: usize,
    plan: &'static str,
    team: &'static str,
    day: i64,
    pause_secs: i64,
}

impl World {
    pub fn new() -> Self {
        let csv = "user,event,time,plan,team\n".to_owned();
        Self { csv, next: 0, plan: "free", team: "none", day: 0, pause_secs: 60 }
    }

    /// So many people who take these steps.
    pub fn people(mut self, people: usize, path: &[&str]) -> Self {
        for _ in 0..people {
            let (user, plan, team) = (self.next, self.plan, self.team);
            for (at, step) in path.iter().enumerate() {
                let step = step.replace('"', "\"\"");
                let secs = 1_772_000_000 + self.day * 86_400 + at as i64 * self.pause_secs;
                writeln!(self.csv, "person-{user:05},\"{step}\",{secs},{plan},{team}")
                    .expect("a string");
            }
            self.next += 1;
        }
        self
    }

    pub fn plan(mut self, plan: &'static str) -> Self {
        self.plan = plan;
        self
    }

    pub fn team(mut self, team: &'static str) -> Self {
        self.team = team;
        self
    }

    pub fn day(mut self, day: i64) -> Self {
        self.day = day;
        self
    }

    pub fn every(mut self, pause_secs: i64) -> Self {
        self.pause_secs = pause_secs;
        self
    }

    /// The number of the next person: to leave somebody out, or to let her come back.
    pub fn from(mut self, next: usize) -> Self {
        self.next = next;
        self
    }

    pub fn csv(&self) -> &str {
        &self.csv
    }

    pub fn vault(&self) -> Vault {
        vault_of(&self.csv)
    }

    pub fn keyed(&self, key: u8) -> Vault {
        self.vault().with_key(Key::from_bytes([key; 32]))
    }

    /// A package of these questions, or why there is none.
    pub fn package(&self, asked: &[Options], policy: Policy) -> Result<Package, String> {
        publish(&self.keyed(9), &specs(asked), policy, &Rules::default(), plain())
    }
}

pub fn vault_of(csv: &str) -> Vault {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("events.csv");
    std::fs::write(&path, csv).expect("written");
    Vault::import(&plan_of(path), &Progress::default()).expect("events")
}

pub fn plan_of(path: PathBuf) -> ImportPlan {
    let attributes = vec!["plan".to_owned(), "team".to_owned()];
    let mapping = Mapping { attributes, ..Mapping::default() };
    ImportPlan { files: vec![path], mapping, ..ImportPlan::default() }
}

/// A real log, or a line that says that it is not there.
pub fn shared(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets").join(file);
    if path.exists() {
        return Some(path);
    }
    println!("not run: the real logs are not beside the project");
    None
}

/// Numbers alone: what is drawn and written follows from them.
pub fn plain() -> Formats {
    Formats { tables: false, svg: false, png: false, pdf: false, page: false }
}

pub struct Package {
    pub bytes: Vec<u8>,
    pub files: BTreeMap<String, Vec<u8>>,
    pub views: Vec<Value>,
}

pub fn publish(
    vault: &Vault,
    specs: &[Spec],
    policy: Policy,
    rules: &Rules,
    formats: Formats,
) -> Result<Package, String> {
    let disclosed = vault
        .disclose(specs, rules, policy, &Progress::default())
        .map_err(|error| error.to_string())?;
    let views: Vec<&Disclosed<View>> = disclosed.iter().map(|one| &one.view).collect();
    let hide: Vec<String> = specs.iter().flat_map(|spec| spec.hide.clone()).collect();
    let mapping = Mapping::default();
    let findings = vault.label_findings(rules);
    let facts = Facts::of(&mapping, vault.quality(), rules, &hide, &findings);
    let package = release::write(&Contents { views, policy, facts, formats })
        .map_err(|error| error.to_string())?;
    let files = unzip(&package.bytes);
    let names: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
    let json =
        |name: &&str| serde_json::from_slice(&files[&format!("views/{name}.json")]).expect("JSON");
    let views = names.iter().map(json).collect();
    Ok(Package { bytes: package.bytes, files, views })
}

pub fn unzip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("content");
        files.insert(file.name().expect("a name").into_owned(), content);
    }
    files
}

pub fn specs(asked: &[Options]) -> Vec<Spec> {
    asked.iter().map(|one| one.clone().into_spec().expect("a question")).collect()
}

/// A question of this kind under this name.
pub fn ask(kind: Kind, name: &str) -> Options {
    Options { view: Some(kind), name: Some(name.to_owned()), ..Options::default() }
}

pub fn flow(name: &str, steps: u8, top: u8) -> Options {
    Options { steps: Some(steps), top: Some(top), ..ask(Kind::Flow, name) }
}

pub fn paths(name: &str, steps: u8) -> Options {
    Options { steps: Some(steps), ..ask(Kind::Paths, name) }
}

pub fn map(name: &str) -> Options {
    ask(Kind::Map, name)
}

pub fn funnel(name: &str, steps: &[&str]) -> Options {
    Options { funnel: owned(steps), ..ask(Kind::Funnel, name) }
}

pub fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub fn policy(k: u32) -> Policy {
    Policy::new(k, None).expect("listed")
}

/// Data that were made to be as hard to protect as possible.
pub fn cruel() -> Vec<(&'static str, World)> {
    let k = 10;
    let mut unique = World::new().people(40, &["A", "B", "C", "D"]);
    let letters = ["A", "B", "C", "D"];
    for n in 0..48_usize {
        let path = [n % 4, n / 4 % 4, n / 16 % 4, (n / 2 + 1) % 4].map(|at| letters[at]);
        unique = unique.people(1, &path);
    }
    vec![
        ("k and k-1 at every fork", {
            let world = World::new().people(k, &["A", "B", "C"]).people(k - 1, &["A", "B", "D"]);
            let world = world.people(k - 1, &["A", "C"]).people(k, &["A", "D", "C", "B"]);
            world.people(k + 1, &["B", "A"]).people(1, &["C"])
        }),
        ("nearly all journeys unique", unique),
        ("everybody but three goes on", {
            World::new().people(57, &["A", "B", "C"]).people(3, &["A", "B"]).people(2, &["B"])
        }),
        ("one person does something else each time", {
            let world = World::new().people(30, &["A", "B"]).people(1, &["A", "C"]);
            world.people(1, &["C", "B"]).people(1, &["A", "B", "C"]).people(24, &["B", "A"])
        }),
        ("labels that hold people", {
            let mut world = World::new().people(25, &["A", "B", "C"]).people(14, &["B", "C"]);
            for n in 0..12 {
                world = world.people(1, &["A", &format!("profile of person {n}"), "C"]);
            }
            world
        }),
        ("attributes that nearly coincide", {
            let world = World::new().plan("gold").team("red").people(31, &["A", "B", "C"]);
            let world = world.team("blue").people(1, &["A", "B"]);
            let world = world.plan("free").people(29, &["A", "C"]).people(13, &["B", "A"]);
            world.team("red").people(2, &["C", "A"])
        }),
        ("everything at one time", {
            let world = World::new().every(0).people(21, &["A", "B", "C"]);
            world.people(17, &["B", "A"]).people(4, &["C"])
        }),
        ("a rare end of every length", {
            let world = World::new().people(12, &["A"]).people(7, &["A", "B"]);
            let world = world.people(5, &["A", "B", "C"]).people(9, &["A", "B", "C", "D"]);
            world.people(44, &["A", "B", "C", "D", "A"])
        }),
    ]
}
