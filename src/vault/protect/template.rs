//! Templates: what labels have in common that differ only in numbers, identifiers, dates or
//! parameters. `/product/123/edit` is `/product/*/edit`.
//!
//! *Invariant:* knows one label at a time, nothing of people. A template holds nothing that looks
//! personal.

use super::pii;

/// A label in which what varies from one thing or person to the next is left open.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Template {
    pieces: Vec<Piece>,
    /// Whether parameters (`?a=b`) follow.
    has_parameters: bool,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Piece {
    Text(String),
    Open,
}

/// What stands between the words of a label, and between the parts of an address.
const SEPARATORS: [char; 6] = ['/', ' ', ':', ',', '#', '_'];

impl Template {
    /// `None` where nothing of the label varies, or nothing but that is in it.
    pub(super) fn of(label: &str) -> Option<Self> {
        // A star in the label could not be told from an open place.
        if label.contains('*') || label.len() > LONGEST {
            return None;
        }
        let (body, parameters) = match label.find('?') {
            Some(at) if label[at..].contains('=') => (&label[..at], true),
            _ => (label, false),
        };
        let is_address = body.contains('/');
        let is_personal = pii::detect(body).is_some();
        let mut pieces = Vec::new();
        let mut rest = body;
        let mut before = None;
        loop {
            let end = rest.find(SEPARATORS).unwrap_or(rest.len());
            let word = &rest[..end];
            let in_path = is_address && matches!(before, Some('/') | None);
            let is_open = varies(word, in_path)
                || (is_personal && word.contains(|c: char| c.is_numeric() || c == '@'));
            if is_open {
                push_open(&mut pieces);
            } else {
                push_text(&mut pieces, word);
            }
            let Some(separator) = rest[end..].chars().next() else { break };
            push_text(&mut pieces, separator.encode_utf8(&mut [0; 4]));
            before = Some(separator);
            rest = &rest[end + separator.len_utf8()..];
        }
        let template = Self { pieces, has_parameters: parameters };
        let varies = parameters || template.pieces.contains(&Piece::Open);
        let says_something = template.name().chars().filter(|c| c.is_alphabetic()).count() >= 2;
        (varies && says_something && pii::detect_or_hint(&template.name()).is_none())
            .then_some(template)
    }

    /// How it is written: open places as `*`. Parameters are left out.
    pub(super) fn name(&self) -> String {
        let mut name: String = self.pieces.iter().map(|piece| piece.text("*")).collect();
        name.truncate(name.trim_end().len());
        name
    }

    /// A pattern that any run of characters fits at an open place.
    pub(super) fn wildcard(&self) -> String {
        let mut pattern: String = self.pieces.iter().map(|piece| piece.text("*")).collect();
        if self.has_parameters {
            pattern.push_str("?*");
        }
        pattern
    }

    /// A regular expression that one part of an address or one word fits at an open place.
    pub(super) fn narrow(&self) -> String {
        self.regex("[^/ ?]+")
    }

    /// A regular expression that only digits fit at an open place.
    pub(super) fn digits(&self) -> String {
        self.regex("[0-9]+")
    }

    fn regex(&self, open: &str) -> String {
        let mut pattern = String::from("^");
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => pattern.push_str(&regex::escape(text)),
                Piece::Open => pattern.push_str(open),
            }
        }
        pattern.push_str(if self.has_parameters { r"\?" } else { "$" });
        pattern
    }

    /// What every label of this template begins with.
    pub(super) fn beginning(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }
}

/// Bytes of a label that is looked at. Longer ones are no names of steps.
const LONGEST: usize = 500;

impl Piece {
    fn text<'a>(&'a self, open: &'a str) -> &'a str {
        match self {
            Self::Text(text) => text,
            Self::Open => open,
        }
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(last)) => last.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

/// Open places with nothing but one space or `_` between them are one.
fn push_open(pieces: &mut Vec<Piece>) {
    if let [.., Piece::Open, Piece::Text(between)] = pieces.as_slice()
        && matches!(between.as_str(), " " | "_")
    {
        pieces.pop();
    } else {
        pieces.push(Piece::Open);
    }
}

/// Whether a word is made for one thing, person or day.
fn varies(word: &str, in_path: bool) -> bool {
    if word.is_empty() {
        return false;
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == word.len() {
        // `HTTP 404` and `Form 1040` are names; a number between slashes seldom is.
        return in_path || digits >= 5;
    }
    is_date(word) || is_hex(word) || ends_in_a_number(word, in_path) || pii::detect(word).is_some()
}

/// `2024-01-31`, `31.01.2024`.
fn is_date(word: &str) -> bool {
    let lengths: Vec<usize> = word
        .split(['-', '.'])
        .map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { part.len() } else { 0 })
        .collect();
    matches!(lengths.as_slice(), [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4] | [4, 1..=2])
}

/// Eight hexadecimal digits or more, of which some are letters and some are not.
fn is_hex(word: &str) -> bool {
    word.len() >= 8
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// `red-shoe-48151` as a part of an address.
fn ends_in_a_number(word: &str, in_path: bool) -> bool {
    let last = word.rsplit(['-', '.']).next().unwrap_or_default();
    in_path
        && last.len() < word.len()
        && last.len() >= 3
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Template;
    use crate::vault::protect::pii;
    use crate::vault::protect::rules::matches;

    fn name(label: &str) -> Option<String> {
        Template::of(label).map(|template| template.name())
    }

    #[test]
    fn what_varies_is_left_open() {
        let cases = [
            ("/product/123", "/product/*"),
            ("/product/1/reviews/22", "/product/*/reviews/*"),
            ("/product/red-shoe-48151", "/product/*"),
            ("/blog/2024/05/a-title", "/blog/*/*/a-title"),
            ("/day/2024-01-31", "/day/*"),
            ("/o/123e4567-e89b-12d3-a456-426614174000/edit", "/o/*/edit"),
            ("https://shop.example/item/9f8e7d6c5b4a", "https://shop.example/item/*"),
            ("/commit/deadbeef01", "/commit/*"),
            ("/search?q=red shoes", "/search"),
            ("/search?q=jane.doe@example.com&page=2", "/search"),
            ("Order 48151 shipped", "Order * shipped"),
            ("user_00421 login", "user_* login"),
            ("call +49 30 1234567", "call *"),
            ("support/call/+49 30 23125000", "support/call/*"),
        ];
        for (label, expected) in cases {
            assert_eq!(name(label).as_deref(), Some(expected), "{label}");
        }
    }

    #[test]
    fn names_of_steps_have_no_template() {
        let labels = [
            "product_view",
            "Add to cart",
            "HTTP 404",
            "Form 1040",
            "Step 3",
            "checkout_2",
            "a/b",
            "/product/new",
            "What now?",
            "48151",
            "/1/2/3",
            "* 48151",
            "",
            "v2.1 release",
            "A/B",
            "com.example.app/MainActivity",
            "W_Completeren aanvraag",
            "utf-8",
        ];
        for label in labels {
            assert_eq!(name(label), None, "{label}");
        }
    }

    proptest! {
        #[test]
        fn a_label_fits_its_own_template_in_every_writing(
            label in "[a-z]{2,6}([/ _:?=#-]{1,2}([0-9]{1,8}|[a-z]{1,4}|[0-9a-f]{8,12})){0,5}",
        ) {
            if let Some(template) = Template::of(&label) {
                prop_assert!(matches(&template.wildcard(), &label), "{}", template.wildcard());
                prop_assert!(label.starts_with(template.beginning()));
                regex::Regex::new(&template.narrow()).expect("escaped");
                prop_assert_eq!(pii::detect(&template.name()), None);
            }
        }

        #[test]
        fn nothing_panics(label in "\\PC{0,40}", odd in "[/?=*_ \\-.:#é0-9a-f@]{0,40}") {
            let _ = (name(&label), name(&odd));
        }
    }
}
