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
                b'0' => is_national(&plain[at..]),
                b'1'..=b'9' => is_in_groups(&plain[at..]),
                _ => false,
            }
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
    let long = number_starts(plain)
        .any(|at| plain[at..].iter().take_while(|byte| byte.is_ascii_digit()).count() >= 6);
    long || has_counted_word(plain)
}

fn has_counted_word(plain: &[u8]) -> bool {
    const OWNERS: [&[u8]; 24] = [
        b"user",
        b"users",
        b"customer",
        b"customers",
        b"client",
        b"clients",
        b"member",
        b"members",
        b"account",
        b"accounts",
        b"patient",
        b"patients",
        b"person",
        b"people",
        b"employee",
        b"profile",
        b"profiles",
        b"order",
        b"orders",
        b"invoice",
        b"invoices",
        b"ticket",
        b"id",
        b"uid",
    ];
    let mut owner_ends = None;
    for (at, word) in runs(plain) {
        let is_number = word.iter().all(u8::is_ascii_digit);
        if is_number {
            let end = at + word.len();
            let in_path = at > 0
                && b"/#".contains(&plain[at - 1])
                && plain.get(end).is_none_or(|byte| b"/?#&".contains(byte));
            let behind_owner = owner_ends.is_some_and(|owner_end: usize| {
                plain[owner_end..at].iter().all(|byte| b" _-#:=./".contains(byte))
            });
            let in_owners_path = behind_owner && at > 0 && plain[at - 1] == b'/';
            if (in_path && word.len() >= 3) || (behind_owner && word.len() >= 3) || in_owners_path {
                return true;
            }
        }
        owner_ends =
            OWNERS.iter().any(|owner| word.eq_ignore_ascii_case(owner)).then_some(at + word.len());
    }
    false
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
