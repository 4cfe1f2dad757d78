//! The parsers of the vault, for the fuzzer. It learns whether they hold, and nothing else.

pub(crate) use super::import::fuzzing::{
    columnar, container, delimited, mapping, records, tables, times, xes,
};
pub(crate) use super::ledger::fuzzing::ledger;
pub(crate) use super::protect::fuzzing::{lists, personal, rules};
