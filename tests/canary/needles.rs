//! Values that must not be found, in every form in which they could be written down.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// Shorter forms could turn up by chance.
const SHORTEST: usize = 8;
/// Needles are looked up by so many of their first bytes.
const HEAD: usize = 8;

/// Everything that is searched for, and what each is.
#[derive(Default)]
pub struct Needles {
    by_head: HashMap<[u8; HEAD], Vec<(Vec<u8>, String)>>,
    /// Which two bytes any needle begins with: most places are passed over by a look at these.
    begins: Vec<bool>,
    values: BTreeSet<String>,
}

impl Needles {
    /// A value, as it is, in small letters and in capitals.
    pub fn add(&mut self, what: &str, value: &str) {
        assert!(value.len() >= SHORTEST, "{what}: a value this short is found by chance");
        self.values.insert(value.to_owned());
        self.put(value.as_bytes(), what);
        self.put(value.to_lowercase().as_bytes(), what);
        self.put(value.to_uppercase().as_bytes(), what);
    }

    /// An identifier: also as hexadecimal digits, as base64, as UTF-16, as the bytes of its number,
    /// and as hashes that anybody could compute.
    pub fn add_id(&mut self, what: &str, id: &str) {
        self.add(what, id);
        let utf_16: Vec<u8> = id.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.put(&utf_16, &format!("{what} as UTF-16"));
        if let Ok(number) = id.parse::<u64>() {
            self.put(&number.to_le_bytes(), &format!("{what} as a number"));
            self.put(&number.to_be_bytes(), &format!("{what} as a number"));
        }
        self.add_encoded(id.as_bytes(), what);
        self.add_hash(&Sha256::digest(id.as_bytes()), &format!("{what}, its SHA-256"));
        self.add_hash(blake3::hash(id.as_bytes()).as_bytes(), &format!("{what}, its BLAKE3"));
    }

    fn add_hash(&mut self, hash: &[u8], what: &str) {
        self.put(&hash[..16], what);
        self.add_encoded(&hash[..16], what);
    }

    fn add_encoded(&mut self, bytes: &[u8], what: &str) {
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a String takes it");
            hex
        });
        self.put(hex.as_bytes(), &format!("{what} in hexadecimal"));
        self.put(hex.to_uppercase().as_bytes(), &format!("{what} in hexadecimal"));
        for text in base64_anywhere(bytes) {
            self.put(text.as_bytes(), &format!("{what} in base64"));
            let of_addresses = text.replace('+', "-").replace('/', "_");
            self.put(of_addresses.as_bytes(), &format!("{what} in base64"));
        }
    }

    fn put(&mut self, bytes: &[u8], what: &str) {
        let Some(head) = bytes.first_chunk::<HEAD>() else { return };
        self.begins.resize(1 << 16, false);
        self.begins[two(*head)] = true;
        let known = self.by_head.entry(*head).or_default();
        if !known.iter().any(|(known, _)| known == bytes) {
            known.push((bytes.to_vec(), what.to_owned()));
        }
    }

    /// What of it stands in these bytes.
    pub fn found_in(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len() {
            let Some(head) = bytes[at..].first_chunk::<HEAD>() else { break };
            if !self.begins[two(*head)] {
                continue;
            }
            let here = self.by_head.get(head).into_iter().flatten();
            found.extend(
                here.filter(|(needle, _)| bytes[at..].starts_with(needle))
                    .map(|(_, what)| what.as_str()),
            );
        }
        found
    }

    /// How many different values are searched for.
    pub fn len(&self) -> usize {
        self.values.len()
    }
}

fn two(bytes: [u8; HEAD]) -> usize {
    usize::from(u16::from_le_bytes([bytes[0], bytes[1]]))
}

/// What is the same in the base64 of any text that these bytes stand in, for each place they can have
/// in a group of three.
fn base64_anywhere(bytes: &[u8]) -> Vec<String> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |bits: &[bool]| -> String {
        let sixes = bits.chunks_exact(6);
        let value = |six: &[bool]| six.iter().fold(0, |value, bit| value << 1 | usize::from(*bit));
        sixes.map(|six| char::from(DIGITS[value(six)])).collect()
    };
    let bits: Vec<bool> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    // Before the bytes stand 0, 8 or 16 bits of something else: the first whole digit begins after
    // 0, 4 or 2 of ours.
    [0, 4, 2].into_iter().map(|skip| digits(&bits[skip..])).collect()
}

#[test]
fn every_form_of_an_identifier_is_found() {
    let mut needles = Needles::default();
    needles.add_id("id", "Qx7VbtkRmzPw");
    let forms = [
        "…Qx7VbtkRmzPw…",
        "qx7vbtkrmzpw",
        "QX7VBTKRMZPW",
        "51783756627 no",
        "517837566274 6b526d7a5077",
        "5178375662746b526d7a5077",
        // printf 'Qx7VbtkRmzPw' | base64; with one and with two letters before it
        "UXg3VmJ0a1JtelB3",
        "eFF4N1ZidGtSbXpQdw==",
        "eHhReDdWYnRrUm16UHc=",
        // printf 'Qx7VbtkRmzPw' | sha256sum
        "SHA",
    ];
    let found: Vec<bool> =
        forms.iter().map(|form| !needles.found_in(form.as_bytes()).is_empty()).collect();
    let wanted = [true, true, true, false, false, true, true, true, true, false];
    assert_eq!(found, wanted);
    let hash = Sha256::digest(b"Qx7VbtkRmzPw");
    assert!(!needles.found_in(&[&b"x"[..], hash.as_slice(), b"y"].concat()).is_empty());
    assert!(needles.found_in(b"Qx7VbtkRmzP Qx7VbtkRmzQw").is_empty());
}
