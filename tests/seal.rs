//! The seal as another crate meets it: this file and those in `ui` are not part of the crate.

use std::fmt::{Debug, Display};

use serde::Serialize;
use serde::de::DeserializeOwned;
use static_assertions::assert_not_impl_any;
use trodden::vault::{Beside, Disclosure, Erased, Key, Ledger, Vault};
use trodden::views::{Disclosed, Flow, View};

assert_not_impl_any!(Disclosed<View>: Default, From<View>, DeserializeOwned);
assert_not_impl_any!(Disclosed<Flow>: Default, From<Flow>, DeserializeOwned);
assert_not_impl_any!(Disclosed<u8>: Default, From<u8>, DeserializeOwned);
assert_not_impl_any!(Key: Debug, Display, Serialize, Clone, DeserializeOwned, Default, AsRef<[u8]>);
assert_not_impl_any!(Vault: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Disclosure: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Beside: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Erased: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Ledger: Debug, Display, Serialize, Clone);

/// Each file tries one way around the door and is refused by the compiler for that reason.
#[test]
fn there_is_no_way_around_the_door() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
