//! Exact aggregates: one pass over the store a view. Nothing here may leave the vault.

pub(in crate::vault) mod flow;
#[cfg(test)]
pub(in crate::vault) mod map;
pub(in crate::vault) mod risk;
pub(in crate::vault) mod utility;
