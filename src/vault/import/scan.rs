//! Bytes → the places of the few that matter.
//!
//! A window of the text is looked through, 64 bytes at a time, and the places of all delimiters,
//! quotes and line ends in it are written down. A record without quotes is then what lies between
//! two line ends, whatever it has of fields. A search from one mark to the next would be a call for
//! every field, and fields are short.
//!
//! *Invariant:* finds bytes. What they mean is the splitter's business.

use super::cpu::{WIDTH, bits};

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
    /// Which of `all` are no delimiters.
    ends: Vec<u32>,
    /// The first of `all` that belongs to the record, and the first of `ends`. Before that one stands
    /// the place before the record.
    own: usize,
    own_end: usize,
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

/// Records of the same number of fields, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) text: &'a [u8],
    /// The place before the first record, and the marks of all.
    marks: &'a [u32],
    /// From a mark of a record to that of the next.
    stride: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn len(self) -> usize {
        self.marks.len() / self.stride
    }

    /// Where the line after the last one begins.
    pub(super) fn end(self) -> usize {
        self.marks.last().map_or(0, |last| *last as usize + 1)
    }

    /// Some of the rows.
    pub(super) fn part(self, from: usize, len: usize) -> Self {
        let marks = &self.marks[from * self.stride..=(from + len) * self.stride];
        Self { marks, ..self }
    }

    /// The place before the record, and where each of its fields ends.
    pub(super) fn row(self, at: usize, width: usize) -> &'a [u32] {
        &self.marks[at * self.stride..=at * self.stride + width]
    }

    /// Where a field begins and ends.
    #[inline(always)]
    pub(super) fn field(self, row: usize, column: usize) -> (usize, usize) {
        let at = row * self.stride + column;
        (self.marks[at].wrapping_add(1) as usize, self.marks[at + 1] as usize)
    }

    /// Where the fields of a column begin and end.
    #[inline(always)]
    pub(super) fn column(self, at: usize) -> impl Iterator<Item = (usize, usize)> + 'a {
        (0..self.len()).map(move |row| self.field(row, at))
    }
}

impl Marks {
    /// `quote` may be the delimiter. Walks over nothing until [`Marks::start`].
    pub(super) fn new(delimiter: u8, quote: u8) -> Self {
        Self {
            delimiter,
            quote,
            all: vec![0; 1],
            len: 1,
            ends: Vec::new(),
            own: 1,
            own_end: 0,
            upto: 0,
        }
    }

    /// Begins a walk over another text.
    pub(super) fn start(&mut self, at: usize) {
        (self.len, self.own, self.own_end, self.upto) = (1, 1, 0, at);
        self.ends.clear();
    }

    /// Goes to the record that begins at `at`, no further back than the walk has come.
    #[inline]
    pub(super) fn record(&mut self, text: &[u8], at: usize) -> Next {
        loop {
            while self.own < self.len && (self.all[self.own] as usize) < at {
                self.own += 1;
            }
            while self.ends.get(self.own_end).is_some_and(|end| (*end as usize) < self.own) {
                self.own_end += 1;
            }
            self.all[self.own - 1] = (at as u32).wrapping_sub(1);
            if let Some(end) = self.ends.get(self.own_end) {
                let end = self.all[*end as usize] as usize;
                // Where quotes mean nothing, the delimiter stands for them and is no end.
                let is_quote = text[end] == self.quote;
                return if is_quote { Next::Quote } else { Next::Line(end) };
            }
            if !self.look(text) {
                return Next::Rest;
            }
        }
    }

    /// Of a [`Next::Line`]: the place before the record, then those of its delimiters and its end.
    #[inline]
    pub(super) fn line(&self) -> &[u32] {
        let end = self.ends.get(self.own_end).map_or(self.len - 1, |end| *end as usize);
        &self.all[self.own - 1..=end]
    }

    /// The same as [`Marks::line`] of a [`Next::Rest`], which ends with the text.
    pub(super) fn rest(&mut self, text: &[u8]) -> &[u32] {
        if self.len == self.all.len() {
            self.all.push(0);
        }
        self.all[self.len] = text.len() as u32;
        &self.all[self.own - 1..=self.len]
    }

    /// The next records as far as they are known to be plain: each of `width` fields, at least two,
    /// without quotes, and of a line that `line_byte` ends, as in `\n` and `\r\n`. The walk goes on
    /// behind them. `at` is where the first begins.
    pub(super) fn rows<'a>(
        &'a mut self,
        text: &'a [u8],
        at: usize,
        width: usize,
        line_byte: u8,
    ) -> Option<Rows<'a>> {
        while self.own < self.len && (self.all[self.own] as usize) < at {
            self.own += 1;
        }
        while self.ends.get(self.own_end).is_some_and(|end| (*end as usize) < self.own) {
            self.own_end += 1;
        }
        let ends = &self.ends[self.own_end..];
        let byte_at = |mark: u32| text[self.all[mark as usize] as usize];
        let first = self.own + width - 1;
        let (stride, len) = if byte_at(*ends.first()?) == line_byte {
            let is_row =
                |(end, mark): (&u32, usize)| *end as usize == mark && byte_at(*end) == line_byte;
            let marks = (first..).step_by(width);
            (width, ends.iter().zip(marks).take_while(|row| is_row(*row)).count())
        } else {
            // A mark more, of the byte that follows the end.
            let is_row = |([end, line], mark): (&[u32; 2], usize)| {
                *end as usize == mark
                    && (byte_at(*end), byte_at(*line)) == (b'\r', line_byte)
                    && self.all[*line as usize] == self.all[*end as usize] + 1
            };
            let marks = (first..).step_by(width + 1);
            let pairs = ends.as_chunks::<2>().0;
            (width + 1, pairs.iter().zip(marks).take_while(|row| is_row(*row)).count())
        };
        if len == 0 {
            return None;
        }
        let own = self.own;
        self.all[own - 1] = (at as u32).wrapping_sub(1);
        self.own += len * stride;
        self.own_end += len * (stride + 1 - width);
        Some(Rows { text, marks: &self.all[own - 1..self.own], stride })
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
            self.ends.drain(..self.own_end);
            self.own_end = 0;
            self.ends.iter_mut().for_each(|end| *end -= done as u32);
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
        let (all, ends) = bits(chunk, self.delimiter, [self.quote_or_line_end(), b'\n', b'\r']);
        let (all, mut ends) = (all & is_text, ends & is_text);
        while ends != 0 {
            let before = all & (ends & ends.wrapping_neg()).wrapping_sub(1);
            self.ends.push((self.len + before.count_ones() as usize) as u32);
            ends &= ends - 1;
        }
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

    #[inline]
    fn quote_or_line_end(&self) -> u8 {
        if self.quote == self.delimiter { b'\n' } else { self.quote }
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
            lines in prop::collection::vec(
                (prop::sample::select(vec!["a,b,c", ",,", "a,b", "1,2,3,4", "a,\"b\",c", "", "\r"]),
                 0..4_u8, prop::sample::select(vec!["\n", "\n", "\n", "\r\n", "\r", "\n\n"])),
                0..60),
            line_byte in prop::sample::select(b"\n\r".to_vec()),
            uniform in prop::option::of(prop::sample::select(vec!["\n", "\r\n", "\r"])),
        ) {
            let text: Vec<u8> = lines
                .iter()
                .flat_map(|(line, odd, end)| {
                    // Most lines are alike.
                    let line = if *odd == 0 { line } else { "ab,cd,ef" };
                    [line, uniform.unwrap_or(end)].concat().into_bytes()
                })
                .collect();
            let mut marks = Marks::new(b',', b'"');
            marks.start(0);
            let mut at = 0;
            let next = |at: usize| at + text[at..].iter().take_while(|b| b"\n\r".contains(b)).count();
            loop {
                at = next(at);
                if at == text.len() {
                    break;
                }
                if let Some(rows) = marks.rows(&text, at, 3, line_byte) {
                    prop_assert!(rows.len() > 0);
                    for row in 0..rows.len() {
                        let end = at + text[at..].iter().position(|b| b"\n\r".contains(b)).expect("an end");
                        let fields: Vec<&[u8]> = text[at..end].split(|b| *b == b',').collect();
                        prop_assert!(!text[at..end].contains(&b'"'));
                        prop_assert_eq!(fields.len(), 3);
                        for (column, wanted) in fields.iter().enumerate() {
                            let (from, to) = rows.field(row, column);
                            prop_assert_eq!(&text[from..to], *wanted);
                        }
                        let ends = &text[end..];
                        prop_assert!(ends[0] == line_byte || ends.starts_with(&[b'\r', line_byte]));
                        at = end + if ends[0] == line_byte { 1 } else { 2 };
                    }
                    prop_assert_eq!(rows.end(), at);
                    continue;
                }
                at = match marks.record(&text, at) {
                    Next::Line(end) => end,
                    Next::Quote => at + text[at..].iter().position(|b| *b == b'\n').unwrap_or(text.len() - at),
                    Next::Rest => text.len(),
                };
            }
        }
    }
}
