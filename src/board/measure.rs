//! What a card looks up in a published view, and what the view answers.
//!
//! *Invariant:* an answer is a published number, or follows from published numbers of one view. What
//! is not published is [`Reading::Withheld`], whether nobody is behind it or too few.

use serde::{Deserialize, Serialize};

use crate::views::{Flow, Funnel, LabelKind, Map, View};

/// Where the number of a card comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The name of a view of the package.
    pub view: String,
    pub quantity: Quantity,
}

/// What is looked up. Labels are those of the view; a step is as the view counts it, from 1 on, or
/// from −1 backwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Quantity {
    /// Everybody in the view.
    Everybody,
    /// Those who are at a label: of a flow at a step, of a map or funnel anywhere.
    At {
        label: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<i32>,
    },
    /// Those who get as far as a step of a flow.
    Reached { step: i32 },
    /// Those who go no further than a step of a flow, or are lost before the next step of a funnel.
    Lost { step: i32 },
    /// Those who go from one label to another: of a flow from a step to the next.
    Went {
        from: String,
        to: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<i32>,
    },
    /// The median time from one label to another, of a map with times or a timing.
    MedianTime { from: String, to: String },
    /// What was looked up is not published any more; under which name it was is not kept.
    Gone,
}

/// What a view answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// How many, of how many in the same view. Both are published or sums of what is.
    Count { count: u64, of: u64 },
    /// Seconds.
    Time { median_secs: u64 },
    /// Nobody, too few, or not shown by name.
    Withheld,
    /// There is no such view, or it has no numbers of this kind.
    Unanswered,
}

impl Reading {
    /// In percent of the view, where it is a count.
    pub fn percent(self) -> Option<u64> {
        let Self::Count { count, of } = self else { return None };
        (100 * count + of / 2).checked_div(of)
    }
}

impl Quantity {
    /// Everything that a view publishes numbers for, in the order in which it is chosen from.
    pub fn all(view: &View) -> Vec<Self> {
        let mut all = vec![Self::Everybody];
        match view {
            View::Flow(flow) => {
                let mut steps: Vec<i32> = flow.nodes.iter().map(|node| node.step).collect();
                steps.sort_unstable();
                steps.dedup();
                all.extend(steps.iter().map(|step| Self::Reached { step: *step }));
                all.extend(steps.iter().map(|step| Self::Lost { step: *step }));
                let named = flow.nodes.iter().filter(|node| node.kind == LabelKind::Label);
                all.extend(
                    named.map(|node| Self::At { label: node.label.clone(), step: Some(node.step) }),
                );
                let node = |id: &str| flow.nodes.iter().find(|node| node.id == id);
                all.extend(flow.edges.iter().filter_map(|edge| {
                    let (from, to) = node(&edge.from).zip(node(&edge.to))?;
                    let both = [from, to].iter().all(|node| node.kind == LabelKind::Label);
                    both.then(|| Self::Went {
                        from: from.label.clone(),
                        to: to.label.clone(),
                        step: Some(from.step),
                    })
                }));
            }
            View::Funnel(funnel) => {
                let last = funnel.steps.len() as i32;
                all.extend((1..=last).map(|step| Self::Reached { step }));
                let between =
                    |step: &i32| !leaves_out(funnel, *step) && !leaves_out(funnel, step + 1);
                all.extend((1..last).filter(between).map(|step| Self::Lost { step }));
            }
            View::Map(map) => {
                let named = || map.nodes.iter().filter(|node| node.kind == LabelKind::Label);
                all.extend(named().map(|node| Self::At { label: node.label.clone(), step: None }));
                let is_named = |label: &str| named().any(|node| node.label == label);
                let edges: Vec<_> = map
                    .edges
                    .iter()
                    .filter(|edge| is_named(&edge.from) && is_named(&edge.to))
                    .collect();
                all.extend(edges.iter().map(|edge| Self::Went {
                    from: edge.from.clone(),
                    to: edge.to.clone(),
                    step: None,
                }));
                let timed = edges.iter().filter(|edge| edge.median_secs.is_some());
                all.extend(
                    timed.map(|edge| Self::MedianTime {
                        from: edge.from.clone(),
                        to: edge.to.clone(),
                    }),
                );
            }
            View::Timing(timing) => all.push(Self::MedianTime {
                from: timing.spec.asked.from_label.clone(),
                to: timing.spec.asked.to_label.clone(),
            }),
            _ => {}
        }
        all
    }

    /// The same, if the view may be asked for it, and otherwise no name that it does not publish.
    #[must_use]
    pub fn told(&self, view: &View) -> Self {
        let is_published = match (self, view) {
            (Self::At { label, step: None }, View::Flow(flow)) => {
                at_in_flow(flow, label, None).is_some()
            }
            (Self::Went { from, to, step: None }, View::Flow(flow)) => {
                went_in_flow(flow, from, to, None).is_some()
            }
            (Self::At { label, step: None }, View::Funnel(funnel)) => {
                funnel.steps.iter().any(|step| step.label == *label)
            }
            _ => Self::all(view).contains(self),
        };
        if is_published { self.clone() } else { Self::Gone }
    }

    /// What it is, in a few words: `Left after step 2`.
    pub fn words(&self) -> String {
        let at = |step: &Option<i32>| {
            step.map_or_else(String::new, |it| format!(" at step {}", signed(it)))
        };
        match self {
            Self::Everybody => "Everybody".to_owned(),
            Self::At { label, step } => format!("{label}{}", at(step)),
            Self::Reached { step } => format!("Got to step {}", signed(*step)),
            Self::Lost { step } => format!("Left after step {}", signed(*step)),
            Self::Went { from, to, step } => format!("{from} → {to}{}", at(step)),
            Self::MedianTime { from, to } => format!("Median time {from} → {to}"),
            Self::Gone => "Not published any more".to_owned(),
        }
    }
}

/// With a true minus.
fn signed(step: i32) -> String {
    step.to_string().replace('-', "−")
}

impl Measure {
    /// Looks the number up among the views of a package.
    pub fn read<'a>(&self, views: impl IntoIterator<Item = &'a View>) -> Reading {
        let view = views.into_iter().find(|view| view.name() == self.view);
        view.map_or(Reading::Unanswered, |view| self.quantity.read(view))
    }
}

impl Quantity {
    /// What one view answers.
    pub fn read(&self, view: &View) -> Reading {
        let of = view.head().people;
        let found = match (self, view) {
            (Self::Gone, _) => None,
            (Self::Everybody, _) => Some(of),
            (_, View::Flow(flow)) => match self {
                Self::At { label, step } => at_in_flow(flow, label, *step),
                Self::Reached { step } => reached(flow, *step),
                Self::Lost { step } => lost_in_flow(flow, *step),
                Self::Went { from, to, step } => went_in_flow(flow, from, to, *step),
                _ => return Reading::Unanswered,
            },
            (_, View::Funnel(funnel)) => match self {
                Self::At { label, step: None } => {
                    let step = funnel.steps.iter().find(|it| it.label == *label);
                    step.map(|step| step.count)
                }
                Self::Reached { step } => step_of(funnel, *step),
                Self::Lost { step } => lost_in_funnel(funnel, *step),
                _ => return Reading::Unanswered,
            },
            (_, View::Map(map)) => match self {
                Self::At { label, step: None } => {
                    let mut named = map.nodes.iter().filter(|it| it.kind == LabelKind::Label);
                    named.find(|node| node.label == *label).map(|node| node.count)
                }
                Self::Went { from, to, step: None } => edge(map, from, to).map(|edge| edge.count),
                Self::MedianTime { from, to } => {
                    return time(edge(map, from, to).and_then(|edge| edge.median_secs));
                }
                _ => return Reading::Unanswered,
            },
            (Self::MedianTime { from, to }, View::Timing(timing)) => {
                let asked = &timing.spec.asked;
                if (&asked.from_label, &asked.to_label) != (from, to) {
                    return Reading::Unanswered;
                }
                return time(timing.quantiles.p50);
            }
            _ => return Reading::Unanswered,
        };
        // A nought is drawn, not counted: nobody or too few, which are not told apart.
        found
            .filter(|count| *count > 0)
            .map_or(Reading::Withheld, |count| Reading::Count { count, of })
    }
}

fn time(median_secs: Option<u64>) -> Reading {
    median_secs.map_or(Reading::Withheld, |median_secs| Reading::Time { median_secs })
}

fn edge<'a>(map: &'a Map, from: &str, to: &str) -> Option<&'a crate::views::MapEdge> {
    map.edges.iter().find(|edge| edge.from == from && edge.to == to)
}

fn step_of(funnel: &Funnel, step: i32) -> Option<u64> {
    let index = usize::try_from(step.checked_sub(1)?).ok()?;
    funnel.steps.get(index).map(|step| step.count)
}

/// Whether a step of a funnel may be left out, so that those who are not there are not lost.
fn leaves_out(funnel: &Funnel, step: i32) -> bool {
    let index = usize::try_from(step - 1).ok();
    let label = index.and_then(|index| funnel.steps.get(index)).map(|step| &step.label);
    label.is_some_and(|label| funnel.spec.asked.optional.contains(label))
}

/// The difference of two published numbers, told where it is that of k people as well.
fn lost_in_funnel(funnel: &Funnel, step: i32) -> Option<u64> {
    let next = step.checked_add(1)?;
    let lost = step_of(funnel, step)?.checked_sub(step_of(funnel, next)?)?;
    let is_told =
        lost >= u64::from(funnel.k) && !leaves_out(funnel, step) && !leaves_out(funnel, next);
    is_told.then_some(lost)
}

/// Without a step: at the step nearest to the anchor at which the label is shown.
fn at_in_flow(flow: &Flow, label: &str, step: Option<i32>) -> Option<u64> {
    let named = flow.nodes.iter().filter(|it| it.kind == LabelKind::Label && it.label == label);
    let mut here = named.filter(|node| step.is_none_or(|step| node.step == step));
    here.next().map(|node| node.count)
}

fn reached(flow: &Flow, step: i32) -> Option<u64> {
    let here = flow.nodes.iter().filter(|node| node.step == step);
    here.map(|node| node.count).reduce(|sum, count| sum + count)
}

fn lost_in_flow(flow: &Flow, step: i32) -> Option<u64> {
    let here = |id: &str| flow.nodes.iter().any(|node| node.step == step && node.id == id);
    let exits = flow.exits.iter().filter(|exit| here(&exit.from));
    exits.map(|exit| exit.count).reduce(|sum, count| sum + count)
}

/// Without a step: at the step nearest to the anchor at which the way is shown.
fn went_in_flow(flow: &Flow, from: &str, to: &str, step: Option<i32>) -> Option<u64> {
    let node = |id: &str| flow.nodes.iter().find(|node| node.id == id);
    let is_named = |id: &str, label: &str| {
        node(id).is_some_and(|it| it.kind == LabelKind::Label && it.label == label)
    };
    let mut ways = flow.edges.iter().filter(|edge| {
        is_named(&edge.from, from)
            && is_named(&edge.to, to)
            && step.is_none_or(|step| node(&edge.from).is_some_and(|it| it.step == step))
    });
    ways.next().map(|edge| edge.count)
}
