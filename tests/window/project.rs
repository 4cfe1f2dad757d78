//! A project from the first to the second window: what is kept, who is told what.

use std::path::{Path, PathBuf};

use eframe::egui;
use egui_kittest::kittest::Queryable as _;
use trodden::app::Start;
use trodden::keys::Passphrase;
use trodden::project::{Folders, Holder, ThemeChoice, read};

use crate::protect::add_rule;
use crate::{Window, click, nodes, settle, shows, to_view, type_over, until, window};

const PASSPHRASE: &str = "lamp otter quiet seven";

fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE).unwrap()
}

/// The sample, drawn, and kept in a new project.
fn with_project(folder: &Path) -> (Window, PathBuf) {
    let path = folder.join("shop.trodden");
    let mut window = window(Start::Sample, folder, ThemeChoice::Light);
    until(&mut window, "the flow", |window| !nodes(window).is_empty());
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::S);
    settle(&mut window);
    assert!(shows(&window, "cannot be recovered"));
    type_path(&mut window, &path);
    type_in_dialog(&mut window, "The passphrase", "short");
    assert!(shows(&window, "Easy to guess"));
    create(&mut window);
    (window, path)
}

fn type_path(window: &mut Window, path: &Path) {
    type_in_dialog(window, "Path of the project", &path.display().to_string());
}

/// Other words in a field of a dialog, which the Escape key would close.
fn type_in_dialog(window: &mut Window, field: &str, words: &str) {
    window.get_by_label(field).focus();
    window.step();
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.step();
    window.get_by_label(field).type_text(words);
    settle(window);
}

fn create(window: &mut Window) {
    type_in_dialog(window, "The passphrase", PASSPHRASE);
    type_in_dialog(window, "The same passphrase again", "lamp");
    assert!(shows(window, "The two differ"));
    type_in_dialog(window, "The same passphrase again", PASSPHRASE);
    click(window, "Create");
    until(window, "the project", |window| shows(window, "shop, what is open"));
    until(window, "the flow under the new secret", |window| !nodes(window).is_empty());
}

fn save(window: &mut Window) {
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::S);
    until(window, "the save", |window| shows(window, "Saved, encrypted"));
}

fn unlock(window: &mut Window, path: &Path, words: &str) {
    click(window, "Open a project");
    type_path(window, path);
    type_in_dialog(window, "The passphrase", words);
    click(window, "Open");
}

#[test]
fn a_project_comes_back_as_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let (mut first, path) = with_project(folder.path());
    click(&mut first, "Protect");
    until(&mut first, "the rules", |window| shows(window, "Add a rule"));
    add_rule(&mut first, "help*", "Help");
    to_explore(&mut first);
    to_view(&mut first, "Funnel");
    save(&mut first);

    // Another window is told, and told what is wrong with a passphrase only when it may open it.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut second = window(Start::Welcome, elsewhere.path(), ThemeChoice::Light);
    settle(&mut second);
    unlock(&mut second, &path, PASSPHRASE);
    until(&mut second, "the refusal", |window| {
        shows(window, "Another Trodden has this project open")
    });
    drop(first);
    until(&mut second, "the file let go", |_| !folder.path().join(".shop.trodden.lock").exists());
    type_in_dialog(&mut second, "The passphrase", "another");
    click(&mut second, "Open");
    until(&mut second, "the refusal", |window| shows(window, "This passphrase does not open"));
    type_in_dialog(&mut second, "The passphrase", PASSPHRASE);
    click(&mut second, "Open");
    until(&mut second, "the view", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Funnel").is_some()
    });
    assert!(shows(&second, "shop, what is open"));
    click(&mut second, "Protect");
    until(&mut second, "the rule", |window| shows(window, "help* becomes Help"));

    // What was done is in the history, and the chain holds.
    click(&mut second, "shop, what is open");
    click(&mut second, "History");
    assert!(shows(&second, "The chain holds"));
    assert!(shows(&second, "The project was created.") && shows(&second, "1 file was read."));
    click(&mut second, "Close the history");
    save(&mut second);
    click(&mut second, "shop, what is open");
    click(&mut second, "Close it");
    until(&mut second, "the file let go", |_| Holder::open(&path, passphrase()).is_ok());
    assert!(shows(&second, "Open shop.trodden again"), "it is in the list of recent files");
}

fn to_explore(window: &mut Window) {
    click(window, "Explore");
    until(window, "the flow", |window| !nodes(window).is_empty());
}

#[test]
fn what_changes_is_saved_without_being_asked_and_before_the_project_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, path) = with_project(folder.path());
    until(&mut window, "the save of its own", |window| shows(window, "Saved, encrypted"));
    let k = || {
        let Ok(project) = read(&path, &passphrase()) else { panic!("a project") };
        assert!(project.history.verify().is_ok());
        project.setup.policy.k()
    };
    assert_eq!(k(), 10);
    click(&mut window, "Smallest group, k");
    click(&mut window, "30 people");
    click(&mut window, "shop, what is open");
    click(&mut window, "Close it");
    until(&mut window, "the first screen", |window| shows(window, "Try the sample"));
    assert_eq!(k(), 30);
}

#[test]
fn a_file_that_is_gone_can_be_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.csv"), folder.path().join("new.csv"));
    std::fs::copy(crate::fixture(), &old).unwrap();
    let path = folder.path().join("shop.trodden");
    let mut first = window(Start::Files(vec![old.clone()]), folder.path(), ThemeChoice::Light);
    until(&mut first, "the columns", |window| shows(window, "Read event as"));
    click(&mut first, "Import");
    until(&mut first, "the report", |window| shows(window, "Rows used"));
    click(&mut first, "old.csv, what is open");
    click(&mut first, "New project …");
    type_path(&mut first, &path);
    type_in_dialog(&mut first, "The passphrase", PASSPHRASE);
    type_in_dialog(&mut first, "The same passphrase again", PASSPHRASE);
    click(&mut first, "Create");
    until(&mut first, "the project", |window| shows(window, "shop, what is open"));
    save(&mut first);
    drop(first);
    std::fs::rename(&old, &new).unwrap();
    let mut second = window(Start::Files(vec![path]), folder.path(), ThemeChoice::Light);
    settle(&mut second);
    type_in_dialog(&mut second, "The passphrase", PASSPHRASE);
    click(&mut second, "Open");
    until(&mut second, "what is missing", |window| shows(window, "Find the file …"));
    click(&mut second, "Find the file …");
    type_in_dialog(&mut second, "Path of the file", &new.display().to_string());
    click(&mut second, "Read it");
    until(&mut second, "the report", |window| shows(window, "Rows used"));
}

#[test]
fn a_release_goes_into_the_history_before_it_goes_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, path) = with_project(folder.path());
    click(&mut window, "Release");
    until(&mut window, "the package", |window| shows(window, "manifest.json"));
    let package = folder.path().join("out.trodden.zip");
    type_over(&mut window, "Path of the package", &package.display().to_string());
    type_over(&mut window, "What the release is for", "For the planning week");
    until(&mut window, "the package again", |window| !shows(window, "Waits for the package"));
    click(&mut window, "Write the package");
    until(&mut window, "the file", |window| shows(window, "Written and read back"));
    let Ok(project) = read(&path, &passphrase()) else { panic!("a project") };
    let bytes = std::fs::read(&package).unwrap();
    let hash = trodden::project::manifest_hash(&bytes).unwrap();
    assert!(project.history.text().contains(&hash));
    click(&mut window, "History");
    assert!(shows(&window, "A package was released: flow"));
    assert!(shows(&window, "for “For the planning week”"));
    click(&mut window, "Close the history");

    // What a reviewer says of it goes there too, once however often it is opened.
    crate::release::approve(&mut window, &package, folder.path());
    let again = folder.path().join("copy.trodden.zip");
    std::fs::copy(folder.path().join("back.trodden.zip"), &again).unwrap();
    window.input_mut().dropped_files.push(std::sync::Arc::new(crate::Dropped(again)));
    window.step();
    until(&mut window, "the copy", |window| shows(window, "copy, Approved"));
    save(&mut window);
    let Ok(project) = read(&path, &passphrase()) else { panic!("a project") };
    let text = project.history.text();
    assert!(text.contains("\"checked\":false") && project.history.verify().is_ok());
    assert_eq!(text.matches("\"what\":\"reviewed\"").count(), 1);
}

#[test]
fn a_view_that_leaves_alone_is_in_the_history_before_it_is_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, path) = with_project(folder.path());
    let kinds = || -> Vec<String> {
        let Ok(project) = read(&path, &passphrase()) else { panic!("a project") };
        let entries = project.history.entries().into_iter();
        entries.filter_map(|entry| entry.event.map(|event| event.words())).collect()
    };
    crate::policy::run(&mut window, "Save the view: Picture, SVG");
    let nowhere = folder.path().join("missing").join("flow.svg");
    type_in_dialog(&mut window, "Path of the file", &nowhere.display().to_string());
    window.get_by_role_and_label(egui::accesskit::Role::Button, "Save").click();
    until(&mut window, "the refusal", |window| shows(window, "cannot be saved"));
    // It could have been there: the history says that it was about to, and then that it was not.
    assert!(kinds().last().unwrap().contains("One view left by itself: flow as svg"));
    save(&mut window);
    assert!(kinds().last().unwrap().contains("could not be written"));
    let somewhere = folder.path().join("flow.svg");
    type_in_dialog(&mut window, "Path of the file", &somewhere.display().to_string());
    window.get_by_role_and_label(egui::accesskit::Role::Button, "Save").click();
    until(&mut window, "the file", |window| shows(window, "flow.svg is written"));
    assert!(somewhere.is_file());
    assert_eq!(kinds().iter().filter(|words| words.contains("left by itself")).count(), 2);
    assert!(kinds().last().unwrap().contains("left by itself"));
}

/// The identifiers in the first column of the sample that is open, each once.
fn subjects(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(Folders::under(folder).sample_file()).unwrap();
    let ids = text.lines().skip(1).filter_map(|row| row.split(',').next());
    let ids: std::collections::BTreeSet<&str> = ids.collect();
    ids.into_iter().map(str::to_owned).collect()
}

#[test]
fn who_is_erased_from_a_project_does_not_come_back_by_undo() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, path) = with_project(folder.path());
    click(&mut window, "Smallest group, k");
    click(&mut window, "30 people");
    until(&mut window, "the flow", |window| !nodes(window).is_empty());
    let before = nodes(&window);
    let people = subjects(folder.path());
    let list = folder.path().join("requests.csv");
    let half = &people[..people.len() / 2];
    std::fs::write(&list, format!("user_id\n{}\n", half.join("\n"))).unwrap();

    click(&mut window, "shop, what is open");
    click(&mut window, "Erase people …");
    let missing = folder.path().join("nothing.csv").display().to_string();
    type_in_dialog(&mut window, "Path of the erasure list", &missing);
    click(&mut window, "Erase");
    until(&mut window, "the refusal", |window| shows(window, "cannot be read ("));
    type_in_dialog(&mut window, "Path of the erasure list", &list.display().to_string());
    click(&mut window, "Erase");
    until(&mut window, "the receipt", |window| shows(window, "They are erased"));
    assert!(shows(&window, "Nothing had left before."));
    let receipt = folder.path().join("receipt.txt");
    type_in_dialog(&mut window, "Path of the receipt", &receipt.display().to_string());
    click(&mut window, "Save the receipt");
    until(&mut window, "the receipt's file", |window| !shows(window, "They are erased"));
    until(&mut window, "the flow without them", |window| !nodes(window).is_empty());
    let after = nodes(&window);
    assert_ne!(after, before);

    click(&mut window, "Undo");
    until(&mut window, "the flow", |window| !nodes(window).is_empty() && nodes(window) != after);
    click(&mut window, "Redo");
    until(&mut window, "the flow", |window| nodes(window) == after);
    save(&mut window);
    let Ok(project) = read(&path, &passphrase()) else { panic!("a project") };
    assert!(!project.erased.is_empty());
    let text = std::fs::read_to_string(receipt).unwrap();
    let number = text.lines().next().unwrap().strip_prefix("Receipt ").unwrap();
    assert!(text.contains("shop.trodden on ") && project.history.text().contains(number));
    assert!(half.iter().all(|id| !text.contains(id.as_str())));
}

#[test]
fn a_project_gets_another_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, path) = with_project(folder.path());
    click(&mut window, "shop, what is open");
    click(&mut window, "Change the passphrase …");
    type_in_dialog(&mut window, "The passphrase until now", "another");
    type_in_dialog(&mut window, "The new passphrase", "willow brick seven");
    type_in_dialog(&mut window, "The new passphrase again", "willow");
    assert!(shows(&window, "The two differ."));
    type_in_dialog(&mut window, "The new passphrase again", "willow brick seven");
    click(&mut window, "Change it");
    until(&mut window, "the refusal", |window| shows(window, "is not the one of this project"));
    assert!(read(&path, &passphrase()).is_ok());
    type_in_dialog(&mut window, "The passphrase until now", PASSPHRASE);
    click(&mut window, "Change it");
    until(&mut window, "the change", |window| !shows(window, "The passphrase until now"));
    save(&mut window);
    assert!(read(&path, &passphrase()).is_err());
    let Ok(project) = read(&path, &Passphrase::new("willow brick seven").unwrap()) else {
        panic!("a project")
    };
    let text = project.history.text();
    assert_eq!(text.matches("\"what\":\"key_changed\"").count(), 1);
    assert!(project.history.verify().is_ok());
}
