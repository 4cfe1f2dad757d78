//! `results.json` and `checksums/`: the outputs of a package in the form of ACRO, so that an output
//! checker can open the unpacked package in SACRO Viewer.
//!
//! What SACRO Viewer asks (`sacro/models.py`, versions 0.4): in the folder one JSON file with `version`
//! and `results`, and no `outputs.json`; the version at least 0.4; each output with at least one file,
//! each file with a name, which may lie in a folder; `checksums/NAME.txt` with the SHA-256 of the file in
//! hexadecimal digits and nothing else, else the file is shown as modified. What ACRO writes besides
//! (`acro/record.py`): identifier, status, type, properties, outcome, command, summary, time, comments,
//! exception, and with each file the cells that its checks flagged.
//!
//! *Invariant:* no label and no count is here, since the viewer puts these texts into its page as
//! HTML: names of views, thresholds, and words of ours. The time is that of the archive.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::archive::File;
use super::manifest::{json as written, sha256};
use super::parts::{Content, Part, Place};
use crate::views::View;

/// The version of the form.
const VERSION: &str = "0.4.0";
/// The zip's fixed time.
const TIME: &str = "1980-01-01T00:00:00";
/// The output that holds what is about the whole package. No view can have a name with spaces.
const WHOLE: &str = "the whole package";

/// An output; the order of fields is ACRO's.
#[derive(Serialize)]
struct Output {
    uid: String,
    status: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    properties: Value,
    files: Vec<Value>,
    outcome: Value,
    command: String,
    summary: String,
    timestamp: &'static str,
    comments: Vec<String>,
    exception: &'static str,
}

#[derive(Serialize)]
struct Results {
    version: &'static str,
    #[serde(serialize_with = "by_uid")]
    results: Vec<Output>,
}

/// The views in the order of the package.
fn by_uid<S: Serializer>(outputs: &[Output], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(outputs.iter().map(|output| (&output.uid, output)))
}

/// The file, from the others: all but the manifest are listed, so that nothing leaves unseen.
pub(super) fn text(content: &Content<'_>, files: &[File]) -> Result<String, serde_json::Error> {
    let has = |place: &Place| files.iter().any(|(name, _)| *name == place.path);
    let there: Vec<Place> =
        content.places().into_iter().filter(|it| it.part.is_listed() && has(it)).collect();
    let of = |view: Option<usize>| -> Vec<&Place> {
        let is_own = |place: &&Place| match view {
            Some(at) => place.part.is_of_a_view() && place.view == at,
            None => !place.part.is_of_a_view(),
        };
        there.iter().filter(is_own).collect()
    };
    let views = content.views.iter().enumerate();
    let mut results: Vec<Output> =
        views.map(|(at, view)| of_view(content, view, of(Some(at)))).collect();
    results.push(of_package(&of(None)));
    written(&Results { version: VERSION, results })
}

fn of_view(content: &Content<'_>, view: &View, mut places: Vec<&Place>) -> Output {
    // The viewer shows the first file first, and it can draw tables and pictures.
    places.sort_by_key(|place| place.part == Part::View);
    let (k, b) = (content.policy.k(), content.policy.b());
    // What ACRO would flag cell by cell in a table.
    let flagged = json!({
        "summary": {
            "mitigation": "round", "round_base": b, "suppressed": false,
            "negative": 0, "missing": 0, "threshold": 0, "p-ratio": 0, "nk-rule": 0
        },
        "cells": { "negative": [], "missing": [], "threshold": [], "p-ratio": [], "nk-rule": [] }
    });
    Output {
        uid: view.name().to_owned(),
        status: "pass",
        kind: "table",
        properties: json!({ "method": view.kind() }),
        files: places
            .iter()
            .map(|place| {
                let sdc = if place.part == Part::Table { flagged.clone() } else { json!({}) };
                json!({ "name": place.path, "sdc": sdc })
            })
            .collect(),
        outcome: json!({}),
        command: format!("trodden release ({})", view.kind()),
        summary: format!(
            "pass; every count covers at least {k} different people; counts are multiples of {b}; \
             all views of the package were attacked together"
        ),
        timestamp: TIME,
        comments: vec![
            "The status is that of Trodden's own checks, which are in audit.json; ACRO did not run. \
             No cell is left out and none is flagged: small numbers are drawn as Other before \
             anything is counted."
                .to_owned(),
            "The statement of the package says what was read and what is not promised. \
             `trodden verify` runs all checks again without the data."
                .to_owned(),
        ],
        exception: "",
    }
}

/// What has to be read by somebody, and cannot be checked by a program.
fn of_package(places: &[&Place]) -> Output {
    Output {
        uid: WHOLE.to_owned(),
        status: "review",
        kind: "custom",
        properties: json!({ "method": "statement" }),
        files: places.iter().map(|it| json!({ "name": it.path, "sdc": {} })).collect(),
        outcome: json!({}),
        command: "trodden release".to_owned(),
        summary: "review".to_owned(),
        timestamp: TIME,
        comments: vec!["What was read, dropped and promised, in plain words.".to_owned()],
        exception: "",
    }
}

/// What stands in `checksums/` for a file: its hash, without an end of line.
pub(super) fn checksum(bytes: &[u8]) -> Vec<u8> {
    sha256(bytes).into_bytes()
}
