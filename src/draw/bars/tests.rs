//! What a picture of a view promises, whatever its kind.

use super::{ChartPicture, Listing, PathOrder, TimeScale, chart_scene, fit, view_scene};
use crate::draw::testing::{
    breakdown, comparison, every_kind, flow, funnel, paths, seal, shop, timing, trend,
};
use crate::draw::text::measure;
use crate::draw::tokens::Theme;
use crate::draw::{Mark, Scene, TextAlign, Weight, png};
use crate::views::{Disclosed, PublishedCohort, Side, TimeBin, View};

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

/// As small and as large as the window gets, on both scales.
fn pictures() -> Vec<ChartPicture> {
    let of = |width: f32, height: f32, scale| ChartPicture {
        width,
        height,
        scale,
        ..ChartPicture::default()
    };
    vec![
        ChartPicture::default(),
        of(660.0, 400.0, Some(TimeScale::Even)),
        of(1_700.0, 900.0, Some(TimeScale::Logarithmic)),
    ]
}

#[test]
fn nothing_is_cut_off_or_lies_over_something_else() {
    let more = [breakdown(timing), breakdown(trend)];
    for view in every_kind().into_iter().chain(more) {
        for view in [with_long_labels(&view), view] {
            let is_flow = view.parts().iter().any(|part| matches!(part, View::Flow(_)));
            let is_map = view.parts().iter().any(|part| matches!(part, View::Map(_)));
            let sealed = seal(view);
            let mut scenes = vec![view_scene(&sealed, Theme::Light)];
            if !is_map {
                scenes.extend(pictures().iter().map(|picture| chart_scene(&sealed, picture)));
            }
            for scene in scenes {
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
}

#[test]
fn every_bar_of_a_funnel_is_as_high_as_its_published_count() {
    let View::Funnel(published) = funnel(&PublishedCohort::default()) else { panic!() };
    let scene = view_scene(&seal(View::Funnel(published.clone())), Theme::Light);
    let height = |id: &str| scene.target(id).expect("a bar").rect[3];
    for (at, step) in published.steps.iter().enumerate() {
        let share = step.count as f32 / published.people as f32;
        assert!((height(&format!("step-{at}")) / height("everyone") - share).abs() < 0.01, "{at}");
    }
    let svg = scene.to_svg();
    // Of everyone, and of the bar before: Cart may be left out, so Payment is compared with Product.
    for share in ["80\u{202F}% of all", "24\u{202F}% of all", "30\u{202F}%", "12\u{202F}%"] {
        assert!(svg.contains(share), "{share}");
    }
    assert!(svg.contains("\u{2212}1\u{202F}965") && svg.contains("may be left out"));
}

#[test]
fn an_optional_step_of_few_does_not_make_the_next_one_a_gain() {
    let View::Funnel(mut published) = funnel(&PublishedCohort::default()) else { panic!() };
    published.steps[1].count = 10;
    let scene = view_scene(&seal(View::Funnel(published)), Theme::Light);
    let payment = scene.target("step-2").expect("a bar");
    assert!(payment.name.contains("12\u{202F}% of the step before"), "{}", payment.name);
    assert!(payment.name.contains("about 2\u{202F}465 did not come this far"), "{}", payment.name);
}

fn timed(bins: Vec<TimeBin>) -> Disclosed<View> {
    let View::Timing(mut published) = timing(&PublishedCohort::default()) else { panic!() };
    published.people = bins.iter().map(|bin| bin.count).sum();
    published.bins = bins;
    seal(View::Timing(published))
}

#[test]
fn the_area_of_a_bar_is_its_people_on_both_scales() {
    let bin = |from, to, count| TimeBin { from, to, count };
    let bins = vec![
        bin(0, Some(60), 25),
        bin(60, Some(120), 40),
        bin(120, Some(1_200), 60),
        bin(1_200, None, 15),
    ];
    let view = timed(bins.clone());
    for scale in [TimeScale::Even, TimeScale::Logarithmic] {
        let picture =
            ChartPicture { scale: Some(scale), width: 1_440.0, ..ChartPicture::default() };
        let scene = chart_scene(&view, &picture);
        let area = |at: usize| {
            let [_, _, width, height] = scene.target(&format!("time-{at}")).expect("a bar").rect;
            f64::from((width + 1.0) * height) / bins[at].count as f64
        };
        for at in 1..4 {
            assert!((area(at) / area(0) - 1.0).abs() < 0.05, "{scale:?}: bar {at}");
        }
    }
    let names: Vec<String> =
        chart_scene(&view, &ChartPicture::default()).targets.into_iter().map(|t| t.name).collect();
    assert!(names.contains(&"1–2 min, about 40 people, 29\u{202F}%".to_owned()), "{names:?}");
    assert!(names[2].ends_with(", put together") && names[3].starts_with("20 min or more, "));
}

#[test]
fn on_an_even_scale_a_long_tail_is_one_bar_that_says_so() {
    let bin = |from, to, count| TimeBin { from, to, count };
    let view = timed(vec![
        bin(0, Some(60), 400),
        bin(60, Some(120), 400),
        bin(120, Some(86_400), 50),
        bin(86_400, None, 50),
    ]);
    let of = |scale| {
        let picture = ChartPicture { scale: Some(scale), ..ChartPicture::default() };
        chart_scene(&view, &picture)
    };
    let even = of(TimeScale::Even);
    assert_eq!(even.targets.len(), 3);
    let tail = &even.targets[2].name;
    assert!(tail.starts_with("2 min or more, about 100 people, 11\u{202F}%"), "{tail}");
    assert!(even.to_svg().contains("the table tells them apart"));
    assert_eq!(of(TimeScale::Logarithmic).targets.len(), 4);
}

#[test]
fn no_line_of_a_quarter_runs_through_the_count_of_a_bar() {
    let view = seal(timing(&PublishedCohort::default()));
    let ink = Theme::Light.colours().text_strong;
    // Where a bar is too narrow to make way, paper lies behind its count.
    let scene = chart_scene(&view, &ChartPicture::default());
    let is_count = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let counts = texts(&scene).into_iter().filter(|(_, text)| is_count(text));
    for ([left, top, right, bottom], text) in counts {
        for shape in &scene.shapes {
            let Mark::Line { from, to, stroke } = &shape.mark else { continue };
            let is_upright = stroke.colour == ink && (from[0] - to[0]).abs() < 0.1;
            let is_there = from[0] > left && from[0] < right;
            let meets = from[1].min(to[1]) < bottom && from[1].max(to[1]) > top;
            assert!(!(is_upright && is_there && meets), "{text} at {left}, line {from:?}");
        }
    }
}

#[test]
fn a_time_of_one_bin_and_a_trend_of_one_interval_are_told() {
    let one = timed(vec![TimeBin { from: 0, to: None, count: 20 }]);
    for picture in pictures() {
        let scene = chart_scene(&one, &picture);
        assert!(scene.targets[0].name.starts_with("any time, about 20 people"));
        assert!(!scene.to_svg().contains("NaN"));
    }
    let View::Trend(mut published) = trend(&PublishedCohort::default()) else { panic!() };
    published.bins.truncate(1);
    published.bins[0].to = None;
    let scene = view_scene(&seal(View::Trend(published)), Theme::Light);
    assert!(scene.to_svg().contains("all days put together: about 150 people"));
}

#[test]
fn a_trend_that_is_split_is_one_plot_with_a_line_a_segment() {
    let scene = view_scene(&seal(breakdown(trend)), Theme::Light);
    for (at, name) in ["AT", "DE", "Other segments"].into_iter().enumerate() {
        let target = scene.target(&format!("{at}/days-0")).expect("a point");
        assert!(target.name.starts_with(&format!("{name}, before 2026-03-09, ")), "{target:?}");
    }
    // The first interval has no beginning: its mark is hollow on every line, whatever its shape.
    for at in [1, 2] {
        let target = scene.targets.iter().position(|t| t.id == format!("{at}/days-0"));
        let own = scene.shapes.iter().filter(|shape| shape.target == target);
        assert_eq!(own.filter(|shape| matches!(shape.mark, Mark::Polygon { .. })).count(), 2);
    }
    let svg = scene.to_svg();
    assert!(svg.contains(">Mar<") || svg.contains("Mar</"), "days are written as days are said");
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
    assert!(names(timing(&all)).iter().any(|name| name.starts_with("1–5 min, about 40 people,")));
}

#[test]
fn paths_are_sorted_and_searched_and_still_add_up_to_everybody() {
    let view = seal(paths(&PublishedCohort::default()));
    let shown = |listing: Listing| {
        let scene = chart_scene(&view, &ChartPicture { listing, ..ChartPicture::default() });
        scene.targets.into_iter().map(|target| target.name).collect::<Vec<_>>()
    };
    let all = shown(Listing::default());
    assert!(all.len() == 4 && all[0].starts_with("Home › Search › Buy, "), "{all:?}");
    assert!(all[2].starts_with("Search › Other × 2, "), "{all:?}");
    let short = shown(Listing { order: PathOrder::Length, ..Listing::default() });
    assert!(short[0].starts_with("Search › left"), "{short:?}");
    let named = shown(Listing { order: PathOrder::Name, ..Listing::default() });
    assert!(named[0].starts_with("Home › Search › left"), "{named:?}");
    let found = shown(Listing { contains: " bUY".to_owned(), ..Listing::default() });
    assert!(found.len() == 2 && found[1].ends_with("together, 3 paths, about 55"), "{found:?}");
    let whole = shown(Listing { whole: true, ..Listing::default() });
    assert!(whole.len() == 3 && whole[2].ends_with("together, 2 paths, about 110"), "{whole:?}");
    let none = shown(Listing { contains: "nobody".to_owned(), ..Listing::default() });
    assert!(none.len() == 1 && none[0].ends_with("4 paths, about 150"), "{none:?}");
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
    assert!(scene.target("rest").expect("the rest").name.contains("4\u{202F}960 paths"));
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

/// A flow of the shop, of a group.
fn shop_flow(cohort: &PublishedCohort) -> View {
    let mut flow = flow(&shop(2_000), 3, 4, Side::Start);
    flow.spec.cohort = cohort.clone();
    View::Flow(flow)
}

#[test]
fn two_flows_stand_side_by_side_in_one_order_of_rows() {
    let view = comparison(shop_flow);
    let scene = chart_scene(&seal(view.clone()), &ChartPicture::default());
    nothing_is_cut_off_or_overlaps(&view, &scene);
    let place = |id: &str| scene.target(id).map(|target| target.rect).expect(id);
    let View::Flow(flow) = shop_flow(&PublishedCohort::default()) else { unreachable!() };
    for node in &flow.nodes {
        let [one, other] = [0, 1].map(|at| place(&format!("{at}/{}", node.id)));
        assert_eq!((one[1], one[3]), (other[1], other[3]), "{}", node.id);
        assert!(one[0] < scene.width / 2.0 && other[0] > scene.width / 2.0, "{}", node.id);
    }
}

#[test]
fn flows_in_one_picture_are_striped_by_group_and_add_up() {
    let view = breakdown(shop_flow);
    let picture = ChartPicture { together: true, ..ChartPicture::default() };
    let scene = chart_scene(&seal(view.clone()), &picture);
    nothing_is_cut_off_or_overlaps(&view, &scene);
    let View::Flow(flow) = shop_flow(&PublishedCohort::default()) else { unreachable!() };
    for node in &flow.nodes {
        let name = &scene.target(&node.id).expect("a node").name;
        assert!(name.contains(&crate::draw::text::number(3 * node.count)), "{name}");
    }
    let edge = &flow.edges[0];
    let stripes: Vec<_> =
        [0, 1, 2].map(|at| scene.target(&format!("{at}/{}→{}", edge.from, edge.to))).to_vec();
    let names: Vec<&str> = stripes.iter().flatten().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), 3);
    for (name, group) in names.iter().zip(["AT: ", "DE: ", "Other segments: "]) {
        assert!(name.starts_with(group), "{name}");
        assert!(name.contains(&crate::draw::text::number(edge.count)), "{name}");
    }
    // One below the other, and each as thick as its share.
    let left = |at: usize| stripes[at].expect("a stripe").outline.clone();
    let (first, second) = (left(0), left(1));
    let foot = first.last().expect("a point")[1];
    assert!((foot - second[0][1]).abs() < 0.01, "{foot} {:?}", second[0]);
}
