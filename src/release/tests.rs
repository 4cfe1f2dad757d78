//! Packages of random published flows: what is written verifies, and what is changed does not.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use proptest::prelude::*;

use super::archive::{File, pack, unpack};
use super::manifest::{self, Manifest, json};
use super::parts::{Content, Part};
use super::{
    Contents, Facts, Finding, Formats, Package, ReadColumn, ReleaseError, SomeOrNone, Source,
    Unreadable,
};
use super::{Reason, open, verify, verify_jointly, write};
use crate::draw::testing;
use crate::views::{
    Checkpoint, Disclosed, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, LabelKind, OTHER, Policy,
    ProtectionBands, PublishedCohort, PublishedSpec, RiskBands, Role, Side, SpecError, TimeGrain,
    UniquenessBands, Unit, UnknownConsent, View,
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
                anchor,
                anchor_label: None,
                until_label: None,
                steps,
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

pub(super) fn small() -> Flow {
    let policy = Policy::default();
    flow_of(policy, Side::Start, 3, &[(vec![1, 2, 0], 3), (vec![1, 3], 0), (vec![4, 2, 5], 1)])
}

/// The same of so many people that shares of them are told.
fn large() -> Flow {
    let policy = Policy::default();
    flow_of(policy, Side::Start, 3, &[(vec![1, 2, 0], 63), (vec![1, 3], 60), (vec![4, 2, 5], 61)])
}

pub(super) fn facts() -> Facts {
    let column = |role, name: Option<&str>| ReadColumn { role, name: name.map(str::to_owned) };
    Facts {
        columns: vec![column(Role::Subject, Some("user_id")), column(Role::Event, None)],
        refused: SomeOrNone::Some,
        hidden: SomeOrNone::Some,
        ..Facts::default()
    }
}

fn package(flow: Flow, formats: Formats) -> Vec<u8> {
    package_of(vec![View::Flow(flow)], formats).unwrap().bytes
}

/// A package of these views, under the policy of the first.
fn package_of(views: Vec<View>, formats: Formats) -> Result<Package, ReleaseError> {
    let policy = views.first().map_or_else(Policy::default, |view| {
        let head = view.head();
        Policy::new(head.k, Some(head.b)).unwrap().with_blur(head.blur)
    });
    let sealed: Vec<_> = views.into_iter().map(Disclosed::after_control).collect();
    write(&contents(sealed.iter().collect(), policy, facts(), formats))
}

/// Without a project.
fn contents(
    views: Vec<&Disclosed<View>>,
    policy: Policy,
    facts: Facts,
    formats: Formats,
) -> Contents<'_> {
    Contents { views, policy, facts, formats, source: None, history: None }
}

const NO_PNG: Formats = Formats { tables: true, svg: true, page: true, ..Formats::NONE };

/// What an attacker can do to a package who knows how it is made: change files, then list the
/// right hashes and pack it properly.
fn repacked(mut files: Vec<File>) -> Vec<u8> {
    let mut claimed: Manifest = serde_json::from_slice(&files.remove(0).1).unwrap();
    let names = std::mem::take(&mut claimed.views);
    let rehashed = Manifest::new(claimed.policy, names, claimed.import, &files).unwrap();
    files.insert(0, (manifest::NAME.to_owned(), json(&rehashed).unwrap().into_bytes()));
    pack(&files).unwrap()
}

pub(super) fn findings(bytes: &[u8]) -> Vec<Finding> {
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
        rewrite(&mut files, vec![View::Flow(changed)]);
        prop_assert!(!findings(&repacked(files)).is_empty());
    }
}

/// Writes every file but the manifest anew from other views.
fn rewrite(files: &mut [File], views: Vec<View>) {
    let claimed: Manifest = serde_json::from_slice(&files[0].1).unwrap();
    let sealed: Vec<_> = views.into_iter().map(Disclosed::after_control).collect();
    let sealed: Vec<_> = sealed.iter().collect();
    let content = Content::new(&sealed, claimed.policy, &claimed.import);
    for place in content.places() {
        if let Some(at) = files.iter().position(|(name, _)| *name == place.path) {
            files[at].1 = content.bytes(&place, files).unwrap();
        }
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
    for required in [
        "views/flow.json",
        "statement.md",
        "audit.json",
        "results.json",
        "checksums/audit.json.txt",
    ] {
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
    assert_eq!(other(b"{\"format\": 3}").unwrap().unwrap_err(), Unreadable::Format(3));
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
    let none = Formats::NONE;
    let names = |formats| {
        let package = package_of(vec![View::Flow(small())], formats).unwrap();
        package.entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>()
    };
    let files = |own: &[&str]| {
        let sums = own.iter().map(|name| format!("checksums/{name}.txt"));
        let own = own.iter().map(|name| (*name).to_owned());
        let all = std::iter::once("manifest.json".to_owned()).chain(own);
        all.chain(["results.json".to_owned()]).chain(sums).collect::<Vec<_>>()
    };
    assert_eq!(names(none), files(&["views/flow.json", "statement.md", "audit.json"]));
    assert_eq!(
        names(Formats::default()),
        files(&[
            "views/flow.json",
            "tables/flow.csv",
            "pictures/flow.svg",
            "pictures/flow.png",
            "report.html",
            "statement.md",
            "audit.json"
        ])
    );
    let every =
        Formats { parquet: true, mermaid: true, graphml: true, dot: true, pdf: true, ..none };
    assert_eq!(
        names(every)[1..7],
        [
            "views/flow.json",
            "tables/flow.parquet",
            "tables/flow.mmd",
            "tables/flow.graphml",
            "tables/flow.dot",
            "pictures/flow.pdf"
        ]
    );
}

#[test]
fn a_form_that_a_view_does_not_have_is_left_out_and_found_where_somebody_puts_it_in() {
    let views = vec![testing::timing(&PublishedCohort::default())];
    let formats = Formats { mermaid: true, graphml: true, dot: true, ..Formats::NONE };
    let package = package_of(views, formats).unwrap();
    assert!(package.entries.iter().all(|entry| !entry.name.starts_with("tables/")));
    let mut files = unpack(&package.bytes).unwrap();
    files.insert(2, ("tables/timing.dot".to_owned(), b"digraph {}\n".to_vec()));
    assert!(is_caught(&repacked(files)));
}

#[test]
fn a_package_with_pdf_is_verified_and_a_changed_page_is_found() {
    let formats = Formats { png: false, pdf: true, ..Formats::default() };
    let bytes = package(small(), formats);
    assert_eq!(findings(&bytes), []);
    assert_eq!(bytes, package(small(), formats), "the same bytes each time");
    let mut files = unpack(&bytes).unwrap();
    let page = files.iter_mut().find(|(name, _)| name == "pictures/flow.pdf").unwrap();
    assert!(page.1.starts_with(b"%PDF-"));
    let last = page.1.len() - 10;
    page.1[last] ^= 1;
    assert!(!findings(&pack(&files).unwrap()).is_empty());
}

#[test]
fn the_views_of_a_package_are_at_least_one_with_names_that_differ() {
    assert!(matches!(package_of(vec![], NO_PNG), Err(ReleaseError::NoView)));
    let twice = vec![View::Flow(small()), View::Flow(small())];
    let same = package_of(twice, NO_PNG);
    assert!(matches!(same, Err(ReleaseError::Spec(SpecError::SameName))));
}

/// The views by hand under names that differ, each about a shop of its own: as numbers about the
/// same people they would contradict each other.
fn one_of_each_kind() -> Vec<View> {
    fn tell(value: &mut serde_json::Value, at: usize) {
        if let Some(spec) = value.get_mut("spec") {
            let name = spec["name"].as_str().unwrap().to_owned();
            spec["name"] = format!("{name}-{at}").into();
            let own = serde_json::json!({ "attribute": "shop", "value": at.to_string() });
            match spec["cohort"]["where"].as_array_mut() {
                Some(filters) => filters.push(own),
                None => spec["cohort"]["where"] = vec![own].into(),
            }
        }
        match value {
            serde_json::Value::Array(list) => list.iter_mut().for_each(|value| tell(value, at)),
            serde_json::Value::Object(map) => map.values_mut().for_each(|value| tell(value, at)),
            _ => {}
        }
    }
    let named = |(at, view): (usize, View)| {
        let mut value = serde_json::to_value(&view).unwrap();
        tell(&mut value, at);
        serde_json::from_value(value).unwrap()
    };
    testing::every_kind().into_iter().enumerate().map(named).collect()
}

#[test]
fn every_kind_of_view_is_written_and_verifies() {
    for view in one_of_each_kind() {
        let (kind, name) = (view.kind(), view.name().to_owned());
        let package = package_of(vec![view.clone()], NO_PNG)
            .unwrap_or_else(|error| panic!("{kind} {name}: {error}"));
        let opened = open(&package.bytes).unwrap();
        assert_eq!(opened.verdict.findings, [], "{kind} {name}");
        assert!(*opened.views[0].view() == view, "{kind} {name}");
    }
}

#[test]
fn a_changed_byte_of_any_kind_of_view_is_caught_though_the_hashes_are_made_anew() {
    for view in one_of_each_kind() {
        let kind = view.kind();
        let whole = unpack(&package_of(vec![view], NO_PNG).unwrap().bytes).unwrap();
        for file in 1..whole.len() {
            // Of the short ones at the end, which are all alike, one byte is enough.
            let apart = if whole[file].0.starts_with("checksums/") { 64 } else { 5 };
            for at in (0..whole[file].1.len()).step_by((whole[file].1.len() / apart).max(64)) {
                let mut files = whole.clone();
                files[file].1[at] ^= 0x01;
                assert!(is_caught(&repacked(files)), "{kind}, {} byte {at}", whole[file].0);
            }
        }
    }
}

#[test]
fn several_views_share_one_page_one_statement_and_one_audit() {
    let views = one_of_each_kind();
    let names: Vec<String> = views.iter().map(|view| view.name().to_owned()).collect();
    let package = package_of(views.clone(), NO_PNG).unwrap();
    let files = unpack(&package.bytes).unwrap();
    let paths: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(paths[..3], ["manifest.json", "views/flow-0.json", "tables/flow-0.csv"]);
    let own = 3 * views.len() + 3;
    let shared = ["report.html", "statement.md", "audit.json", "results.json"];
    assert_eq!(paths[own - 2..own + 2], shared);
    assert_eq!(paths.len(), 1 + own + 1 + own, "each has its hash for SACRO Viewer");
    let manifest: Manifest = serde_json::from_slice(&files[0].1).unwrap();
    assert_eq!(manifest.views, names);
    let text = |name: &str| {
        let file = files.iter().find(|(known, _)| known == name).unwrap();
        String::from_utf8(file.1.clone()).unwrap()
    };
    let (page, statement) = (text("report.html"), text("statement.md"));
    for name in &names {
        assert!(page.contains(&format!("<p class=\"kind\">{name}</p>")), "{name}");
        assert!(statement.contains(&format!("“{name}”")), "{name}");
    }
    assert_eq!(page.matches("<svg").count(), views.len());
    assert_eq!(statement.matches("## What is promised").count(), 1);
    assert_is_well_formed(&page);
    let opened = open(&package.bytes).unwrap();
    assert_eq!(opened.verdict.findings, []);
    assert!(opened.views.iter().map(Disclosed::view).eq(&views));
    // The other order is another package, and the manifest's order is the one of the archive.
    let mut swapped = files.clone();
    let mut claimed: Manifest = serde_json::from_slice(&swapped.remove(0).1).unwrap();
    claimed.views.swap(0, 1);
    let again = Manifest::new(claimed.policy, claimed.views, claimed.import, &swapped).unwrap();
    swapped.insert(0, (manifest::NAME.to_owned(), json(&again).unwrap().into_bytes()));
    assert!(is_caught(&pack(&swapped).unwrap()));
}

#[test]
fn a_changed_number_in_one_of_several_views_is_caught_even_when_all_is_written_anew() {
    let views = vec![View::Flow(small()), testing::funnel(&PublishedCohort::default())];
    let whole = unpack(&package_of(views.clone(), NO_PNG).unwrap().bytes).unwrap();
    assert_eq!(findings(&repacked(whole.clone())), vec![], "rewriting alone changes nothing");
    let mut changed = views;
    if let View::Flow(flow) = &mut changed[0] {
        flow.edges[0].count += 5;
    }
    let mut files = whole;
    rewrite(&mut files, changed);
    assert!(is_caught(&repacked(files)));
}

#[test]
fn views_under_different_thresholds_do_not_go_into_one_package() {
    let other = |change: fn(&mut Flow)| {
        let mut flow = small();
        flow.spec.name = "other".to_owned();
        change(&mut flow);
        package_of(vec![View::Flow(small()), View::Flow(flow)], NO_PNG)
    };
    assert!(other(|_| {}).is_ok());
    assert!(matches!(other(|flow| flow.spec.blur = false), Err(ReleaseError::Refused(_))));
    let mut lower = flow_of(Policy::new(5, None).unwrap(), Side::Start, 3, &[(vec![1, 2], 3)]);
    lower.spec.name = "lower".to_owned();
    let mixed = package_of(vec![View::Flow(small()), View::Flow(lower)], NO_PNG);
    assert!(matches!(mixed, Err(ReleaseError::Refused(_))));
}

#[test]
fn a_rounding_base_of_1_is_for_one_network_alone() {
    let policy = Policy::new(10, Some(1)).unwrap();
    let flow = |name: &str| {
        let mut flow = flow_of(policy, Side::Start, 2, &[(vec![1, 2], 3), (vec![1], 1)]);
        flow.spec.name = name.to_owned();
        View::Flow(flow)
    };
    assert!(package_of(vec![flow("one")], NO_PNG).is_ok());
    let two = package_of(vec![flow("one"), flow("two")], NO_PNG);
    assert!(matches!(two, Err(ReleaseError::Refused(_))));
    let View::Map(mut map) = testing::map(Unit::People, false, &PublishedCohort::default()) else {
        panic!("a map");
    };
    map.b = 1;
    let map = package_of(vec![View::Map(map)], NO_PNG);
    assert!(matches!(map, Err(ReleaseError::Refused(_))));
}

#[test]
fn a_package_states_people_or_sessions_for_a_cohort_never_both() {
    let mut sessions = small();
    sessions.spec.name = "sessions".to_owned();
    sessions.unit = Unit::Sessions;
    let both = package_of(vec![View::Flow(small()), View::Flow(sessions)], NO_PNG);
    assert!(matches!(both, Err(ReleaseError::Refused(_))));
}

/// A flow of 2 steps with one path of each label.
fn pair(name: &str, paths: &[(Vec<usize>, u64)]) -> Flow {
    let mut flow = flow_of(Policy::default(), Side::Start, 2, paths);
    flow.spec.name = name.to_owned();
    flow
}

#[test]
fn what_several_views_contradict_is_a_finding_in_one_package_and_a_note_between_packages() {
    let small = pair("small", &[(vec![1, 2], 0)]);
    let large = pair("large", &[(vec![1, 2], 100)]);
    let both = package_of(vec![View::Flow(small.clone()), View::Flow(large.clone())], NO_PNG);
    let Err(ReleaseError::Refused(found)) = both else { panic!("a contradiction was written") };
    assert!(found.iter().any(|found| found.what.contains("contradict")), "{found:?}");

    let [small, large] = [small, large].map(|flow| package(flow, NO_PNG));
    let together = verify_jointly(&[(1, &small), (2, &large)]);
    assert!(together.passed());
    assert!(together.contradiction);
    assert!(
        together.notes.iter().any(|note| note.contains("not attacked")),
        "{:?}",
        together.notes
    );
}

#[test]
fn what_packages_give_away_together_names_them_by_their_numbers() {
    let mut sessions = small();
    sessions.unit = Unit::Sessions;
    let [people, sessions] = [small(), sessions].map(|flow| package(flow, NO_PNG));
    let others = package(pair("flow", &[(vec![1, 2], 100)]), NO_PNG);
    // Packages about others do not hide what two of them give away.
    for packages in [
        &[(4, people.as_slice()), (7, &sessions)][..],
        &[(2, &others), (4, &people), (7, &sessions)],
    ] {
        let together = verify_jointly(packages);
        assert!(!together.passed());
        assert!(together.packages.iter().all(|package| package.as_ref().unwrap().passed()));
        let found = together.joint.as_ref().map_or_else(Vec::new, |joint| joint.findings.clone());
        assert!(found.iter().all(|found| found.place == "package 7, views/flow.json"), "{found:?}");
        assert!(found.iter().any(|found| found.what.contains("package 4")), "{found:?}");
    }
}

#[test]
fn several_packages_are_checked_each_and_together() {
    let one = package(small(), NO_PNG);
    let two = package_of(vec![testing::funnel(&PublishedCohort::default())], NO_PNG).unwrap().bytes;
    let together = verify_jointly(&[(1, &one), (2, &two)]);
    assert!(together.passed());
    assert!(together.joint.is_some_and(|joint| joint.checks.len() == 1));
    assert!(together.notes[0].contains("may be about different people"), "{:?}", together.notes);

    let alone = verify_jointly(&[(1, &one)]);
    assert!(alone.passed() && alone.joint.is_none() && alone.notes.is_empty());
    let broken = verify_jointly(&[(1, &one), (3, b"no package")]);
    assert!(!broken.passed() && broken.joint.is_none());
    assert!(broken.packages[0].is_ok() && broken.packages[1].is_err());
}

#[test]
fn attributes_and_sessions_are_told_in_manifest_and_statement() {
    let column = |role, name: &str| ReadColumn { role, name: Some(name.to_owned()) };
    let facts = Facts {
        columns: vec![
            column(Role::Subject, "user"),
            column(Role::Attribute, "country"),
            column(Role::Attribute, "plan"),
        ],
        ..Facts::default()
    };
    let view = Disclosed::after_control(testing::breakdown(testing::funnel));
    let policy = Policy::default().with_cap(Some(3)).unwrap().with_time_grain(TimeGrain::Hour);
    let facts = facts.with_sessions(Some(1_800));
    let package = write(&contents(vec![&view], policy, facts, NO_PNG)).unwrap();
    let files = unpack(&package.bytes).unwrap();
    let file = |name: &str| {
        let file = files.iter().find(|(known, _)| known == name).unwrap();
        String::from_utf8(file.1.clone()).unwrap()
    };
    let statement = file("statement.md");
    for said in ["“country” was read as an attribute", "30 min", "cut to the hour"] {
        assert!(statement.contains(said), "{said} in {statement}");
    }
    let manifest = file("manifest.json");
    for said in ["\"cap\": 3", "\"time_grain\": \"hour\"", "\"session_gap_secs\": 1800"] {
        assert!(manifest.contains(said), "{said} in {manifest}");
    }
    let told = Facts {
        columns: vec![column(Role::Subject, "user"), column(Role::Session, "visit")],
        ..Facts::default()
    };
    assert_eq!(told.with_sessions(Some(1_800)).session_gap_secs, None);
}

#[test]
fn a_reason_is_told_in_the_words_it_was_given_and_hurts_no_reader() {
    let view = Disclosed::after_control(View::Flow(small()));
    let reason = Reason::new("<b>For</b> the *team* & others\n# week", &|_| false).ok();
    let facts = facts().with_reason(reason);
    let formats = Formats { page: true, ..NO_PNG };
    let package = write(&contents(vec![&view], Policy::default(), facts, formats)).unwrap();
    let files = unpack(&package.bytes).unwrap();
    let file = |name: &str| {
        let file = files.iter().find(|(known, _)| known == name).unwrap();
        String::from_utf8(file.1.clone()).unwrap()
    };
    let manifest = file("manifest.json");
    assert!(manifest.contains(r#""reason": "<b>For</b> the *team* & others # week""#));
    let told = r"says what for: “\<b\>For\</b\> the \*team\* \& others \# week”";
    assert!(file("statement.md").contains(told), "{}", file("statement.md"));
    let page = file("report.html");
    assert!(page.contains("&lt;b&gt;For&lt;/b&gt;") && !page.contains("<b>For"));
    // One that nobody could have typed here is found.
    let mut changed = files.clone();
    let strange = manifest.replace("<b>For</b>", "<b>For\\u202e</b>");
    changed[0].1 = strange.into_bytes();
    let verdict = verify(&pack(&changed).unwrap()).unwrap();
    assert!(verdict.findings.iter().any(|found| found.what.contains("its reason is longer")));
}

#[test]
fn who_was_left_out_is_told_in_bands() {
    let view = Disclosed::after_control(View::Flow(large()));
    let statement = |unknown| {
        let bands = ProtectionBands {
            consent_required: true,
            unknown,
            erasure_applied: true,
            kept_band: Some([90, 95]),
        };
        let facts = Facts::default().with_protection(Some(bands));
        let policy = Policy::default();
        let contents = contents(vec![&view], policy, facts, NO_PNG);
        let files = unpack(&write(&contents).unwrap().bytes).unwrap();
        let file = files.into_iter().find(|(name, _)| name == "statement.md").unwrap();
        String::from_utf8(file.1).unwrap()
    };
    let told = statement(UnknownConsent::Refused);
    for said in [
        "consented to every purpose",
        "a person is not counted",
        "asked to be erased",
        "Between 90 and 95 percent",
    ] {
        assert!(told.contains(said), "{said} in {told}");
    }
    assert!(statement(UnknownConsent::Granted).contains("a person is counted"));
}

#[test]
fn a_view_that_breaks_the_rules_does_not_leave() {
    let mut flow = small();
    flow.nodes[0].count -= 5;
    assert!(matches!(package_of(vec![View::Flow(flow)], NO_PNG), Err(ReleaseError::Refused(_))));
}

#[test]
fn with_broken_hashes_nothing_is_sealed() {
    let mut files = unpack(&package(small(), NO_PNG)).unwrap();
    let page = files.iter().position(|(name, _)| name == "report.html").unwrap();
    files[page].1.push(b'\n');
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
    assert_is_well_formed(&page);
}

fn assert_is_well_formed(page: &str) {
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
    // With a statement that says so, its hash for SACRO Viewer is another one too.
}

#[test]
fn a_damaged_file_is_named() {
    let mut bytes = package(small(), NO_PNG);
    let at = bytes.windows(8).position(|bytes| bytes == b"</title>").unwrap();
    bytes[at + 2] ^= 1;
    let found = findings(&bytes);
    assert!(found.iter().any(|finding| finding.place == "pictures/flow.svg"), "{found:?}");
}

/// Every part of a package from a project.
fn of_a_project(source: Source, history: Option<Checkpoint>) -> Vec<u8> {
    let view = Disclosed::after_control(View::Flow(small()));
    let plain = contents(vec![&view], Policy::default(), facts(), NO_PNG);
    write(&Contents { source: Some(source), history, ..plain }).unwrap().bytes
}

#[test]
fn a_package_of_a_project_tells_its_source_and_how_far_the_history_had_come() {
    let checkpoint = Checkpoint { length: 12, root: "0f".repeat(32) };
    let bytes = of_a_project([0xab; 16], Some(checkpoint.clone()));
    let opened = open(&bytes).unwrap();
    assert_eq!(opened.verdict.findings, []);
    assert_eq!(opened.source.as_deref(), Some("ab".repeat(16).as_str()));
    assert_eq!(opened.history, Some(checkpoint));
    assert_eq!(opened.policy, Policy::default());
    let files = unpack(&bytes).unwrap();
    let statement = files.iter().find(|(name, _)| name == "statement.md").unwrap();
    let statement = String::from_utf8(statement.1.clone()).unwrap();
    assert!(statement.contains("the history had 12 entries"), "{statement}");
    let plain = open(&package(small(), NO_PNG)).unwrap();
    assert_eq!((plain.source, plain.history), (None, None));
}

#[test]
fn a_source_or_a_checkpoint_of_another_form_is_found() {
    for root in ["0F".repeat(32), "0f".repeat(31), "../".repeat(22)] {
        let mut files = unpack(&of_a_project([1; 16], None)).unwrap();
        let checkpoint = json(&Checkpoint { length: 12, root }).unwrap();
        let at = files.iter().position(|(name, _)| name == "results.json").unwrap();
        files.insert(at, ("history.json".to_owned(), checkpoint.into_bytes()));
        assert!(findings(&repacked(files)).iter().any(|it| it.place == "history.json"));
    }
    let files = unpack(&of_a_project([1; 16], None)).unwrap();
    for source in ["ab".repeat(15), "AB".repeat(16), "somebody@example.org".to_owned()] {
        let mut files = files.clone();
        let mut claimed: Manifest = serde_json::from_slice(&files[0].1).unwrap();
        claimed.source = Some(source);
        files[0].1 = json(&claimed).unwrap().into_bytes();
        let found = findings(&pack(&files).unwrap());
        assert!(found.iter().any(|it| it.what.contains("source")), "{found:?}");
    }
}

#[test]
fn packages_of_one_import_are_known_to_be_about_the_same_people() {
    let [one, same, other] = [[1; 16], [1; 16], [2; 16]].map(|source| of_a_project(source, None));
    let without = package(small(), NO_PNG);
    let note = |packages: &[(usize, &[u8])]| verify_jointly(packages).notes[0].to_owned();
    assert!(note(&[(1, &one), (2, &same)]).contains("same import"));
    for second in [&other, &without] {
        assert!(note(&[(1, &one), (2, second)]).contains("may be about different people"));
    }
    assert!(note(&[(1, &without), (2, &without)]).contains("may be about different people"));
}

#[test]
fn how_many_can_be_singled_out_is_told_in_bands_and_nothing_finer() {
    let bands = |low: u8| UniquenessBands {
        first_steps: [[low, low + 5]; 10],
        step_set: [low, low + 5],
        with_day: None,
        with_hour: None,
    };
    let view = Disclosed::after_control(View::Flow(large()));
    let risk = RiskBands { before: bands(40), after: bands(0) };
    let facts = facts().with_risk(Some(risk));
    let bytes = write(&contents(vec![&view], Policy::default(), facts, NO_PNG)).unwrap().bytes;
    let files = unpack(&bytes).unwrap();
    let statement = files.iter().find(|(name, _)| name == "statement.md").unwrap();
    let statement = String::from_utf8(statement.1.clone()).unwrap();
    let said = "between 40 and 45 percent are alone in their first 3 steps; in what is shown, \
                between 0 and 5 percent";
    assert!(statement.contains(said), "{statement}");
    let mut claimed: Manifest = serde_json::from_slice(&files[0].1).unwrap();
    claimed.import.risk.as_mut().unwrap().before.step_set = [43, 44];
    let retold = Manifest::new(claimed.policy, claimed.views, claimed.import, &files[1..]).unwrap();
    let mut files = files;
    files[0].1 = json(&retold).unwrap().into_bytes();
    let found = findings(&pack(&files).unwrap());
    assert!(found.iter().any(|it| it.what.contains("in bands")), "{found:?}");
}

/// A band of five percent of few people is a number of few people.
#[test]
fn of_few_people_no_share_is_told() {
    let bands = ProtectionBands { kept_band: Some([90, 95]), ..ProtectionBands::default() };
    let facts = || facts().with_protection(Some(bands));
    let written = |flow: Flow| {
        let view = Disclosed::after_control(View::Flow(flow));
        unpack(&write(&contents(vec![&view], Policy::default(), facts(), NO_PNG)).unwrap().bytes)
            .unwrap()
    };
    let manifest = |files: &[File]| -> Manifest { serde_json::from_slice(&files[0].1).unwrap() };
    let told = manifest(&written(large())).import.protection.unwrap().kept_band;
    assert_eq!(told, Some([90, 95]));
    let mut files = written(small());
    let mut claimed = manifest(&files);
    assert_eq!(claimed.import.protection.unwrap().kept_band, None);
    claimed.import.protection = Some(bands);
    let retold = Manifest::new(claimed.policy, claimed.views, claimed.import, &files[1..]).unwrap();
    files[0].1 = json(&retold).unwrap().into_bytes();
    let found = findings(&pack(&files).unwrap());
    assert!(found.iter().any(|it| it.what.contains("too few of them")), "{found:?}");
}
