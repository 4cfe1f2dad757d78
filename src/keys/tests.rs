//! Keys of our own: made, written, read, and what is wrong with others. `tests/stock_tools.rs` asks
//! the stock tool.

use static_assertions::assert_not_impl_any;

use super::{KeyError, Passphrase, PublicKey, SecretKey, Signature};

assert_not_impl_any!(SecretKey: std::fmt::Debug, std::fmt::Display, serde::Serialize, Clone, Default);
assert_not_impl_any!(Passphrase: std::fmt::Debug, std::fmt::Display, serde::Serialize, Clone, Default);

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text).unwrap()
}

#[test]
fn a_key_is_made_once_opened_with_its_passphrase_and_signs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.key");
    let public = SecretKey::create(&path, &passphrase("correct horse\n")).unwrap();
    let public_path = PublicKey::place_beside(&path);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside");
    let before = std::fs::read(&path).unwrap();
    let again = SecretKey::create(&path, &passphrase("correct horse"));
    assert!(matches!(again, Err(KeyError::Taken(_))));
    assert!(std::fs::read(&path).unwrap() == before);

    let key = SecretKey::read(&path, &passphrase("correct horse")).unwrap();
    assert_eq!(key.id(), public.id());
    let signature = key.sign(b"bytes").unwrap();
    assert!(signature.is_plain());
    assert_eq!(signature.key_id(), key.id());
    let read = PublicKey::read(&public_path).unwrap();
    assert!(read.holds(b"bytes", &signature));
    assert!(!read.holds(b"byteS", &signature));
    let wrong = SecretKey::read(&path, &passphrase("incorrect horse"));
    assert!(matches!(wrong, Err(KeyError::WrongPassphrase(_))));
    assert!(matches!(PublicKey::read(&path), Err(KeyError::NotPublic(_))));
    let public_as_secret = SecretKey::read(&public_path, &passphrase("correct horse"));
    assert!(matches!(public_as_secret, Err(KeyError::NotSecret(_))));
}

#[test]
fn a_key_that_finds_its_public_name_taken_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.key");
    std::fs::write(PublicKey::place_beside(&path), "mine").unwrap();
    assert!(matches!(
        SecretKey::create(&path, &passphrase("correct horse")),
        Err(KeyError::Taken(_))
    ));
    assert!(!path.exists());
}

#[test]
fn passphrases_have_a_first_line_and_new_ones_some_length() {
    for text in ["", "\n", "\r\n", &"x".repeat(1001)] {
        assert!(matches!(Passphrase::new(text), Err(KeyError::Passphrase)));
    }
    let folder = tempfile::tempdir().unwrap();
    let short = SecretKey::create(&folder.path().join("a.key"), &passphrase("seven77"));
    assert!(matches!(short, Err(KeyError::TooShort)));
    let file = folder.path().join("words");
    std::fs::write(&file, "\nmore\n").unwrap();
    assert!(matches!(Passphrase::read(&file), Err(KeyError::NoPassphrase(_))));
    std::fs::write(&file, "correct horse\r\nmore\n").unwrap();
    let key = folder.path().join("b.key");
    SecretKey::create(&key, &Passphrase::read(&file).unwrap()).unwrap();
    assert!(SecretKey::read(&key, &passphrase("correct horse")).is_ok());
}

#[test]
fn every_changed_byte_of_a_signature_is_noticed() {
    let key = SecretKey::for_tests();
    let signature = key.sign(b"bytes").unwrap();
    let text = signature.text().as_bytes();
    for at in 0..text.len() {
        for by in [0x01, 0x20, 0x80] {
            let mut changed = text.to_vec();
            changed[at] ^= by;
            let holds = Signature::parse(&changed)
                .is_some_and(|read| read.is_plain() && key.public().holds(b"bytes", &read));
            assert!(!holds, "byte {at}");
        }
        assert!(Signature::parse(&text[..at]).is_none_or(|read| !read.is_plain()), "cut at {at}");
    }
    for more in ["\n", "x", "more\n"] {
        let longer = format!("{}{more}", signature.text());
        assert!(Signature::parse(longer.as_bytes()).is_none(), "{more:?} after it");
    }
}

#[test]
fn what_is_no_signature_is_none_and_does_not_panic() {
    let of = |signature: &str, seal: &str| {
        format!("untrusted comment: a\n{signature}\ntrusted comment: b\n{seal}\n")
    };
    let (whole, short) = ("QUFB".repeat(33) + "QQ==", "QUFB");
    for text in [
        String::new(),
        "\n\n\n\n".to_owned(),
        of("", ""),
        of(&"RUQA".repeat(25), short),
        of(&"RUQA".repeat(25), &"QUFB".repeat(22)),
        of(&"QUFB".repeat(25), &whole),
        of(&"!!!!".repeat(25), &"A".repeat(88)),
        "untrusted comment: \u{1F600}\n\u{1F600}\n\u{1F600}\n\u{1F600}\n".to_owned(),
    ] {
        assert!(Signature::parse(text.as_bytes()).is_none(), "{text}");
    }
    assert!(Signature::parse(&[0xFF; 400]).is_none());
    for text in ["", "untrusted comment: a", "untrusted comment: a\nRWQ=\n", "x\ny\n"] {
        assert!(PublicKey::parse(text).is_none(), "{text}");
    }
}

#[test]
fn a_key_file_that_asks_for_hours_of_work_is_no_key() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slow.key");
    let mut bytes = b"EdScB2".to_vec();
    bytes.resize(158, 7);
    bytes[38..46].copy_from_slice(&u64::MAX.to_le_bytes());
    let text = format!("untrusted comment: slow\n{}\n", STANDARD.encode(&bytes));
    std::fs::write(&path, text).unwrap();
    let read = SecretKey::read(&path, &passphrase("correct horse"));
    assert!(matches!(read, Err(KeyError::NotSecret(_))));
}
