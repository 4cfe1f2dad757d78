//! All views of a package together: one drawing for each cohort.

use super::DiscloseError;
use super::flow::{self, Drawing};
use super::question::{Published, Question};
use super::{funnel, map, split, timing, trend};
use crate::vault::Disclosure;
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::{self, Cohort};
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::{self, LabelTable};
use crate::views::{Ask, Disclosed, FlowSpec, PathsSpec, Policy, Progress, Rules, Spec, SpecError};

pub(super) fn disclose(
    store: &Store,
    key: &Key,
    specs: &[Spec],
    rules: &Rules,
    policy: Policy,
    progress: &Progress,
) -> Result<Vec<Disclosure>, DiscloseError> {
    check(specs, policy)?;
    let mut shown: Vec<Option<Disclosure>> = specs.iter().map(|_| None).collect();
    for (at, spec) in specs.iter().enumerate() {
        if shown[at].is_some() {
            continue;
        }
        let together: Vec<usize> =
            (at..specs.len()).filter(|other| drawn_together(spec, &specs[*other])).collect();
        let finest = finest(specs, &together)?;
        let prepared = Prepared::new(store, key, &finest, rules, policy)?;
        let question = prepared.question(store, key, &finest, rules, policy, progress);
        let Some(drawn) = steps_of(&finest.ask).map(|flow| flow::draw(&question, flow)) else {
            let published = alone(&question)?;
            shown[at] = Some(seal(&question, published, None));
            continue;
        };
        let drawing = drawn?;
        for other in together {
            let question = Question { spec: &specs[other], ..question };
            let published = step_by_step(&drawing, &question)?;
            shown[other] = Some(seal(&question, published, Some(&drawing)));
        }
    }
    Ok(shown.into_iter().flatten().collect())
}

static NOTHING: std::collections::BTreeSet<super::question::Cell> =
    std::collections::BTreeSet::new();

/// What one question is asked of.
struct Prepared {
    labels: LabelTable,
    cohort: Cohort,
}

impl Prepared {
    fn new(
        store: &Store,
        key: &Key,
        spec: &Spec,
        rules: &Rules,
        policy: Policy,
    ) -> Result<Self, DiscloseError> {
        let labels = labels::table(store.dictionary(), rules, &spec.hide);
        let cohort = cohort::select(store, &labels, key, spec, policy)?;
        Ok(Self { labels, cohort })
    }

    fn question<'a>(
        &'a self,
        store: &'a Store,
        key: &'a Key,
        spec: &'a Spec,
        rules: &'a Rules,
        policy: Policy,
        progress: &'a Progress,
    ) -> Question<'a> {
        let Self { labels, cohort } = self;
        let folded = &NOTHING;
        Question { store, key, labels, cohort, spec, rules, policy, progress, folded }
    }
}

fn check(specs: &[Spec], policy: Policy) -> Result<(), DiscloseError> {
    for (at, spec) in specs.iter().enumerate() {
        spec.check()?;
        if specs[..at].iter().any(|before| before.name == spec.name) {
            return Err(SpecError::SameName.into());
        }
    }
    if policy.b() == 1 {
        let is_class_a = |spec: &Spec| {
            spec.split.is_none()
                && (steps_of(&spec.ask).is_some() || matches!(spec.ask, Ask::Funnel(_)))
        };
        if !matches!(specs, [one] if is_class_a(one)) {
            return Err(DiscloseError::BaseOfOne);
        }
    }
    Ok(())
}

/// The steps that a question goes through, where it goes step by step.
fn steps_of(ask: &Ask) -> Option<&FlowSpec> {
    match ask {
        Ask::Flow(flow) | Ask::Paths(PathsSpec { flow }) => Some(flow),
        _ => None,
    }
}

/// Whether two questions are about the same journeys, so that one drawing serves both.
fn drawn_together(one: &Spec, other: &Spec) -> bool {
    let (Some(own), Some(its)) = (steps_of(&one.ask), steps_of(&other.ask)) else {
        return std::ptr::eq(one, other);
    };
    own.anchor == its.anchor
        && (&one.cohort, one.unit, &one.hide, one.collapse)
            == (&other.cohort, other.unit, &other.hide, other.collapse)
}

/// The finest of some questions that are drawn together: most steps, most labels, all segments.
fn finest(specs: &[Spec], together: &[usize]) -> Result<Spec, DiscloseError> {
    let mut finest = specs[together[0]].clone();
    for other in &together[1..] {
        let other = &specs[*other];
        if let (Some(own), Some(its)) = (steps_of(&finest.ask), steps_of(&other.ask)) {
            let flow = FlowSpec {
                anchor: own.anchor.clone(),
                steps: own.steps.max(its.steps),
                top: own.top.max(its.top),
            };
            let paths = matches!(finest.ask, Ask::Paths(_)) || matches!(other.ask, Ask::Paths(_));
            finest.ask = if paths { Ask::Paths(PathsSpec { flow }) } else { Ask::Flow(flow) };
        }
        match (&finest.split, &other.split) {
            (Some(own), Some(its)) if own != its => {
                return Err(SpecError::Options(
                    "the views of a package split the same people in two ways; keep one --by or --compare"
                        .to_owned(),
                )
                .into());
            }
            (None, Some(split)) => finest.split = Some(split.clone()),
            _ => {}
        }
    }
    Ok(finest)
}

/// A view of a drawing.
fn step_by_step(drawing: &Drawing, question: &Question) -> Result<Vec<Published>, DiscloseError> {
    match &question.spec.ask {
        Ask::Flow(flow) => drawing.flow(question, flow),
        _ => Err(DiscloseError::NotProtected),
    }
}

/// A view that shares its drawing with no other.
fn alone(question: &Question) -> Result<Vec<Published>, DiscloseError> {
    match &question.spec.ask {
        Ask::Flow(_) | Ask::Paths(_) => unreachable!("drawn together"),
        Ask::Funnel(funnel) => funnel::disclose(question, funnel),
        Ask::Map(asked) => map::disclose(question, asked),
        Ask::Timing(asked) => timing::disclose(question, asked),
        Ask::Trend(asked) => trend::disclose(question, asked),
    }
}

fn seal(question: &Question, published: Vec<Published>, drawing: Option<&Drawing>) -> Disclosure {
    let (kept, of) = match drawing {
        Some(drawing) => drawing.kept,
        None => published.iter().fold((0, 0), |sum, part| (sum.0 + part.kept, sum.1 + part.of)),
    };
    Disclosure {
        view: Disclosed::after_control(split::assemble(question, published)),
        kept_by_name_percent: if of == 0 { 100.0 } else { 100.0 * kept as f64 / of as f64 },
    }
}
