//! What was refused and what was put right, counted while files are read.
//!
//! *Invariant:* holds reasons, counts and line numbers, never a value.

use std::collections::BTreeMap;

use crate::views::{Refusal, RefusalReason, Repair};

/// Rows that were not used, by reason.
#[derive(Default)]
pub(super) struct Refusals {
    by_reason: BTreeMap<RefusalReason, (u64, Vec<u64>)>,
}

impl Refusals {
    #[cold]
    pub(super) fn add(&mut self, reason: RefusalReason, line: u64) {
        let (rows, lines) = self.by_reason.entry(reason).or_default();
        *rows += 1;
        if lines.len() < Refusal::LINES_KEPT {
            lines.push(line);
        }
    }

    /// Rows that were refused for this reason.
    pub(super) fn rows(&self, reason: RefusalReason) -> u64 {
        self.by_reason.get(&reason).map_or(0, |(rows, _)| *rows)
    }

    /// Adds the refusals of a part of the file that begins after `lines_before` lines.
    pub(super) fn append(&mut self, other: Self, lines_before: u64) {
        for (reason, (rows, lines)) in other.by_reason {
            let (all_rows, all_lines) = self.by_reason.entry(reason).or_default();
            *all_rows += rows;
            all_lines.extend(lines.iter().map(|line| line + lines_before));
        }
    }

    pub(super) fn into_list(self) -> Vec<Refusal> {
        let list = self.by_reason.into_iter();
        list.map(|(reason, (rows, mut lines))| {
            lines.sort_unstable();
            lines.truncate(Refusal::LINES_KEPT);
            Refusal { reason, rows, lines }
        })
        .collect()
    }
}

/// Things that were put right, each kind once.
#[derive(Default)]
pub(super) struct Repairs(Vec<Repair>);

impl Repairs {
    pub(super) fn add(&mut self, what: &str, rows: u64) {
        match self.0.iter_mut().find(|repair| repair.what == what) {
            Some(repair) => repair.rows += rows,
            None => self.0.push(Repair { what: what.to_owned(), rows }),
        }
    }

    pub(super) fn into_list(self) -> Vec<Repair> {
        self.0
    }
}
