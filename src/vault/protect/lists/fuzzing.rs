//! Consent registers and erasure lists: whatever stands in them, nothing of it is repeated.

use super::erasure::Erasures;
use super::register::Register;
use super::{List, Pseudonym, decode};
use crate::fuzzing::assert_no_value;
use crate::vault::ProtectError;
use crate::vault::protect::key::Key;

/// The first byte chooses between a register and an erasure list; the rest is the file.
pub(crate) fn lists(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let Some(text) = decode(bytes) else { return };
    let key = Key::from_bytes([7; 32]);
    let list = List { shown: "the list".to_owned(), text };
    let lines = list.text.lines().count() as u64 + 2;
    for row in list.rows().filter_map(Result::ok) {
        assert!(row.0 <= lines && row.1.iter().any(|cell| !cell.is_empty()));
    }
    if choice % 2 == 0 { register(&list, bytes, &key) } else { erasures(&list, bytes, &key) }
}

fn register(list: &List, bytes: &[u8], key: &Key) {
    let purposes = ["analytics".to_owned(), "Ads".to_owned()];
    let mut register = Register::about(&purposes);
    let added = register.add(list, key);
    said(added.as_ref().err(), bytes);
    if added.is_err() {
        return;
    }
    let states = |register: &Register| {
        let mut people: Vec<Pseudonym> = register.subjects().collect();
        people.sort_unstable();
        let state = |subject: &Pseudonym, purpose| register.state(*subject, purpose);
        people.iter().map(|one| (*one, state(one, 0), state(one, 1))).collect::<Vec<_>>()
    };
    let once = states(&register);
    assert!(register.knows(0) || once.iter().all(|(_, state, _)| state.is_none()));
    assert!(register.add(list, key).is_ok(), "the same list cannot be read again");
    // A list that was given by mistake twice says nothing else.
    assert!(once == states(&register), "the same list twice makes a difference");
}

fn erasures(list: &List, bytes: &[u8], key: &Key) {
    let mut erasures = Erasures::default();
    let added = erasures.add(list, key);
    said(added.as_ref().err(), bytes);
    if added.is_err() {
        return;
    }
    let people = erasures.people.len() + erasures.hashed.len();
    assert!(people > 0, "a list that names nobody is refused");
    assert!(erasures.add(list, key).is_ok(), "the same list cannot be read again");
    assert_eq!(people, erasures.people.len() + erasures.hashed.len());
}

fn said(error: Option<&ProtectError>, bytes: &[u8]) {
    if let Some(error) = error {
        let sentence = error.to_string();
        assert!(!sentence.contains(['\n', '\r']));
        assert_no_value(&sentence, bytes, &[]);
    }
}
