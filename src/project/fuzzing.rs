//! What lies inside a project's file, for the fuzzer. The file itself is of the age library, and whoever
//! gets so far as to put bytes inside it has the passphrase; they are no reason to panic all the same.

use jiff::Timestamp;

use super::history::{Event, Found, History};
use super::{Project, document, sealed};

/// The first byte chooses: the document, the history, or all parts in their zip.
pub(crate) fn project(data: &[u8]) {
    let Some((way, bytes)) = data.split_first() else { return };
    match way {
        b'd' => document(bytes),
        b'h' => history(&String::from_utf8_lossy(bytes)),
        _ => whole(bytes),
    }
}

fn document(bytes: &[u8]) {
    let Ok(read) = document::read(bytes) else { return };
    let source = read.source.as_ref();
    let Ok(text) = document::write(&read.secret, source, &read.setup) else {
        panic!("a document that was read cannot be written");
    };
    let Ok(again) = document::read(&text) else { panic!("a document cannot be read again") };
    assert!(again.setup == read.setup && again.source == read.source);
    assert!(again.secret.bytes() == read.secret.bytes());
}

fn history(text: &str) {
    let mut history = History::parse(text);
    let lines = text.lines().count();
    let entries = history.entries();
    assert_eq!(entries.len(), lines);
    assert!(History::parse(&history.text()) == history, "a history changes when it is written");
    for event in entries.iter().filter_map(|entry| entry.event.as_ref()) {
        assert!(!event.words().is_empty());
    }
    let checkpoint = history.checkpoint();
    let before = history.verify();
    if before.is_ok() {
        assert!(entries.iter().all(|entry| entry.time.is_some()));
        assert_eq!(history.find(&checkpoint), Found::Here);
    }
    // What comes after mends nothing and breaks nothing, but for the first entry of all.
    history.push(Timestamp::UNIX_EPOCH, &Event::KeyChanged {});
    if lines > 0 {
        assert_eq!(history.verify(), before);
    }
}

fn whole(bytes: &[u8]) {
    let Ok(project) = sealed::unpack(bytes) else { return };
    let Ok(packed) = sealed::pack(&project) else { panic!("a project cannot be packed again") };
    let Ok(again) = sealed::unpack(&packed) else { panic!("a project cannot be read again") };
    let Project { secret, source, setup, history, ledger, erased } = &project;
    assert!(again.secret.bytes() == secret.bytes() && again.source == *source);
    assert!(again.setup == *setup && again.history == *history);
    assert!(again.ledger == *ledger && again.erased == *erased);
    self::history(&history.text());
}
