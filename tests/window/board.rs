//! A journey board built from nothing, bound to numbers, voted on, shown to a room and printed; with the
//! keyboard alone, and through the tree that a screen reader sees.

use std::path::{Path, PathBuf};

use eframe::egui;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use trodden::app::{Role, Start};
use trodden::board::{LaneKind, Template};
use trodden::project::ThemeChoice;
use trodden::release;

use crate::policy::sample_under;
use crate::{
    Window, click, nodes, press, settle, shows, type_over, until, window, window_of, with_flow,
};

/// The place Present with a board from a template.
fn with_board(folder: &Path, template: &str) -> Window {
    let mut window = window(Start::Welcome, folder, ThemeChoice::Light);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    settle(&mut window);
    let name = window
        .query_all_by_label_contains(template)
        .filter_map(|node| node.accesskit_node().label())
        .find(|label| label.contains("lanes"))
        .unwrap();
    click(&mut window, &name);
    until(&mut window, "the board", |window| shows(window, "Stage 1 of"));
    window
}

/// The same with one card: the shop is opened, at first.
fn with_card(folder: &Path) -> Window {
    let mut window = with_board(folder, Template::Empty.name());
    window.get_by_label("Actions at First, empty").focus();
    settle(&mut window);
    write(&mut window, "Opens the shop");
    key(&mut window, Key::Enter);
    key(&mut window, Key::Escape);
    window
}

/// A small board with something in every lane that takes words, for its picture.
pub fn told(window: &mut Window) {
    click(window, "Shop: 5 stages, 7 lanes");
    until(window, "the board", |window| shows(window, "Stage 1 of"));
    for (cell, words) in [
        ("Actions at Arrive", "Opens the shop from a link or a search"),
        ("Actions at Look around", "Searches by name, then filters"),
        ("Touchpoints at Arrive", "Home"),
        ("Quotes at Choose", "Where did my list go?"),
        ("Pain points at Pay", "Payment error without a reason"),
        ("Ideas at Pay", "Say why a card was refused, and what to do next"),
        ("Ideas at Choose", "Save for later without an account"),
    ] {
        window.get_by_label(&format!("{cell}, empty")).focus();
        settle(window);
        write(window, words);
        key(window, Key::Enter);
        key(window, Key::Escape);
    }
    window.get_by_label("Feeling at Arrive: nothing drawn").focus();
    settle(window);
    key(window, Key::Enter);
    for (stage, direction) in
        [Key::ArrowUp, Key::ArrowUp, Key::ArrowDown, Key::ArrowDown, Key::ArrowUp]
            .into_iter()
            .enumerate()
    {
        for _ in 0..=stage {
            key(window, direction);
        }
        key(window, Key::ArrowRight);
    }
    key(window, Key::Enter);
}

fn key(window: &mut Window, key: Key) {
    window.key_press(key);
    settle(window);
}

fn with(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn write(window: &mut Window, words: &str) {
    window.event(Event::Text(words.to_owned()));
    settle(window);
}

/// The names of all cards of a kind.
fn cards(window: &Window, kind: &str) -> Vec<String> {
    let words = format!("{kind}, stage ");
    let all = window.query_all_by_label_contains(&words);
    all.filter_map(|node| node.accesskit_node().label()).collect()
}

fn has_card(window: &Window, kind: &str, words: &[&str]) -> bool {
    cards(window, kind).iter().any(|name| words.iter().all(|word| name.contains(word)))
}

#[test]
fn a_board_is_written_carried_and_taken_back_with_the_keyboard_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_board(folder.path(), Template::Empty.name());
    window.get_by_label("Actions at First, empty").focus();
    settle(&mut window);
    // Typing begins a card, Enter goes on to the next.
    write(&mut window, "Opens the shop");
    key(&mut window, Key::Enter);
    write(&mut window, "Looks around");
    key(&mut window, Key::Enter);
    key(&mut window, Key::Escape);
    assert_eq!(cards(&window, "Action").len(), 2, "{:?}", cards(&window, "Action"));
    assert!(shows(&window, "Actions at First, 2 cards"));
    // The keyboard is at the end of the cell: up to the last card, and with Alt to the right.
    key(&mut window, Key::ArrowUp);
    with(&mut window, Modifiers::ALT, Key::ArrowRight);
    assert!(has_card(&window, "Action", &["stage Then", "Looks around"]));
    assert!(shows(&window, "Actions at Then, 1 card"));
    with(&mut window, Modifiers::COMMAND, Key::Z);
    assert!(has_card(&window, "Action", &["stage First", "Looks around"]));
    // Enter edits what is there.
    key(&mut window, Key::Enter);
    write(&mut window, " for shoes");
    key(&mut window, Key::Enter);
    assert!(has_card(&window, "Action", &["Looks around for shoes"]));
    with(&mut window, Modifiers::COMMAND, Key::D);
    assert_eq!(cards(&window, "Action").len(), 3);
    key(&mut window, Key::Delete);
    assert_eq!(cards(&window, "Action").len(), 2);
    // What was cut is pasted with all that was on it; other text becomes cards, one a line.
    window.event(Event::Cut);
    settle(&mut window);
    assert_eq!(cards(&window, "Action").len(), 1);
    window.event(Event::Paste("Asks a friend\nComes back\n".to_owned()));
    settle(&mut window);
    assert_eq!(cards(&window, "Action").len(), 3);
}

#[test]
fn the_menu_key_opens_what_a_right_click_does_and_gives_the_keyboard_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_card(folder.path());
    key(&mut window, Key::ArrowUp);
    with(&mut window, Modifiers::SHIFT, Key::F10);
    assert!(window.get_by_label("Edit").is_focused());
    key(&mut window, Key::ArrowDown);
    key(&mut window, Key::ArrowDown);
    assert!(window.get_by_label("Duplicate").is_focused());
    key(&mut window, Key::Enter);
    assert_eq!(cards(&window, "Action").len(), 2);
    assert!(!shows(&window, "Duplicate"));
    // Closed without a choice, it leaves the keyboard where it was.
    with(&mut window, Modifiers::SHIFT, Key::F10);
    assert!(shows(&window, "Duplicate"));
    key(&mut window, Key::Escape);
    assert!(!shows(&window, "Duplicate"));
    with(&mut window, Modifiers::ALT, Key::ArrowRight);
    assert!(has_card(&window, "Action", &["stage Then", "Opens the shop"]));
}

#[test]
fn stages_and_lanes_are_added_named_moved_and_taken_away_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_board(folder.path(), Template::Empty.name());
    window.get_by_label("Stage 3 of 3: At last").focus();
    settle(&mut window);
    key(&mut window, Key::Insert);
    until(&mut window, "the new stage", |window| shows(window, "Name of the stage"));
    with(&mut window, Modifiers::COMMAND, Key::A);
    write(&mut window, "Afterwards");
    key(&mut window, Key::Enter);
    assert!(shows(&window, "Stage 4 of 4: Afterwards"));
    with(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert!(shows(&window, "Stage 3 of 4: Afterwards"));
    key(&mut window, Key::F2);
    write(&mut window, "Later");
    key(&mut window, Key::Enter);
    assert!(shows(&window, "Stage 3 of 4: Later"));
    key(&mut window, Key::Delete);
    assert!(shows(&window, "Stage 3 of 3: At last"));
    click(&mut window, "Add a stage or a lane");
    click(&mut window, LaneKind::Quotes.name());
    until(&mut window, "the new lane", |window| shows(window, "Name of the lane"));
    key(&mut window, Key::Escape);
    assert!(shows(&window, "Quotes at First, empty"));
}

#[test]
fn feelings_are_stepped_with_the_keys_and_drawn_with_the_pointer() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_board(folder.path(), Template::Empty.name());
    window.get_by_label("Feeling at First: nothing drawn").focus();
    settle(&mut window);
    key(&mut window, Key::Enter);
    key(&mut window, Key::ArrowUp);
    key(&mut window, Key::ArrowUp);
    assert!(shows(&window, "Feeling at First: Everybody +1.0"), "two steps of a half");
    key(&mut window, Key::ArrowRight);
    for _ in 0..5 {
        key(&mut window, Key::ArrowDown);
    }
    assert!(shows(&window, "Feeling at Then: Everybody −1.5"));
    let rect = window.get_by_label_contains("Feeling at At last").rect();
    let [from, to] = [rect.left_center(), rect.right_top()].map(|at| at + egui::vec2(0.0, 8.0));
    drag(&mut window, from, to);
    assert!(!shows(&window, "Feeling at At last: Everybody not drawn"));
    with(&mut window, Modifiers::COMMAND, Key::Z);
    assert!(shows(&window, "Feeling at At last: Everybody not drawn"));
}

fn drag(window: &mut Window, from: egui::Pos2, to: egui::Pos2) {
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.event(Event::PointerMoved(from));
    window.step();
    window.event(button(from, true));
    window.step();
    for share in 1..=8_u8 {
        window.event(Event::PointerMoved(from.lerp(to, f32::from(share) / 8.0)));
        window.step();
    }
    window.event(button(to, false));
    settle(window);
}

#[test]
fn a_card_is_dragged_to_another_cell() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_card(folder.path());
    let from = window.get_by_label_contains("Opens the shop").rect().center();
    let to = window.get_by_label("Ideas at At last, empty").rect().center();
    drag(&mut window, from, to);
    assert!(has_card(&window, "Idea", &["stage At last", "Opens the shop"]));
    with(&mut window, Modifiers::COMMAND, Key::Z);
    assert!(has_card(&window, "Action", &["stage First", "Opens the shop"]));
}

#[test]
fn a_group_votes_with_digits_and_sees_totals_once_they_are_revealed() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_board(folder.path(), Template::Empty.name());
    for (stage, idea) in [("First", "Say the price"), ("Then", "Fewer fields")] {
        window.get_by_label(&format!("Ideas at {stage}, empty")).focus();
        settle(&mut window);
        write(&mut window, idea);
        key(&mut window, Key::Enter);
        key(&mut window, Key::Escape);
    }
    click(&mut window, "Group");
    click(&mut window, "Dots: 1");
    click(&mut window, "Begin the vote");
    assert!(shows(&window, "Person 1: 1 dot left"));
    key(&mut window, Key::Num2);
    assert!(shows(&window, "Person 1: no dots left"));
    assert!(!has_card(&window, "Idea", &["Fewer fields", "1 dot,"]), "totals are hidden");
    click(&mut window, "Next person");
    key(&mut window, Key::Num2);
    click(&mut window, "Reveal the votes");
    assert!(shows(&window, "2 people voted"));
    assert!(has_card(&window, "Idea", &["Fewer fields", "2 dots"]), "{:?}", cards(&window, "Idea"));
}

#[test]
fn the_time_runs_can_be_stopped_and_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_board(folder.path(), Template::Empty.name());
    click(&mut window, "Group");
    click(&mut window, "One minute less");
    assert!(shows(&window, "4:00"));
    click(&mut window, "Start the time");
    assert!(shows(&window, "Pause the time"));
    click(&mut window, "Pause the time");
    click(&mut window, "Reset the time");
    assert!(shows(&window, "4:00"));
}

/// The numbers of the flow on a board, which has just been made of its steps.
fn bound(folder: &Path) -> Window {
    let mut window = with_flow(folder, ThemeChoice::Light);
    bind(&mut window);
    window
}

fn bind(window: &mut Window) {
    press(window, egui::accesskit::Role::Tab, "Present");
    click(window, "Stages from the view in Explore");
    until(window, "the numbers", |window| {
        has_card(window, "Number", &["measured, about"]) && shows(window, "not released yet")
    });
}

/// Whether a measured number is among what the room sees.
fn on_wall(window: &Window) -> bool {
    window
        .query_all_by_label_contains("Enlarge Number")
        .filter_map(|node| node.accesskit_node().label())
        .any(|name| name.contains("measured, about"))
}

fn released(window: &mut Window, path: &Path) {
    press(window, egui::accesskit::Role::Tab, "Release");
    until(window, "the package", |window| shows(window, "manifest.json"));
    type_over(window, "Path of the package", &path.display().to_string());
    click(window, "Write the package");
    until(window, "the file", |window| shows(window, "Written and read back"));
    press(window, egui::accesskit::Role::Tab, "Present");
    until(window, "the board", |window| shows(window, "Stage 1 of"));
}

/// Puts other words into a field of a dialog, which Escape would close.
fn fill(window: &mut Window, field: &str, words: &str) {
    window.get_by_label(field).focus();
    settle(window);
    with(window, Modifiers::COMMAND, Key::A);
    window.get_by_label(field).type_text(words);
    settle(window);
}

fn save_as(window: &mut Window, path: &Path) {
    fill(window, "Path of the file", &path.display().to_string());
    click(window, "Save the file");
    let name = path.file_name().unwrap().display().to_string();
    until(window, "the file", |window| shows(window, &format!("{name} is written.")));
}

#[test]
fn numbers_come_to_the_wall_to_paper_and_into_a_presenter_file_once_they_are_released() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = bound(folder.path());
    // A board of unreleased numbers shows none of them to the room.
    key(&mut window, Key::F5);
    until(&mut window, "the wall", |window| shows(window, "On the wall, slide 1 of 1"));
    assert!(shows(&window, "Some numbers are not released yet"));
    assert!(!on_wall(&window));
    key(&mut window, Key::Escape);
    click(&mut window, "A journey in 6 steps, boards");
    click(&mut window, "Save a presenter file …");
    assert!(shows(&window, "Write the package at Release first"));

    let package = folder.path().join("shop.trodden.zip");
    released(&mut window, &package);
    assert!(!shows(&window, "not released yet"));
    key(&mut window, Key::F5);
    until(&mut window, "the numbers on the wall", on_wall);
    key(&mut window, Key::B);
    assert!(shows(&window, "The wall is blank"));
    key(&mut window, Key::Escape);

    let show = folder.path().join("shop.trodden-show.zip");
    click(&mut window, "A journey in 6 steps, boards");
    click(&mut window, "Save a presenter file …");
    save_as(&mut window, &show);
    let opened = release::open(&std::fs::read(&show).unwrap()).unwrap();
    assert!(opened.verdict.passed(), "{:?}", opened.verdict.findings);
    assert_eq!(opened.workshop.unwrap().boards.len(), 1);

    let page = folder.path().join("board.pdf");
    click(&mut window, "Print or save the board");
    click(&mut window, "On one page, PDF");
    save_as(&mut window, &page);
    assert!(std::fs::read(&page).unwrap().starts_with(b"%PDF-"));
    presents_without_data(folder.path(), show);
}

#[test]
fn numbers_that_a_reviewer_is_to_see_first_do_not_come_to_the_wall_when_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = sample_under("review_required = true\n", folder.path());
    bind(&mut window);
    press(&mut window, egui::accesskit::Role::Tab, "Release");
    settle(&mut window);
    click(&mut window, "PNG");
    until(&mut window, "the package", |window| shows(window, "the policy asks for it"));
    type_over(&mut window, "What the release is for", "For the planning week");
    let package = folder.path().join("shop.trodden.zip");
    type_over(&mut window, "Path of the package", &package.display().to_string());
    until(&mut window, "the package again", |window| shows(window, "manifest.json"));
    click(&mut window, "Write the package");
    until(&mut window, "the file", |window| shows(window, "Written and read back"));
    press(&mut window, egui::accesskit::Role::Tab, "Present");
    until(&mut window, "the board", |window| shows(window, "Stage 1 of"));
    key(&mut window, Key::F5);
    until(&mut window, "the wall", |window| shows(window, "On the wall, slide 1 of 1"));
    assert!(shows(&window, "Some numbers are not released yet"));
    assert!(!on_wall(&window));
}

/// Whoever has the file alone sees board and numbers, and can go on working.
fn presents_without_data(folder: &Path, show: PathBuf) {
    let start = Start::Packages(Role::Presenter, vec![show]);
    let mut window = window_of([1024.0, 700.0], 1.0, start, folder, ThemeChoice::Dark);
    until(&mut window, "the board", |window| has_card(window, "Number", &["measured, about"]));
    assert!(window.query_by_role_and_label(egui::accesskit::Role::Tab, "Data").is_none());
    window.get_by_label("Actions at Step 1, empty").focus();
    settle(&mut window);
    write(&mut window, "Comes by bus");
    key(&mut window, Key::Enter);
    key(&mut window, Key::Escape);
    assert!(has_card(&window, "Action", &["Comes by bus"]));
    key(&mut window, Key::F);
    until(&mut window, "the wall", |window| shows(window, "On the wall, slide 1 of 1"));
}

#[test]
fn slides_turn_with_the_keys_of_a_clicker_and_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_board(folder.path(), Template::Shop.name());
    click(&mut window, "Slides");
    for add in ["A sentence alone", "Board: Shop journey"] {
        click(&mut window, "Add a slide");
        click(&mut window, add);
    }
    assert!(shows(&window, "Slide 1: A sentence"));
    click(&mut window, "Move slide 2 up");
    assert!(shows(&window, "Slide 1: Shop journey"));
    click(&mut window, "Slide 1: Shop journey, board: Shop journey");
    type_over(&mut window, "Title of the slide", "Where people leave");
    type_over(&mut window, "Notes of the slide", "Pause here");
    assert!(shows(&window, "Slide 1: Where people leave"));
    click(&mut window, "Present, F5");
    until(&mut window, "the wall", |window| shows(window, "slide 1 of 2: Where people leave"));
    assert!(shows(&window, "Pause here"));
    key(&mut window, Key::PageDown);
    assert!(shows(&window, "slide 2 of 2: A sentence"));
    key(&mut window, Key::PageDown);
    assert!(shows(&window, "slide 2 of 2"), "there is no slide after the last");
    key(&mut window, Key::PageUp);
    assert!(shows(&window, "slide 1 of 2"));
    key(&mut window, Key::End);
    key(&mut window, Key::Escape);
    assert!(shows(&window, "Stage 1 of 5: Arrive"));
}

#[test]
fn broken_journeys_and_pictures_get_a_sentence_and_the_board_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_board(folder.path(), Template::Shop.name());
    let broken = folder.path().join("broken.mmd");
    std::fs::write(&broken, "journey\n  section A\n    Task: many: Me\n").unwrap();
    click(&mut window, "Shop journey, boards");
    click(&mut window, "From a Mermaid journey …");
    fill(&mut window, "Path of the file", &broken.display().to_string());
    click(&mut window, "Open the file");
    until(&mut window, "the error", |window| shows(window, "Line 3"));
    assert!(shows(&window, "Stage 1 of 5: Arrive"));
    std::fs::write(&broken, "journey\n  title My day\n  section Morning\n    Tea: 5: Me\n")
        .unwrap();
    click(&mut window, "Open the file");
    until(&mut window, "the journey", |window| shows(window, "Stage 1 of 1: Morning"));
    assert!(has_card(&window, "Action", &["Tea"]));
    assert!(nodes(&window).is_empty());
}
