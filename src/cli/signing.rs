//! Keys on the command line: made, used to sign and to check.
//!
//! *Invariant:* a secret key is open for as long as it signs, and is never written in the clear.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::passphrase::{Of, passphrase};
use super::{Failure, one_line, run, say};
use crate::keys::{PublicKey, SecretKey};
use crate::project::{PolicyFile, PolicySigned, signature_beside};
use crate::release;
use crate::views::Demands;

pub(super) const KEY_EXAMPLES: &str = "\
Examples:
  trodden key desk.key                          make desk.key and desk.key.pub
  trodden key desk.key --sign firm.trodden-policy.toml

Keys and signatures are those of minisign: minisign -Vm FILE -p desk.key.pub checks one as well.
Give the .pub file to everybody, and the other one to nobody.";

#[derive(Debug, Args)]
pub(super) struct KeyArgs {
    /// The new file for the secret key; the public key is written beside it, as KEY.pub. With
    /// --sign, the file of a key that is there
    #[arg(value_name = "KEY")]
    key: PathBuf,
    /// Sign this file, such as a policy; the signature is written beside it, as FILE.minisig
    #[arg(long, value_name = "FILE")]
    sign: Option<PathBuf>,
    /// A file whose first line is the passphrase, instead of being asked for it
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// With which key something is signed.
#[derive(Debug, Args)]
pub(super) struct SigningArgs {
    /// Sign with this secret key
    #[arg(long, value_name = "KEY")]
    key: Option<PathBuf>,
    /// A file whose first line is the passphrase of the key, instead of being asked for it
    #[arg(long, value_name = "FILE", requires = "key")]
    key_passphrase_file: Option<PathBuf>,
}

/// A key and where its passphrase comes from.
#[derive(Debug)]
pub(super) struct KeyFile {
    pub(super) key: PathBuf,
    pub(super) passphrase_file: Option<PathBuf>,
}

impl SigningArgs {
    pub(super) fn chosen(self) -> Option<KeyFile> {
        let Self { key, key_passphrase_file } = self;
        key.map(|key| KeyFile { key, passphrase_file: key_passphrase_file })
    }
}

impl KeyFile {
    /// Opens the key. Nobody is asked where there is no terminal.
    pub(super) fn open(&self) -> Result<SecretKey, Failure> {
        let passphrase = passphrase(self.passphrase_file.as_deref(), Of::Key)?;
        Ok(SecretKey::read(&self.key, &passphrase)?)
    }
}

/// What `trodden key` is asked for.
#[derive(Debug)]
pub(super) enum KeyJob {
    Make(KeyFile),
    Sign(KeyFile, PathBuf),
}

impl From<KeyArgs> for KeyJob {
    fn from(args: KeyArgs) -> Self {
        let key = KeyFile { key: args.key, passphrase_file: args.passphrase_file };
        match args.sign {
            None => Self::Make(key),
            Some(file) => Self::Sign(key, file),
        }
    }
}

pub(super) fn key(job: &KeyJob) -> Result<(), Failure> {
    match job {
        KeyJob::Make(file) => make(file),
        KeyJob::Sign(file, what) => sign(file, what),
    }
}

fn make(file: &KeyFile) -> Result<(), Failure> {
    let first = passphrase(file.passphrase_file.as_deref(), Of::NewKey)?;
    let public = SecretKey::create(&file.key, &first)?;
    let mut out = run::output();
    writeln!(
        out,
        "Key {} is written to {}, its public half to {}.",
        public.id(),
        file.key.display(),
        PublicKey::place_beside(&file.key).display()
    )?;
    Ok(out.flush()?)
}

fn sign(file: &KeyFile, what: &Path) -> Result<(), Failure> {
    let bytes = read(what)?;
    let key = file.open()?;
    let signature = key.sign(&bytes)?;
    let place = signature_beside(what);
    release::save(&place, signature.text().as_bytes())?;
    let mut out = run::output();
    writeln!(out, "{} is signed with key {}: {}.", what.display(), key.id(), place.display())?;
    Ok(out.flush()?)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|source| Failure::File {
        path: path.display().to_string(),
        what: "read",
        source,
    })
}

pub(super) fn public_keys(paths: &[PathBuf]) -> Result<Vec<PublicKey>, Failure> {
    paths.iter().map(|path| Ok(PublicKey::read(path)?)).collect()
}

/// What a policy file demands. With public keys, one of them has to have signed it. Without, it binds
/// as well: it can only make things stricter.
pub(super) fn policy(path: &Path, keys: &[PathBuf]) -> Result<Demands, Failure> {
    let policy = PolicyFile::read(path, &public_keys(keys)?)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let shown = path.display();
    match policy.signed {
        PolicySigned::Not => say(&one_line(&format!("the policy {shown} is not signed"))),
        PolicySigned::Unchecked(key) => say(&one_line(&format!(
            "the policy {shown} is signed by key {key}, which was not checked; name the public key with --public-key"
        ))),
        PolicySigned::By(_) => {}
    }
    Ok(policy.demands)
}
