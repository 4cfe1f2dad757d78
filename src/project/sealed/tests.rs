use std::io::Write as _;
use std::iter;

use age::{Encryptor, scrypt, x25519};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::{open, pack, seal, unpack};
use crate::project::testing::{FAST, kept, passphrase, project};
use crate::project::{Project, ProjectError};

fn why(sealed: &[u8]) -> ProjectError {
    open(sealed, &passphrase()).err().expect("no project")
}

fn is_same(one: &Project, other: &Project) -> bool {
    let head = |it: &Project| (*it.secret.bytes(), it.source.clone(), it.setup.clone());
    let rest = |it: &Project| (it.history.text(), it.ledger.to_vec(), it.erased.to_vec());
    head(one) == head(other) && rest(one) == rest(other)
}

#[test]
fn what_was_sealed_comes_back() {
    let mut project = project();
    project.ledger = kept(vec![7; 200_000]);
    project.erased = kept(vec![0, 255, 3]);
    let sealed = seal(&project, &passphrase(), FAST).unwrap();
    assert!(is_same(&open(&sealed, &passphrase()).ok().unwrap(), &project));
    let secret = project.secret.to_hex();
    let is_in = |needle: &str| sealed.windows(needle.len()).any(|at| at == needle.as_bytes());
    assert!(!is_in(&secret[..16]) && !is_in("project.json"), "nothing stands there in the clear");
}

#[test]
fn another_passphrase_a_damage_and_a_foreign_file_are_told_apart() {
    let sealed = seal(&project(), &passphrase(), FAST).unwrap();
    let other = crate::keys::Passphrase::new("another").unwrap();
    assert!(matches!(open(&sealed, &other).err().unwrap(), ProjectError::WrongPassphrase));
    for length in [sealed.len() - 1, sealed.len() / 2] {
        assert!(matches!(why(&sealed[..length]), ProjectError::Damaged), "{length}");
    }
    let mut changed = sealed.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(matches!(why(&changed), ProjectError::Damaged));
    for foreign in [&b""[..], b"PK\x03\x04", b"who,what,when\n", b"{}"] {
        assert!(matches!(why(foreign), ProjectError::NoProject | ProjectError::Damaged));
    }
    let too_much = seal(&project(), &passphrase(), 21).unwrap_or_default();
    assert!(matches!(why(&too_much), ProjectError::TooMuchWork));
}

/// What age can seal and is no project all the same.
#[test]
fn an_age_file_of_something_else_is_no_project() {
    let sealed = |recipient: &dyn age::Recipient, plain: &[u8]| {
        let encryptor = Encryptor::with_recipients(iter::once(recipient)).unwrap();
        let mut out = Vec::new();
        let mut writer = encryptor.wrap_output(&mut out).unwrap();
        writer.write_all(plain).unwrap();
        writer.finish().unwrap();
        out
    };
    let key = x25519::Identity::generate().to_public();
    assert!(matches!(why(&sealed(&key, b"x")), ProjectError::NoProject));
    let mut recipient = scrypt::Recipient::new(super::secret(&passphrase()));
    recipient.set_work_factor(FAST);
    assert!(matches!(why(&sealed(&recipient, b"a letter")), ProjectError::NoProject));
    let plain = pack(&project()).unwrap();
    for length in [plain.len() - 1, plain.len() / 2, 3] {
        assert!(matches!(why(&sealed(&recipient, &plain[..length])), ProjectError::NoProject));
    }
}

#[test]
fn a_part_that_claims_more_than_there_is_takes_no_memory() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let deflated =
        SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    writer.start_file("project.json", deflated).unwrap();
    writer.write_all(&vec![b' '; 50 << 20]).unwrap();
    let bomb = writer.finish().unwrap().into_inner();
    assert!(bomb.len() < 100_000);
    assert!(matches!(unpack(&bomb).err().unwrap(), ProjectError::Damaged));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn whatever_the_bytes_are_there_is_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = why(&bytes);
        let _ = unpack(&bytes).err().expect("no project");
    }

    #[test]
    fn a_changed_byte_anywhere_is_an_answer(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut sealed = seal(&project(), &passphrase(), 1).unwrap();
        let at = at.index(sealed.len());
        let before = std::mem::replace(&mut sealed[at], to);
        prop_assert!(before == to || open(&sealed, &passphrase()).is_err());
        let mut plain = pack(&project()).unwrap();
        let at = at % plain.len();
        plain[at] = to;
        // Inside, a change may be none that matters: what must not happen is a fault.
        let _ = unpack(&plain).is_ok();
    }
}
