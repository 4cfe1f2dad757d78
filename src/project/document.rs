//! `project.json`: what a project is as text, and how an older form of it becomes the present one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use super::secret::Secret;
use super::setup::Setup;
use super::wiped::Wiped;
use super::{ProjectError, SourceOf};

/// What is done to a document of one format to make it one of the next.
type Step = fn(&mut Map<String, Value>);

/// The first makes format 2 of format 1. None has been needed so far.
const STEPS: &[Step] = &[];

/// The format that is written.
const FORMAT: u64 = STEPS.len() as u64 + 1;

#[derive(Deserialize)]
struct AnyFormat {
    format: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[expect(dead_code, reason = "it has been looked at before")]
    format: u64,
    secret: Digits,
    #[serde(default)]
    source: Option<SourceOf>,
    setup: Setup,
}

#[derive(Serialize)]
struct Written<'a> {
    format: u64,
    secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a SourceOf>,
    setup: &'a Setup,
}

/// The secret on its way, overwritten also where the rest of the document turns out unreadable.
#[derive(Deserialize)]
#[serde(transparent)]
struct Digits(String);

impl Drop for Digits {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The parts of a project that stand in the document.
pub(super) struct Document {
    pub(super) secret: Secret,
    pub(super) source: Option<SourceOf>,
    pub(super) setup: Setup,
}

pub(super) fn write(
    secret: &Secret,
    source: Option<&SourceOf>,
    setup: &Setup,
) -> Result<Zeroizing<Vec<u8>>, ProjectError> {
    let digits = secret.to_hex();
    let mut out = Wiped::new();
    serde_json::to_writer_pretty(
        &mut out,
        &Written { format: FORMAT, secret: &digits, source, setup },
    )
    // A path that is no Unicode is all that has no JSON.
    .map_err(|_| ProjectError::Unwritable)?;
    Ok(out.into_bytes())
}

pub(super) fn read(bytes: &[u8]) -> Result<Document, ProjectError> {
    let any: AnyFormat = serde_json::from_slice(bytes).map_err(|_| ProjectError::Damaged)?;
    let read: Read = if any.format == FORMAT {
        serde_json::from_slice(bytes).map_err(|_| ProjectError::Damaged)?
    } else {
        let value = serde_json::from_slice(bytes).map_err(|_| ProjectError::Damaged)?;
        let value = brought_up(value, any.format, STEPS)?;
        serde_json::from_value(value).map_err(|_| ProjectError::Damaged)?
    };
    let secret = Secret::from_hex(&read.secret.0).ok_or(ProjectError::Damaged)?;
    Ok(Document { secret, source: read.source, setup: read.setup })
}

/// A document of an older format, through every step to the present one.
fn brought_up(
    mut document: Map<String, Value>,
    format: u64,
    steps: &[Step],
) -> Result<Value, ProjectError> {
    let newest = steps.len() as u64 + 1;
    if format > newest {
        return Err(ProjectError::Newer);
    }
    let done = format.checked_sub(1).ok_or(ProjectError::Damaged)?;
    for step in &steps[done as usize..] {
        step(&mut document);
    }
    document.insert("format".to_owned(), newest.into());
    Ok(Value::Object(document))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Step, brought_up, read, write};
    use crate::project::{ProjectError, Secret, Setup};

    #[test]
    fn an_older_document_goes_through_every_step_and_a_newer_one_is_refused() {
        let steps: [Step; 2] = [
            |document| {
                let old = document.remove("title").unwrap();
                document.insert("name".to_owned(), old);
            },
            |document| {
                document.insert("colour".to_owned(), "blue".into());
            },
        ];
        let document = |value: serde_json::Value| value.as_object().unwrap().clone();
        let now = brought_up(document(json!({"format": 1, "title": "Shop"})), 1, &steps).unwrap();
        assert_eq!(now, json!({"format": 3, "name": "Shop", "colour": "blue"}));
        let now = brought_up(document(json!({"format": 2, "name": "Shop"})), 2, &steps).unwrap();
        assert_eq!(now, json!({"format": 3, "name": "Shop", "colour": "blue"}));
        let refused = |format| brought_up(document(json!({})), format, &steps).unwrap_err();
        assert!(matches!(refused(4), ProjectError::Newer));
        assert!(matches!(refused(0), ProjectError::Damaged));
    }

    #[test]
    fn a_document_of_another_time_is_told_from_a_damaged_one() {
        let secret = Secret::random().unwrap();
        let written = write(&secret, None, &Setup::default()).unwrap();
        let text = String::from_utf8(written.to_vec()).unwrap();
        assert_eq!(read(text.as_bytes()).map(|it| it.setup == Setup::default()).ok(), Some(true));
        let why = |text: &str| read(text.as_bytes()).err().unwrap();
        assert!(matches!(
            why(&text.replace("\"format\": 1", "\"format\": 9")),
            ProjectError::Newer
        ));
        assert!(matches!(
            why(&text.replace("\"format\": 1", "\"format\": 0")),
            ProjectError::Damaged
        ));
        assert!(matches!(why(&text.replace("\"setup\"", "\"set\"")), ProjectError::Damaged));
        let digits = secret.to_hex();
        assert!(matches!(why(&text.replace(digits.as_str(), "ab")), ProjectError::Damaged));
    }
}
