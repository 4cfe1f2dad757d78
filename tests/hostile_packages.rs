//! Packages from hostile hands: each is a finding, or no package at all; nothing panics, nothing is
//! written, and memory stays bounded.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use trodden::keys::{Passphrase, SecretKey};
use trodden::release::{self, Choice, Contents, Facts, Formats, Judgement, Point};
use trodden::vault::Vault;
use trodden::views::{FlowSpec, ImportPlan, Policy, Progress, Rules, Spec};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

type File = (String, Vec<u8>);

/// A genuine package of the fixture, that asks for a review or not.
fn genuine(review: bool) -> Vec<u8> {
    static BYTES: [OnceLock<Vec<u8>>; 2] = [OnceLock::new(), OnceLock::new()];
    let make = || {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop-small.csv");
        let plan = ImportPlan { files: vec![file], ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).unwrap();
        let spec = Spec::flow("flow", FlowSpec { steps: 3, top: 4, ..FlowSpec::default() });
        let policy = Policy::default();
        let disclosed =
            vault.disclose(&[spec], &Rules::default(), policy, &Progress::default()).unwrap();
        let views = disclosed.iter().map(|disclosure| &disclosure.view).collect();
        let facts = Facts::default().with_review(review);
        let formats = Formats { png: false, ..Formats::default() };
        release::write(&Contents { views, policy, facts, formats, source: None, history: None })
            .unwrap()
            .bytes
    };
    BYTES[usize::from(review)].get_or_init(make).clone()
}

fn unpack(bytes: &[u8]) -> Vec<File> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let many = archive.len();
    let file = |at| {
        let mut entry = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.name().unwrap().into_owned(), bytes)
    };
    (0..many).map(file).collect()
}

/// In the one way in which a package is written.
fn pack(files: &[File]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .system(System::Unix);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn sha256(bytes: &[u8]) -> String {
    let byte = |byte: &u8| [byte >> 4, byte & 15].map(|four| char::from_digit(four.into(), 16));
    Sha256::digest(bytes).iter().flat_map(byte).flatten().collect()
}

/// The text of a manifest with the hash of itself made anew.
fn rehashed(text: &str) -> String {
    let own = text.rfind(",\n  \"sha256\": \"").unwrap();
    let bare = format!("{}\n}}\n", &text[..own]);
    format!("{},\n  \"sha256\": \"{}\"\n}}\n", &text[..own], sha256(bare.as_bytes()))
}

/// A package in which one file has other bytes, and every hash says so.
fn with(review: bool, name: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut files = unpack(&genuine(review));
    let file = files.iter_mut().find(|(known, _)| known == name).unwrap();
    let old = sha256(&file.1);
    let text = change(String::from_utf8(file.1.clone()).unwrap());
    assert!(text.as_bytes() != file.1, "{name} was not changed");
    file.1 = text.into_bytes();
    let new = sha256(&file.1);
    let mut manifest = String::from_utf8(files[0].1.clone()).unwrap();
    if name != "manifest.json" {
        manifest = manifest.replace(&old, &new);
    }
    files[0].1 = rehashed(&manifest).into_bytes();
    pack(&files)
}

/// What is found in it, or why it is no package. Opening it gives the same.
fn answer(bytes: &[u8]) -> String {
    let verdict = release::verify(bytes);
    match (verdict, release::open(bytes)) {
        (Ok(verdict), Ok(opened)) => {
            assert_eq!(verdict.findings, opened.verdict.findings);
            verdict.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        }
        (Err(one), Err(other)) => {
            assert_eq!(one, other);
            one.to_string()
        }
        _ => panic!("opened and verified differ"),
    }
}

fn assert_caught(bytes: &[u8], what: &str) {
    assert!(!answer(bytes).is_empty(), "{what} passes");
}

#[test]
fn a_package_that_is_only_packed_again_passes() {
    // The helpers above would otherwise show nothing.
    for review in [false, true] {
        let bytes = genuine(review);
        assert!(pack(&unpack(&bytes)) == bytes);
        let manifest = unpack(&bytes).remove(0).1;
        let text = String::from_utf8(manifest).unwrap();
        assert_eq!(rehashed(&text), text);
        assert_eq!(answer(&bytes).is_empty(), !review);
    }
}

#[test]
fn a_zip_bomb_is_not_unpacked() {
    let zeros = vec![0; 1 << 20];
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    // One file of 65 MB; and many of 63 MB each.
    for (files, megabytes) in [(1, 65), (5, 63)] {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for file in 0..files {
            writer.start_file(format!("manifest.json{file}"), options).unwrap();
            for _ in 0..megabytes {
                writer.write_all(&zeros).unwrap();
            }
        }
        let bytes = writer.finish().unwrap().into_inner();
        assert!(bytes.len() < 1 << 20);
        assert!(answer(&bytes).contains("larger than a release package"), "{}", answer(&bytes));
    }
}

#[test]
fn an_archive_of_very_many_files_is_not_unpacked() {
    let files: Vec<File> = (0..5_000).map(|at| (format!("f{at}"), Vec::new())).collect();
    assert!(answer(&pack(&files)).contains("larger than a release package"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_bomb_is_answered_by_the_program_within_a_gigabyte_and_a_half() {
    let folder = tempfile::tempdir().unwrap();
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let zeros = vec![0; 1 << 20];
    for file in 0..5 {
        writer.start_file(format!("views/{file}.json"), options).unwrap();
        for _ in 0..60 {
            writer.write_all(&zeros).unwrap();
        }
    }
    let path = folder.path().join("bomb.trodden.zip");
    std::fs::write(&path, writer.finish().unwrap().into_inner()).unwrap();
    let script = format!(
        "ulimit -v 1500000; exec {} verify {}",
        env!("CARGO_BIN_EXE_trodden"),
        path.display()
    );
    let output = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("larger than a release package"));
}

#[test]
fn names_that_climb_out_of_the_folder_are_foreign_files_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "../escaped",
        "../../escaped",
        "/tmp/escaped",
        "..\\escaped",
        "C:\\escaped",
        "views/../../escaped",
        "reviewed/../../escaped",
        "./manifest.json",
        "views//flow.json",
        "manifest.json/",
        "a\u{0}b",
        "\u{202E}gpj.exe",
        "con",
        &"x".repeat(60_000),
    ] {
        let mut files = unpack(&genuine(false));
        files.push((name.to_owned(), b"escaped".to_vec()));
        let path = folder.path().join("p.trodden.zip");
        std::fs::write(&path, pack(&files)).unwrap();
        assert_caught(&pack(&files), name);
        let said = answer(&pack(&files));
        assert!(!said.contains('\u{202E}') && said.len() < 2_000, "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(!folder.path().parent().unwrap().join("escaped").exists());
}

#[test]
fn a_name_twice_is_found() {
    // The library for archives writes no name twice, so a longer name is cut to the same.
    let mut files = unpack(&genuine(false));
    let copy = files[1].1.clone();
    files.push(("views/flow.jsoX".to_owned(), copy));
    let mut bytes = pack(&files);
    while let Some(at) = bytes.windows(4).position(|word| word == b"jsoX") {
        bytes[at + 3] = b'n';
    }
    assert_caught(&bytes, "a name twice");
    // And the manifest twice, the second one another.
    let mut files = unpack(&genuine(false));
    files.push(("manifest.jsoX".to_owned(), b"{}".to_vec()));
    let mut bytes = pack(&files);
    while let Some(at) = bytes.windows(4).position(|word| word == b"jsoX") {
        bytes[at + 3] = b'n';
    }
    assert_caught(&bytes, "a manifest twice");
}

#[test]
fn a_wrong_hash_is_found_wherever_it_stands() {
    for (name, _) in unpack(&genuine(false)).iter().skip(1) {
        let mut files = unpack(&genuine(false));
        let file = files.iter_mut().find(|(known, _)| known == name).unwrap();
        file.1.push(b' ');
        let said = answer(&pack(&files));
        assert!(said.contains(&format!("{name}: its bytes are not those of the hash")), "{said}");
    }
}

#[test]
fn numbers_that_are_none_are_found() {
    for number in ["NaN", "Infinity", "-5", "5.5", "1e400", "18446744073709551616", "null", "\"5\""]
    {
        let bytes = with(false, "views/flow.json", |text| {
            let at = text.find("\"people\": ").unwrap() + "\"people\": ".len();
            let end = at + text[at..].find(',').unwrap();
            format!("{}{number}{}", &text[..at], &text[end..])
        });
        assert_caught(&bytes, number);
    }
}

#[test]
fn deep_json_is_found_and_does_not_end_the_stack() {
    for deep in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)] {
        assert_caught(&with(false, "views/flow.json", |_| deep.clone()), "a deep view");
        let files = vec![("manifest.json".to_owned(), deep.clone().into_bytes())];
        assert_caught(&pack(&files), "a deep manifest");
        let shallow = deep[..900_000].to_owned().into_bytes();
        assert_caught(&pack(&[("manifest.json".to_owned(), shallow)]), "a deep manifest");
    }
}

#[test]
fn huge_json_is_found() {
    let node =
        "{\"id\": \"1:a\", \"step\": 1, \"label\": \"a\", \"kind\": \"label\", \"count\": 10},";
    let bytes = with(false, "views/flow.json", |text| {
        text.replacen("\"nodes\": [", &format!("\"nodes\": [{}", node.repeat(300_000)), 1)
    });
    assert_caught(&bytes, "a view of very many nodes");
    let bytes = with(false, "views/flow.json", |text| {
        text.replacen(
            "\"label\": \"Other\"",
            &format!("\"label\": \"{}\"", "x".repeat(20 << 20)),
            1,
        )
    });
    assert_caught(&bytes, "a label of twenty million letters");
    let bytes = with(false, "manifest.json", |text| {
        let listed = "{\"name\": \"a\", \"sha256\": \"b\"},".repeat(200_000);
        text.replacen("\"files\": [", &format!("\"files\": [{listed}"), 1)
    });
    assert!(answer(&bytes).contains("larger than"), "a manifest of very many files");
}

#[test]
fn a_page_and_a_picture_with_scripts_are_found() {
    for (name, script) in [
        ("report.html", "<script>fetch('http://x')</script></body>"),
        ("report.html", "<img src=x onerror=alert(1)></body>"),
        ("report.html", "<meta http-equiv=refresh content='0;url=http://x'></body>"),
        ("pictures/flow.svg", "<script>alert(1)</script></svg>"),
        ("pictures/flow.svg", "<image href=\"http://x/y.png\"/></svg>"),
        ("pictures/flow.svg", "<a xlink:href=\"javascript:alert(1)\"/></svg>"),
        ("statement.md", "![x](http://x)\n"),
        ("tables/flow.csv", "=HYPERLINK(\"http://x\")\n"),
    ] {
        let end = script.rfind("</");
        let bytes = with(false, name, |text| match end {
            Some(end) => {
                let at = text.rfind(&script[end..]).unwrap();
                format!("{}{script}{}", &text[..at], &text[at + script.len() - end..])
            }
            None => format!("{text}{script}"),
        });
        let said = answer(&bytes);
        assert!(said.contains(name) && said.contains("written again"), "{script}: {said}");
        assert!(!said.contains("http"), "a finding repeats nothing of it: {said}");
    }
}

#[test]
fn an_xml_bomb_in_a_picture_is_never_expanded() {
    let mut bomb = "<!DOCTYPE svg [<!ENTITY a0 \"aaaaaaaaaa\">".to_owned();
    for at in 1..20 {
        let before = format!("&a{};", at - 1).repeat(10);
        bomb.extend(["<!ENTITY a", &at.to_string(), " \"", &before, "\">"]);
    }
    bomb.push_str("]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&a19;</text></svg>");
    assert_caught(&with(false, "pictures/flow.svg", |_| bomb), "entities of entities");
}

#[test]
fn a_manifest_that_lies_is_found() {
    let lies: [(&str, &str, &str); 9] = [
        ("a lower threshold", "\"k\": 10", "\"k\": 5"),
        ("a threshold that is none", "\"k\": 10", "\"k\": 0"),
        ("no rounding", "\"b\": 5", "\"b\": 1"),
        ("no blur", "\"blur\": true", "\"blur\": false"),
        ("another view", "\"flow\"\n", "\"map\"\n"),
        ("a later format", "\"format\": 2", "\"format\": 9"),
        ("a version with words", "\"app\": \"", "\"app\": \"anna "),
        ("a field more", "\"format\": 2", "\"format\": 2,\n  \"note\": \"anna\""),
        ("no row refused", "\"refused\": \"none\"", "\"refused\": \"some\""),
    ];
    for (what, from, to) in lies {
        assert_caught(&with(false, "manifest.json", |text| text.replacen(from, to, 1)), what);
    }
    // That a review is asked for cannot be dropped without the pictures saying so.
    let said = answer(&with(true, "manifest.json", |text| {
        text.replacen(",\n    \"review_required\": true", "", 1)
    }));
    assert!(said.contains("pictures/flow.svg") && said.contains("statement.md"), "{said}");
}

fn key() -> &'static SecretKey {
    static KEY: OnceLock<SecretKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let words = Passphrase::new("correct horse battery").unwrap();
        let path = folder.path().join("a.key");
        SecretKey::create(&path, &words).unwrap();
        SecretKey::read(&path, &words).unwrap()
    })
}

#[test]
fn a_signature_that_is_none_or_of_something_else_is_found() {
    let signed = release::sign(&genuine(false), key()).unwrap();
    let keys = [key().public().clone()];
    assert!(release::verify_with(&signed, &keys).unwrap().passed());
    let replaced = |text: &[u8]| {
        let mut files = unpack(&signed);
        files.last_mut().unwrap().1 = text.to_vec();
        pack(&files)
    };
    let of_other = key().sign(b"something else").unwrap();
    let bytes = replaced(of_other.text().as_bytes());
    assert!(!release::verify_with(&bytes, &keys).unwrap().passed());
    for text in [
        Vec::new(),
        b"untrusted comment: signature\n".to_vec(),
        vec![0xFF; 300],
        "untrusted comment: signature\nRU==\ntrusted comment: trodden\nAA==\n".into(),
        vec![b'\n'; 10 << 20],
        "A".repeat(10 << 20).into_bytes(),
    ] {
        assert_caught(&replaced(&text), "no signature");
    }
    // Taken away, it is missed by whoever has the key.
    assert!(!release::verify_with(&genuine(false), &keys).unwrap().passed());
}

#[test]
fn a_decision_that_lies_is_found() {
    let judgement = Judgement {
        choice: Choice::Approved,
        holds: Point::ALL.to_vec(),
        comment: "for the board".to_owned(),
    };
    let approved = release::decide(&genuine(true), &judgement, key(), &[]).unwrap();
    assert_eq!(answer(&approved), "");
    let whole = unpack(&approved);
    let decision = String::from_utf8(whole[whole.len() - 2].1.clone()).unwrap();
    // By somebody who has the reviewer's key.
    let lie = |text: &str| {
        let mut files = whole.clone();
        let last = files.len();
        files[last - 2].1 = text.as_bytes().to_vec();
        files[last - 1].1 = key().sign(text.as_bytes()).unwrap().text().as_bytes().to_vec();
        pack(&files)
    };
    assert_eq!(answer(&lie(&decision)), "");
    let hash = decision.find("\"manifest_sha256\": \"").unwrap() + "\"manifest_sha256\": \"".len();
    let other = format!("{}{}{}", &decision[..hash], "0".repeat(64), &decision[hash + 64..]);
    let huge = decision.replacen("for the board", &"x".repeat(5_000), 1);
    for (what, text) in [
        ("another manifest", other.as_str()),
        ("a field more", &decision.replacen("\"format\": 1", "\"format\": 1,\n  \"anna\": 1", 1)),
        ("a point that does not hold", &decision.replacen("true", "false", 1)),
        ("a picture that is not there", &decision.replacen("flow.svg", "flow.sv", 1)),
        ("words that steer", &decision.replacen("for the board", "for\\u202ethe board", 1)),
        ("a long comment", &huge),
        ("no decision", "{}"),
        ("not a number", &decision.replacen("\"format\": 1", "\"format\": NaN", 1)),
        ("deep", &"[".repeat(500_000)),
    ] {
        let said = answer(&lie(text));
        assert!(said.contains("decision.json"), "{what}: {said}");
        assert!(!said.contains("anna") && !said.contains('\u{202E}'), "{what}: {said}");
    }
    // Without the key, any change is one of the signature.
    let mut files = whole.clone();
    let last = files.len();
    files[last - 2].1 = decision.replacen("for the board", "for the press", 1).into_bytes();
    let keys = [key().public().clone()];
    let verdict = release::verify_with(&pack(&files), &keys).unwrap();
    let found = verdict.findings.iter().any(|found| found.what.contains("does not hold"));
    assert!(found, "{:?}", verdict.findings);
    // The approval of one package in another.
    let mut other = unpack(&genuine(false));
    other.extend_from_slice(&whole[last - 2..]);
    assert!(answer(&pack(&other)).contains("for another package"));
}

#[test]
fn bytes_around_and_between_the_files_are_found() {
    let bytes = genuine(false);
    let around = [
        [b"#!/bin/sh\n".as_slice(), &bytes].concat(),
        [bytes.as_slice(), b"<script>"].concat(),
        [b"%PDF-1.7\n".as_slice(), &bytes, b"%%EOF"].concat(),
    ];
    for bytes in around {
        assert_caught(&bytes, "bytes around");
    }
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in unpack(&genuine(false)) {
        writer.start_file(name, options).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.set_comment("written by anna").unwrap();
    assert_caught(&writer.finish().unwrap().into_inner(), "a comment");
}

/// A board that looks into the view of the package, with one picture and a slide.
fn board_json() -> String {
    const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let card = serde_json::json!({
        "id": 4, "stage": 2, "lane": 3, "text": "people", "picture": DOT,
        "evidence": {"measured": {"view": "flow", "quantity": "everybody"}},
    });
    let board = serde_json::json!({
        "id": 1, "name": "Shop", "cards": [card],
        "stages": [{"id": 2, "name": "Arrive"}],
        "lanes": [{"id": 3, "name": "People", "kind": "measured"}],
    });
    let to_be = serde_json::json!({
        "id": 5, "name": "Better", "state": {"to_be": {"of": 1}}, "stages": [], "lanes": [],
    });
    let slide = serde_json::json!({"id": 6, "title": "Look", "shows": {"view": "flow"}});
    let whole = serde_json::json!({
        "format": 1, "boards": [board, to_be], "slides": [slide], "last_id": 6,
    });
    let read = trodden::board::Workshop::from_json(whole.to_string().as_bytes()).unwrap();
    String::from_utf8(read.to_json()).unwrap()
}

fn shown() -> Vec<u8> {
    let workshop = trodden::board::Workshop::from_json(board_json().as_bytes()).unwrap();
    release::present(&genuine(false), &workshop).unwrap()
}

/// A presenter file with other bytes for a board.
fn with_board(bytes: &[u8]) -> Vec<u8> {
    let mut files = unpack(&shown());
    let last = files.last_mut().unwrap();
    assert_eq!(last.0, "board.json");
    last.1 = bytes.to_vec();
    pack(&files)
}

#[test]
fn a_board_that_lies_is_found() {
    assert_eq!(answer(&shown()), "");
    let text = board_json();
    let lies: [(&str, &str, &str); 14] = [
        ("a newer format", "\"format\": 1", "\"format\": 2"),
        ("a format of words", "\"format\": 1", "\"format\": \"1\""),
        ("a field more", "\"format\": 1", "\"format\": 1,\n  \"note\": \"anna\""),
        ("a measured number", "\"text\": \"people\"", "\"text\": \"people\",\n \"count\": 7"),
        ("an unknown view", "\"view\": \"flow\",\n", "\"view\": \"gone\",\n"),
        ("an unknown view on a slide", "\"view\": \"flow\"\n", "\"view\": \"gone\"\n"),
        ("a number given twice", "\"id\": 5", "\"id\": 1"),
        ("a number that is yet to be given", "\"id\": 5", "\"id\": 99"),
        ("a stage that is not there", "\"stage\": 2", "\"stage\": 9"),
        ("a board that is to be what it is", "\"of\": 1", "\"of\": 5"),
        ("a board that is to be what is not there", "\"of\": 1", "\"of\": 77"),
        ("a picture that ends", "mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", ""),
        ("a picture of another kind", "iVBORw0KGgo", "R0lGODlhAAA"),
        ("another blank", "{\n", "{\n "),
    ];
    for (what, from, to) in lies {
        assert!(text.contains(from), "{what}: {from} in {text}");
        let said = answer(&with_board(text.replacen(from, to, 1).as_bytes()));
        assert!(said.contains("board.json"), "{what} passes: {said}");
        assert!(!said.contains("anna") && !said.contains("gone"), "{what} is repeated: {said}");
    }
}

#[test]
fn boards_that_are_to_be_each_other_are_found() {
    let text =
        board_json().replacen("\"state\": \"as_is\"", "\"state\": {\"to_be\": {\"of\": 5}}", 1);
    assert!(text.matches("to_be").count() == 2, "{text}");
    assert_caught(&with_board(text.as_bytes()), "a circle of boards");
}

#[test]
fn a_picture_whose_pixels_are_damaged_is_found() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let text = board_json();
    let at = text.find("\"picture\": \"").unwrap() + "\"picture\": \"".len();
    let end = at + text[at..].find('"').unwrap();
    let png = engine.decode(&text[at..end]).unwrap();
    for place in [40, 45, 50] {
        let mut broken = png.clone();
        broken[place] ^= 0x55;
        let mut other = text.clone();
        other.replace_range(at..end, &engine.encode(&broken));
        assert_caught(&with_board(other.as_bytes()), "a picture with a damaged byte");
    }
    // A head that says a thousand by a thousand, over the pixels of one.
    let mut large = png;
    large[18] = 4;
    large[22] = 4;
    let mut other = text.clone();
    other.replace_range(at..end, &engine.encode(&large));
    assert_caught(&with_board(other.as_bytes()), "a picture that says it is larger");
}

#[test]
fn a_board_in_another_place_is_found() {
    let whole = unpack(&shown());
    let board = whole.last().unwrap().clone();
    for at in [0, 1, whole.len() - 2] {
        let mut files = whole.clone();
        files.pop();
        files.insert(at, board.clone());
        assert_caught(&pack(&files), "a board in another place");
    }
}

#[test]
fn a_board_of_a_gigabyte_is_not_read() {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in unpack(&genuine(false)) {
        writer.start_file(name, options).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.start_file("board.json", options).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..1024 {
        writer.write_all(&zeros).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    assert!(bytes.len() < 4 << 20);
    assert!(answer(&bytes).contains("larger than a release package"));
    // Deep and wide ones of a size that is read.
    for board in [
        "[".repeat(1_000_000),
        format!("{{\"format\": 1, \"boards\": {}", "[".repeat(1_000_000)),
        format!("{{\"format\": 1, \"boards\": [{}{{}}]}}", "{},".repeat(2_000_000)),
        format!("{{\"format\": 1, \"x\": [{}0]}}", "0,".repeat(5_000_000)),
    ] {
        assert!(answer(&with_board(board.as_bytes())).contains("board.json"));
    }
}
