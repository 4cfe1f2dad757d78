//! Lists of people from outside the event files: who agreed to what, and who asked to be erased.
//!
//! A list is read as text, every identifier in it becomes a keyed pseudonym at once, and from there
//! on people are compared by pseudonym only. The text is overwritten when it has been read.
//!
//! *Invariant:* no identifier is kept, shown or part of an error. Errors name the file, the line and
//! what to do.

pub(super) mod erased;
pub(in crate::vault) mod erasure;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
pub(super) mod register;

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::key::Key;
use crate::vault::ProtectError;

/// Bytes of a list that are read. A register of ten million entries has about half of that.
const MOST_BYTES: u64 = 1 << 30;

/// A subject of one import or list, as nobody without the key can tell her.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::vault) struct Pseudonym(pub(in crate::vault) u128);

impl Pseudonym {
    /// Of an identifier as text. White space around it does not count, nor do capitals in an e-mail
    /// address.
    pub(in crate::vault) fn of(key: &Key, id: &str) -> Self {
        Self::draw(key, "list", &canonical(id))
    }

    /// Of an identifier of which only the SHA-256 hash is known, in hexadecimal digits.
    pub(super) fn of_hash(key: &Key, hash: &str) -> Self {
        Self::draw(key, "hashed list", &hash.trim().to_ascii_lowercase())
    }

    /// What [`Pseudonym::of_hash`] gives for the hash of this identifier.
    pub(in crate::vault) fn of_hashed(key: &Key, id: &str) -> Self {
        let hash = Sha256::digest(canonical(id).as_bytes());
        let hash = hash.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a String never fails.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self::of_hash(key, &hash)
    }

    fn draw(key: &Key, purpose: &str, text: &str) -> Self {
        let half = |part: &[u8]| u128::from(key.draw(purpose, &[part, text.as_bytes()]));
        Self(half(b"high") << 64 | half(b"low"))
    }
}

fn canonical(id: &str) -> Zeroizing<String> {
    let id = id.trim();
    Zeroizing::new(if id.contains('@') { id.to_lowercase() } else { id.to_owned() })
}

/// The text of a list, and what it is called in errors.
pub(in crate::vault) struct List {
    pub(super) shown: String,
    pub(super) text: Zeroizing<String>,
}

impl List {
    /// # Errors
    /// Where the file cannot be read, is too large, or is no text.
    pub(in crate::vault) fn read(path: &Path) -> Result<Self, ProtectError> {
        let shown = path
            .file_name()
            .map_or_else(|| "the list".to_owned(), |name| name.to_string_lossy().into_owned());
        let unusable = |what: &str| Err(ProtectError::Unusable(format!("{shown} {what}")));
        let mut bytes = Zeroizing::new(Vec::new());
        let read =
            File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            return unusable(&format!(
                "cannot be read ({}); check the name and the permissions",
                error.kind()
            ));
        }
        if bytes.len() as u64 > MOST_BYTES {
            return unusable("is larger than a list may be; leave out what is not needed");
        }
        if bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(b"PK\x03\x04") {
            return unusable("is compressed; unpack it first");
        }
        match decode(&bytes) {
            Some(text) => Ok(Self { shown, text }),
            None => unusable("is no text; choose a CSV file, or OpenDSR requests as JSON"),
        }
    }

    pub(super) fn refuse(&self, what: &str) -> ProtectError {
        ProtectError::Unusable(format!("{}{what}", self.shown))
    }

    /// Its rows, and the line each begins in. Rows without any text are left out.
    pub(super) fn rows(
        &self,
    ) -> impl Iterator<Item = Result<(u64, csv::StringRecord), ProtectError>> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(&self.text))
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(self.text.as_bytes());
        std::iter::from_fn(move || {
            loop {
                let mut row = csv::StringRecord::new();
                let begins = reader.position().clone();
                // The reader passes over empty lines in front of a row.
                let before = self.text.as_bytes().get(begins.byte() as usize..).unwrap_or_default();
                let before = before.iter().take_while(|byte| b"\r\n".contains(byte));
                let line = begins.line() + before.filter(|byte| **byte == b'\n').count() as u64;
                match reader.read_record(&mut row) {
                    Ok(false) => return None,
                    Ok(true) if row.iter().all(str::is_empty) => {}
                    Ok(true) => return Some(Ok((line, row))),
                    Err(_) => {
                        let what = format!(", line {line}: the row cannot be read; save it as CSV");
                        return Some(Err(self.refuse(&what)));
                    }
                }
            }
        })
    }
}

/// UTF-8 or UTF-16 where it says so or is so, Windows-1252 otherwise. `None` where it is no text.
fn decode(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let decoded = if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        UTF_16LE.decode_without_bom_handling(rest).0
    } else if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        UTF_16BE.decode_without_bom_handling(rest).0
    } else if let Some(encoding) = unmarked_utf_16(bytes) {
        encoding.decode_without_bom_handling(bytes).0
    } else {
        let rest = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
        match std::str::from_utf8(rest) {
            Ok(text) => text.into(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(rest).0,
        }
    };
    (!decoded.contains('\0')).then(|| Zeroizing::new(decoded.into_owned()))
}

/// UTF-16 that does not say so: in text of any European language every other byte is zero.
fn unmarked_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096) / 2 * 2];
    let zeros =
        |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let is_most = |zeros: usize| zeros > 0 && zeros * 4 >= sample.len();
    match (zeros(0), zeros(1)) {
        (0, odd) if is_most(odd) => Some(UTF_16LE),
        (even, 0) if is_most(even) => Some(UTF_16BE),
        _ => None,
    }
}

/// What the fields of the first line are separated by, quotes aside.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in first.bytes() {
        is_quoted ^= byte == b'"';
        if !is_quoted && let Some((_, count)) = counts.iter_mut().find(|(one, _)| *one == byte) {
            *count += 1;
        }
    }
    // The first of the most frequent.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(byte, _)| byte)
}

/// The name of a column as it is compared: small letters and digits only.
fn plain_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a column, by its plain name, holds who a row is about.
pub(super) fn names_a_subject(plain: &str) -> bool {
    const NAMES: [&str; 54] = [
        "id",
        "subject",
        "subjectid",
        "user",
        "userid",
        "uid",
        "customer",
        "customerid",
        "customerno",
        "customernumber",
        "client",
        "clientid",
        "person",
        "personid",
        "mpid",
        "distinctid",
        "deviceid",
        "amplitudeid",
        "anonymousid",
        "visitorid",
        "email",
        "emailaddress",
        "mail",
        "identifier",
        "identity",
        "identityvalue",
        "caseid",
        "memberid",
        "accountid",
        "profileid",
        "patientid",
        "externalid",
        "userpseudoid",
        "domainuserid",
        "cookieid",
        "nutzer",
        "nutzerid",
        "benutzer",
        "benutzerid",
        "kunde",
        "kundenid",
        "kundennr",
        "kundennummer",
        "emailadresse",
        "utilisateur",
        "idutilisateur",
        "idclient",
        "usuario",
        "idusuario",
        "cliente",
        "idcliente",
        "utente",
        "klant",
        "klantnummer",
    ];
    NAMES.contains(&plain)
}
