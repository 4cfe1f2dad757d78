//! What an import must give, told by files from outside, by files made to be ugly, and by chance.

mod attributes;
mod coded;
mod containers;
mod exports;
mod formats;
mod guesses;
mod minimal;
mod random;
mod reference;
mod speed;
mod ugly;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::group::Wanted;
use super::source::{Dialect, Source};
use super::{ImportError, Imported, container, import};
use crate::vault::journeys::{SESSION_GAP_MILLIS, Store};
use crate::views::{ImportPlan, Progress, RefusalReason};

const COMMA: Dialect = Dialect { delimiter: b',', has_quotes: true, has_header: true, skip: 0 };
const WANTED: Wanted = Wanted { session_gap_millis: SESSION_GAP_MILLIS, drop_duplicates: false };

/// Journeys as plain values: events with their times, by subject.
type Plain = BTreeMap<String, Vec<(String, Option<i64>)>>;

fn plain(store: &Store) -> Plain {
    (0..store.subjects())
        .map(|subject| {
            let id = String::from_utf8(store.subject_id(subject).to_vec()).unwrap();
            let events = store
                .events_of(subject)
                .map(|event| {
                    let label = store.dictionary()[store.label(event) as usize].clone();
                    (label, store.time_millis.as_ref().map(|times| times[event]))
                })
                .collect();
            (id, events)
        })
        .collect()
}

/// The shared data sets, or one line that says why the test did not run.
fn shared(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets").join(file);
    if !path.exists() {
        println!("not run: ../shared/datasets/{file} is not here");
        return None;
    }
    Some(path)
}

/// The only event file of a path, open.
fn source(path: &Path) -> Result<Source, ImportError> {
    let mut found = container::open(path)?;
    Source::open(found.files.remove(0), None)
}

fn plan(path: impl Into<PathBuf>) -> ImportPlan {
    ImportPlan { files: vec![path.into()], ..ImportPlan::default() }
}

/// A file with these bytes and a name that says nothing.
fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file.flush().unwrap();
    file
}

fn import_plan(plan: &ImportPlan) -> Result<Imported, ImportError> {
    import(plan, &Progress::default())
}

fn import_bytes(bytes: &[u8]) -> Result<Imported, ImportError> {
    import_plan(&plan(file(bytes).path()))
}

fn error_of(result: Result<Imported, ImportError>) -> String {
    match result {
        Ok(_) => panic!("this should not have been imported"),
        Err(error) => {
            let sentence = error.to_string();
            assert!(!sentence.contains('\n'), "one line: {sentence}");
            sentence
        }
    }
}

/// (reason, rows, lines) of every refusal.
fn refused(imported: &Imported) -> Vec<(RefusalReason, u64, Vec<u64>)> {
    let refusals = imported.quality.refusals.iter();
    refusals.map(|refusal| (refusal.reason, refusal.rows, refusal.lines.clone())).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}
