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
    }
}
