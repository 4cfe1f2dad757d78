//! Addresses, tokens and parameters: personal data that is made of letters.

use super::{is_word, starts, words};

/// A label as plain ASCII bytes, one a character: full-width forms and digits of other scripts
/// become their ASCII twins, spaces and dashes of all kinds a space and a hyphen, other letters an
/// `x`. Invisible characters go, so that they cannot split a number.
pub(super) fn plain(label: &str) -> Vec<u8> {
    label
        .chars()
        .filter_map(|c| {
            let byte = match c {
                '\u{0}'..='\u{7f}' => c as u8,
                '\u{ff01}'..='\u{ff5e}' => (c as u32 - 0xff01 + 0x21) as u8,
                '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => b'-',
                '\u{fe6b}' => b'@',
                '\u{2024}' | '\u{3002}' | '\u{fe52}' | '\u{ff61}' => b'.',
                '\u{fe62}' => b'+',
                '\u{2044}' | '\u{2215}' => b'/',
                '\u{2236}' | '\u{fe55}' => b':',
                '\u{ad}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}' => return None,
                c if c.is_whitespace() => b' ',
                c => match digit(c) {
                    Some(digit) => digit,
                    None if c.is_alphabetic() => b'x',
                    None => b'|',
                },
            };
            Some(byte)
        })
        .collect()
}

/// Scripts have their ten digits in a row; these are the zeros of those in wide use. Digits that are
/// raised, lowered, in circles or in a style of mathematics read as digits, too.
fn digit(c: char) -> Option<u8> {
    const ZEROS: [u32; 20] = [
        0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6,
        0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0x2080,
    ];
    let number = c as u32;
    let value = match number {
        0xb9 => 1,
        0xb2 | 0xb3 => number - 0xb0,
        0x2070 | 0x2074..=0x2079 => number - 0x2070,
        0x2460..=0x2468 => number - 0x2460 + 1,
        0x24ea => 0,
        0x1d7ce..=0x1d7ff => (number - 0x1d7ce) % 10,
        _ => number - ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&number))?,
    };
    // Below ten in every case.
    Some(b'0' + value as u8)
}

/// The label with `%XX` and signs written as in HTML (`&#64;`) decoded, where it holds any.
pub(super) fn decoded(plain: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(plain.len());
    let mut any = false;
    let mut at = 0;
    while at < plain.len() {
        let found = match plain[at] {
            b'%' => percent(&plain[at..]),
            b'&' => entity(&plain[at..]),
            _ => None,
        };
        let Some((c, length)) = found else {
            decoded.push(plain[at]);
            at += 1;
            continue;
        };
        match c {
            Decoded::Byte(byte) => decoded.push(byte),
            Decoded::Char(c) => {
                decoded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        any = true;
        at += length;
    }
    any.then(|| String::from_utf8_lossy(&decoded).into_owned())
}

/// What a sequence stands for: a byte of UTF-8, or a character.
enum Decoded {
    Byte(u8),
    Char(char),
}

/// `%40`, and how long it is.
fn percent(plain: &[u8]) -> Option<(Decoded, usize)> {
    let hex = |at: usize| char::from(*plain.get(at)?).to_digit(16);
    let byte = (hex(1)? * 16 + hex(2)?) as u8;
    (byte >= 0x20).then_some((Decoded::Byte(byte), 3))
}

/// `&#64;`, `&#x40;`, `&commat;`, and how long it is.
fn entity(plain: &[u8]) -> Option<(Decoded, usize)> {
    const NAMES: [(&str, char); 6] = [
        ("commat", '@'),
        ("period", '.'),
        ("plus", '+'),
        ("amp", '&'),
        ("sol", '/'),
        ("equals", '='),
    ];
    let end = plain.iter().take(12).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&plain[1..end]).ok()?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())?
        }
        None => NAMES.into_iter().find(|(known, _)| *known == name)?.1,
    };
    Some((Decoded::Char(c), end + 1))
}

/// `name@host.tld`, also written `name (at) host (dot) tld`.
pub(super) fn has_email(plain: &[u8]) -> bool {
    let is_local = |byte: u8| is_word(byte) || b"._%+-'#\"".contains(&byte);
    let is_at = |text: &[u8], sign: &[u8]| {
        text.windows(sign.len()).enumerate().any(|(at, window)| {
            window.eq_ignore_ascii_case(sign)
                && at > 0
                && is_local(text[at - 1])
                && starts_with_host(&text[at + sign.len()..])
        })
    };
    let signs: [&[u8]; 6] = [b"@", b" @ ", b"(at)", b"[at]", b" (at) ", b" [at] "];
    if signs.into_iter().any(|sign| is_at(plain, sign)) {
        return true;
    }
    // The word alone is a word; together with a dot that is spelled out it is an address.
    let spelled = with_dots(plain);
    spelled
        .is_some_and(|text| signs.into_iter().chain([&b" at "[..]]).any(|sign| is_at(&text, sign)))
}

/// `jane at example dot com` has no sign that would make anybody look.
pub(super) fn spells_a_dot(plain: &[u8]) -> bool {
    plain.windows(5).any(|window| window.eq_ignore_ascii_case(b" dot "))
}

/// The text with every dot that is spelled out, where there is one.
fn with_dots(plain: &[u8]) -> Option<Vec<u8>> {
    const DOTS: [&[u8]; 5] = [b" (dot) ", b" [dot] ", b"(dot)", b"[dot]", b" dot "];
    let mut text = Vec::with_capacity(plain.len());
    let mut at = 0;
    while at < plain.len() {
        let is_here = |dot: &&&[u8]| {
            plain.get(at..at + dot.len()).is_some_and(|here| here.eq_ignore_ascii_case(dot))
        };
        if let Some(dot) = DOTS.iter().find(is_here) {
            text.push(b'.');
            at += dot.len();
        } else {
            text.push(plain[at]);
            at += 1;
        }
    }
    (text.len() < plain.len()).then_some(text)
}

/// At least two labels with dots between, the last of two letters or more.
fn starts_with_host(plain: &[u8]) -> bool {
    let end = plain
        .iter()
        .position(|byte| !is_word(*byte) && !b".-".contains(byte))
        .unwrap_or(plain.len());
    let mut labels = plain[..end].split(|byte| *byte == b'.').filter(|label| !label.is_empty());
    labels.next().is_some()
        && labels.any(|label| label.len() > 1 && label.iter().all(u8::is_ascii_alphabetic))
}

/// 8-4-4-4-12 hexadecimal digits.
pub(super) fn has_uuid(plain: &[u8]) -> bool {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    (0..plain.len()).filter(|at| starts(plain, *at)).any(|start| {
        let mut at = start;
        for (place, length) in GROUPS.into_iter().enumerate() {
            if place > 0 {
                if plain.get(at) != Some(&b'-') {
                    return false;
                }
                at += 1;
            }
            let group = plain.get(at..at + length);
            if !group.is_some_and(|group| group.iter().all(u8::is_ascii_hexdigit)) {
                return false;
            }
            at += length;
        }
        plain.get(at).is_none_or(|byte| !is_word(*byte))
    })
}

/// A secret or a hash: a signed token, a word in which letters and digits take turns, or the value
/// of a parameter whose name says so.
pub(super) fn has_token(plain: &[u8]) -> bool {
    if words(plain).any(|(_, word)| is_scrambled(word) || is_access_key(word)) {
        return true;
    }
    let pieces = plain.split(|byte| !is_word(*byte) && !b"-_+.=".contains(byte));
    pieces.into_iter().any(|piece| is_signed_token(piece) || is_base64(piece))
        || has_secret_parameter(plain)
}

/// Turns between letters and digits inside a word: `9f8e7d6c` has them, `checkout2b` has not. Numbers of
/// models are written so in capitals (`QE55Q60C`), and are shorter than what is made by a machine.
fn is_scrambled(word: &[u8]) -> bool {
    let least = if word.iter().any(u8::is_ascii_lowercase) { 8 } else { 10 };
    if word.len() < least {
        return false;
    }
    let turns = |from: fn(&u8) -> bool, to: fn(&u8) -> bool| {
        word.windows(2).filter(|pair| from(&pair[0]) && to(&pair[1])).count()
    };
    let to_letter = turns(u8::is_ascii_digit, u8::is_ascii_alphabetic);
    let to_digit = turns(u8::is_ascii_alphabetic, u8::is_ascii_digit);
    let long_hex = word.len() >= 12
        && word.iter().all(u8::is_ascii_hexdigit)
        && word.iter().any(u8::is_ascii_digit)
        && word.iter().any(u8::is_ascii_alphabetic);
    long_hex || (to_letter >= 2 && to_digit >= 2)
}

/// The key of a program at Amazon, the most frequent secret that is neither long nor scrambled.
fn is_access_key(word: &[u8]) -> bool {
    word.len() == 20
        && (word.starts_with(b"AKIA") || word.starts_with(b"ASIA"))
        && word.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Three parts with dots between, the first of which begins as a JSON object does in base64.
fn is_signed_token(piece: &[u8]) -> bool {
    let parts: Vec<&[u8]> = piece
        .rsplit(|byte| *byte == b'=')
        .next()
        .map_or(Vec::new(), |last| last.split(|byte| *byte == b'.').collect());
    parts.len() == 3 && parts[0].starts_with(b"eyJ") && parts[0].len() > 8 && parts[1].len() > 8
}

/// Long, of both cases, with digits in between letters; shorter where it is filled up as base64 is.
fn is_base64(piece: &[u8]) -> bool {
    let filled = piece.iter().rev().take_while(|byte| **byte == b'=').count();
    let is_filled = (1..=2).contains(&filled)
        && piece.len() >= 16
        && piece.len().is_multiple_of(4)
        && piece.iter().any(u8::is_ascii_digit);
    piece.iter().any(u8::is_ascii_uppercase)
        && piece.iter().any(u8::is_ascii_lowercase)
        && (is_filled || piece.len() >= 24 && is_scrambled(piece))
}

/// `token=…`, `sid: …` with a value of four characters or more that has a digit in it.
fn has_secret_parameter(plain: &[u8]) -> bool {
    const NAMES: [&[u8]; 18] = [
        b"token",
        b"pin",
        b"tan",
        b"cvc",
        b"cvv",
        b"nonce",
        b"passwort",
        b"key",
        b"apikey",
        b"session",
        b"sessionid",
        b"sid",
        b"auth",
        b"password",
        b"passwd",
        b"pwd",
        b"secret",
        b"otp",
    ];
    let words: Vec<(usize, &[u8])> = words(plain).collect();
    words.windows(2).any(|pair| {
        let [(name_at, name), (value_at, value)] = [pair[0], pair[1]];
        let between = &plain[name_at + name.len()..value_at];
        NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
            && between.iter().any(|byte| b"=:".contains(byte))
            && between.iter().all(|byte| b"=: ".contains(byte))
            && value.len() >= 4
            && value.iter().any(u8::is_ascii_digit)
    })
}

/// `?name=` or `&name=`: what stands behind it was typed or made for one visit.
pub(super) fn has_query_parameter(plain: &[u8]) -> bool {
    plain.iter().enumerate().filter(|(_, byte)| b"?&".contains(byte)).any(|(at, _)| {
        let rest = &plain[at + 1..];
        let name = rest.iter().take_while(|byte| is_word(**byte) || b"._-[]%".contains(byte));
        let length = name.count();
        length > 0 && rest.get(length) == Some(&b'=')
    })
}
