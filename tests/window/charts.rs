//! Funnels and paths.

use eframe::egui;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use trodden::project::ThemeChoice;

use crate::{Window, click, nodes, settle, shows, to_view, type_into, until, with_flow};

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
