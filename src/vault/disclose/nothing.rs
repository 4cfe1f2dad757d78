//! The view of nobody: what is shown where too few people could be counted.
//!
//! *Invariant:* it is made from the question alone. No journey is looked at, so it cannot tell how
//! few there were. Labels and values that were asked for are not told: none of them is shown.

use crate::views::{
    Ask, Breakdown, Comparison, Disclosed, Extent, Filter, Flow, FlowAsked, FlowSpec, Funnel,
    FunnelAsked, HIDDEN, Map, MapAsked, Pair, Paths, PathsSpec, Policy, PublishedCohort,
    PublishedSpec, Quantiles, Spec, Split, SplitAsked, Timing, TimingAsked, Trend, TrendAsked,
    View,
};

/// The band of a share that nothing has.
const NO_BAND: [u8; 2] = [0, 5];

pub(in crate::vault) fn nothing(spec: &Spec, policy: Policy) -> Disclosed<View> {
    let empty = Empty { spec, policy };
    Disclosed::after_control(match &spec.split {
        None => empty.whole(),
        Some(Split::By(attribute)) => View::Breakdown(Breakdown {
            unit: spec.unit,
            k: policy.k(),
            b: policy.b(),
            people: 0,
            by_name_band: NO_BAND,
            spec: empty.asked(SplitAsked { by: attribute.clone() }),
            segments: Vec::new(),
        }),
        Some(Split::Compare(compare)) => View::Comparison(Comparison {
            unit: spec.unit,
            k: policy.k(),
            b: policy.b(),
            people: 0,
            by_name_band: NO_BAND,
            spec: empty.asked(SplitAsked { by: compare.attribute.clone() }),
            comparison: Pair { a: Box::new(empty.whole()), b: Box::new(empty.whole()) },
        }),
    })
}

struct Empty<'a> {
    spec: &'a Spec,
    policy: Policy,
}

macro_rules! empty {
    ($kind:ident, $self:ident, $asked:expr, $($list:ident),+) => {
        View::$kind($kind {
            unit: $self.spec.unit,
            k: $self.policy.k(),
            b: $self.policy.b(),
            people: 0,
            by_name_band: NO_BAND,
            spec: $self.asked($asked),
            $($list: Default::default()),+
        })
    };
}

impl Empty<'_> {
    fn whole(&self) -> View {
        match &self.spec.ask {
            Ask::Flow(flow) => empty!(Flow, self, flow_asked(flow), nodes, edges, exits),
            Ask::Paths(PathsSpec { flow }) => empty!(Paths, self, flow_asked(flow), paths),
            Ask::Map(map) => {
                let asked = MapAsked {
                    activities: map.activities,
                    paths: map.paths,
                    skip_rare: map.skip_rare,
                    times: map.times,
                    cap: None,
                };
                empty!(Map, self, asked, nodes, edges, starts, ends)
            }
            Ask::Funnel(funnel) => {
                let asked = FunnelAsked {
                    order: funnel.order,
                    optional: vec![HIDDEN.to_owned(); funnel.optional.len()],
                    exclude: vec![HIDDEN.to_owned(); funnel.exclude.len()],
                    window_secs: funnel.window_secs,
                };
                empty!(Funnel, self, asked, steps, time_to_convert)
            }
            Ask::Timing(_) => {
                let asked =
                    TimingAsked { from_label: HIDDEN.to_owned(), to_label: HIDDEN.to_owned() };
                View::Timing(Timing {
                    unit: self.spec.unit,
                    k: self.policy.k(),
                    b: self.policy.b(),
                    people: 0,
                    by_name_band: NO_BAND,
                    spec: self.asked(asked),
                    bins: Vec::new(),
                    quantiles: Quantiles::default(),
                })
            }
            Ask::Trend(trend) => {
                let label = trend.label.as_ref().map(|_| HIDDEN.to_owned());
                empty!(Trend, self, TrendAsked { grain: trend.grain, label }, bins)
            }
        }
    }

    fn asked<A>(&self, asked: A) -> PublishedSpec<A> {
        let cohort = &self.spec.cohort;
        let hidden = |labels: &[String]| vec![HIDDEN.to_owned(); labels.len()];
        PublishedSpec {
            name: self.spec.name.clone(),
            asked,
            collapse: self.spec.collapse,
            blur: self.policy.blur(),
            rules: vec!["a rule".to_owned(); self.spec.hide.len()],
            cohort: PublishedCohort {
                filters: cohort
                    .filters
                    .iter()
                    .map(|filter| Filter {
                        attribute: filter.attribute.clone(),
                        value: HIDDEN.to_owned(),
                    })
                    .collect(),
                where_not: Vec::new(),
                did: hidden(&cohort.did),
                did_not: hidden(&cohort.did_not),
                from: cohort.from,
                to: cohort.to,
                journey: Some(cohort.journey).filter(|extent| *extent != Extent::Whole),
            },
        }
    }
}

fn flow_asked(flow: &FlowSpec) -> FlowAsked {
    let hidden = |label: &Option<String>| label.as_ref().map(|_| HIDDEN.to_owned());
    FlowAsked {
        anchor: flow.anchor.side,
        anchor_label: hidden(&flow.anchor.label),
        until_label: hidden(&flow.anchor.until),
        steps: flow.steps,
        top: flow.top,
        drawn_for: None,
    }
}

#[cfg(test)]
mod tests {
    use super::nothing;
    use crate::views::{Kind, Options, Policy, View};

    #[test]
    fn a_view_of_nobody_is_empty_and_tells_no_label_that_was_asked_for() {
        let asked = |kind, more: Options| Options {
            view: Some(kind),
            did: vec!["secret".to_owned()],
            filters: vec!["plan=secret".to_owned()],
            ..more
        };
        let text = |text: &str| Some(text.to_owned());
        let labels = || vec!["secret".to_owned(), "hidden".to_owned()];
        let none = Options::default;
        for options in [
            asked(Kind::Flow, Options { start: text("secret"), ..none() }),
            asked(Kind::Paths, Options { end: text("secret"), ..none() }),
            asked(Kind::Map, Options { by: text("plan"), ..none() }),
            asked(Kind::Map, Options { compare: text("plan=secret"), ..none() }),
            asked(Kind::Funnel, Options { funnel: labels(), ..none() }),
            asked(Kind::Timing, Options { timing: labels(), ..none() }),
            asked(Kind::Trend, Options { label: text("secret"), ..none() }),
        ] {
            let spec = options.into_spec().expect("a question");
            let view = nothing(&spec, Policy::default());
            let head = view.view().head();
            assert_eq!((head.people, head.by_name_band), (0, [0, 5]));
            let json = serde_json::to_string(view.view()).expect("JSON");
            assert!(!json.contains("secret"), "{json}");
            assert!(!json.contains("\"count\""), "{json}");
            assert!(serde_json::from_str::<View>(&json).expect("a view") == *view.view());
        }
    }
}
