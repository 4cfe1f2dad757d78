//! The reviewer's desk: packages opened, judged, signed, and what is refused.

use std::path::{Path, PathBuf};

use eframe::egui;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use trodden::app::Start;
use trodden::keys::{Passphrase, PublicKey, SecretKey};
use trodden::project::ThemeChoice;
use trodden::release::{self, Contents, Facts, Formats, Signed};
use trodden::vault::Vault;
use trodden::views::{
    Ask, FlowSpec, ImportPlan, MapEdge, MapSpec, Policy, Progress, Rules, Spec, View,
};

use crate::{Dropped, Window, click, fixture, settle, shows, type_into, type_over, until, window};

const WORDS: &str = "correct horse battery";
const CHECKLIST: [&str; 6] = [
    "The purpose is one that people agreed to",
    "No label lets somebody be recognised",
    "Time and group of people are declared",
    "Who was left out is no group of its own",
    "Nothing known from elsewhere adds to it",
    "Those who get it are those it is for",
];

/// Writes a package of the fixture with a flow of so many steps.
fn package(path: &Path, steps: u8, review: bool) {
    let spec = Spec::flow("flow", FlowSpec { steps, top: 5, ..FlowSpec::default() });
    write_with(path, &[spec], review);
}

fn map(map: MapSpec) -> Spec {
    Spec { name: "map".to_owned(), ask: Ask::Map(map), ..Spec::default() }
}

fn write_package(path: &Path, specs: &[Spec]) {
    write_with(path, specs, false);
}

fn write_with(path: &Path, specs: &[Spec], review: bool) {
    let plan = ImportPlan { files: vec![fixture()], ..ImportPlan::default() };
    let vault = Vault::import(&plan, &Progress::default()).unwrap();
    let policy = Policy::default();
    let disclosed = vault.disclose(specs, &Rules::default(), policy, &Progress::default()).unwrap();
    let views = disclosed.iter().map(|disclosure| &disclosure.view).collect();
    let facts = Facts::default().with_review(review);
    let formats = Formats { png: false, ..Formats::default() };
    let package =
        release::write(&Contents { views, policy, facts, formats, source: None, history: None })
            .unwrap();
    release::save(path, &package.bytes).unwrap();
}

fn key(folder: &Path) -> PublicKey {
    SecretKey::create(&folder.join("desk.key"), &Passphrase::new(WORDS).unwrap()).unwrap()
}

fn drop_files(window: &mut Window, paths: &[PathBuf]) {
    for path in paths {
        let file = std::sync::Arc::new(Dropped(path.clone()));
        window.input_mut().dropped_files.push(file);
    }
    window.step();
    settle(window);
}

fn is_disabled(window: &Window, button: &str) -> bool {
    window
        .get_by_role_and_label(egui::accesskit::Role::Button, button)
        .accesskit_node()
        .is_disabled()
}

/// The desk with the packages on it.
fn desk(folder: &Path, paths: &[PathBuf]) -> Window {
    let mut window = window(Start::Welcome, folder, ThemeChoice::Light);
    drop_files(&mut window, paths);
    until(&mut window, "the checks", |window| shows(window, "Holds: "));
    window
}

fn tick_all(window: &mut Window) {
    for point in CHECKLIST {
        window.get_by_role_and_label(egui::accesskit::Role::CheckBox, point).click();
        settle(window);
    }
}

fn choose_key(window: &mut Window, folder: &Path, words: &str) {
    let path = folder.join("desk.key").display().to_string();
    type_into(window, "Path of the secret key", &path);
    type_into(window, "Passphrase of the key", words);
}

#[test]
fn the_desk_can_be_reached_with_nothing_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(Start::Welcome, folder.path(), ThemeChoice::Light);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Num6);
    until(&mut window, "the desk", |window| shows(window, "No package is open"));
    let path = folder.path().join("shop.trodden.zip");
    std::fs::write(&path, "no package").unwrap();
    type_into(&mut window, "Path of a package", &path.display().to_string());
    click(&mut window, "Open the typed path");
    until(&mut window, "the answer", |window| shows(window, "This is not a release package"));
    assert!(shows(&window, "shop, Unreadable"));
    click(&mut window, "Close shop");
    assert!(shows(&window, "No package is open"));
}

#[test]
fn a_package_is_looked_at_approved_and_holds_with_the_public_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden.zip");
    package(&path, 3, true);
    let public = key(folder.path());
    let mut window = desk(folder.path(), &[path]);
    assert!(shows(&window, "shop, To judge"));
    assert!(shows(&window, "no decision is in it"), "the policy demands one");
    click(&mut window, "Look at: Contents");
    until(&mut window, "the picture", |window| {
        window.query_all_by_role(egui::accesskit::Role::Image).next().is_some()
    });
    assert!(shows(&window, "statement.md"));
    click(&mut window, "Look at: Statement");
    assert!(shows(&window, "What is promised"));

    assert!(is_disabled(&window, "Approve") && is_disabled(&window, "Reject"));
    choose_key(&mut window, folder.path(), WORDS);
    assert!(is_disabled(&window, "Approve") && !is_disabled(&window, "Reject"));
    assert!(shows(&window, "Approve waits for 6 checks."));
    tick_all(&mut window);
    type_into(&mut window, "Comment on the package", "For the board");
    assert!(shows(&window, "A signature cannot be undone"));
    click(&mut window, "Approve");
    until(&mut window, "the signature", |window| shows(window, "Approved, signed and written"));
    assert!(shows(&window, "shop, Approved"));

    let written = std::fs::read(folder.path().join("shop.reviewed.trodden.zip")).unwrap();
    let verdict = release::verify_with(&written, std::slice::from_ref(&public)).unwrap();
    assert_eq!(verdict.findings, []);
    let decided = verdict.decision.unwrap();
    assert_eq!(decided.signature, Signed::Good(public.id()));
    assert_eq!(decided.decision.comment, "For the board");
    assert!(decided.decision.checklist.iter().all(|answer| answer.holds));
}

#[test]
fn a_tampered_package_shows_what_was_found_and_is_only_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden.zip");
    package(&path, 3, false);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(6).position(|word| word == b"</svg>").unwrap();
    bytes[at + 2] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    key(folder.path());
    let mut window = window(Start::Welcome, folder.path(), ThemeChoice::Light);
    drop_files(&mut window, &[path]);
    until(&mut window, "the finding", |window| {
        shows(window, "Its bytes are not those of the hash")
    });
    assert!(shows(&window, "Does not hold: "));
    assert!(shows(&window, "None of its views is drawn."));
    choose_key(&mut window, folder.path(), WORDS);
    tick_all(&mut window);
    assert!(is_disabled(&window, "Approve"));
    assert!(shows(&window, "it can only be rejected"));
    click(&mut window, "Reject");
    until(&mut window, "the signature", |window| shows(window, "Rejected, signed and written"));
}

#[test]
fn a_wrong_passphrase_signs_nothing_and_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden.zip");
    package(&path, 3, false);
    key(folder.path());
    let mut window = desk(folder.path(), &[path]);
    choose_key(&mut window, folder.path(), "incorrect horse");
    click(&mut window, "Reject");
    until(&mut window, "the error", |window| shows(window, "does not open"));
    assert!(shows(&window, "Nothing was written"));
    assert!(shows(&window, "Type the passphrase of the key"));
    assert!(!folder.path().join("shop.reviewed.trodden.zip").exists());
}

#[test]
fn several_packages_are_attacked_together_and_again_by_whom_one_chooses() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["one", "two"].map(|name| folder.path().join(format!("{name}.trodden.zip")));
    package(&paths[0], 3, false);
    package(&paths[1], 4, false);
    let mut window = desk(folder.path(), &paths);
    until(&mut window, "the joint attack", |window| {
        shows(window, "Holds: Taken together with the packages it is compared with")
            || shows(window, "Does not hold: Taken together with the packages")
    });
    assert!(shows(&window, "may be about different people"));
    click(&mut window, "Do not compare with one");
    assert!(!shows(&window, "may be about different people"));
    click(&mut window, "Attack again");
    click(&mut window, "Who attacks: Anybody");
    click(&mut window, "Attack");
    until(&mut window, "the answer", |window| {
        shows(window, "Attacked again by anybody who has the package: nothing was found")
    });
}

#[test]
fn a_key_is_made_and_a_public_key_is_asked_of_every_signature() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden.zip");
    package(&path, 3, false);
    let mut window = desk(folder.path(), &[path]);
    choose_key(&mut window, folder.path(), WORDS);
    click(&mut window, "Make a new key there");
    until(&mut window, "the key", |window| shows(window, "is for everybody"));
    let public = folder.path().join("desk.key.pub");
    assert!(public.exists());
    drop_files(&mut window, &[public]);
    until(&mut window, "the finding", |window| shows(window, "It is not signed, and a public key"));
    click(&mut window, "Take desk.key.pub away");
    until(&mut window, "no finding", |window| shows(window, "shop, To judge"));
}

/// A package of the fixture with a map, and a number of it whose true value tells of a small group:
/// a node n and a way e from it, or to it, that are published 5 apart, as n − 4 to n + 4 and e − 4 to e + 4. Who
/// knows the node to be n knows that 1 to 9 of its people do not take that way.
fn telling(path: &Path) -> (String, u64) {
    for paths in [100, 60] {
        let spec = map(MapSpec { paths, ..MapSpec::default() });
        write_package(path, &[spec]);
        let opened = release::open(&std::fs::read(path).unwrap()).unwrap();
        let all = release::published(&opened.views);
        let View::Map(map) = opened.views[0].view() else { panic!("a map") };
        for node in &map.nodes {
            let is_near = |edge: &&MapEdge| {
                let is_there = edge.from == node.label || edge.to == node.label;
                is_there && edge.from != edge.to && edge.count + 5 == node.count
            };
            let is_open = |words: &str| {
                let one = all.iter().find(|it| it.words == words).unwrap();
                one.range == Some((one.count - 4, one.count + 4))
            };
            let edge = map.edges.iter().find(is_near);
            if let Some(edge) = edge
                && is_open(&node.label)
                && is_open(&format!("{} → {}", edge.from, edge.to))
            {
                return (node.label.clone(), node.count);
            }
        }
    }
    panic!("the fixture has no such node");
}

fn pick(window: &mut Window, button: &str, list: &str, words: &str) {
    click(window, button);
    window.get_by_label(&format!("Search: {list}")).type_text(words);
    settle(window);
    window.key_press(egui::Key::Enter);
    settle(window);
}

fn know(window: &mut Window, number: &str, count: u64) {
    pick(window, "A published number", "A published number", number);
    type_over(window, "How many it was before rounding", &count.to_string());
    click(window, "Add the known number");
}

#[test]
fn who_knows_a_number_learns_of_a_small_group_or_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden.zip");
    let (label, count) = telling(&path);
    let words = format!("map: {label}, {count}");
    let mut window = desk(folder.path(), &[path]);
    click(&mut window, "Attack again");
    click(&mut window, "Who attacks: Knows a number");
    assert!(is_disabled(&window, "Attack"));
    know(&mut window, &words, count + 400);
    assert!(shows(&window, "give a number between these two"));
    assert!(is_disabled(&window, "Attack"));
    // With four fewer, the way may be taken by everybody there.
    know(&mut window, &words, count - 4);
    click(&mut window, "Attack");
    until(&mut window, "the answer", |window| {
        shows(window, "one number as it was before it was rounded: nothing was found")
    });
    know(&mut window, &words, count);
    click(&mut window, "Attack");
    until(&mut window, "the answer", |window| {
        shows(window, "For somebody who knows what is assumed")
    });
    assert!(shows(&window, "provably 1 to 9"));
    assert!(shows(&window, "These two numbers subtract to 1 to 9"));
}

#[test]
fn who_knows_one_person_is_put_together_step_by_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden.zip");
    package(&path, 3, false);
    let mut window = desk(folder.path(), &[path]);
    click(&mut window, "Attack again");
    click(&mut window, "Who attacks: Knows one person");
    assert!(is_disabled(&window, "Attack") && shows(&window, "Choose at least one step"));
    pick(&mut window, "Add a step of that person", "Steps", "home");
    pick(&mut window, "Add a step of that person", "Steps", "cart");
    click(&mut window, "Attack");
    // Rounded to five, no number is known exactly enough to tell of the others.
    until(&mut window, "the answer", |window| {
        shows(window, "one person and the 2 steps of that person: nothing was found")
    });
    assert!(shows(&window, "That person was taken from every number"));
    click(&mut window, "Take step 1. home away");
    click(&mut window, "Close the attack");
    assert!(!shows(&window, "Who attacks"));
}

#[test]
fn two_packages_lie_side_by_side_with_the_numbers_that_differ() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["one", "two"].map(|name| folder.path().join(format!("{name}.trodden.zip")));
    let flow = |steps| Spec::flow("flow", FlowSpec { steps, top: 5, ..FlowSpec::default() });
    write_package(&paths[0], &[flow(3), map(MapSpec::default())]);
    write_package(&paths[1], &[flow(4)]);
    let [left, right] = paths.clone().map(|path| {
        let opened = release::open(&std::fs::read(path).unwrap()).unwrap();
        release::published(&opened.views)
    });
    // By the numbers themselves: the first that both publish with another count.
    let differs = left.iter().filter(|it| it.view == "flow").find_map(|one| {
        let other = right.iter().find(|it| it.words == one.words)?;
        (one.count != other.count).then(|| (one.words.clone(), one.count, other.count))
    });
    let mut window = desk(folder.path(), &paths);
    click(&mut window, "one, To judge");
    click(&mut window, "Look at: Side by side");
    until(&mut window, "the comparison", |window| shows(window, "What they say of themselves"));
    assert!(shows(&window, "Whether they are about the same data is not told"));
    assert!(shows(&window, "changed question") && shows(&window, "only at the left"));
    assert!(shows(&window, "up to 3 steps") && shows(&window, "up to 4 steps"));
    until(&mut window, "the pictures", |window| {
        window.query_all_by_role(egui::accesskit::Role::Image).count() == 2
    });
    until(&mut window, "the attack on the two", |window| {
        shows(window, "may be about different people") || shows(window, "contradict each other")
    });
    if let Some((words, one, other)) = differs {
        assert!(shows(&window, &format!("{words}: {one} in one, {other} in two")));
    }
    assert!(shows(&window, "Numbers that differ"));
    window.query_all_by_label_contains("only at the left").next().unwrap().scroll_to_me();
    settle(&mut window);
    window.query_all_by_label_contains("Map, What follows what").next().unwrap().click();
    settle(&mut window);
    assert!(shows(&window, "No view of two asks this."));
}
