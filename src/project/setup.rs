//! What a person decided in a project: which files and how they are read, what is protected, and what
//! was asked.
//!
//! *Invariant:* no row and no value of the data, except in rules and questions that somebody typed.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::board::Workshop;
use crate::views::{
    Cohort, FlowSpec, FunnelSpec, ImportPlan, Kind, MapSpec, Policy, ProtectionPlan, Rules, Spec,
    Split, TimingSpec, TrendSpec, Unit,
};

/// Everything of a project that a person decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    pub name: String,
    /// The data are the built-in sample, written anew when they are read.
    pub is_sample: bool,
    pub plan: ImportPlan,
    pub protection: ProtectionPlan,
    pub rules: Rules,
    pub policy: Policy,
    pub asked: Asked,
    /// Boards and slides, in words of people and with names of views.
    #[serde(
        default,
        skip_serializing_if = "is_empty",
        serialize_with = "write_workshop",
        deserialize_with = "read_workshop"
    )]
    pub workshop: Arc<Workshop>,
}

fn is_empty(workshop: &Arc<Workshop>) -> bool {
    workshop.is_empty()
}

fn write_workshop<S: Serializer>(workshop: &Arc<Workshop>, to: S) -> Result<S::Ok, S::Error> {
    workshop.as_ref().serialize(to)
}

fn read_workshop<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Workshop>, D::Error> {
    let workshop = Workshop::deserialize(from)?;
    workshop.checked().map(Arc::new).map_err(de::Error::custom)
}

/// What was asked of every kind of view, and how its picture was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    pub kind: Kind,
    pub flow: FlowSpec,
    pub map: MapSpec,
    pub funnel: FunnelSpec,
    pub timing: TimingSpec,
    pub trend: TrendSpec,
    pub cohort: Cohort,
    pub unit: Unit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    pub collapse: bool,
    /// Labels whose events are skipped.
    pub hide: Vec<String>,
    /// The views that are put together for a release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub release: Vec<Spec>,
    pub picture: PictureSetup,
}

/// How pictures were set; nothing is counted by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureSetup {
    /// Two groups are drawn as their difference.
    pub difference: bool,
    /// The flows of several groups are drawn as one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub together: bool,
    pub drop_off: bool,
    /// How much of a map is drawn, in percent.
    pub activities: u8,
    pub paths: u8,
    /// The one activity that is drawn with its neighbours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<String>,
    /// Whether every doubling of time is equally wide, where somebody chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logarithmic: Option<bool>,
    pub loops: bool,
    pub ends: bool,
    pub mini_map: bool,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            kind: Kind::default(),
            flow: FlowSpec::default(),
            map: MapSpec { times: true, ..MapSpec::default() },
            funnel: FunnelSpec::default(),
            timing: TimingSpec::default(),
            trend: TrendSpec::default(),
            cohort: Cohort::default(),
            unit: Unit::default(),
            split: None,
            collapse: true,
            hide: Vec::new(),
            release: Vec::new(),
            picture: PictureSetup::default(),
        }
    }
}

impl Default for PictureSetup {
    fn default() -> Self {
        Self {
            difference: false,
            together: false,
            drop_off: true,
            activities: 100,
            // All paths at once are a thicket; a fifth of them shows the ways that matter.
            paths: 20,
            around: None,
            logarithmic: None,
            loops: true,
            ends: true,
            mini_map: true,
        }
    }
}
