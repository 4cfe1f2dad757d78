//! The empty view: what is shown where fewer than k people have such a journey, or nobody has. It
//! is made without a look at the data.

use crate::views::{
    Ask, Disclosed, Flow, FlowAsked, FlowSpec, Funnel, FunnelAsked, HIDDEN, Map, MapAsked, Paths,
    PathsSpec, Policy, PublishedCohort, PublishedSpec, Quantiles, Spec, Timing, TimingAsked, Trend,
    TrendAsked, View, share_by_name,
};

/// An empty view of the kind that is asked. Labels and values of the question are not told: the
/// people who have them may be too few.
pub(in crate::vault) fn nothing(spec: &Spec, policy: Policy) -> Disclosed<View> {
    fn published<A>(spec: &Spec, policy: Policy, asked: A) -> PublishedSpec<A> {
        PublishedSpec {
            name: spec.name.clone(),
            asked,
            collapse: spec.collapse,
            blur: policy.blur(),
            rules: vec!["a rule".to_owned(); spec.hide.len()],
            cohort: PublishedCohort::default(),
        }
    }
    let hidden = |label: &Option<String>| label.as_ref().map(|_| HIDDEN.to_owned());
    let flow = |flow: &FlowSpec| FlowAsked {
        anchor: flow.anchor.side,
        anchor_label: hidden(&flow.anchor.label),
        until_label: hidden(&flow.anchor.until),
        steps: flow.steps,
        top: flow.top,
        drawn_for: None,
    };
    let (unit, k, b, people) = (spec.unit, policy.k(), policy.b(), 0);
    let by_name_band = share_by_name([]);
    let view = match &spec.ask {
        Ask::Flow(asked) => View::Flow(Flow {
            unit,
            k,
            b,
            people,
            by_name_band,
            spec: published(spec, policy, flow(asked)),
            nodes: Vec::new(),
            edges: Vec::new(),
            exits: Vec::new(),
        }),
        Ask::Paths(PathsSpec { flow: asked }) => View::Paths(Paths {
            unit,
            k,
            b,
            people,
            by_name_band,
            spec: published(spec, policy, flow(asked)),
            paths: Vec::new(),
        }),
        Ask::Map(asked) => {
            let asked = MapAsked {
                activities: asked.activities,
                paths: asked.paths,
                skip_rare: asked.skip_rare,
                times: asked.times,
                cap: None,
                folded: false,
            };
            View::Map(Map {
                unit,
                k,
                b,
                people,
                by_name_band,
                spec: published(spec, policy, asked),
                nodes: Vec::new(),
                edges: Vec::new(),
                starts: Vec::new(),
                ends: Vec::new(),
            })
        }
        Ask::Funnel(asked) => {
            let asked = FunnelAsked {
                order: asked.order,
                optional: Vec::new(),
                exclude: Vec::new(),
                window_secs: asked.window_secs,
            };
            View::Funnel(Funnel {
                unit,
                k,
                b,
                people,
                by_name_band,
                spec: published(spec, policy, asked),
                steps: Vec::new(),
                time_to_convert: Vec::new(),
            })
        }
        Ask::Timing(_) => {
            let hidden = || HIDDEN.to_owned();
            let asked = TimingAsked { from_label: hidden(), to_label: hidden() };
            View::Timing(Timing {
                unit,
                k,
                b,
                people,
                by_name_band,
                spec: published(spec, policy, asked),
                bins: Vec::new(),
                quantiles: Quantiles::default(),
            })
        }
        Ask::Trend(asked) => {
            let asked = TrendAsked { grain: asked.grain, label: hidden(&asked.label) };
            View::Trend(Trend {
                unit,
                k,
                b,
                people,
                by_name_band,
                spec: published(spec, policy, asked),
                bins: Vec::new(),
            })
        }
    };
    Disclosed::after_control(view)
}
