//! What stands after the files that a manifest lists: signatures, and what a reviewer adds.
//!
//! The manifest cannot hash what signs it, so these entries are known by name and place: the
//! signature of the manifest, then pictures that were reviewed, then the decision and its signature,
//! then the board of a presenter file.
//! *Invariant:* any other name, order or number of them is a foreign file, and so a finding.

use super::archive::{File, pack, unpack};
use super::{Finding, SignError, manifest};
use crate::keys::{KeyId, PublicKey, SecretKey, Signature};

pub(super) const SIGNATURE: &str = "manifest.json.minisig";
pub(super) const DECISION: &str = "decision.json";
pub(super) const DECISION_SIGNATURE: &str = "decision.json.minisig";
/// What a presenter file is shown with.
pub(super) const BOARD: &str = "board.json";
/// The folder of pictures that say no more that nobody has reviewed them.
pub(super) const REVIEWED: &str = "reviewed/";

/// The entries after the listed ones.
#[derive(Clone, Copy, Default)]
pub(super) struct Attached<'a> {
    pub(super) signature: Option<&'a [u8]>,
    pub(super) reviewed: &'a [File],
    pub(super) decision: Option<&'a [u8]>,
    pub(super) decision_signature: Option<&'a [u8]>,
    pub(super) board: Option<&'a [u8]>,
}

/// The files that a manifest has to list, itself among them, and what comes after.
pub(super) fn split(files: &[File]) -> (&[File], Attached<'_>) {
    let mut rest = files;
    let mut last = |name: &str| match rest.split_last() {
        Some(((known, bytes), before)) if known == name => {
            rest = before;
            Some(bytes.as_slice())
        }
        _ => None,
    };
    let board = last(BOARD);
    let decision_signature = last(DECISION_SIGNATURE);
    let decision = last(DECISION);
    let before = rest.iter().rposition(|(name, _)| !name.starts_with(REVIEWED));
    let (before, reviewed) = rest.split_at(before.map_or(0, |at| at + 1));
    rest = before;
    let signature = match rest.split_last() {
        Some(((known, bytes), before)) if known == SIGNATURE => {
            rest = before;
            Some(bytes.as_slice())
        }
        _ => None,
    };
    (rest, Attached { signature, reviewed, decision, decision_signature, board })
}

/// What is known of a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signed {
    /// There is none.
    #[default]
    Not,
    /// There is one that says it was made with this key; no public key of that number was there to
    /// check it.
    Unchecked(KeyId),
    /// It holds.
    Good(KeyId),
    /// It is no signature, or of other bytes, or of another key.
    Wrong,
}

impl Signed {
    /// About the package or the decision, whose signature it is.
    pub fn sentence(self, of: &str) -> String {
        match self {
            Self::Not => format!("{of} is not signed."),
            Self::Unchecked(key) => {
                format!("{of} is signed by key {key}; that was not checked without its public key.")
            }
            Self::Good(key) => format!("{of} is signed by key {key}, and the signature holds."),
            Self::Wrong => format!("The signature of {of} is wrong.", of = lower(of)),
        }
    }

    pub fn is_good(self) -> bool {
        matches!(self, Self::Good(_))
    }
}

fn lower(of: &str) -> String {
    let mut letters = of.chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// What a signature says of bytes. Without keys only its form is a question; with keys it has to be
/// of one of them.
pub(super) fn signed(
    signature: Option<&[u8]>,
    bytes: &[u8],
    place: &str,
    keys: &[PublicKey],
) -> (Signed, Vec<Finding>) {
    let Some(text) = signature else { return (Signed::Not, Vec::new()) };
    let wrong = |what: &str| (Signed::Wrong, vec![Finding::new(place, what)]);
    let Some(signature) = Signature::parse(text).filter(Signature::is_plain) else {
        return wrong("it is no signature in the one form that a package may have");
    };
    let key = signature.key_id();
    if keys.is_empty() {
        return (Signed::Unchecked(key), Vec::new());
    }
    let mut of_it = keys.iter().filter(|known| known.id() == key).peekable();
    if of_it.peek().is_none() {
        let what =
            format!("it is a signature of key {key}, which is none of the public keys given");
        return (Signed::Unchecked(key), vec![Finding::new(place, what)]);
    }
    if of_it.any(|known| known.holds(bytes, &signature)) {
        (Signed::Good(key), Vec::new())
    } else {
        wrong("the signature does not hold: what it signs was changed, or somebody else signed")
    }
}

/// Puts a signature of its manifest into a package, in place of one that is there. What it says is
/// who made the package; whether the package is in order is for `verify`.
pub fn sign(package: &[u8], key: &SecretKey) -> Result<Vec<u8>, SignError> {
    let files = unpack(package)?;
    let (listed, attached) = split(&files);
    let manifest = listed.first().filter(|(name, _)| name == manifest::NAME);
    let (_, manifest) = manifest.ok_or(super::Unreadable::NoManifest)?;
    let signature = key.sign(manifest)?;
    let signature: File = (SIGNATURE.to_owned(), signature.text().as_bytes().to_vec());
    let mut signed = listed.to_vec();
    signed.push(signature);
    signed.extend(attached.reviewed.iter().cloned());
    let after = [
        (DECISION, attached.decision),
        (DECISION_SIGNATURE, attached.decision_signature),
        (BOARD, attached.board),
    ];
    signed.extend(
        after.into_iter().filter_map(|(name, bytes)| Some((name.to_owned(), bytes?.to_vec()))),
    );
    pack(&signed).map_err(|error| SignError::Built(error.to_string()))
}
