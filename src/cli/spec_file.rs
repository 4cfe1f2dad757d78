//! The file that says what would otherwise be typed (`SPEC.toml`).

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

use super::Failure;
use crate::project::policy_file::parse_toml;
use crate::views::{
    Acceptance, DateOrder, Extent, Mapping, Options, Preset, Rule, Settlement, TimeGrain,
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SpecFile {
    pub(super) import: Import,
    #[serde(rename = "rule")]
    pub(super) rules: Vec<Rule>,
    #[serde(rename = "accept")]
    pub(super) accepted: Vec<Acceptance>,
    #[serde(rename = "settle")]
    pub(super) settled: Vec<Settlement>,
    pub(super) policy: Thresholds,
    pub(super) cohort: CohortDefaults,
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
    pub(super) preset: Option<Preset>,
    pub(super) drop_duplicates: bool,
    /// `30m`, as it would be typed.
    pub(super) session_gap: Option<String>,
    /// Purposes to which consent is needed.
    pub(super) consent: Vec<String>,
    pub(super) consent_register: Vec<PathBuf>,
    pub(super) erasure: Vec<PathBuf>,
}

impl Import {
    pub(super) fn mapping(&self) -> Mapping {
        Mapping {
            subject: self.subject.clone(),
            session: self.session.clone(),
            event: self.event.clone(),
            time: self.time.clone(),
            ..Mapping::default()
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Thresholds {
    pub(super) k: Option<u32>,
    pub(super) b: Option<u32>,
    pub(super) blur: Option<bool>,
    pub(super) cap: Option<u32>,
    pub(super) time_grain: Option<TimeGrain>,
}

/// About whom every view is that says nothing else.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CohortDefaults {
    #[serde(rename = "where")]
    filters: Vec<String>,
    did: Vec<String>,
    did_not: Vec<String>,
    from: Option<Date>,
    to: Option<Date>,
    journey: Option<Extent>,
}

impl CohortDefaults {
    pub(super) fn options(&self) -> Options {
        Options {
            filters: self.filters.clone(),
            did: self.did.clone(),
            did_not: self.did_not.clone(),
            from: self.from,
            to: self.to,
            journey: self.journey,
            ..Options::default()
        }
    }
}

impl SpecFile {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        read(path, Self::parse)
    }

    /// The error says the line and what is wrong there.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let file: Self = parse_toml(text, "spec file")?;
        for (at, rule) in file.rules.iter().enumerate() {
            match (rule.kind.names(), &rule.label) {
                (true, None) => {
                    return Err(format!("rule {}: to rename takes a label; add label = …", at + 1));
                }
                (false, Some(_)) => {
                    return Err(format!("rule {}: to hide takes no label; remove it", at + 1));
                }
                _ => {}
            }
        }
        Ok(file)
    }
}

fn read<T>(path: &Path, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, Failure> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| Failure::File {
        path: shown.clone(),
        what: "read",
        source,
    })?;
    parse(&text).map_err(|why| Failure::Usage(format!("{shown}, {why}")))
}

#[cfg(test)]
mod tests {
    use super::SpecFile;
    use crate::project::policy_file;

    #[test]
    fn what_is_wrong_in_a_file_is_told_without_what_stands_there() {
        let cases = [
            ("[policy]\nk = \"canary\"", "line 2: invalid type: string, expected u32"),
            ("[policy]\nk = \"ca, expected nary\"", "line 2: invalid type: string, expected u32"),
            ("[[rule]]\nkind = \"canary\"\npattern = \"a\"", "line 2: unknown variant, expected "),
            (
                "[[rule]]\nkind = \"hide\"\npattern = \"a\"\n\"canary\" = 1",
                "line 4: unknown field, expected ",
            ),
            ("[[view]]\nfunnel = \"canary\"", "line 2: invalid type: string, expected "),
            ("[[rule]]\nkind = \"hide\"", "line 1: missing field `pattern`"),
            ("[[rule]]\n'canary' = 1\n'canary' = 2", "line 3: duplicate key"),
            ("[[rule]]\npattern = canary@canary", "line 2: "),
            ("canary", "line 1: "),
        ];
        for (text, expected) in cases {
            let Err(why) = SpecFile::parse(text) else { panic!("{text} is no spec file") };
            assert!(why.starts_with(expected), "{why}");
            assert!(!why.contains("nary") && why.ends_with("; correct the spec file"), "{why}");
        }
        let why = policy_file::parse("k = \"canary\"").expect_err("no policy");
        assert_eq!(why, "line 1: invalid type: string, expected u32; correct the policy file");
    }
}
