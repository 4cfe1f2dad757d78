//! How long a changed setting takes to be on screen again: one disclosure on data that is in
//! memory. Run with `cargo bench`; quote ratios, machines are noisy.

use std::path::PathBuf;
use std::sync::OnceLock;

use divan::{Bencher, black_box};
use trodden::sample::Sample;
use trodden::vault::Vault;
use trodden::views::{FlowSpec, ImportPlan, Policy, Progress, Rules, Spec};

fn main() {
    divan::main();
}

/// 100,000 people of the sample shop, about two million events.
fn vault() -> &'static Vault {
    static VAULT: OnceLock<Vault> = OnceLock::new();
    VAULT.get_or_init(|| {
        let path: PathBuf = std::env::temp_dir().join("trodden-bench.csv");
        let mut file = std::fs::File::create(&path).expect("a temporary file");
        Sample { people: 100_000, seed: 1 }.write_csv(&mut file).expect("written");
        let plan = ImportPlan { files: vec![path.clone()], ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).expect("the sample");
        std::fs::remove_file(path).expect("removed");
        vault
    })
}

#[divan::bench(args = [(6, 8), (10, 10), (12, 15)])]
fn flow(bencher: Bencher, (steps, top): (u8, u8)) {
    let vault = vault();
    let specs = [Spec::flow("flow", FlowSpec { steps, top, ..FlowSpec::default() })];
    bencher.bench(|| {
        let policy = Policy::default();
        let views = vault.disclose(&specs, &Rules::default(), policy, &Progress::default());
        black_box(views.expect("enough people"));
    });
}
