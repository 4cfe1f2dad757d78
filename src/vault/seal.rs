//! What the compiler promises about exact types: they cannot be printed, written or copied.
//!
//! A line that stops compiling here means that a record or an exact count could leave the vault.

use std::fmt::{Debug, Display};

use serde::Serialize;
use serde::de::DeserializeOwned;
use static_assertions::assert_not_impl_any;

use super::import::Imported;
use super::journeys::{Attribute, Codes, Consent, Store};
use super::measure::crowd::{Crowd, Members};
use super::measure::utility::{Item, Nameable};
use super::protect::key::Key;
use super::protect::labels::LabelTable;
use super::{Beside, Disclosure, Ledger, Vault};
use crate::views::{Disclosed, Protection, PurposeCount, Risk, Uniqueness, View};

assert_not_impl_any!(Store: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Codes: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Consent: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Attribute: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Crowd: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Members: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Imported: Debug, Display, Serialize, Clone);
assert_not_impl_any!(LabelTable: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Key: Debug, Display, Serialize, Clone, DeserializeOwned, Default);
assert_not_impl_any!(Vault: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Nameable: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Item: Debug, Display, Serialize, Clone);
// They are for the eyes of the analyst; what leaves is in bands.
assert_not_impl_any!(Risk: Debug, Display, Serialize);
assert_not_impl_any!(Uniqueness: Debug, Display, Serialize);
assert_not_impl_any!(Protection: Debug, Display, Serialize);
assert_not_impl_any!(PurposeCount: Debug, Display, Serialize);
// It carries a figure that was computed from exact counts.
assert_not_impl_any!(Disclosure: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Beside: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Ledger: Debug, Display, Serialize, Clone);
// The seal itself: no way in but the constructor.
assert_not_impl_any!(Disclosed<View>: Default, From<View>, DeserializeOwned);
