//! Trodden draws journey maps that show only the paths enough people have walked.
//!
//! # The house
//!
//! One library and one program. Records about single people live in one room, the vault, and
//! leave it through one door, as counts that have passed disclosure control. Data flows one way:
//!
//! ```text
//! files → vault { import → protect → journeys → measure → disclose } → views → draw → app, cli
//!                                                                        │       └─→ release
//!                                                                        └─→ audit
//! ```
//!
//! Start reading at [`vault::Vault`], the door, and at [`views`], the words that go through it.
//!
//! | room | what it is for | invariant |
//! |---|---|---|
//! | [`views`] | plain data: questions, policy, published numbers | knows nothing of records, files or pixels |
//! | [`vault`] | the only place that sees records and exact counts | its exact types have no `Debug`, `Display`, `Serialize` or `Clone`; its submodules are private |
//! | [`audit`] | the attacker: whether numbers add up to what they claim, and what can be computed from them; the vault asks it before anything leaves, the release when it is read back | sees published views only |
//! | [`board`] | the journey board and the slides of a workshop | holds no measured number: it names views and what to look up in them |
//! | [`draw`] | view or board → `Scene` → window, SVG, PNG, PDF, paper | geometry comes from published values and what people typed on a board |
//! | [`release`] | the package: written, read back, verified; with a board behind it, the presenter file | takes sealed views; what it reads is untrusted until checked |
//! | [`keys`] | keys and signatures in the form of minisign | imports nothing of ours; what is secret cannot be printed, copied or written down in the clear |
//! | [`project`] | the encrypted project and its history, policy files; folders, settings, recent files, what columns were read as | holds no value from the data |
//! | [`sample`] | the generator of sample data | imports nothing of ours |
//! | [`app`] | the window | never reads files, aggregates or lays out on its own thread |
//! | [`cli`] | the subcommands | prints published values only |

pub mod app;
pub mod audit;
pub mod board;
pub mod cli;
pub mod draw;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
pub mod keys;
pub mod project;
pub mod release;
pub mod sample;
pub mod vault;
pub mod views;
