//! How rules catch labels: patterns with `*`, exact texts, regular expressions, masked shapes.
//!
//! A rule is written for the label as it is in the file or as it looks; the first rule that catches
//! a label decides. Regular expressions cannot be made slow: their engine takes time linear in the
//! label, and what a pattern may compile to is limited.
//!
//! *Invariant:* knows texts only, nothing of people. An error never repeats a pattern, since a
//! pattern may have been copied from the data.

use std::borrow::Cow;

use regex::{Regex, RegexBuilder};

use super::labels::{clean, display_name};
use super::pii;
use crate::views::{Matching, PiiKind, Rule, RuleError, RuleKind, Rules, Settled};

/// Bytes that one regular expression may take once compiled.
const REGEX_BYTES: usize = 1 << 20;
/// Letters of one pattern.
const PATTERN_LETTERS: usize = 2_000;
/// Patterns of one rule.
const PATTERNS: usize = 10_000;

/// Rules that are ready to be applied.
pub(super) struct Compiled<'a> {
    rules: Vec<(&'a Rule, Catches<'a>)>,
}

enum Catches<'a> {
    Wildcards(Vec<&'a str>),
    Texts(Vec<&'a str>),
    Regexes(Vec<Regex>),
    Shapes(PiiKind, Vec<&'a str>),
}

impl<'a> Compiled<'a> {
    /// # Errors
    /// Where a pattern cannot be read, a rule lacks what it needs, or a decision lacks its reason.
    pub(super) fn new(rules: &'a Rules) -> Result<Self, RuleError> {
        let compiled = (1..).zip(&rules.rules).map(|(number, rule)| {
            let catches = catches(rule).and_then(|catches| complete(rule).map(|()| catches));
            let catches = catches.map_err(|what| RuleError { number, what })?;
            Ok((rule, catches))
        });
        Ok(Self { rules: compiled.collect::<Result<_, _>>()? })
    }

    /// The first rule that catches a label.
    pub(super) fn first(&self, label: &Label<'_>) -> Option<(usize, &'a Rule)> {
        let mut rules = self.rules.iter().enumerate();
        rules.find(|(_, (_, catches))| catches.catches(label)).map(|(at, (rule, _))| (at, *rule))
    }

    /// What a label of the file is shown as, `None` where its events are left out, and the rule
    /// that says so.
    pub(super) fn apply(&self, label: &Label<'_>) -> (Option<usize>, Option<String>) {
        match self.first(label) {
            None => (None, Some(display_name(label.raw))),
            Some((at, rule)) if rule.kind == RuleKind::Hide => (Some(at), None),
            // A new name that is missing shields the label from later rules.
            Some((at, rule)) => {
                (Some(at), Some(display_name(rule.label.as_deref().unwrap_or(label.raw))))
            }
        }
    }
}

/// A label of the file, as it is and as it looks.
pub(super) struct Label<'a> {
    pub(super) raw: &'a str,
    pub(super) cleaned: Cow<'a, str>,
}

impl<'a> Label<'a> {
    pub(super) fn new(raw: &'a str) -> Self {
        Self { raw, cleaned: Cow::Owned(clean(raw)) }
    }

    /// A label that is clean already.
    pub(super) fn clean(raw: &'a str) -> Self {
        Self { raw, cleaned: Cow::Borrowed(raw) }
    }

    fn any(&self, fits: impl Fn(&str) -> bool) -> bool {
        fits(self.raw) || (self.cleaned != self.raw && fits(&self.cleaned))
    }
}

impl Catches<'_> {
    fn catches(&self, label: &Label<'_>) -> bool {
        match self {
            Self::Wildcards(patterns) => {
                patterns.iter().any(|pattern| label.any(|text| matches(pattern, text)))
            }
            Self::Texts(texts) => texts.iter().any(|wanted| label.any(|text| text == *wanted)),
            Self::Regexes(regexes) => {
                regexes.iter().any(|regex| label.any(|text| regex.is_match(text)))
            }
            Self::Shapes(kind, shapes) => {
                let name = display_name(label.raw);
                // The shape first: it is cheaper than a look for personal data.
                let shape = pii::mask(&name);
                shapes.contains(&shape.as_str()) && pii::detect_or_hint(&name) == Some(*kind)
            }
        }
    }
}

/// Says of the first rule that cannot be applied what is wrong with it.
pub(in crate::vault) fn check(rules: &Rules) -> Result<(), RuleError> {
    Compiled::new(rules)?;
    let unreasoned = |how, reason: &str| how == Settled::Accepted && reason.trim().is_empty();
    if rules.settled.iter().any(|settled| unreasoned(settled.how, &settled.reason)) {
        return Err(RuleError {
            number: rules.rules.len() + 1,
            what: "to accept what looks personal takes a reason; add one".to_owned(),
        });
    }
    Ok(())
}

/// Whether a rule says all it has to, and nothing it cannot.
fn complete(rule: &Rule) -> Result<(), String> {
    if rule.kind == RuleKind::Hide && rule.label.is_some() {
        return Err("to hide takes no new name; remove it".to_owned());
    }
    Ok(())
}

fn catches(rule: &Rule) -> Result<Catches<'_>, String> {
    if rule.also.len() >= PATTERNS {
        return Err(format!("a rule takes at most {PATTERNS} patterns; write a wider one"));
    }
    if rule
        .patterns()
        .any(|pattern| pattern.chars().take(PATTERN_LETTERS + 1).count() > PATTERN_LETTERS)
    {
        return Err(format!("a pattern has at most {PATTERN_LETTERS} letters; shorten it"));
    }
    let patterns = rule.patterns().collect();
    Ok(match rule.matching {
        Matching::Wildcard => Catches::Wildcards(patterns),
        Matching::Exact => Catches::Texts(patterns),
        Matching::Shape(kind) => Catches::Shapes(kind, patterns),
        Matching::Regex => {
            Catches::Regexes(patterns.into_iter().map(regex).collect::<Result<_, _>>()?)
        }
    })
}

fn regex(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(pattern)
        .size_limit(REGEX_BYTES)
        .dfa_size_limit(REGEX_BYTES)
        .nest_limit(50)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            "the regular expression is too large; use smaller repetitions".to_owned()
        }
        regex::Error::Syntax(text) => match kind_of(&text) {
            Some(kind) => {
                format!(
                    "the pattern is no regular expression ({kind}); correct it, or use * instead"
                )
            }
            None => NO_REGEX.to_owned(),
        },
        _ => NO_REGEX.to_owned(),
    })
}

const NO_REGEX: &str = "the pattern is no regular expression; correct it, or use * instead";

/// The kind of mistake out of the text of a syntax error, which also repeats the pattern. Only what
/// is on this list is told.
fn kind_of(text: &str) -> Option<&'static str> {
    const KINDS: [(&str, &str); 7] = [
        ("unclosed group", "a bracket ( is not closed"),
        ("unopened group", "a bracket ) was not opened"),
        ("unclosed character class", "a bracket [ is not closed"),
        ("unclosed counted repetition", "a bracket { is not closed"),
        ("repetition operator missing expression", "there is nothing before * + ? or { to repeat"),
        ("unrecognized escape sequence", "a backslash stands before something that needs none"),
        ("look-around", "it looks ahead or behind, which cannot be done fast"),
    ];
    let told = text.rsplit("error: ").next()?;
    KINDS.into_iter().find(|(says, _)| told.starts_with(says)).map(|(_, words)| words)
}

/// Whether a pattern, in which `*` stands for any run of characters, is the whole text.
///
/// On a mismatch the text under the last `*` grows by one, and no earlier `*` is tried again: the
/// earliest place for what stands between two of them leaves the most room for the rest. So the
/// work is at most the product of the two lengths. Bytes do, since UTF-8 never finds one character
/// inside another.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut in_pattern, mut in_text) = (0, 0);
    let mut last_star = None;
    while in_text < text.len() {
        match pattern.get(in_pattern) {
            Some(b'*') => {
                last_star = Some((in_pattern, in_text));
                in_pattern += 1;
            }
            Some(byte) if *byte == text[in_text] => {
                in_pattern += 1;
                in_text += 1;
            }
            _ => {
                let Some((star, covered)) = last_star else { return false };
                last_star = Some((star, covered + 1));
                in_pattern = star + 1;
                in_text = covered + 1;
            }
        }
    }
    pattern[in_pattern..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests;
