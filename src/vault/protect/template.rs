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
    /// What parameters begin with (`?a=b`, `;a=b`), where there are any.
    parameters: Option<char>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Piece {
    Text(String),
    Open,
}

/// What stands between the words of a label.
const SEPARATORS: [char; 6] = ['/', ' ', ':', ',', '#', '_'];

/// What stands between the parts of an address. A name in it may be written with `_`.
const OF_ADDRESSES: &[char] = &['/', ' ', ':', ',', '#'];

impl Template {
    /// `None` where nothing of the label varies, or nothing but that is in it.
    pub(super) fn of(label: &str) -> Option<Self> {
        // A star in the label could not be told from an open place.
        if label.contains('*') || label.len() > LONGEST {
            return None;
        }
        let parameters = parameters(label);
        let body = parameters.map_or(label, |at| &label[..at]);
        let is_address = body.contains('/');
        let separators = if is_address { OF_ADDRESSES } else { &SEPARATORS[..] };
        let is_personal = pii::detect(body).is_some();
        let mut pieces = Vec::new();
        let mut rest = body;
        let mut before = None;
        loop {
            let end = rest.find(separators).unwrap_or(rest.len());
            let word = &rest[..end];
            let in_path = is_address && matches!(before, Some('/' | '#') | None);
            let (stem, ending) = if in_path { without_ending(word) } else { (word, "") };
            let is_first = is_address && pieces.iter().all(|piece| !says_something(piece));
            let is_open = varies(stem, in_path)
                || (is_first && is_locale(stem) && rest[end..].starts_with('/'))
                || (is_personal && word.contains(|c: char| c.is_numeric() || c == '@'));
            if is_open {
                push_open(&mut pieces);
                push_text(&mut pieces, ending);
            } else {
                push_text(&mut pieces, word);
            }
            let Some(separator) = rest[end..].chars().next() else { break };
            push_text(&mut pieces, separator.encode_utf8(&mut [0; 4]));
            before = Some(separator);
            rest = &rest[end + separator.len_utf8()..];
        }
        let parameters = parameters.and_then(|at| label[at..].chars().next());
        let template = Self { pieces, parameters };
        let varies = parameters.is_some() || template.pieces.contains(&Piece::Open);
        let has_a_name = template.name().chars().filter(|c| c.is_alphabetic()).count() >= 2;
        (varies && has_a_name && pii::detect_or_hint(&template.name()).is_none())
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
        if let Some(sign) = self.parameters {
            pattern.push(sign);
            pattern.push('*');
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
        match self.parameters {
            Some(sign) => pattern.push_str(&regex::escape(sign.encode_utf8(&mut [0; 4]))),
            None => pattern.push('$'),
        }
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

/// Where the parameters of a label begin: `?a=b`, and in an address also `?a` and `;a=b`.
fn parameters(label: &str) -> Option<usize> {
    let question = label.find('?').filter(|at| {
        label[at + 1..].contains('=') || (label[..*at].contains('/') && label.len() > at + 1)
    });
    let semicolon =
        label.find(';').filter(|at| label[..*at].contains('/') && label[at + 1..].contains('='));
    question.into_iter().chain(semicolon).min()
}

fn says_something(piece: &Piece) -> bool {
    matches!(piece, Piece::Text(text) if text.contains(char::is_alphabetic))
        || *piece == Piece::Open
}

/// A part of an address, and the ending of a file where it has a usual one.
fn without_ending(word: &str) -> (&str, &str) {
    const ENDINGS: [&str; 8] =
        [".html", ".htm", ".php", ".aspx", ".asp", ".jsp", ".json", ".xhtml"];
    let ending = ENDINGS.into_iter().find(|ending| word.ends_with(ending)).unwrap_or_default();
    word.split_at(word.len() - ending.len())
}

/// A language in front of a path (`/en/…`, `/de-AT/…`), one of those that sites are usually in: other
/// codes are words as well (`/my/`, `/no/`).
fn is_locale(word: &str) -> bool {
    const LANGUAGES: [&str; 26] = [
        "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu",
        "ro", "bg", "el", "tr", "ru", "uk", "ja", "ko", "zh", "ar", "vi",
    ];
    let (language, region) = match word.split_once(['-', '_']) {
        Some((language, region)) => (language, Some(region)),
        None => (word, None),
    };
    LANGUAGES.contains(&language)
        && region.is_none_or(|region| {
            region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
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
    is_date(word)
        || is_hex(word)
        || (in_path && is_named_by_a_number(word))
        || pii::detect(word).is_some()
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

/// As a part of an address, `red-shoe-48151`, `48151-red-shoe` and `p48151`. A year, or a short number in
/// front, is a part of the name (`sale-2024`, `404-not-found`).
fn is_named_by_a_number(word: &str) -> bool {
    let is_number = |part: &str, at_least: usize| {
        part.len() >= at_least && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<&str> = word.split(['-', '.', '_']).collect();
    if let [first, .., last] = parts.as_slice() {
        return (is_number(last, 3) && !is_year(last)) || (is_number(first, 4) && !is_year(first));
    }
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    (1..=2).contains(&letters) && is_number(&word[letters..], 3)
}

fn is_year(part: &str) -> bool {
    part.len() == 4 && (part.starts_with("19") || part.starts_with("20"))
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
            // Names of things with their numbers
            ("/product/red_shoe_48151", "/product/*"),
            ("/product/48151-red-shoe", "/product/*"),
            ("/product/p48151", "/product/*"),
            ("/product/red-shoe-3f9a12bc", "/product/*"),
            ("/product/48151.html", "/product/*.html"),
            ("/product/red-shoe-48151.html?size=42", "/product/*.html"),
            ("/user/507f1f77bcf86cd799439011/edit", "/user/*/edit"),
            ("/file/5d41402abc4b2a76b9719d911017c592", "/file/*"),
            // Dates
            ("/archive/2024/05/17", "/archive/*/*/*"),
            ("/calendar/2024-05", "/calendar/*"),
            ("/report/20240517", "/report/*"),
            // Languages
            ("/en/product/123", "/*/product/*"),
            ("/de-AT/warenkorb", "/*/warenkorb"),
            ("/pt_BR/home", "/*/home"),
            // Parameters and fragments
            ("/home?utm_source=mail", "/home"),
            ("/home?preview", "/home"),
            ("/home;jsessionid=1A2B3C?x=1", "/home"),
            ("/product/123#reviews", "/product/*#reviews"),
            ("/faq#comment-4711", "/faq#*"),
            ("#/order/4711/edit", "#/order/*/edit"),
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
            "/en",
            "/my/account",
            "/sale-2024",
            "/2024-sale",
            "/404-not-found",
            "/products/size-42",
            "/api/v2/orders",
            "/h264",
            "/wirklich?",
            "red_shoe_4",
            "/checkout/step-2",
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
