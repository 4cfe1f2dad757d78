//! Where the mapped fields of a table of text stand, and how a record becomes a row.
//!
//! Nearly all records are plain lines, and of those many come at once: their times are read first,
//! then their labels, then their subjects. Each of these is a short loop that the processor holds
//! whole; all of it for one row after the other takes twice as long.
//!
//! *Invariant:* knows columns, not bytes: what a record is was decided before.

use std::borrow::Cow;

use super::super::Job;
use super::super::record::{self, Fields, Paths};
use super::super::roles::session_or_none;
use super::super::rows::Rows;
use super::super::sink::Sink;
use super::super::text::Text;
use super::super::time::Clock;
use super::{Record, Span};

/// Where the text of a slot stands.
#[derive(Clone, Copy)]
enum Place {
    Column(usize),
    /// A field of an object that is written into a column.
    Within,
}

/// The slots of a table of text.
pub(super) struct Places {
    /// The columns of subject, session, event and time, where there are no others to fall back on
    /// and no objects to look into: most files, and a tenth of the time.
    single: Option<[Option<usize>; 4]>,
    slots: Vec<Place>,
    /// Columns with objects, and the slots that are their fields.
    objects: Vec<(usize, Paths)>,
}

impl Places {
    pub(super) fn new(job: &Job<'_>, columns: &[String]) -> Self {
        let column = |name: &str| columns.iter().position(|column| column == name);
        let mut objects: Vec<(usize, Paths)> = Vec::new();
        let names = job.roles.slots.names.iter().enumerate();
        let slots: Vec<Place> = names
            .map(|(slot, name)| {
                if let Some(at) = column(name) {
                    return Place::Column(at);
                }
                for (cut, _) in name.match_indices(['.', '[']).rev() {
                    if let Some(at) = column(&name[..cut]) {
                        let known = objects.iter().position(|(other, _)| *other == at);
                        let nth = known.unwrap_or_else(|| {
                            objects.push((at, Paths::default()));
                            objects.len() - 1
                        });
                        objects[nth].1.add(name[cut..].trim_start_matches('.'), slot);
                        break;
                    }
                }
                Place::Within
            })
            .collect();
        let single = job.roles.slots.single().filter(|_| objects.is_empty());
        let single = single.map(|parts| {
            parts.map(|slot| match slots[slot?] {
                Place::Column(at) => Some(at),
                Place::Within => None,
            })
        });
        Self { single, slots, objects }
    }

    #[inline]
    pub(super) fn put(&self, job: &Job<'_>, sink: &mut Sink, line: u64, record: Record<'_>) {
        if !self.objects.is_empty() {
            return self.put_with_objects(job, sink, line, record);
        }
        let Some([subject, session, event, time]) = self.single else {
            return job.put(sink, line, &[], |slot| self.text(record, slot));
        };
        job.put_about(sink, &[], &|slot| self.text(record, slot));
        let millis = match time {
            Some(at) => sink.clock.read(record.field(at)),
            None => Ok(0),
        };
        let [subject, session, event] = [
            record.text_or_none(subject),
            record.text_or_none(session),
            record.text_or_none(event),
        ];
        sink.row_at(line, subject, session_or_none(session), event, millis);
    }

    /// Whether [`Places::put_many`] may be asked.
    #[inline]
    pub(super) fn takes_many(&self) -> bool {
        self.single.is_some()
    }

    /// Takes rows as if one came after the other; `width` is how many fields each has.
    pub(super) fn put_many(
        &self,
        job: &Job<'_>,
        sink: &mut Sink,
        line: u64,
        rows: Rows<'_>,
        width: usize,
    ) {
        let mut done = 0;
        while done < rows.len() {
            sink.begin_row();
            let part = rows.part(done, (rows.len() - done).min(sink.room()));
            let put = self.put_part(job, sink, part);
            done += put;
            if put < part.len() {
                let span = |column| {
                    let (start, end) = part.field(put, column);
                    Span::new(start, end)
                };
                let spans: Vec<Span> = (0..width).map(span).collect();
                let record = Record { bytes: part.text, marks: &[], spans: &spans, other: &[] };
                self.put(job, sink, line + done as u64, record);
                done += 1;
            }
        }
    }

    /// Takes rows for which the sink has room up to the first that is to be refused, and says how many.
    #[inline]
    fn put_part(&self, job: &Job<'_>, sink: &mut Sink, rows: Rows<'_>) -> usize {
        let Some([Some(subject), session, Some(event), time]) = self.single else { return 0 };
        let text = |(start, end)| Text::within(rows.text, start, end);
        let column = |at: usize| rows.column(at).map(text);
        let taken = if let Some(time) = time {
            let times = rows.column(time).map(|(start, end)| &rows.text[start..end]);
            sink.offer(column(subject), times, Clock::read, column(event))
        } else {
            let times = std::iter::repeat(());
            sink.offer(column(subject), times, |_, ()| Ok(0), column(event))
        };
        match session {
            Some(session) => sink.sessions(column(session).take(taken).map(session_or_none)),
            None => sink.sessions(std::iter::repeat_n(Text::EMPTY, taken)),
        }
        job.put_about_many(sink, taken, |row, slot| match self.slots[slot] {
            Place::Column(at) => text(rows.field(row, at)),
            Place::Within => Text::EMPTY,
        });
        sink.put_offered(taken);
        taken
    }

    #[inline(always)]
    fn text<'a>(&self, record: Record<'a>, slot: usize) -> Text<'a> {
        match self.slots[slot] {
            Place::Column(at) => record.text(at),
            Place::Within => Text::EMPTY,
        }
    }

    fn put_with_objects(&self, job: &Job<'_>, sink: &mut Sink, line: u64, record: Record<'_>) {
        let inner: Vec<Fields<'_>> = self
            .objects
            .iter()
            .filter_map(|(at, paths)| record::read_cell(record.field(*at), paths))
            .collect();
        job.put(sink, line, &[], |slot| match self.slots[slot] {
            Place::Column(at) => Cow::Borrowed(record.field(at)),
            Place::Within => {
                let mut texts = inner.iter().map(|fields| fields.text(slot));
                texts.find(|text| !text.is_empty()).unwrap_or_default()
            }
        });
    }
}
