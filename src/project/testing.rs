//! A project for tests, and a passphrase that is quickly tried.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Kept, Project, Setup};
use crate::keys::Passphrase;
use crate::views::Rule;

/// So little work that a test can do it hundreds of times.
pub const FAST: u8 = 2;

pub fn kept(bytes: Vec<u8>) -> Kept {
    Zeroizing::new(bytes).into()
}

pub fn passphrase() -> Passphrase {
    Passphrase::new("lamp otter quiet").unwrap()
}

pub fn project() -> Project {
    let mut setup = Setup { name: "Shop".to_owned(), ..Setup::default() };
    setup.plan.files = vec!["/data/events.csv".into()];
    setup.rules.rules = vec![Rule::rename("/order/*", "Order status")];
    let mut project = Project::new(setup, Timestamp::UNIX_EPOCH).unwrap();
    project.imported("digest".to_owned(), Timestamp::UNIX_EPOCH).unwrap();
    project
}
