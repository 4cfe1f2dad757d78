//! What counting costs an event: the two loops that every map and every flow stand on, without the
//! import before and the control after them, on ten million events in one thread and in two. Run with
//! `cargo bench --bench kernels`; quote ratios, machines are noisy.
//!
//! The program says itself how long the stage took: outside of the vault there are no exact counts
//! to be had.

#![expect(clippy::print_stdout, reason = "its table is what it is for")]

use std::num::NonZero;
use std::path::PathBuf;
use std::thread::available_parallelism;

use trodden::sample::{RULES, Sample};
use trodden::vault::Vault;
use trodden::views::{Ask, FlowSpec, ImportPlan, MapSpec, Policy, Progress, Rules, Spec};

const RUNS: usize = 9;

fn main() {
    let vault = sample();
    let events = vault.quality().rows_used;
    let cores = available_parallelism().map_or(1, NonZero::get);
    println!("{events} events, {cores} cores, medians of {RUNS} runs, in ns an event");
    for (name, most_nanos, spec) in kernels() {
        print!("{name:18}");
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let secs = pool.expect("threads").install(|| median_secs(&vault, &spec));
            let nanos = secs * 1e9 / events as f64;
            let verdict = if nanos <= most_nanos { "pass" } else { "MISS" };
            print!("  {threads} threads {nanos:5.2} {verdict}");
        }
        println!("  (at most {most_nanos})");
    }
}

/// What is measured, and what it may take.
fn kernels() -> Vec<(&'static str, f64, Spec)> {
    let flow = |steps| Spec::flow("flow", FlowSpec { steps, ..FlowSpec::default() });
    let map = Spec { ask: Ask::Map(MapSpec::default()), ..flow(1) };
    vec![("map", 3.0, map), ("flow of 6 steps", 1.0, flow(6)), ("flow of 10 steps", 1.0, flow(10))]
}

/// 500,000 people of the sample shop in memory.
fn sample() -> Vault {
    let path: PathBuf = std::env::temp_dir().join("trodden-bench-kernels.csv");
    let mut file = std::fs::File::create(&path).expect("a temporary file");
    Sample { people: 500_000, seed: 1 }.write_csv(&mut file).expect("written");
    let plan = ImportPlan { files: vec![path.clone()], ..ImportPlan::default() };
    let vault = Vault::import(&plan, &Progress::default()).expect("the sample");
    std::fs::remove_file(path).expect("removed");
    vault
}

fn median_secs(vault: &Vault, spec: &Spec) -> f64 {
    let rules = Rules::of_pairs(RULES);
    let mut secs: Vec<f64> = (0..RUNS)
        .map(|_| {
            let progress = Progress::default();
            let specs = std::slice::from_ref(spec);
            vault.disclose(specs, &rules, Policy::default(), &progress).expect("enough people");
            let stages = progress.stages();
            stages.iter().find(|(name, _)| *name == "measure").expect("it is measured").1
        })
        .collect();
    secs.sort_unstable_by(f64::total_cmp);
    secs[RUNS / 2]
}
