//! Stage times on a file that the one who measures names; not a test of correctness.

use super::{import_plan, plan};

/// `TRODDEN_FILE=… cargo test --release --lib -- --ignored --nocapture stage_times`
#[test]
#[ignore = "needs a large file, named in TRODDEN_FILE"]
fn stage_times() {
    let Some(file) = std::env::var_os("TRODDEN_FILE") else {
        println!("not run: TRODDEN_FILE names no file");
        return;
    };
    let imported = import_plan(&plan(file)).unwrap();
    println!("{} events, {} subjects", imported.quality.rows_used, imported.store.subjects());
    for (stage, secs) in imported.timings {
        println!("{stage}: {secs:.3} s");
    }
}
