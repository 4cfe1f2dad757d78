//! The map, its sliders and its paths.

use eframe::egui;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use trodden::project::ThemeChoice;

use crate::{Window, click, nodes, press, settle, shows, to_view, until, with_flow};

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
