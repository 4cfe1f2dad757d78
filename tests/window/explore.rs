//! The views in general: from one to the other, about whom, in which form, and the flow.

use std::path::Path;

use eframe::egui;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use trodden::app::Start;
use trodden::project::ThemeChoice;

use crate::{
    Window, click, fixture, nodes, press, settle, shows, to_view, until, window, with_flow,
};

#[test]
fn every_view_is_one_click_away_with_its_numbers_in_the_tree_and_in_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flow(folder.path(), ThemeChoice::Light);
    for (view, in_picture) in [
        ("Map", "home, about "),
        ("Paths", "about "),
        ("Funnel", "home, about "),
        ("Timing", "about "),
        ("Trend", "about "),
    ] {
        to_view(&mut window, view);
        assert!(shows(&window, in_picture), "{view}");
        click(&mut window, "Table");
        let canvas = window.query_by_role_and_label(egui::accesskit::Role::Canvas, view);
        assert!(canvas.is_none() && shows(&window, "about "), "{view}");
        click(&mut window, "Table");
    }
}

#[test]
fn a_cohort_is_chosen_and_left_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flow(folder.path(), ThemeChoice::Light);
    assert!(shows(&window, "400 people · shop-small.csv"));
    click(&mut window, "Add a filter");
    click(&mut window, "People who did");
    click(&mut window, "cart");
    until(&mut window, "fewer people", |window| {
        shows(window, "did cart")
            && !shows(window, "400 people · shop-small.csv")
            && !nodes(window).is_empty()
    });
    click(&mut window, "Done");
    click(&mut window, "Do not ask who did cart");
    until(&mut window, "everybody", |window| shows(window, "400 people · shop-small.csv"));
}

#[test]
fn a_command_is_found_by_a_few_of_its_letters() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flow(folder.path(), ThemeChoice::Light);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    settle(&mut window);
    let field = window.get_by_label("Run a command");
    assert!(field.accesskit_node().is_focused(), "the field takes the keyboard at once");
    window.get_by_label("Run a command").type_text("shw map");
    settle(&mut window);
    window.key_press(egui::Key::Enter);
    until(&mut window, "the map", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Map").is_some()
    });
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    settle(&mut window);
    window.key_press(egui::Key::Escape);
    settle(&mut window);
    assert!(!shows(&window, "Go to Data"));
}

#[test]
fn a_view_is_saved_where_one_says_and_copied() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flow(folder.path(), ThemeChoice::Light);
    for (form, ending, begins) in [
        ("Picture, PNG", "png", &b"\x89PNG"[..]),
        ("Picture, SVG", "svg", b"<svg"),
        ("Picture, PDF", "pdf", b"%PDF"),
        ("Table, CSV", "csv", b"kind,step,label"),
    ] {
        click(&mut window, "Export");
        click(&mut window, form);
        let path = folder.path().join(format!("flow.{ending}"));
        type_path(&mut window, &path);
        if ending == "png" {
            window.key_press(egui::Key::Enter);
        } else {
            click(&mut window, "Save");
        }
        until(&mut window, "the file", |window| {
            shows(window, &format!("flow.{ending} is written."))
        });
        assert!(std::fs::read(&path).unwrap().starts_with(begins), "{ending}");
    }
    // What is there is replaced only where that is said, and never the events themselves.
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
    settle(&mut window);
    type_path(&mut window, &folder.path().join("flow.png"));
    assert!(shows(&window, "it would be replaced"));
    type_path(&mut window, &fixture());
    click(&mut window, "Replace");
    assert!(shows(&window, "This is the file with the events"));
    window.key_press(egui::Key::Escape);
    settle(&mut window);
    assert!(!shows(&window, "Path of the file"));

    click(&mut window, "Export");
    click(&mut window, "Copy the picture");
    until(&mut window, "the picture", |window| shows(window, "in the clipboard"));
}

fn type_path(window: &mut Window, path: &Path) {
    window.get_by_label("Path of the file").focus();
    window.step();
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.step();
    window.get_by_label("Path of the file").type_text(&path.display().to_string());
    settle(window);
}

/// Who knows the path exploration of GA4: start and end points, steps, more names, hiding, breakdown
/// and comparison, all from the picture.
#[test]
fn a_flow_is_explored_from_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(Start::Sample, folder.path(), ThemeChoice::Light);
    until(&mut window, "the flow", |window| !nodes(window).is_empty());
    let menu = |window: &mut Window, node: &str, entry: &str| {
        let name = nodes(window).into_iter().find(|name| name.starts_with(node)).unwrap();
        window.get_by_label(&name).click_secondary();
        settle(window);
        click(window, entry);
    };
    menu(&mut window, "Search, step 2", "Start here");
    until(&mut window, "the start", |window| shows(window, "Stop anchoring at Search"));
    let starts: Vec<String> =
        nodes(&window).into_iter().filter(|name| name.contains(", step 1,")).collect();
    assert!(starts.len() == 1 && starts[0].starts_with("Search"), "{starts:?}");

    let purchase = "Between Search and here";
    menu(&mut window, "Product, step 2", purchase);
    until(&mut window, "the other end", |window| shows(window, "To the next step"));
    assert!(!nodes(&window).is_empty());
    click(&mut window, "Anchor: Start");
    click(&mut window, "Stop anchoring at Search");
    until(&mut window, "everybody", |window| !shows(window, "Stop anchoring at Search"));

    let named = nodes(&window).len();
    menu(&mut window, "Other, step 3", "Name more steps");
    until(&mut window, "more names", |window| nodes(window).len() > named);

    menu(&mut window, "Product, step 2", "Break down by platform");
    until(&mut window, "the segments", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Breakdown").is_some()
    });
    press(&mut window, egui::accesskit::Role::ComboBox, "Break down by");
    click(&mut window, "nothing");
    until(&mut window, "everybody", |window| !nodes(window).is_empty());

    menu(&mut window, "Product, step 2", "Merge or rename …");
    until(&mut window, "the rules", |window| shows(window, "Labels it catches"));
}

#[test]
fn two_groups_are_shown_as_their_difference() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(Start::Sample, folder.path(), ThemeChoice::Light);
    until(&mut window, "the flow", |window| !nodes(window).is_empty());
    press(&mut window, egui::accesskit::Role::ComboBox, "Compare");
    click(&mut window, "platform");
    until(&mut window, "the largest group", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Comparison").is_some()
    });
    click(&mut window, "Value of platform");
    click(&mut window, "ios");
    until(&mut window, "the comparison", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Comparison").is_some()
    });
    press(&mut window, egui::accesskit::Role::CheckBox, "As a difference");
    until(&mut window, "the difference", |window| shows(window, "a difference of "));
    click(&mut window, "Undo");
    until(&mut window, "both again", |window| !shows(window, "a difference of "));
}
