//! Plain data that every room speaks: what can be asked, under which policy, how files map to
//! events, and what came out.
//!
//! *Invariant:* nothing here knows how a number was found. The room imports no other room of the
//! house, and holds no record about a single person.

mod cell;
mod checkpoint;
mod disclosed;
mod flow;
mod import;
mod labels;
mod ledger;
mod map;
mod options;
mod policy;
mod progress;
mod protect;
mod risk;
pub mod sliders;
mod spec;
mod view;

pub(crate) use cell::{no_formula, quoted};
pub use checkpoint::Checkpoint;
pub use disclosed::Disclosed;
pub use flow::{
    DrawnFor, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, Funnel, FunnelAsked, FunnelStep,
    LabelKind, OTHER, Path, PathStep, Paths, TimeBin,
};
pub use import::{
    ColumnKind, ColumnProfile, ConsentField, DateOrder, Duplicates, FileFormat, ImportPlan,
    Inspection, Mapping, Otherwise, Polarity, Preset, Quality, Question, Refusal, RefusalReason,
    Repair, Role,
};
pub use labels::{
    Acceptance, LabelFinding, Matching, PiiKind, Rule, RuleKind, Rules, Settled, Settlement,
};
pub use ledger::{LedgerAnswer, LedgerFinding};
pub use map::{
    DateBin, Map, MapAsked, MapEdge, MapEnd, MapNode, Quantiles, Timing, TimingAsked, Trend,
    TrendAsked,
};
pub use options::{Kind, Options, seconds};
pub use policy::{Demands, Policy, PolicyError, TimeGrain};
pub use progress::{Cancelled, Progress};
pub use protect::{
    Becomes, ConsentState, Finding, FindingState, LabelReport, LabelRow, Place, Proposal,
    ProposalKind, Protection, ProtectionBands, ProtectionPlan, PurposeCount, Remedy, RuleCatch,
    RuleError, RulePreview, ShapeRow, UnknownConsent,
};
pub use risk::{Risk, RiskBands, Uniqueness, UniquenessBands, UtilityPoint};
pub use spec::{
    Anchor, Ask, Cohort, Extent, Filter, FlowSpec, FunnelSpec, Grain, MapSpec, Order, PathsSpec,
    Side, Spec, SpecError, Split, TimingSpec, TrendSpec,
};
pub use view::{
    Breakdown, Comparison, HIDDEN, Head, OTHER_SEGMENTS, Pair, PublishedCohort, PublishedSpec,
    Segment, SplitAsked, Unit, View,
};
