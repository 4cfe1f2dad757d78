//! What refusals, thresholds and repeated questions tell.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use trodden::views::{Policy, PolicyError, Progress, Rules};

use crate::reader::{list, number};
use crate::world::World;

/// Everything that somebody gets of the program: its exit code and what it says.
#[derive(PartialEq, Eq)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn trodden(folder: &Path, args: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trodden"));
    for variable in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"] {
        command.env(variable, folder);
    }
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").current_dir(folder);
    let output = command.args(args).output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// "Ping" is a step of three people, "Zzz" is none; three people have the plan "odd".
fn data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new().people(41, &["A", "B"]).people(33, &["B", "A", "C"]);
    let world = world.people(3, &["A", "Ping"]).plan("odd").people(3, &["A", "B"]);
    std::fs::write(folder.path().join("events.csv"), world.csv()).expect("written");
    folder
}

fn view(folder: &Path, asked: &[&str]) -> Said {
    let columns = ["view", "events.csv", "--format", "json"];
    trodden(folder, &[&columns[..], asked].concat())
}

/// Questions about a step that few people took, or that is hidden by being of nobody.
const ABOUT: [&[&str]; 7] = [
    &["--start", "@"],
    &["--end", "@"],
    &["--did", "@"],
    &["--did-not", "@"],
    &["--view", "funnel", "--funnel", "A,@"],
    &["--view", "timing", "--timing", "A,@"],
    &["--view", "trend", "--label", "@"],
];

fn about<'a>(asked: &[&'a str], label: &'a str) -> Vec<String> {
    asked.iter().map(|word| word.replace('@', label)).collect()
}

#[test]
fn a_step_of_few_people_and_one_of_nobody_have_one_answer() {
    let folder = data();
    for asked in ABOUT {
        let few = about(asked, "Ping");
        let few: Vec<&str> = few.iter().map(String::as_str).collect();
        // Nobody did C and did not do it; C itself is a step of many.
        let none = about(asked, "C");
        let mut none: Vec<&str> = none.iter().map(String::as_str).collect();
        none.extend(["--did", "C", "--did-not", "C"]);
        let (few, none) = (view(folder.path(), &few), view(folder.path(), &none));
        assert_eq!((few.code, &few.err), (none.code, &none.err), "{asked:?}");
        assert!(!few.out.contains("Ping"), "{}", few.out);
        let json = |said: &Said| -> Value { serde_json::from_str(&said.out).expect("JSON") };
        let (few, none) = (json(&few), json(&none));
        for field in ["people", "by_name_band", "nodes", "steps", "bins", "edges"] {
            assert_eq!(few[field], none[field], "{asked:?}, {field}");
        }
    }
}

#[test]
fn a_step_of_few_people_and_one_that_is_not_in_the_data_have_one_answer() {
    let folder = data();
    let mut told_apart = Vec::new();
    for asked in ABOUT {
        let [few, none] = ["Ping", "Zzz"].map(|label| {
            let asked = about(asked, label);
            view(folder.path(), &asked.iter().map(String::as_str).collect::<Vec<_>>())
        });
        if few != none {
            told_apart.push(asked);
        }
    }
    assert_eq!(told_apart, [] as [&[&str]; 0]);
}

#[test]
fn a_value_of_few_people_and_one_that_is_not_in_the_data_have_one_answer() {
    let folder = data();
    for asked in [&["--where", "plan=@"] as &[&str], &["--compare", "plan=@"]] {
        let [few, none] = ["odd", "zzz"].map(|value| {
            let asked = about(asked, value);
            view(folder.path(), &asked.iter().map(String::as_str).collect::<Vec<_>>())
        });
        assert!(few == none, "{asked:?}: {:?} {} {:?} {}", few.code, few.err, none.code, none.err);
        assert!(!few.out.contains("odd"), "{}", few.out);
    }
}

#[test]
fn a_release_is_refused_for_few_people_and_for_nobody_alike() {
    let folder = data();
    let release = |asked: &[&str]| {
        let out = folder.path().join("out.trodden.zip");
        let said = trodden(
            folder.path(),
            &[&["release", "events.csv", "--formats", "csv", "--out", "out.trodden.zip"], asked]
                .concat(),
        );
        assert!(!out.exists(), "nothing was written");
        said
    };
    let few = release(&["--did", "Ping"]);
    let none = release(&["--did", "C", "--did-not", "C"]);
    assert_eq!(few.code, Some(1));
    assert!(few == none, "{} {}", few.err, none.err);
    let odd = release(&["--where", "plan=odd"]);
    assert!(odd == release(&["--where", "plan=zzz"]), "{}", odd.err);
}

/// "Visible at 17, gone at 18" would be an exact count; 15 and 20 leave five values.
#[test]
fn sweeping_the_threshold_reads_no_exact_count() {
    let shown = |people: usize| -> Vec<bool> {
        let world = World::new().people(60, &["A", "B"]).people(people, &["A", "C"]);
        let vault = world.keyed(4);
        let mut shown = Vec::new();
        for (k, b) in Policy::LISTED {
            let policy = Policy::new(k, Some(b)).expect("listed");
            let spec = crate::world::specs(&[crate::world::map("map")]);
            let made = vault.disclose(&spec, &Rules::default(), policy, &Progress::default());
            shown.push(made.is_ok_and(|made| {
                let view = serde_json::to_value(made[0].view.view()).expect("JSON");
                list(&view, "nodes").iter().any(|node| node["label"] == "C")
            }));
        }
        shown
    };
    for (few, more) in [(10, 14), (15, 19), (20, 29), (5, 9)] {
        assert_eq!(shown(few), shown(more), "{few} and {more}");
    }
    for k in (1..100).filter(|k| Policy::LISTED.iter().all(|(listed, _)| listed != k)) {
        assert_eq!(Policy::new(k, None), Err(PolicyError::Threshold(k)));
    }
    let folder = data();
    assert_eq!(view(folder.path(), &["--k", "17"]).code, Some(2));
}

/// And not by another base for the same threshold, either.
#[test]
fn sweeping_the_base_is_refused_where_bins_unpick_each_other() {
    for (k, _) in Policy::LISTED {
        let allowed: Vec<u32> = (2..=k).filter(|b| Policy::new(k, Some(*b)).is_ok()).collect();
        for b in &allowed {
            assert!(k % b == 0 && 4 * b > k + 2, "{k}/{b}");
        }
    }
    // Without rounding there is one view of class A, never a package.
    let exact = Policy::new(10, Some(1)).expect("for one view");
    let world = World::new().people(60, &["A", "B"]).people(30, &["B"]);
    let two = [crate::world::flow("a", 2, 4), crate::world::paths("b", 2)];
    assert!(world.package(&two, exact).is_err());
    assert!(world.package(&[crate::world::map("map")], exact).is_err());
}

#[test]
fn asking_again_and_averaging_gives_the_same_numbers_every_time() {
    let folder = data();
    for asked in
        [&["--view", "map"] as &[&str], &["--steps", "3"], &["--view", "funnel", "--funnel", "A,B"]]
    {
        let first = view(folder.path(), asked);
        assert_eq!(first.code, Some(0));
        for _ in 0..3 {
            assert!(view(folder.path(), asked) == first);
        }
    }
    // Rows in another order, under another name of the file, are the same question to the same data.
    let text = std::fs::read_to_string(folder.path().join("events.csv")).expect("a file");
    let (header, rows) = text.split_once('\n').expect("rows");
    let mut rows: Vec<&str> = rows.lines().collect();
    let before = view(folder.path(), &["--view", "map"]);
    rows.reverse();
    std::fs::write(folder.path().join("events.csv"), format!("{header}\n{}\n", rows.join("\n")))
        .expect("written");
    assert!(view(folder.path(), &["--view", "map"]) == before);
}

/// Repeating a word is the same question, and must not be a second throw of the dice.
#[test]
fn asking_in_other_words_and_averaging_gives_the_same_numbers() {
    let world = World::new().people(43, &["A", "B"]).people(20, &["A"]);
    let vault = world.keyed(8);
    let mut told = Vec::new();
    for times in 1..60 {
        let did = vec!["B".to_owned(); times];
        let asked = trodden::views::Options { did, ..crate::world::map("map") };
        let spec = crate::world::specs(&[asked]);
        let made =
            vault.disclose(&spec, &Rules::default(), Policy::default(), &Progress::default());
        let view = serde_json::to_value(made.expect("enough")[0].view.view()).expect("JSON");
        told.push(number(&view, "people"));
    }
    let mean = told.iter().sum::<i64>() as f64 / told.len() as f64;
    assert!(
        told.iter().all(|people| *people == told[0]),
        "the average of all answers is {mean:.1}"
    );
}
