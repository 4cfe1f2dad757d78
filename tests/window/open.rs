//! Opening files, and how their columns are read.

use std::sync::Arc;

use eframe::egui;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use trodden::app::Start;
use trodden::project::{Folders, ThemeChoice};

use crate::protect::add_rule;
use crate::{Dropped, click, draw, fixture, nodes, settle, shows, type_over, until, window};

#[test]
fn a_typed_path_leads_to_the_columns_and_stays_in_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(Start::Welcome, folder.path(), ThemeChoice::Light);
    settle(&mut window);
    click(&mut window, "Type a path");
    settle(&mut window);
    let field = window.get_by_label("Path of the file");
    assert!(field.accesskit_node().is_focused(), "the field takes the keyboard at once");
    window.get_by_label("Path of the file").type_text(&fixture().display().to_string());
    settle(&mut window);
    click(&mut window, "Open");
    until(&mut window, "the columns", |window| shows(window, "Read event as"));
    assert!(shows(&window, "columns are never read: "), "what is not read is said");
    click(&mut window, "shop-small.csv, what is open");
    click(&mut window, "Close it");
    assert!(shows(&window, "Open shop-small.csv again"));
}

#[test]
fn a_file_that_is_not_there_is_said_where_it_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(Start::Welcome, folder.path(), ThemeChoice::Light);
    settle(&mut window);
    let missing = folder.path().join("missing.csv");
    window.input_mut().dropped_files.push(Arc::new(Dropped(missing)));
    until(&mut window, "the error", |window| shows(window, "Try again"));
    click(&mut window, "Back to the first screen");
    assert!(shows(&window, "Drop a file with events here"));
}

#[test]
fn from_a_dropped_file_to_a_verified_package() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(Start::Welcome, folder.path(), ThemeChoice::Light);
    settle(&mut window);
    window.input_mut().dropped_files.push(Arc::new(Dropped(fixture())));
    until(&mut window, "the columns", |window| shows(window, "Read event as"));
    click(&mut window, "Import");
    until(&mut window, "the report", |window| shows(window, "Rows used"));
    draw(&mut window);
    assert!(shows(&window, "k ≥ 10 · rounded to 5"));

    // A greater k never shows more names.
    let before = nodes(&window).len();
    click(&mut window, "Smallest group, k");
    click(&mut window, "30 people");
    until(&mut window, "the recount", |window| shows(window, "k ≥ 30 · rounded to 10"));
    assert!(nodes(&window).len() <= before);
    click(&mut window, "Undo");
    until(&mut window, "the old count", |window| nodes(window).len() == before);
    assert!(shows(&window, "k ≥ 10 · rounded to 5"));

    // A hidden label is gone from the picture and can be brought back.
    let named = nodes(&window).into_iter().find(|name| !name.starts_with("Other")).unwrap();
    let label = named.split(", step ").next().unwrap().to_owned();
    click(&mut window, &named);
    click(&mut window, "Hide");
    let gone = format!("{label}, step ");
    until(&mut window, "the label to go", |window| {
        let nodes = nodes(window);
        !nodes.is_empty() && !nodes.iter().any(|name| name.starts_with(&gone))
    });
    click(&mut window, &format!("Show {label} again"));
    until(&mut window, "the label to come back", |window| {
        nodes(window).iter().any(|name| name.starts_with(&gone))
    });

    click(&mut window, "Release");
    until(&mut window, "the package", |window| shows(window, "manifest.json"));
    let package = folder.path().join("out.trodden.zip");
    type_over(&mut window, "Path of the package", &package.display().to_string());
    click(&mut window, "Write the package");
    until(&mut window, "the file", |window| shows(window, "Written and read back"));
    let verdict = trodden::release::verify(&std::fs::read(&package).unwrap()).unwrap();
    assert!(verdict.findings.is_empty() && !verdict.checks.is_empty());
}

#[test]
fn the_sample_is_one_click_away_and_can_be_walked_with_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(Start::Welcome, folder.path(), ThemeChoice::Light);
    settle(&mut window);
    click(&mut window, "Open sample");
    until(&mut window, "the flow", |window| !nodes(window).is_empty());

    let top = |name: &String| window.get_by_label(name).rect().top();
    let mut second_step = nodes(&window);
    second_step.retain(|name| name.contains(", step 2,"));
    let first = second_step.into_iter().min_by(|a, b| top(a).total_cmp(&top(b))).unwrap();
    window.get_by_label(&first).focus();
    settle(&mut window);
    window.key_press(egui::Key::ArrowDown);
    settle(&mut window);
    assert!(!window.get_by_label(&first).is_focused(), "an arrow walks on");
    assert!(shows(&window, "Start here"), "what is walked to is selected");
    window.key_press(egui::Key::Escape);
    settle(&mut window);
    assert!(!shows(&window, "Start here"));

    click(&mut window, "Table");
    assert!(shows(&window, "Shares are of everybody at the step"));
    click(&mut window, "Why is this not here?");
    assert!(shows(&window, "The answer is the same for all three"));
}

#[test]
fn a_question_about_too_few_people_is_answered_with_a_way_on() {
    let folder = tempfile::tempdir().unwrap();
    let few = folder.path().join("few.csv");
    std::fs::write(&few, "user,event,time\na,x,2026-01-01\na,y,2026-01-02\nb,x,2026-01-01\n")
        .unwrap();
    let mut window = window(Start::Files(vec![few]), folder.path(), ThemeChoice::Light);
    until(&mut window, "the columns", |window| shows(window, "Read event as"));
    click(&mut window, "Import");
    until(&mut window, "the report", |window| shows(window, "Rows used"));
    click(&mut window, "Explore");
    until(&mut window, "the answer", |window| shows(window, "Too few people are left"));
    assert!(shows(&window, "Lower k to 5"));
}

#[test]
fn a_column_that_is_not_to_be_read_is_not_guessed_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(Start::Files(vec![fixture()]), folder.path(), ThemeChoice::Light);
    until(&mut window, "the columns", |window| shows(window, "Read session_id as"));
    click(&mut window, "Read session_id as");
    click(&mut window, "Not read");
    click(&mut window, "Import");
    until(&mut window, "the report", |window| shows(window, "Rows used"));
    assert!(shows(&window, "3 columns are never read: session_id, platform, channel"));
}

#[test]
fn what_columns_were_read_as_is_offered_for_the_next_file_like_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = window(Start::Files(vec![fixture()]), folder.path(), ThemeChoice::Light);
    until(&mut first, "the columns", |window| shows(window, "Read platform as"));
    click(&mut first, "Read platform as");
    click(&mut first, "Attribute");
    click(&mut first, "Import");
    until(&mut first, "the report", |window| shows(window, "Rows used"));
    click(&mut first, "Protect");
    until(&mut first, "the findings", |window| shows(window, "to settle"));
    add_rule(&mut first, "*_page", "Page");
    add_rule(&mut first, "search?q=jane.doe@example.com", "Search");
    until(&mut first, "the rules", |window| shows(window, "Rule 2, "));
    drop(first);
    let kept = std::fs::read_to_string(Folders::under(folder.path()).remembered_file()).unwrap();
    assert!(kept.contains("*_page") && kept.contains("platform"));
    assert!(!kept.contains("jane"), "a rule with a value in it is not kept");

    let mut second = window(Start::Files(vec![fixture()]), folder.path(), ThemeChoice::Light);
    until(&mut second, "the offer", |window| shows(window, "You read a file with these columns"));
    assert!(shows(&second, "2 columns are never read"));
    click(&mut second, "Use them again");
    until(&mut second, "the columns", |window| shows(window, "One column is never read: channel"));
    assert!(!shows(&second, "You read a file with these columns"));
    click(&mut second, "Undo");
    until(&mut second, "the guess", |window| shows(window, "2 columns are never read"));
}
