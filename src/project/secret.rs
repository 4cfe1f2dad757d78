//! What only the holder of a project knows: its secret; and how hard a passphrase around it is to guess.
//!
//! *Invariant:* the secret cannot be printed, copied or written anywhere but into the sealed project, and
//! is overwritten when dropped.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::ProjectError;

/// 32 secret bytes, from which the vault draws pseudonyms and every other keyed choice.
#[derive(ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

impl Secret {
    /// # Errors
    /// Where the system gives no random bytes.
    pub fn random() -> Result<Self, ProjectError> {
        random_bytes().map(Self)
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(&self.0))
    }

    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut secret = Self([0; 32]);
        for (byte, pair) in secret.0.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16);
            *byte = (digit(0)? << 4 | digit(1)?) as u8;
        }
        Some(secret)
    }
}

/// Random bytes of the operating system.
pub(super) fn random_bytes<const N: usize>() -> Result<[u8; N], ProjectError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| ProjectError::NoRandomness)?;
    Ok(bytes)
}

/// A name that nobody else has: 16 random bytes in hexadecimal digits.
///
/// # Errors
/// Where the system gives no random bytes.
pub fn random_name() -> Result<String, ProjectError> {
    random_bytes::<16>().map(|bytes| hex(&bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String never fails.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// How hard a passphrase is to guess, roughly: a hint while one is chosen, no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    Weak,
    Fair,
    Strong,
}

/// Bits, as far as they can be told from the text alone. Words are taken for words of a list of two
/// thousand; letters that repeat or go on as in `abc` for little.
pub fn strength(text: &str) -> Strength {
    const WORD_BITS: f64 = 11.0;
    let has = |test: fn(&char) -> bool| text.chars().any(|letter| test(&letter));
    let kinds: [(bool, f64); 4] = [
        (has(char::is_ascii_lowercase), 26.0),
        (has(char::is_ascii_uppercase), 26.0),
        (has(char::is_ascii_digit), 10.0),
        (has(|letter| !letter.is_ascii_alphanumeric()), 32.0),
    ];
    let alphabet: f64 = kinds.iter().filter(|(has, _)| *has).map(|(_, size)| size).sum();
    let mut last: Option<u32> = None;
    let mut letters = 0.0;
    for letter in text.chars().map(u32::from) {
        let goes_on = last.is_some_and(|last| letter.abs_diff(last) <= 1);
        letters += if goes_on { 0.25 } else { 1.0 };
        last = Some(letter);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let different: BTreeSet<&&str> = words.iter().collect();
    let by_letters = letters * alphabet.max(1.0).log2();
    let bits = match words.len() {
        0 | 1 => by_letters,
        _ => by_letters.min(different.len() as f64 * WORD_BITS),
    };
    match bits {
        bits if bits < 44.0 => Strength::Weak,
        bits if bits < 64.0 => Strength::Fair,
        _ => Strength::Strong,
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, Strength, strength};

    static_assertions::assert_not_impl_any!(
        Secret: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize
    );

    #[test]
    fn a_secret_comes_back_from_its_digits_and_from_nothing_else() {
        let secret = Secret::random().unwrap();
        let digits = secret.to_hex();
        assert_eq!(Secret::from_hex(&digits).unwrap().bytes(), secret.bytes());
        for wrong in ["", "0", &digits[1..], &digits.replace(&digits[..1], "g")] {
            assert!(Secret::from_hex(wrong).is_none());
        }
        assert_ne!(Secret::random().unwrap().bytes(), secret.bytes());
    }

    #[test]
    fn what_is_easily_guessed_is_called_weak() {
        for (text, expected) in [
            ("", Strength::Weak),
            ("password", Strength::Weak),
            ("aaaaaaaaaaaaaaaaaaaa", Strength::Weak),
            ("abcdefghijklmnop", Strength::Weak),
            ("one two three", Strength::Weak),
            ("one one one one one one one", Strength::Weak),
            ("correct horse battery staple", Strength::Fair),
            ("lamp otter quiet seven willow brick", Strength::Strong),
            ("k8#Vw2!pQz4mTb", Strength::Strong),
        ] {
            assert_eq!(strength(text), expected, "{text}");
        }
    }
}
