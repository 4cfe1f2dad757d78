//! What people consented to: words in the files → the last state in time of each person.
//!
//! *Invariant:* holds states by the numbers of subjects and purposes, no text of the data but the
//! names of purposes.

use super::cpu::fetch_ahead;
use super::text::{Key, Seed, Text};
use crate::vault::journeys::Consent;
use crate::views::{ConsentState, Polarity};

/// A state, and when it was said: milliseconds, and in their last two bits the state. One word,
/// because nearly every row looks up another person's.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Last(i64);

impl Last {
    const NEVER: Self = Self(i64::MIN);
    const STATES: [ConsentState; 3] =
        [ConsentState::Unknown, ConsentState::Granted, ConsentState::Refused];

    fn new(time_millis: i64, state: ConsentState) -> Self {
        let code = match state {
            ConsentState::Unknown => 0,
            ConsentState::Granted => 1,
            ConsentState::Refused => 2,
        };
        // Times that are read lie within a few thousand years.
        Self(time_millis.saturating_mul(4) & !3 | code)
    }

    fn time_millis(self) -> i64 {
        self.0 >> 2
    }

    fn state(self) -> ConsentState {
        Self::STATES.get((self.0 & 3) as usize).copied().unwrap_or_default()
    }
}

/// What the rows that were read so far say.
#[derive(Default)]
pub(super) struct Consents {
    purposes: Vec<String>,
    /// By purpose and subject; may end before the last subjects, who said nothing.
    last: Vec<Vec<Last>>,
    /// What was said but not settled yet: purpose, subject, state.
    soon: Vec<(usize, u32, Last)>,
    words: Words,
}

impl Consents {
    /// The number of a purpose.
    pub(super) fn purpose(&mut self, name: &str) -> usize {
        self.purposes.iter().position(|known| known == name).unwrap_or_else(|| {
            self.purposes.push(name.to_owned());
            self.last.push(Vec::new());
            self.purposes.len() - 1
        })
    }

    /// Takes what a subject says, at the next [`Consents::settle`] and no later than it is asked for:
    /// until then what is known of the subject is fetched.
    #[inline]
    pub(super) fn say_soon(
        &mut self,
        purpose: usize,
        subject: u32,
        time_millis: i64,
        state: ConsentState,
    ) {
        if let Some(last) = self.last[purpose].get(subject as usize) {
            fetch_ahead(last);
        }
        self.soon.push((purpose, subject, Last::new(time_millis, state)));
    }

    pub(super) fn settle(&mut self) {
        let mut soon = std::mem::take(&mut self.soon);
        for (purpose, subject, last) in soon.drain(..) {
            self.say(purpose, subject, last);
        }
        self.soon = soon;
    }

    /// Of two states at the same time, the later one in the file counts.
    #[inline]
    fn say(&mut self, purpose: usize, subject: u32, said: Last) {
        let last = &mut self.last[purpose];
        let at = subject as usize;
        if at >= last.len() {
            last.resize(at + 1, Last::NEVER);
        }
        if said.time_millis() >= last[at].time_millis() {
            last[at] = said;
        }
    }

    /// Adds what comes later in the files; `renumber` makes its subjects those of this one.
    pub(super) fn join(&mut self, mut later: Self, renumber: impl Fn(u32) -> u32) {
        self.settle();
        later.settle();
        for (name, last) in later.purposes.iter().zip(later.last) {
            let purpose = self.purpose(name);
            for (subject, last) in (0..).zip(last) {
                if last != Last::NEVER {
                    self.say(purpose, renumber(subject), last);
                }
            }
        }
    }

    /// The states of so many subjects, purposes sorted by name. One of which nobody said anything
    /// is left out.
    pub(super) fn finish(mut self, subjects: usize) -> Vec<Consent> {
        self.settle();
        let all = self.purposes.into_iter().zip(self.last);
        let mut all: Vec<Consent> = all
            .filter(|(_, last)| !last.is_empty())
            .map(|(purpose, last)| {
                let mut of_subject: Vec<ConsentState> = last.into_iter().map(Last::state).collect();
                of_subject.resize(subjects, ConsentState::Unknown);
                Consent { purpose, of_subject }
            })
            .collect();
        all.sort_by(|a, b| a.purpose.cmp(&b.purpose));
        all
    }
}

/// What a word says, for itself or as an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Yes,
    No,
    State(ConsentState),
}

fn word(text: &[u8]) -> Option<Word> {
    use ConsentState::{Granted, Refused, Unknown};
    const WORDS: [(&str, Word); 33] = [
        ("true", Word::Yes),
        ("false", Word::No),
        ("yes", Word::Yes),
        ("no", Word::No),
        ("1", Word::Yes),
        ("0", Word::No),
        ("granted", Word::State(Granted)),
        ("denied", Word::State(Refused)),
        ("unset", Word::State(Unknown)),
        ("unknown", Word::State(Unknown)),
        ("y", Word::Yes),
        ("n", Word::No),
        ("t", Word::Yes),
        ("f", Word::No),
        ("on", Word::Yes),
        ("off", Word::No),
        ("ja", Word::Yes),
        ("nein", Word::No),
        ("given", Word::State(Granted)),
        ("accepted", Word::State(Granted)),
        ("allowed", Word::State(Granted)),
        ("opted_in", Word::State(Granted)),
        ("opt_in", Word::State(Granted)),
        ("refused", Word::State(Refused)),
        ("rejected", Word::State(Refused)),
        ("declined", Word::State(Refused)),
        ("withdrawn", Word::State(Refused)),
        ("revoked", Word::State(Refused)),
        ("opted_out", Word::State(Refused)),
        ("opt_out", Word::State(Refused)),
        ("not_set", Word::State(Unknown)),
        ("pending", Word::State(Unknown)),
        ("none", Word::State(Unknown)),
    ];
    let text = text.trim_ascii();
    WORDS.iter().find(|(word, _)| text.eq_ignore_ascii_case(word.as_bytes())).map(|(_, said)| *said)
}

/// Whether a text says something about consent.
pub(super) fn is_word(text: &[u8]) -> bool {
    word(text).is_some()
}

/// Words that were looked up last, by a part of their hash: a file has few.
#[derive(Default)]
struct Words([(Key, Option<Word>); 8]);

impl Words {
    #[inline(always)]
    fn get(&mut self, text: Text<'_>) -> Option<Word> {
        let key = text.key(Seed::FIXED);
        let (known, said) = &mut self.0[key.hash as usize % 8];
        if !key.is_short() {
            return word(text.bytes());
        }
        if (known.number, known.len) != (key.number, key.len) {
            (*known, *said) = (key, word(text.bytes()));
        }
        *said
    }
}

impl Consents {
    /// What a text says; `None` where there is none. What cannot be read is unknown.
    #[inline(always)]
    pub(super) fn state(&mut self, text: Text<'_>, polarity: Polarity) -> Option<ConsentState> {
        if text.is_empty() {
            return None;
        }
        Some(match (self.words.get(text), polarity) {
            (None, _) => ConsentState::Unknown,
            (Some(Word::State(state)), _) => state,
            (Some(Word::Yes), Polarity::TrueGrants) | (Some(Word::No), Polarity::TrueRefuses) => {
                ConsentState::Granted
            }
            (Some(Word::No), Polarity::TrueGrants) | (Some(Word::Yes), Polarity::TrueRefuses) => {
                ConsentState::Refused
            }
        })
    }
}
