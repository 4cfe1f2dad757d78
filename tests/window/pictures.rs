//! Every screen, compared with a picture of it.

use eframe::egui;
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{SnapshotResults, wgpu::WgpuTestRenderer};
use trodden::app::Start;
use trodden::project::ThemeChoice;

use crate::{
    Window, click, draw, fixture, nodes, settle, shows, to_view, type_over, until, window,
    window_of, with_flow,
};

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

    let mut fourth = window(Start::Welcome, folder.path(), theme);
    click(&mut fourth, "Present");
    picture(&mut fourth, &format!("present-{suffix}"));
    crate::board::told(&mut fourth);
    picture(&mut fourth, &format!("board-{suffix}"));
    fourth.key_press(egui::Key::F5);
    until(&mut fourth, "the wall", |window| shows(window, "On the wall, slide 1 of 1"));
    // No picture of that: there is a clock on it.
    results.extend_harness(&mut fourth);
}

/// The smallest window, enlarged twice.
fn enlarged(theme: ThemeChoice, suffix: &str, views: &[&str]) {
    const SMALLEST: [f32; 2] = [1024.0, 700.0];
    if !renderer() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut results = SnapshotResults::new();
    let start = Start::Files(vec![fixture()]);
    let mut window = window_of(SMALLEST, 2.0, start, folder.path(), theme);
    until(&mut window, "the columns", |window| shows(window, "Read event as"));
    picture(&mut window, &format!("columns-{suffix}"));
    click(&mut window, "Import");
    until(&mut window, "the report", |window| shows(window, "Rows used"));
    draw(&mut window);
    let node = nodes(&window).into_iter().find(|name| !name.starts_with("Other")).unwrap();
    click(&mut window, &node);
    picture(&mut window, &format!("flow-{suffix}"));
    for view in views {
        to_view(&mut window, view);
        picture(&mut window, &format!("{}-{suffix}", view.to_lowercase()));
    }
    click(&mut window, "Protect");
    until(&mut window, "the curve", |window| {
        shows(window, "What stays visible at the chosen k.") && shows(window, "Who knows")
    });
    picture(&mut window, &format!("settled-{suffix}"));
    click(&mut window, "Release");
    until(&mut window, "the package", |window| shows(window, "manifest.json"));
    type_over(&mut window, "Path of the package", "shop-small.trodden.zip");
    picture(&mut window, &format!("release-{suffix}"));
    results.extend_harness(&mut window);
}

#[test]
fn every_screen_looks_as_it_did_when_enlarged() {
    let views = ["Map", "Paths", "Funnel", "Timing", "Trend"];
    enlarged(ThemeChoice::Light, "light-200", &views);
}

#[test]
fn every_screen_looks_as_it_did_when_enlarged_in_dark() {
    enlarged(ThemeChoice::Dark, "dark-200", &["Map", "Timing"]);
}

#[test]
fn every_screen_looks_as_it_did_in_light() {
    screens(ThemeChoice::Light, "light");
}

#[test]
fn every_screen_looks_as_it_did_in_dark() {
    screens(ThemeChoice::Dark, "dark");
}
