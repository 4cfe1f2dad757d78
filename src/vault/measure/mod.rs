//! Exact aggregates: one pass over the store a view. Nothing here may leave the vault.

pub(in crate::vault) mod durations;
pub(in crate::vault) mod flow;
pub(in crate::vault) mod funnel;
#[cfg(test)]
pub(in crate::vault) mod map;
