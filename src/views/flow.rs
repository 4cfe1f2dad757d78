//! What a flow looks like once it is published, and the JSON it is written as.

use serde::{Deserialize, Serialize};

use super::Side;

/// The label that stands for "not shown by name here".
pub const OTHER: &str = "Other";

/// A published view, tagged by its kind (`"view": "flow"`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "view", rename_all = "snake_case", deny_unknown_fields)]
pub enum View {
    Flow(Flow),
}

/// What one unit of a count is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    #[default]
    People,
}

/// Whether a node stands for one label or for everything that is not shown by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelKind {
    Label,
    Other,
}

/// People step by step: a network in which every node passes on as many people as it receives.
///
/// Lists are ordered by step (outward from the anchor), then count descending, then label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    pub unit: Unit,
    /// Every count covers at least this many different people.
    pub k: u32,
    /// Every count is a multiple of this base.
    pub b: u32,
    /// Everybody in the cohort, a multiple of `b`. Equals the sum of the first step.
    pub people: u64,
    /// The share of steps that stand under their own name, in percent, as a band of five:
    /// `[95, 100]` means between 95 and 100.
    pub by_name_band: [u8; 2],
    pub spec: PublishedSpec,
    pub nodes: Vec<FlowNode>,
    pub edges: Vec<FlowEdge>,
    pub exits: Vec<FlowExit>,
}

/// What was asked, as far as it may be told: of labels only those that are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedSpec {
    pub name: String,
    pub anchor: Side,
    /// The label at the anchor, where one was asked for. It is always shown.
    pub anchor_label: Option<String>,
    pub steps: u8,
    pub top: u8,
    pub collapse: bool,
    pub blur: bool,
    /// Hidden labels and label rules, each as the words "a rule".
    pub rules: Vec<String>,
}

/// One label at one step, or `Other` at that step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowNode {
    /// `"STEP:LABEL"`.
    pub id: String,
    /// 1, 2, … from a start anchor; −1, −2, … backwards from an end anchor.
    pub step: i32,
    /// A label of the data that reads `Other` is written `Other (label)`.
    pub label: String,
    pub kind: LabelKind,
    pub count: u64,
}

/// People who went from one node to a node of the next step outward from the anchor
/// (with an end anchor, `to` is the step before in time).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowEdge {
    pub from: String,
    pub to: String,
    pub count: u64,
}

/// People whose journey has no further step outward from the anchor: they left
/// (start anchor), or they began here (end anchor).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowExit {
    pub from: String,
    pub count: u64,
}
