//! How the first steps of a journey are taken.

use std::ops::{BitOr, Range};

use crate::vault::journeys::cohort::Journey;
use crate::vault::journeys::{Codes, Store};
use crate::vault::protect::labels::LabelTable;
use crate::views::{FlowSpec, Side, Spec, SpecError};

/// A label's number as it is kept while journeys are walked: a byte where there are few labels. Memory that is
/// had for the first time costs more than what is done with it.
pub(super) trait Code: Copy + Eq + Send + Sync + BitOr<Output = Self> + 'static {
    /// No label at all: an event that is hidden, a step that nobody took.
    const NONE: Self;
    /// Nothing for the events of a journey that has less than there is room for, then none.
    const OVER: &'static [Self; 2 * ROOM];
    /// Something of each label and of none.
    type Of<T: Copy + Send + Sync>: Clone + Send + Sync;

    fn new(label: u32) -> Self;
    fn of<T: Copy + Send + Sync>(labels: usize, value: T) -> Self::Of<T>;
    fn at<T: Copy + Send + Sync>(self, of: &Self::Of<T>) -> &T;
    fn at_mut<T: Copy + Send + Sync>(self, of: &mut Self::Of<T>) -> &mut T;
}

const fn over<R: Copy>(there: R, over: R) -> [R; 2 * ROOM] {
    let mut all = [over; 2 * ROOM];
    let mut at = 0;
    while at < ROOM {
        all[at] = there;
        at += 1;
    }
    all
}

impl Code for u8 {
    const NONE: Self = Self::MAX;
    const OVER: &'static [Self; 2 * ROOM] = &over(0, Self::NONE);
    type Of<T: Copy + Send + Sync> = [T; 256];

    fn new(label: u32) -> Self {
        Self::try_from(label).unwrap_or(Self::NONE)
    }
    fn of<T: Copy + Send + Sync>(_: usize, value: T) -> [T; 256] {
        [value; 256]
    }
    fn at<T: Copy + Send + Sync>(self, of: &[T; 256]) -> &T {
        &of[usize::from(self)]
    }
    fn at_mut<T: Copy + Send + Sync>(self, of: &mut [T; 256]) -> &mut T {
        &mut of[usize::from(self)]
    }
}

/// Labels that are no bytes.
macro_rules! wide_code {
    ($code:ty) => {
        impl Code for $code {
            const NONE: Self = Self::MAX;
            const OVER: &'static [Self; 2 * ROOM] = &over(0, Self::NONE);
            /// That of none is the first.
            type Of<T: Copy + Send + Sync> = Vec<T>;

            fn new(label: u32) -> Self {
                Self::try_from(label).unwrap_or(Self::NONE)
            }
            fn of<T: Copy + Send + Sync>(labels: usize, value: T) -> Vec<T> {
                vec![value; labels + 1]
            }
            fn at<T: Copy + Send + Sync>(self, of: &Vec<T>) -> &T {
                &of[self.wrapping_add(1) as usize]
            }
            fn at_mut<T: Copy + Send + Sync>(self, of: &mut Vec<T>) -> &mut T {
                &mut of[self.wrapping_add(1) as usize]
            }
        }
    };
}

wide_code!(u16);
wide_code!(u32);

/// The steps of one journey, [`Code::NONE`] after the last. There is room for the events that are
/// read in any case.
pub(super) type Row<R> = [R; ROOM];
pub(super) const ROOM: usize = 16;

/// A raw label code.
pub(super) trait Raw: Copy + Into<u32> + Sync {
    /// A table with so many entries has one for every code; 0 where that would be too many.
    const ALL: usize;
}

impl Raw for u16 {
    const ALL: usize = 1 << 16;
}

impl Raw for u32 {
    const ALL: usize = 0;
}

/// Takes the first steps of journeys, `EVENTS` of each in any case.
///
/// Few journeys need more than two events above the steps, and where one of them stops cannot be guessed.
/// Nor can whether people repeat a step: whatever stands next is written, and counts or is written over.
struct Ahead<'a, C, R, const BACKWARDS: bool, const COLLAPSE: bool> {
    steps: usize,
    effective: &'a [R],
    codes: &'a [C],
}

impl<C: Raw, R: Code, const BACKWARDS: bool, const COLLAPSE: bool>
    Ahead<'_, C, R, BACKWARDS, COLLAPSE>
{
    fn take<const EVENTS: usize>(&self, journeys: &[Journey], rows: &mut [Row<R>]) {
        const { assert!(EVENTS < ROOM) };
        assert!(self.effective.len() >= C::ALL, "every code has an entry");
        for (journey, row) in journeys.iter().zip(rows) {
            let mut taking = Taking::<R, COLLAPSE> { row, taken: 0, last: R::NONE };
            let (start, end) = (journey.start as usize, journey.end as usize);
            let mut done = 0;
            let window: Option<&[C; EVENTS]> = if BACKWARDS {
                self.codes[..end].last_chunk()
            } else {
                self.codes[start..].first_chunk()
            };
            let is_over = R::OVER[ROOM - (end - start).min(ROOM)..].first_chunk::<EVENTS>();
            if let (Some(window), Some(is_over)) = (window, is_over) {
                for at in 0..EVENTS {
                    let code = window[if BACKWARDS { EVENTS - 1 - at } else { at }];
                    taking.take(self.label(code) | is_over[at]);
                }
                done = EVENTS;
            }
            while taking.taken < self.steps && done < end - start {
                let at = if BACKWARDS { end - 1 - done } else { start + done };
                taking.take(self.label(self.codes[at]));
                done += 1;
            }
            taking.row[taking.taken % ROOM] = R::NONE;
        }
    }

    #[inline]
    fn label(&self, code: C) -> R {
        self.effective[Into::<u32>::into(code) as usize]
    }
}

/// The steps of a journey while they are taken.
struct Taking<'r, R, const COLLAPSE: bool> {
    row: &'r mut Row<R>,
    taken: usize,
    last: R,
}

impl<R: Code, const COLLAPSE: bool> Taking<'_, R, COLLAPSE> {
    #[inline]
    fn take(&mut self, label: R) {
        let is_shown = label != R::NONE;
        let label = if COLLAPSE && !is_shown { self.last } else { label };
        self.row[self.taken % ROOM] = label;
        self.taken += usize::from(if COLLAPSE { label != self.last } else { is_shown });
        self.last = label;
    }
}

/// How the steps of one journey are taken.
pub(in crate::vault) struct Walk<'a> {
    effective: &'a [u32],
    /// The label to wait for; [`NONE`], which nobody has, where no such label may be shown.
    anchor: Option<u32>,
    /// The label after which the journey is over. Without it there is no journey.
    until: Option<u32>,
    backwards: bool,
    collapse: bool,
    pub(super) steps: usize,
}

const NONE: u32 = u32::MAX;

impl<'a> Walk<'a> {
    /// # Errors
    /// Where the data do not have the label of an anchor.
    pub(in crate::vault) fn new(
        labels: &'a LabelTable,
        question: &Spec,
        spec: &FlowSpec,
    ) -> Result<Self, SpecError> {
        // A label that may not be shown is nobody's, like one that nobody has.
        let label = |name: &Option<String>| -> Result<Option<u32>, SpecError> {
            let Some(name) = name else { return Ok(None) };
            let label = labels.known(name)?;
            Ok(Some(if labels.nameable[label as usize] { label } else { NONE }))
        };
        Ok(Self {
            effective: &labels.effective,
            anchor: label(&spec.anchor.label)?,
            until: label(&spec.anchor.until)?,
            backwards: spec.anchor.side == Side::End,
            collapse: question.collapse,
            steps: usize::from(spec.steps),
        })
    }

    /// Fills `row`, as long as there are steps, with the labels that one journey has at them, and
    /// returns how many it has.
    pub(in crate::vault) fn row(
        &self,
        store: &Store,
        events: Range<usize>,
        row: &mut [u32],
    ) -> usize {
        match &store.label {
            Codes::Narrow(codes) => self.take(codes, events, row),
            Codes::Wide(codes) => self.take(codes, events, row),
        }
    }

    /// The effective labels by code.
    pub(super) fn effective<C: Raw, R: Code>(&self) -> Vec<R> {
        let mut effective: Vec<R> = self.effective.iter().map(|label| R::new(*label)).collect();
        effective.resize(effective.len().max(C::ALL), R::NONE);
        effective
    }

    /// Whether journeys are taken from their first or last event on.
    pub(super) fn is_plain(&self) -> bool {
        self.anchor.is_none() && self.until.is_none()
    }

    /// Fills `row` with the labels of the first steps and returns how many there are, at any anchor.
    pub(super) fn take<C: Copy + Into<u32>, R: Code>(
        &self,
        codes: &[C],
        events: Range<usize>,
        row: &mut [R],
    ) -> usize {
        if self.backwards {
            self.take_in_order(codes[events].iter().rev(), row)
        } else {
            self.take_in_order(codes[events].iter(), row)
        }
    }

    /// The same for many journeys without a label to wait for. Entries behind the steps are left as they
    /// come.
    pub(super) fn first_of_each<C: Raw, R: Code>(
        &self,
        effective: &[R],
        codes: &[C],
        journeys: &[Journey],
        rows: &mut [Row<R>],
    ) {
        match (self.backwards, self.collapse) {
            (false, false) => self.first::<_, _, false, false>(effective, codes, journeys, rows),
            (false, true) => self.first::<_, _, false, true>(effective, codes, journeys, rows),
            (true, false) => self.first::<_, _, true, false>(effective, codes, journeys, rows),
            (true, true) => self.first::<_, _, true, true>(effective, codes, journeys, rows),
        }
    }

    fn first<C: Raw, R: Code, const BACKWARDS: bool, const COLLAPSE: bool>(
        &self,
        effective: &[R],
        codes: &[C],
        journeys: &[Journey],
        rows: &mut [Row<R>],
    ) {
        let from = Ahead::<C, R, BACKWARDS, COLLAPSE> { steps: self.steps, effective, codes };
        match self.steps {
            0..=6 => from.take::<8>(journeys, rows),
            7..=10 => from.take::<12>(journeys, rows),
            _ => from.take::<14>(journeys, rows),
        }
    }

    fn take_in_order<'e, C: Copy + Into<u32> + 'e, R: Code>(
        &self,
        events: impl Iterator<Item = &'e C>,
        row: &mut [R],
    ) -> usize {
        let mut taken = 0;
        let mut waiting = self.anchor;
        let mut last = NONE;
        for code in events {
            let label = self.effective[Into::<u32>::into(*code) as usize];
            if label == LabelTable::HIDDEN {
                continue;
            }
            if let Some(anchor) = waiting {
                if label != anchor {
                    continue;
                }
                waiting = None;
            }
            if taken < self.steps && !(self.collapse && label == last) {
                row[taken] = R::new(label);
                taken += 1;
                last = label;
            }
            match self.until {
                Some(until) if label == until => return taken,
                None if taken == self.steps => return taken,
                _ => {}
            }
        }
        if self.until.is_some() { 0 } else { taken }
    }
}
