//! Records that are all written alike: as many fields, the same ones in quotes, one line each.
//!
//! Nearly every file is of such records, and of those many can be taken at once. What they have in
//! common is their marks: the delimiters, quotes and line ends that [`super::scan`] finds. So one record
//! says how the next ones should be written, and those are compared with that, mark by mark.
//!
//! *Invariant:* finds fields. What is not plain to see here is left to the splitter.

/// How a record is written.
#[derive(Default)]
pub(super) struct Pattern {
    /// The byte of every mark, and whether it must follow on the mark before.
    marks: Vec<(u8, bool)>,
    has_neighbours: bool,
    /// Of every field, the mark that it stands behind; the next one ends it.
    before: Vec<usize>,
}

impl Pattern {
    /// Looks how the first record is written; `places` are those of the byte before it and of marks from
    /// there on. False where it is not of `width` fields, or anything else than a plain line.
    pub(super) fn learn(
        &mut self,
        text: &[u8],
        places: &[u32],
        width: usize,
        delimiter: u8,
        line_byte: u8,
    ) -> bool {
        self.marks.clear();
        self.before.clear();
        let is_plain = self.follow(text, places, width, delimiter, line_byte).is_some();
        if !is_plain {
            self.marks.clear();
        }
        self.has_neighbours = self.marks.iter().any(|(_, follows)| *follows);
        is_plain
    }

    fn follow(
        &mut self,
        text: &[u8],
        places: &[u32],
        width: usize,
        delimiter: u8,
        line_byte: u8,
    ) -> Option<()> {
        let byte = |mark: usize| places.get(mark).map(|place| text[*place as usize]);
        let is_next = |mark: usize| {
            places.get(mark).is_some_and(|place| *place == places[mark - 1].wrapping_add(1))
        };
        loop {
            let mut mark = self.marks.len() + 1;
            let is_quoted = byte(mark)? == b'"' && delimiter != b'"';
            if is_quoted {
                if !is_next(mark) || byte(mark + 1)? != b'"' || !is_next(mark + 2) {
                    return None;
                }
                self.marks.extend([(b'"', true), (b'"', false)]);
                mark += 2;
            }
            let end = byte(mark)?;
            self.before.push(mark - if is_quoted { 2 } else { 1 });
            self.marks.push((end, is_quoted));
            if self.before.len() < width {
                if end != delimiter {
                    return None;
                }
                continue;
            }
            if end == line_byte {
                return Some(());
            }
            self.marks.push((line_byte, true));
            let is_pair = end == b'\r' && byte(mark + 1)? == line_byte && is_next(mark + 1);
            return is_pair.then_some(());
        }
    }

    /// Marks of a record; 0 where none was plain yet.
    #[inline]
    pub(super) fn stride(&self) -> usize {
        self.marks.len()
    }

    /// How many records are written so; `places` are as above.
    #[inline]
    pub(super) fn count(&self, text: &[u8], places: &[u32]) -> usize {
        let (Some((before, places)), 1..) = (places.split_first(), self.stride()) else { return 0 };
        let rows = places.chunks_exact(self.stride());
        let is_byte = |place: u32, byte: u8| text[place as usize] == byte;
        if !self.has_neighbours {
            let is_alike = |row: &&[u32]| {
                row.iter().zip(&self.marks).all(|(place, (byte, _))| is_byte(*place, *byte))
            };
            return rows.take_while(is_alike).count();
        }
        let mut before = *before;
        let is_alike = |row: &&[u32]| {
            row.iter().zip(&self.marks).all(|(place, (byte, follows))| {
                let is_next = *place == before.wrapping_add(1);
                before = *place;
                is_byte(*place, *byte) && (is_next || !follows)
            })
        };
        rows.take_while(is_alike).count()
    }
}

/// Records of one pattern, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) text: &'a [u8],
    pattern: &'a Pattern,
    /// The place before the first record, and the marks of all.
    places: &'a [u32],
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a [u8], pattern: &'a Pattern, places: &'a [u32]) -> Self {
        Self { text, pattern, places }
    }

    #[inline]
    pub(super) fn len(self) -> usize {
        self.places.len() / self.pattern.stride()
    }

    /// Where the line after the last one begins.
    pub(super) fn end(self) -> usize {
        self.places.last().map_or(0, |last| *last as usize + 1)
    }

    /// Some of the rows.
    pub(super) fn part(self, from: usize, len: usize) -> Self {
        let stride = self.pattern.stride();
        Self { places: &self.places[from * stride..=(from + len) * stride], ..self }
    }

    /// Where a field begins and ends.
    #[inline(always)]
    pub(super) fn field(self, row: usize, column: usize) -> (usize, usize) {
        let at = row * self.pattern.stride() + self.pattern.before[column];
        (self.places[at].wrapping_add(1) as usize, self.places[at + 1] as usize)
    }

    /// Where the fields of a column begin and end.
    #[inline(always)]
    pub(super) fn column(self, column: usize) -> impl Iterator<Item = (usize, usize)> + 'a {
        let (stride, before) = (self.pattern.stride(), self.pattern.before[column]);
        (0..self.len()).map(move |row| {
            let at = row * stride + before;
            (self.places[at].wrapping_add(1) as usize, self.places[at + 1] as usize)
        })
    }
}
