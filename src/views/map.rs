//! Class C views as they are published: map, timing, trend. A person can be in several cells, so
//! counts of different cells do not add up, except where it is said.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Grain, LabelKind, PublishedSpec, TimeBin, Unit};

/// A directly-follows graph. An edge that is absent has nobody, too few people, or stands behind
/// a slider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    pub unit: Unit,
    pub k: u32,
    pub b: u32,
    /// Everybody in the cohort: people, or sessions where sessions are counted.
    pub people: u64,
    /// The share of steps (people at nodes) that stand under their own name.
    pub by_name_band: [u8; 2],
    pub spec: PublishedSpec<MapAsked>,
    /// Ordered by count descending, then label, as all lists are.
    pub nodes: Vec<MapNode>,
    pub edges: Vec<MapEdge>,
    /// Where journeys start. All of them, folded so that nobody is left over, add up to `people`;
    /// behind a slider some are not shown.
    pub starts: Vec<MapEnd>,
    pub ends: Vec<MapEnd>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapAsked {
    pub activities: u8,
    pub paths: u8,
    pub skip_rare: bool,
    pub times: bool,
    /// The most that one person adds to a count of sessions or occurrences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<u32>,
    /// Whether cells were left out because something could be computed with them: then a cell that
    /// is absent may have any number of people.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub folded: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapNode {
    pub label: String,
    pub kind: LabelKind,
    pub count: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapEdge {
    /// A label of `nodes`.
    pub from: String,
    pub to: String,
    pub count: u64,
    /// People by how long this took them the first time. Each has at least k people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bins: Vec<TimeBin>,
    /// Read off the bins, where k people lie on both sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_secs: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapEnd {
    pub label: String,
    pub kind: LabelKind,
    pub count: u64,
}

/// How long people take from one step to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    pub unit: Unit,
    pub k: u32,
    pub b: u32,
    /// Everybody who goes from the one step to the other. Equals the sum of the bins.
    pub people: u64,
    pub by_name_band: [u8; 2],
    pub spec: PublishedSpec<TimingAsked>,
    /// In ascending order, without a gap; the first begins at 0 and only the last may have no end.
    pub bins: Vec<TimeBin>,
    pub quantiles: Quantiles,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimingAsked {
    pub from_label: String,
    pub to_label: String,
}

/// Seconds, read off the published bins; absent where fewer than k people lie on one side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantiles {
    pub p25: Option<u64>,
    pub p50: Option<u64>,
    pub p75: Option<u64>,
}

/// People who are active in each interval. Somebody may be in several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trend {
    pub unit: Unit,
    pub k: u32,
    pub b: u32,
    /// Everybody in the cohort, or everybody with the label that is counted.
    pub people: u64,
    pub by_name_band: [u8; 2],
    pub spec: PublishedSpec<TrendAsked>,
    pub bins: Vec<DateBin>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendAsked {
    pub grain: Grain,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// The days from `from` on and before `to`. Without a declared window the first interval has no
/// beginning and the last has no end: the first and last time of the data are never shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateBin {
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub count: u64,
}
