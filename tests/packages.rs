//! Packages of every kind of view, from real logs, at three thresholds: written, read back, and
//! attacked with all their views together. The attacker finds nothing.

#![expect(clippy::print_stdout, reason = "a test that cannot run says so")]

use std::path::{Path, PathBuf};

use trodden::release::{self, Contents, Facts, Formats};
use trodden::vault::Vault;
use trodden::views::{ImportPlan, Kind, Mapping, Options, Policy, Progress, Rules, Spec};

struct Log {
    file: &'static str,
    subject: Option<&'static str>,
    attribute: Option<&'static str>,
    /// Steps that many people take one after the other.
    funnel: [&'static str; 4],
}

const LOGS: [Log; 4] = [
    Log {
        file: "bpic2012/bpic2012.xes.gz",
        subject: None,
        attribute: None,
        funnel: ["A_SUBMITTED", "A_PREACCEPTED", "A_ACCEPTED", "A_APPROVED"],
    },
    Log {
        file: "sepsis/sepsis.csv",
        subject: None,
        attribute: None,
        funnel: ["ER Registration", "ER Triage", "ER Sepsis Triage", "Admission NC"],
    },
    Log {
        file: "traffic_fines/traffic_fines.csv",
        subject: None,
        attribute: None,
        funnel: ["Create Fine", "Send Fine", "Insert Fine Notification", "Add penalty"],
    },
    Log {
        file: "retentioneering_ecom/ecom.csv.gz",
        subject: Some("user_id"),
        attribute: Some("platform"),
        funnel: ["home", "catalog", "product_view", "cart"],
    },
];

fn shared(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets").join(file);
    if path.exists() {
        return Some(path);
    }
    println!("not run: the real logs are not beside the project");
    None
}

/// One view of each kind, the second flow coarser than the first, and a filtered cohort.
fn questions(log: &Log) -> Vec<Spec> {
    let label = |at: usize| log.funnel[at].to_owned();
    let named = |name: &str, view| Options {
        name: Some(name.to_owned()),
        view: Some(view),
        ..Options::default()
    };
    let mut options = vec![
        named("flow", Kind::Flow),
        Options { steps: Some(4), top: Some(4), ..named("short", Kind::Flow) },
        Options { start: Some(label(1)), ..named("from", Kind::Flow) },
        Options {
            start: Some(label(0)),
            end: Some(label(2)),
            steps: Some(5),
            ..named("between", Kind::Flow)
        },
        Options {
            steps: Some(4),
            anchor: Some(trodden::views::Side::End),
            ..named("paths", Kind::Paths)
        },
        named("map", Kind::Map),
        Options { funnel: log.funnel.map(str::to_owned).to_vec(), ..named("funnel", Kind::Funnel) },
        Options { timing: vec![label(0), label(2)], ..named("timing", Kind::Timing) },
        named("trend", Kind::Trend),
        Options { did: vec![label(2)], ..named("did", Kind::Map) },
    ];
    if let Some(attribute) = log.attribute {
        options.push(Options { by: Some(attribute.to_owned()), ..named("by", Kind::Map) });
    }
    options.into_iter().map(|options| options.into_spec().expect("a question")).collect()
}

#[test]
fn nothing_can_be_computed_from_packages_of_all_kinds_of_views() {
    for log in &LOGS {
        let Some(path) = shared(log.file) else { return };
        let mapping = Mapping {
            subject: log.subject.map(str::to_owned),
            attributes: log.attribute.map(str::to_owned).into_iter().collect(),
            ..Mapping::default()
        };
        let plan = ImportPlan { files: vec![path], mapping, ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).expect("a real log");
        let inspection = Vault::inspect(&plan).expect("a real log");
        let specs = questions(log);
        let rules = Rules::default();
        for (k, b) in [(5, 5), (10, 5), (20, 10)] {
            let policy = Policy::new(k, Some(b)).expect("listed");
            let disclosed = vault
                .disclose(&specs, &rules, policy, &Progress::default())
                .unwrap_or_else(|error| panic!("{} at {k}/{b}: {error}", log.file));
            let views: Vec<_> = disclosed.iter().map(|disclosure| &disclosure.view).collect();
            let findings = vault.label_findings(&rules);
            let facts = Facts::of(&inspection.mapping, vault.quality(), &rules, &[], &findings);
            // Pixels follow from the drawing, and are slow to make without optimization.
            let formats = Formats { png: false, ..Formats::default() };
            // A package is attacked again from its bytes before it is handed out.
            let (source, history) = (None, None);
            release::write(&Contents { views, policy, facts, formats, source, history })
                .unwrap_or_else(|error| panic!("{} at {k}/{b}: {error}", log.file));
        }
    }
}
