//! Numbers that belong to one person or thing: cards, accounts, telephones, addresses of machines.

use super::{is_word, starts};

/// Places where a number starts that is no part of a longer one.
fn number_starts(plain: &[u8]) -> impl Iterator<Item = usize> {
    (0..plain.len())
        .filter(|at| plain[*at].is_ascii_digit() && (*at == 0 || !plain[*at - 1].is_ascii_digit()))
}

/// 13 to 19 digits that pass the check of Luhn (ISO/IEC 7812), in one piece or in groups.
pub(super) fn has_card(plain: &[u8]) -> bool {
    number_starts(plain).any(|start| {
        let mut digits = Vec::with_capacity(20);
        for (at, byte) in plain.iter().enumerate().skip(start) {
            let next_is_digit = plain.get(at + 1).is_some_and(u8::is_ascii_digit);
            if byte.is_ascii_digit() {
                digits.push(byte - b'0');
            } else if !b" -.".contains(byte) || !next_is_digit {
                return false;
            }
            if digits.len() > 19 {
                return false;
            }
            // The end of a group may be the end of the card: a date may follow.
            let group_ends = byte.is_ascii_digit() && !next_is_digit;
            if group_ends && digits.len() >= 13 && passes_luhn(&digits) {
                return true;
            }
        }
        false
    })
}

fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let doubled = u32::from(*digit) << (place % 2);
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum > 0 && sum.is_multiple_of(10)
}

/// Country, two check digits, account; the whole leaves 1 when divided by 97 (ISO 13616).
pub(super) fn has_iban(plain: &[u8]) -> bool {
    (0..plain.len()).filter(|at| starts(plain, *at)).any(|start| {
        let head = plain.get(start..start + 4);
        let is_head = head.is_some_and(|head| {
            head[..2].iter().all(u8::is_ascii_alphabetic)
                && head[2..].iter().all(u8::is_ascii_digit)
        });
        is_head && passes_mod_97(plain, start)
    })
}

/// Tries every length from 15 to 34 that ends where a word ends. An account is mostly digits; words
/// would pass one time in a hundred.
fn passes_mod_97(plain: &[u8], start: usize) -> bool {
    let mut account = Vec::with_capacity(34);
    let mut at = start;
    while let Some(byte) = plain.get(at) {
        if is_word(*byte) {
            account.push(byte.to_ascii_uppercase());
        } else if !b" -".contains(byte) || !plain.get(at + 1).is_some_and(|next| is_word(*next)) {
            break;
        }
        at += 1;
        let word_ends = plain.get(at).is_none_or(|next| !is_word(*next));
        let digits = account.iter().filter(|byte| byte.is_ascii_digit()).count();
        let is_account = (15..=34).contains(&account.len()) && 2 * digits > account.len();
        if word_ends && is_account && remainder_97(&account) == 1 {
            return true;
        }
        if account.len() > 34 {
            break;
        }
    }
    false
}

fn remainder_97(account: &[u8]) -> u32 {
    account[4..].iter().chain(&account[..4]).fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

/// IPv4 in four numbers, IPv6 as the standard library reads it.
pub(super) fn has_ip_address(plain: &[u8]) -> bool {
    let pieces = plain.split(|byte| !is_word(*byte) && !b".:".contains(byte));
    pieces.into_iter().any(|piece| {
        let Ok(piece) = std::str::from_utf8(piece) else { return false };
        let v6 = piece.trim_end_matches('.').parse::<std::net::Ipv6Addr>();
        if v6.is_ok() && piece.bytes().any(|byte| byte.is_ascii_digit()) {
            return true;
        }
        // A port or a sentence's colon may stand beside it.
        piece.split(':').any(|part| part.trim_matches('.').parse::<std::net::Ipv4Addr>().is_ok())
    }) || has_hardware_address(plain)
        || has_address_in_host_name(plain)
}

/// Six pairs of hexadecimal digits (`00:1b:44:11:3a:b7`); with a letter, since six pairs of digits may
/// be a date and a time.
fn has_hardware_address(plain: &[u8]) -> bool {
    const LENGTH: usize = 17;
    plain.windows(LENGTH).enumerate().any(|(at, window)| {
        let separator = window[2];
        let is_part = |(place, byte): (usize, &u8)| match place % 3 {
            2 => *byte == separator,
            _ => byte.is_ascii_hexdigit(),
        };
        b":-".contains(&separator)
            && starts(plain, at)
            && plain.get(at + LENGTH).is_none_or(|byte| !is_word(*byte))
            && window.iter().enumerate().all(is_part)
            && window.iter().any(u8::is_ascii_alphabetic)
    })
}

/// `ip-10-0-0-5`, as machines in the cloud are called.
fn has_address_in_host_name(plain: &[u8]) -> bool {
    let words: Vec<(usize, &[u8])> = super::words(plain).collect();
    words.windows(5).any(|part| {
        let is_octet = |(_, word): &(usize, &[u8])| {
            word.len() <= 3
                && std::str::from_utf8(word).is_ok_and(|word| word.parse::<u8>().is_ok())
        };
        let are_joined = part.windows(2).all(|pair| {
            plain[pair[0].0 + pair[0].1.len()..pair[1].0] == [plain[part[0].0 + part[0].1.len()]]
        });
        part[0].1.eq_ignore_ascii_case(b"ip") && are_joined && part[1..].iter().all(is_octet)
    })
}

/// A telephone number in international form, with an area code, or in the groups 3-3-4.
pub(super) fn has_phone(plain: &[u8]) -> bool {
    (0..plain.len()).any(|at| {
        let before_is_free = at == 0 || !(is_word(plain[at - 1]) || plain[at - 1] == b'+');
        before_is_free
            && match plain[at] {
                b'+' => is_international(&plain[at + 1..]),
                b'(' => has_area_in_brackets(&plain[at + 1..]),
                b'0' => is_national(&plain[at..]) || is_in_pairs(&plain[at..]),
                b'1'..=b'9' => is_in_groups(&plain[at..]),
                _ => false,
            }
    }) || has_phone_behind_its_name(plain)
}

/// `06 12 34 56 78`: ten digits in pairs.
fn is_in_pairs(plain: &[u8]) -> bool {
    const LENGTH: usize = 14;
    let Some(number) = plain.get(..LENGTH) else { return false };
    let is_part = |(place, byte): (usize, &u8)| match place % 3 {
        2 => *byte == number[2] && b" .-".contains(byte),
        _ => byte.is_ascii_digit(),
    };
    number.iter().enumerate().all(is_part) && plain.get(LENGTH).is_none_or(|byte| !is_word(*byte))
}

/// Six digits or more, however grouped, behind a word that says what they are.
fn has_phone_behind_its_name(plain: &[u8]) -> bool {
    const NAMES: [&[u8]; 10] = [
        b"tel",
        b"telefon",
        b"telephone",
        b"phone",
        b"fax",
        b"mobile",
        b"mobil",
        b"handy",
        b"cell",
        b"whatsapp",
    ];
    super::words(plain).any(|(at, word)| {
        let rest = &plain[at + word.len()..];
        let gap = rest.iter().take_while(|byte| b" .:=-".contains(byte)).count();
        NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
            && rest.get(gap).is_some_and(|byte| byte.is_ascii_digit() || b"+(".contains(byte))
            && telephone_digits(&rest[gap..], b"+() -./") >= 6
    })
}

/// Digits of a telephone number with what may stand between them. No number is longer than what
/// is looked at, and a label made to be slow stays cheap.
fn telephone_digits(plain: &[u8], separators: &[u8]) -> usize {
    plain
        .iter()
        .take(40)
        .take_while(|byte| byte.is_ascii_digit() || separators.contains(byte))
        .filter(|byte| byte.is_ascii_digit())
        .count()
}

fn is_international(rest: &[u8]) -> bool {
    rest.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'(')
        && (7..=15).contains(&telephone_digits(rest, b" -./()"))
}

fn has_area_in_brackets(rest: &[u8]) -> bool {
    let area = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (2..=5).contains(&area)
        && rest.get(area) == Some(&b')')
        && (7..=15).contains(&(area + telephone_digits(&rest[area + 1..], b" -./")))
}

fn is_national(plain: &[u8]) -> bool {
    let area = plain.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = telephone_digits(plain, b" -/");
    let separated = plain.get(area).is_some_and(|byte| b" -/".contains(byte));
    (separated && (3..=6).contains(&area) && (8..=15).contains(&whole)) || (10..=15).contains(&area)
}

fn is_in_groups(plain: &[u8]) -> bool {
    let shape: Vec<bool> = plain.iter().take(12).map(u8::is_ascii_digit).collect();
    let in_groups = |at: usize| at != 3 && at != 7;
    shape.len() == 12
        && shape.iter().enumerate().all(|(at, digit)| *digit == in_groups(at))
        && b"-. /".contains(&plain[3])
        && plain[3] == plain[7]
        && plain.get(12).is_none_or(|byte| !is_word(*byte))
}

/// The number of one person or thing: six digits or more; three or more that are a segment of a
/// path or stand behind `#`; or any behind a word that says whose number it is.
pub(super) fn has_number(plain: &[u8]) -> bool {
    number_starts(plain).any(|at| is_long_number(plain, at)) || has_counted_word(plain)
}

/// Six digits or more that are no round number, no code of an error and not the number of a product.
fn is_long_number(plain: &[u8], at: usize) -> bool {
    const PRODUCTS: [&[u8]; 5] = [b"isbn", b"ean", b"gtin", b"upc", b"sku"];
    let length = plain[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length < 6 {
        return false;
    }
    let is_round = plain[at + 2..at + length].iter().all(|digit| *digit == b'0');
    let before = &plain[..at];
    // 0x80070057
    let is_code = before.ends_with(b"x") && length <= 8 && {
        let zero = &before[..before.len() - 1];
        zero.ends_with(b"0") && starts(plain, zero.len() - 1)
    };
    let before = before.trim_ascii_end();
    let word = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &before[before.len() - word..];
    let is_product = PRODUCTS.iter().any(|known| word.eq_ignore_ascii_case(known))
        || before_groups(before).is_some_and(|word| word.eq_ignore_ascii_case(b"isbn"));
    !(is_round || is_code || is_product)
}

/// The word in front of digits in groups: in front of `978-3-16-148410` it is `ISBN`.
fn before_groups(before: &[u8]) -> Option<&[u8]> {
    let groups =
        before.iter().rev().take_while(|byte| byte.is_ascii_digit() || b" -".contains(byte));
    let before = &before[..before.len() - groups.count()];
    let word = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    (word > 0).then(|| &before[before.len() - word..])
}

/// Words that say whose number follows, in the languages that labels at hand are in.
const OWNERS: [&str; 78] = [
    "user",
    "users",
    "customer",
    "customers",
    "client",
    "clients",
    "member",
    "members",
    "account",
    "accounts",
    "patient",
    "patients",
    "person",
    "people",
    "employee",
    "profile",
    "profiles",
    "order",
    "orders",
    "invoice",
    "invoices",
    "ticket",
    "tickets",
    "case",
    "cases",
    "booking",
    "bookings",
    "reservation",
    "claim",
    "contract",
    "policy",
    "id",
    "uid",
    "ssn",
    // German
    "kunde",
    "kunden",
    "kundin",
    "kundennummer",
    "kundennr",
    "nutzer",
    "benutzer",
    "mitglied",
    "mitglieder",
    "patientin",
    "konto",
    "kontonummer",
    "bestellung",
    "bestellungen",
    "bestellnummer",
    "auftrag",
    "auftragsnummer",
    "rechnung",
    "rechnungen",
    "rechnungsnummer",
    "vertrag",
    "vertragsnummer",
    "akte",
    "aktenzeichen",
    "fall",
    "buchung",
    // French
    "commande",
    "commandes",
    "facture",
    "compte",
    "dossier",
    // Spanish, Italian, Dutch
    "cliente",
    "clientes",
    "pedido",
    "pedidos",
    "factura",
    "cuenta",
    "ordine",
    "fattura",
    "klant",
    "bestelling",
    "factuur",
    "klantnummer",
    "usuario",
];

/// What may stand between such a word and the number, other letters than those of ASCII as an `x`.
const NUMBER_WORDS: [&str; 10] =
    ["nr", "no", "n", "nx", "num", "number", "nummer", "id", "numero", "numxro"];

fn has_counted_word(plain: &[u8]) -> bool {
    let is_one_of = |word: &[u8], known: &[&str]| {
        known.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
    };
    let mut owner_ends: Option<usize> = None;
    for (at, word) in runs(plain) {
        let is_number = word.iter().all(u8::is_ascii_digit);
        let is_next = |end: usize| plain[end..at].iter().all(|byte| b" _-#:=./|".contains(byte));
        let behind_owner = owner_ends.is_some_and(is_next);
        if is_number {
            let end = at + word.len();
            let in_path = at > 0
                && b"/#".contains(&plain[at - 1])
                && plain.get(end).is_none_or(|byte| b"/?#&".contains(byte))
                && !is_year(word);
            let in_owners_path = behind_owner && at > 0 && plain[at - 1] == b'/';
            let in_groups = behind_owner && telephone_digits(&plain[at..], b" -./") >= 6;
            if ((in_path || behind_owner) && word.len() >= 3) || in_owners_path || in_groups {
                return true;
            }
        }
        owner_ends = if is_one_of(word, &OWNERS) || behind_owner && is_one_of(word, &NUMBER_WORDS) {
            Some(at + word.len())
        } else {
            None
        };
    }
    false
}

/// A part of an address that is a year says when, not who.
fn is_year(word: &[u8]) -> bool {
    word.len() == 4 && (word.starts_with(b"19") || word.starts_with(b"20"))
}

/// Runs of letters and runs of digits with the place where each starts: `user42` is two of them.
fn runs(plain: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let same =
        |a: &u8, b: &u8| a.is_ascii_digit() == b.is_ascii_digit() && is_word(*a) == is_word(*b);
    let mut at = 0;
    plain
        .chunk_by(same)
        .map(move |run| {
            at += run.len();
            (at - run.len(), run)
        })
        .filter(|(_, run)| is_word(run[0]))
}
