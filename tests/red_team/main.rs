//! Attacks on what is published, run as an outsider would run them: through the public interface or
//! the program, with arithmetic of the attacker's own. Nothing here asks [`trodden::audit`].
//!
//! A reader has the JSON of the views, this source, a computer and time. What she does is in
//! `reader` (one view), `claims` and `search` (all views of a package together). Each attack is a
//! test whose name says what is tried; it fails where the attack succeeds. Beside the attacks on one
//! view stands a leaky table, made by hand, on which the same function does succeed.
//!
//! | file | attacks |
//! |---|---|
//! | `counts` | on one view: subtract, add up, look for small numbers |
//! | `many_people` | one person or two behind a number, few people in all, ties |
//! | `together` | the views of one package combined, real logs among them |
//! | `shares` | percentages and bands |
//! | `oracles` | what refusals, thresholds and answers to repeated questions tell |
//! | `words` | labels, rules, columns, paths, pictures, hashes |
//! | `releases` | one release after the other, past the ledger |
//! | `growth` | the same through data that grow, shrink or are changed |
//! | `tampering` | packages that somebody changed |
//!
//! An attack that succeeds is marked `#[ignore = "succeeds: …"]`. Run those with `--ignored`.

#![expect(clippy::print_stdout, reason = "a test that cannot run says so")]

mod claims;
mod counts;
mod growth;
mod many_people;
mod oracles;
mod reader;
mod releases;
mod search;
mod shares;
mod tampering;
mod together;
mod words;
mod world;
