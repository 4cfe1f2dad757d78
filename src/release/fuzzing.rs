//! Packages of unknown origin: bytes, files within a proper archive, and views in a package that is
//! otherwise right.

use std::sync::OnceLock;

use super::archive::{File, pack, unpack};
use super::manifest::{self, Manifest, json};
use super::parts::{self, Content, Part};
use super::{Choice, Contents, Facts, Formats, Judgement, Point, decide, open, sign, verify};
use super::{verify_with, write};
use crate::keys::SecretKey;
use crate::views::{Disclosed, Policy, View};

const FORMATS: Formats = Formats {
    tables: true,
    mermaid: true,
    graphml: true,
    dot: true,
    svg: true,
    page: true,
    ..Formats::NONE
};

/// A genuine package.
fn genuine() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let Ok(view) =
            serde_json::from_str::<View>(include_str!("../../fixtures/corpus/view/flow.json"))
        else {
            panic!("the flow of the corpus is no view");
        };
        let (policy, view) = (policy(&view), Disclosed::after_control(view));
        let facts = Facts::default();
        let (source, history) = (None, None);
        let views = vec![&view];
        let package = write(&Contents { views, policy, facts, formats: FORMATS, source, history });
        let Ok(files) = package.map(|package| unpack(&package.bytes)) else {
            panic!("the flow of the corpus gives no package");
        };
        files.unwrap_or_default()
    })
}

fn policy(view: &View) -> Policy {
    let head = view.head();
    let policy = Policy::new(head.k, Some(head.b)).unwrap_or_default();
    let cap = if let View::Map(map) = view { map.spec.asked.cap } else { None };
    policy.with_cap(cap).unwrap_or(policy).with_blur(head.blur)
}

/// Opens bytes twice, with the same answer.
fn opened(bytes: &[u8]) -> bool {
    let (one, other) = (open(bytes), verify(bytes));
    match (one, other) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one.verdict.findings, other.findings);
            assert_eq!(one.verdict.checks, other.checks);
            if !one.verdict.passed() {
                assert!(one.verdict.checks.iter().any(|check| !check.passed));
                return false;
            }
            assert!(!one.views.is_empty(), "a package that passes has views");
            true
        }
        (Err(one), Err(other)) => {
            assert_eq!(one, other);
            false
        }
        _ => panic!("opened and verified differ"),
    }
}

/// A genuine package that demands a review, signed and approved, and the key of both.
fn decided() -> &'static (Vec<File>, SecretKey) {
    static DECIDED: OnceLock<(Vec<File>, SecretKey)> = OnceLock::new();
    DECIDED.get_or_init(|| {
        let key = SecretKey::for_tests();
        let mut files = genuine().to_vec();
        let Ok(claimed) = serde_json::from_slice::<Manifest>(&files.remove(0).1) else {
            panic!("a genuine package has a manifest");
        };
        let facts = claimed.import.with_review(true);
        let view = serde_json::from_slice::<View>(&files[0].1).ok().map(Disclosed::after_control);
        let package = view.and_then(|view| {
            let policy = claimed.policy;
            let contents = Contents {
                views: vec![&view],
                policy,
                facts,
                formats: FORMATS,
                source: None,
                history: None,
            };
            let signed = sign(&write(&contents).ok()?.bytes, &key).ok()?;
            let (choice, holds) = (Choice::Approved, Point::ALL.to_vec());
            let judgement = Judgement { choice, holds, comment: "for the board".to_owned() };
            unpack(&decide(&signed, &judgement, &key, &[]).ok()?).ok()
        });
        let Some(files) = package else { panic!("the flow of the corpus is not approved") };
        (files, key)
    })
}

/// A file of the approved package that is replaced, damaged, followed by another, or gone. Whoever
/// has the public key misses nothing.
fn attached(way: u8, at: u8, bytes: &[u8]) {
    let (whole, key) = decided();
    let mut files = whole.clone();
    let at = files.len() - 1 - usize::from(at.wrapping_sub(b'0')) % files.len();
    match way % 4 {
        0 => files[at].1 = bytes.to_vec(),
        1 => splice(&mut files[at].1, bytes),
        2 => files.insert(at + 1, (String::from_utf8_lossy(bytes).into_owned(), Vec::new())),
        _ => drop(files.remove(at)),
    }
    let Ok(packed) = pack(&files) else { return };
    opened(&packed);
    let verdict = verify_with(&packed, &[key.public().clone()]);
    // The manifest's signature may be gone: the reviewer's stands for it.
    let is_signed = files.iter().any(|(name, _)| name == super::attached::SIGNATURE);
    if files != *whole && is_signed {
        assert!(verdict.is_err() || verdict.is_ok_and(|verdict| !verdict.passed()));
    }
}

/// The first byte chooses: bytes as they are, or a file of a genuine package that is replaced,
/// cut, damaged or added, with the hashes made anew or not; from 16 on, of an approved one.
pub(crate) fn package(data: &[u8]) {
    let Some(([way, at], bytes)) = data.split_first_chunk() else { return };
    let way = way.wrapping_sub(b'0');
    if (16..20).contains(&way) {
        attached(way, *at, bytes);
        return;
    }
    if way >= 20 {
        opened(bytes);
        return;
    }
    let mut files = genuine().to_vec();
    let at = usize::from(at.wrapping_sub(b'0')) % files.len();
    match way % 4 {
        0 => files[at].1 = bytes.to_vec(),
        1 => splice(&mut files[at].1, bytes),
        2 => files.insert(at, (String::from_utf8_lossy(bytes).into_owned(), Vec::new())),
        _ => drop(files.remove(at)),
    }
    if way >= 8 {
        rehash(&mut files);
    }
    let Ok(packed) = pack(&files) else { return };
    if files != genuine() {
        assert!(!opened(&packed), "a package that was changed passes");
    }
}

/// Puts bytes over a place in a file that the first two of them say.
fn splice(file: &mut Vec<u8>, bytes: &[u8]) {
    let Some((place, bytes)) = bytes.split_first_chunk::<2>() else { return };
    let from = usize::from(u16::from_le_bytes(*place)) % (file.len() + 1);
    let to = (from + bytes.len()).min(file.len());
    file.splice(from..to, bytes.iter().copied());
}

/// Makes the manifest list the files as they are, where it can still be read.
fn rehash(files: &mut [File]) {
    let Some(place) = files.iter().position(|(name, _)| name == manifest::NAME) else { return };
    let Ok(claimed) = serde_json::from_slice::<Manifest>(&files[place].1) else { return };
    let others: Vec<File> =
        files.iter().filter(|(name, _)| name != manifest::NAME).cloned().collect();
    let again = Manifest::new(claimed.policy, claimed.views, claimed.import, &others);
    if let Some(text) = again.ok().and_then(|manifest| json(&manifest).ok()) {
        files[place].1 = text.into_bytes();
    }
}

/// The JSON of a view, alone and in a package whose other files are written from it.
pub(crate) fn view(data: &[u8]) {
    let Ok(view) = serde_json::from_slice::<View>(data) else { return };
    let Ok(text) = json(&view) else { panic!("a view has no JSON") };
    let Ok(again) = serde_json::from_str::<View>(&text) else {
        panic!("a view cannot be read again");
    };
    assert!(view == again, "a view changes when it is written");
    let is_sound = parts::structure(&view).is_empty();
    let name = view.name().to_owned();
    let (policy, facts) = (policy(&view), Facts::default());
    let mut files: Vec<File> = vec![(Part::View.path(&name), text.into_bytes())];
    if is_sound {
        let sealed = Disclosed::after_control(view);
        let content = Content::new(&[&sealed], policy, &facts);
        let Ok(written) = content.files(FORMATS) else { panic!("a file is not written") };
        files = written;
    }
    let Some(text) =
        Manifest::new(policy, vec![name], facts, &files).ok().and_then(|it| json(&it).ok())
    else {
        panic!("a manifest has no JSON");
    };
    files.insert(0, (manifest::NAME.to_owned(), text.into_bytes()));
    let Ok(packed) = pack(&files) else { return };
    let passes = opened(&packed);
    assert!(is_sound || !passes, "an unsound view passes");
}
