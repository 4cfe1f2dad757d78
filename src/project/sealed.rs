//! A project as bytes: an ordinary zip of its parts, inside an age file that the passphrase opens.
//!
//! Both are what stock tools read: `age -d shop.trodden > shop.zip`. *Invariant:* what is not encrypted
//! is overwritten when it has been used, and whatever the bytes are, the answer is a project or a
//! sentence.

use std::io::{Cursor, Read, Write};
use std::iter;

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use zeroize::Zeroizing;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::history::History;
use super::wiped::Wiped;
use super::{Project, ProjectError, document};
use crate::keys::Passphrase;

/// How much work a guess is, as a power of two: what the stock tool takes, a second or less.
pub(super) const WORK: u8 = 18;
/// The most that is done to open a file: some seconds, and a gigabyte of memory.
const MOST_WORK: u8 = 20;
/// Bytes that are read: a ledger of years stays far below.
pub(super) const MOST_BYTES: u64 = 1 << 30;

const DOCUMENT: &str = "project.json";
const HISTORY: &str = "history.jsonl";
const LEDGER: &str = "ledger";
const ERASED: &str = "erased";

pub(super) fn seal(
    project: &Project,
    passphrase: &Passphrase,
    work: u8,
) -> Result<Vec<u8>, ProjectError> {
    let plain = pack(project)?;
    let mut recipient = scrypt::Recipient::new(secret(passphrase));
    recipient.set_work_factor(work);
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
        .map_err(|_| ProjectError::Unwritable)?;
    let write = |sealed: &mut Vec<u8>| {
        let mut writer = encryptor.wrap_output(sealed)?;
        writer.write_all(&plain)?;
        writer.finish().map(|_| ())
    };
    let mut sealed = Vec::new();
    write(&mut sealed).map_err(ProjectError::Write)?;
    Ok(sealed)
}

pub(super) fn open(sealed: &[u8], passphrase: &Passphrase) -> Result<Project, ProjectError> {
    let decryptor = Decryptor::new_buffered(sealed).map_err(|error| refused(&error))?;
    if !decryptor.is_scrypt() {
        return Err(ProjectError::NoProject);
    }
    let mut identity = scrypt::Identity::new(secret(passphrase));
    identity.set_max_work_factor(MOST_WORK);
    let mut reader = decryptor
        .decrypt(iter::once(&identity as &dyn age::Identity))
        .map_err(|error| refused(&error))?;
    // There is room for all of it, so that it never moves.
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len() + 64));
    reader.read_to_end(&mut plain).map_err(|_| ProjectError::Damaged)?;
    unpack(&plain)
}

/// As the library takes it, which overwrites it as well.
fn secret(passphrase: &Passphrase) -> SecretString {
    SecretString::from(passphrase.words().to_owned())
}

fn refused(error: &DecryptError) -> ProjectError {
    match error {
        DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed
        | DecryptError::NoMatchingKeys => ProjectError::WrongPassphrase,
        DecryptError::ExcessiveWork { .. } => ProjectError::TooMuchWork,
        DecryptError::InvalidMac => ProjectError::Damaged,
        DecryptError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            ProjectError::Damaged
        }
        DecryptError::UnknownFormat => ProjectError::Newer,
        _ => ProjectError::NoProject,
    }
}

pub(super) fn pack(project: &Project) -> Result<Zeroizing<Vec<u8>>, ProjectError> {
    let Project { secret, source, setup, history, ledger, erased } = project;
    let document = document::write(secret, source.as_ref(), setup)?;
    let history = Zeroizing::new(history.text());
    let parts: [(&str, &[u8]); 4] =
        [(DOCUMENT, &document), (HISTORY, history.as_bytes()), (LEDGER, ledger), (ERASED, erased)];
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let write = || -> Result<Wiped, ZipError> {
        let mut writer = ZipWriter::new(Wiped::new());
        for (name, bytes) in parts {
            writer.start_file(name, options)?;
            writer.write_all(bytes)?;
        }
        writer.finish()
    };
    Ok(write().map_err(|_| ProjectError::Unwritable)?.into_bytes())
}

pub(super) fn unpack(plain: &[u8]) -> Result<Project, ProjectError> {
    let mut archive = ZipArchive::new(Cursor::new(plain)).map_err(|_| ProjectError::NoProject)?;
    let mut part = |name: &str| -> Result<Zeroizing<Vec<u8>>, ProjectError> {
        let entry = archive.by_name(name).map_err(|error| match error {
            ZipError::FileNotFound => ProjectError::NoProject,
            _ => ProjectError::Damaged,
        })?;
        // Parts are stored, so none is larger than the whole.
        let size = usize::try_from(entry.size()).unwrap_or(usize::MAX).min(plain.len());
        let mut bytes = Zeroizing::new(Vec::with_capacity(size + 64));
        entry
            .take(plain.len() as u64)
            .read_to_end(&mut bytes)
            .map_err(|_| ProjectError::Damaged)?;
        Ok(bytes)
    };
    let document = document::read(&part(DOCUMENT)?)?;
    let history = part(HISTORY)?;
    let history = std::str::from_utf8(&history).map_err(|_| ProjectError::Damaged)?;
    Ok(Project {
        secret: document.secret.into(),
        source: document.source,
        setup: document.setup,
        history: History::parse(history),
        ledger: part(LEDGER)?.into(),
        erased: part(ERASED)?.into(),
    })
}

#[cfg(test)]
mod tests;
