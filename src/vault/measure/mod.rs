//! Exact aggregates: one pass over the store a view. Nothing here may leave the vault.

pub(in crate::vault) mod crowd;
pub(in crate::vault) mod durations;
pub(in crate::vault) mod flow;
pub(in crate::vault) mod funnel;
pub(in crate::vault) mod map;
pub(in crate::vault) mod risk;
pub(in crate::vault) mod timing;
pub(in crate::vault) mod trend;
pub(in crate::vault) mod utility;
