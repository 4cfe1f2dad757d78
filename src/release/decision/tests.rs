//! Signed packages and decisions: what is added verifies, and what is changed in it does not.

use super::super::archive::{File, pack, unpack};
use super::super::attached::{DECISION, DECISION_SIGNATURE, SIGNATURE, Signed};
use super::super::manifest::{json, sha256};
use super::super::tests::{facts, findings, small};
use super::super::{Contents, DecideError, Formats, Unreadable, open, verify, verify_with, write};
use super::super::{sign, verify_jointly_with};
use super::{Choice, Decision, Judgement, Point, decide};
use crate::keys::{PublicKey, SecretKey};
use crate::views::{Disclosed, Policy, View};

const FORMATS: Formats = Formats { svg: true, png: true, pdf: true, page: true, ..Formats::NONE };

fn package(review_required: bool) -> Vec<u8> {
    package_in(FORMATS, review_required)
}

fn package_in(formats: Formats, review_required: bool) -> Vec<u8> {
    let view = Disclosed::after_control(View::Flow(small()));
    let (policy, facts) = (Policy::default(), facts().with_review(review_required));
    write(&Contents { views: vec![&view], policy, facts, formats, source: None, history: None })
        .unwrap()
        .bytes
}

fn approval() -> Judgement {
    let comment = "For the board.\nNot for the press.".to_owned();
    Judgement { choice: Choice::Approved, holds: Point::ALL.to_vec(), comment }
}

fn rejection() -> Judgement {
    Judgement { choice: Choice::Rejected, holds: vec![Point::Labels], comment: String::new() }
}

fn names(bytes: &[u8]) -> Vec<String> {
    unpack(bytes).unwrap().into_iter().map(|(name, _)| name).collect()
}

fn file<'a>(files: &'a mut [File], name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(known, _)| known == name).unwrap().1
}

fn whats(bytes: &[u8], keys: &[PublicKey]) -> Vec<String> {
    let verdict = verify_with(bytes, keys).unwrap();
    verdict.findings.into_iter().map(|finding| finding.to_string()).collect()
}

#[test]
fn a_signed_package_says_whose_it_is_and_whether_that_holds() {
    let (key, other) = (SecretKey::for_tests(), SecretKey::for_tests());
    let plain = package(false);
    assert_eq!(verify(&plain).unwrap().signature, Signed::Not);
    let signed = sign(&plain, &key).unwrap();
    assert_eq!(names(&signed).last().unwrap(), SIGNATURE);
    assert_eq!(names(&signed).len(), names(&plain).len() + 1);

    let verdict = verify(&signed).unwrap();
    assert_eq!((verdict.signature, verdict.findings), (Signed::Unchecked(key.id()), vec![]));
    let keys = [other.public().clone(), key.public().clone()];
    let verdict = verify_with(&signed, &keys).unwrap();
    assert_eq!((verdict.signature, verdict.findings), (Signed::Good(key.id()), vec![]));
    assert!(whats(&signed, &keys[..1])[0].contains("none of the public keys given"));
    assert!(whats(&plain, &keys)[0].contains("not signed"));
    // Signed again, there is one signature.
    let again = sign(&signed, &other).unwrap();
    assert_eq!(names(&again), names(&signed));
    assert_eq!(verify(&again).unwrap().signature, Signed::Unchecked(other.id()));
    let together = verify_jointly_with(&[(1, &signed), (2, &plain)], &keys);
    assert!(together.packages[0].as_ref().unwrap().passed());
    assert!(!together.packages[1].as_ref().unwrap().passed());
    assert_eq!(sign(b"", &key).unwrap_err().to_string(), Unreadable::NotAnArchive.to_string());
}

#[test]
fn a_signature_of_another_manifest_or_key_is_wrong() {
    let (key, other) = (SecretKey::for_tests(), SecretKey::for_tests());
    let mut files = unpack(&sign(&package(false), &key).unwrap()).unwrap();
    let foreign = unpack(&sign(&package(true), &key).unwrap()).unwrap().pop().unwrap();
    files.pop();
    files.push(foreign);
    let keys = [key.public().clone(), other.public().clone()];
    let verdict = verify_with(&pack(&files).unwrap(), &keys).unwrap();
    assert_eq!(verdict.signature, Signed::Wrong);
    assert!(verdict.findings[0].what.contains("does not hold"), "{:?}", verdict.findings);
}

#[test]
fn every_changed_byte_of_a_signed_and_decided_package_is_caught() {
    let (key, desk) = (SecretKey::for_tests(), SecretKey::for_tests());
    let keys = [key.public().clone(), desk.public().clone()];
    let none = Formats { svg: false, png: false, pdf: false, page: false, ..FORMATS };
    let plain = package_in(none, false);
    let signed = sign(&plain, &key).unwrap();
    let bytes = decide(&signed, &approval(), &desk, &keys).unwrap();
    assert_eq!(whats(&bytes, &keys), [] as [String; 0]);
    let from = unpack(&plain).unwrap().iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    // What stands before is attacked in other tests.
    for at in from..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x01;
        let is_caught = verify_with(&changed, &keys).map_or(true, |verdict| !verdict.passed());
        assert!(is_caught, "byte {at} of {}", bytes.len());
    }
}

#[test]
fn a_malformed_signature_is_found_without_any_key() {
    let mut files = unpack(&sign(&package(false), &SecretKey::for_tests()).unwrap()).unwrap();
    let whole = file(&mut files, SIGNATURE).clone();
    let text = String::from_utf8(whole.clone()).unwrap();
    for changed in [
        text.replace("trodden", "2026-11-30"),
        text.replace("signature", "anna was here"),
        text.replace('\n', "\r\n"),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        String::new(),
    ] {
        *file(&mut files, SIGNATURE) = changed.clone().into_bytes();
        assert!(!findings(&pack(&files).unwrap()).is_empty(), "{changed}");
    }
    *file(&mut files, SIGNATURE) = whole;
    assert_eq!(findings(&pack(&files).unwrap()), []);
}

#[test]
fn what_is_attached_has_one_order_and_nothing_beside() {
    let (key, desk) = (SecretKey::for_tests(), SecretKey::for_tests());
    let signed = sign(&package(true), &key).unwrap();
    let whole = unpack(&decide(&signed, &approval(), &desk, &[]).unwrap()).unwrap();
    let first = whole.iter().position(|(name, _)| name == SIGNATURE).unwrap();
    let tail: Vec<&str> = whole[first..].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        tail,
        [
            SIGNATURE,
            "reviewed/pictures/flow.svg",
            "reviewed/pictures/flow.png",
            "reviewed/pictures/flow.pdf",
            "reviewed/report.html",
            DECISION,
            DECISION_SIGNATURE
        ]
    );
    assert_eq!(findings(&pack(&whole).unwrap()), []);
    for at in first..whole.len() - 1 {
        let mut swapped = whole.clone();
        swapped.swap(at, at + 1);
        assert!(!findings(&pack(&swapped).unwrap()).is_empty(), "{} moved", whole[at].0);
    }
    for at in first + 1..whole.len() {
        let mut shorter = whole.clone();
        shorter.remove(at);
        assert!(!findings(&pack(&shorter).unwrap()).is_empty(), "without {}", whole[at].0);
    }
    for name in ["reviewed/notes.txt", "reviewed/../../x", "decision.json.bak", "zzz"] {
        for at in [first, first + 1, whole.len() - 2, whole.len()] {
            let mut more = whole.clone();
            more.insert(at, (name.to_owned(), b"x".to_vec()));
            assert!(!findings(&pack(&more).unwrap()).is_empty(), "{name} at {at}");
        }
    }
}

#[test]
fn a_decision_is_for_one_package_and_the_second_replaces_the_first() {
    let desk = SecretKey::for_tests();
    let plain = package(false);
    let rejected = decide(&plain, &rejection(), &desk, &[]).unwrap();
    let verdict = verify(&rejected).unwrap();
    assert!(verdict.findings[0].what.contains("rejected"), "{:?}", verdict.findings);
    assert_eq!(verdict.decision.unwrap().decision.checklist[1].point, Point::Labels);
    let approved = decide(&rejected, &approval(), &desk, &[]).unwrap();
    let verdict = verify_with(&approved, &[desk.public().clone()]).unwrap();
    assert_eq!(verdict.findings, []);
    let decided = verdict.decision.unwrap();
    assert_eq!(decided.signature, Signed::Good(desk.id()));
    assert_eq!(decided.decision.comment, approval().comment);
    assert_eq!(names(&approved).len(), names(&plain).len() + 2);
    // The words of the one package in another.
    let mut other = unpack(&package(true)).unwrap();
    let decided = unpack(&approved).unwrap();
    other.extend_from_slice(&decided[decided.len() - 2..]);
    let found = whats(&pack(&other).unwrap(), &[]);
    assert!(found.iter().any(|what| what.contains("for another package")), "{found:?}");
}

#[test]
fn a_decision_that_lies_is_found() {
    type Change = fn(&mut Decision);
    let desk = SecretKey::for_tests();
    let approved = decide(&package(true), &approval(), &desk, &[]).unwrap();
    let whole = unpack(&approved).unwrap();
    let decision: Decision =
        serde_json::from_slice(&whole[whole.len() - 2].1).expect("our own decision");
    let changes: [(&str, Change); 8] = [
        ("format", |decision| decision.format = 2),
        ("manifest", |decision| decision.manifest_sha256 = sha256(b"another")),
        ("key", |decision| decision.key = "0123456789ABCDEF".to_owned()),
        ("a point that does not hold", |decision| decision.checklist[2].holds = false),
        ("a point too few", |decision| decision.checklist.truncate(5)),
        ("comment", |decision| decision.comment = "a\u{202E}b".to_owned()),
        ("long comment", |decision| decision.comment = "x".repeat(4_001)),
        ("a picture too few", |decision| drop(decision.reviewed.pop())),
    ];
    // Whoever has the key can sign anything.
    let with = |text: &[u8]| {
        let mut files = whole.clone();
        *file(&mut files, DECISION) = text.to_vec();
        let signature = desk.sign(text).unwrap();
        *file(&mut files, DECISION_SIGNATURE) = signature.text().as_bytes().to_vec();
        pack(&files).unwrap()
    };
    let text = json(&decision).unwrap();
    assert_eq!(findings(&with(text.as_bytes())), []);
    for (what, change) in changes {
        let mut lie = decision.clone();
        change(&mut lie);
        let bytes = with(json(&lie).unwrap().as_bytes());
        let verdict = verify(&bytes).unwrap();
        assert!(!verdict.passed(), "{what}");
        assert!(!verdict.decision.unwrap().is_approved(), "{what}");
    }
    for (what, lie) in [
        ("unknown field", text.replacen('{', "{\n  \"more\": 1,", 1)),
        ("spaces", text.replace("  ", " ")),
        ("no decision", "null".to_owned()),
        ("not a number", text.replacen("\"format\": 1", "\"format\": NaN", 1)),
        ("twice", text.replacen("\"format\": 1", "\"format\": 1, \"format\": 1", 1)),
        ("deep", "[".repeat(200_000)),
        ("huge", format!("\"{}\"", "x".repeat(1 << 20))),
        ("unknown word", text.replacen("\"approved\"", "\"maybe\"", 1)),
    ] {
        assert!(!findings(&with(lie.as_bytes())).is_empty(), "{what}");
    }
}

#[test]
fn reviewed_pictures_are_those_of_the_numbers() {
    let desk = SecretKey::for_tests();
    let whole = unpack(&decide(&package(true), &approval(), &desk, &[]).unwrap()).unwrap();
    for name in ["reviewed/pictures/flow.svg", "reviewed/report.html"] {
        let mut files = whole.clone();
        let text = String::from_utf8(file(&mut files, name).clone()).unwrap();
        assert!(!text.contains("Not reviewed"), "{name}");
        let script = text.replacen("</", "<script>alert(1)</script></", 1).into_bytes();
        *file(&mut files, name) = script.clone();
        assert!(!findings(&pack(&files).unwrap()).is_empty(), "{name}");
        // Also by somebody who has the reviewer's key.
        let mut decision: Decision = serde_json::from_slice(file(&mut files, DECISION)).unwrap();
        let listed = decision.reviewed.iter_mut().find(|listed| listed.name == name).unwrap();
        listed.sha256 = sha256(&script);
        let lie = json(&decision).unwrap();
        *file(&mut files, DECISION_SIGNATURE) =
            desk.sign(lie.as_bytes()).unwrap().text().as_bytes().to_vec();
        *file(&mut files, DECISION) = lie.into_bytes();
        let found = whats(&pack(&files).unwrap(), &[]);
        assert!(found.iter().any(|what| what.contains("written again")), "{name}: {found:?}");
    }
}

#[test]
fn a_review_that_is_demanded_is_missed_until_it_approves() {
    let (key, desk) = (SecretKey::for_tests(), SecretKey::for_tests());
    let signed = sign(&package(true), &key).unwrap();
    let found = whats(&signed, &[key.public().clone()]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("no decision is in it"));
    let files = unpack(&signed).unwrap();
    for name in ["pictures/flow.svg", "report.html", "statement.md"] {
        let (_, bytes) = files.iter().find(|(known, _)| known == name).unwrap();
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.contains("Not reviewed"), "{name}");
    }
    let rejected = decide(&signed, &rejection(), &desk, &[]).unwrap();
    assert_eq!(names(&rejected).len(), names(&signed).len() + 2);
    assert!(!findings(&rejected).is_empty());
    let approved = decide(&rejected, &approval(), &desk, &[key.public().clone()]).unwrap();
    assert_eq!(whats(&approved, &[key.public().clone(), desk.public().clone()]), [] as [String; 0]);
    // What the analyst wrote and signed is as it was.
    assert_eq!(unpack(&approved).unwrap()[..files.len()], files);
    // Without a policy that demands it, nothing is missed and no picture says anything.
    let plain = package(false);
    assert!(verify(&plain).unwrap().passed());
    let svg = unpack(&plain).unwrap().remove(2).1;
    assert!(!String::from_utf8(svg).unwrap().contains("reviewed"));
}

#[test]
fn what_has_findings_is_not_approved_but_can_be_rejected() {
    let (key, desk) = (SecretKey::for_tests(), SecretKey::for_tests());
    let mut files = unpack(&package(false)).unwrap();
    let last = files.len() - 1;
    files[last].1.push(b'\n');
    let damaged = pack(&files).unwrap();
    let refused = decide(&damaged, &approval(), &desk, &[]);
    assert!(matches!(refused, Err(DecideError::Found(_))));
    assert!(decide(&damaged, &rejection(), &desk, &[]).is_ok());
    // Bytes around the files are seen, although they would be gone in what is written.
    let mut longer = package(false);
    longer.splice(0..0, *b"MZ");
    assert!(matches!(decide(&longer, &approval(), &desk, &[]), Err(DecideError::Found(_))));
    // So is a package that somebody else signed.
    let signed = sign(&package(false), &desk).unwrap();
    let refused = decide(&signed, &approval(), &desk, &[key.public().clone()]);
    assert!(matches!(refused, Err(DecideError::Found(_))));
    let judgement = Judgement { holds: vec![Point::Purpose], ..approval() };
    let refused = decide(&package(false), &judgement, &desk, &[]);
    assert!(matches!(refused, Err(DecideError::Checklist)));
    let judgement = Judgement { comment: "x".repeat(4_001), ..approval() };
    let refused = decide(&package(false), &judgement, &desk, &[]);
    assert!(matches!(refused, Err(DecideError::Comment(_))));
}

#[test]
fn a_comment_is_kept_without_what_steers() {
    let desk = SecretKey::for_tests();
    let comment = "  one\u{202E}\u{7}\r\n\r\ntwo\t2 \n".to_owned();
    let judgement = Judgement { comment, ..rejection() };
    let decided = decide(&package(false), &judgement, &desk, &[]).unwrap();
    let opened = open(&decided).unwrap();
    assert_eq!(opened.verdict.decision.unwrap().decision.comment, "one\n\ntwo 2");
}

#[test]
fn what_is_said_of_signatures_is_true_whoever_of_two_has_signed() {
    let key = SecretKey::for_tests();
    let keys = [key.public().clone()];
    let plain = package(false);
    let signed = sign(&plain, &key).unwrap();
    let both = decide(&signed, &approval(), &key, &keys).unwrap();
    let said = |bytes: &[u8]| -> Vec<(bool, String)> {
        let checks = verify_with(bytes, &keys).unwrap().checks.into_iter();
        let of_keys = checks.filter(|check| check.sentence.contains("a key that was given"));
        of_keys.map(|check| (check.passed, check.sentence)).collect()
    };
    let package = "The package is signed by a key that was given.";
    let either = "The package, or a decision about it, is signed by a key that was given.";
    let not = "The package itself is not signed; the decision about it has to be, by a key that was given.";
    let decision = "The decision is for this package and no other, whole and signed by a key that was given, with the pictures that it adds.";
    let all = |said: &[(bool, &str)]| -> Vec<(bool, String)> {
        said.iter().map(|(passed, words)| (*passed, (*words).to_owned())).collect()
    };
    assert_eq!(said(&plain), all(&[(false, either)]));
    assert_eq!(said(&signed), all(&[(true, package)]));
    assert_eq!(said(&both), all(&[(true, package), (true, decision)]));
    // Only the reviewer signed.
    assert_eq!(
        said(&decide(&plain, &approval(), &key, &[]).unwrap()),
        all(&[(true, not), (true, decision)])
    );
}
