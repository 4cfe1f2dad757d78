//! What can be asked.
//!
//! What was typed or read from a file becomes [`Options`](super::Options) first; [`Spec`] is the
//! checked question.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Unit;

/// One question to the vault: about whom, counted in what, and what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// The name of the view in a package: letters, digits, `-` and `_`.
    pub name: String,
    pub cohort: Cohort,
    pub unit: Unit,
    pub split: Option<Split>,
    /// Labels whose events are skipped.
    pub hide: Vec<String>,
    /// Whether repeats of a label in a row count as one step.
    pub collapse: bool,
    pub ask: Ask,
}

/// About whom, and about which part of their journeys. Everything must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cohort {
    pub filters: Vec<Filter>,
    /// People with at least one such step, each of them.
    pub did: Vec<String>,
    /// People without any such step.
    pub did_not: Vec<String>,
    /// Only events from the beginning of this day on, in the time zone of the import.
    pub from: Option<Date>,
    /// Only events before the end of this day.
    pub to: Option<Date>,
    pub journey: Extent,
}

/// A person's value of an attribute: the first one in time that is not empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    pub attribute: String,
    pub value: String,
}

/// Which part of a person's history is her journey. With sessions as the unit every session is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    #[default]
    Whole,
    FirstSession,
    LastSession,
    LongestSession,
}

/// The same question to several groups that share nobody, protected together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Every value of an attribute is a segment.
    By(String),
    /// `a` has this value and `b` another: the one that the cohort's filter on the same attribute
    /// names (that filter then belongs to `a`, this value to `b`), or, without such a filter,
    /// anything but this value.
    Compare(Filter),
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    Flow(FlowSpec),
    Map(MapSpec),
    Paths(PathsSpec),
    Funnel(FunnelSpec),
    Timing(TimingSpec),
    Trend(TrendSpec),
}

impl Default for Ask {
    fn default() -> Self {
        Self::Flow(FlowSpec::default())
    }
}

/// From which end of a journey steps are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    #[default]
    Start,
    End,
    /// From the first step with the anchor's label to the next one with its other label.
    Between,
}

/// Where step 1 (or −1) of a flow stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Anchor {
    pub side: Side,
    /// Without a label: the first (or last) step of the journey. With one: the first (or last)
    /// occurrence of that label, and the cohort is the people who have it. Between two labels it
    /// is the first of them.
    pub label: Option<String>,
    /// The label at which a journey between two labels is over. Only there.
    pub until: Option<String>,
}

/// A flow: how people move step by step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FlowSpec {
    pub anchor: Anchor,
    /// 2 to 12.
    pub steps: u8,
    /// Labels that may stand for themselves at each step, 1 to 50; the rest is `Other`.
    pub top: u8,
}

impl Default for FlowSpec {
    fn default() -> Self {
        Self { anchor: Anchor::default(), steps: 6, top: 8 }
    }
}

impl FlowSpec {
    pub const STEPS: std::ops::RangeInclusive<u8> = 2..=12;
    pub const TOP: std::ops::RangeInclusive<u8> = 1..=50;
}

/// Whole paths: the same questions as a flow, told by what came before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathsSpec {
    pub flow: FlowSpec,
}

/// A directly-follows graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MapSpec {
    /// How many of the activities that may be shown are shown, the most frequent first, in
    /// percent of their number, 1 to 100.
    pub activities: u8,
    /// The same for edges, 0 to 100. Whatever is shown stays reachable from a start and able to
    /// reach an end.
    pub paths: u8,
    /// Labels that are not shown by name are skipped, instead of becoming `Other`.
    pub skip_rare: bool,
    /// How long edges take: people per duration and medians.
    pub times: bool,
}

impl Default for MapSpec {
    fn default() -> Self {
        Self { activities: 100, paths: 100, skip_rare: false, times: false }
    }
}

/// In which order the steps of a funnel are to be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// In this order, with anything in between.
    #[default]
    This,
    /// Each step with all those before it, in any order.
    Any,
    /// In this order, with nothing in between.
    Exact,
}

/// A funnel: how many people get how far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FunnelSpec {
    /// 2 to 12 different labels.
    pub steps: Vec<String>,
    pub order: Order,
    /// Steps, among `steps`, that may be left out: never the first or the last.
    pub optional: Vec<String>,
    /// Labels that end an attempt when they come between its first and its last step.
    pub exclude: Vec<String>,
    /// All steps must come within this time after the first.
    pub window_secs: Option<u64>,
}

/// How long people take from one step to the next occurrence of another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimingSpec {
    pub from: String,
    pub to: String,
}

/// How long the intervals of a trend are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    Day,
    #[default]
    Week,
    Month,
}

/// How many people are active over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrendSpec {
    pub grain: Grain,
    /// Only people who take this step in an interval count in it.
    pub label: Option<String>,
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
    #[error("two views have the same name; give each its own")]
    SameName,
    /// The vault answers it like a label that too few people have.
    #[error("the data have no step with a label that is asked for")]
    NoSuchLabel,
    #[error("{0}")]
    Options(String),
}

impl Spec {
    /// A flow of everybody with a name of its own.
    pub fn flow(name: &str, flow: FlowSpec) -> Self {
        Self { name: name.to_owned(), collapse: true, ask: Ask::Flow(flow), ..Self::default() }
    }

    /// # Errors
    /// Where a number is out of its range, something is asked that does not fit the kind of view,
    /// or the name could not be a file name.
    pub fn check(&self) -> Result<(), SpecError> {
        let name_is_plain =
            self.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if self.name.is_empty() || self.name.len() > 40 || !name_is_plain {
            return Err(SpecError::Name);
        }
        let refuse = |what: &str| Err(SpecError::Options(what.to_owned()));
        let Cohort { from, to, journey, .. } = &self.cohort;
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return refuse("--from is a later day than --to; exchange them");
        }
        if self.unit == Unit::Sessions && *journey != Extent::Whole {
            return refuse(
                "with sessions as the unit every session is a journey; leave --journey out",
            );
        }
        if self.unit == Unit::Occurrences && !matches!(self.ask, Ask::Map(_)) {
            return refuse("only a map counts occurrences; choose people or sessions");
        }
        if self.unit == Unit::Sessions && matches!(self.ask, Ask::Timing(_) | Ask::Trend(_)) {
            return refuse("timing and trend count people; leave --unit out");
        }
        match &self.ask {
            Ask::Flow(flow) | Ask::Paths(PathsSpec { flow }) => flow.check(),
            Ask::Map(map) => {
                if !(1..=100).contains(&map.activities) || map.paths > 100 {
                    return refuse(
                        "the sliders of a map are percents: activities 1 to 100, paths 0 to 100",
                    );
                }
                Ok(())
            }
            Ask::Funnel(funnel) => funnel.check(),
            Ask::Timing(timing) if timing.from.is_empty() || timing.to.is_empty() => {
                refuse("a timing view needs two labels; add --timing FROM,TO")
            }
            Ask::Timing(_) | Ask::Trend(_) => Ok(()),
        }
    }
}

impl FlowSpec {
    fn check(&self) -> Result<(), SpecError> {
        if !Self::STEPS.contains(&self.steps) {
            return Err(SpecError::Steps(self.steps));
        }
        if !Self::TOP.contains(&self.top) {
            return Err(SpecError::Top(self.top));
        }
        let between = self.anchor.side == Side::Between;
        if between != self.anchor.until.is_some() || (between && self.anchor.label.is_none()) {
            return Err(SpecError::Options(
                "a flow between two labels needs both; give --start and --end".to_owned(),
            ));
        }
        if between && self.anchor.label == self.anchor.until {
            return Err(SpecError::Options(
                "a flow between two labels needs two different ones; change --start or --end"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

impl FunnelSpec {
    pub const STEPS: std::ops::RangeInclusive<usize> = 2..=12;
    /// More steps that may be left out than this are not told apart.
    pub const MOST_OPTIONAL: usize = 4;

    fn check(&self) -> Result<(), SpecError> {
        let refuse = |what: &str| Err(SpecError::Options(what.to_owned()));
        if !Self::STEPS.contains(&self.steps.len()) {
            return refuse("a funnel has 2 to 12 steps; give them as --funnel A,B,C");
        }
        let mut sorted: Vec<&String> = self.steps.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() < self.steps.len() {
            return refuse("a funnel has every step once; remove the one that is there twice");
        }
        let inner = &self.steps[1..self.steps.len() - 1];
        if !self.optional.iter().all(|label| inner.contains(label)) {
            return refuse(
                "a step that may be left out is one of the funnel's, and neither its first nor its last; change --optional",
            );
        }
        if self.optional.len() > Self::MOST_OPTIONAL {
            return refuse(
                "at most four steps of a funnel may be left out; remove some --optional",
            );
        }
        if self.exclude.iter().any(|label| self.steps.contains(label)) {
            return refuse("a step of the funnel cannot end it; change --exclude");
        }
        if self.window_secs == Some(0) {
            return refuse("a conversion window is longer than nothing; change --window");
        }
        Ok(())
    }
}

impl Cohort {
    /// Whether it is everybody with everything they did.
    pub fn is_everybody(&self) -> bool {
        *self == Self::default()
    }
}

impl Ask {
    /// `flow`, `map`, … as typed and as written into JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Flow(_) => "flow",
            Self::Map(_) => "map",
            Self::Paths(_) => "paths",
            Self::Funnel(_) => "funnel",
            Self::Timing(_) => "timing",
            Self::Trend(_) => "trend",
        }
    }
}
