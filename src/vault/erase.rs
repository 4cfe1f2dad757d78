//! A list of people who asked to be erased, applied to all that a project remembers of people.
//!
//! *Invariant:* comes and goes as bytes that only the vault reads; what is told of it names nobody and
//! counts nobody.

use std::path::Path;

use zeroize::Zeroizing;

use super::protect::key::Key;
use super::{ErasedPeople, ErasureRead, Ledger, ProtectError};

/// What a project keeps from now on.
pub struct Erasure {
    /// Who asked to be erased, those of this list among them.
    pub erased: Zeroizing<Vec<u8>>,
    /// What was released, without them.
    pub ledger: Zeroizing<Vec<u8>>,
    pub read: ErasureRead,
    /// Whether the ledger knew any of them.
    pub was_known: bool,
}

/// Applies a list to who asked to be erased before and to the ledger, both as the project keeps them.
///
/// # Errors
/// Where the list cannot be read or understood, or what the project keeps is damaged.
pub fn erase(
    list: &Path,
    key: &Key,
    (erased, ledger): (&[u8], &[u8]),
) -> Result<Erasure, ProtectError> {
    let mut people = ErasedPeople::from_bytes(erased)?;
    let mut ledger =
        Ledger::from_bytes(ledger).map_err(|error| ProtectError::Unusable(error.to_string()))?;
    let read = people.add_list(list, key)?;
    let gone = ledger.erase(key, &[list.to_owned()])?;
    Ok(Erasure {
        erased: Zeroizing::new(people.to_bytes()),
        ledger: Zeroizing::new(ledger.to_bytes()),
        read,
        was_known: gone.people > 0,
    })
}
