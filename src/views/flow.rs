//! Class A views as they are published: flow, paths, funnel. Everybody is counted once at every
//! step, so the counts are those of a network: in = out at every node.

use serde::{Deserialize, Serialize};

use super::{Order, PublishedSpec, Side, Unit};

/// The label that stands for "not shown by name here".
pub const OTHER: &str = "Other";

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
    /// How many of the steps that could have a name of their own stand under it, in percent, as a
    /// band of five: `[95, 100]` means between 95 and 100.
    pub by_name_band: [u8; 2],
    pub spec: PublishedSpec<FlowAsked>,
    pub nodes: Vec<FlowNode>,
    pub edges: Vec<FlowEdge>,
    pub exits: Vec<FlowExit>,
}

/// What was asked of a flow or of paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowAsked {
    pub anchor: Side,
    /// The label at the anchor, where one was asked for. It is always shown.
    pub anchor_label: Option<String>,
    /// The label at which journeys between two labels are over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_label: Option<String>,
    pub steps: u8,
    pub top: u8,
    /// What the journeys were drawn for, where that is finer than this view: its numbers are then
    /// sums of rounded numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn_for: Option<DrawnFor>,
}

/// The finest view of a cohort in a package: its journeys are drawn once, for that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnFor {
    /// Step by step, told by what came before.
    pub paths: bool,
    pub steps: u8,
    pub top: u8,
    /// Segment by segment of this attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
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

/// People by the whole path that they took, as far as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    pub unit: Unit,
    pub k: u32,
    pub b: u32,
    /// Everybody in the cohort. Equals the sum of all paths.
    pub people: u64,
    pub by_name_band: [u8; 2],
    pub spec: PublishedSpec<FlowAsked>,
    /// Every person is in one of them. Ordered by count descending, then steps.
    pub paths: Vec<Path>,
}

/// One path: all its people took these steps in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// Outward from the anchor.
    pub steps: Vec<PathStep>,
    /// Whether the journey is known to have no further step. A path of fewer steps than were asked
    /// for always ends.
    pub ends: bool,
    pub count: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathStep {
    pub label: String,
    pub kind: LabelKind,
}

/// How many people get how far. Counts are low, to within the rounding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funnel {
    pub unit: Unit,
    pub k: u32,
    pub b: u32,
    /// Everybody in the cohort, whether or not they took the first step.
    pub people: u64,
    pub by_name_band: [u8; 2],
    pub spec: PublishedSpec<FunnelAsked>,
    /// In the order of the funnel; a step that nobody is drawn at has the count 0.
    pub steps: Vec<FunnelStep>,
    /// How long those at the last step took from the first. Sums to the last step; empty without
    /// times.
    pub time_to_convert: Vec<TimeBin>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelAsked {
    pub order: Order,
    /// Among the steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub optional: Vec<String>,
    /// Labels that end an attempt; one that may not be shown is "a label".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_secs: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelStep {
    pub label: String,
    pub count: u64,
}

/// People whose time lies in `from..to`, in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeBin {
    pub from: u64,
    /// Absent where the bin has no end.
    pub to: Option<u64>,
    pub count: u64,
}

impl TimeBin {
    /// Where every bin of the fixed grid but the first begins, in seconds. The grid is the same for
    /// all data, so that where a bin begins and ends tells nothing about them.
    pub const GRID_SECS: [u64; 27] = {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        const DAY: u64 = 24 * HOUR;
        [
            1,
            2,
            5,
            10,
            20,
            30,
            MINUTE,
            2 * MINUTE,
            5 * MINUTE,
            10 * MINUTE,
            20 * MINUTE,
            30 * MINUTE,
            HOUR,
            2 * HOUR,
            4 * HOUR,
            8 * HOUR,
            12 * HOUR,
            DAY,
            2 * DAY,
            3 * DAY,
            7 * DAY,
            14 * DAY,
            30 * DAY,
            60 * DAY,
            90 * DAY,
            180 * DAY,
            365 * DAY,
        ]
    };

    /// Whether it holds several bins of the grid, put together until enough people were in them.
    pub fn is_merged(&self) -> bool {
        let inside = |bound: u64| bound > self.from && self.to.is_none_or(|to| bound < to);
        Self::GRID_SECS.into_iter().any(inside)
    }
}
