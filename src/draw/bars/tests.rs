//! What a picture of a view promises, whatever its kind.

use super::{fit, view_scene};
use crate::draw::testing::{every_kind, funnel, paths, seal, timing};
use crate::draw::text::measure;
use crate::draw::tokens::Theme;
use crate::draw::{Mark, Scene, TextAlign, Weight, png};
use crate::views::{PublishedCohort, View};

/// Left, top, right and bottom of every text of a picture.
fn texts(scene: &Scene) -> Vec<([f32; 4], String)> {
    let mut texts = Vec::new();
    for shape in &scene.shapes {
        let Mark::Text { at, size, align, runs } = &shape.mark else { continue };
        let width: f32 =
            runs.iter().map(|run| run.gap + measure(&run.text, *size, run.weight)).sum();
        let left = match align {
            TextAlign::Left => at[0],
            TextAlign::Centre => at[0] - width / 2.0,
            TextAlign::Right => at[0] - width,
        };
        let words: Vec<&str> = runs.iter().map(|run| run.text.as_str()).collect();
        let box_ = [left, at[1] - size * 0.75, left + width, at[1] + size * 0.2];
        texts.push((box_, words.join(" ")));
    }
    texts
}

fn nothing_is_cut_off_or_overlaps(view: &View, scene: &Scene) {
    let texts = texts(scene);
    for (index, (a, text)) in texts.iter().enumerate() {
        let inside =
            a[0] >= -0.1 && a[1] >= 0.0 && a[2] <= scene.width + 0.1 && a[3] <= scene.height;
        assert!(inside, "{}: {text} at {a:?} leaves {}", view.kind(), scene.width);
        for (b, other) in &texts[..index] {
            let meet = a[0] < b[2] - 0.5 && b[0] < a[2] - 0.5 && a[1] < b[3] && b[1] < a[3];
            assert!(!meet, "{}: {text} {a:?} lies over {other} {b:?}", view.kind());
        }
    }
    for target in &scene.targets {
        let [x, y, width, height] = target.rect;
        assert!(x >= 0.0 && y >= 0.0 && width >= 0.0 && height >= 0.0, "{target:?}");
        assert!(x + width <= scene.width + 0.1 && y + height <= scene.height + 0.1, "{target:?}");
        assert!(!target.name.is_empty());
    }
}

/// The same view with labels as long as labels get.
fn with_long_labels(view: &View) -> View {
    let json = serde_json::to_string(view).expect("JSON");
    let long =
        "A label that somebody wrote without a thought for those who have to show it".repeat(2);
    let json = json.replace("Search", &format!("{long} 1")).replace("Home", &format!("{long} 2"));
    let json = json.replace("\"DE\"", &format!("\"{long} 3\"")).replace("Cart", &long);
    serde_json::from_str(&json).expect("a view")
}

#[test]
fn nothing_is_cut_off_or_lies_over_something_else() {
    for view in every_kind() {
        for view in [with_long_labels(&view), view] {
            let is_flow = view.parts().iter().any(|part| matches!(part, View::Flow(_)));
            let sealed = seal(view);
            let scene = view_scene(&sealed, Theme::Light);
            // A flow has rules and tests of its own.
            if !is_flow {
                nothing_is_cut_off_or_overlaps(sealed.view(), &scene);
            }
            let svg = scene.to_svg();
            assert!(!svg.contains("NaN") && !svg.contains("inf\""));
            assert!(png::render_within(&svg, 0.5).is_ok());
        }
    }
}

#[test]
fn every_bar_is_as_long_as_its_published_count() {
    let View::Funnel(published) = funnel(&PublishedCohort::default()) else { panic!() };
    let scene = view_scene(&seal(View::Funnel(published.clone())), Theme::Light);
    let length = |at: usize| scene.target(&format!("step-{at}")).expect("a bar").rect[2];
    for (at, step) in published.steps.iter().enumerate() {
        let share = step.count as f32 / published.steps[0].count as f32;
        assert!((length(at) / length(0) - share).abs() < 0.01, "step {at}");
    }
    let svg = scene.to_svg();
    for share in ["30\u{202F}%", "12\u{202F}%", "4\u{202F}%"] {
        assert!(svg.contains(share), "{share}");
    }
}

#[test]
fn counts_are_read_low_only_where_they_are_low() {
    let all = PublishedCohort::default();
    let names = |view: View| {
        let scene = view_scene(&seal(view), Theme::Light);
        scene.targets.into_iter().map(|target| target.name).collect::<Vec<_>>()
    };
    assert!(
        names(paths(&all)).contains(&"Home › Search › left, about 30 people or more".to_owned())
    );
    assert!(names(timing(&all)).contains(&"1–5 min, about 40 people".to_owned()));
}

#[test]
fn a_view_of_nobody_says_so() {
    for view in every_kind() {
        let View::Paths(mut empty) = view else { continue };
        empty.paths.clear();
        empty.people = 0;
        let svg = view_scene(&seal(View::Paths(empty)), Theme::Light).to_svg();
        assert!(svg.contains("Nothing is shown"), "{svg}");
    }
}

#[test]
fn a_list_without_end_is_told_to_be_in_the_table() {
    let View::Paths(mut many) = paths(&PublishedCohort::default()) else { panic!() };
    let path = many.paths[0].clone();
    many.paths = (0..5_000).map(|_| path.clone()).collect();
    let scene = view_scene(&seal(View::Paths(many)), Theme::Light);
    assert!(scene.height < 3_000.0, "{}", scene.height);
    assert!(scene.to_svg().contains("4\u{202F}960 more are in the table."));
}

#[test]
fn a_text_is_cut_to_its_room() {
    let text = "Send for Credit Collection";
    for room in [10.0, 60.0, 100.0, 1000.0] {
        let cut = fit(text, usize::MAX, 12.0, Weight::Regular, room);
        assert!(cut == "…" || measure(&cut, 12.0, Weight::Regular) <= room, "{cut}");
    }
    assert_eq!(fit(text, usize::MAX, 12.0, Weight::Regular, 1000.0), text);
    assert_eq!(fit("", 5, 12.0, Weight::Regular, 0.0), "");
}

/// The pictures for a look, where a folder is named.
#[test]
fn pictures_are_left_for_a_look_where_somebody_asks() {
    let folder = std::env::var_os("TRODDEN_PICTURES").map(std::path::PathBuf::from);
    for (at, view) in every_kind().into_iter().enumerate() {
        let views = [with_long_labels(&view), view];
        for (view, long) in views.into_iter().zip(["long", "usual"]) {
            let name = format!("{at:02}-{}-{long}.png", view.kind());
            let svg = view_scene(&seal(view), Theme::Light).to_svg();
            if let Some(folder) = &folder {
                let png = png::render_within(&svg, 1.0).expect("pixels");
                std::fs::write(folder.join(name), png).expect("written");
            }
        }
    }
}
