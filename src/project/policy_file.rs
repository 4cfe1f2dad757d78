//! What an organisation demands, read from a file that a reviewer may have signed.
//!
//! The file is TOML, its signature lies beside it as `FILE.minisig`. Without a public key to check it
//! with it binds as well, since a policy can only make things stricter than they are. *Invariant:* a
//! policy that cannot be read, or whose signature does not hold, is an error and never "no policy".

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::keys::{KeyId, PublicKey, SIGNATURE_ENDING, Signature};
use crate::views::Demands;

/// No policy is as large as this.
const LARGEST: u64 = 1 << 20;

/// A policy that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    pub path: PathBuf,
    pub demands: Demands,
    pub signed: PolicySigned,
}

/// Who stands behind a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicySigned {
    Not,
    /// By this key, as the signature says; there was no public key to check it with.
    Unchecked(KeyId),
    /// By this key, whose public half was given.
    By(KeyId),
}

/// Why a policy cannot be used: what, where, what to do. Never what stands in it.
#[derive(Debug, Error)]
pub enum PolicyFileError {
    #[error("{path} cannot be read ({why}); check the name and the permissions")]
    File { path: String, why: String },
    #[error("{0}")]
    Unusable(String),
}

impl PolicyFile {
    /// Reads a policy. Where there are public keys, one of them has to have signed it.
    ///
    /// # Errors
    /// Where it cannot be read or understood, or a signature is missing, broken or of another key.
    pub fn read(path: &Path, keys: &[PublicKey]) -> Result<Self, PolicyFileError> {
        let shown = path.display();
        let unusable = |what: &str| PolicyFileError::Unusable(format!("{shown} {what}"));
        let bytes = read(path)?;
        let beside = signature_beside(path);
        let signature = match beside.exists().then(|| read(&beside)).transpose()? {
            None => None,
            Some(text) => Some(Signature::parse(&text).ok_or_else(|| {
                PolicyFileError::Unusable(format!(
                    "{} is no signature of minisign; sign the policy again",
                    beside.display()
                ))
            })?),
        };
        let signed = match signature {
            None if keys.is_empty() => PolicySigned::Not,
            None => {
                return Err(unusable(
                    "is not signed, and there is a public key to check it with; get the signature, or leave the key out",
                ));
            }
            Some(signature) if keys.is_empty() => PolicySigned::Unchecked(signature.key_id()),
            Some(signature) => {
                let Some(key) = keys.iter().find(|key| key.holds(&bytes, &signature)) else {
                    return Err(unusable(
                        "is not signed by any public key that was given, or was changed since; get the signed policy again",
                    ));
                };
                PolicySigned::By(key.id())
            }
        };
        let text =
            String::from_utf8(bytes).map_err(|_| unusable("is no text; a policy is TOML"))?;
        let demands =
            parse(&text).map_err(|why| PolicyFileError::Unusable(format!("{shown}, {why}")))?;
        Ok(Self { path: path.to_owned(), demands, signed })
    }

    /// `firm` of `firm.trodden-policy.toml`.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.path.file_name().map_or_else(String::new, |name| {
            name.to_string_lossy().trim_end_matches(".toml").to_owned()
        });
        name.trim_end_matches(".trodden-policy").to_owned()
    }
}

/// `firm.toml.minisig` beside `firm.toml`.
#[must_use]
pub fn signature_beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(SIGNATURE_ENDING);
    PathBuf::from(name)
}

/// Reads the text of a policy.
///
/// # Errors
/// The line, what is wrong there, and what to do.
pub fn parse(text: &str) -> Result<Demands, String> {
    let demands: Demands = parse_toml(text, "policy file")?;
    demands.check().map_err(|error| error.to_string())?;
    Ok(demands)
}

/// TOML, or the line and what is wrong there.
pub(crate) fn parse_toml<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| {
            1 + text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count()
        });
        format!("line {line}: {}; correct the {what}", without_values(error.message()))
    })
}

/// What is wrong, without what stands there: a pattern, a label or a value of an attribute is often
/// copied from the data.
fn without_values(message: &str) -> String {
    const SPEAKS_OF_A_NAME: &str = "missing field";
    let begins = message.find(['"', '`', '\'']);
    let Some(begins) = begins.filter(|_| !message.starts_with(SPEAKS_OF_A_NAME)) else {
        return message.to_owned();
    };
    // Of what is expected instead, the words are ours.
    let rest = message.rfind(", expected").filter(|at| *at > begins);
    format!("{}{}", message[..begins].trim_end(), rest.map_or("", |at| &message[at..]))
}

fn read(path: &Path) -> Result<Vec<u8>, PolicyFileError> {
    let failed = |why: String| PolicyFileError::File { path: path.display().to_string(), why };
    let len = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
    if len > LARGEST {
        return Err(failed("it is larger than a policy can be".to_owned()));
    }
    std::fs::read(path).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{PolicyFile, PolicySigned, signature_beside};
    use crate::keys::{Passphrase, SecretKey};

    const TEXT: &str = "k = 20\nreview_required = true\n";

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("firm.trodden-policy.toml");
        std::fs::write(&path, TEXT).expect("written");
        (folder, path)
    }

    #[test]
    fn a_policy_binds_whether_or_not_it_is_signed() {
        let (_folder, path) = folder();
        let policy = PolicyFile::read(&path, &[]).expect("a policy");
        assert_eq!((policy.demands.k, policy.signed), (Some(20), PolicySigned::Not));
        assert_eq!(policy.name(), "firm");
    }

    #[test]
    fn with_a_public_key_its_signature_has_to_hold() {
        let (folder, path) = folder();
        let passphrase = Passphrase::new("a passphrase for a test").expect("long enough");
        let key = |name: &str| {
            let place = folder.path().join(name);
            SecretKey::create(&place, &passphrase).expect("a key");
            SecretKey::read(&place, &passphrase).expect("the key")
        };
        let (own, other) = (key("own.key"), key("other.key"));
        let keys = [own.public().clone()];
        assert!(PolicyFile::read(&path, &keys).is_err(), "it is not signed");
        let sign = |key: &SecretKey| {
            let signature = key.sign(TEXT.as_bytes()).expect("signed");
            std::fs::write(signature_beside(&path), signature.text()).expect("written");
        };
        sign(&other);
        assert!(PolicyFile::read(&path, &keys).is_err(), "it is signed by somebody else");
        sign(&own);
        let policy = PolicyFile::read(&path, &keys).expect("signed");
        assert_eq!(policy.signed, PolicySigned::By(own.id()));
        let unchecked = PolicyFile::read(&path, &[]).expect("signed");
        assert_eq!(unchecked.signed, PolicySigned::Unchecked(own.id()));
        std::fs::write(&path, TEXT.replace("20", "10")).expect("written");
        assert!(PolicyFile::read(&path, &keys).is_err(), "it was changed since");
    }

    #[test]
    fn what_is_no_policy_is_never_no_demand() {
        let (_folder, path) = folder();
        for text in ["k = 3", "k = \"many\"", "unknown = 1", "k = 20\nk = 10", "\u{0}"] {
            std::fs::write(&path, text).expect("written");
            assert!(PolicyFile::read(&path, &[]).is_err(), "{text}");
        }
        std::fs::remove_file(&path).expect("removed");
        assert!(PolicyFile::read(&path, &[]).is_err());
    }
}
