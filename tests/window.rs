//! The window, used through its accessibility tree as a person with a screen reader would, and
//! compared with a picture of each screen.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use eframe::egui;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, SnapshotResults, wgpu::WgpuTestRenderer};
use trodden::app::{App, Start};
use trodden::project::{Folders, Settings, ThemeChoice};

const SIZE: [f32; 2] = [1440.0, 900.0];
/// Steps and pauses before a test gives up on the threads: half a minute.
const PATIENCE: usize = 1_500;

type Window = Harness<'static, App>;

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop-small.csv")
}

fn window(start: Start, folder: &Path, theme: ThemeChoice) -> Window {
    let folders = Folders::under(folder);
    Settings { theme, ..Settings::default() }
        .save(&folders)
        .expect("a fresh folder can be written to");
    // The harness sets its own theme over the one in the settings.
    let over = if theme == ThemeChoice::Dark { egui::Theme::Dark } else { egui::Theme::Light };
    Harness::builder()
        .with_size(SIZE)
        .with_theme(over)
        .with_step_dt(0.25)
        .build_eframe(move |cc| App::new(cc, start, folders))
}

/// Steps until `done`, with pauses for the threads behind the window.
fn until(window: &mut Window, what: &str, mut done: impl FnMut(&Window) -> bool) {
    for _ in 0..PATIENCE {
        window.step();
        if done(window) {
            settle(window);
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("waited in vain: {what}");
}

/// Steps until nothing is under way and nothing moves any more.
fn settle(window: &mut Window) {
    let mut quiet = 0;
    for _ in 0..PATIENCE {
        window.step();
        quiet = if window.state().is_idle() { quiet + 1 } else { 0 };
        if quiet == 4 {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the window never came to rest");
}

fn shows(window: &Window, words: &str) -> bool {
    window.query_all_by_label_contains(words).next().is_some()
}

fn click(window: &mut Window, name: &str) {
    // What is below the edge of the window has to be scrolled to, as by everybody.
    if window.get_by_label(name).rect().bottom() > SIZE[1] - 28.0 {
        window.get_by_label(name).scroll_to_me();
        settle(window);
    }
    window.get_by_label(name).click();
    settle(window);
}

/// The names of the nodes of the flow on screen.
/// Puts other words into a field, and leaves it.
fn type_over(window: &mut Window, field: &str, words: &str) {
    window.get_by_label(field).focus();
    window.step();
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.step();
    window.get_by_label(field).type_text(words);
    window.step();
    window.key_press(egui::Key::Escape);
    settle(window);
}

fn nodes(window: &Window) -> Vec<String> {
    window
        .query_all_by_label_contains(", step ")
        .filter_map(|node| node.accesskit_node().label())
        .collect()
}

/// The window with the fixture read and its first flow on screen.
fn with_flow(folder: &Path, theme: ThemeChoice) -> Window {
    let mut window = window(Start::Files(vec![fixture()]), folder, theme);
    until(&mut window, "the columns", |window| shows(window, "Read event as"));
    click(&mut window, "Import");
    until(&mut window, "the report", |window| shows(window, "Rows used"));
    draw(&mut window);
    window
}

/// Settles what looks personal by drawing it as Other, and goes to the flow.
fn draw(window: &mut Window) {
    click(window, "Protect");
    until(window, "the findings", |window| shows(window, "to settle"));
    click(window, "Draw them all as Other");
    until(window, "the settlement", |window| shows(window, "nothing is left to settle"));
    click(window, "Explore");
    until(window, "the flow", |window| !nodes(window).is_empty());
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("a dropped file is read by its path".to_owned())
    }
}

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

/// Whether pictures can be made here; says so in one line where they cannot.
fn renderer() -> bool {
    let made = std::panic::catch_unwind(|| drop(WgpuTestRenderer::new())).is_ok();
    if !made {
        assert!(
            std::env::var_os("TRODDEN_REQUIRE_RENDERER").is_none(),
            "TRODDEN_REQUIRE_RENDERER is set, and there is no renderer"
        );
        println!("no renderer on this machine: the pictures of the window were not compared");
    }
    made
}

fn picture(window: &mut Window, name: &str) {
    window.remove_cursor();
    settle(window);
    window.snapshot(name);
}

fn screens(theme: ThemeChoice, suffix: &str) {
    if !renderer() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut results = SnapshotResults::new();
    let mut first = window(Start::Welcome, folder.path(), theme);
    settle(&mut first);
    picture(&mut first, &format!("welcome-{suffix}"));
    results.extend_harness(&mut first);

    let mut second = window(Start::Files(vec![fixture()]), folder.path(), theme);
    until(&mut second, "the columns", |window| shows(window, "Read event as"));
    picture(&mut second, &format!("columns-{suffix}"));
    click(&mut second, "Import");
    until(&mut second, "the report", |window| shows(window, "Rows used"));
    click(&mut second, "Protect");
    until(&mut second, "the risk", |window| {
        shows(window, "to settle") && shows(window, "Who knows")
    });
    until(&mut second, "the curve", |window| shows(window, "What stays visible at the chosen k."));
    picture(&mut second, &format!("protect-{suffix}"));
    click(&mut second, "Add a rule");
    second.get_by_label("Labels it catches").type_text("*_page");
    settle(&mut second);
    second.get_by_label("New name").focus();
    settle(&mut second);
    second.get_by_label("New name").type_text("Page");
    until(&mut second, "the trial", |window| shows(window, "Page"));
    picture(&mut second, &format!("rule-{suffix}"));
    results.extend_harness(&mut second);

    let mut third = with_flow(folder.path(), theme);
    picture(&mut third, &format!("flow-{suffix}"));
    let node = nodes(&third).into_iter().find(|name| !name.starts_with("Other")).unwrap();
    click(&mut third, &node);
    picture(&mut third, &format!("node-{suffix}"));
    click(&mut third, "Table");
    picture(&mut third, &format!("table-{suffix}"));
    click(&mut third, "Data");
    picture(&mut third, &format!("report-{suffix}"));
    // The table is left as it is; the pictures come back with it.
    click(&mut third, "Explore");
    click(&mut third, "Table");
    for view in ["Map", "Paths", "Funnel", "Timing", "Trend"] {
        to_view(&mut third, view);
        picture(&mut third, &format!("{}-{suffix}", view.to_lowercase()));
    }
    to_view(&mut third, "Flow");
    click(&mut third, "Protect");
    until(&mut third, "the curve", |window| {
        shows(window, "What stays visible at the chosen k.") && shows(window, "Who knows")
    });
    picture(&mut third, &format!("settled-{suffix}"));
    click(&mut third, "Release");
    until(&mut third, "the package", |window| shows(window, "manifest.json"));
    // Where the file lies differs from machine to machine.
    type_over(&mut third, "Path of the package", "shop-small.trodden.zip");
    picture(&mut third, &format!("release-{suffix}"));
    results.extend_harness(&mut third);
}

#[test]
fn every_screen_looks_as_it_did_in_light() {
    screens(ThemeChoice::Light, "light");
}

#[test]
fn every_screen_looks_as_it_did_in_dark() {
    screens(ThemeChoice::Dark, "dark");
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

/// Puts words into an empty field.
fn type_into(window: &mut Window, field: &str, words: &str) {
    window.get_by_label(field).focus();
    settle(window);
    window.get_by_label(field).type_text(words);
    settle(window);
}

fn add_rule(window: &mut Window, pattern: &str, name: &str) {
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

/// Goes to one of the views and waits for its picture.
fn to_view(window: &mut Window, view: &str) {
    window.get_by_role_and_label(egui::accesskit::Role::Tab, view).click();
    until(window, "the picture", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, view).is_some()
    });
}

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
fn the_sliders_of_a_map_only_leave_out_and_its_activities_are_walked_with_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flow(folder.path(), ThemeChoice::Light);
    to_view(&mut window, "Map");
    let activities = |window: &Window| -> Vec<String> {
        let all = window.query_all_by_role(egui::accesskit::Role::Button);
        all.filter_map(|node| node.accesskit_node().label())
            .filter(|label| label.contains(", about ") && label.ends_with(" people"))
            .collect()
    };
    let all = activities(&window);
    assert!(all.len() > 5, "{all:?}");
    window.get_by_label("Activities, percent").focus();
    settle(&mut window);
    for _ in 0..60 {
        window.key_press(egui::Key::ArrowLeft);
        window.step();
    }
    settle(&mut window);
    let fewer = activities(&window);
    assert!(fewer.len() < all.len() && fewer.iter().all(|one| all.contains(one)), "{fewer:?}");
    window.get_by_label(&fewer[0]).focus();
    settle(&mut window);
    window.key_press(egui::Key::ArrowRight);
    settle(&mut window);
    let walked_to = window.query_all_by_label_contains("Around ").next();
    let around = walked_to.and_then(|node| node.accesskit_node().label());
    click(&mut window, &around.expect("what is walked to is selected"));
    assert!(shows(&window, "Show the whole map again"));
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
        click(&mut window, "Save");
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
    until(&mut window, "the values", |window| window.query_by_label("Value of platform").is_some());
    click(&mut window, "Value of platform");
    click(&mut window, "web");
    until(&mut window, "the comparison", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Comparison").is_some()
    });
    press(&mut window, egui::accesskit::Role::CheckBox, "As a difference");
    until(&mut window, "the difference", |window| shows(window, "a difference of "));
    click(&mut window, "Undo");
    until(&mut window, "both again", |window| !shows(window, "a difference of "));
}

/// What is shown with a name that begins like this.
fn beginning<'w>(window: &'w Window, words: &'w str) -> Vec<egui_kittest::Node<'w>> {
    let begins = |node: &egui_kittest::Node<'_>| {
        node.accesskit_node().label().is_some_and(|label| label.starts_with(words))
    };
    window.query_all_by_label_contains(words).filter(begins).collect()
}

#[test]
fn a_funnel_is_built_by_search_put_in_another_order_and_asked_who_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flow(folder.path(), ThemeChoice::Light);
    to_view(&mut window, "Funnel");
    click(&mut window, "Add a step");
    let field = window.get_by_label("Search: Add a step");
    assert!(field.accesskit_node().is_focused(), "the search takes the keyboard at once");
    window.get_by_label("Search: Add a step").type_text("sear");
    settle(&mut window);
    window.key_press(egui::Key::Enter);
    let last = "Step 5 of the funnel, search";
    until(&mut window, "the new step", |window| {
        shows(window, last) && !beginning(window, "search, about ").is_empty()
    });

    // Alt with an arrow moves the step, which keeps the keyboard.
    window.get_by_label(last).focus();
    settle(&mut window);
    for _ in 0..2 {
        window.key_press_modifiers(egui::Modifiers::ALT, egui::Key::ArrowUp);
        settle(&mut window);
    }
    assert!(shows(&window, "Step 3 of the funnel, search"));
    click(&mut window, "Step 3 may be left out");
    until(&mut window, "the optional step", |window| shows(window, "Step 4 may be left out"));
    for _ in 0..4 {
        click(&mut window, "Undo");
    }
    assert!(!shows(&window, last), "each of it can be taken back");
    click(&mut window, "Order: Any order");
    until(&mut window, "any order", |window| shows(window, "in any order"));

    let bar = beginning(&window, "catalog, about ");
    assert!(bar.len() == 1, "the bar says its value");
    bar[0].click();
    until(&mut window, "the way on", |window| shows(window, "Who did “home” and never “catalog”"));
    click(&mut window, "Who did “home” and never “catalog”");
    until(&mut window, "those who stopped", |window| {
        shows(window, "Do not ask who did home") && !nodes(window).is_empty()
    });
    click(&mut window, "Undo");
    until(&mut window, "the funnel again", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Funnel").is_some()
    });
    assert!(!shows(&window, "Do not ask who did home"), "it was one step");
}

#[test]
fn paths_are_searched_walked_with_the_keys_and_followed_and_a_table_is_taken_along() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flow(folder.path(), ThemeChoice::Light);
    to_view(&mut window, "Paths");
    let rows = |window: &Window| -> Vec<String> {
        let buttons = window.query_all_by_role(egui::accesskit::Role::Button);
        let mut rows: Vec<(f32, String)> = buttons
            .filter_map(|node| Some((node.rect().top(), node.accesskit_node().label()?)))
            .filter(|(_, label)| label.contains(", about ") && label.ends_with(" or more"))
            .collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.into_iter().map(|(_, label)| label).collect()
    };
    let all = rows(&window);
    type_into(&mut window, "Contains step", "promo");
    until(&mut window, "fewer rows", |window| rows(window).len() < all.len());
    let found = rows(&window);
    assert!(!found.is_empty() && found.iter().all(|row| row.contains("promo_page")), "{found:?}");
    assert!(shows(&window, "All paths without such a step, together"));

    window.get_by_label(&found[0]).click();
    until(&mut window, "the path", |window| shows(window, "Follow"));
    if found.len() > 1 {
        window.key_press(egui::Key::ArrowDown);
        settle(&mut window);
        assert!(window.get_by_label(&found[1]).accesskit_node().is_focused(), "an arrow walks on");
    }
    window.key_press(egui::Key::Enter);
    until(&mut window, "the flow", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Flow").is_some()
            && shows(window, "Stop anchoring at")
    });
    click(&mut window, "Undo");
    until(&mut window, "the paths", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Paths").is_some()
    });

    click(&mut window, "Table");
    click(&mut window, "Sort by People");
    assert!(shows(&window, "Sort by People, greatest first"));
    window.event(egui::Event::Copy);
    window.step();
    let copied =
        window.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
    let copied = copied.expect("the table is on the clipboard");
    let mut lines = copied.lines();
    assert_eq!(lines.next(), Some("Path\tPeople\tShare"));
    assert!(lines.all(|line| line.split('\t').count() == 3), "{copied}");
}

/// Uses a control whose name is written beside it too.
fn press(window: &mut Window, role: egui::accesskit::Role, name: &str) {
    window.get_by_role_and_label(role, name).click();
    settle(window);
}

/// Names of buttons on the map that stand for a path from one activity to another.
fn paths(window: &Window) -> Vec<String> {
    window
        .query_all_by_role(egui::accesskit::Role::Button)
        .filter_map(|node| node.accesskit_node().label())
        .filter(|label| label.contains(" to ") && label.contains(", about "))
        .collect()
}

/// The name of the node of an activity.
fn activity(window: &Window, label: &str) -> String {
    let names = window.query_all_by_role(egui::accesskit::Role::Button);
    let mut names = names.filter_map(|node| node.accesskit_node().label());
    names.find(|name| name.starts_with(&format!("{label}, about "))).unwrap()
}

/// `36 of 224`, as said beside the sliders: first of the activities, then of the paths.
fn of_all(window: &Window) -> Vec<[usize; 2]> {
    let labels = window.query_all_by_label_contains(" of ");
    let said = labels.filter_map(|node| node.accesskit_node().value());
    said.filter_map(|said| {
        let (some, all) = said.split_once(" of ")?;
        Some([some.parse().ok()?, all.parse().ok()?])
    })
    .collect()
}

#[test]
fn who_knows_process_maps_finds_sliders_layers_and_what_a_path_holds() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flow(folder.path(), ThemeChoice::Light);
    to_view(&mut window, "Map");
    let [activities, few] = of_all(&window)[..] else { panic!("two sliders say what they leave") };
    assert!(activities[0] <= activities[1] && few[0] < few[1], "{activities:?} {few:?}");
    window.get_by_label("Paths, percent").focus();
    settle(&mut window);
    window.key_press(egui::Key::End);
    settle(&mut window);
    let all = of_all(&window)[1];
    assert_eq!(all[0], all[1], "all the way up, all that is published is drawn");
    // Nothing is in motion any more.
    window.run();

    // Layers of frequency: people, sessions, times.
    let times_each = "occurrences";
    assert!(!paths(&window).iter().any(|path| path.contains(times_each)));
    click(&mut window, "Count: Times");
    until(&mut window, "how often", |window| {
        paths(window).iter().any(|path| path.contains(times_each))
    });
    click(&mut window, "Count: People");
    until(&mut window, "people again", |window| {
        paths(window).iter().any(|path| path.contains(" people"))
    });
    // And of time.
    assert!(paths(&window).iter().any(|path| path.contains(", half within ")));
    press(&mut window, egui::accesskit::Role::ComboBox, "Second value");
    click(&mut window, "none");
    until(&mut window, "no times", |window| {
        let paths = paths(window);
        !paths.is_empty() && !paths.iter().any(|path| path.contains(", half within "))
    });
    click(&mut window, "Undo");
    until(&mut window, "times", |window| {
        paths(window).iter().any(|path| path.contains(", half within "))
    });

    assert!(shows(&window, " again, about "), "what follows itself is drawn");
    press(&mut window, egui::accesskit::Role::CheckBox, "Self-loops");
    assert!(!shows(&window, " again, about "));
    assert!(shows(&window, " begin here"));
    press(&mut window, egui::accesskit::Role::CheckBox, "Begin and end");
    assert!(!shows(&window, " begin here"));

    // One path in full, found and chosen with the keys.
    let is_timed = |path: &String| path.contains(", half within ") && !path.contains("Other");
    let path = paths(&window).into_iter().find(is_timed).unwrap();
    window.get_by_label(&path).focus();
    settle(&mut window);
    window.key_press(egui::Key::Enter);
    settle(&mut window);
    for words in ["of people in ", "Time to the next step", "How long it takes from "] {
        assert!(shows(&window, words), "{words}");
    }
    click(&mut window, "Follow these people");
    until(&mut window, "the funnel", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Funnel").is_some()
    });
    let ends = path.split(", about ").next().unwrap();
    let (from, to) = ends.split_once(" to ").unwrap();
    for label in [from, to] {
        assert!(shows(&window, &format!("{label}, about ")), "{label} is a step of the funnel");
    }
    click(&mut window, "Undo");
    until(&mut window, "the map again", |window| !paths(window).is_empty());
}

#[test]
fn an_activity_of_a_map_has_a_menu_and_a_map_too_large_is_looked_at_piece_by_piece() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flow(folder.path(), ThemeChoice::Light);
    to_view(&mut window, "Map");
    let catalog = activity(&window, "catalog");
    let place = |window: &Window| window.get_by_label(&catalog).rect();
    for _ in 0..2 {
        click(&mut window, "Larger");
    }
    let before = place(&window);
    window.get_by_label_contains("Mini-map: ").focus();
    settle(&mut window);
    window.key_press(egui::Key::ArrowRight);
    settle(&mut window);
    assert!(place(&window).left() < before.left(), "to look further right moves the map left");
    click(&mut window, "Fit");
    assert!(place(&window).width() < before.width());
    press(&mut window, egui::accesskit::Role::CheckBox, "Mini-map");
    assert!(!shows(&window, "Mini-map: "));

    window.get_by_label(&catalog).click_secondary();
    settle(&mut window);
    click(&mut window, "Around catalog");
    assert!(shows(&window, "Show the whole map again"));
    click(&mut window, "Show the whole map again");
    window.get_by_label(&catalog).click_secondary();
    settle(&mut window);
    click(&mut window, "Start a flow here");
    until(&mut window, "the flow", |window| {
        nodes(window).iter().any(|name| name.starts_with("catalog, step 1"))
    });
}
