//! A question as it is typed or written down: flat, everything optional.
//!
//! The command line fills it from its options and `SPEC.toml` from a `[[view]]`; both names and
//! meanings are the same. [`Options::into_spec`] is the one way from there to a [`Spec`].

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Anchor, Ask, Cohort, Extent, Filter, FlowSpec, FunnelSpec, Grain, MapSpec, Order, PathsSpec,
    Side, Spec, SpecError, Split, TimingSpec, TrendSpec, Unit,
};

/// The kinds of view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Flow,
    Map,
    Paths,
    Funnel,
    Timing,
    Trend,
}

impl Kind {
    /// As it is typed and written into JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Map => "map",
            Self::Paths => "paths",
            Self::Funnel => "funnel",
            Self::Timing => "timing",
            Self::Trend => "trend",
        }
    }
}

/// Everything that can be said about one view. What is not said has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    pub view: Option<Kind>,
    pub name: Option<String>,
    pub unit: Option<Unit>,
    /// `attribute=value`, each.
    #[serde(rename = "where")]
    pub filters: Vec<String>,
    pub did: Vec<String>,
    pub did_not: Vec<String>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub journey: Option<Extent>,
    /// An attribute.
    pub by: Option<String>,
    /// `attribute=value`.
    pub compare: Option<String>,
    pub hide: Vec<String>,
    pub collapse: Option<bool>,
    pub anchor: Option<Side>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub steps: Option<u8>,
    pub top: Option<u8>,
    pub activities: Option<u8>,
    pub paths: Option<u8>,
    pub skip_rare: Option<bool>,
    pub times: Option<bool>,
    pub funnel: Vec<String>,
    pub order: Option<Order>,
    pub optional: Vec<String>,
    pub exclude: Vec<String>,
    /// `7d`, `36h`, `30m`, `90s`.
    pub window: Option<String>,
    /// Two labels.
    pub timing: Vec<String>,
    pub grain: Option<Grain>,
    /// The label that a trend counts.
    pub label: Option<String>,
}

impl Options {
    /// What was typed over what stands in a file: a list that is not empty takes its place.
    #[must_use]
    pub fn over(self, file: Self) -> Self {
        fn list<T>(typed: Vec<T>, file: Vec<T>) -> Vec<T> {
            if typed.is_empty() { file } else { typed }
        }
        Self {
            view: self.view.or(file.view),
            name: self.name.or(file.name),
            unit: self.unit.or(file.unit),
            filters: list(self.filters, file.filters),
            did: list(self.did, file.did),
            did_not: list(self.did_not, file.did_not),
            from: self.from.or(file.from),
            to: self.to.or(file.to),
            journey: self.journey.or(file.journey),
            by: self.by.or(file.by),
            compare: self.compare.or(file.compare),
            hide: file.hide.into_iter().chain(self.hide).collect(),
            collapse: self.collapse.or(file.collapse),
            anchor: self.anchor.or(file.anchor),
            start: self.start.or(file.start),
            end: self.end.or(file.end),
            steps: self.steps.or(file.steps),
            top: self.top.or(file.top),
            activities: self.activities.or(file.activities),
            paths: self.paths.or(file.paths),
            skip_rare: self.skip_rare.or(file.skip_rare),
            times: self.times.or(file.times),
            funnel: list(self.funnel, file.funnel),
            order: self.order.or(file.order),
            optional: list(self.optional, file.optional),
            exclude: list(self.exclude, file.exclude),
            window: self.window.or(file.window),
            timing: list(self.timing, file.timing),
            grain: self.grain.or(file.grain),
            label: self.label.or(file.label),
        }
    }

    /// The attributes that must be read for this view.
    pub fn attributes(&self) -> Vec<String> {
        let names = self.filters.iter().chain(&self.compare);
        let names = names.filter_map(|typed| typed.split_once('=').map(|(name, _)| name));
        names.chain(self.by.as_deref()).map(str::to_owned).collect()
    }

    /// # Errors
    /// Where something is said that the kind of view does not have, or [`Spec::check`] refuses.
    pub fn into_spec(self) -> Result<Spec, SpecError> {
        let kind = self.view.unwrap_or_default();
        self.fits(kind)?;
        let window_secs = self.window.as_deref().map(seconds).transpose()?;
        let ask = match kind {
            Kind::Flow => Ask::Flow(self.flow()?),
            Kind::Paths => Ask::Paths(PathsSpec { flow: self.flow()? }),
            Kind::Map => Ask::Map(MapSpec {
                activities: self.activities.unwrap_or(100),
                paths: self.paths.unwrap_or(100),
                skip_rare: self.skip_rare.unwrap_or(false),
                times: self.times.unwrap_or(false),
            }),
            Kind::Funnel => Ask::Funnel(FunnelSpec {
                steps: self.funnel,
                order: self.order.unwrap_or_default(),
                optional: self.optional,
                exclude: self.exclude,
                window_secs,
            }),
            Kind::Timing => match <[String; 2]>::try_from(self.timing) {
                Ok([from, to]) => Ask::Timing(TimingSpec { from, to }),
                Err(_) => {
                    return Err(SpecError::Options(
                        "a timing view needs two labels; add --timing FROM,TO".to_owned(),
                    ));
                }
            },
            Kind::Trend => {
                Ask::Trend(TrendSpec { grain: self.grain.unwrap_or_default(), label: self.label })
            }
        };
        let filters: Vec<Filter> = self
            .filters
            .iter()
            .map(|typed| filter(typed, "--where"))
            .collect::<Result<_, SpecError>>()?;
        let split = match (self.by, self.compare) {
            (Some(_), Some(_)) => {
                return Err(SpecError::Options(
                    "a view is broken down or compared, not both; leave --by or --compare out"
                        .to_owned(),
                ));
            }
            (Some(attribute), None) => Some(Split::By(attribute)),
            (None, Some(typed)) => Some(Split::Compare(filter(&typed, "--compare")?)),
            (None, None) => None,
        };
        let spec = Spec {
            name: self.name.unwrap_or_else(|| ask.kind().to_owned()),
            cohort: Cohort {
                filters,
                did: self.did,
                did_not: self.did_not,
                from: self.from,
                to: self.to,
                journey: self.journey.unwrap_or_default(),
            },
            unit: self.unit.unwrap_or_default(),
            split,
            hide: self.hide,
            // A map shows repeats as loops; step by step they would only take up room.
            collapse: self.collapse.unwrap_or(kind != Kind::Map),
            ask,
        };
        spec.check()?;
        Ok(spec)
    }

    fn flow(&self) -> Result<FlowSpec, SpecError> {
        let side = match (self.anchor, &self.start, &self.end) {
            (Some(side), ..) => side,
            (None, Some(_), Some(_)) => Side::Between,
            (None, None, Some(_)) => Side::End,
            (None, _, None) => Side::Start,
        };
        let (start, end) = (self.start.clone(), self.end.clone());
        let anchor = match side {
            Side::Between => Anchor { side, label: start, until: end },
            Side::Start if end.is_none() => Anchor { side, label: start, until: None },
            Side::End if start.is_none() => Anchor { side, label: end, until: None },
            _ => {
                return Err(SpecError::Options(
                    "an anchor at one end has a label of that end only; leave --start or --end out, or choose --anchor between".to_owned(),
                ));
            }
        };
        let default = FlowSpec::default();
        Ok(FlowSpec {
            anchor,
            steps: self.steps.unwrap_or(default.steps),
            top: self.top.unwrap_or(default.top),
        })
    }

    /// Whether everything that is said belongs to this kind of view.
    fn fits(&self, kind: Kind) -> Result<(), SpecError> {
        let step_by_step = matches!(kind, Kind::Flow | Kind::Paths);
        let said = [
            ("--anchor", self.anchor.is_some(), step_by_step),
            ("--start", self.start.is_some(), step_by_step),
            ("--end", self.end.is_some(), step_by_step),
            ("--steps", self.steps.is_some(), step_by_step),
            ("--top", self.top.is_some(), step_by_step),
            ("--collapse", self.collapse.is_some(), step_by_step || kind == Kind::Map),
            ("--activities", self.activities.is_some(), kind == Kind::Map),
            ("--paths", self.paths.is_some(), kind == Kind::Map),
            ("--skip-rare", self.skip_rare.is_some(), kind == Kind::Map),
            ("--times", self.times.is_some(), kind == Kind::Map),
            ("--funnel", !self.funnel.is_empty(), kind == Kind::Funnel),
            ("--order", self.order.is_some(), kind == Kind::Funnel),
            ("--optional", !self.optional.is_empty(), kind == Kind::Funnel),
            ("--exclude", !self.exclude.is_empty(), kind == Kind::Funnel),
            ("--window", self.window.is_some(), kind == Kind::Funnel),
            ("--timing", !self.timing.is_empty(), kind == Kind::Timing),
            ("--grain", self.grain.is_some(), kind == Kind::Trend),
            ("--label", self.label.is_some(), kind == Kind::Trend),
        ];
        match said.into_iter().find(|(_, said, fits)| *said && !fits) {
            Some((option, ..)) => Err(SpecError::Options(format!(
                "{option} does not go with this kind of view; leave it out, or choose another --view"
            ))),
            None => Ok(()),
        }
    }
}

fn filter(typed: &str, option: &str) -> Result<Filter, SpecError> {
    match typed.split_once('=') {
        Some((attribute, value)) if !attribute.is_empty() && !value.is_empty() => {
            Ok(Filter { attribute: attribute.to_owned(), value: value.to_owned() })
        }
        _ => Err(SpecError::Options(format!(
            "{option} takes attribute=value, with text on both sides of the ="
        ))),
    }
}

/// `7d`, `36h`, `30m`, `90s` in seconds.
///
/// # Errors
/// Where it is no whole number with one of these units.
pub fn seconds(typed: &str) -> Result<u64, SpecError> {
    let wrong = || {
        SpecError::Options("a time is a whole number and one of d, h, m, s, such as 7d".to_owned())
    };
    let (number, unit) = typed.split_at_checked(typed.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let unit = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        _ => return Err(wrong()),
    };
    number.checked_mul(unit).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Options, seconds};
    use crate::views::{Ask, Side};

    #[test]
    fn both_anchors_make_a_flow_between() {
        let options = Options {
            start: Some("a".to_owned()),
            end: Some("b".to_owned()),
            ..Options::default()
        };
        let Ask::Flow(flow) = options.into_spec().expect("a flow").ask else { panic!("a flow") };
        assert_eq!(flow.anchor.side, Side::Between);
        assert_eq!(flow.anchor.until.as_deref(), Some("b"));
    }

    #[test]
    fn what_belongs_to_another_kind_is_refused_by_name() {
        let options = Options { view: Some(Kind::Trend), steps: Some(4), ..Options::default() };
        let why = options.into_spec().expect_err("steps of a trend").to_string();
        assert!(why.starts_with("--steps"), "{why}");
    }

    #[test]
    fn times_are_read_by_their_unit() {
        assert_eq!(seconds("7d"), Ok(604_800));
        assert_eq!(seconds("90s"), Ok(90));
        for wrong in ["", "d", "7", "7w", "-1d", "1.5h", "99999999999999999999d", "é"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
