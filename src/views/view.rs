//! What a published view is, whatever its kind, and the JSON it is written as.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Extent, Filter, Flow, Funnel, LabelKind, Map, Paths, Timing, Trend};

/// A published view, tagged by its kind (`"view": "flow"`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "view", rename_all = "snake_case", deny_unknown_fields)]
pub enum View {
    Flow(Flow),
    Map(Map),
    Paths(Paths),
    Funnel(Funnel),
    Timing(Timing),
    Trend(Trend),
    Breakdown(Breakdown),
    Comparison(Comparison),
}

/// What one unit of a count is. Whatever it is, every count covers at least k different people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    #[default]
    People,
    Sessions,
    Occurrences,
}

/// What was asked, as far as it may be told: of labels only those that are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedSpec<A> {
    pub name: String,
    #[serde(flatten)]
    pub asked: A,
    pub collapse: bool,
    pub blur: bool,
    /// Hidden labels and label rules, each as the words "a rule".
    pub rules: Vec<String>,
    /// Absent where it is everybody with everything they did.
    #[serde(default, skip_serializing_if = "PublishedCohort::is_everybody")]
    pub cohort: PublishedCohort,
}

/// About whom, in words that may be told. A label or value that may not is [`HIDDEN`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublishedCohort {
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Where the cohort is everybody but those with these values, of a comparison or `Other
    /// segments`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub where_not: Vec<Filter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub did: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub did_not: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journey: Option<Extent>,
}

/// What stands for a label or value that may not be told.
pub const HIDDEN: &str = "(not told)";

impl PublishedCohort {
    pub fn is_everybody(&self) -> bool {
        *self == Self::default()
    }
}

/// The share of what is drawn that stands under a name, in percent, as a band of five. It follows from
/// the published counts alone, so it tells nothing that they do not. Where nothing has a name that could be
/// missing, all of it has.
pub fn share_by_name(drawn: impl IntoIterator<Item = (LabelKind, u64)>) -> [u8; 2] {
    let (mut named, mut all) = (0_u64, 0_u64);
    for (kind, count) in drawn {
        all += count;
        named += if kind == LabelKind::Label { count } else { 0 };
    }
    let percent = (100_u64 * named).checked_div(all).unwrap_or(100);
    let low = (percent / 5 * 5).min(95) as u8;
    [low, low + 5]
}

/// The same question to every segment of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breakdown {
    pub unit: Unit,
    pub k: u32,
    pub b: u32,
    /// The sum of the segments.
    pub people: u64,
    pub by_name_band: [u8; 2],
    pub spec: PublishedSpec<SplitAsked>,
    /// Ordered by people descending, then label; `Other segments` last.
    pub segments: Vec<Segment>,
}

/// What a breakdown or comparison is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitAsked {
    pub by: String,
}

/// One segment: never a breakdown or a comparison itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// A value of the attribute, or `Other segments`.
    pub label: String,
    pub kind: LabelKind,
    #[serde(flatten)]
    pub view: View,
}

/// The label of all segments that are not shown by name.
pub const OTHER_SEGMENTS: &str = "Other segments";

/// The same question to two groups that share nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    pub unit: Unit,
    pub k: u32,
    pub b: u32,
    /// The sum of the two.
    pub people: u64,
    pub by_name_band: [u8; 2],
    pub spec: PublishedSpec<SplitAsked>,
    pub comparison: Pair,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    pub a: Box<View>,
    pub b: Box<View>,
}

/// What every view says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    pub name: &'a str,
    pub unit: Unit,
    pub k: u32,
    pub b: u32,
    pub people: u64,
    pub by_name_band: [u8; 2],
    pub blur: bool,
    pub collapse: bool,
    pub rules: &'a [String],
    pub cohort: &'a PublishedCohort,
}

macro_rules! head {
    ($view:expr) => {
        Head {
            name: &$view.spec.name,
            unit: $view.unit,
            k: $view.k,
            b: $view.b,
            people: $view.people,
            by_name_band: $view.by_name_band,
            blur: $view.spec.blur,
            collapse: $view.spec.collapse,
            rules: &$view.spec.rules,
            cohort: &$view.spec.cohort,
        }
    };
}

impl View {
    /// The views that this one is made of: the segments, the two sides, or itself.
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Breakdown(breakdown) => breakdown.segments.iter().map(|s| &s.view).collect(),
            Self::Comparison(Comparison { comparison, .. }) => {
                vec![&comparison.a, &comparison.b]
            }
            _ => vec![self],
        }
    }

    /// What the view says of itself.
    pub fn head(&self) -> Head<'_> {
        match self {
            Self::Flow(view) => head!(view),
            Self::Map(view) => head!(view),
            Self::Paths(view) => head!(view),
            Self::Funnel(view) => head!(view),
            Self::Timing(view) => head!(view),
            Self::Trend(view) => head!(view),
            Self::Breakdown(view) => head!(view),
            Self::Comparison(view) => head!(view),
        }
    }

    /// The name of the view in a package.
    pub fn name(&self) -> &str {
        self.head().name
    }

    /// The share of what is drawn that stands under a name, of all parts together.
    #[must_use]
    pub fn by_name(&self) -> [u8; 2] {
        share_by_name(self.parts().into_iter().flat_map(Self::drawn))
    }

    /// How many are drawn at each step, and whether under a name.
    pub(crate) fn drawn(&self) -> Vec<(LabelKind, u64)> {
        match self {
            Self::Flow(flow) => flow.nodes.iter().map(|node| (node.kind, node.count)).collect(),
            Self::Map(map) => map.nodes.iter().map(|node| (node.kind, node.count)).collect(),
            Self::Paths(paths) => {
                let steps = paths
                    .paths
                    .iter()
                    .flat_map(|path| path.steps.iter().map(|step| (step.kind, path.count)));
                steps.collect()
            }
            // Whatever is counted in these has a name.
            _ => Vec::new(),
        }
    }

    /// The same view under another name, each of its parts included.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        self.set_name(name);
        self
    }

    fn set_name(&mut self, name: &str) {
        let own = match self {
            Self::Flow(view) => &mut view.spec.name,
            Self::Map(view) => &mut view.spec.name,
            Self::Paths(view) => &mut view.spec.name,
            Self::Funnel(view) => &mut view.spec.name,
            Self::Timing(view) => &mut view.spec.name,
            Self::Trend(view) => &mut view.spec.name,
            Self::Breakdown(view) => {
                view.segments.iter_mut().for_each(|segment| segment.view.set_name(name));
                &mut view.spec.name
            }
            Self::Comparison(view) => {
                view.comparison.a.set_name(name);
                view.comparison.b.set_name(name);
                &mut view.spec.name
            }
        };
        name.clone_into(own);
    }

    /// `flow`, `map`, …: the tag of its JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Flow(_) => "flow",
            Self::Map(_) => "map",
            Self::Paths(_) => "paths",
            Self::Funnel(_) => "funnel",
            Self::Timing(_) => "timing",
            Self::Trend(_) => "trend",
            Self::Breakdown(_) => "breakdown",
            Self::Comparison(_) => "comparison",
        }
    }
}
