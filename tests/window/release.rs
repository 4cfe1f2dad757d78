//! Several views that leave together: put together, refused, settled, compared, written.

use std::path::Path;

use eframe::egui;
use egui_kittest::kittest::Queryable as _;
use trodden::app::Start;
use trodden::keys::{Passphrase, PublicKey, SecretKey};
use trodden::project::ThemeChoice;
use trodden::release::{self, Choice, Judgement, Point, Signed};

use crate::policy::sample_under;
use crate::{
    Dropped, Window, click, nodes, press, settle, shows, to_view, type_into, type_over, until,
    window,
};

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

fn is_disabled(window: &Window, button: &str) -> bool {
    use egui_kittest::kittest::NodeT as _;
    let button = window.get_by_role_and_label(egui::accesskit::Role::Button, button);
    button.accesskit_node().is_disabled()
}

/// Approves a package with a new key, and puts what is written on the reviewer's desk.
pub fn approve(window: &mut Window, package: &Path, folder: &Path) -> PublicKey {
    let words = Passphrase::new("correct horse battery").unwrap();
    let path = folder.join("desk.key");
    let public = SecretKey::create(&path, &words).unwrap();
    let key = SecretKey::read(&path, &words).unwrap();
    let judgement =
        Judgement { choice: Choice::Approved, holds: Point::ALL.to_vec(), comment: String::new() };
    let bytes = std::fs::read(package).unwrap();
    let decided = release::decide(&bytes, &judgement, &key, &[]).unwrap();
    let reviewed = folder.join("back.trodden.zip");
    std::fs::write(&reviewed, decided).unwrap();
    window.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(reviewed)));
    window.step();
    until(window, "the decision", |window| shows(window, "back, Approved"));
    public
}

#[test]
fn what_a_reviewer_is_to_see_has_a_reason_is_signed_and_comes_back_decided() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = sample_under("review_required = true\n", folder.path());
    to_release(&mut window);
    click(&mut window, "PNG");
    until(&mut window, "the package", |window| shows(window, "the policy asks for it"));
    assert!(is_disabled(&window, "Write the package"));
    assert!(shows(&window, "Say what the release is for: a reviewer is to look at it."));
    type_into(&mut window, "What the release is for", "for anna.smith@example.org");
    assert!(
        shows(&window, "The reason looks personal") && is_disabled(&window, "Write the package")
    );
    type_over(&mut window, "What the release is for", "For the planning week");
    until(&mut window, "the package again", |window| !is_disabled(window, "Write the package"));

    let place = folder.path().join("out.trodden.zip");
    type_over(&mut window, "Path of the package", &place.display().to_string());
    let key = folder.path().join("analyst.key");
    type_into(&mut window, "Path of the signing key", &key.display().to_string());
    assert!(shows(&window, "There is no such file.") && shows(&window, "with analyst.key"));
    type_into(&mut window, "Passphrase of the signing key", "short");
    assert!(is_disabled(&window, "Make a new key there"));
    type_into(&mut window, "Passphrase of the signing key", " and long");
    // It may lie below what is in sight: the keyboard reaches it there as well.
    window.get_by_label("Make a new key there").focus();
    settle(&mut window);
    window.key_press(egui::Key::Enter);
    until(&mut window, "the key", |window| shows(window, "is for everybody"));
    assert!(key.is_file() && is_disabled(&window, "Sign and write the package"));
    assert!(shows(&window, "Type the passphrase of the key, or take the key away."));
    type_into(&mut window, "Passphrase of the signing key", "another one");
    click(&mut window, "Sign and write the package");
    until(&mut window, "the refusal", |window| shows(window, "The passphrase does not open"));
    assert!(!place.exists());
    type_into(&mut window, "Passphrase of the signing key", "short and long");
    click(&mut window, "Sign and write the package");
    until(&mut window, "the file", |window| shows(window, "Written and read back"));
    let public = PublicKey::read(&PublicKey::place_beside(&key)).unwrap();
    let bytes = std::fs::read(&place).unwrap();
    let opened = release::open_with(&bytes, std::slice::from_ref(&public)).unwrap();
    assert_eq!(opened.verdict.signature, Signed::Good(public.id()));
    assert_eq!(opened.facts().reason.as_ref().unwrap().words(), "For the planning week");
    assert!(shows(&window, &format!("by key {}, and it holds", public.id())));
    assert!(shows(&window, "waits for a reviewer"));

    click(&mut window, "Open in Review");
    until(&mut window, "the desk", |window| shows(window, "out, To judge"));
    let reviewer = approve(&mut window, &place, folder.path());
    press(&mut window, egui::accesskit::Role::Tab, "Release");
    settle(&mut window);
    assert!(shows(&window, &format!("approved by key {}, not checked", reviewer.id())));
    assert!(shows(&window, "in back.trodden.zip"));
}
