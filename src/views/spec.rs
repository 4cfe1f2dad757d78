//! What can be asked.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One question to the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "view", rename_all = "snake_case")]
pub enum Spec {
    Flow(FlowSpec),
}

/// From which end of a journey steps are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    #[default]
    Start,
    End,
}

/// Where step 1 (or −1) of a flow stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Anchor {
    pub side: Side,
    /// Without a label: the first (or last) step of the journey. With one: the first (or last)
    /// occurrence of that label, and the cohort is the people who have it.
    pub label: Option<String>,
}

/// A flow: how people move step by step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FlowSpec {
    /// The name of the view in a package: letters, digits, `-` and `_`.
    pub name: String,
    pub anchor: Anchor,
    /// 2 to 12.
    pub steps: u8,
    /// Labels that may stand for themselves at each step, 1 to 50; the rest is `Other`.
    pub top: u8,
    /// Whether repeats of a label in a row count as one step.
    pub collapse: bool,
    /// Labels whose events are skipped.
    pub hide: Vec<String>,
}

impl Default for FlowSpec {
    fn default() -> Self {
        Self {
            name: "flow".to_owned(),
            anchor: Anchor::default(),
            steps: 6,
            top: 8,
            collapse: true,
            hide: Vec::new(),
        }
    }
}

/// Why a question cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SpecError {
    #[error("a flow has 2 to 12 steps, not {0}; choose a number in that range")]
    Steps(u8),
    #[error("a flow names 1 to 50 labels a step, not {0}; choose a number in that range")]
    Top(u8),
    #[error("a view's name is 1 to 40 letters, digits, - or _; choose another name")]
    Name,
}

impl FlowSpec {
    pub const STEPS: std::ops::RangeInclusive<u8> = 2..=12;
    pub const TOP: std::ops::RangeInclusive<u8> = 1..=50;

    /// # Errors
    /// Where a number is out of its range or the name could not be a file name.
    pub fn check(&self) -> Result<(), SpecError> {
        if !Self::STEPS.contains(&self.steps) {
            return Err(SpecError::Steps(self.steps));
        }
        if !Self::TOP.contains(&self.top) {
            return Err(SpecError::Top(self.top));
        }
        let name_is_plain =
            self.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if self.name.is_empty() || self.name.len() > 40 || !name_is_plain {
            return Err(SpecError::Name);
        }
        Ok(())
    }
}

impl Spec {
    /// # Errors
    /// See [`FlowSpec::check`].
    pub fn check(&self) -> Result<(), SpecError> {
        match self {
            Self::Flow(flow) => flow.check(),
        }
    }

    /// The name of the view in a package.
    pub fn name(&self) -> &str {
        match self {
            Self::Flow(flow) => &flow.name,
        }
    }
}
