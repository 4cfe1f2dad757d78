//! Why a package leaves, in the words of whoever releases it: a reviewer reads it first.
//!
//! *Invariant:* one short paragraph without anything that steers; whether its words look personal has been
//! asked before it is made, and of a package of unknown origin it is trusted no further than its form.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::draw::text::plain;

/// Words that stand in manifest and statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(String);

/// Why words are no reason that can stand in a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReasonError {
    #[error("a reason has words; say what the release is for")]
    Empty,
    #[error("a reason has at most {} characters; say it shorter", Reason::LONGEST)]
    TooLong,
    #[error(
        "the reason looks personal, and it stands in the package for everybody; say it without names, addresses and numbers"
    )]
    Personal,
}

impl Reason {
    /// In characters. A longer one is read by nobody.
    pub const LONGEST: usize = 400;

    /// `is_personal` says of a text whether it looks personal.
    ///
    /// # Errors
    /// Where it is empty, too long, or looks personal.
    pub fn new(text: &str, is_personal: &dyn Fn(&str) -> bool) -> Result<Self, ReasonError> {
        let words = plain(text);
        if words.is_empty() {
            Err(ReasonError::Empty)
        } else if words.chars().count() > Self::LONGEST {
            Err(ReasonError::TooLong)
        } else if is_personal(&words) {
            Err(ReasonError::Personal)
        } else {
            Ok(Self(words))
        }
    }

    pub fn words(&self) -> &str {
        &self.0
    }

    /// Whether it has the form that [`Reason::new`] gives.
    pub(super) fn is_in_form(&self) -> bool {
        Self::new(&self.0, &|_| false).is_ok_and(|again| again == *self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason, ReasonError};

    #[test]
    fn a_reason_is_one_short_paragraph_that_looks_harmless() {
        let harmless = |text: &str| Reason::new(text, &|_| false);
        let reason = harmless("  For the\nshop\u{202E} team  ").unwrap();
        assert_eq!(reason.words(), "For the shop team");
        assert!(reason.is_in_form());
        assert_eq!(harmless(" \n\u{7}"), Err(ReasonError::Empty));
        assert_eq!(harmless(&"é".repeat(Reason::LONGEST + 1)), Err(ReasonError::TooLong));
        assert!(harmless(&"é".repeat(Reason::LONGEST)).is_ok());
        assert_eq!(Reason::new("for anna", &|_| true), Err(ReasonError::Personal));
        for strange in ["", "two\nlines", " a", "\u{202E}a"] {
            assert!(!Reason(strange.to_owned()).is_in_form(), "{strange:?}");
        }
    }
}
