//! What the fuzzer throws bytes at: a function for each parser, and what must hold whatever the
//! bytes are.
//!
//! `fuzz/` calls them without end; a test here calls each with the files of `fixtures/corpus`, so
//! that what was found once stays found. A function panics where something does not hold. What it
//! asserts everywhere: the same bytes give the same answer, and an answer repeats no value of what
//! was read.
//!
//! *Invariant:* no part of the program. It is compiled for tests and for the fuzzer alone.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::audit::{Steps, Table, attack_within, report};
use crate::board::fuzzing::{board, journey};
use crate::cli::fuzzing::spec;
use crate::release::fuzzing::{package, view};
use crate::vault::fuzzing::{
    columnar, container, delimited, lists, mapping, personal, records, rules, tables, times, xes,
};

/// A parser, by the name of its folder in the corpus.
type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 17] = [
    ("audit", audit),
    ("board", board),
    ("columnar", columnar),
    ("container", container),
    ("delimited", delimited),
    ("journey", journey),
    ("lists", lists),
    ("mapping", mapping),
    ("package", package),
    ("personal", personal),
    ("records", records),
    ("rules", rules),
    ("spec", spec),
    ("tables", tables),
    ("times", times),
    ("view", view),
    ("xes", xes),
];

/// Throws bytes at a parser.
///
/// # Panics
/// Where something does not hold, which is what the fuzzer is after.
pub fn run(target: &str, data: &[u8]) {
    let Some((_, parser)) = TARGETS.iter().find(|(name, _)| *name == target) else {
        panic!("there is no target {target}");
    };
    parser(data);
}

/// Lets decoders fail as they may: what they panic with is caught, and the fuzzer's own hook would
/// end the program before that.
pub fn panics_may_be_caught() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// The table that `trodden audit` reads, and the attack on it.
fn audit(data: &[u8]) {
    /// More than this takes too long to be tried many times a second.
    const MOST: usize = 24;
    const STEPS: u64 = 3_000_000;
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(table) = Table::parse(text) else { return };
    if table.cells.len() + table.constraints.len() + table.insiders.len() > MOST {
        return;
    }
    let Ok(again) = serde_json::to_string(&table) else { panic!("a table has no JSON") };
    assert!(Table::parse(&again).is_ok(), "a table cannot be read again");
    let answer = attack_within(&table, &mut Steps::new(STEPS));
    assert_eq!(answer, attack_within(&table, &mut Steps::new(STEPS)));
    let Ok(answer) = answer else { return };
    let bounds = answer.intervals.values().filter_map(|within| within.lo.zip(within.hi));
    // The noise of a solver of real numbers.
    let is_right = |(lo, hi): (f64, f64)| lo <= hi + 1e-6 * hi.abs().max(1.0);
    assert!(bounds.into_iter().all(is_right), "an interval ends before it begins");
    let found = [&answer.exact, &answer.small, &answer.narrow, &answer.residual];
    let is_clean = found.iter().all(|list| list.is_empty()) && answer.insiders.is_empty();
    assert_eq!(answer.safe, is_clean);
    assert!(!report(&table, &answer).is_empty());
}

/// A file for parsers that read from disk, removed when it is dropped.
pub(crate) struct TempFile(PathBuf);

impl TempFile {
    pub(crate) fn with(bytes: &[u8]) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("trodden-fuzzing-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        assert!(fs::write(&path, bytes).is_ok(), "the folder for temporary files takes none");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        // What cannot be removed is in a folder that the system empties.
        let _ = fs::remove_file(&self.0);
    }
}

/// Hands out bytes in pieces of odd sizes, as a decoder may.
pub(crate) struct Dribble<'a> {
    rest: &'a [u8],
    size: usize,
}

impl<'a> Dribble<'a> {
    pub(crate) fn new(bytes: &'a [u8], size: u8) -> Self {
        Self { rest: bytes, size: usize::from(size) }
    }
}

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = (self.size % 13 + 1).min(buffer.len()).min(self.rest.len());
        self.size = self.size.wrapping_mul(5).wrapping_add(3);
        let (now, later) = self.rest.split_at(size);
        buffer[..size].copy_from_slice(now);
        self.rest = later;
        Ok(size)
    }
}

/// What may stand in a sentence as it stands in a file: the program's own words.
const OWN_WORDS: [&str; 16] = [
    include_str!("vault/import/container.rs"),
    include_str!("vault/import/delimited.rs"),
    include_str!("vault/import/frames.rs"),
    include_str!("vault/import/json.rs"),
    include_str!("vault/import/mapping.rs"),
    include_str!("vault/import/mod.rs"),
    include_str!("vault/import/presets/mod.rs"),
    include_str!("vault/import/roles.rs"),
    include_str!("vault/import/source.rs"),
    include_str!("vault/import/xes.rs"),
    include_str!("vault/protect/lists.rs"),
    include_str!("vault/protect/lists/erasure.rs"),
    include_str!("vault/protect/lists/register.rs"),
    include_str!("vault/protect/rules.rs"),
    include_str!("views/import.rs"),
    include_str!("views/protect.rs"),
];

/// No eight characters in a row of what was read may stand in what is said about it, but those of
/// names and of the program's own words.
pub(crate) fn assert_no_value(said: &str, read: &[u8], names: &[String]) {
    const RUN: usize = 8;
    let is_of_value = |byte: &u8| byte.is_ascii_alphanumeric() || b" @._+-/".contains(byte);
    let telling = |run: &[u8]| {
        // A masked shape is made of these.
        run.iter().all(is_of_value)
            && run.iter().any(|c| c.is_ascii_alphanumeric() && !b"aA0".contains(c))
    };
    let runs: HashSet<&[u8]> = said.as_bytes().windows(RUN).filter(|run| telling(run)).collect();
    let is_own = |word: &[u8]| {
        OWN_WORDS.iter().any(|own| memchr::memmem::find(own.as_bytes(), word).is_some())
    };
    for run in read.windows(RUN).filter(|run| runs.contains(run)) {
        let is_name = |word: &[u8]| {
            names.iter().any(|name| memchr::memmem::find(name.as_bytes(), word).is_some())
        };
        // Sentences are put together, of names and of lines and places in a file too, so their words
        // count one by one.
        let is_place = |word: &[u8]| word.len() < RUN && word.iter().all(u8::is_ascii_digit);
        let mut words = run.split(|byte| *byte == b' ');
        let is_known =
            is_name(run) || words.all(|word| is_own(word) || is_name(word) || is_place(word));
        assert!(is_known, "a value is repeated: {said}");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{TARGETS, assert_no_value};

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    fn entries(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("the folder is there");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }

    fn names(folder: &str) -> Vec<String> {
        let paths = entries(&root().join(folder));
        paths.iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn whatever_is_in_the_corpus_holds() {
        for (name, target) in TARGETS {
            let files = entries(&root().join("fixtures/corpus").join(name));
            assert!(files.len() > 1, "{name} has a corpus");
            for file in files {
                // Shown where the test fails: the file that did it.
                println!("{}", file.display());
                target(&fs::read(&file).expect("it reads"));
            }
        }
    }

    #[test]
    fn every_parser_has_a_corpus_and_a_program_that_fuzzes_it() {
        let known = TARGETS.map(|(name, _)| name);
        assert_eq!(names("fixtures/corpus"), known);
        assert_eq!(names("fuzz/fuzz_targets"), known);
    }

    #[test]
    fn a_value_in_an_error_is_noticed() {
        let said = |sentence: &str| {
            let names = ["user_identifier".to_owned()];
            let read = b"user_identifier,event\nanna.smith@example.org,home\n";
            std::panic::catch_unwind(|| assert_no_value(sentence, read, &names)).is_err()
        };
        assert!(said("the row of anna.smith@example.org is short"));
        assert!(said("the row of nna.smit is short"));
        assert!(!said("the column user_identifier has no value"));
    }
}
