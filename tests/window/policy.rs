//! A policy of the organisation, below which the window asks nothing and lets nothing out.

use std::path::Path;

use eframe::egui;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use trodden::app::{App, Start};
use trodden::project::{Folders, Settings};

use crate::{SIZE, Window, click, nodes, shows, until};

/// The sample under a policy that was chosen before.
pub fn sample_under(policy: &str, folder: &Path) -> Window {
    let path = folder.join("firm.trodden-policy.toml");
    std::fs::write(&path, policy).unwrap();
    let folders = Folders::under(folder);
    Settings { policy: Some(path), ..Settings::default() }.save(&folders).unwrap();
    let mut window: Window = Harness::builder()
        .with_size(SIZE)
        .with_step_dt(0.25)
        .build_eframe(move |cc| App::new(cc, Start::Sample, folders));
    until(&mut window, "the flow", |window| !nodes(window).is_empty());
    window
}

/// Runs what the palette finds first.
pub fn run(window: &mut Window, words: &str) {
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    window.step();
    window.get_by_label("Run a command").type_text(words);
    window.step();
    window.key_press(egui::Key::Enter);
    crate::settle(window);
}

#[test]
fn nothing_is_asked_below_what_a_policy_demands() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = sample_under("k = 20\n", folder.path());
    until(&mut window, "the threshold", |window| shows(window, "k ≥ 20"));
    run(&mut window, "At least 5 people");
    assert!(shows(&window, "k ≥ 20"));
    run(&mut window, "At least 30 people");
    until(&mut window, "a higher one", |window| shows(window, "k ≥ 30"));
    // What was before the policy cannot be had back.
    for _ in 0..3 {
        window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
        crate::settle(&mut window);
    }
    assert!(shows(&window, "k ≥ 20"));
    click(&mut window, "Protect");
    until(&mut window, "its name", |window| shows(window, "firm, not signed"));
}

#[test]
fn where_a_review_is_demanded_no_picture_leaves_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = sample_under("review_required = true\n", folder.path());
    run(&mut window, "Save the view: Picture, PNG");
    until(&mut window, "the reason", |window| shows(window, "Add the view to a release"));
    assert!(window.query_by_label("Save the view").is_none());
}

#[test]
fn a_policy_that_cannot_be_read_lets_nothing_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = sample_under("k = 3\n", folder.path());
    run(&mut window, "Save the view: Picture, PNG");
    assert!(window.query_by_label("Save the view").is_none());
    click(&mut window, "Protect");
    until(&mut window, "the reason", |window| shows(window, "k = 3 is not offered"));
    click(&mut window, "Do without the policy");
    click(&mut window, "Explore");
    until(&mut window, "the flow", |window| !nodes(window).is_empty());
    run(&mut window, "Save the view: Picture, PNG");
    until(&mut window, "the dialog", |window| shows(window, "Save the view"));
}
