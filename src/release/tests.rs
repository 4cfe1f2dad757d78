//! Packages of random published flows: what is written verifies, and what is changed does not.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use proptest::prelude::*;

use super::archive::{File, pack, unpack};
use super::manifest::{self, Manifest, json};
use super::parts::Part;
use super::{Contents, Facts, Finding, Formats, ReadColumn, SomeOrNone, Unreadable};
use super::{open, verify, write};
use crate::views::{
    Disclosed, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, LabelKind, OTHER, Policy,
    PublishedCohort, PublishedSpec, Role, Side, Unit, View,
};

/// Labels that have broken something somewhere.
const LABELS: [&str; 9] = [
    OTHER,
    "Home",
    "=HYPERLINK(\"http://x\",\"y\")",
    "-2+3",
    "a, \"b\"\r\nc",
    "<script>alert(1)</script> & co",
    "Other (label)",
    "Käse: größer als 3 € – ﷽",
    "](javascript:x) *b* | `c`",
];

/// A flow as it could be published: every path is walked by at least k people, a multiple of b.
fn flow_of(policy: Policy, anchor: Side, steps: u8, paths: &[(Vec<usize>, u64)]) -> Flow {
    let sign = if anchor == Side::Start { 1 } else { -1 };
    let id = |step: usize, label: usize| format!("{}:{}", sign * (step as i32 + 1), LABELS[label]);
    let mut nodes: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    let mut edges: BTreeMap<(usize, usize, usize), u64> = BTreeMap::new();
    let mut exits: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    let mut people = 0;
    for (path, extra) in paths {
        let count = u64::from(policy.k()) + extra * u64::from(policy.b());
        people += count;
        for (step, label) in path.iter().enumerate() {
            *nodes.entry((step, *label)).or_default() += count;
            match path.get(step + 1) {
                Some(next) => *edges.entry((step, *label, *next)).or_default() += count,
                None if step + 1 < usize::from(steps) => {
                    *exits.entry((step, *label)).or_default() += count;
                }
                None => {}
            }
        }
    }
    let mut nodes: Vec<_> = nodes.into_iter().collect();
    nodes.sort_by_key(|((step, label), count)| (*step, u64::MAX - count, LABELS[*label]));
    let mut edges: Vec<_> = edges.into_iter().collect();
    edges.sort_by_key(|((step, from, to), count)| {
        (*step, u64::MAX - count, LABELS[*from], LABELS[*to])
    });
    let mut exits: Vec<_> = exits.into_iter().collect();
    exits.sort_by_key(|((step, from), count)| (*step, u64::MAX - count, LABELS[*from]));
    Flow {
        unit: Unit::People,
        k: policy.k(),
        b: policy.b(),
        people,
        by_name_band: [90, 95],
        spec: PublishedSpec {
            name: "flow".to_owned(),
            asked: FlowAsked {
                anchor: anchor,
                anchor_label: None,
                until_label: None,
                steps: steps,
                top: 8,
                drawn_for: None,
            },
            collapse: true,
            blur: policy.blur(),
            rules: vec!["a rule".to_owned(); 2],
            cohort: PublishedCohort::default(),
        },
        nodes: nodes
            .into_iter()
            .map(|((step, label), count)| FlowNode {
                id: id(step, label),
                step: sign * (step as i32 + 1),
                label: LABELS[label].to_owned(),
                kind: if label == 0 { LabelKind::Other } else { LabelKind::Label },
                count,
            })
            .collect(),
        edges: edges
            .into_iter()
            .map(|((step, from, to), count)| FlowEdge {
                from: id(step, from),
                to: id(step + 1, to),
                count,
            })
            .collect(),
        exits: exits
            .into_iter()
            .map(|((step, from), count)| FlowExit { from: id(step, from), count })
            .collect(),
    }
}

fn flows() -> impl Strategy<Value = Flow> {
    let policy = prop::sample::select(Policy::LISTED.to_vec())
        .prop_map(|(k, b)| Policy::new(k, Some(b)).unwrap());
    let side = prop_oneof![Just(Side::Start), Just(Side::End)];
    (policy, side, 2_u8..=6).prop_flat_map(|(policy, side, steps)| {
        let path = prop::collection::vec(0..LABELS.len(), 1..=usize::from(steps));
        prop::collection::vec((path, 0_u64..200), 1..12)
            .prop_map(move |paths| flow_of(policy, side, steps, &paths))
    })
}

fn small() -> Flow {
    let policy = Policy::default();
    flow_of(policy, Side::Start, 3, &[(vec![1, 2, 0], 3), (vec![1, 3], 0), (vec![4, 2, 5], 1)])
}

fn facts() -> Facts {
    let column = |role, name: Option<&str>| ReadColumn { role, name: name.map(str::to_owned) };
    Facts {
        columns: vec![column(Role::Subject, Some("user_id")), column(Role::Event, None)],
        refused: SomeOrNone::Some,
        hidden: SomeOrNone::Some,
        ..Facts::default()
    }
}

fn package(flow: Flow, formats: Formats) -> Vec<u8> {
    let view = Disclosed::after_control(View::Flow(flow));
    write(&Contents { views: vec![&view], facts: facts(), formats }).unwrap().bytes
}

const NO_PNG: Formats = Formats { tables: true, svg: true, png: false, page: true };

/// What an attacker can do to a package who knows how it is made: change files, then list the
/// right hashes and pack it properly.
fn repacked(mut files: Vec<File>) -> Vec<u8> {
    let mut claimed: Manifest = serde_json::from_slice(&files.remove(0).1).unwrap();
    let names = std::mem::take(&mut claimed.views);
    let rehashed = Manifest::new(claimed.policy, names, claimed.import, &files).unwrap();
    files.insert(0, (manifest::NAME.to_owned(), json(&rehashed).unwrap().into_bytes()));
    pack(&files).unwrap()
}

fn findings(bytes: &[u8]) -> Vec<Finding> {
    verify(bytes).unwrap().findings
}

/// Refused as no package, or with something found that says where.
fn is_caught(bytes: &[u8]) -> bool {
    match verify(bytes) {
        Err(unreadable) => !unreadable.to_string().is_empty(),
        Ok(verdict) => !verdict.findings.is_empty(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_written_verifies_and_opens_to_the_same_view(flow in flows()) {
        let bytes = package(flow.clone(), NO_PNG);
        let opened = open(&bytes).unwrap();
        prop_assert_eq!(opened.verdict.findings, vec![]);
        prop_assert!(opened.verdict.checks.iter().all(|check| check.passed));
        prop_assert_eq!(opened.views.len(), 1);
        prop_assert!(*opened.views[0].view() == View::Flow(flow));
    }

    #[test]
    fn the_same_view_gives_the_same_bytes(flow in flows()) {
        prop_assert!(package(flow.clone(), NO_PNG) == package(flow, NO_PNG));
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(verify(&bytes).is_err());
    }

    #[test]
    fn a_damaged_package_is_answered(
        at in any::<prop::sample::Index>(),
        with in prop::collection::vec(any::<u8>(), 1..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = package(small(), NO_PNG);
        let mut damaged = bytes.clone();
        let at = at.index(bytes.len());
        for (byte, with) in damaged[at..].iter_mut().zip(with) {
            *byte = with;
        }
        prop_assert!(damaged == bytes || is_caught(&damaged));
        prop_assert!(is_caught(&bytes[..cut.index(bytes.len())]));
    }

    /// Numbers are changed in the view, and every other file is written again to match, as far as
    /// the changed view lets it be written. Thresholds, sums and order are then all that is left.
    #[test]
    fn a_changed_number_is_caught_even_with_new_hashes(
        flow in flows(),
        which in any::<prop::sample::Index>(),
        by in prop_oneof![Just(-10_i64), Just(-5), Just(-1), Just(1), Just(5), Just(50)],
    ) {
        let mut files = unpack(&package(flow.clone(), NO_PNG)).unwrap();
        let changed = change_number(&flow, which, by);
        let view = View::Flow(changed);
        let rewritten = Disclosed::after_control(view);
        let svg = super::picture(&rewritten);
        for (name, bytes) in &mut files {
            let part = Part::ALL.into_iter().find(|part| part.path("flow") == *name);
            if let Some(part) = part {
                *bytes = part.bytes(rewritten.view(), &svg, &facts()).unwrap();
            }
        }
        prop_assert!(!findings(&repacked(files)).is_empty());
    }
}

/// One count, or the number of people, changed.
fn change_number(flow: &Flow, which: prop::sample::Index, by: i64) -> Flow {
    let mut changed = flow.clone();
    let counts = changed.nodes.iter_mut().map(|node| &mut node.count);
    let counts = counts.chain(changed.edges.iter_mut().map(|edge| &mut edge.count));
    let counts = counts.chain(changed.exits.iter_mut().map(|exit| &mut exit.count));
    let mut counts: Vec<&mut u64> = counts.chain([&mut changed.people]).collect();
    let at = which.index(counts.len());
    *counts[at] = counts[at].saturating_add_signed(by);
    changed
}

#[test]
fn every_changed_byte_of_a_whole_package_is_caught() {
    let bytes = package(small(), Formats { png: true, ..NO_PNG });
    // A stride that is prime to every structure in the file, and all of both ends.
    let ends = (0..200).chain(bytes.len() - 200..bytes.len());
    for at in ends.chain((200..bytes.len()).step_by(997)) {
        for flip in [0x01, 0x20, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            assert!(is_caught(&damaged), "byte {at} of {} with {flip}", bytes.len());
        }
    }
}

#[test]
fn a_changed_byte_of_a_file_is_caught_though_the_hashes_are_made_anew() {
    let whole = unpack(&package(small(), Formats { png: true, ..NO_PNG })).unwrap();
    for file in 1..whole.len() {
        if whole[file].0 == Part::Png.path("flow") {
            continue; // held by its hash alone, and the hash is the attacker's
        }
        for at in (0..whole[file].1.len()).step_by(whole[file].1.len() / 7) {
            let mut files = whole.clone();
            files[file].1[at] ^= 0x01;
            let found = findings(&repacked(files));
            assert!(!found.is_empty(), "{} byte {at}", whole[file].0);
            assert!(!found.iter().any(|finding| finding.what.contains("hash")), "{found:?}");
        }
    }
}

#[test]
fn every_part_of_the_view_that_is_no_count_is_checked() {
    type Change = fn(&mut Flow);
    let changes: [(&str, Change); 15] = [
        ("k", |flow| flow.k = 5),
        ("k unlisted", |flow| flow.k = 9),
        ("b", |flow| flow.b = 1),
        ("b zero", |flow| flow.b = 0),
        ("band", |flow| flow.by_name_band = [91, 96]),
        ("band order", |flow| flow.by_name_band = [95, 90]),
        ("steps", |flow| flow.spec.asked.steps = 2),
        ("top", |flow| flow.spec.asked.top = 1),
        ("name", |flow| flow.spec.name = "../flow".to_owned()),
        ("rules", |flow| flow.spec.rules = vec!["rename anna".to_owned()]),
        ("anchor", |flow| flow.spec.asked.anchor_label = Some("Home".to_owned())),
        ("order", |flow| flow.nodes.swap(0, 1)),
        ("id", |flow| flow.nodes[1].id = flow.nodes[0].id.clone()),
        ("missing edge", |flow| drop(flow.edges.pop())),
        ("missing exit", |flow| flow.exits.clear()),
    ];
    for (what, change) in changes {
        let mut flow = small();
        change(&mut flow);
        let mut files = unpack(&package(small(), NO_PNG)).unwrap();
        for (name, bytes) in &mut files {
            if name.starts_with("views/") {
                *bytes = json(&View::Flow(flow.clone())).unwrap().into_bytes();
            }
        }
        assert!(is_caught(&repacked(files)), "{what}");
    }
}

#[test]
fn an_anchor_that_is_the_first_step_is_fine() {
    let mut flow = flow_of(Policy::default(), Side::End, 2, &[(vec![1, 2], 3), (vec![1], 0)]);
    flow.spec.asked.anchor_label = Some("Home".to_owned());
    assert_eq!(findings(&package(flow, NO_PNG)), vec![]);
}

#[test]
fn files_that_do_not_belong_are_found() {
    let whole = unpack(&package(small(), NO_PNG)).unwrap();
    let with = |name: &str| {
        let mut files = whole.clone();
        files.push((name.to_owned(), b"x".to_vec()));
        files
    };
    for name in ["notes.txt", "../../etc/passwd", "/etc/passwd", "Statement.md", "views/Flow.json"]
    {
        assert!(is_caught(&pack(&with(name)).unwrap()), "{name} beside the manifest");
        assert!(is_caught(&repacked(with(name))), "{name} in the manifest");
    }
    for required in ["views/flow.json", "statement.md", "audit.json"] {
        let mut files = whole.clone();
        files.retain(|(name, _)| name != required);
        assert!(is_caught(&pack(&files).unwrap()), "{required} left out");
        assert!(is_caught(&repacked(files)), "{required} left out of the manifest too");
    }
    let mut swapped = whole.clone();
    swapped.swap(1, 2);
    assert!(is_caught(&repacked(swapped)));
}

#[test]
fn what_is_no_package_is_unreadable() {
    assert_eq!(verify(b"").unwrap_err(), Unreadable::NotAnArchive);
    assert_eq!(verify(&pack(&[]).unwrap()).unwrap_err(), Unreadable::NoManifest);
    let other = |manifest: &[u8]| {
        pack(&[("manifest.json".to_owned(), manifest.to_vec())]).map(|bytes| verify(&bytes))
    };
    assert_eq!(other(b"{}").unwrap().unwrap_err(), Unreadable::NoManifest);
    assert_eq!(other(b"{\"format\": 2}").unwrap().unwrap_err(), Unreadable::Format(2));
}

#[test]
fn an_archive_that_grows_beyond_measure_is_not_unpacked() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    writer.start_file("manifest.json", options).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..65 {
        writer.write_all(&zeros).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    assert!(bytes.len() < 200_000);
    assert!(matches!(verify(&bytes), Err(Unreadable::TooLarge(_))));
}

#[test]
fn a_package_that_was_packed_by_another_program_is_found() {
    let files = unpack(&package(small(), NO_PNG)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in &files {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated);
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let found = findings(&writer.finish().unwrap().into_inner());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].place, "the archive");
}

#[test]
fn formats_choose_the_files() {
    let none = Formats { tables: false, svg: false, png: false, page: false };
    let view = Disclosed::after_control(View::Flow(small()));
    let names = |formats| {
        let package = write(&Contents { views: vec![&view], facts: facts(), formats }).unwrap();
        package.entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>()
    };
    assert_eq!(names(none), ["manifest.json", "views/flow.json", "statement.md", "audit.json"]);
    assert_eq!(
        names(Formats::default()),
        [
            "manifest.json",
            "views/flow.json",
            "tables/flow.csv",
            "pictures/flow.svg",
            "pictures/flow.png",
            "report.html",
            "statement.md",
            "audit.json"
        ]
    );
}

#[test]
fn a_package_has_one_view() {
    let view = Disclosed::after_control(View::Flow(small()));
    for views in [vec![], vec![&view, &view]] {
        let contents = Contents { views, facts: facts(), formats: NO_PNG };
        assert!(matches!(write(&contents), Err(super::ReleaseError::OneView)));
    }
}

#[test]
fn a_view_that_breaks_the_rules_does_not_leave() {
    let mut flow = small();
    flow.nodes[0].count -= 5;
    let view = Disclosed::after_control(View::Flow(flow));
    let contents = Contents { views: vec![&view], facts: facts(), formats: NO_PNG };
    assert!(matches!(write(&contents), Err(super::ReleaseError::Refused(_))));
}

#[test]
fn with_broken_hashes_nothing_is_sealed() {
    let mut files = unpack(&package(small(), NO_PNG)).unwrap();
    let last = files.len() - 2;
    files[last].1.push(b'\n');
    let opened = open(&pack(&files).unwrap()).unwrap();
    assert!(opened.views.is_empty());
    assert!(!opened.verdict.findings.is_empty());
}

#[test]
fn the_page_is_well_formed_and_runs_nothing() {
    let bytes = package(small(), NO_PNG);
    let files = unpack(&bytes).unwrap();
    let page = files.iter().find(|(name, _)| name == "report.html").unwrap();
    let page = String::from_utf8(page.1.clone()).unwrap();
    assert!(!page.contains("<script"));
    assert!(!page.contains("http://x\""));
    let body = page.trim_start_matches("<!DOCTYPE html>");
    let mut reader = quick_xml::Reader::from_str(body);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error} at byte {}", reader.buffer_position()),
        }
    }
}

#[test]
fn a_table_never_starts_a_formula() {
    let files = unpack(&package(small(), NO_PNG)).unwrap();
    let table = files.iter().find(|(name, _)| name == "tables/flow.csv").unwrap();
    let table = String::from_utf8(table.1.clone()).unwrap();
    assert!(table.contains("\r\nnode,2,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",,,"), "{table}");
    assert!(table.contains(",'-2+3,"), "{table}");
    assert!(!table.contains(",-2+3") && !table.contains(",="), "{table}");
}

#[test]
fn what_the_manifest_tells_of_the_import_is_what_the_statement_says() {
    let mut files = unpack(&package(small(), NO_PNG)).unwrap();
    let claimed: Manifest = serde_json::from_slice(&files[0].1).unwrap();
    let mut import = claimed.import;
    import.refused = SomeOrNone::None;
    let retold = Manifest::new(claimed.policy, claimed.views, import, &files[1..]).unwrap();
    files[0].1 = json(&retold).unwrap().into_bytes();
    let places: Vec<String> =
        findings(&pack(&files).unwrap()).into_iter().map(|finding| finding.place).collect();
    assert_eq!(places, ["report.html", "statement.md"]);
}

#[test]
fn a_damaged_file_is_named() {
    let mut bytes = package(small(), NO_PNG);
    let at = bytes.windows(8).position(|bytes| bytes == b"</title>").unwrap();
    bytes[at + 2] ^= 1;
    let found = findings(&bytes);
    assert!(found.iter().any(|finding| finding.place == "pictures/flow.svg"), "{found:?}");
}
