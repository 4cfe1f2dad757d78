//! How long a changed setting takes to be on screen again: one disclosure on data that is in
//! memory. Run with `cargo bench`; quote ratios, machines are noisy.

use std::path::PathBuf;
use std::sync::OnceLock;

use divan::{Bencher, black_box};
use trodden::sample::{RULES, Sample};
use trodden::vault::Vault;
use trodden::views::{
    Ask, FlowSpec, Grain, ImportPlan, MapSpec, Policy, Progress, Rules, Spec, TimingSpec,
    TrendSpec, Unit,
};

fn main() {
    divan::main();
}

/// The sample shop in memory. A person has about 20 events.
fn sample(people: u32) -> Vault {
    let path: PathBuf = std::env::temp_dir().join(format!("trodden-bench-{people}.csv"));
    let mut file = std::fs::File::create(&path).expect("a temporary file");
    Sample { people, seed: 1 }.write_csv(&mut file).expect("written");
    let plan = ImportPlan { files: vec![path.clone()], ..ImportPlan::default() };
    let vault = Vault::import(&plan, &Progress::default()).expect("the sample");
    std::fs::remove_file(path).expect("removed");
    vault
}

/// About two million events.
fn two_million() -> &'static Vault {
    static VAULT: OnceLock<Vault> = OnceLock::new();
    VAULT.get_or_init(|| sample(100_000))
}

/// About ten million events.
fn ten_million() -> &'static Vault {
    static VAULT: OnceLock<Vault> = OnceLock::new();
    VAULT.get_or_init(|| sample(500_000))
}

fn disclose(bencher: Bencher, vault: &Vault, spec: Spec) {
    let specs = [spec];
    let rules = Rules::of_pairs(RULES);
    bencher.bench(|| {
        let views = vault.disclose(&specs, &rules, Policy::default(), &Progress::default());
        black_box(views.expect("enough people"));
    });
}

#[divan::bench(args = [(6, 8), (10, 10), (12, 15)])]
fn flow(bencher: Bencher, (steps, top): (u8, u8)) {
    let vault = two_million();
    let specs = [Spec::flow("flow", FlowSpec { steps, top, ..FlowSpec::default() })];
    bencher.bench(|| {
        let policy = Policy::default();
        let views = vault.disclose(&specs, &Rules::default(), policy, &Progress::default());
        black_box(views.expect("enough people"));
    });
}

/// A map of everybody is to take less than 50 ms.
#[divan::bench(args = ["people", "sessions", "occurrences", "times", "sliders"])]
fn map(bencher: Bencher, what: &str) {
    let map = match what {
        "times" => MapSpec { times: true, ..MapSpec::default() },
        "sliders" => MapSpec { activities: 50, paths: 20, ..MapSpec::default() },
        _ => MapSpec::default(),
    };
    let unit = match what {
        "sessions" => Unit::Sessions,
        "occurrences" => Unit::Occurrences,
        _ => Unit::People,
    };
    let spec = Spec { name: "map".to_owned(), unit, ask: Ask::Map(map), ..Spec::default() };
    disclose(bencher, ten_million(), spec);
}

#[divan::bench]
fn timing(bencher: Bencher) {
    let timing = TimingSpec { from: "Product".to_owned(), to: "Purchase".to_owned() };
    let ask = Ask::Timing(timing);
    let spec = Spec { name: "timing".to_owned(), collapse: true, ask, ..Spec::default() };
    disclose(bencher, ten_million(), spec);
}

#[divan::bench(args = [Grain::Day, Grain::Week, Grain::Month])]
fn trend(bencher: Bencher, grain: Grain) {
    let ask = Ask::Trend(TrendSpec { grain, label: None });
    let spec = Spec { name: "trend".to_owned(), collapse: true, ask, ..Spec::default() };
    disclose(bencher, ten_million(), spec);
}
