//! Two data sets with different exact counts whose published views are equal, under one key, give
//! the same package byte for byte: nothing but published values gets into a package.

use std::fmt::Write as _;

use trodden::release::{self, Contents, Facts, Formats};
use trodden::vault::{Key, Vault};
use trodden::views::{FlowSpec, ImportPlan, Policy, Progress, Rules, Spec};

/// Everybody on each path, one event a minute, and `refused` rows without a time.
fn events(people_on: &[(&[&str], usize)], refused: usize) -> String {
    let mut csv = "user,event,time\n".to_owned();
    let mut user = 0;
    for (path, people) in people_on {
        for _ in 0..*people {
            for (minute, step) in path.iter().enumerate() {
                writeln!(csv, "u{user},{step},2026-03-01T10:{minute:02}:00Z").expect("a string");
            }
            user += 1;
        }
    }
    for row in 0..refused {
        writeln!(csv, "u{row},Home,never").expect("a string");
    }
    csv
}

/// The published numbers as JSON, and the package.
fn release(csv: &str, policy: Policy) -> (String, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("events.csv");
    std::fs::write(&path, csv).expect("written");
    let plan = ImportPlan { files: vec![path], ..ImportPlan::default() };
    let inspection = Vault::inspect(&plan).expect("events");
    let vault = Vault::import(&plan, &Progress::default()).expect("events");
    let vault = vault.with_key(Key::from_bytes([3; 32]));
    let rules = Rules::default();
    let specs = [Spec::Flow(FlowSpec { steps: 4, ..FlowSpec::default() })];
    let views = vault.disclose(&specs, &rules, policy, &Progress::default()).expect("enough");
    let facts =
        Facts::of(&inspection.mapping, vault.quality(), &rules, &[], &vault.label_findings(&rules));
    let view = &views[0].view;
    let contents = Contents { views: vec![view], facts, formats: Formats::default() };
    let package = release::write(&contents).expect("publishable");
    (release::json(view.view()).expect("JSON"), package.bytes)
}

#[test]
fn equal_views_give_equal_packages_whatever_the_exact_counts_were() {
    let paths: [&[&str]; 5] = [
        &["Home", "Search", "Product", "Buy"],
        &["Home", "Search", "Home"],
        &["Home", "Product"],
        &["Search", "Product", "Buy"],
        &["Product", "Search", "Rare"],
    ];
    let people = [53, 37, 28, 21, 3];
    for policy in [Policy::default(), Policy::default().with_blur(false)] {
        let base: Vec<_> = paths.into_iter().zip(people).collect();
        let (numbers, package) = release(&events(&base, 4), policy);
        let mut equal = 0;
        for at in 0..paths.len() {
            for more in [1, 2] {
                let mut changed = base.clone();
                changed[at].1 += more;
                let (changed_numbers, changed_package) = release(&events(&changed, 9), policy);
                if changed_numbers == numbers {
                    equal += 1;
                    assert_eq!(changed_package, package, "{more} more people on path {at}");
                }
            }
        }
        assert!(equal >= 3, "only {equal} of the changed data sets had the same published view");
    }
}

#[test]
fn the_same_data_gives_the_same_package_again() {
    let people = [(&["Home", "Search", "Buy"] as &[&str], 40), (&["Home", "Buy"], 25)];
    let csv = events(&people, 0);
    assert_eq!(release(&csv, Policy::default()), release(&csv, Policy::default()));
}
