//! How long the Protect screen takes on ten million events: risk before and after, and the utility
//! curve. Run with `cargo bench --bench risk`; quote ratios, machines are noisy.

use std::path::PathBuf;
use std::sync::OnceLock;

use divan::{Bencher, black_box};
use trodden::sample::Sample;
use trodden::vault::Vault;
use trodden::views::{FlowSpec, ImportPlan, Policy, Progress, Rules, Spec};

fn main() {
    divan::main();
}

/// 500,000 people of the sample shop, about ten million events.
fn vault() -> &'static Vault {
    static VAULT: OnceLock<Vault> = OnceLock::new();
    VAULT.get_or_init(|| {
        let path: PathBuf = std::env::temp_dir().join("trodden-bench-risk.csv");
        let mut file = std::fs::File::create(&path).expect("a temporary file");
        Sample { people: 500_000, seed: 1 }.write_csv(&mut file).expect("written");
        let plan = ImportPlan { files: vec![path.clone()], ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).expect("the sample");
        std::fs::remove_file(path).expect("removed");
        // The key is derived once, before anything is timed.
        let specs = [Spec::flow("flow", FlowSpec::default())];
        let policy = Policy::default();
        let views = vault.disclose(&specs, &Rules::default(), policy, &Progress::default());
        black_box(views.expect("enough people"));
        vault
    })
}

#[divan::bench]
fn risk_before_and_after(bencher: Bencher) {
    let vault = vault();
    let spec = Spec::flow("flow", FlowSpec { steps: 10, top: 10, ..FlowSpec::default() });
    bencher.bench(|| {
        let risk = vault.risk(&spec, &Rules::default(), Policy::default(), &Progress::default());
        black_box(risk.expect("enough people").bands());
    });
}

#[divan::bench]
fn utility_curve(bencher: Bencher) {
    let vault = vault();
    let spec = Spec::flow("flow", FlowSpec { steps: 10, top: 10, ..FlowSpec::default() });
    bencher.bench(|| {
        let curve = vault.utility(&spec, &Rules::default(), &Progress::default());
        black_box(curve.expect("enough people"));
    });
}
