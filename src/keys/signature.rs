//! A signature, read with suspicion.

use super::{COMMENT, KeyId, TRUSTED};

/// The comment that is signed with the bytes: the same words for everybody.
pub(super) const SIGNED_WORDS: &str = "trodden";
/// The comment that is not signed.
pub(super) const FREE_WORDS: &str = "signature";
/// 74 bytes in base 64: the kind, the number of the key, and the signature of the bytes.
const SIGNATURE_LETTERS: usize = 100;
/// 64 bytes in base 64, with two letters that fill up: the signature of the comment.
const SEAL_LETTERS: usize = 88;

/// What minisign writes beside a file that it signed.
#[derive(Clone)]
pub struct Signature {
    pub(super) boxed: minisign::SignatureBox,
    text: String,
}

impl Signature {
    /// Four lines in the form of minisign, whatever their comments say. `None` where anything is
    /// different: a line too many, another spelling of the same number, an old kind of signature.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        // The stock tool ends its last line; editors may do without.
        let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
        let [free, signature, signed, seal] = lines.as_slice() else { return None };
        let is_whole = free.starts_with(COMMENT)
            && signed.starts_with(TRUSTED)
            && signature.len() == SIGNATURE_LETTERS
            // The library would read letters that fill up as more bytes than it looks at.
            && seal.len() == SEAL_LETTERS
            && seal.ends_with("==");
        if !is_whole {
            return None;
        }
        let boxed = minisign::SignatureBox::from_string(text).ok()?;
        let again = boxed.to_string();
        let is_one_way = again.strip_suffix('\n') == Some(text.strip_suffix('\n').unwrap_or(text));
        (boxed.is_prehashed() && is_one_way).then(|| Self { boxed, text: text.to_owned() })
    }

    pub(super) fn of(boxed: minisign::SignatureBox) -> Self {
        Self { text: boxed.to_string(), boxed }
    }

    /// Whether it is written in the one way in which this program writes one. Comments could
    /// otherwise carry anything.
    pub fn is_plain(&self) -> bool {
        let mut lines = self.text.lines();
        self.text.ends_with('\n')
            && lines.next().and_then(|line| line.strip_prefix(COMMENT)) == Some(FREE_WORDS)
            && lines.nth(1).and_then(|line| line.strip_prefix(TRUSTED)) == Some(SIGNED_WORDS)
    }

    /// The key that it says it was made with.
    pub fn key_id(&self) -> KeyId {
        KeyId::of(self.boxed.keynum())
    }

    /// As it is written into a file.
    pub fn text(&self) -> &str {
        &self.text
    }
}
