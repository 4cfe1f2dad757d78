//! Bytes → the places of the few that matter.
//!
//! A window of the text is looked through, 64 bytes at a time, and the places of all delimiters,
//! quotes and line ends in it are written down. A record without quotes is then what lies between
//! two line ends, whatever it has of fields. A search from one mark to the next would be a call for
//! every field, and fields are short.
//!
//! *Invariant:* finds bytes. What they mean is the splitter's business.

use super::cpu::{WIDTH, bits};
use super::rows::{Pattern, Rows};

/// Bytes of a window: their places fit in the fastest cache beside them.
const WINDOW: usize = 1 << 13;
/// Most places that are written at once without asking how many there are.
const FEW: usize = 8;

/// A walk over the marks of a text, record by record.
pub(super) struct Marks {
    delimiter: u8,
    quote: u8,
    /// Places of all marks of the windows that are not done, behind one that stands before them.
    all: Vec<u32>,
    /// How many of `all` are written.
    len: usize,
    /// The first of `all` that belongs to the record. Before it stands the place before the record.
    own: usize,
    /// Which of `all` ends it.
    own_end: usize,
    /// How the records are written that come many at once.
    pattern: Pattern,
    /// Where the next window begins.
    upto: usize,
}

/// What the next record has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Delimiters and then a line end, at this place.
    Line(usize),
    /// A quote before its end.
    Quote,
    /// Nothing but delimiters to the end of the text.
    Rest,
}

impl Marks {
    /// `quote` may be the delimiter. Walks over nothing until [`Marks::start`].
    pub(super) fn new(delimiter: u8, quote: u8) -> Self {
        Self {
            delimiter,
            quote,
            all: vec![0; 1],
            len: 1,
            own: 1,
            own_end: 0,
            pattern: Pattern::default(),
            upto: 0,
        }
    }

    /// Begins a walk over another text.
    pub(super) fn start(&mut self, at: usize) {
        (self.len, self.own, self.upto) = (1, 1, at);
    }

    /// Goes to the record that begins at `at`, no further back than the walk has come.
    pub(super) fn record(&mut self, text: &[u8], at: usize) -> Next {
        let mut fields = 0;
        loop {
            // A window may begin with marks before the record, of one that was taken apart elsewhere.
            self.go_to(at);
            let rest = &self.all[self.own + fields..self.len];
            // Where quotes mean nothing, the delimiter stands for them and is no end.
            let delimiters =
                rest.iter().take_while(|at| text[**at as usize] == self.delimiter).count();
            fields += delimiters;
            if delimiters < rest.len() {
                self.own_end = self.own + fields;
                let end = self.all[self.own_end] as usize;
                return if text[end] == self.quote { Next::Quote } else { Next::Line(end) };
            }
            if !self.look(text) {
                return Next::Rest;
            }
        }
    }

    #[inline]
    fn go_to(&mut self, at: usize) {
        while self.own < self.len && (self.all[self.own] as usize) < at {
            self.own += 1;
        }
        self.all[self.own - 1] = (at as u32).wrapping_sub(1);
    }

    /// Of a [`Next::Line`]: the place before the record, then those of its delimiters and its end.
    #[inline]
    pub(super) fn line(&self) -> &[u32] {
        &self.all[self.own - 1..=self.own_end]
    }

    /// The same as [`Marks::line`] of a [`Next::Rest`], which ends with the text.
    pub(super) fn rest(&mut self, text: &[u8]) -> &[u32] {
        if self.len == self.all.len() {
            self.all.push(0);
        }
        self.all[self.len] = text.len() as u32;
        &self.all[self.own - 1..=self.len]
    }

    /// The next records as far as they are known to be written alike: each of `width` fields, at least
    /// two, and of a line that `line_byte` ends, as in `\n` and `\r\n`. The walk goes on behind them.
    /// `at` is where the first begins.
    pub(super) fn rows<'a>(
        &'a mut self,
        text: &'a [u8],
        at: usize,
        width: usize,
        line_byte: u8,
    ) -> Option<Rows<'a>> {
        self.go_to(at);
        if self.len - self.own < 2 * self.pattern.stride() {
            self.look(text);
            self.go_to(at);
        }
        let Self { pattern, all, len, own, delimiter, .. } = self;
        let places = &all[*own - 1..*len];
        let mut rows = pattern.count(text, places);
        if rows == 0 && pattern.learn(text, places, width, *delimiter, line_byte) {
            rows = pattern.count(text, places);
        }
        if rows == 0 {
            return None;
        }
        *own += rows * pattern.stride();
        Some(Rows::new(text, pattern, &places[..=rows * pattern.stride()]))
    }

    /// The places of three marks of the record from `at` on, where they were found already.
    #[inline]
    pub(super) fn three(&self, at: usize) -> Option<[usize; 3]> {
        let three = self.all[..self.len].get(self.own + at..)?.first_chunk::<3>()?;
        Some(three.map(|place| place as usize))
    }

    /// The place of mark `at` of the record.
    #[inline]
    pub(super) fn get(&mut self, text: &[u8], at: usize) -> Option<usize> {
        while self.own + at >= self.len {
            if !self.look(text) {
                return None;
            }
        }
        Some(self.all[self.own + at] as usize)
    }

    /// Writes down the marks of the next window; whether there was one.
    #[inline(never)]
    fn look(&mut self, text: &[u8]) -> bool {
        if self.upto >= text.len() {
            return false;
        }
        let done = self.own - 1;
        // A long record keeps its marks where they are: moved each time, they would never get done.
        if done >= self.len - done {
            self.all.copy_within(done..self.len, 0);
            self.len -= done;
            self.own = 1;
        }
        let window = &text[self.upto..text.len().min(self.upto + WINDOW)];
        self.all.resize(self.all.len().max(self.len + WINDOW + WIDTH), 0);
        let (chunks, last) = window.as_chunks::<WIDTH>();
        for chunk in chunks {
            self.write(chunk, u64::MAX);
        }
        if !last.is_empty() {
            let mut chunk = [0; WIDTH];
            chunk[..last.len()].copy_from_slice(last);
            self.write(&chunk, !(u64::MAX << last.len()));
            self.upto -= WIDTH - last.len();
        }
        true
    }

    #[inline]
    fn write(&mut self, chunk: &[u8; WIDTH], is_text: u64) {
        let all = bits(chunk, [self.delimiter, self.quote, b'\n', b'\r']) & is_text;
        let count = all.count_ones() as usize;
        let mut rest = all;
        if let Some(places) = self.all[self.len..].first_chunk_mut::<WIDTH>() {
            for group in places.as_chunks_mut::<FEW>().0 {
                for place in group {
                    // Beyond the last one it writes what is written over by the next chunk. The bit
                    // spares the question whether there is one.
                    *place = self.upto as u32 + (rest | 1 << 63).trailing_zeros();
                    rest &= rest.wrapping_sub(1);
                }
                if rest == 0 {
                    break;
                }
            }
        }
        self.len += count;
        self.upto += WIDTH;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Marks, Next, WINDOW};

    /// Text of several windows with marks at random, few enough to count them by hand.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![3 => Just(b'x'), 2 => prop::sample::select(b",\"\n\r".to_vec())];
        let piece = prop_oneof![
            3 => prop::collection::vec(byte, 0..100),
            1 => (1..WINDOW).prop_map(|len| vec![b'y'; len]),
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    const LINES: [&str; 14] = [
        "a,b,c",
        ",,",
        "a,b",
        "1,2,3,4",
        "",
        "\"a\",\"b\",\"c\"",
        "a,\"\",c",
        "\"a\",b,c",
        "a,b,\"c\"",
        "\"a,b\",c,d",
        "\"a\"\"\",b,c",
        "a\"b\",c,d",
        "\"a\"b,c,d",
        "\"a\n\",b,c",
    ];
    const ENDS: [&str; 4] = ["\n", "\r\n", "\r", "\n\n"];

    proptest! {
        #[test]
        fn records_are_what_lies_between_line_ends(text in text(), from in 0_usize..50) {
            let from = from.min(text.len());
            let mut marks = Marks::new(b',', b'"');
            marks.start(from);
            let mut at = from;
            while at <= text.len() {
                let rest = &text[at..];
                let end = rest.iter().position(|byte| b"\n\r\"".contains(byte)).map(|end| at + end);
                let wanted: Vec<usize> = (at..end.map_or(text.len(), |end| end + 1))
                    .filter(|place| b",\"\n\r".contains(&text[*place]))
                    .collect();
                match marks.record(&text, at) {
                    Next::Line(found) => {
                        prop_assert_eq!(end, Some(found));
                        prop_assert!(text[found] != b'"');
                        let line = marks.line();
                        prop_assert_eq!(line[0].wrapping_add(1) as usize, at);
                        prop_assert!(line[1..].iter().map(|place| *place as usize).eq(wanted));
                    }
                    Next::Quote => {
                        prop_assert!(end.is_some_and(|end| text[end] == b'"'));
                        for (nth, place) in wanted.iter().enumerate() {
                            prop_assert_eq!(marks.get(&text, nth), Some(*place));
                        }
                    }
                    Next::Rest => {
                        prop_assert!(end.is_none());
                        let line = marks.rest(&text);
                        prop_assert_eq!(line[0].wrapping_add(1) as usize, at);
                        let wanted = wanted.into_iter().chain([text.len()]);
                        prop_assert!(line[1..].iter().map(|place| *place as usize).eq(wanted));
                    }
                }
                at = end.map_or(text.len(), |end| end) + 1;
            }
        }

        #[test]
        fn rows_are_the_records_of_a_width_that_are_whole_lines(
            usual in prop::sample::select(LINES.to_vec()),
            lines in prop::collection::vec(
                (prop::option::weighted(0.2, prop::sample::select(LINES.to_vec())),
                 prop::option::weighted(0.1, prop::sample::select(ENDS.to_vec()))),
                0..60),
            usual_end in prop::sample::select(ENDS.to_vec()),
            line_byte in prop::sample::select(b"\n\r".to_vec()),
        ) {
            let text: Vec<u8> = lines
                .iter()
                .flat_map(|(line, end)| [line.unwrap_or(usual), end.unwrap_or(usual_end)].concat().into_bytes())
                .collect();
            let is_end = |byte: &u8| b"\n\r".contains(byte);
            let mut marks = Marks::new(b',', b'"');
            marks.start(0);
            let mut at = 0;
            loop {
                at += text[at..].iter().take_while(|byte| is_end(byte)).count();
                if at == text.len() {
                    break;
                }
                let end = |at: usize| at + text[at..].iter().position(is_end).unwrap_or(text.len() - at);
                let Some(rows) = marks.rows(&text, at, 3, line_byte) else {
                    at = match marks.record(&text, at) {
                        Next::Line(end) => end,
                        Next::Quote => end(at),
                        Next::Rest => text.len(),
                    };
                    continue;
                };
                prop_assert!(rows.len() > 0);
                for row in 0..rows.len() {
                    let fields: Vec<&[u8]> = text[at..end(at)].split(|byte| *byte == b',').collect();
                    prop_assert_eq!(fields.len(), 3);
                    for (column, field) in fields.into_iter().enumerate() {
                        let within = field.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
                        let wanted = within.unwrap_or(field);
                        prop_assert!(!wanted.contains(&b'"'));
                        let (from, to) = rows.field(row, column);
                        prop_assert_eq!(&text[from..to], wanted);
                        prop_assert!(rows.column(column).nth(row) == Some((from, to)));
                    }
                    let ends = &text[end(at)..];
                    prop_assert!(ends[0] == line_byte || ends.starts_with(&[b'\r', line_byte]));
                    at = end(at) + if ends[0] == line_byte { 1 } else { 2 };
                }
                prop_assert_eq!(rows.end(), at);
            }
        }
    }
}
