use jiff::Timestamp;

use super::{Check, Event, Found, History};
use crate::views::{Checkpoint, PiiKind};

fn time() -> Timestamp {
    "2026-03-01T10:20:30.987654321Z".parse().unwrap()
}

fn long() -> History {
    let mut history = History::begin(time()).unwrap();
    let released = |package: &str| Event::Released {
        package: package.repeat(32),
        views: vec!["flow".to_owned()],
        k: 10,
        b: 5,
        key: None,
        reason: None,
    };
    let change = super::ProtectionChange {
        rules: Some(3),
        accepted: vec![super::Accepted {
            kind: Some(PiiKind::Email),
            shape: Some("aaa@aaa.aa".to_owned()),
            reason: Some("our own address, \"shop\" / é\u{7}".to_owned()),
        }],
        ..super::ProtectionChange::default()
    };
    for event in [
        Event::Imported { files: 1, source: "ab".repeat(16) },
        Event::ProtectionChanged(change),
        released("aa"),
        Event::Refused { check: Check::TooFew },
        Event::Erased { receipt: "cd".repeat(16), lists: 1 },
        released("bb"),
    ] {
        history.push(time(), &event);
    }
    history
}

#[test]
fn a_history_holds_and_comes_back() {
    let history = long();
    assert_eq!(history.verify(), Ok(()));
    let back = History::parse(&history.text());
    assert_eq!(back, history);
    let entries = back.entries();
    assert!(entries.iter().all(|entry| entry.event.is_some() && entry.time.is_some()));
    let before: Vec<u64> =
        entries.iter().filter(|it| it.is_before_erasure).map(|it| it.number).collect();
    assert_eq!(before, [4], "what was released before the erasure is marked");
}

/// As RFC 8785 has it: other programs can check the chain with `jq -S -c` and `sha256sum`.
#[test]
fn lines_are_canonical() {
    let history = long();
    let first = history.text().lines().next().unwrap().to_owned();
    let origin = first.split("\"origin\":\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(origin.len(), 64);
    assert_eq!(
        first,
        format!(
            r#"{{"details":{{}},"number":1,"origin":"{origin}","time":"2026-03-01T10:20:30Z","what":"created"}}"#
        )
    );
    let third = history.text().lines().nth(2).unwrap().to_owned();
    let expected = r#"{"details":{"accepted":[{"kind":"email","reason":"our own address, \"shop\" / é\u0007","shape":"aaa@aaa.aa"}],"rules":3},"number":3,"previous":""#;
    assert!(third.starts_with(expected), "{third}");
}

/// Somebody else's hash function, where it is installed.
#[test]
fn the_chain_is_that_of_sha256sum() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let history = long();
    let lines: Vec<String> = history.text().lines().map(str::to_owned).collect();
    let run = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut run) = run else {
        eprintln!("the_chain_is_that_of_sha256sum did not run: sha256sum is not here");
        return;
    };
    run.stdin.take().unwrap().write_all(lines[2].as_bytes()).unwrap();
    let said = String::from_utf8(run.wait_with_output().unwrap().stdout).unwrap();
    assert!(lines[3].contains(said.split(' ').next().unwrap()));
}

#[test]
fn whatever_is_changed_is_found_where_it_was_changed() {
    let text = long().text();
    let lines: Vec<&str> = text.lines().collect();
    let breaks_at = |lines: &[String], entry: u64| {
        let broken = History::parse(&lines.join("\n")).verify().unwrap_err();
        assert_eq!(broken.entry, entry, "{broken}");
    };
    let owned = || lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    for at in 0..lines.len() {
        let mut spaced = owned();
        spaced[at] = spaced[at].replacen(':', ": ", 1);
        breaks_at(&spaced, at as u64 + 1);
        let mut gone = owned();
        gone.remove(at);
        if at + 1 < lines.len() {
            breaks_at(&gone, at as u64 + 1);
        }
        let mut twice = owned();
        twice.insert(at, lines[at].to_owned());
        breaks_at(&twice, at as u64 + 2);
        let mut changed = owned();
        changed[at] = changed[at].replace("T10:20:30Z", "T10:20:31Z");
        if at + 1 < lines.len() {
            breaks_at(&changed, at as u64 + 2);
        }
    }
    assert_eq!(History::parse("").verify().unwrap_err().entry, 1);
    assert_eq!(History::parse("x").verify().unwrap_err().entry, 1);
}

#[test]
fn a_checkpoint_is_found_as_long_as_what_it_covers_is_as_it_was() {
    let mut history = long();
    let pinned = history.checkpoint();
    history.push(time(), &Event::KeyChanged {});
    assert_eq!(history.find(&pinned), Found::Here);
    // Made again from the beginning, as only who has the passphrase can: it holds, and is another.
    let other = long();
    assert_eq!(other.verify(), Ok(()));
    assert_eq!(other.find(&pinned), Found::Other);
    assert_eq!(other.find(&history.checkpoint()), Found::Beyond);
    let nothing = Checkpoint { length: 0, root: String::new() };
    assert_eq!(history.find(&nothing), Found::Other);
}

#[test]
fn an_entry_of_a_later_kind_is_shown_without_words_and_the_chain_still_holds() {
    let mut history = long();
    let kind = r#""what":"key_changed""#;
    history.push(time(), &Event::KeyChanged {});
    let last = history.lines.last_mut().unwrap();
    *last = last.replace(kind, r#""what":"moved_to_the_moon""#);
    assert_eq!(history.verify(), Ok(()));
    let last = history.entries().pop().unwrap();
    assert!(last.event.is_none() && last.time.is_some());
}
