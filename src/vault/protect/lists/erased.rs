//! Who asked to be erased, kept by a project as keyed pseudonyms, so that no list has to be kept.
//!
//! *Invariant:* without the project's secret the bytes tell nobody, and nothing here is an identifier.

use std::collections::BTreeSet;
use std::path::Path;

use super::erasure::{Erasures, Identity};
use super::{List, Pseudonym};
use crate::vault::ProtectError;
use crate::vault::protect::key::Key;

/// The identities of each request, in order.
#[derive(Default)]
pub struct ErasedPeople(BTreeSet<Vec<Identity>>);

/// What a list came to, for the eyes of the analyst.
pub struct ErasureRead {
    /// Requests in it that ask for something else.
    pub other_requests: u64,
    /// Identities in a form that cannot be compared.
    pub unreadable_identities: u64,
}

impl ErasureRead {
    /// What is to be told of the list, a sentence each.
    pub fn notes(&self) -> Vec<&'static str> {
        let unreadable = "some identities on the list are in a form that cannot be compared (SHA-256 and raw can), so people who are named by these alone are still counted; get a list with identifiers";
        let other =
            "the list also has requests for something else than erasure; they were passed over";
        [(self.unreadable_identities > 0, unreadable), (self.other_requests > 0, other)]
            .into_iter()
            .filter_map(|(is, note)| is.then_some(note))
            .collect()
    }
}

const PLAIN: u8 = 0;
const HASHED: u8 = 1;

impl ErasedPeople {
    /// Adds everybody on a list: a table of identifiers, or OpenDSR requests.
    ///
    /// # Errors
    /// Where the list cannot be read or understood, or names nobody.
    pub fn add_list(&mut self, path: &Path, key: &Key) -> Result<ErasureRead, ProtectError> {
        let mut erasures = Erasures::default();
        erasures.add(&List::read(path)?, key)?;
        self.0.extend(erasures.requests);
        Ok(ErasureRead {
            other_requests: erasures.other_requests,
            unreadable_identities: erasures.unreadable,
        })
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = &[Identity]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// For the project to keep. Each request is the number of its identities in four bytes, and 17
    /// bytes for each of them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for request in &self.0 {
            bytes.extend_from_slice(&(request.len() as u32).to_le_bytes());
            for identity in request {
                let (kind, Pseudonym(person)) = match identity {
                    Identity::Plain(person) => (PLAIN, person),
                    Identity::Hashed(person) => (HASHED, person),
                };
                bytes.push(kind);
                bytes.extend_from_slice(&person.to_le_bytes());
            }
        }
        bytes
    }

    /// What [`ErasedPeople::to_bytes`] wrote.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, ProtectError> {
        let mut people = BTreeSet::new();
        while !bytes.is_empty() {
            let request = Self::request(&mut bytes).ok_or_else(|| {
                ProtectError::Unusable(
                    "who asked to be erased cannot be read from the project; take the last copy of it that you have".to_owned(),
                )
            })?;
            people.insert(request);
        }
        Ok(Self(people))
    }

    fn request(bytes: &mut &[u8]) -> Option<Vec<Identity>> {
        let length = u32::from_le_bytes(*bytes.split_off(..4)?.first_chunk()?);
        let identity = |_| {
            let kind = *bytes.split_off_first()?;
            let person = Pseudonym(u128::from_le_bytes(*bytes.split_off(..16)?.first_chunk()?));
            match kind {
                PLAIN => Some(Identity::Plain(person)),
                HASHED => Some(Identity::Hashed(person)),
                _ => None,
            }
        };
        (0..length).map(identity).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ErasedPeople;
    use crate::vault::protect::key::Key;

    static_assertions::assert_not_impl_any!(
        ErasedPeople: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize
    );

    fn read(key: &Key, lists: &[&str]) -> ErasedPeople {
        let folder = tempfile::tempdir().unwrap();
        let mut people = ErasedPeople::default();
        for list in lists {
            let path = folder.path().join("list");
            std::fs::write(&path, list).unwrap();
            people.add_list(&path, key).unwrap();
        }
        people
    }

    #[test]
    fn people_come_back_each_once_and_by_no_identifier() {
        let key = Key::from_bytes([7; 32]);
        let table = "user_id,email\nanna,anna@example.com\nberta,\n";
        let people = read(&key, &[table, table, "user_id\ncarla\n"]);
        let bytes = people.to_bytes();
        assert_eq!(bytes.len(), 3 * 4 + 4 * 17);
        let again = ErasedPeople::from_bytes(&bytes).ok().unwrap();
        assert!(again.to_bytes() == bytes && !again.is_empty());
        assert!(!bytes.windows(4).any(|part| part == b"anna"));
        // Who has no key cannot even ask whether somebody is on it.
        assert!(
            read(&Key::from_bytes([8; 32]), &[table]).to_bytes() != read(&key, &[table]).to_bytes()
        );
        for length in 1..bytes.len() {
            // Whole requests can be left out; half of one is noticed.
            if let Ok(cut) = ErasedPeople::from_bytes(&bytes[..length]) {
                assert!(cut.to_bytes() == bytes[..length]);
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_are_there_is_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(people) = ErasedPeople::from_bytes(&bytes) {
                prop_assert!(people.to_bytes().len() <= bytes.len());
            }
        }
    }
}
