//! Finds personal data in labels: what a label looks like, never who it belongs to.
//!
//! A label is a type of event ("add to cart"), so anything in it that singles out one person or
//! thing is a mistake of whoever wrote the log. The detector leans to caution where a string can
//! hardly be anything else and stays silent on what real logs call their events; what it flags is
//! drawn as `Other` until somebody resolves it. It runs once for each label, not for each event.
//!
//! *Invariant:* knows labels only; answers with a kind or a masked shape.

mod names;
mod numbers;
mod text;

use crate::views::PiiKind;

/// A kind, and what finds it in a plain label.
type Detector = (PiiKind, fn(&[u8]) -> bool);

/// The first kind of personal data that a label seems to hold, the most telling kind first.
pub(super) fn detect(label: &str) -> Option<PiiKind> {
    /// Deeper than this nobody encodes by mistake.
    const LAYERS: usize = 3;
    let mut plain = text::plain(label);
    let mut found = find(&plain);
    // `%40` is an at sign to everybody but a naive reader, and `%2540` to a patient one.
    for _ in 0..LAYERS {
        let Some(decoded) = text::decoded(&plain) else { break };
        plain = text::plain(&decoded);
        found = find(&plain).or(found);
    }
    found
}

/// As [`detect`], and where that finds nothing, whether it could be the name of a person.
pub(super) fn detect_or_hint(label: &str) -> Option<PiiKind> {
    detect(label).or_else(|| names::looks_like_a_person(label).then_some(PiiKind::PersonName))
}

/// Whether there is anything personal in a text that somebody wrote: a label, a name, a pattern with
/// stars, a regular expression with backslashes and brackets in it. A masked shape holds nothing.
pub(super) fn looks_personal(text: &str) -> bool {
    let holds = |text: &str| detect_or_hint(text).is_some();
    let without = |signs: &[char]| text.replace(signs, "");
    mask(text) != text
        && (holds(text)
            || holds(&without(&['\\']))
            || holds(&without(&['\\', '[', ']', '(', ')', '{', '}', '^', '$', '*'])))
}

fn find(plain: &[u8]) -> Option<PiiKind> {
    let needs_a_look = plain
        .iter()
        .any(|byte| byte.is_ascii_digit() || matches!(byte, b'@' | b'=' | b'?' | b'(' | b'['));
    if !needs_a_look && !text::spells_a_dot(plain) {
        return None;
    }
    let detectors: [Detector; 9] = [
        (PiiKind::Email, text::has_email),
        (PiiKind::Iban, numbers::has_iban),
        (PiiKind::Uuid, text::has_uuid),
        (PiiKind::IpAddress, numbers::has_ip_address),
        (PiiKind::Card, numbers::has_card),
        (PiiKind::Token, text::has_token),
        (PiiKind::Phone, numbers::has_phone),
        (PiiKind::QueryParameter, text::has_query_parameter),
        (PiiKind::Number, numbers::has_number),
    ];
    detectors.into_iter().find(|(_, found)| found(plain)).map(|(kind, _)| kind)
}

/// The shape of a label: letters become `a` or `A`, digits `0`, everything else stays.
pub(super) fn mask(label: &str) -> String {
    label
        .chars()
        .map(|c| match c {
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_numeric() => '0',
            c => c,
        })
        .collect()
}

/// Whether a byte belongs to a word: a run that is read as one piece.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// Whether a run starts at `at` (nothing of a word before it).
fn starts(plain: &[u8], at: usize) -> bool {
    at == 0 || !is_word(plain[at - 1])
}

/// The words of a label with the place where each starts.
fn words(plain: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + plain[at..].iter().position(|byte| is_word(*byte))?;
        let length = plain[start..].iter().take_while(|byte| is_word(**byte)).count();
        at = start + length;
        Some((start, &plain[start..at]))
    })
}

#[cfg(test)]
mod quality;
#[cfg(test)]
mod tests;
