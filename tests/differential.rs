//! Two data sets with different exact counts whose published views are equal, under one key, give
//! the same package byte for byte: nothing but published values gets into a package.

use std::fmt::Write as _;

use trodden::release::{self, Contents, Facts, Formats};
use trodden::vault::{Key, Vault};
use trodden::views::{
    Disclosed, Grain, ImportPlan, Kind, Options, Policy, Progress, Rules, Spec, View,
};

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
    views: Vec<Disclosed<View>>,
    policy: Policy,
    facts: Facts,
}

impl Published {
    fn of(csv: &str, specs: &[Spec], policy: Policy) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("events.csv");
        std::fs::write(&path, csv).expect("written");
        let plan = ImportPlan { files: vec![path], ..ImportPlan::default() };
        let inspection = Vault::inspect(&plan).expect("events");
        let vault = Vault::import(&plan, &Progress::default()).expect("events");
        let vault = vault.with_key(Key::from_bytes([3; 32]));
        let rules = Rules::default();
        let views = vault.disclose(specs, &rules, policy, &Progress::default()).expect("enough");
        let findings = vault.label_findings(&rules);
        let facts = Facts::of(&inspection.mapping, vault.quality(), &rules, &[], &findings);
        Self { views: views.into_iter().map(|view| view.view).collect(), policy, facts }
    }

    fn numbers(&self) -> Vec<&View> {
        self.views.iter().map(Disclosed::view).collect()
    }

    /// PNG is drawn from the SVG, and slow without optimization: one comparison has it.
    fn package(&self, png: bool) -> Vec<u8> {
        let (views, facts) = (self.views.iter().collect(), self.facts.clone());
        let formats = Formats {
            png,
            pdf: true,
            parquet: true,
            mermaid: true,
            graphml: true,
            dot: true,
            ..Formats::default()
        };
        let contents =
            Contents { views, policy: self.policy, facts, formats, source: None, history: None };
        release::write(&contents).expect("publishable").bytes
    }
}

/// One question of each kind, and all of them together.
fn questions() -> Vec<Vec<Spec>> {
    let step = |label: &str| label.to_owned();
    let of = |view| Options { view: Some(view), ..Options::default() };
    let each = [
        Options { steps: Some(4), ..of(Kind::Flow) },
        of(Kind::Map),
        Options { steps: Some(3), ..of(Kind::Paths) },
        Options { funnel: ["Home", "Search", "Buy"].map(step).to_vec(), ..of(Kind::Funnel) },
        Options { timing: ["Home", "Search"].map(step).to_vec(), ..of(Kind::Timing) },
        Options { grain: Some(Grain::Day), ..of(Kind::Trend) },
    ];
    let each: Vec<Spec> =
        each.into_iter().map(|options| options.into_spec().expect("a question")).collect();
    let mut questions: Vec<Vec<Spec>> = each.iter().map(|spec| vec![spec.clone()]).collect();
    questions.push(each);
    questions
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
    let policies = [Policy::default(), Policy::default().with_blur(false)];
    for (at, (specs, policy)) in
        questions().iter().flat_map(|specs| policies.map(|policy| (specs, policy))).enumerate()
    {
        let base: Vec<_> = paths.into_iter().zip(people).collect();
        let published = Published::of(&events(&base, 4), specs, policy);
        let package = published.package(false);
        let mut equal = 0;
        for more in 0..paths.len() {
            for fewer in 0..paths.len() {
                let mut changed = base.clone();
                changed[more].1 += 1;
                if more != fewer {
                    changed[fewer].1 -= 1;
                }
                let other = Published::of(&events(&changed, 9), specs, policy);
                if other.numbers() == published.numbers() {
                    equal += 1;
                    assert_eq!(
                        other.package(false),
                        package,
                        "question {at}, one more on {more}, fewer on {fewer}"
                    );
                }
            }
        }
        assert!(equal >= 2, "question {at}: only {equal} other data sets had the same views");
    }
}

#[test]
fn the_same_data_gives_the_same_package_again() {
    let people = [(&["Home", "Search", "Buy"] as &[&str], 40), (&["Home", "Buy"], 25)];
    let csv = events(&people, 0);
    for specs in questions() {
        let png = specs.len() == 1 && specs[0].name == "flow";
        let package = || Published::of(&csv, &specs, Policy::default()).package(png);
        assert_eq!(package(), package());
    }
}
