//! Made-up flows for tests.
