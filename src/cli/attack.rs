//! `trodden audit`: the attacker on a table of the user's.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::run::output;
use super::{Failure, one_line};
use crate::audit::{self, AuditError, Table};

/// Attacks the table, says what was found, and ends with [`Failure::Found`] where that is anything.
pub(super) fn audit(path: &Path, json: bool) -> Result<(), Failure> {
    let shown = one_line(&path.display().to_string());
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            let why = AuditError::Input("this is not a table in JSON; give one".to_owned());
            return Err(Failure::Audit { path: shown, why });
        }
        Err(source) => return Err(Failure::File { path: shown, what: "read", source }),
    };
    let answer = Table::parse(&text).and_then(|table| {
        let answer = audit::attack(&table)?;
        Ok((table, answer))
    });
    let (table, answer) = answer.map_err(|why| Failure::Audit { path: shown, why })?;
    let mut out = output();
    if json {
        let text = serde_json::to_string_pretty(&answer)
            .map_err(|error| Failure::Usage(format!("the answer has no JSON ({error})")))?;
        writeln!(out, "{text}")?;
    } else {
        out.write_all(audit::report(&table, &answer).as_bytes())?;
    }
    out.flush()?;
    if answer.safe { Ok(()) } else { Err(Failure::Found) }
}
