//! Two data sets with different exact counts whose published views are equal, under one key, give
//! the same package byte for byte: nothing but published values gets into a package.

use std::fmt::Write as _;

use trodden::release::{self, Contents, Facts, Formats};
use trodden::vault::{Key, Vault};
use trodden::views::{Disclosed, FlowSpec, ImportPlan, Policy, Progress, Rules, Spec, View};

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

/// What is published about some data, and what may be told of its import.
struct Published {
    view: Disclosed<View>,
    policy: Policy,
    facts: Facts,
}

impl Published {
    fn of(csv: &str, policy: Policy) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("events.csv");
        std::fs::write(&path, csv).expect("written");
        let plan = ImportPlan { files: vec![path], ..ImportPlan::default() };
        let inspection = Vault::inspect(&plan).expect("events");
        let vault = Vault::import(&plan, &Progress::default()).expect("events");
        let vault = vault.with_key(Key::from_bytes([3; 32]));
        let rules = Rules::default();
        let specs = [Spec::flow("flow", FlowSpec { steps: 4, ..FlowSpec::default() })];
        let views = vault.disclose(&specs, &rules, policy, &Progress::default()).expect("enough");
        let findings = vault.label_findings(&rules);
        let facts = Facts::of(&inspection.mapping, vault.quality(), &rules, &[], &findings);
        let view = views.into_iter().next().expect("one view a question").view;
        Self { view, policy, facts }
    }

    /// PNG is drawn from the SVG, and slow without optimization: one comparison has it.
    fn package(&self, png: bool) -> Vec<u8> {
        let (views, facts) = (vec![&self.view], self.facts.clone());
        let formats = Formats { png, ..Formats::default() };
        let contents = Contents { views, policy: self.policy, facts, formats };
        release::write(&contents).expect("publishable").bytes
    }
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
        let published = Published::of(&events(&base, 4), policy);
        let package = published.package(false);
        let mut equal = 0;
        for more in 0..paths.len() {
            for fewer in 0..paths.len() {
                let mut changed = base.clone();
                changed[more].1 += 1;
                if more != fewer {
                    changed[fewer].1 -= 1;
                }
                let other = Published::of(&events(&changed, 9), policy);
                if other.view.view() == published.view.view() {
                    equal += 1;
                    assert_eq!(
                        other.package(false),
                        package,
                        "one more on {more}, fewer on {fewer}"
                    );
                }
            }
        }
        assert!(equal >= 2, "only {equal} of the changed data sets had the same published view");
    }
}

#[test]
fn the_same_data_gives_the_same_package_again() {
    let people = [(&["Home", "Search", "Buy"] as &[&str], 40), (&["Home", "Buy"], 25)];
    let csv = events(&people, 0);
    let package = || Published::of(&csv, Policy::default()).package(true);
    assert_eq!(package(), package());
}
