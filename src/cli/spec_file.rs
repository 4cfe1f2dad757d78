//! `SPEC.toml`: what would otherwise be typed.

use std::path::Path;

use serde::Deserialize;

use super::Failure;
use crate::views::{Acceptance, DateOrder, Mapping, Options, Rule, RuleKind};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SpecFile {
    pub(super) import: Import,
    #[serde(rename = "rule")]
    pub(super) rules: Vec<Rule>,
    #[serde(rename = "accept")]
    pub(super) accepted: Vec<Acceptance>,
    pub(super) policy: Thresholds,
    #[serde(rename = "view")]
    pub(super) views: Vec<Options>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Import {
    pub(super) subject: Option<String>,
    pub(super) session: Option<String>,
    pub(super) event: Option<String>,
    pub(super) time: Option<String>,
    pub(super) timezone: Option<String>,
    pub(super) date_order: Option<DateOrder>,
    pub(super) accept_truncated: bool,
}

impl Import {
    pub(super) fn mapping(&self) -> Mapping {
        Mapping {
            subject: self.subject.clone(),
            session: self.session.clone(),
            event: self.event.clone(),
            time: self.time.clone(),
            attributes: Vec::new(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Thresholds {
    pub(super) k: Option<u32>,
    pub(super) b: Option<u32>,
    pub(super) blur: Option<bool>,
}

impl SpecFile {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| Failure::File {
            path: shown.clone(),
            what: "read",
            source,
        })?;
        Self::parse(&text).map_err(|why| Failure::Usage(format!("{shown}, {why}")))
    }

    /// The error says the line and what is wrong there.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let file: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| {
                1 + text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count()
            });
            format!("line {line}: {}; correct the spec file", error.message())
        })?;
        if file.views.len() > 1 {
            return Err("a package holds one view for now, because several would have to be \
                 protected together; keep one [[view]]"
                .to_owned());
        }
        for (at, rule) in file.rules.iter().enumerate() {
            match (rule.kind, &rule.label) {
                (RuleKind::Rename, None) => {
                    return Err(format!("rule {}: to rename takes a label; add label = …", at + 1));
                }
                (RuleKind::Hide, Some(_)) => {
                    return Err(format!("rule {}: to hide takes no label; remove it", at + 1));
                }
                _ => {}
            }
        }
        Ok(file)
    }
}
