//! Exact aggregates: one pass over the store a view. Nothing here may leave the vault.

#[cfg(test)]
pub(in crate::vault) mod map;
