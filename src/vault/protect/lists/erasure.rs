//! Who asked to be erased: a table of identifiers, or OpenDSR requests.
//!
//! A table names its columns of identifiers, or every cell of it is one: a number that is no identifier
//! of anybody meets nobody, and one that is overlooked would leave somebody in.
//!
//! OpenDSR has been written in two ways: identities as a list of objects (`identity_type`,
//! `identity_value`, `identity_format`), and as one object by type (`value`, `encoding`). Requests come
//! alone, in a list, or one a line. Identities also stand in extensions, numbers of 64 bits among
//! them, so numbers are taken as they are written.

use std::collections::HashSet;

use serde_json::Value;

use super::erased::ErasedPeople;
use super::{List, Pseudonym, names_a_subject, plain_name};
use crate::vault::ProtectError;
use crate::vault::protect::key::Key;

/// Everybody on erasure lists.
#[derive(Default)]
pub(in crate::vault) struct Erasures {
    pub(in crate::vault) people: HashSet<Pseudonym>,
    /// People of whom only a hash of the identifier is known.
    pub(in crate::vault) hashed: HashSet<Pseudonym>,
    /// Requests that ask for something else.
    pub(in crate::vault::protect) other_requests: u64,
    /// Identities whose form cannot be compared.
    pub(in crate::vault::protect) unreadable: u64,
    /// Identifiers that were read, however often each.
    named: u64,
    /// The identities of each request or row; any of them may be the one that the files have.
    pub(in crate::vault::protect) requests: HashSet<Vec<Identity>>,
}

/// A person as a request names her.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::vault::protect) enum Identity {
    Plain(Pseudonym),
    Hashed(Pseudonym),
}

impl Erasures {
    /// # Errors
    /// Where the list is of no form that is known, or names nobody.
    pub(in crate::vault) fn add(&mut self, list: &List, key: &Key) -> Result<(), ProtectError> {
        let before = self.named;
        let is_json = list.text.trim_start().starts_with(['{', '[']);
        if is_json {
            self.add_requests(list, key)?;
        } else {
            self.add_table(list, key)?;
        }
        // Taken for the wrong kind of file, a list would erase nobody without a word.
        if self.named == before {
            return Err(list.refuse(
                " names nobody who could be found; choose a table of identifiers, or OpenDSR requests of the type erasure with raw or SHA-256 identities",
            ));
        }
        Ok(())
    }

    fn add_table(&mut self, list: &List, key: &Key) -> Result<(), ProtectError> {
        let mut columns: Option<Vec<usize>> = None;
        for (nth, row) in list.rows().enumerate() {
            let (_, row) = row?;
            if nth == 0 {
                let known: Vec<usize> = row
                    .iter()
                    .enumerate()
                    .filter(|(_, name)| names_a_subject(&plain_name(name)))
                    .map(|(at, _)| at)
                    .collect();
                // The first row is a header where it has a name that only a header has.
                if !known.is_empty() {
                    columns = Some(known);
                    continue;
                }
            }
            let ids = row.iter().enumerate().filter(|(at, id)| {
                !id.is_empty() && columns.as_ref().is_none_or(|columns| columns.contains(at))
            });
            let mut identities = Vec::new();
            for (_, id) in ids {
                self.add_value(&Value::from(id), None, key, &mut identities);
            }
            self.end_of_request(identities);
        }
        Ok(())
    }

    fn add_requests(&mut self, list: &List, key: &Key) -> Result<(), ProtectError> {
        let requests = serde_json::Deserializer::from_str(&list.text).into_iter::<Value>();
        for (nth, request) in (1..).zip(requests) {
            // The error of the parser could repeat what it read.
            let request = request.map_err(|error| {
                list.refuse(&format!(
                    ", line {}: this is no JSON; get the file again",
                    error.line().max(1)
                ))
            })?;
            match request {
                Value::Array(several) => {
                    for (nth, request) in (1..).zip(several) {
                        self.add_request(&request, nth, list, key)?;
                    }
                }
                one => self.add_request(&one, nth, list, key)?,
            }
        }
        Ok(())
    }

    fn add_request(
        &mut self,
        request: &Value,
        nth: u64,
        list: &List,
        key: &Key,
    ) -> Result<(), ProtectError> {
        let Some(kind) = request.get("subject_request_type").and_then(Value::as_str) else {
            return Err(list.refuse(&format!(
                ", request {nth}: it has no subject_request_type; choose OpenDSR requests"
            )));
        };
        if !kind.eq_ignore_ascii_case("erasure") {
            self.other_requests += 1;
            return Ok(());
        }
        let mut identities = Vec::new();
        if let Some(own) = request.get("subject_identities") {
            self.add_identities(own, key, &mut identities);
        }
        let extensions = request.get("extensions").and_then(Value::as_object);
        for extension in extensions.into_iter().flat_map(serde_json::Map::values) {
            for (name, value) in extension.as_object().into_iter().flatten() {
                match name.as_str() {
                    "identities" | "subject_identities" => {
                        self.add_identities(value, key, &mut identities);
                    }
                    "mpids" => {
                        for id in value.as_array().into_iter().flatten() {
                            self.add_value(id, None, key, &mut identities);
                        }
                    }
                    _ => {}
                }
            }
        }
        self.end_of_request(identities);
        Ok(())
    }

    /// A list of objects, or one object by type.
    fn add_identities(&mut self, identities: &Value, key: &Key, to: &mut Vec<Identity>) {
        let listed = identities.as_array().into_iter().flatten();
        for identity in listed {
            let format = identity.get("identity_format").and_then(Value::as_str);
            let value = identity.get("identity_value").unwrap_or(&Value::Null);
            self.add_value(value, format, key, to);
        }
        let by_type = identities.as_object().into_iter().flat_map(serde_json::Map::values);
        for identity in by_type {
            let format = identity.get("encoding").and_then(Value::as_str);
            self.add_value(identity.get("value").unwrap_or(identity), format, key, to);
        }
    }

    /// People who asked before, of whom no list is kept.
    pub(in crate::vault::protect) fn add_erased(&mut self, people: &ErasedPeople) {
        for identity in people.requests().flatten() {
            match identity {
                Identity::Plain(person) => self.people.insert(*person),
                Identity::Hashed(person) => self.hashed.insert(*person),
            };
        }
        self.requests.extend(people.requests().map(<[Identity]>::to_vec));
    }

    fn end_of_request(&mut self, mut identities: Vec<Identity>) {
        identities.sort_unstable();
        identities.dedup();
        if !identities.is_empty() {
            self.requests.insert(identities);
        }
    }

    fn add_value(
        &mut self,
        value: &Value,
        format: Option<&str>,
        key: &Key,
        to: &mut Vec<Identity>,
    ) {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        if text.trim().is_empty() {
            self.unreadable += 1;
            return;
        }
        match format.map(str::to_ascii_lowercase).as_deref() {
            None | Some("raw" | "") => {
                self.named += 1;
                let person = Pseudonym::of(key, &text);
                self.people.insert(person);
                to.push(Identity::Plain(person));
            }
            Some("sha256" | "sha-256" | "sha_256") => {
                self.named += 1;
                let person = Pseudonym::of_hash(key, &text);
                self.hashed.insert(person);
                to.push(Identity::Hashed(person));
            }
            _ => self.unreadable += 1,
        }
    }
}
