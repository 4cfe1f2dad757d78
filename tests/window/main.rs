//! The window, used through its accessibility tree as a person with a screen reader would, and
//! compared with a picture of each screen.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod board;
mod charts;
mod explore;
mod map;
mod open;
mod pictures;
mod policy;
mod project;
mod protect;
mod release;
mod review;

use std::path::{Path, PathBuf};
use std::time::Duration;

use eframe::egui;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
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
    window_of(SIZE, 1.0, start, folder, theme)
}

/// A window of this size in points, each of so many pixels.
fn window_of(
    size: [f32; 2],
    scale: f32,
    start: Start,
    folder: &Path,
    theme: ThemeChoice,
) -> Window {
    let folders = Folders::under(folder);
    Settings { theme, ..Settings::default() }
        .save(&folders)
        .expect("a fresh folder can be written to");
    // The harness sets its own theme over the one in the settings.
    let over = if theme == ThemeChoice::Dark { egui::Theme::Dark } else { egui::Theme::Light };
    Harness::builder()
        .with_size(size)
        .with_pixels_per_point(scale)
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
    // Half a minute of its short pauses as well: a package takes its time where two tests share two cores.
    for _ in 0..6 * PATIENCE {
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
    let bottom = window.ctx.content_rect().bottom();
    if window.get_by_label(name).rect().bottom() > bottom - 28.0 {
        window.get_by_label(name).scroll_to_me();
        settle(window);
    }
    window.get_by_label(name).click();
    settle(window);
}

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

/// The names of the nodes of the flow on screen.
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

/// Puts words into an empty field.
fn type_into(window: &mut Window, field: &str, words: &str) {
    window.get_by_label(field).focus();
    settle(window);
    window.get_by_label(field).type_text(words);
    settle(window);
}

/// Goes to one of the views and waits for its picture.
fn to_view(window: &mut Window, view: &str) {
    window.get_by_role_and_label(egui::accesskit::Role::Tab, view).click();
    until(window, "the picture", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, view).is_some()
    });
}

/// Uses a control whose name is written beside it too.
fn press(window: &mut Window, role: egui::accesskit::Role, name: &str) {
    window.get_by_role_and_label(role, name).click();
    settle(window);
}
