//! What is done to records before anything is counted: label rules, personal data in labels, keys.

pub(super) mod key;
pub(super) mod labels;
mod pii;
