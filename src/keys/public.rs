//! The half of a key that everybody may have.

use std::path::{Path, PathBuf};

use super::{COMMENT, KeyError, KeyId, Signature, file};

/// Checks signatures.
#[derive(Clone, Debug)]
pub struct PublicKey(minisign::PublicKey);

impl PublicKey {
    /// The file of a public key as minisign writes it.
    ///
    /// # Errors
    /// Where it cannot be read or is something else.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = file::read(path)?;
        Self::parse(&text).ok_or_else(|| KeyError::NotPublic(path.display().to_string()))
    }

    /// The text of such a file.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.starts_with(COMMENT) {
            return None;
        }
        let key = minisign::PublicKeyBox::from(text.to_owned()).into_public_key().ok()?;
        key.to_bytes().starts_with(b"Ed").then_some(Self(key))
    }

    pub(super) fn of(key: minisign::PublicKey) -> Self {
        Self(key)
    }

    /// Where the public key of a secret one lies: `desk.key.pub` beside `desk.key`.
    pub fn place_beside(secret: &Path) -> PathBuf {
        let mut name = secret.as_os_str().to_owned();
        name.push(".pub");
        PathBuf::from(name)
    }

    pub fn id(&self) -> KeyId {
        KeyId::of(self.0.keynum())
    }

    /// As it is written into a file.
    pub fn text(&self) -> String {
        format!("{COMMENT}minisign public key {}\n{}\n", self.id(), self.0.to_base64())
    }

    /// Whether this key signed these bytes.
    pub fn holds(&self, bytes: &[u8], signature: &Signature) -> bool {
        let (quiet, no_copy, no_legacy) = (true, false, false);
        let reader = std::io::Cursor::new(bytes);
        minisign::verify(&self.0, &signature.boxed, reader, quiet, no_copy, no_legacy).is_ok()
    }
}
