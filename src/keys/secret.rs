//! The half of a key that signs.

use std::hint::black_box;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign::{KeyPair, SecretKeyBox};
use zeroize::Zeroizing;

use super::signature::{FREE_WORDS, SIGNED_WORDS};
use super::{COMMENT, KeyError, KeyId, Passphrase, PublicKey, Signature, file};

/// Signs. It is in memory in the clear from the passphrase on, and gone when it is dropped.
pub struct SecretKey {
    /// As the library writes it.
    bytes: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

/// Where a secret key says how it is encrypted.
const KIND: std::ops::Range<usize> = 2..4;
/// Where it says how much work its passphrase is: after three kinds of two bytes each and
/// 32 bytes of salt.
const WORK: std::ops::Range<usize> = 38..46;
/// As much as the stock tool asks for. A file that asks for more would keep the program busy for
/// hours.
const MOST_WORK: u64 = 1 << 25;

impl SecretKey {
    /// Makes a key, writes it to a file that was not there before, encrypted, and its public key
    /// beside it.
    ///
    /// # Errors
    /// Where one of the files is there already or cannot be written: then neither is.
    pub fn create(path: &Path, passphrase: &Passphrase) -> Result<PublicKey, KeyError> {
        passphrase.check_new()?;
        let public_path = PublicKey::place_beside(path);
        for place in [path, &public_path] {
            if std::fs::symlink_metadata(place).is_ok() {
                return Err(KeyError::Taken(place.display().to_string()));
            }
        }
        let pair = KeyPair::generate_encrypted_keypair(Some(passphrase.0.clone()))
            .map_err(|_| KeyError::Random)?;
        // Encrypted, so that it may be text.
        let secret = pair.sk.to_box(Some("encrypted secret key")).map_err(|_| KeyError::Random)?;
        let public = PublicKey::of(pair.pk);
        file::write_new(path, &secret.into_string(), true)?;
        if let Err(error) = file::write_new(&public_path, &public.text(), false) {
            // A key whose public half is lost is of no use; it was made a moment ago.
            let _ = std::fs::remove_file(path);
            return Err(error);
        }
        Ok(public)
    }

    /// Opens a key that this program or the stock tool made.
    ///
    /// # Errors
    /// Where the file is none, has no passphrase, or has another one.
    pub fn read(path: &Path, passphrase: &Passphrase) -> Result<Self, KeyError> {
        let text = Zeroizing::new(file::read(path)?);
        let shown = || path.display().to_string();
        let not_secret = || KeyError::NotSecret(shown());
        if !text.starts_with(COMMENT) {
            return Err(not_secret());
        }
        let line = text.lines().nth(1).unwrap_or_default();
        match work(line) {
            Some(Work::None) => return Err(KeyError::Unprotected(shown())),
            Some(Work::Some(work)) if work <= MOST_WORK => {}
            _ => return Err(not_secret()),
        }
        let boxed = SecretKeyBox::from(text.as_str().to_owned());
        let key = boxed.into_secret_key(Some(passphrase.0.clone()));
        let key = key.map_err(|error| match error.kind() {
            minisign::ErrorKind::Verify => KeyError::WrongPassphrase(shown()),
            _ => not_secret(),
        })?;
        Self::of(key).ok_or_else(not_secret)
    }

    fn of(mut key: minisign::SecretKey) -> Option<Self> {
        let bytes = Zeroizing::new(key.to_bytes());
        let public = minisign::PublicKey::from_secret_key(&key).ok().map(PublicKey::of);
        wipe(&mut key, bytes.len());
        Some(Self { bytes, public: public? })
    }

    /// A key that is nowhere written down.
    #[cfg(any(fuzzing, test))]
    pub(crate) fn for_tests() -> Self {
        let pair = KeyPair::generate_unencrypted_keypair();
        let Some(key) = pair.ok().and_then(|pair| Self::of(pair.sk)) else {
            panic!("no random numbers");
        };
        key
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    pub fn id(&self) -> KeyId {
        self.public.id()
    }

    /// # Errors
    /// Where the system gives no random numbers.
    pub fn sign(&self, bytes: &[u8]) -> Result<Signature, KeyError> {
        let mut key = minisign::SecretKey::from_bytes(&self.bytes).map_err(|_| KeyError::Random)?;
        let signed = minisign::sign(None, &key, bytes, Some(SIGNED_WORDS), Some(FREE_WORDS));
        wipe(&mut key, self.bytes.len());
        signed.map(Signature::of).map_err(|_| KeyError::Random)
    }
}

/// Overwrites a key of the library, which does not do so itself.
fn wipe(key: &mut minisign::SecretKey, length: usize) {
    if let Ok(nothing) = minisign::SecretKey::from_bytes(&vec![0; length]) {
        *key = nothing;
        // Without a reader the compiler would leave the writing out.
        black_box(&*key);
    }
}

/// How much work it is to try a passphrase.
enum Work {
    /// None is needed.
    None,
    Some(u64),
}

/// What the line of a key's file says of it.
fn work(line: &str) -> Option<Work> {
    let bytes = Zeroizing::new(STANDARD.decode(line.trim()).ok()?);
    let work = u64::from_le_bytes(bytes.get(WORK)?.try_into().ok()?);
    Some(if bytes.get(KIND)? == [0, 0] { Work::None } else { Work::Some(work) })
}
