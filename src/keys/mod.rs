//! Keys and signatures in the form of minisign, so that the stock tool makes, reads and checks them
//! as well.
//!
//! A secret key lies in a file of its own, encrypted with a passphrase; its public key lies beside
//! it. A signature covers bytes and the fixed words `trodden`: no clock, no file name and no person
//! gets into one. *Invariant:* imports nothing of ours; what is secret has no `Debug`, `Display`,
//! `Serialize` or `Clone`, is zeroized when it is dropped, and is never part of an error.
//!
//! What cannot be promised: the library that signs keeps copies of key and passphrase for as long
//! as it works, and does not clear these.

mod file;
mod public;
mod secret;
mod signature;
#[cfg(test)]
mod tests;

use std::fmt;

use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use public::PublicKey;
pub use secret::SecretKey;
pub use signature::Signature;

/// What stands in front of every comment that nobody signs.
const COMMENT: &str = "untrusted comment: ";
/// What stands in front of the comment that is signed.
const TRUSTED: &str = "trusted comment: ";
/// The ending of a file with a signature, after the name of what is signed.
pub const SIGNATURE_ENDING: &str = "minisig";

/// Why a key or a signature cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("{path} cannot be {what} ({source}); check the name and the permissions")]
    File { path: String, what: &'static str, source: std::io::Error },
    #[error("{0} is there already, and a key is never written over; choose another name")]
    Taken(String),
    #[error("{0} is no secret key of minisign; choose the file that the key was written to")]
    NotSecret(String),
    #[error(
        "{0} is a secret key without a passphrase, so whoever has the file could sign; give it one with minisign -C -s"
    )]
    Unprotected(String),
    #[error("the passphrase does not open {0}; type it again")]
    WrongPassphrase(String),
    #[error("{0} is no public key of minisign; choose the file that ends in .pub")]
    NotPublic(String),
    #[error("a passphrase has 1 to 1000 bytes; type another one")]
    Passphrase,
    #[error("{0} has no passphrase in its first line; write one there")]
    NoPassphrase(String),
    #[error("the passphrase of a new key has at least 8 bytes; choose a longer one")]
    TooShort,
    #[error("the system gave no random numbers, so nothing was made; try again")]
    Random,
}

/// The number by which a key is known: 16 hexadecimal digits, as minisign shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u64);

impl KeyId {
    fn of(number: &[u8]) -> Self {
        let mut bytes = [0; 8];
        for (byte, from) in bytes.iter_mut().zip(number) {
            *byte = *from;
        }
        Self(u64::from_le_bytes(bytes))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.0)
    }
}

/// What opens a secret key, or a project.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Passphrase(String);

impl Passphrase {
    /// A line of text; what ends the line is no part of it.
    ///
    /// # Errors
    /// Where nothing is left, or more than minisign takes.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let line = text.trim_end_matches(['\r', '\n']);
        if line.is_empty() || line.len() > 1000 {
            return Err(KeyError::Passphrase);
        }
        Ok(Self(line.to_owned()))
    }

    /// The first line of a file.
    ///
    /// # Errors
    /// Where the file cannot be read or has no passphrase in its first line.
    pub fn read(path: &std::path::Path) -> Result<Self, KeyError> {
        let text = Zeroizing::new(file::read(path)?);
        Self::new(text.lines().next().unwrap_or_default())
            .map_err(|_| KeyError::NoPassphrase(path.display().to_string()))
    }

    /// For a library that encrypts with it.
    pub(crate) fn words(&self) -> &str {
        &self.0
    }

    /// Whether the same was typed twice.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// # Errors
    /// Where it is too short for a key that is about to be made.
    fn check_new(&self) -> Result<(), KeyError> {
        if self.0.len() < 8 { Err(KeyError::TooShort) } else { Ok(()) }
    }
}
