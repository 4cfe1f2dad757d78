//! What looks personal, what steps are called, and who is counted.

use std::path::Path;

use eframe::egui;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use trodden::app::Start;
use trodden::project::ThemeChoice;

use crate::{Window, click, fixture, settle, shows, type_into, until, window};

/// The window with the fixture read and what looks personal still open.
fn with_findings(folder: &Path) -> Window {
    let mut window = window(Start::Files(vec![fixture()]), folder, ThemeChoice::Light);
    until(&mut window, "the columns", |window| shows(window, "Read event as"));
    click(&mut window, "Import");
    until(&mut window, "the report", |window| shows(window, "Rows used"));
    click(&mut window, "Protect");
    until(&mut window, "the findings", |window| shows(window, "to settle"));
    window
}

pub fn add_rule(window: &mut Window, pattern: &str, name: &str) {
    click(window, "Add a rule");
    type_into(window, "Labels it catches", pattern);
    type_into(window, "New name", name);
    click(window, "Add the rule");
}

#[test]
fn rules_are_written_moved_by_key_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_findings(folder.path());
    add_rule(&mut window, "*_page", "Page");
    let page = "Rule 1, Wildcard: *_page becomes Page, about ";
    until(&mut window, "the first rule", |window| shows(window, page));
    add_rule(&mut window, "promo_page", "Promo");
    // The first rule that catches a label decides, so the second one catches nobody.
    let none = "Rule 2, Rename: promo_page becomes Promo, too few people to tell, or none";
    until(&mut window, "the second rule", |window| shows(window, none));
    window.get_by_label(none).focus();
    settle(&mut window);
    window.key_press_modifiers(egui::Modifiers::ALT, egui::Key::ArrowUp);
    let promo = "Rule 1, Rename: promo_page becomes Promo, about ";
    until(&mut window, "the other order", |window| shows(window, promo));
    for _ in 0..3 {
        click(&mut window, "Undo");
    }
    until(&mut window, "no rule", |window| shows(window, "No rule yet"));
    click(&mut window, "Redo");
    until(&mut window, "the rule again", |window| shows(window, page));
    window.get_by_label_contains(page).focus();
    settle(&mut window);
    window.key_press(egui::Key::Delete);
    until(&mut window, "no rule again", |window| shows(window, "No rule yet"));
}

#[test]
fn a_rule_that_cannot_be_read_is_not_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_findings(folder.path());
    click(&mut window, "Add a rule");
    click(&mut window, "How patterns are read: Regex");
    type_into(&mut window, "Labels it catches", "(page");
    type_into(&mut window, "New name", "Page");
    window.key_press(egui::Key::Enter);
    settle(&mut window);
    assert!(!shows(&window, "Rule 1,") && shows(&window, "Add the rule"));
}

#[test]
fn a_finding_is_kept_with_a_reason_and_decided_about_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_findings(folder.path());
    click(&mut window, "Keep: /aaaaa/000000");
    assert!(window.get_by_label("Keep it").accesskit_node().is_disabled(), "without a reason");
    type_into(&mut window, "Reason to keep it", "numbers of products");
    click(&mut window, "Keep it");
    until(&mut window, "the decision", |window| shows(window, "kept: numbers of products"));
    click(&mut window, "Decide again about /aaaaa/000000");
    until(&mut window, "the finding", |window| shows(window, "Replace by Order"));
    click(&mut window, "Replace by Order: /aaaaa/000000");
    until(&mut window, "the rule", |window| shows(window, "Rule 1, Mask: /aaaaa/000000"));
    assert!(shows(&window, "became Order"));
}

#[test]
fn a_proposal_is_tried_before_it_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_findings(folder.path());
    until(&mut window, "the proposals", |window| shows(window, "Try /order/*"));
    click(&mut window, "Try /order/*");
    assert!(shows(&window, "Add the rule") && !shows(&window, "Rule 1,"));
    click(&mut window, "Cancel");
    assert!(!shows(&window, "Add the rule"));
    click(&mut window, "Add /order/*");
    until(&mut window, "the rule", |window| shows(window, "Rule 1, Wildcard: /order/*"));
    assert!(!shows(&window, "Try /order/*"), "what was taken is proposed no more");
}

#[test]
fn consent_by_purpose_leaves_people_out_and_can_be_undone() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_findings(folder.path());
    click(&mut window, "Only with consent to analytics");
    until(&mut window, "fewer people", |window| shows(window, " people are counted, "));
    assert!(shows(&window, " agreed, "));
    assert!(!shows(&window, "400 of 400"));
    click(&mut window, "Undo");
    until(&mut window, "everybody", |window| {
        shows(window, "Nobody is left out yet") && shows(window, "to settle")
    });
}

#[test]
fn an_erasure_list_is_added_by_its_path_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let rows = std::fs::read_to_string(fixture()).unwrap();
    let people: std::collections::BTreeSet<&str> =
        rows.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    let erased: Vec<&str> = people.into_iter().take(25).collect();
    let list = folder.path().join("forget.csv");
    std::fs::write(&list, format!("user_id\n{}\n", erased.join("\n"))).unwrap();
    let mut window = window(Start::Files(vec![fixture()]), folder.path(), ThemeChoice::Light);
    until(&mut window, "the columns", |window| shows(window, "Read event as"));
    click(&mut window, "Type a path: Erasure list");
    type_into(&mut window, "Path: Erasure list", &list.display().to_string());
    click(&mut window, "Add it");
    assert!(shows(&window, "Take forget.csv away"));
    click(&mut window, "Import");
    until(&mut window, "the report", |window| shows(window, "People left out"));
    click(&mut window, "See who is counted");
    until(&mut window, "the count", |window| shows(window, "Erased: 25 people."));
    assert!(erased.iter().all(|person| !shows(&window, person)));
}
