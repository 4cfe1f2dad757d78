//! JSON records whose mapped fields stand in the record itself, read without a parser.
//!
//! Most lines are one object of short strings without a backslash, and a parser that makes a value
//! of each takes four times as long. What is unusual is left to [`record`]: a string with an escape,
//! deep nesting, whatever is not JSON. So this reads only what the parser would read, and a test holds
//! the two against each other on random records.
//!
//! *Invariant:* takes records apart. What a field means is the sink's business.

use serde::de::IgnoredAny;

use super::cpu::string_bits;
use super::roles::Roles;
use super::text::Text;

/// Mapped fields, of which most files have five.
const MOST_FIELDS: usize = 8;
/// Nested values with more brackets might be deeper than the parser goes.
const MOST_BRACKETS: usize = 100;

/// The names of the mapped fields, by slot.
pub(super) struct Flat<'a> {
    names: Vec<Text<'a>>,
}

/// Their texts in a record: strings without quotes, numbers as written, nothing for null, objects and
/// lists.
type Texts<'a> = [Text<'a>; MOST_FIELDS];

impl<'n> Flat<'n> {
    /// `None` where a mapped field may stand within another one.
    pub(super) fn new(roles: &'n Roles) -> Option<Self> {
        let names = &roles.slots.names;
        let is_nested = |name: &String| name.contains(['.', '[']);
        let is_flat =
            roles.wild.is_empty() && names.len() <= MOST_FIELDS && !names.iter().any(is_nested);
        is_flat
            .then(|| Self { names: names.iter().map(|name| Text::of(name.as_bytes())).collect() })
    }

    /// `None` where the parser has to look.
    pub(super) fn read<'a>(&self, record: &'a str) -> Option<Texts<'a>> {
        let text = record.as_bytes();
        let mut texts = [Text::EMPTY; MOST_FIELDS];
        let mut at = blanks(text, after(text, 0, b'{')?);
        if text.get(at) == Some(&b'}') {
            return (at + 1 == text.len()).then_some(texts);
        }
        loop {
            let start = after(text, at, b'"')?;
            let end = string_end(text, start)?;
            let key = Text::within(text, start, end);
            at = blanks(text, after(text, blanks(text, end + 1), b':')?);
            let Value { start, end, next } = value(record, at)?;
            for (name, known) in self.names.iter().zip(&mut texts) {
                if name.is(key) {
                    *known = Text::within(text, start, end);
                }
            }
            at = blanks(text, next);
            match text.get(at)? {
                b',' => at = blanks(text, at + 1),
                b'}' => return (at + 1 == text.len()).then_some(texts),
                _ => return None,
            }
        }
    }
}

/// The position after a byte that must stand here.
#[inline]
fn after(text: &[u8], at: usize, byte: u8) -> Option<usize> {
    (text.get(at) == Some(&byte)).then_some(at + 1)
}

#[inline]
fn blanks(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = text.get(at) {
        at += 1;
    }
    at
}

/// Where a string ends that has no escape.
#[inline]
fn string_end(text: &[u8], mut at: usize) -> Option<usize> {
    while let Some(chunk) = text.get(at..)?.first_chunk() {
        let hits = string_bits(chunk);
        if hits != 0 {
            at += hits.trailing_zeros() as usize;
            return (text[at] == b'"').then_some(at);
        }
        at += chunk.len();
    }
    let end = at + text[at..].iter().position(|byte| *byte < 0x20 || b"\"\\".contains(byte))?;
    (text[end] == b'"').then_some(end)
}

/// Where the text of a value stands, and the position after the value.
struct Value {
    start: usize,
    end: usize,
    next: usize,
}

#[inline]
fn value(record: &str, at: usize) -> Option<Value> {
    let text = record.as_bytes();
    let whole = |end: usize| Value { start: at, end, next: end };
    let nothing = |next: usize| Value { start: at, end: at, next };
    match text.get(at)? {
        b'"' => {
            let end = string_end(text, at + 1)?;
            Some(Value { start: at + 1, end, next: end + 1 })
        }
        b'-' | b'0'..=b'9' => number_end(text, at).map(whole),
        b't' => word(text, at, b"true").map(whole),
        b'f' => word(text, at, b"false").map(whole),
        b'n' => word(text, at, b"null").map(nothing),
        b'{' | b'[' => {
            let mut values =
                serde_json::Deserializer::from_str(&record[at..]).into_iter::<IgnoredAny>();
            values.next()?.ok()?;
            let end = at + values.byte_offset();
            let brackets = memchr::memchr2_iter(b'{', b'[', &text[at..end]).count();
            (brackets <= MOST_BRACKETS).then(|| nothing(end))
        }
        _ => None,
    }
}

#[inline]
fn word(text: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    text[at..].starts_with(word).then_some(at + word.len())
}

/// Where a number ends, if it is one.
fn number_end(text: &[u8], mut at: usize) -> Option<usize> {
    let digits =
        |from: usize| from + text[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    at = after(text, at, b'-').unwrap_or(at);
    let whole = digits(at);
    if whole == at || (text[at] == b'0' && whole > at + 1) {
        return None;
    }
    at = whole;
    if let Some(fraction) = after(text, at, b'.') {
        at = digits(fraction);
        if at == fraction {
            return None;
        }
    }
    if let Some(b'e' | b'E') = text.get(at) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = at + 1 + sign;
        at = digits(exponent);
        if at == exponent {
            return None;
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Flat;
    use crate::vault::import::record::{self, Paths};
    use crate::vault::import::text::Text;

    const NAMES: [&str; 3] = ["a", "time", "a name of more than sixteen bytes"];

    /// The texts of the fields.
    type Read = Option<Vec<Vec<u8>>>;

    /// By the short way and by the parser.
    fn both(json: &str) -> (Read, Read) {
        let flat = Flat { names: NAMES.map(|name| Text::of(name.as_bytes())).to_vec() };
        let short = flat
            .read(json)
            .map(|texts| texts[..NAMES.len()].iter().map(|text| text.bytes().to_vec()).collect());
        let mut paths = Paths::default();
        NAMES.iter().enumerate().for_each(|(slot, name)| paths.add(name, slot));
        let mut parsed = None;
        let read = record::read(json, &paths, |fields| {
            parsed = Some((0..NAMES.len()).map(|slot| fields.text(slot).into_owned()).collect());
        });
        (short, read.ok().and(parsed))
    }

    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => "\"[a-zäß0-9 :,{}\\[\\]]{0,40}\"",
            3 => "-?[0-9]{1,20}(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?",
            1 => Just("true".to_owned()),
            1 => Just("false".to_owned()),
            1 => Just("null".to_owned()),
            1 => Just("{\"a\":[1,{\"time\":\"x\"}]}".to_owned()),
            1 => "\"[a-z]{0,20}\\\\[nu\"\\\\][0-9a-f]{0,4}\"",
            1 => "[-+.0-9a-z\"\\[{\u{1}]{0,4}",
        ]
    }

    fn object() -> impl Strategy<Value = String> {
        let key = prop_oneof![
            4 => prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned),
            1 => "[a-c]{0,3}",
            1 => Just("tim\\u0065".to_owned()),
        ];
        let blank = || prop_oneof![3 => Just(""), 1 => Just(" "), 1 => Just("\t ")];
        let field = (key, blank(), blank(), value())
            .prop_map(|(key, a, b, value)| format!("{a}\"{key}\"{b}:{a}{value}{b}"));
        let end = prop_oneof![20 => Just("}"), 1 => Just(""), 1 => Just(",}"), 1 => Just("}}")];
        (prop::collection::vec(field, 0..6), end)
            .prop_map(|(fields, end)| format!("{{{}{end}", fields.join(",")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_read_the_short_way_is_what_the_parser_reads(json in object()) {
            let (short, parsed) = both(&json);
            if short.is_some() {
                prop_assert_eq!(short, parsed, "{}", json);
            }
        }
    }

    #[test]
    fn a_usual_record_is_read_the_short_way() {
        let json =
            r#"{"time":17, "a" : "x","o":{"b":[]},"a name of more than sixteen bytes":"äöü"}"#;
        let (short, parsed) = both(json);
        assert_eq!(short, Some([&b"x"[..], b"17", "äöü".as_bytes()].map(<[u8]>::to_vec).to_vec()));
        assert_eq!(short, parsed);
    }

    #[test]
    fn what_is_no_json_is_left_to_the_parser() {
        for json in [
            "",
            "{",
            "[]",
            "{}x",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":-}",
            "{\"a\":1e}",
            "{\"a\":tru}",
            "{\"a\" 1}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":\"x}",
            "{\"a\":\"\\n\"}",
            "{\"a\":[1}",
        ] {
            assert!(both(json).0.is_none(), "{json}");
        }
    }
}
