//! A mapping as the formats read by it: a slot for every field, and how the fields of a row become
//! one event.
//!
//! *Invariant:* knows names and texts. Where a field stands in a file is the format's business.

use std::ops::Range;

use super::mapping::Sample;
use super::record::MEMBER;
use super::sink::Sink;
use super::text::{AsText, Text};
use super::{ImportError, Job, container};
use crate::views::{ConsentField, Mapping, Polarity, RefusalReason};

/// The names of all fields that are read, and which play which part.
pub(super) struct Slots {
    pub(super) names: Vec<String>,
    pub(super) subject: Range<usize>,
    pub(super) session: Range<usize>,
    pub(super) event: Range<usize>,
    pub(super) time: Range<usize>,
    attributes: Range<usize>,
    consent: Range<usize>,
    insert_id: Range<usize>,
}

impl Slots {
    /// The slots of subject, session, event and time, where each has one at most.
    pub(super) fn single(&self) -> Option<[Option<usize>; 4]> {
        let parts = [&self.subject, &self.session, &self.event, &self.time];
        let is_single = parts.iter().all(|part| part.len() <= 1);
        is_single.then(|| parts.map(|part| part.clone().next()))
    }

    /// Whether a slot is of a subject, a session or a label.
    pub(super) fn is_id(&self, slot: usize) -> bool {
        slot < self.time.start
    }
}

/// A mapping that an import can start with.
pub(super) struct Roles {
    pub(super) slots: Slots,
    /// Each once.
    pub(super) attributes: Vec<String>,
    /// Of every consent slot, the number of its purpose.
    consent: Vec<(usize, Polarity)>,
    /// The first purposes of every sink.
    purposes: Vec<String>,
    /// Consent whose purpose stands in the name of the field.
    pub(super) wild: Vec<ConsentField>,
}

impl Roles {
    /// The slots with consent, their purposes and polarities; `None` where rows say anything else beside
    /// their event.
    pub(super) fn only_consent(&self) -> Option<impl Iterator<Item = (usize, usize, Polarity)>> {
        let Slots { attributes, consent, insert_id, .. } = &self.slots;
        let is_only = attributes.is_empty() && insert_id.is_empty() && self.wild.is_empty();
        let all = consent.clone().zip(&self.consent);
        is_only.then(|| all.map(|(slot, (purpose, polarity))| (slot, *purpose, *polarity)))
    }

    /// `mapping` has a subject and an event.
    ///
    /// # Errors
    /// Where fields of the members of two lists are mapped: one row cannot be of both.
    pub(super) fn new(mapping: Mapping, sample: &Sample, file: &str) -> Result<Self, ImportError> {
        let Mapping {
            subject,
            session,
            event,
            time,
            attributes: all,
            otherwise,
            consent,
            insert_id,
        } = mapping;
        let mut attributes: Vec<String> = Vec::with_capacity(all.len());
        for name in all {
            if !attributes.contains(&name) {
                attributes.push(name);
            }
        }
        // Where every field is known, the names of purposes are.
        let (wild, fixed): (Vec<_>, Vec<_>) =
            consent.into_iter().partition(|field| field.column.contains('*') && sample.is_open);
        let fixed: Vec<ConsentField> =
            fixed.into_iter().flat_map(|field| spelled_out(field, sample)).collect();
        let mut names = Vec::new();
        let mut take = |more: Vec<String>| {
            let start = names.len();
            names.extend(more);
            start..names.len()
        };
        let chain =
            |first: Option<String>, others: Vec<String>| first.into_iter().chain(others).collect();
        let slots = Slots {
            subject: take(chain(subject, otherwise.subject)),
            session: take(chain(session, otherwise.session)),
            event: take(chain(event, otherwise.event)),
            time: take(chain(time, otherwise.time)),
            attributes: take(attributes.clone()),
            consent: take(fixed.iter().map(|field| field.column.clone()).collect()),
            insert_id: take(insert_id.into_iter().collect()),
            names: Vec::new(),
        };
        let slots = Slots { names, ..slots };
        let mut lists = slots.names.iter().filter_map(|name| Some(name.split_once(MEMBER)?.0));
        let list = lists.next();
        if lists.any(|other| Some(other) != list) {
            return Err(container::unusable(
                file,
                "has its mapped columns in two lists, and a row can be of one; map those of one list",
            ));
        }
        let mut purposes: Vec<String> = Vec::new();
        let mut number = |purpose: String| {
            purposes.iter().position(|known| *known == purpose).unwrap_or_else(|| {
                purposes.push(purpose);
                purposes.len() - 1
            })
        };
        let consent =
            fixed.into_iter().map(|field| (number(field.purpose), field.polarity)).collect();
        Ok(Self { slots, attributes, consent, purposes, wild })
    }

    /// Whether a column is read, or a part of it.
    pub(super) fn reads(&self, column: &str) -> bool {
        self.slots.names.iter().any(|name| {
            name.strip_prefix(column).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('.') || rest.starts_with('[')
            })
        })
    }

    pub(super) fn has_insert_id(&self) -> bool {
        !self.slots.insert_id.is_empty()
    }
}

/// The columns of a field whose name has a `*`.
fn spelled_out(field: ConsentField, sample: &Sample) -> Vec<ConsentField> {
    let Some((before, after)) = field.column.split_once('*') else { return vec![field] };
    let columns = sample.columns.iter().filter_map(|name| {
        let purpose = name.strip_prefix(before)?.strip_suffix(after)?;
        (!purpose.is_empty()).then(|| ConsentField {
            purpose: field.purpose.replace('*', purpose),
            column: name.clone(),
            polarity: field.polarity,
        })
    });
    columns.collect()
}

impl Job<'_> {
    pub(super) fn sink(&self) -> Sink {
        let mut sink = Sink::new(self.layout, self.roles.attributes.len(), self.clock.clone());
        for purpose in &self.roles.purposes {
            sink.purpose(purpose);
        }
        sink
    }

    /// Takes a row whose time is text. `field` gives the text of a slot, `line` is where the row
    /// stands, `wild` are values of wildcards with what stood there.
    #[inline]
    pub(super) fn put<T: AsText>(
        &self,
        sink: &mut Sink,
        line: u64,
        wild: &[(usize, String, String)],
        field: impl Fn(usize) -> T,
    ) {
        let millis = match first(&self.roles.slots.time, &field) {
            Some(time) => sink.clock.read(time.as_text().bytes()),
            None => Ok(0),
        };
        self.put_at(sink, line, wild, field, millis);
    }

    /// Takes a row whose time was read already.
    #[inline(always)]
    pub(super) fn put_at<T: AsText>(
        &self,
        sink: &mut Sink,
        line: u64,
        wild: &[(usize, String, String)],
        field: impl Fn(usize) -> T,
        millis: Result<i64, RefusalReason>,
    ) {
        self.put_about(sink, wild, &field);
        let slots = &self.roles.slots;
        let subject = first(&slots.subject, &field);
        if slots.subject.len() > 1
            && let Some(subject) = &subject
        {
            for slot in slots.subject.clone() {
                let other = field(slot);
                let other = other.as_text();
                if !other.is_empty() && !other.is(subject.as_text()) {
                    sink.other_id(other);
                }
            }
        }
        let event = first(&slots.event, &field);
        let session = first(&slots.session, &field);
        let subject = subject.as_ref().map_or(Text::EMPTY, AsText::as_text);
        let event = event.as_ref().map_or(Text::EMPTY, AsText::as_text);
        let session = session.as_ref().map_or(Text::EMPTY, AsText::as_text);
        sink.row_at(line, subject, session_or_none(session), event, millis);
    }

    /// Takes what the next row says beside its event, about its subject and itself.
    #[inline(always)]
    pub(super) fn put_about<T: AsText>(
        &self,
        sink: &mut Sink,
        wild: &[(usize, String, String)],
        field: &impl Fn(usize) -> T,
    ) {
        let Roles { slots, consent, wild: wild_fields, .. } = &self.roles;
        sink.begin_row();
        for slot in slots.attributes.clone() {
            sink.note(field(slot).as_text().bytes());
        }
        for (slot, (purpose, polarity)) in slots.consent.clone().zip(consent) {
            sink.consent(0, *purpose, field(slot).as_text(), *polarity);
        }
        for (number, purpose, value) in wild {
            let field = &wild_fields[*number];
            let purpose = sink.purpose(&field.purpose.replace('*', purpose));
            sink.consent(0, purpose, Text::of(value.as_bytes()), field.polarity);
        }
        if let Some(id) = first(&slots.insert_id, field) {
            sink.insert_id(0, id.as_text());
        }
    }

    /// The same for the next `rows`; `field` gives the text of a row and a slot.
    #[inline(always)]
    pub(super) fn put_about_many<'a>(
        &self,
        sink: &mut Sink,
        rows: usize,
        field: impl Fn(usize, usize) -> Text<'a>,
    ) {
        let Roles { slots, consent, .. } = &self.roles;
        for row in 0..rows {
            for slot in slots.attributes.clone() {
                sink.note(field(row, slot).bytes());
            }
        }
        for (slot, (purpose, polarity)) in slots.consent.clone().zip(consent) {
            for row in 0..rows {
                sink.consent(row, *purpose, field(row, slot), *polarity);
            }
        }
        for slot in slots.insert_id.clone() {
            for row in 0..rows {
                sink.insert_id(row, field(row, slot));
            }
        }
    }
}

/// Vendors count sessions from zero or name them by their start, and write −1 for none.
#[inline(always)]
pub(super) fn session_or_none(session: Text<'_>) -> Text<'_> {
    if session.bytes() == b"-1" { Text::EMPTY } else { session }
}

/// The first text of a chain of slots that is not empty, else the last; `None` for no slots.
#[inline(always)]
fn first<T: AsText>(chain: &Range<usize>, field: &impl Fn(usize) -> T) -> Option<T> {
    let mut slots = chain.clone();
    let mut text = field(slots.next()?);
    for slot in slots {
        if !text.as_text().is_empty() {
            break;
        }
        text = field(slot);
    }
    Some(text)
}
