//! `SPEC.toml` and policy files.

use super::spec_file::SpecFile;
use crate::project::policy_file;
use crate::vault::Vault;
use crate::views::{Policy, Rules, seconds};

/// A file that is read as both.
pub(crate) fn spec(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match SpecFile::parse(text) {
        Ok(file) => {
            let Ok(again) = SpecFile::parse(text) else { panic!("read once and not again") };
            assert_eq!(format!("{file:?}"), format!("{again:?}"));
            asked(&file);
        }
        Err(why) => says_where(&why, text),
    }
    match policy_file::parse(text) {
        Ok(demands) => {
            // Whatever is demanded, there is a choice that keeps to it, or the file is refused.
            let Ok(least) = demands.default_policy() else { return };
            // A base alone goes with no default.
            if demands.b.is_some() && demands.k.is_none() {
                return;
            }
            assert_eq!(demands.allow(least), Ok(()), "the least that is demanded is refused");
        }
        Err(why) => says_where(&why, text),
    }
}

fn asked(file: &SpecFile) {
    for options in &file.views {
        let options = options.clone().over(file.cohort.options());
        let _ = options.attributes();
        if let Ok(spec) = options.into_spec() {
            let _ = (spec.check(), spec.ask.kind(), spec.cohort.is_everybody());
        }
    }
    let _ = file.import.mapping();
    let _ = file.import.session_gap.as_deref().map(seconds);
    let thresholds = &file.policy;
    if let Ok(policy) = Policy::new(thresholds.k.unwrap_or(10), thresholds.b)
        && let Ok(policy) = policy.with_cap(thresholds.cap)
    {
        assert!(policy.k() >= 5 && policy.cap() >= 1);
    }
    let rules = Rules {
        rules: file.rules.clone(),
        accepted: file.accepted.clone(),
        settled: file.settled.clone(),
        forbidden: Vec::new(),
    };
    let _ = Vault::check_rules(&rules);
}

/// `line 3: …`, and the file has that line.
fn says_where(why: &str, text: &str) {
    let Some(rest) = why.strip_prefix("line ") else { return };
    let number = rest.split(':').next().and_then(|number| number.parse::<usize>().ok());
    assert!(number.is_some_and(|number| number <= text.lines().count() + 1), "{why}");
}
