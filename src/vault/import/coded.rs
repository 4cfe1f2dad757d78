//! Columns that are a list of texts and, for every row, which of them it has.
//!
//! Parquet writes nearly every column of texts so. What a text means is then found out once for each
//! text of the list, and not once for each row.
//!
//! *Invariant:* what comes of the rows is the same as if each had its texts.

use std::ops::Range;

use polars::prelude::StringChunked;
use polars_arrow::array::{Array, DictionaryArray, Utf8ViewArray};

use super::Job;
use super::frames::{Times, text_of};
use super::intern::{Batch, Interner};
use super::roles::session_or_none;
use super::sink::{Row, Sink, session_mark};
use super::text::Text;
use crate::views::{ConsentState, Polarity};

/// Rows that are put at once.
const MANY: usize = 256;

/// A column of a row group.
pub(super) struct Coded {
    pub(super) name: String,
    texts: Utf8ViewArray,
    rows: DictionaryArray<u32>,
}

impl Coded {
    /// `None` where the array is no such list.
    pub(super) fn new(name: &str, array: &dyn Array) -> Option<Self> {
        let rows = array.as_any().downcast_ref::<DictionaryArray<u32>>()?.clone();
        let texts = rows.values().as_any().downcast_ref::<Utf8ViewArray>()?.clone();
        Some(Self { name: name.to_owned(), texts, rows })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Which text of the list a row has.
    #[inline]
    fn code(&self, row: usize) -> Option<usize> {
        let keys = self.rows.keys();
        let is_there = keys.validity().is_none_or(|there| there.get_bit(row));
        is_there.then(|| keys.values()[row] as usize)
    }

    /// Something of every text of the list.
    fn of_each<T>(&self, of: impl FnMut(Text<'_>) -> T) -> Vec<T> {
        (0..self.texts.len()).map(|code| text_of(&self.texts, code)).map(of).collect()
    }
}

/// A column of texts, as it is written.
pub(super) enum Texts<'a> {
    Plain(StringChunked),
    Coded(&'a Coded),
}

impl Texts<'_> {
    #[inline]
    pub(super) fn text(&self, row: usize) -> Text<'_> {
        match self {
            Self::Plain(texts) => text_of(texts.downcast_as_array(), row),
            Self::Coded(coded) => {
                coded.code(row).map_or(Text::EMPTY, |code| text_of(&coded.texts, code))
            }
        }
    }

    fn coded(&self) -> Option<&Coded> {
        match self {
            Self::Plain(_) => None,
            Self::Coded(coded) => Some(coded),
        }
    }
}

/// What the texts of a column mean, of coded ones for each of the list.
struct Meant<'a, T> {
    column: &'a Texts<'a>,
    of_each: Vec<T>,
}

impl<'a, T: Copy> Meant<'a, T> {
    fn new(column: &'a Texts<'a>, of: impl FnMut(Text<'_>) -> T) -> Self {
        let of_each = column.coded().map(|coded| coded.of_each(of)).unwrap_or_default();
        Self { column, of_each }
    }

    #[inline]
    fn get(&self, row: usize, of: impl FnOnce(Text<'_>) -> T) -> T {
        match self.column.coded().and_then(|coded| coded.code(row)) {
            Some(code) => self.of_each[code],
            None => of(self.column.text(row)),
        }
    }
}

/// A column of subjects or labels, and the numbers of those that have been met.
struct Numbered<'a> {
    column: &'a Coded,
    numbers: Vec<u32>,
    batch: Batch,
    /// Which texts are in the batch.
    codes: Vec<usize>,
}

/// In the place of a number: not met yet, or an empty text, which has none.
const UNKNOWN: u32 = u32::MAX;
const NOTHING: u32 = u32::MAX - 1;

impl<'a> Numbered<'a> {
    fn new(column: &'a Coded) -> Self {
        let numbers = column.of_each(|text| if text.is_empty() { NOTHING } else { UNKNOWN });
        Self { column, numbers, batch: Batch::default(), codes: Vec::new() }
    }

    /// Which text a row has, if it has one.
    #[inline]
    fn code(&self, row: usize) -> Option<usize> {
        self.column.code(row).filter(|code| self.numbers[*code] != NOTHING)
    }

    /// Gives numbers to those that have none yet.
    fn meet(&mut self, codes: &[usize], table: &mut Interner) {
        for code in codes {
            if self.numbers[*code] == UNKNOWN {
                self.batch.push(table, text_of(&self.column.texts, *code));
                self.codes.push(*code);
                if self.batch.is_full() {
                    self.look_up(table);
                }
            }
        }
        self.look_up(table);
    }

    fn look_up(&mut self, table: &mut Interner) {
        let numbers = table.intern_batch(&mut self.batch);
        for (code, number) in self.codes.drain(..).zip(numbers) {
            self.numbers[code] = number;
        }
    }
}

/// The rows of a row group whose subjects and labels are coded.
pub(super) struct CodedRows<'a> {
    subject: Numbered<'a>,
    label: Numbered<'a>,
    time: Option<&'a Times>,
    /// What each session is told by.
    session: Option<Meant<'a, u32>>,
    /// What each column with consent says of which purpose.
    consent: Vec<(usize, Polarity, Meant<'a, Option<ConsentState>>)>,
}

fn session_of(text: Text<'_>) -> u32 {
    session_mark(session_or_none(text))
}

impl<'a> CodedRows<'a> {
    /// `texts` are the columns of the slots. `None` where more is to be read, or they are not coded.
    pub(super) fn new(
        job: &Job<'_>,
        sink: &mut Sink,
        times: &'a [Times],
        texts: &'a [Option<Texts<'a>>],
    ) -> Option<Self> {
        let [Some(subject), session, Some(label), _] = job.roles.slots.single()? else {
            return None;
        };
        let column = |slot: usize| texts[slot].as_ref();
        let numbered = |slot: usize| Some(Numbered::new(column(slot)?.coded()?));
        let session = match session {
            Some(slot) => Some(Meant::new(column(slot)?, session_of)),
            None => None,
        };
        let consent = job.roles.only_consent()?.map(|(slot, purpose, polarity)| {
            let meant = Meant::new(column(slot)?, |text| sink.consents.state(text, polarity));
            Some((purpose, polarity, meant))
        });
        Some(Self {
            subject: numbered(subject)?,
            label: numbered(label)?,
            time: times.first(),
            session,
            consent: consent.collect::<Option<_>>()?,
        })
    }

    /// Takes rows up to the first that is to be refused, and says how many.
    pub(super) fn put(&mut self, sink: &mut Sink, rows: Range<usize>) -> usize {
        // Those that came otherwise are met first.
        sink.flush();
        let mut taken = 0;
        loop {
            let first = rows.start + taken;
            let wanted = MANY.min(rows.end - first);
            let put = self.put_few(sink, first, wanted);
            taken += put;
            if put < wanted || wanted == 0 {
                return taken;
            }
        }
    }

    fn put_few(&mut self, sink: &mut Sink, first: usize, wanted: usize) -> usize {
        let mut put = [Row::default(); MANY];
        let [mut subjects, mut labels] = [[0; MANY]; 2];
        let mut rows = 0;
        for at in first..first + wanted {
            let (Some(subject), Some(label)) = (self.subject.code(at), self.label.code(at)) else {
                break;
            };
            let Ok(time_millis) = self.time.map_or(Ok(0), |time| time.read(at, &mut sink.clock))
            else {
                break;
            };
            (subjects[rows], labels[rows], put[rows].time_millis) = (subject, label, time_millis);
            rows += 1;
        }
        self.subject.meet(&subjects[..rows], &mut sink.subjects);
        self.label.meet(&labels[..rows], &mut sink.labels);
        for ((row, subject), label) in put.iter_mut().zip(subjects).zip(labels).take(rows) {
            row.subject = self.subject.numbers[subject];
            row.label = self.label.numbers[label];
        }
        let mut sessions = [0; MANY];
        if let Some(session) = &self.session {
            for (at, mark) in (first..).zip(&mut sessions[..rows]) {
                *mark = session.get(at, session_of);
            }
        }
        sink.put_numbered(&put[..rows], &sessions[..rows]);
        // Row by row: of what two columns say of one purpose at the same time, the later one counts.
        for (at, row) in (first..).zip(&put[..rows]) {
            for (purpose, polarity, meant) in &self.consent {
                let state = meant.get(at, |text| sink.consents.state(text, *polarity));
                if let Some(state) = state {
                    sink.consents.say_soon(*purpose, row.subject, row.time_millis, state);
                }
            }
        }
        rows
    }
}
