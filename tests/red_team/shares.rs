//! Percentages: whole percents of rounded numbers, and bands of five percent of exact ones.

use std::fmt::Write as _;

use serde_json::Value;
use trodden::release::Facts;
use trodden::vault::Vault;
use trodden::views::{Policy, Progress, ProtectionPlan, Rules};

use crate::reader::{Bin, bin, list, number, text};
use crate::world::{World, cruel, flow, funnel, map, plain, plan_of, specs};

/// What a funnel of two steps, its drop-off and its band say of those who took the first step and
/// not the second: every number of people that fits.
///
/// With nobody drawn before the first step everybody took it. Of those who took the second some may
/// be drawn as if they had not; the band says how many steps are drawn of all that were taken.
fn dropped_off(funnel: &Value) -> Option<Bin> {
    let steps = list(funnel, "steps");
    let (first, second) = (number(&steps[0], "count"), number(&steps[1], "count"));
    if number(funnel, "people") != first || second == 0 {
        return None;
    }
    let (k, b) = (number(funnel, "k"), number(funnel, "b"));
    let band = list(funnel, "by_name_band")[0].as_i64()?;
    let (firsts, seconds) = (bin(funnel, first), bin(funnel, second));
    let mut fits = Vec::new();
    for took_first in firsts.least..=firsts.most {
        for drawn_second in seconds.least..=seconds.most {
            let drawn_off = took_first - drawn_second;
            let is_drawn = if first == second {
                drawn_off == 0
            } else {
                drawn_off >= k && (drawn_off - (first - second)).abs() < b
            };
            for took_second in drawn_second..=took_first {
                let percent = 100 * (took_first + drawn_second) / (took_first + took_second);
                if is_drawn && (percent / 5 * 5).min(95) == band {
                    fits.push(took_first - took_second);
                }
            }
        }
    }
    Some(Bin { least: *fits.iter().min()?, most: *fits.iter().max()? })
}

#[test]
fn the_band_of_a_leaky_funnel_gives_the_drop_off_away() {
    let leaky = serde_json::json!({"view": "funnel", "k": 10, "b": 5, "people": 20,
        "by_name_band": [80, 85], "spec": {},
        "steps": [{"label": "A", "count": 20}, {"label": "B", "count": 10}]});
    let found = dropped_off(&leaky).expect("something fits");
    assert!(found.is_small(10), "{found:?}");
}

/// The share by name is of what is published: the attacker computes the same, and learns nothing.
#[test]
fn the_share_by_name_follows_from_the_published_numbers() {
    for (name, world) in cruel() {
        let asked = [flow("flow", 3, 2), map("map"), funnel("funnel", &["A", "B"])];
        for asked in asked {
            let Ok(package) = world.package(&[asked], Policy::default()) else { continue };
            let view = &package.views[0];
            let sum = |kind: &str| -> i64 {
                let nodes = view["nodes"].as_array().into_iter().flatten();
                let nodes = nodes.filter(|node| text(node, "kind") == kind);
                nodes.map(|node| number(node, "count")).sum()
            };
            let (named, other) = (sum("label"), sum("other"));
            let percent = if named + other == 0 { 100 } else { 100 * named / (named + other) };
            let low = (percent / 5 * 5).min(95);
            assert_eq!(list(view, "by_name_band")[0], low, "{name}");
        }
    }
}

/// Where k people and few more are kept, the band of those who were kept counts those who were not.
#[test]
fn the_share_of_people_who_agreed_proves_no_small_number_of_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut proven = Vec::new();
    for (kept, refused) in
        [40, 205, 260].into_iter().flat_map(|kept| (1..10_usize).map(move |few| (kept, few)))
    {
        let (events, register) = (folder.path().join("e.csv"), folder.path().join("r.csv"));
        let world = World::new().people(kept + refused, &["A", "B"]);
        std::fs::write(&events, world.csv()).expect("written");
        let mut list = "subject,purpose,state,time\n".to_owned();
        for person in 0..kept + refused {
            let state = if person < kept { "granted" } else { "refused" };
            writeln!(list, "person-{person:05},analytics,{state},2026-01-01").expect("a string");
        }
        std::fs::write(&register, list).expect("written");
        let plan = ProtectionPlan {
            purposes: vec!["analytics".to_owned()],
            registers: vec![register],
            ..ProtectionPlan::default()
        };
        let vault = Vault::import(&plan_of(events), &Progress::default()).expect("events");
        let Ok((vault, report)) =
            vault.protect(&plan, &trodden::vault::ErasedPeople::default(), &Progress::default())
        else {
            panic!("a register")
        };
        let spec = specs(&[map("map")]);
        let made =
            vault.disclose(&spec, &Rules::default(), Policy::default(), &Progress::default());
        let made = made.expect("enough");
        let package = trodden::release::write(&trodden::release::Contents {
            views: made.iter().map(|disclosure| &disclosure.view).collect(),
            policy: Policy::default(),
            facts: Facts { protection: Some(report.bands(&plan)), ..Facts::default() },
            formats: plain(),
            source: None,
            history: None,
        });
        let files = crate::world::unzip(&package.expect("written").bytes);
        let read = |name: &str| -> Value { serde_json::from_slice(&files[name]).expect("JSON") };
        let (view, manifest) = (read("views/map.json"), read("manifest.json"));
        let Some(band) = manifest["import"]["protection"]["kept_band"][0].as_i64() else {
            assert!(number(&view, "people") < 21 * 10, "of many people it is told");
            continue;
        };
        let kept = bin(&view, number(&view, "people"));
        let fits = (kept.least..=kept.most).flat_map(|kept| {
            (0..200).filter(move |left| (100 * kept / (kept + left) / 5 * 5).min(95) == band)
        });
        let (least, most) = fits.fold((i64::MAX, 0), |(a, b), left| (a.min(left), b.max(left)));
        if (Bin { least, most }).is_small(10) {
            assert!((least..=most).contains(&(refused as i64)), "the attacker errs");
            proven.push(format!("{refused} shown to be {least}..{most}"));
        }
    }
    assert_eq!(proven, [] as [String; 0]);
}

/// Whatever is written with a percent sign in page, statement, tables and pictures is whole, and a
/// share of two published numbers, or the edge of a band.
#[test]
fn percents_in_words_and_pictures_are_whole_and_follow_from_published_numbers() {
    for (name, world) in cruel() {
        let asked = [flow("flow", 4, 8), map("map"), funnel("funnel", &["A", "B", "C"])];
        let formats = trodden::release::Formats { png: false, ..Default::default() };
        let vault = world.keyed(9);
        let made = crate::world::publish(
            &vault,
            &specs(&asked),
            Policy::default(),
            &Rules::default(),
            formats,
        );
        let Ok(package) = made else { continue };
        let mut counts: Vec<i64> = Vec::new();
        for view in &package.views {
            collect(view, &mut counts);
        }
        counts.sort_unstable();
        counts.dedup();
        for (file, bytes) in &package.files {
            let text = String::from_utf8_lossy(bytes);
            // How wide a column is, is no share.
            let text = text.split_once("</style>").map_or(&*text, |(_, page)| page);
            for (at, _) in text.match_indices('%') {
                let before: String = text[..at]
                    .chars()
                    .rev()
                    .take_while(|c| c.is_ascii_digit() || *c == '.')
                    .collect();
                let before: String = before.chars().rev().collect();
                let Ok(percent) = before.parse::<i64>() else {
                    assert!(before.is_empty(), "{name}, {file}: {before}%");
                    continue;
                };
                let is_share = counts.iter().filter(|whole| **whole > 0).any(|whole| {
                    counts.iter().any(|part| (100 * part - percent * whole).abs() <= *whole)
                });
                assert!(is_share || percent % 5 == 0, "{name}, {file}: {percent}%");
            }
        }
    }
}

fn collect(value: &Value, counts: &mut Vec<i64>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let count = value.as_i64().filter(|_| name == "count" || name == "people");
                counts.extend(count);
                collect(value, counts);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, counts)),
        _ => {}
    }
}
