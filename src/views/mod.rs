//! Plain data that every room speaks: what can be asked, under which policy, how files map to
//! events, and what came out.
//!
//! *Invariant:* nothing here knows how a number was found. The room imports no other room of the
//! house, and holds no record about a single person.

mod disclosed;
mod flow;
mod import;
mod labels;
mod policy;
mod progress;
mod spec;

pub use disclosed::Disclosed;
pub use flow::{Flow, FlowEdge, FlowExit, FlowNode, LabelKind, OTHER, PublishedSpec, Unit, View};
pub use import::{
    ColumnKind, ColumnProfile, DateOrder, FileFormat, ImportPlan, Inspection, Mapping, Quality,
    Question, Refusal, RefusalReason, Repair, Role,
};
pub use labels::{Acceptance, LabelFinding, PiiKind, Rule, RuleKind, Rules};
pub use policy::{Policy, PolicyError};
pub use progress::{Cancelled, Progress};
pub use spec::{Anchor, FlowSpec, Side, Spec, SpecError};
