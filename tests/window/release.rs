//! Several views that leave together: put together, refused, settled, compared, written.

use std::path::Path;

use eframe::egui;
use egui_kittest::kittest::Queryable as _;
use trodden::app::Start;
use trodden::project::ThemeChoice;
use trodden::release;

use crate::{Window, click, nodes, press, settle, shows, to_view, type_over, until, window};

/// The sample, with its first flow on the screen.
fn sample(folder: &Path) -> Window {
    let mut window = window(Start::Sample, folder, ThemeChoice::Light);
    until(&mut window, "the flow", |window| !nodes(window).is_empty());
    window
}

fn add(window: &mut Window) {
    click(window, "Add to the release");
    until(window, "the view to be added", |window| shows(window, "In the release"));
}

fn to_release(window: &mut Window) {
    press(window, egui::accesskit::Role::Tab, "Release");
    until(window, "the package", |window| shows(window, "manifest.json"));
}

fn names(window: &Window) -> Vec<String> {
    use egui_kittest::kittest::NodeT as _;
    let pictures = window.query_all_by_label_contains("A picture of ");
    let names = pictures.filter_map(|node| node.accesskit_node().label());
    names.map(|name| name.replace("A picture of ", "").replace(" as it leaves", "")).collect()
}

fn write(window: &mut Window, path: &Path) -> Vec<String> {
    type_over(window, "Path of the package", &path.display().to_string());
    click(window, "Write the package");
    until(window, "the file", |window| shows(window, "Written and read back"));
    let opened = release::open(&std::fs::read(path).unwrap()).unwrap();
    assert!(opened.verdict.passed(), "{:?}", opened.verdict.findings);
    opened.views.iter().map(|view| view.view().name().to_owned()).collect()
}

#[test]
fn views_are_put_together_ordered_renamed_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = sample(folder.path());
    // Pixels are slow to make without optimization.
    to_release(&mut window);
    click(&mut window, "PNG");
    press(&mut window, egui::accesskit::Role::Tab, "Explore");
    to_view(&mut window, "Flow");
    add(&mut window);
    to_view(&mut window, "Map");
    add(&mut window);
    to_view(&mut window, "Funnel");
    add(&mut window);
    // The same question again is refused in words, whatever it would be called.
    window.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, egui::Key::A);
    settle(&mut window);
    assert!(shows(&window, "This view is in the release already, as funnel."));

    to_release(&mut window);
    assert_eq!(names(&window), ["flow", "map", "funnel"]);
    click(&mut window, "Change map");
    click(&mut window, "Rename");
    type_over_and_enter(&mut window, "flow");
    assert!(shows(&window, "Another view of the release has this name."));
    type_over_and_enter(&mut window, "what-follows");
    click(&mut window, "Change what-follows");
    click(&mut window, "Move it forward");
    until(&mut window, "the new order", |window| {
        names(window) == ["what-follows", "flow", "funnel"] && shows(window, "all 7 checks passed")
    });
    click(&mut window, "Undo");
    settle(&mut window);
    assert_eq!(names(&window), ["flow", "what-follows", "funnel"], "a move is taken back");
    click(&mut window, "Redo");
    until(&mut window, "the package again", |window| shows(window, "all 7 checks passed"));

    click(&mut window, "Read all of it");
    assert!(shows(&window, "What is not promised") && shows(&window, "told apart"));
    window.key_press(egui::Key::Escape);
    settle(&mut window);
    assert!(!shows(&window, "What is not promised"));

    for form in ["Parquet", "GraphML", "DOT", "Mermaid"] {
        click(&mut window, form);
    }
    until(&mut window, "every form", |window| {
        shows(window, "tables/what-follows.graphml") && shows(window, "tables/funnel.mmd")
    });
    let path = folder.path().join("three.trodden.zip");
    assert_eq!(write(&mut window, &path), ["what-follows", "flow", "funnel"]);
    assert!(shows(&window, "Show in folder"));
}

fn type_over_and_enter(window: &mut Window, words: &str) {
    window.get_by_label("Name of the view").focus();
    window.step();
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.step();
    window.get_by_label("Name of the view").type_text(words);
    window.step();
    window.key_press(egui::Key::Enter);
    settle(window);
    if shows(window, "Another view") {
        window.get_by_label("Name of the view").focus();
        settle(window);
    }
}

/// A flow of people and a map of sessions would state both for the same people.
#[test]
fn views_that_cannot_leave_together_are_held_until_one_is_taken_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = sample(folder.path());
    add(&mut window);
    to_view(&mut window, "Map");
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    settle(&mut window);
    window.get_by_label("Run a command").type_text("Count sessions");
    settle(&mut window);
    window.key_press(egui::Key::Enter);
    until(&mut window, "sessions", |window| shows(window, " sessions · "));
    add(&mut window);
    press(&mut window, egui::accesskit::Role::Tab, "Release");
    until(&mut window, "the refusal", |window| shows(window, "cannot be protected together"));
    assert!(shows(&window, "1 to settle") && shows(&window, "Waits until the audit is settled."));
    assert!(shows(&window, "a package tells only one of the two"));
    for way in ["Count people everywhere", "Take map out", "Raise k to 15"] {
        assert!(shows(&window, way), "{way}");
    }
    click(&mut window, "Take map out");
    until(&mut window, "the package", |window| shows(window, "all 7 checks passed"));
    assert_eq!(names(&window), ["flow"]);
    click(&mut window, "Undo");
    until(&mut window, "the refusal again", |window| shows(window, "Take map out"));
    click(&mut window, "Count people everywhere");
    until(&mut window, "the package", |window| shows(window, "all 7 checks passed"));
    assert_eq!(names(&window), ["flow", "map"]);
}

#[test]
fn a_release_is_compared_with_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = sample(folder.path());
    to_release(&mut window);
    assert!(shows(&window, "Choose the last package about these people"));
    let first = folder.path().join("first.trodden.zip");
    assert_eq!(write(&mut window, &first), ["flow"], "the view on the screen leaves alone");

    // What was written last of this source is what the next one is compared with.
    press(&mut window, egui::accesskit::Role::Tab, "Explore");
    to_view(&mut window, "Flow");
    add(&mut window);
    to_view(&mut window, "Trend");
    add(&mut window);
    to_release(&mut window);
    until(&mut window, "the comparison", |window| {
        shows(window, "Compared with first.trodden.zip") && shows(window, "+ trend")
    });
    assert!(shows(&window, "People shown") && shows(&window, "may be about different people"));
    assert!(shows(&window, "Together they give no small group away."));

    // Another file that is no package says so.
    let other = folder.path().join("other.zip");
    std::fs::write(&other, b"nothing").unwrap();
    type_over(&mut window, "Path of an earlier package", &other.display().to_string());
    until(&mut window, "the answer", |window| shows(window, "This is not a release package"));
}
